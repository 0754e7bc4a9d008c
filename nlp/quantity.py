"""tag_quantities: people trained, classes, copies, stations, broadcasts, poor households and rates, with year and modality.

Money is not read here (see ``nlp/money.py``). A number counts only with the noun of a thing this field reports; everything else
(population, areas, document numbers) is left alone. To count another thing, add a row to ``_NOUNS``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from corpus.document import Document, FieldName, Modality, Quantity, Span
from corpus.text import lower, sentence_spans
from nlp.money_numbers import read_number
from nlp.money_qualifiers import qualifier_before

METHOD = "quantity-rules 2026.11"

_REACH = 200
"""Characters looked at on the left of a number."""


def tag_quantities(document: Document) -> Document:
    """The document with ``quantities`` in the order of title, then text; a repeated count is one record with all its evidence."""
    planned_by_kind = document.official is not None and document.official.kind.lower() in ("kế hoạch", "tờ trình", "đề án")
    title_years = [int(year) for year in _YEAR.findall(lower(document.title))]
    setting = _Setting(
        default="planned" if planned_by_kind else "done",
        title_year=title_years[0] if len(set(title_years)) == 1 else None,
        this_year=document.published.year if document.published else None,
    )
    found: list[Quantity] = []
    for name, text in (("title", document.title), ("text", document.text)):
        found.extend(_field_quantities(text, name, setting))  # type: ignore[arg-type]  # the two literals of FieldName
    return replace(document, quantities=tuple(_merged(found)))


@dataclass(frozen=True, slots=True)
class _Setting:
    default: Modality
    title_year: int | None
    this_year: int | None


_NUMBER = re.compile(
    r"(?<![\w.,/])(?:(?P<digits>\d[\d.,]*)(?P<scale>\s(?:nghìn|ngàn|triệu))?|(?P<word>hai|ba|bốn|sáu|bảy|tám|chín|mười)(?=\s))(?!\w)"
)
_WORD_VALUES = {"hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_SCALES = {"nghìn": 1000, "ngàn": 1000, "triệu": 10**6}

_PEOPLE = (
    "cán bộ|đại biểu|học viên|cộng tác viên|tuyên truyền viên|báo cáo viên|phóng viên|biên tập viên|công chức|viên chức|hội viên|đoàn viên|"
    "thí sinh|trưởng thôn|bí thư chi bộ|người có uy tín|chi hội trưởng|lượt cán bộ|lượt học viên|lượt hội viên"
)
# (kind, noun after the number, what must stand near or None). The first that fits decides.
_NOUNS: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...] = tuple(
    (kind, re.compile(rf"\s{{1,3}}({noun})(?!\w)"), re.compile(rf"(?<!\w)(?:{near})(?!\w)") if near else None)
    for kind, noun, near in (
        ("near_poor_households", "hộ cận nghèo|hộ cận", None),
        ("escaped_households", "hộ (?:vươn lên |tự nguyện |đăng ký )?thoát nghèo|hộ mới thoát nghèo|hộ ra khỏi", None),
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
        ("loudspeakers", "(?:cụm|bộ|chiếc|cái) loa|loa(?= (?:truyền thanh|phóng thanh|nén))", None),
        (
            "points",
            "điểm (?:cung cấp|bưu điện|bưu chính|thông tin|truy cập|tuyên truyền|internet)|cụm thông tin|bảng tin điện tử|bưu điện văn hóa|"
            "bưu điện - văn hóa|bảng điện tử",
            None,
        ),
        (
            "copies",
            "tờ rơi|tờ gấp|tờ báo|tờ tin|cuốn|quyển|ấn phẩm|cẩm nang|sổ tay|bộ tài liệu|tài liệu|tờ(?= (?:báo|rơi|gấp|tạp chí))",
            None,
        ),
        (
            "copies",
            "bản(?! (?:làng|vùng|dân|đặc|biên|giáp|xa|khó|tin|người|mông|thái))|tờ|số báo",
            "in|xuất bản|phát hành|cấp phát|nhân bản|tài liệu|cuốn|sách|ấn phẩm",
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
_RANGE_END = re.compile(r"\s{0,2}(?:[-–]|đến)\s{0,2}\d[\d.,]{0,8}(?=\s{0,2}%)")
_PERCENT = re.compile(r"\s{0,2}%")
_RATE_CUE = re.compile(r"(?<!\w)(?:(?:hộ )?cận nghèo|hộ nghèo|tỷ lệ nghèo|tỉ lệ nghèo|nghèo đa chiều|giảm nghèo|hộ mới thoát nghèo)(?!\w)")
_RATE_LINK = re.compile(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|chiếm|còn|xuống|giảm|tăng|là|đạt|từ|mức|ở|đến|khoảng|dưới|trên|bình quân)(?!\w)[^.;]{0,24}$"
)
_BRACKETED = re.compile(r"(?<!\w)(?:giảm|tăng)\s*(?:thêm\s*)?$")
# "Số hộ nghèo giảm từ 1.204 hộ xuống còn 860 hộ": the noun is not said again.
_COUNTED_BEFORE = re.compile(
    r"hộ (?:cận )?nghèo(?:[^.;,()]|(?<=\d)\.(?=\d)){0,40}(?<!\w)(?:từ|xuống|còn|là|xuống còn|lên)\s+(?:hơn |gần |khoảng |trên |dưới )?$"
)
_HOUSEHOLDS = re.compile(r"\s{1,2}(hộ)(?!\w)(?! (?:nghèo|cận|gia đình|dân|thoát))")
_CHANGE = re.compile(r"(?<!\w)(giảm|tăng)(?:\s+(?:được|thêm|đi|bình quân|trung bình|mỗi năm))*\s*$")

_YEAR = re.compile(r"(?:năm|cuối|đầu|hết|giữa|riêng|trong|tháng\s\d{1,2}/|\d/)\s?(20\d\d)(?!\d)(?!\s*[-–]\s*20\d\d)")
_YEAR_WORD = re.compile(r"(?:năm|tháng|giai đoạn|quý \w{1,3}|[-–/])\s*$")
_PLANNED = re.compile(
    r"(?<!\w)(?:sẽ|dự kiến|phấn đấu|mục tiêu(?! quốc gia)|chỉ tiêu|đề xuất|đặt ra|kế hoạch(?= (?:là|đặt|mở|tổ chức|in|sản xuất|:)))"
    r"|(?<!\w)(?:yêu cầu|nhằm|cần|đề nghị|phải|đăng ký|tối thiểu)(?!\w)"
)
_DONE_STRONG = re.compile(r"(?<!\w)(?:đã|hoàn thành|vừa|kết quả)(?!\w)")
_GENERAL = re.compile(r"(?<!\w)(?:(?:hằng|hàng|mỗi) (?:năm|tháng|quý|tuần|ngày)|thường xuyên)(?!\w)")
_DETAIL_END = re.compile(
    r"[.,;:()\n“”\"]|(?<!\w)(?:ở|tại|về|đến từ|trên|trong|theo|cho|với|để|nhằm|tham gia|tham dự|được|từ|"
    r"thuộc|do|của|là(?= (?:người|một))|năm|và(?= \d)|\d)(?!\w)"
)
_BRACKETS = re.compile(r"\([^()]*\)")
# "huyện còn 900 hộ nghèo" is a level; "mở hội nghị cho 200 hộ nghèo" is an audience.
_LEVEL = re.compile(
    r"(?<!\w)(?:có|còn|là|tổng số|tổng|giảm|giảm được|tăng|thêm|toàn \w+|chiếm|số hộ nghèo|khoảng|trên|hơn|gần|xuống|lên|với)\s*$"
    r"|[;:(]\s*$"
)


def _field_quantities(text: str, name: FieldName, setting: _Setting) -> Iterator[Quantity]:
    low = lower(text)
    spans = sentence_spans(text)
    starts = [start for start, _ in spans]
    last_kind: tuple[int, str] | None = None
    for match in _NUMBER.finditer(low):
        index = max(0, bisect_right(starts, match.start()) - 1)
        if not spans:
            return
        first, last = spans[index]
        digits = (match["digits"] or match["word"]).rstrip(".,")
        number_end = match.start() + len(digits) if match["scale"] is None else match.end()
        if len(digits) == 4 and digits[:2] in ("19", "20") and _YEAR_WORD.search(low[max(0, match.start() - 12) : match.start()]):
            continue
        value = _value(digits, match["scale"])
        if value is None:
            continue
        left = low[max(first, match.start() - _REACH) : match.start()]
        right = low[number_end : min(last, number_end + 90)]
        seen = last_kind[1] if last_kind is not None and last_kind[0] == index else None
        thing = _thing(left, right, digits, seen)
        upper = _RANGE_END.match(right) if thing is None else None
        if upper:  # the lower end of "1 - 1,5%" takes the unit of the upper one
            thing = _thing(left, right[upper.end() :], digits if "," not in digits else "1", seen) if "%" in right[:24] else None
            thing = (thing[0], thing[1], upper.end() + thing[2]) if thing else None
        if thing is None:
            continue
        kind, unit, unit_end = thing
        if kind.endswith("households"):
            last_kind = (index, kind)
        start, qualifier = qualifier_before(low, match.start())
        start = max(start, first)
        end = number_end + unit_end
        before = low[max(first, start - _REACH) : start]
        yield Quantity(
            kind=kind,
            value=value,
            unit=unit,
            detail="" if kind.endswith(("rate", "households")) else _detail(text, number_end, last, before, kind),
            qualifier=qualifier,
            year=_year(low[max(0, first - 1) : last], match.start() - first, setting),
            modality=_modality(low[max(first, match.start() - _REACH) : match.start()], setting.default),
            change=_change(before, kind),
            evidence=(Span(start, end, name), Span(first, max(last, end), name)),
            method=METHOD,
        )


def _value(digits: str, scale: str | None) -> float | None:
    if digits in _WORD_VALUES:
        return float(_WORD_VALUES[digits])
    if len(digits) > 15:
        return None
    number = read_number(digits, scaled=True)
    if number.value is None or number.flags:
        return None
    factor = _SCALES[scale.strip()] if scale else 1
    return float(number.value * Decimal(factor))


def _thing(left: str, right: str, digits: str, seen: str | None) -> tuple[str, str, int] | None:
    """Kind, unit as written and where the unit ends in ``right``."""
    percent = _PERCENT.match(right)
    if percent:
        kind = _rate_kind(left, seen)
        return (kind, "%", percent.end()) if kind else None
    if "," in digits:
        return None
    for kind, noun, near in _NOUNS:
        match = noun.match(right)
        if not match:
            continue
        if near is not None and not (near.search(left[-80:]) or near.search(right[match.end() : match.end() + 40])):
            continue
        if kind.endswith("poor_households") and seen is None and not _LEVEL.search(left):
            kind = "households_reached"
        if kind == "classes" and re.match(r"\s*(?:\d|vỏ|đất|học sinh)", right[match.end() :]):
            continue
        return kind, match[1], match.end()
    households = _HOUSEHOLDS.match(right)
    if households and (_BRACKETED.search(left) or _COUNTED_BEFORE.search(left[-70:])):
        poor = _nearest_poor(left) or seen
        if poor:
            return poor, "hộ", households.end()
    return None


def _nearest_poor(left: str) -> str | None:
    matches = list(_RATE_CUE.finditer(left))
    if not matches:
        return None
    return "near_poor_households" if "cận" in matches[-1][0] else "poor_households"


def _rate_kind(left: str, seen: str | None) -> str | None:
    """Only shares that the text ties to poor households: the nearest name in the clause, else the count just given."""
    if not _RATE_LINK.search(left) and not re.search(r"\(\s*$", left):
        return None
    clause = left.rpartition(";")[2]
    names = list(_RATE_CUE.finditer(clause[-110:]))
    if names:
        return "near_poor_rate" if "cận" in names[-1][0] else "poor_rate"
    if seen and re.search(r"(?<!\w)chiếm(?!\w)[^.;]{0,16}$", left):
        return "near_poor_rate" if seen.startswith("near") else "poor_rate"
    return None


def _change(before: str, kind: str) -> Literal["up", "down"] | None:
    if not kind.endswith(("households", "rate")) or kind == "escaped_households":
        return None
    match = _CHANGE.search(before)
    if not match:
        return None
    return "down" if match[1] == "giảm" else "up"


_UPGRADE = re.compile(
    r"(?<!\w)(nâng cấp|lắp đặt mới|lắp mới|thiết lập mới|xây dựng mới|xây mới|lắp đặt|sửa chữa|chuyển đổi|mở rộng|bàn giao|"
    r"đầu tư)(?!\w)[^.;]{0,30}$"
)


def _detail(text: str, start: int, end: int, before: str, kind: str) -> str:
    """The noun phrase after the number; for stations with what was done to them."""
    phrase = text[start : min(end, start + 90)].lstrip()
    stop = _DETAIL_END.search(lower(phrase))
    if stop:
        phrase = phrase[: stop.start()]
    phrase = " ".join(phrase.split())[:80].rstrip(" -–")
    if kind in ("stations", "loudspeakers"):
        action = _UPGRADE.search(before)
        return f"{action[1]} {phrase}" if action else phrase
    return phrase


def _modality(left: str, default: Modality) -> Modality:
    left = _BRACKETS.sub(" ", left)
    if _GENERAL.search(left):
        return "general"
    planned = [match.end() for match in _PLANNED.finditer(left)]
    strong = [match.end() for match in _DONE_STRONG.finditer(left)]
    if planned and (not strong or strong[-1] < planned[-1]):
        return "planned"
    return "done" if strong else default


def _year(sentence: str, position: int, setting: _Setting) -> int | None:
    """The single year named last before the number in its sentence, else first after it, else the title's."""
    low = sentence[max(0, position - 300) : position + 160]
    cut = min(position, 300)
    matches = list(_YEAR.finditer(low))
    earlier = [m for m in matches if m.start() <= cut]
    if earlier:
        return int(earlier[-1][1])
    if re.search(r"(?<!\w)(?:năm nay|trong năm nay)(?!\w)", low) and setting.this_year:
        return setting.this_year
    if matches:
        return int(matches[0][1])
    return setting.title_year


def _merged(found: Sequence[Quantity]) -> Iterator[Quantity]:
    groups: dict[tuple[object, ...], list[Quantity]] = {}
    for quantity in found:
        key = (quantity.kind, quantity.value, quantity.unit, quantity.qualifier, quantity.change, quantity.modality)
        groups.setdefault(key, []).append(quantity)
    for group in groups.values():
        if len(group) == 1:
            yield group[0]
            continue
        year = next((q.year for q in group if q.year is not None), None)
        detail = max((q.detail for q in group), key=len)
        yield replace(group[0], year=year, detail=detail, evidence=tuple(span for q in group for span in q.evidence))
