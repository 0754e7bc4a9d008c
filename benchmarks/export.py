"""Measures exports of a made-up corpus: time, size and peak memory of each format at a tenth of the rows and at all of them.

    nice python -m benchmarks.export --documents 100000

Each figure is of a process of its own that opens the store, exports every document to a file and ends, so that peak memory is that of one export. The ids come from the store; what asking the index for them costs is measured in `benchmarks.search`.
Memory that does not grow with the rows is what "streamed" means. The figures of the last run stand in docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.corpus import Articles
from corpus.document import to_json
from corpus.export import FORMATS, Asked, Export
from corpus.index.names import Names
from corpus.portals import PortalRegistry
from corpus.store import open_store
from corpus.store.schema import Instant

_NOW = datetime(2026, 11, 28, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="keep the store here and use the one that is there")
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "ROWS"), help="a single export; prints JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(export_one(options.folder, options.one[0], int(options.one[1]))))
        return
    folder = options.folder or Path(tempfile.mkdtemp(prefix="loa-export-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not (folder / "loa.db").exists():
            build(folder, options.documents, options.seed)
        bare = measured(folder, "jsonl", 1)["peak_mib"]
        print(f"{options.documents:,} articles, {os.cpu_count()} cores, Python {sys.version.split()[0]}; a single row takes {bare} MiB\n")
        print("| format | rows a second | bytes a row | peak MiB, a tenth | peak MiB, all |\n| --- | --- | --- | --- | --- |")
        for format in FORMATS:
            tenth, every = measured(folder, format, options.documents // 10), measured(folder, format, options.documents)
            rate, size = every["rows"] / every["seconds"], every["bytes"] / every["rows"]
            print(f"| {format} | {rate:,.0f} | {size:,.0f} | {tenth['peak_mib']} | {every['peak_mib']} |", flush=True)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def build(folder: Path, number: int, seed: int) -> None:
    """Fills the two tables that exports read directly: writing document by document is another benchmark (`benchmarks.pipeline`)."""
    articles = Articles(seed)
    at = Instant().process_bind_param(_NOW, None)
    with open_store(folder / "loa.db") as store:
        source = articles.all(number)
        while part := list(islice(source, 1000)):
            ours = [(document, to_json(document)) for document in part]
            with store._write() as connection:
                raw = connection.connection.cursor()
                raw.executemany(
                    "INSERT INTO documents (id, portal, content_hash, first_seen, revision, indexed_revision, withdrawn, changed_at) "
                    "VALUES (?, ?, ?, ?, 1, 1, 0, ?)",
                    [(d.id, d.provenance.portal, d.content_hash, at, at) for d, _ in ours],
                )
                raw.executemany(
                    "INSERT INTO versions (document_id, content_hash, fetched_at, seen_at, tagged_by, tagged_at, document) "
                    "VALUES (?, ?, ?, ?, 'made up', ?, ?)",
                    [(d.id, d.content_hash, at, at, at, data) for d, data in ours],
                )


def measured(folder: Path, format: str, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.export", "--folder", str(folder), "--one", format, str(rows)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def export_one(folder: Path, name: str, rows: int) -> dict[str, float]:
    format = next(found for found in FORMATS if found == name)
    names = Names.load(portals=PortalRegistry(()))
    with open_store(folder / "loa.db") as store, store.moment() as moment:
        asked = Asked(parameters=(), understood="")
        ids = store.document_ids()[:rows]
        start = time.process_time()
        made = Export(moment, ids, len(ids), names=names, asked=asked, format=format)
        size = 0
        with (folder / f"out-{rows}.{format}").open("wb") as file:
            for part in made.chunks():
                size += file.write(part)
        seconds = time.process_time() - start
    (folder / f"out-{rows}.{format}").unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"rows": made.rows, "seconds": seconds, "bytes": size, "peak_mib": peak}


if __name__ == "__main__":
    main()
