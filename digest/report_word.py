"""The report as a Word file in the form of Decree 30/2020/NĐ-CP, from a template that staff may change in Word itself.

The only module that imports docxtpl. ``scripts/build_report_template.py`` makes the template that is bundled; docs/digest.md names what a
template may use.
"""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docxtpl import DocxTemplate, RichText
from jinja2 import Environment, StrictUndefined, TemplateError

from corpus.errors import InvalidData
from corpus.formats import day, number, sentence_case
from digest.report import LIMITS, ArticleLine, Report
from monitor.coverage import STATE_MARKS
from monitor.figures import BudgetFigure, ProvinceFigure, TileFigure

TEMPLATE = "report.docx"
MOST_ARTICLES = 400
"""Lines of the appendix; the workbook has all."""
COLOURS = {"news": "B7E0CF", "silent": "F3E3B3", "unreadable": "F2C4C0", "unwatched": "DDE2E7"}


def template_bytes(path: Path | None = None) -> bytes:
    """The bundled template, or the one at ``path``. Raises: InvalidData."""
    if path is None:
        return files("digest").joinpath("templates", TEMPLATE).read_bytes()
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidData(f"the template cannot be read ({error.strerror})", file=str(path)) from error


def word(report: Report, template: bytes) -> bytes:
    """Raises: InvalidData for a template that cannot be filled: it says what is wrong in it."""
    try:
        document = DocxTemplate(io.BytesIO(template))
        # Escaped, for titles hold < and &; a name that is not there is an error that names it.
        document.render(_values(report, document), Environment(autoescape=True, undefined=StrictUndefined))
        filled = io.BytesIO()
        document.save(filled)
    except (TemplateError, BadZipFile, KeyError, ValueError) as error:
        raise InvalidData(f"the report's template cannot be filled: {error}") from error
    return filled.getvalue()


def _values(report: Report, document: DocxTemplate) -> dict[str, Any]:
    overview = report.overview
    shown = report.articles[:MOST_ARTICLES]
    return {
        "parent": report.parent.upper(),
        "department": report.department.upper(),
        "made_day": f"{report.made.day:02d}",
        "made_month": f"{report.made.month:02d}" if report.made.month < 3 else str(report.made.month),
        "made_year": str(report.made.year),
        "period": overview.period.name,
        "period_low": overview.period.name[:1].lower() + overview.period.name[1:],
        "dates": overview.period.dates,
        "units": report.units,
        "headline": overview.headline,
        "total": _count(overview.total.articles),
        "stories": _count(overview.total.stories),
        "undated": _count(overview.undated.articles),
        "change": _change(report),
        "map": [[_cell(tile) for tile in row] for row in overview.tiles],
        "states": [{"name": state.name.capitalize(), "provinces": number(state.provinces)} for state in overview.states],
        "provinces": [_province(position, row) for position, row in enumerate(overview.provinces, start=1)],
        "activities": [_activity(report, at) for at in _by_number(report)],
        "watched": number(overview.watched),
        "silent": [
            {"name": row.name, "weeks": row.weeks, "last": day(row.last_news) if row.last_news else "chưa có"} for row in overview.silent
        ],
        "unread": [{"name": row.name, "cause": row.cause_name, "province": row.province_name or "trung ương"} for row in overview.unread],
        "budgets": [_budget(row, is_total=row in report.money.roles) for row in report.budgets],
        "articles": [_article(position, line, document) for position, line in enumerate(shown, start=1)],
        "left_out": len(report.articles) - len(shown),
        "limits": list(LIMITS),
    }


def _count(value: int | None) -> str:
    return "không rõ" if value is None else number(value)


def _change(report: Report) -> str:
    before = report.overview.before
    if before.difference is None:
        return f"Chưa so được với {before.period.name[:1].lower()}{before.period.name[1:]} vì kỳ đó chưa được theo dõi."
    much = "bằng" if not before.difference else f"{'tăng' if before.difference > 0 else 'giảm'} {number(abs(before.difference))} tin so với"
    return f"So với kỳ trước ({before.period.dates}): số tin {much} kỳ trước; kỳ trước có tin ở {before.provinces_with_news} tỉnh."


def _cell(tile: TileFigure | None) -> dict[str, str]:
    if tile is None:
        return {"name": "", "mark": "", "colour": "FFFFFF"}
    if tile.islands:
        return {"name": tile.islands, "mark": f"({tile.name})", "colour": "FFFFFF"}
    mark = number(tile.articles or 0) if tile.state == "news" else STATE_MARKS[tile.state]
    return {"name": tile.short, "mark": mark, "colour": COLOURS[tile.state]}


def _province(position: int, row: ProvinceFigure) -> dict[str, str]:
    state = row.state_name if row.separable else "không tách được"
    return {
        "number": str(position),
        "name": row.name,
        "state": f"{state} ({row.cause_name})" if row.cause_name else state,
        "articles": "" if row.articles is None else number(row.articles),
        "before": "" if row.before is None else number(row.before),
        "year_before": "" if row.year_before is None else number(row.year_before),
    }


def _by_number(report: Report) -> list[int]:
    """Positions of the activities that something tells of, the most frequent first."""
    activities = report.overview.matrix.activities
    return sorted((at for at, found in enumerate(activities) if found.articles), key=lambda at: -(activities[at].articles or 0))


def _activity(report: Report, at: int) -> dict[str, str]:
    matrix = report.overview.matrix
    places = [(row.name, row.cells[at].articles) for row in matrix.rows]
    return {
        "name": matrix.activities[at].name,
        "articles": number(matrix.activities[at].articles or 0),
        "places": "; ".join(f"{name} ({number(articles)})" for name, articles in places if articles),
    }


def _budget(row: BudgetFigure, *, is_total: bool) -> dict[str, str]:
    name = sentence_case(row.role_name)
    return {
        "role": name if is_total else "",
        "name": "Cả nước" if is_total else row.name,
        "vnd": number(row.vnd),
        "said": f"{number(row.articles)} tin, {number(row.sentences)} câu",
    }


def _article(position: int, line: ArticleLine, document: DocxTemplate) -> dict[str, Any]:
    link = RichText()
    address = line.url or line.page
    link.add(line.title, size=22, url_id=document.build_url_id(address), color="0B57A4", underline=True)
    return {"number": str(position), "link": link, "day": day(line.published), "source": line.source, "places": line.places}
