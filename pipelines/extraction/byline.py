"""Who signs an article: reading bylines as Vietnamese pages write them, and telling people from outlets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.text import fold, lower
from pipelines.extraction.lines import cuts_rest
from pipelines.extraction.quality import is_syllable

_PREFIX = re.compile(
    r"^(?:\W{0,3}(?:tác giả(?: bài viết)?|nội dung|người (?:viết|thực hiện|đăng|đưa|gửi)(?: bài| tin)?|thực hiện|biên soạn|biên tập|"
    r"tổng hợp|bài(?: viết)?(?: và| &|,|-) ?(?:ảnh|hình)"
    r"|tin(?: bài)?(?: và| &|,|/|-) ?(?:ảnh|bài|hình|clip|video)(?:,? ?(?:ảnh|clip|video))?|"
    r"bài viết|tin bài|tin|bài|ảnh(?: và|,) (?:bài|tin)|phóng viên|"
    r"nhóm phóng viên|nhóm pv|nhà báo|pv|ctv|by|author|"
    r"viết bởi|được viết bởi|đăng bởi|posted by|written by)\s?:\s?|(?:theo|by|bởi|viết bởi|được viết bởi|đăng bởi|posted by|written by|"
    r"tác giả|phóng viên|nhà báo|thực hiện|(?:tin|bài)(?: bài| viết)?(?: và| &|,| ?-| ?/) ?(?:ảnh|hình) ?/?)\s(?=[A-ZĐÀ-Ỹ]))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\W{0,3}(?:tác giả(?: bài viết)?|người viết|người thực hiện)\s?:", re.IGNORECASE)
_SOURCE = re.compile(r"^\W{0,3}(?:nguồn(?: tin)?|source|trích nguồn|nguồn bài viết|dẫn nguồn|bản quyền)\b", re.IGNORECASE)
_TAIL = re.compile(
    r"\s?(?:\((?:[^()]{0,80})\)?|\[[^\[\]]{0,60}\]|/\s?(?:[\w.+-]{2,40}(?:\s[\w.+-]{1,20}){0,4})|[-–|]\s?(?:báo|ttxvn|vov|vtv|cổng|đài|"
    r"theo|ảnh)\b.{0,60}|"
    # The office someone works in: "Lò Thị An – Văn phòng HĐND và UBND huyện".
    r"\s?[-–—,|]\s?(?:văn phòng|vp|phòng|trung tâm|tt|sở|ubnd|ủy ban|huyện đoàn|tỉnh đoàn|công an|chi cục|cục|"
    r"ban (?:dân|quản|tuyên|biên|chỉ|văn))\s.{2,60}|"
    r"\s?[-–—,|]\s?(?:(?:học viện|viện (?:dân|khoa|nghiên|hàn|kiểm)|trường (?:th|mầm|tiểu|trung|đại|cao|chính|phổ|pt)|"
    r"hội (?:nông|phụ|cựu|chữ|người|liên|đồng|nhà|khuyến)).{0,60}|(?:tt|vh|vp|bql|bch|btc|hđ|mttq)[\w&,.-]{1,20}(?:\s.{2,40})?)|"
    r"\s?[-–—,]\s?(?:phó\s)?(?:hiệu trưởng|giám đốc|chủ tịch|bí thư|trưởng (?:phòng|ban|thôn|bản|khoa)|viện trưởng|chánh văn phòng|"
    r"chuyên viên|giáo viên|phóng viên|cán bộ)\b.{0,60}|"
    r"\s?[-–—,|]?\s\(?[\w.+-]{2,40}@[\w.-]{4,40}\)?|\s?[-–—,|]\s?(?:cộng tác viên|ctv|btv|pv|biên tập viên)|"
    r",?\s(?:tổng hợp|thực hiện|ghi|biên dịch|lược dịch|dịch|sưu tầm|st|t\.h|t/h)\.?)\s?[.,;]?$",
    re.IGNORECASE,
)
_PHOTO_PART = re.compile(
    r"\s?[-–,;/|.]?\s?\(?\b(?:nguồn(?: tin)?|người đăng|ảnh|video|clip|đồ họa|hình|thiết kế|trình bày|kỹ thuật|mỹ thuật)\s?:\s?.{0,60}$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s?(?:,|;|\s[-–—]\s|\s?&\s?|\s?\+\s?|\s\|\s|(?<=\w)[-–]\s?(?=[A-ZĐÀ-Ỹ])|\s(?:và|and)\s)\s?")
# Letters of a capitalised Vietnamese word, initials ("K.", "Đ.H") included.
_UPPER = "A-ZÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
# Also "H'Mai" (Ê Đê), "K' Linh" (Mạ) and initials.
_NAME_WORD = rf"(?:[{_UPPER}]['’][^\W\d_]{{0,9}}|[{_UPPER}][^\W\d_]{{0,9}}\.?|(?:[{_UPPER}]\.){{1,4}}[{_UPPER}]?)"
_NAME = re.compile(rf"^{_NAME_WORD}(?:\s{_NAME_WORD}){{0,4}}$")
_ACRONYM = re.compile(r"^[BCDĐFGHJKLMNPQRSTVWXZ]{2,}$", re.IGNORECASE)
# The first letter of the name, drawn in a circle before it.
_AVATAR = re.compile(rf"^([{_UPPER}])\s(?=\1)")
_PEOPLE_TITLES = re.compile(
    r"^(?:th\.?s|ts|pgs|gs|bs|ks|kts|cn|ls|ncs|thạc sĩ|tiến sĩ|bác sĩ|luật sư|nhà báo|nhà văn|nsưt|pv|ctv|btv|phóng viên|"
    r"cộng tác viên|p\.v)\.?(?:\s|"
    r"(?<=\.))(?=\S)",
    re.IGNORECASE,
)
# First words of bodies that sign texts ("Trung tâm ...", "Phòng ..."), kept as author only where they stand alone under the text.
_BODY = re.compile(
    r"^(?:trung tâm|ban (?:biên tập|tuyên giáo|dân vận|quản lý)|phòng|sở|hội|đoàn|văn phòng|cục|vụ|chi cục|nhóm (?:phóng viên|pv|"
    r"tác giả)|tổ|khoa|công đoàn|"
    r"đảng ủy|ubnd|ủy ban|ubmttq|công an|bộ|trường|ban)\b",
    re.IGNORECASE,
)
_OUTLET = re.compile(
    r"(?:^(?:báo|đài|cổng|trang (?:thông tin|tin|chủ|web|điện tử)|theo|nguồn|ảnh|host|admin)\b|"
    r"\b(?:tạp chí|website|ttxvn|vov|vtv|vtc|vietnamplus|vnexpress|dân trí|tuổi trẻ|thanh niên|nhân dân|vietnamnet|online|tttđt|tòa soạn|"
    r"administrator|super user|editor|webmaster|quản trị|btv|bbt|pv|ctv|p\.v|tổng hợp|sưu tầm|internet|minh họa|zing|kenh14|cafef|reuters|"
    r"afp|ap|bbc|cnn|xinhua|bloomberg|forbes|guardian|kyodo|yonhap|sputnik|tass|cnbc|scmp|"
    r"facebook|ban biên tập|media|news|group|corp|channel\w*|công nghệ|công ty|network|tv|trí thức trẻ)\b|"
    r"vietnam\+|\.(?:vn|com|net|org|biz|info)\b|https?:|@)",
    re.IGNORECASE,
)
# Bodies whose first word is no family name; Đoàn, Trường and Khoa begin people's names too.
_NO_PERSON = re.compile(
    r"^(?:ông|bà|đồng chí|trung tâm|ban (?:biên|tuyên|dân|quản|chỉ)|sở|bộ|cục|chi cục|văn phòng|công an|công đoàn|"
    r"đảng ủy|ubnd|ubmttq|ủy ban|nhóm|phòng)\b",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    (
        "tin tức|thời sự|chia sẻ|trang chủ|xem thêm|bình luận|từ khóa|liên hệ|giới thiệu|văn bản|thông báo|hà nội|việt nam|ảnh minh họa|"
        "quay lại|đọc thêm|tin liên quan|chính trị|kinh tế|xã hội|giáo dục|y tế|pháp luật|thể thao|giải trí|đời sống|du lịch|khoa học|"
        "công nghệ|thế giới|nơi nhận|chủ tịch|phó chủ tịch|giám đốc|phó giám đốc|tác giả|phóng viên|tags|facebook|zalo|twitter|mục lục|"
        "kết luận|lời kết|tag|bởi|theo|nhóm phóng viên|minh họa|ảnh tư liệu|tổng hợp"
    ).split("|")
)


# Newspapers and magazines whose names are spelt like a person's.
_PRESS = frozenset(
    (
        "lao động|tiền phong|pháp luật|công thương|đại đoàn kết|người lao động|người đưa tin|nhịp sống thị trường|đời sống pháp luật|"
        "an ninh thủ đô|an ninh tiền tệ|phụ nữ việt nam|phụ nữ|soha|tri thức|hà nội mới|sài gòn giải phóng|công lý|giao thông|xây dựng|"
        "quân đội nhân dân|công an nhân dân|kinh tế đô thị|đầu tư|thời báo tài chính|thể thao văn hóa|thể thao|văn hóa|"
        "nông nghiệp việt nam|nông thôn ngày nay|"
        "dân việt|gia đình việt nam|khám phá|doanh nhân|diễn đàn doanh nghiệp|giáo dục thời đại|sức khỏe đời sống|"
        "tin tức|thế giới trẻ|nhà báo công luận|công luận|biên phòng|đất việt|mực tím|hoa học trò|petrotimes|bnews|tổ quốc|nhà đầu tư"
    ).split("|")
)


def read_byline(text: str, *, sites: Sequence[str] = (), lone: bool = False, signed: bool = False) -> tuple[str, ...]:
    """The names a byline gives, in order; empty when it names an outlet, the site or nobody.

    ``lone`` says that the line stands by itself under the article, where a body such as "Trung tâm ..." may sign too and people's names may
    stand in brackets; ``signed`` that it is set to the right there, where a pen name may be any word.

    >>> read_byline("Theo Thanh Mai (TTXVN)"), read_byline("Thanh Mai - Văn Khánh"), read_byline("Theo TTXVN")
    (('Thanh Mai',), ('Thanh Mai', 'Văn Khánh'), ())
    """
    line = text.strip(" \t*•-–—_.,;:|/")
    if not 2 <= len(line) <= 120 or _SOURCE.match(line) or cuts_rest(line):
        return ()
    if line[0] in "([" and line[-1:] in ")]":
        if not lone or not (line := line[1:-1].strip()):
            return ()
        lone = False  # a body in brackets is the source
    bare = _PHOTO_PART.sub("", _strip_prefix(line))
    for _ in range(3):
        shorter = _TAIL.sub("", bare).strip(" ,.;:-–")
        if shorter == bare:
            break
        bare = shorter
    if not bare:
        return ()
    names = [_strip_prefix(_PEOPLE_TITLES.sub("", name.strip(" .,;:-–"))) for name in _SEPARATOR.split(bare)]
    names = [_spelled(_once(_AVATAR.sub("", name))) for name in names if name]
    if names and len(names) <= 6 and all(is_person(name, sites=sites, signed=signed) for name in names):
        return tuple(dict.fromkeys(names))
    if (lone or _LABEL.match(line)) and is_signing_body(bare, sites=sites):
        return (bare,)
    return ()


def is_credit(line: str) -> bool:
    """Whether a line says that names follow: "Bài và ảnh: ...".

    >>> is_credit("Bài và ảnh: Quàng Văn Hặc"), is_credit("Theo Thanh Mai")
    (True, False)
    """
    match = _PREFIX.match(line)
    return match is not None and ":" in match.group()


def is_source(line: str) -> bool:
    """A line that only says where a text was taken from.

    >>> is_source("Nguồn: Báo Yên Bái"), is_source("Nguồn vốn được phân bổ cho các xã từ đầu năm nay.")
    (True, False)
    """
    return len(line) <= 80 and bool(_SOURCE.match(line)) and ":" in line[:24] and line[-1:] not in ".!?"


def is_person(name: str, *, sites: Sequence[str] = (), signed: bool = False) -> bool:
    """Whether the words can be the name or pen name of a person: capitalised, at most five, no outlet, no site name."""
    if not 2 <= len(name) <= 40 or not _NAME.match(name):
        return False
    words = name.split()
    if len(words) == 1 and "." not in name and not is_syllable(name) and not signed:
        return False  # Forbes, Reuters
    if any(_ACRONYM.match(word) for word in words):
        return False  # HTX, CTCK
    if name.isupper() and len(words) == 1 and "." not in name:
        return False  # VOV, TTXVN, PV: agencies and roles
    if lower(name) in _NOT_NAMES or lower(name) in _PRESS or _OUTLET.search(name) or _NO_PERSON.match(name):
        return False
    return not is_site(name, sites)


def is_signing_body(name: str, *, sites: Sequence[str] = ()) -> bool:
    words = name.split()
    return (
        3 <= len(words) <= 10
        and bool(_BODY.match(name))
        and not re.search(r"[\d:;!?/]", name)
        and not name.endswith(".")
        and sum(word[0].isupper() for word in words) >= 2
        and not _OUTLET.search(name)
        and not is_site(name, sites)
    )


def is_site(name: str, sites: Iterable[str]) -> bool:
    """Whether ``name`` is one of the site's names; case, diacritics and spaces do not matter."""
    wanted = _squeeze(name)
    for site in sites:
        known = _squeeze(site)
        if not known or not wanted:
            continue
        shorter, longer = sorted((wanted, known), key=len)
        if wanted == known or (len(shorter) >= 5 and shorter in longer and len(shorter) >= 0.5 * len(longer)):
            return True
    return False


def _spelled(name: str) -> str:
    """Names set in capitals in the usual spelling; initials stay.

    >>> _spelled("THANH MAI"), _spelled("K. MAI")
    ('Thanh Mai', 'K. Mai')
    """
    if not name.isupper() or " " not in name:
        return name
    return " ".join(word if "." in word or len(word) == 1 else word.capitalize() for word in name.split())


def _once(name: str) -> str:
    """A name that the page gives twice, for wide and for narrow screens.

    >>> _once("Lò Thuận Lò Thuận"), _once("Lò Thuận")
    ('Lò Thuận', 'Lò Thuận')
    """
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half and words[:half] == words[half:] else name


def _strip_prefix(text: str) -> str:
    for _ in range(2):
        shorter = _PREFIX.sub("", text).strip()
        if shorter == text:
            break
        text = shorter
    return text


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))
