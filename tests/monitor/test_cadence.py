from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cadence import learn
from monitor.tet import is_tet


def days(start: date, end: date, *, weekdays: set[int] | None = None, each: int = 1, skip_tet: bool = True) -> list[date]:
    found = [start + timedelta(days=n) for n in range((end - start).days)]
    return [day for day in found if (weekdays is None or day.weekday() in weekdays) and not (skip_tet and is_tet(day)) for _ in range(each)]


WORKDAYS = {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("id", "items", "last", "first_alarm"),
    [
        # Two a workday: 4.6 items are expected within three workdays, so on the fourth empty workday it is too long.
        ("two each workday, stops on a Friday", days(date(2026, 6, 1), date(2026, 9, 5), weekdays=WORKDAYS, each=2), date(2026, 9, 4), date(2026, 9, 10)),
        ("ten a day, every day", days(date(2026, 6, 1), date(2026, 9, 5), each=10), date(2026, 9, 4), date(2026, 9, 8)),
        # One a week, a fifth of one each workday: 4.6 are expected within 24 workdays.
        ("one each Monday", days(date(2026, 3, 2), date(2026, 9, 8), weekdays={0}), date(2026, 9, 7), date(2026, 10, 10)),
        # Two a workday until Tết: the days of Tết bring nothing and are not held against it.
        ("two each workday before Tết", days(date(2025, 10, 1), date(2026, 2, 14), weekdays=WORKDAYS, each=2), date(2026, 2, 13), date(2026, 2, 27)),
    ],
)  # fmt: skip
def test_when_a_pause_is_too_long(id: str, items: list[date], last: date, first_alarm: date) -> None:
    cadence = learn(items)
    assert cadence is not None
    day = last
    while not cadence.too_long(last, day):
        day += timedelta(days=1)
        assert day < last + timedelta(days=60)
    assert day == first_alarm


def test_bursts_are_not_silence() -> None:
    # Ten items on one day every three weeks: the rate alone (3.3 a week) would call every pause of ten days too long.
    burst = [date(2026, 3, 2) + timedelta(days=21 * n) for n in range(9) for _ in range(10)]
    cadence = learn(burst)
    assert cadence is not None
    last = max(burst)
    assert not cadence.too_long(last, last + timedelta(days=22))
    assert cadence.too_long(last, last + timedelta(days=34))


def test_rates_by_kind_of_day() -> None:
    items = days(date(2026, 3, 2), date(2026, 8, 31), weekdays=WORKDAYS, each=3) + days(
        date(2026, 3, 2), date(2026, 8, 31), weekdays={5, 6}
    )
    cadence = learn(items)
    assert cadence is not None
    assert (cadence.weekday, cadence.weekend, cadence.per_week) == (3.0, 1.0, 17.0)
    assert cadence.expected(date(2026, 9, 7), date(2026, 9, 14)) == 17.0


@pytest.mark.parametrize(
    ("id", "items"),
    [
        ("nothing", []),
        ("three weeks only", days(date(2026, 6, 1), date(2026, 6, 22), each=3)),
        ("seven items only", [date(2026, 3, 1) + timedelta(days=20 * n) for n in range(7)]),
        ("many, but long before the last", [*days(date(2024, 6, 1), date(2024, 9, 1)), date(2026, 6, 1)]),
    ],
)
def test_with_too_little_history_nothing_is_said(id: str, items: list[date]) -> None:
    assert learn(items) is None


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 9, 1)), max_size=80), st.integers(0, 60))
def test_longer_pauses_are_never_less_suspicious(items: list[date], length: int) -> None:
    cadence = learn(items)
    if cadence is not None:
        last = max(items)
        assert cadence.bound >= 4.6
        assert not cadence.too_long(last, last + timedelta(days=2))
        if cadence.too_long(last, last + timedelta(days=length)):
            assert cadence.too_long(last, last + timedelta(days=length + 1))
