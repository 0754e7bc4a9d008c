"""Feed, sitemap or list page -> addresses of articles. Pure: bytes in, addresses out; nothing is fetched here."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import unquote, urljoin, urlsplit

import feedparser
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from corpus.portals import Portal
from corpus.store import FoundUrl
from corpus.urls import canonical_url, is_paging, site_id
from crawler.families import adapter_of
from crawler.links import Link, scan_links
from crawler.traps import trap_of

MAX_URLS = 50_000
"""Addresses of one sitemap (sitemaps.org allows as many)."""
MAX_UNPACKED_BYTES = 50 << 20
MAX_FEED_BYTES = 2 << 20
"""What is read of a feed: thousands of entries; feedparser takes about a second for it."""
MAX_FEED_DEPTH = 500


class Unreadable(ValueError):
    """The bytes are not what they were fetched as; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    urls: tuple[FoundUrl, ...] = ()
    children: tuple[tuple[str, str | None], ...] = ()
    """Further sitemaps with their time of change, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    urls: tuple[FoundUrl, ...] = ()
    next_page: str | None = None
    feeds: tuple[str, ...] = ()
    """Feeds that the page names in its head."""
    links: int = 0
    """All links to the source's own hosts: a page without articles that has many shows another layout, not an empty list."""
    trap: str | None = None
    """Kind of trap that its further pages look like; they are not followed."""
    scripted: bool = False
    """Its further pages are reached by a script alone."""


def read_feed(body: bytes, url: str, portal: Portal) -> tuple[FoundUrl, ...]:
    """Entries of an RSS or Atom feed in its order. Raises: Unreadable."""
    body = body[:MAX_FEED_BYTES]
    if b"<!ENTITY" in body:
        raise Unreadable("declares entities")
    if _depth(body) > MAX_FEED_DEPTH:
        raise Unreadable(f"elements lie in each other more than {MAX_FEED_DEPTH} deep")
    parsed = feedparser.parse(body, response_headers={"content-location": url})
    if not parsed.entries and not parsed.get("version"):
        raise Unreadable("not a feed")
    entries = ((entry.get("link", ""), _feed_date(entry)) for entry in parsed.entries[:MAX_URLS])
    return tuple(_unique(_found(urljoin(url, link), hint, found_on=url, portal=portal) for link, hint in entries if link))


_ELEMENT = re.compile(rb"<(/?)[A-Za-z_][^<>]{0,2000}?(/?)>")


def _depth(body: bytes) -> int:
    """How deep elements lie in each other at most; feedparser 6 is quadratic in it."""
    depth = deepest = 0
    for match in _ELEMENT.finditer(body):
        depth += -1 if match[1] else 0 if match[2] else 1
        deepest = max(deepest, depth)
    return deepest


def _feed_date(entry: feedparser.FeedParserDict) -> str | None:
    parts = entry.get("published_parsed") or entry.get("updated_parsed")
    if not isinstance(parts, time.struct_time):
        return None
    try:
        return datetime(*parts[:6], tzinfo=UTC).isoformat()
    except ValueError:
        return None


def read_sitemap(body: bytes, url: str, portal: Portal) -> Sitemap:
    """A sitemap or an index of sitemaps, plain or gzip; what changed last comes first. Raises: Unreadable."""
    try:
        root = fromstring(_unpacked(body), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable(f"not a sitemap: {error}") from error
    kind = _local(root.tag)
    if kind not in {"urlset", "sitemapindex"}:
        raise Unreadable(f"not a sitemap: begins with <{kind[:40]}>")
    entries = []
    for node in list(root)[:MAX_URLS]:
        values = {_local(child.tag): (child.text or "").strip() for child in node}
        if values.get("loc"):
            entries.append((urljoin(url, values["loc"]), values.get("lastmod") or None))
    entries.sort(key=lambda entry: entry[1] or "", reverse=True)
    if kind == "sitemapindex":
        return Sitemap(children=tuple(entry for entry in entries if portal.serves(entry[0])))
    articles = ((address, changed) for address, changed in entries if is_article_link(Link(url=address, text=""), portal))
    return Sitemap(urls=tuple(_unique(_found(address, changed, found_on=url, portal=portal) for address, changed in articles)))


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    inflater = zlib.decompressobj(wbits=31)
    try:
        content = inflater.decompress(body, MAX_UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise Unreadable(f"damaged gzip: {error}") from error
    if len(content) > MAX_UNPACKED_BYTES:
        raise Unreadable(f"unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    return content


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def read_listing(body: bytes, url: str, portal: Portal, *, page: int) -> Listing:
    """Articles linked from a list page, in its order, and the page after it. ``page`` counts from 1."""
    links = [link for link in scan_links(body, url) if portal.serves(link.url)]
    lists = {_plain(address) for address in (url, portal.home, *portal.listings)}
    articles = (link for link in links if not link.head and is_article_link(link, portal) and _plain(link.url) not in lists)
    next_page = _next_page(links, url, page)
    trap = trap_of(next_page) if next_page is not None else None
    return Listing(
        urls=_merged(_found(link.url, link.day, found_on=url, portal=portal) for link in articles),
        next_page=None if trap else next_page,
        feeds=tuple(link.url for link in links if link.head and "alternate" in link.rel.split() and link.kind.endswith("xml")),
        links=sum(not link.head for link in links),
        trap=trap,
        scripted=next_page is None and _SCRIPTED_PAGING.search(body) is not None,
    )


_SCRIPTED_PAGING = re.compile(
    rb"<a\b[^<>]{0,300}?href=[\"']javascript:[^<>]{0,300}>\s*(?:<(?:span|b|i)\b[^<>]{0,80}>\s*)?(?:2|&gt;|&raquo;|\xc2\xbb)\s*<",
    re.IGNORECASE,
)


def _plain(url: str) -> str:
    return url.partition("?")[0].rstrip("/") if "?" not in url or is_paging(url) else url


_NOT_ARTICLE = re.compile(
    r"/(?:tag|tags|tu-khoa|tim-kiem|search|login|dang-nhap|user|author|tac-gia|category|chuyen-muc|chuyen-de|topic|rss|feed|lien-he|"
    r"gioi-thieu|so-do|sitemap|video|media|album|thu-vien-anh|wp-admin|wp-content|quan-tri|van-ban|thu-tuc)(?:[/.?]|$)|"
    r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|avi|zip|rar|css|js|ico|exe)$",
    re.IGNORECASE,
)
_TWIN = re.compile(r"/(?:print|savefile|amp)/|\.amp$|[?&]print=", re.IGNORECASE)
_ENOUGH = 3


def is_article_link(link: Link, portal: Portal) -> bool:
    """Whether the link leads to an article: by the portal's own pattern where there is one, else by signs added up."""
    if is_twin(link.url) or trap_of(link.url):
        return False
    if portal.article_pattern is not None:
        return any(re.search(portal.article_pattern, form) for form in _forms(link.url))
    parts = urlsplit(link.url)
    if parts.path in {"", "/"} or _NOT_ARTICLE.search(unquote(parts.path)):
        return False
    score = -4 if is_paging(link.url) else 0
    family = adapter_of(portal.cms)
    score += 2 if family is not None and family.article is not None and family.article.search(link.url) else 0
    score += 2 if site_id(link.url, portal.id_pattern) else 0
    slug = unquote(parts.path).rstrip("/").rpartition("/")[2]
    score += 1 if slug.count("-") >= 4 else 0
    words = len(link.text.split())
    score += 1 if words >= 6 else -1 if 1 <= words <= 3 and not link.heading else 0
    score += 1 if link.heading else 0
    score -= 2 if link.navigation and not (link.heading and words >= 6) else 0  # menus left open swallow whole lists on real pages
    return score >= _ENOUGH


def is_twin(url: str) -> bool:
    """Whether the address is an article's view for printers or phones."""
    return _TWIN.search(url) is not None


def _forms(url: str) -> Iterator[str]:
    """The address as written and without what does not belong to it: patterns end where the article's own address ends."""
    yield url
    try:
        yield canonical_url(url)
    except ValueError:
        return


_NEXT_WORDS = frozenset(
    "tiếp|tiếp theo|trang sau|trang tiếp|sau|sau ›|sau »|sau >|tiếp ›|tiếp »|tiếp >|xem thêm|next|next ›|older|»|›|>|>>".split("|")
)


def _next_page(links: Iterable[Link], url: str, page: int) -> str | None:
    """Only a link that says so is followed: calendars and facets link endlessly."""
    by_number = None
    for link in links:
        if link.url == url:
            continue
        if "next" in link.rel.split():
            return link.url
        if is_paging(link.url):
            if link.text.lower() in _NEXT_WORDS:
                return link.url
            if link.text == str(page + 1) and by_number is None:
                by_number = link.url
    return by_number


_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|rtf|odt)$", re.IGNORECASE)


def read_attachments(body: bytes, url: str, portal: Portal) -> tuple[FoundUrl, ...]:
    """Files linked from an article."""
    files = (link for link in scan_links(body, url) if not link.head and _ATTACHMENT.search(unquote(urlsplit(link.url).path)))
    return tuple(_unique(_found(link.url, None, found_on=url, portal=portal, kind="attachment") for link in files))


def _found(url: str, hint: str | None, *, found_on: str, portal: Portal, kind: str = "article") -> FoundUrl | None:
    url = url.partition("#")[0]
    if not portal.serves(url) or len(url) > 2000:
        return None
    try:
        canonical = canonical_url(_without_noise(url) if kind == "article" else url)
    except ValueError:
        return None
    return FoundUrl(
        url=url,
        canonical_url=canonical,
        kind=kind,
        found_on=found_on,
        site_id=site_id(url, portal.id_pattern) if kind == "article" else None,
        published_hint=hint,
    )


def _without_noise(url: str) -> str:
    """A number in the path names the article; what follows the ``?`` is then a session, a place in a list or a counter."""
    bare = url.partition("?")[0]
    number = site_id(bare)
    return bare if number is not None and number == site_id(url) and not is_paging(url) else url


def _merged(urls: Iterable[FoundUrl | None]) -> tuple[FoundUrl, ...]:
    """Each article once; a list links it by picture, title and "more", and only one of them stands beside its date."""
    merged: dict[str, FoundUrl] = {}
    for found in urls:
        if found is None:
            continue
        known = merged.setdefault(found.canonical_url, found)
        if known.published_hint is None and found.published_hint is not None:
            merged[found.canonical_url] = replace(known, published_hint=found.published_hint)
    return tuple(merged.values())


def _unique(urls: Iterable[FoundUrl | None]) -> Iterator[FoundUrl]:
    seen: set[str] = set()
    for found in urls:
        if found is not None and found.canonical_url not in seen:
            seen.add(found.canonical_url)
            yield found
