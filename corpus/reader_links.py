"""Signed links for readers of the digest: who holds one may change or end that subscription, without account, password or cookie.

Made for the mail and read by the pages. The token names the reader by a random number, never by address. The only module that imports
itsdangerous.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from corpus.store import Frequency

SETTINGS_LIFE = timedelta(days=120)
"""Every mail brings a fresh link to the choices; the one to leave never ends."""
WISH_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A search that somebody wants to save under the address of a reader, who has to confirm it."""

    name: str
    params: str
    frequency: Frequency


class ReaderLinks:
    def __init__(self, secret: str) -> None:
        """``secret`` stays the same as long as links in sent mails shall work."""
        self._leave = URLSafeSerializer(secret, salt="leave")
        self._settings = URLSafeTimedSerializer(secret, salt="settings")
        self._saving = URLSafeTimedSerializer(secret, salt="saving")

    def leave(self, reader: str) -> str:
        return str(self._leave.dumps(reader))

    def settings(self, reader: str) -> str:
        return str(self._settings.dumps(reader))

    def saving(self, reader: str, wish: Wish) -> str:
        return str(self._saving.dumps([reader, wish.name, wish.params, wish.frequency]))

    def leaving(self, token: str) -> str | None:
        """The reader; None for a token that is not ours."""
        try:
            found = self._leave.loads(token)
        except BadData:
            return None
        return found if isinstance(found, str) else None

    def choosing(self, token: str, now: datetime) -> str | None:
        """The reader; None for a token that is not ours or too old at ``now``."""
        try:
            found, made_at = self._settings.loads(token, return_timestamp=True)
        except BadData:
            return None
        too_old = now - made_at.astimezone(UTC) > SETTINGS_LIFE
        return found if isinstance(found, str) and not too_old else None

    def wished(self, token: str, now: datetime) -> tuple[str, Wish] | None:
        """(reader, the search to save); None for a token that is not ours or older than a week."""
        try:
            found, made_at = self._saving.loads(token, return_timestamp=True)
            reader, name, params, frequency = found
        except (BadData, ValueError, TypeError):
            return None
        if now - made_at.astimezone(UTC) > WISH_LIFE:
            return None
        return str(reader), Wish(name=str(name), params=str(params), frequency=frequency)
