"""Families of content management systems: one adapter each, saying how to know the system and where it puts things.

An adapter holds what the system itself does by default; where a source does otherwise, the registry says so. Addresses found
here are tried, never taken for granted: what does not answer is not asked for again soon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from corpus.portals import Cms, Portal


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    cms: Cms
    signs: re.Pattern[bytes]
    """Found in the pages of the system and hardly elsewhere."""
    article: re.Pattern[str] | None = None
    """Form of its article addresses."""
    feeds: tuple[str, ...] = ()
    """Paths where it has feeds; ``?`` in front: a query added to a list's own address."""
    sitemaps: tuple[str, ...] = ()
    paging: str | None = None
    """How a list's further pages are addressed where their links are scripts: ``?name={n}`` counts from 1, ``?name={n0}`` from 0,
    ``page/{n}/`` is added to the path."""
    archive: str | None = None
    """Path of a dated archive with ``{yyyy}``, ``{mm}`` and ``{dd}``."""
    search: str | None = None
    """Path of the on-site search with ``{query}``."""


def _signs(*patterns: str) -> re.Pattern[bytes]:
    return re.compile("|".join(patterns).encode(), re.IGNORECASE)


def _generator(name: str) -> str:
    return (
        rf"""<meta\b[^<>]{{0,60}}\bcontent=["']?{name}|<meta\b[^<>]{{0,60}}\bname=["']?generator["']?[^<>]{{0,20}}\bcontent=["']?{name}"""
    )


# The order decides where a page shows the signs of several: the systems built on others' parts come first.
ADAPTERS: tuple[Adapter, ...] = (
    Adapter(
        cms="webcenter",
        signs=_signs(r"/webcenter/portal/", r"_afrLoop=", r"\bdDocName=", _generator("Oracle WebCenter")),
        article=re.compile(r"[?&]dDocName=\w+", re.IGNORECASE),
    ),
    Adapter(
        cms="sharepoint",
        signs=_signs(r"_spBodyOnLoadWrapper", r"Skip Ribbon Commands", r"_spPageContextInfo", _generator("Microsoft SharePoint")),
        article=re.compile(r"\.aspx\?(?:[^#]*&)?(?:item)?id=\d+|/pages/(?:\d{4}-\d{1,2}-\d{1,2}/)?[^/?]*-[^/?]*\.aspx", re.IGNORECASE),
    ),
    Adapter(
        cms="dotnetnuke",
        signs=_signs(r"\bdnn_ctr\d+", r"/DesktopModules/", r"\bdnn_dnn[A-Z]", _generator("DotNetNuke")),
        article=re.compile(r"[?&]News(?:Views|ID)=\d+|/ArticleId/\d+|/(?:articleType|ctl)/ArticleView/\S*\d+", re.IGNORECASE),
        sitemaps=("/SiteMap.aspx",),
    ),
    Adapter(
        cms="liferay",
        signs=_signs(r"\bLiferay\.", r"\bportlet-boundary\b", r"asset_publisher", r"/o/frontend-js-"),
        article=re.compile(r"/-/(?:asset_publisher/|view_content/|view-article/|[^/?]*-[^/?]*$)|/content/id/\d+", re.IGNORECASE),
        sitemaps=("/sitemap.xml",),
    ),
    Adapter(
        cms="nukeviet",
        signs=_signs(r"\bnv_[a-z]+_(?:name|lang|url|var)", r"/themes/[\w-]+/js/nv\.", _generator("NukeViet")),
        article=re.compile(r"/news/[^/]+/[^/]+-\d+(?:\.html|/)?$", re.IGNORECASE),
        feeds=("/vi/news/rss/", "/news/rss/"),
        paging="page-{n}/",
        search="/vi/seek/?q={query}",
    ),
    Adapter(
        cms="joomla",
        signs=_signs(r"\bcom_content\b", r"/media/(?:system|jui)/js/", _generator("Joomla")),
        article=re.compile(r"/index\.php/[^?]*/\d+-[^/?]+|/index\.php/[^/?]*-[^/?]*\.html", re.IGNORECASE),
        feeds=("?format=feed&type=rss",),
        search="/index.php/component/search/?searchword={query}",
    ),
    Adapter(
        cms="drupal",
        signs=_signs(r"\bDrupal\.(?:settings|behaviors)", r"data-drupal-", r"/sites/(?:default|all)/", _generator("Drupal")),
        article=re.compile(r"/node/\d+$", re.IGNORECASE),
        feeds=("/rss.xml",),
        paging="?page={n0}",
        search="/search/node?keys={query}",
    ),
    Adapter(
        cms="wordpress",
        signs=_signs(r"/wp-(?:content|includes|json)/", _generator("WordPress")),
        article=re.compile(r"/20\d\d/\d\d/(?:\d\d/)?[^/?]+/?$|[?&]p=\d+", re.IGNORECASE),
        feeds=("/feed/",),
        sitemaps=("/wp-sitemap.xml", "/sitemap_index.xml"),
        paging="page/{n}/",
        archive="/{yyyy}/{mm}/",
        search="/?s={query}",
    ),
    Adapter(
        cms="newspaper",
        # Systems of Vietnamese newspapers do not name themselves: several articles in one of their address forms tell them
        signs=_signs(
            r"""href=["'][^"'<> ]{5,300}-(?:post(?:id)?\d{3,12}|[acdn]\d{3,12}|\d{6,20})\.(?:html?|bbg|vnp|chn|vov|ldo|tpo|antd|amp)["'?]"""
        ),
        article=re.compile(
            r"-(?:post(?:id)?|[acdn])?\d{4,20}\.(?:html?|bbg|vnp|chn|vov|ldo|tpo|antd)$|/\d{4,12}\.html?$|/20\d{4}/[^/?]+-\w{6,12}/?$",
            re.IGNORECASE,
        ),
        feeds=("/rss",),
        sitemaps=("/sitemap.xml", "/sitemap-news.xml"),
    ),
)
_BY_CMS: Mapping[str, Adapter] = {adapter.cms: adapter for adapter in ADAPTERS}
_NEWSPAPER_LINKS = 5
"""Links of a newspaper's form that make a page one of its."""
PROGRAMME_QUERIES = ("giảm nghèo về thông tin", "truyền thông giảm nghèo", "truyền thanh cơ sở")
"""What the on-site search is asked for where a source has no other way: the words of the programme (domain.md 1.2)."""


def adapter_of(cms: Cms) -> Adapter | None:
    return _BY_CMS.get(cms)


def family_of(body: bytes) -> Cms:
    """The system that made a page, by its signs; ``unknown`` without any.

    >>> family_of(b'<meta name="generator" content="NukeViet v4.5">'), family_of(b"<p>x")
    ('nukeviet', 'unknown')
    """
    body = body[:2_000_000]
    for adapter in ADAPTERS:
        if adapter.cms == "newspaper":
            if len({match[0] for match in adapter.signs.finditer(body)}) >= _NEWSPAPER_LINKS:
                return adapter.cms
        elif adapter.signs.search(body):
            return adapter.cms
    return "unknown"


def feed_places(cms: Cms, listing: str) -> tuple[str, ...]:
    """Where a source of the family may have a feed, to be tried."""
    adapter = adapter_of(cms)
    places = adapter.feeds if adapter is not None else ("/rss", "/feed/", "/rss.xml")
    return tuple(_with_query(listing, place[1:]) if place.startswith("?") else _on_host(listing, place) for place in places)


def sitemap_places(cms: Cms, home: str) -> tuple[str, ...]:
    adapter = adapter_of(cms)
    places = (*(adapter.sitemaps if adapter is not None else ()), "/sitemap.xml")
    return tuple(_on_host(home, place) for place in dict.fromkeys(places))


def page_address(cms: Cms, listing: str, page: int) -> str | None:
    """Address of a list's ``page`` (2 or more) where its own links cannot be followed; None where the family has no fixed form.

    >>> page_address("wordpress", "https://mau.vn/category/tin-tuc/", 3)
    'https://mau.vn/category/tin-tuc/page/3/'
    """
    adapter = adapter_of(cms)
    if adapter is None or adapter.paging is None:
        return None
    form = adapter.paging.format(n=page, n0=page - 1)
    if form.startswith("?"):
        return _with_query(listing, form[1:])
    parts = urlsplit(listing)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/" + form, parts.query, ""))


def archive_pages(cms: Cms, portal: Portal, *, oldest: date, newest: date) -> Iterator[str]:
    """Addresses of the dated archive from the newest day or month back to ``oldest``; none where neither entry nor family has one."""
    adapter = adapter_of(cms)
    form = portal.archive or (_on_host(portal.home, adapter.archive) if adapter is not None and adapter.archive else None)
    if form is None:
        return
    day, seen = newest, set[str]()
    while day >= oldest.replace(day=1) if "{dd}" not in form else day >= oldest:
        url = form.replace("{yyyy}", f"{day:%Y}").replace("{mm}", f"{day:%m}").replace("{dd}", f"{day:%d}")
        if url not in seen:
            seen.add(url)
            yield url
        day -= timedelta(days=1)


def searches(cms: Cms, portal: Portal) -> Iterator[str]:
    """Addresses of the on-site search for the words of the programme."""
    adapter = adapter_of(cms)
    form = portal.search or (_on_host(portal.home, adapter.search) if adapter is not None and adapter.search else None)
    if form is not None:
        yield from (form.replace("{query}", quote(words)) for words in PROGRAMME_QUERIES)


def _on_host(url: str, path: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _with_query(url: str, query: str) -> str:
    parts = urlsplit(url)
    given = [pair for pair in parse_qsl(parts.query) if pair[0] not in dict(parse_qsl(query))]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(given + parse_qsl(query)), ""))
