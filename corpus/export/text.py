"""Exports as lines of text: JSON lines, CSV, RIS and BibTeX; a batch at a time, so that memory stays flat."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import msgspec

from corpus.document import Document
from corpus.export.cells import inert
from corpus.export.citations import bibtex, ris
from corpus.export.rows import Column, Row
from corpus.index.names import Names

BOM = "\ufeff"
"""Excel takes a CSV file for UTF-8 only when it begins so."""
LIST_SEPARATOR = "; "
_BATCH = 200


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """One object a line; every row with the same keys in the same order."""
    return _batches(rows, lambda row: msgspec.json.encode(row) + b"\n")


def csv_lines(rows: Iterable[Row], columns: Sequence[Column], *, bom: bool = True) -> Iterator[bytes]:
    """UTF-8 with BOM (``bom``), CRLF, the names of the columns first; texts are inert in spreadsheets, lists joined by `LIST_SEPARATOR`."""
    buffer = io.StringIO()
    # Every text is quoted, so that it stays one cell also where the file is read with another separator.
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")

    def taken() -> bytes:
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text.encode("utf-8", "replace")

    if bom:
        buffer.write(BOM)
    writer.writerow([column.name for column in columns])
    yield taken()
    source = iter(rows)
    while part := list(islice(source, _BATCH)):
        writer.writerows([[_cell(row[column.name]) for column in columns] for row in part])
        yield taken()


def ris_lines(documents: Iterable[Document], names: Names) -> Iterator[bytes]:
    return _batches(documents, lambda document: ris(document, names).encode("utf-8", "replace"))


def bibtex_lines(documents: Iterable[Document], names: Names) -> Iterator[bytes]:
    return _batches(documents, lambda document: bibtex(document, names).encode("utf-8", "replace"))


def _batches(items: Iterable[Any], encode: Callable[[Any], bytes]) -> Iterator[bytes]:
    source = iter(items)
    while part := list(islice(source, _BATCH)):
        yield b"".join(map(encode, part))


def _cell(value: Any) -> str | int | float:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case int() | float():
            return value
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case list():
            return inert(LIST_SEPARATOR.join(_joined(part) for part in value))
        case _:
            return inert(str(value))


def _joined(part: Any) -> str:
    """A part of a list; a record as the words that state it and what it is."""
    if not isinstance(part, dict):
        return str(part)
    if "role" in part:
        said = [part["role"]]
    elif "precision" in part:
        days = [day.isoformat() for day in (part["first"], part["last"]) if day is not None]
        said = ["..".join(dict.fromkeys(days)), *part["flags"]]
    else:
        said = [part["kind"], str(part["year"] or ""), f"mỗi {part['per_unit']}" if part["per_unit"] else "", part["change"] or ""]
    return f"{part['words']} ({', '.join(filter(None, said))})"
