"""Dates said in a text, resolved against the publication date.

"ngày 4/12" in a story of 7 December 2023 is 4 December 2023; without a publication date it stays open. A year that cannot be one
("năm 22023") is kept and flagged. The publication date itself is found by extraction, not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from corpus.document import DateMention, Document, FieldName, Span
from corpus.text import lower

METHOD = "date-rules 2026.11"

_FIRST_YEAR, _LAST_YEAR = 1945, 2050
"""Years outside are misprints or other numbers; the texts of this field speak of 1998 (Chương trình 135) to 2045 (visions)."""
_AHEAD_DAYS = 65
"""A day without a year is the nearest one that is not further ahead than this: announcements look two months ahead, reviews a year back."""

Precision = Literal["day", "month", "quarter", "year", "period"]

# The cue is needed where digits alone could be a fraction ("8/10 xã"); a full date with its year speaks for itself.
_CUE = r"(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|lúc|mùng|mồng)"
_DAY_WORDS = r"(?P<a_day>\d{1,2})\s+tháng\s+(?P<a_month>\d{1,2})(?:[\s,]+năm\s+(?P<a_year>\d{2,6}))?"
_DAY_DIGITS = r"(?<![\d/.,])(?P<b_day>\d{1,2})\s?[/.\-]\s?(?P<b_month>\d{1,2})\s?[/.\-]\s?(?P<b_year>\d{4})(?![\d/])"
_DAY_SHORT = rf"{_CUE}(?:\s+(?:ngày|mùng|mồng))?\s+(?P<c_day>\d{{1,2}})\s?[/.\-]\s?(?P<c_month>\d{{1,2}})(?![\d/%]|[.,]\d)"
_MONTH = r"tháng\s+(?P<d_month>\d{1,2})(?:\s?[/\-]\s?|[\s,]+năm\s+)(?P<d_year>\d{4,6})(?!\d)"
_QUARTER = r"quý\s+(?P<e_quarter>iv|iii|ii|i|[1-4])(?:\s?/\s?|[\s,]+năm\s+)(?P<e_year>\d{4})(?!\d)"
_PERIOD = r"(?:giai đoạn|thời kỳ|các năm|từ năm|năm)\s+(?P<f_first>\d{4})\s?(?:[-–—]|đến(?: năm)?)\s?(?P<f_last>\d{4})(?!\d)"
_YEAR = r"năm\s+(?P<g_year>\d{4,6})(?![\d/])"
_RELATIVE = (
    r"(?P<h_word>(?:sáng|trưa|chiều|tối)\s+(?:nay|qua)|hôm nay|hôm qua|ngày mai|tuần này|tuần trước|tuần qua"
    r"|tháng này|tháng trước|tháng qua|năm nay|năm ngoái|năm trước|năm tới|năm sau)"
)
_FORMS = "|".join(f"(?:{part})" for part in (_DAY_WORDS, _DAY_DIGITS, _DAY_SHORT, _PERIOD, _QUARTER, _MONTH, _YEAR, _RELATIVE))
# All forms begin with one of these; without the looks ahead each is tried at each character, in several times the time.
_FIRST_WORDS = "ngày|sáng|trưa|chiều|tối|đêm|hôm|lúc|mùng|mồng|tháng|quý|giai đoạn|thời kỳ|các năm|từ năm|năm|tuần"
_PATTERN = re.compile(rf"(?=[\dcđghlmnqst])(?=\d|{_FIRST_WORDS})(?:{_FORMS})")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def tag_dates(document: Document) -> Document:
    """Sets ``dates``: title first, then text, in the order of the text; overlapping readings never occur."""
    found = [mention for field in ("title", "text") for mention in _dates(document, field)]
    return replace(document, dates=tuple(found))


def _dates(document: Document, field: FieldName) -> Iterator[DateMention]:
    text = lower(document.title if field == "title" else document.text)
    for match in _PATTERN.finditer(text):
        if match.start() and text[match.start() - 1].isalpha() and text[match.start()].isalpha():
            continue  # the cue is the end of another word
        reading = _read(match, document.published)
        if reading is None:
            continue
        start, end, precision, flags = reading
        yield DateMention(
            start=start, end=end, precision=precision, flags=flags, evidence=(Span(match.start(), match.end(), field),), method=METHOD
        )


Reading = tuple[date | None, date | None, Precision, tuple[str, ...]]


def _read(match: re.Match[str], published: date | None) -> Reading | None:
    group = match.groupdict()
    if group["a_day"]:
        return _day(group["a_day"], group["a_month"], group["a_year"], published)
    if group["b_day"]:
        return _day(group["b_day"], group["b_month"], group["b_year"], published)
    if group["c_day"]:
        return _day(group["c_day"], group["c_month"], None, published)
    if group["f_first"]:
        first, last = int(group["f_first"]), int(group["f_last"])
        if _is_year(first) and _is_year(last) and first <= last:
            return date(first, 1, 1), date(last + 1, 1, 1), "period", ()
        return None, None, "period", ("malformed",)
    if group["e_quarter"]:
        year, month = int(group["e_year"]), 3 * _QUARTERS[group["e_quarter"]] - 2
        return (_first(year, month), _first(year, month + 3), "quarter", ()) if _is_year(year) else (None, None, "quarter", ("malformed",))
    if group["d_month"]:
        year, month = int(group["d_year"]), int(group["d_month"])
        good = _is_year(year) and 1 <= month <= 12
        return (_first(year, month), _first(year, month + 1), "month", ()) if good else (None, None, "month", ("malformed",))
    if group["g_year"]:
        year = int(group["g_year"])
        return (date(year, 1, 1), date(year + 1, 1, 1), "year", ()) if _is_year(year) else (None, None, "year", ("malformed",))
    return _relative(group["h_word"], published)


def _is_year(year: int) -> bool:
    return _FIRST_YEAR <= year <= _LAST_YEAR


def _first(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _day(day: str, month: str, year: str | None, published: date | None) -> Reading | None:
    if year is not None and not _is_year(int(year)):
        return None, None, "day", ("malformed",)
    if year is None and published is None:
        # 2000 is a leap year, so every real day of a calendar exists in it.
        return (None, None, "day", ("unresolved",)) if _date(2000, month, day) else None
    if year is not None:
        value = _date(int(year), month, day)
    else:
        assert published is not None
        limit = published + timedelta(days=_AHEAD_DAYS)
        years = [published.year + 1, published.year, published.year - 1, published.year - 2, published.year - 3, published.year - 4]
        value = next((d for y in years if (d := _date(y, month, day)) and d <= limit), None)
        if value is None and _date(2000, month, day) is None:
            return None  # 31/14 is no day: a fraction or a misprint without meaning for us
    if value is None:
        return None, None, "day", ("malformed",)
    return value, value + timedelta(days=1), "day", ()


def _date(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _relative(word: str, published: date | None) -> Reading:
    precision: Precision = "year" if word.startswith("năm") else "month" if word.startswith("tháng") else "day"
    if word.startswith("tuần"):
        precision = "period"
    if published is None:
        return None, None, precision, ("unresolved",)
    back = word.endswith((" qua", " trước", " ngoái"))
    ahead = word.endswith((" mai", " tới", " sau"))
    step = -1 if back else 1 if ahead else 0
    if precision == "year":
        return date(published.year + step, 1, 1), date(published.year + step + 1, 1, 1), "year", ()
    if precision == "month":
        month = published.year * 12 + published.month - 1 + step
        return _first(month // 12, month % 12 + 1), _first((month + 1) // 12, (month + 1) % 12 + 1), "month", ()
    if precision == "period":
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(weeks=1), "period", ()
    day = published + timedelta(days=step)
    return day, day + timedelta(days=1), "day", ()
