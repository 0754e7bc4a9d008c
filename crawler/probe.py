"""What can be told of an unknown site from a few of its pages: family, feeds, sitemaps, lists, form of its article addresses.

Pure: pages in, proposals out. They are shown to a person and written to a registry only then; nothing here is taken for granted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from corpus.document import RawPage
from corpus.portals import Cms, Portal
from corpus.readings import Reading
from corpus.urls import canonical_url, is_paging
from crawler.discovery import is_twin, read_listing
from crawler.families import adapter_of, family_of
from crawler.links import Link, scan_links

MIN_ARTICLES = 3
"""Articles on a page that make it a list worth asking."""
MAX_SECTIONS = 3
_SHARE = 0.9
"""Share of the article links that a form of addresses must fit."""
# Names of the sections in which portals and newspapers put news of the kind we look for, best first
_SECTIONS = re.compile(
    r"tin[- ]t[uứ]c|th[oờ]i[- ]s[uự]|s[uự][- ]ki[eệ]n|x[aã][- ]h[oộ]i|gi[aả]m[- ]ngh[eè]o|ho[aạ]t[- ][dđ][oộ]ng|v[aă]n[- ]h[oó]a",
    re.IGNORECASE,
)
# Forms of article addresses, the narrower first, as `corpus/urls.py` knows them by system
_FORMS = (
    r"-post(?:id)?\d+\.\w+$",
    r"-[acdn]\d{3,}\.\w+$",
    r"/content/id/\d+",
    r"/-/(?:view_content|view-article|view-content)/\d+",
    r"[?&]dDocName=\w+",
    r"[?&]NewsViews=\d+",
    r"\.aspx\?(?:.*&)?(?:ItemID|ID)=\d+",
    r"/vi/news/[^/]+/(?!page-)[^/]+-\d+(?:\.html|/)?$",
    r"/index\.php/[^?]*/\d+-[^/?]+",
    r"/20\d\d/\d\d/(?:\d\d/)?[^/?]+/?$",
    r"/20\d{4}/[^/?]+-\w+/?$",
    r"-\d{5,}\.html?$",
    r"/\d{4,}\.html?$",
    r"-\d{3,}\.html?$",
    r"-\d{4,}/?$",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a probe found; empty where it found nothing."""

    cms: Cms = "unknown"
    title: str = ""
    """The first page's own name for itself."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    article_pattern: str | None = None
    article_links: int = 0
    """Different article addresses on the pages that were looked at."""
    fitting: int = 0
    """Those of them that the pattern fits."""


def sections(portal: Portal, home: RawPage) -> tuple[str, ...]:
    """Addresses of the first page's sections that are worth a look, the likeliest first."""
    found: dict[str, int] = {}
    for link in scan_links(home.body, home.final_url):
        if link.head or not portal.serves(link.url) or not _is_section(link, home):
            continue
        named = f"{unquote(urlsplit(link.url).path)} {link.text}"
        rank = 0 if _SECTIONS.search(named) else 1
        found[link.url] = min(found.get(link.url, rank), rank)
    likely = [url for url, rank in sorted(found.items(), key=lambda entry: entry[1]) if rank == 0]
    return tuple(likely[:MAX_SECTIONS])


def _is_section(link: Link, home: RawPage) -> bool:
    parts = urlsplit(link.url)
    few_words = 1 <= len(link.text.split()) <= 5
    return few_words and parts.path not in ("", "/") and link.url != home.final_url and len(unquote(parts.path).split("-")) <= 6


def propose(portal: Portal, pages: Sequence[RawPage], reading: Reading) -> Proposal:
    """``pages`` are the lists and first page that were fetched; ``reading`` is what the crawler saw of them."""
    html = [page for page in pages if b"<" in page.body[:2000] and page.status == 200]
    articles: dict[str, None] = {}
    others: set[str] = set()
    listings: list[str] = []
    for page in html:
        listing = read_listing(page.body, page.final_url, portal, page=1)
        found = [item.canonical_url for item in listing.urls]
        articles |= dict.fromkeys(found)
        links = (link.url for link in scan_links(page.body, page.final_url) if portal.serves(link.url) and not is_twin(link.url))
        others |= {canonical_url(url) for url in links}
        if len(found) >= MIN_ARTICLES and page.requested_url not in listings and not is_paging(page.requested_url):
            listings.append(page.requested_url)
    families = [family_of(page.body) for page in html]
    cms: Cms = next((family for family in families if family != "unknown"), "unknown")
    pattern = _pattern(list(articles), others - articles.keys(), cms)
    return Proposal(
        cms=cms,
        title=_title(html),
        feeds=tuple(way.url for way in reading.ways if way.kind == "feed" and way.parsed),
        sitemaps=tuple(way.url for way in reading.ways if way.kind == "sitemap" and way.parsed),
        listings=tuple(listings),
        article_pattern=pattern,
        article_links=len(articles),
        fitting=sum(re.search(pattern, url) is not None for url in articles) if pattern else 0,
    )


def _pattern(articles: Sequence[str], others: Iterable[str], cms: Cms) -> str | None:
    """The narrowest form that nearly all articles have and hardly another link."""
    if len(articles) < MIN_ARTICLES:
        return None
    adapter = adapter_of(cms)
    own = (adapter.article.pattern,) if adapter is not None and adapter.article is not None and cms != "newspaper" else ()
    rest = list(others)
    for form in (*_FORMS, *own):
        compiled = re.compile(form, re.IGNORECASE if form in own else 0)
        fits = sum(compiled.search(url) is not None for url in articles)
        strangers = sum(compiled.search(url) is not None for url in rest)
        if fits >= _SHARE * len(articles) and strangers <= 0.05 * fits:
            return form if form not in own else f"(?i){form}"
    return None


_TITLE = re.compile(rb"<title\b[^<>]{0,200}>([^<]{1,300})</title", re.IGNORECASE)
_SITE_NAME = re.compile(rb"""<meta\b[^<>]{0,60}og:site_name["'][^<>]{0,20}content=["']([^"'<>]{1,200})""", re.IGNORECASE)


def _title(pages: Sequence[RawPage]) -> str:
    for form in (_SITE_NAME, _TITLE):
        for page in pages:
            if match := form.search(page.body[:200_000]):
                return " ".join(match[1].decode("utf-8", "replace").split())
    return ""
