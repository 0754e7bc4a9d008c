"""Sources: what could not be read and why, the last 28 runs of each, and one source with its runs and its last good article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from corpus.locality_names import sort_key
from monitor.causes import NAMES as CAUSE_NAMES
from monitor.charts import Chart, heat_map
from monitor.desk import Monitor
from monitor.facts import Fact
from monitor.figures import SourceFigure, to_plain
from monitor.figures_sources import by_source, samples
from monitor.health import GRID_RUNS, RunMark
from search_api import formats
from search_api.answers import Catalogue
from search_api.api import search_of
from search_api.caching import cached
from search_api.params import Search, link
from search_api.site import Choice, Site

STATES = {"": "Mọi nguồn", "trouble": "Không đọc được", "silent": "Im lặng", "ok": "Đọc được", "unwatched": "Chưa theo dõi"}
RESULTS = {"ok": "đọc được", "trouble": "không đọc được", "skipped": "không hỏi tới"}


@dataclass(frozen=True, slots=True)
class Grid:
    """The last runs as paths of squares, one path a result: filled for read, crossed for trouble, a dot for not asked."""

    ok: str
    trouble: str
    skipped: str
    label: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    figure: SourceFigure
    href: str
    articles: str
    grid: Grid | None
    sample: Fact | None
    home: str | None


class SourcesPages:
    def __init__(self, catalogue: Catalogue, monitor: Monitor, site: Site) -> None:
        self.catalogue = catalogue
        self.monitor = monitor
        self.site = site
        site.charts.add("luot-doc", lambda _: self._chart())

    def page(self, request: Request) -> Response:
        found = search_of(request)
        state = Search(map=found.map, period=found.period)
        figures = self.monitor.sources()
        chosen = request.query_params.get("trang-thai", "")
        chosen = chosen if chosen in STATES else ""
        known = {figure.portal for figure in figures.sources}
        facts = self.monitor.facts()
        kept, sample = by_source(facts), samples(facts)
        return self.site.draw(
            request,
            "sources.html",
            state=state,
            figures=figures,
            filters=[
                (Choice(name, link("/nguon", state, *([("trang-thai", key)] if key else [])), key == chosen), number)
                for key, name in STATES.items()
                for number in (sum(count for s, _, count in figures.states if not key or s == key),)
            ],
            rows=[
                self._row(figure, state, sample.get(figure.portal))
                for figure in figures.sources
                if not chosen or figure.health.state == chosen
            ],
            others=[]
            if chosen
            else sorted(
                (
                    (
                        self.catalogue.names.label("source", key),
                        len(found_there),
                        link("/tim", Search(codes=(("source", (key,)),), relevance=(), map=state.map)),
                    )
                    for key, found_there in kept.items()
                    if key not in known
                ),
                key=lambda row: sort_key(row[0]),
            ),
            figure=self.site.charts.figure(self._chart(), state) if any(f.health.runs for f in figures.sources) else None,
        )

    def source(self, request: Request, id: str) -> Response:
        found = search_of(request)
        figure = self.figure(id)
        state = Search(map=found.map, period=found.period)
        return self.site.draw(
            request,
            "source.html",
            state=state,
            row=self._row(figure, state, samples(self.monitor.facts()).get(figure.portal)),
            runs=[(run, RESULTS[run.result], CAUSE_NAMES[run.cause] if run.cause else "") for run in reversed(figure.health.runs)],
            all_sources=link("/nguon", state),
        )

    def figure(self, id: str) -> SourceFigure:
        """Raises: HTTPException(404)."""
        for figure in self.monitor.sources().sources:
            if figure.portal == id:
                return figure
        raise HTTPException(404)

    def _row(self, figure: SourceFigure, state: Search, sample: Fact | None) -> SourceRow:
        return SourceRow(
            figure,
            link(f"/nguon/{figure.portal}", state),
            f"/tim?{figure.query}",
            grid_of(figure.health.runs),
            sample,
            formats.safe_link(figure.home),
        )

    def _chart(self) -> Chart:
        rows: list[tuple[str, list[int | None]]] = []
        for figure in self.monitor.sources().sources:
            runs = figure.health.runs
            if runs:
                # One for read, nothing seen for trouble; runs that did not ask the source stand as 0.
                values: list[int | None] = [{"ok": 1, "trouble": None, "skipped": 0}[run.result] for run in runs]
                rows.append((figure.name, [*[0] * (GRID_RUNS - len(values)), *values]))
        return heat_map(
            "luot-doc",
            f"{GRID_RUNS} lượt đọc gần nhất của từng nguồn",
            "Mỗi ô là một lượt, lượt mới nhất ở bên phải: 1 là đọc được, × là không đọc được, "
            "trống là chưa có lượt hoặc lượt ấy không hỏi tới nguồn.",
            rows,
            [str(number) for number in range(1, GRID_RUNS + 1)],
            first="Nguồn",
        )


def grid_of(runs: Sequence[RunMark]) -> Grid | None:
    if not runs:
        return None
    start = GRID_RUNS - len(runs)
    paths = {"ok": "", "trouble": "", "skipped": ""}
    for at, run in enumerate(runs, start):
        x = at * 8
        match run.result:
            case "ok":
                paths["ok"] += f"M{x} 1h6v10h-6z"
            case "trouble":
                paths["trouble"] += f"M{x} 3l6 6m0-6l-6 6"
            case _:
                paths["skipped"] += f"M{x + 2} 6h2"
    counts = [(name, sum(run.result == result for run in runs)) for result, name in RESULTS.items()]
    said = ", ".join(f"{number} {name}" for name, number in counts if number)
    return Grid(paths["ok"], paths["trouble"], paths["skipped"], f"{len(runs)} lượt gần nhất: {said}")


def sources_routes(pages: SourcesPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/nguon")
    def sources(request: Request) -> Response:
        return pages.page(request)

    @router.get("/nguon.json")
    def sources_json(request: Request) -> Response:
        return cached(request, to_plain(pages.monitor.sources()))

    @router.get("/nguon/{id}.json")
    def source_json(request: Request, id: str) -> Response:
        return cached(request, to_plain(pages.figure(id)))

    @router.get("/nguon/{id}")
    def source(request: Request, id: str) -> Response:
        return pages.source(request, id)

    return router
