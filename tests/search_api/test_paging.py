"""Reading on with a cursor gives each article once, in every order, however many there are and whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.document import Document
from corpus.index import open_index, rebuild_index
from search_api.app import create_app
from tests.search_api.conftest import NAMES
from tests.search_samples import make_document

KEY = 24


def made(number: int) -> Document:
    """Few days and few sums, so that nearly all order by their tie-breaks; one in ten has no day."""
    published = None if number % 10 == 0 else date(2024, 1, 1) + timedelta(days=number % 7)
    words = f"{number % 5 + 1} triệu đồng"
    amounts = ((words, (number % 5 + 1) * 10**6, "total", "exact", "budget"),) if number % 3 else ()
    return make_document(f"{number:0{KEY}d}", f"Tin {number}", f"Xã lắp loa, {words}.", published=published, amounts=amounts)  # type: ignore[arg-type]


class Made:
    """Stands for a store that holds them all: makes what it is asked for."""

    def iter_documents(self, *, ids: Iterable[str] | None = None) -> Iterator[Document]:
        return (made(int(key)) for key in sorted(ids or ()))


def read_on(client: TestClient, order: str, path: str) -> list[str]:
    """Follows the ``Link`` header to the end."""
    ids: list[str] = []
    address: str | None = f"{path}?q=loa&xep={order}&so=100"
    while address is not None:
        answer = client.get(address)
        assert answer.status_code == 200
        found = answer.json()
        ids += [hit["id"] for hit in found["hits"]]
        links = [part for part in answer.headers["link"].split(", ") if 'rel="next"' in part]
        assert bool(links) == (found["next"] is not None)
        address = links[0].partition(">")[0][1:] if links else None
    return ids


@pytest.mark.parametrize("number", [1230, pytest.param(100_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_each_article_comes_once(tmp_path: Path, number: int) -> None:
    rebuild_index(tmp_path / "index", map(made, range(number)), register=NAMES.register)
    with closing(open_index(tmp_path / "index", register=NAMES.register)) as index:
        client = TestClient(create_app(Made(), index, names=NAMES))  # type: ignore[arg-type]
        for order in ("moi", "cu", "kinh-phi"):
            ids = read_on(client, order, "/api/v1/search")
            assert len(ids) == number
            assert len(set(ids)) == number


def test_what_is_written_meanwhile_doubles_nothing(tmp_path: Path) -> None:
    rebuild_index(tmp_path / "index", map(made, range(400)), register=NAMES.register)
    with closing(open_index(tmp_path / "index", register=NAMES.register)) as index:
        client = TestClient(create_app(Made(), index, names=NAMES))  # type: ignore[arg-type]
        first = client.get("/api/v1/search?q=loa&xep=moi&so=100").json()
        for document in map(made, (*range(0, 400, 7), *range(400, 450))):
            index.put(document)
        index.refresh()
        ids, after = [hit["id"] for hit in first["hits"]], first["next"]
        while after is not None:
            answer = client.get(f"/api/v1/search?q=loa&xep=moi&so=100&sau={after}").json()
            ids, after = ids + [hit["id"] for hit in answer["hits"]], answer["next"]
        assert len(ids) == len(set(ids))
        assert set(ids) >= {f"{number:0{KEY}d}" for number in range(400)}
