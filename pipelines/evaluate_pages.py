"""How well extraction reads saved pages whose right values are known, one share for each thing asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.document import Document, RawPage
from corpus.errors import InvalidData, Rejected
from corpus.text import normalize
from pipelines.extract import extract

_KINDS = ("article", "listing", "stub", "document")
_CHECKS = ("title", "date", "author", "body", "no_leak", "all_five", "all_but_author")
_GROUPS = ("listings", "stubs", "documents")
_ZERO_WIDTH = re.compile("[\\s\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]+")
_ASCII = str.maketrans("“”„«»‘’‚–—‒―‐‑−", '"""""\'\'\'-------')
_FETCHED_AT = datetime(2100, 1, 1, tzinfo=UTC)
"""Saved pages do not say when they were fetched; nothing in them is later."""


@dataclass(slots=True)
class _Tally:
    right: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    failed: dict[str, list[str]] = field(default_factory=dict)

    def count(self, check: str, name: str, *, passed: bool) -> None:
        self.counted[check] = self.counted.get(check, 0) + 1
        self.right[check] = self.right.get(check, 0) + passed
        if not passed:
            self.failed.setdefault(check, []).append(name)

    def shares(self) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for check in (*_CHECKS, *_GROUPS):
            n, right = self.counted.get(check, 0), self.right.get(check, 0)
            result[check] = {"share": right / n if n else None, "n": n, "right": right}
        return result


def evaluate_pages(directory: Path) -> dict[str, Any]:
    """Shares of right titles, dates, authors, texts and pages without leaks, of all, of the press and of portals.

    Reads ``expected.jsonl`` and the files that it names. Each share is ``{"share": float or None for 0 of 0, "n": int, "right": int}``;
    ``failed`` lists the ids under each check. Raises: InvalidData naming file and line.
    """
    every, press, portals = _Tally(), _Tally(), _Tally()
    for case in _read_cases(directory):
        results = _judge(case, directory)
        for check, passed in results.items():
            for tally in (every, press if case["group"] == "press" else portals):
                tally.count(check, case["id"], passed=passed)
    return {**every.shares(), "press": press.shares(), "portals": portals.shares(), "failed": every.failed}


def compared(text: str) -> str:
    """The form in which texts are compared: NFC, no white space or zero-width characters, plain quotes, dashes and dots."""
    return _ZERO_WIDTH.sub("", normalize(text).translate(_ASCII).replace("…", "..."))


def raw_page(case: dict[str, Any], directory: Path) -> RawPage:
    path = directory / case["file"]
    try:
        body = path.read_bytes()
    except OSError as error:
        raise InvalidData(f"page {case['id']}: {error.strerror or error}", file=str(path)) from error
    url = case.get("url") or path.resolve().as_uri()
    return RawPage(
        portal="import",
        requested_url=url,
        final_url=url,
        status=200,
        headers=(("content-type", "text/html"),),
        body=body,
        fetched_at=_FETCHED_AT,
    )


def _judge(case: dict[str, Any], directory: Path) -> dict[str, bool]:
    page = raw_page(case, directory)
    try:
        document: Document | None = extract(page)
    except Rejected:
        document = None
    if case["kind"] != "article":
        return {f"{case['kind']}s": document is None or document.kind not in ("news", "other")}
    text = compared(document.text) if document else ""
    results = {
        "title": document is not None and compared(document.title) in {compared(title) for title in _accepted(case, "title") if title},
        "date": document is not None and (document.published.isoformat() if document.published else None) in _accepted(case, "date"),
        "author": document is not None and _names(document.author) == {compared(name) for name in case["author"]},
        "body": document is not None and all(compared(part) in text for part in case["must_contain"]),
        "no_leak": document is not None and not any(compared(part) in text for part in case["must_not_contain"]),
    }
    results["all_five"] = all(results.values())
    results["all_but_author"] = all(results[check] for check in ("title", "date", "body", "no_leak"))
    return results


def _accepted(case: dict[str, Any], check: str) -> list[str | None]:
    return [*case.get(f"{check}_accept", ()), case[check]]


def _names(author: str | None) -> set[str]:
    return {compared(name) for name in (author or "").split(", ") if name}


def _read_cases(directory: Path) -> Iterable[dict[str, Any]]:
    path = directory / "expected.jsonl"
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InvalidData(f"{error.strerror or error}; name a directory with expected.jsonl and its pages", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise InvalidData("is not UTF-8", file=str(path)) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read_case(line, str(path), number)


def _read_case(line: str, file: str, number: int) -> dict[str, Any]:
    try:
        case = json.loads(line)
    except ValueError as error:
        raise InvalidData(f"not JSON: {error}", file=file, line=number) from error
    lists: dict[str, Callable[[Any], bool]] = {
        "id": lambda value: isinstance(value, str) and bool(value),
        "file": lambda value: isinstance(value, str) and bool(value) and "/" not in value and ".." not in value,
        "kind": lambda value: value in _KINDS,
        "group": lambda value: isinstance(value, str),
        "author": lambda value: isinstance(value, list) and all(isinstance(name, str) for name in value),
        "must_contain": lambda value: isinstance(value, list) and all(isinstance(part, str) for part in value),
        "must_not_contain": lambda value: isinstance(value, list) and all(isinstance(part, str) for part in value),
    }
    if not isinstance(case, dict):
        raise InvalidData("not a JSON object", file=file, line=number)
    for name, is_right in lists.items():
        if name not in case or not is_right(case[name]):
            raise InvalidData(f"field {name!r} is missing or wrong: {case.get(name)!r}", file=file, line=number)
    if case["kind"] == "article":
        for name in ("title", "date"):
            if name not in case or not (case[name] is None or isinstance(case[name], str)):
                raise InvalidData(f"field {name!r} is missing or wrong: {case.get(name)!r}", file=file, line=number)
    return case
