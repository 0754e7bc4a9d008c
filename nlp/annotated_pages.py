"""The annotated pages that page model and judges are fitted on, and what their sentences teach the sentence model.

``nlp/data/pages/*.jsonl``, in the form of the gold set (``tests/gold/README.md``): pages retold or written for this project, none of them
from the gold set. Of their sentences the sentence model learns activities and their modality; it has not been fitted to their relevance, so
what it says of that is what it says of a page unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from itertools import takewhile
from typing import Any

from corpus.document import Document, FieldName, Modality, Provenance, Span
from corpus.errors import InvalidData
from corpus.text import normalize
from nlp.activity_rules import FILE as RULES_FILE
from nlp.activity_rules import ActivityRules
from nlp.examples import ACTIVITY_CODES, MERGED_ACTIVITIES, MODALITIES, RELEVANCE_VALUES
from nlp.sections import outline

_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
_PARTS = {label: tuple(code for code, merged in MERGED_ACTIVITIES.items() if merged == label) for label in MERGED_ACTIVITIES.values()}
"""Labels of pages that stand for two activities each."""
_FIELDS: tuple[FieldName, ...] = ("title", "text")
FOLDS = 5
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
    batch: str = ""
    """The start of its file's name; pages of one batch are like each other in hand and wording."""
    evidence: Mapping[str, Mapping[str, Modality]] | None = None
    """Words of the page that show each activity, and its modality there; None where only the page as a whole was annotated."""

    def document(self) -> Document:
        """Untagged; where it is from plays no part."""
        where = f"page:{self.id}"
        provenance = Provenance(portal="import", requested_url=where, final_url=where, fetched_at=_FETCHED)
        return Document(id=self.id, provenance=provenance, title=self.title, text=self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSentence:
    """A sentence of an annotated page and the activities that it shows."""

    text: str
    """`nlp.sections.plain`."""
    page: int
    """Place of its page among those given."""
    fold: int
    """That of its batch: what is like each other is held out together."""
    possible: frozenset[str]
    """None but these: all of its page, unless its evidence was annotated."""
    modality: Modality | None
    """None where that of its evidence differs, or there is none."""
    shown: frozenset[str]
    """These for sure: evidence, or of the page's activities those that a rule finds in the sentence."""


def page_sentences(pages: Iterable[AnnotatedPage]) -> tuple[PageSentence, ...]:
    """The sentences that speak for those pages whose activities are known."""
    rules = ActivityRules.load()
    given = tuple(pages)
    folds = folds_of(given)
    found: list[PageSentence] = []
    for number, page in enumerate(given):
        if page.activities is None:
            continue
        told = _told_by_evidence(page)
        for sentence in outline(page.document()).speaking:
            if sentence.plain.count(" ") + 1 >= _MIN_WORDS:
                shown = {match.rule.activity for match in rules.read(sentence).matches} & page.activities
                evidence = {(code, modality) for code, span, modality in told if _overlap(span, sentence.span)}
                shown |= {code for code, _ in evidence}
                modalities = {modality for _, modality in evidence}
                possible = page.activities if page.evidence is None else shown
                found.append(
                    PageSentence(
                        text=sentence.plain,
                        page=number,
                        fold=folds[number],
                        possible=frozenset(possible),
                        modality=modalities.pop() if len(modalities) == 1 else None,
                        shown=frozenset(shown),
                    )
                )
    return tuple(found)


def _told_by_evidence(page: AnnotatedPage) -> list[tuple[str, Span, Modality]]:
    """Activity, where its words stand in title and text, and modality."""
    found: list[tuple[str, Span, Modality]] = []
    for code, quotes in (page.evidence or {}).items():
        for quote, modality in quotes.items():
            for field in _FIELDS:
                text: str = getattr(page, field)
                start = text.find(quote)
                while start >= 0:
                    found.append((code, Span(start, start + len(quote), field), modality))
                    start = text.find(quote, start + len(quote))
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def folds_of(pages: Sequence[AnnotatedPage]) -> list[int]:
    """Of each page, 0 to `FOLDS` - 1; pages of one batch share theirs."""
    batches = {batch: number for number, batch in enumerate(dict.fromkeys(page.batch for page in pages))}
    return [batches[page.batch] % FOLDS for page in pages]


def load_pages() -> tuple[AnnotatedPage, ...]:
    """In the order of files and lines. Raises: InvalidData naming file, line and field."""
    found: list[AnnotatedPage] = []
    folder = resources.files("nlp").joinpath("data", "pages")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".jsonl"):
            found += read_pages(entry.read_text(encoding="utf-8").splitlines(), file=entry.name)
    return tuple(found)


def hash_pages(pages: Iterable[AnnotatedPage]) -> str:
    """SHA-256 over the pages in order and the cue rules, which say what the sentences of pages show; equal for equal training data."""
    digest = hashlib.sha256(resources.files("nlp").joinpath("data", RULES_FILE).read_bytes())
    for page in pages:
        activities = None if page.activities is None else sorted(page.activities)
        told = [page.id, page.title, page.text, page.relevance, activities, page.evidence, page.sums]
        digest.update(json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def read_pages(lines: Iterable[str], *, file: str) -> list[AnnotatedPage]:
    """Raises: InvalidData naming ``file``, line and field."""
    found = []
    batch = "".join(takewhile(str.isdigit, file))
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
        sums = _sums(row.get("amounts") or (), file=file, line=number)
        page = AnnotatedPage(id=page_id, title=normalize(title), text=normalize(text), relevance=relevance, sums=sums, batch=batch)
        if relevance == "communication":
            activities = _activities(row.get("activities"), file=file, line=number)
            page = replace(page, activities=activities, evidence=_evidence(row.get("evidence"), page, activities, file=file, line=number))
        found.append(page)
    return found


def _evidence(
    given: object, page: AnnotatedPage, activities: frozenset[str] | None, *, file: str, line: int
) -> Mapping[str, Mapping[str, Modality]] | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not all(isinstance(quotes, dict) for quotes in given.values()):
        raise InvalidData("field 'evidence' must give each activity the words that show it, with their modality", file=file, line=line)
    found: dict[str, Mapping[str, Modality]] = {}
    for code, quotes in given.items():
        if code not in (activities or ()):
            raise InvalidData(f"evidence for {code!r}, which is no activity of the page", file=file, line=line)
        found[code] = {normalize(quote): modality for quote, modality in quotes.items()}
        for quote, modality in found[code].items():
            if not quote or (quote not in page.title and quote not in page.text):
                raise InvalidData(f"evidence {quote!r} is not in the page", file=file, line=line)
            if modality not in MODALITIES:
                raise InvalidData(f"modality {modality!r} of {quote!r} must be one of {', '.join(MODALITIES)}", file=file, line=line)
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
