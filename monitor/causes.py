"""Why a source could not be read in one run: the crawler's many words brought down to the few that people act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from corpus.store import Sighting

Cause = Literal[
    "unreachable", "refused", "blocked", "listing_empty", "layout_changed", "extraction_degraded", "moved", "silent", "not_asked"
]  # fmt: skip
Result = Literal["ok", "trouble", "skipped"]
"""``skipped``: the run did not ask the source, which says nothing about it."""

NAMES: Mapping[Cause, str] = {
    "unreachable": "không kết nối được",
    "refused": "cổng không cho phép (robots.txt)",
    "blocked": "bị chặn hoặc bị hỏi xác minh",
    "listing_empty": "trang danh sách trống",
    "layout_changed": "trang danh sách đổi cấu trúc",
    "extraction_degraded": "không đọc được nội dung bài",
    "moved": "đã chuyển địa chỉ",
    "silent": "lâu không có tin mới",
    "not_asked": "chưa được hỏi tới",
}

_NO_REASON = frozenset({"budget", "outside_hours", "stopped", "waiting"})
_CAUSES: Mapping[str, Cause] = {
    "blocked": "blocked",
    "http_401": "blocked",
    "http_403": "blocked",
    "http_429": "blocked",
    "robots_refused": "refused",
    "outside_registry": "moved",
    "redirect_loop": "moved",
    "layout_changed": "layout_changed",
    "no_known_items": "layout_changed",
    "unreadable_feed": "layout_changed",
    "unreadable_sitemap": "layout_changed",
    "empty_listing": "listing_empty",
    "http_404": "moved",
    "http_410": "moved",
}
# Where several ways failed for different reasons, the first of these speaks for the source. A list that is merely gone comes last:
# feeds and sitemaps that never were there answer 404 beside any other trouble.
_ORDER: tuple[Cause, ...] = ("blocked", "refused", "layout_changed", "listing_empty", "unreachable", "moved")


def judge(sighting: Sighting, *, first: bool) -> tuple[Result, Cause | None]:
    """What one run says of the source. ``first``: it was never read before, so that no list can hold older items yet."""
    if sighting.read or (first and sighting.listed):
        return "ok", None
    words = [word for word in sighting.causes if word not in _NO_REASON]
    if not sighting.asked and not words and sighting.robots not in ("refused", "unreachable") and not sighting.blocked:
        return "skipped", None
    found = {cause_of(word) for word in words}
    if sighting.robots == "refused" and not sighting.listed:
        found.add("refused")
    if sighting.robots == "unreachable":
        found.add("unreachable")
    if sighting.blocked:
        found.add("blocked")
    if "outside_registry" in words or (sighting.moved_to and found <= {"moved", "layout_changed", "listing_empty"}):
        return "trouble", "moved"
    # A list with addresses of which none was known: it is not the list that it was.
    return "trouble", next((cause for cause in _ORDER if cause in found), "layout_changed")


def cause_of(word: str) -> Cause:
    """Anything that has no meaning of its own (timeouts, 5xx, cut answers) means that the source cannot be reached."""
    return _CAUSES.get(word, "unreachable")
