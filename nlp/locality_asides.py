"""Districts and communes that are named for something else than what is told of them: guests, neighbours, seats, places of work."""

from __future__ import annotations

import re
from collections import defaultdict

from nlp.locality_mention import Mention
from nlp.locality_register import NamedUnits
from nlp.locality_weights import Reading
from nlp.locality_zones import BOILERPLATE

_WHERE = re.compile(r"(?<!\w)(?:ở|tại|từ|đi|bên|dưới)\s$")
# "Như tại thành phố Nha Trang, thời gian qua ...": what follows is told of it.
_FRONTED = re.compile(
    r"(?:^|[.!?:;\n“\"])\s{0,3}(?:(?:như|riêng|còn|cụ thể|điển hình(?: là| như)?|ví dụ(?: như)?|đơn cử(?: như)?),? )?(?:ở|tại)\s$"
)
_FRONT = 30


def is_aside(mention: Mention) -> bool:
    """Whether the words right around a district or commune say so."""
    said = mention.guest or mention.neighbour or mention.merged or mention.address or mention.quoted or mention.ordered
    return said or mention.zone == "place_date"


def passed_through(reading: Reading, named: NamedUnits) -> frozenset[str]:
    """Districts that are only where somebody met, works, bought or came from.

    A town that is named once, alone and with nothing inside it is where people meet and find work; another district is that where the
    title names the unit that the text is about.
    """
    met: dict[str, list[Mention]] = defaultdict(list)
    held: set[str] = set()
    titled: set[str] = set()
    for position, code in reading.codes.items():
        mention = reading.mentions[position]
        level = named.level(code)
        if mention.zone in BOILERPLATE or level not in ("district", "commune"):
            continue
        met[code].append(mention)
        if level == "commune":
            held |= named.reach(code)
        if mention.source == "title":
            titled.add(code)
    once = {code: found[0] for code, found in met.items() if len(found) == 1 and code not in held and code not in titled}
    return frozenset(code for code, mention in once.items() if _is_passed(reading, named, mention, code, titled=bool(titled)))


def _is_passed(reading: Reading, named: NamedUnits, mention: Mention, code: str, *, titled: bool) -> bool:
    if mention.explains or mention.agency or mention.heads or len(mention.siblings) > 1:
        return False
    bare = mention.levels is None
    if named.level(code) == "commune":
        return bare and mention.origin
    town = any(form.type == "thành phố" for form in named.register.forms(code))
    if mention.dateline and town:
        return True
    if mention.zone != "body":
        return False  # at the head of a story even a venue is told of
    before = reading.lowered[max(0, mention.begin - _FRONT) : mention.begin]
    if town and not bare and _FRONTED.search(before) and reading.lowered.startswith(",", mention.end):
        return False
    where = _WHERE.search(before) is not None
    return (where or bare) if town else (where and bare and titled)
