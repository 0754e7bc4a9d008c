"""Takes the pictures of README and guide from the bundled examples, in Debian's Chromium.

    python scripts/screenshots.py [--home DIR] [--images docs/images]

Without --home the examples are crawled and read first, into a temporary folder. Pictures stay under 200 kB each.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from corpus.index import open_index
from corpus.index.base import In, Query
from corpus.index.names import Names
from corpus.portals import load_portals
from corpus.store import FILE_NAME, open_store
from search_api.app import create_app

MAX_BYTES = 200_000
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home made by `loa demo`")
    parser.add_argument("--images", type=Path, default=Path("docs/images"))
    options = parser.parse_args()
    options.images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="loa-screenshots-") as temporary:
        home = options.home or Path(temporary)
        if options.home is None:
            subprocess.run([sys.executable, "-m", "cli.main", "--home", str(home), "demo", "--no-serve"], check=True)
        too_large = take(home, options.images)
    for path in too_large:
        print(f"{path} is larger than {MAX_BYTES:,} bytes", file=sys.stderr)
    return 1 if too_large else 0


def take(home: Path, images: Path) -> list[Path]:
    portals = home / "portals.toml"
    store, index = open_store(home / FILE_NAME), open_index(home / "index")
    app = create_app(store, index, names=Names.load(portals=load_portals(portals if portals.exists() else None)))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    article = index.search(Query(filters=(In("relevance", ("communication",)),), sort="largest", limit=1)).hits[0].id
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    pages = {"overview": "/", "search": "/tim?q=tap+huan", "article": f"/tin/{article}?q=tap+huan"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        taken = [
            shoot(browser, address + path, images / f"{name}-{width}.png", width) for name, path in pages.items() for width in (1280, 375)
        ]
        browser.close()
    server.should_exit = True
    thread.join(10)
    index.close()
    store.close()
    return [path for path in taken if path.stat().st_size > MAX_BYTES]


def shoot(browser: Browser, url: str, path: Path, width: int) -> Path:
    context = browser.new_context(viewport={"width": width, "height": 720 if width > 600 else 780}, color_scheme="light", locale="vi-VN")
    page = context.new_page()
    page.goto(url)
    page.screenshot(path=str(path))
    context.close()
    print(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
