"""A letter as HTML for mail, as text and as the page of the archive. Templates put words in their place; the words come from
``sections.py``. The only module that imports mjml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from mjml import mjml2html

from corpus.errors import InvalidData
from digest.sections import Letter

COLOURS: Mapping[str, str] = {
    "news": "#b7e0cf",
    "silent": "#f3e3b3",
    "unreadable": "#f2c4c0",
    "unwatched": "#dde2e7",
    "islands": "#ffffff",
}
"""Backgrounds of tiles: black words on them have a contrast of 10 and more."""
FOOT = {
    "reason": "Bạn nhận thư này vì đã đăng ký và xác nhận nhận bản tin tuần của loa.",
    "web": "Xem trên trang",
    "settings": "Đổi lựa chọn",
    "leave": "Ngừng nhận bản tin",
}
ISLANDS = "Bản đồ gồm cả quần đảo Hoàng Sa (Đà Nẵng) và quần đảo Trường Sa (Khánh Hòa)."

_LINE_ENDS = re.compile(r"\s*\n\s*")
"""Indentation of the templates, which only makes a mail longer."""


class Renderer:
    """``base``: where our pages stand, without a slash at its end."""

    def __init__(self, *, base: str, department: str, title: str = "Bản tin tuần: truyền thông và giảm nghèo về thông tin") -> None:
        self.base = base.rstrip("/")
        self._values: dict[str, Any] = {
            "base": self.base,
            "department": department,
            "title": title,
            "colours": COLOURS,
            "foot": FOOT,
            "islands": ISLANDS,
        }
        self._html = _environment(escape=True)
        self._text = _environment(escape=False)

    def with_links(self, letter: Letter, *, leave: str, settings: str) -> Letter:
        """``leave`` and ``settings`` are tokens of the reader."""
        links = {
            "web": f"{self.base}/ban-tin/{letter.key}",
            "settings": f"{self.base}/ban-tin/tuy-chon/{settings}",
            "leave": f"{self.base}/ban-tin/roi/{leave}",
        }
        return replace(letter, links=links)

    def html(self, letter: Letter) -> str:
        return self.draw_mjml("issue.mjml", letter=letter)

    def text(self, letter: Letter) -> str:
        return self.draw_text("issue.txt", letter=letter)

    def web(self, letter: Letter) -> str:
        """A part of a page, without links of any reader and with paths alone."""
        return self._html.get_template("web.html").render(letter=letter, **self._values)

    def draw_mjml(self, template: str, **values: Any) -> str:
        source = self._html.get_template(template).render(**self._values, **values)
        try:
            return _LINE_ENDS.sub("\n", mjml2html(source, disable_comments=False, fonts={}))
        except ValueError as error:
            raise InvalidData(f"{template} cannot be rendered: {error}") from error

    def draw_text(self, template: str, **values: Any) -> str:
        return self._text.get_template(template).render(**self._values, **values).strip() + "\n"


def _environment(*, escape: bool) -> Environment:
    loader = PackageLoader("digest")
    if escape:
        return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    # Plain text, where nothing is markup.
    return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - text alone
