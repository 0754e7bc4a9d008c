"""What an index is, whatever the engine: the questions, the answers, and the protocol that the contract tests check.

The document in the store is the truth; an index is derived from it and rebuilt with ``loa reindex``. It answers with ids, scores
and counts. Text, snippets and highlights come from the store and `corpus.analysis`. User text reaches an engine only as terms
that our analysis made, never as query syntax (see ``parse.py`` for the language that people type).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from corpus.document import Document

SCHEMA_VERSION = 1
"""Raised with every change of terms, fields or analysis: an index of another version is not read but rebuilt."""

MAX_OFFSET = 10_000
"""How deep numbered pages go; beyond it a cursor (`Query.after`) reads on."""
MAX_LIMIT = 200

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
]
Sort = Literal["relevance", "newest", "oldest", "largest"]


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


Node = Words | Phrase | And | Or | Not | In | Published | Money


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

    def __post_init__(self) -> None:
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
class Results:
    total: int
    """Exact number of matching documents; pages and facets are parts of the same snapshot."""
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...] = ()
    next: int | None = None
    """Cursor of the next page for total orders, None on the last one and for ``relevance``."""

    def facet(self, field: CodeField) -> Facet:
        return next(facet for facet in self.facets if facet.field == field)


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

    def refresh(self) -> None:
        """Commits what this object wrote and makes all that anyone committed visible to it."""

    def close(self) -> None:
        """Writes what is pending and lets go of files and locks. Further calls are errors."""
