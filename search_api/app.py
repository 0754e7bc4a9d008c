"""`create_app`: the whole web side over a store and an index, JSON API and pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.index import Index
from corpus.index.names import Names
from monitor.desk import Monitor
from monitor.periods import day_of
from search_api.access import Access
from search_api.answers import Catalogue, Store
from search_api.api import api_routes, described, health_routes
from search_api.api_figures import figure_routes
from search_api.auth import AccountSource, Gate, SignInNeeded
from search_api.charts import chart_routes
from search_api.codes import code_routes
from search_api.compression import Compressed
from search_api.exports import Exporter, export_routes
from search_api.feeds import feed_routes
from search_api.limits import Limiter, Limits
from search_api.metrics import Measured, Metrics, metric_routes
from search_api.own_searches import OwnSearches, OwnSource
from search_api.pages import help_routes
from search_api.pages_account import account_routes
from search_api.pages_article import ArticlePages, article_routes
from search_api.pages_bulletin import Bulletin, BulletinPages, bulletin_routes
from search_api.pages_money import MoneyPages, money_routes
from search_api.pages_overview import OverviewPages, overview_routes
from search_api.pages_own import OwnPages, own_api_routes, own_routes
from search_api.pages_province import ProvincePages, province_routes
from search_api.pages_report import MakeReport, report_routes
from search_api.pages_review import Desk, ReviewPages, ReviewSource, review_routes
from search_api.pages_saved import SavedPages, SavedSource, saved_routes
from search_api.pages_search import SearchPages, search_routes
from search_api.pages_source_notes import NoteSource, SourceNotePages, source_note_routes
from search_api.pages_sources import SourcesPages, sources_routes
from search_api.pages_tables import table_routes
from search_api.problems import MEDIA_TYPE, add_handlers, problem, wants_json
from search_api.sharing import Hand, Shared
from search_api.site import Site
from search_api.words import WordDesk

DEPARTMENT = "Cục Thông tin cơ sở và Thông tin đối ngoại, Bộ Văn hóa, Thể thao và Du lịch"

# Everything comes from here, the one script is a file of ours, nobody frames it. Crawled text stands on these pages.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # none at all would make browsers post our own forms with an origin of null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class People(AccountSource, ReviewSource, NoteSource, OwnSource, Protocol):
    """The part of `corpus.store.Store` that knows accounts and their searches, what waits for a decision, what was said about sources."""


def create_app(
    store: Store,
    index: Index,
    *,
    names: Names | None = None,
    monitor: Monitor | None = None,
    department: str = DEPARTMENT,
    today: Callable[[], date] | None = None,
    people: People | None = None,
    desk: Desk | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    full_text_token: str = "",
    limiter: Limiter | None = None,
    base_url: str = "",
    readers: SavedSource | None = None,
    bulletin: Bulletin | None = None,
    reports: MakeReport | None = None,
    hands: Sequence[Hand] | None = None,
) -> FastAPI:
    """``names`` gives the code lists with the portals in use; without it the bundled ones. ``monitor`` holds the figures of the same store
    and lists, where others in the program need them too; without it one is made. ``today`` is the day in Vietnam, by default the
    clock's. With ``people`` one can sign in; with ``desk`` too, tags are decided on and everybody may report wrong ones. Exports carry full
    texts for whoever has signed in or knows ``full_text_token``. ``limiter`` says how many requests a client has a minute (no limit without
    it), ``base_url`` where readers reach the server (feeds). ``readers`` and ``bulletin`` bring the issues and their readers,
    ``reports`` the Word and Excel files of a period. ``hands``, to which some
    may come later, lead to helpers that take a share of the pages. Neither store nor index is closed here.

    Raises: InvalidData for a code list that cannot be read.
    """
    catalogue = Catalogue(store, index, names or Names.load())
    monitor = monitor or Monitor(store, catalogue.names.portals, catalogue.names.register, clock, names=catalogue.names)
    gate = Gate(people, clock) if people is not None else None
    site = Site(catalogue.names, department=department, today=today or _today, gate=gate)
    words = WordDesk(catalogue)
    metrics = Metrics()
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
    app.state.monitor = monitor
    add_handlers(app, site.error)
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    if readers is not None and bulletin is not None:
        issues = BulletinPages(site, readers, bulletin, catalogue.names, clock, gate)
        app.include_router(saved_routes(SavedPages(issues, readers, catalogue)))
        app.include_router(bulletin_routes(issues))
        site.environment.globals["saving"] = True
    if reports is not None:
        app.include_router(report_routes(site, reports))
    if people is not None and gate is not None:
        app.include_router(account_routes(site, gate))
        own = OwnSearches(gate, people, catalogue.names)
        app.state.saved = own.queries
        app.include_router(own_routes(OwnPages(site, own)))
        app.include_router(own_api_routes(own))
        app.include_router(source_note_routes(SourceNotePages(site, gate, people, monitor)))
        if desk is not None:
            app.include_router(review_routes(ReviewPages(site, gate, people, desk, catalogue.names)))
            site.environment.globals["reporting"] = True
    app.include_router(figure_routes(catalogue, monitor))
    app.include_router(api_routes(catalogue, words))
    app.include_router(code_routes(catalogue))
    app.include_router(export_routes(Exporter(catalogue, words, Access(full_text_token, gate))))
    app.include_router(feed_routes(catalogue, base_url=base_url))
    app.include_router(health_routes(catalogue))
    app.include_router(metric_routes(catalogue, metrics))
    overview = OverviewPages(catalogue, monitor, site)
    provinces = ProvincePages(catalogue, monitor, site)
    money = MoneyPages(catalogue, monitor, site)
    app.include_router(table_routes(monitor, overview, provinces, money))
    app.include_router(overview_routes(overview))
    app.include_router(province_routes(provinces))
    app.include_router(money_routes(money))
    app.include_router(sources_routes(SourcesPages(catalogue, monitor, site)))
    app.include_router(article_routes(ArticlePages(catalogue, words, monitor, site, base_url=base_url)))
    app.include_router(help_routes(site, base_url=base_url))
    app.include_router(search_routes(SearchPages(catalogue, words, site, base_url=base_url)))
    app.include_router(chart_routes(site.charts))
    app.mount("/static", StaticFiles(directory=str(files("search_api").joinpath("static"))), name="static")
    app.openapi = lambda: described(app)  # type: ignore[method-assign]  # FastAPI's way to add to the description
    app.add_middleware(Compressed)
    if hands is not None:
        app.add_middleware(Shared, hands=hands)
    app.add_middleware(Limits, draw=site.error, limiter=limiter)
    app.add_middleware(_Headers)
    app.add_middleware(Measured, metrics=metrics)
    return app


def _to_sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    if wants_json(request):
        return JSONResponse(problem(401, instance=request.url.path), 401, media_type=MEDIA_TYPE)
    return RedirectResponse(error.form_address, 303)


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

        inner = {**scope, "method": "GET", "loa.head": True} if head else scope
        try:
            await self.app(inner, receive, with_headers)
        finally:
            scope["route"] = inner.get("route")  # whoever measures from outside wants to know
