"""Each page that is not wanted is refused, with the right reason; each wanted one that resembles it is not."""

from __future__ import annotations

import base64

import pytest

from corpus.errors import Reason, Rejected
from pipelines.extract import extract
from pipelines.extraction.quality import is_readable, is_vietnamese, measure
from tests.pipelines.pages import FIXTURES, PARAGRAPHS, article, raw


def reason_of(body: bytes | str, **options: object) -> Reason:
    with pytest.raises(Rejected) as caught:
        extract(raw(body, **options))  # type: ignore[arg-type]
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("listing", Reason.NOT_ARTICLE),
        ("document_table", Reason.NOT_ARTICLE),
        ("stub", Reason.NO_TEXT),
        ("soft_404", Reason.ERROR_PAGE),
        ("challenge", Reason.ERROR_PAGE),
        ("english_article", Reason.NOT_VIETNAMESE),
    ],
)
def test_fixtures_are_refused(name: str, reason: Reason) -> None:
    assert reason_of((FIXTURES / f"{name}.html").read_bytes()) is reason


TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


ROWS = (
    "<html><head><title>Hoạt động</title></head><body><form><div class='category-title'>Hoạt động của lãnh đạo</div>"
    + "".join(
        f"<table><tr><td><img></td><td><a href='/Pages/{n}.aspx'>Xã thứ {n} của huyện mở lớp học loa truyền thanh</a> <i>(1{n}/05/2021)</i><br>"
        f"Lãnh đạo huyện đã dự lớp thứ {n} và nhắc các thôn giữ máy cho bền, ghi sổ phát thanh từng ngày.</td></tr></table>"
        for n in range(8)
    )
    + "</form></body></html>"
)


def shifted(text: str) -> str:
    return "".join(chr(ord(letter) + 3) if letter.isascii() and letter.isalpha() else letter for letter in text)


def without_marked_letters(text: str) -> str:
    return "".join(letter if letter.isascii() else " " for letter in text)


@pytest.mark.parametrize(
    ("body", "options", "reason"),
    [
        (article(), {"status": 404}, Reason.ERROR_PAGE),
        (article(), {"status": 503}, Reason.ERROR_PAGE),
        (b"", {}, Reason.NO_TEXT),
        (b"  \n ", {}, Reason.NO_TEXT),
        ("<html><body></body></html>", {}, Reason.NO_TEXT),
        (article(title="Đăng nhập hệ thống", body="<form>Tên đăng nhập và mật khẩu của cán bộ. <input type='password'></form>"), {}, Reason.ERROR_PAGE),
        (article(title="Lỗi 404 - Không tìm thấy", body="<p>Đường dẫn không đúng.</p>"), {}, Reason.ERROR_PAGE),
        (article(title="Có lỗi xảy ra", body="<p>Hệ thống đang bảo trì, mời quý vị quay lại sau ít phút nữa. Xin cảm ơn quý vị đã ghé thăm.</p>"), {}, Reason.ERROR_PAGE),
        (article(title="Thông báo", body="<p>Bài viết bạn yêu cầu không tồn tại hoặc đã bị xóa.</p>"), {}, Reason.ERROR_PAGE),
        (article(title="Kết quả tìm kiếm: loa"), {}, Reason.NOT_ARTICLE),
        (article(title="Chuyên mục: Văn hóa - Xã hội"), {}, Reason.NOT_ARTICLE),
        (article(title="Thẻ: truyền thanh cơ sở"), {}, Reason.NOT_ARTICLE),
        (ROWS, {}, Reason.NOT_ARTICLE),
        (article(), {"url": "https://baohuyen.example.vn/"}, Reason.NOT_ARTICLE),
        (article(), {"url": "https://baohuyen.example.vn/tin-tuc/trang-37.html"}, Reason.NOT_ARTICLE),
        (article(), {"url": "https://baohuyen.example.vn/tags/loa-truyen-thanh"}, Reason.NOT_ARTICLE),
        (article(body="<p>Đang cập nhật.</p>"), {}, Reason.NO_TEXT),
        (article(title="Hình ảnh hoạt động", under_title="", body="".join(f"<p>Lớp học loa truyền thanh của thôn thứ {n} trong xã ({n} ảnh)</p>" for n in range(9))), {}, Reason.NO_TEXT),
        (article(body="<img src='a.jpg'>", after="<div class='foot'><p>Địa chỉ: số 2, đường Trung Tâm, thị trấn, huyện.</p><p>Điện thoại: 0200.123.456 và hộp thư của văn phòng ủy ban.</p></div>"), {}, Reason.NO_TEXT),
        (article(body=f"<p>{base64.b64encode((' '.join(PARAGRAPHS) * 3).encode()).decode()}</p>"), {}, Reason.UNREADABLE_TEXT),
        (article(body=f"<p>{shifted(' '.join(PARAGRAPHS))}</p>"), {}, Reason.UNREADABLE_TEXT),
        (article(body=f"<p>{without_marked_letters(' '.join(PARAGRAPHS) * 2)}</p>"), {}, Reason.UNREADABLE_TEXT),
        (article(), {"content_type": "image/png"}, Reason.NOT_ARTICLE),
        (article(), {"content_type": "application/zip"}, Reason.NOT_ARTICLE),
    ],
)  # fmt: skip
def test_refused(body: bytes | str, options: dict[str, object], reason: Reason) -> None:
    assert reason_of(body, **options) is reason


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (article(title="Không tìm thấy lối thoát nghèo? Xã Tả Van có cách"), {}),
        (article(title="Cổng dịch vụ công không còn lỗi đăng nhập"), {}),
        (article(title="Trang trại của cựu chiến binh: không tồn tại hai chữ đói nghèo"), {}),
        (article(title="Đăng nhập một lần cho mọi dịch vụ công"), {}),
        (article(body=TEXT + "<table><tr><td>Số ký hiệu</td><td>Ngày ban hành</td><td>Trích yếu</td></tr></table>" + TEXT.replace("thôn", "bản") + TEXT.replace("xã", "phường")), {}),
        (article(after="<div class='list'>" + "<h3><a href='#'>Một tin khác trong chuyên mục của báo</a></h3>" * 12 + "</div>"), {}),
        (article(body=TEXT + "".join(f"<p><a href='/{n}'>&gt;&gt; Một tin khác số {n} trong chuyên mục</a></p>" for n in range(8))), {}),
        (article(body=f"<p>{PARAGRAPHS[0]}</p>"), {}),
    ],
)  # fmt: skip
def test_kept(body: str, options: dict[str, object]) -> None:
    assert extract(raw(body, **options)).text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "readable", "vietnamese"),
    [
        (" ".join(PARAGRAPHS), True, True),
        ("UBND huyện Krông Bông giao phòng VH-TT mua 12 bộ micro Shure cho các xã Hòa Lễ, Cư Drăm, Yang Mao trong năm nay.", True, True),
        ("The district opened a school for radio reporters in eleven villages last week and more will follow soon after.", False, False),
        ("C NG HOÀ XÃ H I CH NGH A VI T NAM, Đ C L P T DO H NH PHÚC, K HO CH TH C HI N D ÁN", False, False),
        ("Hmoob cov neeg nyob hauv zos tau mus kawm ntawv thiab xov tooj cua hauv lub koom haum tshiab.", False, False),
        ("", True, True),
    ],
)
def test_shares_of_syllables(text: str, readable: bool, vietnamese: bool) -> None:
    quality = measure(text)

    assert (is_readable(quality), is_vietnamese(quality)) == (readable, vietnamese)
