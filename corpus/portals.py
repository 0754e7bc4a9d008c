"""Portal registry: which sources there are, where they list their articles and how gently they are to be asked.

A portal is data (``data/portals.toml``); a new source needs a table there and no code. Reading pages is not done here.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from corpus.errors import InvalidData
from corpus.readings import WayKind

Kind = Literal["government", "press", "broadcast"]
Tls = Literal["verify", "insecure"]
Cms = Literal["sharepoint", "liferay", "webcenter", "dotnetnuke", "nukeviet", "wordpress", "drupal", "joomla", "newspaper", "unknown"]

MIN_DELAY_SECONDS = 3.0
"""Between two starts at one host; less is accepted for loopback only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """One source. Empty fields are not known yet: discovery then looks for itself."""

    id: str
    """Key used everywhere, lower case with hyphens; never reused for another source."""
    name: str
    home: str
    """Address of the first page."""
    hosts: tuple[str, ...]
    """Every host that belongs to it, with the port where it is not the usual one. Nothing else is ever asked."""
    kind: Kind
    province: str
    """Key of the register valid today (``v2-…``), or ``VN`` for central sources."""
    province_before: str | None = None
    """Key of the unit it spoke for until 2025-06-30 (``v1-…``); None where it is newer or central."""
    cms: Cms = "unknown"
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    """First pages of article lists."""
    archive: str | None = None
    """Address of a list by day or month, with ``{yyyy}``, ``{mm}`` and perhaps ``{dd}``."""
    search: str | None = None
    """Address of the on-site search, with ``{query}``."""
    discovery: tuple[WayKind, ...] = ()
    """The ways to ask it, in order; empty: feed, sitemap, listing, archive, search."""
    article_pattern: str | None = None
    """Regular expression found in the address of every article and of nothing else."""
    id_pattern: str | None = None
    """Regular expression whose group 1 is the site's own id in an article address."""
    selectors: Mapping[str, str] | None = None
    """CSS selectors for extraction: ``title``, ``body``, ``date``, ``author``, ``remove``."""
    delay_seconds: float = MIN_DELAY_SECONDS
    """Least time between two starts; the source's own Crawl-delay counts where it is longer."""
    hours: tuple[int, int] | None = None
    """Hours of the day in its time zone, [from, to), when it may be asked; None: always."""
    tls: Tls = "verify"
    """``insecure``: its certificate is not checked, for this source alone; ``tls_evidence`` says why."""
    tls_evidence: str = ""
    allow_loopback: bool = False
    """For example portals and tests: its hosts are loopback addresses, and only these."""
    verified: bool = False
    """A person saw a live check succeed; others are not crawled unless named."""
    evidence: str = ""
    """What the entry rests on."""
    valid_from: date | None = None
    valid_to: date | None = None
    """First day on which it was no longer a source of its own."""
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()

    def may_be_asked(self, now: datetime) -> bool:
        """Whether ``now`` lies in its hours; they may run over midnight."""
        if self.hours is None:
            return True
        hour, (start, end) = now.astimezone(ZoneInfo(self.timezone)).hour, self.hours
        return start <= hour < end if start < end else hour >= start or hour < end

    def serves(self, url: str) -> bool:
        """Whether ``url`` is http(s) on one of its hosts."""
        try:
            parts = urlsplit(url)
            return parts.scheme in {"http", "https"} and host_key(url) in self.hosts and not parts.username
        except ValueError:
            return False


@dataclass(frozen=True)
class PortalRegistry:
    """All portals by id, in the order of their ids."""

    portals: tuple[Portal, ...]
    source: str = ""
    """File that they were read from."""

    def __iter__(self) -> Iterator[Portal]:
        return iter(self.portals)

    def __len__(self) -> int:
        return len(self.portals)

    def __contains__(self, portal_id: object) -> bool:
        return portal_id in self._by_id

    def get(self, portal_id: str) -> Portal | None:
        return self._by_id.get(portal_id)

    def for_url(self, url: str) -> Portal | None:
        """The portal that serves ``url``."""
        try:
            return self._by_host.get(host_key(url))
        except ValueError:
            return None

    def select(self, ids: Collection[str]) -> tuple[Portal, ...]:
        """The named portals, or with no name all that are verified and still valid sources.

        Raises: InvalidData for an unknown id.
        """
        if not ids:
            return tuple(portal for portal in self.portals if portal.verified and portal.valid_to is None)
        unknown = sorted(set(ids) - self._by_id.keys())
        if unknown:
            raise InvalidData(f"no portal {unknown[0]!r}; `loa sources list` gives the ids", file=self.source or None)
        return tuple(portal for portal in self.portals if portal.id in ids)

    def province_hosts(self) -> dict[str, str]:
        """Host to the key of its province before the reform where there is one, else of today's: a prior, never a proof."""
        return {
            host: portal.province_before or portal.province for portal in self.portals for host in portal.hosts if portal.province != "VN"
        }

    @cached_property
    def _by_id(self) -> dict[str, Portal]:
        return {portal.id: portal for portal in self.portals}

    @cached_property
    def _by_host(self) -> dict[str, Portal]:
        return {host: portal for portal in self.portals for host in portal.hosts}


def host_key(url: str) -> str:
    """Host as the registry writes it: lower case, no final dot, the port only where it is not the scheme's usual one.

    Raises: ValueError when ``url`` has no host or a port that is none.

    >>> host_key("https://WWW.Example.vn.:443/x"), host_key("http://127.0.0.1:8080/")
    ('www.example.vn', '127.0.0.1:8080')
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise ValueError(f"no host in {url!r}")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is None or parts.port in (80, 443):
        return host
    return f"{host}:{parts.port}"


def load_portals(path: Path | None = None, register_codes: Collection[str] | None = None) -> PortalRegistry:
    """Read a registry file, the bundled one by default.

    ``register_codes`` are the known keys of the register; without them only the form of a province code is checked.
    Raises: InvalidData with file, line, field, value and what to do.
    """
    if path is None:
        name = "portals.toml"
        text = resources.files("corpus.data").joinpath(name).read_text("utf-8")
    else:
        name = str(path)
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidData(f"cannot be read as UTF-8 text ({error}); name another file", file=name) from error
    return parse_portals(text, name=name, register_codes=register_codes)


def parse_portals(text: str, *, name: str = "portals.toml", register_codes: Collection[str] | None = None) -> PortalRegistry:
    """The registry in ``text``; see `load_portals`."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise InvalidData(f"not TOML: {error}", file=name, line=int(line[1]) if line else None) from error
    places = _Places(text, name)
    entries = tables.pop("portal", [])
    if tables or not isinstance(entries, list):
        unknown = next(iter(tables), "portal")
        raise InvalidData(f"{unknown!r} is not known at the top; a source is a [[portal]] table", file=name)
    portals = [_portal(entry, number, places, register_codes) for number, entry in enumerate(entries)]
    _check_together(portals, places)
    return PortalRegistry(tuple(sorted(portals, key=lambda portal: portal.id)), source=name)


class _Places:
    """Where the fields of each [[portal]] table stand, so that a fault can be pointed at."""

    _FIELD = re.compile(r"^\s*([A-Za-z_]+)\s*(?:=|\.)")

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines: list[dict[str, int]] = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() == "[[portal]]":
                self._lines.append({"": number})
            elif line.strip() == "[portal.selectors]" and self._lines:
                self._lines[-1]["selectors"] = number
            elif self._lines and (match := self._FIELD.match(line)):
                self._lines[-1].setdefault(match[1], number)

    def fault(self, number: int, field: str, value: object, fix: str) -> InvalidData:
        lines = self._lines[number] if number < len(self._lines) else {}
        return InvalidData(f"{field} = {value!r}: {fix}", file=self.name, line=lines.get(field, lines.get("")))


_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+[a-z][a-z0-9-]{1,62}(?::\d{1,5})?")
_LOOPBACK_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?")
_PROVINCE = re.compile(r"v2-\d{2}|VN")
_PROVINCE_BEFORE = re.compile(r"v1-\d{2}")
_TEXT = {"id", "name", "home", "kind", "province", "province_before", "cms", "language", "timezone", "evidence"}
_TEXT |= {"article_pattern", "id_pattern", "archive", "search", "tls", "tls_evidence"}
_LISTS = {"discovery", "hosts", "feeds", "sitemaps", "listings", "predecessors", "successors"}
_FLAGS = {"allow_loopback", "verified"}
_SELECTORS = {"title", "body", "date", "author", "remove"}
_REQUIRED = ("id", "name", "home", "hosts", "kind", "province")


def _portal(entry: Mapping[str, Any], number: int, places: _Places, codes: Collection[str] | None) -> Portal:
    def fail(field: str, fix: str) -> InvalidData:
        return places.fault(number, field, entry.get(field), fix)

    known = {field.name for field in fields(Portal)}
    for field in entry:
        if field not in known:
            raise fail(field, "no such field; known are " + ", ".join(sorted(known)))
    for field in _REQUIRED:
        if not entry.get(field):
            raise fail(field, "is required")
    values: dict[str, Any] = {field: _typed(field, value, fail) for field, value in entry.items()}
    portal = Portal(**values)
    _check_words(portal, fail, codes)
    _check_hosts(portal, fail)
    _check_addresses(portal, fail)
    _check_patterns(portal, fail)
    return portal


def _typed(field: str, value: Any, fail: Any) -> Any:
    if field in _LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise fail(field, "write a list of texts")
        return tuple(value)
    if field in _FLAGS:
        if not isinstance(value, bool):
            raise fail(field, "write true or false")
        return value
    if field in {"valid_from", "valid_to"}:
        if type(value) is not date:
            raise fail(field, "write a date such as 2025-07-01")
        return value
    if field == "delay_seconds":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
            raise fail(field, "write a number of seconds from 3 to 3600")
        return float(value)
    if field == "hours":
        whole = isinstance(value, list) and len(value) == 2 and all(type(hour) is int and 0 <= hour <= 24 for hour in value)
        if not whole or value[0] == value[1]:
            raise fail(field, "write two different hours such as [22, 6]")
        return tuple(value)
    if field == "selectors":
        if not isinstance(value, dict) or not set(value) <= _SELECTORS or not all(isinstance(v, str) for v in value.values()):
            raise fail(field, "write texts for some of " + ", ".join(sorted(_SELECTORS)))
        return dict(value)
    if field in _TEXT and not isinstance(value, str):
        raise fail(field, "write a text in quotes")
    return value


def _check_words(portal: Portal, fail: Any, codes: Collection[str] | None) -> None:
    if not _ID.fullmatch(portal.id):
        raise fail("id", "use lower case letters, digits, hyphens and dots")
    for field, allowed in (("kind", get_args(Kind)), ("cms", get_args(Cms)), ("tls", get_args(Tls))):
        if getattr(portal, field) not in allowed:
            raise fail(field, "use one of " + ", ".join(allowed))
    if not set(portal.discovery) <= set(get_args(WayKind)) or len(set(portal.discovery)) < len(portal.discovery):
        raise fail("discovery", "name some of " + ", ".join(get_args(WayKind)) + ", each once, in the order to ask")
    if not _LANGUAGE.fullmatch(portal.language):
        raise fail("language", "write a language code such as vi or en")
    if portal.valid_from is not None and portal.valid_to is not None and portal.valid_to <= portal.valid_from:
        raise fail("valid_to", "lies not after valid_from; it is the first day on which it was no longer a source")
    if portal.tls == "insecure" and not portal.tls_evidence:
        raise fail("tls", "say in tls_evidence what is wrong with its certificate and who saw it")
    try:
        ZoneInfo(portal.timezone)
    except (KeyError, ValueError) as error:
        raise fail("timezone", "no such time zone; use a name such as Asia/Ho_Chi_Minh") from error
    for field, form, example in (
        ("province", _PROVINCE, "the code of today's province such as v2-15, or VN"),
        ("province_before", _PROVINCE_BEFORE, "the code of a province until 2025 such as v1-10"),
    ):
        code = getattr(portal, field)
        if code is None:
            continue
        if not form.fullmatch(code) or (codes is not None and code != "VN" and code not in codes):
            raise fail(field, f"unknown province; use {example}")


def _check_hosts(portal: Portal, fail: Any) -> None:
    if portal.allow_loopback:
        if any(not _LOOPBACK_HOST.fullmatch(host) for host in portal.hosts):
            raise fail("allow_loopback", "only for sources whose hosts are all loopback; remove it")
    else:
        for host in portal.hosts:
            if _LOOPBACK_HOST.fullmatch(host) or _is_address(host):
                raise fail("hosts", f"{host} is no public host name; give the name that readers use")
            if not _HOST.fullmatch(host) or host != host.lower():
                raise fail("hosts", f"{host} is no host name; lower case, without scheme, path and final dot")
        if portal.delay_seconds < MIN_DELAY_SECONDS:
            raise fail("delay_seconds", f"at least {MIN_DELAY_SECONDS:g} for public hosts")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").rsplit(":", 1)[0] if host.count(":") == 1 else host.strip("[]"))
    except ValueError:
        return False
    return True


def _check_addresses(portal: Portal, fail: Any) -> None:
    for field, marks in (("archive", ("{yyyy}", "{mm}")), ("search", ("{query}",))):
        value = getattr(portal, field)
        if value is not None and not all(mark in value for mark in marks):
            raise fail(field, "write " + " and ".join(marks) + " where they belong in the address")
    for field in ("home", "feeds", "sitemaps", "listings", "archive", "search"):
        value = getattr(portal, field)
        for url in () if value is None else (value,) if isinstance(value, str) else value:
            if not portal.serves(url):
                raise fail(field, f"{url} is not http(s) on one of its hosts; add the host or correct the address")


def _check_patterns(portal: Portal, fail: Any) -> None:
    for field in ("article_pattern", "id_pattern"):
        pattern = getattr(portal, field)
        if pattern is None:
            continue
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise fail(field, f"not a regular expression ({error})") from error
        if field == "id_pattern" and compiled.groups != 1:
            raise fail(field, "needs exactly one group, around the id")


def _check_together(portals: list[Portal], places: _Places) -> None:
    ids: dict[str, int] = {}
    hosts: dict[str, str] = {}
    for number, portal in enumerate(portals):
        if portal.id in ids:
            raise places.fault(number, "id", portal.id, "is there already; ids are used once")
        ids[portal.id] = number
        for host in portal.hosts:
            if host in hosts:
                raise places.fault(number, "hosts", host, f"belongs to {hosts[host]} already; a host has one owner")
            hosts[host] = portal.id
    for number, portal in enumerate(portals):
        for field in ("predecessors", "successors"):
            for other in getattr(portal, field):
                if other not in ids:
                    raise places.fault(number, field, other, "no such portal in this file")
