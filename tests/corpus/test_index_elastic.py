"""What only a server elsewhere can suffer or do: addresses, other people's indexes, absence, refusals, rebuilding while serving."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import elastic_transport
import elasticsearch
import pytest

from corpus.errors import CorpusError, IndexUnavailable, InvalidData
from corpus.index import open_index, rebuild_index
from corpus.index.base import SCHEMA_VERSION, Query, Words
from corpus.index.elastic import READ_ATTEMPTS, ElasticIndex
from corpus.index.elastic_query import mapping
from corpus.localities import Register
from tests.elasticsearch.node import Node, free_ports
from tests.search_samples import ALL, NGHE_AN, make_document

REGISTER = Register.load()
_NUMBERS = count(1)


@pytest.fixture
def address(search_node: Node) -> Iterator[str]:
    name = f"own{next(_NUMBERS)}"
    yield f"{search_node.url}/{name}"
    search_node.request("DELETE", f"/{name}-*?expand_wildcards=all")


def reopen(address: str) -> ElasticIndex:
    return ElasticIndex(address, register=lambda: REGISTER, pause=lambda _: None)


def name_of(address: str) -> str:
    return address.rpartition("/")[2]


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:9200",
        "http://localhost:9200/",
        "http://localhost/corpus",
        "http://localhost:9200/a/b",
        "http://localhost:9200/Corpus",
        "http://localhost:9200/corpus-1",
        "http://localhost:9200/*",
        "http://localhost:9200/_all",
        "http://localhost:9200/corpus?pretty",
        "http://a:1,b/corpus",
        "http://:9200/corpus",
        "http://user:secret@host/corpus",
    ],
)
def test_an_address_that_is_none_says_how_to_write_it(url: str) -> None:
    with pytest.raises(InvalidData, match="http://host:9200/name") as raised:
        open_index(url, register=REGISTER)
    assert "secret" not in str(raised.value)


def test_a_server_that_is_away_is_unavailable_and_opening_waits_for_the_first_use() -> None:
    (port,) = free_ports(1)
    pauses: list[float] = []
    index = ElasticIndex(f"http://user:secret@127.0.0.1:{port}/corpus", register=lambda: REGISTER, pause=pauses.append)
    for ask in (lambda: index.count(Query()), lambda: index.search(Query()), lambda: index.get("a"), lambda: index.scan(Query())):
        with pytest.raises(IndexUnavailable, match=f"127.0.0.1:{port}") as raised:
            ask()
        assert "secret" not in str(raised.value)
    with pytest.raises(IndexUnavailable):
        index.refresh()
    with pytest.raises(IndexUnavailable):
        index.health()
    assert len(pauses) == 6 * (READ_ATTEMPTS - 1)
    index.put(NGHE_AN)  # waits
    with pytest.raises(IndexUnavailable):
        index.close()


def _api_error(status: int, message: str = "reason") -> elasticsearch.ApiError:
    node = elastic_transport.NodeConfig("http", "h", 9200)
    meta = elastic_transport.ApiResponseMeta(status, "1.1", elastic_transport.HttpHeaders(), 0.1, node)
    return elasticsearch.ApiError(message, meta, {})


FOREIGN: list[tuple[str, Exception, type[CorpusError], str, int]] = [
    ("refused", elastic_transport.ConnectionError("no"), IndexUnavailable, "ConnectionError", READ_ATTEMPTS),
    ("tls", elastic_transport.TlsError("no"), IndexUnavailable, "TlsError", READ_ATTEMPTS),
    ("half an answer", elastic_transport.SerializationError("cut"), IndexUnavailable, "SerializationError", READ_ATTEMPTS),
    ("too slow", elastic_transport.ConnectionTimeout("slow"), IndexUnavailable, "no answer within", 1),
    ("429", _api_error(429), IndexUnavailable, "429", READ_ATTEMPTS),
    ("500", _api_error(500), IndexUnavailable, "500", READ_ATTEMPTS),
    ("502", _api_error(502), IndexUnavailable, "502", READ_ATTEMPTS),
    ("503", _api_error(503, "all shards failed"), IndexUnavailable, "503", READ_ATTEMPTS),
    ("504", _api_error(504), IndexUnavailable, "504", READ_ATTEMPTS),
    ("lost snapshot", _api_error(404, "search_context_missing_exception"), IndexUnavailable, "begin again", READ_ATTEMPTS),
    ("lost index", _api_error(404, "index_not_found_exception"), InvalidData, "loa reindex", 1),
    ("wrong password", _api_error(401), InvalidData, "password", 1),
    ("forbidden", _api_error(403), InvalidData, "password", 1),
    ("our request is wrong", _api_error(400, "parsing_exception"), InvalidData, "parsing_exception", 1),
    ("another product", elasticsearch.UnsupportedProductError("no", _api_error(200).meta, {}), InvalidData, "Elasticsearch", 1),
]


@pytest.mark.parametrize(("error", "kind", "words", "attempts"), [case[1:] for case in FOREIGN], ids=[case[0] for case in FOREIGN])
def test_foreign_errors_are_translated(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[CorpusError], words: str, attempts: int
) -> None:
    index = reopen("http://127.0.0.1:1/corpus")
    asked = []

    def fail(**_: Any) -> Any:
        asked.append(1)
        raise error

    monkeypatch.setattr(index, "_checked", True)
    monkeypatch.setattr(index._client, "search", fail)
    with pytest.raises(kind, match=words):
        index.search(Query())
    assert len(asked) == attempts


def test_the_index_stands_behind_an_alias_with_strict_fields_and_safe_writes(address: str, search_node: Node) -> None:
    with closing(reopen(address)) as index:
        index.put(NGHE_AN)
        index.refresh()
    name = name_of(address)
    assert list(search_node.request("GET", f"/_alias/{name}")) == [f"{name}-000001"]
    found = search_node.request("GET", f"/{name}?flat_settings=true")[f"{name}-000001"]
    assert found["settings"]["index.translog.durability"] == "request"
    assert found["mappings"]["dynamic"] == "strict"
    assert found["mappings"]["_meta"] == {"product": "loa", "schema": SCHEMA_VERSION}
    assert set(found["mappings"]["properties"]) == set(mapping()["properties"])
    # The terms are searched, not kept.
    assert set(search_node.request("GET", f"/{name}/_doc/{NGHE_AN.id}")["_source"]) == {"version"}


def test_another_schema_version_names_the_command_and_the_command_helps(address: str, search_node: Node) -> None:
    with closing(reopen(address)) as index:
        assert index.count(Query()) == 0
    search_node.request("PUT", f"/{name_of(address)}/_mapping", {"_meta": {"product": "loa", "schema": 999}})
    with pytest.raises(InvalidData, match=r"999.*loa reindex"):
        reopen(address).count(Query())
    assert rebuild_index(address, ALL, register=REGISTER) == len(ALL)
    with closing(reopen(address)) as index:
        assert index.count(Query()) == len(ALL)


def test_an_index_of_somebody_else_is_left_alone(search_node: Node) -> None:
    name = f"foreign{next(_NUMBERS)}"
    search_node.request("PUT", f"/{name}", {"mappings": {"properties": {"mine": {"type": "keyword"}}}})
    with pytest.raises(InvalidData, match="no index of loa"):
        reopen(f"{search_node.url}/{name}").refresh()
    assert search_node.request("GET", f"/{name}/_count")["count"] == 0
    search_node.request("DELETE", f"/{name}")


def patient(ask: Callable[[], int]) -> int:
    """Asks again where the answer is "try later", as a caller would: on a busy machine a new shard takes its time."""
    for _ in range(20):
        try:
            return ask()
        except IndexUnavailable:
            continue
    return ask()


def test_two_that_open_at_once_make_one_index(address: str, search_node: Node) -> None:
    faults: list[BaseException] = []

    def use() -> None:
        try:
            with closing(reopen(address)) as index:
                assert patient(lambda: index.count(Query())) == 0
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert list(search_node.request("GET", f"/_alias/{name_of(address)}")) == [f"{name_of(address)}-000001"]


def test_rebuilding_under_a_reader_and_a_scan(address: str, search_node: Node) -> None:
    with closing(reopen(address)) as reader:
        for document in ALL:
            reader.put(document)
        reader.refresh()
        scan = reader.scan(Query())
        first = next(scan)
        seen = []

        def documents() -> Iterator[Any]:
            for document in ALL[:2]:
                seen.append(reader.count(Query()))  # the old one answers until the switch
                yield document

        assert rebuild_index(address, documents(), register=REGISTER) == 2
        assert seen == [len(ALL), len(ALL)]
        assert reader.count(Query()) == 2
        assert {first, *scan} == {document.id for document in ALL}
        for _ in range(2):
            rebuild_index(address, ALL, register=REGISTER)
        assert reader.count(Query()) == len(ALL)
    name = name_of(address)
    # The current index and the one before it stay, no more.
    assert sorted(search_node.request("GET", f"/{name}-*")) == [f"{name}-000003", f"{name}-000004"]


def test_a_rebuild_that_fails_changes_nothing(address: str, search_node: Node) -> None:
    rebuild_index(address, ALL, register=REGISTER)

    def broken() -> Iterator[Any]:
        yield NGHE_AN
        raise RuntimeError("store went away")

    with pytest.raises(RuntimeError):
        rebuild_index(address, broken(), register=REGISTER)
    with closing(reopen(address)) as index:
        assert index.count(Query()) == len(ALL)
    assert list(search_node.request("GET", f"/{name_of(address)}-*")) == [f"{name_of(address)}-000001"]


def test_refused_documents_are_named_with_the_reason_and_the_others_kept(
    address: str, search_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    import corpus.index.elastic as engine

    honest = engine.record_of

    def faulty(document: Any, register: Register) -> tuple[str, dict[str, Any]]:
        id, record = honest(document, register)
        return id, record | ({"typo": 1} if document.id == NGHE_AN.id else {})

    monkeypatch.setattr(engine, "record_of", faulty)
    index = reopen(address)
    for document in ALL:
        index.put(document)
    with pytest.raises(InvalidData, match=rf"refused 1 documents \({NGHE_AN.id}: strict_dynamic_mapping"):
        index.refresh()
    assert index.count(Query()) == len(ALL) - 1
    index.refresh()  # told once
    index.close()
    with pytest.raises(InvalidData, match="refused 1 documents"):
        rebuild_index(address, ALL, register=REGISTER)
    with closing(reopen(address)) as kept:
        assert kept.count(Query()) == len(ALL) - 1


def test_health_names_engine_and_documents(address: str, tmp_path: Path) -> None:
    with closing(reopen(address)) as index:
        for document in ALL:
            index.put(document)
        index.refresh()
        health = index.health()
        assert (health.engine, health.whole, health.documents, health.detail) == ("elasticsearch", True, len(ALL), "green, 1 node")
    with closing(open_index(tmp_path / "index", register=REGISTER)) as embedded:
        assert (embedded.health().engine, embedded.health().whole, embedded.health().documents) == ("tantivy", True, 0)


def test_an_index_deleted_under_a_reader_names_the_command(address: str, search_node: Node) -> None:
    index = reopen(address)
    assert index.count(Query()) == 0
    search_node.request("DELETE", f"/{name_of(address)}-000001")
    with pytest.raises(InvalidData, match="loa reindex"):
        index.count(Query())
    index.put(make_document("1", "Tin", "Chữ"))
    index.refresh()  # made anew, empty but for what is written
    assert index.search(Query(where=Words("chữ"))).total == 1
    index.close()


def test_a_long_scan_reads_one_point_in_time_and_frees_it(address: str, search_node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    import corpus.index.elastic as engine

    def open_points() -> int:
        return sum(
            node["indices"]["search"]["open_contexts"]
            for node in search_node.request("GET", "/_nodes/stats/indices/search")["nodes"].values()
        )

    monkeypatch.setattr(engine, "SCAN_PAGE", 10)
    with closing(reopen(address)) as index:
        for number in range(57):
            index.put(make_document(f"{number:024d}", "Tin", "Chữ", published=date(2024, 1, 1 + number % 3) if number % 7 else None))
        index.refresh()
        expected = [hit.id for hit in index.search(Query(sort="oldest", limit=200)).hits]
        scan = index.scan(Query(sort="oldest"))
        first = [next(scan) for _ in range(12)]
        assert open_points() == 1
        for number in range(20, 40):
            index.delete(f"{number:024d}")
        for number in range(100, 120):
            index.put(make_document(f"{number:024d}", "Tin mới", "Viết trong khi đọc.", published=date(2020, 1, 1)))
        index.refresh()
        rebuild_index(address, ALL, register=REGISTER)
        assert [*first, *scan] == expected
        assert scan.total == 57
        assert open_points() == 0
        rebuild_index(address, (make_document(f"{number:024d}", "Tin", "Chữ") for number in range(30)), register=REGISTER)
        index.scan(Query()).close()
        with index.scan(Query()) as left:
            next(left)
        assert open_points() == 0
        held = index.scan(Query())
        for _ in range(2):
            rebuild_index(address, ALL, register=REGISTER)  # the index that the scan began on is deleted
        with pytest.raises(CorpusError):
            list(held)
