"""`loa sources`: the registry as data, and with ``check --live`` whether a source can really be read from this machine.

A source is crawled by `loa run` only once a live check has succeeded here; the registry that notes it is the home's own
``portals.toml``. Nothing is invented: a source that gives no article stays unverified.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

import typer

from cli.commands_sources_add import add_source, registry_text, try_source, write_registry
from cli.crawling import read_portals
from cli.home import locked
from cli.output import FAILED, OK, number, say, show, show_json
from cli.settings import Loaded, Settings
from corpus.errors import CorpusError, StoreUnavailable
from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry
from corpus.registry import check_registry, lineage

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]
_TABLE = re.compile(r"^\[\[portal\]\]\s*$", re.MULTILINE)
_ID = re.compile(r"""^id\s*=\s*["']([^"']+)["']\s*$""", re.MULTILINE)
_VERIFIED = re.compile(r"^verified\s*=.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    portal: str
    readable: bool
    samples: tuple[tuple[str, str | None], ...] = ()
    """Title and date of articles that were read."""
    moved_to: tuple[str, ...] = ()
    """Hosts outside its entry that it led to."""
    cause: str | None = None


def register(app: typer.Typer) -> None:
    sources = typer.Typer(help="The registry of sources.", no_args_is_help=True)
    sources.command("check", help="Check the registry; with --live try to read every source.")(check_sources)
    sources.command("add", help="Look at a site, show what was found, and write its entry into the registry.")(add_source)
    sources.command("list", help="Every source of the registry: its id, what it is, whether it is verified.")(list_sources)
    app.add_typer(sources, name="sources")


def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    loaded: Loaded = context.obj
    register = Register.load()
    registry = read_portals(loaded.settings.portals_path)
    for portal in registry:
        province = register.get(portal.province)
        row = {
            "portal": portal.id,
            "name": portal.name,
            "kind": portal.kind,
            "province": portal.province,
            "province_name": province.name if province else None,
            "home": portal.home,
            "verified": portal.verified,
            "valid_from": portal.valid_from.isoformat() if portal.valid_from else None,
            "valid_to": portal.valid_to.isoformat() if portal.valid_to else None,
            "predecessors": list(portal.predecessors),
            "successors": list(portal.successors),
            "history": list(lineage(portal.id, registry)),
        }
        if as_json:
            show_json(row)
        else:
            mark = "verified" if portal.verified else "-"
            where = row["province_name"] or portal.province
            show(f"{portal.id:<36}{mark:<10}{portal.kind:<12}{where:<16}{portal.home}{_lineage_remark(portal)}")


def _lineage_remark(portal: Portal) -> str:
    """What came before it and after it, for the end of a line; empty for most.

    >>> _lineage_remark(Portal(id="a", name="A", home="https://a.vn/", hosts=("a.vn",), kind="press", province="VN", successors=("b",)))
    '  (went on as b)'
    """
    parts = []
    if portal.valid_to is not None:
        parts.append(f"until {portal.valid_to:%Y-%m-%d}")
    if portal.predecessors:
        parts.append(f"took over from {', '.join(portal.predecessors)}")
    if portal.successors:
        parts.append(f"went on as {', '.join(portal.successors)}")
    return f"  ({'; '.join(parts)})" if parts else ""


def check_sources(
    context: typer.Context,
    portals: Annotated[list[str] | None, typer.Argument(help="Ids of sources; without any: all of them.", show_default=False)] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Read a few articles of each source over the network and note the readable ones as verified.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    loaded: Loaded = context.obj
    settings = loaded.settings
    registry = read_portals(settings.portals_path)
    chosen = registry.select(portals) if portals else tuple(registry)
    if not live:
        _check_entries(registry, chosen, as_json=as_json)
        return
    if not settings.contact and not all(portal.allow_loopback for portal in chosen):
        say("`contact` is not set: the portals cannot tell whom to ask (docs/configuration.md).", "yellow")
    found = []
    with locked(settings.lock_path):
        for portal in chosen:
            result = _try(settings, portal)
            found.append(result)
            _show(result, as_json=as_json)
        note_verified(settings, {result.portal for result in found if result.readable})
    raise typer.Exit(OK if all(result.readable for result in found) else FAILED)


def _check_entries(registry: PortalRegistry, chosen: Collection[Portal], *, as_json: bool) -> None:
    ids = {portal.id for portal in chosen}
    findings = [finding for finding in check_registry(registry, Register.load()) if finding.portal in ids]
    verified = sum(portal.verified for portal in chosen)
    if as_json:
        faults = [{"portal": finding.portal, "field": finding.field, "text": finding.text} for finding in findings]
        counts = {"portals": len(chosen), "verified": verified, "unverified": len(chosen) - verified}
        show_json({"file": registry.source} | counts | {"findings": faults})
    else:
        for finding in findings:
            say(f"{finding.portal}: {finding.field}: {finding.text}", "yellow")
        if not findings:
            show(f"{registry.source}: {number(len(chosen))} sources are well described, {number(verified)} of them verified.")
    raise typer.Exit(FAILED if findings else OK)


def _try(settings: Settings, portal: Portal) -> Checked:
    try:
        seen = try_source(settings, portal)
    except StoreUnavailable:
        raise
    except CorpusError as error:
        return Checked(portal=portal.id, readable=False, cause=str(error))
    causes = [*seen.reading.causes, *seen.reading.failures]
    samples = tuple((document.title, document.published.isoformat() if document.published else None) for document in seen.documents)
    nothing = "no page was an article" if seen.reading.fetched else "no article was found"
    return Checked(
        portal=portal.id,
        readable=bool(samples),
        samples=samples,
        moved_to=seen.reading.moved_to,
        cause=None if samples else ", ".join(dict.fromkeys(causes)) or nothing,
    )


def _show(result: Checked, *, as_json: bool) -> None:
    if as_json:
        samples = [{"title": title, "published": published} for title, published in result.samples]
        show_json(
            {
                "portal": result.portal,
                "readable": result.readable,
                "samples": samples,
                "moved_to": list(result.moved_to),
                "cause": result.cause,
            }
        )
        return
    show(f"{result.portal}: {'readable' if result.readable else 'not readable (' + str(result.cause) + ')'}")
    for host in result.moved_to:
        show(f"    leads to {host}: add that host to its entry, or the new site as a source of its own")
    for title, published in result.samples:
        show(f"    {published or 'no date'}  {title}")


def note_verified(settings: Settings, ids: Collection[str]) -> None:
    """Write ``verified = true`` for these into the registry in use; the bundled one is copied into the home first."""
    if not ids:
        return
    path = settings.portals_path or settings.home / "portals.toml"
    write_registry(path, mark_verified(registry_text(path), ids))
    say(f"{number(len(ids))} sources are readable: verified = true noted in {path}.")


def mark_verified(text: str, ids: Collection[str]) -> str:
    """The registry's text with ``verified = true`` in the tables of ``ids``; everything else, comments too, as it was.

    >>> mark_verified('[[portal]]\\nid = "a"\\nverified = false\\n', ["a"])
    '[[portal]]\\nid = "a"\\nverified = true\\n'
    """
    starts = [match.start() for match in _TABLE.finditer(text)]
    pieces = [text[: starts[0]] if starts else text]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        table = text[start:end]
        found = _ID.search(table)
        if found is not None and found[1] in ids:
            if _VERIFIED.search(table):
                table = _VERIFIED.sub("verified = true", table, count=1)
            else:
                table = table[: found.end()] + "\nverified = true" + table[found.end() :]
        pieces.append(table)
    return "".join(pieces)
