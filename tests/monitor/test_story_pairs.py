"""The labelled pairs: the rules must find copies and same events, and beat the overlap of titles by far."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus.document import ActivityMention, Budget, Document, LocalityMention, Provenance, Span
from corpus.localities import Register
from corpus.text import fold
from monitor.stories import Sketch, compare, sketch

OWN = Path(__file__).parents[1] / "gold" / "own"
EVIDENCE = (Span(0, 1),)
REGISTER = Register.load()


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


def _named(row: dict, code: str) -> tuple[Span, ...]:
    """Where the row names the unit."""
    name = re.compile(rf"(?:(?:huyện|tỉnh|xã) )?{re.escape(REGISTER.get(code).name)}")
    found = [Span(*match.span(), field) for field in ("title", "text") for match in name.finditer(row[field])]
    return tuple(found) or (Span(0, 1, "title"),)


def _document(row: dict) -> Document:
    codes = [code for code in (row["province"], *(row["place"] or "").split()) if code]
    return Document(
        id=row["id"],
        provenance=Provenance(portal=row["id"], requested_url="", final_url="", fetched_at=datetime(2026, 1, 1, tzinfo=UTC)),
        title=row["title"],
        text=row["text"],
        words=_words(row["text"]),
        published=date.fromisoformat(row["published"]),
        localities=tuple(LocalityMention(code=code, role="about", evidence=_named(row, code), method="t") for code in codes),
        activities=tuple(ActivityMention(code=code, evidence=EVIDENCE, method="t") for code in row.get("activities", ())),
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


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("baphong1-a", "baphong2-a", None),  # the council's money and a course, in the same three districts
        ("mien1-a", "mien2-a", None),  # leaflets and loudspeakers, each with its sum, in the same three districts
        ("baphong1-a", "baphong1-b", "same_event"),
        ("mien2-a", "mien2-b", "same_event"),
        ("loat1-a", "loat2-a", None),  # two courses of one office in the same words: other day, people and length
        ("loat3-a", "loat4-a", None),  # a bulletin of this week and of the last
        ("loat1-a", "loat1-b", "copy"),
    ],
)
def test_shared_places_and_shared_phrases_make_no_story(sketches: dict[str, Sketch], a: str, b: str, kind: str | None) -> None:
    pair = compare(sketches[a], sketches[b])
    assert (pair.kind if pair else None) == kind
