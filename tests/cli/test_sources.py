"""`loa sources check --live`: a source that can be read is noted as verified, another is not, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

from cli.commands_sources import mark_verified
from corpus.portals import load_portals
from demo.server import DemoPortals
from demo.site import load_sites
from tests.cli.conftest import Loa

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
