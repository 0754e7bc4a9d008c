"""Tags by their kind: which field of a document holds them and what a decision on one calls it."""

from __future__ import annotations

from typing import Any, Literal, get_args

from corpus.document import ActivityMention, Budget, Document, LocalityMention, ProgrammeMention, Relevance

TagKind = Literal["relevance", "programme", "locality", "activity", "budget"]
TAG_KINDS: tuple[TagKind, ...] = get_args(TagKind)

Tag = ProgrammeMention | LocalityMention | ActivityMention | Budget
REVIEW_METHOD = "review"
"""Method of every tag that a person accepted or corrected."""

FIELD_OF: dict[TagKind, str] = {
    "relevance": "relevance",
    "programme": "programmes",
    "locality": "localities",
    "activity": "activities",
    "budget": "budgets",
}
TAG_TYPES: dict[TagKind, type[Any]] = {
    "relevance": Relevance,
    "programme": ProgrammeMention,
    "locality": LocalityMention,
    "activity": ActivityMention,
    "budget": Budget,
}


def tag_code(tag: Tag | Relevance) -> str:
    """What a decision calls the tag: its code; the candidates of an open place; amount and place of a sum, ``5500000000@text:214``."""
    if isinstance(tag, Relevance):
        return tag.value
    if isinstance(tag, Budget):
        return f"{tag.vnd if tag.vnd is not None else tag.usd}@{tag.evidence[0].field}:{tag.evidence[0].start}"
    return tag.code if tag.code is not None else "|".join(tag.candidates)


def tags_of(document: Document, kind: TagKind) -> tuple[Any, ...]:
    """The document's tags of the kind, in its order; boilerplate places are nobody's claim and left out."""
    found = getattr(document, FIELD_OF[kind])
    if kind == "relevance":
        return () if found is None else (found,)
    if kind == "locality":
        return tuple(place for place in found if place.role != "boilerplate")
    return tuple(found)
