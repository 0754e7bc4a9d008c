"""Makes digest/templates/report.docx, the bundled template of the Word report, in the form of Decree 30/2020/NĐ-CP (annex I).

Staff change a copy in Word (`loa report --copy-template FILE`); this script is for changes of the bundled one. Run it without arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TARGET = Path(__file__).parents[1] / "digest" / "templates" / "report.docx"
FONT = "Times New Roman"
CENTRE, LEFT, RIGHT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY


def build() -> Any:
    document = docx.Document()
    section = document.sections[0]
    # A4; margins of annex I, part I: 20-25 mm above and below, 30-35 mm left, 15-20 mm right.
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    page_number(section.header.paragraphs[0])
    head(document)
    title(document)
    body(document)
    appendix(document)
    return document


def page_number(paragraph: Any) -> None:
    """In the middle of the upper margin, from the second page on (annex I, part II, 1.7)."""
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)


def head(document: Any) -> None:
    table = document.add_table(rows=2, cols=2)
    widths(table, (70, 95))
    left, right = table.cell(0, 0), table.cell(0, 1)
    line(left.paragraphs[0], "{{ parent }}", size=12, align=CENTRE)
    line(left.add_paragraph(), "{{ department }}", size=12, bold=True, align=CENTRE)
    line(left.add_paragraph(), "_______", size=8, bold=True, align=CENTRE)
    line(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, align=CENTRE)
    line(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", size=13, bold=True, align=CENTRE)
    line(right.add_paragraph(), "______________________", size=8, bold=True, align=CENTRE)
    line(table.cell(1, 0).paragraphs[0], "Số:        /BC-…", size=13, align=CENTRE)
    line(
        table.cell(1, 1).paragraphs[0],
        "Hà Nội, ngày {{ made_day }} tháng {{ made_month }} năm {{ made_year }}",
        size=13,
        italic=True,
        align=CENTRE,
    )


def title(document: Any) -> None:
    line(document.add_paragraph(), "BÁO CÁO", size=14, bold=True, align=CENTRE, before=14)
    line(document.add_paragraph(), "Truyền thông và giảm nghèo về thông tin {{ period_low }}", size=14, bold=True, align=CENTRE)
    line(document.add_paragraph(), "(Từ ngày {{ dates.replace(' - ', ' đến ngày ') }})", size=13, italic=True, align=CENTRE, after=10)


def body(document: Any) -> None:
    heading(document, "1. Đánh giá chung")
    text(document, "{{ headline }}.")
    text(
        document,
        "Trong kỳ có {{ total }} tin về {{ stories }} chuyện. {{ change }} Ngoài ra có {{ undated }} tin không rõ ngày đăng, không tính vào kỳ nào.",
    )
    heading(document, "2. Bản đồ tình hình các tỉnh, thành")
    tile_map(document)
    text(
        document,
        "Số trên ô là số tin. ○ im lặng; ▲ không đọc được; – chưa theo dõi. Quần đảo Hoàng Sa thuộc thành phố Đà Nẵng, quần đảo Trường Sa thuộc tỉnh Khánh Hòa.",
        size=11,
    )
    heading(document, "3. Tình hình theo tỉnh, thành")
    rows(
        document,
        ("TT", "Tỉnh, thành", "Tình trạng", "Số tin", "Kỳ trước", "Cùng kỳ năm trước"),
        "provinces",
        ("{{ row.number }}", "{{ row.name }}", "{{ row.state }}", "{{ row.articles }}", "{{ row.before }}", "{{ row.year_before }}"),
        (10, 42, 48, 18, 20, 27),
        right=(3, 4, 5),
    )
    heading(document, "4. Hoạt động truyền thông")
    rows_or(
        document,
        "Trong kỳ không có tin nào để đếm theo hoạt động.",
        ("Hoạt động", "Số tin", "Tỉnh, thành (số tin)"),
        "activities",
        ("{{ row.name }}", "{{ row.articles }}", "{{ row.places }}"),
        (60, 18, 87),
        right=(1,),
        note="Tin có nhiều hoạt động đếm ở từng hoạt động.",
    )
    heading(document, "5. Tỉnh, thành im lặng")
    rows_or(
        document,
        "Không có tỉnh, thành nào im lặng ở cuối kỳ.",
        ("Tỉnh, thành", "Số tuần im lặng", "Tin gần nhất"),
        "silent",
        ("{{ row.name }}", "{{ row.weeks }}", "{{ row.last }}"),
        (70, 45, 50),
        right=(1,),
    )
    heading(document, "6. Nguồn không đọc được")
    rows_or(
        document,
        "{% if watched == '0' %}Trong kỳ chưa theo dõi nguồn nào.{% else %}Mọi nguồn theo dõi ({{ watched }}) đều đọc được trong kỳ.{% endif %}",
        ("Nguồn", "Tỉnh, thành", "Nguyên nhân"),
        "unread",
        ("{{ row.name }}", "{{ row.province }}", "{{ row.cause }}"),
        (75, 40, 50),
    )
    heading(document, "7. Kinh phí nêu trong tin")
    rows_or(
        document,
        "Trong kỳ không có tin nào nêu kinh phí cộng được.",
        ("Vai trò", "Địa bàn", "Số tiền (đồng)", "Căn cứ"),
        "budgets",
        ("{{ row.role }}", "{{ row.name }}", "{{ row.vnd }}", "{{ row.said }}"),
        (45, 45, 40, 35),
        right=(2,),
        note="Các vai trò không cộng với nhau; mỗi chuyện tính một lần.",
    )
    heading(document, "8. Cách tính")
    condition(document, "{%p for entry in limits %}")
    text(document, "- {{ entry }}", size=12)
    condition(document, "{%p endfor %}")
    table = document.add_table(rows=1, cols=2)
    widths(table, (75, 90))
    receivers, signature = table.cell(0, 0), table.cell(0, 1)
    line(receivers.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True, before=12)
    for receiver in ("- …;", "- Lưu: VT."):
        line(receivers.add_paragraph(), receiver, size=11)
    line(signature.paragraphs[0], "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", size=13, bold=True, align=CENTRE, before=12)
    line(signature.add_paragraph(), "(Chữ ký, dấu)", size=12, italic=True, align=CENTRE, after=40)
    line(signature.add_paragraph(), "Họ và tên", size=13, bold=True, align=CENTRE)


def appendix(document: Any) -> None:
    document.add_page_break()
    line(document.add_paragraph(), "PHỤ LỤC", size=14, bold=True, align=CENTRE)
    line(document.add_paragraph(), "Các tin trong kỳ (bấm vào tên tin để mở)", size=13, bold=True, align=CENTRE, after=8)
    rows(
        document,
        ("TT", "Tin", "Ngày đăng", "Nguồn", "Tỉnh, thành"),
        "articles",
        ("{{ row.number }}", "{{r row.link }}", "{{ row.day }}", "{{ row.source }}", "{{ row.places }}"),
        (10, 66, 27, 32, 30),
    )
    condition(document, "{%p if left_out %}")
    text(document, "Còn {{ left_out }} tin nữa; bản Excel có đủ.", size=12)
    condition(document, "{%p endif %}")


def tile_map(document: Any) -> None:
    """Rows and columns come from the map: seven for 34 provinces, nine for 63."""
    table = document.add_table(rows=3, cols=3)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    white_lines(table)
    line(table.cell(0, 0).paragraphs[0], "{%tr for row in map %}")
    line(table.cell(1, 0).paragraphs[0], "{%tc for cell in row %}", size=8)
    middle = table.cell(1, 1)
    for paragraph in (
        line(middle.paragraphs[0], "{% cellbg cell.colour %}{{ cell.name }}", size=8, align=CENTRE),
        line(middle.add_paragraph(), "{{ cell.mark }}", size=8, bold=True, align=CENTRE),
    ):
        # The whole map on one page.
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.line_spacing = Pt(9.5)
    line(table.cell(1, 2).paragraphs[0], "{%tc endfor %}", size=8)
    line(table.cell(2, 0).paragraphs[0], "{%tr endfor %}")


def white_lines(table: Any) -> None:
    """Between the tiles."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        element = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "12"), ("color", "FFFFFF")):
            element.set(qn(f"w:{name}"), value)
        borders.append(element)
    table._tbl.tblPr.append(borders)


def rows(
    document: Any, names: tuple[str, ...], of: str, cells: tuple[str, ...], mm: tuple[int, ...], *, right: tuple[int, ...] = ()
) -> None:
    """A table with a head that is repeated on every page, and one row for each entry of the list named ``of``."""
    table = document.add_table(rows=4, cols=len(names))
    table.style = "Table Grid"
    widths(table, mm)
    for position, (name, cell) in enumerate(zip(names, cells, strict=True)):
        line(table.cell(0, position).paragraphs[0], name, size=12, bold=True, align=CENTRE)
        line(table.cell(2, position).paragraphs[0], cell, size=11, align=RIGHT if position in right else LEFT)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    # A row stays in one piece.
    table.rows[2]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    line(table.cell(1, 0).paragraphs[0], f"{{%tr for row in {of} %}}")
    line(table.cell(3, 0).paragraphs[0], "{%tr endfor %}")


def rows_or(
    document: Any,
    empty: str,
    names: tuple[str, ...],
    of: str,
    cells: tuple[str, ...],
    mm: tuple[int, ...],
    *,
    right: tuple[int, ...] = (),
    note: str = "",
) -> None:
    """The table with what has to be known of it, or the sentence that stands for an empty list."""
    condition(document, f"{{%p if {of} %}}")
    rows(document, names, of, cells, mm, right=right)
    if note:
        text(document, note, size=11)
    condition(document, "{%p else %}")
    text(document, empty)
    condition(document, "{%p endif %}")


def widths(table: Any, mm: tuple[int, ...]) -> None:
    table.autofit = False
    for position, width in enumerate(mm):
        table.columns[position].width = Mm(width)
        for cell in table.columns[position].cells:
            cell.width = Mm(width)


def heading(document: Any, words: str) -> None:
    paragraph = line(document.add_paragraph(), words, bold=True, before=10, after=4)
    paragraph.paragraph_format.keep_with_next = True


def text(document: Any, words: str, *, size: int = 13) -> None:
    paragraph = line(document.add_paragraph(), words, size=size, align=JUSTIFY, after=6)
    paragraph.paragraph_format.first_line_indent = Mm(10)


def condition(document: Any, words: str) -> None:
    line(document.add_paragraph(), words)


def line(
    paragraph: Any,
    words: str,
    *,
    size: int = 13,
    bold: bool = False,
    italic: bool = False,
    align: Any = LEFT,
    before: int = 0,
    after: int = 0,
) -> Any:
    run = paragraph.add_run(words)
    run.font.name, run.font.size, run.bold, run.italic = FONT, Pt(size), bold, italic
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    paragraph.alignment = align
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    return paragraph


if __name__ == "__main__":
    build().save(str(TARGET))
    print(TARGET.name)
