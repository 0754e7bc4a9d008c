"""Numbers that may count something: digits and words, with a scale, said twice, as a range or as a part of a whole.

What is counted is not asked here (see ``nlp/quantity_things.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from nlp.money_numbers import read_number
from nlp.number_words import WORDS, parse_number_words, words_to_number


@dataclass(frozen=True, slots=True)
class Counted:
    """A number in ``[start, end)`` of a text in lower case."""

    start: int
    end: int
    value: float
    top: float | None = None
    """The upper end of a range, whose lower end is ``value``."""
    out_of: float | None = None
    """The whole, of "10/12 xã"."""
    lone_word: bool = False
    """Said by one word that also means something else: "một" is an article, "năm" a year."""

    @property
    def is_whole(self) -> bool:
        """Whether it can count things."""
        return self.value.is_integer() and (self.top is None or self.top.is_integer())


_SCALES = {"chục": 10, "trăm": 100, "nghìn": 1000, "ngàn": 1000, "vạn": 10**4, "triệu": 10**6}
_FIRST_WORDS = "một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín|mười"
_SINGLE = {word: value for value, word in enumerate("một hai ba bốn năm sáu bảy tám chín".split(), 1)}
_NUMBER = re.compile(
    r"(?<![\w.,/])(?:(?P<digits>\d[\d.,]*)(?P<scale>\s{1,2}(?:nghìn|ngàn|vạn|triệu|trăm|chục))?"
    rf"|(?P<words>(?:{_FIRST_WORDS})(?:\s{{1,2}}(?:{'|'.join(sorted(WORDS, key=len, reverse=True))}))*))(?!\w)"
)
_JOINT = re.compile(r"(?P<percent>\s{0,2}%)?\s{0,2}(?:(?P<dash>[-–—~])|(?:đến|tới)(?!\w)|(?P<comma>,))\s{0,2}")
_SAID_AGAIN = re.compile(r"\s?\(([^()\d]{1,60})\)")
_WRITTEN_AGAIN = re.compile(r"\s?\((\d[\d.,]*)\)")
_WHOLE = re.compile(r"(?:\s?/\s?|\strên\s(?:tổng số\s)?)(\d{1,3}(?:\.\d{3})+|\d{1,6})(?![\d/]|[.,]\d)(?!\w)")
# "vài ba lớp", "thứ hai", "lớp ba", "một trong hai": these words name or blur, they do not count.
_NO_COUNT = re.compile(
    r"(?<!\w)(?:vài|dăm|mấy|đôi|thứ|khối|ngày|tháng|quý|mùng|mồng|lớp|tổ|khu|số|quận|phường|nhóm|bậc|cấp|loại|hạng|lần|khóa|khoá|đợt"
    r"|một trong(?: số)?)\s+$"
)
# The number of a project, an article, a plan.
_LABELLED = re.compile(r"(?<!\w)(?:dự án|điều|khoản|mục|chương|phụ lục|bảng|tiêu chí|hợp phần|chương trình|quyết định|quốc lộ|vùng)\s+$")
_YEAR_BEFORE = re.compile(
    r"(?<!\w)(?:năm|tháng|giai đoạn|quý \w{1,3}|cuối|đầu|giữa|hết|đến|từ|trước|sau|hè|vụ|niên khóa)\s*$|(?<=\d)\s?[-–/]\s?$"
)
_FRAME_OF_YEAR = re.compile(r"(?<!\w)(?:trong|mỗi|hằng|hàng|cả|nửa|đầu|cuối|giữa|hết|từng|qua|các|nhiều|những|theo|vừa|mới)\s+$")
_LOOK_BACK = 24


def find_numbers(low: str, first: int, last: int) -> Iterator[Counted]:
    """The numbers of ``low[first:last]`` in order; years of the calendar and what cannot be read are left out."""
    at = first
    while match := _NUMBER.search(low, at, last):
        found, at = _read(low, match, first, last)
        if found is not None:
            yield found


def _read(low: str, match: re.Match[str], first: int, last: int) -> tuple[Counted | None, int]:
    """The number at the match, and where to look on."""
    found = _one(low, match, first)
    if found is None:
        return None, _after(low, match)
    joint = _JOINT.match(low, found.end, last)
    upper_match = _NUMBER.match(low, joint.end(), last) if joint else None
    if joint and upper_match and (upper := _one(low, upper_match, first)):
        if (joined := _range(low, found, upper, match, upper_match, joint)) is not None:
            return joined, joined.end
        years = _is_year(match) and _is_year(upper_match)
        if years or (joint["dash"] and not joint["percent"] and upper.value <= found.value):
            return None, upper.end  # "2021-2025" counts nothing, and which end of "60-50" is wrong nobody knows
    if _is_year(match) and _YEAR_BEFORE.search(low, max(first, match.start() - _LOOK_BACK), match.start()):
        return None, found.end
    whole = _WHOLE.match(low, found.end, last) if match["digits"] and not match["scale"] else None
    if whole:
        out_of = read_number(whole[1], scaled=True).value
        if out_of is not None and found.value <= float(out_of):
            found = replace(found, end=whole.end(), out_of=float(out_of))
    return found, found.end


def _range(
    low: str, found: Counted, upper: Counted, match: re.Match[str], upper_match: re.Match[str], joint: re.Match[str]
) -> Counted | None:
    """Both ends as one; None if the two are no range."""
    if _is_year(match) and _is_year(upper_match):
        return None
    if joint["comma"]:  # "hai, ba lớp"
        near = match["words"] in _SINGLE and upper_match["words"] in _SINGLE and upper.value == found.value + 1
        return replace(found, end=upper.end, top=upper.value) if near and upper.top is None else None
    if found.top is not None or upper.top is not None:
        return None
    if joint["percent"]:
        # "giảm từ 3% đến 4%" is a difference; "từ 7% xuống đến 5%" and "tăng từ 3% đến 4%" are levels.
        percent = low[upper.end : upper.end + 3].lstrip().startswith("%")
        falls = re.search(r"(?<!\w)giảm(?:\s\w+){0,2}\s$", low[max(0, found.start - _LOOK_BACK) : found.start])
        if not (percent and upper.value > found.value and (joint["dash"] or falls)):
            return None
    value = found.value
    if upper_match["scale"] and not match["scale"] and match["digits"]:
        value *= _SCALES[upper_match["scale"].strip()]  # "2 - 3 nghìn tờ rơi"
        value = value if value < upper.value else found.value
    return Counted(found.start, upper.end, value, top=upper.value) if value < upper.value else None


def _one(low: str, match: re.Match[str], first: int) -> Counted | None:
    """What a match says; None where it cannot be read or says two different things."""
    if match["words"]:
        return _in_words(low, match, first)
    end = _end(match)
    if _LABELLED.search(low, max(first, match.start() - _LOOK_BACK), match.start()):
        return None
    digits = match["digits"].rstrip(".,")
    if len(digits) > 15:
        return None
    number = read_number(digits, scaled=True)
    if number.value is None or number.flags:
        return None
    value = float(number.value * Decimal(_SCALES[match["scale"].strip()] if match["scale"] else 1))
    if (again := _SAID_AGAIN.match(low, end)) and (said := parse_number_words(again[1])) is not None:
        return Counted(match.start(), again.end(), value) if said == value else None
    return Counted(match.start(), end, value)


def _in_words(low: str, match: re.Match[str], first: int) -> Counted | None:
    start, words = match.start(), match["words"].split()
    before = low[max(first, start - _LOOK_BACK) : start]
    if _NO_COUNT.search(before):
        return None
    if words[0] == "năm" and len(words) > 1 and _FRAME_OF_YEAR.search(before):
        start += len("năm") + 1  # "trong năm mười lớp được mở"
        start += len(low[start : match.end()]) - len(low[start : match.end()].lstrip())
        words = words[1:]
    pair = [_SINGLE.get(word) for word in words] if len(words) == 2 else []
    if len(pair) == 2 and pair[0] and pair[1] == pair[0] + 1:  # "hai ba lớp"
        return Counted(start, match.end(), float(pair[0]), top=float(pair[1]))
    value = words_to_number(words, strict=True)
    if not value:
        return None
    end = match.end()
    if again := _WRITTEN_AGAIN.match(low, end):
        written = read_number(again[1].rstrip(".,"), scaled=True).value
        return Counted(start, again.end(), float(value)) if written == value else None
    return Counted(start, end, float(value), lone_word=words in (["một"], ["năm"]))


def _end(match: re.Match[str]) -> int:
    if match["words"] or match["scale"]:
        return match.end()
    return match.start() + len(match["digits"].rstrip(".,"))


def _after(low: str, match: re.Match[str]) -> int:
    """Behind a number that cannot be read, and behind what says it again."""
    end = _end(match)
    again = _WRITTEN_AGAIN.match(low, end) if match["words"] else _SAID_AGAIN.match(low, end)
    if again and (match["words"] or parse_number_words(again[1]) is not None):
        return again.end()
    return max(end, match.start() + 1)


def _is_year(match: re.Match[str]) -> bool:
    digits = (match["digits"] or "").rstrip(".,")
    return len(digits) == 4 and not match["scale"] and digits.isdigit() and 1945 <= int(digits) <= 2050
