"""Takes the pictures of README and user guide, in Debian's Chromium: from the bundled examples, and of figures from a made-up country.

    python -m scripts.screenshots [--home DIR] [--images docs/images] [--guide docs/huong-dan/anh] [--only-country]

Without --home the examples are crawled and read first, into a temporary folder. Pictures stay under 200 kB each.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from corpus.index import open_index
from corpus.index.base import In, Query
from corpus.index.names import Names
from corpus.portals import load_portals
from corpus.reader_links import ReaderLinks
from corpus.store import FILE_NAME, Review, open_store
from search_api.app import create_app
from search_api.pages_bulletin import Bulletin
from search_api.passwords import hash_password
from tests import web_corpus

MAX_BYTES = 200_000
GUIDE_HEIGHT = 1000
REVIEWER = "lan"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home made by `loa demo`")
    parser.add_argument("--images", type=Path, default=Path("docs/images"))
    parser.add_argument("--guide", type=Path, default=Path("docs/huong-dan/anh"))
    parser.add_argument("--only-country", action="store_true", help="only the pictures of figures")
    options = parser.parse_args()
    options.images.mkdir(parents=True, exist_ok=True)
    options.guide.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="loa-screenshots-") as temporary:
        too_large = take_country(Path(temporary), options.images, options.guide)
        if options.only_country:
            return 1 if too_large else 0
        home = options.home or Path(temporary) / "demo"
        if options.home is None:
            subprocess.run([sys.executable, "-m", "cli.main", "--home", str(home), "demo", "--no-serve"], check=True)
        too_large += take(home, options.images, options.guide)
    for path in too_large:
        print(f"{path} is larger than {MAX_BYTES:,} bytes", file=sys.stderr)
    return 1 if too_large else 0


def take(home: Path, images: Path, guide: Path) -> list[Path]:
    portals = home / "portals.toml"
    store, index = open_store(home / FILE_NAME), open_index(home / "index")
    names = Names.load(portals=load_portals(portals if portals.exists() else None))
    password = secrets.token_urlsafe(16)
    if any(account.name == REVIEWER for account in store.accounts()):
        store.change_account(REVIEWER, datetime.now(UTC), password_hash=hash_password(password), closed=False)
    else:
        store.add_account(REVIEWER, "editor", hash_password(password), datetime.now(UTC), full_name="Nguyễn Thị Lan")
    app = create_app(store, index, names=names, people=store, desk=_NoDesk())
    article = index.search(Query(filters=(In("relevance", ("communication",)),), sort="largest", limit=1)).hits[0].id
    pages = {"search": "/tim?q=tap+huan", "article": f"/tin/{article}?q=tap+huan"}
    with served(app) as address, chromium() as browser:
        taken = [
            shoot(browser, address + path, images / f"{name}-{width}.png", width) for name, path in pages.items() for width in (1280, 375)
        ]
        in_guide = {"ngu-canh": "/tim?q=tap+huan&xem=ngu-canh", "tin": f"/tin/{article}"}
        taken += [shoot(browser, address + path, guide / f"{name}.png", 1280, 840) for name, path in in_guide.items()]
        taken.append(shoot_review(browser, address, password, guide / "duyet-nhan.png"))
    index.close()
    store.close()
    return [path for path in taken if path.stat().st_size > MAX_BYTES]


def take_country(folder: Path, images: Path, guide: Path) -> list[Path]:
    """Pages with figures of the made-up country that the tests of the pages use: the examples are too few for a map."""
    names = Names.load(portals=web_corpus.registry())
    with open_store(folder / "country.db") as store:
        index = open_index(folder / "country", register=names.register)
        web_corpus.fill(store, index, names)
        app = create_app(
            store,
            index,
            names=names,
            people=store,
            clock=lambda: web_corpus.NOW,
            today=lambda: web_corpus.TODAY,
            readers=store,
            bulletin=Bulletin(links=ReaderLinks(secrets.token_urlsafe(32)), post=None, note_stock=lambda _: None),
            reports=_no_report,
        )
        pages = {"overview": "/?ky=2026-11", "province": "/tinh/v2-48?ky=2026", "money": "/kinh-phi?ky=2026", "sources": "/nguon"}
        in_guide = {"tong-quan": "/", "tinh": "/tinh/v2-12", "kinh-phi": "/kinh-phi?ky=2026", "nguon-tin": "/nguon"}
        with served(app) as address, chromium() as browser:
            taken = [
                shoot(browser, address + path, images / f"{name}-{width}.png", width)
                for name, path in pages.items()
                for width in (1280, 375)
            ]
            taken += [shoot(browser, address + path, guide / f"{name}.png", 1280, GUIDE_HEIGHT) for name, path in in_guide.items()]
        index.close()
    return [path for path in taken if path.stat().st_size > MAX_BYTES]


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Address of the application while the block runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def shoot(browser: Browser, url: str, path: Path, width: int, height: int | None = None) -> Path:
    size = {"width": width, "height": height or (720 if width > 600 else 780)}
    context = browser.new_context(viewport=size, color_scheme="light", locale="vi-VN")  # type: ignore[arg-type]  # a size of a window
    page = context.new_page()
    page.goto(url)
    settle(page)
    page.screenshot(path=str(path), animations="disabled", caret="hide")
    context.close()
    print(path)
    return path


def settle(page: Page) -> None:
    """Waits until the drawings within sight have come and everything stands still, so that the same page gives the same picture."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every(i => i.getBoundingClientRect().top > innerHeight || i.complete && i.naturalWidth)")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot()  # the first picture of a fresh browser may differ from all later ones by a few dots


def shoot_review(browser: Browser, address: str, password: str, path: Path) -> Path:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light", locale="vi-VN")
    page = context.new_page()
    page.goto(f"{address}/dang-nhap?tiep=/duyet")
    page.fill("[name=ten]", REVIEWER)
    page.fill("[name=mat-khau]", password)
    page.click("main button")
    page.wait_for_selector(".review")
    page.screenshot(path=str(path))
    context.close()
    print(path)
    return path


def _no_report(*_: object) -> bytes:
    """Pictures show the buttons; nobody presses them."""
    raise NotImplementedError


class _NoDesk:
    """Pictures decide nothing."""

    def decide(self, review: Review) -> int:
        raise NotImplementedError(review)

    def undo(self, number: int, who: str) -> Review:
        raise NotImplementedError((number, who))


if __name__ == "__main__":
    sys.exit(main())
