"""Answers about words: matches in context, words significant for a result, articles similar to one. All bounded in cost."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Literal, get_args

from fastapi import HTTPException
from pydantic import BaseModel

from corpus.document import Document
from corpus.index.base import MAX_LIMIT, Query
from corpus.index.describe import describe
from corpus.index.plan import patterns
from corpus.keywords import Profile, Vocabulary, more_like, profile, significant_words, vocabulary
from corpus.kwic import Line, Position, arranged, concordance, matches_of, word_at
from corpus.store import ReadText
from search_api.answers import Catalogue, Named
from search_api.params import InvalidParameter, Search

KWIC_DOCUMENTS = 200
"""Documents whose lines are ordered at once; a longer result is told as such and comes whole as an export."""
WORDS_DOCUMENTS = 500
"""First documents of the result, in its order, that significant words are counted in."""
REFERENCE_DOCUMENTS = 2000
"""Documents that stand for the corpus. Ids are hashes, so the first ones in the order of ids are a fair sample."""
SIMILAR_CANDIDATES = 40
MIN_LIKENESS = 0.1

_PLACES: tuple[Position, ...] = get_args(Position)
POSITIONS: dict[str, Position] = {"khop" if place == "match" else place: place for place in _PLACES}
"""Values of ``vi-tri``."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How lines are ordered; ``position`` None keeps the order of the result."""

    position: Position | None = None
    by_frequency: bool = False


def arrangement(values: dict[str, str]) -> Arrangement:
    """Raises: InvalidParameter."""
    position = values.get("vi-tri", "")
    if position and position not in POSITIONS:
        raise InvalidParameter("vi-tri", f"Giá trị phải là {', '.join(POSITIONS)}.")
    frequency = values.get("tan-suat", "")
    if frequency not in ("", "0", "1"):
        raise InvalidParameter("tan-suat", "Giá trị phải là 0 hoặc 1.")
    if frequency == "1" and not position:
        position = "khop"
    return Arrangement(POSITIONS[position] if position else None, by_frequency=frequency == "1")


class KwicLine(BaseModel):
    id: str
    title: str
    source: Named
    published: date | None
    field: Literal["title", "text"]
    start: int
    """``[start, end)``: offsets of the match in that field, in code points."""
    end: int
    left: str
    match: str
    right: str
    word: str
    """The word that the line is ordered by; empty where there is none."""


class KwicAnswer(BaseModel):
    understood: str
    total: int
    """Matching documents."""
    read: int
    """Documents that the lines come from: the first of the result in its order."""
    lines: int
    """Lines in those documents."""
    complete: bool
    """Whether every matching document was read."""
    position: str | None
    by_frequency: bool
    page: int
    size: int
    rows: list[KwicLine]


class WordAnswer(BaseModel):
    word: str
    here: int
    there: int
    score: float
    """Log-likelihood ratio G²; above 10.83 chance is ruled out at p < 0.001."""
    ratio: float
    """How many times more frequent than in the corpus."""


class WordsAnswer(BaseModel):
    understood: str
    total: int
    read: int
    """Documents of the result that were counted, the first in its order."""
    reference: int
    """Documents that stand for the corpus."""
    words: list[WordAnswer]


class SimilarArticle(BaseModel):
    id: str
    title: str
    source: Named
    published: date | None
    likeness: float
    """Cosine of the words, 0 to 1; rare words count more."""
    shared: list[str]
    """Words in common that weigh most."""


class SimilarAnswer(BaseModel):
    id: str
    similar: list[SimilarArticle]


class WordDesk:
    """Answers over one catalogue; keeps the word statistics of the corpus between questions."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._mutex = threading.Lock()
        self._reference: tuple[int, Vocabulary] | None = None

    def kwic(self, search: Search, order: Arrangement) -> KwicAnswer:
        """Raises: InvalidQuery, IndexUnavailable, StoreUnavailable."""
        query = search.query(self.catalogue.names)
        looked_for = patterns(query.where)
        total, ids = self._first(query, KWIC_DOCUMENTS if looked_for else 0)
        documents = {document.id: document for document in self.catalogue.store.texts_of(ids)}
        matches = [match for key in ids if key in documents for match in matches_of(documents[key], looked_for)]
        start = (search.page - 1) * search.size
        if order.position is None:
            lines = [match.line() for match in matches[start : start + search.size]]
        else:
            lines = arranged(matches, order.position, start, start + search.size, by_frequency=order.by_frequency)
        return KwicAnswer(
            understood=describe(query.where, self.catalogue.names),
            total=total,
            read=len(ids),
            lines=len(matches),
            complete=len(ids) == total,
            position=order.position,
            by_frequency=order.by_frequency,
            page=search.page,
            size=search.size,
            rows=[self.row(documents[line.id], line, order) for line in lines],
        )

    def row(self, document: ReadText | Document, line: Line, order: Arrangement) -> KwicLine:
        return KwicLine(
            id=line.id,
            title=document.title,
            source=self.catalogue.named("source", document.provenance.portal),
            published=document.published,
            field=line.field,
            start=line.start,
            end=line.end,
            left=line.left,
            match=line.match,
            right=line.right,
            word=word_at(line, order.position or "match"),
        )

    def words(self, search: Search) -> WordsAnswer:
        query = search.query(self.catalogue.names)
        total, ids = self._first(query, WORDS_DOCUMENTS)
        here = vocabulary(self.catalogue.store.iter_documents(ids=ids))
        reference = self.reference()
        found = significant_words(here, reference, asked=patterns(query.where))
        return WordsAnswer(
            understood=describe(query.where, self.catalogue.names),
            total=total,
            read=here.documents,
            reference=reference.documents,
            words=[WordAnswer(word=k.word, here=k.here, there=k.there, score=k.score, ratio=k.ratio) for k in found],
        )

    def similar(self, id: str, *, limit: int = 10) -> SimilarAnswer:
        """Of the articles that share the rarest words, those whose words are most alike. Raises: HTTPException(404)."""
        document = self.catalogue.store.get_document(id)
        if document is None:
            raise HTTPException(404)
        reference = self.reference()
        wanted = profile(document, reference)
        where = more_like(wanted)
        if where is None:
            return SimilarAnswer(id=id, similar=[])
        hits = self.catalogue.index.search(Query(where=where, limit=SIMILAR_CANDIDATES)).hits
        others = self.catalogue.store.iter_documents(ids=[hit.id for hit in hits if hit.id != id])
        found = [(wanted.likeness(other), other, document) for document in others for other in [profile(document, reference)]]
        found = sorted((row for row in found if row[0] >= MIN_LIKENESS), key=lambda row: (-row[0], row[1].id))[:limit]
        return SimilarAnswer(id=id, similar=[self._similar(wanted, *row) for row in found])

    def _similar(self, wanted: Profile, likeness: float, other: Profile, document: Document) -> SimilarArticle:
        return SimilarArticle(
            id=document.id,
            title=document.title,
            source=self.catalogue.named("source", document.provenance.portal),
            published=document.published,
            likeness=round(likeness, 3),
            shared=list(wanted.shared(other)),
        )

    def reference(self) -> Vocabulary:
        """Word statistics of the corpus, counted again once it has grown or shrunk by a tenth."""
        number = self.catalogue.store.count_documents()
        with self._mutex:
            if self._reference is None or abs(number - self._reference[0]) > self._reference[0] // 10:
                sample = islice(self.catalogue.store.iter_documents(), REFERENCE_DOCUMENTS)
                self._reference = (number, vocabulary(sample))
            return self._reference[1]

    def _first(self, query: Query, limit: int) -> tuple[int, list[str]]:
        """The total, and the first ids of the result in its order."""
        ids: list[str] = []
        total = -1
        while True:
            size = min(MAX_LIMIT, limit - len(ids))
            results = self.catalogue.index.search(replace(query, limit=size, offset=len(ids), after=None, facets=()))
            total = results.total if total < 0 else total
            ids += [hit.id for hit in results.hits]
            if len(results.hits) < size or len(ids) >= limit:
                return total, list(dict.fromkeys(ids))


def all_lines(desk: WordDesk, search: Search, documents: Iterable[Document]) -> Iterator[KwicLine]:
    """The lines of any number of documents as they come, for exports."""
    looked_for = patterns(search.query(desk.catalogue.names).where)
    for document in documents:
        for line in concordance((document,), looked_for):
            yield desk.row(document, line, Arrangement())
