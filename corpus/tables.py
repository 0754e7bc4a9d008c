"""Reading our own TOML code lists: every complaint names the file and the entry and field, or the line, that is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from corpus.errors import InvalidData

_LINE = re.compile(r"at line (\d+)")


def read_toml(content: bytes, *, file: str) -> dict[str, Any]:
    """Raises: InvalidData with the line of the first syntax error."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidData(f"not UTF-8 at byte {error.start}", file=file) from error
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        raise InvalidData(f"not TOML: {error}", file=file, line=int(found[1]) if found else None) from error


def open_list(path: Path | None, *, package: str, name: str) -> Entry:
    """The top level of the list at ``path``, or of the one bundled as ``name`` in ``package``.

    Raises: InvalidData naming the file and the line that is wrong.
    """
    content, file = ((resources.files(package) / name).read_bytes(), name) if path is None else (read_file(path), str(path))
    return Entry(read_toml(content, file=file), file=file, place="top level")


def read_file(path: Path) -> bytes:
    """Raises: InvalidData when the file cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidData(f"cannot be read: {error.strerror}", file=str(path)) from error


class Entry:
    """One table of a list, read field by field; `finish` refuses fields that nobody asked for."""

    def __init__(self, table: object, *, file: str, place: str) -> None:
        if not isinstance(table, Mapping):
            raise InvalidData(f"{place}: must be a table, is {table!r}", file=file)
        self._table = dict(table)
        self._read: set[str] = set()
        self.file = file
        self.place = place

    def wrong(self, field: str, problem: str) -> InvalidData:
        return InvalidData(f"{self.place}, field {field!r}: {problem}", file=self.file)

    def take(self, field: str, default: Any = None) -> Any:
        self._read.add(field)
        return self._table.get(field, default)

    def string(self, field: str, *, default: str | None = None) -> str:
        value = self.take(field, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(field, f"must be a non-empty string, is {value!r}")
        return value

    def number(self, field: str, *, default: float | None = None) -> float:
        value = self.take(field, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(field, f"must be a number, is {value!r}")
        return float(value)

    def flag(self, field: str, *, default: bool = False) -> bool:
        value = self.take(field, default)
        if not isinstance(value, bool):
            raise self.wrong(field, f"must be true or false, is {value!r}")
        return value

    def day(self, field: str) -> date | None:
        value = self.take(field)
        if value is not None and type(value) is not date:
            raise self.wrong(field, f"must be a date such as 2021-01-01, is {value!r}")
        return value

    def strings(self, field: str) -> tuple[str, ...]:
        value = self.take(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(field, f"must be a list of non-empty strings, is {value!r}")
        return tuple(value)

    def mapping(self, field: str) -> dict[str, str]:
        value = self.take(field, {})
        if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
            raise self.wrong(field, f"must be a table of strings, is {value!r}")
        return dict(value)

    def entries(self, field: str) -> tuple[Entry, ...]:
        value = self.take(field, [])
        if not isinstance(value, list):
            raise self.wrong(field, f"must be a list of tables, is {value!r}")
        return tuple(Entry(item, file=self.file, place=f"{self.place}, {field} {number}") for number, item in enumerate(value, start=1))

    def finish(self) -> None:
        for field in sorted(self._table.keys() - self._read):
            raise self.wrong(field, "is not a known field")
