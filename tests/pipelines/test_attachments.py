"""Files of an article: read by what they are, indexed, and linked with their article both ways."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from corpus.document import RawPage
from corpus.errors import Rejected
from corpus.store import FoundUrl, Store, open_store
from corpus.urls import canonical_url
from demo.pdf import make_pdf
from pipelines.archive import Archive
from pipelines.batch import pending, process_pages
from pipelines.extract import extract
from pipelines.process import ProcessorParts
from tests.pipelines.pages import NOW, PARAGRAPHS, article
from tests.pipelines.test_legacy import to_tcvn3

SITE = "https://xa.example.gov.vn"
ARTICLE = f"{SITE}/tin/xa-cong-bo-ke-hoach-truyen-thong-4417.html"
LINES = ("ỦY BAN NHÂN DÂN XÃ TẢ VAN", "KẾ HOẠCH", "Truyền thông về giảm nghèo năm 2025", *PARAGRAPHS)


def as_docx() -> bytes:
    made = docx.Document()
    for line in LINES:
        made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def as_html(lines: tuple[str, ...] = LINES) -> bytes:
    paragraphs = "".join(f"<p class=MsoNormal><b><span style='font-size:14.0pt'>{line}<o:p></o:p></span></b></p>" for line in lines)
    return (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><meta http-equiv=Content-Type content='text/html; charset=utf-8'>"
        f"<style>p.MsoNormal {{margin:0}}</style></head><body lang=VI><div class=WordSection1>{paragraphs}</div></body></html>"
    ).encode()


FILES = {
    "ke-hoach.pdf": (make_pdf("KẾ HOẠCH Truyền thông về giảm nghèo năm 2025", PARAGRAPHS), "application/pdf", "application/pdf"),
    "ke-hoach-2.pdf": (make_pdf("KẾ HOẠCH Truyền thông về giảm nghèo", PARAGRAPHS), "application/octet-stream", "application/pdf"),
    "ke-hoach.docx": (
        as_docx(),
        "application/octet-stream",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "ke-hoach.doc": (as_html(), "application/msword", "application/msword"),
    "ke-hoach-cu.doc": (b"\xef\xbb\xbf" + as_html(), "application/octet-stream", "application/msword"),
}


def fetched(url: str, body: bytes, kind: str) -> RawPage:
    return RawPage(portal="xa", requested_url=url, final_url=url, status=200, headers=(("content-type", kind),), body=body, fetched_at=NOW)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An article with its files as a crawl leaves them, processed."""
    folder = tmp_path_factory.mktemp("files")
    links = "".join(f"<p><a href='/tep/{name}'>Tải tệp {name}</a></p>" for name in FILES)
    page = article(title="Xã công bố kế hoạch truyền thông năm 2025", body="".join(f"<p>{text}</p>" for text in PARAGRAPHS) + links)
    with open_store(folder / "loa.db") as store, Archive(folder / "archive") as archive, ThreadPoolExecutor(1) as executor:
        run = store.begin_run("crawl", NOW)
        found = [FoundUrl(url=ARTICLE, canonical_url=canonical_url(ARTICLE), kind="article")]
        for name in FILES:
            url = f"{SITE}/tep/{name}"
            found.append(FoundUrl(url=url, canonical_url=canonical_url(url), kind="attachment", found_on=ARTICLE))
        store.enqueue("xa", found, NOW)
        pages = [fetched(ARTICLE, page.encode(), "text/html")]
        pages += [fetched(f"{SITE}/tep/{name}", body, kind) for name, (body, kind, _) in FILES.items()]
        for one in pages:
            store.save_page(replace(one, record=archive.write(one)), run=run, now=NOW)
        report = process_pages(
            store, pending(store), archive=folder / "archive", parts=ProcessorParts(label="files"), executor=executor, now=NOW
        )
        assert report.outcomes == {"indexed": 1 + len(FILES)}, report.failures
        yield store


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_is_read_by_what_it_is(store: Store, name: str) -> None:
    document = store.find_by_url(canonical_url(f"{SITE}/tep/{name}"))
    assert document is not None
    assert document.provenance.media_type == FILES[name][2]
    assert all(part in document.text.replace("\n", " ") for part in (PARAGRAPHS[0][:60], PARAGRAPHS[2][-40:]))


def test_article_and_files_name_each_other(store: Store) -> None:
    document = store.find_by_url(canonical_url(ARTICLE))
    assert document is not None
    assert [attachment.url for attachment in document.attachments] == [f"{SITE}/tep/{name}" for name in FILES]
    files = store.files_of(document)
    assert set(files) == {f"{SITE}/tep/{name}" for name in FILES}
    for key in files.values():
        file = store.get_document(key)
        assert file is not None
        found = store.article_of(file)
        assert found is not None
        assert found.id == document.id
    assert store.article_of(document) is None
    assert store.files_of(replace(document, attachments=())) == {}


def test_a_word_page_in_an_old_encoding_is_converted() -> None:
    body = (
        as_html(tuple(to_tcvn3(line) for line in ("Bản tin của xã vùng cao", *PARAGRAPHS)))
        .decode()
        .encode("latin-1")
        .replace(b"charset=utf-8", b"charset=x")
    )
    document = extract(fetched(f"{SITE}/tep/cu.doc", body, "application/msword"))
    assert "cụm loa mới lắp" in document.text
    assert document.flags == ("converted:tcvn3",)


def test_old_word_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="application/msword"):
        extract(fetched(f"{SITE}/tep/a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword"))
