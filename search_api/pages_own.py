"""Kept searches of an account, on a page for people and under ``/api/v1/saved`` for programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from corpus.errors import InvalidQuery
from corpus.store import Account, SavedSearch, Session
from corpus.store.saved_searches import LONGEST_NAME, LONGEST_PARAMS
from search_api.answers import understood
from search_api.caching import cached
from search_api.forms import Form, read_form
from search_api.own_searches import OwnQueries, OwnSearches, kept
from search_api.pages_account import SEE_OTHER
from search_api.pages_search import filters_in_words
from search_api.params import InvalidParameter, Search, from_params, link, to_params
from search_api.problems import PROBLEMS, problem_of
from search_api.site import Site

PAGE = "/tim-da-luu"


class OwnSearch(BaseModel):
    id: str
    name: str
    """As in ``lưu:"name"``."""
    params: str
    """URL parameters of the search."""
    address: str
    """Of the result on this server."""
    created_at: datetime


class OwnSearchesAnswer(BaseModel):
    saved: list[OwnSearch]
    """The oldest first."""


class OwnPages:
    def __init__(self, site: Site, searches: OwnSearches) -> None:
        self.site = site
        self.searches = searches

    def page(self, request: Request) -> Response:
        session = self.searches.gate.need(request, "reader")
        return self._draw(request, session, kept(request.query_params.multi_items()))

    def _draw(self, request: Request, session: Session, search: Search, *, name: str = "", fault: str = "") -> Response:
        """The list and, where a search was brought along, the form that keeps it."""
        own = self.searches.queries_of(session.account)
        return self.site.draw(
            request,
            "own_searches.html",
            status=400 if fault else 200,
            state=search,
            session=session,
            rows=[self._row(saved, own) for saved in self.searches.of(session.account)],
            params=urlencode(to_params(search)),
            said=self._meaning(search, own),
            name=name or search.q[:LONGEST_NAME],
            longest_name=LONGEST_NAME,
            fault=fault,
        )

    def _row(self, saved: SavedSearch, own: OwnQueries) -> tuple[SavedSearch, str, str]:
        """(the search, its address, what it means or why it cannot be used any more)."""
        search = from_params(parse_qsl(saved.params))
        return saved, link("/tim", search), self._meaning(search, own)

    def _meaning(self, search: Search, own: OwnQueries) -> str:
        """Its text and filters, in words; what is wrong with one that cannot be read."""
        try:
            said = understood(replace(search, saved=own), self.site.names)
        except InvalidQuery as error:
            return error.message
        filters = filters_in_words(search, self.site.names)
        return f"{said or 'mọi tin'}, lọc theo {filters}" if filters else said

    def keep(self, request: Request, form: Form) -> Response:
        session = self.searches.gate.need_form(request, form, "reader")
        name, params = form.get("ten"), form.get("tim")
        try:
            self.searches.keep(session.account, name, params)
        except (InvalidParameter, InvalidQuery) as error:
            if isinstance(error, InvalidParameter) and error.parameter != "ten":
                raise
            return self._draw(request, session, kept(parse_qsl(params)), name=name[:LONGEST_NAME], fault=error.message)
        return RedirectResponse(PAGE, SEE_OTHER)

    def remove(self, request: Request, form: Form, number: str) -> Response:
        session = self.searches.gate.need_form(request, form, "reader")
        if not self.searches.remove(session.account, number):
            raise HTTPException(404)
        return RedirectResponse(PAGE, SEE_OTHER)


def own_routes(pages: OwnPages) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    pages.site.environment.globals["own_searches"] = PAGE

    @router.get(PAGE)
    def page(request: Request) -> Response:
        return pages.page(request)

    @router.post(PAGE)
    async def keep(request: Request) -> Response:
        return await run_in_threadpool(pages.keep, request, await read_form(request))

    @router.post(PAGE + "/{number}/xoa")
    async def remove(request: Request, number: str) -> Response:
        return await run_in_threadpool(pages.remove, request, await read_form(request), number)

    return router


_UNKNOWN: dict[int | str, dict[str, Any]] = {401: problem_of("Cần mã truy cập")}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["name", "params"],
                    "properties": {
                        "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "description": 'Tên, như trong lưu:"tên".'},
                        "params": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": LONGEST_PARAMS,
                            "description": "Tham số như trong địa chỉ của trang tìm.",
                        },
                    },
                }
            }
        },
    }
}


def own_api_routes(searches: OwnSearches) -> APIRouter:
    """Reading for whoever has signed in; writing for programs with a token alone, as a browser could be made to write by another site."""
    router = APIRouter(prefix="/api/v1/saved", tags=["v1"], responses=PROBLEMS | _UNKNOWN)

    @router.get("", response_model=OwnSearchesAnswer, summary="Các câu tìm đã lưu của tài khoản")
    def saved(request: Request) -> Response:
        account = _known(searches.gate.account(request))
        return cached(request, OwnSearchesAnswer(saved=[_plain(found) for found in searches.of(account)]))

    @router.post("", response_model=OwnSearch, status_code=201, summary="Lưu một câu tìm", openapi_extra=_BODY)
    async def keep(request: Request) -> Response:
        account = _known(await run_in_threadpool(searches.gate.token_account, request))
        name, params = _texts(await _json(request), "name", "params")
        try:
            made = _plain(await run_in_threadpool(searches.keep, account, name, params))
        except InvalidParameter as error:
            raise InvalidParameter({"ten": "name", "tim": "params"}.get(error.parameter, error.parameter), error.message) from error
        return JSONResponse(made.model_dump(mode="json"), 201, {"Location": f"/api/v1/saved/{made.id}"})

    @router.delete(
        "/{id}",
        status_code=204,
        response_class=Response,
        summary="Xóa một câu tìm đã lưu",
        responses={404: problem_of("Tài khoản không có câu tìm này")},
    )
    def remove(request: Request, id: str) -> Response:
        if not searches.remove(_known(searches.gate.token_account(request)), id):
            raise HTTPException(404)
        return Response(status_code=204)

    return router


def _known(account: Account | None) -> Account:
    if account is None:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="loa"'})
    return account


def _plain(saved: SavedSearch) -> OwnSearch:
    address = link("/tim", from_params(parse_qsl(saved.params)))
    return OwnSearch(id=saved.id, name=saved.name, params=saved.params, address=address, created_at=saved.created_at)


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error


def _texts(body: Any, *names: str) -> list[str]:
    """Raises: InvalidParameter for a name that is not there or holds no text."""
    found = []
    for name in names:
        value = body.get(name) if isinstance(body, dict) else None
        if not isinstance(value, str):
            raise InvalidParameter(name, "Thiếu giá trị, hoặc giá trị không phải là chữ.")
        found.append(value)
    return found
