"""The weekly issue on the web: archive, subscribing, confirming, choices, leaving. Opening a link changes nothing; only buttons do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, cast, get_args

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from corpus.addresses import mail_address
from corpus.errors import InvalidData, StoreUnavailable
from corpus.index.names import Names
from corpus.reader_links import ReaderLinks, Wish
from corpus.store import Asked, Choices, Reader, SavedSearch, StoredIssue
from monitor.coverage import map_provinces
from monitor.periods import Units, parse_period
from search_api.api import search_of
from search_api.auth import Gate
from search_api.caching import with_etag
from search_api.forms import Form, Throttle, client_of, read_form
from search_api.params import Search, link
from search_api.site import NavItem, Site

SEE_OTHER = 303
ASKS_A_CLIENT, ASKS_IN_ALL, ASKS_SPAN = 10, 200, timedelta(hours=1)
"""Wishes to subscribe from one address on the net, and from all: our form is no tool to fill other people's mailboxes."""
MOST_PROVINCES = 20
ISSUES_SHOWN = 60
_KEY = re.compile(r"\d{4}-W\d{2}")


class BulletinSource(Protocol):
    """The part of `corpus.store.Store` that these pages need."""

    def issue(self, key: str, /) -> StoredIssue | None: ...
    def issues(
        self, *, kind: Literal["weekly"] = "weekly", state: Literal["draft", "frozen"] | None = None, limit: int | None = None
    ) -> list[StoredIssue]: ...
    def freeze(self, key: str, now: datetime, /, *, approved_by: str | None = None) -> bool: ...
    def ask(self, address: str, choices: Choices, now: datetime, /) -> Asked: ...
    def not_asked(self, number: str, /) -> None: ...
    def confirmable(self, token: str, now: datetime, /) -> Reader | None: ...
    def confirm(self, token: str, now: datetime, /) -> Reader | None: ...
    def reader(self, number: str, /) -> Reader | None: ...
    def choose(self, number: str, choices: Choices, /) -> bool: ...
    def leave(self, number: str, /) -> bool: ...
    def saved_searches(self, *, reader: str | None = None) -> list[SavedSearch]: ...
    def remove_search(self, number: str, /) -> bool: ...


class Post(Protocol):
    """Sends short mails at once; StoreUnavailable when the mail server does not take them."""

    def confirm(self, address: str, token: str, wish: Wish | None = None, /) -> None: ...
    def already(self, address: str, reader: str, /) -> None: ...
    def save_wish(self, address: str, reader: str, wish: Wish, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What the command line gives these pages."""

    links: ReaderLinks
    post: Post | None
    """None: no mail server is set, so that nobody can subscribe."""
    note_stock: Callable[[SavedSearch], None]
    """What a search just saved finds today is stock: its mails tell only of what comes later."""


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    name: str
    chosen: bool


class BulletinPages:
    def __init__(
        self, site: Site, store: BulletinSource, bulletin: Bulletin, names: Names, clock: Callable[[], datetime], gate: Gate | None
    ) -> None:
        self.site = site
        self.store = store
        self.bulletin = bulletin
        self.names = names
        self.clock = clock
        self.gate = gate
        self.by_client = Throttle(ASKS_A_CLIENT, ASKS_SPAN, clock)
        self.in_all = Throttle(ASKS_IN_ALL, ASKS_SPAN, clock)

    def may_edit(self, request: Request) -> bool:
        session = self.gate.session(request) if self.gate else None
        return session is not None and session.account.may("editor")

    def archive(self, request: Request, *, status: int = 200, address: str = "", fault: str = "") -> Response:
        editor = self.may_edit(request)
        issues = self.store.issues(state=None if editor else "frozen", limit=ISSUES_SHOWN)
        rows = [(found, parse_period(found.key), _headline(found, state_map(request))) for found in issues]
        return self.site.draw(
            request,
            "bulletin.html",
            status=status,
            state=_state(request),
            rows=rows,
            open=self.bulletin.post is not None,
            address=address,
            fault=fault,
        )

    def issue(self, request: Request, key: str) -> Response:
        found = self._shown(request, key)
        units = state_map(request)
        parts = json.loads(found.web)
        period = parse_period(key)
        known = {issue.key for issue in self.store.issues(state="frozen", limit=ISSUES_SHOWN)}
        session = self.gate.session(request) if self.gate else None
        return self.site.draw(
            request,
            "bulletin_issue.html",
            state=_state(request),
            issue=found,
            week=period,
            # Rendered and escaped by us when the issue was built, and kept as it was.
            part=Markup(parts[units]),  # noqa: S704 - see above
            before=period.before().key if period.before().key in known else None,
            after=period.next().key if period.next().key in known else None,
            may_approve=found.state == "draft",
            form_token=session.form_token if session else "",
        )

    def issue_json(self, request: Request, key: str) -> Response:
        return with_etag(request, self._shown(request, key).content, "application/json")

    def archive_json(self, request: Request) -> Response:
        found = [
            {"key": issue.key, "name": parse_period(issue.key).name, "frozen_at": issue.frozen_at, "href": f"/ban-tin/{issue.key}.json"}
            for issue in self.store.issues(state="frozen", limit=ISSUES_SHOWN)
        ]
        return with_etag(request, json.dumps({"issues": found}, ensure_ascii=False, default=str).encode(), "application/json")

    def approve(self, request: Request, key: str, form: Form) -> Response:
        if self.gate is None:
            raise HTTPException(404)
        session = self.gate.need_form(request, form, "editor")
        self._shown(request, key)
        self.store.freeze(key, self.clock(), approved_by=session.account.name)
        return RedirectResponse(link(f"/ban-tin/{key}", _state(request)), SEE_OTHER)

    def _shown(self, request: Request, key: str) -> StoredIssue:
        found = self.store.issue(key) if _KEY.fullmatch(key) else None
        if found is None or (found.state == "draft" and not self.may_edit(request)):
            raise HTTPException(404)
        return found

    def subscribe(self, request: Request, form: Form) -> Response:
        post = self.post(request)
        address = address_in(form)
        if address is None:
            return self.archive(request, status=400, address=form.get("dia-chi")[:254], fault=NO_ADDRESS)
        asked = self.store.ask(address, Choices(units=state_map(request)), self.clock())
        try:
            if asked.token is not None:
                post.confirm(address, asked.token)
            elif asked.known:
                post.already(address, asked.reader)
        except StoreUnavailable:
            self.store.not_asked(asked.reader)
            return self.archive(request, status=503, address=address, fault=NOT_SENT)
        return self.said(request, "Xin xem hộp thư", *CHECK_MAIL)

    def confirm_page(self, request: Request, token: str) -> Response:
        reader = self.store.confirmable(token, self.clock())
        if reader is None:
            return self.said(request, "Liên kết không còn dùng được", *USED_UP, status=404)
        return self.private(
            request,
            "bulletin_ask.html",
            title="Xác nhận đăng ký",
            paragraphs=("Bấm nút dưới đây thì bản tin và các tìm kiếm đã lưu sẽ được gửi tới địa chỉ của bạn.",),
            button="Xác nhận",
        )

    def confirm(self, request: Request, token: str) -> Response:
        reader = self.store.confirm(token, self.clock())
        if reader is None:
            return self.said(request, "Liên kết không còn dùng được", *USED_UP, status=404)
        for search in self.store.saved_searches(reader=reader.id):
            self.bulletin.note_stock(search)
        settings = link(f"/ban-tin/tuy-chon/{self.bulletin.links.settings(reader.id)}", _state(request))
        words = (
            "Cảm ơn bạn. Chúng tôi chỉ giữ địa chỉ, lựa chọn và thời điểm bạn đồng ý; mọi thứ được xóa khi bạn ngừng nhận.",
            "Bạn có thể chọn tỉnh và hoạt động muốn thấy trước ngay bây giờ, hoặc sau này bằng liên kết ở cuối mỗi thư.",
        )
        return self.said(request, "Đã đăng ký", *words, link=(settings, "Chọn tỉnh và hoạt động"))

    def settings_page(self, request: Request, token: str, *, saved: bool = False, fault: str = "") -> Response:
        reader = self._chooser(token)
        if reader is None:
            return self.said(request, "Liên kết không còn dùng được", *OLD_LINK, status=404)
        choices = reader.choices
        return self.private(
            request,
            "bulletin_settings.html",
            status=400 if fault else 200,
            token=token,
            leave=link(f"/ban-tin/roi/{self.bulletin.links.leave(reader.id)}", _state(request)),
            choices=choices,
            provinces=self._provinces(choices),
            activities=[Option(a.code, a.name, a.code in choices.activities) for a in self.names.activities],
            searches=self.store.saved_searches(reader=reader.id),
            frequencies=FREQUENCY_NAMES,
            saved=saved,
            fault=fault,
            most=MOST_PROVINCES,
        )

    def choose(self, request: Request, token: str, form: Form) -> Response:
        reader = self._chooser(token)
        if reader is None:
            return self.said(request, "Liên kết không còn dùng được", *OLD_LINK, status=404)
        units = form.get("ban-do")
        if units not in get_args(Units):
            raise HTTPException(400)
        known = {*map_provinces(self.names.register, "34"), *map_provinces(self.names.register, "63")}
        provinces = tuple(code for code in dict.fromkeys(form.all("tinh")) if code in known)
        if len(provinces) > MOST_PROVINCES:
            return self.settings_page(request, token, fault=f"Xin chọn nhiều nhất {MOST_PROVINCES} tỉnh; không chọn tỉnh nào là nhận đều.")
        activities = tuple(code for code in dict.fromkeys(form.all("hoat-dong")) if code in self.names.activities)
        weekly = form.get("hang-tuan") == "1"
        self.store.choose(reader.id, Choices(units=cast(Units, units), provinces=provinces, activities=activities, weekly=weekly))
        return self.settings_page(request, token, saved=True)

    def remove_search(self, request: Request, token: str, form: Form) -> Response:
        reader = self._chooser(token)
        number = form.get("tim")
        if reader is None or number not in {search.id for search in self.store.saved_searches(reader=reader.id)}:
            return self.said(request, "Liên kết không còn dùng được", *OLD_LINK, status=404)
        self.store.remove_search(number)
        return self.settings_page(request, token, saved=True)

    def leave_page(self, request: Request, token: str) -> Response:
        reader = self.bulletin.links.leaving(token)
        if reader is None:
            raise HTTPException(404)
        if self.store.reader(reader) is None:
            return self.said(request, "Bạn không còn nhận bản tin", *LEFT)
        return self.private(
            request,
            "bulletin_ask.html",
            title="Ngừng nhận bản tin",
            paragraphs=(
                "Bấm nút dưới đây thì việc gửi ngừng ngay; địa chỉ, lựa chọn và các tìm kiếm đã lưu của bạn bị xóa.",
                "Nếu chỉ muốn đổi tỉnh hoặc hoạt động, xin dùng liên kết “Đổi lựa chọn” ở cuối thư.",
            ),
            button="Ngừng nhận và xóa địa chỉ của tôi",
        )

    def leave(self, request: Request, token: str) -> Response:
        """RFC 8058: one POST without cookies or questions; asked again it says the same."""
        reader = self.bulletin.links.leaving(token)
        if reader is None:
            raise HTTPException(404)
        self.store.leave(reader)
        return self.said(request, "Bạn không còn nhận bản tin", *LEFT)

    def said(self, request: Request, title: str, *paragraphs: str, status: int = 200, link: tuple[str, str] | None = None) -> Response:
        return self.private(request, "bulletin_said.html", status=status, title=title, paragraphs=paragraphs, link_to=link)

    def private(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page behind a reader's own link: kept nowhere, found by no search engine."""
        response = self.site.draw(request, template, status=status, state=_state(request), **values)
        response.headers.update({"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})
        return response

    def _chooser(self, token: str) -> Reader | None:
        number = self.bulletin.links.choosing(token, self.clock())
        return self.store.reader(number) if number else None

    def _provinces(self, choices: Choices) -> list[Option]:
        old = choices.units == "63"
        codes: Iterable[str] = map_provinces(self.names.register, choices.units)
        return [Option(code, self.names.place(code, short=True, old_map=old), code in choices.provinces) for code in codes]

    def post(self, request: Request) -> Post:
        """For one wish of this client. Raises: HTTPException where there is no mail server, or too many have been asked for."""
        if self.bulletin.post is None:
            raise HTTPException(404)
        self.by_client.check(client_of(request))
        self.in_all.check("")
        return self.bulletin.post


def address_in(form: Form) -> str | None:
    """The address that somebody typed; None where it is none."""
    try:
        return mail_address(form.get("dia-chi"))
    except InvalidData:
        return None


FREQUENCY_NAMES = {"daily": "hằng ngày", "weekly": "hằng tuần", "monthly": "hằng tháng", "none": "chỉ qua Atom"}
CHECK_MAIL = (
    "Chúng tôi vừa gửi một thư tới địa chỉ bạn điền. Bấm liên kết trong thư đó để xác nhận; trước khi xác nhận sẽ không có thư nào khác.",
    "Không thấy thư sau vài phút thì xin xem hộp thư rác, rồi thử lại sau mười phút.",
)
NO_ADDRESS = "Địa chỉ thư điện tử chưa đúng dạng. Xin viết như ten@coquan.gov.vn."
NOT_SENT = "Chưa gửi được thư xác nhận vì máy chủ thư không trả lời. Xin thử lại sau ít phút."
USED_UP = ("Liên kết xác nhận chỉ dùng được một lần và trong 7 ngày. Nếu chưa nhận được bản tin, xin đăng ký lại.",)
OLD_LINK = ("Liên kết này đã cũ hoặc bạn đã ngừng nhận bản tin. Xin dùng liên kết ở cuối thư mới nhất.",)
LEFT = ("Địa chỉ, lựa chọn và các tìm kiếm đã lưu của bạn đã được xóa. Muốn nhận lại thì đăng ký ở trang Bản tin.",)


def _state(request: Request) -> Search:
    found = search_of(request)
    return Search(map=found.map, period=found.period)


def state_map(request: Request) -> Units:
    return search_of(request).map


def _headline(issue: StoredIssue, units: Units) -> str:
    """Of the stored content, as it was."""
    content = json.loads(issue.content)
    return next((str(figures["headline"]) for figures in content["maps"] if figures["units"] == units), "")


def bulletin_routes(pages: BulletinPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    pages.site.add_nav(NavItem("/ban-tin", "Bản tin"))

    @router.get("/ban-tin")
    def archive(request: Request) -> Response:
        return pages.archive(request)

    @router.get("/ban-tin.json")
    def archive_json(request: Request) -> Response:
        return pages.archive_json(request)

    @router.post("/ban-tin/dang-ky")
    async def subscribe(request: Request) -> Response:
        return await run_in_threadpool(pages.subscribe, request, await read_form(request))

    @router.get("/ban-tin/xac-nhan/{token}")
    def confirm_page(request: Request, token: str) -> Response:
        return pages.confirm_page(request, token)

    @router.post("/ban-tin/xac-nhan/{token}")
    def confirm(request: Request, token: str) -> Response:
        return pages.confirm(request, token)

    @router.get("/ban-tin/tuy-chon/{token}")
    def settings_page(request: Request, token: str) -> Response:
        return pages.settings_page(request, token)

    @router.post("/ban-tin/tuy-chon/{token}")
    async def choose(request: Request, token: str) -> Response:
        return await run_in_threadpool(pages.choose, request, token, await read_form(request))

    @router.post("/ban-tin/tuy-chon/{token}/bo-tim")
    async def remove_search(request: Request, token: str) -> Response:
        return await run_in_threadpool(pages.remove_search, request, token, await read_form(request))

    @router.get("/ban-tin/roi/{token}")
    def leave_page(request: Request, token: str) -> Response:
        return pages.leave_page(request, token)

    @router.post("/ban-tin/roi/{token}")
    def leave(request: Request, token: str) -> Response:
        # Mail programs post here as RFC 8058 says, in either encoding of a form: the address alone decides, the body is not read.
        return pages.leave(request, token)

    @router.get("/ban-tin/{key}.json")
    def issue_json(request: Request, key: str) -> Response:
        return pages.issue_json(request, key)

    @router.get("/ban-tin/{key}")
    def issue(request: Request, key: str) -> Response:
        return pages.issue(request, key)

    @router.post("/ban-tin/{key}/duyet")
    async def approve(request: Request, key: str) -> Response:
        return await run_in_threadpool(pages.approve, request, key, await read_form(request))

    return router
