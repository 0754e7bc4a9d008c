"""Activity code list: what poverty communication does, 15 codes with their Vietnamese labels, legal bases and a crosswalk of the periods.

Which words in a text speak for an activity is not said here (see ``nlp/data/activity_cues.toml``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.errors import InvalidData
from corpus.tables import Entry, open_list

FILE = "activities.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    code: str
    """Key stored in tags; never renamed."""
    name: str
    """Vietnamese label shown to readers."""
    definition: str
    """One Vietnamese sentence: what counts and what does not."""
    merged: str
    """Label that joins it with its twin where both are counted as one (``access``, ``dialogue``); else the code itself."""
    bases: Mapping[str, str]
    """Programme code to the legal text that names this form in that period; a missing programme: none is known."""


@dataclass(frozen=True, slots=True)
class ActivityKey:
    """An activity in the period of one programme."""

    programme: str
    activity: str


@dataclass(frozen=True, slots=True)
class Continuation:
    """How an activity of one period goes on in the next."""

    earlier: ActivityKey
    later: tuple[ActivityKey, ...]
    """Empty: the legal text of the next period no longer names it."""
    note: str
    """Vietnamese: what the legal texts of both periods call it."""


@dataclass(frozen=True)
class Activities:
    """The list in the order in which it is shown."""

    activities: tuple[Activity, ...]
    version: str
    crosswalk: tuple[Continuation, ...] = ()

    @classmethod
    def load(cls, path: Path | None = None) -> Activities:
        """The bundled list, or the one at ``path``.

        Raises: InvalidData naming the file and the entry and field, or line, that is wrong.
        """
        top = open_list(path, package="corpus.data", name=FILE)
        version = top.string("version")
        found: list[Activity] = []
        for entry in top.entries("activity"):
            activity = Activity(
                code=entry.string("code"),
                name=entry.string("name"),
                definition=entry.string("definition"),
                merged=entry.string("merged"),
                bases=entry.mapping("bases"),
            )
            entry.finish()
            if any(activity.code == other.code for other in found):
                raise entry.wrong("code", f"{activity.code!r} stands twice")
            found.append(activity)
        if not found:
            raise InvalidData("no [[activity]] in the list", file=top.file)
        crosswalk = _crosswalk(top, found)
        top.finish()
        return cls(tuple(found), version, crosswalk)

    def __iter__(self) -> Iterator[Activity]:
        return iter(self.activities)

    def __len__(self) -> int:
        return len(self.activities)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(activity.code for activity in self.activities)

    def get(self, code: str) -> Activity | None:
        return self._by_code.get(code)

    def name(self, code: str) -> str:
        """The Vietnamese label; an unknown code is shown as it is."""
        found = self._by_code.get(code)
        return found.name if found else code

    def continuation(self, programme: str, activity: str) -> Continuation | None:
        """What comes of it in the next period; None where no text says so yet, or the list has no such activity in that programme.

        >>> Activities.load().continuation("gnbv-2016-2020", "visual").later
        ()
        >>> Activities.load().continuation("gnbv-2021-2025", "press")
        """
        return self._continued.get(ActivityKey(programme, activity))

    def predecessors(self, programme: str, activity: str) -> tuple[ActivityKey, ...] | None:
        """What it continues; empty where it is new in that period, None where nothing is known of the period before.

        >>> Activities.load().predecessors("gnbv-2021-2025", "dialogue")
        ()
        """
        found = self._by_code.get(activity)
        if found is None or programme not in found.bases or programme not in {key.programme for row in self.crosswalk for key in row.later}:
            return None
        return tuple(row.earlier for row in self.crosswalk if ActivityKey(programme, activity) in row.later)

    @cached_property
    def _continued(self) -> dict[ActivityKey, Continuation]:
        return {row.earlier: row for row in self.crosswalk}

    @cached_property
    def _by_code(self) -> dict[str, Activity]:
        return {activity.code: activity for activity in self.activities}


def _crosswalk(top: Entry, activities: Sequence[Activity]) -> tuple[Continuation, ...]:
    """Raises: InvalidData where an entry names what the bases do not, or one period is told of in part only."""
    known = [ActivityKey(programme, activity.code) for activity in activities for programme in activity.bases]
    rows: dict[ActivityKey, Continuation] = {}
    for entry in top.entries("crosswalk"):
        earlier = _key(Entry(entry.take("from"), file=top.file, place=f"{entry.place}, from"), known)
        later = tuple(_key(part, known) for part in entry.entries("to"))
        if earlier in rows:
            raise entry.wrong("from", f"{earlier.activity!r} of {earlier.programme!r} stands twice")
        if any(key.programme == earlier.programme for key in later):
            raise entry.wrong("to", f"{earlier.programme!r} does not follow itself")
        rows[earlier] = Continuation(earlier, later, entry.string("note"))
        entry.finish()
    told = {earlier.programme for earlier in rows}
    for key in known:
        if key.programme in told and key not in rows:
            raise InvalidData(
                f"crosswalk: {key.activity!r} of {key.programme!r} has no entry; an empty `to` says that it ends", file=top.file
            )
    return tuple(rows.values())


def _key(entry: Entry, known: Collection[ActivityKey]) -> ActivityKey:
    key = ActivityKey(entry.string("programme"), entry.string("activity"))
    entry.finish()
    if key not in known:
        raise entry.wrong("activity", f"{key.activity!r} has no legal basis in {key.programme!r}")
    return key
