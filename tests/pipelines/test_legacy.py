"""Round trips of our own texts through the encodings from before Unicode."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extraction import legacy
from pipelines.extraction.charset import decode

SENTENCES = (
    "Sáng nay, tổ công nghệ số cộng đồng thôn Nà Lẹng đã hướng dẫn bà con cài ứng dụng đọc tin trên điện thoại.",
    "Đài truyền thanh xã phát lại bản tin về chính sách tín dụng dành cho hộ cận nghèo vào lúc năm giờ chiều.",
    "Lớp tập huấn kỹ năng viết tin, chụp ảnh và quay phim có sáu mươi hai học viên đến từ các bản vùng sâu.",
    "Cụm loa không dây ở bản Phiêng Ban bị sét đánh hỏng từ tháng bảy nay đã được sửa xong.",
    "Ban giảm nghèo phát tờ rơi song ngữ, dán áp phích ở nhà văn hóa và chợ phiên để ai cũng đọc được.",
    "Người dân mừng vì từ nay nghe rõ dự báo thời tiết, giá nông sản và lịch tiêm phòng cho trâu bò.",
    "Trưởng thôn Vừ A Sử kể: trước kia muốn biết chủ trương mới phải đi bộ nửa ngày ra trung tâm.",
    "Kinh phí mua sắm thiết bị lấy từ nguồn sự nghiệp của chương trình, phần còn lại do huyện đối ứng.",
)


def to_tcvn3(text: str) -> str:
    table = {letter: code for code, letter in legacy._TCVN3.items()}
    return "".join(table.get(letter) or table.get(letter.lower(), letter) for letter in text)


def to_viscii(text: str) -> str:
    table = {letter: chr(code) for code, letter in legacy._VISCII.items()}
    return "".join(table.get(letter, letter) for letter in text)


def to_vni(text: str) -> str:
    table = {letter: code for code, letter in legacy._vni_table().items() if len(code) == 1 or code[0].isupper() == code[1].isupper()}
    return "".join(table.get(letter, letter) for letter in text)


def to_cp1258(text: str) -> bytes:
    done = []
    for letter in text:
        try:
            done.append(letter.encode("cp1258"))
            continue
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
        base = unicodedata.normalize("NFC", parts.replace(tone, "", 1))
        done.append(base.encode("cp1258") + tone.encode("cp1258"))
    return b"".join(done)


ENCODERS = {
    "tcvn3": lambda text: to_tcvn3(text).encode("latin-1"),
    "viscii": lambda text: to_viscii(text).encode("latin-1"),
    "vni": lambda text: to_vni(text).encode("cp1252"),
    "cp1258": to_cp1258,
}


@pytest.mark.parametrize("name", sorted(ENCODERS))
@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_every_text_comes_back(name: str, number: int) -> None:
    text = f"{SENTENCES[number]} {SENTENCES[(number + 3) % len(SENTENCES)]}"

    decoded = decode(ENCODERS[name](text))

    assert decoded.converted == name
    assert decoded.text == text


def test_toned_capitals_of_tcvn3_come_back_in_words_set_in_capitals() -> None:
    text = "KẾ HOẠCH TRUYỀN THÔNG năm mới của huyện vùng cao. " + SENTENCES[1]

    assert decode(ENCODERS["tcvn3"](text)).text == text


MORE = (
    "Ủy ban nhân dân huyện giao phòng chuyên môn kiểm tra hằng quý và báo cáo kết quả trước ngày hai mươi lăm.",
    "Ở những bản chưa có điện, xe lưu động của trung tâm văn hóa chiếu phim và phát tờ gấp vào tối thứ bảy.",
    'Ông Đinh Văn Đường nói: "Nghe đài xã, tôi mới rõ mình được vay vốn để sửa nhà".',
    "Đợt này, 1.250 hộ được hướng dẫn; số hộ cận nghèo giảm 3,5 % so với năm 2023 (theo báo cáo của huyện).",
)


def texts(count: int) -> list[str]:
    source = random.Random(300)
    return [" ".join(source.sample([*SENTENCES, *MORE], source.randint(2, 6))) for _ in range(count)]


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_three_hundred_texts_come_back_to_the_letter(name: str) -> None:
    wrong = [text for text in texts(300) if decode(ENCODERS[name](text)).text != text]
    assert wrong == []


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode_texts_come_back_in_every_form(charset: str) -> None:
    for text in texts(300):
        assert decode(text.encode(charset)).text == text
        decomposed = unicodedata.normalize("NFD", text)
        assert unicodedata.normalize("NFC", decode(decomposed.encode(charset)).text) == text


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_page_in_an_old_encoding_is_read_through_its_markup(name: str) -> None:
    for text in texts(20):
        page = f"<html><head><title>x</title></head><body><div class=noi-dung><p>{text}</p></div></body></html>"
        assert text in decode(ENCODERS[name](page)).text


@pytest.mark.parametrize(
    "text", [*SENTENCES, *MORE, "hộ nghèo", "giảm nghèo", "xã nghèo", "cà phê", "café", "A school in the city of Nice.", "", "123"]
)
def test_unicode_is_never_touched(text: str) -> None:
    assert legacy.convert_legacy(text) == (text, None)


@pytest.mark.parametrize("text", ["Le ministère a présenté la stratégie numérique à l'école, où l'élève a été félicité par le préfet hier soir.",
                                  "Die Behörde prüfte gestern die Anträge für neue Geräte; später müssen Bürger für größere Häuser zahlen."])  # fmt: skip
def test_other_languages_in_latin_1_stay(text: str) -> None:
    assert decode(text.encode("cp1252"), "text/html; charset=iso-8859-1").text == text


@settings(deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=5), st.sampled_from(sorted(ENCODERS)))
def test_any_mixture_comes_back(parts: list[str], name: str) -> None:
    text = " ".join(parts)

    assert decode(ENCODERS[name](text)).text == text


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_decoding_never_raises(body: bytes) -> None:
    assert isinstance(decode(body).text, str)
