"""How texts write days, months, quarters and years, alone, in ranges and in lists; what they mean is read in ``nlp/when.py``.

One pattern finds all forms; the name of the group that closes a match (`re.Match.lastgroup`) tells its form. All expect lower case.
"""

from __future__ import annotations

import re

MONTH_WORDS = {
    word: number for number, word in enumerate([*"một hai ba tư năm sáu bảy tám chín mười".split(), "mười một", "mười hai"], 1)
} | {"bẩy": 7, "bốn": 4}
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}

# The cue is needed where digits alone could be a fraction ("8/10 xã"); a full date with its year speaks for itself.
_CUE = r"(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|lúc|mùng|mồng)"
# "2 tháng năm nay", "trong tháng năm 2023": this "năm" is a year.
_MONTH_NAME = (
    rf"(?:\d{{1,2}}|năm(?!\s+(?:\d|nay|ngoái|qua|trước|sau|tới|học))"
    rf"|{'|'.join(sorted(MONTH_WORDS.keys() - {'năm'}, key=lambda word: (-len(word), word)))})(?!\w)"
)
_D = r"\d{1,2}"
_SEP = r"\s?[/.]\s?"
_NO_NUMBER = r"(?![\d/%]|[.,]\d)"
_TO = r"\s?(?:[-–—]|(?:đến|tới)(?: hết)?(?!\w))\s?(?:ngày\s)?"


def _day(name: str) -> str:
    """The last day of a range or list: "7/6", "7/6/2024", "7 tháng 6 năm 2024"."""
    return (
        rf"(?P<{name}_day>{_D})(?:{_SEP}(?P<{name}_month>{_D})(?:{_SEP}(?P<{name}_year>\d{{4}}))?{_NO_NUMBER}"
        rf"|\s+tháng\s+(?P<{name}_named>{_MONTH_NAME})(?:[\s,]+năm\s+(?P<{name}_said>\d{{4}})(?!\d))?)"
    )


_RANGE = (
    rf"(?P<range>(?:{_CUE}\s+(?:ngày\s+|mùng\s+)?|từ\s+)(?P<r_day>{_D})(?:{_SEP}(?P<r_month>{_D})(?:{_SEP}(?P<r_year>\d{{4}}))?)?"
    rf"{_TO}{_day('s')})"
)
_LIST = rf"(?P<list>{_CUE}\s+(?P<l_days>{_D}(?:\s?,\s?{_D}){{0,9}})\s?(?:,\s?(?:và\s)?|\s?và\s)(?:ngày\s)?{_day('t')})"
_DAY_WORDS = rf"(?P<words>(?P<a_day>{_D})\s+tháng\s+(?P<a_month>{_MONTH_NAME})(?:[\s,]+năm\s+(?P<a_year>\d{{2,6}}))?)"
_DAY_DIGITS = rf"(?P<digits>(?<![\d/.,])(?P<b_day>{_D})\s?[/.\-]\s?(?P<b_month>{_D})\s?[/.\-]\s?(?P<b_year>\d{{4}})(?![\d/]))"
_DAY_YEAR = (
    rf"(?P<short_year>{_CUE}(?:\s+(?:ngày|mùng|mồng))?\s+(?P<k_day>{_D})[/.\-](?P<k_month>{_D})[/.\-](?P<k_year>\d\d)(?![\d/%]|[.,]\d))"
)
_DAY_SHORT = (
    rf"(?P<short>{_CUE}(?:\s+(?:ngày|mùng|mồng))?\s+(?P<c_day>{_D})\s?[/.\-]\s?(?P<c_month>{_D}){_NO_NUMBER}"
    rf"|(?<![\d/.,])(?P<d_day>{_D})/(?P<d_month>{_D})(?=\s(?:vừa qua|vừa rồi|tới đây|sắp tới|tới|(?:hằng|hàng) năm)(?!\w)))"
)
_MONTHS = (
    rf"(?P<months>tháng\s+(?P<m_first>{_D})(?:{_SEP}(?P<m_first_year>\d{{4}}))?{_TO.replace('ngày', 'tháng')}"
    rf"(?P<m_last>{_D})(?:\s?[/.\-]\s?|[\s,]+năm\s+)(?P<m_year>\d{{4}})(?!\d))"
)
_MONTH = rf"(?P<month>tháng\s+(?P<n_month>{_MONTH_NAME})(?:\s?[/.\-]\s?|[\s,]+năm\s+)(?P<n_year>\d{{4,6}})(?!\d))"
_MONTH_SHORT = rf"(?P<month_alone>tháng\s+(?P<o_month>{_MONTH_NAME})(?![\d/%]|[.,]\d|\s?[-–]\s?\d))"
_QUARTER = r"(?P<quarter>quý\s+(?P<e_quarter>iv|iii|ii|i|[1-4])(?:\s?/\s?|[\s,]+năm\s+)(?P<e_year>\d{4})(?!\d))"
_QUARTER_SHORT = r"(?P<quarter_alone>quý\s+(?P<q_quarter>iv|iii|ii|i|[1-4])(?![\w/]))"
_HALF = (
    r"(?P<half>(?<!\d)(?P<h_count>\d|ba|sáu|chín)\s+tháng\s+(?P<h_side>đầu|cuối)\s+(?:của\s+)?năm"
    r"(?:\s+(?P<h_year>\d{4})(?!\d)|\s+(?P<h_word>nay|ngoái|này)(?!\w))?)"
)
_SCHOOL_YEAR = r"(?P<school>năm học\s+(?P<y_first>\d{4})\s?[-–—]\s?(?P<y_last>\d{4}|\d{2})(?!\d))"
_PERIOD = (
    r"(?P<period>(?:giai đoạn|thời kỳ|nhiệm kỳ|các năm|từ năm|năm)\s+(?P<f_first>\d{4})(?:\s?(?:[-–—]|(?:đến|tới)(?: hết)?(?: năm)?)\s?"
    r"(?P<f_last>\d{4})(?!\d)|[-–](?P<f_short>\d{2})(?![\w/%]|[.,]\d)))"
)
_SINCE = r"(?P<since>từ\s+(?:đầu\s+)?năm\s+(?P<i_year>\d{4})\s+(?:đến|tới)\s+nay(?!\w))"
_A_YEAR = r"(?:19[5-9]|20[0-4])\d"
_YEARS = (
    rf"(?P<years>năm\s+(?P<j_years>{_A_YEAR}(?:\s?,\s?(?:năm\s)?{_A_YEAR}){{0,9}}(?:\s?,\s?|\s)(?:và\s(?:năm\s)?)?{_A_YEAR})"
    r"(?![\w/]|[.,]\d))"
)
_BARE_PERIOD = (
    r"(?P<bare>(?<![\d/.,\-–])(?P<v_first>(?:19[6-9]|20[0-4])\d)\s?[-–]\s?(?P<v_last>(?:19[6-9]|20[0-4])\d)"
    r"(?![\w/%-]|[.,]\d|\s(?:người|hộ|tờ|cuốn|bản|đồng|triệu|tỷ|cán bộ|lượt)(?!\w)))"
)
_YEAR = r"(?P<year>năm\s+(?P<g_year>\d{4,6})(?![\d/]))"
# "năm 202," and "năm 2o23" are years that lost a digit; "mỗi năm 200 lớp" is none.
_BROKEN_YEAR = r"(?P<broken>năm\s+(?:(?:20|19)\d(?=\s{0,2}(?:[,.](?!\d)|[;:)\n]|$))|(?=\d*[ol])[12][\do][\dol]{2}(?!\w)))"
_RELATIVE = (
    r"(?P<relative>(?:sáng|trưa|chiều|tối|đêm)\s+(?:nay|qua)|hôm nay|hôm qua|ngày mai|tuần (?:này|trước|qua|vừa qua|tới|sau)"
    r"|tháng (?:này|trước|qua|vừa qua|tới|sau)|năm (?:nay|ngoái|trước|qua|vừa qua|tới|sau))(?!\w)"
)
FORMS = "|".join(
    (
        _RANGE,
        _LIST,
        _DAY_WORDS,
        _DAY_DIGITS,
        _DAY_YEAR,
        _DAY_SHORT,
        _HALF,
        _SCHOOL_YEAR,
        _SINCE,
        _PERIOD,
        _YEARS,
        _QUARTER,
        _QUARTER_SHORT,
        _MONTHS,
        _MONTH,
        _MONTH_SHORT,
        _BARE_PERIOD,
        _YEAR,
        _BROKEN_YEAR,
        _RELATIVE,
    )
)
# All forms begin with one of these; without the looks ahead each is tried at each character, in several times the time.
_FIRST_WORDS = "ngày|sáng|trưa|chiều|tối|đêm|hôm|lúc|mùng|mồng|tháng|quý|giai đoạn|thời kỳ|nhiệm kỳ|các năm|từ|năm|tuần|ba|sáu|chín"
FORM = re.compile(rf"(?=[\dbcđghlmnqst])(?=\d|{_FIRST_WORDS})(?:{FORMS})")

_EACH_YEAR = r"(?:hằng|hàng|mỗi)\s+năm"
RECURS_AFTER = re.compile(rf"\s?,?\s?(?:của\s+)?{_EACH_YEAR}(?!\w)")
RECURS_BEFORE = re.compile(rf"(?<!\w){_EACH_YEAR}(?:,?\s+(?:vào|cứ|trước|từ|đến|đúng|dịp)){{0,3}},?\s*$")
# A month alone counts as one only where these stand before it or a word about its year behind it: "mỗi tháng 2 lần" is none.
BEFORE_MONTH = re.compile(r"(?<!\w)(?:trong|vào|giữa|đầu|cuối|từ|đến|tới|hết|hồi|trước|sau|sang|dịp|là|ngay|các)\s+$|^\s*$|[.;:(\n]\s*$")
AFTER_MONTH = re.compile(r"\s(?:vừa qua|vừa rồi|này|tới đây|sắp tới|tới|năm (?:nay|ngoái|trước|sau|tới)|(?:hằng|hàng) năm)(?!\w)")
SEVERAL = re.compile(r"(?<!\w)(?:\d+|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|vài|mấy|nhiều|những|các|từng|mỗi|hằng|hàng)\s+$")
PLACES = re.compile(r"\s(?:xã|thôn|bản|hộ|lớp|chỉ tiêu|tiêu chí|huyện|phường|ấp|buôn)(?!\w)")
COUNTED = re.compile(
    r"\s(?:lần|buổi|kỳ|số|lớp|cuộc|tin|bài|chuyên mục|bản tin|người|cán bộ|hội nghị|triệu|nghìn|tỷ|giờ|lượt|chương trình|hộ|đồng|tuổi|tháng"
    r"|loa|đài)(?!\w)"
)
NEAR_PAST = re.compile(r"\s(?:vừa qua|vừa rồi|năm ngoái|năm trước)(?!\w)")
NEAR_FUTURE = re.compile(r"\s(?:tới đây|sắp tới|tới|sang năm|năm (?:sau|tới))(?!\w)")
THIS_YEAR = re.compile(r"\s(?:này|năm nay)(?!\w)")
FUTURE = re.compile(
    r"(?<!\w)(?:sẽ|dự kiến|sắp|chuẩn bị|chậm nhất|hạn chót|hạn cuối|thời hạn|hoàn thành trước|trước ngày|đến hết ngày|mời|phấn đấu)(?!\w)"
)
PAST = re.compile(r"(?<!\w)(?:đã|vừa|mới đây|trước đó|hôm|từng|hồi)(?!\w)")
