"""Reading dates and times as Vietnamese pages write them. Which of them is the publication date is chosen in ``published.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""UTC+7 all year; no daylight saving since 1975."""
FIRST_YEAR = 1997
"""Vietnam was connected to the Internet in November 1997: an older date is never a publication date."""

_LABEL = (
    r"ngày đăng|đăng ngày|đăng lúc|ngày xuất bản|xuất bản|ngày tạo|ngày viết|ngày đưa tin|ngày cập nhật|cập nhật lúc|cập nhật ngày|"
    r"lần cập nhật cuối|cập nhật|thời gian đăng|thời gian|post(?:ed)?(?: on)?|published(?: on)?|publish(?: date)?|updated|date"
)
_CLOCK = (
    r"(?P<hour{0}>[01]?\d|2[0-4])(?:[:h]|\s?giờ\s?)(?P<minute{0}>[0-5]\d|\d(?!\d))?(?::(?P<second{0}>[0-5]\d)(?:\.\d\d?\d?(?!\d))?)?"
    r"(?:\s?phút|['’])?"
    r"(?:\s?(?P<half{0}>[AaPp]\.?[Mm]|SA|CH|sáng|trưa|chiều|tối|đêm)\b)?"
)
_ZONE = r"(?:\s*[(\[]?(?:GMT|UTC)\s?(?P<zone>[+-]\d{1,2})?(?::?00)?[)\]]?)?"
_GAP = r"(?:\s*[,|–\-]\s*(?:ngày\s+)?|\s+(?:lúc|vào|at|ngày)\s+|\s+)"
_MONTHS_VI = "một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|mười một|mười hai|mười"
_MONTH_WORD = {
    "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11, "mười hai": 12,
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTHS_EN = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = (
    r"(?P<day>\d{1,2})\s?(?P<mark>[/.\-])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<year>\d{4})(?!\d)"
    r"|(?:ngày\s{1,3})?(?P<day2>\d{1,2})\s{1,3}(?:tháng\s{1,3}|thg\.?\s?|th\.?\s?)(?P<month2>\d{1,2}|"
    + _MONTHS_VI
    + r")(?:,?\s{1,3}năm|,)?\s{1,3}(?P<year2>\d{4})(?!\d)"
    r"|(?P<month3>" + _MONTHS_EN + r")\s{1,3}(?P<day3>\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(?P<year3>\d{4})(?!\d)"
    r"|(?P<day4>\d{1,2})(?:st|nd|rd|th)?[\s-]{1,3}(?P<month4>" + _MONTHS_EN + r"),?[\s-]{1,3}(?P<year4>\d{4})(?!\d)"
    r"|(?P<year5>(?:19|20)\d{2})(?P<mark5>[-/])(?P<month5>\d{1,2})(?P=mark5)(?P<day5>\d{1,2})(?![\d/-])"
    r"|(?:tháng\s{1,3}|thg\.?\s?|th\.?\s?)(?P<month7>\d{1,2}|" + _MONTHS_VI + r")\s{1,3}(?P<day7>\d{1,2}),\s{1,3}(?P<year7>\d{4})(?!\d)"
    r"|(?:ngày|(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\s?[,\-|])\s{1,3}"
    r"(?P<day6>\d{1,2})(?P<mark6>[/.\-])(?P<month6>\d{1,2})(?P=mark6)(?P<year6>\d{2})(?![\d/.\-]\d|\d)"
    r"|(?P<day8>\d{1,2})(?P<mark8>[/.\-])(?P<month8>\d{1,2})(?P=mark8)(?P<year8>\d{2})(?=\s?[,|\-–]?\s(?:[01]?\d|2[0-3]):[0-5]\d)"
)
_WRITTEN = re.compile(
    rf"(?<![\d/.\-])(?:{_CLOCK.format('a')}{_GAP})?(?:{_DAY})(?:(?:T|{_GAP}){_CLOCK.format('b')})?{_ZONE}",
    re.IGNORECASE,
)
_AFTERNOON = {"PM": range(12), "CH": range(12), "CHIỀU": range(12), "TỐI": range(12), "TRƯA": range(1, 3), "ĐÊM": range(6, 12)}
"""Hours that the word after them moves to the second half of the day: 11 giờ trưa is before noon, 1 giờ đêm after midnight."""
_WEEKDAY = re.compile(
    r"\b(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|cn|t[2-7](?=,)|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b\s?[,\-|]?",
    re.IGNORECASE,
)
_BESIDE_DATES = re.compile(rf"{_WEEKDAY.pattern}|(?:{_LABEL})\s?:?|\bngày\s?:", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LONGEST_LINE = 300
_OPENING = 120
PARAGRAPH = 60
"""Characters from which a line is a paragraph and no label beside the headline."""
DATE_LINE = 140
"""Most characters of a line that tells when an article was published."""
"""Characters; shorter lines are headlines and credits."""
_STORY_OPENS = re.compile(
    r"\W{0,3}(?:[^\n–—-]{2,40}[–—-]\s{0,2})?(?:vào\s)?(?:lúc\s[^,\n]{1,20},?\s)?(?:(?:rạng\s)?(?:sáng|trưa|chiều|tối|đêm)\s(?:nay\W{1,3})?|hôm\s)?"
    r"(?:ngày\s)?\W?$",
    re.IGNORECASE,
)
"""What may stand before the day in the first words of a story: "(QNO) - Sáng ngày 14/3/2024, ...", not "Công văn số 445 ngày ..."."""
_LABELLED = re.compile(rf"(?:{_LABEL})\s?:?", re.IGNORECASE)
_UPDATE = re.compile(r"cập nhật|updated|sửa đổi|modified", re.IGNORECASE)
_ISO = re.compile(r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it stands in a text; ``start`` and ``end`` are offsets into that text."""

    start: int
    end: int
    value: date
    at: datetime | None
    """UTC; None where no time of day is written."""
    surface: str
    swapped: bool = False
    """True where only the US order (month first) gives a date: 10/23/2021."""


def read_written(text: str) -> Iterator[Written]:
    """Every full date (day, month and year) of ``text`` in order, with the time of day beside it; times are Vietnam's.

    A time of 13 h or later labelled AM or PM is read by its number, "00:05 AM" is five past midnight.

    >>> [(w.value.isoformat(), w.at and w.at.isoformat()) for w in read_written("Thứ bảy, 7/3/2026, 00:05 (GMT+7)")]
    [('2026-03-07', '2026-03-06T17:05:00+00:00')]
    """
    for match in _WRITTEN.finditer(text):
        found = _date_of(match)
        if found is None:
            continue
        value, swapped = found
        moment = _time_of(match, "b") or _time_of(match, "a")
        yield Written(
            start=match.start(),
            end=match.end(),
            value=value,
            at=at_vietnam(value, moment, zone=match["zone"]) if moment is not None else None,
            surface=match.group().strip(),
            swapped=swapped,
        )


def at_vietnam(value: date, moment: time, *, zone: str | None = None) -> datetime:
    """The instant in UTC; ``zone`` is a whole offset such as ``+7``, Vietnam's when absent."""
    offset = VIETNAM if zone is None else timezone(timedelta(hours=int(zone)))
    return datetime.combine(value, moment, tzinfo=offset).astimezone(UTC)


def read_iso(text: str) -> tuple[date, datetime | None, bool] | None:
    """(date in Vietnam, instant in UTC, whether an offset is given) of an ISO 8601 text; without an offset the time is Vietnam's.

    >>> read_iso("2026-03-07T00:01:00")[1].isoformat()
    '2026-03-06T17:01:00+00:00'
    """
    match = _ISO.match(text[:60])
    if match is None:
        return None
    try:
        value = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return value, None, False
        moment = time(int(match[4]), int(match[5]), int(match[6] or 0))
    except ValueError:
        return None
    zone = match[7]
    if zone is None:
        return value, at_vietnam(value, moment), False
    try:
        offset = UTC if zone == "Z" else _offset(zone)
        instant = datetime.combine(value, moment, tzinfo=offset).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant.astimezone(VIETNAM).date(), instant, True


def _offset(zone: str) -> timezone:
    """Raises: ValueError for "+07:99"."""
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if minutes > 59:
        raise ValueError(zone)
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if zone[0] == "-" else away)


def is_update(text: str) -> bool:
    """Whether the words beside a date call it the time of an update."""
    return bool(_UPDATE.search(text))


def is_label(text: str) -> bool:
    return bool(_LABELLED.search(text))


def remainder(text: str) -> str:
    """What is left of a line once dates, week days, labels and punctuation are gone: empty for a pure date line.

    >>> remainder("Thứ Hai, ngày đăng: 24/12/2012, 03:04 AM (GMT+7)"), remainder("Họp ngày 2/3/2024 tại xã")
    ('', 'Họp ngày tại xã')
    """
    if len(text) > _LONGEST_LINE:
        return text
    rest = _WRITTEN.sub(" ", text) if _DIGIT.search(text) else text
    rest = _BESIDE_DATES.sub(" ", rest)
    return " ".join(word for word in rest.split() if any(map(str.isalnum, word)))


def beside(text: str) -> str:
    """What stands beside the dates of a line, its separators kept: names are told apart by them.

    >>> beside("Hồ Thảo - Minh Đảm - Thứ hai, 03/06/2024 08:36")
    'Hồ Thảo - Minh Đảm'
    """
    rest = _WRITTEN.sub(" ", text) if _DIGIT.search(text) else text
    return " ".join(_BESIDE_DATES.sub(" ", rest).split()).strip(" -–—|,;:·•/()")


def in_range(value: date, latest: date) -> bool:
    return value.year >= FIRST_YEAR and value <= latest


def _date_of(match: re.Match[str]) -> tuple[date, bool] | None:
    day, month, year = next((match[f"day{n}"], match[f"month{n}"], match[f"year{n}"]) for n in ("", *"2345678") if match[f"day{n}"])
    number = int(month) if month.isdigit() else _MONTH_WORD.get(month.lower()) or _MONTH_WORD.get(month.lower()[:3], 0)
    year = f"20{year}" if len(year) == 2 else year
    try:
        return date(int(year), number, int(day)), False
    except ValueError:
        pass
    try:
        return (date(int(year), int(day), number), True) if number > 12 and match["day"] else None
    except ValueError:
        return None


def _time_of(match: re.Match[str], which: str) -> time | None:
    if match[f"hour{which}"] is None:
        return None
    hour = int(match[f"hour{which}"])
    minute = int(match[f"minute{which}"] or 0)
    half = (match[f"half{which}"] or "").upper().replace(".", "")
    if hour in _AFTERNOON.get(half, ()):
        hour += 12
    elif half in ("AM", "SA", "ĐÊM") and hour == 12:
        hour = 0
    if hour == 24:
        hour = 0
    return time(hour, minute, int(match[f"second{which}"] or 0))


def opening_date(text: str) -> Written | None:
    """The day with which a story opens ("Sáng 14/3/2024, tại ..."): when it happened, so that it came out then or soon after."""
    paragraph = next((line for line in text[:2000].split("\n") if len(line) >= PARAGRAPH), "")
    written = next(read_written(paragraph[:_OPENING]), None)
    return written if written and not written.swapped and _STORY_OPENS.fullmatch(paragraph[: written.start]) else None
