"""ETags: the hash of what is sent, so that an unchanged answer costs a browser or a script no transfer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel


def cached(request: Request, answer: BaseModel | dict[str, Any], more: Mapping[str, str] | None = None) -> Response:
    """The answer as JSON with its ETag, or 304 where the asker has it already."""
    body = answer.model_dump_json() if isinstance(answer, BaseModel) else json.dumps(answer, ensure_ascii=False, default=str)
    return with_etag(request, body.encode("utf-8", "replace"), "application/json", more)


def with_etag(request: Request, body: bytes, media_type: str, more: Mapping[str, str] | None = None) -> Response:
    """``more``: further headers."""
    key = hashlib.sha256(body).hexdigest()
    return unchanged(request, key, more) or tagged(body, key, media_type, more)


def unchanged(request: Request, key: str, more: Mapping[str, str] | None = None) -> Response | None:
    """304 where the asker has the answer of this ``key`` (a hash in hexadecimal) already."""
    known = request.headers.get("if-none-match", "")
    if _etag(key) in (part.strip().removeprefix("W/") for part in known.split(",")) or known.strip() == "*":
        return Response(status_code=304, headers=_headers(key, more))
    return None


def tagged(body: bytes, key: str, media_type: str, more: Mapping[str, str] | None = None) -> Response:
    return Response(body, media_type=media_type, headers=_headers(key, more))


def _headers(key: str, more: Mapping[str, str] | None) -> dict[str, str]:
    return {"ETag": _etag(key), "Cache-Control": "no-cache", "Vary": "Accept-Encoding, Authorization, Cookie"} | dict(more or {})


def _etag(key: str) -> str:
    return f'"{key[:32]}"'
