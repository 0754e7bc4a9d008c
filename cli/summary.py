"""The table at the end of a run: pages, outcomes, articles by province and activity, money by role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cli.output import number, show, show_table
from corpus.activities import Activities
from corpus.localities import Register
from corpus.store import Store
from monitor.budgets import budget_sums
from monitor.facts import NATIONAL, FactTable

_MAX_PROVINCES = 20


@dataclass(frozen=True, slots=True)
class RoleSum:
    """Money of one role; a bare total is never shown without the number of sums and articles it is made of."""

    vnd: int
    sums: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    pages: int
    outcomes: dict[str, int]
    documents: int
    relevant: int
    stories: int
    provinces: tuple[tuple[str, int], ...]
    activities: tuple[tuple[str, str, int], ...]
    """Code, Vietnamese name and number of articles."""
    money: dict[str, RoleSum]

    def to_plain(self) -> dict[str, Any]:
        return {
            "pages": self.pages,
            "outcomes": self.outcomes,
            "documents": self.documents,
            "relevant": self.relevant,
            "stories": self.stories,
            "provinces": dict(self.provinces),
            "activities": {name: count for _, name, count in self.activities},
            "money": {role: {"vnd": sums.vnd, "sums": sums.sums, "articles": sums.articles} for role, sums in self.money.items()},
        }


def summarize(store: Store, register: Register) -> Summary:
    facts = FactTable(store, register).read()
    relevant = [fact for fact in facts if fact.relevant]
    names = {activity.code: activity.name for activity in Activities.load()}
    provinces = Counter(register.get(code).name for fact in relevant for code in fact.provinces_34 if code != NATIONAL)  # type: ignore[union-attr] # its own codes
    activities = Counter(code for fact in relevant for code in dict.fromkeys(code for code, _ in fact.activities))
    outcomes = store.outcomes()
    return Summary(
        pages=sum(outcomes.values()),
        outcomes=outcomes,
        documents=len(facts),
        relevant=len(relevant),
        stories=len({fact.story for fact in relevant}),
        provinces=tuple(provinces.most_common()),
        activities=tuple((code, names.get(code, code), count) for code, count in activities.most_common()),
        money={row.role: RoleSum(row.vnd, len(row.items), row.articles) for row in budget_sums(facts, None, "34", register)},
    )


def show_summary(summary: Summary) -> None:
    show_table("Pages by outcome", ("Outcome", "Pages"), _rows(summary.outcomes.items()))
    show(
        f"{number(summary.documents)} documents, {number(summary.relevant)} of them about communication for poverty reduction, "
        f"in {number(summary.stories)} stories."
    )
    if summary.provinces:
        show_table("Articles by province (the 34 of today)", ("Province", "Articles"), summary.provinces[:_MAX_PROVINCES])
    if summary.activities:
        show_table("Articles by activity", ("Activity", "Name", "Articles"), summary.activities)
    if summary.money:
        rows = [(role, total.vnd, total.sums, total.articles) for role, total in summary.money.items()]
        show_table("Money by role (never added across roles)", ("Role", "VND", "Sums", "Articles"), rows)


def _rows(items: Iterable[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    return sorted(items)
