"""Words in front of a number that say how exact it is ("hơn", "gần", "tối đa không quá"); shared by sums and counts."""

from __future__ import annotations

import re

from corpus.document import Qualifier
from nlp.sieve import Sieve

_OVER = (
    "hơn|trên|tối thiểu|ít nhất|thấp nhất|không dưới|không thấp hơn|không ít hơn|không kém|vượt quá|vượt|quá|cao hơn|nhiều hơn|lớn hơn|>|≥"
)
_UNDER = "gần|dưới|không tới|không đầy|chưa đến|chưa tới|chưa đầy|ngót nghét|ngót|ít hơn|thấp hơn|nhỏ hơn|suýt soát|<"
_ABOUT = "trên dưới|vào khoảng|khoảng chừng|khoảng|xấp xỉ|xấp xĩ|sấp xỉ|áng chừng|chừng|ước lượng|ước tính|ước|tầm|cỡ|~|≈"
_MAX = "tối đa|không quá|không vượt quá|không vượt|không lớn hơn|không cao hơn|không nhiều hơn|nhiều nhất|cao nhất|chưa quá|≤"
_DIRECTION: dict[str, Qualifier] = {
    **dict.fromkeys(_OVER.split("|"), "over"),
    **dict.fromkeys(_UNDER.split("|"), "under"),
    **dict.fromkeys(_ABOUT.split("|"), "about"),
    **dict.fromkeys(_MAX.split("|"), "max"),
}
_ONE_QUALIFIER = "|".join(sorted(map(re.escape, _DIRECTION), key=len, reverse=True))
_QUALIFIER_WORD = re.compile(_ONE_QUALIFIER)
# "tối thiểu là 75.000 tỷ", "ước đạt 2 tỷ", "tối đa không quá 13 triệu"; after short words such as "hơn" nothing may stand between.
_QUALIFIERS = re.compile(
    rf"(?<![\w])((?:{_ONE_QUALIFIER})(?:\s{{1,3}}(?:{_ONE_QUALIFIER}))*"
    r"(?:(?<=tối thiểu)|(?<=tối đa)|(?<=nhất)|(?<=không quá)|(?<=ước)|(?<=ước tính)|(?<=khoảng))"
    r"(?:\s{1,3}(?:là|chỉ|đạt|bằng|đến|tới|từ|mức|thực hiện|giải ngân|khoảng|hơn|trên|gần)){0,3}"
    rf"|(?:{_ONE_QUALIFIER})(?:\s{{1,3}}(?:{_ONE_QUALIFIER}))*)[\s*_]{{0,6}}$"
)
_OF_ONE = re.compile(r"(?<!\w)(?:nhà|hộ|người|nơi|xã|thôn|bản|ấp|em|đơn vị)\s$")
"""Before "nhiều nhất": "nhà nhiều nhất 11 triệu đồng" is what that one got, no bound."""
_OUT_OF = re.compile(r"(?:đồng|tỷ|tỉ|triệu)\s$")
"""Before "trên": "3 tỷ đồng trên 19 tỷ đồng" is three of nineteen."""
_MAY = Sieve((_QUALIFIERS,), lambda pattern: pattern)
_WINDOW = 48


def qualifier_before(text: str, start: int) -> tuple[int, Qualifier]:
    """Where the qualifier before ``start`` begins and what it means; several keep the bound ("khoảng hơn" is over)."""
    window_start = max(0, start - _WINDOW)
    if not _MAY.bits(text[window_start:start]):
        return start, "exact"
    match = _QUALIFIERS.search(text, window_start, start)
    if not match or (match[1] == "trên" and _OUT_OF.search(text, max(0, match.start() - 12), match.start())):
        return start, "exact"
    if match[1].endswith("nhất") and _OF_ONE.search(text, max(0, match.start() - 12), match.start()):
        return start, "exact"
    words = [word[0] for word in _QUALIFIER_WORD.finditer(match[1])]
    bounds = [_DIRECTION[word] for word in words if _DIRECTION[word] != "about"]
    if any(_DIRECTION[word] == "max" and not word.endswith("nhất") for word in words):
        return match.start(1), "max"
    return match.start(1), bounds[-1] if bounds else "about"  # "cao nhất gần 75 triệu" stays under
