"""Counted things: what is counted, how many, when and whether it was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import ActivityMention, Document, Modality, Provenance, Quantity, Span
from nlp.quantity import tag_quantities

_FETCHED = datetime(2024, 1, 1, tzinfo=UTC)


def make_document(text: str, title: str = "", published: date | None = None) -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=_FETCHED)
    return Document(id="d", provenance=provenance, title=title, text=text, published=published)


def quantities(text: str, title: str = "", published: date | None = None) -> list[Quantity]:
    return list(tag_quantities(make_document(text, title, published)).quantities)


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
    # Numbers in words and said twice
    ("words, two", "Mười hai lớp tập huấn đã khai giảng tại các xã.", [("classes", 12, "exact")]),
    ("words, hundreds", "Sở bồi dưỡng cho gần ba trăm cán bộ thôn.", [("people", 300, "under")]),
    ("words, tens", "Huyện đã mở hai mươi lăm lớp cho đội truyền thanh.", [("classes", 25, "exact")]),
    ("words, teens", "Xã tổ chức mười lăm hội nghị ở các bản.", [("conferences", 15, "exact")]),
    ("digits and words", "Huyện mở 02 (hai) lớp tập huấn.", [("classes", 2, "exact")]),
    ("thousands and words", "Cấp phát 5.000 (năm nghìn) tờ rơi đến từng hộ.", [("copies", 5000, "exact")]),
    ("words and digits", "Lắp đặt ba (03) cụm loa ở thôn xa.", [("loudspeakers", 3, "exact")]),
    ("one class", "Ngành văn hóa mở một lớp tập huấn trong ba ngày.", [("classes", 1, "exact")]),
    ("five, not a year", "Huyện vừa tổ chức năm lớp tập huấn.", [("classes", 5, "exact")]),
    ("ten in a year", "Trong năm mười lớp tập huấn được mở.", [("classes", 10, "exact")]),
    ("two or three", "Mỗi quý huyện mở hai, ba lớp tập huấn.", [("classes", 2, "exact"), ("classes", 3, "exact")]),
    ("seven or eight", "Xã mở bảy tám lớp tập huấn cho thôn.", [("classes", 7, "exact"), ("classes", 8, "exact")]),
    # Ranges
    ("from to", "Từ 30 đến 40 học viên dự mỗi buổi học.", [("people", 30, "exact"), ("people", 40, "exact")]),
    ("dash", "Lớp tập huấn có 50-60 người.", [("people", 50, "exact"), ("people", 60, "exact")]),
    ("percent a year", "Hộ nghèo giảm 3 - 4%/năm.", [("poor_rate", 3, "exact"), ("poor_rate", 4, "exact")]),
    ("percent of households", "Phấn đấu giảm 2-3% hộ nghèo.", [("poor_rate", 2, "exact"), ("poor_rate", 3, "exact")]),
    ("percent twice", "Tỷ lệ hộ nghèo giảm từ 2% đến 3% mỗi năm.", [("poor_rate", 2, "exact"), ("poor_rate", 3, "exact")]),
    ("thousands at the end", "In 2 - 3 nghìn tờ rơi cho vùng cao.", [("copies", 2000, "exact"), ("copies", 3000, "exact")]),
    ("upper bound after it", "Lớp tập huấn có từ 45 học viên trở lên.", [("people", 45, "over")]),
    # Labels, scales and further things
    ("label", "Hộ nghèo: 1.234 hộ (tỷ lệ 5,6%).", [("poor_households", 1234, "exact"), ("poor_rate", 5.6, "exact")]),
    ("label of the near poor", "Toàn xã có số hộ cận nghèo: 320 hộ.", [("near_poor_households", 320, "exact")]),
    ("relapsed", "Cả huyện có 15 hộ tái nghèo.", [("relapsed_households", 15, "exact")]),
    ("relapsed, noun before", "Số tái nghèo là 6 hộ.", [("relapsed_households", 6, "exact")]),
    ("new poor", "Rà soát thấy có 8 hộ nghèo phát sinh.", [("new_poor_households", 8, "exact")]),
    ("new poor, verb", "Trong kỳ phát sinh mới 11 hộ nghèo.", [("new_poor_households", 11, "exact")]),
    ("poor who got out", "Đoàn thể giúp 25 hộ nghèo vươn lên thoát nghèo.", [("escaped_households", 25, "exact")]),
    ("points", "Tỉnh giảm 1,5 điểm phần trăm hộ nghèo.", [("poor_rate", 1.5, "exact")]),
    ("bare stations", "Huyện nâng cấp 7 đài ở vùng cao.", [("stations", 7, "exact")]),
    ("bare loudspeakers", "Xã vừa lắp thêm 120 loa ở các thôn.", [("loudspeakers", 120, "exact")]),
    ("decimal thousands", "Phát hành 2,5 nghìn tờ rơi.", [("copies", 2500, "exact")]),
    ("ten thousands", "Cấp phát 1,2 vạn tờ rơi trong quý.", [("copies", 12000, "exact")]),
    ("part of places", "Đến nay 10/12 xã có đài truyền thanh.", [("places_served", 10, "exact")]),
    ("share of places", "Huyện có 95% số xã có đài truyền thanh.", [("places_served_rate", 95, "exact")]),
    ("border posts", "Có 8 đồn biên phòng được trang bị máy thu.", [("border_posts", 8, "exact")]),
    ("share of staff", "Có 85% cán bộ được tập huấn về viết tin.", [("people_trained_rate", 85, "exact")]),
    ("part of a plan", "Huyện đã mở 14/15 lớp tập huấn.", [("classes", 14, "exact")]),
    ("printed bulletins", "Sở phát hành 500 bản tin song ngữ cho các thôn.", [("copies", 500, "exact")]),
    ("aired bulletins", "Đài phát sóng 52 bản tin tiếng Mông.", [("broadcasts", 52, "exact")]),
    ("part, in words", "Nay 12 trên 15 xã đã có truyền thanh không dây.", [("places_served", 12, "exact")]),
    ("project and share", "Dự án 6 - 100% cán bộ được bồi dưỡng.", [("people_trained_rate", 100, "exact")]),
    ("goods of the poor", "Có 500 hộ nghèo ở thôn chưa có điện được cấp radio.", [("poor_households", 500, "exact")]),
    ("share behind a semicolon", "Tỉnh có 900 hộ nghèo; chiếm 5,2%.", [("poor_households", 900, "exact"), ("poor_rate", 5.2, "exact")]),
    # What was done although something was not
    ("not only", "Huyện không chỉ mở 6 lớp tập huấn mà còn in tài liệu.", [("classes", 6, "exact")]),
    ("but", "Xã không mở lớp mới mà bồi dưỡng 30 cán bộ cũ.", [("people", 30, "exact")]),
    ("instead", "Thay vì 5 lớp, huyện đã mở 7 lớp tập huấn.", [("classes", 7, "exact")]),
    ("lack elsewhere", "Ở nơi chưa có điện, huyện vẫn mở 3 lớp tập huấn.", [("classes", 3, "exact")]),
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
    ("not held", "Không tổ chức 2 lớp tập huấn như kế hoạch."),
    ("not yet", "Chưa lắp được 5 đài truyền thanh."),
    ("not yet, both", "Xã chưa mở được 2 lớp tập huấn và 3 hội nghị."),
    ("not held, after", "Do mưa lũ, 4 lớp tập huấn không tổ chức được."),
    ("called off", "Có 3 hội nghị ở vùng lũ phải hoãn lại."),
    ("words disagree", "Huyện mở 02 (ba) lớp tập huấn."),
    ("ends turned", "Lớp tập huấn có 60-50 người."),
    ("a few", "Vài ba lớp tập huấn, dăm bảy cán bộ xã."),
    ("one of them", "Theo một cán bộ xã, đó là một trong hai lớp tập huấn đầu tiên."),
    ("Monday", "Thứ hai cán bộ xã họp giao ban."),
    ("years", "Giai đoạn 2021-2025 cán bộ xã được đi học."),
    ("a year without its word", "Đến 2025 cán bộ xã phải biết dùng máy."),
    ("day of the month", "Sáng 10/12 xã có đài truyền thanh mới."),
    ("share of the poor", "Tỷ lệ hộ nghèo được xem truyền hình đạt 95%."),
    ("all of the poor", "Hỗ trợ 100% hộ nghèo tiếp cận thông tin."),
    ("places without", "Toàn huyện 12 xã là xã biên giới."),
    ("villages", "Loa của mười hai bản ngày ngày đưa chính sách đến bếp lửa."),
    ("villages again", "Tài liệu đã về đến dân của 12 bản."),
    ("classes of pupils", "Trường có 3 lớp học sinh bán trú."),
    ("one for everybody", "Ai dự cũng được phát một bộ tài liệu."),
    ("lack of the poor", "Số hộ nghèo thiếu phương tiện nghe nhìn nay chỉ còn 4%."),
    ("money spent", "Kết quả chương trình giảm nghèo: giải ngân đạt 98%."),
    ("station on air", "Huyện phối hợp 3 đài truyền hình."),
    ("two numbers in words", "Mở ba bảy hai lớp tập huấn."),
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
    ("of the circular", "Theo Thông tư 06/2022/TT-BTTTT, huyện mở 4 lớp tập huấn.", "", None),
    ("of the decision", "Theo Quyết định số 12/QĐ-UBND ngày 5/3/2021 của huyện, xã mở 4 lớp tập huấn.", "", None),
    ("stretch", "Trong giai đoạn 2021-2023, huyện mở 4 lớp tập huấn.", "Kết quả năm 2023", None),
    ("since", "Từ năm 2021 đến nay, huyện mở 4 lớp tập huấn.", "", None),
    ("some years", "Các năm 2021, 2022 và 2023, huyện mở 4 lớp tập huấn.", "", None),
    ("target of another", "Huyện mở 4 lớp tập huấn, phấn đấu đến năm 2025 không còn xã trắng loa.", "", None),
    ("compared", "Huyện mở 4 lớp tập huấn, nhiều hơn so với năm 2022.", "", None),
    ("result of a survey", "Tỉnh có 900 hộ nghèo, theo kết quả rà soát năm 2023.", "", 2023),
]


@pytest.mark.parametrize(("text", "title", "expected"), [row[1:] for row in YEARS], ids=[row[0] for row in YEARS])
def test_year(text: str, title: str, expected: int | None) -> None:
    assert [q.year for q in quantities(text, title)] == [expected]


# (id, text, published, expected as (value, year))
YEARS_OF_SEVERAL: list[tuple[str, str, date | None, list[tuple[float, int | None]]]] = [
    (
        "each its own",
        "Tỷ lệ hộ nghèo giảm từ 15,5% năm 2022 xuống còn 11,2% năm 2023.",
        None,
        [(15.5, 2022), (11.2, 2023)],
    ),
    (
        "in brackets",
        "Tỷ lệ hộ nghèo giảm từ 15,5% (năm 2022) xuống còn 11,2% (năm 2023).",
        None,
        [(15.5, 2022), (11.2, 2023)],
    ),
    ("compared", "Tỷ lệ hộ nghèo còn 4,5%, giảm 2,1% so với năm 2022.", None, [(4.5, None), (2.1, None)]),
    (
        "one after the other",
        "Năm 2022 huyện mở 4 lớp tập huấn, năm 2023 mở 5 lớp cho 120 học viên.",
        None,
        [(4, 2022), (5, 2023), (120, 2023)],
    ),
    ("and", "Huyện mở 4 lớp tập huấn năm 2022 và 6 lớp năm 2023.", None, [(4, 2022), (6, 2023)]),
    ("only the first", "Tỷ lệ hộ nghèo 15,5% năm 2022, nay còn 11,2%.", None, [(15.5, 2022), (11.2, None)]),
    ("level now, target later", "Huyện có 900 hộ nghèo, phấn đấu năm 2025 còn 500 hộ nghèo.", None, [(900, None), (500, 2025)]),
    (
        "carried on",
        "Theo đó, năm 2021, huyện giao Phòng Văn hóa chủ trì. Tổ chức 2 lớp tập huấn.\nTriển khai 9 hội nghị ở các xã.",
        None,
        [(2, 2021), (9, 2021)],
    ),
    (
        "lead in front",
        "Tập huấn cho 90 cán bộ xã là kết quả đáng kể.\nTheo đó, năm 2021, huyện giao Phòng Văn hóa chủ trì.",
        date(2022, 1, 20),
        [(90, 2021)],
    ),
    (
        "old year frames no news",
        "Năm 2017, xã được công nhận.\nHuyện mở 3 lớp tập huấn.",
        date(2024, 5, 2),
        [(3, None)],
    ),
    ("another day", "Năm 2023, huyện in 500 tờ rơi. Mới đây, Sở mở 2 lớp tập huấn.", None, [(500, 2023), (2, None)]),
    ("this year", "Năm nay huyện mở 3 lớp tập huấn.", date(2024, 5, 2), [(3, 2024)]),
    ("last year", "Năm ngoái huyện mở 3 lớp tập huấn.", date(2024, 5, 2), [(3, 2023)]),
    ("old and new", "Hộ nghèo từ 58,1% năm 1993 còn 2,2% cuối 2021.", None, [(58.1, 1993), (2.2, 2021)]),
    ("bare in brackets", "Hộ nghèo từ 24,3% (2010) còn 8,9% (2015).", None, [(24.3, 2010), (8.9, 2015)]),
    ("bare year", "Kết quả nghèo đa chiều 2023 cả nước còn 2,9%.", None, [(2.9, 2023)]),
    ("law of a year", "Theo Luật Báo chí năm 2016, Sở mở 2 lớp tập huấn.", None, [(2, None)]),
    ("standard of a year", "Theo chuẩn nghèo 2016, tỉnh còn 900 hộ nghèo.", None, [(900, None)]),
    ("and then", "Huyện mở 4 lớp tập huấn và năm 2023 mở thêm 6 lớp.", None, [(4, None), (6, 2023)]),
    ("since then", "Đài lên sóng năm 2016, hiện có 3 cán bộ trực.", None, [(3, None)]),
    ("founded", "Đài truyền thanh thành lập năm 1996, nay có 3 cán bộ.", None, [(3, None)]),
    ("fewer than then", "Huyện còn 283 hộ nghèo, ít hơn năm 2023.", None, [(283, None)]),
    ("period of a programme", "Kết quả giai đoạn 2016 - 2020 là 34 lớp tập huấn.", None, [(34, None)]),
    ("day with dashes", "Ngày 12-5-2023 Sở mở 2 lớp tập huấn.", None, [(2, 2023)]),
    ("share follows", "Năm 2023 tỷ lệ hộ cận nghèo là 6,7%.", None, [(6.7, 2023)]),
    ("number, not a year", "Sở in 2000 cuốn sổ tay.", None, [(2000, None)]),
    ("same number twice", "Năm 2022 mở 4 lớp tập huấn. Năm 2023 mở 4 lớp tập huấn.", None, [(4, 2022), (4, 2023)]),
]


@pytest.mark.parametrize(("text", "published", "expected"), [row[1:] for row in YEARS_OF_SEVERAL], ids=[row[0] for row in YEARS_OF_SEVERAL])
def test_each_count_has_its_own_year(text: str, published: date | None, expected: list[tuple[float, int | None]]) -> None:
    assert [(q.value, q.year) for q in quantities(text, published=published)] == expected


EACH = [
    ("for each class", "Mở 3 lớp tập huấn cho 150 người, mỗi lớp 50 người.", [(3, None), (150, None), (50, "lớp")]),
    ("slash", "Cấp phát 100 tờ rơi/xã.", [(100, "xã")]),
    ("for each station", "Xã lắp loa, mỗi đài 12 cụm loa.", [(12, "đài")]),
    ("each gets", "Mỗi xã được cấp 200 tờ rơi.", [(200, "xã")]),
    ("two for each", "Mỗi lớp 40 học viên, 2 báo cáo viên.", [(40, "lớp"), (2, "lớp")]),
    ("then the whole", "Mỗi lớp 40 học viên, tổng cộng 120 học viên.", [(40, "lớp"), (120, None)]),
    ("after it", "Cấp 50 tờ rơi cho mỗi thôn.", [(50, "thôn")]),
    ("a class", "Tập huấn 60 học viên một lớp.", [(60, "lớp")]),
    ("a year", "Hằng năm, tỉnh mở 5 lớp tập huấn.", [(5, "năm")]),
    ("fall a year", "Tỷ lệ hộ nghèo giảm bình quân 2,5%/năm.", [(2.5, "năm")]),
    ("range for each", "Mỗi lớp từ 30 đến 40 học viên.", [(30, "lớp"), (40, "lớp")]),
    ("another unit", "Mỗi chi hội phụ nữ tổ chức một buổi nói chuyện.", [(1, "chi hội")]),
    ("clips a month", "Xã đăng hai clip tuyên truyền một tháng.", [(2, "tháng")]),
    ("free for a year", "Viễn thông tặng 30 bộ thiết bị internet và miễn cước một năm.", [(30, None)]),
    ("each of them gets some", "Xã giao cho 58 hộ nghèo mỗi nhà hai bộ thiết bị.", [(58, None), (2, "nhà")]),
    ("in a year", "Hộ nghèo đã giảm 8% trong một năm.", [(8, None)]),
    ("plain", "Mở lớp cho 45 học viên các xã.", [(45, None)]),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in EACH], ids=[row[0] for row in EACH])
def test_counts_for_each_are_no_totals(text: str, expected: list[tuple[float, str | None]]) -> None:
    assert [(q.value, q.per_unit) for q in quantities(text)] == expected


CHANGES = [
    ("both ends", "Hộ nghèo giảm 3 - 4%/năm.", [(3, "down"), (4, "down")]),
    ("of households", "Phấn đấu giảm 2-3% hộ nghèo.", [(2, "down"), (3, "down")]),
    ("points", "Tỉnh giảm 1,5 điểm phần trăm hộ nghèo.", [(1.5, "down")]),
    ("from a level", "Tỷ lệ hộ nghèo giảm từ 9% xuống còn 7%.", [(9, None), (7, None)]),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_change(text: str, expected: list[tuple[float, str | None]]) -> None:
    assert [(q.value, q.change) for q in quantities(text)] == expected


def test_the_ends_of_a_range_share_their_evidence() -> None:
    document = tag_quantities(make_document("Lớp tập huấn có khoảng 50 - 60 người."))
    lower_end, upper_end = document.quantities
    assert (lower_end.value, upper_end.value, lower_end.qualifier) == (50, 60, "about")
    assert lower_end.evidence == upper_end.evidence
    assert document.quote(lower_end.evidence[0]) == "khoảng 50 - 60 người"


def test_a_part_says_its_whole() -> None:
    (found,) = quantities("Đến nay 10/12 xã có đài truyền thanh.")
    assert (found.value, found.out_of, found.unit, found.detail) == (10, 12, "xã", "xã có đài truyền thanh")
    (share,) = quantities("Huyện có 95% số xã có đài truyền thanh.")
    assert (share.unit, share.out_of, share.detail, share.change) == ("%", None, "số xã có đài truyền thanh", None)


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


@pytest.mark.parametrize(
    ("activities", "expected"),
    [
        ((("publication", "planned"),), ["planned", "done", "done"]),
        ((("publication", "planned"), ("dialogue", "done")), ["done", "done", "done"]),
        ((("publication", "done"),), ["done", "done", "done"]),
        ((), ["done", "done", "done"]),
    ],
)
def test_what_comes_of_a_planned_deed_is_planned(activities: tuple[tuple[str, Modality], ...], expected: list[str]) -> None:
    """Households are there already, and the next sentence is its own."""
    there = "Qua kiểm tra, 8 xã hiện có 131 cụm loa."
    planned = ActivityMention(code="radio_facility", evidence=(Span(0, len(there)),), score=0.9, method="test", modality="planned")
    counted = tag_quantities(replace(make_document(there), activities=(planned,))).quantities
    assert {quantity.modality for quantity in counted} == {"done"}
    row = "2 | In tờ gấp, 4.000 tờ, cho 310 hộ nghèo | Tháng 5"
    document = make_document(f"{row}\nXã lắp mới 24 cụm loa.")
    mentions = tuple(
        ActivityMention(code=code, evidence=(Span(0, len(row)),), score=0.9, method="test", modality=modality)
        for code, modality in activities
    )
    tagged = tag_quantities(replace(document, activities=mentions))
    assert [(quantity.value, quantity.modality) for quantity in tagged.quantities] == list(zip([4000, 310, 24], expected, strict=True))
