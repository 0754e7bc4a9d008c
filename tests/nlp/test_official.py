"""Heads of administrative documents, on texts of our own."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime

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


@given(st.text(max_size=300) | st.lists(st.sampled_from([*PLAN.split("\n"), " ", "\n", "Số: 1/QĐ-UBND"])).map("\n".join))
def test_any_text(text: str) -> None:
    before = document(text)
    tagged = tag_official(before)
    assert tag_official(tagged) == tagged
    assert all(getattr(before, f.name) == getattr(tagged, f.name) for f in fields(before) if f.name not in ("official", "kind"))
    if tagged.official:
        assert all(tagged.quote(span) for span in tagged.official.evidence)


def test_a_megabyte_is_linear() -> None:
    tag_official(document("KẾ HOẠCH\nCăn cứ " + "quyết định số 1/" * 60_000 + "\n" + " " * 100_000 + "\nNơi nhận:"))
