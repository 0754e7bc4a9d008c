"""Tables of people who sign in, of what they and the readers say about tags, and of the tags that wait for a decision."""

from __future__ import annotations

import sqlalchemy as sa

from corpus.store.schema import Instant, metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("full_name", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),  # reader, reviewer, editor, admin
    sa.Column("password_hash", sa.String, nullable=False),  # argon2id with its parameters
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),  # kept for the audit trail, but lets nobody in
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key", sa.String, primary_key=True),  # SHA-256 of what the cookie holds
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("form_token", sa.String, nullable=False),  # stands in every form of the session
    sa.Column("expires_at", Instant, nullable=False, index=True),
)

access_tokens = sa.Table(
    "access_tokens",
    metadata,
    sa.Column("key", sa.String, primary_key=True),  # SHA-256 of the token
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

uncertain_tags = sa.Table(
    "uncertain_tags",
    metadata,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("one_voice", sa.Boolean, nullable=False),  # rule and model do not say the same
    sa.Column("doubt", sa.Float, nullable=False, index=True),  # the most doubtful is asked first
)

tag_reports = sa.Table(
    "tag_reports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document_id", sa.String, nullable=False, index=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("reported_at", Instant, nullable=False),
    sa.Column("closed_at", Instant, index=True),
    sa.Column("closed_by", sa.String),
)

review_effects = sa.Table(
    "review_effects",
    metadata,
    sa.Column("review", sa.Integer, sa.ForeignKey("reviews.id"), primary_key=True),
    sa.Column("content_hash", sa.String, nullable=False),  # of the version decided on
    sa.Column("before", sa.JSON, nullable=False),  # the document's tags of that kind as they stood
    sa.Column("undone_at", Instant),
    sa.Column("undone_by", sa.String),
)

TABLES = [accounts, sessions, access_tokens, uncertain_tags, tag_reports, review_effects]
