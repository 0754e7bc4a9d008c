from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.errors import IndexUnavailable, InvalidData, StoreUnavailable
from corpus.index import open_index
from corpus.index.names import Names
from corpus.portals import Portal, PortalRegistry
from corpus.store import open_store
from search_api.app import create_app
from tests.search_api.conftest import NAMES, Serve
from tests.search_samples import ALL, DAK_LAK, DIEN_BAN, FETCHED, HOA_BINH, NGHE_AN, make_document


def test_search_answers_with_hits_highlights_and_facets(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "tap huan", "ban-do": "63"}).json()
    assert answer["total"] == 2
    assert {hit["id"] for hit in answer["hits"]} == {NGHE_AN.id, DIEN_BAN.id}
    hit = next(hit for hit in answer["hits"] if hit["id"] == DIEN_BAN.id)
    start, end = hit["title_highlights"][0]
    assert hit["title"][start:end] == "tập"
    assert hit["provinces"] == [{"code": "v1-49", "name": "Quảng Nam"}]
    assert hit["amounts"][0]["vnd"] == 146_400_000
    assert hit["amounts"][0]["text"] == "146,4 triệu đồng"
    assert [hit["snippet"][a:b].lower() for a, b in hit["snippet_highlights"]][:2] == ["tập", "huấn"]
    facets = {facet["field"]: facet["counts"] for facet in answer["facets"]}
    assert {"code": "v1-49", "name": "Quảng Nam", "count": 1} in facets["province_before"]
    assert facets["activity"][0] == {"code": "training", "name": "Tập huấn, bồi dưỡng", "count": 2}


def test_only_communication_by_default_with_a_switch(client: TestClient) -> None:
    assert client.get("/api/v1/count").json()["total"] == 4
    assert client.get("/api/v1/count", params={"muc": "tat-ca"}).json()["total"] == 6
    assert client.get("/api/v1/count", params={"muc": "poverty_other"}).json()["total"] == 1


@pytest.mark.parametrize("typed", ["dak lak", "Đăk Lăk", "ĐẮK LẮK", "Đa\u0306\u0301k La\u0306\u0301k"])
def test_every_way_of_typing_a_name(client: TestClient, typed: str) -> None:
    answer = client.get("/api/v1/search", params={"q": typed}).json()
    assert [hit["id"] for hit in answer["hits"]] == [DAK_LAK.id]


def test_filters_combine(client: TestClient) -> None:
    params = {"hoat-dong": "training", "tinh": "v2-48", "nam": "2023", "kinh-phi": "100m-1b"}
    assert [hit["id"] for hit in client.get("/api/v1/search", params=params).json()["hits"]] == [DIEN_BAN.id]


def test_several_codes_of_one_filter_are_alternatives(client: TestClient) -> None:
    assert client.get("/api/v1/count?tinh=v2-48&tinh=v2-40").json()["total"] == 2


def test_cursor_reads_on_to_the_end(serve: Serve) -> None:
    client = serve(*(make_document(f"{n:024d}", f"Tin {n}", "Tập huấn giảm nghèo.") for n in range(25)))
    seen: list[str] = []
    after = None
    for _ in range(9):
        params = {"so": "10", "xep": "moi"} | ({"sau": after} if after else {})
        answer = client.get("/api/v1/search", params=params).json()
        assert answer["total"] == 25
        seen += [hit["id"] for hit in answer["hits"]]
        after = answer["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 25


def test_facets_by_name(client: TestClient) -> None:
    answer = client.get("/api/v1/facets", params={"theo": ["nam", "muc"], "muc": "tat-ca"}).json()
    assert [facet["field"] for facet in answer["facets"]] == ["year", "relevance"]
    assert sum(count["count"] for count in answer["facets"][1]["counts"]) == answer["total"] == 6


def test_article_carries_names_then_and_now_and_quotes(client: TestClient) -> None:
    article = client.get(f"/api/v1/article/{DIEN_BAN.id}").json()
    place = article["localities"][0]
    assert place["name_then"] == "thị xã Điện Bàn, tỉnh Quảng Nam"
    assert place["names_now"]
    assert all(name.endswith("thành phố Đà Nẵng") for name in place["names_now"])
    assert article["budgets"][0]["quotes"][0] == "146,4 triệu đồng"
    assert article["activities"][0]["name"] == "Tập huấn, bồi dưỡng"
    assert article["provenance"]["record"] == DIEN_BAN.provenance.record
    assert "words" not in article


def test_sources_count_their_documents(client: TestClient) -> None:
    sources = {source["id"]: source for source in client.get("/api/v1/sources").json()["sources"]}
    assert sources["bao-mau"]["documents"] == 3
    assert sources["bao-mau"]["last_success"] is None
    assert (sources["bao-mau"]["history"], sources["bao-mau"]["history_documents"]) == (["bao-mau"], 3)


def test_a_source_names_what_it_came_from_and_what_came_of_it(tmp_path: Path) -> None:
    old = Portal(
        id="bao-mau",
        name="Báo Mẫu",
        home="https://mau.example.vn/",
        hosts=("mau.example.vn",),
        kind="press",
        province="v2-40",
        successors=("bao-moi",),
        valid_to=date(2025, 7, 1),
    )
    new = Portal(
        id="bao-moi",
        name="Báo Mới",
        home="https://moi.example.vn/",
        hosts=("moi.example.vn",),
        kind="press",
        province="v2-40",
        predecessors=("bao-mau",),
        valid_from=date(2025, 7, 1),
    )
    names = Names.load(portals=PortalRegistry((old, new)))
    with open_store(tmp_path / "loa.db") as store:
        for document in ALL:
            store.put_document(document, FETCHED)
        store.put_document(make_document("9" * 24, "Tin mới", "Tập huấn.", portal="bao-moi"), FETCHED)
        index = open_index(tmp_path / "index", register=names.register)
        asked = TestClient(create_app(store, index, names=names)).get("/api/v1/sources").json()
        index.close()
    fields = ("predecessors", "successors", "history", "documents", "history_documents", "valid_from", "valid_to")
    assert {
        source["id"]: tuple(source[name] for name in fields) for source in asked["sources"] if source["id"] in ("bao-mau", "bao-moi")
    } == {
        "bao-mau": ([], ["bao-moi"], ["bao-mau"], 3, 3, None, "2025-07-01"),
        "bao-moi": (["bao-mau"], [], ["bao-mau", "bao-moi"], 1, 4, "2025-07-01", None),
    }


@pytest.mark.parametrize(("page", "twin"), [("/tim?q=ngheo", "/tim.json?q=ngheo"), (f"/tin/{HOA_BINH.id}", f"/tin/{HOA_BINH.id}.json")])
def test_every_page_has_its_twin_and_the_twin_is_the_api(client: TestClient, page: str, twin: str) -> None:
    assert client.get(page).headers["content-type"].startswith("text/html")
    answer = client.get(twin)
    assert answer.headers["content-type"] == "application/json"
    api = twin.replace("/tim.json", "/api/v1/search").replace("/tin/", "/api/v1/article/").replace(".json", "")
    assert answer.json() == client.get(api).json()


@pytest.mark.parametrize("path", ["/tong-quan.json", "/nguon.json"])
def test_other_twins(client: TestClient, path: str) -> None:
    assert client.get(path).json()


@pytest.mark.parametrize("path", ["/api/v1/search?q=ngheo", "/tim?q=ngheo", "/", f"/api/v1/article/{NGHE_AN.id}"])
def test_unchanged_answers_are_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


PROBLEMS = [
    ("/api/v1/search?q=%22ngh%C3%A8o", 400, "ngoặc kép"),
    ("/api/v1/search?q=" + "a" * 501, 400, "500"),
    ("/api/v1/search?trang=0", 400, "trang"),
    ("/api/v1/search?sau=1&q=a", 400, "sau"),
    ("/api/v1/facets?theo=mau", 400, "theo"),
    ("/api/v1/article/khong-co", 404, "gỡ"),
    ("/api/v1/khong-co", 404, "không có trang"),
    ("/tin/khong-co.json", 404, "không có trang"),
]


@pytest.mark.parametrize(("path", "status", "words"), PROBLEMS)
def test_problems_have_one_shape(client: TestClient, path: str, status: int, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == status
    assert words in problem["detail"]


def test_a_bad_query_says_where(client: TestClient) -> None:
    assert client.get("/api/v1/search", params={"q": "giảm (nghèo"}).json()["position"] == 5


def test_other_methods_are_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/search", json={})
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.headers["allow"] == "GET"


class _Broken:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> object:
        def fail(*args: object, **more: object) -> object:
            raise self._error

        return fail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (IndexUnavailable("/secret/folder: busy"), 503),
        (StoreUnavailable("/secret/loa.db: locked"), 503),
        (InvalidData("damaged", file="/secret/index"), 500),
        (RuntimeError("/secret/bug"), 500),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/search", "/tim", "/"])
def test_failures_of_ours_say_nothing_of_our_insides(error: Exception, status: int, path: str) -> None:
    broken = _Broken(error)
    app = create_app(broken, broken, names=NAMES)  # type: ignore[arg-type]
    answer = TestClient(app, raise_server_exceptions=False).get(path)
    assert answer.status_code == status
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)
    if path != "/api/v1/search":
        assert answer.headers["content-type"].startswith("text/html")


def test_ready_only_when_store_and_index_answer(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "documents": 6, "indexed": 6}
    broken = _Broken(IndexUnavailable("busy"))
    app = create_app(broken, broken, names=NAMES)  # type: ignore[arg-type]
    assert TestClient(app).get("/readyz").status_code == 503


def test_openapi_is_3_1_and_names_every_parameter(client: TestClient) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    names = ("search", "count", "timeline", "facets", "matrix", "kwic", "words", "article/{id}", "article/{id}/history", "sources")
    assert set(schema["paths"]) >= {f"/api/v1/{name}" for name in names}
    assert "422" not in str(schema["paths"])
    for path in schema["paths"].values():
        assert path["get"]["summary"]
        assert path["get"]["responses"]["429"]["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
    names = {parameter["name"] for parameter in schema["paths"]["/api/v1/search"]["get"]["parameters"]}
    assert {"q", "tinh", "tinh-cu", "hoat-dong", "nguon", "nam", "tu", "den", "xep", "trang", "sau"} <= names


def test_head_answers_like_get_without_the_body(client: TestClient) -> None:
    for path in ("/", "/healthz", "/api/v1/count", "/khong-co"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers.get("etag") == get.headers.get("etag")


def test_a_document_that_left_the_store_leaves_the_page(serve: Serve) -> None:
    client = serve(NGHE_AN, DIEN_BAN)
    catalogue_store = client.app.state.catalogue.store  # type: ignore[attr-defined]
    kept = catalogue_store.iter_documents
    catalogue_store.iter_documents = lambda *, ids=None: (found for found in kept(ids=ids) if found.id != NGHE_AN.id)
    answer = client.get("/api/v1/search").json()
    assert [hit["id"] for hit in answer["hits"]] == [DIEN_BAN.id]
