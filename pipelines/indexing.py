"""Documents to index entries in many processes: the analysis is most of what building an index costs, and no two texts share it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from functools import lru_cache
from itertools import islice
from pathlib import Path

from corpus.index import Entry
from corpus.index.fields import entry
from corpus.localities import Register
from corpus.store import Store, open_store

BATCH = 200
_IN_FLIGHT = 8
"""Batches handed out at once: some 25 MB of terms."""


def entries(
    store: Store, *, after: str = "", executor: Executor | None = None, progress: Callable[[int], object] | None = None
) -> Iterator[Entry]:
    """The entry of every document behind the id ``after``, each once, in the order of ids; without an executor made here.

    Workers open the store themselves, so nobody may write to it meanwhile. Raises: what opening and reading it raises.
    """
    done = 0
    for made in _made(store, after, executor):
        yield from made
        done += len(made)
        if progress is not None:
            progress(done)


def _made(store: Store, after: str, executor: Executor | None) -> Iterator[list[Entry]]:
    parts = _batches(key for key in store.document_ids() if key > after)
    if executor is None:
        register = Register.load()
        for ids in parts:
            yield _entries_of(store, register, ids)
        return
    flying: deque[Future[list[Entry]]] = deque()
    for ids in parts:
        flying.append(executor.submit(_entries, store.path, ids))
        if len(flying) >= _IN_FLIGHT:
            yield flying.popleft().result()
    while flying:
        yield flying.popleft().result()


def _entries_of(store: Store, register: Register, ids: tuple[str, ...]) -> list[Entry]:
    return sorted((entry(document, register) for document in store.iter_documents(ids=ids)), key=lambda made: made.id)


def _batches(ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    source = iter(ids)
    while part := tuple(islice(source, BATCH)):
        yield part


def _entries(path: Path, ids: tuple[str, ...]) -> list[Entry]:
    store, register = _opened(path)
    return _entries_of(store, register, ids)


@lru_cache(maxsize=1)
def _opened(path: Path) -> tuple[Store, Register]:
    """Of this worker, kept until it ends."""
    return open_store(path), Register.load()
