"""Files given by hand as fetched pages: HTML, text, PDF and DOCX from disk."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

from corpus.document import RawPage
from corpus.errors import Rejected, UnreadableFile
from pipelines.extraction.documents import Encrypted, check_pdf

MAX_BYTES = 50_000_000
_PDF = "application/pdf"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HTML_SIGNS = (
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<meta",
    b"<div",
    b"<article",
    b"<p>",
    b"<p ",
    b"<table",
    b"<title",
    b"<h1",
)
_TEXT_SIGNS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def page_from_file(path: Path, now: datetime) -> RawPage:
    """The file as a page fetched at ``now`` from its own ``file:`` address; its kind is read from its first bytes, not its name.

    A PDF is not opened here, see `pdf_fault`.
    Raises: UnreadableFile naming the file, what is wrong and what to do.
    """
    body = _read(path)
    media_type = _media_type(path, body)
    url = path.resolve().as_uri()
    return RawPage(
        portal="import",
        requested_url=url,
        final_url=url,
        status=200,
        headers=(("content-type", media_type),),
        body=body,
        fetched_at=now,
    )


def is_pdf(page: RawPage) -> bool:
    return ("content-type", _PDF) in page.headers


def pdf_fault(path: Path) -> str | None:
    """What keeps the PDF from being opened and what to do; None when it opens. For a worker, which is ended when it overruns: the
    library is native code, and a file may be made to hang it. Raises: UnreadableFile."""
    try:
        check_pdf(_read(path))
    except Encrypted:
        return "is an encrypted PDF; save it without a password"
    except Rejected as error:
        return f"is a damaged PDF ({error.detail}); download it again"
    return None


def _read(path: Path) -> bytes:
    name = str(path)
    try:
        if path.is_dir():
            raise UnreadableFile("is a directory; name the files in it", file=name)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableFile(f"has {size / 1e6:.0f} MB, more than {MAX_BYTES // 1_000_000} MB; split it or give its text", file=name)
        body = path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFile("does not exist; check the path", file=name) from error
    except PermissionError as error:
        raise UnreadableFile("may not be read; change its permissions", file=name) from error
    except OSError as error:
        raise UnreadableFile(f"cannot be read: {error.strerror or error}", file=name) from error
    if not body.strip(b" \t\r\n\x00"):
        raise UnreadableFile("is empty; save it again", file=name)
    return body


def _media_type(path: Path, body: bytes) -> str:
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    name = str(path)
    if b"%PDF-" in body[:1024]:
        return _PDF
    if body.startswith(b"PK\x03\x04"):
        return _zip_type(name, body)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("is an old Word or Excel file (.doc, .xls); save it as .docx or PDF", file=name)
    if _is_binary(body):
        raise UnreadableFile("is a binary file of unknown kind; HTML, text, PDF and DOCX can be read", file=name)
    if start[:1] == b"<" or any(sign in start.lower() for sign in _HTML_SIGNS):
        return "text/html"
    return "text/plain"


def _zip_type(name: str, body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            if "word/document.xml" in package.namelist():
                return _DOCX
    except zipfile.BadZipFile as error:
        raise UnreadableFile("is a damaged DOCX or ZIP file; save it again", file=name) from error
    raise UnreadableFile("is a ZIP file without a Word document; unpack it and give its files", file=name)


def _is_binary(body: bytes) -> bool:
    """Control characters that no text has; UTF-16 text, which is half zero bytes, is told by its mark."""
    if body.startswith(_TEXT_SIGNS):
        return False
    sample = body[:65_536]
    odd = sum(sample.count(bytes([code])) for code in range(32) if code not in (2, 5, 6, 9, 10, 12, 13, 20, 25, 30))
    return odd > len(sample) // 200
