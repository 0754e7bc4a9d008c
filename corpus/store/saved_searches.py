"""Searches that somebody saved, and which of their documents were already told of.

What is new is decided by sets, not by a clock: a document may be processed days after it was fetched, and while a mail is under way.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.store.database import Database
from corpus.store.mail_tables import issues, saved_searches, told_documents
from corpus.store.schema import documents

Frequency = Literal["daily", "weekly", "monthly", "none"]
LOOK_BACK = timedelta(days=14)
"""How long after it was first seen a document may still become known to us (a backlog, an outage) and be told of as new."""
LONGEST_NAME, LONGEST_PARAMS = 80, 2000
"""Characters."""
MOST_SEARCHES = 20
"""Saved searches of one reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    id: str
    name: str
    params: str
    """URL parameters of the search page, as in its address."""
    reader: str | None
    """Owner by subscription; else ``account`` owns it."""
    account: str | None
    frequency: Frequency
    created_at: datetime
    last_success: datetime | None
    """When its last mail was accepted; None before the first."""

    @property
    def looks_back_to(self) -> datetime:
        return (self.last_success or self.created_at) - LOOK_BACK


class SavedSearchStore(Database):
    def save_search(
        self, name: str, params: str, *, frequency: Frequency, now: datetime, reader: str | None = None, account: str | None = None
    ) -> SavedSearch | None:
        """None when the owner has as many as one may have. Tell what it finds today with `tell`, or its first mail brings the stock."""
        assert (reader is None) != (account is None), "one owner"
        owner = saved_searches.c.reader == reader if reader else saved_searches.c.account == account
        values = {"id": secrets.token_hex(12), "name": name, "params": params, "reader": reader, "account": account}
        with self._write() as connection:
            if int(connection.execute(sa.select(sa.func.count()).where(owner)).scalar_one()) >= MOST_SEARCHES:
                return None
            connection.execute(sa.insert(saved_searches).values(**values, frequency=frequency, created_at=now))
        return self.saved_search(str(values["id"]))

    def saved_search(self, number: str) -> SavedSearch | None:
        with self._read() as connection:
            row = connection.execute(sa.select(saved_searches).where(saved_searches.c.id == number)).mappings().first()
        return None if row is None else SavedSearch(**row)

    def saved_searches(
        self, *, reader: str | None = None, account: str | None = None, frequency: Frequency | None = None
    ) -> list[SavedSearch]:
        """The oldest first."""
        query = sa.select(saved_searches).order_by(saved_searches.c.created_at, saved_searches.c.id)
        for column, value in (("reader", reader), ("account", account), ("frequency", frequency)):
            if value is not None:
                query = query.where(saved_searches.c[column] == value)
        with self._read() as connection:
            return [SavedSearch(**row) for row in connection.execute(query).mappings()]

    def remove_search(self, number: str) -> bool:
        with self._write() as connection:
            connection.execute(sa.delete(issues).where(issues.c.search == number))
            return connection.execute(sa.delete(saved_searches).where(saved_searches.c.id == number)).rowcount > 0

    def documents_since(self, instant: datetime) -> set[str]:
        """Ids of documents that count and were first seen at or after ``instant``."""
        query = sa.select(documents.c.id).where(documents.c.first_seen >= instant, documents.c.withdrawn.is_(False))
        with self._read() as connection:
            return {row[0] for row in connection.execute(query)}

    def told(self, number: str) -> set[str]:
        with self._read() as connection:
            return set(connection.execute(sa.select(told_documents.c.document_id).where(told_documents.c.search == number)).scalars())

    def tell(self, number: str, ids: Iterable[str]) -> None:
        """Note documents as told of without a mail."""
        with self._write() as connection:
            tell_documents(connection, number, ids)


def tell_documents(connection: sa.Connection, number: str, ids: Iterable[str]) -> None:
    rows = [{"search": number, "document_id": key} for key in ids]
    if rows:
        connection.execute(insert(told_documents).on_conflict_do_nothing(), rows)


def note_success(connection: sa.Connection, number: str, ids: Iterable[str], now: datetime) -> None:
    """Its mail was accepted: these are told of, and what lies too far back to come up again needs no note any more."""
    if connection.execute(sa.select(saved_searches.c.id).where(saved_searches.c.id == number)).first() is None:
        return  # removed while the mail was under way
    tell_documents(connection, number, ids)
    connection.execute(sa.update(saved_searches).where(saved_searches.c.id == number).values(last_success=now))
    recent = sa.select(documents.c.id).where(documents.c.first_seen >= now - LOOK_BACK)
    connection.execute(sa.delete(told_documents).where(told_documents.c.search == number, told_documents.c.document_id.not_in(recent)))
