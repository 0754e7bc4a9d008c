"""Exports as Parquet, written by DuckDB from JSON lines on disk. DuckDB is used here and nowhere else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from corpus.export.rows import NESTED, Column, Kind, Row
from corpus.export.text import json_lines

_MEMORY = "192MB"
_OBJECT_BYTES = 1_000_000
"""DuckDB's reader holds buffers of several times the longest line that it is told of: 64 MB here took 90 MiB more (2.0.1, measured)."""
_GROUP_ROWS = 2048
"""Rows are gathered in memory until a group is whole. Files of groups of 10,000 are not smaller."""
_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "link": "VARCHAR",
    "date": "DATE",
    "instant": "TIMESTAMPTZ",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "list": "VARCHAR[]",
}


def write_parquet(path: Path, rows: Iterable[Row], columns: Sequence[Column]) -> None:
    """The rows in their order, lists as lists, sums, counts and dates as lists of structures; zstd. Equal rows make equal files."""
    with tempfile.TemporaryDirectory(prefix="loa-parquet-") as folder:
        lines = Path(folder) / "rows.jsonl"
        longest = _OBJECT_BYTES
        with lines.open("wb") as file:
            for part in json_lines(rows):
                longest = max(longest, file.write(part))
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,
            "memory_limit": _MEMORY,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=settings) as database:
            database.execute("SET TimeZone = 'UTC'")
            found = database.sql(
                "SELECT * FROM read_json($lines, format = 'newline_delimited', columns = $columns, maximum_object_size = $longest)",
                params={"lines": str(lines), "columns": {column.name: _type(column) for column in columns}, "longest": longest},
            )
            found.write_parquet(str(path), compression="zstd", row_group_size=_GROUP_ROWS)


def read_parquet(path: Path) -> list[Row]:
    """The rows as `rows.row_of` made them, for comparing."""
    with duckdb.connect(":memory:") as database:
        database.execute("SET TimeZone = 'UTC'")
        found = database.execute("SELECT * FROM read_parquet($path)", {"path": str(path)})
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def _type(column: Column) -> str:
    if column.kind in NESTED:
        fields = ", ".join(f'"{field.name}" {_TYPES[field.kind]}' for field in NESTED[column.kind])
        return f"STRUCT({fields})[]"
    return _TYPES[column.kind]
