"""What the commands say about a crawl, and whether it ends with another code."""

from __future__ import annotations

from typing import Any

import pytest

from cli.crawling import remarks, troubled
from crawler.run import CrawlReport


def counts(**changes: Any) -> dict[str, Any]:
    return {"failed": 0, "lists_read": 1, "lists_failed": 0, "stopped": None, "causes": {}} | changes


@pytest.mark.parametrize(
    ("seen", "says", "trouble"),
    [
        (counts(), None, False),
        (counts(lists_failed=1, causes={"http_404": 1}), None, False),
        (counts(lists_read=0, lists_failed=1, causes={"robots_unreachable": 1}), "could not be read (robots_unreachable 1)", True),
        (counts(failed=2, causes={"http_500": 1200}), "2 addresses failed (http_500 1,200)", True),
        (counts(stopped="http_503"), "given up for this run (http_503)", True),
        (counts(stopped="budget"), "the same command goes on", False),
        (counts(stopped="outside_hours"), "may not be asked at this hour", False),
    ],
    ids=["sound", "a sitemap is missing", "unreachable", "pages failed", "given up", "budget", "hours"],
)
def test_what_is_said_about_a_crawl(seen: dict[str, Any], says: str | None, trouble: bool) -> None:
    found = remarks(seen)

    assert bool(found) is (says is not None)
    assert says is None or says in found[0]
    assert troubled(CrawlReport(run=1, portals={"mau": seen})) is trouble
