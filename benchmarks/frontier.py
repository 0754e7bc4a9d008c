"""Memory and pace of discovery and frontier over many addresses, without network, extraction and archive.

    .venv/bin/python -m benchmarks.frontier [ADDRESSES]

One site of sitemaps answers from memory; runs follow each other until every address was fetched once.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from corpus.document import RawPage
from corpus.portals import Portal
from corpus.store import Store, open_store
from crawler.asking import Fetched
from crawler.portal_crawl import Limits, PortalCrawl

PER_SITEMAP = 10_000
MEMORY_DISK = Path("/dev/shm")
"""Memory is measured here, not the disk, which every commit waits for."""
SITE = Portal(
    id="lon",
    name="Lớn",
    home="https://lon.vn/",
    hosts=("lon.vn",),
    kind="press",
    province="VN",
    sitemaps=("https://lon.vn/sitemap.xml",),
    article_pattern=r"-a\d+\.html$",
    discovery=("sitemap",),
)


def answer(url: str, count: int) -> bytes:
    if url.endswith("/sitemap.xml"):
        parts = "".join(f"<sitemap><loc>https://lon.vn/s{n}.xml</loc></sitemap>" for n in range(-(-count // PER_SITEMAP)))
        return f"<sitemapindex>{parts}</sitemapindex>".encode()
    if url.endswith(".xml"):
        first = int(url.rpartition("/s")[2].removesuffix(".xml")) * PER_SITEMAP
        numbers = range(first, min(first + PER_SITEMAP, count))
        return (
            "<urlset>" + "".join(f"<url><loc>https://lon.vn/tin/bai-so-a{n + 1000}.html</loc></url>" for n in numbers) + "</urlset>"
        ).encode()
    return b"<p>" + url.encode() * 200


def crawl(store: Store, now: datetime, count: int, moment: list[datetime]) -> int:
    async def fetch(url: str, headers: Mapping[str, str]) -> Fetched:
        del headers
        page = RawPage(portal="lon", requested_url=url, final_url=url, status=200, headers=(), body=answer(url, count), fetched_at=now)
        return Fetched(page=page)

    async def keep(item: Mapping[str, Any]) -> None:
        if item.get("save"):
            number = item["page"].requested_url.rpartition("-a")[2]
            store.save_page(replace(item["page"], record=f"x.warc.gz#{number}"), run=item["run"], now=item["now"], revisit_at=None)

    async def sleep(seconds: float) -> None:
        del seconds

    limits = Limits(articles=count // 10, requests=10 * count)
    run = store.begin_run("crawl", now)
    crawl = PortalCrawl(SITE, store=store, run=run, fetch=fetch, keep=keep, clock=lambda: moment[0], sleep=sleep, limits=limits)
    reading = asyncio.run(crawl.run())
    store.end_run(run, now, {})
    return reading.fetched


def megabytes() -> float:
    """Resident now; the peak would hide what was given back."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    moment = [datetime(2026, 11, 23, 1, 0, tzinfo=UTC)]
    with (
        tempfile.TemporaryDirectory(dir=MEMORY_DISK if MEMORY_DISK.exists() else None) as folder,
        open_store(Path(folder) / "loa.db") as store,
    ):
        total, started = 0, time.perf_counter()
        print(f"{'addresses':>10} {'MB':>8} {'a second':>10}")
        print(f"{0:>10} {megabytes():>8.0f}")
        while total < count:
            began = time.perf_counter()
            fetched = crawl(store, moment[0], count, moment)
            total += fetched
            print(f"{total:>10} {megabytes():>8.0f} {fetched / (time.perf_counter() - began):>10.0f}", flush=True)
            moment[0] += timedelta(days=4)
            if not fetched:
                break
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"peak {peak:.0f} MB, {time.perf_counter() - started:.0f} s, frontier {store.frontier_counts()}")


if __name__ == "__main__":
    main()
