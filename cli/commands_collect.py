"""Commands that bring documents in and keep them current: crawl, import, process, run."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands_again import where_cut_off
from cli.comparing import compare_stories
from cli.crawling import check_portals, crawl, due_portals, troubled
from cli.home import indexed, now, processor_parts, workers, writing
from cli.output import FAILED, OK, number, progress, say, show, show_json, show_table
from cli.rows import import_row
from cli.settings import Settings, settings_of
from cli.watching import watch
from corpus.errors import CorpusError, InvalidData, UnreadableFile, outcome_of
from corpus.export import versions
from corpus.localities import Register
from corpus.portals import Portal
from corpus.store import PendingPage, Store
from crawler.run import CrawlReport
from pipelines.archive import Archive
from pipelines.batch import (
    Finished,
    Report,
    adopt_records,
    pending,
    process_archived,
    process_arriving,
    process_pages,
    sync_index,
)
from pipelines.files import is_pdf, page_from_file, pdf_fault
from pipelines.process import ProcessorParts
from pipelines.workers import MemoryLimit, Timeout, WorkerDied


class Stopped(CorpusError):
    """The other half of a run ended it; the next run goes on from here."""


AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]

Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="Fetch all that the sources still list from this day on.", show_default=False),
]


def register(app: typer.Typer) -> None:
    app.command("run", help="Crawl the verified sources, process and index what is new.")(run_all)
    app.command("crawl", help="Only fetch and archive pages; nothing is processed.")(crawl_only)
    app.command("import", help="Read HTML, TXT, PDF and DOCX files from disk.")(import_files)
    app.command("process", help="Process the pages that wait, and index them.")(process)


def run_all(
    context: typer.Context,
    portals: Annotated[
        list[str] | None, typer.Argument(help="Ids of sources; without any: all that are verified.", show_default=False)
    ] = None,
    since: Since = None,
    again: Annotated[bool, typer.Option("--watch", help="Do it again and again, until the process is stopped.")] = False,
    every: Annotated[
        int, typer.Option("--every", help="Minutes from round to round with --watch or --due.", min=10, max=7 * 24 * 60)
    ] = 360,
    due: Annotated[bool, typer.Option("--due", help="Only sources that are due by how often they publish; --watch does so, too.")] = False,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    rounds = timedelta(minutes=every)
    if since is not None and (again or due):
        raise typer.BadParameter("a back-fill is done once, of all: run it without --watch and --due", param_hint="--since")
    if again:
        watch(lambda: _run_once(settings, portals or (), None, rounds, as_json=as_json), every=rounds, now=now, sleep=time.sleep)
    else:
        done = _run_once(settings, portals or (), since, rounds if due else None, as_json=as_json)
        raise typer.Exit(OK if done else FAILED)


def _run_once(settings: Settings, portals: Sequence[str], since: datetime | None, due_every: timedelta | None, *, as_json: bool) -> bool:
    """Whether everything went through. ``due_every``: leave out what is not due in a round that comes so often."""
    chosen = check_portals(settings, portals)
    parts = processor_parts(settings)
    with writing(settings) as store:
        if due_every is not None and not (chosen := due_portals(store, chosen, every=due_every)):
            return True
        crawled, report = crawl_and_process(settings, store, chosen, parts, since=since.date() if since else None)
        with indexed(settings, store) as index:
            documents = sync_index(store, index)
    _show_report(report, documents, as_json=as_json)
    return not (report.failed or troubled(crawled))


def crawl_only(
    context: typer.Context,
    portals: Annotated[
        list[str] | None, typer.Argument(help="Ids of sources; without any: all that are verified.", show_default=False)
    ] = None,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    chosen = check_portals(settings, portals or ())
    with writing(settings) as store:
        crawled = crawl(settings, chosen, since=since.date() if since else None)
        waiting = store.outcomes().get("pending", 0)
    if as_json:
        for portal, counts in sorted(crawled.portals.items()):
            show_json({"portal": portal} | {name: value for name, value in counts.items() if name not in ("event", "portal")})
    else:
        show(f"Fetched {number(crawled.total('fetched'))} pages; {number(waiting)} pages wait for `loa process`.")
    raise typer.Exit(FAILED if troubled(crawled) else OK)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="HTML, TXT, PDF or DOCX files.", metavar="FILE...", readable=False)],
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    register = Register.load()
    parts = processor_parts(settings)
    rows = _InOrder(as_json=as_json)
    with writing(settings) as store, Archive(settings.archive_path) as archive, workers(settings, parts) as pool:
        run = store.begin_run("import", now())
        waiting: dict[int, PendingPage] = {}
        places: dict[int, list[tuple[int, str]]] = {}
        for place, name in enumerate(map(str, files)):
            try:
                page = _take_in(store, archive, pool, Path(name), run)
            except (UnreadableFile, Timeout, MemoryLimit, WorkerDied) as error:
                outcome = outcome_of(error)
                rows.put(place, import_row(name, outcome, None, register, error=str(error)))
            else:
                waiting[page.id] = page
                places.setdefault(page.id, []).append((place, name))

        def finished(result: Finished) -> None:
            for place, name in places[result.page.id]:
                rows.put(place, import_row(name, result.outcome, result.document, register, error=result.detail))

        process_pages(store, waiting.values(), archive=settings.archive_path, parts=parts, executor=pool, now=now(), progress=finished)
        compare_stories(store)
        with indexed(settings, store) as index:
            sync_index(store, index)
        store.end_run(run, now(), dict(rows.outcomes))
    raise typer.Exit(FAILED if any(outcome.startswith("failed/") for outcome in rows.outcomes) else OK)


class _InOrder:
    """Prints rows in the order of the files, each as soon as all before it are there."""

    def __init__(self, *, as_json: bool) -> None:
        self.outcomes: Counter[str] = Counter()
        self._as_json = as_json
        self._rows: dict[int, dict[str, Any]] = {}
        self._next = 0

    def put(self, place: int, row: dict[str, Any]) -> None:
        self._rows[place] = row
        while row := self._rows.pop(self._next, {}):
            self._next += 1
            self._print(row)

    def _print(self, row: dict[str, Any]) -> None:
        self.outcomes[row["outcome"]] += 1
        if row["outcome"] != "indexed":
            say(f"{row['file']}: {row['outcome']}" + (f" ({row['error']})" if "error" in row else ""), "yellow")
        if self._as_json:
            show_json(row)
        elif row["title"]:
            show_document(row)


def show_document(row: dict[str, Any]) -> None:
    """The facts of one document for people: its title, then one line a tag."""
    show(f"{row['title']}  [{row['published'] or 'no date'}]  {row['id']}")
    for locality in row["localities"]:
        if locality["role"] == "about":
            now_text = f" -> now {locality['name_now']}" if locality["name_now"] not in (None, locality["name_then"]) else ""
            open_text = " or ".join(candidate["name"] for candidate in locality.get("candidates", ()))
            show(f"    place: {locality['name_then'] or open_text}{now_text}")
    for activity in row["activities"]:
        show(f"    activity: {activity['code']} ({activity['modality']})")
    for budget in row["budgets"]:
        amount = number(budget["vnd"]) + " VND" if budget["vnd"] is not None else f"{budget['usd']} USD"
        show(f"    money: {budget['qualifier']} {amount} ({budget['kind']}, {budget['role']}, {budget['scope']})")


def _take_in(store: Store, archive: Archive, pool: Executor, file: Path, run: int) -> PendingPage:
    """The file as a page in archive and store; the same bytes under the same name are the page they were before.

    Raises: UnreadableFile; what a worker that opens a PDF can end with.
    """
    page = page_from_file(file, now())
    known = store.find_page(page.portal, page.requested_url, page.sha256)
    if known is not None:
        try:
            archive.read(known.record)
        except InvalidData:
            pass  # the archive lost it: with the file at hand it is simply kept again
        else:
            return known
    fault = pool.submit(pdf_fault, file).result() if is_pdf(page) else None
    if fault is not None:
        raise UnreadableFile(fault, file=str(file))
    record = archive.write(page)
    key = store.add_page(replace(page, record=record), run=run)
    return PendingPage(id=key, portal=page.portal, requested_url=page.requested_url, record=record, size_bytes=len(page.body))


def process(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Every page in the archive, also those processed before.")] = False,
    from_start: Annotated[bool, typer.Option("--from-start", help="With --all: also what a run which was cut off had done.")] = False,
    as_json: AsJson = False,
) -> None:
    settings = settings_of(context)
    parts = processor_parts(settings)
    broken: list[str] = []

    def on_broken(error: CorpusError) -> None:
        broken.append(str(error))
        say(f"loa: {error}", "red")

    with writing(settings) as store:
        if everything:
            run = store.begin_run("process", now())
            found = adopt_records(store, settings.archive_path, run=run, on_broken=on_broken) if settings.archive_path.exists() else 0
            if found:
                say(f"Took in {number(found)} pages of the archive that the store did not know.")
            store.end_run(run, now(), {"adopted": found, "broken": len(broken)})
            report = _process_archived(settings, store, parts, from_start=from_start)
        else:
            report = process_pending(settings, store, parts)
        with indexed(settings, store) as index:
            documents = sync_index(store, index)
    _show_report(report, documents, as_json=as_json)
    raise typer.Exit(FAILED if report.failed or broken else OK)


def process_pending(settings: Settings, store: Store, parts: ProcessorParts) -> Report:
    """Process what waits, with a bar; noted as a run."""
    with progress("Processing", store.outcomes().get("pending", 0)) as advance:
        counted = _counting(advance)
        return _process(settings, store, parts, lambda _, **how: process_pages(store, pending(store), progress=counted, **how))


def _process_archived(settings: Settings, store: Store, parts: ProcessorParts, *, from_start: bool) -> Report:
    """Process all that lies in the archive again, with a bar; noted as a run of its own kind, which goes on where the last was cut off."""
    registry = settings.portals_path and sha256(settings.portals_path.read_bytes()).hexdigest()[:16]
    made_by = f"{parts.label}; loa {versions()['loa']}; {registry or 'bundled'} sources"
    start_after = 0 if from_start else int(where_cut_off(store, "process-all", made_by) or 0)
    with progress("Processing", store.count_archived(after=start_after)) as advance:
        counted = _counting(advance)

        def work(run: int, **how: Any) -> Report:
            store.note_run(run, {"made_by": made_by, "after": start_after})

            def on_part(last: int, done: int) -> None:
                store.note_run(run, {"made_by": made_by, "after": last, "pages": done})

            return process_archived(store, start_after=start_after, on_part=on_part, progress=counted, **how)

        return _process(settings, store, parts, work, kind="process-all")


def _counting(advance: Callable[[int], object]) -> Callable[[Finished], object]:
    done = itertools.count(1)
    return lambda _: advance(next(done))


def crawl_and_process(
    settings: Settings, store: Store, portals: Sequence[Portal], parts: ProcessorParts, *, since: date | None = None
) -> tuple[CrawlReport, Report]:
    """Process each page as soon as it is fetched, while others are fetched. What one side raises ends the other.

    Raises: as `crawl` and `process_pages`; what is done by then is kept, and the next run goes on from there.
    """
    over, broken_off = threading.Event(), threading.Event()

    def go_on(_: Finished) -> None:
        if broken_off.is_set():
            raise Stopped("the crawl was broken off")

    def wait() -> None:
        over.wait(0.2)

    def process_beside() -> Report:
        return _process(
            settings,
            store,
            parts,
            lambda _, **how: process_arriving(store, more=lambda: not over.is_set(), pause=wait, progress=go_on, **how),
        )

    with ThreadPoolExecutor(1) as beside:
        processing = beside.submit(process_beside)
        try:
            crawled = crawl(settings, portals, since=since, check=lambda: processing.result() if processing.done() else None)
        except BaseException:
            broken_off.set()
            raise
        finally:
            over.set()
        return crawled, processing.result()


def _process(settings: Settings, store: Store, parts: ProcessorParts, work: Callable[..., Report], *, kind: str = "process") -> Report:
    """``work`` gets the run's number first."""
    run = store.begin_run(kind, now())
    with workers(settings, parts) as pool:
        report = work(run, archive=settings.archive_path, parts=parts, executor=pool, now=now())
    compare_stories(store)
    store.end_run(run, now(), dict(report.outcomes))
    for url, outcome, detail in report.failures:
        say(f"{outcome} {url} {detail}", "yellow")
    return report


def _show_report(report: Report, documents: int, *, as_json: bool) -> None:
    if as_json:
        show_json({"pages": report.pages, "outcomes": dict(sorted(report.outcomes.items())), "indexed_documents": documents})
        return
    if report.pages:
        show_table("Processed pages by outcome", ("Outcome", "Pages"), sorted(report.outcomes.items()))
    else:
        show("No page waited to be processed.")
    show(f"{number(documents)} documents brought into the index.")
