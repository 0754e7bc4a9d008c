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
