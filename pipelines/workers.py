"""A pool of worker processes that can be killed: an `Executor` in which a task has so much processor time and so much memory, and no more.

``concurrent.futures.ProcessPoolExecutor`` cannot stop one task: a worker that hangs blocks its slot for ever, and one that dies takes
the pool along. Here a worker that overruns is killed and replaced, and only its own task fails. What the tasks do is not known here.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import resource
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from corpus.errors import CorpusError

P = ParamSpec("P")
T = TypeVar("T")

PAGE_SECONDS = 10.0
PAGE_MEMORY_BYTES = 512 << 20
"""What one page may take, in seconds of a processor. trafilatura is quadratic on some pages: 98 kB with 10,000 attributes in one tag
take 2.5 s, 3.5 MB of paragraphs 27 s (2.3.1, measured)."""
HANG_FACTOR = 6.0
"""Times as long a task may take by the clock: one that waits for nothing ends too, and one on a busy machine is not taken for it."""
_START_SECONDS = 120.0
"""For importing libraries and loading models; measured 3 s, more on a machine that is busy."""
_WATCH_SECONDS = 0.05
_RECYCLE_GROWTH_BYTES = 256 << 20
"""A worker that keeps more than this after a task is replaced: what it holds is fragmentation, our caches are bounded."""
_PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Timeout(CorpusError):
    """The task took too long; its worker was killed."""


class MemoryLimit(CorpusError):
    """The task took too much memory; its worker was killed."""


class WorkerDied(CorpusError):
    """The worker ended by itself (a crash in native code); another took its place."""


class CannotStart(CorpusError):
    """No worker can be started (a wrong registry, a damaged model): says nothing about the task."""


class WorkerPool(Executor):
    """``initializer`` runs in each new worker before its first task, outside the task's limits. ``seconds`` are of a processor, all threads
    of the worker together; by the clock it may be `HANG_FACTOR` times as much, or ``hang_seconds``.

    Futures end with the task's result or with Timeout, MemoryLimit, WorkerDied or CannotStart.
    """

    def __init__(
        self,
        workers: int,
        *,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
        seconds: float = PAGE_SECONDS,
        hang_seconds: float | None = None,
        memory_bytes: int = PAGE_MEMORY_BYTES,
    ) -> None:
        if workers < 1:
            raise ValueError("a pool has at least one worker")
        self.workers = workers
        self._start = (initializer, initargs)
        self._limits = _Limits(seconds, hang_seconds if hang_seconds is not None else HANG_FACTOR * seconds, memory_bytes)
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Any] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._abort = threading.Event()
        self._keepers: list[threading.Thread] = []
        self._waiting = 0
        self._lock = threading.Lock()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._lock:
            if self._closed.is_set():
                raise RuntimeError("the pool is shut down")
            future: Future[T] = Future()
            self._tasks.put((future, (function, args, kwargs)))
            self._waiting += 1
            # A worker starts when there is work for it: three files do not need four processes.
            if len(self._keepers) < min(self.workers, self._waiting):
                keeper = threading.Thread(target=self._keep, name=f"worker-{len(self._keepers)}", daemon=True)
                self._keepers.append(keeper)
                keeper.start()
            return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """With ``cancel_futures`` what has not begun is cancelled and what runs is killed (its future says WorkerDied)."""
        with self._lock:
            self._closed.set()
            if cancel_futures:
                self._abort.set()
                with contextlib.suppress(queue.Empty):
                    while True:
                        task = self._tasks.get_nowait()
                        if task is not None:
                            task[0].cancel()
            for _ in self._keepers:
                self._tasks.put(None)
        if wait:
            for keeper in self._keepers:
                keeper.join()

    def _keep(self) -> None:
        # Ctrl-C reaches the whole group, and the parent decides when workers end. They inherit this thread's mask, so that not even
        # one that is still starting up is hit.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        worker: _Worker | None = None
        try:
            while (task := self._tasks.get()) is not None:
                future, call = task
                if future.set_running_or_notify_cancel():
                    worker = self._perform(worker, future, call)
                with self._lock:
                    self._waiting -= 1
        finally:
            if worker is not None:
                worker.kill()

    def _perform(self, worker: _Worker | None, future: Future[Any], call: Any) -> _Worker | None:
        """Run one task; the worker to use next, or None when it is gone."""
        try:
            if worker is None:
                worker = _Worker(*self._start, self._limits)
            result = worker.run(call, self._abort)
        except CorpusError as error:
            if worker is not None:
                worker.kill()
            future.set_exception(error)
            return None
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result[0])
        if worker.swollen():
            worker.kill()
            return None
        return worker


@dataclass(frozen=True, slots=True)
class _Limits:
    """Of one task."""

    seconds: float
    """Of a processor."""
    hang_seconds: float
    """By the clock."""
    memory_bytes: int


class _Worker:
    """One process and the parent's end of its pipe; used by one keeper thread."""

    def __init__(self, initializer: Callable[..., object] | None, initargs: tuple[Any, ...], limits: _Limits) -> None:
        self._limits = limits
        context = multiprocessing.get_context("spawn")  # forking with threads alive can copy a held lock
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=_serve, args=(theirs, initializer, initargs, limits), daemon=True, name="loa-worker"
        )
        self._process.start()
        theirs.close()
        try:
            fault = self._await(_START_SECONDS, _START_SECONDS, None, threading.Event())
        except CorpusError as error:
            fault = str(error)
        if fault is not None:
            self.kill()
            raise CannotStart(f"no worker can be started: {fault}")
        self._baseline = self._resident()

    def run(self, call: Any, abort: threading.Event) -> Any:
        try:
            self._pipe.send(call)
        except OSError as error:
            raise WorkerDied("the worker was gone before the task") from error
        limits = self._limits
        return self._await(limits.seconds, limits.hang_seconds, self._resident() + limits.memory_bytes, abort)

    def _await(self, seconds: float, hang_seconds: float, most_resident: int | None, abort: threading.Event) -> Any:
        started, used = time.monotonic(), self._processor_seconds()
        while not self._pipe.poll(_WATCH_SECONDS):
            if abort.is_set():
                raise WorkerDied("stopped")
            elapsed = time.monotonic() - started
            # It cannot have used more of a processor than has passed, for most tasks by far: one look at the clock is enough
            if elapsed > seconds and self._processor_seconds() - used > seconds:
                raise Timeout(f"not done after {seconds:g} s of a processor")
            if elapsed > hang_seconds:
                raise Timeout(f"not done after {hang_seconds:g} s")
            if most_resident is not None and self._resident() > most_resident:
                raise MemoryLimit(f"more than {most_resident >> 20} MiB of memory")
        try:
            return self._pipe.recv()
        except (EOFError, OSError) as error:
            self._process.join(5)
            raise WorkerDied(f"the worker ended by itself (exit code {self._process.exitcode})") from error

    def swollen(self) -> bool:
        return self._resident() > self._baseline + _RECYCLE_GROWTH_BYTES

    def _resident(self) -> int:
        try:
            with open(f"/proc/{self._process.pid}/statm", "rb") as statm:  # noqa: PTH123 - twenty times a second
                return int(statm.read().split()[1]) * _PAGE_SIZE
        except (OSError, IndexError):
            return 0  # it has just ended: the pipe tells

    def _processor_seconds(self) -> float:
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_bytes()
            user, system = stat.rpartition(b")")[2].split()[11:13]  # the name before the bracket may hold spaces
        except (OSError, ValueError):
            return 0.0  # it has just ended: the pipe tells
        return (int(user) + int(system)) / _TICKS_A_SECOND

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()


def _serve(pipe: Connection, initializer: Callable[..., object] | None, initargs: tuple[Any, ...], limits: _Limits) -> None:
    """The worker's life: start, then one task after the other until the pipe closes.

    A task says what went wrong in its result. An exception that leaves it is a bug: the worker crashes with its traceback and the
    future says WorkerDied.
    """
    try:
        if initializer is not None:
            initializer(*initargs)
    except CorpusError as error:
        pipe.send(str(error))
        return
    _limit_address_space(2 * limits.memory_bytes)
    pipe.send(None)
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except (EOFError, OSError):
            return  # the parent is gone
        # Should the parent be killed meanwhile, nobody watches: the alarm ends a task that hangs.
        signal.alarm(int(limits.hang_seconds) + 5)
        answer: Any
        try:
            answer = (function(*args, **kwargs),)
        except MemoryError:
            answer = MemoryLimit(f"more than {2 * limits.memory_bytes >> 20} MiB of memory")
        signal.alarm(0)
        try:
            pipe.send(answer)
        except OSError:
            return


def _limit_address_space(more_bytes: int) -> None:
    """A second net behind the parent's watch, for memory asked for faster than it looks."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - as above
        size = int(statm.read().split()[0]) * _PAGE_SIZE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + more_bytes, hard))
