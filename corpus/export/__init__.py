"""A whole result on its way out: streamed, complete, at one moment, with a manifest that says what it is.

Nothing here knows how a result was asked for; the ids come in the order to keep, from `Index.scan`.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from corpus.document import MODEL_VERSION, Document
from corpus.export.rows import Row, columns, row_of
from corpus.export.text import bibtex_lines, csv_lines, json_lines, ris_lines
from corpus.index.base import SCHEMA_VERSION as INDEX_SCHEMA
from corpus.index.names import Names
from corpus.store import SCHEMA_VERSION as STORE_SCHEMA
from corpus.store import Moment

Format = Literal["jsonl", "csv", "xlsx", "parquet", "ris", "bib"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "ris": "application/x-research-info-systems",
    "bib": "application/x-bibtex",
}
EXPORT_VERSION = 2
"""Raised when columns or their meaning change."""

_CHUNK = 1 << 16
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question that the result answers."""

    parameters: tuple[tuple[str, str], ...]
    """As in the address of the search page; `search_api.params.from_params` reads them back."""
    understood: str
    """The query said back in Vietnamese words."""
    saved: tuple[tuple[str, str], ...] = ()
    """(name, parameters) of the saved queries that it refers to, as they were."""

    def to_plain(self) -> dict[str, Any]:
        return {
            "parameters": [list(pair) for pair in self.parameters],
            "understood": self.understood,
            "saved": [list(pair) for pair in self.saved],
        }


class Export:
    """One file. Read `chunks` to the end, then ask for the `manifest`."""

    def __init__(
        self, moment: Moment, ids: Iterable[str], total: int, *, names: Names, asked: Asked, format: Format, full_text: bool = False
    ) -> None:
        """``total`` is the number of ``ids``; what the store no longer has of them is counted as missing."""
        self.format = format
        self.rows = 0
        self._moment, self._ids, self._total = moment, ids, total
        self._names, self._asked, self._full_text = names, asked, full_text
        self._tagged_by: Counter[str] = Counter()
        self._digest = hashlib.sha256()
        self._size = 0

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the file. JSON lines, CSV, RIS and BibTeX flow while documents are read; workbooks and Parquet are made on disk
        first. Raises: StoreUnavailable, IndexUnavailable, InvalidData; what came until then is not the whole file."""
        for part in self._made():
            self._digest.update(part)
            self._size += len(part)
            yield part

    def manifest(self, name: str, *, created: datetime) -> dict[str, Any]:
        """What the file is: the question, the moment, the versions at work, size and digest."""
        state = self._moment.state
        return {
            "manifest": EXPORT_VERSION,
            "created": created.isoformat(),
            "query": self._asked.to_plain(),
            "snapshot": {
                "key": state.key,
                "documents": state.documents,
                "changed_at": state.changed_at.isoformat() if state.changed_at else None,
            },
            "total": self._total,
            "rows": self.rows,
            "missing": self._total - self.rows,
            "full_text": self._full_text,
            "versions": versions() | {"tagged_by": dict(sorted(self._tagged_by.items()))},
            "files": [{"name": name, "format": self.format, "bytes": self._size, "sha256": self._digest.hexdigest()}],
        }

    def _made(self) -> Iterator[bytes]:
        match self.format:
            case "jsonl":
                return json_lines(self._rows())
            case "csv":
                return csv_lines(self._rows(), columns(full_text=self._full_text))
            case "ris":
                return ris_lines(self._documents(), self._names)
            case "bib":
                return bibtex_lines(self._documents(), self._names)
            case "xlsx" | "parquet":
                return self._from_disk()

    def _from_disk(self) -> Iterator[bytes]:
        folder = Path(tempfile.mkdtemp(prefix="loa-export-"))
        try:
            path = folder / f"export.{self.format}"
            shape = columns(full_text=self._full_text)
            # Each library is imported where it is used: a server that makes no workbook need not hold it in memory.
            if self.format == "xlsx":
                from corpus.export.workbook import write_workbook

                write_workbook(path, self._rows(), shape, self._about(), self._moment.state.changed_at or _EPOCH)
            else:
                from corpus.export.parquet import write_parquet

                write_parquet(path, self._rows(), shape)
            with path.open("rb") as file:
                while part := file.read(_CHUNK):
                    yield part
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _documents(self) -> Iterator[Document]:
        for kept in self._moment.read(self._ids):
            self.rows += 1
            self._tagged_by[kept.tagged_by] += 1
            yield kept.document

    def _rows(self) -> Iterator[Row]:
        for kept in self._moment.read(self._ids):
            self.rows += 1
            self._tagged_by[kept.tagged_by] += 1
            yield row_of(kept.document, self._names, tagged_by=kept.tagged_by, full_text=self._full_text)

    def _about(self) -> Iterator[tuple[str, str]]:
        state = self._moment.state
        yield "Câu tìm", next((value for name, value in self._asked.parameters if name == "q"), "")
        yield "Hiểu là", self._asked.understood or "mọi tin"
        yield "Tham số", "&".join(f"{name}={value}" for name, value in self._asked.parameters)
        yield "Số tin", str(self.rows)
        yield "Số tin thiếu", str(self._total - self.rows)
        yield "Trạng thái kho", f"{state.key}, {state.documents} tin"
        yield "Kho thay đổi lần cuối (UTC)", f"{state.changed_at:%Y-%m-%d %H:%M:%S}" if state.changed_at else ""
        yield "Toàn văn", "có" if self._full_text else "không"
        for name, value in versions().items():
            yield f"Phiên bản {name}", str(value)
        for label, count in sorted(self._tagged_by.items()):
            yield "Gắn nhãn bởi", f"{label or 'không rõ'}: {count} tin"


@cache
def versions() -> dict[str, Any]:
    """What a result depends on beside the documents: the release, the schemas, the code lists."""
    try:
        release = version("loa")
    except PackageNotFoundError:
        release = "not installed"
    lists = files("corpus").joinpath("data")
    return {
        "loa": release,
        "model": MODEL_VERSION,
        "store": STORE_SCHEMA,
        "index": INDEX_SCHEMA,
        "export": EXPORT_VERSION,
        "lists": {
            name: hashlib.sha256(lists.joinpath(name).read_bytes()).hexdigest()[:16]
            for name in ("activities.toml", "localities.csv", "programmes.toml", "synonyms.toml")
        },
    }
