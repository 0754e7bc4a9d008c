"""The composition root: the commands of `loa`. Nothing imports this module."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import commands_collect, commands_config, commands_demo, commands_look, commands_quality, commands_sources
from cli.output import FAILED, OK, STOPPED, TRY_LATER, USAGE, say, show
from cli.settings import Loaded, load_settings
from corpus.errors import CorpusError, IndexUnavailable, InvalidQuery, StoreUnavailable

app = typer.Typer(
    name="loa",
    help="Harvest, read and search what Vietnam's provinces publish about poverty reduction in information.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (commands_demo, commands_collect, commands_look, commands_quality, commands_config, commands_sources):
    module.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            show(f"loa {version('loa')}")
        except PackageNotFoundError:
            show("loa (not installed)")
        raise typer.Exit


@app.callback()
def configure(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option("--home", help="Folder that holds everything the program keeps (LOA_HOME).")] = None,
    index: Annotated[str | None, typer.Option("--index", help="Folder of the search index (LOA_INDEX).")] = None,
    portals: Annotated[Path | None, typer.Option("--portals", help="Portal registry file (LOA_PORTALS).")] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Worker processes; 0: one a processor (LOA_WORKERS).")] = None,
    log_level: Annotated[str | None, typer.Option("--log-level", help="debug, info, warning or error (LOA_LOG_LEVEL).")] = None,
    _version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    options: dict[str, Any] = {"home": home, "index": index, "portals": portals, "workers": workers, "log_level": log_level}
    loaded: Loaded = load_settings(options)
    logging.basicConfig(level=loaded.settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    context.obj = loaded


def main(arguments: list[str] | None = None) -> None:
    """The console script: runs one command and ends the process with its exit code."""
    code = run(sys.argv[1:] if arguments is None else arguments)
    # What is still piped to a reader that has gone must not end in a traceback at exit.
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one command; our own errors become one line on standard error."""
    try:
        app(args=arguments, prog_name="loa")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else FAILED
        if code == STOPPED:
            say("Stopped as asked; the same command goes on from here.")
        return code
    except BrokenPipeError:
        return OK
    except (StoreUnavailable, IndexUnavailable) as error:
        say(f"loa: {error}", "yellow")
        return TRY_LATER
    except InvalidQuery as error:
        say(f"loa: {error.message}", "red")
        return USAGE
    except CorpusError as error:
        say(f"loa: {error}", "red")
        return FAILED
    return OK


if __name__ == "__main__":
    main()
