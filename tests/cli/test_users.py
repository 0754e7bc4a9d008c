"""`loa user`: accounts from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.store import FILE_NAME, open_store
from search_api.passwords import fits
from tests.cli.conftest import Loa


def test_an_account_is_made_changed_and_closed(loa: Loa, home: Path) -> None:
    made = loa("user", "add", "Lan", "--role", "editor", "--full-name", "Nguyễn Thị Lan")
    password = made.out.strip()
    assert made.code == 0
    with open_store(home / FILE_NAME) as store:
        assert fits(password, store.password_hash("lan"))
    assert loa("user", "list", "--json").rows[0].items() >= {"name": "lan", "role": "editor", "open": True}.items()
    changed = loa("user", "set", "lan", "--role", "admin", "--new-password")
    assert changed.out.strip() not in ("", password)
    assert loa("user", "set", "lan", "--close").code == 0
    with open_store(home / FILE_NAME) as store:
        assert store.password_hash("lan") is None
    assert "closed" in loa("user", "list").out


def test_a_token_is_shown_once_and_dropped(loa: Loa, home: Path) -> None:
    loa("user", "add", "lan")
    token = loa("user", "token", "lan", "--note", "notebook").out.strip()
    with open_store(home / FILE_NAME) as store:
        assert store.token_account(token) is not None
    assert loa("user", "token", "lan", "--drop").code == 0
    with open_store(home / FILE_NAME) as store:
        assert store.token_account(token) is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "hai tên"), "account name"),
        (("add", "lan", "--role", "boss"), "role 'boss'"),
        (("set", "nobody", "--close"), "no such account"),
        (("token", "nobody"), "no such account"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(loa: Loa, arguments: tuple[str, ...], words: str) -> None:
    loa("user", "add", "minh")
    ran = loa("user", *arguments)
    assert ran.code == 1
    assert words in ran.err
    assert ran.err.count("\n") <= 2
