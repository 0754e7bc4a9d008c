"""Vietnamese word segmentation: text to word spans on the untouched text.

underthesea is the reference; `nlp.crf` decodes its own model several times faster with the same words and is used whenever the
installed version is the one it was checked against. Nothing is downloaded. Segmentation runs once a document, in ``pipelines``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

from underthesea.pipeline.word_tokenize import regex_tokenize, word_tokenize

from nlp.crf import Decoder, UnknownModel, load

Spans = tuple[tuple[int, int], ...]

# A run of letters that ends at white space, a comma or the end of the text is one token under every pattern of underthesea; nine
# tokens in ten are such runs, and the general pattern costs ten times as much to try. What no pattern takes is passed over, as there.
_TOKEN = re.compile(rf"\s*+([^\W\d_]+(?=[\s,]|\Z)|,(?=\s|\Z)|{regex_tokenize.patterns.pattern})|\s++", regex_tokenize.patterns.flags)
_LONG_RUN = re.compile(r"\S{400,}")
_PIECE = re.compile(r"\w{1,200}|[^\w\s]")
_MANY_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]{32}")
_CHUNK = 20_000
"""Tokens decoded at a time; a long text is cut there so that memory stays bounded. Articles are far shorter."""


def segment(text: str) -> Spans:
    """Word spans of ``text`` in order, punctuation marks included as words of their own; offsets are exact for any input.

    >>> text = "Hộ nghèo được hỗ trợ."
    >>> [text[a:b] for a, b in segment(text)]
    ['Hộ', 'nghèo', 'được', 'hỗ trợ', '.']
    """
    normal, offsets = _composed(text)
    decoder = _decoder()
    spans = _segment_fast(normal, decoder) if decoder is not None else _segment_reference(normal)
    if offsets is None:
        return tuple(spans)
    return tuple(_outside(spans, offsets))


def _outside(spans: Iterable[tuple[int, int]], offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The same spans in the text before it was composed. A character that takes several when composed is not cut: the first word with a
    part of it has it whole."""
    past = 0
    for start, end in spans:
        last = end
        while last < len(offsets) - 1 and offsets[last] == offsets[end - 1]:
            last += 1
        first = max(offsets[start], past)
        if first < offsets[last]:
            past = offsets[last]
            yield first, past


@cache
def _decoder() -> Decoder | None:
    try:
        return Decoder(load())
    except UnknownModel:
        return None


def _segment_fast(text: str, decoder: Decoder) -> Iterator[tuple[int, int]]:
    tokens = _tokens(text)
    while chunk := list(islice(tokens, _CHUNK)):
        flags = decoder.continues([text[start:end] for start, end in chunk])
        yield from _joined(chunk, flags)


def _joined(tokens: list[tuple[int, int]], flags: list[bool]) -> Iterator[tuple[int, int]]:
    start, end = tokens[0] if tokens else (0, 0)
    for (first, last), continues in zip(tokens[1:], flags[1:], strict=True):
        if continues:
            end = last
        else:
            yield start, end
            start, end = first, last
    if tokens:
        yield start, end


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """What underthesea's own pattern finds, the same tokens in the same places.

    Runs of 400 and more characters without white space (base64, one token of a megabyte) are cut by a plain pattern of ours
    instead: some of underthesea's alternatives take quadratic time on them.
    """
    position = 0
    for run in _LONG_RUN.finditer(text):
        yield from _tokens_between(text, position, run.start())
        yield from (piece.span() for piece in _PIECE.finditer(text, run.start(), run.end()))
        position = run.end()
    yield from _tokens_between(text, position, len(text))


def _tokens_between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    # One character more, so that the end of the stretch is not taken for the end of the text; no token starts there.
    return (match.span(1) for match in _TOKEN.finditer(text, start, end + 1) if 0 <= match.start(1) < end)


def _segment_reference(text: str) -> Iterator[tuple[int, int]]:
    """underthesea's own words, found again in ``text``; it moves spaces, so each is matched token by token."""
    position = 0
    for word in word_tokenize(text, use_token_normalize=False):
        start = end = -1
        for token in word.split(" "):
            if not token:
                continue
            found = text.find(token, position)
            if found < 0:
                raise ValueError(f"segmentation returned {token!r}, which is not in the text after offset {position}")
            start = found if start < 0 else start
            position = end = found + len(token)
        if start >= 0:
            yield start, end


def _composed(text: str) -> tuple[str, list[int] | None]:
    """``text`` as underthesea would read it (NFC, ð to đ) and, where its length changed, the offset in ``text`` of each character.

    The list has one entry more than the composed text, for its end.
    """
    if not _MANY_MARKS.search(text) and unicodedata.is_normalized("NFC", text):
        return text.replace("ð", "đ").replace("Ð", "Đ"), None
    pieces: list[str] = []
    offsets: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        # Ordering marks is quadratic in their number: a letter under more than 32 is cut there.
        if end < len(text) and end - start <= 32 and unicodedata.combining(text[end]):
            continue
        piece = unicodedata.normalize("NFC", text[start:end])
        pieces.append(piece)
        offsets.extend([start] * len(piece))
        start = end
    offsets.append(len(text))
    return "".join(pieces).replace("ð", "đ").replace("Ð", "Đ"), offsets
