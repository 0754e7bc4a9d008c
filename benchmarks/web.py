"""Measures the pages over a made-up corpus: a real server in a process of its own, asked by eight readers at once. CPU time is told
beside the clock, which a busy machine makes meaningless.

    nice python -m benchmarks.web --documents 100000

Every page is asked with different parameters each time, as readers do, so that little of it was answered just before. Searches and
pages are answered without the drawings that they show, as they are sent; drawings are asked for apart. Prints a Markdown
table; the figures of the last run stand in docs/performance.md.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.corpus import Articles
from benchmarks.export import build
from cli.serving import server_command
from cli.settings import Settings
from corpus.index import open_index
from corpus.index.names import Names
from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry
from corpus.registry import to_toml
from corpus.store import open_store
from corpus.store.facts import fill_facts

AT_ONCE = 8
SOURCES = 80
WEEKS = 40
YEARS = range(2018, 2026)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--requests", type=int, default=120, help="for each page")
    parser.add_argument("--processes", type=int, default=0, help="that work out pages; 0: as `loa serve` has them")
    parser.add_argument("--folder", type=Path, help="keep store and index here and use those that are there")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="loa-web-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not (folder / "ready").exists():
            prepare(folder, options.documents, options.seed)
        measure(folder, options)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def registry() -> PortalRegistry:
    provinces = sorted(unit.code for unit in Register.load().units("province", datetime(2026, 1, 1, tzinfo=UTC).date()))
    return PortalRegistry(
        tuple(
            Portal(
                id=f"nguon-{at}",
                name=f"Nguồn số {at}",
                home=f"https://nguon-{at}.example.vn/",
                hosts=(f"nguon-{at}.example.vn",),
                kind="government",
                province=provinces[at % len(provinces)],
                verified=True,
                evidence="made up",
            )
            for at in range(SOURCES)
        )
    )


def prepare(folder: Path, number: int, seed: int) -> None:
    if not (folder / "loa.db").exists():
        build(folder, number, seed)
    names = Names.load(portals=registry())
    with closing(open_index(folder / "index", register=names.register)) as index:
        for document in Articles(seed).all(number):
            index.put(document)
        index.refresh()
    now = datetime.now(UTC)
    with open_store(folder / "loa.db") as store:
        with store._write() as connection:
            fill_facts(connection)
        for week in range(WEEKS, -1, -1):
            at = now - timedelta(weeks=week, days=1)
            run = store.begin_run("crawl", at)
            for portal in registry():
                broken = portal.id.endswith("7") and week < 4
                store.observe(portal.id, run, at, {"lists_read": 0} if broken else {"lists_read": 1, "known_items": 20})
            store.end_run(run, at, {})
    (folder / "ready").touch()


def measure(folder: Path, options: argparse.Namespace) -> None:
    ids = [f"{number:024x}" for number in range(0, options.documents, max(1, options.documents // 2000))]
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = Settings(home=folder, portals=folder / "benchmark.toml", rate_per_minute=0, serve_processes=options.processes)
    (folder / "benchmark.toml").write_text("".join(map(to_toml, registry())), "utf-8")
    command, environment, descriptors = server_command(listener, settings)  # as `loa serve` does, without the limit of requests
    server = subprocess.Popen(command, env=environment, pass_fds=descriptors)
    most, ended = [0], threading.Event()
    watcher = threading.Thread(target=watch, args=(server.pid, most, ended), daemon=True)
    try:
        asker = Asker(port)
        start = time.perf_counter()
        asker.get("/healthz")
        ready = time.perf_counter() - start
        start = time.perf_counter()
        asker.get("/")
        first = time.perf_counter() - start
        print(f"{options.documents:,} articles, {os.cpu_count()} cores, Python {sys.version.split()[0]}; ready after {ready:.1f} s, "
              f"first overview {first:.2f} s, all processes {sum(memory(server.pid).values())} MiB after it\n")  # fmt: skip
        print(
            f"| page | requests | median ms | p95 ms at {AT_ONCE} at once | CPU ms a page | largest answer, kB |\n| --- | --- | --- | --- | --- | --- |"
        )
        watcher.start()
        for name, address in pages(ids).items():
            before = cpu(server.pid)
            times, size = ask(port, address, options.requests)
            spent = 1000 * (cpu(server.pid) - before) / len(times)
            print(f"| {name} | {len(times)} | {statistics.median(times):.0f} | {quantile(times, 95):.0f} | {spent:.0f} | {size / 1000:.0f} |",
                  flush=True)  # fmt: skip
        asker = Asker(port)  # the first connection was idle for too long
        asker.get("/")
        warm = []
        before = cpu(server.pid)
        for _ in range(30):
            start = time.perf_counter()
            asker.get("/")
            warm.append((time.perf_counter() - start) * 1000)
        spent = 1000 * (cpu(server.pid) - before) / len(warm)
        print(
            f"\noverview asked again by one reader: median {statistics.median(warm):.0f} ms, p95 {quantile(warm, 95):.0f} ms, CPU {spent:.0f} ms"
        )
        together = memory(server.pid)
        print(f"server: {together[server.pid]} MiB at the end, its {len(together) - 1} other processes "
              f"{' + '.join(str(one) for pid, one in together.items() if pid != server.pid)}; all together {most[0]} MiB at most")  # fmt: skip
    finally:
        ended.set()
        server.terminate()
        server.wait(20)
        listener.close()


def pages(ids: list[str]) -> dict[str, Callable[[random.Random], str]]:
    provinces = sorted(unit.code for unit in Register.load().units("province", datetime(2026, 1, 1, tzinfo=UTC).date()))
    words = ["giảm nghèo", "nghèo", "sóng", "loa", "giam ngheo", "nghèo -loa", '"giảm nghèo"']

    def week(rng: random.Random) -> str:
        return f"{rng.choice(YEARS)}-W{rng.randint(1, 52):02d}"

    def quoted(rng: random.Random) -> str:
        from urllib.parse import quote

        return quote(rng.choice(words))

    return {
        "overview of a week": lambda rng: f"/?ky={week(rng)}",
        "overview of a month, map of 63": lambda rng: f"/?ky={rng.choice(YEARS)}-{rng.randint(1, 12):02d}&ban-do=63",
        "overview, the same for all": lambda _: "/",
        "province, a quarter": lambda rng: f"/tinh/{rng.choice(provinces)}?ky={rng.choice(YEARS)}-Q{rng.randint(1, 4)}",
        "money, a quarter": lambda rng: f"/kinh-phi?ky={rng.choice(YEARS)}-Q{rng.randint(1, 4)}",
        "sources": lambda _: "/nguon",
        "search, list": lambda rng: f"/tim?q={quoted(rng)}&nam={rng.choice(YEARS)}",
        "search, table": lambda rng: f"/tim?q={quoted(rng)}&tinh={rng.choice(provinces)}&xem=bang",
        "search, over time": lambda rng: f"/tim?q={quoted(rng)}&tinh={rng.choice(provinces)}&xem=thoi-gian",
        "search, words in context": lambda rng: f"/tim?q=loa&nam={rng.choice(YEARS)}&xem=ngu-canh&vi-tri=1R",
        "article": lambda rng: f"/tin/{rng.choice(ids)}?q=ngheo",
        "help": lambda _: "/tro-giup",
        "drawing, not drawn before": lambda rng: f"/bieu-do/theo-tuan.svg?ky={week(rng)}&rong={rng.choice((920, 330))}",
        "drawing, drawn before": lambda _: "/bieu-do/theo-tuan.svg?ky=2024-W10&rong=920",
        "money as JSON, of any time": lambda _: "/kinh-phi.json",
    }


class Asker:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, path: str) -> bytes:
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        return body


def ask(port: int, address: Callable[[random.Random], str], number: int) -> tuple[list[float], int]:
    """Milliseconds of each request, and bytes of the largest answer."""
    local = threading.local()

    def one(at: int) -> tuple[float, int]:
        if not hasattr(local, "asker"):
            local.asker = Asker(port)
        path = address(random.Random(at))
        start = time.perf_counter()
        body = local.asker.get(path)
        return (time.perf_counter() - start) * 1000, len(body)

    with ThreadPoolExecutor(AT_ONCE) as readers:
        found = list(readers.map(one, range(number)))
    return [took for took, _ in found], max(size for _, size in found)


def quantile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def processes(pid: int) -> list[int]:
    """The process and all that it started, helpers and drawing engine. A child belongs to the thread that started it."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):  # it has just ended
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu(pid: int) -> float:
    """Seconds of the processor that the server with all its processes has used."""
    ticks = 0
    for one in processes(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> dict[int, int]:
    """MiB of each process; what several share is divided among them."""
    found = {}
    for one in processes(pid):
        with contextlib.suppress(OSError, StopIteration):
            rows = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            found[one] = int(next(row for row in rows if row.startswith("Pss:")).split()[1]) // 1024
    return found


def watch(pid: int, most: list[int], ended: threading.Event) -> None:
    """Notes the most memory that all processes took together."""
    while not ended.wait(0.5):
        most[0] = max(most[0], sum(memory(pid).values()))


if __name__ == "__main__":
    main()
