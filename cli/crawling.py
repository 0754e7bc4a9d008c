"""The crawl as the commands use it: which portals, and what it says while it runs. It works in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cli.home import now
from cli.output import number, progress, say
from cli.settings import Settings
from corpus.errors import InvalidData
from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry, load_portals
from corpus.store import Store
from crawler.run import CrawlReport
from crawler.run import crawl as crawl_in_process
from monitor.due import due_sources
from monitor.health import source_healths


def read_portals(path: Path | None) -> PortalRegistry:
    """The registry, its province codes checked against the register. Raises: InvalidData with file, line and value."""
    return load_portals(path, {locality.code for locality in Register.load()})


def check_portals(settings: Settings, ids: Sequence[str]) -> tuple[Portal, ...]:
    """The portals to crawl: those named, else all that are verified.

    Raises: InvalidData for a wrong registry, an unknown id, or when nothing would be crawled.
    """
    portals = read_portals(settings.portals_path)
    if not ids and portals and all(portal.allow_loopback for portal in portals):
        raise InvalidData(
            "holds the example portals alone, which only `loa demo` serves: name another home with --home", file=portals.source
        )
    chosen = portals.select(ids)
    if not chosen:
        raise InvalidData(
            f"none of the {len(portals)} sources{'' if settings.portals_path else ' of the bundled registry'} is verified, so there is "
            "nothing to crawl. `loa sources list` names them; `loa sources check --live PORTAL` reads a few articles of one, shows them "
            f"and notes it as verified in {settings.portals_path or settings.home / 'portals.toml'}; then `loa run` crawls it. "
            "What is not verified is crawled only by name: `loa run PORTAL`",
            file=str(settings.portals_path) if settings.portals_path else None,
        )
    return chosen


def due_portals(store: Store, portals: tuple[Portal, ...], *, every: timedelta) -> tuple[Portal, ...]:
    """Those that are due in a round that comes ``every`` so often: by how often they publish, or with addresses that wait."""
    moment = now()
    due = due_sources(source_healths(store, PortalRegistry(portals), moment), moment, every=every) | store.portals_waiting(moment)
    chosen = tuple(portal for portal in portals if portal.id in due)
    if len(chosen) < len(portals):
        say(f"{number(len(chosen))} of {number(len(portals))} sources are due.")
    return chosen


def crawl(
    settings: Settings, portals: Sequence[Portal], *, since: date | None = None, check: Callable[[], object] = lambda: None
) -> CrawlReport:
    """Crawl the portals into the home, whose lock the caller holds; what failed is said. ``since``: see `crawler.run.crawl`.

    ``check`` is called now and then and ends the crawl by raising.
    Raises: InvalidData, StoreUnavailable, CrawlFailed.
    """
    seen: dict[str, int] = {}
    with progress(f"Crawling {len(portals)} sources") as advance:

        def note(event: Mapping[str, Any]) -> None:
            check()
            if event.get("portal"):
                seen[str(event["portal"])] = int(event.get("fetched", 0))
                advance(sum(seen.values()))

        report = crawl_in_process(
            settings.home,
            [portal.id for portal in portals],
            now=now(),
            registry_file=settings.portals_path,
            contact=settings.contact,
            since=since,
            progress=note,
        )
    for portal, counts in sorted(report.portals.items()):
        for remark in remarks(counts):
            say(f"{portal}: {remark}", "yellow")
    return report


_NO_FAULT = {
    "budget": "as many articles were fetched as one run may; the same command goes on",
    "outside_hours": "may not be asked at this hour",
    "waiting": "asked to be left alone for a while, or was given up not long ago; it is asked again later",
    "stopped": "stopped as asked; the same command goes on",
}
"""Why a run may end early at a source without anything being wrong."""


def remarks(counts: Mapping[str, Any]) -> list[str]:
    """What a person should know about the crawl of one source."""
    causes = ", ".join(f"{cause} {number(times)}" for cause, times in dict(counts["causes"]).items())
    found = []
    if _unread(counts):
        found.append(f"could not be read ({causes}): none of its lists was found")
    elif counts["failed"]:
        found.append(f"{number(int(counts['failed']))} addresses failed ({causes})")
    if counts["stopped"] in _NO_FAULT:
        found.append(_NO_FAULT[counts["stopped"]])
    elif counts["stopped"]:
        found.append(f"given up for this run ({counts['stopped']})")
    return found


def troubled(report: CrawlReport) -> bool:
    """Whether anything failed that a run should end with another code for."""
    return any(
        counts["failed"] or _unread(counts) or (counts["stopped"] and counts["stopped"] not in _NO_FAULT)
        for counts in report.portals.values()
    )


def _unread(counts: Mapping[str, Any]) -> bool:
    return bool(counts["lists_failed"]) and not counts["lists_read"]
