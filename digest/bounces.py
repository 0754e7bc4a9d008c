"""Reading mail that came back: delivery status notifications (RFC 3464) name the message that failed and why."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import cast

from corpus.errors import InvalidData

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    message_ids: tuple[str, ...]
    """Of the message that came back: candidates in the order of trust, of which the ledger knows at most one."""
    status: str
    """``5.1.1``; empty where it is not said."""
    reason: str
    permanent: bool


def read_bounce(data: bytes) -> Bounce:
    """Raises: InvalidData for mail that reports no failed delivery."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    statuses = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    groups = [group for part in statuses for group in cast("list[EmailMessage]", part.get_payload()) if group["Action"]]
    failed = [group for group in groups if str(group["Action"]).strip().lower() in ("failed", "delayed")]
    if not failed:
        raise InvalidData("no notice of a failed delivery (RFC 3464): nothing was changed")
    group = next((group for group in failed if str(group["Action"]).strip().lower() == "failed"), failed[0])
    status = str(group["Status"] or "").split("(")[0].strip()
    reason = str(group["Diagnostic-Code"] or "").partition(";")[2].strip() or status
    return Bounce(
        message_ids=tuple(_ids(message)),
        status=status,
        reason=" ".join(f"{status} {reason}".split())[:300] if not reason.startswith(status) else " ".join(reason.split())[:300],
        permanent=str(group["Action"]).strip().lower() == "failed" and not status.startswith("4"),
    )


def _ids(message: EmailMessage) -> list[str]:
    """Ids in the copy of the original, then those that the notice answers to."""
    found: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            headers = email.message_from_bytes(text if isinstance(text, bytes) else b"", policy=email.policy.default)
            found += _MESSAGE_ID.findall(str(headers["Message-ID"] or ""))
        elif part.get_content_type() == "message/rfc822":
            original = part.get_payload(0) if part.is_multipart() else None
            if isinstance(original, EmailMessage):
                found += _MESSAGE_ID.findall(str(original["Message-ID"] or ""))
    for name in ("In-Reply-To", "References"):
        found += _MESSAGE_ID.findall(str(message[name] or ""))
    return list(dict.fromkeys(found))
