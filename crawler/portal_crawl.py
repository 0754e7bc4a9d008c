"""One portal in one run: look for new articles, fetch what is due, say what was seen. Knows nothing of Scrapy.

Everything that a crash must not lose is in the store before the next step: addresses are written once a whole discovery is
through, so that a run that dies half-way finds them new again; a fetch is written before it begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from corpus.portals import Portal
from corpus.readings import Reading, RobotsVerdict
from corpus.store import AFTER_EDIT, FoundUrl, FrontierUrl, KeptPage, Observation
from crawler.asking import SHORT_WAIT, Asking, Fetch, Fetched, Keep, SourceTrouble, validators
from crawler.discovery import read_attachments
from crawler.failures import FetchFailed
from crawler.notes import Memory
from crawler.ways import Discovery

REVISITS = (AFTER_EDIT, timedelta(days=3), timedelta(days=9))
"""After how long an article is asked for again, by the number of visits that brought nothing new; an edit starts anew. Nothing new is
an answer of the same bytes, or a page that gave no other text than the one before."""
REVISIT_AGE = timedelta(days=30)
"""Articles that the source dates further back are not asked for again."""
TRIES: Mapping[str, int] = {"http_404": 5, "robots_refused": 6}
"""After how many failures in a row of one cause an address is given up. A robots.txt that forbids by mistake, or a new site whose articles
are not found yet, is mended within weeks; asking again costs the site next to nothing."""
GONE = 2
"""After so many an article that was fetched before and is not found any more: it was deleted."""
UNREAD_AGE = timedelta(days=45)
"""So long an article that could not be read stays in the last of `REVISITS`: its site may mend its pages after weeks."""
MEMORY = timedelta(days=30)
"""A source not observed for longer is read as at first."""
_BATCH = 200
"""Due addresses taken at once: putting them in order costs more than reading them where an archive of 50,000 is due."""


class CrawlStore(Protocol):
    """What a crawl needs of the store (see ``corpus/store``)."""

    def enqueue(self, portal: str, urls: list[FoundUrl], now: datetime) -> int: ...
    def due(self, portal: str, now: datetime, limit: int) -> list[FrontierUrl]: ...
    def known(self, portal: str, canonical_urls: list[str]) -> dict[str, FrontierUrl]: ...
    def known_among(self, portal: str, canonical_urls: Iterable[str]) -> set[str]: ...
    def knows(self, portal: str) -> bool: ...
    def start_fetch(self, url: str, run: int, now: datetime) -> None: ...
    def not_modified(self, url: str, run: int, now: datetime, *, revisit_at: datetime | None = None) -> None: ...
    def fail_fetch(self, url: str, run: int, now: datetime, error: str, retry_at: datetime | None) -> None: ...
    def is_unread(self, url: str) -> bool: ...
    def visits_without_news(self, url: str) -> int: ...
    def kept_page(self, url: str) -> KeptPage | None: ...
    def observe(self, portal: str, run: int, now: datetime, observation: Mapping[str, Any]) -> None: ...
    def observations(self, portal: str | None = None, *, since: datetime | None = None) -> list[Observation]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The budget of one source in one run."""

    articles: int = 500
    listing_pages: int = 20
    requests: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsSeen:
    """What the source's robots.txt said, as far as it was read."""

    status: int | None = None
    readable: bool = True
    sitemaps: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """What happened to articles and files."""

    fetched: int = 0
    unchanged: int = 0
    failed: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    new_urls: int = 0


Progress = Callable[[Tally], object]


class PortalCrawl:
    """``robots`` gives what the source's robots.txt said, once it was read; ``stopping`` says that the operator wants the run to
    end; ``since`` asks for a back-fill: everything that the source still lists from that day on."""

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
        robots: Callable[[], RobotsSeen] = RobotsSeen,
        limits: Limits = Limits(),
        since: date | None = None,
        progress: Progress | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._portal = portal
        self._store = store
        self._run = run
        self._keep = keep
        self._clock = clock
        self._robots = robots
        self._limits = limits
        self._progress = progress or (lambda _: None)
        self._tally = Tally()
        self._started = clock()
        earlier = store.observations(portal.id, since=self._started - MEMORY)
        last: Mapping[str, Any] = earlier[-1].observation if earlier else {}
        self._memory = Memory.from_plain(last.get("memory", {}))
        self._wait_until = _instant(last.get("wait_until"))
        self._left_at = earlier[-1].at if earlier else None
        self._sleep = sleep
        self._first = not store.knows(portal.id)
        self._asking = Asking(portal=portal, fetch=fetch, keep=keep, clock=clock, sleep=sleep, stopping=stopping, requests=limits.requests)
        self._discovery = Discovery(
            self._asking,
            store,
            self._memory,
            first=self._first or not earlier,
            listing_pages=limits.listing_pages,
            since=since,
            robots_sitemaps=lambda: robots().sitemaps,
        )

    async def run(self) -> Reading:
        stopped: str | None = None
        if self._wait_until is not None and self._clock() < self._wait_until:
            stopped = "waiting"
            self._asking.wait_until = self._wait_until
        else:
            try:
                await self._keep_distance()
                await self._discovery.run()
                self._report()
                await self._fetch_due()
            except SourceTrouble as trouble:
                stopped = str(trouble)
        reading = self._reading(stopped)
        self._store.observe(self._portal.id, self._run, reading.at, reading.to_plain() | {"memory": self._memory.to_plain()})
        self._report()
        return reading

    async def _keep_distance(self) -> None:
        """The source's delay counts from run to run as well: one may begin right behind the other."""
        if self._left_at is not None:
            since_then = (self._clock() - self._left_at).total_seconds()
            if 0 <= since_then < self._portal.delay_seconds:
                await self._sleep(self._portal.delay_seconds - since_then)

    def _report(self) -> None:
        self._tally.new_urls = self._discovery.new_urls
        self._progress(self._tally)

    def _reading(self, stopped: str | None) -> Reading:
        now = self._clock()
        ways = tuple(self._discovery.ways)
        return Reading(
            portal=self._portal.id,
            run=self._run,
            at=now,
            first=self._first,
            robots=_verdict({way.cause for way in ways} | set(self._tally.failures), asked=bool(ways), readable=self._robots().readable),
            robots_status=self._robots().status,
            ways=ways,
            blocked=tuple(self._asking.blocked),
            moved_to=tuple(self._asking.moved_to),
            written=self._discovery.new_urls,
            fetched=self._tally.fetched,
            unchanged=self._tally.unchanged,
            failed=self._tally.failed,
            failures=dict(sorted(self._tally.failures.items())),
            statuses=dict(sorted(self._asking.statuses.items())),
            stopped=stopped,
            wait_until=self._asking.wait_until,
            seconds=round((now - self._started).total_seconds(), 3),
        )

    async def _fetch_due(self) -> None:
        left = self._limits.articles
        while left > 0:
            batch = self._store.due(self._portal.id, self._clock(), min(left, _BATCH))
            if not batch:
                return
            for entry in batch:
                self._asking.check()
                await self._fetch_entry(entry)
                self._report()
            left -= len(batch)
        raise SourceTrouble("budget")

    async def _fetch_entry(self, entry: FrontierUrl) -> None:
        self._store.start_fetch(entry.url, self._run, self._clock())
        headers = validators(entry.etag, entry.last_modified) if entry.body_sha256 else {}
        try:
            fetched = await self._asking.ask(entry.url, headers)
        except FetchFailed as failure:
            self._fail(entry, failure)
            return
        await self._take(entry, fetched)

    async def _take(self, entry: FrontierUrl, fetched: Fetched) -> None:
        page, now = fetched.page, self._clock()
        item: dict[str, Any] = {"page": page, "request_headers": fetched.request_headers, "kind": entry.kind, "run": self._run}
        unchanged = page.status == 304 or page.sha256 == entry.body_sha256
        revisit_at = self._revisit_at(entry, now, unchanged=unchanged)
        if unchanged:
            await self._keep({**item, "unchanged": True, "earlier": self._store.kept_page(entry.url)})
            self._store.not_modified(entry.url, self._run, now, revisit_at=revisit_at)
            self._tally.unchanged += 1
            return
        if entry.kind == "article" and "html" in (page.header("content-type") or "html"):
            # Before the article is done: a crash between the two would lose its files for ever
            self._store.enqueue(self._portal.id, list(read_attachments(page.body, page.final_url, self._portal)), now)
        await self._keep({**item, "now": now, "revisit_at": revisit_at, "save": True})
        self._tally.fetched += 1

    def _revisit_at(self, entry: FrontierUrl, now: datetime, *, unchanged: bool) -> datetime | None:
        if entry.kind != "article":
            return None
        hint = _instant(entry.published_hint)
        if hint is not None and now - hint > REVISIT_AGE:
            return None
        visits = entry.unchanged + 1 if unchanged else 0
        if not unchanged and entry.body_sha256:
            # Whether this page brings anything new is not known before it is processed, but of the ones before it is
            visits = self._store.visits_without_news(entry.url)
        if visits < len(REVISITS):
            return now + REVISITS[visits]
        young = now - entry.first_seen < UNREAD_AGE
        return now + REVISITS[-1] if young and self._store.is_unread(entry.url) else None

    def _fail(self, entry: FrontierUrl, failure: FetchFailed) -> None:
        """Raises: SourceTrouble when the failure speaks of the whole source."""
        now = self._clock()
        self._tally.failed += 1
        self._tally.failures[failure.cause] += 1
        most = GONE if failure.cause == "http_404" and entry.body_sha256 else TRIES.get(failure.cause)
        gone = most is not None and entry.attempts + 1 >= most
        retry_at = None if failure.final or gone else self._asking.next_try(failure, entry.attempts + 1)
        self._store.fail_fetch(entry.url, self._run, now, str(failure), retry_at)
        self._asking.note_trouble(failure)
        if failure.retry_after is not None and retry_at is not None and retry_at - now > SHORT_WAIT:
            self._asking.wait_until = retry_at
            raise SourceTrouble(failure.cause)


def _verdict(causes: set[str | None], *, asked: bool, readable: bool) -> RobotsVerdict:
    if not readable or "robots_unreachable" in causes:
        return "unreachable"
    if "robots_refused" in causes:
        return "refused"
    return "allowed" if asked else "unknown"


def _instant(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
