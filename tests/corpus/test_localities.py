"""The register: counts of both maps, names and their spellings, the way from old to new and back, and what it refuses."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InvalidData
from corpus.localities import REFORM, Locality, Register
from corpus.locality_names import name_key, sort_key, spell
from corpus.text import fold

BEFORE = date(2025, 6, 30)
AFTER = date(2025, 7, 1)
HEADER = "code,name,type,level,parent,valid_from,valid_to,predecessors,successors\n"
# Communes of the 34 provinces, from the official list (annex of Nghị quyết 60-NQ/TW and the province resolutions of June 2025).
COMMUNES = {
    "01": 126, "04": 56, "08": 124, "11": 45, "12": 38, "14": 75, "15": 99, "19": 92, "20": 65, "22": 54, "24": 99, "25": 148,
    "31": 114, "33": 104, "37": 129, "38": 166, "40": 130, "42": 69, "44": 78, "46": 40, "48": 94, "51": 96, "52": 135, "56": 65,
    "66": 102, "68": 124, "75": 95, "79": 168, "80": 96, "82": 102, "86": 124, "91": 102, "92": 103, "96": 64,
}  # fmt: skip


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


def test_both_maps_are_complete(register: Register) -> None:
    assert len(register.units("province", BEFORE)) == 63
    assert len(register.units("district", BEFORE)) == 696
    assert len(register.units("commune", BEFORE)) == 10_035
    assert len(register.units("province", AFTER)) == 34
    assert register.units("district", AFTER) == ()
    communes = register.units("commune", AFTER)
    assert Counter((unit.parent or "")[3:] for unit in communes) == COMMUNES
    assert Counter(unit.type for unit in communes) == {"xã": 2621, "phường": 687, "đặc khu": 13}


@pytest.mark.parametrize(("day", "expected"), [(date(2019, 12, 1), 713), (date(2020, 3, 1), 707), (date(2024, 1, 1), 705)])
def test_districts_that_ended_early_are_there(register: Register, day: date, expected: int) -> None:
    assert len(register.units("district", day)) == expected


def test_each_new_province_is_made_of_the_old_ones(register: Register) -> None:
    made = {unit.code: register.before(unit.code) for unit in register.units("province", AFTER)}
    assert sum(len([code for code in olds if "x" not in code]) for olds in made.values()) == 63
    assert sum(1 for olds in made.values() if len(olds) == 1) == 11
    assert made["v2-08"] == ("v1-02", "v1-08")
    assert made["v2-68"] == ("v1-60", "v1-67", "v1-68")
    assert made["v2-79"] == ("v1-74", "v1-77", "v1-79")


def test_every_old_unit_leads_to_today(register: Register) -> None:
    for level in ("province", "district", "commune"):
        for unit in register.units(level, BEFORE):  # type: ignore[arg-type]
            today = register.today(unit.code)
            assert today, unit
            assert register.today_province(unit.code) in {register.province(code) for code in today}, unit
    for unit in register.units("commune", AFTER):
        assert register.before(unit.code), unit


def test_former_districts_lead_to_a_province_of_today(register: Register) -> None:
    former = [unit for unit in register if unit.level == "district" and unit.valid_to is not None and unit.valid_to < REFORM]
    assert len(former) >= 20
    for unit in former:
        assert register.today(unit.code), unit
        assert register.today_province(unit.code), unit


@pytest.mark.parametrize(
    ("name", "kwargs", "expected"),
    [
        ("Khánh Hoà", {"level": "province", "on": BEFORE}, ["v1-56"]),
        ("Khánh Hòa", {"level": "province", "on": AFTER}, ["v2-56"]),
        (unicodedata.normalize("NFD", "Khánh Hòa"), {"level": "province", "on": BEFORE}, ["v1-56"]),
        ("KHÁNH HÒA", {"level": "province", "on": BEFORE}, ["v1-56"]),
        ("Đăk Lăk", {"level": "province", "on": BEFORE}, ["v1-66"]),
        ("Đắc Lắc", {"level": "province", "on": BEFORE}, ["v1-66"]),
        ("Dak Lak", {"level": "province", "on": BEFORE}, ["v1-66"]),
        ("TP.HCM", {"on": BEFORE}, ["v1-79"]),
        ("TP. Hồ Chí Minh", {"on": AFTER}, ["v2-79"]),
        ("BR-VT", {}, ["v1-77"]),
        ("Bà Rịa–Vũng Tàu", {}, ["v1-77"]),
        ("TT-Huế", {}, ["v1-46"]),
        ("Thừa Thiên - Huế", {"on": date(2020, 1, 1)}, ["v1-46"]),
        ("Qui Nhơn", {"level": "district"}, ["v1-540"]),
        ("Giao Thuỷ", {"level": "district"}, ["v1-365"]),
        ("Ea H’Leo", {"level": "district"}, ["v1-645"]),
        ("Ea H'leo", {"level": "district"}, ["v1-645"]),
        ("huyện Phú Quốc", {"on": BEFORE}, ["v1-911"]),
        ("thành phố Phú Quốc", {"on": date(2019, 1, 1)}, ["v1-911"]),
        ("Cửa Lò", {"level": "district"}, ["v1-413"]),
        ("Mỹ Lộc", {"level": "district", "on": date(2017, 1, 1)}, ["v1-358"]),
        ("Mỹ Lộc", {"level": "district", "on": date(2024, 12, 1)}, []),
        ("phu yen", {"level": "province"}, ["v1-54"]),
        ("huyen phu yen", {}, ["v1-122"]),
        ("Châu Thành", {"level": "district", "within": "v1-80"}, ["v1-808"]),
        ("Không Có Đâu", {}, []),
        ("", {}, []),
    ],
)
def test_names(register: Register, name: str, kwargs: dict[str, object], expected: list[str]) -> None:
    assert [unit.code for unit in register.by_name(name, **kwargs)] == expected  # type: ignore[arg-type]


def test_open_names_keep_all_candidates(register: Register) -> None:
    assert len(register.by_name("huyện Châu Thành", on=BEFORE)) == 10
    assert len(register.by_name("xã Châu Thành", on=AFTER)) == 5
    assert {unit.code for unit in register.by_name("quang binh", on=BEFORE, level="district")} == {"v1-035"}
    assert "v1-44" in {unit.code for unit in register.by_name("quang binh", on=BEFORE)}


def test_communes_that_share_a_name_are_never_one(register: Register) -> None:
    """The official list has 314 short names that two or more of the 34 provinces share (787 communes)."""
    provinces: dict[str, set[str]] = defaultdict(set)
    for unit in register.units("commune", AFTER):
        if not unit.name.isdigit():
            provinces[name_key(unit.name)].add(unit.parent or "")
    shared = {key for key, found in provinces.items() if len(found) > 1}
    assert len(shared) >= 300
    for key in shared:
        assert len(register.by_name(key, on=AFTER, level="commune")) > 1


def test_names_that_collide_without_accents_are_never_one(register: Register) -> None:
    """96 groups in the domain's count; typed without accents each gives everything that it may mean."""
    groups: dict[str, set[str]] = defaultdict(set)
    for unit in (*register.units("province", BEFORE), *register.units("district", BEFORE), *register.units("commune", AFTER)):
        if not unit.name.isdigit():
            groups[fold(name_key(unit.name))].add(name_key(unit.name))
    colliding = {key: names for key, names in groups.items() if len(names) > 1}
    assert len(colliding) >= 90
    for key, names in colliding.items():
        found = {name_key(unit.name) for unit in register.by_name(key)}
        assert names <= found or key in found, key


@pytest.mark.parametrize(
    ("code", "province", "today_province", "label"),
    [
        ("v1-507", "v1-49", "v2-48", "thị xã Điện Bàn, tỉnh Quảng Nam"),
        ("v1-413", "v1-40", "v2-40", "thị xã Cửa Lò, tỉnh Nghệ An"),
        ("v1-358", "v1-36", "v2-37", "huyện Mỹ Lộc, tỉnh Nam Định"),
        ("v1-498", "v1-48", "v2-48", "huyện Hoàng Sa, thành phố Đà Nẵng"),
        ("v1-x-tinh-ha-tay", "v1-x-tinh-ha-tay", "v2-01", "tỉnh Hà Tây"),
        ("v1-x-thanh-pho-hue", "v1-46", "v2-46", "thành phố Huế, thành phố Huế"),
        ("R-tay-nguyen", None, None, "Tây Nguyên"),
        ("VN", None, None, "Việt Nam"),
        ("v1-nope", None, None, "v1-nope"),
    ],
)
def test_places_of_a_unit(register: Register, code: str, province: str | None, today_province: str | None, label: str) -> None:
    assert register.province(code) == province
    assert register.today_province(code) == today_province
    assert register.label(code) == label


def test_forms_follow_the_day(register: Register) -> None:
    assert register.full_name("v1-46", date(2020, 1, 1)) == "tỉnh Thừa Thiên Huế"
    assert register.full_name("v1-46", date(2025, 2, 1)) == "thành phố Huế"
    assert register.full_name("v1-911", date(2021, 2, 28)) == "huyện Phú Quốc"
    assert register.full_name("v1-911", date(2021, 3, 1)) == "thành phố Phú Quốc"
    assert register.full_name("v1-088", date(2019, 12, 31)) == "huyện Sa Pa"


def test_old_and_new_map(register: Register) -> None:
    dong_van = register.by_name("xã Đồng Văn", on=AFTER, within="v2-08")[0].code
    assert register.on_old_map(["v2-08", dong_van]) == ("v1-02",)
    assert register.on_old_map(["v2-08"]) == ("v2-08",), "a whole new province cannot be told apart"
    assert register.on_old_map(["v2-38"]) == ("v1-38",), "an unmerged one can"
    assert register.on_old_map(["v1-507"]) == ("v1-49",)
    assert register.on_old_map(["v2-10804"]) == ("v2-31",), "xã Kim Thành was made of communes of Hải Dương and of Hải Phòng"
    assert register.on_old_map(["v2-10804", "v1-31"]) == ("v1-31", "v2-31")
    assert register.on_new_map(["v1-507", "v1-48"]) == ("v2-48",)
    assert register.on_new_map(["R-tay-bac", "VN"]) == ()


def test_split_communes_give_every_part(register: Register) -> None:
    split = [unit for unit in register.units("commune", BEFORE) if len(register.today(unit.code)) > 1]
    assert len(split) == 471


def test_vietnamese_order() -> None:
    names = ["Đà Nẵng", "Điện Biên", "Yên Bái", "Cần Thơ", "Cao Bằng", "An Giang", "Đắk Lắk", "Hà Nội", "Hải Dương", "Bắc Kạn", "Bạc Liêu"]
    assert sorted(names, key=sort_key) == [
        *("An Giang", "Bạc Liêu", "Bắc Kạn", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Hà Nội", "Hải Dương", "Yên Bái")
    ]


@given(st.text())
def test_spelling_keeps_the_length(text: str) -> None:
    assert len(spell(text)) == len(text)


@given(st.text(max_size=40))
def test_any_text_can_be_looked_up(register: Register, text: str) -> None:
    for unit in register.by_name(text):
        assert isinstance(unit, Locality)


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (HEADER + "v1-01,Hà Nội,thành phố,province,VN,,\n", 2, "9 wanted"),
        (HEADER + "v1-01,Hà Nội,thành phố,provnce,,,,,\n", 2, "provnce"),
        (HEADER + "v1-01,Hà Nội,đô thị,province,,,,,\n", 2, "đô thị"),
        ("# note\n" + HEADER + "v1-01,Hà Nội,thành phố,province,,2025-13-01,,,\n", 3, "2025-13-01"),
        (HEADER + "v1-01,Hà Nội,thành phố,province,VN,,,,\n", 2, "'VN'"),
        (HEADER + "v1-01,,thành phố,province,,,,,\n", 2, "v1-01"),
        ("name,code\n", 1, "header"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, content: str, line: int, word: str) -> None:
    path = tmp_path / "localities.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidData, match=word) as caught:
        Register.load(path)
    assert (caught.value.file, caught.value.line) == ("localities.csv", line)


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"localities\.csv"):
        Register.load(tmp_path / "localities.csv")
    (tmp_path / "localities.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidData, match=r"localities\.csv"):
        Register.load(tmp_path / "localities.csv")
    aliases = tmp_path / "aliases.csv"
    aliases.write_text("alias,code\nTP,v1-nope\n", encoding="utf-8")
    with pytest.raises(InvalidData, match="v1-nope"):
        Register.load(aliases=aliases)
