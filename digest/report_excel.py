"""The report as an Excel workbook: six sheets with filters, real dates and numbers; no text is ever taken for a formula."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

from corpus.export.rows import Column, Row, Table
from corpus.export.workbook import WORDS, write_tables
from corpus.formats import sentence_case
from digest.report import LIMITS, Report


def write_excel(report: Report, path: Path) -> None:
    """Sheets Tổng hợp, Tỉnh x Hoạt động, Kinh phí, Im lặng, Tin, Phương pháp."""
    tables = (_summary(report), _matrix(report), _money(report), _silent(report), _articles(report))
    write_tables(path, tables, _method(report), datetime.combine(report.made, time(), UTC), about_name="Phương pháp")


def _summary(report: Report) -> Table:
    """One row a province, then what cannot be told apart and the country."""
    columns = (
        Column("name", "Tỉnh, thành", "text", "", 24),
        Column("state", "Tình trạng", "text", "", 16),
        Column("cause", "Vì sao không đọc được", "text", "", 30),
        Column("articles", "Số tin", "integer", "", 10),
        Column("stories", "Số chuyện", "integer", "", 10),
        Column("before", "Số tin kỳ trước", "integer", "", 14),
        Column("year_before", "Số tin cùng kỳ năm trước", "integer", "", 18),
    )
    rows: list[Row] = [
        {
            "name": row.name,
            "state": row.state_name,
            "cause": row.cause_name,
            "articles": row.articles,
            "stories": row.stories,
            "before": row.before,
            "year_before": row.year_before,
        }
        for row in report.overview.provinces
    ]
    return Table("Tổng hợp", columns, rows)


def _matrix(report: Report) -> Table:
    matrix = report.overview.matrix
    columns = (
        Column("name", "Tỉnh, thành", "text", "", 24),
        *(Column(activity.code, activity.name, "integer", "", 13) for activity in matrix.activities),
    )
    rows: list[Row] = [
        {"name": row.name} | {activity.code: cell.articles for activity, cell in zip(matrix.activities, row.cells, strict=True)}
        for row in matrix.rows
    ]
    return Table("Tỉnh x Hoạt động", columns, rows)


def _money(report: Report) -> Table:
    """One row a sum that was added; the sums themselves are the sub-totals of a filter by role."""
    columns = (
        Column("role", "Vai trò", "text", "", 22),
        Column("vnd", "Số tiền (đồng)", "integer", "", 20),
        Column("qualifier", "Mức chắc chắn", "text", "", 12),
        Column("title", "Tin", "text", "", 60),
        Column("published", "Ngày đăng", "date", "", 12),
        Column("source", "Nguồn", "text", "", 28),
        Column("repeated", "Số tin khác nhắc lại", "integer", "", 12),
    )
    rows: list[Row] = [
        {
            "role": sentence_case(item.role_name),
            "vnd": item.vnd,
            "qualifier": WORDS["qualifier"].get(item.qualifier, item.qualifier),
            "title": item.title,
            "published": item.published,
            "source": item.portal_name,
            "repeated": len(item.repeated),
        }
        for item in report.money.items
    ]
    return Table("Kinh phí", columns, rows)


def _silent(report: Report) -> Table:
    columns = (
        Column("name", "Tỉnh, thành hoặc nguồn", "text", "", 34),
        Column("kind", "Loại", "text", "", 16),
        Column("weeks", "Số tuần im lặng", "integer", "", 12),
        Column("last_news", "Tin gần nhất", "date", "", 12),
        Column("note", "Ghi chú", "text", "", 80),
    )
    rows: list[Row] = [
        {"name": row.name, "kind": "im lặng", "weeks": row.weeks, "last_news": row.last_news, "note": None}
        for row in report.overview.silent
    ]
    rows += [
        {"name": row.name, "kind": "không đọc được", "weeks": None, "last_news": None, "note": row.cause_name}
        for row in report.overview.unread
    ]
    return Table("Im lặng", columns, rows)


def _articles(report: Report) -> Table:
    columns = (
        Column("title", "Tiêu đề", "text", "", 60),
        Column("published", "Ngày đăng", "date", "", 12),
        Column("source", "Nguồn", "text", "", 28),
        Column("places", "Tỉnh, thành", "text", "", 26),
        Column("activities", "Hoạt động", "text", "", 34),
        Column("vnd", "Khoản lớn nhất (đồng)", "integer", "", 18),
        Column("role", "Vai trò", "text", "", 18),
        Column("url", "Địa chỉ gốc", "link", "", 40),
        Column("page", "Trang có bằng chứng", "link", "", 40),
        Column("story", "Mã chuyện", "text", "", 26),
    )
    rows: list[Row] = [
        {
            "title": line.title,
            "published": line.published,
            "source": line.source,
            "places": line.places or None,
            "activities": line.activities or None,
            "vnd": line.vnd,
            "role": line.role or None,
            "url": line.url or None,
            "page": line.page,
            "story": line.story,
        }
        for line in report.articles
    ]
    return Table("Tin", columns, rows)


def _method(report: Report) -> Iterator[tuple[str, str]]:
    overview = report.overview
    yield "Kỳ", f"{overview.period.name} ({overview.period.dates})"
    yield "Bản đồ", "34 tỉnh, thành" if report.units == "34" else "63 tỉnh, thành trước 01/7/2025"
    yield "Câu chung", overview.headline
    yield "Lập ngày", f"{report.made:%d/%m/%Y}"
    yield "Không có ngày chắc chắn", f"{overview.undated.articles or 0} tin, không đứng trong kỳ nào"
    yield "Chủ quyền", "Quần đảo Hoàng Sa thuộc thành phố Đà Nẵng, quần đảo Trường Sa thuộc tỉnh Khánh Hòa."
    for number, line in enumerate(LIMITS, start=1):
        yield f"Cách tính {number}", line
