"""Readers of the digest: address, choices and the time of their consent, and nothing else; all of it goes when they leave.

Signing links and sending mail is not done here.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from corpus.store.database import Database
from corpus.store.mail_tables import issues, readers, saved_searches, sends

ReaderState = Literal["pending", "active", "suspended"]
TOKEN_LIFE = timedelta(days=7)
"""A subscription not confirmed by then is forgotten, address and all."""
ASK_AGAIN_AFTER = timedelta(minutes=10)
MOST_ASKED = 5
"""Confirmation mails to one address before it is forgotten: nobody shall be pestered through our form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    units: Literal["34", "63"] = "34"
    provinces: tuple[str, ...] = ()
    """Codes of the register; empty: all alike."""
    activities: tuple[str, ...] = ()
    weekly: bool = True
    """The weekly issue; without it only what saved searches find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    id: str
    address: str
    state: ReaderState
    choices: Choices
    asked_at: datetime
    consented_at: datetime | None
    suspended_for: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a wish to subscribe. The page says the same in every case, so that nobody learns who reads us."""

    reader: str
    token: str | None
    """For the confirmation mail; None where none is to be sent: asked too often, or a reader already."""
    known: bool
    """A reader already: their new choices wait for them on the page behind their own link."""


class SubscriptionStore(Database):
    def ask(self, address: str, choices: Choices, now: datetime) -> Asked:
        """Note the wish of somebody who says that this is their address. ``address`` is valid; nothing is sent to it until confirmed."""
        key, token = address.casefold(), secrets.token_urlsafe(24)
        with self._write() as connection:
            _forget_unconfirmed(connection, now)
            known = connection.execute(sa.select(readers).where(readers.c.address_key == key)).first()
            if known is None:
                number = secrets.token_hex(12)
                values = {"id": number, "address": address, "address_key": key, "state": "pending", "asked_at": now, "asked": 1}
                connection.execute(sa.insert(readers).values(**values, **_columns(choices), **_token(token, now)))
                return Asked(number, token, known=False)
            if known.state == "active":
                return Asked(known.id, None, known=True)
            if known.asked >= MOST_ASKED or now < known.asked_at + ASK_AGAIN_AFTER:
                return Asked(known.id, None, known=False)
            values = {"asked_at": now, "asked": known.asked + 1, **_columns(choices), **_token(token, now)}
            connection.execute(sa.update(readers).where(readers.c.id == known.id).values(**values))
            return Asked(known.id, token, known=False)

    def not_asked(self, number: str) -> None:
        """The confirmation mail could not be sent: the wish does not count against the reader, who may ask again at once."""
        values = {"asked": readers.c.asked - 1, "asked_at": datetime(1970, 1, 1, tzinfo=UTC)}
        with self._write() as connection:
            connection.execute(sa.update(readers).where(readers.c.id == number, readers.c.asked > 0).values(**values))

    def confirmable(self, token: str, now: datetime) -> Reader | None:
        """Whose token this is while it is valid; looking changes nothing."""
        with self._read() as connection:
            row = connection.execute(_by_token(token, now)).first()
        return None if row is None else _reader(row)

    def confirm(self, token: str, now: datetime) -> Reader | None:
        """Make the reader active and note the time of consent; None for a token unknown, used or too old."""
        with self._write() as connection:
            row = connection.execute(_by_token(token, now)).first()
            if row is None:
                return None
            values = {"state": "active", "consented_at": now, "token_hash": None, "token_expires": None, "suspended_for": None, "asked": 0}
            connection.execute(sa.update(readers).where(readers.c.id == row.id).values(**values))
            return _reader(connection.execute(sa.select(readers).where(readers.c.id == row.id)).one())

    def add_reader(self, address: str, choices: Choices, *, consented_at: datetime, now: datetime) -> bool:
        """Bring in a reader who consented elsewhere; False when the address is known: then nothing changes."""
        key = address.casefold()
        with self._write() as connection:
            if connection.execute(sa.select(readers.c.id).where(readers.c.address_key == key)).first() is not None:
                return False
            values = {"id": secrets.token_hex(12), "address": address, "address_key": key, "state": "active", "asked_at": now, "asked": 0}
            connection.execute(sa.insert(readers).values(**values, **_columns(choices), consented_at=consented_at))
            return True

    def reader(self, number: str) -> Reader | None:
        with self._read() as connection:
            row = connection.execute(sa.select(readers).where(readers.c.id == number)).first()
        return None if row is None else _reader(row)

    def reader_at(self, address: str) -> Reader | None:
        with self._read() as connection:
            row = connection.execute(sa.select(readers).where(readers.c.address_key == address.casefold())).first()
        return None if row is None else _reader(row)

    def readers(self, state: ReaderState | None = None) -> list[Reader]:
        """By address."""
        query = sa.select(readers).order_by(readers.c.address_key)
        if state is not None:
            query = query.where(readers.c.state == state)
        with self._read() as connection:
            return [_reader(row) for row in connection.execute(query)]

    def readers_of(self, numbers: Iterable[str]) -> dict[str, Reader]:
        """Active readers among these ids."""
        query = sa.select(readers).where(readers.c.id.in_(list(numbers)), readers.c.state == "active")
        with self._read() as connection:
            return {row.id: _reader(row) for row in connection.execute(query)}

    def choose(self, number: str, choices: Choices) -> bool:
        with self._write() as connection:
            return connection.execute(sa.update(readers).where(readers.c.id == number).values(**_columns(choices))).rowcount > 0

    def leave(self, number: str) -> bool:
        """Delete all that we keep of a reader; False when there was nothing left. What was sent stays counted, under no name."""
        with self._write() as connection:
            owned = sa.select(saved_searches.c.id).where(saved_searches.c.reader == number)
            connection.execute(sa.delete(issues).where(issues.c.search.in_(owned)))
            connection.execute(sa.delete(saved_searches).where(saved_searches.c.reader == number))
            connection.execute(sa.delete(sends).where(sends.c.reader == number, sends.c.state == "queued"))
            return connection.execute(sa.delete(readers).where(readers.c.id == number)).rowcount > 0

    def suspend(self, number: str, reason: str) -> bool:
        """Send no more to a reader whose mail came back; they or the operator may bring it to life again."""
        with self._write() as connection:
            return suspend_reader(connection, number, reason)

    def resume(self, number: str) -> bool:
        statement = sa.update(readers).where(readers.c.id == number, readers.c.state == "suspended")
        with self._write() as connection:
            return connection.execute(statement.values(state="active", suspended_for=None)).rowcount > 0

    def forget_unconfirmed(self, now: datetime) -> int:
        """Delete wishes that nobody confirmed in time."""
        with self._write() as connection:
            return _forget_unconfirmed(connection, now)


def suspend_reader(connection: sa.Connection, number: str, reason: str) -> bool:
    statement = sa.update(readers).where(readers.c.id == number, readers.c.state == "active")
    return connection.execute(statement.values(state="suspended", suspended_for=reason[:500])).rowcount > 0


def _forget_unconfirmed(connection: sa.Connection, now: datetime) -> int:
    old = sa.and_(readers.c.state == "pending", readers.c.token_expires <= now)
    connection.execute(sa.delete(saved_searches).where(saved_searches.c.reader.in_(sa.select(readers.c.id).where(old))))
    return connection.execute(sa.delete(readers).where(old)).rowcount


def _columns(choices: Choices) -> dict[str, Any]:
    return {"units": choices.units, "provinces": list(choices.provinces), "activities": list(choices.activities), "weekly": choices.weekly}


def _token(token: str, now: datetime) -> dict[str, Any]:
    return {"token_hash": _hash(token), "token_expires": now + TOKEN_LIFE}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _by_token(token: str, now: datetime) -> sa.Select[Any]:
    return sa.select(readers).where(readers.c.token_hash == _hash(token), readers.c.token_expires > now)


def _reader(row: Any) -> Reader:
    return Reader(
        id=row.id,
        address=row.address,
        state=row.state,
        choices=Choices(units=row.units, provinces=tuple(row.provinces), activities=tuple(row.activities), weekly=row.weekly),
        asked_at=row.asked_at,
        consented_at=row.consented_at,
        suspended_for=row.suspended_for,
    )
