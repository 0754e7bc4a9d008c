"""Fits the sentence model to the examples, measures it by cross-validation, and keeps it in a directory.

scikit-learn is used here, in ``nlp/train_pages.py`` and in ``nlp/budget_train.py`` alone: predicting needs the arrays (see
``nlp/model.py``). The figures and their table are made in ``nlp/model_card.py``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import InvalidData
from nlp.annotated_pages import FOLDS, AnnotatedPage, PageSentence, hash_pages, load_pages, page_sentences
from nlp.examples import (
    ACTIVITY_CODES,
    MODALITIES,
    RELEVANCE_VALUES,
    Example,
    hash_examples,
    load_examples,
    near_groups,
)
from nlp.features import CHARACTER_WEIGHT, character_features, tokens, word_features
from nlp.model import NO_PAGES, Arrays, Prediction, SentenceModel, calibrated, read_manifest, weighted_length
from nlp.model_card import CARD, ModelCard, make_card
from nlp.train_pages import NOTHING_OF_PAGES, FittedPages, fit_pages

SEED = 20261123
MIN_DOCUMENTS = 2
"""A feature that stands in one example only cannot be told from chance."""
PENALTY = 0.35
"""C of the linear support vector machines; best of 0.1-2 by cross-validation, see docs/model.md."""
TOLERANCE = 0.01
"""Where the solver stops; a hundredth of it changes no weight by more than 0.0003 (the largest is 3.6) and takes a fifth more time."""
NEAR = 0.8
"""Scores within this decide the sigmoids: the thousands far below zero would bend them. Of 0.6 to 1.0 the one with the
smallest gap in any bin."""
SHOWN_FROM = -0.2
"""Score of a model of the examples alone from which a sentence shows an activity of its page; about a probability of 0.4."""
EXTRA = "extra.jsonl"
MIN_EXAMPLES = 60
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Targets:
    """0/1 columns of one group of labels, and the rows that have a say in it."""

    names: tuple[str, ...]
    matrix: NDArray[np.int8]
    rows: NDArray[np.int64]


def train(
    directory: Path,
    *,
    examples: Sequence[Example] | None = None,
    pages: Sequence[AnnotatedPage] | None = None,
    extra: Sequence[Example] = (),
    seed: int = SEED,
    progress: Progress | None = None,
) -> ModelCard:
    """Fits on ``examples`` and ``pages`` (the shipped ones by default) and ``extra`` (reviewed ones) and puts the model into ``directory``.

    Deterministic for equal examples and seed. The directory appears whole or not at all: a kill leaves the old model or none.
    ``extra`` is kept beside the model and used again whenever it is fitted anew. Raises: InvalidData for too few examples.
    """
    directory = Path(directory)
    with _locked(directory):
        return _train(directory, examples, pages, tuple(extra), seed, progress or _silent)


def ensure_model(directory: Path, progress: Progress | None = None) -> SentenceModel:
    """The model of ``directory``; it is fitted first where it is missing, damaged, or made from other examples or by another version."""
    directory = Path(directory)
    model = _current(directory)
    if model is not None:
        return model
    with _locked(directory):
        model = _current(directory)  # another process may have fitted it while this one waited
        if model is None:
            _train(directory, None, None, kept_extra(directory), SEED, progress or _silent)
            model = SentenceModel.load(directory)
    return model


def kept_extra(directory: Path) -> tuple[Example, ...]:
    """Reviewed examples that the model of ``directory`` was fitted with; none where they cannot be read."""
    path = Path(directory) / EXTRA
    try:
        return load_examples(path) if path.exists() else ()
    except (InvalidData, OSError, UnicodeDecodeError):
        return ()


def _current(directory: Path) -> SentenceModel | None:
    try:
        made_from = read_manifest(directory)["made_from"]
        if made_from.get("shipped_sha256") != hash_examples(load_examples()) or made_from.get("pages_sha256") != hash_pages(load_pages()):
            return None
        return SentenceModel.load(directory)
    except InvalidData:
        return None


def _train(
    directory: Path,
    examples: Sequence[Example] | None,
    pages: Sequence[AnnotatedPage] | None,
    extra: tuple[Example, ...],
    seed: int,
    progress: Progress,
) -> ModelCard:
    given = load_examples() if examples is None else tuple(examples)
    judged = load_pages() if pages is None else tuple(pages)
    everything = (*given, *extra)
    told = page_sentences(judged)
    progress(f"Fitting the sentence model to {len(everything)} examples and {len(told)} sentences of pages…")
    fitted = fit(everything, told, seed=seed, progress=progress)
    made_from = {
        "shipped_sha256": hash_examples(given),
        "examples_sha256": hash_examples(everything),
        "pages_sha256": hash_pages(judged),
        "examples": len(everything),
        "pages": len(judged),
        "page_sentences": len(told),
        "extra": len(extra),
        "seed": seed,
        "libraries": _libraries(),
    }
    model = fitted.model(made_from)
    if judged:
        progress(f"Fitting the page model and the judges to {len(judged)} pages…")
        model = fitted.model(made_from, fit_pages(judged, model, told, fitted.told_out_of_fold))
    card = make_card(everything, fitted.out_of_fold, features=len(fitted.words) + len(fitted.characters), made_from=made_from)
    directory.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(directory)
    fresh = Path(tempfile.mkdtemp(prefix=_leftover(directory), dir=directory.parent))
    try:
        (fresh / EXTRA).write_text("".join(example.to_json() + "\n" for example in extra), encoding="utf-8")
        (fresh / CARD).write_text(card.to_markdown(), encoding="utf-8")
        model.save(fresh)
        _put_in_place(fresh, directory)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    progress("The model is saved.")
    return card


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    words: tuple[str, ...]
    characters: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    arrays: Arrays
    out_of_fold: tuple[Prediction, ...]
    """For each example what a model says that has not seen it nor a near-copy; calibrated by the same sigmoids."""
    told_out_of_fold: tuple[Prediction, ...]
    """The same for each sentence of the pages."""
    machines: Any
    """The scikit-learn estimators in the order of the labels, for the test that compares them with our arithmetic."""

    def model(self, made_from: Mapping[str, Any], of_pages: FittedPages = NOTHING_OF_PAGES) -> SentenceModel:
        return SentenceModel(
            words=self.words,
            characters=self.characters,
            labels=self.labels,
            arrays=replace(self.arrays, **of_pages.arrays),
            page_words=of_pages.words,
            sums=of_pages.sums,
            made_from=made_from,
        )


def fit(
    examples: Sequence[Example],
    told: Sequence[PageSentence] = (),
    *,
    seed: int = SEED,
    penalty: float = PENALTY,
    progress: Progress | None = None,
) -> Fitted:
    """``told`` has a say in the activities only. Raises: InvalidData where the examples are too few, or miss a label."""
    if len(examples) < MIN_EXAMPLES:
        raise InvalidData(f"{len(examples)} examples are too few, {MIN_EXAMPLES} are needed")
    tell = progress or _silent
    texts = [example.text for example in examples] + [sentence.text for sentence in told]
    counts, words, characters = _count(texts)
    groups = _targets(examples)
    labels = {"activities": groups[0].names, "relevance": groups[1].names, "modality": groups[2].names}
    folds = _folds(texts[: len(examples)], seed)
    judged_by_hand = groups
    if told:
        shown = _shown(counts, groups[0], told, len(examples), seed, penalty)
        groups = (
            replace(groups[0], matrix=np.vstack([groups[0].matrix, shown]), rows=np.arange(len(texts))),
            groups[1],
            _with_modality(groups[2], told, len(examples)),
        )
        folds = np.concatenate([folds, [sentence.fold for sentence in told]])
    tell("Cross-validating in five parts…")
    total = sum(len(group.names) for group in groups)
    scores = np.zeros((len(texts), total))
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if not len(outside):
            continue
        weighers = [Weigher(block[inside]) for block in counts]
        matrix = _weighed(weighers, [block[inside] for block in counts])
        held_out = _weighed(weighers, [block[outside] for block in counts])
        machines = _machines(matrix, groups, inside, seed, penalty)
        scores[outside] = np.column_stack([machine.decision_function(held_out) for machine in machines])
    tell("Fitting the final model…")
    weighers = [Weigher(block) for block in counts]
    matrix = _weighed(weighers, counts)
    machines = _machines(matrix, groups, np.arange(len(texts)), seed, penalty)
    arrays = Arrays(
        weights=np.column_stack([machine.coef_[0] for machine in machines]).astype(np.float32),
        intercepts=np.array([machine.intercept_[0] for machine in machines], dtype=np.float32),
        idf=np.concatenate([weigher.idf for weigher in weighers]).astype(np.float32),
        pivots=np.array([weigher.pivot for weigher in weighers], dtype=np.float32),
        **NO_PAGES,
        **_calibrate(scores, (*judged_by_hand[:2], groups[2])),
    )
    out_of_fold = calibrated(scores.astype(np.float32), arrays, **labels)
    return Fitted(
        words=words,
        characters=characters,
        labels=labels,
        arrays=arrays,
        out_of_fold=out_of_fold[: len(examples)],
        told_out_of_fold=out_of_fold[len(examples) :],
        machines=(weighers, machines),
    )


def _with_modality(examples: _Targets, told: Sequence[PageSentence], before: int) -> _Targets:
    """The modality of sentences of pages whose evidence is annotated, beside that of the ``before`` examples."""
    shown = np.array([[sentence.modality == name for name in examples.names] for sentence in told], dtype=np.int8)
    rows = np.concatenate([examples.rows, before + np.flatnonzero(shown.any(axis=1))])
    return replace(examples, matrix=np.vstack([examples.matrix, shown]), rows=rows)


def _shown(counts: Any, activities: _Targets, told: Sequence[PageSentence], examples: int, seed: int, penalty: float) -> NDArray[np.int8]:
    """Which activities each of ``told`` shows, 0/1: of those of its page the ones that a rule finds, or a model of the examples alone."""
    weighers = [Weigher(block[:examples]) for block in counts]
    matrix = _weighed(weighers, counts)
    machines = _machines(matrix[:examples], [activities], np.arange(examples), seed, penalty)
    scores = np.column_stack([machine.decision_function(matrix[examples:]) for machine in machines])
    possible = np.array([[name in sentence.possible for name in activities.names] for sentence in told])
    ruled = np.array([[name in sentence.shown for name in activities.names] for sentence in told])
    return (possible & (ruled | (scores >= SHOWN_FROM))).astype(np.int8)


def _silent(_message: str) -> None:
    pass


def _count(texts: Sequence[str]) -> tuple[list[Any], tuple[str, ...], tuple[str, ...]]:
    """Count matrices of word and of character features, and their names."""
    from sklearn.feature_extraction.text import CountVectorizer

    of_token = cache(character_features)

    def characters(sequence: list[str]) -> list[str]:
        return [feature for token in sequence for feature in of_token(token)]

    sequences = [tokens(text) for text in texts]
    matrices, names = [], []
    for analyzer in (word_features, characters):
        counter = CountVectorizer(analyzer=analyzer, min_df=MIN_DOCUMENTS, dtype=np.float64)
        matrices.append(counter.fit_transform(sequences).tocsr())
        names.append(tuple(str(name) for name in counter.get_feature_names_out()))
    return matrices, names[0], names[1]


class Weigher:
    """TF-IDF of one block of counts, fitted on the rows given; a call weighs other rows of the same columns."""

    def __init__(self, counts: Any) -> None:
        from sklearn.feature_extraction.text import TfidfTransformer

        self._transformer = TfidfTransformer(sublinear_tf=True, norm=None).fit(counts)
        self.idf: NDArray[np.float64] = self._transformer.idf_
        lengths = _lengths(self._transformer.transform(counts))
        self.pivot = float(lengths[lengths > 0].mean())

    def __call__(self, counts: Any) -> Any:
        from scipy.sparse import diags_array

        weights = self._transformer.transform(counts)
        divisors = weighted_length(_lengths(weights), self.pivot)
        return diags_array(1.0 / np.where(divisors > 0, divisors, 1.0)) @ weights


def _lengths(matrix: Any) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(matrix.multiply(matrix).sum(axis=1))).ravel()


def _weighed(weighers: Sequence[Weigher], counts: Sequence[Any]) -> Any:
    """Words and characters side by side."""
    from scipy.sparse import hstack

    words, characters = (weigher(block) for weigher, block in zip(weighers, counts, strict=True))
    return hstack([words, characters * CHARACTER_WEIGHT], format="csr")


def _targets(examples: Sequence[Example]) -> tuple[_Targets, _Targets, _Targets]:
    everyone = np.arange(len(examples))
    activities = np.array([[code in example.codes for code in ACTIVITY_CODES] for example in examples], dtype=np.int8)
    relevance = np.array([[example.relevance == value for value in RELEVANCE_VALUES] for example in examples], dtype=np.int8)
    modality = np.array([[example.modality == value for value in MODALITIES] for example in examples], dtype=np.int8)
    groups = (
        _Targets(ACTIVITY_CODES, activities, everyone),
        _Targets(RELEVANCE_VALUES, relevance, everyone),
        _Targets(MODALITIES, modality, np.flatnonzero(modality.any(axis=1))),
    )
    for group in groups:
        missing = [name for name, count in zip(group.names, group.matrix.sum(axis=0), strict=True) if count < FOLDS]
        if missing:
            raise InvalidData(f"fewer than {FOLDS} examples for {', '.join(missing)}")
    return groups


def _folds(texts: Sequence[str], seed: int) -> NDArray[np.int64]:
    """A fold for each example; near-copies share theirs. Groups are dealt out in a shuffled order, so folds are of like size."""
    groups = near_groups(texts)
    order = np.random.default_rng(seed).permutation(sorted(set(groups)))
    fold_of = {int(group): position % FOLDS for position, group in enumerate(order)}
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def _machines(matrix: Any, groups: Sequence[_Targets], members: NDArray[np.int64], seed: int, penalty: float) -> list[Any]:
    """One linear support vector machine a label, fitted on ``matrix``, whose rows are the examples ``members``."""
    from sklearn.svm import LinearSVC

    position = {int(member): row for row, member in enumerate(members)}
    jobs = []
    for group in groups:
        chosen = [member for member in group.rows if int(member) in position]
        rows = np.array([position[int(member)] for member in chosen])
        part = matrix if len(rows) == matrix.shape[0] else matrix[rows]
        jobs += [(part, group.matrix[chosen, column]) for column in range(len(group.names))]

    # One after the other: liblinear draws from the process's own random numbers, so threads would not be reproducible. Its dual
    # solver does all labels and folds of 3,000 examples and 1,700 sentences in 4 s, ten times as fast as the primal one, which draws none.
    return [LinearSVC(C=penalty, tol=TOLERANCE, random_state=seed, max_iter=5000).fit(part, target) for part, target in jobs]


def _calibrate(scores: NDArray[np.float64], groups: Sequence[_Targets]) -> dict[str, NDArray[np.float32]]:
    """Platt's sigmoid for each activity, a softmax for relevance and modality, from scores of models that had not seen the example."""
    from sklearn.linear_model import LogisticRegression

    activities, relevance, modality = groups
    sigmoid = []
    for column in range(len(activities.names)):
        own = scores[: len(activities.matrix), [column]]
        near = np.abs(own[:, 0]) < NEAR
        if len(np.unique(activities.matrix[near, column])) < 2:
            near[:] = True  # too few examples to choose from
        platt = LogisticRegression(C=1e3).fit(own[near], activities.matrix[near, column])
        sigmoid.append([platt.coef_[0, 0], platt.intercept_[0]])
    result = {"sigmoid": np.array(sigmoid, dtype=np.float32)}
    start = len(activities.names)
    for name, group in (("relevance", relevance), ("modality", modality)):
        part = scores[group.rows, start : start + len(group.names)]
        softmax = LogisticRegression(C=1e3, max_iter=1000).fit(part, group.matrix[group.rows].argmax(axis=1))
        result[name] = np.vstack([softmax.coef_.T, softmax.intercept_]).astype(np.float32)
        start += len(group.names)
    return result


def _libraries() -> dict[str, str]:
    import sklearn

    return {"numpy": np.__version__, "scikit-learn": str(sklearn.__version__)}


def _leftover(directory: Path) -> str:
    return f".{directory.name}.new-"


def _clear_leftovers(directory: Path) -> None:
    """What a killed run left behind; the lock is held, so nobody is writing there."""
    for path in directory.parent.glob(f"{_leftover(directory)}*"):
        shutil.rmtree(path, ignore_errors=True)


def _put_in_place(fresh: Path, directory: Path) -> None:
    """A rename; between moving the old away and the new in there is no model at all, never half of one."""
    old = Path(tempfile.mkdtemp(prefix=_leftover(directory), dir=directory.parent))
    if directory.exists():
        directory.rename(old / "old")
    fresh.rename(directory)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One fitting at a time for a directory, across processes; the system frees the lock of a killed one."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(directory.parent / f".{directory.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
