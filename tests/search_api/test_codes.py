"""The code lists over the API: what a researcher who compares periods looks up."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

OLD, NEW = "gnbv-2016-2020", "gnbv-2021-2025"


@pytest.fixture
def codes(client: TestClient) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/api/v1/codes").json()
    return answer


def period(codes: dict[str, Any], activity: str, programme: str) -> dict[str, Any]:
    periods = {row["programme"]: row for item in codes["activities"]["items"] if item["code"] == activity for row in item["periods"]}
    found: dict[str, Any] = periods[programme]
    return found


def component(codes: dict[str, Any], programme: str, code: str) -> dict[str, Any]:
    parts = {part["code"]: part for item in codes["programmes"]["items"] if item["code"] == programme for part in item["components"]}
    found: dict[str, Any] = parts[code]
    return found


def test_an_activity_that_goes_on(codes: dict[str, Any]) -> None:
    old, new = period(codes, "training", OLD), period(codes, "training", NEW)
    assert old["basis"] == "Thông tư 06/2017/TT-BTTTT"
    assert (old["continues"], old["continued_by"]) == (None, [{"programme": NEW, "activity": "training"}])
    assert "nâng cao năng lực cán bộ" in old["note"]
    assert (new["continues"], new["continued_by"], new["note"]) == ([{"programme": OLD, "activity": "training"}], None, "")


def test_an_activity_that_ended_and_one_that_is_new(codes: dict[str, Any]) -> None:
    assert period(codes, "visual", OLD)["continued_by"] == []
    assert "không còn nêu" in period(codes, "visual", OLD)["note"]
    assert period(codes, "dialogue", NEW)["continues"] == []
    assert period(codes, "access_device", "vtci")["continues"] is None


def test_projects(codes: dict[str, Any]) -> None:
    assert component(codes, OLD, "4")["continued_by"] == [{"programme": NEW, "component": "6"}]
    assert component(codes, NEW, "6")["continues"] == [{"programme": OLD, "component": "4"}]
    assert component(codes, NEW, "6")["continued_by"] == []
    assert component(codes, NEW, "")["continued_by"] == [{"programme": "mtqg-2026-2035", "component": ""}]


def test_both_lists_say_their_version(codes: dict[str, Any]) -> None:
    assert len(codes["activities"]["items"]) == 15
    assert codes["activities"]["version"] == codes["programmes"]["version"] == "2026.11"


def test_it_is_sent_once(client: TestClient) -> None:
    etag = client.get("/api/v1/codes").headers["etag"]
    assert client.get("/api/v1/codes", headers={"If-None-Match": etag}).status_code == 304
