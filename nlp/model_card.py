"""The model card: what the sentence model was made from and how well it does, as numbers and as a page in Markdown.

All figures come from predictions of models that had seen neither the example nor a near-copy of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.calibration import Bin, reliability, reliability_table
from nlp.examples import ACTIVITY_CODES, MODALITIES, RELEVANCE_VALUES, Example
from nlp.model import MODEL_VERSION, Prediction

CARD = "MODEL_CARD.md"
THRESHOLD = 0.5
_SHOWN_FAILURES = 12
_SHOWN_CHARACTERS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one label; None where nothing was found or nothing was there."""

    name: str
    positives: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    text: str
    expected: str
    found: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    examples: int
    sentences: int
    features: int
    made_from: Mapping[str, Any]
    activities: tuple[Figures, ...]
    activities_micro: Figures
    relevance: tuple[Figures, ...]
    modality: tuple[Figures, ...]
    calibration: tuple[Bin, ...]
    """Of all activity scores together."""
    relevance_calibration: tuple[Bin, ...]
    """Of the score of the relevance value chosen."""
    failures: tuple[Failure, ...]

    @property
    def activities_macro_f1(self) -> float:
        return _mean(self.activities)

    @property
    def relevance_macro_f1(self) -> float:
        return _mean(self.relevance)

    @property
    def modality_macro_f1(self) -> float:
        return _mean(self.modality)

    def to_markdown(self) -> str:
        made = self.made_from
        libraries = ", ".join(f"{name} {version}" for name, version in dict(made.get("libraries", {})).items())
        failures = [
            f"- expected {failure.expected}, got {failure.found} ({failure.score:.2f}): {failure.text}" for failure in self.failures
        ]
        return "\n".join(
            [
                f"# Sentence model {MODEL_VERSION}",
                "",
                "For a Vietnamese sentence: which communication activities it reports (15, each on its own), whether it speaks of poverty",
                "communication, of other poverty reduction or of neither, and whether the activity is done, planned or general.",
                "One-vs-rest linear support vector machines over TF-IDF of syllable 1-3-grams and of 3-4 characters within syllables,",
                "calibrated on held-out scores (sigmoid for activities, softmax for the others).",
                "",
                "## Data",
                f"{self.examples} examples written for this project ({self.sentences} sentences, the rest passages),",
                f"{made.get('extra', 0)} of them from reviews; SHA-256 of all `{made.get('examples_sha256', '')}`.",
                f"{self.features} features; seed {made.get('seed')}; {libraries}.",
                f"The judge of relevance beside it: {made.get('pages', 0)} annotated pages, SHA-256 `{made.get('pages_sha256', '')}`.",
                "An activity is labelled on the sentence even where poverty is not named; relevance as far as the sentence alone shows it.",
                "",
                f"## Figures (cross-validated, near-copies kept in one fold, threshold {THRESHOLD})",
                "The examples come from one group of authors: expect less on other texts. For annotated pages see docs/quality.md.",
                "",
                "| activity | examples | precision | recall | F1 |",
                "| --- | --- | --- | --- | --- |",
                *(_row(figures) for figures in (*self.activities, self.activities_micro)),
                f"| macro | | | | {self.activities_macro_f1:.2f} |",
                "",
                "| relevance | examples | precision | recall | F1 |",
                "| --- | --- | --- | --- | --- |",
                *(_row(figures) for figures in self.relevance),
                f"| macro | | | | {self.relevance_macro_f1:.2f} |",
                "",
                "| modality | examples | precision | recall | F1 |",
                "| --- | --- | --- | --- | --- |",
                *(_row(figures) for figures in self.modality),
                f"| macro | | | | {self.modality_macro_f1:.2f} |",
                "",
                "## Calibration",
                "Activities, all labels together:",
                "",
                reliability_table(self.calibration),
                "",
                "Relevance, score of the value chosen:",
                "",
                reliability_table(self.relevance_calibration),
                "",
                "The shares hold for sentences mixed as in the examples. In a page most sentences report nothing, so a page's tags need a",
                "calibration of their own.",
                "",
                "## Known failures",
                "The model sees neighbouring words only: it does not know who acts, nor what a list belongs to. Topics of a class,",
                "themes of a contest and denials are read right only where the wording resembles an example. Its surest mistakes:",
                "",
                *failures,
                "",
            ]
        )


def make_card(examples: Sequence[Example], predictions: Sequence[Prediction], *, features: int, made_from: Mapping[str, Any]) -> ModelCard:
    """``predictions`` in the order of ``examples``, each by a model that had not seen its example."""
    pairs = [
        (code, prediction.activities[code], code in example.codes)
        for example, prediction in zip(examples, predictions, strict=True)
        for code in ACTIVITY_CODES
    ]
    by_code = {code: [(score >= THRESHOLD, right) for name, score, right in pairs if name == code] for code in ACTIVITY_CODES}
    chosen = [_best(prediction.relevance) for prediction in predictions]
    moods = [
        (_best(prediction.modality)[0], example.modality)
        for example, prediction in zip(examples, predictions, strict=True)
        if example.modality
    ]
    return ModelCard(
        examples=len(examples),
        sentences=sum(example.kind == "sentence" for example in examples),
        features=features,
        made_from=made_from,
        activities=tuple(_figures(code, rows) for code, rows in by_code.items()),
        activities_micro=_figures("all (micro)", [row for rows in by_code.values() for row in rows]),
        relevance=tuple(
            _figures(
                value,
                [(found == value, example.relevance == value) for (found, _), example in zip(chosen, examples, strict=True)],
            )
            for value in RELEVANCE_VALUES
        ),
        modality=tuple(_figures(value, [(found == value, right == value) for found, right in moods]) for value in MODALITIES),
        calibration=reliability([score for _, score, _ in pairs], [right for _, _, right in pairs]),
        relevance_calibration=reliability(
            [score for _, score in chosen],
            [found == example.relevance for (found, _), example in zip(chosen, examples, strict=True)],
        ),
        failures=_failures(examples, predictions),
    )


def _failures(examples: Sequence[Example], predictions: Sequence[Prediction]) -> tuple[Failure, ...]:
    """The surest mistakes, at most one an example: activities missed or invented, and wrong relevance."""
    found = []
    for example, prediction in zip(examples, predictions, strict=True):
        mistakes = []
        for code, score in prediction.activities.items():
            if code in example.codes and score < THRESHOLD:
                mistakes.append((1 - score, code, f"no {code}"))
            elif code not in example.codes and score >= THRESHOLD:
                mistakes.append((score, f"no {code}", code))
        value, score = _best(prediction.relevance)
        if value != example.relevance:
            mistakes.append((score, example.relevance, value))
        if mistakes:
            score, right, wrong = max(mistakes)
            shown = " ".join(example.text.split())
            if len(shown) > _SHOWN_CHARACTERS:
                shown = shown[: _SHOWN_CHARACTERS - 1] + "…"
            found.append(Failure(text=shown, expected=right, found=wrong, score=score))
    return tuple(sorted(found, key=lambda failure: (-failure.score, failure.text))[:_SHOWN_FAILURES])


def _best(scores: Mapping[str, float]) -> tuple[str, float]:
    return max(scores.items(), key=lambda item: (item[1], item[0]))


def _figures(name: str, rows: Sequence[tuple[bool, bool]]) -> Figures:
    """``rows``: (found, there)."""
    both = sum(found and there for found, there in rows)
    found_count = sum(found for found, _ in rows)
    there_count = sum(there for _, there in rows)
    return Figures(
        name=name,
        positives=there_count,
        precision=both / found_count if found_count else None,
        recall=both / there_count if there_count else None,
        f1=2 * both / (found_count + there_count) if found_count + there_count else None,
    )


def _mean(figures: Sequence[Figures]) -> float:
    return sum(figure.f1 or 0.0 for figure in figures) / len(figures)


def _row(figures: Figures) -> str:
    def shown(value: float | None) -> str:
        return "" if value is None else f"{value:.2f}"

    return f"| {figures.name} | {figures.positives} | {shown(figures.precision)} | {shown(figures.recall)} | {shown(figures.f1)} |"
