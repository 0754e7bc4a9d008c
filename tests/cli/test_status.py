"""`loa status` shows the health of sources with causes and the coverage of provinces, as the pages do."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cli import commands_status
from corpus.document import Document, LocalityMention, Provenance, Relevance, Span
from corpus.readings import Reading, WayReading
from corpus.store import open_store
from tests.cli.conftest import Loa
from tests.monitor.makers import NOW

REGISTRY = """
[[portal]]
id = "doc"
name = "Cổng đọc được"
home = "http://127.0.0.1:9001/"
hosts = ["127.0.0.1:9001"]
kind = "government"
province = "v2-08"
allow_loopback = true
verified = true

[[portal]]
id = "hong"
name = "Cổng hỏng"
home = "http://127.0.0.1:9002/"
hosts = ["127.0.0.1:9002"]
kind = "government"
province = "v2-04"
allow_loopback = true
verified = true

[[portal]]
id = "moi"
name = "Cổng mới"
home = "http://127.0.0.1:9003/"
hosts = ["127.0.0.1:9003"]
kind = "government"
province = "v2-01"
allow_loopback = true
"""
GOOD = WayReading(kind="listing", url="http://127.0.0.1:9001/", fetched=True, parsed=True, links=9, known=9)
BAD = WayReading(kind="listing", url="http://127.0.0.1:9002/", cause="blocked", status=403)


@pytest.fixture
def watched(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands_status, "now", lambda: NOW)
    (home / "portals.toml").write_text(REGISTRY, "utf-8")
    with open_store(home / "loa.db") as store:
        run = store.begin_run("crawl", NOW)

        def seen(portal: str, at: datetime, way: WayReading) -> None:
            store.observe(portal, run, at, Reading(portal=portal, run=run, at=at, robots="allowed", ways=(way,)).to_plain())

        for n in range(12, 0, -1):
            seen("doc", NOW - timedelta(days=n), GOOD)
            seen("hong", NOW - timedelta(days=n), GOOD if n > 9 else BAD)
        store.put_document(
            Document(
                id="d1",
                provenance=Provenance(
                    portal="doc", requested_url="http://127.0.0.1:9001/1", final_url="http://127.0.0.1:9001/1", fetched_at=NOW
                ),
                title="Tập huấn",
                text="Tuyên Quang tập huấn.",
                published=(NOW - timedelta(days=3)).date(),
                relevance=Relevance(value="communication", method="t"),
                localities=(LocalityMention(code="v2-08", role="about", evidence=(Span(0, 11),), method="t"),),
            ),
            NOW,
        )


def test_status_as_json(loa: Loa, watched: None) -> None:
    (found,) = loa("status", "--json").rows
    assert (found["documents"], found["ungrouped"]) == (1, 1)
    sources = {row["portal"]: row for row in found["sources"]["sources"]}
    assert [row["portal"] for row in found["sources"]["sources"]] == ["hong", "doc", "moi"]
    health = sources["hong"]["health"]
    assert (health["state"], health["cause"], health["alarm"], health["since"]) == ("trouble", "blocked", True, "2026-11-14T02:00:00Z")
    assert (sources["doc"]["health"]["state"], sources["doc"]["new_7"], sources["hong"]["new_7"]) == ("ok", 1, None)
    assert sources["moi"]["health"]["state"] == "unwatched"
    assert found["sources"]["alarms"] == ["hong"]
    week, old_map, running, _ = found["coverage"]
    assert week["headline"] == "Tuần 47/2026: 1/34 tỉnh có tin, 1 cổng không đọc được, 32 tỉnh chưa theo dõi"
    assert (week["week"], week["news"], week["silent"], week["unreadable"], week["unwatched"]) == ("2026-W47", 1, 0, 1, 32)
    assert week["unread"] == [{"portal": "hong", "cause": "blocked"}]
    assert (old_map["units"], running["week"]) == ("63", "2026-W48")


def test_status_for_people(loa: Loa, watched: None) -> None:
    out = loa("status").out
    (row,) = [line for line in out.splitlines() if "hong" in line and "2026-11-14" in line]
    assert "trouble" in row
    assert "blocked" in row
    assert "Not watched: 1 more of the registry." in out
    assert "Want attention (1): hong." in out
