"""The labelled pairs: the rules must find copies and same events, and beat the overlap of titles by far."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus.document import Budget, Document, LocalityMention, Provenance, Span
from corpus.text import fold
from monitor.stories import Sketch, compare, sketch

OWN = Path(__file__).parents[1] / "gold" / "own"
EVIDENCE = (Span(0, 1),)


def _rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (OWN / name).read_text(encoding="utf-8").splitlines()]


def _words(text: str) -> tuple[tuple[int, int], ...]:
    spans, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        end = start + len(word)
        while end > start + 1 and not text[end - 1].isalnum():
            end -= 1
        spans.append((start, end))
        start += len(word)
    return tuple(spans)


def _document(row: dict) -> Document:
    codes = [code for code in (row["province"], row["place"]) if code]
    return Document(
        id=row["id"],
        provenance=Provenance(portal=row["id"], requested_url="", final_url="", fetched_at=datetime(2026, 1, 1, tzinfo=UTC)),
        title=row["title"],
        text=row["text"],
        words=_words(row["text"]),
        published=date.fromisoformat(row["published"]),
        localities=tuple(LocalityMention(code=code, role="about", evidence=EVIDENCE, method="t") for code in codes),
        budgets=(Budget(vnd=row["vnd"], evidence=EVIDENCE, method="t"),) if row["vnd"] else (),
    )


@pytest.fixture(scope="module")
def sketches() -> dict[str, Sketch]:
    return {row["id"]: sketch(_document(row)) for row in _rows("stories.jsonl")}


def _f1(found: list[bool], expected: list[bool]) -> float:
    tp = sum(f and e for f, e in zip(found, expected, strict=True))
    return 2 * tp / (sum(found) + sum(expected))


def test_there_are_enough_pairs_of_each_label() -> None:
    labels = [row["label"] for row in _rows("story_pairs.jsonl")]
    assert len(labels) >= 200
    assert min(labels.count(label) for label in ("copy", "same_event", "different")) >= 35


def test_pairs_beat_title_overlap(sketches: dict[str, Sketch]) -> None:
    rows = _rows("story_pairs.jsonl")
    expected = [row["label"] != "different" for row in rows]
    found = [compare(sketches[row["a"]], sketches[row["b"]]) is not None for row in rows]

    def title(row: dict) -> float:
        a, b = (set(fold(t["title"]).split()) for t in (by_id[row["a"]], by_id[row["b"]]))
        return len(a & b) / len(a | b)

    by_id = {row["id"]: row for row in _rows("stories.jsonl")}
    titles = [title(row) for row in rows]
    best = max(_f1([value >= threshold / 100 for value in titles], expected) for threshold in range(5, 100, 5))
    ours = _f1(found, expected)
    wrong = [(row["a"], row["b"], row["label"]) for row, f, e in zip(rows, found, expected, strict=True) if f != e]
    assert ours >= 0.95, (ours, best, wrong)
    assert ours > best + 0.1, (ours, best)


def test_copies_are_told_from_events(sketches: dict[str, Sketch]) -> None:
    rows = [row for row in _rows("story_pairs.jsonl") if row["label"] != "different"]
    pairs = [(compare(sketches[row["a"]], sketches[row["b"]]), row["label"]) for row in rows]
    right = sum(pair is not None and pair.kind == label for pair, label in pairs)
    assert right / len(pairs) >= 0.9
