"""`kill -9` at random points of crawl, processing and indexing, then again: nothing lost, nothing twice, nothing stuck."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.index import open_index
from corpus.index.base import Query
from corpus.store import open_store
from tests.fitted import make_home

SITES = ("mau-yenbai",)
"""The example portal with lists of several pages and an attachment; one is enough, since runs are killed twenty times."""
KILLS_PER_HOME = 4
HOMES = 5
RESTART_SECONDS = 5.0


# Steps of the work, the same on every machine, however slow.
PROGRESS = (
    "SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM visits) + (SELECT count(*) FROM pages)"
    " + (SELECT count(*) FROM pages WHERE outcome IS NOT NULL) + (SELECT count(*) FROM documents WHERE indexed_revision = revision)"
)


@dataclass(frozen=True)
class Reference:
    home: Path
    steps: int
    """`steps_of` when all is done."""
    documents: dict[str, str]
    """Id to content hash after a run that nobody disturbed."""
    pages: int


def start(home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cli.main", "--home", str(home), "--workers", "1", "demo", "--no-serve"]
    for site in SITES:
        command += ["--site", site]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(home: Path) -> None:
    process = start(home)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()


def documents_of(home: Path) -> tuple[dict[str, str], int]:
    with open_store(home / "loa.db") as store:
        return {document.id: document.content_hash for document in store.iter_documents()}, sum(store.outcomes().values())


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    home = make_home(tmp_path_factory.mktemp("reference"))
    finish(home)
    documents, pages = documents_of(home)
    return Reference(home, steps_of(home), documents, pages)


def steps_of(home: Path) -> int:
    """How far the work has come, read beside a run; 0 before there is a store."""
    try:
        with closing(sqlite3.connect(f"file:{home / 'loa.db'}?mode=ro", uri=True)) as store:
            return int(store.execute(PROGRESS).fetchone()[0])
    except sqlite3.OperationalError:  # not made yet, or its tables
        return 0


def kill_somewhere(home: Path, reference: Reference, chance: random.Random) -> bool:
    """Whether it was still at work; half of the kills take its children along, the others must be noticed by them.

    The moment is drawn from the work that is left, however long that takes, and a little time beyond, between two steps.
    Children that outlive a kill keep the pipe open, so that `communicate` never returns.
    """
    done = steps_of(home)
    wanted = chance.randint(done, max(done + 2, reference.steps - 1))
    with_children, beyond = chance.random() < 0.5, chance.uniform(0, 0.3)
    process = start(home)
    while process.poll() is None and steps_of(home) < wanted:
        time.sleep(0.005)
    time.sleep(beyond)
    at_work = process.poll() is None
    if with_children:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
    return at_work


def check(home: Path, reference: Reference) -> None:
    documents, pages = documents_of(home)
    assert documents == reference.documents, "nothing lost, nothing twice"
    with open_store(home / "loa.db") as store:
        assert store.check() == []
        assert store.count_versions() == len(documents), "no second version of what did not change"
        assert "pending" not in store.outcomes()
        assert set(store.frontier_counts()) == {"done"}, "no address is stuck"
        assert store.count_unindexed() == 0
        assert all(run.state != "running" for run in store.runs(limit=100))
    assert pages >= reference.pages
    index = open_index(home / "index")
    try:
        assert index.count(Query()) == len(documents)
        assert all(index.get(key) == content for key, content in documents.items())
    finally:
        index.close()


@pytest.mark.timeout(1200)  # each is up to five starts of the whole program: some 20 s on two idle cores
@pytest.mark.parametrize("seed", range(HOMES))
def test_a_killed_run_goes_on_where_it_was(reference: Reference, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    home = make_home(tmp_path / "home")
    # The same ports: on some systems an article is known by its address.
    shutil.copy(reference.home / "demo-ports.json", home)
    killed = sum(kill_somewhere(home, reference, chance) for _ in range(KILLS_PER_HOME))
    assert killed, "at least the first is in the middle of the work"
    started = time.monotonic()
    if (home / "loa.db").exists():
        with open_store(home / "loa.db") as store:
            store.outcomes()
    assert time.monotonic() - started < RESTART_SECONDS
    finish(home)
    check(home, reference)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(200, 210))
def test_two_hundred_kills(reference: Reference, tmp_path: Path, seed: int) -> None:
    """Twenty for each seed."""
    chance = random.Random(seed)
    killed = number = 0
    while killed < 20:
        home = make_home(tmp_path / f"home-{number}")
        number += 1
        shutil.copy(reference.home / "demo-ports.json", home)
        killed += sum(kill_somewhere(home, reference, chance) for _ in range(KILLS_PER_HOME))
        finish(home)
        check(home, reference)
