"""`loa report` and the files behind the button."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from cli.commands_report import report_maker
from cli.home import now
from cli.settings import load_settings
from corpus.index import open_index
from corpus.index.names import Names
from corpus.store import open_store
from monitor.desk import Monitor
from search_api.app import create_app
from tests.cli.conftest import Loa
from tests.digest.report_samples import fill


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    fill(folder / "loa.db", articles=3).close()
    return folder


def test_both_files_are_written(loa: Loa, home: Path, tmp_path: Path) -> None:
    word, excel = tmp_path / "a.docx", tmp_path / "a.xlsx"
    ran = loa("report", "--month", "2026-11", "--docx", word, "--xlsx", excel, "--json")
    assert ran.code == 0, ran.err
    assert ran.rows == [{"period": "2026-11", "units": "34", "articles": 3, "files": [str(word), str(excel)]}]
    assert zipfile.is_zipfile(word)
    assert len(list(openpyxl.load_workbook(excel)["Tin"].iter_rows())) == 4


def test_a_range_includes_both_days(loa: Loa, home: Path, tmp_path: Path) -> None:
    ran = loa("report", "--from", "2026-11-02", "--to", "2026-11-03", "--units", "63", "--xlsx", tmp_path / "a.xlsx", "--json")
    assert ran.rows[0] == {"period": "2026-11-02..2026-11-03", "units": "63", "articles": 2, "files": [str(tmp_path / "a.xlsx")]}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--week", "2026-11"), 1),
        (("--month", "2026-W47"), 1),
        (("--week", "2026-W47", "--month", "2026-11"), 2),
        (("--from", "2026-11-01"), 2),
        (("--from", "2026-11-02", "--to", "2026-11-01"), 1),
        (("--from", "gestern", "--to", "2026-11-01"), 1),
        (("--units", "35"), 2),
    ],
)
def test_what_names_no_period_is_refused(loa: Loa, home: Path, arguments: tuple[str, ...], code: int) -> None:
    assert loa("report", *arguments).code == code


def test_the_staffs_own_template_is_used(loa: Loa, home: Path, tmp_path: Path) -> None:
    assert loa("report", "--copy-template", home / "report.docx").code == 0
    (home / "report.docx").write_bytes(b"broken")
    ran = loa("report", "--month", "2026-11", "--docx", tmp_path / "a.docx")
    assert ran.code == 1
    assert "template" in ran.err


def test_the_page_gives_the_same_files(home: Path) -> None:
    names = Names.load()
    index = open_index(home / "index")
    with open_store(home / "loa.db") as store:
        monitor = Monitor(store, names.portals, names.register, now, names=names)
        maker = report_maker(load_settings({"home": home}, {}).settings, store, monitor)
        client = TestClient(create_app(store, index, names=names, monitor=monitor, reports=maker), raise_server_exceptions=False)
        word = client.get("/bao-cao.docx?ky=2026-11")
        assert word.headers["content-disposition"] == 'attachment; filename="bao-cao-2026-11-34-tinh.docx"'
        assert zipfile.is_zipfile(io.BytesIO(word.content))
        excel = client.get("/bao-cao.xlsx?ky=2026-11&ban-do=63")
        assert len(list(openpyxl.load_workbook(io.BytesIO(excel.content))["Tin"].iter_rows())) == 4
        assert client.get("/bao-cao.docx?ky=nonsense").status_code == 400
        assert "/bao-cao.docx?ky=2026-11" in client.get("/?ky=2026-11").text
    index.close()
