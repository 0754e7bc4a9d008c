"""Every search as a feed and as a description for browsers."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import lxml.etree
import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests import hostile
from tests.search_api.conftest import NAMES, Serve
from tests.search_samples import NGHE_AN, make_document

ATOM = {"a": "http://www.w3.org/2005/Atom", "o": "http://a9.com/-/spec/opensearch/1.1/"}


def parsed(content: bytes) -> lxml.etree._Element:
    return lxml.etree.fromstring(content, lxml.etree.XMLParser(resolve_entities=False))


@pytest.mark.parametrize("path", ["/tim.atom", "/api/v1/search.atom"])
def test_a_feed_holds_the_newest_of_the_result(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}?q=tap+huan&nam=2023")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = parsed(answer.content)
    assert feed.xpath("string(o:totalResults)", namespaces=ATOM) == "2"
    entries = feed.xpath("a:entry", namespaces=ATOM)
    assert entries[0].xpath("string(a:id)", namespaces=ATOM) == f"urn:x-loa:document:{NGHE_AN.id}"
    assert entries[0].xpath("string(a:title)", namespaces=ATOM) == NGHE_AN.title
    assert entries[0].xpath("string(a:published)", namespaces=ATOM).startswith("2023-12-04T00:00:00+07:00")
    assert entries[0].xpath("string(a:link/@href)", namespaces=ATOM) == f"http://testserver/tin/{NGHE_AN.id}"
    # What RFC 4287 demands of feed and entry.
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.xpath(f"a:{name}", namespaces=ATOM)) == 1, name
    assert feed.xpath("a:author/a:name", namespaces=ATOM)
    (own,) = feed.xpath("a:link[@rel='self']/@href", namespaces=ATOM)
    assert dict(parse_qsl(urlsplit(own).query)) == {"q": "tap huan", "nam": "2023"}
    links = feed.xpath("a:link[@rel='alternate']/@href", namespaces=ATOM)
    assert {urlsplit(address).path for address in links} >= {"/tim", "/tim.csv", "/tim.jsonl", "/tim.xlsx"}
    for address in ("/tim", "/tim.jsonl", "/tim.ris"):
        address = next(found for found in links if urlsplit(found).path == address)
        assert client.get(address).status_code == 200


def test_a_feed_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/tim.atom?muc=tat-ca")  # undated texts among them
    assert client.get("/tim.atom?muc=tat-ca", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_hostile_titles_stay_text(serve: Serve) -> None:
    documents = [make_document(f"{n:024d}", f"{text} loa", "Lời.") for n, text in enumerate(hostile.ALL)]
    feed = parsed(serve(*documents).get("/tim.atom").content)
    assert len(feed.xpath("a:entry", namespaces=ATOM)) == min(50, len(documents))
    assert not feed.xpath("//*[local-name()='script']")


def test_a_description_keeps_the_filters_and_leaves_the_words_open(client: TestClient) -> None:
    answer = client.get("/opensearch.xml?q=loa&tinh=v2-40&trang=3")
    assert answer.headers["content-type"] == "application/opensearchdescription+xml"
    description = parsed(answer.content)
    templates = description.xpath("o:Url/@template", namespaces=ATOM)
    assert templates[0] == "http://testserver/tim?q={searchTerms}&tinh=v2-40"
    for template in templates:
        assert client.get(template.replace("{searchTerms}", "loa")).status_code == 200
    assert description.xpath("string(o:ShortName)", namespaces=ATOM) == "loa"


def test_the_address_of_the_server_can_be_set(client: TestClient) -> None:
    catalogue = client.app.state.catalogue  # type: ignore[attr-defined]
    app = create_app(catalogue.store, catalogue.index, names=NAMES, base_url="https://loa.example.vn/")
    feed = parsed(TestClient(app).get("/tim.atom", headers={"Host": "evil.example"}).content)
    assert all(href.startswith("https://loa.example.vn/") for href in feed.xpath("//a:link/@href", namespaces=ATOM))


def test_answers_link_to_their_neighbours_and_other_forms(client: TestClient) -> None:
    def links(path: str) -> dict[str, str]:
        header = client.get(path).headers["link"]
        return {part.split('rel="')[1].split('"')[0]: part.split("<")[1].split(">")[0] for part in reversed(header.split(", "))}

    first = links("/api/v1/search?xep=moi&so=3&muc=tat-ca")
    second = client.get(first["next"]).json()
    assert len(second["hits"]) == 3
    assert not {hit["id"] for hit in second["hits"]} & {hit["id"] for hit in client.get(first["first"]).json()["hits"]}
    assert "next" not in links("/api/v1/search?xep=moi")
    pages = links("/api/v1/search?q=ngheo&so=1&trang=2")
    assert "trang=3" in pages["next"]
    assert "trang" not in pages["prev"]
    assert pages["search"].startswith("/opensearch.xml")
    assert client.get(pages["alternate"]).status_code == 200
