"""What of a document an index holds: terms, codes on both maps, numbers and sort keys. The same record for every engine.

No text is kept here beyond the terms that matching needs; readers are shown the document from the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from corpus.analysis import term_lists
from corpus.document import Document
from corpus.index.base import CodeField

NATIONAL = "VN"
NOT_SEPARABLE = "v1-?"
"""On the map of 63: about a new province made of several old ones, with no word of which. Never copied to or split among them."""

MONEY_BANDS: tuple[tuple[str, int, int | None], ...] = (
    ("under-100m", 0, 100_000_000),
    ("100m-1b", 100_000_000, 1_000_000_000),
    ("1b-10b", 1_000_000_000, 10_000_000_000),
    ("10b-100b", 10_000_000_000, 100_000_000_000),
    ("over-100b", 100_000_000_000, None),
)
"""Bands of a single amount in đồng, ``[start, end)``. A document stands in every band that one of its amounts falls in."""

# Stands between title and text so that no phrase matches across; words never contain it.
_BREAK = "\u00b6"
_KEY_BITS = 63
_HASH_BITS = 40


class Unit(Protocol):
    """The part of a `Locality` that is needed here."""

    @property
    def level(self) -> str: ...

    @property
    def parent(self) -> str | None: ...


class Places(Protocol):
    """The part of the dated register (`corpus.localities.Register`) that is needed here."""

    def get(self, code: str) -> Unit | None: ...

    def today(self, code: str) -> tuple[str, ...]: ...

    def before(self, code: str) -> tuple[str, ...]: ...

    def province(self, code: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: str
    version: str
    """The document's content hash."""
    title: tuple[str, str]
    """Terms joined by spaces, exact and folded."""
    body: tuple[str, str]
    """The same of title and text together."""
    codes: dict[CodeField, tuple[str, ...]]
    published: int | None
    """Proleptic ordinal of the day (`date.toordinal`)."""
    amounts: tuple[int, ...]
    newest: int
    oldest: int
    largest: int
    """Sort keys, read from high to low: unique by a hash of the id, below 2**63."""


def entry(document: Document, places: Places) -> Entry:
    title = term_lists(document.title)
    text = term_lists(document.text)
    amounts = tuple(sorted({b.vnd for b in document.budgets if b.kind == "budget" and b.vnd is not None and 0 <= b.vnd < 2**63}))
    ordinal = document.published.toordinal() if document.published else None
    tie = int.from_bytes(hashlib.sha256(document.id.encode()).digest()[: _HASH_BITS // 8], "big")
    day_limit = 2 ** (_KEY_BITS - _HASH_BITS) - 1
    thousands = min(amounts[-1] // 1000 + 1, 2**_HASH_BITS - 1) if amounts else 0
    return Entry(
        id=document.id,
        version=document.content_hash,
        title=(" ".join(title[0]), " ".join(title[1])),
        body=(" ".join([*title[0], _BREAK, *text[0]]), " ".join([*title[1], _BREAK, *text[1]])),
        codes=_codes(document, amounts, places),
        published=ordinal,
        amounts=amounts,
        newest=(ordinal or 0) << _HASH_BITS | tie,
        oldest=(day_limit - ordinal if ordinal else 0) << _HASH_BITS | tie,
        largest=thousands << (_KEY_BITS - _HASH_BITS) | tie >> (2 * _HASH_BITS - _KEY_BITS),
    )


def _codes(document: Document, amounts: tuple[int, ...], places: Places) -> dict[CodeField, tuple[str, ...]]:
    about = {m.code for m in document.localities if m.role == "about" and m.code}
    provinces, provinces_before, localities = set[str](), set[str](), set[str]()
    for code in about:
        provinces |= provinces_today(code, places)
        provinces_before |= provinces_before_merger(code, places)
        localities |= _containing(code, places)
    # "Tuyên Quang (mới)" beside "huyện Sơn Dương": the smaller unit says which old province, so the doubt is settled.
    if len(provinces_before) > 1 and NOT_SEPARABLE in provinces_before:
        settled = {p for old in provinces_before - {NOT_SEPARABLE} for p in provinces_today(old, places)}
        if provinces <= settled:
            provinces_before.discard(NOT_SEPARABLE)
    return {
        "province": _sorted(provinces),
        "province_before": _sorted(provinces_before),
        "district": _sorted(code for code in localities if _level(code, places) == "district"),
        "locality": _sorted(localities | provinces | (provinces_before - {NOT_SEPARABLE})),
        "activity": _sorted(m.code for m in document.activities),
        "modality": _sorted(m.modality for m in document.activities),
        "programme": _sorted(m.code for m in document.programmes),
        "component": _sorted(f"{m.code}/{part}" for m in document.programmes for part in m.components),
        "source": (document.provenance.portal,),
        "relevance": (document.relevance.value,) if document.relevance else (),
        "year": (f"{document.published.year:04d}",) if document.published else (),
        "kind": (document.kind,),
        "money": tuple(name for name, start, end in MONEY_BANDS if any(start <= a and (end is None or a < end) for a in amounts)),
    }


def provinces_today(code: str, places: Places) -> set[str]:
    """Units of the map of 34 that ``code`` lies in; ``VN`` for the country, nothing for regions and unknown codes."""
    if code == NATIONAL:
        return {NATIONAL}
    return {p for unit in (places.today(code) or (code,)) if (p := places.province(unit)) and p.startswith("v2-")}


def provinces_before_merger(code: str, places: Places) -> set[str]:
    """Units of the map of 63 that ``code`` lies in, `NOT_SEPARABLE` where a new unit comes from several of them."""
    if code == NATIONAL:
        return {NATIONAL}
    if code.startswith("v1-"):
        province = places.province(code)
        return {province} if province else set()
    found = {p for unit in places.before(code) if (p := places.province(unit)) and p.startswith("v1-")}
    return found if len(found) <= 1 else {NOT_SEPARABLE}


def _containing(code: str, places: Places) -> set[str]:
    """The unit and all that contain it."""
    result: set[str] = set()
    at: str | None = code
    while at and at not in result:
        result.add(at)
        unit = places.get(at)
        at = unit.parent if unit else None
    return result


def _level(code: str, places: Places) -> str | None:
    unit = places.get(code)
    return unit.level if unit else None


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))
