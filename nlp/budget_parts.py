"""Totals against their parts, and sums that are said twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.document import Budget, FieldName


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A tagged sum with what only its place in the text tells."""

    budget: Budget
    precision: int
    """Worth of the last digit written, in đồng."""
    sentence: tuple[FieldName, int]
    lead: str
    """Text between the sum before (or the start of the sentence) and this one, in lower case."""
    heading: str
    """The sentence or line before, in lower case."""
    is_range: bool = False
    """The upper end of a range."""
    lowest: int = 0
    highest: int = 0
    """Smallest and largest true sum that the words allow, inclusive; set by `bounded`."""
    step: int = 1
    """Worth of the last digit that is not a padding zero: 100 tỷ for "hơn 1.700 tỷ"."""


def bounded(found: Sum) -> Sum:
    """The sum with its bounds filled in."""
    value = found.budget.vnd or 0
    step = 1
    while value and value % (step * 10) == 0 and step * 10 <= value:
        step *= 10
    step = max(1, min(step, value // 4))  # nobody writes "hơn 1 tỷ" for 1,8 tỷ
    match found.budget.qualifier:
        case "over":
            low, high = value, value + step - 1
        case "under":
            low, high = value - step + 1, value
        case "about":
            low, high = value - step // 2, value + step // 2
        case _:
            low, high = value - found.precision // 2, value + found.precision // 2
    return replace(found, lowest=low, highest=high, step=step)


_MOST_PARTS = 60
_OPENS = re.compile(r"(?<!\w)(?:trong đó|bao gồm|gồm có|gồm|chia ra|cụ thể|riêng)(?!\w)|=\s*$|^\s*\(|^\s*[:=]")
_EXHAUSTIVE = re.compile(r"(?<!\w)(?:bao gồm|gồm có|gồm|chia ra)(?!\w)|=\s*$|^\s*[:=]")
_BULLET = re.compile(r"^\s*(?:trong đó\s*:?\s*)?([-+•–—*]|[a-zđ0-9]{1,2}[.)])\s|^\s*trong đó")
_CLOSES = re.compile(r"(?<!\w)(?:tổng cộng|cộng|tổng|tổng số)(?!\w)")


_PART_CUE = re.compile(r"(?<!\w)trong đó(?!\w)|(?<!\w)(?:bao gồm|gồm có|gồm|chia ra|riêng)(?!\w)[^\d;]*$")
_LEAVES_LIST = re.compile(r"(?<!\w)(?:ngoài ra|tổng|đến nay|bên cạnh đó|đồng thời|còn lại|năm nay|tăng|giảm)(?!\w)")


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


def link_parts(sums: Sequence[Sum]) -> list[Sum]:
    """Fills ``parts`` and ``parts_agree``, the role of parts and, where the parts tell it, the scope of the total."""
    linked = [bounded(found) for found in sums]
    claimed: set[int] = set()
    for position in range(len(linked) - 1, -1, -1):
        if not _can_total(linked[position]):
            continue
        parts, agree = _following_parts(linked, position, claimed)
        if not parts and _CLOSES.search(linked[position].lead):
            parts, agree = _preceding_parts(linked, position, claimed)
        if not parts:
            continue
        claimed.update(parts)
        linked[position] = _with_parts(linked, position, parts, agree)
        for part in parts:
            if linked[part].budget.role not in ("disbursed", "component"):
                linked[part] = replace(linked[part], budget=replace(linked[part].budget, role="component"))
    return linked


def _level(found: Sum) -> str | None:
    """The bullet of the line: "-" and "+" are levels, so are "1." and "a)"."""
    match = _BULLET.match(found.lead)
    if not match or not match[1]:
        return None
    return "1" if match[1][0].isdigit() else "a" if match[1][0].isalpha() else match[1]


def _can_total(found: Sum) -> bool:
    budget = found.budget
    return (
        budget.kind == "budget"
        and budget.vnd is not None
        and budget.per_unit is None
        and not found.is_range
        and budget.role not in ("cap",)
        and "malformed" not in budget.flags
    )


def _following_parts(sums: Sequence[Sum], position: int, claimed: set[int]) -> tuple[tuple[int, ...], bool | None]:
    total = sums[position]
    candidates: list[int] = []
    explicit = exhaustive = False
    place = total.sentence
    for index in range(position + 1, min(len(sums), position + 1 + _MOST_PARTS)):
        found = sums[index]
        if found.is_range or found.sentence[0] != total.sentence[0]:
            break
        same = found.sentence == total.sentence
        listed = found.sentence[1] - place[1] <= 3 and bool(
            _BULLET.match(found.lead) or _BULLET.match(found.heading) or found.heading.endswith(":")
        )
        if not same and not listed:
            break
        if not same and _level(found) is not None and _level(found) == _level(total) and "trong đó" not in found.lead + found.heading[-20:]:
            break  # the next item of the list that the total itself is in
        if found.budget.kind == "difference":
            continue
        if not _can_total(found) or not _at_most(found, total):
            break
        if not candidates:
            opening = found.lead if same else found.heading[-40:] + " " + found.lead
            explicit = bool(_OPENS.search(opening)) or (not same and listed)
            exhaustive = bool(_EXHAUSTIVE.search(opening)) or (not same and listed)
        place = found.sentence
        if index not in claimed:
            candidates.append(index)
    if not candidates:
        return (), None
    agreeing = 0
    low = high = 0
    for size, index in enumerate(candidates, start=1):
        low += sums[index].lowest
        high += sums[index].highest
        if low <= total.highest and total.lowest <= high:
            agreeing = size
    if agreeing > 1:
        return tuple(candidates[:agreeing]), True
    if not explicit or agreeing == 1:
        return (), None  # not a list, or the same sum said again
    if len(candidates) == 1 or not exhaustive:
        return (tuple(candidates), None) if low <= total.highest else (tuple(candidates[:1]), None)
    return tuple(candidates), False


def _preceding_parts(sums: Sequence[Sum], position: int, claimed: set[int]) -> tuple[tuple[int, ...], bool | None]:
    total = sums[position]
    candidates: list[int] = []
    low = high = 0
    place = total.sentence
    for index in range(position - 1, max(-1, position - 1 - _MOST_PARTS), -1):
        found = sums[index]
        if found.sentence[0] != place[0] or place[1] - found.sentence[1] > 1 or not _can_total(found) or index in claimed:
            break
        if not _at_most(found, total):
            break
        place = found.sentence
        candidates.append(index)
        low += found.lowest
        high += found.highest
        if len(candidates) > 1 and low <= total.highest and total.lowest <= high:
            return tuple(reversed(candidates)), True
    return (), None


def _with_parts(sums: Sequence[Sum], position: int, parts: tuple[int, ...], agree: bool | None) -> Sum:
    budget = replace(sums[position].budget, parts=parts, parts_agree=agree)
    components = {sums[part].budget.component for part in parts}
    parents = {component.partition(".")[0] for component in components if component}
    if len(components) > 1 and None not in components and len(parents) == 1 and budget.scope in ("other", "sub_project", "activity"):
        budget = replace(budget, scope="project", component=next(iter(parents)))
    return replace(sums[position], budget=budget)


def _at_most(part: Sum, total: Sum) -> bool:
    return part.lowest <= total.highest


_NEARBY = 12
"""How many sums further on a repetition is looked for, besides the title's: keeps the cost linear."""


def mark_duplicates(sums: Sequence[Sum]) -> list[Sum]:
    """Fills ``duplicate_of``: the position of the record that gives the same sum more exactly, or with more about it.

    A headline rounds what the body gives ("trên 4 tỷ", "4.164 triệu"); a lead sentence is said again further down. Two equal
    sums in one sentence, or of different projects, are two sums.
    """
    marked = list(sums)
    by_value: dict[int, list[int]] = {}
    for position, found in enumerate(marked):
        budget = found.budget
        if budget.vnd is None or found.is_range or budget.duplicate_of is not None:
            continue
        in_title = found.sentence[0] == "title"
        best: int | None = None
        for other in _later(marked, position, in_title):
            if _repeats(marked[other], found, in_title):
                best = other
                break
        if best is None:
            best = next((i for i in by_value.get(budget.vnd, ())[-3:] if _same_again(marked[i], found)), None)
        by_value.setdefault(budget.vnd, []).append(position)
        if best is not None and marked[best].budget.duplicate_of is None:
            marked[position] = replace(found, budget=replace(budget, duplicate_of=best))
    return marked


def _later(sums: Sequence[Sum], position: int, in_title: bool) -> list[int]:
    """Candidates for the fuller record: for a title all of the text (bounded), else the next few."""
    end = min(len(sums), position + (200 if in_title else _NEARBY))
    later = [i for i in range(position + 1, end) if sums[i].budget.vnd is not None and not sums[i].is_range]
    order = {"total": 0, "allocated": 1, "approved": 1, "planned": 1, "proposed": 1}
    return sorted(later, key=lambda i: (order.get(sums[i].budget.role, 2), i))


def _repeats(fuller: Sum, rounded: Sum, in_title: bool) -> bool:
    a, b = fuller.budget, rounded.budget
    if fuller.sentence == rounded.sentence or a.duplicate_of is not None or _clashes(a, b):
        return False
    if in_title and fuller.sentence[0] == "text":
        if a.vnd == b.vnd and (a.qualifier == b.qualifier or "exact" in (a.qualifier, b.qualifier)):
            return True
        return _rounds(fuller, rounded)
    if b.qualifier in ("over", "under", "about") and a.qualifier == "exact" and a.vnd != b.vnd:
        return _rounds(fuller, rounded) and a.scope == b.scope and a.component == b.component and (b.role == a.role or b.role == "other")
    return False


def _rounds(fuller: Sum, rounded: Sum) -> bool:
    slack = rounded.step // 2 if rounded.budget.qualifier == "exact" else 0
    value = fuller.budget.vnd or 0
    return rounded.lowest - slack <= value <= rounded.highest + slack and fuller.step < rounded.step


def _same_again(first: Sum, again: Sum) -> bool:
    """The very same sum further down: equal value and no sign of another subject."""
    a, b = first.budget, again.budget
    if first.sentence == again.sentence or a.duplicate_of is not None or _clashes(a, b) or b.per_unit or a.qualifier != b.qualifier:
        return False
    digits = len(str(a.vnd).rstrip("0"))
    return digits >= 3 or (a.component is not None and a.component == b.component)


def _clashes(a: Budget, b: Budget) -> bool:
    if a.per_unit != b.per_unit or ("budget" in (a.kind, b.kind) and a.kind != b.kind):
        return True
    if a.component and b.component and a.component != b.component:
        return True
    if a.year_from and b.year_from and (a.year_from, a.year_to) != (b.year_from, b.year_to):
        return True
    return "component" in (a.role, b.role) and a.role != b.role and a.component != b.component
