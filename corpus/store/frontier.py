"""The frontier: which addresses are known, due, in flight, done or failed, and the pages that came of them.

A row is committed before a fetch begins and in the transaction that keeps its page, so that a crash at any moment costs at most
a second fetch of what was in flight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.document import RawPage
from corpus.store.database import Database
from corpus.store.runs import _key, note_visit
from corpus.store.schema import frontier, pages


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundUrl:
    """An address that discovery met."""

    url: str
    """What to ask for."""
    canonical_url: str
    """What it is known by (see ``corpus/urls.py``): one row an article, however often and wherever it is linked."""
    kind: str = "article"
    found_on: str | None = None
    site_id: str | None = None
    published_hint: str | None = None
    """Date as the feed, sitemap or listing gave it, ISO 8601 where it could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierUrl:
    id: int
    portal: str
    url: str
    canonical_url: str
    kind: str
    found_on: str | None
    site_id: str | None
    published_hint: str | None
    state: str
    """``due``, ``in_flight``, ``done``, ``failed``"""
    first_seen: datetime
    next_at: datetime | None
    """When to ask (again); None: not planned."""
    attempts: int
    """Failures since the last success."""
    fetched_at: datetime | None
    changed_at: datetime | None
    unchanged: int
    """Visits in a row that brought nothing new."""
    etag: str | None
    last_modified: str | None
    body_sha256: str | None
    error: str | None


AFTER_EDIT = timedelta(days=1)
"""So soon an article is asked for again that was edited: who changed a text once often does so again."""

T = TypeVar("T")

_PART = 500
"""Addresses in one statement; SQLite bounds the number of parameters."""
_COLUMNS = [frontier.c[name] for name in FrontierUrl.__dataclass_fields__]


class FrontierStore(Database):
    def enqueue(self, portal: str, urls: Iterable[FoundUrl], now: datetime) -> int:
        """Add the addresses not yet known, due at once; returns how many. Known ones stay as they are."""
        parts = _parts(urls)
        first = next(parts, None)
        if first is None:
            return 0
        added = 0
        with self._write() as connection:
            # In parts: a sitemap of 50,000 would be held in memory once more as rows
            for part in chain((first,), parts):
                rows = [_new_row(portal, found, now) for found in part]
                added += connection.execute(insert(frontier).on_conflict_do_nothing(index_elements=["canonical_url"]), rows).rowcount
        return added

    def due(self, portal: str, now: datetime, limit: int) -> list[FrontierUrl]:
        """Addresses to ask for now: new ones, retries and planned revisits, those met last first, so that news never waits behind
        an archive; of those met together the longest due first."""
        query = (
            sa.select(*_COLUMNS)
            .where(frontier.c.portal == portal, frontier.c.state != "in_flight", frontier.c.next_at <= now)
            .order_by(frontier.c.first_seen.desc(), frontier.c.next_at, frontier.c.id)
            .limit(limit)
        )
        with self._read() as connection:
            return [FrontierUrl(**row) for row in connection.execute(query).mappings()]

    def known(self, portal: str, canonical_urls: Iterable[str]) -> dict[str, FrontierUrl]:
        """Those of the addresses that the frontier holds, by canonical address."""
        found: dict[str, FrontierUrl] = {}
        with self._read() as connection:
            for part in _parts(canonical_urls):
                query = sa.select(*_COLUMNS).where(frontier.c.portal == portal, frontier.c.canonical_url.in_(part))
                found |= {row["canonical_url"]: FrontierUrl(**row) for row in connection.execute(query).mappings()}
        return found

    def known_among(self, portal: str, canonical_urls: Iterable[str]) -> set[str]:
        """Those of the addresses that the frontier holds, without what it holds of them."""
        found: set[str] = set()
        with self._read() as connection:
            for part in _parts(canonical_urls):
                query = sa.select(frontier.c.canonical_url).where(frontier.c.portal == portal, frontier.c.canonical_url.in_(part))
                found.update(connection.execute(query).scalars())
        return found

    def knows(self, portal: str) -> bool:
        """Whether any address of the portal was ever met."""
        with self._read() as connection:
            return connection.execute(sa.select(frontier.c.id).where(frontier.c.portal == portal).limit(1)).first() is not None

    def portals_waiting(self, now: datetime) -> frozenset[str]:
        """Portals with addresses that were never fetched, or failed, and may be asked for now; planned revisits do not count."""
        query = sa.select(frontier.c.portal).where(frontier.c.state.in_(("due", "failed")), frontier.c.next_at <= now).distinct()
        with self._read() as connection:
            return frozenset(connection.execute(query).scalars())

    def frontier_counts(self, portal: str | None = None) -> dict[str, int]:
        """Number of addresses by state."""
        query = sa.select(frontier.c.state, sa.func.count()).group_by(frontier.c.state).order_by(frontier.c.state)
        if portal is not None:
            query = query.where(frontier.c.portal == portal)
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def start_fetch(self, url: str, run: int, now: datetime) -> None:
        """Note, before the request leaves, that ``url`` (as asked for, or canonical) is in flight."""
        del now  # the moment of the fetch is the page's own `fetched_at`
        with self._write() as connection:
            connection.execute(sa.update(frontier).where(_named(url)).values(state="in_flight", run=run))

    def save_page(self, page: RawPage, *, run: int, now: datetime, revisit_at: datetime | None = None) -> int:
        """Keep what came, waiting for processing, and close its address, in one transaction; the same record twice is one page.

        Call it after the archive has the record: ``page.record`` says where.
        """
        with self._write() as connection:
            if page.record is not None:
                known = connection.execute(sa.select(pages.c.id).where(pages.c.record == page.record)).scalar_one_or_none()
                if known is not None:
                    return int(known)
            key = insert_page(connection, page, run=run)
            row = connection.execute(sa.select(frontier.c.body_sha256).where(_named(page.requested_url))).first()
            digest = page.sha256
            unchanged = row is not None and row[0] == digest
            connection.execute(
                sa.update(frontier)
                .where(_named(page.requested_url))
                .values(
                    state="done",
                    next_at=revisit_at,
                    attempts=0,
                    error=None,
                    run=run,
                    fetched_at=now,
                    changed_at=frontier.c.changed_at if unchanged else now,
                    unchanged=frontier.c.unchanged + 1 if unchanged else 0,
                    etag=page.header("etag"),
                    last_modified=page.header("last-modified"),
                    body_sha256=digest,
                )
            )
            note_visit(connection, portal=page.portal, url=page.requested_url, run=run, now=now, result="fetched", detail=str(page.status))
            return key

    def not_modified(self, url: str, run: int, now: datetime, *, revisit_at: datetime | None = None) -> None:
        """The server says that nothing changed, or the body is the one we have."""
        with self._write() as connection:
            portal = connection.execute(sa.select(frontier.c.portal).where(_named(url))).scalars().first()
            connection.execute(
                sa.update(frontier)
                .where(_named(url))
                .values(
                    state="done", next_at=revisit_at, attempts=0, error=None, run=run, fetched_at=now, unchanged=frontier.c.unchanged + 1
                )
            )
            note_visit(connection, portal=portal or "", url=url, run=run, now=now, result="not_modified", detail=None)

    def fail_fetch(self, url: str, run: int, now: datetime, error: str, retry_at: datetime | None) -> None:
        """``error`` is one line with its class first; ``retry_at`` None gives the address up."""
        with self._write() as connection:
            portal = connection.execute(sa.select(frontier.c.portal).where(_named(url))).scalars().first()
            connection.execute(
                sa.update(frontier)
                .where(_named(url))
                .values(state="failed", next_at=retry_at, attempts=frontier.c.attempts + 1, error=error, run=run)
            )
            note_visit(connection, portal=portal or "", url=url, run=run, now=now, result="failed", detail=error)


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while part := list(islice(left, _PART)):
        yield part


def _new_row(portal: str, found: FoundUrl, now: datetime) -> dict[str, Any]:
    return {
        "canonical_url": found.canonical_url,
        "url": found.url,
        "portal": portal,
        "kind": found.kind,
        "found_on": found.found_on,
        "site_id": found.site_id,
        "published_hint": found.published_hint,
        "state": "due",
        "first_seen": now,
        "next_at": now,
        "attempts": 0,
        "unchanged": 0,
    }


def insert_page(connection: sa.Connection, page: RawPage, *, run: int) -> int:
    result = connection.execute(
        sa.insert(pages).values(
            portal=page.portal,
            requested_url=page.requested_url,
            final_url=page.final_url,
            status=page.status,
            fetched_at=page.fetched_at,
            body_sha256=page.sha256,
            size_bytes=len(page.body),
            record=page.record,
            run=run,
        )
    )
    return _key(result)


def ask_edited_again(connection: sa.Connection, url: str, body_sha256: str, fetched_at: datetime) -> None:
    """Once processing has shown that the last visit to an article brought an edit, the next one comes as soon as after the first.

    That is known at the visit itself only of pages whose bytes change with their text alone.
    """
    next_at = fetched_at + AFTER_EDIT
    connection.execute(
        sa.update(frontier)
        .where(_named(url), frontier.c.state == "done", frontier.c.kind == "article", frontier.c.body_sha256 == body_sha256)
        .where(sa.or_(frontier.c.next_at.is_(None), frontier.c.next_at > next_at))
        .values(next_at=next_at)
    )


def _named(url: str) -> sa.ColumnElement[bool]:
    return sa.or_(frontier.c.url == url, frontier.c.canonical_url == url)
