"""A sum as found, and the forms it is written in: numbers, scales, units, ranges, words in brackets. All patterns expect lower case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.document import Qualifier
from nlp.number_words import WORDS
from nlp.patterns import words


@dataclass(slots=True, kw_only=True)  # not frozen: one is made for every sum, in a third of the time
class Amount:
    """One sum as written. Offsets are code points of the text given; the two ends of a range share them."""

    start: int
    end: int
    """Surface with its qualifier: "hơn 5,5 tỷ đồng", "3 triệu đồng trở xuống"."""
    number_start: int
    """Where the digits begin, after the qualifier."""
    close: int
    """End of all that belongs to it: words in brackets, the unit after a slash."""
    vnd: int | None
    usd: int | None = None
    qualifier: Qualifier = "exact"
    per_unit: str | None = None
    in_words: bool | None = None
    flags: tuple[str, ...] = ()
    precision: int = 1
    """Worth of the last digit written: 10 triệu for "3,46 tỷ", 1 for a full number."""
    tabular: bool = False
    """A cell whose unit stands in the header of its table."""
    given: bool = False
    """What the sum before it, which has the same place, was paid of: the second of "14,2/19,8 tỷ đồng"."""


GAP = r"[^\S\n]{0,4}[*_]{0,3}[^\S\n]{0,4}\n?[^\S\n]{0,4}[*_]{0,3}"
"""Between a number and its unit: spaces, bold marks, at most one line break."""
NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?: \d{3}){2,}(?![\d.,])|\d{1,3}(?:[’']\d{3})+(?![\d.,’'])|\d[\d.,]*)")
END = r"(?![^\W\d_])"
NOT_BILLION = r"(?!\s+(?:lệ|trọng|số|suất|giá|phú|phần|mỉ)(?!\w))"
SCALE = re.compile(
    rf"{GAP}(?:(trăm|chục)\s+)?(?:(nghìn|ngàn|triệu|tr(?=\.?\s?đ))\.?(?:\s+(t[ỷỉ])(?=đ|\W|\Z){NOT_BILLION})?|"
    rf"(t[ỷỉ]){NOT_BILLION})(?=đ|\W|\d|\Z)"
)
HALF = re.compile(r"\s+rưỡi(?!\w)")
# "5 triệu đồng bào" counts people, "2.000 đồng chí" too; after a full sum fewer of these can be meant.
COMPOUND = (
    "bào|bạc|bằng(?! (?:chữ|tiền mặt|chuyển khoản))|bộ|"
    "cấp(?! (?:cho|để|từ|bổ sung|về|hỗ trợ)(?!\\w))|"
    "chí|chủ|diễn|dạng|giải|hành|hóa|hoá|hồ|hương|khởi|loạt|lòng|lúa|minh|mưu|"
    "môn|nghiệp|nghĩa|niên|phạm|phục|"
    "quản|quê|ruộng|tác|thau|thanh|thời|thuận|tình|tổ|tổng|trưởng|tâm|viện|vị|ý|đẳng|đều|đội|ấu|muối|cỏ"
)
NO_COMPOUND = rf"(?![^\S\n]+(?:{COMPOUND})(?!\w)|\s+(?:bào|chí|hương|đội|nghiệp|diễn)(?!\w))"
"""Across a line break only people are meant: a line may end in "đồng" and the next begin with "Tổng cộng" or "Bằng chữ"."""
DONG = re.compile(rf"{GAP}(?:đồng{NO_COMPOUND}{END}|vnđ{END}|vnd{END}|đ(?![^\W\d_]|/c))(?:\s+(?:việt nam|vn){END})?")
SCALED_DONG = re.compile(
    rf"{GAP}(?:đồng(?!\s+(?:bào|chí|hương|đội|nghiệp|diễn)(?!\w)){END}|vnđ{END}|vnd{END}|đ(?![^\W\d_]|/c))(?:\s+(?:việt nam|vn){END})?"
)
SECOND_DONG = re.compile(rf"\s+đồng{END}(?!\s+(?:{COMPOUND})(?!\w))")
USD = re.compile(
    rf"{GAP}(?:usd{END}|us\$|\$|đô[ -]?la{END}(?!\s+(?:úc|sing|canada|hồng|đài|new))(?:\s+mỹ{END})?"
    rf"|đô{END}(?!\s+(?:thị|thành|đốc|hộ|vật|sộ|la|úc|sing|canada|hồng|đài|new)))"
)
NEXT_TERM = re.compile(rf",?{GAP}(\d[\d.,]*)")
RANGE = re.compile(rf"{GAP}(?:[-–—~]|(?:đến|tới)(?!\w)){GAP}(\d[\d.,]*)")
SHARE = re.compile(rf"/(\d[\d.,]*)(?={GAP}(?:trăm |chục )?(?:nghìn |ngàn )?(?:triệu|t[ỷỉ])(?:\W|đ|\Z))")
"""What was paid of what was given: "14,2/19,8 tỷ đồng"."""
NUMBERED = (
    "dự án|số|điều|khoản|mục|quý|tháng|năm|ngày|lớp|khu|giai đoạn|điểm|nhóm|phụ lục|biểu|thôn|tổ|bước|tda|da|loại|đợt|tuần|"
    "phường|quận|bài|kỳ|chương"
)
NO_RANGE_AFTER = re.compile(rf"(?:{NUMBERED})\s+$|[/\d]$|^\s*$")
WORDS_BRACKET = re.compile(
    r"[^\S\n]{0,4}[*_]{0,3}"
    r"(?:[,;./–-]{0,3}\s{0,4}(?:[–-]\s)?[(\[]?\s{0,4}(?:(?:viết|ghi|đọc)\s+)?(?:số tiền )?bằng chữ\s{0,2}(?:là)?\s?:?|\s{0,2}[(\[])"
    r"([^()\[\]\n;]{2,200})[)\]]?"
)
WORDS_INSIDE = re.compile(r"\s{0,2}\(([^()\d\n]{2,100})\)")
"""Between a number and its unit: "05 (năm) tỷ đồng"."""
DIGITS_BRACKET = re.compile(r"\s{0,2}\(\s{0,2}(\d[\d.,]{3,25}\d)\s{0,2}(?:đồng|đ|vnđ)?\s{0,2}\)")
WORD = "|".join(sorted(WORDS, key=len, reverse=True))
# Possessive: a run of number words is taken whole, or the search would begin again at each of its words.
NUMBER_WORDS = re.compile(rf"{words(WORD).pattern}(?:,?[^\S\n]{{1,4}}(?:{WORD})(?!\w))++")
HALF_SCALE = re.compile(r"nửa(?<!\wnửa)\s+(tỷ|tỉ|triệu)(?!\w)")
TIERS = re.compile(r"\s+trở\s+(lên|xuống|lại)(?!\w)")
MONEY_LABEL = re.compile(
    r"(?:kinh phí|số tiền|dự toán|tổng cộng|thành tiền|trị giá|tổng mức đầu tư|nguồn vốn|vốn|ngân sách|dự án|tổng chi|giá trị)"
    r"[^.;\n]{0,60}(?::|\blà|=)\s*[*_]{0,3}$"
)
AFTER_UNITLESS = re.compile(r"[*_]{0,3}\s*(?:$|[(),;.\n*|/]|(?:do|từ|để|trong|cho|và|giao|nguồn)(?!\w))")
