"""What holds for every test: with REQUIRE_SERVICES=1 a skip is a failure, and nothing is read from the user's own settings."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.elasticsearch.node import Node, NodeMissing, one_node

settings.register_profile("loa", deadline=None)  # a busy machine is no failure
settings.load_profile("loa")

REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    outcome = yield
    report = outcome.get_result()
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which REQUIRE_SERVICES=1 forbids: {report.longrepr}"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("LOA_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def search_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One real Elasticsearch node for all tests that ask for it; started at the first, ended with the session."""
    try:
        running = one_node(tmp_path_factory.mktemp("elasticsearch"))
        node = running.__enter__()
    except NodeMissing as error:
        pytest.skip(f"no Elasticsearch node: {error}")
    try:
        yield node
    finally:
        running.__exit__(None, None, None)
