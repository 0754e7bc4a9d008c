"""Whole crawls over real HTTP on loopback, in the process of their own that `loa crawl` uses."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from corpus.errors import InvalidData, StoreUnavailable
from corpus.store import FILE_NAME, open_store
from crawler.run import crawl
from demo.server import DemoPortals
from demo.site import load_sites
from pipelines.archive import read_pages, verify
from tests.portal_server import server as act
from tests.portal_server.server import PortalServer, write_registry

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
CLOCK = 1e-6
"""Seconds by which two readings of the clock may differ from what lies between them: rounding alone."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def wanted(portals: DemoPortals) -> Counter[tuple[str, int]]:
    return Counter((site.id, article.id) for site in portals.sites for article in site.articles)


def files(portals: DemoPortals) -> int:
    return sum(len(article.attachments) for site in portals.sites for article in site.articles)


def fetched_articles(home: Path, portals: DemoPortals) -> Counter[tuple[str, int]]:
    """Articles by the number in the addresses of the archived pages, behind the port, which may hold the same digits."""
    ids = {(site.id, article.id) for site in portals.sites for article in site.articles}
    found: Counter[tuple[str, int]] = Counter()
    for page in read_pages(home / "archive"):
        address = urlsplit(page.requested_url)
        behind = f"{address.path}?{address.query}"
        for site_id, number in ids:
            if page.portal == site_id and str(number) in behind and "/tep/" not in behind:
                found[(site_id, number)] += 1
    return found


def test_demo_portals_are_read_whole_once_and_then_only_what_is_new(home: Path, tmp_path: Path) -> None:
    late = ("mau-nghean", 1990)
    with DemoPortals(hidden=[late]) as portals:
        registry = portals.write_registry(tmp_path / "portals.toml")
        first = crawl(home, now=NOW, registry_file=registry)
        articles = wanted(portals)
        del articles[late]
        assert fetched_articles(home, portals) == articles
        assert (first.total("fetched"), first.total("failed")) == (articles.total() + files(portals), 0)
        assert all("loa/" in access.user_agent for access in portals.accesses())
        assert not [access for access in portals.accesses() if access.status >= 400]

        portals.publish(*late)
        before = len(portals.accesses())
        second = crawl(home, now=NOW + timedelta(hours=2), registry_file=registry)
        asked = portals.accesses()[before:]
        assert second.total("fetched") == 1
        assert not [access for access in asked if access.target == "/robots.txt"], "it holds for 24 hours, from run to run"
        assert fetched_articles(home, portals) == wanted(portals)
        full = sum(access.body_bytes for access in portals.accesses()[:before])
        assert sum(access.body_bytes for access in asked) < 0.1 * full

        portals.edit()
        before = len(portals.accesses())
        third = crawl(home, now=NOW + timedelta(days=1, hours=1), registry_file=registry)
        assert {access.site for access in portals.accesses()[before:] if access.target == "/robots.txt"} == {
            site.id for site in portals.sites
        }
        again = {article: count for article, count in fetched_articles(home, portals).items() if count > 1}
        assert again.pop(("mau-nghean", 2011)) == 2
        assert {site for site, _ in again} <= {"mau-nghean"}  # its neighbours, whose pages now name the late article
        assert third.total("fetched") == 1 + len(again)
        everything = wanted(portals).total() + files(portals)
    report = verify(home / "archive")
    assert report.sound
    assert not report.torn
    assert verify(home / "archive" / "discovery").sound
    store = open_store(home / FILE_NAME)
    assert store.frontier_counts() == {"done": everything}
    assert [run.state for run in store.runs(kind="crawl")] == ["ended"] * 3
    store.close()


def test_requests_to_one_host_never_overlap_and_keep_their_distance(home: Path, tmp_path: Path) -> None:
    with DemoPortals() as portals:
        registry = portals.write_registry(tmp_path / "portals.toml", delay_seconds=0.3)
        crawl(home, ["mau-angiang", "mau-caobang"], now=NOW, registry_file=registry)
        for site_id in ("mau-angiang", "mau-caobang"):
            accesses = sorted(portals.accesses(site_id), key=lambda access: access.started)
            assert len(accesses) > 10
            for one, following in itertools.pairwise(accesses):
                assert following.started >= one.ended
                assert following.started - one.started >= 0.3 - CLOCK
        assert not portals.accesses("mau-quangnam")


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One crawl of many portals, each with its fault."""
    home = tmp_path_factory.mktemp("troubled")
    good = {"/tin/bai-1.html": act.article("Một"), "/tin/bai-2.html": act.article("Hai")}
    both = act.listing("/tin/bai-1.html", "/tin/bai-2.html")

    def robots(body: str | bytes, **more: Any) -> dict[str, act.Behaviour]:
        return {"/robots.txt": act.answer(body, **more), "/tin/": both, **good}

    with ExitStack() as stack:
        inside = stack.enter_context(PortalServer("inside", {"/tin/bai-9.html": act.article("Chín")}))
        plans: dict[str, dict[str, act.Behaviour]] = {
            "good": {"/tin/": both, **good},
            "robots-404": robots("", status=404),
            "robots-403": robots("", status=403),
            "robots-500": robots("", status=500),
            "robots-503": robots("", status=503),
            "robots-loop": {**robots(""), "/robots.txt": act.redirect("/robots.txt")},
            "robots-moved": {**robots(""), "/robots.txt": act.redirect("/r/1"), "/r/1": act.answer("User-agent: *\nDisallow: /tin/bai-2")},
            "robots-outside": {**robots(""), "/robots.txt": act.redirect(inside.origin + "/robots.txt")},
            "robots-401": robots("", status=401),
            "robots-410": robots("", status=410),
            "robots-429": robots("", status=429),
            "robots-empty": robots(""),
            "robots-drip": {**robots(""), "/robots.txt": act.drip},
            "robots-torn": {**robots(""), "/robots.txt": act.truncated},
            "robots-gzip": robots(gzip.compress(b"User-agent: *\nDisallow: /tin/bai-2"), Content_Encoding="gzip"),
            "robots-binary": robots(bytes(range(256)) * 20),
            "robots-five": {
                **robots(""),
                "/robots.txt": act.redirect("/r/1"),
                **{f"/r/{n}": act.redirect(f"/r/{n + 1}", 301) for n in range(1, 5)},
                "/r/5": act.answer("User-agent: *\nDisallow: /tin/bai-2"),
            },
            "robots-html": robots("<!doctype html><h1>Trang chủ</h1>"),
            "robots-bom": robots("\ufeffUser-agent: *\nDisallow: /tin/bai-2.html\n"),
            "robots-large": robots("User-agent: *\nDisallow: /tin/bai-2.html\n" + "# dài\n" * 300_000),
            "robots-ours": robots("User-agent: loa\nDisallow: /tin/bai-1\n\nUser-agent: *\nDisallow: /"),
            "robots-all": robots("User-agent: *\nDisallow: /"),
            "crawl-delay": robots("User-agent: *\nCrawl-delay: 0.5\nDisallow:"),
            "empty-list": {"/tin/": act.answer("<html><p>Không có bài nào.</p>")},
            "list-500": {"/tin/": act.answer("", status=500)},
            "list-404": {},
            "list-once-502": {"/tin/": act.in_turn(act.answer("", status=502), both), **good},
            "challenge": {"/tin/": act.answer(act.CHALLENGE, status=403)},
            "challenge-200": {"/tin/": act.answer(act.CHALLENGE)},
            "slow": {"/tin/": both, "/tin/bai-1.html": act.drip, "/tin/bai-2.html": act.article("Hai")},
            "endless": {"/tin/": both, "/tin/bai-1.html": act.endless, "/tin/bai-2.html": act.article("Hai")},
            "large": {"/tin/": both, "/tin/bai-1.html": act.large, "/tin/bai-2.html": act.article("Hai")},
            "truncated": {"/tin/": both, "/tin/bai-1.html": act.truncated, "/tin/bai-2.html": act.article("Hai")},
            "bomb-gzip": {"/tin/": both, "/tin/bai-1.html": act.gzip_bomb(), "/tin/bai-2.html": act.article("Hai")},
            "bomb-deflate": {"/tin/": both, "/tin/bai-1.html": act.deflate_bomb(), "/tin/bai-2.html": act.article("Hai")},
            "bomb-nested": {"/tin/": both, "/tin/bai-1.html": act.nested_bomb(), "/tin/bai-2.html": act.article("Hai")},
            "bomb-raw-deflate": {"/tin/": both, "/tin/bai-1.html": act.raw_deflate_bomb(), "/tin/bai-2.html": act.article("Hai")},
            "bomb-brotli": {"/tin/": both, "/tin/bai-1.html": act.brotli_bomb(), "/tin/bai-2.html": act.article("Hai")},
            "bomb-zstd": {"/tin/": both, "/tin/bai-1.html": act.zstd_bomb(), "/tin/bai-2.html": act.article("Hai")},
            "slow-header": {"/tin/": both, "/tin/bai-1.html": act.drip_of_headers, "/tin/bai-2.html": act.article("Hai")},
            "endless-headers": {"/tin/": both, "/tin/bai-1.html": act.endless_headers, "/tin/bai-2.html": act.article("Hai")},
            "silent": {"/tin/": both, "/tin/bai-1.html": act.silent, "/tin/bai-2.html": act.article("Hai")},
            "loop": {
                "/tin/": both,
                "/tin/bai-1.html": act.redirect("/tin/bai-3.html"),
                "/tin/bai-3.html": act.redirect("/tin/bai-1.html"),
                "/tin/bai-2.html": act.article("Hai"),
            },
            "away": {
                "/tin/": both,
                "/tin/bai-1.html": act.redirect(inside.origin + "/tin/bai-9.html"),
                "/tin/bai-2.html": act.article("Hai"),
            },
            "metadata": {
                "/tin/": both,
                "/tin/bai-1.html": act.redirect("http://169.254.169.254/latest/"),
                "/tin/bai-2.html": act.article("Hai"),
            },
            "file": {"/tin/": both, "/tin/bai-1.html": act.redirect("file:///etc/passwd"), "/tin/bai-2.html": act.article("Hai")},
            "gone": {"/tin/": both, "/tin/bai-1.html": act.answer("", status=410), "/tin/bai-2.html": act.article("Hai")},
            "busy": {
                "/tin/": both,
                "/tin/bai-1.html": act.answer("", status=429, Retry_After="3600"),
                "/tin/bai-2.html": act.article("Hai"),
            },
            "charset": {
                "/tin/": both,
                "/tin/bai-1.html": act.answer("<p>Giảm nghèo</p>".encode("utf-16"), Content_Type="text/html; charset=none"),
                "/tin/bai-2.html": act.article("Hai"),
            },
        }
        calendar = {f"/tin/?page={n}": act.listing("/tin/bai-1.html", more=f"/tin/?page={n + 1}") for n in range(2, 60)}
        plans["calendar"] = {"/tin/": act.listing("/tin/bai-1.html", more="/tin/?page=2"), **calendar, **good}
        servers = {name: stack.enter_context(PortalServer(name, routes)) for name, routes in plans.items()}
        registry = write_registry(home / "portals.toml", inside, *servers.values())
        report = crawl(home, list(servers), now=NOW, registry_file=registry, timeout_seconds=6)
    store = open_store(home / FILE_NAME)
    seen = {name: store.readings(name)[-1] for name in servers}
    store.close()
    return {"home": home, "report": report, "servers": servers, "inside": inside, "seen": seen}


# portal -> articles fetched, causes counted, why the run left it
CASES: list[tuple[str, set[str], set[str], str | None]] = [
    ("good", {"1", "2"}, set(), None),
    ("robots-404", {"1", "2"}, set(), None),
    ("robots-403", {"1", "2"}, set(), None),
    ("robots-500", set(), {"robots_unreachable"}, None),
    ("robots-503", set(), {"robots_unreachable"}, None),
    ("robots-loop", {"1", "2"}, set(), None),
    ("robots-401", {"1", "2"}, set(), None),
    ("robots-410", {"1", "2"}, set(), None),
    ("robots-429", {"1", "2"}, set(), None),
    ("robots-empty", {"1", "2"}, set(), None),
    ("robots-drip", set(), {"timeout"}, None),
    ("robots-torn", set(), {"robots_unreachable"}, None),
    ("robots-gzip", {"1"}, {"robots_refused"}, None),
    ("robots-binary", {"1", "2"}, set(), None),
    ("robots-five", {"1"}, {"robots_refused"}, None),
    ("robots-moved", {"1"}, {"robots_refused"}, None),
    ("robots-outside", set(), {"robots_unreachable"}, None),
    ("robots-html", {"1", "2"}, set(), None),
    ("robots-bom", {"1"}, {"robots_refused"}, None),
    ("robots-large", {"1"}, {"robots_refused"}, None),
    ("robots-ours", {"2"}, {"robots_refused"}, None),
    ("robots-all", set(), {"robots_refused"}, None),
    ("crawl-delay", {"1", "2"}, set(), None),
    ("empty-list", set(), {"empty_listing"}, None),
    ("list-500", set(), {"http_500"}, None),
    ("list-404", set(), {"http_404"}, None),
    ("list-once-502", {"1", "2"}, set(), None),
    ("challenge", set(), {"blocked"}, None),
    ("challenge-200", set(), {"blocked"}, None),
    ("slow", {"2"}, {"timeout"}, None),
    ("endless", {"2"}, {"too_large|timeout"}, None),  # whichever limit a busy machine reaches first
    ("large", {"2"}, {"too_large"}, None),
    ("truncated", {"2"}, {"truncated"}, None),
    ("bomb-gzip", {"2"}, {"too_large"}, None),
    ("bomb-deflate", {"2"}, {"too_large"}, None),
    ("bomb-nested", {"2"}, {"too_large"}, None),
    ("bomb-raw-deflate", {"2"}, {"too_large"}, None),
    ("bomb-brotli", {"2"}, {"too_large"}, None),
    ("bomb-zstd", {"2"}, {"too_large"}, None),
    ("slow-header", {"2"}, {"timeout"}, None),
    ("endless-headers", {"2"}, {"unreachable"}, None),
    ("silent", {"2"}, {"timeout"}, None),
    ("loop", {"2"}, {"redirect_loop"}, None),
    ("away", {"2"}, {"outside_registry"}, None),
    ("metadata", {"2"}, {"outside_registry"}, None),
    ("file", {"2"}, {"http_302"}, None),
    ("gone", {"2"}, {"http_410"}, None),
    ("busy", set(), {"http_429"}, "http_429"),
    ("charset", {"1", "2"}, set(), None),
    ("calendar", {"1"}, set(), None),
]


@pytest.mark.parametrize(("name", "articles", "causes", "stopped"), CASES, ids=[case[0] for case in CASES])
def test_each_fault_has_its_cause_and_spares_the_rest(
    troubled: dict[str, Any], name: str, articles: set[str], causes: set[str], stopped: str | None
) -> None:
    pages = [page for page in read_pages(troubled["home"] / "archive") if page.portal == name]
    assert {page.requested_url.rpartition("-")[2].removesuffix(".html") for page in pages} == articles
    seen = troubled["seen"][name]
    found = {*seen.causes, *seen.failures}
    either = set("|".join(causes).split("|"))
    assert found == causes or (causes != either and found and found <= either)
    assert seen.stopped == stopped


def test_faults_of_some_do_not_hold_up_the_run(troubled: dict[str, Any]) -> None:
    """One asks to wait for an hour, others never end: waiting for any would be cut off as a test that takes too long."""
    assert set(troubled["report"].portals) == set(troubled["servers"])
    assert len(CASES) == len(troubled["servers"])


def test_nothing_outside_a_portal_was_asked(troubled: dict[str, Any]) -> None:
    assert troubled["inside"].requests == []
    for server in troubled["servers"].values():
        assert all(headers["host"] == server.origin.removeprefix("http://") for _, _, headers in server.requests)


def test_crawl_delay_is_kept(troubled: dict[str, Any]) -> None:
    moments = [moment for moment, _, _ in troubled["servers"]["crawl-delay"].requests]
    assert len(moments) == 4
    assert all(following - one >= 0.5 - CLOCK for one, following in itertools.pairwise(moments))


def test_refused_addresses_were_never_asked(troubled: dict[str, Any]) -> None:
    assert set(troubled["servers"]["robots-all"].targets) == {"/robots.txt"}
    assert "/tin/bai-2.html" not in troubled["servers"]["robots-large"].targets
    assert set(troubled["servers"]["robots-500"].targets) == {"/robots.txt"}


def test_a_list_that_repeats_itself_is_left(troubled: dict[str, Any]) -> None:
    assert sum(target.startswith("/tin/?page=") for target in troubled["servers"]["calendar"].targets) == 1


def test_a_busy_source_is_left_alone_at_once(troubled: dict[str, Any]) -> None:
    assert troubled["servers"]["busy"].targets == ["/robots.txt", "/tin/", "/tin/bai-1.html"]


def self_signed(folder: Path) -> Path:
    """Certificate and key of nobody, valid in the year of the tests and not for this address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mau.gov.vn")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    certificate = builder.not_valid_before(NOW - timedelta(days=800)).not_valid_after(NOW - timedelta(days=400)).sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


def test_a_broken_certificate_is_taken_from_its_own_source_alone(home: Path, tmp_path: Path) -> None:
    pem = self_signed(tmp_path)
    routes = {"/tin/": act.listing("/tin/bai-1.html"), "/tin/bai-1.html": act.article("Một")}
    with (
        PortalServer("strict", routes, certificate=pem) as strict,
        PortalServer("lenient", routes, certificate=pem, tls="insecure", tls_evidence="expired, seen 2026-11-20") as lenient,
        PortalServer("plain", routes) as plain,
    ):
        registry = write_registry(tmp_path / "portals.toml", strict, lenient, plain)
        report = crawl(home, now=NOW, registry_file=registry)
        assert {name: counts["fetched"] for name, counts in report.portals.items()} == {"strict": 0, "lenient": 1, "plain": 1}
        assert strict.requests == []
    store = open_store(home / FILE_NAME)
    seen = store.readings("strict")[-1]
    store.close()
    assert (seen.robots, seen.causes) == ("unreachable", ("bad_certificate",))


def test_scrapy_crawl_portal_works_from_the_root(home: Path, tmp_path: Path) -> None:
    with DemoPortals() as portals:
        registry = portals.write_registry(tmp_path / "portals.toml")
        environment = {**os.environ, "LOA_HOME": str(home), "LOA_PORTALS": str(registry), "LOA_CONTACT": "mailto:staff@example.vn"}
        command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-a", "portal=mau-dongthap"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert {access.site for access in portals.accesses()} == {"mau-dongthap"}
        assert all("staff@example.vn" in access.user_agent for access in portals.accesses())
        assert sum(fetched_articles(home, portals).values()) == 10


_CRAWL = (
    "import sys; from pathlib import Path; from datetime import datetime, UTC; from crawler.run import crawl; "
    "from corpus.store import open_store; home = Path(sys.argv[1]); home.mkdir(exist_ok=True); now = datetime.now(UTC); "
    "store = open_store(home / 'loa.db'); store.recover(now); store.close(); "
    "crawl(home, now=now, registry_file=Path(sys.argv[2]))"
)
"""What `loa crawl` does, in a process that can be killed."""


def crawl_and_kill(home: Path, registry: Path, portals: DemoPortals, *, requests: int) -> None:
    """Kill the caller of a crawl after so many requests; its child must end with it."""
    command = [sys.executable, "-c", _CRAWL, str(home), str(registry)]
    already = len(portals.accesses())
    alive, held = os.pipe()  # caller and child hold its other end: it closes when both are gone
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[held])
    os.close(held)
    while len(portals.accesses()) < already + requests and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    ended, _, _ = select.select([alive], [], [], 10)  # milliseconds; more only where the machine is busy
    os.close(alive)
    assert ended, "the crawler outlived its caller"


def finish_and_check(home: Path, registry: Path, portals: DemoPortals) -> None:
    """Every article and file is there once, whatever was killed before."""
    subprocess.run([sys.executable, "-c", _CRAWL, str(home), str(registry)], cwd=ROOT, check=True, timeout=300)
    store = open_store(home / FILE_NAME)
    assert set(store.frontier_counts()) == {"done"}
    saved = Counter(page.requested_url for page in store.archived_pages(1000))
    store.close()
    assert set(saved.values()) == {1}
    assert len(saved) == wanted(portals).total() + files(portals)
    assert verify(home / "archive").sound


@pytest.mark.parametrize("requests", [(5, 14), (27, 60)])
def test_kill_9_loses_and_doubles_nothing(home: Path, tmp_path: Path, requests: tuple[int, ...]) -> None:
    with DemoPortals() as portals:
        registry = portals.write_registry(tmp_path / "portals.toml", delay_seconds=0.02)
        for count in requests:
            crawl_and_kill(home, registry, portals, requests=count)
        finish_and_check(home, registry, portals)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
def test_kill_9_at_200_points(tmp_path: Path, seed: int) -> None:
    """Twenty for each seed."""
    source = random.Random(seed)
    chosen = [one for one in load_sites() if any(article.attachments for article in one.articles)]  # every kind of address
    with DemoPortals(sites=chosen) as portals:
        registry = portals.write_registry(tmp_path / "portals.toml", delay_seconds=0.02)
        for round_ in range(5):
            home = tmp_path / f"home-{round_}"
            for _ in range(4):
                crawl_and_kill(home, registry, portals, requests=source.randrange(1, 60))
            finish_and_check(home, registry, portals)


def test_an_unknown_portal_is_named(home: Path, tmp_path: Path) -> None:
    with DemoPortals() as portals:
        registry = portals.write_registry(tmp_path / "portals.toml")
        with pytest.raises(InvalidData, match="no portal 'khong-co'"):
            crawl(home, ["khong-co"], now=NOW, registry_file=registry)


def test_a_damaged_store_is_named(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / FILE_NAME).write_bytes(b"not a database" * 100)
    with DemoPortals() as portals:
        registry = portals.write_registry(tmp_path / "portals.toml")
        with pytest.raises(InvalidData, match=FILE_NAME):
            crawl(home, now=NOW, registry_file=registry)
        assert not portals.accesses()


def test_an_archive_that_cannot_be_written_ends_the_run_with_its_name(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    (home / "archive").write_text("in the way")
    with DemoPortals() as portals:
        registry = portals.write_registry(tmp_path / "portals.toml")
        with pytest.raises(StoreUnavailable, match="archive"):
            crawl(home, now=NOW, registry_file=registry)
        assert "Traceback" not in capfd.readouterr().err
        (home / "archive").unlink()
        store = open_store(home / FILE_NAME)
        store.recover(NOW)
        store.close()
        assert crawl(home, now=NOW, registry_file=registry).total("fetched") == wanted(portals).total() + files(portals)
