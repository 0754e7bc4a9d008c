"""Dates said in a text, resolved against the publication date.

"ngày 4/12" in a story of 7 December 2023 is 4 December 2023: without a year the nearest past day is meant unless words speak of the
future; what stays open, recurs each year or cannot be is kept without a value and flagged. The forms are in ``nlp/when_forms.py``;
the publication date itself is found by extraction, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from corpus.document import DateMention, Document, FieldName, Span
from corpus.text import lower
from nlp.when_forms import (
    AFTER_MONTH,
    BEFORE_MONTH,
    COUNTED,
    FORM,
    FUTURE,
    MONTH_WORDS,
    NEAR_FUTURE,
    NEAR_PAST,
    PAST,
    PLACES,
    QUARTERS,
    RECURS_AFTER,
    RECURS_BEFORE,
    SEVERAL,
    THIS_YEAR,
)

METHOD = "date-rules 2026.12"

_FIRST_YEAR, _LAST_YEAR = 1945, 2050
"""Years outside are misprints or other numbers; the texts of this field speak of 1998 (Chương trình 135) to 2045 (visions)."""
_AMBIGUOUS_DAYS = 300
"""A day without a year whose last return is longer ago than this may as well be the coming one: announcements look two months ahead."""
_YEAR_DAYS = 366

_CLAUSE_END = re.compile(r"[.;\n](?!\d)")
_NUMBER = re.compile(r"\d+")
_CUE_BEFORE = re.compile(r"(?<!\w)(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|mùng|mồng)\s+$")
_EVERY = re.compile(r"(?<!\w)(?:mỗi|hằng|hàng|một)\s$")

Precision = Literal["day", "month", "quarter", "year", "period"]


@dataclass(frozen=True, slots=True)
class _Reading:
    start: date | None
    end: date | None
    precision: Precision
    flags: tuple[str, ...] = ()


def _malformed(precision: Precision) -> _Reading:
    return _Reading(None, None, precision, ("malformed",))


def _unresolved(precision: Precision) -> _Reading:
    return _Reading(None, None, precision, ("unresolved",))


def tag_dates(document: Document) -> Document:
    """Sets ``dates``: title first, then text, in the order of the text. Overlapping readings never occur; days of a list that do not
    follow each other share their evidence."""
    found = [mention for field in ("title", "text") for mention in _dates(document, field)]
    return replace(document, dates=tuple(found))


def _dates(document: Document, field: FieldName) -> Iterator[DateMention]:
    original = document.title if field == "title" else document.text
    text = lower(original)
    for match in FORM.finditer(text):
        if match.start() and text[match.start() - 1].isalpha() and text[match.start()].isalpha():
            continue  # the cue is the end of another word
        for reading in _read(match, _Context(original, text, match, document.published)):
            yield DateMention(
                start=reading.start,
                end=reading.end,
                precision=reading.precision,
                flags=reading.flags,
                evidence=(Span(match.start(), match.end(), field),),
                method=METHOD,
            )


class _Context:
    """What stands around a date: whether it recurs, and whether words put it ahead or back."""

    def __init__(self, original: str, text: str, match: re.Match[str], published: date | None) -> None:
        self.published = published
        self.before = text[max(0, match.start() - 60) : match.start()]
        self.after = text[match.end() : match.end() + 60]
        self.said = text[match.start() : match.end()]
        self.names_month = any(word[:1].isupper() for word in original[match.start() : match.end()].split()[1:])
        self.recurs = bool(RECURS_AFTER.match(self.after) or RECURS_BEFORE.search(self.before))

    def tense(self) -> tuple[Literal["past", "future", "this", None], bool]:
        """Where words put it, and whether they stand right beside it."""
        if NEAR_PAST.match(self.after):
            return "past", True
        if NEAR_FUTURE.match(self.after):
            return "future", True
        if THIS_YEAR.match(self.after):
            return "this", True
        clause = _CLAUSE_END.split(self.before)[-1] + self.said + _CLAUSE_END.split(self.after)[0]
        ahead, back = FUTURE.search(clause), PAST.search(clause)
        if ahead and back:
            return None, False
        return ("future" if ahead else "past" if back else None), False


def _read(match: re.Match[str], context: _Context) -> tuple[_Reading, ...]:
    form = match.lastgroup
    assert form is not None
    reading = _READERS[form](match, context)
    if reading is None:
        return ()
    readings = reading if isinstance(reading, tuple) else (reading,)
    if context.recurs and form in _YEARLESS:
        return (_Reading(None, None, readings[0].precision, ("recurring",)),)
    return readings


def _is_year(year: int) -> bool:
    return _FIRST_YEAR <= year <= _LAST_YEAR


def _first(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _month_number(name: str) -> int:
    return int(name) if name.isdigit() else MONTH_WORDS[" ".join(name.split())]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _span(first: date, last: date) -> _Reading:
    return _Reading(first, last + timedelta(days=1), "day" if first == last else "period")


def _full(day: int, month: int, year: int) -> _Reading:
    value = _date(year, month, day) if _is_year(year) else None
    return _span(value, value) if value else _malformed("day")


def _two_digits(year: str) -> int:
    return int(year) if len(year) > 2 else 2000 + int(year) if int(year) <= _LAST_YEAR - 2000 else 1900 + int(year)


def _without_year(day: int, month: int, context: _Context) -> _Reading | None:
    """The year of a day that does not name one; None where this is no day of any calendar's month."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None  # 31/14 is no day: a fraction or a misprint without meaning for us
    if _date(2000, month, day) is None:  # 2000 is a leap year, so every real day of a calendar exists in it
        return _malformed("day")
    if context.published is None:
        return _unresolved("day")
    year = _year_of(min(day, 28), month, context)
    if year is None:  # the last one or the coming one: a day that only one of the years has is of that year
        years = [year for year in range(context.published.year - 1, context.published.year + 2) if _date(year, month, day)]
        if len(years) != 1:
            return _unresolved("day")
        year = years[0]
    value = _date(year, month, day)
    return _span(value, value) if value else _malformed("day")


def _year_of(day: int, month: int, context: _Context) -> int | None:
    """The nearest past return of a day unless words say future; None where nothing tells and the coming one is as near."""
    published = context.published
    assert published is not None
    this = date(published.year, month, day)
    last = this if this <= published else date(published.year - 1, month, day)
    ago = (published - last).days
    coming = last.year + 1
    tense, beside = context.tense()
    if tense == "this":
        return published.year
    if tense == "future":
        return coming if beside or ago > _YEAR_DAYS - _AMBIGUOUS_DAYS else last.year
    if tense == "past" or ago <= _AMBIGUOUS_DAYS:
        return last.year
    return None


def _day_words(match: re.Match[str], context: _Context) -> _Reading | None:
    day, month = int(match["a_day"]), _month_number(match["a_month"])
    if match["a_year"] is None:
        if not (match["a_month"].isdigit() or context.names_month):
            return None  # the name of a month is written "tháng Năm"
        if COUNTED.match(context.after) and not _CUE_BEFORE.search(context.before):
            return None  # "trong 3 tháng 5 lượt"
        return _without_year(day, month, context)
    return _full(day, month, int(match["a_year"]))


def _day_digits(match: re.Match[str], _: _Context) -> _Reading:
    return _full(int(match["b_day"]), int(match["b_month"]), int(match["b_year"]))


def _day_short_year(match: re.Match[str], _: _Context) -> _Reading:
    return _full(int(match["k_day"]), int(match["k_month"]), _two_digits(match["k_year"]))


def _day_short(match: re.Match[str], context: _Context) -> _Reading | None:
    return _without_year(int(match["c_day"] or match["d_day"]), int(match["c_month"] or match["d_month"]), context)


def _last_day(match: re.Match[str], name: str) -> tuple[int, int, int | None]:
    month = match[f"{name}_month"] or match[f"{name}_named"]
    year = match[f"{name}_year"] or match[f"{name}_said"]
    return int(match[f"{name}_day"]), _month_number(month), int(year) if year else None


def _range(match: re.Match[str], context: _Context) -> _Reading | None:
    """ "từ ngày 28/5 đến 3/6/2024": what the first day does not say is that of the last."""
    day, month, year = _last_day(match, "s")
    if context.said.startswith("từ") and PLACES.match(context.after):
        return None
    first_day, first_month = int(match["r_day"]), int(match["r_month"] or month)
    if not (1 <= month <= 12 and 1 <= first_month <= 12 and 1 <= day <= 31 and 1 <= first_day <= 31):
        return None
    if year is None:
        last_reading = _without_year(day, month, context)
        if last_reading is None or last_reading.start is None:
            return replace(last_reading, precision="period") if last_reading else None
        year = last_reading.start.year
    first_year = int(match["r_year"]) if match["r_year"] else year - (first_month > month)
    first, last = _date(first_year, first_month, first_day), _date(year, month, day)
    if first is None or last is None or first > last or not (_is_year(first_year) and _is_year(year)):
        return _malformed("period")
    return _span(first, last)


def _list(match: re.Match[str], context: _Context) -> tuple[_Reading, ...] | None:
    """ "các ngày 20, 21 và 22/9/2023": days that follow each other are one stretch."""
    day, month, year = _last_day(match, "t")
    days = [int(number) for number in _NUMBER.findall(match["l_days"])] + [day]
    reading = _full(day, month, year) if year else _without_year(day, month, context)
    if reading is None or reading.start is None:
        return (reading,) if reading else None
    values = [_date(reading.start.year, month, number) for number in days]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or known != sorted(set(known)):
        return (_malformed("period"),)
    if (known[-1] - known[0]).days == len(known) - 1:
        return (_span(known[0], known[-1]),)
    return tuple(_span(value, value) for value in known)


def _period(first: int, last: int) -> _Reading:
    if _is_year(first) and _is_year(last) and first <= last:
        return _Reading(date(first, 1, 1), date(last + 1, 1, 1), "period")
    return _malformed("period")


def _last_year(first: int, last: str) -> int:
    return int(last) if len(last) == 4 else first // 100 * 100 + int(last)


def _named_period(match: re.Match[str], _: _Context) -> _Reading:
    first = int(match["f_first"])
    return _period(first, _last_year(first, match["f_last"] or match["f_short"]))


def _bare_period(match: re.Match[str], _: _Context) -> _Reading | None:
    first, last = int(match["v_first"]), int(match["v_last"])
    return _period(first, last) if first < last <= first + 30 else None


def _school_year(match: re.Match[str], _: _Context) -> _Reading:
    """From September to May, as the ministry's yearly plans have it."""
    first = int(match["y_first"])
    if _last_year(first, match["y_last"]) != first + 1 or not _is_year(first):
        return _malformed("period")
    return _Reading(date(first, 9, 1), date(first + 1, 6, 1), "period")


def _since(match: re.Match[str], context: _Context) -> _Reading:
    year = int(match["i_year"])
    if not _is_year(year):
        return _malformed("period")
    if context.published is None:
        return _unresolved("period")
    until = context.published + timedelta(days=1)
    return _Reading(date(year, 1, 1), until, "period") if date(year, 1, 1) < until else _malformed("period")


def _years(match: re.Match[str], _: _Context) -> tuple[_Reading, ...]:
    years = [int(number) for number in _NUMBER.findall(match["j_years"])]
    if not all(map(_is_year, years)):
        return (_malformed("period"),)
    if years == list(range(years[0], years[-1] + 1)):
        return (_period(years[0], years[-1]),)
    return tuple(_Reading(date(year, 1, 1), date(year + 1, 1, 1), "year") for year in dict.fromkeys(years))


def _quarter(match: re.Match[str], _: _Context) -> _Reading:
    year, month = int(match["e_year"]), 3 * QUARTERS[match["e_quarter"]] - 2
    return _Reading(_first(year, month), _first(year, month + 3), "quarter") if _is_year(year) else _malformed("quarter")


def _quarter_alone(match: re.Match[str], context: _Context) -> _Reading | None:
    return _alone(3 * QUARTERS[match["q_quarter"]] - 2, 3, context)


def _month(match: re.Match[str], _: _Context) -> _Reading:
    year, month = int(match["n_year"]), _month_number(match["n_month"])
    good = _is_year(year) and 1 <= month <= 12
    return _Reading(_first(year, month), _first(year, month + 1), "month") if good else _malformed("month")


def _month_alone(match: re.Match[str], context: _Context) -> _Reading | None:
    month = _month_number(match["o_month"])
    if not match["o_month"].isdigit() and not context.names_month:
        return None  # "ba tháng năm lớp"; the name of a month is written "tháng Năm"
    return _alone(month, 1, context) if 1 <= month <= 12 else None


def _alone(month: int, months: int, context: _Context) -> _Reading | None:
    """A month or quarter that names no year; None where the words around show no part of a year."""
    beside = AFTER_MONTH.match(context.after)
    if not beside and (not BEFORE_MONTH.search(context.before) or COUNTED.match(context.after)):
        return None
    precision: Precision = "month" if months == 1 else "quarter"
    if context.published is None:
        return _unresolved(precision)
    year = _year_of(1, month, context)
    return _Reading(_first(year, month), _first(year, month + months), precision) if year else _unresolved(precision)


def _months(match: re.Match[str], _: _Context) -> _Reading:
    year, first, last = int(match["m_year"]), int(match["m_first"]), int(match["m_last"])
    first_year = int(match["m_first_year"]) if match["m_first_year"] else year - (first > last)
    good = _is_year(year) and _is_year(first_year) and 1 <= first <= 12 and 1 <= last <= 12 and (first_year, first) <= (year, last)
    return _Reading(_first(first_year, first), _first(year, last + 1), "period") if good else _malformed("period")


def _half(match: re.Match[str], context: _Context) -> _Reading | None:
    """ "6 tháng đầu năm": of the year of publication, once they are over or if words say so."""
    count = {"ba": 3, "sáu": 6, "chín": 9}.get(match["h_count"]) or int(match["h_count"])
    if count == 0:
        return None
    first, last = (1, count) if match["h_side"] == "đầu" else (13 - count, 12)
    if match["h_year"]:
        year = int(match["h_year"])
        return _Reading(_first(year, first), _first(year, last + 1), "period") if _is_year(year) else _malformed("period")
    published = context.published
    if published is None:
        return _unresolved("period")
    tense, _ = context.tense()
    if match["h_word"] == "ngoái":
        year = published.year - 1
    elif match["h_word"] or tense in ("future", "this") or (published.month >= last if first == 1 else published.month >= first):
        year = published.year
    else:
        return _unresolved("period")
    return _Reading(_first(year, first), _first(year, last + 1), "period")


def _year(match: re.Match[str], _: _Context) -> _Reading:
    year = int(match["g_year"])
    return _Reading(date(year, 1, 1), date(year + 1, 1, 1), "year") if _is_year(year) else _malformed("year")


def _broken_year(_: re.Match[str], context: _Context) -> _Reading | None:
    return None if _EVERY.search(context.before) else _malformed("year")


def _relative(match: re.Match[str], context: _Context) -> _Reading | None:
    word, published = match["relative"], context.published
    if word.startswith(("năm", "tháng", "tuần")) and SEVERAL.search(context.before):
        return None  # "ba năm qua"
    precision: Precision = "year" if word.startswith("năm") else "month" if word.startswith("tháng") else "day"
    if word.startswith("tuần"):
        precision = "period"
    if published is None:
        return _unresolved(precision)
    step = -1 if word.endswith((" qua", " trước", " ngoái")) else 1 if word.endswith((" mai", " tới", " sau")) else 0
    if precision == "year":
        if word.endswith(" qua") and published.month > 6:
            return _unresolved("year")  # late in a year "năm qua" is that year as often as the one before
        return _Reading(date(published.year + step, 1, 1), date(published.year + step + 1, 1, 1), "year")
    if precision == "month":
        month = published.year * 12 + published.month - 1 + step
        return _Reading(_first(month // 12, month % 12 + 1), _first((month + 1) // 12, (month + 1) % 12 + 1), "month")
    if precision == "period":
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
        return _Reading(monday, monday + timedelta(weeks=1), "period")
    day = published + timedelta(days=step)
    return _span(day, day)


_READERS: dict[str, Callable[[re.Match[str], _Context], _Reading | tuple[_Reading, ...] | None]] = {
    "range": _range,
    "list": _list,
    "words": _day_words,
    "digits": _day_digits,
    "short_year": _day_short_year,
    "short": _day_short,
    "half": _half,
    "school": _school_year,
    "since": _since,
    "period": _named_period,
    "years": _years,
    "quarter": _quarter,
    "quarter_alone": _quarter_alone,
    "months": _months,
    "month": _month,
    "month_alone": _month_alone,
    "bare": _bare_period,
    "year": _year,
    "broken": _broken_year,
    "relative": _relative,
}
_YEARLESS = frozenset({"range", "list", "words", "short", "month_alone", "quarter_alone"})
