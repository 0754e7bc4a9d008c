"""Readers, saved searches, issues and the ledger of sends in the real store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.store import Choices, Store, open_store
from corpus.store.saved_searches import LOOK_BACK, MOST_SEARCHES
from corpus.store.subscriptions import ASK_AGAIN_AFTER, MOST_ASKED, TOKEN_LIFE
from tests.search_samples import make_document

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def active(store: Store, address: str, choices: Choices | None = None) -> str:
    assert store.add_reader(address, choices or Choices(), consented_at=NOW, now=NOW)
    reader = store.reader_at(address)
    assert reader is not None
    return reader.id


def frozen(store: Store, key: str = "2026-W47", documents: tuple[str, ...] = ()) -> None:
    assert store.put_draft(key, content=b"{}", web="", documents=documents, now=NOW)
    assert store.freeze(key, NOW)


class TestReaders:
    def test_two_steps_make_a_reader(self, store: Store) -> None:
        asked = store.ask("An@vidu.vn", Choices(units="63", provinces=("v1-11",), activities=("training",)), NOW)
        assert asked.token is not None
        assert store.readers("active") == []
        assert store.confirmable(asked.token, NOW) is not None
        assert store.readers("active") == [], "looking at the page confirms nothing"
        reader = store.confirm(asked.token, NOW + MINUTE)
        assert reader is not None
        assert (reader.address, reader.state, reader.consented_at) == ("An@vidu.vn", "active", NOW + MINUTE)
        assert reader.choices == Choices(units="63", provinces=("v1-11",), activities=("training",))
        assert store.confirm(asked.token, NOW + MINUTE) is None, "a token works once"

    def test_the_token_is_not_in_the_file(self, store: Store) -> None:
        asked = store.ask("an@vidu.vn", Choices(), NOW)
        assert asked.token is not None
        rows = sqlite3.connect(store.path).execute("SELECT * FROM readers").fetchall()
        assert asked.token not in repr(rows)

    def test_an_old_token_is_refused_and_its_address_forgotten(self, store: Store) -> None:
        asked = store.ask("an@vidu.vn", Choices(), NOW)
        assert asked.token is not None
        later = NOW + TOKEN_LIFE
        assert store.confirm(asked.token, later) is None
        assert store.forget_unconfirmed(later) == 1
        assert store.reader_at("an@vidu.vn") is None

    def test_nobody_is_pestered(self, store: Store) -> None:
        assert store.ask("an@vidu.vn", Choices(), NOW).token is not None
        assert store.ask("AN@vidu.vn", Choices(), NOW + MINUTE).token is None
        sent = sum(store.ask("an@vidu.vn", Choices(), NOW + n * ASK_AGAIN_AFTER).token is not None for n in range(1, 20))
        assert sent == MOST_ASKED - 1

    def test_a_reader_who_asks_again_keeps_their_choices(self, store: Store) -> None:
        number = active(store, "an@vidu.vn", Choices(provinces=("v2-11",)))
        asked = store.ask("an@vidu.vn", Choices(), NOW)
        assert (asked.token, asked.known, asked.reader) == (None, True, number)
        reader = store.reader(number)
        assert reader is not None
        assert reader.choices.provinces == ("v2-11",), "or anybody could change them through the form"

    def test_leaving_leaves_nothing(self, store: Store) -> None:
        number = active(store, "an@vidu.vn")
        saved = store.save_search("Tập huấn", "q=tap+huan", frequency="weekly", now=NOW, reader=number)
        assert saved is not None
        store.tell(saved.id, ["a"])
        store.put_draft("alert-1", content=b"an@vidu.vn", web="", documents=["a"], now=NOW, kind="alert", search=saved.id)
        frozen(store)
        store.queue("2026-W47", NOW, domain="vidu.vn")
        assert store.leave(number)
        assert not store.leave(number)
        assert (store.reader(number), store.saved_searches(), store.issue("alert-1"), store.sends("2026-W47")) == (None, [], None, [])
        content = b"".join(path.read_bytes() for path in Path(store.path).parent.glob("loa.db"))
        store.close()
        with sqlite3.connect(store.path) as raw:
            assert "an@vidu.vn" not in "\n".join(raw.iterdump())
        assert content

    def test_numbers_of_readers_who_left_never_come_back(self, store: Store) -> None:
        first = active(store, "an@vidu.vn")
        store.leave(first)
        assert active(store, "binh@vidu.vn") != first

    def test_a_known_address_is_not_brought_in_twice(self, store: Store) -> None:
        active(store, "an@vidu.vn")
        assert not store.add_reader("AN@VIDU.VN", Choices(), consented_at=NOW, now=NOW)


class TestLedger:
    def test_one_row_for_each_active_reader_once_and_for_all(self, store: Store) -> None:
        for name in "abc":
            active(store, f"{name}@vidu.vn")
        store.ask("d@vidu.vn", Choices(), NOW)
        frozen(store)
        assert store.queue("2026-W47", NOW, domain="vidu.vn") == 3
        active(store, "late@vidu.vn")
        assert store.queue("2026-W47", NOW, domain="vidu.vn") == 0
        assert len({send.message_id for send in store.sends("2026-W47")}) == 3

    def test_a_draft_is_never_queued(self, store: Store) -> None:
        active(store, "a@vidu.vn")
        store.put_draft("2026-W47", content=b"{}", web="", documents=(), now=NOW)
        assert store.queue("2026-W47", NOW, domain="vidu.vn") == 0

    def test_a_frozen_issue_does_not_change(self, store: Store) -> None:
        frozen(store, documents=("a",))
        assert not store.put_draft("2026-W47", content=b"other", web="other", documents=("b",), now=NOW)
        assert not store.freeze("2026-W47", NOW)
        issue = store.issue("2026-W47")
        assert issue is not None
        assert issue.content == b"{}"
        assert store.counted_documents(before="2026-W48") == {"a"}
        assert store.counted_documents(before="2026-W47") == set()

    def test_a_message_is_claimed_once(self, store: Store) -> None:
        active(store, "a@vidu.vn")
        frozen(store)
        store.queue("2026-W47", NOW, domain="vidu.vn")
        (send,) = store.due_sends("2026-W47", NOW)
        assert store.claim(send.id, "one", NOW)
        assert not store.claim(send.id, "two", NOW)
        assert not store.settle(send.id, "two", "sent", NOW), "only who claimed it may say what became of it"
        assert store.settle(send.id, "one", "sent", NOW)
        assert store.send_counts("2026-W47") == {"sent": 1}

    def test_who_left_is_not_sent_to(self, store: Store) -> None:
        number = active(store, "a@vidu.vn")
        frozen(store)
        store.queue("2026-W47", NOW, domain="vidu.vn")
        (send,) = store.due_sends("2026-W47", NOW)
        store.leave(number)
        assert not store.claim(send.id, "one", NOW)

    def test_a_dead_run_leaves_doubt_that_a_person_decides(self, store: Store) -> None:
        for name in "ab":
            active(store, f"{name}@vidu.vn")
        frozen(store)
        store.queue("2026-W47", NOW, domain="vidu.vn")
        first, second = store.due_sends("2026-W47", NOW)
        store.claim(first.id, "dead", NOW)
        store.claim(second.id, "alive", NOW)
        assert store.doubt(NOW, claim="alive") == 1
        assert store.due_sends("2026-W47", NOW) == [], "what is uncertain is not sent again by itself"
        assert store.decide(first.message_id, "queued", NOW)
        assert not store.decide(second.message_id, "queued", NOW), "it is not uncertain"
        assert [send.id for send in store.due_sends("2026-W47", NOW)] == [first.id]

    def test_who_was_only_slow_knows_better(self, store: Store) -> None:
        active(store, "a@vidu.vn")
        frozen(store)
        store.queue("2026-W47", NOW, domain="vidu.vn")
        (send,) = store.due_sends("2026-W47", NOW)
        store.claim(send.id, "slow", NOW)
        store.doubt(NOW)
        assert store.settle(send.id, "slow", "sent", NOW)
        assert store.send_counts("2026-W47") == {"sent": 1}

    def test_a_permanent_bounce_suspends_its_reader(self, store: Store) -> None:
        number = active(store, "a@vidu.vn")
        frozen(store)
        store.queue("2026-W47", NOW, domain="vidu.vn")
        (send,) = store.sends("2026-W47")
        assert store.bounced("<unknown@vidu.vn>", "550 no such user", NOW, permanent=True) is None
        assert store.bounced(send.message_id, "550 no such user", NOW, permanent=True) is not None
        reader = store.reader(number)
        assert reader is not None
        assert (reader.state, reader.suspended_for) == ("suspended", "550 no such user")
        assert store.resume(number)

    def test_a_lease_has_one_holder_until_it_ends(self, store: Store) -> None:
        life = timedelta(minutes=5)
        assert store.take_lease("digest", "one", NOW, life)
        assert not store.take_lease("digest", "two", NOW + life - MINUTE, life)
        assert store.take_lease("digest", "one", NOW + MINUTE, life), "its holder renews it"
        assert store.take_lease("digest", "two", NOW + MINUTE + life, life)
        store.drop_lease("digest", "one")
        assert store.lease("digest") == ("two", NOW + MINUTE + 2 * life)


class TestSavedSearches:
    def test_an_accepted_mail_makes_its_documents_old(self, store: Store) -> None:
        number = active(store, "a@vidu.vn")
        saved = store.save_search("Tập huấn", "q=tap+huan", frequency="daily", now=NOW, reader=number)
        assert saved is not None
        recent = make_document("a" * 24, "Tập huấn", "Tập huấn.")
        store.put_document(recent, NOW)
        assert store.documents_since(NOW - LOOK_BACK) == {recent.id}
        store.tell(saved.id, ["old"])
        store.put_draft("alert-1", content=b"{}", web="", documents=[recent.id], now=NOW, kind="alert", search=saved.id)
        store.freeze("alert-1", NOW)
        store.queue("alert-1", NOW, domain="vidu.vn", only=[number])
        (send,) = store.due_sends("alert-1", NOW)
        store.claim(send.id, "one", NOW)
        assert store.told(saved.id) == {"old"}
        store.settle(send.id, "one", "sent", NOW)
        assert store.told(saved.id) == {recent.id}, "what lies too far back to come up again needs no note"
        again = store.saved_search(saved.id)
        assert again is not None
        assert again.last_success == NOW

    def test_one_owner_has_so_many(self, store: Store) -> None:
        number = active(store, "a@vidu.vn")
        saved = [store.save_search(f"{n}", "q=a", frequency="none", now=NOW, reader=number) for n in range(MOST_SEARCHES + 1)]
        assert saved[-1] is None
        assert None not in saved[:-1]
        assert store.save_search("khác", "q=a", frequency="none", now=NOW, account="lan") is not None
