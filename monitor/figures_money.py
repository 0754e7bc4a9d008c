"""Money of a period: sums by role, province, activity, year and programme, with every sum behind them and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from monitor.budgets import (
    ROLE_NAMES,
    SEVERAL,
    UNKNOWN,
    BudgetSum,
    By,
    CountedSum,
    budget_sums,
    counted_sums,
    counts,
    key_of,
    money_stories,
    sums_during,
)
from monitor.facts import Fact, FactBudget, Facts
from monitor.figure_parts import Sources, period_figure, province_name
from monitor.figures import BudgetFigure, LeftOut, MoneyFigures, MoneyItem
from monitor.links import article
from monitor.periods import Period, Units


def money_figures(sources: Sources, period: Period | None, units: Units, *, province: str | None = None) -> MoneyFigures:
    """``period`` None: of any time, the undated too. ``province`` keeps the sums that stand under it."""
    register = sources.names.register

    def inside(fact: Fact, budget: FactBudget) -> bool:
        return province is None or key_of(fact, budget, "province", units, register) == province

    def by(key: By) -> tuple[BudgetFigure, ...]:
        return budget_figures(sources, budget_sums(sources.facts, period, units, register, by=key, where=inside), key, units)

    roles = budget_sums(sources.facts, period, units, register, where=inside)
    entries = {(e.fact.id, e.budget.position): e for e in sums_during(sources.facts, period)}
    added = [entries[item.document, item.position] for row in roles for item in row.items]
    return MoneyFigures(
        period=None if period is None else period_figure(period, sources.now),
        units=units,
        province=province,
        articles=len({entry.fact.id for entry in added}),
        sentences=len({(entry.fact.id, entry.budget.field, entry.budget.sentence) for entry in added}),
        roles=budget_figures(sources, roles, "role", units),
        provinces=by("province"),
        activities=by("activity"),
        years=by("year"),
        programmes=by("programme"),
        items=tuple(money_item(sources, entry) for entry in added),
        left_out=left_out(sources.facts, period, inside),
        sums=len(added),
    )


def page_of(figures: MoneyFigures, page: int, size: int) -> MoneyFigures:
    """The same figures with the single sums of one page: of any time there are tens of thousands. Behind each bar stand those of its sums
    that the page holds."""
    items = figures.items[(page - 1) * size : page * size]
    held = {(item.document, item.position) for item in items}

    def shortened(rows: tuple[BudgetFigure, ...]) -> tuple[BudgetFigure, ...]:
        return tuple(replace(row, items=tuple(item for item in row.items if (item.document, item.position) in held)) for row in rows)

    return replace(
        figures,
        items=items,
        page=page,
        pages=max(1, -(-len(figures.items) // size)),
        roles=shortened(figures.roles),
        provinces=shortened(figures.provinces),
        activities=shortened(figures.activities),
        years=shortened(figures.years),
        programmes=shortened(figures.programmes),
    )


def money_item(sources: Sources, entry: CountedSum) -> MoneyItem:
    fact, budget = entry.fact, entry.budget
    return MoneyItem(
        document=fact.id,
        position=budget.position,
        href=article(fact.id, budget.position),
        title=fact.title,
        published=fact.published,
        portal=fact.portal,
        portal_name=sources.names.label("source", fact.portal),
        vnd=budget.vnd,
        qualifier=budget.qualifier,
        role=budget.role,
        role_name=ROLE_NAMES[budget.role],
        start=budget.start,
        end=budget.end,
        field=budget.field,
        repeated=entry.repeated,
    )


_REASONS: Mapping[str, str] = {
    "not_budget": "không phải kinh phí công (vốn vay, quà tặng, giá, thu nhập, ...)",
    "cap": "mức trần, mức tối đa",
    "per_unit": "định mức cho một đơn vị (hộ, đài, điểm, ...)",
    "doubtful": "số liệu đáng ngờ trong bài",
    "duplicate": "nhắc lại cùng một khoản trong bài",
    "part": "phần của một tổng cùng vai trò",
    "copy": "tin khác đã nêu (bài sao lại hoặc cùng một khoản)",
}


def left_out(facts: Facts, period: Period | None, inside: Callable[[Fact, FactBudget], bool]) -> tuple[LeftOut, ...]:
    """Each amount of a relevant article of the period that was not added, under the first reason that holds."""
    added, summed, leading = facts.once("money_keys", lambda: _keys(facts))
    found: Counter[str] = Counter()
    for fact in facts.relevant if period is None else facts.relevant_during(period):
        for budget in fact.budgets:
            key = (fact.id, budget.position)
            if key in added or not inside(fact, budget):
                continue
            reason = _reason(budget)
            if reason is None:
                reason = "copy" if key in summed or fact.id not in leading else "part"
            found[reason] += 1
    return tuple(LeftOut(reason=reason, name=name, sums=found[reason]) for reason, name in _REASONS.items() if found[reason])


def _keys(facts: Facts) -> tuple[set[tuple[str, int]], set[tuple[str, int]], set[str]]:
    """(document, position) of every sum that is added, the same of every sum that its story could add, and the leading documents."""
    added = {(entry.fact.id, entry.budget.position) for entry in counted_sums(facts)}
    summed = {(fact.id, budget.position) for fact, sums in money_stories(facts) for budget in sums}
    return added, summed, {fact.id for fact, _ in money_stories(facts)}


def _reason(budget: FactBudget) -> str | None:
    if counts(budget):
        return None
    if budget.kind != "budget":
        return "not_budget"
    if budget.role == "cap" or budget.qualifier == "max":
        return "cap"
    if budget.per_unit is not None:
        return "per_unit"
    return "duplicate" if budget.duplicate_of is not None else "doubtful"


def budget_figures(sources: Sources, sums: Sequence[BudgetSum], by: By, units: Units) -> tuple[BudgetFigure, ...]:
    largest: dict[str, int] = {}
    for row in sums:
        largest[row.role] = max(largest.get(row.role, 0), row.vnd)
    return tuple(
        BudgetFigure(
            key=row.key,
            name=budget_key_name(sources, row.key, by, units),
            role=row.role,
            role_name=ROLE_NAMES[row.role],
            vnd=row.vnd,
            articles=row.articles,
            sentences=row.sentences,
            share=row.vnd / largest[row.role],
            items=row.items,
        )
        for row in sums
    )


_UNKNOWN_NAMES: Mapping[By, str] = {
    "province": "Chưa rõ địa bàn",
    "activity": "Chưa rõ hoạt động",
    "year": "Chưa rõ năm",
    "programme": "Chưa rõ chương trình",
    "role": ROLE_NAMES["other"],
    "scope": "Khác",
}
_SEVERAL_NAMES: Mapping[By, str] = {"province": "Nhiều tỉnh, không tách được", "activity": "Nhiều hoạt động, không tách được"}
SCOPE_NAMES: Mapping[str, str] = {
    "programme": "Cả chương trình",
    "project": "Dự án",
    "sub_project": "Tiểu dự án",
    "activity": "Hoạt động",
    "other": "Khác",
}


def budget_key_name(sources: Sources, key: str, by: By, units: Units) -> str:
    if key == UNKNOWN:
        return _UNKNOWN_NAMES[by]
    if key == SEVERAL:
        return _SEVERAL_NAMES[by]
    match by:
        case "province":
            return province_name(sources, key, units)
        case "activity":
            return sources.names.activities.name(key)
        case "programme":
            return sources.names.programmes.name(key)
        case "scope":
            return SCOPE_NAMES.get(key, key)
        case "role":
            return ROLE_NAMES[key]
        case "year":
            return key
