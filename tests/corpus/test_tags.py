"""What decisions call tags: names that tell equal sums apart and cost no more than the text is long."""

from __future__ import annotations

from datetime import UTC, datetime

from corpus import tags
from corpus.document import Budget, Document, Provenance, Span
from corpus.tags import find_tags, tag_code


def of_sums(text: str, starts: list[int], length: int) -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    budgets = tuple(Budget(vnd=5, kind="budget", evidence=(Span(start, start + length),), method="m") for start in starts)
    return Document(id="d", provenance=provenance, title="", text=text, budgets=budgets)


def test_equal_sums_are_numbered_and_digits_of_longer_numbers_do_not_count() -> None:
    text = "15 tỷ; 5 tỷ; 2,5 tỷ; 5 tỷ"
    document = of_sums(text, [7, 21], 4)
    assert [tag_code(document, budget) for budget in document.budgets] == ["5@text=5 tỷ#1", "5@text=5 tỷ#2"]
    assert find_tags(document, "budget", "5@text=5 tỷ#2") == [document.budgets[1]]


def test_the_text_is_searched_once_for_all_equal_sums() -> None:
    tags._beginnings.cache_clear()
    piece = "5 tỷ; "
    document = of_sums(piece * 500, [len(piece) * at for at in range(500)], 4)
    assert len({tag_code(document, budget) for budget in document.budgets}) == 500
    assert tags._beginnings.cache_info().misses == 1
