"""Charts: the same rows in table and drawing, numbers as in Vietnam, hostile names that stay text."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.etree
import pytest

from corpus.localities import Register
from monitor.charts import NARROW, WIDE, Column, bars, heat_map, shade, tile_map, timeline
from monitor.drawings import Drawings, order_file, order_for_page
from monitor.periods import Units
from monitor.tilemap import tile_places
from tests import hostile

STATES = {"news": "Có tin", "silent": "Im lặng", "unreadable": "Không đọc được", "unwatched": "Chưa theo dõi"}


@pytest.fixture(scope="module")
def drawings() -> Iterator[Drawings]:
    found = Drawings()
    yield found
    found.close()


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


WEEKS = timeline("theo-tuan", "Số tin theo tuần", "Đếm tin.", [("T1/26", 3, 1), ("T2/26", None, 4), ("T3/26", 0, 2)], first="Tuần")


def text_of(svg: bytes) -> str:
    root = lxml.etree.fromstring(svg)
    return " ".join("".join(element.itertext()) for element in root.iter("{*}text"))


def test_a_value_not_observed_is_no_zero_anywhere(drawings: Drawings) -> None:
    assert WEEKS.rows == (("T1/26", 3, 1), ("T2/26", None, 4), ("T3/26", 0, 2))
    values = WEEKS.spec()["data"]["values"]
    assert [row["now"] for row in values] == [3, None, 0]
    assert "×" in text_of(drawings.drawn(order_for_page(WEEKS)))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_page_keeps_the_place_of_its_drawing(drawings: Drawings, width: int) -> None:
    drawn = drawings.drawn(order_for_page(WEEKS, width))
    root = lxml.etree.fromstring(drawn)
    assert (int(root.get("width")), int(root.get("height"))) == WEEKS.page_size(width)
    assert WEEKS.page_size(width)[0] == width
    assert not root.xpath("//@style | //@href | //@*[starts-with(name(), 'on')] | //*[local-name()='script']")
    assert len(drawn) < 9_000


def test_a_dark_page_has_its_own_colours(drawings: Drawings) -> None:
    light, dark = (drawings.drawn(order_for_page(WEEKS, dark=dark)).decode() for dark in (False, True))
    assert "#2f7384" in light
    assert "#5aa3b5" in dark
    assert "#2f7384" not in dark
    assert text_of(light.encode()) == text_of(dark.encode())


def test_a_file_stands_alone_with_title_and_caption(drawings: Drawings) -> None:
    words = text_of(drawings.drawn(order_file(WEEKS, "svg")))
    assert "Số tin theo tuần" in words
    assert "Đếm tin." in words
    assert drawings.drawn(order_file(WEEKS, "png", scale=1)).startswith(b"\x89PNG")


def test_numbers_are_written_as_in_vietnam(drawings: Drawings) -> None:
    chart = timeline("x", "Số tin", "", [("2025", 12_500, None), ("2026", 1, None)], first="Năm")
    assert "10.000" in text_of(drawings.drawn(order_for_page(chart)))
    money = bars(
        "y", "Kinh phí", "", (Column("Vai trò"), Column("Số tiền", "money")), [("Được duyệt", 13_756_500_000), ("Dự kiến", 86_000_000)]
    )
    words = text_of(drawings.drawn(order_file(money, "svg")))
    assert "13,7565 tỷ" in words, "the exact sum, as the page says it"
    assert "86 triệu" in words


def test_long_names_go_on_in_further_lines(drawings: Drawings) -> None:
    chart = bars("x", "Hoạt động", "", (Column("Hoạt động"), Column("Số tin", "count")), [("Tuyên truyền trực tiếp tại cộng đồng", 2)])
    for width in (NARROW, WIDE):
        words = text_of(drawings.drawn(order_for_page(chart, width)))
        assert "…" not in words
        assert "cộng đồng" in words


@pytest.mark.parametrize(("units", "number"), [("34", 34), ("63", 63)])
def test_both_archipelagos_are_on_every_map(drawings: Drawings, register: Register, units: Units, number: int) -> None:
    day_codes = {"34": "v2-48", "63": "v1-48"}  # Đà Nẵng
    chart = tile_map("Bản đồ", "Đếm tin.", units, register, {day_codes[units]: ("news", 1234, 4)}, STATES)
    words = text_of(drawings.drawn(order_file(chart, "svg")))
    assert "Hoàng Sa" in words
    assert "Trường Sa" in words
    assert "1.234" in words
    assert chart.rows == (("Đà Nẵng", "Có tin", 1234),)
    everywhere = dict.fromkeys(_codes(register, units), ("silent", 0, 0))
    assert len(tile_map("Bản đồ", "", units, register, everywhere, STATES).rows) == number


def _codes(register: Register, units: Units) -> list[str]:
    return [place.code for row in tile_places(units, register) for place in row if place]


def test_hostile_names_stay_text(drawings: Drawings) -> None:
    """One drawing with every payload as a name: nothing but the elements of a drawing comes out."""
    chart = bars("z", "<script>", "", (Column("Nguồn"), Column("Số tin", "count")), [(payload[:60], 1) for payload in hostile.MARKUP])
    for svg in (drawings.drawn(order_for_page(chart)), drawings.drawn(order_file(chart, "svg"))):
        names = {lxml.etree.QName(element).localname for element in lxml.etree.fromstring(svg).iter() if isinstance(element.tag, str)}
        assert names <= {"svg", "g", "path", "rect", "line", "text", "tspan"}
    table = heat_map("w", "Bảng", "", [(payload[:60], (1, None, 0)) for payload in hostile.TEXT], ["a", "b", "c"], first="Tỉnh")
    assert len(table.rows) == len(hostile.TEXT)
    lxml.etree.fromstring(drawings.drawn(order_file(table, "svg")))


def test_shades_grow_with_the_number() -> None:
    found = [shade(number, 40) for number in range(41)]
    assert found == sorted(found)
    assert set(found) == {0, 1, 2, 3, 4}
