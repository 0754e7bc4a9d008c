"""Every source with its state, cause, grid of runs and numbers of new articles."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from corpus.portals import Portal
from monitor.causes import NAMES as CAUSE_NAMES
from monitor.facts import NATIONAL, Fact, Facts
from monitor.figure_parts import Sources
from monitor.figures import Count, NamedSource, SourceFigure, SourcesFigures
from monitor.health import STATE_NAMES, HealthState, SourceHealth
from monitor.links import articles as link

_ORDER: Mapping[HealthState, int] = {"trouble": 0, "silent": 1, "ok": 2, "unwatched": 3}


def item_days(facts: Facts) -> Mapping[str, Sequence[date]]:
    """Days of the dated articles of each source: what its cadence is learned from."""
    return facts.once("item_days", lambda: _item_days(facts))


def _item_days(facts: Facts) -> dict[str, list[date]]:
    found: dict[str, list[date]] = defaultdict(list)
    for fact in facts.dated:
        if fact.published is not None:
            found[fact.portal].append(fact.published)
    return dict(found)


def sources_figures(sources: Sources, healths: Iterable[SourceHealth]) -> SourcesFigures:
    figures = source_figures(sources, healths)
    states = Counter(figure.health.state for figure in figures)
    return SourcesFigures(
        at=sources.now,
        sources=figures,
        states=tuple((state, name, states[state]) for state, name in STATE_NAMES.items()),
        alarms=tuple(figure.portal for figure in figures if figure.health.alarm),
        recovered=tuple(figure.portal for figure in figures if figure.health.recovered_at is not None),
    )


def source_figures(sources: Sources, healths: Iterable[SourceHealth]) -> tuple[SourceFigure, ...]:
    """Reported trouble first, then other trouble, silence, sources that are read, those not watched; by name within each."""
    by_portal = by_source(sources.facts)
    order = sources.names.sorter("source")
    found = []
    for health in healths:
        portal = sources.names.portals.get(health.portal)
        if portal is not None:
            found.append(_source(sources, portal, health, by_portal.get(portal.id, ())))
    return tuple(sorted(found, key=lambda f: (not f.health.alarm, _ORDER[f.health.state], order(f.portal), f.portal)))


def by_source(facts: Facts) -> Mapping[str, Sequence[Fact]]:
    return facts.once("by_source", lambda: _by_source(facts))


def _by_source(facts: Facts) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.portal].append(fact)
    return dict(found)


def samples(facts: Facts) -> Mapping[str, Fact]:
    """Source to its latest article, a dated one where there is one."""
    return facts.once("samples", lambda: _samples(facts))


def _samples(facts: Facts) -> dict[str, Fact]:
    found = {}
    for portal, articles in by_source(facts).items():
        found[portal] = next((fact for fact in reversed(articles) if fact.published is not None), articles[-1])
    return found


def seen_since(facts: Facts, portal: str, start: datetime) -> int:
    """Articles of a source first seen since then."""
    times = facts.once("first_seen", lambda: _first_seen(facts)).get(portal, ())
    return len(times) - bisect_left(times, start)


def _first_seen(facts: Facts) -> dict[str, list[datetime]]:
    return {portal: sorted(fact.first_seen for fact in found) for portal, found in by_source(facts).items()}


def _source(sources: Sources, portal: Portal, health: SourceHealth, facts: Sequence[Fact]) -> SourceFigure:
    query = link(portal=portal.id, any_topic=True)

    def new_since(days: int) -> int | None:
        start = sources.now - timedelta(days=days)
        seen = seen_since(sources.facts, portal.id, start)
        return seen if seen or _read_since(health, start) else None

    return SourceFigure(
        portal=portal.id,
        name=portal.name,
        home=portal.home,
        kind=portal.kind,
        province=portal.province,
        province_name=sources.names.place(portal.province, short=True) if portal.province != NATIONAL else "Trung ương",
        verified=portal.verified,
        documents=len(facts),
        relevant=_relevant(sources.facts, portal.id),
        new_7=new_since(7),
        new_28=new_since(28),
        health=health,
        cause_name=CAUSE_NAMES[health.cause] if health.cause else None,
        state_name=STATE_NAMES[health.state],
        query=query,
        predecessors=_named(sources, portal.predecessors),
        successors=_named(sources, portal.successors),
        valid_from=portal.valid_from,
        valid_to=portal.valid_to,
    )


def _relevant(facts: Facts, portal: str) -> Count:
    articles, stories = facts.once("relevant_by_source", lambda: _relevant_by_source(facts)).get(portal, (0, 0))
    return Count(articles=articles, stories=stories, query=link(portal=portal))


def _relevant_by_source(facts: Facts) -> dict[str, tuple[int, int]]:
    found: dict[str, list[str]] = defaultdict(list)
    for fact in facts.relevant:
        found[fact.portal].append(fact.story)
    return {portal: (len(stories), len(set(stories))) for portal, stories in found.items()}


def _named(sources: Sources, portals: Iterable[str]) -> tuple[NamedSource, ...]:
    return tuple(NamedSource(portal=portal, name=sources.names.label("source", portal)) for portal in portals)


def _read_since(health: SourceHealth, start: datetime) -> bool:
    return health.last_success is not None and health.last_success >= start
