"""From a page to a document: each field, over structures that real systems have."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import to_json
from corpus.errors import Rejected
from corpus.text import normalize
from pipelines.extract import extract
from pipelines.extraction.byline import read_byline
from pipelines.extraction.title import strip_site
from tests.pipelines.pages import FIXTURES, HOSTILE, PARAGRAPHS, article, raw


def test_a_plain_article_gives_every_field() -> None:
    page = raw(article(body="".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "<p><b>Giàng Seo Phử</b></p>"))

    document = extract(page)

    assert document.title == "Lớp học vận hành loa truyền thanh ở xã Tả Van"
    assert document.text == "\n\n".join(PARAGRAPHS)
    assert document.author == "Giàng Seo Phử"
    assert (document.published, document.published_from) == (date(2025, 1, 6), "visible")
    assert document.published_at == datetime(2025, 1, 6, 1, 15, tzinfo=UTC)
    assert document.provenance.site_id == "778899"
    assert document.provenance.canonical_url == "https://baohuyen.example.vn/tin/lop-hoc-truyen-thanh-778899.html"
    assert (document.kind, document.language, document.modified, document.flags) == ("news", "vi", None, ())
    assert extract(page) == document


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*_article.html")), ids=lambda path: path.stem)
def test_text_is_in_normal_form_and_parted_by_empty_lines(path: object) -> None:
    page = raw(path.read_bytes(), url=f"https://baohuyen.example.vn/{path.stem}.html")  # type: ignore[attr-defined]
    if "english" in str(path):
        with pytest.raises(Rejected):
            extract(page)
        return
    document = extract(page)

    assert document.text == normalize(document.text)
    assert all(part and part == part.strip() and "\n" not in part for part in document.text.split("\n\n"))
    assert to_json(document)


BYLINES = [
    ("Bàn Thị Mai", ("Bàn Thị Mai",)),
    ("Theo Thanh Mai (TTXVN)", ("Thanh Mai",)),
    ("Thanh Mai - Văn Khánh", ("Thanh Mai", "Văn Khánh")),
    ("Thanh Mai, Văn Khánh", ("Thanh Mai", "Văn Khánh")),
    ("Tin, ảnh: Thanh Mai", ("Thanh Mai",)),
    ("Bài và ảnh: THANH MAI", ("Thanh Mai",)),
    ("Thanh Mai (tổng hợp)", ("Thanh Mai",)),
    ("Theo Thanh Mai/Vietnam+", ("Thanh Mai",)),
    ("Tác giả: K. Mai", ("K. Mai",)),
    ("T Thanh Mai", ("Thanh Mai",)),
    ("PV Thanh Mai", ("Thanh Mai",)),
    ("Hoàng Thu Trang", ("Hoàng Thu Trang",)),
    ("Đoàn Văn Đài", ("Đoàn Văn Đài",)),
    ("Trường Giang", ("Trường Giang",)),
    ("H’Mai Niê", ("H’Mai Niê",)),
    ("Theo Lao Động", ()),
    ("Đài Tiếng Nói", ()),
    ("Trung Tâm Văn Hóa", ()),
    ("Thanh Mai; Ảnh: Văn Khánh", ("Thanh Mai",)),
    ("Theo TTXVN", ()),
    ("Nguồn: Báo Miền Ngược", ()),
    ("(Thanh Mai)", ()),
    ("Phóng viên", ()),
    ("Báo Huyện", ()),
    ("admin", ()),
    ("bao-huyen.vn", ()),
    ("Năm 2023", ()),
    ("HTX SHS", ()),
    ("Papan", ()),
    ("Lò Thị Sen – Văn phòng HĐND và UBND huyện", ("Lò Thị Sen",)),
    ("Tác giả: Ban Văn hóa xã", ("Ban Văn hóa xã",)),
    ("Lò Văn Phải – Phó Hiệu trưởng Trường THPT Mường Ải", ("Lò Văn Phải",)),
    ("Tác giả: Mùa A Sử | Nguồn: Báo tỉnh", ("Mùa A Sử",)),
    ("Nội dung: MÙA A SỬ, THANH MAI", ("Mùa A Sử", "Thanh Mai")),
    ("Trình bày: Thanh Mai", ()),
    ("Ông Mùa A Páo", ()),
    ("Người đưa tin: Mùa A Sử", ("Mùa A Sử",)),
    ("Thanh Mai, Trường Giang", ("Thanh Mai", "Trường Giang")),
    ("CÁC TIN BÀI KHÁC (12)", ()),
    ("Người dân bản mới vui đón chữ.", ()),
    ("", ()),
]


@pytest.mark.parametrize(("line", "names"), BYLINES)
def test_bylines(line: str, names: tuple[str, ...]) -> None:
    assert read_byline(line, sites=["Báo Huyện"]) == names


def test_a_body_signs_only_alone_under_the_text() -> None:
    assert read_byline("Trung tâm Văn hóa và Truyền thông", lone=True) == ("Trung tâm Văn hóa và Truyền thông",)
    assert read_byline("Trung tâm Văn hóa và Truyền thông") == ()
    assert read_byline("(Trung tâm Văn hóa và Truyền thông)", lone=True) == ()
    assert read_byline("(Lý Lan Anh)", lone=True) == ("Lý Lan Anh",)
    assert read_byline("Papan", lone=True, signed=True) == ("Papan",)
    assert read_byline("Trung tâm Văn hóa và Truyền thông", lone=True, sites=["Trung tâm Văn hóa và Truyền thông"]) == ()


TAIL = "<p>Dịp này, huyện trao hai mươi bộ loa cho các thôn ở xa trung tâm xã.</p>"


@pytest.mark.parametrize(
    ("under_title", "after_text", "author"),
    [
        ("<a class='author'>Lý Thị Xuân</a> <span>06/01/2025</span>", "", "Lý Thị Xuân"),
        ("<p>Lý Thị Xuân - 06/01/2025 08:15</p>", "", "Lý Thị Xuân"),
        ("<a href='/tac-gia/xuan-3.html'>Lý Thị Xuân</a>", "", "Lý Thị Xuân"),
        ("<span class='author'>Báo Huyện</span>", "<p>Lý Thị Xuân</p>", "Lý Thị Xuân"),
        ("", "<p>Ảnh: Lý Thị Xuân</p>", None),
        ("", "<p>Nguồn: TTXVN</p>", None),
        ("<span class='author'>Báo Huyện</span>", "", None),
        ("<p class='author'>Lý Thị Xuân</p>", "<table><tr><td>Tả Van</td><td>Tăng</td></tr></table>" + TAIL, "Lý Thị Xuân"),
        ("", "<p><strong>Giữ Vườn Chè</strong></p>" + TAIL, None),
        ("", "<p style='text-align: right'><b>Lý Thị Xuân</b></p>" + TAIL, "Lý Thị Xuân"),
        ("", "<p align=right><b>Papan</b></p>", "Papan"),
        ("", "<p class='text-right'>(Lý Thị Xuân)</p>", "Lý Thị Xuân"),
        ("<span class='hidden' itemprop='author'>Lý Văn Quản</span>", "", None),
    ],
)
def test_author_places(under_title: str, after_text: str, author: str | None) -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + after_text
    page = article(
        head="<meta property='og:site_name' content='Báo Huyện'><meta name='author' content='Báo Huyện'>",
        under_title=under_title,
        body=body,
    )

    assert extract(raw(page)).author == author


@pytest.mark.parametrize(
    ("below", "author"),
    [
        ("<p class='text-right'><b>Trung tâm Văn hóa và Truyền thông</b></p>", "Trung tâm Văn hóa và Truyền thông"),
        ("<p><strong>Tác giả: </strong>Ban Văn hóa xã</p>", "Ban Văn hóa xã"),
        ("<div class='more-news'><p>Lý Minh Hương | 05/01/2025 10:00</p></div>", None),
        ("<h4>CÁC TIN BÀI KHÁC</h4><p>Lý Minh Hương</p>", None),
    ],
)
def test_author_below_the_text(below: str, author: str | None) -> None:
    page = article().replace("</div></div></body>", f"</div>{below}</div></body>")

    assert extract(raw(page)).author == author


DATES = [
    ("", "<span>06/01/2025 08:15</span>", "2025-01-06", "visible"),
    ("<meta property='article:published_time' content='2025-01-06T08:15:00+00:00'>", "<span>06/01/2025 08:15</span>", "2025-01-06", "visible"),
    ("<meta property='article:published_time' content='2025-01-05T20:00:00Z'>", "", "2025-01-06", "meta"),
    ("<meta itemprop='datePublished' content='2025-01-06'>", "", "2025-01-06", "meta"),
    ("<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"datePublished\":\"2025-01-06T08:00:00+07:00\"}</script>", "", "2025-01-06", "json-ld"),
    ("<script type='application/ld+json'>{broken</script>", "<time datetime='2025-01-06T08:00:00+07:00'>hôm qua</time>", "2025-01-06", "time-element"),
    ("<meta name='pubdate' content='2024-12-30T08:00:00+07:00'>", "<span>Cập nhật: 06/01/2025</span>", "2024-12-30", "meta"),
    ("", "<span>Cập nhật: 06/01/2025 08:15</span>", "2025-01-06", "visible"),
    ("", "<abbr class='published' title='2025-01-06T08:00:00+07:00'>hôm kia</abbr>", "2025-01-06", "time-element"),
    ("<meta name='pubdate' content='2031-01-01T08:00:00+07:00'>", "<span>06/01/2025</span>", "2025-01-06", "visible"),
    (
        "<meta name='pubdate' content='2024-11-24T08:00:00+07:00'><script type='application/ld+json'>"
        "{\"@type\":\"NewsArticle\",\"datePublished\":\"2024-11-24T08:00:00+07:00\"}</script>",
        "<span>Ngày 23 tháng 08 năm 2019</span>",
        "2024-11-24",
        "json-ld",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("head", "under_title", "day", "method"), DATES)
def test_date_is_chosen_among_candidates(head: str, under_title: str, day: str, method: str) -> None:
    document = extract(raw(article(head=head, under_title=under_title)))

    assert document.published is not None
    assert (document.published.isoformat(), document.published_from) == (day, method)
    assert any(candidate.value == document.published for candidate in document.date_candidates)


def test_buttons_may_stand_between_headline_and_date() -> None:
    buttons = "".join(f"<li><label>{word}</label></li>" for word in ("Tuyệt vời", "Tốt", "Trung bình", "Kém", "Rất kém"))
    page = (
        article(under_title="")
        .replace("<h1>", "<div class='noi-dung'><h1>")
        .replace("<div class='noi-dung'><p>", f"<ul>{buttons}</ul><div>06/01/2025 - Lượt xem: 169</div><p>")
    )

    assert extract(raw(page)).published == date(2025, 1, 6)


def test_no_date_is_none_and_the_foot_is_not_asked() -> None:
    page = article(under_title="", after="<div class='chan-trang'>Giấy phép số 12 ngày 01/02/2010. © 2010-2024 Báo Huyện</div>")

    document = extract(raw(page, url="https://baohuyen.example.vn/bai-viet"))

    assert (document.published, document.published_at, document.published_from) == (None, None, None)


def test_a_doubtful_date_is_flagged() -> None:
    document = extract(raw(article(under_title=""), url="https://baohuyen.example.vn/2024/11/05/bai-viet"))

    assert (document.published, document.published_from) == (date(2024, 11, 5), "url")
    assert "doubtful_date" in document.flags


def test_the_clock_above_does_not_win() -> None:
    clock = "<div class='head'><span>Chủ nhật, 12/01/2025 10:00</span></div>" + "<div class='menu'><a href='#'>Mục</a></div>" * 8
    page = article().replace("<body>", f"<body>{clock}")

    assert extract(raw(page)).published == date(2025, 1, 6)


@pytest.mark.parametrize(
    ("title", "others", "expected"),
    [
        ("Xã A có đài mới | Báo Huyện", ["Xã A có đài mới"], "Xã A có đài mới"),
        ("Xã A có đài mới - Tin trong huyện - Cổng thông tin điện tử huyện B", [], "Xã A có đài mới - Tin trong huyện"),
        ("Lễ hội Roóng Poọc - nét đẹp của người Giáy", [], "Lễ hội Roóng Poọc - nét đẹp của người Giáy"),
        ("Giảm nghèo: Chuyện ở Mường Lát | Xã hội | BaoHuyen.vn", [], "Giảm nghèo: Chuyện ở Mường Lát"),
    ],
)
def test_site_names_leave_the_title(title: str, others: list[str], expected: str) -> None:
    assert strip_site(title, others, []) == expected


LEAKS = [
    "<div class='tin-lien-quan'><p>Một bản tin khác về tỉnh bạn được đặt vào giữa bài để mời người đọc bấm xem.</p></div>",
    "<p><a href='/khac.html'>&gt;&gt; Một tin khác của chuyên mục được dẫn lại ở cuối bài viết</a></p>",
    "<div class='box'><a href='/khac.html'>Một tin khác của chuyên mục được dẫn lại</a><p>Đoạn mở đầu của tin khác đó, dài hơn một dòng.</p></div>",
    "<p>Lượt xem: 1.204</p>",
    "<p>Tags: loa, truyền thanh</p>",
    "<h3>Tin liên quan</h3><p>Một bản tin khác về tỉnh bạn được đặt dưới bài viết này.</p>",
    "<div class='share'><span>Chia sẻ lên mạng xã hội</span></div>",
    "<p>Click để đánh giá bài viết</p>",
    "<p>Đăng ngày: 06/01/2025 08:15 - Lượt xem: 532 - Bản in</p>",
    "<p>Link bài gốc</p><p>https://bao-ban.example.vn/tin/lop-hoc-truyen-thanh.html</p>",
    "<p>* Mời bạn đọc vào chuyên mục Văn hóa xem các tin, bài khác.</p>",
    "<p>Chưa có đánh giá nào</p>",
    "<p>&gt;&gt;&gt; Xem thêm: <a href='/k.html'>Một tin khác của chuyên mục</a></p><p>#vungcao #truyenthanh</p>",
    "<table><tr><td><b>Tin liên quan</b><ul><li><a href='/k.html'>Một tin khác của chuyên mục được dẫn lại</a></li></ul></td></tr></table>",
    "<div>00:00 / 03:21</div><div>1x</div><div>Giọng nữ miền Bắc</div><div>Đăng nhập để bình luận</div>",
    "<p>Xem với cỡ chữ: A- A A+</p><p>Tương phản: Giảm Tăng</p>",
    "<p>Theo dòng sự kiện:</p><ul><li><a href='/khac.html'>Một tin khác của chuyên mục được dẫn lại</a></li></ul>",
    "<div style='display:none'>Chữ ẩn dành cho máy tìm kiếm không ai đọc.</div>",
    f"<p>{PARAGRAPHS[1]}</p>",
]


@pytest.mark.parametrize("piece", LEAKS)
def test_what_is_not_the_article_stays_out(piece: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + piece

    assert extract(raw(article(body=body))).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "body",
    [
        "<br><br>".join(PARAGRAPHS),
        "".join(f"<p></p>{text}" for text in PARAGRAPHS),
        "".join(f"<div><span>{text}</span></div>" for text in PARAGRAPHS),
        "<table><tr><td>" + "</td></tr><tr><td>".join(PARAGRAPHS) + "</td></tr></table>",
        "<ul><li>" + "</li><li>".join(PARAGRAPHS) + "</li></ul>",
        "".join(f"<p>{text.replace(' ', '&nbsp;')}</p>" for text in PARAGRAPHS),
        "".join(f"<p>{text.replace(' ', chr(10))}</p>" for text in PARAGRAPHS),
        "<p>" + "</p><div class='tin-lien-quan'><a href='#'>Tin khác của chuyên mục xã hội</a></div><p>".join(PARAGRAPHS) + "</p>",
    ],
)
def test_paragraphs_in_any_markup(body: str) -> None:
    assert extract(raw(article(body=body))).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("head_title", "above"),
    [
        ("Cổng thông tin điện tử huyện Sa Pa", "<div class='lb'>{title}</div><div>06/01/2025 08:15 | Lượt xem: 15 | In bài viết</div>"),
        ("Chi tiết tin", "<div class='lb'>{title}</div><div>06/01/2025 08:15</div>"),
        ("", "<div>Ngày đăng: 06/01/2025</div><b>{title}</b>"),
        (
            "Trang thông tin điện tử",
            "<h1><a href='/'>Trang thông tin điện tử</a></h1><p>Hôm nay, 12/01/2025</p><h4>{title}</h4><p>06/01/2025</p>",
        ),
    ],
)
def test_a_headline_that_only_its_place_tells(head_title: str, above: str) -> None:
    title = "Lớp học vận hành loa truyền thanh ở xã Tả Van"
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    page = f"<html><head><title>{head_title}</title></head><body>{above.format(title=title)}<div id='nd'>{body}</div></body></html>"

    document = extract(raw(page))

    assert (document.title, document.published) == (title, date(2025, 1, 6))
    assert document.text == "\n\n".join(PARAGRAPHS)


def test_a_counter_in_the_headlines_element_is_no_title() -> None:
    title = "Lớp học vận hành loa truyền thanh ở xã Tả Van"
    page = article(title=title).replace("</h1>", " <small>(Lượt xem: 12)</small></h1>")

    assert extract(raw(page)).title == title


def test_dates_of_stories_above_and_of_credits_below() -> None:
    above = "<div class='left'><a href='/1.html'>Phiên chợ vùng cao mở lại sau ba năm</a> <span>(05/01/2025)</span></div>"
    credit = "<p>Ngày xuất bản: 06/01/2025</p><p>Nội dung: MÙA A SỬ</p><p>Trình bày: THANH MAI</p>"
    page = article(under_title="", body="".join(f"<p>{text}</p>" for text in PARAGRAPHS) + credit).replace("<h1>", above + "<h1>")

    document = extract(raw(page))

    assert (document.published, document.author) == (date(2025, 1, 6), "Mùa A Sử")


def test_a_heading_that_begins_like_a_portal_is_a_headline() -> None:
    title = "Cổng thông tin huyện có giao diện mới"

    assert extract(raw(article(title=title))).title == title


def test_the_standfirst_outside_the_container_comes_first() -> None:
    lead = "Nhờ lớp học ngắn ngày, mười hai thôn của xã nay có thể tự phát bản tin riêng."
    page = article(under_title=f"<span>06/01/2025 08:15</span><h2 class='sapo'>{lead}</h2>")

    assert extract(raw(page)).text.startswith(lead + "\n\n")


def test_attachments_are_linked_with_their_type() -> None:
    links = (
        "<p><a href='/f/ke-hoach.pdf'>Kế hoạch</a> <a href='https://khac.example.vn/b.docx?x=1'>Biểu mẫu</a> <a href='/f/ke-hoach.pdf'>lần nữa</a>"
        " <a href='javascript:void(0)//x.pdf'>không</a> <a href='/trang.html'>trang</a></p>"
    )
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + links

    found = extract(raw(article(body=body))).attachments

    assert [(item.url, item.title) for item in found] == [
        ("https://baohuyen.example.vn/f/ke-hoach.pdf", "Kế hoạch"),
        ("https://khac.example.vn/b.docx?x=1", "Biểu mẫu"),
    ]
    assert found[0].media_type == "application/pdf"


def test_the_portals_selectors_come_first() -> None:
    page = article(
        after="<div id='x'><b id='t'>Tiêu đề do cổng chọn</b><i id='d'>02/01/2025</i><div id='b'>" + PARAGRAPHS[0] + "</div></div>"
    )
    portal = SimpleNamespace(selectors={"title": "#t", "body": "#b", "date": "#d"}, name="Báo Huyện", id_pattern=None)

    document = extract(raw(page), portal)  # type: ignore[arg-type]

    assert (document.title, document.text, document.published) == ("Tiêu đề do cổng chọn", PARAGRAPHS[0], date(2025, 1, 2))


def test_the_portals_author_and_what_it_takes_out() -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "<p class='q'>Câu này do cổng tự thêm vào cuối mỗi bài viết của mình.</p>"
    page = article(body=body, under_title="<i id='a'>Vừ Thị Dợ</i>")
    portal = SimpleNamespace(selectors={"author": "#a", "remove": ".q, .w"}, id_pattern=None)

    document = extract(raw(page), portal)  # type: ignore[arg-type]

    assert (document.author, document.text) == ("Vừ Thị Dợ", "\n\n".join(PARAGRAPHS))


@pytest.mark.parametrize("selectors", [{"body": "#nowhere"}, {"body": ":::"}, {}, None])
def test_a_selector_that_finds_nothing_is_passed_over(selectors: dict[str, str] | None) -> None:
    document = extract(raw(article()), SimpleNamespace(selectors=selectors))  # type: ignore[arg-type]

    assert document.text == "\n\n".join(PARAGRAPHS)


def test_nfd_and_nfc_pages_give_one_text() -> None:
    import unicodedata

    page = article()

    assert extract(raw(unicodedata.normalize("NFD", page))).text == extract(raw(page)).text


def test_the_canonical_link_of_another_article_is_not_believed() -> None:
    page = article(head="<link rel='canonical' href='https://baohuyen.example.vn/tin/bai-khac-112233.html'>")

    assert extract(raw(page)).provenance.site_id == "778899"


TAGS = st.sampled_from(
    ["<p>", "</p>", "<div class='content-detail'>", "<div class='related'>", "</div>", "<a href='/x.pdf'>", "</a>", "<table><tr><td>", "<br>",
     "<h1>", "</h1>", "<time datetime='2024-13-45'>", "<article>", "<!-- ", " -->", "<script>", "<form>", "<b", ">", "&nbsp;", "<ul><li>"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(TAGS | st.sampled_from(PARAGRAPHS) | st.text(max_size=30), max_size=60).map("".join))
def test_any_markup_is_read_or_refused(body: str) -> None:
    for page in (body, article(body=body)):
        try:
            document = extract(raw(page))
        except Rejected:
            continue
        assert document.text == normalize(document.text).strip()
        assert document.title


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(Rejected):
        extract(raw(body, content_type="text/html"))


@pytest.mark.timeout(120)  # some seconds on an idle core for the worst
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_pages_end_in_time(name: str) -> None:
    with contextlib.suppress(Rejected):
        extract(raw(article(body=HOSTILE[name] + "".join(f"<p>{text}</p>" for text in PARAGRAPHS))))
