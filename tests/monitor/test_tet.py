"""The table of Tết is checked against the sky: each first day is the day of a new moon in Vietnam's time."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.periods import VIETNAM
from monitor.tet import FIRST_DAYS, is_tet


def new_moon(k: int) -> datetime:
    """The k-th new moon after that of 6 January 2000, within minutes (Meeus, Astronomical Algorithms, chapter 49, the largest terms)."""
    t = k / 1236.85
    day = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t
    sun = math.radians(2.5534 + 29.1053567 * k)
    moon = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    latitude = math.radians(160.7108 + 390.67050284 * k)
    e = 1 - 0.002516 * t
    day += -0.40720 * math.sin(moon) + 0.17241 * e * math.sin(sun) + 0.01608 * math.sin(2 * moon) + 0.01039 * math.sin(2 * latitude)
    day += 0.00739 * e * math.sin(moon - sun) - 0.00514 * e * math.sin(moon + sun) + 0.00208 * e * e * math.sin(2 * sun)
    # 70 s: terrestrial time against the clock in these years
    return datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=day - 2451545.0, seconds=-70)


@pytest.mark.parametrize("year", range(2010, 2036))
def test_each_first_day_is_that_of_a_new_moon(year: int) -> None:
    first = FIRST_DAYS[year]
    moons = {new_moon(k).astimezone(VIETNAM).date() for k in range(100, 450)}
    assert first in moons
    assert date(year, 1, 20) < first < date(year, 2, 21), "the second new moon after the solstice"


def test_vietnam_differs_from_china_in_2030() -> None:
    assert FIRST_DAYS[2030] == date(2030, 2, 2), "23:07 in Hà Nội, already the 3rd in Beijing"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 13), False),
        (date(2026, 2, 14), True),
        (date(2026, 2, 17), True),
        (date(2026, 2, 23), True),
        (date(2026, 2, 24), False),
        (date(2050, 1, 23), False),
    ],
)
def test_days_around(day: date, expected: bool) -> None:
    assert is_tet(day) is expected
