"""The JSON routes under ``/api/v1``, and the two addresses that watch the server's health."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response

from corpus.errors import CorpusError
from corpus.index.base import CodeField, Query
from search_api.answers import (
    FACETS,
    Catalogue,
    CountAnswer,
    FacetsAnswer,
    SearchAnswer,
    SourcesAnswer,
)
from search_api.articles import Article, HistoryAnswer, article_json, history, version
from search_api.caching import cached
from search_api.counting import MATRIX_FIELDS, STEPS, MatrixAnswer, TimelineAnswer, matrix, timeline
from search_api.links import link_header
from search_api.params import CODE_PARAMETERS, InvalidParameter, SavedQueries, Search, from_params, openapi_parameters, parameter
from search_api.problems import PROBLEMS, Problem, problem_of
from search_api.words import POSITIONS, KwicAnswer, SimilarAnswer, WordDesk, WordsAnswer, arrangement


def _enum(values: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": [*values]}


_SEARCH = {"parameters": openapi_parameters()}
_FACET_FIELDS: dict[str, CodeField] = {**CODE_PARAMETERS, "muc": "relevance"}


_NO_ARTICLE: dict[int | str, dict[str, Any]] = {404: problem_of("Không có tin này")}
_KWIC = {
    "parameters": [
        *openapi_parameters(),
        parameter("vi-tri", "Xếp theo từ khớp (khop) hay từ thứ mấy bên trái (L), phải (R).", _enum(POSITIONS)),
        parameter("tan-suat", "1: từ hay gặp nhất ở vị trí đó đứng đầu.", _enum("01")),
    ]
}
_TIMELINE = {"parameters": [*openapi_parameters(), parameter("buoc", "Mỗi điểm là một ngày, tuần, tháng hay năm.", _enum(STEPS))]}
_MATRIX = {
    "parameters": [
        *openapi_parameters(),
        parameter("hang", "Mục của hàng; mặc định tinh (hoặc tinh-cu trên bản đồ 63).", _enum(MATRIX_FIELDS)),
        parameter("cot", "Mục của cột; mặc định hoat-dong.", _enum(MATRIX_FIELDS)),
    ]
}
_FACETS_OF = {
    "parameters": [
        *openapi_parameters(),
        parameter("theo", "Mục cần đếm, lặp lại được; mặc định sáu mục của trang tìm.", {"type": "array", "items": _enum(_FACET_FIELDS)}),
    ]
}


def search_of(request: Request) -> Search:
    """What the address asks for, with the saved queries of whoever asks. Raises: InvalidParameter."""
    search = from_params(request.query_params.multi_items())
    saved: Callable[[Request], SavedQueries] | None = getattr(request.app.state, "saved", None)
    return search if saved is None else replace(search, saved=saved(request))


def api_routes(catalogue: Catalogue, desk: WordDesk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["v1"], responses=PROBLEMS)

    @router.get("/search", response_model=SearchAnswer, openapi_extra=_SEARCH, summary="Tìm tin")
    def search(request: Request) -> Response:
        """Tiêu đề Link chỉ trang sau (next), trang đầu (first) và các dạng khác của cùng kết quả (alternate)."""
        return search_response(request, catalogue)

    @router.get("/count", response_model=CountAnswer, openapi_extra=_SEARCH, summary="Đếm tin")
    def count(request: Request) -> Response:
        return cached(request, catalogue.count(search_of(request)))

    @router.get("/facets", response_model=FacetsAnswer, openapi_extra=_FACETS_OF, summary="Đếm theo từng mục")
    def facets(request: Request) -> Response:
        """Các trường chọn bằng tham số ``theo`` (lặp lại được), tên như tham số lọc."""
        chosen = search_of(request)
        wanted = list(dict.fromkeys(request.query_params.getlist("theo")))
        unknown = [name for name in wanted if name not in _FACET_FIELDS]
        if unknown:
            raise InvalidParameter("theo", f"Giá trị phải là {', '.join(_FACET_FIELDS)}.")
        fields = tuple(_FACET_FIELDS[name] for name in wanted) or FACETS[chosen.map]
        return cached(request, catalogue.facets(chosen, fields))

    @router.get("/timeline", response_model=TimelineAnswer, openapi_extra=_TIMELINE, summary="Đếm theo thời gian")
    def over_time(request: Request) -> Response:
        return cached(request, timeline(catalogue, search_of(request), _one(request, "buoc", "thang")))

    @router.get("/matrix", response_model=MatrixAnswer, openapi_extra=_MATRIX, summary="Đếm theo hai mục cùng lúc")
    def together(request: Request) -> Response:
        chosen = search_of(request)
        rows = _one(request, "hang", "tinh" if chosen.map == "34" else "tinh-cu")
        return cached(request, matrix(catalogue, chosen, rows, _one(request, "cot", "hoat-dong")))

    @router.get("/kwic", response_model=KwicAnswer, openapi_extra=_KWIC, summary="Từ được tìm trong ngữ cảnh")
    def kwic(request: Request) -> Response:
        """Tối đa 200 tin đầu của kết quả; ``trang`` và ``so`` đếm dòng, không đếm tin."""
        return cached(request, desk.kwic(search_of(request), arrangement(dict(request.query_params))))

    @router.get("/words", response_model=WordsAnswer, openapi_extra=_SEARCH, summary="Từ đặc trưng của kết quả so với cả kho")
    def words(request: Request) -> Response:
        return cached(request, desk.words(search_of(request)))

    @router.get("/article/{id}/similar", response_model=SimilarAnswer, summary="Các tin giống tin này", responses=_NO_ARTICLE)
    def similar(request: Request, id: str) -> Response:
        return cached(request, desk.similar(id))

    @router.get("/article/{id}/history", response_model=HistoryAnswer, summary="Các bản của một tin", responses=_NO_ARTICLE)
    def versions(request: Request, id: str) -> Response:
        """Mọi bản đã tải và mọi nhãn đã được thay."""
        return cached(request, history(catalogue.store, id))

    @router.get("/article/{id}/versions/{content_hash}", response_model=Article, summary="Một bản của một tin", responses=_NO_ARTICLE)
    def one_version(request: Request, id: str, content_hash: str) -> Response:
        return cached(request, version(catalogue.store, catalogue.names, id, content_hash))

    @router.get("/article/{id}", response_model=Article, summary="Một tin với mọi nhãn và bằng chứng", responses=_NO_ARTICLE)
    def article(request: Request, id: str) -> Response:
        return article_response(request, catalogue, id)

    @router.get("/sources", response_model=SourcesAnswer, summary="Các nguồn tin")
    def sources(request: Request) -> Response:
        return cached(request, catalogue.sources())

    return router


def search_response(request: Request, catalogue: Catalogue) -> Response:
    search = search_of(request)
    answer = catalogue.search(search)
    return cached(request, answer, {"Link": link_header(request.url.path, search, total=answer.total, next=answer.next)})


def article_response(request: Request, catalogue: Catalogue, id: str) -> Response:
    document = catalogue.store.get_document(id)
    if document is None:
        raise HTTPException(404)
    plain = article_json(document, catalogue.names)
    files = catalogue.store.files_of(document)
    for attachment in plain["attachments"]:
        attachment["id"] = files.get(attachment["url"])
    article = None if document.provenance.media_type == "text/html" else catalogue.store.article_of(document)
    return cached(request, plain | {"attached_to": article.id if article else None})


def _one(request: Request, name: str, default: str) -> str:
    values = [value for value in request.query_params.getlist(name) if value]
    if len(values) > 1:
        raise InvalidParameter(name, "Tham số này chỉ được có một giá trị.")
    return values[0] if values else default


def health_routes(catalogue: Catalogue) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def alive() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz")
    def ready() -> Response:
        """Store and index answer."""
        try:
            found = {"status": "ok", "documents": catalogue.store.count_documents(), "indexed": catalogue.index.count(Query())}
        except CorpusError as error:
            return JSONResponse({"status": "unavailable", "reason": type(error).__name__}, 503)
        return JSONResponse(found)

    return router


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the shape of problems, which no route returns as its model."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        # Every parameter is checked by us and answered with 400; FastAPI's own 422 never comes.
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            schema["components"]["schemas"].pop(name, None)
        app.openapi_schema = schema
    return app.openapi_schema
