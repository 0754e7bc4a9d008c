"""What each host's robots.txt said when it was read last, kept from run to run; what follows from it is `crawler/robots.py`'s.

One row for each origin (scheme, host and port), since RFC 9309 gives each a file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from corpus.store.database import Database
from corpus.store.schema import Instant, metadata

StatusClass = Literal["successful", "unavailable", "unreachable"]
"""RFC 9309, 2.3.1: a file was read; there is none (4xx, redirects without end); it could not be had (5xx, no answer)."""

robots_files = sa.Table(
    "robots_files",
    metadata,
    sa.Column("origin", sa.String, primary_key=True),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("status_class", sa.String, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("failing_since", Instant),
    sa.Column("read_at", Instant),
    sa.Column("body", sa.LargeBinary),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """The last answer of an origin, and the last file that was read, which outlives the time in which none can be had."""

    origin: str
    asked_at: datetime
    status_class: StatusClass
    status: int | None = None
    """HTTP status of the last answer; None without one."""
    failing_since: datetime | None = None
    """Since when it is unreachable; None while it is not."""
    read_at: datetime | None = None
    """When ``body`` was read; None where no file was ever read, or where a later answer said that there is none."""
    body: bytes | None = None


class RobotsStore(Database):
    def robots_file(self, origin: str) -> RobotsFile | None:
        with self._read() as connection:
            row = connection.execute(sa.select(robots_files).where(robots_files.c.origin == origin)).mappings().first()
        return None if row is None else RobotsFile(**row)

    def keep_robots_file(self, file: RobotsFile) -> None:
        """In the place of what was known of its origin."""
        values = {name: getattr(file, name) for name in RobotsFile.__slots__}
        with self._write() as connection:
            connection.execute(sa.delete(robots_files).where(robots_files.c.origin == file.origin))
            connection.execute(sa.insert(robots_files).values(**values))
