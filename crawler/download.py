"""Scrapy's download handler with our limits: certificates checked but for named sources, heads of answers bounded.

A source whose certificate cannot be checked is told apart by host and port, so that an exception for one opens no other.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import CertificateOptions
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # publishes no types

MAX_HEAD_BYTES = 256 * 1024
"""Status line and headers of one answer; Scrapy 2.19 bounds bodies only, and headers without end fill the memory."""


class DownloadHandler(HTTP11DownloadHandler):
    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        policy: Any = CertificatePolicy(self._contextFactory, crawler)  # zope's interfaces are not known to type checkers
        self._contextFactory = policy
        self._pool._factory = _bounded(self._pool._factory)


def _bounded(factory: Any) -> Any:
    """The pool's factory of protocols, which end a connection whose head grows too long."""

    class Bounded(factory):
        def buildProtocol(self, address: Any) -> Any:  # noqa: N802 - the interface's name
            protocol = super().buildProtocol(address)
            receive, head = protocol.dataReceived, 0

            def receive_bounded(data: bytes) -> None:
                nonlocal head
                parser = protocol._parser
                head = head + len(data) if parser is not None and parser.state in ("STATUS", "HEADER") else 0
                if head > MAX_HEAD_BYTES:
                    protocol.transport.abortConnection()
                else:
                    receive(data)

            protocol.dataReceived = receive_bounded
            return protocol

    return Bounded


@implementer(IPolicyForHTTPS)
class CertificatePolicy:
    def __init__(self, checked: Any, crawler: Any) -> None:
        self._checked = checked
        self._crawler = crawler

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - the interface's name
        if self._is_exempt(hostname.decode("ascii", "replace"), port):
            return _Unchecked(hostname)
        return self._checked.creatorForNetloc(hostname, port)

    def _is_exempt(self, host: str, port: int) -> bool:
        names = {host, f"{host}:{port}"} if port == 443 else {f"{host}:{port}"}
        return any(portal.tls == "insecure" and names & set(portal.hosts) for portal in self._crawler.spider.portals)


@implementer(IOpenSSLClientConnectionCreator)
class _Unchecked:
    """Encrypts and names the host, and takes whatever certificate comes."""

    def __init__(self, hostname: bytes) -> None:
        self._hostname = hostname
        self._context = CertificateOptions().getContext()

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803 - the interface's names
        connection = SSL.Connection(self._context, None)
        connection.set_app_data(tlsProtocol)
        try:
            ipaddress.ip_address(self._hostname.decode("ascii", "replace"))
        except ValueError:
            connection.set_tlsext_host_name(self._hostname)  # numbers are not named (RFC 6066, 3)
        return connection
