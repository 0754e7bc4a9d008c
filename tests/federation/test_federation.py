"""Portals of all families over simulated days: nothing lost or doubled, every fault named, no breach of manners."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from corpus.store import FILE_NAME, open_store
from tests.federation.world import CAUSES, HAZARDS, START, Federation


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    home = tmp_path_factory.mktemp("federation")
    with open_store(home / FILE_NAME) as store, ThreadPoolExecutor(1) as executor:
        federation = Federation(home, 5, 5, seed=5, store=store, executor=executor, quick=True)
        try:
            federation.run()
            yield federation
        finally:
            federation.close()


def check(federation: Federation) -> None:
    assert federation.wrong_documents() == {}, "every article exactly once"
    assert federation.wrong_versions() == {}, "every edit a new version, and nothing else one"
    assert federation.unnamed() == [], "every fault by its right cause within two cycles"
    assert federation.early_alarms() == []
    assert federation.breaches() == []
    assert federation.often_asked(4 if federation.days < 10 else 12) == []
    assert federation.elsewhere.requests == [], "no request outside the registry"
    assert federation.store.check() == []
    assert "in_flight" not in federation.store.frontier_counts()


@pytest.mark.timeout(600)  # five crawls of five portals, each a process of its own: 25 s on two idle cores
def test_five_portals_for_five_days(few: Federation) -> None:
    check(few)


@pytest.mark.timeout(300)
def test_a_second_crawl_of_what_did_not_change_fetches_hardly_a_body(few: Federation) -> None:
    few.live(4)
    few.cycle(START + timedelta(days=40))  # all that is due again is fetched
    before = {source.id: len(source.portal.accesses) for source in few.sources}
    full = sum(access.body_bytes for source in few.sources for access in source.portal.accesses)
    few.cycle(START + timedelta(days=40, hours=2))
    again = [access for source in few.sources for access in source.portal.accesses[before[source.id] :]]
    assert again
    assert sum(access.body_bytes for access in again) < 0.1 * full


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_forty_portals_for_thirty_days(tmp_path: Path) -> None:
    with open_store(tmp_path / FILE_NAME) as store, ThreadPoolExecutor(1) as executor:
        federation = Federation(tmp_path, 40, 30, seed=40, store=store, executor=executor)
        try:
            federation.run()
            check(federation)
            assert {source.fault_on(day) for source in federation.sources for day in range(30)} >= set(CAUSES)
            assert {hazard for source in federation.sources for hazard in source.hazards.values()} == set(HAZARDS)
        finally:
            federation.close()
