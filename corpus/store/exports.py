"""Reading many documents as they were at one moment, however long it takes and whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from corpus.document import Document
from corpus.store.database import Database, translated
from corpus.store.documents import current_documents, read_documents
from corpus.store.schema import documents, versions

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A document as the store keeps it, with what made its tags."""

    document: Document
    tagged_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Names what the store holds: equal states hold equal documents, and the index has the same of them."""

    documents: int
    """Not withdrawn."""
    revision: int
    """Changes of documents so far."""
    indexed: int
    """Changes that the index has taken over."""
    changed_at: datetime | None
    """The last change of a document; None for an empty store."""

    @property
    def key(self) -> str:
        return f"{self.revision}.{self.indexed}"


class Moment:
    """The documents of one moment, read in one transaction. Close it (``with``) when done; it never keeps a writer waiting."""

    def __init__(self, database: Database) -> None:
        self._path = database.path
        with translated(self._path):
            self._connection = database._engine.connect().execution_options(reading=True)
        try:
            # A read transaction of SQLite begins with its first statement.
            self.state = _state(self._connection)
        except BaseException:
            self._connection.close()
            raise

    def read(self, ids: Iterable[str]) -> Iterator[Kept]:
        """The version that counts of each, in the order given; unknown and withdrawn ones are left out."""
        source = iter(ids)
        while part := list(islice(source, _BATCH)):
            query = current_documents(versions.c.tagged_by).where(documents.c.id.in_(part), documents.c.withdrawn.is_(False))
            with translated(self._path):
                rows = self._connection.execute(query).all()
                made = {row.id: row.tagged_by for row in rows}
                found = {document.id: document for document in read_documents(self._connection, rows)}
            for key in part:
                if key in found:
                    yield Kept(document=found[key], tagged_by=made[key])

    def close(self) -> None:
        with translated(self._path):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class ExportStore(Database):
    def moment(self) -> Moment:
        return Moment(self)

    def document_ids(self) -> list[str]:
        """Of all documents not withdrawn, ascending."""
        with self._read() as connection:
            query = sa.select(documents.c.id).where(documents.c.withdrawn.is_(False)).order_by(documents.c.id)
            return list(connection.execute(query).scalars())

    def state(self) -> State:
        with self._read() as connection:
            return _state(connection)


def _state(connection: sa.Connection) -> State:
    query = sa.select(
        sa.func.count().filter(documents.c.withdrawn.is_(False)),
        sa.func.coalesce(sa.func.sum(documents.c.revision), 0),
        sa.func.coalesce(sa.func.sum(documents.c.indexed_revision), 0),
        sa.func.max(documents.c.changed_at),
    )
    row = connection.execute(query).one()
    return State(documents=row[0], revision=row[1], indexed=row[2], changed_at=row[3])
