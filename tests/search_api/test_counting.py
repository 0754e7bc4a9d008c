from __future__ import annotations

import json
from collections import Counter

import pytest
from fastapi.testclient import TestClient

from tests.search_samples import ALL


@pytest.mark.parametrize(
    ("step", "first"), [("ngay", "2022-03-01"), ("tuan", "2022-02-28"), ("thang", "2022-03-01"), ("nam", "2022-01-01")]
)
def test_a_timeline_counts_every_dated_document_once(client: TestClient, step: str, first: str) -> None:
    answer = client.get("/api/v1/timeline", params={"buoc": step, "muc": "tat-ca"}).json()
    assert (answer["total"], answer["undated"], answer["step"]) == (6, 1, step)
    assert sum(point["count"] for point in answer["points"]) == 5
    assert answer["points"][0] == {"start": first, "count": 1}
    assert [point["start"] for point in answer["points"]] == sorted(point["start"] for point in answer["points"])


def test_a_matrix_counts_two_fields_together(client: TestClient) -> None:
    answer = client.get("/api/v1/matrix").json()
    assert (answer["rows_field"], answer["columns_field"]) == ("province", "activity")
    rows = [json.loads(line) for line in client.get("/tim.jsonl").content.splitlines()]
    expected = Counter((province, activity) for row in rows for province in row["provinces"] for activity in row["activities"])
    assert {(cell["row"], cell["column"]): cell["count"] for cell in answer["cells"]} == expected
    assert {row["code"] for row in answer["rows"]} == {row for row, _ in expected}
    assert all(row["name"] for row in (*answer["rows"], *answer["columns"]))
    old = client.get("/api/v1/matrix", params={"ban-do": "63", "cot": "nam"}).json()
    assert (old["rows_field"], old["columns_field"]) == ("province_before", "year")


def test_an_empty_result_has_empty_counts(client: TestClient) -> None:
    answer = client.get("/api/v1/matrix", params={"q": "khongcotunaynao"}).json()
    assert (answer["total"], answer["rows"], answer["cells"]) == (0, [], [])
    assert client.get("/api/v1/timeline", params={"q": "khongcotunaynao"}).json()["points"] == []


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("timeline?buoc=gio", "buoc"),
        ("timeline?buoc=nam&buoc=thang", "buoc"),
        ("matrix?hang=dia-ban", "hang"),
        ("matrix?cot=mau", "cot"),
        ("matrix?hang=nam&cot=nam", "cot"),
    ],
)
def test_mistakes_name_their_parameter(client: TestClient, path: str, parameter: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


def test_samples_have_what_these_tests_count() -> None:
    assert sum(document.published is None for document in ALL) == 1
