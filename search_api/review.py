"""One tag as a reviewer sees it: what is claimed, in its sentence with the text around it, and what it could be instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from corpus.document import (
    ActivityMention,
    Budget,
    BudgetKind,
    BudgetRole,
    DateMention,
    Document,
    LocalityMention,
    Modality,
    OfficialRecord,
    ProgrammeMention,
    Quantity,
    Relevance,
    Role,
    Span,
    to_plain,
)
from corpus.index.names import BUDGET_SCOPES, MODALITIES, QUALIFIERS, QUANTITY_KINDS, RELEVANCES, Names
from corpus.store import Review
from corpus.store.reviews import Decision
from corpus.tags import TagKind, find_tags, tag_code, tags_of
from search_api import labels
from search_api.formats import day, dong, number
from search_api.forms import Form

KIND_NAMES: dict[TagKind, str] = {
    "relevance": "Chủ đề",
    "activity": "Hoạt động",
    "locality": "Địa bàn",
    "budget": "Số tiền",
    "programme": "Chương trình",
    "quantity": "Số lượng",
    "date": "Ngày tháng",
    "official": "Văn bản",
}
DECISION_NAMES: dict[Decision, str] = {"accept": "Đúng", "correct": "Sửa", "reject": "Sai"}
_AROUND = 320
"""Characters of text shown on each side of the evidence."""
_MAX_EVIDENCE = 3
_MAX_UNITS = 40
_MAX_VND = 10**18


class Mistake(ValueError):
    """The reviewer's; the message is Vietnamese."""


@dataclass(frozen=True, slots=True)
class Evidence:
    before: str
    marked: str
    after: str
    cut: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Field:
    """One choice of the form that corrects a tag."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    """(value, name); empty for a field to type into."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    kind: TagKind
    code: str
    kind_name: str
    name: str
    """What the tag says, in words."""
    details: tuple[str, ...]
    score: str
    method: str
    evidence: tuple[Evidence, ...]
    fields: tuple[Field, ...]


def find_tag(document: Document, kind: TagKind, code: str) -> Any | None:
    tags = tags_of(document, kind)
    return next((tag for tag in find_tags(document, kind, code) if tag in tags), None)


def claim(document: Document, kind: TagKind, code: str, names: Names) -> Claim | None:
    """None where the document no longer has the tag."""
    tag = find_tag(document, kind, code)
    if tag is None:
        return None
    name, details = _words(document, tag, names)
    return Claim(
        kind=kind,
        code=tag_code(document, tag),
        kind_name=KIND_NAMES[kind],
        name=name,
        details=details,
        score=number(getattr(tag, "score", 1.0), 2),
        method=tag.method,
        evidence=tuple(_evidence(document, span) for span in _shown(tag)),
        fields=tuple(_fields(document, tag, names)),
    )


def name_of(kind: TagKind, code: str, names: Names) -> str:
    """A tag in words where only its code is at hand, as in the trail."""
    match kind:
        case "relevance":
            return RELEVANCES.get(code, code)
        case "activity":
            return names.activities.name(code)
        case "programme":
            return names.programmes.name(code)
        case "locality":
            return " hoặc ".join(names.place(part) for part in code.split("|"))
        case "budget":
            amount = code.partition("@")[0]
            return dong(int(amount)) if amount.isascii() and amount.isdigit() else code
        case "quantity" | "date":
            return code.partition("=")[2].rpartition("#")[0] or code
        case "official":
            return code


def review_of(form: Form, claim: Claim, *, document_id: str, reviewer: str, now: datetime) -> Review:
    """The decision in a posted form. Raises: Mistake."""
    decision = form.get("quyet-dinh")
    if decision not in DECISION_NAMES:
        raise Mistake("Chưa chọn Đúng, Sai hay Sửa.")
    value: dict[str, Any] | None = None
    if decision == "correct":
        value = _changes(form, claim)
        if not value:
            raise Mistake("Chưa có gì được sửa. Nếu nhãn đã đúng, xin chọn Đúng.")
    return Review(
        document_id=document_id,
        kind=claim.kind,
        code=claim.code,
        decision=decision,
        value=value,
        reviewer=reviewer,
        decided_at=now,
    )


def _changes(form: Form, claim: Claim) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for field in claim.fields:
        given = form.get(field.name, field.value)
        if given == field.value:
            continue
        if field.options:
            if given not in dict(field.options):
                raise Mistake(f"“{field.label}”: xin chọn một mục trong danh sách.")
            changes[field.name] = given
        elif claim.kind == "official":
            if not given:
                raise Mistake(f"“{field.label}”: xin ghi điều đúng.")
            changes[field.name] = given
        elif claim.kind == "quantity":
            changes[field.name] = _plain_number(given, field.label)
        else:
            digits = given.replace(".", "").replace(" ", "")
            if not (digits.isascii() and digits.isdigit() and int(digits) < _MAX_VND):
                raise Mistake(f"“{field.label}”: xin ghi số đồng bằng chữ số, ví dụ 1.545.000.000.")
            changes[field.name] = int(digits)
    return changes


def _plain_number(given: str, label: str) -> float:
    written = given.replace(".", "").replace(" ", "").replace(",", ".", 1)
    if not (written.isascii() and written.replace(".", "", 1).isdigit() and len(written) < 16):
        raise Mistake(f"“{label}”: xin ghi một số, ví dụ 1.545 hoặc 12,5.")
    return float(written)


def _words(document: Document, tag: Any, names: Names) -> tuple[str, tuple[str, ...]]:
    match tag:
        case Relevance(value=value):
            return RELEVANCES[value], ()
        case ActivityMention(code=code, modality=modality):
            return names.activities.name(code), (MODALITIES[modality],)
        case ProgrammeMention(code=code, components=parts):
            return names.programmes.name(code), tuple(f"Dự án {part}" for part in parts)
        case LocalityMention():
            role = labels.ROLES_OF_PLACES[tag.role]
            if tag.code is None:
                return "Chưa rõ đơn vị nào", (role, "Một trong: " + "; ".join(names.place(code) for code in tag.candidates[:_MAX_UNITS]))
            then = "Cả nước" if tag.code == "VN" else names.register.label(tag.code, document.published)
            return then, (role, *(("Suy ra từ đơn vị nhỏ hơn hoặc từ nguồn",) if tag.inferred else ()))
        case Budget():
            other = f"{number(tag.usd)} USD" if tag.usd is not None else "Không đọc được số"
            amount = f"{QUALIFIERS[tag.qualifier]} {other if tag.vnd is None else dong(tag.vnd)}".strip()
            per = (f"cho mỗi {tag.per_unit}",) if tag.per_unit else ()
            return amount, (labels.KINDS[tag.kind], labels.ROLES[tag.role], BUDGET_SCOPES[tag.scope], *per)
        case Quantity():
            words = document.quote(tag.evidence[0])
            years = (f"năm {tag.year}",) if tag.year else ()
            changes = {"up": ("tăng",), "down": ("giảm",), None: ()}[tag.change]
            return words, (QUANTITY_KINDS.get(tag.kind, tag.kind), MODALITIES[tag.modality], *years, *changes)
        case DateMention():
            return document.quote(tag.evidence[0]), (_days(tag),)
        case OfficialRecord():
            signed = (f"người ký {tag.signer}",) if tag.signer else ()
            issued = (f"ngày {day(tag.issued)}",) if tag.issued else ()
            return " ".join((tag.kind, tag.number or "chưa có số")), (*((tag.issuer,) if tag.issuer else ()), *issued, *signed)
    raise AssertionError(f"no kind of tag: {tag!r}")


def _days(found: DateMention) -> str:
    if found.start is None or found.end is None:
        return "chưa rõ ngày nào"
    last = found.end - timedelta(days=1)
    return day(found.start) if found.start == last else f"{day(found.start)} đến {day(last)}"


def _shown(tag: Any) -> Iterable[Span]:
    spans = tag.evidence[:1] if isinstance(tag, Budget | Quantity) else tag.evidence
    return tuple(spans)[:_MAX_EVIDENCE]


def _evidence(document: Document, span: Span) -> Evidence:
    text = document.title if span.field == "title" else document.text
    start, end = max(0, span.start - _AROUND), min(len(text), span.end + _AROUND)
    if start:
        start = text.find(" ", start, span.start) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", span.end, end), span.end)
    return Evidence(text[start : span.start], text[span.start : span.end], text[span.end : end], (start > 0, end < len(text)))


def _fields(document: Document, tag: Any, names: Names) -> Iterable[Field]:
    match tag:
        case Relevance(value=value):
            yield Field("value", "Chủ đề", tuple(RELEVANCES.items()), value)
        case ActivityMention(code=code, modality=modality):
            yield Field("code", "Hoạt động", tuple((a.code, a.name) for a in names.activities), code)
            yield Field("modality", "Mức thực hiện", tuple((m, MODALITIES[m]) for m in get_args(Modality)), modality)
        case ProgrammeMention(code=code):
            yield Field("code", "Chương trình", tuple((p.code, p.short) for p in names.programmes), code)
        case LocalityMention():
            yield Field("code", "Đơn vị", tuple(_units(document, tag, names)), tag.code or "")
            yield Field("role", "Vai trò", tuple((r, labels.ROLES_OF_PLACES[r]) for r in get_args(Role)), tag.role)
        case Budget():
            yield Field("vnd", "Số đồng", (), "" if tag.vnd is None else number(tag.vnd))
            yield Field("kind", "Loại tiền", tuple((k, labels.KINDS[k]) for k in get_args(BudgetKind)), tag.kind)
            yield Field("role", "Vai trò", tuple((r, labels.ROLES[r]) for r in get_args(BudgetRole)), tag.role)

        case Quantity():
            yield Field("value", "Số", (), number(tag.value, 2))
            yield Field("modality", "Mức thực hiện", tuple((m, MODALITIES[m]) for m in get_args(Modality)), tag.modality)
        case OfficialRecord():
            yield Field("number", "Số, ký hiệu", (), tag.number or "")
            yield Field("issuer", "Cơ quan ban hành", (), tag.issuer or "")
            yield Field("signer", "Người ký", (), tag.signer or "")


def _units(document: Document, tag: LocalityMention, names: Names) -> Iterable[tuple[str, str]]:
    """The units that the words may mean: those the program saw, then every unit of that name, then the provinces."""
    register = names.register
    codes = [*([tag.code] if tag.code else []), *tag.candidates]
    if tag.code is None:
        yield "", "(chưa rõ)"
    words = document.quote(tag.evidence[0])
    same = register.by_name(words) or register.by_name(words.rpartition("xã ")[2])
    codes += [unit.code for unit in same[:_MAX_UNITS]]
    codes += ["VN", *(unit.code for unit in register if unit.level == "province")]
    for code in dict.fromkeys(codes):
        yield code, names.place(code)


def change_words(review: Review, names: Names) -> str:
    """What a correction set, for the trail."""
    value: Mapping[str, Any] = review.value or {}
    words = []
    for field, given in value.items():
        match field:
            case "value":
                words.append(number(given, 2) if review.kind == "quantity" else RELEVANCES.get(str(given), str(given)))
            case "number" | "issuer" | "signer":
                words.append(str(given))
            case "code":
                words.append(name_of(review.kind, str(given), names))
            case "modality":
                words.append(MODALITIES.get(str(given), str(given)))
            case "vnd":
                words.append(dong(int(given)))
            case "role":
                words.append({**labels.ROLES, **labels.ROLES_OF_PLACES}.get(str(given), str(given)))
            case "kind":
                words.append(labels.KINDS.get(str(given), str(given)))
    return ", ".join(words)


def plain_tag(document: Document, kind: TagKind, code: str) -> dict[str, Any] | None:
    """The whole tag as plain data, for the twin."""
    tag = find_tag(document, kind, code)
    plain: dict[str, Any] | None = None if tag is None else to_plain(tag)
    return plain
