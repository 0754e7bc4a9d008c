"""Scanned PDFs: flagged as such, read by tesseract where it is installed, in bounded time, and kept for the next processing."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
import vl_convert

from cli.commands_ocr import scanned_pages
from corpus.document import RawPage
from corpus.errors import InvalidData, Reason, Rejected
from corpus.store import open_store
from corpus.text import normalize
from pipelines.archive import Archive
from pipelines.extract import extract
from pipelines.ocr import RecognisedTexts, find_tesseract, recognise
from pipelines.process import Processor, ProcessorParts
from tests.pipelines.pages import NOW

LINES = (
    "ỦY BAN NHÂN DÂN XÃ NẬM KHẮT",
    "BÁO CÁO",
    "Kết quả truyền thông giảm nghèo năm 2024",
    "Trong năm, xã đã tổ chức sáu buổi tuyên truyền lưu động cho người dân các bản vùng cao.",
    "Hệ thống loa truyền thanh phát ba buổi mỗi ngày bằng tiếng Kinh và tiếng Mông.",
    "Kinh phí thực hiện là 85 triệu đồng, lấy từ nguồn vốn sự nghiệp của chương trình.",
    "Người dân nắm rõ hơn chính sách vay vốn, bảo hiểm y tế và hỗ trợ nhà ở cho hộ nghèo.",
)


@pytest.fixture(scope="module")
def tesseract() -> str:
    if shutil.which("tesseract") is None and os.environ.get("REQUIRE_SERVICES") != "1":
        pytest.skip("tesseract is not installed: sudo apt-get install tesseract-ocr tesseract-ocr-vie")
    return find_tesseract()


def scan(pages: int = 1) -> bytes:
    """A PDF of images of pages, as a scanner makes it."""
    rows = "".join(
        f'<text x="60" y="{120 + 60 * n}" font-family="DejaVu Sans,Noto Sans" font-size="24">{line}</text>' for n, line in enumerate(LINES)
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="1240" height="700"><rect width="1240" height="700" fill="white"/>{rows}</svg>'
    jpeg = vl_convert.svg_to_jpeg(svg, scale=1.5, quality=90)
    width, height = 1860, 1050
    kids = " ".join(f"{3 + 3 * n} 0 R" for n in range(pages))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode()]
    for n in range(pages):
        draw = b"q 595 0 0 336 0 400 cm /I Do Q"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {4 + 3 * n} 0 R /Resources << /XObject << /I {5 + 3 * n} 0 R >> >> >>".encode(),
            b"<< /Length " + str(len(draw)).encode() + b" >>\nstream\n" + draw + b"\nendstream",
            f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)} >>\nstream\n".encode()
            + jpeg
            + b"\nendstream",
        ]
    result, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(result))
        result += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(result)
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    result += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(result)


def page(body: bytes) -> RawPage:
    url = "https://xa.example.gov.vn/tep/bao-cao.pdf"
    return RawPage(
        portal="xa", requested_url=url, final_url=url, status=200, headers=(("content-type", "application/pdf"),), body=body, fetched_at=NOW
    )


def test_a_scan_is_flagged_and_waits() -> None:
    with pytest.raises(Rejected, match="recognition") as caught:
        extract(page(scan()))
    assert caught.value.reason is Reason.NO_TEXT


@pytest.mark.timeout(120)
def test_a_scan_is_read_kept_and_then_processed_like_any_file(tesseract: str, tmp_path: Path) -> None:
    body = scan()
    text = recognise(body, program=tesseract)
    words = set(normalize(text).split())
    wanted = {word for line in LINES for word in line.split()}
    assert len(wanted & words) >= 0.85 * len(wanted), text

    texts = RecognisedTexts(tmp_path / "ocr")
    texts.write(page(body).sha256, text)
    document = Processor.load(ProcessorParts(recognised=tmp_path / "ocr", label="test"))(page(body))
    assert document.flags == ("scanned", "ocr")
    assert "loa truyền thanh" in document.text
    assert [file.name for file in (tmp_path / "ocr").iterdir()] == [f"{page(body).sha256}.txt"]


@pytest.mark.timeout(60)
def test_recognition_ends_in_time(tesseract: str) -> None:
    body = scan(3)
    begin = time.monotonic()
    assert recognise(body, program=tesseract, page_seconds=0.01) == ""
    assert recognise(body, program=tesseract, file_seconds=0.0) == ""
    assert time.monotonic() - begin < 30


def test_without_tesseract_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidData, match="tesseract-ocr-vie"):
        find_tesseract()
    silent = tmp_path / "tesseract"
    silent.write_text("#!/bin/sh\necho eng\n")
    silent.chmod(0o755)
    with pytest.raises(InvalidData, match="no Vietnamese"):
        find_tesseract()


def test_only_scans_wait_for_it(tmp_path: Path) -> None:
    from pipelines.extraction.plain import SCANNED

    with open_store(tmp_path / "loa.db") as store, Archive(tmp_path / "archive") as archive:
        run = store.begin_run("crawl", NOW)
        for number, detail in enumerate((SCANNED, "12 characters of text")):
            one = page(f"%PDF-{number}".encode())
            key = store.add_page(
                RawPage(**{name: getattr(one, name) for name in RawPage.__dataclass_fields__} | {"record": archive.write(one)}), run=run
            )
            store.finish_page(key, "rejected/no_text", None, NOW, detail=detail)
        assert [waiting.id for waiting in scanned_pages(store, 10)] == [1]
