"""How much one client may ask for: requests in a minute and bytes in a request. Beyond it, 429 and 413 as problem details."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.clients import Remembered, client_of
from search_api.problems import MEDIA_TYPE, Draw, problem, wants_json

MAX_BODY_BYTES = 64 * 1024
EXPORT_COST = 10
"""What an export costs in requests."""
EXPORT_SUFFIXES = (".jsonl", ".csv", ".xlsx", ".parquet", ".ris", ".bib", ".manifest.json")
SHARED = "loa.shared"
"""In the scope of a request that another process has let in."""
_FREE = ("/static/", "/healthz", "/readyz", "/metrics")


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Limiter:
    """A bucket of tokens for each client: ``per_minute`` fit in and as many flow in a minute."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: Remembered[_Bucket] = Remembered()

    def take(self, client: str, cost: int = 1) -> float:
        """0.0 where the request may go on, else the seconds until it may."""
        now = self._clock()
        bucket = self._buckets.take(client) or _Bucket(float(self.per_minute), now)
        rate = self.per_minute / 60
        bucket.tokens = min(float(self.per_minute), bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        self._buckets.keep(client, bucket)
        cost = min(cost, self.per_minute)
        if bucket.tokens >= cost:
            bucket.tokens -= cost
            return 0.0
        return (cost - bucket.tokens) / rate


class Limits:
    """ASGI middleware; ``limiter`` None leaves the number of requests alone."""

    def __init__(self, app: ASGIApp, *, draw: Draw, limiter: Limiter | None, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self._draw = draw
        self._limiter = limiter
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or SHARED in scope:
            await self.app(scope, receive, send)
            return
        path = str(scope["path"])
        if self._limiter is not None and not path.startswith(_FREE):
            wait = self._limiter.take(client_of(scope), cost_of(path))
            if wait:
                await self._refuse(scope, receive, send, 429, {"Retry-After": str(math.ceil(wait))})
                return
        if self._announced(scope) > self._max_body_bytes:
            await self._refuse(scope, receive, send, 413, {"Connection": "close"})
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_body_bytes:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)

    def _announced(self, scope: Scope) -> int:
        value = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        return int(value) if value.isdigit() and len(value) < 20 else 0

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, headers: dict[str, str]) -> None:
        request = Request(scope)
        found = problem(status, instance=request.url.path)
        answer: Response = JSONResponse(found, status, media_type=MEDIA_TYPE) if wants_json(request) else self._draw(request, found)
        answer.headers.update(headers)
        await answer(scope, receive, send)


def cost_of(path: str) -> int:
    return EXPORT_COST if path.endswith(EXPORT_SUFFIXES) else 1
