"""The ledger province x week on either map, with its four states.

The place an article is *about* counts, whoever published it. A province-week is *có tin* where a relevant story exists; else *không đọc
được* where any source watched for it was not read in the whole week; else *im lặng*; without a watched source *chưa theo dõi*. A source
was read only if a list of it was fetched, parsed and still held known older items (``corpus/readings.py``); before its first such run
it is not watched. Not observed is never 0.

On the map of 63 a text about a whole new province made of several stands under that new province, *không tách được*: it is neither
copied to the old ones nor split among them. So does a source that speaks for such a province and for no old one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Literal, get_args

import msgspec

from corpus.localities import REFORM, Register
from corpus.locality_names import sort_key
from corpus.portals import Portal, PortalRegistry
from monitor.causes import Cause
from monitor.facts import NATIONAL, Facts
from monitor.periods import Period, Units, day_of, period_of
from monitor.readings import Readings, SourceRuns
from monitor.tallies import NOTHING, Told, tallies

State = Literal["news", "silent", "unreadable", "unwatched"]
STATES: tuple[State, ...] = get_args(State)
STATE_NAMES: Mapping[State, str] = {
    "news": "có tin",
    "silent": "im lặng",
    "unreadable": "không đọc được",
    "unwatched": "chưa theo dõi",
}


STATE_MARKS: Mapping[State, str] = {"news": "●", "silent": "○", "unreadable": "▲", "unwatched": "–"}
"""The shape of each, on pages, in drawings, mail and reports; where a number stands, it stands for the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A watched source that was not read, and why."""

    portal: str
    cause: Cause


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One province in one week, or in the whole period."""

    state: State
    articles: int | None
    """Relevant articles about it, dated in that time; None where nothing was seen and not everything was read: unknown is not 0."""
    stories: int | None
    watched: tuple[str, ...] = ()
    """Sources watched for it, by id."""
    unread: tuple[Unread, ...] = ()
    """Those that were not read: in the whole week, or in at least one whole week of the period."""

    @property
    def cause(self) -> Cause | None:
        """Of the first unread source of an unreadable cell."""
        return self.unread[0].cause if self.state == "unreadable" else None


_NONE: Told = (0, 0)
_NOTHING = Cell(state="unwatched", articles=None, stories=None)


@dataclass(frozen=True)
class Coverage:
    period: Period
    units: Units
    weeks: tuple[Period, ...]
    """ISO weeks that share a day with the period and have begun. Articles are counted only on days of the period."""
    provinces: tuple[str, ...]
    """Codes of the map in Vietnamese order of their names: 34 or 63."""
    cells: Mapping[tuple[str, str], Cell]
    """(province code, week key); see `cell`. Cells of weeks in which nothing was watched and nothing is known are left out."""
    totals: Mapping[str, Cell]
    """Province code to its state in the whole period; also ``VN`` and, on the map of 63, new provinces that cannot be told apart, as
    far as something is about them."""

    def cell(self, province: str, week: Period) -> Cell:
        return self.cells.get((province, week.key), _NOTHING)

    def total(self, province: str) -> Cell:
        """Of the whole period; for a unit that the ledger does not hold, nothing is watched and nothing known."""
        return self.totals.get(province, _NOTHING)

    def count(self, state: State) -> int:
        return sum(self.totals[code].state == state for code in self.provinces)

    def with_state(self, state: State) -> tuple[str, ...]:
        return tuple(code for code in self.provinces if self.totals[code].state == state)

    @cached_property
    def unread(self) -> tuple[Unread, ...]:
        """Watched sources that were not read in a whole week of the period, each once, by id."""
        found = {unread.portal: unread for code in self.totals for unread in self.totals[code].unread}
        return tuple(found[portal] for portal in sorted(found))


@lru_cache(maxsize=8)
def map_provinces(register: Register, units: Units) -> tuple[str, ...]:
    """Codes of the provinces on a map, in Vietnamese order of their names."""
    day = REFORM if units == "34" else date(2025, 6, 1)
    found = [unit for unit in register.units("province", day) if unit.generation == ("v2" if units == "34" else "v1")]
    return tuple(unit.code for unit in sorted(found, key=lambda unit: (sort_key(unit.name), unit.code)))


def watched_for(portal: Portal, register: Register, units: Units) -> str | None:
    """The unit that a source is watched for; None for central ones.

    On the map of 63 the province it spoke for before the reform; without one, the old province that its province of today was made of,
    if that was a single one, else today's province, which cannot be told apart.
    """
    if portal.province == NATIONAL:
        return None
    if units == "34":
        return portal.province
    if portal.province_before is not None:
        return portal.province_before
    before = register.provinces_before(portal.province)
    return before[0] if len(before) == 1 else portal.province


def coverage(
    facts: Facts,
    readings: Readings,
    registry: PortalRegistry,
    register: Register,
    period: Period,
    units: Units,
    now: datetime,
    *,
    only: str | None = None,
    brief: bool = False,
) -> Coverage:
    """The ledger of a period, or ``only`` one province's line of it. ``brief``: of provinces with news their numbers alone, without weeks
    and sources, which is what comparisons need.

    Weeks that have not begun are left out; of the week that runs, what happened so far counts, and among several weeks it counts from its
    first run or article on.
    """
    weeks = tuple(week for week in period.weeks() if week.starts_at <= now)
    if (
        len(weeks) > 1
        and weeks[-1].ends_at > now
        and not tallies(facts, units).all.during(weeks[-1])[0]
        and not any(readings.of_source(portal.id).seen_since(weeks[-1].starts_at) for portal in registry)
    ):
        weeks = weeks[:-1]  # on Monday before the first run: as good as not begun
    provinces = map_provinces(register, units)
    columns = tallies(facts, units).provinces
    first, last = period.start.toordinal(), period.end.toordinal()
    asked = columns if only is None else (only,)
    seen = {code: told for code in asked if (told := columns.get(code, NOTHING).between(first, last))[0]}
    keys = [(week, week.key, week.start.toordinal(), week.ends_at.astimezone(UTC)) for week in weeks]
    sources = _sources(registry, register, units)
    cells: dict[tuple[str, str], Cell] = {}
    totals: dict[str, Cell] = {}
    for code in (*provinces, *sorted((seen.keys() | sources.keys()) - set(provinces))) if only is None else (only,):
        column, said = columns.get(code, NOTHING), seen.get(code, _NONE)
        if brief and said[0]:
            totals[code] = _counted("news", said, (), ())
            continue
        watching = _watching(sources.get(code, ()), readings)
        watched_since = min((source.watched_since for _, source, _ in watching if source.watched_since is not None), default=now)
        line = []
        for week, key, monday, ends_at in keys:
            told = column.between(max(monday, first), min(monday + 7, last)) if said[0] else _NONE
            if not told[0] and ends_at <= watched_since:
                continue  # nothing watched and nothing said: most of a range of decades
            cell = _cell(told, *_watch(watching, week))
            cells[code, key] = cell
            line.append(cell)
        totals[code] = _total(said, line)
    return Coverage(period=period, units=units, weeks=weeks, provinces=provinces, cells=cells, totals=totals)


def _sources(registry: PortalRegistry, register: Register, units: Units) -> dict[str, list[Portal]]:
    found: dict[str, list[Portal]] = defaultdict(list)
    for portal in registry:
        code = watched_for(portal, register, units)
        if code is not None and portal.verified:
            found[code].append(portal)
    return dict(found)


_Watched = tuple[Portal, SourceRuns, date | None]
"""A source, its runs, and the day since which it is watched."""


def _watching(portals: Iterable[Portal], readings: Readings) -> list[_Watched]:
    found = [(portal, readings.of_source(portal.id)) for portal in portals]
    return [(portal, source, day_of(source.watched_since) if source.watched_since else None) for portal, source in found]


def _watch(watching: Sequence[_Watched], week: Period) -> tuple[tuple[str, ...], tuple[Unread, ...]]:
    """Sources watched in a week, and those of them that were not read in it."""
    watched, unread = [], []
    for portal, source, since in watching:
        if not _is_watched(portal, since, week):
            continue
        watched.append(portal.id)
        if not source.read_in(week):
            unread.append(Unread(portal=portal.id, cause=source.cause_in(week)))
    return tuple(watched), tuple(unread)


def _is_watched(portal: Portal, since: date | None, week: Period) -> bool:
    """Verified, read at least once before the week ends, and a source of its own through the whole week."""
    if not portal.verified or since is None or since >= week.end:
        return False
    return (portal.valid_from is None or portal.valid_from < week.end) and (portal.valid_to is None or week.end <= portal.valid_to)


def _cell(told: Told, watched: tuple[str, ...], unread: tuple[Unread, ...]) -> Cell:
    state: State
    if told[0]:
        state = "news"
    elif unread:
        state = "unreadable"
    else:
        state = "silent" if watched else "unwatched"
    return _counted(state, told, watched, unread)


def _counted(state: State, told: Told, watched: tuple[str, ...], unread: tuple[Unread, ...]) -> Cell:
    articles, stories = told if state in ("news", "silent") else (None, None)
    return Cell(state=state, articles=articles, stories=stories, watched=watched, unread=unread)


def _total(told: Told, weeks: Sequence[Cell]) -> Cell:
    """A province was silent in a period only if it was silent in every week of it in which it was watched."""
    states = {cell.state for cell in weeks}
    state: State
    if told[0]:
        state = "news"
    elif "unreadable" in states:
        state = "unreadable"
    else:
        state = "silent" if "silent" in states else "unwatched"
    watched = tuple(sorted({portal for cell in weeks for portal in cell.watched}))
    unread = {entry.portal: entry for cell in weeks for entry in cell.unread}
    return _counted(state, told, watched, tuple(unread[portal] for portal in sorted(unread)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How long a province has been silent at the end of a period."""

    province: str
    weeks: int
    """Weeks in a row, each read by every watched source and without a relevant article; the week that runs is not counted."""
    last_news: date | None
    """Day of the last relevant article about it before the end of the period."""


SILENCE_WEEKS = 104
"""Two years back; nobody asks for more, and few sources are watched for longer."""


def silences(
    facts: Facts,
    readings: Readings,
    registry: PortalRegistry,
    register: Register,
    period: Period,
    units: Units,
    now: datetime,
) -> tuple[Silence, ...]:
    """Provinces that were silent in the last whole week of the period, the longest silence first, then in Vietnamese order."""
    week = period_of(min(period.last_day, day_of(now)), "week")
    if week.ends_at > now or week.end > period.end:
        week = week.before()
    last = last_news_days(facts, units, period.end)
    last_in_weeks = last if week.end == period.end else last_news_days(facts, units, week.end)
    sources = _sources(registry, register, units)
    found = []
    for order, code in enumerate(map_provinces(register, units)):
        watching, last_day = _watching(sources.get(code, ()), readings), last_in_weeks.get(code, date.min)
        count, at = 0, week
        while count < SILENCE_WEEKS and at.start > last_day:
            watched, unread = _watch(watching, at)
            if not watched or unread:
                break
            count += 1
            at = at.before()
        if count:
            found.append((-count, order, Silence(province=code, weeks=count, last_news=last.get(code))))
    return tuple(silence for _, _, silence in sorted(found, key=lambda entry: entry[:2]))


def last_news_days(facts: Facts, units: Units, end: date) -> Mapping[str, date]:
    """Province code to the day of its last relevant article before ``end``."""
    columns, before = tallies(facts, units).provinces, end.toordinal()
    return {code: date.fromordinal(day) for code, column in columns.items() if (day := column.last_before(before)) is not None}
