"""Made-up articles with hand-set tags for the tests of index, API and pages: offsets are found from the quoted words."""

from __future__ import annotations

from datetime import UTC, date, datetime

from corpus.document import (
    ActivityMention,
    Attachment,
    Budget,
    BudgetKind,
    BudgetRole,
    DateCandidate,
    Document,
    LocalityMention,
    Modality,
    ProgrammeMention,
    Provenance,
    Qualifier,
    Relevance,
    RelevanceValue,
    Span,
)
from corpus.text import sentence_around

FETCHED = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)


def make_document(
    id: str,
    title: str,
    text: str,
    *,
    published: date | None = date(2023, 12, 4),
    portal: str = "bao-mau",
    relevance: RelevanceValue | None = "communication",
    about: tuple[tuple[str, str], ...] = (),
    mentioned: tuple[tuple[str, str], ...] = (),
    activities: tuple[tuple[str, str, Modality], ...] = (),
    amounts: tuple[tuple[str, int, BudgetRole, Qualifier, BudgetKind], ...] = (),
    programmes: tuple[tuple[str, str, tuple[str, ...]], ...] = (),
    url: str | None = None,
    author: str | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Document:
    def span(words: str) -> Span:
        if words in text:
            start = text.index(words)
            return Span(start, start + len(words))
        start = title.index(words)
        return Span(start, start + len(words), "title")

    def sentence(words: str) -> Span:
        found = span(words)
        return Span(*sentence_around(text, found.start, found.end)) if found.field == "text" else Span(0, len(title), "title")

    places = [(code, words, "about") for code, words in about] + [(code, words, "mentioned") for code, words in mentioned]
    address = url or f"https://mau.example.vn/tin/{id}.html"
    return Document(
        id=id,
        provenance=Provenance(
            portal=portal,
            requested_url=address,
            final_url=address,
            canonical_url=address,
            fetched_at=FETCHED,
            first_seen=FETCHED,
            body_sha256="ab" * 32,
            record="bao-mau-20261120.warc.gz#urn:uuid:00000000-0000-4000-8000-000000000001",
            extractor="trafilatura 2.3.1",
        ),
        title=title,
        text=text,
        author=author,
        published=published,
        published_from="json-ld" if published else None,
        date_candidates=(DateCandidate(value=published, method="json-ld", confidence=0.95),) if published else (),
        attachments=attachments,
        relevance=Relevance(value=relevance, score=0.94, method="relevance-rules 2026.11") if relevance else None,
        localities=tuple(
            LocalityMention(code=code, role=role, evidence=(span(words),), score=0.97, method="locality-rules 2026.11")  # type: ignore[arg-type]
            for code, words, role in places
        ),
        activities=tuple(
            ActivityMention(code=code, evidence=(sentence(words),), modality=modality, score=0.91, method="activity-rules 2026.11")
            for code, words, modality in activities
        ),
        budgets=tuple(
            Budget(
                vnd=vnd,
                role=role,
                qualifier=qualifier,
                kind=kind,
                scope="sub_project" if "Tiểu dự án" in text else "other",
                component="6.1" if "Tiểu dự án 1" in text else None,
                evidence=(span(words), sentence(words)),
                method="budget-grammar 2026.11",
            )
            for words, vnd, role, qualifier, kind in amounts
        ),
        programmes=tuple(
            ProgrammeMention(code=code, evidence=(sentence(words),), components=parts, method="programme-rules 2026.11")
            for code, words, parts in programmes
        ),
    )


NGHE_AN = make_document(
    "a" * 24,
    "Nghệ An bàn giao đài truyền thanh thông minh cho 12 xã",
    "Sáng 4/12, Sở Thông tin và Truyền thông tỉnh Nghệ An bàn giao hệ thống đài truyền thanh cho 12 xã của huyện Hưng Nguyên.\n"
    "Tổng kinh phí hơn 1,2 tỷ đồng từ Tiểu dự án 1 thuộc Dự án 6 của chương trình giảm nghèo bền vững.\n"
    "Mỗi hộ nghèo còn được vay 50 triệu đồng. Lớp tập huấn cho 45 cán bộ xã sẽ mở trong quý I/2024.",
    published=date(2023, 12, 4),
    about=(("v1-40", "tỉnh Nghệ An"), ("v1-431", "huyện Hưng Nguyên")),
    activities=(("radio_facility", "bàn giao hệ thống", "done"), ("training", "Lớp tập huấn", "planned")),
    amounts=(
        ("hơn 1,2 tỷ đồng", 1_200_000_000, "total", "over", "budget"),
        ("50 triệu đồng", 50_000_000, "other", "exact", "loan"),
    ),
    programmes=(("gnbv-2021-2025", "Tiểu dự án 1", ("6", "6.1")),),
    author="Minh Anh",
)
DIEN_BAN = make_document(
    "b" * 24,
    "Thị xã Điện Bàn tập huấn kỹ năng tuyên truyền cho hộ nghèo",
    "UBND thị xã Điện Bàn mở hai lớp tập huấn về giảm nghèo thông tin cho 120 người.\nKinh phí 146,4 triệu đồng đã được phân bổ.",
    published=date(2023, 6, 15),
    portal="dienban-gov",
    about=(("v1-507", "thị xã Điện Bàn"),),
    activities=(("training", "hai lớp tập huấn", "done"),),
    amounts=(("146,4 triệu đồng", 146_400_000, "allocated", "exact", "budget"),),
    programmes=(("gnbv-2021-2025", "giảm nghèo thông tin", ("6",)),),
)
DAK_LAK = make_document(
    "c" * 24,
    "Đắk Lắk đối thoại chính sách với hộ nghèo",
    "Tại buổi đối thoại ở tỉnh Đắk Lắk, người dân hỏi về vốn vay và nhà ở. Công an xã nói thêm về phòng, chống ma túy.",
    published=date(2025, 9, 1),
    portal="daklak-gov",
    about=(("v2-66", "tỉnh Đắk Lắk"),),
    activities=(("dialogue", "đối thoại ở", "done"),),
)
HOA_BINH = make_document(
    "d" * 24,
    "Hoà Bình trao bò giống cho hộ nghèo",
    "Tỉnh Hoà Bình trao 30 con bò giống trị giá 600 triệu đồng. Báo Nghệ An cũng cử phóng viên dự.",
    published=date(2022, 3, 1),
    relevance="poverty_other",
    about=(("v1-17", "Tỉnh Hoà Bình"),),
    mentioned=(("v1-40", "Nghệ An"),),
    amounts=(("600 triệu đồng", 600_000_000, "value", "exact", "budget"),),
)
NATIONAL = make_document(
    "e" * 24,
    "Cả nước đẩy mạnh truyền thông giảm nghèo",
    "Ủy ban nhân dân các tỉnh được giao làm truyền thông về giảm nghèo bền vững cho đồng bào dân tộc thiểu số.",
    published=None,
    portal="trung-uong",
    about=(("VN", "Cả nước"),),
    activities=(("planning", "được giao", "general"),),
)
OFF_TOPIC = make_document(
    "f" * 24,
    "Giải bóng đá thiếu niên khai mạc",
    "Sân vận động chật kín người xem trong ngày khai mạc, mã tuy nhiên vẫn còn.",
    published=date(2024, 1, 1),
    relevance="off_topic",
)
ALL = (NGHE_AN, DIEN_BAN, DAK_LAK, HOA_BINH, NATIONAL, OFF_TOPIC)
