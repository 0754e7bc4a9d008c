"""One writer at a time, also right after a kill."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cli.home import locked
from corpus.store.lock import Busy


def test_what_a_killed_run_leaves_behind_is_waited_for(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    run = (
        "import os, subprocess, sys; from pathlib import Path; from cli.home import locked\n"
        "with locked(Path(sys.argv[1])):\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=sys.stdin, stdout=subprocess.DEVNULL,"
        " stderr=subprocess.DEVNULL, close_fds=False)\n"
        "    print('ready', flush=True); child.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", run, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(Busy), locked(lock):
            pass
        process.kill()
        process.wait()
        threading.Timer(0.3, process.stdin.close).start()  # only then the child ends
        with locked(lock):
            assert process.stdin.closed, "its child has ended first"
