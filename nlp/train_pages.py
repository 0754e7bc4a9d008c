"""Fits what reads whole pages to the annotated ones: the page model and the judges of relevance, activities and sums.

Each judge is fitted to what models say of a page that have not seen its batch, as they have not seen the pages to come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.activity import ActivityTagger
from nlp.activity_judge import FEATURES as ACTIVITY_FEATURES
from nlp.annotated_pages import FOLDS, AnnotatedPage, PageSentence, folds_of
from nlp.budget_train import fit_budget_judge
from nlp.examples import ACTIVITY_CODES, MERGED_ACTIVITIES
from nlp.judge import VALUES
from nlp.model import NO_PAGES, Floats, Prediction, SentenceModel
from nlp.page_model import LABELS, page_features
from nlp.relevance import RelevanceTagger, document_features
from nlp.sections import Outline, outline

JUDGE_PENALTY = 0.1
"""C of the relevance judge's logistic regression: of 0.03 to 0.3 no difference on unseen pages."""
ACTIVITY_PENALTY = 0.03
"""C of the judges of activities and modality: of 0.01 to 0.3 no difference on unseen pages."""
PAGE_PENALTY = 0.5
"""C of the page model's support vector machines."""
MIN_PAGES = 3
"""A word of fewer pages is left to chance."""
TOLERANCE = 0.01
_OWN = ("rules", "best sentence")
"""Features whose weight may differ from activity to activity; of the others each has the common one."""
_SEED = 20261129


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPages:
    words: tuple[str, ...] = ()
    """Of the page model."""
    sums: tuple[str, ...] = ()
    """What the judge of sums looks for."""
    arrays: Mapping[str, Floats]
    """Those of `nlp.model.NO_PAGES`."""


NOTHING_OF_PAGES = FittedPages(arrays=NO_PAGES)


def fit_pages(
    pages: Sequence[AnnotatedPage], model: SentenceModel, told: Sequence[PageSentence], said: Sequence[Prediction]
) -> FittedPages:
    """``said``: of each of ``told``, the sentences of ``pages``, what a sentence model says that has not seen its batch."""
    outlines = [outline(page.document()) for page in pages]
    words, idf, matrix = _weigh(outlines)
    folds = np.array(folds_of(pages))
    unseen = np.zeros((len(pages), len(LABELS)))
    for fold in range(FOLDS):
        outside = folds == fold
        if outside.any() and not outside.all():
            weights, intercepts = _page_machines(matrix, pages, np.flatnonzero(~outside))
            unseen[outside] = matrix[outside] @ weights + intercepts
    scores = [dict(zip(LABELS, row.tolist(), strict=True)) for row in unseen]
    weights, intercepts = _page_machines(matrix, pages, np.arange(len(pages)))
    sums, of_sums = fit_budget_judge(pages)
    arrays = {
        "page_weights": weights.astype(np.float32),
        "page_intercepts": intercepts.astype(np.float32),
        "page_idf": idf.astype(np.float32),
        "judge": _fit_judge(pages, outlines, model, scores),
        "sums": of_sums,
        **_fit_activity_judges(pages, model, told, said, scores),
    }
    return FittedPages(words=words, sums=sums, arrays=arrays)


def _weigh(outlines: Sequence[Outline]) -> tuple[tuple[str, ...], NDArray[np.float64], Any]:
    """Names and weights of the words, and pages x words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    def features(found: Outline) -> list[str]:
        return page_features([sentence.plain for sentence in found.speaking])

    vectorizer = TfidfVectorizer(analyzer=features, min_df=min(MIN_PAGES, len(outlines)), sublinear_tf=True)
    matrix = vectorizer.fit_transform(outlines)
    return tuple(map(str, vectorizer.get_feature_names_out())), vectorizer.idf_, matrix.tocsr()


def _page_machines(matrix: Any, pages: Sequence[AnnotatedPage], members: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """words x `LABELS` and offsets; zero for a label that no page of ``members`` has, or each of them. Activities are learnt from pages
    on communication alone."""
    from sklearn.svm import LinearSVC

    annotated = np.array([number for number in members if pages[number].activities is not None], dtype=np.int64)
    weights, intercepts = np.zeros((matrix.shape[1], len(LABELS))), np.zeros(len(LABELS))
    for column, label in enumerate(LABELS):
        rows = members if label in VALUES else annotated
        target = np.array([_has(pages[number], label) for number in rows], dtype=np.int8)
        if len(np.unique(target)) < 2:
            continue
        machine = LinearSVC(C=PAGE_PENALTY, class_weight="balanced", tol=TOLERANCE, random_state=_SEED, max_iter=5000)
        machine.fit(matrix[rows], target)
        weights[:, column], intercepts[column] = machine.coef_[0], machine.intercept_[0]
    return weights, intercepts


def _has(page: AnnotatedPage, label: str) -> bool:
    if label in VALUES:
        return page.relevance == label
    return label in {MERGED_ACTIVITIES.get(code, code) for code in page.activities or ()}


def _fit_judge(
    pages: Sequence[AnnotatedPage], outlines: Sequence[Outline], model: SentenceModel, scores: Sequence[Mapping[str, float]]
) -> Floats:
    """The weights of a judge (see `nlp.judge.Judge`) for ``pages``, with ``model`` and ``scores`` of a page model as what it hears."""
    from sklearn.linear_model import LogisticRegression

    tagger = RelevanceTagger(model)
    rows = []
    for found, score in zip(outlines, scores, strict=True):
        said = model.predict([sentence.plain for sentence in found.speaking])
        rows.append(document_features(tagger.tally(found), said, score))
    matrix, mean, spread = _standardized(np.array(rows))
    target = [VALUES.index(page.relevance) for page in pages]
    fitted = LogisticRegression(C=JUDGE_PENALTY, max_iter=2000, class_weight="balanced").fit(matrix, target)
    weights = fitted.coef_.T / spread[:, None]
    return np.vstack([weights, fitted.intercept_ - mean @ weights]).astype(np.float32)


class _Unseen:
    """Says of the sentences of one page what models say that have not seen it; of its short lines what ``model`` does."""

    def __init__(self, model: SentenceModel, known: Mapping[str, Prediction]) -> None:
        self._model, self._known = model, known

    def predict(self, sentences: Sequence[str]) -> Sequence[Prediction]:
        rest = iter(self._model.predict([sentence for sentence in sentences if sentence not in self._known]))
        return [self._known[sentence] if sentence in self._known else next(rest) for sentence in sentences]


@dataclass(frozen=True, slots=True)
class _Cases:
    """Rows of one judge: what it hears, of which activity (its place in `ACTIVITY_CODES`), and the answer."""

    rows: list[list[float]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)

    def add(self, row: list[float], place: int, answer: bool) -> None:
        self.rows.append(row)
        self.places.append(place)
        self.answers.append(answer)

    def fit(self, own: Sequence[int]) -> Floats | None:
        """activities x (features + 1): of the features ``own`` and the offset each activity has its own weight, of the others the common
        one. None where there is nothing to tell apart."""
        from sklearn.linear_model import LogisticRegression

        if len(set(self.answers)) < 2:
            return None
        codes = len(ACTIVITY_CODES)
        matrix, mean, spread = _standardized(np.array(self.rows))
        which = np.eye(codes)[self.places]
        several = [which, *(which * matrix[:, [column]] for column in own)]
        fitted = LogisticRegression(C=ACTIVITY_PENALTY, max_iter=3000).fit(np.hstack([matrix, *several]), self.answers)
        common, *differing = np.split(fitted.coef_[0], [matrix.shape[1] + codes * step for step in range(len(own) + 1)])
        weights = np.tile(common, (codes, 1))
        for column, values in zip(own, differing[1:], strict=True):
            weights[:, column] += values
        weights /= spread
        offsets = fitted.intercept_[0] + differing[0] - weights @ mean
        return np.hstack([weights, offsets[:, None]]).astype(np.float32)


def _fit_activity_judges(
    pages: Sequence[AnnotatedPage],
    model: SentenceModel,
    told: Sequence[PageSentence],
    said: Sequence[Prediction],
    scores: Sequence[Mapping[str, float]],
) -> dict[str, Floats]:
    """From the pages whose evidence is annotated: nobody read them for rules. No rows where they are too few."""
    known: dict[int, dict[str, Prediction]] = {}
    for sentence, prediction in zip(told, said, strict=True):
        known.setdefault(sentence.page, {})[sentence.text] = prediction
    tagger = ActivityTagger()
    is_there, is_planned = _Cases(), _Cases()
    for number, page in enumerate(pages):
        if page.evidence is None:
            continue
        observed, shown = tagger.observe(page.document(), _Unseen(model, known.get(number, {})), scores[number])
        for place, code in enumerate(ACTIVITY_CODES):
            is_there.add(observed[code].vector(), place, code in page.evidence)
            modalities = set(page.evidence.get(code, {}).values())
            if code in shown and not modalities.isdisjoint(("done", "planned")):
                is_planned.add(shown[code].vector(), place, "done" not in modalities)
    fitted = {
        "activity_judge": is_there.fit([ACTIVITY_FEATURES.index(name) for name in _OWN]),
        "modality_judge": is_planned.fit(()),
    }
    return {name: NO_PAGES[name] if weights is None else weights for name, weights in fitted.items()}


def _standardized(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """With mean 0 and spread 1; what never differs stays as it is."""
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread[spread == 0] = 1.0
    return (matrix - mean) / spread, mean, spread
