"""One province in a period: what it communicated, week by week, its money, its sources and their health."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from corpus.errors import InvalidData
from monitor.budgets import budget_sums
from monitor.coverage import STATE_NAMES, last_news_days, map_provinces, silences, watched_for
from monitor.facts import NATIONAL, Fact
from monitor.figure_parts import TIMELINE_WEEKS, Sources, activity_figures, cause_name, count, period_figure, province_name, province_row
from monitor.figure_parts import timeline as weekly_timeline
from monitor.figures import ActivityFigure, NamedPlace, ProvinceFigures, SourceFigure, StoryFigure, WeekFigure
from monitor.figures_money import budget_figures
from monitor.health import GRID_RUNS
from monitor.links import articles as link
from monitor.periods import Period, Units, day_of
from monitor.tallies import NOTHING, tallies

MAX_STORIES = 50


def province_figures(
    sources: Sources, code: str, period: Period, units: Units, source_rows: Iterable[SourceFigure] = ()
) -> ProvinceFigures:
    """``source_rows``: all sources; those of the province are kept. Raises: InvalidData for a code that is not on the map."""
    check_province(sources, code, units)
    register = sources.names.register
    ledger, earlier, last_year = (sources.coverage(asked, units, only=code) for asked in (period, period.before(), period.year_before()))
    told = tallies(sources.facts, units).provinces.get(code, NOTHING)
    about = sources.facts.about(units).get(code, [])
    row = province_row(sources, ledger, code, earlier, last_year)
    observed = row.state in ("news", "silent")
    sums = budget_sums(sources.facts, period, units, register, province=code)
    silent = silences(sources.facts, sources.readings, sources.names.portals, register, period, units, sources.now)
    return ProvinceFigures(
        period=period_figure(period, sources.now),
        units=units,
        province=row,
        other_map=other_map(sources, code),
        total=count(told.during(period), row.query, observed=observed),
        activities=activity_figures(sources, period, units, code, observed=observed),
        programmes=programme_figures(sources, period, units, code),
        weeks=week_figures(sources, code, period, units),
        timeline=weekly_timeline(sources, sources.facts, period, units, province=code),
        budgets=budget_figures(sources, sums, "role", units),
        silent_weeks=next((silence.weeks for silence in silent if silence.province == code), 0),
        last_news=last_news_days(sources.facts, units, period.end).get(code),
        sources=tuple(row for row in source_rows if _speaks_for(sources, row, code, units)),
        stories=story_figures(sources, [about[at] for at in told.latest(period, MAX_STORIES)]),
    )


def first_read(sources: Iterable[SourceFigure]) -> date | None:
    """Day on which one of them was first read, as far as the runs that are kept reach; why a new source is not yet watched."""
    days = [
        day_of(run.at)
        for source in sources
        if source.verified and len(source.health.runs) < GRID_RUNS
        for run in source.health.runs
        if run.result == "ok"
    ]
    return min(days, default=None)


def check_province(sources: Sources, code: str, units: Units) -> None:
    """Raises: InvalidData."""
    register = sources.names.register
    if code in map_provinces(register, units) or code == NATIONAL:
        return
    if units == "63" and code in map_provinces(register, "34") and len(register.provinces_before(code)) > 1:
        return
    raise InvalidData(f"{code!r} is no province on the map of {units}")


def other_map(sources: Sources, code: str) -> tuple[NamedPlace, ...]:
    register = sources.names.register
    codes = register.provinces_before(code) if code.startswith("v2-") else register.today(code) if code != NATIONAL else ()
    return tuple(NamedPlace(code=other, name=sources.names.place(other, short=True)) for other in codes)


def _speaks_for(sources: Sources, row: SourceFigure, code: str, units: Units) -> bool:
    portal = sources.names.portals.get(row.portal)
    return portal is not None and watched_for(portal, sources.names.register, units) == code


def programme_figures(sources: Sources, period: Period, units: Units, province: str) -> tuple[ActivityFigure, ...]:
    """Those that something is counted of."""
    columns = tallies(sources.facts, units).programmes
    found = []
    for programme in sources.names.programmes:
        articles, stories = columns.get((province, programme.code), NOTHING).during(period)
        if articles:
            query = link(units, period, province=province, programme=programme.code)
            found.append(ActivityFigure(code=programme.code, name=programme.short, articles=articles, stories=stories, query=query))
    return tuple(found)


def week_figures(sources: Sources, code: str, period: Period, units: Units) -> tuple[WeekFigure, ...]:
    weeks = period.weeks()
    start = weeks[-1].start
    while len(weeks) < TIMELINE_WEEKS:
        weeks = (weeks[0].before(), *weeks)
    start = weeks[0].start
    ledger = sources.coverage(Period(start, weeks[-1].end), units, only=code)

    def figure(week: Period) -> WeekFigure:
        cell = ledger.cell(code, week)
        return WeekFigure(
            week=week.key,
            name=week.name,
            start=week.start,
            state=cell.state,
            state_name=STATE_NAMES[cell.state],
            cause_name=cause_name(cell.cause),
            articles=cell.articles,
            query=link(units, week, province=code),
        )

    return tuple(figure(week) for week in ledger.weeks)


def story_figures(sources: Sources, facts: Sequence[Fact]) -> tuple[StoryFigure, ...]:
    """Stories of these facts, the newest first publication first."""
    members: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.order):
        members[fact.story].append(fact)
    leads = sorted(members.values(), key=lambda group: group[0].order, reverse=True)
    return tuple(
        StoryFigure(
            story=group[0].story,
            document=group[0].id,
            title=group[0].title,
            published=group[0].published,
            portal=group[0].portal,
            portal_name=sources.names.label("source", group[0].portal),
            articles=tuple(fact.id for fact in group),
        )
        for group in leads
    )


__all__ = ["check_province", "province_figures", "province_name", "story_figures"]
