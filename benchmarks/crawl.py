"""How much of what the stages alone allow a whole run keeps: fetch, archive, extract, tag and index side by side on two processors.

    python -m benchmarks.crawl [--pages 600]            # throughput
    python -m benchmarks.crawl --urls 20000             # memory of the crawler over many addresses

Politeness is off: a local server, no delay. The stages are run one after the other first, each for itself, then all together on pages
of the same kind. CPU seconds of the processes decide (the machine may be busy with other work); wall time is given beside them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.pages import generate
from corpus.index import open_index
from corpus.store import FILE_NAME, Store, open_store
from crawler.run import crawl
from pipelines.batch import pending, process_arriving, process_pages, sync_index, worker_pool
from pipelines.process import ProcessorParts

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORKERS = 2
_SITEMAP_SIZE = 10_000
_TEMPLATES = 200
"""Different pages; more addresses than that get the same bodies with their own number in the headline."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bodies: list[bytes]
    count: int

    def do_GET(self) -> None:
        kind, body = "text/html; charset=utf-8", b""
        if self.path == "/robots.txt":
            kind, body = "text/plain", b"User-agent: *\nDisallow:\n"
        elif self.path == "/sitemap.xml":
            kind, body = "application/xml", self._index()
        elif self.path.startswith("/sitemap-"):
            kind, body = "application/xml", self._sitemap(int(self.path[9:-4]))
        elif self.path.startswith("/tin/bai-"):
            number = int(self.path[9:-5])
            body = self.bodies[number % len(self.bodies)].replace(b"</title>", f" {number}</title>".encode(), 1)
            body = body.replace(b"</h1>", f" {number}</h1>".encode(), 1)
        else:
            body = "<!doctype html><title>Tin</title><h3><a href='/tin/bai-0.html'>Bài đầu tiên của trang thử</a></h3>".encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _index(self) -> bytes:
        parts = range(-(-self.count // _SITEMAP_SIZE))
        return _xml("sitemapindex", "sitemap", (f"http://{self.headers['host']}/sitemap-{part}.xml" for part in parts))

    def _sitemap(self, part: int) -> bytes:
        numbers = range(part * _SITEMAP_SIZE, min(self.count, (part + 1) * _SITEMAP_SIZE))
        return _xml("urlset", "url", (f"http://{self.headers['host']}/tin/bai-{number}.html" for number in numbers))

    def log_message(self, format: str, *args: object) -> None:
        pass


def _xml(root: str, item: str, addresses: Iterator[str]) -> bytes:
    inner = "".join(f"<{item}><loc>{address}</loc></{item}>" for address in addresses)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'.encode()


def _serve(pipe: Any, count: int, small: bool) -> None:
    bodies = [page.body for page in generate(5 if small else min(count, _TEMPLATES))]
    if small:
        bodies = [body[:1200] + b"</html>" for body in bodies]
    handler = type("Handler", (_Handler,), {"bodies": bodies, "count": count})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    pipe.send(server.server_address[1])
    server.serve_forever()


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float
    """Seconds of this process and of all its children that ended."""


def _timed(work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Cost(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


class Home:
    def __init__(self, folder: Path, port: int, model: Path) -> None:
        folder.mkdir(parents=True)
        origin = f"http://127.0.0.1:{port}"
        entry = {
            "id": "thu",
            "name": "Trang thử",
            "home": f"{origin}/",
            "hosts": [f"127.0.0.1:{port}"],
            "kind": "press",
            "province": "VN",
            "sitemaps": [f"{origin}/sitemap.xml"],
            "article_pattern": r"/tin/bai-\d+\.html",
            "delay_seconds": 0.0,
            "allow_loopback": True,
            "verified": True,
        }
        self.folder, self.registry = folder, folder / "portals.toml"
        self.registry.write_text("[[portal]]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in entry.items()) + "\n")
        self.parts = ProcessorParts(model_directory=model, portals=self.registry, label="benchmark")

    def fetch(self, count: int) -> None:
        report = crawl(self.folder, now=NOW, registry_file=self.registry, max_articles=count + 10)
        assert report.total("fetched") >= count, report.portals

    def process(self, store: Store) -> None:
        pool = worker_pool(self.parts, WORKERS)
        process_pages(store, pending(store), archive=self.folder / "archive", parts=self.parts, executor=pool, now=NOW)
        pool.shutdown()

    def index(self, store: Store) -> None:
        index = open_index(str(self.folder / "index"))
        sync_index(store, index)
        index.close()

    def whole(self, store: Store, count: int) -> None:
        """As `loa run`: pages are processed while others are fetched."""
        pool = worker_pool(self.parts, WORKERS)
        with ThreadPoolExecutor(1) as beside:
            crawling = beside.submit(self.fetch, count)
            process_arriving(
                store,
                more=lambda: not crawling.done(),
                pause=lambda: time.sleep(0.1),
                archive=self.folder / "archive",
                parts=self.parts,
                executor=pool,
                now=NOW,
            )
            crawling.result()
        pool.shutdown()
        self.index(store)


def throughput(folder: Path, count: int) -> None:
    model = folder / "model"
    from nlp.train import ensure_model

    ensure_model(model)
    with Serving(count) as port:
        alone = Home(folder / "alone", port, model)
        with open_store(alone.folder / FILE_NAME) as store:
            stages = {
                "fetch and archive": _timed(lambda: alone.fetch(count)),
                "extract and tag": _timed(lambda: alone.process(store)),
                "index": _timed(lambda: alone.index(store)),
            }
            done = store.outcomes()
        together = Home(folder / "together", port, model)
        with open_store(together.folder / FILE_NAME) as store:
            whole = _timed(lambda: together.whole(store, count))
            assert store.outcomes() == done, (store.outcomes(), done)
    print(f"{count} pages, {WORKERS} workers; outcomes {done}; load average {os.getloadavg()[0]:.1f}")
    print(f"{'stage alone':20s}{'wall s':>9s}{'CPU s':>9s}{'CPU ms a page':>16s}")
    for name, cost in stages.items():
        print(f"{name:20s}{cost.wall:9.1f}{cost.cpu:9.1f}{1000 * cost.cpu / count:16.1f}")
    wall, cpu = sum(cost.wall for cost in stages.values()), sum(cost.cpu for cost in stages.values())
    print(f"{'one after the other':20s}{wall:9.1f}{cpu:9.1f}{1000 * cpu / count:16.1f}")
    print(f"{'whole run':20s}{whole.wall:9.1f}{whole.cpu:9.1f}{1000 * whole.cpu / count:16.1f}")
    print(f"pages a second: {count / whole.wall:.1f} (stages one after the other {count / wall:.1f}, ratio {wall / whole.wall:.2f})")
    print(f"two processors kept fully busy by the stages alone: {2 * count / cpu:.1f} pages/s; reached {cpu / 2 / whole.wall:.2f} of it")
    print(f"CPU of the stages alone / of the whole run: {cpu / whole.cpu:.2f}")


class Serving:
    """The site in a process of its own while the ``with`` block runs."""

    def __init__(self, count: int, *, small: bool = False) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, count, small), daemon=True)

    def __enter__(self) -> int:
        self._process.start()
        return int(self._pipe.recv())

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.join()


def memory(folder: Path, count: int) -> None:
    """Resident memory of the crawler's process while it fetches ``count`` small pages, by tenths of the way."""
    with Serving(count, small=True) as port:
        home = Home(folder / "many", port, folder / "model")
        samples: list[tuple[int, int]] = []
        over = threading.Event()

        def watch() -> None:
            while not over.wait(1.0):
                with open_store(home.folder / FILE_NAME) as store:
                    fetched = store.frontier_counts().get("done", 0)
                child = next((_resident(pid) for pid in _children(os.getpid()) if b"crawler.run" in _command(pid)), 0)
                if child:
                    samples.append((fetched, child))

        with open_store(home.folder / FILE_NAME):
            pass
        watching = threading.Thread(target=watch)
        watching.start()
        try:
            done = -1
            for round_ in itertools.count():  # one run has a budget of requests
                cost = _timed(
                    partial(crawl, home.folder, now=NOW + timedelta(hours=round_), registry_file=home.registry, max_articles=count)
                )
                with open_store(home.folder / FILE_NAME) as store:
                    counts = store.frontier_counts()
                print(f"{counts} after {cost.wall:.0f} s, {cost.cpu:.0f} s of CPU", flush=True)
                if counts.get("done", 0) in (count, done):
                    break
                done = counts.get("done", 0)
        finally:
            over.set()
            watching.join()
    for tenth in range(1, 11):
        near = [resident for fetched, resident in samples if fetched * 10 // max(count, 1) == tenth - 1]
        if near:
            print(f"  up to {tenth * count // 10:7d} addresses: {max(near) >> 20} MiB")


def _children(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()] + [
        int(child) for task in Path(f"/proc/{parent}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--urls", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if options.urls:
            memory(Path(name), options.urls)
        else:
            throughput(Path(name), options.pages)


if __name__ == "__main__":
    main()
