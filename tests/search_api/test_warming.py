"""Reading ahead: the first page finds the figures read, and a store that cannot be read does not stop the server."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from fastapi import FastAPI

from corpus.errors import StoreUnavailable
from search_api.warming import warm
from tests.search_api.conftest import Serve
from tests.search_samples import ALL


@pytest.fixture(autouse=True)
def _thaw() -> Any:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_the_first_page_finds_the_articles_read(serve: Serve) -> None:
    client = serve(*ALL)
    assert isinstance(client.app, FastAPI)
    monitor = client.app.state.monitor
    warm(client.app)
    read = monitor.facts()
    assert len(read) > 0
    assert gc.get_freeze_count() > 0
    assert client.get("/").status_code == 200
    assert monitor.facts() is read


def test_a_store_that_cannot_be_read_is_told_to_who_asks(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client = serve(*ALL)
    assert isinstance(client.app, FastAPI)
    monitor = client.app.state.monitor

    def fail() -> Any:
        raise StoreUnavailable("the database is locked")

    monkeypatch.setattr(monitor, "now", fail)
    warm(client.app)
    with pytest.raises(StoreUnavailable):
        monitor.facts()
