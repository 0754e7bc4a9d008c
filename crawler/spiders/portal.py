"""`scrapy crawl portal -a portal=ID[,ID...]`: one spider for every portal, since a portal is data."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import scrapy
from scrapy import Request, signals

from corpus.document import RawPage
from corpus.errors import CorpusError
from corpus.portals import Portal, load_portals
from corpus.readings import Reading
from corpus.store import FILE_NAME, Store, open_store
from corpus.store.lock import take_lock
from crawler.asking import Fetched
from crawler.failures import DOWNLOAD_ERRORS, failure_of
from crawler.politeness import slots
from crawler.portal_crawl import Limits, PortalCrawl, RobotsSeen, Tally
from crawler.robots import Rules

STOP_FILE = "stop"
"""While a file of this name lies in the home, no portal is asked for anything."""


class PortalSpider(scrapy.Spider):
    """Without ``portal`` it crawls all verified portals of the registry."""

    name = "portal"
    store: Store

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, portal: str = "", **kwargs: Any) -> Self:
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        registry = load_portals(Path(settings["LOA_PORTALS"]) if settings["LOA_PORTALS"] else None)
        spider.portals = registry.select([name for name in portal.split(",") if name])
        settings.set("DOWNLOAD_SLOTS", slots(spider.portals), priority="spider")
        spider._prepare(settings)
        crawler.signals.connect(spider._item_kept, signal=signals.item_scraped)
        crawler.signals.connect(spider._item_failed, signal=signals.item_error)
        return spider

    portals: tuple[Portal, ...] = ()

    def _prepare(self, settings: Any) -> None:
        home = Path(settings["LOA_HOME"])
        started, origin = time.monotonic(), _instant(settings["LOA_NOW"])
        self.clock: Callable[[], datetime] = lambda: origin + timedelta(seconds=time.monotonic() - started)
        self._lock = take_lock(home / "run.lock") if settings.getbool("LOA_LOCK") else None
        home.mkdir(parents=True, exist_ok=True)
        self.store = open_store(home / FILE_NAME)
        if self._lock is not None:
            self.store.recover(self.clock())
        self._limits = Limits(articles=settings.getint("LOA_MAX_ARTICLES"), listing_pages=settings.getint("LOA_MAX_LISTING_PAGES"))
        self._stop_file = home / STOP_FILE
        self._at_once = settings.getint("LOA_PORTALS_AT_ONCE")
        self._progress_events = settings.getbool("LOA_PROGRESS")
        self._since = date.fromisoformat(settings["LOA_SINCE"]) if settings["LOA_SINCE"] else None
        self._robots: dict[str, tuple[Rules, int | None]] = {}
        self._items: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        self._waiting: dict[int, asyncio.Future[None]] = {}

    async def start(self) -> AsyncIterator[Any]:
        """Every page as an item for the pipelines; requests are made by `PortalCrawl`, one at a time for each portal."""
        if not self.portals:
            self.logger.warning("no source is verified, so there is nothing to crawl: name one with -a portal=ID")
        run = self.store.begin_run("crawl", self.clock())
        gate = asyncio.Semaphore(self._at_once)
        tasks = [asyncio.create_task(self._crawl(portal, run, gate)) for portal in self.portals]
        ending = asyncio.create_task(self._end_when_done(tasks))
        try:
            while (item := await self._items.get()) is not None:
                yield item
            failure = await ending
        finally:
            for task in (*tasks, ending):
                task.cancel()
        if failure is not None:
            self.logger.error("%s", failure)
            self._emit({"event": "error", "error": type(failure).__name__, "message": str(failure)})
            return  # the run stays open in the store: the next one picks up after it
        summary = {portal.id: _counts(task.result()) for portal, task in zip(self.portals, tasks, strict=True)}
        self.store.end_run(run, self.clock(), summary)
        self._emit({"event": "end", "run": run})

    async def _end_when_done(self, tasks: list[asyncio.Task[Reading]]) -> CorpusError | None:
        """What kept the run from going on: a full disk, a locked or damaged store."""
        try:
            await asyncio.gather(*tasks)
        except CorpusError as error:
            return error
        finally:
            self._items.put_nowait(None)
        return None

    async def _crawl(self, portal: Portal, run: int, gate: asyncio.Semaphore) -> Reading:
        async with gate:
            crawl = PortalCrawl(
                portal,
                store=self.store,
                run=run,
                fetch=lambda url, headers: self._fetch(portal, url, headers),
                keep=self._keep,
                clock=self.clock,
                sleep=asyncio.sleep,
                robots=lambda: self._robots_seen(portal),
                limits=self._limits,
                since=self._since,
                progress=lambda tally: self._report(portal, tally),
                stopping=self._stop_file.exists,
            )
            reading = await crawl.run()
            self._emit({"event": "portal", "portal": portal.id} | _counts(reading))
            return reading

    async def _fetch(self, portal: Portal, url: str, headers: Mapping[str, str]) -> Fetched:
        try:
            request = Request(url, headers=dict(headers), meta={"portal": portal, "download_slot": portal.id}, dont_filter=True)
            response = await self.crawler.engine.download_async(request)
        except DOWNLOAD_ERRORS as error:
            raise failure_of(error) from error
        return self._fetched(portal, url, response)

    def _fetched(self, portal: Portal, url: str, response: Any) -> Fetched:
        page = RawPage(
            portal=portal.id,
            requested_url=url,
            final_url=response.url,
            status=response.status,
            headers=_plain(response.headers),
            body=response.body,
            fetched_at=self.clock(),
        )
        return Fetched(page=page, request_headers=_plain(response.request.headers))

    async def _keep(self, item: Mapping[str, Any]) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[id(item)] = kept
        self._items.put_nowait(item)
        try:
            await kept
        finally:
            self._waiting.pop(id(item), None)

    def _item_kept(self, item: Any) -> None:
        waiting = self._waiting.get(id(item))
        if waiting is None or waiting.done():
            return
        if "failure" in item:
            waiting.set_exception(item["failure"])
        else:
            waiting.set_result(None)

    def _item_failed(self, item: Any, failure: Any) -> None:
        waiting = self._waiting.get(id(item))
        if waiting is not None and not waiting.done():
            waiting.set_exception(failure.value)

    async def note_robots(self, portal: Portal, rules: Rules, status: int | None, response: Any) -> None:
        """``response`` is None where there was no answer, or where an earlier run's still holds."""
        self._robots[portal.id] = (rules, status)
        if response is not None:
            fetched = self._fetched(portal, response.url, response)
            await self._keep({"page": fetched.page, "request_headers": fetched.request_headers, "kind": "robots"})

    def crawl_delay(self, portal: Portal) -> float | None:
        rules, _ = self._robots.get(portal.id, (None, None))
        return rules.crawl_delay_seconds if rules is not None else None

    def _robots_seen(self, portal: Portal) -> RobotsSeen:
        rules, status = self._robots.get(portal.id, (None, None))
        if rules is None:
            return RobotsSeen()
        return RobotsSeen(status=status, readable=rules.readable, sitemaps=tuple(url for url in rules.sitemaps if portal.serves(url)))

    def _report(self, portal: Portal, tally: Tally) -> None:
        counts = {"new": tally.new_urls, "fetched": tally.fetched, "unchanged": tally.unchanged, "failed": tally.failed}
        self._emit({"event": "progress", "portal": portal.id} | counts)

    def _emit(self, event: Mapping[str, Any]) -> None:
        if self._progress_events:
            sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def closed(self, reason: str) -> None:
        del reason
        self.store.close()
        if self._lock is not None:
            os.close(self._lock)


def _counts(reading: Reading) -> dict[str, Any]:
    """What the caller shows of a source."""
    causes = Counter(reading.failures)
    causes.update(way.cause for way in reading.ways if way.cause)
    return {
        "new": reading.new,
        "fetched": reading.fetched,
        "unchanged": reading.unchanged,
        "failed": reading.failed,
        "lists_read": sum(way.fetched and way.parsed for way in reading.ways),
        "lists_failed": sum(way.cause is not None for way in reading.ways),
        "known": reading.known,
        "stopped": reading.stopped,
        "causes": dict(sorted(causes.items())),
    }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC) if text else datetime.now(UTC)


def _plain(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1").lower(), _decoded(value)) for name, values in headers.items() for value in values)


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
