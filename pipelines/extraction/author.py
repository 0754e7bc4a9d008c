"""Choosing the author among the places where a page names one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.extraction.body import Body
from pipelines.extraction.byline import read_byline
from pipelines.extraction.dates import remainder
from pipelines.extraction.html import Page, clean
from pipelines.extraction.marks import Layout, is_author
from pipelines.extraction.metadata import Metadata

_AUTHOR_LINK = re.compile(r"/(?:tac-?gia|authors?|but-danh|nha-bao|phong-vien|profile|tacgia)[/\-=.]", re.IGNORECASE)
_NEAR = 30
_TAIL = 6
_PARAGRAPH = 200


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
    under = _under_text(page, body, sites)
    if box is not None and (chosen := read_byline(remainder(page.boxes[box].text), sites=sites, lone=True)):
        return under if under.names == chosen else Author(chosen)
    if under.names:
        return under
    for names in (
        _named_elements(page, body, title, sites),
        _author_links(page, body, title, sites),
        _from_metadata(metadata, sites),
        _beside_date(page, body, title, sites),
    ):
        if names:
            return Author(names)
    return Author()


def _under_text(page: Page, body: Body, sites: Sequence[str]) -> Author:
    """A short line that holds only names, among the last lines of the text or right below it."""
    numbers = list(body.blocks[-_TAIL:])
    after = page.boxes[body.box].last
    last = body.blocks[-1] if body.blocks else after
    numbers += range(max(after, last + 1), min(after + 3, len(page.blocks)))
    for number in reversed(numbers):
        block = page.blocks[number]
        text = remainder(block.text) if re.search(r"\d{4}", block.text) else block.text
        if len(text) > _PARAGRAPH and number < after:
            break  # what stands above the last paragraph is a heading
        if len(text) > 90 or block.tag in ("figcaption", "caption", "h1", "h2", "h3"):
            continue
        if number >= after and (block.link_share > 0.5 or block.tag == "li"):
            continue
        names = read_byline(text, sites=sites, lone=number < after)
        if names and (number < after or len(names[0].split()) >= 2):
            return Author(names, number)
    return Author()


def _named_elements(page: Page, body: Body, title: int | None, sites: Sequence[str]) -> tuple[str, ...]:
    held = page.boxes[body.box]
    low = max(0, (title if title is not None else held.first) - 8)
    high = held.last + 12
    best: tuple[int, tuple[str, ...]] | None = None
    for box in page.boxes:
        if not low <= box.first < high or box.last - box.first > 4 or not is_author(box.marks):
            continue
        texts = [box.text] if box.is_inline else [block.text for block in page.blocks[box.first : box.last]]
        for text in texts:
            names = read_byline(remainder(text), sites=sites) if len(text) <= 160 else ()
            if names:
                size = sum(map(len, texts))
                if best is None or size < best[0]:
                    best = (size, names)
                break
    return best[1] if best else ()


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
    for number in range(title + 1, min(title + 5, page.boxes[body.box].first + 2, len(page.blocks))):
        text = page.blocks[number].text
        if len(text) <= 90 and re.search(r"\d{4}", text):
            rest = remainder(text).strip(" -|,")
            names = read_byline(rest, sites=sites)
            if names and len(names[0].split()) >= 2:
                return names
    return ()
