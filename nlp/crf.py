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
from typing import Any, TypeVar

import numpy as np

CHECKED_VERSION = "9.5.0"
_MODEL = "pipeline/word_tokenize/models/ws_crf_vlsp2013_20230727"
_CACHE_LIMIT = 50_000
"""Distinct tokens remembered; a corpus of 100,000 articles has more, so the cache starts anew instead of growing."""

_TIE = 1e-9
"""Two rows of unknown tokens can be worth exactly the same; underthesea then takes the one that joins the earlier tokens."""

Four = tuple[float, float, float, float]
Three = tuple[float, float, float]
_Seen = tuple[float, float, float, float, float, str, bool, bool]
"""What one token says of its own place, the next, the one before, the second next and the second before; in lower case; whether it begins
with a capital letter (or has none), and whether it is all lower case."""
_Row = TypeVar("_Row")
_Runs = tuple[dict[str, _Row], dict[str, _Row], _Row, tuple[_Row, _Row]]
"""Of pairs or triples as written, in lower case, of any other one; and by whether all tokens begin with a capital letter."""

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


def _runs(kinds: dict[str, dict[str, list[float]]], dictionary: frozenset[str], *, spaces: int, size: int) -> Any:
    """The weights of pairs or triples of tokens with all that follows from their letters added up."""
    known, title = (_by_flag(kinds.get(kind, {}), size) for kind in (".is_in_dict", ".istitle"))
    shared: dict[tuple[float, ...], tuple[float, ...]] = {}

    def row(*parts: Sequence[float] | None) -> tuple[float, ...]:
        total = tuple(_total(parts, size))
        return shared.setdefault(total, total)

    lower = kinds.get(".lower", {})
    words = {word for word in dictionary if word.count(" ") == spaces}
    lowered = {run: row(lower.get(run), known[run in words]) for run in lower.keys() | words}
    cased = {run: row(weights, lower.get(run.lower()), known[run.lower() in words]) for run, weights in kinds[""].items()}
    return cased, lowered, known[False], title


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
        self._pairs: _Runs[Four] = _runs(weights.pair, weights.dictionary, spaces=1, size=4)
        self._triples: _Runs[Three] = _runs(weights.triple, weights.dictionary, spaces=2, size=3)

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
        here, after, ahead, two_after, two_ahead = _total(rows, 5)
        entry = here, after, ahead, two_after, two_ahead, lowered, title, token == lowered
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        self._seen[token] = entry
        return entry

    def continues(self, tokens: Sequence[str]) -> list[bool]:
        """One flag a token; the first is never a continuation for the caller to join."""
        return _viterbi(self._scores(tokens), self._transitions) if tokens else []

    def _scores(self, tokens: Sequence[str]) -> list[float]:
        """What speaks for a continuation at each token. A feature speaks about up to five places, so that many sums are open at a time."""
        seen = self._seen
        pairs, lower_pairs, unknown_pair, pair_title = self._pairs
        triples, lower_triples, unknown_triple, triple_title = self._triples
        scores: list[float] = []
        two_before = one_before = at = one_on = 0.0
        pair = before_lower = previous = previous_lower = ""
        pair_titled = previous_titled = pair_small = previous_small = False
        for place, token in enumerate(tokens):
            here, after, ahead, two_after, two_ahead, lowered, title, small = seen.get(token) or self._token(token)
            two_before += two_ahead
            one_before += ahead
            at += here
            one_on += after
            if place:
                both = previous_small and small
                titled = previous_titled and title
                if place > 1:
                    run = f"{pair} {token}"
                    row3 = triples.get(run)
                    if row3 is None:
                        run = run if pair_small and small else f"{before_lower} {previous_lower} {lowered}"
                        row3 = lower_triples.get(run, unknown_triple)
                    title3 = triple_title[pair_titled and title]
                    one_before += row3[0] + title3[0]
                    at += row3[1] + title3[1]
                    two_before += row3[2] + title3[2]
                pair = f"{previous} {token}"
                row4 = pairs.get(pair)
                if row4 is None:
                    row4 = lower_pairs.get(pair if both else f"{previous_lower} {lowered}", unknown_pair)
                title4 = pair_title[titled]
                at += row4[0] + title4[0]
                one_before += row4[1] + title4[1]
                one_on += row4[2] + title4[2]
                two_before += row4[3] + title4[3]
                pair_titled, pair_small = titled, both
            scores.append(two_before)
            two_before, one_before, at, one_on = one_before, at, one_on, two_after
            before_lower, previous, previous_lower = previous_lower, token, lowered
            previous_titled, previous_small = title, small
        result = [*scores, two_before, one_before][2:]  # the first two spoke about places before the text
        result[0] += self._first
        result[-1] += self._last
        if len(tokens) > 1:
            result[1] += self._second
            result[-2] += self._last_but_one
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
