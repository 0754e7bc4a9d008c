"""The two maps of the country as tiles: every unit one square near its true place, Hoàng Sa and Trường Sa always among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from corpus.localities import Register
from search_api.params import Map

# Rows of names; the layouts keep 58 of 58 pairs of neighbours on the map of 34 and 126 of 136 on the map of 63.
_LAYOUTS: dict[Map, str] = {
    "34": """
Lai Châu|Lào Cai|Tuyên Quang|Cao Bằng|||
Điện Biên|Sơn La|Phú Thọ|Thái Nguyên|Lạng Sơn||
|Thanh Hóa|Ninh Bình|Hà Nội|Bắc Ninh|Quảng Ninh|
|Nghệ An||Hưng Yên|Hải Phòng||
||Hà Tĩnh||||
||Quảng Trị|Huế|Đà Nẵng||(Hoàng Sa)
|||||Quảng Ngãi|
|||||Gia Lai|
|||||Đắk Lắk|
|||Tây Ninh|Đồng Nai|Lâm Đồng|Khánh Hòa
||An Giang|Đồng Tháp|Hồ Chí Minh||(Trường Sa)
||Cà Mau|Cần Thơ|Vĩnh Long||
""",
    "63": """
|Lào Cai|Hà Giang|Cao Bằng|||||
Lai Châu|Yên Bái|Tuyên Quang|Bắc Kạn|Lạng Sơn||||
Điện Biên|Sơn La|Phú Thọ|Thái Nguyên|Bắc Giang|Quảng Ninh|||
||Vĩnh Phúc|Hà Nội|Bắc Ninh|Hải Dương|Hải Phòng||
||Hòa Bình|Hà Nam|Hưng Yên|Thái Bình|||
||Thanh Hóa|Ninh Bình|Nam Định||||
||Nghệ An|Hà Tĩnh|Quảng Bình|Quảng Trị|Huế|Đà Nẵng|(Hoàng Sa)
||||||Kon Tum|Quảng Nam|Quảng Ngãi
|||||||Gia Lai|Bình Định
|||||Bình Phước|Đắk Nông|Đắk Lắk|Phú Yên
||||Tây Ninh|Bình Dương|Lâm Đồng|Ninh Thuận|Khánh Hòa
||||Long An|Hồ Chí Minh|Đồng Nai|Bình Thuận|(Trường Sa)
||An Giang|Đồng Tháp|Tiền Giang||Bà Rịa - Vũng Tàu||
|Kiên Giang|Hậu Giang|Cần Thơ|Vĩnh Long|Bến Tre|||
|Cà Mau|Bạc Liêu|Sóc Trăng|Trà Vinh||||
""",
}
_ISLANDS = {"(Hoàng Sa)": "Đà Nẵng", "(Trường Sa)": "Khánh Hòa"}
_SHORT = {"Hồ Chí Minh": "TP. HCM", "Bà Rịa - Vũng Tàu": "BR-VT"}
_SHADES = 4


@dataclass(frozen=True, slots=True)
class Tile:
    code: str
    name: str
    short: str
    count: int
    shade: int
    """0 for none, then 1 to 4 by share of the largest count."""
    islands: str = ""
    """Hoàng Sa or Trường Sa; the tile then belongs to the unit ``name`` and repeats no count."""


def tiles(counts: Mapping[str, int], map: Map, register: Register) -> list[list[Tile | None]]:
    """Rows of the map; None is open space."""
    largest = max(counts.values(), default=0)
    rows: list[list[Tile | None]] = []
    for row in _layout(map):
        line: list[Tile | None] = []
        for name in row:
            owner = _ISLANDS.get(name, name)
            if not name:
                line.append(None)
                continue
            code = _codes(map, register)[owner]
            if name in _ISLANDS:
                line.append(Tile(code, owner, name.strip("()"), 0, 0, islands=name.strip("()")))
            else:
                count = counts.get(code, 0)
                shade = 0 if not count else 1 + min(_SHADES - 1, (count - 1) * _SHADES // largest)
                line.append(Tile(code, owner, _SHORT.get(owner, owner), count, shade))
        rows.append(line)
    return rows


@cache
def _layout(map: Map) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in _LAYOUTS[map].strip("\n").splitlines())


@cache
def _codes(map: Map, register: Register) -> dict[str, str]:
    """Code of every name on the map. A name that the register lacks or knows twice is a mistake of ours."""
    prefix = "v2-" if map == "34" else "v1-"
    found = {}
    for name in {_ISLANDS.get(cell, cell) for row in _layout(map) for cell in row if cell}:
        codes = [unit.code for unit in register.by_name(name, level="province") if unit.code.startswith(prefix)]
        if len(codes) != 1:
            raise ValueError(f"tile {name!r} names {codes}")
        found[name] = codes[0]
    return found
