"""The store: what is written once stays once, versions and history, the frontier's states, reviews, runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import ActivityMention, Document, Provenance, RawPage, Relevance, Span
from corpus.errors import InvalidData
from corpus.store import FoundUrl, Review, Store, open_store, review_from_json, review_to_json

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def make_document(
    text: str = "Xã tổ chức tập huấn cho cán bộ loa đài.",
    *,
    id: str = "d1",
    url: str = "http://tinh.example.vn/tin-1",
    fetched_at: datetime = NOW,
    portal: str = "tinh",
    record: str | None = None,
    canonical: str | None = None,
) -> Document:
    return Document(
        id=id,
        provenance=Provenance(
            portal=portal, requested_url=url, final_url=url, canonical_url=canonical, fetched_at=fetched_at, record=record
        ),
        title="Tập huấn",
        text=text,
        published=date(2026, 3, 1),
    )


def make_page(url: str = "http://tinh.example.vn/tin-1", *, record: str | None = "a.warc.gz#0", body: bytes = b"<p>tin</p>") -> RawPage:
    return RawPage(portal="tinh", requested_url=url, final_url=url, status=200, body=body, fetched_at=NOW, record=record)


def tagged(document: Document, code: str = "training") -> Document:
    mention = ActivityMention(code=code, evidence=(Span(0, 10),), method="rules 1")
    return replace(document, activities=(mention,))


def test_a_document_comes_back_equal(store: Store) -> None:
    document = tagged(make_document())
    assert store.put_document(document, NOW)
    assert store.get_document("d1") == replace(document, provenance=replace(document.provenance, first_seen=NOW))
    assert store.get_document("d2") is None


def test_putting_twice_is_putting_once(store: Store) -> None:
    document = tagged(make_document())
    assert store.put_document(document, NOW)
    assert not store.put_document(document, NOW + HOUR)
    assert not store.put_document(replace(document, provenance=replace(document.provenance, fetched_at=NOW + HOUR)), NOW + HOUR)
    assert len(store.history("d1")) == 1
    assert store.count_documents() == store.count_versions() == 1
    assert store.old_tags("d1") == []


@settings(max_examples=25, deadline=None)
@given(order=st.permutations([0, 1, 2, 3]), repeats=st.lists(st.integers(0, 3), max_size=4))
def test_the_version_fetched_last_counts_in_any_order(
    order: list[int], repeats: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    versions = [make_document(f"Bản thứ {n}.", fetched_at=NOW + n * HOUR) for n in range(4)]
    with open_store(tmp_path_factory.mktemp("store") / "loa.db") as store:
        for number in [*order, *repeats]:
            store.put_document(versions[number], NOW)
        found = store.get_document("d1")
        assert found is not None
        assert found.text == "Bản thứ 3."
        assert found.provenance.first_seen == NOW
        assert [version.document.text for version in store.history("d1")] == [version.text for version in versions]
        assert [version.current for version in store.history("d1")] == [False, False, False, True]


def test_an_edit_taken_back_makes_the_first_version_count_again(store: Store) -> None:
    for hours, text in ((0, "Bản đầu."), (1, "Bản sửa."), (2, "Bản đầu.")):
        store.put_document(make_document(text, fetched_at=NOW + hours * HOUR), NOW)
    found = store.get_document("d1")
    assert found is not None
    assert found.text == "Bản đầu."
    assert len(store.history("d1")) == 2


def test_replaced_tags_are_kept_with_their_version(store: Store) -> None:
    store.put_document(tagged(make_document()), NOW, tagged_by="rules 1")
    assert store.put_document(tagged(make_document(), "press"), NOW + HOUR, tagged_by="rules 2")
    (old,) = store.old_tags("d1")
    assert (old.tagged_by, old.tagged_at, old.replaced_at) == ("rules 1", NOW, NOW + HOUR)
    assert [mention["code"] for mention in old.tags["activities"]] == ["training"]
    assert store.tagged_by("d1") == "rules 2"
    assert len(store.history("d1")) == 1


def test_equal_tags_of_a_new_release_change_nothing_but_its_name(store: Store) -> None:
    store.put_document(tagged(make_document()), NOW, tagged_by="rules 1")
    store.mark_indexed(store.unindexed(10))
    assert not store.put_document(tagged(make_document()), NOW + HOUR, tagged_by="rules 2")
    assert store.tagged_by("d1") == "rules 2"
    assert store.unindexed(10) == []


def test_a_page_fetched_at_a_known_address_is_the_known_document(store: Store) -> None:
    store.put_document(make_document(id="by-url"), NOW)
    store.put_document(make_document("Bản mới, nay có mã số.", id="by-number", fetched_at=NOW + HOUR), NOW)
    assert store.get_document("by-number") is None
    found = store.get_document("by-url")
    assert found is not None
    assert found.text.startswith("Bản mới")


def test_a_claimed_address_folds_nothing(store: Store) -> None:
    home = "http://tinh.example.vn/"
    store.put_document(make_document("Tin một.", id="d1", url="http://tinh.example.vn/1", canonical=home), NOW)
    store.put_document(make_document("Tin hai.", id="d2", url="http://tinh.example.vn/2", canonical=home), NOW)
    assert store.count_documents() == 2
    by_claim = store.find_by_url(home)
    assert by_claim is not None
    assert by_claim.id == "d1"


def test_aliases_of_one_document_are_gathered(store: Store) -> None:
    first = make_document(url="http://tinh.example.vn/in/1", canonical="http://tinh.example.vn/1")
    second = make_document(url="http://m.tinh.example.vn/1", canonical="http://tinh.example.vn/1", fetched_at=NOW + HOUR)
    assert store.put_document(first, NOW)
    assert store.put_document(second, NOW)
    found = store.get_document("d1")
    assert found is not None
    assert found.aliases == ("http://m.tinh.example.vn/1", "http://tinh.example.vn/in/1")
    for url in ("http://tinh.example.vn/1", *found.aliases):
        by_url = store.find_by_url(url)
        assert by_url is not None
        assert by_url.id == "d1"


def test_iterating_gives_every_document_once_in_order_while_writing(store: Store) -> None:
    ids = [f"d{number:04}" for number in range(450)]
    for key in ids:
        store.put_document(make_document(id=key, url=f"http://tinh.example.vn/{key}"), NOW)
    seen = []
    for document in store.iter_documents():
        seen.append(document.id)
        store.put_document(tagged(document), NOW)
    assert seen == ids
    assert [document.id for document in store.iter_documents(ids=["d0003", "zz", "d0001"])] == ["d0001", "d0003"]


def test_unindexed_tells_of_each_change_until_it_is_marked(store: Store) -> None:
    store.put_document(make_document(), NOW)
    entries = store.unindexed(10)
    assert [entry.id for entry in entries] == ["d1"]
    store.put_document(tagged(make_document()), NOW)
    store.mark_indexed(entries)
    assert [entry.id for entry in store.unindexed(10)] == ["d1"], "a change after reading is not lost"
    store.mark_indexed(store.unindexed(10))
    assert store.count_unindexed() == 0
    assert store.forget_index() == 1
    assert store.count_unindexed() == 1


# Pages and their outcomes


def test_a_page_has_exactly_one_outcome(store: Store) -> None:
    run = store.begin_run("crawl", NOW)
    key = store.save_page(make_page(), run=run, now=NOW)
    assert store.save_page(make_page(), run=run, now=NOW) == key, "the same record is the same page"
    assert store.outcomes() == {"pending": 1}
    assert [page.id for page in store.pending_pages(10)] == [key]
    assert store.finish_page(key, "indexed", make_document(record="a.warc.gz#0"), NOW) == "d1"
    assert store.outcomes() == {"indexed": 1}
    assert store.pending_pages(10) == []
    store.finish_page(key, "indexed", make_document(record="a.warc.gz#0"), NOW)
    assert store.outcomes_by_portal() == {"tinh": {"indexed": 1}}
    assert store.count_documents() == 1


def test_a_page_that_is_no_article_any_more_takes_its_document_back(store: Store) -> None:
    run = store.begin_run("process", NOW)
    key = store.add_page(make_page(), run=run)
    store.finish_page(key, "indexed", make_document(), NOW)
    store.mark_indexed(store.unindexed(10))
    store.finish_page(key, "failed/Timeout", None, NOW, detail="slow")
    assert store.count_documents() == 1, "a failure proves nothing"
    store.finish_page(key, "rejected/not_article", None, NOW, detail="a list")
    assert store.count_documents() == 0
    assert store.get_document("d1") is None
    (entry,) = store.unindexed(10)
    assert entry.document is None
    store.mark_indexed([entry])
    store.finish_page(key, "indexed", make_document(), NOW)
    assert store.count_documents() == 1


def test_a_document_given_by_two_pages_stays_with_the_other(store: Store) -> None:
    run = store.begin_run("process", NOW)
    first = store.add_page(make_page(record="a.warc.gz#0"), run=run)
    second = store.add_page(make_page(record="a.warc.gz#9"), run=run)
    for key in (first, second):
        store.finish_page(key, "indexed", make_document(), NOW)
    store.finish_page(first, "rejected/error_page", None, NOW)
    assert store.count_documents() == 1


# The frontier


def found(number: int) -> FoundUrl:
    return FoundUrl(url=f"http://www.tinh.example.vn/tin-{number}", canonical_url=f"http://tinh.example.vn/tin-{number}")


def test_enqueueing_twice_is_enqueueing_once(store: Store) -> None:
    assert store.enqueue("tinh", [found(1), found(2), found(1)], NOW) == 2
    assert store.enqueue("tinh", [found(2), found(3)], NOW + HOUR) == 1
    assert [item.canonical_url[-1] for item in store.due("tinh", NOW + HOUR, 10)] == ["3", "1", "2"], "what was met last comes first"
    assert [item.canonical_url[-1] for item in store.due("tinh", NOW, 1)] == ["1"]
    assert store.due("other", NOW, 10) == []
    assert store.enqueue("tinh", [], NOW) == 0


def test_many_addresses_are_written_and_looked_up_in_parts(store: Store) -> None:
    """A sitemap holds 50,000; SQLite takes 32,766 parameters at once."""
    assert store.enqueue("tinh", (found(number) for number in range(1200)), NOW) == 1200
    assert store.enqueue("tinh", (found(number) for number in range(600, 1800)), NOW + HOUR) == 600
    asked = [found(number).canonical_url for number in range(1700, 3100)]
    assert store.known_among("tinh", asked) == {found(number).canonical_url for number in range(1700, 1800)}
    assert store.known_among("khac", asked) == set()
    assert store.portals_waiting(NOW) == {"tinh"}
    assert store.enqueue("tinh", [], NOW) == 0


def test_the_states_of_an_address(store: Store) -> None:
    run = store.begin_run("crawl", NOW)
    store.enqueue("tinh", [found(1)], NOW)
    url = found(1).url
    store.start_fetch(url, run, NOW)
    assert store.due("tinh", NOW, 10) == []
    assert store.frontier_counts() == {"in_flight": 1}
    store.fail_fetch(url, run, NOW, "TimeoutError: 60 s", NOW + HOUR)
    assert store.due("tinh", NOW, 10) == []
    (retry,) = store.due("tinh", NOW + HOUR, 10)
    assert (retry.state, retry.attempts, retry.error) == ("failed", 1, "TimeoutError: 60 s")
    store.start_fetch(found(1).canonical_url, run, NOW + HOUR)
    store.save_page(make_page(url), run=run, now=NOW + HOUR, revisit_at=NOW + 2 * HOUR)
    (again,) = store.due("tinh", NOW + 2 * HOUR, 10)
    assert (again.state, again.attempts, again.error, again.unchanged) == ("done", 0, None, 0)
    assert again.body_sha256 == make_page().sha256
    store.not_modified(url, run, NOW + 2 * HOUR)
    assert store.due("tinh", NOW + 99 * HOUR, 10) == []
    known = store.known("tinh", [found(1).canonical_url, "http://tinh.example.vn/never"])
    assert {key: value.unchanged for key, value in known.items()} == {found(1).canonical_url: 1}
    store.fail_fetch(url, run, NOW, "404", None)
    assert store.due("tinh", NOW + 99 * HOUR, 10) == []


def test_recovering_makes_due_what_was_in_flight(store: Store) -> None:
    run = store.begin_run("crawl", NOW)
    store.enqueue("tinh", [found(1), found(2)], NOW)
    store.start_fetch(found(1).url, run, NOW)
    recovery = store.recover(NOW + HOUR)
    assert (recovery.urls, recovery.runs) == (1, 1)
    assert len(store.due("tinh", NOW + HOUR, 10)) == 2
    assert store.runs()[0].state == "interrupted"
    assert store.recover(NOW + HOUR).urls == 0


def test_runs_and_observations(store: Store) -> None:
    run = store.begin_run("crawl", NOW)
    store.observe("tinh", run, NOW, {"listed": 12, "known": 10})
    store.end_run(run, NOW + HOUR, {"pages": 2})
    (ended,) = store.runs(kind="crawl")
    assert (ended.state, ended.ended_at, ended.summary) == ("ended", NOW + HOUR, {"pages": 2})
    assert [seen.observation for seen in store.observations("tinh")] == [{"listed": 12, "known": 10}]
    assert store.observations(since=NOW + HOUR) == []
    (source,) = store.source_states()
    assert (source.portal, source.last_visit, source.last_success) == ("tinh", NOW, None)


def test_naive_instants_are_refused(store: Store) -> None:
    with pytest.raises(Exception, match="aware"):
        store.begin_run("crawl", datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself


# Reviews


def test_reviews_are_kept_in_order_and_travel_as_json(store: Store, tmp_path: Path) -> None:
    store.add_review("d1", "activity", "training", "reject", None, "lan", NOW)
    store.add_review("d1", "locality", "v1-01", "correct", {"code": "v1-02"}, "lan", NOW + HOUR)
    store.add_review("d2", "relevance", "communication", "accept", None, "minh", NOW)
    assert [review.code for review in store.reviews("d1")] == ["training", "v1-01"]
    lines = [review_to_json(review) for review in store.reviews()]
    with open_store(tmp_path / "other.db") as other:
        assert other.import_reviews(map(review_from_json, lines)) == 3
        assert other.import_reviews(map(review_from_json, lines)) == 0
        assert other.reviews() == store.reviews()


@pytest.mark.parametrize(
    ("kind", "decision", "value"),
    [("colour", "accept", None), ("activity", "perhaps", None), ("activity", "correct", None)],
)
def test_wrong_reviews_are_refused(store: Store, kind: str, decision: str, value: None) -> None:
    with pytest.raises(InvalidData):
        store.add_review("d1", kind, "training", decision, value, "lan", NOW)


def test_wrong_review_lines_are_refused() -> None:
    good = review_to_json(Review(document_id="d", kind="activity", code="press", decision="accept", reviewer="lan", decided_at=NOW))
    assert review_from_json(good).code == "press"
    for line in (b"{", b"{}", good.replace(b"Z", b""), good.replace(b'"accept"', b"7")):
        with pytest.raises(InvalidData):
            review_from_json(line)


def test_relevance_is_part_of_the_tags(store: Store) -> None:
    store.put_document(make_document(), NOW, tagged_by="a")
    store.put_document(replace(make_document(), relevance=Relevance(value="communication", method="m")), NOW, tagged_by="b")
    (old,) = store.old_tags("d1")
    assert old.tags["relevance"] is None
