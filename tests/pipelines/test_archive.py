from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.checker import Checker

from corpus.document import RawPage
from corpus.errors import InvalidData, StoreUnavailable
from corpus.store import KeptPage
from pipelines.archive import Archive, read_pages, verify
from pipelines.members import members

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


def make_page(number: int = 1, **changes: object) -> RawPage:
    page = RawPage(
        portal="tinh-mau",
        requested_url=f"http://tinhmau.gov.vn/tin-{number}",
        final_url=f"https://tinhmau.gov.vn/tin-{number}.html?đ=ắ",
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"), ("server", "máy chủ"), ("set-cookie", "a=1"), ("set-cookie", "b=2")),
        body=f"<p>Bản tin số {number}</p>\r\n\r\n".encode() * number,
        fetched_at=AT,
    )
    return replace(page, **changes)  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as archive:
        yield archive


header_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip)
header_name = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True) | st.sampled_from(
    ["content-encoding", "transfer-encoding", "content-length", "x-archive-original-content-length"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=3000),
    status=st.integers(100, 599).filter(lambda status: status != 304),
    headers=st.lists(st.tuples(header_name, header_text), max_size=6),
    at=st.integers(946_684_800_000_000, 4_102_444_800_000_000).map(lambda micros: EPOCH + timedelta(microseconds=micros)),
)
def test_reads_back_what_was_written(archive: Archive, body: bytes, status: int, headers: list[tuple[str, str]], at: datetime) -> None:
    page = make_page(body=body, status=status, headers=tuple(headers), fetched_at=at)
    record = archive.write(page, [("user-agent", "loa")])
    assert archive.read(record) == replace(page, record=record)


def test_reads_in_the_order_of_writing_and_keeps_every_page(archive: Archive) -> None:
    pages = [make_page(number) for number in range(1, 30)]
    records = [archive.write(page) for page in pages]
    assert list(read_pages(archive.directory)) == [replace(page, record=record) for page, record in zip(pages, records, strict=True)]


def test_a_body_already_kept_becomes_a_revisit(archive: Archive) -> None:
    first = archive.write(make_page(body=b"x" * 5000))
    again = archive.write(make_page(body=b"x" * 5000, fetched_at=AT.replace(hour=5)), same_as=first)
    size = sum(path.stat().st_size for path in archive.directory.iterdir())
    assert archive.read(again).body == b"x" * 5000
    assert archive.read(again).fetched_at == AT.replace(hour=5)
    assert [page.body for page in read_pages(archive.directory)] == [b"x" * 5000] * 2
    assert size < 3000


def test_not_modified_is_kept_and_is_no_page(archive: Archive) -> None:
    archive.write(make_page())
    record = archive.write(make_page(status=304, body=b""), unchanged=True)
    archive.write(make_page(), unchanged=True)
    assert len(list(read_pages(archive.directory))) == 1
    assert verify(archive.directory).records == 7
    with pytest.raises(InvalidData, match="nothing changed"):
        archive.read(record)


def test_a_revisit_says_what_it_did_not_differ_from(archive: Archive) -> None:
    """WARC 1.1, 6.7: profile, address, date and payload digest of the answer that holds the body."""
    first = make_page(body=b"x" * 5000)
    earlier = KeptPage(final_url=first.final_url, fetched_at=first.fetched_at, body_sha256=first.sha256)
    later = AT.replace(hour=5)
    record = archive.write(first)
    archive.write(make_page(body=b"x" * 5000, fetched_at=later, final_url="https://tinhmau.gov.vn/b"), unchanged=True, earlier=earlier)
    archive.write(make_page(status=304, body=b"", fetched_at=later), unchanged=True, earlier=earlier)
    archive.write(make_page(body=b"x" * 5000, fetched_at=later), same_as=record)
    archive.write(make_page(status=304, body=b"", fetched_at=later), unchanged=True)
    with (archive.directory / record.split("#")[0]).open("rb") as stream:
        records = [(entry.rec_type, entry.rec_headers) for entry in WarcioIterator(stream)]
    digest = next(headers.get_header("WARC-Payload-Digest") for kind, headers in records if kind == "response")
    names = ("WARC-Profile", "WARC-Payload-Digest", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
    profile = "http://netpreserve.org/warc/1.1/revisit/"
    place = ("https://tinhmau.gov.vn/tin-1.html?đ=ắ", "2026-11-23T01:02:03.456789Z")
    assert [tuple(headers.get_header(name) for name in names) for kind, headers in records if kind == "revisit"] == [
        (profile + "identical-payload-digest", digest, *place),
        (profile + "server-not-modified", digest, *place),
        (profile + "identical-payload-digest", digest, *place),
        (profile + "server-not-modified", None, None, None),
    ]
    assert verify(archive.directory).sound


def test_other_tools_read_it(archive: Archive) -> None:
    record = archive.write(make_page(headers=(("content-encoding", "gzip"), ("content-length", "7"))), [("user-agent", "loa/1")])
    archive.write(make_page(), same_as=record)
    path = archive.directory / record.split("#")[0]
    with path.open("rb") as stream:
        kinds = [(entry.rec_type, entry.rec_headers.protocol) for entry in WarcioIterator(stream)]
    assert kinds == [(kind, "WARC/1.1") for kind in ("warcinfo", "response", "request", "revisit", "request")]
    with path.open("rb") as stream:
        bodies = {entry.rec_type: entry.content_stream().read() for entry in WarcioIterator(stream)}
    assert bodies["response"] == make_page().body
    checker = Checker(type("Options", (), {"inputs": [str(path)], "verbose": False})())
    checker.process_one(str(path))
    assert checker.exit_value == 0


def test_files_rotate(tmp_path: Path) -> None:
    with Archive(tmp_path, max_file_bytes=1000) as archive:
        records = [archive.write(make_page(number)) for number in range(1, 10)]
    assert len({record.split("#")[0] for record in records}) > 2
    assert all(archive.read(record).record == record for record in records)


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as other:
        assert one.write(make_page()).split("#")[0] != other.write(make_page()).split("#")[0]


def test_a_flipped_byte_is_found_and_the_rest_read(archive: Archive) -> None:
    source = random.Random(7)
    pages = [make_page(number) for number in range(1, 21)]
    for page in pages:
        archive.write(page)
    (path,) = archive.directory.iterdir()
    whole = path.read_bytes()
    for _ in range(200):
        position = source.randrange(len(whole))
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        report = verify(archive.directory)
        assert len(report.broken) + len(report.torn) == 1, position
        faults: list[InvalidData] = []
        bodies = [page.body for page in read_pages(archive.directory, on_broken=faults.append)]
        assert len(bodies) >= 19
        assert set(bodies) <= {page.body for page in pages}
        assert [fault.file for fault in faults] == [str(path)]


@pytest.mark.parametrize("cut", [1, 5, 9, 10, 11, 60, 300])
def test_a_torn_end_is_tolerated_and_reported(archive: Archive, cut: int) -> None:
    archive.write(make_page(1))
    record = archive.write(make_page(2))
    (path,) = archive.directory.iterdir()
    start = int(record.split("#")[1])
    path.write_bytes(path.read_bytes()[: start + cut])
    report = verify(archive.directory)
    assert report.sound
    assert len(report.torn) == 1
    assert [page.body for page in read_pages(archive.directory, on_broken=lambda fault: None)] == [make_page(1).body]
    with pytest.raises(InvalidData, match=f"offset {start}"):
        archive.read(record)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("missing.warc.gz#0", "cannot be read"),
        ("../../etc/passwd#0", "not an archive record"),
        ("x.warc.gz", "not an archive record"),
    ],
    ids=["missing", "outside", "no-offset"],
)
def test_a_record_that_is_not_there(archive: Archive, record: str, message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        archive.read(record)


def test_an_offset_inside_a_record(archive: Archive) -> None:
    record = archive.write(make_page())
    with pytest.raises(InvalidData, match="no record begins here"):
        archive.read(record + "1")


def test_a_full_disk_leaves_whole_records(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = archive.write(make_page(1))
    real = os.write

    def write_half(descriptor: int, data: memoryview) -> int:
        if len(data) < 200:
            raise OSError(28, "No space left on device")
        return real(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_half)
        with pytest.raises(StoreUnavailable, match="disk is full"):
            archive.write(make_page(2))
    later = archive.write(make_page(3))
    assert [page.record for page in read_pages(archive.directory)] == [kept, later]
    assert verify(archive.directory).sound


def test_a_header_with_a_line_break_is_refused(archive: Archive) -> None:
    with pytest.raises(InvalidData, match="line break"):
        archive.write(make_page(headers=(("x", "a\r\nb: c"),)))


def damage(directory: Path, count: int) -> int:
    """Pages of an archive of ``count`` in which one byte each was flipped, as `verify` counts them; reading gives none of them."""
    with Archive(directory, max_file_bytes=200_000) as archive:
        records = [
            archive.write(make_page(number, body=os.urandom(300) + f"<p>Bản tin số {number}</p>".encode())) for number in range(count)
        ]
    source = random.Random(count)
    for file in sorted(directory.iterdir()):
        content = bytearray(file.read_bytes())
        offsets = sorted(offset for offset, _, _ in members(file))
        ends = dict(zip(offsets, [*offsets[1:], len(content)], strict=True))
        for record in records:
            name, _, offset = record.partition("#")
            if name == file.name:
                content[source.randrange(int(offset), ends[int(offset)])] ^= 1 << source.randrange(8)
        file.write_bytes(content)
    served = list(read_pages(directory, on_broken=lambda fault: None))
    assert served == [], "nothing damaged is served"
    return len(verify(directory).broken)


def test_every_damaged_page_is_reported(tmp_path: Path) -> None:
    assert damage(tmp_path / "archive", 60) == 60


@pytest.mark.soak
def test_a_thousand_damaged_pages_are_reported(tmp_path: Path) -> None:
    assert damage(tmp_path / "archive", 1000) == 1000
