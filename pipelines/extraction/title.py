"""The headline: the heading above the text that agrees with what the metadata says, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.text import fold
from pipelines.extraction.body import Body
from pipelines.extraction.byline import is_site
from pipelines.extraction.dates import DATE_LINE, read_written, remainder
from pipelines.extraction.html import Page
from pipelines.extraction.lines import cuts_rest, is_chrome
from pipelines.extraction.marks import Layout, is_title
from pipelines.extraction.metadata import Metadata

_SEPARATOR = re.compile(r"\s+[|»›–—~•:\-]{1,2}\s+|\s*(?:\||::|»)\s*")
_SITE_WORDS = re.compile(
    r"\b(?:báo|tạp chí|cổng(?: thông tin| ttđt)?|trang (?:thông tin|tin|chủ|điện tử)|ttđt|website|online|portal|home|sở|ubnd|ủy ban|đài|"
    r"truyền hình|"
    r"tin tức|tin nhanh|thời sự|chi tiết|bộ|cục|hội|trường|news)\b|\.(?:vn|com|net|org|info)\b",
    re.IGNORECASE,
)
# What portals write into <title> and their logo's heading on every page.
_GENERIC = re.compile(
    r"^(?:cổng\b|trang (?:thông tin|tin|chủ|web|điện tử|nhất)\b|website\b|portal\b|báo điện tử\b|"
    r"(?:xem )?chi tiết\b|(?:trang|bản) in\W*$|in (?:tin|bài|trang)\W*$|"
    r"tin (?:tức|chi tiết|bài)\b|nội dung (?:chi tiết|tin|bài)|bài viết\b|home\b|default\b|untitled|undefined)",
    re.IGNORECASE,
)
_KIND_OF_PAGE = re.compile(
    r"(?:^|[-–|>»:] ?)(?:(?:xem )?chi tiết(?: (?:tin|tin tức|bài viết|bài|bản tin|nội dung))?|nội dung (?:chi tiết|tin|bài viết))$",
    re.IGNORECASE,
)
"""At the end of a title that stands on every page: "Giảm nghèo - Chi tiết tin"."""
_FEW_WORDS = 4
_NEAR_TEXT = 12
_TAG_WEIGHT = {"h1": 1.0, "h2": 0.6, "h3": 0.4, "h4": 0.3}
_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|…)\s*$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_MAX = 400


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    block: int | None
    """Where it stands on the page; None when only the metadata gives it."""


def find_title(layout: Layout, body: Body | None, metadata: Metadata, *, sites: Sequence[str], box: int | None = None) -> Title:
    """``box`` names the element of the portal's own selector. The text is empty when the page has no headline at all."""
    page = layout.page
    told = [text for text in (*metadata.titles, page.head_title) if text]
    stripped = [strip_site(text, told, sites) for text in told]
    if box is not None and page.boxes[box].text:
        return Title(page.boxes[box].text[:_MAX], page.boxes[box].first)
    found = _heading(layout, body, stripped, sites)
    if found is not None and _names_site(page.blocks[found].text):
        line = _line_by_date(layout, body, sites)
        found = found if line is None else line
    if found is not None:
        text = strip_site(page.blocks[found].text, told, sites)
        # A counter or label may stand in the headline's element: "Tiêu đề (Lượt xem: 12)".
        bare = (other for other in stripped if text.startswith(other) and is_chrome(text[len(other) :].strip(" ()[]-|")))
        return Title(next(bare, text)[:_MAX], found)
    line = _line_by_date(layout, body, sites)
    if line is not None and (page.blocks[line].tag in _TAG_WEIGHT or all(_is_generic(text, sites) for text in stripped)):
        # What the head tells stands nowhere on the page, so it names the site.
        return Title(page.blocks[line].text[:_MAX], line)
    whole = next((text for text in stripped if not _ELLIPSIS.search(text) and not is_site(text, sites)), "")
    return Title((whole or (stripped[0] if stripped else ""))[:_MAX], None)


def strip_site(title: str, others: Sequence[str], sites: Sequence[str]) -> str:
    """Without the trailing parts that name the site or its section.

    >>> strip_site("Xã A có đài mới | Xã hội | Báo Miền Núi", ["Xã A có đài mới"], [])
    'Xã A có đài mới'
    """
    keys = {_key(other) for other in others if other != title}
    cuts = [match.start() for match in _SEPARATOR.finditer(title)]
    for cut in cuts:
        if _key(title[:cut]) in keys:
            return title[:cut].strip()
    while cuts:
        cut = cuts.pop()
        tail = _SEPARATOR.sub("", title[cut:], count=1).strip()
        if (
            len(tail) <= 80 and len(title[:cut].strip()) >= 10 and (is_site(tail, sites) or (_SITE_WORDS.search(tail) and len(tail) < cut))
        ) or ("|" in title[cut : cut + 3] and len(tail) <= 40 and cut >= 15):
            title = title[:cut].strip()
        else:
            break
    return title.strip()


def _heading(layout: Layout, body: Body | None, told: Sequence[str], sites: Sequence[str]) -> int | None:
    page = layout.page
    first = page.boxes[body.box].first if body is not None else len(page.blocks)
    last = page.boxes[body.box].last if body is not None else len(page.blocks)
    keys = [(key, frozenset(key.split())) for key in dict.fromkeys(_key(text) for text in told)]
    spans = _title_spans(page)
    best: tuple[float, int] | None = None
    for number, block in enumerate(page.blocks[: min(last, first + 40)]):
        if not 8 <= len(block.text) <= _MAX or (block.tag == "li" and block.link_share > 0.5):
            continue
        own = _key(block.text)
        likeness = max((_likeness(own, key, words) for key, words in keys), default=0.0)
        weight = _TAG_WEIGHT.get(block.tag, 0.0)
        named = number in spans or any(map(is_title, layout.near(block.box, 3)))
        if likeness == 0.0 and not (weight >= 1.0 or (named and weight > 0) or (named and first - 15 <= number <= first)):
            continue
        if block.link_share > 0.5 and not weight and likeness < 0.85:
            continue
        if likeness == 0.0 and ((block.link_share > 0.5 and block.tag != "h1") or is_site(block.text, sites)):
            continue
        if is_chrome(block.text):
            continue
        distance = max(0, first - number) if number <= first else 2 * (number - first)
        score = 3 * likeness + weight + (0.6 if named else 0.0) - min(1.5, 0.03 * distance) - (0.5 if block.link_share > 0.5 else 0.0)
        if any(layout.noise[box] for box in islice(page.ancestors(block.box), 3)):
            score -= 1.0
        if best is None or score > best[0]:
            best = (score, number)
    return best[1] if best is not None and best[0] >= 0.3 else None


def _title_spans(page: Page) -> frozenset[int]:
    """Blocks that are one inline element called title, as DotNetNuke and SharePoint write headlines."""
    return frozenset(
        box.first
        for box in page.boxes
        if box.is_inline
        and box.first < len(page.blocks)
        and is_title(box.marks)
        and len(box.text) >= 0.8 * len(page.blocks[box.first].text)
    )


def _is_generic(text: str, sites: Sequence[str]) -> bool:
    """Whether a title told by the page's head names the site or the kind of page: such a title stands on every page."""
    return len(text.split()) < _FEW_WORDS or _names_site(text) or is_site(text, sites) or bool(_KIND_OF_PAGE.search(text.rstrip()))


def _names_site(text: str) -> bool:
    return bool(_GENERIC.match(text)) and len(text.split()) <= 10 and not text.rstrip().endswith((".", "?", "!"))


def _line_by_date(layout: Layout, body: Body | None, sites: Sequence[str]) -> int | None:
    """The headline of a page whose head and headings name none: the line right above the date line, else right below it."""
    if body is None or not body.blocks:
        return None
    blocks = layout.page.blocks
    spans = _title_spans(layout.page)
    start = body.blocks[0]
    for number in range(max(0, start - _NEAR_TEXT), min(len(blocks), start + 4)):
        text = blocks[number].text
        if len(text) > DATE_LINE or len(remainder(text)) > 60 or not any(read_written(text)):
            continue
        for near in (number - 1, number - 2, number + 1):
            if not 0 <= near < len(blocks):
                continue
            line = blocks[near]
            if not 20 <= len(line.text) <= 250 or line.tag == "li" or line.link_share > 0.5 or line.text[-1] in ".;,:":
                continue
            if len(line.text.split()) < _FEW_WORDS or is_chrome(line.text) or cuts_rest(line.text) or any(read_written(line.text)):
                continue
            # A headline may begin like a portal's name: "Trang thông tin xã về với bà con".
            named = near in spans or line.tag in _TAG_WEIGHT or any(map(is_title, layout.near(line.box, 1)))
            if is_site(line.text, sites) or (not named and _is_generic(line.text, sites)):
                continue
            if not any(layout.noise[box] for box in layout.page.ancestors(line.box)):
                return near
    return None


def _likeness(heading: str, told: str, words: frozenset[str]) -> float:
    """1 for the same words; less where one is the cut or lengthened form of the other; 0 for different headlines. ``words`` are those
    told."""
    if not heading or not told:
        return 0.0
    if heading == told:
        return 1.0
    shorter, longer = (heading, told) if len(heading) <= len(told) else (told, heading)
    if len(shorter) >= 15 and longer.startswith(shorter):
        return 0.95 if heading == longer else 0.85
    own = set(heading.split())
    share = len(words.intersection(own)) / max(len(own), len(words))
    return share if share >= 0.6 else 0.0


def _key(text: str) -> str:
    return _NOT_LETTERS.sub(" ", fold(_whole(text[:_MAX]))).strip()


def _whole(text: str) -> str:
    """Without the dots of a cut headline."""
    return _ELLIPSIS.sub("", text) if ".." in text or "…" in text else text
