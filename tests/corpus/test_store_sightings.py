"""Slim rows of what the crawler saw, and what people noted of a source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from corpus.document import RawPage
from corpus.errors import InvalidData
from corpus.readings import Reading, WayReading
from corpus.store import Sighting, SourceNote, Store, open_store
from corpus.store.database import open_database
from corpus.store.migrations import STEPS
from corpus.store.schema import observations, runs

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
GOOD = WayReading(kind="listing", url="https://mau.vn/tin", fetched=True, parsed=True, links=30, known=28, new=2)
GONE = WayReading(kind="feed", url="https://mau.vn/rss", status=404, cause="http_404")
OLD_FORM = {
    "lists_read": 1,
    "lists_failed": 1,
    "known_items": 4,
    "new_urls": 2,
    "causes": {"http_404": 1},
    "moved_to": ["khac.vn"],
    "stopped": "budget",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def test_every_observation_has_its_row(store: Store) -> None:
    run = store.begin_run("crawl", NOW)
    reading = Reading(
        portal="mau", run=run, at=NOW, robots="allowed", ways=(GONE, GOOD), blocked=("403 /x",), fetched=2, failed=1, stopped="budget"
    )
    store.observe("mau", run, NOW, reading.to_plain())
    store.observe("cu", run, NOW, OLD_FORM)
    (_, new), (last, old) = store.sightings()
    assert new == Sighting(
        portal="mau", run=run, at=NOW, asked=True, read=True, listed=True, first=False, robots="allowed", causes=("http_404", "budget"),
        blocked=True, moved_to="", stopped="budget", known=28, new=2, fetched=2, failed=1,
    )  # fmt: skip
    assert (old.read, old.listed, old.asked, old.known, old.new, old.moved_to) == (True, True, True, 4, 2, "khac.vn")
    assert old.causes == ("http_404", "budget")
    assert store.sightings_revision() == last
    assert [sighting.portal for _, sighting in store.sightings(after=last - 1)] == ["cu"]


def test_earlier_databases_get_rows_from_their_observations(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    earlier = open_database(path, steps=STEPS[: [step.__name__ for step in STEPS].index("_sightings")])
    with earlier.begin() as connection:
        connection.execute(sa.insert(runs).values(id=1, kind="crawl", state="ended", started_at=NOW, summary={}))
        connection.execute(sa.insert(observations).values(portal="cu", run=1, at=NOW, observation=OLD_FORM))
        connection.execute(sa.insert(observations).values(portal="cu", run=1, at=NOW, observation={}))
    earlier.dispose()
    with open_store(path) as store:
        assert [(key, sighting.read, sighting.asked) for key, sighting in store.sightings()] == [(1, True, True), (2, False, False)]


def test_outcomes_are_counted_by_source_and_run(store: Store) -> None:
    run = store.begin_run("crawl", NOW)
    for n, outcome in enumerate(["indexed", "indexed", "rejected/no_text", None]):
        page = RawPage(
            portal="mau", requested_url=f"http://mau.vn/{n}", final_url=f"http://mau.vn/{n}", status=200, fetched_at=NOW, record=f"a#{n}"
        )
        key = store.add_page(page, run=run)
        if outcome:
            store.finish_page(key, outcome, None, NOW)
    assert store.outcomes_by_run(NOW) == [("mau", run, "indexed", 2), ("mau", run, "rejected/no_text", 1)]
    assert store.outcomes_by_run(NOW + timedelta(seconds=1)) == []


def test_notes_are_kept_in_order(store: Store) -> None:
    until = NOW + timedelta(days=7)
    note = store.add_source_note("mau", "acknowledged", who=" lan ", now=NOW, cause="blocked", until=until, note="đã báo cổng")
    assert note == SourceNote(portal="mau", kind="acknowledged", cause="blocked", until=until, who="lan", at=NOW, note="đã báo cổng")
    store.add_source_note("mau", "resumed", who="lan", now=NOW)
    store.add_source_note("khac", "paused", who="lan", now=NOW)
    assert [n.kind for n in store.source_notes("mau")] == ["acknowledged", "resumed"]
    assert len(store.source_notes()) == store.source_notes_revision() == 3


@pytest.mark.parametrize(
    ("kind", "who", "until", "message"),
    [("ignored", "lan", None, "ignored"), ("paused", " ", None, "who made it"), ("paused", "lan", NOW, "is past")],
)
def test_bad_notes_are_refused(store: Store, kind: str, who: str, until: datetime | None, message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        store.add_source_note("mau", kind, who=who, now=NOW, until=until)
    assert store.source_notes() == []
