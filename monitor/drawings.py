"""Drawing charts as SVG and PNG: one at a time, in a process of its own that ends when nobody asks, and each drawing once.

What a drawing looks like is decided in `monitor.charts`. The engine's process takes a second to start; what it drew is kept by the hash of
its spec, so that a page asked again costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Literal

import lxml.etree

from corpus.errors import DrawingUnavailable
from corpus.export.cells import printable
from monitor.charts import DARK, WIDE, Chart, Spec
from monitor.engine import LENGTH

MAX_KEPT_BYTES = 16 * 2**20
"""Of kept drawings: some 4 kB each for a page, 100 kB for a PNG."""
IDLE_SECONDS = 60.0
"""After which the engine's process ends."""
PATIENCE_SECONDS = 30.0
"""That one drawing may take, the start of the engine included."""
MAX_DRAWN = 500
"""Drawings after which the engine starts anew: its memory grows with each."""

_LOOK = 1
"""Counted up when anything here changes what a drawing looks like: browsers keep drawings by their key."""
_SVG = "http://www.w3.org/2000/svg"
_TAGS = {"svg", "g", "path", "rect", "line", "text", "tspan"}
_DROPPED = ("on", "role", "aria-", "style", "href", "font-family", "pointer-events", "class", "version", "cursor")
_PAGE_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")


@dataclass(frozen=True, slots=True)
class Order:
    """A drawing that is wanted. Equal keys, equal drawings."""

    kind: Literal["svg", "page", "png"]
    spec: Spec
    scale: float | None
    key: str


def order_file(chart: Chart, kind: Literal["svg", "png"], width: int = WIDE, *, scale: float = 2) -> Order:
    """A file of its own, with title and caption."""
    return _order(kind, chart.spec(width, titled=True), scale if kind == "png" else None)


def order_for_page(chart: Chart, width: int = WIDE, *, dark: bool = False) -> Order:
    """An SVG that a page shows beside title and table: as large as `Chart.page_size` says, without ground, in the page's colours."""
    spec = chart.page_spec(width)
    return _order("page", _recoloured(spec, DARK) if dark else spec, None)


class Drawings:
    """Draws, and keeps what was drawn. Safe between threads; one drawing at a time."""

    def __init__(self, *, max_bytes: int = MAX_KEPT_BYTES, idle_seconds: float = IDLE_SECONDS) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._mutex = threading.Lock()
        self._engine = _Engine(idle_seconds)

    def kept(self, order: Order) -> bytes | None:
        """What was drawn before, without waiting for anything being drawn now."""
        return self._kept.get(order.key)

    def drawn(self, order: Order) -> bytes:
        """Raises: DrawingUnavailable."""
        with self._mutex:
            found = self._kept.get(order.key)
            if found is None:
                found = self._engine.draw(order.spec, order.scale)
                if order.kind == "page":
                    found = _slim(found)
                self._kept[order.key] = found
                self._bytes += len(found)
            self._kept.move_to_end(order.key)
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                self._bytes -= len(self._kept.popitem(last=False)[1])
            return found

    def engine_pid(self) -> int | None:
        """The engine's process while there is one."""
        return self._engine.pid

    def close(self) -> None:
        """Ends the engine's process; the next drawing starts another."""
        self._engine.close()


class _Engine:
    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._mutex = threading.RLock()
        self._running: _Running | None = None
        self._timer: threading.Timer | None = None

    @property
    def pid(self) -> int | None:
        running = self._running
        return running.process.pid if running else None

    def draw(self, spec: Spec, scale: float | None) -> bytes:
        with self._mutex:
            self._hold()
            if self._running is not None and self._running.drawn >= MAX_DRAWN:
                self.close()
            if self._running is None:
                self._running = _Running()
            try:
                return self._running.draw(spec, scale)
            except (OSError, EOFError) as error:
                self.close()
                raise DrawingUnavailable(f"the drawing engine ended: {error}") from error
            finally:
                self._wait_for_more()

    def close(self) -> None:
        with self._mutex:
            self._hold()
            if self._running is not None:
                self._running.end()
                self._running = None

    def _hold(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait_for_more(self) -> None:
        reference = weakref.ref(self)  # a timer keeps no engine alive

        def idle() -> None:
            engine = reference()
            if engine is not None:
                engine.close()

        self._timer = threading.Timer(self._idle_seconds, idle)
        self._timer.daemon = True
        self._timer.start()


class _Running:
    """One process of the engine. It ends with this object and with this program."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "monitor.engine"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self.end = weakref.finalize(self, _end, self.process)
        self.drawn = 0

    def draw(self, spec: Spec, scale: float | None) -> bytes:
        """Raises: OSError, EOFError where the process ended or took too long, DrawingUnavailable for a spec that cannot be drawn."""
        guard = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        guard.daemon = True
        guard.start()
        try:
            order = json.dumps({"spec": spec, "scale": scale}).encode() + b"\n"
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            _write(self.process.stdin, order)
            (length,) = LENGTH.unpack(_read(self.process.stdout, LENGTH.size))
            body = _read(self.process.stdout, abs(length))
        finally:
            guard.cancel()
        self.drawn += 1
        if length < 0:
            raise DrawingUnavailable(f"the drawing engine refused a chart: {body.decode('utf-8', 'replace')}")
        return body


def _write(pipe: IO[bytes], content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[pipe.write(view) :]


def _read(pipe: IO[bytes], size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = pipe.read(size - len(found))
        if not part:
            raise EOFError("no answer")
        found += part
    return bytes(found)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()


def _order(kind: Literal["svg", "page", "png"], spec: Spec, scale: float | None) -> Order:
    spec = _drawable(spec)
    return Order(kind, spec, scale, hashlib.sha256(f"{_LOOK} {kind} {scale}\n{json.dumps(spec, sort_keys=True)}".encode()).hexdigest())


def _drawable(value: Any) -> Any:
    """Without the characters that XML has no place for, at one of which the engine (vl-convert 1.9) ends its process, and those that it may
    cut in half."""
    if isinstance(value, str):
        return _ASTRAL.sub("□", printable(value))
    if isinstance(value, Mapping):
        return {key: _drawable(part) for key, part in value.items()}
    return [_drawable(part) for part in value] if isinstance(value, list | tuple) else value


def _recoloured(value: Any, colours: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return colours.get(value, value)
    if isinstance(value, Mapping):
        return {key: part if key == "data" else _recoloured(part, colours) for key, part in value.items()}
    return [_recoloured(part, colours) for part in value] if isinstance(value, list | tuple) else value


def _slim(svg: bytes) -> bytes:
    """Vega names its groups and draws much that is empty; a page needs neither."""
    root = lxml.etree.fromstring(svg, lxml.etree.XMLParser(resolve_entities=False, no_network=True))
    for element in [*root.iter()]:
        found = lxml.etree.QName(element) if isinstance(element.tag, str) else None
        known = found is not None and found.namespace == _SVG and found.localname in _TAGS
        ground = element.get("class") in ("background", "foreground") or element.get("fill") == "white"
        if not known or ground or element.get("opacity") == "0":
            if element is not root:
                element.getparent().remove(element)
            continue
        for attribute, value in [*element.attrib.items()]:
            if lxml.etree.QName(attribute).localname.startswith(_DROPPED) or (attribute, value) == ("opacity", "1"):
                del element.attrib[attribute]
            elif attribute in ("d", "transform"):
                element.set(attribute, _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value))
    for element in [*root.iter(f"{{{_SVG}}}g")][::-1]:
        if not len(element):
            element.getparent().remove(element)
    root.set("font-family", _PAGE_FONT)
    lxml.etree.cleanup_namespaces(root)
    drawn: bytes = lxml.etree.tostring(root, encoding="utf-8")
    return drawn
