"""The door to every index: `open_index` and `rebuild_index` choose the engine by the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from corpus.document import Document
from corpus.errors import InvalidData
from corpus.index.base import Index
from corpus.localities import Register

__all__ = ["Index", "open_index", "rebuild_index"]


def open_index(url: str | Path, *, register: Register | None = None) -> Index:
    """The index at a folder (the embedded engine), made empty where there is none.

    ``register`` is the dated register; without it the bundled one is loaded at the first `put`. The engine is imported here so
    that commands which need no index start fast. Raises: InvalidData, IndexUnavailable.
    """
    from corpus.index.embedded import EmbeddedIndex

    return EmbeddedIndex(_folder(url), register=_loader(register))


def rebuild_index(url: str | Path, documents: Iterable[Document], *, register: Register | None = None) -> int:
    """Replaces the index by one built from ``documents``, damaged or outdated as it may be; readers see the old one until the
    switch. Returns the number of documents. Raises: IndexUnavailable while another process writes."""
    from corpus.index.embedded import EmbeddedIndex

    return EmbeddedIndex.rebuild(_folder(url), documents, register=_loader(register))


def _folder(url: str | Path) -> Path:
    text = str(url)
    if "://" in text:
        raise InvalidData(f"no engine for {text!r}: give a folder")
    return Path(text)


def _loader(register: Register | None) -> Callable[[], Register]:
    def load() -> Register:
        if register is not None:
            return register
        return Register.load()

    return load
