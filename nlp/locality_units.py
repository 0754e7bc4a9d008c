"""Which district or commune a name means: parents and lists first, then the document's provinces and districts, then nothing.

A name is resolved if one candidate is ahead and the words around make it likely; else a typed name keeps its candidates, and a bare one
is left alone, since it may be a person, a street or a word.
"""

from __future__ import annotations

from collections import Counter

from corpus.localities import REFORM, Level
from corpus.text import fold
from nlp.locality_company import SYLLABLE, units_in_company
from nlp.locality_mention import Mention
from nlp.locality_register import OLD_TYPES, NamedUnits, host_of, slug_of
from nlp.locality_weights import ABOUT_WEIGHT, Reading, mention_weight
from nlp.locality_zones import BOILERPLATE

ABSTAIN_UNDER = 0.5
_FEWEST_NEIGHBOURS = 3
_TIE = 0.75
"""Points by which the best candidate must lead; any single clue gives more."""


def settle_units(reading: Reading, named: NamedUnits) -> None:
    waiting = [position for position in range(len(reading.mentions)) if position not in reading.codes]
    firm = [p for p in waiting if reading.mentions[p].levels is not None or reading.mentions[p].parents]
    firm.sort(key=lambda p: not reading.mentions[p].parents)  # those that the words explain settle others
    firm_ones = set(firm)
    reading.named_inside = _named_inside(reading, named)
    # Each twice: what the first round learns of provinces and districts settles more in the second.
    bare = [p for p in waiting if p not in firm_ones]
    for position in (*firm, *firm):
        if position not in reading.codes:
            _settle(reading, named, position)
    reading.company = units_in_company(reading, named)
    for position in (*bare, *bare, *firm):
        if position not in reading.codes:
            _settle(reading, named, position)


def _named_inside(reading: Reading, named: NamedUnits) -> Counter[str]:
    """What communes say of the districts around them before either is settled: huyện Tam Nông with xã Phú Thọ is the one that has it."""
    keys = {m.key for m in reading.mentions if m.levels == ("commune",) and m.zone not in BOILERPLATE}
    found: Counter[str] = Counter()
    for key in keys:
        communes = [code for code in named.codes(key) if named.level(code) == "commune"]
        found.update({above for code in communes for above in named.reach(code) if named.level(above) == "district"})
    return found


def _settle(reading: Reading, named: NamedUnits, position: int) -> None:
    mention = reading.mentions[position]
    codes = _candidates(reading, named, mention)
    lower = tuple(code for code in codes if named.level(code) in ("district", "commune"))
    if not lower:
        wide = [code for code in codes if named.level(code) in ("region", "country")]
        if len(wide) == 1:
            reading.codes[position], reading.scores[position] = wide[0], 0.95
        return
    typed = mention.levels is not None
    known = reading.known.get(mention.key, {})
    if typed and known and mention.levels == ("commune",):
        # "Phát thanh xã Thăng Bình" in a story of huyện Thăng Bình, which holds no commune of that name
        districts = tuple(code for code in known if named.level(code) == "district")
        home = {province for code in districts for province in named.provinces(code)}
        lower = districts if districts and all(home.isdisjoint(named.provinces(code)) for code in lower) else lower
    if not typed:
        if mention.zone in BOILERPLATE or mention.embedded or mention.landmark or mention.institution or mention.product:
            return
        lower = tuple(code for code in lower if code in known) or lower
    ranked = _ranked(reading, named, mention, lower)
    tied = [code for points, code in ranked if points > ranked[0][0] - _TIE]
    if not typed:  # the district, not the town of the same name inside it
        tied = [code for code in tied if named.around(code).isdisjoint(tied)] or tied
    together = len({named.today_province(code) for code in tied}) == 1
    if together or all(named.level(code) == "district" for code in tied):
        # Among districts and inside one province the type word decides (huyện or thị xã Kỳ Anh); xã and phường are mixed up too often.
        tied = [code for code in tied if _is_typed_so(named, mention, code)] or tied
    if together and len(tied) > 1 and reading.document.published is None:
        tied = [code for code in tied if code.startswith("v1")] or tied  # no date: the unit that bore the name first
    if len(tied) > 1:
        if mention.zone not in BOILERPLATE and (typed or _same_province(reading, named, tied)):
            reading.open[position] = tuple(sorted(tied))
        return
    code = tied[0]
    exact = named.level(code) == "district" and _is_typed_so(named, mention, code)
    alike = sum(
        1
        for other in lower
        if named.level(other) == named.level(code) and other[:2] == code[:2] and (not exact or _is_typed_so(named, mention, other))
    )
    at_home = sum(1 for other in lower if named.level(other) == named.level(code) and reading.prior in named.provinces(other))
    score = _confidence(reading, named, mention, code, alike, at_home)
    if score < ABSTAIN_UNDER:
        return
    reading.open.pop(position, None)
    _keep(reading, named, position, code, score)


def _candidates(reading: Reading, named: NamedUnits, mention: Mention) -> tuple[str, ...]:
    return reading.candidates_of(named, mention, mention.levels)


def _ranked(reading: Reading, named: NamedUnits, mention: Mention, codes: tuple[str, ...]) -> list[tuple[float, str]]:
    """The same name is met again and again, mostly with nothing new known in between."""
    asked = (codes, mention.key, mention.levels, mention.type, tuple(parent.key for parent in mention.parents))
    known = reading.ranked.get(asked)
    if known is None:
        known = sorted(((_points(reading, named, mention, code), code) for code in codes), reverse=True)
        reading.ranked[asked] = known
    return known


def _same_province(reading: Reading, named: NamedUnits, codes: list[str]) -> bool:
    """Districts of one name in one province that the document speaks of: huyện and thị xã Kỳ Anh."""
    provinces = {named.register.province(code) for code in codes}
    heavy = any(reading.weights.get(province or "", 0.0) >= ABOUT_WEIGHT for province in provinces)
    return len(provinces) == 1 and heavy and all(named.level(code) == "district" for code in codes)


def _keep(reading: Reading, named: NamedUnits, position: int, code: str, score: float) -> None:
    mention = reading.mentions[position]
    reading.codes[position], reading.scores[position] = code, score
    if mention.zone in BOILERPLATE:
        return
    reading.ranked.clear()
    scores = reading.known.setdefault(mention.key, {})
    scores[code] = max(scores.get(code, 0.0), score)
    for district in (code, *named.around(code)) if not mention.address else ():
        if named.level(district) == "district":
            reading.districts[district] = reading.districts.get(district, 0) + 1
    _credit_province(reading, named, mention, code)
    for parent in mention.parents:
        _settle_parent(reading, named, parent, code)


def _settle_parent(reading: Reading, named: NamedUnits, parent: Mention, code: str) -> None:
    """A name that explains another one is the unit around it."""
    position = reading.positions.get(id(parent))
    if position is None or position in reading.codes:
        return
    candidates = _candidates(reading, named, parent)
    above = [unit for unit in candidates if unit in named.around(code)]
    if len(above) == 1:
        reading.codes[position], reading.scores[position] = above[0], 0.99
        reading.open.pop(position, None)
        if parent.zone not in BOILERPLATE:
            reading.known.setdefault(parent.key, {})[above[0]] = 0.99
            reading.ranked.clear()


def _is_typed_so(named: NamedUnits, mention: Mention, code: str) -> bool:
    return mention.type is not None and any(form.type == mention.type for form in named.register.forms(code))


def _points(reading: Reading, named: NamedUnits, mention: Mention, code: str) -> float:
    """How well a candidate fits; only differences count."""
    compatible = named.provinces(code)
    points = 8.0 * named.explained(mention, code) + 2.0 * (code in reading.company)
    heaviest = max(reading.weights.values(), default=0.0)
    if heaviest:
        points += 4.0 * max((reading.weights[province] / heaviest for province in compatible if province in reading.weights), default=0.0)
    near = max((reading.districts[above] for above in named.reach(code) if above in reading.districts), default=0)
    if near:
        points += 2.0 + min(1.0, 0.1 * near)
    if reading.prior in compatible:
        points += 1.0
    if not heaviest and mention.levels is not None and named.level(code) == "district":
        points += min(float(reading.named_inside[code]), 2.0)
    typed_so = _is_typed_so(named, mention, code)
    if code in reading.districts and (typed_so or mention.type is None):
        points += 1.0
    if code.startswith("v2") and reading.new_map and mention.type not in OLD_TYPES:
        points += 2.5
    if code.startswith("v1") and reading.document.published is None and not reading.new_map:
        points += 0.5
    if mention.levels is None and named.level(code) == "district":
        points += 1.5
    slip = mention.levels is not None and named.level(code) not in mention.levels
    if code in reading.known.get(mention.key, {}) and (typed_so or slip or mention.type is None):
        points += 3.0
    return points


def _confidence(reading: Reading, named: NamedUnits, mention: Mention, code: str, alike: int, alike_at_home: int) -> float:
    """Probability that the unit is meant; ``alike`` units of its level bear the name, ``alike_at_home`` in the province of the source."""
    if named.explained(mention, code):
        return 0.99
    compatible = named.provinces(code)
    heavy = [province for province, weight in reading.weights.items() if weight >= ABOUT_WEIGHT]
    fits = any(province in compatible for province in heavy)
    level = named.level(code)
    slip = mention.levels is not None and level not in mention.levels
    if mention.levels is not None and not (slip and not fits):
        if fits:
            return 0.97 if alike == 1 else 0.93
        if not heavy:
            return 0.95 if alike == 1 else 0.6
        if level == "district":
            return 0.95 if alike == 1 else 0.3
        # A commune's name that the whole country has once, under its own type word.
        return 0.7 if alike == 1 and not mention.inherited and _is_typed_so(named, mention, code) else 0.3
    if slip:
        return 0.3
    known = reading.known.get(mention.key, {}).get(code)
    if known:
        return min(known, 0.95)
    if " " not in mention.key and SYLLABLE.fullmatch(fold(mention.key)):
        return 0.9 if _is_listed_with_neighbours(reading, named, mention, code) else 0.0
    if code in reading.company:
        return 0.8
    at_home = reading.prior in compatible and alike_at_home == 1
    if level == "district":
        if fits or (at_home and mention.zone not in BOILERPLATE and _is_own_portal(reading, mention)):
            return 0.9
        stressed = mention.source == "title" or mention.heads or reading.repeated[mention.key] > 1
        listed = len(mention.siblings) > 1 and _all_at_home(reading, named, mention, level)
        if at_home and (stressed or listed) and mention.zone in ("title", "lead", "body") and not _is_titled_abroad(reading):
            return 0.85
        if alike == 1 and _opens_title(reading, mention):
            return 0.7
        return 0.8 if alike == 1 and not heavy and stressed else 0.3
    if any(above in reading.districts for above in named.reach(code)):
        return 0.95
    stressed = mention.source == "title" or mention.heads
    if not heavy and stressed and alike == 1:
        if reading.prior in compatible:
            return 0.7
        if len({named.register.today_province(other) for other in named.codes(mention.key)}) == 1:
            return 0.6  # one place in the country bears the name, on either map
    if (
        at_home
        and set(heavy) <= {reading.prior}
        and len(mention.siblings) >= _FEWEST_NEIGHBOURS
        and _all_at_home(reading, named, mention, level)
    ):
        return 0.8
    if not fits or mention.zone not in ("title", "lead", "body"):
        return 0.3
    if reading.new_map and (len(mention.siblings) > 2 or stressed):
        return 0.75
    return 0.6 if alike == 1 else 0.3


def _is_own_portal(reading: Reading, mention: Mention) -> bool:
    """Whether the host is that of the district: ``triton.angiang.gov.vn``."""
    return slug_of(mention.key) in {label.replace("-", "") for label in host_of(reading.document).split(".")[:-1]}


def _is_titled_abroad(reading: Reading) -> bool:
    """Whether the title names a province that is not that of the source."""
    return any(
        mention.source == "title" and code != reading.prior and reading.weights.get(code, 0.0) >= ABOUT_WEIGHT
        for position, code in reading.codes.items()
        if (mention := reading.mentions[position])
    )


def _opens_title(reading: Reading, mention: Mention) -> bool:
    """ "Phước Sơn trao đổi kinh nghiệm ...": the text comes back to the name and speaks of districts."""
    if not any(other.key == mention.key and other.source == "title" and other.start == 0 for other in reading.mentions):
        return False
    return reading.repeated[mention.key] > 1 and (bool(reading.bare_districts) or "hai huyện" in reading.lowered)


def _all_at_home(reading: Reading, named: NamedUnits, mention: Mention, level: Level) -> bool:
    """Whether the province of the source has a unit of that level for every name of the list."""
    return all(
        any(reading.prior in named.provinces(code) for code in named.codes(sibling.key) if named.level(code) == level)
        for sibling in mention.siblings
    )


def _is_listed_with_neighbours(reading: Reading, named: NamedUnits, mention: Mention, code: str) -> bool:
    """ "Tân Thành, Thuận, A Xing": a word alone is a commune where two others of its list lie in its district."""
    if named.level(code) != "commune" or len(mention.siblings) < _FEWEST_NEIGHBOURS:
        return False
    above = {unit for unit in named.reach(code) if named.level(unit) == "district"}
    others = {reading.codes.get(reading.positions.get(id(sibling), -1)) for sibling in mention.siblings} - {None, code}
    return sum(1 for other in others if other and not above.isdisjoint(named.reach(other))) > 1


def _credit_province(reading: Reading, named: NamedUnits, mention: Mention, code: str) -> None:
    """A district or commune speaks for its province too, also where the province is not named."""
    own, now = named.register.province(code), named.register.today_province(code)
    on = reading.document.published
    said = [province for province in (own, now) if province in reading.weights]
    province = said[0] if said else now if on is not None and on >= REFORM else own
    if province is None:
        return
    weight = mention_weight(reading, mention)
    if mention.levels is None and not mention.parents:
        weight *= 0.7
    if mention.former and reading.new_map and not mention.passed:
        weight *= 0.5
    reading.add(province, min(weight, 5.0))
