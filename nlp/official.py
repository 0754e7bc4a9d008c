"""The head of an administrative document: kind, number, date, issuer, signer, legal bases, goals.

Form after Decree 30/2020/NĐ-CP (văn thư): issuing body and number at the top left, place and date at the top right, the kind as a
heading in capitals, "Căn cứ ..." lines, signature block and "Nơi nhận" at the end. Drafts leave number and day blank. A news story that
only reports on a plan is no document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from corpus.document import Document, Goal, LegalReference, OfficialRecord, Span
from corpus.text import lower

METHOD = "official-rules 2026.11"

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
_HEAD = 3000
"""Characters in which the head of a document stands: two columns, "Căn cứ" lines may follow later."""

_LEGAL_KINDS = "|".join(sorted((re.escape(kind) for kind in KINDS), key=len, reverse=True))
# 06/2022/TT-BTTTT, 193/KH-UBND, 445/STT&TT-VP, 24/2021/QH15, 90/QĐ-TTg
_NUMBER = r"\d{1,5}(?:/\d{4})?/[a-zđ]{1,8}\d{0,2}(?:[-–&.][a-zđ&]{1,12}\d{0,2}){0,4}"
_REFERENCE = re.compile(
    rf"(?P<kind>{_LEGAL_KINDS})\s+(?:liên tịch\s+)?(?:số:?\s*)?(?P<number>{_NUMBER})"
    r"(?:\s*,?\s*(?:ngày\s+)?(?P<day>\d{1,2})(?:\s?/\s?|\s+tháng\s+)(?P<month>\d{1,2})(?:\s?/\s?|\s+năm\s+)(?P<year>\d{4}))?"
)
_REFERENCE_ISSUER = re.compile(
    r"\s*(?:,\s*)?của\s+((?:bộ trưởng\s+|chủ tịch\s+)?"
    r"(?:thủ tướng chính phủ|chính phủ|quốc hội|bộ|ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|sở)"
    r"[^,;.()\n]{0,60})"
)
_OWN_NUMBER = re.compile(
    r"số(?:\s+hiệu)?\s*:?\s*(?P<number>\d{1,5}(?:/\d{4})?)?\s*(?P<suffix>/\s?[a-zđ]{2,8}\d{0,2}(?:[-–&.][a-zđ&]{1,12}){0,4})"
)
_DATELINE = re.compile(
    r"(?P<place>[^\n,]{2,40}),\s*ngày\s*(?P<day>\d{1,2})?[\s.…]*tháng\s*(?P<month>\d{1,2})?[\s.…]*năm\s*(?P<year>\d{4})", re.IGNORECASE
)
_ISSUED_LABEL = re.compile(r"ngày ban hành\s*:?\s*(\d{1,2})/(\d{1,2})/(\d{4})")
_ISSUER_LINE = re.compile(r"(?:ủy ban nhân dân|ubnd|hội đồng nhân dân|hđnd|bộ|sở|ban chỉ đạo|huyện ủy|tỉnh ủy|chính phủ|quốc hội|phòng)\b")
_ISSUER_ACTS = re.compile(r"(?P<issuer>(?:ubnd|ủy ban nhân dân|sở|bộ)\s[^.,;:\n]{3,70}?)\s+(?:xây dựng|ban hành|lập|đề ra|đặt ra)\s")
_NOT_A_NAME = re.compile(r"\s(?:về|của|đã|phê duyệt|hướng dẫn|quy định|ban hành)\s")
_PLACE_LINE = re.compile(r"(?:tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã|phường|thị trấn|đặc khu)\s")
_SIGNATURE = re.compile(
    r"\n\s*(?:tm\.|kt\.|tl\.|tuq\.|q\.|chủ tịch|phó chủ tịch|giám đốc|phó giám đốc|bộ trưởng|thứ trưởng|thủ tướng)[^\n]{0,60}"
)
_SIGNER_LABEL = re.compile(r"người ký\s*:?\s*([^\n|,]{4,40}?)(?=\n|\||,|\s+lĩnh vực|\Z)")
_PERSON = re.compile(r"(?:[A-ZÀ-ỸĐ][a-zà-ỹđ]+)(?:\s+[A-ZÀ-ỸĐ][a-zà-ỹđ]+){1,4}\Z")
_MARKS = re.compile(r"căn cứ\s|nơi nhận\s*:|kính gửi\s*:|quyết định\s*:|điều 1\b")
_GOALS_HEADING = re.compile(r"^\W*(?:[ivx]+|\d+|[a-zđ])?\s*[.)]?\s*(?:mục tiêu(?: cụ thể| chung| tổng quát)?|chỉ tiêu)\s*:?\s*$")
_HEADING = re.compile(r"^\W*(?:[ivx]+|\d+)\s*[.)]\s*\S.{0,80}$")
_TARGET = re.compile(
    r"(?<![\d.,])(?:(?:trên|từ|đạt|ít nhất|tối thiểu|phấn đấu)\s+)?\d[\d.,]*\s?"
    r"(?:%|phần trăm|lớp|hội nghị|cuộc|buổi|xã|huyện|thôn|hộ|người|lượt|cán bộ|tin|bài|chuyên mục|đài|điểm)"
)


def tag_official(document: Document) -> Document:
    """Sets ``official`` and, with it, ``kind``; None and unchanged where the text is not an administrative document."""
    text, low = document.text, lower(document.text)
    heading = _heading(text) or _heading_in_title(document.title)
    own_number = _OWN_NUMBER.search(low, 0, _HEAD)
    if heading is None or not _is_document(low, own_number):
        return replace(document, official=None, kind="news" if document.kind == "official" else document.kind)
    issued, year, month, dateline = _issued(text, low)
    number = None
    if own_number and own_number["number"]:
        number = text[own_number.start("number") : own_number.end("number")] + text[own_number.start("suffix") : own_number.end()].replace(
            " ", ""
        )
    evidence = [heading]
    if own_number:
        evidence.append(Span(*own_number.span()))
    if dateline:
        evidence.append(Span(*dateline))
    record = OfficialRecord(
        kind=KINDS[lower(document.quote(heading))],
        number=number,
        issued=issued,
        issued_year=year,
        issued_month=month,
        issuer=_issuer(text, low, heading.start if heading.field == "text" else None),
        signer=_signer(text, low),
        legal_bases=tuple(_references(text, low, own=number)),
        goals=tuple(_goals(text, low)),
        evidence=tuple(sorted(evidence)),
        method=METHOD,
    )
    return replace(document, official=record, kind="official")


def _lines(text: str, end: int | None = None) -> Iterator[tuple[int, int]]:
    start = 0
    limit = len(text) if end is None else min(end, len(text))
    while start < limit:
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        first, last = start, stop
        while first < last and text[first] in " \t*|-":
            first += 1
        while last > first and text[last - 1] in " \t*|-:":
            last -= 1
        if first < last:
            yield first, last
        start = stop + 1


def _heading(text: str) -> Span | None:
    for start, end in _lines(text, _HEAD):
        line = text[start:end]
        if len(line) <= 24 and line.isupper() and lower(line) in KINDS:
            return Span(start, end)
    return None


def _heading_in_title(title: str) -> Span | None:
    """Extraction makes the title of a document from its heading and the lines under it: "KẾ HOẠCH Truyền thông ..."."""
    for kind in sorted(KINDS, key=len, reverse=True):
        if title[: len(kind)].isupper() and lower(title[: len(kind)]) == kind and not title[len(kind) : len(kind) + 1].isalpha():
            return Span(0, len(kind), "title")
    return None


def _is_document(low: str, own_number: re.Match[str] | None) -> bool:
    marks = len(_MARKS.findall(low[: 2 * _HEAD])) + (_MARKS.search(low, max(0, len(low) - 2000)) is not None)
    return own_number is not None or marks >= 2 or _SIGNATURE.search(low, max(0, len(low) - 1500)) is not None


def _issued(text: str, low: str) -> tuple[date | None, int | None, int | None, tuple[int, int] | None]:
    match = _DATELINE.search(text, 0, _HEAD)
    if match is None:
        # Legal collections break the dateline over two lines.
        joined = text[:_HEAD].replace("\n", " ")
        match = _DATELINE.search(joined)
    if match:
        year, month, day = int(match["year"]), match["month"], match["day"]
        return _date(year, month, day), year, int(month) if month and 1 <= int(month) <= 12 else None, match.span()
    label = _ISSUED_LABEL.search(low, 0, _HEAD)
    if label:
        value = _date(int(label[3]), label[2], label[1])
        return value, int(label[3]), int(label[2]) if value else None, label.span()
    return None, None, None, None


def _date(year: int, month: str | None, day: str | None) -> date | None:
    try:
        return date(year, int(month), int(day)) if month and day else None
    except ValueError:
        return None


def _issuer(text: str, low: str, heading: int | None) -> str | None:
    """Above the heading in capitals, or who says "... xây dựng kế hoạch" below it; ``heading`` None where extraction took it away."""
    lines = list(_lines(text, heading if heading is not None else 400))
    for position, (start, end) in enumerate(lines):
        if _ISSUER_LINE.match(low, start) and end - start <= 80 and text[start:end].isupper():
            name = text[start:end]
            if position + 1 < len(lines):
                first, last = lines[position + 1]
                if _PLACE_LINE.match(low, first) and text[first:last].isupper() and last - first <= 40:
                    name = f"{name} {text[first:last]}"
            return " ".join(name.split())
    for acts in _ISSUER_ACTS.finditer(low, heading or 0, (heading or 0) + _HEAD):
        name = " ".join(acts["issuer"].split())
        if not _NOT_A_NAME.search(name):
            return " ".join(text[acts.start("issuer") : acts.end("issuer")].split())
    return None


def _signer(text: str, low: str) -> str | None:
    label = _SIGNER_LABEL.search(low, 0, _HEAD)
    if label:
        return text[label.start(1) : label.end(1)].strip()
    tail = max(0, len(low) - 1500)
    last = max(_SIGNATURE.finditer(low, tail), key=lambda match: match.start(), default=None)
    if last is None:
        return None
    for start, end in _lines(text[last.end() :]):
        line = text[last.end() + start : last.end() + end]
        if _PERSON.match(line):
            return line
    return None


def _references(text: str, low: str, *, own: str | None) -> Iterator[LegalReference]:
    seen: dict[str, list[Span]] = {}
    details: dict[str, tuple[str, date | None, str | None]] = {}
    for match in _REFERENCE.finditer(low):
        number = text[match.start("number") : match.end("number")].replace("–", "-")
        if number == own:
            continue
        issued = _date(int(match["year"]), match["month"], match["day"]) if match["year"] else None
        of = _REFERENCE_ISSUER.match(low, match.end())
        issuer = _NOT_A_NAME.split(" ".join(text[of.start(1) : of.end(1)].split()) + " ")[0].strip() if of else None
        known = details.get(number)
        details[number] = (KINDS[match["kind"]], issued or (known[1] if known else None), (known[2] if known and known[2] else issuer))
        seen.setdefault(number, []).append(Span(match.start(), match.end()))
    for number, spans in seen.items():
        kind, issued, issuer = details[number]
        yield LegalReference(kind=kind, number=number, issued=issued, issuer=issuer, evidence=tuple(spans))


def _goals(text: str, low: str) -> Iterator[Goal]:
    """Lines with a target under a heading "Mục tiêu ..." until the next heading of another name."""
    within = False
    for start, end in _lines(text):
        line = low[start:end]
        if _GOALS_HEADING.match(line):
            within = True
        elif within and _HEADING.match(line) and not _TARGET.search(line):
            within = False
        elif within and (target := _TARGET.search(line)):
            yield Goal(target=text[start + target.start() : start + target.end()], evidence=(Span(start, end),))
