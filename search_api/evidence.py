"""A document as it is read on a page: its text cut into pieces that carry their marks, its tags as rows with a way to the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from corpus.analysis import Pattern, highlight
from corpus.document import Budget, Document, LocalityMention, Quantity, Span
from corpus.index.names import BUDGET_SCOPES, QUALIFIERS, QUANTITY_KINDS, Names
from corpus.tags import tag_code
from search_api import labels
from search_api.formats import dong, number

MarkKind = Literal["place", "activity", "money", "query"]
MAX_NAMES = 6
"""Units of today listed for one former unit; a district became up to some twenty communes."""


@dataclass(frozen=True, slots=True)
class Mark:
    span: Span
    kind: MarkKind
    label: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with the same marks throughout."""

    text: str
    kinds: tuple[MarkKind, ...] = ()
    label: str = ""
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    anchor: str
    words: str
    role: str
    then: str
    now: str
    """Empty where it is the same unit."""
    open: bool
    """Several units could be meant; ``then`` lists them."""
    inferred: bool
    score: str
    method: str
    code: str
    """What a decision or report calls the tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRow:
    anchor: str
    name: str
    detail: str
    quote: str
    score: str
    method: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    anchor: str
    amount: str
    words: str
    public: bool
    """Public money, the only kind that is ever summed."""
    kind: str
    role: str
    scope: str
    when: str
    funds: str
    notes: tuple[str, ...]
    score: str
    method: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    words: str
    kind: str
    when: str
    notes: tuple[str, ...]
    score: str
    method: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: tuple[Piece, ...]
    paragraphs: tuple[tuple[Piece, ...], ...]
    places: tuple[PlaceRow, ...]
    activities: tuple[TagRow, ...]
    programmes: tuple[TagRow, ...]
    money: tuple[MoneyRow, ...]
    counts: tuple[CountRow, ...]
    official: str
    """What a decision or report calls the head of an administrative document; empty for other articles."""
    relevance: TagRow | None


def view(document: Document, names: Names, looked_for: Iterable[Pattern] = ()) -> View:
    marks = _marks(document, names, tuple(looked_for))
    lines: list[tuple[Piece, ...]] = []
    start = 0
    pieces = _Pieces(document.text, [mark for mark in marks if mark.span.field == "text"])
    for line in document.text.split("\n"):
        if line.strip():
            lines.append(pieces.between(start, start + len(line)))
        start += len(line) + 1
    title = _Pieces(document.title, [mark for mark in marks if mark.span.field == "title"])
    return View(
        title=title.between(0, len(document.title)),
        paragraphs=tuple(lines),
        places=tuple(_place_rows(document, names)),
        activities=tuple(
            TagRow(
                anchor=f"hd-{number_}",
                name=names.activities.name(m.code),
                detail=names.label("modality", m.modality),
                quote=document.quote(m.evidence[0]),
                score=number(m.score, 2),
                method=m.method,
                code=tag_code(document, m),
            )
            for number_, m in enumerate(document.activities, 1)
        ),
        programmes=tuple(
            TagRow(
                anchor="",
                name=names.programmes.name(m.code),
                detail=", ".join(_component(part) for part in m.components),
                quote=document.quote(m.evidence[0]),
                score=number(m.score, 2),
                method=m.method,
                code=tag_code(document, m),
            )
            for m in document.programmes
        ),
        money=tuple(_money_row(document, at, budget, names) for at, budget in enumerate(document.budgets, 1)),
        counts=tuple(_count_row(document, quantity, names) for quantity in document.quantities),
        official=tag_code(document, document.official) if document.official is not None else "",
        relevance=_relevance_row(document, names),
    )


def _marks(document: Document, names: Names, looked_for: tuple[Pattern, ...]) -> list[Mark]:
    marks = []
    for at, place in enumerate(document.localities, 1):
        if place.role == "boilerplate":
            continue
        name = names.place(place.code) if place.code else "chưa rõ đơn vị nào"
        label = f"{labels.ROLES_OF_PLACES[place.role]}: {name}"
        marks += [Mark(span, "place", label, f"db-{at}" if not i else "") for i, span in enumerate(place.evidence)]
    for at, activity in enumerate(document.activities, 1):
        label = f"Hoạt động: {names.activities.name(activity.code)} ({names.label('modality', activity.modality).lower()})"
        marks += [Mark(span, "activity", label, f"hd-{at}" if not i else "") for i, span in enumerate(activity.evidence)]
    for at, budget in enumerate(document.budgets, 1):
        marks.append(Mark(budget.evidence[0], "money", f"Số tiền: {_amount(budget)}, {labels.ROLES[budget.role].lower()}", f"kp-{at}"))
    marks += [Mark(Span(a, b), "query", "Từ được tìm") for a, b in highlight(document.text, looked_for)]
    marks += [Mark(Span(a, b, "title"), "query", "Từ được tìm") for a, b in highlight(document.title, looked_for)]
    return marks


@dataclass(slots=True)
class _Pieces:
    """Cuts a text at the borders of its marks; asked for stretches from the left to the right."""

    text: str
    marks: list[Mark]
    _starts: list[Mark] = field(init=False)
    _open: list[Mark] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._starts = sorted(self.marks, key=lambda mark: (mark.span.start, -mark.span.end), reverse=True)

    def between(self, start: int, end: int) -> tuple[Piece, ...]:
        pieces = []
        at = start
        while at < end:
            while self._starts and self._starts[-1].span.start <= at:
                self._open.append(self._starts.pop())
            self._open = [mark for mark in self._open if mark.span.end > at]
            borders = [mark.span.end for mark in self._open] + ([self._starts[-1].span.start] if self._starts else [])
            to = min([end, *borders])
            kinds = tuple(dict.fromkeys(mark.kind for mark in sorted(self._open, key=lambda mark: mark.kind)))
            label = "; ".join(dict.fromkeys(mark.label for mark in self._open if mark.kind != "query"))
            anchors = tuple(dict.fromkeys(mark.anchor for mark in self._open if mark.anchor and max(mark.span.start, start) == at))
            pieces.append(Piece(self.text[at:to], kinds, label, self._once(anchors)))
            at = to
        return tuple(pieces)

    def _once(self, anchors: tuple[str, ...]) -> tuple[str, ...]:
        """An anchor stands once on a page, also where its span goes on in the next paragraph."""
        if anchors:
            self._open = [Mark(m.span, m.kind, m.label) if m.anchor in anchors else m for m in self._open]
        return anchors


def _place_rows(document: Document, names: Names) -> Iterable[PlaceRow]:
    order = {"about": 0, "mentioned": 1}
    rows = [(order[m.role], at, m) for at, m in enumerate(document.localities, 1) if m.role in order]
    for _, at, mention in sorted(rows, key=lambda row: row[:2]):
        yield PlaceRow(
            anchor=f"db-{at}",
            words=document.quote(mention.evidence[0]),
            role=labels.ROLES_OF_PLACES[mention.role],
            then=_then(mention, document, names),
            now=_now(mention, document, names),
            open=mention.code is None,
            inferred=mention.inferred,
            score=number(mention.score, 2),
            method=mention.method,
            code=tag_code(document, mention),
        )


def _then(mention: LocalityMention, document: Document, names: Names) -> str:
    register = names.register
    if mention.code is None:
        return _listed([register.label(code, document.published) for code in mention.candidates], " hoặc ")
    return "Cả nước" if mention.code == "VN" else register.label(mention.code, document.published)


def _now(mention: LocalityMention, document: Document, names: Names) -> str:
    """Units of today by province; empty where nothing changed for the reader."""
    register = names.register
    if mention.code is None:
        return ""
    groups: dict[str, list[str]] = {}
    for code in register.today(mention.code):
        if code != mention.code:
            groups.setdefault(register.province(code) or "", []).append(code)
    if not groups or (len(groups) == 1 and {register.label(c) for g in groups.values() for c in g} == {_then(mention, document, names)}):
        return ""
    parts = []
    for province, codes in groups.items():
        units = _listed([register.full_name(code) for code in codes], ", ")
        parts.append(units if codes == [province] else f"{units} ({register.full_name(province)})")
    return "; ".join(parts)


def _listed(found: list[str], separator: str) -> str:
    rest = len(found) - MAX_NAMES
    return separator.join(found[:MAX_NAMES]) + (f"{separator}và {rest} đơn vị khác" if rest > 0 else "")


def _component(part: str) -> str:
    return f"Tiểu dự án {part.partition('.')[2]} - Dự án {part.partition('.')[0]}" if "." in part else f"Dự án {part}"


def _amount(budget: Budget) -> str:
    other = f"{number(budget.usd)} USD" if budget.usd is not None else "không đọc được"
    value = other if budget.vnd is None else dong(budget.vnd)
    per = f"/{budget.per_unit}" if budget.per_unit else ""
    return f"{QUALIFIERS[budget.qualifier]} {value}{per}".strip()


def _money_row(document: Document, at: int, budget: Budget, names: Names) -> MoneyRow:
    scope = [_component(budget.component)] if budget.component else [BUDGET_SCOPES[budget.scope]]
    if budget.programme:
        scope.append(names.programmes.name(budget.programme))
    years = [str(year) for year in dict.fromkeys((budget.year_from, budget.year_to)) if year]
    notes = [labels.FLAGS.get(flag, flag) for flag in budget.flags]
    if budget.parts:
        notes.append("cộng các phần đúng bằng tổng" if budget.parts_agree else "các phần cộng lại không bằng tổng")
    if budget.in_words is not None:
        notes.append("bằng chữ khớp với bằng số" if budget.in_words else "bằng chữ khác với bằng số")
    if budget.duplicate_of is not None:
        notes.append(f"cùng một khoản với dòng {budget.duplicate_of + 1}")
    if budget.locality:
        notes.append(f"của {names.place(budget.locality, short=True)}")
    return MoneyRow(
        anchor=f"kp-{at}",
        amount=_amount(budget),
        words=document.quote(budget.evidence[0]),
        public=budget.kind == "budget",
        kind=labels.KINDS[budget.kind],
        role=labels.ROLES[budget.role],
        scope=", ".join(scope),
        when="-".join(years),
        funds=", ".join(labels.FUNDS.get(fund, fund) for fund in budget.funds),
        notes=tuple(notes),
        score=number(budget.score, 2),
        method=budget.method,
        code=tag_code(document, budget),
    )


def _count_row(document: Document, quantity: Quantity, names: Names) -> CountRow:
    notes = [names.label("modality", quantity.modality)]
    if quantity.change is not None:
        notes.append("mức tăng" if quantity.change == "up" else "mức giảm")
    if quantity.per_unit:
        notes.append(f"tính cho mỗi {quantity.per_unit}")
    if quantity.out_of is not None:
        notes.append(f"trên tổng số {number(quantity.out_of, 0 if quantity.out_of.is_integer() else 2)}")
    return CountRow(
        words=document.quote(quantity.evidence[0]),
        kind=QUANTITY_KINDS.get(quantity.kind, quantity.kind),
        when=str(quantity.year or ""),
        notes=tuple(notes),
        score=number(quantity.score, 2),
        method=quantity.method,
        code=tag_code(document, quantity),
    )


def _relevance_row(document: Document, names: Names) -> TagRow | None:
    found = document.relevance
    if found is None:
        return None
    return TagRow(
        anchor="",
        name=names.label("relevance", found.value),
        detail="",
        quote=document.quote(found.evidence[0]) if found.evidence else "",
        score=number(found.score, 2),
        method=found.method,
        code=tag_code(document, found),
    )
