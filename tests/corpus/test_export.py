"""Every format: complete, typed, inert in spreadsheets, equal when read back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import (
    BudgetRole,
    BudgetScope,
    DateMention,
    Document,
    DocumentKind,
    Goal,
    LegalReference,
    OfficialRecord,
    Qualifier,
    Quantity,
    Span,
)
from corpus.export import FORMATS, Asked, Export, Format
from corpus.export.cells import inert
from corpus.export.citations import apa, bibtex, csl, ris
from corpus.export.parquet import read_parquet
from corpus.export.rows import BUDGET_COLUMNS, COLUMNS, DATE_COLUMNS, NESTED, QUANTITY_COLUMNS, TEXT, columns, row_of
from corpus.export.text import BOM
from corpus.export.workbook import WORDS
from corpus.index.names import Names
from corpus.portals import PortalRegistry
from corpus.store import Store, open_store
from monitor.budgets import ROLE_NAMES
from tests.search_samples import ALL, FETCHED, NGHE_AN, make_document

NAMES = Names.load(portals=PortalRegistry(()))
ASKED = Asked(parameters=(("q", "loa"), ("tinh", "v2-40")), understood="có từ «loa»")

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "−1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://a.vn?"&A1,"x")',
    '=IMPORTXML(CONCAT("http://a.vn/",A1),"//a")',
    '=DDE("cmd";"/C calc";"x")',
    "%0A-3+3+cmd|' /C calc'!D2",
    "|cmd",
    "lời;=cmd|' /C calc'!A0",
    "lời\t=1+1",
    "lời\n=1+1",
    "lời\r\n@SUM(1)",
    '"=1+1',
    "'=1+1",
    'lời"\n=1+1',
    ";-1",
]
"""Written by us after the rules of OWASP and what spreadsheets are known to evaluate."""
_TRIGGERS = "=+-@＝＋－＠−|%"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def exported(store: Store, format: Format, documents: tuple[Document, ...], *, full_text: bool = False) -> tuple[bytes, dict[str, Any]]:
    for document in documents:
        store.put_document(document, FETCHED, tagged_by="rules 2026.11")
    with store.moment() as moment:
        export = Export(moment, [d.id for d in documents], len(documents), names=NAMES, asked=ASKED, format=format, full_text=full_text)
        content = b"".join(export.chunks())
        return content, export.manifest(f"loa.{format}", created=datetime(2026, 11, 28, tzinfo=UTC))


def hostile(payload: str, number: int = 0) -> Document:
    return replace(make_document(f"9{number:023d}", f"{payload} tiêu đề", f"{payload} lời"), author=payload)


HOSTILE = tuple(hostile(payload, number) for number, payload in enumerate(FORMULAS))


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_workbook_speaks_vietnamese_where_the_other_files_have_codes(store: Store) -> None:
    book = opened(exported(store, "xlsx", ALL)[0])
    heads = [cell.value for cell in book["Tin"][1]]
    first = dict(zip(heads, [cell.value for cell in book["Tin"][2]], strict=True))
    assert (first["Loại"], first["Chủ đề"]) == ("Tin, bài", "Truyền thông về giảm nghèo")
    amounts = [[cell.value for cell in row] for row in book["Kinh phí"].iter_rows()]
    sums = [dict(zip(amounts[0], row, strict=True)) for row in amounts[1:]]
    assert {row["Mức độ"] for row in sums} <= {"đúng", "trên", "gần", "khoảng", "tối đa"}
    assert {row["Vai trò"].lower() for row in sums} <= set(ROLE_NAMES.values())
    for column, codes in (("role", BudgetRole), ("scope", BudgetScope), ("qualifier", Qualifier), ("kind", DocumentKind)):
        assert set(WORDS[column]) == set(get_args(codes))
    assert {code: said.lower() for code, said in WORDS["role"].items() if code != "cap"} == ROLE_NAMES


def test_json_lines_have_every_column_and_no_text(store: Store) -> None:
    content, manifest = exported(store, "jsonl", ALL)
    rows = [json.loads(line) for line in content.splitlines()]
    assert [row["id"] for row in rows] == [document.id for document in ALL]
    assert all(list(row) == [column.name for column in COLUMNS] for row in rows)
    first = rows[0]
    assert first["provinces"] == ["v2-40"]
    assert first["province_names"] == ["Nghệ An"]
    assert first["published"] == NGHE_AN.published.isoformat()  # type: ignore[union-attr]
    assert first["largest_vnd"] == 1_200_000_000
    assert [budget["words"] for budget in first["budgets"]] == ["hơn 1,2 tỷ đồng"]  # the loan is no public money
    assert first["evidence"]
    assert all(sentence in f"{NGHE_AN.title}\n{NGHE_AN.text}" for sentence in first["evidence"])
    assert first["tagged_by"] == "rules 2026.11"
    assert (manifest["rows"], manifest["total"], manifest["missing"]) == (6, 6, 0)
    assert manifest["files"][0]["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["files"][0]["bytes"] == len(content)
    assert manifest["versions"]["tagged_by"] == {"rules 2026.11": 6}
    assert manifest["query"]["parameters"] == [["q", "loa"], ["tinh", "v2-40"]]


def test_full_text_only_where_it_is_asked_for(store: Store) -> None:
    assert json.loads(exported(store, "jsonl", (NGHE_AN,), full_text=True)[0])["text"] == NGHE_AN.text
    for format in FORMATS:
        assert "Tiểu dự án 1" not in NGHE_AN.title
        content, _ = exported(store, format, (make_document("8" * 24, "Tin", "Lời chỉ có trong bài."),))
        assert "Lời chỉ có trong bài".encode() not in content


def test_files_on_disk_keep_their_folders_to_themselves() -> None:
    document = replace(NGHE_AN, provenance=replace(NGHE_AN.provenance, final_url="file:///home/an/a.pdf", canonical_url=None))
    assert row_of(document, NAMES)["url"] is None
    assert "home" not in ris(document, NAMES) + bibtex(document, NAMES) + apa(document, NAMES) + json.dumps(csl(document, NAMES))


def test_csv_begins_with_a_bom_and_says_the_same(store: Store) -> None:
    content, _ = exported(store, "csv", ALL)
    text = content.decode("utf-8")
    assert text.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert [row["id"] for row in rows] == [document.id for document in ALL]
    assert rows[0]["largest_vnd"] == "1200000000"
    assert rows[0]["activities"] == "; ".join(m.code for m in NGHE_AN.activities)
    assert rows[4]["published"] == ""  # an undated text
    assert text.count("\r\n") == len(ALL) + 1


def test_no_cell_of_csv_begins_like_a_formula(store: Store) -> None:
    text = exported(store, "csv", HOSTILE)[0].decode()[1:]
    for separator in ",;\t":
        cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
        assert separator != "," or sum("1+1" in cell for cell in cells) >= 2 * sum("1+1" in payload for payload in FORMULAS)
        for cell in cells:
            assert not cell.lstrip(' \u00a0\u200b\ufeff"').startswith(tuple(_TRIGGERS)), cell
            assert not cell.startswith(("\t", "\r", "\n")), cell


@given(st.text(alphabet=st.sampled_from([*"=+-@＝＋－＠−|%;,\"' \t\r\n", "\u00a0", "\u200b", "\ufeff", "a", "1"]), max_size=12))
def test_inert_text_has_no_formula_wherever_it_is_cut(text: str) -> None:
    for line in re.split("[;\t\r\n]", inert(text)):
        assert not line.lstrip(' \u00a0\u200b\ufeff"').startswith(tuple(_TRIGGERS))


def test_ordinary_text_stays_as_it_is() -> None:
    for text in ("Nghệ An chi 1,2 tỷ đồng", "5 - 6 = -1", "a@b.vn", "100%", "2021-2025; Dự án 6", "“=1”"):
        assert inert(text) == text


def test_workbook_has_types_head_filters_and_links(store: Store) -> None:
    content, _ = exported(store, "xlsx", ALL)
    book = opened(content)
    assert book.sheetnames == ["Tin", "Kinh phí", "Số lượng", "Ngày trong bài", "Về tệp này"]
    sheet = book["Tin"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    assert list(heads) == [column.title for column in columns(full_text=False) if column.kind not in NESTED]
    assert (sheet.freeze_panes, sheet.max_row) == ("C2", len(ALL) + 1)
    assert sheet.auto_filter.ref.startswith("A1:")
    day = sheet.cell(2, heads["Ngày đăng"])
    assert day.value.date() == NGHE_AN.published
    assert day.number_format == "dd/mm/yyyy"
    assert sheet.cell(6, heads["Ngày đăng"]).value is None
    assert sheet.cell(2, heads["Khoản lớn nhất (đồng)"]).value == 1_200_000_000
    assert sheet.cell(2, heads["Tải lúc"]).value == datetime.fromisoformat("2026-11-20T10:15")  # clock time in Vietnam
    link = sheet.cell(2, heads["Địa chỉ"])
    assert link.hyperlink.target == link.value == NGHE_AN.provenance.final_url
    money = book["Kinh phí"]
    assert money.max_row == 1 + sum(1 for d in ALL for b in d.budgets if b.kind == "budget")
    about = {row[0].value: row[1].value for row in book["Về tệp này"].rows}
    assert about["Số tin"] == "6"
    assert about["Hiểu là"] == "có từ «loa»"


def counted(payload: str = "") -> Document:
    """With a count, an official head and dates; ``payload`` stands in every text of theirs that a page can bring."""
    text = f"{payload}Mỗi lớp 50 người\nSở ký\n{payload}100% cán bộ được tập huấn\nngày 5 - 7/6, ngày 15/12 hằng năm"

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    return replace(
        make_document("8" * 24, "Kế hoạch", text, published=date(2024, 7, 1)),
        quantities=(
            Quantity(
                kind="people",
                value=50,
                unit=f"{payload}người",
                detail=f"{payload}người",
                year=2024,
                per_unit=f"{payload}lớp",
                modality="planned",
                evidence=(span(f"{payload}Mỗi lớp 50 người"), span(f"{payload}Mỗi lớp 50 người")),
                method="quantity-rules",
            ),
            Quantity(kind="poor_rate", value=2.5, unit="%", change="down", out_of=None, evidence=(span("100%"),), method="quantity-rules"),
        ),
        official=OfficialRecord(
            kind="Kế hoạch",
            number=f"{payload}12/KH-UBND",
            issued=date(2024, 6, 3),
            issuer=f"{payload}UBND xã",
            signer=f"{payload}An",
            legal_bases=(LegalReference(kind="Thông tư", number="06/2022/TT-BTTTT", evidence=(span("Sở ký"),)),),
            goals=(Goal(target="100%", evidence=(span(f"{payload}100% cán bộ được tập huấn"),)),),
            method="official-rules",
        ),
        dates=(
            DateMention(start=date(2024, 6, 5), end=date(2024, 6, 8), precision="period", evidence=(span("ngày 5 - 7/6"),), method="d"),
            DateMention(start=None, end=None, precision="day", flags=("recurring",), evidence=(span("ngày 15/12"),), method="d"),
        ),
    )


def test_counts_official_heads_and_dates_are_in_every_table(store: Store, tmp_path: Path) -> None:
    document = counted()
    row = json.loads(exported(store, "jsonl", (document,))[0])
    assert row["quantities"][0] == {
        "position": 0,
        "kind": "people",
        "value": 50.0,
        "unit": "người",
        "detail": "người",
        "qualifier": "exact",
        "per_unit": "lớp",
        "out_of": None,
        "change": None,
        "year": 2024,
        "modality": "planned",
        "words": "Mỗi lớp 50 người",
        "sentence": "Mỗi lớp 50 người",
    }
    assert (row["official_kind"], row["official_number"], row["official_issued"]) == ("Kế hoạch", "12/KH-UBND", "2024-06-03")
    assert (row["official_issuer"], row["official_signer"]) == ("UBND xã", "An")
    assert (row["legal_bases"], row["goals"]) == (["Thông tư 06/2022/TT-BTTTT"], ["100% cán bộ được tập huấn"])
    assert [(d["words"], d["first"], d["last"], d["flags"]) for d in row["dates"]] == [
        ("ngày 5 - 7/6", "2024-06-05", "2024-06-07", []),
        ("ngày 15/12", None, None, ["recurring"]),
    ]
    (cells,) = csv.DictReader(io.StringIO(exported(store, "csv", (document,))[0].decode("utf-8-sig")))
    assert cells["quantities"] == "Mỗi lớp 50 người (people, 2024, mỗi lớp); 100% (poor_rate, down)"
    assert cells["dates"] == "ngày 5 - 7/6 (2024-06-05..2024-06-07); ngày 15/12 (recurring)"
    book = opened(exported(store, "xlsx", (document,))[0])
    (heads, people, rate) = [[cell.value for cell in line] for line in book["Số lượng"].iter_rows()]
    assert dict(zip(heads, people, strict=True)) | {"Câu": ""} == {
        "Mã tin": "8" * 24,
        "Tiêu đề": "Kế hoạch",
        "Ngày đăng": datetime.fromisoformat("2024-07-01"),
        "Thứ tự": 0,
        "Đếm gì": "Người",
        "Giá trị": 50,
        "Đơn vị": "người",
        "Cụ thể": "người",
        "Mức độ": "đúng",
        "Tính cho mỗi": "lớp",
        "Trên tổng số": None,
        "Tăng, giảm": None,
        "Năm": 2024,
        "Thực hiện": "Dự kiến",
        "Nguyên văn": "Mỗi lớp 50 người",
        "Câu": "",
    }
    assert (rate[heads.index("Đếm gì")], rate[heads.index("Tăng, giảm")], rate[heads.index("Giá trị")]) == ("Tỷ lệ hộ nghèo", "Giảm", 2.5)
    days = [[cell.value for cell in line][3:] for line in book["Ngày trong bài"].iter_rows()]
    assert days[1][1:] == [
        "ngày 5 - 7/6",
        datetime.fromisoformat("2024-06-05"),
        datetime.fromisoformat("2024-06-07"),
        "Khoảng thời gian",
        None,
    ]
    assert days[2][1:] == ["ngày 15/12", None, None, "Ngày", "hằng năm"]
    path = tmp_path / "counted.parquet"
    path.write_bytes(exported(store, "parquet", (document,))[0])
    assert read_parquet(path) == [row_of(document, NAMES, tagged_by="rules 2026.11")]
    assert list(row["quantities"][0]) == [column.name for column in QUANTITY_COLUMNS]
    assert list(row["dates"][0]) == [column.name for column in DATE_COLUMNS]


@pytest.mark.parametrize("payload", ["=1+1 ", "@SUM(1+1) ", "-1+1;=cmd|' /C calc'!A0 "])
def test_counts_and_official_heads_are_inert_too(store: Store, payload: str) -> None:
    document = counted(payload)
    (cells,) = csv.DictReader(io.StringIO(exported(store, "csv", (document,))[0].decode("utf-8-sig")))
    for name in ("quantities", "official_number", "official_issuer", "official_signer", "goals"):
        assert cells[name].startswith("'"), name
    for sheet in opened(exported(store, "xlsx", (document,))[0]):
        for line in sheet.rows:
            assert all(cell.data_type in ("s", "n", "d", "b") for cell in line)


def test_workbooks_hold_texts_and_no_formulas(store: Store) -> None:
    book = opened(exported(store, "xlsx", HOSTILE, full_text=True)[0])
    titles = {cell.value for cell in next(book["Tin"].iter_cols(2, 2, 2))}
    assert {title.strip() for title in titles} >= {"=1+1 tiêu đề", "@SUM(1+1) tiêu đề"}
    for sheet in book:
        for row in sheet.rows:
            for cell in row:
                assert cell.data_type in ("s", "n", "d", "b"), cell.value


def test_what_no_workbook_can_hold_is_left_out(store: Store) -> None:
    odd = replace(make_document("7" * 24, "A\x0bB", "x" * 40_000, published=date(1899, 1, 1)), author="\x1b[31m")
    sheet = opened(exported(store, "xlsx", (odd,), full_text=True)[0])["Tin"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, heads["Tiêu đề"]).value == "AB"
    assert sheet.cell(2, heads["Ngày đăng"]).value == "1899-01-01"
    assert len(sheet.cell(2, heads["Toàn văn"]).value) == 32_767


def test_a_sheet_that_is_full_goes_on_in_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.export.workbook.MAX_ROWS", 4)
    monkeypatch.setattr("corpus.export.workbook.MAX_LINKS", 3)
    book = opened(exported(store, "xlsx", ALL)[0])
    assert (book["Tin"].max_row, book["Tin 2"].max_row) == (5, 3)
    column = next(cell.column for cell in book["Tin"][1] if cell.value == "Địa chỉ")
    assert [bool(book["Tin"].cell(row, column).hyperlink) for row in range(2, 6)] == [True, True, True, False]


def test_parquet_reads_back_equal(store: Store, tmp_path: Path) -> None:
    odd = hostile("=1+1 \"'; \x00 \U0001f4e2")
    content, _ = exported(store, "parquet", (*ALL, odd), full_text=True)
    path = tmp_path / "back.parquet"
    path.write_bytes(content)
    expected = [row_of(document, NAMES, tagged_by="rules 2026.11", full_text=True) for document in (*ALL, odd)]
    assert read_parquet(path) == expected
    assert list(expected[0]) == [column.name for column in (*COLUMNS, TEXT)]
    assert list(expected[0]["budgets"][0]) == [column.name for column in BUDGET_COLUMNS]


def test_an_empty_result_is_a_file_too(store: Store, tmp_path: Path) -> None:
    for format in FORMATS:
        content, manifest = exported(store, format, ())
        assert manifest["rows"] == 0
        if format == "parquet":
            (tmp_path / "none.parquet").write_bytes(content)
            assert read_parquet(tmp_path / "none.parquet") == []
        elif format == "xlsx":
            assert opened(content)["Tin"].max_row == 1


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_moment_gives_the_same_bytes(store: Store, format: Format) -> None:
    assert exported(store, format, ALL)[0] == exported(store, format, ALL)[0]


def test_an_export_reads_one_moment_whatever_is_written(store: Store) -> None:
    for number in range(230):
        store.put_document(make_document(f"{number:024d}", f"Tin {number}", "Lời."), FETCHED)
    ids = [f"{number:024d}" for number in range(230)]
    with store.moment() as moment:
        export = Export(moment, ids, len(ids), names=NAMES, asked=ASKED, format="jsonl")
        chunks = export.chunks()
        head = next(chunks)
        for number in range(230):
            later = make_document(f"{number:024d}", f"Khác {number}", "Lời khác.")
            store.put_document(replace(later, provenance=replace(later.provenance, fetched_at=datetime(2026, 11, 27, tzinfo=UTC))), FETCHED)
        rows = [json.loads(line) for line in (head + b"".join(chunks)).splitlines()]
    assert [row["title"] for row in rows] == [f"Tin {number}" for number in range(230)]
    with store.moment() as moment:
        assert next(moment.read(ids)).document.title == "Khác 0"


def test_ids_that_the_store_lost_are_counted(store: Store) -> None:
    store.put_document(NGHE_AN, FETCHED)
    with store.moment() as moment:
        export = Export(moment, [NGHE_AN.id, "khong-co"], 2, names=NAMES, asked=ASKED, format="jsonl")
        assert len(b"".join(export.chunks()).splitlines()) == 1
        assert export.manifest("a", created=FETCHED)["missing"] == 1


def test_citations() -> None:
    assert ris(NGHE_AN, NAMES).splitlines()[:5] == [
        "TY  - NEWS",
        f"TI  - {NGHE_AN.title}",
        "AU  - Minh Anh",
        "T2  - bao-mau",
        "PY  - 2023",
    ]
    assert "ER  - \r\n\r\n" in ris(NGHE_AN, NAMES)
    assert "year = {2023}" in bibtex(NGHE_AN, NAMES)
    training = make_document("7" * 24, "Tập huấn", "Lớp tập huấn.", activities=(("training", "tập huấn", "done"),))
    assert "keywords = {{Tập huấn, bồi dưỡng}}," in bibtex(training, NAMES), "a comma parts keywords"
    assert csl(NGHE_AN, NAMES)["issued"] == {"date-parts": [[2023, 12, 4]]}
    assert apa(NGHE_AN, NAMES) == f"Minh Anh (2023, 4 tháng 12). {NGHE_AN.title}. bao-mau. {NGHE_AN.provenance.final_url}"


def test_no_value_breaks_out_of_its_field() -> None:
    evil = replace(make_document("6" * 24, "A\r\nER  - \r\nTY  - X\u2028B}, title={C} % $ _ \\", "Lời."), author="Ông\nBà")
    records = ris(evil, NAMES)
    assert len(re.findall(r"^(?:TY|ER)  - ", records, re.MULTILINE)) == 2
    assert "AU  - Ông Bà\r\n" in records
    entry = bibtex(evil, NAMES)
    title = next(line for line in entry.splitlines() if line.startswith("  title"))
    assert title == r"  title = {A ER - TY - X B\}, title=\{C\} \% \$ \_ \textbackslash{}},"
    assert entry.count("\n  title = ") == 1
