"""What stands around a sum: odd characters, the thing it is per, and whether a bare "5 triệu" is money at all."""

from __future__ import annotations

import re
import unicodedata

_IRREGULAR = re.compile("[\u0300-\u036f\u00a0\u2007\u202f\u2009\u200b-\u200d\u2060\ufeff\u00ad\u00d0\u00f0\u0189]")
_DROPPED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_REPLACED = {"\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ"}
_LONGEST_CLUSTER = 8
"""Combining marks composed with one letter; longer heaps are noise and composing them is not linear."""


def aligned(text: str) -> tuple[str, list[int] | None]:
    """The text in normal form and, where that changed it, the offset in ``text`` of every place (one more for the end)."""
    if not _IRREGULAR.search(text):
        return text, None
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and end - position <= _LONGEST_CLUSTER and unicodedata.combining(text[end]):
            end += 1
        cluster = text[position:end]
        if cluster in _DROPPED:
            composed = ""
        elif len(cluster) == 1:
            composed = _REPLACED.get(cluster, cluster)
        else:
            composed = unicodedata.normalize("NFC", cluster)
        pieces.append(composed)
        offsets.extend([position] * len(composed))
        position = end
    offsets.append(len(text))
    return "".join(pieces), offsets


_UNIT = (
    r"chương trình|phóng sự|cụm loa|cụm thông tin|hộ gia đình|hộ nghèo|hộ cận nghèo|học viên|học sinh|sinh viên|công trình|mô hình|đơn vị"
    r"|hội nghị|bản tin|tin bài|tác phẩm|sản phẩm|lao động|đại biểu|nhân khẩu|thành viên|đài truyền thanh|bộ thiết bị|nhà văn hóa|cuộc thi"
    r"|đầu sách|gia đình|địa phương|hợp tác xã|điểm bưu điện|dự án|tiểu dự án|thiết bị|chuyên mục|chuyên đề|suất quà|lượt người|người dân"
    r"|giải thưởng|đại lý|cộng tác viên|báo cáo viên|trạm truyền thanh|cổ phiếu|[^\W\d_]{1,10}"
)
_SLASH = re.compile(rf"\s{{0,2}}/\s{{0,2}}(?:0?1\s)?((?:{_UNIT})(?:\s?/\s?(?:{_UNIT}))?)(?!\w)")
_EACH = re.compile(rf"\s{{1,3}}(?:(?:cho|trên|đối với)\s+)?(?:mỗi|từng)\s+({_UNIT})(?!\w)")
_ONE_UNIT = "hộ|người|tháng|năm|xã|đài|điểm|lớp|cân|kg|ký|con|ha|héc ta|buổi|ngày|suất|em|lần|cụm|thôn|bản|khẩu|lít|tấn|tạ|m2|thùng"
_ONE = re.compile(rf"\s{{1,3}}(?:(?:cho|trên)\s+)?một\s+({_ONE_UNIT})(?!\w)")


def per_unit_after(text: str, end: int) -> tuple[str | None, int]:
    """What a sum ending at ``end`` is per ("điểm/năm"), and where that ends; ``text`` in lower case.

    >>> per_unit_after("345 triệu đồng/đài.", 14), per_unit_after("9 triệu đồng/98 khách", 12)
    (('đài', 18), (None, 12))
    """
    for pattern in (_SLASH, _EACH, _ONE):
        match = pattern.match(text, end)
        if match:
            return re.sub(r"\s*/\s*", "/", match[1]), match.end()
    return None, end


_TIME_UNITS = ("năm", "tháng", "quý", "tuần", "ngày", "vụ")
_UNIT_BEFORE = (
    "đài truyền thanh|chương trình|cuộc thi|phóng sự|cụm loa|cụm thông tin|hộ nghèo|hộ|xã|huyện|thôn|bản|đài|điểm|lớp|người|năm|tháng|"
    "quý|vụ|em|cháu|suất|gia đình|buổi|máy|con|mô hình|địa phương|đơn vị|học viên|phường|tỉnh|ngày|nhà|căn nhà|căn|bộ|thành viên|"
    "cá nhân|tập thể|ngôi nhà|lao động|học sinh|sinh viên|khẩu"
)
_PEOPLE = ("hộ", "hộ nghèo", "người", "em", "cháu", "gia đình", "học viên", "lao động", "học sinh", "sinh viên", "khẩu")
_PAID = re.compile(r"(?<!\w)(?:được|nhận)(?: trả| hỗ trợ| cấp| hưởng)?\s*$")
_GETS = re.compile(r"\s(?:được|nhận|hưởng)\s")
_WORTH = re.compile(
    r",\s*(?:trị giá|giá|tương đương|tính ra|(?:nhà nước|chương trình|dự án|ngân sách|tỉnh|huyện|xã)\s(?:lo|cho|giúp|cấp|hỗ trợ))\s*$"
)
"""What each got goes on: "mỗi hộ một con bò, trị giá ..."."""
_EACH_BEFORE = re.compile(rf"(?<!\w)(?:(?:mỗi|từng|bình quân mỗi)\s+|một\s+(?=căn nhà|ngôi nhà|hộ|nhà))({_UNIT_BEFORE})(?!\w)([^;.:\n]*)$")


def per_unit_before(left: str) -> str | None:
    """ "Mỗi xã được hỗ trợ 400 triệu đồng": what the sum is per, where that stands in front of it."""
    match = _EACH_BEFORE.search(left)
    if not match or "tổng" in match[2]:
        return None
    paid = match[1] in _PEOPLE and _PAID.search(match[2])
    if "," in match[2] and match[1] not in _TIME_UNITS and not (paid or _WORTH.search(match[2]) or _GETS.match(match[2])):
        return None
    inner = _EACH_BEFORE.search(match[2])
    return inner[1] if inner else match[1]


# After "5 triệu" or "8 tỷ" these say that something else is counted: nouns met with large numbers in news.
_COUNTED_NOUNS = (
    "người|dân|lượt|hộ|con|em|cháu|trẻ|khách|du khách|hành khách|lao động|học sinh|sinh viên|đảng viên|hội viên|phụ nữ|thanh niên|nông dân|"
    "đoàn viên|đại biểu|cán bộ|cử tri|đối tượng|thành viên|nhà báo|độc giả|bạn đọc|thính giả|khán giả|người dùng|nhân khẩu|nạn nhân|"
    "kiều bào|bệnh nhân|giáo viên|công nhân|đồng|tuổi|cặp|bản|tờ|cuốn|thích|"
    "trang(?! bị| thiết)|bài|tin|ý kiến|câu|chữ|phiếu|hồ sơ|sổ|thẻ|vé|"
    "thuê bao|tài khoản|giao dịch|tin nhắn|cuộc gọi|cuộc|website|video|view|dữ liệu|byte|ha|héc|hec|tấn|tạ|m2|m3|m²|m³|mét|khối|km|"
    "kwh|mw|lít|mẫu|thùng|kiện|cây|quả|gốc|bụi|bầu|hạt|bông|đàn|gia cầm|gia súc|sản phẩm|máy(?! móc)|chiếc|viên|chai|ki|"
    "đầu(?! tư)|việc làm|đơn vị|đơn hàng|bưu phẩm|điểm|suất|giờ|phút|năm ánh|liều|ca|mũi|chỗ|ghế|lá|bóng|cổ phiếu|cp|tập|hồi|chứng|phú|lệ|"
    "trọng|tăng trưởng|euro|eur|bảng|yên|won|tệ|nhân dân tệ|đôla|aud|cad|sgd|kíp|baht|rúp|usd|đô"
)
_COUNTED = re.compile(rf"\s*(?:%|(?:{_COUNTED_NOUNS})(?!\w))")
_COUNT_BEFORE = re.compile(
    r"(?:dân số|thuê bao|lượt|sản lượng|lượt xem|theo dõi|tải về|diện tích|(?:số|lượng) (?:người|khách|hộ|dân))[^.;\n]{0,24}$"
    r"|(?<!mỗi )(?<!từng )(?<!một )(?:khách|người)"
    r"(?: [^\s.,;\d]+){0,3} (?:đạt|lên|tới|đến|là|vượt|có)(?: (?:tới|đến|gần|hơn|khoảng|trên))?\s*$"
)
_MONEY_WORDS = (
    "kinh phí|vốn|ngân sách|chi|hỗ trợ|giá|vay|thu|lãi|tiền|thưởng|đầu tư|phân bổ|trị giá|cấp|bố trí|dự toán|doanh thu|nợ|quỹ|"
    "đồng|tỷ|tỉ|triệu|trung ương|đối ứng|lương|phí|mua|bán|tặng|ủng hộ|đóng góp|tài trợ|giải ngân|dành|nstw|nsđp|nguồn|bồi thường|"
    "phạt|nộp|đền|thiệt hại|lời|công|bù|mất|tốn|kiếm|nhận|lãnh|lĩnh|góp|gửi về|tiêu|trả|hết|"
    "bỏ|cho|giúp|mượn|rót|gom|vét|đưa|đóng|được"
)
_MONEY_BEFORE = re.compile(rf"(?<!\w)(?:{_MONEY_WORDS})(?!\w)[^.\n]{{0,60}}$")
_MONEY_AFTER = re.compile(
    r"\s+(?:lên|xuống|đến|và|tới)[^.\n]{0,20}(?:triệu|tỷ|nghìn) đồng"
    r"|\s(?:(?:để |đi )?(?:mua|sắm|xây|sửa|trả|nuôi|làm (?:nhà|đường|chuồng|vốn)|gửi)|tiền|vốn)(?!\w)"
)
_PER_PUBLIC_UNIT = re.compile(
    r"\s?/\s?(?:0?1 )?(?:hộ|xã|người|tháng|năm|ha|lớp|đài|điểm|ngày|buổi|con|kg|tấn|suất|em|học viên|"
    r"căn|nhà|thôn|bản|cụm|chương trình)(?!\w)"
)
_ENDS = re.compile(r"[*_]{0,3}\s*(?:$|[.,;:)/\]…\n”\"'|!?-])")
_FOR_EACH = re.compile(
    r"\s(?:một|mỗi|từng)\s(?:công|ngày|buổi|đêm|người|hộ|nhà|tháng|năm|vụ|suất|con|cái|chiếc|cây|bài|em|kg|ký|cân|lần|chuyến)(?!\w)"
)
""" "Thu nhập 90 nghìn một công"."""
_SUM = re.compile(r"\d\s?(?:triệu |tỷ |tỉ |nghìn |ngàn )?(?:đồng|đ)(?!\w| (?:bào|chí|hương|đội|nghiệp|diễn))")
_NEARBY = 200
"""Characters around a bare "200 triệu" that ends its clause within which a sum with its unit tells that money is spoken of."""
_BETWEEN_SUMS = re.compile(r"\d (?:triệu|tỷ|tỉ)(?: đồng)?\s?[;|]\s?$")
_SUM_NEXT = re.compile(r"\s?[;|]\s?\d[\d.,]* (?:triệu|tỷ|tỉ)\s?(?:đồng|[;|\n.]|\Z)")
"""Cells of a row: "10 triệu; 12,5 triệu; 25 triệu"."""


def is_money_without_dong(text: str, start: int, end: int, scale: int) -> bool:
    """Whether digits with a scale word alone ("riêng Trung ương 223 triệu") are a sum; ``text`` in lower case.

    "tỷ" is money unless something counted follows; "triệu" also needs a money word before; "nghìn" a sentence that ends there as well.
    """
    if text[end - 1] == ".":
        end -= 1  # the scale takes a full stop for that of an abbreviation
    if _COUNTED.match(text, end):
        return False
    if _PER_PUBLIC_UNIT.match(text, end):
        return True
    before = text[max(0, start - 90) : start]
    if _BETWEEN_SUMS.search(before) or _SUM_NEXT.match(text, end):
        return True
    if scale >= 10**9:
        return not _COUNT_BEFORE.search(before)
    if _COUNT_BEFORE.search(before):
        return scale >= 10**6 and _is_cell_of_money(text, start, end)
    ends = _ENDS.match(text, end) is not None
    each = _FOR_EACH.match(text, end) is not None
    if not (_MONEY_BEFORE.search(before) or _MONEY_AFTER.match(text, end) or (each and scale >= 10**6)):
        if ends and _SUM.search(text, max(0, start - _NEARBY), min(len(text), end + _NEARBY)):
            return True
        return scale >= 10**6 and _is_cell_of_money(text, start, end)
    return scale >= 10**6 or ends or each


def _is_cell_of_money(text: str, start: int, end: int) -> bool:
    """Whether the sum is all of its line, as cells are where a table became lines, and a line above it is the head "Kinh phí"."""
    alone = text[max(0, start - 1) : start] in ("", "\n") and _LINE_ENDS.match(text, end) is not None
    return alone and _HEAD_OF_MONEY.search(text, max(0, start - _TABLE), start) is not None


_TABLE = 800
"""Characters in which the head of a table of lines is looked for."""
_LINE_ENDS = re.compile(r"[ \t.;]*(?:\n|$)")
_HEAD_OF_MONEY = re.compile(
    r"\n[ \t]*(?:tổng )?(?:kinh phí|số tiền|thành tiền|giá trị|vốn|mức vốn|dự toán|mức hỗ trợ)(?: \w+){0,2}[ \t]*(?=\n)"
)
