from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from corpus.readings import Reading, WayReading
from corpus.store import open_store

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FEED = WayReading(
    kind="feed", url="https://mau.vn/rss", fetched=True, parsed=True, pages=1, links=9, known=0, new=9, newest="2026-11-20", status=200
)
LIST = WayReading(
    kind="listing", url="https://mau.vn/tin", fetched=True, parsed=True, pages=2, links=30, known=28, new=2, newest="2026-11-22"
)
GONE = WayReading(kind="sitemap", url="https://mau.vn/sitemap.xml", status=404, cause="http_404")
READING = Reading(
    portal="mau",
    run=1,
    at=NOW,
    robots="allowed",
    robots_status=200,
    ways=(FEED, GONE, LIST),
    blocked=("403 https://mau.vn/bai-1",),
    moved_to=("khac.vn",),
    fetched=2,
    failed=1,
    failures={"timeout": 1},
    statuses={"200": 5, "404": 1},
    stopped="budget",
    wait_until=NOW,
)


def test_a_source_is_read_only_where_a_way_still_held_older_items() -> None:
    assert [way.read for way in READING.ways] == [False, False, True]
    assert (READING.read, READING.listed, READING.known, READING.new) == (True, True, 28, 11)
    assert (READING.newest, READING.causes) == ("2026-11-22", ("http_404",))
    fresh = Reading(portal="mau", run=1, at=NOW, first=True, ways=(FEED,))
    assert (fresh.read, fresh.listed) == (False, True)
    assert not Reading(portal="mau", run=1, at=NOW, stopped="outside_hours").asked


def test_readings_come_back_from_the_store_as_they_were(tmp_path: Path) -> None:
    store = open_store(tmp_path / "loa.db")
    run = store.begin_run("crawl", NOW)
    store.observe("mau", run, NOW, READING.to_plain() | {"seeds": {"https://mau.vn/rss": {"etag": "1"}}})
    assert store.readings("mau") == [READING]
    store.observe("cu", run, NOW, {"lists_read": 1, "moved_to": ["a.vn"]})  # as the release before wrote it
    assert store.readings("cu") == [Reading(portal="cu", run=run, at=NOW, moved_to=("a.vn",))]
    store.close()
