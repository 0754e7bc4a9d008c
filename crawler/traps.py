"""Addresses that lead nowhere for ever: calendars, filters, paths that grow, sessions in the address. Pure."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_SEGMENTS = 14
_REPEATS = 3
"""As often the same path segment stands in an address that a broken relative link grows."""
_CALENDAR_PATH = re.compile(
    r"/(?:lich(?!-su)[^/]{0,30}|calendar|events?|agenda)/(?:[^/]{1,30}/)?(?:(?:19|20)\d{2}[-/]\d{1,2}|\d{1,2}[-/](?:19|20)\d{2})(?:[-/]|$)",
    re.IGNORECASE,
)
_CALENDAR_NAMES = ({"month", "year"}, {"thang", "nam"}, {"m", "y"})
_CALENDAR_DAY = frozenset({"ical", "tribe-bar-date", "eventdate", "ngayxem", "cal_date", "calendar"})
_FILTERS = re.compile(
    r"f\[\d*\]|filter\w*|facet\w*|sort\w*|order\w*|orderby|dir|limit|per_?page|view|display|loc|sapxep|kieuxem", re.IGNORECASE
)
_MAX_FILTERS = 2
_MAX_PARAMETERS = 6
_OWN_NOISE = ("p_p_", "_afr", "_adf", "p_l_", "p_auth")
"""Parameters that portal systems add by themselves and that say nothing of a trap."""


def trap_of(url: str) -> str | None:
    """What kind of trap the address looks like, or None.

    >>> trap_of("https://mau.vn/lich?thang=12&nam=2031"), trap_of("https://mau.vn/tin/bai-viet-a1.html")
    ('calendar', None)
    """
    parts = urlsplit(url)
    segments = [segment.lower() for segment in unquote(parts.path).split("/") if segment]
    if len(segments) > MAX_SEGMENTS or any(count >= _REPEATS for segment, count in Counter(segments).items() if not segment.isdigit()):
        return "growing_path"
    names = [name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if _CALENDAR_PATH.search(unquote(parts.path)) or any(pair <= set(names) for pair in _CALENDAR_NAMES) or _CALENDAR_DAY & set(names):
        return "calendar"
    told = [name for name in names if not name.startswith(_OWN_NOISE)]
    if sum(_FILTERS.fullmatch(name) is not None for name in told) > _MAX_FILTERS or len(told) > _MAX_PARAMETERS:
        return "facets"
    return None
