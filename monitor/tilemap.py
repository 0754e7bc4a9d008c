"""The two maps of the country as tiles: every unit one square near its true place, Hoàng Sa and Trường Sa always among them.

Used by pages, mail and reports alike. What a tile says is the caller's; here stands only where it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from corpus.localities import Register
from monitor.periods import Units

# Rows of names; the layouts keep 58 of 58 pairs of neighbours on the map of 34 and 126 of 136 on the map of 63.
_LAYOUTS: dict[Units, str] = {
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


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    name: str
    short: str
    """At most eleven letters."""
    islands: str = ""
    """Hoàng Sa or Trường Sa; the tile then belongs to the unit ``name`` and repeats no figure of it."""


@cache
def tile_places(units: Units, register: Register) -> tuple[tuple[Place | None, ...], ...]:
    """Rows of the map from north to south; None is open space."""
    codes = _codes(units, register)
    rows = []
    for row in _layout(units):
        line: list[Place | None] = []
        for name in row:
            owner = _ISLANDS.get(name, name)
            if not name:
                line.append(None)
            elif name in _ISLANDS:
                line.append(Place(codes[owner], owner, name.strip("()"), islands=name.strip("()")))
            else:
                line.append(Place(codes[owner], owner, _SHORT.get(owner, owner)))
        rows.append(tuple(line))
    return tuple(rows)


@cache
def _layout(units: Units) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in _LAYOUTS[units].strip("\n").splitlines())


def _codes(units: Units, register: Register) -> dict[str, str]:
    """Code of every name on the map. A name that the register lacks or knows twice is a mistake of ours."""
    prefix = "v2-" if units == "34" else "v1-"
    found = {}
    for name in {_ISLANDS.get(cell, cell) for row in _layout(units) for cell in row if cell}:
        codes = [unit.code for unit in register.by_name(name, level="province") if unit.code.startswith(prefix)]
        if len(codes) != 1:
            raise ValueError(f"tile {name!r} names {codes}")
        found[name] = codes[0]
    return found
