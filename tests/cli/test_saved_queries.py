"""A query saved under a name, used inside another one on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.app import run
from corpus.store import open_store
from search_api.params import saved_in
from tests.search_samples import ALL, DIEN_BAN, FETCHED


def test_search_knows_the_saved_queries_of_the_store(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with open_store(tmp_path / "loa.db") as store:
        for document in ALL:
            store.put_document(document, FETCHED)
        store.save_search("Quảng Nam", "q=hộ+nghèo&tinh-cu=v1-49&xep=moi", frequency="none", now=FETCHED, account="a")

    def loa(*arguments: str) -> tuple[int, str]:
        capfd.readouterr()
        code = run(["--home", str(tmp_path), *arguments])
        captured = capfd.readouterr()
        return code, captured.out if code == 0 else captured.err

    assert loa("reindex")[0] == 0
    code, found = loa("search", 'tập huấn lưu:"Quảng Nam"', "--json")
    assert code == 0
    assert [json.loads(line)["id"] for line in found.splitlines()] == [DIEN_BAN.id]
    code, fault = loa("search", 'lưu:"Quảng Ngãi"')
    assert code == 2
    assert "Không có câu tìm nào được lưu" in fault


def test_of_one_name_the_first_counts_and_broken_ones_are_absent() -> None:
    saved = saved_in([("a", "q=loa&muc=tat-ca"), ("a", "q=đài"), ("hỏng", "tu=hôm-qua")])
    found = saved("a")
    assert found is not None
    assert (found.text, found.filters) == ("loa", ())
    assert saved("hỏng") is None
    assert saved("b") is None
