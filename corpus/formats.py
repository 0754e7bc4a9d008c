"""Numbers, money, dates and addresses as readers of Vietnamese expect them: the same on pages, in mail and in reports."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam has had no daylight saving time since 1975, so a fixed offset says the same as the zone."""


_GROUPS = str.maketrans(",.", ".,")


def number(value: int | float, decimals: int | None = None) -> str:
    """Dots group thousands, a comma parts decimals.

    >>> number(1234567), number(0.914, 2), number(12.5)
    ('1.234.567', '0,91', '12,5')
    """
    if decimals is None and isinstance(value, int) and -1000 < value < 1000:
        return f"{value:d}"  # most of the thousand numbers on a page
    text = f"{value:,.{decimals}f}" if decimals is not None else f"{value:,}"
    return text.translate(_GROUPS)


def sentence_case(text: str) -> str:
    """
    >>> sentence_case("được phê duyệt")
    'Được phê duyệt'
    """
    return text[:1].upper() + text[1:]


def dong(value: int) -> str:
    """The sum in the largest unit that needs few decimals (four of a tỷ, three of a triệu), exact; else all its digits.

    Sums of hundred thousands keep one unit in a column: 12,612 tỷ stands above 13,7565 tỷ and not above 13.756,5 triệu.

    >>> dong(146_400_000), dong(1_200_000_000), dong(170_429_000), dong(12_345), dong(75_000_000_000_000)
    ('146,4 triệu đồng', '1,2 tỷ đồng', '170,429 triệu đồng', '12.345 đồng', '75.000 tỷ đồng')
    >>> dong(13_756_500_000), dong(13_756_540_000)
    ('13,7565 tỷ đồng', '13.756,54 triệu đồng')
    """
    for unit, name, most in ((10**9, "tỷ", 4), (10**6, "triệu", 3)):
        if abs(value) >= unit and value * 10**most % unit == 0:
            whole, rest = divmod(abs(value), unit)
            decimals = f",{rest * 10**most // unit:0{most}d}".rstrip("0") if rest else ""
            return f"{'-' if value < 0 else ''}{number(whole)}{decimals} {name} đồng"
    return f"{number(value)} đồng"


def day(value: date | None) -> str:
    """
    >>> day(date(2023, 12, 4)), day(None)
    ('04/12/2023', 'không rõ ngày')
    """
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}" if value else "không rõ ngày"


def instant(value: datetime | None) -> str:
    """
    >>> from datetime import UTC
    >>> instant(datetime(2026, 11, 20, 20, 15, tzinfo=UTC))
    '03:15 ngày 21/11/2026'
    """
    return f"{value.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}" if value else "không rõ"


def without_folders(url: str) -> str:
    """The address as text; of a file on disk only the name, since its folders are nobody else's business.

    >>> without_folders("file:///home/an/k%E1%BA%BF%20ho%E1%BA%A1ch.pdf"), without_folders("javascript:alert(1)")
    ('Tệp kế hoạch.pdf', 'javascript:alert(1)')
    """
    return f"Tệp {unquote(url.rpartition('/')[2])}" if url.startswith("file:") else url


def safe_link(url: str | None) -> str | None:
    """The address if a reader may follow it: http and https with a host, nothing else.

    >>> safe_link("https://vidu.vn/a"), safe_link("javascript:alert(1)"), safe_link("//vidu.vn"), safe_link("http://a b")
    ('https://vidu.vn/a', None, None, None)
    """
    if not url or any(character.isspace() or ord(character) < 32 for character in url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
