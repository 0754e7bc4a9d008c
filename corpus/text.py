"""Vietnamese text as characters: normal form, folding, tone-mark placement, sentences, and the one analysis for search.

All functions that map text to text for comparison keep its length, so that offsets found in the mapped text are offsets in the
text itself. Word segmentation is not done here (see ``nlp/tokens.py``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Look-alikes that NFKC leaves alone: Icelandic eth typed for đ (met on dienbienphu.nhandan.vn), no-break and thin spaces,
# soft hyphens and zero-width characters that content editors leave inside words.
_LOOKALIKES = str.maketrans(
    {
        "\u00d0": "\u0110",
        "\u00f0": "\u0111",
        "\u0189": "\u0110",
        "\u00a0": " ",
        "\u2007": " ",
        "\u202f": " ",
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
        "\u00ad": None,
        "\x00": None,
    }
) | dict.fromkeys(range(0xD800, 0xE000))  # half of a character that something cut in two: cannot be written as UTF-8
_LOOKALIKE = re.compile(f"[{''.join(map(re.escape, map(chr, _LOOKALIKES)))}]")

_MARK = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0730-\u074a\u0e38-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
_ANY_MARK = re.compile(f"[{_MARK}]")
# Ordering the marks on one letter takes quadratic time; Unicode's stream-safe form (UAX 15) allows 30, real text has two.
_TOO_MANY_MARKS = re.compile(f"([{_MARK}]{{30}})[{_MARK}]+")


def normalize(text: str) -> str:
    """NFC with look-alike letters mapped and invisible characters removed; every other function expects this form.

    >>> normalize("Đa\u0300 Nẵng") == "Đà Nẵng", normalize("\u00d0iện Biên")
    (True, 'Điện Biên')
    """
    if _LOOKALIKE.search(text):  # translating looks up every character, and hardly any text holds one
        text = text.translate(_LOOKALIKES)
    if _ANY_MARK.search(text):
        text = _TOO_MANY_MARKS.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


class _Folding(dict[int, str]):
    """Code point -> one folded character, filled as characters are met (bounded by Unicode itself)."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        base = unicodedata.normalize("NFD", character)[0]
        if base == "đ" or base == "Đ":
            base = "d"
        lowered = base.lower()
        folded = lowered if len(lowered) == 1 else base
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Lower case without diacritics, same length.

    >>> fold("Đắk Lắk 2025")
    'dak lak 2025'
    """
    return text.translate(_FOLDING)


class _Lowering(dict[int, str]):
    def __missing__(self, code: int) -> str:
        lowered = chr(code).lower()
        result = lowered if len(lowered) == 1 else chr(code)
        self[code] = result
        return result


_LOWERING = _Lowering()


def lower(text: str) -> str:
    """`str.lower` that keeps the length (İ would become two characters)."""
    lowered = text.lower()  # ten times faster; differs for İ and, by context, for Σ alone
    return lowered if len(lowered) == len(text) and "Σ" not in text else text.translate(_LOWERING)


_TONES = "\u0300\u0301\u0303\u0309\u0323"
# Open oa, oe, uy take the mark on the first or the second vowel by two spelling schools; "qu" is a consonant.
_OPEN_PAIR = re.compile(
    "[oOuU](?:(?<=[oO])[àáãảạÀÁÃẢẠèéẽẻẹÈÉẼẺẸ]|(?<=[uU])[ỳýỹỷỵỲÝỸỶỴ])"  # first, so that the search leaps from one o or u to the next
    r"(?<![qQ]..)(?![^\W\d_])"
)


def _move_mark(match: re.Match[str]) -> str:
    first, second = match[0][0], match[0][1]
    base, tone = list(unicodedata.normalize("NFD", second))
    return unicodedata.normalize("NFC", first + tone) + base


def unify_tones(text: str) -> str:
    """One placement of the tone mark for oa, oe, uy (the older one, on the first vowel); expects NFC, keeps the length.

    >>> unify_tones("Khánh Hoà, Giao Thuỷ, sức khoẻ, quý, hoàn")
    'Khánh Hòa, Giao Thủy, sức khỏe, quý, hoàn'
    """
    return _OPEN_PAIR.sub(_move_mark, text)


# A full stop after these is not the end of a sentence.
_ABBREVIATIONS = frozenset("tp tx tt h x p q t ths ts pgs gs bs ths.bs ông bà st no vs v tr đ/c k/g kg cn ks cv ths ncs nxb".split())
# What ends a sentence comes first, so that the search leaps from one to the next: it is rarer than white space.
_BREAK = re.compile(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)[\"”’')\]]?(\s+))")
_LAST_WORD = re.compile(r"([\w/]+)\.[\"”’')\]]?$")
_WORD_REACH = 24
"""Characters before a gap in which `_LAST_WORD` is looked for."""

_NUMBERING = re.compile(r"\d{1,2}|[IVX]{1,5}")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Half-open offsets of the sentences of ``text`` in order, without surrounding white space; line breaks always end one.

    >>> text = "UBND TP. Vinh chi 1.500.000 đồng. Đài phát 2 lần.\\nHết"
    >>> [text[a:b] for a, b in sentences(text)]
    ['UBND TP. Vinh chi 1.500.000 đồng.', 'Đài phát 2 lần.', 'Hết']
    """
    start = 0
    for match in _BREAK.finditer(text):
        gap = _gap(match)
        if "\n" not in text[gap : match.end()]:
            if text[match.end() : match.end() + 1].islower():
                continue
            piece = text[start:gap]
            word = _LAST_WORD.search(piece[-_WORD_REACH:])
            if word and _is_abbreviation(word[1]):
                continue
            if word and _NUMBERING.fullmatch(word[1]) and piece.strip() == word[0]:
                continue  # "1. Mục đích", "II. Nội dung": the number of a heading belongs to its line
        yield from _trimmed(text, start, gap)
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _gap(found: re.Match[str]) -> int:
    """Where what parts two sentences begins in a match of `_BREAK`: the white space, or the line break itself."""
    return found.start(1) if found[1] else found.start()


def _is_abbreviation(word: str) -> bool:
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper())


@lru_cache(maxsize=8)  # the taggers of one document ask one after the other
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """All of `sentences`, kept for the texts asked for last."""
    return tuple(sentences(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence that holds ``[start, end)``; for many look-ups keep the list of `sentences` instead."""
    line = text.rfind("\n", 0, start) + 1  # a line break ends a sentence whatever stands around it
    stop = text.find("\n", start)
    line = _certain_start(text, line, start)
    for first, last in sentences(text[line : stop if stop >= 0 else len(text)]):
        if line + first <= start < line + last:
            return line + first, max(line + last, end)
    return start, end


_LOOK_BACK = 500
_APART = 40
"""Characters between two breaks with which the second does not depend on the first: more than what `sentences` looks at before one."""


def _certain_start(text: str, line: int, at: int) -> int:
    """Where a sentence begins in ``text[line:at]`` whatever stands before it, the last that is found soon, else ``line``."""
    found, before = line, max(line, at - _LOOK_BACK)
    for match in _BREAK.finditer(text, max(line, before - 2), at):
        gap = _gap(match)
        if gap - before > _APART and match.end() < at and not text[match.end()].islower():
            word = _LAST_WORD.search(text[gap - _WORD_REACH : gap])
            if not word or not _is_abbreviation(word[1]):
                found = match.end()
        before = match.end()
    return found
