"""A proxy before a search node that spoils a share of the bulk requests, each in one of the ways a network or a busy server has."""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Fault = Literal["429", "503", "reset before", "reset after", "half a body"]
FAULTS: tuple[Fault, ...] = ("429", "503", "reset before", "reset after", "half a body")


@dataclass
class FaultProxy:
    upstream: str
    """``host:port`` of the node."""
    share: float
    random: random.Random
    port: int = 0
    bulks: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").rstrip().split("\r\n")
                method, path, _ = first.split(" ")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if not await self._answer(writer, method, path, headers, body):
                    break
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _answer(self, writer: asyncio.StreamWriter, method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
        """Whether the connection goes on."""
        fault = self._choose(path)
        if fault == "reset before":
            writer.transport.abort()
            return False
        if fault in ("429", "503"):
            reason = {"error": {"type": "es_rejected_execution_exception", "reason": "made up"}, "status": int(fault)}
            await _send(writer, int(fault), {"content-type": "application/json"}, json.dumps(reason).encode())
            return True
        status, answered, answer = await asyncio.to_thread(self._forward, method, path, headers, body)
        if fault == "reset after":
            writer.transport.abort()
            return False
        await _send(writer, status, answered, answer, cut=fault == "half a body")
        return fault is None

    def _choose(self, path: str) -> Fault | None:
        if "/_bulk" not in path:
            return None
        self.bulks += 1
        if self.random.random() >= self.share:
            return None
        fault = self.random.choice(FAULTS)
        self.faults[fault] += 1
        return fault

    def _forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.upstream, timeout=120)
        try:
            connection.request(method, path, body, {name: value for name, value in headers.items() if name not in ("host", "connection")})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


async def _send(writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: bytes, *, cut: bool = False) -> None:
    kept = {name: value for name, value in headers.items() if name not in ("transfer-encoding", "connection", "content-length")}
    kept["x-elastic-product"] = "Elasticsearch"  # the client takes no answer without it
    lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in kept.items())]
    writer.write("\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode("latin-1"))
    writer.write(body[: len(body) // 2] if cut else body)
    await writer.drain()


@contextmanager
def fault_proxy(upstream: str, *, share: float, seed: int) -> Iterator[FaultProxy]:
    """Runs in a thread of its own for the time of the block."""
    proxy = FaultProxy(upstream, share, random.Random(seed))
    started = threading.Event()
    stop: list[Callable[[], object]] = []

    async def run() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        stop.append(lambda: loop.call_soon_threadsafe(stopped.set))
        started.set()
        async with server:
            await stopped.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert started.wait(30)
        yield proxy
    finally:
        for end in stop:
            end()
        thread.join()
