"""A real mail server (aiosmtpd) in a process of its own: notes what it accepted in a file before it answers, and misbehaves as asked.

Run as ``python -m tests.digest.mail_server LOG [--drop SHARE] [--stall SHARE] [--seed N]``; prints its port.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
STALL_SECONDS = 1.5


@dataclass(frozen=True)
class Running:
    port: int
    log: Path

    def accepted(self) -> list[tuple[str, str]]:
        """(reader's address, Message-ID) in the order of acceptance."""
        return [tuple(json.loads(line)) for line in self.log.read_text("utf-8").splitlines()]

    def counts(self) -> Counter[str]:
        return Counter(address for address, _ in self.accepted())


@contextmanager
def running(log: Path, *, drop: float = 0.0, stall: float = 0.0, seed: int = 0) -> Iterator[Running]:
    log.touch()
    command = [sys.executable, "-m", "tests.digest.mail_server", str(log), "--drop", str(drop), "--stall", str(stall), "--seed", str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    try:
        yield Running(int(process.stdout.readline()), log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Misbehaving:
    """Breaks some conversations: before the message, after it without keeping it, after it with keeping it; and stalls some."""

    def __init__(self, log: Path, drop: float, stall: float, seed: int) -> None:
        self.log = log.open("a", encoding="utf-8")
        self.drop, self.stall = drop, stall
        self.chance = random.Random(seed)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd names it
        if self.chance.random() < self.drop / 3:
            return self._break(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd names it
        if self.chance.random() < self.drop / 3:
            return self._break(server)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = MESSAGE_ID.search(content)
        for address in envelope.rcpt_tos:
            self.log.write(json.dumps([address, found[1].decode() if found else ""]) + "\n")
        self.log.flush()
        if self.chance.random() < self.drop / 3:
            return self._break(server)
        if self.chance.random() < self.stall:
            await asyncio.sleep(STALL_SECONDS)
        return "250 2.0.0 accepted"

    def _break(self, server: SMTP) -> str:
        assert server.transport is not None
        server.transport.abort()
        return "421 broken"


class Scripted:
    """Keeps what it accepts; answers to RCPT and DATA come from lists by address, then 250."""

    def __init__(self, *, rcpt: dict[str, list[str]] | None = None, data: dict[str, list[str]] | None = None, mail: str = "250 OK") -> None:
        self.rcpt, self.data, self.mail = rcpt or {}, data or {}, mail
        self.accepted: list[tuple[str, bytes]] = []
        self.rcpts = 0

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd names it
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd names it
        self.rcpts += 1
        if answers := self.rcpt.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd names it
        (address,) = envelope.rcpt_tos
        if answers := self.data.get(address):
            return answers.pop(0)
        content = envelope.original_content
        assert content is not None
        self.accepted.append((address, content))
        return "250 2.0.0 accepted"


@contextmanager
def scripted(handler: Scripted) -> Iterator[int]:
    """The port of a server in a thread of this process."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:

        async def stop() -> None:
            server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def serve(handler: object) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--drop", type=float, default=0.0)
    parser.add_argument("--stall", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    asyncio.run(serve(Misbehaving(options.log, options.drop, options.stall, options.seed)))


if __name__ == "__main__":
    main()
