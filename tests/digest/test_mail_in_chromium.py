"""The mail in Debian's real Chromium: it fits a phone and asks nobody for anything, in light and dark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.store import Choices
from digest.render import Renderer
from digest.sections import letter
from monitor.periods import Units
from tests.digest.samples import FOUND, REGISTER, empty_issue, issue

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def test_it_fits_and_loads_nothing(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install -y chromium")
    from playwright.sync_api import sync_playwright

    renderer = Renderer(base="https://loa.mau.example.vn", department="Cục Mẫu")
    cases: list[tuple[str, Units]] = [("full", "34"), ("full", "63"), ("empty", "34")]
    for name, units in cases:
        made = letter(issue() if name == "full" else empty_issue(), REGISTER, Choices(units=units), names={}, found=FOUND)
        page = renderer.html(renderer.with_links(made, leave="L" * 60, settings="S" * 90))
        (tmp_path / f"{name}-{units}.html").write_text(page, "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, units in cases:
            for width, scheme in ((375, "light"), (375, "dark"), (640, "light")):
                context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
                page = context.new_page()
                asked: list[str] = []
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.goto((tmp_path / f"{name}-{units}.html").as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert len(asked) == 1, "the page itself"
                ground = page.evaluate("getComputedStyle(document.querySelector('td.tile-silent')).backgroundColor")
                ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
                assert (ground, ink) == (
                    ("rgb(90, 74, 31)", "rgb(230, 235, 240)") if scheme == "dark" else ("rgb(243, 227, 179)", "rgb(29, 39, 51)")
                )
                context.close()
        browser.close()
