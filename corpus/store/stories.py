"""Which documents tell one story: signatures, related pairs and the story of each document, kept so that a run compares only what changed.

How texts are compared is not said here (``monitor/stories.py``); `monitor/grouping.py` brings the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec
import sqlalchemy as sa

from corpus.store.database import Database
from corpus.store.facts import read_row, write_stories
from corpus.store.schema import documents, facts, story_pairs, story_signatures

_LAST_DAY = 2**31
_CHUNK = 500
"""Ids in one IN (...); SQLite takes 32,766."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStory:
    """A document to be compared with the others (again)."""

    id: str
    revision: int
    """Of the document: one changed meanwhile stays due."""
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPair:
    """Two related documents; ``first`` was published first."""

    first: str
    second: str
    kind: Literal["copy", "same_event"]
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What candidates for copies are found by."""

    id: str
    title: int
    """64 bits of the title's words."""
    minhash: bytes
    """Empty for a document without words."""


class StoryStore(Database):
    def due_stories(self, limit: int) -> list[DueStory]:
        """In order of publication, so that neighbours in time come together."""
        query = (
            sa.select(facts.c.document_id, documents.c.revision, facts.c.fact.is_(None))
            .join(documents, documents.c.id == facts.c.document_id)
            .where(facts.c.story_due)
            .order_by(facts.c.published, facts.c.document_id)
            .limit(limit)
        )
        with self._read() as connection:
            return [DueStory(id=key, revision=revision, withdrawn=bool(gone)) for key, revision, gone in connection.execute(query)]

    def count_due_stories(self) -> int:
        with self._read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(facts).where(facts.c.story_due)).scalar_one())

    def signatures(self) -> list[Signature]:
        with self._read() as connection:
            rows = connection.execute(sa.select(story_signatures).order_by(story_signatures.c.document_id))
            return [Signature(id=row.document_id, title=row.title, minhash=row.minhash) for row in rows]

    def write_groups(self, done: Collection[DueStory], signatures: Iterable[Signature], pairs: Iterable[StoryPair]) -> int:
        """Put new pairs in the place of all earlier ones of these documents and give every document that is touched its story, in one
        transaction; the first publisher leads. Returns how many documents changed their story.
        """
        ids = {due.id for due in done}
        with self._write() as connection:
            touched = ids | _of_stories(connection, ids)
            for part in _chunks(ids):
                connection.execute(sa.delete(story_pairs).where(story_pairs.c.first.in_(part)))
                connection.execute(sa.delete(story_pairs).where(story_pairs.c.second.in_(part)))
                connection.execute(sa.delete(story_signatures).where(story_signatures.c.document_id.in_(part)))
            new_signatures = [{"document_id": s.id, "title": s.title, "minhash": s.minhash} for s in signatures]
            if new_signatures:
                connection.execute(sa.insert(story_signatures), new_signatures)
            related = list(pairs)
            rows = [
                {"first": p.first, "second": p.second, "kind": p.kind, "score": p.score, "reasons": msgspec.json.encode(p.reasons).decode()}
                for p in related
            ]
            if rows:
                connection.execute(sa.insert(story_pairs), rows)
                touched.update(key for pair in related for key in (pair.first, pair.second))
            changed = write_stories(connection, _stories(connection, touched))
            clear = (
                sa.update(facts)
                .where(
                    facts.c.document_id == sa.bindparam("key"),
                    sa.select(documents.c.revision).where(documents.c.id == facts.c.document_id).scalar_subquery() == sa.bindparam("seen"),
                )
                .values(story_due=False)
            )
            if done:
                connection.execute(clear, [{"key": due.id, "seen": due.revision} for due in done])
        return changed

    def story_pairs(self, document_id: str) -> list[StoryPair]:
        """All pairs of the story that a document belongs to, sorted."""
        with self._read() as connection:
            members = _closure(connection, {document_id})
            found = {}
            for part in _chunks(members):
                for row in connection.execute(sa.select(story_pairs).where(story_pairs.c.first.in_(part))):
                    found[row.first, row.second] = StoryPair(
                        first=row.first, second=row.second, kind=row.kind, score=row.score, reasons=tuple(msgspec.json.decode(row.reasons))
                    )
        return [found[key] for key in sorted(found)]

    def story_members(self, document_id: str) -> list[str]:
        """Ids of the documents of its story, itself included, the first publisher first; empty for one that is not kept."""
        story = sa.select(facts.c.story).where(facts.c.document_id == document_id, facts.c.fact.is_not(None)).scalar_subquery()
        query = sa.select(facts.c.document_id).where(facts.c.story == story, facts.c.fact.is_not(None))
        query = query.order_by(facts.c.document_id != facts.c.story, facts.c.published.is_(None), facts.c.published, facts.c.document_id)
        with self._read() as connection:
            return list(connection.execute(query).scalars())

    def regroup_all(self) -> int:
        """Make every document due for grouping, for a rule that changed; returns how many there are."""
        with self._write() as connection:
            return connection.execute(sa.update(facts).values(story_due=True)).rowcount


def _order(connection: sa.Connection, ids: Collection[str]) -> dict[str, tuple[int, float]]:
    """By day of publication, those without a certain day last, then by first sight; as `monitor.facts.Fact.order`."""
    found = dict.fromkeys(ids, (_LAST_DAY, 0.0))
    for part in _chunks(ids):
        for key, published, data in connection.execute(
            sa.select(facts.c.document_id, facts.c.published, facts.c.fact).where(facts.c.document_id.in_(part), facts.c.fact.is_not(None))
        ):
            row = read_row(data)
            day = _LAST_DAY if published is None or row.doubtful else published
            found[key] = (day, row.first_seen.timestamp())
    return found


def _chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(ids)
    return (ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK))


def _of_stories(connection: sa.Connection, ids: Collection[str]) -> set[str]:
    """Everything that is in one story with any of these."""
    found: set[str] = set()
    for part in _chunks(ids):
        stories = sa.select(facts.c.story).where(facts.c.document_id.in_(part))
        found.update(connection.execute(sa.select(facts.c.document_id).where(facts.c.story.in_(stories))).scalars())
    return found


def _closure(connection: sa.Connection, ids: Collection[str]) -> set[str]:
    """These and everything related to them, directly or through others."""
    found, fresh = set(ids), set(ids)
    while fresh:
        near: set[str] = set()
        for part in _chunks(fresh):
            near.update(connection.execute(sa.select(story_pairs.c.second).where(story_pairs.c.first.in_(part))).scalars())
            near.update(connection.execute(sa.select(story_pairs.c.first).where(story_pairs.c.second.in_(part))).scalars())
        fresh = near - found
        found |= fresh
    return found


def _stories(connection: sa.Connection, touched: Collection[str]) -> Iterable[tuple[str, str]]:
    """(document, story) of everything touched and related to it."""
    members = _closure(connection, touched)
    order = _order(connection, members)
    neighbours: dict[str, set[str]] = defaultdict(set)
    for part in _chunks(members):
        for first, second in connection.execute(sa.select(story_pairs.c.first, story_pairs.c.second).where(story_pairs.c.first.in_(part))):
            neighbours[first].add(second)
            neighbours[second].add(first)
    left = set(members)
    while left:
        waiting, group = [left.pop()], []
        while waiting:
            key = waiting.pop()
            group.append(key)
            near = neighbours.get(key, set()) & left
            left -= near
            waiting += near
        lead = min(group, key=lambda key: (order[key], key))
        yield from ((key, lead) for key in group)
