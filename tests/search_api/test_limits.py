from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.testclient import TestClient

from search_api import clients
from search_api.app import create_app
from search_api.limits import MAX_BODY_BYTES, Limiter, Limits, cost_of
from search_api.problems import add_handlers
from tests.search_api.conftest import NAMES


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    limiter = Limiter(60, clock=clock)
    assert [limiter.take("a") for _ in range(60)] == [0.0] * 60
    assert limiter.take("a") == pytest.approx(1.0)
    assert limiter.take("b") == 0.0
    clock.now = 0.5
    assert limiter.take("a") == pytest.approx(0.5)
    clock.now = 1.0
    assert limiter.take("a") == 0.0
    clock.now = 3600.0
    assert sum(limiter.take("a") == 0.0 for _ in range(100)) == 60


def test_a_dear_request_is_possible_with_a_small_bucket() -> None:
    assert Limiter(5, clock=Clock()).take("a", 10) == 0.0


def test_only_so_many_clients_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "MAX_CLIENTS", 10)
    limiter = Limiter(1, clock=Clock())
    for number in range(100):
        limiter.take(str(number))
    assert len(limiter._buckets) == 10


def test_exports_cost_more() -> None:
    assert [cost_of(path) for path in ("/tim", "/tim.csv", "/api/v1/kwic.jsonl", "/tim.json")] == [1, 10, 10, 1]


def test_too_many_requests_are_told_when_to_come_again(client: TestClient) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    clock = Clock()
    limited = TestClient(create_app(catalogue.store, catalogue.index, names=NAMES, limiter=Limiter(3, clock=clock)))
    assert [limited.get("/api/v1/count").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = limited.get("/api/v1/count")
    assert answer.headers["retry-after"] == "20"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "một phút" in answer.json()["detail"]
    page = limited.get("/tim")
    assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert page.headers["content-security-policy"]
    assert limited.get("/healthz").status_code == 200
    assert limited.get("/static/loa.css").status_code == 200
    clock.now = 20.0
    assert limited.get("/api/v1/count").status_code == 200


@pytest.fixture
def reader() -> TestClient:
    """An application that reads what it is sent."""
    app = FastAPI()

    @app.post("/api/v1/echo")
    async def echo(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    add_handlers(app, lambda request, problem: PlainTextResponse("page", int(problem["status"])))
    app.add_middleware(Limits, draw=lambda request, problem: PlainTextResponse("page", int(problem["status"])), limiter=None)
    return TestClient(app)


def test_large_bodies_are_refused_before_they_are_read(reader: TestClient) -> None:
    assert reader.post("/api/v1/echo", content=b"x" * MAX_BODY_BYTES).text == str(MAX_BODY_BYTES)
    answer = reader.post("/api/v1/echo", content=b"x" * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert "64 kB" in answer.json()["detail"]


def test_bodies_of_unknown_length_are_counted(reader: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(70):
            yield b"x" * 1024

    answer = reader.post("/api/v1/echo", content=parts())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
