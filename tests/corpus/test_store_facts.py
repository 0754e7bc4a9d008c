"""Slim rows: always what their document says, in the same transaction, each change with a number of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import (
    ActivityMention,
    Budget,
    Document,
    LocalityMention,
    ProgrammeMention,
    Provenance,
    RawPage,
    Relevance,
    Span,
    to_json,
)
from corpus.store import Store, open_store
from corpus.store.database import open_database
from corpus.store.facts import FactRow, fact_row
from corpus.store.migrations import STEPS
from corpus.store.schema import documents, facts, versions

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "Tỉnh Hà Giang dành trên 4 tỷ đồng. Mỗi xã được 300 triệu đồng để lắp đài."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def make_document(text: str = TEXT, *, id: str = "d1", fetched_at: datetime = NOW) -> Document:
    url = f"http://tinh.example.vn/{id}"
    span = Span(0, 4)
    return Document(
        id=id,
        provenance=Provenance(portal="tinh", requested_url=url, final_url=url, fetched_at=fetched_at),
        title="Lắp đài truyền thanh",
        text=text,
        published=date(2026, 3, 1),
        relevance=Relevance(value="communication", method="r"),
        programmes=(ProgrammeMention(code="gnbv-2021-2025", components=("6", "6.1"), evidence=(span,), method="r"),),
        localities=(
            LocalityMention(code="v1-02", role="about", evidence=(span,), method="r"),
            LocalityMention(code="v1-08", role="mentioned", evidence=(span,), method="r"),
            LocalityMention(code=None, candidates=("v1-1", "v1-2"), role="about", evidence=(span,), method="r"),
        ),
        activities=(ActivityMention(code="radio_facility", modality="planned", evidence=(span,), method="r"),),
        budgets=(
            Budget(vnd=None, usd=5, evidence=(span,), method="r"),
            Budget(
                vnd=4_000_000_000,
                qualifier="over",
                role="total",
                year_from=2026,
                year_to=2026,
                evidence=(Span(19, 33), Span(0, 34)),
                method="r",
                funds=("central",),
            ),
        ),
    )


def rows(store: Store) -> dict[str, FactRow | None]:
    return {fact.id: fact.fact for fact in store.facts()}


def test_a_row_holds_what_is_counted(store: Store) -> None:
    store.put_document(make_document(), NOW)
    (fact,) = store.facts()
    assert (fact.id, fact.title, fact.published, fact.story) == ("d1", "Lắp đài truyền thanh", date(2026, 3, 1).toordinal(), "d1")
    row = fact.fact
    assert row is not None
    assert (row.portal, row.first_seen, row.doubtful, row.relevance, row.kind) == ("tinh", NOW, False, "communication", "news")
    assert row.about == ("v1-02",), "neither mentioned nor open places"
    assert row.activities == (("radio_facility", "planned"),)
    assert (row.programmes, row.components) == (("gnbv-2021-2025",), ("gnbv-2021-2025/6", "gnbv-2021-2025/6.1"))
    (budget,) = row.budgets
    assert (budget.position, budget.vnd, budget.role, budget.qualifier, budget.funds) == (1, 4_000_000_000, "total", "over", ("central",))
    assert (budget.field, budget.start, budget.end, budget.sentence) == ("text", 19, 33, 0)


def test_only_changes_have_new_numbers(store: Store) -> None:
    assert store.facts_revision() == 0
    store.put_document(make_document(), NOW)
    first = store.facts_revision()
    store.put_document(make_document(), NOW + HOUR)
    assert store.facts_revision() == first
    retagged = replace(make_document(), activities=())
    store.put_document(retagged, NOW)
    assert store.facts_revision() > first
    (fact,) = store.facts(after=first)
    assert fact.fact == fact_row(retagged, NOW)
    assert store.facts(after=store.facts_revision()) == []


def test_a_withdrawn_document_leaves_and_may_come_back(store: Store) -> None:
    page = RawPage(
        portal="tinh",
        requested_url="http://tinh.example.vn/d1",
        final_url="http://tinh.example.vn/d1",
        status=200,
        fetched_at=NOW,
        record="a#0",
    )
    key = store.add_page(page, run=store.begin_run("crawl", NOW))
    store.finish_page(key, "indexed", make_document(), NOW)
    seen = store.facts_revision()
    store.finish_page(key, "rejected/not_article", None, NOW + HOUR)
    assert rows(store) == {}
    assert [(fact.id, fact.fact) for fact in store.facts(after=seen)] == [("d1", None)]
    store.finish_page(key, "indexed", make_document(), NOW + HOUR)
    assert rows(store) == {"d1": fact_row(make_document(), NOW)}


@settings(max_examples=20, deadline=None)
@given(order=st.permutations([0, 1, 2, 3]))
def test_the_row_is_that_of_the_version_that_counts(order: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    versions = [
        replace(make_document(f"Bản thứ {n}.", fetched_at=NOW + n * HOUR), published=date(2026, 3, n + 1), budgets=()) for n in range(4)
    ]
    with open_store(tmp_path_factory.mktemp("store") / "loa.db") as store:
        for number in order:
            store.put_document(versions[number], NOW)
        (fact,) = store.facts()
        assert fact.fact == fact_row(versions[3], NOW)
        assert fact.published == date(2026, 3, 4).toordinal()


def test_a_database_without_rows_gets_them_from_its_documents(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    earlier = open_database(path, steps=STEPS[: [step.__name__ for step in STEPS].index("_facts")])
    with earlier.begin() as connection:
        for n in range(3):
            document = make_document(id=f"d{n}")
            values = {"portal": "tinh", "first_seen": NOW, "revision": 1, "indexed_revision": 0, "withdrawn": n == 2, "changed_at": NOW}
            connection.execute(sa.insert(documents).values(id=document.id, content_hash=document.content_hash, **values))
            times = {"fetched_at": NOW, "seen_at": NOW, "tagged_at": NOW, "tagged_by": ""}
            key = {"document_id": document.id, "content_hash": document.content_hash}
            connection.execute(sa.insert(versions).values(document=to_json(document), **key, **times))
    earlier.dispose()
    with open_store(path) as store:
        assert rows(store) == {f"d{n}": fact_row(make_document(), NOW) for n in range(2)}


def test_rows_can_be_made_again(store: Store) -> None:
    store.put_document(make_document(), NOW)
    assert store.rebuild_facts() == 0
    with store._write() as connection:
        connection.execute(sa.update(facts).values(title="cũ"))
    assert store.rebuild_facts() == 1
    assert store.facts()[0].title == "Lắp đài truyền thanh"
