"""The cues of relevance as data: reading and checking ``data/relevance_cues.toml`` and matching it against one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.errors import InvalidData
from corpus.tables import Entry, open_list
from nlp.cues import CueBook, Hits, Pattern, find

FILE = "relevance_cues.toml"
SIDES = ("communication", "poverty", "other")
SIGNALS = (
    "telling",
    "devices",
    "contest",
    "honour",
    "livelihood",
    "poverty",
    "core",
    "neighbour",
    "leaving",
    "visits",
    "review",
    "duties",
    "gifts",
)
"""What the judge counts sentences of; each must stand in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    id: str
    speaks: str
    weight: float
    patterns: tuple[Pattern, ...]
    companions: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    limit: int
    needs_poverty: bool
    """Counts only where the document speaks of poverty at all."""
    example: str


@dataclass(frozen=True, slots=True)
class CueReading:
    """One sentence as the cues read it."""

    cues: tuple[Cue, ...]
    signals: frozenset[str]


_NOTHING = CueReading((), frozenset())


@dataclass(frozen=True)
class RelevanceCues:
    book: CueBook
    cues: tuple[Cue, ...]
    signals: Mapping[str, tuple[Pattern, ...]]
    places: dict[str, float]
    version: str

    @classmethod
    def load(cls, path: Path | None = None) -> RelevanceCues:
        """The bundled cues, or those at ``path``.

        Raises: InvalidData naming the file and the cue and field, or line, that is wrong.
        """
        top = open_list(path, package="nlp.data", name=FILE)
        version = top.string("version")
        book = CueBook.of(top)
        places_entry = Entry(top.take("places", {}), file=top.file, place="places")
        places = {name: places_entry.number(name) for name in top.take("places", {})}
        named = Entry(top.take("signals", {}), file=top.file, place="signals")
        signals = {name: book.patterns(named.strings(name)) for name in SIGNALS}
        named.finish()
        silent = next((name for name, patterns in signals.items() if not patterns), None)
        if silent:
            raise named.wrong(silent, "has no pattern")
        cues: list[Cue] = []
        for entry in top.entries("rule"):
            cue = _cue(entry, book)
            if any(cue.id == other.id for other in cues):
                raise entry.wrong("id", f"{cue.id!r} stands twice")
            cues.append(cue)
        top.finish()
        if not cues:
            raise InvalidData("no [[rule]] in the file", file=top.file)
        return cls(book, tuple(cues), signals, places, version)

    @cached_property
    def _first(self) -> tuple[frozenset[int], ...]:
        """The elements with which the patterns of each cue begin."""
        return tuple(frozenset(pattern.atoms[0] for pattern in cue.patterns) for cue in self.cues)

    def read(self, text: str) -> CueReading:
        """What holds for one `nlp.sections.plain` sentence."""
        hits = self.book.scan(text)
        if not hits:
            return _NOTHING
        signals = frozenset(name for name, patterns in self.signals.items() if any(find(pattern, hits) for pattern in patterns))
        holding = tuple(cue for cue, first in zip(self.cues, self._first, strict=True) if not first.isdisjoint(hits) and _holds(cue, hits))
        return CueReading(holding, signals)


def _cue(entry: Entry, book: CueBook) -> Cue:
    cue = Cue(
        id=entry.string("id"),
        speaks=entry.string("speaks"),
        weight=entry.number("weight"),
        patterns=book.patterns(entry.strings("patterns")),
        companions=book.patterns(entry.strings("with")),
        exclude=book.patterns(entry.strings("exclude")),
        limit=int(entry.number("limit", default=2)),
        needs_poverty=entry.flag("needs_poverty"),
        example=entry.string("example"),
    )
    entry.finish()
    if cue.speaks not in SIDES:
        raise entry.wrong("speaks", f"must be one of {SIDES}, is {cue.speaks!r}")
    return cue


def _holds(cue: Cue, hits: Hits) -> bool:
    if not any(find(pattern, hits) for pattern in cue.patterns):
        return False
    if cue.companions and not any(find(pattern, hits) for pattern in cue.companions):
        return False
    return not any(find(pattern, hits) for pattern in cue.exclude)
