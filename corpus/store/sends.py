"""Issues as they were frozen, and the ledger of sends: one row for each issue and reader, written before and after every message.

    queued ──claim──> sending ──settle──> sent | failed | queued (later again)
                         └─ the process died or the answer was lost ─> uncertain, which only a person decides

Talking to a mail server is not done here (see ``digest/send.py``).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.store.database import Database
from corpus.store.mail_tables import issue_documents, issues, leases, readers, sends
from corpus.store.saved_searches import note_success
from corpus.store.subscriptions import suspend_reader

SendState = Literal["queued", "sending", "sent", "failed", "uncertain"]
IssueKind = Literal["weekly", "alert"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIssue:
    key: str
    kind: IssueKind
    state: Literal["draft", "frozen"]
    content: bytes
    web: str
    built_at: datetime
    frozen_at: datetime | None
    approved_by: str | None
    queued_at: datetime | None
    search: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    id: int
    issue: str
    reader: str
    state: SendState
    message_id: str
    attempts: int
    next_try: datetime
    changed_at: datetime
    claim: str | None
    detail: str | None
    extra: bytes | None
    """JSON list of `Found` by this reader's weekly searches."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a saved search found that is new."""

    search: str
    name: str
    params: str
    documents: tuple[str, ...]
    titles: tuple[str, ...]
    """Of the first few."""


class SendStore(Database):
    def put_draft(
        self,
        key: str,
        *,
        content: bytes,
        web: str,
        documents: Iterable[str],
        now: datetime,
        kind: IssueKind = "weekly",
        search: str | None = None,
    ) -> bool:
        """Store or replace a draft with the documents it counts; False when the issue is frozen: then nothing changes."""
        values = {"kind": kind, "state": "draft", "content": content, "web": web, "built_at": now, "search": search}
        with self._write() as connection:
            state = connection.execute(sa.select(issues.c.state).where(issues.c.key == key)).scalar_one_or_none()
            if state == "frozen":
                return False
            connection.execute(insert(issues).values(key=key, **values).on_conflict_do_update(index_elements=["key"], set_=values))
            connection.execute(sa.delete(issue_documents).where(issue_documents.c.issue == key))
            rows = [{"issue": key, "document_id": number} for number in sorted(set(documents))]
            if rows:
                connection.execute(sa.insert(issue_documents), rows)
            return True

    def freeze(self, key: str, now: datetime, *, approved_by: str | None = None) -> bool:
        """From now on content and figures stay as they are; False when it was frozen before or is not there."""
        statement = sa.update(issues).where(issues.c.key == key, issues.c.state == "draft")
        with self._write() as connection:
            return connection.execute(statement.values(state="frozen", frozen_at=now, approved_by=approved_by)).rowcount > 0

    def issue(self, key: str) -> StoredIssue | None:
        with self._read() as connection:
            row = connection.execute(sa.select(issues).where(issues.c.key == key)).mappings().first()
        return None if row is None else StoredIssue(**row)

    def issues(
        self, *, kind: IssueKind = "weekly", state: Literal["draft", "frozen"] | None = None, limit: int | None = None
    ) -> list[StoredIssue]:
        """The latest key first."""
        query = sa.select(issues).where(issues.c.kind == kind).order_by(issues.c.key.desc()).limit(limit)
        if state is not None:
            query = query.where(issues.c.state == state)
        with self._read() as connection:
            return [StoredIssue(**row) for row in connection.execute(query).mappings()]

    def alerts_of(self, search: str) -> list[StoredIssue]:
        query = sa.select(issues).where(issues.c.search == search).order_by(issues.c.key)
        with self._read() as connection:
            return [StoredIssue(**row) for row in connection.execute(query).mappings()]

    def counted_documents(self, *, before: str) -> set[str]:
        """Ids that any frozen weekly issue with a key before ``before`` counted."""
        query = (
            sa.select(issue_documents.c.document_id)
            .join(issues, issues.c.key == issue_documents.c.issue)
            .where(issues.c.kind == "weekly", issues.c.state == "frozen", issues.c.key < before)
        )
        with self._read() as connection:
            return set(connection.execute(query).scalars())

    def queue(
        self,
        key: str,
        now: datetime,
        *,
        domain: str,
        only: Iterable[str] | None = None,
        extra: Mapping[str, Sequence[Found]] | None = None,
    ) -> int:
        """Give the frozen issue one row for every active reader of the weekly issue (or those of ``only``), once and for all; how many.

        Whoever subscribes later gets the next issue; a run that goes on after a crash finds the same rows. ``extra`` by reader.
        """
        found_by = extra or {}
        query = sa.select(readers.c.id).where(readers.c.state == "active").order_by(readers.c.id)
        query = query.where(readers.c.weekly.is_(True) if only is None else readers.c.id.in_(list(only)))
        with self._write() as connection:
            found = connection.execute(sa.select(issues).where(issues.c.key == key, issues.c.state == "frozen")).first()
            if found is None or found.queued_at is not None:
                return 0
            rows = [
                {
                    "issue": key,
                    "reader": number,
                    "state": "queued",
                    "message_id": f"<{key.lower()}.{secrets.token_hex(12)}@{domain}>",
                    "attempts": 0,
                    "next_try": now,
                    "changed_at": now,
                    "extra": msgspec.json.encode(found_by[number]) if found_by.get(number) else None,
                }
                for number in connection.execute(query).scalars()
            ]
            if rows:
                connection.execute(sa.insert(sends), rows)
            connection.execute(sa.update(issues).where(issues.c.key == key).values(queued_at=now))
            return len(rows)

    def due_sends(self, key: str, now: datetime, *, after: int = 0, limit: int = 100) -> list[Send]:
        """Queued rows whose time has come, by ascending id."""
        query = (
            sa.select(sends)
            .where(sends.c.issue == key, sends.c.state == "queued", sends.c.next_try <= now, sends.c.id > after)
            .order_by(sends.c.id)
            .limit(limit)
        )
        with self._read() as connection:
            return [Send(**row) for row in connection.execute(query).mappings()]

    def next_try(self, key: str) -> datetime | None:
        """When the earliest queued row is due; None when none is left."""
        query = sa.select(sends.c.next_try).where(sends.c.issue == key, sends.c.state == "queued").order_by(sends.c.next_try).limit(1)
        with self._read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def claim(self, send: int, claim: str, now: datetime) -> bool:
        """Commit that this message is about to be handed over; False when somebody else has it or its reader has left."""
        statement = (
            sa.update(sends)
            .where(sends.c.id == send, sends.c.state == "queued")
            .where(sa.exists().where(readers.c.id == sends.c.reader, readers.c.state == "active"))
        )
        with self._write() as connection:
            return connection.execute(statement.values(state="sending", claim=claim, changed_at=now)).rowcount > 0

    def settle(
        self, send: int, claim: str, state: SendState, now: datetime, *, detail: str | None = None, next_try: datetime | None = None
    ) -> bool:
        """Commit what became of a claimed message, also when a successor already took it for uncertain: who sent it knows better."""
        values: dict[str, Any] = {"state": state, "changed_at": now, "detail": detail and detail[:500]}
        if state == "queued":
            assert next_try is not None
            values |= {"next_try": next_try, "attempts": sends.c.attempts + 1, "claim": None}
        statement = sa.update(sends).where(sends.c.id == send, sends.c.claim == claim, sends.c.state.in_(("sending", "uncertain")))
        with self._write() as connection:
            changed = connection.execute(statement.values(**values)).rowcount > 0
            if changed and state == "sent":
                _note_alert(connection, send, now)
            return changed

    def postpone(self, send: int, now: datetime, *, next_try: datetime | None, detail: str) -> None:
        """A message refused before it was handed over: later again, or failed for good without ``next_try``."""
        values: dict[str, Any] = {"changed_at": now, "detail": detail[:500], "attempts": sends.c.attempts + 1}
        values |= {"state": "failed"} if next_try is None else {"next_try": next_try}
        with self._write() as connection:
            connection.execute(sa.update(sends).where(sends.c.id == send, sends.c.state == "queued").values(**values))

    def doubt(self, now: datetime, *, claim: str | None = None) -> int:
        """Rows that a dead run left in the middle are uncertain; those of ``claim`` are left alone."""
        statement = sa.update(sends).where(sends.c.state == "sending")
        if claim is not None:
            statement = statement.where(sends.c.claim != claim)
        values = {"state": "uncertain", "changed_at": now, "detail": "the run ended before the mail server's answer was noted"}
        with self._write() as connection:
            return connection.execute(statement.values(**values)).rowcount

    def decide(self, message_id: str, state: Literal["sent", "queued", "failed"], now: datetime) -> bool:
        """What a person decided on an uncertain message; False when there is no such one."""
        with self._write() as connection:
            row = connection.execute(sa.select(sends).where(sends.c.message_id == message_id, sends.c.state == "uncertain")).first()
            if row is None:
                return False
            values = {"state": state, "changed_at": now, "next_try": now, "claim": None, "detail": "decided by hand"}
            connection.execute(sa.update(sends).where(sends.c.id == row.id).values(**values))
            if state == "sent":
                _note_alert(connection, row.id, now)
            return True

    def give_up(self, key: str, now: datetime, reason: str) -> int:
        """What is still queued of an issue whose time is over fails, with the reason."""
        statement = sa.update(sends).where(sends.c.issue == key, sends.c.state == "queued")
        with self._write() as connection:
            return connection.execute(statement.values(state="failed", changed_at=now, detail=reason)).rowcount

    def bounced(self, message_id: str, reason: str, now: datetime, *, permanent: bool) -> Send | None:
        """Note that a message came back; the reader of a permanent failure gets no further ones. None for a message not ours."""
        with self._write() as connection:
            row = connection.execute(sa.select(sends).where(sends.c.message_id == message_id)).mappings().first()
            if row is None:
                return None
            if permanent:
                values = {"state": "failed", "changed_at": now, "detail": f"came back: {reason}"[:500]}
                connection.execute(sa.update(sends).where(sends.c.id == row["id"]).values(**values))
                suspend_reader(connection, row["reader"], reason)
            return Send(**row)

    def send_counts(self, key: str) -> dict[str, int]:
        query = sa.select(sends.c.state, sa.func.count()).where(sends.c.issue == key).group_by(sends.c.state).order_by(sends.c.state)
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def sends(self, key: str | None = None, *, state: SendState | None = None) -> list[Send]:
        query = sa.select(sends).order_by(sends.c.id)
        for column, value in (("issue", key), ("state", state)):
            if value is not None:
                query = query.where(sends.c[column] == value)
        with self._read() as connection:
            return [Send(**row) for row in connection.execute(query).mappings()]

    def unfinished_issues(self) -> list[str]:
        """Keys of frozen issues that were not queued yet or still have queued rows, the oldest first."""
        waiting = sa.exists().where(sends.c.issue == issues.c.key, sends.c.state == "queued")
        query = (
            sa.select(issues.c.key)
            .where(issues.c.state == "frozen", sa.or_(issues.c.queued_at.is_(None), waiting))
            .order_by(issues.c.built_at)
        )
        with self._read() as connection:
            return list(connection.execute(query).scalars())

    def take_lease(self, name: str, holder: str, now: datetime, life: timedelta) -> bool:
        """Take or renew the right to be the only one; False while somebody else holds it."""
        with self._write() as connection:
            row = connection.execute(sa.select(leases).where(leases.c.name == name)).first()
            if row is not None and row.holder != holder and row.expires_at > now:
                return False
            values = {"holder": holder, "expires_at": now + life}
            connection.execute(insert(leases).values(name=name, **values).on_conflict_do_update(index_elements=["name"], set_=values))
            return True

    def drop_lease(self, name: str, holder: str) -> None:
        with self._write() as connection:
            connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.holder == holder))

    def promised(self, search: str, reader: str) -> set[str]:
        """Documents in mails of a saved search that were not accepted yet, or perhaps: they are not told of in another mail."""
        open_states = ("queued", "sending", "uncertain")
        waiting = sa.select(sends.c.issue, sends.c.extra).where(sends.c.reader == reader, sends.c.state.in_(open_states))
        found: set[str] = set()
        with self._read() as connection:
            rows = connection.execute(waiting).all()
            own = sa.select(issue_documents.c.document_id).join(issues, issues.c.key == issue_documents.c.issue)
            own = own.where(issues.c.search == search, issues.c.key.in_([row.issue for row in rows]))
            found.update(connection.execute(own).scalars())
        for row in rows:
            if row.extra is not None:
                found.update(
                    number
                    for entry in msgspec.json.decode(row.extra, type=list[Found])
                    if entry.search == search
                    for number in entry.documents
                )
        return found

    def lease(self, name: str) -> tuple[str, datetime] | None:
        """Its holder and when it ends."""
        with self._read() as connection:
            row = connection.execute(sa.select(leases).where(leases.c.name == name)).first()
        return None if row is None else (row.holder, row.expires_at)


def _note_alert(connection: sa.Connection, send: int, now: datetime) -> None:
    """A mail with what saved searches found was accepted: it is told, in the same transaction."""
    query = sa.select(issues.c.key, issues.c.search, sends.c.extra).join(sends, sends.c.issue == issues.c.key).where(sends.c.id == send)
    row = connection.execute(query).one()
    if row.search is not None:
        told = connection.execute(sa.select(issue_documents.c.document_id).where(issue_documents.c.issue == row.key)).scalars().all()
        note_success(connection, row.search, told, now)
    if row.extra is not None:
        for found in msgspec.json.decode(row.extra, type=list[Found]):
            note_success(connection, found.search, found.documents, now)
