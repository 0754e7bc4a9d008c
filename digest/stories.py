"""One story of an issue out of its articles, with the reasons why it stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.formats import dong, sentence_case
from corpus.index.names import QUALIFIERS
from digest.issue import Story, StoryMoney
from digest.message import clean_line
from monitor.budgets import ROLE_NAMES, summable
from monitor.facts import NATIONAL, Fact
from monitor.figure_parts import Sources
from monitor.periods import Units

_MOST_PLACES = 3


def make_story(sources: Sources, members: Sequence[Fact], *, late: bool, broken: Mapping[str, int]) -> Story:
    members = sorted(members, key=lambda fact: fact.order)
    first = members[0]
    assert first.published is not None
    names = [sources.names.label("source", portal) for portal in dict.fromkeys(fact.portal for fact in members)]
    activities = tuple(dict.fromkeys(code for code, _ in first.activities))
    money = story_money(first)
    points, reasons = _reasons(sources, members, names, money, broken)
    return Story(
        id=first.id,
        title=clean_line(first.title) or "(không có tiêu đề)",
        published=first.published,
        sources=tuple(clean_line(name) for name in names),
        provinces_34=first.provinces_34,
        provinces_63=first.provinces_63,
        places_34=places(sources, first.provinces_34, "34"),
        places_63=places(sources, first.provinces_63, "63"),
        activities=activities,
        activity_names=tuple(sources.names.activities.name(code) for code in activities),
        money=money,
        late=late,
        points=points,
        reasons=tuple(reasons),
    )


def _reasons(
    sources: Sources, members: Sequence[Fact], names: Sequence[str], money: StoryMoney | None, broken: Mapping[str, int]
) -> tuple[int, list[str]]:
    """Points and what they are for, the most first. The weights are ours; the mail names every reason, so that readers can judge them."""
    first = members[0]
    found = [
        (3, f"{places(sources, (code,), '34')} có tin trở lại sau {broken[code]} tuần im lặng")
        for code in first.provinces_34
        if code in broken
    ]
    if money is not None:
        found.append((3, f"nêu số tiền {money.text}"))
    if len(names) > 1:
        found.append((min(len(names), 5), f"{len(names)} nguồn cùng đưa"))
    if first.components:
        found.append((2, "nêu đích danh " + ", ".join(_component(code) for code in first.components[:2])))
    if any(modality == "done" for _, modality in first.activities):
        found.append((1, "nói về việc đã làm"))
    portal = sources.names.portals.get(first.portal)
    if portal is not None and portal.province in first.provinces_34:
        found.append((1, "tin của chính địa phương"))
    found.sort(key=lambda entry: -entry[0])
    return sum(points for points, _ in found), [text for _, text in found] or ["tin về truyền thông và giảm nghèo về thông tin"]


def _component(code: str) -> str:
    part = code.partition("/")[2]
    project, _, below = part.partition(".")
    return f"Tiểu dự án {below}, Dự án {project}" if below else f"Dự án {project}"


def story_money(fact: Fact) -> StoryMoney | None:
    """The largest public sum that is no limit, norm or repetition."""
    sums = summable(fact.budgets)
    if not sums:
        return None
    largest = max(sums, key=lambda budget: (budget.vnd, -budget.position))
    return StoryMoney(
        vnd=largest.vnd,
        role=sentence_case(ROLE_NAMES.get(largest.role, largest.role)),
        text=f"{QUALIFIERS.get(largest.qualifier, '')} {dong(largest.vnd)}".lstrip(),
    )


def places(sources: Sources, codes: Sequence[str], units: Units) -> str:
    names = [sources.names.place(code, short=True, old_map=units == "63") for code in codes if code != NATIONAL]
    if not names:
        return "Cả nước" if NATIONAL in codes else ""
    more = f" và {len(names) - _MOST_PLACES} tỉnh khác" if len(names) > _MOST_PLACES else ""
    return ", ".join(names[:_MOST_PLACES]) + more
