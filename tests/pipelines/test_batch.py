"""Bulk work: one outcome a page whatever it does, resuming, retagging, the index in step with the store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.document import Document, RawPage
from corpus.errors import CorpusError
from corpus.index import open_index
from corpus.index.base import Query
from corpus.store import Store, open_store
from pipelines.archive import Archive
from pipelines.batch import Finished, Retagged, adopt_records, archived, pending, process_pages, retag, sync_index, worker_pool
from pipelines.process import Processor, ProcessorParts
from pipelines.workers import CannotStart
from tests.search_samples import make_document

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
PORTALS = """
[[portal]]
id = "tinh"
name = "Cổng mẫu"
home = "https://tinh.example.vn/"
hosts = ["tinh.example.vn"]
kind = "government"
province = "v2-15"
"""

BODY = (
    "Ngày 12/3/2024, Trung tâm Văn hóa và Truyền thông huyện mở lớp tập huấn cho 60 cán bộ loa truyền thanh của các xã. "
    "Lớp học thuộc Tiểu dự án giảm nghèo về thông tin của Chương trình mục tiêu quốc gia giảm nghèo bền vững. "
    "Học viên thực hành viết tin, thu âm và vận hành cụm loa thông minh trong hai ngày. "
)


def article(title: str, text: str = BODY) -> bytes:
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n"))
    return (
        f"<html><head><title>{title}</title><meta property='article:published_time' content='2024-03-12T08:00:00+07:00'></head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


PAGES = {
    "good": article("Huyện mở lớp tập huấn vận hành loa thông minh"),
    "stub": article("Đang cập nhật", "<br>"),
    "empty": b"",
    "binary": bytes(range(256)) * 200,
    "deep": b"<html><body>" + b"<div>" * 30_000 + b"tin" + b"</div>" * 30_000,
}


class Home:
    """A store and an archive with pages that wait, as a crawl leaves them."""

    def __init__(self, folder: Path, store: Store) -> None:
        (folder / "portals.toml").write_text(PORTALS, "utf-8")
        self.parts = ProcessorParts(portals=folder / "portals.toml", label="rules of the test")
        self.archive, self.index, self.store = folder / "archive", folder / "index", store
        self.run = store.begin_run("crawl", NOW)

    def add(self, name: str, body: bytes, *, at: datetime = NOW) -> int:
        url = f"https://tinh.example.vn/{name}.html"
        page = RawPage(
            portal="tinh", requested_url=url, final_url=url, status=200, headers=(("content-type", "text/html"),), body=body, fetched_at=at
        )
        with Archive(self.archive) as archive:
            return self.store.save_page(replace(page, record=archive.write(page)), run=self.run, now=at)

    def process(self, executor: Executor, *, everything: bool = False) -> dict[str, int]:
        pages = archived(self.store) if everything else pending(self.store)
        report = process_pages(self.store, pages, archive=self.archive, parts=self.parts, executor=executor, now=NOW)
        return dict(report.outcomes)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_store(tmp_path / "loa.db") as store:
        yield Home(tmp_path, store)


@pytest.fixture(scope="module")
def thread() -> Iterator[Executor]:
    """Any executor will do: here one without processes."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def test_every_page_gets_exactly_one_outcome(home: Home, thread: Executor) -> None:
    for name, body in PAGES.items():
        home.add(name, body)
    seen: list[Finished] = []
    process_pages(home.store, pending(home.store), archive=home.archive, parts=home.parts, executor=thread, now=NOW, progress=seen.append)
    assert sorted(finished.page.requested_url for finished in seen) == sorted(f"https://tinh.example.vn/{name}.html" for name in PAGES)
    outcomes = home.store.outcomes()
    assert sum(outcomes.values()) == len(PAGES)
    assert "pending" not in outcomes
    assert outcomes["indexed"] == 1
    assert all(outcome.partition("/")[0] in ("indexed", "rejected", "failed") for outcome in outcomes)
    (document,) = home.store.iter_documents()
    assert document.title == "Huyện mở lớp tập huấn vận hành loa thông minh"
    assert document.words
    assert home.store.tagged_by(document.id) == home.parts.label


def test_processing_again_changes_nothing(home: Home, thread: Executor) -> None:
    home.add("good", PAGES["good"])
    assert home.process(thread) == {"indexed": 1}
    assert home.process(thread) == {}
    home.store.mark_indexed(home.store.unindexed(10))
    assert home.process(thread, everything=True) == {"indexed": 1}
    assert home.store.count_versions() == 1
    assert home.store.unindexed(10) == []


def test_an_edited_page_is_a_new_version_of_one_document(home: Home, thread: Executor) -> None:
    home.add("good", PAGES["good"])
    home.add("good", article("Huyện mở lớp tập huấn vận hành loa thông minh", BODY + "Kinh phí là 45 triệu đồng."), at=NOW + timedelta(1))
    home.process(thread)
    (document,) = home.store.iter_documents()
    assert "45 triệu đồng" in document.text
    assert len(home.store.history(document.id)) == 2


def test_a_broken_record_fails_alone(home: Home, thread: Executor) -> None:
    for number in range(3):
        home.add(f"good-{number}", article(f"Xã số {number} khai trương đài truyền thanh", BODY))
    middle = home.store.pending_pages(3)[1]
    name, offset = middle.record.split("#")
    path = home.archive / name
    content = bytearray(path.read_bytes())
    content[int(offset) + 40 : int(offset) + 60] = b"\0" * 20
    path.write_bytes(content)
    assert home.process(thread) == {"indexed": 2, "failed/InvalidData": 1}
    (state,) = home.store.page_states(outcome="failed")
    assert state.detail is not None
    assert name in state.detail


def test_records_that_the_store_lost_are_adopted_once(home: Home, thread: Executor, tmp_path: Path) -> None:
    home.add("good", PAGES["good"])
    home.process(thread)
    broken: list[CorpusError] = []
    with open_store(tmp_path / "second" / "loa.db") as store:
        run = store.begin_run("process", NOW)
        assert adopt_records(store, home.archive, run=run, on_broken=broken.append) == 1
        assert adopt_records(store, home.archive, run=run, on_broken=broken.append) == 0
        process_pages(store, pending(store), archive=home.archive, parts=home.parts, executor=thread, now=NOW)
        assert [document.id for document in store.iter_documents()] == [document.id for document in home.store.iter_documents()]
    assert broken == []


def test_the_index_follows_the_store(home: Home, thread: Executor) -> None:
    for number in range(3):
        home.add(f"good-{number}", article(f"Xã số {number} khai trương đài truyền thanh", BODY))
    home.process(thread)
    index = open_index(home.index)
    try:
        assert sync_index(home.store, index) == 3
        assert sync_index(home.store, index) == 0
        assert index.count(Query()) == 3
        first = home.store.archived_pages(1)[0]
        home.store.finish_page(first.id, "rejected/not_article", None, NOW)
        assert sync_index(home.store, index) == 1
        assert index.count(Query()) == 2
        home.store.forget_index()
        assert sync_index(home.store, index) == 3, "the withdrawn one leaves again, which is harmless"
        assert index.count(Query()) == 2
    finally:
        index.close()


def test_retagging_keeps_what_it_replaces(home: Home, thread: Executor) -> None:
    home.add("good", PAGES["good"])
    home.process(thread)
    (document,) = home.store.iter_documents()
    processor = Processor.load(home.parts)
    assert processor.tag(document) == document, "tagging is idempotent"
    home.store.put_document(replace(document, dates=(), activities=()), NOW, tagged_by="an older release")
    changes: list[Retagged] = []
    report = retag(home.store, parts=home.parts, executor=thread, now=NOW, on_change=changes.append)
    assert report.outcomes == {"indexed": 1}
    assert [change.id for change in changes] == [document.id]
    assert home.store.old_tags(document.id)[-1].tagged_by == "an older release"
    again: list[Retagged] = []
    retag(home.store, parts=home.parts, executor=thread, now=NOW, on_change=again.append)
    assert again == []


def test_retagging_goes_on_behind_what_was_done(home: Home, thread: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.batch._PART", 2)
    documents = [replace(made_up(number), relevance=None) for number in range(5)]
    for document in documents:
        home.store.put_document(document, NOW, tagged_by="an older release")
    parts: list[tuple[str, int]] = []
    ids = sorted(document.id for document in documents)

    def cut_off(last: str, done: int) -> None:
        parts.append((last, done))
        if len(parts) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retag(home.store, parts=home.parts, executor=thread, now=NOW, on_part=cut_off)
    assert parts == [(ids[1], 2), (ids[3], 4)]
    assert [home.store.tagged_by(id) == home.parts.label for id in ids] == [True, True, True, True, False]
    report = retag(home.store, parts=home.parts, executor=thread, now=NOW, start_after=parts[-1][0])
    assert report.outcomes == {"indexed": 1}
    assert all(home.store.tagged_by(id) == home.parts.label for id in ids)


def made_up(number: int) -> Document:
    return make_document(f"{number:024d}", f"Tin {number}", BODY)


def test_a_decision_outlives_processing_and_retagging(home: Home, thread: Executor) -> None:
    home.add("good", PAGES["good"])
    home.process(thread)
    (document,) = home.store.iter_documents()
    home.store.add_review(document.id, "relevance", "off_topic", "accept", None, "lan", NOW)

    def relevance(found: Document | None) -> str | None:
        return found.relevance.value if found and found.relevance else None

    retag(home.store, parts=home.parts, executor=thread, now=NOW)
    assert relevance(home.store.get_document(document.id)) == "off_topic"
    home.process(thread, everything=True)
    assert relevance(home.store.get_document(document.id)) == "off_topic"


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        pytest.param({"seconds": 0.06, "memory_bytes": 512 << 20}, "failed/Timeout", id="time"),
        pytest.param({"seconds": 10.0, "memory_bytes": 1 << 20}, "failed/MemoryLimit", id="memory"),
    ],
)
def test_a_page_beyond_its_limits_stays_raw_and_the_next_is_processed(home: Home, limits: dict[str, float], outcome: str) -> None:
    heavy = article("Bài rất dài", "\n".join(f"Đoạn {number}. {BODY}" for number in range(9000)))
    home.add("heavy", heavy)
    pool = worker_pool(home.parts, 1, seconds=limits["seconds"], memory_bytes=int(limits["memory_bytes"]))
    try:
        assert home.process(pool) == {outcome: 1}
    finally:
        pool.shutdown(cancel_futures=True)
    (state,) = home.store.page_states(outcome="failed")
    assert Archive(home.archive).read(str(state.record)).body == heavy
    home.add("good", PAGES["good"])
    pool = worker_pool(home.parts, 1)
    try:
        assert home.process(pool) == {"indexed": 1}
    finally:
        pool.shutdown()


def test_a_wrong_registry_fails_no_page(home: Home) -> None:
    home.add("good", PAGES["good"])
    assert home.parts.portals is not None
    home.parts.portals.write_text(PORTALS.replace("v2-15", "Lào Cai"), "utf-8")
    pool = worker_pool(home.parts, 1)
    try:
        with pytest.raises(CannotStart, match=r"portals\.toml:8"):
            home.process(pool)
    finally:
        pool.shutdown(cancel_futures=True)
    assert home.store.outcomes() == {"pending": 1}
