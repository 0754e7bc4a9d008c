"""The engines that `benchmarks.search` compares: ours on tantivy and on Elasticsearch, tantivy used directly, SQLite FTS5."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import tantivy

from corpus.document import Document
from corpus.index import rebuild_index
from corpus.index.base import CodeField, In, Index, Interval, Node, Phrase, Query, Words
from corpus.index.elastic import ElasticIndex
from corpus.index.embedded import EmbeddedIndex
from corpus.index.fields import entry
from corpus.localities import Register
from corpus.text import fold
from tests.elasticsearch.node import Node as SearchNode

FACETS: tuple[CodeField, ...] = ("province", "activity", "programme", "source", "year", "money")
FILTERS = (In("province", ("v2-40",)), In("activity", ("training", "press")))
Ask = Callable[[], Any]


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

    def build(self, documents: Iterable[Document]) -> None:
        raise NotImplementedError

    def cpu_seconds(self) -> float:
        """Spent so far by this process and, where there is one, by the server."""
        return time.process_time() + self.server_seconds()

    def server_seconds(self) -> float:
        return 0.0

    def open(self) -> None:
        raise NotImplementedError

    def page(self, question: Node, *, filtered: bool) -> Ask:
        raise NotImplementedError


class Layered(Engine):
    """Through `corpus.index`, whatever the engine."""

    index: Index

    def page(self, question: Node, *, filtered: bool, histogram: Interval | None = None) -> Ask:
        query = Query(where=question, filters=FILTERS if filtered else (), facets=FACETS, histogram=histogram)
        return lambda: self.index.search(query).total


class Ours(Layered):
    name = "ours"

    def build(self, documents: Iterable[Document]) -> None:
        rebuild_index(self.path, documents, register=self.register)

    def open(self) -> None:
        self.index = EmbeddedIndex(self.path, register=lambda: self.register)


class Elastic(Layered):
    name = "ours on Elasticsearch"

    def __init__(self, node: SearchNode) -> None:
        super().__init__(node.home)
        self.node = node
        self.url = f"{node.url}/benchmark"

    def exists(self) -> bool:
        return bool(self.node.request("GET", "/_cat/indices?format=json"))

    def size(self) -> int:
        return int(self.node.request("GET", "/benchmark/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"])

    def server_seconds(self) -> float:
        (stats,) = self.node.request("GET", "/_nodes/stats/process")["nodes"].values()
        return float(stats["process"]["cpu"]["total_in_millis"]) / 1000

    def build(self, documents: Iterable[Document]) -> None:
        rebuild_index(self.url, documents, register=self.register)

    def open(self) -> None:
        self.index = ElasticIndex(self.url, register=lambda: self.register)
        self.index.refresh()


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

    def build(self, documents: Iterable[Document]) -> None:
        self.path.mkdir(parents=True)
        writer = self._prepare(tantivy.Index(self._schema(), str(self.path))).writer(96_000_000, 1)
        for document in documents:
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
            more = [(tantivy.Occur.Must, tantivy.Query.term_set_query(schema, f.field, list(f.codes))) for f in FILTERS]
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

    def build(self, documents: Iterable[Document]) -> None:
        database = sqlite3.connect(self.path)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE VIRTUAL TABLE documents USING fts5(body, content='', tokenize='unicode61')")
        for field in FACETS:
            database.execute(f"CREATE TABLE {field} (document INTEGER, code TEXT)")
        for number, document in enumerate(documents, 1):
            database.execute("INSERT INTO documents(rowid, body) VALUES (?, ?)", (number, fold(f"{document.title}\n{document.text}")))
            codes = entry(document, self.register).codes
            for field in FACETS:
                database.executemany(f"INSERT INTO {field} VALUES (?, ?)", [(number, code) for code in codes[field]])
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
            for condition in FILTERS:
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
