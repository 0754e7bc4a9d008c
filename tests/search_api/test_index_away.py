"""The server runs while the search engine is away, and says so in the way that programs and people understand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.index.elastic import ElasticIndex
from corpus.store import open_store
from search_api.app import create_app
from tests.elasticsearch.node import free_ports
from tests.search_api.conftest import NAMES
from tests.search_samples import ALL, FETCHED


@pytest.fixture
def away(tmp_path: Path) -> Iterator[TestClient]:
    (port,) = free_ports(1)
    index = ElasticIndex(f"http://127.0.0.1:{port}/corpus", register=lambda: NAMES.register, pause=lambda _: None)
    with open_store(tmp_path / "loa.db") as store:
        for document in ALL:
            store.put_document(document, FETCHED)
        yield TestClient(create_app(store, index, names=NAMES), raise_server_exceptions=False)
    index.close()


@pytest.mark.parametrize("path", ["/api/v1/search?q=nghèo", "/api/v1/count?q=nghèo", "/api/v1/facets?q=nghèo", "/tim?q=nghèo"])
def test_searching_is_put_off(away: TestClient, path: str) -> None:
    answer = away.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "thử lại" in answer.text
    assert "127.0.0.1" not in answer.text


def test_it_lives_but_is_not_ready(away: TestClient) -> None:
    assert away.get("/healthz").status_code == 200
    ready = away.get("/readyz")
    assert (ready.status_code, ready.json()["reason"]) == (503, "IndexUnavailable")
