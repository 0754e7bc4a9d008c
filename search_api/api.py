"""The JSON routes under ``/api/v1``, and the two addresses that watch the server's health."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
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
    article_json,
)
from search_api.caching import cached
from search_api.params import CODE_PARAMETERS, InvalidParameter, Search, from_params, openapi_parameters, parameter
from search_api.words import POSITIONS, KwicAnswer, SimilarAnswer, WordDesk, WordsAnswer, arrangement

_SEARCH = {"parameters": openapi_parameters()}
_FACET_FIELDS: dict[str, CodeField] = {**CODE_PARAMETERS, "muc": "relevance"}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "Yêu cầu chưa đúng", "content": {"application/problem+json": {}}},
    503: {"description": "Thử lại sau", "content": {"application/problem+json": {}}},
}
_NO_ARTICLE: dict[int | str, dict[str, Any]] = {404: {"description": "Không có tin này", "content": {"application/problem+json": {}}}}
_KWIC = {
    "parameters": [
        *openapi_parameters(),
        parameter("vi-tri", "Xếp theo từ khớp (khop) hay từ thứ mấy bên trái (L), phải (R).", {"type": "string", "enum": [*POSITIONS]}),
        parameter("tan-suat", "1: từ hay gặp nhất ở vị trí đó đứng đầu.", {"type": "string", "enum": ["0", "1"]}),
    ]
}


def search_of(request: Request) -> Search:
    return from_params(request.query_params.multi_items())


def api_routes(catalogue: Catalogue, desk: WordDesk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["v1"], responses=_PROBLEMS)

    @router.get("/search", response_model=SearchAnswer, openapi_extra=_SEARCH, summary="Tìm tin")
    def search(request: Request) -> Response:
        return cached(request, catalogue.search(search_of(request)))

    @router.get("/count", response_model=CountAnswer, openapi_extra=_SEARCH, summary="Đếm tin")
    def count(request: Request) -> Response:
        return cached(request, catalogue.count(search_of(request)))

    @router.get("/facets", response_model=FacetsAnswer, openapi_extra=_SEARCH, summary="Đếm theo từng mục")
    def facets(request: Request) -> Response:
        """Các trường chọn bằng tham số ``theo`` (lặp lại được), tên như tham số lọc."""
        chosen = search_of(request)
        wanted = list(dict.fromkeys(request.query_params.getlist("theo")))
        unknown = [name for name in wanted if name not in _FACET_FIELDS]
        if unknown:
            raise InvalidParameter("theo", f"Giá trị phải là {', '.join(_FACET_FIELDS)}.")
        fields = tuple(_FACET_FIELDS[name] for name in wanted) or FACETS[chosen.map]
        return cached(request, catalogue.facets(chosen, fields))

    @router.get("/kwic", response_model=KwicAnswer, openapi_extra=_KWIC, summary="Từ được tìm trong ngữ cảnh")
    def kwic(request: Request) -> Response:
        """Tối đa 500 tin đầu của kết quả; ``trang`` và ``so`` đếm dòng, không đếm tin."""
        return cached(request, desk.kwic(search_of(request), arrangement(dict(request.query_params))))

    @router.get("/words", response_model=WordsAnswer, openapi_extra=_SEARCH, summary="Từ đặc trưng của kết quả so với cả kho")
    def words(request: Request) -> Response:
        return cached(request, desk.words(search_of(request)))

    @router.get("/article/{id}/similar", response_model=SimilarAnswer, summary="Các tin giống tin này", responses=_NO_ARTICLE)
    def similar(request: Request, id: str) -> Response:
        return cached(request, desk.similar(id))

    @router.get("/article/{id}", summary="Một tin với mọi nhãn và bằng chứng", responses=_NO_ARTICLE)
    def article(request: Request, id: str) -> Response:
        return article_response(request, catalogue, id)

    @router.get("/sources", response_model=SourcesAnswer, summary="Các nguồn tin")
    def sources(request: Request) -> Response:
        return cached(request, catalogue.sources())

    return router


def article_response(request: Request, catalogue: Catalogue, id: str) -> Response:
    document = catalogue.store.get_document(id)
    if document is None:
        raise HTTPException(404)
    return cached(request, article_json(document, catalogue.names))


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
