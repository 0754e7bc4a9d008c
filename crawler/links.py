"""Links of an HTML page with the little of their surroundings that discovery needs, in time linear in the page.

A scan instead of a tree: Lexbor (selectolax 1.0.2) takes minutes for 200,000 nested elements and libxml2 is quadratic in the
attributes of one element, and a crawler must not stand still because of one page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urljoin

MAX_LINKS = 5_000
"""Links looked at on one page."""
_MAX_TAG = 4_096
"""Characters of a tag that are read; no link worth following is longer."""
_MAX_TEXT = 300
_MAX_RUNS = 12
"""Runs of text behind a link that are looked at for its date."""
_MAX_DEPTH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    url: str
    text: str
    rel: str = ""
    kind: str = ""
    """Value of ``type``; set for elements of the head."""
    heading: bool = False
    """Stands in a heading."""
    navigation: bool = False
    """Stands in a menu, head or foot of the page."""
    head: bool = False
    """A <link> element, not an anchor."""
    day: str | None = None
    """Date (ISO 8601) written in its text or between it and the next anchor: the item's own in most lists."""


# Possessive and without "<" inside, so that a try ends at the next "<" at the latest: the whole scan is linear
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW = frozenset({"script", "style", "noscript", "template", "textarea"})
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th thead tbody".split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_NAVIGATION = re.compile(r"\b(?:nav|navbar|menu|mainmenu|topmenu|header|footer|breadcrumb|sidebar|toolbar|social)\b", re.IGNORECASE)


def scan_links(body: bytes, base: str) -> Iterator[Link]:
    """Anchors and <link> elements in the order of the page, addresses made absolute and without fragment."""
    text = body.decode("utf-8", "replace")
    open_elements: list[tuple[str, bool, bool]] = []  # name, inside a heading, inside navigation
    anchor: dict[str, str] | None = None
    words: list[str] = []
    held: Link | None = None  # waits for the text behind it
    behind: list[str] = []
    position, found = 0, 0
    while found < MAX_LINKS and (start := text.find("<", position)) >= 0:
        if anchor is not None:
            if sum(map(len, words)) < _MAX_TEXT:
                words.append(text[position : min(start, position + _MAX_TEXT)])
        elif held is not None and len(behind) < _MAX_RUNS and start > position:
            behind.append(text[position : min(start, position + _MAX_TEXT)])
        if text.startswith("<!--", start):
            end = text.find("-->", start + 4)
            position = len(text) if end < 0 else end + 3
            continue
        tag = _TAG.match(text, start, start + _MAX_TAG)
        if tag is None:
            position = start + 1
            continue
        position = tag.end()
        closing, name = bool(tag[1]), tag[2].lower()
        if name in _RAW and not closing:
            end = _closing(text, name, position)
            position = len(text) if end < 0 else end
        elif name == "a" or name == "link":
            if anchor is not None and name == "a":
                if held is not None:
                    yield _dated(held, behind)
                held, behind = _link(anchor, words, base, open_elements), []
                found += held is not None
                anchor = None
            if not closing:
                attributes = _attributes(tag[3])
                if name == "a":
                    anchor, words = attributes, []
                elif link := _head_link(attributes, base):
                    yield link
        elif name not in _VOID:
            _enter_or_leave(open_elements, name, tag[3], closing=closing)
    if held is not None:
        yield _dated(held, behind)
    if anchor is not None:
        words.append(text[position : position + _MAX_TEXT])
        if link := _link(anchor, words, base, open_elements):
            yield link


_DATE = re.compile(r"(?<!\d)(?:(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d{2})|((?:19|20)\d{2})-(\d{1,2})-(\d{1,2}))(?!\d)")
_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=/)")


def _dated(link: Link, behind: list[str]) -> Link:
    """Dates are written day first; what is no day of the calendar is none."""
    for text in (link.text, " ".join(behind)):
        if match := _DATE.search(text):
            numbers = (match[4], match[3], match[1]) if match[4] else (match[5], match[6], match[7])
            return replace(link, day=_day(*numbers))
    match = _URL_DATE.search(link.url)
    return replace(link, day=_day(*match.groups())) if match else link


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _closing(text: str, name: str, position: int) -> int:
    """Where the element's end tag begins; case as written by most, then the other."""
    end = text.find(f"</{name}", position)
    return end if end >= 0 else text.find(f"</{name.upper()}", position)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4]
        found.setdefault(match[1].lower(), html.unescape(value))
    return found


def _enter_or_leave(open_elements: list[tuple[str, bool, bool]], name: str, attributes: str, *, closing: bool) -> None:
    if not closing:
        if len(open_elements) < _MAX_DEPTH:
            heading, navigation = open_elements[-1][1:] if open_elements else (False, False)
            marks = _attributes(attributes) if attributes else {}
            named = _NAVIGATION.search(f"{name} {marks.get('class', '')} {marks.get('id', '')}")
            open_elements.append((name, heading or name in _HEADINGS, navigation or named is not None))
        return
    for depth in range(len(open_elements) - 1, max(len(open_elements) - 9, -1), -1):
        if open_elements[depth][0] == name:
            del open_elements[depth:]
            return


def _link(anchor: dict[str, str], words: list[str], base: str, open_elements: list[tuple[str, bool, bool]]) -> Link | None:
    url = _address(anchor.get("href", ""), base)
    if url is None:
        return None
    text = " ".join(html.unescape(" ".join(words)).split()) or anchor.get("title", "")
    heading, navigation = open_elements[-1][1:] if open_elements else (False, False)
    return Link(url=url, text=text[:_MAX_TEXT], rel=anchor.get("rel", "").lower(), heading=heading, navigation=navigation)


def _head_link(attributes: dict[str, str], base: str) -> Link | None:
    url = _address(attributes.get("href", ""), base)
    if url is None:
        return None
    return Link(url=url, text="", rel=attributes.get("rel", "").lower(), kind=attributes.get("type", "").lower(), head=True)


def _address(href: str, base: str) -> str | None:
    href = href.strip()
    if not href or len(href) > 2000 or href.lower().startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    try:
        return urljoin(base, href).partition("#")[0]
    except ValueError:
        return None
