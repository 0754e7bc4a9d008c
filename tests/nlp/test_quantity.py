"""Counted things: what is counted, how many, when and whether it was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Provenance, Quantity
from nlp.quantity import tag_quantities

_FETCHED = datetime(2024, 1, 1, tzinfo=UTC)


def make_document(text: str, title: str = "") -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=_FETCHED)
    return Document(id="d", provenance=provenance, title=title, text=text)


def quantities(text: str, title: str = "") -> list[Quantity]:
    return list(tag_quantities(make_document(text, title)).quantities)


# (id, text, expected as (kind, value, qualifier))
FOUND = [
    ("staff", "Huyện tập huấn cho gần 320 cán bộ làm công tác thông tin ở cơ sở.", [("people", 320, "under")]),
    ("collaborators", "Hội nghị thu hút khoảng 450 cộng tác viên tuyên truyền tại 6 huyện.", [("people", 450, "about")]),
    (
        "conferences with people",
        "Hội Nông dân đã mở 7 hội nghị cho hơn 2.400 cán bộ chi hội thôn, bản.",
        [("conferences", 7, "exact"), ("people", 2400, "over")],
    ),
    ("class", "Sở tổ chức 2 lớp tập huấn cho 180 học viên.", [("classes", 2, "exact"), ("people", 180, "exact")]),
    ("leading zero", "Kế hoạch mở 02 lớp bồi dưỡng.", [("classes", 2, "exact")]),
    ("copies", "Cuốn hỏi đáp được in 3.500 bản, phát cho các xã.", [("copies", 3500, "exact")]),
    ("leaflets", "Cấp phát 12.000 tờ rơi song ngữ.", [("copies", 12000, "exact")]),
    ("books", "Đã in và phát hành 5.000 cuốn cẩm nang.", [("copies", 5000, "exact")]),
    ("stations upgraded", "Năm 2024 nâng cấp 18 đài truyền thanh xã.", [("stations", 18, "exact")]),
    ("loudspeakers", "Xã lắp mới 24 cụm loa.", [("loudspeakers", 24, "exact")]),
    ("points", "Tỉnh duy trì 35 điểm cung cấp dịch vụ thông tin công cộng.", [("points", 35, "exact")]),
    ("electronic boards", "Đã dựng 4 cụm thông tin điện tử công cộng tại cửa khẩu.", [("points", 4, "exact")]),
    ("broadcasts", "Đài sản xuất 96 chương trình phát thanh tiếng Dao.", [("broadcasts", 96, "exact")]),
    ("press items", "Báo đăng 240 tin, bài về giảm nghèo.", [("press_items", 240, "exact")]),
    ("reports", "Kết quả có 60 phóng sự được phát sóng.", [("press_items", 60, "exact")]),
    ("dialogues", "Năm qua có 15 cuộc đối thoại với người nghèo.", [("dialogues", 15, "exact")]),
    ("sessions", "Các xã tổ chức 48 buổi tuyên truyền lưu động.", [("sessions", 48, "exact")]),
    ("contest", "Tỉnh tổ chức 3 hội thi tuyên truyền viên giỏi.", [("contests", 3, "exact")]),
    ("devices", "Trao 210 đầu thu truyền hình số cho hộ nghèo.", [("devices", 210, "exact")]),
    ("thousands in words", "Chiến dịch đến với hơn 32 nghìn lượt người nghe tuyên truyền.", [("people", 32000, "over")]),
    (
        "households and rates with change",
        "Cuối năm 2022, toàn huyện có 2.845 hộ nghèo (giảm 1.120 hộ), chiếm 9,87%; có 3.016 hộ cận nghèo (giảm 842 hộ), chiếm 10,46%.",
        [
            ("poor_households", 2845, "exact"),
            ("poor_households", 1120, "exact"),
            ("poor_rate", 9.87, "exact"),
            ("near_poor_households", 3016, "exact"),
            ("near_poor_households", 842, "exact"),
            ("near_poor_rate", 10.46, "exact"),
        ],
    ),
    (
        "rate from to",
        "Tỷ lệ hộ nghèo giảm từ 21,5% xuống còn 17,2%.",
        [("poor_rate", 21.5, "exact"), ("poor_rate", 17.2, "exact")],
    ),
    ("rate as a range", "Phấn đấu giảm tỷ lệ hộ nghèo 1 - 1,5% trong năm 2024.", [("poor_rate", 1, "exact"), ("poor_rate", 1.5, "exact")]),
    (
        "households from to",
        "Số hộ nghèo giảm từ 1.204 hộ xuống còn 860 hộ.",
        [("poor_households", 1204, "exact"), ("poor_households", 860, "exact")],
    ),
    ("households of another kind", "Xã vận động 40 hộ hiến đất làm đường.", []),
    ("audience is no level", "Xã mở hội nghị truyền thông cho 150 hộ nghèo.", [("households_reached", 150, "exact")]),
    ("rate a year", "Tỷ lệ hộ nghèo giảm bình quân 2,5%/năm.", [("poor_rate", 2.5, "exact")]),
    ("near poor rate", "Tỷ lệ hộ cận nghèo còn 6,04 %.", [("near_poor_rate", 6.04, "exact")]),
    ("spelled", "Huyện mở hai lớp tập huấn cho tuyên truyền viên.", [("classes", 2, "exact")]),
    ("escaped", "Trong năm có hơn 640 hộ thoát nghèo.", [("escaped_households", 640, "over")]),
]

NOTHING = [
    ("money", "Kinh phí 320 triệu đồng do ngân sách huyện cấp."),
    ("document number", "Kế hoạch số 45/KH-UBND ngày 12/5/2023."),
    ("villages", "Huyện có 14 bản vùng cao giáp biên."),
    ("population", "Xã có 5.400 người, chủ yếu là dân tộc Mông."),
    ("grade", "Học sinh lớp 5 tham gia trồng cây."),
    ("other share", "Diện tích rừng che phủ đạt 62%."),
    ("year", "Năm 2023 cán bộ xã đi cơ sở nhiều hơn."),
    ("points of law", "Theo điểm 3 khoản 2 Điều 5 của Thông tư."),
    ("watts", "Tăng âm 600W, micro không dây."),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_finds(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert [(q.kind, q.value, q.qualifier) for q in quantities(text)] == expected


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_finds_nothing(text: str) -> None:
    assert quantities(text) == []


def test_change_direction_and_unit() -> None:
    found = quantities("Toàn tỉnh có 4.310 hộ nghèo (giảm 905 hộ), chiếm 3,3 %; hộ cận nghèo tăng 120 hộ.")
    assert [(q.value, q.change, q.unit) for q in found] == [
        (4310, None, "hộ nghèo"),
        (905, "down", "hộ"),
        (3.3, None, "%"),
        (120, "up", "hộ"),
    ]
    assert found[3].kind == "near_poor_households"


MODALITIES = [
    ("done", "Năm 2022, Sở đã mở 5 lớp tập huấn.", "done"),
    ("planned", "Năm 2025, Sở sẽ mở 5 lớp tập huấn.", "planned"),
    ("target", "Phấn đấu đến năm 2025 có 40 đài truyền thanh xã ứng dụng công nghệ.", "planned"),
    ("name of the programme", "Theo Chương trình mục tiêu quốc gia, xã mở 5 lớp tập huấn.", "done"),
    ("habit", "Hằng năm, tỉnh mở 5 lớp tập huấn cho cơ sở.", "general"),
    ("result of a plan", "Theo kế hoạch, huyện đã hoàn thành 5 lớp tập huấn.", "done"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in MODALITIES], ids=[row[0] for row in MODALITIES])
def test_modality(text: str, expected: str) -> None:
    assert [q.modality for q in quantities(text)] == [expected]


YEARS = [
    ("named", "Năm 2022, huyện mở 4 lớp tập huấn.", "", 2022),
    ("month", "Tháng 8/2023, Sở tập huấn cho 160 cán bộ giảm nghèo.", "", 2023),
    ("standard is not the year", "Rà soát năm 2023 theo chuẩn giai đoạn 2022 - 2025, tỉnh có 900 hộ nghèo.", "", 2023),
    ("from the title", "Huyện mở 4 lớp tập huấn.", "Kết quả giảm nghèo thông tin năm 2021", 2021),
    ("unknown", "Huyện mở 4 lớp tập huấn.", "", None),
]


@pytest.mark.parametrize(("text", "title", "expected"), [row[1:] for row in YEARS], ids=[row[0] for row in YEARS])
def test_year(text: str, title: str, expected: int | None) -> None:
    assert [q.year for q in quantities(text, title)] == [expected]


def test_detail_says_what_kind_of_people() -> None:
    (found,) = quantities("Lớp bồi dưỡng cho hơn 90 đại biểu là cán bộ đài xã đến từ 12 huyện.")
    assert (found.unit, found.detail) == ("đại biểu", "đại biểu là cán bộ đài xã")


def test_repetition_is_one_record_with_all_its_evidence() -> None:
    text = "Tập huấn cho gần 410 cán bộ tuyên truyền.\nSở mở lớp bồi dưỡng cho gần 410 cán bộ tuyên truyền ở xã."
    (found,) = quantities(text)
    assert len(found.evidence) == 4


@given(st.text(max_size=300))
def test_any_text_is_read_without_error(text: str) -> None:
    document = make_document(text, text[:40])
    tagged = tag_quantities(document)
    assert replace(tagged, quantities=()) == document
    assert tag_quantities(tagged) == tagged


_PIECES = st.lists(
    st.sampled_from(
        [
            "7.390 ",
            "hộ nghèo ",
            "(giảm ",
            "3.436 hộ)",
            ", chiếm ",
            "2,16% ",
            "lớp ",
            "hơn ",
            "12 ",
            "cán bộ ",
            "tập huấn ",
            ".",
            "\n",
            "năm 2023 ",
        ]
    ),
    max_size=40,
)


@given(_PIECES.map("".join))
def test_quotes_hold_their_number(text: str) -> None:
    document = tag_quantities(make_document(text))
    for found in document.quantities:
        for span in found.evidence:
            assert document.quote(span)
        assert any(character.isdigit() for character in document.quote(found.evidence[0]))


def test_time_is_linear() -> None:
    """10,000 counts in one sentence; a quadratic tagger would take minutes."""
    text = "tập huấn cho 120 cán bộ, 3 lớp, " * 10_000
    assert len(tag_quantities(make_document(text)).quantities) == 2
