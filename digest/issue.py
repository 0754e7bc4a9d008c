"""The weekly issue: everything a mail, the archive page and the next issue need of one week, as it was when it was frozen.

It is stored as JSON (`to_json`, `from_json`) and never computed again. Selection stands in ``build.py``, wording in ``sections.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from corpus.errors import InvalidData
from corpus.store import Choices
from monitor.periods import Period, Units, parse_period

State = Literal["news", "silent", "unreadable", "unwatched"]
MOST_STORIES = 10
"""In one mail; the page behind the link has all."""


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    state: State
    articles: int = 0


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    weeks: int
    """Silent weeks in a row, this one included."""
    since: date
    """First day of the first of them."""


class MapFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The week on one map."""

    units: Units
    headline: str
    """The sentence of the overview page, fit to be pasted into a report."""
    total: int
    news: int
    silent: int
    unreadable: int
    unwatched: int
    tiles: tuple[Tile, ...]
    longest_silent: tuple[Silence, ...]
    """Three weeks and more, the longest first."""
    inseparable: int = 0
    """Articles about a new province that cannot be told apart on the map of 63: on no tile."""


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """A sum of one role over the week; roles are never added up."""

    role: str
    name: str
    vnd: int
    articles: int
    sentences: int


class StoryMoney(msgspec.Struct, frozen=True, kw_only=True):
    vnd: int
    role: str
    """Vietnamese."""
    text: str
    """With its qualifier: "trên 4 tỷ đồng"."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """Of the first publisher's document."""
    title: str
    published: date
    sources: tuple[str, ...]
    """Names of those that brought it, the first publisher first."""
    provinces_34: tuple[str, ...]
    provinces_63: tuple[str, ...]
    places_34: str
    places_63: str
    """Names as shown; empty where the text is about no single province."""
    activities: tuple[str, ...]
    activity_names: tuple[str, ...]
    money: StoryMoney | None = None
    late: bool = False
    """Published before this week but known too late for the issue of its own."""
    points: int
    reasons: tuple[str, ...]
    """Why it stands here, in Vietnamese, the weightiest first."""

    def provinces(self, units: Units) -> tuple[str, ...]:
        return self.provinces_34 if units == "34" else self.provinces_63

    def places(self, units: Units) -> str:
        return self.places_34 if units == "34" else self.places_63


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    portal: str
    name: str
    note: str
    """One sentence with state, cause and since when."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    now: int
    before: int


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier issue said and what is right, found on ``day``."""

    issue: str
    day: date
    text: str
    subject: str
    """What was corrected, as a key: so that the same is not corrected twice."""
    now: str
    """The value that is right, as a key."""


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    start: date
    end: date
    built_at: datetime
    maps: tuple[MapFigures, ...]
    stories: tuple[Story, ...]
    """All that were selected, by points; a mail shows the first that fit its reader."""
    story_count: int
    article_count: int
    late_count: int
    """Stories of earlier weeks that came too late for their own issue."""
    retold_count: int = 0
    """Stories of an earlier issue that were only told again: not among the stories."""
    money: tuple[Money, ...] = ()
    unreadable: tuple[SourceLine, ...] = ()
    recovered: tuple[SourceLine, ...] = ()
    acknowledged: int = 0
    """Sources in trouble that somebody has taken note of: counted, no longer listed."""
    changes: tuple[Change, ...] = ()
    started: tuple[str, ...] = ()
    """Names of provinces with news, silent the week before."""
    stopped: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def period(self) -> Period:
        return parse_period(self.key)

    @property
    def name(self) -> str:
        return self.period.name

    @property
    def is_empty(self) -> bool:
        """Nothing new: the mail says so in a few lines."""
        return not self.story_count

    def map(self, units: Units) -> MapFigures:
        return next(figures for figures in self.maps if figures.units == units)


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A story for one reader."""

    story: Story
    own: bool
    """Of the reader's provinces or activities."""
    reasons: tuple[str, ...]


def choose_stories(issue: Issue, choices: Choices, names: Mapping[str, str]) -> tuple[Chosen, ...]:
    """Up to ten, the reader's provinces and activities first, each group by points. ``names`` gives the words for codes chosen."""
    own: list[Chosen] = []
    others: list[Chosen] = []
    for story in issue.stories:
        places = [code for code in choices.provinces if code in story.provinces_34 or code in story.provinces_63]
        activities = [code for code in choices.activities if code in story.activities]
        reasons = [f"tỉnh bạn chọn: {', '.join(names.get(code, code) for code in places)}"] if places else []
        reasons += [f"hoạt động bạn chọn: {', '.join(names.get(code, code) for code in activities)}"] if activities else []
        if reasons:
            own.append(Chosen(story=story, own=True, reasons=(*reasons, *story.reasons)))
        else:
            others.append(Chosen(story=story, own=False, reasons=story.reasons))
    return (*own, *others)[:MOST_STORIES]


def to_json(issue: Issue) -> bytes:
    return msgspec.json.encode(issue)


def from_json(data: bytes) -> Issue:
    """Raises: InvalidData for what is no issue."""
    try:
        return msgspec.json.decode(data, type=Issue)
    except msgspec.MsgspecError as error:
        raise InvalidData(f"a stored issue cannot be read: {error}") from error
