"""Where the crawler may connect: 60 spellings of places inside, and what a redirect or a name server can try."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import DNSLookupError
from twisted.internet.testing import MemoryReactorClock
from twisted.web.client import Agent

from corpus.portals import Portal, load_portals
from crawler.guard import GuardedResolver, OutsideRegistry, RegistryMiddleware, is_public, may_connect

PORTAL = Portal(
    id="mau", name="Mẫu", home="https://mau.gov.vn/", hosts=("mau.gov.vn", "www.mau.gov.vn"), kind="government", province="v2-15"
)
EXAMPLE = Portal(
    id="vi-du", name="Ví dụ", home="http://127.0.0.1:8081/", hosts=("127.0.0.1:8081",), kind="press", province="VN", allow_loopback=True
)

# id, address as a link or redirect could spell it, the address that it leads to (None: resolved here, numbers only)
SPELLINGS: list[tuple[str, str, str | None]] = [
    ("loopback", "http://127.0.0.1/", None),
    ("loopback-port", "http://127.0.0.1:8080/", None),
    ("loopback-2", "http://127.0.0.2/", None),
    ("loopback-last", "http://127.255.255.254/", None),
    ("localhost", "http://localhost/", "127.0.0.1"),
    ("localhost-dot", "http://localhost./", "127.0.0.1"),
    ("localhost-upper", "http://LOCALHOST/", "127.0.0.1"),
    ("localdomain", "http://localhost.localdomain/", "127.0.0.1"),
    ("sub-localhost", "http://mau.localhost/", "127.0.0.1"),
    ("decimal", "http://2130706433/", None),
    ("hex", "http://0x7f000001/", None),
    ("hex-parts", "http://0x7f.0x0.0x0.0x1/", None),
    ("octal", "http://017700000001/", None),
    ("octal-parts", "http://0177.0.0.01/", None),
    ("mixed", "http://0x7f.0.0.01/", None),
    ("two-parts", "http://127.1/", None),
    ("three-parts", "http://127.0.1/", None),
    ("zero", "http://0.0.0.0/", None),
    ("zero-short", "http://0/", None),
    ("ten", "http://10.0.0.1/", None),
    ("ten-decimal", "http://167772161/", None),
    ("ten-short", "http://10.1/", None),
    ("172", "http://172.16.0.1/", None),
    ("172-end", "http://172.31.255.254/", None),
    ("192-168", "http://192.168.1.1/", None),
    ("192-168-hex", "http://0xc0a80101/", None),
    ("link-local", "http://169.254.1.1/", None),
    ("metadata", "http://169.254.169.254/latest/meta-data/", None),
    ("metadata-decimal", "http://2852039166/latest/", None),
    ("metadata-hex", "http://0xa9fea9fe/latest/", None),
    ("metadata-octal", "http://0251.0376.0251.0376/", None),
    ("metadata-name", "http://metadata.google.internal/", "169.254.169.254"),
    ("metadata-ecs", "http://169.254.170.2/v2/credentials", None),
    ("metadata-alibaba", "http://100.100.100.200/latest/", None),
    ("shared", "http://100.64.0.1/", None),
    ("benchmark", "http://198.18.0.1/", None),
    ("protocol", "http://192.0.0.8/", None),
    ("documentation", "http://192.0.2.10/", None),
    ("multicast", "http://224.0.0.1/", None),
    ("reserved", "http://240.0.0.1/", None),
    ("broadcast", "http://255.255.255.255/", None),
    ("v6-loopback", "http://[::1]/", None),
    ("v6-loopback-long", "http://[0:0:0:0:0:0:0:1]/", None),
    ("v6-any", "http://[::]/", None),
    ("v6-mapped", "http://[::ffff:127.0.0.1]/", None),
    ("v6-mapped-hex", "http://[::ffff:7f00:1]/", None),
    ("v6-mapped-ten", "http://[::ffff:10.0.0.1]/", None),
    ("v6-mapped-metadata", "http://[::ffff:a9fe:a9fe]/", None),
    ("v6-compatible", "http://[::127.0.0.1]/", None),
    ("v6-link-local", "http://[fe80::1]/", None),
    ("v6-site-local", "http://[fec0::1]/", None),
    ("v6-unique-local", "http://[fd00::1]/", None),
    ("v6-metadata", "http://[fd00:ec2::254]/latest/", None),
    ("v6-multicast", "http://[ff02::1]/", None),
    ("v6-6to4-loopback", "http://[2002:7f00:1::]/", None),
    ("v6-6to4-ten", "http://[2002:a00:1::]/", None),
    ("v6-nat64-loopback", "http://[64:ff9b::7f00:1]/", None),
    ("v6-nat64-metadata", "http://[64:ff9b::a9fe:a9fe]/", None),
    ("v6-teredo", "http://[2001:0:7f00:1::80ff:fffe]/", None),
    ("v6-documentation", "http://[2001:db8::1]/", None),
    ("wildcard-name", "http://10.0.0.1.nip.io/", "10.0.0.1"),
    ("user-part", "http://mau.gov.vn@127.0.0.1/", "127.0.0.1"),
    ("user-and-port", "http://mau.gov.vn:80@127.0.0.1/", "127.0.0.1"),
    ("rebinding-name", "http://mau.gov.vn.evil.example/", "127.0.0.1"),
    ("fullwidth", "http://１２７.０.０.１/", "127.0.0.1"),
]


def test_there_are_sixty() -> None:
    assert len(SPELLINGS) >= 60
    assert len({url for _, url, _ in SPELLINGS}) == len(SPELLINGS)


def address_of(url: str, known: str | None) -> str:
    """What the system's own resolver makes of a number; names are not looked up."""
    if known is not None:
        return known
    host = url.split("//", 1)[1].split("/", 1)[0]
    host = host[1:-1] if host.startswith("[") else host.partition(":")[0]
    return str(socket.getaddrinfo(host, 80, proto=socket.IPPROTO_TCP)[0][4][0])


@pytest.mark.parametrize(("url", "known"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_no_spelling_of_a_place_inside_gets_through(url: str, known: str | None) -> None:
    # neither the list of hosts nor, were the host on the list, the address lets it pass
    request: Any = type("Request", (), {"url": url, "meta": {"portal": PORTAL}})
    with pytest.raises(OutsideRegistry):
        RegistryMiddleware().process_request(request)
    assert not may_connect("mau.gov.vn", address_of(url, known))


@pytest.mark.parametrize(
    "address", ["203.162.0.181", "113.160.0.1", "8.8.8.8", "2001:ee0:1::1", "2402:800::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)
    assert may_connect("mau.gov.vn", address)


@pytest.mark.parametrize("address", ["", "mau.gov.vn", "127.0.0.1\n8.8.8.8", "999.1.1.1", "fe80::1%eth0"])
def test_what_is_no_public_address(address: str) -> None:
    assert not is_public(address)


def test_no_host_of_the_registry_is_refused() -> None:
    hosts = [(portal, host) for portal in load_portals() for host in portal.hosts]
    assert len(hosts) > 100
    for portal, host in hosts:
        request: Any = type("Request", (), {"url": f"https://{host}/tin-1.html", "meta": {"portal": portal}})
        assert RegistryMiddleware().process_request(request) is None


@pytest.mark.parametrize(
    ("host", "address", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
        ("localhost", "::1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("localhost", "10.0.0.1", False),
        ("localhost", "8.8.8.8", False),
        ("mau.gov.vn", "127.0.0.1", False),
    ],
)
def test_loopback_is_reached_by_its_own_name_alone(host: str, address: str, expected: bool) -> None:
    assert may_connect(host, address) is expected


def test_an_example_portal_reaches_its_own_port_alone() -> None:
    own: Any = type("Request", (), {"url": "http://127.0.0.1:8081/tin", "meta": {"portal": EXAMPLE}})
    assert RegistryMiddleware().process_request(own) is None
    for url in ("http://127.0.0.1:8082/tin", "http://127.0.0.1/tin", "http://localhost:8081/tin", "https://mau.gov.vn/"):
        other: Any = type("Request", (), {"url": url, "meta": {"portal": EXAMPLE}})
        with pytest.raises(OutsideRegistry):
            RegistryMiddleware().process_request(other)


class _NameServer:
    """Answers with another set of addresses each time it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, name: str, port: int, types: Any, semantics: str) -> object:  # noqa: N802
        receiver.resolutionBegan(object())
        for address in self.answers.pop(0):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return object()


class _Receiver:
    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = False

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def test_a_name_that_changes_its_address_gains_nothing() -> None:
    reactor: Any = type("Reactor", (), {"nameResolver": _NameServer(["203.162.0.1"], ["127.0.0.1"], ["10.0.0.1", "203.162.0.1", "::1"])})
    resolver = GuardedResolver(reactor)
    seen = []
    for _ in range(3):
        receiver = _Receiver()
        resolver.resolveHostName(receiver, "mau.gov.vn", 80)
        assert receiver.complete
        seen.append(receiver.addresses)
    assert seen == [["203.162.0.1"], [], ["203.162.0.1"]]


class _System:
    """Resolves as the system does for numbers, and names as the test says; no name server is asked."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self.names = names

    def resolveHostName(self, receiver: Any, name: str, port: int, types: Any, semantics: str) -> object:  # noqa: N802
        receiver.resolutionBegan(object())
        for address in (
            self.names[name] if name in self.names else [address_of(f"http://[{name}]/" if ":" in name else f"http://{name}/", None)]
        ):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return object()


def connections(url: str, names: dict[str, list[str]]) -> tuple[list[str], Any]:
    """Addresses to which a request for ``url`` begins to connect, through the resolver that Scrapy is given."""
    reactor = MemoryReactorClock()
    reactor.installNameResolver(_System(names))
    GuardedResolver(reactor).install_on_reactor()
    outcome: list[Any] = []
    Agent(reactor, connectTimeout=5).request(b"GET", url.encode()).addBoth(outcome.append)
    reactor.advance(1)
    return [client[0] for client in reactor.tcpClients], outcome


@pytest.mark.parametrize(
    ("url", "known"), [case[1:] for case in SPELLINGS if case[2] is None], ids=[case[0] for case in SPELLINGS if case[2] is None]
)
def test_no_connection_begins_to_a_number_of_a_place_inside(url: str, known: str | None) -> None:
    """Even where the list of hosts had let it through; the plain names of loopback are for example portals."""
    host = url.split("//", 1)[1].split("/", 1)[0].removesuffix(":8080")
    begun, outcome = connections(url.replace(":8080", ""), {})
    if host in ("127.0.0.1", "[::1]"):
        assert begun in ([], ["127.0.0.1"], ["::1"])
    else:
        assert begun == []
        assert outcome
        assert outcome[0].check(DNSLookupError, ValueError, UnicodeError) is not None


@pytest.mark.parametrize("inside", sorted({address_of(url, known) for _, url, known in SPELLINGS}))
def test_no_connection_begins_for_a_name_that_leads_inside(inside: str) -> None:
    assert connections("http://mau.gov.vn/tin", {"mau.gov.vn": [inside]})[0] == []
    assert connections("http://mau.gov.vn/tin", {"mau.gov.vn": [inside, "203.162.0.1"]})[0] == ["203.162.0.1"]


def test_connections_begin_to_every_host_of_the_registry() -> None:
    hosts = [host for portal in load_portals() for host in portal.hosts]
    assert len(hosts) > 100
    for number, host in enumerate(hosts):
        address = f"113.160.{number // 250}.{number % 250 + 1}"
        assert connections(f"http://{host}/", {host: [address]})[0] == [address]


def test_a_chain_of_redirects_is_checked_at_every_hop() -> None:
    middleware = RegistryMiddleware()
    for hop in ("https://mau.gov.vn/a", "http://www.mau.gov.vn:80/b", "https://MAU.gov.vn./c"):
        request: Any = type("Request", (), {"url": hop, "meta": {"portal": PORTAL}})
        assert middleware.process_request(request) is None
    for hop in (
        "https://khac.gov.vn/d",
        "ftp://mau.gov.vn/",
        "file:///etc/passwd",
        "https://mau.gov.vn:8443/",
        "https://[::1/",
        "https://a@mau.gov.vn/",
    ):
        request = type("Request", (), {"url": hop, "meta": {"portal": PORTAL}})
        with pytest.raises(OutsideRegistry):
            middleware.process_request(request)
