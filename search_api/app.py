"""`create_app`: the whole web side over a store and an index, JSON API and pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.index import Index
from corpus.index.names import Names
from monitor.periods import day_of
from search_api.answers import Catalogue, Store
from search_api.api import api_routes, health_routes
from search_api.pages import Pages, page_routes
from search_api.problems import add_handlers
from search_api.site import Site
from search_api.words import WordDesk

DEPARTMENT = "Cục Thông tin cơ sở và Thông tin đối ngoại, Bộ Văn hóa, Thể thao và Du lịch"

# Everything comes from here, the one script is a file of ours, nobody frames it. Crawled text stands on these pages.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(
    store: Store,
    index: Index,
    *,
    names: Names | None = None,
    department: str = DEPARTMENT,
    today: Callable[[], date] | None = None,
) -> FastAPI:
    """``names`` gives the code lists with the portals in use; without it the bundled ones. ``today`` is the day in Vietnam, by default the
    clock's. Neither store nor index is closed here.

    Raises: InvalidData for a code list that cannot be read.
    """
    catalogue = Catalogue(store, index, names or Names.load())
    site = Site(catalogue.names, department=department, today=today or _today)
    pages = Pages(catalogue, site)
    app = FastAPI(
        title="loa",
        version="1",
        summary="Tin về truyền thông và giảm nghèo về thông tin của các tỉnh, thành",
        # The bundled API browsers load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.catalogue = catalogue
    add_handlers(app, site.error)
    app.include_router(api_routes(catalogue, WordDesk(catalogue)))
    app.include_router(health_routes(catalogue))
    app.include_router(page_routes(pages))
    app.mount("/static", StaticFiles(directory=str(files("search_api").joinpath("static"))), name="static")
    app.add_middleware(_Headers)
    return app


def _today() -> date:
    return day_of(datetime.now(UTC))


class _Headers:
    """Adds the security headers to every answer, errors included, and answers HEAD like GET without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = scope["type"] == "http" and scope["method"] == "HEAD"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"} if head else scope, receive, with_headers)
