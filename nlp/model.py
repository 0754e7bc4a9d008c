"""The sentence model: for a sentence, how probable each activity is, what it says on relevance, and in which modality.

Linear models over TF-IDF weights, kept as plain arrays and text; predicting needs numpy alone. A model directory holds
``arrays.npz`` (no pickled objects), ``vocabulary.txt`` and ``manifest.json`` with the SHA-256 of every file; what does not match is
refused before it is read. The judges of whole documents (``nlp/judge.py``) and of sums (``nlp/budget_judge.py``) are kept in the same
files. Fitting is in ``nlp/train.py``; how sentences combine to the tags of a document is not decided here.
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
from nlp.budget_judge import BudgetJudge
from nlp.features import FEATURE_VERSION, character_features, shortened, word_features, written_tokens
from nlp.judge import FEATURES, VALUES, Judge

MODEL_VERSION = "2026.11"
FORMAT = "loa-sentence-model 3"
MANIFEST = "manifest.json"
ARRAYS = "arrays.npz"
VOCABULARY = "vocabulary.txt"
_BATCH_SENTENCES = 256
_TOKEN_CACHE = 20_000
"""Distinct tokens whose character features are remembered; about 4 MB. Vietnamese has some 7,000 syllables in use."""

Floats = NDArray[np.float32]
_Follow = Mapping[str, tuple[bytes, Mapping[str, bytes]]]
"""Token that comes next, to the row of the pair and, by the token after it, the rows of triples; rows as in `_Token`."""
_Token = tuple[str, bytes, _Follow]
"""What is kept of a token as written: how it is named, the rows of itself and of its runs of characters, and what may follow it. Rows are
kept as they lie in memory, so that those of many tokens are joined at once."""
_NOTHING: Mapping[str, Any] = {}
_NO_PAIR: tuple[bytes, Mapping[str, bytes]] = (b"", _NOTHING)
_ROW = np.dtype(np.int64)


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
        )


NO_JUDGE: Floats = np.zeros((0, len(VALUES)), dtype=np.float32)
NO_SUMS: Floats = np.zeros(0, dtype=np.float32)


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
        self._nested = all(
            feature.rpartition(" ")[0] in self._words and feature.partition(" ")[2] in self._words for feature in words if " " in feature
        )
        """Whether the parts of every pair and triple are known too, as they are in what `nlp.train` makes."""
        self._after = _follow(self._words) if self._nested else _NOTHING
        self._arrays = arrays
        self._sums = tuple(sums)
        self._seen: dict[str, _Token] = {}
        labelled = len(self.activities), len(self.relevance_values), len(self.modalities)
        if not arrays.shapes_fit(len(words) + len(characters), len(self._sums), *labelled):
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
        halves = rows * 2 + (columns >= len(self._words))
        lengths = np.sqrt(np.bincount(halves, weights=values * values, minlength=2 * len(sentences)))
        divisors = weighted_length(lengths, np.tile(self._arrays.pivots, len(sentences)))
        return rows, columns, (values / divisors[halves]).astype(np.float32)

    def _rows(self, sentence: str) -> bytes:
        """Of all known features of the sentence, in no order, each as often as it stands there."""
        seen = self._seen
        found = [seen.get(token) or self._token(token) for token in written_tokens(normalize(sentence))]
        if not found:
            return b""
        names, rows, follow = zip(*found, strict=True)
        if not self._nested:
            runs = list(word_features(list(names)))[len(names) :]  # without the tokens themselves
            return b"".join([*rows, *map(_packed, map(self._words.get, runs))])
        seconds = [after.get(second, _NO_PAIR) for after, second in zip(follow, names[1:], strict=False)]
        thirds = [after.get(third, b"") for (_, after), third in zip(seconds, names[2:], strict=False)]
        return b"".join([*rows, *[row for row, _ in seconds], *thirds])

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
        vocabulary = "\n".join([*self._words, "", *self._characters, "", *self._sums, ""])
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
            },
            made_from=self.made_from,
        )

    @classmethod
    def load(cls, directory: Path) -> SentenceModel:
        """Raises: InvalidData for a missing, altered or foreign file; nothing of it has run by then."""
        manifest = read_manifest(directory)
        contents = {name: _checked(directory, manifest, name) for name in (ARRAYS, VOCABULARY)}
        words, _, others = contents[VOCABULARY].decode().partition("\n\n")
        characters, _, sums = others.partition("\n\n")
        try:
            with np.load(io.BytesIO(contents[ARRAYS]), allow_pickle=False) as stored:
                arrays = Arrays(**{name: stored[name].astype(np.float32, casting="same_kind") for name in Arrays.__slots__})
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise InvalidData(f"not a model's arrays: {error}; train it again", file=str(directory / ARRAYS)) from error
        return cls(
            words=words.split("\n"),
            characters=characters.splitlines(),
            labels=manifest["labels"],
            arrays=arrays,
            sums=sums.splitlines(),
            made_from=manifest["made_from"],
        )


def _packed(row: int | None) -> bytes:
    return b"" if row is None else _ROW.type(row).tobytes()


def _follow(words: Mapping[str, int]) -> dict[str, _Follow]:
    """Of each token that begins a pair, what may follow it; ``words`` know the parts of all pairs and triples."""
    pairs: dict[str, dict[str, bytes]] = {}
    """Token or pair to the tokens that may follow."""
    for feature, row in words.items():
        head, _, last = feature.rpartition(" ")
        if head:
            pairs.setdefault(head, {})[last] = _packed(row)
    return {
        head: {last: (row, pairs.get(f"{head} {last}", _NOTHING)) for last, row in followers.items()}
        for head, followers in pairs.items()
        if " " not in head
    }


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
    if manifest["labels"].get("judge") != list(FEATURES):
        raise InvalidData("the judge asks for other features; run `loa train`", file=str(path))
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
