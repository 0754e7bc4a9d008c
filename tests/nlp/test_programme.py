"""Programmes and their projects, read from texts of our own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time

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
    ("same number, other year", "Thông tư 06/2017/TT-BTTTT hướng dẫn trang bị phương tiện nghe xem.", None, {"gnbv-2016-2020": ("4",)}),
    ("number of the second year", "Thông tư số 06/2022/TT-BTTTT hướng dẫn thiết lập đài truyền thanh.", None, {"gnbv-2021-2025": ("6",)}),
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


ONE, TWO, BOTH = ("6", "6.1"), ("6", "6.2"), ("6", "6.1", "6.2")
# (words, components): a sub-project said together with Dự án 6; in 1719 that project has none
PAIRS = [
    ("Tiểu dự án 1, Dự án 6", ONE),
    ("Tiểu dự án 2, Dự án 6", TWO),
    ("Tiểu dự án 1 (Dự án 6)", ONE),
    ("Tiểu dự án 2 (thuộc Dự án 6)", TWO),
    ("Tiểu dự án 1 thuộc Dự án 6", ONE),
    ("Tiểu dự án 2 của Dự án số 6", TWO),
    ("Tiểu dự án 1 trong Dự án 6", ONE),
    ("Tiểu dự án 2 Dự án 6", TWO),
    ("Tiểu dự án 1 (vốn sự nghiệp) thuộc Dự án 6", ONE),
    ("Tiểu dự án số 01 – Dự án 06", ONE),
    ("Tiểu dự án 1/Dự án 6", ONE),
    ("Dự án 6 - Tiểu dự án 1", ONE),
    ("Dự án 6, Tiểu dự án 2", TWO),
    ("Dự án 6 (Tiểu dự án 2)", TWO),
    ("Dự án 6: Tiểu dự án 1", ONE),
    ("Dự án 6, trong đó có Tiểu dự án 1", ONE),
    ("TDA1, DA6", ONE),
    ("TDA 2 - DA 6", TWO),
    ("tiểu dự án 2 năm 2023 thuộc dự án 6", TWO),
    ("Tiểu dự án 1 và Tiểu dự án 2 thuộc Dự án 6", BOTH),
    ("Tiểu dự án 1, 2 của Dự án 6", BOTH),
    ("Dự án 6 gồm Tiểu dự án 1 và 2", BOTH),
    ("Tiểu dự án 3 Dự án 4, Tiểu dự án 1 Dự án 6", ("4", "4.3", *ONE)),
    ("Dự án 4 (Tiểu dự án 1), Dự án 6 (Tiểu dự án 2)", ("4", "4.1", *TWO)),
    ("Dự án 4, Tiểu dự án 3; Dự án 6, Tiểu dự án 1", ("4", "4.3", *ONE)),
]


@pytest.mark.parametrize(("words", "components"), PAIRS)
@pytest.mark.parametrize("frame", ["Huyện được giao 300 triệu đồng làm {}.", "{} đã giải ngân hết.", "Vốn {} mua máy cho xã vùng cao."])
def test_a_sub_project_with_project_six_names_the_programme(words: str, components: tuple[str, ...], frame: str) -> None:
    assert found(frame.format(words)) == {"gnbv-2021-2025": components}
    assert found(frame.format(words), published=date(2026, 2, 1)) == {"gnbv-2021-2025": components}


# (id, text, expected)
NO_PAIRS = [
    ("of another project", "Tiểu dự án 1 Dự án 5 và Dự án 6 giải ngân chậm.", {}),
    ("only in brackets of another", "Dự án 5 (Tiểu dự án 1), Dự án 6 giải ngân chậm.", {}),
    ("listed behind another", "Dự án 9, Tiểu dự án 2, Dự án 6, Dự án 8 giải ngân chậm.", {}),
    ("no such sub-project", "Tiểu dự án 3, Dự án 6 giải ngân chậm.", {}),
    ("far apart", "Tiểu dự án 1 do phòng nông nghiệp của huyện lo từ đầu năm cùng nhiều xã, còn lại Dự án 6 chưa làm.", {}),
    ("two sentences", "Huyện làm xong Tiểu dự án 1. Dự án 6 chưa làm.", {}),
    ("a number of another kind", "Tiểu dự án 12, Dự án 6 giải ngân chậm.", {}),
    ("the same in a text on 1719", "Theo Quyết định 1719/QĐ-TTg, Dự án 6 bảo tồn nhà cổ.", {"dtts-1719": ("6",)}),
    (
        "both programmes",
        "Chương trình 1719 đã giải ngân một nửa. Tiểu dự án 1, Dự án 6 còn lại 20 triệu đồng.",
        {"gnbv-2021-2025": ONE, "dtts-1719": ()},
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in NO_PAIRS], ids=[case[0] for case in NO_PAIRS])
def test_whose_sub_project_it_is(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert found(text) == expected


SECOND_CIRCULAR = [
    "Thông tư 06/2022/TT-BTTTT",
    "Thông tư số 06/2022/TT-BTTTT ngày 30/6/2022",
    "Thông tư số: 06/2022/TT- BTTTT",
    "Thông tư 06/2022 của Bộ Thông tin và Truyền thông",
    "Thông tư số 06/2022/TT-BTT&TT",
    "Thông tư 06 ngày 30/6/2022 của Bộ TT&TT",
    "Thông tư số 06 năm 2022 của Bộ Thông tin và Truyền thông",
    "TT 06/2022/TT-BTTTT",
]


@pytest.mark.parametrize("words", SECOND_CIRCULAR)
def test_the_circulars_name_programme_and_project(words: str) -> None:
    assert found(f"Theo {words}, xã mở lớp dạy viết tin.") == {"gnbv-2021-2025": ("6",)}
    first = words.replace("30/6/2022", "02/6/2017").replace("2022", "2017")
    assert found(f"Theo {first}, xã mở lớp dạy viết tin.") == {"gnbv-2016-2020": ("4",)}


MERGED = {"mtqg-2026-2035": ()}
# (id, text, published, expected)
PERIODS = [
    ("poverty programme after 2025", "Tỉnh góp ý dự thảo Chương trình giảm nghèo giai đoạn 2026-2030.", None, MERGED),
    ("years in words", "Chương trình giảm nghèo bền vững từ năm 2026 đến năm 2030 có mục tiêu mới.", date(2025, 11, 3), MERGED),
    ("resolution alone", "Nghị quyết 257 giao xã chủ động hơn.", date(2026, 1, 20), MERGED),
    ("resolution with its body", "Nghị quyết số 257/2025/QH15 của Quốc hội giao xã chủ động hơn.", date(2026, 1, 20), MERGED),
    (
        "resolution and what it holds",
        "Nghị quyết 257 được thông qua cuối năm 2025. Chương trình mục tiêu quốc gia giảm nghèo bền vững gộp với hai chương trình khác.",
        date(2026, 1, 20),
        MERGED,
    ),
    (
        "period of ten years",
        "Chương trình giai đoạn 2026-2035 có hai hợp phần. Chương trình giảm nghèo dành ưu tiên cho xã nghèo.",
        date(2026, 2, 3),
        MERGED,
    ),
    ("resolution of a council", "Nghị quyết 257/NQ-HĐND giao vốn cho xã.", date(2026, 1, 20), {}),
    ("resolution of a council in words", "Nghị quyết 257 của HĐND tỉnh giao vốn cho xã.", date(2026, 1, 20), {}),
    ("a term of office", "Đại hội đảng bộ nhiệm kỳ 2025-2030 bàn về giảm nghèo.", date(2025, 8, 1), {}),
    ("a poverty line", "Chuẩn nghèo giai đoạn 2026-2030 nâng mức thu nhập.", date(2026, 1, 5), {}),
    (
        "both periods in a sentence",
        "Tỉnh tổng kết Chương trình giảm nghèo giai đoạn 2021-2025, bàn Chương trình giảm nghèo giai đoạn 2026-2030.",
        date(2025, 12, 1),
        {"gnbv-2021-2025": (), "mtqg-2026-2035": ()},
    ),
    (
        "both periods in a text",
        "Chương trình giảm nghèo bền vững giai đoạn 2021-2025 kết thúc. Chương trình mục tiêu quốc gia giai đoạn 2026-2030 nối tiếp.",
        date(2025, 12, 1),
        {"gnbv-2021-2025": (), "mtqg-2026-2035": ()},
    ),
    (
        "the old project settled beside the new programme",
        "Dự án 6 truyền thông và giảm nghèo về thông tin còn 20 triệu. Nghị quyết 257 mở giai đoạn mới.",
        date(2026, 1, 5),
        {"gnbv-2021-2025": ("6",), "mtqg-2026-2035": ()},
    ),
    (
        "the project by its name after 2025",
        "Dự thảo Chương trình giảm nghèo giữ phần truyền thông và giảm nghèo về thông tin giai đoạn 2026-2030.",
        None,
        MERGED,
    ),
    ("culture", "Chương trình mục tiêu quốc gia về phát triển văn hóa giai đoạn 2025-2035 tu bổ đình làng.", date(2025, 12, 1), {}),
    ("health", "Chương trình mục tiêu quốc gia chăm sóc sức khỏe giai đoạn 2026-2035 lo cho người già.", None, {}),
    (
        "health beside poverty",
        "Chương trình mục tiêu quốc gia y tế và Chương trình mục tiêu quốc gia giảm nghèo giai đoạn 2026-2035 cùng khởi động.",
        None,
        MERGED,
    ),
    ("the project after 2025", "Giảm nghèo về thông tin trong Chương trình mục tiêu quốc gia giai đoạn 2026-2030.", None, MERGED),
]


@pytest.mark.parametrize(("text", "published", "expected"), [case[1:] for case in PERIODS], ids=[case[0] for case in PERIODS])
def test_periods(text: str, published: date | None, expected: dict[str, tuple[str, ...]]) -> None:
    assert found(text, published=published) == expected


ETHNIC_NAMES = [
    "Chương trình DTTS&MN",
    "Chương trình DTTS & MN",
    "Chương trình DTTS và MN",
    "Chương trình DTTS-MN",
    "Chương trình dân tộc thiểu số và miền núi",
    "CTMTQG DTTS&MN",
    "CT DTTS&MN",
    "Chương trình MTQG DTTS",
    "Chương trình MTQG vùng đồng bào DTTS và miền núi",
    "Chương trình mục tiêu quốc gia vùng dân tộc thiểu số",
    "Chương trình MTQG phát triển KT - XH vùng ĐBDTTS&MN",
    "Chương trình mục tiêu quốc gia phát triển KTXH vùng đồng bào DTTS&MN",
    "Chương trình phát triển kinh tế xã hội vùng đồng bào dân tộc thiểu số",
    "Chương trình 1719",
]


@pytest.mark.parametrize("words", ETHNIC_NAMES)
def test_spellings_of_the_ethnic_programme(words: str) -> None:
    assert found(f"Dự án 10 thuộc {words} mua loa cho thôn.") == {"dtts-1719": ("10",)}
    assert found(f"Xã được {words} cấp máy tính.") == {"dtts-1719": ()}


# (id, text, expected)
NEIGHBOURS = [
    ("project ten by its subject", "Dự án 10 tuyên truyền, vận động trong vùng đồng bào dân tộc thiểu số.", {"dtts-1719": ("10",)}),
    ("its circular", "Theo Thông tư 03/2023/TT-BTTTT, xã mua loa.", {"dtts-1719": ("10",)}),
    ("a broadcast", "Chương trình phát thanh cho đồng bào dân tộc thiểu số và miền núi lên sóng.", {}),
    ("project ten of a road", "Dự án 10 km đường liên xã khởi công.", {}),
    ("money to build", "Loa mua bằng vốn xây dựng NTM của xã.", {"ntm": ()}),
    ("money to build, in letters", "Loa mua bằng vốn XDNTM của xã.", {"ntm": ()}),
    ("fund", "Từ nguồn vốn nông thôn mới, xã lắp loa.", {"ntm": ()}),
    ("fund without a noun", "Nguồn NTM trả tiền máy tính.", {"ntm": ()}),
    ("cost", "Kinh phí thực hiện nông thôn mới được giao sớm.", {"ntm": ()}),
    ("kind of capital", "Vốn đầu tư phát triển nông thôn mới còn thấp.", {"ntm": ()}),
    ("budget", "Ngân sách trung ương hỗ trợ xây dựng nông thôn mới tăng.", {"ntm": ()}),
    ("criterion behind it", "Xã nông thôn mới Tân Hòa giữ vững tiêu chí số 8.", {"ntm": ()}),
    ("criterion by its name", "Đài xã giúp hoàn thành tiêu chí số 8 về thông tin và truyền thông.", {"ntm": ()}),
    ("criterion without a number", "Xã làm xong tiêu chí 8 - Thông tin và Truyền thông.", {"ntm": ()}),
    ("criterion of something else", "Nhà trường đạt tiêu chí số 8 về vệ sinh.", {}),
    ("what a village was", "Thôn vốn là điểm sáng nông thôn mới.", {}),
    ("people who give", "Bà con góp công, góp của chung sức xây dựng nông thôn mới.", {}),
    ("money beside the slogan", "Hội giúp vốn cho phụ nữ, chung sức xây dựng nông thôn mới.", {}),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in NEIGHBOURS], ids=[case[0] for case in NEIGHBOURS])
def test_neighbours(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert found(text) == expected


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


@pytest.mark.parametrize(
    "piece", ["tiểu dự án 1, ", "vốn đầu tư ", "dự án 6 ", "chương trình dtts ", "thông tư 06 ", "mtqg về phát triển "]
)
def test_time_is_linear(piece: str) -> None:
    document = make_document(piece * (300_000 // len(piece)), published=date(2023, 1, 1))
    before = process_time()
    tag_programmes(document)
    assert process_time() - before < 3


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
