"""Decisions from the page, carried out in store and index at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from cli.home import indexed
from cli.settings import Settings
from corpus.errors import IndexUnavailable
from corpus.index import Index
from corpus.store import Review, Store


class DecisionDesk:
    """``reading`` is the index that the pages search; writing opens its own and lets go of it, so that runs may write in between."""

    def __init__(self, settings: Settings, store: Store, reading: Index, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._store = store
        self._reading = reading
        self._clock = clock
        self._mutex = threading.Lock()

    def decide(self, review: Review) -> int:
        from pipelines.reviews import apply_reviews  # loads taggers, which a server without reviewers does not need

        number = self._store.decide_tag(review, apply_reviews)
        self._sync()
        return number

    def undo(self, number: int, who: str) -> Review:
        from pipelines.reviews import apply_reviews

        review = self._store.undo_decision(number, who, self._clock(), apply_reviews)
        self._sync()
        return review

    def _sync(self) -> None:
        from pipelines.batch import sync_index

        with self._mutex:
            try:
                with indexed(self._settings, self._store) as index:
                    sync_index(self._store, index)
                self._reading.refresh()
            except IndexUnavailable:
                # A run is writing: the decision is in the store, and that run brings it into the index when it syncs.
                return
