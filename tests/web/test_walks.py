"""Whole sessions of three people, in real Chromium: what each of them came for is seen, opened, taken along or done."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.web.conftest import REVIEWER, WAITING, House, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page


def number(text: str) -> int:
    return int(re.sub(r"[^\d]", "", text))


class Steps:
    """Pages loaded so far: a minute is enough for five of them."""

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        page.on("framenavigated", lambda frame: self.seen.append(frame.url) if not self.seen or self.seen[-1] != frame.url else None)


def test_staff_writes_mondays_sentence_and_finds_why_a_province_is_silent(page: Page, server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    steps = Steps(page)
    page.goto(server + "/")
    # The sentence of the last whole week, ready to be pasted, with what has changed beside it.
    page.get_by_role("button", name="Chép câu này").click()
    sentence = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"Tuần 47/2026: \d+/34 tỉnh có tin, \d+ tỉnh im lặng, 2 cổng không đọc được.*\.", sentence)
    expect(page.locator(".moves")).to_contain_text("kỳ trước")
    expect(page.locator(".moves")).to_contain_text("cùng kỳ năm trước")
    # Who is silent: from the number to the list, from the list to the province, and there why one may say so.
    page.get_by_role("list", name="Số liệu của kỳ").get_by_role("link", name="tỉnh im lặng").click()
    silent = page.get_by_role("region", name="Im lặng lâu nhất")
    expect(silent).to_be_in_viewport()
    silent.get_by_role("link", name="Lai Châu").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"Im lặng \d+ tuần liền; tin cuối ngày \d\d/\d\d/2026"))
    sources = page.get_by_role("region", name="Nguồn của Lai Châu")
    expect(sources.get_by_role("row", name="Cổng thông tin điện tử tỉnh Lai Châu")).to_contain_text("20/11/2026")
    # What could not be read is something else, and has a cause.
    page.go_back()
    unread = page.get_by_role("region", name="Không đọc được, và vì sao")
    expect(unread).to_contain_text("Cà Mau")
    unread.get_by_role("link", name="Cổng thông tin điện tử tỉnh Điện Biên").click()
    expect(page.get_by_role("region", name="Tình trạng")).to_contain_text("bị chặn")
    assert len([url for url in steps.seen if "#" not in url]) <= 5


def test_staff_takes_the_report_of_the_same_days(page: Page, server: str) -> None:
    page.goto(server + "/?ky=2026-11")
    for name, suffix in (("Báo cáo Word", "docx"), ("Báo cáo Excel", "xlsx")):
        assert (page.get_by_role("link", name=name).get_attribute("href") or "").endswith(f"/bao-cao.{suffix}?ky=2026-11")
    word = page.request.get(f"{server}/tong-quan.docx?ky=2026-11")
    assert word.ok
    assert word.url.endswith("/bao-cao.docx?ky=2026-11"), "the address of the page with a suffix"
    # From a sum to its sentences, and from a sentence to the article.
    page.get_by_role("region", name="Kinh phí nêu trong tin").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("khoản được cộng"))).to_be_visible()
    expect(page.locator(".line-item mark.money").first).to_be_visible()


def test_researcher_builds_a_query_reads_contexts_exports_and_cites(page: Page, server: str, tmp_path: Path) -> None:
    page.goto(server + "/tim")
    # A mistake is shown where it is; then the query is said back.
    page.fill("#q", "(tập huấn HOẶC hội thi")
    expect(page.locator("#hieu-la .wrong")).to_be_visible()
    page.fill("#q", '"tập huấn" HOẶC "hội thi"')
    expect(page.locator("#hieu-la")).to_contain_text("hiểu là:")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim?q=*")
    every = number(page.locator(".total strong").first.inner_text())
    page.locator("#bo-loc").get_by_role("link", name=re.compile("^2026")).click()
    page.locator(".chips a", has_text="2026").wait_for()
    total = number(page.locator(".total strong").first.inner_text())
    assert 0 < total < every
    # Contexts, ordered by the word to the right, then the most frequent first.
    page.get_by_role("link", name="Ngữ cảnh").click()
    page.locator(".kwic").wait_for()
    page.get_by_role("link", name="1 phải").click()
    page.wait_for_url("**vi-tri=1R*")
    page.get_by_role("link", name="Từ hay gặp trước").click()
    page.wait_for_url("**tan-suat=1*")
    behind = [cell.inner_text().strip().split(" ")[0].lower() for cell in page.locator(".kwic .behind").all()]
    runs = [word for at, word in enumerate(behind) if at == 0 or behind[at - 1] != word]
    assert len(runs) == len(set(runs)), "equal words stand together"
    assert [behind.count(word) for word in runs] == sorted((behind.count(word) for word in runs), reverse=True)
    # The whole result as a file, and the same from a notebook.
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    download.value.save_as(tmp_path / "tin.csv")
    with (tmp_path / "tin.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    assert len(ids) == total
    page.get_by_text("Mở trong notebook").click()
    code = page.locator("#so-tay").inner_text()
    address = re.search(r'read_json\("http://127.0.0.1(/[^"]+)", lines=True\)', code)
    assert address is not None
    lines = page.request.get(server + address[1]).text().splitlines()
    assert {json.loads(line)["id"] for line in lines} == ids
    with page.expect_download() as download:
        page.get_by_role("link", name="Tệp .ipynb").click()
    download.value.save_as(tmp_path / "tim.ipynb")
    cells = json.loads((tmp_path / "tim.ipynb").read_text("utf-8"))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "code"]
    assert address[1] in cells[1]["source"]
    # Every other format is one click, too, and none is empty.
    buttons = page.locator("#giu-lai + .buttons a[download]")
    assert [button.inner_text() for button in buttons.all()] == ["CSV", "Excel", "JSONL", "Parquet", "RIS", "BibTeX"]
    begins = {"Excel": b"PK", "JSONL": b"{", "Parquet": b"PAR1", "RIS": b"TY  - ", "BibTeX": b"@"}
    for name, magic in begins.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().lstrip("\ufeff".encode()).startswith(magic), name
    assert (tmp_path / "RIS").read_text("utf-8-sig").count("ER  - ") == total
    # One article, cited.
    page.locator(".kwic .from a").first.click()
    page.wait_for_url("**/tin/*")
    expect(page.locator("mark.query").first).to_be_visible()
    expect(page.locator("#apa")).to_contain_text("2026")
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").click()
    download.value.save_as(tmp_path / "tin.bib")
    assert (tmp_path / "tin.bib").read_text("utf-8").startswith("@")
    # Back to the same contexts in the same order.
    page.go_back()
    assert [cell.inner_text().strip().split(" ")[0].lower() for cell in page.locator(".kwic .behind").all()] == behind


def test_reviewer_clears_twenty_tags_with_the_keyboard_and_undoes_one(page: Page, house: House) -> None:
    sign_in(page, house.address, REVIEWER, "/duyet")
    page.keyboard.press("Tab")  # the keys work wherever the focus is, no pointer is needed
    page.goto(house.address + "/duyet?loai=activity")
    tab = page.get_by_role("navigation", name="Loại nhãn").locator("[aria-current]")
    before = number(tab.inner_text())
    assert before >= WAITING
    seen = []
    for at in range(20):
        title = page.locator(".review h2").inner_text()
        assert title not in seen, "what is decided does not come back"
        seen.append(title)
        expect(page.locator(".review .context mark.evidence")).to_be_visible()
        with page.expect_navigation():
            page.keyboard.press("s" if at % 3 == 2 else "d")
        expect(page.get_by_role("status")).to_contain_text("Sai" if at % 3 == 2 else "Đúng")
        assert page.url.startswith(f"{house.address}/duyet?loai=activity"), "the same queue goes on"
    assert number(tab.inner_text()) == before - 20
    with page.expect_navigation():
        page.keyboard.press("u")
    assert number(tab.inner_text()) == before - 19
    assert page.locator(".review h2").inner_text() == seen[-1], "what was undone is asked again"
    expect(page.get_by_role("status")).to_contain_text("Đã hoàn tác quyết định Đúng")
    kinds, said = (page.locator(part).bounding_box() for part in ("nav.segmented", ".notice"))
    assert kinds is not None
    assert said is not None
    assert said["y"] >= kinds["y"] + kinds["height"] + 8, "the word stands apart from the choice above it"
    # Put off, and corrected instead: the key leads to the field.
    with page.expect_navigation():
        page.keyboard.press("b")
    assert page.locator(".review h2").inner_text() != seen[-1]
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("Escape")
    # The trail says who did what.
    page.get_by_role("link", name="Nhật ký quyết định").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhật ký quyết định")
    rows = page.locator("table.data tbody tr")
    expect(rows).to_have_count(20)
    expect(rows.first).to_contain_text("Đã hoàn tác bởi lan")
    # And a decision is in force at once: the rejected tag is gone from its article.
    rejected = house.store.decisions(limit=30)
    gone = next(found for found in rejected if found.review.decision == "reject" and found.undone_at is None)
    page.goto(f"{house.address}/tin/{gone.review.document_id}")
    expect(page.get_by_role("region", name="Nhãn và bằng chứng")).to_contain_text("Không nhận ra hoạt động nào.")
