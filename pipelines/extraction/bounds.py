"""Taking markup out of a page that would keep the parser busy for minutes: one linear pass before parsing, on suspicious pages only."""

from __future__ import annotations

import re

_MANY_TAGS = 20_000
_DEEPEST = 1_000
_SELF_CLOSING = frozenset("p li td th tr dt dd option br hr img input meta link source wbr area col base embed track param".split())
_FORMATTING = frozenset("b big code em font i s small strike strong tt u".split())
"""Elements that the parser opens again in every paragraph until they are closed."""
_MOST_FORMATTING = 32
_MOST_UNCLOSED = 200
_MOST_OPTIONS = 2_000
# Only the name's case is ignored: a pattern that begins with one certain character is found without trying it everywhere.
_OPENED = re.compile(r"<(?i:b|big|code|em|font|i|s|small|strike|strong|tt|u)[\s>]")
_CLOSED = re.compile(r"</(?i:b|big|code|em|font|i|s|small|strike|strong|tt|u)[\s>]")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})")


def flatten(source: str) -> tuple[str, bool]:
    """Without the tags that selectolax 1.0.2 needs quadratic time for: elements nested deeper than 1,000 (60,000 take 10 s), unclosed
    formatting (9,000 of them 50 s) and options of a list (120,000 take 34 s)."""
    if source.count("<") < _MANY_TAGS:
        opened = len(_OPENED.findall(source))
        if opened < _MOST_UNCLOSED or opened - len(_CLOSED.findall(source)) < _MOST_UNCLOSED:
            return source, False
    depth = formatting = options = 0
    cut = False

    def keep(match: re.Match[str]) -> str:
        nonlocal depth, formatting, options, cut
        tag = match[2].lower()
        step = -1 if match[1] else 1
        if tag in _FORMATTING:
            formatting = max(0, formatting + step)
            fits = formatting <= _MOST_FORMATTING
        elif tag in ("option", "optgroup"):
            options += 1
            fits = options <= _MOST_OPTIONS
        elif tag in _SELF_CLOSING:
            return match.group()
        else:
            depth = max(0, depth + step)
            fits = depth < _DEEPEST
        if fits:
            return match.group()
        cut = True
        return "<!"  # the rest of the tag is read as a comment

    flat = _TAG.sub(keep, source)
    return (flat, True) if cut else (source, False)
