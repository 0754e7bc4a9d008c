"""What a browser posts: read within limits, believed only where it came from our own pages, and not too often."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from fastapi import HTTPException, Request

from search_api import clients
from search_api.clients import Remembered

MAX_BYTES = 16_384
_MAX_FIELDS = 150
FORM_TOKEN = "ma-bieu-mau"  # noqa: S105 - the name of a field
"""Field that carries the session's form token."""


@dataclass(frozen=True, slots=True)
class Form:
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str, default: str = "") -> str:
        """The first value, without blanks around it."""
        return next((value.strip() for key, value in self.fields if key == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value.strip() for key, value in self.fields if key == name)

    def carries(self, form_token: str) -> bool:
        return hmac.compare_digest(self.get(FORM_TOKEN).encode(), form_token.encode())


async def read_form(request: Request) -> Form:
    """Raises: HTTPException 413 for a large body, 400 for what is no form, 403 for a form of another site."""
    if not from_here(request):
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(400)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise HTTPException(413)
    try:
        return Form(tuple(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)))
    except ValueError as error:
        raise HTTPException(400) from error


def from_here(request: Request) -> bool:
    """Whether the browser says that one of our pages sent this. A program that says nothing has no cookies of a reader either."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


class Throttle:
    """At most ``times`` within ``span`` for each key; the oldest keys are forgotten when there are very many."""

    def __init__(self, times: int, span: timedelta, clock: Callable[[], datetime]) -> None:
        self._times = times
        self._span = span
        self._clock = clock
        self._seen: Remembered[list[datetime]] = Remembered()
        self._mutex = threading.Lock()

    def wait_seconds(self, key: str) -> int:
        """0 and counted where the key may go on; else the seconds until it may, at least 1."""
        now = self._clock()
        with self._mutex:
            recent = [at for at in self._seen.take(key) or () if at > now - self._span]
            if len(recent) < self._times:
                self._seen.keep(key, [*recent, now])
                return 0
            self._seen.keep(key, recent)
            return max(1, int((recent[0] + self._span - now).total_seconds()) + 1)

    def check(self, key: str) -> None:
        """Raises: HTTPException 429 with Retry-After."""
        if wait := self.wait_seconds(key):
            raise HTTPException(429, headers={"Retry-After": str(wait)})


def client_of(request: Request) -> str:
    return clients.client_of(request.scope)


def local_path(text: str, default: str = "/") -> str:
    """The address where a reader wanted to go, if it is one of ours: no other host, no scheme."""
    parts = urlsplit(text) if text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() else None
    return text if parts is not None and not parts.netloc and not parts.scheme and "\\" not in text else default
