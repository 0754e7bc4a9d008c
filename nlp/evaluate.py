"""Score the taggers against annotated pages in the gold format.

A row is ``{id, url, title, text, year, relevance, activities, provinces, districts, amounts, borderline}``; see
``tests/gold/README.md`` for the annotation guide. Names are scored as before July 2025; a page is tagged as published on 1 July of its
year, or undated. Scoring counts, it never looks inside a tagger.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corpus.document import Document, Provenance
from corpus.errors import InvalidData
from corpus.localities import Register
from corpus.text import fold, lower, normalize
from nlp.examples import MERGED_ACTIVITIES

RELEVANCE_VALUES = ("communication", "poverty_other", "off_topic")

_TYPE_WORDS = re.compile(
    r"^(?:(?:thành phố|thị xã|thị trấn|đặc khu|tỉnh|huyện|quận|phường|xã|tp|tx|tt)\s+(?:(?:đảo|miền núi|vùng cao|biên giới|nghèo)\s+)?"
    r"|t\.[pxt]\s|(?:t\.[pxt]|tp|tx|tt|h|q|p|x)\.\s*|tp(?=hcm))(?=\w)"
)
_FORMER = " cũ"
_PROVINCE_ALIASES = {"thua thien hue": "hue", "hcm": "ho chi minh"}


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Raises: InvalidData naming the line and the field."""
    rows = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InvalidData(f"not JSON: {error}", file=str(path), line=number) from error
            for name in ("title", "text", "relevance"):
                if not isinstance(row, dict) or not isinstance(row.get(name), str):
                    raise InvalidData(f"field {name!r} must be a string", file=str(path), line=number)
            if row["relevance"] not in RELEVANCE_VALUES:
                raise InvalidData(f"relevance {row['relevance']!r} is none of {RELEVANCE_VALUES}", file=str(path), line=number)
            rows.append(row)
    if not rows:
        raise InvalidData("no annotated page in the file", file=str(path))
    return rows


def document_of(row: Mapping[str, Any]) -> Document:
    """The untagged document of a row, segmented by whoever tags it."""
    year = row.get("year")
    url = str(row.get("url") or f"gold:{row.get('id', '')}")
    return Document(
        id=str(row.get("id", "")) or "row",
        provenance=Provenance(
            portal="import", requested_url=url, final_url=url, fetched_at=datetime(year or 2026, 7, 1, tzinfo=UTC), extractor="gold"
        ),
        title=normalize(row["title"]),
        text=normalize(row["text"]),
        published=date(year, 7, 1) if year else None,
        published_from="gold" if year else None,
    )


def name_key(name: str) -> str:
    """How names are compared: without type word, what is said with it, diacritics and case.

    >>> name_key("thị xã Điện Bàn"), name_key("TP.HCM"), name_key("Thừa Thiên - Huế"), name_key("huyện đảo Lý Sơn cũ")
    ('dien ban', 'ho chi minh', 'hue', 'ly son')
    """
    key = " ".join(lower(normalize(name)).replace("-", " ").replace("–", " ").replace("’", "'").split())
    previous = None
    while key != previous:  # "TP. Hồ Chí Minh": one type word at most is real, but "thành phố TP." occurs
        previous, key = key, _TYPE_WORDS.sub("", key.removesuffix(_FORMER))
    key = fold(key)
    return _PROVINCE_ALIASES.get(key, key)


@dataclass(slots=True)
class Counts:
    """True and false positives and false negatives; ``f1`` of nothing at all is None."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, found: Counter[Any], expected: Counter[Any]) -> None:
        matched = (found & expected).total()
        self.tp += matched
        self.fp += found.total() - matched
        self.fn += expected.total() - matched

    def plus(self, other: Counts) -> None:
        self.tp, self.fp, self.fn = self.tp + other.tp, self.fp + other.fp, self.fn + other.fn

    @property
    def f1(self) -> float | None:
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None


@dataclass(slots=True)
class RowScore:
    """What one page contributes; every aggregate is a sum over these, so that intervals can be drawn by resampling pages."""

    row_id: str
    relevance: tuple[str, str]
    """Expected and found."""
    activities: dict[str, Counts] = field(default_factory=dict)
    provinces: Counts = field(default_factory=Counts)
    districts: Counts = field(default_factory=Counts)
    amounts: Counts = field(default_factory=Counts)
    amount_values: Counts = field(default_factory=Counts)
    budget_right: int = 0
    budget_total: int = 0
    differences: dict[str, Any] = field(default_factory=dict)


def score_row(row: Mapping[str, Any], document: Document, register: Register) -> RowScore:
    found_relevance = document.relevance.value if document.relevance else "off_topic"
    score = RowScore(row_id=str(row.get("id", "")), relevance=(row["relevance"], found_relevance))
    if row["relevance"] != found_relevance:
        score.differences["relevance"] = score.relevance

    found = Counter({MERGED_ACTIVITIES.get(m.code, m.code): 1 for m in document.activities})
    expected = Counter({MERGED_ACTIVITIES.get(code, code): 1 for code in row.get("activities") or ()})
    for label in found.keys() | expected.keys():
        counts = score.activities.setdefault(label, Counts())
        counts.add(Counter({label: found[label]}), Counter({label: expected[label]}))
    _note(score, "activities", found, expected)

    provinces = Counter(dict.fromkeys(_provinces_before(document, register), 1))
    districts: Counter[str] = Counter()
    for mention in document.localities:
        locality = register.get(mention.code) if mention.code else None
        if mention.role == "about" and not mention.inferred and (locality is None or locality.level in ("district", "commune")):
            for span in mention.evidence:
                districts[name_key(document.quote(span))] = 1
    expected_provinces = Counter({name_key(name): 1 for name in row.get("provinces") or ()})
    expected_districts = Counter({name_key(name): 1 for name in row.get("districts") or ()})
    score.provinces.add(provinces, expected_provinces)
    score.districts.add(districts, expected_districts)
    _note(score, "provinces", provinces, expected_provinces)
    _note(score, "districts", districts, expected_districts)

    _score_amounts(row, document, score)
    return score


def _provinces_before(document: Document, register: Register) -> set[str]:
    """Keys of the provinces the document is about, by the map before July 2025.

    A province of the new map counts as those old ones that are named for it or that its communes and districts, of either map, belonged
    to, and by its own name where none is named: nothing tells a text about the whole new province apart.
    """
    about = [m.code for m in document.localities if m.role == "about" and m.code]
    provinces = [code for code in about if (unit := register.get(code)) and unit.level == "province"]
    smaller = [code for code in about if (unit := register.get(code)) and unit.level in ("province", "district", "commune")]
    names: set[str] = set()
    for code in provinces:
        former: set[str] = set()
        if register.before(code) != (code,):
            for unit_code in smaller:
                if unit_code != code and register.today_province(unit_code) == code:
                    former.update(old for unit in register.before(unit_code) if (old := register.province(unit)))
        names.update(name_key(unit.name) for old in former or {code} if (unit := register.get(old)))
    return names


def _score_amounts(row: Mapping[str, Any], document: Document, score: RowScore) -> None:
    forms = {
        (name_key(document.quote(budget.evidence[0])), budget.vnd, budget.qualifier): budget
        for budget in document.budgets
        if budget.vnd is not None
    }
    found = Counter((vnd, qualifier) for _, vnd, qualifier in forms)
    amounts = row.get("amounts") or ()
    expected = Counter((amount["vnd"], amount["qualifier"]) for amount in amounts)
    score.amounts.add(found, expected)
    _note(score, "amounts", found, expected)
    score.amount_values.add(Counter(vnd for vnd, _ in found.elements()), Counter(vnd for vnd, _ in expected.elements()))
    verdicts: dict[int | None, bool] = {}
    for (_, vnd, _), budget in forms.items():
        verdicts[vnd] = verdicts.get(vnd, False) or budget.kind == "budget"
    for amount in amounts:
        if amount["vnd"] in verdicts:
            score.budget_total += 1
            right = verdicts[amount["vnd"]] == amount["budget"]
            score.budget_right += right
            if not right:
                score.differences.setdefault("budget", []).append(amount["text"])


def _note(score: RowScore, name: str, found: Counter[Any], expected: Counter[Any]) -> None:
    extra, missing = found - expected, expected - found
    if extra or missing:
        score.differences[name] = {"extra": sorted(map(str, extra)), "missing": sorted(map(str, missing))}


def summarize(scores: Sequence[RowScore]) -> dict[str, Any]:
    """The figures over ``scores``; a figure with nothing to count is None."""
    relevance: dict[str, Counts] = {value: Counts() for value in RELEVANCE_VALUES}
    labels: dict[str, Counts] = {}
    totals = {name: Counts() for name in ("provinces", "districts", "amounts", "amount_values")}
    right = total = 0
    for score in scores:
        expected, found = score.relevance
        for value in RELEVANCE_VALUES:
            relevance[value].add(Counter([value] * (found == value)), Counter([value] * (expected == value)))
        for label, counts in score.activities.items():
            labels.setdefault(label, Counts()).plus(counts)
        for name, counts in totals.items():
            counts.plus(getattr(score, name))
        right, total = right + score.budget_right, total + score.budget_total
    micro = Counts()
    for counts in labels.values():
        micro.plus(counts)
    # A label or class that nobody expects and nobody found says nothing and is left out of the mean.
    return {
        "relevance_macro_f1": _mean(counts.f1 for counts in relevance.values()),
        "activities_micro_f1": micro.f1,
        "activities_macro_f1": _mean(counts.f1 for counts in labels.values()),
        "provinces_f1": totals["provinces"].f1,
        "districts_f1": totals["districts"].f1,
        "amounts_f1": totals["amounts"].f1,
        "amount_values_f1": totals["amount_values"].f1,
        "budget_accuracy": right / total if total else None,
        "counts": {
            "documents": len(scores),
            "relevance": {value: _plain(counts) for value, counts in relevance.items()},
            "activities": {label: _plain(counts) for label, counts in sorted(labels.items())},
            **{name: _plain(counts) for name, counts in totals.items()},
            "budget": {"right": right, "n": total},
        },
    }


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _plain(counts: Counts) -> dict[str, Any]:
    return {"tp": counts.tp, "fp": counts.fp, "fn": counts.fn, "f1": counts.f1}


def evaluate(
    rows: Sequence[Mapping[str, Any]],
    tag: Callable[[Document], Document],
    *,
    register: Register,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Tag every row and score it; ``errors`` lists what differs per row, ``without_borderline`` repeats the figures on clear rows."""
    scores = []
    for number, row in enumerate(rows, start=1):
        scores.append(score_row(row, tag(document_of(row)), register))
        if progress:
            progress(number, len(rows))
    figures = summarize(scores)
    clear = [score for score, row in zip(scores, rows, strict=True) if not row.get("borderline")]
    figures["without_borderline"] = {k: v for k, v in summarize(clear).items() if k != "counts"}
    figures["intervals"] = intervals(scores)
    figures["errors"] = [{"id": score.row_id, **score.differences} for score in scores if score.differences]
    return figures


def intervals(scores: Sequence[RowScore], *, samples: int = 500, seed: int = 20261123) -> dict[str, tuple[float, float] | None]:
    """95 % percentile bootstrap intervals of every figure, resampling pages; None where a figure is None too often to say."""
    generator = random.Random(seed)  # noqa: S311 - resampling, not security
    drawn: dict[str, list[float]] = {}
    for _ in range(samples):
        figures = summarize(generator.choices(scores, k=len(scores)))
        for name, value in figures.items():
            if name != "counts" and value is not None:
                drawn.setdefault(name, []).append(value)
    result: dict[str, tuple[float, float] | None] = {}
    for name, values in drawn.items():
        values.sort()
        enough = len(values) >= samples * 0.9
        result[name] = (values[int(len(values) * 0.025)], values[min(len(values) - 1, int(len(values) * 0.975))]) if enough else None
    return result
