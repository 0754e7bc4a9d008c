"""Measures the figures of overview, province, money and sources pages over generated facts in a real store.

    nice python -m benchmarks.monitor --articles 100000

Prints Markdown tables of CPU milliseconds (one thread does all the work); the figures of the last run stand in docs/performance.md. Articles are spread over five years, two fifths on
poverty communication, a quarter of them copies, a third with sums of money; sources are read daily for two years, one in ten with
stretches of trouble. No text is made: figures read slim rows alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import sqlalchemy as sa

from corpus.activities import Activities
from corpus.index.names import Names
from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry
from corpus.readings import Reading, WayReading
from corpus.store import BudgetRow, FactRow, Signature, Store, open_store
from corpus.store.schema import facts, observations
from corpus.store.sightings import write_sighting
from monitor.desk import Monitor
from monitor.figures import to_plain
from monitor.grouping import _CopyIndex
from monitor.periods import parse_period

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PORTALS = 130
READ_DAYS = 730


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="keep the store here and use the one that is there")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="loa-monitor-"))
    try:
        measure(folder, options.articles, options.seed, options.repeat)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


def measure(folder: Path, articles: int, seed: int, repeat: int) -> None:
    register = Register.load()
    registry = make_registry(register)
    names = Names.load(register=register, portals=registry)
    made = not (folder / "loa.db").exists()
    with open_store(folder / "loa.db") as store:
        if made:
            fill(store, register, registry, articles, random.Random(seed))
        rows = store.sightings_revision()
    print(f"{articles:,} articles, {PORTALS} sources, {rows:,} readings, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    with open_store(folder / "loa.db") as store:
        clock = [NOW]
        before = resident()
        monitor = Monitor(store, registry, register, lambda: clock[0], names=names)
        print("| loading | ms |\n| --- | --- |")
        print(f"| all facts and readings, once after start | {1000 * seconds(monitor.now):.0f} |")
        print(f"| memory of both, MiB | {(resident() - before) / 2**20:.0f} |")
        print(f"| nothing changed | {1000 * seconds(monitor.now):.1f} |")
        touch(store, 200)
        clock[0] += timedelta(minutes=1)
        print(f"| 200 articles changed | {1000 * seconds(monitor.now):.0f} |\n")
        week, year = parse_period("2026-W47"), parse_period("2026")
        pages: dict[str, Callable[[], Any]] = {
            "overview of a week, 34": lambda: monitor.overview(week, "34"),
            "overview of a week, 63": lambda: monitor.overview(week, "63"),
            "overview of a year, 34": lambda: monitor.overview(year, "34"),
            "province in a week": lambda: monitor.province("v2-08", week),
            "money of a year": lambda: monitor.money(year),
            "money of any time": lambda: monitor.money(None),
            "sources": monitor.sources,
        }
        print("| figures, ms | first after a change, p50 | p95 | again, p50 | as JSON, kB |\n| --- | --- | --- | --- | --- |")
        for name, make in pages.items():
            first, again = [], []
            for _ in range(repeat):
                touch(store, 1)
                clock[0] += timedelta(minutes=1)
                monitor.now()
                first.append(seconds(make))
                again.append(seconds(make))
            size = len(json.dumps(to_plain(make()))) / 1000
            p95 = sorted(first)[int(0.95 * (len(first) - 1))]
            print(
                f"| {name} | {1000 * statistics.median(first):.0f} | {1000 * p95:.0f} | {1000 * statistics.median(again):.2f} | {size:.0f} |"
            )
        print(f"\nMemory of the process at the end: {resident() / 2**20:.0f} MiB, with registers and libraries.\n")
    grouping(articles, seed)


def make_registry(register: Register) -> PortalRegistry:
    provinces = [unit.code for unit in register.units("province", date(2026, 1, 1))]
    found = []
    for n in range(PORTALS):
        province = provinces[n % len(provinces)]
        before = register.provinces_before(province)
        found.append(
            Portal(
                id=f"p{n:03d}.vn", name=f"Cổng số {n}", home=f"https://p{n:03d}.vn/", hosts=(f"p{n:03d}.vn",), kind="government",
                province="VN" if n % 13 == 12 else province, province_before=before[n % len(before)] if n % 3 else None, verified=True,
            )
        )  # fmt: skip
    return PortalRegistry(tuple(found))


def fill(store: Store, register: Register, registry: PortalRegistry, articles: int, random: random.Random) -> None:
    old = [unit.code for unit in register.units("province", date(2024, 1, 1))]
    new = [unit.code for unit in register.units("province", date(2026, 1, 1))]
    districts = [unit.code for unit in register.units("district", date(2024, 1, 1))]
    communes = [unit.code for unit in register.units("commune", date(2026, 1, 1))]
    activities = Activities.load().codes
    encode = msgspec.msgpack.Encoder().encode
    rows, leads = [], []
    for n in range(articles):
        key = f"{random.getrandbits(96):024x}"
        day = date(2021, 11, 22) + timedelta(days=int(1826 * random.random() ** 0.7))
        reform = day >= date(2025, 7, 1)
        relevant = random.random() < 0.4
        about = {random.choice(new if reform else old)}
        if random.random() < 0.6:
            about.add(random.choice(communes if reform else districts))
        copied = relevant and leads and random.random() < 0.25
        fact = FactRow(
            portal=f"p{random.randrange(PORTALS):03d}.vn",
            first_seen=datetime(day.year, day.month, day.day, 3, tzinfo=UTC) + timedelta(days=random.randrange(3)),
            doubtful=random.random() < 0.02,
            relevance="communication" if relevant else random.choice(["poverty_other", "off_topic"]),
            about=tuple(sorted(about)),
            activities=tuple((code, "done") for code in random.sample(activities, random.randrange(4))),
            programmes=("gnbv-2021-2025",) if random.random() < 0.5 else (),
            components=("gnbv-2021-2025/6",) if random.random() < 0.3 else (),
            budgets=tuple(budget(random, position) for position in range(random.randrange(1, 6))) if random.random() < 0.33 else (),
        )
        story = random.choice(leads[-200:]) if copied else key
        if relevant and not copied:
            leads.append(key)
        title = "Tập huấn nâng cao năng lực truyền thông về giảm nghèo cho cán bộ cơ sở, đợt " + str(n)
        rows.append(
            {
                "document_id": key,
                "seq": n + 1,
                "title": title,
                "published": day.toordinal(),
                "story": story,
                "story_due": False,
                "fact": encode(fact),
            }
        )
    run = store.begin_run("crawl", NOW)
    with store._write() as connection:
        connection.execute(sa.insert(facts), rows)
        key = 0
        for portal in registry:
            trouble = random.random() < 0.1
            for n in range(READ_DAYS, 0, -1):
                bad = trouble and (n // 20) % 5 == 0
                way = WayReading(
                    kind="listing",
                    url=portal.home,
                    fetched=not bad,
                    parsed=not bad,
                    known=0 if bad else 30,
                    new=2,
                    cause="timeout" if bad else None,
                )
                at = NOW - timedelta(days=n)
                plain = Reading(portal=portal.id, run=run, at=at, robots="allowed", ways=(way,)).to_plain()
                key += 1
                connection.execute(sa.insert(observations).values(id=key, portal=portal.id, run=run, at=at, observation=plain))
                write_sighting(connection, key, portal.id, run, at, plain)


def budget(random: random.Random, position: int) -> BudgetRow:
    return BudgetRow(
        position=position, vnd=random.randrange(1, 100_000) * 100_000, role=random.choice(["total", "component", "allocated", "planned", "disbursed", "cap"]),
        kind=random.choice(["budget", "budget", "budget", "loan"]), scope="other", qualifier="exact", field="text", start=position * 200,
        end=position * 200 + 15, sentence=position * 200, programme=None, component=None, per_unit=random.choice([None, None, None, "hộ"]),
        year_from=random.choice([None, 2024, 2025]), year_to=None, locality=None, activity=None, duplicate_of=None, parts=(), flags=(), funds=(),
    )  # fmt: skip


def touch(store: Store, count: int) -> None:
    """Give some rows a new number, as a write does."""
    with store._write() as connection:
        last = int(connection.execute(sa.select(sa.func.max(facts.c.seq))).scalar_one())
        keys = connection.execute(sa.select(facts.c.document_id).order_by(facts.c.seq).limit(count)).scalars().all()
        for n, key in enumerate(keys, start=1):
            connection.execute(sa.update(facts).where(facts.c.document_id == key).values(seq=last + n))


def grouping(articles: int, seed: int) -> None:
    """Candidates for copies among as many signatures."""
    generator = np.random.default_rng(seed)
    minhashes = generator.integers(0, 2**32, (articles, 128), dtype=np.uint32)
    signatures = [Signature(id=f"d{n}", title=n, minhash=row.tobytes()) for n, row in enumerate(minhashes)]
    before = resident()
    started = time.process_time()
    index = _CopyIndex(signatures)
    loaded = time.process_time() - started
    size = (resident() - before) / 2**20
    asked = [seconds(lambda n=n: index.near(signatures[n])) for n in range(0, articles, max(1, articles // 500))]
    print(
        f"Copies among {articles:,} signatures: {loaded:.1f} s and {size:.0f} MiB to load, then {1000 * statistics.median(asked):.2f} ms an article."
    )


def seconds(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def resident() -> int:
    """Bytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
