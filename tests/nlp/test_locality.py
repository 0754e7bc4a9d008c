"""Places in text: our own sentences, shared names, roles, evidence, and any input at all."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, LocalityMention, Provenance
from corpus.localities import REFORM, Register
from corpus.locality_names import name_key
from corpus.text import normalize
from nlp.locality import LocalityTagger

PLACES = Path(__file__).resolve().parent.parent / "gold" / "own" / "places.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in PLACES.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


@pytest.fixture(scope="module")
def tagger(register: Register) -> LocalityTagger:
    return LocalityTagger.load(register)


def make(text: str, *, title: str = "", published: date | None = None, url: str = "https://example.vn/a") -> Document:
    return Document(
        id="x",
        provenance=Provenance(portal="import", requested_url=url, final_url=url, fetched_at=datetime(2026, 1, 1, tzinfo=UTC)),
        title=title,
        text=text,
        published=published,
    )


def labels(register: Register, document: Document, role: str) -> set[str]:
    return {
        register.label(m.code, document.published) if m.code.startswith("v") else register.full_name(m.code)
        for m in document.localities
        if m.role == role and m.code
    }


def test_there_are_enough_sentences() -> None:
    assert len(ROWS) >= 200
    assert len({row["text"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_own_sentence(register: Register, tagger: LocalityTagger, row: dict[str, Any]) -> None:
    published = date.fromisoformat(row["published"]) if row["published"] else None
    document = tagger(make(row["text"], title=row["title"], published=published, url=row.get("url", "")))
    if "about" in row:
        assert labels(register, document, "about") == set(row["about"])
    assert set(row.get("mentioned", ())) <= labels(register, document, "mentioned")
    shown = {document.quote(span) for m in document.localities if m.role != "boilerplate" for span in m.evidence}
    assert not {word for word in row.get("none", ()) if any(word in quote for quote in shown)}
    unsettled = {document.quote(span) for m in document.localities if m.candidates for span in m.evidence}
    assert unsettled == set(row.get("open", ()))
    if "map" in row:
        assert {m.code[:2] for m in document.localities if m.role == "about" and m.code} == {row["map"]}


def test_names_shared_by_provinces_are_never_guessed(register: Register, tagger: LocalityTagger) -> None:
    """Every commune name that two or more of the 34 provinces have, without a word on the province."""
    provinces: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for unit in register.units("commune", REFORM):
        if not unit.name.isdigit():
            provinces[name_key(unit.name)].add(unit.parent or "")
            names[name_key(unit.name)] = unit.name
    shared = [names[key] for key, found in provinces.items() if len(found) > 1]
    assert len(shared) >= 300
    for name in shared:
        document = tagger(make(f"Hôm qua, tại xã {name} có buổi phát loa.", published=date(2026, 3, 1)))
        communes = [m.code for m in document.localities if m.code and m.code.startswith("v2") and len(m.code) == 8]
        assert communes == [], name


def test_names_typed_without_accents_are_left_alone(register: Register, tagger: LocalityTagger) -> None:
    document = tagger(make("Tai xa Quang Binh va Phu Yen, Yen Bai co loa moi.", published=date(2023, 3, 1)))
    assert document.localities == ()


@pytest.mark.parametrize(
    ("text", "code", "quotes"),
    [
        ("Tại TP. Nam Định có loa.", "v1-356", ["TP. Nam Định"]),
        ("Huyện Hải Hậu (Nam Định) có loa; ở Hải Hậu còn có bảng tin.", "v1-366", ["Huyện Hải Hậu", "Hải Hậu"]),
        ("Các huyện Ý Yên, Vụ Bản (Nam Định) có loa.", "v1-359", ["Vụ Bản"]),
        ("Ở huyện miền núi Nam Giang, Quảng Nam có loa.", "v1-510", ["Nam Giang"]),
    ],
)
def test_evidence_is_the_name_with_its_type_word(tagger: LocalityTagger, text: str, code: str, quotes: list[str]) -> None:
    document = tagger(make(text, published=date(2023, 5, 1)))
    found = [m for m in document.localities if m.code == code]
    assert [[document.quote(span) for span in m.evidence] for m in found] == [quotes]


def test_registered_hosts_come_first(tagger: LocalityTagger, register: Register) -> None:
    own = LocalityTagger.load(register, {"bantin.example.vn": "v1-62"})
    text = "Toàn tỉnh có 80 đài truyền thanh hoạt động tốt."
    document = own(make(text, published=date(2023, 5, 1), url="https://www.bantin.example.vn/tin/1"))
    assert [(m.code, m.inferred) for m in document.localities] == [("v1-62", True)]
    assert tagger(make(text, published=date(2023, 5, 1))).localities == ()


@pytest.mark.parametrize("host", ["bantin.example.vn", "www.bantin.example.vn", "xahoi.bantin.example.vn"])
def test_a_copy_stands_for_the_province_of_the_host_it_names(register: Register, host: str) -> None:
    own = LocalityTagger.load(register, {"bantin.example.vn": "v1-62"})
    copied = make(f"Toàn tỉnh có 80 đài truyền thanh hoạt động tốt.\nNguồn: http://{host}/tin/1", published=date(2023, 5, 1))
    assert [(m.code, m.inferred) for m in own(copied).localities] == [("v1-62", True)]


def test_a_host_is_no_proof(tagger: LocalityTagger, register: Register) -> None:
    document = tagger(make("Thủ tướng ký quyết định về chuẩn nghèo.", published=date(2023, 5, 1), url="https://baothanhhoa.vn/a"))
    assert labels(register, document, "about") == {"Việt Nam"}


def test_teasers_after_the_byline_are_other_stories(tagger: LocalityTagger, register: Register) -> None:
    body = "Lớp học kéo dài hai ngày, học viên được hướng dẫn viết tin và vận hành thiết bị phát thanh mới. " * 6
    text = (
        f"Tỉnh Bến Tre vừa mở lớp tập huấn cho cán bộ truyền thanh.\n{body}\nThu Hồng\n"
        "Đắk Nông trao tặng thiết bị cho hộ nghèo vùng sâu\nTỉnh đã trao hơn một trăm bộ trong đợt này.\n"
        "Long An đặt mục tiêu giảm nghèo thông tin\nLong An phấn đấu mọi xã có đài tốt.\n"
        "Phú Thọ mở rộng mạng lưới bưu điện văn hóa\nNhiều điểm được trang bị máy tính.\n"
    )
    document = tagger(make(text, title="Bến Tre tập huấn truyền thanh", published=date(2023, 5, 1)))
    assert labels(register, document, "about") == {"tỉnh Bến Tre"}
    assert labels(register, document, "mentioned") == set()
    assert labels(register, document, "boilerplate") == {"tỉnh Đắk Nông", "tỉnh Long An", "tỉnh Phú Thọ"}


def check(document: Document, tagged: Document) -> None:
    assert replace(tagged, localities=document.localities) == document, "only its own field is set"
    for mention in tagged.localities:
        assert isinstance(mention, LocalityMention)
        assert mention.evidence
        for span in mention.evidence:
            assert tagged.quote(span).strip()
            assert span.end <= len(tagged.title if span.field == "title" else tagged.text)
        assert 0.5 <= mention.score <= 1.0


PIECES = st.sampled_from(
    "huyện|xã|tỉnh|TP.|các|và|,|(|)|. |\n|\n\n|:|Châu Thành|Hòa Bình|Hà Nội|Bắc Hà|Lào Cai|Huế|Quảng Ninh|cũ|mới|Báo|ông|Tây Nguyên|phường 5|TỈNH|Nguyễn"
    "|hợp nhất|Thái Bình|đặc khu|Tin liên quan|giáp|đại diện| ".split("|")
)


@given(
    st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map(" ".join)),
    st.sampled_from([None, date(2019, 1, 1), date(2026, 1, 1)]),
)
def test_any_text(tagger: LocalityTagger, text: str, published: date | None) -> None:
    document = make(text, title=text[:30], published=published)
    tagged = tagger(document)
    check(document, tagged)
    assert tagger(tagged) == tagged, "tagging twice changes nothing"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_normal_forms(tagger: LocalityTagger, register: Register, form: str) -> None:
    text = normalize(unicodedata.normalize(form, "Huyện Mường Khương, tỉnh Lào Cai có loa mới."))  # type: ignore[arg-type]
    document = tagger(make(text, published=date(2023, 5, 1)))
    assert labels(register, document, "about") == {"tỉnh Lào Cai", "huyện Mường Khương, tỉnh Lào Cai"}


def tag_and_check(tagger: LocalityTagger, text: str) -> None:
    document = make(text, published=date(2023, 5, 1))
    check(document, tagger(document))


@pytest.mark.timeout(60)  # up to 6 s on an idle core; the square of the length takes minutes
@pytest.mark.parametrize(
    "piece",
    [
        "huyện Bắc Hà, tỉnh Lào Cai. ", "Châu Thành, Tân Bình, Hòa Bình, ", "(Bắc Hà, Lào Cai ", "Hà Nội\n", "xã Tân Thành (", "Nguyễn Văn Bình\n",
        "các huyện ", "tỉnh ", "a", "Ă\u0301", "1", "\u202e ", "Hà Giang và ", "Xã A\nTin liên quan\n", "Sài Gòn ",
    ],
)  # fmt: skip
def test_time_is_linear(tagger: LocalityTagger, piece: str) -> None:
    tag_and_check(tagger, piece * (200_000 // len(piece)))


@pytest.mark.timeout(60)
def test_ten_thousand_names_take_bounded_time(tagger: LocalityTagger, register: Register) -> None:
    names = [f"{unit.type} {unit.name}" for unit in register.units("commune", date(2024, 1, 1))][:10_000]
    tag_and_check(tagger, ", ".join(names))
