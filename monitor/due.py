"""Which sources are worth asking again now: one that publishes daily every round, one that publishes weekly once a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.health import SourceHealth

LONGEST = timedelta(days=1)
"""However seldom it publishes: news is seen the next day, and a trouble is reported after two."""
_WEEK = timedelta(days=7)


def due_sources(healths: Iterable[SourceHealth], now: datetime, *, every: timedelta) -> frozenset[str]:
    """Ids of those to ask in the round of ``now``, where a round comes ``every`` so often.

    A source is asked twice in the time that usually lies between two of its items, in every round at most and once a day at least.
    One whose rhythm is not known yet, or that is in trouble, is asked in every round.
    """
    return frozenset(health.portal for health in healths if _is_due(health, now, every))


def _is_due(health: SourceHealth, now: datetime, every: timedelta) -> bool:
    asked = [run.at for run in health.runs if run.result != "skipped"]
    if not asked or health.state == "trouble" or not health.expected_per_week:
        return True
    pause = min(_WEEK / health.expected_per_week / 2, LONGEST)
    # The nearest round to the moment it is due
    return now - asked[-1] >= pause - every / 2
