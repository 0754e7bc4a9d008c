"""Patterns for whole words that a search leaps through instead of being tried at every character."""

from __future__ import annotations

import re

_BEFORE = re.compile(r"\(\?<!((?:[^()\\]|\\.)*)\)")


def words(alternatives: str, *, never_after: tuple[str, ...] = ()) -> re.Pattern[str]:
    r"""One of ``alternatives`` as a word of its own; each may begin with ``(?<!...)``, what must not stand before it, and none stands right
    after one of ``never_after``.

    The same as ``(?<!\w)(?:...)(?!\w)``, where a search begins with a look back at each character. Here each first letter stands in
    front, and the looks back follow it, so that `re` leaps from one such letter to the next; three times as fast.

    >>> [match[0] for match in words("vay|(?<!tổ )vốn vay|vốn").finditer("tổ vốn vay, vốn vay, cho vay, vayvốn")]
    ['vốn', 'vay', 'vốn vay', 'vay']
    """
    by_letter: dict[str, list[str]] = {}
    others: list[str] = []
    for alternative in _parted(alternatives):
        before: list[str] = []
        rest = alternative
        while (match := _BEFORE.match(rest)) is not None:
            before.append(match[1])
            rest = rest[match.end() :]
        if rest[:1].isalpha() and rest[1:2] not in ("?", "*", "+", "{"):
            looks = "".join(f"(?<!(?:{stretch}){rest[0]})" for stretch in before)
            by_letter.setdefault(rest[0], []).append(looks + rest[1:])
        else:
            others.append(alternative)
    if others:  # then no letter is sure to come first
        looks = "".join(f"(?<!{stretch})" for stretch in never_after)
        return re.compile(rf"(?<!\w){looks}(?:{alternatives})(?!\w)")
    first = "|".join(
        letter + "".join(f"(?<!{stretch}{letter})" for stretch in (r"\w", *never_after)) + f"(?:{'|'.join(rests)})"
        for letter, rests in by_letter.items()
    )
    return re.compile(rf"(?:{first})(?!\w)")


def _parted(alternatives: str) -> list[str]:
    """At each ``|`` that stands in no bracket."""
    parts = [""]
    depth = 0
    for piece in re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|.", alternatives, re.DOTALL):
        if piece == "|" and not depth:
            parts.append("")
            continue
        depth += (piece == "(") - (piece == ")")
        parts[-1] += piece
    return parts
