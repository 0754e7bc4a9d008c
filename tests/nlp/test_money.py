"""The grammar of sums: what is read, with which qualifier, and what is not money."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.money import parse_amounts
from nlp.money_forms import Amount
from nlp.money_tables import parse_table_amounts
from nlp.number_words import number_to_words

OWN_SENTENCES = Path(__file__).parents[1] / "gold" / "own" / "amounts.jsonl"
F1_FLOOR = 0.98


def values(text: str) -> list[tuple[int | None, str]]:
    return [(amount.vnd, amount.qualifier) for amount in parse_amounts(text)]


READ = [
    ("dot thousands", "cấp 1.250.000 đồng", [(1_250_000, "exact")]),
    ("comma decimal", "cấp 12,5 triệu đồng", [(12_500_000, "exact")]),
    ("three decimals", "cấp 13,824 triệu đồng", [(13_824_000, "exact")]),
    ("thousands of millions", "cấp 4.164 triệu đồng", [(4_164_000_000, "exact")]),
    ("thousands and decimals", "cấp 1.250,75 triệu đồng", [(1_250_750_000, "exact")]),
    ("decimal dot", "cấp 5.5 tỷ đồng", [(5_500_000_000, "exact")]),
    ("leading zero", "cấp 0.375 tỷ đồng", [(375_000_000, "exact")]),
    ("comma thousands", "cấp 2,400,000 đồng", [(2_400_000, "exact")]),
    ("compound", "cấp 1 tỷ 545 triệu đồng", [(1_545_000_000, "exact")]),
    ("compound of three", "cấp 1 tỷ 20 triệu 500 nghìn đồng", [(1_020_500_000, "exact")]),
    ("compound with a full number", "cấp 1 tỷ 250.000.000 đồng", [(1_250_000_000, "exact")]),
    ("tenths", "cấp 2 tỷ 5 đồng", [(2_500_000_000, "exact")]),
    ("not a compound", "cấp 2 tỷ 300 hộ nghèo", [(2_000_000_000, "exact")]),
    ("paid of given", "mới tiêu 2,4/7,1 tỷ đồng", [(2_400_000_000, "exact"), (7_100_000_000, "exact")]),
    (
        "given after a word and a slash",
        "2,4 tỷ đồng đã giải ngân/7,1 tỷ đồng được giao",
        [(2_400_000_000, "exact"), (7_100_000_000, "exact")],
    ),
    ("out of a plan", "giải ngân khoảng 3 tỷ đồng trên 19 tỷ đồng kế hoạch", [(3_000_000_000, "about"), (19_000_000_000, "exact")]),
    ("a bound after a comma", "năm nay 3 tỷ đồng, trên 19 tỷ đồng cả kỳ", [(3_000_000_000, "exact"), (19_000_000_000, "over")]),
    ("no pair but a number of a paper", "Nghị quyết 12/2023, 5 tỷ đồng", [(5_000_000_000, "exact")]),
    ("half", "cấp 3 tỷ rưỡi", [(3_500_000_000, "exact")]),
    ("half a million", "cấp nửa triệu đồng", [(500_000, "exact")]),
    ("thousand billions", "cấp 26 nghìn tỷ đồng", [(26_000_000_000_000, "exact")]),
    ("hundreds", "cấp 3 trăm triệu đồng", [(300_000_000, "exact")]),
    ("in words", "cấp hai tỷ ba trăm triệu đồng", [(2_300_000_000, "exact")]),
    ("in words after another number word", "mỗi năm ba triệu đồng", [(3_000_000, "exact")]),
    ("in words, a billion and a half", "cấp hơn tỷ rưỡi đồng", [(1_500_000_000, "over")]),
    ("in words, twenties in short", "thu hăm lăm triệu đồng", [(25_000_000, "exact")]),
    ("words in brackets before the unit", "cấp 07 (bảy) tỷ đồng", [(7_000_000_000, "exact")]),
    ("number and words before the unit", "cấp 1.250 (một nghìn hai trăm năm mươi) triệu đồng/xã", [(1_250_000_000, "exact")]),
    ("other words in brackets before the unit", "cấp 7 (hai đợt) tỷ đồng", []),
    ("thousands parted by apostrophes", "chi 2’450’000 đồng và 3'100'000 đồng", [(2_450_000, "exact"), (3_100_000, "exact")]),
    ("short đ", "chi 99.000.000đ", [(99_000_000, "exact")]),
    ("VNĐ", "chi 62.000.000 VNĐ", [(62_000_000, "exact")]),
    ("đồng Việt Nam", "chi 5 triệu đồng Việt Nam", [(5_000_000, "exact")]),
    ("doubled đồng", "chi 398 tỷ đồng đồng; sau đó", [(398_000_000_000, "exact")]),
    ("glued bracket", "đầu tư 84,75 tỷ đồng(trong đó vốn tỉnh 5 tỷ đồng)", [(84_750_000_000, "exact"), (5_000_000_000, "exact")]),
    ("glued unit", "chi 230triệu đồng và 4tỷ đồng", [(230_000_000, "exact"), (4_000_000_000, "exact")]),
    ("bold marks", "chi **45.600.000** đồng", [(45_600_000, "exact")]),
    ("line break inside", "chi 2,75 tỷ\nđồng trong quý", [(2_750_000_000, "exact")]),
    (
        "the next line begins with a word of compounds",
        "Tờ rơi: 5.200.000 đồng\nTổng cộng: 9.100.000 đồng",
        [(5_200_000, "exact"), (9_100_000, "exact")],
    ),
    ("paid in cash", "trả 350.000 đồng bằng tiền mặt", [(350_000, "exact")]),
    ("plains", "2.000 đồng bằng ruộng", []),
    ("blank line ends it", "năm 2023\n\nđồng chí bí thư", []),
    ("no-break space", "chi hơn\u00a05\u00a0tỷ\u00a0đồng", [(5_000_000_000, "over")]),
    ("zero-width space", "chi 5\u200b tỷ đồng", [(5_000_000_000, "exact")]),
    ("eth for đ", "chi 500.000 \u00f0ồng", [(500_000, "exact")]),
    ("without đồng", "kinh phí 230 triệu, riêng Trung ương 198 triệu.", [(230_000_000, "exact"), (198_000_000, "exact")]),
    ("without đồng, per month", "chi 500 nghìn/tháng", [(500_000, "exact")]),
    ("range", "bố trí 300 - 500 tỷ đồng", [(300_000_000_000, "exact"), (500_000_000_000, "exact")]),
    ("range without spaces", "bố trí 5-7 tỷ đồng", [(5_000_000_000, "exact"), (7_000_000_000, "exact")]),
    ("range in words", "từ 800 triệu đến 1,2 tỷ đồng", [(800_000_000, "exact"), (1_200_000_000, "exact")]),
    ("range with a smaller unit left out", "khoảng 800 - 1,2 tỷ đồng", [(800_000_000, "about"), (1_200_000_000, "about")]),
    ("range of full numbers", "chi 8.000.000 - 12.000.000 đồng", [(8_000_000, "exact"), (12_000_000, "exact")]),
    ("range at the start of a line", "20 - 25 triệu đồng/ha", [(20_000_000, "exact"), (25_000_000, "exact")]),
    ("abbreviated unit", "kinh phí 45,5 tr. đồng và 150 trđ", [(45_500_000, "exact"), (150_000_000, "exact")]),
    ("thousands parted by spaces", "kinh phí 1 010 000 000 đồng", [(1_010_000_000, "exact")]),
    ("words and then digits", "cấp hai trăm triệu đồng (200.000.000 đồng)", [(200_000_000, "exact")]),
    ("two sums after a comma", "kinh phí 5 tỷ, 300 triệu trong số đó của tỉnh", [(5_000_000_000, "exact"), (300_000_000, "exact")]),
    ("without đồng before a rise", "từ 5 triệu lên 7 triệu đồng", [(5_000_000, "exact"), (7_000_000, "exact")]),
    ("numbered item is no range", "Dự án 6 - 300 triệu đồng", [(300_000_000, "exact")]),
    ("numbered line is no range", "1 - 300 triệu đồng", [(300_000_000, "exact")]),
    ("years are no range", "giai đoạn 2021 - 2025 tỷ lệ giảm", []),
    ("falling is no range", "giảm từ 5 triệu đồng đến 3 triệu đồng", [(5_000_000, "exact"), (3_000_000, "exact")]),
    ("sum before a dash list", "đạt 1,2 tỷ đồng/1,5 tỷ đồng", [(1_200_000_000, "exact"), (1_500_000_000, "exact")]),
    ("after a label", "Tổng kinh phí thực hiện: 340.000.000", [(340_000_000, "exact")]),
    ("label and count", "Kinh phí mua cho: 340.000.000 người", []),
    (
        "without đồng, at the end of a sentence",
        "Tỉnh góp 3 tỷ đồng, xã lo 150 triệu.\nCán bộ mừng.",
        [(3_000_000_000, "exact"), (150_000_000, "exact")],
    ),
    (
        "without đồng, near another sum",
        "Loa 40 triệu đồng, còn màn hình, 62 triệu. Chữ chạy đêm ngày.",
        [(40_000_000, "exact"), (62_000_000, "exact")],
    ),
    ("without đồng, for each", "đi phụ hồ có thu nhập 220 nghìn một ngày", [(220_000, "exact")]),
    ("words without đồng", "chị nhận trước bảy triệu, cuối vụ trả bằng lúa", [(7_000_000, "exact")]),
    (
        "without đồng, before what it bought",
        "Anh bỏ 70 triệu mua máy, còn em 5 triệu tiền giống",
        [(70_000_000, "exact"), (5_000_000, "exact")],
    ),
    ("without đồng, a month", "làm thuê từ 2-3 triệu một tháng", [(2_000_000, "exact"), (3_000_000, "exact")]),
    ("without đồng, for each person", "mỗi người được 4 triệu", [(4_000_000, "exact")]),
    ("words without đồng, for each", "dê bán được hai triệu rưỡi một con", [(2_500_000, "exact")]),
    ("cells of a row", "1; Hà Văn Lả; 8 triệu; 14,5 triệu; 20 triệu", [(8_000_000, "exact"), (14_500_000, "exact"), (20_000_000, "exact")]),
    ("what was granted", "việc dùng 92.450.000 đồng cấp cho thông tin cơ sở", [(92_450_000, "exact")]),
    ("what one got most is no bound", "hộ nhiều nhất 12 triệu đồng, tối đa 20 triệu đồng", [(12_000_000, "exact"), (20_000_000, "max")]),
    (
        "cells that became lines",
        "Xã\nQuy mô\nKinh phí\nBình An\n10 cụm\n298 triệu\nTân Phú\n6 cụm\n187,5 triệu",
        [(298_000_000, "exact"), (187_500_000, "exact")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_reads(text: str, expected: list[tuple[int | None, str]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("text", ["hơn 5 tỷ đồng", "khoảng 12,5 triệu đồng/đài", "hai trăm triệu đồng"])
def test_decomposed_letters_read_alike(text: str, form: str) -> None:
    written = unicodedata.normalize(form, "cấp " + text + " cho xã")
    (amount,) = parse_amounts(written)
    (plain,) = parse_amounts("cấp " + text + " cho xã")
    assert (amount.vnd, amount.qualifier, amount.per_unit) == (plain.vnd, plain.qualifier, plain.per_unit)
    assert unicodedata.normalize("NFC", written[amount.start : amount.end]) == text.partition("/")[0]


NOTHING = [
    ("document number", "Quyết định 2274/QĐ-UBND ký ngày 9 tháng 4 năm 2023"),
    ("circular", "Thông tư 06/2022/TT-BTTTT"),
    ("phone", "Điện thoại: 0203.3825.110, hotline (02133) 878 436"),
    ("count", "7.390 hộ nghèo, 2.000 bản, 3.100 cán bộ"),
    ("share", "chiếm 2,16%"),
    ("people in millions", "1,4 triệu dân, 5 triệu đồng bào, 8 tỷ người"),
    ("readers in thousands", "kinh phí thấp nhưng có 71 ngàn lượt người xem"),
    ("comrades", "có 45 đồng chí"),
    ("fields", "có 12 đồng lúa"),
    ("watts", "tăng âm 1.200W, loa 50W"),
    ("rate after a year", "năm 2023 tỷ lệ hộ nghèo"),
    ("towns", "có 2 triệu dân đô thị, 3 đô thị, 5 triệu đô thị mới"),
    ("vague", "hàng trăm triệu đồng, vài tỷ đồng"),
    ("free ride", "chuyến xe 0 đồng"),
    ("square metres", "diện tích 1.200 m2"),
    ("calling a meeting", "Ngày 5 triệu tập hội nghị"),
    ("account", "số tài khoản 0451000234567"),
    ("readers without a noun behind", "Đoạn phim có số lượt xem đạt 1,2 triệu."),
    ("guests in millions", "Khách đến đảo năm nay đạt 2 triệu."),
    ("words of copies", "Báo in được hai triệu bản một năm."),
    ("likes", "Đoạn phim được 2 triệu thích."),
    ("thousand of something before", "Số người theo dõi trang nay là chín triệu, bằng cả tỉnh."),
    ("cells of people", "Nước\nDân số\nViệt Nam\n98 triệu"),
]


@pytest.mark.parametrize("text", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_is_not_money(text: str) -> None:
    assert values(text) == []


QUALIFIERS = [
    ("hơn", "over"),
    ("trên", "over"),
    ("tối thiểu", "over"),
    ("tối thiểu là", "over"),
    ("ít nhất", "over"),
    ("không dưới", "over"),
    ("vượt", "over"),
    ("gần", "under"),
    ("dưới", "under"),
    ("chưa đến", "under"),
    ("khoảng", "about"),
    ("xấp xỉ", "about"),
    ("chừng", "about"),
    ("ước", "about"),
    ("ước đạt", "about"),
    ("ước tính", "about"),
    ("trên dưới", "about"),
    ("tối đa", "max"),
    ("không quá", "max"),
    ("tối đa không quá", "max"),
    ("không vượt quá", "max"),
    ("khoảng hơn", "over"),
    ("khoảng gần", "under"),
    ("cao nhất gần", "under"),
]


@pytest.mark.parametrize(("words", "expected"), QUALIFIERS, ids=[row[0] for row in QUALIFIERS])
def test_qualifier_is_kept_in_the_surface(words: str, expected: str) -> None:
    text = f"Kinh phí {words} 5,5 tỷ đồng."
    (amount,) = parse_amounts(text)
    assert (amount.qualifier, text[amount.start : amount.end]) == (expected, f"{words} 5,5 tỷ đồng")


@pytest.mark.parametrize(("tail", "expected"), [("trở lên", "over"), ("trở xuống", "max")])
def test_bound_after_the_sum(tail: str, expected: str) -> None:
    text = f"thu nhập từ 2.200.000 đồng/người/tháng {tail} thì"
    (amount,) = parse_amounts(text)
    assert (amount.qualifier, amount.per_unit) == (expected, "người/tháng")
    assert text[amount.start : amount.end] == f"2.200.000 đồng/người/tháng {tail}"


PER_UNIT = [
    ("345 triệu đồng/đài", "đài"),
    ("13,824 triệu đồng/điểm/năm", "điểm/năm"),
    ("9 triệu đồng/137 khách hàng", None),
    ("20 triệu đồng/01 lớp", "lớp"),
    ("5 triệu đồng mỗi tháng", "tháng"),
    ("22.000 đồng một cân", "cân"),
    ("2 tỷ đồng một cách kịp thời", None),
]


@pytest.mark.parametrize(("text", "expected"), PER_UNIT, ids=[row[0] for row in PER_UNIT])
def test_per_unit(text: str, expected: str | None) -> None:
    (amount,) = parse_amounts("chi " + text)
    assert amount.per_unit == expected


WORDS = [
    ("before the unit", "96 (chín mươi sáu) triệu đồng", True),
    ("before the unit, other words", "96 (chín mươi lăm) triệu đồng", False),
    ("agree", "96.150.000 đồng (Chín mươi sáu triệu, một trăm năm mươi nghìn đồng)", True),
    ("differ", "96.150.000 đồng (Chín mươi sáu triệu đồng)", False),
    ("bằng chữ without brackets", "96.000.000 đồng, bằng chữ: chín mươi sáu triệu đồng.", True),
    ("absent", "96.150.000 đồng (vốn sự nghiệp)", None),
    ("on the line below", "96.150.000 đồng\n(Bằng chữ: Chín mươi sáu triệu, một trăm năm mươi nghìn đồng chẵn./.)", True),
    ("on the line below without brackets", "96.150.000 đồng./.\nGhi bằng chữ: Chín mươi sáu triệu, một trăm năm mươi nghìn đồng", True),
    ("after a dash", "96.150.000 đồng - Bằng chữ là: Chín mươi sáu triệu, một trăm năm mươi nghìn đồng", True),
    ("in square brackets", "96.150.000 đồng [Chín mươi sáu triệu, một trăm năm mươi nghìn đồng]", True),
    ("differ on the line below", "96.150.000 đồng\nBằng chữ: Chín mươi sáu triệu đồng", False),
    ("without unit", "96.150.000 (Bằng chữ: Chín mươi sáu triệu, một trăm năm mươi nghìn đồng)", True),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_words_check_the_digits_and_are_no_second_sum(text: str, expected: bool | None) -> None:
    (amount,) = parse_amounts("Kinh phí: " + text)
    assert amount.in_words is expected


FLAGS = [
    ("malformed, one zero too many", "chi 2.6000 tỷ", 2_600_000_000_000, ("malformed",)),
    ("malformed, unreadable", "chi 1.2.345 triệu đồng", None, ("malformed",)),
    ("lost unit", "cho vay gần 8 đồng.", 8, ("lost_unit",)),
    ("lost unit with decimals", "mức thu nhập 1,5 đồng/người/tháng", None, ("lost_unit",)),
    ("implausible", "ước đạt 672 ngàn tỷ đồng", 672_000_000_000_000, ("implausible",)),
    ("no unit", "Tổng kinh phí: 170.429.000, do tỉnh cấp", 170_429_000, ("no_unit",)),
]


@pytest.mark.parametrize(("text", "value", "flags"), [row[1:] for row in FLAGS], ids=[row[0] for row in FLAGS])
def test_doubtful_sums_are_flagged_not_dropped(text: str, value: int | None, flags: tuple[str, ...]) -> None:
    (amount,) = parse_amounts(text)
    assert (amount.vnd, amount.flags) == (value, flags)


def test_dollars_are_kept_apart() -> None:
    found = parse_amounts("gần 18,8 triệu USD, tương đương 430 tỷ đồng; thêm 200.000 đô la Mỹ và 3 triệu euro")
    assert [(a.vnd, a.usd) for a in found] == [(None, 18_800_000), (430_000_000_000, None), (None, 200_000)]
    spoken = parse_amounts("vốn ODA 4 triệu đô, đối ứng 1,5 triệu đô cho vùng cao; vay 3 triệu đô Úc")
    assert [(a.vnd, a.usd) for a in spoken[:2]] == [(None, 4_000_000), (None, 1_500_000)]
    assert all(a.usd is None for a in spoken[2:])


def test_both_ends_of_a_range_share_their_place() -> None:
    low, high = parse_amounts("bố trí 300 - 500 tỷ đồng cho")
    assert (low.start, low.end) == (high.start, high.end)


TABLES = [
    ("list under a unit line", "ĐVT: triệu đồng\nTập huấn: 120\nIn ấn: 85,5\nTổng cộng: 205,5", [120_000_000, 85_500_000, 205_500_000]),
    ("cells", "(Đơn vị: nghìn đồng)\nNội dung | Số lượng | Kinh phí\nIn tờ rơi | 5.000 | 15.000", [15_000_000]),
    ("unit in the column", "STT | Nội dung | Kinh phí (triệu đồng)\n1 | Lắp loa | 340\n2 | Tập huấn | 60", [340_000_000, 60_000_000]),
    ("several money columns", "ĐVT: triệu đồng\nĐơn vị | NSTW | NSĐP\nHuyện A | 1.200 | 180", [1_200_000_000, 180_000_000]),
    ("paragraph ends the table", "ĐVT: triệu đồng\nTập huấn: 120\n" + "Huyện tiếp tục triển khai. " * 12 + "\nSố lớp: 14", [120_000_000]),
    (
        "a closing row without its first cell",
        "ĐVT: triệu đồng\nSTT | Nội dung | Kinh phí\n1 | Lắp loa | 340\n2 | Tập huấn | 60,5\nTổng cộng | 400,5",
        [340_000_000, 60_500_000, 400_500_000],
    ),
    (
        "a closing row of several columns",
        "ĐVT: triệu đồng\nSTT | Đơn vị | NSTW | NSĐP\n1 | Huyện A | 1.200 | 180\nTổng | 1.200 | 180",
        [1_200_000_000, 180_000_000, 1_200_000_000, 180_000_000],
    ),
    ("a short row that closes nothing", "ĐVT: triệu đồng\nSTT | Nội dung | Kinh phí\n1 | Lắp loa | 340\nSố cụm loa | 12", [340_000_000]),
    ("the unit at the end of the line", "Vốn năm 2021: 1.350; năm 2022: 1.480 (ĐVT: triệu đồng)", [1_350_000_000, 1_480_000_000]),
    ("years and counts before the unit", "Năm: 2022; số lớp: 14; kinh phí: 1.480 (ĐVT: triệu đồng)", [1_480_000_000]),
    (
        "cells on lines of their own",
        "STT\nTên gói thầu\nGiá gói thầu (đồng)\n1\nMua loa\n340.000.000\n2\nTập huấn\n61.500.000\nTổng cộng\n401.500.000",
        [340_000_000, 61_500_000, 401_500_000],
    ),
    ("numbers on lines of their own under another head", "Số tài khoản (đồng)\n340.000.000", []),
    ("no header", "Tập huấn: 120\nIn ấn: 85", []),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in TABLES], ids=[row[0] for row in TABLES])
def test_tables_take_their_unit_from_the_header(text: str, expected: list[int]) -> None:
    assert [a.vnd for a in parse_table_amounts(text, parse_amounts(text))] == expected


def _dotted(value: int) -> str:
    return f"{value:,}".replace(",", ".")


@st.composite
def _written(draw: st.DrawFn) -> tuple[str, int]:
    """A sum in one of the forms of documents, with its value in đồng."""
    form = draw(st.sampled_from(["full", "million", "billion", "compound", "words", "short"]))
    if form == "full":
        value = draw(st.integers(1000, 10**13))
        return f"{_dotted(value)} đồng", value
    if form == "short":
        value = draw(st.integers(1000, 10**11))
        return f"{_dotted(value)}đ", value
    if form == "words":
        value = draw(st.integers(1, 400_000)) * 10**6
        return f"{number_to_words(value)} đồng", value
    if form == "compound":
        billions, millions = draw(st.integers(1, 9999)), draw(st.integers(1, 999))
        return f"{_dotted(billions)} tỷ {millions} triệu đồng", billions * 10**9 + millions * 10**6
    whole, decimals = draw(st.integers(1, 99_999)), draw(st.integers(0, 999))
    unit, scale = ("triệu", 10**6) if form == "million" else ("tỷ", 10**9)
    digits = _dotted(whole) + (f",{decimals:03d}" if decimals else "")
    return f"{digits} {unit} đồng", whole * scale + decimals * scale // 1000


@given(
    _written(), st.sampled_from(["", "hơn ", "khoảng hơn ", "tối đa ", "**"]), st.sampled_from([".", ", do tỉnh cấp", "/xã", "(trong đó"])
)
def test_written_sums_are_read_back(written: tuple[str, int], before: str, after: str) -> None:
    surface, value = written
    (amount,) = parse_amounts(f"Kinh phí {before}{surface}{after}")
    assert amount.vnd == value


@given(_written(), _written())
def test_two_sums_stay_two(first: tuple[str, int], second: tuple[str, int]) -> None:
    found = parse_amounts(f"Vốn {first[0]}; ngân sách {second[0]}.")
    assert [a.vnd for a in found] == [first[1], second[1]]


_LIKELY = st.lists(
    st.sampled_from(
        [
            "1",
            "2.500",
            "13,824",
            " ",
            "tỷ",
            "triệu",
            "đồng",
            "nghìn",
            "hơn",
            "-",
            "(",
            ")",
            "bằng chữ:",
            "hai",
            "năm",
            "/",
            "**",
            "\n",
            ".",
            ",",
            "đ",
        ]
    ),
    max_size=40,
).map("".join)


def _check(text: str) -> None:
    for amount in parse_amounts(text):
        assert 0 <= amount.start <= amount.number_start < amount.end <= amount.close <= len(text)
        assert amount.vnd is None or amount.vnd > 0


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    _check(text)


@given(_LIKELY)
def test_scrambled_money_is_read_without_error(text: str) -> None:
    _check(text)


@given(_LIKELY)
def test_a_quote_says_the_same_value_alone(text: str) -> None:
    """The surface carries all that the value rests on, but for words and labels that stand in for a missing unit."""
    found = parse_amounts(text)
    for amount in found:
        if "no_unit" in amount.flags or sum(a.start == amount.start for a in found) > 1:
            continue
        again = [a.vnd for a in parse_amounts("kinh phí " + text[amount.start : amount.end] + ".")]
        assert amount.vnd in again


WORST = [
    ("amounts", "cấp 1 tỷ 545 triệu đồng, "),
    ("one number", "1"),
    ("dots", "1."),
    ("number words", "hai mươi "),
    ("ranges", "1 - 2 - "),
    ("brackets", "5 tỷ đồng ("),
    ("qualifiers", "khoảng hơn gần "),
    ("units", "tỷ triệu đồng "),
    ("zalgo", "a\u0301\u0316"),
    ("table cells", "ĐVT: đồng | 1.000 | "),
    ("slashes", "5 tỷ/"),
    ("stars", "5 ** "),
    ("words before the unit", "5 (năm) "),
    ("labels before the unit", "a: 5; "),
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", [row[1] for row in WORST], ids=[row[0] for row in WORST])
def test_time_is_linear(piece: str) -> None:
    """Up to 2 s on an idle core; a quadratic grammar would take an hour."""
    text = (piece * (400_000 // len(piece) + 1))[:400_000]
    parse_table_amounts(text, parse_amounts(text))


def _key(amount: Amount) -> tuple[int | None, int | None, str]:
    return amount.vnd, amount.usd, amount.qualifier


def test_f1_on_our_own_sentences() -> None:
    """Value and qualifier together, over all sentences of ``tests/gold/own/amounts.jsonl``."""
    right = found = wanted = 0
    for line in OWN_SENTENCES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        expected = [(a["vnd"], a.get("usd"), a["qualifier"]) for a in row["amounts"]]
        got = [_key(a) for a in parse_table_amounts(row["text"], parse_amounts(row["text"]))]
        found += len(got)
        wanted += len(expected)
        for key in expected:
            if key in got:
                got.remove(key)
                right += 1
    assert wanted > 300
    assert 2 * right / (found + wanted) >= F1_FLOOR
