"""Text of PDF and DOCX files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.errors import Reason, Rejected

MAX_PAGES = 500
MAX_UNPACKED = 200_000_000
_MAX_PIXELS = 6_000
_CHARS_PER_PAGE = 30
"""A page of fewer characters is an image of a page."""


class Encrypted(Rejected):
    """The file asks for a password."""


def read_pdf(body: bytes) -> tuple[str, bool]:
    """(text as the file has it, whether it is scanned: most pages hold no text). Raises: Rejected for a file that is no readable PDF."""
    document = _open_pdf(body)
    try:
        pages = [_pdf_page(document, number) for number in range(min(len(document), MAX_PAGES))]
    finally:
        document.close()
    thin = sum(len(page.strip()) < _CHARS_PER_PAGE for page in pages)
    return "\n\n".join(pages), bool(pages) and thin * 2 > len(pages)


def page_images(body: bytes, *, dots_per_inch: int, most: int) -> Iterator[bytes]:
    """The first pages as grey images (PGM), for recognition. Raises: Rejected."""
    document = _open_pdf(body)
    try:
        for number in range(min(len(document), most)):
            page = document[number]
            try:
                # A poster of a metre's width would take gigabytes.
                scale = min(dots_per_inch / 72, _MAX_PIXELS / max(1.0, *page.get_size()))
                grey = page.render(scale=scale, grayscale=True).to_numpy()
                yield f"P5 {grey.shape[1]} {grey.shape[0]} 255\n".encode() + grey.tobytes()
            finally:
                page.close()
    finally:
        document.close()


def check_pdf(body: bytes) -> None:
    """Raises: Encrypted; Rejected for a file that is no readable PDF. Reads no page."""
    _open_pdf(body).close()


def _open_pdf(body: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Encrypted(Reason.NO_TEXT, "the PDF asks for a password") from error
        raise Rejected(Reason.NO_TEXT, f"not a readable PDF: {error}") from error


def read_docx(body: bytes) -> str:
    """Paragraphs and tables in reading order. Raises: Rejected."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
                raise Rejected(Reason.NO_TEXT, "the DOCX unpacks to more than 200 MB")
        document = docx.Document(io.BytesIO(body))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        raise Rejected(Reason.NO_TEXT, f"not a readable DOCX: {error}") from error
    return "\n\n".join(_docx_parts(document))


def _pdf_page(document: Any, number: int) -> str:
    page = document[number]
    try:
        text = page.get_textpage()
        try:
            return str(text.get_text_range()).replace("\r\n", "\n")
        finally:
            text.close()
    finally:
        page.close()


def _docx_parts(document: Any) -> Iterator[str]:
    from docx.table import Table

    for part in document.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                cells = list(dict.fromkeys(cell.text.strip() for cell in row.cells if cell.text.strip()))
                if cells:
                    yield " | ".join(cells)
        elif part.text.strip():
            yield part.text.strip()
