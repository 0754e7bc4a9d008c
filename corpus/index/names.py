"""Vietnamese names of the codes that documents are filtered by, and the codes that a typed name may mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from corpus.activities import Activities
from corpus.index.base import CodeField, Node
from corpus.localities import Register
from corpus.locality_names import sort_key
from corpus.portals import PortalRegistry, load_portals
from corpus.programmes import Programmes
from corpus.text import fold, normalize

RELEVANCES = {
    "communication": "Truyền thông về giảm nghèo",
    "poverty_other": "Giảm nghèo, không phải truyền thông",
    "off_topic": "Ngoài chủ đề",
}
MODALITIES = {"done": "Đã làm", "planned": "Dự kiến", "general": "Nêu chung"}
KINDS = {"news": "Tin, bài", "official": "Văn bản hành chính", "attachment": "Tệp đính kèm", "other": "Khác"}
MONEY = {
    "under-100m": "Dưới 100 triệu đồng",
    "100m-1b": "100 triệu đến dưới 1 tỷ đồng",
    "1b-10b": "1 đến dưới 10 tỷ đồng",
    "10b-100b": "10 đến dưới 100 tỷ đồng",
    "over-100b": "Từ 100 tỷ đồng",
}
BUDGET_ROLES = {
    "total": "tổng kinh phí",
    "component": "một phần của tổng",
    "allocated": "được giao, phân bổ",
    "planned": "dự kiến",
    "proposed": "đề xuất",
    "approved": "được phê duyệt",
    "disbursed": "đã giải ngân",
    "value": "trị giá",
    "other": "chưa rõ vai trò",
    "cap": "mức chi tối đa",
}
"""In the order in which they are shown."""
BUDGET_SCOPES = {
    "programme": "Cả chương trình",
    "project": "Dự án",
    "sub_project": "Tiểu dự án",
    "activity": "Một hoạt động",
    "other": "Chưa rõ phạm vi",
}
QUALIFIERS = {"exact": "", "over": "trên", "under": "gần", "about": "khoảng", "max": "tối đa"}
"""Before a sum."""
QUANTITY_KINDS = {
    "people": "Người",
    "classes": "Lớp tập huấn",
    "conferences": "Hội nghị",
    "dialogues": "Cuộc đối thoại",
    "sessions": "Buổi tuyên truyền",
    "contests": "Hội thi, cuộc thi",
    "stations": "Đài truyền thanh",
    "loudspeakers": "Loa, cụm loa",
    "points": "Điểm, cụm thông tin",
    "border_posts": "Đồn biên phòng được trang bị",
    "places_served": "Địa bàn có đài, loa, sóng",
    "places_served_rate": "Tỷ lệ địa bàn có đài, loa, sóng",
    "copies": "Bản in, tờ, cuốn",
    "displays": "Pa nô, áp phích, băng rôn",
    "broadcasts": "Chương trình, bản tin phát",
    "press_items": "Tin, bài, phóng sự",
    "devices": "Thiết bị nghe, xem",
    "people_trained_rate": "Tỷ lệ cán bộ được tập huấn",
    "households_reached": "Hộ được tiếp cận",
    "poor_households": "Hộ nghèo",
    "near_poor_households": "Hộ cận nghèo",
    "escaped_households": "Hộ thoát nghèo",
    "relapsed_households": "Hộ tái nghèo",
    "new_poor_households": "Hộ nghèo phát sinh",
    "poor_rate": "Tỷ lệ hộ nghèo",
    "near_poor_rate": "Tỷ lệ hộ cận nghèo",
}
"""What a count counts."""
CONFIDENCES = {"sure": "Chắc chắn", "likely": "Khá chắc", "doubtful": "Cần xem lại"}
_SEPARATORS = re.compile(r"[\W_]+")


def key(text: str) -> str:
    """What two typings of one name have in common: no diacritics, case or separators.

    >>> key("Hoạt_động"), key("TP. Hồ Chí Minh")
    ('hoat dong', 'tp ho chi minh')
    """
    return _SEPARATORS.sub(" ", fold(normalize(text))).strip()


@dataclass(frozen=True, slots=True)
class SavedQuery:
    text: str
    """As typed."""
    filters: tuple[Node, ...] = ()
    """What was chosen beside the text."""


@dataclass(frozen=True)
class Names:
    register: Register
    activities: Activities
    programmes: Programmes
    portals: PortalRegistry
    saved: Callable[[str], SavedQuery | None] = lambda _: None
    """The query that was saved under a name, of those that whoever asks may use."""
    saved_aside: Callable[[], str] = lambda: ""
    """Said where none has the name: what whoever asks could do about it."""

    @classmethod
    def load(cls, *, register: Register | None = None, portals: PortalRegistry | None = None) -> Names:
        """The bundled lists, with the given ones in their place. Raises: InvalidData."""
        return cls(register or Register.load(), Activities.load(), Programmes.load(), portals if portals is not None else load_portals())

    def label(self, field: CodeField, code: str) -> str:
        """Never empty: a code that no list knows is shown as it is."""
        match field:
            case "province" | "province_before" | "district" | "locality":
                return self.place(code, short=True, old_map=field == "province_before")
            case "activity":
                return self.activities.name(code)
            case "programme":
                return self.programmes.name(code)
            case "component":
                programme, _, part = code.partition("/")
                kind = "Tiểu dự án" if "." in part else "Dự án"
                return f"{kind} {part} ({self.programmes.name(programme)})"
            case "source":
                portal = self.portals.get(code)
                return portal.name if portal else ("Tệp đưa vào bằng tay" if code == "import" else code)
            case "relevance":
                return RELEVANCES.get(code, code)
            case "modality":
                return MODALITIES.get(code, code)
            case "kind":
                return KINDS.get(code, code)
            case "money":
                return MONEY.get(code, code)
            case "confidence":
                return CONFIDENCES.get(code, code)
            case "year":
                return code

    def place(self, code: str, *, short: bool = False, old_map: bool = False) -> str:
        if code == "VN":
            return "Cả nước"
        unit = self.register.get(code)
        if unit is None:
            return code
        if not short:
            return self.register.label(code)
        if old_map and unit.generation == "v2":
            return f"{unit.name} mới, không tách được"
        if unit.level == "province":
            return unit.name
        province = self.register.get(self.register.province(code) or "")
        name = f"{unit.type} {unit.name}"
        return f"{name} ({province.name})" if province else name

    def find(self, field: CodeField, text: str) -> tuple[str, ...]:
        """Codes that ``text`` names, in code order; empty where it names none. Part of a name is enough for lists of ours."""
        if field in ("province", "province_before", "district", "locality"):
            return self._places(field, text)
        wanted = key(text)
        if not wanted:
            return ()
        choices = dict(self.choices(field))
        same = [code for code, name in choices.items() if wanted in (key(code), key(name))]
        return tuple(sorted(same or [code for code, name in choices.items() if f" {wanted} " in f" {key(name)} {key(code)} "]))

    def _places(self, field: CodeField, text: str) -> tuple[str, ...]:
        if self.register.get(text.strip()):
            return (text.strip(),)
        if key(text) in ("ca nuoc", "toan quoc"):
            return ("VN",)
        level = {"province": "province", "province_before": "province", "district": "district"}.get(field)
        found = [unit.code for unit in self.register.by_name(text) if level is None or unit.level == level]
        prefix = {"province": "v2-", "province_before": "v1-"}.get(field, "")
        return tuple(code for code in found if code.startswith(prefix))

    def choices(self, field: CodeField) -> Iterable[tuple[str, str]]:
        """All (code, name) of a field that has a short closed list."""
        match field:
            case "activity":
                return [(a.code, a.name) for a in self.activities]
            case "programme":
                return [(p.code, p.short) for p in self.programmes]
            case "component":
                return [(f"{p.code}/{c.code}", f"{c.code} {c.name}") for p in self.programmes for c in p.components]
            case "source":
                return [(p.id, p.name) for p in self.portals] + [("import", "Tệp đưa vào bằng tay")]
            case "relevance":
                return list(RELEVANCES.items())
            case "modality":
                return list(MODALITIES.items())
            case "kind":
                return list(KINDS.items())
            case "money":
                return list(MONEY.items())
            case "confidence":
                return list(CONFIDENCES.items())
            case _:
                return ()

    def sorter(self, field: CodeField) -> Callable[[str], object]:
        """Vietnamese order of the names of a field's codes."""

        @cache
        def of(code: str) -> object:
            return sort_key(self.label(field, code))

        return of
