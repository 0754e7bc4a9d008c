"""What of a document an index holds: terms, codes on both maps, numbers and sort keys. The same record for every engine.

No text is kept here beyond the terms that matching needs; readers are shown the document from the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.analysis import term_lists
from corpus.document import Document
from corpus.index.base import CodeField
from corpus.localities import Register

NATIONAL = "VN"

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


def entry(document: Document, register: Register) -> Entry:
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
        codes=_codes(document, amounts, register),
        published=ordinal,
        amounts=amounts,
        newest=(ordinal or 0) << _HASH_BITS | tie,
        oldest=(day_limit - ordinal if ordinal else 0) << _HASH_BITS | tie,
        largest=thousands << (_KEY_BITS - _HASH_BITS) | tie >> (2 * _HASH_BITS - _KEY_BITS),
    )


def _codes(document: Document, amounts: tuple[int, ...], register: Register) -> dict[CodeField, tuple[str, ...]]:
    about = sorted({m.code for m in document.localities if m.role == "about" and m.code})
    national = {NATIONAL} & set(about)
    today = national.union(register.on_new_map(about))
    before = national.union(register.on_old_map(about))
    everywhere = set(about).union(today, before, *(register.ancestors(code) for code in (*about, *before)))
    return {
        "province": _sorted(today),
        "province_before": _sorted(before),
        "district": _sorted(code for code in everywhere if (unit := register.get(code)) and unit.level == "district"),
        "locality": _sorted(everywhere),
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


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))
