"""Three search nodes, two of them killed one after the other while documents are written and read."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import IndexUnavailable
from corpus.index.base import Query, Words
from corpus.index.elastic import ElasticIndex
from corpus.localities import Register
from tests.elasticsearch.node import Node, NodeMissing, three_nodes
from tests.search_samples import make_document

REGISTER = Register.load()
BATCHES, BATCH = 60, 50
LONGEST_GAP_SECONDS = 45
"""Without any answer to a search; on two busy cores the others need a while to notice that a node is gone."""

REJOIN_SECONDS = 400
"""For a node that comes back: its start, and the minute that the cluster waits before it makes a new copy elsewhere."""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[Node]]:
    try:
        running = three_nodes(tmp_path)
        nodes = running.__enter__()
    except NodeMissing as error:
        pytest.skip(f"no Elasticsearch nodes: {error}")
    try:
        yield nodes
    finally:
        running.__exit__(None, None, None)


class Reader(threading.Thread):
    """Searches without end; remembers what each answer held and the longest time without one."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.index = ElasticIndex(url, register=lambda: REGISTER)
        self.acknowledged = 0
        self.answers = 0
        self.refused = 0
        self.longest_gap = 0.0
        self.lost: list[tuple[int, int]] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        last = time.monotonic()
        while not self.stopped.is_set():
            promised = self.acknowledged
            try:
                total = self.index.search(Query(where=Words("giảm nghèo"), facets=("year",))).total
            except IndexUnavailable:
                self.refused += 1
                continue
            if total < promised:
                self.lost.append((promised, total))
            self.answers += 1
            self.longest_gap = max(self.longest_gap, time.monotonic() - last)
            last = time.monotonic()
            self.stopped.wait(0.05)
        self.index._client.close()


def node_with_primary(nodes: list[Node], asked: Node) -> Node:
    (shards,) = [
        index["shards"]["0"] for index in asked.request("GET", "/_cluster/state/routing_table/cluster")["routing_table"]["indices"].values()
    ]
    (holder,) = [shard["node"] for shard in shards if shard["primary"]]
    name = asked.request("GET", "/_nodes/_all/http")["nodes"][holder]["name"]
    return next(node for node in nodes if node.home.name == name)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_no_acknowledged_document_is_lost_and_search_goes_on(cluster: list[Node]) -> None:
    hosts = ",".join(node.url.removeprefix("http://") for node in cluster)
    url = f"http://{hosts}/cluster"
    writer = ElasticIndex(url, register=lambda: REGISTER)
    writer.refresh()
    cluster[0].wait(nodes=3, status="green")
    reader = Reader(url)
    reader.start()
    rng = random.Random(4)
    kill_at = {rng.randint(10, 20): "first", rng.randint(40, 50): "second"}
    killed: list[Node] = []
    try:
        for batch in range(BATCHES):
            if batch in kill_at:
                alive = [node for node in cluster if node not in killed]
                for node in killed:
                    node.start()
                    node.wait(nodes=3, status="green", seconds=REJOIN_SECONDS)
                    alive.append(node)
                killed = [node_with_primary(cluster, alive[0])]
                # In the middle of a bulk: the writer is sending while the node dies.
                threading.Timer(0.05, killed[0].kill).start()
            for number in range(batch * BATCH, (batch + 1) * BATCH):
                writer.put(make_document(f"{number:024d}", f"Tin {number}", "Giảm nghèo bền vững"))
            writer.refresh()
            reader.acknowledged = (batch + 1) * BATCH
    finally:
        reader.stopped.set()
        reader.join()
    assert len(killed) == 1
    with writer.scan(Query(where=Words("giảm nghèo"))) as scan:
        assert sorted(scan) == [f"{number:024d}" for number in range(BATCHES * BATCH)]
    assert writer.health().documents == BATCHES * BATCH
    writer.close()
    assert reader.lost == []
    assert reader.answers > BATCHES
    assert reader.longest_gap < LONGEST_GAP_SECONDS, (reader.longest_gap, reader.refused)
    print(f"{reader.answers} answers, {reader.refused} refused, longest gap {reader.longest_gap:.1f} s")
