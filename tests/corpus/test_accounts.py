"""Accounts, sessions and tokens: what lets somebody in, and what no longer does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.errors import InvalidData
from corpus.store import ROLES, Store, open_store
from corpus.store.accounts import SESSION_LIFE

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "loa.db") as opened:
        yield opened


def test_each_role_may_what_those_before_it_may(store: Store) -> None:
    for at, role in enumerate(ROLES):
        account = store.add_account(f"user-{role}", role, "hash", NOW)
        assert [account.may(other) for other in ROLES] == [other <= at for other in range(len(ROLES))]


@pytest.mark.parametrize("name", ["", "hai tên", "Đỗ", "a" * 65, "-a", "<b>"])
def test_a_name_is_plain(store: Store, name: str) -> None:
    with pytest.raises(InvalidData, match="account name"):
        store.add_account(name, "reader", "hash", NOW)


def test_names_do_not_depend_on_case_and_stand_once(store: Store) -> None:
    assert store.add_account(" Lan ", "editor", "hash", NOW).name == "lan"
    with pytest.raises(InvalidData, match="there already"):
        store.add_account("LAN", "reader", "hash", NOW)
    with pytest.raises(InvalidData, match="role"):
        store.add_account("minh", "owner", "hash", NOW)
    assert [account.name for account in store.accounts()] == ["lan"]


def test_a_session_lasts_a_working_day(store: Store) -> None:
    store.add_account("lan", "editor", "hash", NOW)
    secret, session = store.begin_session("lan", NOW)
    assert store.session(secret, NOW + SESSION_LIFE - timedelta(seconds=1)) == session
    assert store.session(secret, NOW + SESSION_LIFE) is None
    assert store.session(secret + "x", NOW) is None
    store.end_session(secret)
    assert store.session(secret, NOW) is None


def test_every_change_of_an_account_ends_its_sessions(store: Store) -> None:
    store.add_account("lan", "editor", "hash", NOW)
    for change in ({"role": "reader"}, {"password_hash": "other"}, {"full_name": "Lan"}, {"closed": True}):
        store.change_account("lan", NOW, closed=False)
        secret, _ = store.begin_session("lan", NOW)
        store.change_account("lan", NOW, **change)  # type: ignore[arg-type] # one value each
        assert store.session(secret, NOW) is None


def test_a_closed_account_lets_nobody_in(store: Store) -> None:
    store.add_account("lan", "admin", "hash", NOW)
    token = store.add_access_token("lan", "sổ tay", NOW)
    assert store.token_account(token) is not None
    closed = store.change_account("lan", NOW, closed=True)
    assert not closed.may("reader")
    assert store.password_hash("lan") is None
    assert store.token_account(token) is None
    with pytest.raises(InvalidData, match="closed"):
        store.add_access_token("lan", "sổ tay", NOW)
    store.change_account("lan", NOW, closed=False)
    assert store.password_hash("lan") == "hash"
    assert store.token_account(token) is None, "a token that ended stays ended"


def test_no_secret_stands_in_the_database(store: Store, tmp_path: Path) -> None:
    store.add_account("lan", "admin", "hash", NOW)
    token = store.add_access_token("lan", "", NOW)
    secret, _ = store.begin_session("lan", NOW)
    with sqlite3.connect(tmp_path / "loa.db") as raw:
        dump = "\n".join(raw.iterdump())
    raw.close()
    assert token not in dump
    assert secret not in dump


def test_tokens_are_dropped_together(store: Store) -> None:
    store.add_account("lan", "reader", "hash", NOW)
    tokens = [store.add_access_token("lan", str(number), NOW) for number in range(3)]
    assert store.drop_access_tokens("lan") == 3
    assert not any(store.token_account(token) for token in tokens)
