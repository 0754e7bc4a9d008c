"""Provinces that are named for a person, a firm or a newsroom: where somebody is from, what a firm is called after, where a desk is."""

from __future__ import annotations

import re

from nlp.locality_mention import Mention

_REACH = 96
_PERSON = r"(?<!\w)(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Ee]m|[Bb]ạn(?: đọc)?|[Cc]ụ|[Cc]ô|[Cc]háu)(?: [^\W\d_a-z][\w.]*){1,5}"
_DEPUTY = re.compile(r"(?<!\w)(?:[Đđ]ại biểu(?: Quốc hội| QH)?|ĐBQH)(?: (?:[Ôô]ng|[Bb]à))?(?: [^\W\d_a-z]\w*){1,5} \((?:đoàn |ĐBQH )?$")
_ASKER = re.compile(rf"{_PERSON}(?: ?\(|,)\s?(?:(?:ở|tại|trú tại|tỉnh)\s)?$")
_ASKS = re.compile(r"\)?,?\s(?:có )?(?:hỏi|thắc mắc|gửi câu hỏi|viết thư|gửi thư)(?!\w)|\)?:\s")
_READER = re.compile(r"(?<!\w)(?:bạn đọc|thính giả|độc giả|khán giả)\s[^.;:\n]{0,40}\(?$")
_WINS = re.compile(r"\)?,?\s(?:đã |vừa )?(?:giành|đoạt|vô địch|về nhất|thắng giải|lập kỷ lục)(?!\w)")
_NATIVE = re.compile(
    r"(?<!\w)(?:sinh ra (?:ở|tại)|sinh (?:ở|tại)|sinh ra và lớn lên (?:ở|tại)|lớn lên (?:ở|tại)|trưởng thành (?:ở|tại))\s$"
    r"|,\s(?:vốn )?người\s$"
)
_FIRM = re.compile(
    r"(?<!\w)(?:[Cc]ông ty|[Nn]hà máy|[Tt]ổng công ty|[Tt]ập đoàn|[Nn]gân hàng|[Hh]ợp tác xã|HTX|[Kk]hách sạn|[Kk]hu nghỉ dưỡng|KCN)"
    r"(?: (?:cổ phần|TNHH|MTV|CP|một thành viên|trách nhiệm hữu hạn|và)){0,4}"
    r"(?: [^\W\d_a-z][\w&-]*"
    r"(?: (?!tặng|trao|giúp|hỗ|cho|về|tại|ở|của|lên|đến|với|cùng|lắp|thuê|vào|ra|tới|mở|mang|đưa)[^\W\d_A-Z]\w*)?){1,5} $"
)
_DATELINE = re.compile(r"\)?\s?(?:,\s(?:ngày )?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?)?\s?(?:-|–|—)\s")


def opens_text(mention: Mention, text: str, lowered: str) -> bool:
    """Whether it stands before a dash as the seat of a desk: "Hà Nội, ngày 12/5 - ", "(Vị Thanh) - "."""
    return _DATELINE.match(lowered, mention.end) is not None and text[max(0, mention.begin - 2) : mention.begin].strip(" \n") in ("", "(")


def read_belonging(mention: Mention, text: str, lowered: str) -> None:
    """``lowered`` is the text as names are compared."""
    start, end = mention.start, mention.end
    left = text[max(0, start - _REACH) : mention.begin]
    if mention.type is None and _FIRM.search(left):
        mention.institution = True
    if _DEPUTY.search(left):
        mention.guest = True
    asker = _ASKER.search(left) is not None
    mention.native = (
        (asker and _ASKS.match(lowered, end) is not None)
        or _READER.search(lowered, max(0, mention.begin - _REACH), mention.begin) is not None
        or (left.endswith("(") and _WINS.match(lowered, end) is not None)
        or (mention.type is None and _NATIVE.search(lowered, max(0, start - 32), start) is not None)
    )
