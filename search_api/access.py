"""Who may read more than the public: people who signed in, programs with the token of an account or that of the settings."""

from __future__ import annotations

import hmac

from fastapi import Request

from search_api.auth import Gate


class Access:
    """``token``: what a program sends as ``Authorization: Bearer <token>``; empty: there is none. ``gate``: where accounts are kept."""

    def __init__(self, token: str = "", gate: Gate | None = None) -> None:
        self._token = token.encode()
        self._gate = gate

    def may_read_full_text(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self._token and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._token):
            return True
        return self._gate is not None and self._gate.account(request) is not None
