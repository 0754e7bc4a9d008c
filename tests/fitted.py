"""One fitted sentence model for all tests that need it: fitting takes seconds."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from nlp.train import ensure_model


@cache
def fitted_model() -> Path:
    """Its directory, read-only by agreement; copy it into a home as ``model``."""
    folder = Path(tempfile.mkdtemp(prefix="loa-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ensure_model(folder / "model")
    return folder / "model"


def make_home(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(fitted_model(), folder / "model")
    return folder
