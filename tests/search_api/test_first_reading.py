"""A source that has been read once: nothing can be said of its province yet, and the pages say why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest
from fastapi.testclient import TestClient

from corpus.index import open_index
from corpus.index.names import Names
from corpus.store import open_store
from search_api.app import create_app
from tests import web_corpus

FIRST = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""Wednesday of week 47."""


@pytest.fixture
def once_read(tmp_path: Path) -> Iterator[TestClient]:
    names = Names.load(portals=web_corpus.registry())
    with open_store(tmp_path / "loa.db") as store, closing(open_index(tmp_path / "index", register=names.register)) as index:
        portal = names.portals.get("nghean-gov")
        assert portal is not None
        run = store.begin_run("crawl", FIRST)
        read = web_corpus.reading_of(portal, run, FIRST, wrong=None)
        unknown = replace(read, ways=tuple(replace(way, known=0, new=way.links) for way in read.ways))
        store.observe(portal.id, run, FIRST, unknown.to_plain())
        store.end_run(run, FIRST, {})
        yield TestClient(create_app(store, index, names=names, clock=lambda: web_corpus.NOW, today=lambda: web_corpus.TODAY))


def said(client: TestClient, path: str, place: str) -> str:
    return " ".join(lxml.html.fromstring(client.get(path).text).xpath(f"string({place})").split())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tinh/v2-40?ky=2026-W47", "Nguồn của tỉnh được đọc lần đầu ngày 18/11/2026; lượt đầu chưa tính"),
        ("/tinh/v2-40?ky=2026-W40", "Nguồn của tỉnh được đọc lần đầu ngày 18/11/2026, sau kỳ này."),
        ("/tinh/v2-04?ky=2026-W47", "nên không nói được tỉnh có tin hay im lặng. Xem các nguồn đã biết."),
    ],
)
def test_a_province_says_since_when_its_source_is_read(once_read: TestClient, path: str, expected: str) -> None:
    assert expected in said(once_read, path, "//main//p[@class='notice']")


def test_the_overview_does_not_say_that_all_was_read_where_nothing_was_watched(once_read: TestClient) -> None:
    figures = once_read.get("/tong-quan.json?ky=2026-W47").json()
    assert (figures["watched"], figures["unread"]) == (0, [])
    assert "Kỳ này chưa theo dõi nguồn nào. Lượt đọc đầu tiên" in said(once_read, "/?ky=2026-W47", "//section[h2/@id='khong-doc-duoc']")
