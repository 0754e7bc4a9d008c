"""Decisions of people on tags: rejected ones go, accepted ones stay, corrected ones change, whatever the taggers say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from corpus.document import (
    ActivityMention,
    Budget,
    DateMention,
    Document,
    LocalityMention,
    OfficialRecord,
    ProgrammeMention,
    Provenance,
    Quantity,
    Relevance,
    Span,
    to_plain,
)
from corpus.store import Review
from corpus.tags import tag_code
from pipelines.reviews import apply_reviews, examples_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TEXT = "Huyện mở lớp tập huấn với kinh phí 50 triệu đồng, gồm 30 triệu và 20 triệu cho hai xã Tân Lập."


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


TRAINING = ActivityMention(code="training", evidence=(span("mở lớp tập huấn"),), score=0.7, method="model 1")
PRESS = ActivityMention(code="press", evidence=(span("kinh phí"),), method="rules 1")
OPEN = LocalityMention(code=None, candidates=("v1-01159", "v1-02032"), role="about", evidence=(span("Tân Lập"),), method="rules 1")
CLASSES = Quantity(kind="classes", value=1, unit="lớp", evidence=(span("lớp tập huấn"),), method="quantity 1")
DAY = DateMention(start=None, end=None, precision="day", evidence=(span("hai xã"),), method="dates 1")
RECORD = OfficialRecord(kind="Kế hoạch", number="8/KH-UBND", evidence=(span("Huyện"),), method="official 1")
TOTAL = Budget(vnd=50_000_000, role="total", parts=(1, 2), parts_agree=True, evidence=(span("50 triệu đồng"),), method="grammar 1")
PARTS = tuple(
    Budget(vnd=vnd, role="component", evidence=(span(words),), method="grammar 1")
    for vnd, words in ((30_000_000, "30 triệu"), (20_000_000, "20 triệu"))
)
DOCUMENT = Document(
    id="d1",
    kind="official",
    quantities=(CLASSES,),
    dates=(DAY,),
    official=RECORD,
    provenance=Provenance(portal="p", requested_url="u", final_url="u", fetched_at=NOW),
    title="Tập huấn",
    text=TEXT,
    relevance=Relevance(value="poverty_other", evidence=(span("mở lớp tập huấn"),), score=0.6, method="cues 1"),
    programmes=(ProgrammeMention(code="gnbv-2021-2025", evidence=(span("kinh phí"),), method="rules 1"),),
    localities=(OPEN,),
    activities=(TRAINING, PRESS),
    budgets=(TOTAL, *PARTS),
)


def review(kind: str, code: str, decision: str, value: dict[str, Any] | None = None, *, hours: int = 0) -> Review:
    return Review(
        document_id="d1",
        kind=kind,  # type: ignore[arg-type] # as a reader of JSON would
        code=code,
        decision=decision,  # type: ignore[arg-type] # the same
        value=value,
        reviewer="lan",
        decided_at=NOW + timedelta(hours=hours),
    )


def test_without_decisions_nothing_changes() -> None:
    assert apply_reviews(DOCUMENT, []) == DOCUMENT


def test_a_rejected_tag_goes() -> None:
    found = apply_reviews(DOCUMENT, [review("activity", "press", "reject"), review("programme", "gnbv-2021-2025", "reject")])
    assert found.activities == (TRAINING,)
    assert found.programmes == ()
    assert replace(found, activities=DOCUMENT.activities, programmes=DOCUMENT.programmes) == DOCUMENT


def test_an_accepted_tag_is_certain() -> None:
    found = apply_reviews(DOCUMENT, [review("activity", "training", "accept")])
    assert found.activities == (replace(TRAINING, score=1.0, method="review"), PRESS)


def test_a_corrected_tag_takes_what_is_right() -> None:
    found = apply_reviews(DOCUMENT, [review("activity", "training", "correct", {"code": "outreach", "modality": "planned"})])
    assert (found.activities[0].code, found.activities[0].modality) == ("outreach", "planned")
    assert found.activities[0].evidence == TRAINING.evidence


def test_an_open_place_is_settled() -> None:
    found = apply_reviews(DOCUMENT, [review("locality", tag_code(DOCUMENT, OPEN), "correct", {"code": "v1-02032"})])
    (place,) = found.localities
    assert (place.code, place.candidates, place.score) == ("v1-02032", (), 1.0)


@pytest.mark.parametrize(
    ("decision", "code", "value", "expected"),
    [
        ("accept", "poverty_other", None, "poverty_other"),
        ("correct", "poverty_other", {"value": "communication"}, "communication"),
        ("accept", "communication", None, "communication"),
        ("reject", "poverty_other", None, None),
        ("reject", "communication", None, "poverty_other"),
    ],
)
def test_relevance(decision: str, code: str, value: dict[str, Any] | None, expected: str | None) -> None:
    found = apply_reviews(DOCUMENT, [review("relevance", code, decision, value)])
    assert (found.relevance.value if found.relevance else None) == expected


def test_the_last_decision_counts() -> None:
    decisions = [review("activity", "press", "accept", hours=2), review("activity", "press", "reject", hours=1)]
    assert "press" in [tag.code for tag in apply_reviews(DOCUMENT, decisions).activities]
    assert "press" in [tag.code for tag in apply_reviews(DOCUMENT, decisions[::-1]).activities]


def test_a_rejected_part_is_taken_out_of_its_total() -> None:
    found = apply_reviews(DOCUMENT, [review("budget", tag_code(DOCUMENT, PARTS[0]), "reject")])
    assert [budget.vnd for budget in found.budgets] == [50_000_000, 20_000_000]
    assert (found.budgets[0].parts, found.budgets[0].parts_agree) == ((), None)


def test_positions_follow_when_a_sum_before_them_goes() -> None:
    lone = Budget(vnd=7, evidence=(span("Huyện"),), method="grammar 1")
    moved = replace(TOTAL, parts=(2, 3))
    document = replace(DOCUMENT, budgets=(lone, moved, *PARTS))
    found = apply_reviews(document, [review("budget", tag_code(DOCUMENT, lone), "reject")])
    assert found.budgets == (TOTAL, *PARTS)


def test_an_accepted_tag_comes_back_when_no_tagger_gives_it() -> None:
    without = replace(DOCUMENT, activities=())
    decision = review("activity", "training", "accept", to_plain(TRAINING))
    assert apply_reviews(without, [decision]).activities == (replace(TRAINING, score=1.0, method="review"),)
    shorter = replace(without, text=TEXT[:5])
    assert apply_reviews(shorter, [decision]).activities == (), "its evidence is not in this version of the text"
    assert apply_reviews(without, [review("activity", "training", "accept")]).activities == (), "nothing says where"


def test_applying_twice_is_applying_once() -> None:
    decisions = [
        review("activity", "press", "reject"),
        review("activity", "training", "correct", {"code": "outreach"}),
        review("budget", tag_code(DOCUMENT, PARTS[0]), "reject"),
        review("relevance", "poverty_other", "correct", {"value": "communication"}),
        review("locality", tag_code(DOCUMENT, OPEN), "correct", {"code": "v1-01159"}),
    ]
    once = apply_reviews(DOCUMENT, decisions)
    assert apply_reviews(once, decisions) == once


def test_decisions_are_training_examples() -> None:
    decisions = [
        review("activity", "training", "correct", {"modality": "planned"}),
        review("activity", "press", "reject"),
    ]
    accepted, rejected = examples_of(DOCUMENT, decisions)
    assert (accepted.text, accepted.activities) == ("mở lớp tập huấn", (("training", "planned"),))
    assert (rejected.text, rejected.activities) == ("kinh phí", ())
    assert {accepted.relevance, rejected.relevance} == {"off_topic"}, "neither names poverty"
    assert examples_of(DOCUMENT, []) == []


def test_a_page_corrected_away_from_communication_shows_no_activities() -> None:
    away = review("relevance", "communication", "correct", {"value": "poverty_other"})
    found = apply_reviews(DOCUMENT, [review("activity", "press", "accept", hours=-1), away])
    assert found.relevance is not None
    assert (found.relevance.value, found.activities) == ("poverty_other", ())
    back = review("relevance", "poverty_other", "correct", {"value": "communication"}, hours=1)
    assert apply_reviews(DOCUMENT, [away, back]).activities == DOCUMENT.activities
    assert apply_reviews(DOCUMENT, [review("relevance", "poverty_other", "accept")]).activities == DOCUMENT.activities


def test_counts_days_and_records_are_decided_on_like_other_tags() -> None:
    decisions = [
        review("quantity", tag_code(DOCUMENT, CLASSES), "correct", {"value": 2}),
        review("date", tag_code(DOCUMENT, DAY), "reject"),
        review("official", "Kế hoạch", "correct", {"issued": "2024-05-06", "signer": "Lò Văn Pành"}),
    ]
    found = apply_reviews(DOCUMENT, decisions)
    assert found.quantities == (replace(CLASSES, value=2, score=1.0, method="review"),)
    assert found.dates == ()
    assert found.official == replace(RECORD, issued=date(2024, 5, 6), signer="Lò Văn Pành", method="review")
    assert apply_reviews(found, decisions) == found
    rejected = apply_reviews(DOCUMENT, [review("official", "Kế hoạch", "reject")])
    assert (rejected.official, rejected.kind) == (None, "news")


def sums(text: str, *surfaces: tuple[int, str]) -> Document:
    """A document whose sums stand where the surfaces stand, one after the other."""
    found, at = [], 0
    for vnd, surface in surfaces:
        at = text.index(surface, at)
        found.append(Budget(vnd=vnd, evidence=(Span(at, at + len(surface)),), method="grammar 1"))
        at += len(surface)
    return replace(DOCUMENT, text=text, budgets=tuple(found), activities=(), localities=(), programmes=(), quantities=(), dates=())


M50, M20 = 50_000_000, 20_000_000
TWICE = sums("Xã chi gần 50 triệu đồng, huyện chi 50 triệu đồng.", (M50, "50 triệu đồng"), (M50, "50 triệu đồng"))
NOW_QUALIFIED = sums("Xã chi gần 50 triệu đồng, huyện chi 50 triệu đồng.", (M50, "gần 50 triệu đồng"), (M50, "50 triệu đồng"))
EDITED = sums(
    "Bản sửa ngày 5/6 của 50 xã. Xã chi gần 50 triệu đồng, huyện chi 50 triệu đồng.", (M50, "gần 50 triệu đồng"), (M50, "50 triệu đồng")
)
ONE = sums("Huyện chi 50 triệu đồng và 20 triệu đồng.", (M50, "50 triệu đồng"), (M20, "20 triệu đồng"))
ONE_MOVED = sums("Năm nay, huyện Mường Ảng chi 50 triệu đồng và 20 triệu đồng.", (M50, "50 triệu đồng"), (M20, "20 triệu đồng"))


SURVIVALS = [
    (TWICE, 0, TWICE, [1]),
    (TWICE, 1, TWICE, [0]),
    (TWICE, 0, NOW_QUALIFIED, [1]),  # a later rule reads the qualifier
    (NOW_QUALIFIED, 0, TWICE, [1]),  # and one no longer reads it
    (ONE, 0, ONE_MOVED, [1]),  # an edit earlier in the page
]
EDITS = [(TWICE, 1, EDITED, [0]), (EDITED, 0, TWICE, [1])]
"""Equal sums that an edit moved: an offset, as earlier releases kept it, cannot tell them apart."""


@pytest.mark.parametrize(
    ("decided_on", "position", "later", "left", "by_offset"),
    [*((*row, False) for row in [*SURVIVALS, *EDITS]), *((*row, True) for row in SURVIVALS)],
)
def test_a_decision_on_a_sum_survives_other_rules_and_edits(
    decided_on: Document, position: int, later: Document, left: list[int], by_offset: bool
) -> None:
    tag = decided_on.budgets[position]
    code = f"{tag.vnd}@text:{tag.evidence[0].start}" if by_offset else tag_code(decided_on, tag)
    decision = review("budget", code, "reject")
    found = apply_reviews(later, [decision])
    assert found.budgets == tuple(later.budgets[i] for i in left)
    assert apply_reviews(found, [decision]) == found


def test_a_sum_has_one_decision_whatever_an_earlier_release_called_it() -> None:
    old = review("budget", f"{M50}@text:{TWICE.budgets[0].evidence[0].start}", "reject")
    new = review("budget", tag_code(TWICE, TWICE.budgets[0]), "accept", hours=1)
    assert [budget.method for budget in apply_reviews(TWICE, [old, new]).budgets] == ["review", "grammar 1"]
