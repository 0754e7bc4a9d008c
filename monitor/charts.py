"""Charts of figures: Vega-Lite specs made of plain rows.

A `Chart` carries its own table and a caption that says what is counted: page, CSV, SVG, PNG and report show the same rows. What is counted
is not decided here but in `monitor.figures`; `monitor.drawings` draws.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus import formats
from corpus.localities import Register
from monitor.coverage import STATE_MARKS
from monitor.periods import Units
from monitor.tilemap import tile_places

Value = str | int | None
ColumnKind = Literal["text", "count", "money"]
Spec = dict[str, Any]

WIDE, HALF, NARROW = 920, 500, 330
"""Widths in pixels of the drawings that a page holds: across a screen, in one of two columns, on a phone."""

LETTER = 6
"""Pixels of a letter in a label, on the safe side."""
AXIS = 28
"""Pixels for the labels under a drawing."""

INK, SOFT, GRID, NOW, GHOST, WARN = "#1b2730", "#55626c", "#dcdad2", "#2f7384", "#8a949b", "#9a2617"
GHOST_BAR = "#c3ced3"
RAMP = ("#dfeaec", "#b4d0d6", "#3f7686", "#0f4c5c")
RAMP_INK = ("#17323a", "#17323a", "#ffffff", "#ffffff")
DARK = {INK: "#e6eaec", SOFT: "#a5b1b8", GRID: "#313c43", NOW: "#5aa3b5", GHOST: "#78868e", GHOST_BAR: "#3c4c55", WARN: "#ffac9d"}
"""Colours of drawings that a dark page shows: the same as in its style sheet."""
_MARKS = {str(state): "" if state == "news" else mark for state, mark in STATE_MARKS.items()}
_FONT = "Noto Sans, DejaVu Sans, Arial, sans-serif"
_CONFIG: Spec = {
    "font": _FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "gridColor": GRID,
    }
    | {"domainColor": GHOST, "tickColor": GHOST},
    "title": {"anchor": "start", "color": INK, "fontSize": 15, "subtitleColor": SOFT, "subtitleFontSize": 11.5, "offset": 12},
}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    """Of its address and files: letters a-z and hyphens."""
    title: str
    caption: str
    """What is counted, of which days, and what a missing value means. One or two sentences."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    """The table under the chart. None: not observed, never 0."""
    make: Callable[[int], Spec] = field(compare=False, repr=False)
    """The spec at a width in pixels, without title."""

    def spec(self, width: int = WIDE, *, titled: bool = False) -> Spec:
        """``titled``: with title and caption, for a file that stands alone."""
        found = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG, **self.make(width)}
        if titled:
            found["title"] = {"text": self.title, "subtitle": textwrap.wrap(self.caption, max(40, width // 6))}
            found["padding"] = 16
        return found

    def page_spec(self, width: int) -> Spec:
        """Drawn to fit `page_size` exactly, so that a page keeps the place for it."""
        found = self.spec(width)
        found["width"], found["height"] = self.page_size(width)
        found["autosize"] = {"type": "fit", "contains": "padding"}
        found["padding"] = 4
        return found

    def page_size(self, width: int) -> tuple[int, int]:
        """Width and height of the drawing that a page shows."""
        spec = self.make(width)
        height = spec["height"]
        if isinstance(height, int):
            return width, height + AXIS
        return width, height["step"] * len(self.rows) + 8


def timeline(
    name: str, title: str, caption: str, points: Sequence[tuple[str, int | None, int | None]], *, first: str, unit: str = "Số tin"
) -> Chart:
    """Bars of (label, number, the same a year before); labels differ. ``first`` names what the labels are. A number that is None was not
    observed and is marked with a cross; without any number of the year before there is no ghost."""
    ghost = any(before is not None for _, _, before in points)

    def make(width: int) -> Spec:
        every = max(1, -(-len(points) * 52 // width))
        shown = [label for at, (label, _, _) in enumerate(reversed(points)) if at % every == 0]
        x = {
            "field": "label",
            "type": "ordinal",
            "sort": None,
            "scale": {"domain": [label for label, _, _ in points]},
            "axis": {"values": shown, "labelAngle": 0, "title": None, "labelPadding": 5},
        }
        ticks = _ticks(max((number or 0 for _, now, before in points for number in (now, before)), default=0))
        axis = {"title": None, "values": ticks, "format": ",d", "domain": False, "ticks": False}
        y = {"type": "quantitative", "axis": axis, "scale": {"domain": [0, ticks[-1]], "nice": False}}
        layers: list[Spec] = []
        if ghost:
            layers.append(
                {
                    "name": "ghost",
                    "transform": [{"filter": "isValid(datum.before)"}],
                    "mark": {"type": "bar", "color": GHOST_BAR, "width": {"band": 0.96}},
                    "encoding": {"x": x, "y": {"field": "before", "stack": None, **y}},
                }
            )
        layers.append(
            {
                "name": "now",
                "transform": [{"filter": "isValid(datum.now)"}],
                "mark": {"type": "bar", "color": NOW, "width": {"band": 0.6 if ghost else 0.9}},
                "encoding": {"x": x, "y": {"field": "now", "stack": None, **y}},
            }
        )
        if any(now is None for _, now, _ in points):
            layers.append(
                {
                    "name": "unread",
                    "transform": [{"filter": "!isValid(datum.now)"}],
                    "mark": {"type": "text", "text": "×", "color": SOFT, "fontSize": 12, "baseline": "bottom"},
                    "encoding": {"x": x, "y": {"datum": 0}},
                }
            )
        values = [{"label": label, "now": now, "before": before} for label, now, before in points]
        return {"width": width - 60, "height": 170, "data": {"values": values}, "layer": layers}

    columns = (Column(first), Column(unit, "count"), *((Column("Cùng kỳ năm trước", "count"),) if ghost else ()))
    rows = tuple((label, now, before) if ghost else (label, now) for label, now, before in points)
    return Chart(name, title, caption, columns, rows, make)


def bars(name: str, title: str, caption: str, columns: tuple[Column, ...], rows: Sequence[tuple[Value, ...]]) -> Chart:
    """Lying bars: the first column is the name, the second the length; the rest stands in the table alone."""
    money = columns[1].kind == "money"

    def make(width: int) -> Spec:
        limit = width // 3 if width > NARROW else width * 5 // 12
        # A long name goes on in further lines: cut off it says nothing.
        names = ["\n".join(textwrap.wrap(str(row[0]), limit // LETTER)) for row in rows]
        values = [{"label": name, "value": row[1], "said": _said(row[1], money=money)} for name, row in zip(names, rows, strict=True)]
        most = max((name.count("\n") + 1 for name in names), default=1)
        y = {
            "field": "label",
            "type": "nominal",
            "sort": None,
            "axis": {"title": None, "labelLimit": limit, "labelExpr": "split(datum.value, '\\n')", "domain": False, "ticks": False},
        }
        x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domainMin": 0}}
        return {
            "width": max(120, width - limit - (110 if money else 50)),
            "height": {"step": max(24, 10 + 13 * most)},
            "data": {"values": values},
            "encoding": {"y": y, "x": x},
            "layer": [
                {"name": "now", "mark": {"type": "bar", "color": NOW, "height": 13}},
                {
                    "name": "label",
                    "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11},
                    "encoding": {"text": {"field": "said"}},
                },
            ],
        }

    return Chart(name, title, caption, columns, tuple(tuple(row) for row in rows), make)


def _ticks(largest: int) -> list[int]:
    """At most six whole numbers from 0 that reach the largest.

    >>> _ticks(0), _ticks(3), _ticks(12), _ticks(230)
    ([0, 1], [0, 1, 2, 3], [0, 5, 10, 15], [0, 50, 100, 150, 200, 250])
    """
    step = next(n * 10**power for power in range(12) for n in (1, 2, 5) if n * 10**power * 5 >= largest)
    return list(range(0, max(1, -(-largest // step)) * step + 1, step))


def tile_map(
    title: str, caption: str, units: Units, register: Register, cells: Mapping[str, tuple[str, int | None, int]], states: Mapping[str, str]
) -> Chart:
    """The country as tiles. ``cells`` by code: (state, number, shade 0 to 4); ``states`` gives the states' names. Both archipelagos are
    always there."""
    places = [(y, x, place) for y, row in enumerate(tile_places(units, register)) for x, place in enumerate(row) if place]

    def make(width: int) -> Spec:
        columns = 1 + max(x for _, x, _ in places)
        side = min(84, width // columns)
        values = []
        for y, x, place in places:
            state, number, shade = cells.get(place.code, ("unwatched", None, 0))
            said = "" if place.islands else (formats.number(number) if number else _MARKS[state])
            shade = 0 if place.islands else shade
            at = {"x": x, "x2": x + 0.94, "y": y, "y2": y + 0.94, "cx": x + 0.47}
            values.append(
                at
                | {"name": place.short, "nameY": y + 0.34, "said": said, "saidY": y + 0.68}
                | {"owner": place.name if place.islands else "", "ownerY": y + 0.64}
                | {"fill": RAMP[shade - 1] if shade else "#ffffff", "ink": RAMP_INK[shade - 1] if shade else INK}
            )
        scale = {"domain": [0, columns], "nice": False, "zero": False}
        rows = 1 + max(y for y, _, _ in places)
        down = {"domain": [0, rows], "nice": False, "zero": False, "reverse": True}

        def words(what: str, size: float) -> Spec:
            position = {"x": {"field": "cx", "type": "quantitative"}, "y": {"field": f"{what}Y", "type": "quantitative"}}
            ink = {"color": {"field": "ink", "type": "nominal", "scale": None}}
            return {"mark": {"type": "text", "fontSize": size}, "encoding": position | ink | {"text": {"field": what}}}

        return {
            "width": side * columns,
            "height": round(side * 0.72) * rows,
            "data": {"values": values},
            "layer": [
                {
                    "mark": {"type": "rect", "cornerRadius": 4, "stroke": GHOST, "strokeWidth": 0.6},
                    "encoding": {
                        "x": {"field": "x", "type": "quantitative", "scale": scale, "axis": None},
                        "x2": {"field": "x2"},
                        "y": {"field": "y", "type": "quantitative", "scale": down, "axis": None},
                        "y2": {"field": "y2"},
                        "color": {"field": "fill", "type": "nominal", "scale": None},
                    },
                },
                words("name", max(7.5, side / 8.2)),
                words("said", max(9, side / 6)),
                words("owner", max(7, side / 9)),
            ],
        }

    rows = tuple(
        (place.name, states[cells[place.code][0]], cells[place.code][1])
        for _, _, place in places
        if not place.islands and place.code in cells
    )
    return Chart("ban-do", title, caption, (Column("Tỉnh, thành"), Column("Tình trạng"), Column("Số tin", "count")), rows, make)


def heat_map(
    name: str, title: str, caption: str, rows: Sequence[tuple[str, Sequence[int | None]]], columns: Sequence[str], *, first: str
) -> Chart:
    """Numbers in cells, darker for more; None is drawn hatched by a sign of its own."""

    def make(width: int) -> Spec:
        largest = max((number or 0 for _, numbers in rows for number in numbers), default=0)
        values = [
            {"row": label, "column": column, "said": "" if number == 0 else ("×" if number is None else formats.number(number))}
            | {"fill": RAMP[shade(number, largest) - 1] if number else "#ffffff"}
            | {"ink": RAMP_INK[shade(number, largest) - 1] if number else (WARN if number is None else INK)}
            for label, numbers in rows
            for column, number in zip(columns, numbers, strict=True)
        ]
        x = {
            "field": "column",
            "type": "nominal",
            "sort": None,
            "axis": {"orient": "top", "labelAngle": -38, "title": None, "labelLimit": 190},
        }
        y = {"field": "row", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 190}}
        return {
            "width": {"step": max(18, (width - 190) // max(1, len(columns)))},
            "height": {"step": 19},
            "data": {"values": values},
            "encoding": {"x": x, "y": y},
            "layer": [
                {
                    "mark": {"type": "rect", "stroke": GRID, "strokeWidth": 0.6},
                    "encoding": {"color": {"field": "fill", "type": "nominal", "scale": None}},
                },
                {
                    "mark": {"type": "text", "fontSize": 10.5},
                    "encoding": {"text": {"field": "said"}, "color": {"field": "ink", "type": "nominal", "scale": None}},
                },
            ],
        }

    table = tuple((label, *numbers) for label, numbers in rows)
    return Chart(name, title, caption, (Column(first), *(Column(column, "count") for column in columns)), table, make)


def shade(number: int | None, largest: int) -> int:
    """0 for none, then 1 to 4 by share of the largest number.

    >>> [shade(n, 8) for n in (None, 0, 1, 2, 3, 5, 8)]
    [0, 0, 1, 1, 2, 3, 4]
    """
    return 1 + min(len(RAMP) - 1, (number - 1) * len(RAMP) // largest) if number else 0


def _said(value: Value, *, money: bool) -> str:
    if not isinstance(value, int):
        return ""
    if money:
        return formats.dong(value).removesuffix(" đồng")
    return formats.number(value)
