"""Years, dates and sums of money as people type them into a query. Each raises InvalidQuery that shows how to write it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from corpus.errors import InvalidQuery
from corpus.index.base import In, Money, Node, Published
from corpus.text import fold, normalize

_YEARS = re.compile(r"(\d{4})(?:\s*(?:\.\.|-|–)\s*(\d{4}))?")


def parse_years(text: str, at: int) -> Node:
    match = _YEARS.fullmatch(text)
    if not match:
        raise InvalidQuery(f"“{text}” không phải là năm. Hãy viết năm:2023 hoặc năm:2021..2023.", at)
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1900 <= first <= last <= 2100:
        raise InvalidQuery(f"Khoảng năm “{text}” không hợp lệ. Hãy viết năm nhỏ trước, ví dụ năm:2021..2023.", at)
    return In("year", tuple(str(year) for year in range(first, last + 1)))


_DAY = re.compile(r"(?:(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?|(?:(\d{1,2})/)?(?:(\d{1,2})/)(\d{4}))")


def parse_dates(text: str, at: int) -> Node:
    first, separator, last = text.partition("..")
    try:
        for sign in (">=", "<=", ">", "<"):
            if text.startswith(sign):
                begin, after = _period(text[len(sign) :])
                return {
                    ">=": Published(begin, None),
                    ">": Published(after, None),
                    "<=": Published(None, after),
                    "<": Published(None, begin),
                }[sign]
        start = _period(first)[0] if first else None
        end = _period(last)[1] if last else (None if separator else _period(first)[1])
    except ValueError as error:
        raise InvalidQuery(
            f"“{text}” không phải là ngày. Hãy viết ngày:04/12/2023, ngày:2023-12 hoặc ngày:2024-01..2024-06.", at
        ) from error
    if start and end and start >= end:
        raise InvalidQuery(f"Khoảng ngày “{text}” kết thúc trước khi bắt đầu.", at)
    return Published(start, end)


def _period(text: str) -> tuple[date, date]:
    """``[start, end)`` of a year, month or day. Raises: ValueError."""
    match = _DAY.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    year = int(match[1] or match[6])
    month, day = (match[2], match[3]) if match[1] else (match[5], match[4])
    if not 1900 <= year <= 2100:
        raise ValueError(text)
    if day:
        start = date(year, int(month), int(day))
        return start, start + timedelta(days=1)
    if month:
        start = date(year, int(month), 1)
        return start, date(year + start.month // 12, start.month % 12 + 1, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


_AMOUNT = re.compile(r"(\d{1,15}(?:[.,]\d{1,12}){0,6})\s*(nghin ty|ngan ty|nghin|ngan|trieu|tr|ty|ti|k|)\s*(?:dong|vnd|d|)")
_UNITS = {"": 1, "k": 10**3, "nghin": 10**3, "ngan": 10**3, "tr": 10**6, "trieu": 10**6, "ty": 10**9, "ti": 10**9}
_UNITS |= {"nghin ty": 10**12, "ngan ty": 10**12}


def is_unit(word: str) -> bool:
    """Whether the word is a unit of money that was parted from its number."""
    return fold(normalize(word)) in _UNITS or fold(normalize(word)) == "dong"


def parse_money(text: str, at: int) -> Node:
    """``>100tr``, ``<=1,5 tỷ``, ``1tỷ..5tỷ`` (both ends included), ``146,4triệu`` (just this sum)."""
    try:
        for sign in (">=", "<=", ">", "<"):
            if text.startswith(sign):
                value = _amount(text[len(sign) :].strip())
                return Money(value + (sign == ">"), None) if sign[0] == ">" else Money(None, value + (sign == "<="))
        first, separator, last = text.partition("..")
        if not separator:
            exact = _amount(text)
            return Money(exact, exact + 1)
        start, end = _amount(first) if first else None, _amount(last) if last else None
    except ValueError as error:
        raise InvalidQuery(
            f"“{text}” không phải là số tiền. Hãy viết kinh_phí:>100tr, kinh_phí:1tỷ..5tỷ hoặc kinh_phí:146,4triệu.", at
        ) from error
    if start is not None and end is not None and start > end:
        raise InvalidQuery(f"Khoảng tiền “{text}” có đầu lớn hơn cuối.", at)
    return Money(start, None if end is None else end + 1)


def _amount(text: str) -> int:
    """Đồng. Dots group thousands and a comma is decimal, as Vietnamese writes; before a unit a lone dot is decimal too (1.5tỷ).

    Raises: ValueError.
    """
    match = _AMOUNT.fullmatch(re.sub(r"\s+", " ", fold(normalize(text))))
    if not match:
        raise ValueError(text)
    whole, _, decimals = match[1].partition(",")
    groups = whole.split(".")
    if match[2] and not decimals and len(groups) == 2 and len(groups[1]) != 3:
        groups, decimals = groups[:1], groups[1]
    if any(len(group) != 3 for group in groups[1:]) or "," in decimals or "." in decimals:
        raise ValueError(text)
    scale = _UNITS[match[2]]
    value = int("".join(groups)) * scale + (int(decimals) * scale // 10 ** len(decimals) if decimals else 0)
    return min(value, 10**18)
