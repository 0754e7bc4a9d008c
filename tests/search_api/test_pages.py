"""Pages as HTML: hostile text stays text, evidence stands at the right words, links lead where they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from urllib.parse import quote

import lxml.html
import pytest
from fastapi.testclient import TestClient

from corpus.document import Attachment, LocalityMention, OfficialRecord, Quantity, Span
from corpus.index import open_index
from corpus.store import open_store
from monitor.tilemap import tile_places
from search_api.app import create_app
from search_api.evidence import view
from search_api.formats import dong, safe_link
from search_api.problems import problem
from tests import hostile
from tests.search_api.conftest import NAMES, Serve
from tests.search_samples import ALL, DAK_LAK, DIEN_BAN, FETCHED, NGHE_AN, make_document

PATHS = [
    "/",
    "/?ban-do=63",
    "/tim",
    "/tim?q=ngheo",
    "/tim?q=xyz",
    "/tim?q=%22",
    f"/tin/{NGHE_AN.id}?q=ngheo",
    "/?ky=2023&ban-do=63",
    "/tinh?ky=2023",
    "/tinh/v2-40?ky=2023",
    "/tinh/v1-49?ky=2023-Q2&ban-do=63",
    "/kinh-phi",
    "/kinh-phi?vai-tro=total&theo=tinh&khoa=v2-40",
    "/tim?q=nghèo&xem=bang",
    "/tim?q=nghèo&xem=thoi-gian",
    "/tim?q=nghèo&xem=ngu-canh&vi-tri=1L&tan-suat=1",
    f"/tin/{NGHE_AN.id}/giong",
    "/nguon",
    "/tro-giup",
    "/khong-co",
]


def parsed(html: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_safe_and_complete(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = parsed(answer.text)
    assert page.get("lang") == "vi"
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1
    assert page.xpath("//a[@class='skip']/@href") == ["#noi-dung"]
    assert not page.xpath("//style | //*[@style] | //@*[starts-with(name(), 'on')]")
    (script,) = page.xpath("//script[not(@type='application/ld+json')]")
    assert script.get("src").startswith("/static/loa.js?v=")
    assert not script.text
    assert len(answer.content) < 100_000
    for source in page.xpath("//link/@href | //img/@src | //form/@action"):
        assert source.startswith("/")
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3")]
    assert all(after <= before + 1 for before, after in pairwise([0, *levels]))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for anchor in page.xpath("//a[starts-with(@href, '#')]/@href"):
        assert anchor[1:] in ids
    for field in page.xpath("//input[@type!='hidden']"):
        assert field.get("aria-label") or field.xpath("ancestor::label") or page.xpath(f"//label[@for='{field.get('id')}']")


def test_internal_links_lead_somewhere(client: TestClient) -> None:
    for path in ("/", "/tim?q=ngheo&ban-do=63", f"/tin/{NGHE_AN.id}"):
        for href in set(parsed(client.get(path).text).xpath("//a[starts-with(@href, '/')]/@href")):
            assert client.get(href).status_code == 200, (path, href)


def test_facet_count_is_what_its_link_finds(client: TestClient) -> None:
    page = parsed(client.get("/tim?q=ngheo&muc=tat-ca").text)
    links = page.xpath("//section[@id='bo-loc']//li/a")
    assert len(links) >= 15
    for found in links:
        total = parsed(client.get(found.get("href")).text).xpath("string(//h1[@class='total']/strong)")
        assert total == found.xpath("string(.//*[@class='count'])"), found.get("href")


def test_chosen_filters_can_be_taken_away(client: TestClient) -> None:
    page = parsed(client.get("/tim?hoat-dong=training&tinh=v2-48").text)
    chips = page.xpath("//ul[@class='chips']//a[not(@class)]")
    assert [chip.text_content().split(": ")[1].removesuffix(" ×") for chip in chips] == ["Đà Nẵng", "Tập huấn, bồi dưỡng"]
    assert "hoat-dong=training" in chips[0].get("href")
    assert "tinh=" not in chips[0].get("href")


def test_switch_of_maps_keeps_the_rest(client: TestClient) -> None:
    page = parsed(client.get("/tim?q=ngheo&nam=2023").text)
    (other,) = page.xpath("//div[@class='switch']/a[not(@aria-current)]/@href")
    assert {"q=ngheo", "nam=2023", "ban-do=63"} == set(other.partition("?")[2].split("&"))


@pytest.mark.parametrize("path", [path for path in PATHS if "q=%22" not in path and path != "/khong-co"])
def test_map_and_period_go_along_to_every_page(client: TestClient, path: str) -> None:
    plain = "&".join(pair for pair in path.partition("?")[2].split("&") if pair and not pair.startswith(("ky=", "ban-do=")))
    page = parsed(client.get(f"{path.partition('?')[0]}?{plain}&ban-do=63&ky=2023-11").text)
    for href in page.xpath("//header//nav/a/@href"):
        assert {"ban-do=63", "ky=2023-11"} <= set(href.partition("?")[2].split("&"))
    assert [link.get("aria-current") for link in page.xpath("//div[@class='switch']/a")] == [None, "true"]
    period = page.xpath("//div[@class='period']")[0]
    assert period.xpath("string(.//summary)").endswith("Tháng 11/2023")
    assert [link.text for link in period.xpath(".//p[1]/a")] == ["Tuần", "Tháng", "Quý", "Năm"]
    assert {field.get("name") for field in period.xpath(".//form//input[@type='date']")} == {"tu", "den"}
    for href in period.xpath(".//p[1]/a/@href"):
        assert "ban-do=63" in href
        assert "ky=" in href


def test_every_query_of_the_help_page_is_understood(client: TestClient) -> None:
    tried = parsed(client.get("/tro-giup").text).xpath("//main//a[starts-with(@href, '/tim?q=')]/@href")
    assert len(tried) >= 20
    for href in tried:
        assert client.get(href).status_code == 200, href


def test_help_and_its_twin_say_the_same(client: TestClient) -> None:
    said = client.get("/tro-giup.json").json()
    text = parsed(client.get("/tro-giup").text).text_content()
    assert [row["state"] for row in said["states"]] == ["news", "silent", "unreadable", "unwatched"]
    for row in [*said["queries"], *said["fields"], *said["keys"]]:
        assert row["written"] in text
        assert row["meaning"] in text
    for row in said["states"]:
        assert row["meaning"] in text


@pytest.mark.parametrize("path", ["/tong-quan", "/tim", f"/tin/{NGHE_AN.id}", "/tinh", "/tinh/v2-40", "/kinh-phi", "/nguon", "/tro-giup"])
def test_every_page_has_its_twin(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}.json?ky=2023-12")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    page = client.get(f"{path}?ky=2023-12")
    assert f"{path}.json" in page.text, "and leads to it"
    assert answer.headers["etag"]


def test_provinces_stand_in_vietnamese_order(client: TestClient) -> None:
    names = [cell.text_content() for cell in parsed(client.get("/tinh?ban-do=63").text).xpath("//td[@data-label='Tỉnh, thành']/a")]
    names = [name for name in names if "," not in name]
    assert len(names) == 63
    assert names[:6] == ["An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh"]
    assert names[names.index("Cần Thơ") + 1 :][:7] == ["Đà Nẵng", "Đắk Lắk", "Đắk Nông", "Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 418, 422, 429, 500, 502, 503])
def test_every_error_has_a_page_in_vietnamese(status: int) -> None:
    found = problem(status)
    assert re.search("[ăâđêôơưạ-ỹ]", found["title"]), found["title"]
    assert re.search("[ăâđêôơưạ-ỹ]", found["detail"]), found["detail"]
    assert found["detail"].endswith(".")


def test_fault_points_at_the_character(client: TestClient) -> None:
    answer = client.get("/tim", params={"q": 'nghèo "thông'})
    assert answer.status_code == 400
    assert parsed(answer.text).xpath("string(//*[@class='wrong'])") == '"'


@pytest.mark.parametrize("path", ["/", "/tim", "/tim?muc=tat-ca&xem=bang"])
def test_empty_corpus_says_what_to_do(serve: Serve, path: str) -> None:
    assert "loa run" in serve().get(path).text


def test_nothing_found_is_about_the_words_only_where_there_are_some(serve: Serve) -> None:
    empty = serve()
    assert "Thử gõ không dấu" not in empty.get("/tim").text
    assert "Thử gõ không dấu" in empty.get("/tim?q=loa").text
    money = parsed(empty.get("/kinh-phi").text).xpath("string(//div[@class='empty'])")
    assert "Kho chưa có tin nêu kinh phí công" in money
    assert "mọi thời gian" not in money, "that is what the reader looks at"
    assert "mọi thời gian" in parsed(empty.get("/kinh-phi?ky=2026-W47").text).xpath("string(//div[@class='empty'])")


def test_the_whole_country_is_not_called_a_province(client: TestClient) -> None:
    said = parsed(client.get("/tinh/VN?ky=2023").text).xpath("string(//main)")
    assert "không riêng tỉnh nào" in said
    assert "của tỉnh" not in said
    assert "về Cả nước" not in said


def test_money_begins_with_a_role_that_the_texts_name(serve: Serve) -> None:
    role = "//*[@class='role-cards']//a[@aria-current]/span"
    sums = [("3 tỷ đồng", 3 * 10**9, "approved"), ("40 triệu đồng", 40 * 10**6, "other"), ("51 triệu đồng", 51 * 10**6, "other")]
    texts = [
        make_document(
            f"{at:024x}",
            f"Truyền thông về giảm nghèo {at}",
            f"Kinh phí là {words}.",
            amounts=((words, vnd, role_of, "exact", "budget"),),  # type: ignore[arg-type]  # a role
        )
        for at, (words, vnd, role_of) in enumerate(sums)
    ]
    assert parsed(serve(*texts).get("/kinh-phi").text).xpath(f"string({role})") == "Được phê duyệt"
    assert parsed(serve(*texts[1:]).get("/kinh-phi").text).xpath(f"string({role})") == "Chưa rõ vai trò"


@pytest.mark.parametrize(("period", "columns"), [("2023-W49", 6), ("2023", 5)])
def test_a_year_is_compared_with_the_year_before_once(client: TestClient, period: str, columns: int) -> None:
    assert len(parsed(client.get(f"/tinh?ky={period}").text).xpath("//thead//th")) == columns
    assert len(parsed(client.get(f"/tinh/v2-40?ky={period}").text).xpath("//ul[@class='stats']/li")) == columns - 1


def test_evidence_is_marked_at_its_words() -> None:
    found = view(NGHE_AN, NAMES)
    pieces = [piece for paragraph in found.paragraphs for piece in paragraph]
    assert "".join(piece.text for piece in pieces) == NGHE_AN.text.replace("\n", "")
    assert [p.text for p in pieces if "money" in p.kinds] == ["hơn 1,2 tỷ đồng", "50 triệu đồng"]
    assert [p.text for p in pieces if "place" in p.kinds] == ["tỉnh Nghệ An", "huyện Hưng Nguyên"]
    assert "".join(p.text for p in pieces if "activity" in p.kinds) == "".join(NGHE_AN.quote(m.evidence[0]) for m in NGHE_AN.activities)
    anchors = [anchor for piece in pieces for anchor in piece.anchors]
    assert sorted(anchors) == ["db-1", "db-2", "hd-1", "hd-2", "kp-1", "kp-2"]


def test_rows_say_then_and_now() -> None:
    (place,) = view(DIEN_BAN, NAMES).places
    assert place.then == "thị xã Điện Bàn, tỉnh Quảng Nam"
    assert place.now.endswith("(thành phố Đà Nẵng)")
    assert view(DAK_LAK, NAMES).places[0].now == ""
    (money,) = view(DIEN_BAN, NAMES).money
    assert (money.amount, money.role, money.public) == ("146,4 triệu đồng", "Được giao, phân bổ", True)


def test_money_says_how_it_was_read_and_a_file_keeps_its_folders_to_itself(serve: Serve) -> None:
    origin = replace(DIEN_BAN.provenance, final_url="file:///home/an/ke%20hoach.pdf", canonical_url="file:///home/an/ke%20hoach.pdf")
    client = serve(replace(DIEN_BAN, provenance=origin))
    assert client.get(f"/tin/{DIEN_BAN.id}.json").json()["provenance"]["final_url"] == "file:ke%20hoach.pdf"
    html = client.get(f"/tin/{DIEN_BAN.id}").text
    page = parsed(html)
    assert (
        page.xpath("string(//section[@aria-labelledby='so-tien']//td[@data-label='Loại, vai trò'])") == "Kinh phí công: được giao, phân bổ"
    )
    assert DIEN_BAN.budgets[0].method in page.xpath("string(//section[@aria-labelledby='so-tien']//td[@data-label='Độ tin cậy'])")
    assert "Tệp ke hoach.pdf" in html
    assert "/home/an" not in html


def test_counts_and_the_head_of_a_document_stand_on_the_page(serve: Serve) -> None:
    end = DIEN_BAN.text.index(" ")
    count = Quantity(
        kind="people", value=50, unit="người", year=2023, per_unit="lớp", out_of=1200, modality="planned",
        evidence=(Span(0, end),), method="quantity-rules <i>",
    )  # fmt: skip
    head = OfficialRecord(
        kind="KẾ HOẠCH",
        number="12/KH-<b>UBND",
        issuer="UBND thị xã Điện Bàn",
        signer="Trần Úc",
        evidence=(Span(0, end),),
        method="official-rules",
    )
    html = serve(replace(DIEN_BAN, quantities=(count,), official=head)).get(f"/tin/{DIEN_BAN.id}").text
    page = parsed(html)
    cells = page.xpath("//section[@aria-labelledby='so-luong']//tbody/tr/td")
    assert [cell.text_content().strip() for cell in cells[:4]] == [
        DIEN_BAN.text[:end],
        "Người",
        "2023",
        f"{NAMES.label('modality', 'planned')}; tính cho mỗi lớp; trên tổng số 1.200",
    ]
    origin = page.xpath("string(//dl[@class='origin'])")
    assert "12/KH-<b>UBND" in origin
    assert "UBND thị xã Điện Bàn" in origin
    assert "Trần Úc" in origin
    assert "quantity-rules <i>" not in html


def test_open_place_keeps_its_candidates() -> None:
    span = Span(DIEN_BAN.text.index("thị xã Điện Bàn"), DIEN_BAN.text.index("thị xã Điện Bàn") + 15)
    open_place = LocalityMention(code=None, candidates=("v1-40", "v1-49"), role="about", evidence=(span,), method="locality-rules")
    (row,) = view(replace(DIEN_BAN, localities=(open_place,)), NAMES).places
    assert row.open
    assert row.then == "tỉnh Nghệ An hoặc tỉnh Quảng Nam"


def test_overlapping_evidence_and_evidence_across_lines() -> None:
    text = "Một dòng\nhai dòng"
    document = make_document("0" * 24, "Tin", text, about=(("v1-40", "dòng\nhai"), ("v1-49", "hai dòng"), ("v1-48", "hai")))
    pieces = [piece for paragraph in view(document, NAMES).paragraphs for piece in paragraph]
    assert "".join(piece.text for piece in pieces) == text.replace("\n", "")
    anchors = [anchor for piece in pieces for anchor in piece.anchors]
    assert sorted(anchors) == ["db-1", "db-2", "db-3"]


def readable(payload: str) -> str:
    return payload.replace("\x00", "")


def assert_inert(page: lxml.html.HtmlElement) -> None:
    scripts = page.xpath("//script[not(@type='application/ld+json')]")
    assert [script.get("src", "").partition("?")[0] for script in scripts] == ["/static/loa.js"]
    for linked in page.xpath("//script[@type='application/ld+json']"):
        assert json.loads(linked.text)["@type"] == "NewsArticle"
    assert not page.xpath(
        "//style | //iframe | //object | //embed | //img[not(starts-with(@src, '/bieu-do/'))] | //video | //base | //marquee | //math"
    )
    assert not page.xpath("//@style | //@*[starts-with(name(), 'on')] | //meta[@http-equiv]")
    assert all(action.startswith("/") and not action.startswith("//") for action in page.xpath("//form/@action"))
    assert len(page.xpath("//main")) == len(page.xpath("//h1")) == len(page.xpath("//body")) == 1
    for href in page.xpath("//@href"):
        assert href.startswith(("/", "#", "http://", "https://")), href


@pytest.fixture(scope="module")
def hostile_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A corpus in which every payload is title, text, source and author of a document."""
    folder = tmp_path_factory.mktemp("hostile")
    store, index = open_store(folder / "loa.db"), open_index(folder / "index", register=NAMES.register)
    for number, payload in enumerate(hostile.ALL):
        kept = readable(payload)
        text = f"Nghèo {kept} hết.\nXã {kept} nghèo."
        document = make_document(f"{number:024d}", kept, text, portal=kept[:60], author=kept)
        store.put_document(document, FETCHED)
        index.put(document)
    index.refresh()
    yield TestClient(create_app(store, index, names=NAMES), raise_server_exceptions=False)
    index.close()
    store.close()


@pytest.mark.parametrize("number", range(len(hostile.ALL)))
def test_hostile_text_stays_text_everywhere(hostile_client: TestClient, number: int) -> None:
    payload = hostile.ALL[number]
    address = f"/tin/{number:024d}"
    for path, params in (
        (address, {"q": payload[:500]}),
        ("/tim", {"q": payload[:500]}),
        ("/tim", {"q": "nghèo", "nguon": payload[:80]}),
        (f"/khong-co/{quote(payload[:50])}", {}),
    ):
        answer = hostile_client.get(path, params=params)
        assert answer.status_code in (200, 400, 404), path
        assert_inert(parsed(answer.text))
    shown = parsed(hostile_client.get(address).text).xpath("string(//div[@class='body'])")
    visible = "".join(character for character in readable(payload) if character.isprintable())
    assert visible in "".join(character for character in shown if character.isprintable())


@pytest.mark.parametrize("path", ["/", "/?ban-do=63", "/nguon", "/tim?so=100", "/tim?so=100&q=ngheo"])
def test_hostile_text_stays_text_in_lists(hostile_client: TestClient, path: str) -> None:
    assert_inert(parsed(hostile_client.get(path).text))


@pytest.mark.parametrize("link", hostile.LINKS, ids=range(len(hostile.LINKS)))
def test_hostile_links_are_dropped(serve: Serve, link: str) -> None:
    document = make_document("9" * 24, "Tin", "Tập huấn.", url=link, attachments=(Attachment(url=link, title="Tệp"),))
    client = serve(document)
    for path in ("/tim", f"/tin/{document.id}"):
        page = parsed(client.get(path).text)
        for href in page.xpath("//@href"):
            assert href.startswith(("/", "#", "http://", "https://")), href
            assert not href.startswith("//")
        assert not page.xpath(
            "//script[not(starts-with(@src, '/static/loa.js') or @type='application/ld+json')] | //@*[starts-with(name(), 'on')]"
        )
    assert safe_link(client.get("/api/v1/search").json()["hits"][0]["url"]) in (None, link)


@pytest.mark.parametrize(
    ("vnd", "expected"),
    [
        (999, "999 đồng"),
        (1_000_000, "1 triệu đồng"),
        (1_000_001, "1.000.001 đồng"),
        (13_824_000, "13,824 triệu đồng"),
        (7_250_000_000, "7,25 tỷ đồng"),
        (0, "0 đồng"),
    ],
)
def test_money_in_vietnamese(vnd: int, expected: str) -> None:
    assert dong(vnd) == expected


@pytest.mark.parametrize(("map", "units", "day"), [("34", 34, date(2026, 1, 1)), ("63", 63, date(2024, 1, 1))])
def test_tile_maps_show_every_unit_once_and_both_archipelagos(map: str, units: int, day: date) -> None:
    found = [place for row in tile_places(map, NAMES.register) for place in row if place]  # type: ignore[arg-type]
    codes = [place.code for place in found if not place.islands]
    assert sorted(codes) == sorted(unit.code for unit in NAMES.register.units("province", day))
    assert len(codes) == units
    assert [(place.islands, place.name) for place in found if place.islands] == [("Hoàng Sa", "Đà Nẵng"), ("Trường Sa", "Khánh Hòa")]
    assert max(len(place.short) for place in found) <= 11


def test_samples_are_all_shown(client: TestClient) -> None:
    page = client.get("/tim?muc=tat-ca").text
    assert all(document.title in page for document in ALL)


def test_nothing_found_with_diacritics_offers_the_look_up_without(client: TestClient) -> None:
    page = parsed(client.get("/tim", params={"q": "đối thoại dak lac Đắk ho"}).text)
    assert not page.xpath("//a[contains(., 'không kể dấu')]")
    page = parsed(client.get("/tim", params={"q": "đối thoai chính sách"}).text)
    (offer,) = page.xpath("//a[contains(., 'không kể dấu')]")
    assert parsed(client.get(offer.get("href")).text).xpath("string(//h1[@class='total']/strong)") == "1"


def test_files_brought_in_are_no_source_that_nobody_watches(serve: Serve) -> None:
    page = parsed(serve(replace(DIEN_BAN, provenance=replace(DIEN_BAN.provenance, portal="import"))).get("/nguon").text)
    (row,) = page.xpath("//tbody/tr[contains(., 'Tệp đưa vào bằng tay')]")
    assert [cell.text_content() for cell in row.xpath("td")][1:] == ["1"]
    assert "Ngoài danh sách theo dõi" in row.xpath("string(ancestor::section/h2)")
