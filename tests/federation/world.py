"""The life of the federation: what every portal publishes, edits, moves, deletes and suffers, day by day, and what must come of it."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from corpus.portals import load_portals
from corpus.store import Store
from crawler.run import CrawlReport, crawl
from demo.site import FAMILIES, Article, Site
from monitor.causes import Cause
from monitor.health import SourceHealth, source_healths
from pipelines.batch import pending, process_pages
from pipelines.process import ProcessorParts
from tests.federation.articles import make_article
from tests.federation.servers import Access, Elsewhere, Fault, Hazard, Portal, PortalState

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday, 8 o'clock in Vietnam: each day's cycle begins then."""
DELAY_SECONDS = 0.1
"""The one factor of the simulation: 3 seconds between two starts become this."""
CLOCK = 1e-4
"""Share by which a distance may be short: the store keeps instants to the microsecond."""
CAUSES: dict[Fault, Cause] = {
    "down": "unreachable",
    "error": "unreachable",
    "refused": "refused",
    "challenge": "blocked",
    "empty": "listing_empty",
    "layout": "layout_changed",
    "degraded": "extraction_degraded",
    "moved": "moved",
}
HAZARDS: tuple[Hazard, ...] = ("loop", "busy", "unavailable", "gzip", "deflate", "br", "zstd", "outside", "calendar")
_SLUG_FAMILIES = frozenset({"nukeviet", "newspaper", "wordpress", "joomla", "drupal"})
"""Where an article's address holds more than its number, so that it can change."""
_PROVINCES = ("v2-04", "v2-08", "v2-11", "v2-12", "v2-14", "v2-15", "v2-19", "v2-20", "v2-40", "v2-51", "v2-66", "v2-82", "v2-91", "v2-96")


@dataclass(frozen=True, slots=True)
class Trouble:
    fault: Fault
    first: int
    last: int
    """Days, both inclusive."""


@dataclass(slots=True)
class Source:
    """One portal with its plan. Days count from 0."""

    id: str
    portal: Portal
    articles: dict[int, Article]
    """All that it will ever have, by number."""
    out_on: dict[int, int]
    """Number -> day on which it appears."""
    troubles: tuple[Trouble, ...] = ()
    edits: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Day -> numbers."""
    deletions: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    moves: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    merged_on: int | None = None
    """From this day on all its addresses lead to another host."""
    last_news: int | None = None
    """The last day on which anything new appears, where it falls silent; its lists stay as they are."""
    hazards: dict[int, Hazard] = field(default_factory=dict)
    editions: Counter[int] = field(default_factory=Counter)

    def fault_on(self, day: int) -> Fault | None:
        if self.merged_on is not None and day >= self.merged_on:
            return "moved"
        return next((trouble.fault for trouble in self.troubles if trouble.first <= day <= trouble.last), None)

    def onset(self, day: int) -> int | None:
        """First day of the trouble that holds on ``day``."""
        if self.merged_on is not None and day >= self.merged_on:
            return self.merged_on
        return next((trouble.first for trouble in self.troubles if trouble.first <= day <= trouble.last), None)

    def published(self, day: int) -> dict[int, Article]:
        return {number: article for number, article in self.articles.items() if self.out_on[number] <= day}


class Federation:
    """``count`` portals over all families for ``days`` days; the same seed gives the same life."""

    def __init__(self, home: Path, count: int, days: int, *, seed: int, store: Store, executor: Executor, quick: bool = False) -> None:
        self.home, self.days = home, days
        self.store, self._executor = store, executor
        self.elsewhere = Elsewhere()
        chance = random.Random(seed)
        families = sorted(FAMILIES)
        faults: list[Fault] = sorted(CAUSES)
        silent = {0: -4} if quick else dict.fromkeys(range(count - 10, count, 5), days // 2)
        self.sources = [self._source(n, families[n % len(families)], chance, silent.get(n), quick=quick) for n in range(count)]
        self._plan_troubles(faults, chance, quick=quick)
        self.registry = home / "portals.toml"
        self.registry.write_text("\n".join(self._entry(source) for source in self.sources), "utf-8")
        self.healths: list[dict[str, SourceHealth]] = []
        """Per day, as seen after its cycle."""
        self.reports: list[CrawlReport] = []
        self.parts = ProcessorParts(portals=self.registry, label="federation")

    def close(self) -> None:
        for source in self.sources:
            source.portal.close()
        self.elsewhere.close()

    def _source(self, position: int, family: str, chance: random.Random, last_news: int | None, *, quick: bool) -> Source:
        base = 10_000 * (position + 1)
        articles: dict[int, Article] = {}
        out_on: dict[int, int] = {}
        number = base
        # A past that tells how often it publishes, then some articles a day.
        past = 12 if quick and last_news is None else 34
        moments = [(-age, 0) for age in range(past, 0, -1)] + [
            (day, day) for day in range(self.days - 1) for _ in range(chance.choice((1, 1, 2)))
        ]
        if last_news is not None:
            moments = [(day, out) for day, out in moments if day <= last_news]
        for day, out in moments:
            number += 1
            at = START + timedelta(days=day, hours=-chance.randint(2, 5), minutes=chance.randint(0, 59))
            articles[number] = make_article(number, at)
            out_on[number] = out
        late = number + 1
        if last_news is None or last_news >= 2:
            articles[late] = make_article(late, START + timedelta(days=0, hours=-20))
            out_on[late] = 2  # dated two days before it came out
        for kind in ("stub", "gone"):
            number = late + (1 if kind == "stub" else 2)
            articles[number] = make_article(number, START - timedelta(days=1), kind=kind)
            out_on[number] = 0
        site = Site(
            id=f"lien-bang-{position:02}",
            name=f"Trang tin mẫu số {position}",
            cms=family,
            kind="press" if family == "newspaper" else "government",
            province=_PROVINCES[position % len(_PROVINCES)],
            province_before="",
            address="Trang mẫu, nội dung hư cấu.",
            teasers=("Mưa lớn ở vùng núi phía bắc", "Giá lúa nhích lên ở đồng bằng", "Khai mạc hội chợ hàng thủ công"),
            articles=(),
        )
        source = Source(site.id, Portal(PortalState(site), self.elsewhere.origin), articles, out_on, last_news=last_news)
        hazard = HAZARDS[position % len(HAZARDS)]
        trap = base + 9_000
        source.articles[trap] = make_article(trap, START - timedelta(hours=3), kind="hazard")
        source.out_on[trap] = 0
        source.hazards[trap] = hazard
        if quick:
            for extra, more in enumerate(HAZARDS[5:] if position == 0 else ()):
                source.articles[trap + 1 + extra] = make_article(trap + 1 + extra, START - timedelta(hours=4), kind="hazard")
                source.out_on[trap + 1 + extra] = 0
                source.hazards[trap + 1 + extra] = more
        newest = [n for n in sorted(articles) if out_on[n] == 0 and articles[n].kind == "article" and n not in source.hazards][-3:]
        # What is edited on day 1 is seen when young articles are asked for again.
        source.edits[1] = {newest[0]}
        source.deletions[1] = {newest[1]}
        if family in _SLUG_FAMILIES and (last_news is None or last_news >= 1):
            source.moves[1] = {newest[2]}
        return source

    def _plan_troubles(self, faults: list[Fault], chance: random.Random, *, quick: bool) -> None:
        """Every portal but each fifth has its trouble once it is known; one portal ends and leads elsewhere; of each family one can no
        longer be read for some days."""
        for position, source in enumerate(self.sources):
            if quick:
                plan: dict[int, Trouble] = {
                    1: Trouble("down", 2, 3),
                    2: Trouble("challenge", 2, 3),
                    3: Trouble("empty", 3, 4),
                }
                source.troubles = (plan[position],) if position in plan else ()
                source.merged_on = 3 if position == 4 else None
                continue
            one_of_each_family = position < len(FAMILIES)
            if one_of_each_family:
                source.troubles = (Trouble("degraded", 6, 9),)
            if position % 5 == 0:
                continue
            fault = faults[position % len(faults)]
            # What came out while its pages held no text is asked for again after up to nine days
            first = chance.randint(13 if one_of_each_family else 4, self.days - (14 if fault == "degraded" else 9))
            source.troubles += (Trouble(fault, first, first + chance.randint(2, 5)),)
            if position % 13 == 12:
                source.merged_on = self.days - 4

    def _entry(self, source: Source) -> str:
        site, origin = source.portal.state.site, source.portal.origin
        family = FAMILIES[site.cms]
        entry = {
            "id": source.id,
            "name": site.name,
            "home": f"{origin}/",
            "hosts": [origin.removeprefix("http://")],
            "kind": site.kind,
            "province": site.province,
            "cms": site.cms,
            "feeds": [origin + family.feed] if family.feed else [],
            "sitemaps": [origin + family.sitemap] if family.sitemap else [],
            "listings": [origin + family.listing(1)],
            "article_pattern": family.article_pattern,
            "delay_seconds": DELAY_SECONDS,
            "allow_loopback": True,
            "verified": True,
            "evidence": "generated",
        }
        return "[[portal]]\n" + "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()) + "\n"

    def live(self, day: int) -> None:
        """Bring every portal to what it is on ``day``."""
        for source in self.sources:
            state = source.portal.state
            for number in source.edits[day]:
                source.editions[number] += 1
                old = source.articles[number]
                source.articles[number] = replace(
                    make_article(number, old.published, edition=1 + source.editions[number]), slug=old.slug, published=old.published
                )
            for number in source.moves[day]:
                address = FAMILIES[state.site.cms].article
                old = source.articles[number]
                source.articles[number] = replace(old, slug=f"dia-chi-moi-{number}")
                state.moved[address(old)] = address(source.articles[number])
            state.gone |= source.deletions[day]
            shown = [article for number, article in source.published(day).items() if number not in state.gone]
            shown.sort(key=lambda article: (article.published, article.id), reverse=True)
            state.site = replace(state.site, articles=tuple(shown))
            state.hazards = source.hazards
            fault = source.fault_on(day)
            if fault == "down":
                source.portal.close()
                state.fault = None
            else:
                source.portal.open()
                state.fault = fault

    def cycle(self, now: datetime) -> dict[str, SourceHealth]:
        """Crawl, process, judge."""
        self.reports.append(crawl(self.home, now=now, registry_file=self.registry, timeout_seconds=20))
        process_pages(self.store, pending(self.store), archive=self.home / "archive", parts=self.parts, executor=self._executor, now=now)
        registry = load_portals(self.registry)
        return {health.portal: health for health in source_healths(self.store, registry, now + timedelta(hours=1))}

    def run(self) -> None:
        for day in range(self.days):
            self.live(day)
            self.healths.append(self.cycle(START + timedelta(days=day, minutes=5)))

    # What must have come of it.

    def reachable(self, source: Source) -> dict[int, Article]:
        """Articles that stood on a readable list for at least one cycle before they could vanish."""
        found = {}
        for number, article in source.articles.items():
            if article.kind != "article" or number in source.hazards:
                continue
            days = [day for day in range(source.out_on[number], self.days) if source.fault_on(day) is None]
            gone_on = min((day for day, numbers in source.deletions.items() if number in numbers), default=self.days)
            if any(day < gone_on for day in days):
                found[number] = article
        return found

    def wrong_documents(self) -> dict[str, list[str]]:
        """Per source: titles missing, doubled or too many in the store."""
        kept: dict[str, Counter[str]] = defaultdict(Counter)
        for document in self.store.iter_documents():
            kept[document.provenance.portal][document.title] += 1
        wrong = {}
        for source in self.sources:
            wanted = Counter(article.title for article in self.reachable(source).values())
            if kept[source.id] != wanted:
                missing, extra = wanted - kept[source.id], kept[source.id] - wanted
                wrong[source.id] = [f"missing {title}" for title in missing] + [f"extra {title}" for title in extra]
        return wrong

    def wrong_versions(self) -> dict[str, int]:
        """Title -> versions kept, where they are not one more than the edits that could be seen."""
        wrong = {}
        editions = {source.articles[number].title: count for source in self.sources for number, count in source.editions.items()}
        for document in self.store.iter_documents():
            versions = len(self.store.history(document.id))
            if versions != 1 + editions.get(document.title, 0):
                wrong[document.title] = versions
        return wrong

    def unnamed(self) -> list[str]:
        """Troubles that were not called by their right cause within two cycles, or were still called so two cycles after their end."""
        wrong = []
        for source in self.sources:
            for day, healths in enumerate(self.healths):
                fault, onset = source.fault_on(day), source.onset(day)
                health = healths[source.id]
                if fault is not None and onset is not None and day >= onset + 1 and health.cause != CAUSES[fault]:
                    wrong.append(f"{source.id} day {day}: {fault} since {onset} is called {health.state}/{health.cause}")
                calm = fault is None and day >= 1 and source.fault_on(day - 1) is None
                if calm and health.state == "trouble" and health.cause != "extraction_degraded":
                    wrong.append(f"{source.id} day {day}: nothing is wrong, but it is called {health.cause}")
                if (wanted := self._should_be_silent(source, day)) is not None and wanted != (health.state == "silent"):
                    wrong.append(f"{source.id} day {day}: no news since day {source.last_news}, and it is called {health.state}")
        return wrong

    @staticmethod
    def _should_be_silent(source: Source, day: int) -> bool | None:
        """Whether a source is to be called silent after the cycle of ``day``; None where it may be either.

        One item a day or a little more: five days of nothing have a chance of less than one in a hundred.
        """
        if source.last_news is None or source.fault_on(day) is not None:
            return False
        if day < source.last_news + 4:
            return False
        return True if day >= source.last_news + 7 else None

    def early_alarms(self) -> list[str]:
        return [
            f"{portal} day {day}"
            for day in range(min(3, len(self.healths)))
            for portal, h in self.healths[day].items()
            if h.alarm and day < 2
        ]

    def breaches(self) -> list[str]:
        """Requests that overlapped or followed too soon, as ratios of the scaled delay."""
        wrong = []
        for source in self.sources:
            accesses = sorted(source.portal.accesses, key=lambda access: access.started)
            for one, two in pairwise(accesses):
                if two.started < one.answering:
                    wrong.append(f"{source.id}: {two.target} began before {one.target} was answered")
                if (ratio := (two.started - one.started) / DELAY_SECONDS) < 1.0 - CLOCK:
                    wrong.append(f"{source.id}: {two.target} after {ratio:.3f} delays")
            wrong += self._impatient(source.id, accesses)
        return wrong

    def often_asked(self, most: int) -> list[str]:
        """Articles asked for more than ``most`` times: other news stands beside each, so that no page has the same bytes the next day."""
        asked = Counter((source.id, access.target) for source in self.sources for access in source.portal.accesses if access.status == 200)
        articles = {
            (source.id, FAMILIES[source.portal.state.site.cms].article(article))
            for source in self.sources
            for number, article in source.articles.items()
            if number not in source.hazards
        }
        return [
            f"{portal}: {target} {times} times"
            for (portal, target), times in asked.items()
            if times > most and (portal, target) in articles
        ]

    @staticmethod
    def _impatient(name: str, accesses: list[Access]) -> list[str]:
        """Asked again before the second that Retry-After named."""
        last: dict[str, Access] = {}
        wrong = []
        for access in accesses:
            before = last.get(access.target)
            if before is not None and before.status in (429, 503) and before.body_bytes == 4:
                waited = access.started - before.answering
                if waited < 1.0 - CLOCK:
                    wrong.append(f"{name}: {access.target} again after {waited:.3f} s instead of 1")
            last[access.target] = access
        return wrong
