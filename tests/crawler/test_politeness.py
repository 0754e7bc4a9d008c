from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from corpus.portals import Portal
from crawler.politeness import back_off, delay_seconds, retry_after, slots
from crawler.robots import Rules, answered, rules_of

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PUBLIC = Portal(id="mau", name="Mẫu", home="https://mau.gov.vn/", hosts=("mau.gov.vn",), kind="government", province="v2-15")
LOCAL = replace(PUBLIC, hosts=("127.0.0.1:81",), home="http://127.0.0.1:81/", delay_seconds=0.02, allow_loopback=True)


@pytest.mark.parametrize(
    ("portal", "crawl_delay", "latency", "expected"),
    [
        (PUBLIC, None, None, 3.0),
        (PUBLIC, 1.0, None, 3.0),
        (PUBLIC, 20.0, None, 20.0),
        (PUBLIC, None, 0.2, 3.0),
        (PUBLIC, None, 2.0, 10.0),
        (PUBLIC, None, 50.0, 30.0),
        (PUBLIC, 45.0, 50.0, 45.0),
        (replace(PUBLIC, delay_seconds=8.0), None, 0.1, 8.0),
        (replace(PUBLIC, delay_seconds=0.5), None, None, 3.0),
        (LOCAL, None, None, 0.02),
        (LOCAL, None, 1.0, 0.02),
        (LOCAL, 0.5, None, 0.5),
    ],
)
def test_delay(portal: Portal, crawl_delay: float | None, latency: float | None, expected: float) -> None:
    assert delay_seconds(portal, crawl_delay=crawl_delay, latency=latency) == expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 3600 ", 3600),
        ("99999999999999999999", 7 * 86400),
        ("Mon, 23 Nov 2026 01:30:00 GMT", 1800),
        ("Mon, 23 Nov 2026 08:30:00 +0700", 1800),
        ("Monday, 23-Nov-26 01:30:00 GMT", 1800),
        ("Sun, 22 Nov 2026 01:00:00 GMT", 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 7 * 86400),
        ("", None),
        (None, None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 99 Nov 2026 01:30:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    assert retry_after(value, NOW) == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_back_off_doubles_to_fifteen_minutes() -> None:
    waits = [(back_off(PUBLIC, failures, NOW) - NOW).total_seconds() for failures in range(1, 9)]
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    assert back_off(PUBLIC, 10_000, NOW) == NOW + timedelta(minutes=15)


def test_each_portal_has_one_slot_without_jitter() -> None:
    assert slots([PUBLIC, replace(LOCAL, id="b")]) == {
        "mau": {"concurrency": 1, "delay": 3.0, "jitter": 0.0},
        "b": {"concurrency": 1, "delay": 0.02, "jitter": 0.0},
    }


TARGET = "https://mau.gov.vn/tin/bai-1.html?a=1"


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (200, b"", True),
        (200, b"User-agent: *\nDisallow: /", False),
        (200, b"User-agent: *\nDisallow: /tin/", False),
        (200, b"User-agent: *\nDisallow: /khac/", True),
        (200, b"User-agent: *\nDisallow: /\nAllow: /tin/", True),
        (200, b"User-agent: *\nDisallow: /*.html", False),
        (200, b"User-agent: *\nDisallow: /*.html$", True),
        (200, b"User-agent: loa\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        (200, b"User-agent: LOA\nDisallow: /", False),
        (200, b"User-agent: other\nDisallow: /", True),
        (200, b"user-agent:*\r\ndisallow:/tin\r\n", False),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
        (200, b"<!doctype html><p>Disallow</p>", True),
        (200, b"\xff\xfe\x00 broken \x80", True),
        (200, b"User-agent: *\nDisallow: /tin/\n" + b"#" * 2_000_000, False),
        (200, b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /\n", True),
        (204, b"", True),
        (401, b"", True),
        (403, b"", True),
        (404, b"User-agent: *\nDisallow: /", True),
        (410, b"", True),
        (500, b"", False),
        (503, b"User-agent: *\nAllow: /", False),
        (599, b"", False),
    ],
)
def test_robots(status: int, body: bytes, allowed: bool) -> None:
    assert rules(status, body).allowed(TARGET) is allowed


def test_robots_names_delay_and_sitemaps() -> None:
    found = rules(200, b"User-agent: *\nCrawl-delay: 7\nSitemap: https://mau.gov.vn/sitemap.xml\n")
    assert (found.crawl_delay_seconds, found.sitemaps) == (7.0, ("https://mau.gov.vn/sitemap.xml",))
    assert rules(200, b"User-agent: *\nCrawl-delay: 99999\n").crawl_delay_seconds == 600.0
    assert rules(500, b"").crawl_delay_seconds is None


def rules(status: int, body: bytes) -> Rules:
    return rules_of(answered("https://mau.gov.vn", None, NOW, status, body), NOW)
