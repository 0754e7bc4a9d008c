"""The table at the end of a run: pages, outcomes, articles by province and activity, money by role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.output import number, show, show_table
from corpus.activities import Activities
from corpus.document import Budget, Document
from corpus.localities import Register
from corpus.store import Store
from monitor.stories import group_stories

_MAX_PROVINCES = 20


@dataclass(slots=True)
class RoleSum:
    """Money of one role; a bare total is never shown without the number of sums and stories it is made of."""

    vnd: int = 0
    sums: int = 0
    stories: set[str] = field(default_factory=set)


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
            "money": {role: {"vnd": sums.vnd, "sums": sums.sums, "stories": len(sums.stories)} for role, sums in self.money.items()},
        }


def summarize(store: Store, register: Register) -> Summary:
    documents = [document for document in store.iter_documents() if document.relevance and document.relevance.value == "communication"]
    stories = group_stories(documents)
    first = {story.first for story in stories}
    names = {activity.code: activity.name for activity in Activities.load()}
    provinces: Counter[str] = Counter()
    activities: Counter[str] = Counter()
    for document in documents:
        provinces.update(_provinces(document, register))
        activities.update({mention.code for mention in document.activities})
    outcomes = store.outcomes()
    return Summary(
        pages=sum(outcomes.values()),
        outcomes=outcomes,
        documents=store.count_documents(),
        relevant=len(documents),
        stories=len(stories),
        provinces=tuple(provinces.most_common()),
        activities=tuple((code, names.get(code, code), count) for code, count in activities.most_common()),
        money=money_by_role(document for document in documents if document.id in first),
    )


def money_by_role(documents: Iterable[Document]) -> dict[str, RoleSum]:
    """Sums of public money by role, of one document a story. Roles are never mixed; what would count twice or is no sum is left out:
    caps, norms per unit, repetitions of a sum, and sums that the text itself doubts."""
    found: dict[str, RoleSum] = {}
    for document in documents:
        for budget in document.budgets:
            if counts(budget):
                total = found.setdefault(budget.role, RoleSum())
                total.vnd += budget.vnd or 0
                total.sums += 1
                total.stories.add(document.id)
    return dict(sorted(found.items()))


def counts(budget: Budget) -> bool:
    return (
        budget.kind == "budget"
        and budget.vnd is not None
        and budget.role != "cap"
        and budget.qualifier != "max"
        and budget.per_unit is None
        and budget.duplicate_of is None
        and not budget.flags
    )


def _provinces(document: Document, register: Register) -> set[str]:
    """Provinces of today that the text is about."""
    codes = [mention.code for mention in document.localities if mention.role == "about" and mention.code]
    return {register.get(code).name for code in register.on_new_map(codes)}  # type: ignore[union-attr] # its own codes


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
        rows = [(role, total.vnd, total.sums, len(total.stories)) for role, total in summary.money.items()]
        show_table("Money by role (never added across roles)", ("Role", "VND", "Sums", "Stories"), rows)


def _rows(items: Iterable[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    return sorted(items)
