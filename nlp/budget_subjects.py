"""Which activity and which programme a sum of public money is for, read from the words of its own clause.

A sentence that shares money out names several of each: what stands between a sum and its neighbours decides, and a total of several
has none of its own. All patterns expect lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from nlp.budget_context import Context
from nlp.patterns import words
from nlp.sieve import Sieve

_CUES: dict[tuple[str, ...], str] = {
    ("training",): "tập huấn|bồi dưỡng|(?<!tầng )(?<!trường )lớp|lớp học|đào tạo cán bộ|nâng cao năng lực",
    ("press",): "báo chí|báo in|báo điện tử|chuyên trang|bài báo|tác phẩm báo chí|đặt hàng báo|phóng viên",
    ("press", "broadcast"): "phóng sự|chuyên mục|tin bài|tin, bài|phim tài liệu|clip",
    ("broadcast",): "phát thanh|truyền hình|chương trình phát thanh|chương trình truyền hình|thời lượng|phát sóng",
    ("radio_facility",): (
        "đài truyền thanh|trạm truyền thanh|hệ thống truyền thanh|truyền thanh|thiết bị truyền thanh|lắp đài|đài xã|cụm loa|loa|tăng âm|"
        "micro|máy phát|thiết bị tác nghiệp|phương tiện tác nghiệp|xe loa"
    ),
    ("publication",): "tờ rơi|tờ gấp|sổ tay|cẩm nang|ấn phẩm|bản tin|(?<!ngân )(?<!chính )sách|tài liệu|tài liệu tuyên truyền|in ấn",
    ("visual",): "pa nô|panô|pano|áp phích|băng rôn|khẩu hiệu|băng - rôn|biển tuyên truyền|bảng tuyên truyền|cổ động trực quan|trực quan",
    ("visual", "access_point"): "bảng tin",
    (
        "digital",
    ): "trang thông tin điện tử|cổng thông tin|trang thông tin|website|fanpage|mạng xã hội|zalo|hệ thống thông tin nguồn|nền tảng số",
    ("event",): "hội thi|cuộc thi|liên hoan|sân khấu hóa|lễ phát động|giao lưu",
    ("event", "planning", "outreach", "oversight"): "hội nghị",
    ("dialogue",): "đối thoại",
    (
        "outreach",
    ): "tuyên truyền lưu động|tuyên truyền miệng|nói chuyện chuyên đề|buổi truyền thông|buổi tuyên truyền|truyền thông lưu động",
    ("access_point",): (
        "điểm cung cấp|điểm cung cấp dịch vụ|điểm bưu điện|bưu điện văn hóa|cụm thông tin|cụm thông tin điện tử|điểm thông tin|"
        "điểm truy cập|đồn biên phòng|bảng thông tin điện tử"
    ),
    ("access_device",): "đầu thu|điện thoại thông minh|máy thu thanh|máy thu hình|nghe - xem|nghe nhìn|máy tính bảng|radio",
    ("recognition",): "biểu dương|khen thưởng|tôn vinh|tuyên dương",
    ("oversight",): "kiểm tra|giám sát|đánh giá|sơ kết|tổng kết|khảo sát",
}
_WORDS = [(word.rpartition(")")[2], word, codes) for codes, alternatives in _CUES.items() for word in alternatives.split("|")]
_CODES = {plain: codes for plain, _, codes in _WORDS}
_ACTIVITY = words("|".join(word for _, word, _ in sorted(_WORDS, key=lambda entry: -len(entry[0]))))  # of two the longer one
_UNITS = {
    "đài": "radio_facility",
    "đài truyền thanh": "radio_facility",
    "trạm truyền thanh": "radio_facility",
    "cụm loa": "radio_facility",
    "điểm": "access_point",
    "điểm bưu điện": "access_point",
    "cụm thông tin": "access_point",
    "lớp": "training",
}
_SPENDS = re.compile(r"(?<!\w)(?:chi|dành|bố trí|phân bổ|trích|rót|cấp|đầu tư|hỗ trợ)(?!\w)")
_COORDINATED = re.compile(r",|;|&|\svà\s|\scùng\s")
_SEPARATED = re.compile(r"[,;:(]")
_GAP = 60
"""Characters: what stands further apart than this is no enumeration of two."""


class _Named(NamedTuple):
    start: int
    end: int
    codes: tuple[str, ...]


def activities_named(text: str) -> frozenset[str]:
    """All activities that cues in ``text`` may stand for."""
    return frozenset(code for match in _ACTIVITY.finditer(text) for code in _CODES[match[0]])


def activity_of(
    context: Context, *, tagged: frozenset[str], here: frozenset[str], named: frozenset[str], alone: bool, whole: str | None
) -> str | None:
    """The activity a sum is for.

    ``tagged``: activities of the document; ``here``: those whose evidence is the sum's sentence; ``named``: what the cues of the sentence
    may stand for; ``alone``: no other sum stands in it; ``whole``: activity of the total that the sum is a part of.
    """
    unit = _UNITS.get((context.per_unit or "").partition("/")[0])
    if unit:
        return unit if unit in tagged else None
    named_by_clause = _in_clause(context, here)
    if named_by_clause is not None:
        possible = [code for code in named_by_clause if code in tagged]
        nearer = [code for code in possible if code in here] or possible
        return nearer[0] if len(nearer) == 1 else None
    if whole is not None:
        return whole
    deeds = here - {"planning"} or here
    if alone and len(deeds) == 1 and named <= deeds:
        return next(iter(deeds))
    return None


def _in_clause(context: Context, here: frozenset[str]) -> tuple[str, ...] | None:
    """Codes that the clause of the sum names: none where it names several activities side by side, None where it is silent."""
    left = _own_left(context)
    comma = left.rfind(",")
    if comma >= 0 and _SPENDS.search(left, comma):
        left = left[comma + 1 :]
    before = _activities(left)
    behind = _activities(context.clause)
    if behind and (not before or behind[0].start <= len(left) - before[-1].end):
        return _one_of(behind, context.clause, here)
    return _one_of(before, left, here) if before else None


def _own_left(context: Context) -> str:
    """The words before a sum that no longer belong to the sum before it."""
    left = context.left
    if context.after_sum:
        separator = _SEPARATED.search(left)
        left = left[separator.end() :] if separator else left.partition(" và ")[2]
    return left.rpartition(";")[2]


def _activities(window: str) -> list[_Named]:
    return [_Named(match.start(), match.end(), _CODES[match[0]]) for match in _ACTIVITY.finditer(window)]


def _one_of(found: list[_Named], window: str, here: frozenset[str]) -> tuple[str, ...]:
    """What they speak of together: "tập huấn vận hành đài" of the first, "tập huấn và in tờ rơi" of several."""
    common = set(found[0].codes)
    for first, second in pairwise(found):
        if not common.intersection(second.codes) and _COORDINATED.search(window, first.end, second.start):
            return ()
    tagged = [named for named in found if here.intersection(named.codes)]
    return (tagged or found)[0].codes if len({named.codes for named in tagged}) <= 1 else found[0].codes


_LEAD = (
    r"(?<!\w)(?:chương trình|ctmtqg|mtqg|mục tiêu quốc gia|nguồn vốn|vốn|nguồn|kinh phí|ngân sách|quỹ)"
    r"(?:\s(?:sự nghiệp|đầu tư|chương trình|mục tiêu quốc gia|quốc gia|mtqg|ctmtqg|về|của|từ|thuộc|cho|xây dựng|nguồn|vốn|phát triển|"
    r"thực hiện|lồng ghép|đối ứng)){0,6}\s"
)
_POVERTY = "gnbv"
_NAMES_OF_PROGRAMMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        _POVERTY,
        re.compile(rf"{_LEAD}(?:giảm nghèo|gnbv)(?!\w)|(?<!\w)dự án(?: \d)?[^,;.:\d]{{0,25}}?giảm nghèo (?:về )?thông tin(?!\w)"),
    ),
    ("ntm", re.compile(rf"{_LEAD}(?:nông thôn mới|ntm)(?!\w)")),
    (
        "dtts-1719",
        re.compile(
            rf"(?<![\d.,])1719(?![\d.,])|{_LEAD}(?:(?:kinh tế|kt)\s?[-–,]?\s?(?:xã hội|xh)\s)?(?:vùng\s)?(?:đồng bào\s)?"
            r"(?:dân tộc thiểu số|dtts|dân tộc)(?!\w)"
        ),
    ),
    ("vtci", re.compile(r"viễn thông công ích")),
)
_PROGRAMMES = Sieve(_NAMES_OF_PROGRAMMES, lambda row: row[1])
_MERGED = "mtqg-2026-2035"


def programme_of(context: Context, *, tagged: frozenset[str], here: frozenset[str]) -> tuple[bool, str | None]:
    """Whether the clause of a sum says which programme pays, and which one; none where it names several together.

    ``tagged``: programmes of the document; ``here``: those whose evidence is the sum's sentence.
    """
    if here == {_MERGED}:
        return False, None  # its very name lists the others
    left = _own_left(context)
    before, behind = _programmes(left), _programmes(context.clause)
    if behind and (not before or behind[0].start <= len(left) - before[-1].end):
        found, window = behind, context.clause
        nearest = found[0]
    elif before:
        found, window = before, left
        nearest = found[-1]
    else:
        earlier = _programmes(context.whole_left.rpartition(";")[2])
        if not earlier:  # another clause may name what the document is not tagged with, or several
            others = {_with_period(named.codes[0], tagged, here)[1] for named in _programmes(context.whole_left)}
            return len(others) > 1 or not others <= tagged, None
        if len({named.codes for named in earlier}) > 1:
            return True, None
        return _with_period(earlier[-1].codes[0], tagged, here)
    for first, second in pairwise(found):
        apart = second.start - first.end
        if nearest in (first, second) and first.codes != second.codes and apart < _GAP and _coordinates(window, first, second):
            return True, None
    return _with_period(nearest.codes[0], tagged, here)


def _coordinates(window: str, first: _Named, second: _Named) -> bool:
    return first.end >= second.start or _COORDINATED.search(window, first.end - 1, second.start + 1) is not None


def _programmes(window: str) -> list[_Named]:
    possible = _PROGRAMMES.possible(window)
    found = (_Named(match.start(), match.end(), (code,)) for code, pattern in possible for match in pattern.finditer(window))
    return sorted(found, key=lambda named: named.end)


def _with_period(code: str, tagged: frozenset[str], here: frozenset[str]) -> tuple[bool, str | None]:
    """The code with the period of the poverty programme, which only the document tells."""
    if code != _POVERTY:
        return True, code
    periods = _periods(here) or _periods(tagged) or sorted(tagged & {_MERGED})
    return True, periods[0] if len(periods) == 1 else None


def _periods(codes: Iterable[str]) -> list[str]:
    return sorted(code for code in codes if code.startswith(_POVERTY))
