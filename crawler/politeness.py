"""How gently a host is asked: one request at a time, the portal's delay or five times its last answer between them, whichever is longer.

The rule of five is Heritrix's delay factor; its upper bound there is 30 s, which is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, Self

from scrapy import signals

from corpus.portals import MIN_DELAY_SECONDS, Portal

LATENCY_FACTOR = 5.0
MAX_LATENCY_DELAY_SECONDS = 30.0
MAX_BACK_OFF = timedelta(minutes=15)
MAX_RETRY_AFTER = timedelta(days=7)
"""A source that asks for longer is asked again after a week."""


def delay_seconds(portal: Portal, *, crawl_delay: float | None, latency: float | None) -> float:
    """Least time between two starts at a host of ``portal``; never under 3 s on public hosts, whatever the registry holds."""
    floor = 0.0 if portal.allow_loopback else MIN_DELAY_SECONDS
    waited = min(LATENCY_FACTOR * latency, MAX_LATENCY_DELAY_SECONDS) if latency is not None else 0.0
    if portal.allow_loopback:
        waited = min(waited, portal.delay_seconds)  # example portals answer at the speed of this machine
    return max(floor, portal.delay_seconds, crawl_delay or 0.0, waited)


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """When a Retry-After header (seconds or date, RFC 9110 10.2.3) lets us ask again; None where there is none to read.

    >>> retry_after("120", datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2026-01-01T00:02:00+00:00'
    """
    text = (value or "").strip()
    if not text:
        return None
    if text.isdecimal() and text.isascii():
        wait = timedelta(seconds=min(int(text[:12]), int(MAX_RETRY_AFTER.total_seconds())))
        return now + wait
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return min(max(moment, now), now + MAX_RETRY_AFTER)


def back_off(portal: Portal, failures: int, now: datetime) -> datetime:
    """When to try again after ``failures`` (1 or more) in a row: ten delays, doubled each time, 15 minutes at most."""
    wait = timedelta(seconds=portal.delay_seconds * 10 * 2 ** min(failures - 1, 12))
    return now + min(wait, MAX_BACK_OFF)


def slots(portals: Iterable[Portal]) -> dict[str, dict[str, float]]:
    """Scrapy's DOWNLOAD_SLOTS, one for each portal: all its hosts share one, since they share a server more often than not."""
    return {
        portal.id: {"concurrency": 1, "delay": delay_seconds(portal, crawl_delay=None, latency=None), "jitter": 0.0} for portal in portals
    }


class Politeness:
    """Adapts a portal's slot after each request, answered or not."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._over, signal=signals.request_left_downloader)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    def _over(self, request: Any) -> None:
        adapt_slot(self._crawler, request)


def adapt_slot(crawler: Any, request: Any) -> None:
    """How long the portal of ``request``, which is over, is left alone from now on.

    Scrapy counts from when it took a request up; when that reached the host depends on how busy this machine is. Counted from its end,
    as Heritrix does, no two starts are ever closer than the delay as the host sees them.
    """
    portal: Portal = request.meta["portal"]
    slot = crawler.engine.downloader.slots.get(portal.id)
    if slot is not None:
        slot.lastseen = monotonic()
        slot.delay = delay_seconds(portal, crawl_delay=crawler.spider.crawl_delay(portal), latency=request.meta.get("download_latency"))
