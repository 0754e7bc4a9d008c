"""Names that provinces share with smaller units, and with what they belong to now."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.locality_mention import Mention
from nlp.locality_register import NamedUnits
from nlp.locality_zones import BOILERPLATE


def namesakes(mentions: Sequence[Mention], named: NamedUnits) -> frozenset[str]:
    """Names that the text gives to a district or commune, never to a province, where none such lies in the province of that name."""
    small: set[str] = set()
    large: set[str] = set()
    for mention in mentions:
        if mention.zone in BOILERPLATE or mention.levels is None or not named.can_be(mention.key, ("province",)):
            continue
        (large if "province" in mention.levels else small).add(mention.key)
    return frozenset(key for key in small - large if not named.holds_namesake(key))


def is_district_elsewhere(mentions: Sequence[Mention], named: NamedUnits, mention: Mention) -> bool:
    """ "Xã Trường Sơn (Quảng Ninh)" in a text of Quảng Bình: the district of that name there, which holds the commune."""
    if not mention.explains or not named.can_be(mention.key, ("district",)):
        return False
    said = {code for other in mentions if other.key != mention.key for code in named.codes(other.key) if named.level(code) == "province"}
    bearers = {code for code in named.codes(mention.key) if named.level(code) == "district" and named.register.province(code) in said}
    inside = {code for other in mentions if mention in other.parents for code in named.codes(other.key)}
    return any(not bearers.isdisjoint(named.around(code)) for code in inside)


def is_heir_named(mentions: Sequence[Mention], named: NamedUnits, code: str) -> bool:
    """Whether the text also names what an old province belongs to now."""
    heir = named.today_province(code)
    return any(heir in named.codes(other.key) for other in mentions if not other.former)
