from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.urls import canonical_url, is_paging, site_id

# id, address, canonical form; hosts as in public pages, slugs ours
CANONICAL = [
    ("scheme", "http://baolaichau.vn/xa-hoi/bai-1", "https://baolaichau.vn/xa-hoi/bai-1"),
    ("upper-case-host", "HTTPS://BaoLaiChau.VN/Xa-Hoi", "https://baolaichau.vn/Xa-Hoi"),
    ("www", "https://www.baolaichau.vn/bai-1", "https://baolaichau.vn/bai-1"),
    ("mobile", "http://m.baokontum.com.vn/bai-1", "https://baokontum.com.vn/bai-1"),
    ("tablet", "http://tab.baohaiduong.vn/bai-1", "https://baohaiduong.vn/bai-1"),
    ("amp-host", "https://amp.baohaiduong.vn/bai-1", "https://baohaiduong.vn/bai-1"),
    ("m-is-no-prefix", "https://m.vn/bai-1", "https://m.vn/bai-1"),
    ("trailing-dot", "https://vietnamnet.vn./bai-1.html", "https://vietnamnet.vn/bai-1.html"),
    ("port-443", "https://yenbai.gov.vn:443/tin.aspx", "https://yenbai.gov.vn/tin.aspx"),
    ("port-80", "http://yenbai.gov.vn:80/tin.aspx", "https://yenbai.gov.vn/tin.aspx"),
    ("loopback-port", "http://127.0.0.1:8081/tin", "http://127.0.0.1:8081/tin"),
    ("loopback-usual-port", "http://127.0.0.1:80/tin", "http://127.0.0.1/tin"),
    ("loopback-other-usual-port", "http://127.0.0.1:443/tin", "http://127.0.0.1:443/tin"),
    ("loopback-https", "https://127.0.0.1:8443/tin", "https://127.0.0.1:8443/tin"),
    ("localhost", "http://localhost:8081/tin", "http://localhost:8081/tin"),
    ("numbered-host", "http://203.0.113.7:8080/tin?b=2&a=1", "http://203.0.113.7:8080/tin?a=1&b=2"),
    ("other-port", "http://a.vn:8081/tin", "https://a.vn:8081/tin"),
    ("ipv6", "http://[::1]:8081/tin", "http://[::1]:8081/tin"),
    ("fragment", "https://a.vn/bai-1.html#binh-luan", "https://a.vn/bai-1.html"),
    ("final-slash", "https://nari.gov.vn/bai-viet/", "https://nari.gov.vn/bai-viet"),
    ("root", "https://nari.gov.vn", "https://nari.gov.vn/"),
    ("double-slash", "https://a.vn//tin//bai-1", "https://a.vn/tin/bai-1"),
    ("tracking", "https://a.vn/bai?utm_source=zalo&fbclid=1&id=7", "https://a.vn/bai?id=7"),
    ("pageindex-0", "https://a.vn/bai-696566?pageindex=0", "https://a.vn/bai-696566"),
    ("pageindex-2", "https://a.vn/tin?pageindex=2", "https://a.vn/tin?pageindex=2"),
    ("sharepoint-l", "https://a.vn/tin.aspx?ItemID=6343&l=Tin+++", "https://a.vn/tin.aspx?ItemID=6343"),
    ("order", "https://a.vn/x?b=2&a=1", "https://a.vn/x?a=1&b=2"),
    ("empty-parameter", "https://a.vn/x?a=&b=2", "https://a.vn/x?b=2"),
    ("liferay", "https://a.vn/-/content/id/3?plidlayout=45&p_p_state=normal&_x_redirect=%2F", "https://a.vn/-/content/id/3"),
    ("session-path", "http://a.vn/(X(1)S(abc123def))/tin/bai-1.aspx", "https://a.vn/tin/bai-1.aspx"),
    ("session-only", "http://a.vn/(S(abc123def))/tin/bai-1.aspx", "https://a.vn/tin/bai-1.aspx"),
    ("jsessionid", "http://a.vn/tin/bai-1;jsessionid=0A1B?id=3", "https://a.vn/tin/bai-1?id=3"),
    ("session-parameter", "http://a.vn/tin/bai-1.html?sid=9f8a7c&PHPSESSID=x", "https://a.vn/tin/bai-1.html"),
    ("print-joomla", "http://a.vn/index.php/tin/12-bai?tmpl=component&print=1", "https://a.vn/index.php/tin/12-bai"),
    ("webcenter-state", "https://a.vn/chi-tiet?dDocName=P1&_afrLoop=77&_adf.ctrl-state=z_4", "https://a.vn/chi-tiet?dDocName=P1"),
    ("print-nukeviet", "https://a.vn/vi/news/print/Tin/bai-1.html", "https://a.vn/vi/news/Tin/bai-1.html"),
    ("savefile", "https://a.vn/vi/news/savefile/Tin/bai-1.html", "https://a.vn/vi/news/Tin/bai-1.html"),
    ("amp-path", "https://a.vn/amp/bai-viet-1.html", "https://a.vn/bai-viet-1.html"),
    ("amp-last", "https://a.vn/bai-viet-1/amp", "https://a.vn/bai-viet-1"),
    ("amp-file", "https://a.vn/bai-viet-post7.amp", "https://a.vn/bai-viet-post7.html"),
    ("layout-amp", "https://a.vn/bai-d1.html?layout=amp", "https://a.vn/bai-d1.html"),
    ("a-page-called-print", "https://a.vn/print", "https://a.vn/print"),
    ("percent-case", "https://a.vn/%c4%91%E1%BA%AFk", "https://a.vn/%C4%91%E1%BA%AFk"),
    ("accents-unescaped", "https://a.vn/đắk", "https://a.vn/%C4%91%E1%BA%AFk"),
    ("nfd", "https://a.vn/le%CC%83", "https://a.vn/l%E1%BA%BD"),
    ("unreserved", "https://a.vn/%62ai-1", "https://a.vn/bai-1"),
    ("surrounding-space", "  https://a.vn/bai-1 ", "https://a.vn/bai-1"),
]


@pytest.mark.parametrize(("url", "expected"), [case[1:] for case in CANONICAL], ids=[case[0] for case in CANONICAL])
def test_canonical_url(url: str, expected: str) -> None:
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(
    "url", ["", "tin/bai-1", "mailto:a@b.vn", "javascript:void(0)", "file:///etc/passwd", "http://", "http://[::1", "http://a.vn:x/"]
)
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        canonical_url(url)


paths = st.text(st.characters(codec="utf-8", exclude_characters="?#\\", exclude_categories=["Cc", "Cs", "Z"]), max_size=40)


@given(
    path=paths,
    query=st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), paths.filter(lambda v: not set(v) & set("&;+%=")), max_size=3),
)
def test_canonical_form_is_stable(path: str, query: dict[str, str]) -> None:
    once = canonical_url("http://www.a.vn/" + path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""))
    assert canonical_url(once) == once


# id, address, the site's own number
IDS = [
    ("sharepoint-item", "https://a.vn/chi-tiet-tin-tuc.aspx?ItemID=6343&l=Tin", "6343"),
    ("sharepoint-list", "https://a.vn/Lists/Tin/ChiTiet.aspx?ID=507", "507"),
    ("dotnetnuke", "http://a.vn/Default.aspx?tabid=294&NewsViews=1890", "1890"),
    ("webcenter", "https://a.vn/pages_tin-tuc/chi-tiet?dDocName=PORTAL468045", "PORTAL468045"),
    ("wordpress-p", "https://gialaitv.vn/?p=808471", "808471"),
    ("liferay-content", "https://a.vn/-/asset_publisher/1mO/content/id/3240713?plidlayout=4524", "3240713"),
    ("liferay-view", "https://a.vn/-/view_content/133005009-ubnd-tinh-dong-y.html", "133005009"),
    ("liferay-legal", "https://a.vn/-/l/legal-detail/125295", "125295"),
    ("liferay-times", "https://a.vn/chi-tiet-tin/-/view-article/1/1603594541324/1676362553814", "1676362553814"),
    ("joomla", "https://a.vn/index.php/tin-tuc/412-binh-gia-ra-mat", "412"),
    ("joomla-year", "https://a.vn/index.php/tin-tuc/xa/2024-tong-ket-nam", "2024"),
    ("nukeviet", "https://a.vn/vi/news/Tin/tap-huan-1845.html", "1845"),
    ("nukeviet-slash", "https://a.vn/vi/news/Tin/tap-huan-3481/", "3481"),
    ("post", "https://a.vn/lao-cai-tap-huan-post650033.html", "650033"),
    ("postid", "https://a.vn/vu-vai-thieu--postid417893.bbg", "417893"),
    ("letter-a", "https://a.vn/trao-von-a104177.html", "104177"),
    ("letter-d", "https://a.vn/phu-song-d137864.html", "137864"),
    ("number-at-end", "https://a.vn/nang-cap-dai-3154109.html", "3154109"),
    ("htm", "https://a.vn/ca-nuoc-co-275954.htm", "275954"),
    ("long-number", "https://mic.gov.vn/quang-nam-dau-tu-197231107162852928.htm", "197231107162852928"),
    ("number-alone", "https://a.vn/xa-hoi/tap-huan/240790.htm", "240790"),
    ("after-dot", "https://a.vn/tap-huan-can-bo.294", "294"),
    ("two-numbers", "https://a.vn/tin-chi-tiet/-/bai-viet/tap-huan-22347-1373.html", "22347-1373"),
    ("before-slug", "https://a.vn/12/201477/Tren-4-ty-dong.htm", "201477"),
    ("before-slug-long", "https://a.vn/news/95/7333/tap-huan-can-bo", "7333"),
    ("ninh-thuan", "https://a.vn/news/45624p31c99/tap-huan.htm", "45624"),
    ("aspx-trail", "https://a.vn/1315/32207/67097/631230/xa-hoi/tap-huan.aspx", "631230"),
    ("session", "http://a.vn/(X(1)S(q1w2e3))/tin/tap-huan-4477.aspx", "4477"),
    ("listing-trang", "https://a.vn/tin-tuc/trang-37.html", None),
    ("listing-page", "https://a.vn/tin-tuc/page-133", None),
    ("month", "https://a.vn/xa-hoi/201908", None),
    ("day", "https://a.vn/lich-tuan-20240115.html", None),
    ("year", "https://a.vn/ke-hoach-nam-2024.html", None),
    ("slug-only", "https://a.vn/tap-huan-can-bo-xa/", None),
    ("home", "https://a.vn/", None),
    ("tab-is-no-id", "http://a.vn/Default.aspx?tabid=294", None),
    ("not-an-address", "http://[x", None),
]


@pytest.mark.parametrize(("url", "expected"), [case[1:] for case in IDS], ids=[case[0] for case in IDS])
def test_site_id(url: str, expected: str | None) -> None:
    assert site_id(url) == expected


def test_the_portals_own_pattern_counts_alone() -> None:
    assert site_id("https://a.vn/bai-77-v3.html", r"-(\d+)-v\d") == "77"
    assert site_id("https://a.vn/bai-a7788.html", r"-(\d+)-v\d") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.vn/tin/trang-12.html", True),
        ("https://a.vn/category/tin/page/2/", True),
        ("https://a.vn/tin/page-2/", True),
        ("https://a.vn/tin?start=32", True),
        ("https://a.vn/tin?pageindex=1", True),
        ("https://a.vn/web/tin?cur=2", True),
        ("https://a.vn/tin?page=1", True),  # Drupal's second page
        ("https://a.vn/nam-khat-696566?pageindex=0", False),
        ("https://a.vn/tap-huan-1845.html", False),
        ("https://a.vn/trang-phuc-dan-toc.html", False),
    ],
)
def test_is_paging(url: str, expected: bool) -> None:
    assert is_paging(url) is expected
