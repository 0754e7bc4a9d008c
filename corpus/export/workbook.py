"""Exports as an Excel workbook: typed cells, a frozen head, filters and links. XlsxWriter is used here and nowhere else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from corpus.export.cells import printable
from corpus.export.rows import NESTED, Column, Kind, Row, Table
from corpus.formats import safe_link, sentence_case
from corpus.index.names import BUDGET_ROLES, BUDGET_SCOPES, KINDS, MODALITIES, QUALIFIERS, QUANTITY_KINDS, RELEVANCES

MAX_ROWS = 1_048_575
"""Rows of a sheet of Excel without the head; what is left goes on in a further sheet."""
MAX_LINKS = 65_530
"""Links of a sheet of Excel; further addresses stay text."""
MAX_CELL = 32_767
_MAX_URL = 2_079
A4 = 9
"""Excel's number of this size of paper."""
LINE = 15
"""Height of a line in points."""
_VIETNAM = timedelta(hours=7)
WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": KINDS,
    "relevance": RELEVANCES,
    "modalities": MODALITIES,
    "qualifier": QUALIFIERS | {"exact": "đúng"},
    "role": {role: sentence_case(name) for role, name in BUDGET_ROLES.items()},
    "scope": BUDGET_SCOPES,
}
"""What a workbook, which people read, says for the codes of a column; files for programs keep the codes."""
WORDS_OF_COUNTS: Mapping[str, Mapping[str, str]] = {
    "kind": QUANTITY_KINDS,
    "qualifier": WORDS["qualifier"],
    "modality": MODALITIES,
    "change": {"up": "Tăng", "down": "Giảm"},
}
WORDS_OF_DATES: Mapping[str, Mapping[str, str]] = {
    "precision": {"day": "Ngày", "month": "Tháng", "quarter": "Quý", "year": "Năm", "period": "Khoảng thời gian"},
    "flags": {"malformed": "viết sai", "unresolved": "chưa rõ năm", "recurring": "hằng năm"},
}
_SHEETS: tuple[tuple[Kind, str, Mapping[str, Mapping[str, str]]], ...] = (
    ("budgets", "Kinh phí", WORDS),
    ("quantities", "Số lượng", WORDS_OF_COUNTS),
    ("dates", "Ngày trong bài", WORDS_OF_DATES),
)
"""The sheets of records, a row each, and what they say for codes."""
_OF_DOCUMENT = (
    Column("id", "Mã tin", "text", "identity of the document", 26),
    Column("title", "Tiêu đề", "text", "title as published", 50),
    Column("published", "Ngày đăng", "date", "publication date", 12),
)


def write_workbook(path: Path, rows: Iterable[Row], columns: Sequence[Column], about: Iterable[tuple[str, str]], created: datetime) -> None:
    """Sheets "Tin" (a row a document), "Kinh phí" (a row an amount), "Số lượng" (a count), "Ngày trong bài" (a date) and "Về tệp này";
    written row by row to disk.

    ``about`` is read after the last row. Equal rows and ``created`` make equal files. Instants show as clock time in Vietnam.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "loa", "created": created.replace(tzinfo=None)})
        formats = _Formats(book)
        listed = [column for column in columns if column.kind not in NESTED]
        documents = _Sheet(book, formats, "Tin", listed, WORDS)
        sheets = [(kind, _Sheet(book, formats, name, [*_OF_DOCUMENT, *NESTED[kind]], words)) for kind, name, words in _SHEETS]
        for row in rows:
            documents.write(row)
            for kind, sheet in sheets:
                for record in row[kind]:
                    sheet.write({name: row[name] for name in ("id", "title", "published")} | record)
        documents.close()
        for _, sheet in sheets:
            sheet.close()
        _write_about(book, formats, about)


def write_tables(
    path: Path, tables: Iterable[Table], about: Iterable[tuple[str, str]], created: datetime, *, about_name: str = "Về tệp này"
) -> None:
    """A sheet a table, then one about the file. A value None leaves its cell empty: not observed is never 0."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "loa", "created": created.replace(tzinfo=None)})
        formats = _Formats(book)
        for table in tables:
            sheet = _Sheet(book, formats, table.name, table.columns)
            for row in table.rows:
                sheet.write(row)
            sheet.close()
        _write_about(book, formats, about, about_name)


def _write_about(book: Any, formats: _Formats, about: Iterable[tuple[str, str]], name: str = "Về tệp này") -> None:
    sheet = book.add_worksheet(name)
    _on_paper(sheet)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for at, (title, value) in enumerate(about):
        sheet.write_string(at, 0, title, formats.head)
        sheet.write_string(at, 1, printable(value)[:MAX_CELL], formats.said)


class _Formats:
    def __init__(self, book: Any) -> None:
        top = {"valign": "top"}
        self.head = book.add_format({"bold": True, "bg_color": "#E6EEF5", "valign": "top", "text_wrap": True})
        self.text = book.add_format({**top, "num_format": "@"})
        self.said = book.add_format({**top, "num_format": "@", "text_wrap": True})
        self.plain = book.add_format(top)
        self.link = book.add_format({**top, "font_color": "#0B57A4", "underline": 1})
        self.date = book.add_format({**top, "num_format": "dd/mm/yyyy"})
        self.instant = book.add_format({**top, "num_format": "dd/mm/yyyy hh:mm"})
        self.integer = book.add_format({**top, "num_format": "#,##0"})
        self.number = book.add_format({**top, "num_format": "0.00"})


class _Sheet:
    """A table that goes on in a further sheet where Excel's limit is reached."""

    def __init__(
        self, book: Any, formats: _Formats, name: str, columns: Sequence[Column], words: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self._book, self._formats, self._name, self._columns = book, formats, name, columns
        self._words = words or {}
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self._at = self._links = 0
        self._sheet = self._book.add_worksheet(self._name if self._number == 1 else f"{self._name} {self._number}")
        self._sheet.freeze_panes(1, 2)
        _on_paper(self._sheet)
        self._sheet.repeat_rows(0)
        # Not every program makes room by itself for a head that is wrapped.
        self._sheet.set_row(0, LINE * max(len(textwrap.wrap(column.title, column.width)) for column in self._columns))
        for at, column in enumerate(self._columns):
            self._sheet.set_column(at, at, column.width)
            self._sheet.write_string(0, at, column.title, self._formats.head)

    def write(self, row: Row) -> None:
        if self._at == MAX_ROWS:
            self.close()
            self._begin()
        self._at += 1
        for at, column in enumerate(self._columns):
            value = row[column.name]
            if value is not None and value != []:
                if words := self._words.get(column.name):
                    value = [words.get(code, code) for code in value] if isinstance(value, list) else words.get(value, value)
                self._write(at, column, value)

    def _write(self, at: int, column: Column, value: Any) -> None:
        sheet, formats, line = self._sheet, self._formats, self._at
        match column.kind:
            case "integer":
                # Doubles are exact up to 15 digits, which Excel shows; a larger sum stays text with all its digits.
                if abs(value) < 10**15:
                    sheet.write_number(line, at, value, formats.plain if "year" in column.name else formats.integer)
                else:
                    sheet.write_string(line, at, str(value), formats.text)
            case "number":
                sheet.write_number(line, at, value, formats.number)
            case "boolean":
                sheet.write_string(line, at, "có" if value else "không", formats.text)
            case "date" if _fits(value):
                sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), formats.date)  # noqa: DTZ001  # a day
            case "instant" if _fits(value):
                sheet.write_datetime(line, at, value.replace(tzinfo=None, microsecond=0) + _VIETNAM, formats.instant)
            case "link" if self._links < MAX_LINKS and len(value) <= _MAX_URL and printable(value) == value and safe_link(value):
                self._links += 1
                sheet.write_url(line, at, value, formats.link, string=value)
            case "list":
                sheet.write_string(line, at, printable("\n".join(value))[:MAX_CELL], formats.text)
            case _:
                sheet.write_string(line, at, printable(str(value))[:MAX_CELL], formats.text)

    def close(self) -> None:
        self._sheet.autofilter(0, 0, max(self._at, 1), len(self._columns) - 1)


def _on_paper(sheet: Any) -> None:
    """As wide as a page of A4 lying on its side."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _fits(value: date) -> bool:
    """Excel's calendar begins in 1900; an earlier day stays text."""
    return value.year > 1900
