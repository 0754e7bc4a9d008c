"""The door to every index: `open_index` and `rebuild_index` choose the engine by the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from corpus.document import Document
from corpus.errors import InvalidData
from corpus.index.base import Index
from corpus.index.fields import Entry
from corpus.localities import Register

__all__ = ["Entry", "Index", "build_index", "open_index", "rebuild_index"]


def open_index(url: str | Path, *, register: Register | None = None, home: str = "") -> Index:
    """The index at a folder (the embedded engine) or at ``http://host:9200/name`` (Elasticsearch), made empty where there is none.

    ``register`` is the dated register; without it the bundled one is loaded at the first `put`. ``home`` names the store that the index is
    made of: an index on a server belongs to the first that wrote to it, and refuses others. The engine is imported here so
    that commands which need no index start fast. Raises: InvalidData, IndexUnavailable.
    """
    if _is_address(url):
        from corpus.index.elastic import ElasticIndex

        return ElasticIndex(str(url), register=_loader(register), home=home)
    from corpus.index.embedded import EmbeddedIndex

    return EmbeddedIndex(Path(url), register=_loader(register))


def rebuild_index(url: str | Path, documents: Iterable[Document | Entry], *, register: Register | None = None, home: str = "") -> int:
    """Replaces the index by one built from ``documents``, damaged or outdated as it may be; readers see the old one until the
    switch. Entries (`fields.entry`) may stand for documents: making them is most of the work and can be done elsewhere. ``home``: as in
    `open_index`. Returns the number of documents. Raises: IndexUnavailable while another process writes."""
    return build_index(url, lambda _: documents, register=register, home=home)


def build_index(
    url: str | Path,
    documents: Callable[[str], Iterable[Document | Entry]],
    *,
    register: Register | None = None,
    home: str = "",
    of: str = "",
) -> int:
    """The same in a way that a kill does not undo: ``documents`` gives those behind an id, in the order of ids, and ``of`` names what they
    are made of. A build of the same that was cut off is gone on with behind the last id that is safe."""
    if _is_address(url):
        from corpus.index.elastic import ElasticIndex

        return ElasticIndex.rebuild(str(url), documents, register=_loader(register), home=home, of=of)
    from corpus.index.embedded import EmbeddedIndex

    return EmbeddedIndex.rebuild(Path(url), documents, register=_loader(register), of=of)


def _is_address(url: str | Path) -> bool:
    scheme, separator, _ = str(url).partition("://")
    if separator and scheme not in ("http", "https"):
        raise InvalidData(f"no engine for {str(url)!r}: give a folder or http://host:9200/name")
    return bool(separator)


def _loader(register: Register | None) -> Callable[[], Register]:
    def load() -> Register:
        if register is not None:
            return register
        return Register.load()

    return load
