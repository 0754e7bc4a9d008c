"""Whether a text says that something was done, is planned, or is so in general: markers in the sentence, its section, its paragraph.

The reading of one sentence depends on those before it ("Trong thời gian tới ...: ..."), so a `ModalityReader` walks a document once.
"""

from __future__ import annotations

import re

from corpus.document import Modality
from nlp.sections import Outline, Sentence
from nlp.sieve import Asked

# Searched in the clause before a match; the nearest marker wins.
_PLANNED = (
    r"sẽ|dự kiến|phấn đấu|tiếp tục|trong thời gian tới|thời gian tới|tới đây|sắp tới|năm tới|tháng tới|quý tới|yêu cầu|đề nghị|đề xuất"
    r"|cần|phải|định hướng|mục tiêu|chỉ tiêu|nhiệm vụ|từ nay đến|đặt ra|hướng tới|chuẩn bị|hoàn thành trước|trước ngày"
    r"|nội dung thực hiện|hình thức truyền thông|hình thức tuyên truyền|theo kế hoạch(?: (?:vừa|mới)(?: được)? (?:ban hành|ký|phê duyệt))?"
    r"|kế hoạch (?:năm|số|của)|ban hành kế hoạch|phê duyệt kế hoạch|tham mưu"
    r"|để 100%|nhằm|đến cuối năm|quý iv|hướng dẫn (?:tổ chức|triển khai|thực hiện)|chịu trách nhiệm"
)
_DONE = (
    r"đã|vừa|đang|mới đây|được biết|hoàn thành|kết quả là|kết quả, |trong năm qua|năm qua|thời gian qua|những năm qua|từ đầu năm"
    r"|đến nay|tính đến"
    r"|hiện (?:nay|có|đã|tại)|nay"
    r"|sáng nay|chiều nay|hôm nay|tối qua|hôm qua|ngày qua|nhờ|từ khi|sau khi|sau hai năm|đợt này|dịp này|tại buổi|tại hội nghị|vừa qua"
    r"|(?:sáng|chiều|tối|ngày|trong các ngày)(?: ngày)? \d{1,2}[-/.]\d{1,2}"
)
_GENERAL = r"luôn(?: luôn)?|là (?:cách|kênh|khâu|nhiệm vụ|một trong)|coi đây|(?<!trợ )giúp|góp phần|quen thuộc|nhìn chung|nói chung"
_MARKERS = re.compile(rf"\b(?:(?P<planned>{_PLANNED})|(?P<done>{_DONE})|(?P<general>{_GENERAL}))\b")
_AFTER_PLANNED = re.compile(
    r"\b(?:sẽ|trong (?:quý|tháng|năm) (?:tới|[ivx\d]+)|trước (?:ngày )?\d{1,2}/\d{1,2}|dự kiến|năm tới|vào (?:tháng|dịp|quý)|tháng tới"
    r"|(?:phải|cần|nên) có|ít nhất \d+ lần|hoàn thành (?:trong|trước)|quý (?:i{1,3}|iv)\b)"
)
_AFTER_DONE = re.compile(r"\b(?:đã|vừa|đi vào hoạt động|thu hút|được tổ chức|diễn ra sáng nay|diễn ra tối)\b")
_AFTER_GENERAL = re.compile(r"[^.;]{0,60}?\b(?:luôn|là (?:kênh|cách|hình thức|một trong)|vẫn là)\b")
_PAST_PERIOD = re.compile(r"\b(?:đã|vừa|từ đầu năm|đến nay|năm qua|thời gian qua|tính đến|tính tới)\b")
_AHEAD = re.compile(r"\b(?:(?:trong )?thời gian tới|phương hướng|nhiệm vụ trọng tâm|tới đây|sắp tới|từ nay đến|năm tới)\b")
# The plan is the news: what follows is its content. "Đã ban hành kế hoạch" is background of a report on results.
_ISSUED = re.compile(
    r"\b(?:vừa|mới)(?: \w+){0,3} (?:ban hành|ký|phê duyệt|ra|xây dựng|có) .{0,40}?(?:kế hoạch|quyết định|công văn|hướng dẫn|đề án)"
    r"|\b(?:kế hoạch|đề án|phương án)\b[^.;]{0,120}\b(?:vừa|mới)(?: \w+){0,8} (?:ban hành|phê duyệt|thông qua)\b"
    r"|\bdự kiến (?:làm|tổ chức|triển khai)\b|\btheo kế hoạch vừa\b"
)
_PLAN_NEWS = re.compile(
    r"(?:ban hành|triển khai|phê duyệt|lấy ý kiến).{0,40}kế hoạch|\b(?:lên|ra|có|công bố) kế hoạch\b|^kế hoạch\b"
    r"|^triển khai nhiều hoạt động"
)
_FIRST_SENTENCES = 6
_FORMS = re.compile(r"(?:các )?(?:hình thức|nội dung)[^.:]{0,60}(?:gồm|bao gồm|như)?\s*:")
# A list item or order: starts with a verb and names nobody who did it.
_BARE_VERB = re.compile(
    r"(?:[-+•–*]\s*|(?:\d{1,2}|[a-zđ])[.)]\s*){0,2}(?:tổ chức|xây dựng|thực hiện|triển khai|phối hợp|tăng cường|đẩy mạnh|hỗ trợ"
    r"|mua sắm|lắp đặt|nâng cấp|thiết lập"
    r"|biên soạn|in(?: ấn)?|sản xuất|duy trì|tập huấn|bồi dưỡng|nâng cao|đào tạo|phát động|biểu dương|khen thưởng"
    r"|tuyên truyền(?! viên)|truyền thông|vận hành"
    r"|phát triển|cử|phát hành|tiếp tục|trang bị|dựng|đặt|làm mới|thiết kế|lồng ghép|thành lập|mở|theo dõi|định kỳ|rà soát"
    r"|khảo sát|đầu tư|bố trí|số hóa"
    r"|phát loa|xuất bản|cấp|trang trí|tuyên dương|hợp đồng|đăng|tăng|đề nghị|phấn đấu|mỗi xã|các xã|các địa phương|mặt trận)\b"
)
_PUT_OFF = re.compile(r"\b(?:sẽ|dự kiến|chuẩn bị|sớm|tham mưu|đang chờ)\b")
_PUT_OFF_CHARACTERS = 30
_CLAUSE = re.compile(r"[;]")
_SOON_AFTER = 40
"""Characters after a match in which "đã" speaks of it ("Tài liệu đã phát hành")."""
_LOOKBACK = 160
"""Characters before a match in which a marker can govern it."""
_ASKED = Asked((_MARKERS, _AFTER_PLANNED, _AFTER_DONE, _PAST_PERIOD, _AHEAD, _ISSUED, _PLAN_NEWS, _PUT_OFF))


class ModalityReader:
    """Feed the sentences of one document in order with `enter`, then ask `of` for each match in the sentence."""

    def __init__(self, outline: Outline) -> None:
        self._plan = outline.is_plan
        self._carried: Modality | None = None
        self._paragraph = -1
        self._announced = False
        self._sentence: Sentence | None = None
        self._search = _ASKED.within("")
        """For parts of that sentence."""
        self._bare = False
        self._listed: tuple[int, Modality] | None = None
        """Where the items of an enumeration begin in this sentence, and what the words before its colon say of all of them."""
        self._seen = 0
        self.assumed = False
        """Whether the last answer of `of` was the usual case and nothing in the text says so."""

    def enter(self, sentence: Sentence) -> None:
        self._bare = bool(_BARE_VERB.match(sentence.plain))
        if sentence.field == "text" and sentence.paragraph != self._paragraph:
            self._paragraph = sentence.paragraph
            if not self._bare:
                self._carried = None if self._carried == "planned" and not self._announced else self._carried
        self._sentence = sentence
        self._seen += 1
        self._search = search = _ASKED.within(sentence.plain)
        self._listed = self._enumeration(sentence.plain)
        if search(_AHEAD, sentence.plain):
            self._carried = "planned"
        elif search(_PAST_PERIOD, sentence.plain) and not search(_ISSUED, sentence.plain):
            self._carried = "done"
        elif self._is_plan_news(sentence):
            self._announced = True
            self._carried = "planned"

    def _is_plan_news(self, sentence: Sentence) -> bool:
        if sentence.zone == "title":
            return bool(self._search(_PLAN_NEWS, sentence.plain))
        return self._seen <= _FIRST_SENTENCES and bool(self._search(_ISSUED, sentence.plain))

    def says_future(self, start: int) -> bool:
        """Whether the words right before ``start`` put it off, whatever it is ("sẽ ban hành")."""
        assert self._sentence is not None
        return bool(self._search(_PUT_OFF, self._sentence.plain[max(0, start - _PUT_OFF_CHARACTERS) : start]))

    def of(self, start: int, end: int) -> Modality:
        """The modality of what stands at ``[start, end)`` of the sentence entered last."""
        assert self._sentence is not None
        self.assumed = False
        text, search = self._sentence.plain, self._search
        if self._sentence.zone == "caption":
            return "general"
        low = max(0, start - _LOOKBACK)
        separators = [match.end() for match in _CLAUSE.finditer(text, low, start)]
        before = text[low:start]
        clause = text[separators[-1] : start] if separators else before
        marker = self._last_marker(clause)
        if self._listed and start >= self._listed[0]:
            item = text[max(low, self._listed[0], separators[-1] if separators else 0) : start]
            marker = self._last_marker(item) or self._listed[1]
        marker = marker or self._last_marker(before)
        after = text[end : end + 100]
        if marker == "done":
            return "done"
        if marker == "planned" or self._plan:
            return "planned"
        if search(_AFTER_PLANNED, after) and not search(_AFTER_DONE, after):
            return "planned"
        if marker == "general" and not search(_AFTER_DONE, after):
            return "general"
        if self._announced and (self._carried != "done" or _FORMS.match(text)):
            return "planned"
        if _AFTER_GENERAL.match(after):
            return "general"
        if self._bare or _FORMS.match(text):
            return self._carried or "planned"
        if self._carried == "planned":
            return "planned"
        self.assumed = not search.may(_AFTER_DONE) or _AFTER_DONE.search(text, start, end + _SOON_AFTER) is None
        return "done"

    def _enumeration(self, text: str) -> tuple[int, Modality] | None:
        """Start of the items and their modality, for "sẽ dùng các hình thức: ...; ...; ..."; None without list or where nothing is said."""
        colon = text.find(": ")
        if colon < 0 or text.find(";", colon) < 0:
            return None
        marker = self._last_marker(text[max(0, colon - _LOOKBACK) : colon])
        return None if marker is None or marker == "general" else (colon + 2, "planned" if marker == "planned" else "done")

    def _last_marker(self, text: str) -> str | None:
        kind = None
        if not self._search.may(_MARKERS):
            return None
        for match in _MARKERS.finditer(text):
            kind = match.lastgroup
        return kind
