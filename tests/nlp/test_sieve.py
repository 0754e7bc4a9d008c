"""What a sieve holds back cannot match: the literals are needed by every match, of the rules in use and of patterns made up here."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from corpus.text import lower
from nlp import budget_cues
from nlp.sieve import Asked, Guarded, Sieve, needed_literals

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


EVERYTHING: list[re.Pattern[str]] = [
    pattern
    for module in iter_modules(nlp.__path__)
    for pattern in vars(import_module(f"nlp.{module.name}")).values()
    if isinstance(pattern, re.Pattern)
]
"""The other patterns of the taggers, whether they stand behind a sieve today or not."""
SENTENCES = [
    lower(json.loads(line)["text"])
    for name in ("amounts.jsonl", "places.jsonl")
    for line in (OWN / name).read_text(encoding="utf-8").splitlines()
]
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
    for text in SENTENCES[::3]:
        check(text)


@pytest.mark.parametrize("pattern", EVERYTHING, ids=lambda pattern: pattern.pattern[:40])
def test_whatever_a_pattern_finds_holds_a_literal_of_it(pattern: re.Pattern[str]) -> None:
    literals = needed_literals(pattern)
    for text in SENTENCES if literals else ():
        for match in pattern.finditer(text):
            assert any(literal in match[0] for literal in literals)


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
        assert Sieve([rule], lambda row: row).possible(text) == [rule]


def test_rows_come_in_order_and_once() -> None:
    sieve = Sieve([("b", re.compile("bbb|bb")), ("any", re.compile(".")), ("a", re.compile("aa"))], lambda row: row[1])
    assert [name for name, _ in sieve.possible("aa bbb bb")] == ["b", "any", "a"]
    assert [name for name, _ in sieve.possible("")] == ["any"]
    assert sieve.bits("aa") == 0b110
    assert Sieve([re.compile(".")], lambda row: row).possible("x")
    assert not Sieve([], lambda row: re.compile("")).possible("x")


def test_guarded() -> None:
    assert Guarded("ảnh:|clip")._literals == ("clip", "ảnh:")
    assert Guarded("ảnh:|clip").search("nguồn ảnh: ctv")
    assert Guarded("ảnh:|clip").search("ảnh") is None
    assert Guarded(r"\d").search("12")


def test_parts_of_a_text_are_searched() -> None:
    asked, other = re.compile("vay vốn"), re.compile("góp")
    search = Asked([asked]).within("cho vay vốn và góp")
    assert search(asked, "vay vốn")
    assert search(asked, "vay") is None
    assert search(other, "góp"), "what was not announced is searched for all the same"
    assert Asked([asked]).within("vay")(asked, "vay vốn") is None, "a part that is none"


LEFT = [re.compile(word, re.DOTALL) for word in (r"vay\s*$", "^vốn|góp", "(?<!tổ )vay", "cho .* vay")]


@given(st.lists(st.sampled_from(["vay", "vốn", "góp", "cho", "tổ", "\n"]), max_size=8).map(" ".join), st.data())
def test_any_part_of_a_text(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    search = Asked(LEFT).within(text)
    for pattern in LEFT:
        assert bool(search(pattern, text[start:end])) == bool(pattern.search(text[start:end]))
