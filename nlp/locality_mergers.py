"""How texts say that a unit is of yesterday, of today, or came of a merger."""

from __future__ import annotations

import re

FORMER = re.compile(
    r"\s*[(,]?\s*(?:cũ(?!\w)|(?:trước đây|trước kia)(?!,? (?:là|thuộc|vốn|có tên|mang tên|gọi|của)(?!\w))"
    r"|trước sáp nhập|trước khi sáp nhập)"
)
""" "X (trước đây là Y)" names the unit of today first."""
FORMERLY = re.compile(
    r"(?<!\w)trước (?:khi )?(?:sáp nhập|hợp nhất|sắp xếp)(?: đơn vị hành chính)?,?\s(?:các\s)?$|"
    r"(?<!\w)(?:trước|trước đây|trước kia|trước đó|nguyên|vốn|trước (?:ngày )?1[/-]7(?:[/-]2025)?)(?:,|\s(?:địa bàn|vùng|nơi|xã|"
    r"phường) này)?"
    r"(?:\s[^\s.,;:()]+){0,4}?\s(?:là|thuộc)\s(?:địa bàn\s)?(?:tỉnh|huyện)?\s?$"
)
RECENT = re.compile(r"\s*[(]?\s*(?:mới(?!\w)|\(mới\)|hiện nay|ngày nay|sau (?:khi )?(?:sáp nhập|hợp nhất))")
MERGED_AFTER = re.compile(r"[^.\n]{0,60}?\b(?:nhập lại|nhập thành|hợp nhất|sáp nhập|gộp lại|hợp thành|nhập vào)\b")
MADE_OF = re.compile(
    r"(?<!\w)(?:(?:được )?(?:lập|thành lập|hình thành|hợp thành) (?:từ|trên cơ sở)(?: (?:nhập|sáp nhập))?|, nhập từ|với một phần|"
    r"địa bàn (?:xã|phường)(?: mới)? (?:gồm|bao gồm)|"
    r"trên cơ sở (?:nhập|gộp|sáp nhập))(?: (?:các|hai|"
    r"ba|bốn|\d))?"
    r"(?: (?:xã|phường|thị trấn|huyện|tỉnh))? $"
)
""" "Xã được lập từ thị trấn X và xã Y"."""
MERGE_HEAD = re.compile(
    r"(?:(?<!\w)(?:do|từ|trên cơ sở|gồm)\s(?:các\s|hai\s|ba\s|bốn\s|\d\s)?(?:xã|phường|tỉnh|huyện|đơn vị)?\s?(?:cũ\s)?)$"
)
LATER = re.compile(r"(?<!\w)(?:cũ|trước đây|trước kia)\)?,? ?\(?(?:hiện )?nay (?:thuộc|là)(?: địa bàn)?(?: vùng)?\s?$")
PASSED = re.compile(r"\s*[(,]?\s*(?:cũ|trước đây|trước kia)\)?,? ?\(?(?:hiện )?nay (?:thuộc|là)(?!\w)")
_AFTER_THE_MERGER = re.compile(
    r"(?<!\w)sau (?:khi )?(?:được )?(?:sáp nhập|hợp nhất|sát nhập)\s(?:[^.;:()]{2,60},\s)?(?:(?:thành phố|tỉnh|huyện|phường|xã|tp\.?)\s)?$"
)
_DOES = re.compile(r"\s(?:có|còn|đã|sẽ|vẫn|đang|mở|tổ chức|triển khai|thực hiện|bố trí|giao|lắp|nhận|phân bổ|ban hành|là)(?!\w)")


def is_what_came_of_it(left: str, right: str) -> bool:
    """Whether a name after "sau khi sáp nhập ..." is the unit that came of it: it does something."""
    return "sau" in left and _DOES.match(right) is not None and _AFTER_THE_MERGER.search(left) is not None
