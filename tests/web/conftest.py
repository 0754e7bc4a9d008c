"""The pages in Debian's real Chromium over real HTTP on 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from corpus.index import open_index
from corpus.index.names import Names
from corpus.portals import PortalRegistry
from corpus.store import open_store
from search_api.app import create_app
from tests import hostile
from tests.search_samples import ALL, FETCHED, make_document

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running server: the samples, and one document for every hostile payload."""
    folder = tmp_path_factory.mktemp("web")
    names = Names.load(portals=PortalRegistry(()))
    store, index = open_store(folder / "loa.db"), open_index(folder / "index", register=names.register)
    attacks = (
        make_document(f"{number:024d}", kept, f"Nghèo {kept}.\nXã {kept}.", portal=kept[:60], author=kept)
        for number, kept in enumerate(payload.replace("\x00", "") for payload in hostile.ALL)
    )
    for document in (*ALL, *attacks):
        store.put_document(document, FETCHED)
        index.put(document)
    index.refresh()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(store, index, names=names), log_level="error", lifespan="off")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: running.run(sockets=[listener]), daemon=True)
    thread.start()
    while not running.started and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = True
    thread.join(20)
    listener.close()
    index.close()
    store.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    if not os.path.exists(CHROMIUM):  # noqa: PTH110  # a plain look at one absolute path
        pytest.skip("chromium is not installed: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
