"""Legal texts that a document cites: kind, name, number, date and issuer, in the forms that documents and news write them.

"Thông tư số 06/2022/TT-BTTTT ngày 30/6/2022 của Bộ ...", the issuer or the date first, several numbers of one kind, laws by their name
and date alone. What a citation is for is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from corpus.document import LegalReference, Span

KINDS = {
    "kế hoạch": "Kế hoạch",
    "quyết định": "Quyết định",
    "công văn": "Công văn",
    "thông báo": "Thông báo",
    "báo cáo": "Báo cáo",
    "tờ trình": "Tờ trình",
    "nghị quyết": "Nghị quyết",
    "nghị định": "Nghị định",
    "thông tư": "Thông tư",
    "thông tư liên tịch": "Thông tư liên tịch",
    "chỉ thị": "Chỉ thị",
    "hướng dẫn": "Hướng dẫn",
    "chương trình": "Chương trình",
    "đề án": "Đề án",
    "công điện": "Công điện",
    "kết luận": "Kết luận",
    "luật": "Luật",
}
"""Kinds of documents as headings write them."""
_CITED = KINDS | {"pháp lệnh": "Pháp lệnh", "văn bản": "Văn bản"}

# 06/2022/TT-BTTTT, 193/KH-UBND, 445/STT&TT-VP, 24/2021/QH15, 90/QĐ-TTg; of the party: 05-CT/TW
NUMBER = r"\d{1,5}(?:/\d{4})?/[a-zđ]{1,8}\d{0,2}(?:[-–&.][a-zđ&]{1,12}\d{0,2}){0,4}|\d{1,5}\s?[-–]\s?[a-zđ]{1,5}/[a-zđ]{1,10}"
_KIND = "|".join(sorted(map(re.escape, _CITED), key=len, reverse=True))
_DAY = r"(?P<day>\d{1,2})(?:\s?[/.–-]\s?|\s+tháng\s+)(?P<month>\d{1,2})(?:\s?[/.–-]\s?|\s+năm\s+)(?P<year>\d{4})(?!\d)"
_WHEN = re.compile(rf"\s*,?\s*(?:\(?\s*ngày\s+)?{_DAY}")
_BODY = (
    r"(?:bộ trưởng\s+|chủ tịch\s+|giám đốc\s+)?"
    r"(?:thủ tướng(?: chính phủ)?|chính phủ|ủy ban thường vụ quốc hội|quốc hội|liên bộ|bộ|ubnd|ủy ban|hđnd|hội đồng nhân dân|sở|cục|phòng"
    r"|ban|tỉnh ủy|thành ủy|huyện ủy|trung ương)(?!\w)"
)
_ISSUER = re.compile(rf"\s*,?\s*của\s+(?P<issuer>{_BODY}[^,;:.()\n]{{0,60}})")
_FIRST = re.compile(
    rf"(?<!\w)(?P<kind>{_KIND})(?:\s+liên tịch)?"
    rf"(?:\s+của\s+(?P<of>{_BODY}(?:\s+(?!số[\s:])[^\W\d]+){{0,10}}))?\s*:?\s+(?:số\s*:?\s*)?(?P<number>{NUMBER})"
)
_SHORT = re.compile(r"(?<!\w)(?P<kind>nghị định|thông tư|luật)\s+(?:số\s*:?\s*)?(?P<number>\d{1,4}/20\d\d)(?![\w/])")
_NEXT = re.compile(rf"[^\n;]{{0,160}}?(?:[;,]\s{{0,3}}|\svà\s)(?:các\s)?số\s{{0,3}}:?\s{{0,3}}(?P<number>{NUMBER})")
# A law in the line of bases: "Luật Đầu tư công số 39/2019/QH14", "Luật Tổ chức chính quyền địa phương ngày 19/6/2015".
_LAW = re.compile(
    rf"(?<!\w)(?<!pháp )(?<!của )(?P<name>(?P<kind>luật|pháp lệnh)\s+[^\W\d][^;:.()\n\d]{{2,160}}?)\s*,?"
    rf"(?:\s+số\s*:?\s*(?P<number>{NUMBER})|\s+(?=(?:được [^;\n]{{3,60}}\s)?ngày\s+\d))"
)
_ANY_KIND = re.compile(rf"(?<!\w)(?:{_KIND})(?!\w)")
_OTHER_KIND = re.compile(r"(?<!\w)(?:nghị định|thông tư|quyết định|nghị quyết|công văn|văn bản số)(?!\w)")
_BASIS = re.compile(r"[-–+•*|\s]*căn cứ\s")
_NOT_A_NAME = re.compile(r"\s(?:về|của|đã|ngày|phê duyệt|hướng dẫn|quy định|ban hành|v/v|số)\s")
_BROKEN_OFF = re.compile(r"\s(?:và|về|của)\Z")


@dataclass(slots=True)
class _Citation:
    kind: str
    number: str
    start: int
    end: int
    issued: date | None
    issuer: str | None
    title: str = ""
    spans: list[Span] = field(default_factory=list)


def legal_references(text: str, low: str, *, own: str | None) -> tuple[LegalReference, ...]:
    """Cited texts in the order of their first citation, each once; ``own`` is the number of the document itself.

    ``low`` is ``text`` in lower case with one placement of tone marks, of the same length.
    """
    merged: dict[tuple[str, ...], _Citation] = {}
    for found in sorted(_citations(text, low), key=lambda citation: citation.start):
        if found.number and found.number == own:
            continue
        key = (found.number,) if found.number else (found.title.lower(), str(found.issued))
        known = merged.setdefault(key, found)
        known.spans.append(Span(found.start, found.end))
        known.issued = known.issued or found.issued
        known.issuer = known.issuer or found.issuer
        known.title = known.title or found.title
    return tuple(
        LegalReference(kind=c.kind, number=c.number, title=c.title, issued=c.issued, issuer=c.issuer, evidence=tuple(c.spans))
        for c in merged.values()
    )


def day_of(year: str | int, month: str | None, day: str | None) -> date | None:
    """None where a part is blank or no such day exists."""
    try:
        return date(int(year), int(month), int(day)) if month and day else None
    except ValueError:
        return None


def _citations(text: str, low: str) -> Iterator[_Citation]:
    taken = -1
    laws = sorted(_laws(text, low), key=lambda law: law.start)
    yield from laws
    inside = [(law.start, law.end) for law in laws]
    for match in sorted((*_FIRST.finditer(low), *_SHORT.finditer(low)), key=lambda found: found.start()):
        if match.start() < taken or any(start <= match.start() < end for start, end in inside):
            continue
        kind = _CITED[match["kind"]]
        of = match.groupdict().get("of")
        shared = _name(text, match.start("of"), match.end("of")) if of else None
        citation = _read(text, low, kind, match.start(), match, shared)
        yield citation
        end = citation.end
        # "số ... ngày ...; số ... ngày ...": the kind and the issuer are said once.
        while (more := _NEXT.match(low, end)) and not _says_kind(low, end, more.start("number")):
            citation = _read(text, low, kind, more.start("number"), more, shared)
            yield citation
            end = citation.end
        taken = end


def _says_kind(low: str, start: int, end: int) -> bool:
    return _ANY_KIND.search(low, start, end) is not None


def _laws(text: str, low: str) -> Iterator[_Citation]:
    at = 0
    while at < len(low):
        stop = low.find("\n", at)
        stop = len(low) if stop < 0 else stop
        if _BASIS.match(low, at, stop):
            for match in _LAW.finditer(low, at, stop):
                if _OTHER_KIND.search(low, *match.span("name")):
                    continue  # the number is of what is named after the law
                yield _read(text, low, _CITED[match["kind"]], match.start(), match, None, title=_spaced(text[slice(*match.span("name"))]))
        at = stop + 1


def _read(text: str, low: str, kind: str, start: int, match: re.Match[str], shared: str | None, *, title: str = "") -> _Citation:
    """The citation with the day and the issuer that follow it, in either order."""
    number = "" if match["number"] is None else text[slice(*match.span("number"))].replace("–", "-").replace(" ", "")
    end = match.end()
    issued, issuer = None, None
    when = _WHEN.match(low, end)
    of = _ISSUER.match(low, when.end() if when else end)
    if of:
        issuer = _name(text, of.start("issuer"), of.end("issuer"))
        if when is None:
            within = _NOT_A_NAME.search(low, of.start("issuer"), of.end("issuer") + 20)
            if within:
                when = _WHEN.match(low, within.start())
    if when:
        issued = day_of(when["year"], when["month"], when["day"])
    end = max(end, when.end() if when else 0)
    return _Citation(kind, number, start, end, issued, issuer or shared, title)


def _name(text: str, start: int, end: int) -> str:
    words = _spaced(text[start:end])
    return _BROKEN_OFF.sub("", _NOT_A_NAME.split(words + " ")[0].strip())


def _spaced(text: str) -> str:
    return " ".join(text.split())
