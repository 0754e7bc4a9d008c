"""The main job over real HTTP: portals -> crawl -> archive -> documents -> tags -> index -> command line, API and pages."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from corpus.index import open_index
from corpus.index.base import Query
from corpus.store import open_store
from demo.server import DemoPortals
from demo.site import load_sites
from pipelines.archive import Archive, verify
from tests.fitted import make_home

SITES = {"mau-nghean", "mau-quangnam"}
"""One portal with an attachment and one newspaper; the six families are crawled in ``tests/crawler``."""


@dataclass(frozen=True)
class Home:
    path: Path
    portals: DemoPortals

    def loa(self, *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
        """Exit code, objects of standard output, standard error."""
        command = [sys.executable, "-m", "cli.main", "--home", str(self.path), *map(str, arguments), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = make_home(tmp_path_factory.mktemp("main-job"))
    sites = [site for site in load_sites() if site.id in SITES]
    assert {site.id for site in sites} == SITES
    with DemoPortals(sites=sites) as portals:
        portals.write_registry(folder / "portals.toml")
        made = Home(folder, portals)
        code, _, errors = made.loa("run", *sorted(SITES))
        assert code == 0, errors
        yield made


def expected_titles(home: Home) -> list[str]:
    return sorted(article.title for site in home.portals.sites for article in site.articles if article.kind == "article")


def test_every_article_is_there_once_and_nothing_else(home: Home) -> None:
    with open_store(home.path / "loa.db") as store:
        documents = list(store.iter_documents())
        outcomes = store.outcomes()
        assert set(store.frontier_counts()) == {"done"}
        assert store.check() == []
    articles = [document for document in documents if document.kind != "attachment" and not document.provenance.final_url.endswith(".pdf")]
    assert sorted(document.title for document in articles) == expected_titles(home)
    unwanted = [article for site in home.portals.sites for article in site.articles if article.kind != "article"]
    assert sum(count for outcome, count in outcomes.items() if outcome.startswith("rejected/")) == len(unwanted)
    assert not [outcome for outcome in outcomes if outcome.startswith(("failed/", "pending"))]


def test_every_document_can_be_traced_to_its_bytes(home: Home) -> None:
    assert verify(home.path / "archive").sound
    archive = Archive(home.path / "archive")
    with open_store(home.path / "loa.db") as store:
        for document in store.iter_documents():
            assert document.provenance.record is not None
            page = archive.read(document.provenance.record)
            assert page.sha256 == document.provenance.body_sha256
            assert page.final_url == document.provenance.final_url


def test_every_tag_quotes_its_evidence(home: Home) -> None:
    quoted = 0
    with open_store(home.path / "loa.db") as store:
        for document in store.iter_documents():
            tags = [*document.localities, *document.activities, *document.budgets, *document.programmes, *document.quantities]
            for tag in tags:
                for span in tag.evidence:
                    assert document.quote(span).strip()
                    quoted += 1
    assert quoted > 100


def test_a_second_run_fetches_no_article_again(home: Home) -> None:
    def bodies() -> int:
        return sum(access.status == 200 and access.body_bytes > 0 for access in home.portals.accesses())

    with open_store(home.path / "loa.db") as store:
        before = {document.id: document.content_hash for document in store.iter_documents()}
        pages = sum(store.outcomes().values())
    asked = bodies()
    code, _, errors = home.loa("run", *sorted(SITES))
    assert code == 0, errors
    with open_store(home.path / "loa.db") as store:
        assert {document.id: document.content_hash for document in store.iter_documents()} == before
        assert sum(store.outcomes().values()) == pages
        assert store.count_versions() == len(before)
    assert bodies() - asked < asked / 2, "lists are looked at again, articles are not"


def test_index_and_store_agree(home: Home) -> None:
    index = open_index(home.path / "index")
    try:
        with open_store(home.path / "loa.db") as store:
            assert index.count(Query()) == store.count_documents()
    finally:
        index.close()
    code, findings, _ = home.loa("doctor")
    assert code == 0
    assert all(finding["ok"] for finding in findings)


def test_the_command_line_finds_what_was_crawled(home: Home) -> None:
    title = expected_titles(home)[0]
    words = title.replace('"', " ").replace("“", " ").replace("”", " ")
    code, hits, _ = home.loa("search", f'"{words}"')
    assert code == 0
    assert title in [hit["title"] for hit in hits]


def test_page_and_api_answer_from_what_was_crawled(home: Home) -> None:
    command = [sys.executable, "-m", "cli.main", "--home", str(home.path), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            base = next(word for word in process.stderr.readline().split() if word.startswith("http://"))

            def get(path: str) -> str:
                with urllib.request.urlopen(urllib.parse.urljoin(base, path), timeout=20) as answer:
                    assert answer.status == 200
                    return str(answer.read().decode())

            found = json.loads(get("/api/v1/search?" + urllib.parse.urlencode({"q": "giam ngheo"})))
            assert found["total"] > 0
            hit = found["hits"][0]
            article = json.loads(get(f"/api/v1/article/{hit['id']}"))
            assert article["title"] == hit["title"]
            page = get(f"/tin/{hit['id']}")
            assert '<html lang="vi"' in page
            assert hit["title"] in page
            assert "<form" in get("/tim?q=loa")
            sources = json.loads(get("/api/v1/sources"))["sources"]
            assert {source["id"] for source in sources if source["documents"]} >= SITES
            assert json.loads(get("/api/v1/openapi.json"))["openapi"].startswith("3.1")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
    assert process.returncode == 0
