"""Handing an issue to the mail server: nobody twice, nobody missed, whatever dies in between.

What is to be sent to whom stands in the ledger (`corpus.store.sends`) before the first message goes out. A row is committed as
``sending`` right before its message leaves and settled right after the answer; a row found ``sending`` after a crash is uncertain and
left to a person. Building messages is not done here.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from corpus.errors import StoreUnavailable
from corpus.store import Reader, Send, Store
from digest.smtp import Conversation, MailServer, NotTaken, Refused, Unknown, Unreachable

log = logging.getLogger(__name__)

LEASE = "digest"
LEASE_LIFE = timedelta(minutes=10)
_BATCH = 50

Compose = Callable[[Reader, Send], bytes]
"""The whole message for one reader, signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """After a temporary refusal: ``first``, doubled each time up to ``longest``, ``most`` times in all."""

    first: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=4)
    most: int = 8
    patience: timedelta = timedelta(minutes=15)
    """How long a run waits for the next row that is due; beyond it ends, and the next run goes on."""
    connections: int = 6
    """Conversations that may fail in a row before the run ends."""
    reconnect_seconds: float = 0.25
    """Doubled with each conversation that failed."""

    def after(self, attempts: int) -> timedelta | None:
        """Time to the next try after ``attempts`` failures before this one; None: no further."""
        return None if attempts + 1 >= self.most else min(self.first * 2**attempts, self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time as the run sees it: both are given, so that tests need no waiting."""

    now: Callable[[], datetime]
    pause: Callable[[float], None]


@dataclass(slots=True)
class Tally:
    sent: int = 0
    failed: int = 0
    postponed: int = 0
    uncertain: int = 0
    doubted: int = 0
    """Rows that an earlier run left in the middle."""
    stopped: Literal["", "unreachable", "sender_refused", "lease_lost"] = ""
    reason: str = ""
    waiting: int = 0
    """Rows still queued when the run ended."""
    next_try: datetime | None = None


class Sending(StoreUnavailable):
    """Another run is sending."""


def new_holder() -> str:
    """Names this run in lease and ledger: host, process and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def take_turn(store: Store, holder: str, now: datetime) -> None:
    """Be the one run that sends. A lease whose process on this very host is gone counts no more. Raises: Sending."""
    if store.take_lease(LEASE, holder, now, LEASE_LIFE):
        return
    found = store.lease(LEASE)
    if found is not None and _is_gone(found[0]):
        store.drop_lease(LEASE, found[0])
    if not store.take_lease(LEASE, holder, now, LEASE_LIFE):
        raise Sending(f"another run is sending ({found[0] if found else '?'}): try again when it has ended")


def _is_gone(holder: str) -> bool:
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


class Delivery:
    """One run that hands issues over. It holds the lease from `begin` to `end`."""

    def __init__(
        self, store: Store, server: MailServer, sender: str, *, clock: Clock, retries: Retries | None = None, per_minute: int = 0
    ) -> None:
        """``sender`` is the envelope's return address; ``per_minute`` messages at most, 0: as fast as they are taken."""
        self.store = store
        self.server = server
        self.sender = sender
        self.clock = clock
        self.retries = retries or Retries()
        self.holder = new_holder()
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._free_at: datetime | None = None
        self._renew_at: datetime | None = None
        self._conversation: Conversation | None = None
        self._broken = 0

    def __enter__(self) -> Delivery:
        take_turn(self.store, self.holder, self.clock.now())
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()
        self.store.drop_lease(LEASE, self.holder)

    def deliver(self, key: str, compose: Compose) -> Tally:
        """Send every queued row of the frozen issue that is due, wait a little for those that are not yet, and say what is left."""
        tally = Tally(doubted=self.store.doubt(self.clock.now(), claim=self.holder))
        while self._pass(key, compose, tally):
            due = self.store.next_try(key)
            if due is None:
                break
            wait = due - self.clock.now()
            if wait > self.retries.patience:
                break
            if wait > timedelta(0):
                self._hang_up()
                self.clock.pause(min(wait.total_seconds() + 0.001, LEASE_LIFE.total_seconds() / 4))
        tally.next_try = self.store.next_try(key)
        tally.waiting = self.store.send_counts(key).get("queued", 0)
        return tally

    def _pass(self, key: str, compose: Compose, tally: Tally) -> bool:
        """All rows that are due now, once; False when the run has to stop."""
        after = 0
        while rows := self.store.due_sends(key, self.clock.now(), after=after, limit=_BATCH):
            after = rows[-1].id
            readers = self.store.readers_of(row.reader for row in rows)
            for row in rows:
                reader = readers.get(row.reader)
                if reader is None:
                    self.store.postpone(row.id, self.clock.now(), next_try=None, detail="the reader left or is suspended")
                    continue
                if not self._keep_turn(tally) or not self._send(row, reader, compose(reader, row), tally):
                    return False
        return self._keep_turn(tally)

    def _send(self, row: Send, reader: Reader, message: bytes, tally: Tally) -> bool:
        """One row to its end or its next try; a conversation that broke before the message was taken is opened again."""
        while True:
            conversation = self._open(tally)
            if conversation is None:
                return False
            self._pace()
            taken = False

            def take() -> bool:
                nonlocal taken
                taken = self.store.claim(row.id, self.holder, self.clock.now())
                return taken

            try:
                answer = conversation.hand_over(self.sender, reader.address, message, take)
            except NotTaken:
                return True
            except Unreachable as error:
                self._hang_up()
                self._broken += 1
                if taken:
                    # It went out in part only and no closing dot: surely not accepted.
                    self._later(row, str(error), tally, taken=True, counts=False)
                    return True
                continue
            except Unknown as error:
                self._hang_up()
                self._broken = 0
                self.store.settle(row.id, self.holder, "uncertain", self.clock.now(), detail=f"no answer to the whole message: {error}")
                tally.uncertain += 1
                return True
            except Refused as error:
                self._broken = 0
                return self._refused(row, error, tally, taken=taken)
            self._broken = 0
            self.store.settle(row.id, self.holder, "sent", self.clock.now(), detail=answer)
            tally.sent += 1
            return True

    def _refused(self, row: Send, error: Refused, tally: Tally, *, taken: bool) -> bool:
        """False when it is we who are refused: then every other row would be, too."""
        if error.of_sender:
            tally.stopped, tally.reason = "sender_refused", str(error)
            return False
        if error.permanent:
            now = self.clock.now()
            if taken:
                self.store.settle(row.id, self.holder, "failed", now, detail=str(error))
            else:
                self.store.postpone(row.id, now, next_try=None, detail=str(error))
            if error.no_such_mailbox:
                self.store.suspend(row.reader, str(error))
            tally.failed += 1
        else:
            self._later(row, str(error), tally, taken=taken)
        return True

    def _later(self, row: Send, reason: str, tally: Tally, *, taken: bool, counts: bool = True) -> None:
        now = self.clock.now()
        wait = self.retries.after(row.attempts)
        if wait is None and counts:
            if taken:
                self.store.settle(row.id, self.holder, "failed", now, detail=reason)
            else:
                self.store.postpone(row.id, now, next_try=None, detail=reason)
            tally.failed += 1
            return
        due = now + (wait or self.retries.longest)
        if taken:
            self.store.settle(row.id, self.holder, "queued", now, detail=reason, next_try=due)
        else:
            self.store.postpone(row.id, now, next_try=due, detail=reason)
        tally.postponed += 1

    def _open(self, tally: Tally) -> Conversation | None:
        reason = ""
        while self._conversation is None:
            if self._broken >= self.retries.connections:
                tally.stopped, tally.reason = "unreachable", reason or "the conversation breaks again and again"
                return None
            if self._broken > 1:
                self.clock.pause(min(self.retries.reconnect_seconds * 2**self._broken, 30.0))
            try:
                self._conversation = Conversation(self.server)
            except Unreachable as error:
                self._broken += 1
                reason = str(error)
        return self._conversation

    def _hang_up(self) -> None:
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None

    def _pace(self) -> None:
        if not self._gap:
            return
        now = self.clock.now()
        if self._free_at is not None and now < self._free_at:
            self.clock.pause((self._free_at - now).total_seconds())
            now = max(self.clock.now(), self._free_at)
        self._free_at = now + timedelta(seconds=self._gap)

    def _keep_turn(self, tally: Tally) -> bool:
        """Renew the lease in time; whoever lost it stops, for somebody else is sending."""
        now = self.clock.now()
        if self._renew_at is not None and now < self._renew_at:
            return True
        if not self.store.take_lease(LEASE, self.holder, now, LEASE_LIFE):
            tally.stopped, tally.reason = "lease_lost", "another run took over"
            return False
        self._renew_at = now + LEASE_LIFE / 4
        return True


def added(first: Tally, second: Tally) -> Tally:
    """The sum of two runs' tallies, with the end of the second."""
    return replace(
        second,
        sent=first.sent + second.sent,
        failed=first.failed + second.failed,
        postponed=first.postponed + second.postponed,
        uncertain=first.uncertain + second.uncertain,
        doubted=first.doubted + second.doubted,
        waiting=first.waiting + second.waiting,
        stopped=second.stopped or first.stopped,
        reason=second.reason or first.reason,
    )
