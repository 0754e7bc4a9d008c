"""Helpers of the server. The first ones are copies of it and share what it has read by then; one that ended is replaced by a new process.

They end with the server, however it ends: each notices that its channel is closed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from starlette.types import ASGIApp

from cli.output import say
from cli.settings import Settings, handed, taken_over
from corpus.index.names import Names
from corpus.portals import load_portals
from search_api.sharing import Hand, Make, answer_orders
from search_api.warming import warm

SHORT_LIFE_SECONDS = 60.0
"""One that ends sooner is replaced after a pause, twice as long each time."""
LONGEST_PAUSE_SECONDS = 600.0
PATIENCE_SECONDS = 5.0


def is_alone() -> bool:
    """Whether this process has one thread and may be copied; those that are about to end have a moment for it."""
    tasks = Path("/proc/self/task")
    for _ in range(100):
        if not tasks.is_dir() or len(list(tasks.iterdir())) == 1:
            break
        time.sleep(0.01)
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1


class Helper:
    """The server's side of one: to be started before there are threads, and before store or index are opened."""

    def __init__(self, make: Make, settings: Settings, *, own: list[socket.socket]) -> None:
        """``settings`` are what another is made of; ``own`` are the sockets of the server, to which this one's is added."""
        self._settings = settings
        self._pause = 0.0
        self._begun = time.monotonic()
        ours, theirs = socket.socketpair()
        own.append(ours)
        sys.stdout.flush()
        sys.stderr.flush()
        self.process = os.fork()
        if self.process == 0:
            for other in own:
                other.close()
            _help(make, theirs)
        theirs.close()
        self._has_ended: Callable[[], bool] = lambda: bool(os.waitpid(self.process, os.WNOHANG)[0])
        self.hand = Hand(ours, self._another)

    def _another(self) -> socket.socket | None:
        """None before the pause is over, and while the last one ends."""
        lived = time.monotonic() - self._begun
        if lived < self._pause or not self._ended():
            return None
        self._pause = min(max(1.0, 2 * self._pause), LONGEST_PAUSE_SECONDS) if lived < SHORT_LIFE_SECONDS else 1.0
        self._begun = time.monotonic()
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", "-m", "cli.helping", str(theirs.fileno())]
            started = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.PIPE)  # noqa: S603 - our own module
        assert started.stdin is not None
        with started.stdin as pipe:
            pipe.write(handed(self._settings))
        self.process = started.pid
        self._has_ended = lambda: started.poll() is not None
        return ours

    def _ended(self) -> bool:
        try:
            return self._has_ended()
        except ChildProcessError:  # it was known already
            return True

    def end(self) -> None:
        self.hand.close()
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._ended():
            if time.monotonic() > until:
                os.kill(self.process, signal.SIGKILL)
            time.sleep(0.01)


def main() -> None:
    """A helper in the place of one that ended: the channel is an argument, the settings come on standard input."""
    settings = taken_over(sys.stdin.buffer.read())
    _help(lambda: _opened(settings), socket.socket(fileno=int(sys.argv[1])))


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[ASGIApp]:
    from cli.server import application

    with application(settings, Names.load(portals=load_portals(settings.portals_path))) as (app, _, _):
        warm(app)
        yield app


def _help(make: Make, channel: socket.socket) -> NoReturn:
    status = 1
    try:
        # Ctrl-C goes to all processes of a terminal; the server ends first, and its helpers by that.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        answer_orders(make, channel)
        status = 0
    except Exception as error:
        say(f"A helper of the server ended: {type(error).__name__}: {error}")
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
