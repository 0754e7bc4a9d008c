"""A store with a month's made-up articles and readings, so that every table of a report has rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from corpus.index.names import Names
from corpus.localities import Register
from corpus.portals import PortalRegistry
from corpus.store import Sighting, Store, open_store
from monitor.desk import Monitor
from tests.monitor.makers import daily, make_portal, make_registry
from tests.search_samples import make_document

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
REGISTER = Register.load()
PORTALS: PortalRegistry = make_registry(
    make_portal("lc", "v2-15"), make_portal("cm", "v2-96"), make_portal("db", "v2-11"), make_portal("dt", "v2-82")
)
FORMULA = '=HYPERLINK("https://xau.example";"bấm") <b>tập huấn</b> & \'truyền thanh\''
TITLES = (
    "Mở lớp tập huấn cho cán bộ truyền thanh cơ sở",
    "Đầu tư đài truyền thanh ứng dụng công nghệ thông tin",
    "Đối thoại chính sách giảm nghèo",
)


def fill(path: Path, *, articles: int = 24) -> Store:
    store = open_store(path)
    places = (("v2-15", "tỉnh Lào Cai"), ("v2-11", "tỉnh Điện Biên"))
    for number in range(articles):
        code, name = places[number % 2]
        title = FORMULA if number == 0 else f"{TITLES[number % 3]} (lần {number})"
        vnd = 52_000_000 * (number + 1)
        store.put_document(
            make_document(
                f"{number:024x}",
                title,
                f"Huyện mở lớp tập huấn tại {name}. Kinh phí là {vnd // 10**6} triệu đồng.",
                published=date(2026, 11, 2) + timedelta(days=number % 27),
                portal="lc" if number % 2 == 0 else "db",
                about=((code, name),),
                activities=(("training", "tập huấn", "done"),),
                amounts=((f"{vnd // 10**6} triệu đồng", vnd, "total" if number % 3 else "disbursed", "exact", "budget"),)
                if number % 4 == 0
                else (),
                url=f"https://lc.mau.example.vn/tin/{number}.html",
            ),
            NOW,
        )
    return store


class Watched:
    """The store with readings of every source on every day; one of them failed all the time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sightings = [
            (number, sighting)
            for number, sighting in enumerate(
                (
                    sighting
                    for portal in ("lc", "cm", "db", "dt")
                    for sighting in daily(portal, date(2026, 8, 31), date(2026, 9, 7))
                    + daily(portal, date(2026, 9, 7), date(2026, 12, 1), "timeout" if portal == "dt" else "read")
                ),
                start=1,
            )
        ]

    def sightings(self, *, after: int = 0) -> list[tuple[int, Sighting]]:
        return [entry for entry in self._sightings if entry[0] > after]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def monitor(store: Store) -> Monitor:
    names = Names.load(register=REGISTER, portals=PORTALS)
    return Monitor(Watched(store), PORTALS, REGISTER, lambda: NOW, names=names)
