"""Both engines give the same answers to the same questions over a generated corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from corpus.index import Index, open_index, rebuild_index
from corpus.index.base import CodeField, In, Interval, Matrix, Node, Query, Sort
from corpus.index.fields import entry
from corpus.localities import Register
from tests.contract.search_questions import documents, questions
from tests.elasticsearch import node as nodes

REGISTER = Register.load()
DOCUMENTS = list(documents(1500))
QUESTIONS = questions(DOCUMENTS, REGISTER)
FACETS: tuple[CodeField, ...] = get_args(CodeField)
MATRICES: tuple[tuple[CodeField, CodeField], ...] = (("province", "activity"), ("province_before", "activity"), ("source", "year"))
Question = tuple[Node | None, tuple[Node, ...]]


@pytest.fixture(scope="module")
def engines(search_node: nodes.Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, Index]]:
    places = (str(tmp_path_factory.mktemp("parity") / "index"), f"{search_node.url}/parity")
    for place in places:
        rebuild_index(place, DOCUMENTS, register=REGISTER)
    opened = tuple(open_index(place, register=REGISTER) for place in places)
    yield opened  # type: ignore[misc]  # two of them
    for index in opened:
        index.close()
    search_node.request("DELETE", "/parity-*")


def both(engines: tuple[Index, Index], query: Query) -> tuple[Any, Any]:
    embedded, elastic = (index.search(query) for index in engines)
    return embedded, elastic


def test_the_questions_are_of_every_kind_and_most_find_something(engines: tuple[Index, Index]) -> None:
    assert len(QUESTIONS) == 300
    kinds = Counter(type(where).__name__ for where, _ in QUESTIONS)
    assert {"Words", "Phrase", "Prefix", "Near", "Or", "And", "NoneType"} <= kinds.keys()
    totals = [engines[0].count(Query(where=where, filters=filters)) for where, filters in QUESTIONS]
    assert sum(total > 0 for total in totals) > 230
    assert sum(total > 10 for total in totals) > 120


def test_the_same_documents_in_the_same_date_order(engines: tuple[Index, Index]) -> None:
    sorts: tuple[Sort, ...] = ("newest", "oldest", "largest")
    for number, (where, filters) in enumerate(QUESTIONS):
        query = Query(where=where, filters=filters, sort=sorts[number % 3])
        embedded, elastic = (index.scan(query) for index in engines)
        ids = list(embedded)
        assert ids == list(elastic), query
        assert embedded.total == elastic.total == len(ids) == len(set(ids)) == engines[0].count(query) == engines[1].count(query), query


@pytest.mark.parametrize("sort", ["newest", "oldest", "largest"])
def test_everything_in_every_order(engines: tuple[Index, Index], sort: Sort) -> None:
    embedded, elastic = (list(index.scan(Query(sort=sort))) for index in engines)
    assert embedded == elastic == sorted(embedded, key=lambda id: KEYS[id][sort], reverse=True)


KEYS = {
    document.id: {"newest": made.newest, "oldest": made.oldest, "largest": made.largest}
    for document in DOCUMENTS
    for made in [entry(document, REGISTER)]
}


def test_the_same_counts(engines: tuple[Index, Index]) -> None:
    intervals: tuple[Interval, ...] = get_args(Interval)
    for number, (where, filters) in enumerate(QUESTIONS):
        query = Query(where=where, filters=filters, sort="newest", facets=FACETS, matrices=MATRICES, histogram=intervals[number % 4])
        embedded, elastic = both(engines, query)
        assert embedded == elastic, query


def test_counts_are_those_of_the_documents(engines: tuple[Index, Index]) -> None:
    """Against a count by hand over the codes, so that both engines cannot be wrong alike."""
    codes = [entry(document, REGISTER).codes for document in DOCUMENTS]
    for index in engines:
        results = index.search(Query(filters=(In("year", ("2020", "2021")),), facets=FACETS, matrices=MATRICES, limit=0))
        chosen = [found for found in codes if set(found["year"]) & {"2020", "2021"}]
        assert results.total == len(chosen)
        for field in FACETS:
            assert dict(results.facet(field).counts) == Counter(code for found in chosen for code in found[field])
        for rows, columns in MATRICES:
            cells = Counter((row, column) for found in chosen for row in found[rows] for column in found[columns])
            expected = tuple(sorted((row, column, count) for (row, column), count in cells.items()))
            assert results.matrix(rows, columns) == Matrix(rows, columns, expected)


def test_by_relevance_at_least_eight_of_the_first_ten_are_shared_on_average(engines: tuple[Index, Index]) -> None:
    shared = []
    for where, filters in QUESTIONS:
        embedded, elastic = both(engines, Query(where=where, filters=filters, limit=10))
        # Where all are shown, or nothing is scored, there is nothing to agree on.
        if where is not None and embedded.total > 10 and embedded.hits[0].score > 0:
            shared.append(len({hit.id for hit in embedded.hits} & {hit.id for hit in elastic.hits}))
    assert len(shared) > 80
    assert sum(shared) / len(shared) >= 8, sorted(shared)


def test_the_same_frequencies(engines: tuple[Index, Index]) -> None:
    terms = sorted({word.strip(".") for document in DOCUMENTS[:20] for word in document.text.split()})[:200]
    assert engines[0].frequencies(terms) == engines[1].frequencies(terms)
