"""What a robots.txt lets us fetch: our own cases for each rule of RFC 9309 and for the slips that all large crawlers forgive."""

from __future__ import annotations

import pytest

from crawler.robots import Rules

# id, robots.txt, path, allowed?
CASES: list[tuple[str, str, str, bool]] = [
    # 2.1, 2.2.1: groups and who they speak to
    ("empty", "", "/x", True),
    ("no-group", "Disallow: /", "/x", True),
    ("rule-before-group", "Disallow: /\nUser-agent: loa\nAllow: /", "/x", True),
    ("ours", "User-agent: loa\nDisallow: /", "/x", False),
    ("ours-any-case", "USER-AGENT: LoA\nDISALLOW: /", "/x", False),
    ("ours-with-version", "User-agent: loa/2.0\nDisallow: /", "/x", False),
    ("ours-with-words", "User-agent: loa crawler of news\nDisallow: /", "/x", False),
    ("ours-with-comment", "User-agent: loa # ours\nDisallow: / # all", "/x", False),
    ("part-of-ours", "User-agent: lo\nDisallow: /", "/x", True),
    ("letter-of-ours", "User-agent: a\nDisallow: /", "/x", True),
    ("longer-than-ours", "User-agent: loader\nDisallow: /", "/x", True),
    ("joined-with-ours", "User-agent: loa-news\nDisallow: /", "/x", True),
    ("other", "User-agent: other\nDisallow: /", "/x", True),
    ("anybody", "User-agent: *\nDisallow: /", "/x", False),
    ("anybody-with-words", "User-agent: * and more\nDisallow: /", "/x", False),
    ("star-and-letters-is-nobody", "User-agent: *foo\nDisallow: /", "/x", True),
    ("ours-before-anybody", "User-agent: *\nDisallow: /\n\nUser-agent: loa\nDisallow: /a", "/x", True),
    ("anybody-does-not-add-to-ours", "User-agent: *\nDisallow: /x\n\nUser-agent: loa\nDisallow: /a", "/x", True),
    ("several-agents-share", "User-agent: other\nUser-agent: loa\nDisallow: /x", "/x", False),
    ("several-agents-share-the-last", "User-agent: loa\nUser-agent: other\nDisallow: /x", "/x", False),
    (
        "groups-of-ours-are-one",
        "User-agent: loa\nDisallow: /a\n\nUser-agent: other\nDisallow: /\n\nUser-agent: loa\nDisallow: /c",
        "/c",
        False,
    ),
    ("groups-of-anybody-are-one", "User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /c", "/a", False),
    ("blank-lines-end-no-group", "User-agent: loa\n\n\nDisallow: /a", "/a", False),
    ("unknown-lines-end-no-group", "User-agent: loa\nFoo: bar\nDisallow: /a", "/a", False),
    ("sitemap-ends-no-group", "User-agent: loa\nSitemap: https://mau.vn/s.xml\nDisallow: /a", "/a", False),
    # 2.2.2: allow and disallow
    ("empty-disallow", "User-agent: *\nDisallow:", "/x", True),
    ("empty-allow", "User-agent: *\nDisallow: /\nAllow:", "/x", False),
    ("prefix", "User-agent: *\nDisallow: /tin", "/tin-tuc/a", False),
    ("not-prefix", "User-agent: *\nDisallow: /tin", "/khac/tin", True),
    ("case-of-paths", "User-agent: *\nDisallow: /Tin", "/tin", True),
    ("longest-allows", "User-agent: *\nAllow: /tin\nDisallow: /", "/tin-tuc", True),
    ("longest-forbids", "User-agent: *\nAllow: /\nDisallow: /tin", "/tin-tuc", False),
    ("order-does-not-count", "User-agent: *\nDisallow: /\nAllow: /tin", "/tin-tuc", True),
    ("tie-allows", "User-agent: *\nDisallow: /tin\nAllow: /tin", "/tin", True),
    ("tie-allows-in-any-order", "User-agent: *\nAllow: /tin\nDisallow: /tin", "/tin", True),
    ("query-is-part", "User-agent: *\nDisallow: /*?id=", "/tin?id=5", False),
    ("slash-alone", "User-agent: *\nDisallow: /tin/", "/tin", True),
    ("robots-itself", "User-agent: *\nDisallow: /", "/robots.txt", True),
    # 2.2.2: percent codes
    ("utf8-in-rule", "User-agent: *\nDisallow: /ảnh", "/%E1%BA%A3nh/1", False),
    ("utf8-in-address", "User-agent: *\nDisallow: /%E1%BA%A3nh", "/ảnh/1", False),
    ("case-of-codes", "User-agent: *\nDisallow: /%e1%ba%a3nh", "/%E1%BA%A3nh", False),
    ("unreserved-codes", "User-agent: *\nDisallow: /%74in", "/tin", False),
    ("reserved-codes-differ", "User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
    # 2.2.3: signs
    ("star", "User-agent: *\nDisallow: /*.pdf", "/tep/a.pdf", False),
    ("star-in-the-middle", "User-agent: *\nDisallow: /a*z", "/abc/z1", False),
    ("star-is-empty", "User-agent: *\nDisallow: /a*z", "/az", False),
    ("final-star", "User-agent: *\nDisallow: /tin*", "/tin", False),
    ("end", "User-agent: *\nDisallow: /tin$", "/tin", False),
    ("end-not-reached", "User-agent: *\nDisallow: /tin$", "/tin-tuc", True),
    ("star-and-end", "User-agent: *\nDisallow: /*.html$", "/a/b.html", False),
    ("star-and-end-not-reached", "User-agent: *\nDisallow: /*.html$", "/a/b.html?x=1", True),
    ("signs-count-for-length", "User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", False),
    ("dots-are-dots", "User-agent: *\nDisallow: /a.b", "/axb", True),
    ("brackets-are-brackets", "User-agent: *\nDisallow: /(X(1))/", "/(X(1))/tin", False),
    # 2.2 and 2.3: how files are written
    ("crlf", "User-agent: *\r\nDisallow: /x\r\n", "/x", False),
    ("cr", "User-agent: *\rDisallow: /x\r", "/x", False),
    ("no-final-line-end", "User-agent: *\nDisallow: /x", "/x", False),
    ("spaces", "  User-agent :  *  \n\tDisallow  :\t/x  ", "/x", False),
    ("comments", "# robots\n\nUser-agent: * # all\n# none\nDisallow: /x#y", "/x", False),
    ("html", "<!doctype html><title>404</title><p>User-agent: x", "/x", True),
    ("noise", "\x00\ufffd\ufffd:\n:::\nUser-agent\nDisallow", "/x", True),
    # forgiven slips
    ("without-colon", "User-agent *\nDisallow /x", "/x", False),
    ("useragent", "Useragent: *\nDisallow: /x", "/x", False),
    ("dissallow", "User-agent: *\nDissallow: /x", "/x", False),
]


@pytest.mark.parametrize(("text", "path", "allowed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert Rules(text).allowed("https://mau.vn" + path) is allowed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0),
        ("User-agent: loa\nCrawl-delay: 2.5\nUser-agent: *\nCrawl-delay: 9", 2.5),
        ("User-agent: other\nCrawl-delay: 9", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -4", None),
        ("User-agent: *\nCrawl-delay: 86400", 600.0),
        ("", None),
    ],
)
def test_delays(text: str, delay: float | None) -> None:
    assert Rules(text).crawl_delay_seconds == delay


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "line", ["Disallow: /" + "*a" * 400 + "$\n", "User-agent: " + "a-" * 400 + "\n", " user agent " * 60, "Disallow: " + "/%" * 400 + "\n"]
)
def test_hostile_files_are_read_fast(line: str) -> None:
    text = "User-agent: *\n" + line * (500 * 1024 // len(line))
    assert Rules(text).allowed("https://mau.vn/" + "a" * 300) in (True, False)
