"""Money in the summary: roles are never mixed, and nothing counts twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.output import number
from cli.summary import counts, money_by_role
from corpus.document import Budget, Document, Provenance, Span

SPAN = Span(0, 3)


def budget(vnd: int | None = 1_000_000, **fields: Any) -> Budget:
    return Budget(vnd=vnd, evidence=(SPAN,), method="test", **fields)


def document(key: str, *budgets: Budget) -> Document:
    provenance = Provenance(portal="p", requested_url="u", final_url="u", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    return Document(id=key, provenance=provenance, title="Kinh phí", text="Kinh phí", budgets=budgets)


def test_each_role_has_its_own_sum() -> None:
    found = money_by_role(
        [
            document("a", budget(5, role="total"), budget(3, role="component"), budget(2, role="component")),
            document("b", budget(7, role="total"), budget(4, role="planned")),
        ]
    )
    assert {role: (total.vnd, total.sums, len(total.stories)) for role, total in found.items()} == {
        "total": (12, 2, 2),
        "component": (5, 2, 1),
        "planned": (4, 1, 1),
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "loan"},
        {"kind": "income"},
        {"role": "cap"},
        {"qualifier": "max"},
        {"per_unit": "hộ"},
        {"duplicate_of": 0},
        {"flags": ("implausible",)},
        {"vnd": None, "usd": 5},
    ],
)
def test_what_is_no_sum_of_public_money_is_left_out(fields: dict[str, Any]) -> None:
    assert counts(budget())
    assert not counts(replace(budget(), **fields))


def test_numbers_are_grouped() -> None:
    assert [number(value) for value in (0, 999, 1000, 146_400_000)] == ["0", "999", "1,000", "146,400,000"]
