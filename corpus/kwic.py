"""Key word in context: every match of a query in its surroundings, with exact offsets, and the orders in which lines are read.

A line's neighbours are the segmented words stored with the document, so that "hộ nghèo" is one neighbour. Which documents
are looked at is not decided here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Protocol

from corpus.analysis import Pattern, highlight, word_spans
from corpus.document import FieldName
from corpus.locality_names import sort_key
from corpus.text import lower, normalize, unify_tones

Position = Literal["match", "1L", "2L", "3L", "1R", "2R", "3R"]
"""The match itself, or the n-th word before (L) or after (R) it; 1L is the last word of the left context."""

REACH = 3
"""Neighbours kept on each side."""
WIDTH = 60
"""Characters of context on each side, at most; cut at white space."""


class ReadText(Protocol):
    """The part of a document that lines come from."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def words(self) -> Sequence[tuple[int, int]]: ...
    @property
    def title_words(self) -> Sequence[tuple[int, int]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    id: str
    field: FieldName
    start: int
    """``[start, end)``: code-point offsets of the match in the document's field."""
    end: int
    left: str
    """What stands before, line breaks as spaces; its last character touches the match."""
    match: str
    right: str
    before: tuple[str, ...]
    """Up to `REACH` words before the match, the nearest first, in lower case and one spelling."""
    after: tuple[str, ...]


def concordance(documents: Iterable[ReadText], patterns: Iterable[Pattern], *, width: int = WIDTH) -> Iterator[Line]:
    """The lines of each document in the order of its text, title first; one document at a time is held."""
    wanted = tuple(patterns)
    for document in documents:
        yield from lines_of(document, wanted, width=width)


def lines_of(document: ReadText, patterns: Iterable[Pattern], *, width: int = WIDTH) -> Iterator[Line]:
    """Matches that only white space parts are one line: "giảm nghèo" typed as two words is read as one expression."""
    for match in matches_of(document, patterns):
        yield match.line(width)


@dataclass(frozen=True, slots=True)
class Match:
    """What a line is made of, before anything around it is cut out."""

    document: ReadText
    field: FieldName
    start: int
    end: int
    segmented: bool

    @property
    def text(self) -> str:
        return self.document.title if self.field == "title" else self.document.text

    @property
    def form(self) -> str:
        return _form(self.text[self.start : self.end])

    def before(self, reach: int = REACH) -> tuple[str, ...]:
        """Up to ``reach`` words before the match, the nearest first."""
        words = self._segments(reach) if self.segmented else _cut_before(self.text, self.start, reach)
        return _before(self.text, words, self.start, reach)

    def after(self, reach: int = REACH) -> tuple[str, ...]:
        words = self._segments(reach) if self.segmented else _cut_after(self.text, self.start, self.end, reach)
        return _after(self.text, words, self.end, reach)

    def word_at(self, position: Position) -> str:
        """`word_at` of its line; no more of the text is cut into words than that takes."""
        if position == "match":
            return self.form
        side, reach = self.before if position[1] == "L" else self.after, int(position[0])
        nearest = side(reach)
        return nearest[-1] if len(nearest) == reach else _nth(side(), position)

    def _segments(self, reach: int) -> list[tuple[int, int]]:
        words = self.document.title_words if self.field == "title" else self.document.words
        return _around(self.text, words, self.start, self.end, reach)

    def line(self, width: int = WIDTH) -> Line:
        text = self.text
        return Line(
            id=self.document.id,
            field=self.field,
            start=self.start,
            end=self.end,
            left=_left(text, self.start, width),
            match=text[self.start : self.end],
            right=_right(text, self.end, width),
            before=self.before(),
            after=self.after(),
        )


def matches_of(document: ReadText, patterns: Iterable[Pattern]) -> Iterator[Match]:
    """The matches of `lines_of`."""
    wanted = tuple(patterns)
    fields: tuple[tuple[FieldName, str, Sequence[tuple[int, int]]], ...] = (
        ("title", document.title, document.title_words),
        ("text", document.text, document.words),
    )
    for field, text, segmented in fields:
        if found := highlight(text, wanted):
            known = any(text[span[0]].isalnum() for span in segmented)
            for start, end in _joined(text, found):
                yield Match(document, field, start, end, known)


def arranged(matches: Sequence[Match], position: Position, first: int, last: int, *, by_frequency: bool = False) -> list[Line]:
    """The lines ``[first, last)`` of `arrange`. Whole lines are made only of matches that have the same word as one of these."""
    words = [match.word_at(position) for match in matches]
    counts = Counter(words) if by_frequency else Counter[str]()
    keys: list[Any] = [(not word, -counts[word], _order(word)) for word in words]
    order = sorted(range(len(keys)), key=lambda at: keys[at])
    ranked = [keys[at] for at in order]
    last = min(last, len(ranked))
    if first >= last:
        return []
    start, end = bisect_left(ranked, ranked[first]), bisect_right(ranked, ranked[last - 1])
    lines = _sorted([matches[at].line() for at in order[start:end]], position, counts)
    return lines[first - start : last - start]


def arrange(lines: Iterable[Line], position: Position, *, by_frequency: bool = False) -> list[Line]:
    """Lines in Vietnamese dictionary order of the word at ``position``, then of the words beyond it, then of the match.

    ``by_frequency``: the most frequent word at the position comes first. Equal lines keep the order of id and offset; lines without a
    word at the position come last.
    """
    kept = list(lines)
    return _sorted(kept, position, Counter(word_at(line, position) for line in kept) if by_frequency else Counter())


def _sorted(lines: list[Line], position: Position, counts: Counter[str]) -> list[Line]:
    def key(line: Line) -> tuple[object, ...]:
        word = word_at(line, position)
        beyond = _beyond(line, position)
        return (
            not word,
            -counts[word],
            _order(word),
            tuple(_order(other) for other in beyond),
            _order(_form(line.match)),
            line.id,
            line.field == "text",
            line.start,
        )

    return sorted(lines, key=key)


def word_at(line: Line, position: Position) -> str:
    """Empty where the text begins or ends before it.

    >>> sides = {"before": ("hai", "mua"), "after": ("mới",)}
    >>> line = Line(id="a", field="text", start=8, end=11, left="mua hai ", match="loa", right=" mới", **sides)
    >>> word_at(line, "2L"), word_at(line, "1R"), word_at(line, "2R"), word_at(line, "match")
    ('mua', 'mới', '', 'loa')
    """
    if position == "match":
        return _form(line.match)
    return _nth(line.before if position[1] == "L" else line.after, position)


def _nth(words: tuple[str, ...], position: Position) -> str:
    at = int(position[0]) - 1
    return words[at] if at < len(words) else ""


def _beyond(line: Line, position: Position) -> tuple[str, ...]:
    if position == "match":
        return (*line.after, *line.before)
    words, others = (line.before, line.after) if position[1] == "L" else (line.after, line.before)
    return (*words[int(position[0]) :], *others)


@lru_cache(maxsize=50_000)
def _order(word: str) -> object:
    return sort_key(word)


@lru_cache(maxsize=50_000)
def _form(word: str) -> str:
    return unify_tones(lower(normalize(" ".join(word.split()))))


def _joined(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for start, end in spans:
        if result and (between := text[result[-1][1] : start]).isspace() and "\n" not in between:
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def _around(text: str, segmented: Sequence[tuple[int, int]], start: int, end: int, reach: int) -> list[tuple[int, int]]:
    """The words, without punctuation, from ``reach`` before the match to ``reach`` behind it."""
    first = last = bisect_left(segmented, (start, 0))
    before: list[tuple[int, int]] = []
    while first and len(before) < reach:
        first -= 1
        if text[segmented[first][0]].isalnum():
            before.append(segmented[first])
    words, behind = before[::-1], 0
    while last < len(segmented) and behind < reach:
        span = segmented[last]
        if text[span[0]].isalnum():
            words.append(span)
            behind += span[0] >= end
        last += 1
    return words


def _cut_before(text: str, start: int, number: int) -> list[tuple[int, int]]:
    """The words before a match in a text that was not segmented; no more of it is cut into words than is needed."""
    reach = 10 * number
    while True:
        first = max(0, start - reach)
        words = word_spans(text, first, start)[first > 0 :]  # the outermost may be a part of a word
        if first == 0 or len(words) >= number:
            return words
        reach *= 4


def _cut_after(text: str, start: int, end: int, number: int) -> list[tuple[int, int]]:
    """The same of the words of a match and behind it."""
    reach = 10 * number
    while True:
        last = min(len(text), end + reach)
        words = word_spans(text, start, last)
        if last == len(text):
            return words
        words.pop()  # may be a part of a word
        if len(words) - bisect_left(words, (end, 0)) >= number:
            return words
        reach *= 4


def _left(text: str, start: int, width: int) -> str:
    at = max(0, start - width)
    if at and (space := next((i for i in range(at - 1, start) if text[i].isspace()), None)) is not None:
        at = space + 1
    return _flat(text[at:start])


def _right(text: str, end: int, width: int) -> str:
    at = min(len(text), end + width)
    if at < len(text) and (space := next((i for i in range(at, end - 1, -1) if text[i].isspace()), None)) is not None:
        at = space
    return _flat(text[end:at])


def _flat(text: str) -> str:
    """Each white-space character as one space: the length stays, so offsets can be counted from the match."""
    return _SPACE.sub(" ", text)


_SPACE = re.compile(r"\s")


def _before(text: str, words: Sequence[tuple[int, int]], start: int, reach: int) -> tuple[str, ...]:
    at = bisect_left(words, (start, 0))
    # A match may begin inside a segmented word ("nghèo" in "hộ nghèo"): the part before it is then the nearest neighbour.
    found = [text[first : min(last, start)] for first, last in words[max(0, at - reach) : at]]
    return tuple(form for piece in reversed(found) if (form := _form(piece)))


def _after(text: str, words: Sequence[tuple[int, int]], end: int, reach: int) -> tuple[str, ...]:
    at = bisect_left(words, (end, 0))
    found = [text[end : words[at - 1][1]]] if at and words[at - 1][1] > end else []
    found += [text[first:last] for first, last in words[at : at + reach]]
    return tuple(form for piece in found if (form := _form(piece)))[:reach]
