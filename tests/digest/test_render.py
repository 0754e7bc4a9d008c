"""HTML, text and archive page say the same; what crawled titles bring along stays text; size, links and islands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from corpus.store import Choices
from digest.issue import Issue, from_json, to_json
from digest.message import Envelope, compose
from digest.render import Renderer
from digest.sections import Letter, letter
from monitor.periods import Units
from tests import hostile
from tests.digest.samples import BUILT, FOUND, REGISTER, code_of, empty_issue, issue, story

BASE = "https://loa.mau.example.vn"
RENDERER = Renderer(base=BASE, department="Cục Mẫu")
DIEN_BIEN = code_of("Điện Biên")
WHITE = re.compile(r"\s+")
MOST_BYTES = 60_000


class Words(HTMLParser):
    """What a reader reads, the addresses they may follow, and the tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.sources: list[str] = []
        self._silent = 0
        self._pieces: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return WHITE.sub(" ", "".join(self._pieces)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._silent += tag in ("style", "title")
        self._pieces.append(" " if tag in ("td", "tr", "p", "br", "h1", "h2", "li", "div") else "")
        for name, value in attrs:
            if name == "href":
                self.links.append(value or "")
            if name in ("src", "background") or name.startswith("on"):
                self.sources.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._pieces.append(data)


def make(which: Issue, units: Units = "34", *, found: bool = True) -> Letter:
    choices = Choices(units=units, provinces=(DIEN_BIEN,))
    made = letter(which, REGISTER, choices, names={DIEN_BIEN: "Điện Biên"}, found=FOUND if found else ())
    return RENDERER.with_links(made, leave="L" * 44, settings="S" * 60)


def facts(made: Letter) -> Iterator[str]:
    """Every statement of a letter."""
    yield made.headline
    yield made.dates
    for line in made.states:
        yield from (line.text, *line.details)
    for section in made.sections:
        yield section.lead
        for line in section.lines:
            yield from (line.text, *line.details)


@pytest.mark.parametrize("units", ["34", "63"])
@pytest.mark.parametrize("which", [issue(), empty_issue()], ids=["full", "empty"])
def test_html_text_and_page_say_the_same(which: Issue, units: Units) -> None:
    made = make(which, units)
    html, text, web = Words(RENDERER.html(made)), WHITE.sub(" ", RENDERER.text(made)), Words(RENDERER.web(made))
    for fact in facts(made):
        for version in (html.text, text, web.text):
            assert WHITE.sub(" ", fact) in version or fact == made.dates, fact
    assert made.dates in html.text
    assert made.dates in text
    for section in made.sections:
        assert section.title in html.text
        assert section.title in web.text
        assert section.title.upper() in text
    addresses = {f"{BASE}{line.href}" for section in made.sections for line in section.lines if line.href} | set(made.links.values())
    assert addresses <= set(html.links)
    assert all(address in text for address in addresses)


@pytest.mark.parametrize(("units", "tiles"), [("34", 34), ("63", 63)])
def test_the_map_holds_every_province_and_both_archipelagos(units: Units, tiles: int) -> None:
    made = make(issue(), units)
    html = RENDERER.html(made)
    assert html.count('class="tile tile-') == tiles + 2
    assert html.count("bgcolor=") >= tiles + 2
    for islands in ("Hoàng Sa", "Trường Sa"):
        assert islands in Words(html).text
        assert islands in RENDERER.text(made)
        assert islands in Words(RENDERER.web(made)).text
    listed = sum(len(line.details[0].split(", ")) for line in made.states)
    assert listed == tiles


@pytest.mark.parametrize("units", ["34", "63"])
def test_nothing_is_loaded_from_anywhere_and_every_link_is_plain(units: Units) -> None:
    html = Words(RENDERER.html(make(issue(), units)))
    assert html.sources == []
    assert not html.tags & {"img", "script", "link", "iframe", "form", "object"}
    assert all(link.startswith(f"{BASE}/") for link in html.links)
    assert "?" not in RENDERER.html(make(empty_issue())).split("/ban-tin/roi/")[1][:60], "no parameters that follow readers"


@pytest.mark.parametrize("units", ["34", "63"])
def test_the_whole_message_stays_small(units: Units) -> None:
    made = make(issue(), units)
    message = compose(
        Envelope(address="loa@mau.example.vn"),
        to="an@mau.example.vn",
        subject=made.subject,
        text=RENDERER.text(made),
        html=RENDERER.html(made),
        message_id="<a@mau.example.vn>",
        date=BUILT,
    )
    assert len(message) < MOST_BYTES


def test_own_provinces_come_first_and_say_so() -> None:
    made = make(issue())
    stories = next(section for section in made.sections if section.key == "stories")
    assert [line.strong for line in stories.lines] == [True, *[False] * 9]
    assert "tỉnh bạn chọn: Điện Biên" in stories.lines[0].details[-1]
    assert len(stories.lines) == 10


def test_subject_and_preheader_bear_the_numbers() -> None:
    made = make(issue())
    assert made.subject == "Tuần 47/2026: 14 chuyện, 9/34 tỉnh có tin, 22 im lặng"
    assert made.preheader == "31 tin về 14 chuyện; được phê duyệt: 5,35 tỷ đồng; 1 nguồn không đọc được."
    assert RENDERER.html(made).index(made.preheader) < RENDERER.html(made).index("<h1")


def test_nothing_new_is_said_in_a_short_mail() -> None:
    made = make(empty_issue(), found=False)
    assert made.subject == "Tuần 47/2026: không có tin mới"
    assert "không có tin mới" in RENDERER.text(made)
    assert [section.key for section in made.sections] == ["stories", "silent"]


def test_an_issue_is_stored_and_read_back_equal() -> None:
    assert from_json(to_json(issue())) == issue()


@pytest.mark.parametrize("payload", hostile.ALL[:: max(1, len(hostile.ALL) // 60)])
def test_hostile_titles_stay_text(payload: str) -> None:
    from digest.message import clean_line

    title = clean_line(payload) or "x"
    plain, attacked = issue(stories=(story(1, "Tiêu đề", "Lào Cai"),)), issue(stories=(story(1, title, "Lào Cai"),))
    expected, found = Words(RENDERER.html(make(plain))), Words(RENDERER.html(make(attacked)))
    assert (found.tags, found.links, found.sources) == (expected.tags, expected.links, [])
    assert WHITE.sub(" ", title).strip() in found.text
    web = Words(RENDERER.web(make(attacked)))
    assert web.tags == Words(RENDERER.web(make(plain))).tags
    assert web.sources == []
