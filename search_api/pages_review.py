"""Reviewing: the queue, one key a decision, undo, the trail, and what readers report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from corpus.document import Document
from corpus.errors import InvalidData
from corpus.index.names import Names
from corpus.store import Decided, Review, Session, TagReport, Waiting
from corpus.store.queue import MAX_NOTE
from corpus.tags import TAG_KINDS, TagKind
from search_api.auth import Gate
from search_api.caching import cached
from search_api.forms import Form, Throttle, client_of, read_form
from search_api.pages_account import SEE_OTHER
from search_api.params import link
from search_api.review import DECISION_NAMES, KIND_NAMES, Mistake, change_words, claim, name_of, plain_tag, review_of
from search_api.site import NavItem, Site, kept_state

TRAIL_SIZE = 50
_LOOK_AHEAD = 25
"""Waiting tags read at a time; those that left their document meanwhile are passed over."""
REPORTS = 10
REPORTS_SPAN = timedelta(hours=1)


class ReviewSource(Protocol):
    """The part of `corpus.store.Store` that reviewing reads."""

    def waiting(self, *, kind: TagKind | None = None, limit: int = 20, skip: int = 0) -> list[Waiting]: ...

    def count_waiting(self) -> dict[str, int]: ...

    def get_document(self, document_id: str, /) -> Document | None: ...

    def decision(self, number: int, /) -> Decided | None: ...

    def decisions(self, *, limit: int = 50, skip: int = 0, reviewer: str | None = None) -> list[Decided]: ...

    def tag_reports(self, *, open_only: bool = True, limit: int = 200) -> list[TagReport]: ...

    def report_tag(self, document_id: str, kind: str, code: str, note: str, now: datetime, /) -> None: ...


class Desk(Protocol):
    """Carries decisions out, in store and index; the command line gives it (``cli/deciding.py``)."""

    def decide(self, review: Review) -> int: ...

    def undo(self, number: int, who: str) -> Review: ...


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    count: int
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class TrailLine:
    decided: Decided
    what: str
    decision: str
    change: str
    may_undo: bool


class ReviewPages:
    def __init__(self, site: Site, gate: Gate, store: ReviewSource, desk: Desk, names: Names) -> None:
        self.site = site
        self.gate = gate
        self.store = store
        self.desk = desk
        self.names = names

    def queue(self, request: Request) -> Response:
        session = self.gate.need(request, "reviewer")
        kind, skip = _kind(request.query_params.get("loai", "")), _skip(request.query_params.get("bo-qua", "0"))
        done, undone = (_number(request.query_params.get(name, "")) for name in ("vua", "hoan-tac"))
        return self._item(request, session, kind, skip, done=done, undone=undone)

    def _item(
        self,
        request: Request,
        session: Session,
        kind: TagKind | None,
        skip: int,
        *,
        done: int | None = None,
        undone: int | None = None,
        mistake: str = "",
    ) -> Response:
        """``done`` and ``undone`` are numbers of decisions that were just made and taken back."""
        waiting, document, shown, skip = self._next(kind, skip)
        just = self._line(session, decided) if done and (decided := self.store.decision(done)) else None
        return self.site.draw(
            request,
            "review.html",
            status=400 if mistake else 200,
            session=session,
            tabs=self._tabs(request, kind),
            kind=kind or "",
            skip=skip,
            waiting=waiting,
            document=document,
            claim=shown,
            source=self.names.label("source", document.provenance.portal) if document else "",
            reports=[r for r in self.store.tag_reports() if waiting and (r.document_id, r.kind, r.code) == _key(waiting)],
            skip_link=_address(request, "/duyet", loai=kind or "", **{"bo-qua": str(skip + 1)}),
            just=just,
            undone=self._line(session, back) if undone and (back := self.store.decision(undone)) and back.undone_at else None,
            mistake=mistake,
        )

    def _next(self, kind: TagKind | None, skip: int) -> tuple[Waiting | None, Document | None, object, int]:
        while found := self.store.waiting(kind=kind, limit=_LOOK_AHEAD, skip=skip):
            for waiting in found:
                document = self.store.get_document(waiting.document_id)
                shown = claim(document, waiting.kind, waiting.code, self.names) if document else None
                if shown is not None:
                    return waiting, document, shown, skip
                skip += 1
        return None, None, None, skip

    def queue_json(self, request: Request) -> Response:
        self.gate.need(request, "reviewer")
        kind = _kind(request.query_params.get("loai", ""))
        rows = []
        for waiting in self.store.waiting(kind=kind, limit=100, skip=_skip(request.query_params.get("bo-qua", "0"))):
            document = self.store.get_document(waiting.document_id)
            if document is not None:
                row: dict[str, Any] = {"id": waiting.document_id, "title": document.title, "kind": waiting.kind, "code": waiting.code}
                row |= {"score": waiting.score, "one_voice": waiting.one_voice, "reports": waiting.reports}
                rows.append(row | {"tag": plain_tag(document, waiting.kind, waiting.code)})
        return cached(request, {"waiting": self.store.count_waiting(), "items": rows})

    def decide(self, request: Request, form: Form) -> Response:
        session = self.gate.need_form(request, form, "reviewer")
        kind, skip = _kind(form.get("hang")), _skip(form.get("bo-qua", "0"))
        tag_kind = _kind(form.get("loai"))
        if tag_kind is None:
            raise HTTPException(400)
        document = self.store.get_document(form.get("tin"))
        shown = claim(document, tag_kind, form.get("nhan"), self.names) if document else None
        back = {"loai": kind or "", "bo-qua": str(skip) if skip else ""}
        if document is None or shown is None or document.content_hash != form.get("ban"):
            return self._item(request, session, kind, skip, mistake="Nhãn này đã đổi từ lúc trang được mở. Dưới đây là nhãn kế tiếp.")
        try:
            review = review_of(form, shown, document_id=document.id, reviewer=session.account.name, now=self.gate.clock())
            number = self.desk.decide(review)
        except Mistake as error:
            return self._item(request, session, kind, skip, mistake=str(error))
        except InvalidData:  # a code or field that left its list since the page was opened
            return self._item(request, session, kind, skip, mistake="Không ghi được: mã hoặc giá trị này không có trong danh mục.")
        return RedirectResponse(_address(request, "/duyet", **back, vua=str(number)), SEE_OTHER)

    def undo(self, request: Request, form: Form, number: int) -> Response:
        session = self.gate.need_form(request, form, "reviewer")
        decided = self.store.decision(number) if 0 < number < 2**63 else None
        if decided is None:
            raise HTTPException(404)
        if not _may_undo(decided, session):
            raise HTTPException(403)
        try:
            self.desk.undo(number, session.account.name)
        except InvalidData as error:
            raise HTTPException(404) from error  # somebody was faster
        if form.get("ve") == "nhat-ky":
            return RedirectResponse(_address(request, "/duyet/nhat-ky"), SEE_OTHER)
        skip = _skip(form.get("bo-qua", "0"))
        back = {"loai": _kind(form.get("hang")) or "", "bo-qua": str(skip) if skip else "", "hoan-tac": str(number)}
        return RedirectResponse(_address(request, "/duyet", **back), SEE_OTHER)

    def trail(self, request: Request) -> Response:
        session = self.gate.need(request, "reviewer")
        skip = _skip(request.query_params.get("bo-qua", "0"))
        lines = self._trail(session, limit=TRAIL_SIZE + 1, skip=skip)
        return self.site.draw(
            request,
            "review_trail.html",
            session=session,
            lines=lines[:TRAIL_SIZE],
            older=_address(request, "/duyet/nhat-ky", **{"bo-qua": str(skip + TRAIL_SIZE)}) if len(lines) > TRAIL_SIZE else None,
            newer=_address(request, "/duyet/nhat-ky", **{"bo-qua": str(max(0, skip - TRAIL_SIZE))}) if skip else None,
        )

    def trail_json(self, request: Request) -> Response:
        session = self.gate.need(request, "reviewer")
        rows = [
            {
                "id": line.decided.id,
                "document": line.decided.review.document_id,
                "title": line.decided.title,
                "kind": line.decided.review.kind,
                "code": line.decided.review.code,
                "decision": line.decided.review.decision,
                "value": line.decided.review.value,
                "reviewer": line.decided.review.reviewer,
                "decided_at": line.decided.review.decided_at.isoformat(),
                "undone_at": line.decided.undone_at.isoformat() if line.decided.undone_at else None,
                "undone_by": line.decided.undone_by,
            }
            for line in self._trail(session, limit=200, skip=_skip(request.query_params.get("bo-qua", "0")))
        ]
        return cached(request, {"decisions": rows})

    def _trail(self, session: Session, *, limit: int, skip: int = 0) -> list[TrailLine]:
        return [self._line(session, found) for found in self.store.decisions(limit=limit, skip=skip)]

    def _line(self, session: Session, found: Decided) -> TrailLine:
        return TrailLine(
            decided=found,
            what=f"{KIND_NAMES[found.review.kind]}: {name_of(found.review.kind, found.review.code, self.names)}",
            decision=DECISION_NAMES[found.review.decision],
            change=change_words(found.review, self.names),
            may_undo=_may_undo(found, session),
        )

    def _tabs(self, request: Request, kind: TagKind | None) -> list[Tab]:
        counts = self.store.count_waiting()
        tabs = [Tab("Tất cả", sum(counts.values()), _address(request, "/duyet"), kind is None)]
        return tabs + [Tab(KIND_NAMES[k], counts[k], _address(request, "/duyet", loai=k), kind == k) for k in KIND_NAMES]

    def report_form(self, request: Request, id: str) -> Response:
        """For everybody: one tag of one article, and what is wrong with it."""
        return self._report(request, id, _kind(request.query_params.get("loai", "")), request.query_params.get("nhan", ""))

    def _report(
        self, request: Request, id: str, kind: TagKind | None, code: str, *, note: str = "", mistake: str = "", sent: bool = False
    ) -> Response:
        document = self.store.get_document(id)
        shown = claim(document, kind, code, self.names) if document and kind else None
        if document is None or shown is None:
            raise HTTPException(404)
        return self.site.draw(
            request,
            "report_tag.html",
            status=400 if mistake else 200,
            document=document,
            claim=shown,
            note=note,
            mistake=mistake,
            sent=sent,
            max_note=MAX_NOTE,
        )

    def report(self, request: Request, form: Form, id: str) -> Response:
        kind, code, note = _kind(form.get("loai")), form.get("nhan"), form.get("vi-sao")
        if len(note) > MAX_NOTE:
            mistake = f"Lời nhắn dài {len(note)} ký tự, nhiều nhất {MAX_NOTE}. Xin viết ngắn hơn."
            return self._report(request, id, kind, code, note=note, mistake=mistake)
        document = self.store.get_document(id)
        if document is None or kind is None or claim(document, kind, code, self.names) is None:
            raise HTTPException(404)
        self.store.report_tag(document.id, kind, code, note, self.gate.clock())
        return self._report(request, id, kind, code, sent=True)


def review_routes(pages: ReviewPages) -> APIRouter:
    pages.site.add_nav(NavItem("/duyet", "Duyệt nhãn", "reviewer"))
    router = APIRouter(include_in_schema=False)
    throttle = Throttle(REPORTS, REPORTS_SPAN, pages.gate.clock)

    def page(path: str, draw: Callable[[Request], Response]) -> None:
        router.add_api_route(path, draw, methods=["GET"], response_model=None)

    page("/duyet", pages.queue)
    page("/duyet.json", pages.queue_json)
    page("/duyet/nhat-ky", pages.trail)
    page("/duyet/nhat-ky.json", pages.trail_json)

    @router.post("/duyet")
    async def decide(request: Request) -> Response:
        return await run_in_threadpool(pages.decide, request, await read_form(request))

    @router.post("/duyet/{number}/hoan-tac")
    async def undo(request: Request, number: int) -> Response:
        return await run_in_threadpool(pages.undo, request, await read_form(request), number)

    @router.get("/tin/{id}/bao-sai")
    def report_form(request: Request, id: str) -> Response:
        return pages.report_form(request, id)

    @router.post("/tin/{id}/bao-sai")
    async def report(request: Request, id: str) -> Response:
        form = await read_form(request)
        throttle.check(client_of(request))
        return await run_in_threadpool(pages.report, request, form, id)

    return router


def _may_undo(decided: Decided, session: Session) -> bool:
    return decided.undone_at is None and (decided.review.reviewer == session.account.name or session.account.may("editor"))


def _kind(text: str) -> TagKind | None:
    return next((kind for kind in TAG_KINDS if kind == text), None)


def _skip(text: str) -> int:
    return min(int(text), 100_000) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _key(waiting: Waiting) -> tuple[str, str, str]:
    return (waiting.document_id, waiting.kind, waiting.code)


def _address(request: Request, path: str, **values: str) -> str:
    """With map and period of the request."""
    return link(path, kept_state(request), *((name, value) for name, value in values.items() if value))
