"""Measures search over a made-up corpus: our layer on tantivy and on Elasticsearch, tantivy used directly, SQLite FTS5, side by side.

    nice python -m benchmarks.search --documents 100000

Prints Markdown tables; the figures of the last run stand in docs/performance.md. A page is the first 20 hits, the exact total and six
facets over the whole result. Engines answer the same questions in turn, so that a busy moment hits all of them. Elasticsearch is the
tests' node (``tests/elasticsearch``) with a heap of 1 GiB.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.corpus import EVERYWHERE, IN_5, IN_40, Articles
from benchmarks.search_engines import FACETS, Elastic, Engine, Fts5, Layered, Ours, PlainTantivy, SameRanking
from corpus.document import Document, from_json, to_json
from corpus.index.base import Near, Node, Phrase, Prefix, Query, Words
from corpus.index.plan import patterns
from corpus.kwic import arrange, concordance
from tests.elasticsearch.node import one_node

KWIC_DOCUMENTS = 200
WARMING = 15
Ask = Callable[[], Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=60)
    parser.add_argument("--slow-repeat", type=int, default=3, help="for SQLite, which takes seconds")
    parser.add_argument("--folder", type=Path, help="keep corpus and indexes here and use those that are there")
    parser.add_argument(
        "--engines", default="ours,elasticsearch,tantivy,fts5", help="those to compare, the first one is asked what to expect"
    )
    parser.add_argument("--build-only", action="store_true")
    parser.add_argument("--memory-of", type=Path, help="only print the peak memory of answering from this index")
    options = parser.parse_args()
    if options.memory_of:
        print_memory(options.memory_of)
        return
    folder = options.folder or Path(tempfile.mkdtemp(prefix="loa-search-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            engines: list[Engine] = []
            for name in options.engines.split(","):
                match name:
                    case "ours":
                        engines.append(Ours(folder / "ours"))
                    case "elasticsearch":
                        engines.append(Elastic(stack.enter_context(one_node(folder, keep=True))))
                    case "tantivy":
                        engines += [PlainTantivy(folder / "tantivy"), SameRanking(folder / "tantivy")]
                    case "fts5":
                        engines.append(Fts5(folder / "fts5.db"))
                    case _:
                        parser.error(f"no engine {name}")
            corpus = kept_corpus(folder / f"corpus-{options.seed}-{options.documents}.jsonl", Articles(options.seed), options.documents)
            build(engines, corpus, options.documents)
            if not options.build_only:
                measure(engines, options.repeat, options.slow_repeat)
                measure_layers([engine for engine in engines if isinstance(engine, Layered)], corpus, options.repeat)
                if (folder / "ours").exists():
                    subprocess.run([sys.executable, "-m", "benchmarks.search", "--memory-of", folder / "ours"], check=True)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def kept_corpus(file: Path, articles: Articles, number: int) -> Path:
    """The articles, one JSON a line: making them costs as much as indexing them, reading them little."""
    if not file.exists():
        fresh = file.with_suffix(".new")
        with fresh.open("wb") as out:
            for document in articles.all(number):
                out.write(to_json(document) + b"\n")
        fresh.rename(file)
    return file


def documents(corpus: Path) -> Iterator[Document]:
    with corpus.open("rb") as lines:
        for line in lines:
            yield from_json(line)


def build(engines: list[Engine], corpus: Path, number: int) -> None:
    print(
        f"{number:,} articles, {os.cpu_count()} cores, Python {sys.version.split()[0]}, tantivy {version('tantivy')}, "
        f"Elasticsearch client {version('elasticsearch')}, SQLite {sqlite3.sqlite_version}\n"
    )
    start = time.process_time()
    for _ in documents(corpus):
        pass
    reading = time.process_time() - start
    print("| engine | documents a CPU second | bytes a document |\n| --- | --- | --- |")
    for engine in engines:
        if not engine.exists():
            start = engine.cpu_seconds()
            engine.build(documents(corpus))
            engine.seconds = engine.cpu_seconds() - start - reading
        engine.open()
        rate = f"{number / engine.seconds:,.0f}" if engine.seconds else "(kept)"
        print(f"| {engine.name} | {rate} | {engine.size() / number:,.0f} |", flush=True)


def questions(articles: Articles) -> list[tuple[str, Callable[[int], Node], bool]]:
    """(name, the n-th question of this kind, whether with filters)."""
    usual = articles.vocabulary[300:1500]
    return [
        ("rare term, in 5 %", lambda _: Words(IN_5), False),
        ("various terms", lambda n: Words(usual[n * 37 % len(usual)]), False),
        ("term in 40 %", lambda _: Words(IN_40), False),
        ("term in 100 %", lambda _: Words(EVERYWHERE), False),
        ("two words in 100 %", lambda _: Words("giảm nghèo"), False),
        ("the same without diacritics", lambda _: Words("giam ngheo"), False),
        ("phrase in 100 %", lambda _: Phrase("giảm nghèo"), False),
        ("two words and filters", lambda _: Words("giảm nghèo"), True),
    ]


def measure(engines: list[Engine], repeat: int, slow_repeat: int) -> None:
    print("\nA page of 20 with total and six facets\n\n| question | hits |" + "".join(f" {e.name} |" for e in engines))
    print("| --- | --- |" + " --- |" * len(engines))
    for name, question, filtered in questions(Articles(7)):
        times = {engine.name: Times(engine) for engine in engines}
        totals: set[int] = set()
        for engine in engines:
            for n in range(1 if engine.slow else WARMING):
                engine.page(question(n), filtered=filtered)()  # reads files and lets the server compile
            times[engine.name].begin()
        for n in range(repeat):
            for engine in engines:
                if engine.slow and n >= slow_repeat:
                    continue
                total = times[engine.name].of(engine.page(question(n), filtered=filtered))
                if engine is engines[0]:
                    totals.add(total)
        print(f"| {name} | {max(totals):,} |" + "".join(f" {times[engine.name]} |" for engine in engines), flush=True)


class Times:
    """Milliseconds of several answers: CPU, which other work on the machine changes little, and the wall's median behind it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.cpu: list[float] = []
        self.wall: list[float] = []
        self.server = 0.0

    def begin(self) -> None:
        self.server = self.engine.server_seconds()

    def of(self, ask: Ask) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        answer = ask()
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)
        return answer

    def __str__(self) -> str:
        wall = f"({statistics.median(self.wall):.0f})"
        if not self.server:
            return f"{quantiles(self.cpu)} {wall}"
        server = (self.engine.server_seconds() - self.server) * 1000 / len(self.cpu)
        return f"mean {statistics.mean(self.cpu) + server:.1f} {wall}"


def measure_layers(engines: list[Layered], corpus: Path, repeat: int) -> None:
    """What only our layer offers, on both engines."""
    kept = {document.id: to_json(document) for document, _ in zip(documents(corpus), range(20_000), strict=False)}
    print("\n| our layer |" + "".join(f" {e.name} |" for e in engines) + "\n| --- |" + " --- |" * len(engines))
    several = Words("giảm nghèo")
    rare = Words(IN_5)

    def kwic(engine: Layered) -> int:
        """Search, decode the first documents as the store gives them, and order their lines."""
        found = engine.index.search(Query(where=rare, sort="oldest", limit=KWIC_DOCUMENTS))
        texts = [from_json(kept.get(hit.id) or random.choice(list(kept.values()))) for hit in found.hits]
        return len(arrange(concordance(texts, patterns(rare)), "1R"))

    rows: list[tuple[str, Callable[[Layered], Any], int]] = [
        ("page with histogram by month, all articles", lambda e: e.page(several, filtered=False, histogram="month")(), repeat),
        ("page with histogram by week, 5 %", lambda e: e.page(rare, filtered=False, histogram="week")(), repeat),
        (
            "matrix province x activity, all articles",
            lambda e: e.index.search(Query(matrices=(("province", "activity"),), limit=0)),
            repeat,
        ),
        (f"concordance of {KWIC_DOCUMENTS} documents, ordered", kwic, repeat),
        ("words near each other, all articles", lambda e: e.index.search(Query(where=PARTED, facets=FACETS)), repeat),
        ("beginning of a word", lambda e: e.index.search(Query(where=BEGINNING, facets=FACETS)), repeat),
        ("all ids of all articles, newest first", lambda e: sum(1 for _ in e.index.scan(Query(sort="newest"))), 3),
    ]
    for name, ask, times in rows:
        found = {engine.name: Times(engine) for engine in engines}
        for engine in engines:
            ask(engine)
            found[engine.name].begin()
        for _ in range(times):
            for engine in engines:
                found[engine.name].of(partial(ask, engine))
        print(f"| {name} |" + "".join(f" {found[engine.name]} |" for engine in engines), flush=True)
    for engine in engines:
        asked = [engine.page(several, filtered=False) for _ in range(2 * repeat)]
        start, cpu = time.perf_counter(), engine.cpu_seconds()
        with ThreadPoolExecutor(16) as pool:
            waits = list(pool.map(wall_of, asked))
        seconds, cpu = time.perf_counter() - start, engine.cpu_seconds() - cpu
        print(
            f"\n16 at once, two words in 100 %, six facets, {engine.name}: {len(asked) / seconds:,.0f} pages/s, "
            f"{quantiles(waits)} ms, {1000 * cpu / len(asked):.1f} ms of CPU a page.",
            flush=True,
        )


PARTED = Near("giảm nghèo", 2)
BEGINNING = Prefix("ngh")


def print_memory(path: Path) -> None:
    """Of a process that only answers questions from the embedded index."""
    engine = Ours(path)
    engine.open()
    for name, question, filtered in questions(Articles(7)):
        for n in range(20):
            assert engine.page(question(n), filtered=filtered)() >= 0, name
    print(
        f"\nPeak memory of a process that answers from the embedded index: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB."
    )


def wall_of(ask: Ask) -> float:
    start = time.perf_counter()
    ask()
    return (time.perf_counter() - start) * 1000


def quantiles(times: Iterable[float]) -> str:
    found = sorted(times)
    if len(found) < 2:
        return "-"
    cuts = statistics.quantiles(found, n=100, method="inclusive")
    return f"{cuts[49]:.1f} / {cuts[94]:.1f} / {cuts[98]:.1f}"


if __name__ == "__main__":
    main()
