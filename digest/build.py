"""What goes into the issue of a week: selection, grouping and ranking over the figures of `monitor`; no wording beyond the reasons.

A story stands in one issue only. What was published in an earlier week but known too late for its issue comes with the next one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corpus.formats import sentence_case
from digest.corrections import corrections
from digest.issue import Change, Issue, MapFigures, Money, Silence, SourceLine, Story, Tile
from digest.message import clean_line
from digest.stories import make_story
from monitor.coverage import silences
from monitor.facts import Fact
from monitor.figure_parts import Sources
from monitor.figures import OverviewFigures
from monitor.figures_overview import overview_figures
from monitor.health import SourceHealth
from monitor.periods import Period, day_of, parse_period

LATE = timedelta(days=28)
"""How far back late items reach; what is older and only now found is stock, not news."""
SILENT_WEEKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    issue: Issue
    documents: frozenset[str]
    """All that the issue counts: they are never late again."""


def due_week(now: datetime) -> Period:
    """The last whole week: the one whose issue is due from its end on."""
    week = parse_period(f"{day_of(now).isocalendar().year:04d}-W{day_of(now).isocalendar().week:02d}")
    return week.before()


def build_issue(
    sources: Sources,
    healths: Iterable[SourceHealth],
    week: Period,
    *,
    counted: Collection[str] = (),
    earlier: Sequence[Issue] = (),
) -> Built:
    """``counted``: documents of all earlier issues; ``earlier``: those issues, of which the first tells how far back late items reach."""
    figures = {units: overview_figures(sources, week, units) for units in ("34", "63")}
    found = [fact for fact in sources.facts.during(week) if fact.relevant]
    late = _late(sources, week, counted, earlier)
    stories, retold = _stories(sources, found, late, counted, _broken_silences(sources, week))
    late_ids = {fact.id for fact in late}
    healths = tuple(healths)
    before = figures["34"].before
    issue = Issue(
        key=week.key,
        start=week.start,
        end=week.end,
        built_at=sources.now,
        maps=tuple(_map(entry) for entry in figures.values()),
        stories=stories,
        story_count=len(stories),
        article_count=sum(len(members) for members in _by_story([*found, *late]).values()) - retold.articles,
        late_count=sum(story.late for story in stories),
        retold_count=retold.stories,
        money=tuple(
            Money(role=row.role, name=sentence_case(row.role_name), vnd=row.vnd, articles=row.articles, sentences=row.sentences)
            for row in figures["34"].budgets
        ),
        unreadable=_unreadable(figures["34"], healths),
        recovered=tuple(_line(health) for health in healths if health.recovered_at is not None),
        acknowledged=sum(health.state == "trouble" and health.acknowledged_by is not None for health in healths),
        changes=_changes(figures["34"]),
        started=before.started,
        stopped=before.stopped,
        corrections=corrections(sources, earlier, week),
    )
    return Built(issue=issue, documents=frozenset(fact.id for fact in found) | late_ids)


def _late(sources: Sources, week: Period, counted: Collection[str], earlier: Sequence[Issue]) -> list[Fact]:
    """Relevant articles of weeks that had an issue, which that issue did not know."""
    if not earlier:
        return []
    start = max(week.start - LATE, min(issue.start for issue in earlier))
    known = frozenset(counted)
    return [fact for fact in sources.facts.between(start, week.start) if fact.relevant and fact.id not in known]


@dataclass(frozen=True, slots=True)
class _Retold:
    stories: int = 0
    articles: int = 0


def _stories(
    sources: Sources, found: Sequence[Fact], late: Sequence[Fact], counted: Collection[str], broken: Mapping[str, int]
) -> tuple[tuple[Story, ...], _Retold]:
    known, told = frozenset(counted), set[str]()
    if known:
        told = {fact.story for fact in sources.facts if fact.id in known}
    late_ids = {fact.id for fact in late}
    stories, retold, again = [], 0, 0
    for key, members in _by_story([*found, *late]).items():
        if key in told:
            retold, again = retold + 1, again + len(members)
            continue
        stories.append(make_story(sources, members, late=all(fact.id in late_ids for fact in members), broken=broken))
    return tuple(sorted(stories, key=lambda story: (-story.points, -story.published.toordinal(), story.id))), _Retold(retold, again)


def _by_story(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.story].append(fact)
    return found


def _broken_silences(sources: Sources, week: Period) -> dict[str, int]:
    """Provinces silent for some weeks up to the one before, and for how many."""
    names = sources.names
    found = silences(sources.facts, sources.readings, names.portals, names.register, week.before(), "34", sources.now)
    return {silence.province: silence.weeks for silence in found if silence.weeks >= SILENT_WEEKS}


def _map(figures: OverviewFigures) -> MapFigures:
    counts = {state.state: state.provinces for state in figures.states}
    rows = {row.code: row for row in figures.provinces}
    cells = {tile.code: tile for line in figures.tiles for tile in line if tile is not None and not tile.islands}
    end = figures.period.last_day + timedelta(days=1)
    return MapFigures(
        units=figures.units,
        headline=figures.headline,
        total=sum(counts.values()),
        news=counts["news"],
        silent=counts["silent"],
        unreadable=counts["unreadable"],
        unwatched=counts["unwatched"],
        tiles=tuple(Tile(code=tile.code, state=tile.state, articles=tile.articles or 0) for tile in cells.values()),
        longest_silent=tuple(
            Silence(code=entry.code, name=entry.name, weeks=entry.weeks, since=end - timedelta(weeks=entry.weeks))
            for entry in figures.silent
            if entry.weeks >= SILENT_WEEKS
        ),
        inseparable=sum(row.articles or 0 for row in rows.values() if not row.separable),
    )


def _unreadable(figures: OverviewFigures, healths: Iterable[SourceHealth]) -> tuple[SourceLine, ...]:
    """Sources not read in the whole week and those in trouble now, until somebody takes note of them."""
    by_portal = {health.portal: health for health in healths}
    lines: dict[str, SourceLine] = {}
    for unread in figures.unread:
        health = by_portal.get(unread.portal)
        if health is None or health.state != "trouble":
            lines[unread.portal] = SourceLine(portal=unread.portal, name=unread.name, note=f"Cả tuần {unread.cause_name}.")
        elif health.acknowledged_by is None:
            lines[unread.portal] = _line(health)
    for health in by_portal.values():
        if health.state == "trouble" and health.alarm:
            lines.setdefault(health.portal, _line(health))
    return tuple(lines.values())


def _line(health: SourceHealth) -> SourceLine:
    return SourceLine(portal=health.portal, name=clean_line(health.name), note=health.note)


def _changes(figures: OverviewFigures) -> tuple[Change, ...]:
    """Only what was observed in both weeks."""
    if figures.before.articles is None or figures.total.articles is None:
        return ()
    news = next(state.provinces for state in figures.states if state.state == "news")
    return (
        Change(name="Tỉnh, thành có tin", now=news, before=figures.before.provinces_with_news),
        Change(name="Tin đăng trong tuần", now=figures.total.articles, before=figures.before.articles),
    )
