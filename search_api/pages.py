"""The HTML pages and their JSON twins. Templates draw what stands here; they compute nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from corpus.document import Document
from corpus.errors import InvalidQuery
from corpus.index.base import CodeField
from corpus.index.parse import parse
from corpus.index.plan import patterns
from monitor.tilemap import Place, tile_places
from search_api import formats, labels
from search_api.answers import Catalogue, FacetCounts
from search_api.api import article_response, search_of
from search_api.caching import cached
from search_api.evidence import view
from search_api.params import Search, link
from search_api.site import Site


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    count: int
    width: float
    """Percent of the longest."""
    href: str


@dataclass(frozen=True, slots=True)
class Tile:
    place: Place
    count: int
    shade: int
    """0 for none, then 1 to 4 by share of the largest count."""


def _tile(place: Place, count: int, largest: int) -> Tile:
    if place.islands:
        return Tile(place, 0, 0)
    return Tile(place, count, 1 + min(3, (count - 1) * 4 // largest) if count else 0)


class Pages:
    def __init__(self, catalogue: Catalogue, site: Site) -> None:
        self.catalogue = catalogue
        self.names = catalogue.names
        self.draw = site.draw

    def overview(self, request: Request) -> Response:
        state = replace(Search(), map=search_of(request).map)
        answer = self.catalogue.overview(state)
        facets = {facet.field: facet for facet in answer.facets}
        places = facets["province" if state.map == "34" else "province_before"]
        counts = {count.code: count.count for count in places.counts}
        field: CodeField = "province" if state.map == "34" else "province_before"
        return self.draw(
            request,
            "overview.html",
            state=state,
            answer=answer,
            tiles=[
                [_tile(place, counts.get(place.code, 0), max(counts.values(), default=1)) if place else None for place in row]
                for row in tile_places(state.map, self.names.register)
            ],
            tile_link=lambda code: link("/tim", state.toggled(field, code)),
            places=self._bars(places, state, alphabetical=True),
            others=[bar for bar in self._bars(places, state) if bar.name == "Cả nước" or "không tách được" in bar.name],
            bars=[(labels.FACETS[name], self._bars(facets[name], state)) for name in ("activity", "programme", "money", "source")],
            years=sorted(self._bars(facets["year"], state), key=lambda bar: bar.name),
        )

    def _bars(self, facet: FacetCounts, state: Search, *, alphabetical: bool = False) -> list[Bar]:
        largest = max((count.count for count in facet.counts), default=1)
        field: CodeField = facet.field  # type: ignore[assignment]  # facets are made of code fields
        bars = [
            Bar(count.name, count.count, round(100 * count.count / largest, 1), link("/tim", state.toggled(field, count.code)))
            for count in facet.counts
        ]
        if alphabetical:
            order = self.names.sorter(field)
            sort = {link("/tim", state.toggled(field, count.code)): order(count.code) for count in facet.counts}
            bars.sort(key=lambda bar: sort[bar.href])  # type: ignore[arg-type,return-value]  # keys are of one kind
        return bars

    def article(self, request: Request, id: str) -> Response:
        document = self.catalogue.store.get_document(id)
        if document is None:
            raise HTTPException(404)
        state = search_of(request)
        try:
            looked_for = patterns(parse(state.q, self.names))
        except InvalidQuery:
            looked_for = ()  # a bad query in a link must not hide the text
        state = replace(Search(), q=state.q if looked_for else "", map=state.map)
        return self.draw(
            request,
            "article.html",
            state=state,
            document=document,
            view=view(document, self.names, looked_for),
            **self._provenance(document),
        )

    def _provenance(self, document: Document) -> dict[str, Any]:
        origin = document.provenance
        return {
            "source": self.names.label("source", origin.portal),
            "source_link": link("/tim", Search(codes=(("source", (origin.portal,)),), relevance=())),
            "original": formats.safe_link(origin.final_url or origin.canonical_url),
            "place_of_file": formats.without_folders(origin.final_url),
            "attachments": [(a.title or a.url, formats.safe_link(a.url)) for a in document.attachments],
            "date_method": labels.DATE_METHODS.get(document.published_from or "", document.published_from or ""),
            "flags": [labels.FLAGS.get(flag, flag) for flag in document.flags],
            "kind": self.names.label("kind", document.kind),
        }

    def sources(self, request: Request) -> Response:
        state = replace(Search(), map=search_of(request).map)
        rows = [
            (source, link("/tim", Search(codes=(("source", (source.id,)),), relevance=(), map=state.map)))
            for source in self.catalogue.sources().sources
        ]
        return self.draw(request, "sources.html", state=state, rows=rows)


def page_routes(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    catalogue = pages.catalogue

    @router.get("/")
    def overview(request: Request) -> Response:
        return pages.overview(request)

    @router.get("/tong-quan")
    def overview_by_name() -> Response:
        return RedirectResponse("/", 308)

    @router.get("/tong-quan.json")
    def overview_json(request: Request) -> Response:
        return cached(request, catalogue.overview(search_of(request)))

    @router.get("/tin/{id}.json")
    def article_twin(request: Request, id: str) -> Response:
        return article_response(request, catalogue, id)

    @router.get("/tin/{id}")
    def article(request: Request, id: str) -> Response:
        return pages.article(request, id)

    @router.get("/nguon")
    def sources(request: Request) -> Response:
        return pages.sources(request)

    @router.get("/nguon.json")
    def sources_json(request: Request) -> Response:
        return cached(request, catalogue.sources())

    @router.get("/tro-giup")
    def help_page(request: Request) -> Response:
        return pages.draw(request, "help.html", state=replace(Search(), map=search_of(request).map))

    return router
