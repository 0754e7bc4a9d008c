"""The server with a helper, as processes: one that is killed is missed by no reader and replaced, and none outlives the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there the server is copied")


def children(pid: int) -> set[int]:
    return {int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()}


@pytest.mark.timeout(180)
def test_a_killed_helper_is_replaced_and_none_outlives_the_server(filled: str, home: Path) -> None:
    command = [sys.executable, "-m", "cli.main", "--home", str(home), "serve", "--port", "0"]
    environment = os.environ | {"LOA_SERVE_PROCESSES": "2", "LOA_RATE_PER_MINUTE": "0"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            url = next(word for word in process.stderr.readline().split() if word.startswith("http://"))

            def ask(path: str) -> bool:
                with urllib.request.urlopen(f"{url}{path}", timeout=60) as answer:
                    return answer.status == 200 and bool(answer.read())

            pages = ["tim?q=truyen", "", "nguon", f"tin/{filled}", "tinh", "kinh-phi"] * 4
            with ThreadPoolExecutor(6) as readers:
                assert all(readers.map(ask, pages))
                (helper,) = children(process.pid)
                os.kill(helper, signal.SIGKILL)
                while not children(process.pid) - {helper}:  # a page that it had, or would have had, is answered all the same
                    assert all(readers.map(ask, pages))
                (other,) = children(process.pid) - {helper}
                assert all(readers.map(ask, pages))
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert not Path(f"/proc/{other}").exists()
