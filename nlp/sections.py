"""Which parts of a document speak for it: sentences with their zone, so that taggers skip captions, menus and teasers.

A rule over lines, not over HTML: it also serves text files and what extraction left behind. Places and money keep their own view of
boilerplate; nothing is removed here, only named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.document import Document, FieldName, Span
from corpus.text import lower, sentences, unify_tones
from nlp.sieve import Guarded

Zone = Literal["title", "lead", "body", "heading", "caption", "basis", "chrome"]
Section = Literal["", "purpose", "goals", "tasks", "money", "organisation"]

_LEAD_SENTENCES = 2
_MIN_BODY_BEFORE_BYLINE = 600
"""Characters of running text; a line that looks like a name further up is a byline under the title, not the end of the article."""
_MIN_BODY_BEFORE_END = 40
_MAX_BYLINE_WORDS = 5
_CAPTION_WORDS = 26
_LONG_LINE = 90

RECEIVING_PLACES = r"\W*(?:gồm |là )?(?:các )?(?:huyện|xã|thị xã|thành phố|thôn|bản)\s"
"""What follows "nơi nhận" where places got something, instead of the recipients of a document."""
# What follows these lines belongs to other articles or to the site.
_END = re.compile(
    r"(?:các\s+)?(?:tin|bài|bài viết)\s+(?:(?:bài|đã đưa|cũ hơn|mới hơn)\s+)?(?:liên quan|khác|cùng chuyên mục|cùng loại"
    r"|mới nhất|nổi bật|đọc nhiều|xem nhiều)"
    r"|tin (?:bài )?cùng chuyên mục|có thể bạn quan tâm|đừng bỏ lỡ|(?:đọc|xem) nhiều|đọc thêm|xem thêm|bài trước|bài tiếp theo|bài sau"
    r"|trả lời$|ý kiến (?:bạn|độc giả)"
    rf"|bình luận|nơi nhận(?!{RECEIVING_PLACES})"
    r"|các tin bài|tin mới hơn|tin cũ hơn|related|từ khóa\s*:|tags?\s*:|email của bạn|bản quyền"
)
_SURE_END = re.compile(r"liên quan|chuyên mục|nơi nhận")
_CHROME = re.compile(
    r"(?:(?:[^.!?:]{2,25} [-–] )?(?:trang|cổng) (?:thông tin điện tử|ttđt) (?:xã|phường|huyện|quận|thị xã|thành phố|tỉnh|sở|ủy ban"
    r"|ubnd)[^.!?]{0,60}$"
    r"|(?:trang|cổng) (?:thông tin điện tử|ttđt)(?: \w+){1,3}$"
    r"|trang chủ|đăng nhập|đăng ký(?: tài khoản| nhận|$)|liên hệ(?:\s*:| quảng cáo|$)|skip |powered|publishingportal|lượt xem"
    r"|cập nhật(?: ngày| lúc|\s*:| lần|\s*\d|$)|đăng ngày|ngày đăng|in bài|bản in"
    r"|gởi bài|gửi bài"
    r"|tăng cỡ chữ|a- a\+|thay đổi tương phản|điện thoại$|gửi mail|xem với cỡ chữ|phiên bản|mục lục|(?:• )?thuộc tính$"
    r"|(?:• )?tóm tắt$|vb gốc|lược đồ"
    r"|tải (?:về|văn bản)|chia sẻ(?:\s*:| facebook| zalo| bài|$)|theo dõi (?:\S+ trên|chúng tôi|báo)|nguồn\s*:|theo báo"
    r"|tác giả(?: bài viết)?\s*:|kính gửi\s*:|báo (?:và (?:đài )?)?phát thanh(?:,| và| -) truyền hình(?: \w+){1,4}$"
    r"|chào mừng (?:bạn|quý vị) đến với|permissions\b|bạn không có quyền|quảng cáo|analytic|loading|null|bạn đang ở đây|\[trở về\]|tag\s*:"
    r"|mới nhất|video$|media |đang tải|hệ thống pháp luật|danh mục$|danh mục\s*:|advertisements|continue reading|hotline|<|\{|\||您|时间)"
)
_OF_THE_PAGE = Guarded(
    r"\b(?:cỡ chữ|lượt xem|lượt đọc|số lần đọc|đọc bài viết|chi tiết bài viết|in bài viết|điểm của bài viết|đánh giá bài viết"
    r"|câu trả lời(?: này)? có hữu ích|(?:chép|sao chép) liên kết|gmt\+7)\b"
)
"""Stands anywhere in a short line that is a tool of the page: "08:30 | Xem cỡ chữ  Đọc bài viết"."""
_CALL = re.compile(r"[*• ]*(?:kính )?mời (?:quý |các )*(?:độc giả|bạn đọc|khán giả|quý vị|bạn)\b")
"""A call to readers, however long."""
_CREDIT = Guarded(
    r"\(\s*ảnh|[-–(]\s*ảnh|(?:^|[.\s])(?:ảnh|nguồn ảnh)\s*(?::|minh h[ọo]a|tư liệu|tl\b)|\.(?:jpe?g|png|gif|webp)\b|^ảnh\b|^clip\s*:"
)
_SCENE = re.compile(r"(?:quang cảnh|toàn cảnh|các đại biểu|đại biểu (?:dự|tham dự|chụp)|một số hình ảnh|hình ảnh|khách mời|ảnh )")
_BASIS = re.compile(r"[-+•–\s]*(?:căn cứ|xét đề nghị|xét tờ trình|theo đề nghị của)\b")
_HEADING = re.compile(r"(?:[ivx]{1,5}|\d{1,2}|[a-zđ])\s*[.)]\s|điều \d|phần (?:thứ|[ivx\d])|chương [ivx\d]")
_SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    ("purpose", re.compile(r"mục đích|yêu cầu|sự cần thiết|quan điểm")),
    ("goals", re.compile(r"mục tiêu|chỉ tiêu")),
    ("money", re.compile(r"kinh phí|nguồn vốn|dự toán")),
    ("organisation", re.compile(r"tổ chức thực hiện|phân công|trách nhiệm")),
    ("tasks", re.compile(r"nhiệm vụ|giải pháp|nội dung|hình thức|hoạt động|phương hướng|thời gian tới")),
)
_PLAN_TITLE = re.compile(r"(?:dự thảo\s+)?kế hoạch\s+(?:số\s+)?\d*\s*/?\s*(?:kh\b|truyền thông|thực hiện|triển khai|tổ chức)")
_PLAN_LINE = re.compile(
    r"^[ \t]*(?:kế hoạch|phương án|chương trình hành động)[ \t]*$|^[ \t]*số[ \t]*:[ \t]*[\d.]*[ \t]*/[ \t]*kh\b", re.MULTILINE
)
_OFFICIAL_LINE = re.compile(
    r"^[ \t]*(?:quyết định|công văn|hướng dẫn|thông tư|nghị quyết|chỉ thị|tờ trình|(?:chương trình|quy chế|kế hoạch) phối hợp)[ \t]*$",
    re.MULTILINE,
)
# A letter of an authority that asks others to do something; not one that thanks, invites, answers, or asks for figures and reports.
_LETTER = re.compile(r"^[ \t]*kính gửi[ \t]*:", re.MULTILINE)
_ASKS = re.compile(r"\b(?:đề nghị|yêu cầu|giao|chỉ đạo|hướng dẫn)\b")
_OTHER_LETTER = re.compile(
    r"^[ \t]*(?:thư cảm ơn|thư ngỏ|giấy mời|báo cáo|đơn [^\n]{0,40}|thông báo)[ \t]*$"
    r"|\b(?:chuẩn bị số liệu|đề cương báo cáo|trả lời (?:kiến nghị|cử tri|công văn)|đoàn (?:kiểm tra|giám sát)[^\n]{0,30} sẽ)\b",
    re.MULTILINE,
)
_NAME_WORD = re.compile(r"[A-ZĐÀ-Ỹ][^\W\d_]*$")
_NO_LETTERS = re.compile(r"[\W\d_]*$")


_TABLE_BARS, _CELL_BLANKS = 2, 2
"""What a row of a table has at least, and a cell of words."""
_FIGURE_CELL = re.compile(r"\d[\d.,]*(?:\s?(?:%|[^\W\d_]+)){0,5}\Z")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with where it stands. ``plain`` is for matching: lower case, one space between words, one placement of tone marks."""

    start: int
    end: int
    field: FieldName
    zone: Zone
    section: Section
    plain: str
    paragraph: int
    """Counts the lines (hard breaks inside a sentence are mended) of the field."""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end, self.field)

    @property
    def speaks(self) -> bool:
        """Whether it says something of the article's own: not a menu, teaser, legal basis or caption."""
        return self.zone in ("title", "lead", "body", "heading")


@dataclass(frozen=True, slots=True)
class Outline:
    sentences: tuple[Sentence, ...]
    """Title first, then the text in order."""
    is_plan: bool
    """A plan (KẾ HOẠCH) itself, whose forms are planned, not an article about one."""
    is_official: bool
    """A plan or another administrative document (QUYẾT ĐỊNH, CÔNG VĂN, ...)."""

    @property
    def speaking(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if sentence.speaks)


def plain(text: str) -> str:
    """The form that cues are written in.

    >>> plain("Truyền thông  về\\nXoá đói")
    'truyền thông về xóa đói'
    """
    return _spaced(unify_tones(lower(text)))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def outline(document: Document) -> Outline:
    """Sentences of title and text with zones; deterministic, linear, and empty for an empty document."""
    return _outline(document.title, document.text)


@lru_cache(maxsize=4)  # the taggers of one document ask for it one after the other
def _outline(document_title: str, text: str) -> Outline:
    title = plain(document_title)
    lowered = unify_tones(lower(text))  # keeps the length, so that lines and sentences are cut out of it
    is_plan = bool(_PLAN_TITLE.match(title) or _PLAN_LINE.search(lowered))
    found = [Sentence(start, end, "title", "title", "", plain(document_title[start:end]), 0) for start, end in sentences(document_title)]
    found += _text_sentences(text, lowered, title, is_plan=is_plan)
    is_official = is_plan or bool(_OFFICIAL_LINE.search(lowered)) or _is_order(lowered)
    return Outline(tuple(found), is_plan, is_official)


def _is_order(text: str) -> bool:
    return _LETTER.search(text) is not None and _ASKS.search(text) is not None and _OTHER_LETTER.search(text) is None


def _text_sentences(text: str, lowered: str, title: str, *, is_plan: bool) -> Iterator[Sentence]:
    section: Section = ""
    ended = False
    running = 0
    lead_left = _LEAD_SENTENCES
    lines = list(_lines(text))
    table = _table_rows([text[start:end] for start, end in lines])
    for number, (start, end) in enumerate(lines):
        raw = text[start:end]
        line = _spaced(lowered[start:end])
        ends = _END.match(line)
        if ends and (running > _MIN_BODY_BEFORE_END or _SURE_END.search(ends.group())):
            ended = True  # further up the other words open a search box, a menu or a list of tags
        if not (ended or is_plan) and running > _MIN_BODY_BEFORE_BYLINE and _is_byline(raw):
            ended = True
        zone: Zone
        if ended or ends is not None or line == title:
            zone = "chrome"
        elif number in table:
            zone = "body"
        else:
            zone = _zone(raw, line)
        if zone == "heading":
            section = _section(line) or section
        cut = list(sentences(raw) if "\n" not in raw else _mended(raw))
        for first, last in cut:
            own: Zone = zone
            if zone == "body" and lead_left and number not in table:
                own = "lead"
                lead_left -= 1
            words = line if len(cut) == 1 else _spaced(lowered[start + first : start + last])
            yield Sentence(start + first, start + last, "text", own, section, words, number)
        if zone == "body":
            running += len(line)


def _table_rows(lines: Sequence[str]) -> frozenset[int]:
    """Rows that say something: "2 | In tờ gấp, 5.000 bản | Tháng 5 | 46.500.000 đồng", with as many bars as a row beside them. Menus and
    weather have no such neighbour, or no cell of words beside one of figures."""
    found = set()
    for number in rows_with_bars(lines, at_least=_TABLE_BARS):
        cells = [cell.strip() for cell in lines[number].strip("| ").split("|")]
        if any(map(_FIGURE_CELL.match, cells)) and any(cell.count(" ") >= _CELL_BLANKS and not cell[0].isdigit() for cell in cells):
            found.add(number)
    return frozenset(found)


def rows_with_bars(lines: Sequence[str], *, at_least: int) -> list[int]:
    """Lines with as many bars as the line right before or after them, in order."""
    bars = [line.count("|") for line in lines]
    return [
        number
        for number, count in enumerate(bars)
        if count >= at_least and count in (bars[number - 1] if number else 0, bars[number + 1] if number + 1 < len(bars) else 0)
    ]


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines without their breaks; a line that goes on in lower case belongs to the one before (hard breaks of some portals)."""
    start = end = 0
    open_line = False
    for match in re.finditer(r"[^\n]+", text):
        first, last = match.span()
        stripped = text[first:last].strip()
        if not stripped:
            open_line = False
            continue
        goes_on = open_line and first - end == 1 and stripped[0].islower() and text[end - 1] not in ".!?:;…|>"
        if goes_on:
            end = last
            continue
        if end > start:
            yield start, end
        start, end, open_line = first, last, True
    if end > start:
        yield start, end


def _mended(raw: str) -> Iterator[tuple[int, int]]:
    yield from sentences(raw.replace("\n", " "))


def _zone(raw: str, line: str) -> Zone:
    words = line.count(" ") + 1
    if _BASIS.match(line):
        return "basis"
    if _NO_LETTERS.match(line) or _CALL.match(line) or (len(line) < _LONG_LINE and _CHROME.match(line)):
        return "chrome"
    if len(line) < _LONG_LINE and not line.endswith(".") and _OF_THE_PAGE.search(line):
        return "chrome"
    if _CREDIT.search(line) and words <= 3 * _CAPTION_WORDS:
        return "caption"
    if raw.rstrip().endswith("|") and words <= _CAPTION_WORDS:
        return "caption"  # what is left of a table around a picture
    if words <= _CAPTION_WORDS and _SCENE.match(line):
        return "caption"
    if raw.count(" | ") >= 2 or (words <= _CAPTION_WORDS and "»" in raw):
        return "chrome"
    if words <= 20 and raw.rstrip()[-1:] not in ".!?…;" and (_HEADING.match(line) or (raw.isupper() and len(line) > 3)):
        return "heading"
    return "body"


def _section(line: str) -> Section:
    return next((name for name, pattern in _SECTIONS if pattern.search(line)), "")


def _is_byline(raw: str) -> bool:
    words = raw.replace(" - ", " ").replace(",", " ").split()
    return not raw.isupper() and 2 <= len(words) <= _MAX_BYLINE_WORDS and all(_NAME_WORD.match(word) for word in words)
