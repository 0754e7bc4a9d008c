"""Saving a search under a reader's address: what it would bring, the wish, and the confirmation that only the owner of the address gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, cast, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from corpus.errors import StoreUnavailable
from corpus.reader_links import Wish
from corpus.store import Choices, Frequency, SavedSearch
from corpus.store.saved_searches import LONGEST_NAME, LONGEST_PARAMS
from search_api import formats
from search_api.answers import Catalogue
from search_api.forms import Form, read_form
from search_api.pages_bulletin import CHECK_MAIL, FREQUENCY_NAMES, NO_ADDRESS, NOT_SENT, OLD_LINK, BulletinPages, BulletinSource, address_in
from search_api.pages_search import filters_in_words
from search_api.params import link, to_params, without_place
from search_api.site import kept_state

VOLUME_WEEKS = 8


class SavedSource(BulletinSource, Protocol):
    def save_search(
        self, name: str, params: str, /, *, frequency: Frequency, now: datetime, reader: str | None = None
    ) -> SavedSearch | None: ...


class SavedPages:
    def __init__(self, pages: BulletinPages, store: SavedSource, catalogue: Catalogue) -> None:
        self.pages = pages
        self.store = store
        self.catalogue = catalogue

    def form(self, request: Request, *, fault: str = "", form: Form | None = None, status: int = 200) -> Response:
        """What the search is, how much it would bring, and the form."""
        found = without_place(request.query_params.multi_items() if form is None else parse_qsl(form.get("tim")))
        counted = self.catalogue.count(found)
        today = self.pages.site.today()
        recent = self.catalogue.count(replace(found, period=None, since=today - timedelta(weeks=VOLUME_WEEKS), until=today))
        sample = self.catalogue.search(replace(found, sort="newest", size=5), facets=())
        return self.pages.site.draw(
            request,
            "saved_search.html",
            status=status,
            state=found,
            params=urlencode(to_params(found)),
            understood=counted.understood,
            filters=filters_in_words(found, self.catalogue.names),
            total=counted.total,
            recent=recent.total,
            weekly=formats.number(recent.total / VOLUME_WEEKS, 1),
            weeks=VOLUME_WEEKS,
            sample=sample.hits,
            open=self.pages.bulletin.post is not None,
            frequencies={code: name for code, name in FREQUENCY_NAMES.items() if code != "none"},
            name=form.get("ten") if form else (found.q or "Tìm kiếm của tôi")[:LONGEST_NAME],
            address=form.get("dia-chi")[:254] if form else "",
            frequency=form.get("nhip") if form else "weekly",
            fault=fault,
        )

    def save(self, request: Request, form: Form) -> Response:
        pages = self.pages
        post = pages.post(request)
        params, name, frequency = form.get("tim"), " ".join(form.get("ten").split()), form.get("nhip")
        if len(params) > LONGEST_PARAMS or frequency not in get_args(Frequency):
            raise HTTPException(400)
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            return self.form(request, form=form, status=400, fault=f"Xin đặt tên, nhiều nhất {LONGEST_NAME} ký tự.")
        address = address_in(form)
        if address is None:
            return self.form(request, form=form, status=400, fault=NO_ADDRESS)
        search = without_place(parse_qsl(params))
        self.catalogue.count(search)  # a query with a fault is answered before anything is kept
        wish = Wish(name=name, params=urlencode(to_params(search)), frequency=cast(Frequency, frequency))
        now = pages.clock()
        asked = self.store.ask(address, Choices(weekly=False), now)
        try:
            if asked.token is not None:
                self._keep(asked.reader, wish)
                post.confirm(address, asked.token, wish)
            elif asked.known:
                post.save_wish(address, asked.reader, wish)
        except StoreUnavailable:
            self.store.not_asked(asked.reader)
            return self.form(request, form=form, status=503, fault=NOT_SENT)
        return pages.said(request, "Xin xem hộp thư", *CHECK_MAIL)

    def confirm_page(self, request: Request, token: str) -> Response:
        found = self.pages.bulletin.links.wished(token, self.pages.clock())
        if found is None or self.store.reader(found[0]) is None:
            return self.pages.said(request, "Liên kết không còn dùng được", *OLD_LINK, status=404)
        wish = found[1]
        words = (f"Tìm kiếm “{wish.name}” sẽ được gửi {FREQUENCY_NAMES[wish.frequency]} khi có tin mới.",)
        return self.pages.private(request, "bulletin_ask.html", title="Lưu tìm kiếm", paragraphs=words, button="Lưu tìm kiếm này")

    def confirm(self, request: Request, token: str) -> Response:
        found = self.pages.bulletin.links.wished(token, self.pages.clock())
        if found is None or self.store.reader(found[0]) is None:
            return self.pages.said(request, "Liên kết không còn dùng được", *OLD_LINK, status=404)
        reader, wish = found
        settings = (link(f"/ban-tin/tuy-chon/{self.pages.bulletin.links.settings(reader)}", kept_state(request)), "Xem các tìm kiếm đã lưu")
        same = [search for search in self.store.saved_searches(reader=reader) if (search.name, search.params) == (wish.name, wish.params)]
        if not same:
            saved = self._keep(reader, wish)
            if saved is None:
                return self.pages.said(
                    request, "Chưa lưu được", "Mỗi người lưu được 20 tìm kiếm; xin bỏ bớt một tìm kiếm cũ.", status=400, link=settings
                )
            self.pages.bulletin.note_stock(saved)
        return self.pages.said(request, "Đã lưu tìm kiếm", "Thư đầu tiên chỉ kể những tin mới từ bây giờ.", link=settings)

    def _keep(self, reader: str, wish: Wish) -> SavedSearch | None:
        return self.store.save_search(wish.name, wish.params, frequency=wish.frequency, now=self.pages.clock(), reader=reader)


def saved_routes(pages: SavedPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/ban-tin/luu-tim")
    def form(request: Request) -> Response:
        return pages.form(request)

    @router.post("/ban-tin/luu-tim")
    async def save(request: Request) -> Response:
        return await run_in_threadpool(pages.save, request, await read_form(request))

    @router.get("/ban-tin/luu-tim/xac-nhan/{token}")
    def confirm_page(request: Request, token: str) -> Response:
        return pages.confirm_page(request, token)

    @router.post("/ban-tin/luu-tim/xac-nhan/{token}")
    def confirm(request: Request, token: str) -> Response:
        return pages.confirm(request, token)

    return router
