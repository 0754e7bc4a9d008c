"""One writer at a time in a home: the lock that the commands and the crawler started by hand share."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from corpus.errors import StoreUnavailable

_ENDING_SECONDS = 10.0
"""How long the crawler of a killed run may take to notice that its caller is gone; it takes milliseconds when nothing else runs."""


class Busy(StoreUnavailable):
    """Another run works in this home."""


def take_lock(path: Path) -> int:
    """The descriptor that holds the lock until it is closed or its process ends, however it ends; our number stands in the file.

    Raises: Busy, StoreUnavailable when the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreUnavailable(f"{path}: cannot be written ({error.strerror}): check the disk and the rights of the folder") from error
    try:
        _take(descriptor, path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _take(descriptor: int, path: Path) -> None:
    """Waits only for what a killed run left behind. Raises: Busy when the holder lives, or its crawler does not end."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            if _lives(holder) or time.monotonic() > deadline:
                raise Busy(f"{path.parent}: another run is at work here (process {holder or '?'}): try again when it has ended") from error
            time.sleep(0.05)
        else:
            return


def _lives(holder: str) -> bool:
    """Whether the process that wrote its number into the lock is there; a lock just taken, still without number, counts as held."""
    if not holder.isdigit():
        return True
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
