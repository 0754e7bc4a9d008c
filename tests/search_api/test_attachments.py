"""Files of an article in the API and on its page: each names the other where both were read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.document import Attachment
from corpus.index import open_index
from corpus.store import FoundUrl, open_store
from search_api.app import create_app
from tests.search_api.conftest import NAMES
from tests.search_samples import FETCHED, make_document

PAGE = "https://xa.example.vn/tin/ke-hoach-4417.html"
READ, UNREAD = "https://xa.example.vn/tep/ke-hoach.pdf", "https://xa.example.vn/tep/ban-do.pdf"
ARTICLE = make_document(
    "a" * 24,
    "Xã công bố kế hoạch truyền thông",
    "Kế hoạch kèm theo bài này.",
    url=PAGE,
    attachments=(Attachment(url=READ, title="Kế hoạch 2025"), Attachment(url=UNREAD, title="Bản đồ")),
)
FILE = make_document("b" * 24, "Kế hoạch truyền thông năm 2025", "Nội dung của kế hoạch.", url=READ)
FILE = replace(FILE, provenance=replace(FILE.provenance, media_type="application/pdf"))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_store(tmp_path / "loa.db") as store:
        index = open_index(tmp_path / "index", register=NAMES.register)
        found = [FoundUrl(url=url, canonical_url=url, kind="attachment", found_on=PAGE) for url in (READ, UNREAD)]
        store.enqueue("bao-mau", found, FETCHED)
        for document in (ARTICLE, FILE):
            store.put_document(document, FETCHED)
            index.put(document)
        index.refresh()
        yield TestClient(create_app(store, index, names=NAMES))
        index.close()


def test_an_article_names_the_documents_of_its_files(client: TestClient) -> None:
    answer = client.get(f"/api/v1/article/{ARTICLE.id}").json()
    assert [(file["url"], file["title"], file["id"]) for file in answer["attachments"]] == [
        (READ, "Kế hoạch 2025", FILE.id),
        (UNREAD, "Bản đồ", None),
    ]
    assert answer["attached_to"] is None


def test_a_file_names_its_article(client: TestClient) -> None:
    answer = client.get(f"/api/v1/article/{FILE.id}").json()
    assert (answer["attached_to"], answer["attachments"]) == (ARTICLE.id, [])


def test_the_pages_lead_from_one_to_the_other(client: TestClient) -> None:
    article, file = (client.get(f"/tin/{document.id}").text for document in (ARTICLE, FILE))
    assert f'<a href="/tin/{FILE.id}">Kế hoạch 2025</a>' in article
    assert f'href="{UNREAD}">Bản đồ</a>' in article
    assert f'<a href="/tin/{ARTICLE.id}">{ARTICLE.title}</a>' in file
