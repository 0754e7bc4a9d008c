"""Heads of administrative documents, on texts of our own."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Provenance
from nlp.official import tag_official

NOW = datetime(2026, 1, 1, tzinfo=UTC)

PLAN = """ỦY BAN NHÂN DÂN
HUYỆN TỦA CHÙA
-------
Số: 87/KH-UBND
Tủa Chùa, ngày 12 tháng 3 năm 2024
KẾ HOẠCH
Giảm nghèo về thông tin trên địa bàn huyện năm 2024
Căn cứ Thông tư số 06/2022/TT-BTTTT ngày 30/6/2022 của Bộ Thông tin và Truyền thông về hướng dẫn thực hiện Dự án 6;
Căn cứ Quyết định số 512/QĐ-UBND ngày 5 tháng 3 năm 2024 của UBND tỉnh Điện Biên về giao dự toán;
I. MỤC TIÊU
- 100% xã có đài truyền thanh hoạt động tốt.
- Mở 03 lớp tập huấn cho cán bộ thông tin cơ sở.
II. NỘI DUNG
1. Tập huấn: 03 lớp.
Nơi nhận:
- Như trên;
TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Lò Văn Minh
"""

DRAFT = """Số: /KH-UBND
Mù Cang Chải, ngày tháng 7 năm 2023
KẾ HOẠCH
Truyền thông về giảm nghèo đa chiều năm 2023
Thực hiện Công văn số 88/LĐTBXH-GN ngày 14 tháng 4 năm 2023, UBND huyện Mù Cang Chải xây dựng kế hoạch như sau.
"""

NEWS = """UBND huyện Tủa Chùa vừa ban hành Kế hoạch số 87/KH-UBND về giảm nghèo thông tin.

Theo kế hoạch, huyện mở 03 lớp tập huấn."""


def document(text: str) -> Document:
    provenance = Provenance(portal="import", requested_url="u", final_url="u", fetched_at=NOW)
    return Document(id="x", provenance=provenance, title="", text=text)


def test_a_plan_is_read_from_head_to_signature() -> None:
    tagged = tag_official(document(PLAN))
    record = tagged.official
    assert record is not None
    assert tagged.kind == "official"
    assert (record.kind, record.number, record.issued) == ("Kế hoạch", "87/KH-UBND", date(2024, 3, 12))
    assert (record.issuer, record.signer) == ("ỦY BAN NHÂN DÂN HUYỆN TỦA CHÙA", "Lò Văn Minh")
    assert [(r.kind, r.number, r.issued, r.issuer) for r in record.legal_bases] == [
        ("Thông tư", "06/2022/TT-BTTTT", date(2022, 6, 30), "Bộ Thông tin và Truyền thông"),
        ("Quyết định", "512/QĐ-UBND", date(2024, 3, 5), "UBND tỉnh Điện Biên"),
    ]
    assert [goal.target for goal in record.goals] == ["100%", "03 lớp"]
    assert [tagged.quote(span) for goal in record.goals for span in goal.evidence] == [
        "100% xã có đài truyền thanh hoạt động tốt.",
        "Mở 03 lớp tập huấn cho cán bộ thông tin cơ sở.",
    ]


def test_blanks_of_a_draft_stay_open() -> None:
    record = tag_official(document(DRAFT)).official
    assert record is not None
    assert (record.number, record.issued, record.issued_year, record.issued_month) == (None, None, 2023, 7)
    assert record.issuer == "UBND huyện Mù Cang Chải"
    assert [r.number for r in record.legal_bases] == ["88/LĐTBXH-GN"]


def test_news_about_a_plan_is_no_document() -> None:
    tagged = tag_official(document(NEWS))
    assert tagged.official is None
    assert tagged.kind == "news"


def test_a_national_resolution() -> None:
    text = "QUỐC HỘI\nNghị quyết số: 31/2023/QH15\nHà Nội, ngày 8 tháng 6 năm 2023\n"
    text += "NGHỊ QUYẾT\nCăn cứ Luật số 77/2015/QH13;\nCăn cứ Hiến pháp;"
    record = tag_official(document(text)).official
    assert record is not None
    assert (record.kind, record.number, record.issuer) == ("Nghị quyết", "31/2023/QH15", "QUỐC HỘI")
    assert [(r.kind, r.number) for r in record.legal_bases] == [("Luật", "77/2015/QH13")]


def test_the_heading_may_have_become_the_title() -> None:
    before = replace(
        document(DRAFT.replace("KẾ HOẠCH\nTruyền thông về giảm nghèo đa chiều năm 2023\n", "")), title="KẾ HOẠCH Truyền thông về giảm nghèo"
    )
    tagged = tag_official(before)
    assert tagged.official is not None
    assert (tagged.official.kind, tagged.official.issuer) == ("Kế hoạch", "UBND huyện Mù Cang Chải")
    assert tagged.quote(tagged.official.evidence[0]) in ("KẾ HOẠCH", "Số: /KH-UBND")


BODY = """
Phòng đề nghị Ủy ban nhân dân các xã rà soát hiện trạng đài truyền thanh, gửi nhu cầu sửa chữa trước ngày 20/4/2024.
"""
MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
FREEDOM = "Độc lập - Tự do - Hạnh phúc"

HEADS = [
    (
        "a letter without a heading word, head as lines",
        f"UBND HUYỆN MƯỜNG ẢNG\nPHÒNG VĂN HÓA VÀ THÔNG TIN\nSố: 45/VHTT-TT\nV/v rà soát đài truyền thanh\n{MOTTO}\n{FREEDOM}\n"
        f"Mường Ảng, ngày 5 tháng 4 năm 2024\nKính gửi: Ủy ban nhân dân các xã{BODY}Nơi nhận:\n- Như trên;",
        ("Công văn", "45/VHTT-TT", date(2024, 4, 5), "PHÒNG VĂN HÓA VÀ THÔNG TIN"),
    ),
    (
        "its head as two cells of a table, lines inside the cells",
        f"UBND HUYỆN MƯỜNG ẢNG\nPHÒNG VĂN HÓA VÀ THÔNG TIN\nSố: 45/VHTT-TT\nV/v rà soát đài truyền thanh | {MOTTO}\n{FREEDOM}\n"
        f"Mường Ảng, ngày 05/4/2024\n\nKính gửi: Ủy ban nhân dân các xã{BODY}",
        ("Công văn", "45/VHTT-TT", date(2024, 4, 5), "PHÒNG VĂN HÓA VÀ THÔNG TIN"),
    ),
    (
        "a letter whose number is still blank",
        f"UBND TỈNH LAI CHÂU\nSỞ THÔNG TIN VÀ TRUYỀN THÔNG\nSố:      /STTTT-BCXB\nV/v cử học viên\nLai Châu, ngày    tháng 6 năm 2023\n"
        f"Kính gửi: Các phòng{BODY}",
        ("Công văn", None, None, "SỞ THÔNG TIN VÀ TRUYỀN THÔNG"),
    ),
    (
        "two columns on one line",
        f"ỦY BAN NHÂN DÂN          {MOTTO}\nTỈNH LAI CHÂU            {FREEDOM}\nSố: 12/KH-UBND           Lai Châu, ngày 3 tháng 2 năm 2023\n"
        f"KẾ HOẠCH\nGiảm nghèo về thông tin{BODY}",
        ("Kế hoạch", "12/KH-UBND", date(2023, 2, 3), "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU"),
    ),
    (
        "two columns with their spaces lost",
        f"UBND TỈNH LAI CHÂU {MOTTO}\nSỞ VĂN HÓA, THỂ THAO {FREEDOM}\nVÀ DU LỊCH\nSố: 8/BC-SVHTTDL Lai Châu, ngày 3.2.2023\n"
        f"BÁO CÁO\nKết quả truyền thông{BODY}",
        ("Báo cáo", "8/BC-SVHTTDL", date(2023, 2, 3), "SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH"),
    ),
    (
        "the head as rows of a table",
        f"| UBND HUYỆN SÌN HỒ | {MOTTO} |\n| PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI | {FREEDOM} |\n| Số: 31/TTr-LĐTBXH | Sìn Hồ, ngày 9 tháng 1 năm 2024 |\n"
        f"TỜ TRÌNH\nVề dự toán truyền thông{BODY}",
        ("Tờ trình", "31/TTr-LĐTBXH", date(2024, 1, 9), "PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
    ),
    (
        "the head as one row",
        f"| ỦY BAN NHÂN DÂN HUYỆN SÌN HỒ ------- Số: 31/QĐ-UBND | {MOTTO} {FREEDOM} --------------- Sìn Hồ, ngày 9 tháng 1 năm 2024 |\n"
        f"QUYẾT ĐỊNH\nVề việc giao dự toán\nCHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN\nCăn cứ Luật Ngân sách nhà nước;{BODY}",
        ("Quyết định", "31/QĐ-UBND", date(2024, 1, 9), "ỦY BAN NHÂN DÂN HUYỆN SÌN HỒ"),
    ),
    (
        "both bodies on one line",
        f"UBND TỈNH LAI CHÂU SỞ THÔNG TIN VÀ TRUYỀN THÔNG\nSố: 77/KH-STTTT\nKẾ HOẠCH\nTập huấn{BODY}",
        ("Kế hoạch", "77/KH-STTTT", None, "SỞ THÔNG TIN VÀ TRUYỀN THÔNG"),
    ),
    (
        "a department of a city whose name holds the word for an office",
        f"ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HẢI PHÒNG\nSố: 5/KH-UBND\nKẾ HOẠCH\nTập huấn{BODY}",
        ("Kế hoạch", "5/KH-UBND", None, "ỦY BAN NHÂN DÂN THÀNH PHỐ HẢI PHÒNG"),
    ),
    (
        "a bureau of a ministry, a word for an office inside its name",
        f"BỘ THÔNG TIN VÀ TRUYỀN THÔNG\nCỤC THÔNG TIN CƠ SỞ\nSố: 301/TTCS-QLNV\nV/v hướng dẫn cụm loa\nHà Nội, ngày 7/3/2023\nKính gửi: Các Sở{BODY}",
        ("Công văn", "301/TTCS-QLNV", date(2023, 3, 7), "CỤC THÔNG TIN CƠ SỞ"),
    ),
    (
        "a number without its word",
        f"UBND XÃ PU SAM CÁP\n4/KH-UBND\nKẾ HOẠCH\nTập huấn{BODY}",
        ("Kế hoạch", "4/KH-UBND", None, "UBND XÃ PU SAM CÁP"),
    ),
    (
        "a date that a legal basis gives is not the day of issue",
        f"UBND XÃ PU SAM CÁP\nSố: 4/KH-UBND\nKẾ HOẠCH\nTập huấn\nCăn cứ Kế hoạch số 9/KH-UBND của huyện, ngày 5/1/2024\nXã xây dựng kế hoạch.{BODY}",
        ("Kế hoạch", "4/KH-UBND", None, "UBND XÃ PU SAM CÁP"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in HEADS], ids=[row[0] for row in HEADS])
def test_heads(text: str, expected: tuple[object, ...]) -> None:
    record = tag_official(document(text)).official
    assert record is not None
    assert (record.kind, record.number, record.issued, record.issuer) == expected


def test_the_superior_body_may_have_become_the_title() -> None:
    before = replace(
        document(f"TỈNH LAI CHÂU\nSố: 45/UBND-VX\nV/v rà soát đài truyền thanh | {MOTTO}\nKính gửi: Các sở{BODY}"), title="ỦY BAN NHÂN DÂN"
    )
    record = tag_official(before).official
    assert record is not None
    assert (record.kind, record.issuer) == ("Công văn", "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU")


@pytest.mark.parametrize(
    "text",
    [
        "Sở có Công văn số 512/STTTT-BCXB gửi các huyện.\n\nTheo công văn, các huyện rà soát loa trước ngày 5/6/2024.",
        "Bạn đọc viết thư về tòa soạn.\nKính gửi: Tòa soạn\nXã tôi chưa có loa truyền thanh, mong được lắp.\nLò Văn Pành",
        "| STT | KẾ HOẠCH | THỰC HIỆN |\n| 1 | 20 lớp | 18 lớp |\nHuyện đã mở 18 lớp, theo Kế hoạch số 87/KH-UBND.",
        "Lãnh đạo huyện trao quà.\nTheo Quyết định số: 12/QĐ-UBND, mỗi hộ nhận 500.000 đồng.\nKính gửi lời cảm ơn tới các nhà hảo tâm.",
        "CHỦ TỊCH\nLò Văn Pành nói về kế hoạch giảm nghèo.\nHuyện vừa ban hành Công văn số 45/UBND-VX, V/v rà soát đài truyền thanh.",
    ],
)
def test_texts_that_cite_documents_are_none(text: str) -> None:
    assert tag_official(document(text)).official is None


SIGNERS = [
    ("by the chairman", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n(Đã ký)\nVàng A Páo"),
    ("for the chairman", "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n\nVàng A Páo"),
    ("a head of an office", "TRƯỞNG PHÒNG\n\nVàng A Páo"),
    ("a head of a bureau", "CỤC TRƯỞNG\nVàng A Páo"),
    ("for the head of a bureau", "KT. CỤC TRƯỞNG\nPHÓ CỤC TRƯỞNG\nVàng A Páo"),
    ("by order", "TL. BỘ TRƯỞNG\nCHÁNH VĂN PHÒNG\nVàng A Páo"),
    ("by authority", "TUQ. GIÁM ĐỐC\nTRƯỞNG PHÒNG THÔNG TIN CƠ SỞ\nVàng A Páo"),
    ("acting", "Q. GIÁM ĐỐC\nVàng A Páo"),
    ("a steering committee", "TM. BAN CHỈ ĐẠO\nTRƯỞNG BAN\nPHÓ CHỦ TỊCH UBND HUYỆN\nVàng A Páo"),
    ("in a cell of a row, lines inside", "Nơi nhận:\n- Như trên;\n- Lưu: VT. | KT. TRƯỞNG PHÒNG\nPHÓ TRƯỞNG PHÒNG\n\nVàng A Páo"),
    ("in one row", "| Nơi nhận: - Như trên; - Lưu: VT. | TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH Vàng A Páo |"),
    ("two columns on one line", "Nơi nhận: KT. GIÁM ĐỐC\n- Như trên; PHÓ GIÁM ĐỐC\n- Lưu: VT.\nVàng A Páo"),
    ("two columns, the name beside a recipient", "Nơi nhận:            GIÁM ĐỐC\n- Như trên;\n- Lưu: VT.            Vàng A Páo"),
    ("with a rank", "CHỈ HUY TRƯỞNG\nĐại tá Vàng A Páo"),
    ("before a long annex", "GIÁM ĐỐC\nVàng A Páo\nPHỤ LỤC\n" + "Bản Nà Lừa, 3 cụm loa, hoạt động tốt.\n" * 90),
]


@pytest.mark.parametrize("block", [row[1] for row in SIGNERS], ids=[row[0] for row in SIGNERS])
def test_signers(block: str) -> None:
    record = tag_official(document(f"UBND HUYỆN SÌN HỒ\nSố: 5/KH-UBND\nKẾ HOẠCH\nTập huấn{BODY}{block}")).official
    assert record is not None
    assert record.signer == "Vàng A Páo"


def test_who_is_named_without_a_title_has_not_signed() -> None:
    record = tag_official(document(f"UBND HUYỆN SÌN HỒ\nSố: 5/KH-UBND\nKẾ HOẠCH\nTập huấn{BODY}Người lập biểu\nVàng A Páo")).official
    assert record is not None
    assert record.signer is None


BASES = [
    (
        "a text of no named kind, date with a zero",
        "Thực hiện Văn bản số 218/BTTTT-KHTC ngày 09/8/2022 của Bộ Thông tin và Truyền thông.",
        [("Văn bản", "218/BTTTT-KHTC", date(2022, 8, 9), "Bộ Thông tin và Truyền thông", "")],
    ),
    (
        "a law with name and number",
        "Căn cứ Luật Đầu tư công số 39/2019/QH14;",
        [("Luật", "39/2019/QH14", None, None, "Luật Đầu tư công")],
    ),
    (
        "laws with name and date only",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Luật sửa đổi, bổ sung một số điều của Luật Tổ chức Chính phủ"
        " và Luật Tổ chức chính quyền địa phương ngày 22/11/2019;",
        [
            ("Luật", "", date(2015, 6, 19), None, "Luật Tổ chức chính quyền địa phương"),
            (
                "Luật",
                "",
                date(2019, 11, 22),
                None,
                "Luật sửa đổi, bổ sung một số điều của Luật Tổ chức Chính phủ và Luật Tổ chức chính quyền địa phương",
            ),
        ],
    ),
    (
        "dots in the date, the issuer after it",
        "Theo Công văn 66/STTTT-BCXB ngày 1.6.2024 của Sở TT&TT tỉnh Lai Châu, huyện rà soát.",
        [("Công văn", "66/STTTT-BCXB", date(2024, 6, 1), "Sở TT&TT tỉnh Lai Châu", "")],
    ),
    (
        "hyphens in the date",
        "Căn cứ Nghị định số 38/2023/NĐ-CP, ngày 24-6-2023 của Chính phủ;",
        [("Nghị định", "38/2023/NĐ-CP", date(2023, 6, 24), "Chính phủ", "")],
    ),
    (
        "the issuer before the date",
        "Căn cứ Quyết định số 41/QĐ-TTg của Thủ tướng Chính phủ ngày 18/1/2022;",
        [("Quyết định", "41/QĐ-TTg", date(2022, 1, 18), "Thủ tướng Chính phủ", "")],
    ),
    (
        "the issuer before the number",
        "Căn cứ Quyết định của Thủ tướng Chính phủ số 41/QĐ-TTg ngày 18/1/2022;",
        [("Quyết định", "41/QĐ-TTg", date(2022, 1, 18), "Thủ tướng Chính phủ", "")],
    ),
    (
        "several of one kind and issuer",
        "Căn cứ các Quyết định của Thủ tướng Chính phủ: số 41/QĐ-TTg ngày 18/1/2022; số 7/2022/QĐ-TTg ngày 2/2/2022 và số 9/QĐ-TTg;",
        [
            ("Quyết định", "41/QĐ-TTg", date(2022, 1, 18), "Thủ tướng Chính phủ", ""),
            ("Quyết định", "7/2022/QĐ-TTg", date(2022, 2, 2), "Thủ tướng Chính phủ", ""),
            ("Quyết định", "9/QĐ-TTg", None, "Thủ tướng Chính phủ", ""),
        ],
    ),
    (
        "a text of the party",
        "Thực hiện Chỉ thị số 5-CT/TW ngày 23/6/2021 của Ban Bí thư; Nghị quyết số 16-NQ/TU của Tỉnh ủy;",
        [("Chỉ thị", "5-CT/TW", date(2021, 6, 23), "Ban Bí thư", ""), ("Nghị quyết", "16-NQ/TU", None, "Tỉnh ủy", "")],
    ),
    (
        "a decree by number and year alone",
        "Theo Nghị định 38/2023 của Chính phủ.",
        [("Nghị định", "38/2023", None, "Chính phủ", "")],
    ),
    ("a month is no number", "Theo Kế hoạch 5/2024 và pháp luật số, xã mở lớp.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in BASES], ids=[row[0] for row in BASES])
def test_legal_bases(text: str, expected: list[tuple[object, ...]]) -> None:
    record = tag_official(document(f"UBND HUYỆN SÌN HỒ\nSố: 5/KH-UBND\nKẾ HOẠCH\nTập huấn\n{text}\nNơi nhận:")).official
    assert record is not None
    assert [(r.kind, r.number, r.issued, r.issuer, r.title) for r in record.legal_bases] == expected


GOALS = [
    ("aims and demands", "I. Mục tiêu, yêu cầu\n- 100% xã có loa.\nII. Nội dung\n- Mở 2 lớp.", ["100%"]),
    ("targets with a colon", "II. Chỉ tiêu cụ thể:\n- Trên 90% hộ nghe đài.\nIII. Kinh phí\n3 xã.", ["Trên 90%"]),
    ("a heading with a year", "1. Mục tiêu đến năm 2025\n- 12 xã có đài.\n2. Giải pháp\n- 3 lớp.", ["12 xã"]),
    ("the main targets", "III. CÁC CHỈ TIÊU CHỦ YẾU NĂM 2024\n- 5 hội nghị.", ["5 hội nghị"]),
    ("aims after purposes", "I. MỤC ĐÍCH, MỤC TIÊU\n- 100% thôn có loa.", ["100%"]),
    (
        "numbered parts inside",
        "II. Chỉ tiêu\n1. Về truyền thanh\n- 100% xã có đài.\n2. Về tập huấn\n- 4 lớp.\nIII. Nội dung\n- 9 lớp.",
        ["100%", "4 lớp"],
    ),
    ("on the line of the heading", "2. Chỉ tiêu: 100% xã có đài.\n3. Giải pháp\n- 3 lớp.", ["100%"]),
    ("a sentence that speaks of aims", "Mục tiêu của huyện là mở lớp cho cán bộ trong năm nay và các năm sau nữa.\n- 3 lớp.", []),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in GOALS], ids=[row[0] for row in GOALS])
def test_goals(text: str, expected: list[str]) -> None:
    record = tag_official(document(f"UBND HUYỆN SÌN HỒ\nSố: 5/KH-UBND\nKẾ HOẠCH\nTập huấn\n{text}\nNơi nhận:")).official
    assert record is not None
    assert [goal.target for goal in record.goals] == expected


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([*PLAN.split("\n"), " ", "\n", "Số: 1/QĐ-UBND", "V/v", "Kính gửi:", " | ", *SIGNERS[8][1].split("\n")])).map(
        "\n".join
    )
)
def test_any_text(text: str) -> None:
    before = document(text)
    tagged = tag_official(before)
    assert tag_official(tagged) == tagged
    assert all(getattr(before, f.name) == getattr(tagged, f.name) for f in fields(before) if f.name not in ("official", "kind"))
    if tagged.official:
        assert all(tagged.quote(span) for span in tagged.official.evidence)


def test_a_megabyte_is_linear() -> None:
    tag_official(document("KẾ HOẠCH\nCăn cứ " + "quyết định số 1/" * 60_000 + "\n" + " " * 100_000 + "\nNơi nhận:"))
