"""The database file: opening, creating, migrating, transactions and the translation of foreign errors.

The only engine today is SQLite in one file. What is kept is the business of the neighbouring modules.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from corpus.errors import CorpusError, InvalidData, StoreUnavailable
from corpus.store.schema import meta

Step = Callable[[sa.Connection], None]
"""Makes one schema version out of the one before it (`migrations`)."""

BUSY_TIMEOUT_SECONDS = 30
"""A crawl and a processing run write to one file; each transaction is short, so half a minute means that something hangs."""

_DAMAGED = (
    "the database is damaged ({reason}): nothing was changed. Put the last backup in its place, or move the file away and run "
    "`loa process --all`, which rebuilds the documents from the archive (reviews are only in the backup)"
)


class Database:
    """One SQLite file with WAL, foreign keys and a commit that survives power loss (synchronous=FULL)."""

    def __init__(self, engine: sa.Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        """One transaction that takes the write lock at once: a later upgrade from reading could not wait for its turn."""
        with translated(self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        """One snapshot; never waits for a writer."""
        with translated(self.path), self._engine.connect().execution_options(reading=True) as connection:
            yield connection

    def schema_version(self) -> int:
        with self._read() as connection:
            return _version(connection, self.path)

    def check(self) -> list[str]:
        """What SQLite's own integrity and foreign key checks complain about; empty when sound. Reads the whole file."""
        with self._read() as connection:
            faults = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
            faults += [f"foreign key of {row[0]} row {row[1]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        return faults

    def let_go(self) -> None:
        """Closes the connections that nobody uses; others are opened when they are needed. No connection survives a fork."""
        self._engine.dispose()

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Foreign exceptions as ours: a busy, full or read-only database can be tried again, a damaged one cannot."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(error.orig, path) from error
    except sqlite3.Error as error:
        raise _translate(error, path) from error


def _translate(error: BaseException | None, path: Path) -> CorpusError:
    reason = str(error)
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return InvalidData(_DAMAGED.format(reason=reason), file=str(path))
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable(f"{path}: the database is locked by another run: wait until it ends, then try again")
    if primary == sqlite3.SQLITE_FULL:
        return StoreUnavailable(f"{path}: the disk is full: free some space, then run the same command again, nothing was lost")
    if primary == sqlite3.SQLITE_READONLY:
        return StoreUnavailable(f"{path}: the database cannot be written: check the owner and the rights of the folder")
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM):
        return StoreUnavailable(f"{path}: the database cannot be opened or read ({reason}): check the disk and the rights of the folder")
    if isinstance(error, sqlite3.OperationalError) and "no such" in reason:
        return InvalidData(_DAMAGED.format(reason=reason), file=str(path))
    return StoreUnavailable(f"{path}: {reason}")


def open_database(path: Path, *, steps: tuple[Step, ...]) -> sa.Engine:
    """An engine on a database of the schema that all ``steps`` make: made when the file is missing, migrated when it is older.

    Raises: InvalidData for a damaged file, one of a newer release or one that is not ours; StoreUnavailable.
    """
    if not path.exists():
        _create(path, steps)
    if path.stat().st_size == 0:
        # We create the file whole under another name (`_create`), so an empty one was never ours: it was cut off.
        raise InvalidData(_DAMAGED.format(reason="the file is empty"), file=str(path))
    engine = _engine(path)
    try:
        with translated(path):
            _migrate(engine, path, steps)
            with engine.connect().execution_options(reading=True) as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except CorpusError:
        engine.dispose()
        raise
    return engine


def _engine(path: Path, *, journal: str = "WAL") -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_SECONDS})

    def connect(raw: sqlite3.Connection, _: object) -> None:
        # sqlite3 would open transactions by itself, and only before some statements; SQLAlchemy shall do it (see its pysqlite notes).
        raw.isolation_level = None
        raw.execute(f"PRAGMA journal_mode={journal}")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")

    def begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "begin", begin)
    return engine


def _create(path: Path, steps: tuple[Step, ...]) -> None:
    """Make the file whole under another name and link it into place: a crash in between leaves no half-made database."""
    leftovers = [name for suffix in ("-wal", "-journal") if (name := Path(f"{path}{suffix}")).exists()]
    if leftovers:
        raise InvalidData(_DAMAGED.format(reason=f"{leftovers[0].name} is there, the database itself is missing"), file=str(path))
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        engine = _engine(draft, journal="DELETE")
        with translated(path), engine.begin() as connection:
            _build(connection, steps)
        engine.dispose()
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was faster: its database is as good as ours
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{path}: cannot be created ({error.strerror}): check the disk and the rights of the folder") from error


def _build(connection: sa.Connection, steps: tuple[Step, ...], *, start: int = 0) -> None:
    """Run the steps after version ``start`` and note the new version, all in the caller's transaction."""
    for step in steps[start:]:
        step(connection)
    connection.execute(sa.delete(meta).where(meta.c.key == "schema_version"))
    connection.execute(sa.insert(meta).values(key="schema_version", value=str(len(steps))))


def _version(connection: sa.Connection, path: Path) -> int:
    tables = set(sa.inspect(connection).get_table_names())
    if meta.name not in tables:
        raise InvalidData("this is a SQLite database, but not one of loa: name another home with --home", file=str(path))
    value = connection.execute(sa.select(meta.c.value).where(meta.c.key == "schema_version")).scalar_one_or_none()
    if value is None or not str(value).isdigit():
        raise InvalidData(_DAMAGED.format(reason=f"schema version {value!r}"), file=str(path))
    return int(value)


def _migrate(engine: sa.Engine, path: Path, steps: tuple[Step, ...]) -> None:
    newest = len(steps)
    with engine.connect().execution_options(reading=True) as connection:
        found = _version(connection, path)
    if found > newest:
        raise InvalidData(
            f"made by a newer release (schema {found}; this one knows {newest}): install that release, or name another home with --home",
            file=str(path),
        )
    if found < newest:
        with engine.begin() as connection:
            found = _version(connection, path)  # again, now that nobody else can migrate
            _build(connection, steps, start=found)


__all__ = ["Database", "Step", "open_database", "translated"]
