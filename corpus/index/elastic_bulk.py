"""Writing in bulk so that each document is indexed once: what to send again, what to give up, and why. No requests here.

A bulk may be lost, cut off, refused whole or in part; its operations name their ids, so sending one again changes nothing. Each
operation ends in one of three ways: done, to be sent again, or refused for good (a dead letter with the server's reason).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec

from corpus.errors import IndexUnavailable

log = logging.getLogger(__name__)

MAX_OPERATIONS = 500
MAX_BYTES = 4 << 20
"""Of one request. A server takes 100 MB; small ones keep its memory and what has to be sent again small."""
ATTEMPTS = 9
"""For one bulk; with the pauses between them they span about a minute, longer than a cluster needs to choose a new master."""
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 20.0
RETRIED_STATUS = frozenset({408, 429, 502, 503, 504})
"""Too slow, too many, or a part of the cluster is missing for now."""


class Interrupted(Exception):
    """A request that may be made again: no connection, no whole answer, or a status of `RETRIED_STATUS`."""


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    lines: bytes
    """Action and, for a document, its record: newline-terminated JSON."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A document that the server refused for good."""

    id: str
    status: int
    reason: str


def index_operation(id: str, record: dict[str, Any]) -> Operation:
    return Operation(id, _line({"index": {"_id": id}}) + _line(record))


def delete_operation(id: str) -> Operation:
    return Operation(id, _line({"delete": {"_id": id}}))


def _line(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value) + b"\n"


Send = Callable[[bytes], dict[str, Any]]
"""Sends the lines of a bulk and gives its answer. Raises: Interrupted."""


@dataclass
class Buffer:
    """Operations that wait, the last one for each id; `write` sends them in the order in which they came."""

    send: Send
    pause: Callable[[float], None]
    letters: list[DeadLetter] = field(default_factory=list)
    _waiting: dict[str, Operation] = field(default_factory=dict)
    _bytes: int = 0
    # Only spreads the pauses of several writers.
    _random: Random = field(default_factory=lambda: Random(0))  # noqa: S311

    def add(self, operation: Operation) -> None:
        before = self._waiting.pop(operation.id, None)
        self._bytes += len(operation.lines) - (len(before.lines) if before else 0)
        self._waiting[operation.id] = operation

    @property
    def full(self) -> bool:
        return len(self._waiting) >= MAX_OPERATIONS or self._bytes >= MAX_BYTES

    @property
    def empty(self) -> bool:
        return not self._waiting

    def write(self) -> None:
        """Sends all that waits. Raises: IndexUnavailable after the last attempt; what was not acknowledged goes on waiting."""
        for part in _parts(list(self._waiting.values())):
            self._write(part)

    def _write(self, operations: list[Operation]) -> None:
        trouble = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.pause(min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS) * self._random.uniform(0.5, 1.0))
            try:
                answer = self.send(b"".join(operation.lines for operation in operations))
                operations, trouble = self._sorted_out(operations, answer)
            except Interrupted as error:
                trouble = str(error)
            if not operations:
                return
            log.info("sending %d operations again: %s", len(operations), trouble)
        raise IndexUnavailable(f"{len(operations)} documents could not be written after {ATTEMPTS} attempts: {trouble}")

    def _sorted_out(self, operations: list[Operation], answer: dict[str, Any]) -> tuple[list[Operation], str]:
        """The operations to send again, with the last reason. Raises: Interrupted for an answer that is not one of a bulk."""
        items = answer.get("items")
        if not isinstance(items, list) or len(items) != len(operations):
            raise Interrupted("the answer does not name every operation")
        again: list[Operation] = []
        trouble = ""
        for operation, item in zip(operations, items, strict=True):
            ((_, result),) = item.items()
            status = int(result.get("status", 0))
            reason = _reason(result)
            if status in RETRIED_STATUS:
                again.append(operation)
                trouble = f"{status} {reason}"
                continue
            # A delete of what is not there answers 404.
            if not (200 <= status < 300 or (status == 404 and "error" not in result)):
                log.error("the index refused document %s: %s %s", operation.id, status, reason)
                self.letters.append(DeadLetter(operation.id, status, reason))
            self._forget(operation)
        return again, trouble

    def _forget(self, operation: Operation) -> None:
        if self._waiting.get(operation.id) is operation:
            del self._waiting[operation.id]
            self._bytes -= len(operation.lines)


def _reason(result: dict[str, Any]) -> str:
    error = result.get("error")
    if not isinstance(error, dict):
        return str(error or result.get("result", ""))
    cause = error.get("caused_by")
    more = f": {cause.get('reason', '')}" if isinstance(cause, dict) else ""
    return f"{error.get('type', '')}: {error.get('reason', '')}{more}"[:500]


def _parts(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    part: list[Operation] = []
    size = 0
    for operation in operations:
        if part and (len(part) >= MAX_OPERATIONS or size + len(operation.lines) > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(operation)
        size += len(operation.lines)
    if part:
        yield part
