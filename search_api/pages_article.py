"""One article: its text with the evidence in it, its tags, its story, where it comes from and how it is cited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from corpus.document import Document
from corpus.errors import InvalidQuery
from corpus.export.citations import apa
from corpus.export.rows import public_url
from corpus.index.plan import patterns
from monitor.desk import Monitor
from monitor.stories import compare, sketch
from search_api import formats, labels
from search_api.answers import Catalogue
from search_api.api import article_response, search_of
from search_api.evidence import view
from search_api.params import Search, link
from search_api.site import Site
from search_api.words import WordDesk

MOST_COPIES = 12


@dataclass(frozen=True, slots=True)
class Member:
    """Another article of the same story, and why it belongs there."""

    title: str
    href: str
    source: str
    published: date | None
    why: str
    score: str


class ArticlePages:
    def __init__(self, catalogue: Catalogue, words: WordDesk, monitor: Monitor, site: Site, *, base_url: str) -> None:
        self.catalogue = catalogue
        self.names = catalogue.names
        self.words = words
        self.monitor = monitor
        self.site = site
        self.base_url = base_url.rstrip("/")

    def page(self, request: Request, id: str) -> Response:
        document = self._document(id)
        asked = search_of(request)
        try:
            looked_for = patterns(asked.where(self.names))
        except InvalidQuery:
            looked_for = ()  # a bad query in a link must not hide the text
        state = Search(q=asked.q if looked_for else "", map=asked.map, period=asked.period, saved=asked.saved)
        kept = Search(map=state.map, period=state.period)
        return self.site.draw(
            request,
            "article.html",
            state=state,
            document=document,
            view=view(document, self.names, looked_for),
            story=self._story(document, kept),
            citation=apa(document, self.names),
            similar_link=link(f"/tin/{document.id}/giong", kept),
            linked=self.linked_data(document),
            highwire=self.highwire(document),
            **self._provenance(document, kept),
        )

    def similar(self, request: Request, id: str) -> Response:
        """Articles whose words are most alike, of any day."""
        document = self._document(id)
        asked = search_of(request)
        kept = Search(map=asked.map, period=asked.period)
        rows = [(row, link(f"/tin/{row.id}", kept), formats.number(row.likeness, 2)) for row in self.words.similar(id).similar]
        return self.site.draw(request, "similar.html", state=kept, document=document, back=link(f"/tin/{document.id}", kept), rows=rows)

    def _document(self, id: str) -> Document:
        document = self.catalogue.store.get_document(id)
        if document is None:
            raise HTTPException(404)
        return document

    def _story(self, document: Document, kept: Search) -> list[Member]:
        """The others, in order of publication."""
        story = self.monitor.facts().told_together.get(document.id, ())
        others = [fact for fact in story if fact.id != document.id][:MOST_COPIES]
        if not others:
            return []
        mine = sketch(document)
        texts = {other.id: other for other in self.catalogue.store.iter_documents(ids=[fact.id for fact in others])}
        members = []
        for fact in others:
            pair = compare(mine, sketch(texts[fact.id])) if fact.id in texts else None
            members.append(
                Member(
                    fact.title,
                    link(f"/tin/{fact.id}", kept),
                    self.names.label("source", fact.portal),
                    fact.published,
                    labels.STORY_KINDS[pair.kind] if pair else "qua tin khác của cùng chuyện",
                    formats.number(pair.score, 2) if pair else "",
                )
            )
        return members

    def linked_data(self, document: Document) -> dict[str, Any]:
        """The article as schema.org describes news."""
        about = [m.code for m in document.localities if m.role == "about" and m.code]
        found: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": document.title,
            "inLanguage": document.language,
            "identifier": document.id,
            "publisher": {"@type": "Organization", "name": self.names.label("source", document.provenance.portal)},
        }
        if document.published:
            found["datePublished"] = document.published.isoformat()
        if document.modified:
            found["dateModified"] = document.modified.isoformat()
        if document.author:
            found["author"] = {"@type": "Person", "name": document.author}
        if url := public_url(document):
            found["isBasedOn"] = url
        if self.base_url:
            found["url"] = f"{self.base_url}/tin/{document.id}"
        if about:
            found["contentLocation"] = [{"@type": "AdministrativeArea", "name": self.names.place(code)} for code in dict.fromkeys(about)]
        if document.activities:
            found["keywords"] = [self.names.activities.name(code) for code in dict.fromkeys(m.code for m in document.activities)]
        return found

    def highwire(self, document: Document) -> list[tuple[str, str]]:
        """The meta tags that reference managers read."""
        pairs = [("citation_title", document.title), ("citation_language", document.language)]
        if document.author:
            pairs.append(("citation_author", document.author))
        if document.published:
            pairs.append(("citation_publication_date", f"{document.published:%Y/%m/%d}"))
        pairs.append(("citation_publisher", self.names.label("source", document.provenance.portal)))
        if url := public_url(document):
            pairs.append(("citation_public_url", url))
        return [(name, value) for name, value in pairs if value]

    def _provenance(self, document: Document, kept: Search) -> dict[str, Any]:
        origin = document.provenance
        store = self.catalogue.store
        files = store.files_of(document) if document.attachments else {}
        watched = self.names.portals.get(origin.portal) is not None
        return {
            "source": self.names.label("source", origin.portal),
            "source_link": link(f"/nguon/{origin.portal}", kept)
            if watched
            else link("/tim", Search(codes=(("source", (origin.portal,)),), relevance=(), map=kept.map)),
            "original": formats.safe_link(origin.final_url or origin.canonical_url),
            "place_of_file": formats.without_folders(origin.final_url),
            "attachments": [(a.title or a.url, formats.safe_link(a.url), files.get(a.url)) for a in document.attachments],
            "attached_to": None if origin.media_type == "text/html" else store.article_of(document),
            "date_method": labels.DATE_METHODS.get(document.published_from or "", document.published_from or ""),
            "flags": [labels.FLAGS.get(flag, flag) for flag in document.flags],
            "kind": self.names.label("kind", document.kind),
        }


def article_routes(pages: ArticlePages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/tin/{id}.json")
    def twin(request: Request, id: str) -> Response:
        return article_response(request, pages.catalogue, id)

    @router.get("/tin/{id}/giong")
    def similar(request: Request, id: str) -> Response:
        return pages.similar(request, id)

    @router.get("/tin/{id}")
    def article(request: Request, id: str) -> Response:
        return pages.page(request, id)

    return router
