"""The pages of the weekly issue: subscribing in two steps, leaving in one, links that change nothing when opened, the archive as stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.errors import StoreUnavailable
from corpus.index import open_index
from corpus.reader_links import SETTINGS_LIFE, WISH_LIFE, ReaderLinks, Wish
from corpus.store import Choices, Reader, SavedSearch, Store, open_store
from corpus.store.subscriptions import TOKEN_LIFE
from search_api.app import create_app
from search_api.pages_bulletin import ASKS_A_CLIENT, Bulletin
from search_api.passwords import hash_password
from tests.search_api.conftest import NAMES
from tests.search_samples import ALL, FETCHED

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ADDRESS = "an@mau.example.vn"
LINKS = ReaderLinks("một bí mật đủ dài để ký các liên kết")
WEB = json.dumps({"34": "<p class='headline'>Số đã lưu 34</p>", "63": "<p>Số đã lưu 63</p>"})
CONTENT = json.dumps({"key": "2026-W47", "maps": [{"units": "34", "headline": "Tuần 47/2026: 9/34 tỉnh có tin"}]}).encode()


@dataclass
class FakePost:
    """A mail server that takes everything, or nothing."""

    confirmations: list[tuple[str, str, Wish | None]] = field(default_factory=list)
    known: list[tuple[str, str]] = field(default_factory=list)
    wishes: list[tuple[str, str, Wish]] = field(default_factory=list)
    down: bool = False

    def confirm(self, address: str, token: str, wish: Wish | None = None) -> None:
        if self.down:
            raise StoreUnavailable("down")
        self.confirmations.append((address, token, wish))

    def already(self, address: str, reader: str) -> None:
        self.known.append((address, reader))

    def save_wish(self, address: str, reader: str, wish: Wish) -> None:
        self.wishes.append((address, reader, wish))


@dataclass
class Site:
    client: TestClient
    store: Store
    post: FakePost
    stocked: list[SavedSearch]
    at: datetime = NOW

    def reader(self, address: str = ADDRESS, choices: Choices | None = None) -> Reader:
        self.store.add_reader(address, choices or Choices(), consented_at=NOW, now=NOW)
        found = self.store.reader_at(address)
        assert found is not None
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store, index = open_store(tmp_path / "loa.db"), open_index(tmp_path / "index", register=NAMES.register)
    for document in ALL:
        store.put_document(document, FETCHED)
        index.put(document)
    index.refresh()
    post, stocked = FakePost(), list[SavedSearch]()
    bulletin = Bulletin(links=LINKS, post=post, note_stock=stocked.append)
    app = create_app(store, index, names=NAMES, people=store, readers=store, bulletin=bulletin, clock=lambda: made.at)
    made = Site(TestClient(app, raise_server_exceptions=False, follow_redirects=False), store, post, stocked)
    yield made
    index.close()
    store.close()


def frozen(store: Store, key: str = "2026-W47") -> None:
    store.put_draft(key, content=CONTENT, web=WEB, documents=(), now=NOW)
    store.freeze(key, NOW)


class TestSubscribing:
    def test_only_the_button_behind_the_mailed_link_makes_a_reader(self, site: Site) -> None:
        assert site.client.post("/ban-tin/dang-ky", data={"dia-chi": " An@MAU.example.vn "}).status_code == 200
        ((address, token, _),) = site.post.confirmations
        assert address == "An@mau.example.vn"
        for _ in range(3):
            assert site.client.get(f"/ban-tin/xac-nhan/{token}").status_code == 200
            assert site.client.head(f"/ban-tin/xac-nhan/{token}").status_code == 200
        assert site.store.readers("active") == [], "programs that open links confirm nobody"
        answer = site.client.post(f"/ban-tin/xac-nhan/{token}")
        assert "Đã đăng ký" in answer.text
        (reader,) = site.store.readers("active")
        assert (reader.address, reader.consented_at) == (address, NOW)
        assert site.client.post(f"/ban-tin/xac-nhan/{token}").status_code == 404, "once"
        settings = re.search(r'href="(/ban-tin/tuy-chon/[^"]+)"', answer.text)
        assert settings is not None
        assert site.client.get(settings[1]).status_code == 200

    def test_nobody_learns_who_reads(self, site: Site) -> None:
        site.reader()
        known = site.client.post("/ban-tin/dang-ky", data={"dia-chi": ADDRESS})
        unknown = site.client.post("/ban-tin/dang-ky", data={"dia-chi": "binh@mau.example.vn"})
        assert known.text == unknown.text
        assert [address for address, _ in site.post.known] == [ADDRESS]

    def test_an_old_link_is_refused(self, site: Site) -> None:
        site.client.post("/ban-tin/dang-ky", data={"dia-chi": ADDRESS})
        site.at = NOW + TOKEN_LIFE
        assert site.client.get(f"/ban-tin/xac-nhan/{site.post.confirmations[0][1]}").status_code == 404

    @pytest.mark.parametrize(
        "address", ["", "an", "an@", "an@mau", "a b@mau.vn", "an@mau.vn\r\nBcc: b@mau.vn", "an@mau.vn,b@mau.vn", "x" * 300 + "@mau.vn"]
    )
    def test_what_is_no_address_is_said_and_kept_nowhere(self, site: Site, address: str) -> None:
        answer = site.client.post("/ban-tin/dang-ky", data={"dia-chi": address})
        assert answer.status_code == 400
        assert "chưa đúng dạng" in answer.text
        assert (site.store.readers(), site.post.confirmations) == ([], [])

    def test_a_form_of_another_site_is_refused(self, site: Site) -> None:
        answer = site.client.post("/ban-tin/dang-ky", data={"dia-chi": ADDRESS}, headers={"Origin": "https://khac.example"})
        assert answer.status_code == 403
        assert site.store.readers() == []

    def test_the_form_is_no_tool_to_fill_mailboxes(self, site: Site) -> None:
        answers = [site.client.post("/ban-tin/dang-ky", data={"dia-chi": f"a{n}@mau.example.vn"}) for n in range(ASKS_A_CLIENT + 1)]
        assert [answer.status_code for answer in answers] == [*[200] * ASKS_A_CLIENT, 429]
        assert "retry-after" in answers[-1].headers
        assert len(site.post.confirmations) == ASKS_A_CLIENT

    def test_a_mail_server_that_is_down_costs_no_try(self, site: Site) -> None:
        site.post.down = True
        assert site.client.post("/ban-tin/dang-ky", data={"dia-chi": ADDRESS}).status_code == 503
        site.post.down = False
        assert site.client.post("/ban-tin/dang-ky", data={"dia-chi": ADDRESS}).status_code == 200
        assert len(site.post.confirmations) == 1


class TestLeaving:
    def test_opening_the_link_leaves_nobody(self, site: Site) -> None:
        link = f"/ban-tin/roi/{LINKS.leave(site.reader().id)}"
        for _ in range(5):
            assert site.client.get(link).status_code == 200
            assert site.client.head(link).status_code == 200
            assert site.client.get(link, headers={"User-Agent": "Link-Scanner"}).status_code == 200
        assert len(site.store.readers("active")) == 1

    @pytest.mark.parametrize("multipart", [False, True], ids=["urlencoded", "multipart"])
    def test_one_post_of_a_mail_program_leaves_in_one_step(self, site: Site, multipart: bool) -> None:
        """RFC 8058, 3.1 and 3.2: no cookies, no redirect, either encoding."""
        link = f"/ban-tin/roi/{LINKS.leave(site.reader().id)}"
        site.client.cookies.clear()
        body = {"List-Unsubscribe": "One-Click"}
        answer = site.client.post(link, files={k: (None, v) for k, v in body.items()}) if multipart else site.client.post(link, data=body)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert site.store.readers() == []
        assert site.client.post(link, data=body).status_code == 200, "asked again it says the same"
        assert "không còn nhận" in site.client.get(link).text

    def test_tokens_are_not_guessed_nor_swapped(self, site: Site) -> None:
        reader = site.reader()
        token = LINKS.leave(reader.id)
        for wrong in (token[:-2] + "xx", LINKS.settings(reader.id), ReaderLinks("another secret").leave(reader.id), reader.id, "x"):
            assert site.client.post(f"/ban-tin/roi/{wrong}").status_code == 404
        assert site.client.get(f"/ban-tin/tuy-chon/{token}").status_code == 404
        assert ADDRESS not in token
        assert len(site.store.readers("active")) == 1


class TestChoices:
    def test_choices_are_kept(self, site: Site) -> None:
        link = f"/ban-tin/tuy-chon/{LINKS.settings(site.reader().id)}"
        form = {"hang-tuan": "1", "ban-do": "34", "tinh": ["v2-11", "v2-15", "nonsense"], "hoat-dong": ["training"]}
        assert "Đã lưu" in site.client.post(link, data=form).text
        (reader,) = site.store.readers()
        assert reader.choices == Choices(units="34", provinces=("v2-11", "v2-15"), activities=("training",))
        page = site.client.get(link)
        assert page.text.count("checked") == 5
        assert page.headers["cache-control"] == "no-store"
        site.client.post(link, data={"ban-do": "63"})
        assert site.store.readers()[0].choices == Choices(units="63", weekly=False)

    def test_map_and_period_of_the_address_are_kept(self, site: Site) -> None:
        state = "?ban-do=63&ky=2026-11"
        page = site.client.get(f"/ban-tin/tuy-chon/{LINKS.settings(site.reader().id)}{state}").text.replace("&amp;", "&")
        main = page[page.index("<main") :]
        links = re.findall(r'(?:href|action)="(/(?:ban-tin|tim)[^"]*)"', main)
        assert {link.partition("?")[0].split("/")[2] for link in links if link.startswith("/ban-tin/")} == {"tuy-chon", "roi"}
        assert any(link.startswith("/tim?") for link in links)
        assert [link for link in links if not link.endswith(state)] == []

    def test_too_many_provinces_are_said(self, site: Site) -> None:
        link = f"/ban-tin/tuy-chon/{LINKS.settings(site.reader().id)}"
        codes = [code for code, _ in re.findall(r'value="(v2-(\d\d))"', site.client.get(link).text)]
        answer = site.client.post(link, data={"ban-do": "34", "tinh": codes})
        assert (len(codes), answer.status_code) == (34, 400)

    def test_a_link_of_long_ago_is_refused(self, site: Site) -> None:
        token = LINKS.settings(site.reader().id)
        site.at = datetime.now(UTC) + SETTINGS_LIFE + timedelta(hours=1)
        assert site.client.get(f"/ban-tin/tuy-chon/{token}").status_code == 404


class TestSavedSearches:
    FORM = {"tim": "q=tap+huan", "ten": "Tập huấn", "nhip": "daily", "dia-chi": ADDRESS}  # noqa: RUF012 - read only

    def test_the_form_says_what_it_would_bring(self, site: Site) -> None:
        page = site.client.get("/ban-tin/luu-tim?q=tap+huan&trang=2")
        assert page.status_code == 200
        assert "có đủ các từ tap, huan" in page.text
        assert "/tim.atom?q=tap+huan" in page.text
        assert 'value="q=tap+huan"' in page.text, "without the page number"
        assert re.search(r"Hiện có \d+ tin khớp", page.text)

    def test_the_form_names_the_filters(self, site: Site) -> None:
        page = site.client.get("/ban-tin/luu-tim?q=tap+huan&hoat-dong=training&ky=2023-12").text
        assert "có đủ các từ tap, huan (không kể dấu)</strong>, lọc theo <strong>Tập huấn, bồi dưỡng, tháng 12/2023</strong>." in page
        assert "mọi tin</strong>, lọc theo <strong>Nghệ An</strong>" in site.client.get("/ban-tin/luu-tim?tinh=v2-40").text

    def test_a_new_address_confirms_and_has_its_search(self, site: Site) -> None:
        assert site.client.post("/ban-tin/luu-tim", data=self.FORM).status_code == 200
        ((_, token, wish),) = site.post.confirmations
        assert wish == Wish(name="Tập huấn", params="q=tap+huan", frequency="daily")
        assert site.stocked == []
        site.client.post(f"/ban-tin/xac-nhan/{token}")
        (reader,) = site.store.readers("active")
        assert not reader.choices.weekly, "nobody gets the weekly issue without asking for it"
        (saved,) = site.store.saved_searches(reader=reader.id)
        assert (saved.name, saved.params, saved.frequency) == ("Tập huấn", "q=tap+huan", "daily")
        assert site.stocked == [saved]

    def test_an_unconfirmed_search_is_forgotten_with_its_address(self, site: Site) -> None:
        site.client.post("/ban-tin/luu-tim", data=self.FORM)
        site.store.forget_unconfirmed(NOW + TOKEN_LIFE)
        assert site.store.saved_searches() == []

    def test_nothing_is_saved_for_a_reader_who_did_not_confirm_it(self, site: Site) -> None:
        reader = site.reader()
        assert site.client.post("/ban-tin/luu-tim", data=self.FORM).status_code == 200
        ((_, number, wish),) = site.post.wishes
        assert (number, site.store.saved_searches()) == (reader.id, [])
        link = f"/ban-tin/luu-tim/xac-nhan/{LINKS.saving(number, wish)}"
        assert site.client.get(link).status_code == 200
        assert site.store.saved_searches() == []
        for _ in range(2):
            assert site.client.post(link).status_code == 200
        (saved,) = site.store.saved_searches(reader=reader.id)
        assert site.stocked == [saved]
        remove = f"/ban-tin/tuy-chon/{LINKS.settings(reader.id)}/bo-tim"
        assert site.client.post(remove, data={"tim": saved.id}).status_code == 200
        assert site.store.saved_searches() == []

    def test_an_old_wish_is_refused(self, site: Site) -> None:
        link = f"/ban-tin/luu-tim/xac-nhan/{LINKS.saving(site.reader().id, Wish(name='a', params='q=a', frequency='daily'))}"
        site.at = datetime.now(UTC) + WISH_LIFE + timedelta(hours=1)
        assert site.client.post(link).status_code == 404

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"ten": ""}, 400),
            ({"ten": "a" * 81}, 400),
            ({"nhip": "hourly"}, 400),
            ({"dia-chi": "an"}, 400),
            ({"tim": "q=%28"}, 400),
            ({"ten": "a\x00b"}, 400),
        ],
        ids=["no-name", "long-name", "frequency", "address", "query", "control"],
    )
    def test_faults_keep_nothing(self, site: Site, changes: dict[str, str], status: int) -> None:
        assert site.client.post("/ban-tin/luu-tim", data={**self.FORM, **changes}).status_code == status
        assert (site.store.readers(), site.store.saved_searches()) == ([], [])

    def test_the_search_page_leads_there(self, site: Site) -> None:
        assert 'href="/ban-tin/luu-tim?q=tap+huan"' in site.client.get("/tim?q=tap+huan").text


class TestArchive:
    def test_issues_are_shown_as_stored_on_either_map(self, site: Site) -> None:
        frozen(site.store)
        page = site.client.get("/ban-tin/2026-W47")
        assert "Số đã lưu 34" in page.text
        assert "Số đã lưu 63" in site.client.get("/ban-tin/2026-W47?ban-do=63").text
        assert site.client.get("/ban-tin/2026-W47.json").content == CONTENT
        archive = site.client.get("/ban-tin")
        assert 'href="/ban-tin/2026-W47"' in archive.text
        assert "Tuần 47/2026: 9/34 tỉnh có tin" in archive.text
        assert site.client.get("/ban-tin.json").json()["issues"][0]["key"] == "2026-W47"

    @pytest.mark.parametrize("key", ["2026-W48", "2026-11", "../loa", "alert-x", "2026-W47x"])
    def test_others_are_not_there(self, site: Site, key: str) -> None:
        frozen(site.store)
        assert site.client.get(f"/ban-tin/{key}").status_code == 404

    def test_only_editors_see_and_approve_drafts(self, site: Site) -> None:
        site.store.put_draft("2026-W47", content=CONTENT, web=WEB, documents=(), now=NOW)
        assert site.client.get("/ban-tin/2026-W47").status_code == 404
        assert "2026-W47" not in site.client.get("/ban-tin").text
        assert site.client.post("/ban-tin/2026-W47/duyet", data={"a": "b"}).headers["location"].startswith("/dang-nhap")
        for name, role in (("duyet", "reviewer"), ("bien-tap", "editor")):
            site.store.add_account(name, role, hash_password("mật khẩu đủ dài 123"), NOW)
        self.sign_in(site, "duyet")
        assert site.client.get("/ban-tin/2026-W47").status_code == 404
        site.client.cookies.clear()
        self.sign_in(site, "bien-tap")
        page = site.client.get("/ban-tin/2026-W47")
        assert "bản nháp" in page.text
        token = re.search(r'name="ma-bieu-mau" value="([^"]+)"', page.text[page.text.index("/duyet") :])
        assert token is not None
        assert site.client.post("/ban-tin/2026-W47/duyet", data={"ma-bieu-mau": "x"}).status_code == 403
        assert site.client.post("/ban-tin/2026-W47/duyet", data={"ma-bieu-mau": token[1]}).status_code == 303
        issue = site.store.issue("2026-W47")
        assert issue is not None
        assert (issue.state, issue.approved_by) == ("frozen", "bien-tap")

    def sign_in(self, site: Site, name: str) -> None:
        assert site.client.post("/dang-nhap", data={"ten": name, "mat-khau": "mật khẩu đủ dài 123"}).status_code == 303


def test_without_a_mail_server_the_archive_stays_open(tmp_path: Path) -> None:
    with open_store(tmp_path / "loa.db") as store:
        index = open_index(tmp_path / "index", register=NAMES.register)
        bulletin = Bulletin(links=LINKS, post=None, note_stock=lambda _: None)
        client = TestClient(create_app(store, index, names=NAMES, readers=store, bulletin=bulletin), raise_server_exceptions=False)
        assert "chưa nhận đăng ký" in client.get("/ban-tin").text
        assert client.post("/ban-tin/dang-ky", data={"dia-chi": ADDRESS}).status_code == 404
        index.close()
