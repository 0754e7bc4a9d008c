#!/usr/bin/env python
"""Check the training examples: enough of each label, no near-copies among them, nothing taken from annotated pages.

    scripts/check_examples.py [--examples FILE ...] [GOLD.jsonl ...]

Each GOLD file holds one JSON object a line; all its strings are compared. Prints what it counted and exits 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from corpus.errors import InvalidData
from corpus.text import normalize, sentences
from nlp.examples import ACTIVITY_CODES, MODALITIES, RELEVANCE_VALUES, Example, leaks, load_examples, near_duplicates, shingles

MIN_EXAMPLES = 2000
MIN_OF_ACTIVITY = 100
MIN_OF_RELEVANCE = 200
MIN_OF_MODALITY = 80
MAX_SIMILARITY = 0.6
"""Jaccard of 3-syllable runs; texts under this read as different to people."""
MAX_GOLD_SIMILARITY = 0.5
RUN_SYLLABLES = 10
"""Numbers and official names apart; set phrases of the field reach 9 ("tự tay viết đơn xin ra khỏi danh sách")."""
MIN_SENTENCE_SYLLABLES = 8
"""Shorter lines of a page ("Quay lại", "Nguồn: ...") are formulas that nobody can write differently."""


def check(examples: Sequence[Example], gold: Sequence[str]) -> list[str]:
    """Everything that is wrong, as lines; empty when all is well."""
    wrong = [*unbalanced(examples), *copies(examples)]
    if gold:
        wrong += leaked(examples, gold)
    return wrong


def unbalanced(examples: Sequence[Example]) -> Iterator[str]:
    if len(examples) < MIN_EXAMPLES:
        yield f"{len(examples)} examples, {MIN_EXAMPLES} are needed"
    activities = Counter(code for example in examples for code in example.codes)
    relevance = Counter(example.relevance for example in examples)
    modality = Counter(modality for example in examples for _, modality in example.activities)
    for names, counts, least in (
        (ACTIVITY_CODES, activities, MIN_OF_ACTIVITY),
        (RELEVANCE_VALUES, relevance, MIN_OF_RELEVANCE),
        (MODALITIES, modality, MIN_OF_MODALITY),
    ):
        for name in names:
            if counts[name] < least:
                yield f"{name}: {counts[name]} examples, {least} are needed"
    passages = sum(example.kind == "passage" for example in examples)
    for example in examples:
        several = len(list(sentences(example.text))) > 1
        if several != (example.kind == "passage"):
            yield f"kind {example.kind!r} does not fit: {example.text[:80]}"
        if example.text != normalize(example.text):
            yield f"not in normal form: {example.text[:80]}"
    if not passages:
        yield "no passage among the examples"


def copies(examples: Sequence[Example]) -> Iterator[str]:
    texts = [example.text for example in examples]
    for first, second, similarity in near_duplicates(texts, threshold=MAX_SIMILARITY):
        yield f"near-copies ({similarity:.2f}): {texts[first][:80]} | {texts[second][:80]}"


def leaked(examples: Sequence[Example], gold: Sequence[str]) -> Iterator[str]:
    texts = [example.text for example in examples]
    for position, run in leaks(texts, gold, length=RUN_SYLLABLES):
        yield f"shares {run!r} with an annotated page: {texts[position][:80]}"
    lines = [
        text[start:end] for text in gold for start, end in sentences(text) if len(shingles(text[start:end], 1)) >= MIN_SENTENCE_SYLLABLES
    ]
    for first, second, similarity in near_duplicates([*texts, *lines], threshold=MAX_GOLD_SIMILARITY):
        if first < len(texts) <= second:
            yield f"near-copy of an annotated sentence ({similarity:.2f}): {texts[first][:80]}"


def strings_of(path: Path) -> Iterator[str]:
    """Every string with a space in it of a JSON lines file, at any depth. Raises: InvalidData."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            if " " in value:
                yield normalize(value)
        elif isinstance(value, dict):
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                yield from walk(json.loads(line))
            except ValueError as error:
                raise InvalidData(f"not JSON: {error}", file=str(path), line=number) from error


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", nargs="+", type=Path, default=[], help="instead of the shipped ones")
    parser.add_argument("gold", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    try:
        examples = load_examples(*options.examples)
        gold = [text for path in options.gold for text in strings_of(path)]
    except (InvalidData, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    counts = Counter(code for example in examples for code in example.codes)
    print(f"{len(examples)} examples; {dict(Counter(example.relevance for example in examples))}")
    print(", ".join(f"{code} {counts[code]}" for code in ACTIVITY_CODES))
    print(f"compared with {len(gold)} foreign texts")
    wrong = check(examples, gold)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
