"""Pages we do not want, and why: errors sent as 200, challenges, listings, attribute tables, stubs, other languages, damaged text."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from corpus.errors import Reason, Rejected
from corpus.text import fold, lower
from corpus.urls import is_paging
from pipelines.extraction.body import Body, home_of
from pipelines.extraction.dates import remainder
from pipelines.extraction.html import Page
from pipelines.extraction.lines import is_imprint
from pipelines.extraction.marks import is_strong_body
from pipelines.extraction.metadata import Metadata
from pipelines.extraction.quality import is_foreign, is_readable, is_vietnamese, measure
from pipelines.extraction.title import Title

_CHALLENGE = re.compile(
    r"just a moment|attention required|checking your browser|verify (?:that )?you are (?:a )?human|are you a robot|ddos[- ]guard|"
    r"enable javascript and cookies to continue|cf-browser-verification|_cf_chl|captcha|xac minh (?:ban la|rang ban la) (?:con )?nguoi|"
    r"xac thuc truy cap|vui long xac nhan ban khong phai|access denied|request (?:rejected|blocked)|the requested url was rejected|"
    r"dang (?:kiem tra|xac minh|xac thuc) (?:trinh duyet|ket noi|truy cap|bao mat)|"
    r"trinh duyet (?:cua ban )?se (?:tu dong )?(?:duoc )?chuyen huong|"
    r"ban da bi chan|truy cap bi tu choi|document\.cookie\s*=|toi khong phai (?:la )?(?:nguoi may|robot)"
)
_ERROR = re.compile(
    r"\b(?:404|500|502|503|403)\b.{0,40}(?:not found|error|khong tim thay|loi|forbidden|unavailable)|page not found|^not found|"
    r"khong tim thay (?:trang|noi dung|bai|duong dan|du lieu|ket qua|yeu cau|tai nguyen|thong tin)|"
    r"(?:trang|bai viet|noi dung|duong dan|tin bai|chuyen muc)[^.,:|]{0,40} (?:khong ton tai|da bi (?:xoa|go|an)|khong con|khong hop le|"
    r"khong tim thay)|"
    r"duong dan (?:bi loi|sai)|(?:xay ra|co|gap|bao) loi (?:xay ra|he thong|trong qua trinh|khi)|loi he thong|loi may chu|"
    r"(?:he thong|website|trang web|cong thong tin)[^.,:|]{0,30} dang (?:duoc )?(?:bao tri|nang cap)|co loi xay ra|"
    r"server error|runtime error|service unavailable|bad gateway|under maintenance|^loi\b.{0,20}(?:\||$)|^error\b|^oops|"
    r"an error (?:has )?occurred|"
    r"something went wrong|khong co (?:bai viet|du lieu|ban ghi|tin) nao|^khong tim thay\W{0,3}(?:\||$)"
)
_LOGIN = re.compile(r"^(?:dang nhap|login|log in|sign in|yeu cau dang nhap)\b")
_SEARCH = re.compile(
    r"^(?:(?:ket qua tim kiem|tim kiem|search results?|luu tru)\b|"
    r"(?:tags?|tu khoa|chu de|chuyen muc|danh muc|category|the|tac gia|thang|archives?)\s*:)"
)
_SEARCH_PATH = re.compile(r"/(?:search|tim-kiem|timkiem|tags?|tu-khoa|chu-de|rss)(?:[/.?]|$)", re.IGNORECASE)
# Labels of the attribute table of an official document's page.
_ATTRIBUTES = re.compile(
    r"^(?:so[ /,-]*ky hieu|so hieu|so van ban|ngay (?:ban hanh|hieu luc|het hieu luc|ky|co hieu luc)|co quan ban hanh|don vi ban hanh|"
    r"nguoi ky|trich yeu|"
    r"loai van ban|hinh thuc van ban|linh vuc|tieu de van ban|ten van ban|tinh trang(?: hieu luc)?|tep (?:dinh kem|van ban)|"
    r"file (?:dinh kem|van ban)|"
    r"van ban dinh kem|trang thai|do mat|chuc vu|so trang|noi dung(?: trich yeu)?|pham vi|tai lieu dinh kem|tap tin dinh kem|toan van)\s*:?"
)
_ENOUGH = 600
"""Characters of own text from which a page with error words or a table is an article that speaks of them."""
_STUB = 80
_SECTION = 25
"""Headings of lists (\"Tin tức - Sự kiện\") are shorter than headlines."""
_FAR = 40
"""Blocks between headline and text; link lists and buttons of ordinary pages take fewer than 20."""
_ENDS = '.!?…:;"”’)'


def check_answer(status: int, page: Page, metadata: Metadata) -> None:
    """Before the body is known: the status and pages that guard others.

    Raises: Rejected.
    """
    if status >= 400:
        raise Rejected(Reason.ERROR_PAGE, f"status {status}")
    told = fold(f"{page.head_title} {metadata.titles[0] if metadata.titles else ''}")
    chars = page.boxes[0].chars
    if chars < 2500:
        whole = fold(" ".join(block.text for block in page.blocks[:40])[:3000])
        if match := _CHALLENGE.search(f"{told} {whole}"):
            raise Rejected(Reason.ERROR_PAGE, f"challenge page: {match.group()!r}")
    if _LOGIN.match(told.strip()) and chars < 4000 and page.tree.css_first('input[type="password"]') is not None:
        raise Rejected(Reason.ERROR_PAGE, "login form")


def check_kind(page: Page, body: Body | None, metadata: Metadata, *, title: Title, size: int, url: str) -> None:
    """Once headline and body are known; ``size`` is the number of characters of text.

    Raises: Rejected for error pages sent as success, searches, listings and attribute tables.
    """
    told = fold(f"{title.text} | {page.head_title}")
    if size < _STUB:
        # Without text of its own the page may say so anywhere, not only in its title.
        told += " | " + fold(" | ".join(block.text for block in page.blocks if block.link_share < 0.5)[:2000])
    if size < _ENOUGH and _ERROR.search(told):
        raise Rejected(Reason.ERROR_PAGE, "error page sent as success")
    # The path of a file on disk is its owner's choice: "p01.html" is no further page of a list.
    address = url if url.startswith(("http://", "https://")) else ""
    if _SEARCH.match(fold(title.text)) or (_SEARCH_PATH.search(urlsplit(address).path) and not _is_article_page(metadata)):
        raise Rejected(Reason.NOT_ARTICLE, "search or tag page")
    if is_paging(address):
        raise Rejected(Reason.NOT_ARTICLE, "further page of a list")
    _check_table(page, body)
    _check_listing(page, body, title, url)


def find_prose(page: Page, body: Body | None, title: int | None) -> Body | None:
    """The body, or None where it is no article text: lines of contact data, or the page's foot far below the headline of a stub."""
    if body is None:
        return None
    blocks = [page.blocks[number] for number in body.blocks if _is_teaser_of(page, number) in (None, title)]
    sentences = sum(
        len(block.text)
        for block in blocks
        if len(block.text) >= 50 and (len(block.text) >= 120 or _is_sentence(block.text)) and not is_imprint(block.text)
    )
    if sentences < _STUB:
        return None
    if is_strong_body(page.boxes[body.box].marks):
        return body
    if title is not None and _has_empty_container(page, title, page.boxes[body.box].first):
        return None
    distant = title is not None and body.blocks[0] - title > _FAR
    if distant and body.kept_chars < 2 * _ENOUGH:
        return None
    return body


def _is_sentence(text: str) -> bool:
    """A caption may end in a bracket too: "Hội nghị ở bản Nà (3 ảnh)"."""
    return text[-1] in _ENDS and (text[-1] != ")" or any(mark in text for mark in ".,;:?!"))


def _has_empty_container(page: Page, title: int, before: int) -> bool:
    """Whether the place of the text, by its name, stands empty between the headline and what reads like text: other stories' teasers."""
    return any(
        title < box.first <= box.last <= before and box.chars < _STUB and box.tag == "div" and is_strong_body(box.marks)
        for box in page.boxes
    )


def check_text(text: str, *, title: str) -> None:
    """The last gate. Raises: Rejected for stubs, error texts, pages without headline, other languages and damaged text."""
    size = len(text.strip())
    if size < 300 and _ERROR.search(fold(text)):
        raise Rejected(Reason.ERROR_PAGE, "error page sent as success")
    if size < _STUB:
        raise Rejected(Reason.NO_TEXT, f"{size} characters of text")
    if not title:
        raise Rejected(Reason.NOT_ARTICLE, "no headline")
    check_language(text)


def check_language(text: str) -> None:
    """Raises: Rejected for damaged text and for other languages."""
    quality = measure(text)
    if is_foreign(quality) and quality.syllables < 0.75:
        raise Rejected(Reason.NOT_VIETNAMESE, f"{quality.marked:.0%} of the words carry Vietnamese letters")
    if not is_readable(quality):
        raise Rejected(Reason.UNREADABLE_TEXT, f"{quality.syllables:.0%} of the words are Vietnamese syllables")
    if not is_vietnamese(quality):
        raise Rejected(Reason.NOT_VIETNAMESE, f"{quality.syllables:.0%} Vietnamese syllables, {quality.function_words:.0%} function words")


def count_attributes(page: Page) -> int:
    """How many labels of an official document's attribute table stand in table cells, list items or definition lists."""
    labels = set()
    for block in page.blocks:
        if len(block.text) <= 60 and block.tag in ("td", "th", "dt", "li", "div", "p") and (match := _ATTRIBUTES.match(fold(block.text))):
            labels.add(match.group().strip(" :"))
    return len(labels)


def _check_table(page: Page, body: Body | None) -> None:
    if count_attributes(page) < 3:
        return
    own = 0
    if body is not None:
        own = sum(
            len(page.blocks[n].text)
            for n in body.blocks
            if page.blocks[n].tag not in ("td", "th", "dt", "dd", "li") and len(page.blocks[n].text) >= 60
        )
    if own < _ENOUGH:
        raise Rejected(Reason.NOT_ARTICLE, "attribute table of a document, no article text")


def _check_listing(page: Page, body: Body | None, title: Title, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme.startswith("http") and parts.path in ("", "/") and not parts.query:
        raise Rejected(Reason.NOT_ARTICLE, "home page")
    dates = sum(1 for box in page.boxes if "datepublished" in box.marks)
    own = _own_prose(page, body) if body is not None else 0
    if dates >= 4 and own < 3 * _ENOUGH:
        raise Rejected(Reason.NOT_ARTICLE, f"{dates} stories listed")
    teasers = sum(len(page.blocks[n].text) >= 40 and _follows_headline(page, n) for n in body.blocks) if body is not None else 0
    if body is not None and teasers >= 2 and own < 0.4 * body.kept_chars < 2 * _ENOUGH:
        raise Rejected(Reason.NOT_ARTICLE, "teasers of other stories, no text of its own")
    if body is not None and body.blocks and body.kept_chars < 2 * _ENOUGH and not _is_headline(page, title):
        first = body.blocks[0]
        pairs = sum(_is_teaser_of(page, number) is not None for number in range(len(page.blocks)))
        if pairs >= 2 and (page.blocks[first].link_share > 0.5 or _is_teaser_of(page, first) not in (None, title.block)):
            raise Rejected(Reason.NOT_ARTICLE, f"{pairs} teasers under a section's heading")
    if body is not None and _is_list_of_cards(page, body, title):
        raise Rejected(Reason.NOT_ARTICLE, "headlines with teasers, no text of its own")
    headlines, before = _headlines(page, body) if body is not None else (0, 0)
    if headlines >= 4 and before >= 3 and headlines * 260 > own:
        raise Rejected(Reason.NOT_ARTICLE, f"{headlines} linked headlines among {own} characters of text")


def _is_list_of_cards(page: Page, body: Body, title: Title) -> bool:
    """Whether nearly all text stands right under linked headlines, however long it is."""
    prose = [number for number in body.blocks if len(page.blocks[number].text) >= 40 and page.blocks[number].link_share < 0.5]
    cards = [number for number in prose if _headline_above(page, number) not in (None, title.block)]
    held = sum(len(page.blocks[number].text) for number in cards)
    return len(cards) >= (2 if not _is_headline(page, title) else 3) and held > 0.8 * sum(len(page.blocks[n].text) for n in prose)


def _is_headline(page: Page, title: Title) -> bool:
    """Whether a headline of an article stands on the page: no link and longer than the name of a section."""
    return title.block is not None and page.blocks[title.block].link_share <= 0.5 and len(title.text) >= _SECTION


def _own_prose(page: Page, body: Body) -> int:
    """Characters of paragraphs that are not the teaser right under a linked headline."""
    total = 0
    for number in body.blocks:
        block = page.blocks[number]
        if len(block.text) <= 500 and _follows_headline(page, number):
            continue
        if len(block.text) >= 40:
            total += len(block.text)
    return total


def _follows_headline(page: Page, number: int) -> bool:
    headline = _headline_above(page, number)
    return headline is not None and home_of(page, page.blocks[headline]) == home_of(page, page.blocks[number])


def _is_teaser_of(page: Page, number: int) -> int | None:
    """The linked headline that a short paragraph stands under; None for other blocks."""
    block = page.blocks[number]
    return _headline_above(page, number) if 40 <= len(block.text) <= 400 and block.link_share < 0.5 else None


def _headline_above(page: Page, number: int) -> int | None:
    """A date or a section may stand between the linked headline and its teaser."""
    for previous in range(number - 1, max(-1, number - 4), -1):
        block = page.blocks[previous]
        if block.link_share >= 0.7 and len(block.text) >= 25:
            return previous
        text = block.text
        if len(text) >= 25 and (len(text) > 80 or not any(map(str.isdigit, text)) or len(remainder(text)) >= 15):
            return None
    return None


def _headlines(page: Page, body: Body) -> tuple[int, int]:
    """Linked headlines in all and before the middle of the text: links below an article are no listing."""
    held = page.boxes[body.box]
    own = [number for number in body.blocks if len(page.blocks[number].text) >= 40]
    total = sum(len(page.blocks[number].text) for number in own)
    before = 0
    middle = held.last
    for number in own:
        before += len(page.blocks[number].text)
        if before * 2 >= total:
            middle = number
            break
    found = [
        number
        for number in range(held.first, held.last)
        if page.blocks[number].link_share >= 0.8 and 20 <= len(page.blocks[number].text) <= 250 and " " in page.blocks[number].text
    ]
    return len(found), sum(number < middle for number in found)


def _is_article_page(metadata: Metadata) -> bool:
    return metadata.kind == "article" or "article" in lower(metadata.kind)
