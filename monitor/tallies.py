"""Which days and stories the relevant articles stand on, by what figures count: whole columns of numbers instead of articles.

A figure of any period is two searches in a column and the different stories between them. Columns are plain numbers: to count with them
touches none of a hundred thousand articles, whose memory several processes of a server share as long as nobody does.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from monitor.facts import Facts
from monitor.periods import Period, Units

K = TypeVar("K")
Told = tuple[int, int]
"""Articles and stories."""


@dataclass(frozen=True, slots=True)
class Column:
    days: array[int]
    """Ordinals in order."""
    stories: array[int]
    """A number for the story of each."""

    def latest(self, period: Period, stories: int) -> list[int]:
        """Places, in order, of all articles of a period that belong to the stories which began last in it.

        >>> from datetime import date
        >>> from monitor.periods import parse_period
        >>> monday = date(2026, 3, 2).toordinal()
        >>> told = Column(array("i", [monday - 1, monday, monday + 1, monday + 2, monday + 6, monday + 7]), array("i", [1, 2, 1, 2, 3, 4]))
        >>> told.latest(parse_period("2026-W10"), 2), told.latest(parse_period("2026-W10"), 9)
        ([2, 4], [1, 2, 3, 4])
        """
        inside = days_during(self.days, period)
        chosen = set(list(dict.fromkeys(self.stories[at] for at in inside))[-stories:])
        return [at for at in inside if self.stories[at] in chosen]

    def between(self, start: int, end: int) -> Told:
        """Of the days ``start <= day < end``, which are ordinals."""
        days = self.days
        first = bisect_left(days, start)
        number = bisect_left(days, end, first) - first
        if number < 2:
            return (number, number)
        return (number, len(set(self.stories[first : first + number])))

    def during(self, period: Period) -> Told:
        return self.between(period.start.toordinal(), period.end.toordinal())

    def last_before(self, end: int) -> int | None:
        """The last day before ``end``."""
        at = bisect_left(self.days, end)
        return self.days[at - 1] if at else None


def days_during(days: array[int], period: Period | None) -> range:
    """Places of a period among ordinals in order; None: all."""
    if period is None:
        return range(len(days))
    return range(bisect_left(days, period.start.toordinal()), bisect_left(days, period.end.toordinal()))


NOTHING = Column(array("i"), array("i"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """Of dated relevant articles. What counts in several columns stands in each."""

    all: Column
    placeless: Column
    """About no province and not about the whole country."""
    provinces: Mapping[str, Column]
    """Each holds the dated ones of `Facts.about` in the same order."""
    activities: Mapping[str, Column]
    cells: Mapping[tuple[str, str], Column]
    """(province, activity)"""
    programmes: Mapping[tuple[str, str], Column]
    """(province, programme)"""
    undated: Told


def tallies(facts: Facts, units: Units) -> Tallies:
    return facts.once(("tallies", units), lambda: _tallies(facts, units))


def _tallies(facts: Facts, units: Units) -> Tallies:
    numbers: dict[str, int] = {}
    whole, placeless = _Columns[None](), _Columns[None]()
    provinces, activities = _Columns[str](), _Columns[str]()
    cells, programmes = _Columns[tuple[str, str]](), _Columns[tuple[str, str]]()
    for fact in facts.relevant:
        if fact.published is None:
            break  # the undated come last
        day, story = fact.published.toordinal(), numbers.setdefault(fact.story, len(numbers))
        places, done = fact.provinces(units), tuple(dict.fromkeys(code for code, _ in fact.activities))
        whole.add((None,), day, story)
        placeless.add(() if places else (None,), day, story)
        provinces.add(places, day, story)
        activities.add(done, day, story)
        cells.add(((place, code) for place in places for code in done), day, story)
        programmes.add(((place, code) for place in places for code in fact.programmes), day, story)
    undated = facts.relevant_undated
    return Tallies(
        all=whole.made().get(None, NOTHING),
        placeless=placeless.made().get(None, NOTHING),
        provinces=provinces.made(),
        activities=activities.made(),
        cells=cells.made(),
        programmes=programmes.made(),
        undated=(len(undated), len({fact.story for fact in undated})),
    )


class _Columns(defaultdict[K, Column]):
    def __init__(self) -> None:
        super().__init__(lambda: Column(array("i"), array("i")))

    def add(self, keys: Iterable[K], day: int, story: int) -> None:
        for key in keys:
            column = self[key]
            column.days.append(day)
            column.stories.append(story)

    def made(self) -> dict[K, Column]:
        return dict(self)


def weekly(facts: Facts, units: Units, province: str | None, period: Period) -> dict[int, Told]:
    """Monday (ordinal) to relevant articles and stories of that week, about the province or of any place. The period is of whole weeks."""
    found = tallies(facts, units)
    column = found.all if province is None else found.provinces.get(province, NOTHING)
    told = {monday: column.between(monday, monday + 7) for monday in range(period.start.toordinal(), period.end.toordinal(), 7)}
    return {monday: numbers for monday, numbers in told.items() if numbers[0]}
