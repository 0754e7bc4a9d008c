from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests import hostile
from tests.search_samples import NGHE_AN

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATHS = [
    "/",
    "/?ban-do=63",
    "/tim",
    "/tim?q=ngheo&hoat-dong=training",
    f"/tin/{NGHE_AN.id}?q=ngheo",
    "/nguon",
    "/tro-giup",
    "/tim?q=%22",
    "/khong-co",
]


@pytest.fixture(params=[375, 768, 1280])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800}, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_no_sideways_scrolling_no_outside_request_nothing_blocked(page: Page, server: str, path: str) -> None:
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if "status of 40" not in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert all(url.startswith(server) for url in requested)
    assert complaints == []


# Ratio of luminances after WCAG 2.2; text whose own or inherited background is one colour.
CONTRAST = """() => {
  const rgba = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const faults = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const style = getComputedStyle(element);
    if (!own || style.visibility === 'hidden' || style.clipPath !== 'none' || !element.getClientRects().length) continue;
    if (element.closest('.hidden, .skip')) continue;
    let behind = element, back = null;
    while (behind && !back) { const c = rgba(getComputedStyle(behind).backgroundColor); if (c[3] === 1) back = c; behind = behind.parentElement }
    const [a, b] = [lum(rgba(style.color)), lum(back || [255, 255, 255, 1])].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faults.push(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2) + ' ' + element.textContent.slice(0, 30));
  }
  return [...new Set(faults)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_contrast(browser: Browser, server: str, path: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server + path)
    assert page.evaluate(CONTRAST) == []
    context.close()


TARGETS = """() => [...document.querySelectorAll(`header a, nav a, button, input:not([type=hidden]), .chips a, .segmented a, .sorts a, .box a,
  .tiles a, .pages a, summary, .bars a`)].filter(e => e.getClientRects().length && !e.closest('details:not([open])'))
  .filter(e => e.getBoundingClientRect().height < 43.5 && !e.matches('.skip'))
  .map(e => e.outerHTML.slice(0, 80) + ' ' + e.getBoundingClientRect().height)"""


@pytest.mark.parametrize("path", PATHS)
def test_targets_are_large_enough_for_fingers(browser: Browser, server: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(server + path)
    assert page.evaluate(TARGETS) == []
    context.close()


def test_keyboard_reaches_content_search_and_result(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=True)
    page = context.new_page()
    page.goto(server + "/tim")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"
    page.focus("#q")
    page.keyboard.type("ban giao dai truyen thanh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim?q=ban+giao+dai+truyen+thanh")
    assert page.locator(".total strong").inner_text() == "1"
    page.locator(".hit h2 a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tin/{NGHE_AN.id}?*")
    assert page.locator("mark.query").first.inner_text() == "bàn"


def test_everything_works_without_scripts(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server + "/")
    page.fill("#q", "dak lak")
    page.click(".find button")
    page.click("#bo-loc >> text=Đối thoại chính sách")
    assert "hoat-dong=dialogue" in page.url
    page.click(".hit h2 a")
    page.click("text=Xem trong bài")
    assert page.url.endswith("#hd-1")
    page.go_back()
    page.go_back()
    assert "hoat-dong=dialogue" in page.url
    context.close()


def test_hostile_payloads_run_nothing(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    paths = [f"/tin/{number:024d}" for number in range(len(hostile.ALL))] + ["/", "/nguon", "/tim?so=100", "/tim?so=100&q=ngheo"]
    for path in paths:
        page.goto(server + path)
        assert page.evaluate("window.hit") is None, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
        assert page.evaluate("getComputedStyle(document.body).display") == "block", path
    assert dialogs == []
    context.close()


def test_wide_map_on_a_phone_says_how_to_see_the_islands(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    page.goto(server + "/?ban-do=63")
    assert "Hoàng Sa" in page.locator(".drag").inner_text()
    page.get_by_title("Quần đảo Trường Sa", exact=False).scroll_into_view_if_needed()
    assert page.get_by_title("Quần đảo Trường Sa", exact=False).bounding_box()["x"] < 375  # type: ignore[index]
    context.close()


def test_words_of_the_money_table_stay_whole(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{server}/tin/{NGHE_AN.id}")
    for cell in page.locator("section[aria-labelledby=so-tien] td").all():
        assert cell.evaluate("e => e.clientWidth >= e.scrollWidth && getComputedStyle(e).overflowWrap === 'break-word'")
    context.close()
