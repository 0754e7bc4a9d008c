"""What the server did, as Prometheus reads it (text format 0.0.4): answers by route and status, how long they took, what is kept."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import CorpusError
from corpus.index.base import Query
from search_api.answers import Catalogue

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Upper bounds of the buckets of the histogram, seconds."""


class Metrics:
    """Counts since the start of the process. Labels come from the routes, never from what was asked, so there are few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, int]] = Counter()
        self._buckets: Counter[tuple[str, int]] = Counter()
        self._seconds: Counter[str] = Counter()

    def note(self, route: str, status: int, seconds: float) -> None:
        with self._lock:
            self._answers[route, status] += 1
            self._buckets[route, bisect_left(BOUNDS, seconds)] += 1
            self._seconds[route] += seconds  # type: ignore[assignment]  # a counter of seconds

    def lines(self) -> list[str]:
        with self._lock:
            answers, buckets, seconds = dict(self._answers), dict(self._buckets), dict(self._seconds)
        lines = ["# HELP loa_requests_total Answers by route and status.", "# TYPE loa_requests_total counter"]
        lines += [f'loa_requests_total{{route="{_label(route)}",status="{status}"}} {n}' for (route, status), n in sorted(answers.items())]
        lines += ["# HELP loa_request_seconds Time from request to the end of the answer.", "# TYPE loa_request_seconds histogram"]
        for route in sorted(seconds):
            name, below = _label(route), 0
            for at, bound in enumerate(BOUNDS):
                below += buckets.get((route, at), 0)
                lines.append(f'loa_request_seconds_bucket{{route="{name}",le="{bound}"}} {below}')
            total = below + buckets.get((route, len(BOUNDS)), 0)
            lines.append(f'loa_request_seconds_bucket{{route="{name}",le="+Inf"}} {total}')
            lines.append(f'loa_request_seconds_sum{{route="{name}"}} {seconds[route]:.6f}')
            lines.append(f'loa_request_seconds_count{{route="{name}"}} {total}')
        return lines


class Measured:
    """ASGI middleware, the outermost: refusals count too."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, clock: Callable[[], float] = time.perf_counter) -> None:
        self.app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        start = self._clock()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.note(route, status, self._clock() - start)


def metric_routes(catalogue: Catalogue, metrics: Metrics) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def show() -> Response:
        lines = metrics.lines()
        up = 1
        try:
            documents, indexed = catalogue.store.count_documents(), catalogue.index.count(Query())
        except CorpusError:
            up = 0
        else:
            lines += ["# HELP loa_documents Documents in the store.", "# TYPE loa_documents gauge", f"loa_documents {documents}"]
            lines += ["# HELP loa_indexed_documents Documents in the index.", "# TYPE loa_indexed_documents gauge"]
            lines.append(f"loa_indexed_documents {indexed}")
        lines += ["# HELP loa_up Whether store and index answer.", "# TYPE loa_up gauge", f"loa_up {up}"]
        return Response("\n".join([*lines, ""]), media_type=MEDIA_TYPE)

    return router


def _label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
