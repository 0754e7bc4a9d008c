"""The same address with another suffix is the whole result as a file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from corpus.errors import IndexUnavailable
from corpus.export import FORMATS, MEDIA_TYPES
from corpus.export.parquet import read_parquet
from corpus.index import open_index
from corpus.store import open_store
from search_api.access import Access
from search_api.app import create_app
from search_api.exports import AT_ONCE, Exporter
from search_api.words import WordDesk
from tests.search_api.conftest import NAMES
from tests.search_samples import DIEN_BAN, FETCHED, NGHE_AN, make_document

MANY = 230
TOKEN = "mot-ma-dai-de-thu"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """More documents than a batch holds; only read."""
    folder = tmp_path_factory.mktemp("many")
    with open_store(folder / "loa.db") as store, closing(open_index(folder / "index", register=NAMES.register)) as index:
        for number in range(MANY):
            document = make_document(f"{number:024d}", f"Tin {number}", "Xã lắp loa cho bản.")
            store.put_document(document, FETCHED)
            index.put(document)
        index.refresh()
        yield TestClient(create_app(store, index, names=NAMES))


@pytest.mark.parametrize("path", ["/tim", "/api/v1/search"])
@pytest.mark.parametrize("format", FORMATS)
def test_every_format_holds_the_whole_result(many: TestClient, path: str, format: str, tmp_path: Path) -> None:
    answer = many.get(f"{path}.{format}?q=loa&so=5&trang=2")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPES[format]  # type: ignore[index]
    assert answer.headers["content-disposition"] == f'attachment; filename="loa-20261120.{format}"'
    assert answer.headers["x-total-count"] == str(MANY)
    assert answer.headers["x-content-type-options"] == "nosniff"
    content = answer.content
    ids: list[str] = []
    match format:
        case "jsonl":
            ids = [json.loads(line)["id"] for line in content.splitlines()]
        case "csv":
            ids = [row["id"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
        case "xlsx":
            ids = [row[0].value for row in openpyxl.load_workbook(io.BytesIO(content))["Tin"].iter_rows(2)]
        case "parquet":
            (tmp_path / "a.parquet").write_bytes(content)
            ids = [row["id"] for row in read_parquet(tmp_path / "a.parquet")]
        case "ris":
            ids = [line[6:] for line in content.decode().splitlines() if line.startswith("ID  - ")]
        case "bib":
            ids = [line.removeprefix("@online{loa-").rstrip(",") for line in content.decode().splitlines() if line.startswith("@")]
    assert len(ids) == len(set(ids)) == many.get("/api/v1/count?q=loa").json()["total"] == MANY


def test_filters_and_figures_agree_in_every_form(client: TestClient) -> None:
    query = "q=tap+huan&hoat-dong=training&muc=tat-ca"
    total = client.get(f"/api/v1/count?{query}").json()["total"]
    facet = client.get(f"/api/v1/facets?{query}&theo=hoat-dong").json()["facets"][0]["counts"]
    rows = [json.loads(line) for line in client.get(f"/tim.jsonl?{query}").content.splitlines()]
    lines = list(csv.DictReader(io.StringIO(client.get(f"/tim.csv?{query}").content.decode("utf-8-sig"), newline="")))
    assert total == len(rows) == len(lines) == 2
    for count in facet:
        assert count["count"] == sum(count["code"] in row["activities"] for row in rows)
        assert count["count"] == sum(count["code"] in line["activities"].split("; ") for line in lines)
    hits = client.get(f"/api/v1/search?{query}").json()["hits"]
    largest = {hit["id"]: hit["amounts"][0]["vnd"] for hit in hits}
    assert largest == {row["id"]: row["largest_vnd"] for row in rows} == {line["id"]: int(line["largest_vnd"]) for line in lines}


def test_the_order_is_that_of_the_search(client: TestClient) -> None:
    for order in ("moi", "cu", "kinh-phi"):
        ids = [json.loads(line)["id"] for line in client.get(f"/tim.jsonl?xep={order}&muc=tat-ca").content.splitlines()]
        assert ids == [hit["id"] for hit in client.get(f"/api/v1/search?xep={order}&muc=tat-ca").json()["hits"]]


def test_a_manifest_tells_what_the_file_is(client: TestClient) -> None:
    content = client.get("/tim.csv?q=ngheo")
    address = content.headers["link"].partition(">")[0][1:]
    manifest = client.get(address).json()
    (file,) = manifest["files"]
    assert file["sha256"] == hashlib.sha256(content.content).hexdigest()
    assert file["bytes"] == len(content.content)
    assert file["name"] == "loa-20261120.csv"
    assert manifest["query"]["parameters"] == [["q", "ngheo"]]
    assert manifest["total"] == manifest["rows"] == client.get("/api/v1/count?q=ngheo").json()["total"]
    assert manifest["versions"]["loa"]


def test_an_unchanged_export_is_not_made_again(client: TestClient) -> None:
    first = client.get("/tim.csv?q=ngheo")
    again = client.get("/tim.csv?q=ngheo", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/tim.csv?q=loa").headers["etag"] != first.headers["etag"]
    assert client.get("/tim.jsonl?q=ngheo").headers["etag"] != first.headers["etag"]
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    catalogue.store.put_document(make_document("1" * 24, "Tin nghèo", "Lời nghèo."), FETCHED)
    assert client.get("/tim.csv?q=ngheo").headers["etag"] != first.headers["etag"]


def test_head_makes_no_file(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    etag = client.get("/tim.xlsx").headers["etag"]
    monkeypatch.setattr(Exporter, "_begin", lambda *_, **__: pytest.fail("made a file"))
    head = client.head("/tim.xlsx")
    assert (head.status_code, head.headers["etag"], head.content) == (200, etag, b"")


def test_full_text_needs_a_token(client: TestClient) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    app = create_app(catalogue.store, catalogue.index, names=NAMES, full_text_token=TOKEN)
    guarded = TestClient(app)
    for headers in ({}, {"Authorization": "Bearer sai"}, {"Authorization": "Bearer "}, {"Authorization": f"Basic {TOKEN}"}):
        answer = guarded.get("/tim.jsonl?toan-van=1", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
    allowed = guarded.get("/tim.jsonl?toan-van=1&q=tap+huan", headers={"Authorization": f"Bearer {TOKEN}"})
    rows = {row["id"]: row for row in map(json.loads, allowed.content.splitlines())}
    assert rows[NGHE_AN.id]["text"] == NGHE_AN.text
    assert "private" in allowed.headers["cache-control"]
    open_rows = [json.loads(line) for line in guarded.get("/tim.jsonl", headers={"Authorization": f"Bearer {TOKEN}"}).content.splitlines()]
    assert all("text" not in row for row in open_rows)
    assert (
        TestClient(create_app(catalogue.store, catalogue.index, names=NAMES))
        .get("/tim.jsonl?toan-van=1", headers={"Authorization": "Bearer "})
        .status_code
        == 401
    )


@pytest.mark.parametrize("path", ["/tim.csv?q=%22", "/tim.csv?trang=0", "/tim.csv?toan-van=2", "/tim.manifest.json?dang=exe", "/tim.exe"])
def test_mistakes_are_problems_before_a_file_begins(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/tim.exe" else 400)
    assert "content-disposition" not in answer.headers
    if path != "/tim.exe":
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_index_that_is_away_is_a_problem_not_half_a_file(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    index = client.app.state.catalogue.index  # type: ignore[attr-defined]

    def away(*_: object) -> None:
        raise IndexUnavailable("busy")

    monkeypatch.setattr(index, "scan", away)
    for _ in range(AT_ONCE + 1):  # a place that was not given back would show
        answer = client.get("/tim.csv")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_places_are_given_back_and_one_too_many_is_asked_to_come_again(client: TestClient) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    exporter = Exporter(catalogue, WordDesk(catalogue), Access(), clock=lambda: datetime(2026, 11, 28, tzinfo=UTC))
    for _ in range(2 * AT_ONCE):
        assert client.get("/tim.csv").status_code == 200
        assert client.get("/tim.parquet").status_code == 200
    for _ in range(AT_ONCE):
        assert exporter._places.acquire(blocking=False)
    from fastapi import FastAPI

    from search_api.exports import export_routes
    from search_api.problems import add_handlers

    app = FastAPI()
    app.include_router(export_routes(exporter))
    add_handlers(app, lambda request, problem: pytest.fail("a page"))  # type: ignore[arg-type,return-value]
    busy = TestClient(app).get("/tim.csv")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "10")


def test_lines_of_all_documents(many: TestClient) -> None:
    rows = [json.loads(line) for line in many.get("/api/v1/kwic.jsonl?q=loa").content.splitlines()]
    assert len(rows) == len({row["id"] for row in rows}) == MANY
    assert rows[0]["match"] == "loa"
    lines = list(csv.DictReader(io.StringIO(many.get("/api/v1/kwic.csv?q=loa").content.decode("utf-8-sig"), newline="")))
    assert [line["id"] for line in lines] == [row["id"] for row in rows]
    assert {line["left"] for line in lines} == {"Xã lắp "}


def test_citations_of_an_article(client: TestClient) -> None:
    assert client.get(f"/tin/{NGHE_AN.id}.ris").text.startswith("TY  - NEWS\r\n")
    assert client.get(f"/tin/{NGHE_AN.id}.bib").text.startswith("@online{loa-")
    assert client.get(f"/tin/{NGHE_AN.id}.csl.json").json()[0]["title"] == NGHE_AN.title
    for form in ("ris", "bib", "csl.json"):
        assert client.get(f"/tin/khong-co.{form}").status_code == 404


def test_history_and_versions_of_an_article(client: TestClient) -> None:
    store = client.app.state.catalogue.store  # type: ignore[attr-defined]
    later = replace(DIEN_BAN, title="Tiêu đề mới", provenance=replace(DIEN_BAN.provenance, fetched_at=datetime(2026, 11, 25, tzinfo=UTC)))
    later = replace(later, activities=(), localities=(), budgets=(), programmes=())
    store.put_document(later, FETCHED, tagged_by="rules 2")
    store.put_document(replace(later, relevance=None), FETCHED, tagged_by="rules 3")
    answer = client.get(f"/api/v1/article/{DIEN_BAN.id}/history").json()
    assert [(version["title"], version["current"]) for version in answer["versions"]] == [(DIEN_BAN.title, False), ("Tiêu đề mới", True)]
    (old,) = answer["replaced"]
    assert old["tagged_by"] == "rules 2"
    assert old["tags"]["relevance"]["value"] == "communication"
    first = client.get(f"/api/v1/article/{DIEN_BAN.id}/versions/{DIEN_BAN.content_hash}").json()
    assert (first["title"], first["content_hash"]) == (DIEN_BAN.title, DIEN_BAN.content_hash)
    assert client.get(f"/api/v1/article/{DIEN_BAN.id}").json()["title"] == "Tiêu đề mới"
    for path in (f"{DIEN_BAN.id}/versions/khong-co", "khong-co/versions/a", "khong-co/history"):
        assert client.get(f"/api/v1/article/{path}").status_code == 404
