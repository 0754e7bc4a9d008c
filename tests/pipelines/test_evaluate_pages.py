"""The measuring of saved pages, and the fixtures of every family under it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import InvalidData
from pipelines.evaluate_pages import compared, evaluate_pages

FIXTURES = Path(__file__).parent / "fixtures"
CHECKS = ("title", "date", "author", "body", "no_leak", "all_five", "all_but_author", "listings", "stubs", "documents")


def write_set(directory: Path, *changes: dict[str, Any]) -> Path:
    """The newspaper page with each of the changed expectations."""
    rows = [json.loads(line) for line in (FIXTURES / "expected.jsonl").read_text("utf-8").splitlines()]
    row = next(row for row in rows if row["id"] == "newspaper")
    (directory / row["file"]).write_bytes((FIXTURES / row["file"]).read_bytes())
    lines = [json.dumps(row | change, ensure_ascii=False) for change in changes]
    (directory / "expected.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return directory


def test_the_fixtures_of_all_families_are_read_right() -> None:
    result = evaluate_pages(FIXTURES)

    assert result["failed"] == {}
    assert {check: result[check]["share"] for check in CHECKS} == dict.fromkeys(CHECKS, 1.0)
    assert (result["all_five"]["n"], result["press"]["all_five"]["n"], result["portals"]["all_five"]["n"]) == (10, 2, 8)


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"title": "Khác", "title_accept": []}, {"title"}),
        ({"title": "Khác"}, set()),
        ({"date": "2024-03-13", "date_accept": []}, {"date"}),
        ({"date": "2024-03-13"}, set()),
        ({"author": []}, {"author"}),
        ({"author": ["Hạ Vy", "Lò Văn Piêng"]}, {"author"}),
        ({"must_contain": ["Câu này không có trong bài."]}, {"body"}),
        ({"must_contain": ["Anh  Lò Văn Piêng, tổ trưởng hợp tác xã"]}, set()),
        ({"must_not_contain": ["Anh Lò Văn Piêng"]}, {"no_leak"}),
    ],
)
def test_each_check_can_fail(tmp_path: Path, change: dict[str, Any], failed: set[str]) -> None:
    result = evaluate_pages(write_set(tmp_path, change))

    assert {check for check in result["failed"] if not check.startswith("all")} == failed
    assert result["all_five"]["right"] == (0 if failed else 1)
    assert result["all_but_author"]["right"] == (0 if failed - {"author"} else 1)


@pytest.mark.parametrize("kind", ["listing", "stub", "document"])
def test_an_article_taken_for_another_kind_counts_as_wrong(tmp_path: Path, kind: str) -> None:
    result = evaluate_pages(write_set(tmp_path, {"kind": kind}))

    assert result[f"{kind}s"] == {"share": 0.0, "n": 1, "right": 0}
    assert result["failed"] == {f"{kind}s": ["newspaper"]}


def test_nothing_of_nothing_is_none(tmp_path: Path) -> None:
    result = evaluate_pages(write_set(tmp_path, {}))

    assert result["listings"] == {"share": None, "n": 0, "right": 0}
    assert result["portals"]["title"]["share"] is None
    assert result["press"]["title"] == {"share": 1.0, "n": 1, "right": 1}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("“Bản tin” – số 1…", '"Bản tin" - số 1...'),
        ("Đa\u0300 Nẵng", "Đà\u200bNẵng"),
        ("hai\u00a0 từ", "haitừ"),
        ("‘x’", "'x'"),
    ],
)
def test_quotes_dashes_spaces_and_unicode_forms_do_not_count(one: str, two: str) -> None:
    assert compared(one) == compared(two)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"id": "a"}', "'file'"),
        ('{"id": "a", "file": "../x", "kind": "article"}', "'file'"),
        ('{"id": "a", "file": "x.html", "kind": "poem"}', "'kind'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "expected.jsonl").write_text("\n" + text + "\n", "utf-8")

    with pytest.raises(InvalidData, match=words) as error:
        evaluate_pages(tmp_path)

    assert error.value.line == 2
    assert error.value.file == str(tmp_path / "expected.jsonl")


def test_a_missing_directory_and_a_missing_page_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"expected\.jsonl"):
        evaluate_pages(tmp_path)
    write_set(tmp_path, {"file": "lost.html"})
    with pytest.raises(InvalidData, match=r"lost\.html"):
        evaluate_pages(tmp_path)
