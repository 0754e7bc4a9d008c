"""The query that a figure carries lists exactly the articles that it counts: read back by the pages' own parameters and searched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from corpus.index import open_index
from corpus.index.names import Names
from corpus.store import open_store
from monitor.desk import Monitor
from monitor.figures import Count, OverviewFigures
from monitor.periods import Units, parse_period, period_of
from search_api.params import from_params
from tests.search_samples import ALL

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("units", ["34", "63"])
def test_every_number_is_the_number_of_search_results(tmp_path: Path, units: Units) -> None:
    names = Names.load()
    documents = [*ALL, replace(ALL[0], id="9" * 24, flags=("doubtful_date",), aliases=(), provenance=replace(
        ALL[0].provenance, requested_url="http://x.vn/1", final_url="http://x.vn/1", canonical_url=None))]  # fmt: skip
    with open_store(tmp_path / "loa.db") as store, open_index(str(tmp_path / "index"), register=names.register) as index:
        for document in documents:
            store.put_document(document, NOW)
            index.put(document)
        index.refresh()
        monitor = Monitor(store, names.portals, names.register, lambda: NOW, names=names)

        def total(query: str) -> int:
            return index.count(from_params(parse_qsl(query)).query(names))

        checked = 0
        days = {document.published for document in documents if document.published}
        for period in {period_of(day, kind) for day in days for kind in ("week", "month", "year")} | {
            parse_period("2020-01-01..2026-12-31")
        }:  # type: ignore[arg-type]
            figures = monitor.overview(period, units)
            numbers = _numbers(figures)
            # Every number that is not 0, and a tenth of the others: most cells of the matrix are empty.
            for number, query in [entry for n, entry in enumerate(numbers) if entry[0] or n % 10 == 0]:
                assert total(query) == number, query
                checked += number > 0
            for row in figures.provinces:
                if row.articles:
                    page = monitor.province(row.code, period, units)
                    for number, query in [
                        (page.total.articles, page.total.query),
                        *((a.articles, a.query) for a in (*page.activities, *page.programmes)),
                    ]:
                        assert total(query) == (number or 0), query
        assert checked > 20
        everything = monitor.overview(parse_period("1990-01-01..2026-11-22"), units)
        relevant = index.count(from_params([]).query(names))
        assert (everything.total.articles or 0) + (everything.undated.articles or 0) == relevant
        for source in monitor.sources().sources:
            assert total(source.query) == source.documents
            assert total(source.relevant.query) == source.relevant.articles
    assert date(2026, 11, 22) == parse_period("1990-01-01..2026-11-22").last_day


def _numbers(figures: OverviewFigures) -> list[tuple[int, str]]:
    counts: list[tuple[int | None, str]] = [(figures.total.articles, figures.total.query)]
    counts += [(row.articles, row.query) for row in figures.provinces]
    counts += [(tile.articles, tile.query) for row in figures.tiles for tile in row if tile and not tile.islands]
    counts += [(activity.articles, activity.query) for activity in figures.activities]
    cells: list[Count] = [cell for row in figures.matrix.rows for cell in row.cells]
    counts += [(cell.articles, cell.query) for cell in cells]
    counts += [(point.articles, point.query) for point in figures.timeline]
    return [(number, query) for number, query in counts if number is not None]
