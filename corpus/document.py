"""The model: what a portal sent (`RawPage`) and what we know of it (`Document`).

Everything here is frozen and holds tuples; a stage returns ``replace(document, field=...)`` and sets only its own field.
Spans are half-open code-point offsets into ``title`` or ``text``; the surface string is always ``document.quote(span)``.
``None`` means that the source does not say, never that we failed. Money is whole đồng. ``published`` is a date in
Vietnam's calendar; every instant is an aware UTC ``datetime``. Finding tags is not done here (see ``nlp/``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

import msgspec

from corpus.errors import InvalidData

T = TypeVar("T")
MODEL_VERSION = 1

DOUBTFUL_DATE = "doubtful_date"
"""Flag of a document whose date is a guess."""

FieldName = Literal["title", "text"]
Role = Literal["about", "mentioned", "boilerplate"]
Modality = Literal["done", "planned", "general"]
RelevanceValue = Literal["communication", "poverty_other", "off_topic"]
Qualifier = Literal["exact", "over", "under", "about", "max"]
BudgetRole = Literal["total", "component", "allocated", "planned", "proposed", "approved", "disbursed", "cap", "value", "other"]
BudgetKind = Literal["budget", "loan", "income", "price", "gift", "saving", "norm", "company", "revenue", "difference", "other"]
BudgetScope = Literal["programme", "project", "sub_project", "activity", "other"]
DocumentKind = Literal["news", "official", "attachment", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """One fetched file exactly as the server sent it; extraction is a function of this record and the portal alone."""

    portal: str
    """Key in the portal registry; ``import`` for files given by hand."""
    requested_url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    """Response headers in order, names in lower case."""
    body: bytes = field(repr=False, default=b"")
    """Decoded from any content encoding, charset untouched."""
    fetched_at: datetime
    record: str | None = None
    """Where the archive keeps it: ``<warc file name>#<record id>``."""

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open code-point offsets ``[start, end)`` into one named field."""

    start: int
    end: int
    field: FieldName = "text"

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span must be non-empty and ordered, got {self.start}..{self.end}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCandidate:
    """One possible publication date. The chosen one stands in ``Document.published`` and ``published_from``."""

    value: date
    at: datetime | None = None
    """The full instant in UTC where the source gives a time."""
    method: str
    """``json-ld``, ``meta``, ``time-element``, ``visible``, ``url``, ``text``, ``htmldate``, ``opening``, ``file``."""
    confidence: float
    """0..1; under 0.5 the date is doubtful and stays off timelines."""
    surface: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    url: str
    title: str = ""
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the document comes from and how to find its raw bytes again."""

    portal: str
    requested_url: str
    final_url: str
    canonical_url: str | None = None
    site_id: str | None = None
    """The site's own numeric id, the stable key on most Vietnamese systems."""
    fetched_at: datetime
    first_seen: datetime | None = None
    status: int = 200
    media_type: str = "text/html"
    body_sha256: str = ""
    record: str | None = None
    extractor: str = ""
    """Name and version of the extractor that made ``title`` and ``text``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A key in a code list, with where the document says so."""

    code: str
    evidence: tuple[Span, ...]
    """Never empty. For rules and models the sentence (or clause); for a human decision what the person marked."""
    score: float = 1.0
    """1.0 for a plain rule, a calibrated probability otherwise."""
    method: str
    """Rule or model with its version, e.g. ``activity-rules 2026.11``."""

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{type(self).__name__} without evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    value: RelevanceValue
    evidence: tuple[Span, ...] = ()
    """Sentences that speak for the value; may be empty for ``off_topic``, which is shown by absence."""
    score: float = 1.0
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeMention(Mention):
    """``code`` is a programme of ``programmes.toml``; the components are those that the evidence names."""

    components: tuple[str, ...] = ()
    """``6`` for Dự án 6, ``6.1`` for its Tiểu dự án 1, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalityMention:
    """A place. ``evidence`` holds the words as written, one span a mention.

    Exactly one of ``code`` and ``candidates`` is filled: a name that stays open keeps all its candidates and is never guessed.
    """

    code: str | None
    """Unit at the publication date: a key of the register (``v1-…`` before 2025-07-01, ``v2-…`` after; ``VN``; ``R-…``)."""
    role: Role
    candidates: tuple[str, ...] = ()
    evidence: tuple[Span, ...]
    score: float = 1.0
    method: str
    inferred: bool = False
    """True where the place follows from a smaller unit or a prior (host, dateline) and the text does not name it."""

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("locality without evidence")
        if (self.code is None) == (not self.candidates):
            raise ValueError("a locality has either a code or candidates")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityMention(Mention):
    modality: Modality = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One sum of money as written; a range is two records with the same evidence."""

    vnd: int | None
    """Đồng; None only for sums in another currency (then ``usd`` is set) or where the number cannot be read."""
    usd: int | None = None
    qualifier: Qualifier = "exact"
    kind: BudgetKind = "budget"
    """``budget`` is money of a public programme, plan or activity. Only these are ever summed."""
    role: BudgetRole = "other"
    scope: BudgetScope = "other"
    component: str | None = None
    """Project or sub-project the sum is for: ``6``, ``6.1``."""
    programme: str | None = None
    per_unit: str | None = None
    """``đài``, ``điểm/năm``, ``hộ``: such sums are never added to totals."""
    year_from: int | None = None
    year_to: int | None = None
    """Last year of the period, inclusive, as programmes are named ("2021-2025")."""
    funds: tuple[str, ...] = ()
    """``central``, ``province``, ``district``, ``commune``, ``local``, ``counterpart``, ``social``, ``enterprise``, ``credit``,
    ``investment`` (vốn đầu tư), ``recurrent`` (vốn sự nghiệp, kinh phí thường xuyên), ``pooled`` (lồng ghép)."""
    locality: str | None = None
    activity: str | None = None
    in_words: bool | None = None
    """Words in brackets: None absent, True they say the same number, False they differ."""
    parts: tuple[int, ...] = ()
    """Positions in ``Document.budgets`` of the components of this total."""
    parts_agree: bool | None = None
    """Whether ``parts`` add up to this sum within rounding."""
    duplicate_of: int | None = None
    """Position of the record that gives the same sum more exactly (title "trên 4 tỷ", body "4.164 triệu")."""
    flags: tuple[str, ...] = ()
    """``implausible``, ``malformed``, ``lost_unit``, ``no_unit``."""
    evidence: tuple[Span, ...]
    """First the surface form with its qualifier, then its sentence."""
    score: float = 1.0
    method: str

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("budget without evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A counted thing: people trained, stations built, copies printed, poor households, rates; a range is two records with the same
    evidence."""

    kind: str
    """``people``, ``classes``, ``conferences``, ``copies``, ``stations``, ``points``, ``broadcasts``, ``poor_households``,
    ``near_poor_households``, ``poor_rate``, ``near_poor_rate``, … (docs/money.md)."""
    value: float
    unit: str
    """As written: ``đại biểu``, ``hộ``, ``%``."""
    detail: str = ""
    """What kind of people, stations, …: ``cán bộ làm công tác tuyên truyền``."""
    qualifier: Qualifier = "exact"
    year: int | None = None
    modality: Modality = "done"
    change: Literal["up", "down"] | None = None
    """Set where the number is the difference to before, not a level."""
    per_unit: str | None = None
    """``lớp`` of "mỗi lớp 50 người", ``năm``: counted for each of these, never a total."""
    out_of: float | None = None
    """The whole that the count is a part of: 12 of "10/12 xã"."""
    evidence: tuple[Span, ...]
    score: float = 1.0
    method: str

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("quantity without evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalReference:
    kind: str
    """``Quyết định``, ``Thông tư``, …"""
    number: str
    """``06/2022/TT-BTTTT``; empty for a law cited by its name and date alone."""
    title: str = ""
    """Name of a law as written: ``Luật Đầu tư công``."""
    issued: date | None = None
    issuer: str | None = None
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    target: str
    """``100%``, ``02 lớp``"""
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialRecord:
    """The head of an administrative document (Decree 30/2020/NĐ-CP); blanks in drafts stay None."""

    kind: str
    """``Kế hoạch``, ``Quyết định``, ``Công văn``, …"""
    number: str | None = None
    issued: date | None = None
    issued_year: int | None = None
    issued_month: int | None = None
    issuer: str | None = None
    signer: str | None = None
    legal_bases: tuple[LegalReference, ...] = ()
    goals: tuple[Goal, ...] = ()
    evidence: tuple[Span, ...] = ()
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date said in the text, resolved against the publication date. ``[start, end)`` in days; a range of days is a ``period``."""

    start: date | None
    end: date | None
    precision: Literal["day", "month", "quarter", "year", "period"]
    flags: tuple[str, ...] = ()
    """``malformed`` ("năm 22023", "ngày 30/2"), ``unresolved`` (no publication date to resolve against, or two years are as likely),
    ``recurring`` ("trước ngày 15/12 hằng năm"); a flagged date has neither start nor end."""
    evidence: tuple[Span, ...]
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: str
    provenance: Provenance
    aliases: tuple[str, ...] = ()
    """Other addresses of the same document, sorted."""
    kind: DocumentKind = "news"
    language: str = "vi"
    title: str
    text: str
    author: str | None = None
    published: date | None = None
    published_at: datetime | None = None
    published_from: str | None = None
    modified: datetime | None = None
    date_candidates: tuple[DateCandidate, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    words: tuple[tuple[int, int], ...] = ()
    """Word spans of ``text`` in order; segmentation runs once, in ``pipelines``."""
    title_words: tuple[tuple[int, int], ...] = ()
    relevance: Relevance | None = None
    programmes: tuple[ProgrammeMention, ...] = ()
    localities: tuple[LocalityMention, ...] = ()
    activities: tuple[ActivityMention, ...] = ()
    budgets: tuple[Budget, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    official: OfficialRecord | None = None
    dates: tuple[DateMention, ...] = ()
    flags: tuple[str, ...] = ()
    """Set by extraction: ``scanned``, ``converted:tcvn3``, ``truncated``, ``doubtful_date``."""
    model_version: int = MODEL_VERSION

    def quote(self, span: Span) -> str:
        return (self.title if span.field == "title" else self.text)[span.start : span.end]

    @property
    def content_hash(self) -> str:
        """Names a version together with ``id``: SHA-256 of what a reader reads."""
        return hashlib.sha256(f"{self.title}\n\n{self.text}".encode()).hexdigest()


def document_id(*, portal: str, site_id: str | None, canonical_url: str | None, body: bytes) -> str:
    """Identity: hash of the first that exists of (portal, the site's id), the canonical address, the file's bytes.

    24 hexadecimal digits.
    """
    if site_id:
        key = f"site:{portal}:{site_id}".encode()
    elif canonical_url:
        key = f"url:{canonical_url}".encode()
    else:
        key = b"body:" + hashlib.sha256(body).digest()
    return hashlib.sha256(key).hexdigest()[:24]


def to_json(document: Document) -> bytes:
    """UTF-8 JSON with sorted tuples as arrays, ISO dates; `from_json` reads it back equal."""
    return msgspec.json.encode(document)


def from_json(data: bytes | str) -> Document:
    """Raises: InvalidData when the bytes are not a document of this model."""
    return part_from_json(data, Document)


def part_from_json(data: bytes | str, kind: type[T]) -> T:
    """A record of some fields of a document; the others are skipped. Raises: InvalidData like `from_json`."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InvalidData(f"not a document of model {MODEL_VERSION}: {error}") from error


def to_plain(value: Any) -> Any:
    """Plain dicts, lists, strings and numbers of any record of the model."""
    return msgspec.to_builtins(value)


def from_plain(value: Mapping[str, Any], kind: type[Any]) -> Any:
    """Raises: InvalidData."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InvalidData(f"not a {kind.__name__}: {error}") from error
