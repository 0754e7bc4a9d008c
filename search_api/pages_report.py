"""The report of a period as a file: the button on the overview. Making it is given by the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from monitor.periods import Period, Units, period_of
from search_api.api import search_of
from search_api.params import link
from search_api.site import Site

Format = Literal["docx", "xlsx"]
MakeReport = Callable[[Period, Units, Format], bytes]
MEDIA_TYPES: dict[Format, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def report_routes(site: Site, make: MakeReport) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    site.environment.globals["reports"] = True

    def answer(request: Request, format: Format) -> Response:
        search = search_of(request)
        period = search.period or period_of(site.today(), "week").before()
        name = f"bao-cao-{period.key}-{search.map}-tinh.{format}".replace("..", "_")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
        return Response(make(period, search.map, format), media_type=MEDIA_TYPES[format], headers=headers)

    @router.get("/bao-cao.docx")
    def word(request: Request) -> Response:
        return answer(request, "docx")

    @router.get("/tong-quan.docx")
    def word_of_the_page(request: Request) -> Response:
        """The address of the overview with this suffix is its report, as with every other suffix."""
        return RedirectResponse(link("/bao-cao.docx", search_of(request)), 308)

    @router.get("/bao-cao.xlsx")
    def excel(request: Request) -> Response:
        return answer(request, "xlsx")

    return router
