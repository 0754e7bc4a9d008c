"""Searches kept by an account: kept, listed and removed on the page and over the API, and used in other queries by their owner alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.store import Store
from corpus.store.saved_searches import MOST_SEARCHES
from search_api.app import create_app
from search_api.own_searches import LONGEST_NAME, LONGEST_PARAMS, NEEDS_ACCOUNT
from search_api.passwords import hash_password
from tests.search_api.conftest import NAMES, filled
from tests.search_samples import DIEN_BAN

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
PASSWORD = "loa phường vang sáng sớm"
HASH = hash_password(PASSWORD)
SEARCH = "q=h%E1%BB%99+ngh%C3%A8o&tinh-cu=v1-49"
NAMED = 'tập huấn lưu:"Quảng Nam"'


@dataclass
class Served:
    app: Any
    store: Store
    lan: str
    """Token of the account lan."""
    minh: str

    def browser(self, name: str | None = None) -> TestClient:
        made = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)
        if name is not None:
            assert made.post("/dang-nhap", data={"ten": name, "mat-khau": PASSWORD}).status_code == 303
        return made

    def program(self, token: str) -> TestClient:
        made = self.browser()
        made.headers["Authorization"] = f"Bearer {token}"
        return made


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with filled(tmp_path) as (store, index):
        for name in ("lan", "minh"):
            store.add_account(name, "reader", HASH, NOW)
        tokens = [store.add_access_token(name, "sổ tay", NOW) for name in ("lan", "minh")]
        yield Served(create_app(store, index, names=NAMES, people=store, clock=lambda: NOW), store, *tokens)


def kept(served: Served, name: str = "Quảng Nam", params: str = SEARCH, **more: Any) -> Any:
    return served.program(served.lan).post("/api/v1/saved", json={"name": name, "params": params, **more})


def token_of(browser: TestClient, path: str) -> str:
    found = re.search(r'name="ma-bieu-mau" value="([^"]+)"', browser.get(path).text)
    assert found
    return found[1]


def test_a_program_keeps_lists_uses_and_removes_a_search(served: Served) -> None:
    program = served.program(served.lan)
    made = kept(served)
    assert made.status_code == 201
    found = made.json()
    assert (found["name"], found["params"], found["address"]) == ("Quảng Nam", SEARCH, f"/tim?{SEARCH}")
    assert made.headers["location"] == f"/api/v1/saved/{found['id']}"
    assert program.get("/api/v1/saved").json() == {"saved": [found]}

    asked = {"q": NAMED}
    answer = program.get("/api/v1/search", params=asked).json()
    assert [hit["id"] for hit in answer["hits"]] == [DIEN_BAN.id]
    assert "hộ" in answer["understood"]
    for path in ("count", "facets", "timeline", "matrix", "kwic", "words", "search/budgets"):
        assert program.get(f"/api/v1/{path}", params=asked).status_code == 200, path
    assert program.get("/api/v1/count", params=asked).json()["total"] == 1
    assert program.get("/api/v1/search.atom", params=asked).text.count("<entry>") == 1
    assert DIEN_BAN.id in program.get("/api/v1/search.csv", params=asked).text

    assert program.delete(made.headers["location"]).status_code == 204
    assert program.get("/api/v1/saved").json() == {"saved": []}
    assert program.delete(made.headers["location"]).status_code == 404


def test_only_the_owner_may_use_list_and_remove_it(served: Served) -> None:
    number = kept(served).json()["id"]
    other = served.program(served.minh)
    assert other.get("/api/v1/saved").json() == {"saved": []}
    assert other.delete(f"/api/v1/saved/{number}").status_code == 404
    fault = other.get("/api/v1/search", params={"q": NAMED})
    assert (fault.status_code, fault.json()["position"]) == (400, NAMED.index('"'))
    assert fault.json()["detail"] == "Không có câu tìm nào được lưu với tên “Quảng Nam”."
    for visitor in (served.browser(), served.program("loa_nobody")):
        fault = visitor.get("/api/v1/search", params={"q": NAMED})
        assert (fault.status_code, fault.json()["position"]) == (400, NAMED.index('"'))
        assert fault.json()["detail"].endswith(NEEDS_ACCOUNT)
        assert visitor.get("/api/v1/saved").status_code == 401
        assert visitor.post("/api/v1/saved", json={"name": "a", "params": "q=loa"}).status_code == 401
        assert visitor.delete(f"/api/v1/saved/{number}").status_code == 401
    assert len(served.store.saved_searches(account="lan")) == 1


def test_a_browser_cannot_be_made_to_write_over_the_api(served: Served) -> None:
    browser = served.browser("lan")
    number = kept(served).json()["id"]
    assert browser.get("/api/v1/saved").json()["saved"][0]["id"] == number, "reading with a session is fine"
    assert browser.post("/api/v1/saved", json={"name": "b", "params": "q=loa"}).status_code == 401
    assert browser.delete(f"/api/v1/saved/{number}").status_code == 401
    assert len(served.store.saved_searches(account="lan")) == 1


def test_a_person_keeps_uses_and_removes_a_search_on_the_page(served: Served) -> None:
    browser = served.browser("lan")
    assert f'href="/tim-da-luu?{SEARCH.replace("&", "&amp;")}"' in browser.get(f"/tim?{SEARCH}").text
    page = browser.get(f"/tim-da-luu?{SEARCH}&trang=3&xep=cu")
    assert page.status_code == 200
    assert f'name="tim" value="{SEARCH.replace("&", "&amp;")}"' in page.text, "page and order are left out"
    assert "có đủ các từ hộ, nghèo, lọc theo " in page.text, "what is about to be kept is said in words, filters as well"
    form = {"ten": "Quảng Nam", "tim": SEARCH, "ma-bieu-mau": token_of(browser, "/tim-da-luu")}
    assert browser.post("/tim-da-luu", data=form).headers["location"] == "/tim-da-luu"
    again = browser.post("/tim-da-luu", data=form)
    assert again.status_code == 400
    assert "Bạn đã lưu một câu tìm tên “Quảng Nam”" in again.text
    assert "Quảng Nam</a>" in browser.get("/tim-da-luu").text

    assert f"/tin/{DIEN_BAN.id}" in browser.get("/tim", params={"q": NAMED}).text
    assert "hộ" in browser.get("/hieu-la.json", params={"q": NAMED}).json()["understood"]
    assert browser.get("/tim.csv", params={"q": NAMED}).status_code == 200
    assert "<mark" in browser.get(f"/tin/{DIEN_BAN.id}", params={"q": NAMED}).text
    fault = served.browser().get("/tim", params={"q": NAMED})
    assert fault.status_code == 400
    assert NEEDS_ACCOUNT in fault.text

    (saved,) = served.store.saved_searches(account="lan")
    address = f"/tim-da-luu/{saved.id}/xoa"
    assert browser.post(address, data={"x": "1"}).status_code == 403, "without the form's token nothing is removed"
    assert browser.post("/tim-da-luu", data={**form, "ten": "b", "ma-bieu-mau": "x"}).status_code == 403
    other = served.browser("minh")
    assert other.post(address, data={"ma-bieu-mau": token_of(other, "/tim-da-luu")}).status_code == 404
    assert browser.post(address, data={"ma-bieu-mau": form["ma-bieu-mau"]}).status_code == 303
    assert served.store.saved_searches(account="lan") == []


def test_visitors_are_sent_to_the_form(served: Served) -> None:
    answer = served.browser().get("/tim-da-luu?q=loa")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dang-nhap?tiep=%2Ftim-da-luu%3Fq%3Dloa")
    assert served.browser().post("/tim-da-luu", data={"ten": "a", "tim": "q=loa"}).status_code == 303
    assert "/tim-da-luu" not in served.browser().get("/tim?q=loa").text


def test_a_mistake_in_the_form_is_shown_where_it_was_made(served: Served) -> None:
    browser = served.browser("lan")
    form = {"ma-bieu-mau": token_of(browser, "/tim-da-luu"), "tim": SEARCH}
    for name in ("", 'a"b'):
        answer = browser.post("/tim-da-luu", data={**form, "ten": name})
        assert answer.status_code == 400
        assert "Xin đặt tên" in answer.text
        assert 'name="tim"' in answer.text
    assert served.store.saved_searches(account="lan") == []


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"params": SEARCH}, "name"),
        ({"name": "a"}, "params"),
        ({"name": 3, "params": SEARCH}, "name"),
        ([], "name"),
        ({"name": " ", "params": SEARCH}, "name"),
        ({"name": "a" * (LONGEST_NAME + 1), "params": SEARCH}, "name"),
        ({"name": "a\u0000", "params": SEARCH}, "name"),
        ({"name": 'a"b', "params": SEARCH}, "name"),
        ({"name": "a", "params": ""}, "params"),
        ({"name": "a", "params": "q=" + "a" * LONGEST_PARAMS}, "params"),
        ({"name": "a", "params": "q=\ud83e"}, "params"),
        ({"name": "a", "params": "tu=hôm-qua"}, "tu"),
    ],
)
def test_what_cannot_be_kept_is_said(served: Served, body: Any, parameter: str) -> None:
    answer = served.program(served.lan).post("/api/v1/saved", content=json.dumps(body))
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert served.store.saved_searches(account="lan") == []


def test_a_body_that_is_no_json_and_a_faulty_query_are_refused(served: Served) -> None:
    program = served.program(served.lan)
    for body in (b"{", b"\xff", b"[" * 5000):
        assert program.post("/api/v1/saved", content=body).status_code == 400
    fault = kept(served, params="q=loa+(")
    assert (fault.status_code, fault.json()["position"]) == (400, 4 + 1)
    assert served.store.saved_searches(account="lan") == []


def test_an_account_keeps_so_many_and_each_name_once(served: Served) -> None:
    for number in range(MOST_SEARCHES):
        assert kept(served, f"tên {number}").status_code == 201
    assert kept(served, "tên  3").json()["detail"].startswith("Tham số “name”: Bạn đã lưu một câu tìm tên “tên 3”")
    assert kept(served, "thêm").json()["parameter"] == "name"


def test_kept_searches_count_for_the_limits_and_cannot_turn_in_circles(served: Served) -> None:
    many = "+".join(f"t{number}" for number in range(20))
    assert kept(served, "hai mươi", f"q={many}").status_code == 201
    program = served.program(served.lan)
    assert program.get("/api/v1/count", params={"q": 'lưu:"hai mươi"'}).status_code == 200
    fault = program.get("/api/v1/count", params={"q": 'lưu:"hai mươi" lưu:"hai mươi"'})
    assert (fault.status_code, fault.json()["position"]) == (400, len('lưu:"hai mươi" lưu:'))
    assert "quá 32 từ" in fault.json()["detail"]
    deep = "q=" + "(" * 5 + "loa" + ")" * 5
    assert kept(served, "sâu", deep).status_code == 201
    fault = program.get("/api/v1/count", params={"q": '((((lưu:"sâu"))))'})
    assert (fault.status_code, fault.json()["position"]) == (400, len("((((lưu:"))
    # What is kept may name what is there; a circle comes about only past our door.
    assert kept(served, "vòng", "q=l%C6%B0u:v%C3%B2ng").status_code == 400
    served.store.save_search("vòng", "q=lưu:vòng", frequency="none", now=NOW, account="lan")
    fault = program.get("/api/v1/count", params={"q": "lưu:vòng"})
    assert (fault.status_code, fault.json()["position"]) == (400, 4)
    assert "dẫn về chính nó" in fault.json()["detail"]


def test_an_export_notes_the_kept_searches_and_changes_with_them(served: Served) -> None:
    program = served.program(served.lan)
    number = kept(served).json()["id"]
    asked = {"q": NAMED, "dang": "csv"}
    assert program.get("/tim.manifest.json", params=asked).json()["query"]["saved"] == [["Quảng Nam", SEARCH]]
    first = program.get("/tim.csv", params={"q": NAMED})
    assert program.get("/tim.csv", params={"q": NAMED}, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    program.delete(f"/api/v1/saved/{number}")
    assert kept(served, params="q=kh%C3%B4ng+c%C3%B3").status_code == 201
    then = program.get("/tim.csv", params={"q": NAMED}, headers={"If-None-Match": first.headers["etag"]})
    assert (then.status_code, DIEN_BAN.id in then.text) == (200, False)
