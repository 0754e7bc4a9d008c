"""The activity cue rules as data: reading and checking ``data/activity_cues.toml`` and matching it against one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.activities import Activities
from corpus.document import Modality
from corpus.errors import InvalidData
from corpus.tables import Entry, open_list
from nlp.cues import CueBook, Hits, Pattern, PatternIndex, all_matches, find, near
from nlp.sections import Sentence
from nlp.sieve import Asked, Search

FILE = "activity_cues.toml"
_EXCLUDE_CHARACTERS = 45
"""An excluding cue further away, or behind a semicolon, belongs to another clause: lists in this field run to 600 characters."""
_CLAUSE_CHARACTERS = 600
_MAX_MATCHES = 20
"""Matches of one rule in one sentence that are looked at; keeps a sentence of 1 MB linear."""
# Names of bodies and of the project hold the very words that are cues. Only the name is hidden, the verb beside it stays.
_PROJECT = re.compile(r"truyền thông(?:,| và) giảm nghèo (?:về )?thông tin|(?<=giảm nghèo )(?:về )?thông tin")
_CAPACITY = re.compile(
    r"(?<!để )nâng (?:cao )?năng lực(?:,| và) (?:kiểm tra(?:,| và) )?giám sát(?:,| và) đánh giá|nâng (?:cao )?năng lực và giám sát\b"
)
_BODIES = re.compile(
    r"thông tin (?:và|&|-) truyền thông|thông tin, truyền thông và|văn hóa(?: và|,| -) thông tin(?: và truyền thông)?|văn hóa - tt"
    r"|văn hóa ?(?:-|,) ?thể thao (?:và|-) (?:truyền thông|thông tin|tt)|thông tin(?: -|,| và) thể thao|truyền thông - văn hóa"
    r"|văn hóa và truyền thông|học viện báo chí và tuyên truyền|thông tin cơ sở và thông tin đối ngoại|tuyên giáo"
    r"|^\((?:cổng (?:thông tin điện tử|ttđt)|[^()]{0,12}(?:portal|online|ttxvn))[^()]{0,20}\)"
    r"|^cổng (?:ttđt|thông tin điện tử)\b[^-–.,;:]{0,30} ?[-–] "
    r"|^phát sóng(?: ngày)? ?:? ?\d{1,2}[/.-]\d"
    r"|^\(?(?:báo|đài|cổng thông tin điện tử|cổng ttđt)\b[^-–.,;:]{2,30}?\)?\s*[-–] "
)
# What a class teaches goes on after a comma ("lớp bồi dưỡng về viết tin, làm chương trình phát thanh") until another deed is told.
_TAUGHT = re.compile(
    r"\b(?:học viên (?:sẽ )?(?:biết|nắm|học|tập|được)\b|(?:(?:lớp|khóa|buổi|đợt) (?:học|tập huấn|bồi dưỡng|đào tạo)|học viên"
    r"|được (?:nghe|học|phổ biến|truyền đạt|trang bị|hướng dẫn|tập huấn|bồi dưỡng)"
    r"|(?:hướng dẫn|dạy|bày|truyền đạt|trang bị|giúp)(?: cho)? (?:học viên|đại biểu|cán bộ|người dự|công chức))"
    r"[^.;,]{0,40}? (?:về|cách|kỹ năng|nghiệp vụ|kiến thức|phương pháp|chuyên đề)\b)"
    r"|\b(?:đứng|lên) lớp\b[^.;:]{0,20}:"
    r"|\bnội dung(?: (?:của )?(?:lớp|bài|khóa|buổi|đợt)(?: (?:học|giảng|tập huấn|bồi dưỡng))?)? (?:bao gồm|gồm|có|xoay quanh)\b"
    r"(?=[^.;]{0,120}\b(?:cách|kỹ năng|nghiệp vụ|phương pháp)\b)"
    r"|\bnội dung\b[^.;:]{0,20} (?:phần|chuyên đề|học phần) ?:"
)
_ANOTHER_DEED = re.compile(
    r"[.;]|, (?=(?:đồng thời |ngoài ra |bên cạnh đó |cùng với đó |và )?(?:\d|in|cấp|phát|lắp|mua|tổ chức|phối hợp|duy trì|treo|dựng"
    r"|đã|còn|sẽ|huyện|tỉnh|xã|sở|phòng|biên soạn|xuất bản|hỗ trợ|trao|tặng|mở|sản xuất|đầu tư|nâng cấp|đặt hàng|đăng|ban hành|trang bị)\b)"
    r"| và (?=(?:\d|(?:lắp (?:lại|đặt|mới|thêm)|sửa chữa|mua sắm|nâng cấp|xây mới|cấp phát)\b))"
    r"|\b(?:đồng thời|ngoài ra|bên cạnh đó|cùng với đó)\b"
)
# What is shown and practised in a class is a list, of deeds too ("Học viên thực hành viết tin, dựng áp phích, tổ chức hội thi").
_PRACTISED = re.compile(
    r"\b(?:học viên|người học|giảng viên|báo cáo viên|chuyên gia|thầy cô|bài học|lớp|khóa học|nhà báo|phóng viên)\b[^.;,]{0,25}?"
    r" (?:thực hành|tập|luyện|làm quen với|bày(?: cho \w+)?|chỉ|dạy|hướng dẫn|trình bày|giới thiệu|truyền đạt|nói|học)"
    r" (?:về )?(?:cách|kỹ năng|nghiệp vụ|kiến thức|phương pháp|kinh nghiệm|viết|làm|dựng|quay|soạn|nói|chụp|đọc|biên tập|tổ chức)\b"
    r"|\b(?:chương trình học|bài học|nội dung (?:lớp|học|tập huấn)|khóa học)\b[^.;:]{0,30} (?:gồm|có)\b[^.;:]{0,20}: "
    r"|\bđược cầm tay chỉ việc\b"
    r"|\bhọc (?:cách|kỹ năng|nghiệp vụ|nghề) (?:viết|làm|dựng|quay|soạn|nói|chụp|đọc|biên tập|tổ chức|dùng|vận hành)\b"
)
_LEARNT = frozenset({"training", "recognition"})
"""Activities that a class is itself, or carries to people: a list of what it teaches hides all others."""
_ANOTHER_ACTOR = re.compile(
    r"[.;]|, (?:đồng thời|ngoài ra|bên cạnh đó|cùng với đó)\b|, (?=(?:huyện|tỉnh|xã|sở|phòng|ban tổ chức|trung tâm) (?!của\b))"
)
# How things were before ("Trước kia muốn biết chính sách phải chờ họp thôn"), up to what came then.
_FORMERLY = re.compile(
    r"(?:^|[.;] )[\"“']?(?:trước kia|trước đây|ngày trước|hồi trước|xưa|ngày xưa|khi chưa có [^,]{2,40}),? "
    r"(?=[^.;]{0,60}\b(?:phải|muốn|mỗi khi|chỉ|thường|hay|toàn|chưa|không)\b)"
)
# "Chưa làm: hội thi; in sổ tay" lists what is not done.
_UNDONE = re.compile(r"\b(?:chưa (?:làm|thực hiện|triển khai)(?: được)?|(?:mặt|việc|phần) chưa (?:được|làm))(?: \([^)]{0,40}\))? ?: ")
_SENTENCE_ENDS = re.compile(r"\Z")
# "Chưa có kinh phí dựng pa nô, in tờ rơi": nothing was done for want of it; what people wish, and what it would take.
_WANTING = re.compile(
    r"\b(?:chưa|không) (?:có|đủ|bố trí được) (?:kinh phí|tiền|vốn|điều kiện|nhân lực)\b"
    r"|\b(?:người dân|bà con|hộ nghèo|cử tri|các hộ) (?:mong|ao ước|ước|chỉ mong)\b|^muốn\b[^.;]{3,80}\bthì (?:phải|cần)\b|^nếu\b"
)
_WANTING_ENDS = re.compile(r"[.;]|, (?=(?:nên|nhưng|song|tuy vậy|huyện đã|xã đã|tỉnh đã)\b)")
# What a play, an article or a broadcast tells of.
_TOLD = re.compile(
    r"\b(?:vở|vở kịch|tiết mục|tiểu phẩm|tác phẩm|đề tài|chủ đề|kịch ngắn|bài|số đầu|kỳ đầu|phim|phần thi|câu hỏi)\b[^.;,:]{0,25}?"
    r" (?:nói về|kể về|kể chuyện|xoay quanh|là chuyện|về chuyện|tự soạn về|phản ánh chuyện)\b"
    r"|\bđội\b[^.;:]{0,25} (?:chọn|kể|dựng|diễn|mang đến|đem đến)(?: lại)?(?: câu)? (?:chuyện|tình huống|cảnh|màn)\b"
    r"|\b(?:tiểu phẩm|hoạt cảnh|ca cảnh|vở kịch|vở|màn kịch|kịch ngắn)\b(?: \w+){0,2} (?=[\"“])"
    r"|\b(?:chọn|diễn|dựng|mang đến|đem đến) (?:hoạt cảnh|ca cảnh|màn kịch)\b"
    r"|\b(?:khán giả|người xem|hội trường|khán phòng)\b[^.;:]{0,30} (?:với|vì|khi|bởi)\b"
    r"|\b(?:chủ đề|đề tài)(?: \w+){0,3} ?: "
)
# "Nhớ lâu hơn nghe đọc cả tập tài liệu", "nghe ông hơn nghe loa".
_RATHER = re.compile(r"\bhơn (?:là )?(?:nghe|đọc|xem)\b")
_RATHER_ENDS = re.compile(r"[.;,\"”]")
_NOWADAYS = re.compile(r"[.;]|\b(?:nay|giờ|bây giờ|hiện|từ khi|từ ngày|từ lúc|sau khi)\b")
# "Kết thúc khóa học, ..." tells what came after it.
_AFTER_CLASS = re.compile(
    r"(?:kết thúc|sau|xong|hết)(?: khi kết thúc)?(?: các| mỗi| hai)? (?:khóa|lớp|buổi|đợt) (?:học|tập huấn|bồi dưỡng)(?= ?,)"
)
# What a deed was good for is no further deed: "Qua đó, góp phần tuyên truyền ...", "Hội nghị nhằm nâng cao ...".
_AIM = re.compile(
    r"(?:qua đó|từ đó|nhờ vậy|thông qua|mục đích|nhằm)\b"
    r"|(?:việc|hội nghị|lớp (?:học|tập huấn|bồi dưỡng)|cuộc thi|hội thi|chương trình|hoạt động|dự án|buổi [^ ]+)[^.;:,]{0,40}"
    r" (?:nhằm|giúp|góp phần)\b"
)
# The same inside a sentence, to its next deed: "lắp loa để phục vụ công tác tuyên truyền".
_WHAT_FOR = re.compile(
    r"\b(?:(?<!do )nhằm|(?:ban tổ chức|tỉnh|huyện|xã|ông|bà|bộ|sở|đoàn) mong\b|đề nghị [^.;,]{2,20} làm rõ\b|góp phần|để phục vụ"
    r"|phục vụ (?:cho )?(?:công tác|việc))\b"
)
_AIM_ENDS = re.compile(rf":|{_ANOTHER_DEED.pattern}")
"""A project that "nhằm lấp chỗ thiếu đó: dựng đài, cấp máy" says after the colon what it does."""
_TOLD_ENDS = re.compile(
    rf"{_ANOTHER_ACTOR.pattern}|\b(?:(?:lên|phát) sóng|(?:được|sẽ|đã) (?:phát|chiếu|đăng|in)|(?:chiếu|đăng|phát) trên)\b"
)
_BESIDE = (
    (_WHAT_FOR, _AIM_ENDS),
    (_FORMERLY, _NOWADAYS),
    (_TOLD, _TOLD_ENDS),
    (_UNDONE, _SENTENCE_ENDS),
    (_WANTING, _WANTING_ENDS),
    (_RATHER, _RATHER_ENDS),
)
"""Stretches of a sentence that tell of no deed, as opening and ending; whatever stands in one is none for any rule."""
# "Không mở hội nghị tổng kết", "chưa có đài"; "không chỉ" and "không những" deny nothing.
_DENIED = re.compile(
    r"\b(?:(?:không|chưa)(?: (?:có|mở|tổ chức|làm|lập|lắp|in|cấp|tiến hành|hề|kịp|từng|được|chuẩn bị|bố trí"
    r"|xây dựng|còn|dùng|sử dụng)){0,2}"
    r"|(?:bỏ|thôi|ngừng|dừng)(?: hẳn)? (?:việc|cách|kiểu|lối)(?: (?:treo|in|phát|dán|dựng|mở|tổ chức))?|thay (?:cho|vì)(?: việc)?"
    r"|(?:đỡ|khỏi|chẳng|hết) phải)(?: (?:các|buổi|lễ|cuộc|lớp|đợt|hội nghị|điểm|hệ thống|chiếc|cái|bộ))? $"
)
_DENIED_CHARACTERS = 36
_TELLS_OF_DEEDS = re.compile(r"\d|\b(?:đã|sẽ|tổ chức|mở|lắp|cấp|in|phát)\b")
# What programmes on air are to tell of, however far behind: "Xây dựng các chương trình phát thanh về ...; phổ biến ... gương điển hình".
_AIRED = re.compile(
    r"\b(?:xây dựng|sản xuất|mở|duy trì) (?:các |những )?(?:chuyên mục|chương trình|bản tin)\b[^.;]{0,20}?"
    r"\b(?:phát thanh|truyền thanh|truyền hình)\b"
)
# Reporters who are taught report nothing by that.
_TRAINEES = re.compile(
    r"\b(?:lớp|khóa|tập huấn|bồi dưỡng)\b[^.;:]{0,80} (?:cho|với|gồm)\b[^.;:]{0,300}?"
    r"\b(?:phóng viên|biên tập viên|nhà báo|cộng tác viên báo)\b"
)
# What goes on air is neither a visit nor a new station.
_ON_AIR = re.compile(r"\b(?:chuyên mục|chương trình|bản tin|tin bài)\b[^.;]{0,20}?\b(?:phát thanh|truyền thanh)\b")
_BY_AIR = frozenset({"outreach", "radio_facility"})
# "Mục đích của việc tập huấn là ...": what it is to teach, with years and deeds.
_AIM_OF_CLASS = re.compile(
    r"mục đích(?:,? (?:yêu cầu|nội dung))?(?: chính)? của (?:việc|lớp|khóa|đợt|buổi|hội nghị)? ?(?:tập huấn|bồi dưỡng|đào tạo|học)\b"
)
# Two communes hear one conference together; more are a series.
_TWO_PLACES = re.compile(r"(?<!\d)0?2 (?=(?:xã|thôn|bản|ấp|phường|thị trấn)\b)")
# A commune called Thạch Đài has no station by that.
_NAMED_SO = re.compile(
    r"\b(?:xã|phường|thị trấn) (?!(?:có|đã|được|nhận|lắp|mua|sửa|gắn|chưa|xây|dựng|nối|nào|thêm|thay|nghèo|mới|cấp|cần"
    r"|xin|lập|mở|nâng|dùng|là|và|làm|phát|bằng|qua|trên|nghe|treo|đặt|kéo|không|hỏng|trang) )"
    r"[^ ,.;:]+ (?:đài|loa)\b(?! truyền thanh| phát thanh| xã| fm)"
)
_OPENINGS = Asked((_TAUGHT, _PRACTISED, _DENIED, *(opening for opening, _ in _BESIDE)))
_HELD = ("thông tin", "văn hóa", "học viện", "tuyên giáo")
_BYLINES = ("báo", "đài", "cổng", "phát sóng", "(báo", "(đài", "(cổng")
"""One of these stands in whatever the two expressions above hide."""
_ZONES = frozenset({"title", "lead", "body", "heading", "caption"})
_SECTIONS = frozenset({"purpose", "goals", "tasks", "money", "organisation"})
_MODALITIES: dict[str, Modality] = {"done": "done", "planned": "planned", "general": "general"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    id: str
    activity: str
    weight: float
    patterns: tuple[Pattern, ...]
    require: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    exclude_clause: tuple[Pattern, ...]
    aside: tuple[Pattern, ...]
    modality: Modality | None
    only: frozenset[str]
    """Modalities in which it counts; empty: all."""
    zones: frozenset[str]
    not_sections: frozenset[str]
    topics: bool
    example: str


@dataclass(frozen=True, slots=True)
class Match:
    rule: Rule
    start: int
    """In the plain sentence."""
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence as the rules read it."""

    matches: tuple[Match, ...]
    """The first match of every rule that holds."""
    silenced: frozenset[str]
    """Activities whose cues stand there, but each beside something that excludes them, or in a section where they mean nothing."""
    only_topics: bool
    """It only says what a class teaches, what a contest is about or how things were before."""


@dataclass(frozen=True)
class ActivityRules:
    book: CueBook
    rules: tuple[Rule, ...]
    topics: tuple[Pattern, ...]
    version: str

    @classmethod
    def load(cls, path: Path | None = None) -> ActivityRules:
        """The bundled rules, or those at ``path``.

        Raises: InvalidData naming the file and the rule and field, or line, that is wrong.
        """
        top = open_list(path, package="nlp.data", name=FILE)
        version = top.string("version")
        book = CueBook.of(top)
        codes = Activities.load().codes
        rules: list[Rule] = []
        for entry in top.entries("rule"):
            rule = _rule(entry, book)
            if rule.activity not in codes:
                raise entry.wrong("activity", f"{rule.activity!r} is not in the activity list")
            if any(rule.id == other.id for other in rules):
                raise entry.wrong("id", f"{rule.id!r} stands twice")
            rules.append(rule)
        topics_entry = Entry(top.take("topics", {}), file=top.file, place="topics")
        topics = book.patterns(topics_entry.strings("patterns"))
        topics_entry.finish()
        top.finish()
        if not rules:
            raise InvalidData("no [[rule]] in the file", file=top.file)
        return cls(book, tuple(rules), topics, version)

    def read(self, sentence: Sentence) -> Reading:
        """What the rules find, whatever the modality. Offsets are those of ``sentence.plain``."""
        text = sentence.plain
        if any(word in text for word in _HELD) or text.startswith(_BYLINES):
            text = _PROJECT.sub(_hidden, _BODIES.sub(_hidden, text))
        if "năng lực" in text:
            text = _CAPACITY.sub(_hidden, text)
        if "đài" in text or "loa" in text:
            text = _NAMED_SO.sub(_hidden, text)
        if "2 " in text:
            text = _TWO_PLACES.sub(_hidden, text)
        if _AFTER_CLASS.match(text):
            text = _AFTER_CLASS.sub(_hidden, text, count=1)
        hits = self.book.scan(text)
        search = _OPENINGS.within(text)
        only_topics = self._only_topics(hits, text) or _is_aim(text) or _is_past(text)
        taught: tuple[tuple[int, int], ...] | None = None
        aims: tuple[tuple[int, int], ...] | None = None
        practised: tuple[tuple[int, int], ...] | None = None
        matches: list[Match] = []
        silenced: set[str] = set()
        airs = "gương" in text and _AIRED.search(text) is not None
        for position, patterns in self._index.possible(hits):
            rule = self.rules[position]
            if (only_topics and not rule.topics) or (rule.zones and sentence.zone not in rule.zones):
                continue
            if sentence.section in rule.not_sections or (rule.activity == "recognition" and airs):
                if any(find(pattern, hits) for pattern in patterns):
                    silenced.add(rule.activity)
                continue
            if rule.require and not any(find(pattern, hits) for pattern in rule.require):
                continue
            if aims is None:
                aims = tuple(span for opening, ending in _BESIDE for span in _stretches(opening, text, ending, search))
            if taught is None and not rule.topics:
                taught = (*_stretches(_TAUGHT, text, _ANOTHER_DEED, search), *aims)
            if practised is None and rule.activity not in _LEARNT:
                practised = _stretches(_PRACTISED, text, _ANOTHER_ACTOR, search)
            silent = aims if rule.topics else taught or ()
            if rule.activity not in _LEARNT:
                silent = (*silent, *(practised or ()))
            match = _first_allowed(rule, patterns, hits, text, silent, search)
            if isinstance(match, tuple):
                matches.append(Match(rule, *match))
            elif match:
                silenced.add(rule.activity)
        if "đại chúng" in text or _TRAINEES.search(text):  # the mass media head a list of forms; see docs/taxonomy.md
            silenced.add("press")
        if "thanh" in text and _ON_AIR.search(text):
            silenced |= _BY_AIR
        return Reading(tuple(matches), frozenset(silenced) - {match.rule.activity for match in matches}, only_topics)

    def _only_topics(self, hits: Hits, text: str) -> bool:
        """A class before a semicolon teaches nothing of what stands behind it ("11 lớp tập huấn; trang bị 9 bộ thiết bị")."""
        for _, patterns in self._topics_index.possible(hits):
            for pattern in patterns:
                if not pattern.gaps or any(";" not in text[start:end] for start, end in all_matches(pattern, hits)):
                    return True
        return False

    @cached_property
    def _index(self) -> PatternIndex:
        """Patterns in the order of the rules, by the position of their rule."""
        return PatternIndex((position, pattern) for position, rule in enumerate(self.rules) for pattern in rule.patterns)

    @cached_property
    def _topics_index(self) -> PatternIndex:
        return PatternIndex((0, pattern) for pattern in self.topics)


def _is_aim(text: str) -> bool:
    return _AIM_OF_CLASS.match(text) is not None or (_AIM.match(text) is not None and _TELLS_OF_DEEDS.search(text) is None)


def _is_past(text: str) -> bool:
    """Whether the whole sentence only says how things were before."""
    formerly = _FORMERLY.match(text)
    return formerly is not None and _NOWADAYS.search(text.rstrip("."), formerly.end()) is None


def _hidden(match: re.Match[str]) -> str:
    return "_" * len(match.group())


def _stretches(opening: re.Pattern[str], text: str, ending: re.Pattern[str], search: Search) -> tuple[tuple[int, int], ...]:
    """From each ``opening`` to the next ``ending``: what a class teaches, or what a deed is for."""
    if not search.may(opening):
        return ()
    found: list[tuple[int, int]] = []
    for match in opening.finditer(text):
        if found and match.end() < found[-1][1]:
            continue
        ends = ending.search(text, match.end())
        found.append((match.end(), ends.start() if ends else len(text)))
    return tuple(found)


def _first_allowed(
    rule: Rule, patterns: Iterable[Pattern], hits: Hits, text: str, silent: Sequence[tuple[int, int]], search: Search
) -> tuple[int, int] | bool:
    """The first match that nothing excludes and that lies outside the ``silent`` stretches; else whether there was one at all."""
    excluded: list[tuple[tuple[int, int], int]] | None = None
    hidden: list[tuple[int, int]] = []
    for pattern in patterns:
        for match in all_matches(pattern, hits)[:_MAX_MATCHES]:
            if excluded is None:
                excluded = [(span, _EXCLUDE_CHARACTERS) for span in _spans(rule.exclude, hits)]
                excluded += [(span, _CLAUSE_CHARACTERS) for span in _spans(rule.exclude_clause, hits)]
                hidden = [*silent, *_spans(rule.aside, hits)]
            if any(start <= match[0] < end or start < match[1] <= end for start, end in hidden):
                continue
            if search(_DENIED, text[max(0, match[0] - _DENIED_CHARACTERS) : match[0]]):
                continue
            if not any(
                near(match, other, distance) and text.find(";", min(match[0], other[0]), max(match[1], other[1])) < 0
                for other, distance in excluded
            ):
                return match
    return excluded is not None


def _spans(patterns: tuple[Pattern, ...], hits: Hits) -> list[tuple[int, int]]:
    atoms = hits.atoms
    return [span for pattern in patterns if pattern.atoms[0] in atoms for span in all_matches(pattern, hits)[:_MAX_MATCHES]]


def _rule(entry: Entry, book: CueBook) -> Rule:
    modality = entry.string("modality", default="")
    if modality and modality not in _MODALITIES:
        raise entry.wrong("modality", f"must be one of {sorted(_MODALITIES)}, is {modality!r}")
    rule = Rule(
        id=entry.string("id"),
        activity=entry.string("activity"),
        weight=entry.number("weight"),
        patterns=book.patterns(entry.strings("patterns")),
        require=book.patterns(entry.strings("require")),
        exclude=book.patterns(entry.strings("exclude")),
        exclude_clause=book.patterns(entry.strings("exclude_clause")),
        aside=book.patterns(entry.strings("aside")),
        modality=_MODALITIES.get(modality),
        only=_names(entry, "only", frozenset(_MODALITIES)),
        zones=_names(entry, "zones", _ZONES),
        not_sections=_names(entry, "not_sections", _SECTIONS),
        topics=entry.flag("topics"),
        example=entry.string("example"),
    )
    entry.finish()
    if not 0 < rule.weight <= 1:
        raise entry.wrong("weight", f"must be above 0 and at most 1, is {rule.weight}")
    if not rule.patterns:
        raise entry.wrong("patterns", "must not be empty")
    return rule


def _names(entry: Entry, field: str, known: frozenset[str]) -> frozenset[str]:
    names = frozenset(entry.strings(field))
    if names - known:
        raise entry.wrong(field, f"{sorted(names - known)[0]!r} is none of {sorted(known)}")
    return names
