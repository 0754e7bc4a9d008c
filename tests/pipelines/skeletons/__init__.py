"""Page skeletons in the shapes of real content systems, filled with texts of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.pipelines.skeletons.stories import CHROME, RELATED, STORIES, TEASERS

DIRECTORY = Path(__file__).parent
_BODY = {"L", "P1", "P2", "P3", "P4", "P5"}
_OTHERS = {f"{kind}{n}" for kind in "RX" for n in range(1, 7)}
_CHROME_LEAKS = ("Ghi rõ nguồn", "Chịu trách nhiệm nội dung", "Lao động việc làm", RELATED[5])
_HEAD = re.compile(r"^=== (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    id: str
    group: str
    url: str
    html: str
    kind: str
    title: str
    date: str | None
    author: tuple[str, ...]
    contains: tuple[str, ...]
    leaks: tuple[str, ...]


def read_cases(*, shift: int = 0) -> Iterator[Case]:
    """Every skeleton of every file, filled with the story it names, or the one ``shift`` further."""
    for path in sorted(DIRECTORY.glob("*.txt")):
        parts = _HEAD.split(path.read_text("utf-8"))
        for head, text in zip(parts[1::2], parts[2::2], strict=True):
            yield _read_case(path.stem, head, text.lstrip("\n"), shift)


def _read_case(batch: str, head: str, text: str, shift: int) -> Case:
    name, group, number, url = (part.strip() for part in head.split(" | "))
    story = STORIES[(int(number) + shift) % len(STORIES)]
    values = {"T": story.title, "L": story.lead, "C": story.caption}
    values |= {f"P{n}": paragraph for n, paragraph in enumerate(story.paragraphs, 1)}
    values |= {f"R{n}": title for n, title in enumerate(RELATED, 1)}
    values |= {f"X{n}": teaser for n, teaser in enumerate(TEASERS, 1)}
    values |= CHROME
    told: dict[str, list[str]] = {}
    while (match := re.match(r"(author|date|leak|kind|title|has|without):(.*)\n", text)) is not None:
        told.setdefault(match[1], []).append(match[2].strip())
        text = text[match.end() :]
    used = set(re.findall(r"\{([A-Z]+\d?)\}", text.split("<body", 1)[-1]))
    html = re.sub(r"\{([A-Z]+\d?)\}", lambda match: values[match[1]], text)
    without = {part for line in told.get("without", []) for part in line.split()}
    shown = [key for key in sorted(used - without) if key in _BODY]
    return Case(
        id=f"{batch}-{name}",
        group=group,
        url=url,
        html=html,
        kind=told.get("kind", ["article"])[0],
        title=told.get("title", [story.title])[0],
        date=told["date"][0][:10] if told.get("date", [""])[0] else None,
        author=tuple(name.strip() for name in told.get("author", [""])[0].split(",") if name.strip()),
        contains=(*(values[key] for key in shown), *told.get("has", [])),
        leaks=(*(values[key] for key in sorted(used) if key in _OTHERS or key in without), *_CHROME_LEAKS, *told.get("leak", [])),
    )


NOW = datetime(2025, 6, 1, 3, tzinfo=UTC)
