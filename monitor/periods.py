"""Periods that figures are asked for: ISO weeks, months, quarters, years and own ranges, half-open, in Vietnam's calendar.

Every day lies in exactly one week, month, quarter and year: no gap and no overlap. What happened in a period is not said here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from corpus.errors import InvalidData

Units = Literal["34", "63"]
"""The map that is counted on: 34 provinces of today or the 63 of before 2025-07-01."""
PeriodKind = Literal["week", "month", "quarter", "year", "range"]
KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_YEAR, LAST_YEAR = 1990, 2099
"""Years that a key may name; a century is enough for news and keeps dates far from their limits."""

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days ``start <= day < end`` of Vietnam's calendar."""

    start: date
    end: date
    kind: PeriodKind = "range"

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"a period ends after it begins, got {self.start}..{self.end}")

    @property
    def last_day(self) -> date:
        return self.end - _DAY

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def key(self) -> str:
        """``2026-W47``, ``2026-11``, ``2026-Q4``, ``2026``, ``2026-11-01..2026-11-15`` (both days included); `parse_period` reads it."""
        start = self.start
        match self.kind:
            case "week":
                year, week, _ = start.isocalendar()
                return f"{year:04d}-W{week:02d}"
            case "month":
                return f"{start.year:04d}-{start.month:02d}"
            case "quarter":
                return f"{start.year:04d}-Q{(start.month + 2) // 3}"
            case "year":
                return f"{start.year:04d}"
            case "range":
                return f"{start.isoformat()}..{self.last_day.isoformat()}"

    @property
    def name(self) -> str:
        """As readers say it: ``Tuần 47/2026``, ``Tháng 11/2026``, ``Quý 4/2026``, ``Năm 2026``, ``01/11/2026 - 15/11/2026``."""
        start = self.start
        match self.kind:
            case "week":
                year, week, _ = start.isocalendar()
                return f"Tuần {week}/{year}"
            case "month":
                return f"Tháng {start.month}/{start.year}"
            case "quarter":
                return f"Quý {(start.month + 2) // 3}/{start.year}"
            case "year":
                return f"Năm {start.year}"
            case "range":
                return f"{start:%d/%m/%Y} - {self.last_day:%d/%m/%Y}" if self.days > 1 else f"{start:%d/%m/%Y}"

    @property
    def dates(self) -> str:
        """First and last day in words: ``16/11/2026 - 22/11/2026``."""
        return Period(self.start, self.end).name

    @property
    def starts_at(self) -> datetime:
        """First instant, aware."""
        return datetime.combine(self.start, time(), VIETNAM)

    @property
    def ends_at(self) -> datetime:
        """First instant after it, aware."""
        return datetime.combine(self.end, time(), VIETNAM)

    def contains(self, day: date) -> bool:
        return self.start <= day < self.end

    def contains_instant(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at

    def next(self) -> Period:
        """The period of the same kind that begins when this one ends; a range gives one as long."""
        if self.kind == "range":
            return Period(self.end, self.end + (self.end - self.start))
        return period_of(self.end, self.kind)

    def before(self) -> Period:
        """The period of the same kind that ends when this one begins."""
        if self.kind == "range":
            return Period(self.start - (self.end - self.start), self.start)
        return period_of(self.start - _DAY, self.kind)

    def year_before(self) -> Period:
        """The same week number, month, quarter or range of days a year earlier. A week 53 that the earlier year lacks gives its 52."""
        match self.kind:
            case "week":
                year, week, _ = self.start.isocalendar()
                return week_number(year - 1, min(week, weeks_in_year(year - 1)))
            case "range":
                start, last = _a_year_earlier(self.start), _a_year_earlier(self.last_day)
                return Period(start, last + _DAY)
            case _:
                return period_of(_a_year_earlier(self.start), self.kind)

    def weeks(self) -> tuple[Period, ...]:
        """The whole ISO weeks that share at least one day with it, in order."""
        return tuple(self._weeks())

    def _weeks(self) -> Iterator[Period]:
        monday = self.start - timedelta(days=self.start.weekday())
        while monday < self.end:
            yield Period(monday, monday + _WEEK, "week")
            monday += _WEEK

    def overlap(self, other: Period) -> Period | None:
        """The days that both hold, as a range; the period itself where the other holds all of it."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        if start >= end:
            return None
        return self if (start, end) == (self.start, self.end) else Period(start, end)


def period_of(day: date, kind: PeriodKind) -> Period:
    """The week, month, quarter or year that holds a day; for ``range`` the day alone."""
    match kind:
        case "week":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + _WEEK, "week")
        case "month":
            return Period(date(day.year, day.month, 1), _month_after(day.year, day.month), "month")
        case "quarter":
            first = (day.month - 1) // 3 * 3 + 1
            return Period(date(day.year, first, 1), _month_after(day.year, first + 2), "quarter")
        case "year":
            return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1), "year")
        case "range":
            return Period(day, day + _DAY)


def day_of(instant: datetime) -> date:
    """The day in Vietnam. Raises: ValueError for an instant without a time zone."""
    if instant.tzinfo is None:
        raise ValueError("instants are aware")
    return instant.astimezone(VIETNAM).date()


def week_of(instant: datetime) -> Period:
    """The ISO week in Vietnam that an instant falls in."""
    return period_of(day_of(instant), "week")


def week_number(year: int, week: int) -> Period:
    """Raises: ValueError when the year has no such week."""
    monday = date.fromisocalendar(year, week, 1)
    return Period(monday, monday + _WEEK, "week")


@cache
def weeks_in_year(year: int) -> int:
    """52 or 53: the week that holds 28 December is the last."""
    return date(year, 12, 28).isocalendar().week


_FORMS = re.compile(
    r"(?P<year>\d{4})(?:-(?:W(?P<week>\d{2})|Q(?P<quarter>[1-4])|(?P<month>\d{2})))?"
    r"|(?P<start>\d{4}-\d{2}-\d{2})\.\.(?P<last>\d{4}-\d{2}-\d{2})",
    re.ASCII,
)


def parse_period(key: str) -> Period:
    """Reads what `Period.key` writes. Raises: InvalidData saying how to write it."""
    wrong = InvalidData(f"{key!r} is no period: write 2026-W47, 2026-11, 2026-Q4, 2026 or 2026-11-01..2026-11-15")
    match = _FORMS.fullmatch(key)
    if match is None:
        raise wrong
    try:
        if match["start"]:
            found = Period(date.fromisoformat(match["start"]), date.fromisoformat(match["last"]) + _DAY)
        elif match["week"]:
            found = week_number(int(match["year"]), int(match["week"]))
        elif match["quarter"]:
            found = period_of(date(int(match["year"]), int(match["quarter"]) * 3, 1), "quarter")
        elif match["month"]:
            found = period_of(date(int(match["year"]), int(match["month"]), 1), "month")
        else:
            found = period_of(date(int(match["year"]), 1, 1), "year")
    except (ValueError, OverflowError) as error:
        raise wrong from error
    if not found.start.year >= FIRST_YEAR or not found.last_day.year <= LAST_YEAR:
        raise wrong
    return found


def _month_after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _a_year_earlier(day: date) -> date:
    """29 February gives the 28th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
