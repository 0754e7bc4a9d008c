"""`kill -9` while an issue is sent, and two schedulers at once: nobody twice, nobody missed, doubt only where an answer was lost."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest

from corpus.store import open_store
from tests.digest.mail_server import Running, running
from tests.digest.sending import KEY, NOW, deliver, deliver_when_free, fill

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.digest.sending"])


def kill_somewhere(path: Path, server: Running, readers: int, kills_left: int, chance: random.Random) -> bool:
    """Start a run and kill it after a random share of the work that is left; whether it was still at work."""
    done = len(server.accepted())
    wanted = done + chance.randint(0, max(1, 2 * (readers - done) // (kills_left + 1)))
    process = CONTEXT.Process(target=deliver_when_free, args=(path, server.port))
    process.start()
    while process.is_alive() and len(server.accepted()) < wanted:
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.01))
    process.kill()
    process.join()
    at_work = process.exitcode == -9
    process.close()
    return at_work


def check(path: Path, server: Running, readers: int) -> None:
    with open_store(path) as store:
        counts = store.send_counts(KEY)
        assert set(counts) <= {"sent", "uncertain"}, counts
        assert sum(counts.values()) == readers
        received = server.counts()
        assert max(received.values()) == 1, "nobody twice"
        for send in store.sends(KEY):
            reader = store.reader(send.reader)
            assert reader is not None
            assert received[reader.address] == 1 or send.state == "uncertain", "who got nothing is not called sent"
        # The operator looks into the mail server's log and decides.
        accepted = {number for _, number in server.accepted()}
        for send in store.sends(KEY, state="uncertain"):
            assert store.decide(send.message_id, "sent" if send.message_id in accepted else "queued", NOW)


def run_killed(tmp_path: Path, *, readers: int, kills: int, drop: float, stall: float, seed: int) -> None:
    path, chance = tmp_path / "loa.db", random.Random(seed)
    fill(path, readers)
    with running(tmp_path / "accepted.jsonl", drop=drop, stall=stall, seed=seed) as server:
        killed = sum(kill_somewhere(path, server, readers, kills - number, chance) for number in range(kills))
        assert killed >= kills * 3 // 4, "most are in the middle of the work"
        deliver(path, server.port)
        check(path, server, readers)
        for _ in range(20):
            deliver(path, server.port)
            with open_store(path) as store:
                if store.send_counts(KEY) == {"sent": readers}:
                    break
            check(path, server, readers)
        assert server.counts() == dict.fromkeys(server.counts(), 1)
        assert len(server.counts()) == readers, "everybody exactly once"


@pytest.mark.timeout(300)
def test_twenty_kills(tmp_path: Path) -> None:
    run_killed(tmp_path, readers=200, kills=20, drop=0.1, stall=0.0, seed=20)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_hundred_kills(tmp_path: Path) -> None:
    run_killed(tmp_path, readers=1000, kills=200, drop=0.1, stall=0.01, seed=200)


def test_two_schedulers_at_once_send_once(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    fill(path, 60)
    with running(tmp_path / "accepted.jsonl") as server:
        both = [CONTEXT.Process(target=deliver_when_free, args=(path, server.port)) for _ in range(2)]
        for process in both:
            process.start()
        for process in both:
            process.join()
            assert process.exitcode == 0
            process.close()
        with open_store(path) as store:
            assert store.send_counts(KEY) == {"sent": 60}
        assert sorted(server.counts().values()) == [1] * 60
