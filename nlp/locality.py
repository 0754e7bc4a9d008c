"""Which places a document is about: names resolved on the dated register, with the words that prove it.

`LocalityTagger` finds names (``nlp/gazetteer.py``), reads their surroundings (``nlp/locality_mentions.py``, ``nlp/locality_zones.py``),
decides what each means, and what the document is about. A name that stays open keeps its candidates; it is never settled by order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from urllib.parse import urlsplit

from corpus.document import Document, LocalityMention, Role, Span
from corpus.localities import REFORM, TYPE_LEVELS, Level, Locality, Register
from nlp.gazetteer import Gazetteer, plain
from nlp.locality_mentions import Cues, Mention, read_mentions
from nlp.locality_zones import BOILERPLATE, Line, Zone, read_lines

METHOD = "locality-rules 2026.11"

_ZONE_WEIGHT: Mapping[Zone, float] = {
    "title": 5.0, "lead": 3.0, "header": 3.5, "body": 1.5, "short": 0.6, "caption": 0.5, "place_date": 0.6,
    "byline": 0.0, "source": 0.0, "chrome": 0.0, "tail": 0.0,
}  # fmt: skip
ABOUT_WEIGHT = 2.0
"""A province with less is mentioned only: one lead sentence suffices, one passing clause of the body does not (gold set)."""
ALONE_WEIGHT = 1.2
"""Enough where no other province is near it and no central body speaks."""
ABOUT_SHARE = 0.4
"""Of the heaviest province's weight; under it a second province is a comparison, a venue or a guest (gold set)."""
MANY_PROVINCES = 4
"""More about-provinces than this without one in the title make a national or regional text."""
ABSTAIN_UNDER = 0.5

_ANAPHORA = re.compile(
    r"(?<!\w)(?<!các )(?<!những )(?<!nhiều )(?<!mỗi )(?<!liên )(?<!cấp )(?<!ngoại )(?<!hai )(?<!một số )(?<!\d )(?<!huyện, )"
    r"tỉnh(?:(?= ủy| này)|(?!\w))(?! (?:đoàn|lỵ|thành|nghèo|khác|bạn))"
)
_NEW_MAP = re.compile(
    r"(?<!\w)(?:đặc khu|chính quyền địa phương (?:2|hai) cấp|sau (?:khi )?(?:sáp nhập|hợp nhất)|mô hình (?:2|hai) cấp)(?!\w)"
)
_OLD_TYPES = frozenset({"huyện", "quận", "thị xã", "thị trấn"})


@dataclass(slots=True)
class _Reading:
    """What is known of one document while it is read."""

    document: Document
    mentions: list[Mention]
    new_map: bool
    """Names mean units of today first."""
    host: str | None
    national: bool
    weights: dict[str, float] = field(default_factory=dict)
    """Province code to weight."""
    codes: dict[int, str] = field(default_factory=dict)
    """Position in ``mentions`` to the unit meant."""
    scores: dict[int, float] = field(default_factory=dict)
    open: dict[int, tuple[str, ...]] = field(default_factory=dict)
    districts: dict[str, int] = field(default_factory=dict)
    """Resolved districts (any level counts for the districts around it) and how often."""
    positions: dict[int, int] = field(default_factory=dict)
    """`id` of a mention to its position."""
    typed_keys: dict[str, set[str]] = field(default_factory=dict)
    """Name key to units it was resolved to under a type word or parent."""


class LocalityTagger:
    def __init__(self, register: Register, gazetteer: Gazetteer, cues: Cues, hosts: Mapping[str, str]) -> None:
        """``hosts`` maps host names to province codes: a prior for what words leave open, never proof."""
        self._register = register
        self._gazetteer = gazetteer
        self._cues = cues
        self._hosts = {host.lower(): code for host, code in hosts.items()}
        self._national = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(cue) for cue in cues.raw["national"]) + r")(?!\w)")
        self._ancestors: dict[str, frozenset[str]] = {}
        self._provinces: dict[str, frozenset[str]] = {}

    @classmethod
    def load(cls, register: Register | None = None, hosts: Mapping[str, str] | None = None) -> LocalityTagger:
        """Raises: InvalidData when a data file of the register is wrong."""
        register = register or Register.load()
        raw = tomllib.loads(files("nlp").joinpath("data/locality_cues.toml").read_text(encoding="utf-8"))
        return cls(register, Gazetteer(register, traps=raw["traps"]), Cues(raw), hosts or {})

    def __call__(self, document: Document) -> Document:
        """``localities`` sorted by role, level and code; one record per unit and role, with every place where it is named."""
        reading = self._read(document)
        self._settle_provinces(reading)
        self._settle_units(reading)
        return replace(document, localities=tuple(self._report(reading)))

    # Reading

    def _read(self, document: Document) -> _Reading:
        title_lines = [Line(0, len(document.title), "title")] if document.title else []
        mentions = self._mentions("title", document.title, title_lines)
        mentions += self._mentions("text", document.text, read_lines(document.text, document.title, self._cues.raw))
        published = document.published
        head = plain(document.title + "\n" + document.text[:1500])
        reading = _Reading(
            document=document,
            mentions=[mention for mention in mentions if not (mention.person or (mention.landmark and mention.levels is None))],
            new_map=published is not None and published >= REFORM,
            host=self._host_province(document),
            national=self._national.search(head) is not None,
        )
        reading.positions.update({id(mention): position for position, mention in enumerate(reading.mentions)})
        if published is None:
            reading.new_map = _NEW_MAP.search(head) is not None and not any(m.type in _OLD_TYPES and not m.former for m in reading.mentions)
        elif reading.new_map and published.year == REFORM.year:
            # In the year of the reform old units are still spoken of without "cũ".
            old = any(m.type in _OLD_TYPES and not m.former for m in reading.mentions)
            reading.new_map = not old or _NEW_MAP.search(head) is not None
        return reading

    def _mentions(self, name: str, text: str, lines: Sequence[Line]) -> list[Mention]:
        field_name = "title" if name == "title" else "text"
        return read_mentions(field_name, text, lines, self._gazetteer, self._cues, self)  # type: ignore[arg-type]

    def _host_province(self, document: Document) -> str | None:
        host = (urlsplit(document.provenance.final_url).hostname or "").lower().removeprefix("www.")
        while host:
            if host in self._hosts:
                return self._hosts[host]
            _, _, host = host.partition(".")
        return None

    # Register look-ups that are asked again and again

    def _around(self, code: str) -> frozenset[str]:
        if code not in self._ancestors:
            self._ancestors[code] = self._register.ancestors(code)
        return self._ancestors[code]

    def _provinces_of(self, code: str) -> frozenset[str]:
        """Provinces of both maps that a unit is compatible with."""
        if code not in self._provinces:
            now = self._register.today_province(code)
            found = {self._register.province(code), now, *self._register.provinces_before(code)}
            self._provinces[code] = frozenset(province for province in found if province)
        return self._provinces[code]

    def _level(self, code: str) -> Level:
        unit = self._register.get(code)
        assert unit is not None
        return unit.level

    def can_be(self, key: str, levels: tuple[Level, ...]) -> bool:
        return any(self._level(code) in levels for code in self._register.names.get(key, ()))

    def levels(self, kind: str, key: str) -> tuple[Level, ...]:
        levels = TYPE_LEVELS[kind]
        if kind != "thành phố":
            return levels
        city = any(
            form.type == kind and form.level == "province"
            for code in self._register.names.get(key, ())
            for form in self._register.forms(code)
        )
        if not city:
            return ("district",)
        return levels if self.can_be(key, ("district",)) else ("province",)

    def is_parent(self, parent: Mention, child: Mention) -> bool:
        if parent.key == child.key and parent.type is None:
            return False
        above = {
            code for code in self._register.names.get(parent.key, ()) if self._level(code) in (parent.levels or ("province", "district"))
        }
        if not above:
            return False
        for code in self._register.names.get(child.key, ()):
            if child.levels is not None and self._level(code) not in child.levels:
                continue
            if not above.isdisjoint(self._around(code)) or not above.isdisjoint(self._provinces_of(code) - {code}):
                return True
        return False

    # Candidates

    def _candidates(self, reading: _Reading, mention: Mention, levels: tuple[Level, ...] | None = None) -> tuple[str, ...]:
        levels = levels or mention.levels
        codes = self._register.names.get(mention.key, ())
        found = [code for code in codes if levels is None or self._level(code) in levels]
        too_new = not reading.new_map and not any(code.startswith("v1") for code in found)
        if (not found or too_new) and levels and "province" not in levels:
            # A slip in the type word, or a unit raised in rank under the same name.
            found = found + [code for code in codes if self._level(code) in ("district", "commune")]
        return self._of_the_day(reading, mention, found)

    def _of_the_day(self, reading: _Reading, mention: Mention, codes: Iterable[str]) -> tuple[str, ...]:
        units = [unit for unit in map(self._register.get, codes) if unit is not None]
        old = [unit for unit in units if unit.generation == "v1"]
        new = [unit for unit in units if unit.generation == "v2"]
        neither = [unit for unit in units if not unit.generation]
        if neither:
            return tuple(unit.code for unit in neither)
        day = reading.document.published
        if old and day is not None and day < REFORM:
            standing = [unit for unit in old if unit.valid_to is None or day < unit.valid_to]
            old = standing or old
        old = self._latest(old)
        if mention.former or mention.merged or mention.type in _OLD_TYPES:
            chosen = old or new
        elif reading.new_map or mention.recent:
            chosen = [*new, *old] if any(unit.level != "province" for unit in units) else new or old
        else:
            chosen = old or new
        return tuple(unit.code for unit in chosen)

    def _latest(self, units: list[Locality]) -> list[Locality]:
        """Without units that passed into another one of the same name."""
        codes = {unit.code for unit in units}
        if len(codes) < 2:
            return units
        return [unit for unit in units if codes.isdisjoint(unit.successors)]

    # Provinces

    def _settle_provinces(self, reading: _Reading) -> None:
        last: dict[str, tuple[int, str]] = {}
        many: dict[int, int] = {}
        for mention in reading.mentions:
            identity = id(mention.siblings)
            if identity not in many:
                many[identity] = sum(1 for sibling in mention.siblings if self.can_be(sibling.key, ("province",)))
        for position, mention in enumerate(reading.mentions):
            if mention.levels is not None and "province" not in mention.levels:
                continue
            codes = self._candidates(reading, mention, ("province",)) if self.can_be(mention.key, ("province",)) else ()
            if mention.type == "thành phố":
                codes = tuple(code for code in codes if self._is_city(code, reading))
            if not codes:
                continue
            if (
                mention.levels is None
                and many[id(mention.siblings)] * 2 < len(mention.siblings)
                and self.can_be(mention.key, ("district",))
            ):
                continue  # one name among those of districts: decided with them
            if len(codes) > 1:
                continue
            reading.codes[position] = codes[0]
            reading.scores[position] = 0.99 if mention.type else 0.95
            weight = self._weight(reading, mention, many[id(mention.siblings)])
            if weight:
                reading.weights[codes[0]] = min(reading.weights.get(codes[0], 0.0) + weight, 14.0)
            if mention.source == "text" and mention.zone in ("lead", "body") and not (mention.guest or mention.neighbour):
                last[codes[0]] = (mention.end, codes[0])
        self._add_anaphora(reading)

    def _is_city(self, code: str, reading: _Reading) -> bool:
        forms = self._register.forms(code)
        day = reading.document.published
        return any(form.type == "thành phố" and (day is None or form.valid_from is None or form.valid_from <= day) for form in forms)

    def _weight(self, reading: _Reading, mention: Mention, listed: int = 1) -> float:
        weight = _ZONE_WEIGHT[mention.zone]
        if mention.source == "text" and mention.zone == "title":
            weight = 0.5
        if mention.zone == "header" and not (mention.type or mention.agency):
            weight = 1.0
        if mention.heads and mention.zone in ("lead", "body"):
            weight = max(weight, 4.0)
        if mention.newspaper:
            return weight * 0.8 if mention.source == "title" and mention.start < 12 else 0.0
        if mention.zone in ("lead", "body"):
            weight += 1.0 * mention.agency + 1.0 * mention.explains
        if mention.guest or (mention.delegate and listed > 1):
            weight *= 0.1
        if mention.bridge:
            weight *= 0.2
        if mention.neighbour or (mention.landmark and mention.type is None):
            weight = 0.0
        if mention.institution:
            weight *= 0.25
        if mention.merged:
            weight *= 0.2
        if mention.embedded:
            weight *= 0.5
        if mention.venue and reading.national and mention.source == "text":
            weight *= 0.3
        if listed > 3:
            weight *= 0.3
        return weight

    def _add_anaphora(self, reading: _Reading) -> None:
        """A bare "tỉnh" speaks of the province named last."""
        lowered = plain(reading.document.text)
        named = [
            (mention.end, reading.codes[position])
            for position, mention in enumerate(reading.mentions)
            if position in reading.codes
            and mention.source == "text"
            and mention.zone in ("lead", "body")
            and not (mention.guest or mention.neighbour or mention.newspaper)
        ]
        in_title = {code for position, code in reading.codes.items() if reading.mentions[position].source == "title"}
        titled = in_title.pop() if len(in_title) == 1 else None
        credit: dict[str, float] = {}
        at = -1
        begins = {mention.begin for mention in reading.mentions if mention.source == "text"}
        starts = {mention.start for mention in reading.mentions if mention.source == "text"}
        for match in _ANAPHORA.finditer(lowered):
            if match.end() + 1 in starts or match.start() in begins:
                continue
            while at + 1 < len(named) and named[at + 1][0] <= match.start():
                at += 1
            if named:
                code = titled or named[max(at, 0)][1]
                credit[code] = min(credit.get(code, 0.0) + 0.7, 2.8)
        for code, amount in credit.items():
            reading.weights[code] = reading.weights.get(code, 0.0) + amount

    # Districts and communes

    def _settle_units(self, reading: _Reading) -> None:
        waiting = [position for position in range(len(reading.mentions)) if position not in reading.codes]
        firm = [p for p in waiting if reading.mentions[p].levels is not None or reading.mentions[p].parents]
        for chosen in (firm, firm, [p for p in waiting if p not in set(firm)]):
            for position in chosen:
                if position not in reading.codes:
                    self._settle_unit(reading, position)

    def _settle_unit(self, reading: _Reading, position: int) -> None:
        mention = reading.mentions[position]
        codes = self._candidates(reading, mention)
        lower = tuple(code for code in codes if self._level(code) in ("district", "commune"))
        if not lower:
            regions = tuple(code for code in codes if self._level(code) in ("region", "country"))
            if len(regions) == 1:
                reading.codes[position] = regions[0]
                reading.scores[position] = 0.95
            return
        if mention.zone in BOILERPLATE and mention.type is None:
            return
        typed = mention.levels is not None
        known = reading.typed_keys.get(mention.key)
        if not typed:
            if mention.embedded or mention.landmark or mention.institution:
                return
            if known:
                lower = tuple(code for code in lower if code in known) or lower
        ranked = sorted(((self._points(reading, mention, code), code) for code in lower), reverse=True)
        best, code = ranked[0]
        tied = [other for points, other in ranked if points > best - 0.75]
        if len(tied) > 1:
            if typed and not mention.inherited and mention.zone not in BOILERPLATE:
                reading.open[position] = tuple(sorted(tied))
            return
        reading.open.pop(position, None)
        alike = sum(1 for other in lower if self._level(other) == self._level(code))
        score = self._confidence(reading, mention, code, alike)
        if score < ABSTAIN_UNDER:
            return
        reading.codes[position] = code
        reading.scores[position] = score
        self._settle_parents(reading, mention, code)
        if typed or mention.parents:
            reading.typed_keys.setdefault(mention.key, set()).add(code)
        if mention.zone not in BOILERPLATE:
            for district in (code, *self._around(code)):
                if self._level(district) == "district":
                    reading.districts[district] = reading.districts.get(district, 0) + 1
            self._credit(reading, mention, code)

    def _settle_parents(self, reading: _Reading, mention: Mention, code: str) -> None:
        """A name that explains another one is the unit around it."""
        around = self._around(code)
        for parent in mention.parents:
            position = reading.positions.get(id(parent))
            if position is None or position in reading.codes:
                continue
            above = [unit for unit in self._candidates(reading, parent) if unit in around]
            if len(above) == 1:
                reading.codes[position] = above[0]
                reading.scores[position] = 0.99
                reading.open.pop(position, None)
                if self._level(above[0]) == "district" and parent.zone not in BOILERPLATE:
                    reading.districts[above[0]] = reading.districts.get(above[0], 0) + 1
                    reading.typed_keys.setdefault(parent.key, set()).add(above[0])

    def _points(self, reading: _Reading, mention: Mention, code: str) -> float:
        unit = self._register.get(code)
        assert unit is not None
        around = self._around(code)
        points = 0.0
        for parent in mention.parents:
            named = self._register.names.get(parent.key, ())
            if any(above in around or above in self._provinces_of(code) for above in named if above != code):
                points += 8.0
        compatible = self._provinces_of(code)
        heaviest = max(reading.weights.values(), default=0.0)
        if heaviest:
            points += 4.0 * max((weight / heaviest for province, weight in reading.weights.items() if province in compatible), default=0.0)
        if any(above in reading.districts for above in around):
            points += 2.0 + min(1.0, 0.1 * max(reading.districts.get(above, 0) for above in around))
        if code in reading.districts:
            points += 1.0
        if reading.host in compatible:
            points += 1.0
        if mention.type and any(form.type == mention.type for form in self._register.forms(code)):
            points += 1.0
        if unit.generation == "v2" and reading.new_map and mention.type not in _OLD_TYPES:
            points += 2.5
        if mention.levels is None and unit.level == "district":
            points += 1.5
        if code in reading.typed_keys.get(mention.key, ()):
            points += 3.0
        return points

    def _confidence(self, reading: _Reading, mention: Mention, code: str, candidates: int) -> float:
        hinted = any(
            above in self._around(code) or above in self._provinces_of(code)
            for parent in mention.parents
            for above in self._register.names.get(parent.key, ())
        )
        if hinted:
            return 0.99
        compatible = self._provinces_of(code)
        heavy = [province for province, weight in reading.weights.items() if weight >= ABOUT_WEIGHT]
        fits = any(province in compatible for province in heavy)
        level = self._level(code)
        if mention.levels is not None:
            if fits:
                return 0.97 if candidates == 1 else 0.93
            if not heavy:
                return 0.95 if candidates == 1 else 0.6
            return 0.85 if level == "district" and candidates == 1 else 0.3
        if code in reading.typed_keys.get(mention.key, ()):
            return 0.95
        syllables = mention.key.count(" ") + 1
        if syllables == 1:
            return 0.0
        if level == "district":
            if fits:
                return 0.9
            again = sum(1 for other in reading.mentions if other.key == mention.key and other.zone not in BOILERPLATE)
            if candidates == 1 and not heavy and (mention.source == "title" or mention.heads or again > 1):
                return 0.8
            return 0.3
        inside = any(above in reading.districts for above in self._around(code))
        if inside:
            return 0.85
        if fits and candidates == 1 and mention.zone in ("lead", "body", "title") and not mention.institution:
            return 0.6
        if reading.new_map and fits and (len(mention.siblings) > 2 or mention.source == "title" or mention.heads):
            return 0.75
        return 0.3

    def _credit(self, reading: _Reading, mention: Mention, code: str) -> None:
        """A district or commune speaks for its province too, also where the province is not named."""
        unit_province = self._register.province(code)
        now = self._register.today_province(code)
        options = [province for province in (unit_province, now) if province]
        if not options:
            return
        named = [province for province in options if province in reading.weights]
        default = now if reading.document.published and reading.document.published >= REFORM else unit_province
        province = named[0] if named else default
        if province is None:
            return
        weight = self._weight(reading, mention)
        if mention.levels is None and not mention.parents:
            weight *= 0.7
        reading.weights[province] = min(reading.weights.get(province, 0.0) + min(weight, 5.0), 14.0)

    # Roles

    def _report(self, reading: _Reading) -> list[LocalityMention]:
        about = self._about_provinces(reading)
        spans: dict[tuple[str | tuple[str, ...], Role], list[Span]] = {}
        scores: dict[tuple[str | tuple[str, ...], Role], float] = {}
        for position, mention in enumerate(reading.mentions):
            key: str | tuple[str, ...] | None = reading.codes.get(position) or reading.open.get(position)
            if key is None:
                continue
            role = self._role(mention, key, about)
            span = Span(mention.begin, mention.end, mention.source)
            spans.setdefault((key, role), []).append(span)
            scores[key, role] = max(scores.get((key, role), 0.0), reading.scores.get(position, 0.5))
        result = []
        for (key, role), evidence in spans.items():
            code, candidates = (key, ()) if isinstance(key, str) else (None, key)
            result.append(
                LocalityMention(
                    code=code,
                    role=role,
                    candidates=candidates,
                    evidence=tuple(sorted(set(evidence), key=_reading_order)),
                    score=scores[key, role],
                    method=METHOD,
                )
            )
        result += self._inferred(about, spans)
        if not about:
            result += self._whole_country(reading)
        return sorted(result, key=self._order)

    def _about_provinces(self, reading: _Reading) -> frozenset[str]:
        heaviest = max(reading.weights.values(), default=0.0)
        ranked = sorted(reading.weights.values(), reverse=True)
        alone = not reading.national and (len(ranked) < 2 or ranked[1] < heaviest * ABOUT_SHARE)
        enough = ALONE_WEIGHT if alone else ABOUT_WEIGHT
        if heaviest < enough:
            return frozenset()
        in_title = {
            code
            for position, code in reading.codes.items()
            if reading.mentions[position].source == "title" and self._weight(reading, reading.mentions[position]) >= ABOUT_WEIGHT
        }
        found = {
            code for code, weight in reading.weights.items() if weight >= enough and (weight >= heaviest * ABOUT_SHARE or code in in_title)
        }
        if len(found) > MANY_PROVINCES and not found & in_title:
            return frozenset()
        return frozenset(found)

    def _role(self, mention: Mention, key: str | tuple[str, ...], about: frozenset[str]) -> Role:
        if mention.zone in BOILERPLATE or (mention.newspaper and not (mention.source == "title" and mention.start < 12)):
            return "boilerplate"
        codes = (key,) if isinstance(key, str) else key
        level = self._level(codes[0])
        if level == "province":
            return "about" if codes[0] in about else "mentioned"
        if level in ("region", "country"):
            return "about" if not about and (mention.source == "title" or mention.zone == "lead") else "mentioned"
        if mention.guest or mention.neighbour or mention.merged:
            return "mentioned"
        if any(not about.isdisjoint(self._provinces_of(code)) for code in codes):
            return "about"
        return "about" if not isinstance(key, str) and not about and mention.source == "title" else "mentioned"

    def _inferred(self, about: frozenset[str], spans: Mapping[tuple[str | tuple[str, ...], Role], list[Span]]) -> list[LocalityMention]:
        result = []
        for province in sorted(about):
            if (province, "about") in spans:
                continue
            evidence = [
                span
                for (key, role), found in spans.items()
                if role == "about" and isinstance(key, str) and key != province and province in self._provinces_of(key)
                for span in found
            ]
            if evidence:
                result.append(
                    LocalityMention(
                        code=province,
                        role="about",
                        evidence=tuple(sorted(set(evidence), key=_reading_order)),
                        score=0.95,
                        method=METHOD,
                        inferred=True,
                    )
                )
        return result

    def _whole_country(self, reading: _Reading) -> list[LocalityMention]:
        document = reading.document
        found = [Span(m.start(), m.end(), "title") for m in self._national.finditer(plain(document.title))]
        found += [Span(m.start(), m.end()) for m in self._national.finditer(plain(document.text[:1500]))]
        if not found:
            return []
        return [LocalityMention(code="VN", role="about", evidence=tuple(found), score=0.7, method=METHOD)]

    def _order(self, mention: LocalityMention) -> tuple[int, int, str]:
        roles = ("about", "mentioned", "boilerplate")
        levels = ("country", "region", "province", "district", "commune")
        code = mention.code or mention.candidates[0]
        return roles.index(mention.role), levels.index(self._level(code)), code + "".join(mention.candidates)


def _reading_order(span: Span) -> tuple[bool, int, int]:
    return span.field == "text", span.start, span.end
