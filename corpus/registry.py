"""What a registry of portals says as a whole: faults beyond single fields, who came after whom, an entry as text.

Single fields are checked where the file is read (``portals.py``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any

from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry
from corpus.urls import canonical_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    portal: str
    field: str
    text: str
    """What is wrong and what to do, in one line."""


def check_registry(registry: PortalRegistry, register: Register) -> tuple[Finding, ...]:
    """Faults that a person should mend, in the order of the portals; none for a sound registry."""
    owners = _owners(registry)
    found: list[Finding] = []
    for portal in registry:
        found += _overlaps(portal, owners)
        found += _provinces(portal, register)
        found += _lineage(portal, registry)
        found += _patterns(portal)
        if not portal.evidence:
            found.append(Finding(portal=portal.id, field="evidence", text="say what the entry rests on"))
    return tuple(found)


def _owners(registry: PortalRegistry) -> Mapping[str, str]:
    """By the host without www, m. and the like: the portal that is named so itself before one that only lists it."""
    owners: dict[str, str] = {}
    for portal in sorted(registry, key=lambda portal: portal.id):
        for host in portal.hosts:
            owners.setdefault(_bare(host), portal.id)
    return owners


def _bare(host: str) -> str:
    return canonical_url(f"http://{host}/").partition("://")[2].rstrip("/")


def _overlaps(portal: Portal, owners: Mapping[str, str]) -> Iterator[Finding]:
    for host in portal.hosts:
        owner = owners[_bare(host)]
        if owner != portal.id:
            yield Finding(portal=portal.id, field="hosts", text=f"{host} is another spelling of a host of {owner}: a site has one entry")


def _provinces(portal: Portal, register: Register) -> Iterator[Finding]:
    if portal.province_before is None or portal.province == "VN":
        return
    today = register.today_province(portal.province_before)
    if today is not None and today != portal.province:
        text = f"{portal.province_before} became part of {today}, not of {portal.province}: correct one of the two"
        yield Finding(portal=portal.id, field="province_before", text=text)


def _lineage(portal: Portal, registry: PortalRegistry) -> Iterator[Finding]:
    for field, other_field in (("successors", "predecessors"), ("predecessors", "successors")):
        for name in getattr(portal, field):
            other = registry.get(name)
            if other is not None and portal.id not in getattr(other, other_field):
                yield Finding(portal=portal.id, field=field, text=f"{name} does not name it among its {other_field}: name it there too")
    if portal.id in _reached(portal.id, registry, "successors"):
        yield Finding(portal=portal.id, field="successors", text="it follows itself: break the circle")
    if portal.successors and portal.valid_to is None:
        yield Finding(portal=portal.id, field="valid_to", text="it has successors: say from which day it was no source of its own")


def _patterns(portal: Portal) -> Iterator[Finding]:
    if portal.article_pattern is None:
        return
    for url in (*portal.listings, *portal.feeds, *portal.sitemaps):
        if re.search(portal.article_pattern, url):
            yield Finding(portal=portal.id, field="article_pattern", text=f"is found in {url}, which is no article: make it narrower")


def lineage(portal_id: str, registry: PortalRegistry) -> tuple[str, ...]:
    """Ids of all that a portal came from, the portal itself last: whose documents belong to its history."""
    return (*sorted(_reached(portal_id, registry, "predecessors") - {portal_id}), portal_id)


def _reached(portal_id: str, registry: PortalRegistry, field: str) -> set[str]:
    """Everything that the field leads to from a portal; the portal itself only where it leads back."""
    reached: set[str] = set()
    waiting = [portal_id]
    while waiting:
        portal = registry.get(waiting.pop())
        for name in getattr(portal, field) if portal is not None else ():
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def to_toml(portal: Portal) -> str:
    """The portal as a [[portal]] table: what has to be there and what differs from the defaults.

    >>> entry = to_toml(Portal(id="a", name="Báo A", home="https://a.vn/", hosts=("a.vn",), kind="press", province="v2-15"))
    >>> print(entry.splitlines()[2])
    name = "Báo A"
    """
    lines = ["[[portal]]"]
    for field in fields(Portal):
        value = getattr(portal, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if field.name == "verified" or value != default:
            lines.append(f"{field.name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(text)}" for name, text in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # texts, numbers and booleans are written alike
