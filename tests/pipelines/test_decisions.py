"""Decisions taken at a document: at once in its tags, undone exactly, and what waits for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from corpus.document import ActivityMention, Document, to_plain
from corpus.errors import InvalidData
from corpus.store import Review, Store, open_store
from corpus.store.account_tables import review_effects
from corpus.tags import tag_code
from pipelines.reviews import apply_reviews
from tests.pipelines.test_reviews import CLASSES, DAY, DOCUMENT, NOW, OPEN, TOTAL, review, span


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        opened.put_document(DOCUMENT, NOW, tagged_by="rules 1")
        yield opened


def kept(store: Store) -> Document:
    document = store.get_document("d1")
    assert document is not None
    return document


def decide(store: Store, kind: str, code: str, decision: str, value: dict[str, Any] | None = None, *, hours: int = 0) -> int:
    return store.decide_tag(review(kind, code, decision, value, hours=hours), apply_reviews)


CASES: list[tuple[str, str, str, dict[str, Any] | None]] = [
    ("activity", "training", "accept", None),
    ("activity", "training", "reject", None),
    ("activity", "training", "correct", {"code": "outreach"}),
    ("activity", "press", "correct", {"modality": "planned"}),
    ("relevance", "poverty_other", "correct", {"value": "communication"}),
    ("relevance", "poverty_other", "reject", None),
    ("locality", "v1-01159|v1-02032", "correct", {"code": "v1-01159"}),
    ("relevance", "poverty_other", "correct", {"value": "off_topic"}),
    ("programme", "gnbv-2021-2025", "reject", None),
    ("quantity", tag_code(DOCUMENT, CLASSES), "reject", None),
    ("quantity", tag_code(DOCUMENT, CLASSES), "correct", {"value": 3, "modality": "planned"}),
    ("date", tag_code(DOCUMENT, DAY), "reject", None),
    ("official", "Kế hoạch", "reject", None),
    ("official", "Kế hoạch", "correct", {"number": "9/KH-UBND"}),
    ("budget", tag_code(DOCUMENT, TOTAL), "reject", None),
    ("budget", tag_code(DOCUMENT, TOTAL), "correct", {"vnd": 60_000_000}),
]


WRONG: list[tuple[str, str, str, dict[str, Any] | None, str]] = [
    ("activity", "correct", "training", {"code": "no-such-code"}, "value.code: 'no-such-code'"),
    ("activity", "accept", "no-such-code", None, "code: 'no-such-code'"),
    ("activity", "correct", "training", {"modality": "perhaps"}, "value.modality"),
    ("activity", "correct", "training", {"colour": "red"}, "value.colour"),
    ("programme", "correct", "gnbv-2021-2025", {"code": "gnbv-1900"}, "value.code"),
    ("locality", "correct", "v1-01159|v1-02032", {"code": "v1-99999"}, "value.code"),
    ("locality", "correct", "v1-01159|v1-02032", {"role": "nowhere"}, "value.role"),
    ("relevance", "correct", "poverty_other", {"value": "rather"}, "value.value"),
    ("relevance", "accept", "rather", None, "code: 'rather'"),
    ("budget", "correct", tag_code(DOCUMENT, TOTAL), {"vnd": "much"}, "value.vnd"),
    ("budget", "correct", tag_code(DOCUMENT, TOTAL), {"activity": "no-such-code"}, "value.activity"),
    ("quantity", "correct", tag_code(DOCUMENT, CLASSES), {"value": "two"}, "value.value"),
    ("official", "correct", "Kế hoạch", {"issued": "soon"}, "value.issued"),
]


@pytest.mark.parametrize(("kind", "code", "decision", "value"), CASES)
def test_a_decision_counts_at_once_and_undone_leaves_no_trace_in_the_tags(
    store: Store, kind: str, code: str, decision: str, value: dict[str, Any] | None
) -> None:
    before = kept(store)
    number = decide(store, kind, code, decision, value)
    after = kept(store)
    assert after != before
    assert after == apply_reviews(before, store.reviews("d1"))
    assert store.count_unindexed() == 1
    assert store.tagged_by("d1") == "rules 1"
    store.undo_decision(number, "minh", NOW + timedelta(hours=1), apply_reviews)
    assert kept(store) == before
    assert store.reviews("d1") == []
    (line,) = store.decisions()
    assert (line.undone_by, line.review.reviewer, line.title) == ("minh", "lan", DOCUMENT.title)


def test_a_decision_undone_after_an_update_of_the_program_restores_what_was_kept_then(store: Store) -> None:
    before = kept(store)
    number = decide(store, "programme", "gnbv-2021-2025", "reject")
    with store._write() as connection:  # as releases before kept it: the tags of the kind alone
        plain = to_plain(DOCUMENT.programmes)
        connection.execute(sa.update(review_effects).where(review_effects.c.review == number).values(before=plain))
    store.undo_decision(number, "lan", NOW, apply_reviews)
    assert kept(store) == before


@pytest.mark.parametrize(("kind", "decision", "code", "value", "words"), WRONG)
def test_a_decision_on_what_no_list_holds_is_refused(
    store: Store, kind: str, decision: str, code: str, value: dict[str, Any] | None, words: str
) -> None:
    with pytest.raises(InvalidData, match=words):
        decide(store, kind, code, decision, value)
    with pytest.raises(InvalidData, match=words):
        store.import_reviews([review(kind, code, decision, value)])
    assert store.reviews() == []
    assert apply_reviews(DOCUMENT, [review(kind, code, decision, value)]) == DOCUMENT, "taken before decisions were checked"


def test_documents_that_are_not_in_the_store_are_named(store: Store) -> None:
    assert store.unknown_documents(["d9", "d1", "d7", "d9"]) == ["d7", "d9"]


def test_undoing_keeps_what_was_decided_since(store: Store) -> None:
    first = decide(store, "activity", "training", "reject")
    decide(store, "activity", "press", "accept", hours=1)
    decide(store, "relevance", "poverty_other", "accept", hours=2)
    store.undo_decision(first, "lan", NOW + timedelta(hours=3), apply_reviews)
    document = kept(store)
    assert [(a.code, a.method) for a in document.activities] == [("training", "model 1"), ("press", "review")]
    assert document.relevance is not None
    assert document.relevance.method == "review"


def test_a_decision_is_undone_once(store: Store) -> None:
    number = decide(store, "activity", "training", "reject")
    store.undo_decision(number, "lan", NOW, apply_reviews)
    with pytest.raises(InvalidData, match="undone before"):
        store.undo_decision(number, "lan", NOW, apply_reviews)
    with pytest.raises(InvalidData, match="not there"):
        store.undo_decision(number + 7, "lan", NOW, apply_reviews)


def test_after_another_text_came_an_undone_decision_leaves_its_tags_alone(store: Store) -> None:
    number = decide(store, "activity", "training", "reject")
    edited = replace(DOCUMENT, text=DOCUMENT.text + " Hết.", provenance=replace(DOCUMENT.provenance, fetched_at=NOW + timedelta(days=1)))
    store.put_document(apply_reviews(edited, store.reviews("d1")), NOW + timedelta(days=1))
    before = kept(store)
    store.undo_decision(number, "lan", NOW + timedelta(days=2), apply_reviews)
    assert kept(store) == before
    assert apply_reviews(edited, store.reviews("d1")) == edited, "the next tagging gives the tag again"


def test_a_decision_on_what_is_not_there_is_refused_whole(store: Store) -> None:
    missing = Review(document_id="d9", kind="activity", code="training", decision="accept", reviewer="lan", decided_at=NOW)
    with pytest.raises(InvalidData, match="d9"):
        store.decide_tag(missing, apply_reviews)
    assert store.reviews() == []


def test_a_failing_decision_changes_nothing(store: Store) -> None:
    before = kept(store)
    with pytest.raises(InvalidData):
        decide(store, "locality", tag_code(DOCUMENT, OPEN), "correct", {"role": "nowhere"})
    assert kept(store) == before
    assert store.reviews() == []


def test_the_most_doubtful_tag_waits_first_and_a_decision_takes_it_off(store: Store) -> None:
    waiting = store.waiting()
    assert [(w.kind, w.code, w.one_voice) for w in waiting] == [("activity", "training", True), ("relevance", "poverty_other", False)]
    assert store.count_waiting() == {
        "relevance": 1,
        "programme": 0,
        "locality": 0,
        "activity": 1,
        "budget": 0,
        "quantity": 0,
        "date": 0,
        "official": 0,
    }
    decide(store, "activity", "training", "accept")
    assert [w.kind for w in store.waiting()] == ["relevance"]
    assert store.waiting(kind="activity") == []
    assert store.waiting(skip=1) == []


def test_agreement_of_rule_and_model_is_asked_later_than_their_disagreement(store: Store) -> None:
    both = ActivityMention(code="visual", evidence=(span("kinh phí"),), score=0.7, method="activity-rules+model 1")
    store.put_document(replace(DOCUMENT, activities=(both, *DOCUMENT.activities)), NOW)
    assert [w.code for w in store.waiting(kind="activity")] == ["training", "visual"]


def test_what_readers_report_waits_before_everything_and_is_answered_by_the_decision(store: Store) -> None:
    code = tag_code(DOCUMENT, TOTAL)
    for note in ("sai số tiền", ""):
        store.report_tag("d1", "budget", code, note, NOW)
    first = store.waiting()[0]
    assert (first.kind, first.code, first.reports, first.score) == ("budget", code, 2, 1.0)
    assert store.count_waiting()["budget"] == 1
    decide(store, "budget", code, "accept")
    assert all(w.kind != "budget" for w in store.waiting())
    assert store.tag_reports() == []
    assert [report.closed_by for report in store.tag_reports(open_only=False)] == ["lan", "lan"]
    with pytest.raises(InvalidData, match="report on"):
        store.report_tag("d1", "colour", "red", "", NOW)
    with pytest.raises(InvalidData, match="characters"):
        store.report_tag("d1", "budget", code, "x" * 501, NOW)


def test_a_withdrawn_document_waits_for_nobody(store: Store) -> None:
    from corpus.store.documents import withdraw_document

    with store._write() as connection:  # as the batch does within its transaction
        withdraw_document(connection, "d1", NOW)
    assert store.waiting() == []
