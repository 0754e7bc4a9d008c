"""Read which place names stand in one list, and which brackets or clauses name the unit around them.

"các huyện A, B và C", "xã A, B (huyện C)", "huyện A (xã B, xã C)", "xã A thuộc huyện B": names that the words link get their parents and
share the type word, the cues and the list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from nlp.locality_mention import Mention, Names

_JOINT = re.compile(r"\s*(?:,|;|và|cùng|với|hay|hoặc|&|-|/|,\s?và|\+)?\s*(?:cả\s|các\s|cùng\s)?")
_OF = re.compile(r"\s*(?:,\s?)?(?:của|thuộc|ở|tại|nằm ở|thuộc địa bàn|trên địa bàn)\s(?:các\s|địa bàn\s)?")
_OPEN = re.compile(r"\s*,?\s*[(\[]\s*(?:nay thuộc\s|thuộc\s|nay là\s|của\s)?")
_CLOSE = re.compile(r"[^()\[\]\n]{0,24}[)\]](?P<rest>.*)", re.DOTALL)


def read_lists(mentions: Sequence[Mention], text: str, lowered: str, names: Names) -> None:
    run: list[Mention] = []  # linked mentions that still wait for a parent
    siblings: list[Mention] = []
    base: Mention | None = None  # the last one outside brackets
    bracket: list[Mention] | None = None  # what an open bracket explains
    previous: Mention | None = None
    for mention in mentions:
        mention.siblings = [mention]
        gap: str | None = None
        if (
            previous is not None
            and previous.source == mention.source
            and mention.begin - previous.end <= 60
            and mention.begin >= previous.end
        ):
            gap = lowered[previous.end : mention.begin]
            if "\n" in text[previous.end : mention.begin] and not gap.startswith((",", " và ")):
                gap = None  # another line, unless a list was broken by hand
        if bracket is not None and gap is not None:
            closing = _CLOSE.match(gap)
            if closing:
                bracket, run = None, []
                gap = closing["rest"]
                previous = base
        if gap is None or ". " in gap:
            run, siblings, base, bracket = [], [], None, None
        if bracket is not None:
            _explain(bracket, mention)
        elif base is None or gap is None:
            run = [mention]
            siblings = mention.siblings
            base = mention
        else:
            opening = _OPEN.fullmatch(gap)
            if opening and run:
                if names.is_parent(mention, run[-1]) or mention.levels is None or not _lower(mention, run[-1]):
                    bracket = list(run)
                    _explain(run, mention)
                else:  # "huyện A (xã B, xã C)": the bracket lists parts
                    mention.parents.append(run[-1])
                    run, siblings, base = [mention], mention.siblings, mention
            elif (joint := _JOINT.fullmatch(gap)) or _OF.fullmatch(gap):
                inside = (mention.levels is None or mention.levels != base.levels) and names.is_parent(mention, base) and "và" not in gap
                numbered = mention.key.isdigit() and mention.type is None  # "phường 5, 8": no Quận 8
                if inside and not numbered and not (joint and _are_provinces(base, mention, names)):
                    _explain(run, mention)
                    run = [*run[-_LONGEST_RUN:], mention]
                    siblings = mention.siblings
                elif joint and mention.type is None and base.levels is not None and names.can_be(mention.key, base.levels):
                    mention.levels, mention.inherited, mention.plural = base.levels, True, True
                    siblings.append(mention)
                    mention.siblings = siblings
                    run.append(mention)
                elif (
                    joint
                    and (
                        mention.levels == base.levels or (mention.type is None and base.levels is None) or _are_cities(base, mention, names)
                    )
                    and not (mention.type and base.inherited)
                ):
                    siblings.append(mention)
                    mention.siblings = siblings
                    run.append(mention)
                else:
                    run, siblings = [mention], mention.siblings
                if base.landmark and base.type is None and mention.type is None and gap.strip() == "-":
                    mention.landmark = True  # "đoạn đường A - B"
                if joint and mention.siblings is base.siblings:
                    _share_cues(base, mention)
                base = mention
            else:
                run, siblings, base = [mention], mention.siblings, mention
        previous = mention


def _are_provinces(one: Mention, two: Mention, names: Names) -> bool:
    """ "Yên Bái, Thanh Hóa": bare names of two provinces, though a commune Yên Bái lies in the second."""
    return one.type is None and two.type is None and all(names.can_be(mention.key, ("province",)) for mention in (one, two))


def _are_cities(one: Mention, two: Mention, names: Names) -> bool:
    """ "Hà Nội, TP.HCM": a city with its type word among provinces without one."""
    return one.levels is None and two.type == "thành phố" and all(names.can_be(mention.key, ("province",)) for mention in (one, two))


def _explain(run: Sequence[Mention], parent: Mention) -> None:
    for mention in run:
        parent.neighbour = parent.neighbour or mention.neighbour
        parent.product = parent.product or mention.product
        parent.former = parent.former or mention.former
        parent.also = parent.also or mention.also
        parent.institution = parent.institution or (mention.institution and mention.type is None and not parent.houses)
        if len(mention.parents) < _MOST_PARENTS:
            mention.parents.append(parent)
        parent.venue = parent.venue or mention.meeting
        parent.meeting = parent.meeting or mention.meeting
    parent.explains = True


def spread_guests(mentions: Sequence[Mention], lowered: str) -> None:
    """Guests are enumerated on, with commas and brackets."""
    for mention in mentions:
        if mention.studies and mention is mention.siblings[-1]:
            for sibling in mention.siblings:
                sibling.guest = True
    for previous, mention in pairwise(mentions):
        if previous.guest and not mention.guest and _ENUMERATED.fullmatch(lowered, previous.end, mention.begin):
            mention.guest = True
        elif mention.explains and previous.delegate:
            mention.delegate = True


_ENUMERATED = re.compile(r"\s?\(|[^.!?…;\n]{0,8}[,(][^.!?…;\n]{0,60}")
_MOST_PARENTS = 4
"""Commune, district, province and one to spare."""
_LONGEST_RUN = 40
"""Names of a list that one parent is given to; keeps endless lists linear."""
_RANK = {"province": 0, "district": 1, "commune": 2}


def _lower(one: Mention, two: Mention) -> bool:
    """Whether the type of the first is below that of the second."""
    if not one.levels or not two.levels:
        return False
    return min(_RANK.get(level, 0) for level in one.levels) > max(_RANK.get(level, 0) for level in two.levels)


def _share_cues(first: Mention, mention: Mention) -> None:
    """What is said before the first name of a list holds for all of them."""
    for cue in ("guest", "delegate", "neighbour", "venue", "merged", "newspaper", "origin", "example", "quoted", "ordered"):
        if getattr(first, cue) and not (cue == "merged" and mention.outcome):
            setattr(mention, cue, True)
