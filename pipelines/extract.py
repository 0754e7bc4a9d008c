"""From a fetched page to a document: title, text, author, dates, attachments, or the reason why the page is not wanted.

The order of methods is the portal's own selectors, JSON-LD and meta tags, rules on structure that hold for every site
(``pipelines/extraction``), and only when those find no text or no date trafilatura and htmldate. Finding tags is not done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from corpus.document import Attachment, DateCandidate, Document, Provenance, RawPage, document_id
from corpus.errors import Reason, Rejected
from corpus.text import normalize
from corpus.urls import canonical_url, site_id
from pipelines.extraction.author import Author, find_author
from pipelines.extraction.body import Body, add_lead, find_body, paragraphs
from pipelines.extraction.byline import is_source
from pipelines.extraction.charset import decode
from pipelines.extraction.dates import DATE_LINE, PARAGRAPH, read_written
from pipelines.extraction.fallback import fallback_date, fallback_text
from pipelines.extraction.gates import check_answer, check_kind, check_text, find_prose
from pipelines.extraction.html import Page, read_page
from pipelines.extraction.marks import Layout
from pipelines.extraction.metadata import Metadata, read_metadata
from pipelines.extraction.plain import DOC_AS_HTML, extract_plain
from pipelines.extraction.published import DOUBTFUL, choose_date, date_of_opening
from pipelines.extraction.title import Title, find_title

if TYPE_CHECKING:
    from corpus.portals import Portal

EXTRACTOR = "loa-extract 2026.11"
MAX_BODY_BYTES = 10_000_000
"""As the crawler's limit on one page."""
MAX_TEXT_CHARACTERS = 1_000_000
_CREDITS = 3
"""Lines at the end of the text of which one may name where it was taken from."""
_SENTENCE_ENDS = '.!?…:”"'
_MAX_ATTACHMENTS = 50
_ATTACHMENT = re.compile(r"\.(pdf|docx?|xlsx?|zip|rar|odt|pptx?)(?:[?#]|$)", re.IGNORECASE)
_WORD = "application/msword"
_MEDIA = {
    "pdf": "application/pdf",
    "doc": _WORD,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def extract(page: RawPage, portal: Portal | None = None, *, recognised: str | None = None) -> Document:
    """The document of one page; a function of the page and the portal's registry record alone, and for a scanned file of the text that
    recognition read from it.

    Raises: Rejected with its reason for every page that is not an article or document in Vietnamese.
    """
    media_type = _media_type(page)
    if not page.body.strip():
        raise Rejected(Reason.ERROR_PAGE if page.status >= 400 else Reason.NO_TEXT, "empty answer")
    if media_type not in ("text/html", "application/xhtml+xml", "application/xml", "text/xml"):
        return extract_plain(page, media_type, extractor=EXTRACTOR, recognised=recognised)
    decoded = decode(page.body[:MAX_BODY_BYTES], page.header("content-type"))
    document = _extract_html(page, read_page(decoded.text), decoded.text, portal)
    flags = document.flags
    if decoded.converted:
        flags = (*flags, f"converted:{decoded.converted}")
    if len(page.body) > MAX_BODY_BYTES:
        flags = (*flags, "truncated")
    return replace(document, flags=tuple(sorted(set(flags))))


_UNSURE = frozenset({_WORD, "application/octet-stream", "application/force-download", "application/x-download", "binary/octet-stream"})
_MARKUP = re.compile(rb"^\s{0,200}(?:<!doctype html|<html|<head|<meta|<body|<p[ >]|<div|<table|<!--)", re.IGNORECASE)


def _media_type(page: RawPage) -> str:
    """From the header, unless the first bytes say otherwise: portals send attachments as octet streams and as HTML, and web pages saved
    with the ending .doc as Word files."""
    told = (page.header("content-type") or "text/html").split(";")[0].strip().lower()
    if page.body[:5] == b"%PDF-":
        return _MEDIA["pdf"]
    if page.body[:4] == b"PK\x03\x04" and b"word/" in page.body:
        return _MEDIA["docx"]
    if told in _UNSURE and _MARKUP.match(page.body[:2000].removeprefix(b"\xef\xbb\xbf")):
        return DOC_AS_HTML
    return told


def _extract_html(raw: RawPage, page: Page, source: str, portal: Portal | None) -> Document:
    layout = Layout(page)
    metadata = read_metadata(page)
    check_answer(raw.status, page, metadata)
    for box in _selected(page, portal, "remove"):
        layout.noise[box] = True
    sites = _site_names(raw, metadata, portal)
    body = find_body(layout, box=next(_selected(page, portal, "body"), None))
    title = find_title(layout, body, metadata, sites=sites, box=next(_selected(page, portal, "title"), None))
    found, body = body, find_prose(page, body, title.block)
    if body is not None:
        body = add_lead(layout, body, title.block, metadata.description)
    published = choose_date(
        layout,
        title=title.block,
        body=body,
        metadata=metadata,
        url=raw.final_url,
        fetched_at=raw.fetched_at,
        box=next(_selected(page, portal, "date"), None),
    )
    author = Author()
    if body is not None:
        author = find_author(layout, body, title.block, metadata, sites=sites, box=next(_selected(page, portal, "author"), None))
    text = _text(page, body, title, author)
    check_kind(page, body or found, metadata, title=title, size=len(text), url=raw.final_url)
    if not text and title.block is not None:
        text = normalize(fallback_text(source))
    check_text(text, title=title.text)
    chosen = published.chosen or fallback_date(source, raw.fetched_at) or date_of_opening(text, raw.fetched_at)
    flags = ["truncated"] if page.truncated or len(text) > MAX_TEXT_CHARACTERS else []
    if chosen is not None and chosen.confidence < DOUBTFUL:
        flags.append("doubtful_date")
    canonical = _canonical(raw, page, metadata)
    # A number names an article on its own site only: files given by hand come from many, and their names are anybody's.
    number = None if raw.portal == "import" else site_id(canonical or raw.final_url, getattr(portal, "id_pattern", None))
    return Document(
        id=document_id(portal=raw.portal, site_id=number, canonical_url=canonical, body=raw.body),
        provenance=Provenance(
            portal=raw.portal,
            requested_url=raw.requested_url,
            final_url=raw.final_url,
            canonical_url=canonical,
            site_id=number,
            fetched_at=raw.fetched_at,
            status=raw.status,
            body_sha256=raw.sha256,
            record=raw.record,
            extractor=EXTRACTOR,
        ),
        aliases=_aliases(raw, canonical),
        title=normalize(title.text),
        text=text[:MAX_TEXT_CHARACTERS].strip(),
        author=", ".join(author.names) or None,
        published=chosen.value if chosen else None,
        published_at=chosen.at if chosen else None,
        published_from=chosen.method if chosen else None,
        modified=published.modified,
        date_candidates=_with(published.candidates, chosen),
        attachments=_attachments(page, body, raw.final_url),
        flags=tuple(flags),
    )


def _selected(page: Page, portal: Portal | None, part: str) -> Iterator[int]:
    """The boxes that the portal's own selector names; none when it has none or it finds nothing (the layout may have changed)."""
    selectors = getattr(portal, "selectors", None) or {}
    selector = selectors.get(part)
    if selector:
        yield from page.find(selector)


def _site_names(raw: RawPage, metadata: Metadata, portal: Portal | None) -> tuple[str, ...]:
    host = urlsplit(raw.final_url).hostname or ""
    labels = [label for label in host.split(".") if len(label) >= 4 and label not in ("www", "http", "html")]
    names = [*metadata.site_names, host, *labels]
    for attribute in ("name", "title"):
        value = getattr(portal, attribute, None)
        if isinstance(value, str):
            names.append(value)
    return tuple(name for name in names if name)


def _text(page: Page, body: Body | None, title: Title, author: Author) -> str:
    if body is None:
        return ""
    numbers = [number for number in body.blocks if number not in (author.byline, title.block)]
    if title.block is not None and title.block in range(page.boxes[body.box].first, page.boxes[body.box].last):
        # The container holds the headline too: what stands above it (path, section, date) is no text.
        after = [number for number in numbers if number > title.block]
        if 2 * sum(len(page.blocks[n].text) for n in after) > sum(len(page.blocks[n].text) for n in numbers):
            numbers = after
    numbers = _without_facts(page, numbers, body, title.block)
    credits = {number for number in numbers[-_CREDITS:] if is_source(page.blocks[number].text)}
    return "\n\n".join(paragraphs(page, [number for number in numbers if number not in credits], title=title.text))


def _without_facts(page: Page, numbers: list[int], body: Body, title: int | None) -> list[int]:
    """Without the short lines that stand with a date between headline and first paragraph: office, section, buttons."""
    first = next((number for number in numbers if len(page.blocks[number].text) >= PARAGRAPH and number not in body.lead), None)
    if title is None or first is None:
        return numbers
    between = [page.blocks[number].text for number in range(title + 1, first)]
    if not any(len(text) <= DATE_LINE and any(read_written(text)) for text in between):
        return numbers
    return [
        number
        for number in numbers
        if number <= title or number >= first or number in body.lead or page.blocks[number].text[-1] in _SENTENCE_ENDS
    ]


def _attachments(page: Page, body: Body | None, base: str) -> tuple[Attachment, ...]:
    """Links to files within the article's container and below it, in order, each once."""
    if body is None:
        return ()
    held = page.boxes[body.box]
    found: dict[str, Attachment] = {}
    for box in page.boxes:
        if box.tag != "a" or not held.first - 4 <= box.first <= held.last + 10:
            continue
        href = str(box.attributes.get("href") or "")[:2000].strip()
        match = _ATTACHMENT.search(href)
        if match is None or len(found) >= _MAX_ATTACHMENTS:
            continue
        try:
            url = urljoin(base, href)
        except ValueError:
            continue
        if url.startswith(("http://", "https://")):
            found.setdefault(url, Attachment(url=url, title=box.text[:300], media_type=_MEDIA.get(match[1].lower())))
    return tuple(found.values())


def _canonical(raw: RawPage, page: Page, metadata: Metadata) -> str | None:
    """The page's own canonical link where it names this host, else the address fetched; None for a file given by hand without one.

    Some portals give the home page, a relative path or another article there: a link with another article number is not believed.
    """
    host = (urlsplit(raw.final_url).hostname or "").removeprefix("www.")
    own = site_id(raw.final_url) if host else None
    for told in (page.canonical, metadata.url, raw.final_url):
        try:
            parts = urlsplit(urljoin(raw.final_url, told) if told else "")
            same_host = parts.scheme in ("http", "https") and (parts.hostname or "").removeprefix("www.").endswith(host)
            if same_host and parts.path.strip("/") and (own is None or site_id(parts.geturl()) == own):
                return canonical_url(parts.geturl())
        except ValueError:
            continue
    return None


def _aliases(raw: RawPage, canonical: str | None) -> tuple[str, ...]:
    return tuple(sorted({raw.requested_url, raw.final_url} - {canonical or raw.final_url}))


def _with(candidates: tuple[DateCandidate, ...], chosen: DateCandidate | None) -> tuple[DateCandidate, ...]:
    if chosen is None or any(candidate.value == chosen.value and candidate.method == chosen.method for candidate in candidates):
        return candidates
    return (*candidates, chosen)
