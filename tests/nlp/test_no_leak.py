"""Nothing that is measured on stands in a rule, a lexicon or a training example.

The texts that the product starts from are not in the repository; ``seed_shingles.txt`` holds hashes of their runs of twelve syllables.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.text import fold, normalize

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold"
WORDS = 12
"""Syllables. Shorter runs are names of programmes, bodies and equipment, which every text of the field repeats."""

# The full names of programmes and movements belong to everybody and count as one word.
_NAMES = re.compile(
    "(?:thuc hien )?(?:"
    "(?:chuong trinh )?muc tieu quoc gia giam ngheo ben vung(?: giai doan 20\\d\\d 20\\d\\d)?"
    "|(?:du an (?:6 )?)?truyen thong va giam ngheo ve thong tin"
    "|tieu du an (?:1 )?giam ngheo ve thong tin"
    "|vi nguoi ngheo khong de ai bi bo lai phia sau"
    "|phat trien kinh te xa hoi vung dong bao dan toc thieu so va mien nui"
    ")"
)


def words(text: str) -> list[str]:
    return _NAMES.sub("name", " ".join(re.findall(r"\w+", fold(normalize(text))))).split()


def runs(text: str) -> Iterator[str]:
    found = words(text)
    for start in range(len(found) - WORDS + 1):
        yield " ".join(found[start : start + WORDS])


def digest(run: str) -> str:
    return hashlib.blake2b(run.encode(), digest_size=6).hexdigest()


def sources() -> list[Path]:
    kept = {".py", ".toml", ".jsonl", ".csv", ".txt"}
    return sorted(path for path in (ROOT / "nlp").rglob("*") if path.suffix in kept and "__pycache__" not in path.parts)


@pytest.fixture(scope="module")
def measured() -> set[str]:
    found: set[str] = set()
    for path in (GOLD / "pages.jsonl", *sorted((GOLD / "own").glob("pages*.jsonl"))):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found.update(runs(row["text"]), runs(row["title"]))
    return found


@pytest.fixture(scope="module")
def seeds() -> set[str]:
    return set((GOLD / "seed_shingles.txt").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT / "nlp")))
def test_no_run_of_words_is_shared(path: Path, measured: set[str], seeds: set[str]) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for run in runs(line):
            assert run not in measured, f"{path}:{number}: {run!r} stands in an annotated page"
            assert digest(run) not in seeds, f"{path}:{number}: {run!r} stands in a starting text"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT / "nlp")))
def test_no_id_of_a_page(path: Path) -> None:
    assert not re.search(r"\bg\d{3}\b", path.read_text(encoding="utf-8"))


def test_the_search_finds_what_it_looks_for(measured: set[str], seeds: set[str]) -> None:
    row = json.loads((GOLD / "pages.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert set(runs(row["text"])) & measured
    assert len(seeds) > 1000
