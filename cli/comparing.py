"""Stories brought up to date at the end of a run, with a bar: the first time after an upgrade takes minutes for 100,000 documents."""

from __future__ import annotations

from cli.output import progress
from corpus.store import Store
from monitor.grouping import group_due


def compare_stories(store: Store) -> None:
    with progress("Comparing", store.count_due_stories()) as advance:
        group_due(store, progress=advance)
