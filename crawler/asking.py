"""Requests to one source in one run: what a usable answer is, when to ask again, when to leave the source alone.

Knows nothing of Scrapy and nothing of lists and articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from corpus.document import RawPage
from corpus.portals import Portal, host_key
from corpus.urls import canonical_url
from crawler.failures import FetchFailed, is_challenge
from crawler.politeness import back_off, retry_after

TROUBLE_LIMIT = 3
"""Failures in a row that speak of the whole source, after which a run leaves it alone."""
SHORT_WAIT = timedelta(minutes=1)
"""A Retry-After up to this is waited for; a longer one ends the run at this source."""
_SIGNS_KEPT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    page: RawPage
    request_headers: tuple[tuple[str, str], ...] = ()


Fetch = Callable[[str, Mapping[str, str]], Awaitable[Fetched]]
"""Address and extra request headers to the last answer of the chain of redirects. Raises: FetchFailed."""
Keep = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Hands an item to the item pipelines and returns once it is on the disk."""


class SourceTrouble(Exception):
    """The source as a whole is not to be asked any more in this run; its text is the word for why."""


@dataclass(slots=True, kw_only=True)
class Asking:
    """``stopping`` says that the operator wants the run to end; ``requests`` bounds the answers of the run."""

    portal: Portal
    fetch: Fetch
    keep: Keep
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    stopping: Callable[[], bool] = lambda: False
    requests: int = 2_000
    statuses: Counter[str] = field(default_factory=Counter)
    blocked: list[str] = field(default_factory=list)
    moved_to: dict[str, None] = field(default_factory=dict)
    """In the order in which they were met."""
    wait_until: datetime | None = None
    _asked: int = 0
    _troubles: int = 0

    async def ask(self, url: str, headers: Mapping[str, str]) -> Fetched:
        """A usable answer: 200 or 304 that is no challenge page. Raises: FetchFailed."""
        self._asked += 1
        try:
            fetched = await self.fetch(url, headers)
        except FetchFailed as failure:
            if failure.moved_to:
                self.moved_to[failure.moved_to] = None
            raise
        page = fetched.page
        self.statuses[str(page.status)] += 1
        if page.status != 304 and is_challenge(page.body):
            self.blocked = [*self.blocked, f"{page.status} {url[:200]}"][:_SIGNS_KEPT]
            await self._keep_answer(fetched)
            raise FetchFailed("blocked", f"{page.status}, challenge page", retry_after=page.header("retry-after"), status=page.status)
        if page.status not in (200, 304):
            await self._keep_answer(fetched)
            detail = urlsplit(url).path[:200]
            raise FetchFailed(f"http_{page.status}", detail, retry_after=page.header("retry-after"), status=page.status)
        if (host := moved_host(url, page.final_url)) is not None:
            self.moved_to[host] = None
        self._troubles = 0
        return fetched

    async def ask_twice(self, url: str, headers: Mapping[str, str]) -> Fetched:
        """A list's first failure is given a second chance. Raises: FetchFailed, SourceTrouble when it asks for more patience."""
        try:
            return await self.ask(url, headers)
        except FetchFailed as failure:
            if failure.final or not failure.source_trouble:
                raise
            until = self.next_try(failure, 1)
            if until - self.clock() > SHORT_WAIT:
                self.wait_until = until
                raise SourceTrouble(failure.cause) from failure
            await self.sleep((until - self.clock()).total_seconds())
            return await self.ask(url, headers)

    def check(self) -> None:
        """Raises: SourceTrouble when the source is not to be asked now."""
        if self.stopping():
            raise SourceTrouble("stopped")
        if not self.portal.may_be_asked(self.clock()):
            raise SourceTrouble("outside_hours")
        if self._asked >= self.requests:
            raise SourceTrouble("budget")

    def note_trouble(self, failure: FetchFailed) -> None:
        """Raises: SourceTrouble after some in a row."""
        if not failure.source_trouble:
            return
        self._troubles += 1
        if self._troubles >= TROUBLE_LIMIT:
            self.wait_until = self.next_try(failure, TROUBLE_LIMIT)
            raise SourceTrouble(failure.cause)

    def next_try(self, failure: FetchFailed, failures: int) -> datetime:
        """When an address may be asked for again after its ``failures`` in a row."""
        now = self.clock()
        asked = retry_after(failure.retry_after, now)
        if asked is not None:
            return asked
        if failure.cause in ("http_404", "robots_refused"):
            return now + timedelta(days=2 ** min(failures - 1, 4))
        return back_off(self.portal, failures, now)

    async def _keep_answer(self, fetched: Fetched) -> None:
        await self.keep({"page": fetched.page, "request_headers": fetched.request_headers, "kind": "answer"})


def moved_host(asked: str, answered: str) -> str | None:
    """The host that answered where it is another than the one asked; www and m. make no difference.

    >>> moved_host("https://mau.vn/tin", "https://www.mau.vn/tin"), moved_host("https://mau.vn/tin", "https://moi.vn/")
    (None, 'moi.vn')
    """
    try:
        same = urlsplit(canonical_url(asked)).netloc == urlsplit(canonical_url(answered)).netloc
        return None if same else host_key(answered)
    except ValueError:
        return None


def validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    headers = {}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers
