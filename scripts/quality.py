"""How well the taggers read: writes docs/quality.md and checks the floors.

    .venv/bin/python -m scripts.quality                 measure, write docs/quality.md
    .venv/bin/python -m scripts.quality --floors        raise tests/gold/floors.json to what was measured, rounded down
    .venv/bin/python -m scripts.quality --floors --lower "why"   also lower what has become worse; the reason is kept in the file

Sets in the gold format: ``tests/gold/pages.jsonl``, on which rules may be developed, and the batches ``tests/gold/own/pages*.jsonl``, written and
annotated before the taggers saw them. Older batches were read for mistakes and are now what the judge of relevance is fitted on
(``nlp/data/pages``); they are not measured here any more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.document import Document
from corpus.localities import Register
from nlp.calibration import reliability, reliability_table
from nlp.evaluate import evaluate, name_key, read_rows
from nlp.examples import MERGED_ACTIVITIES
from pipelines.process import Processor, ProcessorParts

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold" / "pages.jsonl"
OWN = ROOT / "tests" / "gold" / "own"
INDEPENDENT = {
    "Batch 51, written like the gold set by other hands, not read since it was annotated: what unseen pages give": OWN / "pages-51.jsonl",
    "Batch 12, older, by other hands, not read since it was annotated either": OWN / "pages-12.jsonl",
    "Batch 7 of our own, read for mistakes twice": OWN / "pages.jsonl",
}
FLOORS = ROOT / "tests" / "gold" / "floors.json"
PAGE = ROOT / "docs" / "quality.md"

FIGURES = {
    "relevance_macro_f1": ("relevance, macro-F1", 0.90),
    "activities_micro_f1": ("activities, micro-F1 over 13 labels", 0.88),
    "activities_macro_f1": ("activities, macro-F1", None),
    "provinces_f1": ("provinces, F1", 0.97),
    "districts_f1": ("districts and communes, F1", 0.90),
    "amounts_f1": ("amounts, value and qualifier, F1", None),
    "budget_accuracy": ("amounts, budget or not", None),
}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def measure(path: Path, processor: Processor, register: Register) -> tuple[dict[str, Any], list[tuple[Mapping[str, Any], Document]]]:
    rows = read_rows(path)
    tagged: list[tuple[Mapping[str, Any], Document]] = []

    def tag(document: Document) -> Document:
        result = processor.tag(document)
        tagged.append((rows[len(tagged)], result))
        return result

    return evaluate(rows, tag, register=register), tagged


def observations(tagged: Sequence[tuple[Mapping[str, Any], Document]], register: Register) -> dict[str, list[tuple[float, bool]]]:
    """Score and verdict of every tag of the three kinds that carry a score."""
    seen: dict[str, list[tuple[float, bool]]] = {"relevance": [], "activities": [], "places": []}
    for row, document in tagged:
        if document.relevance:
            seen["relevance"].append((document.relevance.score, document.relevance.value == row["relevance"]))
        expected = {MERGED_ACTIVITIES.get(code, code) for code in row.get("activities") or ()}
        for activity in document.activities:
            seen["activities"].append((activity.score, MERGED_ACTIVITIES.get(activity.code, activity.code) in expected))
        provinces = {name_key(name) for name in row.get("provinces") or ()}
        smaller = {name_key(name) for name in row.get("districts") or ()}
        for place in document.localities:
            unit = register.get(place.code) if place.code else None
            if place.role != "about" or unit is None:
                continue
            if unit.level == "province":
                names = {name_key(register.get(code).name) for code in register.before(unit.code)} | {name_key(unit.name)}
                seen["places"].append((place.score, bool(names & provinces)))
            elif unit.level in ("district", "commune") and not place.inferred:
                seen["places"].append((place.score, any(name_key(document.quote(span)) in smaller for span in place.evidence)))
    return seen


def _number(value: float | None) -> str:
    return "no case" if value is None else f"{value:.3f}"


def _figures_table(figures: dict[str, Any]) -> list[str]:
    lines = ["| figure | value | 95 % interval | without borderline | counted |", "| --- | --- | --- | --- | --- |"]
    counts = figures["counts"]
    counted = {
        "relevance_macro_f1": f"{counts['documents']} pages",
        "activities_micro_f1": f"{sum(c['tp'] + c['fn'] for c in counts['activities'].values())} labels",
        "activities_macro_f1": f"{len(counts['activities'])} labels",
        "provinces_f1": f"{counts['provinces']['tp'] + counts['provinces']['fn']} provinces",
        "districts_f1": f"{counts['districts']['tp'] + counts['districts']['fn']} names",
        "amounts_f1": f"{counts['amounts']['tp'] + counts['amounts']['fn']} amounts",
        "budget_accuracy": f"{counts['budget']['n']} amounts",
    }
    for name, (label, _) in FIGURES.items():
        interval = figures["intervals"].get(name)
        span = f"{interval[0]:.3f} .. {interval[1]:.3f}" if interval else "too few"
        lines.append(f"| {label} | {_number(figures[name])} | {span} | {_number(figures['without_borderline'][name])} | {counted[name]} |")
    return lines


def _labels_table(figures: dict[str, Any]) -> list[str]:
    lines = ["| label | right | extra | missed | F1 |", "| --- | --- | --- | --- | --- |"]
    for group in ("relevance", "activities"):
        for label, counts in figures["counts"][group].items():
            lines.append(f"| {label} | {counts['tp']} | {counts['fp']} | {counts['fn']} | {_number(counts['f1'])} |")
    return lines


def write(sets: dict[str, tuple[dict[str, Any], list[tuple[Mapping[str, Any], Document]]]], register: Register) -> str:
    lines = [
        "# Quality",
        "",
        "Written by `python -m scripts.quality`; do not edit. How pages are annotated stands in `tests/gold/README.md`.",
        "Intervals: percentile bootstrap over pages, 500 samples. Floors are tests (`tests/gold/floors.json`).",
    ]
    for title, (figures, _) in sets.items():
        lines += ["", f"## {title}", "", *_figures_table(figures), "", *_labels_table(figures)]
    lines += [
        "",
        "## Do scores mean what they say?",
        "",
        "Tags of all pages above by their score; the share that is right should be near the score.",
    ]
    for kind in ("relevance", "activities", "places"):
        pairs = [pair for _, tagged in sets.values() for pair in observations(tagged, register)[kind]]
        lines += ["", f"### {kind}", "", reliability_table(reliability([s for s, _ in pairs], [r for _, r in pairs]))]
    return "\n".join(lines) + "\n"


def update_floors(figures: dict[str, Any], *, lower: str | None) -> None:
    """Raises: SystemExit where a floor would fall and no reason is given."""
    known: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {"floors": {}, "lowered": []}
    floors = dict(known["floors"])
    for name, (_, least) in FIGURES.items():
        value = figures[name]
        if value is None:
            continue
        # Two hundredths of slack: one page more or less must not fail a change that is right.
        wanted = max(math.floor((value - 0.02) * 100) / 100, least or 0.0)
        if wanted < floors.get(name, 0.0):
            if not lower:
                sys.exit(f"{name} would fall from {floors[name]} to {wanted}: mend it, or say --lower WHY")
            known["lowered"].append({"figure": name, "from": floors[name], "to": wanted, "why": lower})
        floors[name] = wanted
    FLOORS.write_text(
        json.dumps({"floors": floors, "gold_sha256": digest(GOLD), "lowered": known["lowered"]}, indent=2, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the taggers and write docs/quality.md.")
    parser.add_argument("--floors", action="store_true", help="raise the floors to what was measured")
    parser.add_argument("--lower", metavar="WHY", help="with --floors: also lower, for this reason")
    parser.add_argument("--model", type=Path, default=ROOT / "var" / "quality-model", help="directory of the sentence model")
    options = parser.parse_args()
    register = Register.load()
    processor = Processor.load(ProcessorParts(model_directory=options.model))
    sets = {"Gold set (rules may be developed on it; the model is not trained on it)": measure(GOLD, processor, register)}
    for title, path in INDEPENDENT.items():
        sets[title] = measure(path, processor, register)
    PAGE.write_text(write(sets, register), encoding="utf-8")
    first = next(iter(sets.values()))[0]
    for name, (figures, _) in sets.items():
        print(name)
        for key, (label, _) in FIGURES.items():
            print(f"  {label:40s} {_number(figures[key])}")
    if options.floors:
        update_floors(first, lower=options.lower)


if __name__ == "__main__":
    main()
