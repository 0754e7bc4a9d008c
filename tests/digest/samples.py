"""A made-up issue with everything an issue may hold, and one with nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from corpus.localities import Register
from corpus.store import Found
from digest.issue import Change, Correction, Issue, MapFigures, Money, Silence, SourceLine, State, Story, StoryMoney, Tile
from monitor.periods import Units
from monitor.tilemap import tile_places

REGISTER = Register.load()
BUILT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def code_of(name: str, units: Units = "34") -> str:
    return next(p.code for row in tile_places(units, REGISTER) for p in row if p is not None and p.name == name and not p.islands)


def map_figures(units: Units, news: dict[str, int], *, unreadable: tuple[str, ...] = (), unwatched: tuple[str, ...] = ()) -> MapFigures:
    places = [p for row in tile_places(units, REGISTER) for p in row if p is not None and not p.islands]

    def state(name: str) -> State:
        if name in news:
            return "news"
        return "unreadable" if name in unreadable else "unwatched" if name in unwatched else "silent"

    tiles = tuple(Tile(code=p.code, state=state(p.name), articles=news.get(p.name, 0)) for p in places)
    silent = len(places) - len(news) - len(unreadable) - len(unwatched)
    return MapFigures(
        units=units,
        headline=f"Tuần 47/2026: {len(news)}/{len(places)} tỉnh có tin, {silent} tỉnh im lặng, {len(unreadable)} cổng không đọc được",
        total=len(places),
        news=len(news),
        silent=silent,
        unreadable=len(unreadable),
        unwatched=len(unwatched),
        tiles=tiles,
        longest_silent=(
            Silence(code=code_of("Cà Mau", units), name="Cà Mau", weeks=7, since=date(2026, 10, 5)),
            Silence(code=code_of("Vĩnh Long", units), name="Vĩnh Long", weeks=3, since=date(2026, 11, 2)),
        ),
    )


def story(number: int, title: str, province: str, *, money: StoryMoney | None = None, late: bool = False, points: int = 1) -> Story:
    return Story(
        id=f"{number:024x}",
        title=title,
        published=date(2026, 11, 12) if late else date(2026, 11, 17),
        sources=("Cổng thông tin điện tử tỉnh", "Báo Mẫu", "Đài Mẫu", "Báo Khác")[: 1 + number % 4],
        provinces_34=(code_of(province),),
        provinces_63=(),
        places_34=province,
        places_63=f"{province} mới, không tách được",
        activities=("training",) if number % 2 else ("radio",),
        activity_names=("Tập huấn, bồi dưỡng",) if number % 2 else ("Truyền thanh cơ sở",),
        money=money,
        late=late,
        points=points,
        reasons=("nêu số tiền trên 4,2 tỷ đồng", "nói về việc đã làm") if money else ("tin của chính địa phương",),
    )


NEWS = {
    "Điện Biên": 4,
    "Lào Cai": 12,
    "Sơn La": 3,
    "Nghệ An": 2,
    "Quảng Trị": 1,
    "Đà Nẵng": 5,
    "Gia Lai": 1,
    "Khánh Hòa": 2,
    "Hồ Chí Minh": 1,
}
TITLES = (
    "Mở lớp tập huấn nghiệp vụ cho cán bộ truyền thanh cơ sở các xã đặc biệt khó khăn",
    "Đầu tư 18 đài truyền thanh ứng dụng công nghệ thông tin - viễn thông",
    "Đối thoại chính sách giảm nghèo <bền vững> & hỏi đáp trực tiếp với người dân",
    "Cấp phát 2.000 tờ rơi “Giảm nghèo về thông tin” cho hộ nghèo, hộ cận nghèo",
    "Hội thi tìm hiểu chính sách giảm nghèo bằng tiếng dân tộc",
)
STORIES = (
    story(1, TITLES[0], "Lào Cai", money=StoryMoney(vnd=4_200_000_000, role="Được phê duyệt", text="trên 4,2 tỷ đồng"), points=9),
    *(story(n, f"{TITLES[n % 5]} (lần {n})", list(NEWS)[n % len(NEWS)], late=n == 4, points=8 - n % 7) for n in range(2, 15)),
)


def issue(**changes: object) -> Issue:
    values: dict[str, object] = {
        "key": "2026-W47",
        "start": date(2026, 11, 16),
        "end": date(2026, 11, 23),
        "built_at": BUILT,
        "maps": (
            map_figures("34", NEWS, unreadable=("Đồng Tháp",), unwatched=("Hưng Yên", "Huế")),
            map_figures("63", {"Lào Cai": 9, "Yên Bái": 3, "Nam Định": 1}, unreadable=("Tiền Giang",)),
        ),
        "stories": STORIES,
        "story_count": len(STORIES),
        "article_count": 31,
        "late_count": 1,
        "retold_count": 2,
        "money": (
            Money(role="approved", name="Được phê duyệt", vnd=5_350_000_000, articles=3, sentences=4),
            Money(role="disbursed", name="Đã giải ngân", vnd=146_400_000, articles=1, sentences=1),
        ),
        "unreadable": (SourceLine(portal="dong-thap", name="Cổng tỉnh Đồng Tháp", note="Từ 14/11/2026: không kết nối được."),),
        "recovered": (SourceLine(portal="ca-mau", name="Báo Cà Mau", note="Đọc được; đọc lại được từ 18/11/2026."),),
        "acknowledged": 1,
        "changes": (Change(name="Tỉnh, thành có tin", now=9, before=7), Change(name="Tin đăng trong tuần", now=28, before=28)),
        "started": ("Gia Lai", "Quảng Trị"),
        "stopped": ("Cao Bằng",),
        "corrections": (
            Correction(
                issue="2026-W46",
                day=date(2026, 11, 23),
                text="Tuần 46/2026: có tin ở 8/34 tỉnh, không phải 7.",
                subject="news",
                now="8",
            ),
        ),
    }
    return Issue(**{**values, **changes})  # type: ignore[arg-type] # each field as it is declared


def empty_issue() -> Issue:
    return issue(
        maps=(map_figures("34", {}), map_figures("63", {})),
        stories=(),
        story_count=0,
        article_count=0,
        late_count=0,
        retold_count=0,
        money=(),
        unreadable=(),
        recovered=(),
        changes=(),
        started=(),
        stopped=(),
        corrections=(),
    )


FOUND = (
    Found(search="s1", name="Tập huấn ở Lào Cai", params="q=tap+huan&tinh=v2-15", documents=("a", "b"), titles=(TITLES[0], TITLES[3])),
)
