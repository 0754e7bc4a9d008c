"""What each stage costs an article, and the whole against trafilatura plus underthesea on the same pages.

    python -m benchmarks.pipeline [--pages 200] [--rounds 3]

CPU time of one process, stages and alternatives in turn in the same run; medians over the rounds. The ratio is what to trust.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import trafilatura
from underthesea import word_tokenize

from benchmarks.pages import generate
from corpus.document import Document, RawPage, to_json
from corpus.index import open_index
from corpus.memory import keep_loaded
from pipelines.archive import Archive
from pipelines.extract import extract
from pipelines.process import Processor, ProcessorParts


def _timed(totals: dict[str, float], name: str, call: Callable[[], Any]) -> Any:
    started = time.process_time()
    result = call()
    totals[name] += time.process_time() - started
    return result


def _ours(pages: list[RawPage], folder: Path, tag: tuple[tuple[str, Callable[[Document], Document]], ...]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    archive = Archive(folder / "archive")
    documents = []
    for page in pages:
        _timed(totals, "archive", lambda page=page: archive.write(page, ()))
        document = _timed(totals, "extract", lambda page=page: extract(page, None))
        for name, stage in tag:
            document = _timed(totals, name, lambda stage=stage, document=document: stage(document))
        documents.append(replace(document, id=page.final_url))
        _timed(totals, "json", lambda document=document: to_json(document))
    archive.close()
    index = open_index(str(folder / "index"))
    _timed(totals, "index", lambda: ([index.put(document) for document in documents], index.refresh()))
    index.close()
    return totals


def _baseline(pages: list[RawPage]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for page in pages:
        found = _timed(
            totals, "trafilatura", lambda page=page: trafilatura.bare_extraction(page.body.decode(), url=page.final_url, with_metadata=True)
        )
        text = (found.text if found else "") or ""
        _timed(totals, "word_tokenize", lambda text=text: word_tokenize(text))
    return totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages = list(generate(options.pages))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        processor = Processor.load(ProcessorParts(model_directory=folder / "model"))
        tag = tuple((getattr(stage, "__name__", type(stage).__name__).strip("_"), stage) for stage in processor.stages)
        _ours(pages[:5], folder / "warm", tag)
        _baseline(pages[:5])
        keep_loaded()  # as workers do
        rounds = []
        for number in range(options.rounds):
            rounds.append((_ours(pages, folder / str(number), tag), _baseline(pages)))
    per_article = 1000 / len(pages)
    print(
        f"{len(pages)} pages of {sum(len(p.body) for p in pages) // len(pages) // 1000} kB, {options.rounds} rounds, CPU ms an article (median)"
    )
    for which in (0, 1):
        for stage in rounds[0][which]:
            print(f"  {stage:24s} {statistics.median(r[which][stage] for r in rounds) * per_article:8.2f}")
        print(
            f"  {'whole' if which == 0 else 'baseline':24s} {statistics.median(sum(r[which].values()) for r in rounds) * per_article:8.2f}"
        )
    ratios = [sum(ours.values()) / sum(theirs.values()) for ours, theirs in rounds]
    understanding = [
        sum(v for k, v in ours.items() if k not in ("archive", "extract", "json", "index")) / theirs["word_tokenize"]
        for ours, theirs in rounds
    ]
    print(f"whole / (trafilatura + word_tokenize): {statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f})")
    print(f"understanding / word_tokenize: {statistics.median(understanding):.2f} ({min(understanding):.2f}..{max(understanding):.2f})")
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
