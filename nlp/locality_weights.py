"""How much each place weighs in a document, and which provinces it is about.

A weight is what the words say: the title, the first paragraph, an authority that acts, a list of guests. The figures were set on the
annotated pages and our own place sentences; what the page comes from (host, newspaper, dateline) only tips what words leave open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.document import Document, Span
from corpus.localities import Level
from nlp.locality_mention import Mention
from nlp.locality_namesakes import districts_elsewhere, heirs_named, namesakes
from nlp.locality_register import NamedUnits
from nlp.locality_zones import BOILERPLATE, Zone
from nlp.patterns import words

_ZONE_WEIGHT: Mapping[Zone, float] = {
    "title": 5.0, "lead": 3.0, "header": 3.5, "body": 1.5, "short": 0.6, "caption": 0.5, "place_date": 0.6,
    "byline": 0.0, "source": 0.0, "chrome": 0.0, "tail": 0.0,
}  # fmt: skip
_MAIN: frozenset[Zone] = frozenset({"title", "lead", "body"})
_STORY: frozenset[Zone] = frozenset({"lead", "body"})
_CAPITAL = "hà nội"
"""What happens there is mostly the country's business."""
_METROPOLES = frozenset({"hà nội", "hồ chí minh", "tp.hcm", "tphcm", "tp hcm", "hcm", "sài gòn"})
"""Where others meet, buy and set out from."""
_MOST = 14.0
"""No repetition lifts a province over this."""
ABOUT_WEIGHT = 2.0
"""A province with less is mentioned only: one lead sentence suffices, one passing clause of the body does not."""
ALONE_WEIGHT = 1.0
"""Enough where no other province is near it and no central body speaks."""
ABOUT_SHARE = 0.4
"""Of the heaviest province's weight; under it a second province is a comparison, a venue or a guest."""
ABOUT_SHARE_ABROAD = 0.75
"""The same in a paper of the heaviest province: what it says of others is mostly where they come from, buy or learn."""
_FEWEST_CHOSEN = 3
"""Shorter lists weigh as much as single names."""
_STANDS_OUT = 5.0
"""Times the weight of the lightest of a list: its own title or paragraphs."""
MANY_PROVINCES = 4
"""More than this, none in the title and none well ahead, make a national or regional text."""
_NOT_BARE = ("các ", "những ", "nhiều ", "mỗi ", "liên ", "cấp ", "ngoại ", "hai ", "một số ", "huyện, ")
_BARE_PROVINCE = re.compile(
    rf"tỉnh(?<!\wtỉnh){''.join(f'(?<!{before}tỉnh)' for before in _NOT_BARE)}(?:(?<!\d tỉnh)|(?<=năm 20\d\d tỉnh))"
    r"(?:(?= ủy| này)|(?!\w))(?! (?:đoàn|lỵ|thành|nghèo|khác|bạn))"
)
_NUMBERS = {"ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_COUNT = re.compile(r"(?<!\w)([1-9]\d?|ba|bốn|năm|sáu|bảy|tám|chín|mười) (?:tỉnh|địa phương)(?!\w)", re.ASCII)
_BARE_DISTRICT = words(
    "huyện ủy|"
    + "|".join(
        rf"{before} (?:huyện|thị xã)(?= |[,.;:])(?! nghèo)" for before in ("ubnd", "hđnd", "toàn", "trong", "của", "địa bàn", "lãnh đạo")
    )
)

_OFFICE = re.compile(
    r"(?<!\w)sở (?:(?:thông tin|văn hóa|khoa học|lao động|nông nghiệp|nội vụ|dân tộc|y tế|giáo dục|tài chính|kế hoạch|công thương|"
    r"xây dựng"
    r"|tư pháp)(?!\w)|(?:tt|vh|kh|lđ|ld|nn|gd)[&,-])"
)
_OFFICE_WITHIN = 1500


@dataclass(slots=True)
class Reading:
    """What is known of one document while it is read."""

    document: Document
    lowered_title: str
    lowered: str
    """Title and text as names are compared."""
    mentions: list[Mention]
    new_map: bool
    """Names mean units of today first."""
    prior: str | None
    """Province of the host, the dateline or the newspaper."""
    national: bool
    """A central body speaks."""
    national_title: bool = False
    """The title says so."""
    repeated: Counter[str] = field(default_factory=Counter)
    """Name key to how often it stands outside boilerplate."""
    positions: dict[int, int] = field(default_factory=dict)
    """``id`` of a mention to its position."""
    weights: dict[str, float] = field(default_factory=dict)
    """Province code to weight."""
    codes: dict[int, str] = field(default_factory=dict)
    """Position in ``mentions`` to the unit meant."""
    scores: dict[int, float] = field(default_factory=dict)
    open: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Position to the units that stay possible."""
    districts: dict[str, int] = field(default_factory=dict)
    """Districts resolved, or around what was resolved, and how often."""
    named_inside: Counter[str] = field(default_factory=Counter)
    """District to how many names under a commune's type word one of its units bears."""
    known: dict[str, dict[str, float]] = field(default_factory=dict)
    """Name key to the units it was resolved to in this document, with their scores."""
    ranked: dict[Hashable, list[tuple[float, str]]] = field(default_factory=dict)
    """Candidates with their points, by what the points depend on; emptied whenever something new is known."""
    candidates: dict[Hashable, tuple[str, ...]] = field(default_factory=dict)
    """Units that a mention may mean, by what that depends on."""
    chosen: set[str] = field(default_factory=set)
    """Provinces that a counted list names: "6 tỉnh: A, B, C, D, E, F"."""
    bare: list[Span] = field(default_factory=list)
    """Where "tỉnh" stands without a name."""
    bare_districts: list[Span] = field(default_factory=list)
    """The same for "UBND huyện", "toàn thị xã", ..."""
    passed: frozenset[str] = frozenset()
    """Districts where somebody only met, works or came from."""
    told: set[str] = field(default_factory=set)
    """Names of districts and communes of which something is told."""
    company: frozenset[str] = frozenset()
    """Units that bare names mean together where nothing else says the province."""
    homes: int = 0
    """Provinces that persons are told apart by: "già làng A (X), chị B (Y)"."""
    offices: list[Span] = field(default_factory=list)
    """Departments of a province without its name: "Sở Nội vụ"."""

    @property
    def nameless(self) -> list[Span]:
        """What speaks of a province without naming it."""
        return self.bare or self.bare_districts

    def candidates_of(self, named: NamedUnits, mention: Mention, levels: tuple[Level, ...] | None) -> tuple[str, ...]:
        """Units of ``levels`` that the mention may mean; the same names are met again and again."""
        head = mention.siblings[0].type if mention.siblings else None
        asked = (mention.key, levels, mention.levels, mention.type, head, mention.former, mention.merged, mention.recent)
        known = self.candidates.get(asked)
        if known is None:
            known = named.candidates(mention, self.document.published, new_map=self.new_map, levels=levels)
            self.candidates[asked] = known
        return known

    def add(self, province: str, weight: float) -> None:
        if weight:
            self.weights[province] = min(self.weights.get(province, 0.0) + weight, _MOST)


def mention_weight(reading: Reading, mention: Mention, listed: int = 1) -> float:
    """What one mention says for its province; ``listed`` provinces are named in its list."""
    weight = _ZONE_WEIGHT[mention.zone]
    if mention.source == "text" and mention.zone == "title":
        weight = 0.5  # the title printed again
    if mention.zone == "header" and not (mention.type or mention.agency):
        weight = 1.0
    if mention.zone == "short" and (mention.type or mention.agency):
        weight = 1.0
    if mention.heads and mention.zone in _STORY:
        weight = max(weight, 4.0)
    if mention.newspaper:
        return weight * 0.8 if leads_title(mention) else 0.0
    if mention.zone in _STORY:
        weight += 1.0 * mention.agency + 1.0 * mention.explains
    if mention.neighbour or (mention.landmark and mention.type is None):
        return 0.0
    for applies, factor in (
        (mention.guest or (mention.delegate and listed > 1), 0.1),
        (mention.delegate and reading.national and mention.source == "text", 0.3),
        (mention.bridge, 0.2),
        (mention.meeting and reading.national and (mention.source == "text" or reading.national_title), 0.3),
        (mention.address, 0.1),
        (reading.national and mention.attends, 0.3),
        (mention.origin and mention.source == "text", 0.3),
        (mention.example and reading.national, 0.3),
        (_is_also(reading, mention), 0.4),
        (mention.speaks and reading.national and mention.zone in _STORY, 0.3),
        (mention.prized, 0.3),
        (mention.native, 0.2),
        (mention.dateline and mention.key == _CAPITAL, 0.1),
        (mention.hall and reading.national and mention.source == "text", 0.3),
        (mention.institution or mention.product, 0.25),
        (mention.merged, 0.2),
        (mention.later, 0.3),
        (mention.lives and (reading.national or reading.homes > 1 or mention.zone == "body"), 0.3),
        (mention.quoted, 0.3),
        (reading.national and mention.source == "text" and _is_example(reading, mention), 0.3),
        (mention.bracketed and not mention.explains and mention.source == "text" and mention.key in _METROPOLES, 0.3),
        (mention.embedded, 0.5),
        (mention.key in _METROPOLES and mention.source == "text" and _is_of_many_cities(reading, mention), 0.3),
        (mention.venue and mention.source == "text" and (reading.national or (mention.key == _CAPITAL and not mention.type)), 0.3),
        (listed > (2 if reading.national and mention.source == "text" else 3), 0.3),
    ):
        if applies:
            weight *= factor
    return weight


def _is_also(reading: Reading, mention: Mention) -> bool:
    """ "X, Y cũng ...", "năm ngoái đoàn tới X" in a text that is about another province already."""
    last = mention.siblings[-1] if mention.siblings else mention
    heard = max(reading.weights.values(), default=0.0) >= ABOUT_WEIGHT
    return (last.also or mention.earlier) and heard and mention.key not in reading.lowered_title


def _is_of_many_cities(reading: Reading, mention: Mention) -> bool:
    """A metropole listed with the other one, or named once in passing, and not in the title."""
    if mention.type == "tỉnh" or mention.key in reading.lowered_title:
        return False
    if {sibling.key for sibling in mention.siblings[:4]} - {mention.key} & _METROPOLES:
        return True
    return mention.levels is None and mention.zone == "body" and reading.repeated[mention.key] == 1 and not mention.explains


def _is_visitor(mention: Mention) -> bool:
    return mention.guest or mention.delegate or mention.neighbour


_TEAM = re.compile(r"(?<!\w)đội (?:thi )?(?:tỉnh )?$")
_HOME = re.compile(
    r"(?<!\w)(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Ee]m|[Cc]ụ)(?: [^\W\d_a-z][^\W\d_]*){1,5}(?: \([^()\n]{1,20}\))?(?:,[^,.;:!?\n]{1,40}){0,6},?"
    r" (?:ở |tại |trú tại |quê |quê ở |thuộc )?$"
)
_HOME_WITHIN = 160
"""Characters from a person's name to the last part of an address."""


def _is_example(reading: Reading, mention: Mention) -> bool:
    """A team, or where a person lives: "Chị Vừ Thị Mỷ, bản Pa Kha, xã Nậm Tin, huyện Nậm Pồ"."""
    if _TEAM.search(reading.lowered, max(0, mention.start - 16), mention.start):
        return True
    return mention.zone == "body" and _HOME.search(reading.document.text[max(0, mention.begin - _HOME_WITHIN) : mention.begin]) is not None


def leads_title(mention: Mention) -> bool:
    """A newspaper that the headline is about: it opens it or is where the story happens."""
    return mention.source == "title" and (mention.start < 12 or mention.at_paper)


def settle_provinces(reading: Reading, named: NamedUnits) -> None:
    """Resolve the names of provinces and weigh them."""
    on = reading.document.published
    listed: dict[int, int] = {}
    counts = {_NUMBERS.get(match[1]) or int(match[1]) for match in _COUNT.finditer(reading.lowered_title)}
    for mention in reading.mentions:
        if id(mention.siblings) not in listed:
            listed[id(mention.siblings)] = sum(1 for sibling in mention.siblings if named.can_be(sibling.key, ("province",)))
    small_ones = namesakes(reading.mentions, named) | districts_elsewhere(reading.mentions, named)
    heirs = heirs_named(reading.mentions, named) if any(mention.former for mention in reading.mentions) else frozenset()
    for position, mention in enumerate(reading.mentions):
        if (mention.levels is not None and "province" not in mention.levels) or not named.can_be(mention.key, ("province",)):
            continue
        if mention.levels is None and mention.key in small_ones:
            continue  # "Khánh Hòa: ..." over a story of xã Khánh Hòa, which lies in another province
        codes = reading.candidates_of(named, mention, ("province",))
        if mention.type == "thành phố":
            codes = tuple(code for code in codes if named.is_city(code, on))
        if len(codes) != 1:
            continue
        count = listed[id(mention.siblings)]
        below = mention.levels is None and named.can_be(mention.key, ("district", "commune"))
        if below and (count * 2 < len(mention.siblings) or named.is_part(mention)):
            continue  # one name among those of smaller units, or inside one: decided with them
        reading.codes[position] = codes[0]
        reading.scores[position] = 0.99 if mention.type else 0.95
        weight = mention_weight(reading, mention, count)
        if mention.former and reading.new_map and not mention.passed and named.today_province(codes[0]) in heirs:
            weight *= 0.5
        if mention.gives and codes[0] != reading.prior and _has_receiver(reading, position):
            weight *= 0.3
        reading.add(codes[0], weight)
        if (
            count >= _FEWEST_CHOSEN
            and (count in counts or mention.siblings[0].counted)
            and mention.zone in _MAIN
            and not _is_visitor(mention)
        ):
            reading.chosen.add(codes[0])
    _add_bare_provinces(reading, named)
    _lower_venues(reading)


_RECEIVER_WITHIN = 240


def _has_receiver(reading: Reading, position: int) -> bool:
    """Whether the sentence goes on with another place, which gets what is given: "Sở X trao 20 bộ máy tính cho các xã huyện Y"."""
    giver = reading.mentions[position]
    for other in reading.mentions[position + 1 : position + 6]:
        if other.source != giver.source or other.start - giver.end > _RECEIVER_WITHIN or ". " in reading.lowered[giver.end : other.start]:
            return False
        if other.levels is not None and other.key != giver.key and other not in giver.parents:
            return True
    return False


def _lower_venues(reading: Reading) -> None:
    """A metropole that is only a venue, the seat of a firm or where somebody set out is not the subject beside another province."""
    heard: dict[str, list[Mention]] = {}
    for position, code in reading.codes.items():
        if reading.mentions[position].zone not in BOILERPLATE:
            heard.setdefault(code, []).append(reading.mentions[position])
    if len(heard) < 2:
        return
    for code, mentions in heard.items():
        if not all(
            mention.key in _METROPOLES and mention.source == "text" and (mention.venue or mention.institution or mention.origin)
            for mention in mentions
        ):
            continue
        others = [weight for other, weight in reading.weights.items() if other != code]
        if code in reading.weights and max(others, default=0.0) >= ABOUT_WEIGHT:
            reading.weights[code] *= 0.3


def _add_bare_provinces(reading: Reading, named: NamedUnits) -> None:
    """A bare "tỉnh" speaks of the province in the title, else of the one named last, never of a city; else of the source's."""
    begins = {mention.begin for mention in reading.mentions if mention.source == "text"}
    starts = {mention.start for mention in reading.mentions if mention.source == "text"}
    reading.bare = [
        Span(match.start(), match.end())
        for match in _BARE_PROVINCE.finditer(reading.lowered)
        if match.end() + 1 not in starts and match.start() not in begins
    ]
    reading.bare_districts = [
        Span(match.start(), match.end()) for match in _BARE_DISTRICT.finditer(reading.lowered) if match.end() + 1 not in starts
    ]
    reading.offices = [
        Span(match.start(), match.end())
        for match in _OFFICE.finditer(reading.lowered, 0, _OFFICE_WITHIN)
        if match.end() + 1 not in starts and match.start() not in begins
    ]
    said: list[tuple[int, str]] = []
    in_title: set[str] = set()
    for position, code in sorted(reading.codes.items()):
        mention = reading.mentions[position]
        if mention.source == "title":
            in_title.add(code)
        elif mention.zone in _STORY and not named.is_city(code, None) and not (mention.guest or mention.neighbour or mention.newspaper):
            said.append((mention.end, code))
    titled = in_title.pop() if len(in_title) == 1 else None
    only_cities = bool(reading.codes) and not said
    credit: dict[str, float] = {}
    at = -1
    for span in reading.bare:
        while at + 1 < len(said) and said[at + 1][0] <= span.start:
            at += 1
        early = at < 0 and reading.prior is not None and _is_far(reading.bare[0], said)
        spoken = titled or (reading.prior if early else said[max(at, 0)][1] if said else reading.prior if only_cities else None)
        if spoken:
            credit[spoken] = min(credit.get(spoken, 1.4 if only_cities else 0.0) + 0.7, 2.8)
    for code, amount in credit.items():
        reading.add(code, amount)


def _is_titled_at_home(reading: Reading, named: NamedUnits) -> bool:
    """Whether the title names a district or commune of the province of the source."""
    return any(
        reading.mentions[position].source == "title"
        and not _is_visitor(reading.mentions[position])
        and named.level(code) in ("district", "commune")
        and reading.prior in named.provinces(code)
        for position, code in reading.codes.items()
    )


def _is_far(span: Span, said: Sequence[tuple[int, str]]) -> bool:
    """Whether a bare "tỉnh" stands more than a sentence before the first province that is named."""
    return bool(said) and said[0][0] - span.end > _NEARBY


_NEARBY = 160


def _speaks_of_all(reading: Reading) -> bool:
    """Whether the provinces of a counted list are the subject together: none of them and no other one stands out."""
    inside = [weight for province, weight in reading.weights.items() if province in reading.chosen]
    outside = [weight for province, weight in reading.weights.items() if province not in reading.chosen]
    return len(inside) >= _FEWEST_CHOSEN and max(inside) < _STANDS_OUT * min(inside) and max(outside, default=0.0) < ABOUT_WEIGHT


def _are_paired(reading: Reading, ranked: Sequence[float]) -> bool:
    """Whether a text of a central body tells something of two or three provinces in one list, and names no other one."""
    lists = {id(reading.mentions[p].siblings) for p, code in reading.codes.items() if code in reading.weights}
    return reading.national and len(lists) == 1 and 1 < len(ranked) < MANY_PROVINCES and ranked[-1] >= _ZONE_WEIGHT["body"]


def about_provinces(reading: Reading, named: NamedUnits) -> frozenset[str]:
    """Provinces that the document is about; empty for national and regional texts."""
    if _speaks_of_all(reading):
        return frozenset(reading.chosen)
    ranked = sorted(reading.weights.values(), reverse=True)
    if not ranked:
        return frozenset()
    alone = not reading.national and (len(ranked) < 2 or ranked[1] < ranked[0] * ABOUT_SHARE)
    enough = ALONE_WEIGHT if alone else ABOUT_WEIGHT
    if ranked[0] < enough:
        return frozenset(reading.weights) if _are_paired(reading, ranked) else frozenset()
    in_title: set[str] = set()
    said: set[str] = set()
    for position, code in reading.codes.items():
        mention = reading.mentions[position]
        if named.level(code) == "province" and mention.zone not in BOILERPLATE:
            said.add(code)
            if mention.source == "title" and mention_weight(reading, mention) >= ABOUT_WEIGHT:
                in_title.add(code)
        elif mention.source == "title" and mention.start == 0 and named.level(code) == "district":
            in_title |= {province for province in named.provinces(code) if province in reading.weights}
    if len(said) > MANY_PROVINCES and not in_title and len(ranked) > 2 and ranked[0] < 2 * ranked[2]:
        return frozenset()
    if reading.prior in in_title or _is_titled_at_home(reading, named):
        home = reading.prior or ""
        if reading.weights.get(home, 0.0) >= enough:
            return frozenset(in_title & {code for code, weight in reading.weights.items() if weight >= enough}) | {home}
    share = ABOUT_SHARE_ABROAD if reading.weights.get(reading.prior or "", 0.0) == ranked[0] else ABOUT_SHARE
    found = {code for code, weight in reading.weights.items() if weight >= enough and (weight >= ranked[0] * share or code in in_title)}
    return frozenset() if len(found) > MANY_PROVINCES and not found & in_title else frozenset(found)
