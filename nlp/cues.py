"""Cue phrases found in one pass: a small pattern language over literal phrases, compiled to one automaton.

A pattern is a row of elements with gaps between them, all within one sentence and in this order::

    {install} .. cụm loa|đài truyền thanh ... {poor}

An element is literal phrases separated by ``|``, a named set in braces, or ``<n>`` for a number. Between elements stand ``+`` (next word),
``..`` (at most 30 characters between) or ``...`` (at most 120). Phrases match whole words of `nlp.sections.plain` text. No regular
expression is built from data, so no data can make one slow: scanning is linear in the text, matching linear in the hits.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import ahocorasick

from corpus.errors import InvalidData
from corpus.tables import Entry
from nlp.sections import plain

GAPS = {"+": 2, "..": 30, "...": 120}
"""Characters allowed between two elements."""

_ELEMENT_SPLIT = re.compile(r"\s+(\+|\.\.\.|\.\.)\s+")
_NUMBER = re.compile(r"\d[\d.,]*")
NUMBER = "<n>"


@dataclass(frozen=True, slots=True)
class Pattern:
    atoms: tuple[int, ...]
    gaps: tuple[int, ...]
    """One less than atoms: the most characters before the next."""
    source: str


class Hits:
    """Which atoms stand in a sentence, and where. One phrase belongs to many atoms, of which few are ever asked for their places."""

    def __init__(
        self, places: Mapping[int, list[tuple[int, int]]], owners: Sequence[frozenset[int]], numbers: Sequence[tuple[int, int]]
    ) -> None:
        """``places`` by phrase, in order of end; ``owners`` of each phrase; ``numbers`` are the places of `NUMBER`, the phrase 0."""
        self.places = places
        self.owners = owners
        self._numbers = numbers
        self._known: dict[int, list[tuple[int, int]]] = {}
        self._atoms: set[int] | None = None

    def __bool__(self) -> bool:
        return bool(self.places) or bool(self._numbers)

    def __contains__(self, atom: int) -> bool:
        return atom in self.atoms

    @property
    def phrases(self) -> Iterable[int]:
        """Those that stand there, `NUMBER` among them."""
        return (*self.places, 0) if self._numbers else self.places

    @property
    def atoms(self) -> set[int]:
        if self._atoms is None:  # of most sentences nobody asks
            self._atoms = set().union(*(self.owners[phrase] for phrase in self.phrases))
        return self._atoms

    def of(self, atom: int) -> list[tuple[int, int]]:
        """(start, end) in order of end, of equal ends the longest first; numbers last."""
        known = self._known.get(atom)
        if known is None:
            lists = [places for phrase, places in self.places.items() if atom in self.owners[phrase]]
            known = lists[0] if len(lists) == 1 else sorted((place for places in lists for place in places), key=_by_end)
            if self._numbers and atom in self.owners[0]:
                known = [*known, *self._numbers]
            self._known[atom] = known
        return known


class CueBook:
    """All phrases of a cue file in one automaton."""

    def __init__(self, sets: Mapping[str, Sequence[str]], *, file: str) -> None:
        self._sets = sets
        self._file = file
        self._atoms: dict[frozenset[str], int] = {}
        self._automaton: ahocorasick.Automaton | None = None
        self._owners: list[frozenset[int]] = []
        """Atoms of each phrase, those of `NUMBER` first."""

    @classmethod
    def of(cls, top: Entry) -> CueBook:
        """An empty book with the named sets of a cue file. Raises: InvalidData."""
        named = top.take("sets", {})
        sets = Entry(named, file=top.file, place="sets")
        return cls({name: sets.strings(name) for name in named}, file=top.file)

    def pattern(self, source: str) -> Pattern:
        """Raises: InvalidData for an unknown set or an empty element."""
        parts = _ELEMENT_SPLIT.split(source.strip())
        phrases = [self._phrases(part, source) for part in parts[::2]]
        atoms = tuple(self._atoms.setdefault(choices, len(self._atoms)) for choices in phrases)
        self._automaton = None
        return Pattern(atoms, tuple(GAPS[gap] for gap in parts[1::2]), source)

    def patterns(self, sources: Iterable[str]) -> tuple[Pattern, ...]:
        return tuple(self.pattern(source) for source in sources)

    def _phrases(self, element: str, source: str) -> frozenset[str]:
        phrases: set[str] = set()
        for choice in element.split("|"):
            choice = choice.strip()
            if choice.startswith("{") and choice.endswith("}"):
                if choice[1:-1] not in self._sets:
                    raise InvalidData(f"pattern {source!r}: no set {choice} in the file", file=self._file)
                phrases.update(plain(phrase) for phrase in self._sets[choice[1:-1]])
            elif choice != NUMBER and any(sign in choice for sign in "<>{}+"):
                raise InvalidData(f"pattern {source!r}: {choice!r} mixes a phrase with a sign; write + or .. between them", file=self._file)
            else:
                phrases.add(choice if choice == NUMBER else plain(choice))
        if not phrases or "" in phrases:
            raise InvalidData(f"pattern {source!r}: an element is empty", file=self._file)
        return frozenset(phrases)

    def _compile(self) -> ahocorasick.Automaton:
        owners: dict[str, set[int]] = {NUMBER: set()}
        for phrases, atom in self._atoms.items():
            for phrase in phrases:
                owners.setdefault(phrase, set()).add(atom)
        automaton = ahocorasick.Automaton()
        for number, phrase in enumerate(owners):
            if phrase != NUMBER:
                automaton.add_word(phrase, (len(phrase), number))
        self._owners = [frozenset(atoms) for atoms in owners.values()]
        automaton.make_automaton()
        self._automaton = automaton
        return automaton

    def scan(self, text: str) -> Hits:
        """Where each atom stands in ``text``, which must be `plain`."""
        automaton = self._automaton or self._compile()
        places: dict[int, list[tuple[int, int]]] = {}
        framed = f" {text} "
        for final, (length, phrase) in automaton.iter(text):
            end = final + 1
            start = end - length
            if framed[start].isalnum() or framed[end + 1].isalnum():
                continue
            if phrase in places:
                places[phrase].append((start, end))
            else:
                places[phrase] = [(start, end)]
        numbers = [match.span() for match in _NUMBER.finditer(text)] if self._owners[0] else []
        return Hits(places, self._owners, numbers)


class PatternIndex:
    """Which of many patterns may stand in a sentence, without asking each."""

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        """``patterns`` with what each belongs to, those of one owner in a row; the order is kept."""
        self._patterns = tuple(patterns)
        self._size = len(self._patterns)
        self._elements = max((len(pattern.atoms) for _, pattern in self._patterns), default=0)
        # Numbers whose bits are patterns, once for each element: bit n of the element k for the pattern n.
        self._missing = 0
        """Elements that a pattern does not have stand everywhere."""
        self._with: dict[int, int] = {}
        """Atom to the elements that it is."""
        for position, (_, pattern) in enumerate(self._patterns):
            for element in range(self._elements):
                bit = 1 << element * self._size + position
                if element < len(pattern.atoms):
                    self._with[pattern.atoms[element]] = self._with.get(pattern.atoms[element], 0) | bit
                else:
                    self._missing |= bit
        self._of_phrase: dict[int, int] = {}
        self._owners: Sequence[frozenset[int]] = ()
        """Of the book that the phrases are numbered in."""

    def possible(self, hits: Hits) -> Iterator[tuple[int, list[Pattern]]]:
        """What patterns belong to whose elements all stand somewhere in the sentence, in order, with those patterns."""
        if self._owners is not hits.owners:
            self._owners, self._of_phrase = hits.owners, {}
        standing, of_phrase = self._missing, self._of_phrase
        for phrase in hits.phrases:
            bits = of_phrase.get(phrase)
            standing |= self._learn(phrase) if bits is None else bits
        left = standing & (1 << self._size) - 1
        for _ in range(1, self._elements):
            standing >>= self._size
            left &= standing
        if left:
            for owner, group in groupby(self._chosen(left), key=itemgetter(0)):
                yield owner, [pattern for _, pattern in group]

    def _learn(self, phrase: int) -> int:
        bits = 0
        for atom in self._owners[phrase]:
            bits |= self._with.get(atom, 0)
        self._of_phrase[phrase] = bits
        return bits

    def _chosen(self, bits: int) -> Iterator[tuple[int, Pattern]]:
        while bits:
            lowest = bits & -bits
            yield self._patterns[lowest.bit_length() - 1]
            bits ^= lowest


def stands(patterns: Iterable[Pattern], hits: Hits) -> bool:
    """Whether one of ``patterns``, all `PatternIndex.possible`, stands in the sentence."""
    return any(not pattern.gaps or all_matches(pattern, hits) for pattern in patterns)


def find(pattern: Pattern, hits: Hits) -> bool:
    """Whether the pattern stands in the sentence."""
    atoms = pattern.atoms
    if atoms[0] not in hits.atoms:
        return False
    return len(atoms) == 1 or bool(all_matches(pattern, hits))


def all_matches(pattern: Pattern, hits: Hits) -> Sequence[tuple[int, int]]:
    """Matches as (start of the first element, end of the last), in order of their last elements; of several starts for one end the
    latest is kept."""
    for atom in pattern.atoms:
        if atom not in hits.atoms:
            return ()
    reached = hits.of(pattern.atoms[0])
    following_atoms = pattern.atoms[1:]
    if not following_atoms:
        return reached
    for atom, gap in zip(following_atoms, pattern.gaps, strict=True):
        ordered = sorted(reached, key=_end)
        ends = [end for _, end in ordered]
        following: list[tuple[int, int]] = []
        for start, end in hits.of(atom):
            position = bisect_left(ends, start + 1) - 1
            if position >= 0 and start - ends[position] <= gap:
                following.append((ordered[position][0], end))
        if not following:
            return ()
        reached = following
    return reached


def _end(span: tuple[int, int]) -> int:
    return span[1]


def _by_end(span: tuple[int, int]) -> tuple[int, int]:
    return span[1], span[0]


def near(span: tuple[int, int], other: tuple[int, int], distance: int) -> bool:
    """Whether ``other`` lies within ``distance`` characters of ``span``."""
    return other[0] - distance <= span[1] and other[1] + distance >= span[0]
