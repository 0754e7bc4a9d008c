from __future__ import annotations

import pytest

from corpus.portals import Cms
from corpus.urls import is_paging
from crawler.families import ADAPTERS, adapter_of, family_of, feed_places, page_address, sitemap_places
from crawler.traps import trap_of
from demo import site
from demo.site import FAMILIES, Site, load_sites


def test_every_family_has_an_adapter() -> None:
    assert {adapter.cms for adapter in ADAPTERS} == set(FAMILIES)


@pytest.mark.parametrize("one", load_sites(), ids=lambda one: one.cms)
def test_the_family_shows_in_its_pages(one: Site) -> None:
    assert family_of((site.listing_page(one, 1) or "").encode()) == one.cms
    article = next(article for article in one.articles if article.kind == "article")
    if one.cms not in ("newspaper", "liferay"):  # told by their lists
        assert family_of(site.article_page(one, article).encode()) == one.cms
    adapter = adapter_of(one.cms)
    assert adapter is not None
    if adapter.article is not None and one.cms != "drupal":  # Drupal's addresses are what its editors want
        assert adapter.article.search("https://mau.vn" + FAMILIES[one.cms].article(article))


# Signs as real pages and addresses show them (domain.md 4.1 and 4.2), and pages that show none
PAGES: list[tuple[str, bytes, Cms]] = [
    ("sharepoint", b'<a class="ms-skip">Skip Ribbon Commands</a> <a href="/vi/tin-tuc/abc-def-1234567.html">x</a>', "sharepoint"),
    ("webcenter", b'<a href="/webcenter/portal/ubnd/pages_tin-tuc/chi-tiet?dDocName=PORTAL468045">x</a>', "webcenter"),
    ("dnn", b'<div id="dnn_ctr1234_ModuleContent"><script src="/DesktopModules/x.js">', "dotnetnuke"),
    ("liferay", b"<script>Liferay.Language.get('x')</script>", "liferay"),
    ("nukeviet", b'<script>var nv_base_siteurl="/",nv_lang_data="vi",nv_name_variable="nv"', "nukeviet"),
    ("wordpress", b'<link href="https://cualo.vn/wp-content/themes/x.css">', "wordpress"),
    ("drupal", b"<script>jQuery.extend(Drupal.settings, {})</script>", "drupal"),
    ("joomla", b'<body class="site com_content view-category">', "joomla"),
    ("newspaper", b"".join(b'<a href="/xa-hoi/tin-%d-post65003%d.html">' % (n, n) for n in range(5)), "newspaper"),
    ("four-links", b"".join(b'<a href="/xa-hoi/tin-%d-post65003%d.html">' % (n, n) for n in range(4)), "unknown"),
    ("quoted", b"<p>WordPress, Joomla and Drupal are systems.</p>", "unknown"),
    ("empty", b"", "unknown"),
]


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in PAGES], ids=[case[0] for case in PAGES])
def test_signs(body: bytes, expected: Cms) -> None:
    assert family_of(body) == expected


def test_places_and_paging() -> None:
    assert feed_places("joomla", "https://mau.vn/index.php/tin-tuc?start=5") == (
        "https://mau.vn/index.php/tin-tuc?start=5&format=feed&type=rss",
    )
    assert feed_places("webcenter", "https://mau.vn/x") == ()
    assert sitemap_places("dotnetnuke", "https://mau.vn/") == ("https://mau.vn/SiteMap.aspx", "https://mau.vn/sitemap.xml")
    assert page_address("drupal", "https://mau.vn/tin?page=0", 3) == "https://mau.vn/tin?page=2"
    assert page_address("nukeviet", "https://mau.vn/vi/news/tin-tuc/", 2) == "https://mau.vn/vi/news/tin-tuc/page-2/"
    assert page_address("sharepoint", "https://mau.vn/Pages/tin.aspx", 2) is None


TRAPS: list[tuple[str, str | None]] = [
    ("https://mau.vn/lich?thang=12&nam=2031", "calendar"),
    ("https://mau.vn/lich-cong-tac/2026-11-23", "calendar"),
    ("https://mau.vn/calendar/2031/05/", "calendar"),
    ("https://mau.vn/events/?ical=1", "calendar"),
    ("https://mau.vn/su-kien?month=5&year=2031", "calendar"),
    ("https://mau.vn/tin/tin/tin/bai-1.html", "growing_path"),
    ("https://mau.vn/" + "a/b/" * 3, "growing_path"),
    ("https://mau.vn/" + "/".join(f"x{n}" for n in range(20)), "growing_path"),
    ("https://mau.vn/tin?f[0]=a&f[1]=b&f[2]=c", "facets"),
    ("https://mau.vn/tin?sort=a&order=b&limit=20&page=2", "facets"),
    ("https://mau.vn/tin?a=1&b=2&c=3&d=4&e=5&g=6&h=7", "facets"),
    # addresses of real articles and lists (domain.md 4.1): no traps
    ("https://hoabinh.gov.vn/tin-chi-tiet/-/bai-viet/slug-22347-1373.html", None),
    ("https://giamngheo.ninhthuan.gov.vn/giamngheo/1240/1240/1240/Tin/Title.aspx", None),
    ("https://baohagiang.vn/xa-hoi/201908/slug-749231", None),
    (
        "https://mau.vn/web/guest/tin?p_p_id=101&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&p_p_col_id=c&p_p_col_pos=1&p_p_col_count=2",
        None,
    ),
    ("https://quangnam.gov.vn/webcenter/portal/ubnd/pages_tin-tuc/chi-tiet?dDocName=PORTAL468045&_afrLoop=1&_adf.ctrl-state=x", None),
    ("https://mau.vn/lich-su-dang-bo/2026/11/bai-viet-123.html", None),
    ("https://vpub.hochiminhcity.gov.vn/portal/pages/2022-5-4/bai-viet.aspx", None),
    ("https://mau.vn/tin-tuc?start=32&limit=16", None),
]


@pytest.mark.parametrize(("url", "expected"), TRAPS)
def test_traps(url: str, expected: str | None) -> None:
    assert trap_of(url) == expected


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", [b"<meta ", b'<meta name="', b'href="aaaaa-', b"<a href='x-1", b"dnn_ctr", b'<meta name="generator" content="']
)
def test_signs_are_looked_for_in_linear_time(piece: bytes) -> None:
    assert family_of(piece * (1_000_000 // len(piece))) in {"unknown", "dotnetnuke"}


@pytest.mark.parametrize("cms", sorted(FAMILIES))
def test_further_pages_of_every_family_are_known_as_such(cms: str) -> None:
    """Some count from 0, some from 1, some by items: the second page must never pass for the first."""
    family, home = FAMILIES[cms], "https://mau.vn"
    assert [is_paging(home + family.listing(page)) for page in (2, 3, 11)] == [True] * 3
    site = next(one for one in load_sites() if one.cms == cms)
    assert not any(is_paging(home + family.article(article)) for article in site.articles)
