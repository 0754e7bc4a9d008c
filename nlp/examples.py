"""The training examples: their form, how they are read, and how near-copies and leaks among them are found.

The shipped examples stand in ``nlp/data/examples/*.jsonl``, one object a line: ``text``; ``activities``, a list of ``code:modality``;
``relevance``; ``kind``. They were written for this project. Two conventions differ from the labels of a whole page:

- ``activities`` says what the sentence itself reports, whether or not poverty is named in it. Most sentences of a relevant page do not
  name it; relevance is decided for the page and gates its activities.
- ``relevance`` says what the sentence shows on its own: a sentence on loudspeakers that names no poverty is ``off_topic``.

Fitting a model is not done here (see ``nlp/train.py``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from corpus.document import Modality, RelevanceValue
from corpus.errors import InvalidData
from corpus.text import lower, normalize, unify_tones

ACTIVITY_CODES = (
    "training",
    "press",
    "broadcast",
    "radio_facility",
    "publication",
    "visual",
    "digital",
    "event",
    "dialogue",
    "outreach",
    "access_point",
    "access_device",
    "recognition",
    "planning",
    "oversight",
)
MERGED_ACTIVITIES = {"access_point": "access", "access_device": "access", "dialogue": "dialogue", "outreach": "dialogue"}
"""Annotated pages do not split these pairs; the other activities stand for themselves, 13 labels in all."""
RELEVANCE_VALUES: tuple[str, ...] = get_args(RelevanceValue)
MODALITIES: tuple[str, ...] = get_args(Modality)
KINDS = ("sentence", "passage")

_SYLLABLE = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    text: str
    """NFC; a sentence, or a passage of a few."""
    activities: tuple[tuple[str, str], ...] = ()
    """(code, modality), in the order of `ACTIVITY_CODES`, each code once."""
    relevance: str
    kind: str = "sentence"

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _ in self.activities)

    @property
    def modality(self) -> str | None:
        """The one modality of all its activities; None where there is none or they differ."""
        found = {modality for _, modality in self.activities}
        return found.pop() if len(found) == 1 else None

    def to_json(self) -> str:
        activities = [f"{code}:{modality}" for code, modality in self.activities]
        row = {"text": self.text, "activities": activities, "relevance": self.relevance, "kind": self.kind}
        return json.dumps(row, ensure_ascii=False)


def example_from(row: Mapping[str, Any], *, file: str, line: int) -> Example:
    """Raises: InvalidData naming file, line and field."""

    def wrong(message: str) -> InvalidData:
        return InvalidData(message, file=file, line=line)

    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise wrong("field 'text' must be a non-empty string")
    relevance = row.get("relevance")
    if relevance not in RELEVANCE_VALUES:
        raise wrong(f"field 'relevance' is {relevance!r}, must be one of {', '.join(RELEVANCE_VALUES)}")
    kind = row.get("kind", "sentence")
    if kind not in KINDS:
        raise wrong(f"field 'kind' is {kind!r}, must be one of {', '.join(KINDS)}")
    entries = row.get("activities", [])
    if not isinstance(entries, list):
        raise wrong("field 'activities' must be a list")
    activities: dict[str, str] = {}
    for entry in entries:
        code, _, modality = str(entry).partition(":")
        modality = modality or "done"
        if code not in ACTIVITY_CODES or modality not in MODALITIES:
            raise wrong(f"activity {entry!r} is not code:modality")
        if code in activities:
            raise wrong(f"activity {code!r} stands twice")
        activities[code] = modality
    ordered = tuple((code, activities[code]) for code in ACTIVITY_CODES if code in activities)
    return Example(text=normalize(text), activities=ordered, relevance=str(relevance), kind=str(kind))


def read_examples(lines: Iterable[str], *, file: str) -> Iterator[Example]:
    """Examples of JSON lines in order; blank lines are skipped. Raises: InvalidData."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InvalidData(f"not JSON: {error}", file=file, line=number) from error
        if not isinstance(row, dict):
            raise InvalidData("a line must be one JSON object", file=file, line=number)
        yield example_from(row, file=file, line=number)


def load_examples(*paths: Path) -> tuple[Example, ...]:
    """The examples of the files given, or the shipped ones without arguments, in the order of files and lines."""
    found: list[Example] = []
    if paths:
        for path in paths:
            with path.open(encoding="utf-8") as lines:
                found += read_examples(lines, file=str(path))
        return tuple(found)
    folder = resources.files("nlp").joinpath("data", "examples")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".jsonl"):
            found += read_examples(entry.read_text(encoding="utf-8").splitlines(), file=entry.name)
    return tuple(found)


def hash_examples(examples: Iterable[Example]) -> str:
    """SHA-256 over the examples in order; equal for equal training data."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(example.to_json().encode())
        digest.update(b"\n")
    return digest.hexdigest()


def syllables(text: str) -> list[str]:
    """Lower-case syllables with one tone placement and every number as ``0``, so that copies with other figures are still copies.

    >>> syllables("Năm 2024, xã Hoà Sơn")
    ['năm', '0', 'xã', 'hòa', 'sơn']
    """
    return [_NUMBER.sub("0", token) for token in _SYLLABLE.findall(lower(unify_tones(normalize(text))))]


def shingles(text: str, size: int = 3) -> frozenset[str]:
    """Overlapping runs of ``size`` syllables; a shorter text is one shingle."""
    found = syllables(text)
    if len(found) <= size:
        return frozenset([" ".join(found)]) if found else frozenset()
    return frozenset(" ".join(found[i : i + size]) for i in range(len(found) - size + 1))


def near_duplicates(texts: Sequence[str], *, threshold: float) -> list[tuple[int, int, float]]:
    """Every pair of positions whose 3-syllable shingles have a Jaccard similarity of ``threshold`` or more, in order.

    Exact, by an inverted index with the prefix filter: two sets that similar share one of their ``(1 - threshold) |set| + 1`` rarest
    shingles, so only those are compared.
    """
    sets = [shingles(text) for text in texts]
    counts: dict[str, int] = defaultdict(int)
    for one in sets:
        for shingle in one:
            counts[shingle] += 1
    holders: dict[str, list[int]] = defaultdict(list)
    pairs: list[tuple[int, int, float]] = []
    for position, one in enumerate(sets):
        rarest = sorted(one, key=lambda shingle: (counts[shingle], shingle))
        prefix = rarest[: len(one) - int(threshold * len(one) - 1e-9)]
        candidates = sorted({other for shingle in prefix for other in holders[shingle]})
        for other in candidates:
            common = len(one & sets[other])
            similarity = common / (len(one) + len(sets[other]) - common)
            if similarity >= threshold:
                pairs.append((other, position, similarity))
        for shingle in prefix:
            holders[shingle].append(position)
    return sorted(pairs)


def near_groups(texts: Sequence[str], *, threshold: float = 0.3) -> list[int]:
    """A group number for each text; texts linked by near-duplicates share one, so that no fold of a validation sees a copy."""
    parent = list(range(len(texts)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for first, second, _ in near_duplicates(texts, threshold=threshold):
        parent[root(second)] = root(first)
    return [root(item) for item in range(len(texts))]


def leaks(texts: Sequence[str], foreign: Iterable[str], *, length: int = 9) -> list[tuple[int, str]]:
    """(position, run) for the texts that share a run of ``length`` syllables with a ``foreign`` text, with the first such run.

    Numbers are left out and an official name counts as one syllable: everybody has to write those in the same words.
    """
    known: set[str] = set()
    for text in foreign:
        known.update(_runs(text, length))
    found = []
    for position, text in enumerate(texts):
        run = next((run for run in _runs(text, length) if run in known), None)
        if run is not None:
            found.append((position, run))
    return found


_NAMES = re.compile(
    "|".join(
        sorted(
            (
                "chương trình mục tiêu quốc gia giảm nghèo bền vững",
                "chương trình mtqg giảm nghèo bền vững",
                "truyền thông và giảm nghèo về thông tin",
                "truyền thông về giảm nghèo đa chiều",
                "giảm nghèo về thông tin",
                "cả nước chung tay vì người nghèo",
                "vì người nghèo không để ai bị bỏ lại phía sau",
                "thông tin và truyền thông",
                "lao động thương binh và xã hội",
                "văn hóa thể thao và du lịch",
                "trung tâm văn hóa thể thao và truyền thông",
                "ủy ban mặt trận tổ quốc việt nam",
                "ứng dụng công nghệ thông tin viễn thông",
                "cụm thông tin điện tử công cộng",
                "cung cấp dịch vụ thông tin công cộng",
                "cổng thông tin điện tử",
                "xây dựng nông thôn mới",
                "vùng đồng bào dân tộc thiểu số và miền núi",
            ),
            key=len,
            reverse=True,
        )
    )
)


def _runs(text: str, length: int) -> list[str]:
    plain = " ".join(syllable for syllable in syllables(text) if syllable != "0")
    found = _NAMES.sub("§", plain).split()
    return [" ".join(found[i : i + length]) for i in range(len(found) - length + 1)]
