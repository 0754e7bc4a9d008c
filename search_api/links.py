"""``Link`` headers (RFC 8288) and the addresses under which one search is answered in each form."""

from __future__ import annotations

from dataclasses import replace

from corpus.export import FORMATS, MEDIA_TYPES
from corpus.index.base import MAX_OFFSET
from search_api.params import Search, link

PAGE = "/tim"
ATOM = "application/atom+xml"
OPENSEARCH = "application/opensearchdescription+xml"


def alternates(search: Search) -> list[tuple[str, str]]:
    """(address, media type) of the same search as page, feed and files."""
    first = replace(search, page=1, after=None)
    forms = [(f"{PAGE}.{name}", MEDIA_TYPES[name].partition(";")[0]) for name in FORMATS]
    return [(link(path, first), kind) for path, kind in ((PAGE, "text/html"), (f"{PAGE}.atom", ATOM), *forms)]


def link_header(path: str, search: Search, *, total: int, next: str | None) -> str:
    """For an answer at ``path`` that shows one page of a result; ``next`` is its cursor, where the order has one."""
    first = replace(search, page=1, after=None)
    parts: list[tuple[str, str, str | None]] = [(link(path, first), "first", None)]
    if next is not None:
        parts.append((link(path, replace(search, page=1, after=int(next))), "next", None))
    elif search.order == "relevance" and search.page * search.size < min(total, MAX_OFFSET):
        parts.append((link(path, replace(search, page=search.page + 1)), "next", None))
    if search.page > 1:
        parts.append((link(path, replace(search, page=search.page - 1)), "prev", None))
    parts += [(address, "alternate", kind) for address, kind in alternates(search)]
    parts.append((link("/opensearch.xml", first), "search", OPENSEARCH))
    return ", ".join(f'<{address}>; rel="{relation}"' + (f'; type="{kind}"' if kind else "") for address, relation, kind in parts)
