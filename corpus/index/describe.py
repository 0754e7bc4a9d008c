"""The echo "hiểu là": what a query asks for, said back in Vietnamese words."""

from __future__ import annotations

from datetime import timedelta

from corpus.analysis import has_diacritics
from corpus.index.base import And, CodeField, In, Money, Near, Node, Not, Or, Phrase, Prefix, Published, Words
from corpus.index.names import Names


def describe(node: Node | None, names: Names) -> str:
    """One sentence without capital and full stop, for example: có đủ các từ giảm, nghèo và không có cụm “tập huấn”."""
    match node:
        case None:
            return "mọi tin"
        case Words(text):
            words = text.split()
            asked = f"có từ {words[0]}" if len(words) == 1 else f"có đủ các từ {', '.join(words)}"
            return asked if has_diacritics(text) else f"{asked} (không kể dấu)"
        case Phrase(text, title_only):
            return f"tiêu đề có cụm “{text}”" if title_only else f"có cụm “{text}”"
        case Prefix(text, title_only):
            return f"{'tiêu đề có' if title_only else 'có'} từ bắt đầu bằng “{text}”"
        case Near(text, distance, title_only):
            listed = ", ".join(text.split())
            return f"{'tiêu đề có' if title_only else 'có'} các từ {listed} cách nhau nhiều nhất {distance} từ"
        case And(parts):
            return " và ".join(_bracketed(part, names) for part in parts)
        case Or(parts):
            return " hoặc ".join(_bracketed(part, names) for part in parts)
        case Not(part):
            inside = _bracketed(part, names)
            return f"không {inside}" if inside.startswith("có") else f"không phải {inside}"
        case In(field, codes):
            shown = [names.label(field, code) for code in codes[:4]]
            more = f" và {len(codes) - 4} mục khác" if len(codes) > 4 else ""
            return f"{FIELD_NAMES[field]} là {' hoặc '.join(shown)}{more}"
        case Published(start, end):
            since = f"từ {start:%d/%m/%Y}" if start else ""
            until = f"đến hết {end - timedelta(days=1):%d/%m/%Y}" if end else ""
            return f"đăng {since} {until}".strip().replace("  ", " ") if start or end else "có ngày đăng"
        case Money(start, end):
            return f"có số tiền {_sums(start, end)}".strip()


FIELD_NAMES: dict[CodeField, str] = {
    "province": "tỉnh",
    "province_before": "tỉnh (cũ)",
    "district": "huyện",
    "locality": "địa bàn",
    "activity": "hoạt động",
    "modality": "mức thực hiện",
    "programme": "chương trình",
    "component": "dự án",
    "source": "nguồn",
    "relevance": "chủ đề",
    "year": "năm",
    "kind": "loại",
    "money": "khoảng kinh phí",
    "confidence": "mức tin cậy",
}


def _bracketed(node: Node, names: Names) -> str:
    words = describe(node, names)
    return f"({words})" if isinstance(node, And | Or) else words


def _sums(start: int | None, end: int | None) -> str:
    """``[start, end)`` as people say it: a bound one đồng off a round sum was typed as > or as an included end."""
    if start is not None and end == start + 1:
        return _dong(start)
    low = "" if start is None else (f"trên {_dong(start - 1)}" if start % 1000 == 1 else f"từ {_dong(start)}")
    high = "" if end is None else (f"đến {_dong(end - 1)}" if end % 1000 == 1 else f"dưới {_dong(end)}")
    return f"{low} {high}".strip()


def _dong(value: int) -> str:
    return f"{value:,}".replace(",", ".") + " đồng"
