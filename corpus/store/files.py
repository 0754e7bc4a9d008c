"""Files and the articles that link them: which document came of a file, and which article a file belongs to.

Nothing is written for it: an article names its files, and the frontier remembers on which page each file was found.
"""

from __future__ import annotations

import sqlalchemy as sa

from corpus.document import Document
from corpus.store.database import Database
from corpus.store.documents import current_documents, read_documents
from corpus.store.schema import aliases, documents, frontier
from corpus.urls import canonical_url


class FileStore(Database):
    def files_of(self, document: Document) -> dict[str, str]:
        """Address of an attachment -> id of the document that came of it, for those that were fetched and read."""
        found: dict[str, str] = {}
        with self._read() as connection:
            for attachment in document.attachments:
                key = _document_at(connection, attachment.url)
                if key is not None and key != document.id:
                    found[attachment.url] = key
        return found

    def article_of(self, document: Document) -> Document | None:
        """The article that a file was found on; None for articles, and for files of articles that were not read."""
        addresses = [document.provenance.requested_url, document.provenance.final_url]
        with self._read() as connection:
            query = sa.select(frontier.c.found_on).where(
                frontier.c.kind == "attachment",
                sa.or_(frontier.c.url.in_(addresses), frontier.c.canonical_url == (document.provenance.canonical_url or "")),
            )
            page = connection.execute(query.limit(1)).scalar_one_or_none()
            key = None if page is None else _document_at(connection, page)
            if key is None or key == document.id:
                return None
            rows = connection.execute(current_documents().where(documents.c.id == key))
            return next(iter(read_documents(connection, rows)), None)


def _document_at(connection: sa.Connection, url: str) -> str | None:
    try:
        addresses = {url, canonical_url(url)}
    except ValueError:
        addresses = {url}
    query = (
        sa.select(aliases.c.document_id)
        .join(documents, documents.c.id == aliases.c.document_id)
        .where(aliases.c.url.in_(addresses), documents.c.withdrawn.is_(False))
    )
    return connection.execute(query.limit(1)).scalar_one_or_none()
