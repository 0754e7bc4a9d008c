"""Exports in a real spreadsheet program: nothing in them becomes a formula."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from corpus.export import Asked, Export, Format
from corpus.store import open_store
from tests.corpus.test_export import FORMULAS, HOSTILE, NAMES
from tests.search_samples import FETCHED

OFFICE = shutil.which("soffice")


def test_libreoffice_takes_no_text_for_a_formula(tmp_path: Path) -> None:
    if OFFICE is None:
        assert os.environ.get("REQUIRE_SERVICES") != "1"
        pytest.skip("LibreOffice is not installed")
    with open_store(tmp_path / "loa.db") as store:
        for document in HOSTILE:
            store.put_document(document, FETCHED)
        formats: tuple[Format, ...] = ("csv", "xlsx")
        for format in formats:
            with store.moment() as moment:
                asked = Asked(parameters=(), understood="")
                ids = [document.id for document in HOSTILE]
                export = Export(moment, ids, len(ids), names=NAMES, asked=asked, format=format, full_text=True)
                (tmp_path / f"ours-{format}.{format}").write_bytes(b"".join(export.chunks()))
    control = io.StringIO()
    csv.writer(control).writerows([[payload] for payload in FORMULAS])
    (tmp_path / "control.csv").write_text(control.getvalue(), "utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = [str(tmp_path / name) for name in ("ours-csv.csv", "ours-xlsx.xlsx", "control.csv")]
    command = [OFFICE, "--headless", profile, "--convert-to", "fods", "--outdir", str(tmp_path / "out"), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert "table:formula=" in (tmp_path / "out" / "control.fods").read_text("utf-8")  # it would have been seen
    for name in ("ours-csv", "ours-xlsx"):
        read = (tmp_path / "out" / f"{name}.fods").read_text("utf-8")
        assert "1+1" in read
        assert "table:formula=" not in read
