"""The summary says what the figures say: each article once, stories not copies, money by role."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cli.output import number
from cli.summary import RoleSum, summarize
from corpus.document import ActivityMention, Budget, Document, LocalityMention, Provenance, Relevance, RelevanceValue, Span
from corpus.localities import Register
from corpus.store import open_store

SPAN = Span(0, 3)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def document(key: str, *budgets: dict[str, Any], relevance: RelevanceValue = "communication", province: str = "v2-08") -> Document:
    url = f"http://p.vn/{key}"
    return Document(
        id=key,
        provenance=Provenance(portal="p", requested_url=url, final_url=url, fetched_at=NOW),
        title=f"Kinh phí {key}",
        text=f"Kinh phí {key}",
        published=date(2025, 12, 30),
        relevance=Relevance(value=relevance, method="test"),
        localities=(LocalityMention(code=province, role="about", evidence=(SPAN,), method="test"),),
        activities=tuple(ActivityMention(code=code, evidence=(SPAN,), method="test") for code in ("press", "training")),
        budgets=tuple(Budget(evidence=(SPAN,), method="test", **fields) for fields in budgets),
    )


def test_the_summary_of_a_store(tmp_path: Path) -> None:
    with open_store(tmp_path / "loa.db") as store:
        total = {"vnd": 5_000_000, "role": "total", "parts": (1, 2)}
        store.put_document(document("a", total, {"vnd": 3_000_000, "role": "component"}, {"vnd": 2_000_000, "role": "component"}), NOW)
        store.put_document(document("b", {"vnd": 7_000_000, "role": "total"}, {"vnd": 4_000_000, "kind": "loan"}, province="v2-04"), NOW)
        store.put_document(document("c", {"vnd": 9_000_000, "role": "total"}, relevance="poverty_other"), NOW)
        found = summarize(store, Register.load())
    assert (found.documents, found.relevant, found.stories) == (3, 2, 2)
    assert found.provinces == (("Tuyên Quang", 1), ("Cao Bằng", 1))
    assert [(code, count) for code, _, count in found.activities] == [("press", 2), ("training", 2)]
    assert found.money == {"total": RoleSum(12_000_000, 2, 2), "component": RoleSum(5_000_000, 2, 1)}
    assert found.to_plain()["money"]["total"] == {"vnd": 12_000_000, "sums": 2, "articles": 2}


def test_numbers_are_grouped() -> None:
    assert [number(value) for value in (0, 999, 1000, 146_400_000)] == ["0", "999", "1,000", "146,400,000"]
