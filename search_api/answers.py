"""What is answered: built once here, sent as JSON by the API and drawn by the templates, so both say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol

from pydantic import BaseModel

from corpus.analysis import Pattern, highlight, snippet
from corpus.document import Document
from corpus.index import Index
from corpus.index.base import CodeField, Facet
from corpus.index.describe import describe
from corpus.index.names import Names
from corpus.index.plan import patterns
from corpus.registry import lineage
from corpus.store import Moment, OldTags, ReadText, State, Version
from monitor.desk import MonitorStore
from search_api.formats import safe_link
from search_api.params import Search

FACETS: dict[str, tuple[CodeField, ...]] = {
    "34": ("province", "activity", "programme", "source", "year", "money", "confidence"),
    "63": ("province_before", "activity", "programme", "source", "year", "money", "confidence"),
}
"""The facets of the search page, by map."""


class Source(Protocol):
    portal: str
    last_visit: datetime | None
    last_success: datetime | None


class Store(MonitorStore, Protocol):
    """The part of `corpus.store.Store` that reading needs."""

    def get_document(self, document_id: str, /) -> Document | None: ...

    def iter_documents(self, *, ids: Iterable[str] | None = None) -> Iterator[Document]: ...

    def texts_of(self, ids: Iterable[str]) -> list[ReadText]: ...

    def count_documents(self) -> int: ...

    def documents_by_portal(self) -> dict[str, int]: ...

    def source_states(self) -> Any: ...

    def history(self, document_id: str, /) -> list[Version]: ...

    def old_tags(self, document_id: str, /) -> list[OldTags]: ...

    def files_of(self, document: Document, /) -> dict[str, str]: ...

    def article_of(self, document: Document, /) -> Document | None: ...

    def moment(self) -> Moment: ...

    def state(self) -> State: ...


class Named(BaseModel):
    code: str
    name: str


class Count(Named):
    count: int


class FacetCounts(BaseModel):
    field: str
    counts: list[Count]
    """Most frequent first; every document of the whole result counts once a code."""


class Amount(BaseModel):
    vnd: int | None
    usd: int | None
    qualifier: str
    role: str
    kind: str
    text: str


class Found(BaseModel):
    id: str
    title: str
    title_highlights: list[tuple[int, int]]
    """Offsets into ``title``, half-open, in code points."""
    snippet: str
    snippet_highlights: list[tuple[int, int]]
    """Offsets into ``snippet``."""
    snippet_cut: tuple[bool, bool]
    """Whether text was left out before and after."""
    published: date | None
    first_seen: datetime | None
    source: Named
    url: str | None
    relevance: str | None
    provinces: list[Named]
    """Provinces it is about, on the map that was asked for."""
    activities: list[Named]
    amounts: list[Amount]
    """Public money only, largest first, each sum once."""
    score: float


class SearchAnswer(BaseModel):
    understood: str
    """The query said back in words."""
    total: int
    """Exact number of matching documents."""
    page: int
    size: int
    sort: str
    hits: list[Found]
    facets: list[FacetCounts]
    next: str | None
    """Value for ``sau`` that gives the next page; null on the last one and in the order by relevance."""


class CountAnswer(BaseModel):
    understood: str
    total: int


class FacetsAnswer(BaseModel):
    total: int
    facets: list[FacetCounts]


class SourceAnswer(BaseModel):
    id: str
    name: str
    home: str | None
    kind: str | None
    province: Named | None
    documents: int
    last_visit: datetime | None
    last_success: datetime | None
    valid_from: date | None = None
    """First day on which it was a source of its own; null where the registry does not say."""
    valid_to: date | None = None
    """First day on which it no longer was."""
    predecessors: list[str] = []
    """Ids of the sources that it took over from, and of those that took over from it."""
    successors: list[str] = []
    history: list[str] = []
    """Ids of all that it came from, itself last: whose articles are its history."""
    history_documents: int = 0
    """Articles of ``history``."""


class SourcesAnswer(BaseModel):
    sources: list[SourceAnswer]


class Catalogue:
    """Answers questions over one store and one index."""

    def __init__(self, store: Store, index: Index, names: Names) -> None:
        self.store = store
        self.index = index
        self.names = names

    def search(self, search: Search, *, facets: tuple[CodeField, ...] | None = None, hits: bool = True) -> SearchAnswer:
        """``hits`` False: for who wants the total and the facets alone. Raises: InvalidQuery, IndexUnavailable, StoreUnavailable."""
        wanted = FACETS[search.map] if facets is None else facets
        query = search.query(self.names, wanted)
        if not hits:
            query = replace(query, limit=0)
        results = self.index.search(query)
        documents = {document.id: document for document in self.store.iter_documents(ids=[hit.id for hit in results.hits])}
        looked_for = patterns(query.where)
        return SearchAnswer(
            understood=describe(query.where, self.names),
            total=results.total,
            page=search.page,
            size=search.size,
            sort=search.order,
            # A document withdrawn since the index was written is left out; the total catches up when the index does.
            hits=[self.found(documents[hit.id], looked_for, search, hit.score) for hit in results.hits if hit.id in documents],
            facets=[self.facet(facet) for facet in results.facets],
            next=None if results.next is None else str(results.next),
        )

    def count(self, search: Search) -> CountAnswer:
        query = search.query(self.names)
        return CountAnswer(understood=describe(query.where, self.names), total=self.index.count(query))

    def facets(self, search: Search, fields: tuple[CodeField, ...]) -> FacetsAnswer:
        results = self.index.search(replace(search.query(self.names, fields), limit=0, offset=0, after=None))
        return FacetsAnswer(total=results.total, facets=[self.facet(facet) for facet in results.facets])

    def sources(self) -> SourcesAnswer:
        """Every source of the registry and every one that has documents, by name."""
        counts = self.store.documents_by_portal()
        states = {state.portal: state for state in self.store.source_states()}
        portals = {portal.id: portal for portal in self.names.portals}
        answer = []
        for key in {*counts, *portals, *states}:
            portal, state = portals.get(key), states.get(key)
            history = lineage(key, self.names.portals)
            answer.append(
                SourceAnswer(
                    id=key,
                    name=self.names.label("source", key),
                    home=safe_link(portal.home) if portal else None,
                    kind=portal.kind if portal else None,
                    province=self.named("province", portal.province) if portal else None,
                    documents=counts.get(key, 0),
                    last_visit=state.last_visit if state else None,
                    last_success=state.last_success if state else None,
                    valid_from=portal.valid_from if portal else None,
                    valid_to=portal.valid_to if portal else None,
                    predecessors=list(portal.predecessors) if portal else [],
                    successors=list(portal.successors) if portal else [],
                    history=list(history),
                    history_documents=sum(counts.get(name, 0) for name in history),
                )
            )
        order = self.names.sorter("source")
        return SourcesAnswer(sources=sorted(answer, key=lambda source: (order(source.id), source.id)))

    def facet(self, facet: Facet) -> FacetCounts:
        return FacetCounts(
            field=facet.field,
            counts=[Count(code=code, name=self.names.label(facet.field, code), count=count) for code, count in facet.counts],
        )

    def named(self, field: CodeField, code: str) -> Named:
        return Named(code=code, name=self.names.label(field, code))

    def found(self, document: Document, looked_for: Iterable[Pattern], search: Search, score: float) -> Found:
        looked_for = tuple(looked_for)
        part = snippet(document.text, looked_for)
        register = self.names.register
        about = [m.code for m in document.localities if m.role == "about" and m.code]
        provinces = register.on_old_map(about) if search.map == "63" else register.on_new_map(about)
        field: CodeField = "province_before" if search.map == "63" else "province"
        money = {b.vnd: b for b in reversed(document.budgets) if b.kind == "budget" and b.vnd is not None}
        return Found(
            id=document.id,
            title=document.title,
            title_highlights=highlight(document.title, looked_for),
            snippet=document.text[part.start : part.end],
            snippet_highlights=[(start - part.start, end - part.start) for start, end in part.highlights],
            snippet_cut=(part.start > 0, part.end < len(document.text)),
            published=document.published,
            first_seen=document.provenance.first_seen,
            source=self.named("source", document.provenance.portal),
            url=safe_link(document.provenance.final_url or document.provenance.canonical_url),
            relevance=document.relevance.value if document.relevance else None,
            provinces=[self.named(field, code) for code in (*provinces, *(["VN"] if "VN" in about else []))],
            activities=[self.named("activity", code) for code in dict.fromkeys(m.code for m in document.activities)],
            amounts=[
                Amount(vnd=b.vnd, usd=b.usd, qualifier=b.qualifier, role=b.role, kind=b.kind, text=document.quote(b.evidence[0]))
                for _, b in sorted(money.items(), reverse=True)
            ],
            score=score,
        )


def understood(search: Search, names: Names) -> str:
    return describe(search.where(names), names)
