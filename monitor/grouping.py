"""Stories kept up to date: only documents that changed are compared with the others, and every document is in exactly one story.

Candidates for copies come from signatures kept in the store, candidates for reports of one event from place and day; the rules of
``monitor/stories.py`` decide. A kill loses nothing: what is not noted as done is compared again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from corpus.document import Document
from corpus.store import DueStory, Signature, StoredFact, StoryPair
from monitor.stories import BANDS, EVENT_DAYS, PERMUTATIONS, Sketch, compare, sketch

BATCH = 500
SKETCHES = 4_000
"""Sketches kept in memory, about 60 KB each at most; neighbours in time are used again."""

BUCKET = 50
"""Of more documents that share a band or a title only so many are compared: pages of one template are copies of each other anyway."""

_NO_WORDS = b""
_Keys = npt.NDArray[np.uint64]


class GroupingStore(Protocol):
    """The part of `corpus.store.Store` that grouping needs."""

    def due_stories(self, limit: int) -> list[DueStory]: ...
    def signatures(self) -> list[Signature]: ...
    def write_groups(self, done: Sequence[DueStory], signatures: Iterable[Signature], pairs: Iterable[StoryPair]) -> int: ...
    def facts(self, *, after: int = 0) -> list[StoredFact]: ...
    def iter_documents(self, *, ids: Iterable[str] | None = None) -> Iterable[Document]: ...


@dataclass(slots=True)
class Grouped:
    documents: int = 0
    """Compared."""
    changed: int = 0
    """Documents that are in another story than before."""


def group_due(store: GroupingStore, *, batch: int = BATCH, progress: Callable[[int], object] | None = None) -> Grouped:
    """Compare every document that changed since it was compared last."""
    result = Grouped()
    due = store.due_stories(batch)
    if not due:
        return result
    run = _Run(store)
    while due:
        before = {entry.id for entry in due}
        run.take(due, result)
        if progress is not None:
            progress(result.documents)
        due = store.due_stories(batch)
        if {entry.id for entry in due} == before:
            break  # somebody writes these faster than we compare them: the next run takes them
    return result


class _Run:
    def __init__(self, store: GroupingStore) -> None:
        self._store = store
        self._copies = _CopyIndex(store.signatures())
        self._days: dict[tuple[str, int], set[str]] = defaultdict(set)
        """(province or "", day) to documents of that day about it: what reports of one event are sought among."""
        self._places: dict[str, list[tuple[str, int]]] = {}
        self._sketches: OrderedDict[str, Sketch] = OrderedDict()
        for stored in store.facts():
            self._place(stored)

    def _place(self, stored: StoredFact) -> None:
        fact = stored.fact
        if fact is None or stored.published is None or fact.doubtful or fact.relevance == "off_topic":
            return
        provinces = [code for code in fact.about if len(code) == 5] or [""]
        self._places[stored.id] = [(province, stored.published) for province in provinces]
        for place in self._places[stored.id]:
            self._days[place].add(stored.id)

    def take(self, due: Sequence[DueStory], result: Grouped) -> None:
        ids = {entry.id for entry in due}
        fresh: dict[str, Sketch] = {}
        for document in self._store.iter_documents(ids=[entry.id for entry in due if not entry.withdrawn]):
            fresh[document.id] = sketch(document)
            self._replace_place(document)
        for key in ids - fresh.keys():
            self._forget(key)
        signatures = [_signature(item) for item in fresh.values()]
        self._copies.replace(ids, signatures)
        candidates: set[tuple[str, str]] = set()
        for signature in signatures:
            near = self._copies.near(signature) | self._near_events(signature.id)
            candidates |= {(min(signature.id, other), max(signature.id, other)) for other in near if other != signature.id}
        pairs = self._related(candidates, fresh)
        result.changed += self._store.write_groups(due, signatures, pairs)
        result.documents += len(due)

    def _replace_place(self, document: Document) -> None:
        self._forget(document.id)
        published = document.published
        off_topic = document.relevance is not None and document.relevance.value == "off_topic"
        if published is None or "doubtful_date" in document.flags or off_topic:
            return
        about = {m.code for m in document.localities if m.role == "about" and m.code}
        provinces = sorted(code for code in about if len(code) == 5) or [""]
        self._places[document.id] = [(province, published.toordinal()) for province in provinces]
        for place in self._places[document.id]:
            self._days[place].add(document.id)

    def _forget(self, key: str) -> None:
        for place in self._places.pop(key, ()):
            self._days[place].discard(key)
        self._sketches.pop(key, None)

    def _near_events(self, key: str) -> set[str]:
        found: set[str] = set()
        for province, day in self._places.get(key, ()):
            for other in range(day - EVENT_DAYS, day + EVENT_DAYS + 1):
                found |= self._days.get((province, other), set())
        return found

    def _related(self, candidates: set[tuple[str, str]], fresh: dict[str, Sketch]) -> list[StoryPair]:
        found = []
        wanted = {key for pair in candidates for key in pair} - fresh.keys()
        sketches = fresh | self._load(wanted)
        for first, second in sorted(candidates):
            if first in sketches and second in sketches:
                pair = compare(sketches[first], sketches[second])
                if pair is not None:
                    found.append(StoryPair(first=pair.first, second=pair.second, kind=pair.kind, score=pair.score, reasons=pair.reasons))
        for key, item in fresh.items():
            self._keep(key, item)
        return found

    def _load(self, ids: set[str]) -> dict[str, Sketch]:
        found = {key: self._sketches[key] for key in ids if key in self._sketches}
        for document in self._store.iter_documents(ids=ids - found.keys()):
            found[document.id] = sketch(document)
            self._keep(document.id, found[document.id])
        return found

    def _keep(self, key: str, item: Sketch) -> None:
        self._sketches[key] = item
        self._sketches.move_to_end(key)
        while len(self._sketches) > SKETCHES:
            self._sketches.popitem(last=False)


def _signature(item: Sketch) -> Signature:
    words = " ".join(sorted(item.title)) or item.id  # nothing in a title is nothing in common
    title = int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big", signed=True)
    if not item.shingles:
        return Signature(id=item.id, title=title, minhash=_NO_WORDS)
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=42)
    minhash.update([f"{shingle:x}" for shingle in item.shingles])
    return Signature(id=item.id, title=title, minhash=np.asarray(minhash.digest(), dtype="<u4").tobytes())


class _CopyIndex:
    """Documents by the bands of their signatures and by their titles: sorted columns for what the store knew, sets for what is new."""

    def __init__(self, signatures: Sequence[Signature]) -> None:
        self._ids = np.array([signature.id for signature in signatures], dtype=object)
        keys = np.vstack([_keys(signature) for signature in signatures]) if signatures else np.empty((0, BANDS + 1), dtype=np.uint64)
        self._order = [np.argsort(keys[:, n], kind="stable").astype(np.uint32) for n in range(BANDS + 1)]
        self._sorted = [keys[order, n] for n, order in enumerate(self._order)]
        self._gone: set[str] = set()
        self._new: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._new_keys: dict[str, list[tuple[int, int]]] = {}

    def replace(self, ids: Iterable[str], signatures: Iterable[Signature]) -> None:
        for key in ids:
            self._gone.add(key)
            for place in self._new_keys.pop(key, ()):
                self._new[place].discard(key)
        for signature in signatures:
            places = [(n, int(value)) for n, value in enumerate(_keys(signature))]
            self._new_keys[signature.id] = places
            for place in places:
                self._new[place].add(signature.id)

    def near(self, signature: Signature) -> set[str]:
        found: set[str] = set()
        for n, value in enumerate(_keys(signature)):
            if n < BANDS and not signature.minhash:
                continue
            column = self._sorted[n]
            start, end = np.searchsorted(column, value, "left"), np.searchsorted(column, value, "right")
            known = self._ids[self._order[n][max(start, end - BUCKET) : end]]
            found.update(key for key in known if key not in self._gone)
            found.update(sorted(self._new.get((n, int(value)), ()))[:BUCKET])
        found.discard(signature.id)
        return found


def _keys(signature: Signature) -> _Keys:
    """One number a band, then one for the title. Documents without words share no band: theirs are made of the id."""
    if signature.minhash:
        rows = np.frombuffer(signature.minhash, dtype="<u4").astype(np.uint64).reshape(BANDS, PERMUTATIONS // BANDS)
        bands = np.zeros(BANDS, dtype=np.uint64)
        with np.errstate(over="ignore"):
            for column in rows.T:  # FNV-1a over whole numbers: the same in every process
                bands = (bands ^ column) * np.uint64(0x100000001B3) + np.uint64(0x9E3779B97F4A7C15)
    else:
        own = int.from_bytes(hashlib.blake2b(signature.id.encode(), digest_size=8).digest(), "big")
        bands = np.full(BANDS, own, dtype=np.uint64)
    return np.append(bands, np.uint64(signature.title % 2**64))
