"""`--index` with the address of a server: the same commands, the same answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.app import run
from corpus.store import open_store
from tests.elasticsearch.node import Node, free_ports
from tests.search_samples import ALL, FETCHED


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_store(tmp_path / "loa.db") as store:
        for document in ALL:
            store.put_document(document, FETCHED)
    return tmp_path


def test_the_address_switches_and_nothing_else_changes(home: Path, search_node: Node, capfd: pytest.CaptureFixture[str]) -> None:
    def loa(*arguments: str) -> Any:
        capfd.readouterr()
        assert run(["--home", str(home), *arguments]) == 0
        return capfd.readouterr().out

    address = f"{search_node.url}/switched"
    answers = []
    for place in ((), ("--index", address)):
        assert json.loads(loa(*place, "reindex", "--json"))["documents"] == len(ALL)
        rows = [json.loads(line) for line in loa(*place, "search", 'hộ nghèo tỉnh:"Quảng Nam" HOẶC truy*', "--json").splitlines()]
        # Scores agree to the sixth digit, beyond which engines round each in their way.
        answers.append({row["id"]: row | {"score": round(row["score"], 3)} for row in rows})
    assert answers[0] == answers[1]
    assert [row["title"] for row in answers[0].values() if "Điện Bàn" in row["title"]]
    search_node.request("DELETE", "/switched-*")


def test_a_server_that_is_away_means_try_later(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (port,) = free_ports(1)
    assert run(["--home", str(home), "--index", f"http://127.0.0.1:{port}/corpus", "search", "nghèo"]) == 75
    assert f"127.0.0.1:{port}/corpus" in capfd.readouterr().err
