"""Sums of public money: by role and never across roles, each sum once.

Summed are amounts in đồng of public programmes, plans and activities. Never summed: caps and upper limits, norms per unit, gifts, loans,
prices and other money that is no budget, sums that the text itself doubts, the less exact of two records of one sum, and parts beside
their total of the same role. A story counts once, by its first article that names such sums, on that article's day: what is published
again in a later week adds nothing. Neither does a sum that other stories repeat (see `same_money`); how often that was is shown.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from corpus.index.names import BUDGET_ROLES
from corpus.localities import Register
from monitor.facts import NATIONAL, Fact, FactBudget, Facts
from monitor.periods import Period, Units
from monitor.tallies import days_during

By = Literal["province", "activity", "year", "role", "scope", "programme"]
BYS: tuple[By, ...] = get_args(By)

ROLE_NAMES: Mapping[str, str] = {role: name for role, name in BUDGET_ROLES.items() if role != "cap"}
"""Those that sums are added by, in the order in which they are shown; what may be spent at most is no sum."""
ROLE_ORDER: Mapping[str, int] = {role: number for number, role in enumerate(ROLE_NAMES)}

UNKNOWN = ""
"""Key of sums for which the text does not say it: no year, no activity, no place."""
SEVERAL = "*"
"""Key of sums of a text about several provinces (activities) that names none for the sum: neither split nor copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetItem:
    """One sum that was added, and where it is said."""

    document: str
    position: int
    """In ``Document.budgets``."""
    vnd: int
    repeated: tuple[str, ...] = ()
    """Documents of other stories that name the same money; not added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSum:
    """Money of one role under one key. A bare total is never shown without ``articles`` and ``sentences``."""

    key: str
    """Code of the province or activity, year or years (``2021-2025``), role, scope, programme; `UNKNOWN` or `SEVERAL`."""
    role: str
    vnd: int
    articles: int
    sentences: int
    items: tuple[BudgetItem, ...]
    """Largest first."""


Where = Callable[[Fact, FactBudget], bool]


def counts(budget: FactBudget) -> bool:
    """Whether a sum may be added to others of its role at all."""
    return (
        budget.kind == "budget"
        and budget.role in ROLE_NAMES
        and budget.qualifier != "max"
        and budget.per_unit is None
        and budget.duplicate_of is None
        and not budget.flags
        and budget.vnd > 0
    )


def summable(budgets: tuple[FactBudget, ...]) -> tuple[FactBudget, ...]:
    """The sums of one document that are added: those that count, without the parts of a total that stands in the same role. Where all are,
    it is the same tuple."""
    counted = {budget.position: budget for budget in budgets if counts(budget)}
    inside: set[int] = set()
    for budget in sorted(counted.values(), key=lambda budget: (-budget.vnd, budget.position)):
        if budget.position in inside:
            continue  # what it holds is inside the same total already
        waiting, seen = list(budget.parts), {budget.position}
        while waiting:
            position = waiting.pop()
            if position in seen:
                continue
            seen.add(position)
            part = counted.get(position)
            if part is not None:
                waiting += part.parts
                if part.role == budget.role:
                    inside.add(position)
    found = tuple(budget for position, budget in sorted(counted.items()) if position not in inside)
    return budgets if found == budgets else found


def money_stories(facts: Facts) -> tuple[tuple[Fact, tuple[FactBudget, ...]], ...]:
    """Of every story with summable sums its first relevant article that has some, in order of publication, the undated last."""
    return facts.once("money_stories", lambda: _money_stories(facts))


def _money_stories(facts: Facts) -> tuple[tuple[Fact, tuple[FactBudget, ...]], ...]:
    seen: set[str] = set()
    found = []
    for fact in facts.relevant:
        if fact.budgets and fact.story not in seen and (sums := summable(fact.budgets)):
            seen.add(fact.story)
            found.append((fact, sums))
    return tuple(found)


_SIGNIFICANT = 100


def same_money(fact: Fact, budget: FactBudget) -> tuple[object, ...] | None:
    """What two records of different stories share when they speak of the same money; None where that cannot be told.

    The same sum in the same role for the same places, programme and years. A round sum without a year proves nothing: 50 million may
    be given twice; 146.4 million hardly is.
    """
    digits = int(str(budget.vnd).rstrip("0") or 0)
    if budget.year_from is None and digits < _SIGNIFICANT:
        return None
    place = budget.locality or fact.about
    return (budget.role, budget.vnd, budget.year_from, budget.year_to, budget.programme, budget.component, place)


class CountedSum(msgspec.Struct, frozen=True, gc=False):
    fact: Fact
    budget: FactBudget
    item: BudgetItem
    """The same as figures hold it: one object for all the bars that it stands behind."""
    sentence: int
    """Two sums of one sentence have the same number."""

    @property
    def repeated(self) -> tuple[str, ...]:
        return self.item.repeated


def counted_sums(facts: Facts) -> tuple[CountedSum, ...]:
    """Every sum that is added anywhere, each once, in order of publication."""
    return facts.once("counted_sums", lambda: _counted_sums(facts))


def _counted_sums(facts: Facts) -> tuple[CountedSum, ...]:
    first: dict[tuple[object, ...], int] = {}
    found: list[tuple[Fact, FactBudget]] = []
    repeated: dict[int, list[str]] = defaultdict(list)
    for fact, sums in money_stories(facts):
        own: dict[tuple[object, ...], int] = {}
        for budget in sums:
            key = same_money(fact, budget)
            if key is not None and key in first:
                repeated[first[key]].append(fact.id)
                continue
            if key is not None:
                own.setdefault(key, len(found))  # within one text the tagger has told repetitions already
            found.append((fact, budget))
        for key, position in own.items():
            first.setdefault(key, position)

    def item(number: int, fact: Fact, budget: FactBudget) -> BudgetItem:
        again = tuple(dict.fromkeys(repeated.get(number, ())))
        return BudgetItem(document=fact.id, position=budget.position, vnd=budget.vnd, repeated=again)

    sentences: dict[tuple[str, str, int], int] = {}
    return tuple(
        CountedSum(fact, budget, item(number, fact, budget), sentences.setdefault((fact.id, budget.field, budget.sentence), len(sentences)))
        for number, (fact, budget) in enumerate(found)
    )


@dataclass(frozen=True, slots=True)
class SumColumns:
    """`counted_sums` in columns, one place for each: to pick and add sums touches none of their objects (see `monitor.tallies`)."""

    entries: tuple[CountedSum, ...]
    items: tuple[BudgetItem, ...]
    days: array[int]
    """Ordinals of publication in order, the undated last."""
    amounts: array[int]
    """VND."""
    articles: array[int]
    """A number for the article of each."""
    sentences: array[int]
    """A number for the sentence of each."""
    ranks: array[int]
    """The place of each among all, by role, then the largest first."""


def sum_columns(facts: Facts) -> SumColumns:
    return facts.once("sum_columns", lambda: _sum_columns(counted_sums(facts)))


def _sum_columns(entries: tuple[CountedSum, ...]) -> SumColumns:
    numbers: dict[str, int] = {}
    ranks = array("i", bytes(4 * len(entries)))
    for rank, at in enumerate(sorted(range(len(entries)), key=lambda at: place_of(entries[at]))):
        ranks[at] = rank
    return SumColumns(
        entries=entries,
        items=tuple([entry.item for entry in entries]),
        days=array("i", [entry.fact.day.toordinal() for entry in entries]),
        amounts=array("q", [entry.item.vnd for entry in entries]),
        articles=array("i", [numbers.setdefault(entry.fact.id, len(numbers)) for entry in entries]),
        sentences=array("i", [entry.sentence for entry in entries]),
        ranks=ranks,
    )


def place_of(entry: CountedSum) -> tuple[int, int, str, int]:
    item = entry.item
    return (ROLE_ORDER[entry.budget.role], -item.vnd, item.document, item.position)


Row = tuple[str, str]
"""Role and key of a bar."""


def rows_of(facts: Facts, by: By, units: Units, register: Register) -> Sequence[Row]:
    """The bar of each of `counted_sums`."""
    return facts.once(("sum_rows", by, units if by == "province" else None), lambda: _rows_of(facts, by, units, register))


def _rows_of(facts: Facts, by: By, units: Units, register: Register) -> tuple[Row, ...]:
    same: dict[Row, Row] = {}
    rows = ((entry.budget.role, key_of(entry.fact, entry.budget, by, units, register)) for entry in counted_sums(facts))
    return tuple([same.setdefault(row, row) for row in rows])


def budget_sums(
    facts: Facts,
    period: Period | None,
    units: Units,
    register: Register,
    *,
    by: By = "role",
    province: str | None = None,
) -> tuple[BudgetSum, ...]:
    """Sums by role and key, roles in the order of `ROLE_NAMES`, then the largest first.

    ``period`` None: all, the undated too. ``province`` keeps the sums that stand under it.
    """
    chosen = in_order(facts, period, units, register, province=province)
    return sums_by(sum_columns(facts), chosen, rows_of(facts, by, units, register))


def in_order(facts: Facts, period: Period | None, units: Units, register: Register, *, province: str | None = None) -> list[int]:
    """Places among `counted_sums` of those of a period, by role, then the largest first; of a ``province`` those of its sums."""
    columns = sum_columns(facts)
    found: Iterable[int] = days_during(columns.days, period)
    if province is not None:
        rows = rows_of(facts, "province", units, register)
        found = [at for at in found if rows[at][1] == province]
    return sorted(found, key=columns.ranks.__getitem__)


def sums_by(columns: SumColumns, chosen: Iterable[int], rows: Sequence[Row]) -> tuple[BudgetSum, ...]:
    """`budget_sums` of the chosen places, which come by role with the largest first. ``rows``: the bar of each sum there is."""
    found: dict[Row, list[int]] = defaultdict(list)
    for at in chosen:
        found[rows[at]].append(at)
    sums = [_sum(key, role, columns, inside) for (role, key), inside in found.items()]
    return tuple(sorted(sums, key=lambda row: (ROLE_ORDER[row.role], -row.vnd, row.key)))


def _sum(key: str, role: str, columns: SumColumns, places: Sequence[int]) -> BudgetSum:
    return BudgetSum(
        key=key,
        role=role,
        vnd=sum(map(columns.amounts.__getitem__, places)),
        articles=len(set(map(columns.articles.__getitem__, places))),
        sentences=len(set(map(columns.sentences.__getitem__, places))),
        items=tuple(map(columns.items.__getitem__, places)),
    )


def key_of(fact: Fact, budget: FactBudget, by: By, units: Units, register: Register) -> str:
    match by:
        case "province":
            return _province(fact, budget, units, register)
        case "activity":
            codes = {code for code, _ in fact.activities}
            return budget.activity or _only(codes)
        case "year":
            if budget.year_from is None:
                return UNKNOWN
            last = budget.year_to or budget.year_from
            return f"{budget.year_from}" if last == budget.year_from else f"{budget.year_from}-{last}"
        case "role":
            return budget.role
        case "scope":
            return budget.scope
        case "programme":
            return budget.programme or UNKNOWN


def _province(fact: Fact, budget: FactBudget, units: Units, register: Register) -> str:
    """Of the place that the sum is for where the text says it, else of what the article is about."""
    if budget.locality == NATIONAL:
        return NATIONAL
    if budget.locality is not None:
        places = register.on_new_map([budget.locality]) if units == "34" else register.on_old_map([budget.locality])
        if places:
            return _only(set(places))
    return _only(set(fact.provinces(units)))


def _only(codes: set[str]) -> str:
    if not codes:
        return UNKNOWN
    return next(iter(codes)) if len(codes) == 1 else SEVERAL
