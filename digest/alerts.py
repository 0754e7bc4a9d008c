"""Saved searches: what each found that nobody was told of yet, and the mails that are due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from corpus.document import Document
from corpus.errors import InvalidQuery
from corpus.store import Found, Frequency, SavedSearch, Store
from digest.message import clean_line
from digest.notices import MOST_ITEMS, Alert, AlertItem, alert_to_json
from monitor.periods import PeriodKind, day_of, period_of

SHOWN_TITLES = 3


class Searches(Protocol):
    """The search page's language, given by the command line: digest and pages stand side by side and do not know each other."""

    def find(self, params: str) -> set[str]:
        """Ids of all documents that a saved search matches now. Raises: InvalidQuery, IndexUnavailable."""

    def understood(self, params: str) -> str:
        """The query said back in Vietnamese words."""

    def source(self, portal: str) -> str: ...


def new_documents(store: Store, searches: Searches, search: SavedSearch) -> set[str]:
    """Matches that were first seen lately and told of in no mail; empty for a query that is no longer valid."""
    assert search.reader is not None
    candidates = store.documents_since(search.looks_back_to) - store.told(search.id)
    if not candidates:
        return set()
    try:
        found = candidates & searches.find(search.params)
    except InvalidQuery:
        return set()
    return found - store.promised(search.id, search.reader) if found else found


def stock(store: Store, searches: Searches, search: SavedSearch) -> set[str]:
    """What it matches today among the recent: noted as told when it is saved, so that its first mail holds only what came after."""
    return store.documents_since(search.looks_back_to) & searches.find(search.params)


def weekly_finds(store: Store, searches: Searches) -> dict[str, list[Found]]:
    """By reader of the weekly issue: their weekly searches with something new, told of in that mail."""
    readers = {reader.id for reader in store.readers("active") if reader.choices.weekly}
    found: dict[str, list[Found]] = {}
    for search in store.saved_searches(frequency="weekly"):
        if search.reader not in readers or not (ids := new_documents(store, searches, search)):
            continue
        items = _newest(store, ids)
        entry = Found(
            search=search.id,
            name=search.name,
            params=search.params,
            documents=tuple(sorted(ids)),
            titles=tuple(clean_line(item.title) for item in items[:SHOWN_TITLES]),
        )
        found.setdefault(search.reader or "", []).append(entry)
    return found


_PERIODS: Mapping[Frequency, PeriodKind] = {"weekly": "week", "monthly": "month"}


def queue_alerts(store: Store, searches: Searches, now: datetime, *, domain: str) -> list[str]:
    """Freeze and queue the mail of every saved search that is due and has something new; their keys. Asked again, it adds nothing.

    Due is each day, week or month in Vietnam that has begun since the last one with a mail. Weekly searches of readers of the weekly
    issue come with that.
    """
    readers = {reader.id: reader for reader in store.readers("active")}
    made = []
    for search in store.saved_searches():
        reader = readers.get(search.reader or "")
        if reader is None or search.frequency == "none" or (search.frequency == "weekly" and reader.choices.weekly):
            continue
        key = f"alert-{search.id}-{_slot(search.frequency, now)}"
        if _slot(search.frequency, search.created_at) == _slot(search.frequency, now) or store.issue(key) is not None:
            continue
        ids = new_documents(store, searches, search)
        if not ids:
            continue
        alert = _alert(store, searches, search, ids)
        store.put_draft(key, content=alert_to_json(alert), web="", documents=ids, now=now, kind="alert", search=search.id)
        store.freeze(key, now)
        store.queue(key, now, domain=domain, only=[reader.id])
        made.append(key)
    return made


def _slot(frequency: Frequency, instant: datetime) -> str:
    day = day_of(instant)
    return period_of(day, _PERIODS[frequency]).key if frequency in _PERIODS else day.isoformat()


def _alert(store: Store, searches: Searches, search: SavedSearch, ids: set[str]) -> Alert:
    return Alert(
        search=search.id,
        name=search.name,
        params=search.params,
        understood=searches.understood(search.params),
        frequency=search.frequency,
        total=len(ids),
        items=tuple(
            AlertItem(
                id=document.id,
                title=clean_line(document.title) or "(không có tiêu đề)",
                published=document.published,
                source=clean_line(searches.source(document.provenance.portal)),
            )
            for document in _newest(store, ids)[:MOST_ITEMS]
        ),
    )


def _newest(store: Store, ids: set[str]) -> list[Document]:
    def order(document: Document) -> tuple[int, str]:
        return (-document.published.toordinal() if document.published else 0, document.id)

    return sorted(store.iter_documents(ids=ids), key=order)
