"""Every example page read by the extraction: what stands in the articles' file is what comes out, and nothing else passes.

Each family has at least six pages with expected values: three articles, a list, a stub and an error page sent as 200.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from corpus.document import RawPage
from corpus.errors import Reason, Rejected
from demo import site
from demo.site import FAMILIES, Article, Site, load_sites
from pipelines.extract import extract

SITES = load_sites()
PAGES = [(one, article) for one in SITES for article in one.articles]


def page(one: Site, path: str, body: str) -> RawPage:
    url = f"https://{one.id}.vn{path}"
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    headers = (("content-type", "text/html; charset=utf-8"),)
    return RawPage(portal=one.id, requested_url=url, final_url=url, status=200, headers=headers, body=body.encode(), fetched_at=now)


def test_every_family_has_its_six_pages() -> None:
    assert {one.cms for one in SITES} == set(FAMILIES)
    for one in SITES:
        kinds = Counter(article.kind for article in one.articles)
        assert kinds["article"] >= 3
        assert kinds["stub"] >= 1
        assert kinds["gone"] >= 1


def expected_author(article: Article) -> str | None:
    """An editorial office is nobody in particular, and how a text was put together is no name."""
    name = article.author.removesuffix(" (tổng hợp)")
    return None if name.lower() == "ban biên tập" else name


@pytest.mark.parametrize(("one", "article"), PAGES, ids=[f"{one.cms}-{article.id}" for one, article in PAGES])
def test_articles_come_back_as_written(one: Site, article: Article) -> None:
    raw = page(one, FAMILIES[one.cms].article(article), site.article_page(one, article))
    if article.kind != "article":
        with pytest.raises(Rejected) as rejected:
            extract(raw)
        assert rejected.value.reason in {"stub": {Reason.NO_TEXT, Reason.NOT_ARTICLE}, "gone": {Reason.ERROR_PAGE}}[article.kind]
        return
    document = extract(raw)
    assert (document.title, document.author, document.published) == (article.title, expected_author(article), article.published.date())
    assert article.lead in document.text
    for paragraph in article.paragraphs:
        assert paragraph in document.text
    for stranger in (*one.teasers, one.address, *(other.title for other in one.articles if other.id != article.id)):
        assert stranger not in document.text


@pytest.mark.parametrize("one", SITES, ids=lambda one: one.cms)
def test_lists_are_no_articles(one: Site) -> None:
    for number in range(1, site.page_count(one) + 1):
        with pytest.raises(Rejected):
            extract(page(one, FAMILIES[one.cms].listing(number), site.listing_page(one, number) or ""))
