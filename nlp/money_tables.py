"""Unitless sums in tables and lists whose header names the unit ("ĐVT: triệu đồng"), added to those that carry their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.text import lower
from nlp.money_forms import Amount
from nlp.money_numbers import read_number
from nlp.number_words import SCALES

_HEADER = re.compile(
    r"(?:đvt|đơn vị(?: tính)?(?: tiền)?)\s{0,3}[:：]?\s{0,3}\(?\s{0,3}(?:(nghìn|ngàn|triệu|t[ỷỉ]|1\.?000)\s{0,3})?(?:đồng|vnđ|đ)(?!\w)"
    r"|\(\s{0,3}(?:(nghìn|ngàn|triệu|t[ỷỉ]|1\.?000)\s{0,3})(?:đồng|vnđ|đ)\s{0,3}\)"
    r"|(?:giá gói thầu|thành tiền|kinh phí|số tiền|giá trị|dự toán|mức chi|tổng cộng)\s{0,3}\(\s{0,3}(?:đồng|vnđ|đ)\s{0,3}\)"
)
_PROSE_FROM = 220
"""Characters; a longer line without cells is a paragraph and ends the table."""
_LONGEST_ROW = 2000
_MONEY_COLUMN = re.compile(
    r"kinh phí|số tiền|thành tiền|vốn|ngân sách|dự toán|tổng cộng|tổng số|nstw|nsđp|trung ương|địa phương|đồng\)|phân bổ|giải ngân"
)
_COUNT_COLUMN = re.compile(r"số lượng|stt|^tt$|đơn giá|số lớp|số người|năm$|tỷ lệ|%")
_CELL_NUMBER = re.compile(r"[\s*_]*(\d{1,3}(?:[.,]\d{3})+(?:,\d+)?|\d+(?:,\d+)?)[\s*_]*")
_CLOSING_ROW = re.compile(r"[\s*_]*(?:tổng|cộng)(?!\w)")
_BEFORE_UNIT = re.compile(r"([^\W\d_][^:;\n]{0,60}):[ *_]{0,3}(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)[ *_]{0,3}(?=[;,(]|$)")
_YEAR_LABEL = re.compile(r"năm 20\d\d\s*$")
_LABELLED = re.compile(r"[^\W\d_][^\n]{0,160}?(?::|\t|\s{2,})[ *_]{0,4}(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)[ *_;.]{0,4}$")

_FULL_NUMBER = re.compile(r"[ *_]{0,4}(\d{1,3}(?:\.\d{3}){2,4})[ *_]{0,4}")
"""Alone on its line: the cell of a table whose cells have become lines."""
_AFTER_NUMBER = " *_;."


def parse_table_amounts(text: str, amounts: Sequence[Amount]) -> tuple[Amount, ...]:
    """``amounts`` with the cells of tables in their places."""
    low = lower(text)
    headers = list({_line_of(low, header.start()): header for header in reversed(list(_HEADER.finditer(low)))}.values())[::-1]
    if not headers:
        return tuple(amounts)
    taken = {_line_of(low, a.number_start) for a in amounts}
    found: list[Amount] = []
    for position, header in enumerate(headers):
        limit = headers[position + 1].start() if position + 1 < len(headers) else len(low)
        word = header[1] or header[2]
        scale = 1 if word is None else SCALES.get(word, 1000)
        found.extend(a for a in _cells(low, header, limit, scale) if _line_of(low, a.start) not in taken)
    return tuple(sorted([*amounts, *found], key=lambda a: (a.number_start, a.vnd or 0)))


def _line_of(low: str, start: int) -> int:
    """Offset before the line, or 2,000 characters back in a line longer than any row of a table."""
    reach = max(0, start - _LONGEST_ROW)
    return max(low.rfind("\n", reach, start), reach - 1)


def _cells(low: str, header: re.Match[str], limit: int, scale: int) -> Iterator[Amount]:
    line_start = _line_of(low, header.start()) + 1
    columns: tuple[int, ...] | None = None
    width = 0
    position = line_start
    while position < limit:
        end = low.find("\n", position, limit)
        end = limit if end < 0 else end
        line = low[position:end]
        separator = "|" if "|" in line else "\t" if "\t" in line else None
        if separator is None and len(line) > _PROSE_FROM:
            if position > header.end():
                return
        elif separator is not None:
            cells = list(_split(line, separator))
            if columns is None and not any(_CELL_NUMBER.fullmatch(cell) for _, cell in cells if cell.strip()):
                columns = (
                    tuple(i for i, (_, cell) in enumerate(cells) if _MONEY_COLUMN.search(cell) and not _COUNT_COLUMN.search(cell)) or None
                )
                width = len(cells)
            elif position > header.start() or columns:
                yield from _row(cells, columns, position, scale, short_by=width - len(cells))
        elif position > header.start():
            match = _FULL_NUMBER.fullmatch(line) or _LABELLED.search(line) if line.rstrip(_AFTER_NUMBER)[-1:].isdecimal() else None
            if match:
                amount = _amount(match[1], position + match.start(1), scale)
                if amount:
                    yield amount
        elif low.startswith(")", header.end()):
            yield from _before_unit(low[position : header.start()], position, scale)
        position = end + 1


def _before_unit(line: str, line_start: int, scale: int) -> Iterator[Amount]:
    """Sums whose unit stands at the end of their line: "năm 2022: 1.200; năm 2023: 1.500 (ĐVT: triệu đồng)"."""
    for match in _BEFORE_UNIT.finditer(line):
        label = match[1]
        if _YEAR_LABEL.search(label) or (_MONEY_COLUMN.search(label) and not _COUNT_COLUMN.search(label)):
            amount = _amount(match[2], line_start + match.start(2), scale)
            if amount:
                yield amount


def _split(line: str, separator: str) -> Iterator[tuple[int, str]]:
    start = 0
    for cell in line.split(separator):
        yield start, cell
        start += len(cell) + 1


def _row(cells: list[tuple[int, str]], columns: tuple[int, ...] | None, line_start: int, scale: int, *, short_by: int) -> Iterator[Amount]:
    """``short_by``: cells that the head has more; the first ones of a closing row are often one."""
    shift = short_by if short_by > 0 and any(_CLOSING_ROW.match(cell) for _, cell in cells) else 0
    numeric = [i for i, (_, cell) in enumerate(cells) if _CELL_NUMBER.fullmatch(cell)]
    if not any(re.search(r"[^\W\d_]{2}", cell) for _, cell in cells):
        return
    for i in numeric if columns else numeric[-1:]:
        if columns and i + shift not in columns:
            continue
        offset, cell = cells[i]
        match = _CELL_NUMBER.fullmatch(cell)
        amount = _amount(match[1], line_start + offset + match.start(1), scale) if match else None
        if amount:
            yield amount


def _amount(digits: str, start: int, scale: int) -> Amount | None:
    number = read_number(digits, scaled=scale > 1)
    if number.value is None or number.value == 0 or (scale == 1 and number.value < 1000):
        return None
    if scale == 1 and digits.isdigit() and 1900 <= number.value <= 2100:
        return None
    value = number.value * scale
    if value != int(value):
        return None
    end = start + len(digits)
    decimals = len(digits.partition(",")[2]) if scale > 1 else 0
    return Amount(
        tabular=True,
        start=start,
        end=end,
        number_start=start,
        close=end,
        vnd=int(value),
        flags=number.flags,
        precision=max(1, scale // int(10**decimals)),
    )
