"""What figures are worked out from, and the pieces that several pages share: counts, rows of provinces, activities, the timeline."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from corpus.index.names import Names
from monitor.causes import NAMES as CAUSE_NAMES
from monitor.causes import Cause
from monitor.coverage import STATE_NAMES, Coverage, coverage
from monitor.facts import NATIONAL, Facts
from monitor.figures import ActivityFigure, Count, PeriodFigure, ProvinceFigure, TimelinePoint
from monitor.keeping import kept
from monitor.links import articles as link
from monitor.periods import Period, Units
from monitor.readings import Readings
from monitor.tallies import NOTHING, Told, tallies, weekly

TIMELINE_WEEKS = 26
"""Weeks on the timeline of a short period; a quarter or a year shows its own where they are more."""


MAX_LEDGERS = 12
"""Kept at once; an overview needs three."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """All that figures are worked out from, at one moment."""

    facts: Facts
    readings: Readings
    names: Names
    now: datetime
    _ledgers: dict[Hashable, Coverage] = field(default_factory=dict, repr=False, compare=False)

    def coverage(self, period: Period, units: Units, *, only: str | None = None, brief: bool = False) -> Coverage:
        """Worked out once for each period and map. ``only``: of one province; nothing may be asked of the others. ``brief``: see there."""
        whole = self._ledgers.get((period, units, None, False))
        if whole is not None:
            return whole

        def make() -> Coverage:
            names = self.names
            return coverage(self.facts, self.readings, names.portals, names.register, period, units, self.now, only=only, brief=brief)

        return kept(self._ledgers, (period, units, only, brief), make, most=MAX_LEDGERS)

    @cached_property
    def read_weeks(self) -> frozenset[int]:
        """Mondays (ordinals) of the weeks in which at least one watched source was read."""
        portals = [portal.id for portal in self.names.portals if portal.verified]
        return frozenset(monday for portal in portals for monday in self.readings.of_source(portal).read_weeks)


def period_figure(period: Period, now: datetime) -> PeriodFigure:
    return PeriodFigure(
        key=period.key,
        kind=period.kind,
        name=period.name,
        dates=period.dates,
        start=period.start,
        last_day=period.last_day,
        running=period.ends_at > now,
    )


def count(told: Told, query: str, *, observed: bool = True) -> Count:
    """``observed`` False: that there is none proves nothing."""
    articles, stories = told
    if not articles and not observed:
        return Count(articles=None, stories=None, query=query)
    return Count(articles=articles, stories=stories, query=query)


def province_name(sources: Sources, code: str, units: Units) -> str:
    return sources.names.place(code, short=True, old_map=units == "63")


def row_codes(ledger: Coverage) -> tuple[str, ...]:
    """Provinces of the map in their order, then units that cannot be told apart and the country, as far as something is about them."""
    more = [code for code in ledger.totals if code not in ledger.provinces and ledger.totals[code].articles]
    return (*ledger.provinces, *sorted(more, key=lambda code: (code == NATIONAL, code)))


def province_row(sources: Sources, ledger: Coverage, code: str, earlier: Coverage, last_year: Coverage) -> ProvinceFigure:
    cell = ledger.total(code)
    return ProvinceFigure(
        code=code,
        name=province_name(sources, code, ledger.units),
        state=cell.state,
        state_name=STATE_NAMES[cell.state],
        cause=cell.cause,
        cause_name=cause_name(cell.cause),
        articles=cell.articles,
        stories=cell.stories,
        before=earlier.total(code).articles,
        year_before=last_year.total(code).articles,
        query=link(ledger.units, ledger.period, province=code),
        separable=code in ledger.provinces or code == NATIONAL,
    )


def cause_name(cause: Cause | None) -> str | None:
    return None if cause is None else CAUSE_NAMES[cause]


def activity_figures(
    sources: Sources, period: Period, units: Units, province: str | None = None, *, observed: bool
) -> tuple[ActivityFigure, ...]:
    """Every activity of the list in its order, whether something is counted or not."""
    counted = tallies(sources.facts, units)

    def figure(code: str, name: str) -> ActivityFigure:
        column = counted.activities.get(code, NOTHING) if province is None else counted.cells.get((province, code), NOTHING)
        found = count(column.during(period), link(units, period, province=province, activity=code), observed=observed)
        return ActivityFigure(code=code, name=name, articles=found.articles, stories=found.stories, query=found.query)

    return tuple(figure(activity.code, activity.name) for activity in sources.names.activities)


def was_read(sources: Sources, period: Period) -> bool:
    """Whether at least one watched source was read in a week of the period."""
    known = sources.read_weeks
    return any(week.start.toordinal() in known for week in period.weeks())


def timeline(sources: Sources, facts: Facts, period: Period, units: Units, *, province: str | None = None) -> tuple[TimelinePoint, ...]:
    """The weeks of the period, at least `TIMELINE_WEEKS` up to its end, each beside the same week a year before. Whole weeks count."""
    weeks = list(period.weeks())
    while len(weeks) < TIMELINE_WEEKS:
        weeks.insert(0, weeks[0].before())
    known = sources.read_weeks
    counted = weekly(facts, units, province, Period(weeks[0].start, weeks[-1].end))
    counted |= weekly(facts, units, province, Period(weeks[0].year_before().start, weeks[-1].year_before().end))

    def number(week: Period) -> tuple[int | None, int | None]:
        found = counted.get(week.start.toordinal())
        if found:
            return found
        return (0, 0) if week.start.toordinal() in known else (None, None)

    points = []
    for week in weeks:
        if week.starts_at > sources.now:
            continue
        earlier = week.year_before()
        articles, stories = number(week)
        points.append(
            TimelinePoint(
                week=week.key,
                name=week.name,
                start=week.start,
                articles=articles,
                stories=stories,
                query=link(units, week, province=province),
                year_before_week=earlier.key,
                year_before=number(earlier)[0],
                year_before_query=link(units, earlier, province=province),
                running=week.ends_at > sources.now,
            )
        )
    return tuple(points)
