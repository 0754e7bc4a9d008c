"""A site that answers what the test says, and a crawl of it with the real store: no network, no Scrapy, no waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from corpus.document import RawPage
from corpus.portals import Portal
from corpus.readings import Reading
from corpus.store import Store
from crawler.asking import Fetched
from crawler.portal_crawl import Limits, PortalCrawl

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PORTAL = Portal(
    id="mau",
    name="Mẫu",
    home="https://mau.vn/",
    hosts=("mau.vn",),
    kind="press",
    province="v2-15",
    listings=("https://mau.vn/tin",),
    article_pattern=r"/bai-\d+$",
)
LIST = "https://mau.vn/tin"
Answer = bytes | int | Exception | tuple[int, Mapping[str, str], bytes]


class Site:
    """Answers by address, the newest articles first on lists of three; what is asked is noted."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.slept: list[float] = []
        self.now = NOW
        self.kept: list[Mapping[str, Any]] = []

    def publish(self, *numbers: int, pages: int | None = None) -> None:
        """List pages of three articles each, the highest number first."""
        ordered = sorted(numbers, reverse=True)
        groups = [ordered[start : start + 3] for start in range(0, len(ordered), 3)][:pages]
        for index, group in enumerate(groups):
            links = "".join(f'<h3><a href="/bai-{number}">Bài {number}</a></h3>' for number in group)
            more = f'<a rel="next" href="/tin?page={index + 2}">sau</a>' if index + 1 < len(groups) else ""
            self.answers[LIST if index == 0 else f"{LIST}?page={index + 1}"] = (links + more).encode()
        for number in ordered:
            self.answers.setdefault(f"https://mau.vn/bai-{number}", f"bài {number}".encode())

    async def fetch(self, url: str, headers: Mapping[str, str]) -> Fetched:
        self.asked.append((url, dict(headers)))
        answer = self.answers.get(url, 404)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            answer = (answer, {}, b"")
        status, given, body = answer if isinstance(answer, tuple) else (200, {}, answer)
        page = RawPage(
            portal="mau", requested_url=url, final_url=url, status=status, headers=tuple(given.items()), body=body, fetched_at=self.now
        )
        return Fetched(page=page)

    async def keep(self, item: Mapping[str, Any]) -> None:
        self.kept.append(item)
        if item.get("save"):
            page = replace(item["page"], record=f"x.warc.gz#{len(self.kept)}")
            self.store.save_page(page, run=item["run"], now=item["now"], revisit_at=item["revisit_at"])

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def crawl(
        self, portal: Portal = PORTAL, *, stopping: Callable[[], bool] = lambda: False, since: date | None = None, **limits: int
    ) -> Reading:
        self.asked.clear()
        self.store.recover(self.now)
        crawl = PortalCrawl(
            portal,
            store=self.store,
            run=self.store.begin_run("crawl", self.now),
            fetch=self.fetch,
            keep=self.keep,
            clock=lambda: self.now,
            sleep=self.sleep,
            limits=Limits(**limits),
            since=since,
            stopping=stopping,
        )
        return asyncio.run(crawl.run())

    @property
    def urls(self) -> list[str]:
        return [url.removeprefix("https://mau.vn") for url, _ in self.asked]
