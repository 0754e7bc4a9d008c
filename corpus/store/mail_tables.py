"""Tables of readers, saved searches, issues and sends; what is done with them stands in the modules of their subject."""

from __future__ import annotations

import sqlalchemy as sa

from corpus.store.schema import Instant, metadata

readers = sa.Table(
    "readers",
    metadata,
    sa.Column("id", sa.String, primary_key=True),  # random, so that the number of a reader who left never comes back
    sa.Column("address", sa.String, nullable=False),
    sa.Column("address_key", sa.String, nullable=False, unique=True),  # in lower case: one mailbox, one reader
    sa.Column("state", sa.String, nullable=False),  # pending, active, suspended
    sa.Column("units", sa.String, nullable=False),  # 34 or 63
    sa.Column("provinces", sa.JSON, nullable=False),
    sa.Column("activities", sa.JSON, nullable=False),
    sa.Column("weekly", sa.Boolean, nullable=False),  # the weekly issue; False: saved searches alone
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("asked", sa.Integer, nullable=False),  # confirmation mails since the first
    sa.Column("consented_at", Instant),
    sa.Column("token_hash", sa.String, unique=True),
    sa.Column("token_expires", Instant),
    sa.Column("suspended_for", sa.String),  # what the mail server said
)

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("params", sa.String, nullable=False),  # URL parameters of the search page
    sa.Column("reader", sa.String, index=True),
    sa.Column("account", sa.String, index=True),
    sa.Column("frequency", sa.String, nullable=False),  # daily, weekly, monthly; none: Atom alone
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("last_success", Instant),
)

told_documents = sa.Table(
    "told_documents",
    metadata,
    sa.Column("search", sa.String, sa.ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("document_id", sa.String, primary_key=True),
)

issues = sa.Table(
    "issues",
    metadata,
    sa.Column("key", sa.String, primary_key=True),  # 2026-W47; of an alert alert-<search>-<day>
    sa.Column("kind", sa.String, nullable=False),  # weekly, alert
    sa.Column("state", sa.String, nullable=False),  # draft, frozen
    sa.Column("content", sa.LargeBinary, nullable=False),  # JSON with every figure and item
    sa.Column("web", sa.String, nullable=False),  # the version for the web archive, as it was rendered
    sa.Column("built_at", Instant, nullable=False),
    sa.Column("frozen_at", Instant),
    sa.Column("approved_by", sa.String),
    sa.Column("queued_at", Instant),  # when the ledger got its rows; None: nobody was chosen yet
    sa.Column("search", sa.String, index=True),  # of an alert
)

issue_documents = sa.Table(
    "issue_documents",
    metadata,
    sa.Column("issue", sa.String, sa.ForeignKey("issues.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Index("issue_documents_document", "document_id"),
)

sends = sa.Table(
    "sends",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("issue", sa.String, sa.ForeignKey("issues.key", ondelete="CASCADE"), nullable=False),
    sa.Column("reader", sa.String, nullable=False),  # no foreign key: of a reader who left the bare random id stays
    sa.Column("state", sa.String, nullable=False),  # queued, sending, sent, failed, uncertain
    sa.Column("message_id", sa.String, nullable=False, unique=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("claim", sa.String),  # who is sending it, or was
    sa.Column("detail", sa.String),
    sa.Column("extra", sa.LargeBinary),  # JSON: what this reader's saved searches found, told in the same mail
    sa.UniqueConstraint("issue", "reader"),
    sa.Index("sends_due", "issue", "state", "next_try"),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("holder", sa.String, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

TABLES = [readers, saved_searches, told_documents, issues, issue_documents, sends, leases]
