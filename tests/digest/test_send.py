"""What the ledger says after each answer of a mail server; time passes only while the run pauses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from corpus.store import Send, Store, open_store
from digest.send import LEASE, LEASE_LIFE, Delivery, Retries, Sending, Tally, new_holder
from digest.smtp import MailServer, _dotted
from tests.digest.mail_server import Scripted, scripted
from tests.digest.sending import KEY, NOW, FrozenClock, compose, fill

FIRST, SECOND = "doc-gia-0@mau.example.vn", "doc-gia-1@mau.example.vn"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    fill(tmp_path / "loa.db", 2)
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def send(
    store: Store, handler: Scripted, clock: FrozenClock | None = None, *, retries: Retries | None = None, per_minute: int = 0
) -> Tally:
    with scripted(handler) as port:
        server = MailServer(host="127.0.0.1", port=port, timeout_seconds=5)
        clock = clock or FrozenClock()
        with Delivery(store, server, "loa@mau.example.vn", clock=clock.clock, retries=retries, per_minute=per_minute) as delivery:
            return delivery.deliver(KEY, compose)


def row(store: Store, address: str) -> Send:
    reader = store.reader_at(address)
    assert reader is not None
    return next(found for found in store.sends(KEY) if found.reader == reader.id)


def test_everybody_gets_the_message_as_composed(store: Store) -> None:
    handler = Scripted()
    tally = send(store, handler)
    assert (tally.sent, tally.waiting, tally.next_try) == (2, 0, None)
    assert {address for address, _ in handler.accepted} == {FIRST, SECOND}
    for address, content in handler.accepted:
        found = row(store, address)
        reader = store.reader(found.reader)
        assert reader is not None
        assert content == compose(reader, found), "dots at line starts included"
        assert (found.state, found.detail) == ("sent", "2.0.0 accepted")
    assert send(store, handler).sent == 0
    assert len(handler.accepted) == 2, "a second run sends nothing"


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_temporary_refusal_is_tried_again_later(store: Store, stage: str) -> None:
    handler = Scripted(**{stage: {FIRST: ["451 4.7.1 greylisted", "451 4.7.1 greylisted"]}})
    clock = FrozenClock()
    tally = send(store, handler, clock)
    assert (tally.sent, tally.postponed, tally.waiting) == (2, 2, 0)
    assert row(store, FIRST).attempts == 2
    assert sum(clock.paused) == pytest.approx(5 * 60 + 10 * 60, abs=1), "five minutes, then ten"


def test_a_run_does_not_wait_for_ever_and_the_next_goes_on(store: Store) -> None:
    handler = Scripted(rcpt={FIRST: ["451 later"] * 3})
    clock = FrozenClock()
    tally = send(store, handler, clock)
    assert (tally.sent, tally.waiting) == (1, 1)
    assert tally.next_try == clock.at + timedelta(minutes=20)
    clock.at += timedelta(minutes=19)
    assert send(store, handler, clock).sent == 1, "the last minute it waits for"


def test_temporary_refusals_end(store: Store) -> None:
    handler = Scripted(rcpt={FIRST: ["451 later"] * 100})
    send(store, handler, retries=Retries(patience=timedelta(days=9)))
    found = row(store, FIRST)
    assert (found.state, found.attempts) == ("failed", Retries().most)


@pytest.mark.parametrize(
    ("stage", "answer", "state"),
    [
        ("rcpt", "550 5.1.1 no such user", "suspended"),
        ("rcpt", "550 5.7.1 relaying denied", "active"),
        ("data", "552 5.2.2 mailbox full", "active"),
    ],
)
def test_a_permanent_refusal_is_final_but_only_a_missing_mailbox_suspends(store: Store, stage: str, answer: str, state: str) -> None:
    tally = send(store, Scripted(**{stage: {FIRST: [answer]}}))
    assert (tally.sent, tally.failed, tally.waiting) == (1, 1, 0)
    found, reader = row(store, FIRST), store.reader_at(FIRST)
    assert reader is not None
    assert (found.state, found.detail, reader.state) == ("failed", answer, state)


def test_a_refused_sender_costs_no_reader_their_issue(store: Store) -> None:
    tally = send(store, Scripted(mail="550 5.7.1 not allowed"))
    assert (tally.stopped, tally.failed, tally.waiting) == ("sender_refused", 0, 2)


def test_an_absent_server_ends_the_run_and_loses_nothing(store: Store) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        server = MailServer(host="127.0.0.1", port=closed.getsockname()[1], timeout_seconds=1)
        with Delivery(store, server, "loa@mau.example.vn", clock=FrozenClock().clock) as delivery:
            tally = delivery.deliver(KEY, compose)
    assert (tally.stopped, tally.waiting) == ("unreachable", 2)
    assert send(store, Scripted()).sent == 2


def test_the_rate_is_kept(tmp_path: Path) -> None:
    fill(tmp_path / "many.db", 10)
    clock = FrozenClock()
    with open_store(tmp_path / "many.db") as store:
        assert send(store, Scripted(), clock, per_minute=6).sent == 10
    assert sum(clock.paused) == pytest.approx(9 * 10)


def test_a_second_run_stays_out_until_the_lease_ends(store: Store) -> None:
    clock = FrozenClock()
    store.take_lease(LEASE, "elsewhere:1:abc", clock.at, LEASE_LIFE)
    with pytest.raises(Sending):
        send(store, Scripted(), clock)
    clock.at += LEASE_LIFE
    assert send(store, Scripted(), clock).sent == 2


def test_the_lease_of_a_dead_process_of_this_host_does_not_hold(store: Store) -> None:
    host = new_holder().split(":")[0]
    never = int(Path("/proc/sys/kernel/pid_max").read_text())
    store.take_lease(LEASE, f"{host}:{never}:abc", NOW, LEASE_LIFE)
    assert send(store, Scripted()).sent == 2
    assert store.lease(LEASE) is None


def test_a_run_that_lost_its_lease_stops(store: Store) -> None:
    handler, clock = Scripted(), FrozenClock()

    def compose_slowly(reader: object, found: object) -> bytes:
        clock.at += 2 * LEASE_LIFE
        store.take_lease(LEASE, "elsewhere:1:abc", clock.at, LEASE_LIFE)
        return b"Subject: a\r\n\r\na\r\n"

    with scripted(handler) as port:
        server = MailServer(host="127.0.0.1", port=port, timeout_seconds=5)
        with Delivery(store, server, "loa@mau.example.vn", clock=clock.clock) as delivery:
            tally = delivery.deliver(KEY, compose_slowly)
    assert (tally.stopped, tally.sent, tally.waiting) == ("lease_lost", 1, 1)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"a\n.b\n", b"a\r\n..b\r\n"),
        (b"a\r\n..\r\n", b"a\r\n...\r\n"),
        (b".", b"..\r\n"),
        (b"a\rb", b"a\r\nb\r\n"),
    ],
)
def test_lines_and_dots(message: bytes, expected: bytes) -> None:
    assert _dotted(message) == expected
