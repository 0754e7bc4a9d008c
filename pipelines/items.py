"""Scrapy's item pipeline: each answer goes to the archive, and a page that is to be processed to the store.

With it nothing is lost by a crash: the record is on the disk before the store says that the page is there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from corpus.document import RawPage
from corpus.errors import CorpusError
from corpus.store import Store
from pipelines.archive import Archive

DISCOVERY = "discovery"
"""Folder inside the archive for lists, feeds and answers that are no pages: kept, and not processed again."""


class ArchivePipeline:
    """An item is a mapping: ``page`` (RawPage), ``request_headers``, ``kind``, ``unchanged`` with ``earlier`` (KeptPage, the answer
    that it does not differ from); and for a page to be processed ``save`` with ``run``, ``now`` and ``revisit_at``. An item that could
    not be kept comes back with its ``failure``."""

    def __init__(self, store: Store, directory: Path) -> None:
        self._store = store
        self._pages = Archive(directory)
        self._rest = Archive(directory / DISCOVERY)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler.spider.store, Path(crawler.settings["LOA_HOME"]) / "archive")

    def process_item(self, item: Any) -> Any:
        try:
            self._keep(item)
        except CorpusError as error:
            item["failure"] = error  # for the spider, which ends the run; raised here it would only be logged
        return item

    def _keep(self, item: Any) -> None:
        page: RawPage = item["page"]
        if not item.get("save"):
            self._rest.write(page, item["request_headers"], unchanged=bool(item.get("unchanged")), earlier=item.get("earlier"))
            return
        record = self._pages.write(page, item["request_headers"])
        kept = replace(page, record=record)
        self._store.save_page(kept, run=item["run"], now=item["now"], revisit_at=item["revisit_at"])

    def close_spider(self) -> None:
        self._pages.close()
        self._rest.close()
