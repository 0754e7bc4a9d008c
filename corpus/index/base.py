"""What an index is, whatever the engine: the questions, the answers, and the protocol that the contract tests check.

The document in the store is the truth; an index is derived from it and rebuilt with ``loa reindex``. It answers with ids, scores
and counts. Text, snippets and highlights come from the store and `corpus.analysis`. User text reaches an engine only as terms
that our analysis made, never as query syntax (see ``parse.py`` for the language that people type).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from inspect import GEN_CREATED, getgeneratorstate
from types import TracebackType
from typing import Literal, Protocol, Self

from corpus.document import Document

SCHEMA_VERSION = 3
"""Raised with every change of terms, fields or analysis: an index of another version is not read but rebuilt."""

MAX_OFFSET = 10_000
"""How deep numbered pages go; beyond it a cursor (`Query.after`) reads on."""
MAX_LIMIT = 200
MIN_PREFIX = 3
"""Letters that a prefix must have; shorter ones match half of the vocabulary."""
MAX_DISTANCE = 50
"""Words between two that still stand near each other, at most."""

CodeField = Literal[
    "province",  # unit of the map of 34, `v2-…`, or VN for texts about the whole country
    "province_before",  # unit of the map of 63, `v1-…`; a `v2-…` code where the old provinces in it cannot be told apart; VN
    "district",  # `v1-` code of a district
    "locality",  # any unit: the ones the text is about and all that contain them, on both maps
    "activity",
    "modality",  # done, planned, general: of any activity
    "programme",
    "component",  # `gnbv-2021-2025/6.1`
    "source",  # key in the portal registry
    "relevance",
    "year",  # of publication; absent for undated texts
    "kind",
    "money",  # band of amounts, see `fields.MONEY_BANDS`
    "confidence",  # of the least certain tag: sure, likely, doubtful, see `fields.CONFIDENCE_BANDS`
]
LONG_FIELDS: frozenset[CodeField] = frozenset({"locality", "district"})
"""Code lists too long for a matrix."""
Interval = Literal["day", "week", "month", "year"]
"""Steps of a histogram; weeks begin on Monday."""
Sort = Literal["relevance", "newest", "oldest", "largest"]


BUILD_PART = 50_000
"""Documents of a build after which it is noted how far it has come: what a kill costs at most, some 40 s of work. Each part ends in a
commit, which is one more segment for the embedded engine to merge."""


@dataclass(frozen=True, slots=True)
class Build:
    """How far a build has come that may have been cut off."""

    of: str
    """What it is made of; a build of something else is begun anew."""
    after: str = ""
    """All documents up to this id are in it."""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """All these words anywhere in title or text. Words typed next to each other belong into one node: they decide together
    whether the look-up is exact, and documents that have them side by side come first."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words side by side in this order."""

    text: str
    title_only: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins so. Raises: ValueError under `MIN_PREFIX` letters."""

    text: str
    title_only: bool = False

    def __post_init__(self) -> None:
        if len(self.text) < MIN_PREFIX:
            raise ValueError(f"prefix {self.text!r} is shorter than {MIN_PREFIX}")


@dataclass(frozen=True, slots=True)
class Near:
    """Each of these words has at most ``distance`` words between itself and the next one of the list, which may stand before or
    after it. Abbreviations are not spelt out here."""

    text: str
    distance: int
    title_only: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.distance <= MAX_DISTANCE:
            raise ValueError(f"distance {self.distance} is not within 0..{MAX_DISTANCE}")


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class In:
    """The document has one of these codes in the field. No codes: nothing matches."""

    field: CodeField
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """Publication date in ``[start, end)``; an open end is None. Undated documents never match."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """At least one amount of public money (`Budget.kind` is ``budget``) in ``[start, end)`` đồng."""

    start: int | None = None
    end: int | None = None


Node = Words | Phrase | Prefix | Near | And | Or | Not | In | Published | Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    where: Node | None = None
    """What the reader asked for; None is everything."""
    filters: tuple[Node, ...] = ()
    """Further conditions, all of which must hold; they never change the score."""
    sort: Sort = "relevance"
    """``newest``, ``oldest`` and ``largest`` are total orders (ties by id's hash), undated or moneyless documents last.
    ``relevance`` promises no order among equal scores."""
    limit: int = 20
    offset: int = 0
    after: int | None = None
    """`Results.next` of the page before; not for ``relevance``. Excludes ``offset``."""
    facets: tuple[CodeField, ...] = ()
    matrices: tuple[tuple[CodeField, CodeField], ...] = ()
    """Pairs of different fields, none of `LONG_FIELDS`, whose codes are counted together."""
    histogram: Interval | None = None

    def __post_init__(self) -> None:
        if any(row == column or LONG_FIELDS & {row, column} for row, column in self.matrices):
            raise ValueError(f"no matrix of {self.matrices}")
        if not 0 <= self.limit <= MAX_LIMIT:
            raise ValueError(f"limit {self.limit} is not within 0..{MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise ValueError(f"offset {self.offset} is not within 0..{MAX_OFFSET}")
        if self.after is not None and (self.sort == "relevance" or self.offset):
            raise ValueError("a cursor goes with a total order and without offset")


@dataclass(frozen=True, slots=True)
class Hit:
    id: str
    score: float
    """Comparable within one result only; 0.0 where the order is not by relevance."""


@dataclass(frozen=True, slots=True)
class Facet:
    """Number of documents of the whole result that have each code; a document counts once a code."""

    field: CodeField
    counts: tuple[tuple[str, int], ...]
    """Most frequent first, then by code."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Number of documents of the whole result that have both codes; a document with two of each counts in all four cells."""

    rows: CodeField
    columns: CodeField
    counts: tuple[tuple[str, str, int], ...]
    """(row's code, column's code, documents), by the codes; cells without a document are left out."""


@dataclass(frozen=True, slots=True)
class Histogram:
    interval: Interval
    counts: tuple[tuple[date, int], ...]
    """(first day of the step, documents published in it), in order; steps without a document are left out."""
    undated: int


@dataclass(frozen=True, slots=True)
class Results:
    total: int
    """Exact number of matching documents; pages and facets are parts of the same snapshot."""
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...] = ()
    next: int | None = None
    """Cursor of the next page for total orders, None on the last one and for ``relevance``."""
    matrices: tuple[Matrix, ...] = ()
    histogram: Histogram | None = None

    def facet(self, field: CodeField) -> Facet:
        return next(facet for facet in self.facets if facet.field == field)

    def matrix(self, rows: CodeField, columns: CodeField) -> Matrix:
        return next(found for found in self.matrices if (found.rows, found.columns) == (rows, columns))


class Scan:
    """The ids of a whole result, once through, of the snapshot that was current when the scan began.

    What is written meanwhile does not show. Close it (``with``) when it is left before its end. Iterating raises IndexUnavailable
    when the engine goes away; what came until then is not complete.
    """

    def __init__(self, total: int, ids: Generator[str, None, None], let_go: Callable[[], object] = lambda: None) -> None:
        """``let_go`` frees the snapshot of a scan that was closed before its first id; afterwards ``ids`` does."""
        self.total = total
        """Exact number of ids that follow."""
        self._ids = ids
        self._let_go = let_go

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        return next(self._ids)

    def close(self) -> None:
        if getgeneratorstate(self._ids) == GEN_CREATED:
            self._let_go()
        self._ids.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Health:
    engine: str
    """``tantivy``, ``elasticsearch``"""
    whole: bool
    """False where it answers but could lose something: a copy is missing."""
    documents: int
    detail: str = ""


class Index(Protocol):
    """Raises everywhere: IndexUnavailable when the engine cannot answer now, InvalidData when its files are damaged."""

    def put(self, document: Document) -> None:
        """Adds or replaces by id. Visible and durable after `refresh`."""

    def delete(self, id: str) -> None:
        """An unknown id is no error. Visible and durable after `refresh`."""

    def get(self, id: str) -> str | None:
        """The content hash of the indexed version, None where the document is not there."""

    def search(self, query: Query) -> Results: ...

    def count(self, query: Query) -> int:
        """`Results.total` alone."""

    def scan(self, query: Query) -> Scan:
        """All ids of the result in the query's order (``relevance`` reads as ``newest``), beyond `MAX_OFFSET` too. Page, facets
        and cursor of the query are not looked at."""

    def frequencies(self, terms: Sequence[str], *, exact: bool = True) -> tuple[int, ...]:
        """In how many documents each term of our analysis stands, in title or text; ``exact`` or folded terms."""

    def health(self) -> Health:
        """How the engine is; one that cannot answer raises."""

    def refresh(self) -> None:
        """Commits what this object wrote and makes all that anyone committed visible to it."""

    def close(self) -> None:
        """Writes what is pending and lets go of files and locks. Further calls are errors."""
