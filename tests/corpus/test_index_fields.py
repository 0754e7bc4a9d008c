from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Budget, Document, LocalityMention, Span
from corpus.index.base import CodeField
from corpus.index.fields import MONEY_BANDS, entry
from corpus.index.names import MONEY, Names
from corpus.localities import Register
from corpus.portals import PortalRegistry
from search_api.params import CODE_PARAMETERS
from tests.search_samples import ALL, DIEN_BAN, NGHE_AN, OFF_TOPIC

REGISTER = Register.load()
NAMES = Names.load(register=REGISTER, portals=PortalRegistry(()))


def about(*codes: str, **more: object) -> Document:
    places = tuple(LocalityMention(code=code, role="about", evidence=(Span(0, 3),), method="test") for code in codes)
    return replace(DIEN_BAN, localities=places, **more)  # type: ignore[arg-type]


MAPS = [
    ("former province", ("v1-49",), {"v2-48"}, {"v1-49"}),
    ("former district", ("v1-507",), {"v2-48"}, {"v1-49"}),
    ("province that stayed", ("v2-40",), {"v2-40"}, {"v1-40"}),
    ("merged province, nothing smaller", ("v2-66",), {"v2-66"}, {"v2-66"}),
    ("merged province, narrowed by a commune", ("v2-48", "v2-20551"), {"v2-48"}, {"v1-49"}),
    ("the country", ("VN",), {"VN"}, {"VN"}),
    ("the country and a province", ("VN", "v1-40"), {"VN", "v2-40"}, {"VN", "v1-40"}),
    ("an unknown code", ("v1-x-khong-co",), set(), set()),
    ("nothing", (), set(), set()),
]


@pytest.mark.parametrize(("codes", "today", "before"), [case[1:] for case in MAPS], ids=[case[0] for case in MAPS])
def test_places_on_both_maps(codes: tuple[str, ...], today: set[str], before: set[str]) -> None:
    found = entry(about(*codes), REGISTER).codes
    assert set(found["province"]) == today
    assert set(found["province_before"]) == before
    assert set(codes) <= set(found["locality"])


def test_open_and_mentioned_places_count_nowhere() -> None:
    place = replace(DIEN_BAN.localities[0], code=None, candidates=("v1-40", "v1-49"))
    mentioned = replace(DIEN_BAN.localities[0], role="mentioned")
    found = entry(replace(DIEN_BAN, localities=(place, mentioned)), REGISTER).codes
    assert found["province"] == found["province_before"] == found["locality"] == found["district"] == ()


def test_every_field_is_filled_named_and_reachable_by_address() -> None:
    fields = set(get_args(CodeField))
    for document in ALL:
        codes = entry(document, REGISTER).codes
        assert codes.keys() == fields
        for field, found in codes.items():
            assert list(found) == sorted(set(found))
            assert all(NAMES.label(field, code) for code in found)
    assert set(CODE_PARAMETERS.values()) == fields - {"relevance"}
    assert [name for name, _, _ in MONEY_BANDS] == list(MONEY)
    assert MONEY_BANDS[0][1] == 0
    assert all(low[2] == high[1] for low, high in pairwise(MONEY_BANDS))


@given(st.lists(st.integers(0, 10**15), max_size=5), st.sampled_from(["budget", "loan"]))
def test_bands_hold_every_public_amount(amounts: list[int], kind: str) -> None:
    budgets = tuple(Budget(vnd=vnd, kind=kind, evidence=(Span(0, 3),), method="test") for vnd in amounts)  # type: ignore[arg-type]
    found = entry(replace(NGHE_AN, budgets=budgets), REGISTER)
    expected = {name for name, low, high in MONEY_BANDS for vnd in amounts if low <= vnd and (high is None or vnd < high)}
    assert set(found.codes["money"]) == (expected if kind == "budget" else set())
    assert found.amounts == (tuple(sorted(set(amounts))) if kind == "budget" else ())


@given(
    st.lists(
        st.tuples(st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.none() | st.integers(0, 10**14)), min_size=2, max_size=6
    )
)
def test_sort_keys_order_by_date_and_amount(rows: list[tuple[date | None, int | None]]) -> None:
    entries = []
    for number, (day, vnd) in enumerate(rows):
        budgets = () if vnd is None else (Budget(vnd=vnd, evidence=(Span(0, 3),), method="test"),)
        entries.append((day, vnd, entry(replace(NGHE_AN, id=str(number), published=day, budgets=budgets), REGISTER)))
    for day, vnd, found in entries:
        assert min(found.newest, found.oldest, found.largest) >= 0
        assert max(found.newest, found.oldest, found.largest) < 2**63
        for other_day, other_vnd, other in entries:
            if day and other_day and day > other_day:
                assert found.newest > other.newest
                assert found.oldest < other.oldest
            if day and not other_day:
                assert found.newest > other.newest
                assert found.oldest > other.oldest
            if vnd is not None and (other_vnd is None or (vnd // 1000 > other_vnd // 1000 and vnd > other_vnd * (1 + 1e-7))):
                assert found.largest > other.largest


def test_sort_keys_of_the_largest_sums_stay_in_order() -> None:
    sums = [0, 999, 1000, 33_554_431_000, 33_554_432_000, 33_600_000_000, 10**12, 10**15, 2**63 - 1]
    keys = []
    for vnd in sums:
        found = entry(replace(NGHE_AN, budgets=(Budget(vnd=vnd, evidence=(Span(0, 3),), method="test"),)), REGISTER)
        keys.append(found.largest)
    assert keys[0] == keys[1]  # told apart by the thousand
    assert keys[1:] == sorted(set(keys))
    assert keys[-1] < 2**63


def test_no_two_undated_documents_of_many_share_a_key() -> None:
    entries = [entry(replace(OFF_TOPIC, id=f"{number:024x}", published=None), REGISTER) for number in range(3000)]
    for order in ("newest", "oldest", "largest"):
        assert len({getattr(found, order) >> 20 for found in entries}) == 3000


CONFIDENCES = [
    ("rules alone", (1.0, 1.0), {"sure"}),
    ("the least certain decides", (0.95, 0.89), {"likely"}),
    ("a doubtful one", (0.69, 1.0), {"doubtful"}),
    ("on the bound", (0.9, 0.7), {"likely"}),
    ("no tag", (), set()),
]


@pytest.mark.parametrize(("scores", "bands"), [case[1:] for case in CONFIDENCES], ids=[case[0] for case in CONFIDENCES])
def test_confidence_is_that_of_the_least_certain_tag(scores: tuple[float, ...], bands: set[str]) -> None:
    activities = tuple(replace(DIEN_BAN.activities[0], score=score) for score in scores)
    document = replace(DIEN_BAN, activities=activities, programmes=(), localities=(), relevance=None)
    assert set(entry(document, REGISTER).codes["confidence"]) == bands


def test_a_doubtful_date_is_no_date_for_filters_and_timelines() -> None:
    found = entry(replace(DIEN_BAN, flags=("doubtful_date",)), REGISTER)
    assert (found.published, found.codes["year"]) == (None, ())
    assert found.newest == entry(replace(DIEN_BAN, published=None), REGISTER).newest
