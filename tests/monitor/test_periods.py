from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InvalidData
from monitor.periods import KINDS, Period, day_of, parse_period, period_of, week_number, week_of, weeks_in_year

DAYS = st.dates(date(1995, 1, 1), date(2095, 12, 31))


@pytest.mark.parametrize(
    ("key", "name", "start", "last"),
    [
        ("2026-W47", "Tuần 47/2026", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W01", "Tuần 1/2026", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", "Tuần 53/2026", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-11", "Tháng 11/2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-12", "Tháng 12/2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("2024-02", "Tháng 2/2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q4", "Quý 4/2026", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-Q1", "Quý 1/2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026", "Năm 2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-11-01..2026-11-15", "01/11/2026 - 15/11/2026", date(2026, 11, 1), date(2026, 11, 15)),
        ("2026-11-05..2026-11-05", "05/11/2026", date(2026, 11, 5), date(2026, 11, 5)),
    ],
)
def test_keys_and_names(key: str, name: str, start: date, last: date) -> None:
    period = parse_period(key)
    assert (period.name, period.start, period.last_day) == (name, start, last)
    assert period.key == key


@pytest.mark.parametrize(
    "key",
    "|2026-W54|2025-W53|2026-W00|2026-13|2026-00|2026-Q5|26|1989|2100|2026-11-15..2026-11-01|2026-02-30..2026-03-01"
    "|2026-W47 |2026-w47|٢٠٢٦|9999-12-31..9999-12-31|2026-11-01..|2026-11-01|2026-W47\n".split("|"),
)
def test_nonsense_is_refused(key: str) -> None:
    with pytest.raises(InvalidData, match="write 2026-W47"):
        parse_period(key)


@pytest.mark.parametrize(
    ("key", "before", "year_before", "after"),
    [
        ("2026-W47", "2026-W46", "2025-W47", "2026-W48"),
        ("2026-W01", "2025-W52", "2025-W01", "2026-W02"),
        ("2026-W53", "2026-W52", "2025-W52", "2027-W01"),
        ("2026-01", "2025-12", "2025-01", "2026-02"),
        ("2026-Q1", "2025-Q4", "2025-Q1", "2026-Q2"),
        ("2026", "2025", "2025", "2027"),
        ("2026-11-01..2026-11-15", "2026-10-17..2026-10-31", "2025-11-01..2025-11-15", "2026-11-16..2026-11-30"),
        ("2024-02-29..2024-02-29", "2024-02-28..2024-02-28", "2023-02-28..2023-02-28", "2024-03-01..2024-03-01"),
    ],
)
def test_neighbours(key: str, before: str, year_before: str, after: str) -> None:
    period = parse_period(key)
    assert (period.before().key, period.year_before().key, period.next().key) == (before, year_before, after)


def test_ten_years_of_weeks_have_no_gap_and_no_overlap() -> None:
    week = week_number(2020, 1)
    day = week.start
    while day < date(2030, 6, 1):
        assert week.start == day
        assert week.days == 7
        for _ in range(7):
            assert period_of(day, "week") == week
            day += timedelta(days=1)
        assert week.next().before() == week
        week = week.next()


@pytest.mark.parametrize("kind", ["week", "month", "quarter", "year"])
def test_every_minute_around_the_turn_of_a_week_is_in_one_week(kind: str) -> None:
    # Monday 00:00 in Vietnam is Sunday 17:00 UTC.
    turn = datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert week_of(turn - timedelta(microseconds=1)).key == "2026-W47"
    assert week_of(turn).key == "2026-W48"
    for minutes in range(-90, 90):
        instant = turn + timedelta(minutes=minutes)
        period = period_of(day_of(instant), kind)  # type: ignore[arg-type] # parametrized
        assert period.contains_instant(instant)
        assert not period.next().contains_instant(instant)
        assert not period.before().contains_instant(instant)


def test_an_instant_without_time_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        week_of(datetime(2026, 11, 22))  # noqa: DTZ001 - what is tested


@given(day=DAYS, kind=st.sampled_from(KINDS))
def test_periods_hold_their_day_and_read_back(day: date, kind: str) -> None:
    period = period_of(day, kind)  # type: ignore[arg-type] # sampled
    assert period.contains(day)
    assert parse_period(period.key) == period
    assert period.next().start == period.end
    assert period.before().end == period.start
    assert period.next().before() == period


@given(start=DAYS, length=st.integers(1, 800))
def test_weeks_cover_a_period_once(start: date, length: int) -> None:
    period = Period(start, start + timedelta(days=length))
    weeks = period.weeks()
    assert weeks[0].contains(period.start)
    assert weeks[-1].contains(period.last_day)
    assert all(a.end == b.start for a, b in pairwise(weeks))
    shared = [week.overlap(period) for week in weeks]
    assert sum(part.days for part in shared if part) == period.days


def test_years_of_53_weeks() -> None:
    # ISO 8601: years that begin on a Thursday, leap years also on a Wednesday.
    assert [year for year in range(2015, 2040) if weeks_in_year(year) == 53] == [2015, 2020, 2026, 2032, 2037]
