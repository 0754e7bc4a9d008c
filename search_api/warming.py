"""What a server does before anybody asks: read the articles' figures once, so that the first page does not wait for them."""

from __future__ import annotations

import contextlib
import gc
import threading

from corpus.errors import CorpusError
from monitor.desk import Monitor


def warm(monitor: Monitor) -> None:
    """Some seconds for 100,000 articles. What cannot be read now is told to whoever asks for it."""
    with contextlib.suppress(CorpusError):
        monitor.facts()
    # They stay as long as the server: each full collection would look at all of them, a fifth of a second in which nobody is answered.
    gc.collect()
    gc.freeze()


def warm_beside(monitor: Monitor) -> None:
    """`warm` in a thread of its own, while the first requests come in."""
    threading.Thread(target=warm, args=(monitor,), name="loa-warm", daemon=True).start()
