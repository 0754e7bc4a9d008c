"""Decisions taken while the document is looked at: at once in its tags, with what stood before, so that each can be undone.

What a decision does to a document is not known here: the caller gives the function (``pipelines/reviews.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from corpus.document import Document, from_json, from_plain, to_plain
from corpus.errors import InvalidData
from corpus.store.account_tables import review_effects
from corpus.store.database import Database
from corpus.store.documents import write_document
from corpus.store.queue import close_reports
from corpus.store.review_checks import check_review
from corpus.store.reviews import Review, standing
from corpus.store.schema import documents, reviews, versions
from corpus.tags import FIELD_OF, TAG_TYPES, TagKind

_FIELDS = "fields"
_TOUCHED: dict[TagKind, tuple[str, ...]] = {"relevance": ("relevance", "activities"), "official": ("official", "kind")}
"""Fields that a decision on the kind may change, where they are more than its own."""

Apply = Callable[[Document, Sequence[Review]], Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One line of the audit trail."""

    id: int
    review: Review
    title: str
    """Of the document as it is now; empty where it has left the store."""
    undone_at: datetime | None
    undone_by: str | None


class DecisionStore(Database):
    def decide_tag(self, review: Review, apply: Apply) -> int:
        """Keep the decision, carry it out on the document and answer the reports on its tag: all or nothing. Returns its number.

        Raises: InvalidData where the document is not there, or for a code or field that does not exist.
        """
        check_review(review)
        with self._write() as connection:
            document, tagged_by = _current(connection, review.document_id)
            changed = apply(document, [review])
            row = {name: getattr(review, name) for name in Review.__dataclass_fields__}
            number = connection.execute(sa.insert(reviews).values(**row)).inserted_primary_key
            assert number is not None
            before = {name: to_plain(getattr(document, name)) for name in _TOUCHED.get(review.kind, (FIELD_OF[review.kind],))}
            effect = {"review": number[0], "content_hash": document.content_hash, "before": {_FIELDS: before}}
            connection.execute(sa.insert(review_effects).values(**effect))
            # Before the document: reports on tags that it loses would else be closed by nobody.
            close_reports(connection, review.document_id, review.kind, review.code, review.reviewer, review.decided_at)
            write_document(connection, changed, review.decided_at, tagged_by=tagged_by)
        return int(number[0])

    def undo_decision(self, number: int, who: str, now: datetime, apply: Apply) -> Review:
        """Put back the tags of that kind as they stood, then what was decided on them since. The decision stays in the trail.

        Where the text has changed meanwhile, its tags are left as they are: the decision only stops to count from the next tagging on.
        Raises: InvalidData for an unknown decision, one undone before, or one that came from a file.
        """
        with self._write() as connection:
            found = connection.execute(
                sa.select(reviews, review_effects)
                .join(review_effects, review_effects.c.review == reviews.c.id)
                .where(reviews.c.id == number, review_effects.c.undone_at.is_(None))
            ).first()
            if found is None:
                raise InvalidData(f"decision {number} is not there or was undone before")
            connection.execute(sa.update(review_effects).where(review_effects.c.review == number).values(undone_at=now, undone_by=who))
            review = _review(found)
            document, tagged_by = _current(connection, review.document_id)
            if document.content_hash == found.content_hash:
                before = _fields_before(review.kind, found.before)
                kinds = [kind for kind, name in FIELD_OF.items() if name in before]
                later = sa.select(reviews).where(
                    reviews.c.document_id == review.document_id, reviews.c.kind.in_(kinds), reviews.c.id > number, standing()
                )
                since = [_review(row) for row in connection.execute(later.order_by(reviews.c.id))]
                restored = replace(document, **before)
                write_document(connection, apply(restored, since), now, tagged_by=tagged_by)
        return review

    def decision(self, number: int) -> Decided | None:
        """The line of the audit trail with this number."""
        return next(iter(self._decisions(reviews.c.id == number)), None)

    def decisions(self, *, limit: int = 50, skip: int = 0, reviewer: str | None = None) -> list[Decided]:
        """The audit trail, the latest first, with those undone."""
        return self._decisions(sa.true() if reviewer is None else reviews.c.reviewer == reviewer, limit=limit, skip=skip)

    def _decisions(self, which: sa.ColumnElement[bool], *, limit: int = 1, skip: int = 0) -> list[Decided]:
        query = (
            sa.select(reviews, review_effects.c.undone_at, review_effects.c.undone_by, versions.c.document)
            .outerjoin(review_effects, review_effects.c.review == reviews.c.id)
            .outerjoin(documents, documents.c.id == reviews.c.document_id)
            .outerjoin(versions, sa.and_(versions.c.document_id == documents.c.id, versions.c.content_hash == documents.c.content_hash))
            .where(which)
            .order_by(reviews.c.id.desc())
            .limit(limit)
            .offset(skip)
        )
        with self._read() as connection:
            return [
                Decided(
                    id=row.id,
                    review=_review(row),
                    title=from_json(row.document).title if row.document else "",
                    undone_at=row.undone_at,
                    undone_by=row.undone_by,
                )
                for row in connection.execute(query)
            ]


def _review(row: sa.Row[Any]) -> Review:
    return Review(**{name: getattr(row, name) for name in Review.__dataclass_fields__})


def _current(connection: sa.Connection, document_id: str) -> tuple[Document, str]:
    query = (
        sa.select(versions.c.document, versions.c.tagged_by)
        .join(documents, sa.and_(versions.c.document_id == documents.c.id, versions.c.content_hash == documents.c.content_hash))
        .where(documents.c.id == document_id, documents.c.withdrawn.is_(False))
    )
    row = connection.execute(query).first()
    if row is None:
        raise InvalidData(f"document {document_id} is not there or was withdrawn")
    return from_json(row.document), row.tagged_by


def _fields_before(kind: TagKind, plain: Any) -> dict[str, Any]:
    """Field -> what it held before the decision; decisions of earlier releases kept the field of their kind alone."""
    fields = plain[_FIELDS] if isinstance(plain, dict) and _FIELDS in plain else {FIELD_OF[kind]: plain}
    kind_of = {name: of for of, name in FIELD_OF.items()}
    return {name: held if name == "kind" else _tags(kind_of[name], held) for name, held in fields.items()}


def _tags(kind: TagKind, plain: Any) -> Any:
    if kind in ("relevance", "official"):
        return None if plain is None else from_plain(plain, TAG_TYPES[kind])
    return tuple(from_plain(tag, TAG_TYPES[kind]) for tag in plain)
