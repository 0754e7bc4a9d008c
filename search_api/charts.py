"""Charts at addresses of their own, ``/bieu-do/NAME.SUFFIX`` with the page's parameters: the drawing that a page shows, and files as SVG,
PNG, CSV and JSON. A page is sent without waiting for its drawings."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from corpus.export.cells import inert
from monitor.charts import HALF, NARROW, WIDE, Chart, ColumnKind, Value
from monitor.drawings import Drawings, order_file, order_for_page
from search_api import formats
from search_api.caching import cached, tagged, unchanged, with_etag
from search_api.params import Search, link

BOM = "\ufeff"
"""Without it spreadsheet programs read UTF-8 as something else."""
Suffix = Literal["svg", "png", "csv", "json"]
SUFFIXES: tuple[Suffix, ...] = ("svg", "png", "csv", "json")
_TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}

WIDTHS = (WIDE, HALF, NARROW)
"""In pixels, of the drawings that pages show."""

Maker = Callable[[Request], Chart]


@dataclass(frozen=True, slots=True)
class Image:
    """One drawing of a chart on a page: its address in both schemes, and its size in pixels."""

    href: str
    dark: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on a page: with the address behind each row of its table and of its files."""

    chart: Chart
    hrefs: tuple[str | None, ...]
    files: tuple[tuple[str, str], ...]
    """(suffix in capitals, address)"""
    address: Callable[[str, tuple[tuple[str, str], ...]], str]
    """Of the chart with a suffix and further parameters."""

    @property
    def lines(self) -> list[tuple[str | None, Value, list[tuple[bool, str]]]]:
        """The rows of its table: address, name, and the cells as (on the right, text)."""
        kinds = [column.kind for column in self.chart.columns][1:]
        return [
            (href, row[0], [(kind != "text", _said(value, kind)) for kind, value in zip(kinds, row[1:], strict=True)])
            for href, row in zip(self.hrefs, self.chart.rows, strict=True)
        ]

    def image(self, width: int) -> Image:
        """``width``: one of `WIDTHS`."""
        wanted = (("rong", str(width)),)
        return Image(self.address("svg", wanted), self.address("svg", (*wanted, ("nen", "toi"))), *self.chart.page_size(width))


def _said(value: Value, kind: ColumnKind) -> str:
    """A value that was not observed shows as such."""
    if value is None:
        return "không đọc được" if kind == "count" else "-"
    if isinstance(value, str):
        return value
    return formats.number(value) if kind == "count" else formats.dong(value) if kind == "money" else str(value)


class ChartDesk:
    def __init__(self) -> None:
        self.drawings = Drawings()
        self._makers: dict[str, Maker] = {}
        self._one = asyncio.Lock()

    def add(self, name: str, maker: Maker) -> None:
        """``maker`` makes the chart for a request's parameters; the chart's name is ``name``."""
        self._makers[name] = maker

    def figure(self, chart: Chart, state: Search, hrefs: tuple[str | None, ...] = (), *, more: tuple[tuple[str, str], ...] = ()) -> Figure:
        """``state`` and ``more`` are what the maker needs to make the same chart again."""
        assert chart.name in self._makers, chart.name

        def address(suffix: str, further: tuple[tuple[str, str], ...]) -> str:
            return link(f"/bieu-do/{chart.name}.{suffix}", state, *more, *further)

        files = tuple((suffix.upper(), address(suffix, ())) for suffix in SUFFIXES)
        return Figure(chart, hrefs or (None,) * len(chart.rows), files, address)

    async def answer(self, request: Request, name: str, suffix: str) -> Response:
        """With ``rong``, one of `WIDTHS`, the drawing that a page shows, ``nen=toi`` for a dark one; else a file to keep. Drawings wait for
        each other here, where they hold up no other request."""
        maker = self._makers.get(name)
        width = request.query_params.get("rong", "")
        if maker is None or suffix not in SUFFIXES or (width and width not in map(str, WIDTHS)):
            raise HTTPException(404)
        chart = await run_in_threadpool(maker, request)
        if suffix == "json":
            return cached(request, chart_json(chart))
        if suffix == "csv":
            return _file(with_etag(request, chart_csv(chart).encode(), _TYPES[suffix]), name, suffix)
        on_page = suffix == "svg" and bool(width)
        if on_page:
            order = order_for_page(chart, int(width), dark=request.query_params.get("nen") == "toi")
        else:
            order = order_file(chart, "svg" if suffix == "svg" else "png")
        response = unchanged(request, order.key)
        if response is None:
            body = self.drawings.kept(order)
            if body is None:
                async with self._one:
                    body = await run_in_threadpool(self.drawings.drawn, order)
            response = tagged(body, order.key, _TYPES[suffix])
        return response if on_page else _file(response, name, suffix)


def _file(response: Response, name: str, suffix: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response


def chart_routes(desk: ChartDesk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/bieu-do/{name}.{suffix}")
    async def chart(request: Request, name: str, suffix: str) -> Response:
        return await desk.answer(request, name, suffix)

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
