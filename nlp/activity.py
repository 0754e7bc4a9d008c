"""Which activities of poverty communication a document reports or plans, with sentence, modality and score.

Cue rules (``data/activity_cues.toml``) speak first; a sentence model, where there is one, supports, adds or doubts. Activities are
tagged only for documents on poverty communication: elsewhere the same words mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.activities import Activities
from corpus.document import ActivityMention, Document, Modality, Span
from nlp.activity_rules import ActivityRules
from nlp.modality import ModalityReader
from nlp.model import SentenceModel
from nlp.opinions import predictions_of
from nlp.sections import Outline, Sentence, outline

VERSION = "2026.11"
RULES_METHOD = f"activity-rules {VERSION}"
MODEL_METHOD = f"activity-model {VERSION}"
BOTH_METHOD = f"activity-rules+model {VERSION}"

_FIRE = 0.5
"""Sum of rule weights that a tag needs; abstain under it."""
_WEAK, _MODEL_SUPPORTS = 0.3, 0.4
"""Such a sum of the rules makes a tag where the model gives its sentence the second."""
_MODEL_ADDS, _MODEL_ADDS_RELIABLY = 0.65, 0.95
"""The model alone adds a tag from this probability on, one of `_CITED` from the second. Measured where it matters, on pages that
neither rules nor model had seen (batches 8 to 15 with the rules of the day before each was read): of 32 tags that it adds so between the
two, 22 were right, and 15 of 18 above. On pages whose mistakes the rules have been mended by it is wrong more often than right there,
since what it could add has become a rule."""
_CITED = frozenset({"planning", "access_point", "access_device"})
"""Plans that are only named and what a place has anyway: between the two bounds 4 of 13 were right."""
_MODEL_ADDS_WITH_CARE = 0.75
_OFTEN_HALF_SAID = frozenset({"dialogue", "event", "oversight", "press"})
"""From this probability on these: under it none of 9 were right on seven unseen batches (12 and 22 to 27)."""
_OF_THE_SAME_WORDS = frozenset({"broadcast"})
"""Not added by the model alone to a sentence in which the rules read that stations were built or repaired."""
_MODEL_ALONE, _MODEL_ALONE_RELIABLY = 0.6, 0.8
"""Scores of such tags: a little under the same measurement for the first, of which little is left on pages that were read."""
_MODEL_SPEAKS = 0.3
"""A probability under this does not count as the model's word for a tag."""
_SURE, _SURE_OF_MOUTH, _DENIES = 0.8, 0.92, 0.08
"""Under this sum of the rules a tag needs a model that does not deny it: on pages of ours that no rule was written on, 1 of 6 such tags
was right. The everyday words of talking, praising and loudspeakers need more: 2 of 12."""
_SURE_AT_ALL, _DENIES_AT_ALL = 0.98, 0.03
"""Any sum of the rules under the first needs a model that gives more than the second: on unseen pages 4 of 11 such tags were right."""
_LISTED, _LISTED_WEIGHT = 4, 0.8
"""A sentence with cues of so many activities, each this strong, lists them: of each single one the model says little, and denies none."""
_BY_MOUTH = frozenset({"outreach", "recognition"})
_DENIES_WHAT_IS_NAMED = 0.3
_NAMED_EVERYWHERE = frozenset({"broadcast", "press", "publication"})
"""Loudspeakers, papers and leaflets are named everywhere: on seven unseen batches none of 16 such tags were right where the sum was under
`_SURE_AT_ALL` and the model gave less than this."""
_MODEL_MODALITY = 0.7
"""Where no marker says when, the model's word counts from this probability on."""
_MIN_MODEL_WORDS = 6
"""Shorter sentences are headlines of menus and captions as often as statements."""
_REPORTS_NOTHING = re.compile(
    r"\?$|^[-+*• ]*(?:(?:cùng |tới |đến |tham |về )?dự\b[^.:]{0,40} (?:có|gồm)\b|thành phần|(?:đội nào|mỗi đội) (?:cũng|có|gồm)"
    r"|đơn vị (?:sản xuất|thực hiện)\b)"
    r"| \| "
)
"""Questions, lists of who came, menus and rows of tables: no model adds a tag for them."""
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

# Share of tags that are right by what the rules add up to (rows) and what the model says of the same sentences (columns: no model,
# under 0.05, under 0.3, under 0.7, above): mean of the annotated pages and of our own examples out of fold.
_SCORES: tuple[tuple[float, tuple[float, float, float, float, float]], ...] = (
    (0.92, (0.93, 0.80, 0.87, 0.92, 0.97)),
    (0.80, (0.88, 0.65, 0.82, 0.88, 0.95)),
    (0.00, (0.78, 0.60, 0.75, 0.84, 0.93)),
)
_COLUMNS = (0.05, 0.3, 0.7)


@dataclass(frozen=True, slots=True)
class _Finding:
    activity: str
    span: Span
    weight: float
    modality: Modality


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What the model says of one sentence."""

    span: Span
    probabilities: Mapping[str, float]
    silent: frozenset[str]
    """Activities that it may not add here: all, unless the sentence is a statement of the article's own and no list of topics."""
    modality: Modality
    """Read only where the model is sure enough to add a tag."""
    loud: bool
    """It is so for one activity at least."""


class ActivityTagger:
    """Sets ``activities``; none unless ``document.relevance`` is ``communication``."""

    def __init__(self, model: SentenceModel | None = None, *, rules: ActivityRules | None = None) -> None:
        self._rules = rules or ActivityRules.load()
        self._codes = Activities.load().codes
        self._model = model

    def __call__(self, document: Document) -> Document:
        if document.relevance is None or document.relevance.value != "communication":
            return replace(document, activities=())
        findings, opinions = self._read(outline(document))
        lists = _lists(findings)
        by_span = {opinion.span: opinion for opinion in opinions}
        loud = [opinion for opinion in opinions if opinion.loud]
        mentions = (
            _mention(code, [finding for finding in findings if finding.activity == code], by_span, loud, lists) for code in self._codes
        )
        return replace(document, activities=tuple(mention for mention in mentions if mention is not None))

    def _read(self, found: Outline) -> tuple[list[_Finding], list[_Opinion]]:
        reader = ModalityReader(found)
        findings: list[_Finding] = []
        if found.is_official and found.sentences and not _is_award(found):  # the document is itself the act of planning
            findings.append(_Finding("planning", found.sentences[0].span, _OFFICIAL_WEIGHT, "done"))
        told = [sentence for sentence in found.sentences if sentence.speaks or _tells(sentence)]
        predictions = predictions_of(self._model, found, told) if self._model else ()
        opinions: list[_Opinion] = []
        for position, sentence in enumerate(told):
            reader.enter(sentence)
            reading = self._rules.read(sentence)
            for match in reading.matches:
                modality: Modality = match.rule.modality or reader.of(match.start, match.end)
                if match.rule.modality is None and reader.assumed and predictions:
                    modality = _likely(predictions[position].modality, otherwise=modality)
                if match.rule.modality == "done" and reader.says_future(match.start):
                    modality = "planned"
                if not match.rule.only or modality in match.rule.only:
                    findings.append(_Finding(match.rule.activity, sentence.span, match.rule.weight, modality))
            if predictions:
                states = sentence.plain.count(" ") + 1 >= _MIN_MODEL_WORDS and _REPORTS_NOTHING.search(sentence.plain) is None
                adds = sentence.zone in ("title", "lead", "body") and states
                silent = reading.silenced if adds and not reading.only_topics else frozenset(self._codes)
                if any(match.rule.activity == "radio_facility" for match in reading.matches):
                    silent |= _OF_THE_SAME_WORDS
                said = predictions[position].activities
                if sentence.zone == "title":
                    silent |= {code for code, probability in said.items() if probability < _MODEL_ADDS_RELIABLY}
                loud = max(said.values(), default=0.0) >= _MODEL_ADDS and any(
                    probability >= _bound(code) for code, probability in said.items()
                )
                opinions.append(_Opinion(sentence.span, said, silent, reader.of(0, len(sentence.plain)) if loud else "general", loud))
        return findings, opinions


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


def _mention(
    code: str, findings: Sequence[_Finding], opinions: Mapping[Span, _Opinion], loud: Sequence[_Opinion], lists: frozenset[Span]
) -> ActivityMention | None:
    rest = 1.0
    for finding in findings:
        rest *= 1.0 - finding.weight
    by_rules = 1.0 - rest
    ranked = sorted(findings, key=lambda finding: (-finding.weight, finding.span.field != "text", finding.span.start))
    spans = dict.fromkeys(finding.span for finding in ranked)
    probability = max((opinions[span].probabilities.get(code, 0.0) for span in spans if span in opinions), default=None)
    is_listed = by_rules >= _LISTED_WEIGHT and not lists.isdisjoint(spans)
    supported = by_rules >= _WEAK and probability is not None and probability >= _MODEL_SUPPORTS
    if (by_rules >= _FIRE or supported) and (is_listed or not _is_doubted(code, by_rules, probability)):
        method = BOTH_METHOD if probability is not None and probability >= _MODEL_SPEAKS else RULES_METHOD
        return ActivityMention(
            code=code,
            evidence=tuple(spans)[:_MAX_EVIDENCE],
            score=_score(by_rules, probability),
            method=method,
            modality=min((finding.modality for finding in findings), key=_MODALITY_ORDER.index),
        )
    adding = [opinion for opinion in loud if code not in opinion.silent and opinion.probabilities.get(code, 0.0) >= _bound(code)]
    if not adding:
        return None
    adding.sort(key=lambda opinion: (-opinion.probabilities[code], opinion.span.field != "text", opinion.span.start))
    return ActivityMention(
        code=code,
        evidence=tuple(opinion.span for opinion in adding[:_MAX_EVIDENCE]),
        score=_MODEL_ALONE_RELIABLY if adding[0].probabilities[code] >= _MODEL_ADDS_RELIABLY else _MODEL_ALONE,
        method=MODEL_METHOD,
        modality=min((opinion.modality for opinion in adding), key=_MODALITY_ORDER.index),
    )


def _bound(code: str) -> float:
    if code in _CITED:
        return _MODEL_ADDS_RELIABLY
    return _MODEL_ADDS_WITH_CARE if code in _OFTEN_HALF_SAID else _MODEL_ADDS


def _is_doubted(code: str, by_rules: float, probability: float | None) -> bool:
    """Whether the model denies that any sentence with a cue reports ``code``. ``probability``: the highest that it gives one of them."""
    if probability is None or by_rules >= _SURE_AT_ALL:
        return False
    if code in _NAMED_EVERYWHERE:
        return probability < _DENIES_WHAT_IS_NAMED
    return probability < (_DENIES if by_rules < (_SURE_OF_MOUTH if code in _BY_MOUTH else _SURE) else _DENIES_AT_ALL)


def _score(by_rules: float, probability: float | None) -> float:
    row = next(scores for least, scores in _SCORES if by_rules >= least)
    if probability is None:
        return row[0]
    return row[1 + sum(probability >= bound for bound in _COLUMNS)]
