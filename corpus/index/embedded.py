"""The default index: a folder inside HOME, read and written with tantivy.

    <folder>/index.json     schema version and the name of the current generation; replaced atomically
    <folder>/building.json  how far ``reindex`` has come with the next generation, for going on with after a kill
    <folder>/.lock          held by whoever writes (one writer at a time; readers need no lock)
    <folder>/g000001/       one generation: a tantivy index. ``reindex`` builds the next one beside it and then switches

Reasons for tantivy and its figures: docs/performance.md. Known limits of tantivy-py 0.27 that shape this module: no tokenizer in
Python, so fields hold our own terms joined by spaces; tokenizers must be registered at every open; damage may surface as a Rust
panic, which is a BaseException.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import tantivy

from corpus.document import Document
from corpus.errors import IndexUnavailable, InvalidData
from corpus.index.base import BUILD_PART, SCHEMA_VERSION, Build, Health, Hit, Query, Results, Scan, Sort
from corpus.index.embedded_query import (
    aggregation,
    below,
    facets_of,
    histogram_of,
    make_schema,
    matching_query,
    matrices_of,
    query_after,
    ranked_query,
    record_of,
    term_field,
)
from corpus.index.fields import Entry
from corpus.localities import Register

_STATE = "index.json"
_BUILD = "building.json"
_GENERATION = re.compile(r"g\d{6}")
_WRITER_BYTES = 96_000_000
_BUILD_BYTES = 288_000_000
"""A segment holds what fits, some 17,000 and 50,000 articles; each costs every question a little (docs/performance.md)."""
_SCAN_PAGE = 20_000


@contextmanager
def _engine(folder: Path) -> Iterator[None]:
    """Translates what the engine raises. Only engine calls stand inside, so a ValueError here is the engine's."""
    try:
        yield
    except (ValueError, OSError) as error:
        words = str(error)
        if "LockBusy" in words:
            raise IndexUnavailable(f"{folder}: another process is writing this index; try again when it is done") from error
        if any(sign in words for sign in ("corrupt", "Corrupt", "deserialize", "Schema error", "DoesNotExist", "does not exist")):
            raise _damaged(folder, words) from error
        raise IndexUnavailable(f"{folder}: {words}") from error
    except BaseException as error:
        # pyo3 raises its PanicException, which is no Exception, when damaged files break an invariant inside the engine.
        if type(error).__name__ == "PanicException":
            raise _damaged(folder, str(error)) from error
        raise


def _damaged(folder: Path, detail: str) -> InvalidData:
    return InvalidData(f"the index is damaged ({detail[:200]}); rebuild it from the store with `loa reindex`", file=str(folder))


@dataclass(frozen=True, slots=True)
class _Generation:
    """One opened tantivy index and what tells whether a newer commit exists."""

    folder: Path
    index: Any
    schema: Any
    stamp: tuple[int, int]


class EmbeddedIndex:
    """Implements `corpus.index.base.Index`. Safe to share among threads."""

    def __init__(self, folder: Path, *, register: Callable[[], Register]) -> None:
        """Opens the index in ``folder``, or makes an empty one where there is none yet.

        ``register`` gives the dated register and is called at the first `put`. Raises: InvalidData for an index of another schema
        version, a damaged one, or a folder that holds something else.
        """
        self._folder = folder
        self._load_register = register
        self._mutex = threading.RLock()
        self._writer: Any = None
        self._lock: IO[str] | None = None
        self._register: Register | None = None
        if not (folder / _STATE).exists():
            if (folder / _BUILD).exists():
                raise InvalidData("the index was not built to its end; go on with `loa reindex`", file=str(folder))
            if folder.exists() and any(child.name != ".lock" for child in folder.iterdir()):
                raise InvalidData("the folder is not empty and holds no index of loa; name another folder", file=str(folder))
            folder.mkdir(parents=True, exist_ok=True)
            with _write_lock(folder):
                if not (folder / _STATE).exists():
                    _create(folder / "g000001")
                    _switch(folder, "g000001")
        self._open: _Generation | None = self._opened(_current(folder))

    @classmethod
    def rebuild(
        cls, folder: Path, documents: Callable[[str], Iterable[Document | Entry]], *, register: Callable[[], Register], of: str = ""
    ) -> int:
        """Builds a new generation from ``documents`` and switches to it; readers go on with the old one until then.

        Works on a damaged index and on one of another version. With ``of`` a build of the same that was cut off is gone on with
        (`corpus.index.build_index`). Returns the number of documents put.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with _write_lock(folder):
            names = sorted(child.name for child in folder.glob("g[0-9]*"))
            name, build = _unfinished(folder, of)
            if build is None:
                name, build = f"g{int(names[-1][1:]) + 1 if names else 1:06d}", Build(of)
                _create(folder / name)
            with _engine(folder):
                index = tantivy.Index.open(str(folder / name))
                _prepare(index)
                writer = index.writer(_BUILD_BYTES, 1)
            loaded = register()
            number = build.number
            for document in documents(build.after):
                record = record_of(document, loaded)
                with _engine(folder):
                    writer.delete_documents_by_term("id", document.id)
                    writer.add_document(record)
                number += 1
                if of and number % BUILD_PART == 0:
                    with _engine(folder):
                        writer.commit()
                    _write_json(folder / _BUILD, {"generation": name, "schema": SCHEMA_VERSION} | asdict(Build(of, document.id, number)))
            with _engine(folder):
                writer.commit()
                writer.wait_merging_threads()
            before = _serving(folder)
            _switch(folder, name)
            (folder / _BUILD).unlink(missing_ok=True)
            # The generation before stays for readers that are about to open it.
            for old in names:
                if old not in (name, before):
                    shutil.rmtree(folder / old, ignore_errors=True)
        return number

    def put(self, document: Document) -> None:
        with self._mutex:
            writer = self._writing()
            if self._register is None:
                self._register = self._load_register()
            record = record_of(document, self._register)
            with _engine(self._folder):
                writer.delete_documents_by_term("id", document.id)
                writer.add_document(record)

    def delete(self, id: str) -> None:
        with self._mutex:
            writer = self._writing()
            with _engine(self._folder):
                writer.delete_documents_by_term("id", id)

    def get(self, id: str) -> str | None:
        opened = self._fresh()
        with _engine(self._folder):
            searcher = opened.index.searcher()
            found = searcher.search(tantivy.Query.term_query(opened.schema, "id", id), 1)
            return str(searcher.doc(found.hits[0][1])["version"][0]) if found.hits else None

    def count(self, query: Query) -> int:
        opened = self._fresh()
        with _engine(self._folder):
            # Without its ranking half: counting reads no scores.
            return int(opened.index.searcher().search(matching_query(query, opened.schema), 1).count)

    def search(self, query: Query) -> Results:
        opened = self._fresh()
        with _engine(self._folder):
            searcher = opened.index.searcher()
            matching = matching_query(query, opened.schema)
            by_score = query.sort == "relevance"
            page = ranked_query(query, matching, opened.schema) if by_score else query_after(query, matching, opened.schema)
            found = searcher.search(page, max(query.limit, 1), offset=query.offset, **({} if by_score else {"order_by_field": query.sort}))
            hits = [
                Hit(str(searcher.doc(address)["id"][0]), float(score) if by_score else 0.0) for score, address in found.hits[: query.limit]
            ]
            # After a cursor the engine counts the rest only; the total is that of the whole result.
            total = int(searcher.search(matching, 1).count) if query.after is not None else int(found.count)
            wanted = aggregation(query)
            counts = searcher.aggregate(matching, wanted) if wanted and total else {}
        more = not by_score and len(hits) == query.limit and query.limit and found.count > query.offset + query.limit
        return Results(
            total,
            tuple(hits),
            facets_of(query, counts),
            int(found.hits[query.limit - 1][0]) if more else None,
            matrices_of(query, counts),
            histogram_of(query, total, counts),
        )

    def scan(self, query: Query) -> Scan:
        opened = self._fresh()
        with _engine(self._folder):
            # A searcher is a snapshot: it keeps its files open, whatever is committed or rebuilt meanwhile.
            searcher = opened.index.searcher()
            matching = matching_query(query, opened.schema)
            total = int(searcher.search(matching, 1).count)
        return Scan(total, self._ids(searcher, matching, "newest" if query.sort == "relevance" else query.sort, opened.schema))

    def _ids(self, searcher: Any, matching: Any, sort: Sort, schema: Any) -> Generator[str, None, None]:
        rest = matching
        while True:
            with _engine(self._folder):
                hits = searcher.search(rest, _SCAN_PAGE, count=False, order_by_field=sort).hits
                ids = [str(searcher.doc(address)["id"][0]) for _, address in hits]
            yield from ids
            if len(hits) < _SCAN_PAGE:
                return
            rest = below(sort, int(hits[-1][0]), matching, schema)

    def frequencies(self, terms: Sequence[str], *, exact: bool = True) -> tuple[int, ...]:
        opened = self._fresh()
        field = term_field("body", exact=exact)
        with _engine(self._folder):
            searcher = opened.index.searcher()
            # Not the engine's own document frequency, which still counts deleted documents.
            return tuple(int(searcher.search(tantivy.Query.term_query(opened.schema, field, term), 1).count) for term in terms)

    def health(self) -> Health:
        return Health("tantivy", True, self.count(Query()))

    def refresh(self) -> None:
        with self._mutex:
            if self._writer is not None:
                with _engine(self._folder):
                    self._writer.commit()
            self._open = self._opened(_current(self._folder))

    def let_go(self) -> None:
        """Closes what was opened for reading, with the engine's threads; the next question opens it again. No thread survives a fork."""
        with self._mutex:
            self._open = None

    def close(self) -> None:
        with self._mutex:
            try:
                if self._writer is not None:
                    with _engine(self._folder):
                        self._writer.commit()
                        self._writer.wait_merging_threads()
            finally:
                self._writer = None
                if self._lock is not None:
                    self._lock.close()
                    self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _writing(self) -> Any:
        if self._writer is None:
            lock = _lock(self._folder)
            try:
                self._open = self._opened(_current(self._folder))
                with _engine(self._folder):
                    self._writer = self._open.index.writer(_WRITER_BYTES, 1)
            except BaseException:
                lock.close()
                raise
            self._lock = lock
        return self._writer

    def _fresh(self) -> _Generation:
        """The opened generation, reloaded if anyone committed since; two `stat` calls when nobody did."""
        opened = self._open
        if opened is None or opened.stamp != _stamp(self._folder, opened.folder):
            with self._mutex:
                self._open = opened = self._opened(_current(self._folder))
        return opened

    def _opened(self, folder: Path) -> _Generation:
        before: _Generation | None = getattr(self, "_open", None)
        stamp = _stamp(self._folder, folder)
        if before is not None and before.folder == folder:
            with _engine(self._folder):
                before.index.reload()
            return _Generation(folder, before.index, before.schema, stamp)
        with _engine(self._folder):
            index = tantivy.Index.open(str(folder))
            _prepare(index)
            index.reload()
        return _Generation(folder, index, index.schema, stamp)


def _create(folder: Path) -> tuple[Any, Any]:
    folder.mkdir(parents=True)
    schema = make_schema()
    with _engine(folder):
        index = tantivy.Index(schema, str(folder))
        _prepare(index)
    return index, schema


def _prepare(index: Any) -> None:
    index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")


def _current(folder: Path) -> Path:
    try:
        state = json.loads((folder / _STATE).read_text("utf-8"))
        version, generation = state["schema"], str(state["generation"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, f"{_STATE} cannot be read") from error
    if version != SCHEMA_VERSION:
        raise InvalidData(
            f"the index has schema version {version}, this release reads {SCHEMA_VERSION}; rebuild it with `loa reindex`",
            file=str(folder),
        )
    if not generation.startswith("g") or "/" in generation:
        raise _damaged(folder, f"{_STATE} names no generation")
    return folder / generation


def _switch(folder: Path, generation: str) -> None:
    _write_json(folder / _STATE, {"schema": SCHEMA_VERSION, "engine": "tantivy", "generation": generation})


def _serving(folder: Path) -> str:
    """The generation that readers open; empty where none can be read."""
    try:
        return _current(folder).name
    except InvalidData:
        return ""


def _unfinished(folder: Path, of: str) -> tuple[str, Build | None]:
    """The generation that a build of the same left behind and how far it is; None where there is none that can be gone on with."""
    if not of:
        return "", None
    try:
        noted = json.loads((folder / _BUILD).read_text("utf-8"))
        name, build = str(noted["generation"]), Build(str(noted["of"]), str(noted["after"]), int(noted["number"]))
        if noted["schema"] != SCHEMA_VERSION or build.of != of or name == _serving(folder) or not _GENERATION.fullmatch(name):
            return "", None
        with _engine(folder):
            tantivy.Index.open(str(folder / name))
    except (OSError, ValueError, KeyError, TypeError, InvalidData, IndexUnavailable):
        return "", None
    return name, build


def _write_json(path: Path, value: dict[str, Any]) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _stamp(folder: Path, generation: Path) -> tuple[int, int]:
    with suppress(OSError):
        # Twice for every question: joining paths by `Path` takes longer than asking the system.
        return os.stat(f"{folder}/{_STATE}").st_mtime_ns, os.stat(f"{generation}/meta.json").st_mtime_ns  # noqa: PTH116
    return (0, 0)


def _lock(folder: Path) -> IO[str]:
    file = (folder / ".lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise IndexUnavailable(f"{folder}: another process is writing this index; try again when it is done") from error
    return file


@contextmanager
def _write_lock(folder: Path) -> Iterator[None]:
    with _lock(folder):
        yield
