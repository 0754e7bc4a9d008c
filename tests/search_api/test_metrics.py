from __future__ import annotations

import re

from fastapi.testclient import TestClient

from corpus.errors import IndexUnavailable
from search_api.app import create_app
from search_api.limits import Limiter
from search_api.metrics import BOUNDS, Metrics
from tests.search_api.conftest import NAMES

LINE = re.compile(r'(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})? [0-9.e+-]+)')


def test_answers_are_counted_by_route_and_status(client: TestClient) -> None:
    for path in ("/api/v1/count", "/api/v1/count?trang=0", "/tin/aaa", "/tin/bbb", "/khong-co", "/../../x", "/static/loa.css"):
        client.get(path)
    client.head("/api/v1/count")
    text = client.get("/metrics").text
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    assert 'loa_requests_total{route="/api/v1/count",status="200"} 2' in text
    assert 'loa_requests_total{route="/api/v1/count",status="400"} 1' in text
    assert 'loa_requests_total{route="/tin/{id}",status="404"} 2' in text
    assert 'loa_requests_total{route="other",status="404"} 2' in text
    assert "loa_documents 6" in text
    assert "loa_indexed_documents 6" in text
    assert "loa_up 1" in text


def test_refusals_count_too(client: TestClient) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    limited = TestClient(create_app(catalogue.store, catalogue.index, names=NAMES, limiter=Limiter(1, clock=lambda: 0.0)))
    for _ in range(3):
        limited.get("/api/v1/count")
    assert 'loa_requests_total{route="other",status="429"} 2' in limited.get("/metrics").text


def test_buckets_are_cumulative_and_hold_every_answer() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.005, 0.3, 100.0):
        metrics.note("/a", 200, seconds)
    found = [line for line in metrics.lines() if line.startswith("loa_request_seconds_bucket")]
    counts = [int(line.rpartition(" ")[2]) for line in found]
    assert len(counts) == len(BOUNDS) + 1
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (2, 4)
    assert any(line == 'loa_request_seconds_count{route="/a"} 4' for line in metrics.lines())


def test_an_index_that_is_away_shows(client: TestClient) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]

    def away(*_: object) -> None:
        raise IndexUnavailable("busy")

    catalogue.index.count = away
    answer = client.get("/metrics")
    assert (answer.status_code, "loa_up 0" in answer.text) == (200, True)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
