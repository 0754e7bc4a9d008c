"""A document as reference managers and bibliographies want it: RIS, BibTeX, CSL-JSON and a line of text after APA."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

from corpus.document import Document
from corpus.export.rows import public_url
from corpus.index.names import Names

_VIETNAM = timezone(timedelta(hours=7))
_LINE_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\u0085\u2028\u2029]+")
_TEX = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}


def ris(document: Document, names: Names) -> str:
    """One record with CRLF line ends and an empty line behind it (RIS format specification, Research Information Systems 2001)."""
    day = document.published
    fields: list[tuple[str, str | None]] = [
        ("TY", {"official": "GOVDOC", "attachment": "GEN"}.get(document.kind, "NEWS")),
        ("TI", document.title),
        ("AU", document.author),
        ("T2", names.label("source", document.provenance.portal)),
        ("PY", f"{day:%Y}" if day else None),
        ("DA", f"{day:%Y/%m/%d}" if day else None),
        ("Y2", f"{_accessed(document):%Y/%m/%d}"),
        ("UR", public_url(document)),
        ("LA", document.language),
        ("ID", document.id),
        *(("KW", keyword) for keyword in _keywords(document, names)),
        ("DB", "loa"),
    ]
    lines = [f"{tag}  - {_one_line(value)}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def bibtex(document: Document, names: Names) -> str:
    day = document.published
    fields: list[tuple[str, str | None]] = [
        ("title", document.title),
        ("author", f"{{{_tex(document.author)}}}" if document.author else None),
        ("organization", names.label("source", document.provenance.portal)),
        ("date", f"{day:%Y-%m-%d}" if day else None),
        ("year", f"{day:%Y}" if day else None),
        ("url", public_url(document)),
        ("urldate", f"{_accessed(document):%Y-%m-%d}"),
        ("langid", "vietnamese"),
        ("keywords", ", ".join(f"{{{_tex(word)}}}" if "," in word else _tex(word) for word in _keywords(document, names)) or None),
    ]
    # The braces round an author and round a keyword with a comma are ours: they keep a name in one piece.
    body = "".join(f"  {name} = {{{value if name in ('author', 'keywords') else _tex(value)}}},\n" for name, value in fields if value)
    return f"@online{{loa-{re.sub('[^A-Za-z0-9-]', '', document.id)},\n{body}}}\n\n"


def csl(document: Document, names: Names) -> dict[str, Any]:
    """An item of CSL-JSON."""
    item: dict[str, Any] = {
        "id": document.id,
        "type": "article-newspaper" if document.kind == "news" else "document",
        "title": document.title,
        "container-title": names.label("source", document.provenance.portal),
        "language": document.language,
        "accessed": {"date-parts": [_parts(_accessed(document))]},
    }
    if document.author:
        item["author"] = [{"literal": document.author}]
    if document.published:
        item["issued"] = {"date-parts": [_parts(document.published)]}
    if (url := public_url(document)) is not None:
        item["URL"] = url
    return item


def apa(document: Document, names: Names) -> str:
    """One line after APA 7, the date in Vietnamese; without an author the source comes first."""
    source = names.label("source", document.provenance.portal)
    day = document.published
    when = f"({day.year}, {day.day} tháng {day.month})" if day else "(không rõ ngày)"
    title = _one_line(document.title).rstrip(".")
    parts = [f"{_one_line(document.author)} {when}", title, source] if document.author else [f"{source} {when}", title]
    url = public_url(document)
    return ". ".join(parts) + "." + (f" {url}" if url else "")


def _keywords(document: Document, names: Names) -> list[str]:
    about = [m.code for m in document.localities if m.role == "about" and m.code]
    provinces = [names.label("province", code) for code in names.register.on_new_map(about)]
    return [*provinces, *dict.fromkeys(names.label("activity", m.code) for m in document.activities)]


def _accessed(document: Document) -> datetime:
    return document.provenance.fetched_at.astimezone(_VIETNAM)


def _parts(day: date) -> list[int]:
    return [day.year, day.month, day.day]


def _one_line(text: str) -> str:
    """A line break inside a value would begin a field of its own."""
    return _LINE_BREAKS.sub(" ", text).strip()


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in _one_line(text))
