"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from search_api.auth import Gate
from search_api.forms import Throttle, client_of, local_path, read_form
from search_api.passwords import fits
from search_api.site import Site

SEE_OTHER = 303
TRIES = 10
TRIES_SPAN = timedelta(minutes=15)


def account_routes(site: Site, gate: Gate) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    by_client = Throttle(TRIES * 3, TRIES_SPAN, gate.clock)
    by_name = Throttle(TRIES, TRIES_SPAN, gate.clock)

    @router.get("/dang-nhap")
    def form(request: Request, tiep: str = "/") -> Response:
        return site.draw(request, "sign_in.html", wanted=local_path(tiep), name="", fault="")

    @router.post("/dang-nhap")
    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        name, wanted = form.get("ten")[:80], local_path(form.get("tiep"))
        # Blanks around a password belong to it.
        password = next((value for key, value in form.fields if key == "mat-khau"), "")
        by_client.check(client_of(request))
        by_name.check(name.lower())
        known = await run_in_threadpool(lambda: fits(password, gate.store.password_hash(name)))
        if not known:
            # One sentence for both, so that nobody learns which names there are.
            fault = "Tên hoặc mật khẩu chưa đúng. Xin thử lại; nếu quên mật khẩu, xin hỏi người quản trị."
            return site.draw(request, "sign_in.html", status=400, wanted=wanted, name=name, fault=fault)
        response = RedirectResponse(wanted, SEE_OTHER)
        await run_in_threadpool(gate.let_in, request, response, name)
        return response

    @router.post("/dang-xuat")
    async def sign_out(request: Request) -> Response:
        form = await read_form(request)
        session = await run_in_threadpool(gate.session, request)
        response = RedirectResponse("/", SEE_OTHER)
        if session is not None and form.carries(session.form_token):
            await run_in_threadpool(gate.let_out, request, response)
        return response

    return router
