"""The floors: a change that reads the annotated pages worse fails here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from corpus.localities import Register
from nlp.evaluate import evaluate, read_rows
from pipelines.process import Processor, ProcessorParts

GOLD = Path(__file__).parents[1] / "gold"
KNOWN: dict[str, Any] = json.loads((GOLD / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    processor = Processor.load(ProcessorParts(model_directory=tmp_path_factory.mktemp("model") / "model"))
    return evaluate(read_rows(GOLD / "pages.jsonl"), processor.tag, register=Register.load())


@pytest.mark.parametrize("name", sorted(KNOWN["floors"]))
def test_floor(figures: dict[str, Any], name: str) -> None:
    assert figures[name] >= KNOWN["floors"][name], figures["errors"]


def test_the_floors_were_measured_on_this_gold_set() -> None:
    assert hashlib.sha256((GOLD / "pages.jsonl").read_bytes()).hexdigest() == KNOWN["gold_sha256"], "run scripts.quality --floors"


def test_a_lowered_floor_has_its_reason() -> None:
    assert all(entry["why"].strip() for entry in KNOWN["lowered"])
