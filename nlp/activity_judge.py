"""How probable each activity of a page is, by what cue rules, sentence model and page model say of it together.

One logistic model for each activity, over the few numbers of `FEATURES`, fitted on annotated pages that nobody has read for rules and from
what models say that have not seen them (``nlp/train_pages.py``): so its probability is what such a page deserves, and rules that were
written on other pages count for no more than they are worth on new ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.examples import ACTIVITY_CODES

FEATURES = (
    "rules",
    "found by a rule",
    "found for sure",
    "matches",
    "listed",
    "best sentence",
    "sentences expected",
    "page",
)
"""In the order of the vector. Sums of rules as -log(1 - sum), probabilities as log odds, counts as logarithms of one more."""
_SURE = 0.9
_MOST = 0.999
_NEARLY_NONE = 1e-4
_COUNTS = 0.2
"""A sentence given less is not expected to report it: a hundred of them would add up in a long document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was found of one activity in one page."""

    by_rules: float
    """0..1; what the weights of the matching rules add up to."""
    matches: int
    is_listed: bool
    """A cue of it stands in a sentence that lists many."""
    probabilities: Sequence[float]
    """Of the sentence model, for each sentence with a cue or to which it may add: statements of the article's own, no topics, no wishes."""
    page: float
    """Score of the page model."""

    def vector(self) -> list[float]:
        return [
            -math.log(1.0 - min(self.by_rules, _MOST)),
            float(self.by_rules > 0.0),
            float(self.by_rules >= _SURE),
            math.log1p(self.matches),
            float(self.is_listed),
            _log_odds(max(self.probabilities, default=0.0)),
            math.log1p(sum(probability for probability in self.probabilities if probability >= _COUNTS)),
            self.page,
        ]


def _log_odds(probability: float) -> float:
    return math.log(max(probability, _NEARLY_NONE) / max(1.0 - probability, _NEARLY_NONE))


@dataclass(frozen=True, slots=True)
class ActivityJudge:
    """``weights``: one row for each of `ACTIVITY_CODES`, one column for each of `FEATURES` and a last one of offsets."""

    weights: NDArray[np.float32]

    def probabilities(self, observed: Mapping[str, Observed]) -> dict[str, float]:
        rows = np.array([observed[code].vector() for code in ACTIVITY_CODES])
        scores = (rows * self.weights[:, :-1]).sum(axis=1) + self.weights[:, -1]
        return dict(zip(ACTIVITY_CODES, (1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0)))).tolist(), strict=True))
