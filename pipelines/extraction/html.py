"""One HTML page as a flat list of text blocks and the elements that hold them.

The page is parsed once (selectolax) and walked once; title, date, byline, body and gates all read the result. Decoding bytes is
not done here (see ``charset.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from corpus.text import normalize
from pipelines.extraction.bounds import flatten

# A page of 300 kB has about 15,000 nodes; the limit keeps a hostile page of a million elements under two seconds.
MAX_NODES = 120_000
MAX_DEPTH = 512
"""As browsers; ordinary pages nest fewer than 60 deep."""
MAX_CHARACTERS = 4_000_000
_MARKS_LENGTH = 240

_SKIPPED = frozenset(
    "script style noscript template svg iframe object embed select option datalist button input textarea canvas video audio "
    "head map area nav dialog -comment".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd label mark nobr o:p q s samp small span st1:place strike "
    "strong sub sup time tt u var wbr st1:city picture source meta link data".split()
)
_TEXT_TAGS = frozenset("p h1 h2 h3 h4 h5 h6 li td th dt dd figcaption caption blockquote pre".split())
_BOLD = frozenset("b strong h1 h2 h3 h4 h5 h6 th".split())
_NAMING = ("id", "class", "itemprop", "rel", "data-role", "type")
_NAMES = frozenset(_NAMING)
# What the walk does at a tag, looked up once for each node; tags that are not here open a block.
_IS_SKIPPED, _IS_TEXT, _IS_BREAK, _IS_INLINE, _IS_LINK, _IS_BOLD = (1 << bit for bit in range(6))
_KINDS = (
    dict.fromkeys(_BOLD - _INLINE, _IS_BOLD)
    | {tag: _IS_INLINE | (_IS_LINK if tag == "a" else 0) | (_IS_BOLD if tag in _BOLD else 0) for tag in _INLINE}
    | dict.fromkeys(_SKIPPED | {""}, _IS_SKIPPED)
    | {"-text": _IS_TEXT, "br": _IS_BREAK}
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# Already in normal form: ASCII, composed Vietnamese letters and common signs (half of a page's time went into normalising these).
_PLAIN = re.compile(
    "[\\x01-\\x7f\u00c0-\u00cf\u00d1-\u00ef\u00f1-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*"
)
_SEPARATORS = frozenset("-–|•·")
"""Elements of their own between a name and a time."""
_BREAK = "\x01"
"""Stands for ``<br>`` inside a run: the line feeds of the source are only white space."""


@dataclass(slots=True)
class Box:
    """An element. ``first <= block < last`` are the blocks it holds."""

    tag: str
    marks: str
    """Its id, class, itemprop, rel, role and type in lower case, separated by spaces."""
    parent: int
    first: int
    last: int = 0
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    chars: int = 0
    link_chars: int = 0
    node: LexborNode | None = None
    is_inline: bool = False

    @property
    def text(self) -> str:
        """Its own text, which for an inline element is less than its block's."""
        return clean(self.node.text()[:2000]) if self.node is not None else ""


@dataclass(slots=True)
class Block:
    """A run of text between two block-level boundaries, in normal form, white space collapsed."""

    text: str
    box: int
    tag: str
    """The nearest of p, h1-h6, li, td, ... or ``div``."""
    link_chars: int = 0
    bold_chars: int = 0
    link_share: float = 0.0


@dataclass(slots=True)
class Page:
    """What the walk found; ``boxes[0]`` is the body element."""

    tree: LexborHTMLParser
    boxes: list[Box]
    blocks: list[Block]
    metas: list[tuple[str, str]]
    """(name, property, itemprop or http-equiv in lower case; content) in order."""
    json_ld: list[str]
    head_title: str
    canonical: str | None
    language: str
    truncated: bool = False

    def meta(self, *names: str) -> str | None:
        """The first non-empty content of the first name that has one."""
        for name in names:
            for key, content in self.metas:
                if key == name and content.strip():
                    return content
        return None

    def ancestors(self, box: int) -> Iterator[int]:
        """The box and all that hold it, inner first."""
        while box >= 0:
            yield box
            box = self.boxes[box].parent

    def find(self, selector: str) -> Iterator[int]:
        """The boxes that a CSS selector finds, in order; none for a selector that is no CSS."""
        try:
            nodes = self.tree.css(selector)
        except SelectolaxError:
            return
        numbers = {box.node.mem_id: number for number, box in enumerate(self.boxes) if box.node is not None}
        for node in nodes:
            if node.mem_id in numbers:
                yield numbers[node.mem_id]


def clean(text: str) -> str:
    """Normal form, one space between words.

    >>> clean(" Tin \\n  mới ")
    'Tin mới'
    """
    if not _PLAIN.fullmatch(text):
        text = text.replace("\u00a0", " ")
        if not _PLAIN.fullmatch(text):
            text = normalize(text)
    return " ".join(text.split())


def read_page(text: str) -> Page:
    """Parse and walk one page; never raises on broken HTML. What lies past the limits is left out and ``truncated`` is set."""
    source, flattened = flatten(text[:MAX_CHARACTERS])
    tree = LexborHTMLParser(source)
    page = Page(
        tree=tree,
        boxes=[],
        blocks=[],
        metas=_metas(tree),
        json_ld=[node.text() for node in tree.css('script[type="application/ld+json"]')[:20]],
        head_title=_head_title(tree),
        canonical=_canonical(tree),
        language=_language(tree),
        truncated=flattened or len(text) > MAX_CHARACTERS,
    )
    if tree.body is not None:
        _Walk(page).run(tree.body)
    if not page.boxes:
        page.boxes.append(Box("body", "", -1, 0))
    return page


def _metas(tree: LexborHTMLParser) -> list[tuple[str, str]]:
    found = []
    for node in tree.css("meta")[:400]:
        attributes = node.attributes
        content = attributes.get("content")
        if content is None:
            continue
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = attributes.get(key)
            if name:
                found.append((name.strip().lower(), clean(unescape(content[:4000]))))
    return found


def _head_title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("head title") or tree.css_first("title")
    return clean(unescape(node.text()[:400])) if node is not None else ""


def _canonical(tree: LexborHTMLParser) -> str | None:
    for node in tree.css("link[rel]")[:200]:
        if (node.attributes.get("rel") or "").strip().lower() == "canonical" and node.attributes.get("href"):
            return (node.attributes["href"] or "").strip()
    return None


def _language(tree: LexborHTMLParser) -> str:
    root = tree.root
    return ((root.attributes.get("lang") or "") if root is not None else "").lower()[:10]


class _Walk:
    """Depth-first over the nodes without recursion (pages nest 100,000 deep on purpose). Half of a page's time goes here, so that
    the loop calls nothing it can do without."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pieces: list[str] = []
        self.length = 0
        self.linked = 0
        self.bold = 0
        self.links = 0
        self.bolds = 0
        self.breaks: list[tuple[int, int]] = []
        """Linked and bold characters of the run before each ``<br>``."""

    def run(self, body: LexborNode) -> None:
        page = self.page
        boxes, blocks, pieces = page.boxes, page.blocks, self.pieces
        current = -1
        node: LexborNode | None = body
        stack: list[tuple[LexborNode, int, int]] = []
        count = 0
        while node is not None:
            count += 1
            if count > MAX_NODES:
                page.truncated = True
                break
            tag = node.tag or ""
            kind = _KINDS.get(tag)
            if kind is None:
                kind = _IS_SKIPPED if tag[0] in "-!" else 0
            if kind & _IS_TEXT:
                text = node.text_content
                if text and (pieces or not text.isspace()):  # most are the line feeds between two elements
                    self.add(text)
            elif kind & _IS_BREAK:
                pieces.append(_BREAK)
                self.breaks.append((self.linked, self.bold))
            elif not kind & _IS_SKIPPED:
                attributes = node.attributes
                if not attributes or not (("style" in attributes or "hidden" in attributes) and _is_hidden(attributes)):
                    inner = current
                    if not kind & _IS_INLINE:
                        if pieces:
                            self.flush(current)
                        inner = self.box(node, tag, attributes, current, inline=False)
                    elif attributes and tag != "img":
                        inner = self.box(node, tag, attributes, current, inline=True)
                    if kind & _IS_LINK:
                        self.links += 1
                    if kind & _IS_BOLD:
                        self.bolds += 1
                    child = node.child
                    if child is not None and len(stack) >= MAX_DEPTH:
                        page.truncated = True
                        child = None
                    if child is not None:
                        stack.append((node, kind, current))
                        current = inner
                        node = child
                        continue
                    self.leave(kind, inner, current)
            following = node.next
            while following is None and stack:
                parent, parent_kind, outer = stack.pop()
                self.leave(parent_kind, current, outer)
                current = outer
                following = parent.next if stack else None
            node = following
        self.flush(current)
        for _, _, outer in reversed(stack):
            if current >= 0:
                boxes[current].last = len(blocks)
            current = outer
        self.sum_up()

    def add(self, text: str) -> None:
        if _BREAK in text:
            text = text.replace(_BREAK, " ")
        pieces = self.pieces
        if text in _SEPARATORS:
            text = f" {text} "
        size = len(text.strip())
        if size:
            if pieces and text[0].isupper() and (pieces[-1][-1:].islower() or (text[1:2].islower() and pieces[-1][-1:].isdigit())):
                pieces.append(" ")  # "Hà Giang" and "Sáng nay" in two elements that only the style sheet parts, or "08:05" and "Hà Vy"
            self.length += size
            if self.links:
                self.linked += size
            if self.bolds:
                self.bold += size
        pieces.append(text)

    def box(self, node: LexborNode, tag: str, attributes: dict[str, str | None], parent: int, *, inline: bool) -> int:
        marks = ""
        if attributes and not _NAMES.isdisjoint(attributes):
            for key in _NAMING:
                value = attributes.get(key)
                if value:
                    marks = f"{marks} {value[:_MARKS_LENGTH].lower()}" if marks else value[:_MARKS_LENGTH].lower()
        boxes, blocks = self.page.boxes, len(self.page.blocks)
        # An inline box starts inside the block being collected, which gets the next number.
        boxes.append(Box(tag, marks, parent, blocks, blocks, attributes, 0, 0, node, inline))
        return len(boxes) - 1

    def leave(self, kind: int, inner: int, outer: int) -> None:
        if kind & _IS_LINK:
            self.links -= 1
        if kind & _IS_BOLD:
            self.bolds -= 1
        pending = 0
        if kind & _IS_INLINE:
            pending = 1 if self.length else 0
        elif self.pieces:
            self.flush(inner)
        if inner != outer and inner >= 0:
            self.page.boxes[inner].last = len(self.page.blocks) + pending

    def flush(self, current: int) -> None:
        if self.length:
            page = self.page
            raw = "".join(self.pieces)
            box = self.nearest_block_box(current)
            tag = self.text_tag(box)
            self.breaks.append((self.linked, self.bold))
            for line, linked, bold in _lines(raw, self.breaks):
                size = len(line)
                linked = min(size, linked)
                page.blocks.append(Block(line, box, tag, linked, min(size, bold), linked / size))
        self.pieces.clear()
        self.breaks.clear()
        self.length = self.linked = self.bold = 0

    def nearest_block_box(self, box: int) -> int:
        boxes = self.page.boxes
        while box > 0 and boxes[box].is_inline:
            box = boxes[box].parent
        return max(box, 0)

    def text_tag(self, box: int) -> str:
        boxes = self.page.boxes
        for _ in range(4):
            if box < 0:
                break
            if boxes[box].tag in _TEXT_TAGS:
                return boxes[box].tag
            if boxes[box].tag in ("div", "article", "section", "body"):
                break
            box = boxes[box].parent
        return "div"

    def sum_up(self) -> None:
        boxes = self.page.boxes
        for block in self.page.blocks:
            boxes[block.box].chars += len(block.text)
            boxes[block.box].link_chars += block.link_chars
        for box in reversed(boxes):  # children come after their parents
            if box.parent >= 0:
                boxes[box.parent].chars += box.chars
                boxes[box.parent].link_chars += box.link_chars


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    style = attributes.get("style")
    return "hidden" in attributes or bool(style and "none" in style and _HIDDEN.search(style[:400]))


def _lines(raw: str, breaks: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """Paragraphs of one run with their linked and bold characters: ``<br>`` ends one, unless the sentence plainly goes on (hard-wrapped
    text). ``breaks`` are the characters linked and bold so far at each ``<br>`` and at the end."""
    if len(breaks) == 1:
        line = clean(raw)
        if line:
            yield line, *breaks[0]
        return
    pending = ""
    seen = start = (0, 0)
    for piece, until in zip(raw.split(_BREAK), breaks, strict=False):
        line = clean(piece)
        if pending and line and pending[-1] not in '.!?:;…”"' and line[0].islower():
            pending = f"{pending} {line}"
        else:
            if pending:
                yield pending, seen[0] - start[0], seen[1] - start[1]
                start = seen
            pending = line
        seen = until
    if pending:
        yield pending, seen[0] - start[0], seen[1] - start[1]
