"""Bytes to text: byte order mark, header, meta tag, then what the bytes themselves say."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipelines.extraction.legacy import convert_legacy

_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:-]{2,30})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([\w.:-]{2,30})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What browsers read behind these names.
_BROWSER_NAMES = dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252") | {"windows-1258": "cp1258"}
_TOLERATED = 0.001
"""Share of bytes that may be broken (a cut character, a pasted advert) before UTF-8 is given up."""


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    charset: str
    converted: str | None = None
    """``tcvn3``, ``vni``, ``viscii`` or ``cp1258`` where a legacy encoding was undone."""


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Never raises; undecodable bytes become U+FFFD.

    >>> decode("Đài".encode()).text, decode("Đài".encode("utf-16")).charset
    ('Đài', 'utf-16')
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return Decoded(body.decode(name, "replace"), name.removesuffix("-sig"))
    if len(body) > 40 and _every_second_is_nul(body[:400]):
        return Decoded(body.decode("utf-16-le", "replace"), "utf-16-le")
    told = _told(body, content_type)
    text, errors = _utf8(body)
    if errors == 0 or (told in (None, "utf-8") and errors <= max(1, _TOLERATED * len(body))):
        return _undone(text, "utf-8")
    if told not in (None, "utf-8"):
        try:
            return _undone(body.decode(told), told)
        except (LookupError, UnicodeDecodeError):
            pass
    return _undone(body.decode("cp1252", "replace"), "cp1252")


def _every_second_is_nul(sample: bytes) -> bool:
    """UTF-16 without its mark: of Latin letters the upper byte is nought, and the lower hardly ever (of a lone grave accent it is)."""
    upper, lower = sample[1::2], sample[0::2]
    return upper.count(0) > 0.4 * len(upper) and lower.count(0) < 0.15 * len(lower)


def _told(body: bytes, content_type: str | None) -> str | None:
    name = None
    if content_type and (match := _HEADER.search(content_type[:200])):
        name = match[1]
    if name is None and (found := _META.search(body[:8192])):
        name = found[1].decode("ascii", "replace")
    if name is None:
        return None
    name = _BROWSER_NAMES.get(name.lower(), name.lower())
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _utf8(body: bytes) -> tuple[str, int]:
    try:
        return body.decode("utf-8"), 0
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        return text, text.count("\ufffd")


def _undone(text: str, charset: str) -> Decoded:
    converted, name = convert_legacy(text)
    return Decoded(converted, charset, name)
