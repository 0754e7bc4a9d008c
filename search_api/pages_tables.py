"""Pages with figures as files: the address of a page with `.csv` or `.xlsx` holds the numbers that the page shows."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from corpus.export.rows import Table
from monitor.desk import Monitor
from monitor.figures import BudgetFigure, OverviewFigures, ProvinceFigure, ProvinceFigures, TimelinePoint
from search_api.pages_money import MoneyPages
from search_api.pages_overview import OverviewPages
from search_api.pages_province import ProvincePages
from search_api.tables import columns_of, money_tables, source_tables, table_response


def table_routes(monitor: Monitor, overview: OverviewPages, provinces: ProvincePages, money: MoneyPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    for form in ("csv", "xlsx"):
        _add(router, monitor, overview, provinces, money, form)
    return router


def _add(
    router: APIRouter,
    monitor: Monitor,
    overview: OverviewPages,
    provinces: ProvincePages,
    money: MoneyPages,
    form: Literal["csv", "xlsx"],
) -> None:
    @router.get(f"/tong-quan.{form}")
    @router.get(f"/tinh.{form}")
    def whole(request: Request) -> Response:
        figures = overview.figures(request)
        return table_response(request, monitor, f"tong-quan-{figures.period.key}", form, overview_tables(figures))

    @router.get(f"/tinh/{{code}}.{form}")
    def province(request: Request, code: str) -> Response:
        figures = provinces.figures_of(request, code)
        return table_response(request, monitor, f"tinh-{figures.province.code}-{figures.period.key}", form, province_tables(figures))

    @router.get(f"/kinh-phi.{form}")
    def budgets(request: Request) -> Response:
        figures = money.figures_of(request)
        when = figures.period.key if figures.period else "moi-luc"
        return table_response(request, monitor, f"kinh-phi-{when}", form, money_tables(figures))

    @router.get(f"/nguon.{form}")
    def sources(request: Request) -> Response:
        return table_response(request, monitor, "nguon", form, source_tables(monitor.sources()))


def overview_tables(figures: OverviewFigures) -> list[Table]:
    """Provinces first; then activities, the timeline, money by role and the longest silences."""
    activities = [
        {"code": found.code, "name": found.name, "articles": found.articles, "stories": found.stories} for found in figures.activities
    ]
    silent = [{"code": found.code, "name": found.name, "weeks": found.weeks, "last_news": found.last_news} for found in figures.silent]
    return [
        _provinces(figures.provinces),
        Table("Hoạt động", _ACTIVITIES, activities),
        _timeline(figures.timeline),
        _budgets(figures.budgets),
        Table(
            "Im lặng lâu nhất",
            columns_of(
                ("code", "Mã", "text", 10),
                ("name", "Tỉnh, thành", "text", 24),
                ("weeks", "Số tuần", "integer", 10),
                ("last_news", "Tin gần nhất", "date", 12),
            ),
            silent,
        ),
    ]


def province_tables(figures: ProvinceFigures) -> list[Table]:
    """The ledger by week first; then activities, money by role and the stories of the period."""
    weeks = [
        {"week": week.week, "start": week.start, "state": week.state_name, "cause": week.cause_name, "articles": week.articles}
        for week in figures.weeks
    ]
    activities = [
        {"code": found.code, "name": found.name, "articles": found.articles, "stories": found.stories} for found in figures.activities
    ]
    stories = [
        {
            "document": story.document,
            "title": story.title,
            "published": story.published,
            "source": story.portal_name,
            "articles": len(story.articles),
        }
        for story in figures.stories
    ]
    return [
        Table(
            "Theo tuần",
            columns_of(
                ("week", "Tuần", "text", 12),
                ("start", "Từ ngày", "date", 12),
                ("state", "Tình trạng", "text", 16),
                ("cause", "Nguyên nhân", "text", 24),
                ("articles", "Số tin", "integer", 10),
            ),
            weeks,
        ),
        Table("Hoạt động", _ACTIVITIES, activities),
        _budgets(figures.budgets),
        Table(
            "Câu chuyện",
            columns_of(
                ("document", "Mã tin", "text", 26),
                ("title", "Tiêu đề", "text", 60),
                ("published", "Ngày đăng", "date", 12),
                ("source", "Nguồn", "text", 30),
                ("articles", "Số tin", "integer", 10),
            ),
            stories,
        ),
    ]


_ACTIVITIES = columns_of(
    ("code", "Mã", "text", 18),
    ("name", "Hoạt động", "text", 36),
    ("articles", "Số tin", "integer", 10),
    ("stories", "Số chuyện", "integer", 10),
)


def _provinces(rows: tuple[ProvinceFigure, ...]) -> Table:
    return Table(
        "Tỉnh, thành",
        columns_of(
            ("code", "Mã", "text", 10),
            ("name", "Tỉnh, thành", "text", 24),
            ("state", "Tình trạng", "text", 16),
            ("cause", "Nguyên nhân", "text", 24),
            ("articles", "Số tin", "integer", 10),
            ("stories", "Số chuyện", "integer", 10),
            ("before", "Kỳ trước", "integer", 10),
            ("year_before", "Cùng kỳ năm trước", "integer", 10),
        ),
        [
            {
                "code": row.code,
                "name": row.name,
                "state": row.state_name,
                "cause": row.cause_name,
                "articles": row.articles,
                "stories": row.stories,
                "before": row.before,
                "year_before": row.year_before,
            }
            for row in rows
        ],
    )


def _timeline(points: tuple[TimelinePoint, ...]) -> Table:
    return Table(
        "Theo tuần",
        columns_of(
            ("week", "Tuần", "text", 12),
            ("start", "Từ ngày", "date", 12),
            ("articles", "Số tin", "integer", 10),
            ("stories", "Số chuyện", "integer", 10),
            ("year_before", "Cùng tuần năm trước", "integer", 10),
        ),
        [
            {
                "week": point.week,
                "start": point.start,
                "articles": point.articles,
                "stories": point.stories,
                "year_before": point.year_before,
            }
            for point in points
        ],
    )


def _budgets(rows: tuple[BudgetFigure, ...]) -> Table:
    return Table(
        "Kinh phí theo vai trò",
        columns_of(
            ("role", "Mã vai trò", "text", 14),
            ("name", "Vai trò", "text", 24),
            ("vnd", "Tổng (đồng)", "integer", 20),
            ("articles", "Số tin", "integer", 10),
            ("sentences", "Số câu", "integer", 10),
        ),
        [{"role": row.role, "name": row.role_name, "vnd": row.vnd, "articles": row.articles, "sentences": row.sentences} for row in rows],
    )
