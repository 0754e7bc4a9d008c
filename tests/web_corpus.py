"""A small country for pages and pictures: some two hundred made-up articles of two years, and sources of which one is blocked, one is
silent, one changed its pages and one was never watched. Everything is fixed by a seed and one Monday morning."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from corpus.document import Document
from corpus.index import Index
from corpus.index.names import Names
from corpus.localities import Register
from corpus.locality_names import sort_key
from corpus.portals import Portal, PortalRegistry
from corpus.readings import Reading, WayReading
from corpus.store import Store
from corpus.store.facts import write_stories
from tests.search_samples import ALL, make_document

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""Monday 08:30 in Vietnam: week 47 is over."""
TODAY = date(2026, 11, 23)
FIRST_DAY = date(2025, 1, 6)

_TEXTS = (
    (
        "training",
        "{p}: {n} cán bộ xã học kỹ năng truyền thông giảm nghèo",
        "Sở Văn hóa, Thể thao và Du lịch tỉnh {p} mở lớp tập huấn kỹ năng truyền thông cho {n} cán bộ xã. "
        "Kinh phí của lớp là {m} triệu đồng, đã được phân bổ từ Tiểu dự án 1. Học viên tập viết tin ngắn cho loa thôn bản.",
        "mở lớp tập huấn",
        "allocated",
    ),
    (
        "radio_facility",
        "{p} nâng cấp đài truyền thanh cho {n} xã vùng cao",
        "Tỉnh {p} bàn giao hệ thống đài truyền thanh thông minh cho {n} xã. Tổng kinh phí {m} triệu đồng được phê duyệt từ đầu năm. "
        "Bà con nghe tin về giảm nghèo bằng tiếng của dân tộc mình.",
        "bàn giao hệ thống đài truyền thanh",
        "approved",
    ),
    (
        "dialogue",
        "Đối thoại chính sách giảm nghèo tại {p}",
        "Buổi đối thoại chính sách với hộ nghèo của tỉnh {p} có {n} người dự. Người dân hỏi về vốn vay, nhà ở và bảo hiểm y tế.",
        "đối thoại chính sách với hộ nghèo",
        None,
    ),
    (
        "digital",
        "{p} đưa thông tin giảm nghèo lên nền tảng số",
        "Tỉnh {p} mở kênh thông tin giảm nghèo trên mạng xã hội, đã có {n} nghìn người theo dõi. Đã giải ngân {m} triệu đồng cho phần mềm.",
        "mở kênh thông tin giảm nghèo",
        "disbursed",
    ),
    (
        "event",
        "Hội thi tuyên truyền viên giảm nghèo tỉnh {p}",
        "Hội thi tuyên truyền về giảm nghèo bền vững của tỉnh {p} có {n} đội dự thi, phần lớn là đội của các xã.",
        "Hội thi tuyên truyền",
        None,
    ),
)

_SOURCES = (
    ("nghean-gov", "Cổng thông tin điện tử tỉnh Nghệ An", "v2-40", "v1-40", "government"),
    ("danang-gov", "Cổng thông tin điện tử thành phố Đà Nẵng", "v2-48", "v1-48", "government"),
    ("daklak-gov", "Cổng thông tin điện tử tỉnh Đắk Lắk", "v2-66", "v1-66", "government"),
    ("laichau-gov", "Cổng thông tin điện tử tỉnh Lai Châu", "v2-12", "v1-12", "government"),
    ("caobang-gov", "Cổng thông tin điện tử tỉnh Cao Bằng", "v2-04", "v1-04", "government"),
    ("sonla-dai", "Báo và Phát thanh, Truyền hình Sơn La", "v2-14", "v1-14", "broadcast"),
    ("dienbien-gov", "Cổng thông tin điện tử tỉnh Điện Biên", "v2-11", "v1-11", "government"),
    ("camau-gov", "Cổng thông tin điện tử tỉnh Cà Mau", "v2-96", "v1-96", "government"),
    ("quangtri-gov", "Cổng thông tin điện tử tỉnh Quảng Trị", "v2-44", None, "government"),
    ("bao-trung-uong", "Báo Trung ương mẫu", "VN", None, "central"),
)
TROUBLES = {"dienbien-gov": "blocked", "camau-gov": "layout_changed"}
"""Sources that were not read in the last weeks, with the crawler's word for it."""
SILENT = {"laichau-gov", "sonla-dai"}
UNVERIFIED = {"quangtri-gov"}


def registry() -> PortalRegistry:
    portals = [
        Portal(
            id=id,
            name=name,
            home=f"https://{id}.example.vn/",
            hosts=(f"{id}.example.vn",),
            kind=kind,  # type: ignore[arg-type]  # one of the kinds
            province=province,
            province_before=before,
            verified=id not in UNVERIFIED,
        )
        for id, name, province, before, kind in _SOURCES
    ]
    return PortalRegistry(tuple(sorted(portals, key=lambda portal: portal.id)))


def documents(register: Register, *, number: int = 220, seed: int = 7) -> list[Document]:
    """The samples, then articles of the sources' provinces, then of any province by the press; the last two days hold most."""
    rng = random.Random(seed)
    provinces = sorted((u for u in register.units("province", TODAY)), key=lambda unit: sort_key(unit.name))
    by_source = {province: id for id, _, province, _, _ in _SOURCES}
    found = list(ALL)
    for at in range(number):
        quiet = {"v2-12", "v2-14"}
        unit = rng.choice(provinces) if rng.random() < 0.55 else rng.choice([u for u in provinces if u.code in by_source])
        days = (TODAY - FIRST_DAY).days
        day = FIRST_DAY + timedelta(days=days - 1 - min(days - 1, int(rng.expovariate(1 / 170))))
        if unit.code in quiet and day > date(2026, 10, 5):
            continue
        activity, title, text, words, role = rng.choice(_TEXTS)
        n, m = rng.randint(3, 90), rng.randint(40, 900)
        name = unit.name
        made = make_document(
            f"{at:024x}",
            title.format(p=name, n=n),
            text.format(p=name, n=n, m=m),
            published=day,
            portal=by_source.get(unit.code, "bao-trung-uong") if rng.random() < 0.8 else "bao-trung-uong",
            about=((unit.code, name),),
            activities=((activity, words, "done"),),  # type: ignore[arg-type]  # a modality
            amounts=((f"{m} triệu đồng", m * 10**6, role, "exact", "budget"),) if role else (),  # type: ignore[arg-type]  # a role
        )
        seen = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)  # the next morning in Vietnam
        found.append(replace(made, provenance=replace(made.provenance, first_seen=seen, fetched_at=seen)))
    return found


def fill(store: Store, index: Index, names: Names, *, number: int = 220, more: tuple[Document, ...] = ()) -> None:
    """Articles, runs of the last ten weeks, and one story of two articles."""
    for document in (*documents(names.register, number=number), *more):
        store.put_document(document, NOW)
        index.put(document)
    index.refresh()
    kept = documents(names.register, number=number)
    pair = [document.id for document in kept if document.published and document.published > date(2026, 11, 10)][:2]
    if len(pair) == 2:
        with store._write() as connection:
            write_stories(connection, [(pair[1], pair[0])])
    for week in range(10, -1, -1):
        for portal in names.portals:
            if not portal.verified:
                continue
            at = NOW - timedelta(weeks=week, days=3)
            run = store.begin_run("crawl", at)
            store.observe(portal.id, run, at, reading_of(portal, run, at, wrong=TROUBLES.get(portal.id) if week < 3 else None).to_plain())
            store.end_run(run, at, {})


def reading_of(portal: Portal, run: int, at: datetime, *, wrong: str | None) -> Reading:
    url = f"{portal.home}tin-tuc"
    good = WayReading(kind="listing", url=url, fetched=True, parsed=True, links=20, known=18, new=2, status=200)
    bad = WayReading(kind="listing", url=url, fetched=wrong != "blocked", status=403 if wrong == "blocked" else 200, cause=wrong)
    return Reading(
        portal=portal.id,
        run=run,
        at=at,
        robots="allowed",
        ways=(bad if wrong else good,),
        blocked=(f"403 {url}",) if wrong == "blocked" else (),
        fetched=0 if wrong else 2,
    )
