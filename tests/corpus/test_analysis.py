from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.analysis import Pattern, alternatives, analyze, beginnings, has_diacritics, highlight, pattern, snippet, spellings, term_lists
from corpus.text import fold, lower, normalize

EXACT = [
    ("lower case", "GIẢM Nghèo", "giảm nghèo"),
    ("decomposed", unicodedata.normalize("NFD", "Đắc cử"), "đắc cử"),
    ("tone placement", "hoà thuỷ khoẻ quý", "hòa thủy khỏe quý"),
    ("i and y by list", "kĩ sĩ tỉ quí lí", "kỹ sỹ tỷ quý lý"),
    ("i stays where y would be another word", "vi thi chi bì", "vi thi chi bì"),
    ("names of the Central Highlands", "Đắk Đăk Đak Dak Lăk Păk", "dak dak dak dak lak pak"),
    ("look-alike đ", "\u00d0iện", "điện"),
    ("signs part words", "TT&TT 06/2022/TT-BTTTT", "tt tt 06 2022 tt btttt"),
    ("numbers", "146,4 triệu; 1.500.000đ", "146 4 triệu 1 500 000đ"),
    ("invisible characters", "giảm\u200b nghè\u00ado", "giảm nghèo"),
    ("apostrophes", "Ea H’Leo, Ea H'Leo", "ea h leo ea h leo"),
    ("underscore parts words", "ho_ngheo", "ho ngheo"),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in EXACT], ids=[case[0] for case in EXACT])
def test_exact_terms(text: str, expected: str) -> None:
    assert " ".join(term_lists(text)[0]) == expected


FOLDED = [
    ("all marks go", "Đường Trường Sơn", "duong truong son"),
    ("twins of one list fall together", "kỉ niệm kỷ niệm ki niem", "ky niem ky niem ky niem"),
    ("đ is d", "đa dạng", "da dang"),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in FOLDED], ids=[case[0] for case in FOLDED])
def test_folded_terms(text: str, expected: str) -> None:
    assert " ".join(term_lists(text)[1]) == expected


HIGHLIGHTS = [
    ("with diacritics", "ma túy, mã tuy, Ma Tuý", "ma túy", ["ma túy", "Ma Tuý"]),
    ("without", "ma túy, mã tuy", "ma tuy", ["ma túy", "mã tuy"]),
    ("decomposed text keeps its own offsets", unicodedata.normalize("NFD", "ở Đắk Lắk nhé"), "dak lak", ["Đắk Lắk"]),
    ("a sign between is inside the span", "Sở TT&TT tỉnh", "TT&TT", ["TT&TT"]),
    ("whole words only", "nghèonàn nghèo", "nghèo", ["nghèo"]),
    ("trailing marks belong to the word", "nghe\u0300o!", "nghèo", ["nghe\u0300o"]),
    ("nothing", "", "nghèo", []),
    ("other scripts", "日本 nghèo עברית", "nghèo", ["nghèo"]),
]


@pytest.mark.parametrize(("text", "words", "expected"), [case[1:] for case in HIGHLIGHTS], ids=[case[0] for case in HIGHLIGHTS])
def test_highlights(text: str, words: str, expected: list[str]) -> None:
    wanted = pattern(words)
    assert wanted is not None
    assert [unicodedata.normalize("NFC", text[a:b]) for a, b in highlight(text, [wanted])] == [
        unicodedata.normalize("NFC", e) for e in expected
    ]


BEGINNINGS = [
    ("as typed", "truyền thanh, truyền hình, tuyên truyền", "truy", ["truyền", "truyền", "truyền"]),
    ("exact with diacritics", "tập tạp tấp tập_huấn", "tập", ["tập", "tập"]),
    ("decomposed", unicodedata.normalize("NFD", "bền vững"), "vữn", ["vững"]),
    ("old tone placement goes on", "hoà hoàn hòa hoạ", "hoà", ["hoà", "hoàn", "hòa"]),
    ("another spelling of the whole word", "quy, quí, quit", "qui", ["quy", "quí", "quit"]),
    ("name with k", "Đắk Lắk, dakota, Đăk", "Đắk", ["Đắk", "Đăk"]),
    ("no word", "truyền", "??", []),
]


@pytest.mark.parametrize(("text", "start", "expected"), [case[1:] for case in BEGINNINGS], ids=[case[0] for case in BEGINNINGS])
def test_beginnings_are_highlighted_as_whole_words(text: str, start: str, expected: list[str]) -> None:
    assert [unicodedata.normalize("NFC", text[a:b]) for a, b in highlight(text, beginnings(start))] == expected


def test_overlapping_highlights_are_joined() -> None:
    patterns = [Pattern(("giảm", "nghèo"), True), Pattern(("nghèo", "thông"), True), Pattern(("thông",), True)]
    text = "giảm nghèo thông tin thông"
    assert [text[a:b] for a, b in highlight(text, patterns)] == ["giảm nghèo thông", "thông"]


SPELLINGS = [
    ("short for long", "UBND xã", {"ubnd xã", "ủy ban nhân dân xã"}),
    ("long for short", "hội đồng nhân dân", {"hội đồng nhân dân", "hđnd"}),
    ("TT&TT", "Sở TT&TT", {"sở tt tt", "sở tttt", "sở thông tin và truyền thông", "sở thông tin truyền thông"}),
    ("DTTS", "DTTS", {"dtts", "dan toc thieu so"}),
    ("MTQG", "mục tiêu quốc gia", {"mục tiêu quốc gia", "mtqg"}),
    ("GNBV", "GNBV", {"gnbv", "giam ngheo ben vung"}),
    ("without diacritics", "uy ban nhan dan", {"uy ban nhan dan", "ubnd"}),
    ("nothing to replace", "lớp tập huấn", {"lớp tập huấn"}),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_spellings(text: str, expected: set[str]) -> None:
    found = pattern(text)
    assert found is not None
    assert {" ".join(p.terms) for p in spellings(found)} == expected


def test_many_synonyms_stay_bounded() -> None:
    found = pattern("UBND " * 60)
    assert found is not None
    assert len(spellings(found)) == 8
    assert sum(len(piece[0]) for piece in alternatives(found)) == 60


_LETTERS = st.text(alphabet=st.sampled_from("aăâđeêioôơuưykhqut ÀẮẬĐỀỈÕỠỤỬỲ\u0300\u0301\u0302\u0323\u0306-./&'0123\u200b\u00ad_\n"))


@given(st.one_of(st.text(), _LETTERS))
@example("\u0344a")
@example("ﬁ ǅ İ ß")
def test_tokens_cover_their_own_words(text: str) -> None:
    end = 0
    for token in analyze(text):
        assert end <= token.start < token.end <= len(text)
        assert token.exact
        assert token.folded
        assert not any(character.isspace() for character in token.exact + token.folded)
        again = analyze(text[token.start : token.end])
        assert [(t.start, t.end, t.exact, t.folded) for t in again] == [(0, token.end - token.start, token.exact, token.folded)]
        end = token.end
    exact, folded = term_lists(text)
    assert (exact, folded) == ([t.exact for t in analyze(text)], [t.folded for t in analyze(text)])


@given(st.one_of(st.text(), _LETTERS), st.one_of(st.text(), _LETTERS), st.one_of(st.text(max_size=12), _LETTERS))
def test_a_highlight_is_never_off_by_one(before: str, after: str, words: str) -> None:
    wanted = pattern(words)
    if wanted is None:
        return
    text = f"{before} {words} {after}"
    spans = highlight(text, [wanted])
    assert spans
    covered = set[int]()
    for start, end in spans:
        tokens = analyze(text[start:end])
        # The span begins and ends with a word, and what it covers contains the pattern.
        assert tokens[0].start == 0
        assert tokens[-1].end == end - start
        terms = [t.exact if wanted.exact else t.folded for t in tokens]
        size = len(wanted.terms)
        assert any(tuple(terms[i : i + size]) == wanted.terms for i in range(len(terms) - size + 1))
        covered |= set(range(start, end))
    tokens = analyze(text)
    for i in range(len(tokens) - len(wanted.terms) + 1):
        window = tokens[i : i + len(wanted.terms)]
        if tuple(t.exact if wanted.exact else t.folded for t in window) == wanted.terms:
            assert set(range(window[0].start, window[-1].end)) <= covered


@given(st.one_of(st.text(), _LETTERS), st.integers(1, 5))
def test_a_word_is_found_by_its_beginning(text: str, size: int) -> None:
    tokens = analyze(text)
    for token in tokens[:3]:
        start = token.folded[:size]
        spans = highlight(text, beginnings(start))
        assert set(spans) <= {(other.start, other.end) for other in tokens}
        assert has_diacritics(start) or not beginnings(start) or (token.start, token.end) in spans


@given(st.one_of(st.text(), _LETTERS))
def test_what_is_searched_as_written_is_found(text: str) -> None:
    wanted = pattern(text)
    if wanted is not None:
        tokens = analyze(text)
        assert highlight(text, [wanted])[0] == (tokens[0].start, tokens[-1].end)


@given(_LETTERS, st.integers(20, 200))
def test_snippet_is_a_part_with_its_highlights_inside(text: str, width: int) -> None:
    found = snippet(text, [Pattern(("a",), False)], width=width)
    assert 0 <= found.start <= found.end <= len(text)
    assert found.end - found.start <= width
    assert all(found.start <= a < b <= found.end for a, b in found.highlights)


def test_snippet_prefers_the_stretch_with_more_of_the_query() -> None:
    text = "nghèo " + "chữ " * 200 + "giảm nghèo thông tin ở xã" + " chữ" * 200
    found = snippet(text, [Pattern(("giảm",), True), Pattern(("nghèo",), True), Pattern(("thông",), True)], width=120)
    assert "giảm nghèo thông tin" in text[found.start : found.end]
    assert len(found.highlights) == 3


@pytest.mark.timeout(60)  # some 0.5 s on an idle core; hours where the square of the length is taken
@pytest.mark.parametrize(
    "unit", ["a", "a\u0301", "\u0301\u0323", "nghèo ", "\u00ad", "UBND ", "&", "\U0001f98a ", "a\u0323\u0301b\u200b"], ids=ascii
)
def test_one_megabyte_in_linear_time(unit: str) -> None:
    text = (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
    highlight(text, [Pattern(("nghèo", "nghèo"), True), Pattern(("a",), False)])
    snippet(text, [Pattern(("nghèo",), True)])


@given(st.one_of(st.text(), _LETTERS), st.lists(st.one_of(st.text(max_size=8), _LETTERS), min_size=1, max_size=3))
def test_a_text_cut_into_words_and_one_looked_through_give_the_same(text: str, asked: list[str]) -> None:
    wanted = [found for words in asked for found in (pattern(words), *beginnings(words[:2])) if found]
    # An invisible character anywhere makes every word be looked at.
    assert highlight(text, wanted) == highlight(f"{text}. \u200b", wanted)


def test_every_character_with_a_plain_base_letter_is_looked_for() -> None:
    for code in range(0x110000):
        base = fold(lower(normalize(chr(code))))
        if base.isascii() and base.isalnum():
            assert highlight(chr(code), [Pattern((base,), False)]) == [(0, 1)], hex(code)
