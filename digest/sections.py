"""What an issue says to one reader, in words: the one source of HTML, text and archive page, so that all three say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

from corpus.formats import day, dong, number
from corpus.localities import Register
from corpus.store import Choices, Found
from digest.issue import Chosen, Issue, MapFigures, SourceLine, State, Story, choose_stories
from monitor.coverage import STATE_MARKS, STATE_NAMES
from monitor.periods import Units
from monitor.tilemap import tile_places

MARKS: dict[State, str] = {**STATE_MARKS, "news": ""}
"""Shape as well as colour: a tile with news shows its number, the others a mark of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    text: str
    href: str = ""
    """Path on our own pages, or empty."""
    details: tuple[str, ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    key: str
    title: str
    lead: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    short: str
    name: str
    state: State | None
    """None: islands, which bear no figure of their own."""
    mark: str
    """What stands on the tile below its name: the number of articles, or the mark of its state."""
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One issue as one reader gets it."""

    key: str
    name: str
    dates: str
    subject: str
    preheader: str
    headline: str
    cells: tuple[tuple[Cell | None, ...], ...]
    states: tuple[Line, ...]
    """The map in words: one line a state."""
    sections: tuple[Section, ...]
    units: Units
    links: Mapping[str, str] = field(default_factory=dict)
    """``web``, ``settings``, ``leave``: whole addresses, filled in for mail."""


def letter(
    issue: Issue,
    register: Register,
    choices: Choices,
    *,
    names: Mapping[str, str],
    found: Sequence[Found] = (),
    all_stories: bool = False,
) -> Letter:
    """``names``: words for the reader's codes. ``found``: what their saved searches found. ``all_stories``: the archive page."""
    figures = issue.map(choices.units)
    if all_stories:
        chosen = tuple(Chosen(story=story, own=False, reasons=story.reasons) for story in issue.stories)
    else:
        chosen = choose_stories(issue, choices, names)
    sections = [
        _stories(issue, chosen, choices.units, all_stories=all_stories),
        _money(issue),
        _silent(figures),
        _unreadable(issue),
        _sources("recovered", "Đọc lại được", "", issue.recovered),
        _changes(issue),
        _corrections(issue),
        _searches(found),
    ]
    return Letter(
        key=issue.key,
        name=issue.name,
        dates=f"{day(issue.start)} - {day(issue.end - timedelta(days=1))}",
        subject=subject(issue, figures),
        preheader=_preheader(issue),
        headline=f"{figures.headline}.",
        cells=_cells(figures, register, issue.key),
        states=_states(figures, register),
        sections=tuple(section for section in sections if section is not None),
        units=choices.units,
    )


def subject(issue: Issue, figures: MapFigures) -> str:
    """Number of the week and the main fact."""
    if issue.is_empty:
        return f"{issue.name}: không có tin mới"
    silent = f", {figures.silent} im lặng" if figures.silent else ""
    return f"{issue.name}: {number(issue.story_count)} chuyện, {figures.news}/{figures.total} tỉnh có tin{silent}"


def _preheader(issue: Issue) -> str:
    if issue.is_empty:
        return "Tuần này không có tin mới về truyền thông và giảm nghèo về thông tin."
    parts = [f"{number(issue.article_count)} tin về {number(issue.story_count)} chuyện"]
    if issue.money:
        parts.append(f"{issue.money[0].name.lower()}: {dong(issue.money[0].vnd)}")
    if issue.unreadable:
        parts.append(f"{len(issue.unreadable)} nguồn không đọc được")
    return "; ".join(parts) + "."


def _stories(issue: Issue, chosen: Sequence[Chosen], units: Units, *, all_stories: bool) -> Section:
    if issue.is_empty:
        return Section(
            key="stories",
            title="Chuyện trong tuần",
            lead="Tuần này không có tin mới về truyền thông và giảm nghèo về thông tin trong các nguồn đã đọc được.",
        )
    rest = issue.story_count - len(chosen)
    lead = f"{number(issue.article_count)} tin về {number(issue.story_count)} chuyện"
    if issue.late_count:
        lead += f", trong đó {number(issue.late_count)} chuyện của các tuần trước nhưng đến muộn"
    lead += "; tin chép lại và tin kể cùng một việc là một chuyện."
    if issue.retold_count:
        lead += f" {number(issue.retold_count)} chuyện đã có trong số trước nên không kể nữa."
    if rest > 0 and not all_stories:
        lead += f" Dưới đây là {len(chosen)} chuyện, {number(rest)} chuyện còn lại xem trên trang."
    return Section(key="stories", title="Chuyện trong tuần", lead=lead, lines=tuple(_story(entry, units) for entry in chosen))


def _story(entry: Chosen, units: Units) -> Line:
    story = entry.story
    first = [story.places(units) or "Không riêng tỉnh nào", day(story.published) + (" (đến muộn)" if story.late else "")]
    details = [" · ".join(first)]
    if story.activity_names:
        details.append("Hoạt động: " + "; ".join(story.activity_names))
    if story.money is not None:
        details.append(f"Kinh phí: {story.money.text} ({story.money.role.lower()})")
    details.append("Nguồn: " + _listed(story.sources, 3))
    details.append("Vì sao có ở đây: " + "; ".join(entry.reasons))
    return Line(text=story.title, href=story_path(story), details=tuple(details), strong=entry.own)


def story_path(story: Story) -> str:
    return f"/tin/{quote(story.id)}"


def _listed(names: Sequence[str], most: int) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} và {len(names) - most} nguồn khác" if len(names) > most else shown


def _money(issue: Issue) -> Section | None:
    if not issue.money:
        return None
    lines = tuple(
        Line(text=f"{money.name}: {dong(money.vnd)}", details=(f"{number(money.articles)} tin, {number(money.sentences)} câu",))
        for money in issue.money
    )
    return Section(key="money", title="Kinh phí nêu trong tuần", lead="Mỗi vai trò cộng riêng, không cộng chung với nhau.", lines=lines)


def _silent(figures: MapFigures) -> Section | None:
    if not figures.longest_silent:
        return None
    lines = tuple(
        Line(text=f"{entry.name}: {entry.weeks} tuần", href=f"/tinh/{entry.code}", details=(f"từ {day(entry.since)}",))
        for entry in figures.longest_silent
    )
    return Section(
        key="silent",
        title="Im lặng từ 3 tuần",
        lead="Nguồn của các tỉnh này đọc được đều đặn nhưng không có tin nào nói về tỉnh.",
        lines=lines,
    )


def _unreadable(issue: Issue) -> Section | None:
    lead = "Im lặng của một nguồn không đọc được không được tính là im lặng."
    if issue.acknowledged:
        lead += f" {number(issue.acknowledged)} nguồn khác đã có người ghi nhận nên không nhắc lại."
    return _sources("unreadable", "Không đọc được", lead, issue.unreadable)


def _sources(key: str, title: str, lead: str, sources: Sequence[SourceLine]) -> Section | None:
    if not sources:
        return None
    lines = tuple(Line(text=source.name, details=(source.note,)) for source in sources)
    return Section(key=key, title=title, lead=lead, lines=lines)


def _changes(issue: Issue) -> Section | None:
    lines = tuple(
        Line(text=f"{change.name}: {number(change.now)}", details=(_compared(change.now, change.before),)) for change in issue.changes
    )
    more = (("Có tin trở lại", issue.started), ("Tuần này không còn tin", issue.stopped))
    lines += tuple(Line(text=name, details=(", ".join(places),)) for name, places in more if places)
    return Section(key="changes", title="So với tuần trước", lines=lines) if lines else None


def _compared(now: int, before: int) -> str:
    if now == before:
        return f"bằng tuần trước ({number(before)})"
    return f"{'tăng' if now > before else 'giảm'} {number(abs(now - before))} so với tuần trước ({number(before)})"


def _corrections(issue: Issue) -> Section | None:
    if not issue.corrections:
        return None
    lines = tuple(
        Line(text=entry.text, href=f"/ban-tin/{entry.issue}", details=(f"đính chính ngày {day(entry.day)}",)) for entry in issue.corrections
    )
    return Section(key="corrections", title="Đính chính các số trước", lead="Số đã gửi được giữ nguyên như khi gửi.", lines=lines)


def _searches(found: Sequence[Found]) -> Section | None:
    if not found:
        return None
    lines = tuple(
        Line(text=f"{entry.name}: {number(len(entry.documents))} tin mới", href=f"/tim?{entry.params}", details=entry.titles)
        for entry in found
    )
    return Section(key="searches", title="Tìm kiếm đã lưu của bạn", lead="Chỉ kể những gì mới từ lần gửi trước.", lines=lines)


def _cells(figures: MapFigures, register: Register, key: str) -> tuple[tuple[Cell | None, ...], ...]:
    tiles = {tile.code: tile for tile in figures.tiles}
    rows = []
    for row in tile_places(figures.units, register):
        line: list[Cell | None] = []
        for place in row:
            if place is None:
                line.append(None)
            elif place.islands:
                line.append(Cell(short=place.short, name=f"{place.islands} ({place.name})", state=None, mark="", href=""))
            else:
                tile = tiles[place.code]
                mark = number(tile.articles) if tile.state == "news" else MARKS[tile.state]
                href = f"/tinh/{place.code}?ky={key}" + ("&ban-do=63" if figures.units == "63" else "")
                line.append(Cell(short=place.short, name=place.name, state=tile.state, mark=mark, href=href))
        rows.append(tuple(line))
    return tuple(rows)


def _states(figures: MapFigures, register: Register) -> tuple[Line, ...]:
    """Every province once, in the order of the map, so that who sees no picture misses nothing."""
    tiles = {tile.code: tile for tile in figures.tiles}
    places = [place for row in tile_places(figures.units, register) for place in row if place is not None and not place.islands]
    lines = []
    for state, name in STATE_NAMES.items():
        members = [place for place in places if tiles[place.code].state == state]
        if members:
            shown = [f"{p.name} ({number(tiles[p.code].articles)})" if state == "news" else p.name for p in members]
            mark = f"{MARKS[state]} " if MARKS[state] else ""
            lines.append(Line(text=f"{mark}{name.capitalize()} ({len(members)})", details=(", ".join(shown),)))
    if figures.inseparable:
        lines.append(Line(text=f"Không tách được ({figures.inseparable})", details=("tin về cả tỉnh mới, không chia cho tỉnh cũ nào",)))
    return tuple(lines)
