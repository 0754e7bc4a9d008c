"""Scoring counts what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.document import ActivityMention, Budget, Document, LocalityMention, Relevance, Span
from corpus.errors import InvalidData
from corpus.localities import Register
from nlp.evaluate import document_of, evaluate, name_key, read_rows

ROW = {
    "id": "t1",
    "url": "https://vi-du.vn/1",
    "title": "Hoàng Su Phì tập huấn",
    "text": "Huyện Hoàng Su Phì chi hơn 90 triệu đồng, mở lớp và lắp loa.",
    "year": 2023,
    "relevance": "communication",
    "activities": ["training", "access_point"],
    "provinces": ["Hà Giang"],
    "districts": ["huyện Hoàng Su Phì"],
    "amounts": [{"text": "hơn 90 triệu đồng", "vnd": 90_000_000, "qualifier": "over", "budget": True}],
    "borderline": False,
}


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("thị xã Điện Bàn", "dien ban"),
        ("TP.HCM", "ho chi minh"),
        ("TP. Hồ Chí Minh", "ho chi minh"),
        ("Quảng Trị", "quang tri"),
        ("Quận 9", "9"),
        ("Xã Tà Rụt", "ta rut"),
        ("Thừa Thiên – Huế", "hue"),
        ("H.Cẩm Mỹ", "cam my"),
        ("T.X Phổ Yên", "pho yen"),
        ("T.P. Vinh", "vinh"),
        ("Tinh Giang", "tinh giang"),
        ("huyện đảo Cô Tô", "co to"),
        ("xã biên giới Mường Lèo", "muong leo"),
        ("huyện Tây Trà cũ", "tay tra"),
    ],
)
def test_name_key(name: str, key: str) -> None:
    assert name_key(name) == key


def tag(document: Document) -> Document:
    text = document.text
    place = text.index("Huyện")
    money = text.index("hơn 90")
    return replace(
        document,
        relevance=Relevance(value="communication", method="t"),
        activities=(
            ActivityMention(code="training", evidence=(Span(0, 5),), method="t"),
            ActivityMention(code="visual", evidence=(Span(0, 5),), method="t"),
        ),
        localities=(
            LocalityMention(code="v1-02", role="about", evidence=(Span(place, place + 18),), method="t", inferred=True),
            LocalityMention(code="v1-032", role="about", evidence=(Span(place, place + 18),), method="t"),
            LocalityMention(code="v1-01", role="mentioned", evidence=(Span(0, 5),), method="t"),
        ),
        budgets=(
            Budget(vnd=90_000_000, qualifier="over", evidence=(Span(money, money + 17),), method="t"),
            Budget(vnd=90_000_000, qualifier="over", evidence=(Span(money, money + 17),), method="t"),
        ),
    )


def test_every_figure_of_one_page(register: Register) -> None:
    figures = evaluate([ROW], tag, register=register)
    counts = figures["counts"]
    assert figures["provinces_f1"] == figures["districts_f1"] == figures["amounts_f1"] == figures["budget_accuracy"] == 1.0
    assert (counts["activities"]["training"]["tp"], counts["activities"]["visual"]["fp"], counts["activities"]["access"]["fn"]) == (1, 1, 1)
    assert figures["activities_micro_f1"] == pytest.approx(0.5)
    assert figures["relevance_macro_f1"] == 1.0
    assert figures["errors"] == [{"id": "t1", "activities": {"extra": ["visual"], "missing": ["access"]}}]


@pytest.mark.parametrize(
    ("codes", "provinces"),
    [
        (["v2-08"], ["Tuyên Quang"]),
        (["v2-08", "Đồng Văn"], ["Hà Giang"]),
        (["v2-08", "Đồng Văn", "Chiêm Hóa"], ["Hà Giang", "Tuyên Quang"]),
        (["v1-02"], ["Hà Giang"]),
    ],
)
def test_new_provinces_count_as_the_old_ones_their_communes_were_in(codes: list[str], provinces: list[str], register: Register) -> None:
    def about(document: Document) -> Document:
        on = date(2025, 11, 1)
        found = [code if code[0] == "v" else register.by_name(code, on=on, level="commune", within="v2-08")[0].code for code in codes]
        mentions = tuple(LocalityMention(code=code, role="about", evidence=(Span(0, 5),), method="t") for code in found)
        return replace(document, localities=mentions)

    figures = evaluate([{**ROW, "provinces": provinces}], about, register=register)
    assert figures["provinces_f1"] == 1.0


def test_an_untagged_page_misses_everything(register: Register) -> None:
    figures = evaluate([ROW], lambda document: document, register=register)
    assert figures["provinces_f1"] == figures["amounts_f1"] == figures["relevance_macro_f1"] == 0.0
    assert figures["budget_accuracy"] is None


def test_the_publication_date_is_mid_year_or_unknown() -> None:
    assert document_of(ROW).published == date(2023, 7, 1)
    assert document_of({**ROW, "year": None}).published is None


@pytest.mark.parametrize(
    ("line", "message"), [("{", "not JSON"), ('{"title": 1}', "'title'"), (json.dumps({**ROW, "relevance": "x"}), "none of")]
)
def test_a_wrong_line_is_named(line: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps(ROW) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InvalidData, match=f"gold.jsonl:2: .*{message}"):
        read_rows(file)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidData, match="no annotated page"):
        read_rows(file)
