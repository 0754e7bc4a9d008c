"""Time of extraction against trafilatura's text and metadata on the same pages.

    python benchmarks/extract.py [DIRECTORY]

Without a directory it reads the project's own fixtures. Each page is read three times by both; the fastest counts.
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
ROUNDS = 3


def main(directory: Path) -> None:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    paths = sorted(directory.glob("*.html"))
    if not paths:
        sys.exit(f"{directory}: no .html files")
    ours, theirs = [], []
    for path in paths:
        body = path.read_bytes()
        page = RawPage(
            portal="import",
            requested_url=path.as_uri(),
            final_url=path.as_uri(),
            status=200,
            body=body,
            fetched_at=datetime(2100, 1, 1, tzinfo=UTC),
        )
        ours.append(fastest(lambda page=page: read_own(page)))
        theirs.append(fastest(lambda body=body: trafilatura.bare_extraction(body, with_metadata=True)))
    size = sum(path.stat().st_size for path in paths) / len(paths) / 1000
    print(f"{len(paths)} pages of {size:.0f} kB on average, best of {ROUNDS}")
    print(f"{'':12}{'median ms':>12}{'p95 ms':>12}{'mean ms':>12}")
    for name, times in (("loa", ours), ("trafilatura", theirs)):
        print(f"{name:12}{statistics.median(times):12.1f}{percentile(times, 0.95):12.1f}{statistics.mean(times):12.1f}")
    print(
        f"{'ratio':12}{statistics.median(ours) / statistics.median(theirs):12.3f}"
        f"{percentile(ours, 0.95) / percentile(theirs, 0.95):12.3f}{statistics.mean(ours) / statistics.mean(theirs):12.3f}"
    )


def read_own(page: RawPage) -> None:
    try:
        extract(page)
    except Rejected:
        return


def fastest(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of the rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES)
