"""What goes into an issue: the week without gap or overlap, late items, stories not copies, reasons, troubles, corrections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec
import pytest

from corpus.index.names import Names
from corpus.localities import Register
from corpus.portals import PortalRegistry
from corpus.store import Choices
from digest.build import Built, build_issue, due_week
from digest.issue import Issue
from digest.sections import letter
from monitor.facts import Fact, Facts
from monitor.figure_parts import Sources
from monitor.health import judge_sources
from monitor.periods import VIETNAM, Period, parse_period, period_of
from monitor.readings import Readings
from tests.monitor.makers import NOW, Makers, daily, make_budget, make_portal, make_registry

WEEK = parse_period("2026-W47")
REGISTER = Register.load()
MAKERS = Makers(REGISTER)
TUYEN_QUANG, LAO_CAI, CA_MAU = "v2-08", "v2-15", "v2-96"
PORTALS = make_registry(
    make_portal("tq", TUYEN_QUANG), make_portal("lc", LAO_CAI), make_portal("cm", CA_MAU), make_portal("bao", LAO_CAI, kind="press")
)
WATCHED = ("tq", "lc", "cm", "bao")


def sources(facts: Iterable[Fact], *, broken: str = "", now: datetime = NOW, registry: PortalRegistry = PORTALS) -> Sources:
    """Every source read daily since September; ``broken`` one not in week 47."""
    sightings = []
    for portal in WATCHED:
        sightings += daily(portal, date(2026, 9, 1), WEEK.start)
        sightings += daily(portal, WEEK.start, WEEK.end, "timeout" if portal == broken else "read")
    names = Names.load(register=REGISTER, portals=registry)
    return Sources(facts=Facts(facts), readings=Readings.of(sightings), names=names, now=now)


def build(found: Sources, week: Period = WEEK, *, counted: Iterable[str] = (), earlier: Iterable[Issue] = ()) -> Built:
    healths = judge_sources(found.names.portals, found.readings, {}, (), (), found.now)
    return build_issue(found, healths, week, counted=frozenset(counted), earlier=tuple(earlier))


LATELY = (MAKERS.fact("lately-lc", date(2026, 11, 9), LAO_CAI), MAKERS.fact("lately-tq", date(2026, 11, 9), TUYEN_QUANG))
"""News of the week before: these two provinces were not silent."""


def on(day: int) -> date:
    return WEEK.start + timedelta(days=day)


class TestWeeks:
    def test_ten_years_of_weeks_have_no_gap_and_no_overlap(self) -> None:
        """Asked four times a day."""
        instant = datetime(2020, 12, 28, tzinfo=VIETNAM)
        due, seen = due_week(instant), []
        while instant < datetime(2031, 1, 13, tzinfo=VIETNAM):
            now = due_week(instant)
            if now != due:
                assert now.start == due.end, instant
                assert instant.weekday() == 0
                assert instant.hour == 0
                seen.append(due)
                due = now
            assert now.ends_at <= instant < now.next().ends_at
            instant += timedelta(hours=6)
        assert len(seen) == 523
        assert len({week.key for week in seen}) == 523

    def test_every_day_is_in_exactly_one_issue(self) -> None:
        first, last = date(2026, 11, 20), date(2027, 2, 1)
        days = [first + timedelta(days=n) for n in range((last - first).days)]
        facts = [MAKERS.fact(day.isoformat(), day, TUYEN_QUANG) for day in days]
        table, counted, issues = Facts(facts), [], []
        names = Names.load(register=REGISTER, portals=make_registry())
        week = period_of(first, "week")
        while week.start < last:
            found = Sources(facts=table, readings=Readings.of([]), names=names, now=week.ends_at)
            built = build_issue(found, (), week, counted=frozenset(counted), earlier=tuple(issues[-2:]))
            counted += sorted(built.documents)
            issues.append(built.issue)
            week = week.next()
        assert sorted(counted) == [day.isoformat() for day in days]
        assert sorted(story.id for issue in issues for story in issue.stories) == sorted(counted)

    def test_midnight_in_vietnam_parts_the_weeks(self) -> None:
        assert due_week(datetime(2026, 11, 22, 16, 59, tzinfo=NOW.tzinfo)).key == "2026-W46"
        assert due_week(datetime(2026, 11, 22, 17, 0, tzinfo=NOW.tzinfo)).key == "2026-W47"


class TestSelection:
    def test_a_story_stands_once_with_all_its_sources(self) -> None:
        facts = [
            MAKERS.fact("a", on(1), TUYEN_QUANG, portal="tq", story="a"),
            MAKERS.fact("b", on(2), TUYEN_QUANG, portal="bao", story="a"),
            MAKERS.fact("c", on(2), LAO_CAI, portal="lc"),
            MAKERS.fact("d", on(2), LAO_CAI, relevance="poverty_other"),
            MAKERS.fact("e", None, LAO_CAI),
            *LATELY,
        ]
        issue = build(sources(facts)).issue
        assert (issue.story_count, issue.article_count) == (2, 3)
        story = issue.stories[0]
        assert (story.id, story.sources) == ("a", ("Cổng tq", "Cổng bao"))
        assert story.reasons[0] == "2 nguồn cùng đưa"

    def test_reasons_are_named_and_decide_the_order(self) -> None:
        facts = [
            MAKERS.fact("plain", on(3), LAO_CAI, portal="bao"),
            MAKERS.fact("money", on(1), LAO_CAI, portal="bao", budgets=[make_budget(4_200_000_000, qualifier="over")]),
            MAKERS.fact("cap", on(2), LAO_CAI, portal="bao", budgets=[make_budget(9_000_000_000, role="cap")]),
            MAKERS.fact("back", on(1), CA_MAU, portal="cm", activities="training"),
            MAKERS.fact("old", date(2026, 10, 1), CA_MAU),
            *LATELY,
        ]
        stories = {story.id: story for story in build(sources(facts)).issue.stories}
        assert list(stories) == ["back", "money", "plain", "cap"]
        assert stories["back"].reasons == ("Cà Mau có tin trở lại sau 6 tuần im lặng", "nói về việc đã làm", "tin của chính địa phương")
        assert stories["money"].reasons[0] == "nêu số tiền trên 4,2 tỷ đồng"
        assert stories["cap"].money is None, "an upper limit is no sum"

    def test_late_items_come_with_the_next_issue_once(self) -> None:
        before = build(sources([MAKERS.fact("a", date(2026, 11, 10), LAO_CAI)]), WEEK.before())
        assert before.issue.story_count == 1
        facts = [
            MAKERS.fact("a", date(2026, 11, 10), LAO_CAI),
            MAKERS.fact("late", date(2026, 11, 12), LAO_CAI, portal="bao"),
            MAKERS.fact("stock", date(2026, 9, 10), LAO_CAI),
            MAKERS.fact("new", on(1), LAO_CAI),
        ]
        built = build(sources(facts), counted=before.documents, earlier=[before.issue])
        assert {story.id: story.late for story in built.issue.stories} == {"late": True, "new": False}
        assert built.issue.late_count == 1
        assert built.documents == {"late", "new"}
        after = build(sources(facts), WEEK.next(), counted=before.documents | built.documents, earlier=[before.issue, built.issue])
        assert after.issue.is_empty

    def test_the_first_issue_brings_no_stock(self) -> None:
        built = build(sources([MAKERS.fact("old", date(2026, 11, 12), LAO_CAI), MAKERS.fact("new", on(1), LAO_CAI)]))
        assert [story.id for story in built.issue.stories] == ["new"]

    def test_a_story_told_again_is_counted_but_not_retold(self) -> None:
        facts = [
            MAKERS.fact("a", date(2026, 11, 10), LAO_CAI, story="a"),
            MAKERS.fact("copy", on(1), LAO_CAI, story="a"),
            MAKERS.fact("new", on(2), LAO_CAI),
        ]
        before = build(sources(facts), WEEK.before())
        built = build(sources(facts), counted=before.documents, earlier=[before.issue])
        assert [story.id for story in built.issue.stories] == ["new"]
        assert (built.issue.retold_count, built.issue.article_count) == (1, 1)
        assert built.documents == {"copy", "new"}


class TestFigures:
    def test_the_states_and_the_money_are_those_of_the_pages(self) -> None:
        facts = [MAKERS.fact("a", on(1), LAO_CAI, budgets=[make_budget(146_400_000)])]
        issue = build(sources(facts, broken="tq")).issue
        figures = issue.map("34")
        assert (figures.news, figures.silent, figures.unreadable, figures.unwatched) == (1, 1, 1, 31)
        assert figures.headline == "Tuần 47/2026: 1/34 tỉnh có tin, 1 tỉnh im lặng, 1 cổng không đọc được, 31 tỉnh chưa theo dõi"
        assert [(money.name, money.vnd, money.articles, money.sentences) for money in issue.money] == [
            ("Được giao, phân bổ", 146_400_000, 1, 1)
        ]
        assert [line.portal for line in issue.unreadable] == ["tq"]
        assert "không kết nối được" in issue.unreadable[0].note
        assert [(entry.name, entry.weeks) for entry in figures.longest_silent] == [("Cà Mau", 12)]

    def test_both_maps_stand_in_every_issue(self) -> None:
        issue = build(sources([MAKERS.fact("a", on(1), TUYEN_QUANG)])).issue
        assert issue.map("63").news == 0, "a whole new province is no old one"
        assert issue.map("63").inseparable == 1
        said = letter(issue, REGISTER, Choices(units="63"), names={})
        assert any("Không tách được (1)" in line.text for line in said.states)

    def test_the_week_before_is_compared(self) -> None:
        facts = [MAKERS.fact("a", on(1), CA_MAU), MAKERS.fact("b", on(2), CA_MAU), MAKERS.fact("c", date(2026, 11, 10), LAO_CAI)]
        issue = build(sources(facts)).issue
        assert [(change.name, change.now, change.before) for change in issue.changes] == [
            ("Tỉnh, thành có tin", 1, 1),
            ("Tin đăng trong tuần", 2, 1),
        ]
        assert (issue.started, issue.stopped) == (("Cà Mau",), ("Lào Cai",))


class TestCorrections:
    SENT = MAKERS.fact("a", date(2026, 11, 10), LAO_CAI, budgets=[make_budget(4_200_000_000)])

    def issue_before(self) -> Built:
        return build(sources([self.SENT]), WEEK.before())

    @pytest.mark.parametrize(
        ("now", "text"),
        [
            (
                {"budgets": (make_budget(420_000_000),)},
                "Tuần 46/2026: tin “Tin a” nêu 420 triệu đồng (được giao, phân bổ), không phải 4,2 tỷ đồng.",
            ),
            ({"budgets": ()}, "Tuần 46/2026: tin “Tin a” không nêu kinh phí; số tiền đã ghi là nhầm."),
            ({"relevance": "off_topic"}, "Tuần 46/2026: tin “Tin a” không còn được xếp là tin truyền thông về giảm nghèo."),
            (
                {"about": (CA_MAU,), "provinces_34": (CA_MAU,), "provinces_63": (CA_MAU,)},
                "Tuần 46/2026: tin “Tin a” nói về Cà Mau, không phải Lào Cai.",
            ),
            (None, "Tuần 46/2026: tin “Tin a” đã được gỡ khỏi kho, không tính nữa."),
        ],
        ids=["sum", "no-sum", "off-topic", "place", "withdrawn"],
    )
    def test_what_was_wrong_is_said_once_with_its_day(self, now: dict[str, object] | None, text: str) -> None:
        before = self.issue_before()
        facts = [msgspec.structs.replace(self.SENT, **now)] if now is not None else []
        built = build(sources(facts), counted=before.documents, earlier=[before.issue])
        (said,) = [entry for entry in built.issue.corrections if entry.subject == "story:a"]
        assert (said.text, said.day, said.issue) == (text, date(2026, 11, 23), "2026-W46")
        again = build(sources(facts), WEEK.next(), counted=before.documents, earlier=[before.issue, built.issue])
        assert [entry for entry in again.issue.corrections if entry.subject == "story:a"] == []

    def test_a_correction_taken_back_is_said_too(self) -> None:
        before = self.issue_before()
        wrong = build(sources([]), counted=before.documents, earlier=[before.issue])
        right = build(sources([self.SENT]), WEEK.next(), counted=before.documents, earlier=[before.issue, wrong.issue])
        assert any("đúng như số đã gửi" in entry.text for entry in right.issue.corrections)

    def test_a_province_found_later_corrects_the_count(self) -> None:
        before = self.issue_before()
        facts = [self.SENT, MAKERS.fact("late", date(2026, 11, 11), CA_MAU)]
        built = build(sources(facts), counted=before.documents, earlier=[before.issue])
        assert [entry.text for entry in built.issue.corrections] == ["Tuần 46/2026: có tin ở 2/34 tỉnh, không phải 1."]

    def test_nothing_wrong_nothing_said(self) -> None:
        before = self.issue_before()
        assert build(sources([self.SENT]), counted=before.documents, earlier=[before.issue]).issue.corrections == ()
