"""Relevance of a document: poverty communication, poverty reduction without it, or neither.

``communication`` is poverty communication and the reduction of information poverty: Dự án 6, its predecessors and what they do, policy
dialogue with poor households, press contests on poverty, devices or telecom for poor households, commendation of households that left
poverty. Weighted cues (``data/relevance_cues.toml``) are added up over the document by place; menus, captions and teasers are silent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from corpus.document import Document, Relevance, RelevanceValue, Span
from corpus.errors import InvalidData
from corpus.tables import Entry, open_list
from nlp.cues import CueBook, Pattern, find
from nlp.model import SentenceModel
from nlp.opinions import predictions
from nlp.sections import Outline, Sentence, outline

VERSION = "2026.11"
RULES_METHOD = f"relevance-rules {VERSION}"
BOTH_METHOD = f"relevance-rules+model {VERSION}"
FILE = "relevance_cues.toml"

_COMMUNICATION = (1.6, 0.17, 3.0)
"""Sum of cues from which a document is poverty communication: for one sentence, more for each further one, at most. A sentence that
stands alone has less to say it with. Chosen on the annotated pages and our own short documents."""
_POVERTY = (0.9, 0.15, 2.0)
_LONG = 8
"""Sentences. A longer document touches on many subjects: unless title or lead say so, this share of its sentences must speak for it."""
_SHARE = 0.2
_HEAVY = 1.7
"""So many times the sum that is needed stands for the share, in up to `_LEAD_COUNTS` sentences."""
_LEAD_COUNTS = 20
"""Sentences up to which the lead speaks for the whole; reports of congresses and sessions open with lists."""
_MODEL_REACHES, _MODEL_SAYS = 1.1, 0.9
"""Where the cues miss their sum by no more than this, the model decides with this probability, found in one sentence of every
`_LONG`. The least sum is larger, so the model never speaks alone: on pages annotated independently it took reports of cows and
houses for communication when it could (macro-F1 0.82 against 0.88)."""
_MODEL_DOUBTS_UNTIL, _MODEL_DENIES = 0.5, 0.15
_MAX_EVIDENCE = 3
_SPEAKS = ("communication", "poverty", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    id: str
    speaks: str
    weight: float
    patterns: tuple[Pattern, ...]
    companions: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    limit: int
    needs_poverty: bool
    """Counts only where the document speaks of poverty at all."""
    example: str


@dataclass(frozen=True)
class RelevanceCues:
    book: CueBook
    cues: tuple[Cue, ...]
    places: dict[str, float]
    version: str

    @classmethod
    def load(cls, path: Path | None = None) -> RelevanceCues:
        """The bundled cues, or those at ``path``.

        Raises: InvalidData naming the file and the cue and field, or line, that is wrong.
        """
        top = open_list(path, package="nlp.data", name=FILE)
        version = top.string("version")
        book = CueBook.of(top)
        places_entry = Entry(top.take("places", {}), file=top.file, place="places")
        places = {name: places_entry.number(name) for name in top.take("places", {})}
        cues: list[Cue] = []
        for entry in top.entries("rule"):
            cue = Cue(
                id=entry.string("id"),
                speaks=entry.string("speaks"),
                weight=entry.number("weight"),
                patterns=book.patterns(entry.strings("patterns")),
                companions=book.patterns(entry.strings("with")),
                exclude=book.patterns(entry.strings("exclude")),
                limit=int(entry.number("limit", default=2)),
                needs_poverty=entry.flag("needs_poverty"),
                example=entry.string("example"),
            )
            entry.finish()
            if cue.speaks not in _SPEAKS:
                raise entry.wrong("speaks", f"must be one of {_SPEAKS}, is {cue.speaks!r}")
            if any(cue.id == other.id for other in cues):
                raise entry.wrong("id", f"{cue.id!r} stands twice")
            cues.append(cue)
        top.finish()
        if not cues:
            raise InvalidData("no [[rule]] in the file", file=top.file)
        return cls(book, tuple(cues), places, version)

    @cached_property
    def _first(self) -> tuple[frozenset[int], ...]:
        """The elements with which the patterns of each cue begin."""
        return tuple(frozenset(pattern.atoms[0] for pattern in cue.patterns) for cue in self.cues)

    def holding(self, text: str) -> Iterable[Cue]:
        """The cues that hold for one `nlp.sections.plain` sentence."""
        hits = self.book.scan(text)
        if not hits:
            return
        for cue, first in zip(self.cues, self._first, strict=True):
            if first.isdisjoint(hits) or not any(find(pattern, hits) for pattern in cue.patterns):
                continue
            if cue.companions and not any(find(pattern, hits) for pattern in cue.companions):
                continue
            if not any(find(pattern, hits) for pattern in cue.exclude):
                yield cue


@dataclass(frozen=True, slots=True)
class Tally:
    """What the cues add up to, with the sentences that carry each side, heaviest first."""

    communication: float
    poverty: float
    other: float
    sentences: int
    spread: frozenset[str]
    """Sides that title, lead or enough of the sentences speak for, so that they are more than a passing remark."""
    communication_spans: tuple[Span, ...]
    poverty_spans: tuple[Span, ...]


class RelevanceTagger:
    """Sets ``relevance``."""

    def __init__(self, model: SentenceModel | None = None, *, cues: RelevanceCues | None = None) -> None:
        self._cues = cues or RelevanceCues.load()
        self._model = model

    def __call__(self, document: Document) -> Document:
        found = outline(document)
        tally = self.tally(found)
        some_cue = tally.communication > 0 or tally.poverty > 0  # without one the model could change nothing
        return replace(document, relevance=self._relevance(tally, self._opinions(found) if some_cue else []))

    def tally(self, found: Outline) -> Tally:
        used: dict[str, int] = {}
        sums = dict.fromkeys(_SPEAKS, 0.0)
        ahead: set[str] = set()
        carried: dict[str, dict[Span, float]] = {name: {} for name in _SPEAKS}
        held = [(sentence, tuple(self._cues.holding(sentence.plain))) for sentence in _weighing(found)]
        poor = any(cue.speaks == "poverty" for _, cues in held for cue in cues)
        speaking: dict[str, set[Span]] = {name: set() for name in _SPEAKS}
        for sentence, cues in held:
            place = self._cues.places.get(sentence.zone, 0.0)
            for cue in cues:
                if cue.needs_poverty and not poor:
                    continue
                speaking[cue.speaks].add(sentence.span)
                if used.get(cue.id, 0) >= cue.limit:
                    continue
                used[cue.id] = used.get(cue.id, 0) + 1
                sums[cue.speaks] += cue.weight * place
                if sentence.zone == "title" or (sentence.zone == "lead" and len(held) <= _LEAD_COUNTS):
                    ahead.add(cue.speaks)
                spans = carried[cue.speaks]
                spans[sentence.span] = spans.get(sentence.span, 0.0) + cue.weight * place
        return Tally(
            sums["communication"],
            sums["poverty"],
            sums["other"],
            len(held),
            frozenset(name for name in _SPEAKS if name in ahead or _is_spread(len(speaking[name]), sums[name], len(held))),
            _heaviest(carried["communication"]),
            _heaviest(carried["poverty"]),
        )

    def _opinions(self, found: Outline) -> list[tuple[float, Span]]:
        """What the model gives for poverty communication, sentence by sentence, highest first."""
        if self._model is None:
            return []
        speaking = found.speaking
        rated = [
            (prediction.relevance.get("communication", 0.0), sentence.span)
            for prediction, sentence in zip(predictions(self._model, found), speaking, strict=True)
        ]
        return sorted(rated, key=lambda item: -item[0])

    def _relevance(self, tally: Tally, opinions: Sequence[tuple[float, Span]]) -> Relevance:
        value: RelevanceValue
        against = min(tally.other, 4.0)
        communication = tally.communication - 0.4 * against - _needed(_COMMUNICATION, tally.sentences)
        poverty = tally.poverty - 0.5 * against - _needed(_POVERTY, tally.sentences)
        relevant = communication >= 0 and "communication" in tally.spread
        spans = tally.communication_spans
        method = RULES_METHOD
        if opinions:
            enough = opinions[min(tally.sentences // _LONG, len(opinions) - 1)][0]
            if not relevant and communication >= -_MODEL_REACHES and enough >= _MODEL_SAYS:
                relevant, communication = True, 0.0
                spans = tuple(span for probability, span in opinions if probability >= _MODEL_SAYS)[:_MAX_EVIDENCE]
                method = BOTH_METHOD
            elif relevant and communication < _MODEL_DOUBTS_UNTIL and opinions[0][0] < _MODEL_DENIES:
                relevant = False
                method = BOTH_METHOD
            elif relevant == (opinions[0][0] >= 0.5):
                method = BOTH_METHOD
        if relevant:
            value, margin, evidence = "communication", communication, spans
        elif poverty >= 0 and "poverty" in tally.spread:
            value, margin, evidence = "poverty_other", poverty, tally.poverty_spans
        else:
            value, margin, evidence = "off_topic", max(-poverty, 0.0), ()
        return Relevance(value=value, evidence=evidence, score=_score(margin), method=method)


def _is_spread(speaking: int, total: float, sentences: int) -> bool:
    heavy = sentences <= _LEAD_COUNTS and total >= _HEAVY * _needed(_COMMUNICATION, sentences)
    return sentences <= _LONG or heavy or speaking >= _SHARE * sentences


def _needed(threshold: tuple[float, float, float], sentences: int) -> float:
    least, step, most = threshold
    return min(least + step * max(sentences - 1, 0), most)


def _weighing(found: Outline) -> Sequence[Sentence]:
    """Sentences that count; a text that repeats its title counts it once."""
    return [sentence for sentence in found.sentences if sentence.zone not in ("chrome", "basis")]


def _heaviest(weights: dict[Span, float]) -> tuple[Span, ...]:
    ranked = sorted(weights, key=lambda span: (-weights[span], span.field != "text", span.start))
    return tuple(ranked[:_MAX_EVIDENCE])


def _score(margin: float) -> float:
    return round(0.6 + 0.39 * (1.0 - math.exp(-max(margin, 0.0) / 3.0)), 3)
