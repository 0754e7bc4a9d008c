"""Headers that cannot be broken into, and a signature that holds after a real SMTP hop."""

from __future__ import annotations

import email
import email.policy
import subprocess
from pathlib import Path

import dkim
import pytest

from corpus.errors import InvalidData
from corpus.store import open_store
from digest.message import Dkim, Envelope, checked, clean_line, compose
from digest.send import Delivery
from digest.smtp import MailServer
from tests import hostile
from tests.digest.mail_server import Scripted, scripted
from tests.digest.samples import BUILT
from tests.digest.sending import KEY, FrozenClock, fill

LEAVE = "https://loa.mau.example.vn/ban-tin/roi/abc.def"
HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language",
    "Auto-Submitted", "Cc",
)  # fmt: skip
BREAKS = ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\u200f", "\ud800"]


@pytest.fixture(scope="session")
def key() -> bytes:
    made = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True)
    return made.stdout


def public(key: bytes) -> bytes:
    made = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "PEM"], input=key, check=True, capture_output=True).stdout
    return b"v=DKIM1; k=rsa; p=" + b"".join(line for line in made.splitlines() if not line.startswith(b"-"))


def mail(subject: str = "Tuần 47/2026: 14 tin", to: str = "an@mau.example.vn", name: str = "Bản tin loa", **more: object) -> bytes:
    values: dict[str, object] = {
        "message_id": "<a@mau.example.vn>",
        "date": BUILT,
        "leave": LEAVE,
        "text": "Xin chào\n",
        "html": "<p>Xin chào</p>",
    }
    envelope = Envelope(address="loa@mau.example.vn", name=name)
    return compose(envelope, to=to, subject=subject, **{**values, **more})  # type: ignore[arg-type] # each as declared


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("line_end", BREAKS, ids=[f"U+{ord(value[0]):04X}" for value in BREAKS])
def test_no_header_takes_what_could_end_it(header: str, line_end: str) -> None:
    with pytest.raises(InvalidData, match=header):
        checked(header, f"Tập huấn{line_end}Bcc: ai-do@mau.example.vn")


@pytest.mark.parametrize("where", ["subject", "to", "name", "message_id", "leave"])
@pytest.mark.parametrize("line_end", BREAKS, ids=[f"U+{ord(value[0]):04X}" for value in BREAKS])
def test_no_mail_is_made_of_it(where: str, line_end: str) -> None:
    with pytest.raises(InvalidData):
        mail(**{where: f"a@mau.example.vn{line_end}Bcc: ai-do@mau.example.vn"})


@pytest.mark.parametrize("title", [*hostile.ALL, *(f"a{b}Bcc: b@mau.example.vn{b}{b}body" for b in BREAKS)])
def test_hostile_titles_add_neither_headers_nor_recipients(title: str) -> None:
    plain = email.message_from_bytes(mail(), policy=email.policy.default)
    made = mail(subject=clean_line(title)[:800])
    found = email.message_from_bytes(made, policy=email.policy.default)
    assert found.keys() == plain.keys()
    assert str(found["To"]) == "an@mau.example.vn"
    assert [part.get_content_type() for part in found.walk()] == [part.get_content_type() for part in plain.walk()]


def test_the_headers_of_a_list() -> None:
    found = email.message_from_bytes(mail(), policy=email.policy.default)
    assert found["List-Id"] == "<ban-tin.mau.example.vn>"
    assert found["List-Unsubscribe"] == f"<{LEAVE}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Subject"] == "Tuần 47/2026: 14 tin"
    assert found["From"] == "Bản tin loa <loa@mau.example.vn>"
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["Xin chào"]


def test_long_addresses_stay_readable_for_programs() -> None:
    leave = f"https://loa.mau.example.vn/ban-tin/roi/{'x' * 150}.{'y' * 27}"
    number = f"<2026-w47.{'0' * 24}@{'con.' * 20}mau.example.vn>"
    made = mail(leave=leave, message_id=number)
    assert f"List-Unsubscribe: <{leave}>\r\n".encode() in made
    assert f"Message-ID: {number}\r\n".encode() in made


@pytest.mark.parametrize(
    "address", ["", "an", "an@", "@mau.example.vn", "a b@mau.example.vn", "an@mau.example.vn, b@mau.example.vn", "a@b\r\nc"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidData):
        mail(to=address)


def test_the_signature_holds_after_a_real_hop(tmp_path: Path, key: bytes) -> None:
    fill(tmp_path / "loa.db", 1)
    handler = Scripted()
    signer = Dkim(selector="loa", domain="mau.example.vn", key=key)
    envelope = Envelope(address="loa@mau.example.vn", name="Bản tin loa", dkim=signer)
    with (
        open_store(tmp_path / "loa.db") as store,
        scripted(handler) as port,
        Delivery(store, MailServer(host="127.0.0.1", port=port), "loa@mau.example.vn", clock=FrozenClock().clock) as delivery,
    ):
        delivery.deliver(
            KEY,
            lambda reader, send: compose(
                envelope,
                to=reader.address,
                subject="Tuần 47/2026: 14 tin, 9/34 tỉnh có tin, 22 im lặng và một tiêu đề đủ dài để gập dòng",
                text="..\n.một dòng bắt đầu bằng dấu chấm\nFrom đầu dòng\n" + "dài " * 600 + "\n",
                html="<p>Xin chào</p>\n",
                message_id=send.message_id,
                date=BUILT,
                leave=LEAVE,
            ),
        )
    ((_, received),) = handler.accepted
    records = {b"loa._domainkey.mau.example.vn.": public(key)}

    def look_up(name: bytes | str, timeout: int = 5) -> bytes | None:
        return records.get(name.encode() if isinstance(name, str) else name)

    assert dkim.verify(received, dnsfunc=look_up)
    signature = received[: received.index(b"\r\nContent-Type")].lower()
    for name in (b"list-unsubscribe", b"list-unsubscribe-post", b"list-id", b"subject", b"from"):
        assert name in signature[: signature.index(b"bh=")]
    for old, new in ((b"One-Click", b"Two-Click"), (LEAVE.encode(), b"https://elsewhere.example/"), (b"To: ", b"To: x")):
        assert not dkim.verify(received.replace(old, new, 1), dnsfunc=look_up), old


def test_a_key_that_cannot_sign_is_named() -> None:
    envelope = Envelope(address="loa@mau.example.vn", dkim=Dkim(selector="loa", domain="mau.example.vn", key=b"nothing"))
    with pytest.raises(InvalidData, match="DKIM"):
        compose(envelope, to="an@mau.example.vn", subject="a", text="a\n", message_id="<a@b>", date=BUILT)
