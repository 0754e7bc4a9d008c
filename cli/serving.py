"""Serving page and API from the home: a free port where the usual one is busy, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
import sys
from typing import NoReturn

from cli.home import indexed, opened
from cli.output import say
from cli.settings import Settings, handed
from corpus.errors import StoreUnavailable

SERVER_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}
"""Of the C library: one heap for all threads, of which one computes at a time anyway, instead of one for each with room of its own."""


def serve_until_stopped(settings: Settings, *, host: str | None = None, port: int | None = None) -> NoReturn:
    """Ends the process after Ctrl-C or SIGTERM, with what was being answered finished. Raises: StoreUnavailable when no port can be had."""
    wanted = settings.port if port is None else port
    with listen(host or settings.host, wanted) as listener:
        address, number = listener.getsockname()[:2]
        if number != wanted and wanted:
            say(f"Port {wanted} is busy; taking a free one.")
        told = f"Page and API: http://{f'[{address}]' if ':' in address else address}:{number}/  (Ctrl-C stops)"
        with opened(settings), indexed(settings):
            pass  # what is missing or damaged is told by who knows how
        _become_server(listener, settings, told)


def _become_server(listener: socket.socket, settings: Settings, told: str) -> NoReturn:
    """The commands have loaded what they all need, some 100 MB; the server begins without that, as the same process."""
    command, environment, descriptors = server_command(listener, settings, told)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, True)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own module


def server_command(listener: socket.socket, settings: Settings, told: str = "") -> tuple[list[str], dict[str, str], tuple[int, int]]:
    """Command and environment of the server at a listening socket, and the descriptors that it inherits. It says ``told`` when it could
    open what it serves."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(handed(settings))
    descriptors = (listener.fileno(), reading)
    return [sys.executable, "-P", "-m", "cli.server", *map(str, descriptors), told], os.environ | SERVER_ENVIRONMENT, descriptors


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at the port, or at a free one where it is busy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in (port, 0):
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE or candidate == 0:
                raise StoreUnavailable(f"{host}:{candidate}: cannot be listened on ({os.strerror(error.errno or 0)})") from error
        else:
            listener.listen(128)
            return listener
    raise AssertionError("port 0 is always free")
