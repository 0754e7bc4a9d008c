"""The sentence model: for a sentence, how probable each activity is, what it says on relevance, and in which modality.

Linear models over TF-IDF weights, kept as plain arrays and text; predicting needs numpy alone. A model directory holds
``arrays.npz`` (no pickled objects), ``vocabulary.txt`` and ``manifest.json`` with the SHA-256 of every file; what does not match is
refused before it is read. The page model (``nlp/page_model.py``) and the judges of whole documents (``nlp/judge.py``,
``nlp/activity_judge.py``) and of sums (``nlp/budget_judge.py``) are kept in the same files. Fitting is in ``nlp/train.py``; how sentences
combine to the tags of a document is not decided here.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import InvalidData
from corpus.text import normalize
from nlp.activity_judge import FEATURES as ACTIVITY_FEATURES
from nlp.activity_judge import ActivityJudge
from nlp.budget_judge import BudgetJudge
from nlp.features import CHARACTER_WEIGHT, FEATURE_VERSION, character_features, shortened, written_tokens
from nlp.judge import FEATURES, VALUES, Judge
from nlp.modality_judge import FEATURES as MODALITY_FEATURES
from nlp.modality_judge import ModalityJudge
from nlp.page_model import LABELS as PAGE_LABELS
from nlp.page_model import PageArrays, PageModel

MODEL_VERSION = "2026.11"
FORMAT = "loa-sentence-model 5"
MANIFEST = "manifest.json"
ARRAYS = "arrays.npz"
VOCABULARY = "vocabulary.txt"
_BATCH_SENTENCES = 256
_TOKEN_CACHE = 20_000
"""Distinct tokens whose character features are remembered; about 4 MB. Vietnamese has some 7,000 syllables in use."""

Floats = NDArray[np.float32]
_Follow = Mapping[str, bytes]
"""Token that comes next, to the row of the pair; rows as in `_Token`."""
_Token = tuple[str, bytes, _Follow]
"""What is kept of a token as written: how it is named, the rows of itself and of its runs of characters, and what may follow it. Rows are
kept as they lie in memory, so that those of many tokens are joined at once."""
_NOTHING: _Follow = {}
_ROW = np.dtype(np.int64)
_PARTS = "\n\f\n"
"""Between words, characters, what is seen around sums, and words of pages in the vocabulary; no feature holds such a sign."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """Calibrated probabilities for one sentence."""

    activities: Mapping[str, float]
    """Independent of each other: a sentence may report several."""
    relevance: Mapping[str, float]
    """Sums to 1."""
    modality: Mapping[str, float]
    """Sums to 1; meaningful only where an activity is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """Everything fitted. Columns of ``weights``: activities, then relevance, then modality, as named in the manifest."""

    weights: Floats
    """features x labels"""
    intercepts: Floats
    idf: Floats
    pivots: Floats
    """Mean length of the examples' TF-IDF vectors, of words and of characters; see `weighted_length`."""
    sigmoid: Floats
    """activities x 2: probability = 1 / (1 + exp(-(slope * score + offset)))."""
    relevance: Floats
    """(classes + 1) x classes: a softmax over the relevance scores, the last row the offsets."""
    modality: Floats
    judge: Floats
    """(features of a document + 1) x relevance values; no rows where it was not fitted."""
    sums: Floats
    """Of the judge of sums: features + 1; none where it was not fitted."""
    activity_judge: Floats
    """activities x (`nlp.activity_judge.FEATURES` + 1); no rows where it was not fitted."""
    modality_judge: Floats
    """activities x (`nlp.modality_judge.FEATURES` + 1), likewise."""
    page_weights: Floats
    """words of pages x `nlp.page_model.LABELS`; no rows where there were no annotated pages."""
    page_intercepts: Floats
    page_idf: Floats

    def shapes_fit(self, features: int, sums: int, activities: int, relevance: int, modality: int) -> bool:
        labels = activities + relevance + modality
        return (
            self.weights.shape == (features, labels)
            and self.intercepts.shape == (labels,)
            and self.idf.shape == (features,)
            and self.pivots.shape == (2,)
            and self.sigmoid.shape == (activities, 2)
            and self.relevance.shape == (relevance + 1, relevance)
            and self.modality.shape == (modality + 1, modality)
            and self.sums.shape == ((sums + 1,) if sums else (0,))
            and self.judge.shape in ((0, len(VALUES)), (len(FEATURES) + 1, len(VALUES)))
            and self.activity_judge.shape in ((0, len(ACTIVITY_FEATURES) + 1), (activities, len(ACTIVITY_FEATURES) + 1))
            and self.modality_judge.shape in ((0, len(MODALITY_FEATURES) + 1), (activities, len(MODALITY_FEATURES) + 1))
        )

    @property
    def of_pages(self) -> PageArrays:
        return PageArrays(weights=self.page_weights, intercepts=self.page_intercepts, idf=self.page_idf)


NO_PAGES: Mapping[str, Floats] = {
    "judge": np.zeros((0, len(VALUES)), dtype=np.float32),
    "sums": np.zeros(0, dtype=np.float32),
    "activity_judge": np.zeros((0, len(ACTIVITY_FEATURES) + 1), dtype=np.float32),
    "modality_judge": np.zeros((0, len(MODALITY_FEATURES) + 1), dtype=np.float32),
    "page_weights": np.zeros((0, len(PAGE_LABELS)), dtype=np.float32),
    "page_intercepts": np.zeros(len(PAGE_LABELS), dtype=np.float32),
    "page_idf": np.zeros(0, dtype=np.float32),
}
"""Arrays of a model that was fitted without annotated pages."""


class SentenceModel:
    """Deterministic; safe to share between threads of one process."""

    def __init__(
        self,
        *,
        words: Sequence[str],
        characters: Sequence[str],
        labels: Mapping[str, Sequence[str]],
        arrays: Arrays,
        sums: Sequence[str] = (),
        page_words: Sequence[str] = (),
        made_from: Mapping[str, Any] | None = None,
    ) -> None:
        """``words`` and ``characters`` name the rows of the weights in that order, ``sums`` those of the judge of sums; ``labels`` has
        activities, relevance and modality."""
        self.activities = tuple(labels["activities"])
        self.relevance_values = tuple(labels["relevance"])
        self.modalities = tuple(labels["modality"])
        self.made_from = dict(made_from or {})
        self._words = {feature: row for row, feature in enumerate(words)}
        self._characters = {feature: row for row, feature in enumerate(characters, start=len(words))}
        self._after = _follow(self._words)
        self._arrays = arrays
        self._sums = tuple(sums)
        self._seen: dict[str, _Token] = {}
        self.pages = PageModel(page_words, arrays.of_pages)
        groups = len(self.activities), len(self.relevance_values), len(self.modalities)
        fit = arrays.shapes_fit(len(words) + len(characters), len(self._sums), *groups) and arrays.of_pages.fit(len(page_words))
        if not fit:
            raise InvalidData("the arrays of the model do not fit its vocabulary and labels; train it again")

    @property
    def judge(self) -> Judge | None:
        """Decides on the relevance of whole documents; None in a model that was fitted without annotated pages."""
        return Judge(self._arrays.judge) if len(self._arrays.judge) else None

    @property
    def budget_judge(self) -> BudgetJudge | None:
        """Tells public money from other sums; None in a model that was fitted without annotated sums."""
        return BudgetJudge(self._sums, self._arrays.sums.tolist()) if self._sums else None

    @property
    def activity_judge(self) -> ActivityJudge | None:
        """Decides on the activities of whole documents; None in a model that was fitted without pages whose evidence is annotated."""
        return ActivityJudge(self._arrays.activity_judge) if len(self._arrays.activity_judge) else None

    @property
    def modality_judge(self) -> ModalityJudge | None:
        """Tells what is planned from what was done; None like that of the activities."""
        return ModalityJudge(self._arrays.modality_judge) if len(self._arrays.modality_judge) else None

    @property
    def method(self) -> str:
        """Goes into the tags: name, version and the start of the data's hash."""
        return f"sentence-model {MODEL_VERSION}+{str(self.made_from.get('examples_sha256', ''))[:8]}".rstrip("+")

    def predict(self, sentences: Sequence[str]) -> tuple[Prediction, ...]:
        """One prediction a sentence, in order. Any string is accepted; NFC or not."""
        found: list[Prediction] = []
        for start in range(0, len(sentences), _BATCH_SENTENCES):
            found += calibrated(
                self.scores(sentences[start : start + _BATCH_SENTENCES]),
                self._arrays,
                activities=self.activities,
                relevance=self.relevance_values,
                modality=self.modalities,
            )
        return tuple(found)

    def scores(self, sentences: Sequence[str]) -> Floats:
        """Raw linear scores, sentences x labels, before calibration."""
        rows, columns, values = self._weighted(sentences)
        arrays = self._arrays
        result = np.tile(arrays.intercepts, (len(sentences), 1))
        if len(rows):
            products = arrays.weights[columns] * values[:, None]
            starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
            result[rows[starts]] += np.add.reduceat(products, starts, axis=0)
        return result

    def explain(self, sentence: str, label: str, *, top: int = 8) -> tuple[tuple[str, float], ...]:
        """The features that speak loudest for ``label`` (negative: against), strongest first."""
        column = (*self.activities, *self.relevance_values, *self.modalities).index(label)
        _, rows, values = self._weighted([sentence])
        names = {row: feature for table in (self._words, self._characters) for feature, row in table.items()}
        parts = [(names[int(row)], float(self._arrays.weights[row, column] * value)) for row, value in zip(rows, values, strict=True)]
        return tuple(sorted(parts, key=lambda part: (-abs(part[1]), part[0]))[:top])

    def _weighted(self, sentences: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """(sentence, feature row, weight), sorted by sentence: TF-IDF with 1 + log tf, each half divided by its weighted length."""
        features = len(self._arrays.idf)
        known = [self._rows(sentence) for sentence in sentences]
        keys = np.frombuffer(b"".join(known), dtype=_ROW)
        keys = keys + np.repeat(np.arange(len(known), dtype=_ROW) * features, [len(rows) // _ROW.itemsize for rows in known])
        unique, counts = np.unique(keys, return_counts=True)
        rows, columns = np.divmod(unique, features)
        values = (1.0 + np.log(counts)) * self._arrays.idf[columns].astype(np.float64)
        of_characters = columns >= len(self._words)
        halves = rows * 2 + of_characters
        lengths = np.sqrt(np.bincount(halves, weights=values * values, minlength=2 * len(sentences)))
        divisors = weighted_length(lengths, np.tile(self._arrays.pivots, len(sentences)))
        values *= np.where(of_characters, CHARACTER_WEIGHT, 1.0)
        return rows, columns, (values / divisors[halves]).astype(np.float32)

    def _rows(self, sentence: str) -> bytes:
        """Of all known features of the sentence, in no order, each as often as it stands there."""
        seen = self._seen
        found = [seen.get(token) or self._token(token) for token in written_tokens(normalize(sentence))]
        if not found:
            return b""
        names, rows, follow = zip(*found, strict=True)
        return b"".join([*rows, *[after.get(second, b"") for after, second in zip(follow, names[1:], strict=False)]])

    def _token(self, token: str) -> _Token:
        if len(self._seen) >= _TOKEN_CACHE:
            self._seen.clear()
        name = shortened(token)
        rows = [self._words.get(name), *map(self._characters.get, character_features(name))]
        known = self._seen[token] = name, b"".join(map(_packed, rows)), self._after.get(name, _NOTHING)
        return known

    def save(self, directory: Path) -> None:
        """Writes the model's files into an existing directory; the manifest last, so that it vouches for finished files."""
        arrays = io.BytesIO()
        np.savez_compressed(arrays, **{name: getattr(self._arrays, name) for name in Arrays.__slots__})
        vocabulary = _PARTS.join("\n".join(part) for part in (self._words, self._characters, self._sums, self.pages.words))
        contents = {ARRAYS: arrays.getvalue(), VOCABULARY: vocabulary.encode()}
        for name, content in contents.items():
            (directory / name).write_bytes(content)
        write_manifest(
            directory,
            sorted(contents),
            labels={
                "activities": self.activities,
                "relevance": self.relevance_values,
                "modality": self.modalities,
                "judge": FEATURES,
                "activity_judge": ACTIVITY_FEATURES,
                "modality_judge": MODALITY_FEATURES,
                "pages": PAGE_LABELS,
            },
            made_from=self.made_from,
        )

    @classmethod
    def load(cls, directory: Path) -> SentenceModel:
        """Raises: InvalidData for a missing, altered or foreign file; nothing of it has run by then."""
        manifest = read_manifest(directory)
        contents = {name: _checked(directory, manifest, name) for name in (ARRAYS, VOCABULARY)}
        parts = contents[VOCABULARY].decode().split(_PARTS)
        words, characters, sums, page_words = (part.split("\n") if part else [] for part in parts)
        try:
            with np.load(io.BytesIO(contents[ARRAYS]), allow_pickle=False) as stored:
                arrays = Arrays(**{name: stored[name].astype(np.float32, casting="same_kind") for name in Arrays.__slots__})
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise InvalidData(f"not a model's arrays: {error}; train it again", file=str(directory / ARRAYS)) from error
        return cls(
            words=words,
            characters=characters,
            page_words=page_words,
            labels=manifest["labels"],
            arrays=arrays,
            sums=sums,
            made_from=manifest["made_from"],
        )


def _packed(row: int | None) -> bytes:
    return b"" if row is None else _ROW.type(row).tobytes()


def _follow(words: Mapping[str, int]) -> Mapping[str, _Follow]:
    """Of each token that begins a pair, what may follow it."""
    pairs: dict[str, dict[str, bytes]] = {}
    for feature, row in words.items():
        head, _, last = feature.rpartition(" ")
        if head:
            pairs.setdefault(head, {})[last] = _packed(row)
    return pairs


def weighted_length(lengths: NDArray[Any], pivot: NDArray[Any] | float) -> NDArray[Any]:
    """What a TF-IDF vector of that length is divided by: the geometric mean of its own length and the usual one.

    Unit length drowns a clause in a long sentence, no division favours long sentences over short ones. Against unit length this
    raises the cross-validated F1 of the activities from 0.796 to 0.805 (docs/model.md).
    """
    return np.asarray(np.sqrt(lengths * pivot))


def calibrated(
    scores: Floats, arrays: Arrays, *, activities: Sequence[str], relevance: Sequence[str], modality: Sequence[str]
) -> tuple[Prediction, ...]:
    """Probabilities for raw ``scores`` (sentences x labels), whose columns are named by the three groups in this order."""
    first = len(activities)
    second = first + len(relevance)
    logits = scores[:, :first].astype(np.float64) * arrays.sigmoid[:, 0] + arrays.sigmoid[:, 1]
    with np.errstate(over="ignore"):
        single = 1.0 / (1.0 + np.exp(-logits))
    rows = zip(
        single.tolist(),
        _softmax(scores[:, first:second], arrays.relevance).tolist(),
        _softmax(scores[:, second:], arrays.modality).tolist(),
        strict=True,
    )
    return tuple(
        Prediction(
            dict(zip(activities, one, strict=True)),
            dict(zip(relevance, two, strict=True)),
            dict(zip(modality, three, strict=True)),
        )
        for one, two, three in rows
    )


def write_manifest(directory: Path, names: Sequence[str], *, labels: Mapping[str, Sequence[str]], made_from: Mapping[str, Any]) -> None:
    manifest = {
        "format": FORMAT,
        "model_version": MODEL_VERSION,
        "feature_version": FEATURE_VERSION,
        "labels": {group: list(values) for group, values in labels.items()},
        "made_from": dict(made_from),
        "files": {name: _sha256((directory / name).read_bytes()) for name in names},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (directory / MANIFEST).write_text(text, encoding="utf-8")


def read_manifest(directory: Path) -> dict[str, Any]:
    """The manifest of a model that this version can use. Raises: InvalidData."""
    path = directory / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidData("no trained model here; run `loa train`", file=str(path)) from error
    except (OSError, ValueError) as error:
        raise InvalidData(f"not a model's manifest: {error}; run `loa train`", file=str(path)) from error
    expected = {"format": FORMAT, "model_version": MODEL_VERSION, "feature_version": FEATURE_VERSION}
    for name, value in expected.items():
        found = manifest.get(name) if isinstance(manifest, dict) else None
        if found != value:
            raise InvalidData(f"{name} is {found!r}, this version needs {value!r}; run `loa train`", file=str(path))
    for name, kind in (("files", dict), ("labels", dict), ("made_from", dict)):
        if not isinstance(manifest.get(name), kind):
            raise InvalidData(f"{name!r} is missing; run `loa train`", file=str(path))
    if any(not isinstance(manifest["labels"].get(group), list) for group in ("activities", "relevance", "modality")):
        raise InvalidData("'labels' is incomplete; run `loa train`", file=str(path))
    asked = {"judge": FEATURES, "activity_judge": ACTIVITY_FEATURES, "modality_judge": MODALITY_FEATURES, "pages": PAGE_LABELS}
    for name, features in asked.items():
        if manifest["labels"].get(name) != list(features):
            raise InvalidData(f"the features of {name!r} are others; run `loa train`", file=str(path))
    return dict(manifest)


def _checked(directory: Path, manifest: Mapping[str, Any], name: str) -> bytes:
    path = directory / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidData(f"cannot be read: {error.strerror}; run `loa train`", file=str(path)) from error
    if _sha256(content) != manifest["files"].get(name):
        raise InvalidData("does not match the hash in the manifest; run `loa train`", file=str(path))
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _softmax(scores: Floats, coefficients: Floats) -> NDArray[np.float64]:
    logits = scores.astype(np.float64) @ coefficients[:-1] + coefficients[-1]
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
