"""Bulk work: pages through the processor, one outcome each, into the store; the store's changes into the index.

What happens to one page is in ``process.py``. Work is done by a `concurrent.futures.Executor`; the default is our own pool of workers
that can be killed (see ``workers.py``). Results are written by the caller's thread alone, a transaction a page, so that a kill at any
moment loses nothing: what has no outcome yet is simply taken again.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from corpus.document import Document
from corpus.errors import CorpusError, Rejected, outcome_of
from corpus.index import Index
from corpus.memory import keep_loaded
from corpus.store import PendingPage, Store
from pipelines.archive import Archive, read_pages
from pipelines.process import Processor, ProcessorParts
from pipelines.reviews import apply_reviews
from pipelines.workers import PAGE_MEMORY_BYTES, PAGE_SECONDS, CannotStart, MemoryLimit, WorkerPool

log = logging.getLogger(__name__)

T = TypeVar("T")

_IN_FLIGHT = 3 * (os.cpu_count() or 1)
"""Tasks handed out at once: enough that no worker waits, few enough that results stay small in memory."""
_BATCH = 200
_PART = 400
"""Documents or pages done before it is noted how far the run has come; at the end of a part some workers wait a moment."""
_MAX_FAILURES = 1000
"""Listed in a report; beyond it they are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one page or document in a worker."""

    outcome: str
    document: Document | None = None
    detail: str | None = None
    trace: str | None = None
    """Traceback of an unexpected exception: a bug, not a bad page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One page with its outcome, as handed to the progress callback."""

    page: PendingPage
    outcome: str
    detail: str | None
    document: Document | None


@dataclass(slots=True)
class Report:
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    """Address, outcome and detail of what failed."""

    @property
    def pages(self) -> int:
        return self.outcomes.total()

    @property
    def failed(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if outcome.startswith("failed/"))

    def merge(self, other: Report) -> None:
        self.outcomes.update(other.outcomes)
        self.failures += other.failures[: _MAX_FAILURES - len(self.failures)]

    def add(self, url: str, outcome: str, detail: str | None) -> None:
        self.outcomes[outcome] += 1
        if outcome.startswith("failed/") and len(self.failures) < _MAX_FAILURES:
            self.failures.append((url, outcome, detail or ""))


def worker_pool(
    parts: ProcessorParts,
    workers: int | None = None,
    *,
    seconds: float = PAGE_SECONDS,
    memory_bytes: int = PAGE_MEMORY_BYTES,
) -> WorkerPool:
    """The default executor: as many workers as processors, each with its processor loaded before the first page."""
    return WorkerPool(workers or os.cpu_count() or 1, initializer=_start, initargs=(parts,), seconds=seconds, memory_bytes=memory_bytes)


def process_pages(
    store: Store,
    pages: Iterable[PendingPage],
    *,
    archive: Path,
    parts: ProcessorParts,
    executor: Executor,
    now: datetime,
    progress: Callable[[Finished], object] | None = None,
) -> Report:
    """Process the pages and write documents and outcomes; ``now`` is noted as the time of processing.

    Raises: CannotStart, and what the store raises; what is done by then is kept.
    """
    report = Report()
    for page, attempt in _attempts(executor, pages, lambda pool, page: pool.submit(_process_record, parts, archive, page.record)):
        document = attempt.document
        if document is not None:
            document = _reviewed(store, document)
        key = store.finish_page(page.id, attempt.outcome, document, now, detail=attempt.detail, tagged_by=parts.label)
        _log(page.requested_url, attempt)
        report.add(page.requested_url, attempt.outcome, attempt.detail)
        if progress is not None:
            kept = None if document is None or key is None else replace(document, id=key)
            progress(Finished(page=page, outcome=attempt.outcome, detail=attempt.detail, document=kept))
    return report


def process_arriving(
    store: Store,
    *,
    more: Callable[[], bool],
    pause: Callable[[], object],
    archive: Path,
    parts: ProcessorParts,
    executor: Executor,
    now: datetime,
    progress: Callable[[Finished], object] | None = None,
) -> Report:
    """Process what waits, again and again, while a crawl brings more: the fetching takes one processor, this the other.

    ``more`` says whether anything may still come; it is asked before looking, so that what came last is found. ``pause`` is called when
    nothing waits. Raises: as `process_pages`.
    """
    report = Report()
    while True:
        last = not more()
        part = process_pages(store, pending(store), archive=archive, parts=parts, executor=executor, now=now, progress=progress)
        report.merge(part)
        if last:
            return report
        if not part.pages:
            pause()


def process_archived(
    store: Store,
    *,
    archive: Path,
    parts: ProcessorParts,
    executor: Executor,
    now: datetime,
    progress: Callable[[Finished], object] | None = None,
    start_after: int = 0,
    on_part: Callable[[int, int], object] | None = None,
) -> Report:
    """Process every page that lies in the archive again, in the order in which they came in.

    ``on_part`` is told, part by part, the number of a page up to which all are done and how many that were; given to ``start_after`` of a
    later call, the work goes on behind it. Raises: as `process_pages`.
    """
    report = Report()
    source = archived(store, after=start_after)
    while part := list(islice(source, _PART)):
        report.merge(process_pages(store, part, archive=archive, parts=parts, executor=executor, now=now, progress=progress))
        if on_part is not None:
            on_part(part[-1].id, report.pages)
    return report


def pending(store: Store) -> Iterator[PendingPage]:
    """Pages without an outcome, the oldest first; those that come in meanwhile are included."""
    return _all_pages(store.pending_pages)


def archived(store: Store, *, after: int = 0) -> Iterator[PendingPage]:
    """Every page that lies in the archive, for processing it again, in the order of their numbers, behind ``after``."""
    return _all_pages(store.archived_pages, after)


def adopt_records(store: Store, archive: Path, *, run: int, on_broken: Callable[[CorpusError], object]) -> int:
    """Make pages of the archive's records that the store does not know (its file was lost, or a kill came between the two writes).

    Returns how many. Broken records go to ``on_broken``.
    """
    known = store.records()
    adopted = 0
    for page in read_pages(archive, on_broken=on_broken):
        if page.record not in known:
            store.add_page(page, run=run)
            adopted += 1
    return adopted


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagged:
    """One document whose tags a run changed."""

    id: str
    before: Document
    after: Document


def retag(
    store: Store,
    *,
    parts: ProcessorParts,
    executor: Executor,
    now: datetime,
    on_change: Callable[[Retagged], object] | None = None,
    start_after: str = "",
    on_part: Callable[[str, int], object] | None = None,
) -> Report:
    """Tag every document again without extracting it; replaced tags stay in the store with the version that made them.

    ``on_part`` is told, part by part, an id up to which all are done and how many that were; given to ``start_after`` of a later call, the
    work goes on behind it.
    """
    report = Report()
    source = store.iter_documents(after=start_after)
    while part := list(islice(source, _PART)):
        for before, attempt in _attempts(executor, part, lambda pool, document: pool.submit(_tag_document, parts, document)):
            report.add(before.provenance.final_url, attempt.outcome, attempt.detail)
            _log(before.provenance.final_url, attempt)
            if attempt.document is None:
                continue
            after = _reviewed(store, attempt.document)
            if store.put_document(after, now, tagged_by=parts.label) and on_change is not None:
                on_change(Retagged(id=before.id, before=before, after=after))
        if on_part is not None:
            on_part(part[-1].id, report.pages)
    return report


def sync_index(store: Store, index: Index, progress: Callable[[int], object] | None = None) -> int:
    """Bring the store's changes into the index; returns how many documents. Doing it again, or again after a kill, is harmless."""
    done = 0
    while entries := store.unindexed(_BATCH):
        for entry in entries:
            if entry.document is None:
                index.delete(entry.id)
            else:
                index.put(entry.document)
        index.refresh()  # durable before it is noted
        store.mark_indexed(entries)
        done += len(entries)
        if progress is not None:
            progress(done)
    return done


def _all_pages(read: Callable[..., list[PendingPage]], after: int = 0) -> Iterator[PendingPage]:
    while found := read(_BATCH, after=after):
        yield from found
        after = found[-1].id


def _attempts(executor: Executor, items: Iterable[T], submit: Callable[[Executor, T], Future[Attempt]]) -> Iterator[tuple[T, Attempt]]:
    """Every item once with what became of it, in the order in which they end; few are in flight at a time."""
    flying: dict[Future[Attempt], T] = {}
    source = iter(items)
    exhausted = False
    while True:
        while not exhausted and len(flying) < _IN_FLIGHT:
            item = next(source, None)
            if item is None:
                exhausted = True
            else:
                flying[submit(executor, item)] = item
        if not flying:
            return
        done, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in done:
            yield flying.pop(future), _result(future)


def _result(future: Future[Attempt]) -> Attempt:
    try:
        return future.result()
    except CannotStart:
        raise  # it would fail every page for what is no page's fault
    except CorpusError as error:  # Timeout, MemoryLimit, WorkerDied
        return Attempt(outcome=outcome_of(error), detail=str(error))
    except MemoryError as error:
        return Attempt(outcome=outcome_of(MemoryLimit()), detail=str(error) or None)


def _reviewed(store: Store, document: Document) -> Document:
    document = replace(document, id=store.resolve_id(document))
    return apply_reviews(document, store.reviews(document.id))


def _log(url: str, attempt: Attempt) -> None:
    if attempt.trace is not None:
        log.error("%s %s\n%s", attempt.outcome, url, attempt.trace)
    elif attempt.outcome.startswith("failed/"):
        log.warning("%s %s %s", attempt.outcome, url, attempt.detail or "")
    else:
        log.info("%s %s", attempt.outcome, url)


@lru_cache(maxsize=2)
def _processor(parts: ProcessorParts) -> Processor:
    return Processor.load(parts)


def _start(parts: ProcessorParts) -> None:
    """In a worker, whose process is ours alone."""
    _processor(parts)
    keep_loaded()


def _process_record(parts: ProcessorParts, archive: Path, record: str) -> Attempt:
    return _attempt(lambda: _processor(parts)(Archive(archive).read(record)))


def _tag_document(parts: ProcessorParts, document: Document) -> Attempt:
    return _attempt(lambda: _processor(parts).tag(document))


def _attempt(work: Callable[[], Document]) -> Attempt:
    """The one place where every exception is caught: whatever a page does to us, the next page is processed."""
    try:
        return Attempt(outcome=outcome_of(None), document=work())
    except Rejected as error:
        return Attempt(outcome=outcome_of(error), detail=error.detail or None)
    except CorpusError as error:
        return Attempt(outcome=outcome_of(error), detail=str(error))
    except MemoryError:
        raise
    except Exception as error:
        return Attempt(outcome=outcome_of(error), detail=str(error), trace=traceback.format_exc())
