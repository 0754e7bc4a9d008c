"""What staff say about a source in trouble: seen and being looked after, left alone until a day, or to be watched again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Protocol

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from corpus.store import SourceNote
from monitor.desk import Monitor
from monitor.figures import SourceFigure
from monitor.periods import day_of
from search_api.auth import Gate
from search_api.formats import VIETNAM
from search_api.forms import Form, read_form
from search_api.pages_account import SEE_OTHER
from search_api.site import Site

MAX_NOTE = 500
NOTE_NAMES = {"acknowledged": "Đã biết, đang xử lý", "paused": "Tạm dừng nhắc", "resumed": "Theo dõi lại"}


class NoteSource(Protocol):
    """The part of `corpus.store.Store` that keeps these notes."""

    def source_notes(self, portal: str | None = None) -> list[SourceNote]: ...

    def add_source_note(
        self,
        portal: str,
        kind: str,
        *,
        who: str,
        now: datetime,
        cause: str | None = None,
        until: datetime | None = None,
        note: str = "",
    ) -> SourceNote: ...


class SourceNotePages:
    def __init__(self, site: Site, gate: Gate, store: NoteSource, monitor: Monitor) -> None:
        self.site = site
        self.gate = gate
        self.store = store
        self.monitor = monitor

    def show(self, request: Request, id: str, *, mistake: str = "", form: Form | None = None) -> Response:
        session = self.gate.need(request, "editor")
        source = self._source(id)
        return self.site.draw(
            request,
            "source_note.html",
            status=400 if mistake else 200,
            session=session,
            source=source,
            notes=[
                (note, NOTE_NAMES[note.kind], day_of(note.until) if note.until else None) for note in reversed(self.store.source_notes(id))
            ],
            kinds=NOTE_NAMES,
            chosen=form.get("viec") if form else "acknowledged",
            until=form.get("den") if form else "",
            text=form.get("ghi-chu") if form else "",
            mistake=mistake,
            max_note=MAX_NOTE,
            tomorrow=(self.site.today() + timedelta(days=1)).isoformat(),
        )

    def add(self, request: Request, id: str, form: Form) -> Response:
        session = self.gate.need_form(request, form, "editor")
        source = self._source(id)
        kind, text = form.get("viec"), form.get("ghi-chu")
        if kind not in NOTE_NAMES:
            return self.show(request, id, mistake="Xin chọn một trong các việc trong danh sách.", form=form)
        if len(text) > MAX_NOTE:
            return self.show(request, id, mistake=f"Ghi chú dài {len(text)} ký tự, nhiều nhất {MAX_NOTE}.", form=form)
        until = None
        if form.get("den") and kind != "resumed":
            try:
                day = date.fromisoformat(form.get("den"))
            except ValueError:
                return self.show(request, id, mistake="Ngày phải có dạng năm-tháng-ngày.", form=form)
            if day <= self.site.today() or day.year > self.site.today().year + 5:
                return self.show(request, id, mistake="Ngày phải sau hôm nay và không quá năm năm nữa.", form=form)
            until = datetime.combine(day, time(), VIETNAM)
        if kind == "paused" and until is None:
            return self.show(request, id, mistake="Tạm dừng nhắc thì cần ngày nhắc lại.", form=form)
        self.store.add_source_note(
            id, kind, who=session.account.name, now=self.gate.clock(), cause=source.health.cause, until=until, note=text
        )
        return RedirectResponse(f"/nguon/{source.portal}/ghi-chu", SEE_OTHER)

    def _source(self, id: str) -> SourceFigure:
        found = next((source for source in self.monitor.sources().sources if source.portal == id), None)
        if found is None:
            raise HTTPException(404)
        return found


def source_note_routes(pages: SourceNotePages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/nguon/{id}/ghi-chu")
    def show(request: Request, id: str) -> Response:
        return pages.show(request, id)

    @router.post("/nguon/{id}/ghi-chu")
    async def add(request: Request, id: str) -> Response:
        return await run_in_threadpool(pages.add, request, id, await read_form(request))

    return router
