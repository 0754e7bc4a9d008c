"""Tags that wait for a person: those the program is least sure of, and those that readers say are wrong.

The rows of uncertain tags are derived from the document and written in its transaction, so a decision takes its tag off the queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from corpus.document import Document
from corpus.errors import InvalidData
from corpus.store.account_tables import tag_reports, uncertain_tags
from corpus.store.database import Database
from corpus.store.schema import documents, versions
from corpus.tags import REVIEW_METHOD, TAG_KINDS, TagKind, find_tags, tag_code, tags_of

CERTAIN = 0.9
"""Tags that say at least this are not asked about, unless rule and model differ."""
_ONE_VOICE = 0.15
"""What a disagreement of rule and model adds to the doubt: as much as a score lower by this."""
MAX_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    document_id: str
    kind: TagKind
    code: str
    score: float
    one_voice: bool
    reports: int
    """Readers who said that it is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagReport:
    id: int
    document_id: str
    kind: TagKind
    code: str
    note: str
    reported_at: datetime
    closed_at: datetime | None
    closed_by: str | None


class QueueStore(Database):
    def waiting(self, *, kind: TagKind | None = None, limit: int = 20, skip: int = 0) -> list[Waiting]:
        """What readers reported first, then by falling doubt; ties by document. ``skip`` leaves out that many."""
        open_reports = (
            sa.select(tag_reports.c.document_id, tag_reports.c.kind, tag_reports.c.code, sa.func.count().label("reports"))
            .where(tag_reports.c.closed_at.is_(None))
            .group_by(tag_reports.c.document_id, tag_reports.c.kind, tag_reports.c.code)
            .subquery()
        )
        same = sa.and_(
            open_reports.c.document_id == uncertain_tags.c.document_id,
            open_reports.c.kind == uncertain_tags.c.kind,
            open_reports.c.code == uncertain_tags.c.code,
        )
        reported = sa.select(
            open_reports.c.document_id,
            open_reports.c.kind,
            open_reports.c.code,
            sa.func.coalesce(uncertain_tags.c.score, 1.0).label("score"),
            sa.func.coalesce(uncertain_tags.c.one_voice, sa.false()).label("one_voice"),
            open_reports.c.reports,
            sa.func.coalesce(uncertain_tags.c.doubt, 0.0).label("doubt"),
        ).outerjoin(uncertain_tags, same)
        doubtful = (
            sa.select(
                uncertain_tags.c.document_id,
                uncertain_tags.c.kind,
                uncertain_tags.c.code,
                uncertain_tags.c.score,
                uncertain_tags.c.one_voice,
                sa.literal(0).label("reports"),
                uncertain_tags.c.doubt,
            )
            .outerjoin(open_reports, same)
            .where(open_reports.c.reports.is_(None))
        )
        if kind is not None:
            reported = reported.where(open_reports.c.kind == kind)
            doubtful = doubtful.where(uncertain_tags.c.kind == kind)
        both = sa.union_all(reported, doubtful).subquery()
        query = (
            sa.select(both)
            .order_by(both.c.reports.desc(), both.c.doubt.desc(), both.c.document_id, both.c.kind, both.c.code)
            .limit(limit)
            .offset(skip)
        )
        with self._read() as connection:
            return [
                Waiting(
                    document_id=row.document_id,
                    kind=row.kind,
                    code=row.code,
                    score=row.score,
                    one_voice=bool(row.one_voice),
                    reports=row.reports,
                )
                for row in connection.execute(query)
            ]

    def count_waiting(self) -> dict[str, int]:
        """Tags that wait, by kind; a tag that readers reported counts once."""
        keys = sa.union(
            sa.select(uncertain_tags.c.document_id, uncertain_tags.c.kind, uncertain_tags.c.code),
            sa.select(tag_reports.c.document_id, tag_reports.c.kind, tag_reports.c.code).where(tag_reports.c.closed_at.is_(None)),
        ).subquery()
        with self._read() as connection:
            counts = {row[0]: int(row[1]) for row in connection.execute(sa.select(keys.c.kind, sa.func.count()).group_by(keys.c.kind))}
        return {kind: counts.get(kind, 0) for kind in TAG_KINDS}

    def report_tag(self, document_id: str, kind: str, code: str, note: str, now: datetime) -> None:
        """Somebody says that the tag is wrong. Raises: InvalidData for an unknown kind or a note that is too long."""
        if kind not in TAG_KINDS:
            raise InvalidData(f"report on {kind!r}: one of {', '.join(TAG_KINDS)} is needed")
        if len(note) > MAX_NOTE or len(code) > MAX_NOTE:
            raise InvalidData(f"a note has at most {MAX_NOTE} characters")
        row = {"document_id": document_id, "kind": kind, "code": code, "note": note, "reported_at": now}
        with self._write() as connection:
            connection.execute(sa.insert(tag_reports).values(**row))

    def tag_reports(self, *, open_only: bool = True, limit: int = 200) -> list[TagReport]:
        """The newest first."""
        query = sa.select(tag_reports).order_by(tag_reports.c.id.desc()).limit(limit)
        if open_only:
            query = query.where(tag_reports.c.closed_at.is_(None))
        with self._read() as connection:
            return [TagReport(**{name: getattr(row, name) for name in TagReport.__dataclass_fields__}) for row in connection.execute(query)]


def close_reports(connection: sa.Connection, document_id: str, kind: str, code: str, who: str, now: datetime) -> None:
    """A decision on the tag answers what readers said about it."""
    where = (tag_reports.c.document_id == document_id, tag_reports.c.kind == kind, tag_reports.c.code == code)
    connection.execute(sa.update(tag_reports).where(*where, tag_reports.c.closed_at.is_(None)).values(closed_at=now, closed_by=who))


def close_reports_without_tag(connection: sa.Connection, document: Document, now: datetime) -> None:
    """What readers said about tags that the document no longer has is settled, by nobody in particular: nothing is left to decide."""
    open_ones = sa.select(tag_reports.c.id, tag_reports.c.kind, tag_reports.c.code).where(
        tag_reports.c.document_id == document.id, tag_reports.c.closed_at.is_(None)
    )
    found = connection.execute(open_ones).all()
    if not found:
        return
    present = {(kind, tag_code(document, tag)) for kind in TAG_KINDS for tag in tags_of(document, kind)}
    gone = [row.id for row in found if (row.kind, row.code) not in present and not find_tags(document, row.kind, row.code)]
    if gone:
        connection.execute(sa.update(tag_reports).where(tag_reports.c.id.in_(gone)).values(closed_at=now))


def close_all_reports(connection: sa.Connection, document_id: str, now: datetime) -> None:
    """For a document that readers no longer see."""
    where = (tag_reports.c.document_id == document_id, tag_reports.c.closed_at.is_(None))
    connection.execute(sa.update(tag_reports).where(*where).values(closed_at=now))


def write_uncertain(connection: sa.Connection, document: Document) -> None:
    """Write the document's rows anew within the caller's transaction."""
    drop_uncertain(connection, document.id)
    rows = _rows(document)
    if rows:
        connection.execute(sa.insert(uncertain_tags), rows)


def drop_uncertain(connection: sa.Connection, document_id: str) -> None:
    connection.execute(sa.delete(uncertain_tags).where(uncertain_tags.c.document_id == document_id))


def fill_uncertain(connection: sa.Connection) -> None:
    """Rows of all documents, for a store that had none."""
    from corpus.document import from_json

    query = (
        sa.select(versions.c.document)
        .join(documents, sa.and_(versions.c.document_id == documents.c.id, versions.c.content_hash == documents.c.content_hash))
        .where(documents.c.withdrawn.is_(False))
    )
    for row in connection.execute(query).yield_per(200):
        write_uncertain(connection, from_json(row.document))


def _rows(document: Document) -> list[dict[str, object]]:
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for kind in TAG_KINDS:
        for tag in tags_of(document, kind):
            if tag.method == REVIEW_METHOD:
                continue
            # Only activities are told by rule and model both; "rules" or "model" alone means that the other did not say so.
            one_voice = kind == "activity" and "+" not in tag.method
            score = getattr(tag, "score", 1.0)  # dates and records have none: the rule is sure or silent
            if score >= CERTAIN and not (one_voice and "model" in tag.method):
                continue
            key = (kind, tag_code(document, tag))
            doubt = 1.0 - score + (_ONE_VOICE if one_voice else 0.0)
            if key in rows and float(str(rows[key]["doubt"])) >= doubt:
                continue
            rows[key] = {
                "document_id": document.id,
                "kind": kind,
                "code": key[1],
                "score": score,
                "one_voice": one_voice,
                "doubt": doubt,
            }
    return list(rows.values())
