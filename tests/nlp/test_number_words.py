"""Vietnamese number words, both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.number_words import MAX_VALUE, number_to_words, parse_number_words, words_to_number

READ = [
    ("full sum", "Chín mươi sáu triệu, một trăm năm mươi ngàn đồng", 96_150_000),
    ("zero hundreds", "Hai tỷ, không trăm năm mươi triệu đồng", 2_050_000_000),
    ("tỉ", "ba tỉ hai trăm triệu", 3_200_000_000),
    ("half of a billion", "một tỷ rưỡi", 1_500_000_000),
    ("half of a hundred", "hai trăm rưỡi", 250),
    ("tenths of a million", "hai triệu tư", 2_400_000),
    ("linh", "bốn trăm linh bảy", 407),
    ("lẻ", "một nghìn lẻ năm", 1_005),
    ("mốt tư lăm", "hai mươi mốt nghìn ba mươi tư triệu", None),
    ("mốt", "ba mươi mốt", 31),
    ("tư", "năm mươi tư", 54),
    ("lăm", "mười lăm", 15),
    ("nhăm", "hai mươi nhăm", 25),
    ("ten left out", "bảy trăm hai", 720),
    ("mươi left out", "bốn lăm triệu", 45_000_000),
    ("chục", "ba chục triệu", 30_000_000),
    ("thousands of billions", "mười hai nghìn ba trăm tỷ", 12_300_000_000_000),
    ("letter case and chẵn", "TÁM TRIỆU ĐỒNG CHẴN", 8_000_000),
    ("bẩy", "bẩy mươi triệu", 70_000_000),
    ("decomposed letters", "ba triệu đồng", 3_000_000),
    ("twenties in short", "hăm lăm", 25),
    ("twenties in short of a scale", "hăm mốt triệu", 21_000_000),
    ("ten thousands", "hai vạn", 20_000),
    ("ten thousands and more", "ba vạn hai nghìn một trăm", 32_100),
    ("half of ten thousand", "một vạn rưỡi", 15_000),
    ("a scale and a half", "tỷ rưỡi", 1_500_000_000),
    ("a scale and a half, small", "nghìn rưỡi", 1_500),
    ("lẻ before tens", "hai ngàn lẻ năm mươi", 2_050),
    ("lẻ before a scale", "một tỷ lẻ hai triệu", 1_002_000_000),
    ("twenties cut off", "hăm", None),
    ("ten thousands out of order", "hai vạn ba vạn", None),
    ("another word", "ba triệu người", None),
    ("only a unit", "tỷ đồng", None),
    ("nothing", "", None),
    ("scales in the wrong order", "hai triệu ba tỷ hai triệu tỷ", None),
    ("two numbers", "hai ba bốn", None),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_reads(text: str, expected: int | None) -> None:
    assert parse_number_words(text) == expected


WRITTEN = [
    (0, "không"),
    (5, "năm"),
    (10, "mười"),
    (15, "mười lăm"),
    (21, "hai mươi mốt"),
    (105, "một trăm linh năm"),
    (1_000_000, "một triệu"),
    (71_429_000, "bảy mươi mốt triệu bốn trăm hai mươi chín nghìn"),
    (10**15, "một triệu tỷ"),
]


@pytest.mark.parametrize(("value", "expected"), WRITTEN)
def test_writes(value: int, expected: str) -> None:
    assert number_to_words(value) == expected


@pytest.mark.parametrize("value", [-1, MAX_VALUE + 1])
def test_writing_refuses_what_is_out_of_range(value: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        number_to_words(value)


@given(st.integers(0, MAX_VALUE) | st.integers(0, 10**6) | st.integers(0, 999).map(lambda n: n * 10**9))
def test_round_trip(value: int) -> None:
    words = number_to_words(value)
    assert parse_number_words(words) == value
    assert parse_number_words(words.upper() + " đồng.") == value
    assert words_to_number(words.split(), strict=True) == value


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    value = parse_number_words(text)
    assert value is None or 0 <= value <= MAX_VALUE
