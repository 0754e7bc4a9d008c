"""One province: its weeks, activities, money, stories, and its sources with their health."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from corpus.errors import InvalidData
from monitor.charts import Chart, Column, bars
from monitor.desk import Monitor
from monitor.figures import ProvinceFigures, to_plain
from monitor.figures_province import first_read
from monitor.periods import Period
from search_api.answers import Catalogue
from search_api.api import search_of
from search_api.caching import cached
from search_api.figures import for_period, lowered, money_bars, period_in_use, timeline_chart, week_label
from search_api.params import Map, Search, link
from search_api.site import Site


class ProvincePages:
    def __init__(self, catalogue: Catalogue, monitor: Monitor, site: Site) -> None:
        self.catalogue = catalogue
        self.monitor = monitor
        self.site = site
        site.charts.add("theo-tuan", self._weeks_chart)
        site.charts.add("hoat-dong", lambda request: activities_chart(self._figures(request)))

    def page(self, request: Request, code: str) -> Response:
        state, period = self._asked(request)
        other = self._on_map(code, state.map)
        if other != code:
            return RedirectResponse(link(f"/tinh/{other}", state), 302)
        figures = self.figures(code, period, state.map)
        chosen = state.toggled("province" if state.map == "34" else "province_before", code)
        weeks = tuple(f"/tim?{point.query}" for point in figures.timeline)
        # What lies on the other map; of a new province that cannot be told apart, the old ones on this one.
        elsewhere = replace(state, map=_other(state.map)) if figures.province.separable else state
        activities = [found for found in figures.activities if found.articles]
        return self.site.draw(
            request,
            "province.html",
            state=state,
            period=period,
            anytime=False,
            figures=figures,
            full_name=self.catalogue.names.place(code) if code != "VN" else "Cả nước",
            weeks=[(week, week_label(week.start)) for week in figures.weeks],
            weeks_figure=self.site.charts.figure(timeline_chart(figures.timeline, self._about(figures)), chosen, weeks),
            activities_figure=self.site.charts.figure(
                activities_chart(figures), chosen, tuple(f"/tim?{found.query}" for found in activities)
            ),
            money=money_bars(figures.budgets, lambda row: link("/kinh-phi", chosen, ("vai-tro", row.role))),
            all_money=link("/kinh-phi", chosen),
            everything=link("/tim", replace(chosen, period=None)),
            other_links=[(place.name, link(f"/tinh/{place.code}", elsewhere)) for place in figures.other_map],
            first_read=first_read(figures.sources),
        )

    def twin(self, request: Request, code: str) -> Response:
        return cached(request, to_plain(self.figures_of(request, code)))

    def figures_of(self, request: Request, code: str) -> ProvinceFigures:
        """What the page of that address shows. Raises: HTTPException(404)."""
        state, period = self._asked(request)
        return self.figures(self._on_map(code, state.map), period, state.map)

    def figures(self, code: str, period: Period, map: Map) -> ProvinceFigures:
        """Raises: HTTPException(404)."""
        try:
            return self.monitor.province(code, period, map)
        except InvalidData as error:
            raise HTTPException(404) from error

    def _asked(self, request: Request) -> tuple[Search, Period]:
        state = search_of(request)
        period = period_in_use(state, self.monitor, self.site.today())
        return for_period(state, period), period

    def _figures(self, request: Request) -> ProvinceFigures:
        """For a chart, which names its province by a filter."""
        state = search_of(request)
        codes = state.chosen("province" if state.map == "34" else "province_before")
        if len(codes) != 1:
            raise HTTPException(404)
        return self.figures(codes[0], period_in_use(state, self.monitor, self.site.today()), state.map)

    def _weeks_chart(self, request: Request) -> Chart:
        state = search_of(request)
        if state.chosen("province") or state.chosen("province_before"):
            figures = self._figures(request)
            return timeline_chart(figures.timeline, self._about(figures))
        period = period_in_use(state, self.monitor, self.site.today())
        return timeline_chart(self.monitor.overview(period, state.map).timeline, "trong cả nước")

    def _about(self, figures: ProvinceFigures) -> str:
        return f"nói về {figures.province.name}" if figures.province.code != "VN" else "nói về cả nước"

    def _on_map(self, code: str, map: Map) -> str:
        """The unit that stands for it on the map: itself, its one unit of today, or the one it was before."""
        register = self.catalogue.names.register
        if map == "34" and code.startswith("v1-"):
            return register.today_province(code) or code
        if map == "63" and code.startswith("v2-"):
            before = register.provinces_before(code)
            return before[0] if len(before) == 1 else code
        return code


def activities_chart(figures: ProvinceFigures) -> Chart:
    return bars(
        "hoat-dong",
        f"Hoạt động, {lowered(figures.period.name)}",
        f"Đếm tin truyền thông về giảm nghèo nói về {figures.province.name}, đăng {figures.period.dates}; "
        "tin có nhiều hoạt động đếm ở từng hoạt động.",
        (Column("Hoạt động"), Column("Số tin", "count")),
        [(found.name, found.articles) for found in figures.activities if found.articles],
    )


def _other(map: Map) -> Map:
    return "63" if map == "34" else "34"


def province_routes(pages: ProvincePages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/tinh/{code}.json")
    def twin(request: Request, code: str) -> Response:
        return pages.twin(request, code)

    @router.get("/tinh/{code}")
    def province(request: Request, code: str) -> Response:
        return pages.page(request, code)

    return router
