"""Commands that only look: search, serve, doctor."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Annotated

import typer

from cli.crawling import read_portals
from cli.home import indexed, opened
from cli.output import FAILED, OK, number, say, show, show_json
from cli.serving import serve_until_stopped
from cli.settings import Settings, settings_of
from corpus.errors import CorpusError
from corpus.index.base import MAX_LIMIT, Query
from corpus.index.names import Names
from corpus.index.plan import patterns
from corpus.kwic import Line, Position, arrange, concordance
from corpus.localities import Register
from corpus.portals import load_portals
from corpus.store import SCHEMA_VERSION
from search_api.answers import Catalogue
from search_api.params import Search, saved_in

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]
_CONTEXT = 50
"""Characters on each side of a match in context."""
_LIBRARIES = ("lxml", "scikit-learn", "scrapy", "sqlalchemy", "tantivy", "trafilatura", "underthesea")


def register(app: typer.Typer) -> None:
    app.command("search", help="Search the indexed documents; queries are written as on the page.")(search)
    app.command("serve", help="Serve page and API until Ctrl-C.")(serve)
    app.command("doctor", help="Examine everything in the home folder and say what to do.")(doctor)


def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(help='For example: \'"loa thông minh" tỉnh:"Lào Cai" năm:2024\'', metavar="QUERY...")],
    limit: Annotated[int, typer.Option("--limit", help="Documents on one page of results.", min=1, max=MAX_LIMIT)] = 20,
    page: Annotated[int, typer.Option("--page", help="Which page of results.", min=1, max=500)] = 1,
    kwic: Annotated[bool, typer.Option("--kwic", help="Every match in its context, instead of every document.")] = False,
    sort: Annotated[
        Position | None, typer.Option("--sort", help="Contexts in the order of the n-th word to the left or right, or of the match.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    with opened(settings) as store, indexed(settings) as index:
        saved = saved_in((saved.name, saved.params) for saved in store.saved_searches())
        names = replace(Names.load(portals=load_portals(settings.portals_path)), saved=saved)
        wanted = Search(q=" ".join(query), relevance=(), size=limit, page=page)
        answer = Catalogue(store, index, names).search(wanted, facets=())
        looked_for = patterns(wanted.query(names).where)
        say(f"Hiểu là: {answer.understood or 'mọi tin bài'} ({number(answer.total)} documents)")
        if kwic or sort:
            documents = {document.id: document for document in store.iter_documents(ids=[hit.id for hit in answer.hits])}
            lines = concordance((documents[hit.id] for hit in answer.hits if hit.id in documents), looked_for, width=_CONTEXT)
            _show_lines(arrange(lines, sort) if sort else lines, as_json=as_json)
            return
        for hit in answer.hits:
            if as_json:
                show_json(hit.model_dump(mode="json"))
            else:
                places = ", ".join(province.name for province in hit.provinces)
                show(f"{hit.id}  {hit.published or 'no date'}  {hit.source.code}" + (f"  [{places}]" if places else ""))
                show(f"    {hit.title}")
                if hit.snippet:
                    show("    " + " ".join(hit.snippet.split()))


def _show_lines(lines: Iterable[Line], *, as_json: bool) -> None:
    for line in lines:
        if as_json:
            place = {"id": line.id, "field": line.field, "start": line.start, "end": line.end}
            show_json(place | {"left": line.left, "match": line.match, "right": line.right})
        else:
            show(f"{line.id}  {line.left:>{_CONTEXT}} [{line.match}] {line.right}")


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on (LOA_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Port; a free one is taken when it is busy (LOA_PORT).", min=0, max=65535)
    ] = None,
) -> None:
    serve_until_stopped(settings_of(context), host=host, port=port)


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    sound: bool
    detail: str


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    settings = settings_of(context)
    findings = [
        _examined(name, check, settings)
        for name, check in (
            ("versions", _versions),
            ("home", _home),
            ("store", _store),
            ("index", _index),
            ("archive", _archive),
            ("model", _model),
            ("register", _register),
            ("portals", _portals),
        )
    ]
    for finding in findings:
        if as_json:
            show_json({"check": finding.name, "ok": finding.sound, "detail": finding.detail})
        else:
            show(f"{'ok   ' if finding.sound else 'FAULT'}  {finding.name}: {finding.detail}")
    raise typer.Exit(OK if all(finding.sound for finding in findings) else FAILED)


def _examined(name: str, check: Callable[[Settings], tuple[bool, str]], settings: Settings) -> Finding:
    try:
        return Finding(name, *check(settings))
    except CorpusError as error:
        return Finding(name, False, str(error))


def _versions(_: Settings) -> tuple[bool, str]:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return sys.version_info >= (3, 11), f"Python {platform.python_version()}, {libraries}"


def _home(settings: Settings) -> tuple[bool, str]:
    if not settings.home.exists():
        return True, f"{settings.home} is not there yet; the first command makes it"
    return settings.home.is_dir(), str(settings.home)


def _store(settings: Settings) -> tuple[bool, str]:
    if not settings.store_path.exists():
        lost = settings.archive_path.exists()
        return not lost, "no database yet" + (", but an archive: run `loa process --all`, which rebuilds it" if lost else "")
    with opened(settings) as store:
        faults = store.check()
        detail = f"schema {SCHEMA_VERSION}, {number(store.count_documents())} documents, {number(store.count_versions())} versions"
        waiting = store.outcomes().get("pending", 0)
    if faults:
        return False, f"{settings.store_path}: {faults[0]}; put the last backup back"
    return True, detail + (f", {number(waiting)} pages wait for `loa process`" if waiting else "")


def _index(settings: Settings) -> tuple[bool, str]:
    if not settings.store_path.exists():
        return True, "none yet"
    with opened(settings) as store:
        kept, missing = store.count_documents(), store.count_unindexed()
    with indexed(settings) as index:
        found = index.count(Query())
    if missing:
        return False, f"{number(missing)} changes are not in the index: run `loa process`"
    return found == kept, f"{number(found)} documents" + ("" if found == kept else f", but {number(kept)} in the store: run `loa reindex`")


def _archive(settings: Settings) -> tuple[bool, str]:
    if not settings.archive_path.exists():
        return True, "none yet"
    files = sorted(settings.archive_path.glob("*.warc.gz"))
    names = {file.name for file in files}
    lost: list[str] = []
    if settings.store_path.exists():
        with opened(settings) as store:
            lost = sorted({record.partition("#")[0] for record in store.records()} - names)
    size = sum(file.stat().st_size for file in files)
    if lost:
        return False, f"{settings.archive_path / lost[0]} is missing ({number(len(lost))} files in all): restore it from the backup"
    return True, f"{number(len(files))} files, {number(size >> 10)} KiB; `loa archive verify` reads every record"


def _model(settings: Settings) -> tuple[bool, str]:
    from nlp.model import SentenceModel

    if not settings.model_path.exists():
        return True, "not fitted yet; done by itself on first use"
    return True, SentenceModel.load(settings.model_path).method


def _register(_: Settings) -> tuple[bool, str]:
    return True, f"{number(len(Register.load()))} administrative units"


def _portals(settings: Settings) -> tuple[bool, str]:
    portals = read_portals(settings.portals_path)
    name = portals.source if settings.portals_path else "bundled registry"
    return True, f"{name}: {number(len(portals))} sources, {number(sum(portal.verified for portal in portals))} of them verified"
