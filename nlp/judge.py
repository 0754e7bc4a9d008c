"""The judge of relevance: a softmax over what a whole document shows, fitted on annotated pages of ours.

The cue rules add up what sentences say; they know no page in which "loa" stands in one sentence and "hộ nghèo" in the next. The judge
sees both, with what the sentence model makes of each sentence. `features` names its numbers; fitting is in ``nlp/train.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Span
from nlp.relevance_cues import SIDES, SIGNALS

VALUES = ("communication", "poverty_other", "off_topic")
_SHARES = ("telling", "devices", "livelihood", "poverty")
_ENOUGH = 2.0
"""Sentences from which a signal counts in full where two are multiplied."""
FEATURES = (
    *(f"sum {side}" for side in SIDES),
    "sentences",
    *(f"spread {side}" for side in SIDES),
    "density communication",
    "density poverty",
    *(f"best {value}" for value in VALUES),
    "second communication",
    "second poverty_other",
    "mean communication",
    "mean poverty_other",
    "first communication",
    "first poverty_other",
    *(f"count {signal}" for signal in SIGNALS),
    *(f"share {signal}" for signal in _SHARES),
    *(f"head {signal}" for signal in SIGNALS),
    "telling and poverty",
    "telling and core",
    "share together",
    "count together",
    "no poverty",
    "no poverty, no core",
    *(f"page {value}" for value in VALUES),
)
"""In the order of the vector. Sums, counts and lengths as logarithms of one more; the head is title and first sentences; "together":
telling or devices and poverty in one sentence; "page": scores of `nlp.page_model`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What the cues of a document add up to, with the sentences that carry each side, heaviest first."""

    sums: Mapping[str, float]
    sentences: int
    statements: int
    """Sentences that are no mere date, name or number."""
    spread: frozenset[str]
    """Sides that title, lead or enough of the sentences speak for, so that they are more than a passing remark."""
    communication_spans: tuple[Span, ...]
    poverty_spans: tuple[Span, ...]
    signals: Mapping[str, tuple[Span, ...]]
    """Sentences of each signal, in order."""
    ahead: frozenset[str]
    """Signals of title or lead."""
    together: int
    """Sentences that hold telling or devices, and poverty."""


def features(tally: Tally, opinions: Sequence[Mapping[str, float]], page: Mapping[str, float]) -> NDArray[np.float64]:
    """``opinions``: what the sentence model gives for relevance, sentence by sentence. ``page``: what the page model does."""
    number = max(tally.sentences, 1)
    rated = np.array([[opinion[value] for value in VALUES] for opinion in opinions] or [[1 / len(VALUES)] * len(VALUES)])
    ranked = np.sort(rated, axis=0)[::-1]
    second = ranked[min(1, len(ranked) - 1)]
    mean = rated.mean(axis=0)
    count = {signal: len(tally.signals[signal]) for signal in SIGNALS}
    telling = min(1.0, (count["telling"] + count["devices"]) / _ENOUGH)
    values = [
        *(math.log1p(tally.sums[side]) for side in SIDES),
        math.log1p(number),
        *(float(side in tally.spread) for side in SIDES),
        tally.sums["communication"] / math.sqrt(number),
        tally.sums["poverty"] / math.sqrt(number),
        *ranked[0],
        *second[:2],
        *mean[:2],
        *rated[0][:2],
        *(math.log1p(count[signal]) for signal in SIGNALS),
        *(count[signal] / number for signal in _SHARES),
        *(float(signal in tally.ahead) for signal in SIGNALS),
        telling * min(1.0, count["poverty"] / _ENOUGH),
        telling * float(count["core"] > 0),
        tally.together / number,
        math.log1p(tally.together),
        float(count["poverty"] == 0),
        float(count["poverty"] == 0 and count["core"] == 0),
        *(page[value] for value in VALUES),
    ]
    return np.array(values, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Judge:
    """``weights``: one row a feature and a last one of offsets, one column for each of `VALUES`."""

    weights: NDArray[np.float32]

    def probabilities(self, vector: NDArray[np.float64]) -> tuple[float, ...]:
        """In the order of `VALUES`; they sum to 1."""
        logits = vector @ self.weights[:-1].astype(np.float64) + self.weights[-1]
        powers = np.exp(logits - logits.max())
        return tuple(float(power) for power in powers / powers.sum())
