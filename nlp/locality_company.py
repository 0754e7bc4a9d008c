"""What bare names say together: "ở Kbang, Krông Pa, Ia Grai" are three districts of one province that no word names.

Only asked where no province carries the text yet; one such name alone may be a person, a street or a word.
"""

from __future__ import annotations

import re

from corpus.text import fold
from nlp.locality_mention import Mention
from nlp.locality_register import NamedUnits
from nlp.locality_weights import ABOUT_WEIGHT, Reading
from nlp.locality_zones import BOILERPLATE

_ENOUGH = 1.2
"""Shares of the names that must point to one province: two rare names, or a district with a commune in it."""
_FEW = 2
"""Provinces that may have a unit of the name of one district."""
_NESTED = 0.5
"""For a commune that lies in a district named beside it."""
_LEAD = 0.6
"""Of the best province's share; another one with more leaves the names open."""


def units_in_company(reading: Reading, named: NamedUnits) -> frozenset[str]:
    """Units that bare names mean because others of their province, or other districts in one list, stand beside them."""
    if any(weight >= ABOUT_WEIGHT for weight in reading.weights.values()):
        return frozenset()
    mentions = [mention for mention in reading.mentions if _may_be_unit(mention) and not named.can_be(mention.key, ("province", "region"))]
    keys = {mention.key for mention in mentions}
    found = _of_one_province(reading, named, keys) if len(keys) > 1 else set()
    for mention in mentions:
        if mention.heads and _is_one_district(named, mention.key):
            found |= _units(named, mention.key)
    for siblings in {id(mention.siblings): mention.siblings for mention in mentions}.values():
        listed = {sibling.key for sibling in siblings}
        if len(listed) > 1 and all(_is_one_district(named, key) for key in listed):
            found |= {code for key in listed for code in _units(named, key)}
    return frozenset(found or ({} if reading.national else _told_alone(reading, named, mentions)))


def _told_alone(reading: Reading, named: NamedUnits, mentions: list[Mention]) -> set[str]:
    """The one bare name of a story that only one district bears, or one commune where the story comes back to it; few others bear it."""
    told = {mention.key for mention in mentions if mention.zone in ("title", "lead", "body") and not _is_way(reading, mention)}
    alone = [key for key in told if _is_rare(reading, named, key)]
    if len(alone) != 1 or reading.prior not in (None, *_homes(named, alone[0])):
        return set()
    districts = {code for code in _units(named, alone[0]) if named.level(code) == "district"}
    homes = {province for code in districts for province in named.provinces(code)}
    return {code for code in _units(named, alone[0]) if not districts or not homes.isdisjoint(named.provinces(code))}


def _is_rare(reading: Reading, named: NamedUnits, key: str) -> bool:
    homes = len(_homes(named, key))
    if _is_one_district(named, key):
        return homes <= _FEW
    return homes == 1 and " " in key and reading.repeated[key] > 1


def _is_way(reading: Reading, mention: Mention) -> bool:
    """Where somebody only goes or comes from: "xe đi Tri Tôn"."""
    return mention.source == "text" and reading.lowered.endswith(_WAYS, 0, mention.begin)


_WAYS = tuple(f" {way} " for way in ("đi", "từ", "sang"))


def _may_be_unit(mention: Mention) -> bool:
    if mention.zone in BOILERPLATE or mention.newspaper or mention.guest or mention.address:
        return False
    return mention.levels is not None or not (mention.embedded or mention.landmark or mention.institution or mention.product)


def _of_one_province(reading: Reading, named: NamedUnits, keys: set[str]) -> set[str]:
    units = {key: _old_units(named, key) for key in keys}
    shares: dict[str, float] = {}
    names: dict[str, int] = {}
    districts = {code for codes in units.values() for code in codes if named.level(code) == "district"}
    for key, codes in units.items():
        homes = _homes(named, key)
        for home in homes:
            shares[home] = shares.get(home, 0.0) + 1.0 / len(homes)
            names[home] = names.get(home, 0) + 1
        around = {above for code in codes for above in named.around(code) & districts if above not in codes}
        for home in {named.register.province(above) or "" for above in around}:
            shares[home] = shares.get(home, 0.0) + _NESTED
    together = sorted((share, home) for home, share in shares.items() if names.get(home, 0) > 1)
    if not together:
        return set()
    share, best = together[-1]
    if share < _ENOUGH or (len(together) > 1 and together[-2][0] > share * _LEAD) or reading.prior not in (None, best):
        return set()
    return {code for key in keys for code in _units(named, key) if best in named.provinces(code)}


def _units(named: NamedUnits, key: str) -> set[str]:
    return {code for code in named.codes(key) if named.level(code) in ("district", "commune")}


def _old_units(named: NamedUnits, key: str) -> set[str]:
    """Those of the map before the reform, or those of today where no old one bears the name."""
    codes = _units(named, key)
    return {code for code in codes if code.startswith("v1")} or codes


def _homes(named: NamedUnits, key: str) -> set[str]:
    """Provinces that the units of a name lie in."""
    return {home for code in _old_units(named, key) if (home := named.register.province(code))}


def _is_one_district(named: NamedUnits, key: str) -> bool:
    """Whether one district bears the name, which is no single common syllable."""
    if " " not in key and SYLLABLE.fullmatch(fold(key)):
        return False
    return sum(1 for code in named.codes(key) if named.level(code) == "district") == 1


SYLLABLE = re.compile(r"(?:ngh?|[ckgpt]h|nh|tr|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|nh|ng|[cmnpt])?|[ivxlc]+")
"""A word of Vietnamese, without its marks, or a Roman number; "Đakrông" and "Sró" are none and as good as names of two words."""
