"""What is noted while a source is asked: one way as it is being read, and what one run tells the next.

Knows nothing of Scrapy and asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from corpus.readings import WayKind, WayReading
from corpus.store import KeptPage
from crawler.failures import FetchFailed


@dataclass(slots=True)
class Memory:
    """What one run tells the next about a source; kept with its observation."""

    seeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By address of a list, feed or sitemap: ``etag``, ``last_modified``, ``sha256``, ``final_url`` and ``fetched_at`` of its last answer
    with a body; ``items``, ``newest``, ``complete``."""
    feeds: list[str] = field(default_factory=list)
    """Feeds that pages named or that were found at their family's place."""
    sitemaps: list[str] = field(default_factory=list)
    full_at: str | None = None
    tried_at: str | None = None
    lists_do: bool = False
    """The lists alone told what was new last time, so that sitemaps can wait for a full reading."""

    def to_plain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Memory:
        return cls(**{name: plain[name] for name in cls.__slots__ if name in plain})


def kept_earlier(seed: Mapping[str, Any]) -> KeptPage | None:
    """The answer that `Memory` remembers of a list; None where an earlier release noted too little of it."""
    if not all(seed.get(name) for name in ("final_url", "fetched_at", "sha256")):
        return None
    return KeptPage(final_url=seed["final_url"], fetched_at=datetime.fromisoformat(seed["fetched_at"]), body_sha256=seed["sha256"])


class Way:
    """A `WayReading` while it is being made: ``reading`` is what is known so far, ``met`` the canonical addresses of its articles."""

    def __init__(self, kind: WayKind, url: str) -> None:
        self.reading = WayReading(kind=kind, url=url)
        self.met: set[str] = set()

    @property
    def kind(self) -> WayKind:
        return self.reading.kind

    @property
    def url(self) -> str:
        return self.reading.url

    def note(self, **changes: Any) -> None:
        self.reading = replace(self.reading, **changes)

    def answered(self, status: int, moved_to: str | None) -> None:
        """One more page of it came."""
        was = self.reading
        self.note(fetched=True, status=status, pages=was.pages + 1, moved_to=was.moved_to or moved_to)

    def took(self, *, links: int, known: int, new: int, days: Sequence[str | None]) -> None:
        """A page held so many addresses of articles, dated ``days`` (ISO 8601)."""
        was = self.reading
        newest = max(filter(None, (was.newest, *days)), default=None)
        parsed = was.parsed or links > 0
        self.note(links=was.links + links, known=was.known + known, new=was.new + new, parsed=parsed, newest=newest)

    def fail(self, failure: FetchFailed) -> None:
        """A later page that fails leaves a list that was read; its cause says that the chain broke."""
        moved_to = failure.moved_to or self.reading.moved_to
        self.note(cause=failure.cause, detail=failure.detail[:200], status=failure.status, moved_to=moved_to)
