"""Running the crawler: a process of its own, since Scrapy's reactor can be started once in a process and a crawl may be killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.output import say
from cli.settings import Settings
from corpus.errors import InvalidData
from corpus.localities import Register
from corpus.portals import Portal, PortalRegistry, load_portals

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def read_portals(settings: Settings) -> PortalRegistry:
    """The registry, its province codes checked against the register. Raises: InvalidData with file, line and value."""
    return load_portals(settings.portals_path, {locality.code for locality in Register.load()})


def check_portals(settings: Settings, ids: Sequence[str]) -> tuple[Portal, ...]:
    """The portals to crawl: those named, else all that are verified.

    Raises: InvalidData for a wrong registry, an unknown id, or when nothing would be crawled.
    """
    portals = read_portals(settings)
    chosen = portals.select(ids)
    if not ids and portals and all(portal.allow_loopback for portal in portals):
        raise InvalidData(
            "holds the example portals alone, which only `loa demo` serves: name another home with --home", file=portals.source
        )
    if not chosen:
        raise InvalidData(
            f"none of the {len(portals)} sources is verified, so there is nothing to crawl: run `loa sources check --live` here, "
            "read what it found and set verified = true, or name a source: `loa run PORTAL`",
            file=portals.source or None,
        )
    return chosen


def crawl(settings: Settings, ids: Sequence[str], *, portals: Path | None = None) -> int:
    """Crawl into the home's store and archive; returns the exit code. Ctrl-C lets the crawler end what is in flight."""
    raise NotImplementedError


def _end_with_parent() -> None:
    """A crawler whose `loa` was killed must not go on alone: the next run would fetch what it has in flight."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


__all__ = ["check_portals", "crawl", "read_portals"]
_ = (os, subprocess, sys, say)
