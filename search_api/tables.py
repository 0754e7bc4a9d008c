"""Figures as tables: the same numbers as page and JSON, for CSV and workbooks. What was not observed is an empty cell, never 0."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

from corpus.export import MEDIA_TYPES
from corpus.export.rows import Column, Kind, Table
from corpus.export.text import csv_lines
from monitor.coverage import STATE_NAMES
from monitor.desk import Monitor
from monitor.figures import MoneyFigures, SourcesFigures
from search_api.caching import with_etag
from search_api.coverage import CoverageAnswer


def coverage_tables(answer: CoverageAnswer) -> list[Table]:
    """A row a province, then a row a province and week."""
    totals = [
        {
            "code": row.code,
            "province": row.name,
            "state": STATE_NAMES[row.total.state],
            "articles": row.total.articles,
            "stories": row.total.stories,
            "watched": row.total.watched,
            "unread": [f"{source.name}: {source.cause_name}" for source in row.total.unread],
        }
        for row in answer.provinces
    ]
    weeks = [
        {
            "code": row.code,
            "province": row.name,
            "week": cell.week,
            "state": STATE_NAMES[cell.state],
            "articles": cell.articles,
            "stories": cell.stories,
            "watched": cell.watched,
            "unread": [f"{source.name}: {source.cause_name}" for source in cell.unread],
        }
        for row in answer.provinces
        for cell in row.weeks
    ]
    shape = columns_of(
        ("code", "Mã", "text", 10),
        ("province", "Tỉnh, thành", "text", 24),
        ("week", "Tuần", "text", 12),
        ("state", "Trạng thái", "text", 16),
        ("articles", "Số tin", "integer", 10),
        ("stories", "Số câu chuyện", "integer", 10),
        ("watched", "Nguồn theo dõi", "integer", 10),
        ("unread", "Nguồn không đọc được", "list", 60),
    )
    return [
        Table("Trạng thái các tỉnh", tuple(column for column in shape if column.name != "week"), totals),
        Table("Theo tuần", shape, weeks),
    ]


def money_tables(figures: MoneyFigures) -> list[Table]:
    """A row a sum that was added, then the sums by role and key."""
    items = [
        {
            "document": item.document,
            "title": item.title,
            "published": item.published,
            "source": item.portal_name,
            "vnd": item.vnd,
            "qualifier": item.qualifier,
            "role": item.role,
            "role_name": item.role_name,
            "field": item.field,
            "start": item.start,
            "end": item.end,
            "repeated": list(item.repeated),
        }
        for item in figures.items
    ]
    groups = (
        ("role", figures.roles),
        ("province", figures.provinces),
        ("activity", figures.activities),
        ("year", figures.years),
        ("programme", figures.programmes),
    )
    sums = [
        {
            "by": by,
            "key": row.key,
            "name": row.name,
            "role": row.role,
            "role_name": row.role_name,
            "vnd": row.vnd,
            "articles": row.articles,
            "sentences": row.sentences,
        }
        for by, rows in groups
        for row in rows
    ]
    return [
        Table(
            "Từng khoản",
            columns_of(
                ("document", "Mã tin", "text", 26),
                ("title", "Tiêu đề", "text", 60),
                ("published", "Ngày đăng", "date", 12),
                ("source", "Nguồn", "text", 30),
                ("vnd", "Số tiền (đồng)", "integer", 20),
                ("qualifier", "Mức độ", "text", 10),
                ("role", "Mã vai trò", "text", 12),
                ("role_name", "Vai trò", "text", 20),
                ("field", "Phần của tin", "text", 10),
                ("start", "Từ ký tự", "integer", 10),
                ("end", "Đến ký tự", "integer", 10),
                ("repeated", "Tin nhắc lại, không cộng", "list", 30),
            ),
            items,
        ),
        Table(
            "Tổng theo vai trò",
            columns_of(
                ("by", "Gộp theo", "text", 12),
                ("key", "Mã", "text", 16),
                ("name", "Tên", "text", 36),
                ("role", "Mã vai trò", "text", 12),
                ("role_name", "Vai trò", "text", 20),
                ("vnd", "Tổng (đồng)", "integer", 20),
                ("articles", "Số tin", "integer", 10),
                ("sentences", "Số câu", "integer", 10),
            ),
            sums,
        ),
    ]


def source_tables(figures: SourcesFigures) -> list[Table]:
    rows = [
        {
            "portal": source.portal,
            "name": source.name,
            "home": source.home or None,
            "kind": source.kind,
            "province": source.province,
            "province_name": source.province_name,
            "state": source.state_name,
            "cause": source.cause_name,
            "since": source.health.since,
            "documents": source.documents,
            "new_7": source.new_7,
            "new_28": source.new_28,
            "last_success": source.health.last_success,
            "last_item": source.health.last_item,
            "note": source.health.note,
        }
        for source in figures.sources
    ]
    shape = columns_of(
        ("portal", "Mã nguồn", "text", 20),
        ("name", "Nguồn", "text", 36),
        ("home", "Địa chỉ", "link", 34),
        ("kind", "Loại", "text", 12),
        ("province", "Mã tỉnh", "text", 10),
        ("province_name", "Tỉnh, thành", "text", 20),
        ("state", "Trạng thái", "text", 16),
        ("cause", "Nguyên nhân", "text", 24),
        ("since", "Từ lúc", "instant", 17),
        ("documents", "Số tin đang giữ", "integer", 10),
        ("new_7", "Tin mới 7 ngày", "integer", 10),
        ("new_28", "Tin mới 28 ngày", "integer", 10),
        ("last_success", "Đọc được lần cuối", "instant", 17),
        ("last_item", "Tin gần nhất", "date", 12),
        ("note", "Ghi chú", "text", 60),
    )
    return [Table("Nguồn tin", shape, rows)]


def table_response(request: Request, monitor: Monitor, name: str, form: str, tables: Sequence[Table]) -> Response:
    """The first table as CSV, or all of them as a workbook (``form`` csv or xlsx)."""
    if form == "csv":
        body = b"".join(csv_lines(tables[0].rows, tables[0].columns))
        media_type = MEDIA_TYPES["csv"]
    else:
        body = workbook(tables, monitor)
        media_type = MEDIA_TYPES["xlsx"]
    return with_etag(request, body, media_type, {"Content-Disposition": f'attachment; filename="loa-{name}.{form}"'})


def workbook(tables: Sequence[Table], monitor: Monitor) -> bytes:
    from corpus.export.workbook import write_tables

    now = monitor.now().now
    about = [("Lập lúc (UTC)", f"{now:%Y-%m-%d %H:%M}"), ("Ô trống", "không quan sát được, khác với 0")]
    with tempfile.TemporaryDirectory(prefix="loa-tables-") as folder:
        path = Path(folder) / "tables.xlsx"
        write_tables(path, tables, about, now)
        return path.read_bytes()


def columns_of(*columns: tuple[str, str, Kind, int]) -> tuple[Column, ...]:
    return tuple(Column(name, title, kind, "", width) for name, title, kind, width in columns)
