"""What an Index must do, run against every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count
from threading import Event, Thread

import pytest

from corpus.analysis import highlight
from corpus.errors import InvalidData
from corpus.index import Index, open_index
from corpus.index.base import (
    MAX_LIMIT,
    And,
    CodeField,
    Histogram,
    In,
    Interval,
    Money,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Query,
    Sort,
    Words,
)
from corpus.index.plan import patterns
from corpus.localities import Register
from tests.elasticsearch import node as nodes
from tests.search_samples import ALL, DAK_LAK, DIEN_BAN, HOA_BINH, NATIONAL, NGHE_AN, OFF_TOPIC, make_document

REGISTER = Register.load()
Open = Callable[[], Index]
NAMES = {
    NGHE_AN.id: "nghe-an",
    DIEN_BAN.id: "dien-ban",
    DAK_LAK.id: "dak-lak",
    HOA_BINH.id: "hoa-binh",
    NATIONAL.id: "national",
    OFF_TOPIC.id: "off-topic",
}


_NUMBERS = count(1)


@pytest.fixture(scope="module", params=["embedded", "elasticsearch"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Open]]:
    """Gives openers of ever new places for an index; one case for each engine."""
    if request.param == "embedded":
        folder = tmp_path_factory.mktemp("indexes")
        yield lambda: partial(open_index, folder / f"i{next(_NUMBERS)}", register=REGISTER)
        return
    node: nodes.Node = request.getfixturevalue("search_node")
    yield lambda: partial(open_index, f"{node.url}/contract{next(_NUMBERS)}", register=REGISTER)
    node.request("DELETE", "/contract*?expand_wildcards=all")


@pytest.fixture
def open_fresh(engine: Callable[[], Open]) -> Open:
    """Opens the same index again and again, empty at first."""
    return engine()


def filled(open_fresh: Open) -> Iterator[Index]:
    index = open_fresh()
    for document in ALL:
        index.put(document)
    index.refresh()
    yield index
    with suppress(Exception):  # some tests close it themselves
        index.close()


@pytest.fixture(scope="module")
def reader(engine: Callable[[], Open]) -> Iterator[Index]:
    """Filled once for the tests that only read."""
    yield from filled(engine())


@pytest.fixture
def index(open_fresh: Open) -> Iterator[Index]:
    yield from filled(open_fresh)


def found(index: Index, where: Node | None = None, *filters: Node) -> set[str]:
    results = index.search(Query(where=where, filters=filters, limit=MAX_LIMIT))
    assert results.total == len(results.hits) == index.count(Query(where=where, filters=filters))
    return {NAMES[hit.id] for hit in results.hits}


MATCHES: list[tuple[str, Node, set[str]]] = [
    ("one word", Words("hộ"), {"nghe-an", "dien-ban", "dak-lak", "hoa-binh"}),
    ("case and no diacritics", Words("HO NGHEO"), {"nghe-an", "dien-ban", "dak-lak", "hoa-binh"}),
    ("with diacritics it is exact", Words("ma túy"), {"dak-lak"}),
    ("a toneless word beside an accented one is exact too", Words("mã tuy"), {"off-topic"}),
    ("no diacritics finds both", Words("ma tuy"), {"dak-lak", "off-topic"}),
    ("đ is a letter of its own", Words("đa dang"), set()),
    ("a name without diacritics", Words("dak lak"), {"dak-lak"}),
    ("its other spelling", Words("Đăk Lăk"), {"dak-lak"}),
    ("capitals", Words("ĐẮK LẮK"), {"dak-lak"}),
    ("decomposed", Words("Đa\u0306\u0301k La\u0306\u0301k"), {"dak-lak"}),
    ("half written", Words("Đak Lak"), {"dak-lak"}),
    ("another name in use", Phrase("Đắc Lắc"), {"dak-lak"}),
    ("tone placement, old", Words("Hòa Bình"), {"hoa-binh"}),
    ("tone placement, new", Words("Hoà Bình"), {"hoa-binh"}),
    ("i for y", Words("kĩ năng"), {"dien-ban"}),
    ("abbreviation for a full name", Words("UBND"), {"dien-ban", "national"}),
    ("full name for an abbreviation", Phrase("Uỷ ban nhân dân"), {"dien-ban", "national"}),
    ("abbreviation without diacritics", Words("dtts"), {"national"}),
    ("abbreviation inside a phrase", Phrase("đồng bào DTTS"), {"national"}),
    ("abbreviation with a sign", Words("TT&TT"), {"nghe-an"}),
    ("all words, anywhere", Words("truyền thanh hộ"), {"nghe-an"}),
    ("phrase", Phrase("giảm nghèo thông tin"), {"dien-ban"}),
    ("phrase in order", Phrase("nghèo giảm"), set()),
    ("no phrase across title and text", Phrase("12 xã sáng"), set()),
    ("a number with a comma is a phrase", Phrase("146,4 triệu"), {"dien-ban"}),
    ("title only", Phrase("Điện Bàn", title_only=True), {"dien-ban"}),
    ("not in the title", Phrase("phân bổ", title_only=True), set()),
    ("prefix", Prefix("truy"), {"nghe-an", "dien-ban", "national"}),
    ("prefix with diacritics is exact", Prefix("tuyên"), {"dien-ban"}),
    ("prefix without diacritics", Prefix("TUYE"), {"dien-ban"}),
    ("a prefix in the old tone placement", Prefix("hoà"), {"hoa-binh"}),
    ("a prefix that is a name with k", Prefix("Đắk"), {"dak-lak"}),
    ("a whole word is a prefix of itself", Prefix("nghèo"), {"nghe-an", "dien-ban", "dak-lak", "hoa-binh", "national"}),
    ("prefix in the title", Prefix("tập", title_only=True), {"dien-ban"}),
    ("no such prefix in the title", Prefix("phân", title_only=True), set()),
    ("a prefix of several words matches nothing", Prefix("tập hu"), set()),
    ("prefix of marks", Prefix("?!?"), set()),
    ("near, neighbours", Near("hộ nghèo", 0), {"nghe-an", "dien-ban", "dak-lak", "hoa-binh"}),
    ("near, neighbours of two documents", Near("truyền thông", 0), {"nghe-an", "national"}),
    ("near, in the other order", Near("giống bò", 0), {"hoa-binh"}),
    ("near, just too far", Near("tỉnh thanh", 7), set()),
    ("near, just near enough", Near("tỉnh thanh", 8), {"nghe-an"}),
    ("near, a chain of three", Near("lớp tập cán", 5), {"nghe-an"}),
    ("near, a chain that is torn", Near("lớp tập cán", 2), set()),
    ("near, one word", Near("bò", 2), {"hoa-binh"}),
    ("near, the same word twice", Near("nghèo nghèo", 2), {"nghe-an", "dien-ban", "dak-lak", "hoa-binh", "national"}),
    ("near in the title", Near("tập kỹ", 1, title_only=True), {"dien-ban"}),
    ("near never across title and text", Near("nghèo UBND", 0), set()),
    ("or", Or((Words("đối thoại"), Words("bò"))), {"dak-lak", "hoa-binh"}),
    ("and not", And((Words("hộ nghèo"), Not(Words("tập huấn")))), {"dak-lak", "hoa-binh"}),
    ("not alone", Not(Words("nghèo")), {"off-topic"}),
    ("not inside or", Or((Words("bò"), Not(Words("nghèo")))), {"hoa-binh", "off-topic"}),
    ("double negation", Not(Not(Words("bò"))), {"hoa-binh"}),
    ("words without a word", Words("?!"), set(NAMES.values())),
    ("engine syntax is plain text", Words('body_exact:* OR "'), set()),
    ("province of 34", In("province", ("v2-48",)), {"dien-ban"}),
    ("province of 63", In("province_before", ("v1-49",)), {"dien-ban"}),
    ("one of several codes", In("province", ("v2-40", "v2-48")), {"nghe-an", "dien-ban"}),
    ("no code matches nothing", In("province", ()), set()),
    ("a merged province is not split", In("province_before", ("v1-66", "v1-54")), set()),
    ("and is marked", In("province_before", ("v2-66",)), {"dak-lak"}),
    ("only what it is about counts", In("province", ("v2-40",)), {"nghe-an"}),
    ("the country", In("province", ("VN",)), {"national"}),
    ("district", In("district", ("v1-507",)), {"dien-ban"}),
    ("any unit that contains it", In("locality", ("v1-49",)), {"dien-ban"}),
    ("activity", In("activity", ("training",)), {"nghe-an", "dien-ban"}),
    ("planned", In("modality", ("planned",)), {"nghe-an"}),
    ("programme", In("programme", ("gnbv-2021-2025",)), {"nghe-an", "dien-ban"}),
    ("component", In("component", ("gnbv-2021-2025/6.1",)), {"nghe-an"}),
    ("source", In("source", ("daklak-gov",)), {"dak-lak"}),
    ("relevance", In("relevance", ("poverty_other",)), {"hoa-binh"}),
    ("year", In("year", ("2023",)), {"nghe-an", "dien-ban"}),
    ("kind", In("kind", ("news",)), set(NAMES.values())),
    ("least certain tag", In("confidence", ("sure",)), set(NAMES.values())),
    ("money band", In("money", ("100m-1b",)), {"dien-ban", "hoa-binh"}),
    ("loans are no public money", Money(40_000_000, 60_000_000), set()),
    ("money, start included", Money(1_200_000_000, None), {"nghe-an"}),
    ("money, end excluded", Money(None, 146_400_000), set()),
    ("money, both", Money(146_400_000, 146_400_001), {"dien-ban"}),
    ("money, empty range", Money(5, 5), set()),
    ("dates, start included", Published(date(2023, 12, 4), date(2023, 12, 5)), {"nghe-an"}),
    ("dates, end excluded", Published(None, date(2023, 6, 15)), {"hoa-binh"}),
    ("open dates leave undated out", Published(), set(NAMES.values()) - {"national"}),
]


@pytest.mark.parametrize(("where", "expected"), [case[1:] for case in MATCHES], ids=[case[0] for case in MATCHES])
def test_matches_the_same_as_query_and_as_filter(reader: Index, where: Node, expected: set[str]) -> None:
    assert found(reader, where) == expected
    assert found(reader, None, where) == expected


def test_filters_narrow_the_query(reader: Index) -> None:
    assert found(reader, Words("hộ nghèo"), In("relevance", ("communication",)), Published(date(2023, 7, 1))) == {
        "nghe-an",
        "dak-lak",
    }


def test_nothing_asked_is_everything(reader: Index) -> None:
    assert found(reader) == set(NAMES.values())


def test_facets_count_the_whole_result_not_the_page(reader: Index) -> None:
    fields: tuple[CodeField, ...] = ("province", "province_before", "activity", "year", "relevance", "money", "source", "district")
    results = reader.search(Query(where=Words("nghèo"), facets=fields, limit=1))
    assert len(results.hits) == 1
    assert results.total == 5
    counts = {field: dict(results.facet(field).counts) for field in fields}
    assert counts["province"] == {"v2-40": 1, "v2-48": 1, "v2-66": 1, "v2-25": 1, "VN": 1}
    assert counts["province_before"] == {"v1-40": 1, "v1-49": 1, "v2-66": 1, "v1-17": 1, "VN": 1}
    assert counts["activity"] == {"training": 2, "radio_facility": 1, "dialogue": 1, "planning": 1}
    assert counts["year"] == {"2023": 2, "2025": 1, "2022": 1}
    assert counts["relevance"] == {"communication": 4, "poverty_other": 1}
    assert counts["money"] == {"1b-10b": 1, "100m-1b": 2}
    assert counts["district"] == {"v1-431": 1, "v1-507": 1}


def test_facet_order_is_by_count_then_code(reader: Index) -> None:
    counts = reader.search(Query(facets=("activity",))).facet("activity").counts
    assert counts == (("training", 2), ("dialogue", 1), ("planning", 1), ("radio_facility", 1))


def test_facets_of_an_empty_result_are_empty(reader: Index) -> None:
    results = reader.search(Query(where=Words("xyzxyz"), facets=("province", "year")))
    assert [(facet.field, facet.counts) for facet in results.facets] == [("province", ()), ("year", ())]


def test_matrix_counts_each_pair_once_a_document(reader: Index) -> None:
    results = reader.search(Query(where=Words("nghèo"), matrices=(("province", "activity"), ("province_before", "year")), limit=0))
    assert results.matrix("province", "activity").counts == (
        ("VN", "planning", 1),
        ("v2-40", "radio_facility", 1),
        ("v2-40", "training", 1),
        ("v2-48", "training", 1),
        ("v2-66", "dialogue", 1),
    )
    assert results.matrix("province_before", "year").counts == (
        ("v1-17", "2022", 1),
        ("v1-40", "2023", 1),
        ("v1-49", "2023", 1),
        ("v2-66", "2025", 1),
    )


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("day", [date(2022, 3, 1), date(2023, 6, 15), date(2023, 12, 4), date(2024, 1, 1), date(2025, 9, 1)]),
        ("week", [date(2022, 2, 28), date(2023, 6, 12), date(2023, 12, 4), date(2024, 1, 1), date(2025, 9, 1)]),
        ("month", [date(2022, 3, 1), date(2023, 6, 1), date(2023, 12, 1), date(2024, 1, 1), date(2025, 9, 1)]),
    ],
)
def test_histogram(reader: Index, interval: Interval, expected: list[date]) -> None:
    found = reader.search(Query(histogram=interval)).histogram
    assert found == Histogram(interval, tuple((day, 1) for day in expected), undated=1)


def test_histogram_by_year_adds_up(reader: Index) -> None:
    found = reader.search(Query(where=Words("nghèo"), histogram="year", limit=0)).histogram
    assert found == Histogram("year", ((date(2022, 1, 1), 1), (date(2023, 1, 1), 2), (date(2025, 1, 1), 1)), undated=1)


def test_counts_of_an_empty_result_are_empty(reader: Index) -> None:
    results = reader.search(Query(where=Words("xyzxyz"), matrices=(("province", "activity"),), histogram="month"))
    assert results.matrix("province", "activity").counts == ()
    assert results.histogram == Histogram("month", (), 0)


@pytest.mark.parametrize("pair", [("province", "province"), ("locality", "year"), ("year", "district")])
def test_a_matrix_that_cannot_be_shown_is_refused(pair: tuple[CodeField, CodeField]) -> None:
    with pytest.raises(ValueError, match="matrix"):
        Query(matrices=(pair,))


@pytest.mark.parametrize("make", [lambda: Prefix("hộ"), lambda: Near("a b", -1), lambda: Near("a b", 51)])
def test_nodes_beyond_their_limits_are_refused(make: Callable[[], Node]) -> None:
    with pytest.raises(ValueError):
        make()


def test_frequencies_are_of_living_documents(index: Index) -> None:
    assert index.frequencies(["nghèo", "bò", "đắk", "dak", "xyz"]) == (5, 1, 0, 1, 0)
    assert index.frequencies(["ngheo", "ma"], exact=False) == (5, 2)
    index.delete(HOA_BINH.id)
    index.refresh()
    assert index.frequencies(["nghèo", "bò"]) == (4, 0)
    assert index.frequencies([]) == ()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["dak-lak", "off-topic", "nghe-an", "dien-ban", "hoa-binh", "national"]),
        ("oldest", ["hoa-binh", "dien-ban", "nghe-an", "off-topic", "dak-lak", "national"]),
    ],
)
def test_date_orders_put_undated_last(reader: Index, sort: Sort, expected: list[str]) -> None:
    assert [NAMES[hit.id] for hit in reader.search(Query(sort=sort)).hits] == expected


def test_largest_amount_first(reader: Index) -> None:
    assert [NAMES[hit.id] for hit in reader.search(Query(sort="largest", limit=3)).hits] == ["nghe-an", "hoa-binh", "dien-ban"]


def test_words_side_by_side_and_in_the_title_come_first(open_fresh: Open) -> None:
    index = open_fresh()
    filler = " ".join(f"chữ{i}" for i in range(60))
    apart = make_document("1", "Tin", f"giảm giá rau, {filler} hộ nghèo")
    together = make_document("2", "Tin", f"giảm nghèo, {filler} hộ vay")
    title = make_document("3", "Giảm nghèo", f"hộ vay {filler} thêm nữa")
    for document in (apart, together, title):
        index.put(document)
    index.refresh()
    hits = index.search(Query(where=Words("giảm nghèo"))).hits
    assert [hit.id for hit in hits] == ["3", "2", "1"]
    assert hits[0].score > hits[1].score > hits[2].score
    index.close()


def test_filters_never_change_the_order(reader: Index) -> None:
    plain = [hit.id for hit in reader.search(Query(where=Words("tập huấn hộ"))).hits]
    filtered = reader.search(Query(where=Words("tập huấn hộ"), filters=(In("year", ("2023",)),)))
    assert [hit.id for hit in filtered.hits] == plain


@pytest.fixture
def crowd(open_fresh: Open) -> Iterator[Index]:
    index = open_fresh()
    for number in range(57):
        day = date(2024, 1, 1) + timedelta(days=number // 5) if number % 7 else None
        index.put(make_document(f"{number:024d}", "Tin giảm nghèo", "Văn bản về giảm nghèo.", published=day))
    index.refresh()
    yield index
    index.close()


@pytest.mark.parametrize("sort", ["newest", "oldest", "largest"])
def test_cursor_gives_each_document_once(crowd: Index, sort: Sort) -> None:
    seen: list[str] = []
    after = None
    for _ in range(20):
        results = crowd.search(Query(where=Words("nghèo"), sort=sort, limit=10, after=after))
        assert results.total == 57
        seen += [hit.id for hit in results.hits]
        after = results.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 57
    assert seen == [hit.id for hit in crowd.search(Query(sort=sort, limit=200)).hits]


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "largest"])
def test_a_scan_gives_all_ids_in_order(crowd: Index, sort: Sort) -> None:
    query = Query(where=Words("nghèo"), filters=(In("kind", ("news",)),), sort=sort, limit=1)
    ordered = [hit.id for hit in crowd.search(Query(sort="newest" if sort == "relevance" else sort, limit=200)).hits]
    with crowd.scan(query) as scan:
        assert scan.total == 57
        assert list(scan) == ordered
    with crowd.scan(Query(where=Words("xyzxyz"))) as scan:
        assert (scan.total, list(scan)) == (0, [])


def test_a_scan_sees_one_snapshot_while_others_write(crowd: Index) -> None:
    scan = crowd.scan(Query(sort="oldest"))
    first = [next(scan) for _ in range(3)]
    for number in range(20, 40):
        crowd.delete(f"{number:024d}")
    for number in range(100, 120):
        crowd.put(make_document(f"{number:024d}", "Tin mới", "Viết trong khi đọc.", published=date(2020, 1, 1)))
    crowd.refresh()
    seen = [*first, *scan]
    assert len(seen) == scan.total == 57
    assert set(seen) == {f"{number:024d}" for number in range(57)}
    with crowd.scan(Query()) as after:
        assert after.total == 57


def test_a_scan_may_be_left_early(crowd: Index) -> None:
    scan = crowd.scan(Query())
    next(scan)
    scan.close()
    assert list(scan) == []
    assert crowd.count(Query()) == 57


def test_counts_are_parts_of_one_snapshot(crowd: Index) -> None:
    """Each answer adds up by itself while documents come and go between them."""
    for number in range(57, 77):
        crowd.put(make_document(f"{number:024d}", "Tin giảm nghèo", "Văn bản.", about=(("v1-40", "Văn bản"),), published=date(2024, 1, 9)))
        crowd.refresh()
        query = Query(facets=("kind",), matrices=(("kind", "year"),), histogram="day", limit=200, sort="newest")
        results = crowd.search(query)
        assert results.histogram is not None
        dated = Counter(dict(results.histogram.counts)).total()
        assert results.total == len(results.hits) == dict(results.facet("kind").counts)["news"] == dated + results.histogram.undated
        assert results.matrix("kind", "year").counts == (("news", "2024", dated),)


def test_every_answer_is_of_one_snapshot_while_another_writes(crowd: Index) -> None:
    faults: list[BaseException] = []
    written = Event()

    def write() -> None:
        try:
            for number in range(100, 125):
                crowd.put(make_document(f"{number:024d}", "Tin giảm nghèo", "Văn bản.", published=date(2024, 2, 1 + number % 20)))
                if number % 2:
                    crowd.delete(f"{number - 60:024d}")
                crowd.refresh()
        except BaseException as error:
            faults.append(error)
        finally:
            written.set()

    writer = Thread(target=write)
    writer.start()
    query = Query(sort="newest", limit=200, facets=("kind", "relevance"), matrices=(("kind", "relevance"),), histogram="month")
    while True:
        last = written.is_set()
        results = crowd.search(query)
        with crowd.scan(query) as scan:
            assert len(set(scan)) == scan.total
        assert results.histogram is not None
        assert results.total == len(results.hits) == sum(count for _, count in results.histogram.counts) + results.histogram.undated
        assert dict(results.facet("kind").counts) == {"news": results.total}
        assert results.matrix("kind", "relevance").counts == (("news", "communication", results.total),)
        if last:
            break
    writer.join()
    assert faults == []
    assert crowd.count(Query()) == 57 + 25 - 8


@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_offsets_give_each_document_once(crowd: Index, sort: Sort) -> None:
    pages = [crowd.search(Query(where=Words("nghèo"), sort=sort, limit=10, offset=start)) for start in range(0, 70, 10)]
    assert [len(page.hits) for page in pages] == [10, 10, 10, 10, 10, 7, 0]
    assert len({hit.id for page in pages for hit in page.hits}) == 57


def test_limit_zero_counts_only(crowd: Index) -> None:
    results = crowd.search(Query(limit=0, facets=("year",)))
    assert (results.total, results.hits, results.next) == (57, (), None)
    assert dict(results.facet("year").counts) == {"2024": 48}


@pytest.mark.parametrize(
    "bad",
    [
        {"limit": -1},
        {"limit": MAX_LIMIT + 1},
        {"offset": -1},
        {"offset": 10_001},
        {"after": 1},
        {"after": 1, "sort": "newest", "offset": 1},
    ],
)
def test_paging_beyond_the_limits_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Query(**bad)  # type: ignore[arg-type]


def test_put_twice_is_put_once(index: Index) -> None:
    index.put(NGHE_AN)
    index.put(NGHE_AN)
    index.refresh()
    index.put(NGHE_AN)
    index.refresh()
    assert index.count(Query()) == len(ALL)
    assert dict(index.search(Query(facets=("activity",))).facet("activity").counts)["training"] == 2


def test_put_replaces(index: Index) -> None:
    changed = replace(NGHE_AN, title="Tin đã sửa", text="Nội dung khác hẳn.", activities=(), localities=(), budgets=())
    assert index.get(NGHE_AN.id) == NGHE_AN.content_hash
    index.put(changed)
    index.refresh()
    assert index.get(NGHE_AN.id) == changed.content_hash
    assert found(index, Words("truyền thanh")) == set()
    assert found(index, Words("khác hẳn")) == {"nghe-an"}
    assert found(index, In("province", ("v2-40",))) == set()


def test_delete(index: Index) -> None:
    index.delete(NGHE_AN.id)
    index.delete("0" * 24)
    index.refresh()
    assert index.get(NGHE_AN.id) is None
    assert found(index) == set(NAMES.values()) - {"nghe-an"}
    index.put(NGHE_AN)
    index.refresh()
    assert found(index) == set(NAMES.values())


def test_what_is_not_refreshed_is_not_seen(index: Index) -> None:
    index.put(make_document("9", "Tin mới", "Chưa thấy được."))
    assert index.count(Query()) == len(ALL)
    index.refresh()
    assert index.count(Query()) == len(ALL) + 1


def test_reopened_index_answers_the_same(index: Index, open_fresh: Open) -> None:
    query = Query(where=Words("hộ nghèo"), sort="newest", facets=("province",))
    before = index.search(query)
    index.close()
    reopened = open_fresh()
    assert reopened.search(query) == before
    reopened.close()


def test_close_writes_what_is_pending(open_fresh: Open) -> None:
    index = open_fresh()
    index.put(NGHE_AN)
    index.close()
    reopened = open_fresh()
    assert reopened.count(Query()) == 1
    reopened.close()


def test_a_reader_sees_what_another_committed(index: Index, open_fresh: Open) -> None:
    reader = open_fresh()
    assert reader.count(Query()) == len(ALL)
    index.delete(OFF_TOPIC.id)
    index.refresh()
    reader.refresh()
    assert reader.count(Query()) == len(ALL) - 1
    reader.close()


def test_strange_texts_are_kept(open_fresh: Open) -> None:
    index = open_fresh()
    texts = ["", "a\x00b", "x" * 70_000, "chữ lẻ", "🦊" * 10, "a" + "\u0301\u0323" * 5000, "\u0301 đầu", "¶ dấu ¶"]
    for number, text in enumerate(texts):
        index.put(make_document(str(number), text, text))
    index.refresh()
    assert index.count(Query()) == len(texts)
    assert [hit.id for hit in index.search(Query(where=Words("x" * 70_000))).hits] == ["2"]
    assert index.search(Query(where=Words("\ud800 lẻ \udfff"))).total == 1
    index.close()


def test_highlights_show_why_a_document_matched(reader: Index) -> None:
    documents = {document.id: document for document in ALL}
    for name, where, _ in MATCHES:
        if not isinstance(where, Words | Phrase | Prefix | Near) or not patterns(where):
            continue
        for hit in reader.search(Query(where=where)).hits:
            document = documents[hit.id]
            assert highlight(document.title, patterns(where)) or highlight(document.text, patterns(where)), name


def test_damaged_address_is_a_clear_error() -> None:
    with pytest.raises(InvalidData, match="no engine"):
        open_index("gopher://nowhere/index")
