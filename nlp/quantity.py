"""tag_quantities: people trained, classes, copies, stations, broadcasts, poor households and rates, with year and modality.

Money is not read here (see ``nlp/money.py``). A number counts only with the noun of a thing this field reports; everything else
(population, areas, document numbers) is left alone. Numbers are found in ``nlp/quantity_numbers.py``, what they count in
``nlp/quantity_things.py``, their years in ``nlp/quantity_years.py``; what was not done is no count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.document import Document, FieldName, Modality, Quantity, Span
from corpus.text import lower, sentence_spans
from nlp.money_qualifiers import qualifier_before
from nlp.quantity_numbers import Counted, find_numbers
from nlp.quantity_things import MADE, Thing, counted_for_each, thing_counted
from nlp.quantity_years import NOT_SAID, Years, speaks_of_now, years_in

METHOD = "quantity-rules 2026.12"

_REACH = 200
"""Characters looked at on the left of a number."""
_RIGHT = 90


def tag_quantities(document: Document) -> Document:
    """The document with ``quantities`` in the order of title, then text; a repeated count is one record with all its evidence."""
    planned_by_kind = document.official is not None and document.official.kind.lower() in ("kế hoạch", "tờ trình", "đề án")
    title_years = years_in(lower(document.title))
    title_year = next(iter(title_years)) if len(title_years) == 1 else None
    this_year = document.published.year if document.published else None
    default: Modality = "planned" if planned_by_kind else "done"
    years = Years(this_year=this_year, title_year=title_year)
    in_title = Years(this_year=this_year, title_year=title_year)
    found = _field_quantities(document.title, "title", _usually(document, "title", default), in_title)
    found += _field_quantities(document.text, "text", _usually(document, "text", default), years)
    whole = years.of_the_text()
    dated = [
        replace(one.quantity, year=(whole if one.may_take_the_only_year else None) if one.quantity.year == NOT_SAID else one.quantity.year)
        for one in found
    ]
    return replace(document, quantities=tuple(_merged(dated)))


def _usually(document: Document, name: FieldName, default: Modality) -> Callable[[int, str, str], Modality]:
    """By position and kind of a count and the words before it: what it is where no marker says when. What comes of a deed is planned in a
    sentence that shows planned activities alone, unless it is said to be there; all else is ``default``."""
    shown = [(span, activity.modality) for activity in document.activities for span in activity.evidence if span.field == name]

    def usual(position: int, kind: str, left: str) -> Modality:
        beside = {modality for span, modality in shown if span.start <= position < span.end}
        is_to_come = kind in _COME_OF_DEEDS and beside == {"planned"} and _IS_THERE.search(left) is None
        return "planned" if is_to_come else default

    return usual


@dataclass(frozen=True, slots=True)
class _Found:
    quantity: Quantity
    may_take_the_only_year: bool


_COME_OF_DEEDS = MADE | {"copies", "broadcasts", "press_items", "people"}
_IS_THERE = re.compile(r"(?<!\w)(?:hiện|đang|còn|nay|có)(?!\w)[^,;.:]*$")
"""In the words before a count, up to a comma: "8 xã hiện có 131 cụm loa"."""
_CHANGE = re.compile(r"(?<!\w)(giảm|tăng)(?:\s+(?:được|thêm|đi|bình quân|trung bình|mỗi năm))*\s*$")
_FROM = re.compile(r"(?<!\w)từ\s*$")
_PLANNED = re.compile(
    r"(?<!\w)(?:sẽ|dự kiến|phấn đấu|mục tiêu(?! quốc gia)|chỉ tiêu|đề xuất|đặt ra|kế hoạch(?= (?:là|đặt|mở|tổ chức|in|sản xuất|:)))"
    r"|(?<!\w)(?:yêu cầu|nhằm|cần|đề nghị|phải|đăng ký|tối thiểu)(?!\w)"
)
_DONE_STRONG = re.compile(r"(?<!\w)(?:đã|hoàn thành|vừa|kết quả)(?!\w)")
_GENERAL = re.compile(r"(?<!\w)(?:(?:hằng|hàng|mỗi) (?:năm|tháng|quý|tuần|ngày)|thường xuyên)(?!\w)")
_DETAIL_END = re.compile(
    r"[.,;:/()\n“”\"]|(?<!\w)(?:ở|tại|về|đến từ|trên|trong|theo|cho|với|để|nhằm|tham gia|tham dự|được|từ|mỗi|"
    r"thuộc|do|của|là(?= (?:người|một))|năm|và(?= \d)|\d)(?!\w)"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_DOING = (
    "tổ chức|mở|khai giảng|lắp|lắp đặt|xây|xây dựng|thiết lập|in|in ấn|phát|phát hành|cấp|cấp phát|triển khai|thực hiện|hoàn thành|nâng cấp"
    "|bố trí|đầu tư|sản xuất|duy trì|bàn giao|trang bị|làm|tập huấn|bồi dưỡng|diễn ra|khai mạc|vận hành|trao|sửa chữa"
)
_NOT_DONE = re.compile(
    r"(?<!\w)((?:không|chưa|chẳng)(?: (?:thể|hề|kịp|tiến hành|được|đủ điều kiện|đủ sức))*"
    rf" (?:{_DOING}|đạt|có|còn)(?!\w)(?: được)?(?! đầy đủ)"
    r"|thay vì|hủy|huỷ|hủy bỏ|hoãn|tạm hoãn|tạm dừng|không phải)(?:\s[^\s,;.:()]+){0,10}?\s*$"
)
_ONLY_NOT = re.compile(r"(?<!\w)(?:mà|nhưng|chỉ|bằng|đã|sẽ|nên|vẫn|vì|do|để)(?!\w)")
_NOT_DONE_AFTER = re.compile(
    r"(?:\s(?!và |cho |nhưng |mà |ở |tại |có |nơi )[^\s,;.:()]+){0,6}?"
    rf"\s(?:chưa|không)(?: (?:thể|hề|được|kịp))* (?:{_DOING}|hoạt động)(?!\w)"
    r"|(?:\s(?!và |cho |nhưng |mà )[^\s,;.:()]+){0,6}?\s(?:phải |bị )(?:hủy|huỷ|hoãn|dừng|tạm hoãn|tạm dừng)(?!\w)"
)
_OR_MORE = re.compile(r"(?:\s[^\s,;.:()]+){0,4}?\strở (lên|xuống)(?!\w)")
_DAY = re.compile(r"(?<!\w)(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|từ|đến|mùng|mồng)\s*$")


def _field_quantities(text: str, name: FieldName, usual: Callable[[int, str, str], Modality], years: Years) -> list[_Found]:
    low = lower(text)
    found: list[_Found] = []
    before = 0
    for first, last in sentence_spans(text):
        counts = list(_counts(low, first, last))
        spans = [(number.start, number.end + thing.end) for number, thing in counts]
        said = years.of(low, first, last, spans, paragraph="\n" in low[before:first])
        before = last
        if not counts:
            continue
        now = speaks_of_now(low, first, last)
        for (number, thing), year in zip(counts, said, strict=True):
            default = usual(number.start, thing.kind, low[max(first, number.start - _REACH) : number.start])
            found += [_Found(one, not now) for one in _records(text, low, name, number, thing, first, last, year, default)]
    return found


def _counts(low: str, first: int, last: int) -> Iterator[tuple[Counted, Thing]]:
    seen: str | None = None
    for number in find_numbers(low, first, last):
        left = low[max(first, number.start - _REACH) : number.start]
        right = low[number.end : min(last, number.end + _RIGHT)]
        if number.out_of is not None and (_DAY.search(left) or number.top is not None):
            continue
        thing = thing_counted(number, left, right, seen)
        if thing is None or (number.out_of is not None and not _is_part(number, thing)):
            continue
        if thing.kind.endswith("households"):
            seen = thing.kind
        if not _is_denied(thing.kind, left, right[thing.end :]):
            yield number, thing


def _is_part(number: Counted, thing: Thing) -> bool:
    """Whether "10/12" is a part of a whole and no day: no month comes after the twelfth, and places are said to have something."""
    assert number.out_of is not None
    return thing.kind == "places_served" or number.out_of > 12 or number.value > 31


def _is_denied(kind: str, left: str, right: str) -> bool:
    denied = _NOT_DONE.search(left, max(0, len(left) - 100))
    if denied and not _ONLY_NOT.search(left, denied.end(1)):
        return True
    return kind in MADE and _NOT_DONE_AFTER.match(right) is not None


def _records(
    text: str, low: str, name: FieldName, number: Counted, thing: Thing, first: int, last: int, year: int | None, default: Modality
) -> Iterator[Quantity]:
    """One record, or two with the same evidence for the ends of a range."""
    start, qualifier = qualifier_before(low, number.start)
    start = max(start, first)
    end = number.end + thing.end
    left = low[max(first, number.start - _REACH) : number.start]
    right = low[end : min(last, end + _RIGHT)]
    more = _OR_MORE.match(right)
    if more:
        qualifier = "over" if more[1] == "lên" else "max"
    before = low[max(first, start - _REACH) : start]
    plain = thing.kind.endswith(("rate", "households"))
    record = Quantity(
        kind=thing.kind,
        value=number.value,
        unit=thing.unit,
        detail=""
        if plain and thing.kind not in _WITH_DETAIL
        else _detail(text, end - (0 if plain else len(thing.unit)), last, before, thing.kind),
        qualifier=qualifier,
        year=year,
        modality=_modality(left, default),
        change=_change(_FROM.sub("", before) if number.top is not None else before, thing.kind),
        per_unit=counted_for_each(left, right),
        out_of=number.out_of,
        evidence=(Span(start, end, name), Span(first, max(last, end), name)),
        method=METHOD,
    )
    yield record
    if number.top is not None:
        yield replace(record, value=number.top)


_WITH_DETAIL = ("places_served_rate", "people_trained_rate")
_LEVELS_OF_ANOTHER_KIND = ("escaped_households", "places_served_rate", "people_trained_rate")


def _change(before: str, kind: str) -> Literal["up", "down"] | None:
    if not kind.endswith(("households", "rate")) or kind in _LEVELS_OF_ANOTHER_KIND:
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
    phrase = text[start : min(end, start + _RIGHT)].lstrip()
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


def _merged(found: Sequence[Quantity]) -> Iterator[Quantity]:
    """Repeated counts as one record; the two ends of a range stay two. One with a year is another than one with another year."""
    groups: dict[tuple[object, ...], list[Quantity]] = {}
    for quantity in found:
        same = (quantity.kind, quantity.value, quantity.unit, quantity.qualifier, quantity.change, quantity.modality)
        groups.setdefault((*same, quantity.per_unit, quantity.out_of), []).append(quantity)
    for group in groups.values():
        years: list[int | None] = [*dict.fromkeys(q.year for q in group if q.year is not None)] or [None]
        for at, year in enumerate(years):
            same_year = [q for q in group if q.year == year or (q.year is None and at == 0)]
            detail = max((q.detail for q in same_year), key=len)
            yield replace(same_year[0], year=year, detail=detail, evidence=tuple(span for q in same_year for span in q.evidence))
