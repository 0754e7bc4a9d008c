"""Short mails beside the weekly issue: what a saved search found, and the questions that a subscription begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from corpus.errors import InvalidData
from corpus.formats import day, number
from corpus.reader_links import ReaderLinks, Wish
from corpus.store import Frequency
from digest.sections import Line

FREQUENCIES: Mapping[Frequency, str] = {
    "daily": "hằng ngày",
    "weekly": "hằng tuần",
    "monthly": "hằng tháng",
    "none": "chỉ qua Atom",
}
MOST_ITEMS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    subject: str
    title: str
    paragraphs: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    actions: tuple[tuple[str, str], ...] = ()
    """(what it does, whole address)"""
    reason: str
    foot: tuple[tuple[str, str], ...] = ()


class AlertItem(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    published: date | None
    source: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What a saved search found that is new, as it was when its mail was made."""

    search: str
    name: str
    params: str
    understood: str
    """The query said back in words: why an item is here."""
    frequency: Frequency
    total: int
    items: tuple[AlertItem, ...]
    """The first `MOST_ITEMS`, the newest first."""


def alert_to_json(alert: Alert) -> bytes:
    return msgspec.json.encode(alert)


def alert_from_json(data: bytes) -> Alert:
    """Raises: InvalidData."""
    try:
        return msgspec.json.decode(data, type=Alert)
    except msgspec.MsgspecError as error:
        raise InvalidData(f"a stored alert cannot be read: {error}") from error


class Notices:
    """Writes them with whole addresses. ``base``: where our pages stand."""

    def __init__(self, base: str, links: ReaderLinks) -> None:
        self._base = base.rstrip("/")
        self._links = links

    def alert(self, alert: Alert, reader: str) -> Notice:
        rest = alert.total - len(alert.items)
        why = f"Vì sao có ở đây: tin khớp với tìm kiếm bạn đã lưu ({alert.understood})."
        paragraphs = [f"Có {number(alert.total)} tin mới từ lần gửi trước. {why}"]
        if rest:
            paragraphs.append(f"Dưới đây là {len(alert.items)} tin; {number(rest)} tin còn lại xem trên trang.")
        lines = tuple(
            Line(text=item.title, href=f"/tin/{item.id}", details=(f"{day(item.published)} · {item.source}",)) for item in alert.items
        )
        return Notice(
            subject=f"{alert.name}: {number(alert.total)} tin mới",
            title=f"{alert.name}: {number(alert.total)} tin mới",
            paragraphs=tuple(paragraphs),
            lines=lines,
            actions=(("Xem mọi tin khớp", f"{self._base}/tim?{alert.params}"),),
            reason=f"Bạn nhận thư này vì đã lưu tìm kiếm này, gửi {FREQUENCIES[alert.frequency]} khi có tin mới.",
            foot=self._foot(reader),
        )

    def confirm(self, token: str, wish: Wish | None = None) -> Notice:
        paragraphs = ["Ai đó, có lẽ là bạn, vừa đăng ký nhận bản tin tuần về truyền thông và giảm nghèo về thông tin bằng địa chỉ này."]
        if wish is not None:
            often = FREQUENCIES[wish.frequency]
            paragraphs = [f"Ai đó, có lẽ là bạn, vừa lưu tìm kiếm “{wish.name}” bằng địa chỉ này, gửi {often} khi có tin mới."]
        paragraphs.append("Chỉ khi bạn bấm xác nhận thì việc gửi mới bắt đầu.")
        paragraphs.append("Nếu không phải bạn, xin bỏ qua thư này: sau 7 ngày địa chỉ sẽ bị xóa.")
        return Notice(
            subject="Xác nhận đăng ký bản tin loa",
            title="Xin xác nhận đăng ký",
            paragraphs=tuple(paragraphs),
            actions=(("Xác nhận tại trang này", f"{self._base}/ban-tin/xac-nhan/{token}"),),
            reason="Đây là thư duy nhất trước khi bạn xác nhận.",
        )

    def already(self, reader: str) -> Notice:
        return Notice(
            subject="Bạn đã đăng ký bản tin loa",
            title="Bạn đã đăng ký từ trước",
            paragraphs=("Ai đó, có lẽ là bạn, vừa đăng ký bản tin bằng địa chỉ này. Địa chỉ này đã nhận bản tin; không có gì thay đổi.",),
            actions=(("Đổi lựa chọn hoặc ngừng nhận", self._settings(reader)),),
            reason="Bạn nhận thư này vì có người vừa điền địa chỉ này vào biểu mẫu đăng ký.",
            foot=self._foot(reader),
        )

    def save_wish(self, reader: str, wish: Wish) -> Notice:
        often = FREQUENCIES[wish.frequency]
        return Notice(
            subject="Xác nhận lưu tìm kiếm trên loa",
            title=f"Lưu tìm kiếm “{wish.name}”?",
            paragraphs=(f"Ai đó, có lẽ là bạn, muốn lưu tìm kiếm này bằng địa chỉ của bạn, gửi {often} khi có tin mới.",),
            actions=(("Xác nhận tại trang này", f"{self._base}/ban-tin/luu-tim/xac-nhan/{self._links.saving(reader, wish)}"),),
            reason="Nếu không phải bạn, xin bỏ qua thư này.",
            foot=self._foot(reader),
        )

    def _settings(self, reader: str) -> str:
        return f"{self._base}/ban-tin/tuy-chon/{self._links.settings(reader)}"

    def leave(self, reader: str) -> str:
        return f"{self._base}/ban-tin/roi/{self._links.leave(reader)}"

    def _foot(self, reader: str) -> tuple[tuple[str, str], ...]:
        return (("Đổi lựa chọn", self._settings(reader)), ("Ngừng nhận và xóa địa chỉ của tôi", self.leave(reader)))
