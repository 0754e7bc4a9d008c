"""The database file: made whole, migrated by steps, never silently rebuilt; what is damaged or foreign is named."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from corpus.errors import CorpusError, InvalidData, StoreUnavailable
from corpus.store import FoundUrl, open_store
from corpus.store.database import _translate, open_database
from corpus.store.migrations import SCHEMA_VERSION, STEPS
from corpus.store.schema import metadata

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def fill(path: Path) -> None:
    with open_store(path) as store:
        store.enqueue("tinh", [FoundUrl(url=f"http://a.vn/{n}", canonical_url=f"http://a.vn/{n}") for n in range(200)], NOW)


def columns(path: Path) -> dict[str, set[str]]:
    with sqlite3.connect(path) as raw:
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {table: {row[1] for row in raw.execute(f"PRAGMA table_info({table})")} for table in tables}
    raw.close()
    return found


def test_the_steps_make_the_tables_that_the_code_describes(tmp_path: Path) -> None:
    fill(tmp_path / "loa.db")
    described = {table.name: {column.name for column in table.columns} for table in metadata.sorted_tables}
    assert columns(tmp_path / "loa.db") == described


def test_the_file_is_durable_and_has_its_version(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "loa.db"
    with open_store(path) as store, store._write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with open_store(path) as store:
        assert store.schema_version() == SCHEMA_VERSION
    assert [file.name for file in path.parent.iterdir()] == ["loa.db"]


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_older_database_migrates_and_keeps_its_rows(tmp_path: Path, version: int) -> None:
    path = tmp_path / "loa.db"
    engine = open_database(path, steps=STEPS[:version])
    with engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO runs (kind, state, started_at, summary) VALUES ('crawl', 'ended', '2026-01-01T00:00:00.000000Z', '{}')")
        )
    engine.dispose()
    with open_store(path) as store:
        assert store.schema_version() == SCHEMA_VERSION
        assert [run.kind for run in store.runs()] == ["crawl"]
        store.add_review("d1", "activity", "press", "accept", None, "lan", NOW)
        assert store.check() == []


def test_a_step_that_fails_leaves_the_older_database_whole(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    fill(path)

    def broken(connection: sa.Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half_done (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")

    with pytest.raises(CorpusError):
        open_database(path, steps=(*STEPS, broken))
    assert "half_done" not in columns(path)
    with open_store(path) as store:
        assert store.frontier_counts() == {"due": 200}


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    open_database(path, steps=(*STEPS, lambda connection: None)).dispose()
    before = path.read_bytes()
    with pytest.raises(InvalidData, match="newer release") as caught:
        open_store(path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100:8000] = b"\xff" * 7900
    path.write_bytes(content)


def lose_version(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("UPDATE meta SET value = 'x'")
    raw.commit()
    raw.close()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        pytest.param(cut, "damaged", id="cut"),
        pytest.param(overwrite, "damaged", id="overwritten"),
        pytest.param(lambda path: path.write_bytes(b""), "empty", id="empty"),
        pytest.param(lambda path: path.write_bytes(b"Not a database at all. " * 400), "damaged", id="text"),
        pytest.param(lose_version, "schema version", id="no-version"),
    ],
)
def test_a_damaged_file_is_named_and_not_touched(tmp_path: Path, damage: object, says: str) -> None:
    path = tmp_path / "loa.db"
    fill(path)
    assert callable(damage)
    damage(path)
    before = path.read_bytes()
    with pytest.raises(InvalidData, match=says) as caught, open_store(path) as store:
        store.due("tinh", NOW, 1000)
    assert str(path) in str(caught.value)
    assert "backup" in str(caught.value)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE cookies (name TEXT)")
    raw.commit()
    raw.close()
    with pytest.raises(InvalidData, match="not one of loa"):
        open_store(path)


def test_a_database_that_vanished_beside_its_log_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    Path(f"{path}-wal").write_bytes(b"x")
    with pytest.raises(InvalidData, match="missing"):
        open_store(path)
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be created"):
        open_store(blocked / "loa.db")


def test_a_locked_database_says_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.store.database.BUSY_TIMEOUT_SECONDS", 0)
    path = tmp_path / "loa.db"
    with open_store(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            store.begin_run("crawl", NOW)
        assert store.runs() == [], "reading goes on"
        other.execute("ROLLBACK")
        other.close()
        store.begin_run("crawl", NOW)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_CORRUPT, InvalidData),
        (sqlite3.SQLITE_NOTADB, InvalidData),
        (sqlite3.SQLITE_BUSY, StoreUnavailable),
        (sqlite3.SQLITE_LOCKED, StoreUnavailable),
        (sqlite3.SQLITE_FULL, StoreUnavailable),
        (sqlite3.SQLITE_READONLY, StoreUnavailable),
        (sqlite3.SQLITE_IOERR, StoreUnavailable),
        (sqlite3.SQLITE_CANTOPEN, StoreUnavailable),
        (sqlite3.SQLITE_PERM, StoreUnavailable),
        (sqlite3.SQLITE_NOMEM, StoreUnavailable),
    ],
)
def test_every_foreign_error_is_translated(code: int, kind: type[CorpusError]) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code | (3 << 8)  # extended codes carry more in the upper bits
    found = _translate(error, Path("/home/x/loa.db"))
    assert type(found) is kind
    assert "/home/x/loa.db" in str(found)


def test_threads_share_one_store(tmp_path: Path) -> None:
    with open_store(tmp_path / "loa.db") as store:

        def work(number: int) -> None:
            for step in range(20):
                store.enqueue("tinh", [FoundUrl(url=f"u{number}-{step}", canonical_url=f"u{number}-{step}")], NOW)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.frontier_counts() == {"due": 80}


def _write_in_process(path: Path, number: int) -> None:
    with open_store(path) as store:
        for step in range(20):
            store.enqueue("tinh", [FoundUrl(url=f"u{number}-{step}", canonical_url=f"u{number}-{step}")], NOW)


def test_processes_share_one_file(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_in_process, args=(tmp_path / "loa.db", number)) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    with open_store(tmp_path / "loa.db") as store:
        assert store.frontier_counts() == {"due": 40}
