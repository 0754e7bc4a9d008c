"""Entries made in processes are those made here, and an index of them is the same index."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from corpus.index import open_index, rebuild_index
from corpus.index.base import Query, Words
from corpus.index.fields import entry
from corpus.localities import Register
from corpus.store import Store, open_store
from pipelines.indexing import entries
from pipelines.workers import WorkerPool
from tests.search_samples import ALL, FETCHED, make_document

MANY = (*ALL, *(make_document(f"{number:024d}", f"Tin {number}", "Xã lắp loa cho bản.") for number in range(230)))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("indexing") / "loa.db") as opened:
        for document in MANY:
            opened.put_document(document, FETCHED)
        yield opened


@pytest.fixture(params=["none", "threads", "processes"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor | None]:
    if request.param == "none":
        yield None
        return
    with ThreadPoolExecutor(2) if request.param == "threads" else WorkerPool(1, seconds=60) as pool:
        yield pool


def test_every_document_has_its_entry_once(store: Store, executor: Executor | None) -> None:
    register = Register.load()
    done: list[int] = []
    found = list(entries(store, executor=executor, progress=done.append))
    assert [made.id for made in found] == sorted(document.id for document in MANY)
    after = sorted(document.id for document in MANY)[210]
    assert [made.id for made in entries(store, after=after, executor=executor)] == sorted(d.id for d in MANY if d.id > after)
    expected = {document.id: entry(document, register) for document in store.iter_documents()}
    assert {made.id: made for made in found} == expected
    assert done[-1] == len(MANY)


def test_an_index_of_entries_is_that_of_the_documents(store: Store, tmp_path: Path) -> None:
    for name, made in (("documents", store.iter_documents()), ("entries", entries(store))):
        assert rebuild_index(tmp_path / name, made) == len(MANY)
    query = Query(where=Words("nghèo"), facets=("province", "activity", "money"), sort="newest")
    with closing(open_index(tmp_path / "documents")) as one, closing(open_index(tmp_path / "entries")) as other:
        assert one.search(query) == other.search(query)
        assert one.count(Query()) == other.count(Query()) == len(MANY)
        assert one.get(ALL[0].id) == other.get(ALL[0].id) == ALL[0].content_hash
