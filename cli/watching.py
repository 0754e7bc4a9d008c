"""`loa run --watch`: the same run again and again in one process; a round that cannot be done now is left to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cli.output import say
from corpus.errors import CorpusError
from corpus.store.lock import Busy

LEAST_PAUSE = timedelta(minutes=1)
"""After a round that took longer than the time between two."""


def watch(
    once: Callable[[], object],
    *,
    every: timedelta,
    now: Callable[[], datetime],
    sleep: Callable[[float], object],
    rounds: int | None = None,
) -> None:
    """Call ``once`` every ``every``, from start to start, ``rounds`` times (None: until the process ends).

    What is ours to raise ends a round, not the watch: another run at work, a full disk, a registry that is being edited. Bugs end it.
    """
    done = 0
    while rounds is None or done < rounds:
        started = now()
        try:
            once()
        except Busy as error:
            say(f"{error}. This round is left out.", "yellow")
        except CorpusError as error:
            say(f"loa: {error}. The next round tries again.", "red")
        done += 1
        following = max(started + every, now() + LEAST_PAUSE)
        say(f"The next round begins at {following.astimezone():%Y-%m-%d %H:%M}.")
        sleep((following - now()).total_seconds())
