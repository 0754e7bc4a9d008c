"""Files that a script makes are what the script makes today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_register_is_what_its_script_builds(tmp_path: Path) -> None:
    target = tmp_path / "localities.csv"
    subprocess.run([sys.executable, str(ROOT / "scripts" / "build_localities.py"), str(target)], check=True, capture_output=True)
    committed = ROOT / "corpus" / "data" / "localities.csv"
    assert target.read_bytes() == committed.read_bytes(), "run scripts/build_localities.py and commit the result"
    assert committed.stat().st_size < 1_500_000


def test_hand_kept_lists_are_sorted() -> None:
    for name in ("localities_supplement.csv", "localities_former.csv", "locality_aliases.csv"):
        lines = (ROOT / "corpus" / "data" / name).read_text(encoding="utf-8").splitlines()
        rows = [line for line in lines if not line.startswith("#")][1:]
        keys = [row.split(",")[0] for row in rows] if "aliases" not in name else rows
        assert keys == sorted(keys), name
        assert len(set(rows)) == len(rows), name
