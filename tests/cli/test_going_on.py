"""Commands that do everything again and are killed (``kill -9``) in the middle: the next run goes on, with one outcome each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import cli.commands_again
from cli.app import run
from corpus.errors import IndexUnavailable
from corpus.index import Entry, open_index
from corpus.index.base import Query, Words
from corpus.store import open_store
from tests.cli.conftest import ARTICLE, Loa
from tests.search_samples import FETCHED, make_document

KILLED = """
import os, signal, sys
import corpus.index.embedded, pipelines.batch, cli.commands_again
from corpus.store import Store
from cli.app import run

corpus.index.embedded.BUILD_PART = 50
pipelines.batch._PART = 2
left = int(sys.argv[1])

def counted(function):
    def call(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return call

Store.finish_page = counted(Store.finish_page)
honest = cli.commands_again.entries
cli.commands_again.entries = lambda *a, **o: map(counted(lambda entry: entry), honest(*a, **o))
run(sys.argv[2:])
"""


def killed(after: int, *arguments: object) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(after), *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()


def test_reindex_goes_on(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.index.embedded.BUILD_PART", 50)
    place = ("--home", str(tmp_path))
    with open_store(tmp_path / "loa.db") as store:
        for number in range(170):
            store.put_document(make_document(f"{number:024d}", f"Tin {number}", "Xã lắp loa cho bản."), FETCHED)
    killed(120, *place, "reindex")
    assert run([*place, "search", "loa"]) == 1
    assert "not built to its end" in capfd.readouterr().err
    assert run([*place, "reindex", "--json"]) == 0
    said = capfd.readouterr()
    assert json.loads(said.out)["documents"] == 170
    assert "going on behind" in said.err
    index = open_index(tmp_path / "index")
    assert (index.count(Query()), index.count(Query(where=Words("loa")))) == (170, 170)
    assert len(set(index.scan(Query()))) == 170
    index.close()
    with open_store(tmp_path / "loa.db") as store:
        assert store.unindexed(1) == []

    # A document that came in between makes it another build.
    honest = cli.commands_again.entries

    def cut_off(*arguments: Any, **options: Any) -> Iterator[Entry]:
        yield from islice(honest(*arguments, **options), 120)
        raise IndexUnavailable("gone")

    monkeypatch.setattr("cli.commands_again.entries", cut_off)
    assert run([*place, "reindex"]) == 75
    monkeypatch.setattr("cli.commands_again.entries", honest)
    with open_store(tmp_path / "loa.db") as store:
        store.put_document(make_document(f"{3:024d}x", "Tin mới", "Xã bỏ đài."), FETCHED)
    capfd.readouterr()
    assert run([*place, "reindex"]) == 0
    assert "going on behind" not in capfd.readouterr().err
    index = open_index(tmp_path / "index")
    assert (index.count(Query()), index.count(Query(where=Words("đài")))) == (171, 1)
    index.close()


def test_process_all_goes_on(loa: Loa, home: Path, tmp_path: Path) -> None:
    files = []
    for number in range(5):
        files.append(tmp_path / f"tin{number}.txt")
        files[-1].write_text(ARTICLE.replace("35 người", f"{number + 30} người").replace("mở lớp", f"mở lớp thứ {number}", 1), "utf-8")
    assert loa("import", *files).code == 0
    with open_store(home / "loa.db") as store:
        before = (store.outcomes(), {document.id: document for document in store.iter_documents()})
    assert before[0] == {"indexed": 5}
    killed(3, "--home", home, "--workers", "1", "process", "--all")
    again = loa("process", "--all", "--json")
    assert again.code == 0
    assert "going on behind" in again.err
    assert again.rows == [{"pages": 3, "outcomes": {"indexed": 3}, "indexed_documents": 0}]
    with open_store(home / "loa.db") as store:
        assert (store.outcomes(), {document.id: document for document in store.iter_documents()}) == before
        cut_off = store.begin_run("process-all", FETCHED)  # as a kill leaves it
        store.note_run(cut_off, store.runs(kind="process-all", limit=2)[1].summary | {"made_by": "other rules", "after": 3})
    assert loa("process", "--all", "--json").rows[0]["pages"] == 5
