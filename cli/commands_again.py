"""Commands that do again what was done, with today's rules: reindex, retag. A run that was cut off is gone on with."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer

from cli.comparing import compare_stories
from cli.home import entry_makers, indexed, locked, now, opened, processor_parts, workers, writing
from cli.output import FAILED, OK, number, progress, say, show, show_json
from cli.settings import settings_of
from corpus.index import Entry, build_index
from corpus.store import Store
from pipelines.batch import Retagged, retag, sync_index
from pipelines.indexing import entries

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]


def register(app: typer.Typer) -> None:
    app.command("reindex", help="Rebuild the index from the store.")(reindex)
    app.command("retag", help="Tag all documents again; the old tags are kept with the version that made them.")(retag_all)


def reindex(context: typer.Context, as_json: AsJson = False) -> None:
    settings = settings_of(context)
    started = time.monotonic()
    with locked(settings.lock_path), opened(settings) as store:
        store.forget_index()
        state = store.state()
        with progress("Indexing", state.documents) as advance, entry_makers(settings, state.documents) as pool:

            def behind(after: str) -> Iterator[Entry]:
                if after:
                    say("The run before was cut off: going on behind what it had done.")
                return entries(store, after=after, executor=pool, progress=advance)

            # Any change of a document in between makes it another build.
            of = f"{state.documents} {state.revision} {state.changed_at}"
            count = build_index(settings.index_url, behind, home=store.home_id(), of=of)
        store.mark_all_indexed()
    seconds = time.monotonic() - started
    if as_json:
        show_json({"documents": count, "seconds": round(seconds, 3)})
    else:
        show(f"Index rebuilt: {number(count)} documents in {seconds:.1f} s.")


def retag_all(
    context: typer.Context,
    from_start: Annotated[bool, typer.Option("--from-start", help="Also the documents that a run which was cut off had done.")] = False,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    parts = processor_parts(settings)
    changed: list[str] = []

    def on_change(change: Retagged) -> None:
        changed.append(change.id)
        differences = tag_changes(change)
        if as_json:
            show_json({"id": change.id, "title": change.after.title, "changes": differences})
        else:
            show(f"{change.id} {change.after.title}")
            for name, (gone, new) in differences.items():
                show(f"    {name}: " + ", ".join([f"-{code}" for code in gone] + [f"+{code}" for code in new]))

    with writing(settings) as store:
        start_after = "" if from_start else where_cut_off(store, "retag", parts.label)
        run = store.begin_run("retag", now())
        store.note_run(run, {"made_by": parts.label, "after": start_after})
        with progress("Tagging", store.count_documents(after=start_after)) as advance, workers(settings, parts) as pool:

            def on_part(last: str, done: int) -> None:
                store.note_run(run, {"made_by": parts.label, "after": last, "documents": done})
                advance(done)

            report = retag(store, parts=parts, executor=pool, now=now(), on_change=on_change, start_after=start_after, on_part=on_part)
        compare_stories(store)
        with indexed(settings, store) as index:
            sync_index(store, index)
        store.end_run(run, now(), {"documents": report.pages, "changed": len(changed), "tagged_by": parts.label})
    say(f"{number(report.pages)} documents tagged again by {parts.label}; {number(len(changed))} changed.")
    for url, outcome, detail in report.failures:
        say(f"{outcome} {url} {detail}", "yellow")
    raise typer.Exit(FAILED if report.failed else OK)


def tag_changes(change: Retagged) -> dict[str, tuple[list[str], list[str]]]:
    """Codes that went and codes that came, by tag; only the tags that differ."""
    result = {}
    for name, codes in _CODES.items():
        before, after = codes(change.before), codes(change.after)
        if before != after:
            result[name] = (sorted((before - after).elements()), sorted((after - before).elements()))
    return result


_CODES: dict[str, Callable[[Any], Counter[str]]] = {
    "relevance": lambda document: Counter([document.relevance.value] if document.relevance else []),
    "programmes": lambda document: Counter("/".join([tag.code, *tag.components]) for tag in document.programmes),
    "localities": lambda document: Counter(f"{tag.code or '|'.join(tag.candidates)} ({tag.role})" for tag in document.localities),
    "activities": lambda document: Counter(f"{tag.code} ({tag.modality})" for tag in document.activities),
    "budgets": lambda document: Counter(f"{tag.qualifier} {tag.vnd} {tag.kind}/{tag.role}" for tag in document.budgets),
    "quantities": lambda document: Counter(f"{tag.kind} {tag.value:g}" for tag in document.quantities),
}


def where_cut_off(store: Store, kind: str, made_by: str) -> str:
    """How far the last run of the kind had come with these very rules and models; empty where it ended or used others."""
    last = next(iter(store.runs(kind=kind, limit=1)), None)
    if last is None or last.state != "interrupted" or last.summary.get("made_by") != made_by or not last.summary.get("after"):
        return ""
    say("The run before was cut off: going on behind what it had done (`--from-start`: all again).")
    return str(last.summary["after"])
