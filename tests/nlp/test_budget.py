"""What sums are for: kind, role, scope, funds, years, totals against parts, repetitions."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import ActivityMention, Budget, Document, LocalityMention, ProgrammeMention, Provenance, Span
from nlp.budget import tag_budgets

OWN_SENTENCES = Path(__file__).parents[1] / "gold" / "own" / "amounts.jsonl"
F1_FLOOR = 0.98
BUDGET_FLOOR = 0.97
FIELD_FLOOR = 0.95

_FETCHED = datetime(2024, 1, 1, tzinfo=UTC)


def make_document(text: str, title: str = "") -> Document:
    provenance = Provenance(portal="import", requested_url="file:a", final_url="file:a", fetched_at=_FETCHED)
    return Document(id="d", provenance=provenance, title=title, text=text)


def budgets(text: str, title: str = "") -> list[Budget]:
    return list(tag_budgets(make_document(text, title)).budgets)


TY, TRIEU = 10**9, 10**6

# The facts of the 55 expressions of the field brief, section 3, in sentences of our own:
# (number, text, expected as (vnd, qualifier, kind) and the other fields that the brief names).
SNIPPETS: list[tuple[int, str, list[tuple[int | None, str, str, dict[str, object]]]]] = [
    (
        1,
        "Thị xã năm nay được phân bổ hơn 146,4 triệu đồng cho Tiểu dự án 1.",
        [(146_400_000, "over", "budget", {"role": "allocated", "scope": "sub_project", "component": "6.1"})],
    ),
    (
        2,
        "Tổng kinh phí cả năm: 170.429.000 (một trăm bảy mươi triệu bốn trăm hai mươi chín nghìn đồng)",
        [(170_429_000, "exact", "budget", {"role": "total", "in_words": True, "flags": ("no_unit",)})],
    ),
    (
        3,
        "- Phần của Tiểu dự án giảm nghèo về thông tin là 99.000.000đ (chín mươi chín triệu đồng chẵn)",
        [(99 * TRIEU, "exact", "budget", {"role": "component", "component": "6.1", "in_words": True})],
    ),
    (
        4,
        "Huyện được bố trí 1 tỷ 545 triệu đồng làm Dự án 6.",
        [(1_545 * TRIEU, "exact", "budget", {"role": "allocated", "scope": "project", "component": "6"})],
    ),
    (
        5,
        "Sở đề xuất tổng kinh phí dự kiến cho 23 đài là khoảng hơn 5,5 tỷ đồng.",
        [(5_500 * TRIEU, "over", "budget", {"role": "proposed", "scope": "activity"})],
    ),
    (
        6,
        "HĐND tỉnh thống nhất chủ trương với tổng kinh phí dự kiến hơn 5,5 tỷ đồng.",
        [(5_500 * TRIEU, "over", "budget", {"role": "approved"})],
    ),
    (
        7,
        "Trong các năm 2022- 2024 tỉnh được phân bổ kinh phí 8,456 tỷ đồng.",
        [(8_456 * TRIEU, "exact", "budget", {"role": "allocated", "year_from": 2022, "year_to": 2024})],
    ),
    (
        8,
        "Trong đó phần ngân sách Trung ương 7,943 tỷ đồng; địa phương đối ứng 513 triệu đồng.",
        [
            (7_943 * TRIEU, "exact", "budget", {"role": "component", "funds": ("central",)}),
            (513 * TRIEU, "exact", "budget", {"role": "component", "funds": ("counterpart", "local")}),
        ],
    ),
    (
        9,
        "Lập đài mới tối đa 345 triệu đồng/đài, chuyển đổi công nghệ tối đa 241,5 triệu đồng/đài.",
        [
            (345 * TRIEU, "max", "budget", {"role": "cap", "per_unit": "đài"}),
            (241_500_000, "max", "budget", {"role": "cap", "per_unit": "đài"}),
        ],
    ),
    (
        10,
        "Hỗ trợ 17 điểm công cộng tối đa không quá 13,824 triệu đồng/điểm/năm.",
        [(13_824_000, "max", "budget", {"role": "cap", "per_unit": "điểm/năm"})],
    ),
    (
        11,
        "Tổng kinh phí cho 45 đài trong 2 năm 2024 - 2025 hơn 10,8 tỷ đồng.",
        [(10_800 * TRIEU, "over", "budget", {"role": "total", "year_from": 2024, "year_to": 2025})],
    ),
    (12, "Tổng kinh phí phân bổ năm nay là 4.164 triệu đồng.", [(4_164 * TRIEU, "exact", "budget", {"role": "total"})]),
    (
        13,
        "Kinh phí cả Dự án: 1.010.000.000 đồng (Một tỷ, không trăm mười triệu đồng).",
        [(1_010 * TRIEU, "exact", "budget", {"in_words": True, "scope": "project"})],
    ),
    (
        14,
        "Tổng nguồn vốn của chương trình trong năm 2023 là 68 tỷ 782 triệu đồng.",
        [(68_782 * TRIEU, "exact", "budget", {"role": "total", "scope": "programme", "year_from": 2023})],
    ),
    (
        15,
        "Vốn đầu tư là 44 tỷ 887 triệu và 23 tỷ 895 triệu vốn sự nghiệp.",
        [
            (44_887 * TRIEU, "exact", "budget", {"funds": ("investment",)}),
            (23_895 * TRIEU, "exact", "budget", {"funds": ("recurrent",)}),
        ],
    ),
    (
        16,
        "Chương trình giảm nghèo của tỉnh có hơn 330 tỷ đồng, trong đó Tiểu dự án Giảm nghèo về thông tin được trên 5,7 tỷ đồng.",
        [
            (330 * TY, "over", "budget", {"scope": "programme"}),
            (5_700 * TRIEU, "over", "budget", {"role": "component", "scope": "sub_project", "component": "6.1"}),
        ],
    ),
    (
        17,
        "Số đó gồm vốn sự nghiệp trên 262 tỷ đồng và vốn đầu tư phát triển hơn 68 tỷ đồng.",
        [
            (262 * TY, "over", "budget", {"role": "component", "funds": ("recurrent",)}),
            (68 * TY, "over", "budget", {"role": "component", "funds": ("investment",)}),
        ],
    ),
    (
        18,
        "Tổng nhu cầu vốn ngân sách tỉnh: 900 triệu đồng từ vốn sự nghiệp.",
        [(900 * TRIEU, "exact", "budget", {"role": "planned", "funds": ("province", "recurrent")})],
    ),
    (
        19,
        "Thôn nhận tăng âm 150W, micro, loa phóng thanh có tổng giá trị 80 triệu đồng.",
        [(80 * TRIEU, "exact", "budget", {"role": "value"})],
    ),
    (
        20,
        "Đề án cần 100,05 tỷ đồng(trong đó Trung ương lo hơn 90 tỷ đồng).",
        [(100_050 * TRIEU, "exact", "budget", {}), (90 * TY, "over", "budget", {"role": "component", "funds": ("central",)})],
    ),
    (
        21,
        "Cả giai đoạn 2012 - 2015, tổng kinh phí chương trình là hơn 72 tỷ đồng.",
        [(72 * TY, "over", "budget", {"role": "total", "year_from": 2012, "year_to": 2015})],
    ),
    (
        22,
        "Hơn 23 tỷ đồng cho dự án Truyền thông và giảm nghèo về thông tin",
        [(23 * TY, "over", "budget", {"scope": "project", "component": "6"})],
    ),
    (
        23,
        "Tỉnh hỗ trợ trên 17 tỷ đồng cho 42 đài. Mỗi xã được hỗ trợ 400 triệu đồng.",
        [(17 * TY, "over", "budget", {}), (400 * TRIEU, "exact", "budget", {"per_unit": "xã"})],
    ),
    (24, "Riêng hai xã điểm được hỗ trợ 500 triệu đồng/xã.", [(500 * TRIEU, "exact", "budget", {"per_unit": "xã"})]),
    (
        25,
        "Tổng kinh phí 13,85 tỷ đồng, từ nguồn vốn Trung ương.",
        [(13_850 * TRIEU, "exact", "budget", {"role": "total", "funds": ("central",)})],
    ),
    (26, "Tổng kinh phí của đợt bàn giao gần 2 tỷ đồng.", [(2 * TY, "under", "budget", {"role": "total"})]),
    (27, "Đài cơ sở có tổng kinh phí đầu tư 292 triệu đồng.", [(292 * TRIEU, "exact", "budget", {"role": "total"})]),
    (28, "Tổng kinh phí đầu tư gần 300 triệu đồng.", [(300 * TRIEU, "under", "budget", {"role": "total"})]),
    (
        29,
        "Tổng kinh phí dự án là 2.484 triệu đồng; lớp cho 131 người có kinh phí 320 triệu đồng.",
        [(2_484 * TRIEU, "exact", "budget", {"role": "total"}), (320 * TRIEU, "exact", "budget", {})],
    ),
    (
        30,
        "Phát triển sản xuất được cấp 7,250 tỷ đồng; nhân rộng mô hình 400 triệu đồng.",
        [(7_250 * TRIEU, "exact", "budget", {}), (400 * TRIEU, "exact", "budget", {})],
    ),
    (
        31,
        "Phê duyệt gần 21 tỉ đồng cho điểm bưu điện, trong đó ngân sách nhà nước hơn 9 tỉ đồng, còn lại của doanh nghiệp.",
        [(21 * TY, "under", "budget", {"role": "approved"}), (9 * TY, "over", "budget", {"role": "component"})],
    ),
    (
        32,
        "Vốn trung ương có hơn 398 tỷ đồng đồng; vốn địa phương góp xấp xỉ 60 tỷ đồng.",
        [(398 * TY, "over", "budget", {"funds": ("central",)}), (60 * TY, "about", "budget", {"funds": ("local",)})],
    ),
    (
        33,
        "Vốn giao hơn 1.730 tỷ đồng. Đến nay địa phương mới giải ngân hơn 262 tỷ đồng.",
        [(1_730 * TY, "over", "budget", {}), (262 * TY, "over", "budget", {"role": "disbursed"})],
    ),
    (34, "Đã giải ngân 535 tỷ đồng, mới đạt 24% kế hoạch vốn.", [(535 * TY, "exact", "budget", {"role": "disbursed"})]),
    (
        35,
        "Ngân sách tỉnh bố trí 300 - 500 tỷ đồng cho giảm nghèo.",
        [(300 * TY, "exact", "budget", {}), (500 * TY, "exact", "budget", {})],
    ),
    (36, "Đề án có tổng kinh phí gần 26 nghìn tỷ đồng.", [(26_000 * TY, "under", "budget", {"role": "total"})]),
    (
        37,
        "Cả đợt khái toán hết 3,582 tỉ đồng; riêng Đà Nẵng bỏ ngân sách 3,135 tỉ đồng.",
        [(3_582 * TRIEU, "exact", "budget", {"role": "planned"}), (3_135 * TRIEU, "exact", "budget", {})],
    ),
    (
        38,
        "Tổng vốn cần tối thiểu là 75.000 tỷ đồng, trong đó ngân sách Trung ương 64%, tức 48.000 tỷ đồng.",
        [(75_000 * TY, "over", "budget", {}), (48_000 * TY, "exact", "budget", {"role": "component", "funds": ("central",)})],
    ),
    (
        39,
        "Kinh phí dự kiến cần 11 tỷ đồng, trong đó ngân sách Trung ương lo 5,5 tỷ đồng.",
        [
            (11 * TY, "exact", "budget", {"role": "planned"}),
            (5_500 * TRIEU, "exact", "budget", {"role": "component", "funds": ("central",)}),
        ],
    ),
    (
        40,
        "Lắp loa cho ngày bầu cử, ngân sách của huyện chi trên 300 triệu đồng.",
        [(300 * TRIEU, "over", "budget", {"funds": ("district",)})],
    ),
    (41, "Dư nợ toàn tỉnh có 3.107.885 triệu đồng/137.834 khách hàng.", [(3_107_885 * TRIEU, "exact", "loan", {"per_unit": None})]),
    (42, "Dư nợ bình quân lên 47,8 triệu đồng/hộ/năm.", [(47_800_000, "exact", "loan", {"per_unit": "hộ/năm"})]),
    (
        43,
        "Cho vay hộ nghèo trên 12 tỷ 300 triệu đồng; cho vay nước sạch gần 8 đồng.",
        [(12_300 * TRIEU, "over", "loan", {}), (8, "under", "loan", {"flags": ("lost_unit",)})],
    ),
    (
        44,
        "Số tiền cho vay đã hơn 28 tỷ đồng, tăng 8 tỷ so với năm ngoái.",
        [(28 * TY, "over", "loan", {}), (8 * TY, "exact", "difference", {})],
    ),
    (
        45,
        "Chuẩn thu nhập là từ 2.200.000 đồng/người/tháng trở xuống.",
        [(2_200_000, "max", "income", {"per_unit": "người/tháng"})],
    ),
    (46, "Thu nhập bình quân đạt 29 triệu đồng/người/năm.", [(29 * TRIEU, "exact", "income", {"per_unit": "người/năm"})]),
    (47, "Mức thu nhập 1,5 đồng/người/tháng.", [(None, "exact", "income", {"flags": ("lost_unit",)})]),
    (48, "Dành 2.6000 tỷ hỗ trợ việc làm bền vững.", [(2_600 * TY, "exact", "budget", {"flags": ("malformed",)})]),
    (49, "Nguồn thu du lịch ước đạt 672 ngàn tỷ đồng.", [(672_000 * TY, "about", "revenue", {"flags": ("implausible",)})]),
    (
        50,
        "Dự án có tổng số vốn gần 18,8 triệu USD, gồm 14,4 triệu USD vốn ODA.",
        [(None, "under", "budget", {"usd": 18_800_000}), (None, "exact", "budget", {"usd": 14_400_000})],
    ),
    (51, "Quỹ Vì người nghèo chi hơn 8,26 tỷ đồng mua quà Tết cho 10.335 nhà.", [(8_260 * TRIEU, "over", "gift", {})]),
    (
        52,
        "Khai hoang 25 triệu đồng/ha, sản xuất 5 triệu đồng/hộ, nước 1,3 triệu đồng/hộ.",
        [
            (25 * TRIEU, "exact", "norm", {"per_unit": "ha"}),
            (5 * TRIEU, "exact", "norm", {"per_unit": "hộ"}),
            (1_300_000, "exact", "norm", {"per_unit": "hộ"}),
        ],
    ),
    (53, "Còn 7.390 hộ nghèo, bớt 3.436 hộ, tỷ lệ 2,16%; tài liệu 2.000 bản phát cho 3.100 cán bộ.", []),
    (54, "Nhận Công văn 445/STT&TT-VP ký ngày 14/3/2024 và quyết định 1153/QĐ-UBND, năm 22023.", []),
    (55, "Hotline: (02133) 878 436; bộ 1.200W, loa 50W từ 12 - 18 cái.", []),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in SNIPPETS], ids=[str(row[0]) for row in SNIPPETS])
def test_expressions_of_the_field(text: str, expected: list[tuple[int | None, str, str, dict[str, object]]]) -> None:
    found = budgets(text)
    assert [(b.vnd, b.qualifier, b.kind) for b in found] == [row[:3] for row in expected]
    for budget, (_, _, _, fields) in zip(found, expected, strict=True):
        assert {name: getattr(budget, name) for name in fields} == fields


def test_all_expressions_are_covered() -> None:
    assert [row[0] for row in SNIPPETS] == list(range(1, 56))


# Roles of the public sums whose row above does not name one: (number, position of the sum).
ROLES_LEFT = {
    (13, 0): "total", (15, 0): "component", (15, 1): "component", (16, 0): "other", (20, 0): "other", (22, 0): "other", (23, 0): "allocated",
    (23, 1): "allocated", (24, 0): "component", (29, 1): "total", (30, 0): "allocated", (30, 1): "other", (32, 0): "component",
    (32, 1): "component", (33, 0): "allocated", (35, 0): "allocated", (35, 1): "allocated", (37, 1): "component", (38, 0): "total",
    (40, 0): "allocated", (48, 0): "allocated", (50, 0): "total", (50, 1): "component",
}  # fmt: skip


def test_every_public_sum_of_the_expressions_has_its_role() -> None:
    found: dict[tuple[int, int], str] = {}
    for number, text, expected in SNIPPETS:
        for position, (budget, (_, _, kind, fields)) in enumerate(zip(budgets(text), expected, strict=True)):
            if kind == "budget" and "role" not in fields:
                found[number, position] = budget.role
    assert found == ROLES_LEFT


# A cost that its sentence explains: (id, text, roles of its sums in order).
COSTS = [
    ("the cost of a class", "Kinh phí lớp học 61 triệu đồng thuộc Dự án 6.", ["total"]),
    ("by way of a project", "Kinh phí mở lớp là 58 triệu đồng, do ngân sách trung ương bố trí thông qua Dự án 6.", ["allocated"]),
    ("adopted", "HĐND huyện thông qua 58 triệu đồng để mở lớp.", ["approved"]),
    ("with a comma inside", "Chi phí soạn, in và phát sổ tay là 310.000.000 đồng.", ["total"]),
    ("a body spends", "Thị trấn chi 37 triệu đồng in ảnh và đóng khung.", ["allocated"]),
    ("paid out of a plan", "Các xã mới giải ngân 3 tỷ đồng trên 19 tỷ đồng kế hoạch.", ["disbursed", "planned"]),
    ("paid out of what was given", "Các xã mới giải ngân 3 tỷ đồng trên tổng số 19 tỷ đồng được giao.", ["disbursed", "allocated"]),
    (
        "an item further on",
        "Huyện dành 700 triệu đồng lắp loa, 240 triệu đồng sản xuất chương trình và 90 triệu đồng tập huấn.",
        ["allocated"] * 3,
    ),
    ("still planned", "Huyện dự kiến chi 70 triệu đồng mua micro.", ["planned"]),
    ("what is lacking is no cost", "Kinh phí còn thiếu 15 triệu đồng.", ["other"]),
    ("paid of given", "Huyện giải ngân được 2,4 tỷ đồng/7,1 tỷ đồng, đạt 34%.", ["disbursed", "allocated"]),
    ("paid of given, one unit", "Huyện đã giải ngân 2,4/7,1 tỷ đồng.", ["disbursed", "allocated"]),
    ("paid of a plan", "Huyện đã giải ngân 2.400/7.100 triệu đồng kế hoạch năm.", ["disbursed", "planned"]),
    ("paid of given, after a word", "Đến nay 2,4 tỷ đồng đã giải ngân/7,1 tỷ đồng kế hoạch giao.", ["disbursed", "allocated"]),
    ("a verb of its own", "Sở đề xuất 900 triệu đồng; UBND tỉnh đã phê duyệt 700 triệu đồng.", ["proposed", "approved"]),
    ("another verb after a semicolon", "Sở đề xuất 900 triệu đồng; UBND tỉnh bố trí 700 triệu đồng.", ["proposed", "allocated"]),
    ("approved what had been proposed", "Sau khi sở đề xuất, HĐND tỉnh đã thông qua 700 triệu đồng.", ["approved"]),
    ("asked to approve", "Sở trình, đề nghị tỉnh phê duyệt 700 triệu đồng.", ["proposed"]),
    ("still proposed further on", "Sở đề xuất tỉnh phê duyệt 700 triệu đồng cho huyện A và 300 triệu đồng cho huyện B.", ["proposed"] * 2),
    ("a rate", "Kinh phí hoạt động là 126 triệu đồng, bình quân 1,4 triệu đồng/tổ.", ["total", "other"]),
    ("a part", "Kinh phí hội thi 90 triệu đồng, trong đó ngân sách xã 20 triệu đồng.", ["total", "component"]),
]


@pytest.mark.parametrize(("text", "roles"), [row[1:] for row in COSTS], ids=[row[0] for row in COSTS])
def test_a_cost_that_its_sentence_explains_has_a_role(text: str, roles: list[str]) -> None:
    assert [budget.role for budget in budgets(text)] == roles


# Beside public money: (id, text, kinds in order).
BESIDE = [
    ("people's share", "Tổng kinh phí làm chuồng 90 triệu đồng, Nhà nước 80%, dân đối ứng 18 triệu đồng.", ["budget", "gift"]),
    (
        "a project puts in",
        "Mua bò hết 240 triệu đồng: Dự án 2 góp 200 triệu đồng, bà con bỏ thêm 40 triệu đồng.",
        ["budget", "budget", "gift"],
    ),
    ("a firm's own work", "Chi nhánh Viettel bỏ 270 triệu đồng kéo cáp về bản.", ["company"]),
    ("given by", "Trường đã nhận 300 máy tính cùng 2,1 tỷ đồng của doanh nghiệp, nhà hảo tâm.", ["gift"]),
    ("what is left over", "Vườn cam của dự án mỗi vụ lời 48 triệu đồng, ba vụ trừ hết còn lãi chừng 130 triệu đồng.", ["income", "income"]),
    ("what a district takes in", "Thu ngân sách của huyện năm qua ước đạt 310 tỷ đồng.", ["revenue"]),
    ("owed", "Sau vụ mất mùa, 64 hộ nợ Trung tâm Khuyến nông huyện 700 triệu đồng tiền giống.", ["loan"]),
    ("of a bank", "Hơn 900 tỷ đồng vốn của Ngân hàng Chính sách xã hội về bản.", ["loan"]),
    ("what won the tender", "Giá gói thầu: 310.000.000 đồng. Giá trúng: 298.500.000 đồng.", ["budget", "budget"]),
    ("people far from home", "Đèn đường trong thôn do con em xa quê góp 60 triệu đồng, dòng họ góp thêm 9 triệu đồng.", ["gift", "gift"]),
    ("by a collection", "Sở dựng 4 bảng chỉ đường, tổng vốn 1,9 tỷ đồng theo hình thức xã hội hóa.", ["gift"]),
    (
        "the province gives after a bank",
        "Ngân hàng giãn nợ cho 52 hộ, dư nợ 3 tỷ đồng. Tỉnh xuất 900 triệu đồng mua con giống.",
        ["loan", "budget"],
    ),
    (
        "a price that the state pays a part of",
        "Mỗi đài có máy phát và 20 loa, giá 190 triệu đồng; tỉnh chi 60%, còn lại huyện lo.",
        ["budget"],
    ),
    ("collected", "Chương trình gom được 40 máy, trị giá gần 300 triệu đồng.", ["gift"]),
    ("sold", "Năm ngoái chị bán 3 con dê được gần 9 triệu đồng.", ["income"]),
    ("saved in a group", "12 tổ góp vốn xoay vòng có 230 chị, 85 triệu đồng.", ["saving"]),
    ("each household", "Huyện cho mỗi hộ nghèo 50 cây giống, trị giá 12 triệu đồng, từ vốn sự nghiệp.", ["norm"]),
    (
        "children are no person named",
        "Chương trình giảm nghèo được 310 tỷ đồng, tập trung cho bữa ăn của trẻ em ở huyện nghèo.",
        ["budget"],
    ),
    ("a reward out of the budget", "Các hộ được thưởng tổng số 150 triệu đồng do ngân sách cấp.", ["budget"]),
    ("a monthly fee", "Mỗi tháng hộ nghèo chỉ trả 88.000 đồng cho cả nhà mạng.", ["price"]),
    ("a monthly fee of a firm", "Viễn thông tỉnh giảm giá cho hộ nghèo. Mỗi tháng chỉ trả 88.000 đồng, cho mượn modem.", ["price"]),
    ("public again", "Ngân sách huyện lo 120 triệu đồng.", ["budget"]),
    (
        "the share of the households",
        "Dự án chi 640 triệu đồng, vốn đối ứng của hộ dân trên 210 triệu đồng.",
        ["budget", "gift"],
    ),
    ("given by a sponsor", "Tổng kinh phí mua giống là 480 triệu đồng do một ngân hàng ở thành phố tài trợ.", ["gift"]),
    ("out of a fund for the poor", "Số dê có tổng trị giá 160 triệu đồng, được Mặt trận xã trích từ nguồn quỹ “Vì người nghèo”.", ["gift"]),
    ("charity that hands over", "Hội Chữ thập đỏ huyện trao 40 con dê cho hộ nghèo với tổng số tiền 120 triệu đồng.", ["gift"]),
    ("paid by others, said after", "Con đường có tổng kinh phí 75 triệu đồng. Toàn bộ số tiền do người dân trong ấp đóng góp.", ["gift"]),
    ("a fund for work lends", "Quỹ giải quyết việc làm phân bổ 600 triệu đồng cho 12 chị mở xưởng.", ["loan"]),
    ("the road beside it is public", "Chương trình 135 bố trí 900 triệu đồng làm đường vào bản.", ["budget"]),
    ("lent, said after", "Chương trình hộ cận nghèo được giải ngân 380 triệu đồng cho 11 hộ vay.", ["loan"]),
    ("collected and built", "Hội Phụ nữ đã vận động xây và bàn giao 3 cây cầu với tổng trị giá 150 triệu đồng.", ["gift"]),
    ("a share of a fee", "Ngân sách huyện hỗ trợ 30% mức đóng bảo hiểm cho người cận nghèo, số tiền 412 triệu đồng.", ["budget"]),
    ("a charity that spends the budget", "Mặt trận huyện trao 20 căn nhà, tổng kinh phí 900 triệu đồng từ ngân sách tỉnh.", ["budget"]),
]


@pytest.mark.parametrize(("text", "kinds"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
def test_what_stands_beside_public_money(text: str, kinds: list[str]) -> None:
    assert [budget.kind for budget in budgets(text)] == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Hội trao quà, tặng học bổng cho học sinh nghèo. Tổng kinh phí 323 triệu đồng.", ["gift"]),
        ("Nông dân được vay vốn của Quỹ Hỗ trợ nông dân. Giải ngân 450 triệu đồng dự án nuôi trâu.", ["loan"]),
        ("Hội trao quà, tặng học bổng cho học sinh nghèo. Huyện chi tổng kinh phí 323 triệu đồng.", ["budget"]),
        ("Hội trao quà, tặng học bổng cho học sinh nghèo từ ngân sách. Tổng kinh phí 323 triệu đồng.", ["budget"]),
    ],
)
def test_the_whole_text_says_where_money_comes_from(text: str, kinds: list[str]) -> None:
    assert [budget.kind for budget in budgets(text)] == kinds


def test_a_source_or_a_part_before_its_sum_is_a_component() -> None:
    found = budgets("Ngân sách Trung ương là 7,9 tỷ đồng; ngân sách địa phương đối ứng là 513 triệu đồng.")
    assert [budget.role for budget in found] == ["component", "component"]
    assert [b.role for b in budgets("Tiểu dự án giảm nghèo về thông tin: 88.000.000đ")] == ["component"]


PLAN = """KẾ HOẠCH
Thực hiện Tiểu dự án 1 thuộc Dự án 6 năm 2024

IV. KINH PHÍ

Tổng kinh phí thực hiện: **152.310.000** (Bằng chữ: Một trăm năm mươi hai triệu, ba trăm mười ngàn đồng)

Trong đó: - Tiểu dự án giảm nghèo về thông tin: **88.000.000đ** (Bằng chữ: tám mươi tám triệu đồng)

- Tiểu dự án truyền thông về giảm nghèo đa chiều: **64.310.000đ** (Bằng chữ: Sáu mươi tư triệu ba trăm mười ngàn đồng)
"""


def test_a_plan_adds_up() -> None:
    total, first, second = budgets(PLAN, "Kế hoạch Tiểu dự án 1 thuộc Dự án 6 năm 2024")
    assert (total.role, total.scope, total.component, total.in_words) == ("total", "project", "6", True)
    assert (total.parts, total.parts_agree) == ((1, 2), True)
    assert [(b.role, b.scope, b.component, b.in_words) for b in (first, second)] == [
        ("component", "sub_project", "6.1", True),
        ("component", "sub_project", "6.2", True),
    ]
    assert (total.year_from, total.year_to) == (2024, 2024)


def test_the_line_on_sources_speaks_for_the_sums_under_it() -> None:
    text = "III. KINH PHÍ\nKinh phí thực hiện từ nguồn vốn sự nghiệp, ngân sách Trung ương giao năm 2024.\nTổng kinh phí: 120.000.000 đồng."
    (total,) = budgets(text)
    assert total.funds == ("central", "recurrent")
    (other,) = budgets(text.replace("120.000.000 đồng", "120.000.000 đồng từ ngân sách huyện"))
    assert other.funds == ("district",)
    far = text.replace("\nTổng", "\n" + "Các đơn vị phối hợp triển khai theo nhiệm vụ được giao.\n" * 10 + "Tổng")
    assert budgets(far)[0].funds == ()


def test_a_plan_that_does_not_add_up_says_so() -> None:
    total, *parts = budgets(PLAN.replace("64.310.000đ", "46.310.000đ"))
    assert (total.parts, total.parts_agree) == ((1, 2), False)
    assert parts[1].in_words is False


PARTS = [
    ("rounded parts", "Tổng vốn 147,1 tỷ đồng, gồm vốn đầu tư 96,06 tỷ đồng và vốn sự nghiệp 51,06 tỷ đồng.", (1, 2), True),
    ("bounds", "Vốn năm nay hơn 330 tỷ đồng: sự nghiệp trên 262 tỷ đồng, đầu tư hơn 68 tỷ đồng.", (1, 2), True),
    ("equation", "Kinh phí 4 tỷ đồng = 3 tỷ đồng trung ương + 1 tỷ đồng tỉnh.", (1, 2), True),
    ("whole numbers must fit", "Tổng vốn 10 tỷ đồng, gồm vốn tỉnh 5 tỷ đồng và vốn huyện 4 tỷ đồng.", (1, 2), False),
    ("a rounded total of exact parts", "Tổng vốn 10 tỷ đồng, gồm vốn tỉnh 6,2 tỷ đồng và vốn huyện 3,9 tỷ đồng.", (1, 2), True),
    ("rounding of the last digit", "Tổng vốn 13,8 tỷ đồng, gồm vốn tỉnh 6,9 tỷ đồng và vốn huyện 7 tỷ đồng.", (1, 2), True),
    (
        "the rest is collected",
        "Tổng kinh phí 12 tỷ đồng, trong đó trung ương 6 tỷ đồng, tỉnh 3 tỷ đồng, còn lại là xã hội hóa 5 tỷ đồng.",
        (1, 2, 3),
        False,
    ),
    (
        "the rest fits",
        "Tổng kinh phí 12 tỷ đồng, trong đó trung ương 7 tỷ đồng, tỉnh 3 tỷ đồng, còn lại là vốn xã hội hóa 2 tỷ đồng.",
        (1, 2, 3),
        True,
    ),
    ("one part of several", "Được cấp 230 triệu đồng, riêng Trung ương 198 triệu đồng.", (1,), None),
    ("does not fit", "Tổng vốn 10 tỷ đồng, gồm vốn tỉnh 3 tỷ đồng và vốn huyện 2 tỷ đồng.", (1, 2), False),
    ("no list", "Tỉnh cấp 10 tỷ đồng cho đài. Huyện chi 3 tỷ đồng cho tập huấn.", (), None),
    ("caps are never parts", "Tổng vốn 10 tỷ đồng, gồm tối đa 5 tỷ đồng/đài và tối đa 5 tỷ đồng/điểm.", (), None),
]


@pytest.mark.parametrize(("text", "parts", "agree"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_parts_against_total(text: str, parts: tuple[int, ...], agree: bool | None) -> None:
    total = budgets(text)[0]
    assert (total.parts, total.parts_agree) == (parts, agree)


def test_what_is_collected_is_a_part_of_a_public_total() -> None:
    *_, last = budgets("Tổng kinh phí 12 tỷ đồng, trong đó trung ương 10 tỷ đồng, còn lại là xã hội hóa 2 tỷ đồng.")
    assert (last.kind, last.role, last.funds) == ("budget", "component", ("social",))
    (alone,) = budgets("Phần xã hội hóa 2 tỷ đồng.")
    assert alone.kind == "gift"


def test_nested_lists() -> None:
    text = "Tổng kinh phí: 100 triệu đồng, trong đó:\n- Dự án 6: 60 triệu đồng\n+ Tập huấn: 40 triệu đồng\n+ In ấn: 20 triệu đồng\n- Dự án 7: 40 triệu đồng"
    found = budgets(text)
    assert found[1].parts == (2, 3)
    assert found[0].parts == (1, 4)
    assert found[0].parts_agree
    assert found[1].parts_agree


def test_total_at_the_foot_of_a_table() -> None:
    found = budgets("ĐVT: triệu đồng\nTập huấn: 120\nIn ấn: 85,5\nTổng cộng: 205,5")
    assert (found[2].parts, found[2].parts_agree) == ((0, 1), True)


def test_title_rounds_the_body() -> None:
    found = budgets("Với tổng kinh phí 4.164 triệu đồng, tỉnh mở lớp.\nMức chi tối đa 15 triệu đồng/lớp.", "Trên 4 tỷ đồng cho thông tin")
    assert [b.duplicate_of for b in found] == [1, None, None]


def test_equal_sums_of_different_subjects_stay_apart() -> None:
    found = budgets("Tiểu dự án 1 được cấp 125 triệu đồng.\nTiểu dự án 2 được cấp 125 triệu đồng.")
    assert [b.duplicate_of for b in found] == [None, None]


def test_the_same_sum_said_again() -> None:
    found = budgets("Huyện được cấp 1 tỷ 545 triệu đồng cho Dự án 6.\nVới 1 tỷ 545 triệu đồng được giao, huyện mua loa.")
    assert [b.duplicate_of for b in found] == [None, 0]


SCOPES = [
    ("sub-project and project", "Tiểu dự án 1 - Giảm nghèo về thông tin thuộc Dự án 6 được cấp 90 triệu đồng.", "sub_project", "6.1"),
    ("other sub-project", "Tiểu dự án 3 thuộc Dự án 4 được giao 7,4 tỷ đồng.", "sub_project", "4.3"),
    ("old programme", "Giai đoạn 2016 - 2020, Dự án Truyền thông và giảm nghèo về thông tin được cấp 3 tỷ đồng.", "project", "4"),
    ("programme", "Chương trình MTQG giảm nghèo bền vững được phân bổ 60 tỷ đồng.", "programme", None),
    ("activity", "Huyện chi 60 triệu đồng mở lớp tập huấn.", "activity", None),
    ("other", "Tỉnh dành 60 tỷ đồng làm đường.", "other", None),
]


@pytest.mark.parametrize(("text", "scope", "component"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
def test_scope(text: str, scope: str, component: str | None) -> None:
    (found,) = budgets(text)
    assert (found.scope, found.component) == (scope, component)


TITLE_OF_A_PLAN = "Kế hoạch thực hiện Tiểu dự án 2 thuộc Dự án 6 năm 2023 trên địa bàn huyện"
TITLED: list[tuple[str, str, str, tuple[str, str | None, int | None]]] = [
    ("a plan", TITLE_OF_A_PLAN, "Tổng kinh phí: 860.000.000 đồng.", ("sub_project", "6.2", 2023)),
    ("another project in the sentence", TITLE_OF_A_PLAN, "Dự án 4 có tổng kinh phí 860.000.000 đồng.", ("project", "4", 2023)),
    ("another programme in the sentence", TITLE_OF_A_PLAN, "Vốn nông thôn mới: 860.000.000 đồng.", ("other", None, 2023)),
    ("another year in the sentence", TITLE_OF_A_PLAN, "Năm 2022, tổng kinh phí là 860.000.000 đồng.", ("sub_project", "6.2", 2022)),
    ("an activity of the plan", TITLE_OF_A_PLAN, "Chi tập huấn: 86.000.000 đồng.", ("activity", None, 2023)),
    ("news with such words", "Huyện thực hiện Tiểu dự án 2 thuộc Dự án 6", "Tổng kinh phí: 860.000.000 đồng.", ("other", None, None)),
    ("a decision by its head", "Phê duyệt Dự án 6 năm 2023", "QUYẾT ĐỊNH\nTổng kinh phí: 860.000.000 đồng.", ("project", "6", 2023)),
]


@pytest.mark.parametrize(("title", "text", "expected"), [row[1:] for row in TITLED], ids=[row[0] for row in TITLED])
def test_the_title_of_a_plan_speaks_for_its_sums(title: str, text: str, expected: tuple[str, str | None, int | None]) -> None:
    (found,) = (budget for budget in budgets(text, title))
    assert (found.scope, found.component, found.year_from) == expected


def test_codes_come_from_the_tags_beside_the_sum() -> None:
    text = "Huyện Sơn Dương được cấp 90 triệu đồng mở lớp tập huấn. Huyện Na Hang được cấp 70 triệu đồng mở lớp."
    sentence = Span(0, 56)

    def place(code: str, word: str) -> LocalityMention:
        start = text.index(word)
        return LocalityMention(code=code, role="about", evidence=(Span(start, start + len(word)),), method="test")

    document = replace(
        make_document(text),
        localities=(place("v1-076", "Sơn Dương"), place("v1-072", "Na Hang")),
        programmes=(ProgrammeMention(code="gnbv-2021-2025", evidence=(sentence,), method="test"),),
        activities=(ActivityMention(code="training", evidence=(sentence,), method="test"),),
    )
    first, second = tag_budgets(document).budgets
    assert (first.locality, first.activity, first.programme) == ("v1-076", "training", "gnbv-2021-2025")
    assert second.locality == "v1-072"


# Activities and programmes tagged for the whole sentence; what each of its sums is for.
SHARED: list[tuple[str, str, str, list[str | None]]] = [
    (
        "purpose behind each sum",
        "radio_facility training publication",
        "Huyện chi 310 triệu đồng sửa đài truyền thanh xã, 90 triệu đồng tập huấn cộng tác viên và 40 triệu đồng in sổ tay.",
        ["radio_facility", "training", "publication"],
    ),
    (
        "purpose before each sum",
        "training publication",
        "Tổng kinh phí 130 triệu đồng, gồm: tập huấn 90 triệu đồng, in sổ tay 40 triệu đồng.",
        [None, "training", "publication"],
    ),
    (
        "a total of several in front",
        "training publication",
        "Huyện tập huấn và in sổ tay hết 130 triệu đồng, trong đó ngân sách xã 40 triệu đồng.",
        [None, None],
    ),
    (
        "parts by source",
        "radio_facility",
        "Kinh phí sửa đài truyền thanh 310 triệu đồng, trong đó ngân sách tỉnh 200 triệu đồng, ngân sách huyện 110 triệu đồng.",
        ["radio_facility", "radio_facility", "radio_facility"],
    ),
    (
        "a part of its own kind",
        "radio_facility training",
        "Kinh phí sửa đài truyền thanh 310 triệu đồng, trong đó tập huấn 20 triệu đồng, dự phòng 10 triệu đồng.",
        ["radio_facility", "training", "radio_facility"],
    ),
    (
        "another unit",
        "radio_facility",
        "Mức hỗ trợ đài truyền thanh tối đa 290 triệu đồng/đài, điểm thông tin không quá 12,6 triệu đồng/điểm/năm.",
        ["radio_facility", None],
    ),
    ("one sum, two deeds", "training publication", "Huyện mở lớp tập huấn, chi 40 triệu đồng in sổ tay.", ["publication"]),
    ("a deed of another name", "training", "Huyện mở lớp tập huấn cho cán bộ, dành 40 triệu đồng in sổ tay.", [None]),
    ("what a class teaches", "training radio_facility", "Lớp tập huấn vận hành đài truyền thanh hết 40 triệu đồng.", ["training"]),
    ("one deed, silent clause", "training", "Lớp tập huấn có 60 người dự, được cấp 40 triệu đồng.", ["training"]),
]


@pytest.mark.parametrize(("codes", "text", "expected"), [row[1:] for row in SHARED], ids=[row[0] for row in SHARED])
def test_each_sum_has_the_activity_of_its_clause(codes: str, text: str, expected: list[str | None]) -> None:
    sentence = Span(0, len(text))
    mentions = tuple(ActivityMention(code=code, evidence=(sentence,), method="test") for code in codes.split())
    document = tag_budgets(replace(make_document(text), activities=mentions))
    assert [found.activity for found in document.budgets] == expected


def test_a_line_of_a_list_has_an_activity_that_is_quoted_elsewhere() -> None:
    text = "Huyện mở lớp tập huấn.\n- Tập huấn: 90 triệu đồng\n- In sổ tay: 40 triệu đồng"
    mention = ActivityMention(code="training", evidence=(Span(0, 22),), method="test")
    document = tag_budgets(replace(make_document(text), activities=(mention,)))
    assert [found.activity for found in document.budgets] == ["training", None]


PAYING: list[tuple[str, str, str, list[str | None]]] = [
    (
        "two programmes",
        "gnbv-2021-2025",
        "Từ nguồn vốn nông thôn mới 2 tỷ đồng, xã sửa đài; Chương trình giảm nghèo bền vững hỗ trợ 400 triệu đồng.",
        ["ntm", "gnbv-2021-2025"],
    ),
    (
        "projects of one number",
        "dtts-1719 gnbv-2021-2025",
        "Chương trình 1719 bố trí 4 tỷ đồng cho Dự án 10; Chương trình giảm nghèo bền vững bố trí 3 tỷ đồng cho Tiểu dự án 1 - Dự án 6.",
        ["dtts-1719", "gnbv-2021-2025"],
    ),
    (
        "carried on to a part",
        "dtts-1719 gnbv-2021-2025",
        "Chương trình giảm nghèo được giao 9 tỷ đồng, vốn dân tộc thiểu số 7 tỷ đồng, trong đó vốn đầu tư 5 tỷ đồng.",
        ["gnbv-2021-2025", "dtts-1719", None],
    ),
    (
        "carried on to another sum",
        "dtts-1719 gnbv-2021-2025",
        "Chương trình 1719 bố trí 4 tỷ đồng cho Dự án 10 và 2 tỷ đồng cho Dự án 1.",
        ["dtts-1719", "dtts-1719"],
    ),
    (
        "both together",
        "gnbv-2021-2025 ntm",
        "Nguồn vốn nông thôn mới và vốn giảm nghèo là 6 tỷ đồng.",
        [None],
    ),
    ("behind the sum", "gnbv-2021-2025 ntm", "Xã được cấp 600 triệu đồng từ nguồn vốn xây dựng nông thôn mới.", ["ntm"]),
    ("a commune that bears the name", "gnbv-2021-2025", "Xã nông thôn mới được Dự án 6 cấp 600 triệu đồng.", ["gnbv-2021-2025"]),
    (
        "a silent clause among several",
        "dtts-1719 gnbv-2021-2025",
        "Chương trình 1719 bố trí 4 tỷ đồng; vốn giảm nghèo là 3 tỷ đồng; xã đối ứng 90 triệu đồng.",
        ["dtts-1719", "gnbv-2021-2025", None],
    ),
    (
        "of no known period",
        "dtts-1719",
        "Chương trình 1719 bố trí 4 tỷ đồng; Chương trình giảm nghèo bền vững bố trí 3 tỷ đồng.",
        ["dtts-1719", None],
    ),
    ("the only one", "gnbv-2021-2025", "Xã được cấp 600 triệu đồng.", ["gnbv-2021-2025"]),
]


@pytest.mark.parametrize(("codes", "text", "expected"), [row[1:] for row in PAYING], ids=[row[0] for row in PAYING])
def test_each_sum_has_the_programme_of_its_clause(codes: str, text: str, expected: list[str | None]) -> None:
    sentence = Span(0, len(text))
    mentions = tuple(ProgrammeMention(code=code, evidence=(sentence,), method="test") for code in codes.split())
    document = tag_budgets(replace(make_document(text), programmes=mentions))
    assert [found.programme for found in document.budgets] == expected


def test_evidence_is_the_surface_and_then_its_sentence() -> None:
    text = "Mở đầu. Huyện được cấp hơn 90 triệu đồng mở lớp. Hết."
    document = tag_budgets(make_document(text))
    (found,) = document.budgets
    assert [document.quote(span) for span in found.evidence] == ["hơn 90 triệu đồng", "Huyện được cấp hơn 90 triệu đồng mở lớp."]


def test_our_own_sentences() -> None:
    """Floors over ``tests/gold/own/amounts.jsonl``: value and qualifier, budget or not, and every field that a row names."""
    right = found = wanted = budget_right = 0
    fields: Counter[str] = Counter()
    fields_right: Counter[str] = Counter()
    for line in OWN_SENTENCES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = tag_budgets(make_document(row["text"]))
        left = list(document.budgets)
        found += len(left)
        wanted += len(row["amounts"])
        for expected in row["amounts"]:
            key = (expected["vnd"], expected.get("usd"), expected["qualifier"])
            match = next((b for b in left if (b.vnd, b.usd, b.qualifier) == key), None)
            if match is None:
                continue
            left.remove(match)
            right += 1
            budget_right += (match.kind == "budget") == expected["budget"]
            got = {
                "text": document.quote(match.evidence[0]),
                "kind": match.kind,
                "funds": sorted(match.funds),
                "flags": sorted(match.flags),
            }
            for name in expected.keys() - {"vnd", "usd", "qualifier", "budget"}:
                value = expected[name]
                fields[name] += 1
                fields_right[name] += got.get(name, getattr(match, name, None)) == (sorted(value) if isinstance(value, list) else value)
    assert wanted > 300
    assert 2 * right / (found + wanted) >= F1_FLOOR
    assert budget_right / right >= BUDGET_FLOOR
    assert {name: fields_right[name] / fields[name] for name in fields if fields_right[name] < FIELD_FLOOR * fields[name]} == {}


_PIECES = st.lists(
    st.sampled_from(
        [
            "Tổng kinh phí ",
            "5 tỷ đồng ",
            "trong đó ",
            "hơn ",
            "1.250.000đ ",
            "- ",
            "\n",
            ". ",
            "Dự án 6 ",
            "gồm ",
            "3 triệu/hộ ",
            "vay ",
            ", ",
            "= ",
            "300 - 500 tỷ đồng ",
        ]
    ),
    max_size=40,
).map("".join)


@given(st.text(max_size=300) | _PIECES, st.text(max_size=60) | _PIECES)
def test_only_its_own_field_changes_and_twice_is_once(text: str, title: str) -> None:
    document = make_document(text, title)
    tagged = tag_budgets(document)
    assert replace(tagged, budgets=()) == document
    assert tag_budgets(tagged) == tagged
    for position, found in enumerate(tagged.budgets):
        assert all(tagged.quote(span) for span in found.evidence)
        assert position not in found.parts
        assert all(0 <= part < len(tagged.budgets) for part in found.parts)
        if found.duplicate_of is not None:
            assert tagged.budgets[found.duplicate_of].duplicate_of is None or found.duplicate_of != position


def test_ten_thousand_sums_in_one_sentence() -> None:
    """Bounded work for each sum: the whole takes seconds, not hours."""
    assert len(budgets("cấp 1 tỷ 545 triệu đồng, " * 10_000)) == 10_000
