"""What every stage after extraction must do, on any text: no crash, exact quotes, the same twice, nothing but its own field."""

from __future__ import annotations

import cProfile
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.worst import TEXTS
from corpus.document import Document, Provenance, Span, from_json, to_json
from corpus.text import normalize
from pipelines.process import Processor
from tests.fitted import make_home

OWN_FIELDS = {
    "segment": {"words", "title_words"},
    "tag_official": {"official", "kind"},
    "tag_dates": {"dates"},
    "LocalityTagger": {"localities"},
    "tag_programmes": {"programmes"},
    "RelevanceTagger": {"relevance"},
    "ActivityTagger": {"activities"},
    "BudgetTagger": {"budgets"},
    "tag_quantities": {"quantities"},
}

_PIECES = (
    "UBND huyện Mường Lát, tỉnh Thanh Hóa |TP. Vinh |xã Tam Chung |(BLC) - |huyện nghèo |hộ nghèo |Dự án 6 |Tiểu dự án 1 - Giảm nghèo về thông tin "
    "|Chương trình MTQG giảm nghèo bền vững giai đoạn 2021-2025 |mở lớp tập huấn cho 120 cán bộ |hơn 5,5 tỷ đồng |1 tỷ 545 triệu |(Bằng chữ: năm triệu đồng) "
    "|tối đa 345 triệu đồng/đài |trong đó |đài truyền thanh |sẽ |đã |KẾ HOẠCH\n|Số: 12/KH-UBND\n|Căn cứ |ngày 4/12 |năm 22023 |7.390 hộ nghèo (giảm 3.436 hộ) |2,16% "
    "|. |, |; |\n\n|- |“|” |đối thoại chính sách |Tin liên quan\n|Ảnh: CTV\n|sau sáp nhập |cũ |Báo Thái Bình |300 - 500 tỷ đồng |USD |e\u0301 |\u202e|\U0001f469\u200d\U0001f33e |0|1.|%|đ|ĐẮK LẮK "
).split("|")

texts = st.text(max_size=300) | st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@pytest.fixture(scope="module")
def processor(tmp_path_factory: pytest.TempPathFactory) -> Processor:
    from pipelines.process import ProcessorParts

    return Processor.load(ProcessorParts(model_directory=make_home(tmp_path_factory.mktemp("home")) / "model"))


def document(text: str, *, title: str = "", published: date | None = None) -> Document:
    provenance = Provenance(portal="import", requested_url="u", final_url="u", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    return Document(id="x", provenance=provenance, title=normalize(title), text=normalize(text), published=published)


def name_of(stage: Callable[[Document], Document]) -> str:
    return getattr(stage, "__name__", type(stage).__name__).strip("_")


def spans_of(value: Any) -> Iterator[Span]:
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans_of(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from spans_of(getattr(value, field.name))


def check(processor: Processor, before: Document) -> None:
    for stage in processor.stages:
        after = stage(before)
        changed = {field.name for field in fields(Document) if getattr(before, field.name) != getattr(after, field.name)}
        assert changed <= OWN_FIELDS[name_of(stage)], name_of(stage)
        assert stage(after) == after, f"{name_of(stage)} is not the same twice"
        before = after
    for span in spans_of(tuple(getattr(before, field.name) for field in fields(Document) if field.name != "provenance")):
        length = len(before.title if span.field == "title" else before.text)
        assert span.end <= length
        assert before.quote(span).strip()
    assert from_json(to_json(before)) == before


@settings(max_examples=120, deadline=None)
@given(texts, texts, st.none() | st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_any_text(processor: Processor, text: str, title: str, published: date | None) -> None:
    check(processor, document(text, title=title, published=published))


def test_every_stage_is_listed(processor: Processor) -> None:
    assert [name_of(stage) for stage in processor.stages] == list(OWN_FIELDS)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", TEXTS)
def test_worst_inputs_end(processor: Processor, name: str) -> None:
    """A megabyte of anything ends; what is worse than linear would take hours here."""
    tagged = processor.tag(document(TEXTS[name](1_000_000), published=date(2024, 7, 1)))
    assert from_json(to_json(tagged)) == tagged


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "empty"])
def test_work_grows_with_the_length_alone(processor: Processor, name: str) -> None:
    """Counted in calls of functions, so that it says the same on a busy machine: of four times the text about four times as many, where
    anything quadratic would take sixteen."""
    first, few, many = (document(TEXTS[name](size), published=date(2024, 7, 1)) for size in (2_000, 4_000, 16_000))
    processor.tag(first)  # what is kept from one text to the next is not counted
    assert calls(processor, many) <= 5 * calls(processor, few) + 2_000


def calls(processor: Processor, given: Document) -> int:
    profile = cProfile.Profile()
    profile.runcall(processor.tag, given)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.soak
@pytest.mark.timeout(6 * 3600)
def test_a_hundred_thousand_strings(processor: Processor) -> None:
    chance = random.Random(20261123)
    alphabet = [chr(code) for code in range(32, 0x2FFF) if unicodedata.category(chr(code)) not in ("Cs", "Cn")]
    for _ in range(100_000):
        if chance.random() < 0.5:
            text = "".join(chance.choices(_PIECES, k=chance.randrange(30)))
        else:
            text = "".join(chance.choices(alphabet, k=chance.randrange(200)))
        check(processor, document(text, title=chance.choice(_PIECES), published=chance.choice([None, date(2023, 7, 1), date(2025, 9, 1)])))
