"""What the taggers ask of the register about names, again and again: levels, what lies in what, and who is meant on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from corpus.document import Document
from corpus.localities import REFORM, TYPE_LEVELS, Level, Locality, Register
from corpus.text import fold
from nlp.locality_mention import Mention

OLD_TYPES = frozenset({"huyện", "quận", "thị xã", "thị trấn"})
"""Types that ended with the reform."""


class NamedUnits:
    """Look-ups by name over a register; answers are kept, which the size of the register bounds."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._ancestors: dict[str, frozenset[str]] = {}
        self._provinces: dict[str, frozenset[str]] = {}
        self._reach: dict[str, frozenset[str]] = {}
        self._today: dict[str, str | None] = {}
        self._levels: dict[str, Level] = {unit.code: unit.level for unit in register}
        self._levels_of: dict[str, frozenset[Level]] = {}

    def level(self, code: str) -> Level:
        return self._levels[code]

    def codes(self, key: str) -> tuple[str, ...]:
        return self.register.names.get(key, ())

    def around(self, code: str) -> frozenset[str]:
        """Units that it is or was inside."""
        if code not in self._ancestors:
            self._ancestors[code] = self.register.ancestors(code)
        return self._ancestors[code]

    def provinces(self, code: str) -> frozenset[str]:
        """Provinces of both maps that a unit lies in; of a province itself those that share land with it."""
        if code not in self._provinces:
            now = self.register.today_province(code)
            found = {self.register.province(code), now, *self.register.provinces_before(code)}
            self._provinces[code] = frozenset(province for province in found if province)
        return self._provinces[code]

    def today_province(self, code: str) -> str | None:
        if code not in self._today:
            self._today[code] = self.register.today_province(code)
        return self._today[code]

    def can_be(self, key: str, levels: tuple[Level, ...]) -> bool:
        known = self._levels_of.get(key)
        if known is None:
            known = self._levels_of[key] = frozenset(self._levels[code] for code in self.codes(key))
        return not known.isdisjoint(levels)

    def levels(self, kind: str, key: str) -> tuple[Level, ...]:
        levels = TYPE_LEVELS[kind]
        if kind != "thành phố":
            return levels
        if not any(form.type == kind and form.level == "province" for code in self.codes(key) for form in self.register.forms(code)):
            return ("district",)
        return levels if self.can_be(key, ("district",)) else ("province",)

    def is_city(self, code: str, on: date | None) -> bool:
        """Whether a province was a city under the central government on a day."""
        return any(
            form.type == "thành phố" and (on is None or form.valid_from is None or form.valid_from <= on)
            for form in self.register.forms(code)
        )

    def is_parent(self, parent: Mention, child: Mention) -> bool:
        if parent.key == child.key and parent.type is None:
            return False
        wanted = parent.levels or ("province", "district")
        above = {code for code in self.codes(parent.key) if self._levels[code] in wanted}
        if not above:
            return False
        return any(
            not above.isdisjoint(self.around(code)) or not above.isdisjoint(self.provinces(code) - {code})
            for code in self.codes(child.key)
            if self._levels[code] in ("district", "commune") and (child.levels is None or self._levels[code] in child.levels)
        )

    def explained(self, mention: Mention, code: str) -> int:
        """How many of the parents that the words give fit this unit."""
        reach = self.reach(code)
        return sum(1 for parent in mention.parents if not reach.isdisjoint(self.codes(parent.key)))

    def is_part(self, mention: Mention) -> bool:
        """Whether the words put a name inside a district: xã Thanh Hóa is one of Tuyên Hóa."""
        inside = {
            above
            for code in self.codes(mention.key)
            if self._levels[code] == "commune"
            for above in self.reach(code)
            if self._levels[above] == "district"
        }
        return any(not inside.isdisjoint(self.codes(parent.key)) for parent in mention.parents)

    def holds_namesake(self, key: str) -> bool:
        """Whether a province holds a district or commune called like itself."""
        codes = self.codes(key)
        provinces = {code for code in codes if self._levels[code] == "province"}
        return any(not provinces.isdisjoint(self.provinces(code)) for code in codes if self._levels[code] in ("district", "commune"))

    def reach(self, code: str) -> frozenset[str]:
        """Everything around a unit, on both maps."""
        if code not in self._reach:
            found = self.around(code) | self.provinces(code)
            for former in self.register.before(code):
                found |= self.around(former)
            self._reach[code] = found - {code}
        return self._reach[code]

    def candidates(self, mention: Mention, on: date | None, *, new_map: bool, levels: tuple[Level, ...] | None = None) -> tuple[str, ...]:
        """Units that a mention may mean on a day, those of the map in use first.

        Old units are always among those for "cũ" and for types that ended with the reform; before it new units are only found where
        nothing old bears the name.
        """
        levels = levels or mention.levels
        codes = self.codes(mention.key)
        found = [code for code in codes if levels is None or self._levels[code] in levels]
        too_new = not new_map and not any(code.startswith("v1") or (on is None and self._is_typed(code, mention)) for code in found)
        if (not found or too_new) and levels and "province" not in levels:
            # A slip in the type word, or a unit raised in rank under the same name.
            found += [code for code in codes if self._levels[code] in ("district", "commune")]
        return self._of_the_day(mention, on, found, new_map)

    def _is_typed(self, code: str, mention: Mention) -> bool:
        wanted = mention.type or next((other.type for other in mention.siblings[:1]), None)
        return any(form.type == wanted for form in self.register.forms(code))

    def _of_the_day(self, mention: Mention, on: date | None, codes: Iterable[str], new_map: bool) -> tuple[str, ...]:
        units = [unit for unit in map(self.register.get, dict.fromkeys(codes)) if unit is not None]
        if any(not unit.generation for unit in units):
            return tuple(unit.code for unit in units if not unit.generation)
        old = [unit for unit in units if unit.generation == "v1"]
        new = [unit for unit in units if unit.generation == "v2"]
        if on is not None and on < REFORM:
            old = [unit for unit in old if unit.valid_to is None or on < unit.valid_to] or old
        old = _latest(old, mention.type)
        if mention.former or mention.merged or mention.type in OLD_TYPES:
            chosen = old or new
        elif not (new_map or mention.recent):
            chosen = [*old, *new] if on is None and any(unit.level == "commune" for unit in units) else old or new
        elif any(unit.level != "province" for unit in units):
            chosen = [*new, *old]
        else:
            chosen = new or old
        return tuple(unit.code for unit in chosen)


def _latest(units: list[Locality], kind: str | None) -> list[Locality]:
    """Without units that passed into another one of the same name, and those of which nothing is known but that another took the name."""

    def place(unit: Locality) -> tuple[str, str | None, bool]:
        return unit.level, unit.parent, unit.type == kind

    codes = {unit.code for unit in units}
    if len(codes) < 2:
        return units
    heirs = {place(unit) for unit in units if unit.valid_to}
    return [unit for unit in units if codes.isdisjoint(unit.successors) and (unit.valid_to or unit.successors or place(unit) not in heirs)]


_HOST_PREFIXES = (
    *(
        "bao",
        "dai",
        "tv",
        "truyenhinh",
        "thvl",
        "tinhuy",
        "tinhdoan",
        "ptth",
        "ptp",
        "sct",
        "so",
        "ubnd",
        "huyen",
        "thixa",
        "tp",
        "thanhpho",
        "xa",
        "congan",
    ),
)
_HOST_SUFFIXES = ("today", "24h", "news", "tv", "online", "rtv", "ptth", "rt", "plus", "portal", "media", "dientu")


def host_of(document: Document) -> str:
    """The name of the host that the document comes from; empty where it comes from none."""
    return urlsplit(document.provenance.final_url).hostname or ""


def slug_of(name: str) -> str:
    """A name as it stands in host names: ``nghiadan``."""
    return "".join(filter(str.isalpha, fold(name)))


def host_slugs(named: NamedUnits) -> dict[str, str]:
    """Letters of host names that tell the province: those of provinces, and of districts whose name only one province has."""
    slugs: dict[str, set[str]] = {}
    for unit in named.register:
        if unit.generation == "v1" and unit.level in ("province", "district") and not unit.name.isdigit():
            province = named.register.province(unit.code)
            slug = slug_of(unit.name)
            if province and len(slug) > 4:
                key = slug if unit.level == "district" else f"={slug}"
                slugs.setdefault(key, set()).add(province)
    found = {key: next(iter(codes)) for key, codes in slugs.items() if len(codes) == 1}
    provinces = {key[1:]: code for key, code in found.items() if key.startswith("=")}
    return {**{key: code for key, code in found.items() if not key.startswith("=")}, **provinces, "thuathienhue": "v1-46", "hanoi": "v1-01"}


def province_of_host(host: str, slugs: dict[str, str]) -> str | None:
    """The province that a host name speaks of, right to left: ``nghiadan.nghean.gov.vn`` gives Nghệ An; a prior, never proof."""
    for label in reversed(host.lower().split(".")):
        for name in _stems(label.replace("-", "")):
            if name in slugs:
                return slugs[name]
    return None


def _stems(label: str) -> Iterable[str]:
    yield label
    heads = [label[len(prefix) :] for prefix in _HOST_PREFIXES if label.startswith(prefix)]
    yield from heads
    for stem in (label, *heads):
        yield from (stem[: -len(suffix)] for suffix in _HOST_SUFFIXES if stem.endswith(suffix))
