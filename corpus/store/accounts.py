"""People who sign in: accounts with their role, sessions and access tokens. Only hashes of secrets are kept.

Hashing passwords is not done here (see ``search_api/passwords.py``): a hash comes in and goes out as a text.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa

from corpus.errors import InvalidData
from corpus.store.account_tables import access_tokens, accounts, sessions
from corpus.store.database import Database

AccountRole = Literal["reader", "reviewer", "editor", "admin"]
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
"""From the least to the most: each may do what those before it may."""

SESSION_LIFE = timedelta(hours=12)
"""A working day; who leaves the machine unlocked overnight has to sign in again."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: int
    name: str
    """What the person signs in with: lower case letters, digits and ``. _ @ -``."""
    full_name: str
    role: AccountRole
    created_at: datetime
    closed_at: datetime | None

    def may(self, role: AccountRole) -> bool:
        return self.closed_at is None and ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    account: Account
    form_token: str
    """Stands in every form of this session; a request without it was not made on our pages."""


class AccountStore(Database):
    def add_account(self, name: str, role: str, password_hash: str, now: datetime, *, full_name: str = "") -> Account:
        """Raises: InvalidData for a name in use or not allowed, or an unknown role."""
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise InvalidData(f"account name {name!r}: use 1 to 64 letters a-z, digits and . _ @ -")
        _check_role(role)
        with self._write() as connection:
            if connection.execute(sa.select(accounts.c.id).where(accounts.c.name == name)).first() is not None:
                raise InvalidData(f"account {name!r} is there already; `loa user set` changes its role, password or state")
            row = {"name": name, "full_name": full_name.strip() or name, "role": role, "password_hash": password_hash}
            connection.execute(sa.insert(accounts).values(**row, created_at=now))
            return _account(connection, accounts.c.name == name)

    def accounts(self) -> list[Account]:
        """By name, the closed ones too."""
        with self._read() as connection:
            return [_of(row) for row in connection.execute(sa.select(accounts).order_by(accounts.c.name))]

    def change_account(
        self,
        name: str,
        now: datetime,
        *,
        role: str | None = None,
        password_hash: str | None = None,
        full_name: str | None = None,
        closed: bool | None = None,
    ) -> Account:
        """Whatever changes, the account's sessions end; a closed account loses its tokens too. Raises: InvalidData when unknown."""
        values: dict[str, object] = {}
        if role is not None:
            _check_role(role)
            values["role"] = role
        if password_hash is not None:
            values["password_hash"] = password_hash
        if full_name is not None:
            values["full_name"] = full_name.strip() or name
        if closed is not None:
            values["closed_at"] = now if closed else None
        with self._write() as connection:
            account = _account(connection, accounts.c.name == name.strip().lower())
            if values:
                connection.execute(sa.update(accounts).where(accounts.c.id == account.id).values(**values))
            connection.execute(sa.delete(sessions).where(sessions.c.account == account.id))
            if closed:
                connection.execute(sa.delete(access_tokens).where(access_tokens.c.account == account.id))
            return _account(connection, accounts.c.id == account.id)

    def password_hash(self, name: str) -> str | None:
        """None for an unknown or closed account."""
        query = sa.select(accounts.c.password_hash).where(accounts.c.name == name.strip().lower(), accounts.c.closed_at.is_(None))
        with self._read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def begin_session(self, name: str, now: datetime) -> tuple[str, Session]:
        """The secret for the cookie, and the session. Raises: InvalidData for an unknown account."""
        secret, form_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        with self._write() as connection:
            account = _account(connection, accounts.c.name == name.strip().lower())
            connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))
            row = {"key": _key(secret), "account": account.id, "form_token": form_token, "expires_at": now + SESSION_LIFE}
            connection.execute(sa.insert(sessions).values(**row))
        return secret, Session(account=account, form_token=form_token)

    def session(self, secret: str, now: datetime) -> Session | None:
        """None when it has ended, never was, or its account is closed."""
        query = (
            sa.select(accounts, sessions.c.form_token)
            .join(sessions, sessions.c.account == accounts.c.id)
            .where(sessions.c.key == _key(secret), sessions.c.expires_at > now, accounts.c.closed_at.is_(None))
        )
        with self._read() as connection:
            row = connection.execute(query).first()
        return None if row is None else Session(account=_of(row), form_token=row.form_token)

    def end_session(self, secret: str) -> None:
        with self._write() as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.key == _key(secret)))

    def add_access_token(self, name: str, note: str, now: datetime) -> str:
        """A new secret for programs, shown once and never again. Raises: InvalidData for an unknown or closed account."""
        secret = f"loa_{secrets.token_urlsafe(32)}"
        with self._write() as connection:
            account = _account(connection, accounts.c.name == name.strip().lower())
            if account.closed_at is not None:
                raise InvalidData(f"account {name!r} is closed")
            connection.execute(sa.insert(access_tokens).values(key=_key(secret), account=account.id, note=note, created_at=now))
        return secret

    def drop_access_tokens(self, name: str) -> int:
        """Ends all tokens of the account; returns how many there were."""
        with self._write() as connection:
            account = _account(connection, accounts.c.name == name.strip().lower())
            return connection.execute(sa.delete(access_tokens).where(access_tokens.c.account == account.id)).rowcount

    def token_account(self, secret: str) -> Account | None:
        query = (
            sa.select(accounts)
            .join(access_tokens, access_tokens.c.account == accounts.c.id)
            .where(access_tokens.c.key == _key(secret), accounts.c.closed_at.is_(None))
        )
        with self._read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _of(row)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InvalidData(f"role {role!r}: one of {', '.join(ROLES)} is needed")


def _key(secret: str) -> str:
    # A secret of 256 random bits needs no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _account(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Account:
    row = connection.execute(sa.select(accounts).where(condition)).first()
    if row is None:
        raise InvalidData("no such account; `loa user list` shows them")
    return _of(row)


def _of(row: sa.Row[tuple[object, ...]]) -> Account:
    return Account(**{name: getattr(row, name) for name in Account.__dataclass_fields__})
