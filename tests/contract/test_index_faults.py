"""Ten thousand documents through a connection that spoils three bulks in ten: all of them are there, each once."""

from __future__ import annotations

import pytest

import corpus.index.elastic_bulk as bulk
from corpus.index.base import Query, Words
from corpus.index.elastic import ElasticIndex
from corpus.localities import Register
from tests.elasticsearch.faults import FAULTS, fault_proxy
from tests.elasticsearch.node import Node
from tests.search_samples import make_document

REGISTER = Register.load()
DOCUMENTS = 10_000


def test_ten_thousand_of_ten_thousand_are_indexed_once(search_node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_OPERATIONS", 100)
    pauses: list[float] = []
    with fault_proxy(search_node.url.removeprefix("http://"), share=0.3, seed=20261128) as proxy:
        index = ElasticIndex(f"http://127.0.0.1:{proxy.port}/faulty", register=lambda: REGISTER, pause=pauses.append)
        for number in range(DOCUMENTS):
            index.put(make_document(f"{number:024d}", f"Tin {number}", "Giảm nghèo"))
        index.refresh()
        index.close()
    assert set(proxy.faults) == set(FAULTS)
    assert proxy.bulks - proxy.faults.total() == DOCUMENTS / 100
    assert len(pauses) == proxy.faults.total() > 20
    direct = ElasticIndex(f"{search_node.url}/faulty", register=lambda: REGISTER)
    with direct.scan(Query(where=Words("giảm nghèo"))) as scan:
        assert scan.total == DOCUMENTS
        assert set(scan) == {f"{number:024d}" for number in range(DOCUMENTS)}
    direct.close()
    search_node.request("DELETE", "/faulty-*")
