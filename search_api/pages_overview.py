"""The overview: who communicates, what, who is silent, what could not be read and how much money, in one period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import escape

from monitor.charts import shade
from monitor.coverage import STATE_NAMES
from monitor.desk import Monitor
from monitor.figures import Count, OverviewFigures, to_plain
from monitor.periods import Period
from search_api import formats, labels
from search_api.answers import Catalogue
from search_api.api import search_of
from search_api.caching import cached
from search_api.figures import for_period, map_chart, matrix_chart, money_bars, money_chart, move, period_in_use, timeline_chart
from search_api.params import Search, link
from search_api.site import Site


@dataclass(frozen=True, slots=True)
class HeatRow:
    code: str
    name: str
    href: str
    state: str
    state_name: str
    cells: str
    """As HTML, all text in it escaped: a page has a thousand. One holds its number, a cross where nothing was observed, nothing for 0."""
    filled: bool
    """Whether any cell has a number above 0."""
    unknown: bool
    """Nothing was observed: no cell has a number."""


class OverviewPages:
    def __init__(self, catalogue: Catalogue, monitor: Monitor, site: Site) -> None:
        self.catalogue = catalogue
        self.monitor = monitor
        self.site = site
        register = catalogue.names.register
        site.charts.add("ban-do", lambda r: map_chart((f := self.figures(r)).tiles, f.period, f.units, register))
        site.charts.add("hoat-dong-tinh", lambda r: matrix_chart((f := self.figures(r)).matrix, f.period))
        site.charts.add(
            "kinh-phi-vai-tro",
            lambda r: money_chart("kinh-phi-vai-tro", "Kinh phí", (f := self.figures(r)).budgets, f.period.dates, by_role=True),
        )

    def asked(self, request: Request) -> tuple[Search, Period]:
        state = search_of(request)
        period = period_in_use(state, self.monitor, self.site.today())
        return for_period(state, period), period

    def figures(self, request: Request) -> OverviewFigures:
        state, period = self.asked(request)
        return self.monitor.overview(period, state.map)

    def page(self, request: Request) -> Response:
        state, period = self.asked(request)
        figures = self.monitor.overview(period, state.map)
        charts, register = self.site.charts, self.catalogue.names.register
        of_province = province_links(state)
        weeks = tuple(f"/tim?{point.query}" for point in figures.timeline)
        money = money_bars(figures.budgets, lambda row: link("/kinh-phi", state, ("vai-tro", row.role)))
        moves = [move(figures.before, "kỳ trước", link("/", for_period(state, period.before())))]
        if period.kind != "year":
            moves.append(move(figures.year_before, "cùng kỳ năm trước", link("/", for_period(state, period.year_before()))))
        heat = self._heat(figures, of_province)
        return self.site.draw(
            request,
            "overview.html",
            state=state,
            period=period,
            anytime=False,
            figures=figures,
            documents=len(self.monitor.facts()),
            heat=[row for row in heat if row.state != "unwatched" or not row.unknown],
            unwatched=[row for row in heat if row.state == "unwatched" and row.unknown],
            whole=[(_called(row.name), row) for row in figures.provinces if not row.separable or row.code == "VN"],
            short=labels.ACTIVITIES_SHORT,
            map_figure=charts.figure(
                map_chart(figures.tiles, figures.period, figures.units, register),
                state,
                tuple(of_province(t.code) for row in figures.tiles for t in row if t and not t.islands),
            ),
            heat_figure=charts.figure(matrix_chart(figures.matrix, figures.period), state),
            weeks_figure=charts.figure(timeline_chart(figures.timeline, "trong cả nước"), state, weeks),
            money_figure=charts.figure(
                money_chart("kinh-phi-vai-tro", "Kinh phí", figures.budgets, figures.period.dates, by_role=True),
                state,
                tuple(bar.href for bar in money),
            ),
            province_link=of_province,
            money=money,
            moves=moves,
        )

    def provinces(self, request: Request) -> Response:
        """All provinces of the map in a table to compare."""
        state, period = self.asked(request)
        return self.site.draw(
            request,
            "provinces.html",
            state=state,
            period=period,
            anytime=False,
            figures=self.monitor.overview(period, state.map),
            province_link=province_links(state),
        )

    def _heat(self, figures: OverviewFigures, of_province: Callable[[str], str]) -> list[HeatRow]:
        matrix = figures.matrix
        names = [str(escape(labels.ACTIVITIES_SHORT.get(activity.code, activity.name))) for activity in matrix.activities]
        return [
            HeatRow(
                row.code,
                _called(row.name),
                of_province(row.code),
                row.state,
                STATE_NAMES[row.state],
                "".join([_heat_cell(cell, name, matrix.largest) for cell, name in zip(row.cells, names, strict=True)]),
                any(cell.articles for cell in row.cells),
                all(cell.articles is None for cell in row.cells),
            )
            for row in matrix.rows
        ]


def _called(name: str) -> str:
    """Of a whole new province what it is called, without what that means."""
    return name.partition(", ")[0]


def _heat_cell(cell: Count, label: str, largest: int) -> str:
    """``label`` comes escaped, once for a column; an address of ours holds nothing else to escape."""
    number = cell.articles
    if not number:
        return '<td class="na">×</td>' if number is None else "<td></td>"
    query = cell.query.replace("&", "&amp;")
    said = formats.number(number)
    return f'<td class="shade-{shade(number, largest)}"><a href="/tim?{query}"><span class="cell-name">{label}</span>{said}</a></td>'


def province_links(state: Search) -> Callable[[str], str]:
    """Addresses of many provinces."""
    rest = link("", state)
    return lambda code: f"/tinh/{code}{rest}"


def overview_routes(pages: OverviewPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def overview(request: Request) -> Response:
        return pages.page(request)

    @router.get("/tong-quan")
    def overview_by_name(request: Request) -> Response:
        return RedirectResponse(link("/", search_of(request)), 308)

    @router.get("/tong-quan.json")
    def overview_json(request: Request) -> Response:
        return cached(request, to_plain(pages.figures(request)))

    @router.get("/tinh")
    def provinces(request: Request) -> Response:
        return pages.provinces(request)

    @router.get("/tinh.json")
    def provinces_json(request: Request) -> Response:
        figures = pages.figures(request)
        return cached(request, to_plain({"period": figures.period, "units": figures.units, "provinces": figures.provinces}))

    return router
