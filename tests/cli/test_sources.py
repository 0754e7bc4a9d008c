"""`loa sources check --live`: a source that can be read is noted as verified, another is not, and nothing else changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.commands_sources import mark_verified
from corpus.portals import load_portals
from demo.server import DemoPortals
from demo.site import FAMILIES, load_sites
from tests.cli.conftest import Loa
from tests.portal_server.server import PortalServer, answer

REGISTRY = """# A comment that stays.

[[portal]]
id = "a"
name = "A"  # verified = false
verified = false

[[portal]]
id = "b"
name = "B"

[[portal]]
id = "c"
verified = false
"""


def test_only_the_tables_named_are_marked() -> None:
    marked = mark_verified(REGISTRY, {"a", "b"})
    assert marked == REGISTRY.replace(
        'verified = false\n\n[[portal]]\nid = "b"', 'verified = true\n\n[[portal]]\nid = "b"\nverified = true'
    )
    assert mark_verified(marked, {"a", "b"}) == marked
    assert mark_verified(REGISTRY, set()) == REGISTRY


def test_a_source_is_verified_by_reading_it(loa: Loa, home: Path) -> None:
    with DemoPortals(sites=load_sites()[:1]) as portals:
        (site,) = portals.sites
        live = portals.registry_toml().replace("verified = true", "verified = false")
        dead = live.replace(site.id, "mau-tat").replace(f":{portals.port(site.id)}", ":9")
        (home / "portals.toml").write_text(live + "\n" + dead, "utf-8")
        ran = loa("sources", "check", "--live", "--json")
    assert ran.code == 1, "one of them cannot be read"
    found = {row["portal"]: row for row in ran.rows}
    assert found[site.id]["readable"]
    assert found[site.id]["samples"]
    assert {sample["title"] for sample in found[site.id]["samples"]} <= {article.title for article in site.articles}
    assert not found["mau-tat"]["readable"]
    assert found["mau-tat"]["cause"]
    assert {portal.id: portal.verified for portal in load_portals(home / "portals.toml")} == {site.id: True, "mau-tat": False}
    assert not (home / "loa.db").exists(), "a check keeps no documents"


def test_a_source_is_added_by_looking_at_it(loa: Loa, home: Path) -> None:
    """One family; what is told of the others is tested without a crawl (tests/crawler/test_probe.py)."""
    cms = "sharepoint"
    (home / "portals.toml").write_text("", "utf-8")
    chosen = [one for one in load_sites() if one.cms == cms]
    with DemoPortals(sites=chosen) as portals:
        (one,) = portals.sites
        origin = portals.origin(one.id)
        ran = loa("sources", "add", origin, "--province", one.province, "--kind", one.kind, "--yes", "--json")
        again = loa("sources", "add", origin, "--province", one.province)
    assert ran.code == 0
    (row,) = ran.rows
    assert row["cms"] == cms
    assert row["robots"] == "allowed"
    assert {sample["title"] for sample in row["samples"]} <= {article.title for article in one.articles}
    assert row["samples"]
    (portal,) = load_portals(home / "portals.toml")
    assert (portal.verified, portal.cms, portal.province, portal.kind) == (True, cms, one.province, one.kind)
    assert all(re.search(str(portal.article_pattern), FAMILIES[cms].article(article)) for article in one.articles)
    assert portal.listings == (f"{origin}/",)
    assert "articles read" in portal.evidence
    assert again.code == 1
    assert "belongs to the source" in again.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["khong-phai-dia-chi"], "no address"),
        (["https://mau.vn/", "--province", "v2-99"], "unknown province"),
        (["https://10.0.0.1/"], "no public host name"),
        (["https://mau.vn/", "--kind", "blog"], "use one of"),
    ],
)
def test_what_no_entry_may_hold_is_refused_before_anything_is_asked(loa: Loa, arguments: list[str], message: str) -> None:
    more = [] if "--province" in arguments else ["--province", "v2-15"]
    ran = loa("sources", "add", *arguments, *more)
    assert ran.code != 0
    assert message in ran.err


def test_a_site_without_articles_is_not_written(loa: Loa, home: Path) -> None:
    (home / "portals.toml").write_text("", "utf-8")
    with PortalServer("trong", {"/": answer("<title>Trống</title><p>Không có gì.</p>")}) as empty:
        ran = loa("sources", "add", empty.origin, "--province", "v2-15", "--yes")
    assert ran.code == 1
    assert (home / "portals.toml").read_text("utf-8") == ""


def test_faults_of_the_registry_are_listed(loa: Loa, home: Path) -> None:
    entry = (
        '[[portal]]\nid = "{0}"\nname = "{0}"\nhome = "https://{1}/"\nhosts = ["{1}"]\nkind = "press"\nprovince = "v2-15"\nevidence = "x"\n'
    )
    (home / "portals.toml").write_text(entry.format("a", "a.vn") + entry.format("b", "www.a.vn"), "utf-8")
    ran = loa("sources", "check", "--json")
    assert ran.code == 1
    assert [(finding["portal"], finding["field"]) for finding in ran.rows[0]["findings"]] == [("b", "hosts")]


def test_the_list_says_what_came_of_a_source(loa: Loa, home: Path) -> None:
    common = 'kind = "press"\nprovince = "v2-15"\n'
    (home / "portals.toml").write_text(
        f'[[portal]]\nid = "cu"\nname = "Cũ"\nhome = "https://cu.vn/"\nhosts = ["cu.vn"]\n{common}'
        'successors = ["moi"]\nvalid_to = 2025-07-01\n\n'
        f'[[portal]]\nid = "moi"\nname = "Mới"\nhome = "https://moi.vn/"\nhosts = ["moi.vn"]\n{common}predecessors = ["cu"]\n',
        "utf-8",
    )
    rows = {row["portal"]: row for row in loa("sources", "list", "--json").rows}
    assert {name: (row["predecessors"], row["successors"], row["history"], row["valid_to"]) for name, row in rows.items()} == {
        "cu": ([], ["moi"], ["cu"], "2025-07-01"),
        "moi": (["cu"], [], ["cu", "moi"], None),
    }
    lines = {line.split()[0]: line for line in loa("sources", "list").out.splitlines()}
    assert lines["cu"].endswith("(until 2025-07-01; went on as moi)")
    assert lines["moi"].endswith("(took over from cu)")
