from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus.errors import InvalidData
from corpus.localities import Register
from corpus.portals import Portal, load_portals, parse_portals

GOOD = """\
[[portal]]
id = "mau"
name = "Cổng mẫu"
home = "https://mau.gov.vn/"
hosts = ["mau.gov.vn", "www.mau.gov.vn"]
kind = "government"
province = "v2-15"
province_before = "v1-10"
cms = "nukeviet"
listings = ["https://mau.gov.vn/vi/news/"]
article_pattern = '-\\d+\\.html$'
id_pattern = '-(\\d+)\\.html$'
delay_seconds = 5
hours = [22, 6]
valid_to = 2025-07-01
verified = false
evidence = "host seen"
"""
LOOPBACK = GOOD.replace("www.mau.gov.vn", "127.0.0.1:81").replace("mau.gov.vn", "127.0.0.1:80")
CODES = {"v2-15", "v1-10"}


def test_a_good_entry() -> None:
    (portal,) = parse_portals(GOOD, register_codes=CODES)
    assert (portal.id, portal.hosts, portal.delay_seconds, portal.hours) == ("mau", ("mau.gov.vn", "www.mau.gov.vn"), 5.0, (22, 6))
    assert portal.valid_to == date(2025, 7, 1)
    assert not portal.verified
    assert portal.serves("https://www.mau.gov.vn/x")


# id, what to replace, with what, the line that is blamed, part of the message
FAULTS = [
    ("unknown-province", '"v2-15"', '"v2-99"', 7, "province = 'v2-99': unknown province"),
    ("old-code-for-today", '"v2-15"', '"v1-10"', 7, "province = 'v1-10': unknown province"),
    ("unknown-old-province", '"v1-10"', '"v1-98"', 8, "province_before = 'v1-98'"),
    ("kind", '"government"', '"blog"', 6, "kind = 'blog': use one of government, press, broadcast"),
    ("cms", '"nukeviet"', '"nuke"', 9, "cms = 'nuke': use one of"),
    ("delay", "delay_seconds = 5", "delay_seconds = 2.5", 13, "delay_seconds = 2.5: at least 3"),
    ("delay-text", "delay_seconds = 5", 'delay_seconds = "5"', 13, "write a number"),
    ("delay-negative", "delay_seconds = 5", "delay_seconds = -1", 13, "write a number"),
    ("loopback-flag", "verified = false", "allow_loopback = true", 16, "only for sources whose hosts are all loopback"),
    ("loopback-host", '"www.mau.gov.vn"', '"127.0.0.1:8080"', 5, "no public host name"),
    ("localhost", '"www.mau.gov.vn"', '"localhost"', 5, "no public host name"),
    ("private-address", '"www.mau.gov.vn"', '"10.0.0.8"', 5, "no public host name"),
    ("metadata-address", '"www.mau.gov.vn"', '"169.254.169.254"', 5, "no public host name"),
    ("ipv6-address", '"www.mau.gov.vn"', '"[fd00::1]"', 5, "no public host name"),
    ("decimal-address", '"www.mau.gov.vn"', '"2130706433"', 5, "is no host name"),
    ("upper-case-host", '"www.mau.gov.vn"', '"WWW.mau.gov.vn"', 5, "is no host name"),
    ("host-with-scheme", '"www.mau.gov.vn"', '"https://mau.gov.vn"', 5, "is no host name"),
    ("host-with-dot", '"www.mau.gov.vn"', '"www.mau.gov.vn."', 5, "is no host name"),
    ("home-elsewhere", '"https://mau.gov.vn/"', '"https://khac.gov.vn/"', 4, "not http(s) on one of its hosts"),
    ("listing-elsewhere", "https://mau.gov.vn/vi/news/", "ftp://mau.gov.vn/", 10, "not http(s) on one of its hosts"),
    ("pattern", "'-\\d+\\.html$'", "'-(\\d+'", 11, "not a regular expression"),
    ("id-without-group", "'-(\\d+)\\.html$'", "'-\\d+'", 12, "exactly one group"),
    ("hours", "[22, 6]", "[22, 25]", 14, "two different hours"),
    ("timezone", 'cms = "nukeviet"', 'timezone = "Asia/Hanoi"', 9, "no such time zone"),
    ("date", "2025-07-01", '"2025-07-01"', 15, "write a date"),
    ("unknown-field", "evidence =", "evidense =", 17, "no such field"),
    ("missing-name", 'name = "Cổng mẫu"', "", 1, "name = None: is required"),
    ("empty-hosts", '["mau.gov.vn", "www.mau.gov.vn"]', "[]", 5, "is required"),
    ("hosts-text", '["mau.gov.vn", "www.mau.gov.vn"]', '"mau.gov.vn"', 5, "write a list of texts"),
    ("flag", "verified = false", 'verified = "no"', 16, "write true or false"),
    ("id-form", 'id = "mau"', 'id = "Mẫu 1"', 2, "use lower case letters"),
    ("successor", 'evidence = "host seen"', 'successors = ["khac"]', 17, "no such portal"),
    ("not-toml", "cms = ", "cms == ", 9, "not TOML"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_fault_names_file_line_field_value_and_fix(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert GOOD.count(old) >= 1
    path = tmp_path / "nguon.toml"
    path.write_text(GOOD.replace(old, new, 1) if not new.startswith("'-") else GOOD.replace(old, new), "utf-8")
    with pytest.raises(InvalidData, match=re.escape(message)) as caught:
        load_portals(path, CODES)
    assert (caught.value.file, caught.value.line) == (str(path), line)


@pytest.mark.parametrize(
    ("second", "line", "message"),
    [
        (GOOD.replace("mau.gov.vn", "khac.gov.vn"), 21, "id = 'mau': is there already"),
        (GOOD.replace('"mau"', '"khac"'), 24, "belongs to mau already"),
    ],
    ids=["duplicate-id", "overlapping-hosts"],
)
def test_faults_between_entries(second: str, line: int, message: str) -> None:
    with pytest.raises(InvalidData, match=re.escape(message)) as caught:
        parse_portals(GOOD + "\n\n" + second)
    assert caught.value.line == line


def test_loopback_is_for_examples_alone() -> None:
    with pytest.raises(InvalidData, match="no public host name"):
        parse_portals(LOOPBACK)
    text = LOOPBACK.replace("https://", "http://").replace("delay_seconds = 5", "delay_seconds = 0.05\nallow_loopback = true")
    (portal,) = parse_portals(text.replace('"127.0.0.1:80"', '"127.0.0.1"').replace("127.0.0.1:80/", "127.0.0.1/"))
    assert portal.delay_seconds == 0.05


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="cannot be read"):
        load_portals(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(InvalidData, match=r"latin\.toml"):
        load_portals(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://mau.gov.vn/tin", True),
        ("http://mau.gov.vn:80/tin", True),
        ("https://MAU.gov.vn./tin", True),
        ("https://mau.gov.vn:8080/tin", False),
        ("https://mau.gov.vn.evil.com/", False),
        ("https://evil.com/mau.gov.vn", False),
        ("https://mau.gov.vn@evil.com/", False),
        ("https://user@mau.gov.vn/", False),
        ("https://x.mau.gov.vn/", False),
        ("ftp://mau.gov.vn/", False),
        ("//mau.gov.vn/", False),
        ("https://[mau.gov.vn/", False),
        ("", False),
    ],
)
def test_serves(url: str, expected: bool) -> None:
    (portal,) = parse_portals(GOOD)
    assert portal.serves(url) is expected


@pytest.mark.parametrize(
    ("hours", "utc_hour", "expected"),
    [
        (None, 5, True),
        ((22, 6), 14, False),  # 21:59 in Vietnam
        ((22, 6), 15, True),
        ((22, 6), 22, True),
        ((22, 6), 23, False),
        ((8, 17), 1, True),
        ((8, 17), 10, False),
        ((0, 24), 17, True),
    ],
)
def test_hours_are_those_of_the_portal(hours: tuple[int, int] | None, utc_hour: int, expected: bool) -> None:
    (portal,) = parse_portals(GOOD)
    assert replace(portal, hours=hours).may_be_asked(datetime(2026, 11, 23, utc_hour, 59, tzinfo=UTC)) is expected


class TestBundled:
    def test_every_code_is_in_the_register(self) -> None:
        registry = load_portals(register_codes={locality.code for locality in Register.load()})
        assert len(registry) >= 120
        assert sum(portal.province == "VN" for portal in registry) >= 20

    def test_nothing_is_verified_and_nothing_invented(self) -> None:
        registry = load_portals()
        assert registry.select([]) == ()
        assert all(portal.evidence for portal in registry)
        assert not any(portal.feeds or portal.sitemaps or portal.selectors or portal.allow_loopback for portal in registry)

    def test_all_34_provinces_are_there(self) -> None:
        provinces = {portal.province for portal in load_portals()} - {"VN"}
        assert len(provinces) == 34

    @pytest.mark.parametrize(
        ("url", "portal_id"),
        [
            ("https://yenbai.gov.vn:443/noidung/tintuc/Pages/chi-tiet-tin-tuc.aspx?ItemID=6343&l=Tin", "yenbai.gov.vn"),
            ("https://baobackan.vn/thi-tuyen-truyen-post68307.html", "baobackan.vn"),
            ("https://baohatinh.vn/xa-hoi/tap-huan/240790.htm", "baohatinh.vn"),
            ("https://honquan.binhphuoc.gov.vn/vi/news/tin/tap-huan-1845.html", "honquan.binhphuoc.gov.vn"),
            ("https://baoninhthuan.com.vn/news/45624p31c99/tap-huan.htm", "baoninhthuan.com.vn"),
            ("https://baocamau.vn/trao-von-a104177.html", "baocamau.vn"),
        ],
    )
    def test_patterns_fit_the_addresses_they_were_read_from(self, url: str, portal_id: str) -> None:
        portal: Portal | None = load_portals().for_url(url)
        assert portal is not None
        assert portal.id == portal_id
        assert portal.article_pattern is not None
        assert re.search(portal.article_pattern, url)

    def test_hosts_lead_to_the_province_of_their_time(self) -> None:
        hosts = load_portals().province_hosts()
        assert (hosts["yenbai.gov.vn"], hosts["baohoabinh.com.vn"], hosts["baocamau.vn"]) == ("v1-15", "v1-17", "v1-96")
        assert "vietnamnet.vn" not in hosts
