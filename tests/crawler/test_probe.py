from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from corpus.document import RawPage
from corpus.portals import Portal
from corpus.readings import Reading, WayReading
from crawler.probe import propose, sections
from demo import site
from demo.site import FAMILIES, Site, load_sites

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
UNKNOWN = Portal(id="mau.vn", name="mau.vn", home="https://mau.vn/", hosts=("mau.vn", "www.mau.vn"), kind="press", province="v2-15")
FEED = WayReading(kind="feed", url="https://mau.vn/rss", fetched=True, parsed=True, links=4)
NO_FEED = WayReading(kind="feed", url="https://mau.vn/feed/", status=404, cause="http_404")
READING = Reading(portal="mau.vn", run=1, at=NOW, ways=(FEED, NO_FEED))


def page(url: str, body: str) -> RawPage:
    return RawPage(portal="mau.vn", requested_url=url, final_url=url, status=200, headers=(), body=body.encode(), fetched_at=NOW)


@pytest.mark.parametrize("one", load_sites(), ids=lambda one: one.cms)
def test_a_list_of_every_family_tells_what_there_is_to_tell(one: Site) -> None:
    family = FAMILIES[one.cms]
    lists = [page("https://mau.vn" + family.listing(n), site.listing_page(one, n) or "") for n in (1, 2)]
    portal = replace(UNKNOWN, cms=one.cms)  # the signs of a lone list can be too few: the family is known after its first page
    proposal = propose(portal, lists, READING)
    assert proposal.cms == one.cms
    assert proposal.listings == (lists[0].requested_url,)
    assert proposal.feeds == ("https://mau.vn/rss",)
    assert proposal.article_pattern is not None
    assert proposal.fitting == proposal.article_links
    for article in one.articles:
        assert re.search(proposal.article_pattern, "https://mau.vn" + family.article(article))
    assert not re.search(proposal.article_pattern, "https://mau.vn" + family.listing(2))


def test_nothing_is_made_up_from_nothing() -> None:
    proposal = propose(UNKNOWN, [page("https://mau.vn/", "<title>Trang chủ</title><p>Chào mừng</p>")], replace(READING, ways=(NO_FEED,)))
    assert (proposal.title, proposal.cms, proposal.article_pattern, proposal.listings, proposal.feeds) == (
        "Trang chủ",
        "unknown",
        None,
        (),
        (),
    )


def test_two_articles_are_no_pattern() -> None:
    links = "".join(f'<h3><a href="/tap-huan-can-bo-xa-{n}00000.html">Tập huấn cán bộ truyền thanh xã {n}</a></h3>' for n in (1, 2))
    assert propose(UNKNOWN, [page("https://mau.vn/", links)], READING).article_pattern is None


def test_the_likeliest_sections_of_a_first_page() -> None:
    home = """<nav><a href="/">Trang chủ</a><a href="/gioi-thieu">Giới thiệu</a><a href="/tin-tuc">Tin tức</a><a href="/xa-hoi">Xã hội</a>
    <a href="https://khac.vn/tin-tuc">Tin tức nơi khác</a><a href="/tin-tuc">Tin tức</a><a href="/giam-ngheo">Giảm nghèo</a><a href="/thoi-su">Thời sự</a>
    <a href="/mot-bai-viet-rat-dai-ve-tin-tuc-trong-ngay-5.html">Tin tức</a></nav>"""
    assert sections(UNKNOWN, page("https://mau.vn/", home)) == (
        "https://mau.vn/tin-tuc",
        "https://mau.vn/xa-hoi",
        "https://mau.vn/giam-ngheo",
    )
