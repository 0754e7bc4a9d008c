"""What all understanding costs on long and hostile texts, and whether it grows with their length alone.

    python -m benchmarks.worst [--characters 1000000]

CPU seconds of one process for an eighth, a quarter, a half and all of so many characters. The texts are made here.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path

from benchmarks.pages import generate_texts
from corpus.document import Document, Provenance
from corpus.memory import keep_loaded
from corpus.text import normalize
from nlp.sections import outline
from pipelines.process import Processor, ProcessorParts

OWN = Path(__file__).parents[1] / "tests" / "gold" / "own"
_RECORD = Provenance(portal="import", requested_url="u", final_url="u", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))


def document(text: str) -> Document:
    return Document(id="x", provenance=_RECORD, title="", text=normalize(text), published=date(2024, 7, 1))


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda characters: (piece * (characters // len(piece) + 1))[:characters]


def _articles(characters: int) -> str:
    """Paragraphs of articles; those that would end an article ("Tin liên quan") are left out."""
    return _filled(_paragraphs(), characters)


def _paragraphs() -> Iterator[str]:
    for text in generate_texts(400):
        for paragraph in text.split("\n"):
            if paragraph and all(sentence.speaks for sentence in outline(document(f"{'Mở đầu của bài. ' * 4}\n{paragraph}")).sentences):
                yield paragraph


def _sums(characters: int) -> str:
    """Our own sentences with sums of money, no two alike, over and over."""
    rows = (json.loads(line)["text"] for line in (OWN / "amounts.jsonl").read_text(encoding="utf-8").splitlines())
    return _filled(iter([" ".join(text.split()) for text in rows]), characters)


def _filled(paragraphs: Iterator[str], characters: int) -> str:
    chosen: list[str] = []
    size = 0
    for paragraph in cycle(paragraphs):
        if size >= characters:
            break
        chosen.append(paragraph)
        size += len(paragraph) + 1
    return "\n".join(chosen)[:characters]


TEXTS: dict[str, Callable[[int], str]] = {
    "empty": lambda _: "",
    "one token": _repeated("a"),
    "one syllable": _repeated("nghèo "),
    "zalgo": lambda characters: "n" + "\u0323\u0302\u0301" * (characters // 3),
    "override": _repeated("\u202eoèhgn ộh "),
    "places": _repeated("xã Tam Chung, huyện Mường Lát, tỉnh Thanh Hóa, "),
    "amounts": _repeated("chi 5,5 tỷ đồng và 1.250.000 đồng; "),
    "digits": _repeated("1"),
    "dots": _repeated("1."),
    "lines": _repeated("\n"),
    "headings": _repeated("KẾ HOẠCH\n"),
    "article of one line": _repeated(
        "UBND huyện Mường Lát mở lớp tập huấn cho 120 cán bộ, chi hơn 90 triệu đồng từ Dự án 6. Hộ nghèo được nghe đài truyền thanh.\n"
    ),
    "articles": _articles,
    "sentences with sums": _sums,
}
"""Name to a text of so many characters."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--characters", type=int, default=1_000_000)
    sizes = [parser.parse_args().characters // part for part in (8, 4, 2, 1)]
    with tempfile.TemporaryDirectory() as name:
        processor = Processor.load(ProcessorParts(model_directory=Path(name) / "model"))
        processor.tag(document(_articles(20_000)))
        keep_loaded()  # as workers do
        print("CPU seconds for characters: " + " ".join(f"{size:>9,}" for size in sizes) + "  places  sums")
        for kind, make in TEXTS.items():
            taken = []
            for size in sizes:
                given = document(make(size))
                started = time.process_time()
                tagged = processor.tag(given)
                taken.append(time.process_time() - started)
            figures = " ".join(f"{seconds:9.2f}" for seconds in taken)
            print(f"{kind:26s}  {figures}  {sum(len(m.evidence) for m in tagged.localities):6d} {len(tagged.budgets):5d}", flush=True)
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
