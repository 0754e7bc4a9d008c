"""The ledger province x week as it is answered: four states, and null where nothing was observed."""

from __future__ import annotations

from pydantic import BaseModel

from monitor.causes import Cause
from monitor.coverage import STATE_NAMES, STATES, State
from monitor.desk import Monitor
from monitor.figure_parts import cause_name, period_figure, province_name, row_codes
from monitor.figures import PeriodFigure
from monitor.periods import Period, Units


class UnreadSource(BaseModel):
    portal: str
    name: str
    cause: Cause
    cause_name: str


class CoverageCell(BaseModel):
    week: str | None
    """``2026-W47``; null for the whole period."""
    state: State
    articles: int | None
    """Null where it was not observed, which is never 0."""
    stories: int | None
    watched: int
    """Sources watched for it."""
    unread: list[UnreadSource]
    """Those of them that could not be read, and why."""


class CoverageRow(BaseModel):
    code: str
    name: str
    total: CoverageCell
    weeks: list[CoverageCell]


class StateCount(BaseModel):
    state: State
    name: str
    provinces: int


class CoverageAnswer(BaseModel):
    period: PeriodFigure
    units: str
    states: list[StateCount]
    """Provinces of the map by their state in the whole period."""
    weeks: list[str]
    provinces: list[CoverageRow]
    """Provinces of the map in Vietnamese order; after them, as far as something is about them, new provinces that cannot be told apart on
    the map of 63, and the whole country."""


def coverage_answer(monitor: Monitor, period: Period, units: Units) -> CoverageAnswer:
    found = monitor.coverage(period, units)
    sources = monitor.now()

    def cell(code: str, week: Period | None) -> CoverageCell:
        held = found.total(code) if week is None else found.cell(code, week)
        return CoverageCell(
            week=None if week is None else week.key,
            state=held.state,
            articles=held.articles,
            stories=held.stories,
            watched=len(held.watched),
            unread=[
                UnreadSource(
                    portal=unread.portal,
                    name=sources.names.label("source", unread.portal),
                    cause=unread.cause,
                    cause_name=cause_name(unread.cause) or "",
                )
                for unread in held.unread
            ],
        )

    return CoverageAnswer(
        period=period_figure(period, sources.now),
        units=units,
        states=[StateCount(state=state, name=STATE_NAMES[state], provinces=found.count(state)) for state in STATES],
        weeks=[week.key for week in found.weeks],
        provinces=[
            CoverageRow(
                code=code,
                name=province_name(sources, code, units),
                total=cell(code, None),
                weeks=[cell(code, week) for week in found.weeks],
            )
            for code in row_codes(found)
        ],
    )
