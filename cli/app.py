"""The composition root: the commands of `loa`, and what becomes of their errors. Only the console script imports this module."""

from __future__ import annotations

import errno
import logging
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import (
    commands_again,
    commands_collect,
    commands_config,
    commands_demo,
    commands_digest,
    commands_export,
    commands_look,
    commands_ocr,
    commands_quality,
    commands_report,
    commands_sources,
    commands_status,
    commands_users,
)
from cli.output import FAILED, OK, STOPPED, TRY_LATER, USAGE, say, show
from cli.settings import InvalidOption, Loaded, load_settings
from corpus.errors import CorpusError, IndexUnavailable, InvalidQuery, StoreUnavailable

log = logging.getLogger(__name__)

app = typer.Typer(
    name="loa",
    help="Harvest, read and search what Vietnam's provinces publish about poverty reduction in information.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    commands_demo,
    commands_collect,
    commands_again,
    commands_look,
    commands_quality,
    commands_report,
    commands_config,
    commands_sources,
    commands_status,
    commands_users,
    commands_export,
    commands_digest,
    commands_ocr,
):
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
    home: Annotated[
        Path | None, typer.Option("--home", readable=False, help="Folder that holds everything the program keeps (LOA_HOME).")
    ] = None,
    index: Annotated[str | None, typer.Option("--index", help="Folder of the search index, or http://host:9200/name (LOA_INDEX).")] = None,
    portals: Annotated[Path | None, typer.Option("--portals", readable=False, help="Portal registry file (LOA_PORTALS).")] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Worker processes; 0: one a processor (LOA_WORKERS).")] = None,
    log_level: Annotated[str | None, typer.Option("--log-level", help="debug, info, warning or error (LOA_LOG_LEVEL).")] = None,
    _version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    options: dict[str, Any] = {"home": home, "index": index, "portals": portals, "workers": workers, "log_level": log_level}
    try:
        loaded: Loaded = load_settings(options)
    except InvalidOption as error:
        raise typer.BadParameter(str(error)) from error
    logging.basicConfig(level=loaded.settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    context.obj = loaded


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
    except OSError as error:
        if error.filename is None and error.errno not in _ADVICE:
            raise
        # Whatever lies in the home may be of another kind, or another's: no bug of ours, so no traceback.
        log.debug("", exc_info=True)
        code, advice = _ADVICE.get(error.errno or 0, (FAILED, "check what lies there, or name another home with --home"))
        say(f"loa: {error.filename or 'a file'}: {error.strerror}: {advice}", "red")
        return code
    return OK


_RIGHTS = (TRY_LATER, "check the owner and the rights of the folder, then run the same command again")
_FULL = (TRY_LATER, "free some space, then run the same command again; nothing was lost")
_ADVICE = {errno.EACCES: _RIGHTS, errno.EPERM: _RIGHTS, errno.EROFS: _RIGHTS, errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EFBIG: _FULL}
