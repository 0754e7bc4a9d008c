"""The annotated pages that the judge of relevance is fitted on.

``nlp/data/pages/*.jsonl``, in the form of the gold set (``tests/gold/README.md``): pages retold or written for this project, none of them
from the gold set. The sentence model has not been fitted on them, so what it says of them is what it says of a page unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

from corpus.document import Document, Provenance
from corpus.errors import InvalidData
from corpus.text import normalize
from nlp.examples import RELEVANCE_VALUES

_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedPage:
    id: str
    title: str
    text: str
    relevance: str

    def document(self) -> Document:
        """Untagged; where it is from plays no part."""
        where = f"page:{self.id}"
        provenance = Provenance(portal="import", requested_url=where, final_url=where, fetched_at=_FETCHED)
        return Document(id=self.id, provenance=provenance, title=self.title, text=self.text)


def load_pages() -> tuple[AnnotatedPage, ...]:
    """In the order of files and lines. Raises: InvalidData naming file, line and field."""
    found: list[AnnotatedPage] = []
    folder = resources.files("nlp").joinpath("data", "pages")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".jsonl"):
            found += _read(entry.read_text(encoding="utf-8").splitlines(), file=entry.name)
    return tuple(found)


def hash_pages(pages: Iterable[AnnotatedPage]) -> str:
    """SHA-256 over the pages in order; equal for equal training data."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(json.dumps([page.id, page.title, page.text, page.relevance], ensure_ascii=False).encode() + b"\n")
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
        found.append(AnnotatedPage(id=page_id, title=normalize(title), text=normalize(text), relevance=relevance))
    return found
