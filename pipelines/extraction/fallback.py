"""trafilatura and htmldate, asked only where our own rules find nothing. They parse the page again, so they are slow (60 ms and more).

Both are quadratic on some hostile pages; larger sources are not given to them (measured on trafilatura 2.3.1: 1.4 MB of table rows 19 s).
"""

from __future__ import annotations

import logging
from datetime import date, datetime

from corpus.document import DateCandidate
from pipelines.extraction.dates import VIETNAM, in_range

MAX_SOURCE = 400_000
_MAX_TAGS = 6_000
_PARAGRAPH = 120
_ENOUGH = 600
_CONFIDENCE = 0.4
"""htmldate guesses among all dates of a page: 17 of 120 measured pages, so its dates are kept off timelines."""


def fallback_text(source: str) -> str:
    """Paragraphs as trafilatura sees them; empty when they are hardly sentences (it returns text for every listing and stub measured) or
    the page is too large for it."""
    if not _is_small(source):
        return ""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        text = trafilatura.extract(source, include_comments=False, include_tables=True, favor_precision=True)
    except (AssertionError, ValueError, TypeError, AttributeError):
        return ""  # raised on 14 of 1,795 broken pages of html5lib-tests (2.3.1)
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    if sum(len(line) for line in lines if len(line) >= _PARAGRAPH and line[-1] in '.!?…”"') < _ENOUGH:
        return ""
    return "\n\n".join(lines)


def fallback_date(source: str, fetched_at: datetime) -> DateCandidate | None:
    """htmldate on the page's head, which knows more kinds of tags than we do; in the body it takes the licence's date or the year of the
    footer for the date."""
    head = source[: max(0, source.lower().find("</head>"))]
    if not head or not _is_small(head):
        return None
    from htmldate import find_date

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    latest = fetched_at.astimezone(VIETNAM).date()
    try:
        found = find_date(
            f"{head}</head><body><p>.</p></body></html>", extensive_search=False, original_date=True, max_date=latest.isoformat()
        )
        value = date.fromisoformat(found) if found else None
    except (AssertionError, ValueError, TypeError, AttributeError):
        return None
    if value is None or not in_range(value, latest):
        return None
    return DateCandidate(value=value, method="htmldate", confidence=_CONFIDENCE)


def _is_small(source: str) -> bool:
    return len(source) <= MAX_SOURCE and source.count("<") <= 2 * _MAX_TAGS
