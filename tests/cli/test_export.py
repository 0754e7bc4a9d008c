"""`loa export` and `loa snapshot` over a home filled with the sample articles."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.app import run
from corpus.index import open_index
from corpus.index.base import Query
from corpus.store import Store, open_store
from pipelines.batch import sync_index
from tests.cli.conftest import Loa, caller
from tests.search_samples import ALL, FETCHED, NGHE_AN, make_document


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    with open_store(folder / "loa.db") as store:
        for document in ALL:
            store.put_document(document, FETCHED, tagged_by="rules 1")
        index = open_index(folder / "index")
        sync_index(store, index)
        index.close()
    return folder


@pytest.fixture
def loa(home: Path, capfd: pytest.CaptureFixture[str]) -> Loa:
    return caller(home, capfd)


def test_export_writes_a_file_and_its_manifest(loa: Loa, tmp_path: Path) -> None:
    path = tmp_path / "ket-qua.csv"
    ran = loa("export", "tap", "huan", "-o", path, "--json")
    assert ran.code == 0
    (manifest,) = ran.rows
    content = path.read_bytes()
    assert manifest["files"] == [
        {"name": "ket-qua.csv", "format": "csv", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ]
    assert manifest["rows"] == 2
    assert json.loads((tmp_path / "ket-qua.csv.manifest.json").read_text("utf-8")) == manifest
    assert {child.name for child in tmp_path.iterdir()} == {"home", "ket-qua.csv", "ket-qua.csv.manifest.json"}


def test_the_address_of_a_page_is_the_same_question(loa: Loa, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    assert loa("export", "--url", "http://loa.example.vn/tim?hoat-dong=training&nam=2023&trang=2&so=1", "-o", path).code == 0
    assert len(path.read_text("utf-8").splitlines()) == 2
    assert loa("export", "-o", path).code == 0
    assert len(path.read_text("utf-8").splitlines()) == len(ALL)
    assert "text" not in json.loads(path.read_text("utf-8").splitlines()[0])
    assert loa("export", "--full-text", "-o", path).code == 0
    assert json.loads(path.read_text("utf-8").splitlines()[0])["text"]


@pytest.mark.parametrize(
    "arguments", [("-o", "a.exe"), ("loa", "--url", "/tim?q=a"), ("--url", "/tim?trang=0", "-o", "a.csv"), ('"nghèo', "-o", "a.csv")]
)
def test_mistakes_are_usage_errors(loa: Loa, arguments: tuple[str, ...]) -> None:
    assert loa("export", *arguments).code == 2


def test_a_snapshot_gives_the_same_result_again(loa: Loa, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "goi"
    assert loa("snapshot", "create", folder, "nghèo").code == 0
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert {resource["path"] for resource in descriptor["resources"]} == {"documents.jsonl.gz", "table.csv", "result.json"}
    table = next(resource for resource in descriptor["resources"] if resource["path"] == "table.csv")
    head = (folder / "table.csv").read_text("utf-8").splitlines()[0]
    assert head == ",".join(f'"{field["name"]}"' for field in table["schema"]["fields"])
    verified = loa("snapshot", "verify", folder, "--live", "--json")
    assert (verified.code, verified.rows) == (0, [{"folder": str(folder), "ok": True, "faults": [], "live": []}])
    # Later the corpus is another; the package still gives what it gave.
    with open_store(home / "loa.db") as store:
        store.put_document(make_document("9" * 24, "Tin nghèo", "Lời."), FETCHED)
        changed = replace(NGHE_AN, text="Lời khác hẳn.", localities=(), activities=(), budgets=(), programmes=())
        changed = replace(changed, title="Khác", provenance=replace(NGHE_AN.provenance, fetched_at=datetime(2026, 11, 27, tzinfo=UTC)))
        store.put_document(changed, FETCHED)
        index = open_index(home / "index")
        sync_index(store, index)
        index.close()
    verified = loa("snapshot", "verify", folder, "--live", "--json")
    assert verified.code == 0
    assert verified.rows[0]["faults"] == []
    assert any("no longer found" in change for change in verified.rows[0]["live"])
    assert any("found that were not" in change for change in verified.rows[0]["live"])
    assert loa("snapshot", "verify", folder).out.startswith(f"{folder}: sound")


def test_two_snapshots_of_one_moment_have_the_same_files(loa: Loa, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert loa("snapshot", "create", tmp_path / name, "--url", "/tim?muc=tat-ca&kinh-phi=100m-1b").code == 0
    for file in ("documents.jsonl.gz", "table.csv", "result.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize(
    ("file", "says"),
    [("table.csv", "table.csv"), ("documents.jsonl.gz", "documents.jsonl.gz"), ("result.json", "result.json")],
)
def test_a_changed_file_is_named(loa: Loa, tmp_path: Path, file: str, says: str) -> None:
    folder = tmp_path / "goi"
    assert loa("snapshot", "create", folder, "nghèo").code == 0
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[:-3] + b"abc")
    ran = loa("snapshot", "verify", folder)
    assert ran.code == 1
    assert says in ran.err
    (folder / file).unlink()
    ran = loa("snapshot", "verify", folder)
    assert (ran.code, "missing" in ran.err) == (1, True)


def test_a_package_that_was_put_together_wrongly_does_not_replay(loa: Loa, tmp_path: Path) -> None:
    """Digests alone do not make a result: here they are right and the documents are not."""
    folder = tmp_path / "goi"
    assert loa("snapshot", "create", folder, "nghèo").code == 0
    path = folder / "documents.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[1:])))
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in descriptor["resources"]:
        if resource["path"] == path.name:
            resource["bytes"] = path.stat().st_size
            resource["hash"] = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    ran = loa("snapshot", "verify", folder)
    assert ran.code == 1
    assert "no longer found" in ran.err


def test_what_is_no_snapshot_is_said_so(loa: Loa, tmp_path: Path) -> None:
    assert "no snapshot of loa" in loa("snapshot", "verify", tmp_path / "home").err
    (tmp_path / "goi").mkdir()
    ran = loa("snapshot", "create", tmp_path / "goi")
    assert (ran.code, "is there already" in ran.err) == (1, True)
    assert list((tmp_path / "goi").iterdir()) == []


def test_no_snapshot_while_store_and_index_differ(loa: Loa, home: Path, tmp_path: Path) -> None:
    with open_store(home / "loa.db") as store:
        store.put_document(make_document("9" * 24, "Tin nghèo", "Lời."), FETCHED)
    ran = loa("snapshot", "create", tmp_path / "goi")
    assert (ran.code, "differ" in ran.err) == (75, True)
    assert not (tmp_path / "goi").exists()


def test_the_index_is_left_as_it_was(loa: Loa, home: Path, tmp_path: Path) -> None:
    assert loa("export", "-o", tmp_path / "a.parquet").code == 0
    index = open_index(home / "index")
    assert index.count(Query()) == len(ALL)
    index.close()
    assert run(["--home", str(home), "doctor"]) == 0


def test_a_snapshot_keeps_the_saved_queries_that_it_refers_to(
    loa: Loa, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = [SimpleNamespace(name="lop hoc", params="q=tập+huấn"), SimpleNamespace(name="khac", params="q=loa")]
    monkeypatch.setattr(Store, "saved_searches", lambda *_: saved)
    folder = tmp_path / "goi"
    assert loa("snapshot", "create", folder, 'lưu:"lop hoc" nghèo').code == 0
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert descriptor["loa"]["query"]["saved"] == [["lop hoc", "q=tập+huấn"]]
    assert descriptor["loa"]["total"] == 2
    monkeypatch.setattr(Store, "saved_searches", lambda *_: [])
    assert loa("snapshot", "verify", folder).code == 0


def test_contexts_in_the_order_of_a_neighbour(loa: Loa) -> None:
    rows = loa("search", "nghèo", "--sort", "1R", "--json").rows
    assert len(rows) >= 5
    assert all(row["match"] == "nghèo" for row in rows)
    words = [row["right"].split()[:1] for row in rows]
    assert words != [row["right"].split()[:1] for row in loa("search", "nghèo", "--kwic", "--json").rows]
    assert sorted(map(str, words)) == sorted(str(row["right"].split()[:1]) for row in loa("search", "nghèo", "--kwic", "--json").rows)
