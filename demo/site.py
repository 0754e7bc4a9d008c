"""Example sites: what they hold and at which address, for each family of content management systems.

Addresses have the forms that real systems of the family use. Serving them is done in ``server.py``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from typing import Any
from urllib.parse import quote

import jinja2

PAGE_SIZE = 5
"""Articles on one page of a list; small, so that every list has several pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    id: int
    slug: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    author: str
    published: datetime
    section: str = "Tin tức"
    caption: str = ""
    attachments: tuple[str, ...] = ()
    """File names below ``/tep/``."""
    second_version: tuple[str, ...] = ()
    """Paragraphs after the editors corrected it; empty for most."""
    kind: str = "article"
    """``article``, ``stub`` (title without text) or ``gone`` (an error page sent with status 200)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    id: str
    name: str
    cms: str
    kind: str
    province: str
    province_before: str
    address: str
    """Postal line of the foot."""
    teasers: tuple[str, ...]
    """Headlines of other provinces that stand beside every article."""
    articles: tuple[Article, ...]
    """Newest first."""

    def edited(self) -> Site:
        """The same site after its editors corrected what they correct."""
        articles = tuple(replace(a, paragraphs=a.second_version) if a.second_version else a for a in self.articles)
        return replace(self, articles=articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Where a family of systems puts things. Paths begin with ``/``; page numbers begin with 1."""

    article: Callable[[Article], str]
    listing: Callable[[int], str]
    article_pattern: str
    feed: str | None = None
    sitemap: str | None = None


def _sharepoint_listing(page: int) -> str:
    return "/Pages/tin-tuc-su-kien.aspx" + (f"?pageindex={page - 1}" if page > 1 else "")


def _liferay_listing(page: int) -> str:
    return "/web/guest/tin-tuc" + (f"?cur={page}" if page > 1 else "")


def _drupal_listing(page: int) -> str:
    return "/tin-tuc" + (f"?page={page - 1}" if page > 1 else "")


def _webcenter_listing(page: int) -> str:
    return "/webcenter/portal/mau/pages_tin-tuc" + (f"?page={page}" if page > 1 else "")


def _dotnetnuke_listing(page: int) -> str:
    return "/Default.aspx?tabid=294" + (f"&page={page}" if page > 1 else "")


def _joomla_listing(page: int) -> str:
    return "/index.php/tin-tuc" + (f"?start={(page - 1) * PAGE_SIZE}" if page > 1 else "")


FAMILIES = {
    "sharepoint": Family(
        article=lambda article: f"/Pages/chi-tiet-tin-tuc.aspx?ItemID={article.id}&l=Tintucsukien",
        listing=_sharepoint_listing,
        article_pattern=r"/Pages/chi-tiet-tin-tuc\.aspx\?ItemID=\d+",
    ),
    "liferay": Family(
        article=lambda article: f"/web/guest/chi-tiet-bai-viet/-/asset_publisher/1mOz/content/id/{article.id}?plidlayout=4524",
        listing=_liferay_listing,
        article_pattern=r"/content/id/\d+",
    ),
    "nukeviet": Family(
        article=lambda article: f"/vi/news/tin-tuc/{article.slug}-{article.id}.html",
        listing=lambda page: "/vi/news/tin-tuc/" + (f"page-{page}/" if page > 1 else ""),
        article_pattern=r"/vi/news/[^/]+/[^/]+-\d+\.html",
        feed="/vi/news/rss/",
    ),
    "newspaper": Family(
        article=lambda article: f"/{article.slug}-a{article.id}.html",
        listing=lambda page: f"/xa-hoi/trang-{page}.html" if page > 1 else "/xa-hoi/",
        article_pattern=r"-a\d+\.html",
        feed="/rss/xa-hoi.rss",
        sitemap="/sitemap.xml",
    ),
    "wordpress": Family(
        article=lambda article: f"/{article.published:%Y/%m}/{article.slug}-{article.id}/",
        listing=lambda page: "/category/tin-tuc/" + (f"page/{page}/" if page > 1 else ""),
        article_pattern=r"/20\d\d/\d\d/[^/]+-\d+/",
        feed="/feed/",
    ),
    "webcenter": Family(
        article=lambda article: f"/webcenter/portal/mau/pages_tin-tuc/chi-tiet?dDocName=PORTAL{article.id}",
        listing=_webcenter_listing,
        article_pattern=r"/chi-tiet\?(?:.*&)?dDocName=PORTAL\d+",
    ),
    "dotnetnuke": Family(
        article=lambda article: f"/Default.aspx?tabid=294&NewsViews={article.id}",
        listing=_dotnetnuke_listing,
        article_pattern=r"[?&]NewsViews=\d+",
    ),
    "joomla": Family(
        article=lambda article: f"/index.php/tin-tuc/{article.id}-{article.slug}",
        listing=_joomla_listing,
        article_pattern=r"/index\.php/tin-tuc/\d+-",
        feed="/index.php/tin-tuc?format=feed&type=rss",
    ),
    "drupal": Family(
        article=lambda article: f"/tin-tuc/{article.slug}-{article.id}",
        listing=_drupal_listing,
        article_pattern=r"/tin-tuc/[^/?]+-\d+",
        sitemap="/sitemap.xml",
    ),
}


def load_sites() -> tuple[Site, ...]:
    """The bundled example sites in the order of their ids."""
    folder = resources.files("demo").joinpath("articles")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return tuple(_site(tomllib.loads(entry.read_text("utf-8"))) for entry in files)


def _site(tables: dict[str, Any]) -> Site:
    articles = sorted((_article(entry) for entry in tables["article"]), key=lambda a: (a.published, a.id), reverse=True)
    site = dict(tables["site"])
    site["teasers"] = tuple(site["teasers"])
    return Site(**site, articles=tuple(articles))


def _article(entry: dict[str, Any]) -> Article:
    values = dict(entry)
    values["paragraphs"] = _paragraphs(values.pop("body", ""))
    values["second_version"] = _paragraphs(values.get("second_version", ""))
    values["attachments"] = tuple(values.get("attachments", ()))
    return Article(**values)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(block.split()) for block in text.split("\n\n") if block.strip())


_TEMPLATES = jinja2.Environment(loader=jinja2.PackageLoader("demo"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def article_page(site: Site, article: Article) -> str:
    if article.kind == "gone":
        return _TEMPLATES.get_template("gone.html").render(site=site)
    others = [other for other in site.articles if other.id != article.id and other.kind == "article"][:3]
    return _TEMPLATES.get_template(f"{site.cms}/article.html").render(
        site=site, article=article, others=others, link=FAMILIES[site.cms].article, weekday=_weekday(article.published)
    )


def page_count(site: Site) -> int:
    return -(-len(site.articles) // PAGE_SIZE)


def listing_page(site: Site, page: int) -> str | None:
    """None behind the last page."""
    if not 1 <= page <= page_count(site):
        return None
    family = FAMILIES[site.cms]
    articles = site.articles[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return _TEMPLATES.get_template(f"{site.cms}/listing.html").render(
        site=site, articles=articles, page=page, pages=page_count(site), link=family.article, listing=family.listing
    )


def feed(site: Site, origin: str) -> str:
    return _TEMPLATES.get_template("feed.xml").render(site=site, origin=origin, link=FAMILIES[site.cms].article, articles=site.articles[:4])


def sitemap(site: Site, origin: str) -> str:
    return _TEMPLATES.get_template("sitemap.xml").render(
        site=site, origin=origin, link=FAMILIES[site.cms].article, articles=[a for a in site.articles if a.kind != "gone"]
    )


def _weekday(moment: datetime) -> str:
    return ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")[moment.weekday()]


_TEMPLATES.filters["escape_path"] = lambda path: quote(path, safe="/?&=%:;-._~")
_TEMPLATES.filters["vn_date"] = lambda moment: f"{moment:%d/%m/%Y}"
_TEMPLATES.filters["vn_time"] = lambda moment: f"{moment:%H:%M}"
_TEMPLATES.filters["rfc822"] = lambda moment: f"{moment:%a, %d %b %Y %H:%M:%S %z}"
_TEMPLATES.filters["iso"] = lambda moment: moment.isoformat()
