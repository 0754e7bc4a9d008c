"""The other commands: exit codes, one run at a time, damaged files named, reviews, measuring."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.app import app, run
from cli.home import locked
from cli.main import main
from cli.serving import listen
from cli.settings import Settings
from corpus.errors import StoreUnavailable
from corpus.store import open_store
from tests.cli.conftest import ARTICLE, Loa, Ran
from tests.search_samples import FETCHED

_FRAMES = dict.fromkeys(range(0x2500, 0x2580))
"""The lines of tables."""


def test_usage_errors_end_with_2(loa: Loa) -> None:
    for arguments in (
        ["--workers", "1000", "status"],
        ["--log-level", "loud", "status"],
        ["bogus"],
        ["import"],
        ["process", "--nothing"],
        ["evaluate"],
        ["search", "x", "--limit", "0"],
    ):
        ran = loa(*arguments)
        assert ran.code == 2, arguments
        assert ran.out == ""


def test_an_empty_home_says_what_to_do(loa: Loa, home: Path) -> None:
    for command in (["status"], ["search", "loa"], ["reindex"], ["review", "export"]):
        ran = loa(*command)
        assert ran.code == 1
        assert "loa demo" in ran.err
        assert str(home) in ran.err
    assert not (home / "loa.db").exists()
    assert loa("doctor").code == 0


def test_a_second_run_is_refused_politely(loa: Loa, home: Path, filled: str) -> None:
    with locked(home / "run.lock"):
        for command in (["process"], ["retag"], ["reindex"], ["import", home / "x.txt"]):
            ran = loa(*command)
            assert ran.code == 75
            assert f"process {os.getpid()}" in ran.err
        assert loa("search", "loa").code == 0, "reading goes on"
        assert loa("status", "--json").rows[0]["documents"] == 1
    assert loa("process").code == 0


def test_processing_everything_again_changes_nothing(loa: Loa, filled: str) -> None:
    (report,) = loa("process", "--all", "--json").rows
    assert report == {"pages": 1, "outcomes": {"indexed": 1}, "indexed_documents": 0}
    assert loa("retag", "--json").rows == []
    (again,) = loa("reindex", "--json").rows
    assert again["documents"] == 1
    assert loa("doctor").code == 0


def test_a_lost_store_is_rebuilt_from_the_archive(loa: Loa, home: Path, filled: str) -> None:
    (home / "loa.db").unlink()
    doctor = loa("doctor")
    assert doctor.code == 1
    assert "loa process --all" in doctor.out
    assert loa("process", "--all").code == 0
    (status,) = loa("status", "--json").rows
    assert status["documents"] == 1
    assert loa("search", "tập huấn", "--json").rows[0]["id"] == filled


def test_a_damaged_store_is_named_and_left_alone(loa: Loa, home: Path, filled: str) -> None:
    path = home / "loa.db"
    path.write_bytes(b"\0" * 4096)
    for command in (["status"], ["process"], ["import", home / "x.txt"], ["doctor"]):
        ran = loa(*command)
        assert ran.code == 1
        assert str(path) in ran.out + ran.err
    assert path.read_bytes() == b"\0" * 4096


def test_a_damaged_index_is_named_and_rebuilt_on_demand(loa: Loa, home: Path, filled: str) -> None:
    for file in (home / "index").rglob("*"):
        if file.is_file() and file.suffix != ".lock":
            file.write_bytes(b"\xff" * 64)
    ran = loa("search", "loa")
    assert ran.code in (1, 75)
    assert str(home / "index") in ran.err
    assert "reindex" in ran.err
    assert loa("doctor").code == 1
    assert loa("reindex").code == 0
    assert loa("search", "tập huấn", "--json").rows[0]["id"] == filled


def test_a_damaged_archive_is_named(loa: Loa, home: Path, filled: str) -> None:
    assert loa("archive", "verify", "--json").rows[0]["broken"] == []
    (path,) = (home / "archive").glob("*.warc.gz")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    ran = loa("archive", "verify", "--json")
    assert ran.code == 1
    assert path.name in ran.rows[0]["broken"][0]
    path.unlink()
    doctor = loa("doctor")
    assert doctor.code == 1
    assert path.name in doctor.out


PORTAL = """[[portal]]
id = "mau"
name = "Cổng mẫu"
home = "https://mau.example.vn/"
hosts = ["mau.example.vn"]
kind = "government"
province = "{province}"
"""


def test_a_wrong_registry_line_is_named(loa: Loa, home: Path) -> None:
    (home / "portals.toml").write_text(PORTAL.format(province="v2-77"), "utf-8")
    for command in (["sources", "check"], ["run"], ["crawl", "mau"]):
        ran = loa(*command)
        assert ran.code == 1
        assert f"{home / 'portals.toml'}:7" in ran.err
        assert "v2-77" in ran.err


def test_without_a_verified_source_a_run_says_what_to_do(loa: Loa, home: Path) -> None:
    (home / "portals.toml").write_text(PORTAL.format(province="v2-15"), "utf-8")
    ran = loa("run")
    assert ran.code == 1
    assert "none of the 1 sources is verified" in ran.err
    assert "loa sources check --live" in ran.err
    unknown = loa("run", "khac")
    assert unknown.code == 1
    assert "'khac'" in unknown.err
    (checked,) = loa("sources", "check", "--json").rows
    assert (checked["portals"], checked["verified"]) == (1, 0)


def test_decisions_travel_and_outlive_the_models(loa: Loa, tmp_path: Path, filled: str) -> None:
    decision = {
        "document_id": filled,
        "kind": "activity",
        "code": "training",
        "decision": "reject",
        "value": None,
        "reviewer": "lan",
        "decided_at": "2026-01-05T03:00:00Z",
    }
    path = tmp_path / "decisions.jsonl"
    path.write_text(json.dumps(decision) + "\n" + '{"kind": "activity"}\n', "utf-8")
    ran = loa("review", "import", path, "--json")
    assert ran.code == 1, "a wrong line is a failed item"
    assert f"{path}:2" in ran.err
    assert ran.rows[0]["added"] == 1
    assert loa("review", "import", path, "--json").rows[0]["added"] == 0
    assert ran.rows[0]["unknown_documents"] == 0
    wrong = decision | {"decision": "correct", "value": {"code": "no-such-code"}}
    elsewhere = decision | {"document_id": "d-elsewhere"}
    other = tmp_path / "other.jsonl"
    other.write_text("".join(json.dumps(row) + "\n" for row in (wrong, elsewhere)), "utf-8")
    taken = loa("review", "import", other, "--json")
    assert (taken.code, taken.rows[0]["added"], taken.rows[0]["unknown_documents"]) == (1, 1, 1)
    assert f"{other}:1: value.code: 'no-such-code'" in taken.err
    assert "1 decisions are on 1 documents that are not in the store" in taken.err
    assert "d-elsewhere" in taken.err
    assert loa("review", "export").rows == [decision, elsewhere]
    (change,) = loa("retag", "--json").rows
    assert change["changes"]["activities"] == [["training (done)"], []]
    assert loa("retag", "--json").rows == []
    assert loa("process", "--all", "--json").rows[0]["indexed_documents"] == 0


def test_retagging_goes_on_where_it_was_cut_off(loa: Loa, home: Path, filled: str) -> None:
    def leave(tagged_by: str) -> None:
        """As a killed run leaves the store: still running, with a note of how far it came."""
        with open_store(home / "loa.db") as store:
            store.put_document(replace(next(store.iter_documents()), activities=()), FETCHED, tagged_by="an older release")
            store.note_run(store.begin_run("retag", FETCHED), {"made_by": tagged_by, "after": filled, "documents": 1})

    with open_store(home / "loa.db") as store:
        label = str(store.tagged_by(filled))
    leave(label)
    ran = loa("retag", "--json")
    assert (ran.code, ran.rows) == (0, [])
    assert "going on behind" in ran.err
    assert "0 documents tagged again" in ran.err
    assert [change["id"] for change in loa("retag", "--json").rows] == [filled]  # that run ended: the next begins at the start
    leave(label)
    assert [change["id"] for change in loa("retag", "--json", "--from-start").rows] == [filled]
    leave("other rules")
    assert [change["id"] for change in loa("retag", "--json").rows] == [filled]


def test_decided_sentences_train_the_model(loa: Loa, tmp_path: Path, filled: str) -> None:
    decision = {
        "document_id": filled,
        "kind": "activity",
        "code": "training",
        "decision": "accept",
        "value": None,
        "reviewer": "lan",
        "decided_at": "2026-01-05T03:00:00Z",
    }
    path = tmp_path / "decisions.jsonl"
    path.write_text(json.dumps(decision) + "\n", "utf-8")
    assert loa("review", "import", path).code == 0
    (figures,) = loa("train", "--json").rows
    assert figures["reviewed_examples"] >= 1
    assert 0.5 < figures["activities_macro_f1"] <= 1.0
    assert loa("doctor").code == 0


def test_texts_are_scored(loa: Loa, tmp_path: Path) -> None:
    title, _, text = ARTICLE.partition("\n\n")
    row = {
        "id": "own-1",
        "title": title,
        "text": text,
        "year": 2023,
        "relevance": "communication",
        "activities": ["training"],
        "provinces": ["Điện Biên"],
        "districts": ["Tuần Giáo"],
        "amounts": [{"text": "52 triệu đồng", "vnd": 52_000_000, "qualifier": "exact", "budget": True}],
    }
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    (figures,) = loa("evaluate", path, "--json").rows
    for name in ("relevance_macro_f1", "activities_micro_f1", "provinces_f1", "districts_f1", "amounts_f1", "budget_accuracy"):
        assert figures[name] == 1.0, name
    assert figures["counts"]["documents"] == 1
    missing = loa("evaluate", tmp_path / "no.jsonl", "--json")
    assert (missing.code, missing.out) == (1, "")
    path.write_text("{broken\n", "utf-8")
    broken = loa("evaluate", path)
    assert broken.code == 1
    assert f"{path}:1" in broken.err


def test_config_show_says_where_each_value_came_from(loa: Loa, home: Path) -> None:
    (home / "loa.toml").write_text("port = 8123\n", "utf-8")
    origins = {row["name"]: (row["value"], row["origin"]) for row in loa("config", "show", "--json").rows}
    assert origins["home"] == (str(home), "option")
    assert origins["port"] == (8123, "file")
    assert origins["host"] == ("127.0.0.1", "default")


def test_a_busy_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with listen("127.0.0.1", port) as other:
            assert other.getsockname()[1] != port
    with pytest.raises(StoreUnavailable, match="cannot be listened on"):
        listen("192.0.2.1", 0)


@pytest.mark.timeout(120)
def test_serving_ends_cleanly_with_ctrl_c(filled: str, home: Path) -> None:
    command = [sys.executable, "-m", "cli.main", "--home", str(home), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = next(word for word in line.split() if word.startswith("http://"))
        while True:
            try:
                with urllib.request.urlopen(f"{url}api/v1/search?q=truyen+thanh", timeout=5) as answer:
                    found = json.load(answer)
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.1)
        assert found["hits"][0]["id"] == filled
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_files_that_cannot_be_read_are_named(loa: Loa, tmp_path: Path) -> None:
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\xcc\xff" * 50)
    for command in (["evaluate"], ["review", "import"]):
        for path in (binary, tmp_path, tmp_path / "missing.jsonl"):
            ran = loa(*command, path)
            assert ran.code == 1
            assert f"{path}: cannot be read" in ran.err


def test_a_file_in_the_place_of_a_folder_is_named(loa: Loa, home: Path, filled: str) -> None:
    shutil.rmtree(home / "index")
    (home / "index").write_text("x")
    for command in (["search", "loa"], ["reindex"], ["process"]):
        ran = loa(*command)
        assert ran.code == 1
        assert str(home / "index") in ran.err
        assert "Traceback" not in ran.err
    code = run(["--home", str(home / "index"), "status"])
    assert code == 1


def test_system_errors_become_one_line(loa: Loa, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(number: int) -> None:
        raise OSError(number, os.strerror(number), "/somewhere/file")

    for number, code, words in ((errno.ENOSPC, 75, "free some space"), (errno.EROFS, 75, "the rights"), (errno.ENOTDIR, 1, "another home")):
        with monkeypatch.context() as patch:
            patch.setattr("cli.commands_status.opened", lambda *_, number=number: fail(number))
            ran = loa("status")
        assert ran.code == code
        assert "/somewhere/file: " in ran.err
        assert words in ran.err


def test_ctrl_c_while_the_libraries_load_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def stop(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.app.run", stop)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 130
    assert capfd.readouterr().err == ""
    # A worker process imports the console script again: it must stay as light as it is.
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, cli.main; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"typer", "sqlalchemy", "scrapy", "cli.app"} & set(loaded)


def test_sources_are_listed(loa: Loa, home: Path) -> None:
    rows = loa("sources", "list", "--json").rows
    assert len(rows) > 100
    assert not any(row["verified"] for row in rows)
    (home / "portals.toml").write_text(PORTAL.format(province="v2-15") + "verified = true\n", "utf-8")
    (row,) = loa("sources", "list", "--json").rows
    assert (row["portal"], row["province_name"], row["verified"]) == ("mau", "Lào Cai", True)
    assert "mau" in loa("sources", "list").out


def test_help_names_every_command(loa: Loa) -> None:
    ran: Ran = loa("--help")
    for (
        command
    ) in "demo run crawl import process reindex retag search serve status doctor config evaluate train review archive sources".split():
        assert f"\n  {command} " in ran.out


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    yield name, command
    for key, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{name} {key}")


def test_help_is_english() -> None:
    """Vietnamese is for pages and mail; the one exception is an example of a query."""
    seen = 0
    for name, command in _commands(typer.main.get_command(app), "loa"):
        assert command.help, name
        for text in (command.help, *(parameter.help or "" for parameter in command.params if hasattr(parameter, "help"))):
            assert text.isascii() or text.startswith("For example: "), f"{name}: {text}"
            seen += 1
    assert seen > 50


def test_what_is_said_is_english(loa: Loa, filled: str) -> None:
    for command in (["status"], ["doctor"], ["config", "show"], ["process"], ["retag"], ["reindex"], ["sources", "check"]):
        ran = loa(*command)
        assert ran.code == 0, command
        # The one Vietnamese default: the name that readers see their mail come from.
        said = (ran.out + ran.err).replace(Settings().mail_name, "")
        assert said.translate(_FRAMES).isascii(), said
