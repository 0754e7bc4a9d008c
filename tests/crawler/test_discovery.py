from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest

from corpus.portals import Portal
from crawler.discovery import Unreadable, is_article_link, read_attachments, read_feed, read_listing, read_sitemap
from crawler.links import Link, scan_links
from demo import site
from demo.site import FAMILIES, load_sites

PORTAL = Portal(
    id="mau",
    name="Mẫu",
    home="https://mau.vn/",
    hosts=("mau.vn", "www.mau.vn"),
    kind="press",
    province="v2-15",
    article_pattern=r"-a\d+\.html",
)
OPEN = replace(PORTAL, article_pattern=None)
BASE = "https://mau.vn/tin/"


def urls(found: object) -> list[str]:
    return [item.url for item in found]  # type: ignore[attr-defined]


RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title>
<item><title>a</title><link>https://mau.vn/mot-a1.html?utm_source=rss</link><pubDate>Mon, 16 Nov 2026 08:00:00 +0700</pubDate></item>
<item><title>b</title><link>/hai-a2.html</link></item>
<item><title>again</title><link>https://www.mau.vn/mot-a1.html</link></item>
<item><title>elsewhere</title><link>https://khac.vn/ba-a3.html</link></item>
<item><title>none</title></item></channel></rss>"""
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
<entry><title>a</title><link href="https://mau.vn/mot-a1.html"/><updated>2026-11-16T01:00:00Z</updated></entry></feed>"""


def test_rss() -> None:
    found = read_feed(RSS, "https://mau.vn/rss", PORTAL)
    assert urls(found) == ["https://mau.vn/mot-a1.html?utm_source=rss", "https://mau.vn/hai-a2.html"]
    assert [(item.canonical_url, item.site_id, item.published_hint) for item in found] == [
        ("https://mau.vn/mot-a1.html", None, "2026-11-16T01:00:00+00:00"),
        ("https://mau.vn/hai-a2.html", None, None),
    ]


def test_atom() -> None:
    (found,) = read_feed(ATOM, "https://mau.vn/atom", PORTAL)
    assert (found.url, found.published_hint) == ("https://mau.vn/mot-a1.html", "2026-11-16T01:00:00+00:00")


def test_a_torn_feed_gives_what_it_has() -> None:
    assert len(read_feed(RSS[: RSS.index(b"again")], "https://mau.vn/rss", PORTAL)) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><h1>Not found</h1>",
        b"plain text",
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><link>&x;</link></item></channel></rss>',
    ],
    ids=["empty", "html", "text", "entity"],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_feed(body, "https://mau.vn/rss", PORTAL)


SITEMAP = b"""<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://mau.vn/mot-a1.html</loc><lastmod>2026-11-16</lastmod></url><url><loc> https://mau.vn/lien-he </loc></url>
<url><loc>https://khac.vn/ba-a3.html</loc></url><url></url><url><loc>https://mau.vn/hai-a2.html</loc></url></urlset>"""


@pytest.mark.parametrize("body", [SITEMAP, gzip.compress(SITEMAP)], ids=["plain", "gzip"])
def test_sitemap(body: bytes) -> None:
    found = read_sitemap(body, "https://mau.vn/sitemap.xml", PORTAL)
    assert urls(found.urls) == ["https://mau.vn/mot-a1.html", "https://mau.vn/hai-a2.html"]
    assert found.urls[0].published_hint == "2026-11-16"


def test_an_index_of_sitemaps_gives_the_newest_first() -> None:
    body = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <sitemap><loc>https://mau.vn/s1.xml</loc><lastmod>2025-01-01</lastmod></sitemap><sitemap><loc>https://mau.vn/s0.xml</loc></sitemap>
    <sitemap><loc>https://khac.vn/s.xml</loc></sitemap><sitemap><loc>/s2.xml</loc><lastmod>2026-11-01</lastmod></sitemap></sitemapindex>"""
    found = read_sitemap(body, "https://mau.vn/sitemap.xml", PORTAL)
    assert [address for address, _ in found.children] == ["https://mau.vn/s2.xml", "https://mau.vn/s1.xml", "https://mau.vn/s0.xml"]


def _laughs(depth: int) -> bytes:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha" * 10}">' for i in range(depth))
    return f"<!DOCTYPE urlset [{entities}]><urlset><url><loc>&e{depth - 1};</loc></url></urlset>".encode()


HOSTILE = [
    ("laughs", _laughs(9)),
    ("quadratic", b'<!DOCTYPE u [<!ENTITY a "' + b"x" * 50_000 + b'">]><urlset>' + b"&a;" * 2000 + b"</urlset>"),
    ("external", b'<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>'),
    ("external-http", b'<!DOCTYPE u [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]><urlset><url><loc>&a;</loc></url></urlset>'),
    ("parameter", b'<!DOCTYPE u [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><urlset/>'),
    ("cyclic", b'<!DOCTYPE u [<!ENTITY a "&b;"><!ENTITY b "&a;">]><urlset>&a;</urlset>'),
    ("dtd", b'<!DOCTYPE urlset SYSTEM "http://127.0.0.1:9/x.dtd"><urlset/>'),
    ("gzip-bomb", gzip.compress(b"<urlset>" + b" " * (60 << 20) + b"</urlset>")),
    ("broken-gzip", b"\x1f\x8b\x08\x00broken"),
    ("html", b"<!doctype html><p>x"),
    ("other-xml", b"<rss></rss>"),
    ("bad-encoding", b'<?xml version="1.0" encoding="none-such"?><urlset/>'),
    ("empty", b""),
]


def _as_feed(body: bytes) -> bytes:
    """The same hostile document with a feed inside."""
    item = b"<rss version='2.0'><channel><title>t</title><item><link>https://mau.vn/mot-a1.html</link><title>&a;</title></item></channel></rss>"
    return re.sub(rb"<(?:urlset|u)\b.*", b"", body, flags=re.DOTALL) + item


FEEDS = [
    *((name, _as_feed(body)) for name, body in HOSTILE if b"<!ENTITY" in body),
    ("laughs-utf-16", _as_feed(_laughs(9)).decode().encode("utf-16")),
    ("laughs-utf-16-be", _as_feed(_laughs(9)).decode().encode("utf-16-be")),
    ("external-utf-32", _as_feed(HOSTILE[2][1]).decode().encode("utf-32")),
    ("laughs-utf-7", b'<?xml version="1.0" encoding="utf-7"?>' + _as_feed(_laughs(9)).replace(b"<!ENTITY", b"+ADwAIQ-ENTITY")),
    ("deep", b"<rss version='2.0'><channel>" + b"<a>" * 100_000),
    ("long-attribute", b"<rss version='2.0' x='" + b"y" * 5_000_000 + b"'><channel></channel></rss>"),
    ("gzip", gzip.compress(b" " * (60 << 20))),
]


@pytest.mark.timeout(60)  # a second each at most
@pytest.mark.parametrize("body", [case[1] for case in FEEDS], ids=[case[0] for case in FEEDS])
def test_hostile_feeds_read_no_file_and_end_fast(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda *given: opened.append(given))
    try:
        found = read_feed(body, "https://mau.vn/rss", PORTAL)
    except Unreadable:
        found = ()
    assert set(urls(found)) <= {"https://mau.vn/mot-a1.html"}
    assert opened == []


@pytest.mark.timeout(30)  # milliseconds each; the bombs would take hours or all memory
@pytest.mark.parametrize("body", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_hostile_sitemaps_are_refused_fast(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_sitemap(body, "https://mau.vn/sitemap.xml", PORTAL)


@pytest.mark.parametrize("one", load_sites(), ids=lambda one: one.cms)
@pytest.mark.parametrize("with_pattern", [True, False], ids=["pattern", "signs"])
def test_lists_of_every_family(one: site.Site, with_pattern: bool) -> None:
    """With the portal's own pattern or by signs alone: all articles of a list, nothing else, and the page after it."""
    family = FAMILIES[one.cms]
    listings = ("https://mau.vn" + family.listing(1),)
    portal = replace(PORTAL, cms=one.cms, listings=listings, article_pattern=family.article_pattern if with_pattern else None)
    pages = site.page_count(one)
    for number in range(1, pages + 1):
        base = "https://mau.vn" + family.listing(number)
        found = read_listing((site.listing_page(one, number) or "").encode(), base, portal, page=number)
        articles = one.articles[(number - 1) * site.PAGE_SIZE : number * site.PAGE_SIZE]
        assert [(item.site_id or "").removeprefix("PORTAL") for item in found.urls] == [str(article.id) for article in articles]
        assert found.next_page == ("https://mau.vn" + family.listing(number + 1) if number < pages else None)


# id, link, by signs an article?
LINKS = [
    ("newspaper", Link(url="https://mau.vn/xa-hoi/tap-huan-can-bo-truyen-thanh-xa-post650033.html", text=""), True),
    (
        "heading",
        Link(url="https://mau.vn/tap-huan-can-bo-truyen-thanh-xa/", text="Tập huấn cán bộ truyền thanh xã vùng cao", heading=True),
        True,
    ),
    (
        "heading-in-a-menu-left-open",
        Link(
            url="https://mau.vn/tin-tuc/thong-bao-tuyen-sinh-khoa-he.html",
            text="Thông báo tuyển sinh khóa hè năm nay",
            heading=True,
            navigation=True,
        ),
        True,
    ),
    ("short-heading", Link(url="https://mau.vn/anh-trong-tuan-a104590.html", text="Ảnh trong tuần", heading=True), True),
    ("short-link", Link(url="https://mau.vn/anh-trong-tuan-a104590.html", text="Ảnh trong tuần"), False),
    ("menu", Link(url="https://mau.vn/tin-tuc-su-kien", text="Tin tức - Sự kiện", navigation=True), False),
    ("tag", Link(url="https://mau.vn/tag/giam-ngheo-ben-vung-o-xa-12345", text="giảm nghèo"), False),
    ("search", Link(url="https://mau.vn/tim-kiem?q=giam+ngheo&id=12345", text="Tìm thêm tin về giảm nghèo thông tin"), False),
    ("paging", Link(url="https://mau.vn/tin-tuc/trang-37.html", text="37"), False),
    ("image", Link(url="https://mau.vn/anh/tap-huan-can-bo-xa-2024-12345.jpg", text="", heading=True), False),
    ("home", Link(url="https://mau.vn/", text="Trang chủ của cổng thông tin điện tử tỉnh", heading=True), False),
    ("print", Link(url="https://mau.vn/print/abc123/tap-huan-can-bo-xa-12345.htm", text="In bài viết này ra giấy nhé"), False),
    ("login", Link(url="https://mau.vn/dang-nhap/?id=12345", text="Đăng nhập vào hệ thống quản lý văn bản"), False),
    ("section", Link(url="https://mau.vn/xa-hoi/", text="Xã hội"), False),
    ("author", Link(url="https://mau.vn/tac-gia/nguyen-van-an-12345", text="Các bài viết khác của Nguyễn Văn An", heading=True), False),
]


@pytest.mark.parametrize(("link", "expected"), [case[1:] for case in LINKS], ids=[case[0] for case in LINKS])
def test_article_links_by_signs(link: Link, expected: bool) -> None:
    assert is_article_link(link, OPEN) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://mau.vn/bai-a1.html", True),
        ("https://mau.vn/bai-a1.html?utm_source=trang-chu", True),
        ("https://mau.vn/bai-a1.html?pageindex=0", True),
        ("https://mau.vn/bai-a1.html.bak", False),
        ("https://mau.vn/bai-a1.htmlx", False),
        ("https://mau.vn/xa-hoi/", False),
    ],
)
def test_the_portals_own_pattern(url: str, expected: bool) -> None:
    assert is_article_link(Link(url=url, text=""), replace(PORTAL, article_pattern=r"-a\d+\.html$")) is expected


NEXT = [
    ("rel", '<a rel="next" href="/tin/2">x</a>', "https://mau.vn/tin/2"),
    ("words", '<a href="/tin?page=2">Trang sau</a>', "https://mau.vn/tin?page=2"),
    ("arrow", '<a href="/tin/trang-2.html">»</a>', "https://mau.vn/tin/trang-2.html"),
    ("number", '<a href="/tin?page=1">1</a><a href="/tin?page=3">3</a><a href="/tin?page=2">2</a>', "https://mau.vn/tin?page=2"),
    ("read-more", '<a href="/tap-huan-a1.html">Xem thêm</a>', None),
    ("calendar", '<a href="/lich?thang=12&amp;nam=2026">»</a>', None),
    ("script", '<a href="javascript:__doPostBack(1)">2</a>', None),
    ("elsewhere", '<a rel="next" href="https://khac.vn/tin?page=2">2</a>', None),
    ("last-page", '<a href="/tin?page=1">1</a>', None),
]


@pytest.mark.parametrize(("html", "expected"), [case[1:] for case in NEXT], ids=[case[0] for case in NEXT])
def test_next_page(html: str, expected: str | None) -> None:
    assert read_listing(html.encode(), BASE, PORTAL, page=1).next_page == expected


def test_feeds_named_in_the_head() -> None:
    html = b'<link rel="alternate" type="application/rss+xml" href="/rss/moi.rss"><link rel="alternate" type="application/atom+xml" href="https://khac.vn/a">'
    assert read_listing(html, BASE, PORTAL, page=1).feeds == ("https://mau.vn/rss/moi.rss",)


def test_attachments() -> None:
    html = b'<a href="/tep/ke-hoach.PDF">1</a><a href="/tep/bang.docx?v=2">2</a><a href="/anh.jpg">3</a><a href="https://khac.vn/x.pdf">4</a><a href="/tep/ke-hoach.PDF#p2">5</a>'
    found = read_attachments(html, BASE, PORTAL)
    assert [(item.url, item.kind) for item in found] == [
        ("https://mau.vn/tep/ke-hoach.PDF", "attachment"),
        ("https://mau.vn/tep/bang.docx?v=2", "attachment"),
    ]


@pytest.mark.timeout(60)  # a few seconds at most; the square of the size takes hours
@pytest.mark.parametrize(
    "piece",
    [
        '<a href="/tin/bai-{n}-a{n}.html">Một bài viết dài về giảm nghèo</a>',
        "<div>",
        "<b>",
        "<a href=x>",
        "<div class='menu'>",
        "</div>",
        '<a "',
        "<a '",
        "<a href=",
        "<!--",
        "<script>",
        "<",
        '<a href="' + "(S(a))/" * 50 + '">x</a>',
        '<a href="/' + "-" * 200 + '">x</a>',
        '<a href="/tin?' + "a=1&" * 100 + '">x</a>',
    ],
)
def test_large_pages_take_linear_time(piece: str) -> None:
    body = "".join(piece.replace("{n}", str(n)) for n in range(2_000_000 // len(piece))).encode()
    read_listing(body, BASE, OPEN, page=1)


def test_links_know_their_surroundings() -> None:
    page = b"""<link rel=alternate type="application/rss+xml" href=/rss><header><a href="/a">M</a></header><h3 class=x><a
    title='T' href='/b?x=1&amp;y=2#f'><b>Hai</b> t&#7915;</a></h3><script>'<a href="/no">'</script><!-- <a href="/no"> -->
    <div class="main menu"><ul><li><a href=/c>C</a></ul></div><a href="/d" rel="nofollow next">D<a href="/e">E"""
    found = [
        (link.url.removeprefix("https://mau.vn"), link.text, link.rel, link.heading, link.navigation) for link in scan_links(page, BASE)
    ]
    assert found == [
        ("/rss", "", "alternate", False, False),
        ("/a", "M", "", False, True),
        ("/b?x=1&y=2", "Hai từ", "", True, False),
        ("/c", "C", "", False, True),
        ("/d", "D", "nofollow next", False, False),
        ("/e", "E", "", False, False),
    ]
