"""Totals against their parts, and sums that are said twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter

from corpus.document import Budget, BudgetRole, BudgetScope, FieldName


@dataclass(slots=True, kw_only=True)
class Sum:
    """A sum with what only its place in the text tells; the links to other sums are filled in here and read off with `linked`."""

    budget: Budget
    """What the words around it say; without links."""
    precision: int
    """Worth of the last digit written, in đồng."""
    sentence: tuple[FieldName, int]
    lead: str
    """Text between the sum before (or the start of the sentence) and this one, in lower case."""
    heading: str
    """The sentence or line before, in lower case."""
    is_range: bool = False
    """The upper end of a range."""
    lowest: int = field(init=False)
    highest: int = field(init=False)
    """Smallest and largest true sum that the words allow, inclusive."""
    step: int = field(init=False)
    """Worth of the last digit that is not a padding zero: 100 tỷ for "hơn 1.700 tỷ"."""
    rounding: int = field(init=False, default=0)
    """By how much more ``lowest`` and ``highest`` may miss it as a total of parts that are written more finely."""
    adds_up: bool = field(init=False)
    """Whether it may be a total or a part of one."""
    role: BudgetRole = field(init=False)
    scope: BudgetScope = field(init=False)
    component: str | None = field(init=False)
    parts: tuple[int, ...] = field(init=False, default=())
    parts_agree: bool | None = field(init=False, default=None)
    duplicate_of: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        budget = self.budget
        self.role, self.scope, self.component = budget.role, budget.scope, budget.component
        self.adds_up = (
            budget.kind == "budget"
            and budget.vnd is not None
            and budget.per_unit is None
            and not self.is_range
            and budget.role != "cap"
            and "malformed" not in budget.flags
        )
        value = budget.vnd or 0
        digits = str(value)
        step = 10 ** (len(digits) - len(digits.rstrip("0"))) if value else 1
        self.step = step = max(1, min(step, value // 4))  # nobody writes "hơn 1 tỷ" for 1,8 tỷ
        match budget.qualifier:
            case "over":
                self.lowest, self.highest = value, value + step - 1
            case "under":
                self.lowest, self.highest = value - step + 1, value
            case "about":
                self.lowest, self.highest = value - step // 2, value + step // 2
            case _:
                # "10 tỷ" is no 9,5 beside whole parts, "147,1 tỷ" may be 147,12.
                slack = min(self.precision // 2, value // _FINE)
                self.rounding = self.precision // 2 - slack
                self.lowest, self.highest = value - slack, value + slack

    def linked(self) -> Budget:
        """The record with its links."""
        budget, links = self.budget, _links_of(self)
        if links == _links_of(budget):
            return budget
        # In half the time of `dataclasses.replace`.
        return Budget(**{**dict(zip(_FIELDS, _fields_of(budget), strict=True)), **dict(zip(_LINKS, links, strict=True))})


_FIELDS = tuple(field.name for field in fields(Budget))
_LINKS = ("role", "scope", "component", "parts", "parts_agree", "duplicate_of")
_fields_of, _links_of = attrgetter(*_FIELDS), attrgetter(*_LINKS)
_MOST_PARTS = 60
_FINE = 200
"""A last digit worth less than twice this part of its sum is taken for rounded."""
_OPENS = re.compile(r"(?<!\w)(?:trong đó|bao gồm|gồm có|gồm|chia ra|cụ thể|riêng)(?!\w)|=\s*$|^\s*\(|^\s*[:=]")
_EXHAUSTIVE = re.compile(r"(?<!\w)(?:bao gồm|gồm có|gồm|chia ra)(?!\w)|=\s*$|^\s*[:=]")
_BULLET = re.compile(r"^\s*(?:trong đó\s*:?\s*)?([-+•–—*]|[a-zđ0-9]{1,2}[.)])\s|^\s*trong đó")
_CLOSES = re.compile(r"(?<!\w)(?:tổng cộng|cộng|tổng|tổng số)(?!\w)")


_PART_CUE = re.compile(r"(?<!\w)trong đó(?!\w)|(?<!\w)(?:bao gồm|gồm có|gồm|chia ra|riêng)(?!\w)[^\d;]*$")
_LEAVES_LIST = re.compile(r"(?<!\w)(?:ngoài ra|tổng|đến nay|bên cạnh đó|đồng thời|năm nay|tăng|giảm)(?!\w)")
_REST = re.compile(r"(?<!\w)(?:còn lại|số còn|phần còn)(?!\w)")


def is_part(left: str, line_start: str, *, after_sum: bool, in_list: bool) -> bool:
    """Whether a sum is one of several parts: after "trong đó", in a dash list, or going on where its neighbour was one.

    ``left`` is the text between the sum before and this one; ``in_list`` tells that the sum before, in the same sentence, was a part.

    >>> is_part(", trong đó tỉnh ", "tỉnh", after_sum=True, in_list=False)
    True
    >>> is_part("gồm 7 dự án, vốn ", "gồm", after_sum=False, in_list=False)
    False
    """
    if _PART_CUE.search(left) or re.match(r"\s*[-+•–]\s", line_start):
        return True
    return after_sum and in_list and not _LEAVES_LIST.search(left)


def link_parts(sums: Sequence[Sum]) -> None:
    """Fills ``parts`` and ``parts_agree``, the role of parts and, where the parts tell it, the scope of the total."""
    claimed: set[int] = set()
    for position in range(len(sums) - 1, -1, -1):
        total = sums[position]
        if not total.adds_up:
            continue
        parts, agree = _following_parts(sums, position, claimed)
        if not parts and _CLOSES.search(total.lead):
            parts, agree = _preceding_parts(sums, position, claimed)
        if not parts:
            continue
        claimed.update(parts)
        total.parts, total.parts_agree = parts, agree
        _widen(total, {sums[part].component for part in parts})
        for part in parts:
            if sums[part].role != "disbursed":
                sums[part].role = "component"


def _level(found: Sum) -> str | None:
    """The bullet of the line: "-" and "+" are levels, so are "1." and "a)"."""
    match = _BULLET.match(found.lead)
    if not match or not match[1]:
        return None
    return "1" if match[1][0].isdigit() else "a" if match[1][0].isalpha() else match[1]


def _following_parts(sums: Sequence[Sum], position: int, claimed: set[int]) -> tuple[tuple[int, ...], bool | None]:
    total = sums[position]
    candidates: list[int] = []
    explicit = exhaustive = False
    agreeing = low = high = 0
    coarsest = 0
    ceiling = total.highest + total.rounding
    place = total.sentence
    end = min(len(sums), position + 1 + _MOST_PARTS)
    while end > position + 1 and end - 1 in claimed:
        end -= 1
    for index in range(position + 1, end):
        found = sums[index]
        same = found.sentence == total.sentence
        if found.is_range or not (same or found.sentence[0] == total.sentence[0]):
            break
        listed = not same and found.sentence[1] - place[1] <= 3 and _is_listed(found)
        if not same and not listed:
            break
        if listed and _level(found) is not None and _level(found) == _level(total) and "trong đó" not in found.lead + found.heading[-20:]:
            break  # the next item of the list that the total itself is in
        if found.budget.kind == "difference":
            continue
        if not found.adds_up or found.lowest > ceiling:
            break
        place = found.sentence
        if index in claimed:
            continue
        if not candidates:
            explicit = listed or _OPENS.search(found.lead) is not None
            exhaustive = listed or _EXHAUSTIVE.search(found.lead) is not None
        elif _REST.search(found.lead):
            exhaustive = True
        candidates.append(index)
        low += found.lowest
        high += found.highest
        coarsest = max(coarsest, found.precision)
        if _agree(total, low, high, coarsest):
            agreeing = len(candidates)
        elif low > ceiling and (agreeing or not exhaustive):
            break  # more of them agree even less, and only a list that claims to be whole is kept with its excess
    if not candidates:
        return (), None
    if agreeing > 1:
        return tuple(candidates[:agreeing]), True
    if not explicit or agreeing == 1:
        return (), None  # not a list, or the same sum said again
    if len(candidates) == 1 or not exhaustive:
        return (tuple(candidates), None) if low <= ceiling else (tuple(candidates[:1]), None)
    return tuple(candidates), False


def _agree(total: Sum, low: int, high: int, coarsest: int) -> bool:
    """Whether parts that come to something between ``low`` and ``high`` are ``total``; ``coarsest``: worth of their least exact digit."""
    rounding = total.rounding if coarsest < total.precision else 0
    return low <= total.highest + rounding and total.lowest - rounding <= high


def _is_listed(found: Sum) -> bool:
    return bool(_BULLET.match(found.lead) or _BULLET.match(found.heading)) or found.heading.endswith(":")


def _preceding_parts(sums: Sequence[Sum], position: int, claimed: set[int]) -> tuple[tuple[int, ...], bool | None]:
    total = sums[position]
    candidates: list[int] = []
    low = high = coarsest = 0
    place = total.sentence
    for index in range(position - 1, max(-1, position - 1 - _MOST_PARTS), -1):
        found = sums[index]
        if found.sentence[0] != place[0] or place[1] - found.sentence[1] > 1 or not found.adds_up or index in claimed:
            break
        if found.lowest > total.highest + total.rounding:
            break
        place = found.sentence
        candidates.append(index)
        low += found.lowest
        high += found.highest
        coarsest = max(coarsest, found.precision)
        if len(candidates) > 1 and _agree(total, low, high, coarsest):
            return tuple(reversed(candidates)), True
    return (), None


def _widen(total: Sum, components: set[str | None]) -> None:
    """Sub-projects of one project add up to that project."""
    parents = {component.partition(".")[0] for component in components if component}
    if len(components) > 1 and None not in components and len(parents) == 1 and total.scope in ("other", "sub_project", "activity"):
        total.scope, total.component = "project", next(iter(parents))


_ROUNDED = ("over", "under", "about")
_NEARBY = 12
"""How many sums further on a repetition is looked for, besides the title's: keeps the cost linear."""


def mark_duplicates(sums: Sequence[Sum]) -> None:
    """Fills ``duplicate_of``: the position of the record that gives the same sum more exactly, or with more about it.

    A headline rounds what the body gives ("trên 4 tỷ", "4.164 triệu"); a lead sentence is said again further down. Two equal
    sums in one sentence, or of different projects, are two sums.
    """
    by_value: dict[int, list[int]] = {}
    for position, found in enumerate(sums):
        value = found.budget.vnd
        if value is None or found.is_range:
            continue
        in_title = found.sentence[0] == "title"
        best: int | None = None
        if in_title or found.budget.qualifier in _ROUNDED:
            best = next((i for i in _later(sums, position, in_title) if _repeats(sums[i], found, in_title)), None)
        if best is None:
            best = next((i for i in by_value.get(value, ())[-3:] if _same_again(sums[i], found)), None)
        by_value.setdefault(value, []).append(position)
        if best is not None and sums[best].duplicate_of is None:
            found.duplicate_of = best


def _later(sums: Sequence[Sum], position: int, in_title: bool) -> list[int]:
    """Candidates for the fuller record: for a title all of the text (bounded), else the next few."""
    end = min(len(sums), position + (200 if in_title else _NEARBY))
    later = [i for i in range(position + 1, end) if sums[i].budget.vnd is not None and not sums[i].is_range]
    order = {"total": 0, "allocated": 1, "approved": 1, "planned": 1, "proposed": 1}
    return sorted(later, key=lambda i: (order.get(sums[i].role, 2), i))


def _repeats(fuller: Sum, rounded: Sum, in_title: bool) -> bool:
    a, b = fuller.budget, rounded.budget
    if fuller.sentence == rounded.sentence or fuller.duplicate_of is not None or _clashes(fuller, rounded):
        return False
    if in_title and fuller.sentence[0] == "text":
        if a.vnd == b.vnd and (a.qualifier == b.qualifier or "exact" in (a.qualifier, b.qualifier)):
            return True
        return _rounds(fuller, rounded)
    if b.qualifier in _ROUNDED and a.qualifier == "exact" and a.vnd != b.vnd:
        same_subject = fuller.scope == rounded.scope and fuller.component == rounded.component
        return same_subject and rounded.role in (fuller.role, "other") and _rounds(fuller, rounded)
    return False


def _rounds(fuller: Sum, rounded: Sum) -> bool:
    slack = rounded.step // 2 if rounded.budget.qualifier == "exact" else 0
    value = fuller.budget.vnd or 0
    return rounded.lowest - slack <= value <= rounded.highest + slack and fuller.step < rounded.step


def _same_again(first: Sum, again: Sum) -> bool:
    """The very same sum further down: equal value and no sign of another subject."""
    a, b = first.budget, again.budget
    if first.sentence == again.sentence or first.duplicate_of is not None or a.qualifier != b.qualifier or b.per_unit:
        return False
    if _clashes(first, again):
        return False
    digits = len(str(a.vnd).rstrip("0"))
    return digits >= 3 or (first.component is not None and first.component == again.component)


def _clashes(first: Sum, other: Sum) -> bool:
    a, b = first.budget, other.budget
    if a.per_unit != b.per_unit or ("budget" in (a.kind, b.kind) and a.kind != b.kind):
        return True
    if first.component and other.component and first.component != other.component:
        return True
    if a.year_from and b.year_from and (a.year_from, a.year_to) != (b.year_from, b.year_to):
        return True
    return "component" in (first.role, other.role) and first.role != other.role and first.component != other.component
