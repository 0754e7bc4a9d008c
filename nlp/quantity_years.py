"""The year of each count: said with it, in its clause, by what opens the passage, or by the title; never that of a comparison."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NOT_SAID = -1
"""The sentence names no year for a count; None: it does, but which is not clear."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A year, or a stretch of several (None), as a sentence names it."""

    start: int
    end: int
    year: int | None


# "5-2023" and "5.2023" are months only behind a day or "tháng"; "2021-2025" is no year.
_YEAR = re.compile(
    r"(?:năm\s?|(?<=\d)/|(?:(?<=[/.-]\d)|(?<=[/.-]\d\d)|(?<=tháng \d)|(?<=tháng \d\d))[.-]|(?<![\w.,/–-])(?<!\d\s[–-]\s)(?<!\d[–-]\s))"
    r"((?:19[89]|20[0-4])\d)(?![\d%/])(?![.,]\d)(?!\s*[-–]\s*(?:20)?\d\d)(?!-\w)"
    r"(?!\s(?:đồng|triệu|tỷ(?! lệ)|tỉ(?! lệ)|nghìn|ngàn|km|ha|m2)(?!\w))"
)
_RELATIVE = re.compile(r"(?<!\w)(?:(?:năm|sáng|chiều|tối|hôm) nay|năm ngoái|năm tới|sang năm)(?!\w)")
_STEPS = {"năm ngoái": -1, "năm tới": 1, "sang năm": 1}
_STRETCH = re.compile(
    r"(?<!\w)(?:từ (?:đầu |cuối |tháng \d{1,2}/)?(?:năm )?20\d\d(?: (?:đến|tới)(?: (?:hết|cuối|đầu))?(?: (?:nay|năm 20\d\d)|\s?20\d\d))?"
    r"|(?:các |\d |hai |ba |bốn )?năm 20\d\d(?:, (?:năm )?20\d\d)*(?: và(?: năm)?|,) 20\d\d"
    r"|(?:trong|suốt)(?: cả)?(?: \d| hai| ba| bốn| năm)?(?: năm| giai đoạn)? ?\(?20\d\d\s?[-–]\s?(?:20)?\d\d"
    r"|(?:\d|hai|ba|bốn|năm) năm (?:qua|gần đây|liên tiếp))"
)
_OPENING_STRETCH = re.compile(r"\W{0,4}(?:giai đoạn|các năm|\d năm) 20\d\d\s?[-–]\s?(?:20)?\d\d")
# Years of what is compared with, of documents and of standards.
_ASIDE = re.compile(
    r"(?:so với|(?:ít|nhiều|cao|thấp|kém) hơn|hơn năm|kém năm)[^.;,)]{0,50}?20\d\d"
    r"|thành lập[^.;,)]{0,12}(?:19|20)\d\d|(?:bằng|cùng kỳ)[^.;,)]{0,16}?20\d\d"
    r"|(?:quyết định|nghị quyết|nghị định|thông tư|kế hoạch|công văn|luật|chỉ thị|hướng dẫn|văn bản|tờ trình|báo cáo)"
    r"\s(?:số\s)?\d{1,5}/[\w./&-]{1,40}"
    r"(?:[,\s]{1,2}ngày\s\d{1,2}(?:[/.-]|\stháng\s)\d{1,2}(?:[/.-]|\snăm\s)20\d\d)?"
    r"|(?:luật|hiến pháp)[^.;,()]{0,40}?(?:19|20)\d\d|chuẩn(?: (?!năm)\w+){0,4} 20\d\d"
    r"|ngày\s\d{1,2}(?:[/.-]|\stháng\s)\d{1,2}(?:[/.-]|\snăm\s)20\d\d\s(?:của|do)(?!\w)"
)
_OPENING = re.compile(
    r"(?:\W|theo đó|trong đó|cụ thể|riêng|kết quả|trong|tính đến|cuối|đầu|hết|đến|và|cũng|chỉ|sang|bước|vào|tháng \d{1,2}|6|9)*(?:\d/)?$"
)
_NOW = re.compile(
    r"(?<!\w)(?:sáng nay|chiều nay|hôm nay|mới đây|vừa qua|hiện nay|đến nay|hiện(?: có| còn| toàn)|thời gian (?:tới|qua)|sắp tới|tới đây"
    r"|trước đó|trước đây"
    r"|(?:ngày|sáng|chiều|tối) \d{1,2}/\d{1,2}(?!/))(?!\w)"
)
_WITH_IT = re.compile(r"[^,;.:()]{0,80}|\s{0,2}\(\s?(?:vào |cuối |đầu |hết |tính đến )?")
_APART = re.compile(r"(?<!\w)(?:và|còn|xuống|lên|phấn đấu|mục tiêu|nhưng|so)(?!\w)")
_SINCE = re.compile(r"(?<!\w)(?:nay|hiện)(?!\w)")
_LATER = re.compile(r";|(?<!\w)(?:xuống|còn|lên|nay|hiện)(?!\w)")
_TARGET = re.compile(r"(?<!\w)(?:phấn đấu|mục tiêu|đến|trước|tới)(?!\w)[^.;,]{0,20}$")
_OPENING_CHARACTERS = 48


class Years:
    """Feed the sentences of a text in order with `of`; what opened a passage is remembered."""

    def __init__(self, *, this_year: int | None, title_year: int | None) -> None:
        self._this_year, self._title_year = this_year, title_year
        self._carried: int | None = None
        self._framed: set[int | None] = set()
        self._said: set[int | None] = set()

    def of(self, low: str, first: int, last: int, counts: Sequence[tuple[int, int]], *, paragraph: bool) -> list[int | None]:
        """For each ``(start, end)`` its year, None where the sentence leaves it open, `NOT_SAID` where nothing before names one.

        ``paragraph``: whether the sentence begins a paragraph.
        """
        marks = [mark for mark in _marks(low, first, last, self._this_year) if not _inside(counts, mark.end - 1)]
        if paragraph and self._carried is not None and not self._is_near(self._carried):
            self._carried = None  # an old year frames its own paragraph alone
        self._follow(low, first, last, marks)
        found = _assigned(low, counts, marks) if marks else [NOT_SAID] * len(counts)
        fallback = self._carried or self._title_year
        return [fallback if year == NOT_SAID and fallback else year for year in found]

    def _follow(self, low: str, first: int, last: int, marks: Sequence[Mark]) -> None:
        self._said.update(mark.year for mark in marks)
        opens = bool(marks) and (
            marks[0].start - first <= _OPENING_CHARACTERS and _OPENING.fullmatch(low, first, marks[0].start) is not None
        )
        if opens:
            self._carried = marks[0].year if len({mark.year for mark in marks}) == 1 else None
            self._framed.add(marks[0].year)
        elif any(mark.year != self._carried for mark in marks) or _NOW.search(low, first, last):
            self._carried = None

    def of_the_text(self) -> int | None:
        """The only year that the text names at all, if it opens a passage; for counts in front of it, as in a lead."""
        if len(self._said) == 1 and self._said == self._framed:
            (year,) = self._said
            return year if year is not None and self._is_near(year) else None
        return None

    def _is_near(self, year: int) -> bool:
        return self._this_year is None or abs(year - self._this_year) <= 1


def speaks_of_now(low: str, first: int, last: int) -> bool:
    """Whether a sentence speaks of its own day, so that no year said elsewhere is its."""
    return _NOW.search(low, first, last) is not None


def years_in(low: str) -> set[int | None]:
    """All years that a title names for what it tells."""
    return {mark.year for mark in _marks(low, 0, len(low), None)}


def _marks(low: str, first: int, last: int, this_year: int | None) -> Iterator[Mark]:
    def stands(*literals: str) -> bool:
        return any(low.find(literal, first, last) >= 0 for literal in literals)

    numbered = stands("20", "19")  # most sentences name no year, and need no search for what stands around one
    found: list[Mark] = []
    if numbered or stands("năm qua", "năm gần đây", "năm liên tiếp"):
        aside = [match.span() for match in _ASIDE.finditer(low, first, last)] if numbered else []
        stretches = [match.span() for match in _STRETCH.finditer(low, first, last)]
        if opening := _OPENING_STRETCH.match(low, first, last):
            stretches.insert(0, opening.span())
        found += [Mark(start, end, None) for start, end in stretches if not _inside(aside, end - 1)]
        found += [
            Mark(match.start(), match.end(), int(match[1]))
            for match in _YEAR.finditer(low, first, last)
            if not _inside(aside, match.end() - 1) and not _inside(stretches, match.end() - 1)
        ]
    if this_year is not None and stands("nay", "năm"):
        found += [Mark(match.start(), match.end(), this_year + _STEPS.get(match[0], 0)) for match in _RELATIVE.finditer(low, first, last)]
    yield from sorted(found, key=lambda mark: mark.start)


def _inside(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether one of the spans, in order and apart, holds ``at``."""
    position = bisect_left(spans, (at + 1,)) - 1
    return position >= 0 and spans[position][0] <= at < spans[position][1]


def _assigned(low: str, counts: Sequence[tuple[int, int]], marks: Sequence[Mark]) -> list[int | None]:
    starts, ends = [mark.start for mark in marks], [mark.end for mark in marks]
    bound: dict[int, int] = {}
    """The mark that is said with a count, to the count."""
    own: dict[int, int] = {}
    for at, (_, end) in enumerate(counts):
        mark = bisect_left(starts, end)
        if mark < len(marks) and not (at + 1 < len(counts) and counts[at + 1][0] < starts[mark]):
            gap = low[end : min(starts[mark], end + 100)]
            if end + len(gap) == starts[mark] and _WITH_IT.fullmatch(gap) and not _APART.search(gap):
                bound[mark], own[at] = at, mark
    only = len({mark.year for mark in marks}) == 1 and not bound and counts[-1][0] < starts[0] if counts else False
    """One year behind all the counts, as in "..., theo kết quả rà soát năm 2023"."""
    found: list[int | None] = []
    for at, (start, _) in enumerate(counts):
        if at in own:
            found.append(marks[own[at]].year)
            continue
        before = bisect_left(ends, start + 1) - 1
        if before >= 0:
            other = _LATER if before in bound and bound[before] < at else _SINCE
            stands_apart = other.search(low, max(ends[before], start - 120), start)
            found.append(None if stands_apart else marks[before].year)
            continue
        if only:
            found.append(None if _TARGET.search(low, max(0, starts[0] - 40), starts[0]) else marks[0].year)
        else:
            found.append(NOT_SAID)
    return found
