"""`loa report`: a period as Word and Excel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer

from cli.home import now, opened
from cli.mailing import base_url
from cli.output import say, show_json
from cli.settings import Loaded, Settings
from corpus.errors import InvalidData, StoreUnavailable
from corpus.index.names import Names
from corpus.portals import load_portals
from corpus.store import Store
from digest.report import Report, make_report
from digest.report_excel import write_excel
from digest.report_word import template_bytes, word
from monitor.desk import Monitor
from monitor.periods import Period, Units, day_of, parse_period, period_of
from search_api.app import DEPARTMENT

Format = Literal["docx", "xlsx"]


def register(app: typer.Typer) -> None:
    app.command("report", help="A week, month or range of days as a Word report (Decree 30/2020) and an Excel workbook.")(report)


def report(
    context: typer.Context,
    week: Annotated[str | None, typer.Option("--week", help="2026-W47; the last whole week where no period is named.")] = None,
    month: Annotated[str | None, typer.Option("--month", help="2026-11.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="First day, 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day, 2026-11-15.")] = None,
    units: Annotated[str, typer.Option("--units", help="34 or 63: the map.")] = "34",
    docx: Annotated[Path | None, typer.Option("--docx", help="Word file to write.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Excel file to write.")] = None,
    copy_template: Annotated[
        Path | None, typer.Option("--copy-template", help="Write the Word template to this file, to be changed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    settings: Settings = cast(Loaded, context.obj).settings
    if units not in get_args(Units):
        raise typer.BadParameter("34 or 63", param_hint="--units")
    if copy_template is not None:
        _write(copy_template, template_bytes(settings.report_template_path))
        say(f"Template written to {copy_template}; put it back as report.docx in the home.")
        return
    period = _period(week, month, since, until)
    docx, xlsx = (docx, xlsx) if docx or xlsx else (Path(f"bao-cao-{period.key}.docx"), Path(f"bao-cao-{period.key}.xlsx"))
    with opened(settings) as store:
        made = _made(settings, store, None, period, cast(Units, units))
    if docx is not None:
        _write(docx, as_bytes(settings, made, "docx"))
    if xlsx is not None:
        _write(xlsx, as_bytes(settings, made, "xlsx"))
    files = [str(path) for path in (docx, xlsx) if path is not None]
    if as_json:
        show_json({"period": period.key, "units": units, "articles": len(made.articles), "files": files})
    say(f"{period.key}: {len(made.articles)} articles; written {' and '.join(files)}.")


def report_maker(settings: Settings, store: Store, monitor: Monitor) -> Callable[[Period, Units, Format], bytes]:
    """For the button on the page."""
    return lambda period, units, format: as_bytes(settings, _made(settings, store, monitor, period, units), format)


def as_bytes(settings: Settings, made: Report, format: Format) -> bytes:
    if format == "docx":
        return word(made, template_bytes(settings.report_template_path))
    with tempfile.TemporaryDirectory(prefix="loa-report-") as folder:
        path = Path(folder) / "report.xlsx"
        write_excel(made, path)
        return path.read_bytes()


def _made(settings: Settings, store: Store, monitor: Monitor | None, period: Period, units: Units) -> Report:
    if monitor is None:
        names = Names.load(portals=load_portals(settings.portals_path))
        monitor = Monitor(store, names.portals, names.register, now, names=names)
    return make_report(monitor, store, period, units, department=settings.department or DEPARTMENT, base=base_url(settings))


def _period(week: str | None, month: str | None, since: str | None, until: str | None) -> Period:
    """Raises: InvalidData for what names no period; BadParameter for more than one."""
    if (week is not None) + (month is not None) + (since is not None or until is not None) > 1:
        raise typer.BadParameter("name one period: --week, --month, or --from with --to")
    if since is not None or until is not None:
        if since is None or until is None:
            raise typer.BadParameter("--from and --to go together")
        try:
            first, last = date.fromisoformat(since), date.fromisoformat(until)
        except ValueError as error:
            raise InvalidData(f"{since}, {until}: days are written like 2026-11-01") from error
        if last < first:
            raise InvalidData(f"{until} is before {since}")
        return Period(first, last + timedelta(days=1))
    for key, kind in ((week, "week"), (month, "month")):
        if key is not None:
            period = parse_period(key)
            if period.kind != kind:
                raise InvalidData(f"{key} is no {kind}")
            return period
    return period_of(day_of(now()), "week").before()


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise StoreUnavailable(f"{path}: cannot be written ({error.strerror}): check the rights of the folder") from error
