"""A portal whose every address does what the test says: slow, torn, endless, looping, bombs."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import brotli
import zstandard

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


def large(handler: BaseHTTPRequestHandler) -> None:
    """Says at once that more than the limit is coming."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(11 << 20))
    handler.end_headers()
    handler.wfile.write(b"<p>" * 1000)
    handler.rfile.read(1)
    handler.close_connection = True


_BOMB_BYTES = 40 << 20


def gzip_bomb() -> Behaviour:
    return answer(gzip.compress(b"\0" * _BOMB_BYTES), Content_Encoding="gzip")


def deflate_bomb() -> Behaviour:
    return answer(zlib.compress(b"\0" * _BOMB_BYTES, 9), Content_Encoding="deflate")


def nested_bomb() -> Behaviour:
    return answer(gzip.compress(gzip.compress(b"\0" * _BOMB_BYTES)), Content_Encoding="gzip, gzip")


def raw_deflate_bomb() -> Behaviour:
    squeezer = zlib.compressobj(9, wbits=-15)
    return answer(squeezer.compress(b"\0" * _BOMB_BYTES) + squeezer.flush(), Content_Encoding="deflate")


def brotli_bomb() -> Behaviour:
    return answer(brotli.compress(b"\0" * _BOMB_BYTES, quality=5), Content_Encoding="br")


def zstd_bomb() -> Behaviour:
    return answer(zstandard.compress(b"\0" * _BOMB_BYTES), Content_Encoding="zstd")


def drip_of_headers(handler: BaseHTTPRequestHandler) -> None:
    """A header that never ends, one byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    try:
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    try:
        while True:
            handler.wfile.write(b"X-More: x\r\n" * 10_000)
    except OSError:
        handler.close_connection = True


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Takes the request and says nothing until the other side gives up."""
    handler.rfile.read(1)
    handler.close_connection = True


CHALLENGE = "<!doctype html><title>Just a moment...</title><div id='cf-chl-widget'></div>"


class PortalServer:
    """``routes`` by path with query; ``/robots.txt`` allows everything unless routed. Notes every request."""

    def __init__(
        self,
        portal_id: str,
        routes: Mapping[str, Behaviour],
        *,
        delay_seconds: float = 0.02,
        certificate: Path | None = None,
        **entry: Any,
    ) -> None:
        """``certificate`` is a file with certificate and key: the server then speaks TLS."""
        self.id = portal_id
        self.routes = dict(routes)
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        """Moment of a monotonic clock, target, headers in lower case."""
        self._entry = {"delay_seconds": delay_seconds, **entry}
        handler = type("Handler", (_Handler,), {"portal": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
            self._scheme = "https"
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def origin(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

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
            "hosts": [self.origin.partition("://")[2]],
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
