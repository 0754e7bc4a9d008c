"""One portal in one run against a scripted site and the real store; no network and no Scrapy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus.store import open_store
from crawler.failures import FetchFailed, is_challenge
from tests.scripted_site import LIST, NOW, PORTAL, Answer, Site
from tests.search_samples import make_document


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = open_store(tmp_path / "loa.db")
    yield Site(store)
    store.close()


def test_a_first_run_reads_all_pages_of_the_list_and_the_newest_articles_first(site: Site) -> None:
    site.publish(*range(1, 9))
    tally = site.crawl()
    assert site.urls == ["/tin", "/tin?page=2", "/tin?page=3", *(f"/bai-{number}" for number in range(8, 0, -1))]
    assert (tally.new, tally.fetched, tally.known, tally.stopped) == (8, 8, 0, None)


def test_a_later_run_stops_at_the_first_page_without_news(site: Site) -> None:
    site.publish(*range(1, 13))
    site.crawl()
    site.publish(*range(1, 15))
    tally = site.crawl()
    assert site.urls == ["/tin", "/tin?page=2", "/bai-14", "/bai-13"]
    assert (tally.new, tally.fetched) == (2, 2)
    assert tally.known == 1 + 3


def test_an_unchanged_list_counts_its_items_as_known(site: Site) -> None:
    site.publish(1, 2)
    site.answers[LIST] = (
        200,
        {"etag": '"7"', "last-modified": "Mon, 16 Nov 2026 01:00:00 GMT"},
        b"<a href=/bai-1>1</a><a href=/bai-2>2</a>",
    )
    site.crawl()
    site.answers[LIST] = 304
    tally = site.crawl()
    assert site.asked == [(LIST, {"If-None-Match": '"7"', "If-Modified-Since": "Mon, 16 Nov 2026 01:00:00 GMT"})]
    assert (tally.known, tally.read, tally.ways[0].unchanged) == (2, True, True)


def test_a_chain_of_list_pages_that_broke_is_read_to_its_depth_again(site: Site) -> None:
    site.publish(*range(1, 10))
    site.answers[f"{LIST}?page=3"] = FetchFailed("truncated")
    first = site.crawl()
    assert (first.fetched, first.ways[0].cause) == (6, "truncated")
    site.publish(*range(1, 10))
    second = site.crawl()
    assert site.urls == ["/tin", "/tin?page=2", "/tin?page=3", "/bai-3", "/bai-2", "/bai-1"]
    assert second.ways[0].cause is None


def test_nothing_is_lost_when_the_run_dies_while_discovering(site: Site) -> None:
    site.publish(*range(1, 10))
    site.answers[f"{LIST}?page=3"] = RuntimeError("killed")
    with pytest.raises(RuntimeError):
        site.crawl()
    site.publish(*range(1, 10))
    assert site.crawl().fetched == 9


def test_nothing_is_lost_or_doubled_when_the_run_dies_while_fetching(site: Site) -> None:
    site.publish(*range(1, 7))
    site.answers["https://mau.vn/bai-4"] = RuntimeError("killed")
    with pytest.raises(RuntimeError):
        site.crawl()
    site.answers["https://mau.vn/bai-4"] = "bài 4".encode()
    assert site.crawl().fetched == 4
    assert site.store.frontier_counts() == {"done": 6}
    assert sorted(page.requested_url for page in site.store.archived_pages(100)) == [f"https://mau.vn/bai-{n}" for n in range(1, 7)]


def visits(site: Site, *, days: int) -> list[int]:
    """On which of the days that follow the one article is asked for, daily runs given; it stays as it is."""
    found = []
    for _ in range(days):
        site.now += timedelta(days=1, minutes=1)
        site.answers["https://mau.vn/bai-1"] = 304
        site.crawl()
        if "/bai-1" in site.urls:
            found.append((site.now - NOW).days)
            assert dict(site.asked)["https://mau.vn/bai-1"] == {"If-None-Match": '"a"'}
    return found


def days_asked(site: Site, *, until: int) -> list[int]:
    """On which days the one article is asked for, daily runs given, whatever it answers."""
    found = []
    while (day := (site.now - NOW).days) < until:
        site.crawl()
        if "/bai-1" in site.urls:
            found.append(day)
        site.now += timedelta(days=1, minutes=1)
    return found


def test_articles_are_asked_for_again_while_young_and_edits_are_kept(site: Site) -> None:
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = (200, {"etag": '"a"'}, b"erste")
    site.crawl()
    assert visits(site, days=40) == [1, 4, 13]


def test_what_did_not_change_names_the_answer_that_holds_it(site: Site) -> None:
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = (200, {"etag": '"a"'}, b"erste")
    site.crawl()
    site.now += timedelta(days=1, minutes=1)
    site.answers["https://mau.vn/bai-1"] = 304
    site.kept.clear()
    site.crawl()
    revisits = [item for item in site.kept if item.get("unchanged")]
    assert [(item["kind"], item["earlier"].final_url, item["earlier"].fetched_at) for item in revisits] == [
        ("listing", LIST, NOW),
        ("article", "https://mau.vn/bai-1", NOW),
    ]
    assert revisits[1]["earlier"].body_sha256 == hashlib.sha256(b"erste").hexdigest()


def test_what_could_not_be_read_is_asked_for_again_for_weeks(site: Site) -> None:
    """A site whose pages came without their text for a fortnight: what it published meanwhile is not lost."""
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = (200, {"etag": '"a"'}, b"<div id=app>")
    site.crawl()
    (page,) = site.store.pending_pages(10)
    site.store.finish_page(page.id, "rejected/no_text", None, site.now)
    assert visits(site, days=70) == [1, 4, 13, 22, 31, 40, 49]


def crawl_with_other_news(site: Site, text: str, day: int) -> bool:
    """Crawls and processes an article whose page has other news beside it each day; whether it was asked for."""
    site.answers["https://mau.vn/bai-1"] = f"{text} Tin mới nhất ngày {day}".encode()
    site.crawl()
    for page in site.store.pending_pages(10):
        own = make_document("d" * 24, "Bài một", text, portal="mau", url="https://mau.vn/bai-1")
        found = replace(own, provenance=replace(own.provenance, fetched_at=site.now, first_seen=NOW))
        site.store.finish_page(page.id, "indexed", found, site.now)
    return "/bai-1" in site.urls


def test_news_beside_an_article_are_no_edit_of_it(site: Site) -> None:
    """Hardly a page of a newspaper has the same bytes the next day; what counts is the text that it gave."""
    site.publish(1)
    edits = {4: "Bản sửa."}
    visits, text = [], "Bản đầu."
    for day in range(60):
        text = edits.get(day, text)
        if crawl_with_other_news(site, text, day):
            visits.append(day)
        site.now += timedelta(days=1, minutes=1)
    assert visits == [0, 1, 2, 5, 6, 7, 10, 19], "the edit was met on day 5, and known as one when it was processed"


def test_an_edit_met_by_the_last_visit_is_followed_by_others(site: Site) -> None:
    site.publish(1)
    visits, text = [], "Bản đầu."
    for day in range(60):
        text = "Bản sửa." if day >= 9 else text
        if crawl_with_other_news(site, text, day):
            visits.append(day)
        if day == 30:  # a later release reads everything again and finds other words: no edits of the site's
            for page in site.store.archived_pages(10):
                own = make_document("d" * 24, "Bài một", f"{text} Ảnh: A.", portal="mau", url="https://mau.vn/bai-1")
                site.store.finish_page(page.id, "indexed", own, site.now)
        site.now += timedelta(days=1, minutes=1)
    assert visits == [0, 1, 2, 5, 14, 15, 16, 19, 28]


def test_an_edit_makes_a_new_page_and_starts_the_visits_anew(site: Site) -> None:
    site.publish(1)
    site.crawl()
    site.now += timedelta(days=1, minutes=1)
    site.answers["https://mau.vn/bai-1"] = b"corrected"
    assert site.crawl().fetched == 1
    site.now += timedelta(days=1, minutes=1)
    assert site.crawl().unchanged >= 1
    assert "/bai-1" in site.urls
    assert len(site.store.archived_pages(10)) == 2


def test_old_articles_are_not_asked_for_again(site: Site) -> None:
    portal = replace(PORTAL, feeds=("https://mau.vn/rss",))
    site.publish(1)
    site.answers["https://mau.vn/rss"] = (
        b'<rss version="2.0"><channel><item><link>https://mau.vn/bai-1</link><pubDate>Mon, 05 Jan 2026 08:00:00 +0700</pubDate>'
        b"</item></channel></rss>"
    )
    site.answers[LIST] = b"<p>nothing</p>"
    site.crawl(portal)
    site.now += timedelta(days=2)
    site.crawl(portal)
    assert "/bai-1" not in site.urls


# error of an article -> what the frontier plans, in seconds from now; None: given up
PLANS: list[tuple[str, Answer, float | None]] = [
    ("http_404", 404, 86400),
    ("http_410", 410, None),
    ("http_500", 500, 30),
    ("http_503 with Retry-After", (503, {"retry-after": "45"}, b""), 45),
    ("http_429 with date", (429, {"retry-after": "Mon, 23 Nov 2026 02:00:00 GMT"}, b""), 3600),
    ("timeout", FetchFailed("timeout"), 30),
    ("too_large", FetchFailed("too_large"), None),
    ("redirect_loop", FetchFailed("redirect_loop"), None),
    ("outside_registry", FetchFailed("outside_registry"), None),
    ("robots_refused", FetchFailed("robots_refused"), 86400),
    ("blocked", b"<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x.js></script>", 30),
]


@pytest.mark.parametrize(("cause", "answer", "seconds"), PLANS, ids=[case[0] for case in PLANS])
def test_the_next_try(site: Site, cause: str, answer: Answer, seconds: float | None) -> None:
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = answer
    tally = site.crawl()
    (entry,) = site.store.known("mau", ["https://mau.vn/bai-1"]).values()
    assert (entry.state, entry.attempts, (entry.error or "").split(":")[0]) == ("failed", 1, cause.split()[0])
    assert entry.next_at == (None if seconds is None else NOW + timedelta(seconds=seconds))
    assert tally.failures == {cause.split()[0]: 1}
    site.now += timedelta(seconds=(seconds or 0) - 1)
    site.crawl()
    assert "/bai-1" not in site.urls


def test_what_is_not_found_is_given_up_after_a_fortnight(site: Site) -> None:
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = 404
    assert days_asked(site, until=80) == [0, 1, 3, 7, 15]


def test_articles_that_are_not_found_for_some_days_are_not_lost(site: Site) -> None:
    """A new site that lists its articles before it can show them."""
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = 404
    assert days_asked(site, until=5) == [0, 1, 3]
    site.answers["https://mau.vn/bai-1"] = b"da"
    assert days_asked(site, until=10)[0] == 7
    assert site.store.frontier_counts() == {"done": 1}


def test_an_article_that_was_deleted_is_asked_for_once_more(site: Site) -> None:
    site.publish(1)
    assert days_asked(site, until=1) == [0]
    site.answers["https://mau.vn/bai-1"] = 404
    assert days_asked(site, until=40) == [1, 2]


def test_what_robots_forbid_for_some_days_is_not_lost(site: Site) -> None:
    """A robots.txt that forbids everything by mistake; who made it notices after a while."""
    site.publish(1)
    visits = []
    for day in range(80):
        site.answers["https://mau.vn/bai-1"] = FetchFailed("robots_refused") if day < 5 else b"nun"
        site.crawl()
        if "/bai-1" in site.urls:
            visits.append(day)
        site.now += timedelta(days=1, minutes=1)
    assert visits[:4] == [0, 1, 3, 7]
    assert site.store.frontier_counts() == {"done": 1}


def test_what_robots_forbid_for_good_is_given_up(site: Site) -> None:
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = FetchFailed("robots_refused")
    assert days_asked(site, until=80) == [0, 1, 3, 7, 15, 31]


def test_three_troubles_in_a_row_end_the_run_and_the_rest_stays_due(site: Site) -> None:
    site.publish(*range(1, 7))
    for number in (5, 4, 3):
        site.answers[f"https://mau.vn/bai-{number}"] = 500
    tally = site.crawl()
    assert site.urls[-4:] == ["/bai-6", "/bai-5", "/bai-4", "/bai-3"]
    assert (tally.stopped, tally.failures["http_500"]) == ("http_500", 3)
    assert site.store.frontier_counts() == {"done": 1, "due": 2, "failed": 3}


def test_a_good_answer_between_troubles_lets_the_run_go_on(site: Site) -> None:
    site.publish(*range(1, 7))
    for number in (6, 5, 3, 2):
        site.answers[f"https://mau.vn/bai-{number}"] = 500
    assert site.crawl().stopped is None


def test_a_long_retry_after_ends_the_run(site: Site) -> None:
    site.publish(1, 2, 3)
    site.answers["https://mau.vn/bai-3"] = (429, {"retry-after": "600"}, b"")
    tally = site.crawl()
    assert (tally.stopped, site.urls[-1]) == ("http_429", "/bai-3")


def test_a_list_gets_a_second_chance_after_a_short_wait(site: Site) -> None:
    site.publish(1)
    good = site.answers[LIST]
    site.answers[LIST] = (503, {"retry-after": "20"}, b"")

    async def sleep(seconds: float) -> None:
        site.slept.append(seconds)
        site.answers[LIST] = good

    site.sleep = sleep  # type: ignore[method-assign]
    assert site.crawl().fetched == 1
    assert site.slept == [20.0]


def test_a_list_that_asks_for_patience_is_not_waited_for(site: Site) -> None:
    site.answers[LIST] = (503, {"retry-after": "86400"}, b"")
    tally = site.crawl()
    assert (tally.stopped, site.slept, tally.causes) == ("http_503", [], ("http_503",))


def test_a_source_is_known_to_be_read_only_with_known_items(site: Site) -> None:
    site.answers[LIST] = b"<p>Under construction</p>"
    tally = site.crawl()
    assert (tally.read, tally.listed, tally.causes) == (False, False, ("empty_listing",))


def test_the_budget_of_a_run(site: Site) -> None:
    site.publish(*range(1, 10))
    tally = site.crawl(articles=4)
    assert (tally.fetched, tally.stopped) == (4, "budget")
    assert site.crawl(articles=50).fetched == 5


def test_depth_of_lists_is_bounded(site: Site) -> None:
    site.publish(*range(1, 40))
    assert site.crawl(listing_pages=4).fetched == 12


def test_files_of_an_article_are_fetched_with_it(site: Site) -> None:
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = b'<a href="/tep/ke-hoach.pdf">file</a>'
    site.answers["https://mau.vn/tep/ke-hoach.pdf"] = b"%PDF"
    assert site.crawl().fetched == 2


def test_files_are_not_lost_when_the_run_dies_right_behind_their_article(site: Site) -> None:
    site.publish(1)
    site.answers["https://mau.vn/bai-1"] = b'<a href="/tep/ke-hoach.pdf">file</a>'
    site.answers["https://mau.vn/tep/ke-hoach.pdf"] = b"%PDF"
    keep = site.keep

    async def keep_and_die(item: Mapping[str, Any]) -> None:
        await keep(item)
        if item.get("save"):
            raise RuntimeError("killed")

    site.keep = keep_and_die  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        site.crawl()
    site.keep = keep  # type: ignore[method-assign]
    site.crawl()
    assert sorted(page.requested_url for page in site.store.archived_pages(10)) == [
        "https://mau.vn/bai-1",
        "https://mau.vn/tep/ke-hoach.pdf",
    ]


def test_a_run_right_behind_another_keeps_the_distance(site: Site) -> None:
    site.publish(1)
    site.crawl()
    site.now += timedelta(seconds=1)
    site.crawl()
    assert site.slept == [2.0]
    site.now += timedelta(seconds=3)
    site.crawl()
    assert site.slept == [2.0]


def test_nothing_is_asked_outside_the_hours_of_a_source(site: Site) -> None:
    site.publish(1)
    night = replace(PORTAL, hours=(22, 6))  # it is 8 o'clock in Vietnam
    assert site.crawl(night).stopped == "outside_hours"
    assert not site.asked
    site.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert site.crawl(night).fetched == 1


def test_a_stop_ends_the_run_between_two_requests(site: Site) -> None:
    site.publish(*range(1, 7))
    tally = site.crawl(stopping=lambda: len(site.asked) >= 4)
    assert (tally.stopped, len(site.asked)) == ("stopped", 4)
    assert site.store.frontier_counts() == {"done": 2, "due": 4}
    assert site.crawl().fetched == 4


def test_a_sitemap_named_by_robots_is_read(site: Site) -> None:
    portal = replace(PORTAL, sitemaps=("https://mau.vn/sitemap.xml",), listings=("https://mau.vn/tin",))
    site.answers[LIST] = b"<p>no links</p>"
    site.answers["https://mau.vn/sitemap.xml"] = b"<sitemapindex><sitemap><loc>https://mau.vn/s1.xml</loc></sitemap></sitemapindex>"
    site.answers["https://mau.vn/s1.xml"] = b"<urlset><url><loc>https://mau.vn/bai-5</loc></url></urlset>"
    site.answers["https://mau.vn/bai-5"] = b"5"
    assert site.crawl(portal).fetched == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<title>Just a moment...</title>", True),
        (b"<script>document.cookie='D1N=abc';window.location.reload(true);</script>", True),
        (b"<h1>Checking your browser before accessing</h1>", True),
        (b"<p>Just a moment... " + b"x" * 50_000, False),
        (b"<p>Ti\xe1\xba\xbfp t\xe1\xbb\xa5c</p>", False),
        (b"", False),
    ],
)
def test_challenge_pages(body: bytes, expected: bool) -> None:
    assert is_challenge(body) is expected
