"""Serving page and API from the home: a free port where the usual one is busy, until Ctrl-C."""

from __future__ import annotations

import contextlib
import errno
import os
import socket

import uvicorn

from cli.commands_report import report_maker
from cli.deciding import DecisionDesk
from cli.home import indexed, now, opened
from cli.mailing import bulletin_of, make_press
from cli.output import say
from cli.settings import Settings
from corpus.errors import StoreUnavailable
from corpus.index.names import Names
from corpus.portals import load_portals
from monitor.desk import Monitor


def serve_until_stopped(settings: Settings, *, host: str | None = None, port: int | None = None) -> None:
    """Returns after Ctrl-C or SIGTERM, with what was being answered finished. Raises: StoreUnavailable when no port can be had."""
    from search_api.app import DEPARTMENT, create_app
    from search_api.limits import Limiter
    from search_api.warming import warm_beside

    wanted = settings.port if port is None else port
    listener = listen(host or settings.host, wanted)
    with listener, opened(settings) as store, indexed(settings) as index:
        address, number = listener.getsockname()[:2]
        if number != wanted and wanted:
            say(f"Port {wanted} is busy; taking a free one.")
        names = Names.load(portals=load_portals(settings.portals_path))
        desk = DecisionDesk(settings, store, index, now)
        monitor = Monitor(store, names.portals, names.register, now, names=names)  # one for all: it holds every article's figures
        press = make_press(settings, store, index, names=names, monitor=monitor)
        app = create_app(
            store,
            index,
            names=names,
            monitor=monitor,
            department=settings.department or DEPARTMENT,
            full_text_token=settings.export_token.get_secret_value(),
            limiter=Limiter(settings.rate_per_minute) if settings.rate_per_minute else None,
            base_url=settings.public_url,
            people=store,
            desk=desk,
            clock=now,
            readers=store,
            bulletin=bulletin_of(settings, press),
            reports=report_maker(settings, store, monitor),
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level=settings.log_level, lifespan="auto"))
        say(f"Page and API: http://{f'[{address}]' if ':' in address else address}:{number}/  (Ctrl-C stops)")
        warm_beside(monitor)
        # uvicorn raises it again after it has ended in good order.
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at the port, or at a free one where it is busy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in (port, 0):
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE or candidate == 0:
                raise StoreUnavailable(f"{host}:{candidate}: cannot be listened on ({os.strerror(error.errno or 0)})") from error
        else:
            listener.listen(128)
            return listener
    raise AssertionError("port 0 is always free")
