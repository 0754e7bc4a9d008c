"""Money of a period: sums by role, province, activity, year and programme, with every sum behind them and what was left out."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.budgets import (
    ROLE_NAMES,
    ROLE_ORDER,
    SEVERAL,
    UNKNOWN,
    BudgetItem,
    BudgetSum,
    By,
    CountedSum,
    SumColumns,
    counted_sums,
    counts,
    in_order,
    key_of,
    money_stories,
    place_of,
    rows_of,
    sum_columns,
    sums_by,
)
from monitor.facts import Fact, FactBudget, Facts
from monitor.figure_parts import Sources, period_figure, province_name
from monitor.figures import BudgetFigure, LeftOut, MoneyFigures, MoneyItem
from monitor.links import article
from monitor.periods import Period, Units
from monitor.tallies import days_during


@dataclass(frozen=True, slots=True)
class MoneySums:
    """The money of a period, of which the single sums, tens of thousands of any time, are described only where they are asked for."""

    figures: MoneyFigures
    """Without ``items``."""
    columns: SumColumns
    added: Sequence[int]
    """Places of every sum that was added, by role, then the largest first."""
    sources: Sources

    def whole(self) -> MoneyFigures:
        return replace(self.figures, items=self.items(self._entries(self.added)))

    def page(self, page: int, size: int) -> MoneyFigures:
        """The same figures with the single sums of one page. Behind each bar stand those of its sums that the page holds."""
        added = self._entries(self.added[(page - 1) * size : page * size])
        units, register = self.figures.units, self.sources.names.register

        def shortened(rows: tuple[BudgetFigure, ...], by: By) -> tuple[BudgetFigure, ...]:
            held: dict[tuple[str, str], list[BudgetItem]] = defaultdict(list)
            for entry in added:
                held[entry.budget.role, key_of(entry.fact, entry.budget, by, units, register)].append(entry.item)
            return tuple(replace(row, items=tuple(held.get((row.role, row.key), ()))) for row in rows)

        figures = self.figures
        return replace(
            figures,
            items=self.items(added),
            page=page,
            pages=max(1, -(-len(self.added) // size)),
            roles=shortened(figures.roles, "role"),
            provinces=shortened(figures.provinces, "province"),
            activities=shortened(figures.activities, "activity"),
            years=shortened(figures.years, "year"),
            programmes=shortened(figures.programmes, "programme"),
        )

    def items_behind(self, row: BudgetFigure, start: int, end: int) -> tuple[MoneyItem, ...]:
        """The sums ``[start, end)`` of one of the bars, the largest first."""
        entries = self.columns.entries
        found = []
        for item in row.items[start:end]:
            wanted = (ROLE_ORDER[row.role], -item.vnd, item.document, item.position)
            found.append(self.added[bisect_left(self.added, wanted, key=lambda at: place_of(entries[at]))])
        return self.items(self._entries(found))

    def _entries(self, places: Iterable[int]) -> list[CountedSum]:
        return [self.columns.entries[at] for at in places]

    def items(self, entries: Iterable[CountedSum]) -> tuple[MoneyItem, ...]:
        return tuple(money_item(self.sources, entry) for entry in entries)


def money_figures(sources: Sources, period: Period | None, units: Units, *, province: str | None = None) -> MoneyFigures:
    """``period`` None: of any time, the undated too. ``province`` keeps the sums that stand under it."""
    return money_sums(sources, period, units, province=province).whole()


def money_sums(sources: Sources, period: Period | None, units: Units, *, province: str | None = None) -> MoneySums:
    register, facts = sources.names.register, sources.facts
    columns = sum_columns(facts)
    chosen = in_order(facts, period, units, register, province=province)

    def by(key: By) -> tuple[BudgetFigure, ...]:
        return budget_figures(sources, sums_by(columns, chosen, rows_of(facts, key, units, register)), key, units)

    figures = MoneyFigures(
        period=None if period is None else period_figure(period, sources.now),
        units=units,
        province=province,
        articles=len(set(map(columns.articles.__getitem__, chosen))),
        sentences=len(set(map(columns.sentences.__getitem__, chosen))),
        roles=by("role"),
        provinces=by("province"),
        activities=by("activity"),
        years=by("year"),
        programmes=by("programme"),
        items=(),
        left_out=left_out(sources, period, units, province),
        sums=len(chosen),
    )
    return MoneySums(figures, columns, chosen, sources)


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


def left_out(sources: Sources, period: Period | None, units: Units, province: str | None) -> tuple[LeftOut, ...]:
    """Each amount of a relevant article of the period that was not added, under the first reason that holds."""
    facts, register = sources.facts, sources.names.register
    entries, days, reasons = facts.once("left_out", lambda: _left_out(facts))
    inside: Sequence[int] = days_during(days, period)
    if province is not None:
        inside = [at for at in inside if key_of(*entries[at], "province", units, register) == province]
    found = Counter(map(reasons.__getitem__, inside))
    return tuple(LeftOut(reason=reason, name=name, sums=found[reason]) for reason, name in _REASONS.items() if found[reason])


def _left_out(facts: Facts) -> tuple[Sequence[tuple[Fact, FactBudget]], array[int], Sequence[str]]:
    """Each amount that is added nowhere, ordinals of publication in order (the undated last), and reasons."""
    added = {(entry.fact.id, entry.budget.position) for entry in counted_sums(facts)}
    summed = {(fact.id, budget.position) for fact, sums in money_stories(facts) for budget in sums}
    leading = {fact.id for fact, _ in money_stories(facts)}
    entries: list[tuple[Fact, FactBudget]] = []
    reasons: list[str] = []
    for fact in facts.relevant:
        for budget in fact.budgets:
            key = (fact.id, budget.position)
            if key not in added:
                entries.append((fact, budget))
                reasons.append(_reason(budget) or ("copy" if key in summed or fact.id not in leading else "part"))
    return entries, array("i", [fact.day.toordinal() for fact, _ in entries]), reasons


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
