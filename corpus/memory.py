"""How a process that has loaded what it works with looks for garbage."""

from __future__ import annotations

import gc

NEW_OBJECTS = 10_000
"""Between two looks at the newest objects; by default 700. Nearly all that a page makes goes without being looked at."""
_YOUNGER = 20
"""Such looks before older objects are looked at, too; by default 10."""


def keep_loaded() -> None:
    """Changes how Python collects garbage in the whole process: only for who owns it (a server, a worker, a measurement), after loading.

    What is there by then stays as long as the process: each full collection would look at all of it, a fifth of a second in a server of
    100,000 articles. What taggers make are many small records without cycles, which no collection frees: looking at them took a quarter
    of the time of a text of 1 MB.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, _YOUNGER, _YOUNGER)
