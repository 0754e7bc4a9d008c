"""Time of extraction against trafilatura's text and metadata on the same pages.

    python -m benchmarks.extract [DIRECTORY]

Without a directory it reads the project's own fixtures. After a warm-up on one page each page is read once by both: in a crawl every
page is new, and trafilatura keeps answers of pages it has seen.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from corpus.document import RawPage
from corpus.errors import Rejected
from pipelines.extract import extract

FIXTURES = Path(__file__).parent.parent / "tests" / "pipelines" / "fixtures"


FETCHED_AT = datetime(2100, 1, 1, tzinfo=UTC)


def main(directory: Path) -> None:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    paths = sorted(directory.glob("*.html"))
    if not paths:
        sys.exit(f"{directory}: no .html files")
    pages = [raw_page(path) for path in paths]
    ours = times(read_own, pages)
    theirs = times(lambda page: trafilatura.bare_extraction(page.body, with_metadata=True), pages)
    size = sum(path.stat().st_size for path in paths) / len(paths) / 1000
    print(f"{len(paths)} pages of {size:.0f} kB on average, each read once")
    print(f"{'':12}{'median ms':>12}{'p95 ms':>12}{'mean ms':>12}")
    for name, found in (("loa", ours), ("trafilatura", theirs)):
        print(f"{name:12}{statistics.median(found):12.1f}{percentile(found, 0.95):12.1f}{statistics.mean(found):12.1f}")
    print(
        f"{'ratio':12}{statistics.median(ours) / statistics.median(theirs):12.3f}"
        f"{percentile(ours, 0.95) / percentile(theirs, 0.95):12.3f}{statistics.mean(ours) / statistics.mean(theirs):12.3f}"
    )


def read_own(page: RawPage) -> None:
    try:
        extract(page)
    except Rejected:
        return


def raw_page(path: Path) -> RawPage:
    url = path.resolve().as_uri()
    return RawPage(portal="import", requested_url=url, final_url=url, status=200, body=path.read_bytes(), fetched_at=FETCHED_AT)


def times(read: Callable[[RawPage], object], pages: list[RawPage]) -> list[float]:
    """Milliseconds of a processor a page: other work on the machine does not count."""
    read(pages[0])
    found = []
    for page in pages:
        start = time.process_time()
        read(page)
        found.append((time.process_time() - start) * 1000)
    return found


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES)
