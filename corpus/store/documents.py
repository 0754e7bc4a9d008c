"""Documents with their versions, aliases and tags.

A version is (id, content hash). Of the versions, the one fetched last counts, in whatever order they were processed. Writing the same
again changes nothing. Tags belong to a version; those that a later run replaces are kept with the version of what made them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.document import Document, part_from_json, to_json, to_plain
from corpus.errors import InvalidData
from corpus.store.database import Database
from corpus.store.facts import withdraw_fact, write_fact
from corpus.store.queue import close_all_reports, close_reports_without_tag, drop_uncertain, write_uncertain
from corpus.store.schema import aliases, documents, old_tags, versions

TAG_FIELDS = ("relevance", "programmes", "localities", "activities", "budgets", "quantities", "official", "dates")
_BATCH = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    content_hash: str
    fetched_at: datetime
    seen_at: datetime
    tagged_by: str
    current: bool
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class OldTags:
    """Tags that a later run replaced, as plain data by field name."""

    content_hash: str
    tagged_by: str
    tagged_at: datetime
    replaced_at: datetime
    tags: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unindexed:
    """A change that the index does not have yet. ``document`` is None when it must leave the index."""

    id: str
    revision: int
    document: Document | None


class ReadFrom(msgspec.Struct, frozen=True):
    portal: str


class ReadText(msgspec.Struct, frozen=True):
    """What is read of a document for its words; the rest of the record is skipped, which takes a third of the time."""

    id: str
    title: str
    text: str
    provenance: ReadFrom
    published: date | None = None
    words: tuple[tuple[int, int], ...] = ()
    title_words: tuple[tuple[int, int], ...] = ()


class DocumentStore(Database):
    def put_document(self, document: Document, now: datetime, *, tagged_by: str = "") -> bool:
        """Write a version of the document; False when the store had exactly this. ``tagged_by`` names rules and models."""
        with self._write() as connection:
            return write_document(connection, document, now, tagged_by=tagged_by)[1]

    def get_document(self, document_id: str) -> Document | None:
        """The version that counts, with all its addresses; None when unknown or withdrawn."""
        return next(self.iter_documents(ids=[document_id]), None)

    def iter_documents(
        self, *, ids: Iterable[str] | None = None, portal: str | None = None, withdrawn: bool = False, after: str = ""
    ) -> Iterator[Document]:
        """The versions that count, by ascending id beyond ``after``; read in batches, so that writing meanwhile is allowed."""
        if ids is not None:
            yield from self._chosen([key for key in sorted(set(ids)) if key > after], portal, withdrawn=withdrawn)
            return
        last = after
        while True:
            query = current_documents().where(documents.c.id > last).order_by(documents.c.id).limit(_BATCH)
            if portal is not None:
                query = query.where(documents.c.portal == portal)
            if not withdrawn:
                query = query.where(documents.c.withdrawn.is_(False))
            with self._read() as connection:
                rows = connection.execute(query).all()
                found = read_documents(connection, rows)
            yield from found
            if len(rows) < _BATCH:
                return
            last = rows[-1].id

    def _chosen(self, wanted: list[str], portal: str | None, *, withdrawn: bool) -> Iterator[Document]:
        query = _CHOSEN_OR_WITHDRAWN if withdrawn else _CHOSEN
        if portal is not None:
            query = query.where(documents.c.portal == portal)
        for at in range(0, len(wanted), _BATCH):
            with self._read() as connection:
                found = read_documents(connection, connection.execute(query, {"ids": _listed(wanted[at : at + _BATCH])}).all())
            yield from found

    def texts_of(self, ids: Iterable[str]) -> list[ReadText]:
        """Title, text and word spans of the versions that count, by ascending id."""
        wanted, found = sorted(set(ids)), []
        for at in range(0, len(wanted), _BATCH):
            with self._read() as connection:
                rows = connection.execute(_CHOSEN_TEXTS, {"ids": _listed(wanted[at : at + _BATCH])}).all()
            found += [_read(data, key, ReadText) for key, data in rows]
        return found

    def history(self, document_id: str) -> list[Version]:
        """All versions, the oldest first."""
        query = (
            sa.select(versions, documents.c.content_hash.label("current"))
            .join(documents, documents.c.id == versions.c.document_id)
            .where(versions.c.document_id == document_id)
            .order_by(versions.c.fetched_at, versions.c.content_hash)
        )
        with self._read() as connection:
            return [
                Version(
                    content_hash=row.content_hash,
                    fetched_at=row.fetched_at,
                    seen_at=row.seen_at,
                    tagged_by=row.tagged_by,
                    current=row.content_hash == row.current,
                    document=_decoded(row.document, document_id),
                )
                for row in connection.execute(query)
            ]

    def old_tags(self, document_id: str) -> list[OldTags]:
        """Tags replaced since, the oldest first."""
        query = sa.select(old_tags).where(old_tags.c.document_id == document_id).order_by(old_tags.c.id)
        with self._read() as connection:
            return [
                OldTags(
                    content_hash=row.content_hash,
                    tagged_by=row.tagged_by,
                    tagged_at=row.tagged_at,
                    replaced_at=row.replaced_at,
                    tags=msgspec.json.decode(row.tags),
                )
                for row in connection.execute(query)
            ]

    def tagged_by(self, document_id: str) -> str | None:
        query = sa.select(versions.c.tagged_by).join(
            documents, sa.and_(documents.c.id == versions.c.document_id, documents.c.content_hash == versions.c.content_hash)
        )
        with self._read() as connection:
            return connection.execute(query.where(documents.c.id == document_id)).scalar_one_or_none()

    def find_by_url(self, url: str) -> Document | None:
        """The document known at this address, whichever of its addresses it is."""
        with self._read() as connection:
            key = connection.execute(sa.select(aliases.c.document_id).where(aliases.c.url == url)).scalar_one_or_none()
        return None if key is None else self.get_document(key)

    def resolve_id(self, document: Document) -> str:
        """The id that `put_document` will keep it under: another than its own where its address is known already."""
        with self._read() as connection:
            return _identity(connection, document)

    def count_documents(self, *, after: str = "") -> int:
        """Documents not withdrawn, with an id beyond ``after``; without it what a complete index holds."""
        with self._read() as connection:
            query = sa.select(sa.func.count()).select_from(documents).where(documents.c.withdrawn.is_(False), documents.c.id > after)
            return int(connection.execute(query).scalar_one())

    def count_versions(self) -> int:
        with self._read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(versions)).scalar_one())

    def documents_by_portal(self) -> dict[str, int]:
        query = (
            sa.select(documents.c.portal, sa.func.count())
            .where(documents.c.withdrawn.is_(False))
            .group_by(documents.c.portal)
            .order_by(documents.c.portal)
        )
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def count_unindexed(self) -> int:
        with self._read() as connection:
            query = sa.select(sa.func.count()).select_from(documents).where(documents.c.revision != documents.c.indexed_revision)
            return int(connection.execute(query).scalar_one())

    def unindexed(self, limit: int) -> list[Unindexed]:
        """Changes that the index lacks, by ascending id."""
        query = (
            current_documents(documents.c.revision, documents.c.withdrawn)
            .where(documents.c.revision != documents.c.indexed_revision)
            .order_by(documents.c.id)
            .limit(limit)
        )
        with self._read() as connection:
            rows = connection.execute(query).all()
            found = {document.id: document for document in read_documents(connection, [row for row in rows if not row.withdrawn])}
        return [Unindexed(id=row.id, revision=row.revision, document=found.get(row.id)) for row in rows]

    def mark_indexed(self, entries: Iterable[Unindexed]) -> None:
        """Note that the index has these durably. A document changed since stays unindexed: the revision tells."""
        rows = [{"key": entry.id, "seen": entry.revision} for entry in entries]
        if not rows:
            return
        statement = sa.update(documents).where(documents.c.id == sa.bindparam("key")).values(indexed_revision=sa.bindparam("seen"))
        with self._write() as connection:
            connection.execute(statement, rows)

    def mark_all_indexed(self) -> None:
        """Note that the index was just rebuilt from all documents; only for the run that holds the home."""
        with self._write() as connection:
            connection.execute(sa.update(documents).values(indexed_revision=documents.c.revision))

    def forget_index(self) -> int:
        """Make every document unindexed, for a rebuild; returns how many there are."""
        with self._write() as connection:
            return connection.execute(sa.update(documents).values(indexed_revision=0)).rowcount


def write_document(connection: sa.Connection, document: Document, now: datetime, *, tagged_by: str = "") -> tuple[str, bool]:
    """Write within the caller's transaction; returns the id it is kept under and whether anything changed."""
    document = replace(document, id=_identity(connection, document))
    known = connection.execute(sa.select(documents).where(documents.c.id == document.id)).first()
    fetched_at = document.provenance.fetched_at
    if known is None:
        connection.execute(
            sa.insert(documents).values(
                id=document.id,
                portal=document.provenance.portal,
                content_hash=document.content_hash,
                first_seen=document.provenance.first_seen or fetched_at,
                revision=1,
                indexed_revision=0,
                withdrawn=False,
                changed_at=now,
            )
        )
        _write_version(connection, document, now, tagged_by)
        _write_aliases(connection, document)
        write_fact(connection, document, document.provenance.first_seen or fetched_at)
        write_uncertain(connection, document)
        return document.id, True
    changed = _write_version(connection, document, now, tagged_by)
    changed |= _write_aliases(connection, document)
    latest = connection.execute(
        sa.select(versions.c.content_hash)
        .where(versions.c.document_id == document.id)
        .order_by(versions.c.seen_at.desc(), versions.c.content_hash)
        .limit(1)
    ).scalar_one()
    first_seen = min(known.first_seen, document.provenance.first_seen or fetched_at)
    changed |= latest != known.content_hash or first_seen != known.first_seen or known.withdrawn
    if changed:
        connection.execute(
            sa.update(documents)
            .where(documents.c.id == document.id)
            .values(content_hash=latest, first_seen=first_seen, withdrawn=False, revision=documents.c.revision + 1, changed_at=now)
        )
        counting = document if latest == document.content_hash else _version(connection, document.id, latest)
        write_fact(connection, counting, first_seen)
        write_uncertain(connection, counting)
        close_reports_without_tag(connection, counting, now)
    return document.id, changed


def _version(connection: sa.Connection, document_id: str, content_hash: str) -> Document:
    key = sa.and_(versions.c.document_id == document_id, versions.c.content_hash == content_hash)
    return _decoded(connection.execute(sa.select(versions.c.document).where(key)).scalar_one(), document_id)


def withdraw_document(connection: sa.Connection, document_id: str, now: datetime) -> None:
    """Take it from readers and keep it with its history: its page turned out not to be an article."""
    connection.execute(
        sa.update(documents)
        .where(documents.c.id == document_id, documents.c.withdrawn.is_(False))
        .values(withdrawn=True, revision=documents.c.revision + 1, changed_at=now)
    )
    withdraw_fact(connection, document_id)
    drop_uncertain(connection, document_id)
    close_all_reports(connection, document_id, now)


def _identity(connection: sa.Connection, document: Document) -> str:
    """The id to keep the document under: that of the document already fetched at one of its own addresses, else its own.

    Only addresses that we fetched ourselves count. A canonical address is a claim, and some portals claim their home page for
    every article, which would fold all of them into one.
    """
    if connection.execute(sa.select(documents.c.id).where(documents.c.id == document.id)).first() is not None:
        return document.id
    own = [url for url in _fetched_at(document) if url.startswith(("http://", "https://"))]
    query = (
        sa.select(documents.c.id)
        .join(aliases, aliases.c.document_id == documents.c.id)
        .where(aliases.c.url.in_(own), aliases.c.fetched.is_(True), documents.c.portal == document.provenance.portal)
        .order_by(documents.c.first_seen, documents.c.id)
        .limit(1)
    )
    return str(connection.execute(query).scalar_one_or_none() or document.id)


def _fetched_at(document: Document) -> list[str]:
    return list(dict.fromkeys([document.provenance.requested_url, document.provenance.final_url]))


def _write_version(connection: sa.Connection, document: Document, now: datetime, tagged_by: str) -> bool:
    """True when a reader could see a difference to before."""
    key = sa.and_(versions.c.document_id == document.id, versions.c.content_hash == document.content_hash)
    known = connection.execute(sa.select(versions).where(key)).first()
    fetched_at = document.provenance.fetched_at
    # Addresses and the first sighting belong to the document, not to a version.
    stored = replace(document, aliases=(), provenance=replace(document.provenance, first_seen=None))
    if known is None:
        connection.execute(
            sa.insert(versions).values(
                document_id=document.id,
                content_hash=document.content_hash,
                fetched_at=fetched_at,
                seen_at=fetched_at,
                tagged_by=tagged_by,
                tagged_at=now,
                document=to_json(stored),
            )
        )
        return True
    before = _decoded(known.document, document.id)
    if stored.provenance.record is None or stored.provenance.record != before.provenance.record:
        # The same content fetched again: the record that showed it first stays its source.
        stored = replace(stored, provenance=before.provenance)
    values: dict[str, Any] = {"fetched_at": min(known.fetched_at, fetched_at), "seen_at": max(known.seen_at, fetched_at)}
    changed = stored != before
    if changed:
        if _tags(stored) != _tags(before):
            connection.execute(
                sa.insert(old_tags).values(
                    document_id=document.id,
                    content_hash=document.content_hash,
                    tagged_by=known.tagged_by,
                    tagged_at=known.tagged_at,
                    replaced_at=now,
                    tags=msgspec.json.encode(_tags(before)),
                )
            )
        values |= {"document": to_json(stored), "tagged_at": now}
    if changed or tagged_by != known.tagged_by:
        values["tagged_by"] = tagged_by
    connection.execute(sa.update(versions).where(key).values(**values))
    return changed


def _tags(document: Document) -> dict[str, Any]:
    return {name: to_plain(getattr(document, name)) for name in TAG_FIELDS}


def _write_aliases(connection: sa.Connection, document: Document) -> bool:
    fetched = set(_fetched_at(document))
    claimed = {url for url in (document.provenance.canonical_url, *document.aliases) if url} - fetched
    changed = False
    for url in sorted(fetched | claimed):
        known = connection.execute(sa.select(aliases.c.document_id, aliases.c.fetched).where(aliases.c.url == url)).first()
        ours = url in fetched
        if known is not None and (known.fetched or not ours):
            continue  # who came first keeps it; a claim never takes an address from who was fetched there
        statement = insert(aliases).values(url=url, document_id=document.id, fetched=ours)
        connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_={"document_id": document.id, "fetched": ours}))
        changed = True
    return changed


def current_documents(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(documents.c.id, documents.c.first_seen, versions.c.document, *more).join(
        versions, sa.and_(versions.c.document_id == documents.c.id, versions.c.content_hash == documents.c.content_hash)
    )


_WANTED = sa.select(sa.func.json_each(sa.bindparam("ids")).table_valued("value").c.value)
"""The ids of a question as one parameter: questions that pages ask are made and compiled once, however many ids they name."""
_CHOSEN_OR_WITHDRAWN = current_documents().where(documents.c.id.in_(_WANTED)).order_by(documents.c.id)
_CHOSEN = _CHOSEN_OR_WITHDRAWN.where(documents.c.withdrawn.is_(False))
_CHOSEN_TEXTS = _CHOSEN.with_only_columns(documents.c.id, versions.c.document)
_ALIASES = sa.select(aliases.c.document_id, aliases.c.url).where(aliases.c.document_id.in_(_WANTED)).order_by(aliases.c.url)


def _listed(ids: Iterable[str]) -> str:
    return msgspec.json.encode(list(ids)).decode()


def read_documents(connection: sa.Connection, rows: Iterable[sa.Row[Any]]) -> list[Document]:
    rows = list(rows)
    addresses: dict[str, list[str]] = {row.id: [] for row in rows}
    for key, url in connection.execute(_ALIASES, {"ids": _listed(addresses)}):
        addresses[key].append(url)
    result = []
    for row in rows:
        document = _decoded(row.document, row.id)
        main = document.provenance.canonical_url or document.provenance.final_url
        result.append(
            replace(
                document,
                aliases=tuple(url for url in addresses[row.id] if url != main),
                provenance=replace(document.provenance, first_seen=row.first_seen),
            )
        )
    return result


def _decoded(data: bytes, document_id: str) -> Document:
    return _read(data, document_id, Document)


def _read(data: bytes, document_id: str, kind: type[T]) -> T:
    try:
        return part_from_json(data, kind)
    except InvalidData as error:
        raise InvalidData(f"document {document_id} in the store cannot be read ({error}): run `loa doctor`") from error
