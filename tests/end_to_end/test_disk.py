"""A disk that fills, folders that cannot be written, a store that another program holds: a clear word, nothing broken, and on it goes."""

from __future__ import annotations

import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from corpus.store import open_store
from pipelines.archive import verify
from tests.end_to_end.test_kill import SITES, Reference, check, documents_of, steps_of
from tests.fitted import make_home

OK = 0
FILES = ("loa.db", "loa.db-wal", "archive", "index")
"""What grows while a run works; the limit of a file's size stands for a disk with so much room."""


def run(home: Path, *, room: int | None = None) -> subprocess.CompletedProcess[str]:
    """`loa demo` with at most ``room`` bytes in each file."""
    command = [sys.executable, "-m", "cli.main", "--home", str(home), "--workers", "1", "demo", "--no-serve"]
    for site in SITES:
        command += ["--site", site]

    def limit() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    home = make_home(tmp_path_factory.mktemp("reference"))
    done = run(home)
    assert done.returncode == OK, done.stderr
    documents, pages = documents_of(home)
    return Reference(home, steps_of(home), documents, pages)


def says_what_to_do(done: subprocess.CompletedProcess[str]) -> bool:
    return "Traceback" not in done.stderr and any(
        word in done.stderr for word in ("disk is full", "disk I/O", "cannot be written", "space")
    )


def survives(home: Path, reference: Reference, room: int) -> bool:
    """Whether a run with so much room failed as it should; what it left is whole, and another run ends as if nothing had been."""
    shutil.copy(reference.home / "demo-ports.json", home)
    full = run(home, room=room)
    if (home / "loa.db").exists() and (home / "loa.db").stat().st_size:
        with open_store(home / "loa.db") as store:
            assert store.check() == []
    if (home / "archive").is_dir():
        assert verify(home / "archive").sound
    if full.returncode != OK:
        assert says_what_to_do(full), full.stderr
    again = run(home)
    assert again.returncode == OK, again.stderr
    check(home, reference)
    return full.returncode != OK


@pytest.mark.timeout(600)
@pytest.mark.parametrize("room", [60_000, 300_000])
def test_a_full_disk_is_named_and_the_next_run_goes_on(reference: Reference, tmp_path: Path, room: int) -> None:
    assert survives(make_home(tmp_path / "home"), reference, room)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_disk_full_at_twenty_points(reference: Reference, tmp_path: Path) -> None:
    sizes = [
        path.stat().st_size for name in FILES for path in [reference.home / name, *(reference.home / name).rglob("*")] if path.is_file()
    ]
    chance = random.Random(20)
    failed = [survives(make_home(tmp_path / f"home-{n}"), reference, chance.randint(0, max(sizes))) for n in range(20)]
    assert sum(failed) >= 15


@pytest.mark.timeout(300)
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    home = Path("/proc/loa-home")  # to root every other folder can be written
    if os.geteuid() != 0:
        home = tmp_path / "home"
        home.mkdir(mode=0o555)
    done = run(home)
    assert done.returncode != OK
    assert "Traceback" not in done.stderr
    assert str(home) in done.stderr
    assert not home.exists() or list(home.iterdir()) == []


@pytest.mark.timeout(300)
def test_a_store_that_another_program_holds(reference: Reference, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(reference.home, home)
    with closing(sqlite3.connect(home / "loa.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = run(home)
        other.execute("ROLLBACK")
    assert done.returncode != OK
    assert "Traceback" not in done.stderr
    assert "locked" in done.stderr
    assert run(home).returncode == OK


@pytest.mark.timeout(300)
def test_a_damaged_store_is_named_and_left_as_it_is(reference: Reference, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(reference.home, home)
    content = bytearray((home / "loa.db").read_bytes())
    content[100:20_000] = b"\xff" * 19_900
    (home / "loa.db").write_bytes(content)
    done = run(home)
    assert done.returncode != OK
    assert "Traceback" not in done.stderr
    assert "backup" in done.stderr
    assert (home / "loa.db").read_bytes() == bytes(content)


@pytest.mark.timeout(300)
def test_a_wrong_line_of_the_registry_is_named(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    registry = home / "portals.toml"
    registry.write_text(
        '[[portal]]\nid = "tinh"\nname = "Cổng"\nhome = "https://tinh.vn/"\nhosts = ["tinh.vn"]\nkind = "poem"\nprovince = "VN"\n'
    )
    done = subprocess.run([sys.executable, "-m", "cli.main", "--home", str(home), "run"], capture_output=True, text=True, check=False)
    assert done.returncode != OK
    assert "portals.toml:6" in done.stderr
    assert "poem" in done.stderr
    assert "Traceback" not in done.stderr
