from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.home import now
from cli.watching import watch
from corpus.errors import InvalidData, StoreUnavailable
from corpus.readings import Reading, WayReading
from corpus.store import FoundUrl, open_store
from corpus.store.lock import Busy, take_lock
from tests.cli.conftest import Loa
from tests.search_samples import make_document

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Day:
    def __init__(self, *rounds: timedelta | Exception) -> None:
        self.now = NOW
        self.rounds = list(rounds)
        self.starts: list[timedelta] = []

    def once(self) -> None:
        self.starts.append(self.now - NOW)
        took = self.rounds.pop(0)
        if isinstance(took, Exception):
            raise took
        self.now += took

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def hours(*numbers: float) -> list[timedelta]:
    return [timedelta(hours=number) for number in numbers]


def test_rounds_begin_at_equal_distances_and_never_overlap() -> None:
    day = Day(timedelta(hours=1), timedelta(hours=7), timedelta(minutes=5))
    watch(day.once, every=timedelta(hours=6), now=lambda: day.now, sleep=day.sleep, rounds=3)
    assert day.starts == hours(0, 6, 13 + 1 / 60)


@pytest.mark.parametrize(
    "error", [Busy("another run is at work"), StoreUnavailable("the disk is full"), InvalidData("line 3")], ids=["busy", "full", "registry"]
)
def test_a_round_that_cannot_be_done_is_left_to_the_next(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    day = Day(error, timedelta(hours=1))
    watch(day.once, every=timedelta(hours=6), now=lambda: day.now, sleep=day.sleep, rounds=2)
    assert day.starts == hours(0, 6)
    assert str(error) in capsys.readouterr().err


def test_bugs_end_the_watch() -> None:
    day = Day(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        watch(day.once, every=timedelta(hours=6), now=lambda: day.now, sleep=day.sleep, rounds=2)


@pytest.mark.parametrize("option", ["--watch", "--due"])
def test_a_back_fill_is_no_watch(loa: Loa, option: str) -> None:
    ran = loa("run", option, "--since", "2026-01-01")
    assert ran.code == 2 or ran.code == 1
    assert "done once" in ran.err


def watched_source(home: Path) -> None:
    """One that publishes each Monday and was read three hours ago; nothing listens at its address."""
    entry = (
        '[[portal]]\nid = "a"\nname = "A"\nhome = "http://127.0.0.1:9/"\nhosts = ["127.0.0.1:9"]\nkind = "press"\nprovince = "v2-15"\n'
        "allow_loopback = true\nverified = true\ndelay_seconds = 0.01\n"
    )
    other = entry.replace('"a"', '"b"').replace('"A"', '"B"').replace(":9", ":7")
    (home / "portals.toml").write_text(entry + other, "utf-8")
    way = WayReading(kind="listing", url="http://127.0.0.1:9/", fetched=True, parsed=True, links=9, known=9)
    with open_store(home / "loa.db") as store:
        run = store.begin_run("crawl", now())
        for portal in ("a", "b"):
            for hours in (51, 27, 3):
                at = now() - timedelta(hours=hours)
                store.observe(portal, run, at, Reading(portal=portal, run=run, at=at, robots="allowed", ways=(way,)).to_plain())
            for week in range(1, 15):
                published = now().date() - timedelta(weeks=week)
                store.put_document(make_document(f"{portal}{week:023d}", "Tin", "Tập huấn.", portal=portal, published=published), now())


def test_only_what_is_due_is_asked(loa: Loa, home: Path) -> None:
    watched_source(home)
    ran = loa("run", "a", "b", "--due")
    assert ran.code == 0, ran.err
    assert "0 of 2 sources are due" in ran.err
    with open_store(home / "loa.db") as store:
        assert len(store.runs(kind="crawl")) == 1, "no source was asked: not even all, which no name at all would mean"
        store.enqueue("b", [FoundUrl(url="http://127.0.0.1:7/1", canonical_url="http://127.0.0.1:7/1")], now())
    ran = loa("run", "a", "b", "--due")
    assert "1 of 2 sources are due" in ran.err
    with open_store(home / "loa.db") as store:
        assert [len(store.readings(portal)) for portal in ("a", "b")] == [3, 4], "the one with an address that waits"


def test_a_second_run_refuses_politely(loa: Loa, home: Path) -> None:
    entry = (
        '[[portal]]\nid = "a"\nname = "A"\nhome = "https://a.vn/"\nhosts = ["a.vn"]\nkind = "press"\nprovince = "v2-15"\nverified = true\n'
    )
    (home / "portals.toml").write_text(entry, "utf-8")
    held = take_lock(home / "run.lock")
    ran = loa("crawl")
    assert ran.code == 75
    assert "another run is at work here" in ran.err
    assert held


WRONG = [
    ("not-toml", "[[portal]]\nid = \n", "line 2"),
    ("unknown-field", '[[portal]]\nid = "a"\nfeed = "x"\n', "line 3"),
    (
        "wrong-host",
        '[[portal]]\nid = "a"\nname = "A"\nhome = "https://a.vn/"\nhosts = ["https://a.vn"]\nkind = "press"\nprovince = "v2-15"\n',
        "line 5",
    ),
    (
        "wrong-province",
        '[[portal]]\nid = "a"\nname = "A"\nhome = "https://a.vn/"\nhosts = ["a.vn"]\nkind = "press"\nprovince = "v2-98"\n',
        "line 7",
    ),
]


@pytest.mark.parametrize(("text", "place"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
@pytest.mark.parametrize("command", [("run",), ("crawl", "a"), ("sources", "check"), ("sources", "list")], ids=" ".join)
def test_a_wrong_line_of_the_registry_is_pointed_at(loa: Loa, home: Path, text: str, place: str, command: tuple[str, ...]) -> None:
    (home / "portals.toml").write_text(text, "utf-8")
    ran = loa(*command)
    assert ran.code == 1
    assert f"portals.toml, {place}" in ran.err or f"portals.toml:{place.removeprefix('line ')}" in ran.err
    assert "Traceback" not in ran.err
    assert not (home / "loa.db").exists()


@pytest.mark.parametrize("unit", ["loa-crawl.service", "loa-watch.service"])
def test_the_units_start_what_is_documented(unit: str) -> None:
    lines = (ROOT / "deploy" / unit).read_text("utf-8").splitlines()
    (start,) = [line for line in lines if line.startswith("ExecStart=")]
    assert start.removeprefix("ExecStart=/opt/loa/.venv/bin/") in {"loa run --due", "loa run --watch --every 360"}
    assert ("SuccessExitStatus=1 75" in lines) is (unit == "loa-crawl.service")  # the codes of docs/cli.md
    assert "Persistent=true" in (ROOT / "deploy" / "loa-crawl.timer").read_text("utf-8")
