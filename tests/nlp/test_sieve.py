"""What a sieve holds back cannot match: the literals are needed by every match, of the rules in use and of patterns made up here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import lower
from nlp import budget_cues
from nlp.sieve import Sieve, needed_literals

OWN = Path(__file__).parents[1] / "gold" / "own"
RULES: list[re.Pattern[str]] = [
    *(row[0] for row in budget_cues.IMMEDIATE),
    *(row[2] for row in budget_cues.KINDS),
    *(row[1] for row in budget_cues.ROLES),
    *(row[1] for row in budget_cues.FUNDS),
]


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("vay", {"vay"}),
        ("(?<!tổ )vay(?! oda)|tín dụng", {"vay", "tín dụng"}),
        (r"(?<!\w)(?:cho|được) vay\s*$", {"cho vay", "được vay"}),
        (r"góp (?:thêm )?vốn", {"góp vốn", "góp thêm vốn"}),
        (r"giải(?: ngân)+ của", {" ngân"}),
        (r"ngân sách (?:tỉnh|huyện){2}", {"ngân sách "}),
        (r"(?:mới )*đạt\s\d+ %", {"đạt"}),
        (r"h(?:óa|oá)", {"hóa", "hoá"}),
        (r"[ab]c", {"ac", "bc"}),
        (r"[^a]bc[d-f]", {"bc"}),
        (r"(?>ab|cd)(?P<n>e)(?P=n)", {"abe", "cde"}),
        (r"a*+bc?+", {"b"}),
        (r"ab{1}c{0}d", {"ab"}),
        (r"x(?i:vay)xy", {"xy"}),
        ("vay|", set()),
        (r"vay|\d", set()),
        (r"\w+", set()),
        (r"(?=vay)", set()),
        ("(?i)vay", set()),
    ],
)
def test_literals(pattern: str, literals: set[str]) -> None:
    assert needed_literals(re.compile(pattern)) == literals


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.pattern[:40])
def test_every_rule_has_literals(rule: re.Pattern[str]) -> None:
    """Without one it would be tried in every window again."""
    assert min(map(len, needed_literals(rule)), default=0) > 1


WORDS = sorted({word for rule in RULES for word in re.findall(r"[^\W\d_]{2,}", rule.pattern)} | {"5", "%", ",", ".", "“"})
SIEVE = Sieve(RULES, lambda rule: rule)


def check(text: str) -> None:
    possible = SIEVE.possible(text)
    assert [rule for rule in possible if rule.search(text)] == [rule for rule in RULES if rule.search(text)]
    for rule in possible:
        for match in rule.finditer(text):
            assert any(literal in match[0] for literal in needed_literals(rule))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=60))
def test_the_rules_find_the_same_with_a_sieve(text: str) -> None:
    check(text)


def test_the_rules_find_the_same_in_our_sentences() -> None:
    for line in (OWN / "amounts.jsonl").read_text(encoding="utf-8").splitlines():
        check(lower(json.loads(line)["text"]))


@settings(max_examples=10, deadline=None)
@given(st.data())
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.pattern[:40])
def test_what_a_rule_matches_is_let_through(rule: re.Pattern[str], data: st.DataObject) -> None:
    assert rule in SIEVE.possible(data.draw(st.from_regex(rule)))


PARTS = st.recursive(
    st.sampled_from(["a", "b", "ab", "ba", ".", "[ab]", "[^a]", r"\b", "(?<!a)", "(?=b)", "(?!ab)", "$", "^", r"\w"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,2}?", "?+"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=10,
)


@settings(max_examples=500, deadline=None)
@given(PARTS, st.text("abc", max_size=8))
def test_any_pattern(pattern: str, text: str) -> None:
    rule = re.compile(pattern)
    if rule.search(text):
        assert [*Sieve([rule], lambda row: row).possible(text)] == [rule]


def test_rows_come_in_order_and_once() -> None:
    sieve = Sieve([("b", re.compile("bb|b")), ("any", re.compile(".")), ("a", re.compile("a"))], lambda row: row[1])
    assert [name for name, _ in sieve.possible("a bb b")] == ["b", "any", "a"]
    assert [name for name, _ in sieve.possible("")] == ["any"]
    assert Sieve([re.compile(".")], lambda row: row).possible("x")
    assert not Sieve([], lambda row: re.compile("")).possible("x")
