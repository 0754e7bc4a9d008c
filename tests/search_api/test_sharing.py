"""Pages shared with helpers: the same answers whoever gives them, and answers all the same where no helper lives."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.limits import Limiter, Limits
from search_api.sharing import Answer, Hand, Order, Shared, _Slot, answer_orders, ask_ahead, shareable
from tests.search_api.conftest import Serve
from tests.search_samples import ALL

PAGES = ("/", "/?ban-do=63", "/tim?q=ngheo", "/tim.json?q=ngheo", "/nguon", "/kinh-phi", "/tinh/v2-40", "/tinh/v2-99", "/api/v1/count?q=(")


class Place:
    """An application that says which of two places answered; it counts in ``asked``."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        self.app = app
        self.name = name
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked.append(scope["path"])
        await self.app(scope, receive, send)


def helper(app: ASGIApp) -> tuple[socket.socket, threading.Thread]:
    """The server's end of a helper in a thread."""
    ours, theirs = socket.socketpair()

    def work() -> None:
        with theirs:
            answer_orders(lambda: contextlib.nullcontext(app), theirs)

    thread = threading.Thread(target=work)
    thread.start()
    return ours, thread


def order(path: str) -> Order:
    return Order(path, path.encode(), b"", [], "http", "", None, None)


class Pair:
    """A server with one helper; both answer with the same application."""

    def __init__(self, app: FastAPI, another: Callable[[], socket.socket | None] = lambda: None) -> None:
        self.here, self.there = Place(app, "here"), Place(app, "there")
        channel, self.thread = helper(self.there)
        self.hand = Hand(channel, another)
        self.shared = Shared(self.here, hands=[self.hand])
        self.hand.begin()
        self.client = TestClient(self.shared, base_url="http://127.0.0.1:8000")

    def only(self, place: Literal["here", "there"]) -> None:
        """From now on the other has no time."""
        self.client.get("/tro-giup")  # the slots are made
        slots = [self.shared._slots.get_nowait() for _ in range(self.shared._slots.qsize())]
        self.shared._slots.put_nowait(next(slot for slot in slots if (slot.hand is None) == (place == "here")))
        self.here.asked.clear()


@pytest.fixture
def pair(serve: Serve) -> Iterator[Pair]:
    app = serve(*ALL).app
    assert isinstance(app, FastAPI)
    made = Pair(app)
    yield made
    made.hand.close()
    made.thread.join(10)
    assert not made.thread.is_alive()


def told(client: TestClient, path: str) -> tuple[int, bytes, dict[str, str]]:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    return answer.status_code, answer.content, dict(answer.headers)


def test_a_helper_gives_the_same_answers(pair: Pair) -> None:
    pair.only("here")
    here = {path: told(pair.client, path) for path in PAGES}
    assert not pair.there.asked
    pair.shared._slots.get_nowait()
    pair.shared._slots.put_nowait(_Slot(0, pair.hand))
    pair.here.asked.clear()
    assert {path: told(pair.client, path) for path in PAGES} == here
    assert not pair.here.asked
    assert {status for status, _, _ in here.values()} == {200, 400, 404}


def test_what_belongs_to_somebody_or_changes_something_stays_with_the_server(pair: Pair) -> None:
    pair.only("there")
    for path, headers in (
        ("/", {"Cookie": "loa_phien=x"}),
        ("/", {"Authorization": "Bearer x"}),
        ("/tim.csv?q=ngheo", {}),
        ("/metrics", {}),
    ):
        assert pair.client.get(path, headers=headers).status_code == 200
    assert pair.client.head("/").status_code == 200
    assert pair.client.post("/tim").status_code == 405
    assert not pair.there.asked


def test_a_request_that_was_let_in_is_not_counted_again(serve: Serve) -> None:
    app = serve(*ALL).app
    assert isinstance(app, FastAPI)
    limited = Limits(app, draw=lambda *_: pytest.fail("refused"), limiter=Limiter(1))
    pair = Pair(limited)  # type: ignore[arg-type]
    pair.only("there")
    try:
        assert [pair.client.get("/tim").status_code for _ in range(3)] == [200] * 3
        assert len(pair.there.asked) == 3
    finally:
        pair.hand.close()
        pair.thread.join(10)


def test_the_server_answers_where_the_helper_has_gone_and_goes_on_with_another(serve: Serve) -> None:
    app = serve(*ALL).app
    assert isinstance(app, FastAPI)
    waiting: list[socket.socket] = []
    pair = Pair(app, lambda: waiting.pop() if waiting else None)
    pair.only("there")
    assert pair.client.get("/tim").status_code == 200
    assert len(pair.there.asked) == 1
    assert pair.hand._channel is not None
    pair.hand._channel.shutdown(socket.SHUT_RDWR)  # as when its process is killed
    pair.thread.join(10)
    assert [pair.client.get("/tim").status_code for _ in range(2)] == [200, 200]
    assert len(pair.there.asked) == 1
    assert len(pair.here.asked) == 2
    channel, thread = helper(pair.there)
    waiting.append(channel)
    while len(pair.there.asked) == 1:  # until it is ready the server answers
        assert pair.client.get("/tim").status_code == 200
    pair.hand.close()
    thread.join(10)


def test_several_are_asked_for_at_once_and_each_gets_its_own_answer() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode() * 10_000})

    async def ask(hand: Hand) -> list[bytes]:
        orders = [asyncio.ensure_future(hand.answer(order(f"/tim{number}"))) for number in range(6)]
        while not hand._awaited:
            await asyncio.sleep(0)
        orders[2].cancel()  # its reader goes away; the others get theirs all the same
        answers = await asyncio.gather(*orders, return_exceptions=True)
        assert isinstance(answers.pop(2), asyncio.CancelledError)
        return [answer.body for answer in answers if isinstance(answer, Answer)]

    channel, thread = helper(app)
    hand = Hand(channel)
    hand.begin()
    while not hand._is_ready(channel):
        pass
    try:
        assert asyncio.run(ask(hand)) == [f"/tim{number}".encode() * 10_000 for number in (0, 1, 3, 4, 5)]
    finally:
        hand.close()
        thread.join(10)
    assert not thread.is_alive()


def test_nobody_waits_for_a_helper_that_is_lost() -> None:
    """It reads what it is asked and never answers."""
    ours, theirs = socket.socketpair()
    hand = Hand(ours)
    hand.begin()
    theirs.send(b"+")

    async def ask() -> list[Answer | None]:
        asked = [asyncio.ensure_future(hand.answer(order("/tim"))) for _ in range(3)]
        while len(hand._awaited) < 3:
            await asyncio.sleep(0)
        theirs.close()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == [None] * 3
    assert hand._channel is None


def test_a_helper_is_let_go_while_somebody_waits_for_it() -> None:
    ours, theirs = socket.socketpair()
    hand = Hand(ours)
    hand.begin()
    theirs.send(b"+")

    async def ask() -> Answer | None:
        asked = asyncio.ensure_future(hand.answer(order("/tim")))
        while not hand._awaited:
            await asyncio.sleep(0)
        hand.close()
        return await asked

    with theirs:
        assert asyncio.run(ask()) is None
    assert ours.fileno() == -1


def test_a_fault_of_a_page_is_an_answer_too(serve: Serve) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("before any answer")

    ours, thread = helper(broken)
    hand = Hand(ours)
    hand.begin()
    app = serve(*ALL).app
    shared = Shared(app, hands=[hand])
    client = TestClient(shared, base_url="http://127.0.0.1:8000")
    client.get("/tro-giup")
    slots = [shared._slots.get_nowait() for _ in range(shared._slots.qsize())]
    shared._slots.put_nowait(next(slot for slot in slots if slot.hand is hand))
    assert client.get("/tim").status_code == 200, "what the helper has no answer to, the server answers"
    hand.close()
    thread.join(10)


def test_asking_ahead_answers_nobody(pair: Pair) -> None:
    asyncio.run(ask_ahead(pair.here, ["/", "/tim?q=loa"]))
    assert pair.here.asked == ["/", "/tim"]


@pytest.mark.parametrize(
    "path", ["/dang-nhap", "/ban-tin", "/static/loa.css", "/bieu-do/theo-tuan.svg", "/tim.xlsx", "/api/v1/export", "/healthz"]
)
def test_not_shareable(path: str) -> None:
    assert not shareable({"type": "http", "method": "GET", "path": path, "headers": []})
