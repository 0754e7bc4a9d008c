"""Programmes and their projects, read from texts of our own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Provenance
from corpus.programmes import Programmes
from nlp.programme import period_of, tag_programmes

OWN = Path(__file__).parents[2] / "nlp" / "data" / "pages" / "short.jsonl"
_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)


def make_document(text: str, title: str = "", published: date | None = None) -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=_FETCHED)
    return Document(id="d", provenance=provenance, title=title, text=text, published=published)


def found(text: str, title: str = "", published: date | None = None) -> dict[str, tuple[str, ...]]:
    return {mention.code: mention.components for mention in tag_programmes(make_document(text, title, published)).programmes}


PERIOD_2 = "Chương trình mục tiêu quốc gia giảm nghèo bền vững giai đoạn 2021-2025"
# (id, text, published, expected)
CASES = [
    (
        "sub-project one",
        "Huyện thực hiện Tiểu dự án 1 - Giảm nghèo về thông tin thuộc Dự án 6 năm 2023.",
        None,
        {"gnbv-2021-2025": ("6", "6.1")},
    ),
    ("sub-project two", "Tiểu dự án 2, Dự án 6 truyền thông về giảm nghèo đa chiều năm 2024.", None, {"gnbv-2021-2025": ("6", "6.2")}),
    (
        "named sub-project",
        "Tiểu dự án giảm nghèo về thông tin được giao 90 triệu đồng.",
        date(2022, 5, 1),
        {"gnbv-2021-2025": ("6", "6.1")},
    ),
    ("project four before 2021", "Dự án 4 - Truyền thông và giảm nghèo về thông tin.", date(2018, 5, 1), {"gnbv-2016-2020": ("4",)}),
    ("project name, old period", "Dự án Truyền thông và giảm nghèo về thông tin giai đoạn 2016-2020.", None, {"gnbv-2016-2020": ("4",)}),
    (
        "period beats publication date",
        "Tổng kết Chương trình giảm nghèo bền vững giai đoạn 2016 - 2020.",
        date(2021, 3, 1),
        {"gnbv-2016-2020": ()},
    ),
    ("period of the date", "Chương trình giảm nghèo bền vững đổi thay bản làng.", date(2017, 3, 1), {"gnbv-2016-2020": ()}),
    (
        "January 2026 still settles the old one",
        "Dự án 6 truyền thông và giảm nghèo về thông tin.",
        date(2026, 1, 9),
        {"gnbv-2021-2025": ("6",)},
    ),
    ("no year at all", "Chương trình mục tiêu quốc gia giảm nghèo bền vững.", None, {}),
    ("bare number is ambiguous", "Dự án 6 đã giải ngân 40% kế hoạch vốn năm 2023.", date(2023, 9, 1), {}),
    ("number beside its subject", "Dự án 6 giúp giảm nghèo về thông tin ở vùng cao năm 2023.", None, {"gnbv-2021-2025": ("6",)}),
    (
        "project six of the ethnic programme",
        "Dự án 6 Chương trình 1719 bảo tồn văn hóa truyền thống các dân tộc năm 2023.",
        None,
        {"dtts-1719": ("6",)},
    ),
    ("project ten", "Theo Quyết định 1719/QĐ-TTg, Dự án 10 hỗ trợ chuyên mục tiếng dân tộc.", None, {"dtts-1719": ("10",)}),
    ("phrase names no programme", "Xã chú trọng giảm nghèo thông tin cho dân năm 2023.", None, {}),
    ("decree", "Theo Quyết định 90/QĐ-TTg, các tỉnh bố trí vốn đối ứng.", None, {"gnbv-2021-2025": ()}),
    ("an older programme beside it", "Xã làm đường theo Chương trình 135 và dựng nhà bia.", None, {"other": ()}),
    (
        "an older programme and Dự án 6",
        "Ngoài Dự án 6 truyền thông và giảm nghèo về thông tin, huyện làm ba đập nước theo Chương trình 135.",
        date(2023, 5, 1),
        {"gnbv-2021-2025": ("6",), "other": ()},
    ),
    ("same number, other year", "Thông tư 06/2017/TT-BTTTT hướng dẫn trang bị phương tiện nghe xem.", None, {"gnbv-2016-2020": ()}),
    ("number of the second year", "Thông tư số 06/2022/TT-BTTTT hướng dẫn thiết lập đài truyền thanh.", None, {"gnbv-2021-2025": ()}),
    ("vocational project", f"Dự án 4 của {PERIOD_2} dành cho dạy nghề.", None, {"gnbv-2021-2025": ("4",)}),
    ("monitoring project", f"Nâng cao năng lực và giám sát, đánh giá {PERIOD_2} là Dự án 7.", None, {"gnbv-2021-2025": ("7",)}),
    (
        "predecessor",
        "Chương trình mục tiêu quốc gia đưa thông tin về cơ sở miền núi giai đoạn 2012-2015 kết thúc.",
        None,
        {"ttcs-2012-2015": ()},
    ),
    ("rural", "Xã đạt tiêu chí số 8 trong xây dựng nông thôn mới.", None, {"ntm": ()}),
    ("rural slogan in passing", "Phong trào phụ nữ chung sức xây dựng nông thôn mới được hưởng ứng.", None, {}),
    ("telecom", "Hộ nghèo được hỗ trợ theo chương trình viễn thông công ích.", None, {"vtci": ()}),
    (
        "merged programme",
        "Chương trình mục tiêu quốc gia xây dựng nông thôn mới, giảm nghèo bền vững giai đoạn 2026-2035 được phê duyệt.",
        None,
        {"mtqg-2026-2035": ()},
    ),
    ("none", "Giải bóng chuyền của huyện khai mạc sáng nay.", date(2023, 1, 1), {}),
]


@pytest.mark.parametrize(("text", "published", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_programmes(text: str, published: date | None, expected: dict[str, tuple[str, ...]]) -> None:
    assert found(text, published=published) == expected


def test_number_and_subject_may_stand_in_different_sentences() -> None:
    text = "Nghèo thông tin là rào cản lớn. Từ vốn giảm nghèo về thông tin, xã có loa mới. Tiểu dự án 1, Dự án 6 năm 2024 còn cấp máy tính."
    assert found(text) == {"gnbv-2021-2025": ("6", "6.1")}


def test_legal_bases_and_teasers_are_not_what_a_text_is_about() -> None:
    text = "Căn cứ Quyết định 1719/QĐ-TTg;\nCăn cứ Quyết định 1722/QĐ-TTg;\nUBND huyện trả lời đơn thư của công dân.\n"
    assert found(text + "Tin liên quan\nXã Bình Hòa đạt chuẩn nông thôn mới") == {}


def test_two_programmes_in_one_text() -> None:
    text = f"Loa mua từ Dự án 6 truyền thông và giảm nghèo về thông tin, {PERIOD_2}. Nhà văn hóa xây theo tiêu chí nông thôn mới."
    assert found(text) == {"gnbv-2021-2025": ("6",), "ntm": ()}


def test_own_documents() -> None:
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    wrong = [
        (row["id"], row["programmes"], got)
        for row in rows
        if (got := {code: list(parts) for code, parts in found(row["text"], row["title"]).items()}) != row["programmes"]
    ]
    assert len(wrong) <= 2, wrong


def test_evidence_quotes_the_sentence_that_names_it() -> None:
    document = tag_programmes(make_document("Trời nắng. Hộ nghèo nhận máy theo chương trình viễn thông công ích. Hết."))
    (mention,) = document.programmes
    assert document.quote(mention.evidence[0]) == "Hộ nghèo nhận máy theo chương trình viễn thông công ích."
    assert mention.method.startswith("programme-rules ")


def test_period_of() -> None:
    assert period_of(["năm 2019"], None) == "gnbv-2016-2020"
    assert period_of(["năm 2024"], date(2018, 1, 1)) == "gnbv-2016-2020"
    assert period_of([], None) is None
    assert period_of([], date(2014, 1, 1)) is None


WORDS = st.sampled_from(
    "dự án 6 tiểu 1 2 giảm nghèo về thông tin truyền thông và chương trình 2021-2025 1719 nông thôn mới . \n Căn cứ 90/QĐ-TTg".split(" ")
)


@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)))
def test_any_text(text: str) -> None:
    document = make_document(text, text[:40], date(2023, 1, 1))
    tagged = tag_programmes(document)
    assert replace(tagged, programmes=()) == document
    assert tag_programmes(tagged) == tagged
    known = Programmes.load()
    for mention in tagged.programmes:
        programme = known.get(mention.code)
        assert programme is not None
        assert set(mention.components) <= {component.code for component in programme.components}
        assert all(tagged.quote(span).strip() for span in mention.evidence)
