"""URL parameters <-> what is searched, both ways: shared by API, pages and every link on them.

Parameters carry codes; free text stands in ``q`` alone. `from_params` is the border: behind it everything is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, Protocol, get_args
from urllib.parse import parse_qsl, quote_plus

from corpus.errors import InvalidData
from corpus.index.base import MAX_OFFSET, CodeField, In, Node, Published, Query, Sort
from corpus.index.names import Names, SavedQuery
from corpus.index.parse import MAX_CHARACTERS, parse
from monitor.periods import Period, Units, parse_period

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_CODES = 50
"""Codes of one parameter that a query may carry."""
MAX_CODE_LENGTH = 80

Map = Units
View = Literal["list", "table", "time", "kwic"]
VIEW_VALUES: dict[str, View] = {"danh-sach": "list", "bang": "table", "thoi-gian": "time", "ngu-canh": "kwic"}
_VIEW_NAMES = {view: name for name, view in VIEW_VALUES.items()}

CODE_PARAMETERS: dict[str, CodeField] = {
    "tinh": "province",
    "tinh-cu": "province_before",
    "huyen": "district",
    "dia-ban": "locality",
    "hoat-dong": "activity",
    "thuc-hien": "modality",
    "chuong-trinh": "programme",
    "du-an": "component",
    "nguon": "source",
    "nam": "year",
    "loai": "kind",
    "kinh-phi": "money",
    "tin-cay": "confidence",
}
PARAMETER_OF = {field: name for name, field in CODE_PARAMETERS.items()}
SORT_VALUES: dict[str, Sort] = {"phu-hop": "relevance", "moi": "newest", "cu": "oldest", "kinh-phi": "largest"}
_SORT_NAMES = {sort: name for name, sort in SORT_VALUES.items()}
DEFAULT_RELEVANCE = ("communication",)
ANY_RELEVANCE = "tat-ca"
_RELEVANCES = ("communication", "poverty_other", "off_topic")


class InvalidParameter(ValueError):
    """The caller's mistake. ``message`` is Vietnamese and shown to the reader."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{parameter}: {message}")
        self.parameter = parameter
        self.message = message


class SavedQueries(Protocol):
    """Those that whoever asks may use in a query of his own (``lưu:"name"``)."""

    def aside(self) -> str:
        """Said where none has the name: what whoever asks could do about it."""

    @property
    def used(self) -> tuple[tuple[str, str], ...]:
        """(name, URL parameters) of those that were found so far, by name."""

    def __call__(self, name: str, /) -> SavedQuery | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One state of the search page; equal states have equal addresses."""

    q: str = ""
    codes: tuple[tuple[CodeField, tuple[str, ...]], ...] = ()
    """Chosen codes by field, in the order of `CODE_PARAMETERS`; the codes sorted, each once, never empty."""
    relevance: tuple[str, ...] = DEFAULT_RELEVANCE
    """Empty means all kept documents."""
    since: date | None = None
    until: date | None = None
    """Last day, inclusive, as readers say it."""
    sort: Sort | None = None
    """None: by relevance when there is a text to look for, newest first otherwise."""
    page: int = 1
    size: int = PAGE_SIZE
    after: int | None = None
    map: Map = "34"
    period: Period | None = None
    """None: every day where articles are looked for, the page's own period where figures are shown."""
    view: View = "list"
    """How the search page shows the result; nothing else looks at it."""
    saved: SavedQueries | None = field(default=None, compare=False, repr=False)
    """Not part of the address but of whoever asks; None: those that the names know."""

    @property
    def order(self) -> Sort:
        return self.sort or ("relevance" if self.q.strip() else "newest")

    def chosen(self, field: CodeField) -> tuple[str, ...]:
        return dict(self.codes).get(field, ())

    def toggled(self, field: CodeField, code: str) -> Search:
        """With the code added or, where it is chosen already, taken away; back on the first page."""
        chosen = {**dict(self.codes)}
        now = set(chosen.get(field, ())) ^ {code}
        chosen[field] = tuple(sorted(now))
        ordered = tuple((f, chosen[f]) for f in CODE_PARAMETERS.values() if chosen.get(f))
        return replace(self, codes=ordered, page=1, after=None)

    def where(self, names: Names) -> Node | None:
        """What the text in ``q`` means. Raises: InvalidQuery."""
        known = names if self.saved is None else replace(names, saved=self.saved, saved_aside=self.saved.aside)
        return parse(self.q, known)

    def query(self, names: Names, facets: tuple[CodeField, ...] = ()) -> Query:
        """Raises: InvalidQuery for the text in ``q``."""
        return Query(
            where=self.where(names),
            filters=self.filters(),
            sort=self.order,
            limit=self.size,
            offset=0 if self.after is not None else (self.page - 1) * self.size,
            after=self.after,
            facets=facets,
        )

    def filters(self) -> tuple[Node, ...]:
        found: list[Node] = [In(field, codes) for field, codes in self.codes]
        if self.relevance:
            found.append(In("relevance", self.relevance))
        if self.period:
            found.append(Published(self.period.start, self.period.end))
        if self.since or self.until:
            found.append(Published(self.since, self.until + timedelta(days=1) if self.until else None))
        return tuple(found)


def from_params(pairs: Iterable[tuple[str, str]]) -> Search:
    """Unknown parameters are ignored, as links from elsewhere carry them. Raises: InvalidParameter."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if value != "":
            values.setdefault(name, []).append(value)
    after = _integer(values, "sau", None, 0, 2**63 - 1)
    size = _integer(values, "so", PAGE_SIZE, 1, MAX_PAGE_SIZE) or PAGE_SIZE
    page = _integer(values, "trang", 1, 1, MAX_OFFSET // size + 1) or 1
    sort = _sort(values)
    since, until = _day(values, "tu"), _day(values, "den")
    if since and until and since > until:
        raise InvalidParameter("tu", "Ngày bắt đầu đứng sau ngày kết thúc.")
    q = _one(values, "q", "")
    search = Search(
        q=q,
        codes=tuple((field, codes) for name, field in CODE_PARAMETERS.items() if (codes := _codes(values, name))),
        relevance=_relevance(values),
        since=since,
        until=until,
        sort=sort,
        page=page,
        size=size,
        after=after,
        map=_map(values),
        period=_period(values),
        view=_view(values),
    )
    if after is not None and (search.order == "relevance" or page > 1):
        raise InvalidParameter("sau", "Con trỏ chỉ dùng với thứ tự moi, cu hoặc kinh-phi, và không dùng cùng số trang.")
    return search


def saved_in(searches: Iterable[tuple[str, str]]) -> Callable[[str], SavedQuery | None]:
    """The saved queries by name, of (name, the page's URL parameters); the first of a name counts. One whose parameters are no longer
    valid is as good as absent."""
    known: dict[str, str] = {}
    for name, params in searches:
        known.setdefault(name, params)

    def find(name: str) -> SavedQuery | None:
        try:
            search = from_params(parse_qsl(known[name]))
        except (KeyError, InvalidParameter):
            return None
        return SavedQuery(search.q, search.filters())

    return find


def without_place(pairs: Iterable[tuple[str, str]]) -> Search:
    """The search without page and order, which mean nothing to a search that is kept. Raises: InvalidParameter."""
    return replace(from_params([pair for pair in pairs if pair[0] not in ("trang", "sau", "so")]), sort=None)


def to_params(search: Search) -> list[tuple[str, str]]:
    """The shortest parameters that `from_params` reads back equal."""
    pairs = [("q", search.q)] if search.q else []
    for chosen, codes in search.codes:
        pairs += [(PARAMETER_OF[chosen], code) for code in codes]
    if search.relevance != DEFAULT_RELEVANCE:
        pairs += [("muc", value) for value in search.relevance or (ANY_RELEVANCE,)]
    if search.since:
        pairs.append(("tu", search.since.isoformat()))
    if search.until:
        pairs.append(("den", search.until.isoformat()))
    if search.sort:
        pairs.append(("xep", _SORT_NAMES[search.sort]))
    if search.page != 1:
        pairs.append(("trang", str(search.page)))
    if search.size != PAGE_SIZE:
        pairs.append(("so", str(search.size)))
    if search.after is not None:
        pairs.append(("sau", str(search.after)))
    if search.map != "34":
        pairs.append(("ban-do", search.map))
    if search.period:
        pairs.append(("ky", search.period.key))
    if search.view != "list":
        pairs.append(("xem", _VIEW_NAMES[search.view]))
    return pairs


def link(path: str, search: Search, *more: tuple[str, str]) -> str:
    return _address(path, [_pair(name, value) for name, value in (*to_params(search), *more)])


def toggle_links(path: str, search: Search, field: CodeField, codes: Iterable[str]) -> list[str]:
    """For each code the address of the search with it `Search.toggled`; a page of results has hundreds of them."""
    free = [_pair(name, value) for name, value in to_params(replace(search, codes=(), page=1, after=None))]
    text = 1 if search.q else 0
    order = list(CODE_PARAMETERS.values())
    at, now = order.index(field), set(search.chosen(field))
    others = [(order.index(other), _pair(PARAMETER_OF[other], code)) for other, chosen in search.codes for code in chosen]
    before = [*free[:text], *(pair for place, pair in others if place < at)]
    behind = [*(pair for place, pair in others if place > at), *free[text:]]
    return [_address(path, [*before, *(_pair(PARAMETER_OF[field], one) for one in sorted(now ^ {code})), *behind]) for code in codes]


def _address(path: str, pairs: list[str]) -> str:
    return f"{path}?{'&'.join(pairs)}" if pairs else path


@lru_cache(maxsize=4096)
def _pair(name: str, value: str) -> str:
    """As `urllib.parse.urlencode` writes it. Names and codes are few, and a page holds thousands of them."""
    return f"{name}={quote_plus(value)}"


def _one(values: dict[str, list[str]], name: str, default: str) -> str:
    found = values.get(name, [])
    if len(found) > 1:
        raise InvalidParameter(name, "Tham số này chỉ được có một giá trị.")
    return found[0] if found else default


def _integer(values: dict[str, list[str]], name: str, default: int | None, lowest: int, highest: int) -> int | None:
    text = _one(values, name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and lowest <= int(text) <= highest):
        raise InvalidParameter(name, f"Giá trị phải là số nguyên từ {lowest} đến {highest}.")
    return int(text)


def _day(values: dict[str, list[str]], name: str) -> date | None:
    text = _one(values, name, "")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidParameter(name, "Ngày phải viết theo dạng năm-tháng-ngày, ví dụ 2023-12-04.") from error
    if not 1900 <= found.year <= 2100:
        raise InvalidParameter(name, "Năm phải từ 1900 đến 2100.")
    return found


def _codes(values: dict[str, list[str]], name: str) -> tuple[str, ...]:
    found = tuple(sorted(set(values.get(name, []))))
    if len(found) > MAX_CODES:
        raise InvalidParameter(name, f"Chọn nhiều nhất {MAX_CODES} mục.")
    if any(len(code) > MAX_CODE_LENGTH for code in found):
        raise InvalidParameter(name, "Mã không hợp lệ.")
    return found


def _relevance(values: dict[str, list[str]]) -> tuple[str, ...]:
    found = set(values.get("muc", []))
    if not found:
        return DEFAULT_RELEVANCE
    if found == {ANY_RELEVANCE}:
        return ()
    if not found <= set(_RELEVANCES):
        raise InvalidParameter("muc", f"Giá trị phải là {', '.join(_RELEVANCES)} hoặc {ANY_RELEVANCE}.")
    return tuple(sorted(found))


def _sort(values: dict[str, list[str]]) -> Sort | None:
    text = _one(values, "xep", "")
    if text and text not in SORT_VALUES:
        raise InvalidParameter("xep", f"Giá trị phải là {', '.join(SORT_VALUES)}.")
    return SORT_VALUES[text] if text else None


def _map(values: dict[str, list[str]]) -> Map:
    text = _one(values, "ban-do", "34")
    if text not in get_args(Map):
        raise InvalidParameter("ban-do", "Giá trị phải là 34 hoặc 63.")
    return "63" if text == "63" else "34"


def _view(values: dict[str, list[str]]) -> View:
    text = _one(values, "xem", "danh-sach")
    if text not in VIEW_VALUES:
        raise InvalidParameter("xem", f"Giá trị phải là {', '.join(VIEW_VALUES)}.")
    return VIEW_VALUES[text]


def _period(values: dict[str, list[str]]) -> Period | None:
    text = _one(values, "ky", "")
    if not text:
        return None
    try:
        return parse_period(text)
    except InvalidData as error:
        raise InvalidParameter("ky", "Kỳ phải viết như 2026-W47, 2026-11, 2026-Q4, 2026 hoặc 2026-11-01..2026-11-15.") from error


_TEXTS = {
    "q": "Câu tìm, tối đa 500 ký tự; cú pháp ở trang Trợ giúp.",
    "muc": f"Chủ đề: {', '.join(_RELEVANCES)} hoặc {ANY_RELEVANCE}; mặc định communication.",
    "tu": "Đăng từ ngày (năm-tháng-ngày).",
    "den": "Đăng đến hết ngày.",
    "xep": f"Thứ tự: {', '.join(SORT_VALUES)}; mặc định phu-hop khi có câu tìm, nếu không thì moi.",
    "trang": f"Số trang, tới {MAX_OFFSET} tin đầu; đi xa hơn thì dùng sau.",
    "so": f"Số tin một trang, 1 đến {MAX_PAGE_SIZE}.",
    "sau": "Con trỏ next của trang trước, cho thứ tự moi, cu, kinh-phi.",
    "ban-do": "Bản đồ hành chính của bộ lọc tỉnh: 34 hoặc 63.",
    "ky": "Kỳ đăng: tuần 2026-W47, tháng 2026-11, quý 2026-Q4, năm 2026, hoặc khoảng 2026-11-01..2026-11-15.",
    "xem": "Cách xem của trang tìm kiếm; không đổi kết quả.",
}

_SCHEMAS: dict[str, dict[str, Any]] = {
    "q": {"maxLength": MAX_CHARACTERS},
    "muc": {"enum": [*_RELEVANCES, ANY_RELEVANCE]},
    "tu": {"format": "date"},
    "den": {"format": "date"},
    "xep": {"enum": [*SORT_VALUES]},
    "trang": {"type": "integer", "minimum": 1, "maximum": MAX_OFFSET},
    "so": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE},
    "ban-do": {"enum": [*get_args(Map)]},
    "ky": {"maxLength": 24},
    "xem": {"enum": [*VIEW_VALUES]},
}


def parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter as OpenAPI describes it."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def openapi_parameters() -> list[dict[str, Any]]:
    """The parameters of a search as OpenAPI describes them."""
    single = [parameter(name, text, {"type": "string"} | _SCHEMAS.get(name, {})) for name, text in _TEXTS.items()]
    codes = [
        parameter(
            name,
            f"Mã của trường {field}, lặp lại được.",
            {"type": "array", "items": {"type": "string", "maxLength": MAX_CODE_LENGTH}, "maxItems": MAX_CODES},
        )
        | {"style": "form", "explode": True}
        for name, field in CODE_PARAMETERS.items()
    ]
    return [*single, *codes]
