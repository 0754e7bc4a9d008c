"""Results as files: the address of a search with another suffix gives the whole result, at one moment, as it is read."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import iterate_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from corpus.export import FORMATS, MEDIA_TYPES, Asked, Export, Format, versions
from corpus.export.citations import bibtex, csl, ris
from corpus.export.rows import Column
from corpus.export.text import csv_lines, json_lines
from corpus.store import State
from search_api.access import Access
from search_api.answers import Catalogue, understood
from search_api.api import search_of
from search_api.caching import with_etag
from search_api.params import InvalidParameter, Search, link, openapi_parameters, parameter, to_params
from search_api.problems import PROBLEMS, problem_of
from search_api.words import WordDesk, all_lines

AT_ONCE = 3
"""Exports that run side by side; one more is asked to come again."""
FULL_TEXT = "toan-van"
_KWIC_COLUMNS = tuple(
    Column(name, "", kind, "")  # type: ignore[arg-type]  # kinds of columns
    for name, kind in (
        ("id", "text"),
        ("title", "text"),
        ("published", "date"),
        ("source", "text"),
        ("field", "text"),
        ("start", "integer"),
        ("end", "integer"),
        ("left", "text"),
        ("match", "text"),
        ("right", "text"),
    )
)


_FULL_TEXT = parameter(FULL_TEXT, "1: có toàn văn; cần mã truy cập.", {"type": "string", "enum": ["0", "1"]})


class Exporter:
    def __init__(self, catalogue: Catalogue, desk: WordDesk, access: Access, *, clock: Callable[[], datetime] | None = None) -> None:
        self._catalogue = catalogue
        self._desk = desk
        self._access = access
        self._clock = clock or (lambda: datetime.now(UTC))
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def file(self, request: Request, format: Format) -> Response:
        """The whole result as a file. Raises: HTTPException(401, 503), InvalidQuery, InvalidParameter, IndexUnavailable, ..."""
        search, full_text = self._asked(request)
        search.where(self._catalogue.names)  # a fault is answered before anything, and the saved queries in it are known
        state = self._catalogue.store.state()
        etag = _etag(state, search, format, full_text=full_text)
        headers = {
            "ETag": etag,
            "Cache-Control": "private, no-cache" if full_text else "no-cache",
            "Vary": "Authorization, Cookie",
            "Content-Disposition": f'attachment; filename="{name_of(state, format)}"',
            "Link": f'<{_manifest_address(search, format, full_text=full_text)}>; rel="describedby"; type="application/json"',
        }
        if etag in (part.strip() for part in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        if request.scope.get("loa.head"):
            return Response(headers=headers, media_type=MEDIA_TYPES[format])
        stack = ExitStack()
        try:
            export, total = self._begin(stack, search, format, full_text=full_text)
            return _Streamed(stack, export.chunks(), MEDIA_TYPES[format], headers | {"X-Total-Count": str(total)})
        except BaseException:
            stack.close()
            raise

    def manifest(self, request: Request, format: Format) -> Response:
        """Makes the file, keeps nothing of it, and says what it is."""
        search, full_text = self._asked(request)
        with ExitStack() as stack:
            export, _ = self._begin(stack, search, format, full_text=full_text)
            for _ in export.chunks():
                pass
            name = name_of(self._catalogue.store.state(), format)
            return JSONResponse(export.manifest(name, created=self._clock()))

    def lines(self, request: Request, format: Literal["csv", "jsonl"]) -> Response:
        """Every match of the whole result in its context, in the order of the result."""
        search, _ = self._asked(request)
        if request.scope.get("loa.head"):
            return Response(media_type=MEDIA_TYPES[format])
        stack = ExitStack()
        try:
            moment, scan = self._opened(stack, search)
            rows: Iterator[dict[str, Any]] = (
                {**line.model_dump(exclude={"word"}), "source": line.source.code}
                for line in all_lines(self._desk, search, (kept.document for kept in moment.read(scan)))
            )
            chunks = csv_lines(rows, _KWIC_COLUMNS) if format == "csv" else json_lines(rows)
            headers = {"Cache-Control": "no-cache", "Content-Disposition": f'attachment; filename="loa-ngu-canh.{format}"'}
            return _Streamed(stack, chunks, MEDIA_TYPES[format], headers)
        except BaseException:
            stack.close()
            raise

    def citation(self, request: Request, id: str, form: str) -> Response:
        document = self._catalogue.store.get_document(id)
        if document is None:
            raise HTTPException(404)
        names = self._catalogue.names
        if form == "csl.json":
            return JSONResponse([csl(document, names)], media_type="application/vnd.citationstyles.csl+json")
        text = ris(document, names) if form == "ris" else bibtex(document, names)
        return with_etag(request, text.encode("utf-8", "replace"), MEDIA_TYPES["ris" if form == "ris" else "bib"])

    def _asked(self, request: Request) -> tuple[Search, bool]:
        search = search_of(request)
        wanted = request.query_params.get(FULL_TEXT, "0")
        if wanted not in ("0", "1"):
            raise InvalidParameter(FULL_TEXT, "Giá trị phải là 0 hoặc 1.")
        if wanted == "1" and not self._access.may_read_full_text(request):
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="loa"'})
        return replace(search, page=1, after=None, size=Search().size), wanted == "1"

    def _opened(self, stack: ExitStack, search: Search) -> Any:
        query = search.query(self._catalogue.names)
        if not self._places.acquire(blocking=False):
            raise HTTPException(503, headers={"Retry-After": "10"})
        stack.callback(self._places.release)
        moment = stack.enter_context(self._catalogue.store.moment())
        return moment, stack.enter_context(self._catalogue.index.scan(query))

    def _begin(self, stack: ExitStack, search: Search, format: Format, *, full_text: bool) -> tuple[Export, int]:
        names = self._catalogue.names
        said = understood(search, names)
        moment, scan = self._opened(stack, search)
        asked = Asked(parameters=tuple(to_params(search)), understood=said, saved=_saved_in(search))
        return Export(moment, scan, scan.total, names=names, asked=asked, format=format, full_text=full_text), scan.total


def export_routes(exporter: Exporter) -> APIRouter:
    router = APIRouter(tags=["v1"], responses=PROBLEMS)

    def add(format: Format) -> None:
        @router.get(f"/tim.{format}", include_in_schema=False)
        @router.get(
            f"/api/v1/search.{format}",
            summary=f"Cả kết quả thành tệp {format}",
            openapi_extra=_described(_FULL_TEXT),
            responses=_file_of(format),
            response_class=Response,
        )
        def file(request: Request) -> Response:
            """Trọn kết quả, không giới hạn 10.000 tin, ở một thời điểm; toàn văn chỉ khi có mã truy cập."""
            return exporter.file(request, format)

    for format in FORMATS:
        add(format)

    @router.get("/tim.manifest.json", include_in_schema=False)
    @router.get(
        "/api/v1/search.manifest.json",
        summary="Bản kê của một tệp",
        openapi_extra=_described(_FULL_TEXT, parameter("dang", "Dạng tệp; mặc định jsonl.", {"type": "string", "enum": [*FORMATS]})),
        responses={401: problem_of("Cần mã truy cập")},
    )
    def manifest(request: Request) -> Response:
        """Câu tìm, thời điểm, phiên bản, số dòng, cỡ và mã băm SHA-256 của tệp mà địa chỉ cùng tham số sẽ trả về."""
        wanted = request.query_params.get("dang", "jsonl")
        found = next((format for format in FORMATS if format == wanted), None)
        if found is None:
            raise InvalidParameter("dang", f"Giá trị phải là {', '.join(FORMATS)}.")
        return exporter.manifest(request, found)

    def add_lines(form: Literal["csv", "jsonl"]) -> None:
        @router.get(
            f"/api/v1/kwic.{form}",
            summary=f"Mọi dòng ngữ cảnh thành tệp {form}",
            openapi_extra=_described(),
            responses=_file_of(form),
            response_class=Response,
        )
        def lines(request: Request) -> Response:
            return exporter.lines(request, form)

    add_lines("csv")
    add_lines("jsonl")
    _add_citations(router, exporter)
    return router


def _described(*more: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": [*openapi_parameters(), *more]}


def _file_of(format: Format) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPES[format].partition(";")[0]: {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}}
    return {200: {"description": "Tệp", "content": content}, 401: problem_of("Cần mã truy cập")}


def _add_citations(router: APIRouter, exporter: Exporter) -> None:
    def add(form: str) -> None:
        @router.get(f"/tin/{{id}}.{form}", include_in_schema=False)
        def cited(request: Request, id: str) -> Response:
            return exporter.citation(request, id, form)

    for form in ("ris", "bib", "csl.json"):
        add(form)


def name_of(state: State, format: Format) -> str:
    """Names the day of the last change, so that files of different moments lie side by side."""
    return f"loa-{state.changed_at:%Y%m%d}.{format}" if state.changed_at else f"loa.{format}"


def _manifest_address(search: Search, format: Format, *, full_text: bool) -> str:
    address = link("/tim.manifest.json", search)
    return f"{address}{'&' if '?' in address else '?'}dang={format}" + (f"&{FULL_TEXT}=1" if full_text else "")


def _saved_in(search: Search) -> tuple[tuple[str, str], ...]:
    """The saved queries that its text refers to, once it has been read."""
    return search.saved.used if search.saved else ()


def _etag(state: State, search: Search, format: Format, *, full_text: bool) -> str:
    """Known before the file is made: equal states and questions make equal files."""
    parts = repr((state.key, to_params(search), _saved_in(search), format, full_text, sorted(versions().items(), key=str)))
    return f'"{hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:32]}"'


class _Streamed(StreamingResponse):
    """Lets go of what the export holds however the answer ends: read to the end, left by its reader, or broken off."""

    def __init__(self, stack: ExitStack, chunks: Iterator[bytes], media_type: str, headers: dict[str, str]) -> None:
        """The first chunk is made here, before the answer begins, so that what goes wrong at the start is answered as a problem."""
        self._stack = stack
        if isinstance(chunks, Generator):
            stack.callback(chunks.close)
        first = next(chunks, b"")

        async def body() -> AsyncIterator[bytes]:
            yield first
            async for chunk in iterate_in_threadpool(chunks):
                yield chunk

        super().__init__(body(), media_type=media_type, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stack.close()
