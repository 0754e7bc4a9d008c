"""Signing in, deciding on tags, undo and reports, through the application with real store and index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cli.deciding import DecisionDesk
from cli.settings import Settings
from corpus.document import ActivityMention, Document, Span
from corpus.index import open_index
from corpus.index.names import Names
from corpus.portals import parse_portals
from corpus.store import Store, open_store
from search_api.app import create_app
from search_api.auth import COOKIE
from search_api.forms import local_path
from search_api.pages_account import TRIES
from search_api.pages_review import REPORTS
from search_api.passwords import hash_password
from tests.search_api.conftest import NAMES
from tests.search_samples import ALL, FETCHED

PASSWORD = "loa phường vang sáng sớm"
HASH = hash_password(PASSWORD)
HOSTILE = '"><script>alert(1)</script>'


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """The application as served, with its store and one browser."""

    def __init__(self, home: Path, documents: tuple[Document, ...]) -> None:
        settings = Settings(home=home)
        home.mkdir()
        self.clock = Clock()
        self.store: Store = open_store(settings.store_path)
        self.index = open_index(settings.index_url)
        for document in documents:
            self.store.put_document(document, FETCHED, tagged_by="rules 1")
            self.index.put(document)
        self.index.close()
        self.index = open_index(settings.index_url)
        for name, role in (("lan", "reviewer"), ("minh", "editor"), ("doc", "reader")):
            self.store.add_account(name, role, HASH, self.clock(), full_name=f"{name.title()} {HOSTILE}")
        desk = DecisionDesk(settings, self.store, self.index, self.clock)
        self.app = create_app(self.store, self.index, names=NAMES, people=self.store, desk=desk, clock=self.clock)
        self.browser = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)

    def sign_in(self, name: str = "lan", password: str = PASSWORD, **more: str) -> Any:
        return self.browser.post("/dang-nhap", data={"ten": name, "mat-khau": password, **more})

    def get(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def decide(self, decision: str, **changes: str) -> Any:
        """Posts the form of the page as it stands, with the button pressed and fields changed."""
        page = self.get("/duyet")
        form = page[page.index('<form class="verdict"') :]
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
            chosen = re.search(r'<option value="([^"]*)" selected', options)
            fields[name] = chosen[1] if chosen else ""
        return self.browser.post("/duyet", data={**fields, "quyet-dinh": decision, **changes})

    def token(self) -> str:
        found = re.search(r'name="ma-bieu-mau" value="([^"]+)"', self.get("/"))
        assert found
        return found[1]


def doubtful(document: Document, *, id: str, score: float = 0.5, code: str = "recognition") -> Document:
    mention = ActivityMention(code=code, evidence=(Span(0, 12),), score=score, method="activity-model 1")
    return replace(document, id=id, activities=(mention,), provenance=replace(document.provenance, requested_url=id, final_url=id))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    base = next(document for document in ALL if len(document.text) > 100)
    made = Desk(tmp_path / "home", tuple(doubtful(base, id=f"d{number}", score=0.5 + number / 20) for number in range(3)))
    yield made
    made.index.close()
    made.store.close()


def test_who_has_not_signed_in_is_sent_to_the_form_and_back(desk: Desk) -> None:
    answer = desk.browser.get("/duyet?loai=activity")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dang-nhap?tiep=%2Fduyet%3Floai%3Dactivity")
    form = desk.get(answer.headers["location"])
    assert 'value="/duyet?loai=activity"' in form
    assert "Trang bạn vừa chọn cần đăng nhập" in form
    answer = desk.sign_in(tiep="/duyet?loai=activity")
    assert (answer.status_code, answer.headers["location"]) == (303, "/duyet?loai=activity")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "<h1>Duyệt nhãn</h1>" in desk.get("/duyet")
    assert desk.browser.get("/duyet.json").json()["waiting"]["activity"] == 3


def test_programs_get_a_problem_instead_of_a_form(desk: Desk) -> None:
    answer = desk.browser.get("/duyet.json")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("name", ["lan", "nobody", HOSTILE, ""])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(desk: Desk, name: str) -> None:
    answer = desk.sign_in(name, "sai mật khẩu rồi")
    assert answer.status_code == 400
    assert "Tên hoặc mật khẩu chưa đúng" in answer.text
    assert COOKIE not in answer.cookies
    assert "<script>alert" not in answer.text


def test_guessing_is_slowed(desk: Desk) -> None:
    for _ in range(TRIES):
        assert desk.sign_in("lan", "sai").status_code == 400
    answer = desk.sign_in()
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    desk.clock.now += timedelta(minutes=16)
    assert desk.sign_in().status_code == 303


@pytest.mark.parametrize("role_page", ["/duyet", "/duyet/nhat-ky", "/duyet.json"])
def test_a_reader_may_not_review(desk: Desk, role_page: str) -> None:
    desk.sign_in("doc")
    assert desk.browser.get(role_page).status_code == 403
    assert "Duyệt nhãn" not in desk.get("/")


def test_signing_out_ends_the_session(desk: Desk) -> None:
    desk.sign_in()
    assert desk.browser.post("/dang-xuat", data={"x": "1"}).status_code == 303
    assert desk.browser.get("/duyet").status_code == 200, "without the form's token nobody is signed out"
    desk.browser.post("/dang-xuat", data={"ma-bieu-mau": desk.token()})
    assert desk.browser.get("/duyet").status_code == 303


def test_each_decision_brings_the_next_tag_and_counts_at_once(desk: Desk) -> None:
    desk.sign_in()
    assert desk.decide("accept").headers["location"] == "/duyet?vua=1"
    assert desk.decide("reject").status_code == 303
    assert desk.decide("correct", code="press", modality="planned").status_code == 303
    assert "Không còn nhãn nào chờ duyệt" in desk.get("/duyet?loai=activity")
    tags = {
        id: [(a.code, a.modality, a.method) for a in found.activities]
        for id in ("d0", "d1", "d2")
        if (found := desk.store.get_document(id))
    }
    assert tags == {"d0": [("recognition", "done", "review")], "d1": [], "d2": [("press", "planned", "review")]}
    found = desk.browser.get("/api/v1/search?hoat-dong=press&muc=tat-ca").json()
    assert [hit["id"] for hit in found["hits"]] == ["d2"]
    assert [r.reviewer for r in desk.store.reviews()] == ["lan"] * 3


def test_undo_puts_the_tag_back_into_the_queue(desk: Desk) -> None:
    desk.sign_in()
    before = desk.store.get_document("d0")
    desk.decide("reject")
    page = desk.get("/duyet?vua=1")
    assert "Đã ghi <strong>Sai</strong>" in page
    answer = desk.browser.post("/duyet/1/hoan-tac", data={"ma-bieu-mau": desk.token()})
    assert answer.headers["location"] == "/duyet?hoan-tac=1"
    assert "Đã hoàn tác quyết định <strong>Sai</strong>" in desk.get("/duyet?hoan-tac=1")
    assert desk.store.get_document("d0") == before
    assert desk.browser.get("/api/v1/count?hoat-dong=recognition&muc=tat-ca").json()["total"] == 3
    assert "Đã hoàn tác bởi lan" in desk.get("/duyet/nhat-ky")
    assert desk.browser.post("/duyet/1/hoan-tac", data={"ma-bieu-mau": desk.token()}).status_code == 403


def test_a_decision_of_long_ago_can_be_undone(desk: Desk) -> None:
    desk.sign_in()
    before = desk.store.get_document("d0")
    desk.decide("reject")
    (first,) = desk.store.reviews()
    desk.store.import_reviews(replace(first, document_id="d9", decided_at=first.decided_at + timedelta(seconds=n)) for n in range(1, 1100))
    assert [line.id for line in desk.store.decisions(limit=1)] == [1100]
    assert desk.browser.post("/duyet/1/hoan-tac", data={"ma-bieu-mau": desk.token()}).status_code == 303
    assert desk.store.get_document("d0") == before
    for number in ("0", "5000", "99999999999999999999"):
        assert desk.browser.post(f"/duyet/{number}/hoan-tac", data={"ma-bieu-mau": desk.token()}).status_code == 404


def test_only_an_editor_undoes_what_another_decided(desk: Desk) -> None:
    desk.sign_in("minh")
    desk.decide("reject")
    desk.sign_in("lan")
    assert desk.browser.post("/duyet/1/hoan-tac", data={"ma-bieu-mau": desk.token()}).status_code == 403
    desk.decide("reject")
    desk.sign_in("minh")
    assert (
        desk.browser.post("/duyet/2/hoan-tac", data={"ma-bieu-mau": desk.token(), "ve": "nhat-ky"}).headers["location"] == "/duyet/nhat-ky"
    )
    trail = desk.browser.get("/duyet/nhat-ky.json").json()["decisions"]
    assert [(line["reviewer"], line["undone_by"]) for line in trail] == [("lan", "minh"), ("minh", None)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quyet-dinh": "correct"}, "Chưa có gì được sửa"),
        ({"quyet-dinh": "correct", "code": "dancing"}, "xin chọn một mục trong danh sách"),
        ({"quyet-dinh": "maybe"}, "Chưa chọn Đúng, Sai hay Sửa"),
        ({"quyet-dinh": "accept", "ban": "0" * 64}, "Nhãn này đã đổi"),
        ({"quyet-dinh": "accept", "tin": "d9"}, "Nhãn này đã đổi"),
        ({"quyet-dinh": "accept", "nhan": HOSTILE}, "Nhãn này đã đổi"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_kept(desk: Desk, changes: dict[str, str], words: str) -> None:
    desk.sign_in()
    answer = desk.decide("", **changes)
    assert answer.status_code == 400
    assert words in answer.text
    assert desk.store.reviews() == []


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {"origin": "null"}],
)
def test_a_form_of_another_site_is_refused(desk: Desk, headers: dict[str, str]) -> None:
    desk.sign_in()
    token = desk.token()
    for path in ("/duyet", "/dang-nhap", "/dang-xuat", "/duyet/1/hoan-tac", "/tin/d0/bao-sai"):
        assert desk.browser.post(path, data={"ma-bieu-mau": token}, headers=headers).status_code == 403


def test_a_decision_needs_the_token_of_its_session(desk: Desk) -> None:
    desk.sign_in()
    for token in ("", "x", HOSTILE):
        assert desk.decide("accept", **{"ma-bieu-mau": token}).status_code == 403
    assert desk.store.reviews() == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"\xff=\xfe", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 400),
    ],
)
def test_bodies_are_read_within_limits(desk: Desk, body: bytes, kind: str, status: int) -> None:
    assert desk.browser.post("/dang-nhap", content=body, headers={"content-type": kind}).status_code == status


def test_everybody_reports_and_the_tag_comes_first(desk: Desk) -> None:
    address = "/tin/d2/bao-sai?loai=activity&nhan=recognition"
    assert 'href="/tin/d2/bao-sai?loai=activity&amp;nhan=recognition"' in desk.get("/tin/d2")
    assert "Báo nhãn này sai" in desk.get(address)
    answer = desk.browser.post("/tin/d2/bao-sai", data={"loai": "activity", "nhan": "recognition", "vi-sao": HOSTILE})
    assert "Cảm ơn" in answer.text
    desk.sign_in()
    page = desk.get("/duyet")
    assert "Người đọc báo sai" in page
    assert "<script>alert" not in page
    assert desk.browser.get("/duyet.json").json()["items"][0]["id"] == "d2"
    desk.decide("accept")
    assert desk.store.tag_reports() == []


def test_a_report_is_settled_when_its_tag_leaves_the_article(desk: Desk) -> None:
    for number in (0, 1):
        desk.browser.post(f"/tin/d{number}/bao-sai", data={"loai": "activity", "nhan": "recognition"})
    desk.sign_in()
    assert desk.browser.get("/duyet.json").json()["waiting"]["activity"] == 3
    document = desk.store.get_document("d1")
    assert document is not None
    desk.store.put_document(replace(document, activities=()), desk.clock(), tagged_by="rules 2")
    assert desk.browser.get("/duyet.json").json()["waiting"]["activity"] == 2
    assert [report.document_id for report in desk.store.tag_reports()] == ["d0"]
    # Who rejects a tag has answered its report; the trail of reports names that person.
    assert desk.decide("reject").status_code == 303
    assert desk.store.tag_reports() == []
    assert {(report.document_id, report.closed_by) for report in desk.store.tag_reports(open_only=False)} == {("d0", "lan"), ("d1", None)}


def test_reports_are_limited(desk: Desk) -> None:
    wrong = {"loai": "activity", "nhan": "recognition"}
    assert desk.browser.post("/tin/d1/bao-sai", data={**wrong, "vi-sao": "x" * 501}).status_code == 400
    assert desk.browser.get("/tin/d1/bao-sai?loai=colour&nhan=red").status_code == 404
    assert desk.browser.get("/tin/d9/bao-sai?loai=activity&nhan=recognition").status_code == 404
    statuses = [desk.browser.post("/tin/d1/bao-sai", data=wrong).status_code for _ in range(REPORTS)]
    assert statuses == [200] * (REPORTS - 1) + [429]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/duyet?loai=budget", "/duyet?loai=budget"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("", "/"),
        ("/tim\\x", "/"),
    ],
)
def test_after_signing_in_one_stays_here(text: str, path: str) -> None:
    assert local_path(text) == path


def test_every_kind_of_tag_has_its_form(tmp_path: Path) -> None:
    made = Desk(tmp_path / "kinds", ALL)
    try:
        made.sign_in()
        seen = set()
        for document in ALL:
            kept = made.store.get_document(document.id)
            assert kept is not None
            from corpus.tags import TAG_KINDS, tag_code, tags_of

            for kind in TAG_KINDS:
                for tag in tags_of(kept, kind):
                    page = made.browser.get(f"/tin/{kept.id}/bao-sai", params={"loai": kind, "nhan": tag_code(kept, tag)})
                    assert page.status_code == 200
                    made.store.report_tag(kept.id, kind, tag_code(kept, tag), "", made.clock())
                    seen.add(kind)
        assert len(seen) >= 4
        for kind in seen:
            page_of_kind = made.get(f"/duyet?loai={kind}")
            assert '<form class="verdict"' in page_of_kind
    finally:
        made.index.close()
        made.store.close()


def test_an_editor_pauses_a_source_and_the_trail_keeps_it(desk: Desk) -> None:
    registry = parse_portals(
        """
[[portal]]
id = "mau.gov.vn"
name = "Cổng mẫu"
home = "https://mau.gov.vn/"
hosts = ["mau.gov.vn"]
kind = "government"
province = "v2-40"
"""
    )
    names = Names.load(portals=registry)
    app = create_app(desk.store, desk.index, names=names, people=desk.store, clock=desk.clock, today=lambda: desk.clock().date())
    desk.browser = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    address = "/nguon/mau.gov.vn/ghi-chu"
    assert desk.browser.get(address).status_code == 303
    desk.sign_in("lan")
    assert desk.browser.get(address).status_code == 403, "a reviewer looks after tags, not sources"
    desk.sign_in("minh")
    assert "Chưa ai ghi chú" in desk.get(address)
    token = {"ma-bieu-mau": desk.token()}
    for wrong, words in (
        ({"viec": "delete"}, "Xin chọn một trong các việc"),
        ({"viec": "paused"}, "cần ngày nhắc lại"),
        ({"viec": "paused", "den": "2026-11-20"}, "Ngày phải sau hôm nay"),
        ({"viec": "paused", "den": "mai"}, "năm-tháng-ngày"),
        ({"viec": "acknowledged", "ghi-chu": "x" * 501}, "501 ký tự"),
    ):
        answer = desk.browser.post(address, data={**token, **wrong})
        assert answer.status_code == 400
        assert words in answer.text
    assert desk.store.source_notes() == []
    assert desk.browser.post(address, data={"viec": "paused", "den": "2026-12-01"}).status_code == 403
    kept = {**token, "viec": "paused", "den": "2026-12-01", "ghi-chu": HOSTILE}
    assert desk.browser.post(address, data=kept).headers["location"] == address
    (note,) = desk.store.source_notes("mau.gov.vn")
    assert (note.kind, note.who, note.until) == ("paused", "minh", datetime(2026, 11, 30, 17, tzinfo=UTC))
    page = desk.get(address)
    assert "Tạm dừng nhắc" in page
    assert '<td data-label="Đến ngày">01/12/2026</td>' in page
    assert "<script>alert" not in page
    assert desk.browser.get("/nguon/khac.gov.vn/ghi-chu").status_code == 404
