"""Who is asking: sessions of people in a cookie, access tokens of programs in a header, and what each role may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from fastapi import HTTPException, Request
from fastapi.responses import Response

from corpus.store import Account, AccountRole, Session
from corpus.store.accounts import SESSION_LIFE
from search_api.forms import Form

COOKIE = "loa_phien"
_SECRET_LENGTH = 200

ROLE_NAMES: dict[str, str] = {
    "reader": "Người đọc",
    "reviewer": "Người duyệt nhãn",
    "editor": "Biên tập viên",
    "admin": "Quản trị viên",
}


class AccountSource(Protocol):
    """The part of `corpus.store.Store` that signing in needs."""

    def password_hash(self, name: str, /) -> str | None: ...

    def begin_session(self, name: str, now: datetime, /) -> tuple[str, Session]: ...

    def session(self, secret: str, now: datetime, /) -> Session | None: ...

    def end_session(self, secret: str, /) -> None: ...

    def token_account(self, secret: str, /) -> Account | None: ...


class SignInNeeded(Exception):
    """The page is for people who have signed in; the handler sends them to the form and back."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted

    @property
    def form_address(self) -> str:
        return f"/dang-nhap?tiep={quote(self.wanted, safe='')}"


class Gate:
    """``clock`` gives the instant; tests fix it."""

    def __init__(self, store: AccountSource, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock

    def session(self, request: Request) -> Session | None:
        """Of the visitor; looked up once a request."""
        if not hasattr(request.state, "session"):
            secret = request.cookies.get(COOKIE, "")
            known = bool(secret) and len(secret) <= _SECRET_LENGTH
            request.state.session = self.store.session(secret, self.clock()) if known else None
        found: Session | None = request.state.session
        return found

    def need(self, request: Request, role: AccountRole) -> Session:
        """Raises: SignInNeeded for a visitor nobody knows, HTTPException 403 for one whose role is too low."""
        session = self.session(request)
        if session is None:
            query = f"?{request.url.query}" if request.url.query else ""
            raise SignInNeeded(request.url.path + query if request.method == "GET" else "/")
        if not session.account.may(role):
            raise HTTPException(403)
        return session

    def need_form(self, request: Request, form: Form, role: AccountRole) -> Session:
        """The same for a posted form, which must carry the session's token."""
        session = self.need(request, role)
        if not form.carries(session.form_token):
            raise HTTPException(403)
        return session

    def account(self, request: Request) -> Account | None:
        """Of a person's session or a program's token (``Authorization: Bearer``)."""
        if _bearer(request):
            return self.token_account(request)
        session = self.session(request)
        return session.account if session else None

    def token_account(self, request: Request) -> Account | None:
        """Of a program's token alone, which no other site can make a browser send."""
        secret = _bearer(request)
        return self.store.token_account(secret.strip()) if secret else None

    def let_in(self, request: Request, response: Response, name: str) -> Session:
        secret, session = self.store.begin_session(name, self.clock())
        response.set_cookie(
            COOKIE,
            secret,
            max_age=int(SESSION_LIFE.total_seconds()),
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="lax",
        )
        return session

    def let_out(self, request: Request, response: Response) -> None:
        secret = request.cookies.get(COOKIE)
        if secret:
            self.store.end_session(secret)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def _bearer(request: Request) -> str:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret if kind.lower() == "bearer" and len(secret) <= _SECRET_LENGTH else ""
