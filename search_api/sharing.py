"""Pages worked out by more than one process: Python computes on one processor at a time, and readers come together on Monday morning.

The server stays one process with everything that it remembers: limits, counts, sessions, drawings. It hands pages that rest on store and
index alone to helpers, each of which answers one at a time, and works out another itself meanwhile; what waits is served in its order.
A helper has its next page before it has finished one: the server, which computes on the same processor as it hands out, lets nobody wait.
Without a helper that lives it answers everything itself. How helpers are started and ended is said in ``cli/helping.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.limits import SHARED

AHEAD = 2
"""Pages that a helper has at once: the one that it works out and the next."""
MAX_BYTES = 64 * 1024 * 1024
"""Of one message; a page has some 100 kB."""
_GO = b"+"
_PLACES = frozenset(["", "tong-quan", "tong-quan.json", "tinh", "tinh.json", "kinh-phi", "kinh-phi.json", "nguon", "nguon.json", "tim"])
_PLACES |= frozenset(["tim.json", "tin", "tro-giup", "hieu-la.json"])
_FIGURES = frozenset("overview province coverage budgets search count facets timeline matrix kwic words article stories sources".split())

Make = Callable[[], AbstractContextManager[ASGIApp]]
"""Opens what a helper answers with; it is called in the helper."""


class Order(msgspec.Struct, frozen=True, array_like=True):
    """What a helper is told of a request."""

    path: str
    raw_path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    scheme: str
    root_path: str
    server: tuple[str, int | None] | None
    client: tuple[str, int] | None


class Answer(msgspec.Struct, frozen=True, array_like=True):
    status: int
    """0: there was none."""
    headers: list[tuple[bytes, bytes]] = []
    body: bytes = b""
    route: str = ""
    """Path of the route, for those who count."""


def shareable(scope: Scope) -> bool:
    """Whether any process would give the same answer: pages and figures for nobody in particular.

    >>> request = {"type": "http", "method": "GET", "headers": []}
    >>> [shareable(request | {"path": path}) for path in ("/", "/tinh/v2-40", "/api/v1/kwic", "/tim.csv", "/bieu-do/a.svg", "/dang-nhap")]
    [True, True, True, False, False, False]
    """
    if scope["type"] != "http" or scope["method"] != "GET" or scope.get("loa.head"):
        return False
    if any(name in (b"cookie", b"authorization") for name, _ in scope["headers"]):
        return False
    parts = scope["path"].split("/")
    if parts[1:3] == ["api", "v1"]:
        return len(parts) > 3 and parts[3] in _FIGURES and "." not in parts[-1]
    return len(parts) > 1 and parts[1] in _PLACES and ("." not in parts[-1] or parts[-1].endswith(".json"))


class Hand:
    """A helper as the server knows it, at the other end of ``channel``. ``another`` starts a new one where it has ended."""

    def __init__(self, channel: socket.socket, another: Callable[[], socket.socket | None] = lambda: None) -> None:
        self._channel: socket.socket | None = channel
        self._another = another
        self._ready = False
        self._sending = asyncio.Lock()
        self._awaited: deque[asyncio.Future[Answer | None]] = deque()
        """Answers that are to come, in the order of their requests."""
        self._reader: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Lets it open what it answers with."""
        if self._channel is not None:
            self._channel.setblocking(False)
            self._channel.send(_GO)

    async def answer(self, order: Order) -> Answer | None:
        """None where no helper is ready, or none lived to the end of the answer. Several may be asked for at once."""
        if self._channel is None and self._reader is None:
            self._channel = self._another()
            self.begin()
        channel = self._channel
        if channel is None or not self._is_ready(channel):
            return None
        loop = asyncio.get_running_loop()
        async with self._sending:
            if self._channel is not channel:
                return None
            try:
                await loop.sock_sendall(channel, framed(order))
            except OSError:
                self.close()
                return None
            except BaseException:  # half of it may have been sent
                self.close()
                raise
            awaited: asyncio.Future[Answer | None] = loop.create_future()
            self._awaited.append(awaited)
        if self._reader is None:
            self._reader = loop.create_task(self._read(channel))
        return await awaited

    async def _read(self, channel: socket.socket) -> None:
        """Hands over answers while some are awaited. Where the helper is lost, nobody waits any more."""
        loop = asyncio.get_running_loop()
        try:
            while self._awaited:
                answer = msgspec.msgpack.decode(await _message(loop, channel), type=Answer)
                awaited = self._awaited.popleft()
                if not awaited.done():  # who asked may have gone
                    awaited.set_result(answer)
        except (OSError, EOFError, msgspec.MsgspecError):
            pass
        finally:
            self._reader = None
            if self._awaited:
                if self._channel is channel:
                    self._channel, self._ready = None, False
                channel.close()
                while self._awaited:
                    if not (lost := self._awaited.popleft()).done():
                        lost.set_result(None)

    def _is_ready(self, channel: socket.socket) -> bool:
        if not self._ready:
            try:
                self._ready = channel.recv(1) == _GO
            except BlockingIOError:
                return False
            except OSError:
                self._ready = False
            if not self._ready:
                self.close()
        return self._ready

    def close(self) -> None:
        """A helper that loses its channel ends."""
        channel, self._channel, self._ready = self._channel, None, False
        if channel is None:
            return
        if self._reader is None:
            channel.close()
        else:  # it waits for the channel, which tells it the end
            with contextlib.suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)


@dataclass(order=True, frozen=True)
class _Slot:
    """A place to work out a page. With few readers it is the server itself, which then keeps what it worked out in one place."""

    rank: int
    hand: Hand | None = field(compare=False)


class Shared:
    """ASGI middleware: shareable requests wait for a slot, others go on. While there are no ``hands``, all do."""

    def __init__(self, app: ASGIApp, *, hands: Sequence[Hand]) -> None:
        self.app = app
        self._hands = hands
        self._slots: asyncio.PriorityQueue[_Slot] = asyncio.PriorityQueue()
        self._filled = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._hands or not shareable(scope):
            await self.app(scope, receive, send)
            return
        if not self._filled:
            self._filled = True
            for rank, hand in enumerate([None, *list(self._hands) * AHEAD]):
                self._slots.put_nowait(_Slot(rank, hand))
        slot = await self._slots.get()
        try:
            answer, fault = await self._answered(slot.hand, scope)
        finally:
            self._slots.put_nowait(slot)
        # Sent when the slot is free again: a slow reader holds up nobody.
        scope["route"] = _Route(answer.route) if answer.route else None
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})
        if fault is not None:
            raise fault

    async def _answered(self, hand: Hand | None, scope: Scope) -> tuple[Answer, Exception | None]:
        if hand is not None:
            answer = await hand.answer(order_of(scope))
            if answer is not None and answer.status:
                return answer, None
        answer, fault = await collected(self.app, scope)
        if not answer.status:
            raise fault or RuntimeError("no answer")
        return answer, fault


@dataclass(frozen=True, slots=True)
class _Route:
    path: str


def order_of(scope: Scope) -> Order:
    return Order(
        path=scope["path"],
        raw_path=scope.get("raw_path") or scope["path"].encode(),
        query=scope["query_string"],
        headers=scope["headers"],
        scheme=scope["scheme"],
        root_path=scope.get("root_path", ""),
        server=scope.get("server"),
        client=scope.get("client"),
    )


def scope_of(order: Order) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": order.scheme,
        "path": order.path,
        "raw_path": order.raw_path,
        "query_string": order.query,
        "root_path": order.root_path,
        "headers": order.headers,
        "server": order.server,
        "client": order.client,
        "state": {},
        SHARED: True,
    }


async def collected(app: ASGIApp, scope: Scope) -> tuple[Answer, Exception | None]:
    """The whole answer to a request without a body, and what was raised beside it."""
    start: dict[str, Any] = {}
    body = bytearray()

    async def receive() -> Message:
        if "asked" not in start:
            start["asked"] = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]  # it never disconnects

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    inner, fault = dict(scope), None
    try:
        await app(inner, receive, send)
    except Exception as error:
        fault = error
    headers = [(bytes(name), bytes(value)) for name, value in start.get("headers", ())]
    route = getattr(inner.get("route"), "path", "")
    return Answer(int(start.get("status", 0)), headers, bytes(body), route), fault


async def ask_ahead(app: ASGIApp, addresses: Iterable[str]) -> None:
    """Answers these to nobody: what pages load and compile at their first use is then there."""
    for address in addresses:
        path, _, query = address.partition("?")
        order = Order(path, path.encode(), query.encode(), [(b"host", b"localhost"), (b"accept-encoding", b"gzip")], "http", "", None, None)
        await collected(app, scope_of(order))


def answer_orders(make: Make, channel: socket.socket) -> None:
    """What a helper does, until the other end of the channel is closed."""
    if channel.recv(1) != _GO:
        return
    with make() as app:
        channel.send(_GO)
        asyncio.run(_answer_orders(app, channel))


async def _answer_orders(app: ASGIApp, channel: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    channel.setblocking(False)
    with contextlib.suppress(EOFError, OSError):
        while True:
            order = msgspec.msgpack.decode(await _message(loop, channel), type=Order)
            answer, _ = await collected(app, scope_of(order))
            await loop.sock_sendall(channel, framed(answer))


def framed(message: Order | Answer) -> bytes:
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(4, "big") + body


async def _message(loop: asyncio.AbstractEventLoop, channel: socket.socket) -> bytes:
    """Raises: EOFError, OSError."""
    size = int.from_bytes(await _exactly(loop, channel, 4), "big")
    if size > MAX_BYTES:
        raise EOFError("no message of ours")
    return await _exactly(loop, channel, size)


async def _exactly(loop: asyncio.AbstractEventLoop, channel: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = await loop.sock_recv(channel, min(size - len(found), 1 << 18))
        if not part:
            raise EOFError("the other end is gone")
        found += part
    return bytes(found)
