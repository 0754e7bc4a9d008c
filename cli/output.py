"""What the program says: JSON alone on standard output when asked for, everything meant for people on standard error otherwise kept apart.

Exit codes: 0 ok, 1 failed items, 2 usage, 75 try later (EX_TEMPFAIL of sysexits.h), 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

OK = 0
FAILED = 1
USAGE = 2
TRY_LATER = 75
STOPPED = 130

messages = Console(stderr=True, highlight=False)
_results = Console(highlight=False)


def say(text: str, style: str | None = None) -> None:
    """A line for people, on standard error."""
    messages.print(text, style=style, markup=False, soft_wrap=True)


def show(text: str = "") -> None:
    """A line of the result, on standard output."""
    _results.print(text.encode("utf-8", "replace").decode(), markup=False, soft_wrap=True)


def show_json(row: Mapping[str, Any]) -> None:
    """One object on one line of standard output."""
    # A file name that is no UTF-8 reaches us with lone surrogates, which no output takes.
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str).encode("utf-8", "replace").decode() + "\n")
    sys.stdout.flush()


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, to_messages: bool = False) -> None:
    """Numbers are set flush right."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for position, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[position], int | float) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(number(cell) if isinstance(cell, int) else str(cell) for cell in row))
    (messages if to_messages else _results).print(table)


def number(value: int) -> str:
    """English grouping, as the rest of what the command line says.

    >>> number(1545000000)
    '1,545,000,000'
    """
    return f"{value:,}"


@contextlib.contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Any]:
    """A bar on standard error where that is a terminal; yields a function that takes the number done."""
    if not messages.is_terminal:
        yield lambda _done: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda done: bar.update(task, completed=done)
