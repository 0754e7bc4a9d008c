"""The code lists of activities and programmes: what they hold, how they hang together, and what a broken file is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.activities import Activities, ActivityKey
from corpus.errors import InvalidData
from corpus.programmes import ComponentKey, Programmes

GOOD_ACTIVITY = 'version = "1"\n[[activity]]\ncode = "a"\nname = "A"\ndefinition = "Một việc."\nmerged = "a"\n'
CONTINUED = (
    GOOD_ACTIVITY
    + 'bases = { p = "P", q = "Q" }\n[[crosswalk]]\nfrom = { programme = "p", activity = "a" }\n'
    + 'to = [{ programme = "q", activity = "a" }]\nnote = "N."\n'
)
GOOD_PROGRAMME = 'version = "1"\n[[programme]]\ncode = "p"\nname = "P"\nshort = "P"\ncomponents = [{ code = "1", name = "Một" }]\n'


def test_fifteen_activities_make_thirteen_merged_labels() -> None:
    activities = Activities.load()
    assert len(activities) == 15
    assert len({activity.merged for activity in activities}) == 13
    assert {activity.code for activity in activities if activity.merged != activity.code} == {"access_point", "access_device", "outreach"}


def test_every_activity_can_be_shown_and_names_known_programmes() -> None:
    programmes = Programmes.load()
    for activity in Activities.load():
        assert activity.name[0].isupper()
        assert activity.definition.endswith(".")
        assert set(activity.bases) <= {programme.code for programme in programmes}


OLD, NEW = "gnbv-2016-2020", "gnbv-2021-2025"


@pytest.mark.parametrize(
    ("activity", "later"),
    [
        ("training", ["training"]),
        ("radio_facility", ["radio_facility"]),
        ("outreach", ["outreach"]),
        ("access_point", ["access_point"]),
        ("visual", []),
        ("access_device", []),
    ],
)
def test_what_comes_of_the_activities_of_project_four(activity: str, later: list[str]) -> None:
    found = Activities.load().continuation(OLD, activity)
    assert found is not None
    assert found.later == tuple(ActivityKey(NEW, code) for code in later)
    assert "Thông tư 06/2022" in found.note or later


def test_activities_that_are_new_in_project_six() -> None:
    activities = Activities.load()
    assert [code for code in activities.codes if activities.predecessors(NEW, code) == ()] == ["event", "dialogue", "recognition"]
    assert activities.predecessors(NEW, "training") == (ActivityKey(OLD, "training"),)


def test_periods_on_which_no_text_is_known_are_not_told_of() -> None:
    activities = Activities.load()
    assert activities.continuation(NEW, "training") is None
    assert activities.predecessors(OLD, "training") is None
    assert activities.predecessors(NEW, "visual") is None  # no basis there
    assert activities.predecessors("vtci", "access_device") is None
    assert activities.predecessors(NEW, "unheard-of") is None


def test_activities_continue_as_their_programmes_do() -> None:
    programmes = Programmes.load()
    for row in Activities.load().crosswalk:
        assert row.note.endswith(".")
        after = {key.programme for key in programmes.successors(row.earlier.programme)}
        assert {key.programme for key in row.later} <= after


def test_names_by_code() -> None:
    assert Activities.load().name("training") == "Tập huấn, bồi dưỡng"
    assert Activities.load().name("unheard-of") == "unheard-of"
    assert "training" in Activities.load()
    assert Activities.load().get("unheard-of") is None


def test_programme_values_are_those_of_the_field() -> None:
    assert {programme.code for programme in Programmes.load()} == {
        "gnbv-2021-2025",
        "gnbv-2016-2020",
        "ttcs-2012-2015",
        "ntm",
        "dtts-1719",
        "vtci",
        "mtqg-2026-2035",
        "other",
    }


def test_project_six_and_its_predecessor() -> None:
    programmes = Programmes.load()
    names = {(programme.code, component.code): component.name for programme in programmes for component in programme.components}
    assert names["gnbv-2021-2025", "6"] == "Truyền thông và giảm nghèo về thông tin"
    assert names["gnbv-2021-2025", "6.2"] == "Truyền thông về giảm nghèo đa chiều"
    assert ("gnbv-2016-2020", "6") not in names
    assert programmes.successors("gnbv-2016-2020", "4") == (ComponentKey("gnbv-2021-2025", "6"),)
    assert programmes.predecessors("gnbv-2021-2025", "6") == (ComponentKey("gnbv-2016-2020", "4"),)
    assert programmes.successors("gnbv-2021-2025", "6") == ()  # no text says what comes of it after 2025


def test_three_programmes_meet_in_the_merged_one() -> None:
    earlier = {key.programme for key in Programmes.load().predecessors("mtqg-2026-2035")}
    assert earlier == {"gnbv-2021-2025", "ntm", "dtts-1719"}


@pytest.mark.parametrize(
    ("day", "code", "expected"),
    [
        (date(2020, 12, 31), "gnbv-2016-2020", True),
        (date(2021, 1, 1), "gnbv-2016-2020", False),
        (date(2021, 1, 1), "gnbv-2021-2025", True),
        (date(2026, 1, 1), "gnbv-2021-2025", False),
        (date(2026, 1, 1), "mtqg-2026-2035", True),
        (date(2030, 1, 1), "vtci", True),
    ],
)
def test_validity(day: date, code: str, expected: bool) -> None:
    assert (code in {programme.code for programme in Programmes.load().valid_on(day)}) is expected


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('version = "1"\n[[activity]\n', r"list\.toml:2: not TOML"),
        ('version = "1"\n', r"no \[\[activity\]\]"),
        (GOOD_ACTIVITY.replace('name = "A"', "name = 5"), r"activity 1, field 'name'"),
        (CONTINUED.replace('"q", activity', '"r", activity'), r"crosswalk 1, to 1, field 'activity': 'a' has no legal basis in 'r'"),
        (CONTINUED.replace('activity = "a" }\nto', 'activity = "b" }\nto'), r"crosswalk 1, from, field 'activity': 'b' has no legal basis"),
        (CONTINUED.replace('"q", activity', '"p", activity'), r"crosswalk 1, field 'to': 'p' does not follow itself"),
        (CONTINUED.replace('note = "N."', 'note = ""'), r"crosswalk 1, field 'note'"),
        (CONTINUED + "more = 1\n", r"crosswalk 1, field 'more': is not a known field"),
        (CONTINUED + CONTINUED[CONTINUED.index("[[crosswalk]]") :], r"crosswalk 2, field 'from': 'a' of 'p' stands twice"),
        (
            CONTINUED.replace(
                "[[crosswalk]]", '[[activity]]\ncode = "b"\nname = "B"\ndefinition = "B."\nmerged = "b"\nbases = { p = "P" }\n[[crosswalk]]'
            ),
            r"crosswalk: 'b' of 'p' has no entry",
        ),
        (GOOD_ACTIVITY + 'colour = "red"\n', r"field 'colour': is not a known field"),
        (GOOD_ACTIVITY + GOOD_ACTIVITY.split("\n", 1)[1], r"activity 2, field 'code': 'a' stands twice"),
        ("version = 1\n", r"field 'version'"),
        ('version = "1"\nactivity = "a"\n', r"field 'activity': must be a list of tables"),
    ],
)
def test_a_broken_activity_list_is_told_where(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "list.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData, match=told) as caught:
        Activities.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (GOOD_PROGRAMME + "valid_from = 2021-01-01\nvalid_to = 2020-01-01\n", r"field 'valid_to': 2020-01-01 is not after"),
        (GOOD_PROGRAMME + 'valid_from = "2021"\n', r"field 'valid_from': must be a date"),
        (GOOD_PROGRAMME.replace('{ code = "1", name = "Một" }', '{ code = "1" }'), r"components 1, field 'name'"),
        (
            GOOD_PROGRAMME + '[[crosswalk]]\nfrom = { programme = "p", component = "2" }\nto = []\n',
            r"crosswalk 1, from, field 'programme': 'p' with component '2'",
        ),
        (GOOD_PROGRAMME + '[[crosswalk]]\nfrom = "p"\nto = []\n', r"crosswalk 1, from: must be a table"),
    ],
)
def test_a_broken_programme_list_is_told_where(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "list.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData, match=told):
        Programmes.load(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="cannot be read"):
        Programmes.load(tmp_path / "none.toml")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_bytes('version = "Đ"'.encode("utf-16"))
    with pytest.raises(InvalidData, match="not UTF-8"):
        Activities.load(path)
