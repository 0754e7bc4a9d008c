"""Stories, not copies: near-copies and reports of the same event are grouped, with the reason and the score of every pair.

A copy shares most of its runs of four words with another text, and where the texts are short, its numbers too: the same words with other
numbers are the next event of a series, not a copy. Two reports of one event share what only that event has: its place, its days, its
sums and numbers, its names, the words of its title. A place counts once, as place; activities and sums that differ count
against. Both rules read the word spans stored with the document and segment nothing. The first publisher leads the story; the
others stay visible under it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rensa import RMinHash, RMinHashLSH

from corpus.document import Document
from corpus.text import fold

METHOD = "stories 2026.11"

SHINGLE_WORDS = 4
PERMUTATIONS = 128
BANDS = 32
"""32 bands of 4 rows find 94 % of the copies with 30 % of the words edited (``docs/performance.md``); the true Jaccard decides."""
COPY_JACCARD = 0.5
COPY_CONTAINMENT = 0.8
"""An excerpt is a copy when four fifths of its runs stand in the longer text."""
MIN_SHINGLES = 20
"""Shorter texts are copies only when they agree wholly: a stub of two sentences shares its phrases with many."""
SHORT_SHINGLES = 200
"""Up to this length other numbers make another text. A long text is written once, whatever was corrected in it."""
EVENT_THRESHOLD = 0.5
EVENT_DAYS = 5
"""Reports of one event appear within a working week of each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What grouping needs of one document; a few kilobytes, so that 100,000 fit in memory."""

    id: str
    portal: str
    published: date | None
    order: tuple[str, str]
    """Sorts by publication, then first seen: the smallest of a story is its first publisher."""
    title: frozenset[str]
    shingles: frozenset[int]
    provinces: frozenset[str]
    places: frozenset[str]
    """Districts and communes the text is about."""
    amounts: frozenset[int]
    facts: frozenset[str]
    """Names and numbers of the text, places left out: what two reports of one event share and other texts do not."""
    numbers: frozenset[str]
    """Figures and small number words; hours and the day of publication left out."""
    activities: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    first: str
    second: str
    kind: Literal["copy", "same_event"]
    score: float
    """Jaccard (or containment) of a copy; 0..1 of an event."""
    reasons: tuple[str, ...]
    """``shingles 0.83``, ``title 0.61``, ``amount 146400000``, ``place v1-503``: what the decision rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    first: str
    """Id of the document that was published first; also names the story."""
    members: tuple[str, ...]
    """In order of publication, ``first`` included."""
    pairs: tuple[Pair, ...]


def sketch(document: Document) -> Sketch:
    text = document.text
    words = [fold(text[start:end]) for start, end in document.words]
    words = [word for word in words if word[:1].isalnum()]
    about = [mention.code for mention in document.localities if mention.role == "about" and mention.code]
    seen = document.provenance.first_seen or document.provenance.fetched_at
    published = document.published.isoformat() if document.published else "9999"
    return Sketch(
        id=document.id,
        portal=document.provenance.portal,
        published=document.published,
        order=(published, seen.isoformat()),
        title=_title_words(document),
        shingles=frozenset(_shingles(words)),
        provinces=frozenset(code for code in about if len(code) == 5),
        places=frozenset(code for code in about if len(code) > 5),
        amounts=frozenset(b.vnd for b in document.budgets if b.vnd and b.per_unit is None and b.role != "cap"),
        facts=frozenset(_facts(document)),
        numbers=frozenset(_numbers(document)),
        activities=frozenset(mention.code for mention in document.activities),
    )


_COMMON = frozenset(
    fold(word)
    for word in (
        "và của cho về các những trong tại trên từ với là được có đã đang sẽ này đó khi để một hai ba năm ngày tháng giảm nghèo bền vững"
        " thông tin truyền thông công tác tổ chức thực hiện triển khai hộ nghèo tỉnh huyện xã địa bàn"
        " người dân chương trình mục tiêu quốc gia"
    ).split()
)
"""Words that stand in nearly every text of this field and tell no event from another."""


def _title_words(document: Document) -> frozenset[str]:
    title = document.title
    spans = document.title_words or tuple(_plain_words(title))
    words = (fold(title[start:end]) for start, end in spans)
    return frozenset(part for word in words if word[:1].isalnum() for part in word.split() if part not in _COMMON)


def _plain_words(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for word in text.split():
        start = text.index(word, start)
        yield start, start + len(word)
        start += len(word)


def _shingles(words: Sequence[str]) -> Iterator[int]:
    if len(words) < SHINGLE_WORDS and words:
        yield _hash(" ".join(words))
    for i in range(len(words) - SHINGLE_WORDS + 1):
        yield _hash(" ".join(words[i : i + SHINGLE_WORDS]))


def _hash(text: str) -> int:
    """64 bits, the same in every process (Python's own hash of strings is not)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _facts(document: Document) -> Iterator[str]:
    text = document.text
    places = _place_spans(document)
    previous_end = 0
    at = 0
    for start, end in document.words:
        word = text[start:end]
        begins_sentence = (
            start == 0 or any(mark in text[previous_end:start] for mark in "\n") or text[max(0, previous_end - 1) : previous_end] in ".!?:…"
        )
        while at < len(places) and places[at][1] <= start:
            at += 1
        of_place = at < len(places) and places[at][0] < end
        if not of_place and ((word[0].isdigit() and len(word) > 1) or (word[0].isupper() and not begins_sentence)):
            folded = fold(word)
            if folded not in _COMMON:
                yield folded
        previous_end = end


def _place_spans(document: Document) -> list[tuple[int, int]]:
    """Stretches of the text that name places, sorted and without overlaps."""
    spans = sorted({(span.start, span.end) for place in document.localities for span in place.evidence if span.field == "text"})
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


_NUMBER = re.compile(r"\d+(?:[.,/-]\d+)*(?P<hour>\s?(?::|h|giờ)\s?\d*)?|(?<!\w)(?:hai|ba|bốn|sáu|bảy|tám|chín|mười)(?!\w)")


def _numbers(document: Document) -> Iterator[str]:
    day = document.published
    own = set() if day is None else {f"{day.day}/{day.month}", f"{day.day}/{day.month}/{day.year}"}
    for found in _NUMBER.finditer(document.text):
        if found["hour"] is None:
            number = re.sub(r"(?<!\d)0+(?=\d)", "", found[0])
            if number not in own:
                yield number


def compare(a: Sketch, b: Sketch) -> Pair | None:
    """The strongest relation of two documents, or None. Symmetric: the earlier one is always ``first``."""
    first, second = sorted((a, b), key=lambda s: (s.order, s.id))
    copy = _copy(first, second)
    if copy is None:
        return _same_event(first, second)
    return None if _of_a_series(first, second) else copy


def _of_a_series(a: Sketch, b: Sketch) -> bool:
    """Whether short texts in the same words tell of two events: each has numbers that the other lacks.

    A copy leaves out or adds; one number changed on the day itself is a correction.
    """
    if min(len(a.shingles), len(b.shingles)) > SHORT_SHINGLES:
        return False
    changed = min(len(a.numbers - b.numbers), len(b.numbers - a.numbers))
    return changed > 1 or (changed == 1 and a.published != b.published)


def _copy(a: Sketch, b: Sketch) -> Pair | None:
    small, large = sorted((len(a.shingles), len(b.shingles)))
    if not small:
        return None
    shared = len(a.shingles & b.shingles)
    jaccard = shared / (small + large - shared)
    containment = shared / small
    if small < MIN_SHINGLES:
        return _pair(a, b, "copy", jaccard, [f"shingles {jaccard:.2f}"]) if jaccard >= 0.9 and _overlap(a.title, b.title) >= 0.5 else None
    if jaccard >= COPY_JACCARD:
        return _pair(a, b, "copy", jaccard, [f"shingles {jaccard:.2f}"])
    if containment >= COPY_CONTAINMENT:
        return _pair(a, b, "copy", containment, [f"contained {containment:.2f}"])
    return None


def _pair(a: Sketch, b: Sketch, kind: Literal["copy", "same_event"], score: float, reasons: Sequence[str]) -> Pair:
    return Pair(first=a.id, second=b.id, kind=kind, score=round(score, 3), reasons=tuple(reasons))


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _same_event(a: Sketch, b: Sketch) -> Pair | None:
    if a.published is None or b.published is None:
        return None  # without days an event cannot be told from its repetition next year
    days = abs((a.published - b.published).days)
    if days > EVENT_DAYS:
        return None
    if a.provinces and b.provinces and not a.provinces & b.provinces:
        return None
    if a.places and b.places and not a.places & b.places:
        return None
    title, facts = _overlap(a.title, b.title), _overlap(a.facts, b.facts)
    amounts, places = a.amounts & b.amounts, a.places & b.places
    reasons = [f"title {title:.2f}", f"facts {facts:.2f}", f"days {days}"]
    score = 0.75 * title + 1.3 * facts - 0.03 * days
    if amounts:
        score += 0.2
        reasons.append(f"amount {max(amounts)}")
    elif a.amounts and b.amounts:
        score -= 0.2
    if places:
        score += 0.15
        reasons.append(f"place {min(places)}")
    elif a.provinces & b.provinces:
        score += 0.05
        reasons.append(f"province {min(a.provinces & b.provinces)}")
    if a.activities and b.activities and not a.activities & b.activities:
        score -= 0.25
    return _pair(a, b, "same_event", min(score, 1.0), reasons) if score >= EVENT_THRESHOLD else None


def find_pairs(sketches: Iterable[Sketch]) -> tuple[Pair, ...]:
    """Every related pair, each once, sorted. Candidates come from bands of MinHash and from places and days, never from all pairs."""
    known = list(sketches)
    candidates = _copy_candidates(known) | _event_candidates(known)
    pairs = (compare(known[i], known[j]) for i, j in candidates)
    return tuple(sorted((pair for pair in pairs if pair), key=lambda p: (p.first, p.second)))


def _copy_candidates(known: Sequence[Sketch]) -> set[tuple[int, int]]:
    lsh = RMinHashLSH(threshold=COPY_JACCARD, num_perm=PERMUTATIONS, num_bands=BANDS)
    found: set[tuple[int, int]] = set()
    by_title: dict[frozenset[str], int] = {}
    for i, item in enumerate(known):
        if item.title in by_title:  # an excerpt has few runs in common with its long original, but keeps the title
            found.add((by_title[item.title], i))
        by_title[item.title] = i
        if not item.shingles:
            continue
        minhash = RMinHash(num_perm=PERMUTATIONS, seed=42)
        minhash.update([f"{shingle:x}" for shingle in item.shingles])
        found.update((j, i) for j in lsh.query(minhash))
        lsh.insert(i, minhash)
    return found


def _event_candidates(known: Sequence[Sketch]) -> set[tuple[int, int]]:
    """Pairs of the same place (or of no place) within `EVENT_DAYS`, by a sweep over each place's documents in order of days."""
    by_place: dict[str, list[int]] = defaultdict(list)
    for i, item in enumerate(known):
        if item.published is not None:
            for place in item.provinces or {""}:
                by_place[place].append(i)
    found: set[tuple[int, int]] = set()
    for members in by_place.values():
        members.sort(key=lambda i: (known[i].published or date.min, i))
        for position, i in enumerate(members):
            for j in members[position + 1 :]:
                if ((known[j].published or date.max) - (known[i].published or date.min)).days > EVENT_DAYS:
                    break
                a, b = known[i], known[j]
                if a.title & b.title or a.amounts & b.amounts or len(a.facts & b.facts) > 2:
                    found.add((min(i, j), max(i, j)))
    return found


def group_stories(documents: Iterable[Document]) -> tuple[Story, ...]:
    """Every document in exactly one story, alone if nothing relates to it; stories by their first publication."""
    sketches = {item.id: item for item in map(sketch, documents)}
    pairs = find_pairs(sketches.values())
    parent = {key: key for key in sketches}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for pair in pairs:
        parent[root(pair.second)] = root(pair.first)
    members: dict[str, list[str]] = defaultdict(list)
    for key in sketches:
        members[root(key)].append(key)
    by_root: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_root[root(pair.first)].append(pair)
    stories = []
    for key, ids in members.items():
        ordered = sorted(ids, key=lambda i: (sketches[i].order, i))
        stories.append(Story(first=ordered[0], members=tuple(ordered), pairs=tuple(by_root[key])))
    return tuple(sorted(stories, key=lambda story: (sketches[story.first].order, story.first)))
