"""What the sentence model sees of a sentence: word n-grams and the character n-grams of its words.

The same functions feed training and prediction. Everything is a function of the text alone; weights are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus.text import lower, unify_tones

FEATURE_VERSION = 2
"""Raise when the functions below change: a model fitted on other features is refused and fitted anew."""

_TOKEN = re.compile(r"\w+")
_LONGEST_TOKEN = 24
"""Vietnamese syllables have at most 7 letters; longer tokens are addresses or noise and count by their start."""
CHARACTER_SIZES = (3, 4)
CHARACTER_WEIGHT = 0.35
"""Of the runs of characters against the words. Of 0 to 1 anything up to 0.5 does equally well on sentences unseen; more does worse."""


def tokens(text: str) -> list[str]:
    """Lower-case syllables with one tone placement; a token of digits alone becomes ``0`` for each digit up to four.

    The number of digits stays visible (a year is not a count); the value does not. Expects NFC.

    >>> tokens("Năm 2024, 15 xã có Đài FM")
    ['năm', '0000', '00', 'xã', 'có', 'đài', 'fm']
    """
    return list(map(shortened, written_tokens(text)))


def written_tokens(text: str) -> list[str]:
    """The tokens before they are `shortened`."""
    found: list[str] = _TOKEN.findall(lower(unify_tones(text)))
    return found


def plain_tokens(text: str) -> list[str]:
    """The tokens of what is `nlp.sections.plain` already."""
    return list(map(shortened, _TOKEN.findall(text)))


def shortened(token: str) -> str:
    return "0" * min(len(token), 4) if token.isdigit() else token[:_LONGEST_TOKEN]


def word_features(sequence: list[str]) -> Iterator[str]:
    """The tokens and their neighbouring pairs."""
    yield from sequence
    for first, second in pairwise(sequence):
        yield f"{first} {second}"


def character_features(token: str) -> list[str]:
    """Runs of 3 and 4 characters of the token with its borders; they carry misspellings and foreign spellings.

    >>> character_features("loa")
    ['‹lo', 'loa', 'oa›', '‹loa', 'loa›']
    """
    padded = f"‹{token}›"
    return [padded[i : i + size] for size in CHARACTER_SIZES for i in range(len(padded) - size + 1)]
