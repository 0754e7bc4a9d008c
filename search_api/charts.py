"""Charts as files: the `Chart` that a page shows, as SVG, PNG, CSV or JSON under ``/bieu-do/NAME.SUFFIX`` with the page's parameters."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from corpus.export.cells import inert
from monitor.charts import Chart, Drawings
from search_api.caching import cached, with_etag
from search_api.params import Search, link

BOM = "\ufeff"
"""Without it spreadsheet programs read UTF-8 as something else."""
Suffix = Literal["svg", "png", "csv", "json"]
SUFFIXES: tuple[Suffix, ...] = ("svg", "png", "csv", "json")
_TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}

Maker = Callable[[Request], Chart]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on a page: with the address behind each row of its table and of its files."""

    chart: Chart
    hrefs: tuple[str | None, ...]
    files: tuple[tuple[str, str], ...]
    """(suffix in capitals, address)"""


class ChartDesk:
    def __init__(self) -> None:
        self.drawings = Drawings()
        self._makers: dict[str, Maker] = {}

    def add(self, name: str, maker: Maker) -> None:
        """``maker`` makes the chart for a request's parameters; the chart's name is ``name``."""
        self._makers[name] = maker

    def figure(self, chart: Chart, state: Search, hrefs: tuple[str | None, ...] = (), *, more: tuple[tuple[str, str], ...] = ()) -> Figure:
        """``state`` and ``more`` are what the maker needs to make the same chart again."""
        assert chart.name in self._makers, chart.name
        files = tuple((suffix.upper(), link(f"/bieu-do/{chart.name}.{suffix}", state, *more)) for suffix in SUFFIXES)
        return Figure(chart, hrefs or (None,) * len(chart.rows), files)

    def answer(self, request: Request, name: str, suffix: str) -> Response:
        maker = self._makers.get(name)
        if maker is None or suffix not in SUFFIXES:
            raise HTTPException(404)
        chart = maker(request)
        if suffix == "json":
            return cached(request, chart_json(chart))
        match suffix:
            case "svg":
                body = self.drawings.svg(chart)
            case "png":
                body = self.drawings.png(chart)
            case _:
                body = chart_csv(chart).encode()
        response = with_etag(request, body, _TYPES[suffix])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
        return response


def chart_routes(desk: ChartDesk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/bieu-do/{name}.{suffix}")
    def chart(request: Request, name: str, suffix: str) -> Response:
        return desk.answer(request, name, suffix)

    return router


def chart_csv(chart: Chart) -> str:
    """A value that was not observed is an empty cell, never 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(column.name) for column in chart.columns])
    for row in chart.rows:
        writer.writerow(["" if value is None else inert(value) if isinstance(value, str) else value for value in row])
    return BOM + out.getvalue()


def chart_json(chart: Chart) -> dict[str, Any]:
    return {
        "name": chart.name,
        "title": chart.title,
        "caption": chart.caption,
        "columns": [{"name": column.name, "kind": column.kind} for column in chart.columns],
        "rows": [list(row) for row in chart.rows],
        "spec": chart.spec(titled=True),
    }
