"""The annotated pages that the judge of relevance is fitted on, and what their sentences teach the sentence model.

``nlp/data/pages/*.jsonl``, in the form of the gold set (``tests/gold/README.md``): pages retold or written for this project, none of them
from the gold set. Of their sentences the sentence model learns the activities only; it has not been fitted to their relevance, so what it
says of that is what it says of a page unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from corpus.document import Document, Provenance
from corpus.errors import InvalidData
from corpus.text import normalize
from nlp.activity_rules import FILE as RULES_FILE
from nlp.activity_rules import ActivityRules
from nlp.evaluate import MERGED_ACTIVITIES
from nlp.examples import ACTIVITY_CODES, RELEVANCE_VALUES
from nlp.sections import outline

_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
_PARTS = {label: tuple(code for code, merged in MERGED_ACTIVITIES.items() if merged == label) for label in MERGED_ACTIVITIES.values()}
"""Labels of pages that stand for two activities each."""
_MIN_WORDS = 5
"""Shorter lines are menus and captions as often as statements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedPage:
    id: str
    title: str
    text: str
    relevance: str
    activities: frozenset[str] | None = None
    """Every activity that the page may report, both of a merged pair; None where nobody annotated them."""
    sums: tuple[tuple[int, bool], ...] = ()
    """Each annotated sum in đồng, and whether it is public money."""

    def document(self) -> Document:
        """Untagged; where it is from plays no part."""
        where = f"page:{self.id}"
        provenance = Provenance(portal="import", requested_url=where, final_url=where, fetched_at=_FETCHED)
        return Document(id=self.id, provenance=provenance, title=self.title, text=self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSentence:
    """A sentence whose own activities nobody annotated: none but those of its page, of which it shows one for sure where a rule says so."""

    text: str
    """`nlp.sections.plain`."""
    page: int
    """Place of its page among those given."""
    possible: frozenset[str]
    shown: frozenset[str]


def page_sentences(pages: Iterable[AnnotatedPage]) -> tuple[PageSentence, ...]:
    """The sentences that speak for those pages whose activities are known."""
    rules = ActivityRules.load()
    found: list[PageSentence] = []
    for number, page in enumerate(pages):
        if page.activities is None:
            continue
        for sentence in outline(page.document()).speaking:
            if sentence.plain.count(" ") + 1 >= _MIN_WORDS:
                shown = {match.rule.activity for match in rules.read(sentence).matches} & page.activities
                found.append(PageSentence(text=sentence.plain, page=number, possible=page.activities, shown=frozenset(shown)))
    return tuple(found)


def load_pages() -> tuple[AnnotatedPage, ...]:
    """In the order of files and lines. Raises: InvalidData naming file, line and field."""
    found: list[AnnotatedPage] = []
    folder = resources.files("nlp").joinpath("data", "pages")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".jsonl"):
            found += _read(entry.read_text(encoding="utf-8").splitlines(), file=entry.name)
    return tuple(found)


def hash_pages(pages: Iterable[AnnotatedPage]) -> str:
    """SHA-256 over the pages in order and the cue rules, which say what the sentences of pages show; equal for equal training data."""
    digest = hashlib.sha256(resources.files("nlp").joinpath("data", RULES_FILE).read_bytes())
    for page in pages:
        activities = None if page.activities is None else sorted(page.activities)
        row = [page.id, page.title, page.text, page.relevance, activities, page.sums]
        digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def _read(lines: Iterable[str], *, file: str) -> list[AnnotatedPage]:
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InvalidData(f"not JSON: {error}", file=file, line=number) from error
        texts = [row.get(name) if isinstance(row, dict) else None for name in ("id", "title", "text", "relevance")]
        if not all(isinstance(text, str) for text in texts):
            raise InvalidData("a page needs id, title, text and relevance", file=file, line=number)
        page_id, title, text, relevance = map(str, texts)
        if relevance not in RELEVANCE_VALUES:
            raise InvalidData(f"field 'relevance' is {relevance!r}, must be one of {', '.join(RELEVANCE_VALUES)}", file=file, line=number)
        activities = _activities(row.get("activities"), file=file, line=number) if relevance == "communication" else None
        sums = _sums(row.get("amounts") or (), file=file, line=number)
        page = AnnotatedPage(
            id=page_id, title=normalize(title), text=normalize(text), relevance=relevance, activities=activities, sums=sums
        )
        found.append(page)
    return found


def _sums(amounts: Iterable[Any], *, file: str, line: int) -> tuple[tuple[int, bool], ...]:
    found = []
    for amount in amounts:
        vnd, budget = (amount.get("vnd"), amount.get("budget")) if isinstance(amount, dict) else (None, None)
        if type(vnd) is not int or type(budget) is not bool:
            raise InvalidData(
                f"field 'amounts' holds {amount!r}, each needs a whole 'vnd' and a 'budget' of true or false", file=file, line=line
            )
        found.append((vnd, budget))
    return tuple(found)


def _activities(labels: object, *, file: str, line: int) -> frozenset[str] | None:
    if labels is None:
        return None
    found: set[str] = set()
    for label in labels if isinstance(labels, list) else [labels]:
        codes = _PARTS.get(str(label), (str(label),))
        if codes[0] not in ACTIVITY_CODES:
            raise InvalidData(f"activity {label!r} is unknown", file=file, line=line)
        found.update(codes)
    return frozenset(found)
