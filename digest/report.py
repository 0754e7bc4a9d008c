"""The report of a period: every table of the Word and the Excel file, as data. Figures come from `monitor`; nothing is worked out here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from corpus.document import Document
from digest.message import clean_line
from digest.stories import places, story_money
from monitor.desk import Monitor
from monitor.facts import Fact
from monitor.figures import BudgetFigure, MoneyFigures, OverviewFigures
from monitor.health import SourceHealth
from monitor.periods import Period, Units, day_of

LIMITS = (
    "Tin được đếm theo tỉnh mà tin nói về, không theo nơi đăng; tin nói về hai tỉnh đứng ở cả hai. Chuyện: tin chép lại "
    "hoặc kể cùng một việc là một chuyện.",
    "Có tin: có ít nhất một tin trong kỳ. Im lặng: mọi nguồn theo dõi của tỉnh đều đọc được mà không có tin. "
    "Không đọc được: không có tin và có nguồn không đọc được trọn một tuần. Chưa theo dõi: chưa có nguồn nào được theo dõi. "
    "Ô trống là không quan sát được, không phải 0.",
    "Kinh phí cộng riêng theo từng vai trò, không cộng các vai trò với nhau; không cộng mức trần, định mức, khoản nhắc lại "
    "và các phần đứng cạnh tổng của chúng. Mỗi chuyện tính một lần dù được đăng lại.",
    "Nhãn tỉnh, hoạt động và số tiền do máy nhận ra từ văn bản; mỗi nhãn dẫn tới câu làm bằng chứng trên trang của tin.",
    "Tin không có ngày đăng chắc chắn không đứng trong kỳ nào.",
)
"""How to read it; the sheet Phương pháp and the last part of the Word file."""


class Texts(Protocol):
    """The part of `corpus.store.Store` that a report needs beside the figures."""

    def iter_documents(self, *, ids: Iterable[str] | None = None) -> Iterable[Document]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    id: str
    title: str
    published: date | None
    source: str
    places: str
    activities: str
    vnd: int | None
    """Largest public sum."""
    role: str
    url: str
    """Where it was published; empty for files given by hand."""
    page: str
    """Its page of ours, whole address."""
    story: str
    """Id of the first publisher's article of the same story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    period: Period
    units: Units
    made: date
    department: str
    parent: str
    """The body above the department, for the head of the letter; may be empty."""
    overview: OverviewFigures
    money: MoneyFigures
    troubles: tuple[SourceHealth, ...]
    """Sources in trouble now."""
    articles: tuple[ArticleLine, ...]
    """Relevant articles of the period, the newest first."""

    @property
    def budgets(self) -> tuple[BudgetFigure, ...]:
        """Each role, then its provinces."""
        by_role: dict[str, list[BudgetFigure]] = defaultdict(list)
        for row in self.money.provinces:
            by_role[row.role].append(row)
        return tuple(figure for row in self.money.roles for figure in (row, *by_role[row.role]))


def make_report(monitor: Monitor, texts: Texts, period: Period, units: Units, *, department: str, base: str) -> Report:
    sources = monitor.now()
    facts = [fact for fact in sources.facts.during(period) if fact.relevant]
    urls = {document.id: address_of(document) for document in texts.iter_documents(ids=[fact.id for fact in facts])}
    name, parent = split_department(department)
    return Report(
        period=period,
        units=units,
        made=day_of(sources.now),
        department=name,
        parent=parent,
        overview=monitor.overview(period, units),
        money=monitor.money(period, units),
        troubles=tuple(health for health in monitor.healths() if health.state == "trouble"),
        articles=tuple(_line(monitor, fact, units, urls, base) for fact in reversed(facts)),
    )


def split_department(department: str) -> tuple[str, str]:
    """(department, body above it): the last part that names a ministry, a committee or a province stands above.

    >>> split_department("Cục Mẫu, Bộ Văn hóa, Thể thao và Du lịch")
    ('Cục Mẫu', 'Bộ Văn hóa, Thể thao và Du lịch')
    >>> split_department("Cục Mẫu")
    ('Cục Mẫu', '')
    """
    for mark in (", Bộ ", ", Ủy ban ", ", Tỉnh ", ", Thành phố "):
        if mark in department:
            name, _, parent = department.partition(mark)
            return name, mark.removeprefix(", ") + parent
    return department, ""


def address_of(document: Document) -> str:
    """Where it can be read; empty for what is no web address."""
    url = document.provenance.canonical_url or document.provenance.final_url
    return url if url.startswith(("http://", "https://")) and not any(c.isspace() or ord(c) < 32 for c in url) else ""


def _line(monitor: Monitor, fact: Fact, units: Units, urls: Mapping[str, str], base: str) -> ArticleLine:
    names, sources = monitor.names, monitor.now()
    money = story_money(fact)
    return ArticleLine(
        id=fact.id,
        title=clean_line(fact.title) or "(không có tiêu đề)",
        published=fact.published,
        source=clean_line(names.label("source", fact.portal)),
        places=places(sources, fact.provinces(units), units),
        activities="; ".join(names.activities.name(code) for code in dict.fromkeys(code for code, _ in fact.activities)),
        vnd=money.vnd if money else None,
        role=money.role if money else "",
        url=urls.get(fact.id, ""),
        page=f"{base}/tin/{fact.id}",
        story=fact.story,
    )
