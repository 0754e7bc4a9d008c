"""What a sum is, read from the words around it: public money, loan, gift, price, income, ...

The question is answered by the cue nearest to the sum inside its clause; only where the clause is silent does the rest of
the sentence count. The windows have a fixed size, so that the cost does not depend on the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.document import BudgetKind
from nlp.budget_cues import ACTIVITY, HOUSEHOLD_UNITS, IMMEDIATE, KINDS, PRICED_UNITS, PROGRAMME, PUBLIC_UNITS
from nlp.budget_payers import (
    BANK,
    CHARITY,
    CHARITY_WORDS,
    COMPANY,
    FOR_ONE,
    FOREIGN_FUNDED,
    GIVEN_BY,
    LENDING,
    LENT,
    OF_A_PROGRAMME,
    OF_A_PUBLIC_BODY,
    OF_LENDING_FUND,
    PAID_BY_OTHERS,
    PERSON,
    PRIVATE_AFTER,
    PRIVATE_DOES,
    PUBLIC_BODY,
    PUBLIC_MONEY,
    SPEECH,
    STATE_SHARE,
    TAKEN,
    TRADED,
)
from nlp.sieve import Asked, Guarded, Search, Sieve

_KINDS = Sieve(KINDS, lambda row: row[2])
_IMMEDIATE = Sieve(IMMEDIATE, lambda row: row[0])
_PEOPLE = Guarded(PERSON)


@dataclass(slots=True, kw_only=True)
class Context:
    """The surroundings of one sum, all in lower case but ``cased``."""

    left: str
    """From the sum before, or the start of the sentence."""
    right: str
    """To the next sum or the end of the sentence."""
    before: str
    """The sentence before ``left``."""
    cased: str
    """The whole window in its own case, for names of people."""
    following: str = ""
    """The sentence after this one, in the same paragraph."""
    previous: str = ""
    """The sentence (in the same paragraph) or the heading before this one."""
    per_unit: str | None = None
    capped: bool = False
    """The qualifier is an upper bound."""
    after_kind: BudgetKind | None = None
    """Kind of the sum before in the same sentence."""
    after_sum: bool = False
    """Another sum stands before in the same sentence."""
    tabular: bool = False
    topical: bool = False
    """The document is about poverty work."""
    vnd: int | None = None
    usd: int | None = None

    whole_left: str = field(init=False)
    """The sentence before the sum."""
    own: str = field(init=False)
    """``left`` without what still belongs to the sum before: "5 tỷ đồng *cho Tiểu dự án 1 và* 3 tỷ đồng"."""
    clause: str = field(init=False)
    """What in ``right`` still speaks of the sum: up to a comma or a conjunction that opens something new."""
    search: Search = field(init=False)
    """For parts of ``whole_left``."""

    def __post_init__(self) -> None:
        self.whole_left = self.before + self.left
        self.own = _own(self.left) if self.after_sum else self.left
        end = _CLAUSE_END.search(self.right)
        self.clause = self.right[: end.start()] if end else self.right
        self.search = _ON_THE_LEFT.within(self.whole_left)


def _own(left: str) -> str:
    for separator in _SEPARATORS:
        _, found, after = left.rpartition(separator) if separator != ", " else left.partition(separator)
        if found:
            return after
    return left


_SEPARATORS = (";", " + ", "=", " và ", ", ", "(", ":")


def said_outright(context: Context) -> BudgetKind | None:
    """The kind that a phrase right before the sum names: "dân góp", "tăng thêm", "ngân sách tỉnh chi"."""
    return next((kind for pattern, kind in _IMMEDIATE.possible(context.left) if pattern.search(context.left)), None)


def kind_of(context: Context) -> tuple[BudgetKind, bool]:
    """The kind, and whether any word spoke for it; without one the next sum of an enumeration may still tell."""
    outright = said_outright(context)
    if outright is not None:
        return outright, True
    if _FROM_PUBLIC_FUND.match(context.right):
        return "budget", True
    if GIVEN_BY.match(context.right):
        return "gift", True
    if TRADED.match(context.right):
        return "revenue", True
    if TAKEN.match(context.right):
        return "other", True
    if context.after_kind in _BESIDE_PUBLIC and OF_A_PUBLIC_BODY.match(context.right):
        return "budget", True
    if OF_LENDING_FUND.match(context.right) or (LENT.match(context.right) and not context.search(STATE_SHARE, context.left)):
        return "loan", True
    if context.per_unit in ("tháng", "ngày", "vụ", "buổi") and context.search(_MORE, context.left):
        return "income", True
    if context.per_unit == "tháng" and (context.vnd or 0) < _SMALL_FOR_A_PROGRAMME and _FEE.search(context.left):
        return "price", True
    if context.search(_OF_A_HOUSEHOLD, context.left) and (context.vnd or 0) < _LARGE_FOR_ONE_PERSON:
        return "norm", True
    if context.after_kind == "gift" and _SPENDING_IT.match(context.left) and not context.search(STATE_SHARE, context.left):
        return "gift", True
    if context.after_kind == "norm" and (context.vnd or 0) < _LARGE_FOR_ONE_PERSON and _ITS_SHARE.match(context.left):
        return "norm", True
    if context.search(_SET_ASIDE, context.left) and (
        (context.vnd or 0) >= _LARGE_IN_POVERTY_NEWS or context.right.lstrip().startswith("cho ")
    ):
        return "budget", True  # a body sets money aside for somebody, a household for itself
    scores = _scores_beside(context)
    if PRIVATE_AFTER.match(context.right) or context.search(PRIVATE_DOES, context.left):
        scores["other"] = max(scores.get("other", 0.0), 6.0)
    unit = _unit(context)
    if unit in PRICED_UNITS:
        scores["price"] = max(scores.get("price", 0.0), 4.6)
    strongest = max(scores.values(), default=0.0)
    whole_after_rate = context.after_kind == "norm" and context.search(_WHOLE, context.left)
    if (
        context.after_kind is not None
        and not whole_after_rate
        and not (context.after_kind == "difference" and _UP_TO.match(context.left))
        and (
            (strongest < 1.0 and len(context.left) < 40)
            or (strongest < _BREAKDOWN_WEAK and context.search(_BREAKDOWN, context.left))
            or (
                strongest < _WEAK
                and len(context.left) < _SHORT_LEAD
                and ";" not in context.left
                and context.after_kind not in ("budget", "other")
            )
        )
    ):
        return "norm" if context.after_kind == "budget" and unit in HOUSEHOLD_UNITS else context.after_kind, True
    if strongest < 1.0:
        _add_scores(scores, context.before, 1.0, reach=60.0)
    if not scores:
        _add_scores(scores, context.previous, 2.0, reach=120.0)
    if not scores and _THIS_MONEY.match(context.following):
        _add_scores(scores, context.following, 2.0, reach=120.0)
    if not scores:
        return _by_default(context, unit), False
    return _weighed(context, unit, scores), True


def private_kind(context: Context) -> BudgetKind:
    """The kind of a sum that is not public money after all: by the next best cue, else by what it is per."""
    if _unit(context) in HOUSEHOLD_UNITS:
        return "norm"
    scores = _scores_beside(context)
    scores.pop("budget", None)
    best = max(scores, key=lambda kind: (scores[kind], kind), default=None)
    return best if best is not None and scores[best] >= _WEAK else "other"


def _scores_beside(context: Context) -> dict[BudgetKind, float]:
    """By the words between the sums before and behind this one."""
    scores: dict[BudgetKind, float] = {}
    _add_scores(scores, context.left, 0.0, reach=40.0)
    _add_scores(scores, context.clause, 1.5, reach=25.0, leftward=False)
    return scores


_BESIDE_PUBLIC = ("gift", "company", "saving", "other")


def is_from_public_fund(context: Context) -> bool:
    """Whether the words right behind say so: "trích Quỹ thi đua, khen thưởng tỉnh", "từ nguồn ngân sách"."""
    return _FROM_PUBLIC_FUND.match(context.right) is not None or OF_A_PROGRAMME.match(context.right) is not None


def _unit(context: Context) -> str:
    """What the sum is per, by its own words or the ones right behind it: "15 triệu đồng một bản"."""
    if _PER_HEAD.match(context.right):
        return "người"
    if behind := _PER_PLACE.match(context.right):
        return behind[1]
    return context.per_unit.split("/")[0] if context.per_unit else ""


_PER_PLACE = re.compile(r"\s(?:cho )?(?:mỗi|một|từng) (bản|xã|huyện|thôn|điểm|đài|lớp|cụm)(?!\w)")
_UP_TO = re.compile(
    r"\W*(?:nâng (?:tổng (?:số |vốn |kinh phí )?)?)?(?:lên|thành|xuống còn|xuống|còn|đạt)(?: (?:tới|đến|mức|thành|gần|hơn|trên))*\s*$"
)
"""After a difference the whole follows: "tăng 3,6 tỷ đồng, lên 19,8 tỷ đồng"."""
_WHOLE = re.compile(r"(?<!\w)(?:cả thảy|cả thẩy|tổng cộng|tất cả|cộng lại|toàn bộ)(?!\w)")
"""Opens the whole after the rate: "mỗi nhà 700.000 đồng; cả thảy 60 tỷ đồng"."""
_FROM_PUBLIC_FUND = re.compile(
    r"\s*,?\s?do (?:nguồn )?ngân sách(?: (?:nhà nước|trung ương|địa phương|tỉnh|huyện|xã))? (?:cấp|chi|lo|bảo đảm|đảm bảo|hỗ trợ)(?!\w)"
    r"|\s*,?\s?(?:được )?(?:trích|lấy|chi)(?: từ)?(?: nguồn)? (?:quỹ thi đua|ngân sách|dự toán|kinh phí (?:của )?(?:tỉnh|huyện|xã))(?!\w)"
)
_PER_HEAD = re.compile(r"\s*(?:/|cho )?(?:mỗi|một|từng) (?:đầu )?(?:người|hộ|khẩu|lao động|em|nhân khẩu)(?!\w)(?! (?:nghèo )?ở)")
_OF_A_HOUSEHOLD = re.compile(
    r"(?:^|[.,;:(]\s*|(?<!\w)(?:cho|mỗi|từng|một)\s)(?:hộ|hộ nghèo|hộ cận nghèo|hộ gia đình|gia đình|nhà|người lao động|học viên|"
    r"học sinh)"
    r"(?:\s(?!được|nhận)[^\s.,;:\d]+){0,6}?\s(?:được|nhận|hưởng)(?: hỗ trợ| cấp| giúp)?\s*$"
    r"|(?<!\w)mức hỗ trợ (?:xây|làm|sửa|dựng) (?:mới )?nhà(?: ở)?(?: là)?\s*$"
)
"""Somebody of a kind gets the sum, no number of them: "hộ nghèo xây mới được 60 triệu đồng"."""
_FEE = re.compile(r"(?<!\w)(?:chỉ|phải|mỗi tháng) (?:còn )?(?:trả|đóng|nộp)\s*$")
"""What a subscriber pays: "mỗi tháng chỉ trả 99.000 đồng"."""
_MORE = re.compile(r"(?<!\w)(?:có|kiếm|được) thêm\s*$")
""" "Nay chị có thêm 3 triệu đồng mỗi tháng"."""
_SPENDING_IT = re.compile(r"^\W*(?:đã|nay|và|rồi)?\s?(?:chi|dùng|trích|giúp|hỗ trợ)(?!\w)[^.;:\d]{0,40}$")
_ITS_SHARE = re.compile(r"^\W*(?:(?:trong đó|gồm|riêng|còn|và|phần|do)\s)*(?:ngân sách |nhà nước|trung ương|tỉnh|huyện|xã)[^.;:\d]{0,24}$")
_THIS_MONEY = re.compile(r"\s*(?:số |khoản |nguồn )?(?:tiền|vốn|kinh phí|khoản) (?:này|đó|ấy|trên)(?!\w)")
"""The next sentence goes on about the sum of this one."""
_SET_ASIDE = re.compile(r"(?<!\w)để dành\s*$")
_BREAKDOWN = re.compile(r"(?<!\w)(?:chia ra|chia đều|tính ra|bình quân|trung bình|tương đương|tức là|riêng)(?!\w)")
_BREAKDOWN_WEAK = 4.5
"""Cues below it do not make something else of "dư nợ 300 tỷ, bình quân mỗi xã 20 tỷ": the second is a share of the first."""
_SHORT_LEAD = 40
"""Characters between two sums of one enumeration."""
_WEAK = 3.0
"""Cues below it ("huyện", "sửa", "trị giá") do not open a new subject in an enumeration."""


def _weighed(context: Context, unit: str, scores: dict[BudgetKind, float]) -> BudgetKind:
    """The best scored kind, corrected by who has the money and what it is per."""
    best = max(scores, key=lambda kind: (scores[kind], kind))
    whole_left = context.whole_left
    nearby = context.left + context.clause
    if best in ("budget", "gift") and context.usd:
        return "budget" if FOREIGN_FUNDED.search(whole_left + context.right) else "other"
    if best == "price" and (context.vnd or 0) >= _LARGE_FOR_ONE_PRICE and _PAID_FOR_MANY.search(context.left + context.right):
        return "budget"
    if best == "price" and unit in PUBLIC_UNITS and _STATE_PAYS_PART.match(context.right):
        return "budget"
    given_on = context.search(CHARITY_WORDS, whole_left) if best == "gift" else LENDING.search(context.right)
    if best in ("gift", "loan") and context.search(_PUBLIC_SETS_ASIDE, context.left) and not given_on:
        return "budget"
    small = best == "budget" and 1_000 <= (context.vnd or 0) < _SMALL_FOR_A_PROGRAMME and not context.tabular
    if small and context.search(_AT_A_RATE, context.left) and not context.search(_PAID_FROM, context.left):
        return "norm"
    shared = best in (*_BESIDE_PUBLIC, "price") and unit not in HOUSEHOLD_UNITS and (context.vnd or 0) >= _SMALL_FOR_A_SHARE
    if shared and OF_A_PROGRAMME.match(context.right):
        return "budget"
    if best == "gift" and (context.vnd or 0) >= _LARGE_FOR_ONE_PERSON and context.search(_PUBLIC_REWARDS, context.left):
        return "budget"
    if best == "price" and unit in PUBLIC_UNITS and context.search(_SUPPORTED, context.left):
        return "budget"
    if (
        best == "budget"
        and (context.vnd or 0) < _LARGE_FOR_ONE_HOUSEHOLD
        and FOR_ONE.match(context.right)
        and not (context.per_unit or context.tabular)
    ):
        return "norm"
    if best == "norm" and not context.per_unit and (context.vnd or 0) >= _LARGE_FOR_ONE_FEE and context.search(_FEES, context.left):
        return "budget"
    if best == "norm":
        large = not context.per_unit and (context.vnd or 0) >= _LARGE_FOR_ONE_PERSON
        work = unit not in HOUSEHOLD_UNITS and not context.search(_FOR_A_PERSON, context.left) and ACTIVITY.search(nearby)
        return "budget" if large or work else "norm"
    if unit in HOUSEHOLD_UNITS and (
        best == "budget"
        or (best == "gift" and context.search(PUBLIC_BODY, whole_left))
        or (best == "other" and context.search(_RATE, whole_left))
    ):
        return "norm"
    if best != "budget":
        return best
    around = whole_left + nearby
    if context.search(_PUBLIC_PAYS, context.left):
        return best
    if PAID_BY_OTHERS.match(context.following) and not STATE_SHARE.search(around):
        return "gift"
    if context.search(CHARITY, whole_left) and not STATE_SHARE.search(around):
        return "gift"
    if (
        context.search(_WORTH_OF_ALL, context.left)
        and CHARITY_WORDS.search(context.previous)
        and not STATE_SHARE.search(around + context.previous)
    ):
        return "gift"
    if context.search(BANK, whole_left) and not _STATE_MONEY.search(whole_left + context.right):
        return "loan"
    if (
        scores["budget"] < 5.6
        and context.search(COMPANY, whole_left)
        and not context.search(_IS_GIVEN, context.left)
        and not PUBLIC_MONEY.search(whole_left + context.right)
    ):
        return "company"
    if scores["budget"] < 4.6 and _names_person(context.cased):
        return "gift" if re.search(r"(?<!\w)(?:hỗ trợ|trao|cấp)(?!\w)", nearby) else "other"
    return best


def _names_person(cased: str) -> bool:
    """Whether somebody is named after the last words that only say who speaks."""
    if not _PEOPLE.may(cased):
        return False
    quoted = list(SPEECH.finditer(cased))
    return PERSON.search(cased, quoted[-1].end() if quoted else 0) is not None


_SMALL_FOR_A_SHARE = 5_000_000
_LARGE_FOR_ONE_HOUSEHOLD = 20_000_000
_LARGE_FOR_ONE_FEE = 15_000_000
_FOR_A_PERSON = re.compile(
    r"(?<!\w)(?:được|hưởng|nhận|lĩnh)(?: hưởng| nhận| chi| trả)?(?: mức)? (?:phụ cấp|trợ cấp|thù lao|bồi dưỡng|chế độ)(?: thêm| là)?\s*$"
)
_FEES = re.compile(r"(?<!\w)(?:thù lao|tiền ăn|tiền điện|bồi dưỡng|phụ cấp)(?!\w)")
"""What one person gets of these is small: "Thù lao báo cáo viên: 36.000.000 đồng" is a line of a plan."""
_PUBLIC_REWARDS = re.compile(
    r"(?<!\w)(?:tỉnh|huyện|thị xã|thành phố|nhà nước|trung ương|hđnd|ubnd(?: [^\s,;.]+){0,4}) (?:sẽ |đã |còn |vừa )?(?:thưởng|"
    r"tặng thưởng)(?: cho)?[^,.;:\d]{0,40}$"
)
"""Works as a reward for a village; what one person gets is a prize."""
_SUPPORTED = re.compile(r"(?<!\w)(?:hỗ trợ|chi trả|thanh toán|được cấp|đặt hàng)(?!\w)")
_PUBLIC_PAYS = re.compile(
    r"(?<!\w)(?:sở|huyện|tỉnh|xã|phòng [^\s,;.]+(?: [^\s,;.]+)?|ubnd(?: [^\s,;.]+){0,4}|ngân sách(?: [^\s,;.]+)?|nhà nước|trung ương)"
    r" (?:đã |còn |cũng |sẽ )?(?:chi|trích|bố trí|đối ứng|dành)(?: ra| thêm)*(?! (?:ủng hộ|tặng|từ quỹ))[^,;.:\d]{0,20}$"
)
_IS_GIVEN = re.compile(r"(?<!\w)được (?:nhà nước |tỉnh |huyện |chương trình |dự án )?(?:hỗ trợ|cấp|bố trí|đầu tư)(?: thêm| vốn)*\s*$")
_WORTH_OF_ALL = re.compile(r"(?<!\w)tổng (?:trị giá|giá trị|số tiền)(?: là)?\s*$")
_RATE = re.compile(r"(?<!\w)(?:mức|hỗ trợ|chế độ|định mức)(?!\w)")
_STATE_MONEY = re.compile(r"(?<!\w)(?:ngân sách|kinh phí|dự án|chương trình|ủy ban|ubnd)(?!\w)")
_LARGE_FOR_ONE_PRICE = 500_000_000
_PAID_FOR_MANY = re.compile(r"(?<!\w)(?:học phí|mua sắm|thầu|do (?:sở|ubnd|huyện|tỉnh|phòng|nhà nước|ngân sách))(?!\w)")
_PUBLIC_SETS_ASIDE = re.compile(
    r"(?<!\w)(?:xã|huyện|tỉnh|thị xã|thành phố|sở|phòng|ngân sách|nhà nước) (?:dành|chi|trích|bố trí|xuất|rót|giao|cấp)(?: ra| riêng)?\s*$"
)
_STATE_PAYS_PART = re.compile(r"[^.:\n]{0,40}?(?<!\w)(?:nhà nước|ngân sách|trung ương|tỉnh|huyện|xã) (?:chi|lo|hỗ trợ|cấp|bỏ|trả)(?!\w)")
_AT_A_RATE = re.compile(r"(?<!\w)(?:được|nhận|hưởng|bồi dưỡng|hỗ trợ)(?!\w)[^.;:]{0,40}$")
_PAID_FROM = re.compile(r"(?<!\w)(?:mức chi|chi|cấp|ngân sách|kinh phí)(?!\w)")
_SMALL_FOR_A_PROGRAMME = 1_000_000
"""Đồng; what a programme pays in smaller sums it pays somebody at a rate."""
_LARGE_FOR_ONE_PERSON = 100_000_000
"""Đồng; "tiền điện cho hộ nghèo 1,9 tỷ đồng" is what the programme paid, not a rate for one household."""


_LARGE_IN_POVERTY_NEWS = 500_000_000
"""Đồng; in a text about poverty work a larger sum without any cue is nearly always public money."""


def _by_default(context: Context, unit: str) -> BudgetKind:
    """No word of money near: a headline such as "Hơn 20 tỷ đồng đưa thông tin về bản" is public money, else we do not claim it."""
    if unit in HOUSEHOLD_UNITS:
        return "norm"
    if context.tabular or unit in PUBLIC_UNITS:
        return "budget"
    if context.topical and (context.vnd or 0) >= _LARGE_IN_POVERTY_NEWS and not PERSON.search(context.cased):
        return "budget"
    if (context.vnd or 0) >= _LARGE_FOR_ONE_PERSON and (context.search(_NEEDED, context.left) or _PUT_INTO.match(context.right)):
        return "budget"
    purpose = re.match(
        r"[\s,]*(?:cho|để|đưa|thực hiện|phát triển|triển khai|nâng|xây|mở|phủ|giúp|chăm lo|xóa|phục vụ)(?!\w)", context.right
    )
    return "budget" if purpose and (context.vnd or 0) >= 20_000_000 else "other"


_NEEDED = re.compile(r"(?<!\w)(?:cần|cần tới|cần đến|cần có|nhu cầu)(?: là)?\s*$")
_PUT_INTO = re.compile(r"\s*(?:vào (?:mô hình|việc|công tác|hoạt động|dự án)|,\s(?:phòng|sở|ubnd|trung tâm|ban|đài|huyện|tỉnh|xã)(?!\w))")


def _add_scores(scores: dict[BudgetKind, float], window: str, penalty: float, *, reach: float, leftward: bool = True) -> None:
    for kind, weight, pattern in _KINDS.possible(window):
        if not leftward and kind in _LEFT_ONLY:
            continue
        for match in pattern.finditer(window):
            distance = len(window) - match.end() if leftward else match.start()
            score = weight - penalty - distance / reach
            if score > scores.get(kind, 0.0):
                scores[kind] = score


# "54 triệu đồng tiền công", "5 tỷ đồng bán vé": on the right these name what is bought, not what the sum is.
_LEFT_ONLY = frozenset({"income", "price", "norm"})


_CLAUSE_END = re.compile(
    r"[:;(+=\n]|,(?!\s*(?:từ|lấy từ|trích từ|trích|bằng|do|thuộc|đạt|mới đạt|so với)(?!\w))|\svà\s(?=\D{0,40}(?:\d|$))|\.(?=\s)"
)

# fmt: off
_ON_THE_LEFT = Asked((
    ACTIVITY, BANK, CHARITY, CHARITY_WORDS, COMPANY, PRIVATE_DOES, PROGRAMME, PUBLIC_BODY, STATE_SHARE, _AT_A_RATE, _BREAKDOWN,
    _FEES, _FOR_A_PERSON, _IS_GIVEN, _MORE, _NEEDED, _OF_A_HOUSEHOLD, _PAID_FROM, _PUBLIC_PAYS, _PUBLIC_REWARDS,
    _PUBLIC_SETS_ASIDE, _RATE, _SET_ASIDE, _SUPPORTED, _WHOLE, _WORTH_OF_ALL,
))
# fmt: on
"""What the words before nearly every sum are searched for, mostly in vain."""
