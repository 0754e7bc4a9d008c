"""Page, JSON twin, CSV and API say the same numbers, whatever the corpus: random articles, read back from what each of them sends."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import lxml.html
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.document import Document
from corpus.index import open_index
from corpus.index.names import Names
from corpus.store import open_store
from search_api.app import create_app
from tests.search_samples import make_document
from tests.web_corpus import NOW, TODAY, reading_of, registry

NAMES = Names.load(portals=registry())
PLACES = ["v2-40", "v2-48", "v1-49", "v1-40", "v2-66", "VN"]
ROLES = ["total", "allocated", "disbursed", "cap"]


@st.composite
def corpora(draw: st.DrawFn) -> list[Document]:
    found = []
    for at in range(draw(st.integers(0, 10))):
        vnd = draw(st.integers(1, 900)) * 10**6
        place = draw(st.sampled_from(PLACES))
        role = draw(st.sampled_from([None, *ROLES]))
        found.append(
            make_document(
                f"{at:024x}",
                f"Tin số {at}",
                f"Nơi ấy mở lớp tập huấn {at}. Số tiền {vnd // 10**6} triệu đồng. Cũng có đối thoại {at}.",
                published=draw(
                    st.none() | st.dates(date(2026, 11, 9), date(2026, 11, 22)) | st.dates(date(2025, 11, 17), date(2025, 11, 23))
                ),
                portal=draw(st.sampled_from(["nghean-gov", "danang-gov", "bao-trung-uong"])),
                relevance=draw(st.sampled_from(["communication", "communication", "poverty_other"])),  # type: ignore[arg-type]
                about=((place, "Nơi ấy"),),
                activities=draw(
                    st.sampled_from(
                        [(), (("training", "tập huấn", "done"),), (("training", "tập huấn", "done"), ("dialogue", "đối thoại", "planned"))]
                    )
                ),
                amounts=((f"{vnd // 10**6} triệu đồng", vnd, role, "exact", "budget"),) if role else (),  # type: ignore[arg-type]
            )
        )
    return found


def number(text: str) -> int | None:
    """What a reader reads: dots group thousands; a sign instead of a number is not known."""
    digits = re.sub(r"[^\d]", "", text)
    return int(digits) if digits else None


def table(page: lxml.html.HtmlElement, title: str) -> list[list[str]]:
    (found,) = page.xpath("//div[@class='box-scroll'][starts-with(@aria-label, $title)]//table", title=f"Bảng số liệu: {title}")
    return [[cell.text_content().strip() for cell in row.xpath("th | td")] for row in found.xpath(".//tbody/tr")]


def rows_of(client: TestClient, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"), newline="")))[1:]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(corpora(), st.sampled_from(["34", "63"]), st.sampled_from(["2026-W47", "2026-11", "2026-11-10..2026-11-18"]))
def test_page_twin_csv_and_api_agree(documents: list[Document], units: str, period: str) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        open_store(Path(name) / "loa.db") as store,
        closing(open_index(Path(name) / "index", register=NAMES.register)) as index,
    ):
        for document in documents:
            store.put_document(document, NOW)
            index.put(document)
        index.refresh()
        for week in range(3):
            at = NOW - timedelta(weeks=week, days=2)
            run = store.begin_run("crawl", at)
            for portal in NAMES.portals:
                reading = reading_of(portal, run, at, wrong="blocked" if portal.id == "danang-gov" and week == 0 else None)
                store.observe(portal.id, run, at, reading.to_plain())
            store.end_run(run, at, {})
        client = TestClient(create_app(store, index, names=NAMES, clock=lambda: NOW, today=lambda: TODAY))
        compare(client, f"ban-do={units}&ky={period}")


def compare(client: TestClient, state: str) -> None:
    api: dict[str, Any] = client.get(f"/api/v1/overview?{state}").json()
    assert client.get(f"/tong-quan.json?{state}").json() == api
    page = lxml.html.document_fromstring(client.get(f"/?{state}").text)
    assert page.xpath("string(//*[@id='cau-bao-cao'])") == f"{api['headline']}."
    # The map: tiles of the page, its table, its CSV.
    tiles = {tile["code"]: tile for row in api["tiles"] for tile in row if tile and not tile["islands"]}
    shown = {
        re.search(r"/tinh/([^?]+)", cell.get("href"))[1]: number(cell.xpath("string(b)"))  # type: ignore[index]
        for cell in page.xpath("//table[contains(@class, 'tiles')]//td[not(contains(@class, 'islands'))]/a")
    }
    assert shown == {code: tile["articles"] or None for code, tile in tiles.items()}
    said = {tile["name"]: (tile["state_name"], tile["articles"]) for tile in tiles.values()}
    twin = {row[0]: (row[1], number(row[2])) for row in table(page, "Số tin theo tỉnh")}
    assert twin == said
    assert {row[0]: (row[1], number(row[2])) for row in rows_of(client, f"/bieu-do/ban-do.csv?{state}")} == said
    # The matrix: cells of the page and its CSV; an empty cell of the CSV is not known.
    activities = len(api["matrix"]["activities"])
    matrix = [[cell["articles"] for cell in row["cells"]] for row in api["matrix"]["rows"]]
    assert [[number(value) for value in row[1:]] for row in rows_of(client, f"/bieu-do/hoat-dong-tinh.csv?{state}")] == matrix
    if api["matrix"]["largest"]:
        cells = [
            [number(cell.xpath("string(a/text())")) for cell in row.xpath("td")]
            for row in page.xpath("//table[@class='heat']/tbody/tr[not(td[contains(@class, 'unwatched')])]")
        ]
        # Provinces for which no source is watched and of which nothing is said stand in one row of names.
        states = [row["state"] for row in api["matrix"]["rows"]]
        rows = [row for row, found in zip(matrix, states, strict=True) if found != "unwatched" or any(n is not None for n in row)]
        assert cells == [[None] if all(n is None for n in row) else [n or None for n in row] for row in rows]
        assert all(len(row) in (1, activities) for row in cells)
    # The weeks.
    weeks = [(point["articles"], point["year_before"]) for point in api["timeline"]]
    for rows in (table(page, "Số tin theo tuần"), rows_of(client, f"/bieu-do/theo-tuan.csv?{state}")):
        assert [number(row[1]) for row in rows] == [now for now, _ in weeks]
        if any(before is not None for _, before in weeks):
            assert [number(row[2]) for row in rows] == [before for _, before in weeks]
    money(client, state, api)
    provinces(client, state, api)
    sources(client, state)


def provinces(client: TestClient, state: str, overview: dict[str, Any]) -> None:
    """The table of all provinces and the page of each that something is said of: page, twin, CSV and API."""
    page = lxml.html.document_fromstring(client.get(f"/tinh?{state}").text)
    rows = [[cell.text_content().strip() for cell in row.xpath("td")] for row in page.xpath("//table[contains(@class, 'data')]/tbody/tr")]
    fields = ("articles", "stories", "before", "year_before")
    assert [[number(value) for value in row[2:]] for row in rows] == [[row[field] for field in fields] for row in overview["provinces"]]
    file = rows_of(client, f"/tinh.csv?{state}")
    assert [[number(value) for value in row[4:8]] for row in file] == [[row[field] for field in fields] for row in overview["provinces"]]
    told = [row for row in overview["provinces"] if row["articles"] and row["code"] != "VN"][:2]
    silent = [row for row in overview["provinces"] if row["articles"] is None][:1]
    for row in (*told, *silent):
        api = client.get(f"/api/v1/province/{row['code']}?{state}").json()
        assert client.get(f"/tinh/{row['code']}.json?{state}").json() == api
        assert api["province"] == row
        shown = lxml.html.document_fromstring(client.get(f"/tinh/{row['code']}?{state}").text)
        stats = [number(found.text_content()) for found in shown.xpath("//ul[@class='stats']//b")][1:]
        assert stats == [row[field] for field in fields]
        weeks = [week["articles"] for week in api["weeks"]]
        assert [number(found.text_content()) or 0 for found in shown.xpath("//ol[@class='weeks']//b")] == [week or 0 for week in weeks]
        assert [number(line[4]) for line in rows_of(client, f"/tinh/{row['code']}.csv?{state}")] == weeks
        assert [number(line[1]) for line in table(shown, "Số tin theo tuần")] == [point["articles"] for point in api["timeline"]]
        counted = {found["name"]: found["articles"] for found in api["activities"] if found["articles"]}
        if counted:
            assert {line[0]: number(line[1]) for line in table(shown, "Hoạt động")} == counted
            drawn = rows_of(client, f"/bieu-do/hoat-dong.csv?{state}&{'tinh' if 'ban-do=34' in state else 'tinh-cu'}={row['code']}")
            assert {line[0]: number(line[1]) for line in drawn} == counted


def sources(client: TestClient, state: str) -> None:
    api = client.get("/api/v1/sources/health").json()
    assert client.get("/nguon.json").json() == api
    page = lxml.html.document_fromstring(client.get(f"/nguon?{state}").text)
    rows = page.xpath("//table[contains(@class, 'sources')]/tbody/tr")
    shown = [[number(cell.text_content()) for cell in row.xpath("td")[4:7]] for row in rows]
    assert shown == [[source["new_7"], source["new_28"], source["documents"]] for source in api["sources"]]
    file = rows_of(client, "/nguon.csv")
    assert [[number(line[at]) for at in (10, 11, 9)] for line in file] == shown


def money(client: TestClient, state: str, overview: dict[str, Any]) -> None:
    """Sums by role: the overview's, the page's, the twin's, the CSV's; and one role's by province adds up to it."""
    api = client.get(f"/api/v1/budgets?{state}").json()
    twin = client.get(f"/kinh-phi.json?{state}").json()
    assert twin == api
    assert [(row["role"], row["vnd"]) for row in overview["budgets"]] == [(row["role"], row["vnd"]) for row in twin["roles"]]
    page = lxml.html.document_fromstring(client.get(f"/kinh-phi?{state}").text)
    for card, row in zip(page.xpath("//ul[@class='role-cards']/li"), twin["roles"], strict=True):
        assert card.xpath("string(.//small)") == f"{row['articles']} tin, {row['sentences']} câu"
    for row in twin["roles"]:
        rows = rows_of(client, f"/bieu-do/kinh-phi-tinh.csv?{state}&vai-tro={row['role']}")
        assert sum(int(found[1]) for found in rows) == row["vnd"]
        opened = lxml.html.document_fromstring(client.get(f"/kinh-phi?{state}&vai-tro={row['role']}").text)
        assert number(opened.xpath("string(//h2[@id='cau'])")) == len(row["items"])
    assert "cap" not in {row["role"] for row in twin["roles"]}
