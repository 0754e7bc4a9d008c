"""Every search as an Atom feed (RFC 4287) and as an OpenSearch 1.1 description. feedgenerator is used here and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from fastapi import APIRouter, Request
from fastapi.responses import Response
from feedgenerator import Atom1Feed

from corpus.export.cells import printable
from corpus.index.parse import MAX_CHARACTERS
from search_api.answers import Catalogue, Found, SearchAnswer
from search_api.api import search_of
from search_api.caching import with_etag
from search_api.formats import VIETNAM, dong
from search_api.links import ATOM, OPENSEARCH, alternates
from search_api.params import Search, link, to_params

SHOWN = 50
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_OPENSEARCH_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"


def feed_routes(catalogue: Catalogue, *, base_url: str = "") -> APIRouter:
    """``base_url``: where readers reach this server; without it, what the request says."""
    router = APIRouter(include_in_schema=False)

    def base(request: Request) -> str:
        return base_url.rstrip("/") or str(request.base_url).rstrip("/")

    @router.get("/tim.atom")
    @router.get("/api/v1/search.atom")
    def atom(request: Request) -> Response:
        search = search_of(request)
        search = replace(search, sort="newest", page=1, after=None, size=SHOWN)
        answer = catalogue.search(search, facets=())
        return with_etag(request, feed(search, answer, base(request)), f"{ATOM}; charset=utf-8")

    @router.get("/opensearch.xml")
    def opensearch(request: Request) -> Response:
        search = search_of(request)
        return with_etag(request, description(search, base(request)), OPENSEARCH)

    return router


class _Feed(Atom1Feed):  # type: ignore[misc]  # untyped base
    """Adds the other forms of the search and what OpenSearch says of a result."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:opensearch": _OPENSEARCH_NAMESPACE}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for relation, address, kind in self.feed["links"]:
            handler.addQuickElement("link", "", {"rel": relation, "href": address, "type": kind})
        handler.addQuickElement("opensearch:totalResults", str(self.feed["total"]))
        handler.addQuickElement("opensearch:itemsPerPage", str(self.num_items()))
        handler.addQuickElement("opensearch:startIndex", "1")
        handler.addQuickElement("opensearch:Query", "", {"role": "request", "searchTerms": self.feed["terms"]})


def feed(search: Search, answer: SearchAnswer, base: str) -> bytes:
    """The newest documents of the result. Entries keep their ids wherever the server moves."""
    plain = replace(search, sort=None, size=Search().size)
    links = [("alternate", base + address, kind) for address, kind in alternates(plain) if kind != ATOM and kind != "text/html"]
    made = _Feed(
        title=printable(f"loa: {answer.understood}" if answer.understood else "loa: mọi tin"),
        link=base + link("/tim", plain),
        description="Tin về truyền thông và giảm nghèo về thông tin của các tỉnh, thành",
        language="vi",
        author_name="loa",
        feed_url=base + link("/tim.atom", plain),
        feed_guid=f"urn:x-loa:search:{urlencode(to_params(plain))}",
        total=answer.total,
        terms=printable(search.q),
        links=[*links, ("search", base + link("/opensearch.xml", plain), OPENSEARCH)],
    )
    for hit in answer.hits:
        day = datetime.combine(hit.published, time(), VIETNAM) if hit.published else None
        made.add_item(
            title=printable(hit.title) or "Không có tiêu đề",
            link=f"{base}/tin/{hit.id}",
            description=printable(_summary(hit)),
            unique_id=f"urn:x-loa:document:{hit.id}",
            author_name=printable(hit.source.name),
            pubdate=day,
            # Undated texts get a fixed moment: the library would take the clock's, and the feed would never be unchanged.
            updateddate=max(day or _NEVER, hit.first_seen or _NEVER),
            categories=[printable(name.name) for name in (*hit.provinces, *hit.activities)],
        )
    return bytes(made.writeString("utf-8"), "utf-8")


def _summary(hit: Found) -> str:
    facts = [", ".join(place.name for place in hit.provinces), ", ".join(activity.name for activity in hit.activities)]
    facts += [dong(amount.vnd) for amount in hit.amounts[:1] if amount.vnd is not None]
    return " · ".join([*(fact for fact in facts if fact), " ".join(hit.snippet.split())])


def description(search: Search, base: str) -> bytes:
    """A description whose templates keep the filters of the search that it was asked with; the words are the reader's."""
    kept = replace(search, q="", page=1, after=None, sort=None)
    rest = urlencode(to_params(kept))
    query = "?q={searchTerms}" + (f"&{rest}" if rest else "")
    urls = [("text/html", "/tim"), (ATOM, "/tim.atom"), ("application/json", "/api/v1/search")]
    lines = [f"  <Url type={quoteattr(kind)} template={quoteattr(base + path + query)}/>" for kind, path in urls]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<OpenSearchDescription xmlns="{_OPENSEARCH_NAMESPACE}">',
            "  <ShortName>loa</ShortName>",
            "  <Description>Tìm tin về truyền thông và giảm nghèo về thông tin</Description>",
            *lines,
            '  <Query role="example" searchTerms="tập huấn"/>',
            "  <Language>vi</Language>",
            "  <InputEncoding>UTF-8</InputEncoding>",
            "  <OutputEncoding>UTF-8</OutputEncoding>",
            f"  <!-- at most {MAX_CHARACTERS} characters -->",
            "</OpenSearchDescription>",
            "",
        ]
    ).encode("utf-8", "replace")
