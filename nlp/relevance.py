"""Relevance of a document: poverty communication, poverty reduction without it, or neither.

``communication`` is poverty communication and the reduction of information poverty: Dự án 6, its predecessors and what they do, policy
dialogue with poor households, press contests on poverty, devices or telecom for poor households, commendation of households that left
poverty. Weighted cues (``data/relevance_cues.toml``) are added up over the document by place; menus, captions and teasers are silent.
With a fitted model its judge (``nlp/judge.py``) decides from these sums and from what the model says; without one the sums decide alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Relevance, RelevanceValue, Span
from nlp.activity_rules import ActivityRules
from nlp.judge import VALUES, Tally, features
from nlp.model import Prediction, SentenceModel
from nlp.opinions import page_scores, predictions
from nlp.relevance_cues import SIDES, SIGNALS, RelevanceCues
from nlp.sections import Outline, Sentence, outline

VERSION = "2026.11"
RULES_METHOD = f"relevance-rules {VERSION}"
MODEL_METHOD = f"relevance-model {VERSION}"
BOTH_METHOD = f"relevance-rules+model {VERSION}"

_COMMUNICATION = (1.6, 0.17, 3.0)
"""Sum of cues from which a document is poverty communication: for one sentence, more for each further one, at most. A sentence that
stands alone has less to say it with. Chosen on the annotated pages and our own short documents."""
_POVERTY = (0.9, 0.15, 2.0)
_LONG = 8
"""Sentences. A longer document touches on many subjects: unless title or lead say so, this share of its sentences must speak for it."""
_SHARE = 0.2
_STATEMENT = 6
"""Words from which a sentence counts for the length: dates, names and numbers of articles stand on lines of their own."""
_HEAVY = 1.7
"""So many times the sum that is needed stands for the share, in up to `_LEAD_COUNTS` sentences."""
_LEAD_COUNTS = 20
"""Sentences up to which the lead speaks for the whole; reports of congresses and sessions open with lists."""
_SURE_OF_LONG = 0.9
"""Probability from which the judge speaks for a document of `_LONG` to `_LEAD_COUNTS` sentences that says it in passing only."""
_ANNOUNCES: dict[str, tuple[frozenset[str], ...]] = {
    "communication": (frozenset({"core"}), frozenset({"telling", "poverty"}), frozenset({"devices", "poverty"})),
    "poverty_other": (frozenset({"poverty"}),),
}
"""Signals that, all in title or first sentences, make it more than a passing remark."""
_NOTHING_SAID = 0.98
"""Score of off_topic where no cue and no signal stands in the document: the model is not asked."""
_ELSEWHERE = 0.8
"""Score of off_topic where the title names another subject: a press prize on the environment of which one work shows poor people."""
_MAX_EVIDENCE = 3
_SHOWS = 0.8
"""Probability from which a sentence shows a value where neither cue nor signal of it stands in the document."""
_CARRY = frozenset(
    {"access_point", "access_device", "broadcast", "digital", "dialogue", "outreach", "press", "publication", "radio_facility", "visual"}
)
_OF_PROJECT_SIX = _CARRY | {"training"}
_CARRIES = 0.5
"""Probability of the sentence model from which a sentence with a cue of one of these reports it."""
_CARRIED = 0.8
_PROJECT_SIX = re.compile(r"\bdự án 6\b(?![.,/]\d)")
_OTHER_PROJECT = re.compile(r"\b(?:bảo tồn|văn hóa truyền thống|truyền dạy|nghệ nhân|cồng chiêng|du lịch|y tế|dân số|ma túy|hiv)\b")
"""What the projects of that number of other programmes are about."""
_PROVES: dict[str, tuple[str, ...]] = {
    "communication": ("core", "leaving", "telling", "devices", "contest", "honour"),
    "poverty_other": ("poverty", "livelihood"),
}
"""Signals whose sentences show a value where no cue of that side holds, the clearest first."""


class RelevanceTagger:
    """Sets ``relevance``. With the rules of the activities a sentence that reports several outweighs a page on other sides of poverty."""

    def __init__(
        self, model: SentenceModel | None = None, *, cues: RelevanceCues | None = None, rules: ActivityRules | None = None
    ) -> None:
        self._cues = cues or RelevanceCues.load()
        self._model = model
        self._rules = rules

    def __call__(self, document: Document) -> Document:
        found = outline(document)
        tally = self.tally(found)
        relevance = _by_rules(tally)
        model = self._model
        if model is not None and model.judge is not None:
            speaks = tally.sums["communication"] > 0 or tally.sums["poverty"] > 0 or tally.signals["core"] or tally.signals["poverty"]
            if speaks:
                said = predictions(model, found)
                vector = document_features(tally, said, page_scores(model, found))
                relevance = _judged(tally, model.judge.probabilities(vector), relevance, _rated(found, said))
                if relevance.value != "off_topic" and self._is_elsewhere(found, tally):
                    relevance = Relevance(value="off_topic", evidence=(), score=_ELSEWHERE, method=RULES_METHOD)
                elif relevance.value != "communication" and (spans := self._carriers(found, said, tally, relevance.value)):
                    relevance = Relevance(value="communication", evidence=spans, score=_CARRIED, method=BOTH_METHOD)
            else:
                relevance = Relevance(value="off_topic", evidence=(), score=_NOTHING_SAID, method=RULES_METHOD)
        return replace(document, relevance=relevance)

    def _is_elsewhere(self, found: Outline, tally: Tally) -> bool:
        """Whether the title names another subject, and poverty is spoken of in one sentence of the text at most."""
        poverty = tally.signals["poverty"]
        if len(poverty) > 1 or tally.signals["core"] or any(span.field == "title" for span in poverty):
            return False
        titles = [sentence.plain for sentence in found.sentences if sentence.field == "title"]
        return any(cue.speaks == "other" for title in titles for cue in self._cues.read(title).cues)

    def _carriers(self, found: Outline, said: Sequence[Prediction], tally: Tally, value: RelevanceValue) -> tuple[Span, ...]:
        """Sentences that show a side of communication in a page on poverty or on Dự án 6, however short: two ways of carrying word to
        people in one sentence, or one in a sentence that names the project."""
        rules = self._rules
        core = frozenset(tally.signals["core"])
        if rules is None or tally.signals["neighbour"]:
            return ()
        if value == "off_topic" and (shown := _of_project_six(rules, found, said)):
            return shown
        if value == "off_topic" and "core" not in tally.ahead:
            return ()
        spans: list[Span] = []
        for sentence, opinion in zip(found.speaking, said, strict=True):
            needed = 1 if value == "poverty_other" and sentence.span in core else 2
            if _reported(rules, sentence, opinion, _CARRY, at_least=needed):
                spans.append(sentence.span)
        return tuple(spans[:_MAX_EVIDENCE])

    def tally(self, found: Outline) -> Tally:
        used: dict[str, int] = {}
        sums = dict.fromkeys(SIDES, 0.0)
        ahead: set[str] = set()
        carried: dict[str, dict[Span, float]] = {name: {} for name in SIDES}
        held = [(sentence, self._cues.read(sentence.plain)) for sentence in _weighing(found)]
        poor = any(cue.speaks == "poverty" for _, reading in held for cue in reading.cues)
        speaking: dict[str, set[Span]] = {name: set() for name in SIDES}
        signals: dict[str, list[Span]] = {name: [] for name in SIGNALS}
        signalled: set[str] = set()
        together = 0
        for sentence, reading in held:
            leads = sentence.zone == "title" or (sentence.zone == "lead" and len(held) <= _LEAD_COUNTS)
            if not (reading.signals or reading.cues):
                continue
            span = sentence.span
            for name in reading.signals:
                signals[name].append(span)
            together += "poverty" in reading.signals and not reading.signals.isdisjoint(("telling", "devices"))
            if sentence.zone in ("title", "lead"):
                signalled |= reading.signals
            place = self._cues.places.get(sentence.zone, 0.0)
            for cue in reading.cues:
                if cue.needs_poverty and not poor:
                    continue
                speaking[cue.speaks].add(span)
                if used.get(cue.id, 0) >= cue.limit:
                    continue
                used[cue.id] = used.get(cue.id, 0) + 1
                sums[cue.speaks] += cue.weight * place
                if leads:
                    ahead.add(cue.speaks)
                spans = carried[cue.speaks]
                spans[span] = spans.get(span, 0.0) + cue.weight * place
        return Tally(
            sums,
            len(held),
            sum(sentence.plain.count(" ") + 1 >= _STATEMENT for sentence, _ in held),
            frozenset(name for name in SIDES if name in ahead or _is_spread(len(speaking[name]), sums[name], len(held))),
            _heaviest(carried["communication"]),
            _heaviest(carried["poverty"]),
            {name: tuple(spans) for name, spans in signals.items()},
            frozenset(signalled),
            together,
        )


def _reported(
    rules: ActivityRules, sentence: Sentence, opinion: Prediction, activities: Iterable[str], *, at_least: int = 1
) -> frozenset[str]:
    """Of ``activities`` those that both a rule and the model find in the sentence; none where they are fewer than ``at_least``."""
    likely = {code for code in activities if opinion.activities.get(code, 0.0) >= _CARRIES}
    if len(likely) < at_least:  # the rules need not be asked
        return frozenset()
    found = likely.intersection(match.rule.activity for match in rules.read(sentence).matches)
    return frozenset(found) if len(found) >= at_least else frozenset()


def _of_project_six(rules: ActivityRules, found: Outline, said: Sequence[Prediction]) -> tuple[Span, ...]:
    """Where a page says that Dự án 6 pays, and which of its sentences report what that project does, if it is two things at least."""
    named = next((sentence.span for sentence in found.speaking if _PROJECT_SIX.search(sentence.plain)), None)
    if named is None:
        return ()
    if any(_OTHER_PROJECT.search(sentence.plain) for sentence in found.speaking):
        return ()
    shown: dict[str, Span] = {}
    for sentence, opinion in zip(found.speaking, said, strict=True):
        for code in _reported(rules, sentence, opinion, _OF_PROJECT_SIX):
            shown.setdefault(code, sentence.span)
    return tuple(dict.fromkeys((named, *shown.values())))[:_MAX_EVIDENCE] if len(shown) > 1 else ()


def document_features(tally: Tally, found: Iterable[Prediction], page: Mapping[str, float]) -> NDArray[np.float64]:
    """What the judge is asked with, for a document and for a training page alike."""
    return features(tally, [prediction.relevance for prediction in found], page)


def _by_rules(tally: Tally) -> Relevance:
    value: RelevanceValue
    against = min(tally.sums["other"], 4.0)
    communication = tally.sums["communication"] - 0.4 * against - _needed(_COMMUNICATION, tally.sentences)
    poverty = tally.sums["poverty"] - 0.5 * against - _needed(_POVERTY, tally.sentences)
    if communication >= 0 and "communication" in tally.spread:
        value, margin, evidence = "communication", communication, tally.communication_spans
    elif poverty >= 0 and "poverty" in tally.spread:
        value, margin, evidence = "poverty_other", poverty, tally.poverty_spans
    else:
        value, margin, evidence = "off_topic", max(-poverty, 0.0), ()
    return Relevance(value=value, evidence=evidence, score=_score(margin), method=RULES_METHOD)


def _rated(found: Outline, said: Sequence[Prediction]) -> dict[str, tuple[Span, ...]]:
    """The sentences that the model gives a value of relevance, surest first."""
    ranked = sorted(zip(found.speaking, said, strict=True), key=lambda pair: -max(pair[1].relevance.values()))
    return {name: tuple(s.span for s, opinion in ranked if opinion.relevance[name] >= _SHOWS)[:_MAX_EVIDENCE] for name in _PROVES}


def _judged(tally: Tally, probabilities: Sequence[float], by_rules: Relevance, rated: Mapping[str, tuple[Span, ...]]) -> Relevance:
    share = dict(zip(VALUES, probabilities, strict=True))
    allowed = [name for name in VALUES if _may_be(tally, name, share[name])]
    value = cast(RelevanceValue, max(allowed, key=lambda name: share[name]))
    score = share[value] / sum(share[name] for name in allowed)
    evidence = _evidence(tally, value) or rated.get(value, ())
    if not evidence and value != "off_topic":  # nothing in the text would show it
        value, score = "off_topic", share["off_topic"]
    method = BOTH_METHOD if value == by_rules.value else MODEL_METHOD
    return Relevance(value=value, evidence=evidence, score=round(max(score, 0.01), 3), method=method)


def _may_be(tally: Tally, value: str, probability: float) -> bool:
    """Whether a longer document says it more than in passing: the judge was fitted on short pages and adds up every remark."""
    side = {"communication": "communication", "poverty_other": "poverty"}.get(value)
    if side is None or tally.statements <= _LONG or side in tally.spread or any(ahead <= tally.ahead for ahead in _ANNOUNCES[value]):
        return True
    return tally.statements <= _LEAD_COUNTS and probability >= _SURE_OF_LONG


def _evidence(tally: Tally, value: RelevanceValue) -> tuple[Span, ...]:
    if value == "off_topic":
        return ()
    spans = tally.communication_spans if value == "communication" else tally.poverty_spans
    if spans:
        return spans
    shown = dict.fromkeys(span for name in _PROVES[value] for span in tally.signals[name])
    return tuple(shown)[:_MAX_EVIDENCE]


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
