from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry, load_portals, parse_portals
from corpus.registry import check_registry, lineage, to_toml

A = Portal(id="a", name="A", home="https://a.vn/", hosts=("a.vn",), kind="press", province="v2-15", evidence="seen")
B = replace(A, id="b", name="B", home="https://b.vn/", hosts=("b.vn",))


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


def test_the_bundled_registry_is_sound_and_promises_nothing(register: Register) -> None:
    registry = load_portals(register_codes={locality.code for locality in register})
    assert check_registry(registry, register) == ()
    assert len(registry) >= 120
    assert not any(portal.verified or portal.feeds or portal.sitemaps or portal.selectors or portal.discovery for portal in registry)
    assert {portal.kind for portal in registry} == {"government", "press", "broadcast"}
    assert sum(portal.province == "VN" for portal in registry) >= 20
    assert {portal.province for portal in registry} >= {f"v2-{code}" for code in register_of_today(register)}


def register_of_today(register: Register) -> set[str]:
    return {locality.code[3:] for locality in register.units("province", date(2026, 1, 1))}


FAULTS: list[tuple[str, Callable[[], list[Portal]], str]] = [
    ("www-of-another", lambda: [A, replace(B, hosts=("b.vn", "www.a.vn"))], "b hosts"),
    ("mobile-of-another", lambda: [A, replace(B, hosts=("b.vn", "m.a.vn"))], "b hosts"),
    ("wrong-successor-province", lambda: [replace(A, province_before="v1-02")], "a province_before"),
    ("one-sided-successor", lambda: [replace(A, successors=("b",), valid_to=date(2025, 7, 1)), B], "a successors"),
    ("one-sided-predecessor", lambda: [A, replace(B, predecessors=("a",))], "b predecessors"),
    ("successor-but-still-valid", lambda: [replace(A, successors=("b",)), replace(B, predecessors=("a",))], "a valid_to"),
    (
        "pattern-takes-lists",
        lambda: [replace(A, listings=("https://a.vn/tin-12345.html",), article_pattern=r"-\d+\.html")],
        "a article_pattern",
    ),
    ("no-evidence", lambda: [replace(A, evidence="")], "a evidence"),
]


@pytest.mark.parametrize(("portals", "expected"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_faults_beyond_one_field(register: Register, portals: Callable[[], list[Portal]], expected: str) -> None:
    found = check_registry(PortalRegistry(tuple(portals())), register)
    assert [f"{finding.portal} {finding.field}" for finding in found] == [expected]


def test_a_circle_of_successors_is_found(register: Register) -> None:
    ended: dict[str, Any] = {"valid_to": date(2025, 7, 1)}
    circle = [replace(A, successors=("b",), predecessors=("b",), **ended), replace(B, successors=("a",), predecessors=("a",), **ended)]
    assert {finding.field for finding in check_registry(PortalRegistry(tuple(circle)), register)} == {"successors"}


def test_a_merged_portal_keeps_the_history_of_all_that_it_came_from() -> None:
    c = replace(A, id="c", hosts=("c.vn",), predecessors=("a", "b"))
    d = replace(A, id="d", hosts=("d.vn",), predecessors=("c",))
    registry = PortalRegistry((A, B, c, d))
    assert lineage("d", registry) == ("a", "b", "c", "d")
    assert lineage("a", registry) == ("a",)


def test_entries_come_back_as_they_were() -> None:
    registry = load_portals()
    assert tuple(parse_portals("\n".join(to_toml(portal) for portal in registry))) == tuple(registry)
    rich = replace(
        A,
        name='Báo "Mẫu" \\ tỉnh',
        selectors={"title": "h1.t", "body": 'div[id="x"]'},
        hours=(22, 6),
        discovery=("feed", "listing"),
        archive="https://a.vn/{yyyy}/{mm}",
        search="https://a.vn/?s={query}",
        tls="insecure",
        tls_evidence="expired",
        valid_from=date(2025, 7, 1),
        delay_seconds=5.0,
    )
    assert tuple(parse_portals(to_toml(rich))) == (rich,)
