"""`loa import`: texts of our own, each fact computed from the document at hand; bad files named, good ones taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Loa, Ran
from tests.fitted import make_home

NEWS = """Lai Vung trang bị 14 cụm loa thông minh cho các xã còn khó khăn

(ĐTO) - Sáng 18/9/2023, Phòng Văn hóa và Thông tin huyện Lai Vung, tỉnh Đồng Tháp bàn giao 14 cụm loa truyền thanh thông minh cho 5 xã.

Số loa này được mua từ nguồn vốn của Tiểu dự án 1 - Giảm nghèo về thông tin thuộc Dự án 6, Chương trình mục tiêu quốc gia giảm \
nghèo bền vững giai đoạn 2021-2025. Năm 2023, huyện được phân bổ gần 612 triệu đồng để thực hiện Tiểu dự án 1.

Dịp này, 48 cán bộ phụ trách đài truyền thanh xã được tập huấn cách vận hành thiết bị và viết tin cho loa.

Tháng 10 tới, huyện sẽ tổ chức hội thi tìm hiểu chính sách giảm nghèo cho người dân các ấp.

Bùi Thanh Trúc
"""

PLAN = """ỦY BAN NHÂN DÂN
HUYỆN BÁC ÁI
Số: 87/KH-UBND
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Bác Ái, ngày 06 tháng 5 năm 2024

KẾ HOẠCH
Thực hiện Dự án 6 về truyền thông và giảm nghèo về thông tin trên địa bàn huyện Bác Ái năm 2024

Căn cứ Thông tư số 06/2022/TT-BTTTT ngày 30 tháng 6 năm 2022 của Bộ Thông tin và Truyền thông;
Ủy ban nhân dân huyện Bác Ái, tỉnh Ninh Thuận ban hành Kế hoạch như sau:

I. MỤC TIÊU
- 100% cán bộ làm công tác thông tin cơ sở được tập huấn nghiệp vụ.
II. KINH PHÍ
Tổng kinh phí thực hiện: 245.600.000 đồng (Bằng chữ: Hai trăm bốn mươi lăm triệu, sáu trăm nghìn đồng). Trong đó:
- Tiểu dự án 1 giảm nghèo về thông tin: 150.000.000 đồng.
- Tiểu dự án 2 truyền thông về giảm nghèo đa chiều: 95.600.000 đồng.
III. TỔ CHỨC THỰC HIỆN
Phòng Văn hóa và Thông tin huyện chủ trì, phối hợp với UBND các xã thực hiện Kế hoạch này.

KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Nguyễn Văn Hải
"""

PRESS = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>Đắk Nông đưa thông tin chính sách tới đồng bào Mạ - Báo mẫu</title><meta property="og:site_name" content="Báo mẫu">
<meta property="article:published_time" content="2022-11-03T07:15:00+07:00"></head>
<body><header><nav><a href="/">Trang chủ</a></nav></header>
<article><h1>Đắk Nông đưa thông tin chính sách tới đồng bào Mạ</h1><p class="author">Hoàng Thị Nga</p>
<p>Sở Thông tin và Truyền thông tỉnh Đắk Nông vừa in 3.500 tờ gấp song ngữ Việt - Mạ giới thiệu chính sách giảm nghèo để phát cho bà con
huyện Đắk Glong.</p>
<p>Việc này nằm trong Dự án truyền thông và giảm nghèo về thông tin, Chương trình mục tiêu quốc gia giảm nghèo bền vững 2021-2025.</p>
<p>Tổ công tác của xã cũng đến từng nhà nghe bà con hỏi và trả lời về vay vốn, khám chữa bệnh; mỗi buổi có chừng 40 người dự.</p>
<p>Theo sở, kinh phí in và phát tờ gấp là 87,5 triệu đồng.</p></article>
<aside><h3>Tin liên quan</h3><ul><li><a href="/1">Cà Mau hỗ trợ 50 tỷ đồng sửa nhà</a></li><li><a href="/2">Lạng Sơn họp báo</a></li></ul></aside>
<footer>Địa chỉ: số 9 đường Hai Bà Trưng, quận Hải Châu, thành phố Đà Nẵng. Điện thoại: 0236 382 0000</footer></body></html>
"""

CREDIT = """Krông Bông cho vay thêm 23 tỷ đồng giúp hộ nghèo nuôi bò

Ngày 2/3/2021, Phòng giao dịch Ngân hàng Chính sách xã hội huyện Krông Bông, tỉnh Đắk Lắk cho biết dư nợ cho vay hộ nghèo đạt 23 tỷ \
đồng, bình quân 46 triệu đồng/hộ. Nhiều hộ mua bò giống, sửa chuồng trại và đã thoát nghèo.
"""

LISTING = (
    "<html><head><title>Tin tức</title></head><body><h1>Tin tức</h1><ul>"
    + "".join(
        f'<li><h3><a href="/tin-{n}.html">Xã số {n} mở lớp tập huấn cho cán bộ truyền thanh</a></h3><span>0{n}/03/2024</span>'
        f"<p>Lớp học thứ {n} có ba mươi học viên của các thôn, kéo dài hai ngày tại nhà văn hóa trung tâm...</p></li>"
        for n in range(1, 10)
    )
    + "</ul><a href='?page=2'>Trang sau</a></body></html>"
)

KEYS = ["file", "outcome", "id", "title", "published", "author", "relevance", "programmes", "activities", "localities", "budgets"]


def write(folder: Path, **texts: str | bytes) -> dict[str, Path]:
    files = {}
    for name, content in texts.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        files[name] = path
    return files


def places(row: dict[str, Any], role: str = "about") -> dict[str, tuple[str, str | None]]:
    return {place["name_then"]: (place["level"], place["province_now"]) for place in row["localities"] if place["role"] == role}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("texts")
    make_home(folder / "home")
    files = write(folder, news_txt=NEWS, plan_txt=PLAN, press_html=PRESS, credit_txt=CREDIT)
    command = [sys.executable, "-m", "cli.main", "--home", folder / "home", "import", *files.values(), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ran = Ran(done.returncode, done.stdout, done.stderr)
    assert [row["file"] for row in ran.rows] == [str(path) for path in files.values()], "one object a file, in their order"
    return dict(zip(files, ran.rows, strict=True))


def test_the_facts_of_texts_of_our_own(rows: dict[str, dict[str, Any]]) -> None:
    for row in rows.values():
        assert list(row)[: len(KEYS)] == KEYS
        assert row["outcome"] == "indexed"

    news = rows["news_txt"]
    assert news["title"] == "Lai Vung trang bị 14 cụm loa thông minh cho các xã còn khó khăn"
    assert news["author"] == "Bùi Thanh Trúc"
    assert news["relevance"] == "communication"
    assert news["programmes"] == ["gnbv-2021-2025"]
    assert {(a["code"], a["modality"]) for a in news["activities"]} >= {
        ("radio_facility", "done"),
        ("training", "done"),
        ("event", "planned"),
    }
    assert places(news)["huyện Lai Vung"] == ("district", "tỉnh Đồng Tháp")
    assert places(news)["tỉnh Đồng Tháp"] == ("province", "tỉnh Đồng Tháp")
    (sum_,) = news["budgets"]
    assert (sum_["vnd"], sum_["qualifier"], sum_["kind"], sum_["role"]) == (612_000_000, "under", "budget", "allocated")
    assert (sum_["scope"], sum_["component"]) == ("sub_project", "6.1")
    assert "612 triệu đồng" in sum_["evidence"][0]
    assert {k: news["quantities"][-1][k] for k in ("kind", "value")} == {"kind": "people", "value": 48.0}

    plan = rows["plan_txt"]
    assert plan["published"] == "2024-05-06"
    assert {(b["vnd"], b["role"], b["component"]) for b in plan["budgets"]} == {
        (245_600_000, "total", "6"),
        (150_000_000, "component", "6.1"),
        (95_600_000, "component", "6.2"),
    }
    total = next(b for b in plan["budgets"] if b["role"] == "total")
    assert (total["in_words"], total["parts_agree"]) == (True, True)
    assert places(plan)["huyện Bác Ái"] == ("district", "tỉnh Khánh Hòa")
    assert {a["modality"] for a in plan["activities"] if a["code"] == "training"} == {"planned"}

    press = rows["press_html"]
    assert (press["published"], press["author"]) == ("2022-11-03", "Hoàng Thị Nga")
    assert set(places(press)) == {"tỉnh Đắk Nông", "huyện Đăk Glong"}, "as the register spells it; neither teasers nor foot"
    assert next(p["name_now"] for p in press["localities"] if p["name_then"] == "tỉnh Đắk Nông") == "tỉnh Lâm Đồng"
    assert [b["vnd"] for b in press["budgets"]] == [87_500_000]
    assert "publication" in {a["code"] for a in press["activities"]}

    credit = rows["credit_txt"]
    assert credit["relevance"] == "poverty_other"
    assert credit["activities"] == []
    assert {b["kind"] for b in credit["budgets"]} == {"loan"}


def test_every_evidence_is_quoted_from_the_file(rows: dict[str, dict[str, Any]]) -> None:
    source = {"news_txt": NEWS, "plan_txt": PLAN, "credit_txt": CREDIT}
    for name, text in source.items():
        flat = " ".join(text.split())
        tags = [*rows[name]["activities"], *rows[name]["localities"], *rows[name]["budgets"]]
        assert tags
        for tag in tags:
            assert tag["evidence"]
            for quote in tag["evidence"]:
                assert " ".join(quote.split()) in flat


def test_importing_again_changes_nothing(loa: Loa, tmp_path: Path) -> None:
    files = write(tmp_path, news_txt=NEWS)
    first = loa("import", files["news_txt"], "--json")
    second = loa("import", files["news_txt"], files["news_txt"], "--json")
    assert second.rows == first.rows * 2
    (status,) = loa("status", "--json").rows
    assert (status["documents"], status["pages"], status["unindexed"]) == (1, 1, 0)
    assert loa("doctor").code == 0


def test_imported_documents_are_found(loa: Loa, tmp_path: Path) -> None:
    files = write(tmp_path, news_txt=NEWS, credit_txt=CREDIT)
    loa("import", *files.values())
    (hit,) = loa("search", "cum loa thong minh", "--json").rows
    assert hit["title"].startswith("Lai Vung")
    (context, *_) = loa("search", '"hội thi tìm hiểu"', "--kwic", "--json").rows
    assert context["match"] == "hội thi tìm hiểu"


def test_bad_files_are_named_and_the_others_taken(loa: Loa, tmp_path: Path) -> None:
    huge = tmp_path / "huge.html"
    with huge.open("wb") as stream:
        stream.truncate(200_000_000)
    locked = tmp_path / "locked.txt"
    locked.write_text(NEWS, "utf-8")
    bad = {
        tmp_path / "missing.txt": "does not exist",
        write(tmp_path, empty_txt="")["empty_txt"]: "empty",
        write(tmp_path, picture_html=b"\x89PNG\r\n\x1a\n" + os.urandom(4000))["picture_html"]: "binary",
        write(tmp_path, secret_pdf=ENCRYPTED_PDF)["secret_pdf"]: "",
        huge: "200 MB",
        tmp_path: "directory",
    }
    good = write(tmp_path, good_txt=NEWS)["good_txt"]
    ran = loa("import", *bad, good, "--json")
    assert ran.code == 1
    assert len(ran.rows) == len(bad) + 1
    for (path, says), row in zip(bad.items(), ran.rows, strict=False):
        assert row["outcome"] == "failed/UnreadableFile", row
        assert (row["id"], row["localities"]) == (None, [])
        assert str(path) in row["error"]
        assert says in row["error"]
        assert str(path) in ran.err
    assert ran.rows[-1]["outcome"] == "indexed"


def test_a_file_name_that_is_no_utf8_is_taken(loa: Loa, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/t\xeen.txt"
    Path(os.fsdecode(path)).write_bytes(CREDIT.encode())
    ran = loa("import", os.fsdecode(path), "--json")
    assert ran.code == 0, ran.err
    assert ran.rows[0]["title"].startswith("Krông Bông")


@pytest.mark.parametrize("name", ["p01.html", "trang-2.html", "search/rss.html"])
def test_the_name_of_a_file_says_nothing_about_the_page(loa: Loa, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(PRESS, "utf-8")
    (row,) = loa("import", path, "--json").rows
    assert row["outcome"] == "indexed", row


def test_files_of_the_same_name_are_documents_of_their_own(loa: Loa, tmp_path: Path) -> None:
    paths = [tmp_path / folder / "tin-12345.html" for folder in "ab"]
    for path, place in zip(paths, ("Đắk Nông", "Kon Tum"), strict=True):
        path.parent.mkdir()
        path.write_text(PRESS.replace("Đắk Nông", place), "utf-8")
    first, second = loa("import", *paths, "--json").rows
    assert first["id"] != second["id"]
    assert (first["title"][:8], second["title"][:7]) == ("Đắk Nông", "Kon Tum")


def test_a_listing_is_rejected_with_its_reason(loa: Loa, tmp_path: Path) -> None:
    files = write(tmp_path, list_html=LISTING)
    ran = loa("import", files["list_html"], "--json")
    assert ran.code == 0, "a page that is not wanted is no failure"
    (row,) = ran.rows
    assert row["outcome"] == "rejected/not_article"
    assert row["title"] is None
    (status,) = loa("status", "--json").rows
    assert status["documents"] == 0


ENCRYPTED_PDF = b"""%%PDF-1.4
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>
endobj
4 0 obj
<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>
endobj
trailer
<< /Root 1 0 R /Encrypt 4 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] >>
%%%%EOF
""" % (b"5a" * 32, b"a5" * 32)
"""The head of a file that asks for a password which nobody knows."""
