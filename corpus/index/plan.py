"""From what was asked to what an engine looks up: words become terms, abbreviations and full names become alternatives.

Engines translate the nodes of a plan one to one; that keeps their answers the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.analysis import Pattern, alternatives, pattern, spellings
from corpus.index.base import And, In, Money, Node, Not, Or, Phrase, Published, Words

TermField = Literal["body", "title"]
MAX_PREFERRED = 8
"""Pairs of neighbours that raise the score; a pasted sentence needs no more to be found first, and each costs a phrase look-up."""


@dataclass(frozen=True, slots=True)
class Run:
    """Terms side by side in ``body`` (title and text) or ``title``; a single term is a run of one."""

    pattern: Pattern
    field: TermField = "body"


@dataclass(frozen=True, slots=True)
class Every:
    """Every part matches; no parts: every document. ``prefer`` adds to the score and never decides."""

    parts: tuple[Plan, ...]
    prefer: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts matches; no parts: no document."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not match."""

    part: Plan


Plan = Run | Every | Either | Without | In | Published | Money


def plan(node: Node | None) -> Plan:
    match node:
        case None:
            return Every(())
        case Words(text):
            return _words(text)
        case Phrase(text, title_only):
            found = pattern(text)
            field: TermField = "title" if title_only else "body"
            return Either(tuple(Run(p, field) for p in spellings(found))) if found else Every(())
        case And(parts):
            return Every(tuple(plan(part) for part in parts))
        case Or(parts):
            return Either(tuple(plan(part) for part in parts))
        case Not(part):
            return Without(plan(part))
        case In() | Published() | Money():
            return node


def _words(text: str) -> Plan:
    found = pattern(text)
    if found is None:
        return Every(())
    parts: list[Plan] = []
    for given, *others in alternatives(found):
        together: list[Plan] = [Run(Pattern((term,), found.exact)) for term in given]
        if others:
            parts.append(Either((Every(tuple(together)), *(Run(Pattern(other, found.exact)) for other in others))))
        else:
            parts.extend(together)
    pairs = [Pattern(found.terms[i : i + 2], found.exact) for i in range(min(len(found.terms) - 1, MAX_PREFERRED))]
    prefer = [Run(pair, field) for pair in pairs for field in ("body", "title")] or [Run(found, "title")]
    return Every(tuple(dict.fromkeys(parts)), tuple(dict.fromkeys(prefer)))


def patterns(node: Node | None) -> tuple[Pattern, ...]:
    """What to highlight for a query: everything it asks for, nothing it excludes."""
    return tuple(dict.fromkeys(_patterns(node)))


def _patterns(node: Node | None) -> list[Pattern]:
    match node:
        case Words(text):
            found = pattern(text)
            if found is None:
                return []
            result = []
            for given, *others in alternatives(found):
                result += [Pattern((term,), found.exact) for term in given]
                result += [Pattern(other, found.exact) for other in others]
            return result
        case Phrase(text):
            found = pattern(text)
            return list(spellings(found)) if found else []
        case And(parts) | Or(parts):
            return [found for part in parts for found in _patterns(part)]
        case _:
            return []
