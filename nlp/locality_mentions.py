"""Read what stands around a place name: its type word and the cues; lists, brackets and clauses are read by ``nlp/locality_lists.py``.

The result is still about words; which unit each mention means is decided in ``nlp/locality.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import FieldName
from corpus.localities import TYPE_LEVELS, Level
from nlp.gazetteer import Name
from nlp.locality_belongs import opens_text, read_belonging
from nlp.locality_cues import Cues
from nlp.locality_lists import read_lists, spread_guests
from nlp.locality_mention import Mention, Names
from nlp.locality_mergers import FORMER, FORMERLY, LATER, MADE_OF, MERGE_HEAD, MERGED_AFTER, PASSED, RECENT, is_what_came_of_it
from nlp.locality_zones import Line, Zone
from nlp.sieve import Asked, Search

_ABBREVIATIONS = {
    "tp": "thành phố", "t.p": "thành phố", "tx": "thị xã", "t.x": "thị xã", "tt": "thị trấn", "t.t": "thị trấn",
    "h": "huyện", "q": "quận", "p": "phường", "x": "xã", "thị": "thị xã",
}  # fmt: skip
_LEFT = 72
"""Characters looked at before a name; the longest type phrase with its list head fits."""
_RIGHT = 64


_WIRE = re.compile(r"\s*\((?:ttxvn|vov|vietnam\+|chinhphu|plvn|vnp|dân trí|ndo)\b")
"""A news agency's dateline: where its desk is."""
_STOPS = frozenset(".!?…:;) ") | {""}
_HEAD = re.compile(r"\s*(?:\([^()\n]{2,30}\)\s*)?:")
_TOKEN_BEFORE = re.compile(r"(?<![^\s,;:.()\"“”\[\]/])([^\s,;:.()\"“”\[\]/]+) $")
_TOKEN_REACH = 24
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
        _read_right(mention, text, lowered, starts, line_start)
        mention.dateline = field_name == "text" and zone == "lead" and opens_text(mention, text, lowered)
        if field_name == "text" and names.can_be(mention.key, ("province",)):
            read_belonging(mention, text, lowered)
        if name.start - 1 in ends or mention.begin - 1 in ends:
            mention.embedded = False
        mentions.append(mention)
    read_lists(mentions, text, lowered, names)
    for mention in mentions:
        if mention.former and mention is mention.siblings[-1]:
            for sibling in mention.siblings:  # "Bình Thuận và Đắk Nông cũ"
                sibling.former = True
        mention.ordered = mention.ordered or (mention.whole and len(mention.siblings) == 1)
    spread_guests(mentions, lowered)
    return mentions


def _read_left(mention: Mention, text: str, lowered: str, line_start: int, cues: Cues, names: Names) -> None:
    start = mention.start
    left = lowered[max(0, start - _LEFT) : start]
    search, standing = _BEFORE.within(left), cues.standing(left)  # all that is looked at below is a part of this
    here = lowered[max(line_start, start - _LEFT) : start]
    if here.strip() or lowered[line_start - 2 : line_start - 1] in _STOPS:
        left = here  # what stands on the line before belongs to the name only where a line was broken by hand
    wide = names.can_be(mention.key, ("region", "country"))
    match = cues.type_word.search(left) if not wide and cues.may_be_typed(left) else None
    if match:
        word = match["type"]
        listing = "" if match["list"] and _is_given_name(text, start - len(left) + match.start("list")) else match["list"]
        if listing.startswith("tỉnh") and not names.can_be(mention.key, ("province",)):
            listing = ""  # "lãnh đạo tỉnh, huyện Mường La": the province stands for itself
        kind = _ABBREVIATIONS.get(word, word)
        if (word in ("h", "q", "p", "x") and not match["dot"]) or (word == "thị" and not listing):
            kind = ""
        if word == "vùng":
            kind = ""  # regions bring the word with them; "vùng Sơn Dương" is loose talk of a huyện or xã
        if kind and match["mods"] and _is_around(mention.key, kind, match["count"], names):
            kind = ""  # "xã nghèo Bắc Kạn", "tám xã biên giới Mường Tè": communes of that place
        if kind:
            mention.type = kind
            mention.levels = names.levels(kind, mention.key)
            mention.plural = bool(listing) or bool(match["count"]) or bool(match["gap"].strip())
            if listing:
                mention.levels = _levels_of_list(listing, mention.levels)
            if not mention.plural or not listing:
                direct = not match["mods"] and not match["gap"].strip()
                if direct and not (match["count"] or "").startswith(("các", "những")):
                    mention.begin = start - (len(left) - match.start("type"))
            mention.counted = _is_complete(match)
            left = left[: match.start()]
        if kind and _of_both_kinds(match, left) and not _GOES_ON.match(lowered, mention.end):
            whole: tuple[Level, ...] = ("province",) if names.can_be(mention.key, ("province",)) else ("district",)
            if names.can_be(mention.key, whole):
                mention.type, mention.levels, mention.plural, mention.begin = None, whole, False, start
    else:
        body = cues.body.search(left) if "bodies" in standing else None
        if body:
            mention.type = cues.raw["bodies"][body[1]]
            mention.levels = names.levels(mention.type, mention.key)
            mention.agency = True

    ending = cues.ending(left)

    def stands(name: str, within: str = left) -> bool:
        return (name in standing or name in ending) and cues.is_before(name, within)

    mention.capitals = text[mention.start : mention.end].isupper() and mention.end - mention.start > 3
    mention.newspaper = stands("newspapers") and not left.endswith(("nhà báo ", "họp báo "))
    mention.at_paper = mention.newspaper and _AT_PAPER.search(left) is not None
    if not mention.type and not wide:
        villagers = _is_of_a_village(mention, lowered, left, cues)
        mention.person = not villagers and stands("titles") and _GUILD.search(left) is None
        mention.landmark = not villagers and stands("landmarks")
        mention.institution = stands("enterprises")
        mention.product = stands("products")
        reach = max(0, start - _TOKEN_REACH)
        token = _TOKEN_BEFORE.search(text[reach:start])
        if token and token[1][:1].isupper() and not mention.capitals:
            begin = reach + token.start(1)
            word = token[1].lower()
            opens = begin == line_start or text[begin - 2 : begin] in _OPENS_SENTENCE
            if word in cues.surnames and not token[1].isupper() and not (opens and word in _COMMON_FIRST):
                mention.person = True
            elif word in _GENERIC:
                pass
            elif not token[1].isupper() and not opens:
                mention.embedded = True
    if (mention.person or mention.embedded) and search(_PEOPLE, left):
        mention.person = mention.embedded = False
    if mention.landmark and search(_TERRAIN, left):
        mention.landmark = False
    mention.counted = mention.counted or (" tỉnh" in left and search(_COUNTED, left) is not None)
    mention.institution = mention.institution or stands("institutions", left[-40:])
    mention.houses = mention.institution and search(_SCHOOL_IN, left) is not None
    if mention.houses or (mention.institution and mention.type in _OWN_KINDS and not search(_UNIVERSITY, left)):
        mention.institution = False  # "trường tiểu học xã X", "bệnh viện huyện Y": the unit's own
    mention.agency = mention.agency or stands("agencies")
    mention.guest = stands("guests") or search(_DEPUTY, left) is not None
    mention.delegate = stands("delegates")
    compared = stands("neighbours") and not _WAY.search(left) and not search(_GOES_ON_TO, left)
    mention.neighbour = (compared and _CALLED_QUE.search(text, max(0, start - 24), start) is None) or _is_elsewhere(mention, left, search)
    mention.venue = stands("venues") and search(_TOPIC, here) is None
    mention.meeting = mention.venue and search(_MEETING, here) is not None
    mention.hosts = mention.venue and mention.type in ("thành phố", "thị xã") and _PROVINCE_MEETS.match(lowered, mention.end) is not None
    mention.hall = mention.type is not None and stands("halls")
    mention.attends = search(_PRESENT, here) is not None
    mention.address = search(_ADDRESS, here) is not None
    mention.lives = (
        not mention.type and left.endswith("(") and _LIVES.search(text, max(line_start, start - _LIST_OF_PERSONS), start) is not None
    )
    mention.quoted = mention.source == "text" and search(_WORK, here) is not None
    mention.whole = mention.type in ("thành phố", "thị xã") and search(_ALL_OF_THEM, here) is not None
    mention.ordered = search(_ORDERED, here) is not None and _CARRY_OUT.match(lowered, mention.end) is not None
    mention.earlier = mention.source == "text" and search(_EARLIER, here) is not None
    mention.later = search(LATER, left) is not None
    mention.origin = left.endswith(" từ ") and not mention.guest
    prized = search(_PRIZED, left) is not None
    mention.prized = prized and mention.source == "text" and names.can_be(mention.key, ("province",))
    mention.example = prized or search(_EXAMPLE, left) is not None
    mention.former = search(FORMERLY, left) is not None
    mention.bridge = left.endswith(("điểm cầu ", "đầu cầu "))
    mention.outcome = is_what_came_of_it(left, lowered[mention.end : mention.end + 24])
    mention.merged = stands("merged", left[-30:]) and not mention.outcome
    if search(MADE_OF, left):
        mention.merged = True
    elif search(MERGE_HEAD, left):
        mention.merged = MERGED_AFTER.match(lowered[mention.end : mention.end + 120]) is not None


_OPENS_SENTENCE = (". ", "! ", "? ", "- ", "– ")
_COMMON_FIRST = frozenset({"từ", "mùa", "tăng", "thái"})
"""Surnames that also are words with which a sentence begins: "Từ Xín Mần qua Trà Lĩnh"."""
_GENERIC = frozenset({"đài", "đội", "đoàn", "trạm", "tổ", "cụm", "vùng"})
"""Nouns that are written with a capital letter before a name and are no part of it: "Đội Bình Minh giành giải"."""
_VILLAGERS = re.compile(r"(?<!\w)(?:già làng|trẻ em|(?:các|\d+|những) (?:em|cháu|trưởng (?:thôn|bản|xóm|ấp|buôn)))\s$")


def _is_of_a_village(mention: Mention, lowered: str, left: str, cues: Cues) -> bool:
    """ "25 trưởng thôn Giao Thiện", "trẻ em Y Tý": people of a place, no person of that name."""
    if _VILLAGERS.search(left) is None:
        return False
    first, _, more = lowered[mention.start : mention.end].partition(" ")
    return more != "" and (first not in cues.surnames or left.endswith("trẻ em "))


_GOES_ON_TO = re.compile(r"(?:^|[.!?…:] )sang (?:(?:xã|huyện|phường) )?$|(?<!\w)(?:lan|lan rộng|nhân|nhân rộng|mở rộng) sang $")
"""What is told goes on there: "Sang X thì khá hơn"."""
_SCHOOL_IN = re.compile(
    r"(?<!\w)(?:trường(?! (?:đại học|cao đẳng|trung cấp|đh|cđ|sĩ quan|quân sự|đào tạo|dạy nghề|nghề)(?!\w))|thcs|thpt|tiểu học|mầm non)"
    r"(?:\s[\w&-]+){0,8}\s(?:ở|tại|thuộc)\s$"
)
""" "Trường THCS ... ở huyện X" is news of the district, which no university is of its town."""
_OWN_KINDS = ("huyện", "quận", "thị xã", "xã", "phường", "thị trấn")
_UNIVERSITY = re.compile(r"(?<!\w)(?:đại học|cao đẳng|học viện|đh|cđ|viện)(?!\w)")
_WORKS_IN = re.compile(
    r"(?<!\w)(?:một|vài|mấy) (?:xí nghiệp|xưởng|nhà máy|công ty|khu công nghiệp|tiệm|quán)(?:\s[^\s.;:,()]+){0,4}\s(?:ở|tại|dưới|ngoài)\s$"
)
_ROAD_TO = re.compile(r"(?<!\w)(?:đường|lối)(?: đất| mòn| nhựa| bê tông| cái)? (?:về|đi|lên|sang|xuống|ra|tới|đến)\s$")
_WORK = re.compile(
    r"(?<!\w)(?:phóng sự|ký sự|bài(?: viết| báo| thơ| hát| dự thi)?|loạt bài|tác phẩm|tiểu phẩm"
    r"|vở|phim|bộ ảnh|chùm ảnh|ca khúc|truyện|cuốn)"
    r"(?:\s[^\s.;:,()“”\"']+){0,4}:?\s?[“\"'«][^“”\"'»\n]{0,60}$"
    r"|(?<!\w)(?:loạt bài|tác phẩm|phóng sự|ký sự|bài viết|bài dự thi)(?: \w+){0,2} (?:về|phản ánh|kể)\s[^.;:\n]{0,60}(?:ở|tại|của)\s$"
)
_PROVINCE_MEETS = re.compile(r",\s(?:sở (?!\w+ (?:của )?huyện)|ubnd tỉnh|ủy ban nhân dân tỉnh|tỉnh |(?:[^\s.;:,()]+\s){1,6}tỉnh(?!\w))")
""" "Tại thành phố X, Sở Y mở lớp cho cán bộ các huyện A, B": news of A and B."""
_ORDERED = re.compile(r"(?<!\w)(?:ubnd|ủy ban nhân dân) (?:các )?(?:huyện|quận|thị xã)(?:,| và|/)[^.;:\n]{0,60}$")
_ALL_OF_THEM = re.compile(
    r"(?<!\w)(?:các|từng|mọi|tất cả|mỗi) (?:(?:huyện|quận|thị xã)(?:, | và |/)){1,3}(?:tp\.? ?|thành phố |thị xã |tx\.? ?)$"
)
_CARRY_OUT = re.compile(
    r"[^.;:\n]{0,160}?(?:chịu trách nhiệm|thi hành|(?:căn cứ|thực hiện)(?: nội dung)? (?:quyết định|kế hoạch|chỉ thị|công văn) này)"
)
""" "Chủ tịch UBND các huyện, thành phố X chịu trách nhiệm thi hành Quyết định này": the whole province."""
_EARLIER = re.compile(
    r"(?<!\w)(?:(?:năm|lần|tháng|tuần) (?:ngoái|trước|kia)|trước đó|từng)(?!\w)[^.;\n]{0,40}\s(?:ở|tại|tới|đến|về|cho|lên|xuống|ra|vào)\s"
    r"(?:[^\s.;:()]+[\s,]\s?){0,6}$"
)
_PEOPLE = re.compile(r"(?<!\w)(?:người|đồng bào|bà con)(?: [^\s.,;:()]+){1,2} $")
""" "Hai xã người Mông A Lù, Y Tý": the name of a people, no family name and no part of the place's."""
_TERRAIN = re.compile(r"(?<!\w)(?:triền|sườn|vạt|những|các|cánh|mảnh) (?:đồi|rừng|núi|nương) $")
"""Ground of a commune, no name of its own."""
_SEAT = re.compile(r"(?<!\w)(?:trụ sở|hội trường)(?: làm việc)?(?: của)?(?: ubnd| ủy ban nhân dân| đảng ủy)?(?: xã| phường)?\s$")
_SEAT_WITHIN = 48
_LIVES = re.compile(
    r"(?<!\w)(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Ee]m|[Cc]ụ|[Cc]ô|[Tt]hầy|[Gg]ià làng|[Nn]ghệ nhân|[Tt]rưởng (?:bản|thôn|xóm|buôn|ấp))"
    r"(?: [^\W\d_a-z][\w'’-]*){1,5} \((?:[^()]{2,30}\),?(?: và)?(?: [^\W\d_a-z][\w'’-]*){2,5} \(){0,3}$"
)
_LIST_OF_PERSONS = 160


def _is_elsewhere(mention: Mention, left: str, search: Search) -> bool:
    """Where somebody found work, and where a road goes: "một nhà máy ở X", "lối về X"."""
    if mention.type and mention.levels != ("province",):
        return False
    return search(_WORKS_IN, left) is not None or (not mention.type and mention.source == "text" and search(_ROAD_TO, left) is not None)


_DEPUTY = re.compile(r"\(\s?(?:đoàn|đbqh|đại biểu)(?: tỉnh| đbqh)? $")
"""Where a member of the assembly was elected: "đại biểu Hà Thị Lan (đoàn Bắc Giang)"."""
_CALLED_QUE = re.compile(r"[^\W\d_a-z]\w* Quê (?:ở |tại )?$")
"""Somebody of that name: "ông Cao Tiến Quê ở X"."""
_NAME_BEFORE = re.compile(r"(?<![.!?:;] )(?<!\n)\b([^\W\d_])\w* $")


def _is_given_name(text: str, at: int) -> bool:
    """Whether the type word at ``at`` ends a person's name: "ông Lò Văn Tỉnh, xã Mường Bú"."""
    before = _NAME_BEFORE.search(text, max(0, at - 24), at) if text[at : at + 1].isupper() else None
    return before is not None and before[1].isupper()


_TYPED = r"(?:(?:thành phố|thị xã|tp\.?|quận|huyện|tỉnh|phường|xã)\s)?$"
_ADDRESS = re.compile(
    rf"(?<!\w)số (?:nhà )?\d{{1,4}}[a-z]?(?:[/-]\d+)?,? (?:(?!\d)(?:đường |phố |ngõ )?[^\d.;:()\n]{{3,50}}"
    rf"|(?:đường|phố) \d{{1,2}}[/-]\d{{1,2}}),\s{_TYPED}"
    r"|(?<!\w)(?:công ty|tập đoàn)"
    r"(?:\s(?!(?:tặng|trao|hỗ trợ|về|với|cho|tại|ở|đã|vừa|sẽ|giúp|ủng hộ|thăm|đến|lắp|khởi)(?!\w))[^\s.;:,]+){1,10},"
    rf"\s(?:[^.;:,\n]{{2,24}},\s)?(?:(?:có )?trụ sở )?(?:tại |ở )?{_TYPED}"
    r"|(?<!\w)(?:hồ sơ|bài|bài dự thi|tác phẩm|bài viết|ảnh|clip|video|thư|phiếu)"
    r"\s(?:[^.;:,\n]{1,25}\s)?(?:gửi|nộp)\s(?:[^.;:,\n]{1,25}\s)?(?:về|tới|đến)"
    rf"\s[^.;:\n]{{2,60}},\s{_TYPED}"
)
_WAY = re.compile(
    r"(?<!\w)(?:là|những|các|bằng|theo|nhiều|một|có|từ|với)\s(?:những\s)?cách\s(?:mà\s|của\s)?(?:(?:thành phố|tỉnh|huyện|xã)\s)?$"
)
"""A way of doing, no distance: "đó là cách Hậu Giang làm"."""
_AT_PAPER = re.compile(r"(?<!\w)(?:ở|tại) báo $")
_GUILD = re.compile(r"(?<!\w)hội (?:nhà báo|nhà văn|nghệ sĩ|luật sư|bác sĩ|nghệ nhân)(?: các)?(?: tỉnh)? $")
""" "Hội Nhà báo Hậu Giang" is a body of the province, no journalist of that name."""
_EXAMPLE = re.compile(
    r"(?<!\w)(?:ví dụ|chẳng hạn|đơn cử|điển hình)(?: như| là| ở| tại|,)*\s(?:[^.;:,\n]{2,40},\s)?(?:(?:tỉnh|huyện|thành phố)\s)?$"
)
_PRIZED = re.compile(r"(?<!\w)giải (?:nhất|nhì|ba|a|b|c|vàng|bạc|khuyến khích)\s(?:thuộc )?(?:về|cho|là)\s[^.;:]{0,40}$")
_GIVES = re.compile(
    r"(?:\s[^\s.;:,()]+){0,3}?\s(?:trao tặng|trao|tặng|ủng hộ|gửi tặng|quyên tặng|giúp)(?!\w)(?! (?:giải|thưởng|bằng|"
    r"giấy khen|cờ))"
)
_MEETING = re.compile(
    r"(?<!\w)(?:họp|liên hoan|tập huấn|bồi dưỡng|gặp mặt|hội thảo|hội nghị|diễn đàn|tọa đàm|giao ban|lễ (?:trao|phát động|tổng kết))(?!\w)"
)
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


_PRESENT = re.compile(r"(?<!\w)(?:có mặt|(?:tham|tới|đến) dự)(?: có| là| gồm)?\s[^.;:\d\n]{0,40}$")
_BEFORE = Asked(
    (
        _DEPUTY,
        _EXAMPLE,
        _PRIZED,
        FORMERLY,
        MADE_OF,
        MERGE_HEAD,
        _MEETING,
        _TOPIC,
        _PRESENT,
        _ADDRESS,
        _COUNTED,
        _SCHOOL_IN,
        _UNIVERSITY,
        _GOES_ON_TO,
        _ALL_OF_THEM,
        _PEOPLE,
        _TERRAIN,
        _WORKS_IN,
        _ROAD_TO,
        _WORK,
        _ORDERED,
        LATER,
        _EARLIER,
    )
)
"""Looked for before each name."""
_ATTENDS = re.compile(r"\s(?:cũng |cùng )?(?:tới|đến|về|ra) (?:xem|dự|cổ vũ|chứng kiến)(?!\w)")
_ALSO = re.compile(r"(?:\s?\([^()]{3,24}\)|\))?\scũng(?!\w)")
_NEXT_DOOR = re.compile(r"\s(?:(?:ở )?(?:ngay )?(?:bên cạnh|kế bên|sát bên|liền kề)|láng giềng)(?!\w)")
_CLASS = re.compile(r"\s(?:để )?(?:học(?! (?:sinh|hỏi|tập|viên)(?!\w))|dự lớp|tham gia lớp|theo lớp)(?!\w)")
_GOES_TO = tuple(f" {verb} " for verb in ("xuống", "về", "lên", "ra", "vào", "tới", "đến"))
""" "Cán bộ xã xuống X học năm ngày"."""
_SPEAKS = re.compile(
    r"\s(?:[^\s.;:()]+\s){0,5}?"
    r"(?:chia sẻ|phát biểu|cho rằng|tham luận|bày tỏ|trình bày|nói(?! chuyện)|nêu|kiến nghị|phản ánh|thừa nhận)(?!\w)"
)
_KILOMETRES = re.compile(r"\s(?:khoảng |hơn |gần |chừng |trên )?\d[\d.,]*\s?(?:km|ki-?lô-?mét|cây số|hải lý)(?!\w)")
_AWAY_FROM = re.compile(r"(?<!\w)cách(?: (?!trung tâm|huyện lỵ)[^\s.;:,()]+){0,4}\s$")
_AWAY_WITHIN = 40
_WORKS_THERE = re.compile(r"\s(?:làm (?:công nhân|thuê|mướn|ăn xa)|bán sức|cạo mủ|hái cà phê)(?!\w)")
_STUDIES = re.compile(
    r"\s(?:cũng |cùng )?(?:có (?:người|đoàn|cán bộ)(?: \w+)? )?(?:tới|đến|về|sang) (?:tham quan|học tập|"
    r"học hỏi|tìm hiểu|học cách|xem)(?!\w)"
)
_OPENS = re.compile(r"(?:[.!?…;:]|[-–•*+])\s*$")
"""What may stand before the head of a passage that does not begin its line."""


def _read_right(mention: Mention, text: str, lowered: str, starts: set[int], line_start: int) -> None:
    end = mention.end
    right = lowered[end : end + _RIGHT]
    mention.former = mention.former or FORMER.match(right) is not None
    mention.passed = mention.former and PASSED.match(right) is not None
    mention.address = mention.address or (
        mention.former and _SEAT.search(lowered, max(line_start, mention.begin - _SEAT_WITHIN), mention.begin) is not None
    )
    if _WIRE.match(right):
        mention.newspaper = True
    mention.recent = RECENT.match(right) is not None
    mention.attends = mention.attends or _ATTENDS.match(right) is not None
    mention.studies = mention.source == "text" and _STUDIES.match(right) is not None
    mention.guest = mention.guest or mention.studies
    if not mention.neighbour and mention.levels != ("commune",) and _KILOMETRES.match(right):
        mention.neighbour = _AWAY_FROM.search(lowered, max(line_start, mention.begin - _AWAY_WITHIN), mention.begin) is not None
    mention.speaks = mention.agency and mention.source == "text" and _SPEAKS.match(right) is not None
    mention.bracketed = lowered.startswith(")", end) and lowered.endswith("(", 0, mention.begin)
    mention.neighbour = mention.neighbour or _WORKS_THERE.match(right) is not None or _NEXT_DOOR.match(right) is not None
    if not mention.neighbour and _CLASS.match(right):
        mention.neighbour = lowered.endswith(_GOES_TO, line_start, mention.begin)
    mention.also = mention.source == "text" and mention.zone == "body" and _ALSO.match(right) is not None
    mention.gives = mention.agency and mention.source == "text" and _GIVES.match(right) is not None
    if _HEAD.match(right):
        before = text[max(line_start, mention.begin - 4) : mention.begin]
        mention.heads = not before.strip() or _OPENS.search(before) is not None
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
