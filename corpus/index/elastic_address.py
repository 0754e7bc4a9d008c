"""The address of an index on a search server: ``http[s]://[user:password@]host:port[,host:port…]/name``."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from corpus.errors import InvalidData

_NAME = re.compile(r"[a-z][a-z0-9_]{0,80}")
_HOST = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}")


class Address:
    """Raises: InvalidData for an address that is none."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        login, _, places = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        self.name = parts.path.strip("/")
        self.login = (unquote(user), unquote(password)) if login else None
        self.hosts = [f"{parts.scheme}://{place}" for place in places.split(",")]
        self.shown = f"{parts.scheme}://{places}/{self.name}"
        if parts.query or parts.fragment or not _NAME.fullmatch(self.name) or not all(_HOST.fullmatch(host) for host in self.hosts):
            raise InvalidData(
                f"{self.shown!r} is no address of a search index: write http://host:9200/name, the name in small letters, digits and _"
            )
