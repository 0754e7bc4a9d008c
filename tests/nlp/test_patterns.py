"""The leaping form of a pattern finds what the plain form finds."""

from __future__ import annotations

import inspect
import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import locality_names
from corpus.text import _OPEN_PAIR
from nlp import budget_cues, budget_payers, gazetteer, locality_weights, money_forms, when_forms
from nlp.locality_cues import Cues
from nlp.patterns import words

CALLS = [
    "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', call)).replace('\\"', '"')
    for call in re.findall(
        r'(?<!\w)words\(((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)', inspect.getsource(budget_cues) + inspect.getsource(budget_payers)
    )
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


LEAPING = [
    (_OPEN_PAIR, r"(?:[oO][àáãảạÀÁÃẢẠèéẽẻẹÈÉẼẺẸ]|[uU][ỳýỹỷỵỲÝỸỶỴ])(?<![qQ]..)(?![^\W\d_])"),
    (locality_names._CLOSING_I, r"(?<!\w)(h|k|l|m|s|t|qu)([iíìỉĩị])(?!\w)"),
    (locality_names._DAK, r"(?<!\w)đ[aăắ][kc](?!\w)"),
    (locality_names._LAK, r"(?<=đắk[ -])l[aăắ][kc](?!\w)"),
    (gazetteer._NUMBERED, r"(?<!\w)(?:quận|phường|q\.|p\.)\s?(\d{1,2})(?!\w|[.,/-]\d)"),
    (
        locality_weights._BARE_DISTRICT,
        r"(?<!\w)(?:ubnd|hđnd|toàn|trong|của|địa bàn|lãnh đạo) (?:huyện|thị xã)(?= |[,.;:])(?! nghèo)|(?<!\w)huyện ủy(?!\w)",
    ),
    (money_forms.NUMBER_WORDS, rf"(?<!\w)(?:{money_forms.WORD})(?:,?[^\S\n]{{1,4}}(?:{money_forms.WORD})(?!\w))++"),
    (money_forms.HALF_SCALE, r"(?<!\w)nửa\s+(tỷ|tỉ|triệu)(?!\w)"),
    (when_forms.FORM, when_forms.FORMS),
]
"""Patterns written so that a search leaps, and the same as one would say them."""
PIECES = (
    "hoà|thuỷ|quý|toà|Hòa|khoẻ|uý|quí|kĩ|hi|mĩ|đắk lắk|đak lak|đắk-lắc|quận|phường|q.|p.|1|12|3/4|ubnd|của|huyện|thị xã|nghèo|huyện ủy|toàn|năm trăm|triệu|"
    "mươi|hai|nửa|tỷ|ngày|4/12|2024|năm|tháng|giai đoạn|2021-2025|từ năm|quý ii|/|sáng nay|hôm qua|tuần này|tối|lúc|mùng|x|,|.| |\n|-"
).split("|")


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["", " "]))
def test_leaping_patterns_find_what_they_say(pieces: list[str], joint: str) -> None:
    for leaping, plain in LEAPING:
        joined = joint.join(pieces)
        plainly = [match.span() for match in re.finditer(plain, joined)]
        assert [match.span() for match in leaping.finditer(joined)] == plainly, plain


CUES = Cues(tomllib.loads(files("nlp").joinpath("data/locality_cues.toml").read_text(encoding="utf-8")))
TYPED = "huyện|xã|phường|thị xã|tp|tp.|t.p|h.|x|tỉnh|vùng|các|hai|12|6/63|nghèo|biên giới|30a|như|là|gồm|trong đó có|:|“|,|và|/|-| |anh|từ|đặc khu|quốc gia|\u3000".split(
    "|"
)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(TYPED), max_size=9), st.sampled_from(["", " "]))
def test_a_type_word_is_never_passed_over(pieces: list[str], joint: str) -> None:
    left = joint.join(pieces)
    assert CUES.may_be_typed(left) or CUES.type_word.search(left) is None
