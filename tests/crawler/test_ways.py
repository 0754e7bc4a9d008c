"""How a source is asked what is new: the ways, falling back from one to the next, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from corpus.store import open_store
from crawler.failures import FetchFailed
from tests.scripted_site import LIST, NOW, PORTAL, Site

FEED = "https://mau.vn/rss"
SITEMAP = "https://mau.vn/sitemap.xml"
FED = replace(PORTAL, feeds=(FEED,))
MAPPED = replace(PORTAL, sitemaps=(SITEMAP,))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = open_store(tmp_path / "loa.db")
    yield Site(store)
    store.close()


def feed(*numbers: int) -> bytes:
    items = "".join(
        f"<item><link>https://mau.vn/bai-{n}</link><pubDate>Mon, {n:02} Nov 2026 08:00:00 +0700</pubDate></item>" for n in numbers
    )
    return f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


def sitemap(*numbers: int, day: str = "2026-11-20") -> bytes:
    return (
        "<urlset>" + "".join(f"<url><loc>https://mau.vn/bai-{n}</loc><lastmod>{day}</lastmod></url>" for n in numbers) + "</urlset>"
    ).encode()


def dated(*items: tuple[int, str]) -> bytes:
    return "".join(f'<h3><a href="/bai-{n}">Bài {n}</a></h3><span>({day})</span>' for n, day in items).encode()


def later(site: Site, **more: float) -> None:
    site.now += timedelta(**more)


def test_a_feed_that_stands_still_hides_nothing(site: Site) -> None:
    site.publish(1, 2, 3)
    site.answers[FEED] = feed(1, 2, 3)
    first = site.crawl(FED)
    assert ([way.new for way in first.ways], first.new, first.fetched) == ([3, 3], 3, 3)
    site.publish(1, 2, 3, 4)
    later(site, hours=1)
    reading = site.crawl(FED)
    assert [(way.kind, way.unchanged, way.known, way.new) for way in reading.ways] == [("feed", True, 3, 0), ("listing", False, 3, 1)]
    assert reading.fetched == 1
    assert reading.newest == "2026-11-03"


@pytest.mark.parametrize("broken", [404, FetchFailed("timeout"), b"<p>no feed</p>"], ids=["gone", "silent", "html"])
def test_a_broken_feed_is_named_and_the_list_goes_on(site: Site, broken: bytes) -> None:
    site.publish(1, 2)
    site.answers[FEED] = feed(1, 2)
    site.crawl(FED)
    site.answers[FEED] = broken
    site.publish(1, 2, 3)
    later(site, days=1)
    reading = site.crawl(FED)
    assert (reading.read, reading.ways[0].read) == (True, False)
    assert reading.ways[0].cause in {"http_404", "timeout", "unreadable_feed"}
    assert "/bai-3" in site.urls


def test_what_a_feed_held_is_not_lost_when_the_list_breaks_the_run_off(site: Site) -> None:
    site.answers[FEED] = (200, {"etag": '"1"'}, feed(1, 2))
    site.answers[LIST] = (503, {"retry-after": "7200"}, b"")
    assert site.crawl(FED).stopped == "http_503"
    assert site.store.frontier_counts() == {"due": 2}


def test_a_source_that_asked_for_patience_is_not_asked_before(site: Site) -> None:
    site.publish(1, 2)
    site.crawl()
    good = site.answers[LIST]
    site.answers[LIST] = (429, {"retry-after": "7200"}, b"")
    later(site, hours=1)
    assert site.crawl().wait_until == site.now + timedelta(hours=2)
    site.answers[LIST] = good
    later(site, minutes=119)
    waiting = site.crawl()
    assert (waiting.stopped, waiting.asked, site.asked) == ("waiting", False, [])
    later(site, minutes=2)
    reading = site.crawl()
    assert (reading.stopped, reading.read, reading.known) == (None, True, 2)


def test_three_troubles_leave_the_source_alone_for_a_while(site: Site) -> None:
    site.publish(*range(1, 7))
    for number in (6, 5, 4):
        site.answers[f"https://mau.vn/bai-{number}"] = FetchFailed("unreachable")
    reading = site.crawl()
    assert reading.stopped == "unreachable"
    assert reading.wait_until == NOW + timedelta(minutes=2)


def test_sitemaps_wait_while_the_lists_do(site: Site) -> None:
    site.publish(1, 2)
    site.answers[SITEMAP] = sitemap(1, 2)
    first = site.crawl(MAPPED)
    assert [way.kind for way in first.ways] == ["sitemap", "listing"]
    later(site, days=1)
    assert [way.kind for way in site.crawl(MAPPED).ways] == ["listing"]
    later(site, days=2)  # a full reading is due
    assert [way.kind for way in site.crawl(MAPPED).ways] == ["sitemap", "listing"]


def test_a_list_that_fails_brings_the_sitemap_back(site: Site) -> None:
    site.publish(1, 2)
    site.answers[SITEMAP] = sitemap(1, 2)
    site.crawl(MAPPED)
    later(site, days=1)
    site.answers[LIST] = 404
    site.answers[SITEMAP] = sitemap(3, 2, 1)
    site.answers["https://mau.vn/bai-3"] = b"3"
    reading = site.crawl(MAPPED)
    assert [(way.kind, way.cause, way.known, way.new) for way in reading.ways] == [("listing", "http_404", 0, 0), ("sitemap", None, 2, 1)]
    assert (reading.read, reading.fetched) == (True, 1)


def index(*names: str) -> bytes:
    return (
        "<sitemapindex>" + "".join(f"<sitemap><loc>https://mau.vn/{name}.xml</loc></sitemap>" for name in names) + "</sitemapindex>"
    ).encode()


def test_an_index_that_stays_the_same_hides_no_sitemap_that_grew(site: Site) -> None:
    portal = replace(MAPPED, discovery=("sitemap",))
    site.answers |= {SITEMAP: index("s1"), "https://mau.vn/s1.xml": sitemap(1), "https://mau.vn/bai-1": b"1", "https://mau.vn/bai-2": b"2"}
    site.crawl(portal)
    site.answers["https://mau.vn/s1.xml"] = sitemap(1, 2)
    later(site, days=1)
    assert site.crawl(portal).fetched == 1
    later(site, days=1)
    reading = site.crawl(portal)
    assert (reading.read, reading.known, reading.new) == (True, 2, 0)


def test_indexes_that_name_each_other_end(site: Site) -> None:
    site.answers |= {SITEMAP: index("a", "sitemap"), "https://mau.vn/a.xml": index("sitemap", "a", "b"), "https://mau.vn/b.xml": sitemap(1)}
    site.answers["https://mau.vn/bai-1"] = b"1"
    assert site.crawl(replace(MAPPED, discovery=("sitemap",))).fetched == 1
    assert len(site.asked) == 4


def test_every_sitemap_of_a_long_index_has_its_turn(site: Site) -> None:
    portal = replace(MAPPED, discovery=("sitemap",))
    names = [f"s{number}" for number in range(1, 13)]
    site.answers[SITEMAP] = index(*names)
    for number, name in enumerate(names, start=1):
        site.answers |= {f"https://mau.vn/{name}.xml": sitemap(number), f"https://mau.vn/bai-{number}": b"x"}
    site.crawl(portal)
    assert {url for url in site.urls if url.startswith("/s") and url != "/sitemap.xml"} == {f"/s{n}.xml" for n in (1, 12, 2, 11, 3)}
    for _ in range(2):
        later(site, days=3)
        site.crawl(portal)
    assert site.store.frontier_counts() == {"done": 12}


def test_old_items_of_a_sitemap_are_left_to_a_back_fill(site: Site) -> None:
    site.answers[LIST] = b"<p>none</p>"
    site.answers[SITEMAP] = sitemap(1, day="2024-01-01").replace(b"</urlset>", sitemap(2)[8:])
    assert site.crawl(MAPPED).new == 1
    later(site, hours=1)
    assert site.crawl(MAPPED, since=date(2023, 1, 1)).new == 1


def test_late_items_behind_others_are_found_by_the_next_full_reading(site: Site) -> None:
    site.publish(*range(10, 22))
    site.crawl()
    site.publish(*range(9, 22))  # number 9 comes late, on the last page
    later(site, days=1)
    assert site.crawl().new == 0
    later(site, days=2, minutes=1)
    reading = site.crawl()
    assert (reading.new, reading.fetched) == (1, 1)


def test_a_full_reading_ends_where_the_look_back_ends(site: Site) -> None:
    site.publish(*range(1, 13))
    site.crawl()
    later(site, days=20)
    site.crawl()
    assert [url for url in site.urls if url.startswith("/tin")] == ["/tin"]


def test_a_back_fill_goes_back_to_its_day_and_no_further(site: Site) -> None:
    pages = {
        LIST: dated((9, "20/11/2026"), (8, "19/11/2026"), (7, "18/11/2026")) + b'<a rel=next href="/tin?page=2">sau</a>',
        f"{LIST}?page=2": dated((6, "20/10/2026"), (5, "2026-10-10"), (4, "30/09/2026")) + b'<a rel=next href="/tin?page=3">sau</a>',
        f"{LIST}?page=3": dated((3, "20/08/2026"), (2, "10/08/2026"), (1, "01.08.2026")) + b'<a rel=next href="/tin?page=4">sau</a>',
    }
    site.answers |= pages | {f"https://mau.vn/bai-{n}": b"x" for n in range(1, 10)}
    site.crawl(listing_pages=1)
    assert [url for url in site.urls if url.startswith("/bai")] == ["/bai-9", "/bai-8", "/bai-7"]
    later(site, hours=1)
    reading = site.crawl(listing_pages=1, since=date(2026, 10, 1))
    assert site.urls == ["/tin", "/tin?page=2", "/tin?page=3", "/bai-6", "/bai-5"]
    assert (reading.new, reading.known, reading.newest) == (2, 3, "2026-11-20")


def test_a_changed_layout_is_told_from_an_empty_list(site: Site) -> None:
    site.publish(*range(1, 5))
    site.crawl()
    later(site, days=1)
    site.answers[LIST] = "".join(f'<a href="/khac/{n}">Mục {n}</a>' for n in range(30)).encode()
    assert site.crawl().causes == ("layout_changed",)
    later(site, days=1)
    site.answers[LIST] = b"<p>Ch\xc6\xb0a c\xc3\xb3 b\xc3\xa0i.</p>"
    reading = site.crawl()
    assert (reading.causes, reading.read, reading.listed) == (("empty_listing",), False, False)


def test_a_redirect_to_another_host_is_named(site: Site) -> None:
    site.answers[LIST] = FetchFailed("outside_registry", "https://moi.vn/ is not on a host", moved_to="moi.vn")
    reading = site.crawl()
    assert (reading.causes, reading.moved_to, reading.ways[0].moved_to) == (("outside_registry",), ("moi.vn",), "moi.vn")


@pytest.mark.parametrize(("cause", "verdict"), [("robots_refused", "refused"), ("robots_unreachable", "unreachable")])
def test_robots_are_named(site: Site, cause: str, verdict: str) -> None:
    site.answers[LIST] = FetchFailed(cause)
    reading = site.crawl()
    assert (reading.robots, reading.causes) == (verdict, (cause,))
    site.publish(1)
    later(site, days=1)
    assert site.crawl().robots == "allowed"


def test_challenge_pages_are_kept_as_signs(site: Site) -> None:
    site.answers[LIST] = (403, {}, b"<title>Just a moment...</title>")
    reading = site.crawl()
    assert (reading.causes, reading.blocked) == (("blocked",), (f"403 {LIST}", f"403 {LIST}"))


def test_the_usual_places_of_a_family_are_tried_when_nothing_else_works(site: Site) -> None:
    portal = replace(PORTAL, cms="wordpress")
    site.answers[LIST] = b"<p>none</p>"
    site.answers["https://mau.vn/feed/"] = feed(1, 2)
    site.answers |= {f"https://mau.vn/bai-{n}": b"x" for n in (1, 2)}
    reading = site.crawl(portal)
    assert [(way.kind, way.url, way.new) for way in reading.ways if way.parsed] == [("feed", "https://mau.vn/feed/", 2)]
    later(site, days=1)
    assert site.crawl(portal).ways[0].url == "https://mau.vn/feed/"


def test_places_that_hold_nothing_are_not_tried_again_soon(site: Site) -> None:
    portal = replace(PORTAL, cms="wordpress", discovery=("listing",))
    site.answers[LIST] = b"<p>none</p>"
    site.crawl(portal)
    assert site.urls == ["/tin", "/feed/", "/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml"]
    assert [way.kind for way in site.store.readings("mau")[-1].ways] == ["listing"]
    later(site, days=1)
    site.crawl(portal)
    assert site.urls == ["/tin"]


def test_archive_then_search_come_last(site: Site) -> None:
    portal = replace(PORTAL, archive="https://mau.vn/{yyyy}/{mm}", search="https://mau.vn/tim?q={query}")
    site.answers[LIST] = 404
    site.answers["https://mau.vn/2026/11"] = b'<a href="/bai-1">1</a>'
    site.answers["https://mau.vn/bai-1"] = b"1"
    reading = site.crawl(portal)
    assert [way.kind for way in reading.ways] == ["listing", *["archive"] * 3]
    assert "/tim" not in "".join(site.urls)
    site.answers["https://mau.vn/2026/11"] = 404
    site.answers["https://mau.vn/tim?q=truy%E1%BB%81n%20thanh%20c%C6%A1%20s%E1%BB%9F"] = b'<a href="/bai-1">1</a><a href="/bai-2">2</a>'
    site.answers["https://mau.vn/bai-2"] = b"2"
    later(site, days=1)
    reading = site.crawl(portal)
    assert [(way.kind, way.known, way.new) for way in reading.ways if way.parsed] == [("search", 1, 1)]


def test_lists_paged_by_scripts_are_read_by_the_family_s_form(site: Site) -> None:
    portal = replace(PORTAL, cms="drupal")
    site.answers[LIST] = b'<a href="/bai-2">2</a><a href="javascript:goto(2)">2</a>'
    site.answers[f"{LIST}?page=1"] = b'<a href="/bai-1">1</a>'
    assert site.crawl(portal).new == 2


def test_a_calendar_is_not_followed(site: Site) -> None:
    site.answers[LIST] = b'<a href="/bai-1">1</a><a rel=next href="/lich?thang=12&nam=2026">sau</a>'
    reading = site.crawl()
    assert (site.urls[:2], reading.ways[0].detail) == (["/tin", "/bai-1"], "further pages look like a trap: calendar")


def test_sessions_in_addresses_make_no_new_articles(site: Site) -> None:
    for visit in ("a", "b", "c"):
        site.answers[LIST] = f'<a href="/tin/tap-huan-can-bo-3154109.html?token={visit * 9}&k=1">Tập huấn</a>'.encode()
        site.answers[f"https://mau.vn/tin/tap-huan-can-bo-3154109.html?token={visit * 9}&k=1"] = b"x"
        site.crawl(replace(PORTAL, article_pattern=r"-\d+\.html"))
        later(site, days=1)
    assert sum(site.store.frontier_counts().values()) == 1


def test_a_second_crawl_of_an_unchanged_site_without_validators_asks_for_its_lists_alone(site: Site) -> None:
    site.publish(*range(1, 31))
    site.answers[FEED] = feed(*range(20, 31))
    site.crawl(FED)
    bodies = len(site.asked)
    later(site, hours=6)
    site.crawl(FED)
    assert site.urls == ["/rss", "/tin"]
    assert len(site.asked) < 0.1 * bodies


def test_news_does_not_wait_behind_an_archive(site: Site) -> None:
    site.publish(*range(1, 31))
    site.crawl(articles=5)
    site.publish(*range(1, 32))
    later(site, days=1)
    site.crawl(articles=2)
    assert next(url for url in site.urls if url.startswith("/bai")) == "/bai-31"


def test_the_requests_of_a_run_are_bounded(site: Site) -> None:
    site.publish(*range(1, 31))
    reading = site.crawl(requests=4)
    assert (reading.stopped, len(site.asked)) == ("budget", 4)
    assert sum(site.store.frontier_counts().values()) == 12
    later(site, days=1)
    assert site.crawl().fetched == 30


def test_only_the_ways_named_are_asked_in_their_order(site: Site) -> None:
    portal = replace(FED, sitemaps=(SITEMAP,), discovery=("sitemap", "feed"))
    site.publish(1)
    site.answers |= {FEED: feed(1), SITEMAP: sitemap(1)}
    site.crawl(portal)
    assert site.urls == ["/sitemap.xml", "/rss", "/bai-1"]
