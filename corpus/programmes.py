"""Programme code list: the poverty programmes of each period and their neighbours, with projects, sub-projects and a crosswalk.

Which words in a text speak for a programme is not said here (see ``nlp/programme.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from corpus.errors import InvalidData
from corpus.tables import Entry, open_list

FILE = "programmes.toml"


@dataclass(frozen=True, slots=True)
class Component:
    """A project (``6``) or sub-project (``6.1``)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ComponentKey:
    """A component of a programme; an empty ``component`` is the programme as a whole."""

    programme: str
    component: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    code: str
    name: str
    """Full Vietnamese name."""
    short: str
    basis: str
    """Legal text that set it up; empty for ``other``."""
    valid_from: date | None = None
    valid_to: date | None = None
    """First day after its period; None while none is set."""
    components: tuple[Component, ...] = ()

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Programmes:
    programmes: tuple[Programme, ...]
    links: tuple[tuple[ComponentKey, ComponentKey], ...]
    """(earlier, later) pairs."""
    version: str

    @classmethod
    def load(cls, path: Path | None = None) -> Programmes:
        """The bundled list, or the one at ``path``.

        Raises: InvalidData naming the file and the entry and field, or line, that is wrong.
        """
        top = open_list(path, package="corpus.data", name=FILE)
        version = top.string("version")
        found: list[Programme] = []
        for entry in top.entries("programme"):
            programme = _programme(entry)
            if any(programme.code == other.code for other in found):
                raise entry.wrong("code", f"{programme.code!r} stands twice")
            found.append(programme)
        if not found:
            raise InvalidData("no [[programme]] in the list", file=top.file)
        known = {ComponentKey(programme.code, code) for programme in found for code in ("", *(c.code for c in programme.components))}
        links = []
        for entry in top.entries("crosswalk"):
            earlier = _key(Entry(entry.take("from"), file=top.file, place=f"{entry.place}, from"), known)
            links += [(earlier, _key(later, known)) for later in entry.entries("to")]
            entry.finish()
        top.finish()
        return cls(tuple(found), tuple(links), version)

    def __iter__(self) -> Iterator[Programme]:
        return iter(self.programmes)

    def __len__(self) -> int:
        return len(self.programmes)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Programme | None:
        return self._by_code.get(code)

    def name(self, code: str) -> str:
        """The short Vietnamese label; an unknown code is shown as it is."""
        found = self._by_code.get(code)
        return found.short if found else code

    def valid_on(self, day: date) -> tuple[Programme, ...]:
        return tuple(programme for programme in self.programmes if programme.valid_on(day))

    def successors(self, programme: str, component: str = "") -> tuple[ComponentKey, ...]:
        """What continues it in the next period; empty where no text says so."""
        key = ComponentKey(programme, component)
        return tuple(later for earlier, later in self.links if earlier == key)

    def predecessors(self, programme: str, component: str = "") -> tuple[ComponentKey, ...]:
        """What it continues."""
        key = ComponentKey(programme, component)
        return tuple(earlier for earlier, later in self.links if later == key)

    @cached_property
    def _by_code(self) -> dict[str, Programme]:
        return {programme.code: programme for programme in self.programmes}


def _programme(entry: Entry) -> Programme:
    components = []
    for part in entry.entries("components"):
        components.append(Component(part.string("code"), part.string("name")))
        part.finish()
    codes = [component.code for component in components]
    if len(set(codes)) != len(codes):
        raise entry.wrong("components", "a code stands twice")
    programme = Programme(
        code=entry.string("code"),
        name=entry.string("name"),
        short=entry.string("short"),
        basis=entry.string("basis", default=""),
        valid_from=entry.day("valid_from"),
        valid_to=entry.day("valid_to"),
        components=tuple(components),
    )
    entry.finish()
    if programme.valid_from and programme.valid_to and programme.valid_to <= programme.valid_from:
        raise entry.wrong("valid_to", f"{programme.valid_to} is not after valid_from")
    return programme


def _key(entry: Entry, known: set[ComponentKey]) -> ComponentKey:
    key = ComponentKey(entry.string("programme"), entry.string("component", default=""))
    entry.finish()
    if key not in known:
        raise entry.wrong("programme", f"{key.programme!r} with component {key.component!r} is not in the list")
    return key
