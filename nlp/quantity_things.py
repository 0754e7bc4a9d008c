"""What a number counts: the nouns after it, the shares that a text ties to poor households, and what is counted for each of something.

To count another thing, add a row to ``_NOUNS``. All patterns expect lower case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.quantity_numbers import Counted

_PEOPLE = (
    "cán bộ|đại biểu|học viên|cộng tác viên|tuyên truyền viên|báo cáo viên|phóng viên|biên tập viên|công chức|viên chức|hội viên|đoàn viên|"
    "thí sinh|trưởng thôn|bí thư chi bộ|người có uy tín|chi hội trưởng|lượt cán bộ|lượt học viên|lượt hội viên"
)
_PLACES = "xã|phường|thị trấn|thôn|bản|ấp|làng|buôn|tổ dân phố|huyện|khu dân cư|điểm trường"
_SERVED = (
    r"(?: (?:của |trong |trên |toàn |ở |tại )?(?:huyện|tỉnh|xã|thị xã|thành phố|địa bàn(?: \w+)?))?(?: (?:đã|đều|hiện|mới))*"
    r" (?:có|được(?: (?:lắp(?: đặt)?|trang bị|đầu tư|nâng cấp|phủ|xây dựng))?)(?: \w+){0,3}?"
    r" (?:đài|loa|truyền thanh|trạm|hệ thống thông tin|cụm thông tin|bưu điện văn hóa|bảng tin điện tử|internet|phủ sóng|sóng)(?!\w)"
)
_EQUIPPED = r"(?: (?:biên phòng|công an|cửa khẩu))?(?: (?:đã|đều|mới))* được (?:trang bị|cấp|hỗ trợ|lắp đặt|lắp|đầu tư)"
_TRAINED = r"(?: \w+){0,8}? (?:được|qua|dự|tham gia)(?: các)?(?: lớp)? (?:tập huấn|bồi dưỡng)(?!\w)"
_MADE = "nâng cấp|lắp|lắp đặt|thiết lập|đầu tư|sửa chữa|chuyển đổi|bàn giao|xây dựng|duy trì|trang bị|truyền thanh|mở rộng|khánh thành"
_ESCAPE = "(?:(?:đã|được|vươn lên|tự nguyện|đăng ký|xin|mới|viết đơn xin) ){0,3}(?:thoát nghèo|ra khỏi|thoát khỏi)"
# (kind, noun after the number, what must stand near or None). The first that fits decides.
_NOUNS: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...] = tuple(
    (kind, re.compile(rf"\s{{1,3}}({noun})(?!\w)"), re.compile(rf"(?<!\w)(?:{near})(?!\w)") if near else None)
    for kind, noun, near in (
        ("new_poor_households", "hộ nghèo (?:mới )?phát sinh|hộ phát sinh(?: nghèo)?(?: mới)?|hộ nghèo mới(?! thoát)", None),
        ("relapsed_households", "hộ (?:nghèo )?tái nghèo", None),
        ("escaped_households", f"hộ (?:nghèo )?{_ESCAPE}", None),
        ("near_poor_households", "hộ cận nghèo|hộ cận", None),
        ("poor_households", "hộ nghèo|hộ (?:thuộc diện |diện )nghèo", None),
        ("classes", "lớp|khóa(?= (?:tập huấn|bồi dưỡng|đào tạo))|khoá(?= (?:tập huấn|bồi dưỡng))|đợt(?= tập huấn)|cuộc tập huấn", None),
        ("conferences", "hội nghị|hội thảo|tọa đàm|toạ đàm|cuộc họp", None),
        ("dialogues", "(?:cuộc|buổi|hội nghị) đối thoại|lượt đối thoại", None),
        (
            "sessions",
            "(?:buổi|cuộc|đợt|lượt) (?:tuyên truyền|truyền thông|nói chuyện|sinh hoạt|thông tin lưu động|tư vấn)",
            None,
        ),
        ("contests", "hội thi|cuộc thi", None),
        ("stations", "(?:đài|trạm|hệ thống) (?:truyền thanh|phát thanh)|đài(?= (?:xã|cơ sở|phường|cấp xã|tt|ứng dụng|thông minh))", None),
        ("stations", "đài(?! (?:truyền hình|tiếng nói|báo|khí tượng|phun|tưởng|quan sát|hóa thân|sen|hoa|vinh danh|liệt|kỷ|pt))", _MADE),
        ("loudspeakers", "(?:cụm|bộ|chiếc|cái) loa|loa(?= (?:truyền thanh|phóng thanh|nén))", None),
        ("loudspeakers", "loa(?! (?:kéo|kẹo|thùng|bluetooth))", f"{_MADE}|cụm|đài|phát thanh"),
        (
            "points",
            "điểm (?:cung cấp|bưu điện|bưu chính|thông tin|truy cập|tuyên truyền|internet)|cụm thông tin|bảng tin điện tử|bưu điện văn hóa|"
            "bưu điện - văn hóa|bảng điện tử",
            None,
        ),
        ("border_posts", f"đồn(?: biên phòng)?(?={_EQUIPPED})", None),
        ("places_served", f"(?:{_PLACES})(?={_SERVED})", None),
        (
            "copies",
            "tờ rơi|tờ gấp|tờ báo|tờ tin|cuốn|quyển|ấn phẩm|cẩm nang|sổ tay|bộ tài liệu|tài liệu|tờ(?= (?:báo|rơi|gấp|tạp chí))",
            None,
        ),
        (
            "copies",
            "bản(?! (?:làng|vùng|dân|đặc|biên|giáp|xa|khó|tin|người|mông|thái))|tờ|số báo",
            "in|xuất bản|phát hành|cấp phát|nhân bản|tài liệu|cuốn|(?<!chính )sách|ấn phẩm",
        ),
        ("displays", "băng rôn|pa nô|pano|panô|pa-nô|áp phích|áp-phích|khẩu hiệu|bảng tin", None),
        (
            "broadcasts",
            "chương trình (?:phát thanh|truyền hình|truyền thanh)|chuyên mục|chuyên trang|lượt phát|buổi phát|giờ phát|bản tin|"
            "chương trình(?= (?:tiếng|bằng tiếng))",
            None,
        ),
        (
            "press_items",
            "tin,? bài|tin/bài|tin|bài viết|bài|phóng sự|tác phẩm|video|clip|video clip|tin ảnh",
            "báo|đài|phát|đăng|tuyên truyền|sản xuất|xây dựng|phóng sự|tin|bài|tác phẩm",
        ),
        ("devices", "đầu thu|ti vi|tivi|máy thu thanh|radio|điện thoại thông minh|máy tính bảng|(?:bộ )?thiết bị nghe|bộ thiết bị", None),
        ("people", _PEOPLE, None),
        (
            "people",
            "lượt người|người|đồng chí|thành viên|phụ nữ|nông dân|thanh niên|người dân|lượt người dân|lượt hộ",
            "tập huấn|bồi dưỡng|tham gia|tham dự|dự|tuyên truyền|truyền thông|hội nghị|lớp|tiếp cận|nghe|đối thoại|học viên",
        ),
    )
)
_OF_VILLAGES = re.compile(r"(?<!\w)(?:của|ở|tại|các|những|từ|khắp)\s*$")
_NO_CLASS = re.compile(r"\s*(?:\d|vỏ|đất|học sinh)")
_PRINTED = re.compile(r"(?<!\w)(?:in|in ấn|phát hành|cấp phát|xuất bản|nhân bản)(?:\s\w+){0,2}\s*$")
_SUDDENLY = re.compile(r"(?<!\w)phát sinh(?: mới| thêm)?\s*$")
_ORGANISED = re.compile(
    r"(?<!\w)(?:mở|tổ chức|khai giảng|lắp|lắp đặt|nâng cấp|xây dựng|thiết lập|sửa chữa|bàn giao|in|phát|duy trì|làm|sản xuất|gồm)"
    r"(?:\s(?:được|thêm|mới))?\s*$"
)
MADE = frozenset("classes conferences dialogues sessions contests stations loudspeakers points".split())
"""Kinds of what is held or built: one of them is a count, and it can fail to be."""

_PERCENT = re.compile(r"\s{0,2}(?:%|điểm (?:phần trăm|%)(?!\w))")
_SHARE_OF_PLACES = re.compile(rf"\s(?:tổng )?(?:số )?({_PLACES}){_SERVED}")
_SHARE_OF_PEOPLE = re.compile(rf"\s(?:tổng )?(?:số )?({_PEOPLE}){_TRAINED}")
_OTHER_SHARE = re.compile(rf"\s(?:tổng )?(?:số )?(?:{_PLACES}|{_PEOPLE}|dân số|người dân|học sinh|diện tích|kế hoạch)(?!\w)")
_POOR_AFTER = re.compile(r"\s(?:tổng )?(?:số )?(?:tỷ lệ |tỉ lệ )?hộ (cận )?nghèo(?!\w)")
_MOVED = re.compile(r"(?<!\w)(?:giảm|tăng|còn|xuống)(?:\s(?:được|thêm|bình quân|trung bình|mỗi năm|từ|hơn|gần|khoảng|trên|dưới|còn))*\s*$")
_RATE_CUE = re.compile(r"(?<!\w)(?:(?:hộ )?cận nghèo|hộ nghèo|tỷ lệ nghèo|tỉ lệ nghèo|nghèo đa chiều|giảm nghèo|hộ mới thoát nghèo)(?!\w)")
_RATE_LINK = re.compile(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|chiếm|còn|xuống|giảm|tăng|là|đạt|từ|mức|ở|đến|khoảng|dưới|trên|bình quân)(?!\w)[^.;]{0,24}$"
)
# "Tỷ lệ hộ nghèo được xem truyền hình đạt 95%": a share of poor households, not the share that is poor.
_OF_THE_POOR = re.compile(
    r"^\s(?:đã |đều |biết )?(?:được(?! rà soát)"
    r"|tiếp cận|tham gia|xem|nghe|sử dụng|dùng|nhận|biết|thiếu|có (?:ti ?vi|điện thoại|nhà|nhu cầu|máy|đài|loa))(?!\w)"
)
_OTHER_TOPIC = re.compile(r"(?<!\w)(?:giải ngân|vốn|kinh phí|diện tích|dân số|học sinh|bảo hiểm|bhyt|lãi suất|lao động)(?!\w)")
_OPEN_BRACKET = re.compile(r"\(\s*$")
_CHIEM = re.compile(r"(?<!\w)chiếm(?!\w)[^.;]{0,16}$")
_BRACKETED = re.compile(r"(?<!\w)(?:giảm|tăng)\s*(?:thêm\s*)?$")
# "Số hộ nghèo giảm từ 1.204 hộ xuống còn 860 hộ", "Hộ nghèo: 1.234 hộ": the noun is not said again.
_COUNTED_BEFORE = re.compile(
    r"hộ (?:cận )?nghèo(?:[^.;,():]|(?<=\d)\.(?=\d)){0,40}(?:(?<!\w)(?:từ|xuống|còn|là|xuống còn|lên|có)\s+|:\s*)"
    r"(?:hơn |gần |khoảng |trên |dưới )?$"
)
_BACK_IN_POVERTY = re.compile(r"(?<!\w)tái nghèo(?:\s(?:là|có))?:?\s*$")
_HOUSEHOLDS = re.compile(r"\s{1,2}(hộ)(?!\w)(?! (?:nghèo|cận|gia đình|dân|thoát))")
# "huyện còn 900 hộ nghèo" is a level; "mở hội nghị cho 200 hộ nghèo" is an audience.
_LEVEL = re.compile(
    r"(?<!\w)(?:có|còn|là|tổng số|tổng|giảm|giảm được|tăng|thêm|toàn \w+|chiếm|số hộ nghèo|khoảng|trên|hơn|gần|xuống|lên|với)\s*$"
    r"|[;:(]\s*$"
)


@dataclass(frozen=True, slots=True)
class Thing:
    kind: str
    unit: str
    """As written."""
    end: int
    """Where the unit ends in what stands right of the number."""


def thing_counted(number: Counted, left: str, right: str, seen: str | None) -> Thing | None:
    """What ``number`` counts between ``left`` and ``right``; ``seen`` is the kind of households that the sentence counted last."""
    percent = _PERCENT.match(right)
    if percent:
        return _share(percent, left, right[percent.end() :], seen)
    if not number.is_whole:
        return None
    for kind, noun, near in _NOUNS:
        match = noun.match(right)
        if not match or not (near is None or near.search(left[-80:]) or near.search(right[match.end() : match.end() + 40])):
            continue
        kind = _kind(kind, match, left, seen)
        if kind == "classes" and _NO_CLASS.match(right[match.end() :]):
            continue
        if kind == "copies" and match[1] == "bản" and _OF_VILLAGES.search(left):
            continue
        if number.lone_word and not (kind in MADE and _ORGANISED.search(left)):
            return None
        return Thing(kind, match[1], match.end())
    households = _HOUSEHOLDS.match(right)
    if households:
        if _BACK_IN_POVERTY.search(left[-40:]):
            return Thing("relapsed_households", "hộ", households.end())
        if _BRACKETED.search(left) or _COUNTED_BEFORE.search(left[-70:]):
            poor = _nearest_poor(left) or seen
            return Thing(poor, "hộ", households.end()) if poor else None
    return None


def _kind(kind: str, match: re.Match[str], left: str, seen: str | None) -> str:
    if kind.endswith("poor_households") and not kind.startswith("new"):
        if _SUDDENLY.search(left[-24:]):
            return "new_poor_households"
        if seen is None and not _LEVEL.search(left):
            return "households_reached"
    if kind == "broadcasts" and match[1] == "bản tin" and _PRINTED.search(left[-40:]):
        return "copies"
    return kind


def _nearest_poor(left: str) -> str | None:
    matches = list(_RATE_CUE.finditer(left))
    if not matches:
        return None
    return "near_poor_households" if "cận" in matches[-1][0] else "poor_households"


def _share(percent: re.Match[str], left: str, right: str, seen: str | None) -> Thing | None:
    unit, end = percent[0].strip(), percent.end()
    if unit != "%":  # points are a difference
        poor = _POOR_AFTER.match(right)
        kind = ("near_poor_rate" if poor[1] else "poor_rate") if poor else _rate_kind(left, seen)
        return Thing(kind, unit, end) if kind and _MOVED.search(left[-40:]) else None
    for kind, pattern in (("places_served_rate", _SHARE_OF_PLACES), ("people_trained_rate", _SHARE_OF_PEOPLE)):
        if pattern.match(right):
            return Thing(kind, "%", end)
    poor = _POOR_AFTER.match(right)
    if poor:
        moved = _MOVED.search(left[-40:]) and not _OF_THE_POOR.match(right[poor.end() :])
        return Thing("near_poor_rate" if poor[1] else "poor_rate", "%", end) if moved else None
    if _OTHER_SHARE.match(right):
        return None
    kind = _rate_kind(left, seen)
    return Thing(kind, "%", end) if kind else None


def _rate_kind(left: str, seen: str | None) -> str | None:
    """Only shares that the text ties to poor households: the nearest name in the clause, else the count just given."""
    if not _RATE_LINK.search(left) and not _OPEN_BRACKET.search(left):
        return None
    clause = left.rpartition(";")[2][-110:]
    names = list(_RATE_CUE.finditer(clause))
    if names:
        between = clause[names[-1].end() :]
        if _OF_THE_POOR.match(between) or _OTHER_TOPIC.search(between):
            return None
        return "near_poor_rate" if "cận" in names[-1][0] else "poor_rate"
    if seen and _CHIEM.search(left):
        return "near_poor_rate" if seen.startswith("near") else "poor_rate"
    return None


_UNITS = (
    "lớp|khóa|khoá|hội nghị|hội thi|cuộc thi|buổi|cuộc|đợt|kỳ|số|xã|phường|thị trấn|huyện|tỉnh|thôn|bản|ấp|làng|buôn|tổ|khu dân cư"
    "|đài|trạm|điểm|cụm|hộ|gia đình|nhà|nơi|loại|chi hội|chi đoàn|câu lạc bộ|người|cán bộ|học viên|đại biểu|đảng viên|hội viên|đoàn viên"
    "|tuyên truyền viên|cộng tác viên|báo cáo viên|trưởng thôn|đơn vị|địa phương|cơ sở|trường|đồn|nhóm|đội"
)
_TIMES = "năm|tháng|quý|tuần|ngày"
_EACH_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:mỗi|từng)(?: một)? ({_UNITS}|{_TIMES}|\w+)|(?:hằng|hàng) ({_TIMES})|bình quân (?:một|1) ({_UNITS}|{_TIMES}))(?!\w)"
)
_ON = r"(?: (?!mỗi |một |cho |trên |và |trong |miễn )\w+)"
_EACH_AFTER = re.compile(
    rf"{_ON}{{0,4}}?\s?(?:/\s?({_UNITS}|{_TIMES})|(?: cho| trên)? (?:mỗi|từng) ({_UNITS}|{_TIMES}|\w+))(?!\w)"
    r"(?!(?: (?:khoảng|hơn|gần|từ|có|được|là|dựng|đặt|lắp|chừng))* (?:\d|(?:một|hai|ba|bốn|năm|mười)(?!\w)))"
    rf"|{_ON}{{0,2}}? một ({_UNITS}|{_TIMES})(?!\w)"
)
_NO_LONGER_EACH = re.compile(r"[;.:(]|(?<!\w)(?:tổng|tất cả|cả|toàn|chung|riêng|cộng|năm \d{4})(?!\w)")
# "mỗi lớp 50 người, 2 giảng viên": a comma right before the next number goes on with the same list.
_LISTED = re.compile(r",(?!\s(?:hơn |gần |khoảng |trên |với )?(?:\d|$))")
_EACH_REACH = 90


def counted_for_each(left: str, right: str) -> str | None:
    """``lớp`` of "mỗi lớp 50 người" and "50 người/lớp"; None for a plain count."""
    after = _EACH_AFTER.match(right)
    if after:
        return after[1] or after[2] or after[3]
    befores = list(_EACH_BEFORE.finditer(left, max(0, len(left) - _EACH_REACH)))
    if not befores:
        return None
    last = befores[-1]
    unit = last[1] or last[2] or last[3]
    between = left[last.end() :]
    if _NO_LONGER_EACH.search(between) or (unit not in _TIMES.split("|") and _LISTED.search(between)):
        return None
    return unit
