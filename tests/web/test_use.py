"""Paths that people take: with the keyboard, in place, without JavaScript; and hostile text that gets nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from playwright.sync_api import expect

from tests import hostile
from tests.search_samples import NGHE_AN
from tests.web.conftest import ATTACKS

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_keyboard_reaches_content_search_and_result(page: Page, server: str) -> None:
    page.goto(server + "/tim")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#noi-dung")).to_be_focused()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("hung nguyen ban giao dai truyen thanh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim?q=hung+nguyen+ban+giao+dai+truyen+thanh")
    assert page.locator(".total strong").first.inner_text() == "1"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tin/{NGHE_AN.id}?*")
    assert page.locator("mark.query").first.inner_text().lower() in ("hưng", "bàn")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/nguon*")
    page.keyboard.press("?")
    page.wait_for_url("**/tro-giup*")


def test_j_and_k_walk_the_results(page: Page, server: str) -> None:
    page.goto(server + "/tim?q=ngheo")
    at = "document.activeElement.getAttribute('href')"
    links = page.locator("[data-item]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(at) == links.nth(1).get_attribute("href")
    page.keyboard.press("k")
    assert page.evaluate(at) == links.nth(0).get_attribute("href")


def test_echo_says_what_is_understood_and_where_it_is_wrong(page: Page, server: str) -> None:
    page.goto(server + "/tim")
    page.fill("#q", "loa HOẶC đài")
    page.locator("#hieu-la p", has_text="hiểu là").wait_for()
    assert "loa" in page.locator("#hieu-la").inner_text()
    page.fill("#q", 'loa "đài')
    page.locator("#hieu-la .wrong").wait_for()
    assert page.locator("#hieu-la .wrong").inner_text() == '"'
    assert page.locator("#q").get_attribute("aria-invalid") is not None


def test_filters_work_in_place_and_the_back_button_is_right(page: Page, server: str) -> None:
    page.goto(server + "/tim?q=ngheo")
    before = page.locator(".total strong").first.inner_text()
    page.evaluate("window.kept = 1")
    page.locator("#bo-loc a", has_text="Đối thoại chính sách").click()
    page.locator(".chips a", has_text="Đối thoại chính sách").wait_for()
    assert page.evaluate("window.kept") == 1, "the page was not loaded again"
    assert "hoat-dong=dialogue" in page.url
    after = page.locator(".total strong").first.inner_text()
    assert after != before
    assert "hoat-dong" in (page.locator(".ask input[name=hoat-dong]").get_attribute("name") or "")
    page.go_back()
    page.locator(".chips").wait_for(state="detached")
    assert page.locator(".total strong").first.inner_text() == before
    page.go_forward()
    page.locator(".chips a", has_text="Đối thoại chính sách").wait_for()
    assert page.locator(".total strong").first.inner_text() == after


def test_everything_works_without_scripts(plain: Page, server: str) -> None:
    page = plain
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(server + "/")
    page.fill("#q", "dak lak")
    page.click(".find button")
    page.click("#bo-loc >> text=Đối thoại chính sách")
    assert "hoat-dong=dialogue" in page.url
    page.click(".hit h2 a >> nth=0")
    page.click("text=Xem trong bài >> nth=0")
    assert page.url.endswith("#hd-1")
    page.go_back()
    page.go_back()
    assert "hoat-dong=dialogue" in page.url
    page.goto(server + "/")
    page.click(".period summary")
    page.fill(".sheet input[name=tu]", "2026-11-01")
    page.fill(".sheet input[name=den]", "2026-11-15")
    page.click(".sheet button")
    assert "01/11/2026 - 15/11/2026" in page.locator("#cau-bao-cao").inner_text()
    page.click("text=63 tỉnh")
    assert "tu=2026-11-01" in page.url or "ky=2026-11-01..2026-11-15" in page.url
    assert "/63 tỉnh có tin" in page.locator("#cau-bao-cao").inner_text()


def test_staff_finds_why_a_province_is_open_and_copies_the_sentence(page: Page, server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(server + "/")
    page.click("[data-copy='#cau-bao-cao']")
    page.get_by_text("Đã chép").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#cau-bao-cao").inner_text()
    page.get_by_title("Điện Biên: không đọc được", exact=False).click()
    page.wait_for_url("**/tinh/v2-11*")
    assert "bị chặn" in page.locator(".stats").inner_text()
    page.get_by_role("link", name="Cổng thông tin điện tử tỉnh Điện Biên").click()
    assert "bị chặn" in page.locator("main").inner_text()


def test_every_amount_opens_its_sentence(page: Page, server: str) -> None:
    page.goto(server + "/?ky=2026-11")
    page.locator(".money-line a").first.click()
    page.wait_for_url("**/kinh-phi*")
    said = page.locator(".line-item mark.money").first.inner_text()
    page.locator(".line-item a").first.click()
    page.wait_for_url("**/tin/*#kp-*")
    marked = page.locator("mark.money:has(.anchor:target)")
    assert marked.inner_text() == said


def test_hostile_text_runs_nothing_and_breaks_nothing(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    paths = [f"/tin/f{number:023d}" for number in range(len(ATTACKS))]
    paths += ["/", "/nguon", "/nguon/nguon-xau", "/tinh/v2-96", "/tim?so=100&muc=tat-ca", "/tim?so=100&q=ngheo&xem=bang"]
    paths += ["/tim?q=ngheo&xem=ngu-canh&so=100", "/kinh-phi"]
    paths += [f"/tim?q={quote(payload[:400].replace(chr(0), ''))}" for payload in hostile.MARKUP[::4]]
    for path in paths:
        page.goto(server + path)
        assert page.evaluate("window.hit") is None, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
        assert page.evaluate("getComputedStyle(document.body).display") == "block", path
        assert page.evaluate("document.querySelectorAll('main').length") == 1, path
        assert page.evaluate("[...document.links].every(a => /^https?:$/.test(a.protocol))"), path
    for name in ("tong-quan", "tinh", "kinh-phi", "nguon", "tim"):
        for suffix in ("json", "csv", "xlsx"):
            assert page.request.get(f"{server}/{name}.{suffix}").status == 200, (name, suffix)
    page.goto(server + "/tim")
    for payload in hostile.MARKUP[::3]:
        with page.expect_response("**/hieu-la.json*"):
            page.fill("#q", payload)
        page.locator("#hieu-la > *").first.wait_for()
    assert page.evaluate("window.hit") is None
    assert dialogs == []
    assert complaints == []
