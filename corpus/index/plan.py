"""From what was asked to what an engine looks up: words become terms, abbreviations and full names become alternatives.

Engines translate the nodes of a plan one to one; that keeps their answers the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from corpus.analysis import Pattern, alternatives, beginnings, pattern, spellings
from corpus.index.base import And, In, Money, Near, Node, Not, Or, Phrase, Prefix, Published, Words

TermField = Literal["body", "title"]
MAX_PREFERRED = 8
"""Pairs of neighbours that raise the score; a pasted sentence needs no more to be found first, and each costs a phrase look-up."""
_TITLE_BOOST = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """Terms side by side in ``body`` (title and text) or ``title``; a single term is a run of one."""

    pattern: Pattern
    field: TermField = "body"


@dataclass(frozen=True, slots=True)
class Start:
    """Any term of the field that begins with ``text``; letters and digits only."""

    text: str
    exact: bool
    field: TermField = "body"


@dataclass(frozen=True, slots=True)
class Together:
    """Two different terms, the second ``1 - slop`` to ``1 + slop`` places after the first."""

    terms: tuple[str, str]
    slop: int
    exact: bool
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


Plan = Run | Start | Together | Every | Either | Without | In | Published | Money


@lru_cache(maxsize=256)
def plan(node: Node | None) -> Plan:
    """The same for the same node; kept, since a page asks each question several times: hits, order, counts of both scopes, highlights."""
    match node:
        case None:
            return Every(())
        case Words(text):
            return _words(text)
        case Phrase(text, title_only):
            found = pattern(text)
            return Either(tuple(Run(p, _field(title_only)) for p in spellings(found))) if found else Every(())
        case Prefix(text, title_only):
            return Either(tuple(_beginning(p, _field(title_only)) for p in beginnings(text)))
        case Near():
            return _near(node)
        case And(parts):
            return Every(tuple(plan(part) for part in parts))
        case Or(parts):
            return Either(tuple(plan(part) for part in parts))
        case Not(part):
            return Without(plan(part))
        case In() | Published() | Money():
            return node


def _field(title_only: bool) -> TermField:
    return "title" if title_only else "body"


def _beginning(found: Pattern, field: TermField) -> Plan:
    return Start(found.terms[0], found.exact, field) if found.open else Run(found, field)


def _near(node: Near) -> Plan:
    """Every engine knows the distance of two terms alike, of three and more each in its own way: hence pairs. Both orders are
    asked for, since the distance that engines count is that from the place right behind the first term."""
    found = pattern(node.text)
    if found is None:
        return Every(())
    field = _field(node.title_only)
    if len(found.terms) == 1:
        return Run(found, field)
    parts: list[Plan] = []
    for first, second in pairwise(found.terms):
        if first == second:
            parts.append(Run(Pattern((first,), found.exact), field))
        else:
            orders = ((first, second), (second, first))
            parts.append(Either(tuple(Together(terms, node.distance, found.exact, field) for terms in orders)))
    return Every(tuple(parts))


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


def preferred(wanted: Plan) -> list[Run]:
    """What adds to the score of a document that matches anyway: neighbours side by side, and the same in the title."""
    match wanted:
        case Every(parts, prefer):
            return [*prefer, *(run for part in parts for run in preferred(part))]
        case Either(parts):
            runs = [part for part in parts if isinstance(part, Run)]
            return [Run(run.pattern, "title") for run in runs[:1]] + [
                run for part in parts if not isinstance(part, Run) for run in preferred(part)
            ]
        case _:
            return []


def boost(run: Run) -> float:
    return _TITLE_BOOST if run.field == "title" else 1.0


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
        case Prefix(text):
            return list(beginnings(text))
        case Near(text):
            found = pattern(text)
            return [Pattern((term,), found.exact) for term in found.terms] if found else []
        case And(parts) | Or(parts):
            return [found for part in parts for found in _patterns(part)]
        case _:
            return []
