"""Money: sums by role and within one role by province, activity, year and programme; every bar opens the sentences that it adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from corpus.index.names import Names
from corpus.store import ReadText
from corpus.text import sentence_around
from monitor.budgets import ROLE_NAMES
from monitor.charts import Chart
from monitor.coverage import map_provinces
from monitor.desk import Monitor
from monitor.facts import NATIONAL
from monitor.figures import BudgetFigure, MoneyFigures, MoneyItem, to_plain
from monitor.figures_money import MoneySums
from monitor.periods import Period
from search_api.answers import Catalogue
from search_api.api import search_of
from search_api.caching import cached
from search_api.charts import Figure
from search_api.figures import MoneyBar, money_bars, money_chart, money_page
from search_api.formats import sentence_case
from search_api.params import InvalidParameter, Search, link
from search_api.site import Choice, Site

SHOWN = 30
"""Sentences on a page."""
MOST_BARS = 20
GROUPS = {"tinh": "Tỉnh, thành", "hoat-dong": "Hoạt động", "nam": "Năm của khoản tiền", "chuong-trinh": "Chương trình"}
"""Values of ``theo``, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sum with the sentence that says it, in three pieces around the sum."""

    item: MoneyItem
    before: str
    sum: str
    after: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: str
    bars: list[MoneyBar]
    more: list[MoneyBar]
    figure: Figure


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the money is looked at."""

    state: Search
    province: str | None
    role: str | None
    group: str | None
    key: str | None
    page: int


class MoneyPages:
    def __init__(self, catalogue: Catalogue, monitor: Monitor, site: Site) -> None:
        self.catalogue = catalogue
        self.names: Names = catalogue.names
        self.monitor = monitor
        self.site = site
        for name in GROUPS:
            site.charts.add(f"kinh-phi-{name}", lambda request, name=name: self._chart(self._asked(request), name))  # type: ignore[misc]

    def page(self, request: Request) -> Response:
        asked = self._asked(request)
        sums = self._sums(asked)
        figures = sums.figures
        role = self._role(asked, figures)
        rows = [row for row in figures.roles if row.role == role]
        opened = next((row for row in self._rows(figures, asked.group, role) if row.key == asked.key), None) if asked.group else None
        wanted = opened or (rows[0] if rows else None)
        total = len(wanted.items) if wanted else 0
        last = max(1, -(-total // SHOWN))
        at = min(asked.page, last)
        state = asked.state
        return self.site.draw(
            request,
            "money.html",
            state=state,
            period=state.period,
            figures=figures,
            role=role,
            role_figure=rows[0] if rows else None,
            province_name=self.names.place(asked.province, short=True) if asked.province else None,
            without_province=self._link(asked, role, province=None),
            roles=[(Choice(sentence_case(row.role_name), self._link(asked, row.role), row.role == role), row) for row in figures.roles],
            groups=[self._group(asked, figures, name, role) for name in GROUPS] if rows else [],
            opened=opened,
            opened_name=sentence_case(opened.name) if opened else None,
            closed=self._link(asked, role),
            total=total,
            sentences=self._sentences(sums.items_behind(wanted, (at - 1) * SHOWN, at * SHOWN) if wanted else ()),
            pages={
                "at": at,
                "last": last,
                "previous": self._link(asked, role, asked.group, asked.key, page=at - 1) if at > 1 else None,
                "next": self._link(asked, role, asked.group, asked.key, page=at + 1) if at < last else None,
            }
            if last > 1
            else None,
            article_link=lambda item: (
                link(f"/tin/{item.document}", Search(map=state.map, period=state.period)) + f"#kp-{item.position + 1}"
            ),
            twins=[(name, link(f"/kinh-phi.{suffix}", state)) for name, suffix in (("JSON", "json"), ("CSV", "csv"), ("Excel", "xlsx"))],
        )

    def twin(self, request: Request) -> Response:
        return cached(request, to_plain(money_page(self._sums(self._asked(request)), request)))

    def figures_of(self, request: Request) -> MoneyFigures:
        """Raises: InvalidParameter."""
        return self._sums(self._asked(request)).whole()

    def _asked(self, request: Request) -> Asked:
        """Raises: InvalidParameter."""
        found = search_of(request)
        period = found.period
        if period is None and found.since and found.until:
            period = Period(found.since, date.fromordinal(found.until.toordinal() + 1))
        field = "province" if found.map == "34" else "province_before"
        codes = found.chosen(field)  # type: ignore[arg-type]  # one of two literals
        register = self.names.register
        province = codes[0] if codes else None
        if province is not None and (
            len(codes) > 1 or province not in (*map_provinces(register, found.map), *map_provinces(register, "34"), NATIONAL)
        ):
            raise InvalidParameter("tinh" if found.map == "34" else "tinh-cu", "Hãy chọn một tỉnh, thành của bản đồ đang xem.")
        values = request.query_params
        group = values.get("theo") or None
        if group is not None and group not in GROUPS:
            raise InvalidParameter("theo", f"Giá trị phải là {', '.join(GROUPS)}.")
        role = values.get("vai-tro") or None
        if role is not None and role not in ROLE_NAMES:
            raise InvalidParameter("vai-tro", f"Giá trị phải là {', '.join(ROLE_NAMES)}.")
        kept = tuple((name, chosen) for name, chosen in found.codes if name == field)
        return Asked(Search(codes=kept, map=found.map, period=period), province, role, group, values.get("khoa"), found.page)

    def _sums(self, asked: Asked) -> MoneySums:
        return self.monitor.money_sums(asked.state.period, asked.state.map, province=asked.province)

    def _role(self, asked: Asked, figures: MoneyFigures) -> str | None:
        """The one asked for, else the one that most sentences are about; one that no text names is nobody's first question."""
        if asked.role or not figures.roles:
            return asked.role
        return max(figures.roles, key=lambda row: (row.role != "other", row.sentences)).role

    def _rows(self, figures: MoneyFigures, group: str | None, role: str | None) -> Sequence[BudgetFigure]:
        rows = {
            "tinh": figures.provinces,
            "hoat-dong": figures.activities,
            "nam": figures.years,
            "chuong-trinh": figures.programmes,
        }
        return [row for row in rows[group or "tinh"] if row.role == role]

    def _group(self, asked: Asked, figures: MoneyFigures, name: str, role: str | None) -> Group:
        rows = self._rows(figures, name, role)
        shown = money_bars(rows, lambda row: self._link(asked, role, name, row.key), on=asked.key if asked.group == name else None)
        chart = self._chart_of(figures, asked, name, role)
        figure = self.site.charts.figure(chart, asked.state, tuple(bar.href for bar in shown), more=(("vai-tro", role),) if role else ())
        return Group(name, GROUPS[name], shown[:MOST_BARS], shown[MOST_BARS:], figure)

    def _chart(self, asked: Asked, name: str) -> Chart:
        figures = self._sums(asked).figures
        return self._chart_of(figures, asked, name, self._role(asked, figures))

    def _chart_of(self, figures: MoneyFigures, asked: Asked, name: str, role: str | None) -> Chart:
        said = ROLE_NAMES[role] if role else ""
        where = f", {self.names.place(asked.province, short=True)}" if asked.province else ""
        return money_chart(
            f"kinh-phi-{name}",
            f"Kinh phí {said} theo {GROUPS[name].lower()}{where}",
            self._rows(figures, name, role),
            figures.period.dates if figures.period else "mọi thời gian",
            by_role=False,
        )

    def _link(
        self, asked: Asked, role: str | None, group: str | None = None, key: str | None = None, *, page: int = 1, province: str | None = ""
    ) -> str:
        state = asked.state if province == "" else Search(map=asked.state.map, period=asked.state.period)
        more = [("vai-tro", role)] if role else []
        if group is not None and key is not None:
            more += [("theo", group), ("khoa", key)]
        if page > 1:
            more.append(("trang", str(page)))
        return link("/kinh-phi", state, *more) + ("#cac-cau" if group or page > 1 else "")

    def _sentences(self, items: Sequence[MoneyItem]) -> list[Sentence]:
        documents = {document.id: document for document in self.catalogue.store.texts_of(item.document for item in items)}
        return [sentence_of(item, documents[item.document]) for item in items if item.document in documents]


def sentence_of(item: MoneyItem, document: ReadText) -> Sentence:
    if item.field == "title":
        start, end, text = 0, len(document.title), document.title
    else:
        text = document.text
        start, end = sentence_around(text, item.start, item.end)
    return Sentence(
        item,
        text[start : item.start].lstrip(),
        text[item.start : item.end],
        text[item.end : end].rstrip(),
    )


def money_routes(pages: MoneyPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/kinh-phi")
    def money(request: Request) -> Response:
        return pages.page(request)

    @router.get("/kinh-phi.json")
    def money_json(request: Request) -> Response:
        return pages.twin(request)

    return router
