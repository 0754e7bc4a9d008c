"""What only a folder can suffer: damage, other versions, two writers, a killed writer, rebuilding under readers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from corpus.errors import CorpusError, IndexUnavailable, InvalidData
from corpus.index import open_index, rebuild_index
from corpus.index.base import Index, Query, Words
from corpus.localities import Register
from tests.search_samples import ALL, NGHE_AN, make_document

REGISTER = Register.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index = open_index(tmp_path / "index", register=REGISTER)
    for document in ALL:
        index.put(document)
    index.close()
    return tmp_path / "index"


def reopen(folder: Path) -> Index:
    return open_index(folder, register=REGISTER)


def set_state(folder: Path, **changes: object) -> None:
    state = json.loads((folder / "index.json").read_text())
    (folder / "index.json").write_text(json.dumps(state | changes))


def test_another_schema_version_names_the_command(folder: Path) -> None:
    set_state(folder, schema=999)
    with pytest.raises(InvalidData, match=r"999.*loa reindex") as raised:
        reopen(folder)
    assert str(folder) in str(raised.value)


DAMAGE = [
    ("state is no JSON", "index.json", b"{"),
    ("state is a list", "index.json", b"[]"),
    ("state is binary", "index.json", b"\xff\xfe\x00"),
    ("state leads elsewhere", "index.json", b'{"schema": 1, "generation": "../../etc"}'),
    ("state names a missing generation", "index.json", b'{"schema": 1, "generation": "g000009"}'),
    ("list of segments is no JSON", "g000001/meta.json", b"{x"),
    ("list of segments is empty", "g000001/meta.json", b""),
]


@pytest.mark.parametrize(("file", "content"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE])
def test_damage_is_named_with_folder_and_command(folder: Path, file: str, content: bytes) -> None:
    (folder / file).write_bytes(content)
    with pytest.raises(InvalidData, match="loa reindex") as raised:
        reopen(folder)
    assert str(folder) in str(raised.value)
    # The command it names helps.
    assert rebuild_index(folder, ALL, register=REGISTER) == len(ALL)
    index = reopen(folder)
    assert index.count(Query()) == len(ALL)
    index.close()


@pytest.mark.parametrize("suffix", ["idx", "pos", "term", "store", "fast", "fieldnorm"])
@pytest.mark.parametrize("how", ["emptied", "cut", "missing", "overwritten"])
def test_damaged_segments_never_escape_as_foreign_errors(folder: Path, suffix: str, how: str) -> None:
    for file in folder.glob(f"g*/*.{suffix}"):
        content = file.read_bytes()
        match how:
            case "emptied":
                file.write_bytes(b"")
            case "cut":
                file.write_bytes(content[: len(content) // 2])
            case "missing":
                file.unlink()
            case _:
                middle = len(content) // 2
                file.write_bytes(content[: middle - 8] + b"\xff" * 16 + content[middle + 8 :])
    message = ""
    try:
        with closing(reopen(folder)) as index:
            index.search(Query(where=Words("giảm nghèo"), facets=("province", "year")))
            index.get(NGHE_AN.id)
    except CorpusError as error:
        message = str(error)
    if how != "overwritten":
        assert "loa reindex" in message
    assert str(folder) in message or not message


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(InvalidData, match="holds no index"):
        reopen(tmp_path)
    assert [child.name for child in tmp_path.iterdir()] == ["letters.txt"]


def test_one_writer_at_a_time(folder: Path) -> None:
    first, second = reopen(folder), reopen(folder)
    first.put(NGHE_AN)
    with pytest.raises(IndexUnavailable, match="another process is writing"):
        second.put(NGHE_AN)
    with pytest.raises(IndexUnavailable):
        rebuild_index(folder, ALL, register=REGISTER)
    assert second.count(Query()) == len(ALL)
    first.close()
    second.put(NGHE_AN)
    second.close()


def test_rebuilding_under_a_reader(folder: Path) -> None:
    reader = reopen(folder)
    assert reader.count(Query()) == len(ALL)
    assert rebuild_index(folder, ALL[:2], register=REGISTER) == 2
    assert reader.count(Query()) == 2
    for _ in range(3):
        rebuild_index(folder, ALL, register=REGISTER)
    assert reader.count(Query()) == len(ALL)
    # The current generation and the one before it stay, no more.
    assert len(list(folder.glob("g*"))) == 2
    reader.close()


def test_a_rebuild_that_fails_changes_nothing(folder: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield NGHE_AN
        raise RuntimeError("store went away")

    with pytest.raises(RuntimeError):
        rebuild_index(folder, broken(), register=REGISTER)
    index = reopen(folder)
    assert index.count(Query()) == len(ALL)
    index.close()
    assert rebuild_index(folder, ALL, register=REGISTER) == len(ALL)


KILLED = """
import sys
from pathlib import Path
from corpus.index import open_index
from corpus.localities import Register
from tests.search_samples import make_document
index = open_index(Path(sys.argv[1]), register=Register.load())
for number in range(100_000):
    index.put(make_document(f"k{number:06d}", "Tin giảm nghèo", "Nội dung về giảm nghèo bền vững."))
    if number % 50 == 49:
        index.refresh()
        print(number + 1, flush=True)
"""


def test_killed_writer_loses_nothing_that_was_committed(folder: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert child.stdout is not None
    committed = 0
    for line in child.stdout:
        committed = int(line)
        if committed >= 200:
            os.kill(child.pid, signal.SIGKILL)
            break
    committed = max([committed, *(int(line) for line in child.stdout if line.strip().isdigit())])
    child.wait()
    child.stdout.close()
    index = reopen(folder)
    assert index.count(Query()) >= len(ALL) + committed
    index.put(make_document("k000000", "Tin giảm nghèo", "Nội dung về giảm nghèo bền vững."))
    index.refresh()
    total = index.count(Query())
    assert total == len({hit.id for start in range(0, total, 200) for hit in index.search(Query(limit=200, offset=start)).hits})
    index.close()
