"""The cues of relevance as data: reading and checking ``data/relevance_cues.toml`` and matching it against one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.errors import InvalidData
from corpus.tables import Entry, open_list
from nlp.cues import CueBook, Hits, Pattern, PatternIndex, find, stands

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
    def _index(self) -> PatternIndex:
        """The patterns of the cues by the position of their cue, then those of the signals by theirs behind the cues."""
        owned = [cue.patterns for cue in self.cues] + list(self.signals.values())
        return PatternIndex((position, pattern) for position, patterns in enumerate(owned) for pattern in patterns)

    def read(self, text: str) -> CueReading:
        """What holds for one `nlp.sections.plain` sentence."""
        hits = self.book.scan(text)
        if not hits:
            return _NOTHING
        standing = [owner for owner, patterns in self._index.possible(hits) if stands(patterns, hits)]
        count = len(self.cues)
        names = tuple(self.signals)
        return CueReading(
            tuple(self.cues[position] for position in standing if position < count and _is_left(self.cues[position], hits)),
            frozenset(names[position - count] for position in standing if position >= count),
        )


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


def _is_left(cue: Cue, hits: Hits) -> bool:
    """Whether a cue, one of whose patterns stands there, has a companion and nothing that excludes it."""
    if cue.companions and not any(find(pattern, hits) for pattern in cue.companions):
        return False
    return not any(find(pattern, hits) for pattern in cue.exclude)
