"""The pages in Debian's real Chromium over real HTTP on 127.0.0.1: one server and one browser for all tests."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import uvicorn

from cli.deciding import DecisionDesk
from cli.settings import Settings
from corpus.document import ActivityMention, Document, Span
from corpus.index import open_index
from corpus.index.names import Names
from corpus.portals import Portal, PortalRegistry
from corpus.reader_links import ReaderLinks, Wish
from corpus.store import Choices, Reader, Store, open_store
from digest.message import Envelope
from digest.press import Press, Rules
from digest.render import Renderer
from monitor.desk import Monitor
from monitor.periods import parse_period
from search_api.app import create_app
from search_api.pages_bulletin import Bulletin
from search_api.passwords import hash_password
from tests import hostile, web_corpus
from tests.search_samples import NGHE_AN, make_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
TOGETHER = 4
"""Hostile payloads in one document: title, text, source and author are made of them."""
ATTACKS = ["\n".join(hostile.ALL[at : at + TOGETHER]).replace("\x00", "") for at in range(0, len(hostile.ALL), TOGETHER)]


PASSWORD = "loa phường vang sáng sớm"
REVIEWER, EDITOR = "lan", "minh"
WAITING = 30
"""Tags that wait for a reviewer."""
ADDRESS = "an@mau.example.vn"


@dataclass
class TakenMail:
    """A mail server that takes everything and keeps the links that it was asked to send."""

    confirm_tokens: list[str] = field(default_factory=list)
    wishes: list[tuple[str, Wish]] = field(default_factory=list)

    def confirm(self, address: str, token: str, wish: Wish | None = None) -> None:
        del address, wish
        self.confirm_tokens.append(token)

    def already(self, address: str, reader: str) -> None:
        del address, reader

    def save_wish(self, address: str, reader: str, wish: Wish) -> None:
        del address
        self.wishes.append((reader, wish))


@dataclass(frozen=True)
class House:
    """The whole application as it is served, and what its mails would tell."""

    address: str
    store: Store
    links: ReaderLinks
    mail: TakenMail
    reader: Reader

    def path(self, path: str) -> str:
        """With the tokens of the reader, and of an address that waits for its confirmation, in their places."""
        return path.format(
            settings=self.links.settings(self.reader.id), leave=self.links.leave(self.reader.id), confirm=self.mail.confirm_tokens[0],
            wish=self.links.saving(self.reader.id, Wish(name="Loa thôn", params="q=loa", frequency="weekly")),
        )  # fmt: skip


@pytest.fixture(scope="session")
def server(house: House) -> str:
    return house.address


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server: the small country, and documents and a source made of every hostile payload."""
    settings = Settings(home=tmp_path_factory.mktemp("web"))
    hostile_name = " ".join(hostile.MARKUP)[:900]
    hostile_source = Portal(
        id="nguon-xau",
        name=hostile_name,
        home="javascript:window.hit=1",
        hosts=("xau.example",),
        kind="press",
        province="v2-96",
        verified=True,
        predecessors=("camau-gov",),
    )
    portals = PortalRegistry((*web_corpus.registry(), hostile_source))
    names = Names.load(portals=portals)
    attacks = tuple(
        make_document(
            f"f{number:023d}",
            kept,
            f"Nghèo {kept}.\nXã {kept}.",
            portal=kept[:60] if number else "nguon-xau",
            author=kept[:200],
            published=web_corpus.TODAY.replace(day=18),
            about=(("v2-96", "Xã"),),
        )
        for number, kept in enumerate(ATTACKS)
    )
    with open_store(settings.store_path) as store:
        index = open_index(settings.index_url, register=names.register)
        web_corpus.fill(store, index, names, number=120, more=(*attacks, *doubtful(WAITING)))
        index.close()
        index = open_index(settings.index_url, register=names.register)  # this one only reads, so that decisions may write
        links, mail = ReaderLinks("một bí mật đủ dài để ký các liên kết"), TakenMail()
        fill_house(store, names, links)
        reader = store.reader_at(ADDRESS)
        asked = store.ask("moi@mau.example.vn", Choices(), web_corpus.NOW)
        assert reader is not None
        assert asked.token is not None
        mail.confirm_tokens.append(asked.token)
        app = create_app(
            store,
            index,
            names=names,
            people=store,
            desk=DecisionDesk(settings, store, index, lambda: web_corpus.NOW),
            clock=lambda: web_corpus.NOW,
            today=lambda: web_corpus.TODAY,
            base_url="http://127.0.0.1",
            readers=store,
            bulletin=Bulletin(links=links, post=mail, note_stock=lambda _: None),
            reports=lambda period, units, form: b"",
        )
        listener = socket.create_server(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=lambda: running.run(sockets=[listener]), daemon=True)
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.02)
        yield House(f"http://127.0.0.1:{listener.getsockname()[1]}", store, links, mail, reader)
        running.should_exit = True
        thread.join(20)
        listener.close()
        index.close()


def doubtful(number: int) -> tuple[Document, ...]:
    """Articles with one activity each that the model is not sure of."""
    made = []
    for at in range(number):
        document = make_document(
            f"d{at:023d}",
            f"Hội nghị biểu dương gương vượt khó lần thứ {at + 1}",
            f"Hội nghị biểu dương {at + 3} gương vượt khó vươn lên của huyện được tổ chức sáng nay.",
            published=date(2025, 3, 1),
            relevance="poverty_other",
        )
        mention = ActivityMention(code="recognition", evidence=(Span(0, 19),), score=0.5 + at / 1000, method="activity-model 1")
        made.append(replace(document, activities=(mention,)))
    return tuple(made)


def fill_house(store: Store, names: Names, links: ReaderLinks) -> None:
    """Accounts, a reader with a saved search, a frozen issue and the draft of the next, a report and a decision."""
    now = web_corpus.NOW
    for name, role, full_name in ((REVIEWER, "reviewer", "Nguyễn Thị Lan"), (EDITOR, "editor", "Trần Văn Minh")):
        store.add_account(name, role, hash_password(PASSWORD), now, full_name=full_name)  # type: ignore[arg-type]  # one of the roles
    store.add_reader(ADDRESS, Choices(provinces=("v2-40",)), consented_at=now, now=now)
    reader = store.reader_at(ADDRESS)
    assert reader is not None
    store.save_search("Loa và đài " + "dài " * 15, "q=loa+HOẶC+đài", frequency="weekly", now=now, reader=reader.id)
    monitor = Monitor(store, names.portals, names.register, lambda: now, names=names)
    press = Press(
        store, monitor, _NoSearches(), links=links, renderer=Renderer(base="http://127.0.0.1", department="Cục Thông tin cơ sở"),
        envelope=Envelope(address="loa@mau.example.vn"), rules=Rules(),
    )  # fmt: skip
    for key in ("2026-W46", "2026-W47"):
        press.draft(parse_period(key), now)
    press.approve("2026-W46", now, by=EDITOR)
    store.report_tag(NGHE_AN.id, "locality", "v1-40", "Không phải tỉnh này " + hostile.MARKUP[0], now)


class _NoSearches:
    def find(self, params: str) -> set[str]:
        raise NotImplementedError(params)

    def understood(self, params: str) -> str:
        raise NotImplementedError(params)

    def source(self, portal: str) -> str:
        raise NotImplementedError(portal)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not os.path.exists(CHROMIUM):  # noqa: PTH110  # a plain look at one absolute path
        pytest.skip("chromium is not installed: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def scripted(browser: Browser) -> Iterator[Page]:
    """One page for all tests that leave nothing behind."""
    context = browser.new_context(locale="vi-VN", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def plain(browser: Browser) -> Iterator[Page]:
    """The same without JavaScript."""
    context = browser.new_context(locale="vi-VN", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, house: House) -> Iterator[Page]:
    """The browser of an editor, for tests that leave nothing behind."""
    context = browser.new_context(locale="vi-VN", reduced_motion="reduce")
    yield sign_in(context.new_page(), house.address, EDITOR)
    context.close()


def sign_in(page: Page, server: str, name: str, wanted: str = "/") -> Page:
    page.goto(f"{server}/dang-nhap?tiep={wanted}")
    page.fill("[name=ten]", name)
    page.fill("[name=mat-khau]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{server}{wanted}")
    return page
