"""Read what stands around a place name: its type word, the list it is in, the bracket or clause that names its parent, and cues.

The result is still about words; which unit each mention means is decided in ``nlp/locality.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from corpus.document import FieldName
from corpus.localities import TYPE_LEVELS, Level
from nlp.gazetteer import Name
from nlp.locality_cues import Cues
from nlp.locality_zones import Line, Zone

_ABBREVIATIONS = {
    "tp": "thành phố", "t.p": "thành phố", "tx": "thị xã", "t.x": "thị xã", "tt": "thị trấn", "t.t": "thị trấn",
    "h": "huyện", "q": "quận", "p": "phường", "x": "xã", "thị": "thị xã",
}  # fmt: skip
_LEFT = 72
"""Characters looked at before a name; the longest type phrase with its list head fits."""
_RIGHT = 64


@dataclass(slots=True, eq=False)
class Mention:
    """One place name as written. ``levels`` None means that no type word speaks for it."""

    name: Name
    source: FieldName
    begin: int
    """Where the evidence starts: at the type word if one stands right before the name."""
    zone: Zone
    line: int
    type: str | None = None
    levels: tuple[Level, ...] | None = None
    plural: bool = False
    counted: bool = False
    """ "6 tỉnh: A, B, C, ...": the list is complete."""
    inherited: bool = False
    """The type word stands before another name of the same list."""
    parents: list[Mention] = field(default_factory=list)
    """Mentions that the words give as the unit around this one."""
    siblings: list[Mention] = field(default_factory=list)
    """The list that it is in, itself included; shared by all of them."""
    explains: bool = False
    """It stands as the parent of another mention."""
    person: bool = False
    landmark: bool = False
    newspaper: bool = False
    institution: bool = False
    product: bool = False
    """Fruit, tea, cloth called after where it comes from."""
    agency: bool = False
    guest: bool = False
    delegate: bool = False
    """Said of one place it is the host, of a list they are guests."""
    bridge: bool = False
    """Only a point of a video conference."""
    neighbour: bool = False
    venue: bool = False
    meeting: bool = False
    """A venue where people met."""
    hall: bool = False
    """The address of a theatre, hotel or square where people met."""
    origin: bool = False
    """Where somebody set out from."""
    former: bool = False
    recent: bool = False
    merged: bool = False
    heads: bool = False
    """``X: ...`` at the start of its line."""
    embedded: bool = False
    """A capital letter right before or after: perhaps part of a longer name."""
    capitals: bool = False

    @property
    def start(self) -> int:
        return self.name.start

    @property
    def end(self) -> int:
        return self.name.end

    @property
    def key(self) -> str:
        return self.name.key


class Names(Protocol):
    """What reading needs to know of the register."""

    def can_be(self, key: str, levels: tuple[Level, ...]) -> bool:
        """Whether the name occurs at one of the levels."""

    def levels(self, kind: str, key: str) -> tuple[Level, ...]:
        """What ``kind`` says about the level of this name: few cities are provinces."""

    def is_parent(self, parent: Mention, child: Mention) -> bool:
        """Whether a unit called like the first holds one called like the second."""


_JOINT = re.compile(r"\s*(?:,|;|và|cùng|với|hay|hoặc|&|-|/|,\s?và|\+)?\s*(?:cả\s|các\s|cùng\s)?")
_OF = re.compile(r"\s*(?:,\s?)?(?:của|thuộc|ở|tại|nằm ở|thuộc địa bàn|trên địa bàn)\s(?:các\s|địa bàn\s)?")
_OPEN = re.compile(r"\s*,?\s*[(\[]\s*(?:nay thuộc\s|thuộc\s|nay là\s|của\s)?")
_CLOSE = re.compile(r"[^()\[\]\n]{0,24}[)\]](?P<rest>.*)", re.DOTALL)
_FORMER = re.compile(r"\s*[(,]?\s*(?:cũ(?!\w)|trước đây|trước kia|trước sáp nhập|trước khi sáp nhập)")
_WIRE = re.compile(r"\s*\((?:ttxvn|vov|vietnam\+|chinhphu|plvn|vnp|dân trí|ndo)\b")
"""A news agency's dateline: where its desk is."""
_STOPS = frozenset(".!?…:;) ") | {""}
_FORMERLY = re.compile(r"(?<!\w)(?:trước|trước đây|trước kia|trước đó|nguyên|vốn)\s(?:là|thuộc)\s(?:địa bàn\s)?(?:tỉnh|huyện)?\s?$")
_RECENT = re.compile(r"\s*[(]?\s*(?:mới(?!\w)|\(mới\)|hiện nay|ngày nay|sau (?:khi )?(?:sáp nhập|hợp nhất))")
_MERGED_AFTER = re.compile(r"[^.\n]{0,60}?\b(?:nhập lại|nhập thành|hợp nhất|sáp nhập|gộp lại|hợp thành|nhập vào)\b")
_MERGE_HEAD = re.compile(
    r"(?:(?<!\w)(?:do|từ|trên cơ sở|gồm)\s(?:các\s|hai\s|ba\s|bốn\s|\d\s)?(?:xã|phường|tỉnh|huyện|đơn vị)?\s?(?:cũ\s)?)$"
)
_HEAD = re.compile(r"\s*(?:\([^()\n]{2,30}\)\s*)?:")
_TOKEN_BEFORE = re.compile(r"([^\s,;:.()\"“”\[\]/]+) $")
_TOKEN_AFTER = re.compile(r" ([^\s,;:.()\"“”\[\]/]+)")


def read_mentions(
    field_name: FieldName,
    text: str,
    lowered: str,
    lines: Sequence[Line],
    found: Sequence[Name],
    cues: Cues,
    names: Names,
) -> list[Mention]:
    """Mentions of the names found, in order; ``lowered`` is the text as `nlp.gazetteer.plain` leaves it."""
    starts = {name.start for name in found}
    ends = {name.end for name in found}
    mentions: list[Mention] = []
    at = 0
    for name in found:
        while at + 1 < len(lines) and name.start >= lines[at].end:
            at += 1
        zone: Zone = lines[at].zone if lines else "body"
        mention = Mention(name=name, source=field_name, begin=name.start, zone=zone, line=at)
        line_start = lines[at].start if lines else 0
        _read_left(mention, text, lowered, line_start, cues, names)
        _read_right(mention, text, lowered, starts)
        if name.start - 1 in ends or mention.begin - 1 in ends:
            mention.embedded = False
        mentions.append(mention)
    _read_lists(mentions, text, lowered, names)
    _spread_guests(mentions, lowered)
    return mentions


def _read_left(mention: Mention, text: str, lowered: str, line_start: int, cues: Cues, names: Names) -> None:
    start = mention.start
    left = lowered[max(0, start - _LEFT) : start]
    here = lowered[max(line_start, start - _LEFT) : start]
    if here.strip() or lowered[line_start - 2 : line_start - 1] in _STOPS:
        left = here  # what stands on the line before belongs to the name only where a line was broken by hand
    wide = names.can_be(mention.key, ("region", "country"))
    match = None if wide else cues.type_word.search(left)
    if match:
        word = match["type"]
        kind = _ABBREVIATIONS.get(word, word)
        if (word in ("h", "q", "p", "x") and not match["dot"]) or (word == "thị" and not match["list"]):
            kind = ""
        if word == "vùng":
            kind = ""  # regions bring the word with them; "vùng Sơn Dương" is loose talk of a huyện or xã
        if kind and match["mods"] and _is_around(mention.key, kind, match["count"], names):
            kind = ""  # "xã nghèo Bắc Kạn", "tám xã biên giới Mường Tè": communes of that place
        if kind:
            mention.type = kind
            mention.levels = names.levels(kind, mention.key)
            mention.plural = bool(match["list"]) or bool(match["count"]) or bool(match["gap"].strip())
            if match["list"]:
                mention.levels = _levels_of_list(match["list"], mention.levels)
            if not mention.plural or not match["list"]:
                direct = not match["mods"] and not match["gap"].strip()
                if direct and not (match["count"] or "").startswith(("các", "những")):
                    mention.begin = start - (len(left) - match.start("type"))
            mention.counted = _is_complete(match)
            left = left[: match.start()]
        if kind and _of_both_kinds(match, left) and names.can_be(mention.key, ("district",)) and not _GOES_ON.match(lowered, mention.end):
            mention.type, mention.levels, mention.plural, mention.begin = None, ("district",), False, start
    else:
        body = cues.body.search(left)
        if body:
            mention.type = cues.raw["bodies"][body[1]]
            mention.levels = names.levels(mention.type, mention.key)
            mention.agency = True
    mention.capitals = text[mention.start : mention.end].isupper() and mention.end - mention.start > 3
    mention.newspaper = cues.before("newspapers").search(left) is not None
    if not mention.type and not wide:
        mention.person = cues.before("titles").search(left) is not None
        mention.landmark = cues.before("landmarks").search(left) is not None
        mention.institution = cues.before("enterprises").search(left) is not None
        mention.product = cues.before("products").search(left) is not None
        token = _TOKEN_BEFORE.search(text, max(0, start - 24), start)
        if token and token[1][:1].isupper() and not mention.capitals:
            word = token[1].lower()
            if word in cues.surnames and not token[1].isupper():
                mention.person = True
            elif (
                not token[1].isupper()
                and token.start(1) > line_start
                and text[token.start(1) - 2 : token.start(1)] not in (". ", "! ", "? ", "- ", "– ")
            ):
                mention.embedded = True
    mention.counted = mention.counted or (" tỉnh" in left and _COUNTED.search(left) is not None)
    mention.institution = mention.institution or cues.before("institutions").search(left[-40:]) is not None
    mention.agency = mention.agency or cues.before("agencies").search(left) is not None
    mention.guest = cues.before("guests").search(left) is not None
    mention.delegate = cues.before("delegates").search(left) is not None
    mention.neighbour = cues.before("neighbours").search(left) is not None
    mention.venue = cues.before("venues").search(left) is not None and _TOPIC.search(here) is None
    mention.meeting = mention.venue and _MEETING.search(here) is not None
    mention.hall = mention.type is not None and cues.before("halls").search(left) is not None
    mention.origin = left.endswith(" từ ") and not mention.guest
    mention.former = _FORMERLY.search(left) is not None
    mention.bridge = left.endswith(("điểm cầu ", "đầu cầu "))
    mention.merged = cues.before("merged").search(left[-30:]) is not None
    if _MERGE_HEAD.search(left):
        mention.merged = _MERGED_AFTER.match(lowered[mention.end : mention.end + 120]) is not None


_MEETING = re.compile(r"(?<!\w)(?:họp|hội thảo|hội nghị|diễn đàn|tọa đàm|giao ban|lễ (?:trao|phát động|tổng kết))(?!\w)")
_TOPIC = re.compile(r"(?:^|[.!?:] )ở (?:tỉnh )?$")
"""Opens a sentence: "Ở Thái Nguyên, các cấp Hội ..." says whom it is about, "Tại Hà Nội, Bộ ..." where it met."""


def _is_complete(match: re.Match[str]) -> bool:
    """Whether a type phrase opens a counted list: "6 tỉnh", not "các tỉnh", "6/63 tỉnh", "6 tỉnh như"."""
    count = match["count"] or ""
    return bool(count) and not (count.startswith(_LOOSE) or "/" in count or "như" in match["gap"])


def _of_both_kinds(match: re.Match[str], left: str) -> bool:
    """ "Các xã, phường Hội An", "xã phường Hội An": the parts of one town."""
    return _COMMUNE_KINDS.fullmatch(match["list"] + match["type"]) is not None or (
        match["type"] in ("xã", "phường") and left.endswith(("xã ", "phường ", "thị trấn "))
    )


_COUNTED = re.compile(
    r"(?<!\w)(?:\d{1,2}|bốn|năm|sáu|bảy|tám|chín|mười)\s(?:tỉnh|địa phương)(?:(?:\s|,\s)[^\s.;:,]+){0,8}"
    r"(?:\s?:|\s(?:gồm|là|gồm có|bao gồm|sau)\s?:?)\s$"
)
_LOOSE = ("các", "những", "mọi", "một")
_COMMUNE_KINDS = re.compile(r"(?:xã|phường|thị trấn)(?:\s*(?:,|và|/|-)\s*(?:xã|phường|thị trấn))+")
_GOES_ON = re.compile(r"\s*(?:[,;/(&]|và\s|-\s)")


def _is_around(key: str, kind: str, count: str | None, names: Names) -> bool:
    if kind in ("tỉnh", "thành phố"):
        return False
    return names.can_be(key, ("province",)) or (bool(count) and kind == "xã" and names.can_be(key, ("district",)))


def _levels_of_list(words: str, levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Of "các huyện, thị xã, thành phố": every level named, and no provinces among districts."""
    kinds = [_ABBREVIATIONS.get(word, word) for word in re.split(r"\s*(?:,|/|-|\bvà\b)\s*", words.strip(" ,/-")) if word]
    found = dict.fromkeys(levels)
    for kind in kinds:
        found.update(dict.fromkeys(TYPE_LEVELS.get(kind, ())))
    if "tỉnh" in kinds:
        return ("province",)
    if not {"huyện", "thị xã", "quận"}.isdisjoint(kinds):
        found.pop("province", None)
    return tuple(found)


def _read_right(mention: Mention, text: str, lowered: str, starts: set[int]) -> None:
    end = mention.end
    right = lowered[end : end + _RIGHT]
    mention.former = mention.former or _FORMER.match(right) is not None
    if _WIRE.match(right):
        mention.newspaper = True
    mention.recent = _RECENT.match(right) is not None
    mention.heads = _HEAD.match(right) is not None
    token = _TOKEN_AFTER.match(text, end)
    if (
        token
        and token[1][:1].isupper()
        and token.start(1) not in starts
        and not mention.capitals
        and mention.type is None
        and not token[1].isupper()
    ):
        mention.embedded = True


def _read_lists(mentions: Sequence[Mention], text: str, lowered: str, names: Names) -> None:
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
            if "\n" in text[previous.end : mention.begin] and not gap.startswith(","):
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
                if inside and not (joint and _are_provinces(base, mention, names)):
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
                    and (mention.levels == base.levels or (mention.type is None and base.levels is None))
                    and not (mention.type and base.inherited)
                ):
                    siblings.append(mention)
                    mention.siblings = siblings
                    run.append(mention)
                else:
                    run, siblings = [mention], mention.siblings
                if joint and mention.siblings is base.siblings:
                    _share_cues(base, mention)
                base = mention
            else:
                run, siblings, base = [mention], mention.siblings, mention
        previous = mention


def _are_provinces(one: Mention, two: Mention, names: Names) -> bool:
    """ "Yên Bái, Thanh Hóa": bare names of two provinces, though a commune Yên Bái lies in the second."""
    return one.type is None and two.type is None and all(names.can_be(mention.key, ("province",)) for mention in (one, two))


def _explain(run: Sequence[Mention], parent: Mention) -> None:
    for mention in run:
        if mention.neighbour or mention.product:
            parent.neighbour, parent.product = parent.neighbour or mention.neighbour, parent.product or mention.product
        if len(mention.parents) < _MOST_PARENTS:
            mention.parents.append(parent)
        parent.venue = parent.venue or mention.meeting
    parent.explains = True


def _spread_guests(mentions: Sequence[Mention], lowered: str) -> None:
    """Guests are enumerated on, with commas and brackets."""
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
    for cue in ("guest", "delegate", "neighbour", "venue", "merged", "newspaper"):
        if getattr(first, cue):
            setattr(mention, cue, True)
