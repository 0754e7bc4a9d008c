"""Dates in text: tables and what must hold for any text."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Provenance
from nlp.when import tag_dates

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def document(text: str, published: date | None) -> Document:
    provenance = Provenance(portal="import", requested_url="u", final_url="u", fetched_at=NOW)
    return Document(id="x", provenance=provenance, title="", text=text, published=published)


IN_2023 = date(2023, 12, 7)
CASES: list[tuple[str, str, date | None, list[tuple[str, str | None, str | None, str]]]] = [
    ("no year", "Mới đây, ngày 4/12, Sở mở lớp.", IN_2023, [("ngày 4/12", "2023-12-04", "2023-12-05", "")]),
    ("no year, next", "Sáng 10/1 sẽ khai mạc.", IN_2023, [("Sáng 10/1", "2024-01-10", "2024-01-11", "")]),
    ("no year, last", "Ngày 20/3 vừa qua.", IN_2023, [("Ngày 20/3", "2023-03-20", "2023-03-21", "")]),
    ("leap day", "ngày 29/2", date(2025, 1, 3), [("ngày 29/2", "2024-02-29", "2024-03-01", "")]),
    ("no publication", "Ngày 4/12 mở lớp.", None, [("Ngày 4/12", None, None, "unresolved")]),
    ("end of a word", "Bàn chânăm 2022 và Sởngày 4/12, rồi 2 ngày 5/12", IN_2023, [("ngày 5/12", "2023-12-05", "2023-12-06", "")]),
    ("fraction", "Đạt 8/10 xã, 14/14 thôn, 9/12 chỉ tiêu.", IN_2023, []),
    (
        "full",
        "ban hành 14/3/2024 và 05-06-2022",
        None,
        [("14/3/2024", "2024-03-14", "2024-03-15", ""), ("05-06-2022", "2022-06-05", "2022-06-06", "")],
    ),
    ("words", "ngày 13 tháng 5 năm 2024", None, [("13 tháng 5 năm 2024", "2024-05-13", "2024-05-14", "")]),
    ("words, no year", "hôm 13 tháng 5", IN_2023, [("13 tháng 5", "2023-05-13", "2023-05-14", "")]),
    (
        "month",
        "giữa tháng 8/2023, tháng 12 năm 2022",
        None,
        [("tháng 8/2023", "2023-08-01", "2023-09-01", ""), ("tháng 12 năm 2022", "2022-12-01", "2023-01-01", "")],
    ),
    ("quarter", "quý IV/2023", None, [("quý IV/2023", "2023-10-01", "2024-01-01", "")]),
    ("period", "giai đoạn 2021 – 2025", None, [("giai đoạn 2021 – 2025", "2021-01-01", "2026-01-01", "")]),
    ("year", "Năm 2023, huyện", None, [("Năm 2023", "2023-01-01", "2024-01-01", "")]),
    ("misprint", "trong năm 22023", IN_2023, [("năm 22023", None, None, "malformed")]),
    ("today", "Sáng nay, hôm qua", IN_2023, [("Sáng nay", "2023-12-07", "2023-12-08", ""), ("hôm qua", "2023-12-06", "2023-12-07", "")]),
    (
        "last year",
        "năm ngoái và tháng trước",
        IN_2023,
        [("năm ngoái", "2022-01-01", "2023-01-01", ""), ("tháng trước", "2023-11-01", "2023-12-01", "")],
    ),
    ("week", "tuần này", IN_2023, [("tuần này", "2023-12-04", "2023-12-11", "")]),
    ("no such day", "ngày 31/2", IN_2023, [("ngày 31/2", None, None, "malformed")]),
    ("no such day at all", "ngày 30/2", None, [("ngày 30/2", None, None, "malformed")]),
    ("no such day of a year", "ngày 31/6/2024", None, [("31/6/2024", None, None, "malformed")]),
    ("no leap year", "ngày 29/2 vừa qua", date(2023, 3, 2), [("ngày 29/2", None, None, "malformed")]),
    # Ranges and lists of days
    ("two days", "Trong 2 ngày 14 và 15/6, Sở mở lớp.", IN_2023, [("ngày 14 và 15/6", "2023-06-14", "2023-06-16", "")]),
    ("from to, dash", "Từ ngày 5 - 7/6, Sở mở lớp.", IN_2023, [("ngày 5 - 7/6", "2023-06-05", "2023-06-08", "")]),
    ("dash", "Ngày 14-15/6, huyện mở lớp.", IN_2023, [("Ngày 14-15/6", "2023-06-14", "2023-06-16", "")]),
    ("from to", "Từ ngày 5 đến ngày 7/6/2024", None, [("ngày 5 đến ngày 7/6/2024", "2024-06-05", "2024-06-08", "")]),
    ("from to, two months", "Từ 28/5 đến 3/6/2024", None, [("Từ 28/5 đến 3/6/2024", "2024-05-28", "2024-06-04", "")]),
    ("from to, new year", "ngày 28/12 đến ngày 3/1/2024", None, [("ngày 28/12 đến ngày 3/1/2024", "2023-12-28", "2024-01-04", "")]),
    (
        "from to, words",
        "từ ngày 5 đến ngày 7 tháng 6 năm 2024",
        None,
        [("ngày 5 đến ngày 7 tháng 6 năm 2024", "2024-06-05", "2024-06-08", "")],
    ),
    ("from to, turned", "từ ngày 9 đến ngày 7/6/2024", None, [("ngày 9 đến ngày 7/6/2024", None, None, "malformed")]),
    ("from to, open", "Từ ngày 5 đến 7/6", None, [("ngày 5 đến 7/6", None, None, "unresolved")]),
    ("from to, a part", "Nâng từ 3 đến 5/6 xã có loa.", IN_2023, []),
    ("three days", "Các ngày 20, 21 và 22/9/2023", None, [("ngày 20, 21 và 22/9/2023", "2023-09-20", "2023-09-23", "")]),
    (
        "days apart",
        "các ngày 5, 12 và 19/9/2023",
        None,
        [
            ("ngày 5, 12 và 19/9/2023", "2023-09-05", "2023-09-06", ""),
            ("ngày 5, 12 và 19/9/2023", "2023-09-12", "2023-09-13", ""),
            ("ngày 5, 12 và 19/9/2023", "2023-09-19", "2023-09-20", ""),
        ],
    ),
    ("days, one impossible", "các ngày 30 và 31/6/2023", None, [("ngày 30 và 31/6/2023", None, None, "malformed")]),
    # Months and quarters without a year
    ("month alone", "Trong tháng 8, huyện mở lớp.", IN_2023, [("tháng 8", "2023-08-01", "2023-09-01", "")]),
    ("month gone by", "Tháng 4 vừa qua, xã họp.", date(2024, 1, 9), [("Tháng 4", "2023-04-01", "2023-05-01", "")]),
    ("month, either year", "Trong tháng 1, xã họp.", IN_2023, [("tháng 1", None, None, "unresolved")]),
    ("month to come", "Trong tháng 1 sẽ mở lớp.", IN_2023, [("tháng 1", "2024-01-01", "2024-02-01", "")]),
    ("month, no publication", "Trong tháng 8, huyện mở lớp.", None, [("tháng 8", None, None, "unresolved")]),
    ("a class on a day", "Ngày 3 tháng 5 lớp tập huấn khai giảng.", IN_2023, [("3 tháng 5", "2023-05-03", "2023-05-04", "")]),
    ("times a month", "Mỗi tháng 2 lần, trong tháng 4 buổi, phát 3 tháng 5 lượt.", IN_2023, []),
    (
        "month by name",
        "tháng Tư năm 2024 và trong tháng Năm, xã họp.",
        IN_2023,
        [("tháng Tư năm 2024", "2024-04-01", "2024-05-01", ""), ("tháng Năm", "2023-05-01", "2023-06-01", "")],
    ),
    ("day of a named month", "ngày 15 tháng Tư năm 2024", None, [("15 tháng Tư năm 2024", "2024-04-15", "2024-04-16", "")]),
    ("months, then a year", "Sau 2 tháng năm 2023 xã họp.", None, [("năm 2023", "2023-01-01", "2024-01-01", "")]),
    ("month with a dot", "tháng 5.2024", None, [("tháng 5.2024", "2024-05-01", "2024-06-01", "")]),
    ("months", "từ tháng 5 đến tháng 8/2024", None, [("tháng 5 đến tháng 8/2024", "2024-05-01", "2024-09-01", "")]),
    ("this quarter", "Quý III này, huyện mở lớp.", date(2024, 8, 1), [("Quý III", "2024-07-01", "2024-10-01", "")]),
    ("half a year", "Trong 6 tháng đầu năm, tỉnh mở 5 lớp.", date(2024, 7, 3), [("6 tháng đầu năm", "2024-01-01", "2024-07-01", "")]),
    ("half a year too early", "Trong 6 tháng đầu năm, tỉnh mở 5 lớp.", date(2024, 2, 3), [("6 tháng đầu năm", None, None, "unresolved")]),
    ("half of a year", "6 tháng đầu năm 2024", None, [("6 tháng đầu năm 2024", "2024-01-01", "2024-07-01", "")]),
    ("last months", "Trong ba tháng cuối năm 2023", None, [("ba tháng cuối năm 2023", "2023-10-01", "2024-01-01", "")]),
    # Days without a year
    ("gone by, no cue", "Hội thi mở 4/12 vừa qua.", IN_2023, [("4/12", "2023-12-04", "2023-12-05", "")]),
    ("to come, beside", "Ngày 15/3 tới, xã khai mạc.", date(2024, 3, 1), [("Ngày 15/3", "2024-03-15", "2024-03-16", "")]),
    ("either year", "Ngày 10/1, hội thi ở huyện.", IN_2023, [("Ngày 10/1", None, None, "unresolved")]),
    ("past although near", "Ngày 10/1, huyện đã mở hội thi.", IN_2023, [("Ngày 10/1", "2023-01-10", "2023-01-11", "")]),
    ("spoken of the future after it", "Ngày 4/12, Sở cho biết sẽ mở lớp.", IN_2023, [("Ngày 4/12", "2023-12-04", "2023-12-05", "")]),
    ("year of two digits", "ngày 10/5/24", None, [("ngày 10/5/24", "2024-05-10", "2024-05-11", "")]),
    ("each year", "Báo cáo trước ngày 15/12 hằng năm.", IN_2023, [("ngày 15/12", None, None, "recurring")]),
    ("each year, before it", "Hằng năm, vào ngày 17/10, xã họp.", IN_2023, [("ngày 17/10", None, None, "recurring")]),
    ("month of each year", "Trong tháng 10 hàng năm, xã họp.", IN_2023, [("tháng 10", None, None, "recurring")]),
    # Years
    ("short period", "giai đoạn 2021-25", None, [("giai đoạn 2021-25", "2021-01-01", "2026-01-01", "")]),
    ("bare period", "Chương trình giảm nghèo 2021-2025", None, [("2021-2025", "2021-01-01", "2026-01-01", "")]),
    ("bare, people", "lớp cho 2000-2050 người", None, []),
    ("school year", "năm học 2023-2024", None, [("năm học 2023-2024", "2023-09-01", "2024-06-01", "")]),
    ("years in a row", "các năm 2021, 2022, 2023", None, [("năm 2021, 2022, 2023", "2021-01-01", "2024-01-01", "")]),
    (
        "years apart",
        "năm 2019 và 2023",
        None,
        [("năm 2019 và 2023", "2019-01-01", "2020-01-01", ""), ("năm 2019 và 2023", "2023-01-01", "2024-01-01", "")],
    ),
    ("year and count", "Năm 2023, 1500 người nghe.", None, [("Năm 2023", "2023-01-01", "2024-01-01", "")]),
    ("until now", "từ năm 2021 đến nay", IN_2023, [("từ năm 2021 đến nay", "2021-01-01", "2023-12-08", "")]),
    ("until now, open", "từ năm 2021 đến nay", None, [("từ năm 2021 đến nay", None, None, "unresolved")]),
    ("lost digit", "Trong năm 202, huyện mở lớp.", None, [("năm 202", None, None, "malformed")]),
    ("letter for a digit", "Năm 2o23 huyện mở lớp.", None, [("Năm 2o23", None, None, "malformed")]),
    ("so many a year", "Mỗi năm 200, có khi 300 lượt; mỗi năm 200.000 đồng.", IN_2023, []),
    # Said from the day of publication
    ("next week", "Tuần tới", IN_2023, [("Tuần tới", "2023-12-11", "2023-12-18", "")]),
    (
        "next month",
        "tháng tới, tháng sau",
        IN_2023,
        [("tháng tới", "2024-01-01", "2024-02-01", ""), ("tháng sau", "2024-01-01", "2024-02-01", "")],
    ),
    ("last night", "đêm qua", IN_2023, [("đêm qua", "2023-12-06", "2023-12-07", "")]),
    ("past year", "Năm qua", date(2024, 1, 5), [("Năm qua", "2023-01-01", "2024-01-01", "")]),
    ("past year, late", "Năm qua", IN_2023, [("Năm qua", None, None, "unresolved")]),
    ("several years", "Ba năm qua, 5 năm trước, hai tuần tới", IN_2023, []),
    ("document number", "Quyết định 1153/QĐ-UBND", IN_2023, []),
    ("sum", "hơn 146,4 triệu và 1.010.000 đồng", IN_2023, []),
]


@pytest.mark.parametrize(("name", "text", "published", "expected"), CASES, ids=[case[0] for case in CASES])
def test_dates(name: str, text: str, published: date | None, expected: list[tuple[str, str | None, str | None, str]]) -> None:
    tagged = tag_dates(document(text, published))
    found = [
        (tagged.quote(m.evidence[0]), m.start and m.start.isoformat(), m.end and m.end.isoformat(), ",".join(m.flags)) for m in tagged.dates
    ]
    assert found == expected


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "ngày ",
                "4/12",
                "năm ",
                "2023",
                "tháng ",
                "8",
                " ",
                "-",
                "quý ",
                "99",
                "29/2",
                " và ",
                ", ",
                " đến ",
                "hằng năm",
                " tới",
                "Năm",
            ]
        )
    ).map("".join),
    st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1)),
)
def test_any_text(text: str, published: date | None) -> None:
    before = document(text, published)
    tagged = tag_dates(before)
    assert tag_dates(tagged) == tagged
    assert all(tagged.quote(m.evidence[0]) for m in tagged.dates)
    assert all(m.start is None or (m.end is not None and m.start < m.end) for m in tagged.dates)
    assert all((m.start is None) == bool(m.flags) for m in tagged.dates)
    assert all(getattr(before, f.name) == getattr(tagged, f.name) for f in fields(before) if f.name != "dates")


def test_a_megabyte_of_digits_is_linear() -> None:
    tag_dates(document("ngày 1/1 " * 20_000 + "1/" * 200_000 + "9" * 200_000 + " " * 200_000, IN_2023))
