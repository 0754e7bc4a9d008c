"""Searches that people with an account keep under a name: used in other queries as ``lưu:"name"``, and listed, kept and removed.

Those that belong to a reader's mail address are not among them (see ``pages_saved.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from fastapi import Request

from corpus.index.names import Names, SavedQuery
from corpus.store import Account, Frequency, SavedSearch
from corpus.store.saved_searches import LONGEST_NAME, LONGEST_PARAMS, MOST_SEARCHES
from search_api.auth import Gate
from search_api.params import InvalidParameter, Search, saved_in, to_params, without_place

_QUOTES = frozenset('"“”„«»')
NEEDS_ACCOUNT = "Hãy đăng nhập (chương trình thì gửi mã truy cập) để dùng các câu tìm mà bạn đã lưu."


class OwnSource(Protocol):
    """The part of `corpus.store.Store` that keeps them."""

    def save_search(
        self, name: str, params: str, /, *, frequency: Frequency, now: datetime, account: str | None = None
    ) -> SavedSearch | None: ...

    def saved_search(self, number: str, /) -> SavedSearch | None: ...

    def saved_searches(self, *, account: str | None = None) -> list[SavedSearch]: ...

    def remove_search(self, number: str, /) -> bool: ...


class OwnQueries:
    """The saved queries of one asker, read when a query names the first one. Implements `search_api.params.SavedQueries`."""

    def __init__(self, find_account: Callable[[], Account | None], store: OwnSource) -> None:
        self._find_account = find_account
        self._store = store
        self._used: dict[str, str] = {}

    @cached_property
    def _account(self) -> Account | None:
        return self._find_account()

    @cached_property
    def _known(self) -> list[tuple[str, str]]:
        found = self._store.saved_searches(account=self._account.name) if self._account else []
        return [(search.name, search.params) for search in found]

    def aside(self) -> str:
        return "" if self._account else NEEDS_ACCOUNT

    @property
    def used(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self._used.items()))

    def __call__(self, name: str, /) -> SavedQuery | None:
        found = saved_in(self._known)(name)
        if found is not None:
            self._used[name] = next(params for known, params in self._known if known == name)
        return found


class OwnSearches:
    def __init__(self, gate: Gate, store: OwnSource, names: Names) -> None:
        self.gate = gate
        self._store = store
        self._names = names

    def queries(self, request: Request) -> OwnQueries:
        """What whoever asks may name in a query."""
        return OwnQueries(lambda: self.gate.account(request), self._store)

    def queries_of(self, account: Account) -> OwnQueries:
        return OwnQueries(lambda: account, self._store)

    def of(self, account: Account) -> list[SavedSearch]:
        """The oldest first."""
        return self._store.saved_searches(account=account.name)

    def keep(self, account: Account, name: str, params: str) -> SavedSearch:
        """Raises: InvalidParameter for the name (``ten``) or the search (``tim``), InvalidQuery for its text."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable() or _QUOTES & set(name):
            raise InvalidParameter("ten", f"Xin đặt tên, nhiều nhất {LONGEST_NAME} ký tự, không có dấu ngoặc kép.")
        if len(params) > LONGEST_PARAMS or not params.isprintable():
            raise InvalidParameter("tim", f"Câu tìm với các bộ lọc phải là một dòng, nhiều nhất {LONGEST_PARAMS} ký tự.")
        search = kept(parse_qsl(params))
        known = self.of(account)
        if any(search.name == name for search in known):
            raise InvalidParameter("ten", f"Bạn đã lưu một câu tìm tên “{name}”. Xin chọn tên khác, hoặc xóa câu tìm cũ.")
        replace(search, saved=self.queries_of(account)).where(self._names)
        params = urlencode(to_params(search))
        if not params:
            raise InvalidParameter("tim", "Chưa có gì để lưu: xin gõ câu tìm hoặc chọn bộ lọc.")
        saved = self._store.save_search(name, params, frequency="none", now=self.gate.clock(), account=account.name)
        if saved is None:
            raise InvalidParameter("ten", f"Mỗi người lưu được {MOST_SEARCHES} câu tìm; xin xóa bớt một câu cũ.")
        return saved

    def remove(self, account: Account, number: str) -> bool:
        """Whether there was one of this number that belongs to the account."""
        found = self._store.saved_search(number)
        return found is not None and found.account == account.name and self._store.remove_search(number)


def kept(pairs: list[tuple[str, str]]) -> Search:
    """The search without place and view, which mean nothing in another query. Raises: InvalidParameter."""
    return without_place(pair for pair in pairs if pair[0] != "xem")
