"""Anything may be asked: the whole API by its own description, and queries nobody would type. Never a 500, never an answer it does not describe."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from corpus.index.parse import MAX_CHARACTERS
from search_api.app import create_app
from tests.search_api.conftest import NAMES, filled
from tests.search_samples import DIEN_BAN, FETCHED, NGHE_AN

CONFORMANCE = (status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("fuzz")
    with filled(folder) as (store, index):
        store.add_account("lan", "reader", "", FETCHED)
        made = create_app(store, index, names=NAMES, people=store, clock=lambda: FETCHED)
        made.state.token = store.add_access_token("lan", "", FETCHED)
        yield made


@pytest.fixture(scope="module")
def asked(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def test_the_api_answers_as_it_says(app: FastAPI) -> None:
    """Schemathesis makes requests from the description; every answer is of a described status, type and shape."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 30
    known = {"Authorization": f"Bearer {app.state.token}"}
    answered: Counter[tuple[str, int]] = Counter()
    for operation in operations:
        cases = st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))

        @settings(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(cases)
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(headers=known)
            answered[case.operation.path, answer.status_code] += 1
            assert answer.status_code < 500, case.as_curl_command()
            case.validate_response(answer, checks=CONFORMANCE)

        ask()
    named = {path for path, status in answered if status == 404}
    good = {path for path, status in answered if status in (200, 201)}
    assert good | named == {operation.path for operation in operations}
    assert all("{" in path for path in named - good)
    assert any(status == 400 for _, status in answered)


WORDS = [
    "nghèo",
    "loa",
    "tập huấn",
    "Đắk Lắk",
    "ubnd",
    "2023",
    "100tr",
    "tỉnh",
    "hoạt_động",
    "kinh_phí",
    "ngày",
    "tiêu_đề",
    "nguồn",
    "training",
]
SIGNS = [
    *'"()[]{}:<>=-+*?~^/\\|&!,;.%',
    "..",
    " VÀ ",
    " HOẶC ",
    " KHÔNG ",
    " AND ",
    " OR ",
    " NOT ",
    "\n",
    "\t",
    "\u0000",
    "\u202e",
    "\u0301",
    "\ud800",
]
QUERIES = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(SIGNS), st.text(max_size=6)), max_size=40).map("".join)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(QUERIES)
def test_no_query_breaks_search(asked: TestClient, query: str) -> None:
    q = query.encode("utf-8", "replace").decode()
    for path in ("/api/v1/search", "/api/v1/kwic", "/tim", "/tim.atom", "/tim.jsonl"):
        answer = asked.get(path, params={"q": q, "muc": "tat-ca"})
        assert answer.status_code in (200, 400), (path, query)
        if answer.status_code == 400 and path.startswith("/api"):
            problem = answer.json()
            position = problem.get("position")
            assert position is None or 0 <= position <= len(q)
            assert problem["detail"]


BOMBS = [
    *("(" * n + "a" + ")" * n for n in (1, 7, 8, 9, 20, 200)),
    *(" ".join(f"từ{n}" for n in range(count)) for count in (31, 32, 33, 120)),
    *(" HOẶC ".join(f"từ{n}" for n in range(count)) for count in (32, 60)),
    *(f'"{"nghèo " * count}"' for count in (10, 40, 83)),
    *(" ".join(["KHÔNG nghèo"] * count) for count in (5, 32, 40)),
    *(f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"),
    *(f"{prefix}*" for prefix in ("ng", "nga", "th", "tha", "xin", "con", "truy")),
    *(f'"nghèo loa"~{n}' for n in (0, 1, 2, 50, 51, 1000, 10**9)),
    *(f"kinh_phí:{value}" for value in (">0", ">99999999999999999999tr", "0..999999999999tỷ", "-5", "1..", "..", "1e999")),
    *(f"ngày:{value}" for value in ("0001-01..9999-12", "2024-13", "..", "2024", "99999-01-01", "2024-02-30")),
    *(f"năm:{value}" for value in ("0", "9999", "1900..2100", "2100..1900")),
    "a" * 500,
    "a" * 501,
    "ạ\u0301" * 250,
    "\u0301" * 500,
    '"' * 500,
    "(" * 500,
    "-" * 500,
    "~" * 500,
    "*" * 500,
    ":" * 500,
    "tỉnh:" * 100,
    "a:b:c",
    "a" * 499 + "*",
    "NOT " * 100 + "a",
    "AND AND AND",
    "OR",
    "()",
    '""',
    '"a" "b" ' * 16,
    "tỉnh:* hoạt_động:*",
    "/.*.*.*.*.*.*/",
    "a~2 b~2 c~2",
    "[a TO z]",
    "{* TO *}",
    "_exists_:id",
    "id:" + NGHE_AN.id,
    "body_exact:nghèo",
    "\\" * 400,
    "𝒂" * 500,
    "🦊" * 500,
    "\u202e" * 500,
    "ﷺ" * 500,
    " " * 500,
    "và" * 250,
]


def test_query_bombs_are_refused_or_quick(asked: TestClient) -> None:
    assert len(BOMBS) >= 100
    for bomb in BOMBS:
        start = time.process_time()
        answer = asked.get("/api/v1/search", params={"q": bomb, "muc": "tat-ca"})
        assert answer.status_code in (200, 400), bomb
        assert time.process_time() - start < 1, bomb
        if len(bomb) > MAX_CHARACTERS:
            assert answer.status_code == 400


ODD = [
    "",
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "\x00",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00",
    "tất cả",
    "x" * 5000,
    "{{7*7}}",
    "\ud83e",
]
PARAMETERS = "q tinh tinh-cu huyen dia-ban hoat-dong thuc-hien chuong-trinh du-an nguon nam loai kinh-phi tin-cay muc tu den xep trang so sau ban-do ky vi-tri tan-suat buoc hang cot theo dang toan-van xem".split()


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(PARAMETERS), st.one_of(st.sampled_from(ODD), st.text(max_size=8))), max_size=6),
    st.sampled_from(
        "/api/v1/search /api/v1/kwic /api/v1/words /api/v1/timeline /api/v1/matrix /api/v1/facets /api/v1/coverage /api/v1/budgets /api/v1/stories"
        " /api/v1/overview /api/v1/search/budgets /tim /tim.csv /tim.manifest.json /tim.atom /opensearch.xml / /nguon".split()
    ),
)
def test_no_parameter_breaks_an_answer(asked: TestClient, pairs: list[tuple[str, str]], path: str) -> None:
    params = [(name, value.encode("utf-8", "replace").decode()) for name, value in pairs]
    answer = asked.get(path, params=params)
    assert answer.status_code in (200, 400, 401), (path, params)
    assert "Traceback" not in answer.text


PLACES = [
    NGHE_AN.id,
    DIEN_BAN.id,
    "v2-40",
    "v1-49",
    "nghean-gov",
    "theo-thoi-gian",
    "svg",
    "png",
    "khong-co",
    "..",
    "%2e%2e%2fx",
    "a b",
    "\U0001f98a",
    "x" * 300,
]
"""What may stand in an address where a page has its own piece: of ours, and not."""


def page_addresses(app: FastAPI) -> list[str]:
    """Every address that answers GET and is not described: pages, their files under other suffixes, feeds."""
    found = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        waiting += getattr(getattr(route, "original_router", None), "routes", ())
        if "GET" in (getattr(route, "methods", None) or ()) and not route.path.startswith("/api/"):  # type: ignore[attr-defined]
            found.append(route.path)  # type: ignore[attr-defined]
    return sorted(set(found))


def test_no_page_and_no_suffix_breaks(app: FastAPI, asked: TestClient) -> None:
    addresses = page_addresses(app)
    endings = {address.rpartition(".")[2] for address in addresses if "." in address}
    assert endings >= {"json", "jsonl", "csv", "xlsx", "parquet", "ris", "bib", "atom", "xml"}
    seen: Counter[int] = Counter()
    for address in addresses:
        pieces = st.lists(st.sampled_from(PLACES), min_size=2, max_size=2)
        values = st.one_of(st.sampled_from([*ODD, "loa", "2024", "63", "2024-Q1", "1L", "thang", "v2-40"]), st.text(max_size=8))
        pairs = st.lists(st.tuples(st.sampled_from(PARAMETERS), values), max_size=4)

        @settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(st.just(address), pieces, pairs, st.sampled_from([{}, {"Accept": "application/json"}, {"If-None-Match": "*"}]))
        def ask(path: str, parts: list[str], params: list[tuple[str, str]], headers: dict[str, str]) -> None:
            for part in parts:
                path = re.sub(r"\{\w+\}", part.replace("\\", ""), path, count=1)
            given = [(name, value.encode("utf-8", "replace").decode()) for name, value in params]
            answer = asked.get(path, params=given, headers=headers, follow_redirects=False)
            seen[answer.status_code] += 1
            assert answer.status_code in (200, 303, 304, 307, 308, 400, 401, 404), (path, given, answer.status_code)
            assert "Traceback" not in answer.text
            if answer.status_code == 200:
                assert answer.headers["x-content-type-options"] == "nosniff"

        ask()
    assert {200, 303, 304, 400, 404} <= seen.keys()


@pytest.mark.parametrize("id", ["", "%00", "..%2F..%2Fetc", "a" * 5000, NGHE_AN.id.upper(), "\U0001f98a", DIEN_BAN.id + "%0d%0aX: y"])
def test_no_name_of_an_article_breaks_an_answer(asked: TestClient, id: str) -> None:
    for path in (
        "/api/v1/article/{}",
        "/api/v1/article/{}/history",
        "/api/v1/article/{}/similar",
        "/api/v1/stories/{}",
        "/tin/{}.ris",
        "/tin/{}.json",
    ):
        answer = asked.get(path.format(id))
        assert answer.status_code in (200, 404), path
        assert "x: y" not in {name.lower() for name in answer.headers}


def test_problems_are_described_as_they_come(asked: TestClient) -> None:
    schema = asked.get("/api/v1/openapi.json").json()
    described = set(schema["components"]["schemas"]["Problem"]["properties"])
    for path in ("/api/v1/search?q=%22", "/api/v1/search?trang=x", "/api/v1/article/khong-co"):
        assert set(asked.get(path).json()) <= described
