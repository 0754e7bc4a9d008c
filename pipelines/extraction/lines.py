"""Single lines that belong to the page and not to its article: buttons, counters, headings of link lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from corpus.text import fold
from pipelines.extraction.dates import remainder

_CHROME = re.compile(
    r"""^(?:
    https?://\S+|\S+\.(?:vn|com|net)/\S*|(?:link|đường\ dẫn)\ (?:bài\ )?gốc.{0,20}|lấy\ link.{0,10}|
    (?:xem|đọc)\ (?:với|theo)\ cỡ\ chữ.*|tương\ phản\b.{0,20}|giảm|tăng|giọng\ đọc.{0,20}|chọn\ giọng.{0,20}|
    (?:nam|nữ)\ miền\ (?:bắc|trung|nam)|
    giọng\ (?:nam|nữ).{0,20}|\d{1,2}:\d\d\ ?/\ ?\d{1,2}:\d\d|\d(?:\.\d{1,2})?x|(?:\#\w+\ ?)+|[>»►▶→]{1,4}\ ?.{0,180}|
    (?:xem|đọc)\ thêm\ ?:.{0,180}|đăng\ nhập\ để.{0,30}|
    đọc\ bài\ viết.{0,20}|chưa\ có\ (?:đánh\ giá|bình\ luận|ý\ kiến).{0,60}|tối\ đa:?\ \d+\ ký\ tự.*|số\ ký\ tự.{0,40}|
    this\ entry\ was\ posted.*|(?:để\ lại|viết)\ (?:một\ )?bình\ luận.{0,40}|email\ của\ bạn\ sẽ.*|leave\ a\ (?:reply|comment).*|
    loading\.*|đang\ tải.*|dữ\ liệu\ đang\ được\ cập\ nhật.*|
    (?:tăng|giảm)\ (?:cỡ|kích)\ (?:chữ|thước).*|cỡ\ chữ.*|chọn\ cỡ\ chữ.*|a[-+]?\ ?a?\ ?[-+]?(?:\ ?a\ ?[-+]?)?|\(?-\ ?\+?\)?|
    chia\ sẻ(?:\ ?(?:bài|tin|lên|qua|trên|facebook|zalo|:).{0,30})?|share(?:\ (?:on|this|to).{0,30})?|copy\ link.{0,20}|sao\ chép.{0,20}|
    in\ (?:bài|trang|tin)\b.{0,20}|gửi\ (?:email|bài|mail|tin|cho\ bạn).{0,20}|
    bản\ in|print|email|facebook|twitter|zalo|google\+?|lưu(?:\ tin|\ bài)?|đọc\ bài|nghe\ (?:đọc\ )?bài.{0,20}|nghe\ audio.{0,20}|
    \[?\ ?(?:quay\ lại|trở\ (?:lại|về)|về\ trang\ trước|về\ đầu\ trang|lên\ đầu\ trang|xem\ tiếp|xem\ chi\ tiết|chi\ tiết|
    quay\ về).{0,30}\]?|
    nhấn\ (?:vào\ )?(?:để\ )?(?:phóng\ to|xem)\ ?(?:ảnh|hình)?.{0,20}|(?:click|bấm|nhấp)\ (?:vào\ )?(?:ảnh|hình|đây|để).{0,40}|
    tin\ tài\ trợ|quảng\ cáo|advertisement|tài\ trợ|
    (?:số\ )?(?:lượt|lần)\ (?:xem|đọc|truy\ cập|tải)\ ?:?\ ?[\d.,]*|[\d.,]+\ (?:lượt|lần)\ (?:xem|đọc|truy\ cập).{0,10}|view(?:s|
    ed)?\ ?:?\ ?[\d.,]+|
    click\ để\ đánh\ giá.*|tổng\ số\ điểm\ của\ bài\ viết.*|\(?[\d.,]+\ (?:bình\ chọn|đánh\ giá).*|(?:hãy\ )?đánh\ giá\ (?:bài|
    tin)\ .{0,40}|xếp\ hạng.{0,20}|
    trình\ duyệt\ (?:của\ bạn\ )?không\ hỗ\ trợ.*|your\ browser\ does\ not\ support.*|
    publishingportal\ ?-.*|skip\ (?:ribbon|to\ main).*|sign\ in|đăng\ nhập|đăng\ ký|bỏ\ qua\ .{0,20}|null|\{\w+\}(?:\ ?\{\w+\})*|
    theo\ dõi\ .{0,60}\ (?:trên|tại|qua)\ (?:google\ news|facebook|zalo|youtube).{0,30}|
    \W{0,3}mời\ (?:quý\ )?(?:độc\ giả|bạn\ đọc|khán\ giả|quý\ vị).{0,160}|bạn\ đọc\ quan\ tâm.{0,160}|
    (?:bản\ )?tóm\ tắt\ (?:bài\ viết\ )?(?:bằng|bởi|với)\ (?:ai|trí\ tuệ\ nhân\ tạo).{0,20}|
    thích|bình\ luận.{0,20}|ý\ kiến\ (?:bạn\ đọc|của\ bạn).{0,20}|gửi\ bình\ luận.{0,20}|phản\ hồi.{0,20}|
    từ\ khóa\ ?:.*|từ\ khoá\ ?:.*|tags?\ ?:.*|thẻ\ ?:.*|chủ\ đề\ ?:.{0,80}|
    tập\ tin\ đính\ kèm|tệp\ đính\ kèm|file\ đính\ kèm|tài\ liệu\ đính\ kèm|đính\ kèm|
    \S.{0,120}\.(?:png|jpe?g|gif|webp|bmp|mp4|mp3)|
    ảnh|video|clip|audio|podcast|undefined|\W+|\d{1,4}
    )\ ?:?$""",
    re.VERBOSE,
)
# Sentences that sites put under every story; longer than a button.
_BOILERPLATE = re.compile(
    r"^\W{0,4}(?:bạn đang (?:đọc|xem) (?:bài|tin)|"
    r"mọi (?:thông tin|ý kiến|đóng góp|thắc mắc).{0,40}(?:góp ý|liên hệ|xin (?:vui lòng )?gửi|gửi về)|"
    r"(?:đề nghị |vui lòng |yêu cầu |xin )?ghi rõ nguồn|(?:toàn bộ )?bản quyền (?:©|\(c\)|thuộc|của)|©|copyright\b|"
    r"(?:đường dẫn|link|liên kết|url|nguồn bài viết)(?: (?:bài viết|gốc|tin|bài))? ?: ?https?:|"
    r"(?:quý )?(?:độc giả|bạn đọc|quý vị|khán giả)(?: có thể)?(?: quan tâm)?,? "
    r"(?:vui lòng|xin mời|có thể|muốn) (?:gửi|liên hệ|theo dõi|đọc|xem)|"
    r"(?:đường dây nóng|hotline) ?:)",
    re.IGNORECASE,
)
# The same words may begin a sentence of a story, which is longer.
_INVITATION = re.compile(
    r"^\W{0,4}(?:đăng ký (?:nhận|theo dõi|kênh)|tải (?:ngay )?(?:ứng dụng|app)\b|hãy (?:theo dõi|like|nhấn)|"
    r"nhấn (?:nút )?(?:theo dõi|quan tâm|like))",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"^\W{0,3}(?:dia chi|dien thoai|hotline|fax|email|e-mail|website|facebook|co quan chu quan|chiu trach nhiem|giay phep|ban quyen|"
    r"copyright|truong ban bien tap|tru so|so dien thoai|don vi (?:chu quan|quan ly|van hanh)|tong bien tap|pho tong bien tap|toa soan|"
    r"ghi ro nguon|lien he (?:quang cao|toa soan|phat hanh)|thiet ke boi|phat trien boi|designed by|powered by|(?:c)|©)\b"
)
_PUBLISHER = re.compile(r"^\W{0,3}(?:co quan chu quan|chiu trach nhiem|giay phep|ban quyen|copyright|tong bien tap|ghi ro nguon)\b")
_PARTS = re.compile(r"\s*[|•·]\s*|\s[-–—]\s")
_REST = re.compile(
    r"""^\W{0,4}(?:
    (?:các\ |những\ )?(?:tin|bài)(?:\ bài|\ viết|\ tức)?\ (?:liên\ quan|khác|cùng\ (?:chuyên\ )?(?:mục|loại|chủ\ đề)|cũ\ hơn|mới\ hơn|
    mới(?:\ nhất)?|tiếp\ theo|trước|đã\ (?:đưa|đăng)|nổi\ bật|đọc\ nhiều|xem\ nhiều|nên\ đọc|hay)|
    tin\ mới\ (?:nhất|hơn|cập\ nhật)|mới\ nhất|đọc\ nhiều(?:\ nhất)?|xem\ nhiều(?:\ nhất)?|đọc\ thêm|có\ thể\ bạn\ quan\ tâm|
    bạn\ có\ thể\ quan\ tâm|
    cùng\ (?:chuyên\ )?mục|cùng\ chủ\ đề|nội\ dung\ liên\ quan|chủ\ đề\ liên\ quan|thông\ tin\ liên\ quan|sự\ kiện\ liên\ quan|liên\ quan|
    tin\ cùng|
    bình\ luận|ý\ kiến(?:\ bạn\ đọc|\ của\ bạn)?|gửi\ (?:ý\ kiến|bình\ luận|phản\ hồi)|related\ (?:news|posts|articles)|other\ news|
    dành\ cho\ bạn|đừng\ bỏ\ lỡ|
    tin\ nóng|tin\ nổi\ bật|thống\ kê\ truy\ cập|lượt\ truy\ cập|liên\ kết\ (?:website|web|trang)|tin\ đọc\ nhiều|
    theo\ dòng\ sự\ kiện|tham\ khảo\ thêm|(?:các\ )?(?:video|ảnh|bài\ đọc)\ khác|bài\ (?:trước|sau|tiếp\ theo)|
    xem\ thêm(?:\ tin.{0,20}|\ bài.{0,20})?|
    tổng\ số\ điểm\ của\ bài\ viết.{0,40}|những\ tin\ mới\ hơn|những\ tin\ cũ\ hơn
    )\W{0,4}(?:\(\d{1,5}\))?\W{0,4}$""",
    re.VERBOSE,
)


def is_chrome(line: str) -> bool:
    """A whole line that a page adds to every article.

    >>> is_chrome("Tăng cỡ chữ Giảm cỡ chữ"), is_chrome("Lượt xem: 1.204"), is_chrome("Huyện chia sẻ kinh nghiệm.")
    (True, True, False)
    """
    return len(line) <= 400 and _is_chrome(line)


@lru_cache(maxsize=4096)
def _is_chrome(line: str) -> bool:
    """Title, text, dates and author ask of the same lines, and a site has the same ones on every page."""
    if _BOILERPLATE.match(line) or (len(line) <= 80 and _INVITATION.match(line)):
        return True
    if len(line) > 200:
        return False
    low = line.lower()
    if _CHROME.match(low):
        return True
    parts = _PARTS.split(low)
    return len(parts) > 1 and all(_CHROME.match(part) or (any(map(str.isdigit, part)) and not remainder(part)) for part in parts)


def is_imprint(line: str) -> bool:
    """A line of contact data and licences, as in a page's foot.

    >>> is_imprint("Giấy phép số 12/GP-BTTTT do Bộ Thông tin cấp"), is_imprint("Địa chỉ tin cậy của bà con")
    (True, True)
    """
    return bool(_IMPRINT.match(fold(line[:60])))


def without_imprint(lines: Sequence[str]) -> int:
    """How many of the lines are left once the imprint at their end is cut off; contact data alone may end a story.

    >>> without_imprint(["Bản có loa mới.", "Cơ quan chủ quản: UBND tỉnh", "Địa chỉ: số 2"])
    1
    >>> without_imprint(["Mời bà con đến dự.", "Địa chỉ: số 2"])
    2
    """
    end = len(lines)
    while end and is_imprint(lines[end - 1]):
        end -= 1
    return end if any(_PUBLISHER.match(fold(line[:60])) for line in lines[end:]) else len(lines)


def without_chrome(line: str) -> str:
    """A date line without the counters and buttons beside the date.

    >>> without_chrome("15/12/2022 09:12 - Lượt xem: 532 | Bản in")
    '15/12/2022 09:12'
    """
    parts = _PARTS.split(line)
    return line if len(parts) == 1 else " ".join(part for part in parts if not _CHROME.match(part.lower()))


def cuts_rest(line: str) -> bool:
    """A heading under which only other stories, comments or counters follow.

    >>> cuts_rest("TIN LIÊN QUAN"), cuts_rest("Đọc nhiều"), cuts_rest("Tin bài liên quan đến xã")
    (True, True, False)
    """
    return len(line) <= 60 and bool(_REST.match(line.lower()))
