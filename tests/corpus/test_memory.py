"""What is loaded is no longer looked at for garbage; cycles made later are still found."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from corpus.memory import NEW_OBJECTS, keep_loaded


@pytest.fixture(autouse=True)
def _thaw() -> Any:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class _Ring:
    def __init__(self) -> None:
        self.itself = self


def test_what_is_loaded_is_kept_and_garbage_still_found() -> None:
    keep_loaded()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == NEW_OBJECTS
    made = weakref.ref(_Ring())
    gc.collect()
    assert made() is None
