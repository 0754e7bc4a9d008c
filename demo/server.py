"""The example sites over real HTTP on loopback, one port a site, as crawler, demonstration and tests see them."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from demo import pdf, site
from demo.site import FAMILIES, Site

_HTML = "text/html; charset=utf-8"
_ROBOTS = "User-agent: *\nDisallow: /tim-kiem\nDisallow: /quan-tri/\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One request as the server saw it."""

    site: str
    target: str
    """Path with query."""
    status: int
    started: float
    """Seconds of a monotonic clock."""
    ended: float
    user_agent: str
    conditional: bool
    body_bytes: int


@dataclass(slots=True)
class _Running:
    site: Site
    server: ThreadingHTTPServer
    thread: threading.Thread
    hidden: set[int] = field(default_factory=set)


def _write(path: Path, text: str) -> None:
    """In one step: a run killed here must not leave half a registry, nor forget the ports its articles are known by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.write_text(text, "utf-8")
    draft.replace(path)


class DemoPortals:
    """Serves the example sites while the ``with`` block runs.

    ``ports_file`` remembers the ports, so that the addresses stay the same when it runs again. Articles named in ``hidden``
    (site id, article id) are not yet published; `publish` brings them out.
    """

    def __init__(
        self, *, sites: Sequence[Site] | None = None, ports_file: Path | None = None, hidden: Sequence[tuple[str, int]] = ()
    ) -> None:
        self._sites = tuple(sites) if sites is not None else site.load_sites()
        self._ports_file = ports_file
        self._hidden = tuple(hidden)
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._accesses: list[Access] = []

    @property
    def sites(self) -> tuple[Site, ...]:
        return tuple(running.site for running in self._running.values()) or self._sites

    def start(self) -> None:
        wanted = self._remembered_ports()
        for one in self._sites:
            server = self._bind(one.id, wanted.get(one.id, 0))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=f"demo-{one.id}", daemon=True)
            hidden = {number for name, number in self._hidden if name == one.id}
            self._running[one.id] = _Running(one, server, thread, hidden)
            thread.start()
        if self._ports_file is not None:
            _write(self._ports_file, json.dumps({name: self.port(name) for name in self._running}, indent=2) + "\n")

    def stop(self) -> None:
        for running in self._running.values():
            running.server.shutdown()
            running.server.server_close()
            running.thread.join(timeout=5)
        self._running.clear()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def port(self, site_id: str) -> int:
        return int(self._running[site_id].server.server_address[1])

    def origin(self, site_id: str) -> str:
        return f"http://127.0.0.1:{self.port(site_id)}"

    def registry_toml(self, *, delay_seconds: float = 0.05) -> str:
        """A portal registry with these sites, ready for ``load_portals``."""
        return "\n".join(self._registry_entry(running.site, delay_seconds) for running in self._running.values())

    def write_registry(self, path: Path, *, delay_seconds: float = 0.05) -> Path:
        _write(path, self.registry_toml(delay_seconds=delay_seconds))
        return path

    def publish(self, site_id: str, article_id: int) -> None:
        """Bring out an article that was hidden."""
        self._running[site_id].hidden.discard(article_id)

    def edit(self) -> None:
        """Let the editors correct the articles that have a second version."""
        for running in self._running.values():
            running.site = running.site.edited()

    def accesses(self, site_id: str | None = None) -> list[Access]:
        """What was asked so far, in the order of the answers."""
        with self._lock:
            return [access for access in self._accesses if site_id in (None, access.site)]

    def note(self, access: Access) -> None:
        with self._lock:
            self._accesses.append(access)

    def visible(self, site_id: str) -> Site:
        """The site as its readers see it now."""
        running = self._running[site_id]
        articles = tuple(article for article in running.site.articles if article.id not in running.hidden)
        return Site(**{**{name: getattr(running.site, name) for name in Site.__slots__}, "articles": articles})

    def _remembered_ports(self) -> dict[str, int]:
        if self._ports_file is None or not self._ports_file.exists():
            return {}
        try:
            ports = json.loads(self._ports_file.read_text("utf-8"))
        except ValueError:
            return {}
        return {name: port for name, port in ports.items() if isinstance(port, int)} if isinstance(ports, dict) else {}

    def _bind(self, site_id: str, port: int) -> ThreadingHTTPServer:
        handler = type("Handler", (_Handler,), {"portals": self, "site_id": site_id})
        try:
            return _Server(("127.0.0.1", port), handler)
        except OSError:
            if port == 0:
                raise
            return _Server(("127.0.0.1", 0), handler)  # the remembered port was taken meanwhile

    def _registry_entry(self, one: Site, delay_seconds: float) -> str:
        family, origin = FAMILIES[one.cms], self.origin(one.id)
        entry: dict[str, Any] = {
            "id": one.id,
            "name": one.name,
            "home": f"{origin}/",
            "hosts": [f"127.0.0.1:{self.port(one.id)}"],
            "kind": one.kind,
            "province": one.province,
            "province_before": one.province_before,
            "cms": one.cms,
            "feeds": [origin + family.feed] if family.feed else [],
            "sitemaps": [origin + family.sitemap] if family.sitemap else [],
            "listings": [origin + family.listing(1)],
            "article_pattern": family.article_pattern,
            "delay_seconds": delay_seconds,
            "allow_loopback": True,
            "verified": True,
            "evidence": "bundled example",
        }
        # JSON texts, lists, numbers and booleans are TOML too
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()]
        return "[[portal]]\n" + "\n".join(lines) + "\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawler that went away in the middle of an answer is nothing to report."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    portals: DemoPortals
    site_id: str
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        started = time.monotonic()
        one = self.portals.visible(self.site_id)
        answer = _answer(one, self.path, self.portals.origin(self.site_id))
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        conditional = "if-none-match" in self.headers or "if-modified-since" in self.headers
        status, body = answer.status, answer.body
        if status == 200 and self.headers.get("if-none-match") == etag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(body)))
        if answer.status == 200:
            self.send_header("ETag", etag)
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.modified:
            self.send_header("Last-Modified", format_datetime(answer.modified.astimezone(UTC), usegmt=True))
        self.end_headers()
        # Noted before the body leaves, so that whoever has the answer finds the access noted
        self.portals.note(
            Access(
                site=self.site_id,
                target=self.path,
                status=status,
                started=started,
                ended=time.monotonic(),
                user_agent=self.headers.get("user-agent", ""),
                conditional=conditional,
                body_bytes=len(body),
            )
        )
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Accesses are kept by `DemoPortals.note`; the terminal belongs to the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int = 200
    media_type: str = _HTML
    body: bytes = b""
    location: str | None = None
    modified: datetime | None = None


def _answer(one: Site, target: str, origin: str) -> _Answer:
    family, parts = FAMILIES[one.cms], urlsplit(target)
    if parts.path == "/robots.txt":
        lines = _ROBOTS + (f"Sitemap: {origin}{family.sitemap}\n" if family.sitemap else "")
        return _Answer(media_type="text/plain; charset=utf-8", body=lines.encode())
    if target == "/":
        return _Answer(status=302, location=family.listing(1))
    if target == family.feed:
        return _Answer(media_type="application/rss+xml; charset=utf-8", body=site.feed(one, origin).encode())
    if target == family.sitemap:
        return _Answer(media_type="application/xml; charset=utf-8", body=site.sitemap(one, origin).encode())
    for article in one.articles:
        if _same(family.article(article), target):
            return _Answer(body=site.article_page(one, article).encode(), modified=article.published)
        if parts.path.removeprefix("/tep/") in article.attachments:
            return _Answer(media_type="application/pdf", body=pdf.make_pdf(article.title, article.paragraphs))
    for number in range(1, site.page_count(one) + 1):
        if _same(family.listing(number), target):
            return _Answer(body=(site.listing_page(one, number) or "").encode())
    return _Answer(status=404, body="<!doctype html><title>404</title><p>Không tìm thấy trang.</p>".encode())


def _same(expected: str, target: str) -> bool:
    """Servers do not mind the order of parameters, nor those they do not know."""
    if expected == target:
        return True
    wanted, given = urlsplit(expected), urlsplit(target)
    if wanted.path != given.path:
        return False
    parameters = parse_qs(given.query)
    needed = {name: value for name, value in parse_qs(wanted.query).items() if name not in {"l", "plidlayout"}}
    telling = {"pageindex", "cur", "page", "start", "format", "NewsViews", "dDocName"}
    return all(parameters.get(name) == value for name, value in needed.items()) and not (telling & parameters.keys()) - needed.keys()
