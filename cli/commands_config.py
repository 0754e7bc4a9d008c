"""Commands about the installation itself: config, archive."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import FAILED, OK, number, say, show, show_json, show_table
from cli.settings import Loaded, Settings
from corpus.errors import InvalidData
from pipelines.archive import verify

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]
_ORIGINS = {"option": "option", "environment": "environment variable", "file": "loa.toml", "default": "default"}


def register(app: typer.Typer) -> None:
    config = typer.Typer(help="Settings.", no_args_is_help=True)
    config.command("show", help="Every setting, its value and where it was set.")(show_config)
    config.callback()(lambda: None)  # keeps `show` a command of its own
    app.add_typer(config, name="config")
    archive = typer.Typer(help="The archive of fetched pages (WARC).", no_args_is_help=True)
    archive.command("verify", help="Read the whole archive again and compare every digest.")(verify_archive)
    archive.callback()(lambda: None)
    app.add_typer(archive, name="archive")


def show_config(context: typer.Context, as_json: AsJson = False) -> None:
    loaded: Loaded = context.obj
    rows = [(name, getattr(loaded.settings, name), loaded.origins[name]) for name in Settings.model_fields]
    if as_json:
        for name, value, origin in rows:
            show_json({"name": name, "value": value, "origin": origin, "variable": f"LOA_{name.upper()}"})
    else:
        show_table("Settings", ("Name", "Value", "Set by"), [(name, str(value), _ORIGINS[origin]) for name, value, origin in rows])


def verify_archive(context: typer.Context, as_json: AsJson = False) -> None:
    loaded: Loaded = context.obj
    path = loaded.settings.archive_path
    if not path.exists():
        raise InvalidData("there is no archive yet: crawl or import something first", file=str(path))
    report = verify(path)
    for fault in report.broken:
        say(f"broken: {fault}", "red")
    for fault in report.torn:
        say(f"cut off at its end: {fault}", "yellow")
    if as_json:
        show_json(
            {
                "files": report.files,
                "records": report.records,
                "broken": [str(fault) for fault in report.broken],
                "torn": [str(fault) for fault in report.torn],
            }
        )
    else:
        show(f"{number(report.files)} files, {number(report.records)} records, {number(len(report.broken))} broken.")
    raise typer.Exit(OK if report.sound else FAILED)
