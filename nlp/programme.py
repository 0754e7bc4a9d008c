"""Which national programmes a document belongs to, with the projects and sub-projects that it names.

"Dự án 6" alone is no evidence: programme 1719 has one too; it counts beside the words of poverty information or of its programme.
The period of the poverty programme is read from the words, else inferred from the years in the text and the publication date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from corpus.document import Document, ProgrammeMention, Span
from corpus.programmes import Programmes
from nlp.sections import Sentence, outline
from nlp.sieve import Asked

VERSION = "2026.11"
METHOD = f"programme-rules {VERSION}"

_POVERTY = ("gnbv-2016-2020", "gnbv-2021-2025")
_MAX_EVIDENCE = 3
_NAMED, _INFERRED, _WEAK = 0.97, 0.85, 0.65
"""Scores: the text names the programme with its period; the period is inferred; only its subject is named."""

_PROJECT_NAME = re.compile(
    r"truyền thông(?:,| và)(?: công tác)? giảm nghèo (?:về )?thông tin|truyền thông giảm nghèo về thông tin|truyền thông và giảm nghèo\b"
)
_INFORMATION = re.compile(r"giảm nghèo (?:về )?thông tin")
_MULTI = re.compile(r"truyền thông (?:về )?giảm nghèo đa chiều")
_SUB_ONE = re.compile(r"tiểu dự án (?:số )?0?1\b|tda ?1\b")
_SUB_TWO = re.compile(r"tiểu dự án (?:số )?0?2\b|tda ?2\b")
_SUB_THREE = re.compile(r"tiểu dự án (?:số )?0?3\b|tda ?3\b")
_SUB_INFORMATION = re.compile(r"tiểu dự án[^.;]{0,12}giảm nghèo (?:về )?thông tin")
_SUB_MULTI = re.compile(r"tiểu dự án[^.;]{0,12}truyền thông (?:về )?giảm nghèo đa chiều")
_NUMBERED = re.compile(r"(?<!tiểu )dự án (?:thành phần )?(?:số )?0?(\d{1,2})\b(?![.,]\d| (?:xã|huyện|tỷ|triệu|hộ))")
_PROJECT_SUBJECTS = (
    ("3", re.compile(r"cải thiện dinh dưỡng|hỗ trợ phát triển sản xuất, cải thiện")),
    ("4", re.compile(r"phát triển giáo dục nghề nghiệp, việc làm bền vững")),
    ("7", re.compile(r"nâng cao năng lực(?: và|,) giám sát,? đánh giá")),
)
_POVERTY_PROGRAMME = re.compile(
    r"(?:chương trình|ctmtqg|ct mtqg|mtqg)[^.;]{0,30}(?:giảm nghèo(?: nhanh và)? bền vững|\bgnbv\b|giảm nghèo)"
    r"|\bctmtqg gnbv\b|\bmtqg gnbv\b"
    r"|dự án[^.;]{0,60}\bgnbv\b|mục tiêu quốc gia[^.;]{0,30}(?:giảm nghèo|\bgnbv\b)"
)
_DECREE_FIRST = re.compile(r"\b1722/qđ-ttg|thông tư(?: số)? 06/2017/tt-btttt|quyết định (?:số )?1722\b")
_DECREE_SECOND = re.compile(
    r"(?<!\d)90/qđ-ttg|thông tư(?: số)? 06/2022/tt-btttt|\b650/qđ-lđtbxh|\b24/2021/qh15|quyết định (?:số )?90\b|\b4139/btttt"
)
_PERIOD_FIRST = re.compile(r"2016\s?[-–—]\s?2020")
_PERIOD_SECOND = re.compile(r"202[1-4]\s?[-–—]\s?2025")
_YEAR = re.compile(r"(?<![\d/.,])(20[012]\d)(?![\d/])")
_MERGED = re.compile(r"202[56]\s?[-–—]\s?203[05]|257/2025/qh15|424/nq-cp")
_MERGED_SUBJECT = re.compile(r"chương trình mục tiêu quốc gia|chương trình mtqg|ctmtqg|mục tiêu quốc gia|257/2025/qh15|424/nq-cp")
_OLD = re.compile(
    r"(?:chương trình|mục tiêu quốc gia)[^.;]{0,40}đưa thông tin về cơ sở|đưa thông tin về cơ sở (?:miền núi|vùng sâu)"
    r"|đưa thông tin về (?:các )?(?:cơ sở|vùng sâu|xã miền núi)[^.;]{0,120}2012\s?[-–—]\s?2015"
)
_NTM = re.compile(r"(?:chương trình|mục tiêu quốc gia|mtqg|tiêu chí|đạt chuẩn|về đích|xét|phục vụ)[^.;]{0,40}(?:nông thôn mới|\bntm\b)")
_NTM_WORDS = re.compile(r"nông thôn mới|\bntm\b")
_ETHNIC = re.compile(
    r"\b1719(?:/qđ-ttg)?\b"
    r"|(?:chương trình|mtqg|mục tiêu quốc gia)[^.;]{0,40}phát triển (?:kinh tế - xã hội|kt-xh|kinh tế, xã hội)"
    r"[^.;]{0,20}vùng (?:đồng bào )?(?:dân tộc thiểu số|dtts)"
    r"|03/2023/tt-btttt"
)
_TELECOM = re.compile(r"viễn thông công ích|14/2022/tt-btttt|2269/qđ-ttg")
_NEAR_POVERTY = re.compile(r"nghèo|truyền thông")
_OTHER = re.compile(
    r"chương trình chuyển đổi số quốc gia|sóng và máy tính cho em|chương trình 135|chương trình 30a|quyết định (?:số )?45/qđ-ttg"
)


# Whatever a sentence says of a programme, a document, a project or a year, one of these stands in it; the others are not looked at.
_MAY = tuple(
    "giảm nghèo|dự án|tda|chương trình|mtqg|mục tiêu quốc gia|gnbv|qđ-ttg|quyết định|thông tư|thông tin về|btttt|qh15|nq-cp|lđtbxh|20|1719"
    "|nông thôn mới|ntm|viễn thông công ích|sóng và máy tính|cải thiện dinh dưỡng|hỗ trợ phát triển sản xuất|giáo dục nghề nghiệp"
    "|nâng cao năng lực".split("|")
)


_ASKED = Asked(
    (
        *(_PROJECT_NAME, _INFORMATION, _MULTI, _SUB_ONE, _SUB_TWO, _SUB_THREE, _SUB_INFORMATION, _SUB_MULTI, _NUMBERED, _POVERTY_PROGRAMME),
        *(_DECREE_FIRST, _DECREE_SECOND, _PERIOD_FIRST, _PERIOD_SECOND, _YEAR, _MERGED, _MERGED_SUBJECT, _OLD, _NTM, _NTM_WORDS, _ETHNIC),
        *(_TELECOM, _NEAR_POVERTY, _OTHER, *(pattern for _, pattern in _PROJECT_SUBJECTS)),
    )
)


class _Passage:
    """One sentence, of which all the patterns above are asked."""

    __slots__ = ("_search", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._search = _ASKED.within(text)

    def has(self, pattern: re.Pattern[str]) -> bool:
        return self._search(pattern, self.text) is not None

    def all(self, pattern: re.Pattern[str]) -> list[str]:
        return pattern.findall(self.text) if self._search.may(pattern) else []


@dataclass(slots=True)
class _Found:
    spans: list[Span]
    components: set[str]
    score: float


def tag_programmes(document: Document, programmes: Programmes | None = None) -> Document:
    """Sets ``programmes``: in the order of the code list, each with the components that its evidence names."""
    sentences = [
        (sentence, _Passage(sentence.plain))
        for sentence in outline(document).sentences
        if sentence.zone != "chrome" and _may(sentence.plain)
    ]
    found: dict[str, _Found] = {}
    _neighbours(sentences, found)
    _poverty_programme(document, sentences, found)
    order = [programme.code for programme in (programmes or _list())]
    mentions = tuple(
        ProgrammeMention(
            code=code,
            evidence=tuple(sorted(dict.fromkeys(entry.spans), key=lambda span: (span.field == "text", span.start))[:_MAX_EVIDENCE]),
            score=entry.score,
            method=METHOD,
            components=tuple(sorted(entry.components, key=_component_key)),
        )
        for code in order
        if (entry := found.get(code)) is not None
    )
    return replace(document, programmes=mentions)


def period_of(texts: Iterable[str], published: date | None) -> str | None:
    """Code of the poverty programme that a text without its name speaks of, from the years in it; None outside 2016-2026.

    A text of 2026 that names no year may still settle the old period: pages of January 2026 speak of "Dự án 6 ... 2021-2025".
    """
    return _period(map(_Passage, texts), published)


def _period(passages: Iterable[_Passage], published: date | None) -> str | None:
    first = second = 0
    for passage in passages:
        subject = _subject(passage)
        numbers = passage.all(_NUMBERED) if subject else []
        second += 3 * ("6" in numbers or passage.has(_SUB_INFORMATION) or passage.has(_SUB_MULTI))
        first += 3 * ("4" in numbers)
        first += 3 * len(passage.all(_DECREE_FIRST))
        second += 3 * len(passage.all(_DECREE_SECOND))
        first += 3 * len(passage.all(_PERIOD_FIRST))
        second += 3 * len(passage.all(_PERIOD_SECOND))
        for year in passage.all(_YEAR):
            first += 2016 <= int(year) <= 2020
            second += 2021 <= int(year) <= 2026
    if published is not None:
        first += 2 * (2016 <= published.year <= 2020)
        second += 2 * (2021 <= published.year <= 2026)
    if first == second == 0:
        return None
    return _POVERTY[0] if first > second else _POVERTY[1]


def _list() -> Programmes:
    global _bundled
    if _bundled is None:
        _bundled = Programmes.load()
    return _bundled


_bundled: Programmes | None = None


def _may(text: str) -> bool:
    return any(word in text for word in _MAY)


def _subject(passage: _Passage) -> bool:
    return "giảm nghèo" in passage.text and (passage.has(_PROJECT_NAME) or passage.has(_INFORMATION) or passage.has(_MULTI))


def _add(found: dict[str, _Found], code: str, sentence: Sentence, score: float, components: Iterable[str] = ()) -> None:
    entry = found.setdefault(code, _Found([], set(), score))
    entry.spans.append(sentence.span)
    entry.components.update(components)
    entry.score = max(entry.score, score)


def _neighbours(sentences: Sequence[tuple[Sentence, _Passage]], found: dict[str, _Found]) -> None:
    rural: list[Sentence] = []
    for sentence, passage in sentences:
        if sentence.zone == "basis":
            continue  # what a text is based on is not what it is about
        if passage.has(_OLD):
            _add(found, "ttcs-2012-2015", sentence, _NAMED)
        merged = passage.has(_MERGED) and passage.has(_MERGED_SUBJECT)
        if merged:
            _add(found, "mtqg-2026-2035", sentence, _NAMED)
        if not merged and passage.has(_NTM):
            _add(found, "ntm", sentence, _NAMED)
        elif not merged and passage.has(_NTM_WORDS):
            if sentence.zone == "title":
                _add(found, "ntm", sentence, _INFERRED)
            else:
                rural.append(sentence)
        if not merged and passage.has(_ETHNIC):
            numbers = {number for number in passage.all(_NUMBERED) if number in ("6", "10")}
            if passage.has(_PROJECT_NAME) or passage.has(_INFORMATION):
                numbers.discard("6")
            _add(found, "dtts-1719", sentence, _NAMED, numbers)
        if passage.has(_TELECOM):
            _add(found, "vtci", sentence, _NAMED)
        if passage.has(_OTHER):
            _add(found, "other", sentence, _WEAK)
    if len(rural) > 1:  # once is a movement's slogan or a benefit named in passing
        for sentence in rural:
            _add(found, "ntm", sentence, _WEAK)


def _poverty_programme(document: Document, sentences: Sequence[tuple[Sentence, _Passage]], found: dict[str, _Found]) -> None:
    fallback = _period((passage for _, passage in sentences), document.published)
    speaks_of_ethnic = "dtts-1719" in found
    about_information = any(_subject(passage) for _, passage in sentences)
    for sentence, passage in sentences:
        named = passage.has(_POVERTY_PROGRAMME)
        subject = _subject(passage)
        decree = passage.has(_DECREE_FIRST) or passage.has(_DECREE_SECOND)
        numbered = not speaks_of_ethnic and passage.has(_NUMBERED) and (about_information or passage.has(_NEAR_POVERTY))
        if not (named or subject or decree or numbered) or (sentence.zone == "basis" and not (subject or named)):
            continue
        if passage.has(_MERGED) and passage.has(_MERGED_SUBJECT) and not subject:
            continue
        code = _period_in(passage) or fallback
        if code is None:
            continue
        project = passage.has(_PROJECT_NAME)
        if not (named or decree or project or numbered or "dự án" in passage.text):
            if subject and code == _POVERTY[0] and code in found:  # the words are the project's own name in that period
                _add(found, code, sentence, _WEAK, {"4"})
            continue  # elsewhere "giảm nghèo thông tin" as a phrase names no programme
        near = subject or about_information or named or passage.has(_NEAR_POVERTY)
        components = _components(passage, code, named=named, near=near, subject=subject)
        score = _NAMED if named and _period_in(passage) else _INFERRED if named or project or decree else _WEAK
        _add(found, code, sentence, score, components)


def _period_in(passage: _Passage) -> str | None:
    if passage.has(_PERIOD_SECOND) or passage.has(_DECREE_SECOND):
        return _POVERTY[1]
    if passage.has(_PERIOD_FIRST) or passage.has(_DECREE_FIRST):
        return _POVERTY[0]
    return None


def _components(passage: _Passage, code: str, *, named: bool, near: bool, subject: bool) -> set[str]:
    if code == _POVERTY[0]:
        found = {number for number in passage.all(_NUMBERED) if number in "12345" and (named or subject)}
        return found | ({"4"} if subject else set())
    foreign = passage.has(_ETHNIC) and not subject
    found = {number for number in passage.all(_NUMBERED) if number in "1234567"} if near and not foreign else set()
    if passage.has(_PROJECT_NAME):
        found.add("6")
    if passage.has(_SUB_INFORMATION) or (passage.has(_SUB_ONE) and ("6" in found or passage.has(_INFORMATION))):
        found |= {"6", "6.1"}
    if passage.has(_SUB_MULTI) or (passage.has(_SUB_TWO) and ("6" in found or passage.has(_MULTI))) or passage.has(_MULTI):
        found |= {"6", "6.2"}
    for number, pattern in _PROJECT_SUBJECTS:
        if passage.has(pattern):
            found.add(number)
    others = found & {"1", "3", "4", "7"}
    if len(others) == 1 and "6" not in found:
        main = next(iter(others))
        for position, pattern in enumerate((_SUB_ONE, _SUB_TWO, _SUB_THREE), start=1):
            if passage.has(pattern) and not (main != "4" and position == 3):
                found.add(f"{main}.{position}")
    return found


def _component_key(component: str) -> tuple[int, ...]:
    return tuple(int(part) for part in component.split("."))
