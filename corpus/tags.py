"""Tags by their kind: which field of a document holds them and what a decision on one calls it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, get_args

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
)

TagKind = Literal["relevance", "programme", "locality", "activity", "budget", "quantity", "date", "official"]
TAG_KINDS: tuple[TagKind, ...] = get_args(TagKind)

Tag = ProgrammeMention | LocalityMention | ActivityMention | Budget | Quantity | DateMention
REVIEW_METHOD = "review"
"""Method of every tag that a person accepted or corrected."""

FIELD_OF: dict[TagKind, str] = {
    "relevance": "relevance",
    "programme": "programmes",
    "locality": "localities",
    "activity": "activities",
    "budget": "budgets",
    "quantity": "quantities",
    "date": "dates",
    "official": "official",
}
TAG_TYPES: dict[TagKind, type[Any]] = {
    "relevance": Relevance,
    "programme": ProgrammeMention,
    "locality": LocalityMention,
    "activity": ActivityMention,
    "budget": Budget,
    "quantity": Quantity,
    "date": DateMention,
    "official": OfficialRecord,
}
_NUMBER = re.compile(r"\d[\d.,/]*(?:\s*[^\W\d]+)?")
_OLD_BUDGET = re.compile(r"(?P<value>\d+|None)@(?P<field>title|text):(?P<start>\d{1,9})\Z")
_KEY = re.compile(r"(?P<value>.*)@(?P<field>title|text)=(?P<words>.*)#(?P<order>\d{1,6})\Z", re.DOTALL)
_QUALIFIER = 40
"""Characters that a qualifier in front of a number takes at most ("không dưới", "ước tính khoảng")."""


def tag_code(document: Document, tag: Tag | Relevance | OfficialRecord) -> str:
    """What a decision calls the tag: its code; the candidates of an open place; the kind of an official record.

    Sums, quantities and dates are told apart by their value, the number as written and which of the equal ones in the field it is:
    ``5500000000@text=5,5 tỷ#1``. So the name holds when another qualifier is read or the page is edited elsewhere.
    """
    match tag:
        case Relevance():
            return tag.value
        case OfficialRecord():
            return tag.kind
        case Budget() | Quantity() | DateMention():
            return f"{_value(tag)}@{_where(document, tag.evidence[0])}"
        case LocalityMention():
            return tag.code if tag.code is not None else "|".join(tag.candidates)
        case _:
            return tag.code


def tags_of(document: Document, kind: TagKind) -> tuple[Any, ...]:
    """The document's tags of the kind, in its order; boilerplate places are nobody's claim and left out."""
    found = getattr(document, FIELD_OF[kind])
    if kind in ("relevance", "official"):
        return () if found is None else (found,)
    if kind == "locality":
        return tuple(place for place in found if place.role != "boilerplate")
    return tuple(found)


def find_tags(document: Document, kind: TagKind, code: str) -> list[Any]:
    """The tags that the code names, those of boilerplate included; codes of sums as they were kept before (``<đồng>@text:214``) too."""
    held = getattr(document, FIELD_OF[kind])
    tags: Sequence[Any] = held if isinstance(held, tuple) else () if held is None else (held,)
    found = [tag for tag in tags if tag_code(document, tag) == code]
    if found or kind not in ("budget", "quantity", "date"):
        return found
    if kind == "budget" and (old := _OLD_BUDGET.match(code)):
        return _by_offset(document, tags, old["value"], old["field"], int(old["start"]))
    return _by_value(document, tags, code)


def _by_offset(document: Document, tags: Sequence[Budget], value: str, field: str, start: int) -> list[Budget]:
    equal = [tag for tag in tags if _value(tag) == value and tag.evidence[0].field == field]
    exact = [tag for tag in equal if tag.evidence[0].start == start]
    if exact:
        return exact
    # The number itself stands where it stood, and a qualifier was read or no longer read.
    near = [
        tag for tag in equal if start < tag.evidence[0].end and tag.evidence[0].start < start + _QUALIFIER and _same(document, tag, start)
    ]
    if near:
        return near[:1]
    text = document.title if field == "title" else document.text
    number = {_words(document, tag.evidence[0]) for tag in equal}
    still_there = any(words and words in text[start : start + _QUALIFIER + len(words)] for words in number)
    # An edit moved it: it is the only one of its value, and what stands at the old place is something else.
    return equal if len(equal) == 1 and not still_there else []


def _same(document: Document, tag: Budget, start: int) -> bool:
    """Whether the first number at or after the offset is the tag's."""
    span = tag.evidence[0]
    text = document.title if span.field == "title" else document.text
    first = _NUMBER.search(text, start)
    own = _NUMBER.search(text, span.start, span.end)
    return first is None or own is None or first.start() == own.start()


def _by_value(document: Document, tags: Sequence[Any], code: str) -> list[Any]:
    """The only one left of that value and surface where the text no longer has as many of them as the code counts."""
    key = _KEY.match(code)
    if key is None:
        return []
    head = f"{key['value']}@{key['field']}={key['words']}#"
    equal = [tag for tag in tags if tag_code(document, tag).startswith(head)]
    text = document.title if key["field"] == "title" else document.text
    return equal if len(equal) == 1 and _count(text, key["words"], len(text)) < int(key["order"]) else []


def _value(tag: Budget | Quantity | DateMention) -> str:
    match tag:
        case Budget():
            return str(tag.vnd if tag.vnd is not None else tag.usd)
        case Quantity():
            return f"{tag.kind}:{tag.value:g}"
        case DateMention():
            return f"{tag.start or ''}/{tag.end or ''}"


def _where(document: Document, span: Span) -> str:
    text = document.title if span.field == "title" else document.text
    words = _words(document, span)
    own = _NUMBER.search(text, span.start, span.end)
    return f"{span.field}={words}#{_count(text, words, own.start() if own else span.start) + 1}"


def _words(document: Document, span: Span) -> str:
    """The number with its unit, without the qualifier in front; the whole surface where it holds no digit."""
    surface = document.quote(span)
    number = _NUMBER.search(surface)
    return number[0] if number else surface


def _count(text: str, words: str, end: int) -> int:
    """How often the words begin before ``end``, not inside another number."""
    return bisect_left(_beginnings(text, words), end)


@lru_cache(maxsize=32)  # a page names all its sums one after the other: counted anew for each, thousands of equal ones would take minutes
def _beginnings(text: str, words: str) -> tuple[int, ...]:
    found, at = [], text.find(words)
    while at >= 0:
        if not (at and (text[at - 1].isdigit() or (text[at - 1] in ".,/" and at > 1 and text[at - 2].isdigit()))):
            found.append(at)
        at = text.find(words, at + 1)
    return tuple(found)
