"""Every number carries the query that lists the articles behind it, in the parameters of ``search_api/params.py``.

The same text works behind ``/tim?``, ``/api/v1/search?`` and ``/api/v1/export?``. A test reads each back and counts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from monitor.periods import Period, Units


def articles(
    units: Units = "34",
    period: Period | None = None,
    *,
    province: str | None = None,
    activity: str | None = None,
    programme: str | None = None,
    portal: str | None = None,
    any_topic: bool = False,
) -> str:
    """Relevant articles (all kept ones with ``any_topic``), the newest first."""
    pairs = []
    for name, code in (
        ("tinh" if units == "34" else "tinh-cu", province),
        ("hoat-dong", activity),
        ("chuong-trinh", programme),
        ("nguon", portal),
    ):
        if code is not None:
            pairs.append((name, code))
    if any_topic:
        pairs.append(("muc", "tat-ca"))
    if period is not None:
        pairs.append(("ky", period.key))
    if units != "34":
        pairs.append(("ban-do", units))
    return "&".join([f"{name}={_quoted(value)}" for name, value in pairs])


def cells(units: Units, period: Period | None) -> Callable[[str, str], str]:
    """`articles` of a province and an activity, for the hundreds of cells of a table."""
    place, rest = ("tinh" if units == "34" else "tinh-cu"), articles(units, period)
    tail = f"&{rest}" if rest else ""
    return lambda province, activity: f"{place}={_quoted(province)}&hoat-dong={_quoted(activity)}{tail}"


@lru_cache(maxsize=2048)
def _quoted(code: str) -> str:
    """Codes are few, and a page names them a thousand times."""
    return quote(code, safe="")


def article(document: str, position: int | None = None) -> str:
    """Address of an article, at one of its sums (``position`` in ``Document.budgets``; the page numbers them from 1)."""
    return f"/tin/{document}" + (f"#kp-{position + 1}" if position is not None else "")
