"""`Monitor`: the figures of one store, for pages, API, mail and reports; what was read and worked out is kept until something changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from corpus.index.names import Names
from corpus.localities import Register
from corpus.portals import PortalRegistry
from corpus.store import Sighting, SourceNote, StoredFact
from monitor.coverage import Coverage
from monitor.facts import Facts, FactTable
from monitor.figure_parts import Sources
from monitor.figures import MoneyFigures, OverviewFigures, ProvinceFigures, SourcesFigures
from monitor.figures_money import MoneySums, money_sums
from monitor.figures_overview import overview_figures
from monitor.figures_province import province_figures
from monitor.figures_sources import item_days, sources_figures
from monitor.health import OUTCOME_DAYS, SourceHealth, judge_sources
from monitor.keeping import kept
from monitor.periods import Period, Units
from monitor.readings import ReadingTable

T = TypeVar("T")

FACTS_A_SECOND = 10_000
"""While a run writes, changes show at once up to so many articles, and within a second for each further so many: working figures out
again costs some tenths of a second for 100,000."""
MAX_ANSWERS = 8
"""Figures kept at once; the oldest go first."""
MAX_MONEY = 4
"""Of sums, which are larger and kept until an article changes."""


class MonitorStore(Protocol):
    """The part of `corpus.store.Store` that figures need."""

    def facts(self, *, after: int = 0, limit: int | None = None) -> list[StoredFact]: ...
    def facts_revision(self) -> int: ...
    def sightings(self, *, after: int = 0) -> list[tuple[int, Sighting]]: ...
    def outcomes_by_run(self, since: datetime) -> list[tuple[str, int, str, int]]: ...
    def source_notes(self, portal: str | None = None) -> list[SourceNote]: ...
    def source_notes_revision(self) -> int: ...


class Monitor:
    """Safe to share between threads. ``clock`` gives the present instant; figures are of its whole minute."""

    def __init__(
        self,
        store: MonitorStore,
        registry: PortalRegistry,
        register: Register,
        clock: Callable[[], datetime],
        *,
        names: Names | None = None,
    ) -> None:
        """``names``: the lists, if loaded already."""
        self._store = store
        self._clock = clock
        self._names = names or Names.load(register=register, portals=registry)
        self._lock = threading.RLock()
        self._facts = FactTable(store, register)
        self._readings = ReadingTable(store)
        self._revision: Hashable = None
        self._read_at: datetime | None = None
        self._sources: Sources | None = None
        self._answers: dict[Hashable, Any] = {}
        self._money: dict[Hashable, MoneySums] = {}
        self._money_revision: int | None = None

    @property
    def names(self) -> Names:
        return self._names

    def overview(self, period: Period, units: Units = "34") -> OverviewFigures:
        return self._answer(("overview", period, units), lambda sources: overview_figures(sources, period, units))

    def province(self, code: str, period: Period, units: Units = "34") -> ProvinceFigures:
        """Raises: InvalidData for a code that is not on the map."""
        return self._answer(
            ("province", code, period, units),
            lambda sources: province_figures(sources, code, period, units, self.sources().sources),
        )

    def money(self, period: Period | None, units: Units = "34", *, province: str | None = None) -> MoneyFigures:
        """``period`` None: of any time, the undated too."""
        return self.money_sums(period, units, province=province).whole()

    def money_sums(self, period: Period | None, units: Units = "34", *, province: str | None = None) -> MoneySums:
        """The same for who shows a part of the single sums."""
        with self._lock:
            sources = self.now()
            if period is None and province is None:
                # The largest and most wanted: they go with the articles that they rest on.
                return sources.facts.once(("money", units), lambda: money_sums(sources, None, units))
            if self._money_revision != sources.facts.revision:
                self._money.clear()
                self._money_revision = sources.facts.revision
            # Sums rest on the articles alone: a new minute changes nothing but whether the period is over.
            key = (period, units, province, period is not None and period.ends_at > sources.now)
            return kept(self._money, key, lambda: money_sums(sources, period, units, province=province), most=MAX_MONEY)

    def sources(self) -> SourcesFigures:
        return self._answer(("sources",), lambda sources: sources_figures(sources, self.healths()))

    def healths(self) -> tuple[SourceHealth, ...]:
        """Every source of the registry, in its order."""
        return self._answer(("healths",), self._judge)

    def coverage(self, period: Period, units: Units = "34") -> Coverage:
        return self._answer(("coverage", period, units), lambda sources: sources.coverage(period, units))

    def facts(self) -> Facts:
        """The documents that count, as of now."""
        return self.now().facts

    def now(self) -> Sources:
        """Everything figures are worked out from, up to date; later changes do not touch it."""
        with self._lock:
            instant = self._clock()
            now = instant.replace(second=0, microsecond=0)
            seen = self._sources
            if (
                seen is None
                or self._read_at is None
                or abs(instant - self._read_at) >= timedelta(seconds=len(seen.facts) // FACTS_A_SECOND)
            ):
                facts, readings = self._facts.read(), self._readings.read()
                self._read_at = instant
            else:
                facts, readings = seen.facts, seen.readings
            revision = (facts.revision, readings.revision, self._store.source_notes_revision(), now)
            if self._sources is None or revision != self._revision:
                self._sources = Sources(facts=facts, readings=readings, names=self._names, now=now)
                self._revision = revision
                self._answers.clear()
            return self._sources

    def _answer(self, key: Hashable, make: Callable[[Sources], T]) -> T:
        with self._lock:
            sources = self.now()
            return kept(self._answers, key, lambda: make(sources), most=MAX_ANSWERS)

    def _judge(self, sources: Sources) -> tuple[SourceHealth, ...]:
        outcomes = self._store.outcomes_by_run(sources.now - timedelta(days=OUTCOME_DAYS))
        notes = self._store.source_notes()
        return judge_sources(self._names.portals, sources.readings, item_days(sources.facts), outcomes, notes, sources.now)
