"""What of a document an index holds: terms, codes on both maps, numbers and sort keys. The same record for every engine.

No text is kept here beyond the terms that matching needs; readers are shown the document from the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from corpus.analysis import term_lists
from corpus.document import DOUBTFUL_DATE, Document
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

CONFIDENCE_BANDS: tuple[tuple[str, float, float], ...] = (("sure", 0.9, 1.01), ("likely", 0.7, 0.9), ("doubtful", 0.0, 0.7))
"""Bands of the score of a document's least certain tag, ``[start, end)``. Documents without a tag stand in none."""

# Stands between title and text so that no phrase matches across; words never contain it.
_BREAK = "\u00b6"
_HASH_BITS = 40
# Keys of undated and of moneyless documents are a hash of so many bits alone, below every other key: these documents are many, and
# only with that many bits do no two of a million share a key.
_LOW_BITS = 59
# Day numbers are raised to this (the year 1436), which keeps dated keys above the undated ones.
_FIRST_DAY = 2 ** (_LOW_BITS - _HASH_BITS)
_LAST_DAY = 2**23 - 1
_MONEY_HASH_BITS = 32
# Sums up to 33 billion đồng are told apart by the thousand, larger ones to their first seven digits.
_MANTISSA_BITS = 25


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
    """Sort keys, read from high to low, below 2**63. The low bits are a hash of the id, which makes every order total."""


def entry(document: Document | Entry, register: Register) -> Entry:
    """An entry made already, by another process perhaps, stays as it is."""
    if isinstance(document, Entry):
        return document
    title = term_lists(document.title)
    text = term_lists(document.text)
    amounts = tuple(sorted({b.vnd for b in document.budgets if b.kind == "budget" and b.vnd is not None and 0 <= b.vnd < 2**63}))
    # A doubtful date stays off timelines, out of filters by date and out of the figures (see ``monitor/facts.py``).
    published = None if DOUBTFUL_DATE in document.flags else document.published
    ordinal = published.toordinal() if published else None
    digest = int.from_bytes(hashlib.sha256(document.id.encode()).digest()[:8], "big")
    tie, low = digest >> (64 - _HASH_BITS), digest >> (64 - _LOW_BITS)
    return Entry(
        id=document.id,
        version=document.content_hash,
        title=(" ".join(title[0]), " ".join(title[1])),
        body=(" ".join([*title[0], _BREAK, *text[0]]), " ".join([*title[1], _BREAK, *text[1]])),
        codes=_codes(document, published, amounts, register),
        published=ordinal,
        amounts=amounts,
        newest=low if ordinal is None else max(ordinal, _FIRST_DAY) << _HASH_BITS | tie,
        oldest=low if ordinal is None else (_LAST_DAY - ordinal) << _HASH_BITS | tie,
        largest=_size(amounts[-1]) << _MONEY_HASH_BITS | digest >> (64 - _MONEY_HASH_BITS) if amounts else low,
    )


def _codes(document: Document, published: date | None, amounts: tuple[int, ...], register: Register) -> dict[CodeField, tuple[str, ...]]:
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
        "year": (f"{published.year:04d}",) if published else (),
        "kind": (document.kind,),
        "money": tuple(name for name, start, end in MONEY_BANDS if any(start <= a and (end is None or a < end) for a in amounts)),
        "confidence": _confidence(document),
    }


def _size(amount: int) -> int:
    """A number of 31 bits, the highest set, that grows with the amount."""
    thousands = amount // 1000
    exponent = max(0, thousands.bit_length() - _MANTISSA_BITS)
    # 2**63 đồng make an exponent of 29, which together with the mantissa fits below the highest bit.
    return 1 << 30 | exponent << _MANTISSA_BITS | thousands >> exponent


def _confidence(document: Document) -> tuple[str, ...]:
    scores = [mention.score for mention in (*document.activities, *document.programmes)]
    scores += [mention.score for mention in document.localities if mention.role == "about"]
    scores += [document.relevance.score] if document.relevance else []
    return tuple(name for name, start, end in CONFIDENCE_BANDS if scores and start <= min(scores) < end)


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))
