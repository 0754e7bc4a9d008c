"""`Monitor` over a real store: up to date after every change, the same object while nothing changed, safe for threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from corpus.document import Document, LocalityMention, Provenance, RawPage, Relevance, Span
from corpus.index.names import Names
from corpus.store import Store, open_store
from monitor.desk import MAX_ANSWERS, Monitor
from monitor.periods import parse_period
from tests.monitor.makers import NOW, make_portal, make_registry

WEEK = parse_period("2026-W47")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


@pytest.fixture
def monitor(store: Store, names: Names, clock: Clock) -> Monitor:
    return Monitor(store, make_registry(make_portal("a")), names.register, clock)


def make_document(id: str = "d1", day: date | None = WEEK.start, province: str = "v2-08") -> Document:
    url = f"https://a.vn/{id}"
    return Document(
        id=id,
        provenance=Provenance(portal="a", requested_url=url, final_url=url, fetched_at=NOW),
        title=f"Tin {id}",
        text=f"Nội dung {id}.",
        published=day,
        relevance=Relevance(value="communication", method="r"),
        localities=(LocalityMention(code=province, role="about", evidence=(Span(0, 3),), method="r"),),
    )


def articles(monitor: Monitor) -> int | None:
    return monitor.overview(WEEK).total.articles


def test_every_change_shows_at_once(monitor: Monitor, store: Store) -> None:
    assert articles(monitor) is None, "nothing is known"
    run = store.begin_run("crawl", NOW)
    store.observe("a", run, NOW - timedelta(days=3), {"lists_read": 1, "known_items": 3})
    assert articles(monitor) == 0, "read, and there was nothing"
    page = RawPage(portal="a", requested_url="https://a.vn/d1", final_url="https://a.vn/d1", status=200, fetched_at=NOW, record="w#0")
    key = store.add_page(page, run=run)
    store.finish_page(key, "indexed", make_document(), NOW)
    store.put_document(make_document("d2"), NOW)
    assert articles(monitor) == 2
    store.put_document(replace(make_document("d2"), relevance=Relevance(value="off_topic", method="r")), NOW)
    assert articles(monitor) == 1
    store.put_document(replace(make_document("d3"), flags=("doubtful_date",)), NOW)
    assert (articles(monitor), monitor.overview(WEEK).undated.articles) == (1, 1)
    store.finish_page(key, "rejected/not_article", None, NOW)
    assert articles(monitor) == 0


def test_nothing_is_worked_out_twice(monitor: Monitor, store: Store, clock: Clock) -> None:
    store.put_document(make_document(), NOW)
    first = monitor.overview(WEEK)
    assert monitor.overview(WEEK) is first
    clock.now += timedelta(seconds=20)
    assert monitor.overview(WEEK) is first
    clock.now += timedelta(minutes=1)
    assert monitor.overview(WEEK) is not first
    assert monitor.facts() is monitor.facts()
    for week in range(1, 52):
        for units in ("34", "63"):
            monitor.coverage(parse_period(f"2026-W{week:02d}"), units)  # type: ignore[arg-type] # both maps
    assert len(monitor._answers) <= MAX_ANSWERS


def test_notes_show_at_once(monitor: Monitor, store: Store) -> None:
    run = store.begin_run("crawl", NOW)
    for n in range(4):
        store.observe("a", run, NOW - timedelta(days=4 - n), {"lists_failed": 1, "causes": {"timeout": 1}})
    assert monitor.sources().alarms == ("a",)
    store.add_source_note("a", "acknowledged", who="Lan", now=NOW, cause="unreachable")
    assert monitor.sources().alarms == ()
    assert monitor.healths()[0].acknowledged_by == "Lan"


def test_threads_get_the_same_answers(monitor: Monitor, store: Store) -> None:
    for n in range(20):
        store.put_document(make_document(f"d{n}"), NOW)

    def ask(n: int) -> tuple[object, ...]:
        if n % 5 == 0:
            store.put_document(make_document(f"e{n}", day=None), NOW)
        return (articles(monitor), monitor.province("v2-08", WEEK).total.articles, monitor.money(WEEK).articles)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(40))) == {(20, 20, 0)}
    assert monitor.overview(WEEK).undated.articles == 8


def test_of_many_articles_changes_show_after_some_seconds(
    monitor: Monitor, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.desk.FACTS_A_SECOND", 1)
    store.put_document(make_document("d1"), NOW)
    store.put_document(make_document("d2"), NOW)
    assert articles(monitor) == 2
    store.put_document(make_document("d3"), NOW)
    clock.now += timedelta(seconds=1)
    assert articles(monitor) == 2
    store.add_source_note("a", "paused", who="Lan", now=NOW)
    assert monitor.healths()[0].paused, "what people decide shows at once"
    clock.now += timedelta(seconds=1)
    assert articles(monitor) == 3
