"""Stories kept up to date give the same as grouping everything at once, whatever came in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document, LocalityMention, Provenance, RawPage, Relevance, Span
from corpus.store import Store, open_store
from monitor.grouping import group_due
from monitor.stories import group_stories

NOW = datetime(2024, 3, 20, 8, tzinfo=UTC)
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
TEXTS = {
    "lead": ("Quản Bạ tập huấn 86 cán bộ truyền thanh", LEAD),
    "copy": ("Nâng cao năng lực truyền thanh cơ sở", LEAD + " Nguồn: Báo Hà Giang."),
    "event": ("Khai giảng lớp tập huấn truyền thanh ở Quản Bạ", OTHER),
    "other": ("Như Xuân bàn giao 20 cụm loa", ELSEWHERE),
    "both": ("Quản Bạ tập huấn 86 cán bộ truyền thanh", LEAD + " " + ELSEWHERE),
    "empty": ("Thông báo", ""),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def make(
    key: str, text: str = "lead", *, day: int | None = 13, province: str = "v1-02", relevance: str = "communication", version: int = 0
) -> Document:
    title, body = TEXTS[text]
    words, start = [], 0
    for word in body.split():
        start = body.index(word, start)
        words.append((start, start + len(word)))
        start += len(word)
    seen = NOW + timedelta(hours=version)
    return Document(
        id=key,
        provenance=Provenance(portal=key, requested_url=f"http://{key}.vn/1", final_url=f"http://{key}.vn/1", fetched_at=seen),
        title=title,
        text=body,
        words=tuple(words),
        published=date(2024, 3, day) if day else None,
        relevance=Relevance(value=relevance, method="t"),  # type: ignore[arg-type] # one of the model's
        localities=(LocalityMention(code=province, role="about", evidence=(Span(0, 1),), method="t"),),
    )


def stories(store: Store) -> dict[str, str]:
    return {fact.id: fact.story for fact in store.facts()}


def test_copies_join_their_first_publisher(store: Store) -> None:
    store.put_document(make("b", "copy", day=14), NOW)
    store.put_document(make("c", "other"), NOW)
    assert stories(store) == {"b": "b", "c": "c"}, "alone until compared"
    assert group_due(store).documents == 2
    store.put_document(make("a", "lead", day=13), NOW)
    store.put_document(make("d", "copy", day=None), NOW)
    assert store.count_due_stories() == 2
    assert group_due(store).changed == 2, "b joins a, d joins a"
    assert stories(store) == {"a": "a", "b": "a", "c": "c", "d": "a"}
    assert group_due(store).documents == 0
    assert store.story_members("d") == ["a", "b", "d"]
    assert [(pair.first, pair.second, pair.kind) for pair in store.story_pairs("b")] == [
        ("a", "b", "copy"),
        ("a", "d", "copy"),
        ("b", "d", "copy"),
    ]
    assert store.story_pairs("b")[0].reasons[0].startswith("shingles")


def test_a_story_without_its_lead_has_the_next_one(store: Store) -> None:
    for key, day in (("a", 13), ("b", 14), ("c", 15)):
        store.put_document(make(key, "copy", day=day), NOW)
    group_due(store)
    assert set(stories(store).values()) == {"a"}
    store.put_document(make("a", "other", day=13, version=1), NOW)  # the article was replaced by another
    group_due(store)
    assert stories(store) == {"a": "a", "b": "b", "c": "b"}
    before = store.facts_revision()
    store.put_document(make("a", "other", day=13, version=1), NOW)
    group_due(store)
    assert store.facts_revision() == before, "nothing changed for any figure"


def test_a_doubtful_date_does_not_lead(store: Store) -> None:
    store.put_document(replace(make("a", "lead", day=1), flags=("doubtful_date",)), NOW)
    store.put_document(make("b", "copy", day=14), NOW)
    group_due(store)
    assert stories(store) == {"a": "b", "b": "b"}


def test_a_change_during_the_comparison_is_compared_again(store: Store) -> None:
    store.put_document(make("a"), NOW)
    (due,) = store.due_stories(10)
    store.put_document(make("a", "other", version=1), NOW)
    store.write_groups([due], [], [])
    assert store.count_due_stories() == 1


def test_a_kill_between_batches_loses_nothing(store: Store) -> None:
    for n in range(6):
        store.put_document(make(f"d{n}", "copy", day=n + 1), NOW)

    def die(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        group_due(store, batch=2, progress=die)
    assert store.count_due_stories() == 4
    group_due(store, batch=2)
    assert set(stories(store).values()) == {"d0"}
    assert store.regroup_all() == 6
    assert group_due(store).changed == 0


CHANGES = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(sorted(TEXTS)),
        st.sampled_from([None, 11, 13, 15, 25]),
        st.sampled_from(["v1-02", "v1-38"]),
        st.sampled_from(["put", "put", "put", "withdraw", "group"]),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(changes=CHANGES, batch=st.integers(1, 4))
def test_step_by_step_is_as_all_at_once(
    changes: list[tuple[str, str, int | None, str, str]], batch: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with open_store(tmp_path_factory.mktemp("store") / "loa.db") as store:
        run = store.begin_run("crawl", NOW)
        pages: dict[str, int] = {}
        for version, (key, text, day, province, what) in enumerate(changes):
            if what == "group":
                group_due(store, batch=batch)
                continue
            if key not in pages:
                url = f"http://{key}.vn/1"
                pages[key] = store.add_page(
                    RawPage(portal=key, requested_url=url, final_url=url, status=200, fetched_at=NOW, record=f"w#{key}"), run=run
                )
            if what == "put":
                store.finish_page(pages[key], "indexed", make(key, text, day=day, province=province, version=version), NOW)
            else:
                store.finish_page(pages[key], "rejected/not_article", None, NOW)
        group_due(store, batch=batch)
        assert store.count_due_stories() == 0
        expected = {member: story.first for story in group_stories(store.iter_documents()) for member in story.members}
        assert stories(store) == expected
