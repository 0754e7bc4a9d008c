"""Errors as readers get them: one JSON shape (RFC 9457) for programs, the same Vietnamese sentence on a page for people."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from corpus.errors import DrawingUnavailable, IndexUnavailable, InvalidData, InvalidQuery, StoreUnavailable
from search_api.params import InvalidParameter

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Yêu cầu chưa đúng",
    401: "Cần đăng nhập",
    403: "Không có quyền",
    404: "Không tìm thấy",
    405: "Không nhận yêu cầu này",
    410: "Không còn nữa",
    413: "Yêu cầu quá lớn",
    422: "Yêu cầu chưa đúng",
    429: "Quá nhiều yêu cầu",
    500: "Có lỗi ở máy chủ",
    503: "Tạm thời chưa trả lời được",
}
_DETAILS = {
    400: "Yêu cầu gửi lên không đúng dạng. Xin quay lại trang trước và thử lại.",
    401: "Phần này dành cho người đã đăng nhập hoặc có mã truy cập.",
    403: "Tài khoản của bạn không có quyền làm việc này, hoặc phiên làm việc đã cũ. Xin tải lại trang, hoặc hỏi người quản trị.",
    404: "Địa chỉ này không có trang nào, hoặc tin đã được gỡ khỏi kho.",
    405: "Địa chỉ này chỉ để xem, không nhận nội dung gửi lên.",
    410: "Trang này đã được gỡ và không trở lại.",
    413: "Nội dung gửi lên dài quá 64 kB.",
    422: "Yêu cầu gửi lên không đúng dạng. Xin quay lại trang trước và thử lại.",
    429: "Bạn gửi yêu cầu quá nhanh. Xin đợi một phút rồi thử lại.",
    500: "Máy chủ gặp lỗi ngoài dự kiến. Lỗi đã được ghi lại; xin thử lại sau.",
    503: "Máy chủ đang bận. Xin thử lại sau ít phút.",
}
_DATA_SUFFIXES = (".json", ".jsonl", ".csv", ".xlsx", ".parquet", ".ris", ".bib", ".atom", ".xml", ".ipynb")
Draw = Callable[[Request, dict[str, Any]], Response]


class Problem(BaseModel):
    """RFC 9457, as programs get it."""

    type: str
    title: str
    status: int
    detail: str
    """Vietnamese, for the reader."""
    instance: str
    position: int | None = None
    """Offset into ``q`` where the query is wrong."""
    parameter: str | None = None


def problem(status: int, detail: str | None = None, **more: Any) -> dict[str, Any]:
    """The members of RFC 9457; ``type`` is about:blank since the status says all that programs need."""
    known = status if status in TITLES else 400 if status < 500 else 500
    return {"type": "about:blank", "title": TITLES[known], "status": status, "detail": detail or _DETAILS[known], **more}


def problem_of(description: str) -> dict[str, Any]:
    """An answer that is a problem, as OpenAPI describes it."""
    return {"description": description, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: problem_of("Yêu cầu chưa đúng; position chỉ chỗ sai trong q, parameter là tên tham số sai"),
    413: problem_of("Yêu cầu dài quá 64 kB"),
    429: problem_of("Hỏi quá nhanh; Retry-After cho biết số giây phải chờ"),
    500: problem_of("Có lỗi ở máy chủ"),
    503: problem_of("Kho hoặc chỉ mục tạm thời không trả lời; xem Retry-After"),
}
"""What any address may answer."""


def add_handlers(app: FastAPI, draw: Draw) -> None:
    """``draw`` makes the page for a problem; it is used where a browser asked for a page."""

    def answer(request: Request, status: int, detail: str | None = None, headers: dict[str, str] | None = None, **more: Any) -> Response:
        found = problem(status, detail, instance=request.url.path, **more)
        response = JSONResponse(found, status, media_type=MEDIA_TYPE) if wants_json(request) else draw(request, found)
        response.headers.update(headers or {})
        return response

    @app.exception_handler(InvalidQuery)
    def invalid_query(request: Request, error: InvalidQuery) -> Response:
        return answer(request, 400, error.message, position=error.position)

    @app.exception_handler(InvalidParameter)
    def invalid_parameter(request: Request, error: InvalidParameter) -> Response:
        return answer(request, 400, f"Tham số “{error.parameter}”: {error.message}", parameter=error.parameter)

    @app.exception_handler(RequestValidationError)
    def invalid_request(request: Request, error: RequestValidationError) -> Response:
        names = ", ".join(sorted({str(fault["loc"][-1]) for fault in error.errors()}))
        return answer(request, 400, f"Tham số chưa đúng: {names}.")

    @app.exception_handler(IndexUnavailable)
    @app.exception_handler(StoreUnavailable)
    def unavailable(request: Request, error: Exception) -> Response:
        log.warning("unavailable: %s", error)
        return answer(request, 503, "Kho đang bận hoặc đang được cập nhật. Xin thử lại sau ít phút.", {"Retry-After": "30"})

    @app.exception_handler(DrawingUnavailable)
    def not_drawn(request: Request, error: DrawingUnavailable) -> Response:
        log.error("not drawn: %s", error)
        return answer(
            request, 503, "Chưa vẽ được biểu đồ. Bảng số liệu dưới biểu đồ vẫn đủ; xin thử lại sau ít phút.", {"Retry-After": "30"}
        )

    @app.exception_handler(InvalidData)
    def damaged(request: Request, error: InvalidData) -> Response:
        log.error("damaged data: %s", error)
        return answer(request, 500, "Dữ liệu của máy chủ bị hỏng. Người vận hành cần xem nhật ký và chạy lệnh loa doctor.")

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> Response:
        log.error("%s while answering %s", type(error).__name__, request.url.path)
        return answer(request, 500)


def wants_json(request: Request) -> bool:
    path = request.url.path
    return path.startswith("/api/") or path.endswith(_DATA_SUFFIXES) or path in ("/healthz", "/readyz")
