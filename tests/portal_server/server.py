"""A portal whose every address does what the test says: slow, torn, endless, looping, bombs."""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Behaviour = Callable[[BaseHTTPRequestHandler], None]

ROBOTS_ALLOW = b"User-agent: *\nDisallow:\n"


def send(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
    handler.send_response(status)
    given = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **(headers or {})}
    for name, value in given.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def answer(body: str | bytes = b"", *, status: int = 200, **headers: str) -> Behaviour:
    content = body.encode() if isinstance(body, str) else body
    return lambda handler: send(handler, content, status=status, headers={name.replace("_", "-"): v for name, v in headers.items()})


def article(title: str) -> Behaviour:
    text = f"<p>{title} được người dân đón nhận và làm theo trong nhiều năm.</p>" * 8
    return answer(f"<!doctype html><html lang=vi><title>{title}</title><h1>{title}</h1>{text}</html>")


def listing(*paths: str, more: str | None = None) -> Behaviour:
    links = "".join(f'<h3><a href="{path}">Bài viết về truyền thông giảm nghèo ở địa chỉ {path}</a></h3>' for path in paths)
    return answer(f"<!doctype html><html lang=vi>{links}" + (f'<a rel="next" href="{more}">Trang sau</a>' if more else ""))


def redirect(location: str, status: int = 302) -> Behaviour:
    return answer(b"", status=status, Location=location)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first for the first request, and so on; the last for all others."""
    left = list(behaviours)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def truncated(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<p>half")
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """One byte at a time, for as long as somebody listens."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"<p>" * 30_000)
    except OSError:
        handler.close_connection = True


_BOMB_BYTES = 40 << 20


def gzip_bomb() -> Behaviour:
    return answer(gzip.compress(b"\0" * _BOMB_BYTES), Content_Encoding="gzip")


def deflate_bomb() -> Behaviour:
    return answer(zlib.compress(b"\0" * _BOMB_BYTES, 9), Content_Encoding="deflate")


def nested_bomb() -> Behaviour:
    return answer(gzip.compress(gzip.compress(b"\0" * _BOMB_BYTES)), Content_Encoding="gzip, gzip")


CHALLENGE = "<!doctype html><title>Just a moment...</title><div id='cf-chl-widget'></div>"


class PortalServer:
    """``routes`` by path with query; ``/robots.txt`` allows everything unless routed. Notes every request."""

    def __init__(self, portal_id: str, routes: Mapping[str, Behaviour], *, delay_seconds: float = 0.02, **entry: Any) -> None:
        self.id = portal_id
        self.routes = dict(routes)
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        """Moment of a monotonic clock, target, headers in lower case."""
        self._entry = {"delay_seconds": delay_seconds, **entry}
        handler = type("Handler", (_Handler,), {"portal": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def targets(self) -> list[str]:
        return [target for _, target, _ in self.requests]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def registry_entry(self) -> str:
        entry = {
            "id": self.id,
            "name": self.id,
            "home": f"{self.origin}/",
            "hosts": [self.origin.removeprefix("http://")],
            "kind": "government",
            "province": "v2-04",
            "listings": [f"{self.origin}/tin/"],
            "article_pattern": r"/tin/[^/]+-\d+\.html",
            "allow_loopback": True,
            "verified": True,
            **self._entry,
        }
        return "[[portal]]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in entry.items()) + "\n"


def write_registry(path: Path, *portals: PortalServer) -> Path:
    path.write_text("\n".join(portal.registry_entry() for portal in portals), "utf-8")
    return path


class _Handler(BaseHTTPRequestHandler):
    portal: PortalServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.portal.requests.append((time.monotonic(), self.path, headers))
        behaviour = self.portal.routes.get(self.path)
        if behaviour is None:
            behaviour = answer(ROBOTS_ALLOW) if self.path == "/robots.txt" else answer(b"not here", status=404)
        try:
            behaviour(self)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass
