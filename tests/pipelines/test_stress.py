"""Hostile and broken pages through the whole processor in a worker that can be killed: nothing stops a run, nothing takes more than
its share, and what is given up stays raw with its reason."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.document import RawPage
from corpus.errors import Rejected
from corpus.store import Store, open_store
from corpus.text import normalize
from pipelines.archive import Archive
from pipelines.batch import pending, process_pages, worker_pool
from pipelines.extract import extract
from pipelines.process import Processor, ProcessorParts
from pipelines.workers import HANG_FACTOR, PAGE_MEMORY_BYTES, PAGE_SECONDS
from tests import hostile
from tests.pipelines.pages import HOSTILE, PARAGRAPHS, article, raw

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
_STATED = {
    "indexed",
    "rejected/not_article",
    "rejected/no_text",
    "rejected/error_page",
    "rejected/unreadable_text",
    "rejected/not_vietnamese",
}
_LIMITS = {"failed/Timeout", "failed/MemoryLimit"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as store:
        yield store


def put(store: Store, archive: Path, name: str, body: bytes, *, run: int) -> None:
    url = f"https://tinh.example.vn/{name.replace(' ', '-')}.html"
    page = RawPage(
        portal="tinh", requested_url=url, final_url=url, status=200, headers=(("content-type", "text/html"),), body=body, fetched_at=NOW
    )
    with Archive(archive) as records:
        store.save_page(replace(page, record=records.write(page)), run=run, now=NOW)


@pytest.mark.timeout(280)  # 20 s on two idle cores; the bound of each page is asserted below
def test_stress_pages_end_within_their_share_or_stay_raw(store: Store, tmp_path: Path) -> None:
    archive, run = tmp_path / "archive", store.begin_run("crawl", NOW)
    for name, markup in HOSTILE.items():
        put(store, archive, name, article(body=markup + TEXT).encode(), run=run)
    put(store, archive, "last", article(body=TEXT).encode(), run=run)
    pool = worker_pool(ProcessorParts(label="stress"), 1)
    ended: dict[str, tuple[str, float]] = {}
    before = time.monotonic()

    def note(finished: object) -> None:
        nonlocal before
        now = time.monotonic()
        ended[finished.page.requested_url] = (finished.outcome, now - before)  # type: ignore[attr-defined]
        before = now

    try:
        report = process_pages(
            store, pending(store), archive=archive, parts=ProcessorParts(label="stress"), executor=pool, now=NOW, progress=note
        )
    finally:
        pool.shutdown(cancel_futures=True)
    assert PAGE_SECONDS == 10.0
    assert PAGE_MEMORY_BYTES == 512 << 20
    assert set(report.outcomes) <= _STATED | _LIMITS, report.failures
    assert len(ended) == len(HOSTILE) + 1
    assert ended["https://tinh.example.vn/last.html"][0] == "indexed", "the worker lives on, or another took its place"
    # One worker: a page's time is what passed since the one before, unless that one cost the worker and another had to start. By the
    # clock, of which a busy machine takes more than the worker counts (`test_workers.py` tells the two apart).
    most = HANG_FACTOR * PAGE_SECONDS + 2
    assert all(seconds < most for (outcome, _), (_, seconds) in itertools.pairwise(ended.values()) if outcome not in _LIMITS)
    bodies = {page.requested_url: page.record for page in store.archived_pages(100)}
    assert all(Archive(archive).read(record).body for record in bodies.values())


OPENINGS = (
    "<p>",
    "<b>",
    "<table>",
    "<td>",
    "<li>",
    "<a href=/x>",
    "<form>",
    "<svg>",
    "<math>",
    "<select>",
    "<template>",
    "<frameset>",
    "<!--",
)
CLOSINGS = ("", "</p>", "</table>", "</b></p>", "</body>", "</html>", "<![CDATA[", "<?xml ?>", "</br>", "<plaintext>", "&#x0;", "&#xD800;")
WRAPPINGS = (
    "{}",
    "<table>{}</table>",
    "<div class=noi-dung>{}",
    "<ruby><rt>{}",
    "<svg><foreignObject>{}",
    "<p><b><i>{}</i></b>",
    "<select>{}",
)


def test_broken_markup_never_raises() -> None:
    """In the manner of html5lib's tree construction tests: elements where they may not stand, unclosed, foreign, doubled."""
    count = 0
    for opening, closing, wrapping in itertools.product(OPENINGS, CLOSINGS, WRAPPINGS):
        page = article(body=wrapping.format(f"{opening}{PARAGRAPHS[0]}{closing}{PARAGRAPHS[1]}") + TEXT)
        for source in (page, page[: len(page) // 2]):
            count += 1
            try:
                document = extract(raw(source))
            except Rejected:
                continue
            assert document.text == normalize(document.text).strip()
    assert count > 2000


@pytest.mark.parametrize("place", ["title", "text", "author", "date", "class", "head"])
def test_naughty_strings_in_every_field(place: str) -> None:
    processor = Processor.load(ProcessorParts(label="stress"))
    for payload in (*hostile.ALL, *hostile.LINKS):
        page = {
            "title": article(title=payload, body=TEXT),
            "text": article(body=f"<p>{payload}</p>{TEXT}<p>{payload}</p>"),
            "author": article(body=f"{TEXT}<p align=right>{payload}</p>"),
            "date": article(under_title=f"<span class='date'>{payload}</span>", body=TEXT),
            "class": article(body=f"<div class='{payload}' style=\"{payload}\">{TEXT}</div>"),
            "head": article(head=f"<meta property='og:title' content='{payload}'><meta name='author' content=\"{payload}\">", body=TEXT),
        }[place]
        try:
            document = processor(raw(page))
        except Rejected:
            continue
        assert document.text == normalize(document.text).strip()
        assert "\x00" not in document.text + document.title + (document.author or "")


def test_a_bug_quarantines_its_page_with_the_reason(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, run = tmp_path / "archive", store.begin_run("crawl", NOW)
    for name in ("one", "broken", "three"):
        put(store, archive, name, article(title=f"Bài {name} về loa truyền thanh của xã", body=TEXT).encode(), run=run)

    def fail(page: RawPage, portal: object = None, **more: object) -> object:
        if "broken" in page.final_url:
            raise AssertionError("a bug in a library")
        return extract(page)

    monkeypatch.setattr("pipelines.process.extract", fail)
    with ThreadPoolExecutor(1) as executor:
        report = process_pages(store, pending(store), archive=archive, parts=ProcessorParts(label="quarantine"), executor=executor, now=NOW)
    assert report.outcomes == {"indexed": 2, "failed/AssertionError": 1}
    (state,) = store.page_states(outcome="failed")
    assert state.detail == "a bug in a library"
    assert Archive(archive).read(str(state.record)).body
