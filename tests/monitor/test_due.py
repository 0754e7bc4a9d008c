"""Which sources a round asks: by how often they publish, in every round at most and once a day at least."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from monitor.due import due_sources
from monitor.health import SourceHealth, judge_source
from monitor.readings import Readings
from tests.monitor.makers import instant, make_portal, make_sighting

TODAY = date(2026, 11, 23)
NOW = instant(TODAY, 12)
ROUND = timedelta(hours=6)


def source(per_week: float | None, hours_ago: float, *, last: str = "read") -> SourceHealth:
    """A source that publishes so often by its past of half a year, asked last so many hours ago."""
    step = None if per_week is None else timedelta(days=7) / per_week
    items = [] if step is None else [(instant(TODAY, 0) - n * step).date() for n in range(1, int(timedelta(days=170) / step))]
    words = ["read"] * 5 + [last]
    sightings = [make_sighting("a", NOW - timedelta(hours=hours_ago + 24 * n), word) for n, word in enumerate(reversed(words))][::-1]
    return judge_source(make_portal("a"), Readings.of(sightings).of_source("a"), items, degraded=False, notes=(), now=NOW)


@pytest.mark.parametrize(
    ("per_week", "hours_ago", "due"),
    [
        (40, 6, True),  # several a day: every round
        (14, 6, True),
        (7, 6, False),  # one a day: asked twice a day
        (7, 12, True),
        (3, 12, False),
        (3, 18, False),
        (3, 24, True),  # three a week would be enough every 28 hours: once a day is the least
        (0.8, 18, False),
        (0.8, 24, True),
        (None, 6, True),  # nothing is known of its rhythm yet
    ],
)
def test_by_its_rhythm(per_week: float | None, hours_ago: float, due: bool) -> None:
    assert due_sources([source(per_week, hours_ago)], NOW, every=ROUND) == (frozenset({"a"}) if due else frozenset())


def test_a_source_in_trouble_is_asked_in_every_round() -> None:
    assert source(3, 6, last="timeout").state == "trouble"
    assert due_sources([source(3, 6, last="timeout")], NOW, every=ROUND) == {"a"}


def test_a_run_that_did_not_ask_it_does_not_count() -> None:
    assert due_sources([source(3, 6, last="skipped")], NOW, every=ROUND) == {"a"}, "asked 30 hours ago"
    assert due_sources([source(3, 6)], NOW, every=ROUND) == frozenset()


def test_a_source_never_asked_is_due() -> None:
    never = judge_source(make_portal("a"), Readings.of(()).of_source("a"), (), degraded=False, notes=(), now=NOW)
    assert due_sources([never], NOW, every=ROUND) == {"a"}
