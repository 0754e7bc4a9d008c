"""The truth: documents and their versions, the frontier, visits and outcomes, runs and reviews, in one database.

The only package that imports SQLAlchemy. The index is derived from it and rebuilt by ``loa reindex``.
"""

from __future__ import annotations

from pathlib import Path

from corpus.store.accounts import ROLES, Account, AccountRole, AccountStore, Session
from corpus.store.database import open_database
from corpus.store.decisions import Decided, DecisionStore
from corpus.store.documents import DocumentStore, OldTags, ReadText, Unindexed, Version
from corpus.store.exports import ExportStore, Kept, Moment, State
from corpus.store.facts import BudgetRow, FactRow, FactStore, StoredFact
from corpus.store.files import FileStore
from corpus.store.frontier import AFTER_EDIT, FoundUrl, FrontierStore, FrontierUrl
from corpus.store.migrations import SCHEMA_VERSION, STEPS
from corpus.store.pages import KeptPage, PageState, PageStore, PendingPage
from corpus.store.queue import QueueStore, TagReport, Waiting
from corpus.store.reviews import Review, ReviewStore, review_from_json, review_to_json
from corpus.store.robots import RobotsFile, RobotsStore
from corpus.store.runs import Observation, Recovery, Run, RunStore, SourceState
from corpus.store.saved_searches import Frequency, SavedSearch, SavedSearchStore
from corpus.store.sends import Found, Send, SendState, SendStore, StoredIssue
from corpus.store.sightings import NoteKind, Sighting, SightingStore, SourceNote
from corpus.store.stories import DueStory, Signature, StoryPair, StoryStore
from corpus.store.subscriptions import Asked, Choices, Reader, ReaderState, SubscriptionStore

FILE_NAME = "loa.db"
"""Name of the database inside HOME."""


class Store(
    FrontierStore,
    PageStore,
    DocumentStore,
    ExportStore,
    FileStore,
    FactStore,
    ReviewStore,
    DecisionStore,
    QueueStore,
    AccountStore,
    RobotsStore,
    RunStore,
    SightingStore,
    StoryStore,
    SubscriptionStore,
    SavedSearchStore,
    SendStore,
):
    """One open database. Safe to share between threads; each process opens its own.

    The methods stand in the module of their subject. Every method is one transaction: it happened wholly or not at all.
    Raises everywhere: StoreUnavailable (locked, full, read-only: try again) and InvalidData (damaged: says what to do).
    """


def open_store(path: Path) -> Store:
    """Open the database file, made when missing and migrated when older.

    Raises: InvalidData naming the file and what to do, for a damaged file, another program's, or a newer release's;
    StoreUnavailable.
    """
    return Store(open_database(path, steps=STEPS), path)


__all__ = [
    "AFTER_EDIT",
    "FILE_NAME",
    "ROLES",
    "SCHEMA_VERSION",
    "Account",
    "AccountRole",
    "Asked",
    "BudgetRow",
    "Choices",
    "Decided",
    "DueStory",
    "FactRow",
    "Found",
    "FoundUrl",
    "Frequency",
    "FrontierUrl",
    "Kept",
    "KeptPage",
    "Moment",
    "NoteKind",
    "Observation",
    "OldTags",
    "PageState",
    "PendingPage",
    "ReadText",
    "Reader",
    "ReaderState",
    "Recovery",
    "Review",
    "RobotsFile",
    "Run",
    "SavedSearch",
    "Send",
    "SendState",
    "Session",
    "Sighting",
    "Signature",
    "SourceNote",
    "SourceState",
    "State",
    "Store",
    "StoredFact",
    "StoredIssue",
    "StoryPair",
    "TagReport",
    "Unindexed",
    "Version",
    "Waiting",
    "open_store",
    "review_from_json",
    "review_to_json",
]
