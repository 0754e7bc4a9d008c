"""Both engines give the same answers to the same questions over a generated corpus."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from corpus.errors import InvalidQuery
from corpus.index import Index, open_index, rebuild_index
from corpus.index.base import CodeField, In, Interval, Matrix, Node, Query, Sort
from corpus.index.fields import entry
from corpus.index.names import Names
from corpus.index.parse import parse
from corpus.localities import Register
from corpus.portals import PortalRegistry
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


def bombs() -> list[str]:
    """A hundred queries made to hurt: as long, deep, wide or odd as can be typed."""
    common = ["nghèo", "và", "của", "sóng", "loa", "giảm", "xã", "ngh*", "tru*", "giam ngheo"]
    found = [opened * size for opened in '("-«:~*' for size in (10, 499)]
    found += [f"{word} " * 32 for word in common] + [f"{word} HOẶC " * 31 + word for word in common]
    found += [f'"{" ".join([word.rstrip("*")] * 60)[:480]}"~50' for word in common] + [f'"{word * 40}"'[:490] for word in common]
    found += ["(" * depth + "nghèo" + ")" * depth for depth in (7, 8, 9, 240)] + ["KHÔNG " * depth + "nghèo" for depth in (7, 8, 60)]
    found += [
        f"{before} nghèo" for before in ("-(-(-(-(-(-(-(", "a:" * 200, "tỉnh:" * 60, "năm:1900..2100 " * 30, "AND " * 100, "OR " * 100)
    ]
    found += [
        "UBND TT&TT DTTS GNBV MTQG " * 6,
        "UBND " * 31,
        '"' + "UBND TT&TT " * 40 + '"',
        "TP.HCM " * 32,
        "x" * 500,
        "x" * 501,
        "a" * 100_000,
    ]
    found += [
        "a\u0301\u0323" * 160,
        "\u0301" * 500,
        "\u200b" * 500,
        "\ud800" * 400,
        "\x00" * 500,
        "🦊" * 500,
        "ﷺ" * 500,
        "\u202enghèo" * 60,
    ]
    found += [
        "kinh_phí:>" + "9" * 480,
        "kinh_phí:" + "1." * 240,
        "ngày:" + "1" * 490,
        "năm:9999999",
        "kinh_phí:0..999999999999999",
        "ngày:1900..2100",
    ]
    found += [
        ".*" * 250,
        "[a-z]{1,1000}" * 30,
        "/" * 500,
        "\\" * 500,
        "*:*",
        "_exists_:body",
        "body_exact:nghèo~2^9",
        "a && b || !c",
        "{!lucene}a",
        "?" * 500,
    ]
    found += [
        "; DROP TABLE documents; --",
        "{" * 250 + "}" * 250,
        '{"match_all": {}}',
        "<script>" * 60,
        "%00" * 150,
        "${jndi:ldap://x}" * 30,
    ]
    return found


def test_query_bombs_are_refused_or_answered_within_a_second(engines: tuple[Index, Index]) -> None:
    assert len(bombs()) >= 100
    names = Names.load(register=REGISTER, portals=PortalRegistry(()))
    refused = 0
    for bomb in bombs():
        start = time.process_time()
        where = None
        try:
            where = parse(bomb, names)
        except InvalidQuery:
            refused += 1
        assert time.process_time() - start < 1, bomb[:40]
        query = Query(where=where, facets=FACETS[:6])
        totals = []
        for index in engines:
            seconds = []
            for _ in range(3):  # the machine may be busy with something else
                start = time.perf_counter()
                totals.append(index.search(query).total)
                seconds.append(time.perf_counter() - start)
                if seconds[-1] < 1:
                    break
            assert min(seconds) < 1, bomb[:40]
        assert len(set(totals)) == 1, bomb[:40]
    assert 20 < refused < len(bombs()) - 20


def test_the_same_frequencies(engines: tuple[Index, Index]) -> None:
    terms = sorted({word.strip(".") for document in DOCUMENTS[:20] for word in document.text.split()})[:200]
    assert engines[0].frequencies(terms) == engines[1].frequencies(terms)
