"""Signed links for readers of the digest: who holds one may change or end that subscription, without account, password or cookie.

Made for the mail and read by the pages. The token names the reader by a random number, never by address. The only module that imports
itsdangerous.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

SETTINGS_LIFE = timedelta(days=120)
"""Every mail brings a fresh link to the choices; the one to leave never ends."""


class ReaderLinks:
    def __init__(self, secret: str) -> None:
        """``secret`` stays the same as long as links in sent mails shall work."""
        self._leave = URLSafeSerializer(secret, salt="leave")
        self._settings = URLSafeTimedSerializer(secret, salt="settings")

    def leave(self, reader: str) -> str:
        return str(self._leave.dumps(reader))

    def settings(self, reader: str) -> str:
        return str(self._settings.dumps(reader))

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
