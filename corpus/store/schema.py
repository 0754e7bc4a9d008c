"""Tables of the store as they are now; `migrations` brings any earlier database to them.

Mail, accounts and robots.txt keep their tables in modules of their own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC instant as sortable text; SQLite has no type for it."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("instants are aware")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else datetime.fromisoformat(value)


metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),  # crawl, process, process-all, import, retag
    sa.Column("state", sa.String, nullable=False),  # running, ended, interrupted
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("summary", sa.JSON, nullable=False),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("portal", sa.String, primary_key=True),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("last_visit", Instant),
    sa.Column("last_success", Instant),
)

frontier = sa.Table(
    "frontier",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("canonical_url", sa.String, nullable=False, unique=True),
    sa.Column("url", sa.String, nullable=False, index=True),
    sa.Column("portal", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("found_on", sa.String),
    sa.Column("site_id", sa.String),
    sa.Column("published_hint", sa.String),
    sa.Column("state", sa.String, nullable=False),  # due, in_flight, done, failed
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("next_at", Instant),  # None: not before it is asked for again
    sa.Column("attempts", sa.Integer, nullable=False, default=0),  # failures since the last success
    sa.Column("fetched_at", Instant),
    sa.Column("changed_at", Instant),
    sa.Column("unchanged", sa.Integer, nullable=False, default=0),  # visits in a row with nothing new
    sa.Column("etag", sa.String),
    sa.Column("last_modified", sa.String),
    sa.Column("body_sha256", sa.String),
    sa.Column("error", sa.String),
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id")),
    sa.Index("frontier_due", "portal", "state", "next_at"),
)

visits = sa.Table(
    "visits",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("portal", sa.String, nullable=False),
    sa.Column("url", sa.String, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("result", sa.String, nullable=False),  # fetched, not_modified, failed
    sa.Column("detail", sa.String),
    sa.Index("visits_portal_at", "portal", "at"),
)

observations = sa.Table(
    "observations",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("portal", sa.String, nullable=False),
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("observation", sa.JSON, nullable=False),
    sa.Index("observations_portal_at", "portal", "at"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("portal", sa.String, nullable=False, index=True),
    sa.Column("content_hash", sa.String, nullable=False),  # the version that counts: the one fetched last
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # grows with each change a reader could see
    sa.Column("indexed_revision", sa.Integer, nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False),  # its page is no longer taken for an article
    sa.Column("changed_at", Instant, nullable=False),
    sa.Index("documents_unindexed", "id", sqlite_where=sa.text("revision <> indexed_revision")),
)

pages = sa.Table(
    "pages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("portal", sa.String, nullable=False, index=True),
    sa.Column("requested_url", sa.String, nullable=False, index=True),
    sa.Column("final_url", sa.String, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("body_sha256", sa.String, nullable=False),
    sa.Column("size_bytes", sa.Integer, nullable=False),
    sa.Column("record", sa.String, unique=True),
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("outcome", sa.String),  # None: waits for processing
    sa.Column("detail", sa.String),
    sa.Column("processed_at", Instant),
    sa.Column("document_id", sa.String, sa.ForeignKey("documents.id")),
    sa.Index("pages_pending", "id", sqlite_where=sa.text("outcome IS NULL")),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("document_id", sa.String, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("content_hash", sa.String, primary_key=True),
    sa.Column("fetched_at", Instant, nullable=False),  # first time with this content
    sa.Column("seen_at", Instant, nullable=False),  # last time with this content
    sa.Column("tagged_by", sa.String, nullable=False),
    sa.Column("tagged_at", Instant, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),  # JSON of corpus.document
)

old_tags = sa.Table(
    "old_tags",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document_id", sa.String, nullable=False),
    sa.Column("content_hash", sa.String, nullable=False),
    sa.Column("tagged_by", sa.String, nullable=False),
    sa.Column("tagged_at", Instant, nullable=False),
    sa.Column("replaced_at", Instant, nullable=False),
    sa.Column("tags", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["document_id", "content_hash"], ["versions.document_id", "versions.content_hash"]),
    sa.Index("old_tags_version", "document_id", "content_hash"),
)

aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("url", sa.String, primary_key=True),
    sa.Column("document_id", sa.String, sa.ForeignKey("documents.id"), nullable=False, index=True),
    sa.Column("fetched", sa.Boolean, nullable=False),  # we fetched it there ourselves; a page only claims the others
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document_id", sa.String, nullable=False, index=True),  # no foreign key: a decision outlives its document
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("decision", sa.String, nullable=False),
    sa.Column("value", sa.JSON),
    sa.Column("reviewer", sa.String, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
    sa.UniqueConstraint("document_id", "kind", "code", "decision", "reviewer", "decided_at"),
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False, unique=True),  # of the last change of the row
    sa.Column("title", sa.String, nullable=False),
    sa.Column("published", sa.Integer, index=True),  # ordinal of the day, doubtful ones too
    sa.Column("story", sa.String, nullable=False, index=True),  # the document that leads its story
    sa.Column("story_due", sa.Boolean, nullable=False),  # to be grouped (again)
    sa.Column("fact", sa.LargeBinary),  # MessagePack of corpus.store.facts.FactRow; NULL: withdrawn
    sa.Index("facts_story_due", "document_id", sqlite_where=sa.text("story_due")),
)

sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("id", sa.Integer, sa.ForeignKey("observations.id"), primary_key=True),
    sa.Column("sighting", sa.LargeBinary, nullable=False),  # MessagePack of corpus.store.sightings.Sighting
)

source_notes = sa.Table(
    "source_notes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("portal", sa.String, nullable=False, index=True),
    sa.Column("kind", sa.String, nullable=False),  # acknowledged, paused, resumed
    sa.Column("cause", sa.String),
    sa.Column("until", Instant),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("note", sa.String, nullable=False),
)

story_signatures = sa.Table(
    "story_signatures",
    metadata,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("title", sa.BigInteger, nullable=False),
    sa.Column("minhash", sa.LargeBinary, nullable=False),
)

story_pairs = sa.Table(
    "story_pairs",
    metadata,
    sa.Column("first", sa.String, primary_key=True),
    sa.Column("second", sa.String, primary_key=True, index=True),
    sa.Column("kind", sa.String, nullable=False),  # copy, same_event
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("reasons", sa.String, nullable=False),
)
