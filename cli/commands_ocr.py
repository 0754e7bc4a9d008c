"""`loa ocr`: read the scanned PDFs that wait for it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands_collect import AsJson
from cli.home import indexed, now, processor_parts, workers, writing
from cli.output import FAILED, OK, number, progress, say, show, show_json
from cli.settings import Loaded
from corpus.errors import InvalidData, Rejected
from corpus.store import PendingPage, Store
from pipelines.archive import Archive
from pipelines.batch import process_pages, sync_index
from pipelines.extraction.plain import SCANNED
from pipelines.ocr import RecognisedTexts, find_tesseract, recognise


def register(app: typer.Typer) -> None:
    app.command("ocr", help="Read scanned PDFs with tesseract, where it is installed, and index them.")(read_scans)


def read_scans(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", help="Files at most in this run.", min=1)] = 100,
    as_json: AsJson = False,
) -> None:
    loaded: Loaded = context.obj
    settings = loaded.settings
    program = find_tesseract()
    parts = processor_parts(settings)
    assert parts.recognised is not None
    texts = RecognisedTexts(parts.recognised)
    with writing(settings) as store:
        waiting = scanned_pages(store, limit)
        archive = Archive(settings.archive_path)
        with progress("Reading scans", len(waiting)) as advance:
            for done, page in enumerate(waiting, 1):
                try:
                    body = archive.read(page.record)
                    if texts.read(body.sha256) is None:
                        texts.write(body.sha256, recognise(body.body, program=program))
                except (Rejected, InvalidData) as error:
                    say(f"{page.requested_url}: {error}", "yellow")
                advance(done)
        with workers(settings, parts) as pool:
            report = process_pages(store, waiting, archive=settings.archive_path, parts=parts, executor=pool, now=now())
        with indexed(settings, store) as index:
            sync_index(store, index)
    if as_json:
        show_json({"files": len(waiting), "outcomes": dict(report.outcomes)})
    else:
        read = report.outcomes.get("indexed", 0)
        show(f"{number(len(waiting))} scanned files; {number(read)} of them could be read and are indexed.")
    raise typer.Exit(FAILED if report.failed else OK)


def scanned_pages(store: Store, limit: int) -> list[PendingPage]:
    """Files that hold images of pages alone, the latest first."""
    states = (state for state in store.page_states(outcome="rejected/no_text", limit=100_000) if state.detail == SCANNED and state.record)
    return [
        PendingPage(id=state.id, portal=state.portal, requested_url=state.requested_url, record=str(state.record), size_bytes=0)
        for state, _ in zip(states, range(limit), strict=False)
    ]
