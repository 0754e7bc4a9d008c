"""Which activities of poverty communication a document reports or plans, with sentence, modality and score.

Cue rules (``data/activity_cues.toml``), sentence model and page model speak; a judge (``nlp/activity_judge.py``) weighs what they say.
Without a fitted judge the rules decide alone. Activities are tagged only for documents on poverty communication: elsewhere the same
words mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.activities import Activities
from corpus.document import ActivityMention, Document, Modality, Span
from nlp.activity_judge import Observed
from nlp.activity_rules import ActivityRules
from nlp.examples import ACTIVITY_CODES, MERGED_ACTIVITIES
from nlp.modality import ModalityReader
from nlp.modality_judge import ModalityJudge, Told
from nlp.model import SentenceModel
from nlp.opinions import Said, page_scores, predictions_of
from nlp.sections import Outline, Sentence, outline

VERSION = "2026.11"
RULES_METHOD = f"activity-rules {VERSION}"
MODEL_METHOD = f"activity-model {VERSION}"
BOTH_METHOD = f"activity-rules+model {VERSION}"

_FROM = 0.4
"""Probability of the judge from which a tag is shown: of 0.3 to 0.5 no difference on pages that neither rules nor models had seen."""
_FIRE = 0.5
"""Sum of rule weights that a tag needs where no judge speaks."""
_SHOWS = 0.2
"""A sentence that the model gives less shows nothing; a tag needs a cue or such a sentence."""
_OF_THE_SAME_WORDS = frozenset({"broadcast"})
"""Not added by the model alone to a sentence in which the rules read that stations were built or repaired."""
_MODEL_SPEAKS = 0.3
"""A probability under this does not count as the model's word for a tag."""
_LISTED, _LISTED_WEIGHT = 4, 0.8
"""A sentence with cues of so many activities, each this strong, lists them: of each single one the model says little."""
_MODEL_MODALITY = 0.7
"""Where no marker says when and no judge is fitted, the model's word counts from this probability on."""
_PLANNED = 0.35
"""Probability of the judge from which an activity is planned, unless each cue says itself when: taken for done it would mislead more."""
_MIN_MODEL_WORDS = 6
"""Shorter sentences are headlines of menus and captions as often as statements."""
_REPORTS_NOTHING = re.compile(
    r"\?$|^[-+*• ]*(?:(?:cùng |tới |đến |tham |về )?dự\b[^.:]{0,40} (?:có|gồm)\b|thành phần|(?:đội nào|mỗi đội) (?:cũng|có|gồm)"
    r"|đơn vị (?:sản xuất|thực hiện)\b)"
    r"|^[^|]* \| [^|]*\Z"
)
"""Questions, lists of who came and menus: no model adds a tag for them."""
_CAPTION_WORDS = 14
"""A caption this long makes a statement of its own; it shows what there is, so it counts as general."""
_STATES = re.compile(r"\bđã\b|^(?:nhiều|hầu hết|tất cả|các|mọi|\d+) (?:\w+ ){1,6}(?:dùng|sử dụng|vận hành|duy trì|áp dụng)\b")
_OFFICIAL_WEIGHT = 0.98
"""The form of a document says it; the words of its title, which the model would be asked of, do not."""
_AWARDS = re.compile(r"\btặng (?:thưởng )?(?:bằng khen|giấy khen|cờ|danh hiệu|kỷ niệm chương|huân chương)\b")
"""A decision that opens so is an award, not a plan."""
_OPENING = 2
"""Sentences in which a document says what it is."""
_MAX_EVIDENCE = 3
_MODALITY_ORDER: tuple[Modality, ...] = ("done", "planned", "general")

_SCORES = ((0.92, 0.93), (0.80, 0.88), (0.0, 0.78))
"""Share of tags that are right by what the rules add up to, where no judge speaks: mean of annotated pages and own examples."""


@dataclass(frozen=True, slots=True)
class _Finding:
    activity: str
    span: Span
    weight: float
    modality: Modality
    assumed: bool = False
    """Nothing in the text says so."""


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What the model says of one sentence."""

    span: Span
    probabilities: Mapping[str, float]
    silent: frozenset[str]
    """Activities that it may not add here: all, unless the sentence is a statement of the article's own and no list of topics."""
    modality: Modality
    """Read only where the model finds an activity."""
    assumed: bool
    modalities: Mapping[str, float]
    """What the model says of it."""


@dataclass(frozen=True, slots=True)
class _Reading:
    findings: Sequence[_Finding]
    opinions: Sequence[_Opinion]
    """One a sentence; none without a model."""
    is_plan: bool
    is_official: bool

    def of(self, code: str) -> list[_Finding]:
        return [finding for finding in self.findings if finding.activity == code]


class ActivityTagger:
    """Sets ``activities``; none unless ``document.relevance`` is ``communication``."""

    def __init__(self, model: SentenceModel | None = None, *, rules: ActivityRules | None = None) -> None:
        self._rules = rules or ActivityRules.load()
        self._codes = Activities.load().codes
        self._model = model

    def __call__(self, document: Document) -> Document:
        if document.relevance is None or document.relevance.value != "communication":
            return replace(document, activities=())
        found = outline(document)
        reading = self._read(found, self._model)
        judge = None if self._model is None else self._model.activity_judge
        if self._model is None or judge is None:
            mentions = (_by_rules(code, reading) for code in self._codes)
        else:
            probable = judge.probabilities(observed(reading, page_scores(self._model, found)))
            when = self._model.modality_judge
            mentions = (_judged(code, reading, probable[code], when) for code in self._codes)
        return replace(document, activities=tuple(mention for mention in mentions if mention is not None))

    def observe(self, document: Document, model: Said, page: Mapping[str, float]) -> tuple[dict[str, Observed], dict[str, Told]]:
        """What the judges would be asked of ``document`` if it were one on poverty communication; for fitting them. Of modality for
        those activities alone that a sentence shows and that are not so in general."""
        reading = self._read(outline(document), model)
        showing = {code: _showing(code, reading) for code in ACTIVITY_CODES}
        told = {code: _told(shown, reading) for code, shown in showing.items() if shown.spans and _modality(shown.modalities) != "general"}
        return observed(reading, page), told

    def _read(self, found: Outline, model: Said | None) -> _Reading:
        reader = ModalityReader(found)
        findings: list[_Finding] = []
        if found.is_official and found.sentences and not _is_award(found):  # the document is itself the act of planning
            findings.append(_Finding("planning", found.sentences[0].span, _OFFICIAL_WEIGHT, "done"))
        told = [sentence for sentence in found.sentences if sentence.speaks or _tells(sentence)]
        predictions = predictions_of(model, found, told) if model else ()
        opinions: list[_Opinion] = []
        for position, sentence in enumerate(told):
            reader.enter(sentence)
            reading = self._rules.read(sentence)
            elsewhen: set[str] = set()
            """Whose words mean nothing in the time that the sentence speaks of."""
            for match in reading.matches:
                modality: Modality = match.rule.modality or reader.of(match.start, match.end)
                if match.rule.modality is None and reader.assumed and predictions:
                    modality = _likely(predictions[position].modality, otherwise=modality)
                if match.rule.modality == "done" and reader.says_future(match.start):
                    modality = "planned"
                if not match.rule.only or modality in match.rule.only:
                    assumed = match.rule.modality is None and reader.assumed
                    findings.append(_Finding(match.rule.activity, sentence.span, match.rule.weight, modality, assumed))
                else:
                    elsewhen.add(match.rule.activity)
            if predictions:
                states = sentence.plain.count(" ") + 1 >= _MIN_MODEL_WORDS and _REPORTS_NOTHING.search(sentence.plain) is None
                adds = sentence.zone in ("title", "lead", "body") and states
                silent = reading.silenced | elsewhen if adds and not reading.only_topics else frozenset(self._codes)
                if any(match.rule.activity == "radio_facility" for match in reading.matches):
                    silent |= _OF_THE_SAME_WORDS
                said = predictions[position].activities
                is_told = max(said.values(), default=0.0) >= _SHOWS
                when: Modality = reader.of(0, len(sentence.plain)) if is_told else "general"
                opinions.append(_Opinion(sentence.span, said, silent, when, reader.assumed, predictions[position].modality))
        return _Reading(findings, opinions, found.is_plan, found.is_official)


def _likely(probabilities: Mapping[str, float], *, otherwise: Modality) -> Modality:
    return next((name for name in _MODALITY_ORDER if probabilities.get(name, 0.0) >= _MODEL_MODALITY), otherwise)


def _tells(sentence: Sentence) -> bool:
    return sentence.zone == "caption" and sentence.plain.count(" ") >= _CAPTION_WORDS and _STATES.search(sentence.plain) is not None


def _is_award(found: Outline) -> bool:
    return any(_AWARDS.search(sentence.plain) for sentence in found.sentences[:_OPENING])


def _lists(findings: Sequence[_Finding]) -> frozenset[Span]:
    """Sentences that list activities."""
    strong: dict[Span, set[str]] = {}
    for finding in findings:
        if finding.weight >= _LISTED_WEIGHT:
            strong.setdefault(finding.span, set()).add(finding.activity)
    return frozenset(span for span, codes in strong.items() if len(codes) >= _LISTED)


def observed(reading: _Reading, page: Mapping[str, float]) -> dict[str, Observed]:
    """``page``: scores of the page model."""
    lists = _lists(reading.findings)
    result: dict[str, Observed] = {}
    for code in ACTIVITY_CODES:
        own = reading.of(code)
        shown = {finding.span for finding in own}
        result[code] = Observed(
            by_rules=_added_up(own),
            matches=len(own),
            is_listed=any(finding.span in lists for finding in own),
            probabilities=[
                opinion.probabilities.get(code, 0.0) for opinion in reading.opinions if code not in opinion.silent or opinion.span in shown
            ],
            page=page[MERGED_ACTIVITIES.get(code, code)],
        )
    return result


def _added_up(findings: Sequence[_Finding]) -> float:
    rest = 1.0
    for finding in findings:
        rest *= 1.0 - finding.weight
    return 1.0 - rest


def _by_rules(code: str, reading: _Reading) -> ActivityMention | None:
    """Where no judge speaks."""
    findings = reading.of(code)
    total = _added_up(findings)
    if total < _FIRE:
        return None
    return ActivityMention(
        code=code,
        evidence=_evidence(_strongest(findings)),
        score=next(score for least, score in _SCORES if total >= least),
        method=RULES_METHOD,
        modality=_modality(finding.modality for finding in findings),
    )


@dataclass(frozen=True, slots=True)
class _Showing:
    """What shows one activity in a page."""

    spans: Mapping[Span, float]
    """How clearly."""
    readings: Sequence[tuple[Modality, bool]]
    """Modality of each, and whether it was assumed."""
    by_rules: bool
    said: float
    """Highest probability of the sentence model."""

    @property
    def modalities(self) -> Iterable[Modality]:
        return (modality for modality, _ in self.readings)


def _showing(code: str, reading: _Reading) -> _Showing:
    findings = reading.of(code)
    shown = _strongest(findings)
    said = [opinion for opinion in reading.opinions if opinion.probabilities.get(code, 0.0) >= _SHOWS]
    for opinion in said:
        if code not in opinion.silent:
            shown[opinion.span] = max(shown.get(opinion.span, 0.0), opinion.probabilities[code])
    readings = [(finding.modality, finding.assumed) for finding in findings] or [
        (opinion.modality, opinion.assumed) for opinion in said if opinion.span in shown
    ]
    return _Showing(shown, readings, bool(findings), max((opinion.probabilities[code] for opinion in said), default=0.0))


def _told(showing: _Showing, reading: _Reading) -> Told:
    return Told(
        readings=showing.readings,
        sentences=[opinion.modalities for opinion in reading.opinions if opinion.span in showing.spans],
        is_plan=reading.is_plan,
        is_official=reading.is_official,
    )


def _judged(code: str, reading: _Reading, probability: float, when: ModalityJudge | None) -> ActivityMention | None:
    if probability < _FROM:
        return None
    showing = _showing(code, reading)
    if not showing.spans:
        return None
    modality = _modality(showing.modalities)
    is_said = len(set(showing.readings)) == 1 and not showing.readings[0][1]
    if when is not None and modality != "general" and not is_said:
        modality = "planned" if when.planned(code, _told(showing, reading)) >= _PLANNED else "done"
    return ActivityMention(
        code=code,
        evidence=_evidence(showing.spans),
        score=round(probability, 3),
        method=(BOTH_METHOD if showing.said >= _MODEL_SPEAKS else RULES_METHOD) if showing.by_rules else MODEL_METHOD,
        modality=modality,
    )


def _strongest(findings: Sequence[_Finding]) -> dict[Span, float]:
    found: dict[Span, float] = {}
    for finding in findings:
        found[finding.span] = max(found.get(finding.span, 0.0), finding.weight)
    return found


def _evidence(shown: Mapping[Span, float]) -> tuple[Span, ...]:
    """What shows it best; of equals the text before the title."""
    return tuple(sorted(shown, key=lambda span: (-shown[span], span.field != "text", span.start))[:_MAX_EVIDENCE])


def _modality(found: Iterable[Modality]) -> Modality:
    return min(found, key=_MODALITY_ORDER.index)
