"""Activity code list: what poverty communication does, 15 codes with their Vietnamese labels and legal bases.

Which words in a text speak for an activity is not said here (see ``nlp/data/activity_cues.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.errors import InvalidData
from corpus.tables import open_list

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


@dataclass(frozen=True)
class Activities:
    """The list in the order in which it is shown."""

    activities: tuple[Activity, ...]
    version: str

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
        top.finish()
        if not found:
            raise InvalidData("no [[activity]] in the list", file=top.file)
        return cls(tuple(found), version)

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

    @cached_property
    def _by_code(self) -> dict[str, Activity]:
        return {activity.code: activity for activity in self.activities}
