from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.document import Document
from corpus.index import open_index
from corpus.index.names import Names
from corpus.portals import PortalRegistry
from corpus.store import open_store
from search_api.app import create_app
from tests.search_samples import ALL, FETCHED

NAMES = Names.load(portals=PortalRegistry(()))
Serve = Callable[..., TestClient]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Makes a client of an application over the given documents, in real store and index."""
    opened = []

    def make(*documents: Document) -> TestClient:
        folder = tmp_path / f"home{len(opened)}"
        folder.mkdir()
        store = open_store(folder / "loa.db")
        index = open_index(folder / "index", register=NAMES.register)
        for document in documents:
            store.put_document(document, FETCHED)
            index.put(document)
        index.refresh()
        opened.append((store, index))
        return TestClient(create_app(store, index, names=NAMES), raise_server_exceptions=False)

    yield make
    for store, index in opened:
        index.close()
        store.close()


@pytest.fixture
def client(serve: Serve) -> TestClient:
    return serve(*ALL)
