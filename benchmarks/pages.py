"""Article pages for the benchmarks: texts of the gold set inside the chrome of a news site, all generated here.

A page has the shape of real ones: about 120 kB of HTML, of which some 3.4 kB are the article; menus, teasers of other stories, scripts
and styles are the rest. ``seed`` fixes everything.
"""

from __future__ import annotations

import html
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from corpus.document import RawPage
from corpus.text import normalize

GOLD = Path(__file__).parents[1] / "tests" / "gold" / "pages.jsonl"
ARTICLE_CHARACTERS = 3_400
PAGE_BYTES = 120_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def generate(count: int, *, seed: int = 1) -> Iterator[RawPage]:
    generator = random.Random(seed)
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    paragraphs = [p.strip() for row in rows for p in row["text"].split("\n") if len(p.strip()) > 80]
    titles = [row["title"] for row in rows]
    for number in range(count):
        chosen: list[str] = []
        while sum(map(len, chosen)) < ARTICLE_CHARACTERS:
            chosen.append(generator.choice(paragraphs))
        published = date(2023, 1, 1) + timedelta(days=generator.randrange(1000))
        body = _page(generator, titles[number % len(titles)], chosen, published, titles)
        url = f"https://bao-vi-du.vn/xa-hoi/bai-viet-{100000 + number}.html"
        yield RawPage(
            portal="import",
            requested_url=url,
            final_url=url,
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=body.encode(),
            fetched_at=NOW,
        )


def generate_texts(count: int, *, seed: int = 2) -> Iterator[str]:
    """Texts of articles without a page around them."""
    generator = random.Random(seed)
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    paragraphs = [normalize(p.strip()) for row in rows for p in row["text"].split("\n") if len(p.strip()) > 80]
    for _ in range(count):
        chosen: list[str] = []
        while sum(map(len, chosen)) < ARTICLE_CHARACTERS:
            chosen.append(generator.choice(paragraphs))
        yield "\n\n".join(chosen)


def _page(generator: random.Random, title: str, paragraphs: list[str], published: date, titles: list[str]) -> str:
    head = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{html.escape(title)} | Báo Ví Dụ</title>'
        f'<meta property="og:title" content="{html.escape(title)}">'
        f'<meta property="article:published_time" content="{published.isoformat()}T08:30:00+07:00"></head><body>'
    )
    menu = "".join(f'<li class="nav-item"><a href="/muc-{i}">Chuyên mục {i}</a></li>' for i in range(120))
    article = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
    article = (
        f'<article class="article-detail"><h1 class="title">{html.escape(title)}</h1>'
        f'<div class="date">{published:%d/%m/%Y} 08:30</div><div class="content-detail">{article}'
        '<p class="author"><strong>Nguyễn Văn Mẫu</strong></p></div></article>'
    )
    teasers = ""
    while len(head) + len(menu) + len(article) + len(teasers) * 1.15 < PAGE_BYTES:
        name = html.escape(generator.choice(titles))
        teasers += f'<div class="story-item"><a href="/tin-{generator.randrange(10**6)}.html" title="{name}"><img src="/a.jpg" alt=""></a><h3><a href="#">{name}</a></h3></div>'
    return f"{head}<nav><ul>{menu}</ul></nav><main>{article}</main><aside>{teasers}</aside><footer>Bản quyền thuộc Báo Ví Dụ</footer></body></html>"
