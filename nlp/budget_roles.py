"""What a sum of public money is in its plan: role, scope, component, funds and years, read from the words around it."""

from __future__ import annotations

import re

from corpus.document import BudgetRole, BudgetScope
from nlp.budget_context import Context
from nlp.budget_cues import ACTIVITY, COMPONENT_NAMES, FUNDS, PROGRAMME, PROJECT_NAME, ROLES
from nlp.sieve import Sieve

_ROLES = Sieve(ROLES, lambda row: row[1])
_FUNDS = Sieve(FUNDS, lambda row: row[1])


def role_of(context: Context, *, structural: bool, before: BudgetRole | None = None) -> BudgetRole:
    """``structural``: the sum stands in a "trong đó" or a list under a total; ``before``: role of the sum before in the sentence."""
    left, right = context.left, context.clause
    if before == "disbursed" and _OF_WHAT_WAS_GIVEN.search(left):
        return given_role(right)
    found = _roles_on_the_left(context)
    found |= {role for role, pattern, _ in _ROLES.possible(right) if pattern.search(right)}
    if "disbursed" in found and not _ROLE_TARGET.search(left):
        return "disbursed"
    if structural:
        return "component"
    if context.capped or (context.per_unit and "cap" in found):
        return "cap"
    if _VALUE_LEFT.search(left):
        return "value"
    if _ALLOCATED_RIGHT.match(right):
        return "allocated"
    for role in ("proposed", "approved", "planned", "total", "allocated", "value"):
        if role in found:
            return role
    if _SHARE_NAMED.match(context.own) or _SHARE_OF_FUNDS.match(right):
        return "component"
    if not context.per_unit:
        if _COST_OF.search(left):
            return "total"
        if _PUBLIC_SPENDS.search(left):
            return "allocated"
        if before in _GIVEN_ROLES and _GOES_ON.match(left) and _FOR_WORK.match(context.right):
            return before
    return "other"


def given_role(right: str) -> BudgetRole:
    """Role of what a sum was paid of, by the words behind it: "đã giải ngân 3/5 tỷ đồng kế hoạch"."""
    return "planned" if _PLAN.match(right) else "allocated"


_OF_WHAT_WAS_GIVEN = re.compile(r"/[ *_]*$|^\s+trên(?: tổng(?: số| vốn| kinh phí)*)?\s+$")
_PLAN = re.compile(r"\s*(?:(?:của|theo) )?(?:kế hoạch|dự toán)(?! (?:vốn )?(?:được |đã )?(?:giao|phân bổ|bố trí))")


def _roles_on_the_left(context: Context) -> set[BudgetRole]:
    """Roles that words before the sum give it: what is proposed or approved goes on through the sentence, to another such verb."""
    left, whole_left = context.left, context.whole_left
    own: set[BudgetRole] = set()
    carried: set[BudgetRole] = set()
    _, semicolon, after = left.rpartition(";")
    apart = False
    for role, pattern, reach in _ROLES.possible(whole_left):
        if pattern.search(left):
            own.add(role)
            apart = apart or (semicolon != "" and pattern.search(after) is not None)
        elif reach == "wide" and pattern.search(whole_left):
            carried.add(role)
    if "proposed" in own and "approved" in own:
        clause = _COMMA.split(left)[-1]
        if _APPROVED_THEN.search(clause) and not any(role == "proposed" and pattern.search(clause) for role, pattern, _ in ROLES):
            own.discard("proposed")
    return own if apart or not own.isdisjoint(("proposed", "approved")) else own | carried


_COMMA = re.compile(r"[,;]")
_APPROVED_THEN = re.compile(r"(?<!\w)(?:đã|vừa|được)\s(?:[^\s,;]+\s){0,3}?(?:phê duyệt|duyệt|phê chuẩn|thông qua|đồng ý|thống nhất)(?!\w)")
""" "Sau khi sở đề xuất, HĐND tỉnh đã phê duyệt": what was proposed before is approved."""

_COST_OF = re.compile(
    r"(?<!\w)(?<!tiết kiệm )(?:kinh phí|chi phí)(?! (?:còn thiếu|đối ứng|này|đó|trên|lớn|dôi dư|phát sinh))(?:,?\s[^\s,;.:]+){0,12}?"
    r"(?: (?:là|khoảng|hết|lên tới|lên đến|vào khoảng|chỉ|mất|ở mức|bằng))*:?\s*$"
)
"""What something costs as a whole: "Kinh phí lớp học 74 triệu đồng", "Chi phí biên soạn, in là 540.000.000 đồng"."""
_PUBLIC_SPENDS = re.compile(
    r"(?<!\w)(?:tỉnh|huyện|thị xã|thị trấn|thành phố|xã|phường|sở|ubnd|nhà nước|trung ương|ngân sách|chương trình|dự án \d+|"
    r"trung tâm|đài|phòng)"
    r"(?:\s(?!(?:vay|mất|nợ|thu|không|chưa|cần|phải|nếu|muốn)(?!\w))[^\s,;.:]+){0,6}?\s(?:chi|hỗ trợ|đầu tư|bỏ ra|bỏ|trích|rót|dùng|"
    r"cấp)(?: thêm| ra)?\s*$"
)
_GIVEN_ROLES = frozenset({"allocated", "planned", "approved", "proposed", "disbursed"})
_GOES_ON = re.compile(r"[^;.:]{0,110}(?:,|\svà|;)\s*$")
_FOR_WORK = re.compile(
    r"\s*(?:cho|để|vào|mua|in|làm|lắp|sản xuất|tập huấn|xây|nâng cấp|sửa|thuê|tổ chức|mở|thiết lập|truyền thông|tuyên truyền|hỗ trợ|"
    r"chi)(?!\w)"
)
"""An item further on of what is shared out: "dành 900 triệu đồng lắp đài, 360 triệu đồng sản xuất chương trình"."""
# A source or a sub-project right before its sum: "ngân sách trung ương là", "Tiểu dự án giảm nghèo về thông tin:".
_FUND_NAME = r"(?:nguồn )?(?:ngân sách|vốn) (?:trung ương|địa phương|sự nghiệp|đầu tư|tỉnh|huyện|xã)"
_SHARE_NAMED = re.compile(rf"^\W*(?:{_FUND_NAME}[^,;.:]{{0,40}}?(?:\slà|:|với)?|tiểu dự án[^,;.:]{{3,80}}:)\s*$")
_SHARE_OF_FUNDS = re.compile(r"\s*vốn (?:sự nghiệp|đầu tư)(?!\w)")
_ROLE_TARGET = re.compile(r"(?:phải|cần|còn phải|chưa)\s+giải ngân")
_VALUE_LEFT = re.compile(r"(?<!\w)(?:trị giá|giá trị)(?:\s+là)?\s*$")
_ALLOCATED_RIGHT = re.compile(r"\s*(?:đã\s+)?được\s+(?:giao|phân bổ|bố trí)")

_PROJECT = re.compile(
    r"(?:(?:tiểu dự án|tda)\s*(?:số\s*)?(?P<sub>\d)(?!\d)(?:[^.;\n]{0,70}?(?:dự án|da)\s*(?:số\s*)?(?P<of>1[0-2]|\d)(?!\d|\.\d))?)"
    r"|(?:(?<!tiểu )dự án|\bda)\s*(?:số\s*)?(?P<project>1[0-2]|\d)(?!\d|\.\d)"
)


def scope_of(context: Context, *, default_project: str, information_project: str) -> tuple[BudgetScope, str | None]:
    """Scope and component. ``default_project`` stands for "Tiểu dự án 1" without its project; ``information_project`` is the
    number that "truyền thông và giảm nghèo về thông tin" had at the time ("6", before 2021 "4")."""
    right = context.clause
    for window, leftward in ((context.own, True), (right, False)):
        found = _component(window, default_project, information_project, leftward=leftward)
        if found:
            return found
    if context.search(ACTIVITY, context.own) or ACTIVITY.search(right):
        return "activity", None
    if context.search(PROGRAMME, context.own) or PROGRAMME.search(right):
        return "programme", None
    found = _component(context.right[:90].partition(";")[0], default_project, information_project, leftward=False)
    if found:
        return found
    earlier = context.whole_left
    found = _component(earlier, default_project, information_project, leftward=True)
    if found:
        return found
    if context.search(ACTIVITY, earlier):
        return "activity", None
    if context.search(PROGRAMME, earlier):
        return "programme", None
    if ACTIVITY.search(context.right[:90]):
        return "activity", None
    return "other", None


def project_in(title: str, *, default_project: str, information_project: str) -> tuple[BudgetScope, str | None] | None:
    """The one numbered project or sub-project that a title names."""
    first, last = (_component(title, default_project, information_project, leftward=leftward) for leftward in (False, True))
    return first if first is not None and first == last and first[1] is not None else None


def _component(window: str, default: str, information: str, *, leftward: bool) -> tuple[BudgetScope, str | None] | None:
    if "án" not in window and "da" not in window and "giảm nghèo" not in window:
        return None  # every name of a project holds one of these
    candidates: list[tuple[int, BudgetScope, str | None]] = []
    for match in _PROJECT.finditer(window):
        place = match.end() if leftward else -match.start()
        if match["sub"]:
            candidates.append((place, "sub_project", f"{match['of'] or default}.{match['sub']}"))
        else:
            candidates.append((place, "project", match["project"]))
    for pattern, component in COMPONENT_NAMES:
        for match in pattern.finditer(window):
            code = component if information == "6" or not component.startswith("6") else information
            scope: BudgetScope = "sub_project" if "." in code else "project"
            candidates.append((match.end() if leftward else -match.start(), scope, code))
    for match in PROJECT_NAME.finditer(window):
        place = match.end() if leftward else -match.start()
        candidates.append((place, "project", information if "thông tin" in match[0] else None))
    if not candidates:
        return None
    # A name and its number in one phrase ("Tiểu dự án 1 - Giảm nghèo về thông tin thuộc Dự án 6"): the narrowest within reach.
    nearest = max(place for place, _, _ in candidates)
    close = [found for found in candidates if nearest - found[0] <= 110]
    narrow = [found for found in close if found[1] == "sub_project"] or [found for found in close if found[2]] or close
    _, nearest_scope, nearest_component = max(narrow, key=lambda found: (found[0], found[2] or ""))
    return nearest_scope, nearest_component


def funds_of(context: Context) -> tuple[str, ...]:
    window = re.split(r"[;=+(]", context.own)[-1] + " | " + context.clause
    return funds_in(window)


def funds_in(window: str) -> tuple[str, ...]:
    """The sources of money that ``window`` names, in the order of their codes."""
    return tuple(sorted(name for name, pattern in _FUNDS.possible(window) if pattern.search(window)))


_PERIOD = re.compile(r"(?<!\d)(20\d\d)\s*(?:[-–—]|đến(?: năm)?|tới(?: năm)?)\s*(20\d\d)(?!\d)")
_YEAR = re.compile(r"(?:năm|giai đoạn|cuối|hết|riêng|giảm nghèo|ngân sách tỉnh)\s+(20\d\d)(?![\d/])")
_ISSUED = re.compile(r"tháng\s+\d{1,2}\s+$|ngày\s+[\d/.]+\s+$")


def years_of(context: Context) -> tuple[int | None, int | None]:
    for window, leftward in ((context.own, True), (context.clause, False), (context.whole_left, True)):
        found = years_in(window)
        if found:
            return found[-1] if leftward else found[0]
    return None, None


def years_in(window: str) -> list[tuple[int, int]]:
    """Periods and single years in order of their place; years inside full dates of documents are left out."""
    if "20" not in window:
        return []
    periods = list(_PERIOD.finditer(window))
    found = [(m.start(), (int(m[1]), int(m[2]))) for m in periods if int(m[1]) <= int(m[2])]
    covered = [m.span() for m in periods]
    for match in _YEAR.finditer(window):
        if _ISSUED.search(window[max(0, match.start() - 16) : match.start()]):
            continue
        if any(start <= match.start(1) < end for start, end in covered):
            continue
        found.append((match.start(1), (int(match[1]), int(match[1]))))
    return [years for _, years in sorted(found)]
