"""Mail that came back: which message it was, and whether for good."""

from __future__ import annotations

import pytest

from corpus.errors import InvalidData
from digest.bounces import read_bounce

NOTICE = """From: Mail Delivery System <MAILER-DAEMON@mau.example.vn>
To: loa@mau.example.vn
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="B"
MIME-Version: 1.0

--B
Content-Type: text/plain

The mail could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mau.example.vn
Arrival-Date: Mon, 23 Nov 2026 07:00:01 +0700

Final-Recipient: rfc822; an@mau.example.vn
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--B
{original}
--B--
"""
HEADERS = "Content-Type: text/rfc822-headers\n\nFrom: loa@mau.example.vn\nMessage-ID: <2026-w47.abc@mau.example.vn>\nSubject: x\n"
WHOLE = "Content-Type: message/rfc822\n\nFrom: loa@mau.example.vn\nMessage-ID: <2026-w47.abc@mau.example.vn>\nSubject: x\n\nbody\n"


@pytest.mark.parametrize("original", [HEADERS, WHOLE], ids=["headers", "whole"])
@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "permanent", "reason"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 <an@mau.example.vn>: no such user", True, "5.1.1 550 5.1.1 <an@mau.example.vn>: no such user"),
        ("delayed", "4.4.1", "smtp; connect timed out", False, "4.4.1 connect timed out"),
        ("failed", "4.4.7", "smtp; delivery time expired", False, "4.4.7 delivery time expired"),
    ],
)
def test_notices(original: str, action: str, status: str, diagnostic: str, permanent: bool, reason: str) -> None:
    bounce = read_bounce(NOTICE.format(action=action, status=status, diagnostic=diagnostic, original=original).encode())
    assert bounce.message_ids == ("<2026-w47.abc@mau.example.vn>",)
    assert (bounce.status, bounce.permanent, bounce.reason) == (status, permanent, reason)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From: an@mau.example.vn\nSubject: Re: Ban tin\nIn-Reply-To: <2026-w47.abc@mau.example.vn>\n\nCam on.",
        NOTICE.format(action="delivered", status="2.0.0", diagnostic="smtp; ok", original=HEADERS).encode(),
        b"\xff\x00" * 100,
    ],
    ids=["empty", "answer", "delivered", "garbage"],
)
def test_other_mail_changes_nothing(data: bytes) -> None:
    with pytest.raises(InvalidData):
        read_bounce(data)
