"""Whether an activity of a page was done or is planned, by what the markers around it and the sentence model say together.

Markers (``nlp/modality.py``) know "sẽ" and "đã"; many plans use neither ("Giao trưởng bản trao tận tay hộ nghèo"). One logistic model,
with an offset of its own for each activity, fitted on annotated pages (``nlp/train_pages.py``). What is so in general is left to the
markers: hardly a page says it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Modality
from nlp.examples import ACTIVITY_CODES

FEATURES = (
    "a marker says done",
    "read as planned",
    "nothing says when",
    "in a plan",
    "in an official document",
    "least planned sentence",
    "planned sentences",
    "most done sentence",
)
"""In the order of the vector; sentences as log odds of the sentence model, on average for "planned sentences". What was done in one
sentence and goes on in another was done."""
_NEARLY_NONE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of one activity of a page."""

    readings: Sequence[tuple[Modality, bool]]
    """By the markers around each cue, or each sentence that shows it; and whether that was only assumed."""
    sentences: Sequence[Mapping[str, float]]
    """Modality by the sentence model, of each sentence that shows it."""
    is_plan: bool
    is_official: bool

    def vector(self) -> list[float]:
        planned = [_log_odds(said.get("planned", 0.0)) for said in self.sentences] or [0.0]
        done = [_log_odds(said.get("done", 0.0)) for said in self.sentences] or [0.0]
        return [
            float(any(modality == "done" and not assumed for modality, assumed in self.readings)),
            float(any(modality == "planned" for modality, _ in self.readings)),
            float(all(assumed for _, assumed in self.readings)),
            float(self.is_plan),
            float(self.is_official),
            min(planned),
            sum(planned) / len(planned),
            max(done),
        ]


def _log_odds(probability: float) -> float:
    return math.log(max(probability, _NEARLY_NONE) / max(1.0 - probability, _NEARLY_NONE))


@dataclass(frozen=True, slots=True)
class ModalityJudge:
    """``weights``: one row for each of `ACTIVITY_CODES`, one column for each of `FEATURES` and a last one of offsets."""

    weights: NDArray[np.float32]

    def planned(self, code: str, told: Told) -> float:
        """Probability that it is planned rather than done."""
        row = self.weights[ACTIVITY_CODES.index(code)]
        score = float(np.dot(row[:-1], told.vector()) + row[-1])
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
