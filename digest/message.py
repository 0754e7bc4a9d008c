"""Mail as it goes out: headers, the two parts, the DKIM signature. The only module that imports dkim.

Crawled titles reach headers. What could end a header or turn its reading direction is refused here, whatever `email` does about it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import dkim

from corpus.errors import InvalidData

# Direction marks, embeddings, overrides and isolates: they make a subject read as something else.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SPACES = re.compile(r"\s+")
SIGNED = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-id", "list-unsubscribe", "list-unsubscribe-post",
    "reply-to", "auto-submitted",
)  # fmt: skip
"""Headers under the signature; RFC 8058 wants both of the list's among them. Those a message lacks are signed as absent."""
LONGEST_LINE = 900


def clean_line(text: str) -> str:
    """``text`` on one line without anything that could end a header or turn the reading direction.

    >>> clean_line("Tập huấn\\r\\nBcc: an@vidu.vn\\u202e \\x00 xong")
    'Tập huấn Bcc: an@vidu.vn xong'
    """
    return _SPACES.sub(" ", "".join(" " if _is_control(c) else c for c in text if c not in _BIDI)).strip()


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")


def checked(name: str, value: str) -> str:
    """``value`` for the header ``name``. Raises: InvalidData where it holds line ends, NUL, other controls or direction marks."""
    for character in value:
        if _is_control(character) or character in _BIDI:
            raise InvalidData(f"header {name}: holds U+{ord(character):04X}, which no header may: nothing was sent")
    if len(value) > LONGEST_LINE:
        raise InvalidData(f"header {name}: longer than {LONGEST_LINE} characters: nothing was sent")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Dkim:
    selector: str
    domain: str
    key: bytes = field(repr=False)
    """Private RSA key as PEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who sends, as it stands in every message."""

    address: str
    name: str = ""
    list_id: str = ""
    """``ban-tin.example.vn``; empty: no list headers."""
    dkim: Dkim | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def compose(
    envelope: Envelope,
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    message_id: str,
    date: datetime,
    leave: str | None = None,
) -> bytes:
    """The whole message with CRLF, signed where there is a key. ``leave``: address of RFC 8058's one-click POST.

    Raises: InvalidData for a value that no header may hold.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address("From", envelope.address, envelope.name)
    message["To"] = _address("To", to, "")
    message["Subject"] = checked("Subject", subject)
    plain = [("Date", format_datetime(date)), ("Message-ID", message_id), ("Auto-Submitted", "auto-generated"), ("Content-Language", "vi")]
    if leave is not None:
        plain.append(("List-Id", f"<{envelope.list_id or 'ban-tin.' + envelope.domain}>"))
        plain.append(("List-Unsubscribe", f"<{leave}>"))
        plain.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    message.set_content(text, cte="base64")
    if html is not None:
        message.add_alternative(html, subtype="html", cte="base64")
    whole = b"".join(_raw(name, value) for name, value in plain) + bytes(message)
    return signed(whole, envelope.dkim) if envelope.dkim else whole


def signed(message: bytes, key: Dkim) -> bytes:
    """Raises: InvalidData for a key that cannot sign."""
    try:
        head = dkim.sign(
            message,
            key.selector.encode(),
            key.domain.encode(),
            key.key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in SIGNED],
        )
    except (dkim.DKIMException, ValueError) as error:
        raise InvalidData(f"the DKIM key cannot sign: {error}") from error
    return bytes(head) + message


def _raw(name: str, value: str) -> bytes:
    """A header as it is: `email` would turn a long address without spaces into encoded words, which no program that leaves a list reads."""
    if not value.isascii():
        raise InvalidData(f"header {name}: {value!r} is not plain ASCII: nothing was sent")
    return f"{name}: {checked(name, value)}\r\n".encode("ascii")


def _address(name: str, address: str, display: str) -> Address:
    checked(name, address)
    checked(name, display)
    try:
        return Address(display_name=display, addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise InvalidData(f"header {name}: {address!r} is no mail address") from error
