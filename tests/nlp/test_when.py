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
    ("no such day", "ngày 31/2", IN_2023, []),
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
    | st.lists(st.sampled_from(["ngày ", "4/12", "năm ", "2023", "tháng ", "8", " ", "-", "quý ", "99"])).map("".join),
    st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1)),
)
def test_any_text(text: str, published: date | None) -> None:
    before = document(text, published)
    tagged = tag_dates(before)
    assert tag_dates(tagged) == tagged
    assert all(tagged.quote(m.evidence[0]) for m in tagged.dates)
    assert all(m.start is None or (m.end is not None and m.start < m.end) for m in tagged.dates)
    assert all(getattr(before, f.name) == getattr(tagged, f.name) for f in fields(before) if f.name != "dates")


def test_a_megabyte_of_digits_is_linear() -> None:
    tag_dates(document("ngày 1/1 " * 20_000 + "1/" * 200_000 + "9" * 200_000 + " " * 200_000, IN_2023))
