"""Days around Tết Nguyên đán, when hardly anything is published and nobody should be called silent."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

# First day of the lunar year in Vietnam's calendar (UTC+7, as Decision 121/CP of 1967 set it; it differs from China's in 2030).
# Own table; the days of 2010-2026 as kept, those after computed: the test works each out again from the instant of the new moon.
_FIRST_DAYS = """
2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12
2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02 2031-01-23 2032-02-11 2033-01-31
2034-02-19 2035-02-08
"""
FIRST_DAYS = {day.year: day for day in map(date.fromisoformat, _FIRST_DAYS.split())}
"""Year to the first day of its lunar year."""
BEFORE, AFTER = 3, 6
"""Days before and after (the first day not counted) in which offices are closed or closing; the law gives five days off, usually
stretched to seven and a weekend."""


@cache
def _all_days() -> frozenset[date]:
    return frozenset(first + timedelta(days=n) for first in FIRST_DAYS.values() for n in range(-BEFORE, AFTER + 1))


def is_tet(day: date) -> bool:
    """Whether a day lies around Tết; False for years that the table does not hold."""
    return day in _all_days()
