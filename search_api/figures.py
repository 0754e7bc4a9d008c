"""Figures for pages: the period that is shown where none was asked for, and charts made of figures. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import Request

from corpus.localities import Register
from monitor.charts import Chart, Column, bars, heat_map, tile_map, timeline
from monitor.coverage import STATE_NAMES
from monitor.desk import Monitor
from monitor.figures import BudgetFigure, Change, Matrix, MoneyFigures, PeriodFigure, TileFigure, TimelinePoint
from monitor.figures_money import MoneySums
from monitor.periods import Period, Units, period_of
from monitor.tallies import tallies
from search_api import formats, labels
from search_api.params import Search, from_params


def period_in_use(state: Search, monitor: Monitor, today: date) -> Period:
    """The one in the address, as a key or as two days; else this week, or the last week with relevant articles where this one has none."""
    if state.period:
        return state.period
    if state.since and state.until:
        return Period(state.since, state.until.fromordinal(state.until.toordinal() + 1))
    week = period_of(today, "week")
    day = tallies(monitor.facts(), state.map).all.last_before(week.end.toordinal())
    return week if day is None else period_of(date.fromordinal(day), "week")


def for_period(state: Search, period: Period) -> Search:
    """What links of a page with figures keep: the period is named, so that they lead to the same days later too."""
    return Search(map=state.map, period=period)


SUMS = 100
"""Single sums on a page of JSON, unless ``so`` says fewer."""


def money_page(sums: MoneySums, request: Request) -> MoneyFigures:
    """The page of single sums that ``trang`` and ``so`` ask for. Raises: InvalidParameter."""
    asked = from_params((name, value) for name, value in request.query_params.multi_items() if name in ("trang", "so"))
    return sums.page(asked.page, asked.size if request.query_params.get("so") else SUMS)


def week_label(start: date) -> str:
    """
    >>> week_label(date(2026, 11, 16))
    'T47/26'
    """
    year, week, _ = start.isocalendar()
    return f"T{week}/{year % 100:02d}"


def timeline_chart(points: Sequence[TimelinePoint], about: str) -> Chart:
    """``about``: whom the articles are about, to follow "tin truyền thông về giảm nghèo"."""
    span = f", từ {points[0].name.lower()} đến {points[-1].name.lower()}" if points else ""
    return timeline(
        "theo-tuan",
        "Số tin theo tuần",
        f"Đếm tin truyền thông về giảm nghèo {about} theo tuần đăng{span}. "
        "Cột nhạt phía sau: cùng tuần năm trước. Dấu ×: tuần không biết, vì không đọc được hoặc chưa theo dõi.",
        [(week_label(point.start), point.articles, point.year_before) for point in points],
        first="Tuần",
    )


def map_chart(tiles: Sequence[Sequence[TileFigure | None]], period: PeriodFigure, units: Units, register: Register) -> Chart:
    cells = {tile.code: (tile.state, tile.articles, tile.shade) for row in tiles for tile in row if tile and not tile.islands}
    return tile_map(
        f"Số tin theo tỉnh, thành, {lowered(period.name)}",
        f"Đếm tin truyền thông về giảm nghèo nói về tỉnh, thành, đăng {period.dates}, do bất kỳ nguồn nào đăng. "
        "○ im lặng, ▲ không đọc được, – chưa theo dõi: không phải là số 0.",
        units,
        register,
        cells,
        {str(state): name for state, name in STATE_NAMES.items()},
    )


def matrix_chart(matrix: Matrix, period: PeriodFigure) -> Chart:
    return heat_map(
        "hoat-dong-tinh",
        f"Hoạt động theo tỉnh, thành, {lowered(period.name)}",
        f"Đếm tin truyền thông về giảm nghèo đăng {period.dates} theo tỉnh, thành và hoạt động; "
        "tin có nhiều hoạt động đếm ở từng hoạt động. "
        "Dấu ×: không đọc được hoặc chưa theo dõi.",
        [(row.name, [cell.articles for cell in row.cells]) for row in matrix.rows],
        [labels.ACTIVITIES_SHORT.get(activity.code, activity.name) for activity in matrix.activities],
        first="Tỉnh, thành",
    )


def money_chart(name: str, title: str, rows: Sequence[BudgetFigure], dates: str, *, by_role: bool) -> Chart:
    """``by_role``: the rows are roles; else all are of one role."""
    return bars(
        name,
        title,
        f"Cộng kinh phí công nêu trong tin truyền thông về giảm nghèo đăng {dates}, mỗi khoản một lần"
        + ("; các vai trò không bao giờ cộng với nhau." if by_role else "."),
        (Column("Vai trò" if by_role else "Mục"), Column("Số tiền", "money"), Column("Số tin", "count"), Column("Số câu", "count")),
        [(formats.sentence_case(row.name), row.vnd, row.articles, row.sentences) for row in rows],
    )


@dataclass(frozen=True, slots=True)
class MoneyBar:
    name: str
    href: str
    vnd: int
    articles: int
    sentences: int
    width: float
    """Percent of the longest shown beside it."""
    on: bool = False


def money_bars(rows: Sequence[BudgetFigure], href: Callable[[BudgetFigure], str], *, on: str | None = None) -> list[MoneyBar]:
    """``on``: key of the row that is open."""
    longest = max((row.vnd for row in rows), default=1)
    return [
        MoneyBar(
            formats.sentence_case(row.name),
            href(row),
            row.vnd,
            row.articles,
            row.sentences,
            max(0.5, round(100 * row.vnd / longest, 1)),
            row.key == on,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Move:
    """The change against another period, in words."""

    than: str
    change: Change
    href: str
    said: str


def move(change: Change, than: str, href: str) -> Move:
    by = change.difference or 0
    said = f"thêm {formats.number(by)} tin" if by > 0 else f"bớt {formats.number(-by)} tin" if by < 0 else "cũng bằng vậy"
    return Move(than, change, href, said)


def lowered(text: str) -> str:
    """
    >>> lowered("Tuần 47/2026")
    'tuần 47/2026'
    """
    return text[:1].lower() + text[1:]
