"""robots.txt as RFC 9309 has it: 4xx and endless redirects allow everything, 5xx and no answer forbid everything, 500 KiB are read.

An answer holds for 24 hours, from run to run (``corpus/store/robots.py``).
"""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from corpus.store import RobotsFile
from crawler.failures import DOWNLOAD_ERRORS, failure_of
from crawler.politeness import adapt_slot

_log = logging.getLogger(__name__)

MAX_BYTES = 500 * 1024
MAX_AGE = timedelta(hours=24)
"""RFC 9309, 2.4: no file is used for longer, unless the next cannot be had."""
LONG_UNREACHABLE = timedelta(days=30)
"""RFC 9309, 2.3.1.4: after so long without an answer the last file that was read may be used again, or all be allowed without one."""
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


def answered(origin: str, before: RobotsFile | None, now: datetime, status: int, body: bytes) -> RobotsFile:
    """What is known of an origin after an answer, the last of a chain of redirects (RFC 9309, 2.3.1).

    >>> now = datetime.fromisoformat("2026-01-01T00:00:00Z")
    >>> [answered("https://a.vn", None, now, status, b"").status_class for status in (200, 404, 503)]
    ['successful', 'unavailable', 'unreachable']
    """
    if 200 <= status < 300:
        return RobotsFile(origin=origin, asked_at=now, status_class="successful", status=status, read_at=now, body=body[:MAX_BYTES])
    if status >= 500:
        return unanswered(origin, before, now, status)
    return RobotsFile(origin=origin, asked_at=now, status_class="unavailable", status=status)


def unanswered(origin: str, before: RobotsFile | None, now: datetime, status: int | None = None) -> RobotsFile:
    """The same after no answer, or one that says that the server is in trouble: the last file stays."""
    return RobotsFile(
        origin=origin,
        asked_at=now,
        status_class="unreachable",
        status=status,
        failing_since=(before.failing_since if before is not None else None) or now,
        read_at=before.read_at if before is not None else None,
        body=before.body if before is not None else None,
    )


def rules_of(file: RobotsFile, now: datetime, *, cause: str | None = None) -> Rules:
    """What holds ``now`` by the last answer. ``cause``: word for what kept it from coming."""
    if file.status_class == "unreachable" and (file.failing_since is None or now - file.failing_since < LONG_UNREACHABLE):
        return Rules(None, cause=cause)
    if file.status_class == "unavailable":
        return Rules("")
    return Rules((file.body or b"").decode("utf-8-sig", "replace"))


def told_of(file: RobotsFile) -> str:
    """What an operator should know of a file that could not be had for so long that nothing is forbidden by it any more.

    >>> since = datetime.fromisoformat("2026-01-01T00:00:00Z")
    >>> told_of(RobotsFile(origin="https://a.vn", asked_at=since, status_class="unreachable", failing_since=since))
    'https://a.vn/robots.txt cannot be had since 2026-01-01, and never was: everything is allowed'
    """
    since = f"{file.origin}/robots.txt cannot be had since {file.failing_since:%Y-%m-%d}"
    if file.read_at is None:
        return f"{since}, and never was: everything is allowed"
    return f"{since}: the one read on {file.read_at:%Y-%m-%d} holds"


def is_fresh(file: RobotsFile, now: datetime) -> bool:
    """Whether a later run may go by it without asking. One that could not be had is asked for again."""
    return file.status_class != "unreachable" and timedelta(0) <= now - file.asked_at < MAX_AGE


class RobotsMiddleware:
    """Asks for each host's robots.txt first and refuses what it forbids; redirected requests are checked again."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._known: dict[str, tuple[RobotsFile, Rules]] = {}
        """By origin, what this run has read or found in the store."""

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
        origin, portal, spider = f"{parts.scheme}://{parts.netloc}", request.meta["portal"], self._crawler.spider
        known = self._known.get(origin)
        now = spider.clock()
        if known is not None:
            # One that could not be had is asked for again before the host's second chance (`Asking.ask_twice`).
            age = MAX_AGE if known[1].readable else timedelta(seconds=5 * portal.delay_seconds)
            if now - known[0].asked_at < age:
                return known[1]
        file = spider.store.robots_file(origin)
        if file is not None and is_fresh(file, now):
            rules = rules_of(file, now)
            await spider.note_robots(portal, rules, file.status, None)
        else:
            file, rules = await self._ask(request, origin, file)
        self._known[origin] = (file, rules)
        return rules

    async def _ask(self, request: Any, origin: str, before: RobotsFile | None) -> tuple[RobotsFile, Rules]:
        portal, spider = request.meta["portal"], self._crawler.spider
        meta = {"portal": portal, "download_slot": request.meta.get("download_slot"), "robots": True}
        answer: Any = None
        cause: str | None = None
        asking = Request(f"{origin}/robots.txt", meta=meta, dont_filter=True)
        try:
            answer = await self._crawler.engine.download_async(asking)
        except DOWNLOAD_ERRORS as error:
            cause = failure_of(error).cause
            self._crawler.stats.inc_value(f"robots/failed/{cause}")
        now = spider.clock()
        if answer is not None:
            file = answered(origin, before, now, answer.status, answer.body)
        elif cause == "redirect_loop":  # more than five redirects: unavailable (RFC 9309, 2.3.1.2)
            file = RobotsFile(origin=origin, asked_at=now, status_class="unavailable")
        else:
            file = unanswered(origin, before, now)
        rules = rules_of(file, now, cause=cause)
        if file.status_class == "unreachable" and rules.readable:
            _log.warning("%s", told_of(file))
        await spider.note_robots(portal, rules, file.status, answer)
        spider.store.keep_robots_file(file)
        adapt_slot(self._crawler, asking)  # again: by now its Crawl-delay is known
        return file, rules
