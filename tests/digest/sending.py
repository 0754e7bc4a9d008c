"""What the tests of sending have in common: a store full of readers, and a run that a test can start in a process of its own."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.store import Choices, Reader, Send, Store, open_store
from digest.send import Clock, Delivery, Retries, Sending, Tally
from digest.smtp import MailServer

KEY = "2026-W47"
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
EAGER = Retries(first=timedelta(milliseconds=20), longest=timedelta(milliseconds=100), most=50, connections=40, reconnect_seconds=0.001)


class FrozenClock:
    """Time that passes only while somebody pauses."""

    def __init__(self, now: datetime = NOW) -> None:
        self.at = now
        self.paused: list[float] = []

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.at += timedelta(seconds=seconds)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.at, pause=self.pause)


def fill(path: Path, readers: int) -> None:
    """A store with a frozen and queued issue."""
    with open_store(path) as store:
        add_readers(store, readers)
        store.put_draft(KEY, content=b"{}", web="", documents=(), now=NOW)
        store.freeze(KEY, NOW)
        store.queue(KEY, NOW, domain="mau.example.vn")


def add_readers(store: Store, count: int) -> None:
    for number in range(count):
        store.add_reader(f"doc-gia-{number}@mau.example.vn", Choices(), consented_at=NOW, now=NOW)


def compose(reader: Reader, send: Send) -> bytes:
    head = f"From: loa@mau.example.vn\r\nTo: {reader.address}\r\nSubject: Ban tin\r\nMessage-ID: {send.message_id}\r\n\r\n"
    return head.encode() + b"Xin chao.\r\n.dong bat dau bang dau cham\r\n" + (b"x" * 70 + b"\r\n") * 60


def deliver(path: Path, port: int, *, timeout_seconds: float = 5.0) -> Tally:
    """One whole run with the real clock."""
    clock = Clock(now=lambda: datetime.now(UTC), pause=time.sleep)
    server = MailServer(host="127.0.0.1", port=port, timeout_seconds=timeout_seconds)
    with open_store(path) as store, Delivery(store, server, "loa@mau.example.vn", clock=clock, retries=EAGER) as delivery:
        return delivery.deliver(KEY, compose)


def deliver_when_free(path: Path, port: int) -> None:
    """As a scheduler does: where somebody else is sending, there is nothing to do."""
    with contextlib.suppress(Sending):
        deliver(path, port)
