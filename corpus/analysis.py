"""The one analysis for search: text and queries become the same terms whatever the engine, and highlights are exact.

A term has two forms. The *exact* form is lower case in one spelling (NFC, one tone placement, one of i and y, đ as đ). The
*folded* twin has no diacritics. What is typed without any diacritic is looked up in the folded form and finds all; what is typed
with diacritics is looked up exactly. Engines store and compare these forms only; they never analyse Vietnamese themselves.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product
from typing import NamedTuple

from corpus.text import fold, lower, normalize, unify_tones

MAX_TERM = 64
"""Characters of a word that count; longer ones (encoded blobs) are cut, in texts and in queries alike."""
MAX_VARIANTS = 8
"""Spellings tried for one phrase; further combinations of synonyms are left out."""

# Combining marks and the invisible characters that `normalize` removes belong to the word they stand in. The two classes are
# disjoint, so the pattern is linear.
_WORD = re.compile("[^\\W_]+(?:[\u0300-\u036f\u200b-\u200d\u2060\ufeff\u00ad]+[^\\W_]*)*")

# i and y for one sound, by list: only syllables whose two spellings are one word. "vi", "thi", "di" have no such twin.
_Y_FOR_I = {
    **dict(zip("hi hí hì hỉ hị".split(), "hy hý hỳ hỷ hỵ".split(), strict=True)),
    **dict(zip("ki kí kì kỉ kĩ kị".split(), "ky ký kỳ kỷ kỹ kỵ".split(), strict=True)),
    **dict(zip("li lí lì lỉ lị".split(), "ly lý lỳ lỷ lỵ".split(), strict=True)),
    **dict(zip("mì mĩ mị".split(), "mỳ mỹ mỵ".split(), strict=True)),
    **dict(zip("sĩ".split(), "sỹ".split(), strict=True)),
    **dict(zip("tí tì tỉ tị".split(), "tý tỳ tỷ tỵ".split(), strict=True)),
    **dict(zip("qui quí quì quỉ quĩ quị".split(), "quy quý quỳ quỷ quỹ quỵ".split(), strict=True)),
}
_FOLDED_Y_FOR_I = {fold(i): fold(y) for i, y in _Y_FOR_I.items()}


class Token(NamedTuple):
    """A word of a text; ``[start, end)`` are offsets into the very string that was analysed."""

    start: int
    end: int
    exact: str
    folded: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Neighbouring terms to look for, all exact or all folded; one term is a pattern too."""

    terms: tuple[str, ...]
    exact: bool
    open: bool = False
    """The only term may go on: it is the beginning of words."""


class _Forms(dict[str, tuple[str, str]]):
    """Surface -> (exact, folded). Emptied when full: a corpus has some tens of thousands of distinct words."""

    LIMIT = 200_000

    def __missing__(self, surface: str) -> tuple[str, str]:
        if len(self) >= self.LIMIT:
            self.clear()
        forms = _forms(surface)
        if len(surface) <= MAX_TERM:
            self[surface] = forms
        return forms


def _forms(surface: str) -> tuple[str, str]:
    # Cut before normalising: reordering many combining marks is quadratic in their number.
    word = unify_tones(lower(normalize(surface[: 3 * MAX_TERM])))[:MAX_TERM]
    folded = _without_marks(word)
    if folded.endswith("k"):
        # No Vietnamese syllable ends in k. Names of the Central Highlands do and are spelt in many ways: Đắk, Đăk, Đak, Dak; Păk.
        return folded, folded
    return _Y_FOR_I.get(word, word), _FOLDED_Y_FOR_I.get(folded, folded)


def _without_marks(word: str) -> str:
    return "".join(c for c in fold(word) if not unicodedata.combining(c)) or word


_FORMS = _Forms()


def analyze(text: str) -> list[Token]:
    """The words of any string, in order, with both forms.

    >>> [(t.exact, t.folded) for t in analyze("Kĩ năng ở Hoà Bình, ĐĂK LĂK")]
    [('kỹ', 'ky'), ('năng', 'nang'), ('ở', 'o'), ('hòa', 'hoa'), ('bình', 'binh'), ('dak', 'dak'), ('lak', 'lak')]
    """
    return [Token(m.start(), m.end(), *_FORMS[m.group()]) for m in _WORD.finditer(text)]


def word_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """``[start, end)`` of the words that `analyze` finds; of a part of the text, whose ends may cut words."""
    return [found.span() for found in _WORD.finditer(text, start, len(text) if end is None else end)]


def term_lists(text: str) -> tuple[list[str], list[str]]:
    """The exact and the folded terms of a text, for indexing; the same terms as `analyze` gives."""
    pairs = [_FORMS[word] for word in _WORD.findall(text)]
    return [exact for exact, _ in pairs], [folded for _, folded in pairs]


def has_diacritics(text: str) -> bool:
    """Whether anything in ``text`` was typed with a Vietnamese letter or mark.

    >>> has_diacritics("dak lak"), has_diacritics("ma túy"), has_diacritics("da nang"), has_diacritics("đ")
    (False, True, False, True)
    """
    normal = lower(normalize(text))
    return fold(normal) != normal


def pattern(text: str) -> Pattern | None:
    """The words of ``text`` as one pattern, exact if any of them carries diacritics; None where there is no word."""
    exact = has_diacritics(text)
    terms = tuple(t.exact if exact else t.folded for t in analyze(text))
    return Pattern(terms, exact) if terms else None


def beginnings(text: str) -> tuple[Pattern, ...]:
    """What a word that begins with ``text`` may look like: its letters as typed and in our spelling, open at the end, and the
    whole word where our spelling changes its last letters. Empty where ``text`` is not one word.

    >>> [("".join(p.terms), p.open) for p in beginnings("hoà")]
    [('hòa', True), ('hoà', True)]
    >>> [("".join(p.terms), p.open) for p in beginnings("Đắk")]
    [('đắk', True), ('dak', False)]
    """
    words = analyze(text)
    if len(words) != 1:
        return ()
    exact = has_diacritics(text)
    plain = lower(normalize(text[words[0].start : words[0].end]))[:MAX_TERM]
    typed = (unify_tones(plain), plain) if exact else (_without_marks(plain),)
    whole = words[0].exact if exact else words[0].folded
    found = [Pattern((form,), exact, open=True) for form in typed]
    if not any(whole.startswith(form) for form in typed):
        found.append(Pattern((whole,), exact))
    return tuple(dict.fromkeys(found))


@cache
def _synonyms() -> tuple[dict[tuple[str, ...], frozenset[tuple[str, ...]]], dict[tuple[str, ...], frozenset[tuple[str, ...]]], int]:
    """Other forms by terms, exact and folded, and the longest form's number of terms."""
    source = files("corpus").joinpath("data", "synonyms.toml").read_text("utf-8")
    exact: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}
    folded: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}
    longest = 1
    for group in tomllib.loads(source)["groups"]:
        lists = [term_lists(form) for form in group]
        for table, which in ((exact, 0), (folded, 1)):
            forms = frozenset(tuple(both[which]) for both in lists)
            for form in forms:
                table[form] = table.get(form, frozenset()) | forms
                longest = max(longest, len(form))
    return exact, folded, longest


def alternatives(found: Pattern) -> list[tuple[tuple[str, ...], ...]]:
    """The pattern cut into pieces from the left, each with all its spellings, the one given first.

    >>> [len(piece) for piece in alternatives(pattern("UBND tỉnh Nghệ An"))]
    [2, 1, 1, 1]
    """
    exact, folded, longest = _synonyms()
    table = exact if found.exact else folded
    pieces: list[tuple[tuple[str, ...], ...]] = []
    at = 0
    while at < len(found.terms):
        for size in range(min(longest, len(found.terms) - at), 0, -1):
            piece = found.terms[at : at + size]
            if size == 1 or piece in table:
                others = sorted(table.get(piece, frozenset()) - {piece}, key=lambda form: (len(form), form))
                pieces.append((piece, *others))
                at += size
                break
    return pieces


def spellings(found: Pattern) -> tuple[Pattern, ...]:
    """The pattern and the same with synonyms put in, at most `MAX_VARIANTS`, the given spelling first.

    >>> [" ".join(p.terms) for p in spellings(pattern("hộ DTTS"))]
    ['hộ dtts', 'hộ dân tộc thiểu số']
    """
    result: list[Pattern] = []
    for combination in product(*alternatives(found)):
        result.append(Pattern(tuple(term for piece in combination for term in piece), found.exact))
        if len(result) == MAX_VARIANTS:
            break
    return tuple(dict.fromkeys(result))


def highlight(text: str, patterns: Iterable[Pattern]) -> list[tuple[int, int]]:
    """Half-open offsets into ``text`` of all that the patterns match, in order, overlapping ones joined.

    ``text`` may be any string; offsets count its own code points, whatever its normal form.

    >>> text = "Hội nghị giảm nghèo tại Đắk Lắk"
    >>> [text[a:b] for a, b in highlight(text, [pattern("dak lak"), pattern("giảm nghèo")])]
    ['giảm nghèo', 'Đắk Lắk']
    """
    finder = _finder(tuple(patterns))
    if finder is None:
        return []
    return list(_joined(finder.spans(text)))


@lru_cache(maxsize=256)
def _finder(patterns: tuple[Pattern, ...]) -> _Finder | None:
    """None where there is nothing to look for."""
    finder = _Finder(patterns)
    return finder if finder.firsts else None


class _Finder:
    """Finds a set of patterns. A text is not cut into words for it: letters that a match could begin with are looked for first."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._single: set[tuple[bool, str]] = set()
        self._longer: dict[tuple[bool, str], list[tuple[str, ...]]] = {}
        """By the first of their terms."""
        self._open: dict[bool, tuple[str, ...]] = {True: (), False: ()}
        for wanted in patterns:
            if wanted.open:
                self._open[wanted.exact] += wanted.terms
            elif len(wanted.terms) > 1:
                self._longer.setdefault((wanted.exact, wanted.terms[0]), []).append(wanted.terms)
            else:
                self._single.update((wanted.exact, term) for term in wanted.terms)
        self.firsts = {term for _, term in (*self._single, *self._longer)} | {term for terms in self._open.values() for term in terms}
        looks = {_look(term) for term in self.firsts}
        self._known: dict[str, bool] = {}
        self._looks = None if None in looks else [re.compile(look) for look in sorted(filter(None, looks))]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Of each match, in order of their beginnings."""
        if self._looks is None or _has_invisible(text):
            starts: Iterable[int] = [found.start() for found in _WORD.finditer(text)]
        else:
            # Nearly all texts: every word is a run of letters and digits, each of which has one base letter.
            starts = sorted({found.start() for look in self._looks for found in look.finditer(text)})
        return [(start, end) for start in starts if (end := self._end(text, start))]

    def _end(self, text: str, start: int) -> int:
        """Where the longest match that begins with the word at ``start`` ends; 0 where there is none."""
        word = _WORD.match(text, start)
        if word is None:  # pragma: no cover  # every start is that of a word
            return 0
        end = word.end() if self._is_match(word.group()) else 0
        if not self._longer:
            return end
        exact, folded = _FORMS[word.group()]
        begun = [(0, terms) for terms in self._longer.get((True, exact), ())]
        begun += [(1, terms) for terms in self._longer.get((False, folded), ())]
        if begun:
            words = [word, *islice(_WORD.finditer(text, word.end()), max(len(terms) for _, terms in begun) - 1)]
            forms = [_FORMS[found.group()] for found in words]
            ends = [words[len(terms) - 1].end() for which, terms in begun if _matches(forms, terms, which)]
            end = max(ends, default=end)
        return end

    def _is_match(self, word: str) -> bool:
        """Whether the word is one by itself."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            exact, folded = _FORMS[word]
            known = (True, exact) in self._single or (False, folded) in self._single
            known = known or exact.startswith(self._open[True]) or folded.startswith(self._open[False])
            self._known[word] = known
        return known


MOST_KEPT = 1000
"""Words that one finder knows again."""
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""With U+0300 to U+036F, what `_WORD` takes for a part of a word without being a letter or a digit."""


def _has_invisible(text: str) -> bool:
    """True also for some Greek letters, which are as rare. An expression that looks for the same takes twice the time."""
    if text.isascii():
        return False
    raw = text.encode("utf-8", "surrogatepass")
    return b"\xcc" in raw or b"\xcd" in raw or any(mark in text for mark in _INVISIBLE)


def _look(term: str) -> str | None:
    """An expression for the beginnings of all words that may have this form, and some others; None where that cannot be said.

    Case, marks and the placement of tones leave the base letters as they are; i and y may stand for each other (`_Y_FOR_I`).
    """
    letters = _letters()
    plain = fold(term).replace("y", "i")
    if len(term) >= MAX_TERM or not all(letter in letters for letter in plain):
        return None
    first, *others = (f"[{letters[letter]}]" for letter in plain)
    # The first letter stands before the condition that a word begins with it: the search then skips over all other letters.
    return f"{first}(?<![^\\W_].)" + "".join(others)


@cache
def _letters() -> Mapping[str, str]:
    """ASCII letters and digits, y among i, to all characters that have them as their base."""
    found: dict[str, str] = {}
    for code in (*range(0x30, 0x250), *range(0x1E00, 0x1F00), 0x212A, 0x212B):
        base = fold(lower(normalize(chr(code)))).replace("y", "i")
        if base.isascii() and base.isalnum():
            found[base] = found.get(base, "") + chr(code)
    return found


def _matches(forms: Sequence[tuple[str, str]], terms: tuple[str, ...], which: int) -> bool:
    return len(terms) <= len(forms) and all(form[which] == term for form, term in zip(forms, terms, strict=False))


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Overlapping spans as one; expects order by start."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current is None:
            current = (start, end)
        elif start < current[1]:
            current = (current[0], max(current[1], end))
        else:
            yield current
            current = (start, end)
    if current is not None:
        yield current


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch ``text[start:end]`` worth showing, with highlights as offsets into the whole text."""

    start: int
    end: int
    highlights: tuple[tuple[int, int], ...]


def snippet(text: str, patterns: Iterable[Pattern], *, width: int = 280) -> Snippet:
    """The stretch of about ``width`` characters with the most distinct matches, cut at white space; the beginning if none."""
    spans = highlight(text, patterns)
    words = [fold(text[start:end][:MAX_TERM]) for start, end in spans]
    inside: dict[str, int] = {}
    best, best_worth, last = 0, -1, 0
    for first, (start, _) in enumerate(spans):
        while last < len(spans) and spans[last][1] <= start + width:
            inside[words[last]] = inside.get(words[last], 0) + 1
            last += 1
        worth = 10 * len(inside) + min(last - first, 9)
        if worth > best_worth:
            best, best_worth = first, worth
        if last == first:  # a single match longer than the width
            last += 1
        elif inside[words[first]] == 1:
            del inside[words[first]]
        else:
            inside[words[first]] -= 1
    start = 0
    if spans:
        # The match shows with a little of what comes before it.
        start = max(0, spans[best][0] - width // 4)
    start, end = _at_spaces(text, start, min(len(text), start + width))
    return Snippet(start, end, tuple(span for span in spans if start <= span[0] and span[1] <= end))


def _at_spaces(text: str, start: int, end: int) -> tuple[int, int]:
    """Moves both ends inwards to white space, at most 20 characters, so that no word is cut where this can be had."""
    if start > 0:
        moved = next((i for i in range(start, min(start + 20, end)) if text[i].isspace()), None)
        start = start if moved is None else moved + 1
    if end < len(text):
        moved = next((i for i in range(end, max(end - 20, start), -1) if text[i].isspace()), None)
        end = end if moved is None else moved
    return start, end
