"""The issue of a week for many readers, built, signed and handed to a mail server on this machine.

python -m benchmarks.digest [--readers 1000] [--articles 20000]
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.activities import Activities
from corpus.localities import Register
from corpus.reader_links import ReaderLinks
from corpus.store import Choices, Reader, Send, Store, open_store
from digest.message import Dkim, Envelope
from digest.press import Press, Rules
from digest.render import Renderer
from digest.send import Clock, Delivery
from digest.smtp import MailServer
from monitor.coverage import map_provinces
from monitor.desk import Monitor
from monitor.periods import parse_period
from tests.digest.mail_server import running
from tests.monitor.makers import make_registry
from tests.search_samples import make_document

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
WEEK = parse_period("2026-W47")


class NoSearches:
    def find(self, params: str) -> set[str]:
        return {params} - {params}

    def understood(self, params: str) -> str:
        return params

    def source(self, portal: str) -> str:
        return portal


def fill(store: Store, articles: int, readers: int, chance: random.Random) -> None:
    provinces = map_provinces(Register.load(), "34")
    codes = [activity.code for activity in Activities.load()]
    for number in range(articles):
        age = number % 280
        store.put_document(
            make_document(
                f"{number:024x}",
                f"Huyện mở lớp tập huấn truyền thanh cơ sở và giảm nghèo về thông tin, lần {number}",
                f"Tại tỉnh mở lớp tập huấn. Kinh phí là {number % 900 + 10} triệu đồng.",
                published=WEEK.end - timedelta(days=age + 1),
                about=((provinces[number % len(provinces)], "tỉnh"),),
                activities=((codes[number % len(codes)], "tập huấn", "done"),),
                amounts=((f"{number % 900 + 10} triệu đồng", (number % 900 + 10) * 10**6, "total", "exact", "budget"),)
                if number % 3 == 0
                else (),
            ),
            NOW,
        )
    for number in range(readers):
        choices = Choices(
            units=chance.choice(("34", "34", "63")), provinces=tuple(chance.sample(provinces, 3)), activities=tuple(chance.sample(codes, 2))
        )
        store.add_reader(f"doc-gia-{number}@mau.example.vn", choices, consented_at=NOW, now=NOW)


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=20_000)
    options = parser.parse_args()
    key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
    envelope = Envelope(address="loa@mau.example.vn", name="Bản tin loa", dkim=Dkim(selector="loa", domain="mau.example.vn", key=key))
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "loa.db") as store:
        fill(store, options.articles, options.readers, random.Random(1))
        register = Register.load()
        press = Press(
            store,
            Monitor(store, make_registry(), register, lambda: NOW),
            NoSearches(),
            links=ReaderLinks("a secret that is long enough"),
            renderer=Renderer(base="https://loa.mau.example.vn", department="Cục Mẫu"),
            envelope=envelope,
            rules=Rules(),
        )
        started = time.perf_counter()
        press.prepare(WEEK, NOW)
        press.queue(WEEK.key, NOW)
        built = time.perf_counter()
        compose = press.composer(WEEK.key, lambda: NOW)
        sizes: list[int] = []
        memory: dict[int, float] = {}

        def noted(reader: Reader, send: Send) -> bytes:
            message = compose(reader, send)
            sizes.append(len(message))
            if len(sizes) in (100, options.readers):
                memory[len(sizes)] = resident_mib()
            return message

        with running(Path(folder) / "accepted.jsonl") as server:
            clock = Clock(now=lambda: datetime.now(UTC), pause=time.sleep)
            target = MailServer(host="127.0.0.1", port=server.port)
            begun, cpu = time.perf_counter(), time.process_time()
            with Delivery(store, target, envelope.address, clock=clock) as delivery:
                tally = delivery.deliver(WEEK.key, noted)
            ended, used = time.perf_counter(), time.process_time() - cpu
            received = len(server.accepted())
    print(f"{options.articles} articles, {options.readers} readers ")
    print(f"issue built and queued   {built - started:6.1f} s")
    print(f"handed over              {ended - begun:6.1f} s ({used:.1f} s of processor time), {tally.sent} sent, {received} received")
    print(f"together                 {built - started + ended - begun:6.1f} s")
    print(f"largest message          {max(sizes):6d} bytes")
    print("memory                   " + ", ".join(f"{mib:.0f} MiB after {count}" for count, mib in memory.items()))


if __name__ == "__main__":
    main()
