"""What one run saw of one source: the record that the crawler writes and that health and coverage are worked out from.

It says what happened, way by way, and judges nothing beyond one page; states over time are `monitor`'s. Rejected pages and
extraction are not in it: they are joined from the outcomes of pages later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, Self, get_args

WayKind = Literal["feed", "sitemap", "listing", "archive", "search"]
"""How a source can be asked what is new."""
RobotsVerdict = Literal["allowed", "refused", "unreachable", "unknown"]
"""``refused``: it forbids at least one way; ``unknown``: the source was not asked at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayReading:
    """One feed, sitemap, list, archive or search as it was found."""

    kind: WayKind
    url: str
    fetched: bool = False
    """A usable answer came: 200, or 304 for what was read before."""
    parsed: bool = False
    """It could be read as what it should be and held at least one address of an article."""
    unchanged: bool = False
    """The same as when it was read last; its counts are those of then."""
    pages: int = 0
    """Pages read of it, one request each."""
    links: int = 0
    """Different addresses of articles on them."""
    known: int = 0
    """Those that were known before this run: the older items that a list still holds."""
    new: int = 0
    newest: str | None = None
    """Date (ISO 8601) of the newest item, by the dates that the way itself gives; None where it gives none."""
    status: int | None = None
    """HTTP status of the last answer."""
    cause: str | None = None
    """Word of ``docs/harvest.md`` for what was wrong, or None."""
    detail: str = ""
    moved_to: str | None = None
    """Host that it was redirected to, one of the source's own or another."""

    @property
    def read(self) -> bool:
        """It was fetched, parsed and still held known older items: a source without news is silent only then."""
        return self.fetched and self.parsed and self.known > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One source in one run."""

    portal: str
    run: int
    at: datetime
    """When the run was through with the source."""
    first: bool = False
    """Nothing was known of the source before: no list can hold older items yet."""
    robots: RobotsVerdict = "unknown"
    robots_status: int | None = None
    """HTTP status of robots.txt; None without an answer."""
    ways: tuple[WayReading, ...] = ()
    """In the order in which they were asked. Empty when the source was not asked (``stopped``)."""
    blocked: tuple[str, ...] = ()
    """Signs of a challenge or a block, one line each: status and address."""
    moved_to: tuple[str, ...] = ()
    """Other hosts that answers led to, whether registered or not."""
    written: int | None = None
    """Addresses that the run added to the frontier; two ways that met the same one count it once. None: not noted."""
    fetched: int = 0
    """Articles and files that brought something new."""
    unchanged: int = 0
    failed: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    """Failed articles and files by cause."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """All answers by HTTP status."""
    stopped: str | None = None
    """Why the run left the source early: a cause, ``budget``, ``outside_hours``, ``stopped`` or ``waiting``."""
    wait_until: datetime | None = None
    """Not to be asked again before (Retry-After, back-off after troubles)."""
    seconds: float = 0.0
    """How long the run was at it."""

    @property
    def asked(self) -> bool:
        return bool(self.ways)

    @property
    def read(self) -> bool:
        """At least one way was fetched, parsed and still held known older items."""
        return any(way.read for way in self.ways)

    @property
    def listed(self) -> bool:
        """At least one way was fetched and gave addresses of articles; on a first run the most that can be said."""
        return any(way.fetched and way.parsed for way in self.ways)

    @property
    def known(self) -> int:
        """Most older items that one way still held."""
        return max((way.known for way in self.ways), default=0)

    @property
    def new(self) -> int:
        return sum(way.new for way in self.ways) if self.written is None else self.written

    @property
    def newest(self) -> str | None:
        return max((way.newest for way in self.ways if way.newest), default=None)

    @property
    def causes(self) -> tuple[str, ...]:
        """What was wrong with its ways, each word once, in the order of the ways."""
        return tuple(dict.fromkeys(way.cause for way in self.ways if way.cause))

    def to_plain(self) -> dict[str, Any]:
        """For the store; what the row of the observation holds already (portal, run, at) stays out."""
        plain = asdict(self)
        for name in ("portal", "run", "at"):
            del plain[name]
        plain["wait_until"] = self.wait_until.isoformat() if self.wait_until else None
        return plain

    @classmethod
    def from_plain(cls, portal: str, run: int, at: datetime, plain: Mapping[str, Any]) -> Self:
        """A record of an earlier release lacks fields: they are as if nothing had been seen."""
        values = {name: plain[name] for name in _FIELDS if name in plain}
        values["ways"] = tuple(_way(way) for way in plain.get("ways", ()))
        for name in ("blocked", "moved_to"):
            values[name] = tuple(plain.get(name, ()))
        wait_until = plain.get("wait_until")
        values["wait_until"] = datetime.fromisoformat(wait_until) if wait_until else None
        return cls(portal=portal, run=run, at=at, **values)


_FIELDS = tuple(field.name for field in fields(Reading) if field.name not in {"portal", "run", "at"})
_WAY_FIELDS = frozenset(field.name for field in fields(WayReading))
WAY_KINDS: tuple[WayKind, ...] = get_args(WayKind)


def _way(plain: Mapping[str, Any]) -> WayReading:
    return WayReading(**{name: value for name, value in plain.items() if name in _WAY_FIELDS})
