"""What earlier issues said and what is right by now. The issues themselves stay as they were sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.issue import Correction, Issue, Story
from digest.stories import places, story_money
from monitor.facts import Fact
from monitor.figure_parts import Sources
from monitor.periods import Period, day_of, parse_period

LOOK_BACK_WEEKS = 8
AS_SENT = "as_sent"


def corrections(sources: Sources, earlier: Sequence[Issue], week: Period) -> tuple[Correction, ...]:
    """What is to be said in the issue of ``week`` on those of the weeks before, each thing once."""
    recent = [issue for issue in earlier if issue.start < week.start and (week.start - issue.start).days <= 7 * LOOK_BACK_WEEKS]
    said = {(entry.issue, entry.subject): entry.now for issue in sorted(earlier, key=lambda i: i.key) for entry in issue.corrections}
    wanted = {story.id for issue in recent for story in issue.stories}
    facts = {fact.id: fact for fact in sources.facts if fact.id in wanted}
    day = day_of(sources.now)
    found = []
    for issue in sorted(recent, key=lambda i: i.key):
        for subject, now, text in (*_counts(sources, issue, said), *_stories(sources, issue, facts, said)):
            if said.get((issue.key, subject), AS_SENT) != now:
                found.append(Correction(issue=issue.key, day=day, text=f"{issue.name}: {text}", subject=subject, now=now))
    return tuple(found)


def _counts(sources: Sources, issue: Issue, said: dict[tuple[str, str], str]) -> Iterator[tuple[str, str, str]]:
    ledger = sources.coverage(parse_period(issue.key), "34")
    then = issue.map("34").news
    now = ledger.count("news")
    told = said.get((issue.key, "news"), str(then))
    if str(now) != told:
        yield "news", str(now), f"có tin ở {now}/{len(ledger.provinces)} tỉnh, không phải {told}."


def _stories(sources: Sources, issue: Issue, facts: dict[str, Fact], said: dict[tuple[str, str], str]) -> Iterator[tuple[str, str, str]]:
    for story in issue.stories:
        subject = f"story:{story.id}"
        found = _story(sources, story, facts.get(story.id))
        if found is not None:
            yield subject, *found
        elif (issue.key, subject) in said:
            yield subject, AS_SENT, f"tin “{story.title}” đúng như số đã gửi; lời đính chính trước không còn đúng."


def _story(sources: Sources, story: Story, fact: Fact | None) -> tuple[str, str] | None:
    """(what is right as a key, the sentence); None while all is as it was."""
    title = f"“{story.title}”"
    if fact is None:
        return "withdrawn", f"tin {title} đã được gỡ khỏi kho, không tính nữa."
    if not fact.relevant:
        return "off_topic", f"tin {title} không còn được xếp là tin truyền thông về giảm nghèo."
    money = story_money(fact)
    if money != story.money:
        if money is None:
            return "money:none", f"tin {title} không nêu kinh phí; số tiền đã ghi là nhầm."
        before = f", không phải {story.money.text}" if story.money else ""
        return f"money:{money.vnd}:{money.role}", f"tin {title} nêu {money.text} ({money.role.lower()}){before}."
    if fact.provinces_34 != story.provinces_34:
        names = places(sources, fact.provinces_34, "34") or "không riêng tỉnh nào"
        return (
            f"places:{','.join(fact.provinces_34)}",
            f"tin {title} nói về {names}, không phải {story.places_34 or 'không riêng tỉnh nào'}.",
        )
    return None
