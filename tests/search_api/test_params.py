from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.index.base import CodeField, In, Published
from monitor.periods import KINDS, period_of
from search_api.params import CODE_PARAMETERS, VIEW_VALUES, InvalidParameter, Search, from_params, link, to_params, toggle_links

_CODES = st.frozensets(st.text(min_size=1, max_size=20), min_size=1, max_size=4).map(lambda found: tuple(sorted(found)))


@st.composite
def searches(draw: st.DrawFn) -> Search:
    chosen = draw(st.sets(st.sampled_from(sorted(CODE_PARAMETERS.values()))))
    days = sorted(draw(st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), min_size=2, max_size=2)))
    sort = draw(st.sampled_from([None, "relevance", "newest", "oldest", "largest"]))
    after = draw(st.none() | st.integers(0, 2**63 - 1)) if sort in ("newest", "oldest", "largest") else None
    return Search(
        q=draw(st.text(max_size=60)),
        codes=tuple((field, draw(_CODES)) for field in CODE_PARAMETERS.values() if field in chosen),
        relevance=draw(st.sampled_from([(), ("communication",), ("off_topic",), ("communication", "poverty_other")])),
        since=draw(st.sampled_from([None, days[0]])),
        until=draw(st.sampled_from([None, days[1]])),
        sort=sort,
        page=1 if after is not None else draw(st.integers(1, 101)),
        size=draw(st.integers(1, 99)),
        after=after,
        map=draw(st.sampled_from(["34", "63"])),
        period=draw(st.none() | st.builds(period_of, st.dates(date(1991, 1, 1), date(2098, 12, 31)), st.sampled_from(KINDS))),
        view=draw(st.sampled_from([*VIEW_VALUES.values()])),
    )


@given(searches())
def test_every_state_has_an_address_that_reads_back_equal(search: Search) -> None:
    assert from_params(to_params(search)) == search


@given(searches())
def test_so_does_its_link(search: Search) -> None:
    try:
        address = link("/tim", search)
    except UnicodeEncodeError:
        return  # a lone surrogate has no address; no browser sends one
    assert from_params(parse_qsl(urlsplit(address).query, keep_blank_values=True)) == search


@given(searches(), st.sampled_from(sorted(CODE_PARAMETERS.values())), st.text(min_size=1, max_size=20))
def test_links_that_toggle_are_those_of_the_toggled_search(search: Search, field: CodeField, code: str) -> None:
    codes = [code, *search.chosen(field)]
    try:
        expected = [link("/tim", search.toggled(field, one)) for one in codes]
    except UnicodeEncodeError:
        return
    assert toggle_links("/tim", search, field, codes) == expected


@given(searches())
def test_a_link_is_written_as_the_standard_library_writes_it(search: Search) -> None:
    try:
        expected = urlencode(to_params(search))
    except UnicodeEncodeError:
        return
    assert link("/tim", search) == (f"/tim?{expected}" if expected else "/tim")


@given(searches(), st.sampled_from(sorted(CODE_PARAMETERS.values())), st.text(min_size=1, max_size=20))
def test_toggling_twice_changes_nothing_but_the_page(search: Search, field: str, code: str) -> None:
    once = search.toggled(field, code)  # type: ignore[arg-type]
    assert (code in once.chosen(field)) != (code in search.chosen(field))  # type: ignore[arg-type]
    assert once.toggled(field, code).codes == search.codes  # type: ignore[arg-type]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*CODE_PARAMETERS, "q", "muc", "tu", "den", "xep", "trang", "so", "sau", "ban-do", "ky", "xem", "la"]),
            st.text(),
        )
    )
)
def test_any_parameters_give_a_state_or_a_named_mistake(pairs: list[tuple[str, str]]) -> None:
    try:
        search = from_params(pairs)
    except InvalidParameter as error:
        named = error.parameter
    else:
        assert from_params(to_params(search)) == search
        return
    assert named in {name for name, _ in pairs}


MISTAKES = [
    ("trang", "0"),
    ("trang", "-1"),
    ("trang", "1.5"),
    ("trang", "٣"),
    ("trang", "10001"),
    ("so", "101"),
    ("so", "abc"),
    ("sau", "x"),
    ("tu", "hôm qua"),
    ("den", "2023-02-30"),
    ("tu", "0001-01-01"),
    ("xep", "id; DROP"),
    ("muc", "gi-do"),
    ("ban-do", "35"),
    ("ky", "2026-W54"),
    ("ky", "tuần này"),
    ("ky", "0001"),
    ("xem", "bản đồ"),
    ("tinh", "x" * 81),
]


@pytest.mark.parametrize(("name", "value"), MISTAKES)
def test_mistakes_are_named(name: str, value: str) -> None:
    with pytest.raises(InvalidParameter) as raised:
        from_params([(name, value)])
    assert raised.value.parameter == name


def test_too_many_codes_and_clashing_parameters() -> None:
    with pytest.raises(InvalidParameter):
        from_params([("tinh", f"v2-{n}") for n in range(51)])
    with pytest.raises(InvalidParameter):
        from_params([("tu", "2024-02-01"), ("den", "2024-01-01")])
    with pytest.raises(InvalidParameter):
        from_params([("sau", "5"), ("q", "nghèo")])
    with pytest.raises(InvalidParameter):
        from_params([("q", "a"), ("q", "b")])


def test_default_shows_communication_and_says_so_in_the_filters() -> None:
    assert from_params([]).filters() == (In("relevance", ("communication",)),)
    assert from_params([("muc", "tat-ca")]).filters() == ()


def test_last_day_is_included() -> None:
    search = from_params([("muc", "tat-ca"), ("tu", "2023-12-01"), ("den", "2023-12-31")])
    assert search.filters() == (Published(date(2023, 12, 1), date(2024, 1, 1)),)


def test_a_period_narrows_what_is_found() -> None:
    search = from_params([("muc", "tat-ca"), ("ky", "2026-W47")])
    assert search.filters() == (Published(date(2026, 11, 16), date(2026, 11, 23)),)


def test_order_depends_on_whether_there_is_a_text() -> None:
    assert from_params([]).order == "newest"
    assert from_params([("q", "nghèo")]).order == "relevance"
    assert from_params([("q", "nghèo"), ("xep", "moi")]).order == "newest"
