"""The search page: one result as list, table, course over time or words in context, with its filters and the reading of its query."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import escape

from corpus.analysis import has_diacritics
from corpus.errors import InvalidQuery
from corpus.index.base import MAX_OFFSET, CodeField, Interval, Words
from corpus.index.names import Names
from corpus.index.parse import MAX_CHARACTERS
from corpus.text import fold, normalize
from monitor.charts import Chart, timeline
from monitor.periods import Period, period_of
from search_api import formats, labels
from search_api.answers import Catalogue, FacetCounts, SearchAnswer, understood
from search_api.api import search_of
from search_api.caching import cached, with_etag
from search_api.charts import Figure
from search_api.params import SORT_VALUES, VIEW_VALUES, Search, link, toggle_links
from search_api.site import Choice, Site
from search_api.words import POSITIONS, WordDesk, arrangement

SHOWN_CODES = 8
"""Values of a facet shown before the rest folds away."""
STEPS: dict[Interval, tuple[str, int]] = {"day": ("Ngày", 45), "week": ("Tuần", 400), "month": ("Tháng", 4000), "year": ("Năm", 10**9)}
"""Steps of the course over time: (name, most days that are shown in it)."""


@dataclass(frozen=True, slots=True)
class FacetBox:
    """Its values come as HTML, all text in it escaped: a page has two hundred."""

    title: str
    first: str
    more: str
    folded: int
    """Values in ``more``."""
    chosen: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """The switch between texts on poverty communication and everything kept."""

    name: str
    count: int
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Course:
    """A result over time: its chart and the address behind each row of its table."""

    chart: Chart
    hrefs: tuple[str, ...]


class SearchPages:
    def __init__(self, catalogue: Catalogue, desk: WordDesk, site: Site, *, base_url: str) -> None:
        self.catalogue = catalogue
        self.names = catalogue.names
        self.desk = desk
        self.site = site
        self.base_url = base_url
        site.charts.add("theo-thoi-gian", lambda request: self._course(search_of(request)).chart)

    def page(self, request: Request) -> Response:
        state = search_of(request)
        try:
            parts = self._parts(request, state)
        except InvalidQuery as error:
            at = error.position or 0
            pointed = (state.q[:at], state.q[at : at + 1] or " ", state.q[at + 1 :][:MAX_CHARACTERS])
            return self.site.draw(request, "search.html", status=400, state=state, fault=error.message, pointed=pointed)
        return self.site.draw(request, "search.html", state=state, fault=None, pointed=None, **parts)

    def _parts(self, request: Request, state: Search) -> dict[str, Any]:
        if state.view in ("list", "table"):
            answer = self.catalogue.search(state)
        else:
            answer = self.catalogue.search(replace(state, size=1, page=1, after=None), hits=False)
        scopes = self._scopes(state, answer)
        order = arrangement(dict(request.query_params))
        lines = self.desk.kwic(state, order) if state.view == "kwic" and state.q.strip() else None
        shown = lines.lines if lines else answer.total
        return {
            "answer": answer,
            "boxes": [self._box(facet, state) for facet in answer.facets],
            "chips": self._chips(state),
            "sorts": self._sorts(state),
            "scopes": scopes,
            "views": [
                Choice(labels.VIEWS[name], link("/tim", replace(state, view=view, page=1, after=None)), state.view == view)
                for name, view in VIEW_VALUES.items()
            ],
            "pages": _pages(state, shown, request) if lines or state.view in ("list", "table") else None,
            "loose": self._loose(state) if not answer.total else None,
            "files": [
                (name, link(f"/tim.{suffix}", replace(state, page=1, after=None, view="list")), said) for suffix, name, said in labels.FILES
            ],
            "notebook": self._lines_address(request, state),
            "notebook_file": link("/tim.ipynb", replace(state, page=1, after=None, view="list")),
            "cleared": link("/tim", Search(q=state.q, map=state.map, view=state.view)),
            "article_link": lambda id: link(f"/tin/{id}", Search(q=state.q, map=state.map, period=state.period)),
            "course": self._figure(state) if state.view == "time" and answer.total else None,
            "lines": lines,
            "positions": self._positions(state, order.position, by_frequency=order.by_frequency),
            "frequency": Choice(
                "Từ hay gặp trước",
                link("/tim", replace(state, page=1), *_arranged(order.position, by_frequency=not order.by_frequency)),
                order.by_frequency,
            ),
        }

    def _lines_address(self, request: Request, state: Search) -> str:
        return (self.base_url or str(request.base_url)).rstrip("/") + link("/tim.jsonl", replace(state, page=1, after=None, view="list"))

    def notebook(self, request: Request) -> Response:
        """A notebook for Jupyter that reads the whole result. Raises: InvalidQuery."""
        state = search_of(request)
        said = understood(state, self.names)
        read = f"import pandas\n\ntin = pandas.read_json({json.dumps(self._lines_address(request, state))}, lines=True)\nlen(tin)"
        cells = [
            {"cell_type": "markdown", "metadata": {}, "source": f"# Kết quả tìm của loa\n\nHiểu là: {said or 'mọi tin'}"},
            *(
                {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
                for source in (read, 'tin.groupby(pandas.to_datetime(tin["published"]).dt.year).size()')
            ),
        ]
        made = {"nbformat": 4, "nbformat_minor": 4, "metadata": {"language_info": {"name": "python"}}, "cells": cells}
        body = json.dumps(made, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        return with_etag(request, body, "application/x-ipynb+json", {"Content-Disposition": 'attachment; filename="loa-tim.ipynb"'})

    def _box(self, facet: FacetCounts, state: Search) -> FacetBox:
        field: CodeField = facet.field  # type: ignore[assignment]  # facets are made of code fields
        chosen = set(state.chosen(field))
        counts = {count.code: count.count for count in facet.counts}
        codes = [*sorted(chosen - counts.keys()), *counts]
        if field == "year":
            codes.sort(reverse=True)
        links = [
            (code not in chosen, _facet_link(self.names.label(field, code), counts.get(code, 0), href, chosen=code in chosen))
            for code, href in zip(codes, toggle_links("/tim", state, field, codes), strict=True)
        ]
        links.sort(key=itemgetter(0))
        values = [text for _, text in links]
        first, more = values[:SHOWN_CODES], values[SHOWN_CODES:]
        return FacetBox(labels.FACETS[field], "".join(first), "".join(more), len(more), bool(chosen))

    def _chips(self, state: Search) -> list[Choice]:
        """Conditions in use, each with the address without it."""
        chips = [
            Choice(self.names.label(field, code), link("/tim", state.toggled(field, code)))
            for field, codes in state.codes
            for code in codes
        ]
        free = replace(state, page=1, after=None)
        if state.period:
            chips.append(Choice(state.period.name, link("/tim", replace(free, period=None))))
        if state.since:
            chips.append(Choice(f"từ {formats.day(state.since)}", link("/tim", replace(free, since=None))))
        if state.until:
            chips.append(Choice(f"đến hết {formats.day(state.until)}", link("/tim", replace(free, until=None))))
        return chips

    def _sorts(self, state: Search) -> list[Choice]:
        return [
            Choice(labels.SORTS[name], link("/tim", replace(state, sort=sort, page=1, after=None)), state.order == sort)
            for name, sort in SORT_VALUES.items()
            if sort != "relevance" or state.q.strip()
        ]

    def _scopes(self, state: Search, answer: SearchAnswer) -> list[Scope]:
        narrow, wide = replace(state, relevance=("communication",), page=1, after=None), replace(state, relevance=(), page=1, after=None)
        return [
            Scope(
                name,
                answer.total if state.relevance == scope.relevance else self.catalogue.count(scope).total,
                link("/tim", scope),
                state.relevance == scope.relevance,
            )
            for name, scope in (("Truyền thông về giảm nghèo", narrow), ("Mọi tin trong kho", wide))
        ]

    def _loose(self, state: Search) -> tuple[str, int, str] | None:
        """The same words without diacritics, for a look-up that found nothing: (words, count, address)."""
        if not has_diacritics(state.q) or not isinstance(state.where(self.names), Words):
            return None
        loose = replace(state, q=fold(normalize(state.q)), page=1)
        count = self.catalogue.count(loose).total
        return (loose.q, count, link("/tim", loose)) if count else None

    def _positions(self, state: Search, chosen: str | None, *, by_frequency: bool) -> list[Choice]:
        first = Choice("Theo tin", link("/tim", replace(state, page=1)), chosen is None)
        return [
            first,
            *(
                Choice(
                    labels.POSITIONS[position], link("/tim", replace(state, page=1), *_arranged(position, by_frequency=by_frequency)), at
                )
                for position in labels.POSITIONS
                for at in (position == chosen,)
            ),
        ]

    def _figure(self, state: Search) -> Figure:
        course = self._course(state)
        return self.site.charts.figure(course.chart, state, course.hrefs)

    def _course(self, state: Search) -> Course:
        query = replace(state.query(self.names), limit=0, offset=0, after=None)
        by_day = self.catalogue.index.search(replace(query, histogram="month")).histogram
        assert by_day is not None  # asked for
        if not by_day.counts:
            return Course(timeline("theo-thoi-gian", "Kết quả theo thời gian", "Không tin nào có ngày đăng.", (), first="Tháng"), ())
        span = state.period or Period(by_day.counts[0][0], period_of(by_day.counts[-1][0], "month").end)
        interval = next(interval for interval, (_, most) in STEPS.items() if span.days <= most)
        found = by_day if interval == "month" else self.catalogue.index.search(replace(query, histogram=interval)).histogram
        assert found is not None  # asked for
        counts = dict(found.counts)
        steps = _steps(interval, found.counts[0][0], found.counts[-1][0])
        name = STEPS[interval][0]
        chart = timeline(
            "theo-thoi-gian",
            f"Kết quả theo {name.lower()} đăng",
            f"Đếm số tin của kết quả tìm theo {name.lower()} đăng, từ {formats.day(span.start)} đến {formats.day(span.last_day)}; "
            f"{formats.number(found.undated)} tin không rõ ngày đăng đứng ngoài.",
            [(_step_label(interval, step), counts.get(step.start, 0), None) for step in steps],
            first=name,
        )
        narrowed = replace(state, view="list", page=1, after=None, since=None, until=None)
        return Course(chart, tuple(link("/tim", replace(narrowed, period=step)) for step in steps))


def _facet_link(name: str, count: int, href: str, *, chosen: bool) -> str:
    on, tick, said = (' aria-current="true"', "✓", '<span class="hidden">, đang chọn, bấm để bỏ</span>') if chosen else ("", "", "")
    return (
        f'<li><a href="{escape(href)}"{on} rel="nofollow"><span class="tick" aria-hidden="true">{tick}</span>'
        f'<span class="name">{escape(name)}</span><span class="count">{formats.number(count)}</span>{said}</a></li>\n'
    )


def filters_in_words(state: Search, names: Names) -> str:
    """The conditions beside the words, named one after the other; empty where there are none."""
    found = [names.label(field, code) for field, codes in state.codes for code in codes]
    if state.period:
        found.append(state.period.name.lower())
    if state.since:
        found.append(f"từ {formats.day(state.since)}")
    if state.until:
        found.append(f"đến hết {formats.day(state.until)}")
    return ", ".join(found)


def search_routes(pages: SearchPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    catalogue = pages.catalogue

    @router.get("/tim")
    def search(request: Request) -> Response:
        return pages.page(request)

    @router.get("/tim.json")
    def search_json(request: Request) -> Response:
        return cached(request, catalogue.search(search_of(request)))

    @router.get("/tim.ipynb")
    def notebook(request: Request) -> Response:
        return pages.notebook(request)

    @router.get("/hieu-la.json")
    def echo(request: Request) -> Response:
        """What a query is taken to mean, for the box while somebody types. A fault is an answer here, not an error."""
        state = search_of(request)
        try:
            said: dict[str, Any] = {"understood": understood(state, pages.names), "fault": None, "position": None}
        except InvalidQuery as error:
            said = {"understood": None, "fault": error.message, "position": error.position}
        return cached(request, said)

    return router


def _arranged(position: str | None, *, by_frequency: bool) -> list[tuple[str, str]]:
    names = {place: name for name, place in POSITIONS.items()}
    wanted = [("vi-tri", names[position])] if position else []  # type: ignore[index]  # a position that the address named
    return [*wanted, ("tan-suat", "1")] if by_frequency else wanted


def _steps(interval: Interval, first: date, last: date) -> list[Period]:
    kind = "range" if interval == "day" else interval
    steps = [period_of(first, kind)]
    while steps[-1].end <= last:
        steps.append(steps[-1].next())
    return steps


def _step_label(interval: Interval, step: Period) -> str:
    match interval:
        case "day":
            return f"{step.start:%d/%m}"
        case "week":
            return f"T{step.start.isocalendar().week}/{step.start.isocalendar().year % 100:02d}"
        case "month":
            return f"{step.start:%m/%Y}"
        case _:
            return f"{step.start.year}"


def _pages(state: Search, total: int, request: Request) -> dict[str, Any] | None:
    last = max(1, -(-min(total, MAX_OFFSET) // state.size))
    if last == 1 and state.page == 1:
        return None
    more = [(name, value) for name, value in request.query_params.multi_items() if name in ("vi-tri", "tan-suat") and value]
    return {
        "at": state.page,
        "last": last,
        "previous": link("/tim", replace(state, page=state.page - 1), *more) if state.page > 1 else None,
        "next": link("/tim", replace(state, page=state.page + 1), *more) if state.page < last else None,
    }
