"""The overview of a period: who communicates, what, who is silent, what could not be read, how much money."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.budgets import budget_sums
from monitor.causes import NAMES as CAUSE_NAMES
from monitor.coverage import STATE_NAMES, STATES, Coverage, State, silences, watched_for
from monitor.figure_parts import (
    Sources,
    activity_figures,
    cause_name,
    count,
    period_figure,
    province_name,
    province_row,
    row_codes,
    timeline,
    was_read,
)
from monitor.figures import (
    SHADES,
    ActivityFigure,
    Change,
    Count,
    Matrix,
    MatrixRow,
    OverviewFigures,
    ProvinceFigure,
    SilenceFigure,
    StateFigure,
    TileFigure,
    UnreadFigure,
)
from monitor.figures_money import budget_figures
from monitor.links import articles as link
from monitor.links import cells as cell_links
from monitor.periods import Period, Units
from monitor.tallies import tallies
from monitor.tilemap import tile_places


def overview_figures(sources: Sources, period: Period, units: Units) -> OverviewFigures:
    ledger = sources.coverage(period, units)
    counted = tallies(sources.facts, units)
    earlier, last_year = (sources.coverage(other, units, brief=True) for other in (period.before(), period.year_before()))
    provinces = province_rows(sources, ledger, earlier, last_year)
    observed = was_read(sources, period)
    activities = activity_figures(sources, period, units, observed=observed)
    return OverviewFigures(
        period=period_figure(period, sources.now),
        units=units,
        headline=headline(ledger),
        total=count(counted.all.during(period), link(units, period), observed=observed),
        placeless=counted.placeless.during(period)[0],
        undated=count(counted.undated, link(units)),
        states=tuple(state_figure(ledger, state) for state in STATES),
        provinces=provinces,
        tiles=tiles(sources, ledger),
        activities=activities,
        matrix=matrix(sources, ledger, activities),
        timeline=timeline(sources, sources.facts, period, units),
        budgets=budget_figures(sources, budget_sums(sources.facts, period, units, sources.names.register), "role", units),
        silent=silence_figures(sources, period, units),
        unread=unread_figures(sources, ledger),
        watched=len({portal for cell in ledger.totals.values() for portal in cell.watched}),
        before=change(sources, ledger, earlier),
        year_before=change(sources, ledger, last_year),
    )


def headline(ledger: Coverage) -> str:
    """One sentence: ``Tuần 47/2026: 27/34 tỉnh có tin, 6 tỉnh im lặng, 1 cổng không đọc được``.

    Provinces left open by unread sources are named where there are any and not as many as those sources, and provinces not watched where
    there are.
    """
    parts = [f"{ledger.count('news')}/{len(ledger.provinces)} tỉnh có tin"]
    if silent := ledger.count("silent"):
        parts.append(f"{silent} tỉnh im lặng")
    unread, open_provinces = len(ledger.unread), ledger.count("unreadable")
    if unread:
        parts.append(f"{unread} cổng không đọc được" + (f" ({open_provinces} tỉnh chưa rõ)" if open_provinces not in (0, unread) else ""))
    if unwatched := ledger.count("unwatched"):
        parts.append(f"{unwatched} tỉnh chưa theo dõi")
    return f"{ledger.period.name}: {', '.join(parts)}"


def state_figure(ledger: Coverage, state: State) -> StateFigure:
    codes = ledger.with_state(state)
    return StateFigure(state=state, name=STATE_NAMES[state], provinces=len(codes), codes=codes)


def province_rows(sources: Sources, ledger: Coverage, earlier: Coverage, last_year: Coverage) -> tuple[ProvinceFigure, ...]:
    """Every province of the map, then what else the ledger holds: new provinces that cannot be told apart, the whole country."""
    return tuple(province_row(sources, ledger, code, earlier, last_year) for code in row_codes(ledger))


def tiles(sources: Sources, ledger: Coverage) -> tuple[tuple[TileFigure | None, ...], ...]:
    largest = max((ledger.totals[code].articles or 0 for code in ledger.provinces), default=0)

    def tile(code: str, name: str, short: str, islands: str) -> TileFigure:
        cell = ledger.totals[code]
        number = None if islands else cell.articles
        return TileFigure(
            code=code,
            name=name,
            short=short,
            islands=islands,
            state=cell.state,
            state_name=STATE_NAMES[cell.state],
            cause_name=cause_name(cell.cause),
            articles=number,
            shade=1 + min(SHADES - 1, (number - 1) * SHADES // largest) if number else 0,
            query=link(ledger.units, ledger.period, province=code),
        )

    return tuple(
        tuple(tile(place.code, place.name, place.short, place.islands) if place else None for place in row)
        for row in tile_places(ledger.units, sources.names.register)
    )


def matrix(sources: Sources, ledger: Coverage, activities: tuple[ActivityFigure, ...]) -> Matrix:
    units, period = ledger.units, ledger.period
    columns = tallies(sources.facts, units).cells
    first, last = period.start.toordinal(), period.end.toordinal()
    codes = [activity.code for activity in activities]
    largest = 0
    link = cell_links(units, period)

    def row(code: str) -> MatrixRow:
        nonlocal largest
        state = ledger.totals[code].state
        nothing = (0, 0) if state in ("news", "silent") else (None, None)
        cells = []
        for activity in codes:
            column = columns.get((code, activity))
            told = column.between(first, last) if column is not None else (0, 0)
            if told[0] > largest:
                largest = told[0]
            articles, stories = told if told[0] else nothing
            cells.append(Count(articles=articles, stories=stories, query=link(code, activity)))
        return MatrixRow(code=code, name=province_name(sources, code, units), state=state, cells=tuple(cells))

    rows = tuple(row(code) for code in row_codes(ledger))
    return Matrix(activities=activities, rows=rows, largest=largest)


def silence_figures(sources: Sources, period: Period, units: Units) -> tuple[SilenceFigure, ...]:
    found = silences(sources.facts, sources.readings, sources.names.portals, sources.names.register, period, units, sources.now)
    return tuple(
        SilenceFigure(
            code=silence.province,
            name=province_name(sources, silence.province, units),
            weeks=silence.weeks,
            last_news=silence.last_news,
            query=link(units, province=silence.province),
        )
        for silence in found
    )


def unread_figures(sources: Sources, ledger: Coverage) -> tuple[UnreadFigure, ...]:
    """By name of the source."""
    found = []
    for unread in ledger.unread:
        portal = sources.names.portals.get(unread.portal)
        assert portal is not None
        province = watched_for(portal, sources.names.register, ledger.units)
        found.append(
            UnreadFigure(
                portal=unread.portal,
                name=portal.name,
                province=province,
                province_name=province_name(sources, province, ledger.units) if province else None,
                cause=unread.cause,
                cause_name=CAUSE_NAMES[unread.cause],
            )
        )
    order = sources.names.sorter("source")
    return tuple(sorted(found, key=lambda figure: (order(figure.portal), figure.portal)))


def change(sources: Sources, ledger: Coverage, other: Coverage) -> Change:
    now_articles, articles = _relevant(sources, ledger), _relevant(sources, other)

    def names(codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(province_name(sources, code, ledger.units) for code in codes)

    def turned(first: State, then: State) -> tuple[str, ...]:
        return names(code for code in ledger.provinces if (other.totals[code].state, ledger.totals[code].state) == (first, then))

    return Change(
        period=period_figure(other.period, sources.now),
        articles=articles,
        difference=None if now_articles is None or articles is None else now_articles - articles,
        provinces_with_news=other.count("news"),
        started=turned("silent", "news"),
        stopped=turned("news", "silent"),
    )


def _relevant(sources: Sources, ledger: Coverage) -> int | None:
    """Relevant articles of a period; None where there is none and nothing was read."""
    found, _ = tallies(sources.facts, ledger.units).all.during(ledger.period)
    return found if found or was_read(sources, ledger.period) else None
