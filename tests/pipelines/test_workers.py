"""The pool: results, errors, limits that kill one task and spare the others."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from corpus.errors import InvalidData
from pipelines.workers import CannotStart, MemoryLimit, Timeout, WorkerDied, WorkerPool


def double(number: int) -> int:
    return 2 * number


def process_id() -> int:
    return os.getpid()


def hang() -> None:
    while True:
        time.sleep(0.01)


def spin() -> None:
    while True:
        pass


def spin_in_threads() -> None:
    threads = [threading.Thread(target=spin, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    threads[0].join()


def wait(seconds: float) -> str:
    """As long as a page takes on a machine that is busy with other work: the clock runs, the processor hardly."""
    time.sleep(seconds)
    return "done"


def swell(mebibytes: int) -> int:
    held = []
    for _ in range(mebibytes):
        held.append(b"x" * (1 << 20))
        time.sleep(0.001)
    return len(held)


def ask_for_all_at_once() -> int:
    return len(bytearray(8 << 30))


def crash() -> None:
    os._exit(7)


def bug() -> None:
    raise ZeroDivisionError("a bug in the task")


def refuse_to_start() -> None:
    raise InvalidData("the model is damaged: train it again", file="model/manifest.json")


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    # Its start loads this module, outside of the limits.
    made = WorkerPool(1, initializer=double, initargs=(1,), seconds=3, memory_bytes=100 << 20)
    yield made
    made.shutdown(cancel_futures=True)


def test_results_come_back(pool: WorkerPool) -> None:
    assert [future.result() for future in [pool.submit(double, number) for number in range(20)]] == [2 * n for n in range(20)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("task", "arguments", "error"),
    [
        pytest.param(spin, (), Timeout, id="spins"),
        pytest.param(spin_in_threads, (), Timeout, id="spins-in-threads"),
        pytest.param(swell, (3000,), MemoryLimit, id="swells"),
        pytest.param(ask_for_all_at_once, (), MemoryLimit, id="asks-for-all-at-once"),
        pytest.param(crash, (), WorkerDied, id="crashes"),
        pytest.param(bug, (), WorkerDied, id="bug"),
    ],
)
def test_a_task_beyond_its_limits_fails_alone(pool: WorkerPool, task: object, arguments: tuple[int, ...], error: type[Exception]) -> None:
    assert callable(task)
    wrong = pool.submit(task, *arguments)
    right = pool.submit(double, 4)
    with pytest.raises(error):
        wrong.result()
    assert right.result() == 8


@pytest.mark.timeout(60)
def test_processor_time_counts_and_not_the_clock() -> None:
    with WorkerPool(1, initializer=double, initargs=(1,), seconds=0.5, hang_seconds=60) as pool:
        assert pool.submit(wait, 1.2).result() == "done"


@pytest.mark.timeout(60)
def test_a_task_that_hangs_ends_by_the_clock() -> None:
    with WorkerPool(1, seconds=30, hang_seconds=2) as pool:
        with pytest.raises(Timeout, match=r"after 2 s$"):
            pool.submit(hang).result()
        with (
            pytest.raises(Timeout, match=r"after 0\.2 s of a processor"),
            WorkerPool(1, initializer=double, initargs=(1,), seconds=0.2, hang_seconds=60) as quick,
        ):
            quick.submit(spin).result()


def test_a_worker_is_kept_for_the_next_task(pool: WorkerPool) -> None:
    first = pool.submit(process_id).result()
    assert first != os.getpid()
    assert pool.submit(process_id).result() == first


def test_a_task_within_its_limits_passes(pool: WorkerPool) -> None:
    assert pool.submit(swell, 20).result() == 20


def test_a_worker_that_cannot_start_says_why() -> None:
    with WorkerPool(1, initializer=refuse_to_start) as pool, pytest.raises(CannotStart, match="train it again"):
        pool.submit(double, 1).result()


@pytest.mark.timeout(60)  # the task itself would take an hour
def test_stopping_kills_what_runs_and_cancels_what_waits() -> None:
    pool = WorkerPool(1, seconds=3600)
    running, waiting = pool.submit(hang), pool.submit(double, 1)
    time.sleep(0.5)
    pool.shutdown(cancel_futures=True)
    with pytest.raises(WorkerDied):
        running.result(timeout=30)
    with pytest.raises(CancelledError):
        waiting.result(timeout=30)
    with pytest.raises(RuntimeError):
        pool.submit(double, 1)
