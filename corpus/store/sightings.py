"""One slim row a source and run, made from what the crawler observed: years of them load in a moment. And what people noted of a source.

The whole observation stays beside it (``runs.py``). What a row means is judged in ``monitor/health.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
import sqlalchemy as sa

from corpus.errors import InvalidData
from corpus.readings import Reading
from corpus.store.database import Database
from corpus.store.schema import observations, pages, sightings, source_notes

NoteKind = Literal["acknowledged", "paused", "resumed"]
"""``acknowledged``: somebody knows of the trouble; ``paused``: not to be reported before a time; ``resumed``: both no longer hold."""


class Sighting(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What counts of one `Reading`. New fields go to the end and have a default."""

    portal: str
    run: int
    at: datetime
    asked: bool
    read: bool
    """A list was fetched, parsed and still held known older items."""
    listed: bool
    first: bool
    robots: str
    causes: tuple[str, ...]
    """Words of ``docs/harvest.md``: of the ways in their order, then why the run left early."""
    blocked: bool
    moved_to: str
    """The first other host, or empty."""
    stopped: str
    known: int
    new: int
    fetched: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    """What a person decided about a source; the latest of a source counts."""

    portal: str
    kind: NoteKind
    cause: str | None
    """The cause that was acknowledged: another one is reported again."""
    until: datetime | None
    """First instant at which it no longer holds; None: until the source recovers (acknowledged) or is resumed (paused)."""
    who: str
    at: datetime
    note: str


def sighting_of(portal: str, run: int, at: datetime, observation: Mapping[str, Any]) -> Sighting:
    reading = Reading.from_plain(portal, run, at, observation)
    causes = [*reading.causes]
    asked, read, listed, known, new = reading.asked, reading.read, reading.listed, reading.known, reading.new
    if "ways" not in observation:  # the first release counted lists and named no ways
        known, new = int(observation.get("known_items", 0)), int(observation.get("new_urls", 0))
        listed = bool(observation.get("lists_read"))
        read = listed and known > 0
        asked = listed or bool(observation.get("lists_failed"))
        causes += observation.get("causes", {})
    if reading.stopped:
        causes.append(reading.stopped)
    return Sighting(
        portal=portal,
        run=run,
        at=at,
        asked=asked,
        read=read,
        listed=listed,
        first=reading.first,
        robots=reading.robots,
        causes=tuple(dict.fromkeys(causes)),
        blocked=bool(reading.blocked),
        moved_to=next(iter(reading.moved_to), ""),
        stopped=reading.stopped or "",
        known=known,
        new=new,
        fetched=reading.fetched,
        failed=reading.failed,
    )


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Sighting)


class SightingStore(Database):
    def sightings_revision(self) -> int:
        with self._read() as connection:
            return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(sightings.c.id), 0))).scalar_one())

    def sightings(self, *, after: int = 0) -> list[tuple[int, Sighting]]:
        """(number, row) of those made after that number, in the order they were made."""
        query = sa.select(sightings.c.id, sightings.c.sighting).where(sightings.c.id > after).order_by(sightings.c.id)
        with self._read() as connection:
            return [(key, _DECODER.decode(data)) for key, data in connection.execute(query)]

    def outcomes_by_run(self, since: datetime) -> list[tuple[str, int, str, int]]:
        """(portal, run, outcome, pages) of pages fetched since then and processed."""
        query = (
            sa.select(pages.c.portal, pages.c.run, pages.c.outcome, sa.func.count())
            .where(pages.c.fetched_at >= since, pages.c.outcome.is_not(None))
            .group_by(pages.c.portal, pages.c.run, pages.c.outcome)
            .order_by(pages.c.portal, pages.c.run, pages.c.outcome)
        )
        with self._read() as connection:
            return [(portal, run, outcome, count) for portal, run, outcome, count in connection.execute(query)]

    def add_source_note(
        self,
        portal: str,
        kind: str,
        *,
        who: str,
        now: datetime,
        cause: str | None = None,
        until: datetime | None = None,
        note: str = "",
    ) -> SourceNote:
        """Raises: InvalidData for an unknown kind, nobody's name or a time that is past."""
        if kind not in get_args(NoteKind):
            raise InvalidData(f"note {kind!r}: one of {', '.join(get_args(NoteKind))} is needed")
        if not who.strip():
            raise InvalidData("a note on a source names who made it")
        if until is not None and until <= now:
            raise InvalidData(f"until {until.isoformat()} is past: name a later time")
        values = {"portal": portal, "kind": kind, "cause": cause, "until": until, "who": who.strip(), "at": now, "note": note.strip()}
        with self._write() as connection:
            connection.execute(sa.insert(source_notes).values(**values))
        return SourceNote(**values)  # type: ignore[arg-type] # checked above

    def source_notes(self, portal: str | None = None) -> list[SourceNote]:
        """In the order they were made: the audit trail."""
        query = sa.select(source_notes).order_by(source_notes.c.id)
        if portal is not None:
            query = query.where(source_notes.c.portal == portal)
        with self._read() as connection:
            return [
                SourceNote(**{name: getattr(row, name) for name in SourceNote.__dataclass_fields__}) for row in connection.execute(query)
            ]

    def source_notes_revision(self) -> int:
        with self._read() as connection:
            return int(connection.execute(_NOTES_REVISION).scalar_one())


_NOTES_REVISION = sa.select(sa.func.coalesce(sa.func.max(source_notes.c.id), 0))
"""Made once: every page with figures asks for it."""


def write_sighting(connection: sa.Connection, key: int, portal: str, run: int, at: datetime, observation: Mapping[str, Any]) -> None:
    """In the transaction that writes the observation ``key``."""
    row = _ENCODER.encode(sighting_of(portal, run, at, observation))
    connection.execute(sa.insert(sightings).values(id=key, sighting=row))


def fill_sightings(connection: sa.Connection) -> None:
    for row in connection.execute(sa.select(observations).order_by(observations.c.id)).yield_per(500):
        write_sighting(connection, row.id, row.portal, row.run, row.at, row.observation)
