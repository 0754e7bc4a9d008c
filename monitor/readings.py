"""What all runs saw of all sources, judged run by run and ready for health and coverage; kept up to date by reading only new rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec

from corpus.store import Sighting
from monitor.causes import Cause, Result, judge
from monitor.periods import Period, day_of


class Run(msgspec.Struct, frozen=True, gc=False):
    """One source in one run."""

    run: int
    at: datetime
    result: Result
    cause: Cause | None
    new: int
    """Addresses of articles never seen before."""
    read: bool
    """A list still held known older items: nothing less makes a silence."""


@dataclass(frozen=True, slots=True)
class SourceRuns:
    """All runs of one source, the oldest first."""

    portal: str
    runs: tuple[Run, ...] = ()
    watched_since: datetime | None = None
    """The first run that read it with older items known; before it the source was not watched."""
    read_weeks: frozenset[int] = frozenset()
    """Mondays (ordinals) of the weeks in which it was read."""
    week_causes: Mapping[int, Cause] = field(default_factory=dict)
    """Monday to the cause of the last trouble in that week."""

    def with_more(self, seen: Iterable[Sighting]) -> SourceRuns:
        runs, weeks, causes = list(self.runs), set(self.read_weeks), dict(self.week_causes)
        since = self.watched_since
        known = any(run.result == "ok" for run in runs)
        standing = next((run.cause for run in reversed(runs) if run.result != "skipped"), None)
        for sighting in seen:
            result, cause = judge(sighting, first=not known)
            runs.append(Run(sighting.run, sighting.at, result, cause, sighting.new, sighting.read))
            known = known or result == "ok"
            monday = _monday(sighting.at)
            if sighting.read:
                weeks.add(monday)
                since = since or sighting.at
            if result != "skipped":
                standing = cause
            if cause is not None:
                causes[monday] = cause
            elif standing is not None and sighting.stopped == "waiting":
                causes.setdefault(monday, standing)  # it was left alone because of the trouble before
        return SourceRuns(self.portal, tuple(runs), since, frozenset(weeks), causes)

    def read_in(self, week: Period) -> bool:
        return week.start.toordinal() in self.read_weeks

    def seen_since(self, instant: datetime) -> bool:
        """Whether any run looked at it since then."""
        return bool(self.runs) and self.runs[-1].at >= instant

    def cause_in(self, week: Period) -> Cause:
        """Why it was not read in a week in which it was not."""
        return self.week_causes.get(week.start.toordinal(), "not_asked")


def _monday(instant: datetime) -> int:
    day = day_of(instant)
    return day.toordinal() - day.weekday()


class SightingSource(Protocol):
    """The part of `corpus.store.Store` that readings come from."""

    def sightings(self, *, after: int = 0) -> list[tuple[int, Sighting]]: ...


class Readings:
    """Runs of every source at one moment."""

    def __init__(self, sources: Mapping[str, SourceRuns], revision: int = 0) -> None:
        self._sources = sources
        self.revision = revision

    @classmethod
    def of(cls, sightings: Iterable[Sighting]) -> Readings:
        return cls({}).with_more(sightings, 0)

    def of_source(self, portal: str) -> SourceRuns:
        return self._sources.get(portal) or SourceRuns(portal)

    def with_more(self, sightings: Iterable[Sighting], revision: int) -> Readings:
        by_portal: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in sightings:
            by_portal[sighting.portal].append(sighting)
        changed = {portal: self.of_source(portal).with_more(seen) for portal, seen in by_portal.items()}
        return Readings({**self._sources, **changed}, revision)

    @property
    def portals(self) -> tuple[str, ...]:
        return tuple(sorted(self._sources))


class ReadingTable:
    """The readings of a store, brought up to date by reading only what is new. Not for several threads at once."""

    def __init__(self, source: SightingSource) -> None:
        self._source = source
        self._readings = Readings({})

    def read(self) -> Readings:
        rows = self._source.sightings(after=self._readings.revision)
        if rows:
            self._readings = self._readings.with_more((sighting for _, sighting in rows), rows[-1][0])
        return self._readings
