"""The numbered steps that bring any earlier database to the present tables.

A step is never edited once released: a change of the tables is a new step here, and in the table it describes.
"""

from __future__ import annotations

import sqlalchemy as sa

from corpus.store import account_tables, mail_tables
from corpus.store.database import Step
from corpus.store.facts import fill_facts
from corpus.store.queue import fill_uncertain
from corpus.store.robots import robots_files
from corpus.store.schema import (
    aliases,
    documents,
    facts,
    frontier,
    meta,
    metadata,
    observations,
    old_tags,
    pages,
    reviews,
    runs,
    sightings,
    source_notes,
    sources,
    story_pairs,
    story_signatures,
    versions,
    visits,
)
from corpus.store.sightings import fill_sightings


def _first_tables(connection: sa.Connection) -> None:
    first = (meta, runs, sources, frontier, visits, observations, documents, pages, versions, old_tags, aliases)
    metadata.create_all(connection, tables=list(first), checkfirst=False)


def _reviews(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[reviews], checkfirst=False)


def _mail(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=mail_tables.TABLES, checkfirst=False)


def _facts(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[facts], checkfirst=False)
    fill_facts(connection)


def _sightings(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[sightings, source_notes], checkfirst=False)
    # Outcomes of the last weeks by source without reading years of pages.
    connection.exec_driver_sql("CREATE INDEX pages_fetched ON pages (fetched_at, portal, run, outcome)")
    fill_sightings(connection)


def _accounts(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=account_tables.TABLES, checkfirst=False)
    fill_uncertain(connection)


def _stories(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[story_signatures, story_pairs], checkfirst=False)


def _robots(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[robots_files], checkfirst=False)


STEPS: tuple[Step, ...] = (_first_tables, _reviews, _mail, _facts, _sightings, _accounts, _stories, _robots)
"""Step n makes schema version n out of version n - 1."""

SCHEMA_VERSION = len(STEPS)
