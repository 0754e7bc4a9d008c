"""The exceptions of loa and the outcomes a page can have.

    CorpusError
    ├── Rejected(reason)       a page we do not want: counted, never retried
    ├── IndexUnavailable       the search engine cannot answer now: try later
    ├── StoreUnavailable       the database is locked, full or read-only: try later
    ├── DrawingUnavailable     the chart cannot be drawn now: try later
    ├── InvalidQuery           the caller's mistake, with the position of the fault
    └── InvalidData            a file is wrong: names the file, the place in it and the value
        └── UnreadableFile     a file given to us cannot be read as what it claims to be

Every page ends with exactly one outcome: ``indexed``, ``rejected/<reason>`` or ``failed/<exception>``.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a page is not wanted."""

    NOT_ARTICLE = "not_article"
    """A listing, a search page, a home page, an attribute table without article text."""
    NO_TEXT = "no_text"
    """Published without text: a stub, an image scan, an empty body."""
    NOT_VIETNAMESE = "not_vietnamese"
    ERROR_PAGE = "error_page"
    """An error page sent as 200 (soft 404), a challenge page, a login form."""
    UNREADABLE_TEXT = "unreadable_text"
    """Obfuscated print views, broken font maps: too few real syllables."""
    DUPLICATE = "duplicate"


class CorpusError(Exception):
    """What loa raises on purpose; anything else is a bug."""


class Rejected(CorpusError):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[Rejected], tuple[Reason, str]]:
        """Workers send it over; what an exception remembers by itself is only its message."""
        return type(self), (self.reason, self.detail)


class IndexUnavailable(CorpusError):
    pass


class StoreUnavailable(CorpusError):
    pass


class DrawingUnavailable(CorpusError):
    pass


class InvalidQuery(CorpusError):
    """``message`` is Vietnamese and shown to the reader; ``position`` is an offset into the query or None."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class InvalidData(CorpusError):
    """``what to do`` belongs into the message: the reader has only this line."""

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None) -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message)
        self.file = file
        self.line = line


class UnreadableFile(InvalidData):
    pass


def outcome_of(error: BaseException | None) -> str:
    """The one outcome word for a page that ended with ``error`` (None: it was kept).

    >>> outcome_of(None), outcome_of(Rejected(Reason.NO_TEXT)), outcome_of(TimeoutError())
    ('indexed', 'rejected/no_text', 'failed/TimeoutError')
    """
    if error is None:
        return "indexed"
    if isinstance(error, Rejected):
        return f"rejected/{error.reason.value}"
    return f"failed/{type(error).__name__}"
