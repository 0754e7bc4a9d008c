"""Text functions as tables, and what must hold for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import fold, lower, normalize, sentence_around, sentences, unify_tones


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đắk Lắk", "dak lak"),
        ("ĐẮK LẮK", "dak lak"),
        ("Hoà Bình", "hoa binh"),
        ("Thừa Thiên – Huế", "thua thien – hue"),
        ("Ủy ban nhân dân", "uy ban nhan dan"),
        ("İstanbul ß", "istanbul ß"),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hoà", "hòa"),
        ("HOÀ BÌNH", "HÒA BÌNH"),
        ("thuỷ điện", "thủy điện"),
        ("quý, quỳ, quỹ", "quý, quỳ, quỹ"),
        ("hoàn toàn", "hoàn toàn"),
        ("khoẻ", "khỏe"),
        ("hòa", "hòa"),
        ("tuyến, huyện", "tuyến, huyện"),
        ("Giao Thuỷ", "Giao Thủy"),
        ("loè loẹt", "lòe loẹt"),
    ],
)
def test_unify_tones(text: str, expected: str) -> None:
    assert unify_tones(text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("plain", "Một câu. Hai câu! Ba câu?", ["Một câu.", "Hai câu!", "Ba câu?"]),
        ("abbreviation", "Tại TP. Vinh có lớp. Sau đó.", ["Tại TP. Vinh có lớp.", "Sau đó."]),
        ("initial", "Ông Nguyễn V. Hùng nói.", ["Ông Nguyễn V. Hùng nói."]),
        ("number", "Chi 1.500.000 đồng. Xong.", ["Chi 1.500.000 đồng.", "Xong."]),
        ("heading", "1. Mục đích\n2. Yêu cầu", ["1. Mục đích", "2. Yêu cầu"]),
        ("lines", "Dòng một\n\n  Dòng hai  ", ["Dòng một", "Dòng hai"]),
        ("quote", "“Xong rồi.” Ông cười.", ["“Xong rồi.”", "Ông cười."]),
        ("empty", " \n ", []),
    ],
)
def test_sentences(name: str, text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(st.text())
def test_mapping_for_comparison_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(lower(text)) == len(text)
    normal = normalize(text)
    assert len(unify_tones(normal)) == len(normal)


@given(st.text() | st.lists(st.sampled_from(["e", "\u0301", "\u200b", "\u0323", "\u00d0", "\u00a0", "đ"]), max_size=80).map("".join))
def test_normal_form_is_final(text: str) -> None:
    assert unicodedata.is_normalized("NFC", normalize(text))
    assert normalize(normalize(text)) == normalize(text)


def test_halves_of_characters_are_dropped() -> None:
    assert normalize("hộ\ud800 nghèo\udfff") == "hộ nghèo"


def test_heaps_of_marks_are_cut() -> None:
    heap = normalize("n" + "\u0323\u0302\u0301" * 200_000 + " nghèo")
    assert len(heap) < 50
    assert heap.endswith(" nghèo")


@given(st.text(max_size=300))
def test_sentences_are_ordered_and_hold_everything_but_white_space(text: str) -> None:
    spans = list(sentences(text))
    position = 0
    for start, end in spans:
        assert not text[position:start].strip()
        assert position <= start < end
        position = end
    assert not text[position:].strip()


def test_sentence_around() -> None:
    text = "Câu một. Câu hai có 5 tỷ đồng. Câu ba."
    start = text.index("5 tỷ")
    first, last = sentence_around(text, start, start + 4)
    assert text[first:last] == "Câu hai có 5 tỷ đồng."


@given(
    st.lists(
        st.sampled_from(["Câu ", "dài thêm nhiều chữ cho đủ bốn mươi ký tự ", "TP", "1", "II", "A", ". ", ".", '." ', "\n", "! a"]),
        max_size=60,
    ),
    st.data(),
)
def test_sentence_around_is_one_of_the_sentences_of_its_line(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    at = data.draw(st.integers(0, len(text)))
    line, stop = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    spans = [(line + first, line + last) for first, last in sentences(text[line : stop if stop >= 0 else len(text)])]
    assert sentence_around(text, at, at) == next((span for span in spans if span[0] <= at < span[1]), (at, at))
