"""What a page says about itself for machines: JSON-LD and meta tags. Whether to believe it is decided elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from pipelines.extraction.html import Page, clean

_ARTICLE_TYPES = frozenset(
    "newsarticle article reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle blogposting "
    "posting liveblogposting report advertisercontentarticle".split()
)
# Meta tags by what they say, the most trusted first.
_TITLES = ("og:title", "twitter:title", "dc.title", "title", "headline")
_AUTHORS = ("article:author", "author", "dc.creator", "dable:author", "article:writer")
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher", "copyright", "generator")
_PUBLISHED = (
    *("article:published_time", "datepublished", "pubdate", "publishdate", "publish-date", "dc.date.issued", "article:published"),
    *("og:published_time", "date", "dc.date", "dc.date.created", "datecreated", "sailthru.date", "parsely-pub-date"),
)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "lastmod", "last-modified")
_ORGANISATIONS = frozenset("organization newsmediaorganization corporation governmentorganization website brand".split())
_CONTROL = re.compile(r"[\x00-\x1f]+")
_MAX_LD = 200_000
_MAX_ITEMS = 2_000
_MAX_TITLE = 400


@dataclass(frozen=True, slots=True)
class Metadata:
    titles: tuple[str, ...]
    """Headline candidates, most trusted first, as written."""
    authors: tuple[str, ...]
    site_names: tuple[str, ...]
    """Names of the site, the publisher and other organisations that are never the author."""
    published: tuple[tuple[str, str], ...]
    """(method, ISO text) of publication dates, most trusted first."""
    modified: tuple[str, ...]
    description: str
    kind: str
    """JSON-LD type or og:type in lower case."""
    url: str | None
    article_count: int
    """How many article entries the JSON-LD lists at top level."""


def read_metadata(page: Page) -> Metadata:
    """Broken or hostile JSON-LD is passed over."""
    titles: list[str] = []
    authors: list[str] = []
    sites: list[str] = []
    published: list[tuple[str, str]] = []
    modified: list[str] = []
    description = ""
    kind = ""
    url: str | None = None
    articles = 0
    for item in _items(page.json_ld):
        types = _types(item)
        if types & _ARTICLE_TYPES:
            articles += 1
            if articles == 1:
                kind = "article"
                titles += _texts(item.get("headline")) or _texts(item.get("name"))
                authors += _people(item.get("author"))
                sites += _organisations(item.get("author")) + _organisations(item.get("publisher"))
                published += [("json-ld", text) for text in _texts(item.get("datePublished"))]
                modified += _texts(item.get("dateModified"))
                description = next(iter(_texts(item.get("description"))), "")
                url = next(iter(_texts(item.get("url")) + _texts(item.get("mainEntityOfPage"))), None)
        elif types & _ORGANISATIONS:
            sites += _texts(item.get("name")) + _texts(item.get("alternateName"))
    titles += [clean(unescape(value)) for value in _told(page, _TITLES)]
    authors += _told(page, _AUTHORS)
    sites += _told(page, _SITES)
    published += [("meta", value) for value in _told(page, _PUBLISHED)]
    modified += _told(page, _MODIFIED)
    return Metadata(
        titles=tuple(title[:_MAX_TITLE] for title in titles if title),
        authors=tuple(authors),
        site_names=tuple(dict.fromkeys(clean(site) for site in sites if site.strip())),
        published=tuple(published),
        modified=tuple(modified),
        description=clean(unescape(description or page.meta("og:description", "description", "twitter:description") or "")),
        kind=kind or (page.meta("og:type") or "").lower(),
        url=url or page.meta("og:url"),
        article_count=articles,
    )


def _told(page: Page, names: tuple[str, ...]) -> list[str]:
    return [value for name in names if (value := page.meta(name))]


def _items(sources: list[str]) -> Iterator[dict[str, Any]]:
    """Every JSON-LD object that stands at the top, in a list or in ``@graph``, in order."""
    count = 0
    for source in sources:
        if len(source) > _MAX_LD:
            continue
        try:
            value = json.loads(_CONTROL.sub(" ", source))
        except (ValueError, RecursionError):
            continue
        waiting = [value]
        while waiting and count < _MAX_ITEMS:
            count += 1
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting = value[:200] + waiting
            elif isinstance(value, dict):
                yield value
                graph = value.get("@graph")
                if isinstance(graph, list):
                    waiting = graph[:200] + waiting


def _types(item: dict[str, Any]) -> set[str]:
    kind = item.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return {value.lower() for value in kinds if isinstance(value, str)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        text = clean(unescape(value))
        return [text] if text else []
    if isinstance(value, dict):
        return _texts(value.get("@id") or value.get("name") or value.get("url"))
    if isinstance(value, list):
        return [text for item in value[:10] for text in _texts(item)]
    return []


def _people(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:10] for name in _people(item)]
    if isinstance(value, dict):
        return [] if _types(value) & _ORGANISATIONS else _texts(value.get("name"))
    return _texts(value)


def _organisations(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:10] for name in _organisations(item)]
    if isinstance(value, dict) and _types(value) & _ORGANISATIONS:
        return _texts(value.get("name"))
    return []
