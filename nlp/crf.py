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
from numpy.typing import NDArray

CHECKED_VERSION = "9.5.0"
_MODEL = "pipeline/word_tokenize/models/ws_crf_vlsp2013_20230727"
_CACHE_LIMIT = 50_000
"""Distinct tokens remembered; a corpus of 100,000 articles has more, so the cache starts anew instead of growing."""

_TIE = 1e-9
"""Two rows of unknown tokens can be worth exactly the same; underthesea then takes the one that joins the earlier tokens."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_Follow = dict[str, tuple[bytes, dict[str, bytes]]]
"""Token in lower case that comes next, to the row of the pair and, by the token after it, the rows of triples."""
_NOTHING: dict[str, Any] = {}
_Seen = tuple[bytes, str, bool, bool, _Follow]
"""What one token says of its own place, the next, the one before, the second next and the second before, as five numbers side by side in
memory (such rows are joined many at a time); in lower case; whether it begins with a capital letter (or has none); whether it is all lower
case; and what may follow it."""

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


def _total(rows: Iterable[Sequence[float] | None], size: int) -> list[float]:
    total = [0.0] * size
    for row in rows:
        if row is not None:
            total = [a + b for a, b in zip(total, row, strict=True)]
    return total


@dataclass(frozen=True, slots=True)
class _Runs:
    """The weights of pairs or triples of tokens with all that follows from their letters added up; rows as in `_Seen`."""

    small: dict[str, bytes]
    """Of runs all in lower case, as written."""
    cased: dict[str, bytes]
    """Of other runs as written."""
    opening: frozenset[str]
    """The first tokens of those."""
    lowered: dict[str, bytes]
    """What a run in other letters gets by its lower case, where ``small`` has something else."""
    unknown: bytes
    title: Floats
    """To be added, by whether all tokens begin with a capital letter."""

    @classmethod
    def of(cls, kinds: dict[str, dict[str, list[float]]], dictionary: frozenset[str], *, spaces: int, size: int) -> _Runs:
        known, title = (_by_flag(kinds.get(kind, {}), size) for kind in (".is_in_dict", ".istitle"))
        shared: dict[bytes, bytes] = {}

        def row(*parts: Sequence[float] | None) -> bytes:
            total = _packed(_total(parts, size))
            return shared.setdefault(total, total)

        lower = kinds.get(".lower", {})
        words = {word for word in dictionary if word.count(" ") == spaces}
        by_letters = {run: row(lower.get(run), known[run in words]) for run in lower.keys() | words}
        written = {run: row(weights, lower.get(run.lower()), known[run.lower() in words]) for run, weights in kinds[""].items()}
        small = {run: weights for run, weights in written.items() if run == run.lower()}
        cased = {run: weights for run, weights in written.items() if run not in small}
        unknown = row(known[False])
        return cls(
            by_letters | small,
            cased,
            frozenset(run.partition(" ")[0] for run in cased),
            {run: by_letters.get(run, unknown) for run in small},
            unknown,
            np.array(title),
        )

    def added_up(self, rows: Sequence[bytes], tokens: Sequence[str], small: Flags, titled: Flags) -> Floats:
        """runs x numbers. ``rows`` of the runs of ``tokens`` as if all were in lower case; of each run whether it is, and whether all begin
        with a capital."""
        found = list(rows)
        size = len(tokens) - len(rows) + 1
        for place in np.flatnonzero(~small).tolist():
            if tokens[place] in self.opening and (row := self.cased.get(" ".join(tokens[place : place + size]))) is not None:
                found[place] = row
            elif found[place] is not self.unknown:
                run = " ".join(tokens[place : place + size]).lower()
                found[place] = self.lowered.get(run, found[place])
        return _unpacked(found, self.title.shape[1]) + self.title[titled.view(np.int8)]


def _follow(pairs: _Runs, triples: _Runs) -> dict[str, _Follow]:
    thirds: dict[str, dict[str, bytes]] = {}
    for run, row in triples.small.items():
        pair, _, last = run.rpartition(" ")
        thirds.setdefault(pair, {})[last] = row
    seconds: dict[str, _Follow] = {}
    for pair in pairs.small.keys() | thirds.keys():
        first, _, last = pair.partition(" ")
        seconds.setdefault(first, {})[last] = pairs.small.get(pair, pairs.unknown), thirds.get(pair, _NOTHING)
    return seconds


def _packed(row: Sequence[float]) -> bytes:
    return struct.pack(f"{len(row)}d", *row)


def _unpacked(rows: Iterable[bytes], size: int) -> Floats:
    return np.frombuffer(b"".join(rows)).reshape(-1, size)


def _by_flag(rows: dict[str, list[float]], size: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(rows.get("False", [0.0] * size)), tuple(rows.get("True", [0.0] * size))


class Decoder:
    """Tokens in, one flag a token out: does it continue the word before it?"""

    def __init__(self, weights: Weights) -> None:
        self._single, self._dictionary = weights.single, weights.dictionary
        self._transitions = weights.transitions
        self._seen: dict[str, _Seen] = {}
        single = {name: _total((kind.get(name) for kind in weights.single.values()), 5) for name in ("BOS", "EOS")}
        pair = {name: _total((kind.get(name) for kind in weights.pair.values()), 4) for name in ("BOS", "EOS")}
        triple = {name: _total((kind.get(name) for kind in weights.triple.values()), 3) for name in ("BOS", "EOS")}
        # What a position gets from templates that reach over the edge of the text.
        self._first = single["BOS"][1] + single["BOS"][3] + pair["BOS"][0] + pair["BOS"][2] + triple["BOS"][0] + triple["BOS"][1]
        self._second = single["BOS"][3] + pair["BOS"][2] + triple["BOS"][1]
        self._last = single["EOS"][2] + single["EOS"][4] + pair["EOS"][1] + pair["EOS"][3] + triple["EOS"][0] + triple["EOS"][2]
        self._last_but_one = single["EOS"][4] + pair["EOS"][3] + triple["EOS"][2]
        self._pairs = _Runs.of(weights.pair, weights.dictionary, spaces=1, size=4)
        self._triples = _Runs.of(weights.triple, weights.dictionary, spaces=2, size=3)
        self._follow = _follow(self._pairs, self._triples)
        self._unknown = self._pairs.unknown, _NOTHING

    def _token(self, token: str) -> _Seen:
        lowered = token.lower()
        title = token[0].upper() == token[0]
        single = self._single
        rows = (
            single[""].get(token),
            single[".lower"].get(lowered),
            single[".isdigit"].get(str(token.isdecimal())),
            single[".istitle"].get(str(title)),
            single[".is_in_dict"].get(str(lowered in self._dictionary)),
        )
        entry = _packed(_total(rows, 5)), lowered, title, token == lowered, self._follow.get(lowered, _NOTHING)
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        self._seen[token] = entry
        return entry

    def continues(self, tokens: Sequence[str]) -> list[bool]:
        """One flag a token; the first is never a continuation for the caller to join."""
        return _viterbi(self._scores(tokens), self._transitions) if tokens else []

    def _scores(self, tokens: Sequence[str]) -> list[float]:
        """What speaks for a continuation at each token. A feature speaks about up to five places; at each, those of earlier tokens are
        added first."""
        seen = self._seen
        rows, lowered, titles, smalls, follow = zip(*[seen.get(token) or self._token(token) for token in tokens], strict=True)
        unknown, unknown_triple = self._unknown, self._triples.unknown
        seconds = [after.get(second, unknown) for after, second in zip(follow, lowered[1:], strict=False)]
        thirds = [after.get(third, unknown_triple) for (_, after), third in zip(seconds, lowered[2:], strict=False)]
        title, small = np.array(titles), np.array(smalls)
        pair_title, pair_small = title[:-1] & title[1:], small[:-1] & small[1:]
        pair = self._pairs.added_up([row for row, _ in seconds], tokens, pair_small, pair_title).T
        triple = self._triples.added_up(thirds, tokens, pair_small[:-1] & small[2:], pair_title[:-1] & title[2:]).T
        here, after, ahead, two_after, two_ahead = _unpacked(rows, 5).T
        scores = np.zeros(len(tokens))
        scores[2:] += two_after[:-2]
        scores[1:] += after[:-1]
        scores[2:] += pair[2][:-1]
        scores += here
        scores[2:] += triple[1]
        scores[1:] += pair[0]
        scores[:-1] += ahead[1:]
        scores[1:-1] += triple[0]
        scores[:-1] += pair[1]
        scores[:-2] += two_ahead[2:]
        scores[:-2] += triple[2]
        scores[:-2] += pair[3][1:]
        scores[0] += self._first
        scores[-1] += self._last
        if len(tokens) > 1:
            scores[1] += self._second
            scores[-2] += self._last_but_one
        result: list[float] = scores.tolist()
        return result


def _viterbi(scores: Sequence[float], transitions: tuple[tuple[float, float], tuple[float, float]]) -> list[bool]:
    """The best row of flags. Only how far one state is ahead of the other counts, which keeps the precision on very long texts."""
    (begin_begin, begin_inside), (inside_begin, inside_inside) = transitions
    ahead = scores[0]
    """Of the best way to a continuation against the best way to a beginning."""
    back: list[tuple[bool, bool]] = []
    least = begin_begin + _TIE
    for score in scores[1:]:
        begins_after, goes_on = ahead + inside_begin, ahead + inside_inside
        to_begin, to_inside = begins_after > least, goes_on > begin_inside
        ahead = score + (goes_on if to_inside else begin_inside) - (begins_after if to_begin else begin_begin)
        back.append((to_begin, to_inside))
    state = ahead > 0.0
    flags = [state]
    for to_begin, to_inside in reversed(back):
        state = to_inside if state else to_begin
        flags.append(state)
    flags.reverse()
    return flags
