"""Every page at three widths, with and without JavaScript, in both schemes: nothing clipped, nothing fetched from elsewhere, no fault that
axe-core finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.search_samples import NGHE_AN

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.web.conftest import House

WIDTHS = (375, 768, 1000, 1280)
"""A phone, a tablet upright and lying, a desk."""
FIRST_VIEW_BYTES = 100_000

PATHS = [
    "/",
    "/?ban-do=63&ky=2026-Q4",
    "/?ky=1995-W01",
    "/tim",
    "/tim?q=ngheo&hoat-dong=training",
    "/tim?q=t%E1%BA%ADp+hu%E1%BA%A5n&xem=bang",
    "/tim?q=ngheo&xem=thoi-gian",
    "/tim?q=ngheo&xem=ngu-canh&vi-tri=1R",
    "/tim?xem=ngu-canh",
    "/tim?q=%22",
    "/tim?q=khongcotunaynhuthe",
    f"/tin/{NGHE_AN.id}?q=ngheo",
    f"/tin/{NGHE_AN.id}/giong",
    "/tinh",
    "/tinh/v2-40?ky=2026",
    "/tinh/v2-11",
    "/tinh/v2-08?ban-do=63",
    "/kinh-phi",
    "/kinh-phi?vai-tro=allocated&theo=tinh&khoa=v2-40",
    "/kinh-phi?ky=1995",
    "/nguon",
    "/nguon?trang-thai=trouble",
    "/nguon/dienbien-gov",
    "/tro-giup",
    "/dang-nhap",
    "/khong-co",
    "/tim?trang=x",
    "/ban-tin",
    "/ban-tin?ban-do=63",
    "/ban-tin/2026-W46",
    "/ban-tin/2026-W46?ban-do=63",
    "/ban-tin/luu-tim?q=loa&hoat-dong=training",
    "/ban-tin/xac-nhan/{confirm}",
    "/ban-tin/xac-nhan/da-cu",
    "/ban-tin/tuy-chon/{settings}",
    "/ban-tin/luu-tim/xac-nhan/{wish}",
    "/ban-tin/roi/{leave}",
    f"/tin/{NGHE_AN.id}/bao-sai?loai=locality&nhan=v1-40",
]
SIGNED_IN = [
    "/",
    "/duyet",
    "/duyet?loai=locality",
    "/duyet?loai=budget",
    "/duyet/nhat-ky",
    "/nguon",
    "/nguon/dienbien-gov",
    "/nguon/dienbien-gov/ghi-chu",
    "/tim-da-luu?q=loa&hoat-dong=training",
    "/tim-da-luu",
    "/nguon/nguon-xau/ghi-chu",
    "/ban-tin/2026-W47",
    "/dang-nhap",
]

CHARTS = [
    ("/?ky=2026-11", 4),
    ("/?ky=2026-11&ban-do=63", 4),
    ("/tinh/v2-40?ky=2026", 2),
    ("/kinh-phi?ky=2026", 4),
    ("/nguon", 1),
    ("/tim?q=ngheo&xem=thoi-gian", 1),
]
"""Pages and how many charts each has."""
CLIPPED = """() => [...document.querySelectorAll('main *, header *')].filter(e => e.childElementCount === 0 && e.getClientRects().length
  && !e.closest('svg, .hidden, .skip, .box-scroll, thead, details:not([open]) > :not(summary), .kwic td, .period summary, .find, .ask'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.width && (box.right > innerWidth + 1 || box.left < -1
    || e.scrollWidth > e.clientWidth + 2 && e.clientWidth) })
  .map(e => e.outerHTML.slice(0, 120))"""
SQUEEZED = """() => [...document.querySelectorAll('table:not(.tiles, .heat) :is(td, th)')].filter(e => e.getClientRects().length && e.innerText.trim().length > 4
  && getComputedStyle(e.closest('thead') || e).position !== 'absolute')
  .filter(e => { const box = e.getBoundingClientRect(); return box.width < 40 && box.height > 90 }).map(e => e.outerHTML.slice(0, 120))"""
BROKEN = """() => { const found = []; const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) { const node = walker.currentNode;
    if (node.parentElement.closest('.hidden, pre, code, .kwic, blockquote, .body, .snippet, svg') || !node.parentElement.getClientRects().length) continue;
    for (const match of node.data.matchAll(/[0-9]{1,2}[/][0-9]{1,2}[/][0-9]{4}|[0-9]+([.][0-9]{3})+/g)) { const range = document.createRange();
      range.setStart(node, match.index); range.setEnd(node, match.index + match[0].length);
      if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) found.push(match[0] + ' in ' + node.parentElement.outerHTML.slice(0, 90)); } }
  return found }"""
"""Dates and numbers that do not stand on one line."""
TARGETS = """() => [...document.querySelectorAll(`header a, header summary, button, input:not([type=hidden]), select, .chips a, .segmented a, .sorts a, .box a,
  .tiles a, .pages a, summary, .bars a, .downloads a, .stats a, .role-cards a, .weeks a, .toc a, .button`)]
  .filter(e => e.getClientRects().length && !e.closest('details:not([open]) > :not(summary)') && !e.matches('.skip, [type=checkbox], [type=radio]'))
  .filter(e => e.getBoundingClientRect().height < 43.5)
  .map(e => e.outerHTML.slice(0, 90) + ' ' + e.getBoundingClientRect().height)"""


@pytest.mark.parametrize("path", PATHS)
def test_page(scripted: Page, house: House, path: str) -> None:
    look_at(scripted, house.address, house.path(path))


@pytest.mark.parametrize("path", SIGNED_IN)
def test_page_of_an_editor(signed_in: Page, house: House, path: str) -> None:
    look_at(signed_in, house.address, path)


def look_at(page: Page, server: str, path: str) -> None:
    requested: list[str] = []
    complaints: list[str] = []
    sizes: list[int] = []
    listeners: list[tuple[Any, Any]] = [
        ("request", lambda request: requested.append(request.url)),
        ("console", lambda message: complaints.append(message.text) if "status of 40" not in message.text else None),
        ("pageerror", lambda error: complaints.append(str(error))),
        ("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"])),
    ]
    for name, listener in listeners:
        page.on(name, listener)
    try:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(server + path)
        assert sum(sizes) < FIRST_VIEW_BYTES
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
            assert page.evaluate(CLIPPED) == [], width
            assert page.evaluate(SQUEEZED) == [], width
            assert page.evaluate(BROKEN) == [], width
        page.set_viewport_size({"width": 375, "height": 800})
        assert page.evaluate(TARGETS) == []
        assert faults(page) == []
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="dark")
        assert faults(page) == []
        page.set_viewport_size({"width": 375, "height": 800})
        assert faults(page, only="color-contrast") == []
        page.emulate_media(color_scheme="light")
    finally:
        for name, listener in listeners:
            page.remove_listener(name, listener)
    assert all(url.startswith(server) for url in requested)
    assert complaints == []


def faults(page: Page, *, only: str = "") -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "rule", "values": [only]}} if only else None).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"][:3]]


@pytest.mark.parametrize("path", PATHS)
def test_page_without_scripts(plain: Page, house: House, path: str) -> None:
    for width in WIDTHS:
        plain.set_viewport_size({"width": width, "height": 800})
        if width == WIDTHS[0]:
            plain.goto(house.address + house.path(path))
        assert plain.locator("main h1").count() == 1
        assert plain.locator("main").bounding_box()["width"] <= width  # type: ignore[index]
        assert plain.locator("header [data-copy], [data-copy]:visible").count() == 0, "what needs a script is not shown without it"


def test_both_archipelagos_stand_on_the_map_of_a_phone(scripted: Page, server: str) -> None:
    for units in ("34", "63"):
        scripted.set_viewport_size({"width": 375, "height": 800})
        scripted.goto(f"{server}/?ban-do={units}")
        for islands in ("Hoàng Sa", "Trường Sa"):
            box = scripted.get_by_title(f"Quần đảo {islands}", exact=False).bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= 375


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/?ky=2026-11", "/tim?ky=2026-10-01..2026-11-15"])
def test_what_opens_in_the_head_stays_on_the_screen(scripted: Page, server: str, path: str, width: int) -> None:
    scripted.set_viewport_size({"width": width, "height": 800})
    scripted.goto(server + path)
    opened = scripted.locator("header summary:visible")
    assert opened.count() >= 1
    for summary in opened.all():
        summary.click()
        parts = scripted.locator("header details[open] :is(a, input, button)").evaluate_all(
            "all => all.map(e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right])"
        )
        assert len(parts) >= 5
        assert all(left >= 0 and right <= width for left, right in parts), (path, width, parts)
        scripted.keyboard.press("Escape")


def test_names_stay_off_the_borders_of_the_tiles_on_a_phone(scripted: Page, server: str) -> None:
    scripted.set_viewport_size({"width": 375, "height": 800})
    for units in ("34", "63"):
        scripted.goto(f"{server}/?ban-do={units}")
        close = scripted.locator(".tiles a").evaluate_all(
            """all => all.filter(a => {
                const range = document.createRange(); range.selectNodeContents(a.firstChild);
                const [text, tile] = [range.getBoundingClientRect(), a.getBoundingClientRect()];
                return text.left < tile.left + 1 || text.right > tile.right - 1 || text.bottom > tile.bottom || text.top < tile.top
            }).map(a => a.textContent)"""
        )
        assert close == [], (units, close)


@pytest.mark.parametrize("path", ["/nguon", "/tinh"])
def test_numbers_of_a_row_stand_on_one_line_on_a_phone(scripted: Page, server: str, path: str) -> None:
    """Though the words over some of them take two lines."""
    scripted.set_viewport_size({"width": 375, "height": 800})
    scripted.goto(server + path)
    foot = """row => [...row.querySelectorAll('td.right')].map(cell => {
        const range = document.createRange(); range.selectNodeContents(cell); return Math.round(range.getBoundingClientRect().bottom)})"""
    rows = scripted.locator(".lines tbody tr").evaluate_all(f"rows => rows.map({foot})")
    assert len(rows) > 5
    assert all(max(row) - min(row) <= 3 for row in rows if row), rows[:3]  # a link is a little higher


def test_a_wrong_address_is_answered_in_the_language_of_the_page(scripted: Page, server: str) -> None:
    """Not by the browser in its own."""
    scripted.goto(server + "/ban-tin")
    scripted.get_by_label("Địa chỉ thư điện tử").fill("khong-phai-thu")
    scripted.get_by_role("button", name="Đăng ký").click()
    assert scripted.get_by_role("alert").inner_text() == "Địa chỉ thư điện tử chưa đúng dạng. Xin viết như ten@coquan.gov.vn."
    assert scripted.get_by_label("Địa chỉ thư điện tử").input_value() == "khong-phai-thu"


@pytest.mark.parametrize(("path", "charts"), CHARTS)
def test_every_chart_has_its_files_and_its_table(scripted: Page, server: str, path: str, charts: int) -> None:
    scripted.goto(server + path)
    rows = scripted.locator(".downloads")
    assert rows.count() == charts
    for row in rows.all():
        links = {link.inner_text().split()[0]: server + (link.get_attribute("href") or "") for link in row.locator("a").all()}
        assert list(links) == ["SVG", "PNG", "CSV", "JSON"]
        begins = {"SVG": b"<svg", "PNG": b"\x89PNG", "CSV": "\ufeff".encode(), "JSON": b"{"}
        for name, address in links.items():
            assert urlsplit(address).path.endswith(f".{name.lower()}"), "the address and a suffix are the file"
            answer = scripted.request.get(address)
            assert answer.ok, address
            assert answer.body().startswith(begins[name]), (address, answer.body()[:20])
            assert "attachment" in answer.headers.get("content-disposition", "") or name == "JSON"
        # Table and caption stand with the chart: its own, or the map or the table whose cells are links.
        around = row.locator("xpath=ancestor::*[self::section or self::figure][1]")
        assert around.locator("table").count() >= 1
        assert around.locator(".note").first.inner_text().strip()


def test_lines_of_context_stay_apart_on_a_tablet(scripted: Page, server: str) -> None:
    for width in (720, 768, 1000, 1280):
        scripted.set_viewport_size({"width": width, "height": 800})
        scripted.goto(server + '/tim?q="truyền+thông"+HOẶC+"truyền+thanh"&xem=ngu-canh&so=100&muc=tat-ca')
        assert scripted.get_by_text("không rõ ngày").count() >= 1
        assert scripted.evaluate("document.documentElement.scrollWidth") <= width
        wide = "e => e.firstElementChild.getBoundingClientRect().right > e.getBoundingClientRect().right + 1"
        cells = scripted.locator(".kwic .match, .kwic .from")
        assert cells.evaluate_all(f"all => all.filter({wide}).map(e => e.textContent)") == []
