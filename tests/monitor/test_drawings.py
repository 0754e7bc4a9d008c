"""The engine's process: what was drawn is kept within bounds, and a process that ended or idles is replaced when it is needed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import DrawingUnavailable
from monitor.charts import Chart, timeline
from monitor.drawings import Drawings, order_file, order_for_page

WEEKS = timeline("theo-tuan", "Số tin theo tuần", "Đếm tin.", [("T1/26", 3, 1), ("T2/26", None, 4)], first="Tuần")


@pytest.fixture
def drawings() -> Iterator[Drawings]:
    found = Drawings(max_bytes=20_000)
    yield found
    found.close()


def other(title: str) -> Chart:
    return replace(WEEKS, title=title)


def test_what_was_drawn_is_kept_within_bounds(drawings: Drawings) -> None:
    order = order_file(WEEKS, "svg")
    assert drawings.kept(order) is None
    first = drawings.drawn(order)
    assert drawings.drawn(order) is first
    assert drawings.kept(order) is first
    for title in ("Một", "Hai", "Ba"):
        drawings.drawn(order_file(other(title), "svg"))
    assert drawings.kept(order) is None
    assert drawings.drawn(order) == first


def test_keys_tell_apart_what_looks_different() -> None:
    orders = [order_for_page(WEEKS), order_for_page(WEEKS, dark=True), order_for_page(WEEKS, 330), order_file(WEEKS, "svg")]
    orders += [order_file(WEEKS, "png"), order_file(WEEKS, "png", scale=1), order_file(other("Khác"), "svg")]
    assert len({order.key for order in orders}) == len(orders)
    assert order_for_page(other("Khác")).key == orders[0].key, "the title stands on the page"


def test_the_engine_ends_with_a_fault_and_the_next_drawing_starts_another(drawings: Drawings) -> None:
    assert drawings.engine_pid() is None
    drawings.drawn(order_for_page(WEEKS))
    pid = drawings.engine_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(DrawingUnavailable, match="ended"):
        drawings.drawn(order_for_page(WEEKS, 330))
    assert drawings.engine_pid() is None
    assert drawings.drawn(order_for_page(WEEKS, 330)).startswith(b"<svg")
    assert drawings.engine_pid() not in (None, pid)


def test_a_spec_that_cannot_be_drawn_is_said_and_the_engine_goes_on(drawings: Drawings) -> None:
    broken = replace(WEEKS, make=lambda width: {"width": width, "height": 10, "mark": {"type": "nothing"}, "encoding": 3})
    with pytest.raises(DrawingUnavailable, match="refused"):
        drawings.drawn(order_for_page(broken))
    pid = drawings.engine_pid()
    assert drawings.drawn(order_for_page(WEEKS)).startswith(b"<svg")
    assert drawings.engine_pid() == pid


def test_the_engine_ends_when_nobody_asks() -> None:
    drawings = Drawings(idle_seconds=0.01)
    drawings.drawn(order_for_page(WEEKS))
    for timer in [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]:
        timer.join(10)
    assert drawings.engine_pid() is None


def test_no_engine_outlives_its_owner() -> None:
    drawings = Drawings()
    drawings.drawn(order_for_page(WEEKS))
    pid = drawings.engine_pid()
    del drawings
    assert not Path(f"/proc/{pid}").exists()
