"""Vietnamese number words and integers up to 10^15, in both directions.

Reading is tolerant of what documents contain (mốt, tư, lăm, linh or lẻ, ngàn or nghìn, vạn, tỉ or tỷ, rưỡi, hăm, a missing "mươi",
commas, letter case); writing gives one standard spoken form. Finding number words inside running text is done in
``nlp/money.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.text import lower, normalize

MAX_VALUE = 10**15
"""Inclusive; the largest sum met is 423.000 tỷ, far below."""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_UNITS = {word: value for value, word in enumerate(_DIGITS)} | {"bẩy": 7}
# After "mươi" or "linh" the digits one, four and five have second forms.
_ONES = _UNITS | {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
_TENS = frozenset({"mươi", "mười", "chục"})
_TWENTY = "hăm"
_ZERO_TENS = frozenset({"linh", "lẻ"})
_HUNDRED = "trăm"
_HALF = "rưỡi"
SCALES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
WORDS = frozenset(_ONES) | _TENS | _ZERO_TENS | frozenset(SCALES) | {_HUNDRED, _HALF, _TWENTY}
"""Every word that can stand inside a number."""

# What may follow or separate the words without changing the number: "đồng chẵn./.", "đồng Việt Nam", commas, full stop.
_NOISE = re.compile(r"[,.;:()*_/\"“”-]+")
_TAIL = frozenset({"đồng", "chẵn", "việt", "nam", "vnđ", "và"})


def parse_number_words(text: str) -> int | None:
    """The number that the words say, or None if they are not one number; "đồng" and "chẵn" at the end are allowed.

    >>> parse_number_words("Chín mươi sáu triệu, một trăm năm mươi ngàn đồng")
    96150000
    >>> parse_number_words("hai tỉ rưỡi"), parse_number_words("bảy trăm hai"), parse_number_words("đồng bào")
    (2500000000, 720, None)
    """
    words = _NOISE.sub(" ", lower(normalize(text))).split()
    while words and words[-1] in _TAIL:
        words.pop()
    return words_to_number(words)


def words_to_number(words: Sequence[str], *, strict: bool = False) -> int | None:
    """As `parse_number_words`, for words already split and in lower case.

    ``strict`` wants "mươi" to be said: in running text "mỗi năm ba triệu" is not 53 million.
    """
    if not words or len(words) > 40:
        return None
    value = _scaled([{"tỉ": "tỷ", "ngàn": "nghìn"}.get(word, word) for word in words], 0, strict)
    return value if value is not None and value <= MAX_VALUE else None


_SPLITS = (("tỷ", 10**9), ("triệu", 10**6), ("vạn", 10**4), ("nghìn", 10**3))


def _scaled(words: Sequence[str], level: int, strict: bool) -> int | None:
    """The value of words whose largest possible scale is ``_SPLITS[level]``."""
    if level == len(_SPLITS):
        return _group(words, strict)
    name, scale = _SPLITS[level]
    if name not in words:
        return _scaled(words, level + 1, strict)
    position = len(words) - 1 - list(reversed(words)).index(name)
    if position == 0 and words[1:] == [_HALF]:
        return scale + scale // 2  # "tỷ rưỡi"
    # "ba nghìn hai trăm tỷ": what stands before "tỷ" has scales of its own; before the others it has none.
    head = _scaled(words[:position], 1 if level == 0 else len(_SPLITS), strict)
    if head is None:
        return None
    tail = words[position + 1 :]
    if not tail:
        return head * scale
    if tail == [_HALF]:
        return head * scale + scale // 2
    if len(tail) == 1 and tail[0] in _ONES:
        return head * scale + _ONES[tail[0]] * scale // 10  # "hai triệu tư": tenths of the scale just said
    if tail[0] in _ZERO_TENS:  # "hai ngàn lẻ năm", "hai ngàn lẻ năm mươi"
        rest = _ONES.get(tail[1]) if len(tail) == 2 else _scaled(tail[1:], level + 1, strict)
    else:
        rest = _scaled(tail, level + 1, strict)
    return None if rest is None or rest >= scale else head * scale + rest


def _group(words: Sequence[str], strict: bool) -> int | None:
    """A number below a thousand."""
    value = 0
    rest = list(words)
    if len(rest) >= 2 and rest[0] in _UNITS and rest[1] == _HUNDRED:
        value = _UNITS[rest[0]] * 100
        rest = rest[2:]
        if not rest:
            return value
        if rest == [_HALF]:
            return value + 50
        if len(rest) == 2 and rest[0] in _ZERO_TENS:
            return value + _ONES[rest[1]] if rest[1] in _ONES else None
        if len(rest) == 1 and rest[0] in _ONES:
            return value + _ONES[rest[0]] * 10  # "bảy trăm hai" is 720, "bảy trăm linh hai" 702
    if len(rest) == 1 and rest[0] in _UNITS:
        return value + _UNITS[rest[0]]
    if rest and rest[0] == "mười":
        ones = rest[1:]
        return value + 10 if not ones else value + 10 + _ONES[ones[0]] if len(ones) == 1 and ones[0] in _ONES else None
    if len(rest) == 2 and rest[0] == _TWENTY:
        return value + 20 + _ONES[rest[1]] if rest[1] in _ONES else None
    if len(rest) >= 2 and rest[0] in _UNITS and rest[1] in _TENS:
        value += _UNITS[rest[0]] * 10
        ones = rest[2:]
        return value if not ones else value + _ONES[ones[0]] if len(ones) == 1 and ones[0] in _ONES else None
    if len(rest) == 2 and not strict and rest[0] in _UNITS and rest[0] != "không" and rest[1] in _ONES:
        return value + _UNITS[rest[0]] * 10 + _ONES[rest[1]]  # "hai lăm", "ba bảy"
    return None


def number_to_words(value: int) -> str:
    """The standard spoken form.

    >>> number_to_words(71429000), number_to_words(1005), number_to_words(10**12)
    ('bảy mươi mốt triệu bốn trăm hai mươi chín nghìn', 'một nghìn không trăm linh năm', 'một nghìn tỷ')

    Raises: ValueError outside 0..10^15.
    """
    if not 0 <= value <= MAX_VALUE:
        raise ValueError(f"number out of range: {value}")
    if value == 0:
        return _DIGITS[0]
    billions, rest = divmod(value, 10**9)
    words: list[str] = []
    if billions:
        words += _below_billion(billions, leading=True)
        words.append("tỷ")
    if rest:
        words += _below_billion(rest, leading=not billions)
    return " ".join(words)


def _below_billion(value: int, *, leading: bool) -> list[str]:
    """``leading`` leaves out the zeros in front of the first group."""
    words: list[str] = []
    for scale, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, value = divmod(value, scale)
        if group:
            words += _below_thousand(group, leading=leading)
            if name:
                words.append(name)
            leading = False
    return words


def _below_thousand(value: int, *, leading: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    words: list[str] = []
    if hundreds or not leading:
        words += [_DIGITS[hundreds], _HUNDRED]
    tens, ones = divmod(rest, 10)
    if tens == 0:
        if ones:
            words += ["linh", _DIGITS[ones]] if words else [_DIGITS[ones]]
    elif tens == 1:
        words.append("mười")
        if ones:
            words.append("lăm" if ones == 5 else _DIGITS[ones])
    else:
        words += [_DIGITS[tens], "mươi"]
        if ones:
            words.append({1: "mốt", 4: "tư", 5: "lăm"}.get(ones, _DIGITS[ones]))
    return words
