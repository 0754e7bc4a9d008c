from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.analysis import Pattern, pattern, word_spans
from corpus.kwic import Line, Position, arrange, arranged, concordance, lines_of, matches_of, word_at
from corpus.text import lower, normalize, unify_tones
from tests.search_samples import make_document

TEXT = "Xã mua loa mới. Huyện thay loa cũ.\nTỉnh lắp loa ở bản; đài và loa đều tốt. Ăn, loa"


def wanted(text: str) -> Pattern:
    found = pattern(text)
    assert found is not None
    return found


def lines(text: str, *queries: str, title: str = "Tin", width: int = 60) -> list[Line]:
    return list(lines_of(make_document("a" * 24, title, text), [wanted(query) for query in queries], width=width))


def test_every_match_with_exact_offsets() -> None:
    found = lines(TEXT, "loa", title="Loa thông minh")
    assert [(line.field, line.match) for line in found] == [("title", "Loa"), *[("text", "loa")] * 5]
    for line in found:
        text = "Loa thông minh" if line.field == "title" else TEXT
        assert text[line.start : line.end] == line.match
        assert text[line.start - len(line.left) : line.start].replace("\n", " ") == line.left
        assert text[line.end : line.end + len(line.right)].replace("\n", " ") == line.right


def test_context_is_cut_at_spaces() -> None:
    (line,) = lines("Hội nghị tập huấn về giảm nghèo thông tin cho cán bộ", "giảm nghèo", width=9)
    assert (line.left, line.match, line.right) == ("huấn về ", "giảm nghèo", " thông")


def test_neighbouring_matches_are_one_line_and_paragraphs_part_them() -> None:
    assert [line.match for line in lines("giảm nghèo bền vững, giảm\nnghèo", "giảm", "nghèo")] == ["giảm nghèo", "giảm", "nghèo"]


def test_segmented_words_are_neighbours() -> None:
    text = "cho hộ nghèo vay vốn"
    document = replace(make_document("a" * 24, "Tin", text), words=((0, 3), (4, 12), (13, 16), (17, 20)))
    (line,) = lines_of(document, [wanted("vay")])
    assert (line.before, line.after) == (("hộ nghèo", "cho"), ("vốn",))
    (line,) = lines_of(document, [wanted("nghèo")])
    assert (line.before, line.after) == (("hộ", "cho"), ("vay", "vốn"))
    (line,) = lines_of(document, [wanted("hộ")])
    assert line.after == ("nghèo", "vay", "vốn")


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("1L", ["ăn", "lắp", "mua", "thay", "và"]),
        ("2L", ["đài", "huyện", "tỉnh", "tốt", "xã"]),
        ("1R", ["cũ", "đều", "mới", "ở", ""]),
        ("match", ["loa"] * 5),
    ],
)
def test_lines_are_ordered_by_a_neighbour(position: Position, expected: list[str]) -> None:
    assert [word_at(line, position) for line in arrange(lines(TEXT, "loa"), position)] == expected


def test_frequent_neighbours_first() -> None:
    text = "xã mua loa. bản có loa. huyện mua loa. đài, loa"
    found = arrange(lines(text, "loa"), "1L", by_frequency=True)
    assert [word_at(line, "1L") for line in found] == ["mua", "mua", "có", "đài"]


def test_concordance_holds_one_document_at_a_time() -> None:
    read: list[int] = []

    def documents():  # type: ignore[no-untyped-def]
        for number in range(5):
            read.append(number)
            yield make_document(f"{number:024d}", "Tin", "một loa ở xã")

    found = concordance(documents(), [wanted("loa")])
    assert next(found).id.endswith("0")
    assert read == [0]
    assert sum(1 for _ in found) == 4


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_offsets_hold_in_any_text(before: str, behind: str) -> None:
    text = f"{before} loa {behind}"
    for line in lines(text, "loa", width=20):
        assert text[line.start : line.end] == line.match
        assert len(text[line.start - len(line.left) : line.start]) == len(line.left) <= 20
        assert len(line.before) <= 3
        assert len(line.after) <= 3


@given(st.lists(st.sampled_from(["loa", "xã", "a" * 70, ",", " . ", "\n", "e\u0301", "ba\u200bo"]), max_size=60))
def test_neighbours_are_those_of_the_whole_text(parts: list[str]) -> None:
    text = " ".join(parts)
    spans = word_spans(text)
    for line in lines(text, "loa", title=""):
        first = next((at for at, span in enumerate(spans) if span[0] == line.start), None)
        last = next((at for at, span in enumerate(spans) if span[1] == line.end), None)
        assert first is not None
        assert last is not None
        for found, expected in ((line.before, spans[:first][::-1][:3]), (line.after, spans[last + 1 :][:3])):
            assert found == tuple(unify_tones(lower(normalize(text[start:end]))) for start, end in expected)


@pytest.mark.parametrize("by_frequency", [False, True])
@pytest.mark.parametrize("position", get_args(Position))
def test_a_page_of_lines_is_that_part_of_them_all(position: Position, by_frequency: bool) -> None:
    documents = [make_document(f"{number:024x}", "Loa mới", f"{TEXT} Xã {number % 3} mua loa, loa.") for number in range(4)]
    every = arrange(concordance(documents, [wanted("loa")]), position, by_frequency=by_frequency)
    matches = [match for document in documents for match in matches_of(document, [wanted("loa")])]
    for first in (0, 5, len(every) - 1, len(every)):
        assert arranged(matches, position, first, first + 7, by_frequency=by_frequency) == every[first : first + 7]
