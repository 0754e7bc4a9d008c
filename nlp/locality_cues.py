"""The cue phrases around place names (``nlp/data/locality_cues.toml``), compiled to patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from corpus.localities import TYPE_LEVELS
from nlp.patterns import words
from nlp.sieve import Sieve

_TYPES = (*TYPE_LEVELS, "thị")
_SHORT_TYPES = ("t.p", "t.x", "tp", "tx", "tt", "h", "q", "p", "x")
_COUNTS = ("các", "những", "mọi", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_LIST_HEADS = ("gồm có", "bao gồm", "gồm", "như", "là", "trong đó có", "có")
_WORD = re.compile(r"\w+")
_AT_THE_END = ("titles", "landmarks", "enterprises", "products", "newspapers", "venues")
"""Groups of phrases that stand right before a name, with a full stop or colon between at most."""
_LAST_WORD = 24
"""Characters in which the last word is looked for; those of the cues are shorter by far."""


@dataclass(frozen=True)
class Cues:
    """The cue file, compiled."""

    raw: Mapping[str, Any]

    @cached_property
    def surnames(self) -> frozenset[str]:
        words: list[str] = f"{self.raw['surnames']} {self.raw['given_middle']}".split()
        return frozenset(words)

    @cached_property
    def type_word(self) -> re.Pattern[str]:
        types = "|".join(sorted(_TYPES, key=len, reverse=True)).replace(" ", r"\s")
        mods = _any_of(self.raw["modifiers"])
        firsts = "".join(sorted({word[0] for word in (*_TYPES, *_SHORT_TYPES, *_COUNTS)}))
        return re.compile(
            rf"(?=[\d{firsts}])(?<![\w.&])(?<!tt-)(?P<count>(?:{'|'.join(_COUNTS)}|\d{{1,3}})(?:/\d{{1,3}})?\s+)?"
            rf"(?P<list>(?:(?:{types})\s*(?:,|và|/|-)\s*){{0,3}})"
            rf"(?P<type>(?:{types})|(?:t\.?p|t\.?x|tt|[hqpx](?=\.))(?!\w))(?P<dot>(?:(?<=[hpqtx])(?<!tỉnh)\.)?)"
            rf"(?P<mods>(?:\s(?:{mods})(?:\s(?:là|gồm))?(?!\w))*)"
            rf"(?P<gap>\s?(?:{'|'.join(_LIST_HEADS)})?\s?:?\s?[\"“]?)$"
        )

    @cached_property
    def body(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)({_any_of(self.raw['bodies'])})\s$")

    def before(self, name: str) -> re.Pattern[str]:
        return self._before[name]

    @cached_property
    def _sieve(self) -> Sieve[tuple[str, re.Pattern[str]]]:
        sought = [(name, pattern) for name, pattern in self._before.items() if name not in _AT_THE_END]
        return Sieve([*sought, ("bodies", self.body)], lambda row: row[1])

    def may_be_typed(self, left: str) -> bool:
        """Whether ``left`` ends in a word that can end what `type_word` matches; else there is no need to search for that."""
        last = last_word(left)
        return last != "" and (last in self._type_ends or last.endswith(self._glued_ends))

    @cached_property
    def _type_ends(self) -> frozenset[str]:
        return frozenset(_WORD.findall(phrase)[-1] for phrase in (*_TYPES, *_SHORT_TYPES, *self.raw["modifiers"], *_LIST_HEADS))

    @cached_property
    def _glued_ends(self) -> tuple[str, ...]:
        """What may also stand without a space before it, as in "huyệnvàxã"."""
        return tuple(end for end in self._type_ends if len(end) > 1) + tuple(f"và{end}" for end in self._type_ends if len(end) == 1)

    def standing(self, left: str) -> list[str]:
        """Of the groups of phrases that may stand further back those of which one may stand in ``left``, or in a part of it."""
        return [name for name, _ in self._sieve.possible(left)]

    def ending(self, left: str) -> frozenset[str]:
        """Of the other groups those of which a phrase may end ``left``."""
        return self._ends.get(last_word(left), frozenset())

    def is_before(self, name: str, left: str) -> bool:
        """Whether one of the phrases stands at the end of ``left``."""
        return self._before[name].search(left) is not None

    @cached_property
    def _ends(self) -> dict[str, frozenset[str]]:
        """Last word of a phrase to the groups that have such a phrase."""
        found: dict[str, set[str]] = {}
        for name in _AT_THE_END:
            for phrase in (*self.raw[name], *(("thủ đô",) if name == "venues" else ())):
                found.setdefault(last_word(phrase), set()).add(name)
        return {word: frozenset(names) for word, names in found.items()}

    @cached_property
    def _before(self) -> dict[str, re.Pattern[str]]:
        gaps = {
            "neighbours": r"\s(?:(?:các|hai|với|của|mức|tỷ lệ|chung|bình quân|ở|tại|tận|\d[\d.,]*\s?%?)\s){0,4}$",
            "guests": r"(?:\s|,)(?:\S+\s){0,2}$",
            "delegates": r"(?:\s|,)(?:\S+\s){0,6}$",
            "halls": r"\s[^.;:!?\n]{0,48}$",
            "venues": r"[ .:]{1,2}(?:thủ đô\s)?$",
            "merged": r"\s(?:\S+\s){0,3}$",
            "products": r"\s$",
            "landmarks": r"\s$",
            "enterprises": r"\s$",
        }
        names = (
            "titles",
            "landmarks",
            "enterprises",
            "products",
            "halls",
            "newspapers",
            "guests",
            "delegates",
            "neighbours",
            "venues",
            "merged",
        )
        found = {
            name: re.compile(words(_any_of(self.raw[name]), never_after=("miền ", "vùng ")).pattern + gaps.get(name, r"[ .:]{1,2}$"))
            for name in names
        }
        found["institutions"] = re.compile(
            words(_any_of(self.raw["institutions"]), never_after=("[&-]", "thư ")).pattern + r"(?!\squay)(?:\s[\w&-]+){0,6}\s$"
        )
        found["agencies"] = re.compile(words(_any_of(self.raw["agencies"])).pattern + r"(?:[,\s]\s?[\w&–-]+){0,9}\s$")
        return found


def last_word(text: str) -> str:
    """Empty where none stands in the last characters; the end of one that is longer than any cue."""
    words = _WORD.findall(text[-_LAST_WORD:])
    return words[-1] if words else ""


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)).replace(r"\ ", r"\s")
