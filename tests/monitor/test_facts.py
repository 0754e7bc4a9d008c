"""Facts kept up to date hold the same as facts read anew."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.localities import Register
from corpus.store import FactRow, StoredFact
from monitor.facts import MAX_DERIVED, Facts, FactTable
from tests.monitor.makers import NOW, Makers

ROW = FactRow(
    portal="p",
    first_seen=NOW,
    doubtful=False,
    relevance="communication",
    about=("v2-08",),
    activities=(),
    programmes=(),
    components=(),
    budgets=(),
)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.facts.CHUNK", 7)


class Source:
    """Rows by id, each with the number of its last change, as the store gives them."""

    def __init__(self) -> None:
        self.rows: dict[str, StoredFact] = {}

    def facts(self, *, after: int = 0, limit: int | None = None) -> list[StoredFact]:
        rows = sorted(self.rows.values(), key=lambda row: row.seq)
        return [row for row in rows if row.seq > after and (after or row.fact is not None)][:limit]

    def facts_revision(self) -> int:
        return max((row.seq for row in self.rows.values()), default=0)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 40), st.none() | st.integers(0, 6), st.sampled_from(["put", "doubt", "withdraw", "read"])), max_size=60
    )
)
def test_changes_are_taken_in_place(register: Register, steps: list[tuple[int, int | None, str]]) -> None:
    source = Source()
    for n in range(41):
        source.rows[f"d{n}"] = StoredFact(
            id=f"d{n}", seq=n + 1, title="t", published=date(2026, 11, 1 + n % 7).toordinal(), story=f"d{n}", fact=ROW
        )
    table = FactTable(source, register)
    assert len(table.read()) == 41
    for number, (key, day, what) in enumerate(steps):
        if what == "read":
            table.read()
            continue
        published = None if day is None else date(2026, 11, 1 + day).toordinal()
        fact = (
            None
            if what == "withdraw"
            else msgspec.structs.replace(ROW, doubtful=what == "doubt", relevance="communication" if key % 2 else "off_topic")
        )
        source.rows[f"d{key}"] = StoredFact(id=f"d{key}", seq=100 + number, title="t", published=published, story=f"d{key}", fact=fact)
    found, anew = table.read(), FactTable(source, register).read()
    assert list(found) == list(anew)
    assert found.relevant == [fact for fact in anew if fact.relevant]
    assert table.read() is found
    start = date(2026, 11, 3)
    assert found.between(start, start + timedelta(days=2)) == [
        f for f in anew if f.published and start <= f.published < start + timedelta(days=2)
    ]
    assert [*found.dated, *found.undated] == list(found)
    assert all(fact.published is None for fact in found.undated)


def test_what_was_worked_out_of_facts_goes_with_them(makers: Makers) -> None:
    facts = Facts([makers.fact("a", None), makers.fact("b", None)])
    changed = facts.with_changes({"b"}, [makers.fact("b", None, relevance="off_topic")], 2)
    assert (facts.once("x", lambda: 1), facts.once("x", lambda: 2), changed.once("x", lambda: 3)) == (1, 1, 3)


def test_what_many_ask_for_at_once_is_worked_out_once() -> None:
    facts, asked = Facts(()), []
    entered, others = threading.Event(), threading.Event()

    def make() -> int:
        asked.append(1)
        entered.set()
        others.wait(20)
        return len(asked)

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(facts.once, "slow", make)
        assert entered.wait(20)
        rest = [pool.submit(facts.once, "slow", make) for _ in range(4)]
        others.set()
        assert [one.result(20) for one in (first, *rest)] == [1] * 5
    assert asked == [1]


def test_what_is_kept_is_bounded_while_many_ask() -> None:
    facts = Facts(())
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda key: facts.once(key, lambda: key), range(2000))) == list(range(2000))
    assert len(facts._derived) == MAX_DERIVED
