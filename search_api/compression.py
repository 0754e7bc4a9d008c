"""Pages, their drawings, style sheet and script travel compressed; nothing that carries a session does.

A page for somebody who has signed in holds a form token beside text from the address: compressed together, the length of the answer would
tell about the token (BREACH). Exports are left alone: they are streamed, and large ones are compressed already.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

LEAST_BYTES = 1_000
LEVEL = 2
"""160 kB become 49 kB in 2 ms; from level 5 on they become 44 kB in 5 ms and more."""


class Compressed:
    def __init__(self, app: ASGIApp) -> None:
        self.plain = app
        self.packed = GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packs = scope["type"] == "http" and "cookie" not in Headers(scope=scope) and _is_page(scope["path"])
        await (self.packed if packs else self.plain)(scope, receive, send)


def _is_page(path: str) -> bool:
    """
    >>> [_is_page(path) for path in ("/", "/tinh/v2-40", "/static/loa.css", "/tim.csv", "/api/v1/count", "/bieu-do/x.svg")]
    [True, True, True, False, False, True]
    """
    name = path.rpartition("/")[2]
    drawing = path.startswith("/bieu-do/") and name.endswith(".svg")
    return not path.startswith("/api/") and ("." not in name or drawing or name in ("loa.css", "loa.js"))
