"""Pages in the shapes of some hundred and fifty real systems: every field right, nothing of the page's surroundings in the text.

``skeletons/*.txt`` hold the markup, ``stories.py`` the texts. Each page is read with the story it was written for and with all others.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from corpus.document import Document, RawPage
from corpus.errors import Rejected
from pipelines.evaluate_pages import compared
from pipelines.extract import extract
from pipelines.extraction.byline import read_byline
from pipelines.extraction.dates import read_written
from tests.pipelines.skeletons import NOW, Case, read_cases
from tests.pipelines.skeletons.stories import STORIES

CASES = list(read_cases())
CAPTIONS = tuple(story.caption for story in STORIES)
"""Some pages begin with their picture."""


def read(case: Case, *, now: datetime = NOW) -> Document | Rejected:
    page = RawPage(
        portal="khuon-mau",
        requested_url=case.url,
        final_url=case.url,
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"),),
        body=case.html.encode(),
        fetched_at=now,
    )
    try:
        return extract(page)
    except Rejected as rejected:
        return rejected


def faults(case: Case) -> list[str]:
    found = read(case)
    if case.kind != "article":
        return [] if isinstance(found, Rejected) or found.kind not in ("news", "other") else [f"taken for an article: {found.text[:200]}"]
    if isinstance(found, Rejected):
        return [f"rejected: {found}"]
    text = compared(found.text)
    authors = {compared(name).lower() for name in (found.author or "").split(", ") if name}
    wrong = [] if compared(found.title) == compared(case.title) else [f"title {found.title!r}"]
    wrong += [] if str(found.published or None) == str(case.date) else [f"date {found.published}"]
    wrong += [] if authors == {compared(name).lower() for name in case.author} else [f"author {found.author!r}"]
    wrong += [f"lost: {part}" for part in case.contains if compared(part) not in text]
    opens = compared(found.text.partition("\n")[0])
    wrong += [] if any(compared(part) in opens for part in (*case.contains, *CAPTIONS)) else [f"begins with {found.text[:60]!r}"]
    return wrong + [f"leak: {part}" for part in case.leaks if compared(part) in text]


def test_the_skeletons_say_what_is_right() -> None:
    articles = [case for case in CASES if case.kind == "article"]
    assert len(articles) >= 139
    assert len(CASES) - len(articles) >= 15
    assert all(case.contains and case.leaks for case in articles)
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_page_of_each_shape_is_read_right(case: Case) -> None:
    assert faults(case) == []


@pytest.mark.parametrize("shift", range(1, len(STORIES)))
def test_the_shape_and_not_the_story_decides(shift: int) -> None:
    assert {case.id: wrong for case in read_cases(shift=shift) if (wrong := faults(case))} == {}


SIGNATURES = [
    ("Tin bài, ảnh: Việt Anh, Minh Quang", ("Việt Anh", "Minh Quang")),
    ("CTV Nguyễn Hằng/VOV.VN", ("Nguyễn Hằng",)),
    ("Trần Quỳnh/VOV-Tây Bắc", ("Trần Quỳnh",)),
    ("HẢI YẾN (Sở Y tế)", ("Hải Yến",)),
    ("Anh Tuấn - Hải Yến (TTXVN)", ("Anh Tuấn", "Hải Yến")),
    ("Bài, ảnh: N.T", ("N.T",)),
    ("V.N (Theo Báo Yên Bái)", ("V.N",)),
    ("Bài: Lan Anh; Ảnh: Quang Huy", ("Lan Anh",)),
    ("Mai Phương - mai.phuong@bao.example", ("Mai Phương",)),
    ("Kim Oanh, Cộng tác viên", ("Kim Oanh",)),
    ("Hương Giang - BTV", ("Hương Giang",)),
    ("Viết bởi Nông Thị Bích", ("Nông Thị Bích",)),
    ("Lò Thuận Lò Thuận", ("Lò Thuận",)),
    ("H'Linh Êban", ("H'Linh Êban",)),
    ("Xuân Quỳnh - Xuân Trường - Hữu Ký", ("Xuân Quỳnh", "Xuân Trường", "Hữu Ký")),
    ("TS. Lê Văn Bình - Viện Dân tộc học", ("Lê Văn Bình",)),
    ("Xuân Trường - TTVH-TT&TT", ("Xuân Trường",)),
    ("Lường Hạnh - Trường Giang", ("Lường Hạnh", "Trường Giang")),
    ("Lò Thị Hoa, Trường THCS Nậm Khắt", ("Lò Thị Hoa",)),
    ("Cộng tác viên Lò Văn Dón", ("Lò Văn Dón",)),
    ("Hải An- Lê Na", ("Hải An", "Lê Na")),
    ("Tin, ảnh Hoàng Nga", ("Hoàng Nga",)),
    ("Bài và ảnh/ Hoàng Nga", ("Hoàng Nga",)),
    ("K' Linh", ("K' Linh",)),
    ("PV/VOV-Miền Trung", ()),
    ("Bởi", ()),
    ("BBT", ()),
    ("Ban Biên tập", ()),
    ("Nguồn tin: TTXVN", ()),
    ("Theo Cổng thông tin điện tử Chính phủ", ()),
    ("Ảnh: Tuấn Anh", ()),
    ("Đài PT-TH tỉnh", ()),
]


@pytest.mark.parametrize(("line", "names"), SIGNATURES, ids=[line for line, _ in SIGNATURES])
def test_signatures(line: str, names: tuple[str, ...]) -> None:
    assert read_byline(line, lone=True, signed=True) == names


DATES = [
    "Thứ Tư, 6-3-24 16:42:10",
    "Thứ tư, 06/03/24",
    "06/03/24 10:05",
    "2024/03/06 10:05",
    "March 6th, 2024",
    "06 thg 3, 2024",
    "Thg 3 6, 2024",
    "Th3 06, 2024",
    "06-Mar-2024",
    "6th March 2024",
    "10:05' - 06/03/2024",
    "8:9', 06/03/ 2024",
    "Wed, 06 Mar 2024 10:05:00 GMT",
    "10h05, ngày 06/3/2024",
]


@pytest.mark.parametrize("line", DATES)
def test_forms_of_a_day(line: str) -> None:
    assert [written.value.isoformat() for written in read_written(line)] == ["2024-03-06"]


@pytest.mark.parametrize("line", ["Điện thoại 06/03/24", "Số 06/03/24-QĐ", "tỷ lệ 6/3/24 hộ", "2024/13/06", "12024/03/06"])
def test_two_figures_alone_are_no_year(line: str) -> None:
    assert list(read_written(line)) == []
