"""Short makers of pages for the tests of extraction."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from corpus.document import RawPage

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2025, 1, 12, 3, 0, tzinfo=UTC)
URL = "https://baohuyen.example.vn/tin/lop-hoc-truyen-thanh-778899.html"

PARAGRAPHS = (
    "Sáng thứ hai, hơn ba mươi cán bộ thôn bản đã đến hội trường ủy ban nhân dân xã để học cách vận hành cụm loa mới lắp.",
    "Giảng viên của đài truyền thanh huyện hướng dẫn từng nhóm thu âm, cắt ghép và hẹn giờ phát bản tin cho phù hợp với giờ đi nương của bà con.",
    "Theo kế hoạch, mỗi tuần các thôn sẽ tự làm hai bản tin ngắn về giá nông sản, lịch tiêm phòng và chính sách hỗ trợ hộ nghèo.",
)


# Pages that break parsers: each is quadratic, endless or deep somewhere.
HOSTILE = {
    "deep": "<div>" * 60_000 + PARAGRAPHS[0] + "</div>" * 60_000,
    "deeper": "<div>" * 200_000,
    "unclosed formatting": "".join(f"<p><b id={n}>x" for n in range(5_000)),
    "much unclosed formatting": "".join(f"<p><b id={n}>x" for n in range(60_000)),
    "options": "<select>" + "<option>" * 120_000 + "</select>",
    "attributes": "<p " + " ".join(f"a{n}='x'" for n in range(10_000)) + ">" + PARAGRAPHS[0] + "</p>",
    "many paragraphs": "<p>x</p>" * 100_000,
    "many links": "<a href='/x.pdf'>Một liên kết dài hơn hai mươi chữ</a> " * 30_000,
    "table rows": "<tr><td>1</td><td>2</td></tr>" * 30_000,
    "unclosed": "<p><b><i><a href=" * 30_000,
    "long class": f"<div class='{'tin-' * 100_000}'>{PARAGRAPHS[0]}</div>",
    "one token": "a" * 1_000_000,
    "spaces": " " * 1_000_000,
    "digits": "12/" * 300_000,
    "breaks": "<br>" * 100_000,
    "comments": "<!--" * 100_000,
    "link headings": f"<p>{PARAGRAPHS[0]}</p><h3>Tin liên quan</h3>" * 20_000,
    "nested noise": "<div class='related'>" * 500 + f"<p>{PARAGRAPHS[0]}</p>" * 5_000,
    "author elements": "<span class='author'>" * 500 + "Bàn Thị Mai" * 20_000,
    "json-ld": "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
    "entities": "&#7897;&amp;&bogus;" * 50_000,
}


def raw(
    body: bytes | str,
    *,
    url: str = URL,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    fetched_at: datetime = NOW,
) -> RawPage:
    return RawPage(
        portal="bao-huyen",
        requested_url=url,
        final_url=url,
        status=status,
        headers=(("content-type", content_type),),
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=fetched_at,
    )


def article(
    *,
    head: str = "",
    title: str = "Lớp học vận hành loa truyền thanh ở xã Tả Van",
    under_title: str = "<span class='date'>06/01/2025 08:15</span>",
    body: str = "".join(f"<p>{text}</p>" for text in PARAGRAPHS),
    after: str = "",
) -> str:
    """A plain article page; each part may be replaced."""
    return (
        f"<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'><title>{title} - Báo Huyện</title>{head}</head><body>"
        f"<div class='menu'><a href='/'>Trang chủ</a></div><div class='detail'><h1>{title}</h1>{under_title}"
        f"<div class='noi-dung'>{body}</div></div>{after}</body></html>"
    )
