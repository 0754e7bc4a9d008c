from __future__ import annotations

import http.client
import json
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest

from corpus.localities import Register
from corpus.portals import parse_portals
from corpus.text import fold
from demo import site
from demo.pdf import make_pdf
from demo.server import DemoPortals
from demo.site import FAMILIES, load_sites


def get(origin: str, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
    connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


@pytest.fixture(scope="module")
def portals() -> object:
    with DemoPortals() as running:
        yield running


def test_there_is_enough_to_show() -> None:
    sites = load_sites()
    articles = [article for one in sites for article in one.articles if article.kind == "article"]
    assert {one.cms for one in sites} == set(FAMILIES)
    assert len(articles) >= 40
    assert {article.published.year for article in articles} >= {2023, 2024, 2025, 2026}
    assert {article.kind for one in sites for article in one.articles} == {"article", "stub", "gone"}
    assert any(article.second_version for article in articles)
    assert any(article.attachments for article in articles)


def test_every_text_is_nfc_and_in_order() -> None:
    for one in load_sites():
        assert [article.published for article in one.articles] == sorted((a.published for a in one.articles), reverse=True)
        assert len({article.id for article in one.articles}) == len(one.articles)
        for article in one.articles:
            text = "\n".join((article.title, article.lead, *article.paragraphs, *article.second_version))
            assert unicodedata.is_normalized("NFC", text)
            assert article.slug == fold(article.slug)


def test_copies_stand_in_other_sites() -> None:
    """Two stories are told twice, so that near-copies can be shown."""
    paragraphs = [(one.id, paragraph) for one in load_sites() for article in one.articles for paragraph in article.paragraphs]
    shared = {text for name, text in paragraphs for other, copy in paragraphs if name < other and text == copy}
    assert len(shared) >= 2


def test_the_registry_is_valid(portals: DemoPortals) -> None:
    registry = parse_portals(portals.registry_toml(), register_codes={locality.code for locality in Register.load()})
    assert {portal.cms for portal in registry.select([])} == set(FAMILIES)
    assert all(portal.allow_loopback for portal in registry)


@pytest.mark.parametrize("one", load_sites(), ids=lambda one: one.cms)
def test_every_address_answers(portals: DemoPortals, one: site.Site) -> None:
    family, origin = FAMILIES[one.cms], portals.origin(one.id)
    for article in one.articles:
        status, headers, body = get(origin, family.article(article))
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        text = body.decode()
        assert (article.title in text.replace("&#34;", '"')) is (article.kind != "gone")
        assert "{{" not in text
        for name in article.attachments:
            assert get(origin, f"/tep/{name}")[2].startswith(b"%PDF")
    for number in range(1, site.page_count(one) + 1):
        assert get(origin, family.listing(number))[0] == 200
    assert get(origin, family.listing(site.page_count(one) + 1))[0] == 404
    assert get(origin, "/robots.txt")[2].startswith(b"User-agent: *")
    assert get(origin, "/khong-co")[0] == 404


def test_conditional_requests(portals: DemoPortals) -> None:
    origin = portals.origin("mau-quangnam")
    _, headers, _ = get(origin, "/xa-hoi/")
    assert get(origin, "/xa-hoi/", If_None_Match=headers["etag"])[0] == 304
    assert get(origin, "/xa-hoi/", If_None_Match='"other"')[0] == 200


def test_json_ld_is_json(portals: DemoPortals) -> None:
    one = next(one for one in load_sites() if one.cms == "newspaper")
    body = get(portals.origin(one.id), FAMILIES["newspaper"].article(one.articles[0]))[2].decode()
    start = body.index("application/ld+json") + len('application/ld+json">')
    record = json.loads(body[start : body.index("</script>", start)])
    assert record["headline"] == one.articles[0].title
    assert record["datePublished"] == one.articles[0].published.isoformat()


def test_ports_stay_the_same_when_it_runs_again(tmp_path: Path) -> None:
    remembered = tmp_path / "ports.json"
    with DemoPortals(ports_file=remembered) as first:
        ports = {one.id: first.port(one.id) for one in first.sites}
    with DemoPortals(ports_file=remembered) as second:
        assert {one.id: second.port(one.id) for one in second.sites} == ports
        with DemoPortals(ports_file=remembered) as third:  # they are taken: others are found
            assert not {third.port(one.id) for one in third.sites} & set(ports.values())
    remembered.write_text("broken", "utf-8")
    with DemoPortals(ports_file=remembered) as fourth:
        assert len(fourth.sites) == len(FAMILIES)


def test_editors_publish_and_correct() -> None:
    with DemoPortals(hidden=[("mau-nghean", 2011)]) as portals:
        origin, family = portals.origin("mau-nghean"), FAMILIES["nukeviet"]
        article = next(a for one in load_sites() for a in one.articles if a.id == 2011)
        assert get(origin, family.article(article))[0] == 404
        portals.publish("mau-nghean", 2011)
        before = get(origin, family.article(article))[2].decode()
        portals.edit()
        after = get(origin, family.article(article))[2].decode()
        assert "182 triệu" in before
        assert "208 triệu" in after
        assert [access.status for access in portals.accesses("mau-nghean")] == [404, 200, 200]


def test_the_pdf_can_be_read_again() -> None:
    text = "Tổng kinh phí là 1.250.000.000 đồng (một tỷ hai trăm năm mươi triệu đồng)."
    document = pypdfium2.PdfDocument(make_pdf("KẾ HOẠCH năm 2024", [text] * 40))
    assert len(document) == 2
    page = document[0].get_textpage()
    read = " ".join(page.get_text_bounded().split())
    assert read.startswith("KẾ HOẠCH năm 2024 " + text)
    page.close()
    document.close()
