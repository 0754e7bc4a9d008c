"""One portal in one run: look for new articles, fetch what is due, say what was seen. Knows nothing of Scrapy.

Everything that a crash must not lose is in the store before the next step: addresses are written once a whole discovery is
through, so that a run that dies half-way finds them new again; a fetch is written before it begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from corpus.document import RawPage
from corpus.portals import Portal, host_key
from corpus.store import FoundUrl, FrontierUrl, Observation
from crawler.discovery import Sitemap, Unreadable, read_attachments, read_feed, read_listing, read_sitemap
from crawler.failures import FetchFailed, is_challenge
from crawler.politeness import back_off, retry_after

MAX_SITEMAPS = 5
"""Sitemaps read below one index in a run, the newest first."""
TROUBLE_LIMIT = 3
"""Failures in a row that speak of the whole source, after which a run leaves it alone."""
REVISITS = (timedelta(days=1), timedelta(days=3), timedelta(days=9))
"""After how long an article is asked for again, by the number of visits that brought nothing new; edits come early."""
REVISIT_AGE = timedelta(days=30)
"""Articles that the source dates further back are not asked for again."""
MEMORY = timedelta(days=30)
"""A source not observed for longer is read as at first."""
_SHORT_WAIT = timedelta(minutes=1)
"""A Retry-After up to this is waited for; a longer one ends the run at this source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    page: RawPage
    request_headers: tuple[tuple[str, str], ...] = ()


Fetch = Callable[[str, Mapping[str, str]], Awaitable[Fetched]]
"""Address and extra request headers to the last answer of the chain of redirects. Raises: FetchFailed."""
Keep = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Hands an item to the item pipelines and returns once it is on the disk."""


class CrawlStore(Protocol):
    """What a crawl needs of the store (see ``corpus/store``)."""

    def enqueue(self, portal: str, urls: list[FoundUrl], now: datetime) -> int: ...
    def due(self, portal: str, now: datetime, limit: int) -> list[FrontierUrl]: ...
    def known(self, portal: str, canonical_urls: list[str]) -> dict[str, FrontierUrl]: ...
    def start_fetch(self, url: str, run: int, now: datetime) -> None: ...
    def not_modified(self, url: str, run: int, now: datetime, *, revisit_at: datetime | None = None) -> None: ...
    def fail_fetch(self, url: str, run: int, now: datetime, error: str, retry_at: datetime | None) -> None: ...
    def observe(self, portal: str, run: int, now: datetime, observation: Mapping[str, Any]) -> None: ...
    def observations(self, portal: str | None = None, *, since: datetime | None = None) -> list[Observation]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    articles: int = 500
    listing_pages: int = 20


@dataclass(slots=True)
class Tally:
    """What a run saw of a portal; becomes its observation."""

    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    new_urls: int = 0
    known_items: int = 0
    """Older items that the lists still held: what makes a silent source a silent one."""
    lists_read: int = 0
    lists_failed: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    seeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved_to: set[str] = field(default_factory=set)
    stopped: str | None = None

    def to_plain(self) -> dict[str, Any]:
        return {
            "fetched": self.fetched,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "new_urls": self.new_urls,
            "known_items": self.known_items,
            "lists_read": self.lists_read,
            "lists_failed": self.lists_failed,
            "causes": dict(sorted(self.causes.items())),
            "statuses": dict(sorted(self.statuses.items())),
            "seeds": self.seeds,
            "moved_to": sorted(self.moved_to),
            "stopped": self.stopped,
        }


class SourceTrouble(Exception):
    """The source as a whole cannot be read now; ends the run at this source."""


class PortalCrawl:
    """``robots_sitemaps`` gives the sitemaps that the source's robots.txt names, once it was read; ``stopping`` says that the
    operator wants the run to end."""

    def __init__(
        self,
        portal: Portal,
        *,
        store: CrawlStore,
        run: int,
        fetch: Fetch,
        keep: Keep,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        robots_sitemaps: Callable[[], tuple[str, ...]] = tuple,
        limits: Limits = Limits(),
        progress: Callable[[Tally], object] | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._portal = portal
        self._store = store
        self._run = run
        self._fetch = fetch
        self._keep = keep
        self._clock = clock
        self._sleep = sleep
        self._robots_sitemaps = robots_sitemaps
        self._limits = limits
        self._progress = progress or (lambda _: None)
        self._stopping = stopping
        self._troubles = 0
        self._tally = Tally()
        earlier = store.observations(portal.id, since=clock() - MEMORY)
        self._seeds: dict[str, dict[str, Any]] = earlier[-1].observation.get("seeds", {}) if earlier else {}

    async def run(self) -> Tally:
        try:
            await self._discover()
            await self._fetch_due()
        except SourceTrouble as trouble:
            self._tally.stopped = str(trouble)
        # What was not read this time keeps its validators and its mark of being incomplete
        self._tally.seeds = {**self._seeds, **self._tally.seeds}
        self._store.observe(self._portal.id, self._run, self._clock(), self._tally.to_plain())
        self._progress(self._tally)
        return self._tally

    async def _discover(self) -> None:
        """Collects from lists, feeds and sitemaps, then writes all that is new at once, the newest first."""
        portal = self._portal
        found: list[FoundUrl] = []
        listings = portal.listings or (portal.home,)
        feeds = list(portal.feeds)
        for url in listings:
            found += await self._read_listings(url, feeds)
        for url in feeds[:10]:
            found += await self._read_feed(url)
        for url in (portal.sitemaps or self._robots_sitemaps())[:MAX_SITEMAPS]:
            found += await self._read_sitemaps(url)
        self._tally.new_urls += self._store.enqueue(portal.id, found, self._clock())
        self._progress(self._tally)

    async def _read_listings(self, first: str, feeds: list[str]) -> list[FoundUrl]:
        """A list page by page until one holds nothing new; after a chain that broke, as deep as that one had to go."""
        found: list[FoundUrl] = []
        seen: set[str] = set()
        visited: set[str] = set()
        wanted = bool(self._seeds.get(first, {}).get("complete", False))
        url: str | None = first
        complete = False
        for page in range(1, self._limits.listing_pages + 1):
            assert url is not None
            visited.add(url)
            try:
                fetched = await self._fetch_seed(url, "listing", conditional=page == 1 and wanted)
                if fetched is None:
                    complete = True  # unchanged since a run that had read it all
                    break
                listing = read_listing(fetched.page.body, fetched.page.final_url, self._portal, page=page)
            except FetchFailed:
                break
            if page == 1 and not self._portal.feeds:
                feeds += [feed for feed in listing.feeds if feed not in feeds]
            fresh = [item for item in listing.urls if item.canonical_url not in seen]
            if page == 1:
                self._note_read("empty_listing" if not listing.urls else None)
                self._tally.seeds[url]["items"] = len(listing.urls)
            new = self._unknown(fresh)
            seen |= {item.canonical_url for item in fresh}
            found += new
            url = listing.next_page
            if not fresh or url is None or url in visited or (wanted and not new):
                complete = True
                break
        else:
            complete = True  # the depth a run may go to; older articles are for a back-fill
        self._tally.seeds.setdefault(first, {})["complete"] = complete
        return found

    async def _read_feed(self, url: str) -> list[FoundUrl]:
        try:
            fetched = await self._fetch_seed(url, "feed", conditional=True)
            if fetched is None:
                return []
            entries = read_feed(fetched.page.body, fetched.page.final_url, self._portal)
        except FetchFailed:
            return []
        except Unreadable:
            self._note_read("unreadable_feed")
            return []
        self._note_read(None)
        self._tally.seeds[url]["items"] = len(entries)
        return self._unknown(entries)

    async def _read_sitemaps(self, first: str) -> list[FoundUrl]:
        found: list[FoundUrl] = []
        waiting, read = [first], 0
        while waiting and read < MAX_SITEMAPS:
            url = waiting.pop(0)
            read += 1
            try:
                fetched = await self._fetch_seed(url, "sitemap", conditional=True)
                if fetched is None:
                    continue
                sitemap: Sitemap = read_sitemap(fetched.page.body, fetched.page.final_url, self._portal)
            except FetchFailed:
                continue
            except Unreadable:
                self._note_read("unreadable_sitemap")
                continue
            self._note_read(None)
            waiting += [child for child, _ in sitemap.children]
            found += self._unknown(sitemap.urls)
        return found

    def _unknown(self, items: tuple[FoundUrl, ...] | list[FoundUrl]) -> list[FoundUrl]:
        known = self._store.known(self._portal.id, [item.canonical_url for item in items])
        self._tally.known_items += len(known)
        return [item for item in items if item.canonical_url not in known]

    def _note_read(self, trouble: str | None) -> None:
        if trouble is None:
            self._tally.lists_read += 1
        else:
            self._tally.lists_failed += 1
            self._tally.causes[trouble] += 1

    async def _fetch_seed(self, url: str, kind: str, *, conditional: bool) -> Fetched | None:
        """None when nothing changed since it was read last. A source's first failure is given a second chance.

        Raises: FetchFailed, SourceTrouble.
        """
        self._check_time()
        before = self._seeds.get(url, {}) if conditional else {}
        headers = _validators(before.get("etag"), before.get("last_modified"))
        try:
            fetched = await self._ask(url, headers)
        except FetchFailed as failure:
            if failure.final or not failure.source_trouble:
                self._fail_seed(failure)
                raise
            wait = self._wait_for(failure, 1) - self._clock()
            if wait > _SHORT_WAIT:
                self._fail_seed(failure)
                raise SourceTrouble(failure.cause) from failure
            await self._sleep(wait.total_seconds())
            try:
                fetched = await self._ask(url, headers)
            except FetchFailed as again:
                self._fail_seed(again)
                raise
        page = fetched.page
        unchanged = page.status == 304 or (bool(before) and before.get("sha256") == page.sha256)
        await self._keep({"page": page, "request_headers": fetched.request_headers, "kind": kind, "unchanged": unchanged})
        if unchanged:
            self._tally.unchanged += 1
            self._tally.lists_read += 1
            self._tally.known_items += int(before.get("items", 0) or 0)
            self._tally.seeds[url] = dict(before)
            return None
        self._tally.seeds[url] = {"etag": page.header("etag"), "last_modified": page.header("last-modified"), "sha256": page.sha256}
        return fetched

    def _fail_seed(self, failure: FetchFailed) -> None:
        self._tally.lists_failed += 1
        self._note_trouble(failure)

    def _check_time(self) -> None:
        """Raises: SourceTrouble when the source is not to be asked now."""
        if self._stopping():
            raise SourceTrouble("stopped")
        if not self._portal.may_be_asked(self._clock()):
            raise SourceTrouble("outside_hours")

    async def _fetch_due(self) -> None:
        left = self._limits.articles
        while left > 0:
            batch = self._store.due(self._portal.id, self._clock(), min(left, 50))
            if not batch:
                return
            for entry in batch:
                self._check_time()
                await self._fetch_entry(entry)
                self._progress(self._tally)
            left -= len(batch)
        self._tally.stopped = "budget"

    async def _fetch_entry(self, entry: FrontierUrl) -> None:
        self._store.start_fetch(entry.url, self._run, self._clock())
        try:
            fetched = await self._ask(entry.url, _validators(entry.etag, entry.last_modified) if entry.body_sha256 else {})
        except FetchFailed as failure:
            self._fail_entry(entry, failure)
            return
        page, now = fetched.page, self._clock()
        item: dict[str, Any] = {"page": page, "request_headers": fetched.request_headers, "kind": entry.kind, "run": self._run}
        unchanged = page.status == 304 or page.sha256 == entry.body_sha256
        revisit_at = _revisit_at(entry, now, unchanged=unchanged)
        if unchanged:
            await self._keep({**item, "unchanged": True})
            self._store.not_modified(entry.url, self._run, now, revisit_at=revisit_at)
            self._tally.unchanged += 1
            return
        await self._keep({**item, "now": now, "revisit_at": revisit_at, "save": True})
        self._tally.fetched += 1
        if entry.kind == "article" and "html" in (page.header("content-type") or "html"):
            self._store.enqueue(self._portal.id, list(read_attachments(page.body, page.final_url, self._portal)), now)

    def _fail_entry(self, entry: FrontierUrl, failure: FetchFailed) -> None:
        now = self._clock()
        self._tally.failed += 1
        gone = failure.cause in {"http_404", "robots_refused"} and entry.attempts >= 1
        retry_at = None if failure.final or gone else self._wait_for(failure, entry.attempts + 1)
        self._store.fail_fetch(entry.url, self._run, now, str(failure), retry_at)
        self._note_trouble(failure)
        if failure.retry_after is not None and self._wait_for(failure, 1) - now > _SHORT_WAIT:
            raise SourceTrouble(failure.cause)

    def _wait_for(self, failure: FetchFailed, failures: int) -> datetime:
        now = self._clock()
        asked = retry_after(failure.retry_after, now)
        if asked is not None:
            return asked
        if failure.cause in {"http_404", "robots_refused"}:
            return now + timedelta(days=1)
        return back_off(self._portal, failures, now)

    def _note_trouble(self, failure: FetchFailed) -> None:
        """Raises: SourceTrouble after some in a row."""
        self._tally.causes[failure.cause] += 1
        if not failure.source_trouble:
            return
        self._troubles += 1
        if self._troubles >= TROUBLE_LIMIT:
            raise SourceTrouble(failure.cause)

    async def _ask(self, url: str, headers: Mapping[str, str]) -> Fetched:
        """A usable answer: 200 or 304 that is no challenge page. Raises: FetchFailed."""
        fetched = await self._fetch(url, headers)
        page = fetched.page
        self._tally.statuses[str(page.status)] += 1
        if host_key(page.final_url) != host_key(url):
            self._tally.moved_to.add(host_key(page.final_url))
        if page.status != 304 and is_challenge(page.body):
            await self._keep_answer(fetched)
            raise FetchFailed("blocked", f"{page.status}, challenge page", retry_after=page.header("retry-after"))
        if page.status not in (200, 304):
            await self._keep_answer(fetched)
            raise FetchFailed(f"http_{page.status}", urlsplit(url).path[:200], retry_after=page.header("retry-after"))
        self._troubles = 0
        return fetched

    async def _keep_answer(self, fetched: Fetched) -> None:
        await self._keep({"page": fetched.page, "request_headers": fetched.request_headers, "kind": "answer"})


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    headers = {}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers


def _revisit_at(entry: FrontierUrl, now: datetime, *, unchanged: bool) -> datetime | None:
    if entry.kind != "article":
        return None
    hint = _instant(entry.published_hint)
    if hint is not None and now - hint > REVISIT_AGE:
        return None
    visits = entry.unchanged + 1 if unchanged else 0
    return now + REVISITS[visits] if visits < len(REVISITS) else None


def _instant(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
