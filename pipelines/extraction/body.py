"""Finding the article's own blocks among all blocks of a page: the container by score, then what does not belong is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.text import fold
from pipelines.extraction.dates import DATE_LINE, remainder
from pipelines.extraction.html import Block, Page
from pipelines.extraction.lines import cuts_rest, is_chrome, is_imprint, without_imprint
from pipelines.extraction.marks import Layout, is_body, is_sapo, is_strong_body

_TRANSPARENT = frozenset(
    "p h1 h2 h3 h4 h5 h6 li ul ol dl dt dd tr tbody thead table blockquote figure figcaption center span a b strong i em u font "
    "caption pre time small label sub sup mark abbr cite o:p".split()
)
# A paragraph speaks for its container, less for those further out: paragraphs may each stand in their own div.
_DEPTH_SHARE = (1.0, 0.85, 0.5, 0.25)
_WRAPPER_SHARE = 0.95
"""The same for an element around a single paragraph, which is no level of its own."""
_SHORT = 25
_LONG = 800
_LINK_ONLY = 0.8
_DUPLICATE_LENGTH = 30
_PARAGRAPH = 120
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Body:
    box: int
    blocks: tuple[int, ...]
    """Numbers of the blocks that are the article's text, lead first, in order."""
    lead: tuple[int, ...]
    dropped_links: int
    """Blocks inside the container that are only a link of headline length: many of them make a listing."""
    kept_chars: int
    score: float


def find_body(layout: Layout, *, box: int | None = None) -> Body | None:
    """The best container's text; ``box`` names it when the portal's own selector did. None when nothing reads like text."""
    page, noisy = layout.page, layout.noise
    score = 0.0
    if box is None:
        scores = _scores(page, noisy)
        if not scores:
            return None
        box = max(scores, key=lambda number: (scores[number], -number))
        score = scores[box]
    held = page.boxes[box]
    blocks, dropped = _own_blocks(page, range(held.first, held.last), box, noisy, held.chars)
    return Body(
        box=box,
        blocks=tuple(blocks),
        lead=(),
        dropped_links=dropped,
        kept_chars=sum(len(page.blocks[number].text) for number in blocks),
        score=score,
    )


def add_lead(layout: Layout, body: Body, title: int | None, description: str) -> Body:
    """The standfirst (sapo) between title and body, which most systems keep outside the body's container."""
    if title is None:
        return body
    page, noisy = layout.page, layout.noise
    held = page.boxes[body.box]
    start = title + 1
    if not start <= held.first or held.first - start > 60:
        return body
    taken = {page.blocks[number].text for number in body.blocks}
    wanted = _key(description)[:40]
    lead = []
    for number in range(start, held.first):
        block = page.blocks[number]
        text = block.text
        if block.link_share > 0.5 or len(text) < 40 or text in taken or is_chrome(text) or len(remainder(text)) < 30:
            continue
        matches = len(wanted) >= 20 and wanted in _key(text)
        named = any(map(is_sapo, layout.near(block.box, 3)))
        if not (matches or named) and any(noisy[box] for box in page.ancestors(block.box)):
            continue
        if matches or named or (len(text) >= 60 and block.tag != "li"):
            lead.append(number)
            taken.add(text)
    if not lead:
        return body
    return Body(body.box, (*lead, *body.blocks), tuple(lead), body.dropped_links, body.kept_chars, body.score)


def paragraphs(page: Page, numbers: Iterable[int], *, title: str) -> list[str]:
    """Their texts without doubles (captions and slide shows repeat) and without the title standing first."""
    seen: set[str] = set()
    kept: list[str] = []
    for number in numbers:
        text = page.blocks[number].text
        if text in seen or (not kept and _key(text) == _key(title)):
            continue
        if len(text) >= _DUPLICATE_LENGTH:
            seen.add(text)
        kept.append(text)
    return kept


def home_of(page: Page, block: Block) -> int:
    """The box that holds the block's paragraph."""
    number = block.box
    while number > 0 and page.boxes[number].tag in _TRANSPARENT:
        number = page.boxes[number].parent
    return number


def _scores(page: Page, noisy: list[bool]) -> dict[int, float]:
    scores: dict[int, float] = {}
    boxes = page.boxes
    within = _within_noise(page, noisy)
    for block in page.blocks:
        size = len(block.text)
        if size < _SHORT or block.link_share > 0.5 or is_imprint(block.text):
            continue
        weight = min(size, _LONG) / 100 + (0.5 if block.text[-1] in '.!?…"”' else 0.0)
        depth = 0
        share = 1.0
        number = block.box
        noise = False
        while number >= 0 and depth < len(_DEPTH_SHARE):
            box = boxes[number]
            noise = noise or noisy[number]
            if box.tag not in _TRANSPARENT or is_strong_body(box.marks):
                scores[number] = scores.get(number, 0.0) + weight * share * _DEPTH_SHARE[depth] * (
                    0.15 if noise else 0.5 if within[number] else 1.0
                )
                if box.last - box.first > 1:
                    depth += 1
                else:
                    share *= _WRAPPER_SHARE
            number = box.parent
    for number in scores:
        box = boxes[number]
        factor = 2.0 if is_strong_body(box.marks) else 1.4 if is_body(box.marks) else 1.0
        if box.tag in ("article", "main"):
            factor *= 1.2
        elif box.tag in ("aside", "footer", "body"):
            factor *= 0.4
        scores[number] *= factor * (1.0 - min(1.0, box.link_chars / max(1, box.chars)))
    return scores


def _within_noise(page: Page, noisy: list[bool]) -> list[bool]:
    """Whether the box or one that holds it is noise, unless a name between says that the text stands here."""
    within = list(noisy)
    for number, box in enumerate(page.boxes):
        if box.parent >= 0 and within[box.parent] and not within[number] and not is_strong_body(box.marks):
            within[number] = True
    return within


def _own_blocks(page: Page, numbers: range, container: int, noisy: list[bool], chars: int) -> tuple[list[int], int]:
    kept: list[int] = []
    links = 0
    linked: list[int] = []
    left_out = _left_out(page, container, noisy, chars)
    headings = 0
    for number in numbers:
        block = page.blocks[number]
        if left_out.get(block.box):
            continue
        if headings < _TRIES and cuts_rest(block.text):
            headings += 1
            if _is_tail(page, numbers, number):
                break
            continue
        if is_chrome(block.text) or (len(block.text) <= DATE_LINE and _tells_when(block.text)):
            continue
        if block.link_share >= _LINK_ONLY:
            links += len(block.text) >= _SHORT
            linked.append(number)
            continue
        if (block.tag == "li" and block.link_share >= 0.6) or _is_teaser(page, block, container):
            links += block.tag == "li"
            continue
        kept.append(number)
    if linked and sum(len(page.blocks[n].text) for n in kept) < sum(
        len(page.blocks[n].text) for n in linked if len(page.blocks[n].text) > 200
    ):
        kept = sorted(kept + [number for number in linked if len(page.blocks[number].text) > 200])
    return kept[: without_imprint([page.blocks[number].text for number in kept])], links


def _left_out(page: Page, container: int, noisy: list[bool], chars: int) -> dict[int, bool]:
    """Per box within the container: whether it or a box between holds something else than the article."""
    left_out = {container: False}
    for number in range(container + 1, len(page.boxes)):
        box = page.boxes[number]
        if box.parent not in left_out:
            break  # boxes stand in document order: the container ends here
        left_out[number] = left_out[box.parent] or (noisy[number] and box.chars < chars * 0.5)
    return left_out


def _is_teaser(page: Page, block: Block, container: int) -> bool:
    """Text under a linked headline in a small element of its own: another story put between the paragraphs."""
    number = home_of(page, block)
    box = page.boxes[number]
    while box.last - box.first == 1 and box.parent > container:
        number = box.parent
        box = page.boxes[number]
    if number <= container or box.last - box.first > 3 or box.chars > 600:
        return False
    first = page.blocks[box.first]
    return first is not block and first.link_share >= _LINK_ONLY and len(first.text) >= _SHORT


def _is_tail(page: Page, numbers: range, number: int) -> bool:
    """Whether what follows a heading such as "Tin liên quan" is rest; a box of links in the middle has paragraphs of the article below."""
    before = [n for n in range(numbers.start, number) if page.blocks[n].link_share < 0.5]
    after = [n for n in range(number + 1, numbers.stop) if page.blocks[n].link_share < 0.5]
    size = sum(len(page.blocks[n].text) for n in before)
    if size < 200 or size < sum(len(page.blocks[n].text) for n in after):
        return False
    homes = {home_of(page, page.blocks[n]) for n in before if len(page.blocks[n].text) >= _PARAGRAPH}
    return not any(
        len(page.blocks[n].text) >= _PARAGRAPH and page.blocks[n - 1].link_share < _LINK_ONLY and home_of(page, page.blocks[n]) in homes
        for n in after
    )


_NOT_LETTERS = re.compile(r"[\W_]+")


def _key(text: str) -> str:
    return _NOT_LETTERS.sub(" ", fold(text[:_LONG])).strip()


_POSTED_BY = re.compile(r"(?:người|được)?\s?(?:đăng|nhập|tạo|gửi)(?: (?:tin|bài|bởi))?\s?:?\s[\w .'’-]{2,40}", re.IGNORECASE)


def _tells_when(text: str) -> bool:
    """Whether a line holds a date alone, or one with who put it on the site."""
    rest = remainder(text)
    return not rest or (any(map(str.isdigit, text)) and len(rest) < len(text) - 5 and _POSTED_BY.fullmatch(rest) is not None)
