from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InvalidQuery
from corpus.index.base import And, In, Money, Near, Node, Not, Or, Phrase, Prefix, Published, Words
from corpus.index.describe import describe
from corpus.index.names import Names, SavedQuery
from corpus.index.parse import parse
from corpus.portals import PortalRegistry

NAMES = Names.load(portals=PortalRegistry(()))

TREES: list[tuple[str, str, Node | None]] = [
    ("nothing", "   ", None),
    ("only marks", "?! … -", None),
    ("words are one node", "giảm nghèo thông tin", Words("giảm nghèo thông tin")),
    ("phrase", '"giảm nghèo"', Phrase("giảm nghèo")),
    ("typographic quotes", "“giảm nghèo”", Phrase("giảm nghèo")),
    ("written together is a phrase", "146,4 triệu", And((Phrase("146,4"), Words("triệu")))),
    ("document number", "06/2022/TT-BTTTT", Phrase("06/2022/TT-BTTTT")),
    ("minus", "nghèo -vay", And((Words("nghèo"), Not(Words("vay"))))),
    ("a dash between words is none", "2021 - 2025", Words("2021 2025")),
    ("KHÔNG", "nghèo KHÔNG vay", And((Words("nghèo"), Not(Words("vay"))))),
    ("a headline in capitals has no operators", "KHÔNG ĐỂ AI BỊ BỎ LẠI", Words("KHÔNG ĐỂ AI BỊ BỎ LẠI")),
    ("a short query in capitals has", "LOA HOẶC ĐÀI", Or((Words("LOA"), Words("ĐÀI")))),
    ("small không is a word", "không vay", Words("không vay")),
    ("VÀ", "nghèo VÀ vay", Words("nghèo vay")),
    ("HOẶC", "nghèo HOẶC vay", Or((Words("nghèo"), Words("vay")))),
    ("OR binds weaker than words", "a b OR c d", Or((Words("a b"), Words("c d")))),
    ("brackets", "(a OR b) c", And((Or((Words("a"), Words("b"))), Words("c")))),
    ("minus before brackets", "-(a OR b)", Not(Or((Words("a"), Words("b"))))),
    ("province", 'tỉnh:"Quảng Nam"', In("province_before", ("v1-49",))),
    ("province of today", "tinh:nghệ_an", In("province", ("v2-40",))),
    ("English field", 'province:"dak lak"', In("province", ("v2-66",))),
    ("country", 'tỉnh:"cả nước"', In("province", ("VN",))),
    ("district", 'huyện:"Điện Bàn"', In("district", ("v1-507",))),
    ("activity by code", "hoạt_động:training", In("activity", ("training",))),
    ("activity by part of its name", 'hoạt_động:"tập huấn"', In("activity", ("training",))),
    ("year", "năm:2023", In("year", ("2023",))),
    ("years", "năm:2021..2023", In("year", ("2021", "2022", "2023"))),
    ("one day", "ngày:04/12/2023", Published(date(2023, 12, 4), date(2023, 12, 5))),
    ("one month", "ngày:2023-12", Published(date(2023, 12, 1), date(2024, 1, 1))),
    ("months", "ngày:2024-01..2024-06", Published(date(2024, 1, 1), date(2024, 7, 1))),
    ("since", "ngày:2024..", Published(date(2024, 1, 1), None)),
    ("money above", "kinh_phí:>100tr", Money(100_000_001, None)),
    ("money, decimal comma", "kinh_phí:146,4triệu", Money(146_400_000, 146_400_001)),
    ("money, decimal dot before a unit", "kinh_phí:>=1.5tỷ", Money(1_500_000_000, None)),
    ("money, grouped", "kinh_phí:<1.500.000", Money(None, 1_500_000)),
    ("money, both ends", 'kinh_phí:"1 tỷ..5 tỷ đồng"', Money(1_000_000_000, 5_000_000_001)),
    ("title", 'tiêu_đề:"giảm nghèo"', Phrase("giảm nghèo", title_only=True)),
    ("an address is no field", "https://vidu.vn/tin", Phrase("https://vidu.vn/tin")),
    ("a colon before a space is no field", "Dự án 6: truyền thông", Words("Dự án 6: truyền thông")),
    ("beginning of a word", "truy* thông", And((Prefix("truy"), Words("thông")))),
    ("beginning in the title", "tiêu_đề:giảm*", Prefix("giảm", title_only=True)),
    ("a beginning excluded", "nghèo -vay*", And((Words("nghèo"), Not(Prefix("vay"))))),
    ("stars of a hotel", "khách sạn 5*", Words("khách sạn 5*")),
    ("a star alone is none", "* nghèo *", Words("nghèo")),
    ("a star inside is a mark", "a*b*", Phrase("a*b*")),
    ("near", '"loa xã"~5', Near("loa xã", 5)),
    ("near in typographic quotes", "“loa xã”~0", Near("loa xã", 0)),
    ("near in the title", 'tiêu_đề:"loa xã"~3', Near("loa xã", 3, title_only=True)),
    ("near of one word is the word", '"loa"~3', Phrase("loa")),
    ("a tilde elsewhere is a mark", "loa ~5", Words("loa ~5")),
    ("former province", 'tỉnh_cũ:"Quảng Nam"', In("province_before", ("v1-49",))),
    ("modality", 'thực_hiện:"dự kiến"', In("modality", ("planned",))),
    ("confidence", 'tin_cậy:"cần xem lại"', In("confidence", ("doubtful",))),
    ("from a month on", "ngày:>=2024-01", Published(date(2024, 1, 1), None)),
    ("after a year", "ngày:>2024", Published(date(2025, 1, 1), None)),
    ("before a day", "date:<04/12/2023", Published(None, date(2023, 12, 4))),
    ("up to a year", "ngày:<=2023", Published(None, date(2024, 1, 1))),
    ("engine syntax stays words", "body_exact* ~2 ^3", And((Phrase("body_exact*"), Words("~2 ^3")))),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in TREES], ids=[case[0] for case in TREES])
def test_trees(text: str, expected: Node | None) -> None:
    assert parse(text, NAMES) == expected


FAULTS = [
    ("open quote", 'nghèo "thông tin', 6, "ngoặc kép"),
    ("open bracket", "a (b c", 2, "chưa đóng"),
    ("surplus bracket", "a b) c", 3, "thừa"),
    ("empty brackets", "a ()", 3, "chưa có từ"),
    ("OR first", "OR a", 0, "Trước"),
    ("OR last", "a OR", 4, "giữa chừng"),
    ("AND last", "a AND", 2, "Sau"),
    ("NOT last", "a KHÔNG", 2, "loại ra"),
    ("unknown field", "mau:do", 0, "Không có trường"),
    ("quotes forgotten", "nghèo tỉnh:Nghệ An năm:2023", 11, 'tỉnh:"Nghệ An".'),
    ("field in two words", "loa hoạt động:training", 4, "“hoạt_động:”"),
    ("unit apart from its number", "kinh_phí:>1 tỷ", 9, "kinh_phí:>1tỷ."),
    ("unknown province", 'tỉnh:"Xứ Lạ"', 5, "Không biết"),
    ("unknown activity lists what there is", "hoạt_động:câu_cá", 10, "Tập huấn"),
    ("two colons", "năm:a:b", 4, "một giá trị"),
    ("no year", "năm:hai", 4, "năm:2023"),
    ("years reversed", "năm:2023..2021", 4, "nhỏ trước"),
    ("no date", "ngày:45/13/2023", 5, "ngày:04/12/2023"),
    ("dates reversed", "ngày:2024..2023", 5, "trước khi bắt đầu"),
    ("no money", "kinh_phí:nhiều", 9, "số tiền"),
    ("beginning too short", "nghèo gi*", 6, "ít nhất 3"),
    ("no beginning of a code", "hoạt_động:tập*", 10, "tiêu_đề:"),
    ("no distance of a code", 'tỉnh:"Nghệ An"~2', 5, "tiêu_đề:"),
    ("no distance", 'loa "a b"~', 9, '"loa xã"~5'),
    ("distance in words", 'loa "a b"~hai', 9, "từ 0 đến 50"),
    ("too far", '"a b"~51', 5, "từ 0 đến 50"),
    ("nothing saved", 'loa lưu:"tuần này"', 8, "Không có câu tìm nào được lưu"),
    ("too long", "a" * 501, 500, "501"),
    ("too many words", "a " * 33, 64, "32"),
    ("too deep", "(" * 9 + "a" + ")" * 9, 8, "8 tầng"),
    ("too deep with minus", "KHÔNG " * 9 + "a", 48, "8 tầng"),
]


@pytest.mark.parametrize(("text", "position", "words"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_faults_point_at_the_character_and_say_the_fix(text: str, position: int, words: str) -> None:
    with pytest.raises(InvalidQuery) as raised:
        parse(text, NAMES)
    assert words in raised.value.message
    assert raised.value.position == position


ECHOES = [
    ('giảm nghèo -"tập huấn"', "có đủ các từ giảm, nghèo và không có cụm “tập huấn”"),
    ('(bò OR trâu) tỉnh:"Quảng Nam"', "(có từ bò hoặc có từ trâu) và tỉnh (cũ) là Quảng Nam"),
    ("ngày:2023-12", "đăng từ 01/12/2023 đến hết 31/12/2023"),
    ("kinh_phí:>=100tr", "có số tiền từ 100.000.000 đồng"),
    ("kinh_phí:>100tr", "có số tiền trên 100.000.000 đồng"),
    ("kinh_phí: >100tr", "có số tiền trên 100.000.000 đồng"),
    ("kinh_phí:1tỷ..5tỷ", "có số tiền từ 1.000.000.000 đồng đến 5.000.000.000 đồng"),
    ("kinh_phí:170.429.000", "có số tiền 170.429.000 đồng"),
    ('tỉnh: "Nghệ An" loa', "tỉnh là Nghệ An và có từ loa (không kể dấu)"),
    ('ông nói: "giảm nghèo"', "có đủ các từ ông, nói: và có cụm “giảm nghèo”"),
    ("truy* -vay*", "có từ bắt đầu bằng “truy” và không có từ bắt đầu bằng “vay”"),
    ('tiêu_đề:"loa xã"~3', "tiêu đề có các từ loa, xã cách nhau nhiều nhất 3 từ"),
    ("tin_cậy:sure", "mức tin cậy là Chắc chắn"),
    ("-năm:2023", "không phải năm là 2023"),
    ("dak lak", "có đủ các từ dak, lak (không kể dấu)"),
    ("", "mọi tin"),
]


@pytest.mark.parametrize(("text", "expected"), ECHOES)
def test_echo(text: str, expected: str) -> None:
    assert describe(parse(text, NAMES), NAMES) == expected


SAVED = {
    "giảm nghèo": '"giảm nghèo" HOẶC "thoát nghèo"',
    "loa": 'loa lưu:"giảm nghèo"',
    "vòng": 'đài lưu:"vòng quanh"',
    "vòng quanh": "lưu:vòng",
    "hỏng": "(loa",
    "trống": "  ",
    "dài": "a " * 30,
    "sâu": "((((((a))))))",
}


SAVING = replace(NAMES, saved=lambda name: SavedQuery(SAVED[name]) if name in SAVED else None)


def test_what_was_chosen_beside_the_text_of_a_saved_query_counts() -> None:
    filters = (In("province", ("v2-40",)), Published(date(2024, 1, 1), None))
    names = replace(NAMES, saved={"a": SavedQuery("loa", filters), "b": SavedQuery("", filters[:1])}.get)
    assert parse("xã lưu:a", names) == And((Words("xã"), And((Words("loa"), *filters))))
    assert parse("lưu:b", names) == filters[0]


def test_a_saved_query_stands_for_what_it_holds() -> None:
    poor = Or((Phrase("giảm nghèo"), Phrase("thoát nghèo")))
    assert parse('xã lưu:"giảm nghèo"', SAVING) == And((Words("xã"), poor))
    assert parse("-saved:loa", SAVING) == Not(And((Words("loa"), poor)))
    assert describe(parse("lưu:loa", SAVING), NAMES) == ("có từ loa (không kể dấu) và (có cụm “giảm nghèo” hoặc có cụm “thoát nghèo”)")


SAVED_FAULTS = [
    ("unknown", "loa lưu:khác", 8, "“khác”"),
    ("leads back to itself", "lưu:vòng", 4, "dẫn về chính nó"),
    ("wrong inside", "xã lưu:hỏng", 7, "“hỏng”: Ngoặc này chưa đóng"),
    ("empty", "xã lưu:trống", 7, "không có từ nào"),
    ("its words count", "x y lưu:dài", 8, "quá 32 từ"),
    ("its depth counts", "((lưu:sâu))", 6, "8 tầng"),
]


@pytest.mark.parametrize(("text", "position", "words"), [case[1:] for case in SAVED_FAULTS], ids=[case[0] for case in SAVED_FAULTS])
def test_faults_of_saved_queries_point_at_their_name(text: str, position: int, words: str) -> None:
    with pytest.raises(InvalidQuery) as raised:
        parse(text, SAVING)
    assert words in raised.value.message
    assert raised.value.position == position


_PIECES = st.sampled_from(
    [
        '"',
        "(",
        ")",
        "-",
        "AND ",
        "HOẶC ",
        "KHÔNG ",
        "tỉnh:",
        "năm:",
        "kinh_phí:",
        "tiêu_đề:",
        "lưu:",
        "loa ",
        "vòng ",
        "*",
        "~",
        '"~3 ',
        "truy",
        "ngày:",
        "2023",
        "..",
        ">1tr",
        "giảm ",
        "nghèo ",
        ":",
        "«",
        "”",
    ]
)


@given(st.one_of(st.text(max_size=520), st.lists(_PIECES, max_size=60).map("".join)))
def test_any_text_gives_a_tree_or_a_clear_fault(text: str) -> None:
    fault: InvalidQuery | None = None
    tree = None
    try:
        tree = parse(text, SAVING)
    except InvalidQuery as error:
        fault = error
    if fault is None:
        assert describe(tree, NAMES)
    else:
        assert fault.message
        assert fault.position is not None
        assert 0 <= fault.position <= len(text)


@pytest.mark.timeout(30)  # milliseconds; a parser that tries every split would never end
@pytest.mark.parametrize("bomb", ["(" * 500, "-" * 500, '"' * 499, "a:" * 250, "1." * 250, "kinh_phí:" + "9" * 480, "năm:" + "1" * 490])
def test_query_bombs_are_answered_at_once(bomb: str) -> None:
    with suppress(InvalidQuery):
        parse(bomb, NAMES)
