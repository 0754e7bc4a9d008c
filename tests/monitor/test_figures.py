"""Figures: by hand for one small corpus, and the same numbers wherever they are shown."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import InvalidData
from corpus.index.names import Names
from corpus.store import Sighting
from monitor.facts import Fact, Facts
from monitor.figure_parts import Sources
from monitor.figures import OverviewFigures, to_plain
from monitor.figures_money import money_figures
from monitor.figures_overview import overview_figures
from monitor.figures_province import province_figures
from monitor.figures_sources import item_days, source_figures, sources_figures
from monitor.health import judge_sources
from monitor.periods import Units, parse_period
from monitor.readings import Readings
from tests.monitor.makers import NOW, Makers, daily, instant, make_budget, make_portal, make_registry

WEEK = parse_period("2026-W47")
MONDAY, END = WEEK.start, WEEK.end
EARLIER = MONDAY - timedelta(days=60)
PORTALS = (
    make_portal("a", "v2-08", "v1-02"),
    make_portal("b", "v2-04"),
    make_portal("c", "v2-01"),
    make_portal("d", "v2-11"),
    make_portal("vtv", "VN", kind="broadcast"),
)
SIGHTINGS = [
    *daily("a", EARLIER, END),
    *daily("b", EARLIER, END),
    *daily("c", EARLIER, END),
    *daily("d", EARLIER, MONDAY),
    *daily("d", MONDAY, END, "timeout"),
]


def make_sources(names: Names, facts: list[Fact], sightings: list[Sighting] = SIGHTINGS) -> Sources:
    own = Names(names.register, names.activities, names.programmes, make_registry(*PORTALS))
    return Sources(facts=Facts(facts), readings=Readings.of(sightings), names=own, now=NOW)


@pytest.fixture
def small(names: Names, makers: Makers) -> Sources:
    return make_sources(
        names,
        [
            makers.fact("d1", MONDAY, "v2-08", activities="training press", budgets=[make_budget(146_400_000)]),
            makers.fact("d2", MONDAY, "v1-02", activities="training", story="d1", portal="vtv", budgets=[make_budget(146_400_000)]),
            makers.fact("d3", MONDAY + timedelta(days=6), "v2-04", activities="broadcast"),
            makers.fact("d4", MONDAY - timedelta(days=7), "v2-01"),
            makers.fact("d5", None, "v2-01"),
            makers.fact("d6", date(2025, 11, 18), "v2-01"),
            makers.fact("d7", MONDAY, ""),
            makers.fact("d8", MONDAY, "v2-01", relevance="off_topic"),
        ],
    )


def test_an_unread_source_that_leaves_nothing_open_is_named_alone(names: Names, makers: Makers) -> None:
    found = overview_figures(make_sources(names, [makers.fact("d1", MONDAY, "v2-11", portal="vtv")]), WEEK, "34")
    assert found.headline == "Tuần 47/2026: 1/34 tỉnh có tin, 3 tỉnh im lặng, 1 cổng không đọc được, 30 tỉnh chưa theo dõi"


def test_the_overview_of_a_week(small: Sources) -> None:
    found = overview_figures(small, WEEK, "34")
    assert found.headline == "Tuần 47/2026: 2/34 tỉnh có tin, 1 tỉnh im lặng, 1 cổng không đọc được, 30 tỉnh chưa theo dõi"
    assert (found.total.articles, found.total.stories, found.total.query) == (4, 3, "ky=2026-W47")
    assert found.placeless == 1
    assert (found.undated.articles, found.undated.query) == (1, "")
    assert [(state.state, state.provinces) for state in found.states] == [("news", 2), ("silent", 1), ("unreadable", 1), ("unwatched", 30)]
    rows = {row.code: row for row in found.provinces}
    assert len(rows) == 34
    assert (rows["v2-08"].name, rows["v2-08"].articles, rows["v2-08"].stories, rows["v2-08"].before) == ("Tuyên Quang", 2, 1, 0)
    assert (rows["v2-01"].state, rows["v2-01"].articles, rows["v2-01"].before, rows["v2-01"].year_before) == ("silent", 0, 1, 1)
    assert (rows["v2-11"].state_name, rows["v2-11"].cause_name, rows["v2-11"].articles) == ("không đọc được", "không kết nối được", None)
    assert (rows["v2-38"].state_name, rows["v2-38"].articles, rows["v2-38"].before) == ("chưa theo dõi", None, None)
    assert [(u.portal, u.province_name, u.cause) for u in found.unread] == [("d", "Điện Biên", "unreachable")]
    assert [(s.name, s.weeks, s.last_news) for s in found.silent] == [("Hà Nội", 1, MONDAY - timedelta(days=7))]


def test_change_against_before(small: Sources) -> None:
    found = overview_figures(small, WEEK, "34")
    assert (found.before.period.key, found.before.articles, found.before.difference) == ("2026-W46", 1, 3)
    assert (found.before.started, found.before.stopped) == (("Cao Bằng", "Tuyên Quang"), ("Hà Nội",))
    assert (found.year_before.period.key, found.year_before.articles, found.year_before.difference) == ("2025-W47", 1, 3)
    past = overview_figures(small, parse_period("2020-W10"), "34")
    assert (past.total.articles, past.before.articles, past.before.difference) == (None, None, None), "nobody looked then"


def test_the_matrix_and_activities(small: Sources) -> None:
    found = overview_figures(small, WEEK, "34").matrix
    codes = [activity.code for activity in found.activities]
    rows = {row.code: row for row in found.rows}
    training, broadcast = codes.index("training"), codes.index("broadcast")
    assert (rows["v2-08"].cells[training].articles, rows["v2-08"].cells[training].stories) == (2, 1)
    assert rows["v2-08"].cells[training].query == "tinh=v2-08&hoat-dong=training&ky=2026-W47"
    assert rows["v2-04"].cells[broadcast].articles == 1
    assert rows["v2-01"].cells[training].articles == 0, "observed and silent"
    assert rows["v2-11"].cells[training].articles is None, "not observed is not 0"
    assert found.activities[training].articles == 2
    assert found.largest == 2


def test_tiles_hold_the_whole_country(small: Sources) -> None:
    for units, number in (("34", 34), ("63", 63)):
        rows = overview_figures(small, WEEK, units).tiles  # type: ignore[arg-type] # both maps
        tiles = [tile for row in rows for tile in row if tile]
        assert len({tile.code for tile in tiles}) == number
        islands = {tile.islands: tile for tile in tiles if tile.islands}
        assert set(islands) == {"Hoàng Sa", "Trường Sa"}
        assert (islands["Hoàng Sa"].name, islands["Trường Sa"].name) == ("Đà Nẵng", "Khánh Hòa")
        assert islands["Hoàng Sa"].articles is None
    tile = next(tile for row in overview_figures(small, WEEK, "34").tiles for tile in row if tile and tile.code == "v2-08")
    assert (tile.articles, tile.shade, tile.state, tile.query) == (2, 3, "news", "tinh=v2-08&ky=2026-W47")


def test_on_the_map_of_63(small: Sources) -> None:
    found = overview_figures(small, WEEK, "63")
    rows = {row.code: row for row in found.provinces}
    assert found.headline == "Tuần 47/2026: 2/63 tỉnh có tin, 1 tỉnh im lặng, 1 cổng không đọc được, 59 tỉnh chưa theo dõi"
    assert rows["v1-02"].articles == 1
    assert (rows["v2-08"].articles, rows["v2-08"].separable, rows["v2-08"].name) == (1, False, "Tuyên Quang mới, không tách được")
    assert rows["v1-08"].articles is None
    assert rows["v1-02"].query == "tinh-cu=v1-02&ky=2026-W47&ban-do=63"


def test_the_timeline_says_nothing_of_weeks_that_nobody_read(small: Sources) -> None:
    points = overview_figures(small, WEEK, "34").timeline
    assert len(points) == 26
    assert (points[-1].week, points[-1].articles, points[-1].year_before_week, points[-1].year_before) == ("2026-W47", 4, "2025-W47", 1)
    assert (points[-2].articles, points[-3].articles) == (1, 0)
    assert points[0].articles is None
    year = overview_figures(small, parse_period("2026"), "34").timeline
    assert (year[0].week, year[-1].week, year[-1].running) == ("2026-W01", "2026-W48", True)


def test_money_counts_a_story_once(small: Sources) -> None:
    (row,) = overview_figures(small, WEEK, "34").budgets
    assert (row.role, row.role_name, row.vnd, row.articles, row.sentences, row.share) == (
        "allocated",
        "được giao, phân bổ",
        146_400_000,
        1,
        1,
        1.0,
    )
    money = money_figures(small, WEEK, "34")
    assert [(item.document, item.position, item.href) for item in money.items] == [("d1", 0, "/tin/d1#kp-1")]
    assert [(out.reason, out.sums) for out in money.left_out] == [("copy", 1)]
    assert [(row.key, row.name) for row in money.provinces] == [("v2-08", "Tuyên Quang")]
    assert [row.name for row in money.years] == ["Chưa rõ năm"]
    assert [(row.key, row.name) for row in money.activities] == [("*", "Nhiều hoạt động, không tách được")]


def test_the_page_of_a_province(small: Sources) -> None:
    healths = judge_sources(small.names.portals, small.readings, item_days(small.facts), (), (), NOW)
    found = province_figures(small, "v2-08", WEEK, "34", source_figures(small, healths))
    assert [(place.code, place.name) for place in found.other_map] == [("v1-02", "Hà Giang"), ("v1-08", "Tuyên Quang")]
    assert (found.total.articles, found.total.stories, found.total.query) == (2, 1, "tinh=v2-08&ky=2026-W47")
    assert [(story.document, story.title, story.articles) for story in found.stories] == [("d1", "Tin d1", ("d1", "d2"))]
    assert [source.portal for source in found.sources] == ["a"]
    assert (found.weeks[-1].week, found.weeks[-1].state, found.weeks[-2].state) == ("2026-W47", "news", "silent")
    assert len(found.weeks) == 26
    assert (found.silent_weeks, found.last_news) == (0, MONDAY)
    assert [(row.role, row.vnd) for row in found.budgets] == [("allocated", 146_400_000)]
    assert province_figures(small, "v2-08", WEEK, "63").province.separable is False
    assert province_figures(small, "VN", WEEK, "34").total.articles is None


@pytest.mark.parametrize(("code", "units"), [("v1-02", "34"), ("v2-04", "63"), ("v2-99", "34"), ("", "34"), ("v1-026", "63")])
def test_a_code_that_is_not_on_the_map_is_refused(small: Sources, code: str, units: Units) -> None:
    with pytest.raises(InvalidData, match="no province"):
        province_figures(small, code, WEEK, units)


def test_the_sources(small: Sources) -> None:
    healths = judge_sources(small.names.portals, small.readings, item_days(small.facts), (), (), NOW)
    found = sources_figures(small, healths)
    assert [(row.portal, row.health.state, row.cause_name) for row in found.sources][:2] == [
        ("d", "trouble", "không kết nối được"),
        ("a", "ok", None),
    ]
    assert [(state, name, number) for state, name, number in found.states] == [
        ("ok", "đọc được", 3),
        ("trouble", "không đọc được", 1),
        ("silent", "im lặng", 0),
        ("unwatched", "chưa theo dõi", 1),
    ]
    assert found.alarms == ("d",)
    row = {row.portal: row for row in found.sources}
    assert (row["vtv"].documents, row["vtv"].province_name, row["vtv"].query) == (1, "Trung ương", "nguon=vtv&muc=tat-ca")
    assert (row["a"].new_7, row["d"].new_7, row["d"].new_28) == (0, None, 0), "not read for a week: unknown, not 0"


DAYS = st.dates(date(2026, 10, 19), date(2026, 11, 22))
ARTICLES = st.lists(
    st.tuples(
        st.none() | DAYS,
        st.sampled_from(["", "v2-08", "v1-02", "v2-08 v1-026", "v2-04", "v2-01 v2-08", "VN"]),
        st.sampled_from(["communication", "poverty_other"]),
        st.sampled_from(["", "training", "press training"]),
        st.integers(0, 5),
        st.lists(st.integers(1, 5), max_size=2),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(articles=ARTICLES, key=st.sampled_from(["2026-W45", "2026-W47", "2026-11", "2026"]), units=st.sampled_from(["34", "63"]))
def test_all_figures_agree(names: Names, makers: Makers, articles: list, key: str, units: Units) -> None:  # type: ignore[type-arg]
    facts = [
        makers.fact(
            f"d{n}", day, about, relevance=relevance, activities=activities, story=f"d{min(n, story)}",
            budgets=[make_budget(vnd * 1_110_000, position) for position, vnd in enumerate(sums)],
        )
        for n, (day, about, relevance, activities, story, sums) in enumerate(articles)
    ]  # fmt: skip
    sources, period = make_sources(names, facts), parse_period(key)
    found = overview_figures(sources, period, units)
    relevant = [fact for fact in facts if fact.relevant and fact.published and period.contains(fact.published)]
    assert found.total.articles in (len(relevant), None if not relevant else 0)
    assert sum(state.provinces for state in found.states) == int(units)
    tiles = {tile.code: tile for row in found.tiles for tile in row if tile and not tile.islands}
    matrix = {row.code: row for row in found.matrix.rows}
    for row in found.provinces:
        assert row.articles in (None, sum(row.code in fact.provinces(units) for fact in relevant))
        assert matrix[row.code].state == row.state
        if row.code in tiles:
            assert (tiles[row.code].articles, tiles[row.code].state) == (row.articles, row.state)
        if row.code not in ("v2-08", "v1-02", "v2-01", "v1-04"):
            continue
        page = province_figures(sources, row.code, period, units)
        assert page.province == row
        assert page.total.articles == row.articles
        assert [activity.articles for activity in page.activities] == [cell.articles for cell in matrix[row.code].cells]
    shown = {state.state: set(state.codes) for state in found.states}
    assert shown["news"] == {row.code for row in found.provinces if row.articles} & set(tiles)
    money = money_figures(sources, period, units)
    by_role = {row.role: row.vnd for row in money.roles}
    for rows in (found.budgets, money.provinces, money.activities, money.years, money.programmes):
        assert {role: sum(row.vnd for row in rows if row.role == role) for role in by_role} == by_role
    assert sum(item.vnd for item in money.items) == sum(by_role.values())
    weeks = {point.week: point.articles for point in found.timeline}
    if period.kind == "week":
        assert weeks[period.key] == found.total.articles or (weeks[period.key] is None and not found.total.articles)
    assert json.loads(json.dumps(to_plain(found)))["headline"] == found.headline


def test_figures_are_plain_data(small: Sources) -> None:
    plain = to_plain(overview_figures(small, WEEK, "34"))
    assert plain["period"] == {
        "key": "2026-W47", "kind": "week", "name": "Tuần 47/2026", "dates": "16/11/2026 - 22/11/2026", "start": "2026-11-16",
        "last_day": "2026-11-22", "running": False,
    }  # fmt: skip
    assert isinstance(overview_figures(small, WEEK, "34"), OverviewFigures)
    assert instant(MONDAY).isoformat() == "2026-11-16T08:00:00+07:00"
