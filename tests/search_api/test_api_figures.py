"""The API passes figures on as they are: JSON, CSV and workbook hold the numbers that `monitor` worked out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from corpus.index import open_index
from corpus.store import open_store
from corpus.store.facts import write_stories
from monitor.desk import Monitor
from monitor.figures import to_plain
from monitor.periods import parse_period
from search_api.app import create_app
from tests.search_api.conftest import NAMES
from tests.search_samples import ALL, DIEN_BAN, FETCHED, NGHE_AN

COPY = replace(
    NGHE_AN,
    id="1" * 24,
    published=date(2023, 12, 6),
    provenance=replace(
        NGHE_AN.provenance,
        portal="bao-khac",
        requested_url="https://khac.example.vn/1",
        final_url="https://khac.example.vn/1",
        canonical_url="https://khac.example.vn/1",
    ),
)
"""The same story two days later elsewhere."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    folder = tmp_path_factory.mktemp("figures")
    with open_store(folder / "loa.db") as store, closing(open_index(folder / "index", register=NAMES.register)) as index:
        for document in (*ALL, COPY):
            store.put_document(document, FETCHED)
            index.put(document)
        index.refresh()
        with store._write() as connection:
            write_stories(connection, [(COPY.id, NGHE_AN.id)])
        yield create_app(store, index, names=NAMES, clock=lambda: FETCHED)


@pytest.fixture(scope="module")
def asked(app: object) -> TestClient:
    return TestClient(app)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def monitor(app: object) -> Monitor:
    found: Monitor = app.state.monitor  # type: ignore[attr-defined]
    return found


def plain(figures: Any) -> Any:
    return json.loads(json.dumps(to_plain(figures)))


def lines(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="loa-')
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_figures_are_passed_on_unchanged(asked: TestClient, monitor: Monitor) -> None:
    period = parse_period("2023-12")
    assert asked.get("/api/v1/overview?ky=2023-12").json() == plain(monitor.overview(period))
    assert asked.get("/api/v1/budgets").json() == plain(monitor.money(None))
    assert asked.get("/api/v1/budgets?ky=2023&ban-do=63").json() == plain(monitor.money(parse_period("2023"), "63"))
    assert asked.get("/api/v1/province/v2-40?ky=2023-12").json() == plain(monitor.province("v2-40", period))
    assert asked.get("/api/v1/sources/health").json() == plain(monitor.sources())
    # Without a period what the page shows: here the last week that has news.
    for api, page in (("overview", "tong-quan"), ("budgets", "kinh-phi"), ("province/v2-66", "tinh/v2-66")):
        assert asked.get(f"/api/v1/{api}").json() == asked.get(f"/{page}.json").json()
    assert asked.get("/api/v1/overview").json()["period"]["key"] == "2025-W36"


def test_single_sums_come_by_page_and_every_page_keeps_the_totals(asked: TestClient, monitor: Monitor) -> None:
    whole = plain(monitor.money(None))
    assert whole["sums"] == len(whole["items"]) > 1
    pages = [asked.get(f"/api/v1/budgets?so=1&trang={page}").json() for page in range(1, whole["sums"] + 1)]
    assert [page["items"][0] for page in pages] == whole["items"]
    for at, page in enumerate(pages, 1):
        assert (page["page"], page["pages"], page["sums"]) == (at, whole["sums"], whole["sums"])
        assert [row["vnd"] for row in page["roles"]] == [row["vnd"] for row in whole["roles"]]
        assert page == asked.get(f"/kinh-phi.json?so=1&trang={at}").json()
    for group in ("roles", "provinces", "activities", "years", "programmes"):
        for at, row in enumerate(whole[group]):
            found = [item for page in pages for item in page[group][at]["items"]]
            assert sorted(map(str, found)) == sorted(map(str, row["items"]))
    assert len(lines(asked, "/api/v1/budgets.csv")) == whole["sums"], "a file holds them all"
    assert asked.get("/api/v1/budgets?so=0").status_code == 400


def test_coverage_tells_four_states_and_never_0_for_unknown(asked: TestClient, monitor: Monitor) -> None:
    answer = asked.get("/api/v1/coverage?ky=2023-12").json()
    assert answer["period"]["name"] == "Tháng 12/2023"
    rows = {row["code"]: row for row in answer["provinces"]}
    assert sum(code.startswith("v2-") for code in rows) == 34
    assert rows["v2-40"]["total"] == {"week": None, "state": "news", "articles": 2, "stories": 1, "watched": 0, "unread": []}
    assert rows["v2-48"]["total"]["state"] == "unwatched"
    assert rows["v2-48"]["total"]["articles"] is None
    assert sum(state["provinces"] for state in answer["states"]) == 34
    assert answer["weeks"] == [week.key for week in monitor.coverage(parse_period("2023-12")).weeks]
    assert [cell["week"] for cell in rows["v2-40"]["weeks"]] == answer["weeks"]
    assert len(asked.get("/api/v1/coverage?ky=2023-12&ban-do=63").json()["provinces"]) >= 63


def test_coverage_as_csv_and_workbook_says_the_same(asked: TestClient) -> None:
    answer = asked.get("/api/v1/coverage?ky=2023-12").json()
    rows = lines(asked, "/api/v1/coverage.csv?ky=2023-12")
    for row, line in zip(answer["provinces"], rows, strict=True):
        assert (line["code"], line["province"]) == (row["code"], row["name"])
        assert line["articles"] == ("" if row["total"]["articles"] is None else str(row["total"]["articles"]))
    book = openpyxl.load_workbook(io.BytesIO(asked.get("/api/v1/coverage.xlsx?ky=2023-12").content))
    assert book.sheetnames == ["Trạng thái các tỉnh", "Theo tuần", "Về tệp này"]
    sheet = book["Trạng thái các tỉnh"]
    head = [cell.value for cell in sheet[1]]
    cells = {row[0].value: row[head.index("Số tin")].value for row in sheet.iter_rows(2)}
    assert cells == {row["code"]: row["total"]["articles"] for row in answer["provinces"]}


def test_money_is_counted_once_a_story_in_every_form(asked: TestClient) -> None:
    answer = asked.get("/api/v1/budgets").json()
    items = lines(asked, "/api/v1/budgets.csv")
    assert sum(int(item["vnd"]) for item in items) == sum(role["vnd"] for role in answer["roles"])
    assert [(item["document"], int(item["vnd"])) for item in items] == [(item["document"], item["vnd"]) for item in answer["items"]]
    assert [role["vnd"] for role in answer["roles"] if role["role"] == "total"] == [1_200_000_000]  # not twice
    book = openpyxl.load_workbook(io.BytesIO(asked.get("/api/v1/budgets.xlsx").content))
    sheet = book["Từng khoản"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Số tiền (đồng)")
    assert [sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)] == [item["vnd"] for item in answer["items"]]


def test_money_of_a_result(asked: TestClient, monitor: Monitor) -> None:
    every = asked.get("/api/v1/search/budgets").json()
    assert every["roles"] == plain(monitor.money(None).roles)
    # The copy alone: its story is counted from the article that is in the result.
    copy = asked.get("/api/v1/search/budgets?nguon=bao-khac").json()
    assert [(role["role"], role["vnd"], role["articles"]) for role in copy["roles"]] == [("total", 1_200_000_000, 1)]
    assert copy["items"][0]["document"] == COPY.id
    assert lines(asked, "/api/v1/search/budgets.csv?nguon=bao-khac")[0]["vnd"] == "1200000000"
    assert asked.get("/api/v1/search/budgets?q=khongcotunao").json()["roles"] == []
    one = asked.get("/api/v1/budgets?tinh=v2-48").json()
    assert {item["document"] for item in one["items"]} == {DIEN_BAN.id}


def test_results_by_story(asked: TestClient) -> None:
    answer = asked.get("/api/v1/stories?q=nghe+an").json()
    assert (answer["articles"], answer["stories"]) == (2, 1)
    (story,) = answer["items"]
    assert (story["document"], story["articles"]) == (NGHE_AN.id, [NGHE_AN.id, COPY.id])
    everything = asked.get("/api/v1/stories?so=2").json()
    assert everything["articles"] == asked.get("/api/v1/count").json()["total"]
    pages = [asked.get(f"/api/v1/stories?so=2&trang={page}").json()["items"] for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 0]
    assert len({story["story"] for page in pages for story in page}) == everything["stories"] == 4


def test_a_story_shows_why_its_articles_belong_together(asked: TestClient) -> None:
    for id in (NGHE_AN.id, COPY.id):
        answer = asked.get(f"/api/v1/stories/{id}").json()
        assert answer["story"] == NGHE_AN.id
        assert [article["id"] for article in answer["articles"]] == [NGHE_AN.id, COPY.id]
        (pair,) = answer["pairs"]
        assert (pair["kind"], pair["score"]) == ("same_event", 1.0)  # the samples are not segmented
        assert pair["reasons"]
    assert asked.get("/api/v1/stories/khong-co").status_code == 404


def test_sources_as_csv(asked: TestClient, monitor: Monitor) -> None:
    assert [line["portal"] for line in lines(asked, "/api/v1/sources.csv")] == [source.portal for source in monitor.sources().sources]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("coverage?ky=2023-W60", "ky"),
        ("overview?ky=hom-nay", "ky"),
        ("budgets?tinh=v2-99", "tinh"),
        ("budgets?tinh=v2-40&tinh=v2-48", "tinh"),
        ("budgets.csv?tinh=v1-40", "tinh"),
        ("stories?xep=moi&sau=1", "sau"),
    ],
)
def test_mistakes_name_their_parameter(asked: TestClient, path: str, parameter: str) -> None:
    answer = asked.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


def test_a_province_that_is_not_on_the_map_is_not_found(asked: TestClient) -> None:
    assert asked.get("/api/v1/province/v2-99").status_code == 404
    assert asked.get("/api/v1/province/v1-40").status_code == 404
    assert asked.get("/api/v1/province/v1-40?ban-do=63&ky=2023-12").json()["province"]["articles"] == 2


def test_pages_with_figures_are_files_too(asked: TestClient) -> None:
    overview = asked.get("/tong-quan.json?ky=2023-12").json()
    for path in ("/tong-quan.csv?ky=2023-12", "/tinh.csv?ky=2023-12"):
        rows = lines(asked, path)
        assert [(row["code"], row["articles"]) for row in rows] == [
            (row["code"], "" if row["articles"] is None else str(row["articles"])) for row in overview["provinces"]
        ]
    book = openpyxl.load_workbook(io.BytesIO(asked.get("/tong-quan.xlsx?ky=2023-12").content))
    assert [row[2].value for row in book["Kinh phí theo vai trò"].iter_rows(2)] == [row["vnd"] for row in overview["budgets"]]
    province = asked.get("/tinh/v2-40.json?ky=2023-12").json()
    assert [row["week"] for row in lines(asked, "/tinh/v2-40.csv?ky=2023-12")] == [week["week"] for week in province["weeks"]]
    book = openpyxl.load_workbook(io.BytesIO(asked.get("/tinh/v2-40.xlsx?ky=2023-12").content))
    assert [row[0].value for row in book["Câu chuyện"].iter_rows(2)] == [story["document"] for story in province["stories"]]
    money = asked.get("/kinh-phi.json").json()
    assert [int(row["vnd"]) for row in lines(asked, "/kinh-phi.csv")] == [item["vnd"] for item in money["items"]]
    assert [row["portal"] for row in lines(asked, "/nguon.csv")] == [row["portal"] for row in asked.get("/nguon.json").json()["sources"]]
    assert asked.get("/tinh/v2-99.csv").status_code == 404


def test_pages_lead_to_their_files(asked: TestClient) -> None:
    for path in ("/", "/tinh?ky=2023-12", "/tinh/v2-40?ky=2023-12", "/kinh-phi", "/nguon", "/tim?q=loa"):
        html = asked.get(path).text
        found = [part.partition('"')[0] for part in html.split('rel="nofollow" href="')[1:]]
        files = [href.replace("&amp;", "&") for href in found if ".csv" in href or ".xlsx" in href]
        assert len(files) >= 2, path
        for href in files:
            assert asked.get(href).status_code == 200, href
        assert '<link rel="search" href="/opensearch.xml"' in html
