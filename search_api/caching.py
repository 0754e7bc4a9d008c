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
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding, Cookie"} | dict(more or {})
    known = request.headers.get("if-none-match", "")
    if etag in (part.strip().removeprefix("W/") for part in known.split(",")) or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
