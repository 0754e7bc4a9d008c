"""Which of many patterns can match in a text at all, told by one pass instead of a search for each.

Every pattern is asked for literals of which a match must hold one: "vay" and "tín dụng" for ``vay(?! oda)|tín dụng (?:đen|xanh)``.
They are read off the pattern as `re` itself parsed it, so a rule that is added or changed needs no second entry here, and a pattern
without any such literal is always let through. What is let through still has to be searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Generic, NamedTuple, TypeVar

import ahocorasick

Row = TypeVar("Row")

_MOST = 400
"""Literals kept for a stretch of a pattern; a stretch with more spellings is cut in two."""
_parser: Any = import_module("re._parser")  # not public; the tests of this module tell when a release of Python changes it


class Sieve(Generic[Row]):
    """Rows of a table, each with one pattern."""

    def __init__(self, rows: Sequence[Row], pattern_of: Callable[[Row], re.Pattern[str]]) -> None:
        self.rows = tuple(rows)
        self._always = 0
        """Rows as bits, the first one the lowest: those without literals, or with single letters, which stand in nearly every text."""
        owners: dict[str, int] = {}
        for position, row in enumerate(self.rows):
            literals = needed_literals(pattern_of(row))
            if not literals or any(len(literal) == 1 and (literal.isalnum() or literal.isspace()) for literal in literals):
                self._always |= 1 << position
                continue
            for literal in literals:
                owners[literal] = owners.get(literal, 0) | 1 << position
        self._automaton = _automaton(owners) if owners else None

    def possible(self, text: str) -> list[Row]:
        """The rows whose patterns may match somewhere in ``text``, in the order of the table."""
        bits = self.bits(text)
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self.rows[lowest.bit_length() - 1])
            bits ^= lowest
        return found

    def bits(self, text: str) -> int:
        """The same rows as a number: bit n for the row n."""
        found = self._always
        if self._automaton is not None:
            for _, bits in self._automaton.iter(text):
                found |= bits
        return found


class Search:
    """``search`` of patterns in parts of one text; any pattern may be asked for, but only those of the `Asked` are held back."""

    __slots__ = ("_bits", "_possible")

    def __init__(self, bits: Mapping[int, int], possible: int) -> None:
        self._bits = bits
        self._possible = possible

    def may(self, pattern: re.Pattern[str]) -> bool:
        """Whether ``pattern`` may stand anywhere in the text."""
        bit = self._bits.get(id(pattern))
        return bit is None or self._possible & bit != 0

    def __call__(self, pattern: re.Pattern[str], part: str) -> re.Match[str] | None:
        bit = self._bits.get(id(pattern))
        return pattern.search(part) if bit is None or self._possible & bit else None


class Asked:
    """Patterns that many texts are searched for one by one, mostly in vain."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self._sieve = Sieve(tuple(patterns), lambda pattern: pattern)
        self._bits = {id(pattern): 1 << position for position, pattern in enumerate(self._sieve.rows)}

    def within(self, text: str) -> Search:
        """For parts of ``text``."""
        return Search(self._bits, self._sieve.bits(text))


class Guarded:
    """One pattern with few literals, which is searched for only where one of them stands."""

    def __init__(self, pattern: str | re.Pattern[str]) -> None:
        self._pattern = re.compile(pattern)
        self._literals = tuple(sorted(needed_literals(self._pattern)))

    def may(self, text: str) -> bool:
        """Whether the pattern may stand anywhere in ``text``."""
        return not self._literals or any(literal in text for literal in self._literals)

    def search(self, text: str) -> re.Match[str] | None:
        return self._pattern.search(text) if self.may(text) else None


def _automaton(owners: Mapping[str, int]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for literal, bits in owners.items():
        automaton.add_word(literal, bits)
    automaton.make_automaton()
    return automaton


def needed_literals(pattern: re.Pattern[str]) -> frozenset[str]:
    """Strings of which every match of ``pattern`` holds at least one; empty where there is no such set.

    >>> sorted(needed_literals(re.compile(r"(?<!tổ )vay(?! oda)|tín dụng (?:đen|xanh)")))
    ['tín dụng xanh', 'tín dụng đen', 'vay']
    >>> needed_literals(re.compile(r"vay|[^,]+"))
    frozenset()
    """
    if pattern.flags & re.IGNORECASE:
        return frozenset()
    return _shortest(_read(_parser.parse(pattern.pattern, pattern.flags)).best)


class _Literals(NamedTuple):
    """What is known of the strings that a part of a pattern matches."""

    whole: frozenset[str] | None
    """All of them, where they are few; looks ahead and back count as nothing and so leave some too many."""
    needed: frozenset[str]
    """Of these each holds at least one; empty where that is not known."""

    @property
    def best(self) -> frozenset[str]:
        return self.needed if self.whole is None else _better(self.whole, self.needed)


_ANYTHING = _Literals(None, frozenset())
_NOTHING = _Literals(frozenset([""]), frozenset())


def _read(items: Iterable[tuple[Any, Any]]) -> _Literals:
    """Of a row of items: the strings of neighbouring items are joined as long as they are few."""
    stretch = frozenset([""])
    needed: frozenset[str] = frozenset()
    cut = False
    for item in items:
        literals = _read_item(*item)
        if literals.whole is not None and len(stretch) * len(literals.whole) <= _MOST:
            stretch = frozenset(left + right for left in stretch for right in literals.whole)
            continue
        needed = _better(_better(needed, stretch), literals.needed)
        stretch = frozenset([""]) if literals.whole is None else literals.whole
        cut = True
    return _Literals(None, _better(needed, stretch)) if cut else _Literals(stretch, frozenset())


def _read_item(kind: Any, what: Any) -> _Literals:
    match str(kind):
        case "LITERAL":
            return _Literals(frozenset([chr(what)]), frozenset())
        case "IN":
            return (
                _Literals(frozenset(chr(code) for _, code in what), frozenset()) if all(str(k) == "LITERAL" for k, _ in what) else _ANYTHING
            )
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return _NOTHING
        case "BRANCH":
            return _one_of([_read(items) for items in what[1]])
        case "SUBPATTERN":
            _, flags, _, items = what
            return _ANYTHING if flags & re.IGNORECASE else _read(items)
        case "ATOMIC_GROUP":
            return _read(what)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, items = what
            literals = _read(items)
            if most == 1:
                return literals if least else _one_of([literals, _NOTHING])
            return _Literals(None, literals.best if least else frozenset())
    return _ANYTHING


def _one_of(choices: Sequence[_Literals]) -> _Literals:
    wholes = [choice.whole for choice in choices if choice.whole is not None]
    best = [choice.best for choice in choices]
    whole = frozenset().union(*wholes) if len(wholes) == len(choices) else None
    needed = frozenset().union(*best) if all(best) else frozenset()
    return _Literals(whole if whole is not None and len(whole) <= _MOST else None, needed)


def _better(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Of two sets of literals, the one whose shortest is longer: it stands in fewer texts."""
    return max(one, other, key=lambda literals: (min(map(len, literals), default=0), -len(literals)))


def _shortest(literals: frozenset[str]) -> frozenset[str]:
    """Without those that hold another one, and empty where one of them is."""
    if "" in literals:
        return frozenset()
    return frozenset(literal for literal in literals if not any(other in literal for other in literals if other != literal))
