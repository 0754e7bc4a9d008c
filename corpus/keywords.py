"""Words that set texts apart: those significant for a result against the whole corpus, and articles similar to one.

Words are the segmented words stored with documents; nothing is segmented here. Frequencies are numbers of documents, so that one
text that repeats a word a hundred times counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from corpus.analysis import Pattern, analyze, highlight
from corpus.document import Document
from corpus.index.base import Or, Phrase
from corpus.text import lower, normalize, unify_tones

MIN_DOCUMENTS = 3
"""A word of fewer documents of the result says nothing about it."""
LONGEST_WORD = 40
LIKE_WORDS = 12
"""Words that stand for an article when its like is looked for; each is one look-up in the index."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """In how many of ``documents`` documents each word stands."""

    documents: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    word: str
    here: int
    """Documents of the result that have it."""
    there: int
    """Documents of the reference that have it."""
    score: float
    """Log-likelihood ratio G² (Dunning 1993); above 10.83 chance is ruled out at p < 0.001."""
    ratio: float
    """How many times more frequent than in the reference, by share of documents, with half a document added to both."""


def vocabulary(documents: Iterable[Document]) -> Vocabulary:
    counts: Counter[str] = Counter()
    number = 0
    for document in documents:
        counts.update(set(words_of(document)))
        number += 1
    return Vocabulary(number, counts)


def words_of(document: Document) -> Iterator[str]:
    """Words of title and text in order, in lower case and one spelling; numbers and signs left out."""
    for text, spans in ((document.title, document.title_words), (document.text, document.words)):
        for start, end in spans or ((token.start, token.end) for token in analyze(text)):
            surface = text[start:end]
            if surface[0].isalpha() and len(surface) <= LONGEST_WORD and len(word := _form(surface)) > 1:
                yield word


@lru_cache(maxsize=100_000)
def _form(surface: str) -> str:
    return unify_tones(lower(normalize(surface)))


def significant_words(here: Vocabulary, reference: Vocabulary, *, asked: Iterable[Pattern] = (), limit: int = 30) -> list[Keyword]:
    """Words more frequent in the result than in the reference, the most significant first.

    Words that the query itself asks for (``asked``) are left out: they stand in every text of the result.
    """
    patterns = tuple(asked)
    found = []
    for word, count in here.counts.items():
        if count < MIN_DOCUMENTS:
            continue
        there = reference.counts.get(word, 0)
        ratio = ((count + 0.5) / (here.documents + 0.5)) / ((there + 0.5) / (reference.documents + 0.5))
        if ratio <= 1:
            continue
        score = log_likelihood(count, here.documents, there, reference.documents)
        found.append(Keyword(word=word, here=count, there=there, score=round(score, 2), ratio=round(ratio, 2)))
    found.sort(key=lambda keyword: (-keyword.score, keyword.word))
    result = []
    for keyword in found:
        if highlight(keyword.word, patterns) != [(0, len(keyword.word))]:
            result.append(keyword)
            if len(result) == limit:
                break
    return result


def log_likelihood(here: int, here_of: int, there: int, there_of: int) -> float:
    """G² of a two by two table: documents with and without the word, in the result and in the reference.

    >>> round(log_likelihood(30, 100, 30, 1000), 1), log_likelihood(10, 100, 100, 1000), log_likelihood(0, 0, 3, 10)
    (74.1, 0.0, 0.0)
    """
    if not here_of or not there_of:
        return 0.0
    share = (here + there) / (here_of + there_of)
    total = 0.0
    for seen, of in ((here, here_of), (there, there_of)):
        for observed, expected in ((seen, of * share), (of - seen, of * (1 - share))):
            if observed and expected:
                total += observed * log(observed / expected)
    return max(0.0, 2 * total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An article as a unit vector over its words, rare words counting more."""

    id: str
    weights: Mapping[str, float]

    def likeness(self, other: Profile) -> float:
        """Cosine, 0..1."""
        small, large = sorted((self.weights, other.weights), key=len)
        return min(1.0, sum(weight * large.get(word, 0.0) for word, weight in small.items()))

    def shared(self, other: Profile, limit: int = 6) -> tuple[str, ...]:
        """Words that the two have in common, those that weigh most first."""
        both = {word: weight * other.weights[word] for word, weight in self.weights.items() if word in other.weights}
        return tuple(sorted(both, key=lambda word: (-both[word], word))[:limit])


def profile(document: Document, reference: Vocabulary) -> Profile:
    counts = Counter(words_of(document))
    weights = {
        word: (1 + log(count)) * log((reference.documents + 1) / (reference.counts.get(word, 0) + 0.5)) for word, count in counts.items()
    }
    weights = {word: weight for word, weight in weights.items() if weight > 0}
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return Profile(id=document.id, weights={word: weight / length for word, weight in weights.items()})


def more_like(wanted: Profile, limit: int = LIKE_WORDS) -> Or | None:
    """A query for articles that share the words which set this one apart; None for a text without such words."""
    words = sorted(wanted.weights, key=lambda word: (-wanted.weights[word], word))[:limit]
    return Or(tuple(Phrase(word) for word in words)) if words else None
