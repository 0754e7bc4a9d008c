"""What the words of a whole page say of its relevance and its activities.

A linear model over TF-IDF weights of the words and pairs of all sentences that speak for the page. It knows what the cues have no rule
for: the common words of pages on insurance, on cows, on a press prize. It never tags by itself: `nlp.judge` and `nlp.activity_judge` hear
it beside cues and sentences. Fitting is in ``nlp/train_pages.py``; the arrays are kept with those of the sentence model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.examples import ACTIVITY_CODES, MERGED_ACTIVITIES
from nlp.features import plain_tokens
from nlp.judge import VALUES

LABELS = (*VALUES, *dict.fromkeys(MERGED_ACTIVITIES.get(code, code) for code in ACTIVITY_CODES))
"""Relevance, then activities as annotated pages name them: 13, since access and dialogue stand for two each."""


def page_features(sentences: Sequence[str]) -> list[str]:
    """Words and pairs of all ``sentences`` (`nlp.sections.plain`), as often as they stand there; no pair reaches over the end of one."""
    found: list[str] = []
    for sentence in sentences:
        words = plain_tokens(sentence)
        found += words
        found += [f"{first} {second}" for first, second in pairwise(words)]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArrays:
    weights: NDArray[np.float32]
    """words x `LABELS`"""
    intercepts: NDArray[np.float32]
    idf: NDArray[np.float32]

    def fit(self, words: int) -> bool:
        return self.weights.shape == (words, len(LABELS)) and self.intercepts.shape == (len(LABELS),) and self.idf.shape == (words,)


class PageModel:
    """Deterministic; safe to share between threads."""

    def __init__(self, words: Sequence[str], arrays: PageArrays) -> None:
        self.words = tuple(words)
        self.arrays = arrays
        self._rows = {word: row for row, word in enumerate(words)}

    def scores(self, sentences: Sequence[str]) -> Mapping[str, float]:
        """The linear score of each of `LABELS`; what is known of no word gets the offsets."""
        known = [row for row in map(self._rows.get, page_features(sentences)) if row is not None]
        total = self.arrays.intercepts.astype(np.float64)
        if known:
            rows, counts = np.unique(np.array(known), return_counts=True)
            weights = (1.0 + np.log(counts)) * self.arrays.idf[rows]
            total = total + (weights / np.sqrt(weights @ weights)) @ self.arrays.weights[rows]
        return dict(zip(LABELS, total.tolist(), strict=True))
