"""What a server does before anybody asks: read the articles' figures once, and count what every page rests on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import get_args

from fastapi import FastAPI

from corpus.errors import CorpusError
from corpus.memory import keep_loaded
from monitor.desk import Monitor
from monitor.periods import Units, day_of, period_of
from monitor.tallies import tallies
from search_api.sharing import ask_ahead

PAGES = (
    "/",
    "/?ban-do=63",
    "/tinh",
    "/tinh/VN",
    "/kinh-phi",
    "/nguon",
    "/tim",
    "/tim?q=loa&xem=bang",
    "/tim?q=loa&xem=thoi-gian",
    "/tim?q=loa&xem=ngu-canh&vi-tri=1R",
    "/tro-giup",
)
"""One of each kind."""


def warm(app: FastAPI) -> None:
    """Some seconds for 100,000 articles. What cannot be read now is told to whoever asks for it."""
    monitor: Monitor = app.state.monitor
    document = ""
    with contextlib.suppress(CorpusError):
        read_ahead(monitor)
        facts = monitor.facts()
        document = facts[-1].id if facts else ""
    asyncio.run(ask_ahead(app, (*PAGES, f"/tin/{document}?q=loa")))
    keep_loaded()


def read_ahead(monitor: Monitor) -> None:
    """Raises: CorpusError."""
    week = period_of(day_of(monitor.now().now), "week")
    units: tuple[Units, ...] = get_args(Units)
    for map in units:
        tallies(monitor.facts(), map)
        monitor.facts().about(map)
        monitor.money_sums(None, map)
    monitor.overview(week)
    monitor.sources()
    _ = monitor.facts().told_together


def warm_beside(app: FastAPI) -> None:
    """`warm` in a thread of its own, while the first requests come in."""
    threading.Thread(target=warm, args=(app,), name="loa-warm", daemon=True).start()
