"""Slim rows beside the documents: what figures count of each, written in the same transaction as the document itself.

Figures over 100,000 documents then read a few megabytes and decode no whole document. A row is derived and can be made again from its
document at any time. Which places stand where on the two maps is not stored (the register may grow): see ``monitor/facts.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.document import DOUBTFUL_DATE, Budget, Document, from_json
from corpus.store.database import Database
from corpus.store.schema import documents, facts, versions


class BudgetRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One sum of money of a document. New fields go to the end and have a default."""

    position: int
    """In ``Document.budgets``."""
    vnd: int
    role: str
    kind: str
    scope: str
    qualifier: str
    field: str
    """Field of the text that ``start`` and ``end`` point into."""
    start: int
    end: int
    """Offsets of the sum as written."""
    sentence: int
    """Offset at which its sentence begins."""
    programme: str | None
    component: str | None
    per_unit: str | None
    year_from: int | None
    year_to: int | None
    locality: str | None
    activity: str | None
    duplicate_of: int | None
    parts: tuple[int, ...]
    flags: tuple[str, ...]
    funds: tuple[str, ...]


class FactRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is counted of one document. New fields go to the end and have a default."""

    portal: str
    first_seen: datetime
    doubtful: bool
    """The date is a guess: it stays off timelines."""
    relevance: str
    """Empty where no tagger has looked."""
    about: tuple[str, ...]
    """Codes of the places it is about, sorted."""
    activities: tuple[tuple[str, str], ...]
    """(code, modality), in the document's order."""
    programmes: tuple[str, ...]
    components: tuple[str, ...]
    """``gnbv-2021-2025/6.1``."""
    budgets: tuple[BudgetRow, ...]
    kind: str = "news"


class StoredFact(msgspec.Struct, frozen=True, gc=False):
    id: str
    seq: int
    """Grows with every change of any row: what is above the highest number seen is new."""
    title: str
    published: int | None
    """Proleptic ordinal of the day."""
    story: str
    """Id of the document that leads its story; its own where it stands alone."""
    fact: FactRow | None
    """None: withdrawn since."""


def fact_row(document: Document, first_seen: datetime) -> FactRow:
    return FactRow(
        portal=document.provenance.portal,
        first_seen=first_seen,
        doubtful=DOUBTFUL_DATE in document.flags,
        relevance=document.relevance.value if document.relevance else "",
        about=tuple(sorted({m.code for m in document.localities if m.role == "about" and m.code})),
        activities=tuple(dict.fromkeys((m.code, m.modality) for m in document.activities)),
        programmes=tuple(sorted({m.code for m in document.programmes})),
        components=tuple(sorted({f"{m.code}/{part}" for m in document.programmes for part in m.components})),
        budgets=tuple(_budget_row(i, budget) for i, budget in enumerate(document.budgets) if budget.vnd is not None),
        kind=document.kind,
    )


def _budget_row(position: int, budget: Budget) -> BudgetRow:
    surface, sentence = budget.evidence[0], budget.evidence[-1]
    return BudgetRow(
        position=position,
        vnd=budget.vnd or 0,
        role=budget.role,
        kind=budget.kind,
        scope=budget.scope,
        qualifier=budget.qualifier,
        field=surface.field,
        start=surface.start,
        end=surface.end,
        sentence=sentence.start,
        programme=budget.programme,
        component=budget.component,
        per_unit=budget.per_unit,
        year_from=budget.year_from,
        year_to=budget.year_to,
        locality=budget.locality,
        activity=budget.activity,
        duplicate_of=budget.duplicate_of,
        parts=budget.parts,
        flags=budget.flags,
        funds=budget.funds,
    )


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FactRow)


class FactStore(Database):
    def facts_revision(self) -> int:
        """Grows with each change that a figure could show; 0 for an empty store."""
        with self._read() as connection:
            return _last(connection)

    def facts(self, *, after: int = 0, limit: int | None = None) -> list[StoredFact]:
        """All rows changed after that revision, in the order of their changes (the first ``limit``); from 0 on without the withdrawn."""
        query = sa.select(facts.c.document_id, facts.c.seq, facts.c.title, facts.c.published, facts.c.story, facts.c.fact)
        query = query.where(facts.c.seq > after) if after else query.where(facts.c.fact.is_not(None))
        with self._read() as connection:
            decode = _DECODER.decode
            return [
                StoredFact(id=key, seq=seq, title=title, published=published, story=story, fact=None if data is None else decode(data))
                for key, seq, title, published, story, data in connection.execute(query.order_by(facts.c.seq).limit(limit))
            ]

    def rebuild_facts(self) -> int:
        """Make every row again from its document; returns how many changed. For a row format that a release changed."""
        with self._write() as connection:
            return fill_facts(connection)


def read_row(data: bytes) -> FactRow:
    return _DECODER.decode(data)


def write_fact(connection: sa.Connection, document: Document, first_seen: datetime) -> None:
    """Write the row of the version that counts within the caller's transaction. A changed document is due for grouping again."""
    row = {
        "title": document.title,
        "published": document.published.toordinal() if document.published else None,
        "fact": _ENCODER.encode(fact_row(document, first_seen)),
    }
    known = connection.execute(sa.select(facts.c.title, facts.c.published, facts.c.fact).where(facts.c.document_id == document.id)).first()
    if known is not None and (known.title, known.published, known.fact) == tuple(row.values()):
        # The text may differ all the same: copies are told by it.
        connection.execute(sa.update(facts).where(facts.c.document_id == document.id).values(story_due=True))
        return
    values = row | {"seq": _last(connection) + 1, "story_due": True}
    statement = insert(facts).values(document_id=document.id, story=document.id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=values))


def withdraw_fact(connection: sa.Connection, document_id: str) -> None:
    values = {"fact": None, "seq": _last(connection) + 1, "story_due": True}
    connection.execute(sa.update(facts).where(facts.c.document_id == document_id, facts.c.fact.is_not(None)).values(**values))


def write_stories(connection: sa.Connection, stories: Iterable[tuple[str, str]]) -> int:
    """Note (document, story) pairs; returns how many differ from before."""
    changed = 0
    for document_id, story in stories:
        where = sa.and_(facts.c.document_id == document_id, facts.c.story != story)
        if connection.execute(sa.update(facts).where(where).values(story=story, seq=_last(connection) + 1)).rowcount:
            changed += 1
    return changed


def fill_facts(connection: sa.Connection) -> int:
    """Rows of all documents, in batches of one transaction of the caller; story ids stay as they are."""
    query = (
        sa.select(documents.c.id, documents.c.first_seen, versions.c.document)
        .join(versions, sa.and_(versions.c.document_id == documents.c.id, versions.c.content_hash == documents.c.content_hash))
        .where(documents.c.withdrawn.is_(False))
        .order_by(documents.c.id)
    )
    before = _last(connection)
    for row in connection.execute(query).yield_per(200):
        write_fact(connection, from_json(row.document), row.first_seen)
    return _last(connection) - before


def _last(connection: sa.Connection) -> int:
    return int(connection.execute(_LAST).scalar_one())


_LAST: sa.Select[Any] = sa.select(sa.func.coalesce(sa.func.max(facts.c.seq), 0))
