"""Short makers of facts, readings and sources for the tests of figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry
from corpus.store import Sighting
from monitor.facts import Fact, FactBudget, Places
from monitor.periods import VIETNAM, Period

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 09:00 in Vietnam: week 47 has just ended."""


def instant(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM)


def make_budget(vnd: int = 146_400_000, position: int = 0, **values: object) -> FactBudget:
    fields: dict[str, object] = {
        "position": position, "vnd": vnd, "role": "allocated", "kind": "budget", "scope": "other", "qualifier": "exact", "field": "text",
        "start": position * 100, "end": position * 100 + 10, "sentence": position * 100, "programme": None, "component": None,
        "per_unit": None, "year_from": None, "year_to": None, "locality": None, "activity": None, "duplicate_of": None, "parts": (),
        "flags": (), "funds": (),
    }  # fmt: skip
    return FactBudget(**fields | values)  # type: ignore[arg-type] # fields by name


class Makers:
    def __init__(self, register: Register) -> None:
        self.places = Places(register)

    def fact(
        self,
        id: str,
        day: date | None,
        about: str = "",
        *,
        story: str | None = None,
        relevance: str = "communication",
        activities: str = "",
        portal: str = "p",
        budgets: Iterable[FactBudget] = (),
        first_seen: datetime | None = None,
    ) -> Fact:
        """``about`` and ``activities`` are codes with spaces between."""
        codes = tuple(sorted(about.split()))
        new, old = self.places.on_maps(codes)
        return Fact(
            id=id,
            title_utf8=f"Tin {id}".encode(),
            portal=portal,
            published=day,
            first_seen=first_seen or instant(day or date(2026, 11, 1)),
            relevance=relevance,
            about=codes,
            provinces_34=new,
            provinces_63=old,
            activities=tuple((code, "done") for code in activities.split()),
            story=story or id,
            budgets=tuple(budgets),
        )


def make_portal(id: str, province: str = "v2-08", before: str | None = None, *, verified: bool = True, **values: object) -> Portal:
    fields: dict[str, object] = {
        "id": id, "name": f"Cổng {id}", "home": f"https://{id}.vn/", "hosts": (f"{id}.vn",), "kind": "government",
        "province": province, "province_before": before, "verified": verified,
    }  # fmt: skip
    return Portal(**fields | values)  # type: ignore[arg-type] # fields by name


def make_registry(*portals: Portal) -> PortalRegistry:
    return PortalRegistry(tuple(sorted(portals, key=lambda portal: portal.id)))


def make_sighting(portal: str, at: datetime, outcome: str = "read", *, new: int = 0, run: int = 1) -> Sighting:
    """``outcome``: ``read``, ``first``, ``skipped``, or a word of the crawler for what went wrong."""
    read, first = outcome == "read", outcome == "first"
    wrong = () if read or first or outcome == "skipped" else (outcome,)
    return Sighting(
        portal=portal, run=run, at=at, asked=outcome != "skipped", read=read, listed=read or first, first=first,
        robots="unknown" if outcome == "skipped" else "allowed", causes=wrong, blocked=outcome == "blocked", moved_to="", stopped="",
        known=20 if read else 0, new=new, fetched=new, failed=0,
    )  # fmt: skip


def daily(portal: str, start: date, end: date, outcome: str = "read", *, new: int = 0) -> list[Sighting]:
    """One run a day at eight in the morning."""
    days = (end - start).days
    return [make_sighting(portal, instant(start + timedelta(days=n)), outcome, new=new, run=n + 1) for n in range(days)]


def in_week(week: Period, day: int = 2) -> date:
    return week.start + timedelta(days=day)
