"""Saved searches: only what is new since the last accepted mail, once, at their pace; weekly ones inside the weekly issue."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.errors import InvalidQuery
from corpus.localities import Register
from corpus.reader_links import ReaderLinks
from corpus.store import Choices, Frequency, SavedSearch, Store, open_store
from digest.message import Envelope
from digest.press import Press, Rules
from digest.render import Renderer
from digest.send import Delivery, Retries
from digest.smtp import MailServer
from monitor.desk import Monitor
from tests.digest.mail_server import Scripted, scripted
from tests.digest.sending import FrozenClock
from tests.monitor.makers import make_registry
from tests.search_samples import make_document

REGISTER = Register.load()
START = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ADDRESS = "an@mau.example.vn"


class Titles:
    """A search language of one word: what stands in the title."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, params: str) -> set[str]:
        if params == "broken":
            raise InvalidQuery("sai")
        return {document.id for document in self._store.iter_documents() if params in document.title}

    def understood(self, params: str) -> str:
        return f"có từ {params}"

    def source(self, portal: str) -> str:
        return f"Nguồn {portal}"


class Desk:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.time = FrozenClock(START)
        self.server = Scripted()
        self.searches = Titles(store)
        self.press = Press(
            store,
            Monitor(store, make_registry(), REGISTER, lambda: self.time.at),
            self.searches,
            links=ReaderLinks("một bí mật đủ dài"),
            renderer=Renderer(base="https://loa.mau.example.vn", department="Cục Mẫu"),
            envelope=Envelope(address="loa@mau.example.vn"),
            rules=Rules(),
        )
        store.add_reader(ADDRESS, Choices(weekly=False), consented_at=START, now=START)
        reader = store.reader_at(ADDRESS)
        assert reader is not None
        self.reader = reader

    def add(self, number: int, word: str = "loa", *, at: datetime | None = None) -> Document:
        document = make_document(f"{number:024x}", f"Tin {number} {word}", "Thử.", published=date(2026, 11, 17))
        seen = at or self.time.at
        return self.put(document, seen)

    def put(self, document: Document, seen: datetime) -> Document:
        from dataclasses import replace

        made = replace(document, provenance=replace(document.provenance, fetched_at=seen))
        self.store.put_document(made, seen)
        return made

    def save(self, word: str = "loa", frequency: Frequency = "daily") -> SavedSearch:
        saved = self.store.save_search(f"Tìm {word}", word, frequency=frequency, now=self.time.at, reader=self.reader.id)
        assert saved is not None
        if word != "broken":
            self.press.note_stock(saved)
        return saved

    def send(self) -> list[str]:
        """Subjects of the mails of one run."""
        before = len(self.server.accepted)
        self.press.queue_alerts(self.time.at)
        with scripted(self.server) as port:
            server = MailServer(host="127.0.0.1", port=port, timeout_seconds=5)
            retries = Retries(patience=timedelta(0))
            with Delivery(self.store, server, "loa@mau.example.vn", clock=self.time.clock, retries=retries) as delivery:
                for key in self.store.unfinished_issues():
                    self.press.queue(key, self.time.at)
                    delivery.deliver(key, self.press.composer(key, lambda: self.time.at))
        return [str(self.message(content)["Subject"]) for _, content in self.server.accepted[before:]]

    @staticmethod
    def message(content: bytes) -> email.message.EmailMessage:
        return email.message_from_bytes(content, policy=email.policy.default)

    def text(self) -> str:
        body = self.message(self.server.accepted[-1][1]).get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_store(tmp_path / "loa.db") as store:
        yield Desk(store)


def test_only_what_came_after_saving_is_told_and_told_once(desk: Desk) -> None:
    desk.add(1)
    desk.save()
    desk.add(2, "khác")
    desk.time.at += DAY
    assert desk.send() == [], "the stock is told of nowhere, other words are not meant"
    new = desk.add(3)
    desk.time.at += DAY
    assert desk.send() == ["Tìm loa: 1 tin mới"]
    assert f"https://loa.mau.example.vn/tin/{new.id}" in desk.text()
    assert "Vì sao có ở đây: tin khớp với tìm kiếm bạn đã lưu (có từ loa)" in desk.text()
    assert desk.send() == [], "not twice a day"
    desk.time.at += DAY
    assert desk.send() == [], "and never again"


def test_the_mail_has_the_headers_of_a_list(desk: Desk) -> None:
    desk.save()
    desk.time.at += DAY
    desk.add(1)
    desk.send()
    message = desk.message(desk.server.accepted[-1][1])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://loa.mau.example.vn/ban-tin/roi/")


def test_what_was_processed_late_is_not_missed(desk: Desk) -> None:
    """Fetched before the last mail, known only after it."""
    desk.save()
    desk.time.at += DAY
    desk.add(1)
    assert desk.send() == ["Tìm loa: 1 tin mới"]
    desk.time.at += DAY
    desk.add(2, at=desk.time.at - 5 * DAY)
    assert desk.send() == ["Tìm loa: 1 tin mới"]


def test_a_refused_mail_makes_nothing_old(desk: Desk) -> None:
    desk.save()
    desk.time.at += DAY
    desk.add(1)
    desk.server.rcpt[ADDRESS] = ["550 5.7.1 not now"]
    assert desk.send() == []
    desk.time.at += DAY
    assert desk.send() == ["Tìm loa: 1 tin mới"], "the mail of the next day brings it"


def test_what_may_have_arrived_is_not_told_again_by_itself(desk: Desk) -> None:
    desk.save()
    desk.time.at += DAY
    desk.add(1)
    (key,) = desk.press.queue_alerts(desk.time.at)
    (send,) = desk.store.sends(key)
    desk.store.claim(send.id, "dead", desk.time.at)
    desk.store.doubt(desk.time.at)
    desk.time.at += DAY
    assert desk.send() == []
    desk.store.decide(send.message_id, "queued", desk.time.at)
    assert desk.send() == ["Tìm loa: 1 tin mới"]


@pytest.mark.parametrize(
    ("frequency", "days"),
    [("daily", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]), ("weekly", [6, 13]), ("monthly", [14]), ("none", [])],
)
def test_each_at_its_pace(desk: Desk, frequency: Frequency, days: list[int]) -> None:
    """Saved on a Tuesday: a mail with the first run of each new day, week (Monday) or month in Vietnam."""
    desk.save(frequency=frequency)
    told = []
    for number in range(1, 16):
        desk.time.at += DAY
        desk.add(number)
        if desk.send():
            told.append(number)
    assert told == days


def test_weekly_searches_of_readers_of_the_issue_come_inside_it(desk: Desk) -> None:
    desk.store.choose(desk.reader.id, Choices())
    desk.save(frequency="weekly")
    desk.time.at = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    new = desk.add(1)
    week = desk.press.due(desk.time.at)
    assert desk.press.prepare(week, desk.time.at) is not None
    assert [subject.split(":")[0] for subject in desk.send()] == ["Tuần 47/2026"]
    assert "TÌM KIẾM ĐÃ LƯU CỦA BẠN" in desk.text()
    assert "Tìm loa: 1 tin mới" in desk.text()
    assert new.title in desk.text()
    desk.time.at += 7 * DAY
    assert desk.press.prepare(week.next(), desk.time.at) is not None
    desk.send()
    assert "TÌM KIẾM ĐÃ LƯU" not in desk.text(), "told with the mail that was accepted"


def test_a_query_that_is_no_longer_valid_stops_nobody(desk: Desk) -> None:
    desk.save("broken")
    desk.save("loa")
    desk.time.at += DAY
    desk.add(1)
    assert desk.send() == ["Tìm loa: 1 tin mới"]


def test_a_removed_search_tells_nothing_more(desk: Desk) -> None:
    saved = desk.save()
    desk.time.at += DAY
    desk.add(1)
    desk.press.queue_alerts(desk.time.at)
    desk.store.remove_search(saved.id)
    assert desk.send() == []
