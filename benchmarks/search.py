"""Measures search over a made-up corpus: our embedded index, tantivy used directly, and SQLite FTS5, side by side.

    nice python -m benchmarks.search --documents 100000

Prints Markdown tables; the figures of the last run stand in docs/performance.md. A page is the first 20 hits, the exact total and six
facets over the whole result. Engines answer the same questions in turn, so that a busy moment hits all of them.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.corpus import EVERYWHERE, IN_5, IN_40, Articles
from corpus.index.base import CodeField, In, Node, Phrase, Query, Words
from corpus.index.embedded import EmbeddedIndex
from corpus.index.fields import entry
from corpus.localities import Register
from corpus.text import fold

FACETS: tuple[CodeField, ...] = ("province", "activity", "programme", "source", "year", "money")
_FILTERS = (In("province", ("v2-40",)), In("activity", ("training", "press")))
Ask = Callable[[], Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeat", type=int, default=60)
    parser.add_argument("--slow-repeat", type=int, default=5, help="for SQLite, which takes seconds")
    parser.add_argument("--folder", type=Path, help="keep the indexes here and use those that are there")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="loa-search-"))
    folder.mkdir(parents=True, exist_ok=True)
    articles = Articles(options.seed)
    try:
        engines = [Ours(folder / "ours"), PlainTantivy(folder / "tantivy"), SameRanking(folder / "tantivy"), Fts5(folder / "fts5.db")]
        print(f"{options.documents:,} articles, {os.cpu_count()} cores, Python {sys.version.split()[0]}, tantivy {version('tantivy')}, "
              f"SQLite {sqlite3.sqlite_version}\n")  # fmt: skip
        print("| engine | documents a CPU second | bytes a document |\n| --- | --- | --- |")
        for engine in engines:
            if not engine.exists():
                made = generation_seconds(articles, options.documents)
                start = time.process_time()
                engine.build(articles, options.documents)
                engine.seconds = time.process_time() - start - made
            engine.open()
            rate = f"{options.documents / engine.seconds:,.0f}" if engine.seconds else "(kept)"
            print(f"| {engine.name} | {rate} | {engine.size() / options.documents:,.0f} |", flush=True)
        measure(engines, options.repeat, options.slow_repeat)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def generation_seconds(articles: Articles, number: int) -> float:
    """What making the articles costs, measured on a part, so that it is not counted as indexing."""
    part = min(number, 2000)
    start = time.process_time()
    for _ in articles.all(part):
        pass
    return (time.process_time() - start) / part * number


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
    articles = Articles(7)
    print("\nA page of 20 with total and six facets, ms\n\n| question | hits |" + "".join(f" {e.name} p50 / p95 / p99 |" for e in engines))
    print("| --- | --- |" + " --- |" * len(engines))
    for name, question, filtered in questions(articles):
        times: dict[str, list[float]] = {engine.name: [] for engine in engines}
        totals: dict[str, set[int]] = {engine.name: set() for engine in engines}
        for engine in engines:
            engine.page(question(0), filtered=filtered)()  # reads files that were not used yet
        for n in range(repeat):
            for engine in engines:
                if engine.slow and n >= slow_repeat:
                    continue
                ask = engine.page(question(n), filtered=filtered)
                start = time.perf_counter()
                total = ask()
                times[engine.name].append((time.perf_counter() - start) * 1000)
                totals[engine.name].add(total)
        cells = "".join(f" {quantiles(times[engine.name])} |" for engine in engines)
        print(f"| {name} | {max(totals[engines[0].name]):,} |{cells}", flush=True)
    ours = engines[0]
    start = time.perf_counter()
    with ThreadPoolExecutor(16) as pool:
        asked = [ours.page(Words("giảm nghèo"), filtered=False) for _ in range(4 * repeat)]
        list(pool.map(lambda ask: ask(), asked))
    rate = len(asked) / (time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n16 at once, two words in 100 %, six facets: {rate:,.0f} pages/s. Peak memory of the whole run {memory:,.0f} MiB.")


def quantiles(times: Iterable[float]) -> str:
    found = sorted(times)
    if len(found) < 2:
        return "-"
    cuts = statistics.quantiles(found, n=100, method="inclusive")
    return f"{cuts[49]:.1f} / {cuts[94]:.1f} / {cuts[98]:.1f}"


class Engine:
    """What the three have in common."""

    name = ""
    slow = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = 0.0
        self.register = Register.load()

    def exists(self) -> bool:
        return self.path.exists()

    def size(self) -> int:
        files = [self.path] if self.path.is_file() else [file for file in self.path.rglob("*") if file.is_file()]
        return sum(file.stat().st_size for file in files)

    def build(self, articles: Articles, number: int) -> None:
        raise NotImplementedError

    def open(self) -> None:
        raise NotImplementedError

    def page(self, question: Node, *, filtered: bool) -> Ask:
        raise NotImplementedError


class Ours(Engine):
    name = "ours"

    def build(self, articles: Articles, number: int) -> None:
        EmbeddedIndex.rebuild(self.path, articles.all(number), register=lambda: self.register)

    def open(self) -> None:
        self.index = EmbeddedIndex(self.path, register=lambda: self.register)

    def page(self, question: Node, *, filtered: bool) -> Ask:
        query = Query(where=question, filters=_FILTERS if filtered else (), facets=FACETS)
        return lambda: self.index.search(query).total


class PlainTantivy(Engine):
    """As one would write it in an afternoon: one folded body by tantivy's own analysis, the same facet fields."""

    name = "tantivy"

    def _schema(self) -> Any:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("body", tokenizer_name="plain")
        for field in FACETS:
            builder.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
        return builder.build()

    def _prepare(self, index: Any) -> Any:
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        index.register_tokenizer("plain", analyzer.filter(tantivy.Filter.ascii_fold()).build())
        return index

    def build(self, articles: Articles, number: int) -> None:
        self.path.mkdir(parents=True)
        writer = self._prepare(tantivy.Index(self._schema(), str(self.path))).writer(96_000_000, 1)
        for document in articles.all(number):
            record = tantivy.Document(id=document.id, body=f"{document.title}\n{document.text}")
            codes = entry(document, self.register).codes
            for field in FACETS:
                for code in codes[field]:
                    record.add_text(field, code)
            writer.add_document(record)
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self.index = self._prepare(tantivy.Index.open(str(self.path)))
        self.index.reload()

    def ranked(self, query: Any, terms: list[str]) -> Any:  # noqa: ARG002  # the plain one does not look at neighbours
        return query

    def page(self, question: Node, *, filtered: bool) -> Ask:
        schema = self.index.schema
        assert isinstance(question, Words | Phrase)
        terms = fold(question.text).split()
        if isinstance(question, Phrase):
            query = tantivy.Query.phrase_query(schema, "body", list[str | tuple[int, str]](terms))
        else:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, tantivy.Query.term_query(schema, "body", t)) for t in terms])
        if filtered:
            more = [(tantivy.Occur.Must, tantivy.Query.term_set_query(schema, f.field, list(f.codes))) for f in _FILTERS]
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *more])
        matching = query
        query = self.ranked(query, terms) if isinstance(question, Words) and len(terms) > 1 else query
        counts = {field: {"terms": {"field": field, "size": 1000, "segment_size": 1000}} for field in FACETS}

        def ask() -> int:
            searcher = self.index.searcher()
            found = searcher.search(query, 20)
            for _, address in found.hits:
                searcher.doc(address)["id"]
            searcher.aggregate(matching, counts)
            return int(found.count)

        return ask


class SameRanking(PlainTantivy):
    """tantivy used directly, with neighbours preferred as ours does: what our layer itself costs shows beside this."""

    name = "tantivy, ranked alike"

    def ranked(self, query: Any, terms: list[str]) -> Any:
        pair = tantivy.Query.phrase_query(self.index.schema, "body", list[str | tuple[int, str]](terms[:2]))
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Should, pair)])


class Fts5(Engine):
    """Folded text in FTS5 without a copy of it, one table for each facet."""

    name = "SQLite FTS5"
    slow = True

    def build(self, articles: Articles, number: int) -> None:
        database = sqlite3.connect(self.path)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE VIRTUAL TABLE documents USING fts5(body, content='', tokenize='unicode61')")
        for field in FACETS:
            database.execute(f"CREATE TABLE {field} (document INTEGER, code TEXT)")
        for number_, document in enumerate(articles.all(number), 1):
            database.execute("INSERT INTO documents(rowid, body) VALUES (?, ?)", (number_, fold(f"{document.title}\n{document.text}")))
            codes = entry(document, self.register).codes
            for field in FACETS:
                database.executemany(f"INSERT INTO {field} VALUES (?, ?)", [(number_, code) for code in codes[field]])
        for field in FACETS:
            database.execute(f"CREATE INDEX {field}_document ON {field}(document, code)")
        database.commit()
        database.close()

    def open(self) -> None:
        self.database = sqlite3.connect(self.path, check_same_thread=False)

    def page(self, question: Node, *, filtered: bool) -> Ask:
        assert isinstance(question, Words | Phrase)
        words = fold(question.text).split()
        match = '"' + " ".join(words) + '"' if isinstance(question, Phrase) else " AND ".join(f'"{word}"' for word in words)
        where, values = "documents MATCH ?", [match]
        if filtered:
            for condition in _FILTERS:
                marks = ",".join("?" * len(condition.codes))
                where += f" AND rowid IN (SELECT document FROM {condition.field} WHERE code IN ({marks}))"
                values += condition.codes

        def ask() -> int:
            run = self.database.execute
            (total,) = run(f"SELECT count(*) FROM documents WHERE {where}", values).fetchone()
            run(f"SELECT rowid FROM documents WHERE {where} ORDER BY bm25(documents) LIMIT 20", values).fetchall()
            for field in FACETS:
                run(
                    f"SELECT code, count(*) FROM {field} WHERE document IN (SELECT rowid FROM documents WHERE {where}) GROUP BY code",
                    values,
                ).fetchall()
            return int(total)

        return ask


if __name__ == "__main__":
    main()
