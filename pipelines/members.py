"""The gzip members of an archive file, one a record: found one after another, and again behind damage.

What a member holds is read in ``archive.py``.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import InvalidData

MAX_RECORD_BYTES = 64 << 20
"""No record of ours is larger (bodies end at 10 MB); a member that unpacks to more is refused unread."""
_MEMBER_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
"""How FastWARC 2.0 begins each gzip member. The format's checksum does not cover these bytes, so they are compared."""


@dataclass(frozen=True, slots=True)
class Fault:
    fault: InvalidData
    torn: bool


class _Torn(InvalidData):
    pass


def members(path: Path) -> Iterator[tuple[int, bytes, Fault | None]]:
    """Offset and unpacked bytes of each record; behind a broken one the next gzip head that unpacks is looked for."""
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            offset = 0
            while offset < size:
                stream.seek(offset)
                try:
                    block, length = unpack(stream, path, offset)
                except InvalidData as fault:
                    following = _next_member(stream, path, offset + 1)
                    yield offset, b"", Fault(fault, torn=isinstance(fault, _Torn) and following is None)
                    if following is None:
                        return
                    offset = following
                else:
                    yield offset, block, None
                    offset += length
    except OSError as error:
        raise InvalidData(f"cannot be read: {error.strerror}; restore it from a backup", file=str(path)) from error


def unpack(stream: io.BufferedReader, path: Path, offset: int) -> tuple[bytes, int]:
    """One gzip member from the stream's position: its content and its length in the file."""
    head = stream.read(len(_MEMBER_HEAD))
    if head != _MEMBER_HEAD:
        kind = _Torn if _MEMBER_HEAD.startswith(head) else InvalidData
        raise kind(f"offset {offset}: no record begins here; the rest of the file is still read", file=str(path))
    inflater = zlib.decompressobj(wbits=31)
    content, consumed, chunk = bytearray(), 0, head
    try:
        while chunk:
            consumed += len(chunk)
            content += inflater.decompress(chunk, MAX_RECORD_BYTES + 1 - len(content))
            if len(content) > MAX_RECORD_BYTES:
                raise InvalidData(f"offset {offset}: the record unpacks to more than {MAX_RECORD_BYTES} bytes", file=str(path))
            if inflater.eof:
                return bytes(content), consumed - len(inflater.unused_data)
            chunk = stream.read(1 << 16)
    except zlib.error as error:
        raise InvalidData(f"offset {offset}: damaged record ({error}); the rest of the file is still read", file=str(path)) from error
    raise _Torn(f"offset {offset}: the last record is torn, its writer was stopped; the page is fetched again", file=str(path))


def _next_member(stream: io.BufferedReader, path: Path, start: int) -> int | None:
    stream.seek(start)
    window, position = b"", start
    while chunk := stream.read(1 << 20):
        window += chunk
        begin = 0
        while (found := window.find(_MEMBER_HEAD, begin)) >= 0:
            resume = stream.tell()
            stream.seek(position + found)
            try:
                block, _ = unpack(stream, path, position + found)
            except InvalidData:
                block = b""
            stream.seek(resume)
            if block.startswith(b"WARC/"):
                return position + found
            begin = found + 1
        kept = len(_MEMBER_HEAD) - 1
        position += max(len(window) - kept, 0)
        window = window[-kept:]
    return None
