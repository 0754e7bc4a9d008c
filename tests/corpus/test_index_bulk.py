"""Every operation of a bulk is done once, sent again, or given up with the server's reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import IndexUnavailable
from corpus.index.elastic_bulk import (
    ATTEMPTS,
    LONGEST_PAUSE_SECONDS,
    MAX_BYTES,
    MAX_OPERATIONS,
    Buffer,
    DeadLetter,
    Interrupted,
    delete_operation,
    index_operation,
)


class Server:
    """Keeps what it was sent; `answers` are used up first: an exception is raised, a function gets each item's id."""

    def __init__(self, *answers: BaseException | Callable[[str], dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.kept: dict[str, Any] = {}
        self.requests: list[list[str]] = []
        self.pauses: list[float] = []
        self.buffer = Buffer(self.send, self.pauses.append)

    def send(self, lines: bytes) -> dict[str, Any]:
        assert lines.endswith(b"\n")
        rows = [json.loads(line) for line in lines.splitlines()]
        items, ids, at = [], [], 0
        answer = self.answers.pop(0) if self.answers else lambda _: {"status": 200}
        while at < len(rows):
            ((action, head),) = rows[at].items()
            record = rows[at + 1] if action == "index" else None
            at += 1 + (action == "index")
            ids.append(head["_id"])
            result = {"status": 0} if isinstance(answer, BaseException) else answer(head["_id"])
            # A request whose answer is lost was carried out all the same.
            if result["status"] in (0, 200):
                self.kept.pop(head["_id"], None)
                if record is not None:
                    self.kept[head["_id"]] = record
            items.append({action: result})
        self.requests.append(ids)
        if isinstance(answer, BaseException):
            raise answer
        return {"items": items}


def write(server: Server, number: int) -> None:
    for n in range(number):
        server.buffer.add(index_operation(f"d{n}", {"n": n}))
    server.buffer.write()


def test_all_are_sent_once_in_parts_of_bounded_size() -> None:
    server = Server()
    write(server, 2 * MAX_OPERATIONS + 1)
    assert [len(ids) for ids in server.requests] == [MAX_OPERATIONS, MAX_OPERATIONS, 1]
    assert len(server.kept) == 2 * MAX_OPERATIONS + 1
    assert server.buffer.empty
    assert server.pauses == []


def test_large_documents_make_small_parts() -> None:
    server = Server()
    for n in range(5):
        server.buffer.add(index_operation(str(n), {"text": "x" * (MAX_BYTES // 2)}))
    assert server.buffer.full
    server.buffer.write()
    assert [len(ids) for ids in server.requests] == [1, 1, 1, 1, 1]


def test_the_last_operation_for_an_id_wins_and_goes_alone() -> None:
    server = Server()
    server.buffer.add(index_operation("a", {"n": 1}))
    server.buffer.add(index_operation("b", {"n": 1}))
    server.buffer.add(delete_operation("a"))
    server.buffer.add(index_operation("b", {"n": 2}))
    server.buffer.write()
    assert server.requests == [["a", "b"]]
    assert server.kept == {"b": {"n": 2}}


def test_a_lost_answer_is_asked_for_again() -> None:
    server = Server(Interrupted("ConnectionError"), Interrupted("status 503"))
    write(server, 3)
    assert server.requests == [["d0", "d1", "d2"]] * 3
    assert len(server.kept) == 3
    assert len(server.pauses) == 2


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_only_what_was_put_off_is_sent_again(status: int) -> None:
    server = Server(lambda id: {"status": status, "error": {"type": "busy", "reason": "queue full"}} if id == "d1" else {"status": 200})
    write(server, 3)
    assert server.requests == [["d0", "d1", "d2"], ["d1"]]
    assert len(server.kept) == 3
    assert server.buffer.letters == []


def test_what_is_refused_for_good_is_a_dead_letter_with_its_reason() -> None:
    error = {"type": "document_parsing_exception", "reason": "[1:9] failed", "caused_by": {"reason": "not a date"}}
    server = Server(lambda id: {"status": 400, "error": error} if id == "d1" else {"status": 201})
    server.kept["d0"] = server.kept["d2"] = {}
    write(server, 3)
    assert server.requests == [["d0", "d1", "d2"]]
    assert server.buffer.letters == [DeadLetter("d1", 400, "document_parsing_exception: [1:9] failed: not a date")]
    assert server.buffer.empty


def test_deleting_what_is_not_there_is_no_fault() -> None:
    server = Server(lambda _: {"status": 404, "result": "not_found"})
    server.buffer.add(delete_operation("x"))
    server.buffer.write()
    assert server.buffer.letters == []
    assert server.buffer.empty


@pytest.mark.parametrize("answer", [{}, {"items": []}, {"items": "none"}, {"items": [{"index": {"status": 200}}] * 3}])
def test_an_answer_that_does_not_name_every_operation_is_none(answer: dict[str, Any]) -> None:
    answers = [answer]
    kept = Server()
    buffer = Buffer(lambda lines: answers.pop() if answers else kept.send(lines), lambda _: None)
    buffer.add(index_operation("a", {}))
    buffer.add(index_operation("b", {}))
    buffer.write()
    assert kept.requests == [["a", "b"]]


def test_after_the_last_attempt_nothing_is_lost() -> None:
    server = Server(*(Interrupted("ConnectionError") for _ in range(ATTEMPTS)))
    with pytest.raises(IndexUnavailable, match=r"3 documents .* ConnectionError"):
        write(server, 3)
    assert not server.buffer.empty
    assert len(server.pauses) == ATTEMPTS - 1
    assert max(server.pauses) <= LONGEST_PAUSE_SECONDS
    assert 15 < sum(server.pauses) < 90
    server.buffer.write()
    assert len(server.requests) == ATTEMPTS + 1
    assert server.buffer.empty


_STATUS = st.sampled_from([200, 200, 200, 429, 503, 400])


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=30), st.lists(st.none() | st.lists(_STATUS), max_size=6))
def test_whatever_happens_the_last_word_for_each_id_stands(operations: list[tuple[str, bool]], troubles: list[list[int] | None]) -> None:
    def trouble(statuses: list[int]) -> Callable[[str], dict[str, Any]]:
        return lambda id: {"status": statuses[ord(id) % len(statuses)] if statuses else 200}

    server = Server(*(Interrupted("lost") if statuses is None else trouble(statuses) for statuses in troubles))
    expected: dict[str, Any] = {}
    for number, (id, put) in enumerate(operations):
        expected.pop(id, None)
        if put:
            expected[id] = {"n": number}
        server.buffer.add(index_operation(id, {"n": number}) if put else delete_operation(id))
    server.buffer.write()
    refused = {letter.id for letter in server.buffer.letters}
    assert {id: record for id, record in server.kept.items() if id not in refused} == {
        id: record for id, record in expected.items() if id not in refused
    }
    assert server.buffer.empty
