"""Documents without markup: saved text, PDF and DOCX. Headline, byline, date and text by their place among the lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from corpus.document import DateCandidate, Document, DocumentKind, Provenance, RawPage, document_id
from corpus.errors import Reason, Rejected
from corpus.text import fold, normalize
from pipelines.extraction.byline import read_byline
from pipelines.extraction.charset import decode
from pipelines.extraction.dates import VIETNAM, in_range, read_written, remainder
from pipelines.extraction.documents import read_docx, read_pdf
from pipelines.extraction.gates import check_text
from pipelines.extraction.html import clean, read_page
from pipelines.extraction.lines import cuts_rest, is_chrome
from pipelines.extraction.published import date_of_opening

DOC_AS_HTML = "application/msword+html"
"""A Word file that is a web page, as old portals and "save as web page" make them."""
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAX_CHARACTERS = 1_000_000
_MAX_TITLE = 300
_STUB = 80
_LONG = 200
_TRIES = 20
# Decree 30/2020/NĐ-CP, appendix III: the kinds of administrative documents that carry their kind as a heading of its own.
_KINDS = (
    "nghị quyết|quyết định|chỉ thị|quy chế|quy định|thông cáo|thông báo|hướng dẫn|chương trình|kế hoạch|phương án|đề án|dự án|báo cáo|"
    "biên bản|"
    "tờ trình|hợp đồng|công điện|bản ghi nhớ|bản thỏa thuận|giấy ủy quyền|giấy mời|giấy giới thiệu|phiếu gửi|phiếu chuyển|phiếu báo|"
    "thông tư|nghị định"
)
_KIND_LINE = re.compile(rf"^(?:{_KINDS})$", re.IGNORECASE)
_NUMBER = re.compile(r"^\W{0,3}số\s?:?\s?[\d\s./-]*[A-ZĐ0-9/&-]*", re.IGNORECASE)
_MOTTO = re.compile(r"cong hoa xa hoi chu nghia viet nam|doc lap\s*-?\s*tu do\s*-?\s*hanh phuc")
_RECEIVERS = re.compile(r"^\W{0,3}nơi nhận\s?:?", re.IGNORECASE)
_DATELINE = re.compile(r"^\W{0,3}[^\W\d_][^\d]{1,60},\s{0,3}ngày\s.{0,40}(?:năm\s?\d{4}|\d{4})\W{0,3}$", re.IGNORECASE)
_ENDS_SENTENCE = tuple(".!?…:;")
_PAGE_NUMBER = re.compile(r"^(?:trang\s?)?\d{1,3}(?:\s?/\s?\d{1,3})?$", re.IGNORECASE)


SCANNED = "scanned pages without text; recognition (OCR) is needed"
"""Detail of the outcome of such files; `loa ocr` looks for it."""


def extract_plain(page: RawPage, media_type: str, *, extractor: str, recognised: str | None = None) -> Document:
    """``recognised`` is what OCR read from a scanned file, if it was read. Raises: Rejected."""
    flags: list[str] = []
    if media_type == "application/pdf":
        text, scanned = read_pdf(page.body)
        flags += ["scanned"] if scanned else []
        if scanned and recognised:
            text = recognised
            flags.append("ocr")
    elif media_type == _DOCX:
        text = read_docx(page.body)
    elif media_type == DOC_AS_HTML:
        decoded = decode(page.body)
        text = "\n\n".join(block.text for block in read_page(decoded.text).blocks)
        media_type = "application/msword"
        flags += [f"converted:{decoded.converted}"] if decoded.converted else []
    elif media_type.startswith("text/"):
        decoded = decode(page.body, page.header("content-type"))
        text = decoded.text
        flags += [f"converted:{decoded.converted}"] if decoded.converted else []
    else:
        raise Rejected(Reason.NOT_ARTICLE, f"media type {media_type}")
    if "scanned" in flags and len(text.strip()) < _STUB:
        raise Rejected(Reason.NO_TEXT, SCANNED)
    if media_type != "text/plain" and not flags:
        from pipelines.extraction.legacy import convert_legacy

        text, converted = convert_legacy(text)
        flags += [f"converted:{converted}"] if converted else []
    if len(text) > _MAX_CHARACTERS:
        flags.append("truncated")
    lines = [clean(line) for line in text[:_MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    parts = read_official(lines) or read_story(lines)
    check_text(parts.text, title=parts.title)
    chosen = _choose(parts.dates, page.fetched_at)
    if chosen is None and (opening := date_of_opening(parts.text, page.fetched_at)):
        chosen = opening
        parts.dates.append(opening)
        flags.append("doubtful_date")
    canonical = page.final_url if page.final_url.startswith(("http://", "https://")) else None
    return Document(
        id=document_id(portal=page.portal, site_id=None, canonical_url=canonical, body=page.body),
        provenance=Provenance(
            portal=page.portal,
            requested_url=page.requested_url,
            final_url=page.final_url,
            canonical_url=canonical,
            fetched_at=page.fetched_at,
            status=page.status,
            media_type=media_type,
            body_sha256=page.sha256,
            record=page.record,
            extractor=extractor,
        ),
        kind=parts.kind,
        title=parts.title,
        text=parts.text,
        author=", ".join(parts.author) or None,
        published=chosen.value if chosen else None,
        published_at=chosen.at if chosen else None,
        published_from=chosen.method if chosen else None,
        date_candidates=tuple(parts.dates),
        flags=tuple(flags),
    )


class Parts:
    """What the lines give."""

    __slots__ = ("author", "dates", "kind", "text", "title")

    def __init__(self, title: str, text: str, author: tuple[str, ...], dates: Sequence[DateCandidate], kind: DocumentKind) -> None:
        self.title = normalize(title)[:_MAX_TITLE]
        self.text = normalize(text)
        self.author = author
        self.dates = list(dates)
        self.kind = kind


def read_official(lines: Sequence[str]) -> Parts | None:
    """An administrative document: its kind stands alone on a line near the top, its subject below; None for other texts."""
    filled = [(number, line) for number, line in enumerate(lines) if line]
    top = filled[:40]
    kind_at = next((i for i, (_, line) in enumerate(top) if _KIND_LINE.match(line.strip(" *#:")) and line.strip(" *#:").isupper()), None)
    if kind_at is None:
        return None
    head = [line for _, line in top[:kind_at]]
    formal = any(_NUMBER.match(line) or _DATELINE.match(line) or _MOTTO.search(fold(line)) for line in head) or kind_at == 0
    if not formal:
        return None
    subject: list[str] = []
    after = kind_at + 1
    while after < len(filled) and len(subject) < 6:
        number, line = filled[after]
        gap = number - filled[after - 1][0] > 1
        if subject and (
            gap or (line.isupper() and len(line) < 30) or re.match(r"^(?:căn cứ|thực hiện|kính gửi|[IVX]+\.|\d+\.)", line, re.IGNORECASE)
        ):
            break
        if re.match(r"^[-_=* ]+$", line):
            after += 1
            break
        subject.append(line.strip("* "))
        after += 1
    title = f"{top[kind_at][1].strip(' *#:')} {' '.join(subject)}".strip()
    dates: list[DateCandidate] = []
    for line in head:
        if _DATELINE.match(line):
            dates += [DateCandidate(value=w.value, method="text", confidence=0.85, surface=w.surface) for w in read_written(line)]
    rest = [line for line in lines[filled[after][0] :] if not _PAGE_NUMBER.match(line)] if after < len(filled) else []
    header = "\n".join(line for line in head if not _PAGE_NUMBER.match(line))
    return Parts(title, _paragraphs([*header.split("\n"), "", *rest]), (), dates, "official")


def read_story(lines: Sequence[str]) -> Parts:
    """A news text saved from a page: headline first, chrome left out, byline at the end, teasers after it cut."""
    dates: list[DateCandidate] = []
    kept: list[str] = []
    size = 0
    tail: list[str] = []
    cut = False
    skipping = False
    headings = 0
    for number, line in enumerate(lines):
        if cut:
            tail.append(line)
            continue
        if line and size >= 200 and cuts_rest(line):
            headings += 1
            cut = headings > _TRIES or not _goes_on(lines[number + 1 :])
            skipping = not cut
            continue
        if skipping and (not line or _is_headline(line)):
            continue
        skipping = False
        if line and is_chrome(line):
            continue
        if line and len(line) <= 140 and not remainder(line):
            place = 0.8 if size < 400 else 0.5
            dates += [
                DateCandidate(value=w.value, at=w.at, method="visible", confidence=place, surface=w.surface) for w in read_written(line)
            ]
            continue
        kept.append(line)
        size += len(line)
    title, rest = _headline(kept)
    rest = _without_teasers(rest)
    rest, author = _sign(rest, tail)
    return Parts(title, _paragraphs(rest), author, dates, "news")


def _goes_on(lines: Sequence[str]) -> bool:
    """Whether a box of links stood in the middle: paragraphs follow that are no teasers of other stories."""
    filled = [line for line in lines if line]
    long = [line for line in filled if len(line) >= _LONG and line.endswith(_ENDS_SENTENCE)]
    return len(long) >= 2 and not _alternate(filled)


def _headline(lines: Sequence[str]) -> tuple[str, list[str]]:
    for number, line in enumerate(lines):
        if not line:
            continue
        bare = line.strip("# *")
        if len(bare) >= 8:
            return (bare, list(lines[number + 1 :])) if len(bare) <= _MAX_TITLE else (_cut(bare), list(lines[number:]))
    return "", list(lines)


def _cut(line: str) -> str:
    """The first sentence of a text that has no headline line."""
    match = re.match(r".{20,200}?[.!?…](?=\s|$)", line)
    return match.group() if match else line[:120].rsplit(" ", 1)[0]


def _without_teasers(lines: list[str]) -> list[str]:
    """Cut after the byline where headlines and standfirsts of other stories follow (at least two pairs)."""
    filled = [(number, line) for number, line in enumerate(lines) if line]
    total = sum(len(line) for _, line in filled)
    before = bylines = 0
    for position, (number, line) in enumerate(filled):
        before += len(line)
        if before < 0.25 * total or len(line) > 60 or not read_byline(line, lone=True):
            continue
        bylines += 1
        if bylines > _TRIES:
            break  # a list of names; each try reads the rest of the text
        rest = [text for _, text in filled[position + 1 :]]
        if len(rest) >= 4 and _alternate(rest):
            return lines[: number + 1]
    return lines


def _alternate(lines: Sequence[str]) -> bool:
    """Headline (no full stop, short), paragraph (full stop), headline, paragraph ..."""
    pairs = sum(
        1 for one, two in zip(lines[::2], lines[1::2], strict=False) if _is_headline(one) and not _is_headline(two) and len(two) <= 500
    )
    return pairs >= 2 and pairs >= 0.8 * (len(lines) // 2)


def _is_headline(line: str) -> bool:
    return 15 <= len(line) <= 160 and not line.endswith(_ENDS_SENTENCE)


def _sign(lines: list[str], tail: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The byline is the last line of the text, or the first lines of what was cut ("TIN LIÊN QUAN" may stand above it)."""
    filled = [number for number, line in enumerate(lines) if line]
    for number in reversed(filled[-4:]):
        line = lines[number]
        if len(line) <= 90 and (names := read_byline(line, lone=True)):
            return lines[:number] + [text for text in lines[number + 1 :] if not read_byline(text, lone=True)], names
    for line in [text for text in tail if text][:2]:
        if len(line) <= 60 and (names := read_byline(line)):
            return lines, names
    return lines, ()


def _paragraphs(lines: Sequence[str]) -> str:
    """Empty lines part paragraphs; a line that goes on in lower case after no full stop belongs to the one before (hard-wrapped text)."""
    done: list[str] = []
    gap = True
    for line in lines:
        if not line:
            gap = True
            continue
        if done and not done[-1].endswith(_ENDS_SENTENCE) and line[0].islower() and len(done[-1]) > 40:
            done[-1] = f"{done[-1]} {line}"
        elif done and not gap:
            done[-1] = f"{done[-1]}\n{line}"
        else:
            done.append(line)
        gap = False
    return "\n\n".join(done)


def _choose(candidates: Sequence[DateCandidate], fetched_at: datetime) -> DateCandidate | None:
    latest: date = fetched_at.astimezone(VIETNAM).date()
    valid = [candidate for candidate in candidates if in_range(candidate.value, latest)]
    return max(valid, key=lambda candidate: candidate.confidence) if valid else None
