"""States and causes of sources by hand, and when somebody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from corpus.document import Document, Provenance
from corpus.store import Sighting, SourceNote, open_store
from monitor.causes import NAMES, Cause, judge
from monitor.health import RunMark, SourceHealth, extraction_degraded, judge_source, source_healths
from monitor.periods import VIETNAM
from monitor.readings import Readings
from tests.monitor.makers import daily, instant, make_portal, make_registry, make_sighting

TODAY = date(2026, 11, 23)
NOW = instant(TODAY, 12)
DAY = timedelta(days=1)
START = TODAY - 30 * DAY
WORKDAYS = [day for n in range(120) if (day := TODAY - (n + 1) * DAY).weekday() < 5 for _ in range(2)]
"""Two articles each workday up to yesterday."""


def health(
    sightings: list[Sighting],
    *,
    items: list[date] = WORKDAYS,
    degraded: bool = False,
    notes: tuple[SourceNote, ...] = (),
    portal: object = None,
    now: datetime = NOW,
) -> SourceHealth:
    own = portal or make_portal("a")
    return judge_source(own, Readings.of(sightings).of_source("a"), items, degraded=degraded, notes=notes, now=now)  # type: ignore[arg-type] # a portal


@pytest.mark.parametrize(
    ("words", "first", "expected"),
    [
        ("read", False, ("ok", None)),
        ("first", True, ("ok", None)),
        ("skipped", False, ("skipped", None)),
        ("timeout", False, ("trouble", "unreachable")),
        ("unreachable", False, ("trouble", "unreachable")),
        ("http_500", False, ("trouble", "unreachable")),
        ("http_503", False, ("trouble", "unreachable")),
        ("truncated", False, ("trouble", "unreachable")),
        ("robots_unreachable", False, ("trouble", "unreachable")),
        ("http_403", False, ("trouble", "blocked")),
        ("http_429", False, ("trouble", "blocked")),
        ("blocked", False, ("trouble", "blocked")),
        ("robots_refused", False, ("trouble", "refused")),
        ("empty_listing", False, ("trouble", "listing_empty")),
        ("layout_changed", False, ("trouble", "layout_changed")),
        ("no_known_items", False, ("trouble", "layout_changed")),
        ("unreadable_feed", False, ("trouble", "layout_changed")),
        ("outside_registry", False, ("trouble", "moved")),
        ("redirect_loop", False, ("trouble", "moved")),
        ("http_404", False, ("trouble", "moved")),
        ("http_410", False, ("trouble", "moved")),
    ],
)
def test_what_one_run_says(words: str, first: bool, expected: tuple[str, str | None]) -> None:
    assert judge(make_sighting("a", NOW, words), first=first) == expected


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        (("http_404", "timeout"), "unreachable"),
        (("http_404", "layout_changed"), "layout_changed"),
        (("http_404", "empty_listing"), "listing_empty"),
        (("timeout", "blocked"), "blocked"),
        (("outside_registry", "timeout"), "moved"),
        (("unreachable", "waiting"), "unreachable"),
        ((), "layout_changed"),
    ],
)
def test_which_of_several_causes_speaks_for_the_source(causes: tuple[str, ...], expected: str) -> None:
    sighting = msgspec.structs.replace(make_sighting("a", NOW, "timeout"), causes=causes)
    assert judge(sighting, first=False) == ("trouble", expected)


def test_signs_beside_the_words() -> None:
    plain = make_sighting("a", NOW, "skipped")
    assert judge(msgspec.structs.replace(plain, robots="refused"), first=False) == ("trouble", "refused")
    assert judge(msgspec.structs.replace(plain, robots="unreachable"), first=False) == ("trouble", "unreachable")
    moved = msgspec.structs.replace(make_sighting("a", NOW, "layout_changed"), moved_to="khac.vn")
    assert judge(moved, first=False) == ("trouble", "moved")
    assert judge(msgspec.structs.replace(make_sighting("a", NOW), blocked=True), first=False) == ("ok", None), "another way was read"


@pytest.mark.parametrize(
    ("id", "sightings", "more", "state", "cause", "since", "alarm"),
    [
        ("read every day", daily("a", START, TODAY), {}, "ok", None, None, False),
        ("one failure is noted, not reported", [*daily("a", START, TODAY - DAY), *daily("a", TODAY - DAY, TODAY, "timeout")], {}, "trouble", "unreachable", TODAY - DAY, False),
        ("two are reported", [*daily("a", START, TODAY - 2 * DAY), *daily("a", TODAY - 2 * DAY, TODAY, "timeout")], {}, "trouble", "unreachable", TODAY - 2 * DAY, True),
        ("dead for a month is still reported", [*daily("a", START - 9 * DAY, START), *daily("a", START, TODAY, "http_404")], {}, "trouble", "moved", START, True),
        ("the cause is the latest", [*daily("a", START, TODAY - 3 * DAY), *daily("a", TODAY - 3 * DAY, TODAY - DAY, "timeout"), *daily("a", TODAY - DAY, TODAY, "blocked")], {}, "trouble", "blocked", TODAY - 3 * DAY, True),
        ("runs that did not ask say nothing", [*daily("a", START, TODAY - DAY), *daily("a", TODAY - DAY, TODAY, "skipped")], {}, "ok", None, None, False),
        ("failing from the first run on, twice", daily("a", TODAY - 2 * DAY, TODAY, "timeout"), {}, "trouble", "unreachable", TODAY - 2 * DAY, False),
        ("failing from the first run on, three times", daily("a", TODAY - 3 * DAY, TODAY, "timeout"), {}, "trouble", "unreachable", TODAY - 3 * DAY, True),
        ("a first run", [make_sighting("a", instant(TODAY), "first")], {"items": []}, "ok", None, None, False),
        ("never asked", [], {}, "unwatched", None, None, False),
        ("not asked for four days", daily("a", START, TODAY - 4 * DAY), {}, "trouble", "not_asked", TODAY - 5 * DAY, True),
        ("articles can no longer be read", daily("a", START, TODAY), {"degraded": True}, "trouble", "extraction_degraded", TODAY - DAY, True),
        ("a usual pause", daily("a", START, TODAY), {"items": [d for d in WORKDAYS if d < TODAY - 4 * DAY]}, "ok", None, None, False),
        ("silent", daily("a", START, TODAY), {"items": [d for d in WORKDAYS if d <= date(2026, 11, 13)]}, "silent", "silent", date(2026, 11, 14), True),
        ("silent, but not read since: trouble", [*daily("a", START, TODAY - 9 * DAY), *daily("a", TODAY - 9 * DAY, TODAY, "empty_listing")], {"items": [d for d in WORKDAYS if d <= date(2026, 11, 13)]}, "trouble", "listing_empty", TODAY - 9 * DAY, True),
        ("silent on the first runs is not reported", daily("a", TODAY - 2 * DAY, TODAY), {"items": [d for d in WORKDAYS if d <= date(2026, 11, 6)]}, "silent", "silent", date(2026, 11, 7), False),
        ("too little history to call it silent", daily("a", START, TODAY), {"items": [date(2026, 5, 1)]}, "ok", None, None, False),
        ("not verified", daily("a", START, TODAY), {"portal": make_portal("a", verified=False)}, "unwatched", None, None, False),
        ("no longer a source", daily("a", START, TODAY), {"portal": make_portal("a", valid_to=TODAY)}, "unwatched", None, None, False),
    ],
)  # fmt: skip
def test_states(id: str, sightings: list[Sighting], more: dict, state: str, cause: str | None, since: date | None, alarm: bool) -> None:  # type: ignore[type-arg]
    found = health(sightings, **more)
    assert (found.state, found.cause, found.alarm) == (state, cause, alarm)
    assert (found.since and found.since.astimezone(VIETNAM).date()) == since


def test_new_articles_on_a_list_end_a_silence_before_they_are_processed() -> None:
    items = [day for day in WORKDAYS if day <= date(2026, 11, 13)]
    seen = daily("a", START, TODAY)
    assert health(seen, items=items).state == "silent"
    found = health([*seen[:-1], msgspec.structs.replace(seen[-1], new=2)], items=items)
    assert (found.state, found.last_item) == ("ok", TODAY - DAY)


def test_nobody_is_silent_over_tet() -> None:
    first = date(2026, 2, 17)
    items = [day for n in range(120) if (day := first - (n + 3) * DAY).weekday() < 5 for _ in range(2)]
    for days_after, state in ((5, "ok"), (7, "ok"), (20, "silent")):
        today = first + days_after * DAY
        assert health(daily("a", today - 40 * DAY, today), items=items, now=instant(today, 12)).state == state


def test_recovery_is_noted_for_a_week() -> None:
    down = [*daily("a", START, TODAY - 6 * DAY), *daily("a", TODAY - 6 * DAY, TODAY - 2 * DAY, "blocked")]
    found = health([*down, *daily("a", TODAY - 2 * DAY, TODAY)])
    assert (found.state, found.recovered_at, found.recovered_from) == ("ok", instant(TODAY - 2 * DAY), "blocked")
    assert "đọc lại được từ 21/11/2026 (trước đó bị chặn hoặc bị hỏi xác minh)" in found.note
    later = [*down, *daily("a", TODAY - 2 * DAY, TODAY + 6 * DAY)]
    assert health(later, now=NOW + 6 * DAY).recovered_at is None
    once = [*daily("a", START, TODAY - 2 * DAY), *daily("a", TODAY - 2 * DAY, TODAY - DAY, "timeout"), *daily("a", TODAY - DAY, TODAY)]
    assert health(once).recovered_at is None, "a single failure was never reported"


NOTE = SourceNote(portal="a", kind="acknowledged", cause="unreachable", until=None, who="Lan", at=NOW - DAY, note="")
DOWN = [*daily("a", START, TODAY - 5 * DAY), *daily("a", TODAY - 5 * DAY, TODAY, "timeout")]


@pytest.mark.parametrize(
    ("id", "notes", "alarm", "by", "paused"),
    [
        ("nobody has said anything", (), True, None, False),
        ("acknowledged", (NOTE,), False, "Lan", False),
        ("whatever the cause", (replace(NOTE, cause=None),), False, "Lan", False),
        ("another cause was acknowledged", (replace(NOTE, cause="blocked"),), True, None, False),
        ("an earlier trouble was acknowledged", (replace(NOTE, at=NOW - 20 * DAY),), True, None, False),
        ("acknowledged until later", (replace(NOTE, at=NOW - 20 * DAY, until=NOW + DAY),), False, "Lan", False),
        ("acknowledged until now", (replace(NOTE, until=NOW),), True, None, False),
        ("paused", (replace(NOTE, kind="paused"),), False, None, True),
        ("paused until later", (replace(NOTE, kind="paused", until=NOW + DAY),), False, None, True),
        ("the pause is over", (replace(NOTE, kind="paused", until=NOW),), True, None, False),
        ("resumed", (NOTE, replace(NOTE, kind="paused"), replace(NOTE, kind="resumed")), True, None, False),
    ],
)
def test_notes_end_the_reports_and_change_no_state(
    id: str, notes: tuple[SourceNote, ...], alarm: bool, by: str | None, paused: bool
) -> None:
    found = health(DOWN, notes=notes)
    assert (found.state, found.cause) == ("trouble", "unreachable")
    assert (found.alarm, found.acknowledged_by, found.paused) == (alarm, by, paused)


@pytest.mark.parametrize(
    ("sightings", "more", "note"),
    [
        (daily("a", START, TODAY), {}, "Đọc được; thường khoảng 10 tin mỗi tuần."),
        (DOWN, {}, "Từ 18/11/2026: không kết nối được; lần đọc được gần nhất 17/11/2026."),
        (DOWN, {"notes": (replace(NOTE, until=NOW + DAY),)}, "Từ 18/11/2026: không kết nối được; lần đọc được gần nhất 17/11/2026; Lan đã ghi nhận đến 24/11/2026."),
        (daily("a", TODAY - DAY, TODAY, "blocked"), {}, "Từ 22/11/2026: bị chặn hoặc bị hỏi xác minh; chưa đọc được lần nào."),
        (daily("a", START, TODAY), {"items": [d for d in WORKDAYS if d <= date(2026, 11, 13)]}, "Đọc được nhưng im lặng: tin mới nhất 13/11/2026; thường khoảng 10 tin mỗi tuần."),
        ([], {}, "Chưa theo dõi: chưa đọc lần nào."),
        ([], {"portal": make_portal("a", verified=False)}, "Chưa theo dõi: nguồn chưa được kiểm tra trực tiếp."),
        ([], {"portal": make_portal("a", valid_to=date(2025, 7, 1))}, "Chưa theo dõi: nguồn đã ngừng từ 01/07/2025."),
    ],
)  # fmt: skip
def test_one_sentence_says_it(sightings: list[Sighting], more: dict, note: str) -> None:  # type: ignore[type-arg]
    assert health(sightings, **more).note == note


def test_the_grid_holds_the_last_28_runs() -> None:
    found = health(daily("a", START, TODAY, new=3))
    assert len(found.runs) == 28
    assert found.runs[-1] == RunMark(run=30, at=instant(TODAY - DAY), result="ok", cause=None, new=3)
    assert (found.last_visit, found.last_success) == (instant(TODAY - DAY), instant(TODAY - DAY))


@pytest.mark.parametrize(
    ("id", "pages", "expected"),
    [
        ("nothing processed", [], False),
        ("all well", [(n, "indexed", 3) for n in range(6)], False),
        ("the last three runs give nothing", [*((n, "indexed", 3) for n in range(3)), *((n, "rejected/no_text", 1) for n in range(3, 6))], True),
        ("failures too", [*((n, "indexed", 3) for n in range(3)), *((n, "failed/Timeout", 2) for n in (4, 5))], True),
        ("one bad run is not enough", [*((n, "indexed", 3) for n in range(4)), (5, "rejected/no_text", 3)], False),
        ("two pages prove nothing", [*((n, "indexed", 3) for n in range(3)), (5, "rejected/no_text", 2)], False),
        ("it was never better", [(n, "rejected/not_article", 3) for n in range(6)], False),
        ("foreign texts are no fault", [*((n, "indexed", 3) for n in range(3)), *((n, "rejected/not_vietnamese", 3) for n in range(3, 6))], False),
        ("one page a run", [*((n, "indexed", 1) for n in range(6)), *((n, "rejected/no_text", 1) for n in range(6, 8))], True),
        ("it was so before for a while", [*((n, "rejected/no_text" if n in (3, 4, 5, 9, 10) else "indexed", 3) for n in range(11))], True),
        ("half is not enough", [*((n, "indexed", 3) for n in range(6)), *((n, "rejected/no_text", 3) for n in range(3, 6))], False),
    ],
)  # fmt: skip
def test_when_articles_can_no_longer_be_read(id: str, pages: list[tuple[int, str, int]], expected: bool) -> None:
    assert extraction_degraded(pages) is expected


def test_from_the_store(tmp_path: Path) -> None:
    with open_store(tmp_path / "loa.db") as store:
        run = store.begin_run("crawl", NOW)
        url = "https://a.vn/1"
        provenance = Provenance(portal="a", requested_url=url, final_url=url, fetched_at=NOW)
        store.put_document(Document(id="d1", provenance=provenance, title="Tin", text="Tin.", published=TODAY), NOW)
        for n in range(3):
            store.observe("a", run, NOW - (3 - n) * DAY, {"lists_read": 1, "known_items": 5})
        store.observe("b", run, NOW, {"lists_failed": 1, "causes": {"timeout": 1}})
        found = source_healths(store, make_registry(make_portal("a"), make_portal("b"), make_portal("c")), NOW)
        assert [(h.portal, h.state, h.cause) for h in found] == [
            ("a", "ok", None),
            ("b", "trouble", "unreachable"),
            ("c", "unwatched", None),
        ]
        assert found[0].last_item == TODAY


def test_every_cause_has_a_name() -> None:
    assert set(NAMES) == set(get_args(Cause))
    assert NOW.astimezone(UTC).hour == 5
