"""Money that adds up: which sums count, by hand, and what holds for any facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.localities import Register
from monitor.budgets import BYS, ROLE_NAMES, By, budget_sums, counted_sums, counts, summable
from monitor.facts import Fact, FactBudget, Facts
from monitor.periods import Units, parse_period
from tests.monitor.makers import Makers, make_budget

WEEK = parse_period("2026-W47")
MONDAY = WEEK.start
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("id", "values", "expected"),
    [
        ("a sum of a programme", {}, True),
        ("over", {"qualifier": "over"}, True),
        ("about", {"qualifier": "about"}, True),
        ("a cap", {"role": "cap"}, False),
        ("at most", {"qualifier": "max"}, False),
        ("a norm per household", {"per_unit": "hộ"}, False),
        ("a gift", {"kind": "gift"}, False),
        ("a loan", {"kind": "loan"}, False),
        ("a price", {"kind": "price"}, False),
        ("a norm", {"kind": "norm"}, False),
        ("income", {"kind": "income"}, False),
        ("said more exactly elsewhere", {"duplicate_of": 0}, False),
        ("the text's own doubt", {"flags": ("implausible",)}, False),
        ("nothing", {"vnd": 0}, False),
    ],
)
def test_what_counts(id: str, values: dict[str, object], expected: bool) -> None:
    assert counts(make_budget(**values)) is expected  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("id", "budgets", "expected"),
    [
        ("parts of the same role stand inside their total", [{"parts": (1, 2)}, {}, {}], [0]),
        ("parts of another role are sums of their own", [{"role": "total", "parts": (1, 2)}, {"role": "component"}, {"role": "component"}], [0, 1, 2]),
        ("parts of parts", [{"parts": (1,)}, {"parts": (2,)}, {}], [0]),
        ("parts of a cap count", [{"role": "cap", "parts": (1, 2)}, {}, {}], [1, 2]),
        ("parts of a doubted total count", [{"flags": ("malformed",), "parts": (1,)}, {}], [1]),
        ("parts through a part of another role", [{"parts": (1,)}, {"role": "component", "parts": (2,)}, {}], [0, 1]),
        ("a circle leaves one", [{"parts": (1,)}, {"parts": (0,)}], [0]),
        ("a part that is not there", [{"parts": (7,)}], [0]),
    ],
)  # fmt: skip
def test_parts_are_not_added_to_their_totals(id: str, budgets: list[dict[str, object]], expected: list[int]) -> None:
    made = [make_budget(100, position, **values) for position, values in enumerate(budgets)]
    assert [budget.position for budget in summable(made)] == expected


def sums(register: Register, facts: list[Fact], by: By = "role", units: Units = "34") -> list[tuple[str, str, int, int, int]]:
    return [(row.role, row.key, row.vnd, row.articles, row.sentences) for row in budget_sums(Facts(facts), WEEK, units, register, by=by)]


def test_roles_are_never_mixed(register: Register, makers: Makers) -> None:
    budgets = [make_budget(5 * MILLION, n, role=role) for n, role in enumerate(["planned", "allocated", "disbursed", "allocated"])]
    fact = makers.fact("d1", MONDAY, "v2-08", budgets=budgets)
    assert sums(register, [fact]) == [
        ("allocated", "allocated", 10 * MILLION, 1, 2),
        ("planned", "planned", 5 * MILLION, 1, 1),
        ("disbursed", "disbursed", 5 * MILLION, 1, 1),
    ]


def test_a_story_counts_once_on_the_day_it_was_first_told(register: Register, makers: Makers) -> None:
    first = makers.fact("d1", MONDAY - timedelta(days=7), "v2-08", budgets=[make_budget(3 * MILLION)])
    again = makers.fact("d2", MONDAY, "v2-08", story="d1", budgets=[make_budget(4 * MILLION)])
    copy = makers.fact("d3", MONDAY, "v2-08", story="d1", budgets=[make_budget(3 * MILLION)])
    assert sums(register, [first, again, copy]) == [], "told in the week before already"
    assert [(row.vnd, row.articles) for row in budget_sums(Facts([again, copy, first]), WEEK.before(), "34", register)] == [
        (3 * MILLION, 1)
    ]


def test_the_first_article_with_sums_speaks_for_its_story(register: Register, makers: Makers) -> None:
    bare = makers.fact("d1", MONDAY, "v2-08")
    cap = makers.fact("d2", MONDAY, "v2-08", story="d1", budgets=[make_budget(role="cap")])
    with_sum = makers.fact("d3", MONDAY + timedelta(days=1), "v2-08", story="d1", budgets=[make_budget(7 * MILLION)])
    foreign = makers.fact("d4", MONDAY, "v2-08", relevance="poverty_other", budgets=[make_budget(9 * MILLION)])
    assert sums(register, [bare, cap, with_sum, foreign]) == [("allocated", "allocated", 7 * MILLION, 1, 1)]


@pytest.mark.parametrize(
    ("id", "first", "second", "total"),
    [
        ("an odd sum told again", {}, {}, 146_400_000),
        ("for another role", {}, {"role": "disbursed"}, 292_800_000),
        ("for another place", {"locality": "v1-026"}, {"locality": "v1-027"}, 292_800_000),
        ("for another programme", {"programme": "ntm"}, {}, 292_800_000),
        ("for another year", {"year_from": 2025, "year_to": 2025}, {"year_from": 2026, "year_to": 2026}, 292_800_000),
        ("a round sum may be given twice", {"vnd": 50 * MILLION}, {"vnd": 50 * MILLION}, 100 * MILLION),
        (
            "of the same year it is the same",
            {"vnd": 50 * MILLION, "year_from": 2026},
            {"vnd": 50 * MILLION, "year_from": 2026},
            50 * MILLION,
        ),
    ],
)
def test_other_stories_about_the_same_money(
    register: Register, makers: Makers, id: str, first: dict[str, object], second: dict[str, object], total: int
) -> None:
    facts = [
        makers.fact("d1", MONDAY, "v2-08", budgets=[make_budget(**first)]),  # type: ignore[arg-type] # fields by name
        makers.fact("d2", MONDAY + timedelta(days=2), "v2-08", budgets=[make_budget(**second)]),  # type: ignore[arg-type] # fields by name
    ]
    assert sum(row.vnd for row in budget_sums(Facts(facts), WEEK, "34", register)) == total
    repeated = [entry.repeated for entry in counted_sums(Facts(facts)) if entry.repeated]
    assert repeated == ([("d2",)] if total in (146_400_000, 50 * MILLION) else [])


@pytest.mark.parametrize(
    ("id", "about", "values", "units", "key"),
    [
        ("of the article's province", "v2-08", {}, "34", "v2-08"),
        ("of the sum's own place", "v2-08 v2-04", {"locality": "v1-026"}, "34", "v2-08"),
        ("on the old map", "v2-08 v2-04", {"locality": "v1-026"}, "63", "v1-02"),
        ("a new province on the old map", "v2-08", {}, "63", "v2-08"),
        ("of several provinces", "v2-08 v2-04", {}, "34", "*"),
        ("of none", "", {}, "34", ""),
        ("of the country", "VN", {}, "34", "VN"),
        ("of the country in a provincial text", "v2-08", {"locality": "VN"}, "34", "VN"),
    ],
)
def test_which_province_a_sum_stands_under(
    register: Register, makers: Makers, id: str, about: str, values: dict[str, object], units: Units, key: str
) -> None:
    fact = makers.fact("d1", MONDAY, about, budgets=[make_budget(**values)])  # type: ignore[arg-type] # fields by name
    assert [row[1] for row in sums(register, [fact], "province", units)] == [key]


@pytest.mark.parametrize(
    ("by", "values", "activities", "key"),
    [
        ("year", {"year_from": 2026, "year_to": 2026}, "", "2026"),
        ("year", {"year_from": 2021, "year_to": 2025}, "", "2021-2025"),
        ("year", {}, "", ""),
        ("activity", {"activity": "press"}, "training press", "press"),
        ("activity", {}, "training", "training"),
        ("activity", {}, "training press", "*"),
        ("activity", {}, "", ""),
        ("scope", {"scope": "project"}, "", "project"),
        ("programme", {"programme": "ntm"}, "", "ntm"),
    ],
)
def test_other_keys(register: Register, makers: Makers, by: By, values: dict[str, object], activities: str, key: str) -> None:
    fact = makers.fact("d1", MONDAY, "v2-08", activities=activities, budgets=[make_budget(**values)])  # type: ignore[arg-type] # fields by name
    assert [row[1] for row in sums(register, [fact], by)] == [key]


def test_undated_money_stands_in_no_period_but_is_not_lost(register: Register, makers: Makers) -> None:
    facts = [makers.fact("d1", None, "v2-08", budgets=[make_budget()])]
    assert sums(register, facts) == []
    assert [row.vnd for row in budget_sums(Facts(facts), None, "34", register)] == [146_400_000]


BUDGETS = st.lists(
    st.builds(
        dict,
        vnd=st.sampled_from([50 * MILLION, 146_400_000, 4_164 * MILLION, 7]),
        role=st.sampled_from([*ROLE_NAMES, "cap"]),
        kind=st.sampled_from(["budget", "budget", "loan", "gift"]),
        qualifier=st.sampled_from(["exact", "over", "max"]),
        per_unit=st.sampled_from([None, None, "hộ"]),
        duplicate_of=st.sampled_from([None, None, 0]),
        year_from=st.sampled_from([None, 2026]),
        locality=st.sampled_from([None, None, "v1-026", "v2-04", "VN"]),
        parts=st.lists(st.integers(0, 4), max_size=3).map(tuple),
        flags=st.sampled_from([(), (), ("implausible",)]),
    ),
    max_size=4,
)
FACTS = st.lists(
    st.tuples(
        st.none() | st.dates(date(2026, 11, 9), date(2026, 11, 29)),
        st.sampled_from(["v2-08", "v2-04 v1-02", "", "VN"]),
        st.sampled_from(["communication", "communication", "off_topic"]),
        st.integers(0, 6),
        BUDGETS,
    ),
    max_size=9,
)


@settings(max_examples=150, deadline=None)
@given(drawn=FACTS, order=st.randoms(use_true_random=False))
def test_for_any_facts(register: Register, makers: Makers, drawn: list, order: object) -> None:  # type: ignore[type-arg]
    facts = [
        makers.fact(f"d{n}", day, about, relevance=relevance, story=f"d{min(n, story)}",
                    budgets=[make_budget(position=position, **values) for position, values in enumerate(budgets)])
        for n, (day, about, relevance, story, budgets) in enumerate(drawn)
    ]  # fmt: skip
    by_id = {fact.id: fact for fact in facts}
    every = budget_sums(Facts(facts), None, "34", register)
    items = [(item.document, item.position) for row in every for item in row.items]
    assert len(items) == len(set(items)), "each sum once"
    stories: dict[str, str] = {}
    for row in every:
        assert row.vnd == sum(item.vnd for item in row.items)
        assert 1 <= row.articles <= len(row.items)
        assert 1 <= row.sentences <= len(row.items)
        for item in row.items:
            fact = by_id[item.document]
            budget = found(fact, item.position)
            assert counts(budget)
            assert (budget.role, budget.vnd) == (row.role, item.vnd)
            assert fact.relevant
            assert stories.setdefault(fact.story, fact.id) == fact.id, "one article speaks for a story"
    weeks = [parse_period(key) for key in ("2026-W46", "2026-W47", "2026-W48")]
    for by in BYS:
        for units in ("34", "63"):
            rows = [row for week in weeks for row in budget_sums(Facts(facts), week, units, register, by=by)]
            dated = sum(item.vnd for row in every for item in row.items if by_id[item.document].published)
            assert sum(row.vnd for row in rows) == dated, "the same money however it is cut"
    shuffled = list(facts)
    order.shuffle(shuffled)  # type: ignore[attr-defined] # a Random
    assert budget_sums(Facts(shuffled), None, "34", register) == every
    # A copy of anything that was told already adds nothing.
    if facts:
        original = facts[0]
        later = makers.fact("zz", date(2026, 11, 29), " ".join(original.about), story=original.story, budgets=original.budgets)
        if original.relevant and original.published and original.published < date(2026, 11, 29) and summable(original.budgets):
            assert sum(row.vnd for row in budget_sums(Facts([*facts, later]), None, "34", register)) == sum(row.vnd for row in every)


def found(fact: Fact, position: int) -> FactBudget:
    return next(budget for budget in fact.budgets if budget.position == position)
