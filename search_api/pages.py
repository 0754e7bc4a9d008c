"""Pages without figures: the help."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from search_api import help_words
from search_api.api import search_of
from search_api.caching import cached
from search_api.params import Search
from search_api.site import Site


def help_routes(site: Site, *, base_url: str) -> APIRouter:
    """``base_url``: where readers reach the server; by default as they did."""
    router = APIRouter(include_in_schema=False)

    @router.get("/tro-giup")
    def help_page(request: Request) -> Response:
        found = search_of(request)
        return site.draw(
            request,
            "help.html",
            state=Search(map=found.map, period=found.period),
            base=(base_url or str(request.base_url)).rstrip("/"),
            words=help_words,
        )

    @router.get("/tro-giup.json")
    def help_json(request: Request) -> Response:
        said = {"queries": help_words.QUERIES, "fields": help_words.FIELDS, "keys": help_words.KEYS}
        lists = {name: [{"written": written, "meaning": meaning} for written, meaning in rows] for name, rows in said.items()}
        states = [{"state": state, "name": name, "meaning": meaning} for state, name, meaning in help_words.STATES]
        return cached(request, lists | {"states": states})

    return router
