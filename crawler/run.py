"""Crawl in a process of its own: Scrapy's reactor runs once in a process, and a caller's terminal stays its own.

`crawl` starts ``python -m crawler.run``, reads its progress and ends it when the caller ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError, InvalidData, StoreUnavailable

Progress = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What a crawl did, by portal: ``new``, ``fetched``, ``unchanged``, ``failed``, ``lists_read``, ``lists_failed``,
    ``stopped``, ``causes``."""

    run: int
    portals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def total(self, name: str) -> int:
        return sum(int(portal[name]) for portal in self.portals.values())


class CrawlFailed(CorpusError):
    """The crawler's process ended by itself; what it had fetched is kept."""


def crawl(
    home: Path,
    portals: Sequence[str] = (),
    *,
    now: datetime,
    registry_file: Path | None = None,
    contact: str = "",
    since: date | None = None,
    max_articles: int | None = None,
    max_pages: int | None = None,
    timeout_seconds: float | None = None,
    progress: Progress | None = None,
) -> CrawlReport:
    """Crawl the named portals (none: all verified ones) into ``home``, whose lock the caller holds.

    ``since`` asks for a back-fill: all that is still listed from that day on. ``max_pages`` bounds the pages of one
    list, ``timeout_seconds`` one whole answer.
    ``progress`` gets one mapping for each step: ``event`` (``progress``, ``portal``, ``end``), ``portal`` and the counts.
    Raises: InvalidData (registry), StoreUnavailable, CrawlFailed.
    """
    task = {
        "home": str(home),
        "portals": list(portals),
        "now": now.isoformat(),
        "registry": str(registry_file) if registry_file is not None else "",
        "contact": contact,
        "since": since.isoformat() if since is not None else "",
        "max_articles": max_articles,
        "max_pages": max_pages,
        "timeout_seconds": timeout_seconds,
    }
    command = [sys.executable, "-m", "crawler.run", json.dumps(task)]
    root = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    # Standard input tells the child that we are alive; it ends when the pipe closes, even after kill -9. It shares the caller's
    # lock (the one inheritable descriptor), so that nobody else writes into the home before it has ended.
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment, close_fds=False
    ) as process:
        assert process.stdout is not None
        done: dict[str, Mapping[str, Any]] = {}
        run: int | None = None
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "error":
                process.wait()
                raise _error_of(event)
            if event["event"] == "portal":
                done[event["portal"]] = event
            elif event["event"] == "end":
                run = event["run"]
            if progress is not None:
                progress(event)
    if run is None:
        raise CrawlFailed(f"the crawler ended early (exit code {process.returncode}); start again: it goes on where it stopped")
    return CrawlReport(run=run, portals=done)


def _error_of(event: Mapping[str, Any]) -> CorpusError:
    kinds: dict[str, type[CorpusError]] = {"StoreUnavailable": StoreUnavailable, "InvalidData": InvalidData}
    return kinds.get(event["error"], CrawlFailed)(event["message"])


def main() -> int:
    """The child: one task as JSON in the first argument, progress as JSON lines on standard output."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    task = json.loads(sys.argv[1])

    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings

    from crawler import settings as ours

    settings = Settings()
    settings.setmodule(ours, priority="project")
    values: dict[str, Any] = {
        "LOA_HOME": task["home"],
        "LOA_PORTALS": task["registry"],
        "LOA_NOW": task["now"],
        "LOA_SINCE": task["since"],
        "LOA_LOCK": False,
        "LOA_PROGRESS": True,
    }
    if task["contact"]:
        values["USER_AGENT"] = ours.user_agent(task["contact"])
    limits = {"LOA_MAX_ARTICLES": "max_articles", "LOA_MAX_LISTING_PAGES": "max_pages", "DOWNLOAD_TIMEOUT": "timeout_seconds"}
    for name, key in limits.items():
        if task[key] is not None:
            values[name] = task[key]
    settings.setdict(values, priority="cmdline")
    process = CrawlerProcess(settings)
    failures: list[CorpusError] = []

    def note(failure: Any) -> None:
        failure.trap(CorpusError)  # anything else is a bug: Twisted prints its traceback
        failures.append(failure.value)

    process.crawl("portal", portal=",".join(task["portals"])).addErrback(note)
    if not failures:
        process.start()
    for error in failures:
        sys.stdout.write(json.dumps({"event": "error", "error": type(error).__name__, "message": str(error)}) + "\n")
    return 2 if failures else 0


def _end_with_parent() -> None:
    """Ends at once when the parent is gone: nothing needs to be said, and what is in flight is picked up by the next run."""
    while os.read(0, 1 << 16):  # not sys.stdin: its lock would hold up the interpreter's end
        pass
    os._exit(75)


if __name__ == "__main__":
    sys.exit(main())
