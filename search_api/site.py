"""What all pages share: the templates' environment, the navigation, the switches of map and period, and `Site.draw`.

``docs/web.md`` says how a page is added. A page module holds routes and gathers what its template shows; nothing is computed in templates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from typing import Any, get_args

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from corpus.errors import CorpusError
from corpus.index.names import Names
from corpus.store import AccountRole, Session
from monitor.charts import HALF, NARROW, WIDE
from monitor.periods import FIRST_YEAR, Period, PeriodKind, period_of
from search_api import formats, labels
from search_api.auth import Gate
from search_api.caching import with_etag
from search_api.charts import ChartDesk
from search_api.params import Map, Search, from_params, link, to_params

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class NavItem:
    path: str
    name: str
    role: AccountRole | None = None
    """Shown only to visitors who have signed in with this role or a higher one."""


NAV = [
    NavItem("/", "Tổng quan"),
    NavItem("/tim", "Tìm kiếm"),
    NavItem("/tinh", "Tỉnh, thành"),
    NavItem("/kinh-phi", "Kinh phí"),
    NavItem("/nguon", "Nguồn tin"),
]
"""In the order of the bar. Pages that are not always there are added when their routes are made (`Site.add_nav`)."""
HELP = NavItem("/tro-giup", "Trợ giúp")


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    href: str
    on: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class PeriodSwitch:
    name: str
    """Of the period in use: "Tuần 47/2026", or "Mọi thời gian"."""
    aside: str
    """Its days, or empty."""
    kinds: tuple[Choice, ...]
    earlier: Choice | None
    later: Choice | None
    year_before: Choice | None
    anytime: Choice | None
    action: str
    hidden: tuple[tuple[str, str], ...]
    since: str
    until: str


class Site:
    """``today`` gives the day in Vietnam; tests fix it. ``gate`` knows who has signed in; without it nobody can."""

    def __init__(self, names: Names, *, department: str, today: Callable[[], date], gate: Gate | None = None) -> None:
        self.names = names
        self.today = today
        self.gate = gate
        self.nav = [*NAV]
        self.charts = ChartDesk()
        self.environment = _environment(department)

    def add_nav(self, item: NavItem) -> None:
        self.nav.append(item)

    def draw(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        state: Search | None = None,
        period: Period | None = None,
        anytime: bool = True,
        **values: Any,
    ) -> Response:
        """The page. ``state`` is what its links keep, by default map and period of the address; ``period`` the one whose figures it shows
        (by default the state's); ``anytime`` says whether the page also stands without a period."""
        state = state or kept_state(request)
        visitor = self._visitor(request, status)
        failed = template == "error.html"
        path = "/" if failed else request.url.path  # what failed, //elsewhere among it, is no base for links
        here = "" if failed else path
        html = self.environment.get_template(template).render(
            path=path,
            state=state,
            kept=Search(map=state.map, period=state.period),
            nav=[
                Choice(item.name, link(item.path, Search(map=state.map, period=state.period)), _within(here, item.path))
                for item in self.nav
                if item.role is None or (visitor is not None and visitor.account.may(item.role))
            ],
            visitor=visitor,
            may_sign_in=self.gate is not None,
            help=Choice(HELP.name, link(HELP.path, Search(map=state.map, period=state.period)), _within(here, HELP.path)),
            switches=_switches(path, state),
            periods=period_switch(path, state, period or state.period, self.today(), anytime=anytime),
            **values,
        )
        body = html.encode("utf-8", "replace")
        return with_etag(request, body, HTML) if status == 200 else Response(body, status, media_type=HTML)

    def _visitor(self, request: Request, status: int) -> Session | None:
        """The page of an error is drawn whatever else fails: a store that cannot be read knows nobody."""
        try:
            return self.gate.session(request) if self.gate else None
        except CorpusError:
            if status < 500:
                raise
            return None

    def error(self, request: Request, problem: dict[str, Any]) -> Response:
        """The page of an error; whatever of the address can be kept is kept."""
        state = kept_state(request, "q", "ban-do", "ky")
        return self.draw(request, "error.html", status=int(problem["status"]), state=state, problem=problem)


def kept_state(request: Request, *names: str) -> Search:
    """Map and period of the address (or the parameters named), as far as they can be read."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name in (names or ("ban-do", "ky", "tu", "den"))]
    try:
        return from_params(kept)
    except ValueError:
        return Search()


KIND_NAMES: dict[PeriodKind, str] = {"week": "Tuần", "month": "Tháng", "quarter": "Quý", "year": "Năm"}


def period_switch(path: str, state: Search, period: Period | None, today: date, *, anytime: bool) -> PeriodSwitch:
    def to(found: Period | None) -> str:
        return link(path, replace(state, period=found, since=None, until=None, page=1, after=None))

    day = min(period.last_day, max(period.start, today)) if period else today
    kinds = []
    for kind, name in KIND_NAMES.items():
        found = period_of(day, kind)
        kinds.append(Choice(name, to(found), period is not None and period.kind == kind, found.name))
    hidden = [(n, v) for n, v in to_params(replace(state, period=None, since=None, until=None, page=1, after=None))]
    before, after, year_before = (period.before(), period.next(), period.year_before()) if period else (None, None, None)
    return PeriodSwitch(
        name=period.name if period else "Mọi thời gian",
        aside=days_of(period) if period and period.kind in ("week", "quarter") else "",
        kinds=tuple(kinds),
        earlier=Choice(before.name, to(before)) if before and before.start.year >= FIRST_YEAR else None,
        later=Choice(after.name, to(after)) if after and after.start <= today else None,
        year_before=Choice(year_before.name, to(year_before)) if year_before and year_before.start.year >= FIRST_YEAR else None,
        anytime=Choice("Mọi thời gian", to(None), period is None) if anytime else None,
        action=path,
        hidden=tuple(hidden),
        since=period.start.isoformat() if period else (state.since.isoformat() if state.since else ""),
        until=(period.last_day).isoformat() if period else (state.until.isoformat() if state.until else ""),
    )


def days_of(period: Period) -> str:
    """First and last day, the year once where it is the same.

    >>> days_of(period_of(date(2026, 11, 18), "week"))
    '16/11 - 22/11/2026'
    """
    last = period.last_day
    return f"{period.start:%d/%m} - {last:%d/%m/%Y}" if period.start.year == last.year else f"{period.start:%d/%m/%Y} - {last:%d/%m/%Y}"


def _within(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(f"{place}/"))


def _switches(path: str, state: Search) -> list[Choice]:
    """34 or 63 provinces on the same page. Codes of one map filter on both."""
    short = {"34": "34 tỉnh", "63": "63 tỉnh"}
    full = {"34": "Bản đồ 34 tỉnh, từ 01/7/2025", "63": "Bản đồ 63 tỉnh, trước 01/7/2025"}
    maps: tuple[Map, ...] = get_args(Map)
    return [Choice(short[name], link(path, replace(state, map=name)), state.map == name, full[name]) for name in maps]


def _environment(department: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("search_api"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=formats.number,
        dong=formats.dong,
        day=formats.day,
        instant=formats.instant,
        pieces=split_at,
        quote=shortened,
        beside_state=beside_state,
    )
    environment.globals.update(
        department=department,
        reporting=False,
        saving=False,
        own_searches="",
        reports=False,
        style=asset("loa.css"),
        script=asset("loa.js"),
        link=link,
        to_params=to_params,
        source_kinds=labels.SOURCE_KINDS,
        signs=labels.STATE_SIGNS,
        WIDE=WIDE,
        HALF=HALF,
        NARROW=NARROW,
    )
    return environment


def asset(name: str) -> str:
    """The address of a static file; it changes with its content, so that browsers may keep it for good."""
    return f"/static/{name}?v={hashlib.sha256(files('search_api').joinpath('static', name).read_bytes()).hexdigest()[:10]}"


def split_at(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text in pieces and whether each is highlighted."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]


def beside_state(note: str) -> str:
    """What the note on a source's health adds to the name of its state, which stands beside it; empty where that says it all.

    >>> beside_state("Chưa theo dõi: chưa đọc lần nào."), beside_state("Đọc được; thường khoảng 2 tin mỗi tuần."), beside_state("Đọc được.")
    ('Chưa đọc lần nào.', 'Thường khoảng 2 tin mỗi tuần.', '')
    """
    for opening in ("Chưa theo dõi: ", "Đọc được; ", "Đọc được nhưng im lặng: ", "Đọc được."):
        if note.startswith(opening):
            return formats.sentence_case(note.removeprefix(opening))
    return note


def shortened(text: str, limit: int = 220) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
