"""The server of pages and API over the home, at a socket that listens already, and the helpers that take a share of its pages."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import uvicorn
from fastapi import FastAPI

from cli.deciding import DecisionDesk
from cli.helping import Helper, is_alone
from cli.home import indexed, now, opened
from cli.mailing import bulletin_of, make_press
from cli.output import say
from cli.settings import Settings, taken_over
from corpus.errors import CorpusError
from corpus.index import Index
from corpus.index.embedded import EmbeddedIndex
from corpus.index.names import Names
from corpus.portals import load_portals
from corpus.store import Store
from monitor.desk import Monitor
from monitor.periods import Period, Units
from search_api.app import DEPARTMENT, create_app
from search_api.limits import Limiter
from search_api.pages_report import MakeReport
from search_api.sharing import Hand
from search_api.warming import warm, warm_beside

MANY_DOCUMENTS = 10_000
"""Their figures take more than a second to read, 100,000 some ten."""


SWITCH_SECONDS = 0.001
"""How long a thread computes before another may. At Python's 5 ms the thread that hands pages to helpers and sends answers waits so
long for each of its steps, and a helper with it."""


def serve_at(listener: socket.socket, settings: Settings, names: Names, opened_well: Callable[[], None] = lambda: None) -> None:
    """Returns after Ctrl-C or SIGTERM. ``opened_well`` is called once store and index could be opened."""
    helpers: list[Helper] = []
    hands: list[Hand] = []
    limiter = Limiter(settings.rate_per_minute) if settings.rate_per_minute else None
    with application(settings, names, limiter, hands) as (app, store, index):
        opened_well()
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            number = settings.serve_processes or min(2, os.cpu_count() or 1)
            if number > 1 and isinstance(index, EmbeddedIndex):
                if (documents := store.count_documents()) >= MANY_DOCUMENTS:
                    say(f"Reading the figures of {documents:,} articles; pages are answered after that.")
                warm(app)
                store.let_go()
                index.let_go()
                helpers = _helpers(number - 1, settings, app, hands, listener)
            else:
                warm_beside(app)
            server = uvicorn.Server(uvicorn.Config(app, log_level=settings.log_level, lifespan="auto"))
            # uvicorn raises it again after it has ended in good order.
            with contextlib.suppress(KeyboardInterrupt):
                server.run(sockets=[listener])
        finally:
            for helper in helpers:
                helper.end()


def _helpers(number: int, settings: Settings, app: FastAPI, hands: list[Hand], listener: socket.socket) -> list[Helper]:
    """No one where the server cannot be copied, for a thread of it would be lost."""
    if not is_alone():
        return []
    own = [listener]
    helpers = [Helper(lambda: contextlib.nullcontext(app), settings, own=own) for _ in range(number)]
    hands += [helper.hand for helper in helpers]  # only now: a helper has none
    for hand in hands:
        hand.begin()
    return helpers


def _report_maker(settings: Settings, store: Store, monitor: Monitor) -> MakeReport:
    """Loads what writes Word and Excel files for the first of them."""

    def make(period: Period, units: Units, format: Literal["docx", "xlsx"]) -> bytes:
        from cli.commands_report import report_maker

        return report_maker(settings, store, monitor)(period, units, format)

    return make


@contextlib.contextmanager
def application(
    settings: Settings, names: Names, limiter: Limiter | None = None, hands: Sequence[Hand] | None = None
) -> Iterator[tuple[FastAPI, Store, Index]]:
    """Pages and API over the home, its store and index."""
    with opened(settings) as store, indexed(settings) as index:
        # One for all: it holds every article's figures.
        monitor = Monitor(store, names.portals, names.register, now, names=names)
        press = make_press(settings, store, index, names=names, monitor=monitor)
        app = create_app(
            store,
            index,
            names=names,
            monitor=monitor,
            department=settings.department or DEPARTMENT,
            full_text_token=settings.export_token.get_secret_value(),
            limiter=limiter,
            base_url=settings.public_url,
            people=store,
            desk=DecisionDesk(settings, store, index, now),
            clock=now,
            readers=store,
            bulletin=bulletin_of(settings, press),
            reports=_report_maker(settings, store, monitor),
            hands=hands,
        )
        yield app, store, index


def main() -> None:
    """What `cli.serving` puts in its place: the listening socket and a pipe with the settings are arguments."""
    listener, pipe, told = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), sys.argv[3]
    try:
        with os.fdopen(pipe, "rb") as file:
            settings = taken_over(file.read())
        with listener:
            serve_at(listener, settings, Names.load(portals=load_portals(settings.portals_path)), lambda: say(told) if told else None)
    except KeyboardInterrupt:
        pass
    except CorpusError as error:  # it was sound a moment ago
        say(str(error))
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
