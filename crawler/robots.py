"""robots.txt as RFC 9309 has it: 4xx and endless redirects allow everything, 5xx and no answer forbid everything, 500 KiB are read."""

from __future__ import annotations

import re
from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from corpus.portals import Portal
from crawler.failures import DOWNLOAD_ERRORS, failure_of

MAX_BYTES = 500 * 1024
MAX_AGE_SECONDS = 24 * 3600
_HOST_SILENT = frozenset({"unreachable", "timeout", "bad_certificate"})
_AGENT = "loa"
_AGENT_LINE = re.compile(r"^([ \t]*user[ -]?agent[ \t]*(?::|[ \t])[ \t]*)([^#\r\n]*)", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z_-]*")


class RobotsRefused(IgnoreRequest):
    """The site asks robots not to fetch this address."""


class RobotsUnreachable(RobotsRefused):
    """robots.txt could not be read (5xx, no answer, redirect away): nothing may be fetched meanwhile."""

    cause: str | None = None
    """Why, where the host did not answer at all."""


class Rules:
    """What one robots.txt allows us; None stands for a file that could not be read."""

    def __init__(self, text: str | None, *, cause: str | None = None) -> None:
        self.cause = cause
        """Word for what kept it from being read, where there was no answer."""
        self._rules = None if text is None else Protego.parse(_AGENT_LINE.sub(_exact_agent, text))

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


def _exact_agent(line: re.Match[str]) -> str:
    """The line with our name, ``*`` or nobody's: a product token counts whole, without version and case (RFC 9309, 2.2.1).

    Protego 0.7 takes every agent whose name is a part of ours for us, and none that carries a version.
    """
    named = line[2].strip()
    if named == "*" or named.startswith(("* ", "*\t")):
        return f"{line[1]}*"
    token = _TOKEN.match(named)
    ours = token is not None and token[0].lower() == _AGENT
    return line[1] + (_AGENT if ours else "not-ours")


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
            unreachable = RobotsUnreachable(f"robots.txt of {urlsplit(request.url).netloc} could not be read")
            unreachable.cause = rules.cause if rules.cause in _HOST_SILENT else None
            raise unreachable
        if not rules.allowed(request.url):
            raise RobotsRefused(f"robots.txt forbids {request.url}")

    async def _rules_for(self, request: Any) -> Rules:
        # One request is in flight per portal, so two requests never wait for the same robots.txt.
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._rules.get(origin)
        if known is not None and monotonic() - known[0] < _max_age_seconds(known[1], request.meta["portal"]):
            return known[1]
        meta = {"portal": request.meta["portal"], "download_slot": request.meta.get("download_slot"), "robots": True}
        answer: Any = None
        try:
            answer = await self._crawler.engine.download_async(Request(f"{origin}/robots.txt", meta=meta, dont_filter=True))
        except DOWNLOAD_ERRORS as error:
            cause = failure_of(error).cause
            self._crawler.stats.inc_value(f"robots/failed/{cause}")
            rules = Rules(
                "" if cause == "redirect_loop" else None, cause=cause
            )  # more than five redirects: unavailable (RFC 9309, 2.3.1.2)
        else:
            rules = rules_of(answer.status, answer.body)
        self._rules[origin] = (monotonic(), rules)
        await self._crawler.spider.note_robots(request.meta["portal"], rules, answer)
        return rules


def _max_age_seconds(rules: Rules, portal: Portal) -> float:
    """A file that could not be read is asked for again before the host's second chance (`Asking.ask_twice`)."""
    return MAX_AGE_SECONDS if rules.readable else 5 * portal.delay_seconds
