"""What is derived can be lost: the index comes back from the store, and the store's documents from the archive."""

from __future__ import annotations

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.pages import generate
from corpus.analysis import analyze
from corpus.document import Document
from corpus.index import open_index, rebuild_index
from corpus.index.base import Node, Phrase, Query, Words
from corpus.localities import Register
from corpus.store import Store, open_store
from corpus.text import fold
from pipelines.archive import Archive
from pipelines.batch import adopt_records, archived, process_pages
from pipelines.process import ProcessorParts
from tests.elasticsearch.node import Node as SearchNode

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
REGISTER = Register.load()
PAGES = 24


def process(store: Store, archive: Path) -> None:
    run = store.begin_run("process", NOW)
    broken: list[object] = []
    assert adopt_records(store, archive, run=run, on_broken=broken.append) == PAGES
    assert broken == []
    with ThreadPoolExecutor(1) as executor:
        parts = ProcessorParts(label="rules of the test")
        report = process_pages(store, archived(store), archive=archive, parts=parts, executor=executor, now=NOW)
    assert report.outcomes["indexed"] > PAGES / 2


def questions(documents: list[Document]) -> list[Node]:
    rng = random.Random(9)
    asked: list[Node] = []
    while len(asked) < 50:
        document = rng.choice(documents)
        words = [document.text[token.start : token.end] for token in analyze(document.text)]
        at = rng.randrange(len(words) - 3)
        typed = rng.choice((str, fold))
        asked.append(
            rng.choice((Words(typed(words[at])), Words(typed(" ".join(words[at : at + 2]))), Phrase(" ".join(words[at : at + 3]))))
        )
    return asked


def answers(place: str, asked: list[Node]) -> list[Any]:
    """Counts, facets, scores and the first ten; of those that share the tenth's score any may stand there."""
    found = []
    with closing(open_index(place, register=REGISTER)) as index:
        assert index.count(Query()) > PAGES / 2
        for where in asked:
            results = index.search(Query(where=where, limit=10, facets=("province", "activity", "year", "money")))
            last = results.hits[-1].score
            clear = [hit.id for hit in results.hits if hit.score > last * 1.0001] if results.total > 10 else None
            scores = [round(hit.score, 3) for hit in results.hits]
            ids = sorted(clear) if clear is not None else sorted(hit.id for hit in results.hits)
            found.append((results.total, results.facets, scores, ids))
    return found


def test_the_same_answers_after_every_loss(tmp_path: Path, search_node: SearchNode) -> None:
    archive, folder = tmp_path / "archive", tmp_path / "index"
    places = (str(folder), f"{search_node.url}/rebuilt")
    with Archive(archive) as written:
        for page in generate(PAGES):
            written.write(page)

    with open_store(tmp_path / "loa.db") as store:
        process(store, archive)
        documents = list(store.iter_documents())
        for place in places:
            with closing(open_index(place, register=REGISTER)) as index:
                for document in documents:
                    index.put(document)
        asked = questions(documents)
        before = [answers(place, asked) for place in places]
        assert all(total > 0 for total, *_ in before[0])
        assert [answer[:2] for answer in before[0]] == [answer[:2] for answer in before[1]]

        shutil.rmtree(folder)
        search_node.request("DELETE", "/rebuilt-*")
        for place, expected in zip(places, before, strict=True):
            assert rebuild_index(place, store.iter_documents(), register=REGISTER) == len(documents)
            assert answers(place, asked) == expected

    (tmp_path / "loa.db").unlink()
    with open_store(tmp_path / "loa.db") as store:
        process(store, archive)
        assert {document.id: document.content_hash for document in store.iter_documents()} == {
            document.id: document.content_hash for document in documents
        }
        for place, expected in zip(places, before, strict=True):
            rebuild_index(place, store.iter_documents(), register=REGISTER)
            assert answers(place, asked) == expected
    search_node.request("DELETE", "/rebuilt-*")
