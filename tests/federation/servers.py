"""The portals over real HTTP on loopback: one port each, every access noted, and what a fault makes of an answer."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import brotli
import zstandard

from demo.server import _answer, _same
from demo.site import FAMILIES, Site
from tests.portal_server.server import CHALLENGE, send

Fault = Literal["down", "error", "refused", "challenge", "empty", "layout", "degraded", "moved"]
"""What a whole source can suffer."""
Hazard = Literal["loop", "busy", "unavailable", "gzip", "deflate", "br", "zstd", "outside", "calendar"]
"""What one address of a source can do."""

_BOMB_BYTES = 40 << 20
_ALLOW = b"User-agent: *\nDisallow:\n"
_BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": lambda body: zlib.compress(body, 9),
    "br": lambda body: brotli.compress(body, quality=5),
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
}


@dataclass(frozen=True, slots=True)
class Access:
    """One request as the server saw it, in seconds of a monotonic clock.

    Nothing that the crawler does after an answer can come before ``answering``, however late this machine lets either side run: so
    distances can be asserted exactly.
    """

    target: str
    status: int
    started: float
    answering: float
    """Just before the answer left."""
    body_bytes: int


@dataclass(slots=True)
class PortalState:
    """What a portal is like today."""

    site: Site
    fault: Fault | None = None
    hazards: dict[int, Hazard] = field(default_factory=dict)
    """By the number of the article whose address does it."""
    gone: set[int] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    """Old address -> new address of the same article."""


class Portal:
    """One portal; ``elsewhere`` is the origin of a host that is no source."""

    def __init__(self, state: PortalState, elsewhere: str) -> None:
        self.state = state
        self.accesses: list[Access] = []
        self.busy: set[str] = set()
        self._elsewhere = elsewhere
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.open()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        if self._server is None:
            handler = type("Handler", (_Handler,), {"portal": self})
            self._server = _Server(("127.0.0.1", self.port), handler)
            self.port = int(self._server.server_address[1])
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def note(self, access: Access) -> None:
        with self._lock:
            self.accesses.append(access)

    def respond(self, handler: BaseHTTPRequestHandler) -> tuple[int, int]:
        """Status and size of the answer sent."""
        state, target = self.state, handler.path
        family = FAMILIES[state.site.cms]
        if target == "/robots.txt":
            body = b"User-agent: *\nDisallow: /\n" if state.fault == "refused" else _ALLOW
            return _send(handler, body, headers={"Content-Type": "text/plain"})
        if state.fault == "error":
            return _send(handler, b"Service unavailable", status=503)
        if state.fault == "challenge":
            return _send(handler, CHALLENGE.encode(), status=403)
        if state.fault == "moved":
            return _send(handler, b"", status=301, headers={"Location": self._elsewhere + "/cong-moi"})
        if target in state.moved:
            return _send(handler, b"", status=301, headers={"Location": state.moved[target]})
        for article in state.site.articles:
            if _same(family.article(article), target):
                if article.id in state.gone:
                    return _send(handler, b"<title>410</title>", status=410)
                if article.id in state.hazards:
                    return self._do(handler, state.hazards[article.id])
        answer = _answer(state.site, target, self.origin)
        body = answer.body
        is_list = target in {family.listing(page) for page in range(1, 30)} or target == "/"
        if state.fault == "empty" and (is_list or target in (family.feed, family.sitemap)):
            body = (
                b"<!doctype html><html lang=vi><title>Tin</title><p>Chua co bai viet.</p></html>"
                if is_list
                else _empty(target == family.feed)
            )
        if state.fault == "layout" and (is_list or target in (family.feed, family.sitemap)):
            links = "".join(f"<li><a href='/moi/{number}/xem'>Mục mới số {number} của cổng</a></li>" for number in range(20))
            body = f"<!doctype html><html lang=vi><title>Tin</title><ul>{links}</ul></html>".encode()
        article = next((one for one in state.site.articles if _same(family.article(one), target)), None)
        if state.fault == "degraded" and article is not None:
            body = b"<!doctype html><html lang=vi><title>Tin</title><div id=app></div><script src=/app.js></script></html>"
        headers = {"Content-Type": answer.media_type}
        if answer.status == 200:
            etag = f'"{zlib.crc32(body):08x}"'
            headers["ETag"] = etag
            if handler.headers.get("if-none-match") == etag:
                return _send(handler, b"", status=304, headers=headers)
        if answer.location:
            headers["Location"] = answer.location
        if answer.modified:
            headers["Last-Modified"] = format_datetime(answer.modified)
        return _send(handler, body, status=answer.status, headers=headers)

    def _do(self, handler: BaseHTTPRequestHandler, hazard: Hazard) -> tuple[int, int]:
        if hazard == "loop":
            return _send(handler, b"", status=302, headers={"Location": handler.path})
        if hazard == "outside":
            return _send(handler, b"", status=302, headers={"Location": f"{self._elsewhere}/quang-cao"})
        if hazard in ("busy", "unavailable"):
            first = handler.path not in self.busy
            self.busy.add(handler.path)
            if first:
                return _send(handler, b"wait", status=429 if hazard == "busy" else 503, headers={"Retry-After": "1"})
            body = "<!doctype html><html lang=vi><title>Trang phụ</title><p>Trang này không có bài viết nào.</p></html>".encode()
            return _send(handler, body)
        if hazard == "calendar":
            number = sum(access.target == handler.path for access in self.accesses)
            links = "".join(f"<a href='/lich/2031/{month}?xem={number}'>Tháng {month}</a>" for month in range(1, 13))
            return _send(handler, f"<!doctype html><title>Lịch công tác</title>{links}".encode())
        return _send(handler, _bomb(hazard), headers={"Content-Encoding": hazard})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    portal: Portal
    started: float
    answering: float
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self.started = self.answering = time.monotonic()
        try:
            status, size = self.portal.respond(self)
        except OSError:  # the crawler hangs up on a bomb
            self.close_connection = True
            status, size = 0, 0
        self.portal.note(Access(self.path, status, self.started, self.answering, size))

    def log_message(self, format: str, *args: object) -> None:
        pass


def _send(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> tuple[int, int]:
    assert isinstance(handler, _Handler)
    handler.answering = time.monotonic()
    send(handler, body, status=status, headers=headers or {})
    return status, len(body)


def _empty(feed: bool) -> bytes:
    return (
        b"<?xml version='1.0'?><rss version='2.0'><channel><title>Tin</title></channel></rss>"
        if feed
        else b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>"
    )


_MADE: dict[str, bytes] = {}


def _bomb(kind: str) -> bytes:
    if kind not in _MADE:
        _MADE[kind] = _BOMBS[kind](b"\0" * _BOMB_BYTES)
    return _MADE[kind]


class Elsewhere:
    """A host that no source owns: whoever asks it has left the registry."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        handler = type("Handler", (_Stranger,), {"owner": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Stranger(BaseHTTPRequestHandler):
    owner: Elsewhere

    def do_GET(self) -> None:
        self.owner.requests.append(self.path)
        send(self, b"you should not be here")

    def log_message(self, format: str, *args: object) -> None:
        pass
