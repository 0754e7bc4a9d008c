"""Charts at their addresses: the drawing of a page is asked for apart, kept by the browser, and its table stays on the page."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.etree
import lxml.html
import pytest
from fastapi.testclient import TestClient

from corpus.errors import DrawingUnavailable
from monitor.charts import HALF, NARROW, WIDE
from monitor.drawings import Drawings
from search_api.app import create_app
from tests.search_api.conftest import NAMES, filled
from tests.search_samples import FETCHED


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("charts")
    with filled(folder) as (store, index):
        yield TestClient(create_app(store, index, names=NAMES, clock=lambda: FETCHED), raise_server_exceptions=False)


def picture(client: TestClient, page: str) -> lxml.html.HtmlElement:
    found: lxml.html.HtmlElement = lxml.html.document_fromstring(client.get(page).text).xpath("//figure[@class='chart']/picture")[0]
    return found


@pytest.mark.parametrize("page", ["/?ky=2023", "/tinh/v2-40?ky=2023&ban-do=34", "/tim?xem=thoi-gian&nam=2023"])
def test_a_page_names_its_drawings_and_keeps_their_place(client: TestClient, page: str) -> None:
    found = picture(client, page)
    (image,) = found.xpath(".//img")
    addresses = [(source.get("srcset"), source) for source in found.xpath(".//source")] + [(image.get("src"), image)]
    assert len({address for address, _ in addresses}) == 4, "wide and narrow, light and dark"
    assert image.get("alt").startswith("Biểu đồ: ")
    for address, element in addresses:
        answer = client.get(address)
        assert answer.headers["content-type"] == "image/svg+xml"
        assert "content-disposition" not in answer.headers
        root = lxml.etree.fromstring(answer.content)
        assert (root.get("width"), root.get("height")) == (element.get("width"), element.get("height"))


def test_an_unchanged_drawing_is_not_drawn_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/bieu-do/theo-tuan.svg?ky=2023&rong={WIDE}"
    first = client.get(address)
    monkeypatch.setattr(Drawings, "drawn", lambda *_: pytest.fail("drawn"))
    assert client.get(address).content == first.content
    monkeypatch.setattr(Drawings, "kept", lambda *_: pytest.fail("looked for"))
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_only_the_widths_of_pages_are_drawn(client: TestClient) -> None:
    for width in (WIDE, HALF, NARROW):
        assert client.get(f"/bieu-do/theo-tuan.svg?ky=2023&rong={width}").status_code == 200
    for width in ("1", "100000", "x", "-330"):
        assert client.get(f"/bieu-do/theo-tuan.svg?ky=2023&rong={width}").status_code == 404


def test_what_cannot_be_drawn_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise DrawingUnavailable("ended")

    monkeypatch.setattr(Drawings, "drawn", fail)
    answer = client.get("/bieu-do/theo-tuan.svg?ky=2022")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "Bảng số liệu dưới biểu đồ vẫn đủ" in answer.text
    assert client.get("/bieu-do/theo-tuan.csv?ky=2022").status_code == 200
