"""Decisions of people on tags. They are kept apart from the documents and applied after the last tagger of every run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.errors import InvalidData
from corpus.store.account_tables import review_effects
from corpus.store.database import Database
from corpus.store.schema import documents, reviews
from corpus.tags import TAG_KINDS, TagKind

Decision = Literal["accept", "correct", "reject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    document_id: str
    kind: TagKind
    code: str
    """The tag decided on, as `corpus.tags.tag_code` names it."""
    decision: Decision
    value: dict[str, Any] | None = None
    """What is right, for ``correct``: fields of the tag to set (``{"code": …}``, ``{"modality": …}``, ``{"vnd": …}``)."""
    reviewer: str
    decided_at: datetime

    def __post_init__(self) -> None:
        if self.kind not in TAG_KINDS:
            raise InvalidData(f"review of {self.kind!r}: one of {', '.join(TAG_KINDS)} is needed")
        if self.decision not in get_args(Decision):
            raise InvalidData(f"decision {self.decision!r}: one of {', '.join(get_args(Decision))} is needed")
        if self.decision == "correct" and not self.value:
            raise InvalidData("a correction says what is right: value is missing")


class ReviewStore(Database):
    def add_review(
        self,
        document_id: str,
        kind: str,
        code: str,
        decision: str,
        value: dict[str, Any] | None,
        reviewer: str,
        now: datetime,
    ) -> Review:
        """Raises: InvalidData for an unknown kind, decision, code or field."""
        review = Review(
            document_id=document_id,
            kind=kind,  # type: ignore[arg-type] # checked in Review
            code=code,
            decision=decision,  # type: ignore[arg-type] # checked in Review
            value=value,
            reviewer=reviewer,
            decided_at=now,
        )
        self.import_reviews([review])
        return review

    def reviews(self, document_id: str | None = None) -> list[Review]:
        """The decisions that stand, in the order they were taken; those undone are in the trail (`decisions`)."""
        query = sa.select(reviews).where(standing()).order_by(reviews.c.decided_at, reviews.c.id)
        if document_id is not None:
            query = query.where(reviews.c.document_id == document_id)
        with self._read() as connection:
            return [Review(**{name: getattr(row, name) for name in Review.__dataclass_fields__}) for row in connection.execute(query)]

    def import_reviews(self, decisions: Iterable[Review]) -> int:
        """Add those not yet known; returns how many. Raises: InvalidData for a code or field that does not exist, then none is added."""
        from corpus.store.review_checks import check_review  # which knows the record above

        decisions = list(decisions)
        for review in decisions:
            check_review(review)
        rows = [{name: getattr(review, name) for name in Review.__dataclass_fields__} for review in decisions]
        if not rows:
            return 0
        with self._write() as connection:
            before = connection.execute(sa.select(sa.func.count()).select_from(reviews)).scalar_one()
            connection.execute(insert(reviews).on_conflict_do_nothing(), rows)
            return int(connection.execute(sa.select(sa.func.count()).select_from(reviews)).scalar_one()) - int(before)

    def unknown_documents(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids that no document of the store has, sorted."""
        wanted = sorted(set(ids))
        known: set[str] = set()
        with self._read() as connection:
            for at in range(0, len(wanted), 500):
                known.update(connection.scalars(sa.select(documents.c.id).where(documents.c.id.in_(wanted[at : at + 500]))))
        return [key for key in wanted if key not in known]


def standing() -> sa.ColumnElement[bool]:
    """Condition on the table of reviews: the decision was not undone."""
    undone = sa.select(review_effects.c.review).where(review_effects.c.undone_at.is_not(None))
    return reviews.c.id.not_in(undone)


def review_to_json(review: Review) -> bytes:
    return msgspec.json.encode(review)


def review_from_json(data: bytes | str) -> Review:
    """Raises: InvalidData."""
    try:
        review = msgspec.json.decode(data, type=Review)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InvalidData(f"not a review: {error}") from error
    if review.decided_at.tzinfo is None:
        raise InvalidData("not a review: decided_at needs a time zone")
    return review
