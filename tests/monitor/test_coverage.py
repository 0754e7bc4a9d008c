"""The ledger: each state and cause by hand, on both maps, and what holds for any facts and readings."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.localities import Register
from corpus.portals import PortalRegistry
from corpus.store import Sighting
from monitor.coverage import Coverage, coverage, map_provinces, silences, watched_for
from monitor.facts import Fact, Facts
from monitor.periods import Period, Units, parse_period
from monitor.readings import Readings
from tests.monitor.makers import NOW, Makers, daily, instant, make_portal, make_registry, make_sighting

WEEK = parse_period("2026-W47")
MONDAY, END = WEEK.start, WEEK.end
EARLIER = MONDAY - timedelta(days=30)
TUYEN_QUANG, HA_GIANG_OLD, TUYEN_QUANG_OLD = "v2-08", "v1-02", "v1-08"
DONG_VAN_OLD = "v1-026"  # huyện Đồng Văn, in the former Hà Giang

BOTH = (make_portal("a"), make_portal("b"))
READ = daily("a", EARLIER, END) + daily("b", EARLIER, END)
HALF = daily("a", EARLIER, END) + daily("b", EARLIER, MONDAY)
"""Source b was read until the week began."""


DAY = timedelta(days=1)
WAITING = msgspec.structs.replace(make_sighting("b", instant(MONDAY), "skipped"), stopped="waiting")


def ledger(
    register: Register,
    facts: list[Fact],
    sightings: list[Sighting],
    *portals: object,
    period: Period = WEEK,
    units: Units = "34",
) -> Coverage:
    registry = make_registry(*(portals or BOTH))  # type: ignore[arg-type] # portals
    return coverage(Facts(facts), Readings.of(sightings), registry, register, period, units, NOW)


@pytest.mark.parametrize(
    ("id", "about", "sightings", "state", "cause", "number"),
    [
        ("a story is news", "v2-08", READ, "news", None, 1),
        ("also where a source was not read", "v2-08", HALF, "news", None, 1),
        ("and where nothing was read", "v2-08", [], "news", None, 1),
        ("everything read, nothing said", "", READ, "silent", None, 0),
        ("one of two not asked", "", HALF, "unreadable", "not_asked", None),
        ("one of two unreachable", "", HALF + daily("b", MONDAY, END, "timeout"), "unreadable", "unreachable", None),
        ("one of two blocked", "", HALF + daily("b", MONDAY, END, "blocked"), "unreadable", "blocked", None),
        ("one of two refused", "", HALF + daily("b", MONDAY, END, "robots_refused"), "unreadable", "refused", None),
        ("an empty listing", "", HALF + daily("b", MONDAY, END, "empty_listing"), "unreadable", "listing_empty", None),
        ("another layout", "", HALF + daily("b", MONDAY, END, "layout_changed"), "unreadable", "layout_changed", None),
        ("moved", "", HALF + daily("b", MONDAY, END, "outside_registry"), "unreadable", "moved", None),
        (
            "left alone after troubles",
            "",
            [*HALF[:-1], make_sighting("b", instant(MONDAY - DAY), "timeout"), WAITING],
            "unreadable",
            "unreachable",
            None,
        ),
        ("read once is read", "", [*HALF, make_sighting("b", instant(END - timedelta(days=1), 23))], "silent", None, 0),
        ("read a minute too late is not", "", [*HALF, make_sighting("b", instant(END, 0))], "unreadable", "not_asked", None),
        ("nothing ever read", "", [], "unwatched", None, None),
        ("only first runs", "", [make_sighting("a", instant(MONDAY), "first")], "unwatched", None, None),
        ("never read yet, always failing", "", daily("a", EARLIER, END, "timeout"), "unwatched", None, None),
        ("about another province", "v2-01", READ, "silent", None, 0),
    ],
)
def test_states_of_one_province(
    register: Register, makers: Makers, id: str, about: str, sightings: list[Sighting], state: str, cause: str | None, number: int | None
) -> None:
    facts = [makers.fact("d1", MONDAY + timedelta(days=2), about)] if about else []
    cell = ledger(register, facts, sightings).cell(TUYEN_QUANG, WEEK)
    assert (cell.state, cell.cause, cell.articles, cell.stories) == (state, cause, number, number)


@pytest.mark.parametrize(
    ("id", "relevance", "day", "state"),
    [
        ("Monday counts", "communication", MONDAY, "news"),
        ("Sunday counts", "communication", END - timedelta(days=1), "news"),
        ("the next Monday does not", "communication", END, "silent"),
        ("the Sunday before does not", "communication", MONDAY - timedelta(days=1), "silent"),
        ("without a date it stands in no week", "communication", None, "silent"),
        ("poverty without communication is no news here", "poverty_other", MONDAY, "silent"),
        ("nor what is off topic", "off_topic", MONDAY, "silent"),
        ("nor what no tagger has looked at", "", MONDAY, "silent"),
    ],
)
def test_which_articles_count(register: Register, makers: Makers, id: str, relevance: str, day: date | None, state: str) -> None:
    facts = [makers.fact("d1", day, "v2-08", relevance=relevance)]
    assert ledger(register, facts, READ).totals[TUYEN_QUANG].state == state


def test_press_and_central_sources_count_for_the_province_they_write_about(register: Register, makers: Makers) -> None:
    facts = [makers.fact("d1", MONDAY, "v2-08", portal="vietnamplus"), makers.fact("d2", MONDAY, "v2-01 v2-04", portal="vietnamplus")]
    central = make_portal("vietnamplus", "VN", kind="press")
    found = ledger(register, facts, READ, *BOTH, central)
    assert found.with_state("news") == ("v2-04", "v2-01", "v2-08"), "Cao Bằng, Hà Nội, Tuyên Quang"
    assert found.count("unwatched") == 31, "a central source is watched for no province"


@pytest.mark.parametrize(
    ("id", "portal", "state"),
    [
        ("not verified", make_portal("a", verified=False), "unwatched"),
        ("ended before the week", make_portal("a", valid_to=MONDAY), "unwatched"),
        ("ends within it", make_portal("a", valid_to=END - timedelta(days=1)), "unwatched"),
        ("ends with it", make_portal("a", valid_to=END), "silent"),
        ("begins later", make_portal("a", valid_from=END), "unwatched"),
    ],
)
def test_which_sources_are_watched(register: Register, id: str, portal: object, state: str) -> None:
    assert ledger(register, [], READ, portal).totals[TUYEN_QUANG].state == state


def test_copies_are_articles_of_one_story(register: Register, makers: Makers) -> None:
    facts = [makers.fact("d1", MONDAY, "v2-08"), makers.fact("d2", MONDAY, "v2-08", story="d1"), makers.fact("d3", MONDAY, "v2-08")]
    cell = ledger(register, facts, READ).cell(TUYEN_QUANG, WEEK)
    assert (cell.articles, cell.stories) == (3, 2)


@pytest.mark.parametrize(
    ("id", "about", "expected"),
    [
        ("a whole new province cannot be told apart", "v2-08", {"v2-08"}),
        ("an old district inside it tells", f"v2-08 {DONG_VAN_OLD}", {HA_GIANG_OLD}),
        ("an old province is itself", HA_GIANG_OLD, {HA_GIANG_OLD}),
        ("an unmerged province is the old one", "v2-04", {"v1-04"}),
        ("both old provinces", f"{HA_GIANG_OLD} {TUYEN_QUANG_OLD}", {HA_GIANG_OLD, TUYEN_QUANG_OLD}),
    ],
)
def test_on_the_map_of_63(register: Register, makers: Makers, id: str, about: str, expected: set[str]) -> None:
    found = ledger(register, [makers.fact("d1", MONDAY, about)], READ, units="63")
    assert {code for code, cell in found.totals.items() if cell.state == "news"} == expected
    assert sum(cell.articles or 0 for cell in found.totals.values()) == len(expected), "never copied, never split"
    assert len(found.provinces) == 63


@pytest.mark.parametrize(
    ("id", "portal", "units", "expected"),
    [
        ("today's province", make_portal("a", "v2-08", "v1-02"), "34", "v2-08"),
        ("the old one it spoke for", make_portal("a", "v2-08", "v1-02"), "63", "v1-02"),
        ("of a merged province without an old one", make_portal("a", "v2-08"), "63", "v2-08"),
        ("of an unmerged province", make_portal("a", "v2-04"), "63", "v1-04"),
        ("central", make_portal("a", "VN"), "63", None),
    ],
)
def test_what_a_source_is_watched_for(register: Register, id: str, portal: object, units: Units, expected: str | None) -> None:
    assert watched_for(portal, register, units) == expected  # type: ignore[arg-type] # a portal


@pytest.mark.parametrize(
    ("id", "weeks", "news", "expected"),
    [
        ("all silent", ["read", "read", "read"], False, "silent"),
        ("one unreadable week leaves it open", ["read", "timeout", "read"], False, "unreadable"),
        ("news in any week", ["read", "timeout", "read"], True, "news"),
        ("watched from the second week on", [None, "read", "read"], False, "silent"),
        ("never watched", [None, None, None], False, "unwatched"),
    ],
)
def test_a_period_of_several_weeks(register: Register, makers: Makers, id: str, weeks: list[str | None], news: bool, expected: str) -> None:
    period = Period(date(2026, 11, 2), date(2026, 11, 23))
    sightings: list[Sighting] = []
    for n, outcome in enumerate(weeks):
        start = period.start + timedelta(days=7 * n)
        if outcome:
            sightings += daily("a", start, start + timedelta(days=7), outcome)
    facts = [makers.fact("d1", date(2026, 11, 3), "v2-08")] if news else []
    found = ledger(register, facts, sightings, make_portal("a"), period=period)
    assert found.totals[TUYEN_QUANG].state == expected
    assert [week.key for week in found.weeks] == ["2026-W45", "2026-W46", "2026-W47"]


def test_weeks_that_have_not_begun_are_left_out(register: Register) -> None:
    year = parse_period("2026")
    assert [week.key for week in ledger(register, [], READ, period=year).weeks][-1] == "2026-W47", "nobody was asked since Monday"
    asked = [*READ, make_sighting("a", NOW)]
    assert [week.key for week in ledger(register, [], asked, period=year).weeks][-1] == "2026-W48", "the running week is the last"
    assert ledger(register, [], READ, period=parse_period("2026-W49")).totals[TUYEN_QUANG].state == "unwatched"


def test_both_maps_have_all_their_provinces(register: Register) -> None:
    assert len(map_provinces(register, "34")) == 34
    assert len(map_provinces(register, "63")) == 63
    assert map_provinces(register, "34")[:3] == ("v2-91", "v2-24", "v2-96"), "An Giang, Bắc Ninh, Cà Mau: Vietnamese order"


@pytest.mark.parametrize(
    ("id", "last_news", "broken", "weeks"),
    [
        ("since the news of three weeks ago", date(2026, 10, 28), None, 3),
        ("a week that was not read ends what can be said", date(2026, 10, 28), "2026-W46", 1),
        ("never any news: as long as it was watched", None, None, 4),
        ("news last week", date(2026, 11, 22), None, 0),
    ],
)
def test_how_long_silent(register: Register, makers: Makers, id: str, last_news: date | None, broken: str | None, weeks: int) -> None:
    sightings = [s for s in daily("a", date(2026, 10, 27), END) if not broken or not parse_period(broken).contains_instant(s.at)]
    facts = [makers.fact("d1", last_news, "v2-08")] if last_news else []
    for period in (WEEK, parse_period("2026-W48"), parse_period("2026-11")):
        found = silences(Facts(facts), Readings.of(sightings), make_registry(make_portal("a")), register, period, "34", NOW)
        assert [(s.province, s.weeks, s.last_news) for s in found] == ([("v2-08", weeks, last_news)] if weeks else [])


PROVINCES = st.sampled_from(["", "v2-08", "v1-02", f"v2-08 {DONG_VAN_OLD}", "v2-04", "v2-01 v2-08", "VN"])
DAYS = st.dates(date(2026, 10, 26), date(2026, 11, 29))
OUTCOMES = st.sampled_from(["read", "first", "timeout", "blocked", "skipped"])


@settings(max_examples=60, deadline=None)
@given(
    articles=st.lists(
        st.tuples(st.none() | DAYS, PROVINCES, st.sampled_from(["communication", "poverty_other"]), st.integers(0, 3)), max_size=12
    ),
    runs=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), DAYS, OUTCOMES), max_size=30),
    key=st.sampled_from(["2026-W45", "2026-W47", "2026-11", "2026-Q4", "2026-11-03..2026-11-17"]),
    units=st.sampled_from(["34", "63"]),
)
def test_every_cell_has_one_state_and_unknown_is_never_zero(
    register: Register,
    makers: Makers,
    articles: list[tuple[date | None, str, str, int]],
    runs: list[tuple[str, date, str]],
    key: str,
    units: Units,
) -> None:
    registry: PortalRegistry = make_registry(make_portal("a"), make_portal("b", before="v1-02"), make_portal("c", "v2-04"))
    facts = Facts(
        makers.fact(f"d{n}", day, about, relevance=relevance, story=f"d{min(n, story)}")
        for n, (day, about, relevance, story) in enumerate(articles)
    )
    readings = Readings.of(make_sighting(portal, instant(day), outcome) for portal, day, outcome in sorted(runs, key=lambda run: run[1]))
    period = parse_period(key)
    found = coverage(facts, readings, registry, register, period, units, NOW)
    assert sum(found.count(state) for state in ("news", "silent", "unreadable", "unwatched")) == len(found.provinces) == int(units)
    relevant = [fact for fact in facts.during(period) if fact.relevant and week_begun(found, fact)]
    for code, total in found.totals.items():
        cells = [found.cell(code, week) for week in found.weeks]
        for cell in (*cells, total):
            assert (cell.articles is None) == (cell.state in ("unreadable", "unwatched"))
            assert (cell.state == "news") == bool(cell.articles)
            assert {entry.portal for entry in cell.unread} <= set(cell.watched)
            if cell.state == "silent":
                assert cell.watched
        about = [fact for fact in relevant if code in fact.provinces(units)]
        assert sum(cell.articles or 0 for cell in cells) == len(about)
        if about:
            assert total.stories == len({fact.story for fact in about})
        assert total.state == "news" or total.articles in (None, 0)
    for unread in found.unread:
        assert unread.portal in {"a", "b", "c"}


def week_begun(found: Coverage, fact: Fact) -> bool:
    return any(fact.published is not None and week.contains(fact.published) for week in found.weeks)
