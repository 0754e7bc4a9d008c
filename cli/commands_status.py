"""`loa status`: what is kept, how every source is, and which provinces were heard of: the same figures as on the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.crawling import read_portals
from cli.home import now, opened
from cli.output import number, show, show_json, show_table
from cli.settings import Settings, settings_of
from corpus.localities import Register
from corpus.store import Store
from monitor.causes import Cause
from monitor.desk import Monitor
from monitor.figures import SourceFigure, to_plain
from monitor.figures_overview import headline
from monitor.periods import VIETNAM, Period, Units, week_of

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]

_CAUSES: Mapping[Cause, str] = {
    "unreachable": "cannot be reached",
    "refused": "refused by robots.txt",
    "blocked": "blocked or challenged",
    "listing_empty": "list is empty",
    "layout_changed": "layout of the list changed",
    "extraction_degraded": "articles can no longer be read",
    "moved": "moved",
    "silent": "silent longer than usual",
    "not_asked": "not asked for days",
}
_MAPS: tuple[Units, ...] = ("34", "63")


def register(app: typer.Typer) -> None:
    app.command("status", help="What is kept here, the health of every source with its cause, and the coverage of provinces.")(status)


def status(context: typer.Context, as_json: AsJson = False) -> None:
    settings = settings_of(context)
    with opened(settings) as store:
        kept = _kept(settings, store)
        monitor = Monitor(store, read_portals(settings.portals_path), Register.load(), now)
        sources = monitor.sources()
        last, running = week_of(now()).before(), week_of(now())
        coverage = [_coverage(monitor, week, units) for week in (last, running) for units in _MAPS]
        if as_json:
            show_json(kept | {"sources": to_plain(sources), "coverage": coverage})
            return
        _show_kept(store, kept)
        _show_sources(sources.sources)
        rows = [(row["week"], row["units"], row["news"], row["silent"], row["unreadable"], row["unwatched"]) for row in coverage]
        show_table("Coverage", ("Week", "Map of", "News", "Silent", "Unreadable", "Unwatched"), rows)
        if sources.alarms:
            show(f"Want attention ({number(len(sources.alarms))}): {', '.join(sources.alarms)}.")


def _kept(settings: Settings, store: Store) -> dict[str, Any]:
    outcomes = store.outcomes()
    documents = store.documents_by_portal()
    states = {source.portal: source for source in store.source_states()}
    return {
        "home": settings.home,
        "pages": sum(outcomes.values()),
        "outcomes": outcomes,
        "documents": sum(documents.values()),
        "unindexed": store.count_unindexed(),
        "ungrouped": store.count_due_stories(),
        "frontier": store.frontier_counts(),
        "portals": {
            portal: {
                "outcomes": counts,
                "documents": documents.get(portal, 0),
                "last_visit": states[portal].last_visit if portal in states else None,
                "last_success": states[portal].last_success if portal in states else None,
            }
            for portal, counts in store.outcomes_by_portal().items()
        },
        "runs": [{"id": run.id, "kind": run.kind, "state": run.state, "started_at": run.started_at} for run in store.runs(limit=10)],
    }


def _coverage(monitor: Monitor, week: Period, units: Units) -> dict[str, Any]:
    ledger = monitor.coverage(week, units)
    return {
        "week": week.key,
        "units": units,
        "headline": headline(ledger),
        "news": ledger.count("news"),
        "silent": ledger.count("silent"),
        "unreadable": ledger.count("unreadable"),
        "unwatched": ledger.count("unwatched"),
        "unread": [to_plain(unread) for unread in ledger.unread],
    }


def _show_kept(store: Store, kept: Mapping[str, Any]) -> None:
    show_table("Pages by outcome", ("Outcome", "Pages"), sorted(kept["outcomes"].items()))
    rows = [
        (
            portal,
            sum(row["outcomes"].values()),
            row["documents"],
            sum(n for word, n in row["outcomes"].items() if word.startswith("failed/")),
        )
        for portal, row in kept["portals"].items()
    ]
    show_table("Pages by source", ("Source", "Pages", "Documents", "Failed"), rows)
    show_table(
        "Latest runs",
        ("Run", "Kind", "State", "Started (UTC)"),
        [(str(run.id), run.kind, run.state, f"{run.started_at:%Y-%m-%d %H:%M:%S}") for run in store.runs(limit=10)],
    )
    show(
        f"{number(kept['documents'])} documents, {number(kept['unindexed'])} changes not in the index yet, {number(kept['ungrouped'])} not "
        f"compared for stories yet; addresses: {_counts(kept['frontier'])}."
    )


def _show_sources(sources: Sequence[SourceFigure]) -> None:
    """Sources that were never watched are counted alone: a registry holds many."""
    shown = [source for source in sources if source.health.state != "unwatched" or source.health.runs]
    rows = [
        (
            source.portal,
            source.health.state + (" !" if source.health.alarm else ""),
            _CAUSES[source.health.cause] if source.health.cause else "",
            _day(source.health.since),
            _day(source.health.last_success),
            "?" if source.new_7 is None else str(source.new_7),
            "?" if source.new_28 is None else str(source.new_28),
        )
        for source in shown
    ]
    show_table("Health of sources (! wants attention)", ("Source", "State", "Cause", "Since", "Last read", "New 7 d", "New 28 d"), rows)
    rest = len(sources) - len(shown)
    if rest:
        show(f"Not watched: {number(rest)} more of the registry.")


def _day(instant: datetime | None) -> str:
    """In Vietnam."""
    return f"{instant.astimezone(VIETNAM):%Y-%m-%d}" if instant else ""


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number(count)} {word}" for word, count in sorted(counts.items())) or "none yet"
