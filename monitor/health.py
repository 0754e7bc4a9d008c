"""The state of every source with its cause: read, in trouble, silent or not watched, since when, and whether anybody should be told.

A source is *silent* only where it was read (a list fetched, parsed and still holding known older items) after a pause that is too long
for it. Anything less is trouble with a cause. Trouble is reported until somebody acknowledges it or it ends; nothing is reported of the
first runs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from corpus.portals import Portal, PortalRegistry
from corpus.store import Sighting, SourceNote, StoredFact
from monitor.cadence import Cadence, learn
from monitor.causes import NAMES, Cause, Result
from monitor.periods import VIETNAM, day_of
from monitor.readings import Readings, Run, SourceRuns

HealthState = Literal["ok", "trouble", "silent", "unwatched"]
STATE_NAMES: Mapping[HealthState, str] = {
    "ok": "đọc được",
    "trouble": "không đọc được",
    "silent": "im lặng",
    "unwatched": "chưa theo dõi",
}

GRID_RUNS = 28
FIRST_RUNS = 3
"""Nothing is reported before so many runs: a new source is being set up."""
ALARM_RUNS = 2
"""Troubles in a row that are reported; one alone is often the network's."""
NOT_ASKED_DAYS = 3
RECOVERY_DAYS = 7
"""How long a recovery is worth a line."""
OUTCOME_DAYS = 28
"""Pages of this time tell how well a source's articles can be read."""
RECENT_RUNS = 2
"""At least; more where these had fewer pages than are needed."""
LEAST_RECENT_PAGES, LEAST_EARLIER_PAGES = 3, 5
DEGRADED_SHARE, USUAL_SHARE = 0.6, 0.3
"""Articles are no longer read where of the latest pages more than the first share fail and of the earlier ones fewer than the second."""

_UNREADABLE = ("rejected/no_text", "rejected/not_article", "rejected/unreadable_text", "rejected/error_page")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMark:
    """One square of the grid."""

    run: int
    at: datetime
    result: Result
    cause: Cause | None
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    portal: str
    name: str
    state: HealthState
    cause: Cause | None
    since: datetime | None
    """When the trouble was first seen, or the day after the last item of a silent source."""
    alarm: bool
    """Somebody should be told: neither a first run, nor a single failure, nor acknowledged, nor paused."""
    last_visit: datetime | None
    last_success: datetime | None
    last_item: date | None
    runs: tuple[RunMark, ...]
    """The last `GRID_RUNS`, the oldest first."""
    expected_per_week: float | None
    """Items a week by its own past; None where there is too little of it."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    paused: bool = False
    paused_until: datetime | None = None
    recovered_at: datetime | None = None
    """Set for `RECOVERY_DAYS` after a reported trouble ended."""
    recovered_from: Cause | None = None
    note: str
    """One Vietnamese sentence that says it all."""


class HealthStore(Protocol):
    """The part of `corpus.store.Store` that health needs."""

    def facts(self, *, after: int = 0) -> list[StoredFact]: ...
    def sightings(self, *, after: int = 0) -> list[tuple[int, Sighting]]: ...
    def outcomes_by_run(self, since: datetime) -> list[tuple[str, int, str, int]]: ...
    def source_notes(self, portal: str | None = None) -> list[SourceNote]: ...


def source_healths(store: HealthStore, registry: PortalRegistry, now: datetime) -> tuple[SourceHealth, ...]:
    """Every source of the registry, in its order."""
    items: dict[str, list[date]] = defaultdict(list)
    for stored in store.facts():
        if stored.fact is not None and stored.published is not None and not stored.fact.doubtful:
            items[stored.fact.portal].append(date.fromordinal(stored.published))
    readings = Readings.of(sighting for _, sighting in store.sightings())
    outcomes = store.outcomes_by_run(now - timedelta(days=OUTCOME_DAYS))
    return judge_sources(registry, readings, items, outcomes, store.source_notes(), now)


def judge_sources(
    registry: PortalRegistry,
    readings: Readings,
    items: Mapping[str, Sequence[date]],
    outcomes: Iterable[tuple[str, int, str, int]],
    notes: Iterable[SourceNote],
    now: datetime,
) -> tuple[SourceHealth, ...]:
    """``items``: days of the articles of each source. ``outcomes``: (portal, run, outcome, pages). ``notes`` in their order."""
    pages: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for portal_id, run, outcome, count in outcomes:
        pages[portal_id].append((run, outcome, count))
    said: dict[str, list[SourceNote]] = defaultdict(list)
    for note in notes:
        said[note.portal].append(note)
    return tuple(
        judge_source(
            portal,
            readings.of_source(portal.id),
            items.get(portal.id, ()),
            degraded=extraction_degraded(pages.get(portal.id, ())),
            notes=said.get(portal.id, ()),
            now=now,
        )
        for portal in registry
    )


def judge_source(
    portal: Portal,
    source: SourceRuns,
    items: Sequence[date],
    *,
    degraded: bool,
    notes: Iterable[SourceNote],
    now: datetime,
) -> SourceHealth:
    verdicts = [run for run in source.runs if run.result != "skipped"]
    good = [run for run in verdicts if run.result == "ok"]
    cadence = learn(items)
    last_item = max((*items, *_days_with_new(source)), default=None)
    state, cause, since, told = _state(portal, verdicts, cadence, last_item, degraded=degraded, now=now)
    acknowledged, paused = _standing(notes, cause, since, now)
    recovery = _recovery(verdicts, now) if state in ("ok", "silent") else None
    return SourceHealth(
        portal=portal.id,
        name=portal.name,
        state=state,
        cause=cause,
        since=since,
        alarm=told and acknowledged is None and paused is None,
        last_visit=source.runs[-1].at if source.runs else None,
        last_success=good[-1].at if good else None,
        last_item=last_item,
        runs=tuple(RunMark(run=r.run, at=r.at, result=r.result, cause=r.cause, new=r.new) for r in source.runs[-GRID_RUNS:]),
        expected_per_week=round(cadence.per_week, 1) if cadence else None,
        acknowledged_by=acknowledged.who if acknowledged else None,
        acknowledged_at=acknowledged.at if acknowledged else None,
        acknowledged_until=acknowledged.until if acknowledged else None,
        paused=paused is not None,
        paused_until=paused.until if paused else None,
        recovered_at=recovery[0] if recovery else None,
        recovered_from=recovery[1] if recovery else None,
        note=_sentence(portal, state, cause, since, good, last_item, cadence, recovery, acknowledged, paused, now),
    )


def _state(
    portal: Portal, verdicts: Sequence[Run], cadence: Cadence | None, last_item: date | None, *, degraded: bool, now: datetime
) -> tuple[HealthState, Cause | None, datetime | None, bool]:
    """State, cause, since when, and whether it would be reported."""
    if not is_watchable(portal, day_of(now)) or not verdicts:
        return "unwatched", None, None, False
    experienced = len(verdicts) >= FIRST_RUNS
    last = verdicts[-1]
    if last.result == "trouble":
        streak = _last_streak(verdicts)
        return "trouble", last.cause, streak[0].at, experienced and len(streak) >= ALARM_RUNS
    if now - last.at > timedelta(days=NOT_ASKED_DAYS):
        return "trouble", "not_asked", last.at, experienced
    if degraded:
        return "trouble", "extraction_degraded", last.at, experienced
    # What the last list showed is known up to the day before it was read.
    if last.read and cadence and last_item and cadence.too_long(last_item, day_of(last.at)):
        since = datetime.combine(last_item + timedelta(days=1), time(), VIETNAM)
        return "silent", "silent", since, experienced
    return "ok", None, None, False


def is_watchable(portal: Portal, day: date) -> bool:
    """Whether the registry lets a source be watched on a day: checked by a person and valid."""
    started = portal.valid_from is None or portal.valid_from <= day
    return portal.verified and started and (portal.valid_to is None or day < portal.valid_to)


def _last_streak(verdicts: Sequence[Run]) -> Sequence[Run]:
    """The troubles in a row at the end."""
    start = len(verdicts)
    while start and verdicts[start - 1].result == "trouble":
        start -= 1
    return verdicts[start:]


def _recovery(verdicts: Sequence[Run], now: datetime) -> tuple[datetime, Cause | None] | None:
    """When the latest reported trouble ended and what it was, if that was in the last days."""
    end = len(verdicts)
    while end and verdicts[end - 1].result == "ok":
        end -= 1
    if not end or end == len(verdicts) or now - verdicts[end].at > timedelta(days=RECOVERY_DAYS):
        return None
    streak = _last_streak(verdicts[:end])
    return (verdicts[end].at, streak[-1].cause) if len(streak) >= ALARM_RUNS else None


def _days_with_new(source: SourceRuns) -> Iterable[date]:
    """The last day on which lists showed something new, the first run apart: it finds the whole past."""
    return next(([day_of(run.at)] for run in reversed(source.runs[1:]) if run.new and run.read), ())


def extraction_degraded(pages: Iterable[tuple[int, str, int]]) -> bool:
    """Whether the articles of the latest runs can no longer be read though earlier ones could. ``pages``: (run, outcome, pages).

    Earlier runs in which nothing could be read were trouble too and say nothing of what is usual: a second spell is named like the first.
    """
    by_run: dict[int, Counter[bool]] = defaultdict(Counter)
    for run, outcome, count in pages:
        if outcome == "indexed" or outcome in _UNREADABLE or outcome.startswith("failed/"):
            by_run[run][outcome == "indexed"] += count
    recent, earlier = Counter[bool](), Counter[bool]()
    for number, run in enumerate(sorted(by_run, reverse=True)):
        late = number < RECENT_RUNS or (recent.total() < LEAST_RECENT_PAGES and not earlier)
        if late:
            recent.update(by_run[run])
        elif by_run[run][True] or by_run[run][False] == 1:
            earlier.update(by_run[run])
    if recent.total() < LEAST_RECENT_PAGES or earlier.total() < LEAST_EARLIER_PAGES:
        return False
    return recent[False] / recent.total() > DEGRADED_SHARE and earlier[False] / earlier.total() < USUAL_SHARE


def _standing(
    notes: Iterable[SourceNote], cause: Cause | None, since: datetime | None, now: datetime
) -> tuple[SourceNote | None, SourceNote | None]:
    """The acknowledgement and the pause that hold now."""
    acknowledged: SourceNote | None = None
    paused: SourceNote | None = None
    for note in notes:
        if note.kind == "acknowledged":
            acknowledged = note
        elif note.kind == "paused":
            paused = note
        else:
            acknowledged = paused = None
    if paused is not None and paused.until is not None and paused.until <= now:
        paused = None
    if acknowledged is not None:
        over = acknowledged.until is not None and acknowledged.until <= now
        other = cause is None or acknowledged.cause not in (None, cause)
        # Without a time it holds for the trouble that was there when it was made, not for the next one.
        earlier = acknowledged.until is None and since is not None and acknowledged.at < since
        if over or other or earlier:
            acknowledged = None
    return acknowledged, paused


def _sentence(
    portal: Portal,
    state: HealthState,
    cause: Cause | None,
    since: datetime | None,
    good: Sequence[Run],
    last_item: date | None,
    cadence: Cadence | None,
    recovery: tuple[datetime, Cause | None] | None,
    acknowledged: SourceNote | None,
    paused: SourceNote | None,
    now: datetime,
) -> str:
    if state == "unwatched":
        if portal.valid_to is not None and portal.valid_to <= day_of(now):
            return f"Chưa theo dõi: nguồn đã ngừng từ {portal.valid_to:%d/%m/%Y}."
        return "Chưa theo dõi: " + ("chưa đọc lần nào." if portal.verified else "nguồn chưa được kiểm tra trực tiếp.")
    parts = []
    usual = f"thường khoảng {_decimal(cadence.per_week)} tin mỗi tuần" if cadence else ""
    if state == "trouble":
        assert cause is not None
        assert since is not None
        parts.append(f"Từ {day_of(since):%d/%m/%Y}: {NAMES[cause]}")
        parts.append(f"lần đọc được gần nhất {day_of(good[-1].at):%d/%m/%Y}" if good else "chưa đọc được lần nào")
    elif state == "silent":
        parts += [f"Đọc được nhưng im lặng: tin mới nhất {last_item:%d/%m/%Y}", usual]
    else:
        parts += ["Đọc được", usual]
    if recovery is not None:
        was = f" (trước đó {NAMES[recovery[1]]})" if recovery[1] else ""
        parts.append(f"đọc lại được từ {day_of(recovery[0]):%d/%m/%Y}{was}")
    if acknowledged is not None:
        until = f" đến {day_of(acknowledged.until):%d/%m/%Y}" if acknowledged.until else ""
        parts.append(f"{acknowledged.who} đã ghi nhận{until}")
    if paused is not None:
        parts.append("tạm dừng nhắc" + (f" đến {day_of(paused.until):%d/%m/%Y}" if paused.until else ""))
    return "; ".join(part for part in parts if part) + "."


def _decimal(number: float) -> str:
    """With a decimal comma, whole numbers without one.

    >>> _decimal(12.04), _decimal(2.5)
    ('12', '2,5')
    """
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")
