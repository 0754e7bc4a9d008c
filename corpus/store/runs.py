"""Runs, what was observed at each source, and picking up after a crash."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.readings import Reading
from corpus.store.database import Database
from corpus.store.schema import frontier, meta, observations, runs, sources, visits
from corpus.store.sightings import write_sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    id: int
    kind: str
    state: str
    """``running``, ``ended``, ``interrupted``"""
    started_at: datetime
    ended_at: datetime | None
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    portal: str
    run: int
    at: datetime
    observation: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    portal: str
    first_seen: datetime
    last_visit: datetime | None
    last_success: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What `RunStore.recover` found of a run that did not end by itself."""

    urls: int
    """Addresses that were in flight and are due again."""
    runs: int


class RunStore(Database):
    def home_id(self) -> str:
        """Names this store for good, in backups of it too; made at the first call. An index on a server is marked with it."""
        with self._write() as connection:
            connection.execute(insert(meta).on_conflict_do_nothing(), {"key": "home", "value": secrets.token_hex(8)})
            return str(connection.execute(sa.select(meta.c.value).where(meta.c.key == "home")).scalar_one())

    def recover(self, now: datetime) -> Recovery:
        """Make due what was in flight and close runs that nobody ended. Call it only when no other run is alive."""
        with self._write() as connection:
            urls = connection.execute(
                sa.update(frontier).where(frontier.c.state == "in_flight").values(state="due", next_at=now, run=None)
            ).rowcount
            ended = connection.execute(sa.update(runs).where(runs.c.state == "running").values(state="interrupted", ended_at=now)).rowcount
        return Recovery(urls=urls, runs=ended)

    def begin_run(self, kind: str, now: datetime) -> int:
        with self._write() as connection:
            result = connection.execute(sa.insert(runs).values(kind=kind, state="running", started_at=now, summary={}))
            return _key(result)

    def note_run(self, run: int, summary: Mapping[str, Any]) -> None:
        """How far a run has come, for the one that goes on should this one be cut off."""
        with self._write() as connection:
            connection.execute(sa.update(runs).where(runs.c.id == run).values(summary=dict(summary)))

    def end_run(self, run: int, now: datetime, summary: Mapping[str, Any]) -> None:
        with self._write() as connection:
            connection.execute(sa.update(runs).where(runs.c.id == run).values(state="ended", ended_at=now, summary=dict(summary)))

    def runs(self, *, kind: str | None = None, limit: int = 20) -> list[Run]:
        """The latest first."""
        query = sa.select(runs).order_by(runs.c.id.desc()).limit(limit)
        if kind is not None:
            query = query.where(runs.c.kind == kind)
        with self._read() as connection:
            return [Run(**row) for row in connection.execute(query).mappings()]

    def observe(self, portal: str, run: int, now: datetime, observation: Mapping[str, Any]) -> None:
        """Keep what a run saw of a source: listing fetched, items known, causes of trouble (see ``monitor/health.py``)."""
        with self._write() as connection:
            touch_source(connection, portal, now)
            result = connection.execute(sa.insert(observations).values(portal=portal, run=run, at=now, observation=dict(observation)))
            write_sighting(connection, _key(result), portal, run, now, observation)

    def observations(self, portal: str | None = None, *, since: datetime | None = None) -> list[Observation]:
        """In the order they were made."""
        query = sa.select(observations).order_by(observations.c.id)
        if portal is not None:
            query = query.where(observations.c.portal == portal)
        if since is not None:
            query = query.where(observations.c.at >= since)
        with self._read() as connection:
            rows = connection.execute(query).mappings()
            return [Observation(portal=r["portal"], run=r["run"], at=r["at"], observation=r["observation"]) for r in rows]

    def readings(self, portal: str | None = None, *, since: datetime | None = None) -> list[Reading]:
        """What the crawler wrote with `observe`, in the order it was made."""
        return [Reading.from_plain(seen.portal, seen.run, seen.at, seen.observation) for seen in self.observations(portal, since=since)]

    def source_states(self) -> list[SourceState]:
        with self._read() as connection:
            return [SourceState(**row) for row in connection.execute(sa.select(sources).order_by(sources.c.portal)).mappings()]


def touch_source(connection: sa.Connection, portal: str, now: datetime, *, success: bool = False) -> None:
    seen: dict[str, Any] = {"last_visit": now} | ({"last_success": now} if success else {})
    statement = insert(sources).values(portal=portal, first_seen=now, **seen)
    connection.execute(statement.on_conflict_do_update(index_elements=["portal"], set_=seen))


def note_visit(connection: sa.Connection, *, portal: str, url: str, run: int, now: datetime, result: str, detail: str | None) -> None:
    touch_source(connection, portal, now, success=result != "failed")
    connection.execute(sa.insert(visits).values(portal=portal, url=url, run=run, at=now, result=result, detail=detail))


def _key(result: sa.CursorResult[Any]) -> int:
    primary_key = result.inserted_primary_key
    assert primary_key is not None
    return int(primary_key[0])
