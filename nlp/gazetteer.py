"""Find every name of the register in a text: one Aho-Corasick pass, whole words, capital letters, longest first.

Which unit a name means is not decided here (see ``nlp/locality.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick

from corpus.localities import Register
from corpus.locality_names import name_key, spell

_CHARACTERS = tuple(zip("’‘`´ʼ–—\n\t\r", "'''''--   ", strict=True))
_NUMBERED = re.compile(r"(?:q(?<!\wq)(?:uận|\.)|p(?<!\wp)(?:hường|\.))\s?(\d{1,2})(?!\w|[.,/-]\d)")
_MORE_NUMBERS = re.compile(r"(?:,|;| và| &)\s?(\d{1,2})(?=\s?(?:[,;.)\n]|và (?:\d|các |phường|xã|thị trấn)|của |thuộc |\(|$))(?![.,/-]\d)")
"""Goes on with the numbers of "phường 5, 7 và 9"."""
_TRAP = ""


@dataclass(frozen=True, slots=True)
class Name:
    """``text[start:end]`` spells a name of the register; ``key`` leads to the units that bear it."""

    start: int
    end: int
    key: str


def plain(text: str) -> str:
    """The text as names are compared: spelled one way, one kind of dash, apostrophe and space; the length is kept."""
    for character, usual in _CHARACTERS:
        text = text.replace(character, usual)  # ten times a look at the text cost less than one at each character
    return spell(text)


class Gazetteer:
    def __init__(self, register: Register, *, traps: Iterable[str] = ()) -> None:
        """``traps`` are phrases that hold a place name and are none; they win where they are the longest."""
        self._automaton = ahocorasick.Automaton()
        self._any_case: set[str] = set()
        self._heads: dict[str, int] = {}
        """Names that begin with a noun in small letters, "xứ Thanh", to the length of that."""
        numbers = set()
        for code_forms in (register.forms(unit.code) for unit in register):
            for form in code_forms:
                if form.level == "country":
                    continue  # stands in the names of half of all associations and says nothing there
                if form.name.isdigit():
                    numbers.add(form.name)
                    continue
                key = name_key(form.name)
                for written in _written(form.name):
                    self._automaton.add_word(written, (len(written), key))
                if form.level == "region":
                    self._any_case.add(key)
        for alias, code in register.aliases:
            key = name_key(alias)
            for written in _written(alias):
                self._automaton.add_word(written, (len(written), key))
            if code.startswith("R-"):
                self._any_case.add(key)
            elif alias[0].islower():
                self._heads[key] = alias.index(" ") + 1
        for trap in traps:
            written = plain(trap)
            self._automaton.add_word(written, (len(written), _TRAP))
        self._automaton.make_automaton()
        self._numbers = numbers
        self._counted = frozenset(
            key
            for key, codes in register.names.items()
            if key[-1:].isdigit() and " " in key and all(code.startswith("v2") for code in codes)
        )

    def find(self, text: str, lowered: str, *, before: bool = False) -> list[Name]:
        """Names in order, none overlapping; ``lowered`` is ``plain(text)``.

        ``before`` the reform nothing is called "Bảo Lâm 1": the number counts something in Bảo Lâm.
        """
        hits: list[tuple[int, int, str]] = []
        size = len(lowered)
        for last, (length, key) in self._automaton.iter(lowered):
            end = last + 1
            start = end - length
            if (end < size and lowered[end].isalnum()) or (
                start > 0 and lowered[start - 1].isalnum() and not _is_glued(text, lowered, start)
            ):
                continue
            if before and key in self._counted:
                continue
            if key in self._any_case or key == _TRAP or _is_capitalized(text, start + self._heads.get(key, 0), end):
                hits.append((start, end, key))
        for first in _NUMBERED.finditer(lowered):
            match: re.Match[str] | None = first
            while match and (number := match[1].lstrip("0")) in self._numbers:
                hits.append((match.start(1), match.end(1), number))
                match = _MORE_NUMBERS.match(lowered, match.end())
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        names = []
        free_from = 0
        for start, end, key in hits:
            if start >= free_from:
                free_from = end
                if key != _TRAP:
                    names.append(Name(start, end, key))
        return names


def _written(name: str) -> set[str]:
    """How a name may stand in `plain` text: dashes with and without spaces, apostrophes kept, loose or dropped."""
    written = {plain(" ".join(name.split()))}
    if "-" in name:
        written |= {form.replace(" - ", joint) for form in tuple(written) for joint in ("-", " ", " - ")}
    written |= {_CLUSTER.sub(r"\1'", form) for form in tuple(written)}
    if "'" in name or "’" in name:
        written |= {form.replace("'", joint) for form in tuple(written) for joint in ("'", "", "' ", " ")}
    return written


_CLUSTER = re.compile(r"(?<!\w)(?!ch|gh|kh|ng|nh|ph|th|tr)([bcdđghklmnprstv])(?=[bcdđghjklmnprstvwxz])")
"""What no Vietnamese word begins with and is often parted: "Rsal" and "R'sal"."""
_GLUED = re.compile(r"(?<!\w)(?:tỉnh|huyện|xã|phường|quận|thị xã|thị trấn|thành phố)$")


def _is_glued(text: str, lowered: str, start: int) -> bool:
    """Whether a type word stands before the name without a space: "tỉnhLào Cai"."""
    return text[start].isupper() and text[start - 1].islower() and _GLUED.search(lowered, max(0, start - 10), start) is not None


def _is_capitalized(text: str, start: int, end: int) -> bool:
    """Whether every word begins with a capital letter or digit; words are what spaces and dashes part."""
    at_start = True
    for position in range(start, end):
        character = text[position]
        if at_start and character.isalpha() and not (character.isupper() or character.istitle()):
            # "Nông trường Phong Hải": the one generic noun inside names
            return text[start : start + 11].lower() == "nông trường" and _is_capitalized(text, start + 12, end)
        at_start = character in " -–—\n\t"
    return True
