"""Which places a document is about: names resolved on the dated register, with the words that prove it.

`LocalityTagger` finds names (``nlp/gazetteer.py``), reads their surroundings (``nlp/locality_mentions.py``, ``nlp/locality_zones.py``),
weighs provinces (``nlp/locality_weights.py``) and resolves what is below them (``nlp/locality_units.py``). A name that stays open keeps
its candidates; it is never settled by order.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from urllib.parse import urlsplit

from corpus.document import Document, FieldName, LocalityMention, Role, Span
from corpus.localities import LEVELS, REFORM, Level, Register
from nlp.gazetteer import Gazetteer, plain
from nlp.locality_asides import is_aside, passed_through
from nlp.locality_cues import Cues
from nlp.locality_mention import Mention
from nlp.locality_mentions import read_mentions
from nlp.locality_register import OLD_TYPES, NamedUnits, host_of, host_slugs, province_of_host
from nlp.locality_units import settle_units
from nlp.locality_weights import Reading, about_provinces, leads_title, settle_provinces
from nlp.locality_zones import BOILERPLATE, Line, read_lines

METHOD = "locality-rules 2026.11"
_NEW_MAP = re.compile(
    r"(?<!\w)(?:đặc khu|chính quyền địa phương (?:2|hai) cấp|sau (?:khi )?(?:sáp nhập|hợp nhất|sắp xếp đơn vị)|mô hình (?:2|hai) cấp)(?!\w)"
)
_HEAD = 1500
"""Characters that tell whether a central body speaks and on which map."""
_DATELINE_IN = 400
_DATELINE_HOST = re.compile(r"(?:^|\n)\s*\(\s*((?:[a-z0-9-]+\.)+vn)\s*\)", re.IGNORECASE)
_DATELINE_PORTAL = re.compile(r"\(\s*([A-Z][a-z]+(?: [A-Z][a-z]+){1,3}) (?:Portal|Online)\s*\)")
_STATION = re.compile(r"(?:^|\n)\s*\((?:đài|trung tâm|cổng ttđt)(?!\w)[^()\n]{0,40}$", re.IGNORECASE)
"""Opens the dateline of a district's station: "(Đài TT-TH Hoàng Su Phì)"."""
_TEASER = re.compile(r": [^\W\d_a-z][^\n]{24,}[^\n.!?…:;”\"’)]\s*(?:\n|\Z)")
"""What follows the name in a headline of another story."""
_SITE = re.compile(r"\s*(?:trang|cổng) (?:thông tin điện tử|ttđt)", re.IGNORECASE)
_FROM_HOST = re.compile(r"(?:nguồn|theo)\b[^\n]{0,16}?(?:https?://)?((?:[\w-]+\.)+vn)(?![\w.])", re.IGNORECASE)
_FOOT = 400
_MOST_CUES = 20
"""Spans shown for what is said without a name."""

_Key = str | tuple[str, ...]


class LocalityTagger:
    def __init__(self, register: Register, gazetteer: Gazetteer, cues: Cues, hosts: Mapping[str, str]) -> None:
        """``hosts`` maps host names to province codes: a prior for what words leave open, never proof."""
        self._named = NamedUnits(register)
        self._gazetteer = gazetteer
        self._cues = cues
        self._hosts = {host.lower(): code for host, code in hosts.items()}
        self._slugs = host_slugs(self._named)
        # "cán bộ lao động" and "tiến bộ khoa học" are no ministries, a "chi cục" is a body of a province
        self._national = re.compile(rf"(?<!\w)(?<!cán )(?<!tiến )(?<!nội )(?<!chi )(?:{_by_first_word(cues.raw['national'])})(?!\w)")
        datelines = "|".join(re.escape(code) for code in cues.raw["datelines"])
        self._dateline = re.compile(rf"(?:^|[(\n])\s*({datelines})(?=\s*[)\-–.,])")

    @classmethod
    def load(cls, register: Register | None = None, hosts: Mapping[str, str] | None = None) -> LocalityTagger:
        """Raises: InvalidData when a data file of the register is wrong."""
        register = register or Register.load()
        raw = tomllib.loads(files("nlp").joinpath("data/locality_cues.toml").read_text(encoding="utf-8"))
        return cls(register, Gazetteer(register, traps=raw["traps"]), Cues(raw), hosts or {})

    def __call__(self, document: Document) -> Document:
        """``localities`` sorted by role, level and code; one record per unit and role, with every place where it is named."""
        reading = self._read(document)
        settle_provinces(reading, self._named)
        settle_units(reading, self._named)
        return replace(document, localities=tuple(self._report(reading)))

    def _read(self, document: Document) -> Reading:
        title_lines = [Line(0, len(document.title), "title")] if document.title else []
        lowered_title, lowered = plain(document.title), plain(document.text)
        lines = read_lines(document.text, lowered, lowered_title, self._cues.raw)
        before = document.published is not None and document.published < REFORM
        mentions = self._mentions("title", document.title, lowered_title, title_lines, before=before)
        mentions += self._mentions("text", document.text, lowered, lines, before=before)
        mentions = [mention for mention in mentions if not (mention.person or (mention.landmark and mention.levels is None))]
        _read_stations(mentions, document.text, self._named)
        _set_teasers_aside(mentions, document.text)
        _keep_titled(mentions)
        _read_lines_of_names(mentions, document.text, self._named)
        head = f"{lowered_title} {lowered[:_HEAD]}"
        return Reading(
            document=document,
            lowered_title=lowered_title,
            lowered=lowered,
            mentions=mentions,
            new_map=self._is_new_map(document, mentions, head),
            prior=self._prior(document, mentions),
            national=self._national.search(head) is not None or self._is_regional(document, mentions),
            national_title=self._national.search(lowered_title) is not None,
            repeated=Counter(mention.key for mention in mentions if mention.zone not in BOILERPLATE),
            positions={id(mention): position for position, mention in enumerate(mentions)},
            homes=len({mention.key for mention in mentions if mention.lives and self._named.can_be(mention.key, ("province",))}),
        )

    def _mentions(self, source: FieldName, text: str, lowered: str, lines: Sequence[Line], *, before: bool) -> list[Mention]:
        names = self._gazetteer.find(text, lowered, before=before)
        return read_mentions(source, text, lowered, lines, names, self._cues, self._named)

    def _is_regional(self, document: Document, mentions: Sequence[Mention]) -> bool:
        """Whether the headline names a region and no smaller place, in a source that stands for no province."""
        titled = [mention for mention in mentions if mention.source == "title"]
        return bool(titled) and all(self._named.can_be(m.key, ("region",)) for m in titled) and self._prior(document, mentions) is None

    def _is_new_map(self, document: Document, mentions: Sequence[Mention], head: str) -> bool:
        """Whether bare names mean today's units: by the date, and near the reform or without a date by the words."""
        published = document.published
        if published is not None and published < REFORM:
            return False
        if published is not None and published.year > REFORM.year:
            return True
        # In the year of the reform old units are still spoken of without "cũ".
        old = any(mention.type in OLD_TYPES and not (mention.former or mention.merged) for mention in mentions)
        said = _NEW_MAP.search(head) is not None
        return said and not old if published is None else said or not old

    def _prior(self, document: Document, mentions: Sequence[Mention]) -> str | None:
        """The province that the source stands for: by its registered host, its dateline, its newspaper, or the letters of its host."""
        address = urlsplit(document.provenance.final_url)
        host = (address.hostname or "").lower()
        # A source on its own port is registered with it.
        if registered := self._hosts.get(address.netloc.lower()) or self._registered(host):
            return registered
        if found := self._of_the_dateline(document, mentions):
            return found
        for mention in mentions:
            if mention.newspaper and mention.zone != "tail":
                codes = self._named.candidates(mention, document.published, new_map=False, levels=("province",))
                if len(codes) == 1 and self._named.level(codes[0]) == "province":
                    return codes[0]
        return self._signed(document, mentions) or province_of_host(host, self._slugs) or self._quoted(document)

    def _of_the_dateline(self, document: Document, mentions: Sequence[Mention]) -> str | None:
        """By its code, address or the name of a portal or station: "(QNO)", "(Baonghean.vn)", "(Quang Binh Portal)"."""
        if dateline := self._dateline.search(document.text, 0, _DATELINE_IN):
            return str(self._cues.raw["datelines"][dateline[1]])
        if host := _DATELINE_HOST.search(document.text, 0, _DATELINE_IN):
            name = host[1].lower()
            return self._registered(name) or province_of_host(name, self._slugs)
        if portal := _DATELINE_PORTAL.search(document.text, 0, _DATELINE_IN):
            return self._slugs.get(portal[1].replace(" ", "").lower())
        for mention in mentions:
            if mention.station:
                provinces = {self._named.register.province(code) for code in self._named.candidates(mention, None, new_map=False)}
                return provinces.pop() if len(provinces) == 1 else None
        return None

    def _quoted(self, document: Document) -> str | None:
        """The province of the newspaper that an aggregator copied from: "Nguồn: http://baolangson.vn/..."."""
        found = _FROM_HOST.search(document.text, max(0, len(document.text) - _FOOT))
        if found is None:
            return None
        host = found[1].lower()
        return self._registered(host) or province_of_host(host, self._slugs)

    def _registered(self, host: str) -> str | None:
        """Of the host or the nearest one above it."""
        while host:
            if found := self._hosts.get(host):
                return found
            _, _, host = host.partition(".")
        return None

    def _signed(self, document: Document, mentions: Sequence[Mention]) -> str | None:
        """The province in the name of the site, where that stands on a line of its own."""
        for mention in mentions:
            if mention.source == "text" and mention.zone == "chrome" and mention.levels is not None:
                line = document.text.rfind("\n", 0, mention.start) + 1
                if _SITE.match(document.text, line):
                    levels: tuple[Level, ...] | None = ("province",) if "province" in mention.levels else None
                    codes = self._named.candidates(mention, document.published, new_map=False, levels=levels)
                    provinces = {self._named.register.province(code) for code in codes}
                    if len(provinces) == 1:
                        return provinces.pop()
        return None

    def _report(self, reading: Reading) -> list[LocalityMention]:
        about = about_provinces(reading, self._named) or self._own_province(reading)
        reading.passed = passed_through(reading, self._named)
        reading.told = {reading.mentions[p].key for p, code in reading.codes.items() if self._is_told(reading, reading.mentions[p], code)}
        spans: dict[tuple[_Key, Role], set[Span]] = {}
        scores: dict[tuple[_Key, Role], float] = {}
        for position, mention in enumerate(reading.mentions):
            key: _Key | None = reading.codes.get(position) or reading.open.get(position)
            if key is not None:
                role = self._role(mention, key, about, reading)
                spans.setdefault((key, role), set()).add(Span(mention.begin, mention.end, mention.source))
                scores[key, role] = max(scores.get((key, role), 0.0), reading.scores.get(position, 0.5))
        result = [_mention(key, role, evidence, scores[key, role]) for (key, role), evidence in spans.items()]
        result += self._inferred(about, spans, reading)
        if not about:
            result += self._of_the_source(reading) or self._of_the_footer(reading) or self._of_the_newspapers(reading)
        if not any(mention.role == "about" for mention in result):
            result += self._whole_country(reading)
        return sorted(result, key=self._order)

    def _own_province(self, reading: Reading) -> frozenset[str]:
        """The province of a source that says "tỉnh" or "huyện" and names units of its own province alone, or is signed there."""
        weights = reading.weights
        signed = any(mention.zone == "place_date" for mention in reading.mentions)
        own = (reading.nameless and reading.districts) or (signed and not reading.national)
        return frozenset(weights) if own and len(weights) == 1 and reading.prior in weights else frozenset()

    def _is_told(self, reading: Reading, mention: Mention, code: str) -> bool:
        """Whether something is told of a district or commune, more than that a province met there."""
        aside = mention.zone in BOILERPLATE or mention.hosts or is_aside(mention)
        return not aside and code not in reading.passed and self._named.level(code) in ("district", "commune")

    def _role(self, mention: Mention, key: _Key, about: frozenset[str], reading: Reading) -> Role:
        if mention.zone in BOILERPLATE or (mention.newspaper and not leads_title(mention)):
            return "boilerplate"
        codes = (key,) if isinstance(key, str) else key
        level = self._named.level(codes[0])
        if level == "province":
            return "about" if codes[0] in about else "mentioned"
        if level in ("region", "country"):
            return "about" if not about and mention.zone in ("title", "lead") else "mentioned"
        if is_aside(mention) or key in reading.passed:
            return "mentioned"
        if mention.hosts and reading.told - {mention.key}:
            return "mentioned"
        if mention.hall and not (reading.bare_districts and len(reading.districts) == 1):
            return "mentioned"
        if any(not about.isdisjoint(self._named.provinces(code)) for code in codes):
            return "about"
        # An open name that nothing else outweighs is what the text is about, whichever unit it is.
        return "about" if len(codes) > 1 and not about and (mention.source == "title" or not reading.national) else "mentioned"

    def _inferred(self, about: frozenset[str], spans: Mapping[tuple[_Key, Role], set[Span]], reading: Reading) -> list[LocalityMention]:
        """Provinces that only their districts or communes name."""
        result = []
        for province in sorted(about):
            if (province, "about") in spans:
                continue
            evidence: set[Span] = set()
            for (key, role), found in spans.items():
                if role == "about" and isinstance(key, str) and province in self._named.provinces(key):
                    evidence |= found
            if not evidence and province == reading.prior:
                evidence.update(reading.bare[:_MOST_CUES])
            if evidence:
                result.append(_mention(province, "about", evidence, 0.95, inferred=True))
        return result

    def _of_the_source(self, reading: Reading) -> list[LocalityMention]:
        """A provincial source that says "tỉnh" or "huyện" and names no place speaks of its own province."""
        said = reading.nameless or (() if reading.national else reading.offices)
        if reading.prior is None or not said or reading.weights:
            return []
        published = reading.document.published
        after = published is not None and published >= REFORM
        province = self._named.register.today_province(reading.prior) if after else reading.prior
        return [_mention(province, "about", set(said[:_MOST_CUES]), 0.7, inferred=True)] if province else []

    def _of_the_footer(self, reading: Reading) -> list[LocalityMention]:
        """A public portal whose story names no place at all speaks of the unit whose office signs the page."""
        host = host_of(reading.document)
        if reading.national or reading.weights or reading.open or reading.districts or not host.endswith(".gov.vn"):
            return []
        signed: dict[str, set[Span]] = {}
        for position, code in reading.codes.items():
            mention = reading.mentions[position]
            if mention.zone == "chrome" and mention.agency and mention.levels is not None and code.startswith("v"):
                signed.setdefault(code, set()).add(Span(mention.begin, mention.end, mention.source))
        provinces = {self._named.register.province(code) for code in signed}
        if len(provinces) != 1:
            return []
        result = [_mention(code, "about", found, 0.7) for code, found in signed.items()]
        province = provinces.pop()
        if province and province not in signed:
            result.append(_mention(province, "about", set().union(*signed.values()), 0.7, inferred=True))
        return result

    def _of_the_newspapers(self, reading: Reading) -> list[LocalityMention]:
        """Where nothing else is named: newspapers of which the text tells something."""
        if reading.national or reading.weights or reading.open or reading.districts:
            return []
        found: dict[str, set[Span]] = {}
        for position, code in reading.codes.items():
            mention = reading.mentions[position]
            if mention.newspaper and mention.zone in ("title", "lead") and code.startswith("v"):
                found.setdefault(code, set()).add(Span(mention.begin, mention.end, mention.source))
        return [_mention(code, "about", spans, 0.7) for code, spans in found.items()]

    def _whole_country(self, reading: Reading) -> list[LocalityMention]:
        """A central body speaks, and no region, district or commune is what it is about."""
        if reading.districts or reading.open:
            return []
        found = {Span(m.start(), m.end(), "title") for m in self._national.finditer(reading.lowered_title)}
        found |= {Span(m.start(), m.end()) for m in self._national.finditer(reading.lowered, 0, _HEAD)}
        return [_mention("VN", "about", found, 0.7, inferred=True)] if found else []

    def _order(self, mention: LocalityMention) -> tuple[int, int, str]:
        code = mention.code or mention.candidates[0]
        roles = ("about", "mentioned", "boilerplate")
        return roles.index(mention.role), LEVELS.index(self._named.level(code)), code + "".join(mention.candidates)


def _read_lines_of_names(mentions: Sequence[Mention], text: str, named: NamedUnits) -> None:
    """Where a story names no province or district, the line of names of places and nothing else is no byline: "Hữu Lũng, Lạng Sơn"."""
    told = [mention for mention in mentions if mention.zone not in BOILERPLATE and not (mention.newspaper or mention.neighbour)]
    if any(mention.levels != ("commune",) and named.can_be(mention.key, ("province", "district")) for mention in told):
        return
    lines: dict[int, list[Mention]] = {}
    for mention in mentions:
        if mention.source == "text" and mention.zone == "byline":
            lines.setdefault(mention.line, []).append(mention)
    found = []
    for row in lines.values():
        start, end = text.rfind("\n", 0, row[0].begin) + 1, text.find("\n", row[-1].end)
        edges = [start, *(edge for mention in row for edge in (mention.begin, mention.end)), end if end >= 0 else len(text)]
        if not any(text[edges[n] : edges[n + 1]].strip(" \t,.;-–()") for n in range(0, len(edges), 2)):
            found.append(row)
    for mention in found[0] if len(found) == 1 else ():
        mention.zone = "short"


def _read_stations(mentions: Sequence[Mention], text: str, named: NamedUnits) -> None:
    for mention in mentions:
        closed = mention.source == "text" and mention.start < _DATELINE_IN and text.startswith(")", mention.end)
        if closed and _STATION.search(text, 0, mention.begin) and named.can_be(mention.key, ("district",)):
            mention.levels, mention.institution, mention.station = ("district",), False, True


def _keep_titled(mentions: Sequence[Mention]) -> None:
    """What the headline is about is no neighbour of something else: "Chợ bò cách xã X vài cây số" under "Nuôi bò ở X"."""
    titled = {mention.key for mention in mentions if mention.source == "title" and not mention.neighbour}
    for mention in mentions:
        if mention.source == "text" and mention.neighbour and mention.key in titled:
            for kept in (mention, *mention.parents):
                kept.neighbour = False


def _set_teasers_aside(mentions: Sequence[Mention], text: str) -> None:
    """Headlines of other places between the paragraphs of a story whose own place stands in its title: "Đà Nẵng: Đại hội MTTQ ..."."""
    titled = {mention.key for mention in mentions if mention.source == "title"}
    if not titled:
        return
    aside: set[int] = set()
    for mention in mentions:
        if mention.source == "text" and mention.heads and mention.zone in ("body", "short") and mention.key not in titled:
            alone = text.rfind("\n", 0, mention.begin) + 1 == mention.begin
            if alone and _TEASER.match(text, mention.end):
                aside.add(mention.line)
    for mention in mentions:
        if mention.source == "text" and mention.line in aside:
            mention.zone = "chrome"


def _by_first_word(phrases: Iterable[str]) -> str:
    """One pattern for all phrases that tries each first word once."""
    rests: dict[str, list[str]] = {}
    for phrase in phrases:
        first, space, rest = phrase.partition(" ")
        rests.setdefault(re.escape(first), []).append(re.escape(space + rest))
    return "|".join(f"{first}(?:{'|'.join(sorted(found, key=len, reverse=True))})" for first, found in rests.items())


def _mention(key: _Key, role: Role, evidence: set[Span], score: float, *, inferred: bool = False) -> LocalityMention:
    code, candidates = (key, ()) if isinstance(key, str) else (None, key)
    spans = tuple(sorted(evidence, key=lambda span: (span.field == "text", span.start, span.end)))
    return LocalityMention(code=code, role=role, candidates=candidates, evidence=spans, score=score, method=METHOD, inferred=inferred)
