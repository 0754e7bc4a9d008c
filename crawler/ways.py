"""The ways a source can be asked what is new: feeds, sitemaps, lists page by page, dated archive, on-site search.

Feeds and the first page of each list are asked in every run: a feed that stands still would hide what is new. Sitemaps and deeper
pages are for first and full readings and for when nothing else works; archive and search come last. Knows nothing of Scrapy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from corpus.portals import Cms, Portal
from corpus.readings import WAY_KINDS, WayKind, WayReading
from corpus.store import FoundUrl, FrontierUrl
from crawler.asking import Asking, Fetched, SourceTrouble, moved_host, validators
from crawler.discovery import Listing, Sitemap, Unreadable, read_feed, read_listing, read_sitemap
from crawler.failures import FetchFailed
from crawler.families import archive_pages, family_of, feed_places, page_address, searches, sitemap_places
from crawler.notes import Memory, Way, kept_earlier

FULL_READING_EVERY = timedelta(days=3)
"""Between two runs that ask every way and go back through the look-back window of the lists."""
LOOK_BACK = timedelta(days=14)
"""So far back a full reading looks for items that came late, behind others in a list."""
FIRST_DEPTH = timedelta(days=365)
"""Items that a sitemap dates further back are left to a back-fill (``--since``)."""
TRY_AGAIN = timedelta(days=7)
"""Between two tries of the places where the family usually has feeds and sitemaps."""
MAX_FEEDS = 10
MAX_SITEMAPS = 5
"""Sitemaps read below one index in a run, the newest first; ten times as many in a back-fill."""
MAX_FOUND = 20_000
"""New addresses that one run takes from sitemaps; the rest is found by the next."""
_DEEPER = 25
"""Times as many pages of a list a back-fill may read."""
_ENOUGH_DATES = 3
_LIVELY_LINKS = 15
"""A page with so many links is no empty list: where no article is found on it any more, its layout has changed."""


class WayStore(Protocol):
    def enqueue(self, portal: str, urls: list[FoundUrl], now: datetime) -> int: ...
    def known(self, portal: str, canonical_urls: list[str]) -> dict[str, FrontierUrl]: ...
    def known_among(self, portal: str, canonical_urls: Iterable[str]) -> set[str]: ...


class Discovery:
    """One source asked for what is new. ``ways`` and ``new_urls`` say what came of it, also after `run` raised SourceTrouble."""

    def __init__(
        self,
        asking: Asking,
        store: WayStore,
        memory: Memory,
        *,
        first: bool,
        listing_pages: int,
        since: date | None = None,
        robots_sitemaps: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self.ways: list[WayReading] = []
        self.new_urls = 0
        self._asking = asking
        self._portal: Portal = asking.portal
        self._store = store
        self._memory = memory
        self._first = first
        self._since = since
        self._pages = listing_pages * (_DEEPER if since else 1)
        self._robots_sitemaps = robots_sitemaps
        self._found: dict[str, FoundUrl] = {}
        self._cms: Cms = self._portal.cms
        self._now = asking.clock()
        full_at = datetime.fromisoformat(memory.full_at) if memory.full_at else None
        self._full = first or since is not None or full_at is None or self._now - full_at >= FULL_READING_EVERY

    async def run(self) -> None:
        """Writes all that is new at once, the newest first, so that a run that dies half-way finds it new again.

        Raises: SourceTrouble.
        """
        try:
            await self._ask_ways()
        except SourceTrouble:
            self._write()  # the validators of what was read are kept, so what it held must be, too
            raise
        self._write()
        self._memory.lists_do = any(self._holds(way) for way in self.ways if way.kind in ("feed", "listing"))
        if self._full and self._settled:
            self._memory.full_at = self._now.isoformat()

    def _write(self) -> None:
        self.new_urls += self._store.enqueue(self._portal.id, list(self._found.values()), self._asking.clock())
        self._found.clear()

    async def _ask_ways(self) -> None:
        order = self._portal.discovery or WAY_KINDS
        put_off: list[WayKind] = []
        for kind in order:
            if self._can_wait(kind, order):
                put_off.append(kind)
            else:
                await self._ask_all(kind)
        for kind in put_off:
            if not self._settled:
                await self._ask_all(kind)
        if not self._listed and self._may_try():
            await self._try_places()

    def _can_wait(self, kind: WayKind, order: tuple[WayKind, ...]) -> bool:
        if kind in ("archive", "search"):
            return len(order) > 1 and not (kind == "archive" and self._since)
        return kind == "sitemap" and not self._full and (self._settled or self._memory.lists_do)

    @property
    def _settled(self) -> bool:
        """Some way held older items, so nothing can have been missed between it and the last run."""
        return any(self._holds(way) for way in self.ways)

    def _holds(self, way: WayReading) -> bool:
        return way.read or (self._first and way.parsed)

    @property
    def _listed(self) -> bool:
        return any(way.fetched and way.parsed for way in self.ways)

    async def _ask_all(self, kind: WayKind) -> None:
        if kind == "feed":
            for url in (self._portal.feeds or tuple(self._memory.feeds))[:MAX_FEEDS]:
                await self._one(kind, url, self._read_feed)
        elif kind == "sitemap":
            sitemaps = self._portal.sitemaps or self._robots_sitemaps() or tuple(self._memory.sitemaps)
            for url in sitemaps[:MAX_SITEMAPS]:
                await self._one(kind, url, self._read_sitemaps)
        elif kind == "listing":
            for url in self._portal.listings or (self._portal.home,):
                await self._one(kind, url, self._read_list)
            await self._read_named_feeds()
        elif kind == "archive":
            depth = FIRST_DEPTH / 6 if self._first else LOOK_BACK
            oldest = self._since or (self._now - depth).date()
            for url in archive_pages(self._cms, self._portal, oldest=oldest, newest=self._now.date()):
                await self._one(kind, url, self._read_list)
        else:
            for url in searches(self._cms, self._portal):
                await self._one(kind, url, self._read_list)

    async def _read_named_feeds(self) -> None:
        """Feeds that a list named just now."""
        if self._portal.feeds or "feed" not in (self._portal.discovery or WAY_KINDS):
            return
        asked = {way.url for way in self.ways}
        for url in [url for url in self._memory.feeds if url not in asked][:MAX_FEEDS]:
            await self._one("feed", url, self._read_feed)

    async def _one(self, kind: WayKind, url: str, read: Callable[[Way], Any], *, trial: bool = False) -> bool:
        """Ask one way and note what came of it; a trial that brings nothing leaves no trace."""
        way = Way(kind, url)
        trouble: FetchFailed | None = None
        try:
            await read(way)
        except FetchFailed as failure:
            way.fail(failure)
            trouble = failure
        except Unreadable as fault:
            way.note(cause=f"unreadable_{kind}", detail=str(fault)[:200])
            # The next run must read it again: "not modified" would pass for the list that it was before.
            self._memory.seeds.pop(url, None)
        except SourceTrouble as ending:
            if str(ending) not in ("stopped", "outside_hours", "budget"):
                way.note(cause=str(ending))
            if way.reading.fetched or way.reading.cause:
                self.ways.append(way.reading)
            raise
        if not trial or way.reading.parsed:
            self.ways.append(way.reading)
        if trouble is not None and not trial:
            self._asking.note_trouble(trouble)
        return way.reading.parsed

    async def _read_feed(self, way: Way) -> None:
        fetched = await self._fetch(way, way.url, conditional=True)
        if fetched is not None:
            self._take(way, read_feed(fetched.page.body, fetched.page.final_url, self._portal))
            self._remember(way)

    async def _read_sitemaps(self, way: Way) -> None:
        """A sitemap, or an index and the newest of what it names. What fails below an index leaves the rest."""
        waiting, read, asked = [way.url], 0, set[str]()
        most = MAX_SITEMAPS * (10 if self._since else 1)
        failed: Exception | None = None
        while waiting and read < most and len(asked) < 2 * most and len(self._found) < MAX_FOUND:
            url = waiting.pop(0)
            if url in asked:
                continue  # indexes can name each other
            asked.add(url)
            # An index stays the same while what it names grows: many give no time of change
            index = bool(self._memory.seeds.get(url, {}).get("index"))
            try:
                fetched = await self._fetch(way, url, conditional=self._since is None and not index)
                if fetched is None:
                    read += 1
                    continue
                sitemap = read_sitemap(fetched.page.body, fetched.page.final_url, self._portal)
            except (FetchFailed, Unreadable) as error:
                read += 1
                failed = failed or error
                continue
            if sitemap.children:
                self._memory.seeds[url] = {"index": True}
                waiting += self._children(sitemap)
                continue
            read += 1
            items = tuple(found for found in sitemap.urls if self._recent(found.published_hint))
            self._take(way, items[:MAX_FOUND])
            self._remember(way, url)
            self._memory.seeds[url]["read_at"] = self._now.isoformat()
            if len(items) > MAX_FOUND:
                self._memory.seeds[url].pop("sha256")  # the rest is taken by the next run
                self._memory.seeds[url] |= {"etag": None, "last_modified": None}
        if failed is not None and not way.reading.parsed:
            raise failed

    def _children(self, sitemap: Sitemap) -> list[str]:
        """Those to read, the newest first; of undated ones those never read, from both ends since either may be the newest, then
        those read longest ago."""
        dated = [child for child, changed in sitemap.children if changed and self._recent(changed)]
        undated = [child for child, changed in sitemap.children if not changed]
        read_at = {child: str(self._memory.seeds.get(child, {}).get("read_at") or "") for child in undated}
        place = {child: min(number, len(undated) - 1 - number) for number, child in enumerate(undated)}
        return [*dated, *sorted(undated, key=lambda child: (read_at[child], place[child]))]

    def _recent(self, changed: str | None) -> bool:
        day = _day(changed)
        oldest = self._since or (self._now - FIRST_DEPTH).date()
        return day is None or day >= oldest

    async def _read_list(self, way: Way) -> None:
        """A list page by page until one holds nothing new; after a chain that broke, as deep as that one had to go."""
        whole = bool(self._memory.seeds.get(way.url, {}).get("complete", False))
        visited: set[str] = set()
        url: str | None = way.url
        complete = True  # also at the depth a run may go to: older articles are for a back-fill
        try:
            for page in range(1, self._pages + 1):
                assert url is not None
                visited.add(url)
                fetched = await self._fetch(way, url, conditional=page == 1 and whole and not self._full)
                if fetched is None:
                    return  # unchanged since a run that had read it all
                listing = read_listing(fetched.page.body, fetched.page.final_url, self._portal, page=page)
                if page == 1:
                    self._first_page(way, listing, fetched)
                fresh, new = self._take(way, listing.urls)
                if page == 1:
                    self._remember(way)
                url = listing.next_page or self._next_by_form(listing, way.url, page)
                if not fresh or url is None or url in visited or not self._deeper(fresh, new, whole=whole):
                    break
        except FetchFailed as failure:
            complete = False
            if not way.reading.parsed:
                raise
            way.fail(failure)
        except SourceTrouble:
            complete = False
            raise
        finally:
            if way.reading.fetched:
                self._memory.seeds.setdefault(way.url, {})["complete"] = complete

    def _first_page(self, way: Way, listing: Listing, fetched: Fetched) -> None:
        if self._cms == "unknown":
            self._cms = family_of(fetched.page.body)
        if not self._portal.feeds:
            self._memory.feeds += [feed for feed in listing.feeds if feed not in self._memory.feeds]
            del self._memory.feeds[MAX_FEEDS:]
        if listing.trap:
            way.note(detail=f"further pages look like a trap: {listing.trap}")
        if not listing.urls:
            held = int(self._memory.seeds.get(way.url, {}).get("items", 0) or 0)
            way.note(cause="layout_changed" if held and listing.links >= _LIVELY_LINKS else "empty_listing")

    def _next_by_form(self, listing: Listing, first: str, page: int) -> str | None:
        """Where the links to further pages are scripts, the family's usual form of their addresses."""
        return page_address(self._cms, first, page + 1) if listing.scripted else None

    def _deeper(self, fresh: list[FoundUrl], new: list[FoundUrl], *, whole: bool) -> bool:
        """Whether the page after this one is worth reading."""
        if self._since is not None:
            days = [day for item in fresh if (day := _day(item.published_hint)) is not None]
            return len(days) < _ENOUGH_DATES or max(days) >= self._since
        if new or not whole:
            return True
        return self._full and self._in_look_back(fresh)

    def _in_look_back(self, items: list[FoundUrl]) -> bool:
        known = self._store.known(self._portal.id, [item.canonical_url for item in items])
        return any(entry.first_seen > self._now - LOOK_BACK for entry in known.values())

    def _take(self, way: Way, items: Iterable[FoundUrl]) -> tuple[list[FoundUrl], list[FoundUrl]]:
        """Those not met in this way so far, and of them those that nobody knows; counts them."""
        fresh = [item for item in items if item.canonical_url not in way.met]
        known = self._store.known_among(self._portal.id, (item.canonical_url for item in fresh))
        new = [item for item in fresh if item.canonical_url not in known]
        if self._since is not None:
            new = [item for item in new if (day := _day(item.published_hint)) is None or day >= self._since]
        way.met.update(item.canonical_url for item in fresh)
        latest = (self._now + timedelta(days=1)).date()
        days = [day.isoformat() for item in fresh if (day := _day(item.published_hint)) is not None and day <= latest]
        way.took(links=len(fresh), known=sum(item.canonical_url in known for item in fresh), new=len(new), days=days)
        for item in new:
            self._found.setdefault(item.canonical_url, item)
        if self._since is not None:
            self._write()  # a back-fill does not stop at what is known, so it need not hold anything back
        return fresh, new

    def _remember(self, way: Way, url: str | None = None) -> None:
        """What a list held. One that holds nothing any more keeps what it held before and is read again next time, so that it is called
        by the same cause for as long as it stays so."""
        seed = self._memory.seeds[url or way.url]
        if way.reading.links:
            seed |= {"items": way.reading.links, "newest": way.reading.newest}
        else:
            for name in ("etag", "last_modified", "sha256"):
                seed.pop(name, None)

    async def _fetch(self, way: Way, url: str, *, conditional: bool) -> Fetched | None:
        """None when nothing changed since it was read last. Raises: FetchFailed, SourceTrouble."""
        self._asking.check()
        before = self._memory.seeds.get(url, {}) if conditional else {}
        fetched = await self._asking.ask_twice(url, validators(before.get("etag"), before.get("last_modified")))
        page = fetched.page
        unchanged = page.status == 304 or (bool(before) and before.get("sha256") == page.sha256)
        earlier = kept_earlier(before) if unchanged else None
        item = {"page": page, "request_headers": fetched.request_headers, "kind": way.kind, "unchanged": unchanged, "earlier": earlier}
        await self._asking.keep(item)
        way.answered(page.status, moved_host(url, page.final_url))
        if unchanged:
            items = int(before.get("items", 0) or 0)
            way.note(unchanged=True)
            way.took(links=items, known=items, new=0, days=[before.get("newest")])
            if not items and way.kind == "listing":
                way.note(cause=way.reading.cause or "empty_listing")
            return None
        seed = self._memory.seeds.get(url, {})
        kept = {name: seed[name] for name in ("complete", "items", "read_at") if name in seed}
        validity = {"etag": page.header("etag"), "last_modified": page.header("last-modified"), "sha256": page.sha256}
        self._memory.seeds[url] = kept | validity | {"final_url": page.final_url, "fetched_at": page.fetched_at.isoformat()}
        return fetched

    def _may_try(self) -> bool:
        tried = datetime.fromisoformat(self._memory.tried_at) if self._memory.tried_at else None
        return tried is None or self._now - tried >= TRY_AGAIN

    async def _try_places(self) -> None:
        """No way gave an article: where systems of the family have their feeds and sitemaps, it may have them too."""
        if any(way.cause not in ("empty_listing", "layout_changed", "http_404", None) for way in self.ways):
            return  # it was not to be read at all
        self._memory.tried_at = self._now.isoformat()
        listing = (self._portal.listings or (self._portal.home,))[0]
        asked = {way.url for way in self.ways}
        for url in feed_places(self._cms, listing):
            if url not in asked and self._portal.serves(url) and await self._one("feed", url, self._read_feed, trial=True):
                self._memory.feeds = list(dict.fromkeys([*self._memory.feeds, url]))
                return
        for url in sitemap_places(self._cms, self._portal.home):
            if url not in asked and self._portal.serves(url) and await self._one("sitemap", url, self._read_sitemaps, trial=True):
                self._memory.sitemaps = list(dict.fromkeys([*self._memory.sitemaps, url]))
                return


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
