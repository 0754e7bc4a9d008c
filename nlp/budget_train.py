"""Fits the judge of sums (``nlp/budget_judge.py``) to the sums of annotated pages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.document import BudgetKind
from nlp.annotated_pages import AnnotatedPage
from nlp.budget import tag_budgets
from nlp.budget_context import Context
from nlp.budget_judge import PLACES, features
from nlp.model import NO_PAGES

PENALTY = 0.3
"""C of the logistic regression; of 0.05 to 1 no difference beyond chance, see docs/money.md."""
MIN_SUMS = 2
"""A feature that stands beside one sum only cannot be told from chance."""


def fit_budget_judge(pages: Sequence[AnnotatedPage], *, penalty: float = PENALTY) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Names of features and their weights, the intercept last; both empty where the pages do not show both sides."""
    seen, public = _annotated_sums(pages)
    if len(set(public)) < 2:
        return (), NO_PAGES["sums"]
    from scipy.sparse import diags_array
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    counter = CountVectorizer(analyzer=list, min_df=MIN_SUMS, binary=True, dtype=np.float64)
    matrix = counter.fit_transform(seen)
    names = tuple(str(name) for name in counter.get_feature_names_out())
    scale = np.array([PLACES.get(name[:2], 1.0) for name in names])
    fitted = LogisticRegression(C=penalty, solver="liblinear").fit(matrix @ diags_array(scale), public)
    return names, np.append(fitted.coef_[0] * scale, fitted.intercept_).astype(np.float32)


def _annotated_sums(pages: Sequence[AnnotatedPage]) -> tuple[list[tuple[str, ...]], list[bool]]:
    """What is seen around each sum that the annotation gives one verdict on, and the verdict."""
    seen: list[tuple[str, ...]] = []
    public: list[bool] = []
    for page in pages:
        verdicts: dict[int | None, set[bool]] = {}
        for vnd, budget in page.sums:
            verdicts.setdefault(vnd, set()).add(budget)

        def listen(
            kind: BudgetKind, context: Context, title: Sequence[str], verdicts: dict[int | None, set[bool]] = verdicts
        ) -> BudgetKind:
            verdict = verdicts.get(context.vnd, set())
            if len(verdict) == 1:
                seen.append(features(context, title))
                public.extend(verdict)
            return kind

        if verdicts:
            tag_budgets(page.document(), judge=listen)
    return seen, public
