"""`loa digest …` and `loa readers …` against a real mail server on loopback; the clock is set."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

from cli.mailing import secret_of
from cli.settings import load_settings
from corpus.index import open_index
from corpus.store import open_store
from tests.cli.conftest import Loa
from tests.digest.mail_server import Scripted, scripted
from tests.search_samples import make_document

MONDAY = "2023-08-14T07:00:00+07:00"
WEEK = "2023-W32"
ARTICLE = make_document(
    "a" * 24,
    "Huyện Tuần Giáo mở lớp tập huấn cho người trực đài truyền thanh",
    "Huyện Tuần Giáo, tỉnh Điện Biên mở lớp tập huấn cho 35 người. Kinh phí của lớp học là 52 triệu đồng.",
    published=date(2023, 8, 9),
    about=(("v1-11", "tỉnh Điện Biên"),),
    activities=(("training", "mở lớp tập huấn", "done"),),
    amounts=(("52 triệu đồng", 52_000_000, "total", "exact", "budget"),),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Holds one article of the week before `MONDAY`; no model is needed to read it."""
    folder = tmp_path / "home"
    folder.mkdir()
    with open_store(folder / "loa.db") as store:
        store.put_document(ARTICLE, datetime(2023, 8, 10, tzinfo=UTC))
    index = open_index(folder / "index")
    index.put(ARTICLE)
    index.refresh()
    index.close()
    return folder


@pytest.fixture
def filled(home: Path) -> str:
    return ARTICLE.id


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    handler = Scripted()
    with scripted(handler) as port:
        for name, value in (("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", str(port)), ("MAIL_FROM", "loa@mau.example.vn")):
            monkeypatch.setenv(f"LOA_{name}", value)
        monkeypatch.setenv("LOA_PUBLIC_URL", "https://loa.mau.example.vn")
        yield handler


@pytest.fixture
def readers(loa: Loa, filled: str, tmp_path: Path) -> Path:
    path = tmp_path / "readers.csv"
    path.write_text(
        "address,consented_at,units,provinces,activities\nan@mau.example.vn,2023-01-02,34,v2-11,\nbinh@mau.example.vn,2023-01-03T08:00:00Z,63,,\n"
    )
    assert loa("readers", "import", path).code == 0
    return path


def test_the_issue_goes_out_once(loa: Loa, readers: Path, server: Scripted, filled: str) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ran = loa("digest", "send", "--json")
        assert ran.code == 0, ran.err
        assert ran.rows == [{"issues": [WEEK], "sent": 2, "failed": 0, "waiting": 0, "uncertain": 0}]
        assert loa("digest", "send", "--json").rows[0]["sent"] == 0
    assert sorted(address for address, _ in server.accepted) == ["an@mau.example.vn", "binh@mau.example.vn"]
    message = email.message_from_bytes(dict(server.accepted)["an@mau.example.vn"], policy=email.policy.default)
    text = message.get_body(("plain",))
    assert text is not None
    assert "Huyện Tuần Giáo mở lớp tập huấn" in text.get_content()
    assert "tỉnh bạn chọn: Điện Biên" in text.get_content()
    assert f"https://loa.mau.example.vn/tin/{filled}" in text.get_content()
    assert str(message["Subject"]).startswith("Tuần 32/2023: 1 chuyện")
    (row,) = [row for row in loa("digest", "status", "--json").rows if row.get("issue") == WEEK]
    assert (row["state"], row["sends"]) == ("frozen", {"sent": 2})


def test_before_its_hour_the_issue_is_not_due(loa: Loa, readers: Path, server: Scripted) -> None:
    with time_machine.travel("2023-08-14T06:59:00+07:00", tick=False):
        assert loa("digest", "send", "--json").rows[0]["issues"] == []
    assert server.accepted == []


def test_a_missed_monday_is_made_up_for(loa: Loa, readers: Path, server: Scripted) -> None:
    with time_machine.travel("2023-08-17T15:00:00+07:00", tick=False):
        assert loa("digest", "send", "--json").rows[0] == {"issues": [WEEK], "sent": 2, "failed": 0, "waiting": 0, "uncertain": 0}


def test_too_late_is_left_to_the_next(loa: Loa, readers: Path, server: Scripted) -> None:
    with time_machine.travel("2023-08-20T15:00:00+07:00", tick=False):
        assert loa("digest", "send", "--json").rows[0]["issues"] == []
    assert server.accepted == []


def test_with_approval_nothing_goes_out_before(
    loa: Loa, readers: Path, server: Scripted, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("LOA_DIGEST_APPROVAL", "true")
    with time_machine.travel(MONDAY, tick=False):
        assert loa("digest", "send", "--json").rows[0]["sent"] == 0
        with open_store(home / "loa.db") as store:
            draft = store.issue(WEEK)
        assert draft is not None
        assert draft.state == "draft"
        assert loa("digest", "approve", WEEK, "--by", "lan").code == 0
        assert loa("digest", "send", "--json").rows[0]["sent"] == 2
    with open_store(home / "loa.db") as store:
        frozen = store.issue(WEEK)
    assert frozen is not None
    assert (frozen.content, frozen.approved_by) == (draft.content, "lan"), "what was approved is what was sent"


def test_a_frozen_issue_is_shown_as_it_was(loa: Loa, readers: Path, server: Scripted, filled: str, home: Path) -> None:
    with time_machine.travel(MONDAY, tick=False):
        loa("digest", "send")
        before = loa("digest", "preview", "--week", WEEK, "--json").rows[0]
        with open_store(home / "loa.db") as store:
            assert ARTICLE.relevance is not None
            store.put_document(replace(ARTICLE, relevance=replace(ARTICLE.relevance, value="off_topic")), datetime(2023, 8, 15, tzinfo=UTC))
        assert loa("digest", "preview", "--week", WEEK, "--json").rows[0] == before
    with time_machine.travel("2023-08-21T07:00:00+07:00", tick=False):
        text = loa("digest", "preview", "--json").rows[0]["text"]
    assert "ĐÍNH CHÍNH CÁC SỐ TRƯỚC" in text
    assert "không còn được xếp là tin truyền thông về giảm nghèo" in text
    assert "đính chính ngày 21/08/2023" in text


def test_preview_writes_both_parts(loa: Loa, filled: str, tmp_path: Path) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ran = loa("digest", "preview", "--units", "63", "-o", tmp_path / "so.html")
    assert ran.code == 0, ran.err
    assert "Bắc Kạn" in (tmp_path / "so.html").read_text("utf-8")
    assert (tmp_path / "so.txt").read_text("utf-8").strip() == ran.out.strip()


def test_a_week_to_come_is_refused(loa: Loa, filled: str) -> None:
    with time_machine.travel(MONDAY, tick=False):
        ran = loa("digest", "preview", "--week", "2023-W33")
    assert ran.code == 1
    assert "not over yet" in ran.err


def test_without_a_mail_server_sending_says_what_to_set(loa: Loa, filled: str) -> None:
    ran = loa("digest", "send")
    assert ran.code == 1
    assert "smtp_host" in ran.err


def test_bounces_suspend_their_reader(loa: Loa, readers: Path, server: Scripted, home: Path, tmp_path: Path) -> None:
    from tests.digest.test_bounces import HEADERS, NOTICE

    with time_machine.travel(MONDAY, tick=False):
        loa("digest", "send")
        with open_store(home / "loa.db") as store:
            reader = store.reader_at("an@mau.example.vn")
            assert reader is not None
            (send,) = [found for found in store.sends(WEEK) if found.reader == reader.id]
        original = HEADERS.replace("<2026-w47.abc@mau.example.vn>", send.message_id)
        notice = tmp_path / "notice.eml"
        notice.write_text(NOTICE.format(action="failed", status="5.1.1", diagnostic="smtp; 550 no such user", original=original))
        assert loa("digest", "bounce", notice).code == 0
        assert [row["state"] for row in loa("readers", "list", "--json").rows] == ["suspended", "active"]
        assert loa("readers", "resume", "an@mau.example.vn").code == 0
        assert [row["state"] for row in loa("readers", "list", "--json").rows] == ["active", "active"]


def test_readers_go_out_and_come_back(loa: Loa, readers: Path, tmp_path: Path) -> None:
    assert loa("readers", "export", "-o", tmp_path / "out.csv").code == 0
    assert loa("readers", "remove", "an@mau.example.vn").code == 0
    assert loa("readers", "remove", "an@mau.example.vn").code == 1
    assert "1 readers added, 1 were known" in loa("readers", "import", tmp_path / "out.csv").err
    again = loa("readers", "export").out
    assert again == (tmp_path / "out.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("an,2023-01-02,34,,", "no mail address"),
        ("an@mau.example.vn,,34,,", "time of consent"),
        ("an@mau.example.vn,2023-01-02,35,,", "34 or 63"),
        ('"an@mau.example.vn\nBcc: x@y.vn",2023-01-02,34,,', "no mail address"),
    ],
)
def test_a_wrong_line_brings_nobody_in(loa: Loa, filled: str, tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "readers.csv"
    path.write_text(f"address,consented_at,units,provinces,activities\ngood@mau.example.vn,2023-01-02,34,,\n{line}\n")
    ran = loa("readers", "import", path)
    assert ran.code == 1
    assert says in ran.err
    assert loa("readers", "list", "--json").rows == []


def test_the_secret_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {}).settings
    first = secret_of(settings)
    assert secret_of(settings) == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    assert secret_of(load_settings({"home": tmp_path}, {"LOA_SECRET_KEY": "given"}).settings) == "given"


def test_no_address_is_logged(loa: Loa, readers: Path, server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LOG_LEVEL", "info")
    server.rcpt["an@mau.example.vn"] = ["550 5.1.1 no such user"]
    with time_machine.travel(MONDAY, tick=False):
        ran = loa("--log-level", "info", "digest", "send")
    assert ran.code == 1
    assert "mau.example.vn" not in ran.err
    assert "mau.example.vn" not in ran.out
