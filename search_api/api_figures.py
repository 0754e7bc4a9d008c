"""The routes of ``/api/v1`` that pass figures of `monitor` on: what the pages show, word for word and number for number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from corpus.errors import InvalidData
from corpus.export import MEDIA_TYPES
from monitor.desk import Monitor
from monitor.facts import Fact, Facts
from monitor.figure_parts import Sources
from monitor.figures import MoneyFigures, OverviewFigures, ProvinceFigures, SourcesFigures, StoryFigure, to_plain
from monitor.figures_money import money_figures, money_sums
from monitor.figures_province import check_province, story_figures
from monitor.periods import Period, day_of
from monitor.stories import find_pairs, sketch
from search_api.answers import Catalogue, Named
from search_api.api import search_of
from search_api.caching import cached
from search_api.coverage import CoverageAnswer, coverage_answer
from search_api.figures import SUMS, money_page, period_in_use
from search_api.params import MAX_PAGE_SIZE, InvalidParameter, Search, openapi_parameters, parameter
from search_api.problems import PROBLEMS, problem_of
from search_api.tables import coverage_tables, money_tables, source_tables, table_response

_PERIOD = parameter("ky", "Tuần 2026-W47, tháng 2026-11, quý 2026-Q4, năm 2026, hoặc 2026-11-01..2026-11-15.", {"type": "string"})
_MAP = parameter("ban-do", "Bản đồ hành chính: 34 hoặc 63.", {"type": "string", "enum": ["34", "63"]})
_FIGURES = {"parameters": [_PERIOD, _MAP]}
_PAGE = [
    parameter("trang", "Trang của items, từ 1; pages cho biết có mấy trang.", {"type": "integer", "minimum": 1}),
    parameter("so", f"Số khoản mỗi trang, không ghi thì {SUMS}.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}),
]
_PROVINCE = parameter("tinh", "Chỉ các khoản của tỉnh này.", {"type": "string"})
_BUDGETS = {"parameters": [_PERIOD, _MAP, _PROVINCE, *_PAGE]}
_BUDGET_FILES = {"parameters": [_PERIOD, _MAP, _PROVINCE]}
_SEARCH = {"parameters": openapi_parameters()}
MAX_STORY = 200
"""Articles of a story whose pairs are compared."""


class StoriesAnswer(BaseModel):
    articles: int
    """Matching documents on poverty communication."""
    stories: int
    page: int
    size: int
    items: list[StoryFigure]
    """The newest first publication first; ``articles`` of each are those that match."""


class StoryArticle(BaseModel):
    id: str
    title: str
    source: Named
    published: date | None


class StoryPair(BaseModel):
    first: str
    second: str
    kind: str
    """``copy`` or ``same_event``."""
    score: float
    reasons: list[str]


class StoryAnswer(BaseModel):
    story: str
    articles: list[StoryArticle]
    """In order of publication; the first leads the story."""
    pairs: list[StoryPair]
    """Why they belong together."""


def figure_routes(catalogue: Catalogue, monitor: Monitor) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["v1"], responses=PROBLEMS)

    @router.get("/overview", response_model=OverviewFigures, openapi_extra=_FIGURES, summary="Số liệu của trang tổng quan")
    def overview(request: Request) -> Response:
        search = search_of(request)
        return _figures(request, monitor.overview(_period(search, monitor), search.map))

    @router.get(
        "/province/{code}",
        response_model=ProvinceFigures,
        openapi_extra=_FIGURES,
        summary="Số liệu của một tỉnh",
        responses={404: problem_of("Không có tỉnh này trên bản đồ đã chọn")},
    )
    def province(request: Request, code: str) -> Response:
        search = search_of(request)
        try:
            found = monitor.province(code, _period(search, monitor), search.map)
        except InvalidData as error:
            raise HTTPException(404) from error
        return _figures(request, found)

    @router.get("/coverage", response_model=CoverageAnswer, openapi_extra=_FIGURES, summary="Tỉnh nào có tin, im lặng, không đọc được")
    def coverage(request: Request) -> Response:
        """Không có ky thì tuần này, hoặc tuần gần nhất có tin. Không quan sát được thì articles là null, không bao giờ là 0."""
        search = search_of(request)
        return cached(request, coverage_answer(monitor, _period(search, monitor), search.map))

    @router.get(
        "/budgets",
        response_model=MoneyFigures,
        openapi_extra=_BUDGETS,
        summary="Kinh phí theo vai trò, tỉnh, hoạt động, năm",
    )
    def budgets(request: Request) -> Response:
        """Không có ky thì mọi thời gian. Mỗi khoản tính một lần dù nhiều tin đăng lại; không cộng các vai trò với nhau."""
        search = search_of(request)
        sums = monitor.money_sums(search.period, search.map, province=province_of(request, monitor, search))
        return _figures(request, money_page(sums, request))

    @router.get("/search/budgets", response_model=MoneyFigures, openapi_extra=_SEARCH, summary="Kinh phí nêu trong kết quả tìm")
    def found_budgets(request: Request) -> Response:
        """Chỉ tính tin về truyền thông giảm nghèo trong kết quả; mỗi câu chuyện tính một lần."""
        search = search_of(request)
        sources, facts = _matching(catalogue, monitor, search)
        return _figures(request, money_page(money_sums(replace(sources, facts=Facts(facts)), None, search.map), request))

    @router.get("/stories", response_model=StoriesAnswer, openapi_extra=_SEARCH, summary="Kết quả tìm gộp theo câu chuyện")
    def stories(request: Request) -> Response:
        search = search_of(request)
        if search.after is not None:
            raise InvalidParameter("sau", "Danh sách câu chuyện chia theo trang.")
        sources, facts = _matching(catalogue, monitor, search)
        found = story_figures(sources, facts)
        start = (search.page - 1) * search.size
        return cached(
            request,
            StoriesAnswer(
                articles=len(facts),
                stories=len(found),
                page=search.page,
                size=search.size,
                items=list(found[start : start + search.size]),
            ),
        )

    @router.get(
        "/stories/{id}",
        response_model=StoryAnswer,
        summary="Các tin của một câu chuyện và lý do gộp",
        responses={404: problem_of("Không có câu chuyện này")},
    )
    def story(request: Request, id: str) -> Response:
        """``id`` là mã của tin bất kỳ trong câu chuyện."""
        return cached(request, story_answer(catalogue, monitor, id))

    @router.get("/sources/health", response_model=SourcesFigures, summary="Tình trạng các nguồn tin")
    def sources(request: Request) -> Response:
        return _figures(request, monitor.sources())

    for form in ("csv", "xlsx"):
        _add_tables(router, catalogue, monitor, form)
    return router


def _add_tables(router: APIRouter, catalogue: Catalogue, monitor: Monitor, form: Literal["csv", "xlsx"]) -> None:
    """The same figures as files; the suffix says which."""
    content = {MEDIA_TYPES[form].partition(";")[0]: {"schema": {"type": "string"}}}
    file: dict[int | str, dict[str, Any]] = {200: {"description": "Tệp", "content": content}}

    @router.get(
        f"/coverage.{form}", openapi_extra=_FIGURES, responses=file, response_class=Response, summary=f"Trạng thái các tỉnh, {form}"
    )
    def coverage(request: Request) -> Response:
        search = search_of(request)
        answer = coverage_answer(monitor, _period(search, monitor), search.map)
        return table_response(request, monitor, f"tinh-{answer.period.key}", form, coverage_tables(answer))

    @router.get(f"/budgets.{form}", openapi_extra=_BUDGET_FILES, responses=file, response_class=Response, summary=f"Kinh phí, {form}")
    def budgets(request: Request) -> Response:
        search = search_of(request)
        figures = monitor.money(search.period, search.map, province=province_of(request, monitor, search))
        when = figures.period.key if figures.period else "moi-luc"
        return table_response(request, monitor, f"kinh-phi-{when}", form, money_tables(figures))

    @router.get(
        f"/search/budgets.{form}", openapi_extra=_SEARCH, responses=file, response_class=Response, summary=f"Kinh phí của kết quả, {form}"
    )
    def found_budgets(request: Request) -> Response:
        search = search_of(request)
        sources, facts = _matching(catalogue, monitor, search)
        figures = money_figures(replace(sources, facts=Facts(facts)), None, search.map)
        return table_response(request, monitor, "kinh-phi-ket-qua", form, money_tables(figures))

    @router.get(f"/sources.{form}", responses=file, response_class=Response, summary=f"Các nguồn tin, {form}")
    def sources(request: Request) -> Response:
        return table_response(request, monitor, "nguon", form, source_tables(monitor.sources()))


def story_answer(catalogue: Catalogue, monitor: Monitor, id: str) -> StoryAnswer:
    """Raises: HTTPException(404)."""
    facts = monitor.facts()
    story = next((fact.story for fact in facts if fact.id == id), None)
    if story is None:
        raise HTTPException(404)
    members = sorted((fact for fact in facts if fact.story == story), key=lambda fact: fact.order)
    documents = catalogue.store.iter_documents(ids=[fact.id for fact in members[:MAX_STORY]])
    return StoryAnswer(
        story=story,
        articles=[
            StoryArticle(id=fact.id, title=fact.title, source=catalogue.named("source", fact.portal), published=fact.published)
            for fact in members
        ],
        pairs=[
            StoryPair(first=pair.first, second=pair.second, kind=pair.kind, score=pair.score, reasons=list(pair.reasons))
            for pair in find_pairs(map(sketch, documents))
        ],
    )


def province_of(request: Request, monitor: Monitor, search: Search) -> str | None:
    """The one province asked for. Raises: InvalidParameter."""
    codes = [code for code in request.query_params.getlist("tinh") if code]
    if not codes:
        return None
    if len(codes) > 1:
        raise InvalidParameter("tinh", "Tham số này chỉ được có một giá trị.")
    try:
        check_province(monitor.now(), codes[0], search.map)
    except InvalidData as error:
        raise InvalidParameter("tinh", "Không có tỉnh này trên bản đồ đã chọn.") from error
    return codes[0]


def _period(search: Search, monitor: Monitor) -> Period:
    """The one that the page of the same parameters shows."""
    return period_in_use(search, monitor, day_of(monitor.now().now))


def _figures(request: Request, figures: Any) -> Response:
    return cached(request, to_plain(figures))


def _matching(catalogue: Catalogue, monitor: Monitor, search: Search) -> tuple[Sources, list[Fact]]:
    """The relevant facts of the whole result, in order of publication. Raises: InvalidQuery, IndexUnavailable."""
    with catalogue.index.scan(search.query(catalogue.names)) as scan:
        ids = set(scan)
    sources = monitor.now()
    return sources, [fact for fact in sources.facts if fact.id in ids and fact.relevant]
