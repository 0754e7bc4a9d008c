"""Real search nodes for tests: made ready by `prepare`, started on free ports of this machine, and ended whatever happens.

The nodes have what the published jars give: no security, no scripts, no analysers beyond the built-in ones.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

START_SECONDS = 120
"""A start takes 10 to 30 s on two free cores; a busy machine needs longer."""
PREPARE_SECONDS = 600
_LOGGING = """status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class NodeMissing(Exception):
    """No node can be had here; the message says why."""


def prepared() -> Path:
    """The folder with the node's jars. Raises: NodeMissing."""
    missing = [tool for tool in ("java", "javac", "mvn") if shutil.which(tool) is None]
    if missing:
        raise NodeMissing(f"{', '.join(missing)} not installed; run scripts/services")
    script = Path(__file__).with_name("prepare")
    try:
        done = subprocess.run([script], capture_output=True, text=True, timeout=PREPARE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NodeMissing("the jars could not be downloaded in time") from error
    if done.returncode:
        raise NodeMissing(f"the jars could not be had: {done.stderr.strip()[-300:]}")
    return Path(done.stdout.strip())


def free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Node:
    """One node; its data stay in ``home`` over stop, kill and start."""

    def __init__(self, jars: Path, home: Path, *, http: int, transport: int, settings: dict[str, str], heap: str = "1g") -> None:
        self.url = f"http://127.0.0.1:{http}"
        self.home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._jars = jars
        self._heap = heap
        self._settings = {
            "network.host": "127.0.0.1",
            "http.port": str(http),
            "transport.port": str(transport),
            # A full disk of the machine that runs the tests is no matter of the tests.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            # Tests drop what they made by pattern.
            "action.destructive_requires_name": "false",
            **settings,
        }
        for name in ("config", "plugins", "tmp", "logs"):
            (home / name).mkdir(parents=True, exist_ok=True)
        for name in ("lib", "modules"):
            (home / name).unlink(missing_ok=True)
            (home / name).symlink_to(jars / name)
        (home / "config" / "elasticsearch.yml").touch()
        (home / "config" / "log4j2.properties").write_text(_LOGGING)

    def start(self) -> None:
        library = str(self._jars / "lib")
        command = [
            "java",
            "-Xms256m",
            f"-Xmx{self._heap}",
            "-XX:+UseSerialGC",  # the collector with the fewest threads: two cores are shared with the tests
            f"-Djava.io.tmpdir={self.home / 'tmp'}",
            *("--module-path", library, "--add-modules", "org.elasticsearch.server", "--add-modules", "ALL-MODULE-PATH"),
            *("--class-path", str(self._jars / "classes"), "SearchNode", str(self.home)),
            *(f"{name}={value}" for name, value in self._settings.items()),
        ]
        with (self.home / "logs" / "console.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent)

    def wait(self, *, nodes: int = 1, status: str = "yellow", seconds: float = START_SECONDS) -> None:
        """Until so many nodes are there and the cluster has this health. Raises: NodeMissing with the end of the log."""
        address = f"{self.url}/_cluster/health?wait_for_status={status}&wait_for_nodes=>={nodes}&timeout=5s"
        deadline = time.monotonic() + seconds
        last = b"no answer"
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with suppress(OSError, ValueError), urllib.request.urlopen(address, timeout=10) as answer:
                last = answer.read()
                if not json.loads(last)["timed_out"]:
                    return
            time.sleep(0.25)
        self.kill()
        raise NodeMissing(f"the search node did not start ({last.decode()}): {self.log()}")

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """One plain request, apart from the client that is tested."""
        sent = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(sent, timeout=60) as answer:
            return json.load(answer)

    def log(self) -> str:
        return (self.home / "logs" / "console.log").read_text("utf-8", "replace")[-2000:]

    def kill(self) -> None:
        """As a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """The node holds its connections and answers nothing, as an overloaded machine does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def one_node(folder: Path, *, heap: str = "1g", keep: bool = False) -> Iterator[Node]:
    """A started node for the time of the block; with ``keep`` its data stay in the folder. Raises: NodeMissing."""
    jars = prepared()
    http, transport = free_ports(2)
    node = Node(jars, folder / "node", http=http, transport=transport, settings={"discovery.type": "single-node"}, heap=heap)
    try:
        node.start()
        node.wait()
        yield node
    finally:
        node.kill()
        if not keep:
            shutil.rmtree(node.home, ignore_errors=True)


@contextmanager
def three_nodes(folder: Path, *, heap: str = "512m") -> Iterator[list[Node]]:
    """A started cluster of three. Raises: NodeMissing."""
    jars = prepared()
    ports = free_ports(6)
    seeds = ",".join(f"127.0.0.1:{port}" for port in ports[3:])
    nodes = [
        Node(
            jars,
            folder / f"n{number}",
            http=ports[number],
            transport=ports[3 + number],
            settings={
                "cluster.name": "loa-tests",
                "node.name": f"n{number}",
                "discovery.seed_hosts": seeds,
                "cluster.initial_master_nodes": "n0,n1,n2",
            },
            heap=heap,
        )
        for number in range(3)
    ]
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            node.wait(nodes=3)
        yield nodes
    finally:
        for node in nodes:
            node.kill()
            shutil.rmtree(node.home, ignore_errors=True)


def _end_with_parent() -> None:
    """Linux kills the node when the process that started it ends, even by kill -9; elsewhere the fixture alone ends it."""
    with suppress(OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    # Ctrl-C in the terminal is for the tests, whose fixtures then end the node.
    os.setpgid(0, 0)
