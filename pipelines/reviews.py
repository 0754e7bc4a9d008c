"""Human decisions on a document's tags, applied after the last tagger: what a person decided outlives every model.

They are also training data: `examples_of` gives the sentences that somebody decided on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from corpus.document import (
    ActivityMention,
    Budget,
    DateMention,
    Document,
    LocalityMention,
    OfficialRecord,
    ProgrammeMention,
    Quantity,
    Relevance,
    Span,
    from_plain,
    to_plain,
)
from corpus.errors import InvalidData
from corpus.store import Review
from corpus.store.review_checks import is_sound
from corpus.tags import FIELD_OF, REVIEW_METHOD, TAG_TYPES, find_tags, tag_code
from nlp.examples import ACTIVITY_CODES, Example

Tag = TypeVar("Tag", ProgrammeMention, LocalityMention, ActivityMention, Budget, Quantity, DateMention)


def apply_reviews(document: Document, reviews: Sequence[Review]) -> Document:
    """The document with the last decision on each tag carried out, in the order they were taken; applying it again changes nothing.

    A rejected tag goes. An accepted one gets score 1. A corrected one takes the fields of ``value``. A tag that the taggers no longer
    give is restored from ``value`` where that holds the whole tag and its evidence still lies inside the text. A page corrected to
    another relevance than communication shows no activities but those decided on since. Decisions that name a code or a field that
    does not exist count for nothing.
    """
    latest: dict[tuple[str, str], Review] = {}
    for review in sorted(reviews, key=lambda review: review.decided_at):
        # A tag is decided on under its present name, whichever name an earlier release gave it.
        found = find_tags(document, review.kind, review.code)
        code = tag_code(document, found[0]) if found else review.code
        latest.pop((review.kind, code), None)
        if is_sound(review):
            latest[review.kind, code] = review
    last_on_relevance = next((review for review in reversed(latest.values()) if review.kind == "relevance"), None)
    for (kind, code), review in latest.items():
        if kind == "relevance":
            document = replace(document, relevance=_relevance(document.relevance, review))
            if review is last_on_relevance and review.decision == "correct" and _leaves_communication(document):
                document = replace(document, activities=())
        elif kind == "official":
            document = _official(document, review)
        elif kind == "budget":
            document = replace(document, budgets=_budgets(document, code, review))
        else:
            document = _with_tags(document, code, review)
    return document


def _leaves_communication(document: Document) -> bool:
    return document.relevance is not None and document.relevance.value != "communication"


def _with_tags(document: Document, code: str, review: Review) -> Document:
    name = FIELD_OF[review.kind]
    changed: dict[str, Any] = {name: _tags(document, getattr(document, name), TAG_TYPES[review.kind], code, review)}
    return replace(document, **changed)


def examples_of(document: Document, reviews: Sequence[Review]) -> list[Example]:
    """The sentences whose activities a person decided on, with the activities that they then have, for ``nlp/train.py``.

    A rejected tag makes its sentence an example without it. ``document`` is as the taggers left it or as reviewed, either will do.
    """
    decided = {review.code for review in reviews if review.kind == "activity"}
    decided |= {str(review.value["code"]) for review in reviews if review.kind == "activity" and review.value and "code" in review.value}
    reviewed = apply_reviews(document, reviews)
    labels: dict[Span, dict[str, str]] = {}
    for mention in (*document.activities, *reviewed.activities):
        if mention.code in decided:
            labels.update({span: {} for span in mention.evidence if span not in labels})
    for mention in reviewed.activities:
        for span in mention.evidence:
            if span in labels:
                labels[span][mention.code] = mention.modality
    value = reviewed.relevance.value if reviewed.relevance else "off_topic"
    found = []
    for span, codes in sorted(labels.items()):
        text = " ".join(document.quote(span).split())
        activities = tuple((code, codes[code]) for code in ACTIVITY_CODES if code in codes)
        # As in the shipped examples: what the sentence shows by itself, and one that names no poverty shows none.
        found.append(Example(text=text, activities=activities, relevance=value if "nghèo" in text.lower() else "off_topic"))
    return found


def _official(document: Document, review: Review) -> Document:
    record = document.official
    if review.decision == "reject":
        return replace(document, official=None, kind="news") if record is not None and record.kind == review.code else document
    changes = {name: value for name, value in _changes(review).items() if name != "score"}
    if record is None:
        try:
            restored: OfficialRecord = from_plain(changes, OfficialRecord)
        except InvalidData:
            return document
        return replace(document, official=restored, kind="official")
    changed: OfficialRecord = from_plain({**to_plain(record), **changes}, OfficialRecord)
    return replace(document, official=changed, kind="official")


def _relevance(given: Relevance | None, review: Review) -> Relevance | None:
    if review.decision == "reject":
        return None if given is not None and given.value == review.code else given
    value = review.code if review.decision == "accept" else (review.value or {}).get("value")
    evidence = to_plain(given.evidence) if given else []
    result: Relevance = from_plain({"value": value, "evidence": evidence, "score": 1.0, "method": REVIEW_METHOD}, Relevance)
    return result


def _tags(document: Document, tags: tuple[Tag, ...], kind: type[Tag], code: str, review: Review) -> tuple[Tag, ...]:
    found = find_tags(document, review.kind, code)
    if review.decision == "reject":
        return tuple(tag for tag in tags if tag not in found)
    changes = _changes(review)
    result: list[Tag] = [_changed(tag, kind, changes) if tag in found else tag for tag in tags]
    if not found:
        restored = _restored(document, kind, changes)
        if restored is not None and restored not in result:
            result.append(restored)
    return tuple(result)


def _budgets(document: Document, code: str, review: Review) -> tuple[Budget, ...]:
    kept = _tags(document, document.budgets, Budget, code, review)
    if review.decision != "reject" or len(kept) == len(document.budgets):
        return kept
    # Records point to each other by position.
    position = {id(budget): number for number, budget in enumerate(kept)}
    moved = {number: position[id(budget)] for number, budget in enumerate(document.budgets) if id(budget) in position}
    return tuple(_repositioned(budget, moved) for budget in kept)


def _repositioned(budget: Budget, moved: dict[int, int]) -> Budget:
    lost = any(part not in moved for part in budget.parts)
    return replace(
        budget,
        parts=() if lost else tuple(moved[part] for part in budget.parts),
        parts_agree=None if lost else budget.parts_agree,
        duplicate_of=None if budget.duplicate_of is None else moved.get(budget.duplicate_of),
    )


def _changes(review: Review) -> dict[str, Any]:
    return {**(review.value or {}), "score": 1.0, "method": REVIEW_METHOD}


def _changed(tag: Tag, kind: type[Tag], changes: dict[str, Any]) -> Tag:
    plain = {**to_plain(tag), **changes}
    if plain.get("code") and plain.get("candidates"):
        plain["candidates"] = []  # the person settled what was open
    changed: Tag = from_plain(plain, kind)
    return changed


def _restored(document: Document, kind: type[Tag], changes: dict[str, Any]) -> Tag | None:
    try:
        tag: Tag = from_plain(changes, kind)
    except InvalidData:
        return None  # the decision names a tag without describing it: there is nothing to restore
    lengths = {"title": len(document.title), "text": len(document.text)}
    if any(span.end > lengths[span.field] for span in tag.evidence):
        return None  # decided on another version of the text
    return tag
