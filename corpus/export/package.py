"""A result kept for good: a folder after Data Package (Frictionless, version 2) that gives the same result again, without the store.

    datapackage.json      what is in the folder, with sizes and SHA-256, and the question that was asked
    documents.jsonl.gz    the documents whole, a JSON object a line, newest first
    table.csv             their metadata, tags and evidence sentences as in every export
    result.json           the ids in order and the facets of the whole result

`replay` builds an index from the packaged documents alone, asks the same question and compares; ids come in the order of date, since
scores depend on all other texts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from corpus.document import Document, from_json, to_json
from corpus.errors import InvalidData
from corpus.export import Asked, versions
from corpus.export.rows import COLUMNS, Column, Kind, row_of
from corpus.export.text import csv_lines
from corpus.index import Index, open_index, rebuild_index
from corpus.index.base import CodeField, Query
from corpus.index.names import Names
from corpus.localities import Register
from corpus.store import Kept, Moment

DESCRIPTOR = "datapackage.json"
DOCUMENTS = "documents.jsonl.gz"
TABLE = "table.csv"
RESULT = "result.json"
PACKAGE_VERSION = 1
FACETS: tuple[CodeField, ...] = get_args(CodeField)

_TYPES: dict[Kind, str] = {
    "text": "string",
    "link": "string",
    "date": "date",
    "instant": "datetime",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "list": "string",
    "budgets": "string",
    "quantities": "string",
    "dates": "string",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a question gave: ids newest first, and the counts of every facet over all of them."""

    ids: tuple[str, ...]
    facets: Mapping[str, Mapping[str, int]]


def ask(index: Index, query: Query) -> Result:
    """The whole result and its facets. Raises: IndexUnavailable."""
    query = replace(query, sort="newest", limit=0, offset=0, after=None)
    with index.scan(query) as scan:
        ids = tuple(scan)
    found = index.search(replace(query, facets=FACETS)).facets
    return Result(ids, {facet.field: dict(facet.counts) for facet in found})


def create(
    folder: Path,
    moment: Moment,
    result: Result,
    *,
    names: Names,
    asked: Asked,
    created: datetime,
    progress: Callable[[int], object] = lambda _: None,
) -> dict[str, Any]:
    """Writes the folder, which must not exist, whole or not at all; returns the descriptor.

    Raises: InvalidData when it exists or the store lacks a document of the result; StoreUnavailable.
    """
    if folder.exists():
        raise InvalidData("is there already: name a folder that does not exist", file=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        tagged_by = _write_documents(draft / DOCUMENTS, moment.read(result.ids), progress)
        missing = len(result.ids) - sum(tagged_by.values())
        if missing:
            raise InvalidData(f"{missing} documents of the result are not in the store: run `loa process` or `loa reindex` first")
        with (draft / TABLE).open("wb") as file:
            rows = (row_of(kept.document, names, tagged_by=kept.tagged_by) for kept in moment.read(result.ids))
            for part in csv_lines(rows, COLUMNS, bom=False):
                file.write(part)
        _write_json(draft / RESULT, {"ids": result.ids, "facets": result.facets})
        descriptor = _descriptor(draft, moment, result, asked, created, tagged_by)
        _write_json(draft / DESCRIPTOR, descriptor)
        draft.chmod(0o755)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return descriptor


def _write_documents(path: Path, kept: Iterable[Kept], progress: Callable[[int], object]) -> dict[str, int]:
    """How many documents each tagger made."""
    tagged_by: dict[str, int] = {}
    done = 0
    # No name and no time in the head: equal documents make an equal file.
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        for one in kept:
            file.write(to_json(one.document) + b"\n")
            tagged_by[one.tagged_by] = tagged_by.get(one.tagged_by, 0) + 1
            done += 1
            progress(done)
    return dict(sorted(tagged_by.items()))


def _descriptor(
    folder: Path, moment: Moment, result: Result, asked: Asked, created: datetime, tagged_by: Mapping[str, int]
) -> dict[str, Any]:
    state = moment.state
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "profile": "data-package",
        "name": "loa-snapshot",
        "title": f"loa: {asked.understood or 'mọi tin'}",
        "created": created.isoformat(),
        "resources": [
            {
                **_resource(folder, TABLE, "text/csv", "csv"),
                "type": "table",
                "profile": "tabular-data-resource",
                "dialect": {"delimiter": ",", "quoteChar": '"', "lineTerminator": "\r\n", "header": True},
                "schema": {"fields": [_field(column) for column in COLUMNS], "primaryKey": ["id"], "missingValues": [""]},
            },
            {**_resource(folder, DOCUMENTS, "application/gzip", "jsonl"), "compression": "gz"},
            _resource(folder, RESULT, "application/json", "json"),
        ],
        "loa": {
            "package": PACKAGE_VERSION,
            "query": asked.to_plain(),
            "total": len(result.ids),
            "snapshot": {
                "key": state.key,
                "documents": state.documents,
                "changed_at": state.changed_at.isoformat() if state.changed_at else None,
            },
            "versions": versions() | {"tagged_by": dict(tagged_by)},
        },
    }


def _resource(folder: Path, name: str, media_type: str, format: str) -> dict[str, Any]:
    size, digest = _digest(folder / name)
    return {
        "name": name.partition(".")[0],
        "path": name,
        "format": format,
        "mediatype": media_type,
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "title": column.title, "type": _TYPES[column.kind], "description": column.meaning}
    if column.kind == "boolean":
        field |= {"trueValues": ["1"], "falseValues": ["0"]}
    if column.kind == "instant":
        field["format"] = "%Y-%m-%dT%H:%M:%SZ"
    return field


def read_descriptor(folder: Path) -> dict[str, Any]:
    """Raises: InvalidData for a folder that is no package of ours."""
    path = folder / DESCRIPTOR
    try:
        found = json.loads(path.read_text("utf-8"))
        ours = found["loa"]
        version = ours["package"]
        [(str(name), str(value)) for name, value in (*ours["query"]["parameters"], *ours["query"]["saved"])]
        [(str(r["path"]), int(r["bytes"]), str(r["hash"])) for r in found["resources"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidData("is no snapshot of loa: name the folder that `loa snapshot create` made", file=str(path)) from error
    if version != PACKAGE_VERSION:
        raise InvalidData(f"has version {version}, this release reads {PACKAGE_VERSION}", file=str(path))
    return dict(found)


def check_files(folder: Path, descriptor: Mapping[str, Any]) -> list[str]:
    """What differs from the descriptor: files that are missing, of another size or another content."""
    faults = []
    for resource in descriptor["resources"]:
        name = str(resource["path"])
        path = folder / name
        if name not in (DOCUMENTS, TABLE, RESULT):
            faults.append(f"{name}: not one of our files")
        elif not path.is_file():
            faults.append(f"{name}: missing")
        else:
            size, digest = _digest(path)
            if size != resource["bytes"] or f"sha256:{digest}" != resource["hash"]:
                faults.append(f"{name}: not the file that was packed (size or SHA-256 differs)")
    return faults


def replay(folder: Path, query: Query, *, register: Register) -> list[str]:
    """Asks the packaged documents, and them alone, the same question; returns what comes out differently.

    Raises: InvalidData for files that cannot be read.
    """
    packed = read_result(folder)
    with tempfile.TemporaryDirectory(prefix="loa-snapshot-") as scratch:
        number = rebuild_index(Path(scratch) / "index", read_documents(folder), register=register)
        index = open_index(Path(scratch) / "index", register=register)
        try:
            found = ask(index, query)
        finally:
            index.close()
    faults = [] if number == len(packed.ids) else [f"{number} documents are packed, the result had {len(packed.ids)}"]
    return faults + compare(packed, found)


def compare(packed: Result, found: Result) -> list[str]:
    """Differences between two results of one question, in words; empty when they are equal."""
    faults = []
    before, after = set(packed.ids), set(found.ids)
    if lost := before - after:
        faults.append(f"{len(lost)} documents are no longer found ({_some(lost)})")
    if new := after - before:
        faults.append(f"{len(new)} documents are found that were not ({_some(new)})")
    if not faults and packed.ids != found.ids:
        faults.append("the order of the documents differs")
    fields = [field for field in sorted({*packed.facets, *found.facets}) if packed.facets.get(field, {}) != found.facets.get(field, {})]
    return faults + [f"the counts of the facet {field} differ" for field in fields]


def read_result(folder: Path) -> Result:
    path = folder / RESULT
    try:
        found = json.loads(path.read_text("utf-8"))
        facets = {str(field): {str(code): int(count) for code, count in counts.items()} for field, counts in found["facets"].items()}
        return Result(tuple(str(key) for key in found["ids"]), facets)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidData("cannot be read as a result", file=str(path)) from error


def read_documents(folder: Path) -> Iterator[Document]:
    """The packaged documents. Raises: InvalidData naming the line."""
    path = folder / DOCUMENTS
    try:
        with gzip.open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield from_json(line)
                except InvalidData as error:
                    raise InvalidData(str(error), file=str(path), line=number) from error
    except (OSError, EOFError) as error:
        raise InvalidData(f"cannot be read ({error})", file=str(path)) from error


def _digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, digest


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _some(ids: Iterable[str]) -> str:
    listed: Sequence[str] = sorted(ids)
    return ", ".join(listed[:3]) + (", ..." if len(listed) > 3 else "")
