"""robots.txt as RFC 9309 has it: 4xx allows everything, 5xx and no answer forbid everything, at least 500 KiB are read."""

from __future__ import annotations

from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.failures import DOWNLOAD_ERRORS

MAX_BYTES = 500 * 1024
MAX_AGE_SECONDS = 24 * 3600
_AGENT = "loa"


class RobotsRefused(IgnoreRequest):
    """The site asks robots not to fetch this address."""


class RobotsUnreachable(RobotsRefused):
    """robots.txt could not be read (5xx, no answer, redirect away): nothing may be fetched meanwhile."""


class Rules:
    """What one robots.txt allows us; None stands for a file that could not be read."""

    def __init__(self, text: str | None) -> None:
        self._rules = None if text is None else Protego.parse(text)

    def allowed(self, url: str) -> bool:
        return self._rules is not None and bool(self._rules.can_fetch(url, _AGENT))

    @property
    def readable(self) -> bool:
        return self._rules is not None

    @property
    def crawl_delay_seconds(self) -> float | None:
        """Bounded to ten minutes: some sites name days."""
        delay = self._rules.crawl_delay(_AGENT) if self._rules is not None else None
        return None if delay is None else min(max(float(delay), 0.0), 600.0)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        return tuple(self._rules.sitemaps) if self._rules is not None else ()


def rules_of(status: int, body: bytes) -> Rules:
    """Rules for the last answer to a request for robots.txt (RFC 9309, 2.3.1).

    >>> rules_of(404, b"").allowed("https://example.vn/a"), rules_of(503, b"").allowed("https://example.vn/a")
    (True, False)
    """
    if 200 <= status < 300:
        return Rules(body[:MAX_BYTES].decode("utf-8-sig", "replace"))
    return Rules(None if status >= 500 else "")


class RobotsMiddleware:
    """Asks for each host's robots.txt first and refuses what it forbids; redirected requests are checked again."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._rules: dict[str, tuple[float, Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    async def process_request(self, request: Any) -> None:
        if request.meta.get("robots"):
            return
        rules = await self._rules_for(request)
        if not rules.readable:
            raise RobotsUnreachable(f"robots.txt of {urlsplit(request.url).netloc} could not be read")
        if not rules.allowed(request.url):
            raise RobotsRefused(f"robots.txt forbids {request.url}")

    async def _rules_for(self, request: Any) -> Rules:
        # One request is in flight per portal, so two requests never wait for the same robots.txt.
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._rules.get(origin)
        if known is not None and monotonic() - known[0] < MAX_AGE_SECONDS:
            return known[1]
        meta = {"portal": request.meta["portal"], "download_slot": request.meta.get("download_slot"), "robots": True}
        answer: Any = None
        try:
            answer = await self._crawler.engine.download_async(Request(f"{origin}/robots.txt", meta=meta, dont_filter=True))
        except DOWNLOAD_ERRORS as error:
            self._crawler.stats.inc_value(f"robots/failed/{type(error).__name__}")
        rules = Rules(None) if answer is None else rules_of(answer.status, answer.body)
        self._rules[origin] = (monotonic(), rules)
        await self._crawler.spider.note_robots(request.meta["portal"], rules, answer)
        return rules
