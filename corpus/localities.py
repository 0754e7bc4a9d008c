"""The dated register of administrative units: 63 provinces, districts and communes before 1 July 2025, 34 provinces and communes since.

Codes: ``v1-`` plus the statistics office's code for units before the reform (2 digits a province, 3 a district, 5 a commune; a unit
whose code was passed on to another is ``v1-x-<slug>``), ``v2-`` plus the code since, ``VN`` the country, ``R-<slug>`` a region.
A unit may have several forms (type, name or parent changed while the code stayed). Finding names in prose is not done here (see
``nlp/locality.py``); a name that fits several units gives all of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from corpus.errors import InvalidData
from corpus.locality_names import name_key
from corpus.text import fold

REFORM = date(2025, 7, 1)
"""First day of 34 provinces and two levels (Nghị quyết 202/2025/QH15 and the laws in force from that day)."""

Level = Literal["country", "region", "province", "district", "commune"]
LEVELS: tuple[Level, ...] = ("country", "region", "province", "district", "commune")
TYPE_LEVELS: Mapping[str, tuple[Level, ...]] = {
    "tỉnh": ("province",),
    "thành phố": ("province", "district"),
    "huyện": ("district",),
    "quận": ("district",),
    "thị xã": ("district",),
    "xã": ("commune",),
    "phường": ("commune",),
    "thị trấn": ("commune",),
    "đặc khu": ("commune",),
    "vùng": ("region",),
    "quốc gia": ("country",),
}
_SHORT_FORMS = {"tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "h": "huyện", "q": "quận", "p": "phường", "x": "xã"}
_SHORT_TYPES: Mapping[str, tuple[Level, ...]] = {short: TYPE_LEVELS[kind] for short, kind in _SHORT_FORMS.items()}
_COLUMNS = ("code", "name", "type", "level", "parent", "valid_from", "valid_to", "predecessors", "successors")


@dataclass(frozen=True, slots=True)
class Locality:
    """One form of a unit; valid on ``valid_from <= day < valid_to``."""

    code: str
    name: str
    """Without the type word: ``Điện Bàn``; numbered wards and quarters have the bare number."""
    type: str
    level: Level
    parent: str | None
    valid_from: date | None
    """None: not known, or as long as anybody remembers."""
    valid_to: date | None
    """First day on which it no longer is; None for units of today and for former ones whose end is not known."""
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()

    @property
    def generation(self) -> str:
        """``v1``, ``v2``, or empty for the country and regions."""
        return self.code[:2] if self.code[2:3] == "-" else ""


class Register:
    """All units; ``Register.load()`` reads the packaged list."""

    def __init__(self, localities: Iterable[Locality], aliases: Iterable[tuple[str, str]] = ()) -> None:
        """``localities`` in any order, but of one code the latest form last. ``aliases`` are (written form, code)."""
        self._forms: dict[str, tuple[Locality, ...]] = {}
        for locality in localities:
            self._forms[locality.code] = (*self._forms.get(locality.code, ()), locality)
        self.aliases = tuple(aliases)
        self._today: dict[str, tuple[str, ...]] = {}
        self._provinces_before: dict[str, tuple[str, ...]] = {}

    @classmethod
    def load(cls, path: Traversable | None = None, aliases: Traversable | None = None) -> Register:
        """Raises: InvalidData naming file, line and value."""
        folder = files("corpus").joinpath("data")
        register = cls(_read_localities(path or folder / "localities.csv"))
        register.aliases = tuple(_read_aliases(aliases or folder / "locality_aliases.csv", register))
        return register

    def __len__(self) -> int:
        return len(self._forms)

    def __iter__(self) -> Iterator[Locality]:
        return (forms[-1] for forms in self._forms.values())

    def get(self, code: str, on: date | None = None) -> Locality | None:
        """The unit in its latest form, or in the form it had on a day as far as known; None for a code that is not in the register."""
        forms = self._forms.get(code)
        if forms is None:
            return None
        if on is not None:
            for form in forms[:-1]:
                if form.valid_to is not None and on < form.valid_to and _may_be_valid(form, on):
                    return form
        return forms[-1]

    def forms(self, code: str) -> tuple[Locality, ...]:
        return self._forms.get(code, ())

    def units(self, level: Level, on: date) -> tuple[Locality, ...]:
        """Units of a level that surely existed on a day, in code order; former ones whose end is not known are left out."""
        found = []
        for code in sorted(self._forms):
            forms = self._forms[code]
            form = self.get(code, on)
            if form is None or form.level != level or not _may_be_valid(form, on):
                continue
            if forms[-1].valid_to is None and forms[-1].generation == "v1":
                continue
            found.append(form)
        return tuple(found)

    def by_name(self, name: str, on: date | None = None, level: Level | None = None, within: str | None = None) -> tuple[Locality, ...]:
        """All units that may bear the name, in code order; more than one means that the name alone does not decide.

        A leading type word narrows the level but not the type, since types change (huyện Phú Quốc, thành phố Phú Quốc). A name typed
        without any accent is compared without accents. ``on`` leaves out what surely did not exist on that day, ``within`` keeps units
        inside that unit.
        """
        key = name_key(name)
        codes = set(self._names.get(key, ()))
        for kind, levels in (*TYPE_LEVELS.items(), *_SHORT_TYPES.items()):
            if key.startswith(kind + " "):
                rest = self._names.get(key[len(kind) + 1 :], ())
                codes.update(code for code in rest if self._forms[code][-1].level in levels)
        if not codes and key == fold(key):
            codes = self._by_folded(key)
        found = []
        for code in sorted(codes):
            locality = self._forms[code][-1]
            if level is not None and locality.level != level:
                continue
            if on is not None and not any(_may_be_valid(form, on) for form in self._forms[code]):
                continue
            if within is not None and code != within and within not in self.ancestors(code):
                continue
            found.append((self.get(code, on) if on else None) or locality)
        return tuple(found)

    def _by_folded(self, key: str) -> set[str]:
        codes = set(self._folded_names.get(key, ()))
        for kind, levels in TYPE_LEVELS.items():
            if key.startswith(fold(kind) + " "):
                rest = self._folded_names.get(key[len(kind) + 1 :], ())
                codes.update(code for code in rest if self._forms[code][-1].level in levels)
        return codes

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        names: dict[str, dict[str, None]] = {}
        for code, forms in self._forms.items():
            for form in forms:
                names.setdefault(name_key(form.name), {})[code] = None
        for alias, code in self.aliases:
            names.setdefault(name_key(alias), {})[code] = None
        return {key: tuple(codes) for key, codes in names.items()}

    @cached_property
    def _folded_names(self) -> dict[str, tuple[str, ...]]:
        names: dict[str, dict[str, None]] = {}
        for key, codes in self._names.items():
            names.setdefault(fold(key), {}).update(dict.fromkeys(codes))
        return {key: tuple(codes) for key, codes in names.items()}

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """`name_key` of every name and alias to the codes that bear it."""
        return self._names

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        children: dict[str, dict[str, None]] = {}
        for code, forms in self._forms.items():
            for form in forms:
                if form.parent:
                    children.setdefault(form.parent, {})[code] = None
        return {parent: tuple(codes) for parent, codes in children.items()}

    def children(self, code: str) -> tuple[str, ...]:
        """Units that are or were directly under this one."""
        return self._children.get(code, ())

    def ancestors(self, code: str) -> frozenset[str]:
        """Every unit that this one is or was inside, itself left out."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            for form in self._forms.get(waiting.pop(), ()):
                if form.parent and form.parent not in found:
                    found.add(form.parent)
                    waiting.append(form.parent)
        return frozenset(found)

    def province(self, code: str) -> str | None:
        """The province of a unit, on the unit's own map; itself for a province, None for the country, regions and unknown codes."""
        forms = self._forms.get(code)
        while forms:
            if forms[-1].level == "province":
                return forms[-1].code
            forms = self._forms.get(forms[-1].parent or "")
        return None

    def today(self, code: str) -> tuple[str, ...]:
        """Units of today that hold what this unit held, in code order: a province gives provinces, anything smaller communes.

        A split unit gives every part. Empty where the way is not known.
        """
        if code not in self._today:
            self._today[code] = ()  # ends any circle in a hand-written list
            self._today[code] = tuple(sorted(self._find_today(code)))
        return self._today[code]

    def _find_today(self, code: str) -> set[str]:
        forms = self._forms.get(code)
        if not forms:
            return set()
        unit = forms[-1]
        if unit.generation != "v1":
            return {code}
        found: set[str] = set()
        if unit.level == "district":
            current = [c for c in self.children(code) if self._forms[c][-1].parent == code]
            # A dissolved district is what its communes became; of a living one, those that moved away do not count.
            for child in current if unit.valid_to == REFORM else self.children(code):
                found.update(self.today(child))
        if not found or unit.level != "district":
            for successor in unit.successors:
                found.update(self.today(successor))
        return found

    def today_province(self, code: str) -> str | None:
        """The province of today that a unit lies in; None where that is not one province."""
        province = self.province(code)
        found = self.today(province) if province else ()
        return found[0] if len(found) == 1 else None

    def before(self, code: str) -> tuple[str, ...]:
        """Units before the reform that a unit of today was made of, wholly or in part; an old unit gives itself."""
        forms = self._forms.get(code)
        if not forms:
            return ()
        return (code,) if forms[-1].generation != "v2" else forms[-1].predecessors

    def provinces_before(self, code: str) -> tuple[str, ...]:
        """Old provinces that a unit of either map lies in or was made of."""
        known = self._provinces_before.get(code)
        if known is None:
            found = {self.province(unit) for unit in self.before(code)}
            known = tuple(sorted(province for province in found if province))
            if known:  # of units that there are
                self._provinces_before[code] = known
        return known

    def on_old_map(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Where units stand on the map of 63: old provinces; a new province that smaller units narrow down gives way to them, and one
        that nothing narrows down and that was made of several stays as its own code, since it cannot be told apart. So does the
        province of a new commune that reaches over an old border.
        """
        wanted = list(dict.fromkeys(codes))
        found: set[str] = set()
        narrowed: set[str | None] = set()
        wide: set[str | None] = set()
        for code in wanted:
            unit = self.get(code)
            if unit and unit.level in ("district", "commune"):
                provinces = self.provinces_before(code)
                if len(provinces) == 1:
                    found.update(provinces)
                    narrowed.update(self.today_province(province) for province in provinces)
                else:
                    wide.add(self.today_province(code))
        for code in wanted:
            unit = self.get(code)
            if unit and unit.level == "province":
                provinces = self.provinces_before(code)
                if unit.generation == "v1" or len(provinces) == 1:
                    found.update(provinces)
                else:
                    wide.add(code)
        found.update(code for code in wide if code and code not in narrowed)
        return tuple(sorted(found))

    def on_new_map(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Where units stand on the map of 34: provinces of today."""
        found = {self.today_province(code) for code in codes}
        return tuple(sorted(province for province in found if province))

    def full_name(self, code: str, on: date | None = None) -> str:
        """With type word: ``thị xã Điện Bàn``; the code itself if unknown."""
        unit = self.get(code, on)
        if unit is None:
            return code
        return unit.name if unit.level in ("country", "region") else f"{unit.type} {unit.name}"

    def label(self, code: str, on: date | None = None) -> str:
        """With everything above it: ``xã Kim Hóa, huyện Tuyên Hóa, tỉnh Quảng Bình``."""
        names = []
        unit = self.get(code, on)
        while unit is not None and unit.level != "country":
            names.append(self.full_name(unit.code, on))
            unit = self.get(unit.parent, on) if unit.parent else None
        return ", ".join(names) or self.full_name(code)


def _may_be_valid(locality: Locality, on: date) -> bool:
    if locality.generation == "v1" and on >= REFORM:
        return False
    return (locality.valid_from is None or locality.valid_from <= on) and (locality.valid_to is None or on < locality.valid_to)


def _read_rows(path: Traversable, columns: tuple[str, ...]) -> Iterable[tuple[int, list[str]]]:
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidData(f"cannot be read: {error}", file=name) from error
    lines = text.splitlines()
    start = 0
    while start < len(lines) and lines[start].startswith("#"):
        start += 1
    rows = csv.reader(lines[start:])
    if tuple(next(rows, ())) != columns:
        raise InvalidData(f"the header must be {','.join(columns)}", file=name, line=start + 1)
    for row in rows:
        if len(row) != len(columns):
            raise InvalidData(f"{len(row)} columns, {len(columns)} wanted: {','.join(row)}", file=name, line=start + rows.line_num)
        yield start + rows.line_num, row


def _read_localities(path: Traversable) -> Iterable[Locality]:
    days: dict[str, date | None] = {"": None}
    levels = {str(level): level for level in LEVELS}
    seen: set[str] = set()
    parents: dict[str, int] = {}
    result = []
    for line, (code, name, kind, level, parent, start, end, predecessors, successors) in _read_rows(path, _COLUMNS):
        if level not in levels or not name or not code or kind not in TYPE_LEVELS:
            raise InvalidData(
                f"code, name, type or level of {code!r} is missing or unknown: {name!r}, {kind!r}, {level!r}", file=path.name, line=line
            )
        for day in (start, end):
            if day not in days:
                try:
                    days[day] = date.fromisoformat(day)
                except ValueError as error:
                    raise InvalidData(f"{day!r} is no date (year-month-day)", file=path.name, line=line) from error
        seen.add(code)
        if parent:
            parents.setdefault(parent, line)
        result.append(
            Locality(
                *(code, name, kind, levels[level], parent or None, days[start], days[end]),
                tuple(predecessors.split()) if predecessors else (),
                tuple(successors.split()) if successors else (),
            )
        )
    for parent, line in parents.items():
        if parent not in seen:
            raise InvalidData(f"unknown parent {parent!r}", file=path.name, line=line)
    return result


def _read_aliases(path: Traversable, register: Register) -> Iterable[tuple[str, str]]:
    for line, (alias, code) in _read_rows(path, ("alias", "code")):
        if register.get(code) is None:
            raise InvalidData(f"alias {alias!r} names the unknown unit {code!r}", file=path.name, line=line)
        yield alias, code
