"""The second engine: a versioned index behind an alias on Elasticsearch 8.19, addressed as ``http://host:9200/name``.

    name           alias; every request goes to it
    name-000003    the index it points to; ``loa reindex`` builds the next one beside it, then moves the alias in one step
    name-000002    the one before, kept for scans and point-in-time readers that began on it

What is asked of the server, and why nothing more, stands in ``elastic_query.py``; how writing survives trouble in
``elastic_bulk.py``. This is the only place that imports the client.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from types import TracebackType
from typing import Any, Self

import elastic_transport
import elasticsearch

from corpus.document import Document
from corpus.errors import IndexUnavailable, InvalidData
from corpus.index.base import BUILD_PART, SCHEMA_VERSION, Build, Health, Query, Results, Scan
from corpus.index.elastic_address import Address
from corpus.index.elastic_bulk import (
    RETRIED_STATUS,
    Buffer,
    DeadLetter,
    Interrupted,
    delete_operation,
    index_operation,
)
from corpus.index.elastic_query import frequencies_body, mapping, matching, page_body, record_of, results_of, settings
from corpus.index.fields import Entry
from corpus.localities import Register

REQUEST_SECONDS = 60
"""How long one request may take before it counts as lost; a small node that merges is silent for tens of seconds."""
READ_ATTEMPTS = 3
READ_PAUSE_SECONDS = 0.2
SCAN_PAGE = 5_000
_KEEP_ALIVE = "10m"
_GENERATION = re.compile(r"-(\d{6})")


class ElasticIndex:
    """Implements `corpus.index.base.Index`. Safe to share among threads.

    Connects at the first use, so that a server starts and answers "try later" while Elasticsearch is away. One process of a home writes at
    a time, which the home's lock sees to; another home is refused, since the index is marked with the first that wrote.
    """

    def __init__(self, url: str, *, register: Callable[[], Register], pause: Callable[[float], None] = time.sleep, home: str = "") -> None:
        """``url``: ``http[s]://[user:password@]host:port[,host:port…]/name``; with several hosts another one is asked when one is
        away. ``pause`` waits between attempts. Raises: InvalidData for an address that is none."""
        self._address = Address(url)
        self._load_register = register
        self._register: Register | None = None
        self._home = home
        self._owned = not home
        self._pause = pause
        self._mutex = threading.RLock()
        self._checked = False
        self._buffer = Buffer(self._send, pause)
        # It logs a traceback for every attempt; ours ends in one line.
        logging.getLogger("elastic_transport").setLevel(logging.ERROR)
        # Trouble is counted and waited out here; the client only turns to the next host when one cannot be reached.
        self._client = elasticsearch.Elasticsearch(
            self._address.hosts,
            basic_auth=self._address.login,
            request_timeout=REQUEST_SECONDS,
            max_retries=len(self._address.hosts) - 1,
            retry_on_status=(),
            retry_on_timeout=False,
            connections_per_node=32,
        )

    @classmethod
    def rebuild(
        cls,
        url: str,
        documents: Callable[[str], Iterable[Document | Entry]],
        *,
        register: Callable[[], Register],
        pause: Callable[[float], None] = time.sleep,
        home: str = "",
        of: str = "",
    ) -> int:
        """Builds the next index from ``documents`` and moves the alias to it; readers see the old one until then.

        Works whatever the old index is like. With ``of`` a build of the same that was cut off is gone on with
        (`corpus.index.build_index`). Returns the number of documents put. Raises: IndexUnavailable; InvalidData when a document was
        refused, and then the old index stays, or when the index is another home's.
        """
        index = cls(url, register=register, pause=pause, home=home)
        try:
            return index._rebuild(documents, of)
        finally:
            index._client.close()

    def put(self, document: Document) -> None:
        with self._mutex:
            self._buffer.add(index_operation(*record_of(document, self._loaded())))
            if self._buffer.full:
                self._write()

    def delete(self, id: str) -> None:
        with self._mutex:
            self._buffer.add(delete_operation(id))
            if self._buffer.full:
                self._write()

    def get(self, id: str) -> str | None:
        self._check()
        # Not in real time: what is not refreshed is not there.
        body = {"query": {"ids": {"values": [id]}}, "size": 1, "_source": ["version"]}
        hits = self._search(body)["hits"]["hits"]
        return str(hits[0]["_source"]["version"]) if hits else None

    def search(self, query: Query) -> Results:
        self._check()
        return results_of(query, self._search(page_body(query)))

    def count(self, query: Query) -> int:
        self._check()
        found = self._search({"query": matching(query), "size": 0, "track_total_hits": True})
        return int(found["hits"]["total"]["value"])

    def scan(self, query: Query) -> Scan:
        self._check()
        sort = "newest" if query.sort == "relevance" else query.sort
        body = {"query": matching(query), "size": SCAN_PAGE, "sort": [{sort: "desc"}], "_source": False}
        whole = self._search(body | {"track_total_hits": True})["hits"]
        total = int(whole["total"]["value"])
        if total <= SCAN_PAGE:
            # One request is one snapshot.
            return Scan(total, (str(hit["_id"]) for hit in whole["hits"]))
        opened = self._read(lambda: self._client.open_point_in_time(index=self._address.name, keep_alive=_KEEP_ALIVE))
        point = {"id": opened["id"], "keep_alive": _KEEP_ALIVE}
        try:
            first = self._search(body | {"pit": point, "track_total_hits": True})
        except BaseException:
            self._let_go(point)
            raise
        return Scan(int(first["hits"]["total"]["value"]), self._ids(body, point, first), lambda: self._let_go(point))

    def _ids(self, body: dict[str, Any], point: dict[str, Any], page: dict[str, Any]) -> Generator[str, None, None]:
        try:
            while hits := page["hits"]["hits"]:
                yield from (str(hit["_id"]) for hit in hits)
                if len(hits) < SCAN_PAGE:
                    return
                point["id"] = page["pit_id"]
                # The sort key and, should two documents share it, the tie-breaker that a point in time adds.
                page = self._search(body | {"pit": point, "search_after": hits[-1]["sort"], "track_total_hits": False})
        finally:
            self._let_go(point)

    def _let_go(self, point: dict[str, Any]) -> None:
        # The server forgets it by itself after a while.
        with suppress(elasticsearch.ApiError, elastic_transport.TransportError):
            self._client.close_point_in_time(id=point["id"])

    def frequencies(self, terms: Sequence[str], *, exact: bool = True) -> tuple[int, ...]:
        if not terms:
            return ()
        self._check()
        buckets = self._search(frequencies_body(list(terms), exact=exact))["aggregations"]["terms"]["buckets"]
        return tuple(int(buckets[str(number)]["doc_count"]) for number in range(len(terms)))

    def refresh(self) -> None:
        with self._mutex:
            self._checked = False
            self._check()
            if not self._buffer.empty:
                self._write()
            self._read(lambda: self._client.indices.refresh(index=self._address.name))
            self._raise_letters(self._buffer)

    def health(self) -> Health:
        self._check()
        found = self._read(lambda: self._client.cluster.health(index=self._address.name, timeout="1s"))
        documents = self.count(Query())
        nodes = int(found["number_of_nodes"])
        return Health("elasticsearch", found["status"] == "green", documents, f"{found['status']}, {nodes} node{'s' * (nodes != 1)}")

    def close(self) -> None:
        with self._mutex:
            try:
                if not self._buffer.empty:
                    self.refresh()
            finally:
                self._client.close()

    @property
    def dead_letters(self) -> tuple[DeadLetter, ...]:
        """What the server refused for good since the last `refresh`, which raises for them."""
        return tuple(self._buffer.letters)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _loaded(self) -> Register:
        if self._register is None:
            self._register = self._load_register()
        return self._register

    def _write(self) -> None:
        self._check()
        self._own()
        self._buffer.write()

    def _raise_letters(self, buffer: Buffer) -> None:
        letters, buffer.letters = buffer.letters, []
        if letters:
            shown = "; ".join(f"{letter.id}: {letter.reason}" for letter in letters[:3])
            raise InvalidData(f"the search server refused {len(letters)} documents ({shown})", file=self._address.shown)

    def _send(self, lines: bytes, index: str | None = None) -> dict[str, Any]:
        try:
            answer = self._client.bulk(
                index=index or self._address.name, operations=_whole(lines), require_alias=None if index else True, timeout="30s"
            )
        except elastic_transport.TransportError as error:
            # No connection, no answer in time, or half of one.
            raise Interrupted(type(error).__name__) from error
        except elasticsearch.ApiError as error:
            if error.status_code in RETRIED_STATUS:
                raise Interrupted(f"status {error.status_code}") from error
            raise self._refused(error) from error
        return dict(answer.body) if isinstance(answer.body, dict) else {}

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        index = None if "pit" in body else self._address.name
        answer = self._read(lambda: self._client.search(index=index, body=body, allow_partial_search_results=False))
        if answer.get("timed_out"):
            raise IndexUnavailable(f"{self._address.shown}: the search took too long")
        return dict(answer)

    def _read(self, ask: Callable[[], Any]) -> Any:
        """The answer's body, asked for again after short trouble; a page must not wait for long. Raises: IndexUnavailable,
        InvalidData."""
        for attempt in range(READ_ATTEMPTS):
            try:
                return ask().body
            except elastic_transport.ConnectionTimeout as error:
                raise IndexUnavailable(f"{self._address.shown}: no answer within {REQUEST_SECONDS} s") from error
            except elastic_transport.TransportError as error:
                trouble: Exception = IndexUnavailable(f"{self._address.shown}: {type(error).__name__}")
                trouble.__cause__ = error
            except elasticsearch.ApiError as error:
                trouble = self._refused(error)
                trouble.__cause__ = error
                # 408: the server itself has waited already.
                if not isinstance(trouble, IndexUnavailable) or error.status_code == 408:
                    raise trouble from error
            if attempt < READ_ATTEMPTS - 1:
                self._pause(READ_PAUSE_SECONDS * 2**attempt)
        raise trouble

    def _refused(self, error: elasticsearch.ApiError) -> Exception:
        status, reason = error.status_code, str(error.message)[:300]
        if status in RETRIED_STATUS or status >= 500:
            return IndexUnavailable(f"{self._address.shown}: status {status}, {reason}")
        if status in (401, 403):
            return InvalidData("the search server does not accept this user and password", file=self._address.shown)
        if status == 404 and "search_context" not in reason:
            return InvalidData("the index is gone; rebuild it from the store with `loa reindex`", file=self._address.shown)
        if status == 404:
            return IndexUnavailable(f"{self._address.shown}: the node that held this snapshot is gone; begin again")
        if isinstance(error, elasticsearch.UnsupportedProductError):
            return InvalidData("what answers at this address is no Elasticsearch 8", file=self._address.shown)
        return InvalidData(f"the search server refused a request: {reason}", file=self._address.shown)

    def _check(self) -> None:
        """Makes the index where there is none yet, and refuses one of another version. Raises: IndexUnavailable, InvalidData."""
        if self._checked:
            return
        with self._mutex:
            name = self._address.name
            try:
                found = self._read(lambda: self._client.indices.get_mapping(index=name))
            except InvalidData as error:
                cause = error.__cause__
                if not (isinstance(cause, elasticsearch.ApiError) and cause.status_code == 404):
                    raise
                self._create(f"{name}-000001", alias=True)
                found = self._read(lambda: self._client.indices.get_mapping(index=name))
            ((index, answer),) = found.items()
            meta = answer["mappings"].get("_meta", {})
            if index == name or meta.get("product") != "loa":
                raise InvalidData("this is no index of loa; choose another name", file=self._address.shown)
            if meta.get("schema") != SCHEMA_VERSION:
                raise InvalidData(
                    f"the index has schema version {meta.get('schema')}, this release reads {SCHEMA_VERSION}; "
                    "rebuild it with `loa reindex`",
                    file=self._address.shown,
                )
            # The moment after it was made, by whomever, its shard is not there yet.
            self._read(lambda: self._client.cluster.health(index=name, wait_for_status="yellow", timeout="10s"))
            self._checked = True

    def _own(self) -> None:
        """Marks the index as this home's where it is nobody's. Raises: InvalidData where it is another's."""
        if self._owned:
            return
        for index, answer in self._read(lambda: self._client.indices.get_mapping(index=self._address.name)).items():
            meta = answer["mappings"].get("_meta", {})
            self._refuse_other(meta)
            if "home" not in meta:
                self._note(index, meta | {"home": self._home})
        self._owned = True

    def _refuse_other(self, meta: dict[str, Any]) -> None:
        if self._home and meta.get("home", self._home) != self._home:
            raise InvalidData(
                "another home writes to this index: name another one, or delete it on the server if that home is gone",
                file=self._address.shown,
            )

    def _note(self, index: str, meta: dict[str, Any]) -> None:
        self._read(lambda: self._client.indices.put_mapping(index=index, meta=meta))

    def _create(self, index: str, *, alias: bool) -> None:
        aliases: dict[str, Any] = {self._address.name: {}} if alias else {}
        try:
            self._read(lambda: self._client.indices.create(index=index, settings=settings(), mappings=mapping(), aliases=aliases))
        except InvalidData as error:
            # Another process made it at the same moment.
            if "resource_already_exists" not in str(error):
                raise

    def _generations(self) -> dict[str, dict[str, Any]]:
        """What each generation is marked with, in their order, the oldest first."""
        found = self._read(lambda: self._client.indices.get_mapping(index=f"{self._address.name}-*", expand_wildcards="all"))
        names = sorted(index for index in found if _GENERATION.fullmatch(index.removeprefix(self._address.name)))
        return {index: found[index]["mappings"].get("_meta", {}) for index in names}

    def _begun(self, before: dict[str, dict[str, Any]], of: str) -> tuple[str, Build]:
        """The index to build: one that was begun of the same and can be gone on with, else a new one."""
        for index, meta in before.items() if of else ():
            noted = meta.get("building", {})
            if noted.get("of") == of and meta.get("schema") == SCHEMA_VERSION and index not in self._serving():
                return index, Build(of, str(noted["after"]), int(noted["number"]))
        index = f"{self._address.name}-{int([*before][-1][-6:]) + 1 if before else 1:06d}"
        self._create(index, alias=False)
        return index, Build(of)

    def _rebuild(self, documents: Callable[[str], Iterable[Document | Entry]], of: str) -> int:
        name, client = self._address.name, self._client
        before = self._generations()
        for meta in before.values():
            self._refuse_other(meta)
        index, build = self._begun(before, of)
        meta = mapping()["_meta"] | ({"home": self._home} if self._home else {})
        buffer = Buffer(lambda lines: self._send(lines, index), self._pause)
        number, safe = build.number, bool(build.number)
        try:
            for document in documents(build.after):
                buffer.add(index_operation(*record_of(document, self._loaded())))
                if buffer.full:
                    buffer.write()
                number += 1
                if of and number % BUILD_PART == 0:
                    buffer.write()
                    self._raise_letters(buffer)
                    self._note(index, meta | {"building": asdict(Build(of, document.id, number))})
                    safe = True
            buffer.write()
            self._raise_letters(buffer)
            self._read(lambda: client.indices.refresh(index=index))
            self._note(index, meta)
        except BaseException as error:
            if not safe or isinstance(error, InvalidData):
                with suppress(elasticsearch.ApiError, elastic_transport.TransportError):
                    client.indices.delete(index=index)
            raise
        serving = self._serving()
        actions: list[dict[str, Any]] = [{"remove": {"index": old, "alias": name}} for old in serving]
        self._read(lambda: client.indices.update_aliases(actions=[*actions, {"add": {"index": index, "alias": name}}]))
        # The one before stays for readers that began on it.
        for old in before:
            if old not in (*serving, index):
                self._read(partial(client.indices.delete, index=old, ignore_unavailable=True))
        return number

    def _serving(self) -> list[str]:
        try:
            return list(self._read(lambda: self._client.indices.get_alias(name=self._address.name)))
        except InvalidData as error:
            if isinstance(error.__cause__, elasticsearch.ApiError) and error.__cause__.status_code == 404:
                return []
            raise


def _whole(lines: bytes) -> Any:
    """The client takes parts of a bulk body as they are when they are bytes."""
    return [lines]
