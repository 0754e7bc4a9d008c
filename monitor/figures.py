"""The shape of every number that pages, JSON, CSV, mail and reports show: worked out once, so that all of them say the same.

Frozen dataclasses; `to_plain` makes plain data of them. ``None`` in place of a number means that it was not observed, which is never 0.
Each count carries ``query``, the address parameters that list its articles. They are filled in ``figures_*.py``; ``desk.py`` serves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from monitor.budgets import BudgetItem
from monitor.causes import Cause
from monitor.coverage import State
from monitor.health import SourceHealth
from monitor.periods import Units

SHADES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigure:
    key: str
    kind: str
    name: str
    """``Tuần 47/2026``."""
    dates: str
    """``16/11/2026 - 22/11/2026``."""
    start: date
    last_day: date
    running: bool
    """It is not over yet: its numbers still grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    articles: int | None
    """None: not observed."""
    stories: int | None
    """Different stories among them; copies of one count once."""
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFigure:
    state: State
    name: str
    """``có tin``."""
    provinces: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceFigure:
    code: str
    name: str
    state: State
    state_name: str
    cause: Cause | None
    cause_name: str | None
    articles: int | None
    stories: int | None
    before: int | None
    """Articles in the period before; None where that was not observed."""
    year_before: int | None
    query: str
    separable: bool = True
    """False on the map of 63 for a new province whose articles cannot be told apart: no tile is it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileFigure:
    code: str
    name: str
    short: str
    islands: str
    """Hoàng Sa or Trường Sa, else empty. Such a tile has the state of the province it belongs to and no number of its own."""
    state: State
    state_name: str
    cause_name: str | None
    articles: int | None
    shade: int
    """0 without articles, then 1 to `SHADES` by share of the largest count."""
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFigure:
    code: str
    name: str
    articles: int | None
    """None where there is none and not everything was observed."""
    stories: int | None
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    code: str
    name: str
    state: State
    cells: tuple[Count, ...]
    """In the order of the matrix's activities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Activity x province; an article with two activities stands in two cells."""

    activities: tuple[ActivityFigure, ...]
    rows: tuple[MatrixRow, ...]
    """Provinces of the map, then those that cannot be told apart, then the whole country where something is about it."""
    largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePoint:
    week: str
    name: str
    start: date
    articles: int | None
    """Dated in this week; None where no source was read in it and nothing is known."""
    stories: int | None
    query: str
    year_before_week: str
    year_before: int | None
    year_before_query: str
    running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFigure:
    key: str
    name: str
    role: str
    role_name: str
    vnd: int
    articles: int
    sentences: int
    """Shown together: "n tin, m câu"."""
    share: float
    """Of the largest sum of the same role in this list, 0..1; for the length of a bar."""
    items: tuple[BudgetItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceFigure:
    code: str
    name: str
    weeks: int
    last_news: date | None
    query: str
    """All articles about it, of any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFigure:
    portal: str
    name: str
    province: str | None
    """Code on the map; None for central sources."""
    province_name: str | None
    cause: Cause
    cause_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Against another period. Only what was observed in both is compared."""

    period: PeriodFigure
    articles: int | None
    """Of the other period; None where it was not observed."""
    difference: int | None
    """None where one of the two was not observed."""
    provinces_with_news: int
    started: tuple[str, ...]
    """Names of provinces with news now and silent then."""
    stopped: tuple[str, ...]
    """Names of provinces silent now and with news then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewFigures:
    period: PeriodFigure
    units: Units
    headline: str
    """Fit to be pasted into a report."""
    total: Count
    """Relevant articles dated in the period, wherever they are about."""
    placeless: int
    """Those of them that are about no province and not about the whole country."""
    undated: Count
    """Relevant articles without a certain date, of any time: they stand in no period."""
    states: tuple[StateFigure, ...]
    provinces: tuple[ProvinceFigure, ...]
    tiles: tuple[tuple[TileFigure | None, ...], ...]
    activities: tuple[ActivityFigure, ...]
    matrix: Matrix
    timeline: tuple[TimelinePoint, ...]
    budgets: tuple[BudgetFigure, ...]
    """By role."""
    silent: tuple[SilenceFigure, ...]
    """The longest first."""
    unread: tuple[UnreadFigure, ...]
    watched: int
    """Sources that were watched in the period; with none, nothing can be unread."""
    before: Change
    year_before: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFigure:
    story: str
    document: str
    """The first of its articles that counts here; its address is ``/tin/{document}``."""
    title: str
    published: date | None
    portal: str
    portal_name: str
    articles: tuple[str, ...]
    """All its articles that count here, in order of publication, ``document`` included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigure:
    week: str
    name: str
    start: date
    state: State
    state_name: str
    cause_name: str | None
    articles: int | None
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigure:
    portal: str
    name: str
    home: str
    kind: str
    province: str
    """Code of today's province, or ``VN``."""
    province_name: str
    verified: bool
    documents: int
    """All that are kept of it."""
    relevant: Count
    new_7: int | None
    """Articles first seen in the last 7 days; None where it was not read in that time: unknown is not 0."""
    new_28: int | None
    health: SourceHealth
    cause_name: str | None
    state_name: str
    query: str
    """All its articles, of any topic."""
    predecessors: tuple[NamedSource, ...] = ()
    """Sources that it continues."""
    successors: tuple[NamedSource, ...] = ()
    """Sources that continue it."""
    valid_from: date | None = None
    valid_to: date | None = None
    """First day on which it was no longer a source of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSource:
    portal: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesFigures:
    at: datetime
    sources: tuple[SourceFigure, ...]
    """Those in trouble first, then by name."""
    states: tuple[tuple[str, str, int], ...]
    """(state, Vietnamese name, sources)."""
    alarms: tuple[str, ...]
    """Ids of the sources that somebody should look at."""
    recovered: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceFigures:
    period: PeriodFigure
    units: Units
    province: ProvinceFigure
    other_map: tuple[NamedPlace, ...]
    """What it was made of (map of 34), or what it is today (map of 63)."""
    total: Count
    activities: tuple[ActivityFigure, ...]
    programmes: tuple[ActivityFigure, ...]
    weeks: tuple[WeekFigure, ...]
    """The ledger of the last weeks, the oldest first."""
    timeline: tuple[TimelinePoint, ...]
    budgets: tuple[BudgetFigure, ...]
    silent_weeks: int
    last_news: date | None
    sources: tuple[SourceFigure, ...]
    """Those watched or to be watched for it."""
    stories: tuple[StoryFigure, ...]
    """Of the period, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyItem:
    document: str
    position: int
    href: str
    title: str
    published: date | None
    portal: str
    portal_name: str
    vnd: int
    qualifier: str
    role: str
    role_name: str
    start: int
    end: int
    field: str
    repeated: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    reason: str
    name: str
    sums: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFigures:
    period: PeriodFigure | None
    """None: of any time."""
    units: Units
    province: str | None
    """Only this province's, if asked for."""
    articles: int
    sentences: int
    roles: tuple[BudgetFigure, ...]
    provinces: tuple[BudgetFigure, ...]
    activities: tuple[BudgetFigure, ...]
    years: tuple[BudgetFigure, ...]
    programmes: tuple[BudgetFigure, ...]
    items: tuple[MoneyItem, ...]
    """Every sum that was added, by role, then the largest first."""
    left_out: tuple[LeftOut, ...]
    """Amounts of the period that no sum holds, and why."""
    sums: int
    """That were added, on all pages."""
    page: int = 1
    pages: int = 1
    """Of ``items``; other pages hold the rest."""


def to_plain(figures: Any) -> Any:
    """Dictionaries, lists, numbers, texts and ISO dates of any figures."""
    return msgspec.to_builtins(figures)
