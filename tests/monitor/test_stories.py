"""Near-copies and same events on texts of our own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from corpus.document import Budget, Document, LocalityMention, Provenance, Span
from monitor.stories import Pair, compare, find_pairs, group_stories, sketch

LEAD = (
    "Sáng 12/3, Phòng Văn hóa và Thông tin huyện Quản Bạ mở lớp tập huấn kỹ năng vận hành đài truyền thanh cho 86 cán bộ thông tin cơ sở của 13 xã. "
    "Học viên được hướng dẫn viết tin, biên tập, thu âm và phát chương trình bằng hai thứ tiếng Kinh và Mông trong ba ngày liền."
)
OTHER = (
    "Lớp tập huấn dành cho 86 người làm thông tin cơ sở vừa khai giảng ở Quản Bạ ngày 12/3. Giảng viên đến từ Đài Phát thanh và Truyền hình tỉnh; "
    "13 xã đều cử người dự. Trọng tâm là biên tập bản tin tiếng Mông và sử dụng thiết bị mới."
)
ELSEWHERE = (
    "Ngày 12/3, huyện Như Xuân bàn giao 20 cụm loa cho các thôn vùng sâu. Thiết bị do ngân sách trung ương cấp, mỗi cụm có bốn loa nén và một bộ thu. "
    "Chủ tịch huyện đề nghị các xã giao người trông coi, kiểm tra hằng tuần và báo hỏng kịp thời."
)


def make(
    key: str, title: str, text: str, *, published: date | None = date(2024, 3, 13), province: str = "v1-02", vnd: int | None = None
) -> Document:
    words, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        words.append((start, start + len(word)))
        start += len(word)
    evidence = (Span(0, 1),)
    return Document(
        id=key,
        provenance=Provenance(portal=key, requested_url=key, final_url=key, fetched_at=datetime(2024, 3, 14, tzinfo=UTC)),
        title=title,
        text=text,
        words=tuple(words),
        published=published,
        localities=(LocalityMention(code=province, role="about", evidence=evidence, method="t"),),
        budgets=(Budget(vnd=vnd, evidence=evidence, method="t"),) if vnd else (),
    )


def pair(a: Document, b: Document) -> Pair | None:
    return compare(sketch(a), sketch(b))


def test_a_copy_with_a_new_title_and_an_added_line() -> None:
    a = make("a", "Quản Bạ tập huấn cán bộ thông tin", LEAD)
    b = make("b", "Nâng cao năng lực truyền thanh cơ sở", LEAD + " Nguồn: Báo Hà Giang.")
    found = pair(a, b)
    assert found is not None
    assert (found.kind, found.first, found.second) == ("copy", "a", "b")
    assert found.score > 0.8
    assert found.reasons[0].startswith("shingles")


def test_an_excerpt_is_a_copy() -> None:
    found = pair(make("a", "Tập huấn", LEAD + " " + ELSEWHERE), make("b", "Tập huấn", LEAD))
    assert found is not None
    assert found.kind == "copy"


def test_two_reports_of_one_event() -> None:
    found = pair(
        make("a", "Quản Bạ tập huấn 86 cán bộ truyền thanh", LEAD), make("b", "Khai giảng lớp tập huấn truyền thanh ở Quản Bạ", OTHER)
    )
    assert found is not None
    assert found.kind == "same_event"
    assert any(reason.startswith("facts") for reason in found.reasons)


@pytest.mark.parametrize(
    ("name", "b"),
    [
        ("another event", make("b", "Như Xuân bàn giao 20 cụm loa", ELSEWHERE)),
        ("another province", make("b", "Quản Bạ tập huấn 86 cán bộ truyền thanh", OTHER, province="v1-38")),
        ("next year", make("b", "Quản Bạ tập huấn 86 cán bộ truyền thanh", OTHER, published=date(2025, 3, 13))),
        ("no date", make("b", "Quản Bạ tập huấn 86 cán bộ truyền thanh", OTHER, published=None)),
    ],
)
def test_no_pair(name: str, b: Document) -> None:
    assert pair(make("a", "Quản Bạ tập huấn 86 cán bộ truyền thanh", LEAD), b) is None


def test_the_first_publisher_leads_and_the_order_of_input_does_not_matter() -> None:
    early = make("z", "Quản Bạ tập huấn", LEAD, published=date(2024, 3, 12))
    late = make("a", "Quản Bạ tập huấn", LEAD, published=date(2024, 3, 14))
    alone = make("m", "Như Xuân bàn giao 20 cụm loa", ELSEWHERE)
    stories = group_stories([late, alone, early])
    assert stories == group_stories([early, late, alone])
    assert [story.members for story in stories] == [("z", "a"), ("m",)]
    assert stories[0].pairs[0].first == "z"


def test_candidates_find_what_comparing_all_pairs_finds() -> None:
    documents = [
        make("a", "Quản Bạ tập huấn 86 cán bộ truyền thanh", LEAD),
        make("b", "Khai giảng lớp tập huấn truyền thanh ở Quản Bạ", OTHER),
        make("c", "Tin khác", LEAD.replace("Sáng", "Chiều")),
        make("d", "Như Xuân bàn giao 20 cụm loa", ELSEWHERE),
    ]
    sketches = [sketch(document) for document in documents]
    every = {p for i, a in enumerate(sketches) for b in sketches[i + 1 :] if (p := compare(a, b))}
    assert set(find_pairs(sketches)) == every
    assert every
