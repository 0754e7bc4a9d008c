"""The head of an administrative document: kind, number, date, issuer, signer, legal bases, goals.

Form after Decree 30/2020/NĐ-CP (văn thư): the superior body, below it the issuing body and the number at the top left, place and date at
the top right, the kind as a heading in capitals (a letter, công văn, has none: "V/v ..." and "Kính gửi:" instead), "Căn cứ ..." lines,
"Nơi nhận" and the signature block at the end. Extraction gives the two columns as lines, as cells of a table row, or as one line; all
are cut into cells here. Drafts leave number and day blank. A news story that only reports on a plan is no document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from corpus.document import Document, Goal, OfficialRecord, Span
from corpus.text import lower, unify_tones
from nlp.legal_references import KINDS, NUMBER, day_of, legal_references

METHOD = "official-rules 2026.11"

_HEAD = 3000
"""Characters in which the head of a document stands: two columns, "Căn cứ" lines may follow later."""
_LETTER_HEAD = 1200
"""The same for a letter, which has no bases above its text."""
_KIND_OF_SIGN = {
    "kh": "Kế hoạch",
    "qđ": "Quyết định",
    "tb": "Thông báo",
    "bc": "Báo cáo",
    "ttr": "Tờ trình",
    "nq": "Nghị quyết",
    "nđ": "Nghị định",
    "tt": "Thông tư",
    "ct": "Chỉ thị",
    "hd": "Hướng dẫn",
    "ctr": "Chương trình",
    "đa": "Đề án",
    "cđ": "Công điện",
    "kl": "Kết luận",
}
"""Signs of the kinds inside a number (Decree 30/2020/NĐ-CP, annex III); a letter's number names its issuer and writer instead."""

_KIND_WORDS = "|".join(sorted(map(re.escape, KINDS), key=len, reverse=True))
_OWN_NUMBER = re.compile(
    rf"(?:(?:{_KIND_WORDS})\s+)?số(?:\s+hiệu)?\s*:?\s*(?P<number>\d{{1,5}}(?:/\d{{4}})?)?[\s.…]*"
    r"(?P<suffix>[/-]\s?[a-zđ]{2,8}\d{0,2}(?:[-–&./][a-zđ&]{1,12}){0,4})"
)
_BARE_NUMBER = re.compile(rf"(?P<number>)(?P<suffix>{NUMBER})\Z")
_ANY_NUMBER = re.compile(
    r"số(?:\s+hiệu)?\s*:?\s*(?P<number>\d{1,5}(?:/\d{4})?)?\s*(?P<suffix>/\s?[a-zđ]{2,8}\d{0,2}(?:[-–&.][a-zđ&]{1,12}){0,4})"
)
# What parts the cells of a line: the borders of a table, a gap, a rule, and the motto, which stands in the right column.
_PARTING = re.compile(
    r"\s*\|\s*|\t+| {3,}|[-_*]{3,}|cộng hòa xã hội chủ nghĩa việt nam|độc lập\s*[-–]\s*tự do\s*[-–]\s*hạnh phúc"
    r"|đảng cộng sản việt nam|(?<!\w)(?=số\s*:)"
)
_DATELINE = re.compile(
    r"(?P<place>[^\n,|]{2,40}),\s*ngày\s*(?P<day>\d{1,2})?[\s.…]*tháng\s*(?P<month>\d{1,2})?[\s.…]*năm\s*(?P<year>\d{4})", re.IGNORECASE
)
_SHORT_DATELINE = re.compile(
    r"(?P<place>(?:[A-ZÀ-ỸĐ][\w.]*[ -]{1,3}){0,5}[A-ZÀ-ỸĐ][\w.]*),\s*ngày\s*(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]"
    r"\s?(?P<year>\d{4})[^\S\n]*(?=[\n|]|\Z)"
)
_ISSUED_LABEL = re.compile(r"ngày ban hành\s*:?\s*(\d{1,2})/(\d{1,2})/(\d{4})")
_BODY = re.compile(
    r"(?:ủy ban|ubnd|ubmttq|hội đồng|hđnd|bộ|sở|ban|tỉnh ủy|thành ủy|huyện ủy|quận ủy|thị ủy|đảng ủy|đảng bộ|chính phủ|thủ tướng|quốc hội"
    r"|phòng|văn phòng|cục|tổng cục|chi cục|vụ|viện|trung tâm|đài|hội|liên đoàn|liên minh|mặt trận|công an|thanh tra|trường|ngân hàng"
    r"|chủ tịch nước|tỉnh đoàn|huyện đoàn)(?!\w)"
)
_LOWER_BODY = re.compile(
    r"(?<=\w) (?=(?:(?<!cơ )(?<!trụ )sở|(?<!văn )phòng (?:văn|lao|tài|nông|dân|kinh|giáo|tư|nội|y|tài|quản|thông)"
    r"|trung tâm|(?<!chi )cục|chi cục"
    r"|ban chỉ đạo|ban quản lý|văn phòng)\s)"
)
_CONTINUES = re.compile(r"(?:,|\s(?:và|của|các|-|–))\Z")
_ISSUER_ACTS = re.compile(r"(?P<issuer>(?:ubnd|ủy ban nhân dân|sở|bộ)\s[^.,;:\n]{3,70}?)\s+(?:xây dựng|ban hành|lập|đề ra|đặt ra)\s")
_NOT_A_NAME = re.compile(r"\s(?:về|của|đã|phê duyệt|hướng dẫn|quy định|ban hành)\s")
_MARKS = re.compile(r"căn cứ\s|nơi nhận\s*:|kính gửi\s*:|quyết định\s*:|điều 1\b")
_ENDS_HEAD = re.compile(r"căn cứ\s|kính gửi\s*:|thực hiện\s|xét\s")
_SUBJECT = re.compile(r"v/v\s|(?:về việc|trích yếu)\s*:?\s")
_ADDRESSED = re.compile(r"kính gửi\s*:")

_TITLE = (
    r"(?:CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|BỘ TRƯỞNG|THỨ TRƯỞNG|THỦ TƯỚNG|CỤC TRƯỞNG|TỔNG CỤC TRƯỞNG|VỤ TRƯỞNG|VIỆN TRƯỞNG|TRƯỞNG PHÒNG"
    r"|TRƯỞNG BAN"
    r"|TRƯỞNG ĐOÀN|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA|CHỦ NHIỆM|BÍ THƯ|HIỆU TRƯỞNG|CHỈ HUY TRƯỞNG|ĐỘI TRƯỞNG|TỔNG BIÊN TẬP|TỔ TRƯỞNG)"
)
_SIGNS = re.compile(
    rf"(?:(?<=[\n|:;])|(?<=[:;|.] )|(?<=\A))[^\S\n]*(?:(?:TM|KT|TL|TUQ|Q)\s?\.\s?|(?:QUYỀN |PHÓ |CHI |THƯỜNG TRỰC )*{_TITLE}(?!\w))"
)
_SIGNATURE = re.compile(
    r"\n\s*(?:tm\.|kt\.|tl\.|tuq\.|q\.|chủ tịch|phó chủ tịch|giám đốc|phó giám đốc|bộ trưởng|thứ trưởng|thủ tướng)[^\n]{0,60}"
)
_SIGNER_LABEL = re.compile(r"người ký\s*:?\s*([^\n|,]{4,40}?)(?=\n|\||,|\s+lĩnh vực|\Z)")
_RANK = re.compile(r"(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy)\s+")
_SIGNED = re.compile(r"\W*(?:đã ký|ký tên)\W*|\W*")
_BLOCK_CELLS = 10

_GOALS_HEADING = re.compile(
    r"[\W_]*(?:(?P<roman>[ivx]+)|(?P<digits>\d+(?:\.\d+)*)|(?P<letter>[a-zđ]))?\s*[.)/]?\s*"
    r"(?:(?:các|một số|những)\s+)?(?:mục đích\s*(?:,|và|-)\s*)?(?:mục tiêu|chỉ tiêu)(?!\w)(?P<rest>[^.;\n]{0,70})\Z"
)
_GOALS_LINE = re.compile(
    r"[\W_]*(?:(?P<roman>[ivx]+)|(?P<digits>\d+(?:\.\d+)*)|(?P<letter>[a-zđ]))?\s*[.)/]?\s*"
    r"(?:(?:các|một số|những)\s+)?(?:mục tiêu|chỉ tiêu)(?!\w)(?P<rest>[^.:;\n\d]{0,40}):"
)
_NO_HEADING = re.compile(r"(?<!\w)(?:là|được|đã|sẽ|đạt|hoàn thành|phải|cần|của|do|theo|nhằm|đề ra|đặt ra)(?!\w)")
_HEADING = re.compile(r"[\W_]*(?:(?P<roman>[ivx]+)|(?P<digits>\d+(?:\.\d+)*)|(?P<letter>[a-zđ]))\s*[.)/]\s*\S.{0,80}\Z")
_TARGET = re.compile(
    r"(?<![\d.,])(?:(?:trên|từ|đạt|ít nhất|tối thiểu|phấn đấu)\s+)?\d[\d.,]*\s?"
    r"(?:%|phần trăm|lớp|hội nghị|cuộc|buổi|xã|huyện|thôn|hộ|người|lượt|cán bộ|tin|bài|chuyên mục|đài|điểm)"
)


def tag_official(document: Document) -> Document:
    """Sets ``official`` and, with it, ``kind``; None and unchanged where the text is not an administrative document."""
    text, low = document.text, unify_tones(lower(document.text))
    cells = list(_cells(low, _HEAD))
    heading = _heading(text, low) or _heading_in_title(document.title)
    own = _own_number(low, cells)
    kind = None
    if heading is not None and _is_document(low, own):
        kind = KINDS[unify_tones(lower(document.quote(heading)))]
    elif heading is None:
        own = _own_number(low, cells, formal=True)
        kind = _kind_of_letter(low, cells, own)
    if kind is None:
        return replace(document, official=None, kind="news" if document.kind == "official" else document.kind)
    issued, year, month, dateline = _issued(text, low)
    number = None
    if own and own["number"] is not None and (own["number"] or own["suffix"][0].isdigit()):
        number = "".join((text[slice(*own.span("number"))] + text[slice(*own.span("suffix"))]).split())
    evidence = [heading] if heading else []
    if own:
        evidence.append(Span(*own.span()))
    if dateline:
        evidence.append(Span(*dateline))
    if not evidence:  # a letter that only its subject and its addressee tell
        start, end = next(cell for cell in cells if _SUBJECT.match(low, cell[0]))
        evidence.append(Span(start, end))
    in_text = heading.start if heading and heading.field == "text" else None
    record = OfficialRecord(
        kind=kind,
        number=number,
        issued=issued,
        issued_year=year,
        issued_month=month,
        issuer=_issuer(document.title, text, low, cells, in_text, named=heading is not None),
        signer=_signer(text, low),
        legal_bases=legal_references(text, low, own=number),
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
        first, last = _trimmed(text, start, stop)
        if first < last:
            yield first, last
        start = stop + 1


def _trimmed(text: str, first: int, last: int) -> tuple[int, int]:
    while first < last and text[first] in " \t*|-":
        first += 1
    while last > first and text[last - 1] in " \t*|-:":
        last -= 1
    return first, last


def _cells(low: str, end: int | None = None, start: int = 0) -> Iterator[tuple[int, int]]:
    """The lines cut where a column ends, in the order of the text; the motto and rules of dashes are in none."""
    for first, last in _lines(low[:end] if end is not None else low, None):
        if last <= start:
            continue
        at = first
        for parting in _PARTING.finditer(low, first, last):
            cell = _trimmed(low, at, parting.start())
            if cell[0] < cell[1]:
                yield cell
            at = parting.end()
        cell = _trimmed(low, at, last)
        if cell[0] < cell[1]:
            yield cell


def _heading(text: str, low: str) -> Span | None:
    for start, end in _lines(text, _HEAD):
        if end - start <= 24 and text[start:end].isupper() and low[start:end] in KINDS:
            return Span(start, end)
    return None


def _heading_in_title(title: str) -> Span | None:
    """Extraction makes the title of a document from its heading and the lines under it: "KẾ HOẠCH Truyền thông ..."."""
    for kind in sorted(KINDS, key=len, reverse=True):
        if (
            title[: len(kind)].isupper()
            and unify_tones(lower(title[: len(kind)])) == kind
            and not title[len(kind) : len(kind) + 1].isalpha()
        ):
            return Span(0, len(kind), "title")
    return None


def _own_number(low: str, cells: list[tuple[int, int]], *, formal: bool = False) -> re.Match[str] | None:
    """At the begin of a cell above the bases; else, unless ``formal``, wherever the head first says one."""
    for start, end in cells:
        if _ENDS_HEAD.match(low, start):
            break
        if match := _number_at(low, start, end):
            return match
    return None if formal else _ANY_NUMBER.search(low, 0, _HEAD)


def _number_at(low: str, start: int, end: int) -> re.Match[str] | None:
    # A blank in front of the sign may look like a gap between columns, so the number may pass the end of its cell.
    return _OWN_NUMBER.match(low, start) or _BARE_NUMBER.match(low, start, end)


def _is_document(low: str, own_number: re.Match[str] | None) -> bool:
    marks = len(_MARKS.findall(low[: 2 * _HEAD])) + (_MARKS.search(low, max(0, len(low) - 2000)) is not None)
    return own_number is not None or marks >= 2 or _SIGNATURE.search(low, max(0, len(low) - 1500)) is not None


def _kind_of_letter(low: str, cells: list[tuple[int, int]], own: re.Match[str] | None) -> str | None:
    """The kind of a text without a heading: its number stands for itself, and it has a subject or an addressee as letters have."""
    near = [start for start, _ in cells if start < _LETTER_HEAD]
    subject = any(_SUBJECT.match(low, start) for start in near)
    addressed = any(_ADDRESSED.match(low, start) for start in near)
    if own is None or own.start() >= _LETTER_HEAD:
        return "Công văn" if subject and addressed else None
    if not subject and not addressed:
        return None
    sign = re.split(r"[-–&./\s]+", own["suffix"].lstrip("/- 0123456789"))[0]
    return _KIND_OF_SIGN.get(sign, "Công văn")


def _issued(text: str, low: str) -> tuple[date | None, int | None, int | None, tuple[int, int] | None]:
    match = _first_dateline(text)
    if match is None:
        # Legal collections break the dateline over two lines.
        joined = text[:_HEAD].replace("\n", " ")
        match = next((found for found in _DATELINE.finditer(joined) if not _BASIS_INSIDE.search(lower(found["place"]))), None)
    if match:
        year, month, day = int(match["year"]), match["month"], match["day"]
        return day_of(year, month, day), year, int(month) if month and 1 <= int(month) <= 12 else None, match.span()
    label = _ISSUED_LABEL.search(low, 0, _HEAD)
    if label:
        value = day_of(label[3], label[2], label[1])
        return value, int(label[3]), int(label[2]) if value else None, label.span()
    return None, None, None, None


def _first_dateline(text: str) -> re.Match[str] | None:
    found = [*_DATELINE.finditer(text, 0, _HEAD), *_SHORT_DATELINE.finditer(text, 0, _HEAD)]
    own = (match for match in found if not _BASIS_INSIDE.search(_line_before(text, match.start("day") if match["day"] else match.end())))
    return min(own, key=lambda match: match.start(), default=None)


_BASIS_INSIDE = re.compile(r"(?<!\w)(?:căn cứ|thực hiện|theo)(?!\w)")


def _line_before(text: str, at: int) -> str:
    return unify_tones(lower(text[text.rfind("\n", 0, at) + 1 : at]))


def _issuer(title: str, text: str, low: str, cells: list[tuple[int, int]], heading: int | None, *, named: bool) -> str | None:
    """The lowest body above the heading in capitals, or who says "... xây dựng kế hoạch" below it; ``heading`` None where there is none."""
    limit = heading if heading is not None else (400 if named else _LETTER_HEAD)
    names: list[str] = []
    if not named and title.isupper():  # extraction took the first line for the title
        names += _bodies(" ".join(title.split()))
    for start, end in cells:
        line = " ".join(text[start:end].split())
        if start >= limit:
            break
        if not line.isupper() or len(line) > 90 or _number_at(low, start, end) or _SUBJECT.match(low, start):
            if names:
                break
            continue
        if _BODY.match(low, start) and not (names and _CONTINUES.search(lower(names[-1]))):
            names += _bodies(line)
        elif names:
            names[-1] = f"{names[-1]} {line}"
    if names:
        return names[-1]
    for acts in _ISSUER_ACTS.finditer(low, heading or 0, (heading or 0) + _HEAD):
        name = " ".join(acts["issuer"].split())
        if not _NOT_A_NAME.search(name):
            return " ".join(text[acts.start("issuer") : acts.end("issuer")].split())
    return None


def _bodies(line: str) -> list[str]:
    """The bodies that a line names: two columns or two lines may have run together. Empty where it names none."""
    low = unify_tones(lower(line))
    if not _BODY.match(low):
        return []
    cuts = [0, *(match.end() for match in _LOWER_BODY.finditer(low))]
    return [line[start:end].strip() for start, end in zip(cuts, [*cuts[1:], len(line)], strict=True)]


def _signer(text: str, low: str) -> str | None:
    label = _SIGNER_LABEL.search(low, 0, _HEAD)
    if label:
        return text[label.start(1) : label.end(1)].strip()
    signed = None
    for title in _SIGNS.finditer(text):
        signed = _name_after(text, low, title.start()) or signed
    if signed:
        return signed
    tail = max(0, len(low) - 1500)
    last = max(_SIGNATURE.finditer(low, tail), key=lambda match: match.start(), default=None)
    if last is None:
        return None
    for start, end in _lines(text[last.end() :]):
        line = text[last.end() + start : last.end() + end]
        if person := _person(line):
            return person
    return None


def _person(cell: str) -> str | None:
    """The cell where it is a name: two to five words, each with one capital at its begin; a rank before it is left out."""
    rank = _RANK.match(lower(cell))
    words = cell[rank.end() if rank else 0 :].split()
    named = 2 <= len(words) <= 5 and all(word.isalpha() and word[0].isupper() and (len(word) == 1 or word[1:].islower()) for word in words)
    return " ".join(words) if named and not all(len(word) == 1 for word in words) else None


def _person_after_capitals(cell: str) -> str | None:
    """The name at the end of a row that holds titles and name: "CHỦ TỊCH (Đã ký) Vàng A Páo"."""
    words = cell.split()
    at = next((i for i, word in enumerate(words) if not word.isupper() or len(word) == 1), len(words))
    at = next((i for i in range(at, len(words)) if words[i].strip("()").lower() not in ("đã", "ký")), len(words))
    return _person(" ".join(words[at:])) if at else None


def _name_after(text: str, low: str, start: int) -> str | None:
    """The name under a title in capitals; between them stand only further titles, "đã ký" and the list of recipients beside them."""
    stop = start
    for _ in range(_BLOCK_CELLS):
        stop = text.find("\n", stop + 1)
        if stop < 0:
            break
    stop = min(len(text) if stop < 0 else stop, start + 800)
    first = True
    for at, end in _cells(low[start:stop]):
        cell = text[start + at : start + end]
        person = _person_after_capitals(cell) if first else _person(cell.rpartition(";")[2])
        if person:
            return person
        before = text[start + at - 2 : start + at]
        if not (first or cell.isupper() or before.endswith(("-", "- ")) or ";" in cell or _SIGNED.fullmatch(low, start + at, start + end)):
            return None
        first = False
    return None


def _goals(text: str, low: str) -> Iterator[Goal]:
    """Lines with a target under a heading "Mục tiêu ..." until the next heading of its level or a higher one."""
    within: int | None = None
    for start, end in _lines(text):
        target = _TARGET.search(low, start, end)
        opened = _GOALS_HEADING.match(low, start, end)
        if opened and target is None and not _NO_HEADING.search(opened["rest"]):
            within = max(_level(opened), within or 0) if within is not None and _level(opened) > within else _level(opened)
            continue
        inline = _GOALS_LINE.match(low, start, end)
        if inline and not _NO_HEADING.search(inline["rest"]):
            within = _level(inline)
        elif within is not None and target is None and (heading := _HEADING.match(low, start, end)) and _level(heading) <= within:
            within = None
        if within is not None and target:
            yield Goal(target=text[target.start() : target.end()], evidence=(Span(start, end),))


def _level(heading: re.Match[str]) -> int:
    """Depth of a numbered line: I. is 1, 1. is 2, 1.1. is 3, a) is 4; without a number 2."""
    if heading["roman"]:
        return 1
    if heading["letter"]:
        return 4
    return 2 + heading["digits"].count(".") if heading["digits"] else 2
