"""The leaping form of a pattern finds what the plain form finds."""

from __future__ import annotations

import inspect
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import budget_cues
from nlp.patterns import words

CALLS = [
    "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', call)).replace('\\"', '"')
    for call in re.findall(r'(?<!\w)words\(((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)', inspect.getsource(budget_cues))
]
"""The alternatives of every such pattern of the rules on money."""


def plain_form(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")


def found(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def test_all_patterns_are_read() -> None:
    assert len(CALLS) > 70


LITERALS = sorted({word for alternatives in CALLS for word in re.findall(r"\w+", alternatives)})


@settings(max_examples=60)
@given(st.lists(st.sampled_from(LITERALS) | st.sampled_from([",", ".", "2", "%", "“"]), max_size=25).map(" ".join))
def test_the_rules_find_the_same_in_either_form(text: str) -> None:
    for alternatives in CALLS:
        assert found(words(alternatives), text) == found(plain_form(alternatives), text), alternatives


@pytest.mark.parametrize("alternatives", CALLS)
def test_each_alternative_is_found_where_it_stands(alternatives: str) -> None:
    plain = re.sub(r"\(\?<?[!=][^()]*(?:\([^()]*\)[^()]*)*\)", "", alternatives)
    for text in (plain, plain.replace("|", " "), f"x{plain}".replace("|", " x"), "tổ " + plain.replace("|", ", tổ ")):
        assert found(words(alternatives), text) == found(plain_form(alternatives), text)


@pytest.mark.parametrize(
    ("alternatives", "text", "spans"),
    [
        ("vay|(?<!tổ )vốn", "tổ vốn vay vốn", [(7, 10), (11, 14)]),
        ("loa|loan", "loan loa xloa loa1", [(0, 4), (5, 8)]),
        ("(?:hai|ba) xã|huyện", "hai xã, huyện", [(0, 6), (8, 13)]),
        ("[ab]c|d", "ac bc dd d", [(0, 2), (3, 5), (9, 10)]),
        (r"(?<!\d )lớp", "2 lớp, các lớp", [(11, 14)]),
    ],
)
def test_words(alternatives: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert found(words(alternatives), text) == spans
