"""Choosing the publication date among all that a page offers, with its method and confidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from corpus.document import DateCandidate
from pipelines.extraction.body import Body
from pipelines.extraction.dates import (
    DATE_LINE,
    PARAGRAPH,
    VIETNAM,
    Written,
    in_range,
    is_label,
    is_update,
    opening_date,
    read_iso,
    read_written,
    remainder,
)
from pipelines.extraction.html import Block, Page
from pipelines.extraction.lines import is_chrome, without_chrome
from pipelines.extraction.marks import Layout, is_clock, is_date
from pipelines.extraction.metadata import Metadata

# Votes for a day. A date that readers see under the headline outweighs one metadata tag, two agreeing sources outweigh it
# (a portal prints a stale site clock above its stories).
_UNDER_TITLE = 0.95
_JSON_LD = 0.9
_META = 0.8
_TIME_ELEMENT = 0.85
_ABOVE_TITLE = 0.7
_PAGE_HEAD = 0.4
_BELOW_TEXT = 0.5
_URL = 0.45
_SWAPPED = 0.35
DOUBTFUL = 0.5
_OPENING = 0.3
"""The day a story tells of: right to a day or two for news, wrong for looks back."""
_BEFORE = 6
_AFTER = 25
_REST = 45
_REST_IN_TEXT = 25
"""Characters beside the date: names and sections stand there; in the text a short sentence may be as long."""
_CREDITS = 8
"""Lines at the end of the text where long stories name their makers and their day."""
_AGO = re.compile(r"\d{1,3}\s(?:phút|giờ|ngày|tuần|tháng|năm) trước$")
"""What stands for a date whose element holds it as a title."""
_TODAY = re.compile(r"^\W{0,3}hôm nay\b", re.IGNORECASE)
_URL_DATE = re.compile(r"[/\-_](20[0-3]\d)[/\-]?(0[1-9]|1[0-2])[/\-]?(0[1-9]|[12]\d|3[01])(?=[/\-_]|\d{4,9}(?:\D|$)|\D|$)")


@dataclass(frozen=True, slots=True)
class Published:
    chosen: DateCandidate | None
    candidates: tuple[DateCandidate, ...]
    modified: datetime | None


def choose_date(
    layout: Layout, *, title: int | None, body: Body | None, metadata: Metadata, url: str, fetched_at: datetime, box: int | None = None
) -> Published:
    """Candidates later than the fetch or older than the Vietnamese web are dropped; ``box`` is the portal's own date element."""
    latest = fetched_at.astimezone(VIETNAM).date() + timedelta(days=1)
    updates: list[Written] = []
    found: list[DateCandidate] = []
    if box is not None:
        found += [_visible(written, 1.0, "selector") for written in read_written(layout.page.boxes[box].text)]
    found += list(_seen(layout, title, body, updates, latest))
    found += list(_told(metadata))
    if match := _URL_DATE.search(url):
        value = _day(match)
        if value is not None:
            found.append(DateCandidate(value=value, method="url", confidence=_URL, surface=match.group().strip("/-_")))
    kept = tuple(dict.fromkeys(candidate for candidate in found if in_range(candidate.value, latest)))
    chosen = _vote(kept)
    if updates and in_range(updates[0].value, latest) and (chosen is None or chosen.confidence < DOUBTFUL or _is_clock(chosen, updates[0])):
        chosen = _visible(updates[0], 0.8, "visible")  # many pages call the only date they give an update
        kept = (*kept, chosen)
    modified = _modified(metadata, updates, chosen)
    return Published(chosen, kept, modified)


def date_of_opening(text: str, fetched_at: datetime) -> DateCandidate | None:
    """For pages that give no other date: the day with which the text opens."""
    written = opening_date(text)
    latest = fetched_at.astimezone(VIETNAM).date() + timedelta(days=1)
    return _visible(replace(written, at=None), _OPENING, "opening") if written and in_range(written.value, latest) else None


def _is_clock(chosen: DateCandidate, update: Written) -> bool:
    """Nothing is published after it was last changed: a later day that only stands above the headline is the site's."""
    return chosen.method == "visible" and chosen.value > update.value


def _seen(layout: Layout, title: int | None, body: Body | None, updates: list[Written], latest: date) -> Iterator[DateCandidate]:
    if body is None and title is None:
        return
    page = layout.page
    first = page.boxes[body.box].first if body is not None else len(page.blocks)
    last = page.boxes[body.box].last if body is not None else len(page.blocks)
    anchor = title if title is not None else first
    # Where the container holds the headline too, buttons may stand between it and the date: the text begins with the first paragraph.
    start = first
    if body is not None:
        paragraphs = (number for number in body.blocks if number > anchor and len(page.blocks[number].text) >= PARAGRAPH)
        start = max(first, next(paragraphs, first))
    clocks = {box.first for box in page.boxes if box.is_inline and is_clock(box.marks)}
    low, high = max(0, anchor - _BEFORE), min(last, max(start + 2, anchor + 4), anchor + _AFTER)
    for number in range(low, high):
        block = page.blocks[number]
        if number == title or len(block.text) > DATE_LINE:
            continue
        above = number < anchor
        if above and (number in clocks or _TODAY.match(block.text) or any(map(is_clock, layout.near(block.box, 3)))):
            continue
        if above and (_is_headline_link(block, 0.3) or (number > 0 and _is_headline_link(page.blocks[number - 1], 0.8))):
            continue  # the date of another story in a list above
        for written in _stamps(block.text, most=_REST if number < start or above else _REST_IN_TEXT):
            if is_update(block.text[: written.start][-40:]):
                updates.append(written)
                continue
            vote = _UNDER_TITLE if not above else _ABOVE_TITLE if _is_beside(page, number, anchor) else _PAGE_HEAD
            if above and number >= anchor - 3 and any(map(is_date, layout.near(block.box, 2))):
                vote = _UNDER_TITLE - 0.05
            yield _day_first(written, latest, vote)
    yield from _time_elements(page, low, high)
    for number in (*range(max(high, last - _CREDITS), last), *range(last, min(last + 4, len(page.blocks)))):
        block = page.blocks[number]
        if number >= last and any(layout.noise[box] for box in page.ancestors(block.box)):
            continue
        if len(block.text) > DATE_LINE or (number < last - 2 and not is_label(block.text)):
            continue
        if number < last or any(map(is_date, layout.near(block.box, 2))) or is_label(block.text):
            for written in _stamps(block.text, most=_REST_IN_TEXT):
                if not written.swapped and in_range(written.value, latest):
                    yield _visible(written, _BELOW_TEXT, "visible")


def _is_headline_link(block: Block, share: float) -> bool:
    if block.link_share < share or len(block.text) < 25:
        return False
    rest = remainder(block.text)
    return len(rest) >= 25 and not is_chrome(rest)


def _day_first(written: Written, latest: date, vote: float) -> DateCandidate:
    """A date that is still to come when read day first was written by a server set to US English."""
    candidate = _visible(written, _SWAPPED if written.swapped else vote, "visible")
    value = written.value
    if value <= latest or value.day > 12:
        return candidate
    swapped = value.replace(month=value.day, day=value.month)
    return replace(
        candidate, value=swapped, at=written.at.replace(month=swapped.month, day=swapped.day) if written.at else None, confidence=_SWAPPED
    )


def _stamps(text: str, *, most: int) -> list[Written]:
    """Dates of a line that is a date line: little else stands in it, or a label such as "Ngày đăng" stands before the date."""
    found = list(read_written(text))
    if not found:
        return []
    rest = remainder(without_chrome(text))
    if len(rest) <= most:
        return found
    return [
        written for written in found if re.search(r"(?:đăng|cập nhật|xuất bản|lúc|ngày tạo)\W{0,3}$", text[: written.start], re.IGNORECASE)
    ]


def _time_elements(page: Page, low: int, high: int) -> Iterator[DateCandidate]:
    for box in page.boxes:
        stamp = None
        if box.tag == "time":
            stamp = box.attributes.get("datetime")
        elif "datepublished" in box.marks:
            stamp = box.attributes.get("content")
        elif box.is_inline and box.tag != "a":
            stamp = box.attributes.get("title") or box.attributes.get("content")
            if stamp and not (is_date(box.marks) or _AGO.search(box.text)):
                continue
        if not stamp or not low <= box.first <= high:
            continue
        if (told := read_iso(stamp)) is not None:
            yield DateCandidate(value=told[0], at=told[1], method="time-element", confidence=_TIME_ELEMENT, surface=stamp[:60])
        elif (written := next(read_written(stamp[:60]), None)) is not None and not written.swapped:
            yield _visible(written, _TIME_ELEMENT, "time-element")


def _told(metadata: Metadata) -> Iterator[DateCandidate]:
    for method, text in metadata.published:
        told = read_iso(text)
        if told is not None:
            yield DateCandidate(
                value=told[0], at=told[1], method=method, confidence=_JSON_LD if method == "json-ld" else _META, surface=text[:60]
            )
            continue
        for written in read_written(text[:200]):
            if not written.swapped:
                yield replace(_visible(written, 0.6, method))


def _vote(candidates: Sequence[DateCandidate]) -> DateCandidate | None:
    """The day with the most votes, each method counted once, and of that day the candidate that readers see, with its time."""
    votes: dict[date, dict[str, float]] = {}
    for candidate in _settled(candidates):
        methods = votes.setdefault(candidate.value, {})
        methods[candidate.method] = max(methods.get(candidate.method, 0.0), candidate.confidence)
    if not votes:
        return None
    day = max(votes, key=lambda value: (round(sum(votes[value].values()), 6), max(votes[value].values()), -value.toordinal()))
    same = [candidate for candidate in _settled(candidates) if candidate.value == day]
    order = {"selector": 0, "visible": 1, "json-ld": 2, "meta": 3, "time-element": 4, "url": 5}
    chosen = min(same, key=lambda candidate: (candidate.at is None, order.get(candidate.method, 9), -candidate.confidence))
    chosen = _to_the_second(chosen, same)
    total = sum(votes[day].values())
    against = max((sum(methods.values()) for value, methods in votes.items() if value != day), default=0.0)
    confidence = max(votes[day].values()) if not against else max(0.3, total / (total + against))
    if len(votes[day]) > 1 and not against:
        confidence = min(0.99, confidence + 0.05)
    return replace(chosen, confidence=round(confidence, 3))


def _to_the_second(chosen: DateCandidate, same: Sequence[DateCandidate]) -> DateCandidate:
    """Metadata often give the seconds of the minute that readers see."""
    if chosen.at is None or chosen.at.second:
        return chosen
    finer = [candidate.at for candidate in same if candidate.at and candidate.at.second and candidate.at.replace(second=0) == chosen.at]
    return replace(chosen, at=finer[0]) if finer else chosen


def _settled(candidates: Sequence[DateCandidate]) -> list[DateCandidate]:
    """A metadata time with offset +00:00 whose clock reads like the visible Vietnamese time was written in local time."""
    clocks = {
        candidate.at.astimezone(VIETNAM).strftime("%d %H:%M")
        for candidate in candidates
        if candidate.at and candidate.method in ("visible", "selector")
    }
    kept = []
    for candidate in candidates:
        wrong_zone = (
            candidate.at is not None
            and candidate.method in ("json-ld", "meta", "time-element")
            and candidate.at.strftime("%d %H:%M") in clocks
        )
        if wrong_zone and candidate.at is not None:
            local = candidate.at.replace(tzinfo=VIETNAM)
            candidate = replace(candidate, at=local.astimezone(candidate.at.tzinfo), value=local.date())
        kept.append(candidate)
    return kept


def _modified(metadata: Metadata, updates: Sequence[Written], chosen: DateCandidate | None) -> datetime | None:
    moments = [told[1] for text in metadata.modified if (told := read_iso(text)) is not None]
    moments += [written.at for written in updates]
    for moment in moments:
        if moment is not None and (chosen is None or chosen.at is None or moment > chosen.at):
            return moment
    return None


def _visible(written: Written, confidence: float, method: str) -> DateCandidate:
    return DateCandidate(value=written.value, at=written.at, method=method, confidence=confidence, surface=written.surface[:80])


def _is_beside(page: Page, number: int, title: int) -> bool:
    """Whether date and headline share an element smaller than the page: the page's head stands in another part."""
    if title - number <= 1:
        return True
    inner = set(page.ancestors(page.blocks[number].box))
    common = next((box for box in page.ancestors(page.blocks[min(title, len(page.blocks) - 1)].box) if box in inner), 0)
    return page.boxes[common].chars < 0.9 * page.boxes[0].chars


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
