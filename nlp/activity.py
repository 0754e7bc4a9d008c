"""Which activities of poverty communication a document reports or plans, with sentence, modality and score.

Cue rules (``data/activity_cues.toml``) speak first; a sentence model, where there is one, supports, adds or doubts. Activities are
tagged only for documents on poverty communication: elsewhere the same words mean something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.activities import Activities
from corpus.document import ActivityMention, Document, Modality, Span
from nlp.activity_rules import ActivityRules
from nlp.modality import ModalityReader
from nlp.model import Prediction, SentenceModel
from nlp.sections import Outline, Sentence, outline

VERSION = "2026.11"
RULES_METHOD = f"activity-rules {VERSION}"
MODEL_METHOD = f"activity-model {VERSION}"
BOTH_METHOD = f"activity-rules+model {VERSION}"

_FIRE = 0.5
"""A tag needs this much; abstain under it."""
_CAPTION_WORDS = 14
"""A caption this long makes a statement of its own; it shows what there is, so it counts as general."""
_STANDS_ALONE = 0.9
"""A rule this strong needs no support from the model."""
_MODEL_ADDS = 0.8
"""The model alone adds a tag from this probability on."""
_MODEL_DOUBTS = 0.1
_OFFICIAL_WEIGHT = 0.9
_MAX_EVIDENCE = 3
_MODALITY_ORDER: tuple[Modality, ...] = ("done", "planned", "general")


@dataclass(frozen=True, slots=True)
class _Finding:
    activity: str
    span: Span
    weight: float
    modality: Modality


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
        findings = self._findings(found)
        predictions = self._predictions(found)
        mentions = []
        for code in self._codes:
            mention = _mention(code, [finding for finding in findings if finding.activity == code], predictions)
            if mention is not None:
                mentions.append(mention)
        return replace(document, activities=tuple(mentions))

    def _findings(self, found: Outline) -> list[_Finding]:
        reader = ModalityReader(found)
        findings = []
        if found.is_official and found.sentences:  # the document is itself the act of planning
            findings.append(_Finding("planning", found.sentences[0].span, _OFFICIAL_WEIGHT, "done"))
        for sentence in found.sentences:
            if not (sentence.speaks or _tells(sentence)):
                continue
            reader.enter(sentence)
            for match in self._rules.matches(sentence):
                modality: Modality = match.rule.modality or reader.of(match.start, match.end)  # type: ignore[assignment]  # checked on load
                if match.rule.only and modality not in match.rule.only:
                    continue
                findings.append(_Finding(match.rule.activity, sentence.span, match.rule.weight, modality))
        return findings

    def _predictions(self, found: Outline) -> list[tuple[Sentence, Prediction]]:
        if self._model is None:
            return []
        speaking = found.speaking
        return list(zip(speaking, self._model.predict([sentence.plain for sentence in speaking]), strict=True))


def _tells(sentence: Sentence) -> bool:
    return sentence.zone == "caption" and sentence.plain.count(" ") >= _CAPTION_WORDS and " đã " in sentence.plain


def _mention(code: str, findings: Sequence[_Finding], predictions: Sequence[tuple[Sentence, Prediction]]) -> ActivityMention | None:
    rest = 1.0
    for finding in findings:
        rest *= 1.0 - finding.weight
    by_rules = 1.0 - rest
    best = max((prediction.activities.get(code, 0.0) for _, prediction in predictions), default=None)
    score, method = by_rules, RULES_METHOD
    if best is not None:
        if by_rules >= _FIRE:
            method = BOTH_METHOD
    if score < _FIRE:
        return None
    strongest = sorted(findings, key=lambda finding: (-finding.weight, finding.span.field != "text", finding.span.start))
    evidence = list(dict.fromkeys(finding.span for finding in strongest))[:_MAX_EVIDENCE]
    modality = min((finding.modality for finding in findings if finding.weight >= _FIRE or by_rules >= _FIRE), key=_MODALITY_ORDER.index)
    return ActivityMention(code=code, evidence=tuple(evidence), score=round(min(score, 0.99), 3), method=method, modality=modality)
