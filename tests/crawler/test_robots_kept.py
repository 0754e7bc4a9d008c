"""robots.txt from run to run: 24 hours, complete disallow while it cannot be had, the last file after thirty days of that."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError

from corpus.portals import Portal
from corpus.store import RobotsFile, Store, open_store
from crawler.robots import MAX_BYTES, RobotsMiddleware, RobotsRefused, RobotsUnreachable, Rules

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PORTAL = Portal(
    id="mau", name="Mẫu", home="https://mau.gov.vn/", hosts=("mau.gov.vn", "www.mau.gov.vn"), kind="government", province="v2-15"
)
OPEN, SHUT = b"User-agent: *\nDisallow: /mat\n", b"User-agent: *\nDisallow: /\n"
Answer = tuple[int, bytes] | Exception


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


class Run:
    """One run of the crawler as the middleware sees it; ``moment`` is its clock."""

    def __init__(self, store: Store, moment: datetime, answer: Answer) -> None:
        self.moment, self.answer = moment, answer
        self.asked: list[str] = []
        self.noted: list[tuple[bool, int | None]] = []
        self.store = store
        self.downloader = SimpleNamespace(slots={})
        self.stats: Counter[str] = Counter()
        crawler = SimpleNamespace(engine=self, spider=self, stats=SimpleNamespace(inc_value=lambda name: self.stats.update([name])))
        self._middleware = RobotsMiddleware.from_crawler(crawler)

    def clock(self) -> datetime:
        return self.moment

    async def note_robots(self, portal: Portal, rules: Rules, status: int | None, response: Any) -> None:
        del portal, response
        self.noted.append((rules.readable, status))

    async def download_async(self, request: Request) -> Any:
        self.asked.append(request.url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return SimpleNamespace(status=self.answer[0], body=self.answer[1])

    def fetch(self, url: str) -> str:
        """What becomes of a request: ``allowed``, ``refused`` or ``unreachable``."""
        try:
            asyncio.run(self._middleware.process_request(Request(url, meta={"portal": PORTAL})))
        except RobotsUnreachable:
            return "unreachable"
        except RobotsRefused:
            return "refused"
        return "allowed"


def test_a_file_holds_for_24_hours_from_run_to_run(store: Store) -> None:
    first = Run(store, NOW, (200, OPEN))
    assert [first.fetch("https://mau.gov.vn/tin"), first.fetch("https://mau.gov.vn/mat/1")] == ["allowed", "refused"]
    later = Run(store, NOW + timedelta(hours=23, minutes=59), (200, SHUT))
    assert [later.fetch("https://mau.gov.vn/tin"), later.fetch("https://mau.gov.vn/mat/1")] == ["allowed", "refused"]
    assert (first.asked, later.asked) == (["https://mau.gov.vn/robots.txt"], [])
    assert later.noted == [(True, 200)], "what it said is known to this run, too"
    later.moment = NOW + timedelta(hours=24)
    assert later.fetch("https://mau.gov.vn/tin") == "refused", "within a run as well"
    assert later.asked == ["https://mau.gov.vn/robots.txt"]


def test_each_origin_has_its_own(store: Store) -> None:
    Run(store, NOW, (200, SHUT)).fetch("https://mau.gov.vn/tin")
    other = Run(store, NOW, (200, OPEN))
    assert [other.fetch(f"{origin}/tin") for origin in ("https://www.mau.gov.vn", "http://mau.gov.vn", "https://mau.gov.vn")] == [
        "allowed",
        "allowed",
        "refused",
    ]
    assert other.asked == ["https://www.mau.gov.vn/robots.txt", "http://mau.gov.vn/robots.txt"]


@pytest.mark.parametrize("status", [401, 404, 410, 429])
def test_none_is_an_answer_that_holds_too(store: Store, status: int) -> None:
    Run(store, NOW, (status, SHUT)).fetch("https://mau.gov.vn/tin")
    later = Run(store, NOW + timedelta(hours=6), (200, SHUT))
    assert (later.fetch("https://mau.gov.vn/tin"), later.asked, later.noted) == ("allowed", [], [(True, status)])


TROUBLES: list[Answer] = [(500, b""), (503, OPEN), DownloadFailedError("connection lost"), DownloadTimeoutError("too slow")]


@pytest.mark.parametrize("trouble", TROUBLES, ids=["500", "503", "lost", "timeout"])
def test_while_none_can_be_had_nothing_is_fetched_and_each_run_asks(store: Store, trouble: Answer) -> None:
    assert Run(store, NOW, (200, OPEN)).fetch("https://mau.gov.vn/tin") == "allowed"
    for day in (1, 2, 29):
        run = Run(store, NOW + timedelta(days=day), trouble)
        assert run.fetch("https://mau.gov.vn/tin") == "unreachable", "a complete disallow, whatever the last file said"
        assert len(run.asked) == 1
    back = Run(store, NOW + timedelta(days=30), (200, OPEN))
    assert (back.fetch("https://mau.gov.vn/tin"), len(back.asked)) == ("allowed", 1)
    kept = store.robots_file("https://mau.gov.vn")
    assert kept is not None
    assert kept.failing_since is None


def test_after_thirty_days_without_answer_the_last_file_counts_again(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    Run(store, NOW, (200, OPEN)).fetch("https://mau.gov.vn/tin")
    Run(store, NOW + timedelta(days=1), (503, b"")).fetch("https://mau.gov.vn/tin")
    long_after = Run(store, NOW + timedelta(days=31), (503, b""))
    assert [long_after.fetch("https://mau.gov.vn/tin"), long_after.fetch("https://mau.gov.vn/mat/1")] == ["allowed", "refused"]
    assert len(long_after.asked) == 1, "once a run, not once a request"
    assert caplog.messages == [f"https://mau.gov.vn/robots.txt cannot be had since 2026-11-24: the one read on {NOW:%Y-%m-%d} holds"]


def test_after_thirty_days_without_any_file_there_is_none(store: Store) -> None:
    Run(store, NOW, (503, b"")).fetch("https://mau.gov.vn/tin")
    assert Run(store, NOW + timedelta(days=29), (503, b"")).fetch("https://mau.gov.vn/tin") == "unreachable"
    assert Run(store, NOW + timedelta(days=30), (503, b"")).fetch("https://mau.gov.vn/tin") == "allowed"


def test_what_is_kept(store: Store) -> None:
    Run(store, NOW, (200, OPEN + b"#" * 600_000)).fetch("https://mau.gov.vn/tin")
    kept = store.robots_file("https://mau.gov.vn")
    assert kept == RobotsFile(
        origin="https://mau.gov.vn",
        asked_at=NOW,
        status_class="successful",
        status=200,
        read_at=NOW,
        body=(OPEN + b"#" * 600_000)[:MAX_BYTES],
    )
    Run(store, NOW + timedelta(days=2), (503, b"")).fetch("https://mau.gov.vn/tin")
    kept = store.robots_file("https://mau.gov.vn")
    assert kept is not None
    assert (kept.status_class, kept.status, kept.read_at, kept.failing_since) == ("unreachable", 503, NOW, NOW + timedelta(days=2))
    assert store.robots_file("https://khac.vn") is None


def test_a_clock_that_was_set_back_makes_no_file_last_longer(store: Store) -> None:
    Run(store, NOW, (200, OPEN)).fetch("https://mau.gov.vn/tin")
    earlier = Run(store, NOW - timedelta(days=3), (200, SHUT))
    assert (earlier.fetch("https://mau.gov.vn/tin"), len(earlier.asked)) == ("refused", 1)
