"""Commands that carry results away: export and snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

import typer

from cli.home import indexed, now, opened
from cli.output import FAILED, OK, number, progress, say, show, show_json
from cli.settings import Settings, settings_of
from corpus.errors import IndexUnavailable, InvalidData
from corpus.export import FORMATS, Asked, Export, Format
from corpus.export.package import ask, check_files, compare, create, read_descriptor, read_result, replay
from corpus.index.base import Query
from corpus.index.describe import describe
from corpus.index.names import Names, SavedQuery
from corpus.portals import load_portals
from search_api.params import InvalidParameter, Search, from_params, saved_in, to_params

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]
Words = Annotated[
    list[str] | None, typer.Argument(help="A query as for `search`; none: everything kept.", metavar="QUERY...", show_default=False)
]
Address = Annotated[str | None, typer.Option("--url", help="Address of a search page instead of a query; its filters count.")]


def register(app: typer.Typer) -> None:
    app.command("export", help="Write a whole result to a file, with a manifest beside it.")(export)
    snapshots = typer.Typer(help="Results kept for good, as Data Packages.", no_args_is_help=True)
    snapshots.command("create", help="Pack a result so that it can be had again later.")(create_snapshot)
    snapshots.command("verify", help="Check the files, and ask the packed documents the same question again.")(verify_snapshot)
    app.add_typer(snapshots, name="snapshot")


def export(
    context: typer.Context,
    query: Words = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write; its suffix names the format.")] = Path("loa.jsonl"),
    format: Annotated[str | None, typer.Option("--format", help=f"{', '.join(FORMATS)}; without it by the suffix.")] = None,
    address: Address = None,
    full_text: Annotated[bool, typer.Option("--full-text", help="With the full texts.")] = False,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    wanted = _format(format or output.suffix.removeprefix("."))
    with opened(settings) as store, indexed(settings) as index, store.moment() as moment:
        asking = _Asking(settings, ((saved.name, saved.params) for saved in store.saved_searches()))
        names = asking.names
        search = _search(query, address)
        asked_query = search.query(names)
        with index.scan(asked_query) as scan, progress("Exporting", scan.total) as advance:
            made = Export(
                moment, scan, scan.total, names=names, asked=asking.asked(search, asked_query), format=wanted, full_text=full_text
            )
            draft = output.with_name(f"{output.name}.part")
            try:
                with draft.open("wb") as file:
                    for part in made.chunks():
                        file.write(part)
                        advance(made.rows)
                draft.replace(output)
            finally:
                draft.unlink(missing_ok=True)
        manifest = made.manifest(output.name, created=now())
    sidecar = output.with_name(f"{output.name}.manifest.json")
    sidecar.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if as_json:
        show_json(manifest)
    else:
        rows, size = number(manifest["rows"]), number(manifest["files"][0]["bytes"])
        show(f"{output}: {rows} documents, {size} bytes; {sidecar.name} says what it is.")
    if manifest["missing"]:
        say(f"{number(manifest['missing'])} documents of the index are no longer in the store: run `loa reindex`.", "yellow")
        raise typer.Exit(FAILED)


def create_snapshot(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder to make.", metavar="DIR")],
    query: Words = None,
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    with opened(settings) as store, indexed(settings) as index, store.moment() as moment:
        asking = _Asking(settings, ((saved.name, saved.params) for saved in store.saved_searches()))
        names = asking.names
        search = _search(query, address)
        asked_query = search.query(names)
        result = ask(index, asked_query)
        # The package must hold the very texts that the index answered from.
        if moment.state.revision != moment.state.indexed or store.state().key != moment.state.key:
            raise IndexUnavailable("store and index differ at the moment: run `loa process`, or wait until the running command ends")
        asked = asking.asked(search, asked_query)
        with progress("Packing", len(result.ids)) as advance:
            descriptor = create(folder, moment, result, names=names, asked=asked, created=now(), progress=advance)
    if as_json:
        show_json(descriptor)
    else:
        show(f"{folder}: {number(len(result.ids))} documents; `loa snapshot verify {folder}` checks that they give the same result again.")


def verify_snapshot(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder that `snapshot create` made.", metavar="DIR", readable=False)],
    live: Annotated[bool, typer.Option("--live", help="Compare with what the index in the home gives today, too.")] = False,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    descriptor = read_descriptor(folder)
    faults = check_files(folder, descriptor)
    changes: list[str] = []
    if not faults:
        names = _Asking(settings, ((str(name), str(params)) for name, params in descriptor["loa"]["query"]["saved"])).names
        try:
            search = from_params((str(name), str(value)) for name, value in descriptor["loa"]["query"]["parameters"])
        except InvalidParameter as error:
            raise InvalidData(f"the query cannot be read: {error}", file=str(folder)) from error
        query = search.query(names)
        faults = replay(folder, query, register=names.register)
        if live:
            with indexed(settings) as index:
                changes = compare(read_result(folder), ask(index, query))
    if as_json:
        show_json({"folder": str(folder), "ok": not faults, "faults": faults, "live": changes if live else None})
    else:
        for fault in faults:
            say(f"{folder}: {fault}", "red")
        for change in changes:
            show(f"since then: {change}")
        if not faults:
            show(f"{folder}: sound; {number(descriptor['loa']['total'])} documents give the same result again.")
    raise typer.Exit(FAILED if faults else OK)


def _search(query: list[str] | None, address: str | None) -> Search:
    if address is not None:
        if query:
            raise typer.BadParameter("give a query or --url, not both")
        try:
            found = from_params(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        except InvalidParameter as error:
            raise typer.BadParameter(f"--url: {error.parameter}: {error.message}") from error
        return Search(q=found.q, codes=found.codes, relevance=found.relevance, since=found.since, until=found.until, sort=found.sort)
    return Search(q=" ".join(query or ()), relevance=(), sort="newest")


def _format(name: str) -> Format:
    for known in FORMATS:
        if known == name:
            return known
    raise typer.BadParameter(f"no format {name!r}: give one of {', '.join(FORMATS)} with --format or as the suffix of the file")


class _Asking:
    """Names for a question, which notes the saved queries that the question refers to."""

    def __init__(self, settings: Settings, saved: Iterable[tuple[str, str]]) -> None:
        self._known = tuple(saved)
        self._used: set[str] = set()
        self._find = saved_in(self._known)
        self.names = replace(Names.load(portals=load_portals(settings.portals_path)), saved=self._saved)

    def _saved(self, name: str) -> SavedQuery | None:
        self._used.add(name)
        return self._find(name)

    def asked(self, search: Search, query: Query) -> Asked:
        used = {name: params for name, params in reversed(self._known) if name in self._used}
        return Asked(parameters=tuple(to_params(search)), understood=describe(query.where, self.names), saved=tuple(sorted(used.items())))
