"""Where the crawler may connect: hosts of the registry only, and of them only public addresses, checked when connecting.

The address is checked where it is resolved for the connection itself, so that a name that changes its address between check
and connection (rebinding) gains nothing, and every hop of a redirect passes here again.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, Self

from scrapy.exceptions import IgnoreRequest
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]  # publishes no types

from corpus.portals import Portal, host_key

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# IANA's registries of special addresses (IPv4 and IPv6, 2025). Written out, since `is_global` differs between patches of Python.
_INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 "
        "192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        "2001:2::/48 2001:10::/28 2001:db8::/32 3fff::/20"
    ).split()
)
_UNICAST6 = ipaddress.ip_network("2000::/3")
"""All IPv6 addresses that anybody may use; loopback, local, mapped, multicast ones lie outside."""
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutsideRegistry(IgnoreRequest):
    """A request, or a hop of a redirect, to a host that the portal does not own."""

    host: str | None = None


def is_public(address: str) -> bool:
    """Whether ``address`` (an IP address as text) is one that anybody on the internet may ask.

    Addresses that carry another one (mapped, 6to4, NAT64, Teredo) are judged by the inner one too; what is no address is not
    public.

    >>> is_public("203.162.0.1"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_is_global(each) for each in (ip, *_inner(ip)))


def _is_global(ip: IpAddress) -> bool:
    if any(ip in network for network in _INSIDE):
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return True
    return ip in _UNICAST6 or ip in _NAT64 or ip.ipv4_mapped is not None  # the latter two are judged by the inner address


def _inner(ip: IpAddress) -> list[IpAddress]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    inner: list[IpAddress | None] = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [each for each in inner if each is not None]


def may_connect(host: str, address: str) -> bool:
    """Whether a connection to ``address`` is allowed for ``host`` as the request names it.

    Loopback is reached by its plain names only; `RegistryMiddleware` has checked that a portal may use them.
    """
    if host.lower() in _LOOPBACK_NAMES:
        return address in ("127.0.0.1", "::1")
    return is_public(address)


class RegistryMiddleware:
    """Refuses every request to a host that is not its portal's; sees each hop of a redirect."""

    def process_request(self, request: Any) -> None:
        portal: Portal = request.meta["portal"]
        if not portal.serves(request.url):
            error = OutsideRegistry(f"{request.url} is not on a host of {portal.id}")
            error.host = _host(request.url)
            raise error


def _host(url: str) -> str | None:
    try:
        return host_key(url)[:200]
    except ValueError:
        return None


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's door to name resolution: hands on allowed addresses only. Literal addresses come through here as well."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._resolver = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:
        del crawler
        return cls(reactor)

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - the interface's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - the interface's name
        hostName: str,  # noqa: N803 - the interface's name
        portNumber: int = 0,  # noqa: N803 - the interface's name
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803 - the interface's name
        transportSemantics: str = "TCP",  # noqa: N803 - the interface's name
    ) -> IHostResolution:
        receiver = _AllowedOnly(resolutionReceiver, hostName)
        resolution: IHostResolution = self._resolver.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
        return resolution


@implementer(IResolutionReceiver)
class _AllowedOnly:
    def __init__(self, receiver: Any, host: str) -> None:
        self._receiver = receiver
        self._host = host

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803 - the interface's names
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - the interface's name
        if may_connect(self._host, address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802 - the interface's name
        self._receiver.resolutionComplete()
