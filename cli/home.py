"""The home folder as the commands use it: open what lies in it, one writer at a time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import say
from cli.settings import Settings
from corpus.errors import InvalidData
from corpus.index import Index, open_index
from corpus.store import Store, open_store
from corpus.store.lock import take_lock

if TYPE_CHECKING:  # the segmenter and all it needs take 80 MB, which who only reads has no use for
    from pipelines.process import ProcessorParts
    from pipelines.workers import WorkerPool

FEW_DOCUMENTS = 4000
"""An entry takes 0.9 ms of CPU, reading its document included, a worker 1.6 s to start (made-up articles of 550 syllables, 2026-11-28):
two workers on two cores are even with none at 3,600."""
ENTRY_SECONDS = 120.0
"""For one batch of 200 entries, which takes 0.2 s of CPU as above; whatever takes so much longer hangs."""


def now() -> datetime:
    """The one clock: everything below gets its instants as arguments."""
    return datetime.now(UTC)


@contextlib.contextmanager
def writing(settings: Settings, *, recover: bool = True) -> Iterator[Store]:
    """The store, for the one run that may write in this home. Work that a killed run left behind is picked up.

    Raises: Busy, StoreUnavailable, InvalidData.
    """
    with locked(settings.lock_path), opened(settings, create=True) as store:
        if recover:
            found = store.recover(now())
            if found.runs:
                again = f"; {found.urls} addresses that were in flight are fetched again" if found.urls else ""
                say(f"The run before was cut off: going on{again}.")
        yield store


@contextlib.contextmanager
def opened(settings: Settings, *, create: bool = False) -> Iterator[Store]:
    """The store for reading; a run may write meanwhile."""
    if not create and not settings.store_path.exists():
        raise InvalidData(
            "nothing has been collected here yet: run `loa demo`, `loa import FILE` or `loa run` first, or name another home with --home",
            file=str(settings.home),
        )
    store = open_store(settings.store_path)
    try:
        yield store
    finally:
        store.close()


@contextlib.contextmanager
def indexed(settings: Settings, store: Store | None = None) -> Iterator[Index]:
    """``store``: for writing, what the index is made of."""
    index = open_index(settings.index_url, home="" if store is None else store.home_id())
    try:
        yield index
    finally:
        index.close()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Held until this process and the crawler that it started have ended, however they end: the system lets go of a lock.

    The descriptor is inheritable so that a crawler whose caller was killed keeps the next run out until it has noticed.
    Raises: Busy, StoreUnavailable.
    """
    descriptor = take_lock(path)
    try:
        os.set_inheritable(descriptor, True)
        yield
    finally:
        os.close(descriptor)


def processor_parts(settings: Settings) -> ProcessorParts:
    """What the workers build their processors from; the model is made first where it is missing (some seconds, told)."""
    from nlp.train import ensure_model
    from pipelines.process import ProcessorParts, label_of

    model = ensure_model(settings.model_path, say)
    return ProcessorParts(
        model_directory=settings.model_path, portals=settings.portals_path, recognised=settings.home / "ocr", label=label_of(model)
    )


@contextlib.contextmanager
def entry_makers(settings: Settings, documents: int) -> Iterator[WorkerPool | None]:
    """Processes that make index entries; none for so few documents that starting them would take longer than the work."""
    number = settings.workers or os.cpu_count() or 1
    if number < 2 or documents < FEW_DOCUMENTS:
        yield None
        return
    from pipelines.workers import WorkerPool

    pool = WorkerPool(number, seconds=ENTRY_SECONDS, memory_bytes=settings.page_memory_mb << 20)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


@contextlib.contextmanager
def workers(settings: Settings, parts: ProcessorParts) -> Iterator[WorkerPool]:
    """The pool; what it still does when the block is left by an error (Ctrl-C) is stopped."""
    from pipelines.batch import worker_pool

    pool = worker_pool(parts, settings.workers or None, seconds=settings.page_seconds, memory_bytes=settings.page_memory_mb << 20)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)
