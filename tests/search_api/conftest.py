from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.document import Document
from corpus.index import Index, open_index
from corpus.index.names import Names
from corpus.portals import PortalRegistry
from corpus.store import Store, open_store
from search_api.app import create_app
from tests.search_samples import ALL, FETCHED

NAMES = Names.load(portals=PortalRegistry(()))
Serve = Callable[..., TestClient]


@contextmanager
def filled(folder: Path, documents: Iterable[Document] = ALL) -> Iterator[tuple[Store, Index]]:
    """Store and index of a home that hold the documents."""
    with open_store(folder / "loa.db") as store, closing(open_index(folder / "index", register=NAMES.register)) as index:
        for document in documents:
            store.put_document(document, FETCHED)
            index.put(document)
        index.refresh()
        yield store, index


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Makes a client of an application over the given documents, in real store and index."""
    homes = itertools.count()
    with ExitStack() as stack:

        def make(*documents: Document) -> TestClient:
            folder = tmp_path / f"home{next(homes)}"
            folder.mkdir()
            store, index = stack.enter_context(filled(folder, documents))
            return TestClient(create_app(store, index, names=NAMES), raise_server_exceptions=False)

        yield make


@pytest.fixture
def client(serve: Serve) -> TestClient:
    return serve(*ALL)
