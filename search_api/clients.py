"""Who asks, as far as limits go, and what is remembered of each."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import MutableMapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")

MAX_CLIENTS = 20_000
"""Clients remembered; beyond it the one that was silent longest is forgotten, and begins afresh."""


class Remembered(Generic[T]):
    """Something for each of the clients that came last. Not safe to share among threads by itself."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, client: str) -> T | None:
        """What was kept, which is forgotten by that."""
        return self._kept.pop(client, None)

    def keep(self, client: str, value: T) -> None:
        self._kept[client] = value
        self._kept.move_to_end(client)
        if len(self._kept) > MAX_CLIENTS:
            self._kept.popitem(last=False)


def client_of(scope: MutableMapping[str, Any]) -> str:
    """The address that asks; of IPv6 the network of 64 bits, since one customer has as many addresses as he likes.

    >>> [client_of({"client": (host, 1)}) for host in ("203.0.113.9", "2001:db8::1", "::ffff:203.0.113.9")]
    ['203.0.113.9', '2001:db8::/64', '203.0.113.9']
    """
    host = str((scope.get("client") or ("", 0))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
