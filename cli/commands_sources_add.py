"""`loa sources add URL`: look at a site, show what was found with three sample articles, and write the entry that a person accepts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cli.crawling import read_portals
from cli.home import locked, now, opened, processor_parts, workers, writing
from cli.output import FAILED, OK, say, show, show_json
from cli.settings import Loaded, Settings
from corpus.document import Document, RawPage
from corpus.errors import InvalidData, StoreUnavailable
from corpus.localities import Register
from corpus.portals import Portal, host_key, parse_portals
from corpus.readings import Reading
from corpus.registry import to_toml
from crawler.probe import Proposal, propose, sections
from crawler.run import crawl
from pipelines.archive import read_pages
from pipelines.batch import pending, process_pages
from pipelines.items import DISCOVERY

SAMPLES = 3
"""Articles shown: enough to see whether title, date and text are read."""
_FETCHED = 5
"""Pages fetched for them, since one or another may be a stub or a notice."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A source asked once, in a folder of its own."""

    reading: Reading
    lists: tuple[RawPage, ...]
    """First page, lists, feeds and error answers as they came."""
    documents: tuple[Document, ...]


def add_source(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="First page of the site, or the list of its news.", metavar="URL")],
    province: Annotated[str, typer.Option("--province", help="Code of today's province such as v2-15, or VN.")],
    before: Annotated[
        str | None, typer.Option("--before", help="Code of the province until 2025 such as v1-10.", show_default=False)
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="government, press or broadcast; gov.vn is government.", show_default=False)
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Its name; else what the site calls itself.", show_default=False)] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the entry without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output; writes only with --yes.")] = False,
) -> None:
    loaded: Loaded = context.obj
    settings = loaded.settings
    draft = _draft(url, province=province, before=before, kind=kind, name=name)
    registry = read_portals(settings.portals_path)
    known = next((owner for host in draft.hosts if (owner := registry.for_url(f"https://{host}/"))), None)
    if known is not None:
        raise InvalidData(f"{draft.hosts[0]} belongs to the source {known.id} already: `loa sources check --live {known.id}` tries it")
    with locked(settings.lock_path):
        portal, proposal, seen = _look(settings, draft)
        readable = bool(seen.documents)
        if as_json:
            show_json(_row(portal, proposal, seen))
        else:
            _show(proposal, seen)
            show("\n" + to_toml(portal))
        if not readable:
            say("No article could be read, so nothing is written: name the list of its news as URL, or write the entry by hand.", "red")
            raise typer.Exit(FAILED)
        if yes or (not as_json and typer.confirm("Write this entry?")):
            path = write_entry(settings, portal)
            say(f"{portal.id} is noted in {path}; `loa run {portal.id}` crawls it.")
    raise typer.Exit(OK)


def _draft(url: str, *, province: str, before: str | None, kind: str | None, name: str | None) -> Portal:
    """What can be said before the site was asked. Raises: InvalidData for what no entry may hold."""
    try:
        host = host_key(url)
    except ValueError as error:
        raise InvalidData(f"{url!r} is no address: write it as https://example.vn/") from error
    bare = host.removeprefix("www.")
    plain = bare.partition(":")[0] if not bare.startswith("[") else bare.rpartition("]")[0] + "]"
    loopback = plain in _LOOPBACK
    hosts = (host,) if loopback or bare.count(".") > 2 else (bare, f"www.{bare}")
    portal = Portal(
        id=bare.replace("[", "").replace("]", "").replace(":", "-").strip("-"),
        name=name or bare,
        home=url if urlsplit(url).path else f"{url}/",
        hosts=hosts,
        kind=kind or ("government" if bare.endswith(".gov.vn") else "press"),  # type: ignore[arg-type]  # checked just below
        province=province,
        province_before=before,
        allow_loopback=loopback,
        evidence="being looked at",
    )
    parse_portals(to_toml(portal), name="the entry", register_codes={locality.code for locality in Register.load()})
    return portal


def _look(settings: Settings, draft: Portal) -> tuple[Portal, Proposal, Trial]:
    """First the page that was named; then the sections that it links, where it is not enough of a list itself."""
    first = try_source(settings, draft)
    wanted: tuple[str, ...] = ()
    if home := next((page for page in first.lists if page.requested_url == draft.home), None):
        wanted = sections(draft, home)
    pages, trial = list(first.lists), first
    if wanted and len(first.documents) < SAMPLES:
        trial = try_source(settings, replace(draft, listings=(draft.home, *wanted)))
        pages += trial.lists
    proposal = propose(draft, pages, trial.reading)
    found = {
        "name": draft.name if draft.name != draft.hosts[0] else (proposal.title or draft.name),
        "cms": proposal.cms,
        "feeds": proposal.feeds,
        "sitemaps": proposal.sitemaps,
        "listings": proposal.listings,
        "article_pattern": proposal.article_pattern,
    }
    portal = replace(draft, **found, verified=bool(trial.documents), evidence=_evidence(proposal, trial, now().date()))  # type: ignore[arg-type]
    return portal, proposal, trial


def _evidence(proposal: Proposal, seen: Trial, day: date) -> str:
    form = f", {proposal.fitting} of {proposal.article_links} article addresses fit the pattern" if proposal.article_pattern else ""
    return f"looked at on {day.isoformat()}: {len(seen.documents)} articles read{form}"


def try_source(settings: Settings, portal: Portal) -> Trial:
    """Crawl a few articles into a folder of its own and read them; the home's documents are not touched."""
    with tempfile.TemporaryDirectory(prefix="loa-look-") as folder:
        registry = Path(folder) / "portals.toml"
        registry.write_text(to_toml(portal), "utf-8")
        trial = settings.model_copy(update={"home": Path(folder), "portals": registry})
        parts = processor_parts(settings)
        with writing(trial) as store:
            crawl(trial.home, [portal.id], now=now(), registry_file=registry, contact=settings.contact, max_articles=_FETCHED, max_pages=2)
            with workers(settings, parts) as pool:
                process_pages(store, pending(store), archive=trial.archive_path, parts=parts, executor=pool, now=now())
        with opened(trial) as store:
            lists = trial.archive_path / DISCOVERY
            return Trial(
                reading=store.readings(portal.id)[-1],
                lists=tuple(read_pages(lists)) if lists.exists() else (),
                documents=tuple(store.iter_documents())[:SAMPLES],
            )


def _show(proposal: Proposal, seen: Trial) -> None:
    reading = seen.reading
    show(f"robots.txt   {reading.robots}" + (f" (status {reading.robots_status})" if reading.robots_status else ""))
    show(f"system       {proposal.cms}")
    for label, found in (("feeds", proposal.feeds), ("sitemaps", proposal.sitemaps), ("lists", proposal.listings)):
        show(f"{label:<13}{', '.join(found) or '-'}")
    show(f"articles     {proposal.article_pattern or 'no common form'} ({proposal.fitting} of {proposal.article_links} addresses)")
    for way in reading.ways:
        if way.cause:
            say(f"{way.kind} {way.url}: {way.cause} {way.detail}".rstrip(), "yellow")
    for host in reading.moved_to:
        say(f"It led to {host}: if that is its new address, add that one.", "yellow")
    for document in seen.documents:
        show(f"    {document.published.isoformat() if document.published else 'no date'}  {document.title}")
        show(f"        {' '.join(document.text[:160].split())}")


def _row(portal: Portal, proposal: Proposal, seen: Trial) -> dict[str, object]:
    samples = [
        {"title": document.title, "published": document.published.isoformat() if document.published else None}
        for document in seen.documents
    ]
    return {
        "portal": portal.id,
        "entry": to_toml(portal),
        "cms": proposal.cms,
        "robots": seen.reading.robots,
        "causes": list(seen.reading.causes),
        "moved_to": list(seen.reading.moved_to),
        "article_links": proposal.article_links,
        "fitting": proposal.fitting,
        "samples": samples,
    }


def write_entry(settings: Settings, portal: Portal) -> Path:
    """The home's registry (a copy of the bundled one where it has none) with one entry more."""
    path = settings.portals_path or settings.home / "portals.toml"
    write_registry(path, registry_text(path).rstrip() + "\n\n" + to_toml(portal))
    return path


def registry_text(path: Path) -> str:
    """The registry in use as text, comments and all."""
    return path.read_text("utf-8") if path.exists() else resources.files("corpus.data").joinpath("portals.toml").read_text("utf-8")


def write_registry(path: Path, text: str, *, codes: Sequence[str] | None = None) -> None:
    """In one step, and only what can be read again. Raises: InvalidData, StoreUnavailable."""
    parse_portals(text, name=str(path), register_codes=codes)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"{path}: cannot be written ({error.strerror}): check the disk and the rights of the folder") from error
