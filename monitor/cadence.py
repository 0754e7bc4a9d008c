"""How often a source publishes, learned from its own past, and how long a pause is no longer chance.

Weekdays, weekends and Tết have rates of their own. A pause is too long when a source of this rate would hardly ever make it
(Poisson), and also longer than its own long pauses (quantile): many sources publish in bursts.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from monitor.tet import is_tet

HISTORY_DAYS = 182
"""Half a year up to the last item: what a source did before says little of today."""
LEAST_DAYS = 28
LEAST_ITEMS = 8
"""With less history a source is not judged."""
CHANCE = 0.01
"""A pause that a source of this rate makes in one of a hundred cases."""
QUANTILE = 0.98
MARGIN = 1.5
"""A pause counts as too long from one and a half times the source's own long pauses."""
LEAST_PAUSE_DAYS = 3
"""Whole days without anything; a shorter pause interests nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    weekday: float
    """Items a day from Monday to Friday outside Tết."""
    weekend: float
    tet: float
    bound: float
    """Items expected in a pause from which on it is too long."""

    @property
    def per_week(self) -> float:
        return 5 * self.weekday + 2 * self.weekend

    def expected(self, start: date, end: date) -> float:
        """Items to expect in ``start <= day < end``."""
        weekdays, weekends, tet = _classes(start, end)
        return weekdays * self.weekday + weekends * self.weekend + tet * self.tet

    def too_long(self, last_item: date, seen_until: date) -> bool:
        """Whether nothing on the whole days after ``last_item`` and before ``seen_until`` is no longer chance."""
        start = last_item + timedelta(days=1)
        return (seen_until - start).days >= LEAST_PAUSE_DAYS and self.expected(start, seen_until) >= self.bound


def learn(days: Iterable[date]) -> Cadence | None:
    """From the days of its items, one entry an item, in any order; None where there is too little to learn from.

    The pause that runs now does not count: it would slowly make itself normal.
    """
    ordered = sorted(days)
    if not ordered:
        return None
    end = ordered[-1] + timedelta(days=1)
    start = max(ordered[0], end - timedelta(days=HISTORY_DAYS))
    inside = Counter(ordered[bisect_left(ordered, start) :])
    if (end - start).days < LEAST_DAYS or sum(inside.values()) < LEAST_ITEMS:
        return None
    items = [0, 0, 0]
    for day, count in inside.items():
        items[_class(day)] += count
    lengths = _classes(start, end)
    weekday, weekend, tet = (count / length if length else 0.0 for count, length in zip(items, lengths, strict=True))
    rates = Cadence(weekday=weekday, weekend=weekend, tet=tet, bound=0.0)
    pauses = _pauses(sorted(inside), rates)
    own = pauses[min(len(pauses) - 1, math.ceil(QUANTILE * len(pauses)) - 1)] if pauses else 0.0
    return Cadence(weekday=weekday, weekend=weekend, tet=tet, bound=max(-math.log(CHANCE), MARGIN * own))


def _pauses(days: Sequence[date], rates: Cadence) -> list[float]:
    """Items to expect on the empty days between items, ascending."""
    day = timedelta(days=1)
    return sorted(rates.expected(a + day, b) for a, b in pairwise(days))


def _class(day: date) -> int:
    return 2 if is_tet(day) else 1 if day.weekday() >= 5 else 0


@lru_cache(maxsize=4096)
def _classes(start: date, end: date) -> tuple[int, int, int]:
    """How many weekdays, weekend days and days of Tết."""
    found = [0, 0, 0]
    for ordinal in range(start.toordinal(), end.toordinal()):
        found[_class(date.fromordinal(ordinal))] += 1
    return found[0], found[1], found[2]
