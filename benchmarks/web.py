"""Measures the pages over a made-up corpus: a real server in a process of its own, asked by eight readers at once. CPU time is told
beside the clock, which a busy machine makes meaningless.

    nice python -m benchmarks.web --documents 100000

Every page is asked with different parameters each time, as readers do, so that little of it was answered just before. Searches and
pages are answered without the drawings that they show, as they are sent; drawings are asked for apart. Prints a Markdown
table; the figures of the last run stand in docs/performance.md.
"""

from __future__ import annotations

import argparse
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
from corpus.index import open_index
from corpus.index.names import Names
from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry
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
    parser.add_argument("--folder", type=Path, help="keep store and index here and use those that are there")
    parser.add_argument("--serve", type=int, metavar="FD", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.folder, options.serve)
        return
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


def serve(folder: Path, descriptor: int) -> None:
    import uvicorn

    from search_api.app import create_app
    from search_api.warming import warm_beside

    names = Names.load(portals=registry())
    with open_store(folder / "loa.db") as store:
        app = create_app(store, open_index(folder / "index", register=names.register), names=names)
        warm_beside(app.state.monitor)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[socket.socket(fileno=descriptor)])


def measure(folder: Path, options: argparse.Namespace) -> None:
    ids = [f"{number:024x}" for number in range(0, options.documents, max(1, options.documents // 2000))]
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    os.set_inheritable(listener.fileno(), True)
    command = [sys.executable, "-m", "benchmarks.web", "--folder", str(folder), "--serve", str(listener.fileno())]
    server = subprocess.Popen(command, pass_fds=[listener.fileno()])
    try:
        asker = Asker(port)
        start = time.perf_counter()
        asker.get("/healthz")
        ready = time.perf_counter() - start
        start = time.perf_counter()
        asker.get("/")
        first = time.perf_counter() - start
        print(f"{options.documents:,} articles, {os.cpu_count()} cores, Python {sys.version.split()[0]}; ready after {ready:.1f} s, "
              f"first overview {first:.2f} s, server {rss(server.pid)} MiB after it\n")  # fmt: skip
        print(
            f"| page | requests | median ms | p95 ms at {AT_ONCE} at once | CPU ms a page | largest answer, kB |\n| --- | --- | --- | --- | --- | --- |"
        )
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
        drawing = sum(rss(pid, "VmHWM") for pid in children(server.pid))
        print(f"server: {rss(server.pid)} MiB now, {rss(server.pid, 'VmHWM')} MiB at most; its drawing engine {drawing} MiB at most, "
              "which ends after a minute without a drawing")  # fmt: skip
    finally:
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


def children(pid: int) -> set[int]:
    """A child belongs to the thread that started it."""
    return {int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()}


def cpu(pid: int) -> float:
    """Seconds of the processor that the server and its drawing engine have used."""
    ticks = 0
    for one in (pid, *children(pid)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def rss(pid: int, line: str = "VmRSS") -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(row for row in status.splitlines() if row.startswith(line)).split()[1]) // 1024


if __name__ == "__main__":
    main()
