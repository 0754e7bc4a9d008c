"""Choosing the author among the places where a page names one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.extraction.body import Body
from pipelines.extraction.byline import is_credit, read_byline
from pipelines.extraction.dates import beside, read_written, remainder
from pipelines.extraction.html import Block, Page, clean
from pipelines.extraction.lines import cuts_rest, is_chrome, without_chrome
from pipelines.extraction.marks import Layout, is_author
from pipelines.extraction.metadata import Metadata

_AUTHOR_LINK = re.compile(r"/(?:tac-?gia|authors?|but-danh|nha-bao|phong-vien|profile|tacgia)[/\-=.]", re.IGNORECASE)
_NEAR = 30
_TAIL = 6
_SENTENCE = 60
_RIGHT = re.compile(r"text-align\s*:\s*(?:right|end)|^right$", re.IGNORECASE)
_RIGHT_NAMES = re.compile(r"(?:^|[\s_-])(?:text|align|txt|rte)-?(?:align-?)?(?:right|end)(?:\s|$)|author|tacgia")
_HIDDEN = frozenset({"hidden", "hide", "d-none", "visually-hidden", "sr-only"})


@dataclass(frozen=True, slots=True)
class Author:
    names: tuple[str, ...] = ()
    byline: int | None = None
    """The block under the text that is nothing but the byline: no part of the article's text."""


def find_author(
    layout: Layout, body: Body, title: int | None, metadata: Metadata, *, sites: Sequence[str], box: int | None = None
) -> Author:
    """Under the text first, then an element called author near the article, an author's link, JSON-LD and meta tags.

    ``box`` is the portal's own author element, asked before all. The visible byline wins because systems write the site's name or the
    editor's account into the metadata (56 of 84 pages measured).
    """
    page = layout.page
    under = _under_text(layout, body, sites)
    if box is not None and (chosen := read_byline(remainder(page.boxes[box].text), sites=sites, lone=True)):
        return under if under.names == chosen else Author(chosen)
    if under.names:
        return under
    named = _named_elements(layout, body, title, sites)
    if not named and (below := _below(layout, body, sites)).names:
        return below
    for names in (
        named,
        _author_links(page, body, title, sites),
        _from_metadata(metadata, sites),
        _beside_date(page, body, title, sites),
    ):
        if names:
            return Author(names)
    return Author()


def _under_text(layout: Layout, body: Body, sites: Sequence[str]) -> Author:
    """A short line that holds only names, among the last lines of the text."""
    page = layout.page
    above = False
    for number in reversed(body.blocks[-_TAIL:]):
        block = page.blocks[number]
        text = remainder(block.text) if re.search(r"\d{4}", block.text) else block.text
        if len(text) >= _SENTENCE and text[-1] in '.!?…”"':
            above = True  # what stands above the last paragraph is a heading, unless it is set to the right
        if len(text) > 90 or block.tag in ("figcaption", "caption", "h1", "h2", "h3") or _is_cell(page, block):
            continue
        right = _is_right(page, block)
        if above and not right:
            continue
        if names := read_byline(text, sites=sites, lone=True, signed=right):
            return Author(names, number)
    return Author()


def _below(layout: Layout, body: Body, sites: Sequence[str]) -> Author:
    """The same right below the text's container, before the lists of other stories begin."""
    page = layout.page
    after = max(page.boxes[body.box].last, body.blocks[-1] + 1 if body.blocks else 0)
    for number in range(after, min(after + 4, len(page.blocks))):
        block = page.blocks[number]
        if cuts_rest(block.text) or any(layout.noise[box] for box in page.ancestors(block.box)):
            break
        text = remainder(block.text) if re.search(r"\d{4}", block.text) else block.text
        if len(text) > 90 or block.link_share > 0.5 or block.tag in ("li", "h1", "h2", "h3", "figcaption") or is_chrome(text):
            continue
        right = _is_right(page, block)
        names = read_byline(text, sites=sites, lone=right, signed=right)
        if names and (right or len(names[0].split()) >= 2):
            return Author(names, number)
    return Author()


def _is_right(page: Page, block: Block) -> bool:
    """Whether the line is set to the right margin, as signatures are."""
    for number, box in zip(page.ancestors(block.box), range(3), strict=False):
        del box
        held = page.boxes[number]
        if held.last - held.first > 2:
            return False
        style = held.attributes.get("style") or ""
        if _RIGHT.search(style[:400]) or _RIGHT.search((held.attributes.get("align") or "").strip()) or _RIGHT_NAMES.search(held.marks):
            return True
    return False


def _is_cell(page: Page, block: Block) -> bool:
    """Whether it is one of several cells of a table's row: data, no signature."""
    if block.tag not in ("td", "th"):
        return False
    row = next((page.boxes[box] for box in page.ancestors(block.box) if page.boxes[box].tag == "tr"), None)
    return row is not None and row.last - row.first > 1


def _named_elements(layout: Layout, body: Body, title: int | None, sites: Sequence[str]) -> tuple[str, ...]:
    page = layout.page
    held = page.boxes[body.box]
    low = max(0, (title if title is not None else held.first) - 8)
    high = held.last + 12
    best: tuple[int, tuple[str, ...]] | None = None
    for number, box in enumerate(page.boxes):
        if not low <= box.first < high or box.last - box.first > 4 or not is_author(box.marks):
            continue
        if not _HIDDEN.isdisjoint(box.marks.split()):
            continue
        texts = [box.text] if box.is_inline else [block.text for block in page.blocks[box.first : box.last]]
        linked = _linked_names(page, number, sites)
        for text in texts:
            names = linked or (read_byline(beside(text), sites=sites) if len(text) <= 160 else ())
            if names:
                size = sum(map(len, texts))
                if best is None or size < best[0]:
                    best = (size, names)
                break
    return best[1] if best else ()


def _linked_names(page: Page, outer: int, sites: Sequence[str]) -> tuple[str, ...]:
    """Names that stand side by side, each a link of its own; empty for fewer than two."""
    names: list[str] = []
    for number in range(outer + 1, len(page.boxes)):
        box = page.boxes[number]
        if box.parent < outer:
            break
        if box.tag == "a" and len(found := read_byline(box.text, sites=sites)) == 1 and len(found[0].split()) >= 2:
            names += found
    names = list(dict.fromkeys(names))
    return tuple(names) if len(names) >= 2 else ()


def _author_links(page: Page, body: Body, title: int | None, sites: Sequence[str]) -> tuple[str, ...]:
    held = page.boxes[body.box]
    low = max(0, (title if title is not None else held.first) - 3)
    found: list[str] = []
    for box in page.boxes:
        if box.tag != "a" or not low <= box.first < held.last + 6 or box.first >= len(page.blocks):
            continue
        if "author" in box.marks.split() or _AUTHOR_LINK.search(str(box.attributes.get("href") or "")[:300]):
            found += read_byline(remainder(box.text), sites=sites)
    return tuple(dict.fromkeys(found))[:4]


def _from_metadata(metadata: Metadata, sites: Sequence[str]) -> tuple[str, ...]:
    for value in metadata.authors:
        if "http" in value or ("/" in value and "(" not in value):
            continue
        names = read_byline(clean(value), sites=sites)
        if names and any(len(name.split()) >= 2 for name in names):
            return names
    return ()


def _beside_date(page: Page, body: Body, title: int | None, sites: Sequence[str]) -> tuple[str, ...]:
    """ "Thanh Mai - 07/03/2026 08:47" right under the title."""
    if title is None:
        return ()
    first = page.boxes[body.box].first
    last = len(page.blocks) if first <= title else first + 2  # a container may hold the title too
    for number in range(title + 1, min(title + 5, last, len(page.blocks))):
        text = page.blocks[number].text
        if len(text) > 90:
            continue
        if is_credit(text) or (re.search(r"\d{4}", text) and (first > title or any(read_written(text)))):
            rest = beside(without_chrome(text))
            names = read_byline(rest, sites=sites)
            if names and len(names[0].split()) >= 2:
                return names
    return ()
