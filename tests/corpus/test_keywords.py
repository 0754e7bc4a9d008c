from __future__ import annotations

from dataclasses import replace

from corpus.analysis import pattern
from corpus.index.base import Or, Phrase
from corpus.keywords import more_like, profile, significant_words, vocabulary, words_of
from tests.search_samples import make_document

POULTRY = [make_document(f"{n:024d}", "Tin", f"Xã trao gà giống cho hộ nghèo, đợt {n}.") for n in range(10)]
RADIO = [make_document(f"{n:024d}", "Tin", f"Huyện lắp loa thông minh cho xã, đợt {n}.") for n in range(10, 30)]


def test_words_are_those_segmented_in_one_spelling() -> None:
    document = replace(
        make_document("a" * 24, "Hoà Bình", "2 Loa, hộ nghèo"), words=((0, 1), (2, 5), (5, 6), (7, 15)), title_words=((0, 8),)
    )
    assert list(words_of(document)) == ["hòa bình", "loa", "hộ nghèo"]


def test_what_sets_a_result_apart() -> None:
    found = significant_words(vocabulary(POULTRY), vocabulary([*POULTRY, *RADIO]), limit=4)
    assert {keyword.word for keyword in found} <= {"gà", "giống", "trao", "hộ", "nghèo"}
    assert found[0].here == found[0].there == 10
    assert found[0].score > 10.83
    assert found[0].ratio > 2
    words = {keyword.word for keyword in significant_words(vocabulary(POULTRY), vocabulary([*POULTRY, *RADIO]))}
    assert not words & {"xã", "cho", "loa"}


def test_words_that_were_asked_for_are_left_out() -> None:
    asked = pattern("gà")
    assert asked is not None
    words = {keyword.word for keyword in significant_words(vocabulary(POULTRY), vocabulary([*POULTRY, *RADIO]), asked=[asked])}
    assert "gà" not in words
    assert "giống" in words


def test_an_empty_result_has_no_words() -> None:
    assert significant_words(vocabulary([]), vocabulary(RADIO)) == []


def test_likeness_follows_shared_rare_words() -> None:
    reference = vocabulary([*POULTRY, *RADIO])
    one, other, far = (profile(document, reference) for document in (POULTRY[0], POULTRY[1], RADIO[0]))
    assert one.likeness(one) > 0.999
    assert one.likeness(other) == other.likeness(one) > 0.9
    assert one.likeness(far) < 0.2
    assert set(one.shared(other)) <= {"gà", "giống", "trao", "hộ", "nghèo", "cho", "xã"}
    query = more_like(one, 3)
    assert isinstance(query, Or)
    assert all(isinstance(part, Phrase) for part in query.parts)
    assert len(query.parts) == 3


def test_a_text_without_words_has_no_like() -> None:
    assert more_like(profile(make_document("a" * 24, "12", "34 56"), vocabulary(RADIO))) is None
