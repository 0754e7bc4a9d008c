"""Digits as Vietnamese documents write them: the dot parts thousands, the comma decimals, with the slips that occur."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple


class Number(NamedTuple):
    value: Decimal | None
    """None where the digits cannot be read."""
    flags: tuple[str, ...] = ()


_DOT_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_COMMA_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+")
_DECIMAL_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:\.\d{3})+),\d+")
_DECIMAL_DOT = re.compile(r"(?:\d+\.\d{1,2}|0\.\d+|\d{1,3}(?:,\d{3})+\.\d{1,2})")
_MIXED_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3}){2,}")
# "2.6000 tỷ": one zero too many at the end of the last group.
_EXTRA_ZERO = re.compile(r"(\d{1,3}(?:\.\d{3})*\.\d{3})0")


def read_number(digits: str, *, scaled: bool) -> Number:
    """The number; ``scaled`` tells that a unit such as "tỷ" follows, so that three digits after a comma are decimals.

    >>> read_number("4.164", scaled=True).value, read_number("13,824", scaled=True).value, read_number("500,000", scaled=False).value
    (Decimal('4164'), Decimal('13.824'), Decimal('500000'))
    >>> read_number("2.6000", scaled=True)
    Number(value=Decimal('2600'), flags=('malformed',))
    """
    for mark in " ’'":
        digits = digits.replace(mark, ".")  # they part thousands, too
    if digits.isdecimal():
        return Number(Decimal(digits))
    if _DOT_GROUPS.fullmatch(digits) and not (scaled and digits.startswith("0.")):
        return Number(Decimal(digits.replace(".", "")))
    if _COMMA_GROUPS.fullmatch(digits) and (not scaled or digits.count(",") > 1):
        return Number(Decimal(digits.replace(",", "")))
    if _DECIMAL_COMMA.fullmatch(digits):
        return _fraction(digits.replace(".", "").replace(",", "."), scaled=scaled)
    if _DECIMAL_DOT.fullmatch(digits):
        return _fraction(digits.replace(",", ""), scaled=scaled)
    if _MIXED_GROUPS.fullmatch(digits):
        return Number(Decimal(digits.replace(".", "").replace(",", "")), ("malformed",))
    extra = _EXTRA_ZERO.fullmatch(digits)
    if extra:
        return Number(Decimal(extra[1].replace(".", "")), ("malformed",))
    return Number(None, ("malformed",))


def _fraction(number: str, *, scaled: bool) -> Number:
    value = Decimal(number)
    if scaled or value == int(value):
        return Number(value)
    return Number(value)
