"""One article as JSON: the whole document with names beside its codes and evidence quoted, its versions and what changed its tags."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from corpus.document import Document, to_plain
from corpus.index.names import Names
from search_api.answers import Store


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpanAnswer(_Model):
    """Half-open code-point offsets into title or text."""

    start: int
    end: int
    field: Literal["title", "text"]


class _Tag(_Model):
    evidence: list[SpanAnswer]
    quotes: list[str]
    """The words that the evidence spans."""
    score: float
    method: str


class RelevanceAnswer(_Model):
    value: str
    evidence: list[SpanAnswer]
    score: float
    method: str


class ProgrammeAnswer(_Tag):
    code: str
    name: str
    components: list[str]


class ActivityAnswer(_Tag):
    code: str
    name: str
    modality: str


class LocalityAnswer(_Tag):
    code: str | None
    role: str
    candidates: list[str]
    inferred: bool
    name_then: str | None
    candidate_names: list[str]
    codes_now: list[str]
    names_now: list[str]


class BudgetAnswer(_Tag):
    vnd: int | None
    usd: int | None
    qualifier: str
    kind: str
    role: str
    scope: str
    component: str | None
    programme: str | None
    per_unit: str | None
    year_from: int | None
    year_to: int | None
    funds: list[str]
    locality: str | None
    activity: str | None
    in_words: bool | None
    parts: list[int]
    parts_agree: bool | None
    duplicate_of: int | None
    flags: list[str]


class QuantityAnswer(_Tag):
    kind: str
    value: float
    unit: str
    detail: str
    qualifier: str
    year: int | None
    modality: str
    change: str | None
    per_unit: str | None
    """Counted for each of these, never a total."""
    out_of: float | None
    """The whole that it is a part of."""


class DateCandidateAnswer(_Model):
    value: date
    at: datetime | None
    method: str
    confidence: float
    surface: str


class AttachmentAnswer(_Model):
    url: str
    title: str
    media_type: str | None
    id: str | None = None
    """The file's own article, where it was fetched and read; only in the article itself, not in its versions."""


class ProvenanceAnswer(_Model):
    """Where it comes from, and the record of the archive that holds its bytes."""

    portal: str
    requested_url: str
    final_url: str
    canonical_url: str | None
    site_id: str | None
    fetched_at: datetime
    first_seen: datetime | None
    status: int
    media_type: str
    body_sha256: str
    record: str | None
    extractor: str


class Article(_Model):
    id: str
    provenance: ProvenanceAnswer
    aliases: list[str]
    kind: str
    language: str
    title: str
    text: str
    author: str | None
    published: date | None
    published_at: datetime | None
    published_from: str | None
    modified: datetime | None
    date_candidates: list[DateCandidateAnswer]
    attachments: list[AttachmentAnswer]
    attached_to: str | None = None
    """Id of the article that this file was found on."""
    relevance: RelevanceAnswer | None
    programmes: list[ProgrammeAnswer]
    localities: list[LocalityAnswer]
    activities: list[ActivityAnswer]
    budgets: list[BudgetAnswer]
    quantities: list[QuantityAnswer]
    official: dict[str, Any] | None
    """The head of an administrative document."""
    dates: list[dict[str, Any]]
    """Dates said in the text, ``[start, end)``."""
    flags: list[str]
    model_version: int
    content_hash: str
    """Names this version together with ``id``."""


class VersionAnswer(_Model):
    content_hash: str
    fetched_at: datetime
    """First time with this content."""
    seen_at: datetime
    """Last time with this content."""
    tagged_by: str
    current: bool
    title: str
    characters: int


class ReplacedTags(_Model):
    content_hash: str
    tagged_by: str
    tagged_at: datetime
    replaced_at: datetime
    tags: dict[str, Any]
    """The tags as they were, by field."""


class HistoryAnswer(_Model):
    id: str
    versions: list[VersionAnswer]
    """The oldest first."""
    replaced: list[ReplacedTags]
    """Tags that a later run replaced, the oldest first."""


def article_json(document: Document, names: Names) -> dict[str, Any]:
    """Plain data of the shape of `Article`."""
    plain: dict[str, Any] = to_plain(document)
    for field in ("words", "title_words"):
        plain.pop(field)
    for field, value in plain["provenance"].items():
        if isinstance(value, str) and value.startswith("file:"):
            plain["provenance"][field] = f"file:{value.rpartition('/')[2]}"  # folders of whoever imported it stay private
    register = names.register
    for record, mention in zip(plain["localities"], document.localities, strict=True):
        codes = [mention.code] if mention.code else []
        record["name_then"] = register.label(mention.code, document.published) if mention.code else None
        record["candidate_names"] = [register.label(code, document.published) for code in mention.candidates]
        record["codes_now"] = [code for code in (register.today(mention.code) if mention.code else ()) if code not in codes] or codes
        record["names_now"] = [register.label(code) for code in record["codes_now"]]
    for record in plain["activities"]:
        record["name"] = names.activities.name(record["code"])
    for record in plain["programmes"]:
        record["name"] = names.programmes.name(record["code"])
    for field in ("localities", "activities", "programmes", "budgets", "quantities"):
        for record, mention in zip(plain[field], getattr(document, field), strict=True):
            record["quotes"] = [document.quote(span) for span in mention.evidence]
    plain["content_hash"] = document.content_hash
    return plain


def history(store: Store, id: str) -> HistoryAnswer:
    """Raises: HTTPException(404) for a document that is unknown or withdrawn."""
    if store.get_document(id) is None:
        raise HTTPException(404)
    return HistoryAnswer(
        id=id,
        versions=[
            VersionAnswer(
                content_hash=version.content_hash,
                fetched_at=version.fetched_at,
                seen_at=version.seen_at,
                tagged_by=version.tagged_by,
                current=version.current,
                title=version.document.title,
                characters=len(version.document.text),
            )
            for version in store.history(id)
        ],
        replaced=[
            ReplacedTags(
                content_hash=old.content_hash,
                tagged_by=old.tagged_by,
                tagged_at=old.tagged_at,
                replaced_at=old.replaced_at,
                tags=dict(old.tags),
            )
            for old in store.old_tags(id)
        ],
    )


def version(store: Store, names: Names, id: str, content_hash: str) -> dict[str, Any]:
    """One version as it was read. Raises: HTTPException(404)."""
    if store.get_document(id) is not None:
        for found in store.history(id):
            if found.content_hash == content_hash:
                return article_json(found.document, names)
    raise HTTPException(404)
