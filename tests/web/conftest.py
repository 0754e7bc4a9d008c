"""The pages in Debian's real Chromium over real HTTP on 127.0.0.1: one server and one browser for all tests."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import uvicorn

from corpus.index import open_index
from corpus.index.names import Names
from corpus.portals import Portal, PortalRegistry
from corpus.store import open_store
from search_api.app import create_app
from tests import hostile, web_corpus
from tests.search_samples import make_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
TOGETHER = 4
"""Hostile payloads in one document: title, text, source and author are made of them."""
ATTACKS = ["\n".join(hostile.ALL[at : at + TOGETHER]).replace("\x00", "") for at in range(0, len(hostile.ALL), TOGETHER)]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running server: the small country, and documents and a source made of every hostile payload."""
    folder = tmp_path_factory.mktemp("web")
    hostile_name = " ".join(hostile.MARKUP)[:900]
    hostile_source = Portal(
        id="nguon-xau",
        name=hostile_name,
        home="javascript:window.hit=1",
        hosts=("xau.example",),
        kind="press",
        province="v2-96",
        verified=True,
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
    with open_store(folder / "loa.db") as store:
        index = open_index(folder / "index", register=names.register)
        web_corpus.fill(store, index, names, number=120, more=attacks)
        app = create_app(
            store,
            index,
            names=names,
            people=store,
            clock=lambda: web_corpus.NOW,
            today=lambda: web_corpus.TODAY,
            base_url="http://127.0.0.1",
        )
        listener = socket.create_server(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=lambda: running.run(sockets=[listener]), daemon=True)
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        running.should_exit = True
        thread.join(20)
        listener.close()
        index.close()


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
