"""Keeping what was worked out, so much of it and no more."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


def kept(known: dict[Hashable, Any], key: Hashable, make: Callable[[], T], *, most: int) -> T:
    """What ``make`` gave for this key, worked out where it is not among the ``known``; beyond ``most`` the oldest goes.

    Not for several threads at once: callers hold a lock of their own.
    """
    if key not in known:
        made = make()  # it may keep things here itself
        while len(known) >= most:
            del known[next(iter(known))]
        known[key] = made
    return known[key]  # type: ignore[no-any-return] # of the type that the same key always has
