"""Read underthesea's word segmentation model and decode it directly.

`underthesea.word_tokenize` spends four fifths of its time passing feature strings between two languages. The model itself is a linear
chain over two labels, so the difference of the two labels' weights, kept in dictionaries by token, pair and triple, gives the same words in
a fraction of the time. This reads package internals: `load` refuses anything but the version it was checked against, and
`nlp.tokens` then falls back to underthesea itself. What the features mean was read off the featurizer's output for version 9.5.0.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from typing import Any

import numpy as np

CHECKED_VERSION = "9.5.0"
_MODEL = "pipeline/word_tokenize/models/ws_crf_vlsp2013_20230727"
_CACHE_LIMIT = 50_000
"""Distinct tokens remembered; a corpus of 100,000 articles has more, so the cache starts anew instead of growing."""

Five = tuple[float, float, float, float, float]
Four = tuple[float, float, float, float]
Three = tuple[float, float, float]

# The position a template speaks about, seen from the first token of what it matches.
_SINGLE = {"T[0]": 0, "T[-1]": 1, "T[1]": 2, "T[-2]": 3, "T[2]": 4}
_PAIR = {"T[-1,0]": 0, "T[0,1]": 1, "T[-2,-1]": 2, "T[1,2]": 3}
_TRIPLE = {"T[-1,1]": 0, "T[-2,0]": 1, "T[0,2]": 2}


class UnknownModel(Exception):
    """The installed underthesea is not the one this decoder was checked against."""


class _SetsOfStrings(pickle.Unpickler):
    """The dictionary is a pickled set of strings; nothing that needs a class or function is ever built from it."""

    def find_class(self, module: str, name: str) -> Any:
        raise UnknownModel(f"the dictionary asks for {module}.{name}")


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything is weight(I-W) - weight(B-W): positive says that the token continues a word."""

    transitions: tuple[tuple[float, float], tuple[float, float]]
    """``transitions[previous][next]`` with 0 = begins a word, 1 = continues one."""
    single: dict[str, dict[str, list[float]]]
    """By kind of feature (``""``, ``.lower``, ``.isdigit``, ``.istitle``, ``.is_in_dict``), then value."""
    pair: dict[str, dict[str, list[float]]]
    triple: dict[str, dict[str, list[float]]]
    dictionary: frozenset[str]


def load() -> Weights:
    """Raises: UnknownModel."""
    if metadata.version("underthesea") != CHECKED_VERSION:
        raise UnknownModel(f"underthesea {metadata.version('underthesea')} instead of {CHECKED_VERSION}")
    folder = resources.files("underthesea").joinpath(_MODEL)
    try:
        data = folder.joinpath("models.bin").read_bytes()
        # A set of strings only: `_SetsOfStrings` refuses everything else.
        dictionary = _SetsOfStrings(io.BytesIO(folder.joinpath("dictionary.bin").read_bytes())).load()
        return _parse(data, frozenset(dictionary))
    except (OSError, struct.error, ValueError, KeyError, IndexError, pickle.UnpicklingError) as error:
        raise UnknownModel(f"model files of underthesea cannot be read: {error}") from error


def _parse(data: bytes, dictionary: frozenset[str]) -> Weights:
    """CRFsuite's binary layout: header, features (type, source, target, weight), names of labels and attributes."""
    magic, _, kind, version, _, label_count, _, at_features, at_labels, at_attributes = struct.unpack_from("<4sI4sIIIIIII", data)
    if (magic, kind, version, label_count) != (b"lCRF", b"FOMC", 100, 2):
        raise UnknownModel("not a first-order CRFsuite model with two labels")
    labels = _names(data, at_labels)
    inside, begin = labels.index("I-W"), labels.index("B-W")
    attributes = _names(data, at_attributes)
    (feature_count,) = struct.unpack_from("<I", data, at_features + 8)
    layout = np.dtype([("type", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])
    features = np.frombuffer(data, dtype=layout, count=feature_count, offset=at_features + 12)

    transitions = [[0.0, 0.0], [0.0, 0.0]]
    differences = np.zeros(len(attributes))
    state = features["type"] == 0
    for row in features[~state]:
        transitions[int(row["source"] == inside)][int(row["target"] == inside)] += float(row["weight"])
    for label, sign in ((inside, 1.0), (begin, -1.0)):
        chosen = features[state & (features["target"] == label)]
        np.add.at(differences, chosen["source"], sign * chosen["weight"])

    tables: dict[str, dict[str, dict[str, list[float]]]] = {"single": {}, "pair": {}, "triple": {}}
    for name, weight in zip(attributes, differences.tolist(), strict=True):
        template, value = name.split("=", 1)
        position, bracket, suffix = template.partition("]")
        position += bracket
        for size, places in (("single", _SINGLE), ("pair", _PAIR), ("triple", _TRIPLE)):
            if position in places:
                table = tables[size].setdefault(suffix, defaultdict(lambda places=places: [0.0] * len(places)))  # type: ignore[misc]
                table[value][places[position]] += weight
                break
        else:
            raise UnknownModel(f"unknown template {template}")
    plain = {size: {suffix: dict(table) for suffix, table in kinds.items()} for size, kinds in tables.items()}
    return Weights(
        transitions=((transitions[0][0], transitions[0][1]), (transitions[1][0], transitions[1][1])),
        single=plain["single"],
        pair=plain["pair"],
        triple=plain["triple"],
        dictionary=dictionary,
    )


def _names(data: bytes, start: int) -> list[str]:
    """The strings of a CQDB block in the order of their numbers."""
    count, table = struct.unpack_from("<II", data, start + 16)
    names = []
    for offset in struct.unpack_from(f"<{count}I", data, start + table):
        (length,) = struct.unpack_from("<I", data, start + offset + 4)
        names.append(data[start + offset + 8 : start + offset + 8 + length - 1].decode())
    return names


def _total(rows: Iterable[list[float] | None], size: int) -> list[float]:
    total = [0.0] * size
    for row in rows:
        if row is not None:
            total = [a + b for a, b in zip(total, row, strict=True)]
    return total


class Decoder:
    """Tokens in, one flag a token out: does it continue the word before it?"""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._seen: dict[str, tuple[Five, str]] = {}
        single = {name: _total((kind.get(name) for kind in weights.single.values()), 5) for name in ("BOS", "EOS")}
        pair = {name: _total((kind.get(name) for kind in weights.pair.values()), 4) for name in ("BOS", "EOS")}
        triple = {name: _total((kind.get(name) for kind in weights.triple.values()), 3) for name in ("BOS", "EOS")}
        # What a position gets from templates that reach over the edge of the text.
        self._first = single["BOS"][1] + single["BOS"][3] + pair["BOS"][0] + pair["BOS"][2] + triple["BOS"][0] + triple["BOS"][1]
        self._second = single["BOS"][3] + pair["BOS"][2] + triple["BOS"][1]
        self._last = single["EOS"][2] + single["EOS"][4] + pair["EOS"][1] + pair["EOS"][3] + triple["EOS"][0] + triple["EOS"][2]
        self._last_but_one = single["EOS"][4] + pair["EOS"][3] + triple["EOS"][2]
        flags = ("False", "True")
        self._pair_title: tuple[Four, Four] = tuple(  # type: ignore[assignment]
            tuple(weights.pair.get(".istitle", {}).get(flag, [0.0] * 4)) for flag in flags
        )
        self._pair_known: tuple[Four, Four] = tuple(  # type: ignore[assignment]
            tuple(weights.pair.get(".is_in_dict", {}).get(flag, [0.0] * 4)) for flag in flags
        )
        self._triple_title = [weights.triple.get(".istitle", {}).get(flag, [0.0] * 3) for flag in flags]
        self._triple_known = [weights.triple.get(".is_in_dict", {}).get(flag, [0.0] * 3) for flag in flags]

    def _token(self, token: str) -> tuple[Five, str]:
        lowered = token.lower()
        first = token[0]
        single = self._weights.single
        rows = (
            single[""].get(token),
            single[".lower"].get(lowered),
            single[".isdigit"].get(str(token.isdecimal())),
            single[".istitle"].get(str(first.upper() == first)),
            single[".is_in_dict"].get(str(lowered in self._weights.dictionary)),
        )
        entry = (tuple(_total(rows, 5)), lowered)
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        self._seen[token] = entry  # type: ignore[assignment]
        return entry  # type: ignore[return-value]

    def continues(self, tokens: Sequence[str]) -> list[bool]:
        """One flag a token; the first is never a continuation for the caller to join."""
        count = len(tokens)
        if not count:
            return []
        return _viterbi(self._scores(tokens), self._weights.transitions)

    def _scores(self, tokens: Sequence[str]) -> list[float]:
        # Two places of padding at each end take what falls outside the text.
        count = len(tokens)
        scores = [0.0] * (count + 4)
        seen, pairs, lower_pairs = self._seen, self._weights.pair[""], self._weights.pair[".lower"]
        triples, dictionary = self._weights.triple[""], self._weights.dictionary
        pair_title, pair_known = self._pair_title, self._pair_known
        triple_title, triple_known = self._triple_title, self._triple_known
        before = before_lower = previous = previous_lower = ""
        before_title = previous_title = False
        for i, token in enumerate(tokens, start=2):
            (here, after, ahead, two_after, two_ahead), lowered = seen.get(token) or self._token(token)
            title = token[0].upper() == token[0]
            scores[i] += here
            scores[i + 1] += after
            scores[i - 1] += ahead
            scores[i - 2] += two_ahead
            if i + 2 < count + 4:
                scores[i + 2] += two_after
            if i > 2:
                lower_pair = f"{previous_lower} {lowered}"
                a0, a1, a2, a3 = pair_title[previous_title and title]
                b0, b1, b2, b3 = pair_known[lower_pair in dictionary]
                a0, a1, a2, a3 = a0 + b0, a1 + b1, a2 + b2, a3 + b3
                row = pairs.get(f"{previous} {token}")
                if row is not None:
                    a0, a1, a2, a3 = a0 + row[0], a1 + row[1], a2 + row[2], a3 + row[3]
                row = lower_pairs.get(lower_pair)
                if row is not None:
                    a0, a1, a2, a3 = a0 + row[0], a1 + row[1], a2 + row[2], a3 + row[3]
                scores[i] += a0
                scores[i - 1] += a1
                scores[i + 1] += a2
                scores[i - 2] += a3
            if i > 3:
                known = triple_known[f"{before_lower} {lower_pair}" in dictionary]
                titled = triple_title[before_title and previous_title and title]
                scores[i - 1] += known[0] + titled[0]
                scores[i] += known[1] + titled[1]
                scores[i - 2] += known[2] + titled[2]
                row = triples.get(f"{before} {previous} {token}")
                if row is not None:
                    scores[i - 1] += row[0]
                    scores[i] += row[1]
                    scores[i - 2] += row[2]
            before, before_lower, before_title = previous, previous_lower, previous_title
            previous, previous_lower, previous_title = token, lowered, title
        result = scores[2 : count + 2]
        result[0] += self._first
        result[-1] += self._last
        if count > 1:
            result[1] += self._second
            result[-2] += self._last_but_one
        return result


def _viterbi(scores: Sequence[float], transitions: tuple[tuple[float, float], tuple[float, float]]) -> list[bool]:
    (begin_begin, begin_inside), (inside_begin, inside_inside) = transitions
    begin, inside = 0.0, scores[0]
    back: list[tuple[bool, bool]] = []
    for score in scores[1:]:
        from_begin, from_inside = begin + begin_begin, inside + inside_begin
        to_begin = from_inside > from_begin
        next_begin = from_inside if to_begin else from_begin
        from_begin, from_inside = begin + begin_inside, inside + inside_inside
        to_inside = from_inside > from_begin
        inside = (from_inside if to_inside else from_begin) + score
        begin = next_begin
        back.append((to_begin, to_inside))
        if begin > 1e6 or begin < -1e6:  # only the difference counts; keeps precision on very long texts
            inside, begin = inside - begin, 0.0
    state = inside > begin
    flags = [state]
    for to_begin, to_inside in reversed(back):
        state = to_inside if state else to_begin
        flags.append(state)
    flags.reverse()
    return flags
