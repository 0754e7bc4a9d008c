"""Fetched pages on their way to documents: each ends with exactly one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from corpus.document import Document, RawPage
from corpus.store.database import Database
from corpus.store.documents import withdraw_document, write_document
from corpus.store.frontier import ask_edited_again, insert_page
from corpus.store.schema import Instant, pages, versions


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPage:
    id: int
    portal: str
    requested_url: str
    record: str
    """Where the archive keeps its bytes."""
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    id: int
    portal: str
    requested_url: str
    record: str | None
    fetched_at: datetime
    outcome: str | None
    """None: waits for processing."""
    detail: str | None
    document_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """What the archive holds of an address: the answer that a later one did not differ from."""

    final_url: str
    fetched_at: datetime
    body_sha256: str


class PageStore(Database):
    def add_page(self, page: RawPage, *, run: int) -> int:
        """Keep a page that did not come by the frontier (a file given by hand, a record of an archive); its id. Twice is once."""
        with self._write() as connection:
            if page.record is not None:
                known = connection.execute(sa.select(pages.c.id).where(pages.c.record == page.record)).scalar_one_or_none()
                if known is not None:
                    return int(known)
            return insert_page(connection, page, run=run)

    def find_page(self, portal: str, requested_url: str, body_sha256: str) -> PendingPage | None:
        """The archived page of exactly these bytes at this address, the latest of several."""
        query = sa.select(pages).where(
            pages.c.requested_url == requested_url,
            pages.c.portal == portal,
            pages.c.body_sha256 == body_sha256,
            pages.c.record.is_not(None),
        )
        with self._read() as connection:
            row = connection.execute(query.order_by(pages.c.id.desc()).limit(1)).first()
        return None if row is None else _pending(row)

    def pending_pages(self, limit: int, *, after: int = 0) -> list[PendingPage]:
        """Pages that wait for processing and lie in the archive, the oldest first, from the one after id ``after``."""
        return self._pages(sa.select(pages).where(pages.c.outcome.is_(None), pages.c.id > after), limit)

    def archived_pages(self, limit: int, *, after: int = 0) -> list[PendingPage]:
        """All pages that lie in the archive, whatever their outcome, for processing them again."""
        return self._pages(sa.select(pages).where(pages.c.id > after), limit)

    def count_archived(self, *, after: int = 0) -> int:
        query = sa.select(sa.func.count()).where(pages.c.id > after, pages.c.record.is_not(None))
        with self._read() as connection:
            return int(connection.execute(query).scalar_one())

    def _pages(self, query: sa.Select[Any], limit: int) -> list[PendingPage]:
        with self._read() as connection:
            rows = connection.execute(query.where(pages.c.record.is_not(None)).order_by(pages.c.id).limit(limit)).all()
        return [_pending(row) for row in rows]

    def finish_page(
        self, page_id: int, outcome: str, document: Document | None, now: datetime, *, detail: str | None = None, tagged_by: str = ""
    ) -> str | None:
        """Write the document and the page's one outcome in one transaction; the id the document is kept under.

        A page that no longer gives the document it gave before takes it back, unless another page still gives it. A failure proves
        nothing about the page, so it takes nothing back.
        """
        with self._write() as connection:
            page = connection.execute(sa.select(pages).where(pages.c.id == page_id)).first()
            before = None if page is None else page.document_id
            key = None if document is None else write_document(connection, document, now, tagged_by=tagged_by)[0]
            if page is not None and page.outcome is None and key is not None and _is_edit(connection, key, page.fetched_at):
                ask_edited_again(connection, page.requested_url, page.body_sha256, page.fetched_at)
            failed = outcome.startswith("failed/")
            connection.execute(
                sa.update(pages)
                .where(pages.c.id == page_id)
                .values(outcome=outcome, detail=detail, processed_at=now, document_id=before if failed else key)
            )
            if before is not None and before != key and not failed:
                others = sa.select(sa.func.count()).select_from(pages).where(pages.c.document_id == before)
                if connection.execute(others).scalar_one() == 0:
                    withdraw_document(connection, before, now)
            return key

    def kept_page(self, url: str) -> KeptPage | None:
        """The latest archived page asked for at ``url``."""
        query = sa.select(pages.c.final_url, pages.c.fetched_at, pages.c.body_sha256)
        query = query.where(pages.c.requested_url == url, pages.c.record.is_not(None)).order_by(pages.c.id.desc()).limit(1)
        with self._read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else KeptPage(**row)

    def visits_without_news(self, url: str) -> int:
        """How many processed pages asked for at ``url`` came after the one that brought the document's latest version (or, of what never
        gave one, after the first): their bytes differed, as with a list of the latest news beside each article, and their text did not.
        """
        query = sa.select(pages.c.document_id, pages.c.fetched_at).where(pages.c.requested_url == url, pages.c.outcome.is_not(None))
        with self._read() as connection:
            rows = connection.execute(query.order_by(pages.c.id)).all()
            document = next((row.document_id for row in reversed(rows) if row.document_id is not None), None)
            if document is None:
                return max(0, len(rows) - 1)
            latest = sa.select(sa.func.max(versions.c.fetched_at, type_=Instant)).where(versions.c.document_id == document)
            changed = connection.execute(latest).scalar_one_or_none()
        return 0 if changed is None else sum(row.fetched_at > changed for row in rows)

    def is_unread(self, url: str) -> bool:
        """Whether pages asked for at ``url`` were processed and none of them gave a document."""
        query = sa.select(sa.func.count(), sa.func.count(pages.c.document_id)).where(
            pages.c.requested_url == url, pages.c.outcome.is_not(None)
        )
        with self._read() as connection:
            processed, given = connection.execute(query).one()
        return bool(processed) and not given

    def page_states(self, *, portal: str | None = None, outcome: str | None = None, limit: int = 100) -> list[PageState]:
        """The latest first; ``outcome`` is one word of `outcomes` or its part before the slash."""
        query = sa.select(pages).order_by(pages.c.id.desc()).limit(limit)
        if portal is not None:
            query = query.where(pages.c.portal == portal)
        if outcome is not None:
            query = query.where(sa.or_(pages.c.outcome == outcome, pages.c.outcome.startswith(f"{outcome}/", autoescape=True)))
        with self._read() as connection:
            return [PageState(**{name: getattr(row, name) for name in PageState.__dataclass_fields__}) for row in connection.execute(query)]

    def outcomes(self, portal: str | None = None) -> dict[str, int]:
        """Number of pages by outcome; ``pending`` for those that wait."""
        query = sa.select(sa.func.coalesce(pages.c.outcome, "pending"), sa.func.count()).group_by(sa.text("1")).order_by(sa.text("1"))
        if portal is not None:
            query = query.where(pages.c.portal == portal)
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def outcomes_by_portal(self) -> dict[str, dict[str, int]]:
        outcome = sa.func.coalesce(pages.c.outcome, "pending")
        query = sa.select(pages.c.portal, outcome, sa.func.count()).group_by(pages.c.portal, outcome).order_by(pages.c.portal, outcome)
        found: dict[str, dict[str, int]] = {}
        with self._read() as connection:
            for portal, word, count in connection.execute(query):
                found.setdefault(portal, {})[word] = count
        return found

    def records(self) -> set[str]:
        """All archive records that the store knows."""
        with self._read() as connection:
            return set(connection.execute(sa.select(pages.c.record).where(pages.c.record.is_not(None))).scalars())


def _is_edit(connection: sa.Connection, document_id: str, fetched_at: datetime) -> bool:
    """Whether what came then is a later version of the document and no first one."""
    query = sa.select(sa.func.max(versions.c.fetched_at, type_=Instant), sa.func.count()).where(versions.c.document_id == document_id)
    latest, count = connection.execute(query).one()
    return bool(count > 1 and latest == fetched_at)


def _pending(row: sa.Row[Any]) -> PendingPage:
    return PendingPage(id=row.id, portal=row.portal, requested_url=row.requested_url, record=row.record, size_bytes=row.size_bytes)
