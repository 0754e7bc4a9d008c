"""Which part of a page a line belongs to: the story itself, its head, or what surrounds it.

Extraction keeps most page chrome out; what slips through (teasers, bylines, sources, captions, addresses, widgets) must not decide what
a story is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nlp.sections import RECEIVING_PLACES, rows_with_bars
from nlp.sieve import Guarded

Zone = Literal["title", "lead", "body", "header", "short", "caption", "byline", "source", "place_date", "chrome", "tail"]
BOILERPLATE: frozenset[Zone] = frozenset({"byline", "source", "chrome", "tail"})


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int
    zone: Zone


_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|mp4)\b", re.IGNORECASE)
_CREDIT = Guarded(
    r"(?:^\s*\(?\s*(?:ảnh|hình|clip)\b)|[(\-–.]\s*ảnh\s*:[^.\n]{0,60}\)?\.?\s*$|\bảnh(?: minh họa|:\s*[^.\n]{1,40})\s*\)?\.?\s*$"
)
_NUMBERED_PICTURE = re.compile(r"(?:ảnh|hình) \d{1,2}\s?[:.] ?")
"""Opens what a story told in pictures says: "Ảnh 3: Tổ loa xã A phát tờ rơi tận chợ"."""
_CAPTION_START = re.compile(
    r"^(?:(?:quang|toàn) cảnh|(?:các )?đại biểu|đồng chí [^,]{3,60} phát biểu|một (?:buổi|góc|điểm|lớp)|người dân|bà con"
    r"|cán bộ|bàn giao|trao|lắp đặt|hội nghị tại|buổi|đại diện|lãnh đạo|các (?:tập thể|hộ|em)|phần thi|ban tổ chức|nhân viên|học viên)\b"
)
_PLACE_DATE = re.compile(r"^[^\n,.]{2,40},\s*ngày\b")
_CLOCK = re.compile(
    r"(?:(?:cập nhật|xuất bản|đăng|lúc|thứ|hai|ba|tư|năm|sáu|bảy|chủ nhật|ngày|tháng|giờ|phút|gmt|am|pm|sa|ch|lượt|xem)(?!\w)|[\W\d_])+"
)
"""The time of a page, however it is written."""
_ILLUSTRATION = re.compile(
    r"(?:^|[.(\-–/] ?)(?:ảnh|hình) (?:(?:chỉ )?(?:có )?(?:mang )?tính (?:chất )?)?(?:minh họa|tư liệu)[^.\n]{0,40}[.)|\s]*$"
)
"""A picture of something else than the story."""
_RECEIVING = re.compile(f"nơi nhận{RECEIVING_PLACES}")
_DEGREES = re.compile(r"\d\s?°\s?c(?!\w)")
"""The weather of a page's frame: "Sơn La 24°C"."""
_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*$")
_MARKUP = re.compile(r"<(?:meta|link|head|html|title|!doctype)\b", re.IGNORECASE)
_OFFICE = re.compile(
    r"ủy ban nhân dân|hội đồng nhân dân|ubnd|hđnd|tỉnh ủy|huyện ủy|thành ủy|thị ủy|ban chỉ đạo"
    r"|^(?:sở|tỉnh|huyện|thành phố|thị xã|xã|phường) "
)
_TYPE_START = re.compile(r"(?:tỉnh|huyện|quận|thị xã|thành phố|xã|phường|thị trấn|đặc khu|tp|tx|tt)\b", re.IGNORECASE)
_EDGES = " \t.:;,-–|•»›>*#[]()"
_TEASER_AFTER = 400
"""Characters of story before what follows a byline can be teasers."""
LEAD_WORDS = 8
"""Fewer words make no lead sentence: subtitles, captions, clock lines."""
_BYLINE_WORDS = 7
_STORY_CHARACTERS = 80
"""A tail marker counts only after a lead and this much running text; the same words stand in menus above a story."""


def read_lines(text: str, lowered_text: str, lowered_title: str, cues: Mapping[str, Any]) -> list[Line]:
    """The non-empty lines of ``text`` in order with their zones; the lowered forms are those of `nlp.gazetteer.plain`."""
    tails = frozenset(cues["tails"])
    tail_starts, inline = tuple(cues["tail_starts"]), tuple(cues["inline"])
    lines: list[Line] = []
    title_key = lowered_title.strip(_EDGES)
    story = 0
    led = in_tail = in_recipients = False
    position = 0
    rows = text.split("\n")
    cells = _cells(rows)
    for number, raw in enumerate(rows):
        start, position = position, position + len(raw) + 1
        stripped = raw.strip()
        if not stripped:
            continue
        lowered = lowered_text[start : position - 1].strip()
        words = stripped.split()
        key = lowered.strip(_EDGES)
        zone: Zone
        if lowered.startswith("nơi nhận") and not _RECEIVING.match(lowered):
            in_recipients = True
        elif in_recipients and lowered.startswith(("phụ lục", "danh sách", "biểu ")):
            in_recipients = False
        if in_tail:
            zone = "tail"
        elif in_recipients:
            zone = "chrome"
        elif (len(words) <= 12 and key in tails) or (len(words) <= 30 and lowered.startswith(tail_starts)):
            in_tail = led and story >= _STORY_CHARACTERS
            zone = "tail" if in_tail else "chrome"
        elif len(words) <= 30 and (lowered.startswith(inline) or (":" in lowered and lowered.partition(":")[0].strip(_EDGES) in tails)):
            zone = "chrome"  # with the headlines on its own line
        elif title_key and key == title_key:
            zone = "title"
        else:
            zone = "body" if number in cells else _zone(stripped, lowered, words, cues, first=not lines, early=len(lines) < 30)
            if zone == "body":
                story += len(stripped)
                if _CLOCK.fullmatch(lowered) or (_is_short(stripped, lowered, words) and (led or len(words) <= 12)):
                    zone = "short"
                elif not led and len(words) >= LEAD_WORDS:
                    zone, led = "lead", True
        lines.append(Line(start, start + len(raw), zone))
    return _without_teasers(text, lines)


def _cells(rows: Sequence[str]) -> frozenset[int]:
    """Rows of names alone between rows of figures alone, which are the cells of a table, and rows of a table with bars."""
    found: list[int] = _barred(rows)
    run: list[int] | None = None
    for number, row in enumerate(map(str.strip, rows)):
        if _FIGURE.fullmatch(row):
            found += run or ()
            run = []
        elif row and run is not None:
            run = [*run, number] if len(run) < _CELLS and _is_names_only(row, row.split()) else None
    return frozenset(found)


def _barred(rows: Sequence[str]) -> list[int]:
    """Rows "xã A | 12 | 300" with such a row or the head of the table right before or after; menus hold no figures."""
    return [number for number in rows_with_bars(rows, at_least=1) if _BARRED_FIGURE.search(rows[number])]


_FIGURE = re.compile(r"\d[\d.,]{0,14}")
_BARRED_FIGURE = re.compile(r"\|\s*\d[\d.,/]{0,14}%?(?: [^\d\s|:][^\d|:]{0,16})?\s*(?:\||$)")
_CELLS = 4
"""Names that may stand between two figures."""


def _zone(line: str, lowered: str, words: Sequence[str], cues: Mapping[str, Any], *, first: bool, early: bool) -> Zone:
    if _MARKUP.search(line):
        return "header"
    if line.startswith((">>", "»")):
        return "chrome"  # the headline of another story
    if _NUMBERED_PICTURE.match(lowered) and len(words) > LEAD_WORDS:
        return "body"
    if len(words) <= 45:
        if len(words) <= 15 and lowered.startswith(tuple(cues["sources"])):
            return "source"
        if _ILLUSTRATION.search(lowered):
            return "chrome"
        if _FILE.search(line) or _CREDIT.search(lowered):
            return "caption"
        if len(words) <= 40 and any(cue in lowered for cue in cues["chrome"]) and not _SENTENCE_END.search(line):
            return "chrome"
        if (line.count("|") >= 2 and len(words) <= 40) or (_DEGREES.search(lowered) and not _SENTENCE_END.search(line)):
            return "chrome"
    if _PLACE_DATE.match(lowered) and len(words) <= 14:
        return "place_date"
    if early and len(words) <= 12 and not _SENTENCE_END.search(line) and _OFFICE.search(lowered) and ":" not in line:
        return "header"
    if not first and _is_names_only(line, words):
        return "byline"
    return "body"


def _is_names_only(line: str, words: Sequence[str]) -> bool:
    """A line of a few capitalised words: an author, a photographer, a place in a widget."""
    if not 1 <= len(words) <= _BYLINE_WORDS or any(character.isdigit() for character in line) or (line.isupper() and len(words) > 4):
        return False
    if line[-1] in ",;" or line[0] in "-+•*" or line.startswith("và ") or _TYPE_START.match(line):
        return False  # an item of a list of units, or the rest of one
    bare = [word.strip(".,()-–*") for word in words]
    return all(not word or word[0].isupper() or word.lower() in ("và", "theo", "pv") for word in bare) and ":" not in line


def _is_short(line: str, lowered: str, words: Sequence[str]) -> bool:
    """One plain sentence between paragraphs, as picture captions are once the picture is gone."""
    return len(words) <= 25 and _CAPTION_START.match(lowered) is not None and line.count(".") <= 1


def _without_teasers(text: str, lines: list[Line]) -> list[Line]:
    """After a byline, headline and summary in turns are other stories."""
    size = len(lines)
    ended = [bool(_SENTENCE_END.search(text[max(line.start, line.end - 8) : line.end].rstrip())) for line in lines]
    turns = [0] * (size + 1)
    for position in range(size - 2, -1, -1):
        turns[position] = turns[position + 1] + (not ended[position] and ended[position + 1])
    before = 0
    cut = None
    for position, line in enumerate(lines):
        after = size - position - 1
        if line.zone == "byline" and before >= _TEASER_AFTER and after >= 4:
            found = turns[position + 1]
            if found >= 2 and found * 2 >= after - 2:
                cut = position
                break
        if line.zone in ("lead", "body", "short"):
            before += line.end - line.start
    if cut is None:
        return lines
    return [*lines[: cut + 1], *(Line(line.start, line.end, "tail") for line in lines[cut + 1 :])]
