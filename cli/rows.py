"""A document as the JSON object that `loa import --json` prints; others script against its keys (docs/cli.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpus.document import Budget, Document, LocalityMention, Span, to_plain
from corpus.localities import Register


def import_row(file: str, outcome: str, document: Document | None, register: Register, *, error: str | None = None) -> dict[str, Any]:
    """One object a file; without a document every field of it is null or empty."""
    row: dict[str, Any] = {
        "file": file,
        "outcome": outcome,
        "id": None,
        "title": None,
        "published": None,
        "author": None,
        "relevance": None,
        "programmes": [],
        "activities": [],
        "localities": [],
        "budgets": [],
    }
    if error is not None:
        row["error"] = error
    if document is None:
        return row
    return row | document_row(document, register)


def document_row(document: Document, register: Register) -> dict[str, Any]:
    def quotes(spans: Iterable[Span]) -> list[str]:
        return [document.quote(span) for span in spans]

    return {
        "id": document.id,
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "published_from": document.published_from,
        "author": document.author,
        "kind": document.kind,
        "relevance": document.relevance.value if document.relevance else None,
        "relevance_evidence": quotes(document.relevance.evidence) if document.relevance else [],
        "programmes": list(dict.fromkeys(mention.code for mention in document.programmes)),
        "components": [
            {"programme": mention.code, "components": list(mention.components), "evidence": quotes(mention.evidence)}
            for mention in document.programmes
        ],
        "activities": [
            {
                "code": mention.code,
                "modality": mention.modality,
                "evidence": quotes(mention.evidence),
                "score": mention.score,
                "method": mention.method,
            }
            for mention in document.activities
        ],
        "localities": [_locality(document, mention, register) for mention in document.localities if mention.role != "boilerplate"],
        "budgets": [_budget(document, budget) for budget in document.budgets],
        "quantities": [
            {
                "kind": quantity.kind,
                "value": quantity.value,
                "unit": quantity.unit,
                "detail": quantity.detail,
                "qualifier": quantity.qualifier,
                "year": quantity.year,
                "modality": quantity.modality,
                "change": quantity.change,
                "per_unit": quantity.per_unit,
                "out_of": quantity.out_of,
                "evidence": quotes(quantity.evidence),
            }
            for quantity in document.quantities
        ],
        "official": _official(document),
        "dates": [
            {
                "start": mention.start,
                "end": mention.end,
                "precision": mention.precision,
                "flags": list(mention.flags),
                "evidence": quotes(mention.evidence),
            }
            for mention in document.dates
        ],
        "flags": list(document.flags),
    }


def _locality(document: Document, mention: LocalityMention, register: Register) -> dict[str, Any]:
    evidence = [document.quote(span) for span in mention.evidence]
    row: dict[str, Any] = {
        "code": mention.code,
        "level": None,
        "name_then": None,
        "name_now": None,
        "role": mention.role,
        "evidence": evidence,
        "inferred": mention.inferred,
        "score": mention.score,
        "method": mention.method,
    }
    if mention.code is None:
        row["candidates"] = [{"code": code, "name": register.full_name(code)} for code in mention.candidates]
        return row
    locality = register.get(mention.code)
    if locality is None:
        return row
    province = register.province(mention.code)
    name_now, province_now = names_today(register, mention.code)
    row |= {
        "level": locality.level,
        "name_then": register.full_name(mention.code, document.published),
        "name_now": name_now,
        "province_then": register.full_name(province, document.published) if province else None,
        "province_now": province_now,
    }
    return row


def names_today(register: Register, code: str) -> tuple[str | None, str | None]:
    """The unit that holds the place today, and the province it is in; a unit that was split gives all its parts in one text, with
    their province behind: ``phường A; xã B (tỉnh C)``."""
    units = register.today(code)
    names = "; ".join(register.full_name(unit) for unit in units)
    province = register.today_province(code)
    if province is None:
        return names or None, None
    within = register.full_name(province)
    return (f"{names} ({within})" if len(units) > 1 else names or None), within


def _budget(document: Document, budget: Budget) -> dict[str, Any]:
    row = to_plain(budget)
    row["evidence"] = [document.quote(span) for span in budget.evidence]
    first = ("vnd", "qualifier", "role", "scope", "evidence")
    return {name: row[name] for name in first} | {name: value for name, value in row.items() if name not in first}


def _official(document: Document) -> dict[str, Any] | None:
    record = document.official
    if record is None:
        return None
    row: dict[str, Any] = to_plain(record)
    row["evidence"] = [document.quote(span) for span in record.evidence]
    for name in ("legal_bases", "goals"):
        for item, source in zip(row[name], getattr(record, name), strict=True):
            item["evidence"] = [document.quote(span) for span in source.evidence]
    return row
