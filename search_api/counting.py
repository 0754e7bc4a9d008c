"""Counts over a whole result: along time, and of two fields together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pydantic import BaseModel

from corpus.index.base import LONG_FIELDS, CodeField, Interval
from corpus.index.describe import describe
from search_api.answers import Catalogue, Named
from search_api.params import CODE_PARAMETERS, InvalidParameter, Search

STEPS: dict[str, Interval] = {"ngay": "day", "tuan": "week", "thang": "month", "nam": "year"}
"""Values of ``buoc``."""
MATRIX_FIELDS: dict[str, CodeField] = {
    **{name: field for name, field in CODE_PARAMETERS.items() if field not in LONG_FIELDS},
    "muc": "relevance",
}


class Point(BaseModel):
    start: date
    """First day of the step; weeks begin on Monday."""
    count: int


class TimelineAnswer(BaseModel):
    understood: str
    total: int
    undated: int
    """Matching documents without a publication date; they are in ``total`` and in no point."""
    step: str
    points: list[Point]
    """In order; steps without a document are left out."""


class Cell(BaseModel):
    row: str
    column: str
    count: int


class MatrixAnswer(BaseModel):
    understood: str
    total: int
    rows_field: str
    columns_field: str
    rows: list[Named]
    """In the order of their Vietnamese names."""
    columns: list[Named]
    cells: list[Cell]
    """Documents that have both codes; one with two codes of a field counts in each. Empty cells are left out."""


def timeline(catalogue: Catalogue, search: Search, step: str) -> TimelineAnswer:
    """Raises: InvalidParameter, InvalidQuery, IndexUnavailable."""
    if step not in STEPS:
        raise InvalidParameter("buoc", f"Giá trị phải là {', '.join(STEPS)}.")
    query = replace(search.query(catalogue.names), limit=0, offset=0, after=None, histogram=STEPS[step])
    results = catalogue.index.search(query)
    found = results.histogram
    return TimelineAnswer(
        understood=describe(query.where, catalogue.names),
        total=results.total,
        undated=found.undated if found else 0,
        step=step,
        points=[Point(start=start, count=count) for start, count in (found.counts if found else ())],
    )


def matrix(catalogue: Catalogue, search: Search, row: str, column: str) -> MatrixAnswer:
    """Raises: InvalidParameter, InvalidQuery, IndexUnavailable."""
    for name, value in (("hang", row), ("cot", column)):
        if value not in MATRIX_FIELDS:
            raise InvalidParameter(name, f"Giá trị phải là {', '.join(MATRIX_FIELDS)}.")
    rows, columns = MATRIX_FIELDS[row], MATRIX_FIELDS[column]
    if rows == columns:
        raise InvalidParameter("cot", "Cột phải khác hàng.")
    query = replace(search.query(catalogue.names), limit=0, offset=0, after=None, matrices=((rows, columns),))
    results = catalogue.index.search(query)
    counts = results.matrix(rows, columns).counts if results.matrices else ()
    return MatrixAnswer(
        understood=describe(query.where, catalogue.names),
        total=results.total,
        rows_field=rows,
        columns_field=columns,
        rows=_named(catalogue, rows, {code for code, _, _ in counts}),
        columns=_named(catalogue, columns, {code for _, code, _ in counts}),
        cells=[Cell(row=first, column=second, count=count) for first, second, count in counts],
    )


def _named(catalogue: Catalogue, field: CodeField, codes: set[str]) -> list[Named]:
    order = catalogue.names.sorter(field)
    return [catalogue.named(field, code) for code in sorted(codes, key=lambda code: (order(code), code))]
