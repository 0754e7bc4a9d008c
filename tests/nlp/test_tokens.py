"""Word spans are exact on the untouched text, and the fast path gives underthesea's own words."""

from __future__ import annotations

import io
import json
import pickle
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from underthesea import word_tokenize

from nlp import crf, tokens

GOLD = Path(__file__).parents[1] / "gold" / "pages.jsonl"

SAMPLES = [
    ("news", "Sáng 10/10, UBND huyện Mường Lát (Thanh Hoá) mở lớp tập huấn cho 120 cán bộ thông tin cơ sở."),
    ("money", "Tổng kinh phí hơn 5,5 tỷ đồng, trong đó ngân sách trung ương 4.164 triệu đồng (năm 2024)."),
    ("abbreviations", "Sở TT&TT và Phòng VH-TT TP. Vinh, Tp.HCM, T.Ư, ThS. Nguyễn Văn A, NĐ-CP, v.v..."),
    ("hyphens", "truyền thanh không dây/FM - loa 50W, 3x4, 1.600m-2.000m, e-mail, H'Mông, Ea H’Leo"),
    ("addresses", "Xem http://example.vn/tin-tuc?id=1, www.laichau.gov.vn hoặc gửi a.b@example.vn trước 02/05/2024 07:30:00"),
    ("glued", "SởLao động vàXãhội phối hợpvới UBNDxã"),
    ("lines", "Hội\ntrường   xã\t\tNga Thắng\r\n\r\nđông người"),
    ("emoji", "Giảm nghèo 👍🏽 bền vững ♥‿♥ :)) <3"),
    ("ties", "được\n, TT&TT\nBOS  .\n.\nH'MôngBàn H'Môngban 12/5/2024TT&TT  TT&TT%  khai "),
    ("one", "a"),
    ("two", "hộ nghèo"),
]


@pytest.mark.parametrize(("name", "text"), SAMPLES, ids=[name for name, _ in SAMPLES])
def test_the_fast_path_gives_the_reference_words(name: str, text: str) -> None:
    assert tokens._decoder() is not None
    assert tokens.segment(text) == tuple(tokens._segment_reference(text))
    words = [" ".join(text[a:b].split()) for a, b in tokens.segment(text)]
    assert [word.replace(" ", "") for word in words] == [w.replace(" ", "") for w in word_tokenize(text, use_token_normalize=False)]


def test_the_fast_path_gives_the_reference_words_on_the_gold_pages() -> None:
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        text = unicodedata.normalize("NFC", json.loads(line)["text"])
        assert tokens.segment(text) == tuple(tokens._segment_reference(text))


_SYLLABLES = st.sampled_from(
    "hộ nghèo Ủy ban nhân dân xã Điện Bàn TP. 4K 1.5 , . ( ) - – “ ” % & / : H'Mông TT&TT 12/5/2024 được triển khai BOS EOS 🎉 ² Ⅷ ß".split(
        " "
    )
)


@settings(max_examples=150)
@given(st.lists(st.tuples(_SYLLABLES, st.sampled_from([" ", "", "\n", "  "])), max_size=40))
def test_generated_sentences_have_the_reference_words(parts: list[tuple[str, str]]) -> None:
    text = "".join(token + gap for token, gap in parts)
    assert tokens.segment(text) == tuple(tokens._segment_reference(text))


@settings(max_examples=200)
@given(st.text(max_size=200))
@example("\u0f5c")  # two characters when composed
@example("x\u0327\u0f5c nghèo")
def test_spans_are_ordered_disjoint_and_cover_every_letter(text: str) -> None:
    spans = tokens.segment(text)
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        position = end
    covered = {i for start, end in spans for i in range(start, end)}
    assert all(i in covered for i, character in enumerate(text) if character.isalnum())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_are_exact_for_composed_and_decomposed_text(form: str) -> None:
    text = unicodedata.normalize(form, "Thị xã Điện Bàn hỗ trợ hộ nghèo")  # type: ignore[arg-type]
    words = [unicodedata.normalize("NFC", text[a:b]) for a, b in tokens.segment(text)]
    assert words == ["Thị xã", "Điện Bàn", "hỗ trợ", "hộ", "nghèo"]


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "a-" * 500_000, "a.b@" * 250_000, "(" * 1_000_000, "đ́" * 100_000, "‮" * 1000, "1." * 500_000],
    ids=["token", "hyphens", "mail", "brackets", "combining", "override", "numbers"],
)
def test_a_megabyte_without_white_space_is_cut_in_linear_time(text: str) -> None:
    spans = tokens.segment(text)
    assert spans
    assert all(end - start <= 400 for start, end in spans[:10])


def test_a_long_run_of_letters_is_one_place_of_the_text() -> None:
    text = "Hộ nghèo " + "x" * 500 + " ở xã"
    spans = tokens.segment(text)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert text[spans[0][0] : spans[0][1]] == "Hộ"
    assert text[spans[-1][0] : spans[-1][1]].endswith("xã")


def test_another_version_falls_back_to_underthesea(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crf, "CHECKED_VERSION", "0.0.0")
    tokens._decoder.cache_clear()
    try:
        assert tokens._decoder() is None
        text = "Hộ nghèo được hỗ trợ."
        assert [text[a:b] for a, b in tokens.segment(text)] == ["Hộ", "nghèo", "được", "hỗ trợ", "."]
    finally:
        monkeypatch.undo()
        tokens._decoder.cache_clear()


def test_a_dictionary_that_would_run_code_is_refused() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (print, ("run",))

    with pytest.raises(crf.UnknownModel):
        crf._SetsOfStrings(io.BytesIO(pickle.dumps(Evil()))).load()
