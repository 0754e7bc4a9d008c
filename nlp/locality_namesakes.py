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


def districts_elsewhere(mentions: Sequence[Mention], named: NamedUnits) -> frozenset[str]:
    """ "Xã Trường Sơn (Quảng Ninh)" in a text of Quảng Bình: names of provinces that mean a district there, which holds the commune."""
    held: dict[str, set[str]] = {}
    for mention in mentions:
        for parent in mention.parents:
            if parent.levels is None and named.can_be(parent.key, ("province",)) and named.can_be(parent.key, ("district",)):
                held.setdefault(parent.key, set()).add(mention.key)
    if not held:
        return frozenset()
    provinces = {code: key for key in {mention.key for mention in mentions} for code in named.codes(key) if named.level(code) == "province"}
    found = set()
    for key, children in held.items():
        said = {code for code, name in provinces.items() if name != key}
        bearers = {code for code in named.codes(key) if named.level(code) == "district" and named.register.province(code) in said}
        if any(not bearers.isdisjoint(named.around(code)) for child in children for code in named.codes(child)):
            found.add(key)
    return frozenset(found)


def heirs_named(mentions: Sequence[Mention], named: NamedUnits) -> frozenset[str]:
    """Units that the text may name as they are now, in which an old province can have ended."""
    return frozenset(code for key in {mention.key for mention in mentions if not mention.former} for code in named.codes(key))
