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
            [number(cell.xpath("string(a/text())")) for cell in row.xpath("td")] for row in page.xpath("//table[@class='heat']/tbody/tr")
        ]
        assert cells == [[None] if all(n is None for n in row) else [n or None for n in row] for row in matrix]
        assert all(len(row) in (1, activities) for row in cells)
    # The weeks.
    weeks = [(point["articles"], point["year_before"]) for point in api["timeline"]]
    for rows in (table(page, "Số tin theo tuần"), rows_of(client, f"/bieu-do/theo-tuan.csv?{state}")):
        assert [number(row[1]) for row in rows] == [now for now, _ in weeks]
        if any(before is not None for _, before in weeks):
            assert [number(row[2]) for row in rows] == [before for _, before in weeks]
    money(client, state, api)


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
