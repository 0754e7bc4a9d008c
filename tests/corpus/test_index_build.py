"""A build that is cut off is gone on with, on both engines: nothing is lost, nothing twice, and only of the same documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.errors import IndexUnavailable, InvalidData
from corpus.index import build_index, open_index, rebuild_index
from corpus.index.base import Query, Words
from corpus.localities import Register
from tests.elasticsearch.node import Node
from tests.search_samples import ALL, make_document

REGISTER = Register.load()
MANY = sorted(
    (*ALL, *(make_document(f"{number:024d}", f"Tin {number}", "Xã lắp loa cho bản.") for number in range(11))), key=lambda d: d.id
)
_NUMBERS = count(1)


@pytest.fixture(params=["embedded", "elasticsearch"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("corpus.index.embedded.BUILD_PART", 3)
    monkeypatch.setattr("corpus.index.elastic.BUILD_PART", 3)
    if request.param == "embedded":
        yield str(tmp_path / "index")
        return
    node: Node = request.getfixturevalue("search_node")
    name = f"build{next(_NUMBERS)}"
    yield f"{node.url}/{name}"
    node.request("DELETE", f"/{name}-*?expand_wildcards=all")


class Source:
    """Gives the documents behind an id; breaks off after ``most``."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.asked: list[str] = []

    def __call__(self, after: str) -> Iterator[Document]:
        self.asked.append(after)
        for number, document in enumerate(document for document in MANY if document.id > after):
            if number == self.most:
                raise IndexUnavailable("cut off")
            yield document


def cut_off(place: str, of: str, most: int) -> None:
    with pytest.raises(IndexUnavailable, match="cut off"):
        build_index(place, Source(most), register=REGISTER, of=of)


def test_it_goes_on_behind_what_is_safe(place: str, tmp_path: Path) -> None:
    rebuild_index(place, ALL[:1], register=REGISTER)
    cut_off(place, "state 1", 8)
    with closing(open_index(place, register=REGISTER)) as serving:
        assert serving.count(Query()) == 1, "readers see the old one until the switch"
    cut_off(place, "state 1", 4)  # behind the sixth: three more are safe, the fourth is not
    source = Source()
    assert build_index(place, source, register=REGISTER, of="state 1") == len(MANY)
    assert source.asked == [MANY[8].id]
    whole = tmp_path / "whole"
    rebuild_index(whole, MANY, register=REGISTER)
    query = Query(where=Words("xã"), facets=("province", "activity", "year"), sort="newest", limit=50)
    with closing(open_index(place, register=REGISTER)) as one, closing(open_index(whole, register=REGISTER)) as other:
        assert one.search(query) == other.search(query)
        assert one.count(Query()) == other.count(Query()) == len(MANY)
        assert sorted(one.scan(Query())) == [document.id for document in MANY]


@pytest.mark.parametrize("of", ["state 2", ""])
def test_a_build_of_something_else_begins_anew(place: str, of: str) -> None:
    cut_off(place, "state 1", 8)
    source = Source()
    assert build_index(place, source, register=REGISTER, of=of) == len(MANY)
    assert source.asked == [""]
    again = Source()
    assert build_index(place, again, register=REGISTER, of="state 1") == len(MANY)
    assert again.asked == [""], "what was left behind is gone"


def test_a_finished_build_is_not_gone_on_with(place: str) -> None:
    for _ in range(2):
        source = Source()
        assert build_index(place, source, register=REGISTER, of="state 1") == len(MANY)
        assert source.asked == [""]


def test_cut_off_before_anything_is_safe(place: str) -> None:
    cut_off(place, "state 1", 2)
    source = Source()
    assert build_index(place, source, register=REGISTER, of="state 1") == len(MANY)
    assert source.asked == [""]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"generation": "../x", "schema": 3, "of": "a", "after": "", "number": 1}'])
def test_a_note_that_cannot_be_read_means_beginning_anew(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "index"
    rebuild_index(folder, ALL, register=REGISTER)
    (folder / "building.json").write_bytes(content)
    source = Source()
    assert build_index(folder, source, register=REGISTER, of="a") == len(MANY)
    assert source.asked == [""]


def test_a_first_build_that_was_cut_off_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.index.embedded.BUILD_PART", 3)
    cut_off(str(tmp_path / "index"), "state 1", 8)
    with pytest.raises(InvalidData, match="loa reindex"):
        open_index(tmp_path / "index", register=REGISTER)


def test_an_index_on_a_server_belongs_to_one_home(search_node: Node) -> None:
    address = f"{search_node.url}/owned"
    with closing(open_index(address, register=REGISTER, home="one")) as first:
        first.put(ALL[0])
        first.refresh()
        with closing(open_index(address, register=REGISTER, home="two")) as other:
            assert other.count(Query()) == 1, "reading is for everybody"
            other.put(ALL[1])
            with pytest.raises(InvalidData, match="another home writes to this index"):
                other.refresh()
            other._buffer._waiting.clear()  # type: ignore[attr-defined]  # closing would send it again
        with pytest.raises(InvalidData, match="another home"):
            rebuild_index(address, ALL, register=REGISTER, home="two")
        assert rebuild_index(address, ALL, register=REGISTER, home="one") == len(ALL)
        first.put(ALL[0])
        first.refresh()
        assert first.count(Query()) == len(ALL)
        with pytest.raises(InvalidData, match="another home"):
            rebuild_index(address, ALL, register=REGISTER, home="two")
    search_node.request("DELETE", "/owned-*")
