"""One conversation with a mail server, told apart by what is known after each step. The only module that imports smtplib.

Until the closing dot of a message is on its way, nothing can have been accepted. After it, only the server's answer tells; where that
is lost, the fate of the message is not known.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    host: str
    port: int = 25
    user: str = ""
    password: str = ""
    security: Security = "none"
    timeout_seconds: float = 30.0


class Unreachable(Exception):
    """No conversation could be opened, or it broke before anything was handed over."""


class Refused(Exception):
    """The server said no. ``permanent`` for 5xx; ``of_sender`` where it refuses us, not the reader."""

    def __init__(self, code: int, text: str, *, of_sender: bool = False) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code
        self.permanent = 500 <= code < 600
        self.of_sender = of_sender
        # RFC 3463: 5.1.x is about the address; other refusals (policy, size, a full box) are no fault of the reader's.
        self.no_such_mailbox = self.permanent and text.lstrip().startswith("5.1.")


class NotTaken(Exception):
    """Somebody else took the message in the meantime; nothing was handed over."""


class Unknown(Exception):
    """The message was handed over whole and the answer never came."""


class Conversation:
    """An open connection that sends one message after another. Raises `Unreachable` when it cannot be opened."""

    def __init__(self, server: MailServer) -> None:
        try:
            context = ssl.create_default_context()
            if server.security == "tls":
                self._smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_seconds, context=context)
            else:
                self._smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_words(error)) from error
        try:
            self._smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                self._smtp.starttls(context=context)
                self._smtp.ehlo()
            if server.user:
                self._smtp.login(server.user, server.password)
            if self._smtp.sock is not None:
                # The closing dot is a packet of its own; Nagle's algorithm would hold it back for 40 ms a message.
                self._smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, smtplib.SMTPException) as error:
            self._smtp.close()
            raise Unreachable(_words(error)) from error

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def hand_over(self, sender: str, recipient: str, message: bytes, take: Callable[[], bool]) -> str:
        """The server's answer to an accepted message. ``take`` is asked right before the message goes out and commits that it does.

        Raises: Refused, NotTaken, Unreachable (surely not accepted), Unknown (perhaps accepted).
        """
        try:
            self._expect(*self._smtp.mail(sender), of_sender=True)
            self._expect(*self._smtp.rcpt(recipient))
            if not take():
                self._smtp.rset()
                raise NotTaken
            self._expect(*self._smtp.docmd("DATA"), wanted=354)
            self._smtp.send(_dotted(message))
        except (OSError, smtplib.SMTPException) as error:
            self._smtp.close()
            raise Unreachable(_words(error)) from error
        try:
            self._smtp.send(b".\r\n")
            code, text = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._smtp.close()
            raise Unknown(_words(error)) from error
        answer = text.decode("utf-8", "replace")
        if not 200 <= code < 300:
            raise Refused(code, answer)
        return answer

    def _expect(self, code: int, text: bytes, *, wanted: int | None = None, of_sender: bool = False) -> None:
        if code == wanted if wanted is not None else 200 <= code < 300:
            return
        if code == 421 or code < 0:
            self._smtp.close()
            raise Unreachable(f"{code} {text.decode('utf-8', 'replace')}")
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()
        raise Refused(code, text.decode("utf-8", "replace"), of_sender=of_sender)


def _dotted(message: bytes) -> bytes:
    """CRLF line ends and doubled leading dots (RFC 5321, 4.5.2), ended by a line end."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n"


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
