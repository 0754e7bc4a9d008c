"""What is counted of each document, in memory: a few hundred bytes each, places on both maps, loaded once and kept up to date.

`FactTable` reads the store's slim rows (``corpus/store/facts.py``) and later only those that changed. Counting is done elsewhere.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

import msgspec

from corpus.localities import Register
from corpus.store import BudgetRow, StoredFact
from monitor.keeping import kept
from monitor.periods import Period, Units

FactBudget = BudgetRow
"""One sum of money of a document (see ``corpus/store/facts.py``)."""

T = TypeVar("T")

CHUNK = 5_000
"""Rows read at once: what they are made of is let go before the next."""

MAX_DERIVED = 128
"""Things worked out of the same facts that are kept at once: periods and days that readers ask for are without end."""

NATIONAL = "VN"
RELEVANT = "communication"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One document that counts. ``msgspec.structs.replace`` makes a changed copy."""

    id: str
    title_utf8: bytes
    """Half of what a text takes in memory, for what a few lines of a page show."""
    portal: str
    kind: str = "news"
    published: date | None
    """None where the source does not say or the date is doubtful: such documents are counted apart, as undated."""
    doubtful: bool = False
    """There was a date, but a guess."""
    first_seen: datetime
    relevance: str
    about: tuple[str, ...] = ()
    """Codes of the places it is about, on their own map."""
    provinces_34: tuple[str, ...] = ()
    """``v2-…`` and ``VN``."""
    provinces_63: tuple[str, ...] = ()
    """``v1-…``, ``VN``, and the ``v2-…`` of a new province that cannot be told apart."""
    activities: tuple[tuple[str, str], ...] = ()
    """(code, modality)."""
    programmes: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    story: str
    """Id of the first publisher of its story; its own where it stands alone."""
    budgets: tuple[FactBudget, ...] = ()

    @property
    def title(self) -> str:
        return self.title_utf8.decode()

    @property
    def first_in_story(self) -> bool:
        return self.story == self.id

    @property
    def relevant(self) -> bool:
        return self.relevance == RELEVANT

    def provinces(self, units: Units) -> tuple[str, ...]:
        return self.provinces_34 if units == "34" else self.provinces_63

    @property
    def day(self) -> date:
        """``published``; undated ones come behind all others."""
        return self.published or date.max

    @property
    def order(self) -> tuple[date, datetime, str]:
        """Sorts by publication (undated last), then first seen: the smallest of a story is its first publisher."""
        return (self.day, self.first_seen, self.id)


class FactSource(Protocol):
    """The part of `corpus.store.Store` that facts come from."""

    def facts(self, *, after: int = 0, limit: int | None = None) -> list[StoredFact]: ...

    def facts_revision(self) -> int: ...


class Places:
    """Where sets of places stand on the two maps; each different set is looked up once."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._words: dict[object, Any] = {}

    def on_maps(self, about: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = self._known.get(about)
        if found is None:
            national = {NATIONAL} & set(about)
            new = tuple(sorted(national.union(self._register.on_new_map(about))))
            old = tuple(sorted(national.union(self._register.on_old_map(about))))
            found = self._known[about] = (self.same(new), self.same(old))
        return found

    def same(self, value: T) -> T:
        """One object for equal values, so that a hundred thousand facts share theirs."""
        return self._words.setdefault(value, value)  # type: ignore[no-any-return] # the value itself or its equal

    def same_words(self, budget: FactBudget) -> FactBudget:
        """The sum with texts and lists that others share: each came with objects of its own."""
        same = self.same
        values: Any = [same(value) if isinstance(value, str | tuple) else value for value in msgspec.structs.astuple(budget)]
        return FactBudget(*values)


def fact_of(stored: StoredFact, places: Places) -> Fact:
    """Raises: ValueError for the row of a withdrawn document."""
    row = stored.fact
    if row is None:
        raise ValueError(f"{stored.id} is withdrawn")
    new, old = places.on_maps(row.about)
    same = places.same
    return Fact(
        id=stored.id,
        title_utf8=stored.title.encode(),
        portal=same(row.portal),
        kind=same(row.kind),
        published=None if row.doubtful or stored.published is None else same(date.fromordinal(stored.published)),
        doubtful=row.doubtful,
        first_seen=row.first_seen,
        relevance=same(row.relevance),
        about=same(row.about),
        provinces_34=new,
        provinces_63=old,
        activities=same(row.activities),
        programmes=same(row.programmes),
        components=same(row.components),
        story=stored.id if stored.story == stored.id else stored.story,
        budgets=tuple([places.same_words(budget) for budget in row.budgets]),
    )


class Facts(Sequence[Fact]):
    """Documents that count at one revision, dated ones in order of publication, then the undated."""

    def __init__(self, facts: Iterable[Fact], revision: int = 0) -> None:
        self._all = sorted(facts, key=_order)
        self.revision = revision
        self._derived: dict[Hashable, Any] = {}
        self._deriving = threading.RLock()

    def with_changes(self, gone: Container[str], fresh: Iterable[Fact], revision: int) -> Facts:
        """These without ``gone`` and with ``fresh``."""
        changed = Facts((), revision)
        changed._all = [fact for fact in self._all if fact.id not in gone]
        for fact in fresh:
            insort(changed._all, fact, key=_order)
        return changed

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, worked out on the first call with this key and kept as long as these facts.

        Others who ask meanwhile wait.
        """
        with self._deriving:  # one may rest on another
            return kept(self._derived, key, make, most=MAX_DERIVED)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index):  # type: ignore[no-untyped-def] # as Sequence declares it
        return self._all[index]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._all)

    def between(self, start: date, end: date) -> list[Fact]:
        """Dated facts with ``start <= day < end``, in order."""
        return self._all[bisect_left(self._all, start, key=_day) : bisect_left(self._all, end, key=_day)]

    def during(self, period: Period) -> list[Fact]:
        return self.between(period.start, period.end)

    @property
    def undated(self) -> list[Fact]:
        return self._all[bisect_left(self._all, date.max, key=_day) :]

    @property
    def dated(self) -> list[Fact]:
        return self._all[: bisect_left(self._all, date.max, key=_day)]

    @property
    def relevant(self) -> list[Fact]:
        """Those on poverty communication, in the same order. Not to be changed."""
        return self.once("relevant", lambda: [fact for fact in self._all if fact.relevance == RELEVANT])

    @property
    def relevant_undated(self) -> list[Fact]:
        found = self.relevant
        return found[bisect_left(found, date.max, key=_day) :]

    def about(self, units: Units) -> Mapping[str, list[Fact]]:
        """`relevant` by the province that they are about, in the same order; one about two stands under both. Not to be changed."""
        return self.once(("about", units), lambda: _by_province(self.relevant, units))

    @property
    def told_together(self) -> Mapping[str, Sequence[Fact]]:
        """Id of an article to all of its story, in order of publication; stories of one article are left out."""
        return self.once("told_together", self._told_together)

    def _told_together(self) -> dict[str, Sequence[Fact]]:
        later = {fact.story for fact in self._all if not fact.first_in_story}
        groups: dict[str, list[Fact]] = defaultdict(list)
        for fact in self._all:
            if fact.story in later:
                groups[fact.story].append(fact)
        return {fact.id: group for group in groups.values() if len(group) > 1 for fact in group}


def _by_province(facts: Iterable[Fact], units: Units) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        for code in fact.provinces(units):
            found[code].append(fact)
    return dict(found)


def _order(fact: Fact) -> tuple[date, datetime, str]:
    return fact.order


def _day(fact: Fact) -> date:
    return fact.day


class FactTable:
    """All facts of a store, brought up to date by reading only what changed. Not for several threads at once."""

    def __init__(self, source: FactSource, register: Register) -> None:
        self._source = source
        self._places = Places(register)
        self._facts = Facts(())

    def read(self) -> Facts:
        """The facts of now; the same object as before when nothing changed."""
        before = self._facts
        if self._source.facts_revision() == before.revision:
            return before
        changed: dict[str, Fact | None] = {}
        revision = before.revision
        while rows := self._source.facts(after=revision, limit=CHUNK):
            for row in rows:
                changed[row.id] = None if row.fact is None else fact_of(row, self._places)
            revision = rows[-1].seq
        if not changed:
            return before
        fresh = [fact for fact in changed.values() if fact is not None]
        if 20 * len(changed) < len(before):
            self._facts = before.with_changes(changed, fresh, revision)
        else:
            self._facts = Facts([*(fact for fact in before if fact.id not in changed), *fresh], revision)
        return self._facts
