"""What an export says of a document: one row of metadata, tags, sums and evidence sentences; the full text only where it is allowed.

The columns stand here once: JSON lines, CSV, workbook, Parquet and the schema of a Data Package all follow this list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from corpus.document import Budget, DateMention, Document, Quantity, Span
from corpus.index.fields import NATIONAL
from corpus.index.names import Names

Kind = Literal["text", "link", "date", "instant", "integer", "number", "boolean", "list", "budgets", "quantities", "dates"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    title: str
    """Vietnamese, the head of the column in a workbook."""
    kind: Kind
    meaning: str
    width: int = 14
    """In a workbook, in characters."""


COLUMNS: tuple[Column, ...] = (
    Column("id", "Mã tin", "text", "identity of the document", 26),
    Column("title", "Tiêu đề", "text", "title as published", 60),
    Column("published", "Ngày đăng", "date", "publication date in Vietnam; empty where the source does not say", 12),
    Column("date_doubtful", "Ngày chưa chắc", "boolean", "the publication date is doubtful and stays off timelines", 10),
    Column("first_seen", "Thấy lần đầu", "instant", "first time it was fetched, UTC", 17),
    Column("source", "Mã nguồn", "text", "key in the portal registry", 18),
    Column("source_name", "Nguồn", "text", "name of the source", 30),
    Column("kind", "Loại", "text", "news, official, attachment or other", 10),
    Column("author", "Tác giả", "text", "as published", 18),
    Column("url", "Địa chỉ", "link", "where it was published", 40),
    Column("relevance", "Chủ đề", "text", "communication, poverty_other or off_topic", 16),
    Column("relevance_score", "Độ tin cậy chủ đề", "number", "0 to 1", 10),
    Column("provinces", "Mã tỉnh (34)", "list", "provinces it is about, codes of the map of 34; VN for the whole country", 14),
    Column("province_names", "Tỉnh, thành (34)", "list", "names of these", 24),
    Column(
        "provinces_before", "Mã tỉnh (63)", "list", "the same on the map of 63; a v2 code where the old provinces cannot be told apart", 14
    ),
    Column("province_before_names", "Tỉnh, thành (63)", "list", "names of these", 24),
    Column("places", "Mã địa bàn", "list", "every unit it is about, as of its publication", 18),
    Column("place_names", "Địa bàn", "list", "names of these with what contains them", 40),
    Column("activities", "Mã hoạt động", "list", "activity codes", 18),
    Column("activity_names", "Hoạt động", "list", "names of these", 34),
    Column("modalities", "Thực hiện", "list", "done, planned or general, one for each activity", 14),
    Column("programmes", "Chương trình", "list", "programme codes", 18),
    Column("components", "Dự án", "list", "projects of programmes, as gnbv-2021-2025/6.1", 22),
    Column("largest_vnd", "Khoản lớn nhất (đồng)", "integer", "largest single amount of public money, in đồng", 18),
    Column("budgets", "Số tiền", "budgets", "every amount of public money with its role and sentence", 50),
    Column("quantities", "Số lượng", "quantities", "every counted thing with what it counts and its sentence", 50),
    Column("official_kind", "Thể loại văn bản", "text", "of an administrative document: Kế hoạch, Quyết định, …", 14),
    Column("official_number", "Số, ký hiệu", "text", "its number", 18),
    Column("official_issued", "Ngày ban hành", "date", "day it was issued; empty where the day is left blank", 12),
    Column("official_issuer", "Cơ quan ban hành", "text", "who issues it", 30),
    Column("official_signer", "Người ký", "text", "who signs it", 20),
    Column("legal_bases", "Căn cứ", "list", "documents that it rests on, kind and number", 40),
    Column("goals", "Chỉ tiêu", "list", "sentences of its goals", 50),
    Column("dates", "Ngày trong bài", "dates", "days and periods that the text names", 40),
    Column("evidence", "Câu bằng chứng", "list", "sentences that the tags rest on, in the order of the text", 80),
    Column("characters", "Số ký tự", "integer", "length of the text", 10),
    Column("content_hash", "Mã băm nội dung", "text", "SHA-256 of title and text", 20),
    Column("fetched_at", "Tải lúc", "instant", "when this version was fetched, UTC", 17),
    Column("archive_record", "Bản ghi lưu trữ", "text", "file and record of the archive", 24),
    Column("tagged_by", "Gắn nhãn bởi", "text", "rules and models with their versions", 20),
)
TEXT = Column("text", "Toàn văn", "text", "full text as extracted", 80)

BUDGET_COLUMNS: tuple[Column, ...] = (
    Column("position", "Thứ tự", "integer", "place in the document's list of sums, from 0", 8),
    Column("vnd", "Số tiền (đồng)", "integer", "amount in đồng; empty for other currencies", 20),
    Column("usd", "USD", "integer", "amount in US dollars", 12),
    Column("qualifier", "Mức độ", "text", "exact, over, under, about or max", 10),
    Column("role", "Vai trò", "text", "total, component, allocated, planned, proposed, approved, disbursed, cap, value or other", 14),
    Column("scope", "Phạm vi", "text", "programme, project, sub_project, activity or other", 14),
    Column("programme", "Chương trình", "text", "programme code", 18),
    Column("component", "Dự án", "text", "project or sub-project", 10),
    Column("per_unit", "Định mức cho", "text", "set for sums per thing or person, which are never added up", 14),
    Column("year_from", "Từ năm", "integer", "first year", 8),
    Column("year_to", "Đến năm", "integer", "last year, inclusive", 8),
    Column("words", "Nguyên văn", "text", "as written", 24),
    Column("sentence", "Câu", "text", "the sentence it stands in", 80),
)
"""Fields of one amount in ``budgets``; in a workbook a sheet of its own."""

QUANTITY_COLUMNS: tuple[Column, ...] = (
    Column("position", "Thứ tự", "integer", "place in the document's list of counts, from 0", 8),
    Column("kind", "Đếm gì", "text", "people, classes, copies, stations, poor_households, poor_rate, …", 24),
    Column("value", "Giá trị", "number", "the number; the ends of a range are two records with the same words", 12),
    Column("unit", "Đơn vị", "text", "as written", 14),
    Column("detail", "Cụ thể", "text", "what kind of people, stations, …", 30),
    Column("qualifier", "Mức độ", "text", "exact, over, under, about or max", 10),
    Column("per_unit", "Tính cho mỗi", "text", "set for counts for each of something, which are never added up", 12),
    Column("out_of", "Trên tổng số", "number", "the whole that it is a part of", 12),
    Column("change", "Tăng, giảm", "text", "up or down where it is the difference to before", 10),
    Column("year", "Năm", "integer", "year that it speaks of", 8),
    Column("modality", "Thực hiện", "text", "done, planned or general", 12),
    Column("words", "Nguyên văn", "text", "as written", 24),
    Column("sentence", "Câu", "text", "the sentence it stands in", 80),
)
"""Fields of one count in ``quantities``; in a workbook a sheet of its own."""

DATE_COLUMNS: tuple[Column, ...] = (
    Column("position", "Thứ tự", "integer", "place in the document's list of dates, from 0", 8),
    Column("words", "Nguyên văn", "text", "as written", 30),
    Column("first", "Từ ngày", "date", "first day; empty where a flag says why", 12),
    Column("last", "Đến ngày", "date", "last day, inclusive", 12),
    Column("precision", "Độ chính xác", "text", "day, month, quarter, year or period", 12),
    Column("flags", "Ghi chú", "list", "malformed, unresolved or recurring", 20),
)
"""Fields of one date in ``dates``; in a workbook a sheet of its own."""

NESTED: Mapping[Kind, tuple[Column, ...]] = {"budgets": BUDGET_COLUMNS, "quantities": QUANTITY_COLUMNS, "dates": DATE_COLUMNS}
"""The columns that hold several records each, and the fields of these."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures for a sheet or a CSV file."""

    name: str
    """Of the sheet, Vietnamese."""
    columns: tuple[Column, ...]
    rows: Sequence[Row]


def columns(*, full_text: bool) -> tuple[Column, ...]:
    return (*COLUMNS, TEXT) if full_text else COLUMNS


def row_of(document: Document, names: Names, *, tagged_by: str = "", full_text: bool = False) -> Row:
    """Values by column name: dates and instants as such, lists as lists of texts, None where the source does not say."""
    about = list(dict.fromkeys(m.code for m in document.localities if m.role == "about" and m.code))
    national = [NATIONAL] if NATIONAL in about else []
    now = [*names.register.on_new_map(about), *national]
    before = [*names.register.on_old_map(about), *national]
    activities = {mention.code: mention.modality for mention in document.activities}
    budgets = [_budget(document, at, budget) for at, budget in enumerate(document.budgets) if budget.kind == "budget"]
    origin, official = document.provenance, document.official
    row: Row = {
        "id": document.id,
        "title": document.title,
        "published": document.published,
        "date_doubtful": "doubtful_date" in document.flags,
        "first_seen": origin.first_seen or origin.fetched_at,
        "source": origin.portal,
        "source_name": names.label("source", origin.portal),
        "kind": document.kind,
        "author": document.author,
        "url": public_url(document),
        "relevance": document.relevance.value if document.relevance else None,
        "relevance_score": document.relevance.score if document.relevance else None,
        "provinces": now,
        "province_names": [names.label("province", code) for code in now],
        "provinces_before": before,
        "province_before_names": [names.label("province_before", code) for code in before],
        "places": about,
        "place_names": ["Cả nước" if code == NATIONAL else names.register.label(code, document.published) for code in about],
        "activities": list(activities),
        "activity_names": [names.label("activity", code) for code in activities],
        "modalities": list(activities.values()),
        "programmes": list(dict.fromkeys(mention.code for mention in document.programmes)),
        "components": list(dict.fromkeys(f"{m.code}/{part}" for m in document.programmes for part in m.components)),
        "largest_vnd": max((budget["vnd"] for budget in budgets if budget["vnd"] is not None), default=None),
        "budgets": budgets,
        "quantities": [_quantity(document, at, quantity) for at, quantity in enumerate(document.quantities)],
        "official_kind": official.kind if official else None,
        "official_number": official.number if official else None,
        "official_issued": official.issued if official else None,
        "official_issuer": official.issuer if official else None,
        "official_signer": official.signer if official else None,
        "legal_bases": list(dict.fromkeys(f"{basis.kind} {basis.number}".strip() for basis in official.legal_bases)) if official else [],
        "goals": list(dict.fromkeys(document.quote(goal.evidence[0]) for goal in official.goals)) if official else [],
        "dates": [_date(document, at, mention) for at, mention in enumerate(document.dates)],
        "evidence": list(_evidence(document)),
        "characters": len(document.text),
        "content_hash": document.content_hash,
        "fetched_at": origin.fetched_at,
        "archive_record": origin.record,
        "tagged_by": tagged_by or None,
    }
    if full_text:
        row["text"] = document.text
    return row


def public_url(document: Document) -> str | None:
    """Its address on the web; None for files given by hand, whose folders are nobody's business."""
    for url in (document.provenance.final_url, document.provenance.canonical_url):
        if url and url.startswith(("http://", "https://")):
            return url
    return None


def _budget(document: Document, at: int, budget: Budget) -> Row:
    return {
        "position": at,
        "vnd": budget.vnd,
        "usd": budget.usd,
        "qualifier": budget.qualifier,
        "role": budget.role,
        "scope": budget.scope,
        "programme": budget.programme,
        "component": budget.component,
        "per_unit": budget.per_unit,
        "year_from": budget.year_from,
        "year_to": budget.year_to,
        "words": document.quote(budget.evidence[0]),
        "sentence": document.quote(budget.evidence[-1]),
    }


def _quantity(document: Document, at: int, quantity: Quantity) -> Row:
    return {
        "position": at,
        "kind": quantity.kind,
        "value": quantity.value,
        "unit": quantity.unit,
        "detail": quantity.detail,
        "qualifier": quantity.qualifier,
        "per_unit": quantity.per_unit,
        "out_of": quantity.out_of,
        "change": quantity.change,
        "year": quantity.year,
        "modality": quantity.modality,
        "words": document.quote(quantity.evidence[0]),
        "sentence": document.quote(quantity.evidence[-1]),
    }


def _date(document: Document, at: int, mention: DateMention) -> Row:
    return {
        "position": at,
        "words": document.quote(mention.evidence[0]),
        "first": mention.start,
        "last": mention.end - timedelta(days=1) if mention.end else None,
        "precision": mention.precision,
        "flags": list(mention.flags),
    }


def _evidence(document: Document) -> Iterator[str]:
    spans: set[Span] = set(document.relevance.evidence if document.relevance else ())
    tags: Iterable[tuple[Span, ...]] = (m.evidence for m in (*document.programmes, *document.activities))
    for evidence in tags:
        spans.update(evidence)
    spans.update(b.evidence[-1] for b in document.budgets if b.kind == "budget")
    ordered = sorted(spans, key=lambda span: (span.field == "text", span.start, -span.end))
    yield from dict.fromkeys(document.quote(span) for span in ordered)
