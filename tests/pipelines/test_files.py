"""Files from disk: what each kind becomes, and what is said about each that cannot be read."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest

from corpus.document import Document
from corpus.errors import Reason, Rejected, UnreadableFile
from pipelines.extract import extract
from pipelines.files import is_pdf, page_from_file, pdf_fault
from tests.pipelines.pages import NOW, PARAGRAPHS, article

STORY = f"""
PublishingPortal - Block_BanTin_Toolbar

11/10/2023
Tăng cỡ chữ Giảm cỡ chữ
Tả Van mở lớp vận hành loa cho mười hai thôn
{PARAGRAPHS[0]}

 PublishingPortal - Block_BanTin_ViewData

{PARAGRAPHS[1]}

{PARAGRAPHS[2]}

Giàng Thị Sua
"""

TEASERS = f"""Tả Van mở lớp vận hành loa cho mười hai thôn

{PARAGRAPHS[0]}

{PARAGRAPHS[1]}

{PARAGRAPHS[2]}

Giàng Thị Sua

Hai huyện vùng thấp thi hát đối về giảm nghèo

Vòng chung kết có chín đội của hai huyện Phong Lâm và Hải Triều, khán giả đến từ nhiều nơi.

Thị xã Bình Sơn tặng điện thoại cho học sinh

Ba trăm chiếc điện thoại được các doanh nghiệp của thị xã góp tặng trước năm học mới.

Phố núi thử nghiệm bảng tin điện tử

Hai bảng tin đặt ở chợ và bến xe, cập nhật giá nông sản mỗi giờ.
"""

PLAN = f"""
ỦY BAN NHÂN DÂN
HUYỆN NÀ PHẶC

Số: /KH-UBND

Nà Phặc, ngày 14 tháng 3 năm 2023

KẾ HOẠCH

Truyền thông về giảm nghèo đa chiều
trên địa bàn huyện năm 2023

Thực hiện Kế hoạch số 12/KH-UBND ngày 10 tháng 01 năm 2023 của Ủy ban nhân dân tỉnh, huyện xây dựng kế hoạch như sau:

I. MỤC ĐÍCH

- {PARAGRAPHS[0]}

II. KINH PHÍ

Tổng kinh phí: 240.000.000 đồng (Hai trăm bốn mươi triệu đồng).

Nơi nhận:

- Các phòng;

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH

Bàn Văn Sính
"""


def write(path: Path, body: bytes | str) -> Path:
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def read(path: Path) -> Document:
    return extract(page_from_file(path, NOW))


def test_a_saved_story_loses_its_chrome(tmp_path: Path) -> None:
    document = read(write(tmp_path / "a.txt", STORY))

    assert document.title == "Tả Van mở lớp vận hành loa cho mười hai thôn"
    assert document.author == "Giàng Thị Sua"
    assert (document.published, document.published_from) == (date(2023, 10, 11), "visible")
    assert document.text == "\n\n".join(PARAGRAPHS)
    assert document.provenance.portal == "import"


def test_teasers_after_the_byline_are_cut(tmp_path: Path) -> None:
    document = read(write(tmp_path / "a.txt", TEASERS))

    assert document.text == "\n\n".join(PARAGRAPHS)
    assert (document.author, document.published) == ("Giàng Thị Sua", None)


def test_headings_and_paragraphs_inside_an_article_are_not_teasers(tmp_path: Path) -> None:
    parts = ["Loa mới về bản", PARAGRAPHS[0], "Lớp học đầu tiên", PARAGRAPHS[1], "Kế hoạch năm tới", PARAGRAPHS[2]]

    document = read(write(tmp_path / "a.txt", "Tả Van mở lớp vận hành loa cho mười hai thôn\n\n" + "\n\n".join(parts)))

    assert document.text == "\n\n".join(parts)


@pytest.mark.parametrize(
    "ending", ["Tin liên quan\n\nDữ liệu đang được cập nhật...", "TIN LIÊN QUAN\nGiàng Thị Sua\nLoading...\nĐọc nhiều"]
)
def test_link_headings_end_the_text(tmp_path: Path, ending: str) -> None:
    document = read(write(tmp_path / "a.txt", "Tả Van mở lớp vận hành loa\n\n" + "\n\n".join(PARAGRAPHS) + "\n\n" + ending))

    assert document.text == "\n\n".join(PARAGRAPHS)
    assert document.author == ("Giàng Thị Sua" if "Sua" in ending else None)


def test_an_official_plan(tmp_path: Path) -> None:
    document = read(write(tmp_path / "a.txt", PLAN))

    assert document.kind == "official"
    assert document.title == "KẾ HOẠCH Truyền thông về giảm nghèo đa chiều trên địa bàn huyện năm 2023"
    assert (document.published, document.author) == (date(2023, 3, 14), None)
    assert "Tổng kinh phí: 240.000.000 đồng" in document.text
    assert "Số: /KH-UBND" in document.text
    assert "Bàn Văn Sính" in document.text


def test_blanks_in_the_dateline_give_no_date(tmp_path: Path) -> None:
    document = read(write(tmp_path / "a.txt", PLAN.replace("ngày 14 tháng 3", "ngày tháng 3")))

    assert (document.kind, document.published) == ("official", None)


def test_html_from_disk(tmp_path: Path) -> None:
    document = read(write(tmp_path / "trang.htm", article()))

    assert (document.title, document.published) == ("Lớp học vận hành loa truyền thanh ở xã Tả Van", date(2025, 1, 6))


def test_docx(tmp_path: Path) -> None:
    made = docx.Document()
    for line in PLAN.split("\n"):
        if line:
            made.add_paragraph(line)
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Lớp tập huấn", "48 triệu đồng"
    made.save(str(tmp_path / "a.docx"))

    document = read(tmp_path / "a.docx")

    assert document.kind == "official"
    assert document.title.startswith("KẾ HOẠCH Truyền thông về giảm nghèo đa chiều")
    assert "Lớp tập huấn | 48 triệu đồng" in document.text
    assert document.provenance.media_type.endswith("wordprocessingml.document")


def make_pdf(lines: list[str], *, password: str | None = None) -> bytes:
    """A one-page PDF with ASCII text, written by hand: no PDF writer is among the dependencies."""
    stream = b"BT /F1 11 Tf 40 780 Td 14 TL " + b" ".join(b"(" + line.encode("latin-1", "replace") + b") Tj T*" for line in lines) + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    extra = b""
    if password is not None:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> /P -4 >>")
        extra = b" /Encrypt 6 0 R /ID [<00><00>]"
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(str(number).encode() + b" 0 obj\n" + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 " + str(len(objects) + 1).encode() + b"\n0000000000 65535 f \n")
    for place in places:
        out.write(f"{place:010} 00000 n \n".encode())
    out.write(
        b"trailer << /Size "
        + str(len(objects) + 1).encode()
        + b" /Root 1 0 R"
        + extra
        + b" >>\nstartxref\n"
        + str(start).encode()
        + b"\n%%EOF"
    )
    return out.getvalue()


def test_pdf_in_an_old_encoding_is_converted(tmp_path: Path) -> None:
    from tests.pipelines.test_legacy import to_tcvn3

    lines = ["kế hoạch tuyên truyền của xã năm nay", *(to_tcvn3(text) for text in PARAGRAPHS)]
    path = write(tmp_path / "a.pdf", make_pdf([to_tcvn3(line) for line in lines[:1]] + lines[1:]))

    document = read(path)

    assert document.flags == ("converted:tcvn3",)
    assert "cụm loa mới lắp" in document.text
    assert document.provenance.media_type == "application/pdf"


def test_a_scanned_pdf_is_refused_as_such(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="scanned") as caught:
        read(write(tmp_path / "a.pdf", make_pdf([])))

    assert caught.value.reason is Reason.NO_TEXT


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b" \n\x00\x00", "is empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x7fELF\x02\x01\x01" + bytes(300), "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"old Word .*save it as \.docx"),
        (b"PK\x03\x04 not a package", "damaged"),
        (zipped("a.txt"), "without a Word document"),
    ],
    ids=["empty", "blank", "bytes", "program", "doc", "broken-zip", "zip"],
)
def test_unreadable_files_are_named_with_what_to_do(tmp_path: Path, body: bytes, words: str) -> None:
    path = write(tmp_path / "tệp.bin", body)

    with pytest.raises(UnreadableFile, match=words) as caught:
        page_from_file(path, NOW)

    assert str(path) in str(caught.value)
    assert caught.value.file == str(path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"%PDF-1.7\nnothing else", "damaged PDF"),
        (make_pdf(["Secret"], password="x"), "encrypted PDF; save it without a password"),
        (make_pdf(["Open"]), None),
    ],
    ids=["broken", "encrypted", "sound"],
)
def test_a_pdf_that_does_not_open_is_told_apart(tmp_path: Path, body: bytes, words: str | None) -> None:
    path = write(tmp_path / "a.bin", body)

    assert is_pdf(page_from_file(path, NOW)), "taken as it is; opening it is a worker's task"
    fault = pdf_fault(path)

    assert fault is None if words is None else words in (fault or "")


def test_missing_files_directories_and_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match="does not exist"):
        page_from_file(tmp_path / "a.txt", NOW)
    with pytest.raises(UnreadableFile, match="directory"):
        page_from_file(tmp_path, NOW)
    with (tmp_path / "large.txt").open("wb") as large:
        large.truncate(200_000_000)
    with pytest.raises(UnreadableFile, match="200 MB, more than 50 MB"):
        page_from_file(tmp_path / "large.txt", NOW)


def test_utf_16_and_old_encodings_are_text(tmp_path: Path) -> None:
    text = "Tả Van mở lớp vận hành loa\n\n" + "\n\n".join(PARAGRAPHS)

    assert read(write(tmp_path / "a.txt", text.encode("utf-16"))).text == "\n\n".join(PARAGRAPHS)
    assert read(write(tmp_path / "b.txt", text.encode("utf-8-sig"))).title == "Tả Van mở lớp vận hành loa"


@pytest.mark.timeout(60)  # about a second; the square of the length takes hours
@pytest.mark.parametrize(
    "line",
    ["Bàn Thị Mai", "Tin liên quan", "12/12/2012", "a", "Kế hoạch", "KẾ HOẠCH", PARAGRAPHS[0], "Loa mới về bản"],
)
def test_large_texts_end_in_time(tmp_path: Path, line: str) -> None:
    text = "Tả Van mở lớp vận hành loa\n\n" + "\n\n".join(PARAGRAPHS) + f"\n{line}\n" * (500_000 // len(line))

    read(write(tmp_path / "a.txt", text))
