"""`loa demo`: the whole line on the bundled example portals: crawl, archive, extract, tag, index, serve; no network but loopback."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from cli.commands_collect import crawl_and_process
from cli.crawling import read_portals, troubled
from cli.home import indexed, processor_parts, writing
from cli.output import FAILED, OK, say, show, show_json
from cli.serving import serve_until_stopped
from cli.settings import Loaded, Settings
from cli.summary import show_summary, summarize
from corpus.errors import InvalidData
from corpus.localities import Register
from demo.server import DemoPortals
from demo.site import Site, load_sites
from pipelines.batch import sync_index

DEFAULT_HOME = "var/demo"
"""Where no home is named: example articles do not belong among real ones."""


def register(app: typer.Typer) -> None:
    app.command("demo", help="Try the whole line on the bundled example portals; needs no network.")(run_demo)


def run_demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve page and API afterwards, until Ctrl-C.")] = True,
    port: Annotated[int | None, typer.Option("--port", help="Port; a free one is taken when it is busy.", min=0, max=65535)] = None,
    sites: Annotated[
        list[str] | None, typer.Option("--site", help="Only this example portal; may be given several times.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object on standard output.")] = False,
) -> None:
    loaded: Loaded = context.obj
    settings = loaded.settings
    if loaded.origins["home"] == "default":
        settings = settings.model_copy(update={"home": type(settings.home)(DEFAULT_HOME)})
    _check_home(settings)
    chosen = _choose(sites or [])
    started = time.monotonic()
    with DemoPortals(sites=chosen, ports_file=settings.home / "demo-ports.json") as portals:
        registry = portals.write_registry(settings.home / "portals.toml")
        say(f"{len(chosen)} example portals are running on 127.0.0.1; everything is kept in {settings.home}.")
        parts = processor_parts(settings)
        with writing(settings) as store:
            crawled, report = crawl_and_process(settings, store, read_portals(registry).select([site.id for site in chosen]), parts)
            with indexed(settings, store) as index:
                sync_index(store, index)
            summary = summarize(store, Register.load())
        if as_json:
            show_json(summary.to_plain() | {"seconds": round(time.monotonic() - started, 1)})
        else:
            show_summary(summary)
            show(f"Done in {time.monotonic() - started:.1f} s.")
        say("One command does the same for real portals: loa run")
        if serve:
            serve_until_stopped(settings, port=port)
        else:
            say(f"The pages: loa --home {settings.home} serve")
    raise typer.Exit(FAILED if report.failed or troubled(crawled) else OK)


def _check_home(settings: Settings) -> None:
    """The example registry becomes the home's own, so it must not take the place of another."""
    if settings.portals is not None:
        raise InvalidData("`loa demo` brings its own portals: leave --portals and LOA_PORTALS out", file=str(settings.portals))
    path = settings.home / "portals.toml"
    if path.exists() and not all(portal.allow_loopback for portal in read_portals(path)):
        raise InvalidData("is a registry of real portals: name another home for the demo with --home", file=str(path))


def _choose(names: list[str]) -> tuple[Site, ...]:
    sites = load_sites()
    unknown = sorted(set(names) - {site.id for site in sites})
    if unknown:
        raise typer.BadParameter(f"there is no example portal {unknown[0]!r}; there are: {', '.join(site.id for site in sites)}")
    return tuple(site for site in sites if not names or site.id in names)
