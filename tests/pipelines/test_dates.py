"""Dates as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extraction.dates import VIETNAM, opening_date, read_iso, read_written, remainder

WRITTEN = [
    ("Thứ Hai, 24/12/2012, 03:04 AM (GMT+7)", "2012-12-24", "03:04"),
    ("29/06/2018 15:25", "2018-06-29", "15:25"),
    ("15:33, 17/08/2026", "2026-08-17", "15:33"),
    ("07-03-2026 - 00:01 AM", "2026-03-07", "00:01"),
    ("17:45 PM | 5.9.2023", "2023-09-05", "17:45"),
    ("8/10/2019 3:20:00 PM", "2019-10-08", "15:20"),
    ("12:05 AM 01/02/2020", "2020-02-01", "00:05"),
    ("Thứ Bảy, 07/03/2026 - 08:07", "2026-03-07", "08:07"),
    ("15h30 ngày 17/8/2026", "2026-08-17", "15:30"),
    ("Thứ 4, 25/08/2021 | 08:41", "2021-08-25", "08:41"),
    ("Ngày đăng: 06/03/2018 - 16:07", "2018-03-06", "16:07"),
    ("Cập nhật lúc: 10:05 06/03/2024 (GMT+7)", "2024-03-06", "10:05"),
    ("ngày 6 tháng 3 năm 2024", "2024-03-06", None),
    ("22 Tháng Tư 2021 10:15", "2021-04-22", "10:15"),
    ("07 tháng mười hai 2021", "2021-12-07", None),
    ("March 7, 2026", "2026-03-07", None),
    ("2026-03-07 08:07", "2026-03-07", "08:07"),
    ("9 giờ 30 phút ngày 3/2/2021", "2021-02-03", "09:30"),
    ("10/23/2021 9:05 PM", "2021-10-23", "21:05"),
    ("Cập nhật thứ sáu, ngày 30/11/12 04:00 chiều", "2012-11-30", "16:00"),
    ("4:05 chiều 5/6/2020", "2020-06-05", "16:05"),
    ("9h sáng 5/6/2020", "2020-06-05", "09:00"),
    ("11:30 đêm 5/6/2020", "2020-06-05", "23:30"),
    ("10 giờ 5 phút, ngày 5/6/2020", "2020-06-05", "10:05"),
    ("Thứ Hai, 24/07/2023, 10:12 [GMT+7]", "2023-07-24", "10:12"),
    ("Tháng Ba 5, 2021", "2021-03-05", None),
    ("5 Th3, 2021", "2021-03-05", None),
    ("T4, 21/02/2018 - 09:10", "2018-02-21", "09:10"),
]


@pytest.mark.parametrize(("text", "day", "clock"), WRITTEN)
def test_written_dates(text: str, day: str, clock: str | None) -> None:
    (found,) = read_written(text)

    assert found.value.isoformat() == day
    assert (found.at.astimezone(VIETNAM).strftime("%H:%M") if found.at else None) == clock
    assert text[found.start : found.end].strip() == found.surface


def test_month_first_is_marked() -> None:
    assert [(w.value, w.swapped) for w in read_written("10/23/2021 và 11/10/2021")] == [
        (date(2021, 10, 23), True),
        (date(2021, 10, 11), False),
    ]


@pytest.mark.parametrize("text", ["45/13/2021", "30/02/2020", "1/2021", "Quyết định 12/2023/QĐ-UBND", "điện thoại 0269.379.4567", "ngày 4/12", "192.168.2.2021.5", "ngày 30/11/12/2020", "đến ngày 3/4/215", "3/4/21", ""])  # fmt: skip
def test_no_date(text: str) -> None:
    assert list(read_written(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-07T00:01:00", (date(2026, 3, 7), datetime(2026, 3, 6, 17, 1, tzinfo=UTC), False)),
        ("2026-03-06T23:30:00Z", (date(2026, 3, 7), datetime(2026, 3, 6, 23, 30, tzinfo=UTC), True)),
        ("2021-10-18T07:50:17+0700", (date(2021, 10, 18), datetime(2021, 10, 18, 0, 50, 17, tzinfo=UTC), True)),
        ("2012-12-23T14:02+07:00", (date(2012, 12, 23), datetime(2012, 12, 23, 7, 2, tzinfo=UTC), True)),
        ("2012-12-25", (date(2012, 12, 25), None, False)),
        ("2021-13-01", None),
        ("0001-01-01T00:00:00+07:00", None),
        ("hôm qua", None),
    ],
)
def test_iso(text: str, expected: object) -> None:
    assert read_iso(text) == expected


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("Thứ Hai, ngày đăng: 24/12/2012, 03:04 AM (GMT+7)", ""),
        ("Họp ngày 2/3/2024 tại xã", "Họp ngày tại xã"),
        ("Thanh Mai - 07/03/2026 08:47", "Thanh Mai"),
    ],
)
def test_remainder(line: str, rest: str) -> None:
    assert remainder(line) == rest


@settings(deadline=None)
@given(st.dates(date(1997, 1, 1), date(2099, 12, 31)), st.sampled_from(["/", "-", "."]), st.booleans(), st.times())
def test_day_first_dates_come_back(value: date, mark: str, padded: bool, moment: object) -> None:
    day, month = (f"{value.day:02}", f"{value.month:02}") if padded else (str(value.day), str(value.month))

    (found,) = read_written(f"{moment:%H:%M} {day}{mark}{month}{mark}{value.year}")

    assert found.value == value


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert all(0 <= w.start < w.end <= len(text) for w in read_written(text))
    assert isinstance(remainder(text), str)


@pytest.mark.timeout(60)  # a few seconds at most; the square of a megabyte takes hours
@pytest.mark.parametrize("piece", ["1/", "12/12/", "ngày 1 tháng ", "1:", "2021-", "thứ ", " ", "10:10 ", "ngày đăng", "12 mar "])
def test_time_grows_with_length_only(piece: str) -> None:
    text = (piece * 1_000_000)[:1_000_000]
    list(read_written(text))
    remainder(text)


OPENINGS = [
    ("Sáng 14/3/2024, tại hội trường xã, huyện mở lớp tập huấn cho cán bộ thông tin cơ sở.", date(2024, 3, 14)),
    ("(BHG) - Chiều ngày 6/5/2021, huyện Xín Mần bàn giao đài truyền thanh cho hai xã biên giới.", date(2021, 5, 6)),
    ("Ngày 9 tháng 7 năm 2022, đoàn giám sát của tỉnh làm việc với xã về chương trình giảm nghèo.", date(2022, 7, 9)),
    ("Tập huấn cho cán bộ xã\n\nTối 2/12/2019, bà con bản Nà Pá nghe cán bộ nói chuyện về vay vốn ưu đãi.", date(2019, 12, 2)),
    ("Thực hiện Công văn số 512/STTTT ngày 14/3/2024 của Sở, huyện xây dựng kế hoạch truyền thông.", None),
    ("Theo Quyết định số 90/QĐ-TTg ngày 18/01/2022, chương trình có bảy dự án dành cho cả nước.", None),
    ("Ông sinh ngày 5/6/1975 ở xã Mường Bú, từng là hộ nghèo nhiều năm liền của bản Nà Sang.", None),
    ("Năm 2023, huyện được giao 400 triệu đồng để làm truyền thông giảm nghèo cho chín xã vùng cao.", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "day"), OPENINGS, ids=[str(number) for number in range(len(OPENINGS))])
def test_the_day_with_which_a_story_opens(text: str, day: date | None) -> None:
    written = opening_date(text)
    assert (written.value if written else None) == day
