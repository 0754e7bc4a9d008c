"""Which national programmes a document belongs to, with the projects and sub-projects that it names.

"Dự án 6" alone is no evidence: programme 1719 has one too; it counts beside the words of poverty information or of its programme, and
together with "Tiểu dự án 1" or "2", since that of 1719 has no sub-projects. The period of the poverty programme is read from the words,
else inferred from the years in the text and the publication date; in a text on the merged programme alone no other is inferred.
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
_UNITS = r"(?! (?:xã|huyện|tỷ|triệu|hộ|km|ha)\b)"
_A_PART = r"(?:tiểu dự án|\btda) ?(?:thành phần )?(?:số )?"
_ITEM = re.compile(
    rf"(?P<parts>{_A_PART}0?[1-4]\b(?!\.\d){_UNITS}(?:(?:, ?| và | & )(?:{_A_PART})?0?[1-4]\b(?![./]\d){_UNITS})*)"
    rf"|(?:(?<!tiểu )dự án|\bda) ?(?:thành phần )?(?:số )?0?(?P<project>\d{{1,2}})\b(?![.,]\d){_UNITS}"
)
_TO_PROJECT = re.compile(r"(?: ?\([^()]{1,30}\))?[^.;:)]{0,30}")
_FROM_PROJECT = re.compile(r"[^.;)]{0,30}")
_BELONGS = re.compile(r" ?(?:[-–—/(] ?)?(?:năm 20\d\d )?(?:(?:thuộc|của|trong|nằm trong|ở) )?")
"""What stands between a sub-project and its project: behind it, before it, and where the words leave no doubt."""
_SUB_PROJECTS = {"1": 2, "3": 2, "4": 3, "6": 2, "7": 2}
"""Sub-projects of 2021-2025: Quyết định 90/QĐ-TTg."""
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
_MINISTRY = r"btt(?:tt|&tt)"


def _circular(year: int) -> str:
    """Thông tư 06 of the year, by its number or by the words of its ministry: others have circulars of that number, too."""
    return (
        rf"(?<!\d)06 ?/ ?{year} ?/ ?tt ?- ?{_MINISTRY}|(?<!\d)06/tt-{_MINISTRY}[^.;]{{0,25}}(?<!\d){year}"
        rf"|thông tư(?: số)?:? 06\b[^.;]{{0,30}}(?<!\d){year} của bộ (?:thông tin|tt)"
    )


_CIRCULAR_FIRST = re.compile(_circular(2017))
_CIRCULAR_SECOND = re.compile(_circular(2022))
"""They guide Dự án 4 and Dự án 6 and nothing else."""
_TARGETS = re.compile(r"\b4139/btttt")
"""Yearly targets of Tiểu dự án 1."""
_DECREE_FIRST = re.compile(rf"\b1722/qđ-ttg|quyết định (?:số )?1722\b|{_circular(2017)}")
_DECREE_SECOND = re.compile(rf"(?<!\d)90/qđ-ttg|\b650/qđ-lđtbxh|\b24/2021/qh15|quyết định (?:số )?90\b|\b4139/btttt|{_circular(2022)}")
_TO = r" ?(?:[-–—]|đến(?: hết)?(?: năm)?) ?"
_PERIOD_FIRST = re.compile(rf"2016{_TO}2020")
_PERIOD_SECOND = re.compile(rf"202[1-4]{_TO}2025")
_YEAR = re.compile(r"(?<![\d/.,])(20[012]\d)(?![\d/])")
_RESOLUTION = (
    r"257/2025/qh15|424/nq-cp|nghị quyết (?:số )?257\b(?! ?[/-]|[^.;]{0,12}(?:hđnd|hội đồng nhân dân))|nghị quyết (?:số )?424 của chính phủ"
)
_MERGED = re.compile(rf"(?<!nhiệm kỳ )202[56]{_TO}203[05]|{_RESOLUTION}")
_MERGED_SUBJECT = re.compile(
    rf"mtqg|mục tiêu quốc gia|chương trình(?: hợp nhất| chung| mới)?,? giai đoạn 2026{_TO}2035"
    rf"|chương trình[^.;]{{0,30}}giảm nghèo|{_RESOLUTION}"
)
_MERGED_PARTS = re.compile(rf"nghèo|nông thôn mới|\b(?:xd)?ntm\b|dân tộc|dtts|{_RESOLUTION}")
_FOREIGN = re.compile(
    r"(?:mục tiêu quốc gia|mtqg)(?: về)?(?: phát triển| chăm sóc| hiện đại hóa,?| nâng cao chất lượng| phòng,? chống)*"
    r" (?:văn hóa|sức khỏe|y tế|dân số|giáo dục|ma túy)"
)
"""National target programmes of the same years."""
_OLD = re.compile(
    r"(?:chương trình|mục tiêu quốc gia)[^.;]{0,40}đưa thông tin về cơ sở|đưa thông tin về cơ sở (?:miền núi|vùng sâu)"
    r"|đưa thông tin về (?:các )?(?:cơ sở|vùng sâu|xã miền núi)[^.;]{0,120}2012\s?[-–—]\s?2015"
)
_NTM = re.compile(
    r"(?:chương trình|mục tiêu quốc gia|mtqg|tiêu chí|đạt chuẩn|về đích|xét|phục vụ)[^.;]{0,40}(?:nông thôn mới|\b(?:xd)?ntm\b)"
    r"|(?:vốn|kinh phí|ngân sách|nguồn)(?: (?:đầu tư|phát triển|sự nghiệp|đối ứng|lồng ghép|hỗ trợ|thực hiện|xây dựng|xd|của|cho|từ|để|dành"
    r"|trung ương|tỉnh|huyện|xã|nhà nước|vốn|kinh phí|ngân sách|công)){0,6} (?:nông thôn mới|(?:xd)?ntm\b)"
    r"|(?:nông thôn mới|\b(?:xd)?ntm\b)[^.;]{0,60}tiêu chí|tiêu chí (?:số )?0?8\b[^.;]{0,6}(?:thông tin|tt ?& ?tt|tttt)"
)
_NTM_WORDS = re.compile(r"nông thôn mới|\b(?:xd)?ntm\b")
_MINORITY = r"(?:đb)?(?:dtts|dân tộc thiểu số)"
_ETHNIC = re.compile(
    r"\b1719(?:/qđ-ttg)?\b"
    r"|(?:chương trình|mtqg|mục tiêu quốc gia)[^.;]{0,40}phát triển (?:kinh tế ?- ?xã hội|kt ?- ?xh|ktxh|kinh tế,? xã hội)"
    rf"[^.;]{{0,20}}vùng (?:đồng bào )?{_MINORITY}"
    rf"|(?:chương trình|\bct|mtqg|mục tiêu quốc gia)(?: vùng)?(?: đồng bào)? {_MINORITY}(?: ?[&,-] ?| và )(?:mn\b|miền núi)"
    rf"|(?:mtqg|mục tiêu quốc gia)(?: vùng)?(?: đồng bào)? {_MINORITY}"
    rf"|dự án (?:số )?10\b[^.;]{{0,80}}{_MINORITY}|03/2023/tt-{_MINISTRY}"
)
_ETHNIC_CIRCULAR = re.compile(rf"03/2023/tt-{_MINISTRY}")
"""It guides Dự án 10."""
_TELECOM = re.compile(r"viễn thông công ích|14/2022/tt-btttt|2269/qđ-ttg")
_NEAR_POVERTY = re.compile(r"nghèo|truyền thông")
_OTHER = re.compile(
    r"chương trình chuyển đổi số quốc gia|sóng và máy tính cho em|chương trình 135|chương trình 30a|quyết định (?:số )?45/qđ-ttg"
)


# Whatever a sentence says of a programme, a document, a project or a year, one of these stands in it; the others are not looked at.
_MAY = tuple(
    "giảm nghèo|dự án|tda|chương trình|mtqg|mục tiêu quốc gia|gnbv|qđ-ttg|quyết định|thông tư|thông tin về|btttt|qh15|nq-cp|lđtbxh|20|1719"
    "|nghị quyết|tiêu chí|dtts|nông thôn mới|ntm|viễn thông công ích|sóng và máy tính|cải thiện dinh dưỡng|hỗ trợ phát triển sản xuất"
    "|giáo dục nghề nghiệp|nâng cao năng lực".split("|")
)


_ASKED = Asked(
    (
        *(_PROJECT_NAME, _INFORMATION, _MULTI, _SUB_ONE, _SUB_TWO, _SUB_THREE, _SUB_INFORMATION, _SUB_MULTI, _NUMBERED, _POVERTY_PROGRAMME),
        *(_DECREE_FIRST, _DECREE_SECOND, _PERIOD_FIRST, _PERIOD_SECOND, _YEAR, _MERGED, _MERGED_SUBJECT, _OLD, _NTM, _NTM_WORDS, _ETHNIC),
        *(_CIRCULAR_FIRST, _CIRCULAR_SECOND, _TARGETS, _MERGED_PARTS, _FOREIGN, _ETHNIC_CIRCULAR),
        *(_TELECOM, _NEAR_POVERTY, _OTHER, *(pattern for _, pattern in _PROJECT_SUBJECTS)),
    )
)


class _Passage:
    """One sentence, of which all the patterns above are asked."""

    __slots__ = ("_search", "parts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = _parts(text) if "tiểu dự án" in text or "tda" in text else {}
        """Sub-projects by the number of the project that they are said to belong to."""
        self._search = _ASKED.within(text)

    def has(self, pattern: re.Pattern[str]) -> bool:
        return self._search(pattern, self.text) is not None

    def all(self, pattern: re.Pattern[str]) -> list[str]:
        return pattern.findall(self.text) if self._search.may(pattern) else []

    @property
    def names_part_of_six(self) -> bool:
        return not self.parts.get("6", set()).isdisjoint("12")

    @property
    def merged(self) -> bool:
        """Whether it speaks of the programme of 2026-2035."""
        if not (self.has(_MERGED) and self.has(_MERGED_SUBJECT)):
            return False
        return not self.has(_FOREIGN) or self.has(_MERGED_PARTS)


def _parts(text: str) -> dict[str, set[str]]:
    """Numbers of sub-projects by project: of two projects around a sub-project it belongs to the one that the words join it to, else to
    the one on the side where the first project of the sentence stands.

    >>> found = _parts("dự án 5 (tiểu dự án 1), dự án 6; tiểu dự án 1 và 2 thuộc dự án 3")
    >>> {project: sorted(parts) for project, parts in found.items()}
    {'5': ['1'], '3': ['1', '2']}
    """
    items = list(_ITEM.finditer(text))
    found: dict[str, set[str]] = {}
    for position, item in enumerate(items):
        if item["parts"] is None:
            continue
        before = items[position - 1] if position else None
        after = items[position + 1] if position + 1 < len(items) else None
        if before is not None and (before["project"] is None or not _FROM_PROJECT.fullmatch(text, before.end(), item.start())):
            before = None
        if after is not None and (after["project"] is None or not _TO_PROJECT.fullmatch(text, item.end(), after.start())):
            after = None
        if before is not None and after is not None:
            forwards = items[0]["project"] is None or _BELONGS.fullmatch(text, item.end(), after.start())
            before, after = (None, after) if forwards else (before, None)
        if owner := before or after:
            found.setdefault(owner["project"], set()).update(re.findall(r"[1-4]", item["parts"]))
    return found


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
        second += 3 * passage.names_part_of_six
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
        merged = passage.merged
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
            if passage.has(_PROJECT_NAME) or passage.has(_INFORMATION) or passage.names_part_of_six:
                numbers.discard("6")
            if passage.has(_ETHNIC_CIRCULAR):
                numbers.add("10")
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
    merged_alone = "mtqg-2026-2035" in found and not any(_names_period(passage) for _, passage in sentences)
    for sentence, passage in sentences:
        part = passage.names_part_of_six
        named = passage.has(_POVERTY_PROGRAMME)
        subject = _subject(passage)
        decree = passage.has(_DECREE_FIRST) or passage.has(_DECREE_SECOND)
        numbered = not speaks_of_ethnic and passage.has(_NUMBERED) and (about_information or passage.has(_NEAR_POVERTY))
        if not (named or subject or decree or numbered or part) or (sentence.zone == "basis" and not (subject or named or part)):
            continue
        if (merged_alone or passage.merged) and not _names_period(passage):
            continue
        code = _POVERTY[1] if part else _period_in(passage) or fallback
        if code is None:
            continue
        project = passage.has(_PROJECT_NAME)
        if not (named or decree or project or numbered or part or "dự án" in passage.text):
            if subject and code == _POVERTY[0] and code in found:  # the words are the project's own name in that period
                _add(found, code, sentence, _WEAK, {"4"})
            continue  # elsewhere "giảm nghèo thông tin" as a phrase names no programme
        near = subject or about_information or named or part or passage.has(_NEAR_POVERTY)
        components = _components(passage, code, named=named, near=near, subject=subject)
        score = _NAMED if named and _period_in(passage) else _INFERRED if named or project or decree or part else _WEAK
        _add(found, code, sentence, score, components)


def _period_in(passage: _Passage) -> str | None:
    if passage.has(_PERIOD_SECOND) or passage.has(_DECREE_SECOND):
        return _POVERTY[1]
    if passage.has(_PERIOD_FIRST) or passage.has(_DECREE_FIRST):
        return _POVERTY[0]
    return None


def _names_period(passage: _Passage) -> bool:
    """Whether it names a period up to 2025, or a project that only such a period has."""
    if _period_in(passage) or passage.names_part_of_six or (passage.has(_PROJECT_NAME) and not passage.merged):
        return True
    return _subject(passage) and not {"4", "6"}.isdisjoint(passage.all(_NUMBERED))


def _components(passage: _Passage, code: str, *, named: bool, near: bool, subject: bool) -> set[str]:
    if code == _POVERTY[0]:
        found = {number for number in passage.all(_NUMBERED) if number in "12345" and (named or subject)}
        return found | ({"4"} if subject or passage.has(_CIRCULAR_FIRST) else set())
    foreign = passage.has(_ETHNIC) and not subject and not passage.names_part_of_six
    found = {number for number in passage.all(_NUMBERED) if number in "1234567"} if near and not foreign else set()
    if passage.has(_PROJECT_NAME) or passage.has(_CIRCULAR_SECOND):
        found.add("6")
    if passage.has(_TARGETS):
        found |= {"6", "6.1"}
    joined = {(project, part) for project, parts in passage.parts.items() for part in parts}
    elsewhere = {part for project, part in joined if project != "6" and ("6", part) not in joined}
    if not foreign:
        for project, part in joined:
            if int(part) <= _SUB_PROJECTS.get(project, 0):
                found |= {project, f"{project}.{part}"}
    if passage.has(_SUB_INFORMATION) or (passage.has(_SUB_ONE) and "1" not in elsewhere and ("6" in found or passage.has(_INFORMATION))):
        found |= {"6", "6.1"}
    if passage.has(_SUB_MULTI) or passage.has(_MULTI) or (passage.has(_SUB_TWO) and "2" not in elsewhere and "6" in found):
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
