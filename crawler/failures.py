"""Why a fetch failed, in our words: one class for what Scrapy and Twisted can raise, and what follows from it."""

from __future__ import annotations

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

DOWNLOAD_ERRORS: tuple[type[Exception], ...] = (
    IgnoreRequest,
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    ValueError,  # an address that cannot be put into a request
    OSError,
)
"""Everything a download may raise; anything else is a bug and ends the run."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "unreachable"),
    (DownloadConnectionRefusedError, "unreachable"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too_large"),
    (ResponseDataLossError, "truncated"),
    (DownloadFailedError, "unreachable"),
    (UnsupportedURLSchemeError, "outside_registry"),
    (ValueError, "bad_address"),
    (OSError, "unreachable"),
)
_FINAL = frozenset({"too_large", "outside_registry", "redirect_loop", "bad_address", "http_410"})
"""Asking again would bring the same."""

_TLS = re.compile(r"certificate|SSL routines|SSL\.Error|VerificationError", re.IGNORECASE)


class FetchFailed(Exception):
    """No usable answer. ``cause`` is the word that health reports count; ``detail`` says more, on one line."""

    def __init__(
        self, cause: str, detail: str = "", *, retry_after: str | None = None, status: int | None = None, moved_to: str | None = None
    ) -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause = cause
        self.detail = detail
        self.retry_after = retry_after
        self.status = status
        self.moved_to = moved_to
        """Host that a redirect outside the registry led to."""

    @property
    def final(self) -> bool:
        return self.cause in _FINAL

    @property
    def source_trouble(self) -> bool:
        """Whether it speaks of the whole source (and the run should leave it alone soon), not of one address."""
        return self.cause in {
            "unreachable",
            "bad_certificate",
            "timeout",
            "blocked",
            "robots_unreachable",
            "http_429",
        } or self.cause.startswith("http_5")


def failure_of(error: Exception) -> FetchFailed:
    """Our word for what Scrapy raised."""
    detail = " ".join(str(error).split())[:300]
    if isinstance(error, IgnoreRequest):
        name = type(error).__name__
        known = {"OutsideRegistry": "outside_registry", "RobotsRefused": "robots_refused", "RobotsUnreachable": "robots_unreachable"}
        if name in known:
            return FetchFailed(getattr(error, "cause", None) or known[name], detail, moved_to=getattr(error, "host", None))
        if "max redirections" in detail:
            return FetchFailed("redirect_loop", detail)
        return FetchFailed("too_large" if "DOWNLOAD_MAXSIZE" in detail else "refused", detail)
    cause = next(word for kind, word in _WORDS if isinstance(error, kind))
    if cause == "unreachable" and _TLS.search(detail):
        cause = "bad_certificate"
    return FetchFailed(cause, detail)


# Pages that ask for a browser instead of giving the text: words of common protections and of hosting firms' own checks
_CHALLENGE = re.compile(
    rb"cf-chl-|challenge-platform|Just a moment\.\.\.|Checking your browser|Attention Required! \| Cloudflare|"
    rb"DDoS protection by|_Incapsula_Resource|document\.cookie\s*=\s*[\"'][^\"']{0,80}[\"'][^<]{0,400}location\.reload",
    re.IGNORECASE,
)
_CHALLENGE_BYTES = 40_000
"""Challenge pages are small; an article may quote their words."""


def is_challenge(body: bytes) -> bool:
    return len(body) <= _CHALLENGE_BYTES and _CHALLENGE.search(body) is not None
