"""What sends mail, put together from the settings: the press, the mail server, the secret that signs links, the search language."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

from cli.home import indexed, now, opened
from cli.settings import Settings
from corpus.addresses import mail_address
from corpus.errors import InvalidData, InvalidQuery, StoreUnavailable
from corpus.index import Index
from corpus.index.base import And
from corpus.index.describe import describe
from corpus.index.names import Names
from corpus.portals import load_portals
from corpus.reader_links import ReaderLinks, Wish
from corpus.store import Store
from digest.message import Dkim, Envelope
from digest.notices import Notice
from digest.press import Press, Rules
from digest.render import Renderer
from digest.send import Clock
from digest.smtp import Conversation, MailServer, NotTaken, Refused, Unknown, Unreachable
from monitor.desk import Monitor
from search_api.app import DEPARTMENT
from search_api.pages_bulletin import Bulletin
from search_api.params import InvalidParameter, Search, from_params

log = logging.getLogger(__name__)
CLOCK = Clock(now=now, pause=time.sleep)


class SearchLanguage:
    """What a saved search means, by the same code as the search page."""

    def __init__(self, index: Index, names: Names) -> None:
        self._index = index
        self._names = names

    def find(self, params: str) -> set[str]:
        query = self._search(params).query(self._names)
        with self._index.scan(query) as found:
            return set(found)

    def understood(self, params: str) -> str:
        query = self._search(params).query(self._names)
        parts = tuple(part for part in (query.where, *query.filters) if part is not None)
        return describe(And(parts) if len(parts) > 1 else next(iter(parts), None), self._names)

    def source(self, portal: str) -> str:
        return self._names.label("source", portal)

    def _search(self, params: str) -> Search:
        try:
            return from_params(parse_qsl(params))
        except InvalidParameter as error:
            raise InvalidQuery(error.message) from error


def base_url(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url.rstrip("/") or f"http://{host}:{settings.port}"


def secret_of(settings: Settings) -> str:
    """The setting, or what lies in the home; made there when first needed, readable by its owner alone. Raises: StoreUnavailable."""
    if given := settings.secret_key.get_secret_value():
        return given
    path = settings.home / "secret.key"
    try:
        with contextlib.suppress(FileExistsError):
            draft = path.with_name(f"{path.name}.{os.getpid()}.new")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(draft, path)
            finally:
                draft.unlink()
        found = path.read_text("ascii").strip()
    except OSError as error:
        raise StoreUnavailable(f"{path}: cannot be made or read ({error.strerror}): check the rights of the folder") from error
    if len(found) < 32:
        raise InvalidData("too short to sign anything: remove it, and a new one is made", file=str(path))
    return found


def mail_server(settings: Settings) -> MailServer:
    """Raises: InvalidData saying which settings are missing."""
    if not settings.smtp_host or not settings.mail_from:
        raise InvalidData("no mail server: set smtp_host and mail_from (docs/digest.md)")
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        security=settings.smtp_security,
    )


def envelope_of(settings: Settings) -> Envelope:
    """Raises: InvalidData for an address that is none. Without one, mail can be looked at but not sent."""
    address = mail_address(settings.mail_from) if settings.mail_from else "loa@localhost"
    domain = address.rpartition("@")[2]
    key = settings.dkim_key.get_secret_value()
    signer = Dkim(selector=settings.dkim_selector, domain=domain, key=f"{key}\n".encode()) if key else None
    return Envelope(address=address, name=settings.mail_name, list_id=f"ban-tin.{domain}", dkim=signer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    store: Store
    press: Press


@contextlib.contextmanager
def printing(settings: Settings) -> Iterator[Printing]:
    """Store and press for a command. Raises: InvalidData, StoreUnavailable, IndexUnavailable."""
    with opened(settings) as store, indexed(settings) as index:
        yield Printing(store=store, press=make_press(settings, store, index))


def make_press(settings: Settings, store: Store, index: Index, *, names: Names | None = None, monitor: Monitor | None = None) -> Press:
    names = names or Names.load(portals=load_portals(settings.portals_path))
    return Press(
        store,
        monitor or Monitor(store, names.portals, names.register, now, names=names),
        SearchLanguage(index, names),
        links=ReaderLinks(secret_of(settings)),
        renderer=Renderer(base=base_url(settings), department=settings.department or DEPARTMENT),
        envelope=envelope_of(settings),
        rules=Rules(hour=settings.digest_hour, approval=settings.digest_approval, catch_up=timedelta(hours=settings.digest_catch_up_hours)),
    )


class PostOffice:
    """Sends the short mails that the subscription pages need, at once: whoever waits for one is sitting before the page."""

    def __init__(self, settings: Settings, press: Press) -> None:
        self._server = mail_server(settings)
        self._press = press

    def confirm(self, address: str, token: str, wish: Wish | None = None) -> None:
        self._send(address, self._press.notices.confirm(token, wish))

    def already(self, address: str, reader: str) -> None:
        self._send(address, self._press.notices.already(reader), leave=self._press.notices.leave(reader))

    def save_wish(self, address: str, reader: str, wish: Wish) -> None:
        self._send(address, self._press.notices.save_wish(reader, wish), leave=self._press.notices.leave(reader))

    def _send(self, address: str, notice: Notice, *, leave: str | None = None) -> None:
        """Raises: StoreUnavailable when the mail server did not take it: the page then says to try again."""
        number = f"<{secrets.token_hex(16)}@{self._press.envelope.domain}>"
        message = self._press.notice_message(notice, address, message_id=number, now=now(), leave=leave)
        try:
            with Conversation(self._server) as conversation:
                conversation.hand_over(self._press.envelope.address, address, message, lambda: True)
        except (Unreachable, Unknown, Refused, NotTaken) as error:
            # No address in the log.
            log.warning("a mail to a reader was not taken: %s", type(error).__name__)
            raise StoreUnavailable("the mail server did not take the message") from error


def post_office(settings: Settings, press: Press) -> PostOffice | None:
    """None where no mail server is set: then nobody can subscribe, and the page says so."""
    return PostOffice(settings, press) if settings.smtp_host and settings.mail_from else None


def bulletin_of(settings: Settings, press: Press) -> Bulletin:
    """What the pages need of the mail side."""
    return Bulletin(links=press.links, post=post_office(settings, press), note_stock=press.note_stock)


def write_file(path: Path, text: str) -> None:
    """Raises: StoreUnavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StoreUnavailable(f"{path}: cannot be written ({error.strerror}): check the rights of the folder") from error
