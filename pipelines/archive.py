"""The archive: every fetch as WARC 1.1 (ISO 28500:2017), from which everything else can be built again without the network.

One gzip member a record, so that a record is found by its offset and a damaged one costs nothing but itself. Each writer opens
files of its own: a file that a killed process left torn is never appended to. What a record holds is not judged here.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from fastwarc import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from corpus.document import RawPage
from corpus.errors import InvalidData, StoreUnavailable
from corpus.store import KeptPage
from pipelines.members import members, unpack

MAX_FILE_BYTES = 1 << 30
"""1 GiB, the size the WARC guidelines of the IIPC recommend."""

_COMPRESSION = 6  # level 9 costs 3 times as much for 2 % less (200 pages of 136 KB)
_SOFTWARE = b"software: loa\r\nformat: WARC File Format 1.1\r\n"
_PROFILE_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_PROFILE_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
# The body is stored decoded, so these would tell readers to decode it again; they keep their value under another name.
_ENCODING_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_ORIGINAL = "x-archive-original-"
_UNSENDABLE = re.compile(r"[\r\n\x00]")
_RECORD = re.compile(r"(?P<file>[^/\\#]+\.warc\.gz)#(?P<offset>\d{1,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReport:
    """What `verify` found; ``sound`` when nothing is broken. A torn end is what a killed writer leaves and not a fault."""

    files: int
    records: int
    broken: tuple[InvalidData, ...]
    torn: tuple[InvalidData, ...]

    @property
    def sound(self) -> bool:
        return not self.broken


class Archive:
    """A directory of WARC files. Reading may happen while another process writes."""

    def __init__(self, directory: Path, *, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self.directory = directory
        self._max_file_bytes = max_file_bytes
        self._descriptor: int | None = None
        self._name = ""
        self._size = 0

    def write(
        self,
        page: RawPage,
        request_headers: Sequence[tuple[str, str]] = (),
        *,
        unchanged: bool = False,
        earlier: KeptPage | None = None,
        same_as: str | None = None,
    ) -> str:
        """Append request and response and return the response's place, ``<file>#<offset>``, once both are on the disk.

        ``unchanged`` (a 304, or the bytes we have already) writes a revisit record without the body. ``earlier`` says which answer
        it did not differ from; ``same_as`` names that one's record, of this directory, and makes the revisit readable by itself.
        Raises: StoreUnavailable when the disk is full or cannot be written; the file then ends with the last whole record.
        """
        response_id = _urn()
        if same_as is not None:
            kept = self.read(same_as)
            earlier = KeptPage(final_url=kept.final_url, fetched_at=kept.fetched_at, body_sha256=kept.sha256)
        response = _response_record(page, response_id, unchanged=unchanged or same_as is not None, earlier=earlier, same_as=same_as)
        request = _request_record(page, request_headers, response_id)
        if self._descriptor is None or self._size >= self._max_file_bytes:
            self._open(page.fetched_at)
        offset = self._size
        self._append(response + request)
        return f"{self._name}#{offset}"

    def read(self, record: str) -> RawPage:
        """Raises: InvalidData naming file and offset when the record is missing or damaged."""
        match = _RECORD.fullmatch(record)
        if match is None:
            raise InvalidData(f"not an archive record: {record!r}; expected <file>.warc.gz#<offset>")
        page, same_as = self._read_one(match["file"], int(match["offset"]))
        if same_as is None:
            return page
        if not same_as:
            raise InvalidData(f"{record}: says only that nothing changed; the page is in an earlier record")
        original = self.read(same_as)
        return _with_body(page, original, record=record)

    def _read_one(self, name: str, offset: int) -> tuple[RawPage, str | None]:
        path = self.directory / name
        try:
            with path.open("rb") as stream:
                stream.seek(offset)
                block, _ = unpack(stream, path, offset)
        except OSError as error:
            raise InvalidData(f"cannot be read: {error.strerror}; restore it from a backup", file=str(path)) from error
        page, same_as = _page_of(_parse(block, path, offset), path, offset)
        if page is None:
            raise InvalidData(f"offset {offset}: the record is not a response", file=str(path))
        return page, same_as

    def _open(self, at: datetime) -> None:
        self.close()
        self._name = f"loa-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.warc.gz"
        path = self.directory / self._name
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            _sync_directory(self.directory)
        except OSError as error:
            raise _unavailable(path, error) from error
        self._size = 0
        self._append(_info_record(self._name, at))

    def _append(self, data: bytes) -> None:
        assert self._descriptor is not None
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            raise _unavailable(self.directory / self._name, error) from error
        self._size += len(data)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def read_pages(path: Path, *, on_broken: Callable[[InvalidData], object] | None = None) -> Iterator[RawPage]:
    """Every page of a WARC file, or of all files of a directory in the order of their names.

    Revisits that bring no page of their own (304, or the body is elsewhere and not named) are left out. A broken record goes to
    ``on_broken`` and reading continues behind it; without ``on_broken`` it is raised.
    """

    def broken(error: InvalidData) -> None:
        if on_broken is None:
            raise error
        on_broken(error)

    for file in _files(path):
        archive = Archive(file.parent)
        for offset, block, error in members(file):
            try:
                if error is not None:
                    raise error.fault
                page, same_as = _page_of(_parse(block, file, offset), file, offset)
                if page is None or page.status == 304 or same_as == "":
                    continue
                yield page if same_as is None else _with_body(page, archive.read(same_as), record=page.record)
            except InvalidData as fault:
                broken(fault)


def verify(path: Path) -> ArchiveReport:
    """Read everything below ``path`` and compare every checksum; a flipped byte is found, a torn end is reported apart."""
    records = 0
    broken: list[InvalidData] = []
    torn: list[InvalidData] = []
    files = _files(path)
    for file in files:
        for offset, block, error in members(file):
            if error is not None:
                (torn if error.torn else broken).append(error.fault)
                continue
            try:
                _page_of(_parse(block, file, offset), file, offset)
            except InvalidData as fault:
                broken.append(fault)
            else:
                records += 1
    return ArchiveReport(files=len(files), records=records, broken=tuple(broken), torn=tuple(torn))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.warc.gz"))
    if not path.exists():
        raise InvalidData("no such archive", file=str(path))
    return [path]


def _urn() -> str:
    random = secrets.token_hex(16)
    return f"<urn:uuid:{random[:8]}-{random[8:12]}-4{random[13:16]}-a{random[17:20]}-{random[20:]}>"


def _digest(data: bytes) -> str:
    return _digest_of(hashlib.sha256(data).digest())


def _digest_of(sha256: bytes) -> str:
    return "sha256:" + base64.b32encode(sha256).decode()


def _date(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _record(kind: WarcRecordType, block: bytes, headers: Sequence[tuple[str, str]], *, http: bool) -> bytes:
    record = WarcRecord()
    record.init_headers(record_type=kind)
    for name, value in headers:
        if _UNSENDABLE.search(value):
            raise InvalidData(f"{name} cannot be archived: {value!r} holds a line break")
        record.headers[name] = value
    record.set_bytes_content(block)
    record.is_http = http
    record.headers["WARC-Block-Digest"] = _digest(block)
    buffer = io.BytesIO()
    writer = GzipWriter(buffer, compression_level=_COMPRESSION)
    record.write(writer)
    writer.close()
    return buffer.getvalue()


def _info_record(name: str, at: datetime) -> bytes:
    headers = [("WARC-Date", _date(at)), ("WARC-Filename", name), ("Content-Type", "application/warc-fields")]
    return _record(WarcRecordType.warcinfo, _SOFTWARE, headers, http=False)


def _response_record(page: RawPage, record_id: str, *, unchanged: bool, earlier: KeptPage | None, same_as: str | None) -> bytes:
    lines = [f"HTTP/1.1 {page.status} -"]
    for name, value in page.headers:
        stored = _ORIGINAL + name if name.lower() in _ENCODING_HEADERS or name.lower().startswith(_ORIGINAL) else name
        lines.append(f"{stored}: {value}")
    if any(_UNSENDABLE.search(line) for line in lines):
        raise InvalidData(f"the response headers of {page.final_url} hold a line break")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
    headers = [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", _date(page.fetched_at)),
        ("WARC-Target-URI", page.final_url),
        ("Loa-Portal", page.portal),
        ("Loa-Requested-URI", page.requested_url),
    ]
    if not unchanged:
        headers.append(("WARC-Payload-Digest", _digest(page.body)))
        return _record(WarcRecordType.response, head + page.body, headers, http=True)
    headers.append(("WARC-Profile", _PROFILE_NOT_MODIFIED if page.status == 304 else _PROFILE_SAME))
    # The digest is of the payload that was not sent again; a 304 has none of its own (WARC 1.1, 6.7.2 and 6.7.3).
    if page.status != 304:
        headers.append(("WARC-Payload-Digest", _digest(page.body)))
    elif earlier is not None:
        headers.append(("WARC-Payload-Digest", _digest_of(bytes.fromhex(earlier.body_sha256))))
    if earlier is not None:
        headers += [("WARC-Refers-To-Target-URI", earlier.final_url), ("WARC-Refers-To-Date", _date(earlier.fetched_at))]
    if same_as is not None:
        headers.append(("Loa-Refers-To", same_as))
    return _record(WarcRecordType.revisit, head, headers, http=True)


def _request_record(page: RawPage, request_headers: Sequence[tuple[str, str]], response_id: str) -> bytes:
    parts = urlsplit(page.final_url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in request_headers if name.lower() != "host"]
    if any(_UNSENDABLE.search(line) for line in lines):
        raise InvalidData(f"the request headers for {page.final_url} hold a line break")
    headers = [
        ("WARC-Date", _date(page.fetched_at)),
        ("WARC-Target-URI", page.final_url),
        ("WARC-Concurrent-To", response_id),
    ]
    block = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
    return _record(WarcRecordType.request, block, headers, http=True)


def _parse(block: bytes, path: Path, offset: int) -> WarcRecord:
    """Raises: InvalidData when the block is no WARC record or its content does not have the digest its head gives."""
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(block), parse_http=False)))
        record.freeze()
        content = record.reader.read()
    except (StopIteration, ValueError, OSError) as error:
        raise InvalidData(f"offset {offset}: not a WARC record", file=str(path)) from error
    stated = record.headers.get("WARC-Block-Digest")
    if stated is not None and stated != _digest(content):
        raise InvalidData(f"offset {offset}: the record's digest does not fit its content", file=str(path))
    record.set_bytes_content(content)
    return record


def _page_of(record: WarcRecord, path: Path, offset: int) -> tuple[RawPage | None, str | None]:
    """The page of a response or revisit record (None for others) and, for a revisit, the record that holds its body.

    The latter is empty where the revisit does not name it.
    """
    if record.record_type not in (WarcRecordType.response, WarcRecordType.revisit):
        return None, None
    content = record.reader.read()
    head, separator, body = content.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    try:
        status = int(status_line.split(" ", 2)[1])
        fetched_at = datetime.fromisoformat(record.headers["WARC-Date"]).astimezone(UTC)
        final_url = record.headers["WARC-Target-URI"]
    except (IndexError, KeyError, ValueError) as error:
        raise InvalidData(f"offset {offset}: not an HTTP response", file=str(path)) from error
    if not separator:
        raise InvalidData(f"offset {offset}: not an HTTP response", file=str(path))
    revisit = record.record_type == WarcRecordType.revisit
    same_as = (record.headers.get("Loa-Refers-To") or "") if revisit else None
    payload = record.headers.get("WARC-Payload-Digest")
    if same_as is None and payload is not None and payload != _digest(body):
        raise InvalidData(f"offset {offset}: the page's digest does not fit its body", file=str(path))
    page = RawPage(
        portal=record.headers.get("Loa-Portal") or "import",
        requested_url=record.headers.get("Loa-Requested-URI") or final_url,
        final_url=final_url,
        status=status,
        headers=tuple(_header(line) for line in lines),
        body=body,
        fetched_at=fetched_at,
        record=f"{path.name}#{offset}",
    )
    return page, same_as


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name.removeprefix(_ORIGINAL), value


def _with_body(page: RawPage, original: RawPage, *, record: str | None) -> RawPage:
    return RawPage(
        portal=page.portal,
        requested_url=page.requested_url,
        final_url=page.final_url,
        status=page.status,
        headers=page.headers,
        body=original.body,
        fetched_at=page.fetched_at,
        record=record,
    )


def _sync_directory(directory: Path) -> None:
    """A new file survives a power cut only once its directory is on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(path: Path, error: OSError) -> StoreUnavailable:
    advice = {
        errno.ENOSPC: "the disk is full: free some space and start again",
        errno.EFBIG: "no larger file may be written here: raise the limit and start again",
        errno.EROFS: "the disk is read-only: mount it writable and start again",
        errno.EACCES: "no permission to write: correct the directory's owner or mode and start again",
    }.get(error.errno or 0, "start again once the disk can be written")
    return StoreUnavailable(f"{path}: cannot write the archive ({error.strerror}); {advice}")
