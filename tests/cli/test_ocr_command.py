"""`loa ocr`: scans that wait are read once, indexed and found; what is no scan is left alone."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cli.output import FAILED, OK
from corpus.store import open_store
from pipelines.archive import Archive
from pipelines.extraction.plain import SCANNED
from pipelines.ocr import RecognisedTexts
from tests.cli.conftest import Loa
from tests.pipelines.pages import NOW
from tests.pipelines.test_ocr import LINES, page, scan


def add_scan(home: Path, *, number: int = 1) -> str:
    """A scanned file that was fetched and could not be read; the digest of its bytes."""
    with open_store(home / "loa.db") as store, Archive(home / "archive") as archive:
        fetched = replace(page(scan() + b"%" * number), requested_url=f"https://xa.example.gov.vn/tep/{number}.pdf")
        key = store.add_page(replace(fetched, record=archive.write(fetched)), run=store.begin_run("crawl", NOW))
        store.finish_page(key, "rejected/no_text", None, NOW, detail=SCANNED)
    return fetched.sha256


@pytest.mark.timeout(120)
def test_a_waiting_scan_is_read_once_and_found(loa: Loa, home: Path) -> None:
    if shutil.which("tesseract") is None and os.environ.get("REQUIRE_SERVICES") != "1":
        pytest.skip("tesseract is not installed: sudo apt-get install tesseract-ocr tesseract-ocr-vie")
    digest = add_scan(home)
    ran = loa("ocr", "--json")
    assert (ran.code, ran.rows) == (OK, [{"files": 1, "outcomes": {"indexed": 1}}])
    assert [file.name for file in (home / "ocr").iterdir()] == [f"{digest}.txt"]
    with open_store(home / "loa.db") as store:
        (document,) = store.iter_documents()
    assert document.flags == ("scanned", "ocr")
    assert loa("search", "--json", "loa truyền thanh").rows[0]["id"] == document.id
    assert loa("ocr", "--json").rows == [{"files": 0, "outcomes": {}}]


def test_what_was_read_before_is_not_read_again(loa: Loa, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tesseract that cannot read anything: the text is the one kept from before, and the other file stays as it is."""
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\ncase "$1" in --list-langs) echo vie ;; *) exit 1 ;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    RecognisedTexts(home / "ocr").write(add_scan(home, number=1), "\n".join(LINES))
    add_scan(home, number=2)
    ran = loa("ocr", "--json")
    assert (ran.code, ran.rows) == (OK, [{"files": 2, "outcomes": {"indexed": 1, "rejected/no_text": 1}}])


def test_without_tesseract_it_says_what_to_install(loa: Loa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = loa("ocr")
    assert ran.code == FAILED
    assert "tesseract-ocr-vie" in ran.err
    assert "Traceback" not in ran.err
