"""Word and Excel of a period: what stands in them, typed cells, nothing taken for a formula or markup, opened by LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from corpus.errors import InvalidData
from corpus.store import Store
from digest.report import Report, make_report
from digest.report_excel import write_excel
from digest.report_word import template_bytes, word
from monitor.coverage import STATE_NAMES
from monitor.periods import parse_period
from scripts.build_report_template import build
from tests.digest.report_samples import FORMULA, fill, monitor

DEPARTMENT = "Cục Mẫu, Bộ Văn hóa, Thể thao và Du lịch"
SHEETS = ["Tổng hợp", "Tỉnh x Hoạt động", "Kinh phí", "Im lặng", "Tin", "Phương pháp"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = fill(tmp_path_factory.mktemp("report") / "loa.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def report(store: Store) -> Report:
    return make_report(monitor(store), store, parse_period("2026-11"), "34", department=DEPARTMENT, base="https://loa.mau.example.vn")


@pytest.fixture(scope="module")
def files(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "bao-cao.docx").write_bytes(word(report, template_bytes()))
    write_excel(report, folder / "bang.xlsx")
    return folder


def words_of(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read("word/document.xml").decode()


def test_the_workbook_has_its_sheets_with_real_dates_and_numbers(files: Path, report: Report) -> None:
    book = openpyxl.load_workbook(files / "bang.xlsx")
    assert book.sheetnames == SHEETS
    for name in SHEETS[:-1]:
        assert book[name].auto_filter.ref is not None
        assert book[name].freeze_panes is not None
    provinces = {row[0]: row for row in book["Tổng hợp"].iter_rows(min_row=2, values_only=True)}
    assert len(provinces) == 34
    assert provinces["Lào Cai"][1:5] == ("có tin", None, 12, 12)
    assert provinces["Cà Mau"][1:5] == ("im lặng", None, 0, 0)
    assert provinces["Đồng Tháp"][1:5] == ("không đọc được", "không kết nối được", None, None), "not observed is an empty cell"
    assert provinces["Hà Nội"][1:5] == ("chưa theo dõi", None, None, None)
    articles = list(book["Tin"].iter_rows(min_row=2, values_only=True))
    assert len(articles) == 24
    assert all(isinstance(row[1], datetime) for row in articles)
    assert all(row[5] is None or isinstance(row[5], int) for row in articles)
    money = list(book["Kinh phí"].iter_rows(min_row=2, values_only=True))
    assert sum(row[1] for row in money) == sum(row.vnd for row in report.money.roles)
    silent = {row[0]: row[1:3] for row in book["Im lặng"].iter_rows(min_row=2, values_only=True)}
    assert silent == {"Cà Mau": ("im lặng", 13), "Cổng dt": ("không đọc được", None)}


def test_the_workbook_fits_on_paper(files: Path) -> None:
    """The six sheets lie on their sides, as wide as a page, with their heads on each page."""
    book = openpyxl.load_workbook(files / "bang.xlsx")
    for name in SHEETS[:-1]:
        sheet = book[name]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
        assert sheet.print_title_rows == "$1:$1"
    assert (book["Tỉnh x Hoạt động"].row_dimensions[1].height or 0) >= 45, "three lines of a long name"


def test_the_letter_says_what_was_done_where(files: Path, report: Report) -> None:
    text = words_of((files / "bao-cao.docx").read_bytes())
    told = [found for found in report.overview.matrix.activities if found.articles]
    assert told
    for activity in told:
        assert text.count(f">{activity.name}<") == 1
    places = {row.name: row.cells for row in report.overview.matrix.rows}
    at = report.overview.matrix.activities.index(told[0])
    assert f"Lào Cai ({places['Lào Cai'][at].articles})" in text
    assert f"▲ {STATE_NAMES['unreadable']}" in text, "the mark of the tiles"


def test_no_cell_is_a_formula(files: Path) -> None:
    book = openpyxl.load_workbook(files / "bang.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert FORMULA in {cell.value for cell in cells}, "and the title is as it was"


def test_the_letter_has_the_form_and_the_figures(files: Path, report: Report) -> None:
    text = words_of((files / "bao-cao.docx").read_bytes())
    for expected in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "CỤC MẪU",
        "BỘ VĂN HÓA, THỂ THAO VÀ DU LỊCH",
        "ngày 01 tháng 12 năm 2026",
        report.overview.headline,
        "Hoàng Sa",
        "Trường Sa",
        "không kết nối được",
        "728.000.000",
        "Nơi nhận:",
    ):
        assert expected in text, expected
    assert "{{" not in text
    assert "{%" not in text
    assert "&lt;b&gt;tập huấn&lt;/b&gt; &amp; " in text, "titles are text, not markup"
    assert text.count("<w:hyperlink") == len(report.articles)


def test_money_is_shown_by_role_and_never_added_across(report: Report) -> None:
    totals = [row for row in report.budgets if row in report.money.roles]
    assert [(row.role, row.vnd) for row in totals] == [("total", 2_704_000_000), ("disbursed", 728_000_000)]
    for total in totals:
        assert sum(row.vnd for row in report.money.provinces if row.role == total.role) == total.vnd


def test_an_empty_period_makes_whole_files(store: Store, tmp_path: Path) -> None:
    empty = make_report(monitor(store), store, parse_period("2024-W10"), "63", department="Cục Mẫu", base="")
    write_excel(empty, tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == SHEETS
    text = words_of(word(empty, template_bytes()))
    assert "Trong kỳ không có tin nào nêu kinh phí cộng được." in text
    assert "Trong kỳ không có tin nào để đếm theo hoạt động." in text
    assert "Trong kỳ chưa theo dõi nguồn nào." in text
    assert "Mọi nguồn theo dõi" not in text
    assert "{%" not in text


def test_a_broken_template_is_named(report: Report) -> None:
    with pytest.raises(InvalidData, match="template"):
        word(report, b"no Word file")
    broken = build()
    broken.add_paragraph("{{ unknown.name }}")
    content = io.BytesIO()
    broken.save(content)
    with pytest.raises(InvalidData, match="unknown"):
        word(report, content.getvalue())


def test_the_bundled_template_is_what_the_script_makes() -> None:
    content = io.BytesIO()
    build().save(content)
    assert words_of(content.getvalue()) == words_of(template_bytes())


@pytest.mark.timeout(240)
def test_libreoffice_opens_both(files: Path, tmp_path: Path, report: Report) -> None:
    soffice, pdftotext = shutil.which("soffice"), shutil.which("pdftotext")
    if soffice is None or pdftotext is None:
        pytest.skip("LibreOffice and poppler are not installed: apt-get install libreoffice-writer libreoffice-calc poppler-utils")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(files / "bao-cao.docx"),
        str(files / "bang.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=200)

    def read(name: str) -> str:
        ran = subprocess.run([pdftotext, "-layout", str(tmp_path / name), "-"], check=True, capture_output=True)
        return " ".join(ran.stdout.decode().split())

    letter, book = read("bao-cao.pdf"), read("bang.pdf")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in letter
    assert "Hoàng Sa" in letter
    assert "PHỤ LỤC" in letter
    assert report.overview.headline in letter
    assert "Phương pháp" not in letter
    assert "02/11/2026" in book
    assert "2.704.000.000" in letter
