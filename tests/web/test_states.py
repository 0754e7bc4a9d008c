"""Pages in states that do not stay: while results are on their way, after an error of any kind, and on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import expect
from starlette.exceptions import HTTPException

from corpus.index import open_index
from corpus.store import open_store
from search_api.app import create_app
from tests.search_api.conftest import NAMES
from tests.web.test_pages import BROKEN, CLIPPED, TARGETS, WIDTHS, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route


ERRORS = (400, 401, 403, 404, 405, 410, 413, 422, 429, 500, 503)
A4 = {"width": 680, "height": 960}
"""The part of a sheet inside our margins, in the points of CSS."""
PRINTED = ["/?ky=2026-11", "/?ban-do=63&ky=2026-Q4", "/tinh/v2-40?ky=2026", "/tim?q=ngheo&xem=thoi-gian"]
TABLES = ["/nguon", "/kinh-phi?ky=2026", "/tinh", "/tim?q=ngheo&xem=bang", "/tim?q=ngheo&xem=ngu-canh", "/ban-tin/2026-W46", "/tro-giup"]


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An application whose address /loi/NUMBER fails with that status."""
    folder = tmp_path_factory.mktemp("failing")
    with open_store(folder / "loa.db") as store:
        index = open_index(folder / "index", register=NAMES.register)
        app: FastAPI = create_app(store, index, names=NAMES, people=store)

        @app.get("/loi/{status}")
        def fail(status: int) -> None:
            if status == 500:
                raise ValueError(status)
            raise HTTPException(status)

        yield TestClient(app, raise_server_exceptions=False)
        index.close()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_waiting_is_seen_calmly_and_ends(browser: Browser, server: str, motion: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800}, locale="vi-VN", reduced_motion=motion)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server + "/tim?q=ngheo")
    held: list[Route] = []
    page.route("**/tim?*hoat-dong*", lambda route: held.append(route))
    page.locator("#bo-loc a", has_text="Đối thoại chính sách").click()
    busy = page.locator("[data-live][aria-busy=true]")
    busy.wait_for()
    seen = """e => new Promise(done => { const look = () => { const word = getComputedStyle(e, '::before');
      if (word.opacity === '1') done(word.content); else requestAnimationFrame(look) }; look() })"""
    assert busy.evaluate(seen) == '"Đang tìm…"'
    assert float(busy.locator(".results").evaluate("e => getComputedStyle(e).opacity")) < 0.8
    moving = busy.evaluate("e => getComputedStyle(e, '::after').content !== 'none'")
    assert moving == (motion == "no-preference")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    held[0].continue_()
    page.locator(".chips a", has_text="Đối thoại chính sách").wait_for()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.locator(".results").evaluate("e => getComputedStyle(e).opacity") == "1"
    context.close()


@pytest.mark.parametrize("status", ERRORS)
def test_every_error_is_a_whole_page(scripted: Page, server: str, failing: TestClient, status: int) -> None:
    answer = failing.get(f"/loi/{status}", headers={"accept": "text/html"})
    assert answer.status_code == status
    headers = {name: value for name, value in answer.headers.items() if name in ("content-type", "content-security-policy")}
    scripted.route(f"**/loi/{status}", lambda route: route.fulfill(status=status, headers=headers, body=answer.text))
    scripted.emulate_media(color_scheme="light", media="screen")
    scripted.goto(f"{server}/loi/{status}")
    expect(scripted.get_by_role("alert")).to_contain_text(str(status))
    assert scripted.locator("header nav [aria-current]").count() == 0, "an error is none of the pages"
    for width in WIDTHS:
        scripted.set_viewport_size({"width": width, "height": 800})
        assert scripted.evaluate("document.documentElement.scrollWidth") <= width
        assert scripted.evaluate(CLIPPED) == []
    scripted.set_viewport_size({"width": 375, "height": 800})
    assert scripted.evaluate(TARGETS) == []
    assert faults(scripted) == []
    scripted.emulate_media(color_scheme="dark")
    assert faults(scripted) == []
    scripted.emulate_media(color_scheme="light")
    scripted.get_by_role("link", name="Về trang tổng quan").click()
    expect(scripted.locator("h1")).to_contain_text("Tổng quan")


@pytest.mark.parametrize("path", PRINTED)
def test_drawings_are_on_paper_though_nobody_scrolled(browser: Browser, server: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 300}, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    drawn: list[str] = []
    page.on("requestfinished", lambda request: drawn.append(request.url) if "/bieu-do/" in request.url else None)
    page.goto(server + path)  # until everything is loaded, as a program does that makes a PDF of an address
    wanted = [server + (image.get_attribute("src") or "") for image in page.locator(".chart img").all()]
    assert wanted
    assert set(wanted) <= set(drawn)
    assert b"/Type /Page" in page.pdf(format="A4")
    context.close()


def test_a_dark_phone_prints_the_light_wide_drawing(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 700}, locale="vi-VN", color_scheme="dark")
    page = context.new_page()
    page.goto(server + "/?ky=2026-11")
    image = page.locator(".chart img")
    assert "nen=toi" in image.evaluate("i => i.currentSrc")
    page.emulate_media(media="print")
    expect(image).to_have_js_property("currentSrc", server + (image.get_attribute("src") or ""))
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("i => i.naturalWidth") > 500
    box = image.bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert box["height"] > 60
    context.close()


@pytest.mark.parametrize("path", [*PRINTED, *TABLES])
def test_paper_has_the_pages_of_a_window(scripted: Page, server: str, path: str) -> None:
    scripted.set_viewport_size({"width": 680, "height": 960})
    scripted.emulate_media(media="screen", color_scheme="dark")
    scripted.goto(server + path)
    scripted.emulate_media(media="print", color_scheme="dark")
    try:
        assert scripted.evaluate("document.documentElement.scrollWidth") <= A4["width"]
        assert scripted.evaluate(CLIPPED) == []
        assert scripted.evaluate(BROKEN) == []
        assert not scripted.locator("header nav a, .find, .filters, .downloads, .sheet").filter(visible=True).count()
        shown = scripted.locator(".switch a").filter(visible=True)
        assert shown.count() == 1, "the map in use is said"
        assert re.fullmatch("(34|63) tỉnh", shown.inner_text())
        for table in scripted.locator("table.data").all():
            assert table.locator("thead th").first.is_visible(), "a table is a table on paper"
        assert scripted.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        ink = scripted.evaluate("getComputedStyle(document.querySelector('main p')).color")
        assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 400, "dark ink, whatever the screen shows"
    finally:
        scripted.emulate_media(media="screen", color_scheme="light")
